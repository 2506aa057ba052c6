"""What evaluation asks of a kind of numbers, and the first kind: NumPy's floats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain

FLOAT_EXPONENT = 1024
"""Numbers from ``2 ** 1024`` on are beyond the range of float64; simulations stop there in every arithmetic."""


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


class RunArithmetic(Arithmetic, Protocol):
    """What a simulation asks beside: ranks that are told, numbers that are kept."""

    @property
    def eps(self) -> float:
        """The distance from 1 to the next number; 0 where there is no rounding."""

    def inverted(self, A: Any) -> tuple[Any, Any, Any]:
        """Return ``A+``, the rank of ``A``, and the smallest singular value that is kept over the largest.

        The last may be a bound from below where it is far from deciding the rank. It is 1 where no rounding decides
        the rank, and where ``A`` is 0.
        """

    def in_range(self, A: Any) -> Any:
        """Return whether all entries, or the scalar, are finite and within the range of floats, 1.8e308."""

    def entries(self, A: Any) -> np.ndarray:
        """Return a matrix or scalar as a NumPy array of the numbers that this arithmetic computes with."""


def not_finite() -> InvalidValueError:
    """Build the error for NaN or infinity under a Pinv or LogPdet."""
    return InvalidValueError(complain("expression", "finite under every Pinv and LogPdet", "NaN or infinity"))


def singular(shape: tuple[int, int]) -> InvalidValueError:
    """Build the error for a matrix that has no inverse."""
    return InvalidValueError(
        complain("expression", "one whose inverses exist", f"a singular {shape[0]}x{shape[1]} matrix", "Try Pinv.")
    )


def condition(A: np.ndarray, inverse: np.ndarray) -> Any:
    """Return ``|A| |A^-1|`` in the 1-norm; of stacks, for each member."""
    with np.errstate(all="ignore"):  # what overflows is far above every bound
        return np.abs(A).sum(axis=-2).max(axis=-1) * np.abs(inverse).sum(axis=-2).max(axis=-1)


def rows_of(argument: str, value: Any, column: bool, numbers: str) -> Sequence[Sequence[Any]]:
    """Return the rows of a matrix of ``numbers``: nested lists, or what has ``tolist``; a flat list may be a column.

    >>> rows_of("x", [1, 2], True, "integers")
    [[1], [2]]

    Raises:
        InvalidTypeError: if it has no rows.
        ShapeError: if the rows differ in length, or there are none.
    """
    rows = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidTypeError(complain(argument, f"a matrix of {numbers}", value))
    if column and not any(isinstance(row, Sequence) for row in rows):
        rows = [[entry] for entry in rows]
    if not rows or not all(isinstance(row, Sequence) and len(row) == len(rows[0]) > 0 for row in rows):
        raise ShapeError(complain(argument, "rows of one length", value))
    return rows


class FloatArithmetic:
    """NumPy arrays of float32 or float64: each in its own precision, or all in one.

    Rank is decided from singular values: those up to ``8 max(m, n) eps`` times the largest count as zero, with ``eps``
    of the array's own precision. NumPy's constant 1e-15 would count rounding as rank in float32; the factor 8
    covers the rounding of a short product of rank-deficient matrices.
    """

    def __init__(self, dtype: Any = None) -> None:
        """Take the one precision; without, arrays keep theirs, and what is not float32 becomes float64."""
        self.follows = dtype is None
        self.dtype = np.dtype(np.float64 if dtype is None else dtype)

    def read(self, argument: str, value: Any, column: bool = False) -> np.ndarray:
        """Return a two-dimensional array.

        Raises:
            InvalidTypeError: if the entries are not real numbers.
            ShapeError: if the array has not two dimensions, or its rows differ in length.
        """
        A = self._read_array(argument, value)
        if A.ndim == 1 and column:
            return A[:, np.newaxis]
        if A.ndim != 2:
            raise ShapeError(complain(argument, "two-dimensional", f"an array of shape {A.shape}", "Reshape it."))
        return A

    def _read_array(self, argument: str, value: Any) -> np.ndarray:
        """Return an array of any number of dimensions.

        Raises:
            InvalidTypeError: if the entries are not real numbers.
            ShapeError: if the rows differ in length.
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
        if not self.follows:
            with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused as such
                A = A.astype(self.dtype, copy=False)
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

    @property
    def eps(self) -> float:
        """Machine epsilon of the one precision."""
        return float(np.finfo(self.dtype).eps)

    def fitted(self, matrices: Sequence[np.ndarray]) -> FloatArithmetic:
        """Return the one precision; without, float32 where every matrix is float32, and float64 otherwise."""
        if not self.follows:
            return self
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
            raise singular(self.shape(A)) from None
        if not 8 * float(np.finfo(A.dtype).eps) * condition(A, inverse) < 1:
            raise singular(self.shape(A))
        return inverse

    def _rank_tolerance(self, A: np.ndarray) -> float:
        return 8 * max(A.shape) * float(np.finfo(A.dtype).eps)

    def pinv(self, A: np.ndarray) -> np.ndarray:
        """Return ``A+`` by singular values, rank decided as the class says.

        Raises:
            InvalidValueError: if ``A`` is not finite, so that it has no singular values.
        """
        return self.inverted(A)[0]

    def inverted(self, A: np.ndarray) -> tuple[np.ndarray, int, float]:
        """Return ``A+``, the rank, and the smallest kept singular value over the largest.

        For a square ``A`` with ``n |A| |A^-1| < eps^(-1/3)`` in the 1-norm the last is the bound ``1/(n |A| |A^-1|)``
        from below, and ``A+`` is ``A^-1``: no tolerance could count its rank as less.

        Raises:
            InvalidValueError: as `pinv` does.
        """
        quick = self._well_conditioned(A)
        if quick is not None:
            return quick
        try:
            U, s, Vt = np.linalg.svd(A, full_matrices=False)
        except np.linalg.LinAlgError:
            raise not_finite() from None
        rank = int((s > self._rank_tolerance(A) * s[0]).sum())
        inverse = Vt[:rank].T @ (U[:, :rank] / s[:rank]).T
        return inverse, rank, float(s[rank - 1] / s[0]) if rank else 1.0

    def _well_conditioned(self, A: np.ndarray) -> tuple[np.ndarray, int, float] | None:
        """Return the same for a square ``A`` so far from singular that its singular values need not be known."""
        if A.shape[0] != A.shape[1]:
            return None
        try:
            with np.errstate(all="ignore"):
                inverse = np.linalg.inv(A)
        except np.linalg.LinAlgError:
            return None
        size = len(A) * condition(A, inverse)
        return (inverse, len(A), float(1 / size)) if size < float(np.finfo(A.dtype).eps) ** (-1 / 3) else None

    def in_range(self, A: Any) -> bool:
        """Return whether all entries, or the scalar, are finite."""
        return bool(np.isfinite(A).all())

    def entries(self, A: Any) -> np.ndarray:
        """Return the array itself."""
        return np.asarray(A)

    def matrix_power(self, A: np.ndarray, exponent: int) -> np.ndarray:
        """Return ``A`` to an integer power."""
        return np.linalg.matrix_power(self.inverse(A) if exponent < 0 else A, abs(exponent))

    def logpdet(self, A: np.ndarray) -> Any:
        """Return the sum of logarithms of the nonzero singular values, rank decided as the class says."""
        try:
            s = np.linalg.svd(A, compute_uv=False)
        except np.linalg.LinAlgError:
            raise not_finite() from None
        return np.log(s[s > self._rank_tolerance(A) * s[0]]).sum()

    def element(self, A: np.ndarray, i: int, j: int) -> Any:
        """Return ``A[i, j]``."""
        return A[i, j]

    def scale(self, scalar: Any, A: np.ndarray) -> np.ndarray:
        """Return the scalar times ``A``."""
        return np.multiply(scalar, A)

    def transpose(self, A: np.ndarray) -> np.ndarray:
        """Return ``A'``."""
        return A.T

    def trace(self, A: np.ndarray) -> Any:
        """Return ``tr A``."""
        return A.trace()

    product = staticmethod(np.matmul)
    determinant = staticmethod(np.linalg.det)
    power = staticmethod(np.power)
    log = staticmethod(np.log)
    exp = staticmethod(np.exp)
