"""Whether exact values have the property that a hypothesis names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq_mat

from tptheory.measuring.random_matrices import eye
from tptheory.numeric.intervals import is_shown_not_semidefinite


def is_zero(value: Any) -> bool:
    """Whether an exact matrix or scalar vanishes."""
    if isinstance(value, fmpq_mat):
        return value == fmpq_mat(value.nrows(), value.ncols())
    return value == 0


def is_positive_semidefinite(A: fmpq_mat) -> bool:
    """Whether an exact matrix is symmetric and ``x' A x`` never below 0: no pivot of its LDL' decomposition is."""
    return A.transpose() == A and not is_shown_not_semidefinite(A)


TEST_OF_PROPERTY: dict[str, Callable[[Any], bool]] = {
    "zero": is_zero,
    "nonzero": lambda value: not is_zero(value),
    "nonnegative": lambda value: bool(value >= 0),
    "full_row_rank": lambda A: A.rank() == A.nrows(),
    "full_column_rank": lambda A: A.rank() == A.ncols(),
    "invertible": lambda A: A.nrows() == A.ncols() == A.rank(),
    "orthogonal": lambda A: A.nrows() == A.ncols() and eye(A.nrows()) == A * A.transpose(),
    "partial_isometry": lambda A: A * A.transpose() * A == A,  # its transpose is its pseudo-inverse
    "symmetric": lambda A: A.transpose() == A,
    "projection": lambda A: A * A == A,
    "positive_semidefinite": is_positive_semidefinite,
    "positive_definite": lambda A: is_positive_semidefinite(A) and A.rank() == A.nrows(),
    "rank_one": lambda A: A.rank() <= 1,
}
"""What each name of a hypothesis means of an exact value; of a scalar, "zero" and "nonnegative" alone."""


def has_property(name: str, A: Any) -> bool:
    """Whether an exact matrix has the property of a hypothesis; a scalar may be "zero" or "nonnegative"."""
    if name not in TEST_OF_PROPERTY:
        raise AssertionError(f"no meaning is given to the hypothesis {name}")
    return TEST_OF_PROPERTY[name](A)
