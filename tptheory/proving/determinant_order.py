"""Determinants in order: ``det(P + Q) >= det P + det Q`` for a positive semidefinite ``P`` and an accretive ``Q``.

A square matrix is accretive if its symmetric part is positive semidefinite, as that of a skew matrix is, which is 0.
For ``P = I`` each eigenvalue ``z`` of ``Q`` has a real part that is not below 0. So ``1 + z >= 1 + |z|`` if it is real,
and ``|1 + z|^2 >= 1 + |z|^2`` for a pair that is not, and the product of all these is at least ``1 + det Q``. Any
``P`` that is positive definite is taken to ``I`` by a congruence, and any other is a limit of such. For positive
semidefinite ``Q`` this is the weaker form of Minkowski's inequality (Horn and Johnson, Matrix Analysis, 7.8).

What a determinant exceeds others by has a root, and so has each determinant here: sums of squares do the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tptheory.proving.knowledge import ROOT, Knowledge
from tptheory.proving.letters import Size
from tptheory.proving.nonnegative import half_of, is_nonnegative, squares_of_letters
from tptheory.proving.term_order import Monomial
from tptheory.proving.translating import Reason
from tptheory.proving.transposes import signs_of_transposes, without_transposes
from tptheory.proving.words import Alphabet, Polynomial, Rational

ORDERED: Reason = ("definition", "det(P + Q) is not below det P + det Q for semidefinite P and accretive Q")
ACCRETIVE: Reason = ("definition", "the determinant of an accretive matrix is not below zero")
SAME: Reason = ("definition", "equal matrices have equal determinants")
MOST_TERMS = 3
"""A sum of more terms is not compared with its parts."""
Find = Callable[[Knowledge, Polynomial], Polynomial]
"""Returns the determinant of a matrix."""


def assume_order(translator: Knowledge, A: Polynomial, value: Polynomial, determinant: Find) -> None:
    """Assume of the determinant of an accretive sum that it is not below 0, and what parts it is not below.

    Args:
        translator: the translator, which learns the roots.
        A: the matrix.
        value: its determinant.
        determinant: returns the determinants of the parts.
    """
    if len(A.terms) > MOST_TERMS or _has_layers(A):
        return
    if 1 < len(A.terms) < MOST_TERMS:
        translator.conclude(("det", A, "order"), lambda zero: _with_larger(translator, zero, A, value, determinant))
    kinds = _Kinds(translator)
    if not kinds.is_accretive(A):
        return
    if not is_nonnegative(value, translator):
        _assume_root(translator, value, ACCRETIVE)
    for m, c in sorted(A.terms.items()) if len(A.terms) > 1 else ():
        P = A.with_terms({m: c})
        if kinds.is_semidefinite(m, c):
            parts = determinant(translator, P) + determinant(translator, A - P)
            _assume_root(translator, value - parts, ORDERED)


class _Kinds:
    """Tells positive semidefinite terms and accretive sums, as far as hypotheses say so of their letters."""

    def __init__(self, translator: Knowledge) -> None:
        self._translator = translator
        self._squares = squares_of_letters(translator)
        self._signs = signs_of_transposes(translator)

    def is_accretive(self, A: Polynomial) -> bool:
        """Whether a square matrix is a sum of positive semidefinite terms and a skew matrix."""
        rest = A.with_terms({m: c for m, c in A.terms.items() if not self.is_semidefinite(m, c)})
        return not without_transposes(rest + rest.transpose(), self._signs)

    def is_semidefinite(self, monomial: Monomial, c: Rational) -> bool:
        """Whether a term is a Gram matrix, or a letter that is one between a matrix and its transpose."""
        (scalars, word), alphabet = monomial, self._translator.alphabet
        number = Polynomial.number(alphabet, scalars, c)
        whole = "".join(self._squares.get(letter, letter) for letter in word)
        return is_nonnegative(number, self._translator) and (not word or bool(half_of(alphabet, [whole])))


def _has_layers(A: Polynomial) -> bool:
    return A.alphabet.has_layers("".join("".join(scalars) + word for scalars, word in A.terms))


def _assume_root(translator: Knowledge, number: Polynomial, reason: Reason) -> None:
    """Assume that a number is a square; of a number without letters nothing is to be said."""
    if any(m != ((), "") for m in number.terms):
        root = translator.root(number)
        translator.assume(root * root - number, reason)


def equal_sums(
    translator: Knowledge, zero: Polynomial, n: Size, determinant: Find
) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``S = R + T T'`` that the determinants of both sides are equal, if they are of size ``n``."""
    for larger, parts in _sums(zero):
        if (larger.rows, larger.columns) == (n, n):
            yield determinant(translator, larger) - determinant(translator, parts), SAME


def _with_larger(
    translator: Knowledge, zero: Polynomial, A: Polynomial, value: Polynomial, determinant: Find
) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``S = R + T T'`` that the determinant of a sum with ``S`` is the one with ``R + T T'`` for it."""
    for larger, parts in _sums(zero):
        if (larger.rows, larger.columns) == (A.rows, A.columns) and all(A.terms.get(m) == 1 for m in larger.terms):
            yield value - determinant(translator, A - larger + parts), SAME


def _sums(zero: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Write a hypothesis with a root as ``S = R + T T'``: what is subtracted from the square, and the rest with it."""
    if zero.is_scalar or _has_layers(zero) or len(zero.terms) < 3:
        return
    for (scalars, word), c in zero.terms.items():
        if not scalars and abs(c) == 1 and _is_square_of_root(zero.alphabet, word):
            turned = zero.scale(c)
            larger = turned.with_terms({m: -d for m, d in turned.terms.items() if d < 0})
            if len(larger.terms) == 1:
                yield larger, turned + larger


def _is_square_of_root(alphabet: Alphabet, word: str) -> bool:
    """Whether a word is ``T T'`` for the root of a matrix."""
    return len(word) == 2 and half_of(alphabet, [word]) != "" and alphabet.letters[word[0]][0].family.kind == ROOT
