"""Read the terms of a polynomial as a certificate writes them, over the letters of an alphabet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from tptheory.proving.letters import Size
from tptheory.proving.term_order import Monomial
from tptheory.proving.words import Alphabet, Polynomial, Rational, divide


def read_polynomial(
    terms: Iterable[Any], alphabet: Alphabet, character: Callable[[Any], str], size: Callable[[Any], Size]
) -> Polynomial:
    """Read the terms of a polynomial, as `Polynomial.data` writes them.

    Args:
        terms: the terms.
        alphabet: the letters.
        character: returns the character of a letter, or of a transpose, as a certificate writes it.
        size: returns a size.
    """
    read: dict[Monomial, Rational] = {}
    rows: Size = 1
    columns: Size = 1
    for coefficient, items, *sizes in terms:
        scalars, word = [], ""
        for item in items:
            if isinstance(item, dict) and "tr" in item:
                scalars += alphabet.cyclic_factors("".join(map(character, item["tr"])))
                continue
            letter = character(item)
            if alphabet.shapes[letter] is None:
                scalars.append(letter)
            else:
                word += letter
        rows, columns = alphabet.shape(word) if word else (size(sizes[0]), size(sizes[0]))
        monomial = alphabet.monomial(tuple(sorted(scalars)), word)
        read[monomial] = read.get(monomial, 0) + Fraction(coefficient)
    return Polynomial(alphabet, rows, columns, {m: divide(c, 1) for m, c in read.items()})
