"""Numbers that can be taken out of an inverse: ``(c A)+ = A+ / c`` where ``c`` is not 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import and_, mul

from tptheory.proving.words import Alphabet, Polynomial, Rational, divide


def content(A: Polynomial) -> tuple[Rational, list[str]]:
    """Return a rational and symbols of numbers that are not 0, of which a polynomial is a multiple.

    A polynomial and its transpose have the same, so that the inverse of one is the transposed inverse of the other.
    """
    common = shared(scalars for scalars, _ in A.terms)
    return _rational(A), [s for s in common if _is_nonzero(A.alphabet, s)]


def without_content(A: Polynomial, number: Rational, symbols: list[str]) -> Polynomial:
    """Divide a polynomial by its content."""
    terms = {(tuple((Counter(scalars) - Counter(symbols)).elements()), word): c for (scalars, word), c in A}
    return A.with_terms({(tuple(sorted(scalars)), word): divide(c, number) for (scalars, word), c in terms.items()})


def _rational(A: Polynomial) -> Rational:
    """Return the greatest common divisor of the coefficients, negative where their sum is."""
    number = common_divisor(A.terms.values())
    return -number if sum(A.terms.values()) < 0 else number


def common_divisor(coefficients: Iterable[Rational]) -> Rational:
    """Return the greatest rational of which all coefficients are integer multiples.

    >>> common_divisor([4, Fraction(2, 3)])
    Fraction(2, 3)
    """
    fractions = [Fraction(c) for c in coefficients]
    return divide(Fraction(gcd(*(f.numerator for f in fractions)), lcm(*(f.denominator for f in fractions))), 1)


def shared(products: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the scalars that stand in each of several products, as often as in all of them."""
    every = list(map(Counter, products))
    return list(reduce(and_, every).elements()) if every else []


def _is_nonzero(alphabet: Alphabet, scalar: str) -> bool:
    """Whether a scalar is a symbol that is declared not to be 0, such as a positive one."""
    if alphabet.is_trace(scalar):
        return False
    family = alphabet.letters[scalar][0].family
    return family.kind == "number" and bool(family.subject.is_nonzero)


Inversion = Callable[[Polynomial], Polynomial]
"""A function that returns the inverse, or the pseudo-inverse, of a polynomial."""


def inverted(A: Polynomial, invert: Inversion, reciprocal: Inversion) -> Polynomial:
    """Invert a polynomial without its content, and divide by that; a number is inverted as it is."""
    if not A or A.is_scalar:
        return invert(A)
    number, symbols = content(A)
    found = invert(without_content(A, number, symbols)).scale(divide(1, number))
    return reduce(mul, (reciprocal(Polynomial.number(A.alphabet, (s,))) for s in symbols), found)
