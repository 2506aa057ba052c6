"""Several matrices that equations tie to each other, built together: generalised inverses, frames, one shared basis.

Each group recognises its equations in canonical form, and builds values for its symbols that meet these equations
exactly. Whether an instance then meets all hypotheses of the claim is for the caller to test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any, Protocol

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.measuring.premises import Instance
from tptheory.measuring.random_matrices import Random, entries, eye
from tptheory.measuring.rational_frames import columns_of, orthogonal_frame, shuffled
from tptheory.measuring.structured_matrices import (
    basis,
    blocks_of,
    in_a_basis,
    polynomial_in,
    put_together,
    structured_matrix,
)
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import WordSum
from tptheory.numeric.rationals import ExactArithmetic

EXACT = ExactArithmetic()
Structures = Mapping[MatrixSymbol, Structure]


class Group(Protocol):
    """Symbols whose values are built together."""

    def build(self, rng: Random, values: Instance) -> Instance | None:
        """Return values for the symbols of the group, of the shapes that ``values`` has; None if none are found."""


def groups_of(equations: Sequence[WordSum], structures: Structures) -> list[Group]:
    """Return the groups of symbols that equations tie to each other in a way that is recognised."""
    tied = [words for words in equations if len(words.symbols & structures.keys()) > 1]
    return [*_inverses(tied), *_frames(tied, structures), *_shared_bases(tied, structures)]


@dataclass(frozen=True)
class GeneralisedInverse:
    """``X``, or its transpose, meets some of Penrose's four equations for ``A``, whose value is given.

    The formulas are those of Ben-Israel and Greville, Generalized Inverses, chapter 2.
    """

    A: MatrixSymbol
    X: MatrixSymbol
    turned: bool
    kinds: frozenset[int]

    def build(self, rng: Random, values: Instance) -> Instance | None:
        """Return a value for ``X``."""
        A = values[self.A]
        X = _inverse_of(A, self.kinds, rng)
        return {self.X: X.transpose() if self.turned else X}


def _inverse_of(A: fmpq_mat, kinds: frozenset[int], rng: Random) -> fmpq_mat:
    """Return a matrix that meets these of Penrose's equations for ``A``."""
    rows, columns = A.nrows(), A.ncols()
    if 1 in kinds and 2 in kinds:
        left, right = _inner(A, kinds & {1, 4}, rng), _inner(A, kinds & {1, 3}, rng)
        return left * A * right
    if 1 in kinds:
        return _inner(A, kinds, rng)
    U, V = entries(rng, columns, rows, bound=1), entries(rng, columns, rows, bound=1)
    if {3, 4} <= kinds:
        return EXACT.pinv(A) * int(rng.integers(0, 2))
    if 3 in kinds:
        return U * EXACT.pinv(A * U)
    return EXACT.pinv(V * A) * V if 4 in kinds else U * EXACT.pinv(V * A * U) * V


def _inner(A: fmpq_mat, kinds: frozenset[int], rng: Random) -> fmpq_mat:
    """Return an ``X`` with ``AXA = A``, and ``AX`` or ``XA`` symmetric as wanted."""
    P = EXACT.pinv(A)
    Z = entries(rng, A.ncols(), A.nrows(), bound=1)
    left, right = eye(A.ncols()) - P * A, eye(A.nrows()) - A * P
    if {3, 4} <= kinds:
        return P + left * Z * right
    if 3 in kinds:
        return P + left * Z
    return P + Z * right if 4 in kinds else P + Z - P * A * Z * A * P


def _inverses(equations: Sequence[WordSum]) -> list[Group]:
    """Return the pairs of which one is a generalised inverse of the other; whom most pairs share, that is given."""
    kinds: dict[tuple[MatrixSymbol, MatrixSymbol, bool], set[int]] = {}
    for words in equations:
        if len(words.symbols) == 2:
            for A, X in permutations(sorted(words.symbols, key=str)):
                for turned in (False, True):
                    kind = _penrose(words, A, X, turned)
                    if kind:
                        kinds.setdefault((A, X, turned), set()).add(kind)
    count: dict[MatrixSymbol, int] = {}
    for A, _, _ in kinds:
        count[A] = count.get(A, 0) + 1
    found: dict[frozenset[MatrixSymbol], Group] = {}
    for (A, X, turned), numbers in sorted(kinds.items(), key=lambda item: (-count[item[0][0]], str(item[0]))):
        if numbers & {1, 2}:
            found.setdefault(frozenset({A, X}), GeneralisedInverse(A, X, turned, frozenset(numbers)))
    return list(found.values())


def _penrose(words: WordSum, A: MatrixSymbol, X: MatrixSymbol, turned: bool) -> int:
    """Return which of Penrose's equations for ``A`` and ``X``, or the transpose of ``X``, a sum says; 0 if none."""
    a, at, x, xt = (A, False), (A, True), (X, turned), (X, not turned)
    said = (
        {(a, x, a): fmpq(1), (a,): fmpq(-1)},
        {(x, a, x): fmpq(1), (x,): fmpq(-1)},
        {(a, x): fmpq(1), (xt, at): fmpq(-1)},
        {(x, a): fmpq(1), (at, xt): fmpq(-1)},
    )
    fitting = (k for k, terms in enumerate(said, 1) if words.is_proportional_to(WordSum(terms, is_number=False)))
    return next(fitting, 0)


