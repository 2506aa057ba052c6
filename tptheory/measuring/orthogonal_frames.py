"""Matrices with orthonormal columns that are orthogonal to each other: the columns of one orthogonal matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations

from flint import fmpq
from sympy import MatrixSymbol

from tptheory.measuring.premises import Instance, JointBuilder
from tptheory.measuring.random_matrices import Random
from tptheory.measuring.rational_frames import columns_of, orthogonal_frame, shuffled
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import WordSum, connected


def _built(symbols: Sequence[MatrixSymbol], rng: Random, values: Instance) -> Instance | None:
    """Cut the columns of one orthogonal matrix into values for all symbols; None if it has too few columns."""
    rows = values[symbols[0]].nrows()
    order = [symbols[i] for i in shuffled(rng, list(range(len(symbols))))]
    if sum(values[A].ncols() for A in order) > rows:
        return None
    Q, first, found = orthogonal_frame(rng, rows), 0, {}
    for A in order:
        last = first + values[A].ncols()
        found[A] = columns_of(Q, first, last)
        first = last
    return found


def orthogonal_frames(equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]) -> list[JointBuilder]:
    """Return a builder for each set of frames of one space that are orthogonal to each other."""

    def is_frame(A: MatrixSymbol) -> bool:
        known = structures[A]
        return known.columns == 1 or (known.squared_length == 1 and A.cols == 1)

    frames = [A for A in structures if is_frame(A)]
    pairs = [{A, B} for A, B in combinations(frames, 2) if any(_orthogonal(words, A, B) for words in equations)]
    return [partial(_built, [A for A in frames if A in part]) for part in connected(pairs)]


def _orthogonal(words: WordSum, A: MatrixSymbol, B: MatrixSymbol) -> bool:
    """Whether a sum says ``A'B = 0``."""
    product = WordSum({((A, True), (B, False)): fmpq(1)}, is_number=False)
    number = WordSum({((A, False), (B, True)): fmpq(1)}, is_number=True)
    return words.is_proportional_to(number if words.is_number else product)
