"""What is known not to be below 0: numbers, and letters that are Gram matrices.

Known are the signs of symbols as they are declared, of functions such as the exponential, and of sums of products of
such numbers and of squares; and of the reciprocals of all these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import permutations

from sympy import Symbol

from tptheory.proving.knowledge import Knowledge
from tptheory.proving.letters import Letter
from tptheory.proving.transposes import signs_of_transposes
from tptheory.proving.words import Alphabet, Polynomial, rotations


def is_nonnegative_letter(letter: Letter, translator: Knowledge) -> bool:
    """Whether a letter is a number that is not below 0: by declaration, as a function, or as the inverse of such."""
    kind, subject = letter.family.kind, letter.family.subject
    if kind == "number":
        return isinstance(subject, Symbol) and bool(subject.is_nonnegative)
    if kind == "inverse" and letter.at is None and subject.is_scalar:
        return is_nonnegative(subject, translator)
    return letter in translator.nonnegative


def is_nonnegative(number: Polynomial, translator: Knowledge) -> bool:
    """Whether every term of a number is a product of squares and of numbers that are known not to be below 0."""
    return all(
        c > 0
        and not word
        and all(times % 2 == 0 or _is_nonnegative_factor(s, translator) for s, times in Counter(scalars).items())
        for (scalars, word), c in number.terms.items()
    )


def _is_nonnegative_factor(s: str, translator: Knowledge) -> bool:
    """Whether a number, or a trace such as ``tr(A A')``, is known not to be below 0."""
    if translator.alphabet.is_trace(s):
        return bool(half_of_trace(translator.alphabet, s))
    return is_nonnegative_letter(translator.alphabet.letters[s][0], translator)


def half_of(alphabet: Alphabet, words: Iterable[str]) -> str:
    """Return ``u`` where one of some words is ``u u'``; nothing if none is."""
    for word in words:
        half = word[: len(word) // 2]
        if word and word == half + alphabet.transpose(half):
            return half
    return ""


def half_of_trace(alphabet: Alphabet, scalar: str) -> str:
    """Return ``u`` where a number is a trace ``tr(u u')``; nothing of any other number."""
    return half_of(alphabet, rotations(scalar)) if alphabet.is_trace(scalar) else ""


def squares_of_letters(translator: Knowledge) -> dict[str, str]:
    """Return, by each letter that hypotheses say is ``R R'``, and by its transpose, that word.

    A projection ``P`` that is symmetric is ``P P'``.
    """
    alphabet, signs = translator.alphabet, signs_of_transposes(translator)
    found: dict[str, str] = {}
    for letter, word in _equated_with_letters(translator):
        if word == letter * 2 and signs.get(alphabet.adjoints[letter]) == 1:
            word = letter + alphabet.adjoints[letter]
        if half_of(alphabet, [word]):
            found |= {letter: word, alphabet.adjoints[letter]: word}
    return found


def _equated_with_letters(translator: Knowledge) -> Iterator[tuple[str, str]]:
    """Run through the letters that hypotheses equate with a longer word, and that word."""
    for p in translator.known():
        if len(p.terms) == 2 and sum(p.terms.values()) == 0:
            for letter, word in permutations((w for scalars, w in p.terms if not scalars), 2):
                if len(letter) == 1 and len(word) > 1:
                    yield letter, word
