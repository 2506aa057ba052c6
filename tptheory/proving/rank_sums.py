"""Inequalities between ranks, which are traces of projections: one is not below another whose image it contains.

The rank of A is ``tr(A A+)``. If the image of a projection ``U`` contains that of ``L``, then ``U L = L``, and
``|U - L|^2 = tr U - tr L`` is not negative. An inequality that is a sum of such differences, with positive weights, is
a descent. ``rank(A + D) <= rank A + rank D`` follows from ``U = A A+ + B B+`` and ``L = (A + D)(A + D)+`` for
``B = (I - A A+) D``, and from ``D+ D`` and ``B+ B``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np

from tptheory.proving.completion import Completion
from tptheory.proving.norms import VanishingSum, with_squares
from tptheory.proving.searching import Attempt, Proof, StuckError, combination_of, completion, refuse_when_late
from tptheory.proving.squares import WeightedSquare
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

GROWTH = (250, 400)
"""Up to how many elements the basis grows before projections are compared, and compared once more."""
MOST = 80
"""So many projections and sums of two are compared at most."""
TINY = 1e-9


class Projection(NamedTuple):
    """A symmetric projection, and its trace as the basis writes it: a rank, or a size minus a rank, or a sum of two."""

    matrix: Polynomial
    trace: Polynomial

    def __sub__(self, other: Projection) -> Projection:
        """Return the difference, a projection where this image contains the other."""
        return Projection(self.matrix - other.matrix, self.trace - other.trace)

    def plus(self, other: Projection) -> Projection:
        """Return the sum, a projection where the images are orthogonal."""
        return Projection(self.matrix + other.matrix, self.trace + other.trace)


def rank_descent(number: Polynomial) -> Attempt:
    """Show that a sum of ranks is at most 0: it is minus a sum of squared norms of differences of projections."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        basis = completion(translator, deadline)
        squares = None
        for elements in GROWTH:
            if squares is None:
                refuse_when_late(deadline)
                basis.grow(elements)
                squares = _weighted(basis.rewritten(number), list(_differences(translator, basis)))
        if squares is None:
            raise StuckError("the sum of ranks is no sum of differences of projections that were found")
        found = combination_of(basis, with_squares(number, squares))
        return VanishingSum(found, squares).descent(translator, number)

    return attempt


def _differences(translator: Translator, basis: Completion) -> Iterator[Projection]:
    """Run through the differences of projections of which one contains the other."""
    found = _projections(translator, basis)
    pairs = ((p, q) for p, q in combinations(found, 2) if p.matrix.rows == q.matrix.rows)
    sums = [p.plus(q) for p, q in pairs if basis.vanishes(p.matrix * q.matrix)]
    for larger, smaller in permutations([*found, *sums][:MOST], 2):
        U, L = larger.matrix, smaller.matrix
        if U.rows == L.rows and basis.vanishes(U * L - L):
            yield larger - smaller


def _projections(translator: Translator, basis: Completion) -> list[Projection]:
    """Return the projections on the images of matrices with pseudo-inverses, of their transposes, and on the rest."""
    found: list[Projection] = []
    for A, P in translator.inverse_pairs():
        if A.is_scalar:
            continue
        rank = basis.rewritten((A * P).trace())
        for projection in (A * P, P * A):
            short, one = basis.rewritten(projection), Polynomial.identity(A.alphabet, projection.rows)
            if all(short != each.matrix for each in found):
                found += [Projection(short, rank), Projection(one - short, one.trace() - rank)]
    return found


def _weighted(number: Polynomial, differences: list[Projection]) -> list[WeightedSquare] | None:
    """Return differences with positive weights, whose traces add up to minus a number; None if none are found."""
    rounded = _rounded_weights(number, [d.trace for d in differences])
    if rounded is None:
        return None
    chosen = [(w, d) for w, d in zip(rounded, differences, strict=True) if w > TINY]
    if sum((d.trace.scale(w) for w, d in chosen), number):
        return None
    return [(w, d.matrix) for w, d in chosen]


def _rounded_weights(number: Polynomial, traces: list[Polynomial]) -> list[Fraction] | None:
    """Solve for weights that are not negative in floating-point numbers, and round them; None if none are found."""
    from scipy.optimize import linprog

    monomials = sorted({m for p in (number, *traces) for m in p.terms})
    if not traces or not monomials:
        return None
    table = np.array([[float(trace.terms.get(m, 0)) for trace in traces] for m in monomials])
    target = np.array([-float(number.terms.get(m, 0)) for m in monomials])
    solved = linprog(np.ones(len(traces)), A_eq=table, b_eq=target, method="highs")
    return None if solved.x is None else [Fraction(float(x)).limit_denominator(12) for x in solved.x]
