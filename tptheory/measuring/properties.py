"""Whether exact values have the property that a hypothesis names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq_mat

from tptheory.measuring.random_matrices import eye
from tptheory.numeric.definiteness import is_shown_not_semidefinite


def is_zero(value: Any) -> bool:
    """Whether an exact matrix or scalar vanishes."""
    if isinstance(value, fmpq_mat):
        return value == fmpq_mat(value.nrows(), value.ncols())
    return value == 0


def is_positive_semidefinite(A: fmpq_mat) -> bool:
    """Whether an exact matrix is symmetric and ``x' A x`` never below 0: no pivot of its LDL' decomposition is."""
    return A.transpose() == A and not is_shown_not_semidefinite(A)


def is_nonnegative(value: Any) -> bool:
    """Whether an exact scalar is not below 0."""
    return bool(value >= 0)


def is_nonzero(value: Any) -> bool:
    """Whether an exact matrix or scalar does not vanish."""
    return not is_zero(value)


def has_full_row_rank(A: fmpq_mat) -> bool:
    """Whether the rank of an exact matrix is the number of its rows."""
    return A.rank() == A.nrows()


def has_full_column_rank(A: fmpq_mat) -> bool:
    """Whether the rank of an exact matrix is the number of its columns."""
    return A.rank() == A.ncols()


def is_invertible(A: fmpq_mat) -> bool:
    """Whether an exact matrix is square and has full rank."""
    return A.nrows() == A.ncols() == A.rank()


def is_orthogonal(A: fmpq_mat) -> bool:
    """Whether an exact matrix is square, and its transpose is its inverse."""
    return A.nrows() == A.ncols() and eye(A.nrows()) == A * A.transpose()


def is_partial_isometry(A: fmpq_mat) -> bool:
    """Whether ``A A' A = A``, so that the transpose of an exact matrix is its pseudo-inverse."""
    return A * A.transpose() * A == A


def is_symmetric(A: fmpq_mat) -> bool:
    """Whether an exact matrix is its own transpose."""
    return A.transpose() == A


def is_projection(A: fmpq_mat) -> bool:
    """Whether an exact matrix is its own square."""
    return A * A == A


def is_positive_definite(A: fmpq_mat) -> bool:
    """Whether an exact matrix is positive semidefinite, and invertible."""
    return is_positive_semidefinite(A) and has_full_row_rank(A)


def has_at_most_rank_one(A: fmpq_mat) -> bool:
    """Whether an exact matrix is the product of a column and a row."""
    return A.rank() <= 1


TEST_OF_PROPERTY: dict[str, Callable[[Any], bool]] = {
    "zero": is_zero,
    "nonzero": is_nonzero,
    "nonnegative": is_nonnegative,
    "full_row_rank": has_full_row_rank,
    "full_column_rank": has_full_column_rank,
    "invertible": is_invertible,
    "orthogonal": is_orthogonal,
    "partial_isometry": is_partial_isometry,
    "symmetric": is_symmetric,
    "projection": is_projection,
    "positive_semidefinite": is_positive_semidefinite,
    "positive_definite": is_positive_definite,
    "rank_one": has_at_most_rank_one,
}
"""What each name of a hypothesis means of an exact value; of a scalar, "zero" and "nonnegative" alone."""


def has_property(name: str, A: Any) -> bool:
    """Whether an exact matrix has the property of a hypothesis; a scalar may be "zero" or "nonnegative"."""
    if name not in TEST_OF_PROPERTY:
        raise AssertionError(f"no meaning is given to the hypothesis {name}")
    return TEST_OF_PROPERTY[name](A)
