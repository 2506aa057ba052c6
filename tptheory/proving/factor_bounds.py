"""Candidates for squares where factors of a product are bounded one after the other, as in a chain of layers.

Where hypotheses say that ``W W' - s I = R R'``, a squared norm ``|u W|^2`` is ``|u R|^2 + s |u|^2``; and where they say
that ``s I - W W' = R R'``, it is ``s |u|^2 - |u R|^2``. Then the last factor of ``u`` may be bounded in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tptheory.proving.nonnegative import half_of
from tptheory.proving.square_words import Resources, SquareCandidate
from tptheory.proving.words import Alphabet, Polynomial


class _Bound(NamedTuple):
    """That ``W W'`` and ``s I`` are in order: the word ``W``, the root ``R`` of the difference, and that of ``s``."""

    W: str
    R: str
    roots: tuple[str, ...]


def bounded_factors(
    halves: Iterable[SquareCandidate], resources: Resources, alphabet: Alphabet
) -> Iterator[SquareCandidate]:
    """Run through the words ``u R`` for halves ``u W``, with the roots of the bounds of what stood behind W, and u."""
    bounds = [bound for p in resources.equations for bound in _bounds_of(p, resources)]
    for half in halves if bounds else ():
        for word in dict.fromkeys((half.word, alphabet.transpose(half.word))):
            yield from _chain(half._replace(word=word), bounds)


def _chain(half: SquareCandidate, bounds: list[_Bound]) -> Iterator[SquareCandidate]:
    """Bound the last factor of a word, and of what is left of it, as long as there is a bound."""
    left = half
    while bound := next((b for b in bounds if left.word[-len(b.W) :] == b.W != left.word), None):
        before = left.word[: -len(bound.W)]
        yield left._replace(word=before + bound.R)
        left = left._replace(word=before, roots=tuple(sorted((*left.roots, *bound.roots))))
    if left != half:
        yield left


def _bounds_of(p: Polynomial, resources: Resources) -> Iterator[_Bound]:
    """Read a hypothesis as a bound, if it is one: three terms, of which one is a multiple of the identity."""
    halves = [half_of(p.alphabet, [word]) for scalars, word in p.terms if word and not scalars]
    numbers = [scalars for scalars, word in p.terms if not word and resources.roots.keys() >= {*scalars}]
    if (len(p.terms), len(halves), len(numbers)) == (3, 2, 1) and all(halves):
        for R, W in (halves, halves[::-1]):
            if R in resources.multipliers:
                yield _Bound(W, R, tuple(resources.roots[s] for s in numbers[0]))
