"""Dual numbers over rationals and certified intervals: rates of quantities whose values are irrational."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from tptheory.errors import UnsupportedExpressionError
from tptheory.numeric.arithmetic import sum_or_none
from tptheory.numeric.intervals import VerifiedIntervalArithmetic
from tptheory.numeric.jets import DualArithmetic, Jet

INTERVALS = VerifiedIntervalArithmetic()


class IntervalDualArithmetic(DualArithmetic):
    """Dual numbers whose values are intervals where `DualArithmetic` leaves them open.

    >>> kind = IntervalDualArithmetic()
    >>> found = kind.log(kind.jet([fmpq(2), fmpq(1)]))
    >>> bool(found.value > fmpq(69, 100)), found.rate
    (True, 1/2)
    """

    def scalar(self, argument: str, value: object) -> Jet:
        """Return a number that stands still, or a dual scalar as it is."""
        return value if isinstance(value, Jet) else self.jet([INTERVALS.scalar(argument, value)])

    def matrix(self, rows: Sequence[Sequence[Jet]]) -> Jet:
        """Return the matrix of these scalars."""
        values = INTERVALS.matrix([[e.value for e in row] for row in rows])
        if not any(e.moves for row in rows for e in row):
            return self.jet([values])
        rates = [[fmpq(0) if e.rate is None else e.rate for e in row] for row in rows]
        return self.jet([values, INTERVALS.matrix(rates)])

    def scale(self, scalar: Jet, A: Jet) -> Jet:
        """Return the scalar times ``A``."""
        rate = None if A.rate is None else INTERVALS.scale(scalar.value, A.rate)
        moved = None if scalar.rate is None else INTERVALS.scale(scalar.rate, A.value)
        return self.jet([INTERVALS.scale(scalar.value, A.value), sum_or_none(rate, moved)])

    def trace(self, A: Jet) -> Jet:
        return A.with_each(INTERVALS.trace)

    def logpdet(self, A: Jet) -> Jet:
        """Return the logarithm of the pseudo-determinant, and its rate at constant rank.

        Raises:
            RankChangesError: if the rank changes to first order.
        """
        return self.jet([INTERVALS.logpdet(A.value), super().logpdet(A).rate])

    def log(self, value: Jet) -> Jet:
        """Return the natural logarithm.

        Raises:
            InvalidValueError: for a number that is not positive.
        """
        return self.jet([INTERVALS.log(value.value), None if value.rate is None else value.rate / value.value])

    def exp(self, value: Jet) -> Jet:
        """Return the exponential."""
        found = INTERVALS.exp(value.value)
        return self.jet([found, None if value.rate is None else found * value.rate])

    def power(self, base: Jet, exponent: Jet) -> Jet:
        """Return ``base ** exponent`` for an exponent that stands still.

        Raises:
            InvalidValueError: for a negative power of zero, or a power that is not real.
            UnsupportedExpressionError: if the exponent moves.
        """
        if exponent.rate is not None:
            raise UnsupportedExpressionError("a rate must not depend on an exponent that moves.")
        value = INTERVALS.power(base.value, exponent.value)
        if base.rate is None or exponent.value == 0:
            return self.jet([value])
        return self.jet([value, exponent.value * INTERVALS.power(base.value, exponent.value - 1) * base.rate])
