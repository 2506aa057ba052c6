"""Which letters hypotheses say to be symmetric or skew, and words that are written without their transposes."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import mul

from tptheory.proving.knowledge import Knowledge
from tptheory.proving.term_order import Monomial
from tptheory.proving.words import Alphabet, Polynomial, Rational


def signs_of_transposes(translator: Knowledge) -> dict[str, int]:
    """Return 1 for each transposed letter that hypotheses say is the letter, and -1 if it is minus the letter.

    Letters at a layer are left out: what is known of them may hold at some layers only.
    """
    alphabet, found = translator.alphabet, dict[str, int]()
    for p in translator.known():
        words = [word for scalars, word in p.terms if not scalars]
        if len(words) == len(p.terms) == 2 and words[1] == alphabet.adjoints.get(words[0]):
            first, second = p.terms.values()
            if abs(first) == abs(second) and not alphabet.has_layers(words[0]):
                found[max(words, key=lambda word: alphabet.letters[word][1])] = -1 if first == second else 1
    return found


def plain_word(alphabet: Alphabet, word: str, transposes: Collection[str]) -> str:
    """Return a word with the letter in the place of each of these transposed letters."""
    return "".join(alphabet.adjoints[a] if a in transposes else a for a in word)


def without_transposes(A: Polynomial, signs: dict[str, int]) -> Polynomial:
    """Write transposed letters of known signs as letters."""
    terms: dict[Monomial, Rational] = {}
    for (scalars, word), c in A.terms.items():
        plain, sign = plain_word(A.alphabet, word, signs), reduce(mul, (signs.get(a, 1) for a in word), 1)
        terms[scalars, plain] = terms.get((scalars, plain), 0) + sign * c
    return A.with_terms({m: c for m, c in terms.items() if c})
