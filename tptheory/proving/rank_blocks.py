"""The rank of a matrix of two by two blocks, by elimination: it is that of one block and of what is left beside it.

Let ``S`` be a block of ``M = [[S, B], [C, H]]``, and ``S P S = S``. Two factors that have inverses, ``L`` and ``R``,
take it to ``D = L M R = [[S, (I - SP) B], [C (I - PS), Z]]``. The image and the row space of S have only 0 in common
with those of the rest ``N = D - [[S, 0], [0, 0]]``, so that ``rank M = rank S + rank N`` (Marsaglia and Styan, 1974).
Where ``P S P = P``, and where the image of B or the row space of C lies in that of S, ``Z`` is the complement of Schur,
``H - C P B``. Where both lie there, nothing else is left of N.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tptheory.proving.rank_pool import RankPool
from tptheory.proving.rank_relations import Contained, Summed, alike, alike_from_the_left
from tptheory.proving.words import Polynomial

Cut = tuple[Polynomial, Polynomial]
"""The two parts of an identity by which rows or columns are cut: first that of the block, then that of the others."""


def compare_blocks(pool: RankPool, M: Polynomial) -> None:
    """Compare the rank of a matrix with those of each of its blocks that can be eliminated, and of what is left."""
    for rows, columns in _cuts(pool, M) if len(M.terms) > 1 else ():
        S = pool.basis.rewritten(rows[0].transpose() * M * columns[0])
        if S and not _letters_of(*rows, *columns) & _letters_of(S):  # else M is cut otherwise than its blocks are
            for P in _inner_inverses(pool, S):
                _eliminate(pool, M, S, P, rows, columns)


def _cuts(pool: RankPool, M: Polynomial) -> Iterator[tuple[Cut, Cut]]:
    """Run through the ways to cut rows and columns in two, as those of a block matrix of the claim are cut."""
    known = [parts for parts in pool.translator.all_coordinates() if len(parts) == 2]
    cuts = [cut for E, F in known for cut in ((E, F), (F, E))]
    rows, columns = ([cut for cut in cuts if cut[0].rows == size] for size in (M.rows, M.columns))
    return product(rows, columns)


def _letters_of(*matrices: Polynomial) -> set[str]:
    """Return the letters of some matrices and of their transposes."""
    return {letter for A in matrices for p in (A, A.transpose()) for _, word in p.terms for letter in word}


def _inner_inverses(pool: RankPool, S: Polynomial) -> Iterator[Polynomial]:
    """Run through the matrices ``P`` that are known to have ``S P S = S``.

    Such are the inverse and the pseudo-inverse where they have names, and letters: S too, where it is idempotent.
    """
    pairs = [pair for A, P in pool.translator.inverse_pairs() for pair in ((A, P), (A.transpose(), P.transpose()))]
    named = [P for A, P in pairs if A == S]
    letters = (Polynomial.word(S.alphabet, a) for a in S.alphabet.matrices_of_certificates())
    fitting = [X for X in letters if (X.rows, X.columns) == (S.columns, S.rows)]
    yield from dict.fromkeys([*named, *(X for X in fitting if pool.basis.vanishes(S * X * S - S))])


def _eliminate(pool: RankPool, M: Polynomial, S: Polynomial, P: Polynomial, rows: Cut, columns: Cut) -> None:
    """Compare the ranks of ``M`` and ``D = L M R``, and those of ``D``, the block, and the rest of ``D``."""
    (E, e), (F, f) = rows, columns
    all_rows, all_columns = (Polynomial.identity(M.alphabet, size) for size in (M.rows, M.columns))
    inverse = F * P * E.transpose()
    from_rows, from_columns = e * e.transpose() * M * inverse, inverse * M * f * f.transpose()
    half = pool.note(M * (all_columns - from_columns))
    D = pool.note(half - from_rows * half)
    pool.add(*alike(M, all_columns - from_columns, all_columns + from_columns, half))
    pool.add(*alike_from_the_left(all_rows - from_rows, all_rows + from_rows, half, D))
    block = pool.note(E * S * F.transpose())
    rest = pool.note(D - block)
    pool.frobenius(block * inverse, D, all_columns - inverse * block)
    pool.add(Summed(D, block, rest))
    beside = pool.note(rest * f)
    corner = pool.note(e.transpose() * beside)
    pool.add(Contained(rest, f, beside), Contained(beside.transpose(), e, corner.transpose()))
