"""Squares of a difference and of its multiples: ``|D|^2 + |G'D|^2 + ... = 0``, with weights found exactly.

With ``S = G G'`` and ``S^2 = I`` the difference ``D = S - I`` has ``|D|^2 + |G'D|^2 = tr(D (I + S) D) = 0``: it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations_with_replacement

from tptheory.proving.semidefinite import FEW, AffineSpace, Square, flint_rational, positive_semidefinite, solutions
from tptheory.proving.words import Polynomial, summed

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


def sum_that_vanishes(
    D: Polynomial,
    others: list[Polynomial],
    reduce: Callable[[Polynomial], Polynomial],
    proceed: Callable[[], None],
) -> list[tuple[Fraction, Polynomial]] | None:
    """Return other polynomials with positive weights, whose weighted squared norms and that of ``D`` add up to 0.

    The arguments are those of `cancelling_squares`. With ``T - S = R R'`` and ``S - T = Q Q'``, as ``S <= T`` and
    ``T <= S`` say, ``|R|^2 + |Q|^2 = 0``: both roots are 0.
    """
    space = _weights([reduce(p.norm()) for p in others], reduce(D.norm()).scale(-1))
    pairs = [(i, i) for i in range(len(others))]
    found = None if space is None else positive_semidefinite(len(others), pairs, space, proceed)
    return None if found is None else [(s.weight, _combined(others, s)) for s in found]


def _from_the_left(D: Polynomial) -> list[Polynomial]:
    """Return a polynomial and its products with one letter from the left; of a number, with its scalars too."""
    return [D, *_products(D)][:MOST]


def _products(D: Polynomial) -> Iterator[Polynomial]:
    for number in sorted({s for scalars, _ in D.terms for s in scalars}) if D.is_scalar else ():
        yield Polynomial.number(D.alphabet, (number,)) * D
    for letter in D.alphabet.matrices_of_certificates():
        if D.alphabet.shape(letter)[1] == D.rows:
            yield Polynomial.word(D.alphabet, letter) * D


def _squares(
    D: Polynomial,
    multiples: list[Polynomial],
    reduce: Callable[[Polynomial], Polynomial],
    proceed: Callable[[], None],
) -> list[tuple[Fraction, Polynomial]] | None:
    """Return weights and combinations of multiples whose squares add up to minus the squared norm of ``D``."""
    multiples = [p for p in map(reduce, multiples) if p]
    pairs = _pairs_of_one_shape(multiples)
    products = [reduce((multiples[i].transpose() * multiples[j]).trace()).scale(1 + (i != j)) for i, j in pairs]
    target = reduce(D.norm()).scale(-1)
    space = _weights(products, target)
    found = None if space is None else positive_semidefinite(len(multiples), pairs, space, proceed, FEW)
    return None if found is None else [(s.weight, _combined(multiples, s)) for s in found]


def _pairs_of_one_shape(polynomials: list[Polynomial]) -> list[tuple[int, int]]:
    """Return the numbers of two polynomials of the same shape, in all ways; the two may be one."""
    shapes = [(p.rows, p.columns) for p in polynomials]
    pairs = combinations_with_replacement(range(len(polynomials)), 2)
    return [(i, j) for i, j in pairs if shapes[i] == shapes[j]]


def _weights(products: list[Polynomial], target: Polynomial) -> AffineSpace | None:
    """Return all weights with which products add up to a target; None if there are none."""
    reached = {m for p in products for m in p.terms}
    if not target.terms.keys() <= reached:
        return None
    monomials = sorted(reached)
    *columns, last = ([flint_rational(p.terms.get(m, 0)) for m in monomials] for p in (*products, target))
    return solutions(columns, last)


def _combined(multiples: list[Polynomial], square: Square) -> Polynomial:
    """Return the combination of multiples that a square is the square of."""
    return summed([p.scale(c) for p, c in zip(multiples, square.coefficients, strict=True) if c])
