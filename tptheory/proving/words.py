"""Typed noncommutative polynomials: rational combinations of words in matrices, with scalars and traces.

A letter is one character, so that a word is a Python string and searching in it runs in C. A monomial is a pair
``(scalars, word)``: the scalars are a sorted tuple of strings, each a scalar letter or a trace. The normal form is the
one that `checker` replays: a part of a word between two sizes 1 is a scalar, and a trace is written as its least
rotation or the least rotation of its transpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from itertools import pairwise
from math import isqrt
from typing import Any

from tptheory.clock import require_time
from tptheory.errors import ShapeError, UnsupportedExpressionError
from tptheory.proving.letters import Letter, Named, Size, item_text
from tptheory.proving.term_order import AUXILIARY, FIRST, INVERSE, PLAIN, SPACE, Monomial, order

Rational = int | Fraction
Terms = dict[Monomial, Rational]

LARGEST_PRODUCT = 20_000
"""Products of more terms than this are not multiplied out: that would take longer than any search may."""
SHOWN_TERMS = 50
"""How many terms of a polynomial are shown at most as evidence of how far a search got."""


def divide(a: Rational, b: Rational) -> Rational:
    """Return the exact quotient, an ``int`` where it is one."""
    if b in (1, -1) and isinstance(a, int):
        return a * b
    quotient = Fraction(a) / b
    return quotient.numerator if quotient.denominator == 1 else quotient


def square_root(number: Rational) -> Rational | None:
    """Return the square root of a rational; None if that is not rational."""
    fraction = Fraction(number)
    root = Fraction(isqrt(max(fraction.numerator, 0)), isqrt(fraction.denominator))
    return divide(root, 1) if root**2 == fraction else None


class Alphabet:
    """The letters of one proof: what each stands for, its shape and its transpose.

    Args:
        cuts: whether a part of a product between two sizes 1 is a scalar, which commutes with all. If not, 1 is a size
            like any other, and what is proved holds at that size all the same.
        transposes_last: whether transposes are rewritten into words without transposes. If not, inverses are rewritten
            into words without inverses. Which of these two term orders ends sooner depends on the claim.
    """

    def __init__(self, cuts: bool = True, transposes_last: bool = False) -> None:
        self.cuts = cuts
        self._inverse, self._transposed = (2, 2) if transposes_last else (INVERSE, 1)
        self.named = Named()
        self.letters: dict[str, tuple[Letter, bool]] = {}
        self.shapes: dict[str, tuple[Size, Size] | None] = {}
        self.adjoints: dict[str, str] = {}
        self._characters: dict[Letter, str] = {}
        self._has_size_one = False
        self._rows: set[str] = set()
        """The letters with one row."""
        self._cycles: dict[str, str] = {}

    def matrix(self, letter: Letter, rows: Size, columns: Size, *, level: int = PLAIN, symmetric: bool = False) -> str:
        """Declare a matrix and its transpose, and return its character; the same letter gives the same one."""
        if letter in self._characters:
            return self._characters[letter]
        level = self._inverse if level == INVERSE else level
        character = self._declare(letter, False, (rows, columns), level)
        self.adjoints[character] = character
        if not symmetric:
            other = self._declare(letter, True, (columns, rows), level + self._transposed if level else AUXILIARY)
            self.adjoints[character], self.adjoints[other] = other, character
        self._has_size_one = self.cuts and (self._has_size_one or 1 in (rows, columns))
        for size in (rows, columns):
            if not isinstance(size, int):
                self.named(size.family)
        return character

    def scalar(self, letter: Letter, level: int = PLAIN) -> str:
        """Declare a number, and return its character; the same letter gives the same one."""
        return self._characters.get(letter) or self._declare(letter, False, None, level)

    def _declare(self, letter: Letter, turned: bool, shape: tuple[Size, Size] | None, level: int) -> str:
        character = chr(FIRST + SPACE * level + len(self.letters))
        self.letters[character], self.shapes[character] = (letter, turned), shape
        if shape is not None and shape[0] == 1:
            self._rows.add(character)
        if not turned:
            self._characters[letter] = character
        self.named(letter.family)
        return character

    def item(self, character: str) -> Any:
        """Return a letter as a certificate writes it: its name, with its index, and marked where it is transposed."""
        letter, turned = self.letters[character]
        item = self.named.item(letter)
        return {"T": item} if turned else item

    def transpose(self, word: str) -> str:
        """Return the transpose of a word."""
        adjoints = self.adjoints
        return "".join([adjoints[letter] for letter in reversed(word)])

    def shape(self, word: str) -> tuple[Size, Size]:
        """Return the shape of a word that is not empty."""
        return self.shapes[word[0]][0], self.shapes[word[-1]][1]  # type: ignore[index]

    def split_at_size_one(self, word: str) -> tuple[list[str], str]:
        """Split a word into the scalars, which stand between two sizes 1, and the rest of the word."""
        if self._rows.isdisjoint(word):
            return [], word
        at = [i for i, letter in enumerate(word) if letter in self._rows]
        if self.shapes[word[-1]][1] == 1:  # type: ignore[index]
            at.append(len(word))
        if len(at) < 2:
            return [], word
        return [word[i:j] for i, j in pairwise(at)], word[: at[0]] + word[at[-1] :]

    def monomial(self, scalars: tuple[str, ...], word: str) -> Monomial:
        """Bring scalars times a word to normal form."""
        if not self._has_size_one:
            return scalars, word
        between, word = self.split_at_size_one(word)
        if between:
            scalars = tuple(sorted([*scalars, *map(self._cycle, between)]))
        return scalars, word

    def cyclic_factors(self, word: str) -> list[str]:
        """Return the scalars whose product is the trace of a square word that is not empty."""
        if self._has_size_one and not self._rows.isdisjoint(word):
            turn = next(i for i, letter in enumerate(word) if letter in self._rows)
            return [self._cycle(piece) for piece in self.split_at_size_one(word[turn:] + word[:turn])[0]]
        return [self._cycle(word)]

    def with_number(self, scalars: tuple[str, ...], number: str, word: str) -> tuple[tuple[str, ...], str]:
        """Put a word of shape 1x1 where another passes through a size 1; where it does not, among the scalars."""
        at = next((i for i in range(1, len(word)) if self.shapes[word[i]][0] == 1), None)  # type: ignore[index]
        if at is None:
            return tuple(sorted([*scalars, self._cycle(number)])), word
        return scalars, word[:at] + number + word[at:]

    def traced(self, scalars: tuple[str, ...], word: str, size: Size) -> tuple[Monomial, int]:
        """Return scalars times the trace of a word, and a numeric factor: ``tr(I)`` where it is a number, or 1."""
        if word:
            return (tuple(sorted([*scalars, *self.cyclic_factors(word)])), ""), 1
        if isinstance(size, int):
            return (scalars, ""), size
        return (tuple(sorted([*scalars, self.scalar(size)])), ""), 1

    def _cycle(self, word: str) -> str:
        name = self._cycles.get(word)
        if name is None:
            name = min(turned for w in (word, self.transpose(word)) for turned in rotations(w))
            self._cycles[word] = name
        return name

    def from_size_one(self, scalar: str) -> str:
        """Return a trace rotated so that it starts at a size 1, if it has one: ``x' y``, not ``y x'``."""
        at = next((i for i, a in enumerate(scalar) if (self.shapes[a] or (None,))[0] == 1), None)
        if at is None:
            return scalar
        turned = scalar[at:] + scalar[:at]
        return min(turned, self.transpose(turned), key=lambda word: word[::-1])

    def has_layers(self, word: str) -> bool:
        """Whether a letter of a word stands at a layer, where what is known of it may hold at some layers only."""
        return any(self.letters[character][0].at is not None for character in word)

    def matrices_of_certificates(self) -> list[str]:
        """Return the matrices of which certificates may speak, which those that only help a search are not."""
        return [a for a, (letter, _) in self.letters.items() if self.shapes[a] and letter.family.kind != "auxiliary"]

    def is_trace(self, scalar: str) -> bool:
        """Tell a trace from a scalar letter."""
        return self.shapes[scalar[0]] is not None


def summed(polynomials: Sequence[Polynomial]) -> Polynomial:
    """Return the sum of polynomials of one shape, at least one."""
    return sum(polynomials[1:], polynomials[0])


def rotations(word: str) -> list[str]:
    """Return a closed word as it reads from each of its letters on; their traces are the same."""
    return [word[i:] + word[:i] for i in range(len(word))]


class Polynomial:
    """A rational combination of monomials of one shape, over one alphabet.

    A 1x1 polynomial is a scalar: it multiplies a polynomial of any shape.
    """

    __slots__ = ("alphabet", "columns", "rows", "terms")

    def __init__(self, alphabet: Alphabet, rows: Size, columns: Size, terms: Mapping[Monomial, Rational]) -> None:
        self.alphabet, self.rows, self.columns = alphabet, rows, columns
        self.terms: Terms = {m: c for m, c in terms.items() if c}

    @classmethod
    def word(cls, alphabet: Alphabet, word: str) -> Polynomial:
        """Return the polynomial of one word that is not empty."""
        require_time()
        return cls(alphabet, *alphabet.shape(word), {alphabet.monomial((), word): 1})

    @classmethod
    def identity(cls, alphabet: Alphabet, size: Size) -> Polynomial:
        """Return the identity matrix; of size 1 it is the scalar 1."""
        return cls(alphabet, size, size, {((), ""): 1})

    @classmethod
    def zero(cls, alphabet: Alphabet, rows: Size, columns: Size) -> Polynomial:
        """Return the zero matrix of a shape."""
        return cls(alphabet, rows, columns, {})

    @classmethod
    def scalar(cls, alphabet: Alphabet, letter: Letter, level: int = PLAIN) -> Polynomial:
        """Return a number that a letter stands for."""
        return cls.number(alphabet, (alphabet.scalar(letter, level),))

    @classmethod
    def number(cls, alphabet: Alphabet, scalars: tuple[str, ...], coefficient: Rational = 1) -> Polynomial:
        """Return a product of scalars and a rational, a polynomial of shape 1x1."""
        return cls(alphabet, 1, 1, {(scalars, ""): coefficient})

    def with_terms(self, terms: Mapping[Monomial, Rational]) -> Polynomial:
        """Return the polynomial of the same shape that has these terms."""
        return Polynomial(self.alphabet, self.rows, self.columns, terms)

    @property
    def is_scalar(self) -> bool:
        """Whether the shape is 1x1."""
        return self.rows == self.columns == 1

    @property
    def _shape_text(self) -> str:
        """The shape as a person writes it: ``n_1xn_0``."""
        return "x".join(item_text(self.alphabet.named.item(size)) for size in (self.rows, self.columns))

    def __add__(self, other: Polynomial) -> Polynomial:
        """Add two polynomials of one shape."""
        if (self.rows, self.columns) != (other.rows, other.columns):
            raise ShapeError(f"'terms' must have one shape (got {self._shape_text} and {other._shape_text}).")
        require_time()
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return self.with_terms(terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        """Subtract a polynomial of the same shape."""
        return self + other.scale(-1)

    def scale(self, factor: Rational) -> Polynomial:
        """Multiply by a rational."""
        return self.with_terms({m: c * factor for m, c in self.terms.items()})

    def __mul__(self, other: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial multiplies as a scalar.

        Raises:
            ShapeError: if the factors do not compose, and neither is a scalar.
            UnsupportedExpressionError: if the product has more than `LARGEST_PRODUCT` terms.
        """
        require_time()
        rows, columns = self._shape_of_product(other)
        if len(self.terms) * len(other.terms) > LARGEST_PRODUCT:
            raise UnsupportedExpressionError(
                f"'expression' must have products of at most {LARGEST_PRODUCT} terms when they are multiplied out "
                f"(got {len(self.terms)} times {len(other.terms)} terms). Name a factor by a symbol."
            )
        apart = self.columns != other.rows
        terms: Terms = {}
        for (s, u), c in self.terms.items():
            for (t, v), d in other.terms.items():
                scalars = tuple(sorted(s + t)) if s and t else s or t
                if apart and u and v:
                    scalars, word = self.alphabet.with_number(scalars, *((u, v) if self.is_scalar else (v, u)))
                else:
                    word = u + v
                monomial = self.alphabet.monomial(scalars, word)
                terms[monomial] = terms.get(monomial, 0) + c * d
        return Polynomial(self.alphabet, rows, columns, terms)

    def _shape_of_product(self, other: Polynomial) -> tuple[Size, Size]:
        """Return the shape of the product with another polynomial."""
        if not (self.is_scalar or other.is_scalar or self.columns == other.rows):
            raise ShapeError(
                f"'factors' must have shapes that compose (got {self._shape_text} before {other._shape_text}). "
                "Transpose one of them, or change its widths."
            )
        rows = other.rows if self.is_scalar else self.rows
        columns = self.columns if other.is_scalar else other.columns
        return rows, columns

    def transpose(self) -> Polynomial:
        """Return the transpose; scalars and traces are their own transposes."""
        require_time()
        transpose = self.alphabet.transpose
        terms = {(s, transpose(u)): c for (s, u), c in self.terms.items()}
        return Polynomial(self.alphabet, self.columns, self.rows, terms)

    def trace(self) -> Polynomial:
        """Return the trace of a square polynomial, a scalar."""
        require_time()
        terms: Terms = {}
        for (s, u), c in self.terms.items():
            monomial, number = self.alphabet.traced(s, u, self.rows)
            terms[monomial] = terms.get(monomial, 0) + c * number
        return Polynomial(self.alphabet, 1, 1, terms)

    def traces_as_words(self) -> Polynomial:
        """Return a scalar with every trace that passes through a size 1 written as a word that begins there."""
        terms: Terms = {}
        for (scalars, word), c in self.terms.items():
            cycles = [self.alphabet.from_size_one(s) for s in scalars]
            inner = [s for s in cycles if self.alphabet.is_trace(s) and self.alphabet.shape(s)[0] == 1]
            rest = [s for s, cycle in zip(scalars, cycles, strict=True) if cycle not in inner]
            monomial = tuple(rest), "".join([*inner, word])
            terms[monomial] = terms.get(monomial, 0) + c
        return Polynomial(self.alphabet, 1, 1, terms)

    def norm(self) -> Polynomial:
        """Return the squared norm ``tr(P'P)``, a scalar."""
        return (self.transpose() * self).trace()

    def __bool__(self) -> bool:
        """Whether the polynomial has any terms, that is, whether it is not 0."""
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        """Compare shapes and terms, within one alphabet."""
        return (
            isinstance(other, Polynomial)
            and self.alphabet is other.alphabet
            and (self.rows, self.columns, self.terms) == (other.rows, other.columns, other.terms)
        )

    def __hash__(self) -> int:
        """Hash the terms, by which almost all polynomials differ that are not equal."""
        return hash(frozenset(self.terms.items()))

    def __iter__(self) -> Iterator[tuple[Monomial, Rational]]:
        """Run through monomials and coefficients, longest first."""
        return iter(sorted(self.terms.items(), key=lambda term: order(term[0]), reverse=True))

    def data(self) -> list[list[Any]]:
        """Return the terms as a certificate writes them; a term without a word has the size of the identity."""
        size = self.alphabet.named.item(self.rows)
        terms = [[str(c), word_data(self.alphabet, *m), *([] if m[1] else [size])] for m, c in self]
        return terms or [["0", [], size]]

    def excerpt(self) -> str:
        """Show the polynomial as text, but no more than its `SHOWN_TERMS` greatest terms."""
        more = len(self.terms) - SHOWN_TERMS
        if more <= 0:
            return repr(self)
        greatest = nlargest(SHOWN_TERMS, self.terms, key=order)
        return f"{self.with_terms({m: self.terms[m] for m in greatest})!r} and {more} more terms"

    def __repr__(self) -> str:
        """Show the polynomial as text."""
        parts = []
        for (scalars, word), coefficient in self:
            text = word_text(self.alphabet, scalars, word)
            sign = "-" if coefficient < 0 else "+"
            text += "" if word or self.is_scalar else " I"
            number = "" if abs(coefficient) == 1 and text else str(abs(coefficient))
            parts.append(" ".join(filter(None, (sign, number, text.strip()))))
        return " ".join(parts).removeprefix("+ ") or "0"


def word_data(alphabet: Alphabet, scalars: Iterable[str], word: str) -> list[Any]:
    """Return scalars and a word as a certificate writes them: letters, and each trace marked as one."""
    item = alphabet.item
    items = [{"tr": [item(a) for a in alphabet.from_size_one(s)]} if alphabet.is_trace(s) else item(s) for s in scalars]
    return items + [item(character) for character in word]


def word_text(alphabet: Alphabet, scalars: Iterable[str], word: str) -> str:
    """Return scalars and a word as a person reads them: ``eta tr(A B) (x' y) C``."""
    parts = []
    for s in scalars:
        cycle = alphabet.from_size_one(s)
        text = " ".join(item_text(alphabet.item(a)) for a in cycle)
        is_inner = (alphabet.shapes[cycle[0]] or (None,))[0] == 1
        parts.append(text if not alphabet.is_trace(s) else f"({text})" if is_inner else f"tr({text})")
    return " ".join(parts + [item_text(alphabet.item(character)) for character in word])
