"""By how much a goal fails at numbers: exactly, or in rounded arithmetic relative to the size of what was added.

In rounded arithmetic a rate along a flow is the central difference of the quantity along the velocities of the rule, so
that the symbolic derivative that the prover used is not trusted here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import numpy as np
from flint import fmpq, fmpq_mat
from sympy import Add, MatAdd, ZeroMatrix

from tptheory.claims.goals import Goal, NonNegative, RankAtMost, Rate, Vanishes, moving_symbols, symbolic
from tptheory.errors import InvalidValueError
from tptheory.measuring.goal_values import Value, difference, is_number_zero, least_bound, rank_of
from tptheory.measuring.premises import Instance
from tptheory.numeric.arithmetic_names import arithmetic_named
from tptheory.numeric.evaluation import evaluator
from tptheory.numeric.intervals import is_shown_not_semidefinite
from tptheory.numeric.rationals import fraction, numbers_in

STEP = {"float": 1e-5}
"""How far the fastest symbol moves to either side where a rate is measured, by arithmetic."""
FINE_STEP = 1e-16
"""The same in arithmetic of 50 digits or so."""


class Defect(NamedTuple):
    """By how much a goal fails, 0 if it holds, and the scale that rounding errors have there.

    Attributes:
        size: the largest entry of what should vanish; of a number that should not be negative, how far below 0 it is;
            of a matrix that should be positive semidefinite, its asymmetry or how far its least eigenvalue is below 0;
            of a rank, the excess.
        scale: of an equation the largest entry of a term that was added up, or 1 where that is larger, and along a flow
            the largest slope; of a semidefinite matrix its largest entry, or 1; of all else 1.
    """

    size: Any
    scale: Any = 1.0

    @property
    def relative(self) -> float:
        """The defect relative to the scale."""
        return float(self.size / self.scale)


NO_DEFECT, INFINITE_DEFECT = Defect(0.0), Defect(math.inf)


def worst(defects: Iterable[Defect]) -> Defect:
    """Return the first defect that is largest relative to its scale; NaN is the worst of all."""
    return max(defects, key=_severity, default=NO_DEFECT)


def _severity(defect: Defect) -> float:
    """Return a defect relative to its scale; infinity for NaN, which is what overflows leave."""
    return math.inf if math.isnan(defect.relative) else defect.relative


class RoundedDefects:
    """The defects of goals at one instance, in rounded arithmetic.

    Args:
        values: the instance: arrays and numbers of that arithmetic, and integers for sizes.
        arithmetic: ``"float"``, or ``"mp50"``.
        rank: returns the rank of an expression; without it ranks are those that the arithmetic decides.
    """

    def __init__(self, values: Instance, arithmetic: str = "float", rank: Callable[[Any], int] | None = None) -> None:
        self.values, self.arithmetic = values, arithmetic
        self.rank = rank or self._rounded_rank
        self._value = evaluator(values, arithmetic=arithmetic)

    def of(self, goal: Goal) -> Defect:
        """Return by how much a goal fails.

        Raises:
            InvalidValueError: if something to be inverted is singular.
        """
        if isinstance(goal, RankAtMost):
            return Defect(max(self.rank(goal.expression) - least_bound(goal, self.rank, self.values), 0))
        if isinstance(goal, NonNegative):
            if isinstance(goal.expression, Rate):
                slope, scale = self._slope(goal.expression)
                return Defect(_shortfall(slope.flat[0]), scale)
            return self._below_zero(self._value(symbolic(goal.expression)))
        if isinstance(goal, Vanishes):
            return self._residual(goal)
        return min((self._alternative(goals) for goals in goal.alternatives), key=_severity)

    def _alternative(self, goals: Iterable[Goal]) -> Defect:
        """Return by how much an alternative fails: infinitely, if it inverts a singular matrix."""
        try:
            return worst(map(self.of, goals))
        except InvalidValueError:
            return INFINITE_DEFECT

    def _rounded_rank(self, expression: Any) -> int:
        return int(arithmetic_named(self.arithmetic).inverted(self._value(expression))[1])

    def _residual(self, goal: Vanishes) -> Defect:
        """Return the largest entry of the difference of two sides."""
        if isinstance(goal.left, Rate):
            slope, scale = self._slope(goal.left)
            claimed = 0.0 if goal.right == 0 or isinstance(goal.right, ZeroMatrix) else self._value(goal.right)
            return Defect(_largest(slope - claimed), scale)
        residual = goal.residual()
        if isinstance(residual, ZeroMatrix):
            return NO_DEFECT
        terms = residual.args if isinstance(residual, MatAdd | Add) else ()
        scale = max((_largest(self._value(term)) for term in terms), default=0.0)
        return Defect(_largest(self._value(residual)), max(scale, 1.0))

    def _below_zero(self, value: Any) -> Defect:
        """Return how far a number is below 0; of a matrix its asymmetry, or how far its least eigenvalue is below 0."""
        if not isinstance(value, np.ndarray):
            return Defect(_shortfall(value))
        return Defect(max(_largest(value - value.T), -least_eigenvalue(value), 0.0), max(_largest(value), 1.0))

    def _slope(self, rate: Rate) -> tuple[np.ndarray, Any]:
        """Return the central difference of the quantity along the flow, and the size of the largest slope of a term."""
        velocities = {W: self._value(rate.flow[W]) for W in moving_symbols(rate.quantity, rate.flow)}
        fastest = max(map(_largest, velocities.values()), default=0.0)
        if fastest == 0.0:
            return np.zeros(1), 1.0
        h, kind = STEP.get(self.arithmetic, FINE_STEP) / fastest, self.arithmetic

        sides = [
            evaluator(self.values | {W: self.values[W] + sign * h * v for W, v in velocities.items()}, arithmetic=kind)
            for sign in (1, -1)
        ]
        terms = rate.quantity.args if isinstance(rate.quantity, MatAdd | Add) else (rate.quantity,)
        slopes = [np.asarray(sides[0](term) - sides[1](term)) / (2 * h) for term in terms]
        scale = max(map(_largest, slopes))
        return np.asarray(rate.sign * np.sum(slopes, axis=0)), max(scale, fastest)


def _shortfall(value: Any) -> Any:
    """Return how far a number is below 0; NaN for NaN, the difference of two numbers that overflow."""
    return 0.0 if value >= 0 else -value


def _largest(value: Any) -> Any:
    """Return the largest absolute value of an entry."""
    return np.abs(np.atleast_1d(value)).max(initial=0.0)


def least_eigenvalue(A: np.ndarray) -> Any:
    """Return the least eigenvalue of the symmetric part of a matrix of floats, or of mpmath's numbers."""
    if A.dtype != object:
        return np.linalg.eigvalsh((A + A.T) / 2)[0]
    context = A.flat[0].context
    M = context.matrix(A.tolist())
    return min(context.eigsy((M + M.T) / 2, eigvals_only=True))


