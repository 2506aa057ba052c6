"""Dual numbers over rationals and certified intervals: rates of quantities whose values are irrational."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from tptheory.errors import UnsupportedExpressionError
from tptheory.numeric.arithmetic import added
from tptheory.numeric.duals import Dual, DualArithmetic
from tptheory.numeric.intervals import VerifiedIntervalArithmetic

INTERVALS = VerifiedIntervalArithmetic()


class IntervalDualArithmetic(DualArithmetic):
    """Dual numbers whose values are intervals where `DualArithmetic` leaves them open.

    >>> kind = IntervalDualArithmetic()
    >>> found = kind.log(Dual(fmpq(2), fmpq(1)))
    >>> bool(found.value > fmpq(69, 100)), found.rate
    (True, 1/2)
    """

    def scalar(self, argument: str, value: object) -> Dual:
        """Return a number that stands still, or a dual scalar as it is."""
        return value if isinstance(value, Dual) else Dual(INTERVALS.scalar(argument, value))

    def matrix(self, rows: Sequence[Sequence[Dual]]) -> Dual:
        """Return the matrix of these scalars."""
        values = INTERVALS.matrix([[e.value for e in row] for row in rows])
        if all(e.rate is None for row in rows for e in row):
            return Dual(values)
        return Dual(values, INTERVALS.matrix([[fmpq(0) if e.rate is None else e.rate for e in row] for row in rows]))

    def scale(self, scalar: Dual, A: Dual) -> Dual:
        """Return the scalar times ``A``."""
        rate = None if A.rate is None else INTERVALS.scale(scalar.value, A.rate)
        moved = None if scalar.rate is None else INTERVALS.scale(scalar.rate, A.value)
        return Dual(INTERVALS.scale(scalar.value, A.value), added(rate, moved))

    def trace(self, A: Dual) -> Dual:
        """Return ``tr A``."""
        return A.mapped(INTERVALS.trace)

    def logpdet(self, A: Dual) -> Dual:
        """Return the logarithm of the pseudo-determinant, and its rate at constant rank.

        Raises:
            RankChangesError: if the rank changes to first order.
        """
        return Dual(INTERVALS.logpdet(A.value), super().logpdet(A).rate)

    def log(self, value: Dual) -> Dual:
        """Return the natural logarithm.

        Raises:
            InvalidValueError: for a number that is not positive.
        """
        return Dual(INTERVALS.log(value.value), None if value.rate is None else value.rate / value.value)

    def exp(self, value: Dual) -> Dual:
        """Return the exponential."""
        found = INTERVALS.exp(value.value)
        return Dual(found, None if value.rate is None else found * value.rate)

    def power(self, base: Dual, exponent: Dual) -> Dual:
        """Return ``base ** exponent`` for an exponent that stands still.

        Raises:
            InvalidValueError: for a negative power of zero, or a power that is not real.
            UnsupportedExpressionError: if the exponent moves.
        """
        if exponent.rate is not None:
            raise UnsupportedExpressionError("a rate must not depend on an exponent that moves.")
        value = INTERVALS.power(base.value, exponent.value)
        if base.rate is None or exponent.value == 0:
            return Dual(value)
        return Dual(value, exponent.value * INTERVALS.power(base.value, exponent.value - 1) * base.rate)
