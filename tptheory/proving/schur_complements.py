"""The rank of a matrix of two by two blocks, by the complement of one of them: ``rank M = rank S + rank N``.

Let ``S`` be a block with ``S P S = S`` and ``P S P = P``, let ``B`` stand beside it, ``C`` under it, and ``H`` at the
other corner. Two factors that have inverses take ``M = [[S, B], [C, H]]`` to ``D = [[S, (I - SP) B], [C (I - PS),
H - C P B]]``, and the image and the row space of S have only 0 in common with those of the rest ``N = D - [[S, 0],
[0, 0]]`` (Marsaglia and Styan, 1974). Where the image of B and the row space of C lie in those of S, the rest is the
complement of Schur alone. Without ``P S P = P`` the other corner of D is ``H - 2 C P B + C P S P B``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from tptheory.proving.rank_pool import RankPool
from tptheory.proving.rank_relations import Contained, Frobenius, Summed, alike, alike_from_the_left
from tptheory.proving.words import Polynomial

Corner = tuple[Polynomial, Polynomial]
"""Of the two parts of an identity, that at which a block stands, and the other one."""


class _Pivot(NamedTuple):
    """A block ``S`` with ``S P S = S``, and where it stands: at which parts of the rows and of the columns."""

    S: Polynomial
    P: Polynomial
    rows: Corner
    columns: Corner


def compare_with_complements(pool: RankPool, M: Polynomial) -> None:
    """Compare the rank of a matrix with those of each block that has a known inverse, and of what is left beside it."""
    for pivot in _pivots(pool, M):
        _eliminate(pool, M, pivot)


def _pivots(pool: RankPool, M: Polynomial) -> Iterator[_Pivot]:
    """Run through the blocks of a matrix of which an inner inverse is known; nested blocks are left out."""
    for rows, columns in _corners(pool, M) if len(M.terms) > 1 else ():
        S = pool.basis.rewritten(rows[0].transpose() * M * columns[0])
        if not _letters_of(rows, columns) & {a for _, word in S.terms for a in word}:
            yield from (_Pivot(S, P, rows, columns) for P in _inner_inverses_of(pool, S))


def _corners(pool: RankPool, M: Polynomial) -> Iterator[tuple[Corner, Corner]]:
    """Run through the places of a block where rows and columns are cut in two as a block matrix of the claim is."""
    cuts = [parts for parts in pool.translator.all_coordinates() if len(parts) == 2]
    turned = [corner for E, F in cuts for corner in ((E, F), (F, E))]
    rows, columns = ([corner for corner in turned if corner[0].rows == size] for size in (M.rows, M.columns))
    return product(rows, columns)


def _letters_of(*corners: Corner) -> set[str]:
    """Return the letters of the parts of identities, and of their transposes."""
    parts = [q for corner in corners for E in corner for q in (E, E.transpose())]
    return {letter for E in parts for _, word in E.terms for letter in word}


def _inner_inverses_of(pool: RankPool, S: Polynomial) -> Iterator[Polynomial]:
    """Run through the matrices ``P`` that are known to have ``S P S = S``, but for those of ``S = 0``.

    Such are the inverse and the pseudo-inverse where they have names, and letters: S too, where it is idempotent.
    """
    if not S:
        return
    pairs = [pair for A, P in pool.translator.inverse_pairs() for pair in ((A, P), (A.transpose(), P.transpose()))]
    named = [P for A, P in pairs if A == S]
    letters = (Polynomial.word(S.alphabet, a) for a in S.alphabet.matrices_of_certificates())
    fitting = [X for X in letters if (X.rows, X.columns) == (S.columns, S.rows)]
    yield from dict.fromkeys([*named, *(X for X in fitting if pool.basis.vanishes(S * X * S - S))])


def _eliminate(pool: RankPool, M: Polynomial, pivot: _Pivot) -> None:
    """Compare the ranks of ``M`` and ``D = L M R``, and those of ``D``, the block, and the rest of ``D``."""
    S, P, (E, e), (F, f) = pivot
    all_rows, all_columns = (Polynomial.identity(M.alphabet, size) for size in (M.rows, M.columns))
    below, beside = e * e.transpose() * M * F * P * E.transpose(), F * P * E.transpose() * M * f * f.transpose()
    half = pool.note(M * (all_columns - beside))
    whole = pool.note(half - below * half)
    pool.add(*alike(M, all_columns - beside, all_columns + beside, half))
    pool.add(*alike_from_the_left(all_rows - below, all_rows + below, half, whole))
    block = pool.note(E * S * F.transpose())
    rest = pool.note(whole - block)
    apart = all_columns - F * P * S * F.transpose()
    pool.add(Frobenius(E * S * P * E.transpose(), whole, apart, block, rest, rest.scale(0)), Summed(whole, block, rest))
    under = pool.note(rest * f)
    corner = pool.note(e.transpose() * under)
    pool.add(Contained(rest, f, under), Contained(under.transpose(), e, corner.transpose()))
