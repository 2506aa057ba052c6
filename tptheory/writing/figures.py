"""The report's figures: each function draws on the axes that it is given, and returns them.

Rules differ by colour (Okabe and Ito, 2008, safe for the colour-blind), by marker and by line, so that grey will do.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.numeric.simulation import Run
from tptheory.training.modes import ModesStudy
from tptheory.training.plateau import PlateauStudy
from tptheory.training.trainer import TrainingRun
from tptheory.writing.experiments import Drift, error_ray

INK = "#1a1a1b"
"""The colour of text and lines; on a page it follows the colour of the text around."""
MARKS: dict[str, dict[str, Any]] = {
    "bp": {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    "tp": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
}
"""Vermillion squares for BP, blue circles for TP."""
TITLES = {"bp": "Backpropagation", "tp": "Target propagation"}
QUANTITIES = {"loss": "training loss of a batch (nats)", "accuracy": "accuracy on a batch"}
"""What `digits` can draw, with its unit."""
ETA = r"$\eta$"

_STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 10,
    "legend.frameon": False,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
_UNDATED: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "svg": {"Creator": None, "Date": None, "Format": None, "Type": None},
}


def trajectories(axes: Axes, runs: Mapping[str, Run]) -> Axes:
    """Draw the loss of BP and TP over steps (dots), and under TP's the curve that error-ray predicts (line).

    Args:
        axes: where to draw.
        runs: by rule, ``bp`` and ``tp``; TP's of one sample, with full row rank above the first weight.
    """
    floor = 1e-16 * max(float(run.loss[0]) for run in runs.values())
    for name, run in runs.items():
        every = slice(None, None, max(1, run.steps // 32))
        steps, loss = np.arange(run.steps + 1)[every], np.maximum(run.loss[every], floor)
        if name == "tp":
            predicted = np.maximum(error_ray(run), floor)
            axes.plot(
                predicted, color=INK, linewidth=1.4, label=r"TP, predicted: $e_{t+1} = (1 - c_L)\, e_t$", zorder=1
            )
        mark = MARKS[name] | {"linestyle": "none"}
        axes.plot(steps, loss, **mark, markersize=4.5, markerfacecolor="none", label=f"{TITLES[name]}, simulated")
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel(r"loss $\frac{1}{2}\,|x_L - y|^2$")
    axes.legend()
    return axes


def conservation_drift(axes: Axes, drifts: Iterable[Drift]) -> Axes:
    """Draw how far conserved quantities have moved after a fixed time, against the step size, and a line of slope 1.

    One step moves them by the order of ``eta^2``, and a fixed time takes ``1 / eta`` steps.
    """
    highest, sizes = 0.0, np.ones(1)
    for mark, drift in zip(MARKS.values(), drifts, strict=True):
        sizes = np.array(drift.step_sizes)
        axes.plot(sizes, drift.changes, **mark, markersize=5, markerfacecolor="none", label=drift.label)
        highest = max(highest, float(np.max(np.array(drift.changes) / sizes)))
    axes.plot(sizes, 2 * highest * sizes, color=INK, linewidth=1, linestyle=":", label=r"slope 1: $\propto \eta$")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel("change after a fixed time")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return axes


def digits(axes: Axes, runs: Mapping[str, TrainingRun], quantity: str = "loss") -> Axes:
    """Draw the training log of each rule on digits: ``loss`` (log scale) or ``accuracy``.

    Raises:
        UnknownNameError: for another quantity.
    """
    if quantity not in QUANTITIES:
        raise unknown_name("quantity", quantity, QUANTITIES)
    for name, run in runs.items():
        steps = [line.step for line in run.log]
        values = [getattr(line, quantity) for line in run.log]
        axes.plot(steps, values, **MARKS[name], markersize=4.5, markerfacecolor="none", label=TITLES[name])
    if quantity == "loss":
        axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel(QUANTITIES[quantity])
    axes.legend()
    return axes


def modes(axes: Axes, study: ModesStudy) -> Axes:
    """Draw the strength of each singular mode over time: measured (dots), and what the closed form says (lines)."""
    for k in range(study.singular_values.size):
        first = k == 0
        axes.plot(study.times, study.predicted[:, k], color=INK, linewidth=0.9, label="Saxe et al." if first else None)
        mark = MARKS["bp"] | {"linestyle": "none", "label": "measured" if first else None}
        axes.plot(study.times[::3], study.measured[::3, k], **mark, markersize=3, markerfacecolor="none")
    axes.set_xlabel(r"steps $\times$ step size")
    axes.set_ylabel("strength of a mode")
    axes.legend()
    return axes


def plateaus(axes: Axes, studies: Sequence[PlateauStudy]) -> Axes:
    """Draw the loss of each run over its step in units of the predicted one; the band is kappa 1.0 to 1.3."""
    styles = ("-", "--", "-.", ":")
    for study, style in zip(studies, itertools.cycle(styles), strict=False):
        steps = [line.step / study.predicted for line in study.run.log]
        L, hidden, std, lr = study.setting
        label = f"L={L}, h={hidden}, s={std:g}, {ETA}={lr:g}"
        axes.plot(steps, [line.loss for line in study.run.log], linestyle=style, linewidth=1, label=label)
    axes.axvspan(1.0, 1.3, color=INK, alpha=0.12, linewidth=0)
    axes.set_xlabel("step / predicted step")
    axes.set_ylabel(QUANTITIES["loss"])
    axes.set_ylim(0, 3)
    axes.legend(fontsize=8)
    return axes


def draw(function: Callable[..., Axes], *arguments: Any, size: tuple[float, float] = (6.4, 3.9)) -> Figure:
    """Return a new figure, in inches, with what ``function`` draws on its axes."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        function(figure.add_subplot(), *arguments)
        FigureCanvasSVG(figure).draw()
    return figure


def save(figure: Figure, path: str | Path) -> tuple[Path, Path]:
    """Write ``path`` as PDF and as PNG, the same bytes each time, and return both paths; its ending is replaced.

    Raises:
        InvalidValueError: if ``path`` names no file.
    """
    path = Path(path)
    if not path.name:
        raise InvalidValueError(complain("path", "the path of a file", str(path), "Try 'figure.pdf'."))
    paths = path.with_suffix(".pdf"), path.with_suffix(".png")
    with mpl.rc_context(_STYLE):
        for target in paths:
            kind = target.suffix[1:]
            figure.savefig(target, format=kind, dpi=200, metadata=_UNDATED[kind])
    return paths


def inline_svg(figure: Figure, name: str, title: str) -> str:
    """Return the figure as an ``<svg>`` element for a page, the same text each time.

    Its lines follow the colour of the text around it, its ids begin with ``name``, and ``title`` is read out.
    """
    stream = io.StringIO()
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure.savefig(stream, format="svg", transparent=True, metadata=_UNDATED["svg"])
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    width, height = (f"{72 * inches:g}" for inches in figure.get_size_inches())
    opening = f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {height}"'
    return re.sub(r"<svg [^>]*>", f'{opening} xmlns="http://www.w3.org/2000/svg">', svg, count=1).replace(
        "xlink:href", "href"
    )
