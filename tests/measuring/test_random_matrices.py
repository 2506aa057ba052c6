"""Random exact matrices have the property that they are built for, whatever they are filled with."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from tptheory.measuring.random_matrices import PRIME, full_rank


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 4), (4, 2), (5, 5)])
@pytest.mark.parametrize(
    "fill",
    [
        lambda rng, rows, columns: fmpq_mat(rows, columns),
        lambda rng, rows, columns: fmpq_mat(rows, columns, [fmpq(1, 3)] * rows * columns),
        lambda rng, rows, columns: fmpq_mat(rows, columns, [PRIME] * rows * columns),
        lambda rng, rows, columns: fmpq_mat(rows, columns, [i % 3 - 1 for i in range(rows * columns)]),
    ],
    ids=["zeros", "thirds", "multiples of the prime", "few numbers"],
)
def test_what_depends_is_replaced(rows, columns, fill):
    """The rank is full over the rationals, also where the filling vanishes modulo the prime; rows that fit are kept."""
    found = full_rank(np.random.default_rng(0), rows, columns, fill)
    assert (found.nrows(), found.ncols()) == (rows, columns)
    assert found.rank() == min(rows, columns)


def test_a_filling_of_full_rank_is_kept():
    """Nothing is replaced where nothing depends on anything."""
    filling = fmpq_mat([[1, 2, fmpq(1, 5)], [0, fmpq(7, 3), 1]])
    assert full_rank(np.random.default_rng(0), 2, 3, lambda *_: filling) == filling
    assert full_rank(np.random.default_rng(0), 3, 2, lambda *_: filling) == filling.transpose()
