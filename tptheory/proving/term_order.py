"""The order of terms: which of two monomials rewriting replaces by the other.

Letters are characters, and the character of a letter tells its level: words compare as strings do.
"""

from __future__ import annotations

Monomial = tuple[tuple[str, ...], str]
"""Scalars, sorted, and a word."""

AUXILIARY, PLAIN, INVERSE, DEFINED = 0, 1, 3, 5
"""Levels of letters: those of a higher level are rewritten into those of a lower one. A transposed letter stands above
the letter itself. A defined letter weighs as much as a thousand others, so that it is replaced by what it stands for;
an auxiliary letter weighs nothing."""

FIRST, SPACE = 0x100, 0x1800
"""The character of the first letter, and how many letters a level has room for."""
_HEAVY = chr(FIRST + SPACE * DEFINED)
_WEIGHED = chr(FIRST + SPACE)

Key = tuple[int, int, str, tuple[str, ...], int, tuple[str, ...]]


def order(monomial: Monomial) -> Key:
    """Order monomials by weight, then by the length and the letters of the word, then by traces, then by scalars."""
    scalars, word = monomial
    if not scalars:
        return _weight(word), len(word), word, (), 0, ()
    traces = tuple(s for s in scalars if len(s) > 1 or s >= _HEAVY)
    return _weight(word) + sum(map(_weight, traces)), len(word), word, traces, len(scalars), scalars


def is_defined(letter: str) -> bool:
    """Whether the character of a letter tells that it is defined."""
    return letter >= _HEAVY


def _weight(word: str) -> int:
    """Count the letters of a word: a defined letter counts as a thousand, an auxiliary one as none."""
    if word and (max(word) >= _HEAVY or min(word) < _WEIGHED):
        return sum(1000 if letter >= _HEAVY else letter >= _WEIGHED for letter in word)
    return len(word)
