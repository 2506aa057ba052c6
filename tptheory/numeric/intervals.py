"""Rationals where numbers are rational, and certified intervals where they are not: logarithms, exponentials and roots.

An irrational number is an `arb` of python-flint, an interval that contains it. Its width follows from the working
precision, `flint.ctx.prec`, which belongs to the caller: ``with ctx.workprec(bits): ...``. Two numbers whose intervals
are apart differ; nothing is said of two whose intervals meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat
from sympy import NumberSymbol, pi
from sympy.core.numbers import Exp1

from tptheory.errors import InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import Arithmetic
from tptheory.numeric.matrix_fields import reduced_rows
from tptheory.numeric.rationals import ExactArithmetic, VerifiedArithmetic, is_short_power, rational_root
from tptheory.proving.semidefinite import decomposed

STEPS = 64
"""The entries of a direction are rounded to multiples of one over this, relative to the largest."""


class IntervalArithmetic(Arithmetic):
    """Matrices are `fmpq_mat`, or `arb_mat` where an entry is irrational; scalars are `fmpq` or `arb`.

    >>> from flint import ctx
    >>> kind = IntervalArithmetic()
    >>> kind.logpdet(fmpq_mat(2, 2, [1, 0, 0, 0])), kind.logpdet(fmpq_mat(1, 1, [2])) > fmpq(69, 100)
    (0, True)
    """

    exact: ExactArithmetic = ExactArithmetic()

    def scalar(self, argument: str, value: Any) -> Any:
        """Return a number: rational as `ExactArithmetic` reads it, or ``e`` or ``pi``."""
        if isinstance(value, arb):
            return value
        if isinstance(value, NumberSymbol) and value == pi:
            return arb.pi()
        return arb(1).exp() if isinstance(value, Exp1) else self.exact.scalar(argument, value)

    def shape(self, A: Any) -> tuple[int, int]:
        return (A.nrows(), A.ncols())

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Return the matrix of these numbers."""
        if any(isinstance(x, arb) for row in rows for x in row):
            return arb_mat([[arb(x) for x in row] for row in rows])
        return self.exact.matrix(rows)

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Any:
        """Return a constant matrix with its diagonal filled."""
        return self.exact.full(rows, columns, diagonal, rest)

    def scale(self, scalar: Any, A: Any) -> Any:
        return arb_mat(A) * scalar if isinstance(scalar, arb) else A * scalar

    def inverse(self, A: Any) -> Any:
        """Return ``A^-1``.

        Raises:
            InvalidValueError: if a rational ``A`` is singular.
            UnsupportedExpressionError: if ``A`` is irrational.
        """
        return self.exact.inverse(_rational(A, "an inverse"))

    def pinv(self, A: Any) -> Any:
        """Return ``A+``.

        Raises:
            UnsupportedExpressionError: if ``A`` is irrational.
        """
        return self.exact.pinv(_rational(A, "a pseudo-inverse"))

    def trace(self, A: Any) -> Any:
        return A.trace() if isinstance(A, arb_mat) else self.exact.trace(A)

    def rank(self, A: Any) -> Any:
        """Return the rank of ``A``.

        Raises:
            UnsupportedExpressionError: if ``A`` is irrational.
        """
        return self.exact.rank(_rational(A, "a rank"))

    def logpdet(self, A: Any) -> Any:
        """Return the sum of the logarithms of the nonzero singular values: half the logarithm of a rational.

        Raises:
            UnsupportedExpressionError: if ``A`` is irrational.
        """
        logarithm = self.log(self.squared_pdet(_rational(A, "a pseudo-determinant")))
        return logarithm / 2

    def squared_pdet(self, A: fmpq_mat) -> fmpq:
        """Return the product of the squared nonzero singular values.

        It is ``det(F'F) det(GG')`` for a full-rank factorisation ``A = FG``.
        """
        rows, pivots = reduced_rows(A)
        if not rows:
            return fmpq(1)
        columns = A.transpose().tolist()
        F, G = fmpq_mat([columns[j] for j in pivots]), fmpq_mat(rows)
        return (F * F.transpose()).det() * (G * G.transpose()).det()

    def log(self, value: Any) -> Any:
        """Return the natural logarithm; that of 1 is 0.

        Raises:
            InvalidValueError: if ``value`` is not positive.
            UnsupportedExpressionError: if its interval does not tell whether it is positive.
        """
        if value <= 0:
            raise InvalidValueError(complain("expression", "one with logarithms of positive numbers", value))
        _must_be_positive(value)
        return fmpq(0) if isinstance(value, fmpq) and value == 1 else arb(value).log()

    def exp(self, value: Any) -> Any:
        """Return the exponential; that of 0 is 1."""
        return fmpq(1) if isinstance(value, fmpq) and value == 0 else arb(value).exp()

    def power(self, base: Any, exponent: Any) -> Any:
        """Return ``base ** exponent``; rational where a root of a rational is.

        Raises:
            InvalidValueError: for a negative power of zero, or a power that is not real.
            UnsupportedExpressionError: if an interval does not tell the sign of the base.
        """
        if isinstance(base, fmpq) and isinstance(exponent, fmpq):
            return self._power_of_rational(base, exponent)
        if isinstance(exponent, fmpq) and exponent.q == 1:
            if exponent < 0 and base.contains(0):
                raise _untold(base)
            return base ** int(exponent.p)
        if base < 0:
            raise InvalidValueError(complain("expression", "real at these values", f"{base}**({exponent})"))
        _must_be_positive(base)
        return (arb(base).log() * exponent).exp()

    def _power_of_rational(self, base: fmpq, exponent: fmpq) -> Any:
        if exponent.q == 1:
            is_short = is_short_power(base, int(exponent.p))
            return self.exact.power(base, exponent) if is_short else arb(base) ** int(exponent.p)
        if base < 0 or (base == 0 and exponent < 0):
            raise InvalidValueError(complain("expression", "real and finite at these values", f"{base}**({exponent})"))
        if exponent.q == 2:
            root = rational_root(base)
            if root is not None:
                return self.exact.power(root, fmpq(exponent.p))
        return fmpq(0) if base == 0 else arb(base) ** exponent


