"""Several matrices that equations tie to each other, built together: generalised inverses, frames, one shared basis.

Equations are recognised in canonical form, and values are built for their symbols that meet these equations exactly.
Whether an instance then meets all hypotheses of the claim is for the caller to test. The formulas of generalised
inverses are those of Ben-Israel and Greville, Generalized Inverses, chapter 2; frames that are orthogonal to each other
are columns of one orthogonal matrix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations, permutations

from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.measuring.premises import Instance, JointBuilder
from tptheory.measuring.random_matrices import Random, entries, eye
from tptheory.measuring.rational_frames import columns_of, orthogonal_frame, shuffled
from tptheory.measuring.shared_bases import shared_bases
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import Terms, WordSum, connected
from tptheory.numeric.rationals import ExactArithmetic

EXACT = ExactArithmetic()


def joint_builders(equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]) -> list[JointBuilder]:
    """Return a builder for each group of symbols that equations tie to each other in a way that is recognised."""
    tied = [words for words in equations if len(words.symbols & structures.keys()) > 1]
    return [*_generalised_inverses(tied), *_orthogonal_frames(tied, structures), *shared_bases(tied, structures)]


def _generalised_inverses(equations: Sequence[WordSum]) -> list[JointBuilder]:
    """Return a builder for each pair of which one is a generalised inverse of the other.

    The symbol that more of these pairs share keeps its value, and the other one is built.
    """
    kinds: dict[tuple[MatrixSymbol, MatrixSymbol, bool], set[int]] = {}
    for words in equations:
        if len(words.symbols) == 2:
            for A, X in permutations(sorted(words.symbols, key=str)):
                for turned in (False, True):
                    kind = _penrose(words, A, X, turned)
                    if kind:
                        kinds.setdefault((A, X, turned), set()).add(kind)
    count = Counter(A for A, _, _ in kinds)
    found: dict[frozenset[MatrixSymbol], JointBuilder] = {}
    for (A, X, turned), numbers in sorted(kinds.items(), key=lambda item: (-count[item[0][0]], str(item[0]))):
        if numbers & {1, 2}:
            found.setdefault(frozenset({A, X}), partial(_inverse_built, A, X, turned, frozenset(numbers)))
    return list(found.values())


def _penrose(words: WordSum, A: MatrixSymbol, X: MatrixSymbol, turned: bool) -> int:
    """Return which of Penrose's equations for ``A`` and ``X``, or the transpose of ``X``, a sum says; 0 if none."""
    a, at, x, xt = (A, False), (A, True), (X, turned), (X, not turned)
    said: tuple[Terms, ...] = (
        {(a, x, a): fmpq(1), (a,): fmpq(-1)},
        {(x, a, x): fmpq(1), (x,): fmpq(-1)},
        {(a, x): fmpq(1), (xt, at): fmpq(-1)},
        {(x, a): fmpq(1), (at, xt): fmpq(-1)},
    )
    fitting = (k for k, terms in enumerate(said, 1) if words.is_proportional_to(WordSum(terms, is_number=False)))
    return next(fitting, 0)


def _inverse_built(
    A: MatrixSymbol, X: MatrixSymbol, turned: bool, kinds: frozenset[int], rng: Random, values: Instance
) -> Instance:
    """Return a value for ``X``; it, or its transpose if ``turned``, meets these of Penrose's equations for ``A``."""
    found = _inverse_of(values[A], kinds, rng)
    return {X: found.transpose() if turned else found}


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


def _orthogonal_frames(
    equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]
) -> list[JointBuilder]:
    """Return a builder for each set of frames of one space that are orthogonal to each other."""

    def is_frame(A: MatrixSymbol) -> bool:
        known = structures[A]
        return known.columns == 1 or (known.squared_length == 1 and A.cols == 1)

    frames = [A for A in structures if is_frame(A)]
    pairs = [{A, B} for A, B in combinations(frames, 2) if any(_orthogonal(words, A, B) for words in equations)]
    return [partial(_frames_built, [A for A in frames if A in part]) for part in connected(pairs)]


def _orthogonal(words: WordSum, A: MatrixSymbol, B: MatrixSymbol) -> bool:
    """Whether a sum says ``A'B = 0``."""
    product = WordSum({((A, True), (B, False)): fmpq(1)}, is_number=False)
    number = WordSum({((A, False), (B, True)): fmpq(1)}, is_number=True)
    return words.is_proportional_to(number if words.is_number else product)


def _frames_built(symbols: Sequence[MatrixSymbol], rng: Random, values: Instance) -> Instance | None:
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
