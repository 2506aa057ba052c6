"""Lemmas about the terms of one recursion: that they vanish, or that their Gram matrices are equal.

Each begins where an induction may begin: at the end where the recursion starts, at the layer beside it, or at a layer
of which a hypothesis speaks. Whether a lemma holds is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tptheory.proving.indexed import LayerLaw
from tptheory.proving.letters import Index, indices_in, moved_item
from tptheory.proving.theory import LayerGoal, LayerLemma, Theory

GIVEN = ("given", "property")
"""The reasons of what a claim assumes."""
BOTTOM: Index = ("", 0)
TOP: Index = ("L", 0)


class RecursionTerm(NamedTuple):
    """The term of a recursion at ``k`` as a certificate writes it, and whether it follows from the one below."""

    item: list[Any]
    is_matrix: bool
    upward: bool


def lemmas_about_recursions(theory: Theory, thorough: bool) -> Iterator[list[LayerLemma]]:
    """Run through the lemmas to try on the way to a goal.

    Where a hypothesis says that a matrix is zero, the terms of a recursion may be zero, too. A thorough search tries
    that in any case, and then whether their Gram matrices are equal, where a hypothesis speaks of all layers.
    """
    if thorough or any(len(law.terms) == 1 for law in _given(theory)):
        yield from vanishing_terms(theory)
    if thorough and any(base == "k" for law in _given(theory) for base, _ in indices_in(law.terms)):
        yield from equal_grams(theory)


def vanishing_terms(theory: Theory) -> Iterator[list[LayerLemma]]:
    """Say that the terms of a recursion vanish: above a weight that is zero all activations do."""
    for term in _recursion_terms(theory):
        terms = [["1", [term.item], *([] if term.is_matrix else [1])]]
        for start in _starts(theory, term.upward):
            yield [_lemma(terms, start, term.upward, BOTTOM)]


def equal_grams(theory: Theory) -> Iterator[list[LayerLemma]]:
    """Say that ``x' x`` is the same for all terms ``x`` of a recursion, as it is above orthogonal weights."""
    ends = {BOTTOM, *(("", law.first[1] - 1) for law in _given(theory) if law.first is not None and not law.first[0])}
    for term in _recursion_terms(theory):
        if not term.is_matrix:
            continue
        for start in _starts(theory, term.upward):
            first = moved_item(term.item, ("k", 0), start)
            terms = [["1", [{"T": term.item}, term.item]], ["-1", [{"T": first}, first]]]
            for end in [BOTTOM] if term.upward else sorted(ends):
                yield [_lemma(terms, start, term.upward, end)]


def _lemma(terms: list[Any], start: Index, upward: bool, bottom: Index) -> LayerLemma:
    """Return the lemma that terms vanish from a start to the top, or down to the bottom."""
    first, last = (start, TOP) if upward else (bottom, start)
    return LayerLemma(LayerGoal("zero", terms, first, last, 1), "up" if upward else "down")


def _given(theory: Theory) -> list[LayerLaw]:
    return [law for law in theory.laws if law.reason[0] in GIVEN]


def _recursion_terms(theory: Theory) -> Iterator[RecursionTerm]:
    """Run through the recursions of a theory."""
    for law in theory.laws:
        letter = law.defines
        if letter is None or letter.at is None or letter.at[0] != "k":
            continue
        item = theory.schema.alphabet.named.item(letter)
        lowest = min(by for base, by in indices_in(law.terms) if base == "k")
        yield RecursionTerm(item, theory.schema.shapes.get(letter.family) is not None, lowest < letter.at[1])


def _starts(theory: Theory, upward: bool) -> list[Index]:
    """Return the indices at which an induction may begin."""
    spoken = [index for law in _given(theory) for index in indices_in(law.terms)]
    if not upward:
        return sorted({TOP, ("L", -1), *(("L", by - 1) for base, by in spoken if base == "L")})
    ranges = [law.first for law in _given(theory) if law.first is not None]
    beside = {("", by - 1) for base, by in ranges if not base}
    return sorted({BOTTOM, ("", 1), *(index for index in spoken if not index[0]), *beside})
