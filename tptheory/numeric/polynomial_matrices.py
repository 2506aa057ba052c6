"""Matrices of polynomials over the rationals: the value of an expression at matrices whose entries are unknowns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from tptheory.errors import UnsupportedExpressionError
from tptheory.numeric.arithmetic import Arithmetic
from tptheory.numeric.rationals import ExactArithmetic

EXACT = ExactArithmetic()


class PolynomialMatrix:
    """A matrix of polynomials, by rows."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = [list(row) for row in rows]

    def __add__(self, other: PolynomialMatrix) -> PolynomialMatrix:
        """Add entries."""
        pairs = zip(self.rows, other.rows, strict=True)
        return PolynomialMatrix([[a + b for a, b in zip(left, right, strict=True)] for left, right in pairs])

    def __mul__(self, other: Any) -> PolynomialMatrix:
        """Multiply by a matrix, or by a polynomial."""
        if not isinstance(other, PolynomialMatrix):
            return PolynomialMatrix([[a * other for a in row] for row in self.rows])
        columns = list(zip(*other.rows, strict=True))
        return PolynomialMatrix([[_total(row, column) for column in columns] for row in self.rows])

    def transpose(self) -> PolynomialMatrix:
        """Return the transposed matrix."""
        return PolynomialMatrix(list(zip(*self.rows, strict=True)))

    def __getitem__(self, at: tuple[int, int]) -> Any:
        """Return the entry in a row and a column, counted from 0."""
        return self.rows[at[0]][at[1]]

    def det(self) -> Any:
        """Return the determinant, by expansion along the first row."""
        if len(self.rows) == 1:
            return self.rows[0][0]
        minors = [PolynomialMatrix([row[:j] + row[j + 1 :] for row in self.rows[1:]]) for j in range(len(self.rows))]
        terms = [a * minor.det() * (-1) ** j for j, (a, minor) in enumerate(zip(self.rows[0], minors, strict=True))]
        return sum(terms[1:], terms[0])


def _total(row: Sequence[Any], column: Sequence[Any]) -> Any:
    products = [a * b for a, b in zip(row, column, strict=True)]
    return sum(products[1:], products[0])


class PolynomialArithmetic(Arithmetic):
    """Polynomials in unknowns of given names; what is no polynomial is refused.

    >>> kind = PolynomialArithmetic(["x", "y"])
    >>> x, y = kind.unknowns
    >>> (kind.matrix([[x, y]]) * kind.matrix([[x], [y]]))[0, 0]
    x^2 + y^2
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.ring = fmpq_mpoly_ctx.get(list(names), "degrevlex")
        self.unknowns = self.ring.gens()

    def scalar(self, argument: str, value: Any) -> Any:
        """Return a rational as a constant, or a polynomial as it is."""
        return value if isinstance(value, fmpq_mpoly) else self.ring.constant(EXACT.scalar(argument, value))

    def shape(self, A: PolynomialMatrix) -> tuple[int, int]:
        return (len(A.rows), len(A.rows[0]))

    def matrix(self, rows: Sequence[Sequence[Any]]) -> PolynomialMatrix:
        """Return the matrix of these polynomials."""
        return PolynomialMatrix(rows)

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> PolynomialMatrix:
        """Return a constant matrix with its diagonal filled."""
        one = [[diagonal if i == j else rest for j in range(columns)] for i in range(rows)]
        return PolynomialMatrix([[self.ring.constant(fmpq(x)) for x in row] for row in one])

    def trace(self, A: PolynomialMatrix) -> Any:
        diagonal = [A[i, i] for i in range(len(A.rows))]
        return sum(diagonal[1:], diagonal[0])

    def power(self, base: Any, exponent: Any) -> Any:
        """Return ``base ** exponent`` for a natural exponent.

        Raises:
            UnsupportedExpressionError: for any other exponent.
        """
        if not exponent.is_constant():
            raise _no_polynomial()
        number = constant_value(exponent)
        if number.q != 1 or number < 0:
            raise _no_polynomial()
        return base ** int(number.p)

    def inverse(self, A: Any) -> Any:
        """Refuse: an inverse, a pseudo-inverse, a logarithm and an exponential are no polynomials.

        Raises:
            UnsupportedExpressionError: always.
        """
        raise _no_polynomial()

    pinv = logpdet = inverse

    def log(self, value: Any) -> Any:
        """Refuse, as for an inverse."""
        raise _no_polynomial()

    exp = log


def constant_value(p: fmpq_mpoly) -> fmpq:
    """Return the number that a constant polynomial is."""
    return fmpq(p.leading_coefficient()) if p != 0 else fmpq(0)


def _no_polynomial() -> UnsupportedExpressionError:
    return UnsupportedExpressionError("'expression' must be a polynomial in the entries of its matrices.")
