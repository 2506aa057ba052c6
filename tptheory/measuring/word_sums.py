"""Equations between matrices in canonical form: sums of words in symbols and their transposes.

Two equations that say the same up to order, sign, factor and transposition have one canonical form, so that a
hypothesis is recognised by what it says and not by how it was typed. A number is a sum of traces of words: ``x'x`` of a
column ``x``, ``tr(xx')`` and ``|x|^2`` are all the same trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq
from sympy import Add, Integer, MatPow, MatrixExpr, MatrixSymbol, Mul, Rational, Trace, Transpose

from tptheory.symbolic.penrose_words import words_of

Letter = tuple[MatrixSymbol, bool]
"""A symbol, and whether it is transposed."""
Word = tuple[Letter, ...]
Terms = dict[Word, fmpq]

MOST_WORDS, MOST_FACTORS = 100, 60
"""A sum of more words is given up, and so is a power of more factors."""


@dataclass(frozen=True)
class WordSum:
    """A sum of words that has to vanish.

    Attributes:
        terms: the coefficients, by word; the empty word is the identity, or the number 1.
        is_number: whether every word stands for its trace; the empty word then stands for the number 1.
    """

    terms: Terms
    is_number: bool

    @property
    def symbols(self) -> frozenset[MatrixSymbol]:
        """The symbols in the words."""
        return frozenset(symbol for word in self.terms for symbol, _ in word)

    def transposed(self) -> WordSum:
        """Return the sum of the transposed words."""
        return WordSum({_turned(word): c for word, c in self.terms.items()}, self.is_number)

    def is_proportional_to(self, other: WordSum) -> bool:
        """Whether one sum is a nonzero multiple of the other, or of the transpose of the other."""
        if self.is_number != other.is_number:
            return False
        return any(_proportional(self.terms, each.terms) for each in (other, other.transposed()))


def word_sum(expression: Any) -> WordSum | None:
    """Return an expression as a sum of words; None if it has inverses, scalar symbols or products of traces.

    >>> A = MatrixSymbol("A", 2, 2)
    >>> projection = word_sum(A * A - A)
    >>> projection.is_proportional_to(word_sum(2 * A.T - 2 * (A * A).T))
    True
    >>> from sympy import Identity
    >>> x = MatrixSymbol("x", 3, 1)
    >>> word_sum(x.T * x - Identity(1)) == word_sum(Trace(x * x.T) - 1)
    True
    >>> word_sum(A.I - A) is None
    True
    """
    if isinstance(expression, MatrixExpr):
        terms = _matrix_terms(expression)
        if terms is None:
            return None
        if expression.shape == (1, 1):
            return WordSum(_traces(terms), is_number=True)
        return WordSum(terms, is_number=False)
    numbers = _number_terms(expression)
    return None if numbers is None else WordSum(numbers, is_number=True)


def _matrix_terms(expression: MatrixExpr) -> Terms | None:
    """Return the words of a matrix expression; None if a letter is no symbol, or there are too many words."""
    if any(not isinstance(power.exp, Integer) or power.exp > MOST_FACTORS for power in expression.atoms(MatPow)):
        return None
    found = words_of(expression)
    return None if len(found) > MOST_WORDS else _sum(_term(c, factors) for c, factors in found)


def _term(coefficient: Any, factors: Iterable[MatrixExpr]) -> Terms | None:
    """Return a number times a product of symbols and their transposes."""
    number, letters = _rational(coefficient), [_letter(factor) for factor in factors]
    word = tuple(letter for letter in letters if letter is not None)
    return None if number is None or len(word) < len(letters) else {word: number}


def _letter(factor: MatrixExpr) -> Letter | None:
    transposed = isinstance(factor, Transpose)
    symbol = factor.arg if transposed else factor
    return (symbol, transposed) if isinstance(symbol, MatrixSymbol) else None


def _number_terms(expression: Any) -> Terms | None:
    """Return the traces of a scalar expression."""
    number = _rational(expression)
    if number is not None:
        return {(): number} if number != 0 else {}
    if isinstance(expression, Trace):
        terms = _matrix_terms(expression.arg)
        return None if terms is None or () in terms else _traces(terms)  # the trace of an identity is a size
    if isinstance(expression, Add):
        return _sum(_number_terms(part) for part in expression.args)
    return _multiple(expression) if isinstance(expression, Mul) else None


def _multiple(expression: Mul) -> Terms | None:
    """Return the traces of a number times a scalar expression."""
    factor, rest = expression.as_coeff_Mul()
    number, inner = _rational(factor), None if rest == expression else _number_terms(rest)
    return None if number is None or inner is None else {word: number * c for word, c in inner.items()}


def _rational(scalar: Any) -> fmpq | None:
    return fmpq(int(scalar.p), int(scalar.q)) if isinstance(scalar, Rational) else None


def _sum(parts: Iterator[Terms | None]) -> Terms | None:
    total: Terms = {}
    for part in parts:
        if part is None:
            return None
        for word, c in part.items():
            total[word] = total.get(word, fmpq(0)) + c
    return {word: c for word, c in total.items() if c != 0}


def _turned(word: Word) -> Word:
    return tuple((symbol, not transposed) for symbol, transposed in reversed(word))


def _traces(terms: Terms) -> Terms:
    """Return the sum of the traces of words, each written as the first of its rotations and their transposes."""
    return _sum({_first_rotation(word): c} for word, c in terms.items()) or {}


def _first_rotation(word: Word) -> Word:
    if not word:
        return word
    rotations = [way[i:] + way[:i] for way in (word, _turned(word)) for i in range(len(word))]
    return min(rotations, key=lambda letters: [(symbol.sort_key(), transposed) for symbol, transposed in letters])


def _proportional(left: Terms, right: Terms) -> bool:
    if not left or left.keys() != right.keys():
        return False
    word = next(iter(left))
    factor = right[word] / left[word]
    return all(right[w] == factor * c for w, c in left.items())


def connected(sets: Sequence[set[MatrixSymbol]]) -> list[set[MatrixSymbol]]:
    """Merge sets that share a symbol."""
    merged: list[set[MatrixSymbol]] = []
    for one in sets:
        touching = [other for other in merged if other & one]
        merged = [other for other in merged if not other & one] + [set().union(one, *touching)]
    return merged
