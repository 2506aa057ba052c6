"""Block matrices as words ``sum of E_i B_ij F_j'``, and the determinants of those with square blocks on the diagonal.

The matrix ``E_i`` holds the columns of an identity that meet a block: ``E_i' E_j`` is the identity or zero, and
``sum of E_i E_i'`` is the identity. All that blocks obey follows from these.

``det [[R, P], [S, Q]] = det R det(Q - S R^-1 P)`` where R has an inverse (Schur, 1917); it is ``det R det Q`` where P
or S is zero, and ``det(R + P) det(R - P)`` where ``Q = R`` and ``S = P``. Where ``R S = S R`` it is ``det(R Q - S P)``,
and with the factors in another order for each two blocks of a row or column that commute (Silvester, 2000).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from sympy import Add, BlockMatrix

from tptheory.proving.determinant_order import assume_fischer
from tptheory.proving.determinants import FOUND_TWICE, determinant
from tptheory.proving.forms import has_layers
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.translating import Reason, refuse_layers
from tptheory.proving.words import Polynomial, summed

PARTITION: Reason = ("definition", "the blocks of an identity")
COMPLEX: Reason = ("definition", "det [[R, P], [-P, R]] is the squared absolute value of det(R + iP)")
MOST_ORDERED = 3
"""Of more blocks on the diagonal, the first one is taken first, and not each of them in turn."""
Blocks = dict[tuple[int, int], Polynomial]
"""The blocks of a matrix, by the numbers of their rows and columns."""


def block_matrix(M: BlockMatrix, translator: Knowledge) -> Polynomial:
    """Return a matrix that is made of blocks."""
    lefts = _embeddings(translator, M.rowblocksizes)
    rights = _embeddings(translator, M.colblocksizes)
    total = Polynomial.zero(translator.alphabet, translator.size(M.rows), translator.size(M.cols))
    for i, left in enumerate(lefts):
        for j, right in enumerate(rights):
            total = total + left * translator(M.blocks[i, j]) * right.transpose()
    return total


def _embeddings(translator: Knowledge, sizes: Any) -> list[Polynomial]:
    """Return the matrices ``E_i`` of a partition into these sizes."""
    alphabet, sizes = translator.alphabet, tuple(sizes)
    whole = translator.size(Add(*sizes))
    if len(sizes) == 1:
        return [Polynomial.identity(alphabet, whole)]
    parts = [translator.size(size) for size in sizes]
    refuse_layers(size for size in (whole, *parts) if not isinstance(size, int))
    found = translator.bring_in_coordinates(parts, whole)
    squares = [E * E.transpose() for E in found]
    translator.assume(summed(squares) - Polynomial.identity(alphabet, whole), PARTITION)
    return found


def block_determinant(translator: Knowledge, M: BlockMatrix) -> Polynomial:
    """Return the determinant of a matrix that is made of blocks; where it is found in several ways, these are equal."""
    if M.rowblocksizes == M.colblocksizes:
        refuse_layers(size for size in map(translator.size, M.rowblocksizes) if not isinstance(size, int))
        blocks = {(i, j): translator(M.blocks[i, j]) for i, j in product(range(len(M.rowblocksizes)), repeat=2)}
        found = list(dict.fromkeys(_determinants(translator, blocks)))
        for other in found[1:]:
            translator.assume(found[0] - other, FOUND_TWICE)
        value = found[0] if found else determinant(translator, translator(M))
        _compare(translator, M, blocks, value)
        return value
    return determinant(translator, translator(M))


def _compare(translator: Knowledge, M: BlockMatrix, blocks: Blocks, value: Polynomial) -> None:
    """Assume how a determinant compares with 0, and with those of the blocks on the diagonal, where that is known."""
    diagonal = [block for (i, j), block in sorted(blocks.items()) if i == j]
    if all(blocks[j, i] == block.transpose() for (i, j), block in blocks.items() if i != j):
        assume_fischer(translator, translator(M), value, diagonal)
    if len(diagonal) == 2 and diagonal[0] == diagonal[1] and blocks[0, 1] == blocks[1, 0].scale(-1):
        translator.assume(translator.root_defect(value), COMPLEX)


def _determinants(translator: Knowledge, blocks: Blocks) -> Iterator[Polynomial]:
    """Run through the ways to find a determinant: a block on the diagonal at a time, in any order.

    A block that stands alone in its row or its column comes first, and so does the first of many.
    """
    numbers = sorted({i for i, _ in blocks})
    if len(numbers) < 2:
        yield from (determinant(translator, block) for block in blocks.values())
        return
    for i in _taken_first(blocks, numbers):
        rest = _without(translator, blocks, i)
        if rest is not None:
            for found in _determinants(translator, rest):
                yield determinant(translator, blocks[i, i]) * found
    if len(numbers) == 2:
        (R, P), (S, Q) = ([blocks[i, j] for j in numbers] for i in numbers)
        if (R, P) == (Q, S):
            yield determinant(translator, R + P) * determinant(translator, R - P)
        yield from _of_commuting_blocks(translator, (R, P), (S, Q))


def _of_commuting_blocks(
    translator: Knowledge, above: tuple[Polynomial, Polynomial], below: tuple[Polynomial, Polynomial]
) -> Iterator[Polynomial]:
    """Run through the determinants of a single matrix that two commuting square blocks leave (Silvester, 2000)."""
    (R, P), (S, Q) = above, below
    if any(block.rows != block.columns for block in (R, P, S, Q)) or R.rows != Q.rows:
        return
    for X, Y, whole in ((R, S, R * Q - S * P), (S, Q, R * Q - P * S), (R, P, Q * R - S * P), (P, Q, Q * R - P * S)):
        if _vanishes(translator, X * Y - Y * X):
            yield determinant(translator, whole)


def _vanishes(translator: Knowledge, p: Polynomial) -> bool:
    """Whether a polynomial is 0, or hypotheses say so of it, its transpose or its negative, at no layer."""
    forms = {form.scale(c) for form in (p, p.transpose()) for c in (1, -1)}
    return not p or not (has_layers(p) or forms.isdisjoint(translator.known()))


def _taken_first(blocks: Blocks, numbers: list[int]) -> list[int]:
    """Return the blocks on the diagonal that may be taken first: one that is alone, or each if they are few."""
    alone = [i for i in numbers if _is_alone(blocks, i)]
    return alone[:1] or (numbers if len(numbers) <= MOST_ORDERED else numbers[:1])


def _is_alone(blocks: Blocks, i: int) -> bool:
    """Whether all other blocks in the row of a block on the diagonal are zero, or all those in its column."""
    others = {j for j, _ in blocks} - {i}
    return not any(blocks[i, j] for j in others) or not any(blocks[j, i] for j in others)


def _without(translator: Knowledge, blocks: Blocks, i: int) -> Blocks | None:
    """Return the Schur complements of a block on the diagonal; None if they need an inverse that is not known."""
    rest = {(j, k): block for (j, k), block in blocks.items() if i not in (j, k)}
    if _is_alone(blocks, i):
        return rest
    K = translator.known_inverse(blocks[i, i])
    return None if K is None else {(j, k): block - blocks[j, i] * K * blocks[i, k] for (j, k), block in rest.items()}
