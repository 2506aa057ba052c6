"""Many matrices of one shape at once: every operation is one call of BLAS or LAPACK over a stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tptheory.errors import ShapeError, complain
from tptheory.numeric.arithmetic import FloatArithmetic, condition


class StackedArithmetic(FloatArithmetic):
    """Matrices as arrays of shape ``(N, rows, columns)``, one for each of ``N`` members, and scalars of shape ``(N,)``.

    What is the same for all members may lack the first axis. Ranks and singular matrices are decided member by member,
    as `FloatArithmetic` decides them; but where that refuses a matrix, the member's result is NaN, and `undefined` says
    which, so that one member does not stop the others.
    """

    def __init__(self, dtype: Any) -> None:
        """Take the one precision."""
        super().__init__(dtype)
        self._undefined: Any = False

    def undefined(self) -> Any:
        """Return which members lacked an inverse, or were not finite under a Pinv, since this was asked last."""
        noted, self._undefined = self._undefined, False
        return noted

    def note(self, bad: Any) -> None:
        """Note members that lack an inverse."""
        self._undefined = self._undefined | bad

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

    def signature(self, A: np.ndarray) -> Any:
        """Return the shape of one member."""
        return A.shape[-2:]

    def shape(self, A: np.ndarray) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.shape[-2], A.shape[-1])

    def matrix(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        """Return the matrices of these scalars."""
        columns = len(rows[0])
        entries = np.broadcast_arrays(*(np.asarray(entry, dtype=self.dtype) for row in rows for entry in row))
        return np.stack(entries, axis=-1).reshape(*entries[0].shape, len(rows), columns)

    def scale(self, scalar: Any, A: np.ndarray) -> np.ndarray:
        """Return the scalars times ``A``."""
        return np.asarray(scalar)[..., np.newaxis, np.newaxis] * A

    def transpose(self, A: np.ndarray) -> np.ndarray:
        """Return ``A'``."""
        return A.swapaxes(-1, -2)

    def trace(self, A: np.ndarray) -> Any:
        """Return ``tr A``."""
        return np.trace(A, axis1=-2, axis2=-1)

    def element(self, A: np.ndarray, i: int, j: int) -> Any:
        """Return ``A[i, j]`` of each member."""
        return A[..., i, j]

    def inverse(self, A: np.ndarray) -> np.ndarray:
        """Return ``A^-1``; NaN for a member whose ``A`` counts as singular."""
        inverse = self._plainly_inverted(A)
        return self._noted(~(8 * self.eps * condition(A, inverse) < 1), inverse)

    def _plainly_inverted(self, A: np.ndarray) -> np.ndarray:
        """Return ``A^-1``; infinite for a member that is exactly singular."""
        with np.errstate(all="ignore"):
            try:
                return np.linalg.inv(A)
            except np.linalg.LinAlgError:
                singular = _each(np.linalg.slogdet(A)[0] == 0)
                identity = np.eye(A.shape[-1], dtype=self.dtype)
                return np.where(singular, np.inf, np.linalg.inv(np.where(singular, identity, A)))

    def inverted(self, A: np.ndarray) -> tuple[np.ndarray, Any, Any]:
        """Return ``A+``, the ranks, and the smallest kept singular values over the largest, as `FloatArithmetic`."""
        if A.shape[-2] != A.shape[-1]:
            return self._by_singular_values(A)
        n, inverse = A.shape[-1], self._plainly_inverted(A)
        size = np.asarray(n * condition(A, inverse))
        hard = ~(size < self.eps ** (-1 / 3))
        if hard.all():
            return self._by_singular_values(A)
        rank, bound = np.full(hard.shape, n), 1 / size
        if hard.any():
            noted = self.undefined()
            inverse[hard], rank[hard], bound[hard] = self._by_singular_values(A[hard])
            self._undefined = noted
            return self._noted(~np.isfinite(A).all(axis=(-2, -1)), inverse), rank, bound
        return inverse, rank, bound

    def _by_singular_values(self, A: np.ndarray) -> tuple[np.ndarray, Any, Any]:
        broken = ~np.isfinite(A).all(axis=(-2, -1))
        U, s, Vt = np.linalg.svd(np.where(_each(broken), 0, A), full_matrices=False)
        kept = s > self._rank_tolerance(A) * s[..., :1]
        reciprocal = np.divide(1, s, where=kept, out=np.zeros_like(s))
        inverse = Vt.swapaxes(-1, -2) @ (reciprocal[..., np.newaxis] * U.swapaxes(-1, -2))
        rank = kept.sum(axis=-1)
        largest = np.where(rank > 0, s[..., 0], 1)
        smallest = np.where(rank > 0, np.where(kept, s, np.inf).min(axis=-1), 1) / largest
        return self._noted(broken, inverse), rank, smallest

    def _rank_tolerance(self, A: np.ndarray) -> float:
        return 8 * max(A.shape[-2:]) * float(np.finfo(A.dtype).eps)

    def logpdet(self, A: np.ndarray) -> Any:
        """Return the sums of logarithms of the nonzero singular values; NaN for a member that is not finite."""
        broken = ~np.isfinite(A).all(axis=(-2, -1))
        s = np.linalg.svd(np.where(_each(broken), 0, A), compute_uv=False)
        total = np.log(np.where(s > self._rank_tolerance(A) * s[..., :1], s, 1)).sum(axis=-1)
        return np.where(broken, np.nan, total)

    def in_range(self, A: Any) -> Any:
        """Return for each member whether all its entries are finite."""
        return np.isfinite(A) if np.ndim(A) < 2 else np.isfinite(A).all(axis=(-2, -1))

    def _noted(self, bad: np.ndarray, result: np.ndarray) -> np.ndarray:
        """Put NaN where a member's result is not defined, and note which."""
        if not bad.any():
            return result
        self.note(bad)
        return np.where(_each(bad), np.nan, result)


def _each(members: np.ndarray) -> np.ndarray:
    """Return what is said of members as something to be said of their matrices."""
    return members[..., np.newaxis, np.newaxis]
