"""Exact rationals of python-flint, which can be pickled and copied as soon as this module is imported."""

from __future__ import annotations

import copyreg
import numbers
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, lcm
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpz
from sympy import Rational

from tptheory.clock import require_time_for
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import FLOAT_EXPONENT, RunArithmetic, rows_of, singular
from tptheory.numeric.matrix_fields import MatrixField, full_rank_pinv, meets_penrose, reduced_rows

LONGEST_POWER = 1_000_000
"""A power of about so many bits, or more, is not multiplied out."""


def _parts(number: fmpq) -> tuple[type[fmpq], tuple[int, int]]:
    return fmpq, (int(number.p), int(number.q))


def _entries(M: fmpq_mat) -> tuple[type[fmpq_mat], tuple[int, int, list[fmpq]]]:
    return fmpq_mat, (M.nrows(), M.ncols(), M.entries())


copyreg.pickle(fmpq, _parts)  # python-flint says nothing of how they are pickled
copyreg.pickle(fmpq_mat, _entries)


def _bits(number: fmpz) -> int:
    return int(number).bit_length()


def is_short_power(base: fmpq, exponent: int) -> bool:
    """Return whether ``base ** exponent`` has few enough digits to be multiplied out; that of 0, 1 and -1 always has.

    >>> is_short_power(fmpq(1, 2), 1000), is_short_power(fmpq(2), 10**9), is_short_power(fmpq(-1), 10**9)
    (True, False, True)
    """
    longest = max(_bits(base.p), _bits(base.q))
    return longest == 1 or longest * abs(exponent) < LONGEST_POWER


def fraction(number: fmpq) -> Fraction:
    """Return an `fmpq` as a `Fraction`.

    >>> fraction(fmpq(2, 4))
    Fraction(1, 2)
    """
    return Fraction(int(number.p), int(number.q))


def rational(number: fmpq) -> Rational:
    """Return an `fmpq` as a `Rational` of SymPy.

    >>> rational(fmpq(2, 4))
    1/2
    """
    return Rational(int(number.p), int(number.q))


def numbers_in(value: Any) -> list[Any]:
    """Return the entries of an exact matrix, row by row; of a number that number alone.

    >>> numbers_in(fmpq_mat(1, 2, [3, 4])), numbers_in(fmpq(5))
    ([3, 4], [5])
    """
    return value.entries() if isinstance(value, fmpq_mat) else [value]


def rational_root(c: fmpq) -> fmpq | None:
    """Return the square root of a rational; None if it is not rational.

    >>> rational_root(fmpq(9, 4)), rational_root(fmpq(2))
    (3/2, None)
    """
    if c < 0:
        return None
    root = fmpq(isqrt(int(c.p)), isqrt(int(c.q)))
    return root if root * root == c else None


def inverse_of(A: fmpq_mat) -> fmpq_mat:
    """Return the inverse of a rational matrix, if there is time for it: python-flint cannot be interrupted.

    The estimate is ``n^3`` products of the numbers of about ``n h`` bits that the inverse is made of, where ``h`` is
    the length of the entries over the common denominator of a row. It was measured for ``n`` from 10 to 160, and for
    numerators and denominators of 2 to 64 bits.

    >>> inverse_of(fmpq_mat(2, 2, [1, 1, 0, 2]))
    [1, -1/2]
    [0,  1/2]

    Raises:
        ZeroDivisionError: if it is singular.
    """
    n = A.nrows()
    row = [A[0, j] for j in range(n)] if n == A.ncols() else []
    common = lcm(*(int(entry.q) for entry in row))
    bits = common.bit_length() + max((_bits(entry.p) for entry in row), default=0)
    require_time_for(1e-7 * n**3 * (1 + (n * bits / 1000) ** 2), f"the inverse of a matrix of {n} rows")
    return A.inv()


