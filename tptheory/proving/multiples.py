"""Squares of a difference and of its multiples: ``|D|^2 + |G'D|^2 + ... = 0``, with weights found exactly.

With ``S = G G'`` and ``S^2 = I`` the difference ``D = S - I`` has ``|D|^2 + |G'D|^2 = tr(D (I + S) D) = 0``: it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations_with_replacement

from flint import fmpq

from tptheory.proving.semidefinite import FEW, positive_semidefinite, solutions
from tptheory.proving.words import Polynomial, Rational

MOST = 8
"""So many multiples are tried at most."""


def cancelling_squares(
    D: Polynomial, reduce: Callable[[Polynomial], Polynomial], proceed: Callable[[], None]
) -> list[tuple[Fraction, Polynomial]] | None:
    """Return weights and multiples of a polynomial whose weighted squares add up to minus its squared norm.

    Args:
        D: the polynomial.
        reduce: brings a polynomial to normal form modulo the hypotheses.
        proceed: raises an error where the time is up.
    """
    for multiples in (_from_the_left(D), [p.transpose() for p in _from_the_left(D.transpose())]):
        found = _squares(D, multiples, reduce, proceed)
        if found is not None:
            return found
    return None


def _from_the_left(D: Polynomial) -> list[Polynomial]:
    """Return a polynomial and its products with one letter from the left, those of one shape beside each other."""
    return [D, *_products(D)][:MOST]


def _products(D: Polynomial) -> Iterator[Polynomial]:
    for letter, shape in D.alphabet.shapes.items():
        if shape is not None and shape[1] == D.rows:
            yield Polynomial.word(D.alphabet, letter) * D


def _squares(
    D: Polynomial,
    multiples: list[Polynomial],
    reduce: Callable[[Polynomial], Polynomial],
    proceed: Callable[[], None],
) -> list[tuple[Fraction, Polynomial]] | None:
    multiples = [p for p in map(reduce, multiples) if p]
    shapes = [(p.rows, p.columns) for p in multiples]
    pairs = [(i, j) for i, j in combinations_with_replacement(range(len(multiples)), 2) if shapes[i] == shapes[j]]
    products = [reduce((multiples[i].transpose() * multiples[j]).trace()).scale(1 + (i != j)) for i, j in pairs]
    target = reduce((D.transpose() * D).trace()).scale(-1)
    monomials = sorted({m for p in (target, *products) for m in p.terms})
    *columns, last = ([_exact(p.terms.get(m, 0)) for m in monomials] for p in (*products, target))
    space = solutions(columns, last)
    found = None if space is None else positive_semidefinite(len(multiples), pairs, space, proceed, FEW)
    if found is None:
        return None
    squares = []
    for square in found:
        parts = [p.scale(c) for p, c in zip(multiples, square.coefficients, strict=True) if c]
        squares.append((square.weight, sum(parts[1:], parts[0])))
    return squares


def _exact(coefficient: Rational) -> fmpq:
    return fmpq(coefficient.numerator, coefficient.denominator)
