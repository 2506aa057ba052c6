"""Exact rationals of python-flint."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpz

from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import FLOAT_EXPONENT, rows_of, singular


def _bits(number: fmpz) -> int:
    return int(number).bit_length()


def fraction(number: fmpq) -> Fraction:
    """Return an `fmpq` as a `Fraction`.

    >>> fraction(fmpq(2, 4))
    Fraction(1, 2)
    """
    return Fraction(int(number.p), int(number.q))


class ExactArithmetic:
    """Rational numbers without rounding: matrices are `fmpq_mat`, scalars `fmpq`; floats are refused."""

    def read(self, argument: str, value: Any, column: bool = False) -> fmpq_mat:
        """Return a new `fmpq_mat` of integers and fractions.

        Raises:
            InvalidTypeError: if an entry is not an integer, a Fraction or an fmpq.
            ShapeError: if the rows differ in length, or there are none.
        """
        if isinstance(value, fmpq_mat):
            return fmpq_mat(value)
        rows = rows_of(argument, value, column, "integers or fractions")
        return self.matrix([[self.scalar(argument, entry) for entry in row] for row in rows])

    def check(self, argument: str, A: fmpq_mat) -> None:
        """Accept the matrix: every rational is finite."""

    def scalar(self, argument: str, value: Any) -> fmpq:
        """Return an `fmpq`.

        Raises:
            InvalidTypeError: if it is not an integer, a Fraction or an fmpq.
        """
        if isinstance(value, fmpq | fmpz):
            return fmpq(value)
        if not isinstance(value, numbers.Rational):
            mend = "Use fractions.Fraction, or arithmetic='float'."
            raise InvalidTypeError(complain(argument, "made of integers or fractions", value, mend))
        return fmpq(int(value.numerator), int(value.denominator))

    @property
    def eps(self) -> float:
        """Return 0: nothing is rounded."""
        return 0.0

    def fitted(self, matrices: Sequence[fmpq_mat]) -> ExactArithmetic:
        """Return itself: there is one precision."""
        return self

    def signature(self, A: fmpq_mat) -> Any:
        """Return the shape."""
        return self.shape(A)

    def shape(self, A: fmpq_mat) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.nrows(), A.ncols())

    def matrix(self, rows: Sequence[Sequence[fmpq]]) -> fmpq_mat:
        """Return the matrix of these rationals."""
        return fmpq_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> fmpq_mat:
        """Return a constant matrix with its diagonal filled."""
        return self.matrix([[fmpq(diagonal if i == j else rest) for j in range(columns)] for i in range(rows)])

    def product(self, A: fmpq_mat, B: fmpq_mat) -> fmpq_mat:
        """Return ``AB``."""
        return A * B

    def scale(self, scalar: fmpq, A: fmpq_mat) -> fmpq_mat:
        """Return the scalar times ``A``."""
        return A * scalar

    def transpose(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A'``."""
        return A.transpose()

    def inverse(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A^-1``.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        try:
            return A.inv()
        except ZeroDivisionError:
            raise singular(self.shape(A)) from None

    def pinv(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A+ = G' (G G')^-1 (F'F)^-1 F'`` for the full-rank factorisation ``A = FG`` (MacDuffee, 1956).

        ``G`` holds the nonzero rows of the reduced row echelon form, ``F`` the columns of ``A`` at its pivots.
        """
        return self.inverted(A)[0]

    def inverted(self, A: fmpq_mat) -> tuple[fmpq_mat, int, int]:
        """Return ``A+``, the rank, and 1."""
        echelon, rank = A.rref()
        if rank == 0:
            return fmpq_mat(A.ncols(), A.nrows()), 0, 1
        columns, rows = A.transpose().tolist(), echelon.tolist()[:rank]
        G = self.matrix(rows)
        F = self.matrix([columns[next(j for j, entry in enumerate(row) if entry != 0)] for row in rows]).transpose()
        Gt, Ft = G.transpose(), F.transpose()
        return Gt * (G * Gt).inv() * (Ft * F).inv() * Ft, rank, 1

    def in_range(self, A: Any) -> bool:
        """Return whether every entry, or the scalar, is below 2^1024 in size."""
        rationals = A.entries() if isinstance(A, fmpq_mat) else [A]
        return all(_bits(entry.p) - _bits(entry.q) < FLOAT_EXPONENT for entry in rationals)

    def bits(self, A: fmpq_mat) -> int:
        """Return the length of the longest numerator or denominator."""
        return max(max(_bits(entry.p), _bits(entry.q)) for entry in A.entries())

    def entries(self, A: Any) -> np.ndarray:
        """Return an array of `fractions.Fraction`; of a scalar, one without axes."""
        if not isinstance(A, fmpq_mat):
            return np.array(fraction(fmpq(A)), dtype=object)
        return np.array([[fraction(entry) for entry in row] for row in A.tolist()], dtype=object)

    def matrix_power(self, A: fmpq_mat, exponent: int) -> fmpq_mat:
        """Return ``A`` to an integer power."""
        return (self.inverse(A) if exponent < 0 else A) ** abs(exponent)

    def trace(self, A: fmpq_mat) -> fmpq:
        """Return ``tr A``."""
        return sum((A[i, i] for i in range(A.nrows())), fmpq(0))

    def determinant(self, A: fmpq_mat) -> fmpq:
        """Return ``det A``."""
        return A.det()

    def logpdet(self, A: fmpq_mat) -> fmpq:
        """Refuse: a logarithm of a rational is not rational."""
        return self.log(A)

    def element(self, A: fmpq_mat, i: int, j: int) -> fmpq:
        """Return ``A[i, j]``."""
        return A[i, j]

    def power(self, base: fmpq, exponent: fmpq) -> fmpq:
        """Return ``base ** exponent`` for an integer exponent.

        Raises:
            InvalidValueError: for a negative power of zero.
            UnsupportedExpressionError: for a root.
        """
        if exponent.q != 1:
            return self.log(base)
        if base == 0 and exponent < 0:
            raise InvalidValueError(complain("expression", "free of division by zero", f"{base}**({exponent})"))
        return base ** int(exponent.p)

    def log(self, value: Any) -> fmpq:
        """Refuse: logarithms, exponentials and roots leave the rationals.

        Raises:
            UnsupportedExpressionError: always.
        """
        raise UnsupportedExpressionError(
            "'expression' must stay rational for arithmetic='exact' (got a logarithm, an exponential or a root, such "
            "as LogPdet). Use arithmetic='float'."
        )

    exp = log


class VerifiedArithmetic(ExactArithmetic):
    """The same, with every inverse held against the equations that define it: what a second evaluation uses."""

    def inverse(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A^-1``, once it was multiplied with ``A``.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        K = super().inverse(A)
        return _verified(K, self.full(*self.shape(A), 1, 0) == A * K)

    def pinv(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A+``, once it was seen to meet the four equations of Penrose."""
        P = super().pinv(A)
        left, right = A * P, P * A
        symmetric = left == left.transpose() and right == right.transpose()
        return _verified(P, symmetric and left * A == A and right * P == P)


def _verified(inverse: fmpq_mat, fine: bool) -> fmpq_mat:
    if not fine:
        raise ArithmeticError(f"an inverse does not meet the equations that define it: {inverse}")
    return inverse
