"""A page with a time slider: how the fundamental subspaces of the weights turn as a run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tptheory.checking import checked_integer
from tptheory.errors import ShapeError, complain
from tptheory.files import in_utf8, write_named
from tptheory.keywords import known_keywords
from tptheory.simulation.trajectories import Run
from tptheory.writing.figures.axes_of_spaces import LIMIT, reach
from tptheory.writing.figures.numbers import run_of, sample_of, subspaces
from tptheory.writing.templating import html_environment

DIGITS = 4
"""The decimals of a coordinate, which are finer than a pixel."""


@known_keywords
def subspace_slider(
    run: Run, path: str | Path | None = None, *, alpha: float = 1.0, sample: int = 0, frames: int = 60
) -> str:
    """Return a self-contained HTML page that shows a run of width 2 at the step that its slider is set to.

    A layer stands in two rows, as in `layer_spaces`. Subspaces are those of the nearest matrix of rank one, that is the
    singular directions; the singular values beside them say how near it is. The page fetches nothing, runs a few lines
    of its own script, and shows the first step without it.

    Args:
        run: what `simulate` returned, every width 2.
        path: where to write the page; nowhere unless given.
        alpha: how far a target lies from its activation, in units of the error signal.
        sample: the sample of a batch that is shown.
        frames: the most steps that the slider offers.

    Raises:
        InvalidTypeError: if ``run`` is no run, or ``frames`` no integer.
        ShapeError: if a width is not 2.
        InvalidValueError: if there is no such sample, ``frames`` is not positive, or ``path`` cannot be written.

    >>> from tptheory import TargetProp, simulate
    >>> page = subspace_slider(simulate(TargetProp(), [np.eye(2)] * 2, [1, 0], [0, 1], steps=3))
    >>> page.count("<line")
    8
    """
    run, column = run_of(run), sample_of(run_of(run), sample)
    if set(run.net.widths) != {2}:
        raise ShapeError(complain("run", "a run of width 2 in every layer", run.net.widths))
    frames = checked_integer("frames", frames)
    kept = np.unique(np.linspace(0, run.steps, min(frames, run.steps + 1)).round().astype(int))
    far = max(_furthest(run, kept, l, alpha, column) for l in range(len(run.weights) + 1))
    panels = _panels(run, kept, alpha, column, LIMIT / far)
    words = {
        "title": f"{run.rule.full_title}: subspaces of the weights as training goes",
        "limit": LIMIT,
        "far": far,
        "columns": len(run.weights) + 1,
        "panels": panels,
        "data": {
            "said": [f"step {t}, loss {run.loss[t]:.4g}" for t in kept],
            "series": [series for panel in panels for series in panel["series"].values()],
            "values": [panel["values"] for panel in panels],
        },
    }
    page = html_environment().get_template("slider.html.j2").render(**words)
    if path is not None:
        write_named("path", path, in_utf8(page))
    return page


def _panels(run: Run, kept: np.ndarray, alpha: float, sample: int, scale: float) -> list[dict[str, Any]]:
    """Return what each space shows at each kept step; points are drawn smaller by the factor ``scale``.

    In row 0 a layer is what the next weight acts on, in row 1 what the last weight maps to. Series are numbered.
    """
    panels: list[dict[str, Any]] = []
    number = 0
    for row in (0, 1):
        for l in range(len(run.weights) + 1):
            series, values = _lines(run, kept, l, row)
            x, d = run.activations[l][kept, :, sample], run.error_signals[l][kept, :, sample]
            series |= {"target": _rounded(scale * (x - alpha * d)), "activation": _rounded(scale * x)}
            goal = _rounded(scale * run.target[:, [sample]].T)[0]
            panels.append(
                {
                    "title": _panel_title(run, l, row),
                    "row": row,
                    "column": l,
                    "names": ("cokernel", "image") if row else ("kernel", "coimage"),
                    "series": series,
                    "first": number,
                    "values": values,
                    "goal": goal if l == len(run.weights) else None,
                }
            )
            number += len(series)
    return panels


def _furthest(run: Run, kept: np.ndarray, l: int, alpha: float, sample: int) -> float:
    """Return how far axes reach that hold the activations and targets of a layer, and at the output ``y``."""
    x, d = run.activations[l][kept, :, sample], run.error_signals[l][kept, :, sample]
    return reach(None, x, x - alpha * d, *([run.target[:, sample]] if l == len(run.weights) else []))


def _weight_of(run: Run, l: int, row: int) -> int | None:
    """Return the weight that acts on layer ``l``, or in row 1 the one that maps to it; None if there is none."""
    weight = l + 1 - row
    return weight if 1 <= weight <= len(run.weights) else None


def _panel_title(run: Run, l: int, row: int) -> str:
    weight = _weight_of(run, l, row)
    if weight is None:
        return f"layer {l}: {'the input' if row else 'the output'}"
    return f"layer {l}: W{weight} {'maps' if row else 'acts'} here"


def _lines(run: Run, kept: np.ndarray, l: int, row: int) -> tuple[dict[str, list[list[float]]], list[str]]:
    """Return the directions of the subspaces at each kept step, and the singular values in words."""
    weight = _weight_of(run, l, row)
    if weight is None:
        return {}, [""] * len(kept)
    found = [subspaces(W, 1) for W in run.weights[weight - 1][kept]]
    lines = {
        "kernel": _rounded([(s.cokernel if row else s.kernel)[:, 0] for s in found]),
        "image": _rounded([(s.image if row else s.coimage)[:, 0] for s in found]),
    }
    return lines, ["σ = " + ", ".join(f"{value:.3g}" for value in s.singular_values) for s in found]


def _rounded(points: Any) -> list[list[float]]:
    """Return points as pairs of short numbers; what is not finite or far outside is moved out of sight."""
    numbers = np.nan_to_num(np.asarray(points, dtype=float), nan=1e3, posinf=1e3, neginf=-1e3)
    return [[float(v) for v in pair] for pair in np.clip(numbers, -1e3, 1e3).round(DIGITS) + 0.0]
