"""The flow of target propagation on one sample in closed form: square layers at any depth, and wide ones at depth 2.

As long as ``W_l`` has full row rank for ``l >= 2``, ``x_l' = -S_l d_l`` and ``e' = -S_L e``, where ``S_l`` is the sum
of ``|x_k|^2`` over ``k < l`` (`proofs/error_ray.py`). Both laws below say how ``S_L`` depends on a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.numeric.floats import FloatArithmetic
from tptheory.simulation.arguments import increasing
from tptheory.simulation.closed_forms.arguments import (
    Sample,
    SamplePath,
    check_full_row_rank,
    read_sample,
)
from tptheory.simulation.closed_forms.relaxation import Integral, PanelValues, Relaxation

FLOATS = FloatArithmetic()


@dataclass(frozen=True, eq=False, repr=False)
class TargetPropFlow(SamplePath):
    """A trajectory of the TP flow."""

    times: np.ndarray
    """The times, of shape ``(T,)``."""
    weights: tuple[np.ndarray, ...]
    """``weights[l-1][i]`` is ``W_l`` at ``times[i]``, of shape ``(n_l, n_{l-1})``."""
    determinants: tuple[np.ndarray, ...]
    """``determinants[l-2][i]`` is ``pdet W_l`` over its value at time 0, of shape ``(T,)``, for ``l = 2..L``."""


@known_keywords
def tp_closed_form(weights: Sequence[Any], x: Any, y: Any, times: Any) -> TargetPropFlow:
    """Return the flow of target propagation ``W_l' = -d_l x_{l-1}'`` from its closed form.

    **Square layers.** If ``W_l`` is invertible for ``l >= 2``, every ``d_l`` keeps its direction: ``d_l = a_l d_l^0``
    and ``x_l = x_l^0 - gamma_l d_l^0``. With the clock ``g = gamma_1``, ``X = |x_0|^2``, ``N_l = |x_l|^2``, ``S_l`` the
    sum of ``|x_k|^2`` over ``k < l``, and ``r_l = det W_l / det W_l^0``, ``a = a_L``::

        dlog r_{l+1} = dN_l / (2 S_l)        dgamma_l / dg = r_2 ... r_l S_l / X
        a_l = a / (r_{l+1} ... r_L)          a = 1 - gamma_L,  dt = -dlog(a) / S_L

    layer after layer from below, each an integral of what is known.

    **Wide depth 2.** If ``W = W_2`` has full row rank, ``p = (I - W+ W) x_1`` and ``d = d_1`` stay in one plane and at
    a right angle. With ``m = x_1 . d / |d|``, ``N = |x_1|^2``, ``rho = |p|^2`` these three do not change::

        rho exp(N / X)        N - rho - m^2        |d|^2 exp(N / X) / |e|^2

    so that ``N``, ``rho`` and ``|d| / |e|`` are functions of the clock ``g = m_0 - m`` (by Wright's omega function).
    With ``theta`` the angle by which ``d`` has turned towards ``p``::

        da / dg = -(X + N) exp((N - N_0) / 2X) / (|d_0| (X + rho))        -dtheta / dg = sqrt(rho) / (X + rho)

    Both need no differential equation to be integrated: they are quadratures, accurate to about 1e-12. The error stays
    on its ray, ``|e| <= exp(-X t) |e_0|``.

    Args:
        weights: ``[W_1, ..., W_L]`` at time 0; ``W_1`` may have any shape.
        x: the sample, of shape ``(n_0,)``, nonzero.
        y: its target, of shape ``(n_L,)``.
        times: increasing times from 0.

    Source: `proofs/constant_direction.py`, `proofs/error_ray.py`, `proofs/closed_form.py`; new here as far as we know.

    >>> flow = tp_closed_form([[[1.0]], [[2.0]]], [1.0], [0.0], times=[0.0, 1.0])
    >>> flow.errors.ravel().round(6).tolist()
    [2.0, 0.477503]

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``x`` is zero, the times do not increase from 0 or more, a weight
            lacks full row rank, or a layer above the first is wide at a depth above 2, where no closed form is known.
        ShapeError: if shapes do not chain, or ``x`` is a batch.
    """
    sample = read_sample(FLOATS, weights, x, y)
    instants = increasing(times, earliest=0)
    if not sample.x[0].any():
        raise InvalidValueError(complain("x", "nonzero, for anything to move", np.asarray(x).tolist()))
    _refuse_open_cases(sample)
    signals = sample.signals()
    if not sample.error.any():
        return _at_rest(sample, signals, instants)
    if all(W.shape[0] == W.shape[1] for W in sample.weights[1:]):
        return _Square(sample, signals).flow(instants)
    return _Wide(sample, signals).flow(instants)


def _refuse_open_cases(sample: Sample) -> None:
    check_full_row_rank(sample, "Use simulate.")
    for l, W in enumerate(sample.weights[1:], start=2):
        if W.shape[0] < W.shape[1] and sample.depth > 2:
            expected = f"square above the first layer at depth {sample.depth}; no closed form is known for wide layers"
            raise InvalidValueError(complain("weights", expected, f"W_{l} of shape {W.shape}", "Use simulate."))


def _at_rest(sample: Sample, signals: Sequence[np.ndarray], times: np.ndarray) -> TargetPropFlow:
    """Return the trajectory of a net that solves its task already, and so stands still."""
    weights, hidden, lower = (
        [np.repeat(A[np.newaxis], len(times), axis=0) for A in part]
        for part in (sample.weights, sample.x[1:-1], signals[:-1])
    )
    ones = np.ones(len(times))
    return _trajectory(sample, times, ones, weights, hidden, lower, [ones] * (sample.depth - 1))


def _times_column(scalars: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return scalars, of shape ``(T,)``, times one matrix."""
    return scalars[:, np.newaxis, np.newaxis] * column


class _Square:
    """Square layers: integrals are ``gamma_l``, ``log r_l``, and of each layer's update the two moments of ``a_l``."""

    def __init__(self, sample: Sample, signals: Sequence[np.ndarray]) -> None:
        self.sample, self.signals = sample, signals
        self.X = float(np.sum(sample.x[0] ** 2))

    def law(self, clock: np.ndarray, integrals: Sequence[float], integral: Integral) -> PanelValues:
        """Return ``gamma_l``, ``log r_{l+1}``, and the integrals over time of ``a_l`` and of ``a_l gamma_{l-1}``."""
        depth = self.sample.depth
        known = np.reshape(integrals, (depth, 4))
        S = np.full_like(clock, self.X)
        volume = np.ones_like(clock)
        gamma_below = np.zeros_like(clock)
        rows = []
        for l in range(1, depth + 1):
            speed = volume * S / self.X
            gamma = known[l - 1, 0] + integral(speed)
            moments = [known[l - 1, k] + integral(volume / self.X * g) for k, g in ((2, 1.0), (3, gamma_below))]
            x, d = self.sample.x[l], self.signals[l - 1]
            across, lengths = float(np.sum(x * d)) - gamma * float(np.sum(d * d)), (x - gamma * d) ** 2
            log_ratio = known[l - 1, 1] - integral(across * speed / S)
            rows.append([gamma, log_ratio, *moments])
            rate = S
            S = S + lengths.sum(axis=0)
            volume = volume * np.exp(log_ratio)
            gamma_below = gamma
        return PanelValues(speed, rate, tuple(values for row in rows for values in row))

    def flow(self, times: np.ndarray) -> TargetPropFlow:
        sample, depth = self.sample, self.sample.depth
        remainder, read = Relaxation(self.law, np.zeros(4 * depth).tolist(), 0.25).at(times)
        gamma, log_ratio, first, second = np.reshape(read, (depth, 4, len(times))).swapaxes(0, 1)
        logs = log_ratio[:-1]
        volume_above = [np.exp(-logs[l - 1 :].sum(axis=0)) for l in range(1, depth + 1)]
        signals = [_times_column(remainder * volume_above[l], d) for l, d in enumerate(self.signals)]
        hidden = [
            x - _times_column(gamma[l], d) for l, (x, d) in enumerate(zip(sample.x[1:], self.signals, strict=True))
        ]
        below = [np.zeros_like(sample.x[0]), *self.signals]
        weights = [
            W - d @ (_times_column(first[l], x) - _times_column(second[l], under)).swapaxes(1, 2)
            for l, (W, d, x, under) in enumerate(zip(sample.weights, self.signals, sample.x, below, strict=False))
        ]
        return _trajectory(sample, times, remainder, weights, hidden[:-1], signals[:-1], np.exp(logs))


class _Wide:
    """Wide depth 2: ``x_1``, ``d_1`` and the part of ``x_1`` that ``W_2`` does not see turn in one plane."""

    def __init__(self, sample: Sample, signals: Sequence[np.ndarray]) -> None:
        self.sample = sample
        W, x, d = sample.weights[1], sample.x[1], signals[0]
        hidden = x - FLOATS.pinv(W) @ (W @ x)
        self.X, self.N, self.rho = (float(np.sum(v * v)) for v in (sample.x[0], x, hidden))
        self.length = float(np.linalg.norm(d))
        self.along = d / self.length
        self.across = hidden / np.sqrt(self.rho) if self.rho else hidden
        self.m = float(np.sum(x * self.along))
        self.outside = x - self.m * self.along - np.sqrt(self.rho) * self.across

    def lengths(self, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``N`` and ``rho`` from the first two invariants."""
        from scipy.special import wrightomega

        seen = self.N - self.rho - self.m**2 + m**2
        with np.errstate(divide="ignore"):
            rho = self.X * wrightomega(np.log(self.rho / self.X) + (self.N - seen) / self.X)
        return seen + rho, rho

    def law(self, clock: np.ndarray, integrals: Sequence[float], integral: Integral) -> PanelValues:
        """Return the angle and the integrals of ``a`` times the parts of ``x_1``: outside, and in the plane."""
        m = self.m - clock
        N, rho = self.lengths(m)
        growth = np.exp((N - self.N) / (2 * self.X)) / (self.length * (self.X + rho))
        angle = integrals[0] + integral(np.sqrt(rho) / (self.X + rho))
        along, across = _rotated(angle, m, np.sqrt(rho))
        moments = (growth, growth * along, growth * across)
        kept = tuple(start + integral(f) for start, f in zip(integrals[1:], moments, strict=True))
        return PanelValues((self.X + N) * growth, self.X + N, (angle, *kept), (clock,))

    def flow(self, times: np.ndarray) -> TargetPropFlow:
        sample = self.sample
        remainder, (angle, *moments, clock) = Relaxation(self.law, [0.0] * 4, 0.25 * self.X).at(times)
        N, rho = self.lengths(self.m - clock)
        ratio = np.exp((N - self.N) / (2 * self.X))
        in_plane = _rotated(angle, self.m - clock, np.sqrt(rho))
        x = self._in_space(np.ones_like(angle), *in_plane)
        d = self._in_space(
            np.zeros_like(angle), *_rotated(angle, self.length * remainder / ratio, np.zeros_like(angle))
        )
        moved = (sample.x[1] - x) @ sample.x[0].T / self.X
        weights = [
            sample.weights[0] - moved,
            sample.weights[1] - sample.error @ self._in_space(*moments).swapaxes(1, 2),
        ]
        return _trajectory(sample, times, remainder, weights, [x], [d], [ratio])

    def _in_space(self, outside: np.ndarray, along: np.ndarray, across: np.ndarray) -> np.ndarray:
        parts = ((outside, self.outside), (along, self.along), (across, self.across))
        return sum(_times_column(scalars, column) for scalars, column in parts)  # type: ignore[return-value]


def _rotated(angle: np.ndarray, along: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return in the axes of time 0 the vector that is ``(along, across)`` in axes turned by minus an angle."""
    cos, sin = np.cos(angle), np.sin(angle)
    return along * cos + across * sin, across * cos - along * sin


def _trajectory(
    sample: Sample, times: np.ndarray, remainder: np.ndarray, weights: Any, hidden: Any, signals: Any, ratios: Any
) -> TargetPropFlow:
    """Build the trajectory: add the input, and the error and the output, which move on a ray."""
    error = _times_column(remainder, sample.error)
    return TargetPropFlow(
        times=times,
        weights=tuple(weights),
        activations=(np.broadcast_to(sample.x[0], (len(times), *sample.x[0].shape)), *hidden, sample.target + error),
        errors=error,
        signals=(*signals, error),
        determinants=tuple(ratios),
    )
