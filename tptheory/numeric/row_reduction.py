"""Row reduction without rounding, over the rationals or a prime field, and the pseudo-inverse that it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


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


def full_rank_pinv(F: Any, G: Any, inverse: Callable[[Any], Any]) -> Any:
    """Return ``A+ = G' (G G')^-1 (F'F)^-1 F'`` for a full-rank factorisation ``A = FG`` (MacDuffee, 1956).

    Args:
        F: the left factor, with as many columns as ``A`` has rank; it multiplies by ``*`` and has ``transpose``.
        G: the right factor, with as many rows.
        inverse: how matrices of this kind are inverted.
    """
    Ft, Gt = F.transpose(), G.transpose()
    return Gt * inverse(G * Gt) * inverse(Ft * F) * Ft
