"""Block matrices as words: ``sum of E_i B_ij F_j'``, where ``E_i`` holds the columns of an identity that meet a block.

``E_i' E_j`` is the identity or zero, and ``sum of E_i E_i'`` is the identity: all that blocks obey follows from these.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, BlockMatrix

from tptheory.proving.knowledge import Knowledge
from tptheory.proving.translating import Reason, refuse_layers
from tptheory.proving.words import Polynomial, summed

PARTITION: Reason = ("definition", "the blocks of an identity")


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