@dataclass(frozen=True)
class Frames:
    """Matrices with orthonormal columns, and unit columns, that are orthogonal to each other."""

    symbols: tuple[MatrixSymbol, ...]

    def build(self, rng: Random, values: Instance) -> Instance | None:
        """Cut the columns of one orthogonal matrix."""
        rows = values[self.symbols[0]].nrows()
        order = [self.symbols[i] for i in shuffled(rng, list(range(len(self.symbols))))]
        if sum(values[A].ncols() for A in order) > rows:
            return None
        Q, first, found = orthogonal_frame(rng, rows), 0, {}
        for A in order:
            last = first + values[A].ncols()
            found[A] = columns_of(Q, first, last)
            first = last
        return found


def _frames(equations: Sequence[WordSum], structures: Structures) -> list[Group]:
    """Return the sets of frames of one space that are orthogonal to each other."""

    def is_frame(A: MatrixSymbol) -> bool:
        known = structures[A]
        return known.columns == 1 or (known.squared_length == 1 and A.cols == 1)

    frames = [A for A in structures if is_frame(A)]
    pairs = [{A, B} for A, B in combinations(frames, 2) if any(_orthogonal(words, A, B) for words in equations)]
    return [Frames(tuple(A for A in frames if A in part)) for part in _connected(pairs)]


def _orthogonal(words: WordSum, A: MatrixSymbol, B: MatrixSymbol) -> bool:
    """Whether a sum says ``A'B = 0``."""
    product = WordSum({((A, True), (B, False)): fmpq(1)}, is_number=False)
    number = WordSum({((A, False), (B, True)): fmpq(1)}, is_number=True)
    return words.is_proportional_to(number if words.is_number else product)


def _connected(sets: Sequence[set[MatrixSymbol]]) -> list[set[MatrixSymbol]]:
    """Merge sets that share a symbol."""
    merged: list[set[MatrixSymbol]] = []
    for one in sets:
        touching = [other for other in merged if other & one]
        merged = [other for other in merged if not other & one] + [set().union(one, *touching)]
    return merged


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
            size = sizes[int(rng.integers(0, len(sizes)))]
            choices = self.blocks(size)
            parts.append(choices[int(rng.integers(0, len(choices)))])
            left -= size
        orthonormal = self._speaks_of_transposes or rng.integers(0, 2)
        G = orthogonal_frame(rng, n) if orthonormal else basis(rng, n)
        K = G.transpose() if orthonormal else G.inv()
        return {A: G * put_together(blocks) * K for A, blocks in zip(self.structures, zip(*parts), strict=True)}

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
        letters = {letter for words in self.equations for word in words.terms for letter in word}
        tied = any((symbol, not transposed) in letters for symbol, transposed in letters)
        return tied or any(each.is_diagonal_in_a_frame or each.partial_isometry for each in known)

    def _trial(self, rng: Random, size: int) -> tuple[fmpq_mat, ...] | None:
        """Return a block for each symbol: of its own structure, a number, or a polynomial in the block of another."""
        symbols = list(self.structures)
        leader = symbols[int(rng.integers(0, len(symbols)))]
        first = self._own(rng, leader, size)
        if first is None:
            return None
        found = []
        for A in symbols:
            block = first if A == leader else self._follower(rng, A, first)
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
            return in_a_basis(known, rng, numbers[int(rng.integers(0, len(numbers)))])
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
        return eye(first.nrows()) * numbers[int(rng.integers(0, len(numbers)))][0, 0]

    def _fits(self, blocks: tuple[fmpq_mat, ...]) -> bool:
        values = dict(zip(self.structures, blocks, strict=True))
        return all(vanishes(words, values) for words in self.equations)


LARGEST_TOGETHER = 3
"""The largest blocks that several symbols get together."""
TRIALS = {1: 80, 2: 160, 3: 80}
"""How often blocks of each size are tried."""


def vanishes(words: WordSum, values: Mapping[Any, fmpq_mat]) -> bool:
    """Whether a sum of words vanishes at square matrices of one size."""
    n = values[next(iter(words.symbols))].nrows()
    total = fmpq_mat(n, n)
    for word, c in words.terms.items():
        term = eye(n) * c
        for symbol, transposed in word:
            term = term * (values[symbol].transpose() if transposed else values[symbol])
        total = total + term
    return total == fmpq_mat(n, n)


def _shared_bases(equations: Sequence[WordSum], structures: Structures) -> list[Group]:
    """Return the sets of square symbols of one size that equations between matrices tie to each other."""

    def is_square_of_one_size(words: WordSum) -> bool:
        sizes = {size for A in words.symbols for size in A.shape}
        return not words.is_number and len(sizes) == 1 and words.symbols <= structures.keys()

    fitting = [words for words in equations if is_square_of_one_size(words)]
    found: list[Group] = []
    for part in _connected([set(words.symbols) for words in fitting]):
        known = {A: each for A, each in structures.items() if A in part}
        found.append(SharedBasis(known, [words for words in fitting if words.symbols <= part]))
    return found
