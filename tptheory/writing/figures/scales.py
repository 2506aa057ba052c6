"""Scales of axes: logarithmic ones on which a zero has a place, and steps or time below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import Locator, LogFormatterSciNotation, MaxNLocator

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.simulation.trajectories import Trajectory
from tptheory.training.trainer import TrainingRun

CLOCKS = ("step", "time")
"""Against what a run is drawn."""
ZERO_APART = 0.08
"""How far zeros stand below the smallest positive number, as a part of the axis: so that both have a label."""
FEWEST_LABELS, MOST_LABELS = 4, 14
"""How many labels an axis should have at least, and how many powers of ten bear one at most."""
ROOM_OF_LABEL = 1.4
"""How far labels stand apart, in heights of their letters: a power of ten is higher than a letter."""
ROUNDING = 1e-9
"""How far logarithms may be off by rounding."""
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
    """Let an axis on which zeros have a place end at 0, once all is drawn, with labels that are apart."""
    if ax.get_yscale() == "symlog":
        ax.set_ylim(bottom=0.0, auto=None)
        ax.yaxis.set_major_locator(LabelsApart())
        ax.yaxis.set_major_formatter(LogFormatterSciNotation(minor_thresholds=(np.inf, np.inf)))  # all are labelled


class LabelsApart(Locator):
    """Ticks for an axis that ends at 0 and is logarithmic from some number on: few, many enough, and apart.

    There is one at 0, and at powers of ten from the top down, where there is room for their labels. Where these are
    fewer than `FEWEST_LABELS`, there are others at twice and five times the powers of ten, or else below, where the
    axis is linear.
    """

    axis: Any
    """The axis that Matplotlib gives the ticks to: one of a figure that has been drawn on."""

    def __call__(self) -> list[float]:
        """Return the ticks within the limits of the axis."""
        return self.tick_values(*sorted(self.axis.get_view_interval()))

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the ticks between two numbers."""
        least = self.axis.get_transform().linthresh
        first, last = int(np.ceil(np.log10(least) - ROUNDING)), int(np.floor(np.log10(vmax) + ROUNDING))
        apart = max(1, -(-(last + 1 - first) // MOST_LABELS))
        powers = [10.0**n for n in range(first, last + 1, apart)]
        between = [part * 10.0**n for n in range(first - 1, last + 1) for part in (2, 5)]
        kept = [0.0]
        for finer, lowest in ((powers, least), (between, least), (MaxNLocator(5).tick_values(0, least), 0.0)):
            if len(kept) < FEWEST_LABELS:
                inside = [float(v) for v in finer if max(lowest, vmin) * (1 - ROUNDING) <= v <= vmax]
                kept = self._with_labels_apart(kept, inside[::-1])
        return kept

    def _with_labels_apart(self, kept: list[float], further: list[float]) -> list[float]:
        """Return the ticks that are kept, and those of the further ones whose labels do not touch another label."""
        letters = FontProperties(size=mpl.rcParams["ytick.labelsize"]).get_size_in_points()
        room, kept = ROOM_OF_LABEL * letters, list(kept)
        places = list(self._heights(kept))
        for value, height in zip(further, self._heights(further), strict=True):
            if all(abs(height - other) >= room for other in places):
                kept.append(value)
                places.append(height)
        return kept

    def _heights(self, values: list[float]) -> np.ndarray:
        """Return how high above the lower end of the axis values stand, in points."""
        height = self.axis.axes.bbox.height * 72 / self.axis.get_figure().dpi
        low, high, *found = self.axis.get_transform().transform([*sorted(self.axis.get_view_interval()), *values])
        return (np.array(found) - low) / (high - low) * height


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
