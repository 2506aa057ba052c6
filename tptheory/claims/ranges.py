"""What a claim about any depth, or about a range of indices, says once the depth and the indices are numbers.

Prover, refuter, evaluation and cross-checks all use this module, so that an empty range and a hypothesis with a range
mean the same to each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from itertools import product
from typing import Any

from sympy import Expr, Integer, MatrixExpr, S, Symbol, sympify
from sympy.core.function import AppliedUndef

from tptheory.claims import hypotheses
from tptheory.claims.claim import Claim, flatten_given
from tptheory.claims.compound import AllOf, AnyOf, ForAll, Holds
from tptheory.claims.goals import RankAtMost, motions
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.tacit import Existence, Tacit, shows, tacit_of
from tptheory.claims.vocabulary import Equal
from tptheory.errors import InvalidValueError, complain
from tptheory.symbolic.bound import BoundIndex
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.dynamics import Motion, Step
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, Sequence, index_parts, layer_symbols, occurrences
from tptheory.symbolic.remembering import remembered
from tptheory.symbolic.walking import nodes_in, opened_once

HYPOTHESES = {name: getattr(hypotheses, name) for name in hypotheses.PROPERTIES}
DEEPEST = 3
"""The largest depth at which claims about any depth are measured, and counterexamples to them are looked for.

