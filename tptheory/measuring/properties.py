"""Whether exact values have the property that a hypothesis names."""

from __future__ import annotations

from typing import Any

from flint import fmpq_mat

from tptheory.measuring.random_matrices import eye


def is_zero(value: Any) -> bool:
    """Whether an exact matrix or scalar vanishes."""
    if isinstance(value, fmpq_mat):
        return value == fmpq_mat(value.nrows(), value.ncols())
    return value == 0


def has_property(name: str, A: Any) -> bool:
    """Whether an exact matrix has the property of a hypothesis; a scalar may be "zero"."""
    if name == "zero":
        return is_zero(A)
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
        case "rank_one":
            return A.rank() <= 1
        case "nonzero":
            return not is_zero(A)
    raise AssertionError(f"no meaning is given to the hypothesis {name}")
