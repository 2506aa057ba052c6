"""The terms of polynomials as certificates write them: which letters and indices stand there, and the same elsewhere.

A term is a coefficient, its letters, and the size of an identity that they leave out. A letter is a name, or a name
with an index; a transpose is ``{"T": letter}``, and a trace ``{"tr": letters}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.letters import Index


def letters_of(terms: list[Any]) -> Iterator[Any]:
    """Run through the letters of terms, those of traces among them, in their order."""
    for _, items, *_ in terms:
        for item in items:
            yield from item["tr"] if isinstance(item, dict) and "tr" in item else (item,)


def _plain(letter: Any) -> Any:
    """Return what is transposed of a transpose, and any other letter as it is."""
    return letter["T"] if isinstance(letter, dict) else letter


def _plain_letters_and_sizes(terms: list[Any]) -> Iterator[Any]:
    """Run through the letters of terms, none of them transposed, and then the sizes."""
    yield from map(_plain, letters_of(terms))
    yield from (size for _, _, *sizes in terms for size in sizes)


def names_in(terms: list[Any]) -> Iterator[str]:
    """Run through the names of the letters and sizes in terms, which may be at an index."""
    for item in _plain_letters_and_sizes(terms):
        if not isinstance(item, int):
            yield item[0] if isinstance(item, list) else item


def members_of(terms: list[Any]) -> Iterator[tuple[str, Index]]:
    """Run through the members of sequences in terms, each by its name and its index."""
    for item in map(_plain, letters_of(terms)):
        if isinstance(item, list):
            yield item[0], (item[1], item[2])


def indices_in(terms: list[Any]) -> Iterator[Index]:
    """Run through the indices at which letters and sizes stand in terms."""
    for item in _plain_letters_and_sizes(terms):
        if isinstance(item, list):
            yield item[1], item[2]


def with_letters(item: Any, change: Callable[[Any], Any]) -> Any:
    """Return a letter, a transpose or a trace with another letter in the place of each."""
    if isinstance(item, dict):
        ((mark, inside),) = item.items()
        return {mark: [with_letters(a, change) for a in inside] if mark == "tr" else with_letters(inside, change)}
    return change(item)


def item_at(item: Any, place: Callable[[Index], Index]) -> Any:
    """Return a letter, a trace or a size of a certificate with another index in the place of each."""

    def placed(letter: Any) -> Any:
        if not isinstance(letter, list):
            return letter
        name, base, offset = letter
        return [name, *place((base, offset))]

    return with_letters(item, placed)


def moved_index(index: Index, old: Index, new: Index) -> Index:
    """Move an index so that ``old`` becomes ``new``; an index with another base than ``old`` is left as it is."""
    return (new[0], index[1] - old[1] + new[1]) if index[0] == old[0] else index


def moved_item(item: Any, old: Index, new: Index) -> Any:
    """Move the indices in a letter, a trace or a size of a certificate."""
    return item_at(item, lambda index: moved_index(index, old, new))


def moved_terms(terms: list[Any], old: Index, new: Index) -> list[Any]:
    """Move the indices in the terms of a polynomial of a certificate."""
    return terms_at(terms, lambda index: moved_index(index, old, new))


def terms_at(terms: list[Any], place: Callable[[Index], Index]) -> list[Any]:
    """Return the terms of a polynomial of a certificate with another index in the place of each."""
    return [
        [coefficient, [item_at(a, place) for a in items], *(item_at(n, place) for n in size)]
        for coefficient, items, *size in terms
    ]


def goal_at(goal: dict[str, Any], index: Index) -> dict[str, Any]:
    """Return a goal of a certificate with ``k`` replaced by an index.

    Its fields are terms, except for the bound of a rank: that is a size, or an object with the terms of a matrix.
    """

    def moved(field: str, value: Any) -> Any:
        if field != "at most":
            return moved_terms(value, BOUND_INDEX, index)
        return goal_at(value, index) if isinstance(value, dict) else moved_item(value, BOUND_INDEX, index)

    return {field: moved(field, value) for field, value in goal.items()}


def moved_reason(reason: Any, index: Index) -> Any:
    """Return a reason with ``k`` replaced by an index in the polynomials that it names."""
    try:
        return [moved_terms(part, BOUND_INDEX, index) if isinstance(part, list) else part for part in reason]
    except (LookupError, TypeError, ValueError):  # a remark of a stranger's certificate may be anything
        return reason
