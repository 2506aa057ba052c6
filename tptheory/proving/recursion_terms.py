"""The terms of the recursions in a theory of any depth: where each begins and ends, its sizes, and its first value."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.certificate_terms import indices_in, moved_item
from tptheory.proving.indexed import LayerLaw, Shape
from tptheory.proving.letters import Index, Letter
from tptheory.proving.theory import LayerGoal, LayerLemma, Theory

GIVEN = ("given", "property")
"""The reasons of what a claim assumes."""


class RecursionTerm(NamedTuple):
    """The term of a recursion at ``k`` as a certificate writes it.

    Attributes:
        letter: the letter of the term.
        item: the term as a certificate writes it.
        shape: its sizes at ``k``; None for a number.
        upward: whether a term follows from the one below.
        start: where the recursion begins; None where that is not told.
        end: the last index that it reaches.
        value: the terms of what it begins with, a polynomial; None where that is not told.
        step: the letters of the product of the term before and a factor that the term is; None if it is none.
    """

    letter: Letter
    item: list[Any]
    shape: Shape | None
    upward: bool
    start: Index | None
    end: Index | None
    value: list[Any] | None
    step: list[Any] | None

    @property
    def grows_on_the_left(self) -> bool:
        """Whether a step puts its factor on the left of the term before."""
        return self.step is not None and isinstance(self.step[-1], list) and self.step[-1][0] == self.item[0]

    @property
    def begins_with_identity(self) -> bool:
        """Whether it begins with a multiple of the identity, as the products of the weights do."""
        return self.value is not None and [items for _, items, *_ in self.value] == [[]]

    def at(self, index: Index) -> list[Any]:
        """Return the term at an index."""
        moved: list[Any] = moved_item(self.item, BOUND_INDEX, index)
        return moved

    def product_at(self, index: Index) -> list[Any]:
        """Return the letters of the product that the term at an index is.

        For the first term these are the letters of its value, if that is one product; a term that is no product is its
        own letter.
        """
        if index == self.start and self.value is not None and [c for c, *_ in self.value] == ["1"]:
            return list(self.value[0][1])
        return [moved_item(a, BOUND_INDEX, index) for a in self.step or [self.item]]

    def sizes(self, index: Index) -> tuple[Any, Any]:
        """Return the numbers of rows and of columns at an index."""
        rows, columns, *_ = self.shape or (1, 1)
        return moved_item(rows, BOUND_INDEX, index), moved_item(columns, BOUND_INDEX, index)

    def lemma(self, terms: list[Any], end: Index | None = None) -> LayerLemma:
        """Return the lemma that terms vanish wherever the recursion goes, or up to another end, by induction."""
        start, end = self.start, end or self.end
        first, last = (start, end) if self.upward else (end, start)
        return LayerLemma(LayerGoal("zero", terms, first, last, 1), "up" if self.upward else "down")

    def lemma_backwards(self, terms: list[Any]) -> LayerLemma:
        """Return the lemma that terms vanish wherever the recursion goes, from its end to its start."""
        lemma = self.lemma(terms)
        return lemma._replace(strategy="down" if self.upward else "up")


def recursion_terms(theory: Theory) -> Iterator[RecursionTerm]:
    """Run through the recursions of a theory."""
    firsts = {law.defines.family: law for law in theory.laws if law.defines is not None and _begins(law)}
    for law in theory.laws:
        if law.defines is not None and law.defines.at == BOUND_INDEX:
            yield _recursion_term(theory, law, law.defines, firsts.get(law.defines.family))


def _begins(law: LayerLaw) -> bool:
    """Whether a law that defines a term of a recursion defines the one with which it begins."""
    return law.defines is not None and law.defines.at is not None and law.defines.at[0] != BOUND_INDEX[0]


def _recursion_term(theory: Theory, law: LayerLaw, letter: Letter, first: LayerLaw | None) -> RecursionTerm:
    named = theory.schema.alphabet.named
    upward = min(by for base, by in indices_in(law.terms) if base == BOUND_INDEX[0]) < BOUND_INDEX[1]
    start = None if first is None or first.defines is None else first.defines
    return RecursionTerm(
        letter,
        named.item(letter),
        theory.schema.shapes.get(letter.family),
        upward,
        None if start is None else start.at,
        law.last if upward else law.first,
        None if first is None or start is None else _value(first.terms, named.item(start)),
        _step(law.terms, named.item(letter)),
    )


def _value(terms: list[Any], item: Any) -> list[Any] | None:
    """Return what a letter equals by a law that defines it as a sum of terms with that letter in one of them alone."""
    own = [c for c, items, *_ in terms if items == [item]]
    if own not in (["1"], ["-1"]):
        return None
    return [[c if own == ["-1"] else negated(c), *rest] for c, *rest in terms if rest[0] != [item]]


def _step(terms: list[Any], item: Any) -> list[Any] | None:
    """Return the letters of the product that a term of a recursion is, by the law that defines it."""
    if sorted(c for c, *_ in terms) != ["-1", "1"]:
        return None
    product: list[Any] = next((items for _, items, *_ in terms if items != [item]), [])
    ends = [*product[:1], *product[-1:]]
    return product if any(isinstance(one, list) and one[0] == item[0] for one in ends) else None


def negated(coefficient: str) -> str:
    """Return minus a coefficient as a certificate writes it."""
    return str(-Fraction(coefficient))


def distance(here: Index | None, there: Index | None) -> int | None:
    """Return by how many layers the second index lies above the first; None if one is None or the depth decides."""
    return there[1] - here[1] if here and there and here[0] == there[0] else None


def given_laws(theory: Theory) -> list[LayerLaw]:
    """Return the laws that a claim assumes."""
    return [law for law in theory.laws if law.reason[0] in GIVEN]


def layers_below_hypotheses(theory: Theory) -> set[Index]:
    """Return the layers below those of which hypotheses speak: an induction downwards may end there."""
    firsts = [law.first for law in given_laws(theory) if law.first is not None]
    return {("", by - 1) for base, by in firsts if not base}
