"""Floating point of any number of decimal digits, by mpmath."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq, fmpz
from mpmath import MPContext
from mpmath.libmp import from_rational
from sympy import Expr

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.arithmetic import FLOAT_EXPONENT, not_finite, rows_of
from tptheory.numeric.arrays import ArrayArithmetic

LEAST_DIGITS, MOST_DIGITS = 15, 1000


class MultiprecisionArithmetic(ArrayArithmetic):
    """Numbers of ``digits`` decimal digits: matrices are NumPy arrays of objects, their entries mpmath's ``mpf``.

    The precision belongs to this arithmetic and to its numbers: ``mpmath.mp.dps`` is neither read nor set. Integers,
    fractions and floats are read as they are and rounded once, to these digits.

    Ranks are decided as `ArrayArithmetic` says, with ``eps`` the distance from 1 to the next number, which at 50 digits
    is 2.7e-51.
    """

    dtype = np.dtype(object)

    def __init__(self, digits: int) -> None:
        """Take the number of decimal digits, from 15 to 1000.

        Raises:
            InvalidTypeError: if it is not an integer.
            InvalidValueError: if it is below 15 or above 1000.
        """
        expected = f"an integer from {LEAST_DIGITS} to {MOST_DIGITS}"
        if isinstance(digits, bool) or not isinstance(digits, int):
            raise InvalidTypeError(complain("digits", expected, digits))
        if not LEAST_DIGITS <= digits <= MOST_DIGITS:
            raise InvalidValueError(complain("digits", expected, digits, "Try 'mp50'."))
        self.digits = digits
        self.context = MPContext()
        self.context.dps = digits

    def read(self, argument: str, value: Any, column: bool = False) -> np.ndarray:
        """Return a new array of ``mpf``.

        Raises:
            InvalidTypeError: if an entry is not a real number.
            ShapeError: if the rows differ in length, or there are none.
        """
        rows = rows_of(argument, value, column, "real numbers")
        return self.matrix([[self._number(argument, entry) for entry in row] for row in rows])

    def _number(self, argument: str, value: Any) -> Any:
        if isinstance(value, bool | np.bool_) or not (
            isinstance(value, numbers.Real | fmpq | fmpz | Expr) or hasattr(value, "_mpf_")
        ):
            raise InvalidTypeError(complain(argument, "made of real numbers", value))
        if isinstance(value, fmpq | fmpz):
            value = fmpq(value)
            return self._quotient(int(value.p), int(value.q))
        if isinstance(value, numbers.Rational):
            return self._quotient(int(value.numerator), int(value.denominator))
        if isinstance(value, Expr) and not hasattr(value, "_mpf_"):
            value = value.evalf(self.digits + 5)
            if not hasattr(value, "_mpf_"):
                raise InvalidTypeError(complain(argument, "made of real numbers", value))
        return +self.context.convert(value)

    def _quotient(self, numerator: int, denominator: int) -> Any:
        return self.context.make_mpf(from_rational(numerator, denominator, self.context.prec, "n"))

    def scalar(self, argument: str, value: Any) -> Any:
        """Return an ``mpf``.

        Raises:
            InvalidTypeError: if it is not a real number.
            InvalidValueError: if it is not finite.
        """
        number = self._number(argument, value)
        if not self.context.isfinite(number):
            raise InvalidValueError(complain(argument, "a finite number", value))
        return number

    @property
    def eps(self) -> float:
        """The distance from 1 to the next number."""
        return self.context.eps

    def _plain_inverse(self, A: np.ndarray) -> np.ndarray | None:
        try:
            return self.matrix(self.context.inverse(self.context.matrix(A.tolist())).tolist())
        except ZeroDivisionError:
            return None

    def _decomposed(self, A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the singular value decomposition by mpmath, which sorts the singular values; NaN if not finite."""
        finite = self._is_finite(A).all()
        M = self.context.matrix(A.tolist()) if finite else self.context.zeros(*A.shape)
        U, s, Vt = (self.matrix(part.tolist()) for part in self.context.svd_r(M))
        return U, s.ravel() if finite else np.full(len(s), self.context.nan), Vt

    def _is_finite(self, A: np.ndarray) -> np.ndarray:
        return np.vectorize(self.context.isfinite, otypes=[bool])(A)

    def in_range(self, A: Any) -> bool:
        """Return whether every entry, or the scalar, is a number below 2^1024 in size."""
        edge = self.context.ldexp(1, FLOAT_EXPONENT)
        return all(abs(entry) < edge for entry in np.ravel(self.entries(A)))

    def matrix_power(self, A: np.ndarray, exponent: int) -> np.ndarray:
        if exponent == 0:
            return self.full(A.shape[0], A.shape[1], 1, 0)
        return super().matrix_power(A, exponent)

    def trace(self, A: np.ndarray) -> Any:
        return self.context.fsum(A.diagonal())

    def determinant(self, A: np.ndarray) -> Any:
        return self.context.det(self.context.matrix(A.tolist()))

    def logpdet(self, A: np.ndarray) -> Any:
        """Return the sum of logarithms of the nonzero singular values, rank decided as the class says.

        Raises:
            InvalidValueError: if ``A`` is not finite.
        """
        s = self._decomposed(A)[1]
        logarithms = map(self.context.ln, self._significant(A, s, 1)[1])
        return self._refuse(self._is_not_finite(s), self.context.fsum(logarithms), not_finite)

    def power(self, base: Any, exponent: Any) -> Any:
        """Return ``base ** exponent``.

        Raises:
            InvalidValueError: for a negative power of zero, or a root of a negative number.
        """
        return self._real(lambda: base**exponent, f"{base}**({exponent})")

    def log(self, value: Any) -> Any:
        """Return the natural logarithm.

        Raises:
            InvalidValueError: if ``value`` is not positive.
        """
        return self._real(lambda: self.context.ln(value), f"log({value})")

    def _real(self, compute: Callable[[], Any], wording: str) -> Any:
        """Return a computed number if it is real and finite; mpmath itself would return complex ones and infinity."""
        try:
            number = compute()
        except ZeroDivisionError:
            number = self.context.inf
        if not (isinstance(number, self.context.mpf) and self.context.isfinite(number)):
            raise InvalidValueError(complain("expression", "real and finite at these values", wording))
        return number

    def exp(self, value: Any) -> Any:
        """Return the exponential."""
        return self.context.exp(value)
