"""Hypotheses that may be missing in a claim: what is usually assumed of matrices, and of neighbours in a product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, count, pairwise
from typing import Any

from sympy import (
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    S,
    Symbol,
    Transpose,
    postorder_traversal,
    sympify,
)

from tptheory.claims.claim import Claim, flatten_given
from tptheory.claims.compound import ForAll, Holds
from tptheory.claims.goals import motions
from tptheory.claims.hypotheses import (
    Hypothesis,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    orthogonal,
    partial_isometry,
    projection,
    rank_one,
    symmetric,
)
from tptheory.claims.motions import Commute
from tptheory.claims.ranges import depth_symbols, is_layered
from tptheory.claims.vocabulary import ImageWithin
from tptheory.deciding.conditions.sizes import EqualSizes, read_sizes
from tptheory.symbolic.bound import BoundMatrix
from tptheory.symbolic.dynamics import Motion
from tptheory.symbolic.expressions import Pinv, matmul, transpose
from tptheory.symbolic.layers import LayerSymbol, Recursion, Sequence
from tptheory.typesetting.spelling import text_of

OF_SQUARE = (invertible, orthogonal, symmetric, projection, partial_isometry, rank_one)
OF_RECTANGULAR = (full_row_rank, full_column_rank, partial_isometry, rank_one)
"""What may be assumed of a square matrix, and of one that need not be square."""
AT_EVERY_LAYER = (full_row_rank, full_column_rank, invertible, orthogonal, partial_isometry)
"""What may be assumed of the matrices at every layer of a range."""


@dataclass(frozen=True)
class Candidate:
    """One hypothesis that may be added to a claim.

    Attributes:
        item: what is assumed: a hypothesis, a claim, or that sizes are equal.
    """

    item: Any

    def __str__(self) -> str:
        """Say the hypothesis."""
        return str(self.item.conclusion(text_of))

    @property
    def claim(self) -> Claim | None:
        """The hypothesis as a claim; None of sizes."""
        if isinstance(self.item, EqualSizes):
            return None
        return Holds(self.item) if isinstance(self.item, Hypothesis) else self.item

    @property
    def symbols(self) -> set[Any]:
        """The matrices and sequences of matrices that the hypothesis speaks of, or the sizes."""
        if isinstance(self.item, EqualSizes):
            return {self.item.size, *S(self.item.value).free_symbols}
        spoken = [sympify(e) for e in self.item.expressions()]
        return {s for e in spoken for s in (*e.atoms(MatrixSymbol), *sequences_in(e))}

    @property
    def speaks_of_sizes(self) -> bool:
        """Whether sizes are equal, or 1."""
        return isinstance(self.item, EqualSizes)


def read_candidates(among: Any) -> list[Candidate]:
    """Read hypotheses, lists of these, claims that can be assumed, and equal sizes such as ``Eq(n, 1)``.

    Raises:
        InvalidTypeError: if something else is among them.
    """
    items = among if isinstance(among, list | tuple) else [among]
    found: list[Candidate] = []
    for item in items:
        if isinstance(item, list | tuple):
            found += read_candidates(item)
        elif isinstance(item, Hypothesis | Claim):
            found += [Candidate(each) for each in flatten_given([item])]
        else:
            found.append(Candidate(read_sizes("among", item)))
    return list(dict.fromkeys(found))


def usual_candidates(claim: Claim) -> list[Candidate]:
    """Return what is usually assumed of the matrices of a claim, the simplest first.

    Named properties of each matrix, and of neighbours in a product that their Gram matrices and projections commute or
    that one image lies within the other; that sizes are 1, or equal. At any depth: named properties of every member of
    a sequence, of all but the first, and of all but the first and the last.
    """
    parts = list(claim.conjuncts())
    expressions = [sympify(e) for part in parts for e in part.expressions()]
    moving = motions(goal for part in parts for goal in part.goals())
    matrices = _matrices_of(expressions)
    items: list[Any] = [h for A in matrices for h in _properties(A)]
    items += _of_neighbours(expressions, matrices)
    if is_layered(claim):
        items += _at_layers(claim, [*expressions, *_moving_sequences(moving)])
    elif not moving:
        items += _sizes(matrices)
    return [Candidate(item) for item in dict.fromkeys(items)]


def _matrices_of(expressions: list[Any]) -> list[MatrixSymbol]:
    """Return the matrices that expressions speak of; neither members of sequences nor bound ones are among them."""
    symbols = {A for e in expressions for A in e.atoms(MatrixSymbol)}
    return sorted((A for A in symbols if not isinstance(A, BoundMatrix | LayerSymbol)), key=str)


def _of_neighbours(expressions: list[Any], matrices: list[MatrixSymbol]) -> Iterator[Claim]:
    """Run through what may be assumed of neighbours in a product, where both are made of these matrices."""
    for pair in dict.fromkeys(pair for e in expressions for pair in _neighbours(e)):
        if all(symbol in matrices for A in pair for symbol in A.atoms(MatrixSymbol)):
            yield from _relations(*pair)


def sequences_in(expression: Any) -> set[Sequence]:
    """Return the sequences of which an expression, or the definition of a recursion in it, has members."""
    return {sequence for sequence in expression.atoms(Sequence) if not isinstance(sequence, Recursion)}


def _moving_sequences(moving: Iterable[Motion]) -> Iterator[Any]:
    """Run through the sequences that move in networks of any depth."""
    return (sequence for motion in moving if motion.net.any_depth for sequence in motion.sequences)


def _at_layers(claim: Claim, expressions: list[Any]) -> Iterator[ForAll]:
    """Run through what may be assumed of the members of each sequence of matrices at every layer of a range."""
    taken = {
        str(s) for part in claim.conjuncts() for s in (*part.symbols(), *depth_symbols(part), *_bound_indices(part))
    }
    k = Symbol(next(name for name in chain("klij", map("k_{}".format, count())) if name not in taken), integer=True)
    for W in sorted({s for e in expressions for s in sequences_in(e) if 1 not in s(k).shape}, key=str):
        first, last = W.first, W.last
        for ends in ((first, last), (first + 1, last), (first + 1, last - 1)):
            yield from (ForAll(make(W(k)), (k, *ends)) for make in AT_EVERY_LAYER)


def _bound_indices(part: Claim) -> tuple[Any, ...]:
    """Return the indices that a claim and its hypotheses bind."""
    return tuple(item.index for item in (part, *part.given) if isinstance(item, ForAll))


def _properties(A: MatrixSymbol) -> Iterator[Hypothesis]:
    """Run through what may be assumed of one matrix; of a column or a row only that it is not 0."""
    if 1 in A.shape:
        if A.shape != (1, 1):
            yield nonzero(A)
        return
    yield from (make(A) for make in (OF_SQUARE if A.rows == A.cols else OF_RECTANGULAR))


def _neighbours(expression: Any) -> Iterator[tuple[MatrixExpr, MatrixExpr]]:
    """Run through the pairs of matrices that stand beside each other in a product, as they stand there.

    Of ``A.T B.T`` the pair is ``(B, A)``: what is assumed of the one pair is assumed of the other.
    """
    for node in postorder_traversal(expression):
        if isinstance(node, MatMul):
            for A, B in pairwise(node.as_coeff_matrices()[1]):
                plain = [X.arg if isinstance(X, Transpose) else X for X in (A, B)]
                if all(isinstance(X, MatrixSymbol) and 1 not in X.shape for X in plain) and plain[0] != plain[1]:
                    turned = isinstance(A, Transpose) and isinstance(B, Transpose)
                    yield (transpose(B), transpose(A)) if turned else (A, B)


def _relations(A: MatrixExpr, B: MatrixExpr) -> Iterator[Claim]:
    """Run through what may be assumed of two matrices whose product is ``A B``."""
    At, Bt = transpose(A), transpose(B)
    if A.rows == A.cols == B.rows == B.cols:
        yield Commute(*sorted((A, B), key=str))
    for left in (matmul(At, A), matmul(Pinv(A), A)):
        for right in (matmul(B, Bt), matmul(B, Pinv(B))):
            yield Commute(left, right)
    yield ImageWithin(B, At)
    yield ImageWithin(At, B)


def _sizes(matrices: list[MatrixSymbol]) -> Iterator[EqualSizes]:
    """Run through the sizes that may be 1, or equal."""
    sizes = sorted({n for A in matrices for n in A.shape if isinstance(n, Symbol)}, key=str)
    yield from (EqualSizes(n, S.One) for n in sizes)
    yield from (EqualSizes(n, m) for n, m in combinations(sizes, 2))
