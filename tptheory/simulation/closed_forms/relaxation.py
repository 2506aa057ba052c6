"""Relaxation to a solution, by quadrature: a remainder ``a`` falls from 1 to 0 as ``dlog a / dt = -S``.

Where ``S`` and the speed ``-da/dg`` are known as functions of a clock ``g``, everything else is an integral. The clock
stops at ``g*``, where nothing remains. With ``S* = S(g*)`` the time is

    t = -log(a) / S* + integral of (1/S - 1/S*) (-da/dg) / a  dg,

whose integrand is smooth up to ``g*``: both its factors vanish there, or diverge, in proportion to ``g* - g``. So times
and remainders keep their relative accuracy however close to the solution a trajectory comes.

Functions of the clock are polynomials on panels, known by their values at Chebyshev points (Trefethen, Approximation
Theory and Approximation Practice, 2013); a panel is halved until the last coefficients are rounding.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.polynomial import chebyshev, legendre

from tptheory.errors import InvalidValueError, complain

POINTS = 33
"""The number of Chebyshev points of a panel."""
RESOLVED = 1e-13
"""The size of the last coefficients, relative to the largest, at which a panel counts as resolved."""
MOST_PANELS = 4000
"""The number of panels at which a quadrature gives up."""

TINY = 1e-300
"""The absolute tolerance of the root finder, so small that only its relative tolerance counts."""
SMALLEST = -700.0
"""The logarithm of a distance from the end that is no longer distinguished from 0."""

Integral = Callable[[np.ndarray], np.ndarray]
"""Takes an integrand at a panel's points, and returns its integrals from the start of the panel to these points."""


@dataclass(frozen=True)
class PanelValues:
    """The values of all functions at the points of one panel.

    Attributes:
        speed: ``-da/dg``, positive.
        rate: ``S = -dlog a / dt``, positive.
        integrals: functions whose last value is the start value on the next panel.
        others: other functions whose values at later times are wanted.
    """

    speed: np.ndarray
    rate: np.ndarray
    integrals: tuple[np.ndarray, ...]
    others: tuple[np.ndarray, ...] = ()


RelaxationLaw = Callable[[np.ndarray, Sequence[float], Integral], PanelValues]
"""Takes the clock at a panel's points, the integrals at its start and an `Integral`; returns the panel's values."""


@dataclass(frozen=True)
class _Panel:
    start: float
    width: float
    reading: PanelValues

    @property
    def end(self) -> float:
        return self.start + self.width

    @property
    def fall(self) -> float:
        """By how much the remainder falls on this panel."""
        return float(_integrals(self.width)(self.reading.speed)[-1])


