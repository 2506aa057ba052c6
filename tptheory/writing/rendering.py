"""Render the data of a report: as an HTML page, a LaTeX document and a JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from typing import Any

from matplotlib.figure import Figure

from tptheory.checking import widths_text
from tptheory.measuring.orders import OrderInEta
from tptheory.training.plateau import TRUNCATION, PlateauStudy
from tptheory.training.theorem_probes import BOUNDS, ProbeReading, worst
from tptheory.training.trainer import TrainingRun
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.prose import prose_text
from tptheory.writing import figures
from tptheory.writing.appendix import CLAIM
from tptheory.writing.deriving import DerivedRule
from tptheory.writing.experiments import TIME, WIDTHS, DigitsTheory
from tptheory.writing.findings import shown_findings
from tptheory.writing.gathering import ReportData, TheoremResult
from tptheory.writing.plain import plain
from tptheory.writing.templating import heading, html_environment, tex_environment

FORMAT = "tptheory-report/1"
"""The name of the format of ``report.json``."""

HALF = (4.6, 3.4)
"""The size of a figure in inches: two stand beside each other."""
MOST_CONCLUSIONS = 5
"""The most conclusions of one kind that a page shows at once."""
MOST_FOLDED = 40
"""The most conclusions beyond these that a page holds, folded; of more it tells only the number."""
COUNTEREXAMPLE = ("total_width", "minimal", "swept", "sizes", "matrices", "scalars")
"""The fields of a stored counterexample that say what it is."""

Draw = Callable[..., Figure]
"""Draws a figure by a function and its arguments, in one size and style."""
Checks = Mapping[str, str]
"""By certificate, the reason why the checker refused it; empty if it accepted."""


@dataclass(frozen=True)
class Illustration:
    """A figure with its title and its caption.

    Attributes:
        name: the name of its files.
        title: what it shows.
        caption: how it was made.
        draw: draws it.
        svg: the figure for the page, once it is drawn.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[], Figure]
    svg: str = ""


def illustrations(data: ReportData, style: figures.Style = figures.page_style) -> tuple[Illustration, ...]:
    """Return the figures of a report, in the style of its page or of a paper; each is drawn by its own function."""
    picture = partial(figures.draw, size=HALF, style=style)
    drawn = [*_law_illustrations(data, picture), *_counterexample_illustrations(data, picture)]
    if data.digits:
        drawn += _digits_illustrations(data.digits, picture)
    if data.theory:
        drawn += _theory_illustrations(data.theory, picture)
    return tuple(drawn)


def _law_illustrations(data: ReportData, picture: Draw) -> list[Illustration]:
    """Return the figures of what is predicted and conserved, in runs of one small net under both rules."""
    widths, lr = widths_text(WIDTHS), data.trajectories["tp"].lr
    return [
        Illustration(
            "trajectories",
            "The loss of one small net under both rules",
            f"One sample, widths {widths}, step size {lr:g}, the same start for both. Dots are simulated; the line is "
            r"what $e_{t+1} = (1 - c_L) e_t$ predicts for TP, with $c_l = c_{l-1} + \eta (|x_{l-1}|^2 - c_{l-1} "
            "x_{l-1}' d_{l-1})$ and $c_0 = 0$.",
            partial(picture, figures.trajectories, data.trajectories),
        ),
        Illustration(
            "conservation",
            "What each flow conserves, in finite steps",
            rf"The change of both quantities over time {TIME:g}, that is ${TIME:g}/\eta$ steps, with widths {widths}. "
            r"A step moves them by the order of $\eta^2$, so that over a fixed time they move by the order of $\eta$.",
            partial(picture, figures.conservation_drift, data.drifts),
        ),
    ]


def _counterexample_illustrations(data: ReportData, picture: Draw) -> list[Illustration]:
    """Return the figures of what does not hold: a loss that never rises, and updates in any order."""
    lr = data.rising["tp"].lr
    return [
        Illustration(
            "rising_loss",
            "A loss that target propagation raises",
            f"Widths 1-1-2-2, step size {lr:g}, from the weights of the counterexample.",
            partial(picture, figures.rising_loss, data.rising),
        ),
        Illustration(
            "order_of_samples",
            "What the order of two samples changes",
            "The distance between the weights after 1 then 2 and after 2 then 1, under BP. Orthogonal inputs commute "
            "in one layer, and do not in two.",
            partial(picture, figures.order_of_samples, data.orders),
        ),
    ]


def _digits_illustrations(digits: Mapping[str, TrainingRun], picture: Draw) -> list[Illustration]:
    """Return the figures of the loss and of the accuracy while both rules learn handwritten digits."""
    run = digits["bp"]
    settings = (
        f"{run.data}: widths {widths_text(run.widths)}, batch {run.batch}, step size {run.lr:g}, "
        f"seed {run.seed}, {run.dtype}; both rules from the same start on the same batches."
    )
    return [
        Illustration(f"training_{quantity}", title, settings, partial(picture, figures.digits, digits, quantity))
        for quantity, title in (("loss", "Training loss"), ("accuracy", "Training accuracy"))
    ]


