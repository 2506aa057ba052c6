"""Matrices as NumPy arrays, or stacks of them: the common part of floating point of any precision."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.numeric.arithmetic import RunArithmetic, not_finite, singular


class ArrayArithmetic(RunArithmetic):
    """Floating point on arrays whose last two axes are rows and columns; each axis before them numbers members.

    Subclasses set ``dtype``.

    Rank is decided from singular values: those up to ``8 max(m, n) eps`` times the largest count as zero. The factor 8
    covers the rounding of a short product of rank-deficient matrices. A square matrix counts as singular where
    ``8 eps |A| |A^-1| >= 1`` in the 1-norm, for then no digit of the inverse is safe. Both are decided member by
    member; `_refuse` determines what happens to a member that is refused.
    """

    dtype: np.dtype
    product: Any = staticmethod(np.matmul)

    def _eps_of(self, A: np.ndarray) -> Any:
        """Return the distance from 1 to the next number in the precision of ``A``."""
        return self.eps

    @abstractmethod
    def _is_finite(self, A: np.ndarray) -> np.ndarray:
        """Return which entries are finite."""

    @abstractmethod
    def _plain_inverse(self, A: np.ndarray) -> np.ndarray | None:
        """Return ``A^-1`` by elimination; None for an ``A`` that is exactly singular.

        In a stack, the result is infinite for such a member.
        """

    @abstractmethod
    def _decomposed(self, A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``U``, the singular values from the largest on, and ``V'``; NaN where ``A`` is not finite."""

    def _refuse(self, bad: Any, result: Any, error: Callable[[], InvalidValueError]) -> Any:
        """Return the result, unless ``bad`` says that it is not defined.

        Raises:
            InvalidValueError: the error that ``error`` builds, if the result is not defined.
        """
        if np.any(bad):
            raise error()
        return result

    def check(self, argument: str, A: np.ndarray) -> None:
        """Refuse NaN and infinity.

        Raises:
            InvalidValueError: if an entry is not finite.
        """
        finite = self._is_finite(A)
        if not finite.all():
            at = tuple(int(i) for i in np.argwhere(~finite)[0])
            raise InvalidValueError(complain(argument, "finite", f"{A[at]} at {at}", "Remove NaN and infinity."))

    def matrix(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        """Return the array of these scalars."""
        return np.array(rows, dtype=self.dtype)

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> np.ndarray:
        """Return a constant array with its diagonal filled."""
        A = np.full((rows, columns), self.scalar("entry", rest), dtype=self.dtype)
        np.fill_diagonal(A, self.scalar("entry", diagonal))
        return A

    def entries(self, A: Any) -> np.ndarray:
        """Return the array itself; a scalar becomes an array without axes."""
        return np.asarray(A)

    def shape(self, A: np.ndarray) -> tuple[int, int]:
        return (A.shape[-2], A.shape[-1])

    def transpose(self, A: np.ndarray) -> np.ndarray:
        return A.swapaxes(-1, -2)

    def scale(self, scalar: Any, A: np.ndarray) -> np.ndarray:
        return np.multiply(scalar, A)

    def element(self, A: np.ndarray, i: int, j: int) -> Any:
        """Return ``A[i, j]``."""
        return A[..., i, j][()]

    def matrix_power(self, A: np.ndarray, exponent: int) -> np.ndarray:
        """Return ``A`` to an integer power."""
        return np.linalg.matrix_power(self.inverse(A) if exponent < 0 else A, abs(exponent))

    def inverse(self, A: np.ndarray) -> np.ndarray:
        """Return ``A^-1``, singularity decided as the class says.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        inverse = self._plain_inverse(A)
        if inverse is None:
            return self._refuse(np.True_, A, lambda: singular(self.shape(A)))
        safe = 8 * self._eps_of(A) * condition(A, inverse) < 1
        return self._refuse(np.logical_not(safe), inverse, lambda: singular(self.shape(A)))

    def inverted(self, A: np.ndarray) -> tuple[np.ndarray, Any, Any]:
        """Return ``A+``, the rank, and the smallest kept singular value over the largest.

        Raises:
            InvalidValueError: if ``A`` is not finite, so that it has no singular values.
        """
        broken, inverse, rank, smallest = self._by_singular_values(A)
        return self._refuse(broken, inverse, not_finite), rank, smallest

    def _by_singular_values(self, A: np.ndarray) -> tuple[Any, np.ndarray, Any, Any]:
        """Return which members are not finite, and the results of `inverted`, with rank 0 for those members."""
        U, s, Vt = self._decomposed(A)
        rank, divisors, smallest = self._significant(A, s, np.inf)
        most, broken = divisors.shape[-1], self._is_not_finite(s)
        if not most:
            zeros = np.broadcast_to(self.full(*self.shape(A)[::-1], 0, 0), self.transpose(A).shape)
            return broken, zeros.astype(A.dtype), rank, smallest
        scaled = U[..., :most] / divisors[..., np.newaxis, :]
        return broken, self.transpose(Vt[..., :most, :]) @ self.transpose(scaled), rank, smallest

    def _significant(self, A: np.ndarray, s: np.ndarray, otherwise: float) -> tuple[Any, np.ndarray, Any]:
        """Return the rank, the singular values that do not count as zero, and the smallest of them over the largest.

        A matrix that is not finite has none of them. In a stack, a member of lower rank than others is padded with
        ``otherwise``.
        """
        tolerance = 8 * max(self.shape(A)) * self._eps_of(A)
        if s.ndim == 1:
            rank = np.count_nonzero(s > tolerance * s[0])
            return rank, s[:rank], s[rank - 1] / s[0] if rank else 1
        kept = s > tolerance * s[..., :1]
        ranks = kept.sum(axis=-1)
        smallest = np.where(kept, s, s[..., :1]).min(axis=-1) / np.where(ranks, s[..., 0], 1)
        return ranks, np.where(kept, s, otherwise)[..., : ranks.max()], np.where(ranks, smallest, 1)

    def _is_not_finite(self, s: np.ndarray) -> Any:
        """Return which members of a stack were not finite: those whose singular values are NaN."""
        return s[..., 0] != s[..., 0]


def condition(A: np.ndarray, inverse: np.ndarray) -> Any:
    """Return ``|A| |A^-1|`` in the 1-norm; of stacks, for each member."""
    with np.errstate(all="ignore"):  # what overflows is far above every bound
        return np.abs(A).sum(axis=-2).max(axis=-1) * np.abs(inverse).sum(axis=-2).max(axis=-1)


def over_matrices(members: Any) -> np.ndarray:
    """Return an array over members with two axes more, so that it broadcasts against their matrices."""
    return np.asarray(members)[..., np.newaxis, np.newaxis]
