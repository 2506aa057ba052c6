"""Scales of axes: logarithmic ones on which a zero has a place, and steps or time below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.simulation.trajectories import Trajectory
from tptheory.training.trainer import TrainingRun

CLOCKS = ("step", "time")
"""Against what a run is drawn."""
ZERO_APART = 0.08
"""How far zeros stand below the smallest positive number, as a part of the axis: so that both have a label."""
MOST_DECADES, MARGIN = 250, 4
"""The most decades of a scale, and how many an axis of so many has beyond them: Matplotlib's floats end at 308."""


def set_logarithmic(ax: Axes, values: Any) -> None:
    """Set a logarithmic scale for values of which none is negative and one is positive; else a linear one stays.

    Where a value is 0 the scale is linear below the smallest positive one, so that zeros stand on a line that is
    labelled 0, and bands that reach them end there. Of more decades than `MOST_DECADES`, the scale is linear below the
    highest of them. What has been drawn on the axes before counts as well.
    """
    found = np.ravel(np.asarray(values, dtype=float))
    found = found[np.isfinite(found)]
    positive = found[found > 0]
    if not positive.size:
        return
    drawn = ax.dataLim  # of axes that are empty, from infinity to minus infinity
    lowest = min(found.min(), drawn.y0)
    if lowest < 0:
        return
    least, most = min(positive.min(), ax.yaxis.get_minpos()), max(positive.max(), drawn.y1)
    decades = np.log10(most) - np.log10(least)  # most / least may be more than a float holds
    if lowest > 0 and decades <= MOST_DECADES:
        ax.set_yscale("log")
        return
    if decades > MOST_DECADES:
        least, decades = most * 10.0**-MOST_DECADES, MOST_DECADES
        ax.set_ymargin(MARGIN / MOST_DECADES)
    ax.set_yscale("symlog", linthresh=least, linscale=max(1.0, ZERO_APART * decades))


def end_at_zero(ax: Axes) -> None:
    """Let an axis on which zeros have a place end at 0, once all is drawn: nothing lies below."""
    if ax.get_yscale() == "symlog":
        ax.set_ylim(bottom=0.0, auto=None)


def draw_band(ax: Axes, at: Any, low: Any, high: Any, color: str) -> None:
    """Draw a band between two curves."""
    ax.fill_between(at, low, high, color=color, alpha=0.16, linewidth=0)


def clock_of(runs: Iterable[Any], against: str | None = None) -> str:
    """Return ``"step"`` or ``"time"``: what is told, or else steps, and time where one of the runs is a flow.

    Steps have a time too, ``eta`` times their number, so that a flow and steps share an axis of time. A flow has no
    steps, and a training run no time.

    Raises:
        InvalidValueError: if a run has no such axis, or a flow stands beside a training run.
        UnknownNameError: for another name of an axis.
    """
    if against not in (None, *CLOCKS):
        raise unknown_name("against", str(against), CLOCKS)
    runs = list(runs)
    flows, trained = any(map(_is_flow, runs)), any(isinstance(run, TrainingRun) for run in runs)
    if flows and trained:
        mend = "Draw them in two pictures."
        raise InvalidValueError(complain("runs", "flows, or training runs, which have steps alone", "both", mend))
    if against == "step" and flows:
        raise InvalidValueError(complain("against", "'time' where a flow is drawn: it has no steps", against))
    if against == "time" and trained:
        raise InvalidValueError(complain("against", "'step' for a training run", against))
    return against or ("time" if flows else "step")


def _is_flow(run: Any) -> bool:
    return isinstance(run, Trajectory) and run.lr is None


def moments_of(run: Trajectory, clock: str) -> np.ndarray:
    """Return where the moments of a run stand on an axis of steps or of time."""
    return run.times.astype(float) if clock == "time" else np.arange(len(run.times))


def moment_in_words(run: Trajectory, t: int) -> str:
    """Say which moment of a run is drawn: ``after step 3 of 20``, or ``at time 0.5`` of a flow.

    >>> from tptheory import simulate
    >>> run = simulate("bp", [[[1.0]]], [1.0], [0.0], steps=20)
    >>> moment_in_words(run, 0), moment_in_words(run, 3)
    ('before step 1 of 20', 'after step 3 of 20')
    """
    if run.lr is None:
        return f"at time {float(run.times[t]):g}"
    steps = len(run.times) - 1
    t = t % (steps + 1)
    return f"after step {t} of {steps}" if t or not steps else f"before step 1 of {steps}"
