"""The kinds of numbers that an expression is evaluated on: NumPy floats, and exact rationals of python-flint."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from flint import fmpq, fmpq_mat, fmpz

from tptheory.errors import (
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnsupportedExpressionError,
    complain,
    unknown_name,
)


class Arithmetic(Protocol):
    """What evaluation asks of a kind of numbers. Sums, and products of two scalars, are Python's ``+`` and ``*``."""

    def read(self, argument: str, value: Any, column: bool = False) -> Any:
        """Return ``value`` as a matrix; a flat list of numbers passes where a ``column`` is expected."""

    def check(self, argument: str, A: Any) -> None:
        """Refuse a matrix whose entries are not all finite."""

    def scalar(self, argument: str, value: Any) -> Any:
        """Return ``value``, a finite real number, as a scalar."""

    def fitted(self, matrices: Sequence[Any]) -> Arithmetic:
        """Return this arithmetic in the precision that operations on ``matrices`` have."""

    def signature(self, A: Any) -> Any:
        """Return all that a compiled expression may depend on, beside the entries: shape and precision."""

    def shape(self, A: Any) -> tuple[int, int]:
        """Return ``(rows, columns)``."""

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Return the matrix of these scalars."""

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Any:
        """Return a matrix with one number on its diagonal and one number off it."""

    def product(self, A: Any, B: Any) -> Any:
        """Return ``AB``."""

    def scale(self, scalar: Any, A: Any) -> Any:
        """Return the scalar times ``A``."""

    def transpose(self, A: Any) -> Any:
        """Return ``A'``."""

    def inverse(self, A: Any) -> Any:
        """Return ``A^-1``; refuse a singular ``A``."""

    def pinv(self, A: Any) -> Any:
        """Return ``A+``."""

    def matrix_power(self, A: Any, exponent: int) -> Any:
        """Return ``A`` multiplied by itself; a negative exponent inverts."""

    def trace(self, A: Any) -> Any:
        """Return ``tr A``."""

    def determinant(self, A: Any) -> Any:
        """Return ``det A``."""

    def logpdet(self, A: Any) -> Any:
        """Return the sum of the logarithms of the nonzero singular values; 0 where there are none."""

    def element(self, A: Any, i: int, j: int) -> Any:
        """Return the entry in row ``i`` and column ``j``, counted from 0."""

    def power(self, base: Any, exponent: Any) -> Any:
        """Return a scalar to the power of a scalar."""

    def log(self, value: Any) -> Any:
        """Return the natural logarithm of a scalar."""

    def exp(self, value: Any) -> Any:
        """Return the exponential of a scalar."""


def _not_finite() -> InvalidValueError:
    return InvalidValueError(complain("expression", "finite under every Pinv and LogPdet", "NaN or infinity"))


def _singular(shape: tuple[int, int]) -> InvalidValueError:
    return InvalidValueError(
        complain("expression", "one whose inverses exist", f"a singular {shape[0]}x{shape[1]} matrix", "Try Pinv.")
    )


