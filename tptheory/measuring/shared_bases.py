"""Square matrices of one size that equations tie to each other: direct sums of small blocks in one basis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from flint import fmpq_mat
from sympy import MatrixSymbol

from tptheory.measuring.premises import Instance, JointBuilder
from tptheory.measuring.random_matrices import Random, entries, eye, one_of
from tptheory.measuring.structured_matrices import (
    blocks_of,
    has_structure,
    in_a_basis,
    polynomial_in,
    put_together,
    random_basis,
    structured_matrix,
)
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import WordSum, connected
from tptheory.numeric.rationals import inverse_of

LARGEST_TOGETHER = 4
"""The largest blocks that several symbols get together."""
TRIALS = {1: 80, 2: 160, 3: 80, 4: 40}
"""How often blocks of each size are tried."""


@dataclass
class SharedBasis:
    """Square matrices of one size that are direct sums of small blocks in one basis, each block meeting the equations.

    Attributes:
        structures: what is known of each symbol alone.
        equations: what ties them together.
    """

    structures: dict[MatrixSymbol, Structure]
    equations: list[WordSum]
    _blocks: dict[int, list[tuple[fmpq_mat, ...]]] = field(default_factory=dict)

    def build(self, rng: Random, values: Instance) -> Instance | None:
        """Return a direct sum of blocks that meet the equations, in a basis chosen at random."""
        n = values[next(iter(self.structures))].nrows()
        parts: list[tuple[fmpq_mat, ...]] = []
        left = n
        while left:
            sizes = [size for size in range(1, min(left, LARGEST_TOGETHER) + 1) if self.blocks(size)]
            if not sizes:
                return None
            size = one_of(rng, sizes)
            parts.append(one_of(rng, self.blocks(size)))
            left -= size
        orthogonal = self._speaks_of_transposes or bool(rng.integers(0, 2))
        G = random_basis(rng, n, orthogonal, diagonal=len(parts) == n)
        K = inverse_of(G)
        of_each = zip(self.structures, zip(*parts, strict=True), strict=True)
        return {A: G * put_together(blocks) * K for A, blocks in of_each}

    def blocks(self, size: int) -> list[tuple[fmpq_mat, ...]]:
        """Return blocks of a size, one for each symbol, that meet the equations together."""
        if size not in self._blocks:
            rng = np.random.default_rng(size)
            trials = (self._trial(rng, size) for _ in range(TRIALS[size]))
            self._blocks[size] = [trial for trial in trials if trial is not None and self._fits(trial)]
        return self._blocks[size]

    @property
    def _speaks_of_transposes(self) -> bool:
        known = self.structures.values()
        turned = any(transposed for words in self.equations for word in words.terms for _, transposed in word)
        return turned or any(each.is_diagonal_in_a_frame or each.partial_isometry for each in known)

    def _trial(self, rng: Random, size: int) -> tuple[fmpq_mat, ...] | None:
        """Return a block for each symbol: of its own structure, a number, or a polynomial in the block of another."""
        symbols = list(self.structures)
        leader = one_of(rng, symbols)
        first = self._own(rng, leader, size)
        if first is None:
            return None
        found = []
        for A in symbols:
            block = first if leader == A else self._follower(rng, A, first)
            if block is None:
                return None
            found.append(block)
        return tuple(found)

    def _own(self, rng: Random, A: MatrixSymbol, size: int) -> fmpq_mat | None:
        known = self.structures[A]
        if known.is_plain:
            return entries(rng, size, size, bound=1)
        numbers = [block for block in blocks_of(known) if block.nrows() == size] if known.is_square else []
        if numbers and rng.integers(0, 2):
            return in_a_basis(known, rng, one_of(rng, numbers))
        return structured_matrix(known, rng, size, size)

    def _follower(self, rng: Random, A: MatrixSymbol, first: fmpq_mat) -> fmpq_mat | None:
        known = self.structures[A]
        kind = int(rng.integers(0, 4))
        if kind == 0:
            return self._own(rng, A, first.nrows())
        if known.is_plain or kind == 1:
            return polynomial_in(rng, first)
        numbers = [block for block in blocks_of(known) if block.nrows() == 1]
        if not numbers:
            return self._own(rng, A, first.nrows())
        return eye(first.nrows()) * one_of(rng, numbers)[0, 0]

    def _fits(self, blocks: tuple[fmpq_mat, ...]) -> bool:
        """Whether blocks have the structures of their symbols, lengths apart, and meet the equations."""
        for known, block in zip(self.structures.values(), blocks, strict=True):
            if not has_structure(replace(known, squared_length=None), block):
                return False
        values = dict(zip(self.structures, blocks, strict=True))
        return all(vanishes(words, values) for words in self.equations)


def vanishes(words: WordSum, values: Mapping[MatrixSymbol, fmpq_mat]) -> bool:
    """Whether a sum of words vanishes at square matrices of one size."""
    n = values[next(iter(words.symbols))].nrows()
    total = fmpq_mat(n, n)
    for word, c in words.terms.items():
        term = eye(n) * c
        for symbol, transposed in word:
            term = term * (values[symbol].transpose() if transposed else values[symbol])
        total = total + term
    return total == fmpq_mat(n, n)


def shared_bases(equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]) -> list[JointBuilder]:
    """Return a builder for each set of square symbols of one size that equations between matrices tie to each other."""

    def is_square_of_one_size(words: WordSum) -> bool:
        sizes = {size for A in words.symbols for size in A.shape}
        return not words.is_number and len(sizes) == 1 and words.symbols <= structures.keys()

    fitting = [words for words in equations if is_square_of_one_size(words)]
    found: list[JointBuilder] = []
    for part in connected([set(words.symbols) for words in fitting]):
        known = {A: each for A, each in structures.items() if A in part}
        found.append(SharedBasis(known, [words for words in fitting if words.symbols <= part]).build)
    return found
