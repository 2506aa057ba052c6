"""The modes of backpropagation from aligned weights, and how long they stay on the plateau (Saxe et al., 2014)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tptheory.checking import checked_integer, positive
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.keywords import known_keywords
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.numeric.floats import FloatArithmetic
from tptheory.simulation.arguments import increasing
from tptheory.simulation.closed_forms.relaxation import PanelValues, Relaxation
from tptheory.symbolic.network import DEEPEST
from tptheory.typesetting.tables import ShownAsTable, Table, a_few

FLOATS = FloatArithmetic()
KAPPA = (1.0, 1.3)
"""Most nets with small random weights escape after the leading order times a factor between these two. It is measured,
and not a theorem.

Of 48 nets of depth 3 to 5, hidden widths 30 and 100, ``std sqrt(hidden)`` 0.03 to 0.2, the least was 0.95, the largest
1.38.
"""


MOST_MODES = 6
"""The most modes that the table shows."""


@dataclass(frozen=True, eq=False, repr=False)
class Modes(ComparedByValues, ShownAsTable):
    """Singular modes of a net under the BP flow. Time is the first index."""

    times: np.ndarray
    """The times, of shape ``(T,)``."""
    singular_values: np.ndarray
    """``s_k``, of shape ``(K,)``: the strengths to which the modes tend."""
    factors: np.ndarray
    """``factors[i, k, l-1]`` is the singular value ``a_l`` of ``W_l`` in mode ``k``, signed."""
    remainders: np.ndarray
    """``remainders[i, k]`` is ``s_k - u_k``, with full relative accuracy however small it is."""
    methods: tuple[str, ...]
    """How each mode is solved: ``exponential``, ``hyperbolic``, ``quadrature``, ``algebraic`` or ``still``."""

    @property
    def strengths(self) -> np.ndarray:
        """``strengths[i, k]`` is ``u_k = a_1 ... a_L``, the singular value of ``W_L ... W_1``."""
        return self.factors.prod(axis=2)

    @property
    def loss(self) -> np.ndarray:
        """``1/2`` of the sum of ``(s_k - u_k)^2``: the loss above its least value, of shape ``(T,)``."""
        return (self.remainders**2).sum(axis=1) / 2

    def __repr__(self) -> str:
        """Show in one line how many modes there are, of what depth, and how long they are followed."""
        modes, depth = self.factors.shape[1:]
        return f"<Modes: {modes} of depth {depth}, up to time {float(self.times[-1]):g}>"

    def table(self) -> Table:
        """Return a row for each of a few times: the strengths of the first modes."""
        shown = range(min(MOST_MODES, self.strengths.shape[1]))
        rows = [(self.times[i], *(self.strengths[i, k] for k in shown)) for i in a_few(len(self.times))]
        return Table(repr(self)[1:-1], rows, ("time", *(f"u_{k + 1}" for k in shown)))


@known_keywords
def bp_modes(singular_values: Any, initial: Any, times: Any, *, depth: int | None = None) -> Modes:
    """Return the singular modes of the BP flow from aligned weights, with whitened inputs.

    Let ``X X' = I`` and ``Y X' = U diag(s) V'``. If ``W_l = R_l diag(a_l) R_{l-1}'`` for orthonormal ``R_l`` with
    ``R_0 = V``, ``R_L = U`` at time 0, so it stays, and each mode moves alone (Saxe et al., 2014)::

        a_l' = (product of a_k over k other than l) (s - u),    u = a_1 ... a_L

    The flow conserves ``a_l^2 - a_k^2``; all of these are zero in a balanced mode, where
    ``u' = L u^(2 - 2/L) (s - u)``. The solved cases are

    - depth 1: ``s - u`` falls as ``exp(-t)``;
    - depth 2, balanced or not: with ``c = a_2^2 - a_1^2`` and ``P = (a_1 + a_2)^2 / 2`` the Riccati equation
      ``P' = c^2/4 + 2 s P - P^2``, whose solution is hyperbolic, at the rate ``sqrt(4 s^2 + c^2)`` (Tarmoun et al.,
      2021); the logistic function if ``c = 0``;
    - depth 3 and more, balanced or not, if ``u`` tends to ``s`` exponentially: by quadrature, with the smallest ``a_l``
      as the clock;
    - a balanced mode with ``s = 0``: ``u^(2/L - 2)`` grows by ``(2L - 2) t``.

    Not solved, and refused: a mode of depth 3 or more that ends on a saddle, as a balanced one of negative strength
    does, and an unbalanced one with ``s = 0`` that ends where two factors vanish.

    Args:
        singular_values: ``s_k >= 0``, of shape ``(K,)``.
        initial: ``a_l`` of each mode, of shape ``(K, L)``; or the strengths of balanced modes, 0 or more, of shape
            ``(K,)``, with ``depth``.
        times: increasing times from 0; one unit is ``1 / eta`` steps.
        depth: the number of layers ``L``, where ``initial`` holds strengths.

    >>> bp_modes([2.0], [0.01], [0.0, 1.0, 2.0], depth=2).strengths.ravel().round(6).tolist()
    [0.01, 0.430588, 1.874841]

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, a singular value or a strength is negative, the times do not
            increase from 0 or more, ``depth`` is below 1, or a mode is not solved.
        ShapeError: if shapes do not fit.
    """
    s = _read_values("singular_values", singular_values)
    a, instants = _read_initial(initial, depth, len(s)), increasing(times, earliest=0)
    solved = [_solved(k, float(s[k]), a[k], instants) for k in range(len(s))]
    factors, remainders, methods = zip(*solved, strict=True)
    return Modes(instants, s, np.stack(factors, axis=1), np.stack(remainders, axis=1), methods)


def _power(base: float, exponent: int) -> float:
    """Return a power; infinity where it is larger than any float."""
    try:
        return base**exponent
    except OverflowError:
        return math.inf


def _read_values(name: str, values: Any) -> np.ndarray:
    read = FLOATS.read_finite(name, values, column=True)
    if read.shape[1] != 1 or not len(read):
        raise ShapeError(complain(name, "a list of numbers", f"an array of shape {read.shape}"))
    if (read < 0).any():
        raise InvalidValueError(complain(name, "0 or more", float(read.min()), "Turn a singular vector round."))
    return read[:, 0].astype(np.float64)


def _read_initial(initial: Any, depth: Any, modes: int) -> np.ndarray:
    """Return the factors at the start, of shape ``(K, L)``."""
    if depth is None:
        a = FLOATS.read_finite("initial", initial).astype(np.float64)
        if a.shape[0] != modes:
            raise ShapeError(complain("initial", f"of {modes} rows, one for each singular value", a.shape))
        return a
    u = _read_values("initial", initial)
    if len(u) != modes:
        raise ShapeError(complain("initial", f"of {modes} strengths, one for each singular value", u.shape))
    return np.repeat(u[:, np.newaxis] ** (1 / checked_integer("depth", depth, limit=DEEPEST)), depth, axis=1)


def _solved(k: int, s: float, a: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the factors, of shape ``(T, L)``, the remainder, and the method."""
    remainder = s - float(a.prod())
    if remainder == 0 or np.count_nonzero(a) < len(a) - 1:
        return np.tile(a, (len(times), 1)), np.full(len(times), remainder), "still"
    if len(a) == 1:
        left = remainder * np.exp(-times)
        return (s - left)[:, np.newaxis], left, "exponential"
    if len(a) == 2:
        return *_pair(s, a, times), "hyperbolic"
    if s == 0 and (np.abs(a) == np.abs(a[0])).all():
        return *_vanishing(a, times), "algebraic"
    left, (clock,) = Relaxation(*_deep(k, s, a)).at(times)
    return _factors(a, clock), left * remainder, "quadrature"


