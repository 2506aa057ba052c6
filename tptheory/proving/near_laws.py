"""The laws near a goal: each at the indices at which it speaks only of layers near those of the goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tptheory.certificates import checker
from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.certificate_terms import indices_in, members_of, moved_index, moved_reason, moved_terms
from tptheory.proving.indexed import LayerLaw
from tptheory.proving.letters import Index, Letter
from tptheory.proving.theory import LayerGoal, Theory
from tptheory.proving.translation import Reason

FARTHEST = 8
"""How far from the layers of a goal the indices may be at which laws are tried."""
HERE: Index = ("l", 0)


class LawAtIndex(NamedTuple):
    """A law at the index at which a proof uses it: its number, the index, and what it says and defines there."""

    number: int
    at: Index
    terms: list[Any]
    reason: Reason
    defines: Letter | None


def bound_terms(goal: LayerGoal) -> list[Any]:
    """Return the terms of the matrix whose rank is the bound of a goal; none where there is no such matrix."""
    return goal.bound["rank"] if isinstance(goal.bound, dict) else []


def laws_near(theory: Theory, goal: LayerGoal, at: Index, after: Index | None, margin: int) -> list[LawAtIndex]:
    """Return the laws, each at every index near the layers of a goal; and an equation itself at the index ``after``.

    Args:
        theory: the laws, and the goals that are proved.
        goal: the goal.
        at: the index at which the goal is to be shown.
        after: in an induction, the index at which the goal is assumed, if it is an equation.
        margin: by how many layers a law may reach beyond those of which the goal speaks.
    """
    laws = [*theory.laws, *(g.law() for g, _ in theory.proved)]
    known = [(number, law) for number, law in enumerate(laws) if law is not None]
    found = [
        _law_at(number, law, index) for number, law in known for index in _indices_of_law(law, goal, at, after, margin)
    ]
    found += _first_terms(theory, known, found)
    if after is not None and goal.kind == "zero":
        found.append(LawAtIndex(len(laws), after, goal.at(after).terms, ("before",), None))
    return found


def _first_terms(theory: Theory, known: list[tuple[int, LayerLaw]], found: list[LawAtIndex]) -> Iterator[LawAtIndex]:
    """Run through the laws that say with what recursions begin, where other laws speak of these first terms."""
    spoken = {member for use in found for member in members_of(use.terms)}
    numbers = {use.number for use in found}
    for number, law in known:
        letter = law.defines
        if number in numbers or letter is None or letter.at is None or letter.at[0] == BOUND_INDEX[0]:
            continue
        if (theory.schema.alphabet.named(letter.family), letter.at) in spoken:
            yield _law_at(number, law, HERE)


def _law_at(number: int, law: LayerLaw, index: Index) -> LawAtIndex:
    """Return a law at an index."""
    letter = law.defines
    if letter is not None and letter.at is not None:
        letter = letter._replace(at=moved_index(letter.at, BOUND_INDEX, index))
    reason = tuple(moved_reason(law.reason, index))
    return LawAtIndex(number, index, moved_terms(law.terms, BOUND_INDEX, index), reason, letter)


def _indices_of_law(law: LayerLaw, goal: LayerGoal, at: Index, after: Index | None, margin: int) -> Iterator[Index]:
    """Return the indices at which a law speaks only of layers near those that the goal speaks of."""
    near = _layers_of_goal(goal, [index for index in (at, after) if index is not None])
    spoken = _layers_of_law(law)
    offsets = [offset for base, offset in spoken if base == BOUND_INDEX[0]]

    def allowed(index: Index) -> bool:
        return checker.lies_within(index, law.first, law.last, goal.first, goal.last, after is not None)

    if offsets:
        yield from filter(allowed, _reaching_indices(near, offsets, margin))
    elif _lie_near(near, spoken, margin):
        candidates = [index for index in (law.first, law.last, HERE) if index is not None]
        yield from [index for index in candidates if allowed(index)][:1]


NearLayers = dict[str, list[int]]
"""The layers that a goal speaks of: for each base, such as ``l`` or ``L``, their offsets from it."""


def _lie_near(near: NearLayers, indices: Iterable[Index], margin: int) -> bool:
    """Whether layers lie among the near ones, or beyond them by at most the margin."""
    return all(b in near and min(near[b]) - margin <= c <= max(near[b]) + margin for b, c in indices)


def _layers_of_law(law: LayerLaw) -> set[Index]:
    """Return the indices that have to be near for a law to serve: all, or that of the first term that it defines."""
    letter = law.defines
    if letter is not None and letter.at is not None and letter.at[0] != "k":
        return {letter.at}
    return set(indices_in(law.terms))


def _layers_of_goal(goal: LayerGoal, indices: list[Index]) -> NearLayers:
    """Return the layers that a goal speaks of at some indices; one that speaks of none is near both ends."""
    near: NearLayers = {}
    for placed in map(goal.at, indices):
        size = [["1", [], placed.bound]] if isinstance(placed.bound, list) else []
        for base, offset in indices_in([*placed.terms, *bound_terms(placed), *size]):
            near.setdefault(base, []).append(offset)
    return near or {"": [0], "L": [0]}


def _reaching_indices(near: NearLayers, offsets: list[int], margin: int) -> Iterator[Index]:
    """Return the indices at which a law with these offsets reaches beyond the near layers by at most the margin."""
    for base, found in sorted(near.items()):
        for c in range(min(found) - margin - min(offsets), max(found) + margin - max(offsets) + 1):
            if abs(c) <= FARTHEST + max(map(abs, found)):
                yield base, c
