"""Comparison by squares: a number ``a`` is at most a sum ``b`` of products of roots if ``a^2 <= b^2``.

Let ``b^2 - a^2`` be a sum of squares ``q``, ``t = b - a``, ``k`` the pseudo-inverse of ``b`` and ``e = 1 - b k``. From
``2 b t = t^2 + q`` follows ``b k t = k (t^2 + q) / 2``, which is not below 0, as ``b`` is not. And ``e t`` vanishes:
so does ``e b``, and therefore ``|e a|^2 + e^2 q = e^2 b^2`` as well. So norms have the inequalities of Minkowski, of
Cauchy and Schwarz, and of products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import NamedTuple

from sympy import Pow

from tptheory.proving.auxiliary_letters import AuxiliaryLetters
from tptheory.proving.cauchy_schwarz import completed_squares
from tptheory.proving.equations import minus_squares
from tptheory.proving.norm_products import norms_of_products
from tptheory.proving.norms import Squares, VanishingSum, with_squares
from tptheory.proving.searching import (
    LemmaChain,
    Proof,
    StuckError,
    combination_of,
    completion,
    refuse_when_late,
)
from tptheory.proving.square_words import SquareCandidate
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet, Polynomial

DEPTH = 2
"""How often the difference of two squares is itself compared by squares, as in Minkowski's inequality."""


class _Root(NamedTuple):
    """A term of ``b``, and the root of it but for its weight: a product of letters."""

    term: Polynomial
    weight: Fraction
    letters: Polynomial


def descent_by_roots(number: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that a number is at most 0 because the roots in it with a minus are greater than the rest, squared."""
    chain = LemmaChain(translator)
    squares = _squares_by_roots(chain, number, deadline, DEPTH)
    basis = completion(chain.branch, deadline)
    found = combination_of(basis, with_squares(number, squares), whole=True)
    return chain.close(VanishingSum(found, squares).descent(chain.branch, number))


def _squares_by_roots(chain: LemmaChain, number: Polynomial, deadline: float, depth: int) -> Squares:
    """Return squares that a number is minus the sum of, by lemmas that join the chain.

    Raises:
        StuckError: if no roots with a minus stand in the number, or the squares are not found to compare.
    """
    roots = [*_roots_in(number, chain.branch)] if depth else []
    if not roots:
        raise StuckError("no roots stand in the number with a minus")
    refuse_when_late(deadline)
    a, b = _sides(number, roots)
    below = _difference_of_squares(chain, _plain_difference(a, b), deadline, depth)
    k = chain.branch.pinv(b)
    e = Polynomial.identity(number.alphabet, 1) - b * k
    _add_lemma(chain, e * a, [(weight, e * Q) for weight, Q in below], deadline)
    within = [(Fraction(1), b - a), *below]
    return [(root.weight * weight / 2, k * root.letters * Q) for root in roots for weight, Q in within]


def squares_below_roots(number: Polynomial, translator: Translator) -> Iterator[SquareCandidate]:
    """Run through what completes the differences of squares by which a number is compared, as for any other number.

    The letters that it brings in make cases, which are looked for before the roots are compared.
    """
    for _ in range(DEPTH):
        if roots := [*_roots_in(number, translator)]:
            number = _plain_difference(*_sides(number, roots))
            yield from completed_squares(number, translator)
            yield from norms_of_products(number, translator)


def _sides(number: Polynomial, roots: list[_Root]) -> tuple[Polynomial, Polynomial]:
    """Return ``a`` and ``b`` for a number ``a - b``, where ``b`` is the sum of the terms of the roots."""
    b = sum((root.term for root in roots), number.scale(0))
    return number + b, b


def _roots_in(number: Polynomial, translator: Translator) -> Iterator[_Root]:
    """Run through the terms with a minus that are products of roots and of other numbers that have roots."""
    auxiliary = AuxiliaryLetters.of(translator)
    for (scalars, word), c in number.terms.items():
        is_root = any(_radicand(number.alphabet, s) is not None for s in scalars)
        if c < 0 and not word and is_root and auxiliary.roots.keys() >= set(scalars):
            letters = Polynomial.number(number.alphabet, tuple(sorted(auxiliary.roots[s] for s in scalars)))
            yield _Root(number.with_terms({(scalars, word): -c}), Fraction(-c), letters)


def _difference_of_squares(chain: LemmaChain, number: Polynomial, deadline: float, depth: int) -> Squares:
    """Return squares that ``a^2 - b^2`` is minus the sum of: any that a search finds, or again by roots."""
    try:
        return minus_squares(chain.branch, number, deadline).squares
    except StuckError:
        return _squares_by_roots(chain, number, deadline, depth - 1)


def _plain_difference(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return ``a^2 - b^2``, in which each square of a root is written as what it is the root of."""
    number = a * a - b * b
    whole = number.scale(0)
    for (scalars, word), c in number.terms.items():
        term = number.with_terms({((), word): c})
        for s, times in Counter(scalars).items():
            base = _radicand(number.alphabet, s)
            squares, single = divmod(times, 2) if base is not None else (0, times)
            term = reduce(mul, [base] * squares, Polynomial.number(number.alphabet, (s,) * single)) * term
        whole = whole + term
    return whole


def _radicand(alphabet: Alphabet, scalar: str) -> Polynomial | None:
    """Return what a number is the square root of, if it is the letter of a root; None else."""
    if alphabet.is_trace(scalar):
        return None
    family = alphabet.letters[scalar][0].family
    if family.kind != "function" or family.subject[0] is not Pow:
        return None
    _, base, exponent = family.subject
    half = Polynomial.identity(alphabet, 1).scale(Fraction(1, 2))
    return base if exponent == half else None


def _add_lemma(chain: LemmaChain, D: Polynomial, squares: Squares, deadline: float) -> None:
    """Show that ``D`` vanishes, as its squared norm and squares add up to 0."""
    basis = completion(chain.branch, deadline)
    found = combination_of(basis, with_squares(D.norm(), squares), whole=True)
    chain.add(D, VanishingSum(found, squares).cancellation(chain.branch, D))
