"""Whether exact values have the property that a hypothesis names."""

from __future__ import annotations

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


def has_property(name: str, A: Any) -> bool:
    """Whether an exact matrix has the property of a hypothesis; a scalar may be "zero" or "nonnegative"."""
    if name == "zero":
        return is_zero(A)
    if name == "nonnegative":
        return bool(A >= 0)
    rows, columns = A.nrows(), A.ncols()
    T = A.transpose()
    match name:
        case "full_row_rank":
            return A.rank() == rows
        case "full_column_rank":
            return A.rank() == columns
        case "invertible":
            return rows == columns == A.rank()
        case "orthogonal":
            return rows == columns and eye(rows) == A * T
        case "partial_isometry":
            return A * T * A == A
        case "symmetric":
            return A == T
        case "projection":
            return A * A == A
        case "positive_semidefinite":
            return is_positive_semidefinite(A)
        case "positive_definite":
            return is_positive_semidefinite(A) and A.rank() == rows
        case "rank_one":
            return A.rank() <= 1
        case "nonzero":
            return not is_zero(A)
    raise AssertionError(f"no meaning is given to the hypothesis {name}")