def _pair(s: float, a: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two factors and the remainder, by ``p = (a_1 + a_2)/sqrt 2`` and ``q = (a_2 - a_1)/sqrt 2``."""
    p, q = (a[1] + a[0]) / math.sqrt(2), (a[1] - a[0]) / math.sqrt(2)
    if abs(p) < abs(q):  # the same mode with a_1 turned round: then u is -u, and s is -s
        turned, left = _pair(-s, a * [-1, 1], times)
        return turned * [-1, 1], -left
    half, P, remainder = float(p * q), float(p * p), s - float(a.prod())
    R = math.hypot(s, half)
    growth, decay, slowing = np.ones_like(times), np.ones_like(times), 1 + P * times
    if R > 0:
        above, below = (R + s, half**2 / (R + s)) if s >= 0 else (half**2 / (R - s), R - s)  # R + s and R - s
        decay = np.exp(-2 * R * times)
        growth = (above + half**2 / P + decay * (below - half**2 / P)) / (2 * R)
        slowing = (below + P + decay * (above - P)) / (2 * R)
    moved = p * np.sqrt(growth / slowing)
    factors = np.stack([moved - half / moved, moved + half / moved], axis=1) / math.sqrt(2)
    return factors, remainder * decay * P / (slowing * moved) ** 2


def _vanishing(a: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a balanced mode with ``s = 0``: ``a^(2 - 2L)`` grows by ``(2L - 2) t``."""
    power = 2 * len(a) - 2
    factors = np.sign(a) * ((abs(a[0]) ** -power + power * times) ** (-1 / power))[:, np.newaxis]
    return factors, -factors.prod(axis=1)


def _above_least(a: np.ndarray) -> tuple[int, np.ndarray]:
    """Return which factor is of least size, ``a_j``, and ``a_k^2 - a_j^2`` for all."""
    j = int(np.argmin(np.abs(a)))
    return j, (np.abs(a) - abs(a[j])) * (np.abs(a) + abs(a[j]))


def _factors(a: np.ndarray, clock: np.ndarray) -> np.ndarray:
    """Return all factors from the one of least size: the others keep their sign and ``a_k^2 - a_j^2``."""
    j, c = _above_least(a)
    factors = np.sign(a) * np.sqrt(clock[:, np.newaxis] ** 2 + c)
    factors[:, j] = clock
    return factors


def _deep(k: int, s: float, a: np.ndarray) -> tuple[Any, Sequence[float], float]:
    """Return the law of the factor of least size, no integrals, and a width to start with."""
    j, c = _above_least(a)
    tied = (c == 0).sum() > 1  # then none of them passes through 0
    if (tied and a.prod() <= 0) or (s == 0 and tied):
        expected = f"such that mode {k} does not end where two factors vanish, which has no known closed form"
        raise InvalidValueError(complain("initial", expected, a.tolist(), "Integrate it with simulate."))
    remainder = s - float(a.prod())
    direction = np.sign(remainder) * np.prod(np.sign(np.delete(a, j)))

    def law(clock: np.ndarray, *_: Any) -> PanelValues:
        smallest = a[j] + direction * clock
        factors = _factors(a, smallest)
        partial = np.stack([np.delete(factors, l, axis=1).prod(axis=1) for l in range(len(a))], axis=1)
        rest = np.delete(factors, j, axis=1)
        slope = partial[:, j] * (1 + (smallest[:, np.newaxis] ** 2 / rest**2).sum(axis=1))
        return PanelValues(np.abs(slope / remainder), (partial**2).sum(axis=1), (), (smallest,))

    return law, (), max(abs(a[j]), s ** (1 / len(a))) / 4


@dataclass(frozen=True)
class PlateauEscape:
    """How many steps of BP from small weights pass before the loss falls."""

    leading: float
    """The leading order for small weights of ``mode``: a theorem about one balanced mode."""
    mode: float
    """The exact number ``t / eta`` of steps until the mode reaches its fraction of ``sigma_1``, along the flow."""
    random: tuple[float, float] | None
    """`KAPPA` times ``leading``: measured from random weights, not a theorem. None at depth 2: it was not measured."""


@known_keywords
def plateau_escape(
    sigma_1: float, *, depth: int, lr: float, std: float, hidden: int, fraction: float = 0.5
) -> PlateauEscape:
    """Return after how many steps BP leaves the plateau that small weights start on.

    The top mode, balanced, with ``a = std sqrt(hidden)`` in every layer and ``u_0 = a^L``, is the model. Along the flow

        t = integral from u_0 to f sigma_1 of  du / (L u^(2 - 2/L) (sigma_1 - u))

    and, as ``a`` tends to 0, ``t`` tends to its leading order

        a^-(L-2) / ((L-2) sigma_1)  for L > 2,      log(sigma_1 / u_0) / (2 sigma_1)  for L = 2.

    Both are theorems about one mode (Saxe et al., 2014). That a net with independent normal weights of standard
    deviation ``std`` escapes after ``kappa`` times the leading order, ``kappa`` 1.0 to 1.3 for most, is measured and
    not proved: it differs from one draw to the next.

    Args:
        sigma_1: the top singular value of the input-output correlation ``Y X'``.
        depth: the number of layers ``L``, 2 or more.
        lr: the step size ``eta``.
        std: the standard deviation of the weights at the start.
        hidden: the hidden width.
        fraction: the fraction ``f`` of ``sigma_1`` that counts as escape.

    >>> round(plateau_escape(1.0, depth=4, lr=0.1, std=0.01, hidden=100).leading, 6)
    500.0

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not positive and finite, ``depth`` is below 2, ``fraction`` is not between 0
            and 1, or the weights are so large that there is no plateau.
    """
    named = {"sigma_1": sigma_1, "lr": lr, "std": std, "hidden": hidden, "fraction": fraction}
    sigma, eta, spread, width, f = (positive(name, value) for name, value in named.items())
    L = checked_integer("depth", depth, lowest=2, limit=DEEPEST)
    if f >= 1:
        raise InvalidValueError(complain("fraction", "between 0 and 1", fraction, "Try fraction=0.5."))
    a = spread * math.sqrt(width)
    if _power(a, L) >= f * sigma:
        expected = f"so small that (std sqrt(hidden))^{L} is below fraction * sigma_1 = {f * sigma:g}"
        raise InvalidValueError(complain("std", expected, std, "There is no plateau to leave."))
    if L == 2:
        log_odds = math.log(f / (1 - f)) - math.log(a * a / (sigma - a * a))
        return PlateauEscape(math.log(sigma / a**2) / (2 * sigma * eta), log_odds / (2 * sigma * eta), None)
    mode = Relaxation(*_deep(0, sigma, np.full(L, a))).time((1 - f) * sigma / (sigma - a**L)) / eta
    leading = a ** -(L - 2) / ((L - 2) * sigma * eta)
    return PlateauEscape(leading, mode, (KAPPA[0] * leading, KAPPA[1] * leading))
