"""What equations about a single matrix say of it, in a form that matrices can be built from.

The equations are recognised in canonical form, up to order, sign, factor and transposition. Together with the
properties that are named they make up one structure: a projection may be typed, or named, or half typed and half named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_poly
from sympy import MatrixSymbol

from tptheory.claims.goals import minus
from tptheory.measuring.word_sums import Word, WordSum, word_sum
from tptheory.symbolic.expressions import matadd, matmul, transpose


@dataclass(frozen=True)
class Structure:
    """What is known of one matrix ``A``.

    Attributes:
        annihilator: the coefficients of a polynomial ``p``, constant first, with ``p(A) = 0``; empty if none is known.
        symmetric: ``A' = A``.
        skew: ``A' = -A``.
        normal: ``A A' = A' A``.
        partial_isometry: ``A A' A = A``.
        columns: the number ``c`` of ``A' A = c I``; None if this is not known.
        rows: the number ``c`` of ``A A' = c I``; None if this is not known.
        squared_length: the number ``c`` of ``|A|^2 = c``; None if it is not known.
    """

    annihilator: tuple[fmpq, ...] = ()
    symmetric: bool = False
    skew: bool = False
    normal: bool = False
    partial_isometry: bool = False
    columns: fmpq | None = None
    rows: fmpq | None = None
    squared_length: fmpq | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing is known."""
        return self == Structure()

    @property
    def is_square(self) -> bool:
        """Whether what is known can only be said of a square matrix."""
        return bool(self.annihilator) or self.symmetric or self.skew or self.normal

    @property
    def is_diagonal_in_a_frame(self) -> bool:
        """Whether the matrix must be normal: a direct sum of numbers and scaled rotations in an orthonormal basis."""
        gram = self.columns is not None and self.rows is not None
        return self.normal or self.symmetric or self.skew or gram

    @property
    def polynomial(self) -> fmpq_poly:
        """The annihilator as a polynomial; zero if none is known."""
        return fmpq_poly(list(self.annihilator))

    def largest_norm(self, rows: int, columns: int) -> fmpq | None:
        """Return a bound of ``|A|^2``, which also bounds the sum of absolute entries of an ``A`` of integers.

        None if the structure bounds nothing.
        """
        bounds = [] if self.squared_length is None else [self.squared_length]
        if self.partial_isometry:
            bounds.append(fmpq(min(rows, columns)))
        if self.columns is not None:
            bounds.append(self.columns * columns)
        if self.rows is not None:
            bounds.append(self.rows * rows)
        if self.annihilator and self.is_diagonal_in_a_frame and self.polynomial.degree() > 0:
            largest = self._root_bound()
            bounds.append(largest * largest * rows)
        return min(bounds, default=None)

    def _root_bound(self) -> fmpq:
        """Return a bound of the absolute values of the roots of the annihilator (Cauchy): the largest, if it is 1."""
        *lower, leading = self.annihilator
        bound = 1 + max((abs(c / leading) for c in lower), default=fmpq(0))
        roots = fmpq_poly([-1, 0, 1]) * fmpq_poly([0, 1])
        is_known = all(roots % factor == 0 for factor, _ in self.polynomial.factor()[1])
        return fmpq(1) if is_known else fmpq(bound)

    def holds_for(self, words: WordSum, symbol: MatrixSymbol) -> Structure:
        """Return the structure with one more equation taken in; the same structure if it is not recognised."""
        coefficients = _annihilator(words, symbol)
        if coefficients is not None:
            common = self.polynomial.gcd(fmpq_poly(coefficients))
            return replace(self, annihilator=tuple(common.coeffs()))
        for is_said, taken_in in _KNOWN:
            if words.is_proportional_to(_of(symbol, is_said)):
                return taken_in(self)
        return _with_products(self, words, symbol)


