"""Lemmas about two recursions, and about the row spaces of one.

The terms of recursions are products of weights, activations and errors. Of two recursions a lemma says that one is the
other times a matrix, as in ``x_l = W_l ... W_1 x_0``, or that their products are the same at every layer, as in
``W_L ... W_{l+1} x_l = x_L``. Whether a lemma holds is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.proving.certificate_terms import indices_in, moved_item
from tptheory.proving.letters import Index
from tptheory.proving.near_laws import bound_terms
from tptheory.proving.recursion_terms import RecursionTerm, distance, layers_below_hypotheses, negated, recursion_terms
from tptheory.proving.theory import LayerGoal, LayerLemma, Theory


def lemmas_on_pairs(theory: Theory) -> Iterator[LayerLemma]:
    """Run through what may relate two recursions of a theory, one of which begins with the identity."""
    terms = [term for term in recursion_terms(theory) if term.shape and term.start and term.end]
    for P, x in permutations(terms, 2):
        if P.begins_with_identity and not (x.begins_with_identity and P.item > x.item and P.upward == x.upward):
            yield from _relations_of(theory, P, x)


def _relations_of(theory: Theory, P: RecursionTerm, x: RecursionTerm) -> Iterator[LayerLemma]:
    """Run through what may relate the recursion of ``x`` to that of ``P``, which begins with the identity."""
    if P.upward != x.upward:
        yield from _same_products(P, x)
        return
    for lemma in (*_images_of_the_first(P, x), *_inverses(P, x), *_inverses_beside(P, x)):
        yield lemma
        yield from [] if P.upward else _above_the_first_layers(theory, lemma)


def _above_the_first_layers(theory: Theory, lemma: LayerLemma) -> Iterator[LayerLemma]:
    """Say the same of the layers from one on that lies just below those of which a hypothesis speaks."""
    for end in sorted(layers_below_hypotheses(theory)):
        if (distance(lemma.goal.first, end) or 0) > 0:
            yield lemma._replace(goal=lemma.goal._replace(first=end))


def _images_of_the_first(P: RecursionTerm, x: RecursionTerm) -> Iterator[LayerLemma]:
    """Say that the terms of a recursion are the products times its first term: ``x_l = W_l ... W_1 x_0``."""
    by = distance(x.start, P.start)
    end = None if by is None else _nearer_end(x, P, by)
    if by is None or end is None or x.value is None or x.start is None:
        return
    at, (rows, columns) = ("k", by), x.sizes(x.start)
    here = x.sizes(BOUND_INDEX)
    for factor, sizes in ((P.at(at), P.sizes(at)), ({"T": P.at(at)}, P.sizes(at)[::-1])):
        if sizes == (here[0], rows):
            product = [[negated(c), [factor, *items]] for c, items, *_ in x.value]
            yield x.lemma([["1", [x.item]], *product], end)
        elif sizes == (columns, here[1]):
            product = [[negated(c), [*items, factor]] for c, items, *_ in x.value]
            yield x.lemma([["1", [x.item]], *product], end)


def _same_products(P: RecursionTerm, x: RecursionTerm) -> Iterator[LayerLemma]:
    """Say that products that run the other way make the last term of each: ``W_L ... W_{l+1} x_l = x_L``."""
    by = distance(x.end, P.start)
    reached = None if by is None or P.end is None else (P.end[0], P.end[1] - by)
    if by is None or x.end is None or distance(reached, x.start) is None:
        return
    at, (rows, _) = ("k", by), x.sizes(BOUND_INDEX)
    for factor, sizes in ((P.at(at), P.sizes(at)), ({"T": P.at(at)}, P.sizes(at)[::-1])):
        if sizes == (x.sizes(x.end)[0], rows):
            lemma = x.lemma_backwards([["1", [factor, x.item]], ["-1", [x.at(x.end)]]])
            yield _from_where_both_are(lemma, x, reached)


def _from_where_both_are(lemma: LayerLemma, x: RecursionTerm, reached: Index | None) -> LayerLemma:
    """Return a lemma with its range cut to the indices at which the other recursion exists."""
    if x.start is None or reached is None:
        return lemma
    if x.upward:
        return lemma._replace(goal=lemma.goal._replace(first=max(x.start, reached)))
    return lemma._replace(goal=lemma.goal._replace(last=min(x.start, reached)))


def _inverses(P: RecursionTerm, Q: RecursionTerm) -> Iterator[LayerLemma]:
    """Say that of two products of the same shape one is the inverse of the other's transpose: ``P_l' Q_l = I``."""
    alike = P.upward == Q.upward and (P.start, P.shape) == (Q.start, Q.shape)
    if not (alike and Q.begins_with_identity and P.start is not None):
        return
    rows, columns = P.sizes(BOUND_INDEX)
    if columns == P.sizes(P.start)[1]:
        yield P.lemma([["1", [{"T": P.item}, Q.item]], ["-1", [], columns]])
    if rows == P.sizes(P.start)[0]:
        yield P.lemma([["1", [P.item, {"T": Q.item}]], ["-1", [], rows]])


def _inverses_beside(P: RecursionTerm, Q: RecursionTerm) -> Iterator[LayerLemma]:
    """Say that of two products one is the inverse of what the other is some layers above: ``P_{l+1} Q_l = I``."""
    by = distance(Q.start, P.start)
    end = None if by is None else _nearer_end(Q, P, by)
    if not (by and Q.begins_with_identity and end is not None):
        return
    at, (rows, columns) = ("k", by), Q.sizes(BOUND_INDEX)
    for factor, sizes in ((P.at(at), P.sizes(at)), ({"T": P.at(at)}, P.sizes(at)[::-1])):
        if sizes == (columns, rows):
            yield Q.lemma([["1", [factor, Q.item]], ["-1", [], columns]], end)
            yield Q.lemma([["1", [Q.item, factor]], ["-1", [], rows]], end)


def _nearer_end(x: RecursionTerm, P: RecursionTerm, by: int) -> Index | None:
    """Return the last index at which both ``x`` at that index and ``P`` at one that lies so far above exist."""
    apart = distance(x.end, P.end)
    if x.end is None or apart is None:
        return None
    beyond = apart - by
    return x.end[0], x.end[1] + (min(0, beyond) if x.upward else max(0, beyond))


def row_spaces(theory: Theory, goal: LayerGoal) -> Iterator[list[LayerLemma]]:
    """Say that the row space of a later term of a recursion lies in that of an earlier one.

    A step that multiplies by a factor on the left keeps within the row space: ``x_l = x_l x_k+ x_k`` where ``l`` comes
    after ``k``. One that multiplies on the right keeps within the column space. First ``k`` is an index of the bound of
    a rank, or that of the first term, and ``l`` is any index; then ``k`` is any index, and ``l`` is the last.
    """
    theory.bring_in_inverses()
    near_bound = _indices_near_bound(goal)
    for x in recursion_terms(theory):
        if x.shape is None or x.step is None or x.end is None:
            continue
        inverse = theory.inverse_item(x.letter)
        for at in sorted(index for index in {*near_bound, x.start} if index and distance(x.start, index) is not None):
            yield [_within_rows_at(x, inverse, at)]
        yield [_after_the_first(x, x.lemma_backwards(_within(x, x.at(x.end), x.step, [inverse])))]


def _indices_near_bound(goal: LayerGoal) -> set[Index]:
    """Return the indices at which the bound of a rank speaks of a layer, and those one below."""
    bound = bound_terms(goal) or [["1", [], goal.bound]]
    return {(base, by + more) for base, by in indices_in(bound) if base != "k" for more in (-1, 0)}


def _within_rows_at(x: RecursionTerm, inverse: Any, at: Index) -> LayerLemma:
    """Say that the row spaces, or the column spaces, of all terms from an index on lie in that of the term there."""
    lemma = x.lemma(_within(x, x.item, x.product_at(at), [moved_item(inverse, BOUND_INDEX, at)]))
    goal_from_there = lemma.goal._replace(first=at) if x.upward else lemma.goal._replace(last=at)
    return lemma._replace(goal=goal_from_there)


def _within(x: RecursionTerm, term: Any, step: list[Any], inverse: list[Any]) -> list[Any]:
    """Return the terms of ``x y+ y - x``, or of ``y y+ x - x``, where ``y`` is the product that a step makes."""
    product = [term, *inverse, *step] if x.grows_on_the_left else [*step, *inverse, term]
    return [["1", product], ["-1", [term]]]


def _after_the_first(x: RecursionTerm, lemma: LayerLemma) -> LayerLemma:
    """Return a lemma of the terms that a step makes: all but the first."""
    first, last = lemma.goal.first, lemma.goal.last
    if x.upward:
        return lemma._replace(goal=lemma.goal._replace(first=first and (first[0], first[1] + 1)))
    return lemma._replace(goal=lemma.goal._replace(last=last and (last[0], last[1] - 1)))
