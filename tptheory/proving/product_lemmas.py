"""Lemmas about the ranks at the layers of a network: a recursion is a product of all factors between two layers.

A recursion ``x[k] = A[k] x[k-1]`` is ``x[k] = P[k] x[s]`` above any layer ``s``, where ``P[s]`` is the identity and
``P[k] = A[k] P[k-1]``; and downward alike. Such products exist for every recursion. So the rank of what holds ``x[k]``
is at most the width of the layer ``s``, and the rank of what ``x[s]`` is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.indexed import LayerLaw, Shape
from tptheory.proving.letters import Family, Index, Letter, indices_in, moved_item, moved_terms
from tptheory.proving.theory import LayerGoal, LayerLemma, Theory
from tptheory.proving.translating import Reason

PRODUCT: Reason = ("definition", "the product of what a recursion multiplies by")


class _Recursion(NamedTuple):
    """A law by which one term of a recursion is a multiple of the one beside it.

    Attributes:
        law: the law.
        letter: the term at ``k``.
        shape: its shape.
        start: the layer at which the recursion begins.
        upward: whether it is made from the term below.
        last: whether the term is the last factor; else it is the first.
    """

    law: LayerLaw
    letter: Letter
    shape: Shape
    start: Index
    upward: bool
    last: bool


def lemmas_on_ranks(theory: Theory, goal: LayerGoal) -> Iterator[list[LayerLemma]]:
    """Run through lemmas that write the terms of recursions as products: as the bound, or from layers that it names."""
    recursions = list(_recursions(theory))
    for recursion in recursions:
        for terms in _as_bound(theory, recursion, goal):
            yield [_lemma(recursion, recursion.start, terms)]
    for recursion in recursions:
        for start in _starts(recursion, goal):
            for value in _values_at(theory, recursion, start):
                yield [_product_lemma(theory, recursion, start, value)]


def _lemma(recursion: _Recursion, start: Index, terms: list[Any]) -> LayerLemma:
    """Return the lemma that terms vanish at every layer of a recursion, from a start on."""
    first, last = (start, recursion.law.last) if recursion.upward else (recursion.law.first, start)
    goal = LayerGoal("zero", terms, first, last, 1, defines=recursion.letter)
    return LayerLemma(goal, "up" if recursion.upward else "down")


def _as_bound(theory: Theory, recursion: _Recursion, goal: LayerGoal) -> Iterator[list[Any]]:
    """Compare the terms of a recursion with a sequence that the bound is, or with its multiples of the beginning."""
    bound = goal.bound["rank"] if isinstance(goal.bound, dict) else []
    if len(bound) != 1 or len(bound[0][1]) != 1 or not isinstance(bound[0][1][0], list) or bound[0][1][0][1] != "k":
        return
    name, shape = bound[0][1][0][0], recursion.shape
    item = [theory.schema.alphabet.named(recursion.letter.family), "k", 0]
    other = theory.schema.shapes[theory.schema.alphabet.named.families[name]]
    if other is None:
        return
    for by in (0, 1, -1):
        sizes = [moved_item(size, BOUND_INDEX, ("k", by)) for size in other[:2]]
        for factor, found in (([name, "k", by], sizes), ({"T": [name, "k", by]}, sizes[::-1])):
            if found == [*shape[:2]]:
                yield [["1", [item]], ["-1", [factor]]]
            elif found == [shape.rows, moved_item(shape.rows, BOUND_INDEX, recursion.start)]:
                for value in _values_at(theory, recursion, recursion.start):
                    yield [["1", [item]], ["-1", [factor, *value]]]


def _recursions(theory: Theory) -> Iterator[_Recursion]:
    """Run through the laws that say that a matrix at ``k`` is a product with that at ``k - 1`` or ``k + 1``."""
    for law in theory.laws:
        letter = law.defines
        shape = theory.schema.shapes.get(letter.family) if letter is not None else None
        if letter is None or letter.at != ("k", 0) or shape is None or len(law.terms) != 2:
            continue
        name = theory.schema.alphabet.named(letter.family)
        others = [items for _, items, *_ in law.terms if [name, "k", 0] not in items]
        places = [
            (position, item[2])
            for items in others
            for position, item in enumerate(items)
            if item in ([name, "k", -1], [name, "k", 1])
        ]
        if len(others) == 1 and len(places) == 1 and places[0][0] in (0, len(others[0]) - 1):
            ((position, offset),) = places
            end = law.first if offset < 0 else law.last
            if end is not None and end[0] == ("" if offset < 0 else "L"):
                start = end[0], end[1] + offset
                yield _Recursion(law, letter, shape, start, offset < 0, position == len(others[0]) - 1)


def _starts(recursion: _Recursion, goal: LayerGoal) -> list[Index]:
    """Return the layers from which a product may begin: those of the bound, and that where the recursion begins."""
    natural = recursion.start
    bound = goal.bound["rank"] if isinstance(goal.bound, dict) else [["1", [], goal.bound]]
    spoken = [index for index in indices_in(bound) if index[0] == natural[0]]
    before = [] if recursion.upward else [(base, by - 1) for base, by in spoken]
    starts = [s for s in (*spoken, *before) if (s[1] > natural[1] if recursion.upward else s[1] < natural[1])]
    return [*dict.fromkeys((*starts, natural))]


def _values_at(theory: Theory, recursion: _Recursion, start: Index) -> Iterator[list[Any]]:
    """Run through what the term at a layer is, as items of a product: itself, and what laws say that it equals."""
    name = theory.schema.alphabet.named(recursion.letter.family)
    own = [name, *start]
    yield [own]
    found = [moved_terms(recursion.law.terms, BOUND_INDEX, start)]
    found += [law.terms for law in theory.laws if law.defines == recursion.letter._replace(at=start)]
    for terms in found:
        others = [(c, items) for c, items, *_ in terms if own not in items]
        if len(terms) == 2 and len(others) == 1 and others[0][1]:
            yield others[0][1]


def _product_lemma(theory: Theory, recursion: _Recursion, start: Index, value: list[Any]) -> LayerLemma:
    """Define a product, and return the lemma that the terms of a recursion are its multiples of the term at a start."""
    law, name = recursion.law, theory.schema.alphabet.named(recursion.letter.family)
    family = Family("product", (recursion.letter.family, recursion.upward, start), f"prod_{name}")
    product = theory.schema.alphabet.named(family)
    shape = recursion.shape
    end = 0 if recursion.last else 1
    inner, outer = moved_item(shape[end], BOUND_INDEX, start), shape[end]
    theory.schema.shapes[family] = Shape(outer, inner) if recursion.last else Shape(inner, outer)
    step = [[c, [_renamed(item, name, product) for item in items], *size] for c, items, *size in law.terms]
    one = [["1", [[product, *start]]], ["-1", [], inner]]
    first, last = ((start[0], start[1] + 1), law.last) if recursion.upward else (law.first, (start[0], start[1] - 1))
    theory.extend(
        [
            LayerLaw(one, None, None, PRODUCT, Letter(family, start)),
            LayerLaw(step, first, last, PRODUCT, Letter(family, ("k", 0))),
        ]
    )
    here = [product, "k", 0]
    terms = [["1", [[name, "k", 0]]], ["-1", [here, *value] if recursion.last else [*value, here]]]
    return _lemma(recursion, start, terms)


def _renamed(item: Any, old: str, new: str) -> Any:
    """Put one name in the place of another in a letter at a layer."""
    return [new, *item[1:]] if isinstance(item, list) and item[0] == old else item
