"""Gather the results of a report: updates, verdicts, cross-checks, simulations and training runs."""

from __future__ import annotations

import ast
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from sympy import MatrixExpr

from tptheory.checking import whole
from tptheory.claims.theorem import Theorem
from tptheory.deciding.library import settling
from tptheory.deciding.verdicts import Proved, Refuted, Verdict
from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError, complain
from tptheory.measuring.crosscheck import CrossCheck, crosscheck
from tptheory.simulation.trajectories import Run
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import RULES, Rule, rule_named
from tptheory.symbolic.states import all_states
from tptheory.training.data import DataSet, load_digits
from tptheory.training.trainer import TrainingRun, train
from tptheory.writing import experiments
from tptheory.writing.chains import in_latex, in_words
from tptheory.writing.experiments import DigitsTheory, Drift

Progress = Callable[[str, int, int], None]
"""A function that is called with a stage, how many of its parts are done, and how many there are."""
PACKAGES = ("tptheory", "sympy", "numpy", "mpmath", "python-flint", "matplotlib", "scikit-learn")
"""The packages on which the numbers of a report depend."""
TRAINED = ("bp", "tp")
"""The rules that are trained on digits."""
LOGGED = 40
"""About how many lines the log of a training run has."""


@dataclass(frozen=True)
class DerivedRule:
    """A rule's feedback ``M_l`` for ``l = 2..L`` and its updates ``dW_l`` for ``l = 1..L``, on one sample.

    With them come what a step adds to each of its states, by the name of the state.
    """

    rule: Rule
    feedback: dict[int, MatrixExpr]
    updates: dict[int, MatrixExpr]
    states: dict[str, MatrixExpr]