def _theory_illustrations(theory: DigitsTheory, picture: Draw) -> list[Illustration]:
    """Return the figures of singular modes, plateaus and angles."""
    study = theory.modes
    modes = (
        f"Digits whitened, depth {study.depth}, squared error, all samples at once, step size {study.lr:g}, balanced "
        f"weights aligned with the modes. The closed form is the flow's; finite steps differ by at most "
        f"{study.worst:.1%} of the largest mode."
    )
    probed = (
        f"Digits, {theory.probed['tp'].steps} steps of TP in float64, probed at every step. Above zero an update goes "
        "downhill."
    )
    return [
        Illustration(
            "training_modes",
            "The singular modes of BP",
            modes,
            partial(picture, figures.modes, study),
        ),
        Illustration(
            "training_plateau",
            "How long the plateau lasts",
            _plateau_caption(theory.plateaus),
            partial(picture, figures.plateaus, theory.plateaus),
        ),
        Illustration(
            "training_angles",
            "The angle between the updates of TP and BP",
            probed,
            partial(picture, figures.angles, theory.probed["tp"]),
        ),
    ]


def _plateau_caption(studies: Sequence[PlateauStudy]) -> str:
    """Say how the plateaus were predicted and measured, by what factor the two differ, and which runs diverged."""
    factors = [study.kappa for study in studies if study.kappa is not None]
    found = "No run has left the plateau. "
    if factors:
        found = (
            rf"Measured, the loss falls by a tenth at $\kappa = {min(factors):.2f}$ to {max(factors):.2f} times that, "
            "the band; no theorem says so. "
        )
    lost = [study.setting for study in studies if study.run.status == "diverged"]
    listed = ", and ".join(f"$L = {one.depth}$ with standard deviation {one.std:g}" for one in lost)
    return (
        r"BP from small random weights, biases 0.1, batches of 100. The predicted step is $(s \sqrt h)^{-(L-2)} / "
        rf"((L-2) \eta \sigma_1)$: $s$ is {TRUNCATION:.2f} times the standard deviation that is drawn from, for draws "
        r"are cut at two of them, $h$ the hidden width, $\sigma_1$ the largest singular value of the covariance of "
        f"classes and inputs. {found}{f'Curves that leave the frame have diverged: {listed}.' if lost else ''}"
    ).strip()


def render_html(data: ReportData, checks: Checks, drawn: tuple[Illustration, ...]) -> str:
    """Return the HTML page. It is self-contained, and suits light and dark screens and paper."""
    template = html_environment().get_template("report.html.j2")
    found = shown_findings(data.theorems, {i.name: i for i in drawn})
    return template.render(
        **words_of(data, checks),
        drawn=drawn,
        findings=found,
        shown_above={i.name for _, _, i in found if i},
        most=MOST_CONCLUSIONS,
        most_folded=MOST_FOLDED,
    )


def render_tex(data: ReportData, checks: Checks, drawn: tuple[Illustration, ...]) -> str:
    """Return the LaTeX document, for pdfLaTeX, with figures from ``figures/``."""
    template = tex_environment().get_template("report.tex.j2")
    return template.render(**words_of(data, checks), drawn=drawn, claim=CLAIM, heading=heading)


def render_json(data: ReportData, checks: Checks, drawn: tuple[Illustration, ...]) -> str:
    """Return the data as JSON, the same text for each report; `render_times` has what differs."""
    content = {
        "format": FORMAT,
        "versions": data.versions,
        "settings": data.settings,
        "summary": {
            "theorems": len(data.theorems),
            **{word: data.count(word) for word in ("proved", "refuted", "undecided")},
            "as_expected": not data.surprises,
            "certificates": len(checks),
            "certificates_accepted": sum(not reason for reason in checks.values()),
            "worst_residual": data.residual,
            "instances": data.instances,
            "exact_instances": data.exact_instances,
            "contradicted": data.contradicted,
            "test_accuracy": {name: run.test_accuracy for name, run in data.digits.items()},
        },
        "rules": [_rule_json(derived) for derived in data.rules],
        "theorems": [_theorem_json(result, checks) for result in data.theorems],
        "training": {name: _training_json(run) for name, run in data.digits.items()},
        "theory": _theory_json(data.theory),
        "figures": [f"figures/{illustration.name}.pdf" for illustration in drawn],
    }
    return _json(content)


def render_times(data: ReportData) -> str:
    """Return when the report was written, and how long each part took: all that differs from one report to the next."""
    return _json(
        {
            "written": data.written.isoformat(timespec="seconds"),
            "seconds": data.seconds,
            "proving": {r.theorem.node: r.proving_seconds for r in data.theorems},
            "cross_checking": {r.theorem.node: r.measuring_seconds for r in data.theorems},
            "training": data.digits_seconds,
        }
    )


