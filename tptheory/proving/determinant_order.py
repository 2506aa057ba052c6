"""Determinants in order: ``det(P + Q) >= det P + det Q`` for a positive semidefinite ``P`` and an accretive ``Q``.

A square matrix is accretive if its symmetric part is positive semidefinite, as that of a skew matrix is, which is 0.
For ``P = I`` each eigenvalue ``z`` of ``Q`` has a real part that is not below 0. So ``1 + z >= 1 + |z|`` if it is real,
and ``|1 + z|^2 >= 1 + |z|^2`` for a pair that is not, and the product of all these is at least ``1 + det Q``. Any
``P`` that is positive definite is taken to ``I`` by a congruence, and any other is a limit of such. For positive
semidefinite ``Q`` this is the weaker form of Minkowski's inequality (Horn and Johnson, Matrix Analysis, 7.8).

What a determinant exceeds others by has a root, and so has each determinant here: sums of squares do the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import permutations
from operator import mul

from tptheory.proving.forms import Forms, assume_once_known, has_layers
from tptheory.proving.knowledge import ROOT, Knowledge
from tptheory.proving.letters import Size
from tptheory.proving.nonnegative import half_of, is_nonnegative
from tptheory.proving.translating import Reason
from tptheory.proving.words import Alphabet, Polynomial

ORDERED: Reason = ("definition", "det(P + Q) is at least det P + det Q, for semidefinite P, accretive Q")
ACCRETIVE: Reason = ("definition", "the determinant of an accretive matrix is not below zero")
SAME: Reason = ("definition", "equal matrices have equal determinants")
ABOVE_TRACE: Reason = ("definition", "det(I + P) is not below 1 + tr P for semidefinite P")
BY_MINORS: Reason = ("definition", "sums of products of minors, by Cauchy and Schwarz")
FISCHER: Reason = ("definition", "of a form: between 0 and the product of those of diagonal blocks")
MOST_TERMS = 3
"""A sum of more terms is not compared with its parts."""


def assume_order(translator: Knowledge, A: Polynomial, value: Polynomial) -> None:
    """Assume of the determinant of an accretive sum that it is not below 0, and what parts it is not below.

    Args:
        translator: the translator, which learns the roots.
        A: the matrix.
        value: its determinant.
    """
    if len(A.terms) > MOST_TERMS or has_layers(A):
        return
    if len(A.terms) == 2 and not translator.comparing:
        translator.conclude(("det", A, "order"), lambda zero: _with_larger(translator, zero, A, value))
    _compare_with_grams(translator, A, value)
    assume_once_known(translator, ("det", A, "accretive"), lambda: _of_accretive(translator, A, value))


def _of_accretive(translator: Knowledge, A: Polynomial, value: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
    """Run through what has a root if a matrix is known to be accretive: its determinant, less those of its parts."""
    forms, whole = Forms(translator), Polynomial.identity(A.alphabet, A.rows)
    if not forms.is_accretive(A):
        return
    if not is_nonnegative(value, translator):
        yield from _has_root(translator, value, ACCRETIVE)
    for m, c in sorted(A.terms.items()) if len(A.terms) > 1 else ():
        P = A.with_terms({m: c})
        if forms.is_semidefinite(m, c):
            parts = _determinant_of_part(translator, P), _determinant_of_part(translator, A - P)
            yield from _has_root(translator, value - parts[0] - parts[1], ORDERED)
    if A.terms.get(((), "")) == 1 and forms.is_form(A - whole):
        one = Polynomial.identity(A.alphabet, 1)
        yield from _has_root(translator, value - one - (A - whole).trace(), ABOVE_TRACE)


def _compare_with_grams(translator: Knowledge, A: Polynomial, value: Polynomial) -> None:
    """Assume ``det(B C)^2 <= det(B B') det(C'C)`` for a product whose factors are not square (Cauchy and Binet)."""
    for (scalars, word), c in A.terms.items() if len(A.terms) == 1 else ():
        if len(word) == 2 and not scalars and c == 1 and word[1] != A.alphabet.adjoints[word[0]]:
            B, C = (Polynomial.word(A.alphabet, letter) for letter in word)
            grams = reduce(mul, (_determinant_of_part(translator, G) for G in (B * B.transpose(), C.transpose() * C)))
            for equation in _has_root(translator, grams - value * value, BY_MINORS) if B.rows != B.columns else ():
                translator.assume(*equation)


def assume_fischer(translator: Knowledge, M: Polynomial, value: Polynomial, diagonal: list[Polynomial]) -> None:
    """Assume that the determinant of a form is at most the product of those of its diagonal blocks (Fischer, 1908)."""

    def consequences(zero: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
        for (scalars, word), c in () if has_layers(zero) else zero.terms.items():
            if not scalars and abs(c) == 1 and _is_square_of_root(zero.alphabet, word):
                square = Polynomial.word(zero.alphabet, word)
                if square - zero.scale(c) == M:
                    product = reduce(mul, map(translator.determinant, diagonal))
                    yield from ((translator.root_defect(number), FISCHER) for number in (value, product - value))

    translator.conclude(("det", M, "fischer"), consequences)


def _determinant_of_part(translator: Knowledge, A: Polynomial) -> Polynomial:
    """Return the determinant of a part: it has parts itself, but no equal sum is brought in for it."""
    before, translator.comparing = translator.comparing, True
    try:
        return translator.determinant(A)
    finally:
        translator.comparing = before


def _has_root(translator: Knowledge, number: Polynomial, reason: Reason) -> Iterator[tuple[Polynomial, Reason]]:
    """Return the equation that says that a number is a square; of a number without letters nothing is to be said."""
    if any(m != ((), "") for m in number.terms):
        yield translator.root_defect(number), reason


def equal_sums(translator: Knowledge, zero: Polynomial, n: Size) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``S = R + T T'`` that the determinants of both sides are equal, if they are of size ``n``."""
    for larger, parts in _sums(zero):
        if (larger.rows, larger.columns) == (n, n):
            yield _determinant_of_part(translator, larger) - _determinant_of_part(translator, parts), SAME


