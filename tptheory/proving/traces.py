"""Traces and the elements of a basis: what a trace equals when one of its rotations is rewritten.

A trace has one normal form, its least rotation or transpose, in which a leading word may not fit, although it fits
into another rotation. With ``S' = S`` and ``K' = -K`` the trace of ``S K`` is that of ``K' S' = -K S``: it is 0. What a
rotation is rewritten into is the same number; the difference joins the basis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tptheory.proving.letters import Size
from tptheory.proving.rewriting import Basis, Combination, Element, traced_cofactors
from tptheory.proving.words import Terms, rotations

LONGEST_TRACE = 8
"""How many letters a trace has at most that is made of two leading words."""
MOST_ELEMENTS = 60
"""Leading words are joined to traces as long as the basis has no more elements than this."""

Insert = Callable[[Terms, Size, Size, Combination], bool]
"""Takes a consequence and how it was made; adds what is left of it to the basis, and tells whether anything is."""


class Traces:
    """The traces that were rewritten so far.

    Args:
        basis: the basis that rewrites them.
        insert: what adds a consequence to it.
    """

    def __init__(self, basis: Basis, insert: Insert) -> None:
        self.basis, self.insert = basis, insert
        self.alphabet = basis.alphabet
        self._turned: dict[str, int] = {}
        self._joined = 0

    def close_under_rotation(self, terms: Terms, again: bool = False) -> bool:
        """Rewrite each rotation of the traces in some terms, and of those that elements make.

        Args:
            terms: the terms of a goal.
            again: whether to do it also for traces for which it was done before the basis grew.

        Returns:
            Whether that says anything new.
        """
        known = {s for scalars, _ in terms for s in scalars if self.alphabet.is_trace(s)}
        grown = False
        for trace in sorted(known):
            grown = self._turn(trace, again) or grown
        if any(word for _, word in terms):
            return grown
        for trace in [*self._around(known), *self._joined_traces()]:
            grown = self._turn(trace, again=False) or grown
        return grown

    def _turn(self, trace: str, again: bool) -> bool:
        """Rewrite each rotation of a trace, and of its transpose; tell whether that says anything new."""
        if self._turned.get(trace) == len(self.basis.elements) or (trace in self._turned and not again):
            return False
        grown = False
        for word in self._rotations(trace):
            if self.basis.budget.stopped:
                return grown
            grown = self._same_number(word) or grown
        self._turned[trace] = len(self.basis.elements)
        return grown

    def _same_number(self, word: str) -> bool:
        """Add to the basis that a trace is that of what a rotation of it is rewritten into; False if that is known."""
        size = self.alphabet.shape(word)[0]
        rest, steps = self.basis.reduce({((), word): 1})
        if not steps:
            return False
        terms: Terms = {self.alphabet.traced((), word, size)[0]: 1}
        for (scalars, inside), c in rest.items():
            monomial, number = self.alphabet.traced(scalars, inside, size)
            terms[monomial] = terms.get(monomial, 0) - c * number
        origin = [(c * n, at, i) for c, place, i in steps for at, n in [traced_cofactors(self.alphabet, place, size)]]
        return self.insert(terms, 1, 1, origin)

    def _around(self, known: set[str]) -> list[str]:
        """Return the traces that elements turn into known ones: in these, a leading word stands for another term."""
        if len(self.basis.active) > MOST_ELEMENTS:
            return []
        rotations = [turned for trace in sorted(known) for turned in self._rotations(trace)]
        found: list[str] = []
        for e in self._led_by_words(self.basis.active):
            for (scalars, word), _ in e.tail:
                if word and not scalars:
                    found += self._put_first(e.word, word, rotations)
        return found

    def _put_first(self, leading: str, word: str, rotations: Iterable[str]) -> Iterator[str]:
        """Put a leading word in the place of a word that rotations of traces begin with; run through the traces."""
        for turned in rotations:
            if turned.startswith(word) and len(turned) + len(leading) - len(word) <= LONGEST_TRACE:
                yield self._normal(leading + turned[len(word) :])

    def _joined_traces(self) -> Iterator[str]:
        """Run through the traces that the leading words of new elements close to, alone or with another's."""
        basis = self.basis
        new = self._led_by_words([i for i in basis.active if i >= self._joined])
        self._joined = len(basis.elements)
        if len(basis.active) > MOST_ELEMENTS:
            return
        words = [e.word for e in self._led_by_words(basis.active)]
        for e in new:
            if e.rows == e.columns:
                yield self._normal(e.word)
            for other in words:
                yield from (self._normal(word) for word in _rings(e.word, other))

    def _led_by_words(self, numbers: Iterable[int]) -> list[Element]:
        """Return those of some elements whose leading monomial is a word without scalars."""
        elements = (self.basis.elements[i] for i in numbers)
        return [e for e in elements if e.word and not e.scalars]

    def _rotations(self, trace: str) -> list[str]:
        return sorted({*rotations(trace), *rotations(self.alphabet.transpose(trace))})

    def _normal(self, word: str) -> str:
        """Return the rotation of a closed word that serves as the name of its trace."""
        return self._rotations(word)[0]


def _rings(a: str, b: str) -> Iterator[str]:
    """Run through the closed words in which two words overlap at both ends."""
    for k in range(1, min(len(a), len(b))):
        if a[-k:] == b[:k]:
            for j in range(1, min(len(a), len(b) - k + 1)):
                if b[-j:] == a[:j] and j + k <= len(b) and len(a) + len(b) - j - k <= LONGEST_TRACE:
                    yield a + b[k : len(b) - j]