def exact_defect(goal: Goal, value: Value, values: Instance) -> Any:
    """Return by how much a goal fails, as a fraction, or an integer for ranks; 0 exactly if it holds.

    How far a least eigenvalue is below 0 is irrational in general, and given in floating point; that it is below 0 is
    decided exactly.

    Raises:
        InvalidValueError: if something to be inverted is singular.
        UnsupportedExpressionError: if a value is irrational.
    """
    if isinstance(goal, RankAtMost):
        rank = rank_of(value(goal.expression))
        return max(rank - least_bound(goal, lambda A: rank_of(value(A)), values), 0)
    if isinstance(goal, NonNegative):
        return _exactly_below_zero(value(goal.expression))
    if isinstance(goal, Vanishes):
        found = difference(goal, value)
        return Fraction(0) if is_number_zero(found) else _largest_entry(found)
    found = [_exact_alternative(goals, value, values) for goals in goal.alternatives]
    return min(found)


def _exact_alternative(goals: Iterable[Goal], value: Value, values: Instance) -> Any:
    """Return by how much an alternative fails: infinitely, if it inverts a singular matrix."""
    try:
        return max(exact_defect(goal, value, values) for goal in goals)
    except InvalidValueError:
        return math.inf


def _largest_entry(value: Any) -> Fraction:
    return max(abs(fraction(fmpq(entry))) for entry in numbers_in(value))


def _exactly_below_zero(value: Any) -> Any:
    if not isinstance(value, fmpq_mat):
        return max(-fraction(fmpq(value)), Fraction(0))
    asymmetry = _largest_entry(value - value.transpose())
    if asymmetry or not is_shown_not_semidefinite(value):
        return asymmetry
    rows = [[mpmath.mpf(int(x.p)) / int(x.q) for x in row] for row in value.tolist()]
    return max(-float(min(mpmath.eigsy(mpmath.matrix(rows), eigvals_only=True))), math.ulp(0.0))