class Relaxation:
    """A trajectory as a function of the clock, and the clock as a function of time."""

    def __init__(self, law: RelaxationLaw, integrals: Sequence[float], width: float) -> None:
        """Lay panels until nothing remains.

        Args:
            law: the function that computes the values on a panel.
            integrals: the values of the integrals at clock 0.
            width: the width of the first panel that is tried.

        Raises:
            InvalidValueError: if `MOST_PANELS` do not resolve the trajectory.
        """
        panels = self._panels = _resolving_panels(law, integrals, width)
        self._left = [*accumulate((panel.fall for panel in reversed(panels)), initial=0.0)][-2::-1]
        self._final_rate = float(panels[-1].reading.rate[-1])
        means = [_means_to_end() @ panel.reading.speed for panel in panels]
        detours = [_integrals(panel.width)(self._excess(i, means[i])) for i, panel in enumerate(panels)]
        self._late = [*accumulate((float(detour[-1]) for detour in detours), initial=0.0)]
        self._clockwork = [_transform() @ np.transpose(pair) for pair in zip(means, detours, strict=True)]
        self._known = [_transform() @ np.transpose([*p.reading.integrals, *p.reading.others]) for p in panels]
        self._starts = [self._time(i, panel.width) for i, panel in enumerate(panels)]

    def at(self, times: Iterable[float]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the remainder ``a``, and the integrals and others, at these times from 0."""
        places = [(i, self._ahead_at(i, t)) for t in times for i in [self._panel_at(t)]]
        known = [chebyshev.chebval(self._place(i, ahead), self._known[i]) for i, ahead in places]
        return np.array([self._remainder(i, ahead) for i, ahead in places]), list(np.transpose(known))

    def time(self, remainder: float) -> float:
        """Return the time at which the remainder has this value, a number above 0 and below 1."""
        i = bisect_left(self._left, -remainder, key=lambda left: -left)
        width = self._panels[i].width
        return self._time(i, _root(lambda ahead: self._remainder(i, ahead) - remainder, 0.0, width))

    def _excess(self, i: int, means: np.ndarray) -> np.ndarray:
        """Return ``(1/S - 1/S*) (-da/dg) / a`` at the points of a panel."""
        panel = self._panels[i]
        slowness, ahead = 1 / panel.reading.rate, panel.width * _ahead()
        if i == len(self._panels) - 1:
            slope = _differentiation() @ slowness * 2 / panel.width
            return -(_means_to_end() @ slope) * panel.reading.speed / means
        return (slowness - 1 / self._final_rate) * panel.reading.speed / (self._left[i] + ahead * means)

    def _place(self, i: int, ahead: float) -> float:
        """Return the place from -1 to 1 that is ``ahead`` before the end of a panel."""
        return 1 - 2 * ahead / self._panels[i].width

    def _remainder(self, i: int, ahead: float) -> float:
        return self._left[i] + ahead * float(chebyshev.chebval(self._place(i, ahead), self._clockwork[i][:, 0]))

    def _time(self, i: int, ahead: float) -> float:
        mean, detour = chebyshev.chebval(self._place(i, ahead), self._clockwork[i])
        return self._late[i] + float(detour) - float(np.log(self._left[i] + ahead * mean)) / self._final_rate

    def _panel_at(self, t: float) -> int:
        return max(bisect_right(self._starts, t) - 1, 0)

    def _ahead_at(self, i: int, t: float) -> float:
        """Return how far before the end of its panel the time is ``t``; on the last panel by its logarithm."""
        width = self._panels[i].width
        if t <= self._starts[i]:
            return width
        if i < len(self._panels) - 1:
            return _root(lambda ahead: self._time(i, ahead) - t, 0.0, width)
        late = lambda log: self._time(i, float(np.exp(log))) - t  # noqa: E731
        highest = float(np.log(width))
        lowest = highest - self._final_rate * (t - self._starts[i]) - 1
        while lowest > SMALLEST and late(lowest) < 0:
            lowest -= highest - lowest
        if lowest <= SMALLEST:
            if late(SMALLEST) < 0:
                return 0.0
            lowest = SMALLEST
        return float(np.exp(_root(late, lowest, highest)))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a monotone function vanishes; if rounding keeps its sign from changing, the nearer end."""
    from scipy.optimize import brentq

    ends = function(low), function(high)
    if ends[0] * ends[1] >= 0:
        return low if abs(ends[0]) <= abs(ends[1]) else high
    return float(brentq(function, low, high, xtol=TINY, rtol=1e-15))


def _resolving_panels(law: RelaxationLaw, integrals: Sequence[float], width: float) -> list[_Panel]:
    """Lay panels from clock 0 on until the remainder is 0: halve an unresolved width, and double a resolved one."""
    panels: list[_Panel] = []
    start, left, now = 0.0, 1.0, tuple(integrals)
    for _ in range(MOST_PANELS):
        panel = _panel(law, start, width, now)
        if not _is_resolved(panel.reading):
            width /= 2
            continue
        falls = _integrals(width)(panel.reading.speed)
        if falls[-1] >= left:
            at = _root(lambda s: float(chebyshev.chebval(s, _transform() @ falls)) - left, -1.0, 1.0)  # noqa: B023
            return [*panels, _panel(law, start, width * (1 + at) / 2, now)]
        panels.append(panel)
        start, left = panel.end, left - float(falls[-1])
        now = tuple(float(values[-1]) for values in panel.reading.integrals)
        width *= 2
    mend = "Scale the weights nearer to those of size 1."
    raise InvalidValueError(complain("weights", "such that a quadrature resolves their trajectory", "others", mend))


def _panel(law: RelaxationLaw, start: float, width: float, integrals: Sequence[float]) -> _Panel:
    clock = start + width * (1 - _ahead())
    with np.errstate(all="ignore"):  # a panel on which something overflows is not resolved, and is halved
        return _Panel(start, width, law(clock, integrals, _integrals(width)))


def _is_resolved(reading: PanelValues) -> bool:
    smooth = np.array([reading.speed, reading.rate, 1 / reading.rate, *reading.integrals, *reading.others])
    if not np.isfinite(smooth).all():
        return False
    coefficients = np.abs(smooth @ _transform().T)
    return bool((coefficients[:, -4:].max(axis=1) <= RESOLVED * coefficients.max(axis=1)).all())


def _integrals(width: float) -> Integral:
    return lambda values: width / 2 * (_integration() @ values)


@cache
def _points() -> np.ndarray:
    """Return the Chebyshev points of the second kind, from -1 to 1."""
    return -np.cos(np.pi * np.arange(POINTS) / (POINTS - 1))


@cache
def _ahead() -> np.ndarray:
    """Return how much of a panel lies ahead of each point, from 1 to 0, without cancellation."""
    return np.cos(np.pi * np.arange(POINTS) / (2 * (POINTS - 1))) ** 2 * (np.arange(POINTS) < POINTS - 1)


@cache
def _transform() -> np.ndarray:
    """Return the matrix from values at the points to Chebyshev coefficients."""
    return np.linalg.inv(chebyshev.chebvander(_points(), POINTS - 1))


@cache
def _integration() -> np.ndarray:
    """Return the matrix from values to integrals from -1."""
    antiderivatives = chebyshev.chebint(_transform(), lbnd=-1, axis=0)
    matrix = chebyshev.chebvander(_points(), POINTS) @ antiderivatives
    matrix[0] = 0.0
    return matrix


@cache
def _differentiation() -> np.ndarray:
    """Return the matrix from values to derivatives."""
    return chebyshev.chebvander(_points(), POINTS - 2) @ chebyshev.chebder(_transform(), axis=0)


@cache
def _means_to_end() -> np.ndarray:
    """Return the matrix from values to the mean from each point to 1, by Gauss-Legendre quadrature."""
    nodes, weights = legendre.leggauss(POINTS)
    places = 1 - 2 * np.outer(_ahead(), (1 - nodes) / 2)
    return np.einsum("iqj,q->ij", chebyshev.chebvander(places, POINTS - 1), weights / 2) @ _transform()
