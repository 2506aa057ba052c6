"""Mutants of claims: each changes one place of the expression trees, the hypotheses, the bound or the flow.

Expressions are taken apart and built again by tptheory's own constructors, never as text. What does not compose, or
is the original again, is dropped.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from sympy import (
    Add,
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Rational,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.exceptions import ShapeError as SympyShapeError

import tptheory.claims.hypotheses as every
from tptheory import (
    Backprop,
    FeedbackAlignment,
    ImageWithin,
    Parallel,
    Pinv,
    RankAtMost,
    RowSpaceWithin,
    TargetProp,
    matadd,
    matmul,
    trace,
    transpose,
)
from tptheory.claims.claim import Claim
from tptheory.claims.hypotheses import Hypothesis
from tptheory.errors import TptheoryError
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.rebuilding import rebuild

LEAVES = (Symbol, MatrixSymbol, Identity, ZeroMatrix, OneMatrix)
ILL_TYPED = (TptheoryError, SympyShapeError)
n = Symbol("n", integer=True, positive=True)


@dataclass(frozen=True)
class Mutant:
    """A claim, the claim that it comes from, and what was done to it."""

    operator: str
    origin: str
    claim: Claim


def built(node: Any, parts: list[Any]) -> Any:
    """Build a node again from other parts, without simplification."""
    for kind, build in ((MatMul, matmul), (MatAdd, matadd)):
        if isinstance(node, kind):
            return build(*parts)
    if isinstance(node, Transpose | Trace):
        return (transpose if isinstance(node, Transpose) else trace)(*parts)
    return node.func(*parts)


def is_leaf(e: Any) -> bool:
    """Whether there is nothing inside an expression to change."""
    return not getattr(e, "args", ()) or isinstance(e, LEAVES)


def variants(e: Any, change: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
    """Run through the expressions that differ from ``e`` by a change of one node."""
    yield from change(e)
    if is_leaf(e):
        return
    for i, part in enumerate(e.args):
        for new in variants(part, change):
            try:
                yield built(e, [*e.args[:i], new, *e.args[i + 1 :]])
            except ILL_TYPED:
                continue


def times(number: Any, e: Any) -> Any:
    """Multiply a matrix or a scalar."""
    return matmul(number, e) if isinstance(e, MatrixExpr) else number * e


def without_each(items: Any) -> Iterator[list[Any]]:
    """Leave out one item at a time."""
    for i in range(len(items)):
        yield [*items[:i], *items[i + 1 :]]


def sign(e: Any) -> Iterator[Any]:
    """Flip the sign of one term."""
    for i, term in enumerate(e.args if isinstance(e, MatAdd | Add) else ()):
        yield built(e, [*e.args[:i], times(-1, term), *e.args[i + 1 :]])


def coefficient(e: Any) -> Iterator[Any]:
    """Multiply one term, or one rational, by 2 or 1/2."""
    for number in (Integer(2), Rational(1, 2)):
        for i, term in enumerate(e.args if isinstance(e, MatAdd | Add) else ()):
            yield built(e, [*e.args[:i], times(number, term), *e.args[i + 1 :]])
        if isinstance(e, Rational):
            yield number * e


def term(e: Any) -> Iterator[Any]:
    """Drop one term of a sum."""
    if isinstance(e, MatAdd | Add):
        yield from (built(e, rest) for rest in without_each(e.args))


def swap(e: Any) -> Iterator[Any]:
    """Swap two neighbours in a product."""
    if isinstance(e, MatMul):
        for i in range(len(e.args) - 1):
            a, b = e.args[i : i + 2]
            if isinstance(a, MatrixExpr):
                yield from attempt(lambda i=i, a=a, b=b: built(e, [*e.args[:i], b, a, *e.args[i + 2 :]]))


def factor(e: Any) -> Iterator[Any]:
    """Drop one factor, or two neighbours, of a product; or write two neighbours twice."""
    if isinstance(e, MatMul | Mul) and len(e.args) > 1:
        k = len(e.args)
        for i in range(k):
            for width in (1, 2):
                rest = [*e.args[:i], *e.args[i + width :]]
                if rest and i + width <= k:
                    yield from attempt(lambda rest=rest: built(e, rest))
            if isinstance(e, MatMul) and i + 2 <= k:
                twice = [*e.args[: i + 2], *e.args[i:]]
                yield from attempt(lambda twice=twice: built(e, twice))


def turn(e: Any) -> Iterator[Any]:
    """Drop a transpose, or add one."""
    if isinstance(e, Transpose):
        yield e.arg
    elif isinstance(e, MatrixSymbol | Pinv | MatMul | Inverse):
        yield transpose(e)


def pseudo(e: Any) -> Iterator[Any]:
    """Write ``W'`` for ``W+``, ``W+`` for ``W'``, either for an inverse, and nothing for either."""
    if isinstance(e, Pinv):
        yield transpose(e.arg)
        yield from attempt(lambda: Inverse(e.arg))
    elif isinstance(e, Transpose):
        yield Pinv(e.arg)
    elif isinstance(e, Inverse):
        yield from (transpose(e.arg), e.arg, Pinv(e.arg))


def power(e: Any) -> Iterator[Any]:
    """Raise or lower an exponent."""
    if isinstance(e, MatPow):
        yield from (MatPow(e.base, e.exp + 1), e.base)


def stem(symbol: Any) -> str:
    """Return a name without its layer."""
    return str(symbol).partition("_")[0]


def symbol_changes(symbols: list[Any], of_one_kind: bool) -> Callable[[Any], Iterator[Any]]:
    """Return a change of one occurrence of a symbol: to another layer's, or to any other symbol of the same shape."""

    def change(e: Any) -> Iterator[Any]:
        for other in symbols if isinstance(e, MatrixSymbol | Symbol) else ():
            same = stem(other) == stem(e) and "_" in str(e)
            if other != e and same == of_one_kind and isinstance(other, MatrixSymbol) == isinstance(e, MatrixSymbol):
                yield other

    return change