def _json(content: Any) -> str:
    return json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def words_of(data: ReportData, checks: Checks) -> dict[str, Any]:
    """Return the variables of the templates of all documents."""
    return {
        "data": data,
        "checks": checks,
        "accepted": sum(not reason for reason in checks.values()),
        "questions": [(q, list(results)) for q, results in groupby(data.theorems, key=lambda r: r.question)],
        "symbols": {"proved": "✓", "refuted": "✗", "undecided": "?"},
        "conjectures": data.holding("refuted"),
        "open": data.holding("undecided"),
        "probes": probe_rows(data.theory) if data.theory else [],
        "infinity": math.inf,
        "inexact": sum(r.measured.exact_failures for r in data.theorems if r.measured),
    }


def _rule_json(derived: DerivedRule) -> dict[str, Any]:
    return {
        "name": derived.name,
        "title": derived.title,
        "direct": derived.direct,
        "feedback": {f"M_{l}": latex_of(M) for l, M in derived.feedback.items()},
        "updates": {f"dW_{l}": latex_of(dW) for l, dW in derived.updates.items()},
        "states": {f"d{name}": latex_of(change) for name, change in derived.states.items()},
        **({"fault": derived.fault} if derived.fault else {}),
    }


def _theorem_json(result: TheoremResult, checks: Checks) -> dict[str, Any]:
    theorem, measured = result.theorem, result.measured
    found: dict[str, Any] = {
        "node": theorem.node,
        "title": theorem.plain_title,
        "question": prose_text(result.question.asked),
        "reason": prose_text(theorem.reason),
        "statement": str(result.text),
        "where": list(result.text.where),
        "assumptions": list(result.assumptions),
        "expected": theorem.expected,
        "verdict": result.word,
    }
    if result.certificate:
        found["method"] = result.method
        found["cofactors"] = result.cofactors
        found["certificate"] = f"certificates/{result.certificate}"
        found["certificate_accepted"] = not checks[result.certificate]
    else:
        found["explanation"] = result.explanation
    if result.counterexample:
        found["counterexample"] = {k: v for k, v in (result.stored or {}).items() if k in COUNTEREXAMPLE}
        found["counterexample_file"] = f"counterexamples/{result.counterexample}"
    found["cross_check"] = None
    if measured:
        found["cross_check"] = {
            "residual": measured.residual,
            "trials": measured.trials,
            "exact_trials": measured.exact_trials,
            "exact_failures": measured.exact_failures,
            "degenerate_trials": measured.degenerate_trials,
            "degenerate_residual": measured.degenerate_residual,
            "order": _order_json(measured.order) if measured.order else None,
            "passed": measured.passed,
            "seed": measured.seed,
        }
    return found


def probe_rows(theory: DigitsTheory) -> list[tuple[TrainingRun, ProbeReading, str]]:
    """Return for each run and probe the reading that is furthest from its claim, and the relation between the two."""
    return [
        (run, r, "no claim" if r.claimed is None else "at most" if name in BOUNDS else "equals")
        for run in theory.probed.values()
        for name, r in worst(run.readings).items()
    ]


def _theory_json(theory: DigitsTheory | None) -> dict[str, Any]:
    if theory is None:
        return {}
    probed = [
        {"rule": run.rule, "relation": relation, "theorem": r.theorem, **asdict(r)}
        for run, r, relation in probe_rows(theory)
    ]
    plateaus = [
        {
            **study.setting._asdict(),
            "sigma_1": study.sigma_1,
            "predicted": study.predicted,
            "interval": study.interval,
            "measured": study.measured,
            "kappa": study.kappa,
            "status": study.run.status,
        }
        for study in theory.plateaus
    ]
    modes = theory.modes
    kept = {"depth": modes.depth, "lr": modes.lr, "worst": modes.worst, "times": modes.times.tolist()}
    curves = {name: getattr(modes, name).tolist() for name in ("singular_values", "measured", "predicted")}
    return {"probes": probed, "plateaus": plateaus, "modes": kept | curves}


def _order_json(order: OrderInEta) -> dict[str, Any]:
    """Return the order of a step's defect in ``eta``; the slope is null if there is no defect."""
    return {
        "slope": order.slope if math.isfinite(order.slope) else None,
        "standard_error": order.standard_error,
        "expected": order.expected,
        "instances": order.instances,
        "formula_agrees": order.agrees,
        "passed": order.passed,
    }


def _training_json(run: TrainingRun) -> dict[str, Any]:
    left_out = {"weights", "biases", "log", "readings"}
    kept = {name: getattr(run, name) for name in run.__dataclass_fields__ if name not in left_out}
    return kept | {"log": [asdict(line) for line in run.log]}