class ExactArithmetic(MatrixField, RunArithmetic):
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

    def scalar(self, argument: str, value: Any) -> fmpq:
        """Return an `fmpq`.

        Raises:
            InvalidTypeError: if it is not an integer, a Fraction or an fmpq.
        """
        if isinstance(value, fmpq | fmpz):
            return fmpq(value)
        if not isinstance(value, numbers.Rational):
            real = isinstance(value, numbers.Real) and np.isfinite(float(value))
            mend = f"Give Fraction('{value}')." if real else "Use fractions.Fraction."
            raise InvalidTypeError(complain(argument, "made of integers or fractions", value, mend))
        return fmpq(int(value.numerator), int(value.denominator))

    @property
    def eps(self) -> float:
        """Return 0: nothing is rounded."""
        return 0.0

    def matrix(self, rows: Sequence[Sequence[fmpq]]) -> fmpq_mat:
        """Return the matrix of these rationals."""
        return fmpq_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])

    def inverted(self, A: fmpq_mat) -> tuple[fmpq_mat, int, int]:
        """Return ``A+``, the rank, and 1.

        Of the factorisation ``A = FG`` that `full_rank_pinv` takes, ``G`` holds the nonzero rows of the reduced row
        echelon form, and ``F`` the columns of ``A`` at its pivots.
        """
        rows, pivots = reduced_rows(A)
        if not rows:
            return fmpq_mat(A.ncols(), A.nrows()), 0, 1
        columns = A.transpose().tolist()
        F = self.matrix([columns[j] for j in pivots]).transpose()
        return full_rank_pinv(F, self.matrix(rows), inverse_of), len(rows), 1

    def inverse(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A^-1``.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        try:
            return inverse_of(A)
        except ZeroDivisionError:
            raise singular(self.shape(A)) from None

    def rank(self, A: fmpq_mat) -> fmpq:
        """Return the rank of ``A``."""
        return fmpq(A.rank())

    def in_range(self, A: Any) -> bool:
        """Return whether every entry, or the scalar, is below 2^1024 in size."""
        rationals = A.entries() if isinstance(A, fmpq_mat) else [A]
        return all(entry.p.bit_length() - entry.q.bit_length() < FLOAT_EXPONENT for entry in rationals)

    def bits(self, A: fmpq_mat) -> int:
        """Return the length of the longest numerator or denominator."""
        return max(entry.height_bits() for entry in A.entries())

    def entries(self, A: Any) -> np.ndarray:
        """Return an array of `fractions.Fraction`; of a scalar, one without axes."""
        if not isinstance(A, fmpq_mat):
            return np.array(fraction(fmpq(A)), dtype=object)
        return np.array([[fraction(entry) for entry in row] for row in A.tolist()], dtype=object)

    def logpdet(self, A: fmpq_mat) -> fmpq:
        """Refuse: a logarithm of a rational is not rational."""
        return self.log(A)

    def power(self, base: fmpq, exponent: fmpq) -> fmpq:
        """Return ``base ** exponent`` for an integer exponent.

        Raises:
            InvalidValueError: for a negative power of zero.
            UnsupportedExpressionError: for a root, and for a power of too many digits.
        """
        whole = self.integer(exponent)
        if whole is None:
            return self.log(base)
        if base == 0 and whole < 0:
            raise InvalidValueError(complain("expression", "free of division by zero", f"{base}**({exponent})"))
        if not is_short_power(base, whole):
            mend = "Name the power by a symbol."
            came = f"{base}**({exponent})"
            raise UnsupportedExpressionError(complain("expression", f"of below {LONGEST_POWER} bits", came, mend))
        return base**whole

    def integer(self, scalar: fmpq) -> int | None:
        """Return the integer that a rational is; None for a fraction."""
        return int(scalar.p) if scalar.q == 1 else None

    def check_positive(self, scalar: fmpq) -> None:
        """Refuse a number that is not positive.

        Raises:
            InvalidValueError: if there is one.
        """
        if scalar <= 0:
            raise InvalidValueError(complain("expression", "one with logarithms of positive numbers", scalar))

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
    """Exact rationals whose inverses are all checked against their defining equations, for the second evaluation."""

    def inverse(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A^-1``, after a check that its product with ``A`` is the identity.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        K = super().inverse(A)
        return verified(K, self.full(*self.shape(A), 1, 0) == A * K)

    def pinv(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A+``, after a check that it meets the four equations of Penrose."""
        P = super().pinv(A)
        return verified(P, meets_penrose(A, P))


def verified(inverse: Any, fine: bool) -> Any:
    """Return an inverse of which ``fine`` says that it meets the equations that define it.

    Raises:
        ArithmeticError: if it does not.
    """
    if not fine:
        raise ArithmeticError(f"an inverse does not meet the equations that define it: {inverse}")
    return inverse