def _with_larger(
    translator: Knowledge, zero: Polynomial, A: Polynomial, value: Polynomial
) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``S = R + T T'``, or ``S = u v'``, that both have one determinant in a sum."""
    for larger, parts in (*_sums(zero), *_dyads(zero)):
        (m,) = larger.terms
        if m in A.terms and (larger.rows, larger.columns) == (A.rows, A.columns):
            yield value - _determinant_of_part(translator, A + (parts - larger).scale(A.terms[m])), SAME


def _sums(zero: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Write a hypothesis with a root as ``S = R + T T'``: what is subtracted from the square, and the rest with it."""
    if zero.is_scalar or has_layers(zero) or len(zero.terms) < 3:
        return
    for (scalars, word), c in zero.terms.items():
        if not scalars and abs(c) == 1 and _is_square_of_root(zero.alphabet, word):
            turned = zero.scale(c)
            larger = turned.with_terms({m: -d for m, d in turned.terms.items() if d < 0})
            if len(larger.terms) == 1 and set(larger.terms.values()) == {1}:
                yield larger, turned + larger


def _dyads(zero: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Write a hypothesis as ``S = u v'`` for a letter, a column and a row."""
    if len(zero.terms) != 2 or zero.is_scalar or has_layers(zero):
        return
    for m, other in permutations(zero.terms):
        thin = len(other[1]) == 2 and zero.alphabet.shape(other[1][0])[1] == 1
        if thin and len(m[1]) == 1 and not m[0] and abs(zero.terms[m]) == 1:
            larger = zero.with_terms({m: 1})
            yield larger, larger - zero.scale(zero.terms[m])


def _is_square_of_root(alphabet: Alphabet, word: str) -> bool:
    """Whether a word is ``T T'`` for the root of a matrix."""
    return len(word) == 2 and half_of(alphabet, [word]) != "" and alphabet.letters[word[0]][0].family.kind == ROOT
