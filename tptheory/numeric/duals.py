"""Exact dual numbers: a rational and its rate, ``a + epsilon a'`` with ``epsilon^2 = 0``.

An expression that is evaluated on dual matrices gives its derivative along their rates, exactly and without symbolic
differentiation. Claims about flows are confirmed in this way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from flint import fmpq, fmpq_mat

from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import UnroundedArithmetic, added
from tptheory.numeric.rationals import VerifiedArithmetic

EXACT = VerifiedArithmetic()


class RankChangesError(InvalidValueError):
    """Raised when a matrix under a pseudo-inverse changes its rank to first order, so that there is no derivative."""


class Dual:
    """A scalar or a matrix and its rate; a rate of None stands for zero, a value of None for an irrational number."""

    __slots__ = ("rate", "value")

    def __init__(self, value: Any, rate: Any = None) -> None:
        self.value, self.rate = value, rate

    def __add__(self, other: Dual) -> Dual:
        """Add values, and add rates."""
        value = None if self.value is None or other.value is None else self.value + other.value
        return Dual(value, added(self.rate, other.rate))

    def __mul__(self, other: Dual) -> Dual:
        """Multiply by the product rule.

        Raises:
            UnsupportedExpressionError: if the rate needs a value that is irrational.
        """
        if (self.value is None and other.rate is not None) or (other.value is None and self.rate is not None):
            raise UnsupportedExpressionError("a rate must not depend on a logarithm or an exponential to be rational.")
        value = None if self.value is None or other.value is None else self.value * other.value
        first = None if self.rate is None else self.rate * other.value
        return Dual(value, added(first, None if other.rate is None else self.value * other.rate))

    def transpose(self) -> Dual:
        """Return the transposed matrix, whose rate is transposed too."""
        return self.mapped(lambda M: M.transpose())

    def __getitem__(self, at: tuple[int, int]) -> Dual:
        """Return the entry in a row and a column, counted from 0."""
        return self.mapped(lambda M: M[at])

    def mapped(self, change: Any) -> Dual:
        """Return value and rate with a linear map applied to both."""
        return Dual(change(self.value), None if self.rate is None else change(self.rate))


class DualArithmetic(UnroundedArithmetic):
    """Dual numbers for `ArrayPrinter`.

    A pseudo-inverse or a pseudo-determinant is taken at constant rank: where the rank would change to first order, the
    expression is refused. The value of a logarithm is left open, because only its rate is rational.

    >>> kind = DualArithmetic()
    >>> square = kind.power(Dual(fmpq(3), fmpq(1)), kind.scalar("exponent", 2))
    >>> square.value, square.rate
    (9, 6)
    """

    def read(self, argument: str, value: Any, column: bool = False) -> Dual:
        """Return a dual matrix as it is.

        Raises:
            InvalidTypeError: for anything else.
        """
        if not isinstance(value, Dual):
            raise InvalidTypeError(complain(argument, "a Dual", value))
        return value

    def scalar(self, argument: str, value: Any) -> Dual:
        """Return a rational that stands still, or a dual scalar as it is."""
        return value if isinstance(value, Dual) else Dual(EXACT.scalar(argument, value))

    def shape(self, A: Dual) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.value.nrows(), A.value.ncols())

    def matrix(self, rows: Sequence[Sequence[Dual]]) -> Dual:
        """Return the matrix of these scalars."""
        if any(e.value is None for row in rows for e in row):
            _irrational()
        values = EXACT.matrix([[e.value for e in row] for row in rows])
        if all(e.rate is None for row in rows for e in row):
            return Dual(values)
        return Dual(values, EXACT.matrix([[fmpq(0) if e.rate is None else e.rate for e in row] for row in rows]))

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Dual:
        """Return a constant matrix with its diagonal filled."""
        return Dual(EXACT.full(rows, columns, diagonal, rest))

    def scale(self, scalar: Dual, A: Dual) -> Dual:
        """Return the scalar times ``A``; the value of a scalar must be rational."""
        if scalar.value is None:
            _irrational()
        rate = None if A.rate is None else A.rate * scalar.value
        return Dual(A.value * scalar.value, added(rate, None if scalar.rate is None else A.value * scalar.rate))

    def inverse(self, A: Dual) -> Dual:
        """Return ``A^-1``, whose rate is ``-A^-1 dA A^-1``.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        K = EXACT.inverse(A.value)
        return Dual(K, None if A.rate is None else -(K * A.rate * K))

    def pinv(self, A: Dual) -> Dual:
        """Return ``A+``, and its rate at constant rank (Golub and Pereyra, 1973).

        Raises:
            RankChangesError: if the rank changes to first order.
        """
        P = EXACT.pinv(A.value)
        if A.rate is None:
            return Dual(P)
        left, right = self._complements(A, P)
        Pt, dAt = P.transpose(), A.rate.transpose()
        return Dual(P, P * Pt * dAt * left + right * dAt * Pt * P - P * A.rate * P)

    def _complements(self, A: Dual, P: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
        """Return ``I - A A+`` and ``I - A+ A``; refuse an ``A`` whose rank changes."""
        rows, columns = self.shape(A)
        left = EXACT.full(rows, rows, 1, 0) - A.value * P
        right = EXACT.full(columns, columns, 1, 0) - P * A.value
        if (left * A.rate * right).rank():
            raise RankChangesError(complain("expression", "of constant rank under every Pinv", "a rank that changes"))
        return left, right

    def trace(self, A: Dual) -> Dual:
        """Return ``tr A``."""
        return A.mapped(EXACT.trace)

    def determinant(self, A: Dual) -> Dual:
        """Return ``det A``, whose rate is ``tr(adj(A) dA)``, where ``A`` is singular too."""
        rate = None if A.rate is None else EXACT.trace(adjugate(A.value) * A.rate)
        return Dual(A.value.det(), rate)

    def logpdet(self, A: Dual) -> Dual:
        """Return the rate ``tr(A+ dA)`` of the logarithm of the pseudo-determinant.

        Raises:
            RankChangesError: if the rank changes to first order.
        """
        if A.rate is None:
            return Dual(None)
        P = EXACT.pinv(A.value)
        self._complements(A, P)
        return Dual(None, EXACT.trace(P * A.rate))

    def unspecified_loss(self, output: Dual, error: Dual) -> Dual:
        """Return the rate ``<d_L, dx_L>`` of a loss of which only the gradient is known."""
        return Dual(None, None if output.rate is None else EXACT.trace(error.value.transpose() * output.rate))

    def power(self, base: Dual, exponent: Dual) -> Dual:
        """Return ``base ** exponent`` for an integer exponent.

        Raises:
            InvalidValueError: for a negative power of zero.
            UnsupportedExpressionError: for a root, or an exponent that moves.
        """
        if base.value is None or exponent.rate is not None or exponent.value.q != 1:
            _irrational()
        n = int(exponent.value)
        value = EXACT.power(base.value, exponent.value)
        if base.rate is None or n == 0:
            return Dual(value)
        return Dual(value, n * EXACT.power(base.value, exponent.value - 1) * base.rate)

    def log(self, value: Dual) -> Dual:
        """Return the rate of the natural logarithm of a scalar.

        Raises:
            InvalidValueError: for a number that is not positive.
            UnsupportedExpressionError: if the scalar is irrational.
        """
        if value.value is None:
            _irrational()
        if value.value <= 0:
            raise InvalidValueError(complain("expression", "one with logarithms of positive numbers", value.value))
        return Dual(None, None if value.rate is None else value.rate / value.value)

    def exp(self, value: Dual) -> Dual:
        """Return the exponential of a scalar that stands still.

        Raises:
            UnsupportedExpressionError: if it moves.
        """
        if value.rate is not None:
            _irrational()
        return Dual(None)


def adjugate(A: fmpq_mat) -> fmpq_mat:
    """Return the adjugate: the transposed matrix of cofactors, with ``A adj(A) = det(A) I``.

    >>> adjugate(fmpq_mat(2, 2, [1, 2, 3, 4]))
    [ 4, -2]
    [-3,  1]
    """
    n, determinant = A.nrows(), A.det()
    if determinant != 0:
        return A.inv() * determinant
    rows = A.tolist()

    def cofactor(i: int, j: int) -> fmpq:
        minor = [[x for k, x in enumerate(row) if k != j] for h, row in enumerate(rows) if h != i]
        return fmpq_mat(minor).det() * (1 if (i + j) % 2 == 0 else -1)

    return EXACT.full(1, 1, 1, 0) if n == 1 else fmpq_mat(n, n, [cofactor(j, i) for i in range(n) for j in range(n)])


def _irrational() -> NoReturn:
    """Refuse an expression without a rational value or rate: a logarithm, a root, a moving exponent or exponential.

    Raises:
        UnsupportedExpressionError: always.
    """
    raise UnsupportedExpressionError(
        "a rate must be rational to be evaluated exactly (got a logarithm, a root, or an exponent that moves)."
    )
