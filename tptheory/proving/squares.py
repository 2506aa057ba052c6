"""Sums of squares: write a scalar as ``sum of weight * tr(Q Q')``, with weights found exactly.

Each ``Q`` is a combination of candidates (`square_candidates`). The unknown is the Gram matrix of the candidates: its
entries solve linear equations over the rationals, and where it is positive semidefinite, its LDL' decomposition gives
the squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from tptheory.proving.semidefinite import FEW, FREE, Square, flint_rational, positive_semidefinite, solutions
from tptheory.proving.square_candidates import MOST, candidate_sets
from tptheory.proving.square_words import Resources, SquareCandidate
from tptheory.proving.term_order import Monomial
from tptheory.proving.words import Alphabet, Polynomial, Terms

ALL = 2 * MOST
"""Of more candidates than this, it is not even looked for those that are equal."""
WeightedSquare = tuple[Fraction, Polynomial]


def squares_of(scalar: Polynomial, resources: Resources) -> list[WeightedSquare] | None:
    """Return weights and polynomials with ``scalar = sum of weight * tr(Q Q')`` modulo the hypotheses.

    Returns:
        The squares, with positive weights; an empty list for zero; None if none were found.
    """
    reduced = resources.reduce(scalar)
    if not reduced:
        return []
    tried: list[list[SquareCandidate]] = []
    for candidates in candidate_sets(scalar, reduced, resources):
        candidates = _distinct(scalar.alphabet, candidates, resources)
        if not 0 < len(candidates) <= MOST or candidates in tried:
            continue
        tried.append(candidates)
        found = _solve(reduced, candidates, resources)
        if found is not None:
            return found
    return None


def _distinct(alphabet: Alphabet, candidates: list[SquareCandidate], resources: Resources) -> list[SquareCandidate]:
    """Return the candidates without those that equal an earlier one modulo the hypotheses; none if they are many."""
    candidates = list(dict.fromkeys(candidates))
    if len(candidates) > ALL:
        return []
    found: dict[tuple[tuple[str, ...], Polynomial], SquareCandidate] = {}
    for candidate in candidates:
        reduced = resources.reduce(_polynomial(alphabet, candidate))
        if reduced:
            found.setdefault((candidate.roots, reduced), candidate)
    return [*found.values()]


@dataclass(frozen=True)
class _Products:
    """The products of candidates of one shape and with the same square roots: the terms of each, in normal form."""

    candidates: list[SquareCandidate]
    pairs: list[tuple[int, int]]
    values: list[Polynomial]

    def without(self, gone: set[int]) -> _Products:
        """Return the products in which no candidate of these numbers takes part; the others are numbered anew."""
        kept = [k for k in range(len(self.candidates)) if k not in gone]
        number = {old: new for new, old in enumerate(kept)}
        left = _Products([self.candidates[k] for k in kept], [], [])
        for (i, j), value in zip(self.pairs, self.values, strict=True):
            if i in number and j in number:
                left.pairs.append((number[i], number[j]))
                left.values.append(value)
        return left


def _solve(scalar: Polynomial, candidates: list[SquareCandidate], resources: Resources) -> list[WeightedSquare] | None:
    """Solve for the Gram matrix of the candidates, and decompose it."""
    products = _pruned(scalar, _products(scalar.alphabet, candidates, resources))
    monomials = sorted({m for p in products.values for m in p.terms})
    if not products.pairs or not scalar.terms.keys() <= {*monomials}:
        return None
    columns = [[flint_rational(p.terms.get(m, 0)) for m in monomials] for p in products.values]
    space = solutions(columns, [flint_rational(scalar.terms.get(m, 0)) for m in monomials])
    if space is None:
        return None

    def proceed() -> None:
        resources.reduce(scalar.scale(0))  # which raises an error where the time is up

    free = FREE if resources.thorough else FEW
    squares = positive_semidefinite(len(products.candidates), products.pairs, space, proceed, free)
    return None if squares is None else [_combined(scalar.alphabet, products.candidates, s) for s in squares]


def _products(alphabet: Alphabet, candidates: list[SquareCandidate], resources: Resources) -> _Products:
    polynomials = [_polynomial(alphabet, c) for c in candidates]
    kinds = [(c.roots, p.rows, p.columns) for c, p in zip(candidates, polynomials, strict=True)]
    pairs = [(i, j) for i, j in combinations_with_replacement(range(len(candidates)), 2) if kinds[i] == kinds[j]]
    values = []
    for i, j in pairs:
        weight = Polynomial.number(alphabet, tuple(sorted(candidates[i].roots * 2)))
        norm = weight * (polynomials[i] * polynomials[j].transpose()).trace()
        values.append(resources.reduce(norm).scale(1 if i == j else 2))
    return _Products(candidates, pairs, values)


def _pruned(scalar: Polynomial, products: _Products) -> _Products:
    """Leave out candidates whose squares have a term that no other product, nor the scalar, could cancel."""
    while hopeless := _hopeless(scalar, products):
        products = products.without(hopeless)
    return products


def _hopeless(scalar: Polynomial, products: _Products) -> set[int]:
    """Return the numbers of the candidates whose squares have a term that nothing could cancel."""
    signs = _signs(products)
    lonely = {m for m, found in signs.items() if found in ({1}, {-1}) and m not in scalar.terms}
    paired = zip(products.pairs, products.values, strict=True)
    return {i for (i, j), p in paired if i == j and lonely & p.terms.keys()}


def _signs(products: _Products) -> dict[Monomial, set[int]]:
    """Return the signs of each term: 1 or -1 in a square, and 0 in a product of two, which may have any weight."""
    signs: dict[Monomial, set[int]] = {}
    for (i, j), p in zip(products.pairs, products.values, strict=True):
        for m, c in p.terms.items():
            sign = 1 if c > 0 else -1
            signs.setdefault(m, set()).add(sign if i == j else 0)
    return signs


def _combined(alphabet: Alphabet, candidates: list[SquareCandidate], square: Square) -> WeightedSquare:
    """Return a square as a weight and a polynomial."""
    parts = [
        _polynomial(alphabet, c._replace(scalars=(*c.roots, *c.scalars))).scale(coefficient)
        for c, coefficient in zip(candidates, square.coefficients, strict=True)
        if coefficient
    ]
    return square.weight, sum(parts[1:], parts[0])


def _polynomial(alphabet: Alphabet, candidate: SquareCandidate) -> Polynomial:
    """Return a candidate without its square roots."""
    terms: Terms = {alphabet.monomial(tuple(sorted(candidate.scalars)), candidate.word): 1}
    rows, columns = alphabet.shape(candidate.word) if candidate.word else (candidate.size, candidate.size)
    return Polynomial(alphabet, rows, columns, terms)
