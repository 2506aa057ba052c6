"""Typed noncommutative polynomials: rational combinations of words in matrices, with scalars and traces.

A letter is one character, so that a word is a Python string and searching in it runs in C. A monomial is a pair
``(scalars, word)``: the scalars are a sorted tuple of strings, each a scalar letter or a trace. The normal form is the
one that `checker` replays: a part of a word between two sizes 1 is a scalar, and a trace is written as its least
rotation or the least rotation of its transpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tptheory.errors import ShapeError
from tptheory.proving.letters import Letter, Named, Size, item_text

Monomial = tuple[tuple[str, ...], str]
Rational = int | Fraction
Terms = dict[Monomial, Rational]

AUXILIARY, PLAIN, INVERSE, DEFINED = 0, 1, 3, 5
"""Levels of letters: those of a higher level are rewritten into those of a lower one. A transposed letter stands above
the letter itself. A defined letter outweighs any word, so that it is replaced by what it stands for; an auxiliary
letter weighs nothing."""

_FIRST, _LEVEL = 0x100, 0x1800
_HEAVY = chr(_FIRST + _LEVEL * DEFINED)
_WEIGHED = chr(_FIRST + _LEVEL)


def divide(a: Rational, b: Rational) -> Rational:
    """Return the exact quotient, an ``int`` where it is one."""
    if b in (1, -1) and isinstance(a, int):
        return a * b
    quotient = Fraction(a) / b
    return quotient.numerator if quotient.denominator == 1 else quotient


class Alphabet:
    """The letters of one proof: what each stands for, its shape and its transpose.

    Attributes:
        cuts: whether a part of a product between two sizes 1 is a scalar.

    Args:
        thin: the same. If not, 1 is a size like any other, and a proof holds for one sample all the same.
        transposes_last: whether transposes are rewritten into words without transposes. If not, inverses are rewritten
            into words without inverses. Which of these two term orders ends sooner depends on the claim.
        named: the names of families, where several alphabets share them.
    """

    def __init__(self, thin: bool = True, transposes_last: bool = False, named: Named | None = None) -> None:
        self.cuts = thin
        self._inverse, self._transposed = (2, 2) if transposes_last else (INVERSE, 1)
        self.named = named or Named()
        self.letters: dict[str, tuple[Letter, bool]] = {}
        self.shapes: dict[str, tuple[Size, Size] | None] = {}
        self.adjoints: dict[str, str] = {}
        self._characters: dict[Letter, str] = {}
        self._thin = False
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
        self._thin = self.cuts and (self._thin or 1 in (rows, columns))
        for size in (rows, columns):
            if not isinstance(size, int):
                self.named(size.family)
        return character

    def scalar(self, letter: Letter) -> str:
        """Declare a number, and return its character."""
        return self._characters.get(letter) or self._declare(letter, False, None, PLAIN)

    def _declare(self, letter: Letter, turned: bool, shape: tuple[Size, Size] | None, level: int) -> str:
        character = chr(_FIRST + _LEVEL * level + len(self.letters))
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

    def cut(self, word: str) -> tuple[list[str], str]:
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
        if not self._thin:
            return scalars, word
        between, word = self.cut(word)
        if between:
            scalars = tuple(sorted([*scalars, *map(self._cycle, between)]))
        return scalars, word

    def close(self, word: str) -> list[str]:
        """Return the scalars whose product is the trace of a square word that is not empty."""
        if self._thin and not self._rows.isdisjoint(word):
            turn = next(i for i, letter in enumerate(word) if letter in self._rows)
            return [self._cycle(piece) for piece in self.cut(word[turn:] + word[:turn])[0]]
        return [self._cycle(word)]

    def beside(self, scalars: tuple[str, ...], number: str, word: str) -> tuple[tuple[str, ...], str]:
        """Put a word of shape 1x1 where another passes through a size 1; where it does not, among the scalars."""
        at = next((i for i in range(1, len(word)) if self.shapes[word[i]][0] == 1), None)  # type: ignore[index]
        if at is None:
            return tuple(sorted([*scalars, self._cycle(number)])), word
        return scalars, word[:at] + number + word[at:]

    def traced(self, scalars: tuple[str, ...], word: str, size: Size) -> tuple[Monomial, int]:
        """Return scalars times the trace of a word, and a numeric factor: ``tr(I)`` where it is a number, or 1."""
        if word:
            return (tuple(sorted([*scalars, *self.close(word)])), ""), 1
        if isinstance(size, int):
            return (scalars, ""), size
        return (tuple(sorted([*scalars, self.scalar(size)])), ""), 1

    def _cycle(self, word: str) -> str:
        name = self._cycles.get(word)
        if name is None:
            name = min(turned for w in (word, self.transpose(word)) for turned in rotations(w))
            self._cycles[word] = name
        return name

    def opened(self, scalar: str) -> str:
        """Return a trace rotated so that it starts at a size 1, if it has one: ``x' y``, not ``y x'``."""
        at = next((i for i, a in enumerate(scalar) if (self.shapes[a] or (None,))[0] == 1), None)
        if at is None:
            return scalar
        turned = scalar[at:] + scalar[:at]
        return min(turned, self.transpose(turned), key=lambda word: word[::-1])

    def is_spoken(self, character: str) -> bool:
        """Whether certificates may speak of a letter: not of those that only help a search."""
        return self.letters[character][0].family.kind not in ("shorthand", "auxiliary")

    def is_trace(self, scalar: str) -> bool:
        """Tell a trace from a scalar letter."""
        return self.shapes[scalar[0]] is not None


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
        return cls(alphabet, *alphabet.shape(word), {alphabet.monomial((), word): 1})

    @classmethod
    def identity(cls, alphabet: Alphabet, size: Size) -> Polynomial:
        """Return the identity matrix; of size 1 it is the scalar 1."""
        return cls(alphabet, size, size, {((), ""): 1})

    @classmethod
    def scalar(cls, alphabet: Alphabet, letter: Letter) -> Polynomial:
        """Return a number that a letter stands for."""
        return cls(alphabet, 1, 1, {((alphabet.scalar(letter),), ""): 1})

    @property
    def is_scalar(self) -> bool:
        """Whether the shape is 1x1."""
        return self.rows == self.columns == 1

    def __add__(self, other: Polynomial) -> Polynomial:
        """Add two polynomials of one shape."""
        if (self.rows, self.columns) != (other.rows, other.columns):
            raise ShapeError(
                f"'terms' must have one shape (got {self.rows}x{self.columns} and {other.rows}x{other.columns})."
            )
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return Polynomial(self.alphabet, self.rows, self.columns, terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        """Subtract a polynomial of the same shape."""
        return self + other.scale(-1)

    def scale(self, factor: Rational) -> Polynomial:
        """Multiply by a rational."""
        terms = {m: c * factor for m, c in self.terms.items()}
        return Polynomial(self.alphabet, self.rows, self.columns, terms)

    def __mul__(self, other: Polynomial) -> Polynomial:
        """Multiply; a 1x1 polynomial multiplies as a scalar."""
        rows, columns = self._shape_of_product(other)
        apart = self.columns != other.rows
        terms: Terms = {}
        for (s, u), c in self.terms.items():
            for (t, v), d in other.terms.items():
                scalars = tuple(sorted(s + t)) if s and t else s or t
                if apart and u and v:
                    scalars, word = self.alphabet.beside(scalars, *((u, v) if self.is_scalar else (v, u)))
                else:
                    word = u + v
                monomial = self.alphabet.monomial(scalars, word)
                terms[monomial] = terms.get(monomial, 0) + c * d
        return Polynomial(self.alphabet, rows, columns, terms)

    def _shape_of_product(self, other: Polynomial) -> tuple[Size, Size]:
        """Return the shape of the product with another polynomial.

        Raises:
            ShapeError: if the factors do not compose, and neither is a scalar.
        """
        if not (self.is_scalar or other.is_scalar or self.columns == other.rows):
            raise ShapeError(
                f"'factors' must compose (got {self.rows}x{self.columns} before {other.rows}x{other.columns})."
            )
        rows = other.rows if self.is_scalar else self.rows
        columns = self.columns if other.is_scalar else other.columns
        return rows, columns

    def transpose(self) -> Polynomial:
        """Return the transpose; scalars and traces are their own transposes."""
        transpose = self.alphabet.transpose
        terms = {(s, transpose(u)): c for (s, u), c in self.terms.items()}
        return Polynomial(self.alphabet, self.columns, self.rows, terms)

    def trace(self) -> Polynomial:
        """Return the trace of a square polynomial, a scalar."""
        terms: Terms = {}
        for (s, u), c in self.terms.items():
            monomial, number = self.alphabet.traced(s, u, self.rows)
            terms[monomial] = terms.get(monomial, 0) + c * number
        return Polynomial(self.alphabet, 1, 1, terms)

    def opened(self) -> Polynomial:
        """Return a scalar with every trace that passes through a size 1 written as a word that begins there."""
        terms: Terms = {}
        for (scalars, word), c in self.terms.items():
            cycles = [self.alphabet.opened(s) for s in scalars]
            thin = [s for s in cycles if self.alphabet.is_trace(s) and self.alphabet.shape(s)[0] == 1]
            rest = [s for s, cycle in zip(scalars, cycles, strict=True) if cycle not in thin]
            monomial = tuple(rest), "".join([*thin, word])
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
        return isinstance(other, Polynomial) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash((self.rows, self.columns, frozenset(self.terms.items())))

    def _key(self) -> tuple[Any, ...]:
        return (id(self.alphabet), self.rows, self.columns, self.terms)

    def __iter__(self) -> Iterator[tuple[Monomial, Rational]]:
        """Run through monomials and coefficients, longest first."""
        return iter(sorted(self.terms.items(), key=lambda term: order(term[0]), reverse=True))

    def data(self) -> list[list[Any]]:
        """Return the terms as a certificate writes them."""
        return [self._term(monomial, coefficient) for monomial, coefficient in self] or [
            ["0", [], self.alphabet.named.item(self.rows)]
        ]

    def _term(self, monomial: Monomial, coefficient: Rational) -> list[Any]:
        items = word_data(self.alphabet, *monomial)
        return [str(coefficient), items, *([] if monomial[1] else [self.alphabet.named.item(self.rows)])]

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


Key = tuple[int, int, str, tuple[str, ...], int, tuple[str, ...]]


def order(monomial: Monomial) -> Key:
    """Order monomials by weight, then by the length and the letters of the word, then by traces, then by scalars."""
    scalars, word = monomial
    if not scalars:
        return _weight(word), len(word), word, (), 0, ()
    traces = tuple(s for s in scalars if len(s) > 1 or s >= _HEAVY)
    return _weight(word) + sum(map(_weight, traces)), len(word), word, traces, len(scalars), scalars


def _weight(word: str) -> int:
    """Count the letters of a word: a defined letter counts as a thousand, an auxiliary one as none."""
    if word and (max(word) >= _HEAVY or min(word) < _WEIGHED):
        return sum(1000 if letter >= _HEAVY else letter >= _WEIGHED for letter in word)
    return len(word)


def word_data(alphabet: Alphabet, scalars: Iterable[str], word: str) -> list[Any]:
    """Return scalars and a word as a certificate writes them: letters, and each trace marked as one."""
    item = alphabet.item
    items = [{"tr": [item(a) for a in alphabet.opened(s)]} if alphabet.is_trace(s) else item(s) for s in scalars]
    return items + [item(character) for character in word]


def word_text(alphabet: Alphabet, scalars: Iterable[str], word: str) -> str:
    """Return scalars and a word as a person reads them: ``eta tr(A B) (x' y) C``."""
    parts = []
    for s in scalars:
        cycle = alphabet.opened(s)
        text = " ".join(item_text(alphabet.item(a)) for a in cycle)
        thin = (alphabet.shapes[cycle[0]] or (None,))[0] == 1
        parts.append(text if not alphabet.is_trace(s) else f"({text})" if thin else f"tr({text})")
    return " ".join(parts + [item_text(alphabet.item(character)) for character in word])