def structure_of(symbol: MatrixSymbol, names: Iterable[str], equations: Iterable[WordSum]) -> Structure:
    """Return what the names of properties, and equations that speak of this symbol alone, say of it."""
    found = Structure()
    for name in sorted(names):
        found = _named(found, name)
    for words in equations:
        found = found.holds_for(words, symbol)
    if symbol.rows == symbol.cols and (found.columns is not None or found.rows is not None):
        c = found.columns if found.columns is not None else found.rows
        found = replace(found, columns=c, rows=c)
    return found


def _named(structure: Structure, name: str) -> Structure:
    """Take in the name of a property; ranks, and what is no equation in the symbol, are left out."""
    if name == "orthogonal":
        return replace(structure, columns=fmpq(1), rows=fmpq(1))
    if name == "projection":
        common = structure.polynomial.gcd(fmpq_poly([0, -1, 1]))
        return replace(structure, annihilator=tuple(common.coeffs()))
    if name == "symmetric":
        return replace(structure, symmetric=True)
    return replace(structure, partial_isometry=True) if name == "partial_isometry" else structure


def _annihilator(words: WordSum, symbol: MatrixSymbol) -> list[fmpq] | None:
    """Return the coefficients of the polynomial in ``A``, or in ``A'``, that a sum of words is; None if it is none."""
    kinds = {letter for word in words.terms for letter in word}
    if words.is_number or len(kinds) != 1 or symbol.rows != symbol.cols:
        return None
    coefficients = [fmpq(0)] * (1 + max(map(len, words.terms)))
    for word, c in words.terms.items():
        coefficients[len(word)] = c
    return coefficients


def _with_products(structure: Structure, words: WordSum, symbol: MatrixSymbol) -> Structure:
    """Take in ``A' A = c I``, ``A A' = c I`` or ``|A|^2 = c``."""
    left, right = _gram(symbol, first_transposed=True), _gram(symbol, first_transposed=False)
    rest = set(words.terms) - {()}
    if len(rest) != 1 or () not in words.terms:
        return structure
    (word,) = rest
    c = -words.terms[()] / words.terms[word]
    if words.is_number and word in (left, right):
        return replace(structure, squared_length=c)
    if word == left:
        return replace(structure, columns=c)
    return replace(structure, rows=c) if word == right else structure


def _gram(symbol: MatrixSymbol, first_transposed: bool) -> Word:
    return ((symbol, first_transposed), (symbol, not first_transposed))


def _orthogonal_projection(structure: Structure) -> Structure:
    """Take in ``P P' = P`` or ``P' P = P``, which says at once that ``P`` is symmetric and that ``P P = P``."""
    return _named(replace(structure, symmetric=True), "projection")


_LETTER = MatrixSymbol("A", 2, 2)
"""Stands for the symbol in the patterns below."""


def _pattern(expression: object) -> WordSum:
    found = word_sum(expression)
    if found is None:
        raise AssertionError(f"no pattern can be made of {expression}")
    return found


_T = transpose(_LETTER)
_KNOWN: tuple[tuple[WordSum, Callable[[Structure], Structure]], ...] = (
    (_pattern(minus(_T, _LETTER)), lambda known: replace(known, symmetric=True)),
    (_pattern(matadd(_T, _LETTER)), lambda known: replace(known, skew=True)),
    (_pattern(minus(matmul(_LETTER, _T), matmul(_T, _LETTER))), lambda known: replace(known, normal=True)),
    (_pattern(minus(matmul(_LETTER, _T, _LETTER), _LETTER)), lambda known: replace(known, partial_isometry=True)),
    (_pattern(minus(matmul(_LETTER, _T), _LETTER)), _orthogonal_projection),
    (_pattern(minus(matmul(_T, _LETTER), _LETTER)), _orthogonal_projection),
)
"""The equations that are recognised as they stand, and what each adds to a structure."""


def _of(symbol: MatrixSymbol, pattern: WordSum) -> WordSum:
    """Return a pattern with the symbol in place of the letter that stands for it."""
    terms = {tuple((symbol, transposed) for _, transposed in word): c for word, c in pattern.terms.items()}
    return WordSum(terms, pattern.is_number)
