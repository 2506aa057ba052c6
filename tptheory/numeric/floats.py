"""NumPy's floats: one matrix at a time, or a stack of many, of which each operation is one call of BLAS or LAPACK."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.numeric.arithmetic import not_finite, ragged_rows_error
from tptheory.numeric.arrays import ArrayArithmetic, condition, over_matrices

EPS = {np.dtype(name): float(np.finfo(name).eps) for name in ("float32", "float64")}


class FloatArithmetic(ArrayArithmetic):
    """NumPy arrays of float32 or float64: each in its own precision, or all in one.

    Ranks are decided as `ArrayArithmetic` says, with ``eps`` of the array's own precision: NumPy's constant 1e-15 would
    count rounding as rank in float32.
    """

    def __init__(self, dtype: Any = None) -> None:
        """Take the one precision; without it, float32 arrays keep theirs, and all others become float64."""
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
            raise ragged_rows_error(argument, value) from None
        if A.dtype not in (np.float32, np.float64):
            if A.dtype.kind not in "iufO" or A.ndim == 0:
                raise InvalidTypeError(complain(argument, "a matrix of real numbers", value))
            try:
                A = A.astype(np.float64)
            except (TypeError, ValueError):
                raise InvalidTypeError(complain(argument, "a matrix of real numbers", value)) from None
            except OverflowError:
                raise _too_large(argument) from None
        if not self.follows:
            with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused as such
                A = A.astype(self.dtype, copy=False)
        return A

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
        except OverflowError:
            raise _too_large(argument) from None
        if not math.isfinite(number) and getattr(value, "is_finite", False):
            raise _too_large(argument)
        if not math.isfinite(number):
            raise InvalidValueError(complain(argument, "a finite number", value))
        return self.dtype.type(number)

    @property
    def eps(self) -> float:
        """Machine epsilon of the one precision."""
        return EPS[self.dtype]

    def in_precision_of(self, matrices: Sequence[np.ndarray]) -> FloatArithmetic:
        """Return the arithmetic of one precision: the given one, else float32 if every matrix is, and else float64."""
        if not self.follows:
            return self
        return FloatArithmetic(np.result_type(*matrices) if matrices else np.float64)

    def signature(self, A: np.ndarray) -> Any:
        """Return the shape of one member, and the precision."""
        return (A.shape[-2:], A.dtype)

    def inverted(self, A: np.ndarray) -> tuple[np.ndarray, Any, Any]:
        """Return ``A+``, the rank, and the smallest kept singular value over the largest.

        For a square ``A`` with ``n |A| |A^-1| < eps^(-1/3)`` in the 1-norm, the last is the lower bound
        ``1/(n |A| |A^-1|)``, and ``A+`` is ``A^-1``: its rank is full by a wide margin.

        Raises:
            InvalidValueError: if ``A`` is not finite, so that it has no singular values.
        """
        n, columns = self.shape(A)
        inverse = self._plain_inverse(A) if n == columns else None
        if inverse is None:
            return super().inverted(A)
        size = n * condition(A, inverse)
        easy = size < self._eps_of(A) ** (-1 / 3)
        many = np.count_nonzero(easy)
        if not many:
            return super().inverted(A)
        if many == easy.size:
            return inverse, np.full(easy.shape, n) if easy.ndim else n, 1 / size
        rank, smallest, hard, broken = np.full(easy.shape, n), 1 / size, ~easy, np.zeros(easy.shape, dtype=bool)
        broken[hard], inverse[hard], rank[hard], smallest[hard] = self._by_singular_values(A[hard])
        return self._refuse(broken, inverse, not_finite), rank, smallest

    def _plain_inverse(self, A: np.ndarray) -> np.ndarray | None:
        """Return LAPACK's ``A^-1``; for an exactly singular matrix None, or infinities if it is a member of a stack."""
        try:
            return np.linalg.inv(A)
        except np.linalg.LinAlgError:
            if A.ndim == 2:
                return None
            with np.errstate(all="ignore"):  # of a member that is not finite
                singular = over_matrices(np.linalg.slogdet(A)[0] == 0)
            identity = np.eye(A.shape[-1], dtype=A.dtype)
            return np.where(singular, np.inf, np.linalg.inv(np.where(singular, identity, A)))

    def _decomposed(self, A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the singular value decomposition; NaN where ``A`` is not finite, because LAPACK fails there.

        Raises:
            InvalidValueError: if LAPACK fails for a finite matrix.
        """
        try:
            return np.linalg.svd(A, full_matrices=False)
        except np.linalg.LinAlgError:
            broken = over_matrices(~np.isfinite(A).all(axis=(-2, -1)))
            if not broken.any():
                raise not_finite() from None
            U, s, Vt = np.linalg.svd(np.where(broken, 0, A), full_matrices=False)
            return U, np.where(broken[..., 0], np.nan, s), Vt

    def _eps_of(self, A: np.ndarray) -> float:
        return EPS[A.dtype]

    def _is_finite(self, A: np.ndarray) -> np.ndarray:
        return np.isfinite(A)

    def in_range(self, A: Any) -> Any:
        """Return whether all entries, or the scalar, are finite; of a stack, for each member."""
        return np.isfinite(A) if np.ndim(A) < 2 else np.isfinite(A).all(axis=(-2, -1))

    def rank(self, A: np.ndarray) -> Any:
        """Return the rank of ``A``, decided as the class says; of a stack, that of each member."""
        return np.asarray(self.inverted(A)[1], dtype=self.dtype)[()]

    def logpdet(self, A: np.ndarray) -> Any:
        """Return the sum of logarithms of the nonzero singular values, rank decided as the class says.

        Raises:
            InvalidValueError: if ``A`` is not finite.
        """
        try:
            s = np.linalg.svd(A, compute_uv=False)
        except np.linalg.LinAlgError:
            s = self._decomposed(A)[1]
        return self._refuse(
            self._is_not_finite(s), np.add.reduce(np.log(self._significant(A, s, 1)[1]), axis=-1), not_finite
        )

    def trace(self, A: np.ndarray) -> Any:
        return A.trace(axis1=-2, axis2=-1)

    def power(self, base: Any, exponent: Any) -> Any:
        """Return ``base ** exponent``.

        Raises:
            InvalidValueError: for a root of a negative number.
        """
        return self._real(np.power, base, exponent)

    def log(self, value: Any) -> Any:
        """Return the natural logarithm.

        Raises:
            InvalidValueError: of a negative number.
        """
        return self._real(np.log, value)

    def _real(self, function: Callable[..., Any], *numbers: Any) -> Any:
        """Return a function of numbers, unless it is not real where they are."""
        with np.errstate(invalid="ignore"):
            found = function(*numbers)
        bad = np.isnan(found) & ~np.logical_or.reduce([np.isnan(number) for number in np.broadcast_arrays(*numbers)])
        return self._refuse(bad, found, _not_real)

    determinant: Any = staticmethod(np.linalg.det)
    exp: Any = staticmethod(np.exp)


def _too_large(argument: str) -> InvalidValueError:
    """Build the error for an integer that no float holds."""
    mend = "Compute in 'exact' or 'mp50'."
    return InvalidValueError(complain(argument, "within the range of floats, up to 1.8e308", "a larger number", mend))


def _not_real() -> InvalidValueError:
    """Build the error for a logarithm or a root of a negative number."""
    came = "a logarithm or a root of a negative number"
    return InvalidValueError(complain("expression", "real and finite at these values", came))


class StackedArithmetic(FloatArithmetic):
    """Floats for many members at once: matrices of shape ``(N, rows, columns)``, and scalars of shape ``(N,)``.

    An array that is the same for all members may lack the first axis. Where a single matrix would be refused, the
    member's result is NaN, and `undefined` says which member it is, so that one member does not stop the others.
    """

    def __init__(self, dtype: Any) -> None:
        """Take the one precision."""
        super().__init__(dtype)
        self._undefined: Any = False

    def undefined(self) -> Any:
        """Return which members lacked an inverse, or were not finite under a Pinv, since the last call."""
        noted, self._undefined = self._undefined, False
        return noted

    def mark_undefined(self, bad: Any) -> None:
        """Record members that lack an inverse."""
        self._undefined = self._undefined | bad

    def _refuse(self, bad: Any, result: Any, error: Callable[[], InvalidValueError]) -> Any:
        """Put NaN where a member's result is not defined, and record the member."""
        if not bad.any():
            return result
        self.mark_undefined(bad)
        return np.where(bad if np.ndim(result) == np.ndim(bad) else over_matrices(bad), np.nan, result)

    def matrix(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        """Return the stack of these scalars."""
        entries = np.broadcast_arrays(*(np.asarray(entry, dtype=self.dtype) for row in rows for entry in row))
        return np.stack(entries, axis=-1).reshape(*entries[0].shape, len(rows), len(rows[0]))

    def scale(self, scalar: Any, A: np.ndarray) -> np.ndarray:
        """Return the scalars times ``A``."""
        return super().scale(over_matrices(scalar), A)

    def read(self, argument: str, value: Any, column: bool = False) -> np.ndarray:
        """Return an array of shape ``(N, rows, columns)``, or ``(rows, columns)`` for what all members share.

        Of a column, an array of shape ``(rows,)`` is shared, and ``(N, rows)`` holds one for each member.

        Raises:
            InvalidTypeError: if the entries are not real numbers.
            ShapeError: if the rows differ in length, or there are too few or too many dimensions.
        """
        A = self._read_array(argument, value)
        if column and A.ndim < 3:
            A = A[..., np.newaxis]
        if A.ndim not in (2, 3):
            raise ShapeError(complain(argument, "of shape (N, rows, columns)", f"an array of shape {A.shape}"))
        return A