def attempt(make: Callable[[], Any]) -> Iterator[Any]:
    """Yield what can be made."""
    try:
        yield make()
    except ILL_TYPED:
        return


def arguments(claim: Claim) -> list[str]:
    """Return the names of the fields that hold expressions."""
    named = [f.name for f in fields(claim) if f.name not in ("given", "along", "bound")]
    return [name for name in named if not isinstance(getattr(claim, name), Step)]


def everywhere(claim: Claim, change: Callable[[Any], Iterator[Any]]) -> Iterator[Claim]:
    """Change one node of the conclusion, or of an equation among the hypotheses."""
    for name in arguments(claim):
        for new in variants(getattr(claim, name), change):
            yield from attempt(lambda name=name, new=new: replace(claim, **{name: new}))
    for i, assumed in enumerate(claim.given):
        if isinstance(assumed, Claim):
            for other in everywhere(assumed, change):
                given = [*claim.given[:i], other, *claim.given[i + 1 :]]
                yield from attempt(lambda given=given: replace(claim, given=given))


def hypotheses(claim: Claim) -> Iterator[Claim]:
    """Drop a hypothesis, or one matrix of it, or assume something else of the matrices."""
    for rest in without_each(claim.given):
        yield from attempt(lambda rest=rest: replace(claim, given=rest))
    for i, assumed in enumerate(claim.given):
        if isinstance(assumed, Hypothesis):
            own, all_of = getattr(every, assumed.name), assumed.matrices
            choices = [(getattr(every, name), all_of) for name in every.PROPERTIES if name != assumed.name]
            choices += [(own, some) for some in without_each(all_of) if some]
            for property_of, some in choices:
                for new in attempt(lambda property_of=property_of, some=some: property_of(*some)):
                    given = [*claim.given[:i], new, *claim.given[i + 1 :]]
                    yield from attempt(lambda given=given: replace(claim, given=given))


def bound(claim: Claim) -> Iterator[Claim]:
    """Change a bound on a rank: another size, one less, one more, another matrix."""
    if isinstance(claim, RankAtMost):
        symbols = sorted(claim.symbols(), key=str)
        sizes = sorted({s for A in symbols if isinstance(A, MatrixSymbol) for s in A.shape}, key=str)
        for k, b in enumerate(claim.bound):
            others = [*sizes, *(A for A in symbols if isinstance(A, MatrixSymbol))]
            others += [b - 1, b + 1] if not isinstance(b, MatrixExpr) else []
            for other in others:
                if other != b:
                    yield from attempt(
                        lambda k=k, o=other: replace(claim, bound=[*claim.bound[:k], o, *claim.bound[k + 1 :]])
                    )
        yield from (replace(claim, bound=[b]) for b in claim.bound if len(claim.bound) > 1)