class VerifiedIntervalArithmetic(IntervalArithmetic):
    """Intervals over rationals whose inverses are checked, with another formula for pseudo-determinants."""

    exact: ExactArithmetic = VerifiedArithmetic()

    def squared_pdet(self, A: fmpq_mat) -> fmpq:
        """Return the product of the nonzero eigenvalues of ``A'A``.

        It is, up to its sign, the last nonzero coefficient of ``det(t I - A'A)``.
        """
        coefficients = (A.transpose() * A).charpoly().coeffs()
        return abs(next(c for c in coefficients if c != 0))


def is_shown_nonzero(value: Any) -> bool:
    """Whether a number, or an entry of a matrix, is shown not to be 0: by its value, or by an interval without 0."""
    numbers = value.entries() if isinstance(value, fmpq_mat | arb_mat) else [value]
    return any(not x.contains(0) if isinstance(x, arb) else x != 0 for x in numbers)


def is_shown_negative(value: Any) -> bool:
    """Whether a number is shown to be below 0: by its value, or by an interval below 0."""
    return bool(value < 0)


def is_shown_not_semidefinite(A: fmpq_mat | arb_mat) -> bool:
    """Whether ``x' A x < 0`` is shown for some ``x``; of a rational matrix this is decided.

    Args:
        A: a symmetric matrix.

    >>> is_shown_not_semidefinite(fmpq_mat(2, 2, [1, 2, 2, 4])), is_shown_not_semidefinite(fmpq_mat(2, 2, [1, 2, 2, 3]))
    (False, True)
    """
    if isinstance(A, fmpq_mat):
        return decomposed(A) is None
    middles = np.array([[float(x.mid()) for x in row] for row in A.tolist()])
    if not np.isfinite(middles).all():
        return False
    direction = np.linalg.eigh(middles)[1][:, 0]
    x = arb_mat([[arb(fmpq(round(STEPS * float(c) / float(np.abs(direction).max())), STEPS))] for c in direction])
    value: Any = (x.transpose() * A * x)[0, 0]
    return bool(value < 0)


def _rational(A: Any, what: str) -> fmpq_mat:
    if isinstance(A, fmpq_mat):
        return A
    raise UnsupportedExpressionError(f"'expression' must not take {what} of an irrational matrix to be certified.")


def _must_be_positive(value: Any) -> None:
    if not value > 0:
        raise _untold(value)


def _untold(value: Any) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        f"'expression' must be told from 0 where it is divided by or has a logarithm (got {value}, which may be 0)."
    )
