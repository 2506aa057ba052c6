"""What has no algebra of its own becomes a letter: an entrywise product, a function of numbers, a unit vector.

Two of them are one letter if they are the same function of equal polynomials. So everything equals itself, however the
inside is written, and no more is assumed of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.letters import Size
from tptheory.proving.translating import Reason, Translating, own_letter, refuse_layers, spoken_letters
from tptheory.proving.words import PLAIN, Alphabet, Polynomial, word_text

UNIT: Reason = ("definition", "unit vectors")
MOST = 200
"""The largest number of terms that an entrywise product of sums is multiplied out to."""


def entrywise(translator: Translating, factors: Sequence[Polynomial]) -> Polynomial:
    """Return the entrywise product of polynomials of one shape, multiplied out into products of words.

    Raises:
        UnsupportedExpressionError: if there are too many of these, or a letter stands at a layer.
    """
    refuse_layers(spoken_letters(*factors))
    alphabet, (rows, columns) = translator.alphabet, (factors[0].rows, factors[0].columns)
    total = Polynomial(alphabet, rows, columns, {})
    terms = list(product(*(p.terms.items() for p in factors)))
    if len(terms) > MOST:
        raise UnsupportedExpressionError(
            f"'expression' must have entrywise products of at most {MOST} terms (got {len(terms)}). Name a factor by a "
            "MatrixSymbol."
        )
    for chosen in terms:
        number = Polynomial.identity(alphabet, 1)
        for (scalars, _), c in chosen:
            number = number * Polynomial(alphabet, 1, 1, {(scalars, ""): c})
        total = total + number * _of_words(alphabet, [word for (_, word), _ in chosen], rows, columns)
    return total


def _of_words(alphabet: Alphabet, words: list[str], rows: Size, columns: Size) -> Polynomial:
    """Return the letter of an entrywise product of words; that of the transposed words is its transpose."""
    if not any(words):
        return Polynomial.identity(alphabet, rows)
    straight, turned = sorted(words), sorted(map(alphabet.transpose, words))
    chosen = min(straight, turned)
    subject = tuple(tuple(alphabet.letters[character] for character in word) for word in chosen)
    name = "∘".join(word_text(alphabet, (), word) or "I" for word in chosen)
    shape = (rows, columns) if chosen == straight else (columns, rows)
    letter = own_letter("entrywise", subject, f"({name})")
    made = alphabet.matrix(letter, *shape, level=PLAIN, symmetric=straight == turned)
    return Polynomial.word(alphabet, made if chosen == straight else alphabet.adjoints[made])


def function_of_numbers(translator: Translating, function: Any, arguments: Sequence[Polynomial], name: str) -> Any:
    """Return the letter of a function of polynomials, such as a logarithm or a root.

    Raises:
        UnsupportedExpressionError: if a letter stands at a layer.
    """
    refuse_layers(spoken_letters(*arguments))
    return Polynomial.scalar(translator.alphabet, own_letter("function", (function, *arguments), name))


def unit_vector(translator: Translating, size: Any, number: int) -> Polynomial:
    """Return a column of the identity, the first of which has number 0.

    Raises:
        UnsupportedExpressionError: if its size stands at a layer.
    """
    alphabet, rows = translator.alphabet, translator.size(size)
    if rows == 1:
        return Polynomial.identity(alphabet, 1)
    if not isinstance(rows, int):
        refuse_layers([rows])
    columns = [
        Polynomial.word(alphabet, alphabet.matrix(own_letter("unit", (rows, i), f"e_{i}({size})"), rows, 1))
        for i in range(number + 1)
    ]
    one = Polynomial.identity(alphabet, 1)
    for i, e in enumerate(columns):
        for j, f in enumerate(columns[: i + 1]):
            square = (e.transpose() * f).trace()
            translator.assume(square - one if i == j else square, UNIT)
    return columns[number]