A claim that names a layer further up is looked at in the shallowest network that has the layer.
"""
DEEPEST_NAMED = 100
"""The largest depth that a claim may need for the layers that it names."""
MARGIN = 20
"""How far beyond the depth that named layers seem to need a depth is looked for that has them."""
Numbers = Mapping[Any, int]
"""The numbers at which a depth and indices stand, by symbol."""
VACUOUS = Equal(S.Zero, S.Zero)
"""The claim that stands for an empty range: it always holds."""


def is_layered(claim: Any) -> bool:
    """Whether a claim speaks of a depth that is a symbol, or of a layer whose index is a symbol that nothing binds."""
    return bool(depth_symbols(claim))


def depth_symbols(claim: Claim) -> set[Symbol]:
    """Return the symbols that stand for depths, or for a layer that nothing binds, in a claim or its hypotheses."""
    return set().union(*(_index_symbols(item) for item in (claim, *claim.given)))


def _index_symbols(item: Any) -> set[Symbol]:
    """Return the symbols of indices that are free in a hypothesis, or in a claim without its hypotheses."""
    if isinstance(item, ForAll):
        limits = {s for end in item.limits[1:] for s in S(end).free_symbols}
        return (_index_symbols(item.claim) - {item.index}) | limits
    if isinstance(item, AllOf | AnyOf):
        return set().union(*(_index_symbols(part) for part in item.claims))
    found = {s for e in item.expressions() for s in _indices_in(sympify(e))}
    if isinstance(item, Claim):
        found |= {motion.net.depth for motion in motions(item.goals()) if motion.net.any_depth}
    return found


@remembered
def _indices_in(expression: Any) -> frozenset[Symbol]:
    """Return the symbols of the indices of members and widths in an expression, and of the ends of its sequences."""
    found: set[Symbol] = set()
    for node in nodes_in(expression, opens=opened_once(Sequence)):
        if isinstance(node, Sequence):
            found |= node.first.free_symbols | node.last.free_symbols
        elif isinstance(node, LayerSymbol | LayerScalar):
            found |= node.index.free_symbols
        elif _is_width(node):
            found |= node.free_symbols
    return frozenset(symbol for symbol in found if not isinstance(symbol, BoundIndex))


def has_ranges(claim: Claim) -> bool:
    """Whether a claim, or one of its hypotheses, speaks of a range of indices."""

    def ranges(item: Any) -> bool:
        return isinstance(item, ForAll) or (isinstance(item, AllOf | AnyOf) and any(map(ranges, item.claims)))

    return any(map(ranges, (claim, *claim.given)))


def _speaks_of_members(claim: Claim) -> bool:
    """Whether a claim, or one of its hypotheses, speaks of members of sequences, which have to be written out."""
    spoken = [*claim.expressions(), *(e for h in claim.given for e in h.expressions())]
    return any(layer_symbols(sympify(e)) or any(map(_is_width, occurrences(sympify(e), AppliedUndef))) for e in spoken)


def _is_width(node: Any) -> bool:
    """Whether a node is the width of a layer; a function of numbers that is declared as none is not."""
    return isinstance(node, AppliedUndef) and bool(node.is_integer)


def at_small_depths(claim: Claim, deepest: int = DEEPEST) -> Iterator[Claim]:
    """Run through what a claim says of networks of depth 1, 2, ..., as `numbered_parts` does, without the numbers."""
    return (part for part, _ in numbered_parts(claim, deepest))


def numbered_parts(claim: Claim, deepest: int = DEEPEST) -> Iterator[tuple[Claim, Numbers]]:
    """Run through what a claim says of networks of depth 1, 2, ..., shallow ones first, with depth and indices.

    A claim without a symbolic depth gives its conjuncts. The claims that come out speak of no range, and neither do
    their hypotheses. An empty range claims nothing, and assumes nothing. Depths at which the claim names a layer that
    does not exist are skipped, if there is a depth at which it says something.

    Args:
        claim: the claim.
        deepest: the largest depth, but for claims that name a layer above it.

    Raises:
        InvalidValueError: if every depth is skipped or has an empty range, or the declarations of a symbol admit none
            of the depths.
    """
    whole = depth_symbols(claim)
    for part in claim.conjuncts():
        spoken = {s for e in part.expressions() for s in sympify(e).free_symbols}
        symbols = sorted(depth_symbols(part) | (whole & spoken), key=str)  # a depth is one in all conjuncts
        says_something, meaningless, tried = False, None, ""
        for values in _admitted_depths(symbols, max(deepest, least_depth(part))):
            try:
                found = list(at_numbers(part, values))
            except InvalidValueError as error:  # such as a claim about layer L - 2, where there is but one
                meaningless, tried = error, " and ".join(f"{s} = {n}" for s, n in values.items())
            else:
                says_something = says_something or bool(found)
                yield from found
        if meaningless is not None and not says_something:
            raise InvalidValueError(f"{meaningless} That was tried at {tried}, and no smaller depth serves.")


def least_depth(conjunct: Claim) -> int:
    """Return the smallest depth at which a claim says something: its range has a layer, and the layers it names exist.

    It is 1 for a claim that is about no depth, or about several. Where the layers that a claim names do not exist at
    any depth that is tried, it is the first depth at which the range has a layer.

    Raises:
        InvalidValueError: if a layer above `DEEPEST_NAMED` is named by itself, or one so far below the last.
    """
    symbols = depth_symbols(conjunct)
    if len(symbols) != 1:
        return 1
    (depth,) = symbols
    first = _first_with_a_layer(conjunct, depth)
    named = [_depth_for(base, offset) for base, offset in _layers_spoken_of(conjunct) if base in (None, depth)]
    if max(named, default=1) <= 1:
        return first
    if max(named) > DEEPEST_NAMED:
        expected = f"{DEEPEST_NAMED} or less, or so far below the last one, where a claim names a layer"
        raise InvalidValueError(complain("l", expected, max(named), "State it of a range of layers."))
    start = max(first, max(named) - 1)  # the product of no layers has an index above the last
    for number in range(start, min(start + MARGIN, DEEPEST_NAMED) + 1):
        with suppress(InvalidValueError):
            if list(at_numbers(conjunct, {depth: number})):
                return number
    return first


def _depth_for(base: Any, offset: int) -> int:
    """Return the least depth with a layer that is a number, or counted from the last."""
    return offset if base is None else 1 - offset


def _first_with_a_layer(conjunct: Claim, depth: Symbol) -> int:
    """Return the smallest depth at which the range of a claim has a layer; 1 where no depth has one."""
    if not isinstance(conjunct, ForAll):
        return 1
    length = S(conjunct.limits[2]) - S(conjunct.limits[1])
    counted = length.coeff(depth) > 0  # else it is as long at any depth, or longer at shallow ones
    return next((n for n in range(1, DEEPEST_NAMED + 1) if length.subs(depth, n).is_nonnegative), 1) if counted else 1


def _layers_spoken_of(claim: Claim) -> Iterator[tuple[Any, int]]:
    """Run through the layers that a claim and its hypotheses speak of, as a symbol and an integer that is added to it.

    Ranges between numbers speak of their last layer, and ranges that begin at a symbol of their first.
    """
    spoken = [*_expressions_of(claim), *(e for h in claim.given for e in h.expressions())]
    yield from (index_parts(index) for e in spoken for index in _indices_of(sympify(e)))
    ranges = [item.limits for item in (claim, *claim.given) if isinstance(item, ForAll)]
    yield from ((None, int(last)) for _, first, last in ranges if S(first).is_Integer and S(last).is_Integer)
    yield from (index_parts(first) for _, first, _ in ranges if S(first).free_symbols)


@remembered
def _indices_of(expression: Any) -> tuple[Any, ...]:
    """Return the indices at which members of sequences and widths stand in an expression."""
    members = (node.index for node in occurrences(expression, LayerSymbol, LayerScalar))
    return (*members, *(node.args[0] for node in occurrences(expression, AppliedUndef) if _is_width(node)))


def _admitted_depths(symbols: list[Symbol], deepest: int) -> list[dict[Any, int]]:
    """Return the depths that the declarations of their symbols admit, shallow ones first.

    Raises:
        InvalidValueError: if there are symbols, and none of these depths is admitted.
    """
    depths = product(range(1, deepest + 1), repeat=len(symbols))
    every: list[dict[Any, int]] = [dict(zip(symbols, numbers, strict=True)) for numbers in depths]
    admitted = [values for values in every if all(_admits(symbol, depth) for symbol, depth in values.items())]
    if not admitted:
        names = ", ".join(map(str, symbols))
        expected = f"declared so that it may be one of 1, ..., {deepest}"
        raise InvalidValueError(complain(names, expected, "a depth that is none of them"))
    return admitted


def _admits(symbol: Symbol, number: int) -> bool:
    """Whether the assumptions with which a symbol was declared let it be this number."""
    told = symbol.assumptions0.items()
    return all(getattr(S(number), f"is_{name}") in (truth, None) for name, truth in told)


def at_numbers(claim: Claim, values: Numbers) -> Iterator[tuple[Claim, Numbers]]:
    """Run through what one conjunct of a claim says when its depths have these values, each with all its indices."""
    if not values and not has_ranges(claim) and not _speaks_of_members(claim):
        yield _with_premises(claim, claim.tacit()), values
        return
    given = flatten_given([h for item in claim.given for h in _instances(item, values)])
    premises = [premise for premise in claim.tacit() if isinstance(premise, Existence)]
    body = claim.claim if isinstance(claim, ForAll) else claim.under(())
    widths = dict.fromkeys(_widths_in(body))
    for indices in _indices(claim, values):
        _refuse_widths_above(widths, indices, values)
        inside = concrete(body, indices)
        whole = Holds(inside) if isinstance(inside, Hypothesis) else inside
        needed = _needed(premises, indices, claim.given, given)
        for part in whole.conjuncts():
            yield _with_premises(part.under(given), needed), indices


def _refuse_widths_above(widths: Iterable[AppliedUndef], indices: Numbers, depths: Numbers) -> None:
    """Refuse the width of a layer above the last one, which is the size of no matrix.

    Raises:
        InvalidValueError: if there is one.
    """
    for depth in depths.values() if len(depths) == 1 else ():
        for width in widths:
            layer = width.args[0].xreplace({symbol: Integer(n) for symbol, n in indices.items()})
            if layer.is_Integer and layer > depth:
                mend = "Let the claim begin later, or end earlier."
                raise InvalidValueError(complain("l", f"a layer of the network, 0 to {depth}", layer, mend))


def _widths_in(claim: Any) -> Iterator[AppliedUndef]:
    """Run through the widths that a claim speaks of, bounds of ranks among them."""
    for e in _expressions_of(claim):
        yield from filter(_is_width, occurrences(sympify(e), AppliedUndef))


def _expressions_of(claim: Any) -> Iterator[Any]:
    """Run through the expressions that a claim speaks of, bounds of ranks among them."""
    yield from claim.expressions()
    yield from (bound for goal in claim.goals() if isinstance(goal, RankAtMost) for bound in goal.bounds)


def _needed(
    premises: Iterable[Existence], indices: Mapping[Any, int], hypotheses: Iterable[Any], given: Collection[Any]
) -> list[Existence]:
    """Return what tacit premises say where indices are numbers, unless the hypotheses show it.

    A premise is left out where it still speaks of an index that a hypothesis binds.

    Args:
        premises: the tacit premises.
        indices: the values of the indices.
        hypotheses: the hypotheses as typed, in which ranges may stand.
        given: what these say once their indices are numbers.
    """
    bound = {h.index for h in hypotheses if isinstance(h, ForAll)}
    numbered = [each for premise in premises for each in _at_its_indices(premise, indices)]
    return [each for each in numbered if not (_speaks_of(each, bound) or shows(each, given))]


def _speaks_of(premise: Existence, indices: set[Symbol]) -> bool:
    """Whether a premise still speaks of one of some indices, such as those that hypotheses bind."""
    return not indices.isdisjoint(sympify(premise.subject).free_symbols)


def _with_premises(claim: Claim, needed: Collection[Tacit]) -> Claim:
    """Return the claim, with those of the needed premises as hypotheses that its goals do not take for granted."""
    said = tacit_of(claim.goals(), claim.given) if needed else ()
    lost = [each.as_hypothesis() for each in needed if isinstance(each, Existence) and each not in said]
    return claim.under((*claim.given, *lost)) if lost else claim


def _indices(item: Any, values: Mapping[Any, int]) -> list[Mapping[Any, int]]:
    """Return the values of all indices, once for each number in the range of a `ForAll`; once for anything else."""
    if not isinstance(item, ForAll):
        return [values]
    first, last = (int(S(end).xreplace(dict(values))) for end in item.limits[1:])
    return [{**values, item.index: k} for k in range(first, last + 1)]


def _at_its_indices(premise: Existence, values: Mapping[Any, int]) -> Iterator[Existence]:
    """Run through what a tacit premise says where indices are numbers, wherever the layers that it speaks of exist.

    Its matrix may be missing from the claim at these numbers, because a recursion is not multiplied out so far or a
    coefficient is 0. The statement names the premise nevertheless, so a counterexample must not break it.
    """
    index, first, last = premise.limits or (None, 0, 0)
    ends = (int(S(end).xreplace(dict(values))) for end in (first, last))
    for k in range(next(ends), next(ends) + 1):
        try:
            yield type(premise)(at_depth(premise.subject, {**values, index: k} if premise.limits else values))
        except InvalidValueError:  # no such layer at this depth
            continue


def _instances(item: Any, values: Mapping[Any, int]) -> list[Any]:
    """Return what a claim or hypothesis says at each index of its range; the index is bound in its body alone."""
    body = item.claim if isinstance(item, ForAll) else item
    return [concrete(body, indices) for indices in _indices(item, values)]


def concrete(claim: Any, values: Mapping[Any, int]) -> Any:
    """Return a claim or hypothesis at numbers: recursions are multiplied out, and motions are derived again."""
    if isinstance(claim, Hypothesis):
        return HYPOTHESES[claim.name](*(at_depth(A, values) for A in claim.matrices))
    if isinstance(claim, AllOf):
        return AllOf(*(concrete(c, values) for c in claim.claims))
    if isinstance(claim, AnyOf):
        return AnyOf(*(_alternative(c, values) for c in claim.claims))

    def value(item: Any) -> Any:
        if isinstance(item, MatrixExpr | Expr):
            return at_depth(item, values)
        if isinstance(item, Motion):
            net = item.net.at_depth(values)
            return item.rule.step(net) if isinstance(item, Step) else item.rule.flow(net)
        if isinstance(item, Hypothesis):
            return concrete(item, values)
        return tuple(map(value, item)) if isinstance(item, tuple) else item

    return type(claim)(**{f.name: value(getattr(claim, f.name)) for f in fields(claim) if f.name != "given"})


def _alternative(item: Any, values: Mapping[Any, int]) -> Any:
    """Return one of several alternatives at numbers; one with a range becomes the conjunction of its instances."""
    found = _instances(item, values)
    if len(found) == 1:
        return found[0]
    return AllOf(*(Holds(h) if isinstance(h, Hypothesis) else h for h in found)) if found else VACUOUS