class FloatArithmetic:
    """NumPy arrays of float32 or float64; numbers of any other real kind become float64.

    Rank is decided from singular values: those up to ``8 max(m, n) eps`` times the largest count as zero, with ``eps``
    of the array's own precision. NumPy's constant 1e-15 would count rounding as rank in float32; the factor 8
    covers the rounding of a short product of rank-deficient matrices.
    """

    def __init__(self, dtype: Any = np.float64) -> None:
        """Take the precision of scalars and of constant matrices."""
        self.dtype = np.dtype(dtype)

    def read(self, argument: str, value: Any, column: bool = False) -> np.ndarray:
        """Return a two-dimensional array.

        Raises:
            InvalidTypeError: if the entries are not real numbers.
            ShapeError: if the array has not two dimensions, or its rows differ in length.
        """
        try:
            A = np.asarray(value)
        except ValueError:
            raise ShapeError(complain(argument, "rows of one length", value)) from None
        if A.dtype not in (np.float32, np.float64):
            if A.dtype.kind not in "iufO" or A.ndim == 0:
                raise InvalidTypeError(complain(argument, "a matrix of real numbers", value))
            try:
                A = A.astype(np.float64)
            except (TypeError, ValueError):
                raise InvalidTypeError(complain(argument, "a matrix of real numbers", value)) from None
        if A.ndim == 1 and column:
            return A[:, np.newaxis]
        if A.ndim != 2:
            raise ShapeError(complain(argument, "two-dimensional", f"an array of shape {A.shape}", "Reshape it."))
        return A

    def check(self, argument: str, A: np.ndarray) -> None:
        """Refuse NaN and infinity.

        Raises:
            InvalidValueError: if an entry is not finite.
        """
        finite = np.isfinite(A)
        if not finite.all():
            at = tuple(int(i) for i in np.argwhere(~finite)[0])
            raise InvalidValueError(complain(argument, "finite", f"{A[at]} at {at}", "Remove NaN and infinity."))

    def scalar(self, argument: str, value: Any) -> Any:
        """Return a scalar of this precision.

        Raises:
            InvalidTypeError: if it is not a real number.
            InvalidValueError: if it is not finite.
        """
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise InvalidTypeError(complain(argument, "a real number", value)) from None
        if not math.isfinite(number):
            raise InvalidValueError(complain(argument, "a finite number", value))
        return self.dtype.type(number)

    def fitted(self, matrices: Sequence[np.ndarray]) -> FloatArithmetic:
        """Return float32 where every matrix is float32, float64 otherwise."""
        return FloatArithmetic(np.result_type(*matrices) if matrices else np.float64)

    def signature(self, A: np.ndarray) -> Any:
        """Return shape and precision."""
        return (A.shape, A.dtype)

    def shape(self, A: np.ndarray) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.shape[0], A.shape[1])

    def matrix(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        """Return the array of these scalars."""
        return np.array(rows, dtype=self.dtype)

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> np.ndarray:
        """Return a constant array with its diagonal filled."""
        A = np.full((rows, columns), rest, dtype=self.dtype)
        np.fill_diagonal(A, diagonal)
        return A

    def inverse(self, A: np.ndarray) -> np.ndarray:
        """Return ``A^-1``; ``A`` counts as singular where ``8 eps |A| |A^-1| >= 1`` in the 1-norm: no digit is safe.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        try:
            inverse = np.linalg.inv(A)
        except np.linalg.LinAlgError:
            raise _singular(self.shape(A)) from None
        condition = float(np.abs(A).sum(axis=0).max()) * float(np.abs(inverse).sum(axis=0).max())
        if not 8 * float(np.finfo(A.dtype).eps) * condition < 1:
            raise _singular(self.shape(A))
        return inverse

    def _rank_tolerance(self, A: np.ndarray) -> float:
        return 8 * max(A.shape) * float(np.finfo(A.dtype).eps)

    def pinv(self, A: np.ndarray) -> np.ndarray:
        """Return ``A+`` by singular values, rank decided as the class says.

        Raises:
            InvalidValueError: if ``A`` is not finite, so that it has no singular values.
        """
        try:
            return np.linalg.pinv(A, rcond=self._rank_tolerance(A))
        except np.linalg.LinAlgError:
            raise _not_finite() from None

    def matrix_power(self, A: np.ndarray, exponent: int) -> np.ndarray:
        """Return ``A`` to an integer power."""
        return np.linalg.matrix_power(self.inverse(A) if exponent < 0 else A, abs(exponent))

    def logpdet(self, A: np.ndarray) -> Any:
        """Return the sum of logarithms of the nonzero singular values, rank decided as the class says."""
        try:
            s = np.linalg.svd(A, compute_uv=False)
        except np.linalg.LinAlgError:
            raise _not_finite() from None
        return np.log(s[s > self._rank_tolerance(A) * s[0]]).sum()

    def element(self, A: np.ndarray, i: int, j: int) -> Any:
        """Return ``A[i, j]``."""
        return A[i, j]

    product = staticmethod(np.matmul)
    scale = staticmethod(np.multiply)
    transpose = staticmethod(np.transpose)
    trace = staticmethod(np.trace)
    determinant = staticmethod(np.linalg.det)
    power = staticmethod(np.power)
    log = staticmethod(np.log)
    exp = staticmethod(np.exp)


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
        rows = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            raise InvalidTypeError(complain(argument, "a matrix of integers or fractions", value))
        if column and not any(isinstance(row, Sequence) for row in rows):
            rows = [[entry] for entry in rows]
        if not rows or not all(isinstance(row, Sequence) and len(row) == len(rows[0]) > 0 for row in rows):
            raise ShapeError(complain(argument, "rows of one length", value))
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
            raise _singular(self.shape(A)) from None

    def pinv(self, A: fmpq_mat) -> fmpq_mat:
        """Return ``A+ = G' (G G')^-1 (F'F)^-1 F'`` for the full-rank factorisation ``A = FG`` (MacDuffee, 1956).

        ``G`` holds the nonzero rows of the reduced row echelon form, ``F`` the columns of ``A`` at its pivots.
        """
        echelon, rank = A.rref()
        if rank == 0:
            return fmpq_mat(A.ncols(), A.nrows())
        columns, rows = A.transpose().tolist(), echelon.tolist()[:rank]
        G = self.matrix(rows)
        F = self.matrix([columns[next(j for j, entry in enumerate(row) if entry != 0)] for row in rows]).transpose()
        Gt, Ft = G.transpose(), F.transpose()
        return Gt * (G * Gt).inv() * (Ft * F).inv() * Ft

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


_ARITHMETICS: dict[str, Arithmetic] = {"float": FloatArithmetic(), "exact": ExactArithmetic()}


def arithmetic_named(name: str) -> Arithmetic:
    """Return the arithmetic called ``"float"`` or ``"exact"``.

    Raises:
        UnknownNameError: for any other name.
    """
    if name not in _ARITHMETICS:
        raise unknown_name("arithmetic", str(name), _ARITHMETICS)
    return _ARITHMETICS[name]
