"""Whether a symmetric matrix of rationals, or of certified intervals, is shown to have a negative direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from tptheory.proving.semidefinite import decomposed

STEPS = 64
"""The entries of a direction are rounded to multiples of one over this, relative to the largest."""


def is_shown_not_semidefinite(A: fmpq_mat | arb_mat) -> bool:
    """Whether ``x' A x < 0`` is shown for some ``x``; of a rational matrix this is decided.

    Args:
        A: a symmetric matrix.

    >>> is_shown_not_semidefinite(fmpq_mat(2, 2, [1, 2, 2, 4])), is_shown_not_semidefinite(fmpq_mat(2, 2, [1, 2, 2, 3]))
    (False, True)
    """
    if isinstance(A, fmpq_mat):
        return decomposed(A) is None
    middles = np.array([[float(x.mid()) for x in row] for row in A.tolist()])
    if not np.isfinite(middles).all():
        return False
    direction = np.linalg.eigh(middles)[1][:, 0]
    x = arb_mat([[arb(fmpq(round(STEPS * float(c) / float(np.abs(direction).max())), STEPS))] for c in direction])
    value: Any = (x.transpose() * A * x)[0, 0]
    return bool(value < 0)
