"""Exact matrices of python-flint over a field: the rationals or a prime field."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from numbers import Rational
from typing import Any

import numpy as np
from flint import nmod, nmod_mat

from tptheory.claims.vacuity import MOST_ENTRIES, is_oversized
from tptheory.errors import UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import singular

_LARGEST_EXPONENT = 1000


class MatrixField(ABC):
    """The operations that matrices over a field share; none of them rounds."""

    @abstractmethod
    def scalar(self, argument: str, value: Any) -> Any:
        """Return a rational number as an element of the field."""

    @abstractmethod
    def matrix(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Return the matrix of these scalars."""

    @abstractmethod
    def integer(self, scalar: Any) -> int | None:
        """Return the integer that a scalar is; None for any other scalar."""

    @abstractmethod
    def check_positive(self, scalar: Any) -> None:
        """Refuse a scalar that has no logarithm."""

    def shape(self, A: Any) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.nrows(), A.ncols())

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Any:
        """Return a constant matrix with its diagonal filled.

        Raises:
            UnsupportedExpressionError: if it has too many entries for exact arithmetic.
        """
        if is_oversized(rows, columns):
            came = f"one of {rows} rows and {columns} columns"
            raise UnsupportedExpressionError(
                f"'expression' must have constant matrices of at most {MOST_ENTRIES:,} entries (got {came}). "
                "Give them a size that is a symbol."
            )
        return self.matrix([[diagonal if i == j else rest for j in range(columns)] for i in range(rows)])

    def inverse(self, A: Any) -> Any:
        """Return ``A^-1``.

        Raises:
            InvalidValueError: if ``A`` is singular.
        """
        try:
            return A.inv()
        except ZeroDivisionError:
            raise singular(self.shape(A)) from None

    def trace(self, A: Any) -> Any:
        """Return ``tr A``."""
        return sum((A[i, i] for i in range(A.nrows())), self.scalar("trace", 0))


class PrimeField(MatrixField):
    """The integers modulo a prime: scalars are `nmod`, matrices `nmod_mat`.

    Args:
        prime: the characteristic, below ``2^63``.
    """

    def __init__(self, prime: int) -> None:
        self.prime = prime

    def scalar(self, argument: str, value: Any) -> nmod:
        """Return the residue of a rational number.

        Raises:
            UnsupportedExpressionError: if the number is not rational.
        """
        if not isinstance(value, Rational):
            raise UnsupportedExpressionError(complain(argument, "rational in its matrices", value))
        return nmod(int(value.numerator), self.prime) / nmod(int(value.denominator), self.prime)

    def matrix(self, rows: Sequence[Sequence[Any]]) -> nmod_mat:
        """Return the matrix of these integers or residues."""
        return nmod_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row], self.prime)

    def random(self, shape: Sequence[Any], random: np.random.Generator) -> nmod_mat:
        """Return a matrix of a shape, whose entries are residues, each as likely as any other."""
        rows, columns = map(int, shape)
        return nmod_mat(rows, columns, random.integers(self.prime, size=rows * columns).tolist(), self.prime)

    def integer(self, scalar: nmod) -> int | None:
        """Return the integer from -1000 to 1000 that a residue stands for; None for any other residue."""
        residue = int(scalar)
        whole = residue - self.prime if residue > self.prime // 2 else residue
        return whole if abs(whole) <= _LARGEST_EXPONENT else None

    def check_positive(self, scalar: nmod) -> None:
        """Refuse any scalar, because residues have no sign.

        Raises:
            UnsupportedExpressionError: always.
        """
        raise UnsupportedExpressionError("'expression' must be rational in its matrices (got a logarithm).")


def reduced_rows(A: Any) -> tuple[list[list[Any]], list[int]]:
    """Return the nonzero rows of the reduced row echelon form of ``A``, and the columns of their pivots.

    Args:
        A: a matrix of python-flint over a field, `fmpq_mat` or `nmod_mat`.

    >>> from flint import fmpq_mat
    >>> reduced_rows(fmpq_mat(2, 3, [0, 2, 4, 0, 1, 2]))
    ([[0, 1, 2]], [1])
    """
    echelon, rank = A.rref()
    rows = echelon.tolist()[:rank]
    return rows, [next(j for j, entry in enumerate(row) if entry != 0) for row in rows]


def kernel(A: Any) -> list[list[Any]]:
    """Return a basis of the vectors that a matrix maps to 0, each with a 1 where the others have a 0.

    Args:
        A: a matrix of python-flint over a field, `fmpq_mat` or `nmod_mat`, with at least one entry.

    >>> from flint import fmpq_mat
    >>> kernel(fmpq_mat(1, 3, [1, 2, 0]))
    [[-2, 1, 0], [0, 0, 1]]
    """
    rows, pivots = reduced_rows(A)
    zero = A[0, 0] - A[0, 0]
    basis = []
    for free in sorted(set(range(A.ncols())) - set(pivots)):
        vector = [zero] * A.ncols()
        vector[free] = zero + 1
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


class LinearRelations:
    """The linear relations between quantities, from their values at exact points, as these come.

    Each point gives rows with one value for each quantity; a relation is what all rows are orthogonal to. Only
    independent rows are kept.

    Args:
        quantities: how many there are.
        matrix: makes a matrix over the field from rows of its elements.
    """

    def __init__(self, quantities: int, matrix: Callable[[list[list[Any]]], Any]) -> None:
        self.quantities, self._matrix = quantities, matrix
        self.rows: list[list[Any]] = []

    def add(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Take in the values at a point; return whether they rule out a relation."""
        known = len(self.rows)
        if rows:
            self.rows = reduced_rows(self._matrix([*self.rows, *map(list, rows)]))[0]
        return len(self.rows) > known

    def basis(self) -> list[list[Any]]:
        """Return independent relations, each with one quantity, as a 1, in terms of those before it."""
        return kernel(self._matrix(self.rows or [[0] * self.quantities]))


def full_rank_pinv(F: Any, G: Any, inverse: Callable[[Any], Any]) -> Any:
    """Return ``A+ = G' (G G')^-1 (F'F)^-1 F'`` for a full-rank factorisation ``A = FG`` (MacDuffee, 1956).

    Args:
        F: the left factor, with as many columns as ``A`` has rank; it multiplies by ``*`` and has ``transpose``.
        G: the right factor, with as many rows.
        inverse: how matrices of this kind are inverted.
    """
    Ft, Gt = F.transpose(), G.transpose()
    return Gt * inverse(G * Gt) * inverse(Ft * F) * Ft


def meets_penrose(A: Any, P: Any) -> bool:
    """Return whether ``P`` meets the four equations of Penrose, which ``A+`` alone does."""
    left, right = A * P, P * A
    symmetric = left == left.transpose() and right == right.transpose()
    return symmetric and left * A == A and right * P == P
