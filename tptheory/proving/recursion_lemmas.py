"""Lemmas about the terms of one recursion: that they vanish, that their Gram matrices are equal, what a layer says.

Each begins where an induction may begin: at the end where the recursion starts, at the layer beside it, or at a layer
of which a hypothesis speaks. Whether a lemma holds is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.certificate_terms import indices_in, members_of, moved_item, moved_terms, with_letters
from tptheory.proving.indexed import LayerLaw
from tptheory.proving.letters import Index
from tptheory.proving.recursion_terms import RecursionTerm, given_laws, layers_below_hypotheses, recursion_terms
from tptheory.proving.theory import LayerGoal, LayerLemma, Theory

BOTTOM: Index = ("", 0)
TOP: Index = ("L", 0)


def lemmas_about_recursions(theory: Theory, goal: LayerGoal) -> Iterator[list[LayerLemma]]:
    """Run through the lemmas to try on the way to a goal.

    Where a hypothesis says that a matrix is zero, the terms of a recursion may be zero, too. On the way to an equation
    that is tried in any case. Then come what the equation says of the last layer and what hypotheses say of one layer,
    said of all layers; and where a hypothesis speaks of all layers, that the terms' Gram matrices are equal.
    """
    thorough = goal.kind == "zero"
    if thorough or any(len(law.terms) == 1 for law in given_laws(theory)):
        yield from vanishing_terms(theory)
    if thorough:
        yield from goal_at_all_layers(theory, goal)
        yield from hypotheses_at_all_layers(theory)
        if any(base == "k" for law in given_laws(theory) for base, _ in indices_in(law.terms)):
            yield from equal_grams(theory)


def vanishing_terms(theory: Theory) -> Iterator[list[LayerLemma]]:
    """Say that the terms of a recursion vanish: above a weight that is zero all activations do."""
    for term in recursion_terms(theory):
        terms = [["1", [term.item], *([] if term.shape else [1])]]
        for start in _starts(theory, term.upward):
            yield [_lemma(terms, start, term.upward, BOTTOM)]


def goal_at_all_layers(theory: Theory, goal: LayerGoal) -> Iterator[list[LayerLemma]]:
    """Say of all terms of a recursion what a goal says of the last, such as that it has full row rank."""
    for x in recursion_terms(theory):
        if (goal.first, goal.last) != (None, None) or x.start is None or x.end is None:
            continue
        terms = moved_terms(goal.terms, x.end, BOUND_INDEX)
        if x.item[0] in {name for name, _ in members_of(terms)}:
            lemma = x.lemma(terms)
            yield [lemma._replace(goal=lemma.goal._replace(left=goal.left))]


def hypotheses_at_all_layers(theory: Theory) -> Iterator[list[LayerLemma]]:
    """Say of all terms of a recursion what a hypothesis says of one, such as that it is 0."""
    for law in given_laws(theory):
        if (law.first, law.last) != (None, None):
            continue
        for x in recursion_terms(theory):
            yield from _law_at_all_layers(law, x)


def _law_at_all_layers(law: LayerLaw, x: RecursionTerm) -> Iterator[list[LayerLemma]]:
    """Say of all terms of a recursion, up or down from an index, what a law says of the term at this index."""
    for at in sorted({index for index in indices_in(law.terms) if index[0] != "k"}):
        in_general = partial(_at_any_layer, x, at)
        terms = [[c, [with_letters(a, in_general) for a in items], *n] for c, items, *n in law.terms]
        low, high = (x.start, x.end) if x.upward else (x.end, x.start)
        first, last = (low, at) if at[0] else (at, high)
        if terms != law.terms and None not in (first, last):
            yield [LayerLemma(LayerGoal("zero", terms, first, last, 1), "down" if at[0] else "up")]


def _at_any_layer(x: RecursionTerm, at: Index, letter: Any) -> Any:
    """Return the term at ``k`` in the place of that at an index, and any other letter of a certificate as it is."""
    return x.item if letter == x.at(at) else letter


def equal_grams(theory: Theory) -> Iterator[list[LayerLemma]]:
    """Say that ``x' x`` is the same for all terms ``x`` of a recursion, as it is above orthogonal weights.

    Of products of weights it is the identity, and so may ``x x'`` be.
    """
    ends = {BOTTOM, *layers_below_hypotheses(theory)}
    for term in recursion_terms(theory):
        if not term.shape:
            continue
        if term.begins_with_identity:
            for product, size in zip(_grams(term.item), term.sizes(BOUND_INDEX)[::-1], strict=True):
                yield [term.lemma([["1", product], ["-1", [], size]])]
        for start in _starts(theory, term.upward):
            first = moved_item(term.item, ("k", 0), start)
            terms = [["1", _grams(term.item)[0]], ["-1", _grams(first)[0]]]
            for end in [BOTTOM] if term.upward else sorted(ends):
                yield [_lemma(terms, start, term.upward, end)]


def _grams(item: Any) -> tuple[list[Any], list[Any]]:
    """Return the letters of ``x' x`` and of ``x x'``."""
    return [{"T": item}, item], [item, {"T": item}]


def _lemma(terms: list[Any], start: Index, upward: bool, bottom: Index) -> LayerLemma:
    """Return the lemma that terms vanish from a start to the top, or down to the bottom."""
    first, last = (start, TOP) if upward else (bottom, start)
    return LayerLemma(LayerGoal("zero", terms, first, last, 1), "up" if upward else "down")


def _starts(theory: Theory, upward: bool) -> list[Index]:
    """Return the indices at which an induction may begin."""
    spoken = [index for law in given_laws(theory) for index in indices_in(law.terms)]
    if not upward:
        return sorted({TOP, ("L", -1), *(("L", by - 1) for base, by in spoken if base == "L")})
    return sorted({BOTTOM, ("", 1), *(index for index in spoken if not index[0]), *layers_below_hypotheses(theory)})