@dataclass(frozen=True)
class TheoremResult:
    """A theorem, its verdict, and what was measured of it.

    Attributes:
        question: the question that the theorem's file asks.
        evidence: the name of the file with the certificate or the counterexample; empty without one.
        explanation: the verdict in words.
        typeset: the proof or the counterexample in LaTeX; empty unless a paper is asked for.
        measured: the cross-check on random instances, if one was made.
        unmeasured: why none could be made; empty if one was made, or if the claim is refuted.
    """

    theorem: Theorem
    question: str
    evidence: str
    verdict: Verdict
    proving_seconds: float
    explanation: str
    typeset: str
    measured: CrossCheck | None
    unmeasured: str
    measuring_seconds: float

    @property
    def certificate(self) -> str:
        """The name of the file with the certificate; empty without one."""
        return self.evidence if isinstance(self.verdict, Proved) else ""

    @property
    def counterexample(self) -> str:
        """The name of the file with the counterexample; empty without one."""
        return self.evidence if isinstance(self.verdict, Refuted) else ""

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that the theorem, or conjecture, expects."""
        return self.verdict.word == self.theorem.expected

    @property
    def method(self) -> str:
        """The method of the proof; empty without one."""
        return self.verdict.method if isinstance(self.verdict, Proved) else ""

    @property
    def cofactors(self) -> int | None:
        """The number of cofactors in the certificate; None without one."""
        return self.verdict.certificate.cofactors if isinstance(self.verdict, Proved) else None


@dataclass(frozen=True)
class ReportData:
    """All results of a report, before they are put in words."""

    rules: tuple[DerivedRule, ...]
    theorems: tuple[TheoremResult, ...]
    trajectories: dict[str, Run]
    drifts: tuple[Drift, Drift]
    digits: dict[str, TrainingRun]
    digits_seconds: dict[str, float]
    theory: DigitsTheory | None
    versions: dict[str, str]
    settings: dict[str, int | float]
    seconds: float
    written: datetime

    def count(self, word: str, expected: str | None = None) -> int:
        """Count the verdicts of that word; with ``expected``, only those on theorems of which that is expected."""
        return sum(r.verdict.word == word and expected in (None, r.theorem.expected) for r in self.theorems)

    def expecting(self, word: str) -> int:
        """Count the theorems, or conjectures, of which that word is expected."""
        return sum(r.theorem.expected == word for r in self.theorems)

    @property
    def surprises(self) -> tuple[TheoremResult, ...]:
        """The results that are not the expected ones."""
        return tuple(r for r in self.theorems if not r.as_expected)

    @property
    def measured(self) -> tuple[CrossCheck, ...]:
        """The cross-checks of what is proved."""
        return tuple(r.measured for r in self.theorems if r.verdict.proved and r.measured)

    @property
    def residual(self) -> float | None:
        """The worst relative residual of what is proved; None if nothing was measured."""
        return max((check.residual for check in self.measured if check.trials), default=None)

    @property
    def instances(self) -> int:
        """How many instances of what is proved were evaluated."""
        return sum(check.trials for check in self.measured)

    @property
    def exact_instances(self) -> int:
        """How many of them were evaluated in exact rationals too."""
        return sum(check.exact_trials for check in self.measured)

    @property
    def contradicted(self) -> tuple[str, ...]:
        """The proved theorems whose cross-check failed; each of them is a bug."""
        return tuple(r.theorem.node for r in self.theorems if r.verdict.proved and r.measured and not r.measured.passed)


@dataclass(frozen=True)
class ReportSettings:
    """What a report depends on besides its theorems.

    Attributes:
        seed: the seed of everything random.
        trials: on how many random instances each claim is cross-checked.
        seconds: how long to search for each verdict that is not stored beside its theorem.
        steps: how long to train each rule; 0 leaves training out.
        paper: whether every proof and counterexample is typeset too, for a paper.

    Raises:
        InvalidTypeError: if ``steps`` or ``seed`` is no integer.
        InvalidValueError: if ``steps`` or ``seed`` is negative.
    """

    seed: int = 0
    trials: int = 200
    seconds: float = 10.0
    steps: int = 1000
    paper: bool = False

    def __post_init__(self) -> None:
        """Check what nothing else checks before the work begins."""
        for name in ("steps", "seed"):
            whole(name, getattr(self, name), lowest=0)

    def recorded(self) -> dict[str, int | float]:
        """Return the numbers, by name."""
        return {"seed": self.seed, "trials": self.trials, "seconds": self.seconds, "steps": self.steps}


def gather(
    theorems: Sequence[Theorem],
    settings: ReportSettings,
    *,
    study: Callable[[DataSet, int], DigitsTheory] = experiments.digits_theory,
    progress: Progress | None = None,
) -> ReportData:
    """Derive, prove, measure, simulate and train.

    Args:
        theorems: what to prove, as `collect` returns it. All are settled at once, on every core; what is stored beside
            the theorems is checked again rather than searched for.
        settings: seed, numbers and times.
        study: a function that returns what the digits show of the theorems, called with the data and the seed unless
            training is left out.
        progress: called as the work goes on.

    Raises:
        InvalidTypeError: if ``theorems`` holds something else than theorems.
        InvalidValueError: if there is no theorem, or a number is out of range.
        InvalidFileError: if a theorem's own function fails.
    """
    started = perf_counter()
    theorems = _checked(theorems)
    tell = progress or (lambda *_: None)
    results = _results(theorems, settings, tell)
    tell("simulate", 0, 2)
    trajectories = experiments.trajectories(settings.seed)
    tell("simulate", 1, 2)
    drifts = experiments.drifts(settings.seed)
    tell("simulate", 2, 2)
    digits, digits_seconds = _trained(settings, tell)
    if settings.steps:
        tell("study", 0, 1)
    theory = study(load_digits(), settings.seed) if settings.steps else None
    tell("study", 1, 1)
    return ReportData(
        rules=tuple(_derived(rule_named(name)) for name in RULES),
        theorems=results,
        trajectories=trajectories,
        drifts=drifts,
        digits=digits,
        digits_seconds=digits_seconds,
        theory=theory,
        versions=versions(),
        settings=settings.recorded(),
        seconds=perf_counter() - started,
        written=datetime.now(UTC),
    )


def _results(theorems: Sequence[Theorem], settings: ReportSettings, tell: Progress) -> tuple[TheoremResult, ...]:
    """Wait for the verdict on each theorem, and tell how many are there."""
    results: list[TheoremResult] = []
    questions = {path: question(path) for path in dict.fromkeys(t.path for t in theorems)}
    names = certificate_names(theorems)
    tell("prove", 0, len(theorems))
    with settling(theorems, settings.seconds, say=partial(_studied, settings)) as settled:
        for name, one in zip(names, settled, strict=True):
            evidence = name if isinstance(one.verdict, Proved | Refuted) else ""
            asked = questions[one.theorem.path]
            results.append(TheoremResult(one.theorem, asked, evidence, one.verdict, one.seconds, **one.said))
            tell("prove", len(results), len(theorems))
    return tuple(results)


def versions() -> dict[str, str]:
    """Return the versions of Python, of the platform and of `PACKAGES`."""
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(terse=True),
        **{package: version(package) for package in PACKAGES},
    }


def certificate_names(theorems: Sequence[Theorem]) -> list[str]:
    """Return a file name for each theorem's certificate, ``file__name.json``, with a number where two would agree."""
    names: list[str] = []
    for theorem in theorems:
        stem = name = f"{theorem.path.stem}__{theorem.name}"
        again = 1
        while f"{name}.json" in names:
            again += 1
            name = f"{stem}_{again}"
        names.append(f"{name}.json")
    return names