def sides(claim: Claim) -> Iterator[Claim]:
    """Exchange the two sides of an inclusion, or a term of one side of an equation with one of the other."""
    names = arguments(claim)
    if len(names) != 2:
        return
    one, other = (getattr(claim, name) for name in names)
    if isinstance(claim, ImageWithin | RowSpaceWithin | Parallel):
        yield from attempt(lambda: replace(claim, **dict(zip(names, (other, one), strict=True))))
    terms = [list(e.args) if isinstance(e, MatAdd | Add) else [e] for e in (one, other)]
    for i, a in enumerate(terms[0]):
        for j, b in enumerate(terms[1]):
            pair = [[*terms[0][:i], b, *terms[0][i + 1 :]], [*terms[1][:j], a, *terms[1][j + 1 :]]]
            if len(terms[0]) + len(terms[1]) > 2:
                sums = [lambda p=p: matadd(*p) if isinstance(p[0], MatrixExpr) else Add(*p) for p in pair]
                yield from attempt(
                    lambda sums=sums: replace(claim, **{k: s() for k, s in zip(names, sums, strict=True)})
                )


def rule(claim: Claim) -> Iterator[Claim]:
    """Let the same quantity move along another rule's flow or step."""
    motion = getattr(claim, "along", None)
    if motion is not None:
        for other in (Backprop(), TargetProp(), FeedbackAlignment()):
            if other != motion.rule:
                along = other.flow(motion.net) if isinstance(motion, Flow) else other.step(motion.net)
                yield from attempt(lambda along=along: replace(claim, along=along))


def layer(claim: Claim) -> Iterator[Claim]:
    """Take one occurrence of a symbol from another layer."""
    return everywhere(claim, symbol_changes(sorted(claim.symbols(), key=str), of_one_kind=True))


def symbol(claim: Claim) -> Iterator[Claim]:
    """Take another symbol of the same shape in one place."""
    return everywhere(claim, symbol_changes(sorted(claim.symbols(), key=str), of_one_kind=False))


OPERATORS: dict[str, Callable[[Claim], Iterator[Claim]]] = {
    "hypothesis": hypotheses,
    "bound": bound,
    "sides": sides,
    "rule": rule,
    "layer": layer,
    "symbol": symbol,
    **{
        change.__name__: lambda claim, change=change: everywhere(claim, change)
        for change in (sign, coefficient, term, swap, factor, turn, pseudo, power)
    },
}


def squared(claim: Claim) -> Iterator[Claim]:
    """Give every matrix that has no fixed size one and the same size, so that all products compose."""

    def leaf(e: Any) -> Any:
        if isinstance(e, MatrixSymbol):
            return MatrixSymbol(e.name, *(size if size.is_number else n for size in e.shape))
        if isinstance(e, LEAVES[2:]):
            return e.func(*(size if size.is_number else n for size in e.args))
        return n if isinstance(e, Symbol) and e.is_integer else e

    def again(h: Any) -> Any:
        if isinstance(h, Hypothesis):
            return getattr(every, h.name)(*(rebuild(A, leaf) for A in h.matrices))
        return next(squared(h))

    if not hasattr(claim, "along") and len(arguments(claim)) == len(
        [f for f in fields(claim) if f.name not in ("given", "bound")]
    ):
        changed = {name: rebuild(getattr(claim, name), leaf) for name in arguments(claim)}
        if isinstance(claim, RankAtMost):
            changed["bound"] = [rebuild(b, leaf) for b in claim.bound]
        yield replace(claim, given=[again(h) for h in claim.given], **changed)


def mutants(claims: dict[str, Claim], most: int, seed: int) -> list[Mutant]:
    """Return up to ``most`` distinct mutants, spread evenly over the operators, and over the claims within each.

    Args:
        claims: claims without conjuncts, by name.
        most: how many to return.
        seed: the seed of the choice.
    """
    rng = random.Random(seed)
    seen = set(claims.values())
    piles: dict[str, list[list[Mutant]]] = {name: [] for name in OPERATORS}
    for origin, claim in claims.items():
        bases = [claim, *squared(claim)]
        for name, operator in OPERATORS.items():
            pile = [Mutant(name, origin, new) for base in bases for new in operator(base) if new != base]
            rng.shuffle(pile)
            piles[name].append(pile)
    chosen: list[Mutant] = []
    while len(chosen) < most and any(pile for some in piles.values() for pile in some):
        for some in piles.values():
            rng.shuffle(some)
            while some and not some[-1]:
                some.pop()
            while some and some[-1] and len(chosen) < most:
                mutant = some[-1].pop()
                if mutant.claim not in seen:
                    seen.add(mutant.claim)
                    chosen.append(mutant)
                    break
    return chosen