def _checked(theorems: Any) -> tuple[Theorem, ...]:
    """Return the theorems; refuse an empty list, and what is no list of theorems."""
    found = tuple(theorems) if isinstance(theorems, Sequence) and not isinstance(theorems, str) else None
    if found is None or not all(isinstance(t, Theorem) for t in found):
        raise InvalidTypeError(complain("theorems", "a list of theorems", theorems, "Try collect('proofs')."))
    if not found:
        raise InvalidValueError(complain("theorems", "at least one theorem", [], "Try collect('proofs')."))
    return found


def question(path: Path) -> str:
    """Return the first line of a theorem file's docstring, or the file's name."""
    try:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    except (OSError, SyntaxError, ValueError):  # a theorem may be made where no file is left
        docstring = None
    return docstring.strip().splitlines()[0] if docstring and docstring.strip() else path.name


def _derived(rule: Rule) -> DerivedRule:
    """Derive a rule in a net of three layers."""
    net = DeepLinearNetwork(depth=3)
    return DerivedRule(
        rule,
        {l: rule.feedback(net, l) for l in range(2, net.depth + 1)},
        {l: rule.update(net, l) for l in range(1, net.depth + 1)},
        {state.symbol.name: state.change for state in all_states(rule, net)},
    )


def _studied(settings: ReportSettings, verdict: Verdict) -> dict[str, Any]:
    """Put a verdict in words, and cross-check the claim unless it is refuted."""
    study: dict[str, Any] = {"explanation": in_words(verdict), "typeset": in_latex(verdict) if settings.paper else ""}
    study |= {"measured": None, "unmeasured": ""}
    started = perf_counter()
    if not verdict.refuted:
        try:
            measured = crosscheck(verdict.claim, trials=settings.trials, seed=settings.seed)
            study["measured"] = replace(measured, worst={})  # exact numbers cannot be sent between processes
        except TptheoryError as error:
            if not isinstance(error, NotImplementedError):
                raise
            study["unmeasured"] = str(error)
    return study | {"measuring_seconds": perf_counter() - started}


def _trained(settings: ReportSettings, tell: Progress) -> tuple[dict[str, TrainingRun], dict[str, float]]:
    """Train each rule of `TRAINED` from the same start on the same batches; return the runs, and their seconds."""
    runs: dict[str, TrainingRun] = {}
    took: dict[str, float] = {}
    steps = settings.steps
    for number, name in enumerate(TRAINED if steps else ()):
        started = perf_counter()
        runs[name] = train(
            name,
            steps=steps,
            seed=settings.seed,
            log_every=max(1, steps // LOGGED),
            on_log=lambda line, number=number: tell("train", number * steps + line.step, len(TRAINED) * steps),  # type: ignore[misc]
        )
        tell("train", (number + 1) * steps, len(TRAINED) * steps)
        took[name] = perf_counter() - started
    return runs, took
