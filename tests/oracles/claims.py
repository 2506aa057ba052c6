"""A seeded grammar of random claims: from a seed to a claim, in plain data that `oracles.verdicts` judges by itself.

About half are true by construction, or one change away from that; the others are random. They are built once with
tptheory's products, once with SymPy's operators, once with both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from oracles.building import STYLES, Builder
from oracles.mutations import mutated
from oracles.network_truths import deep_network, own_rule, some_network
from oracles.terms import *
from oracles.traps import TRAPS
from oracles.truths import DEEP_TRUTHS, TRUTHS
from oracles.writer import Writer


@dataclass(frozen=True)
class RandomClaim:
    """A claim as plain data.

    Attributes:
        seed: the number that it is made from.
        origin: the template or the random kind, and what was changed.
        true: whether it is true by construction; None if nobody knows.
        term: the claim, in the language of `oracles.terms`.
        style: whether it is built by tptheory's products, by SymPy's operators, or by both.
    """

    seed: int
    origin: str
    true: bool | None
    term: Term
    style: str

    @property
    def kind(self) -> str:
        """The class of the claim."""
        return str(self.term[0])

    def build(self) -> tuple[Any, bool]:
        """Build the claim; also tell whether SymPy dropped an inverse."""
        builder = Builder(self.seed, self.style)
        claim = builder.claim(self.term)
        return claim, builder.simplified


def random_claim(seed: int) -> RandomClaim:
    """Make the claim of a seed."""
    rng = np.random.default_rng([seed, 2718])
    w = Writer(rng, float(rng.choice([0.0, 0.1, 0.5])))
    dice, style = rng.random(), STYLES[int(rng.integers(3))]
    if dice < 0.6:
        template = w.choose(DEEP_TRUTHS if w.chance(0.3) else TRUTHS)
        term, true, origin = template(w), True, template.__name__
        for _ in range(w.choose((0, 0, 0, 1, 1, 2))):
            change = mutated(term, rng)
            if change is not None:
                term, true, origin = change[1], None, f"{origin}, {change[0]}"
        return RandomClaim(seed, origin, true, term, style)
    kind = w.choose((*RANDOM, "pair", "motion", "trap", "trap", "trap"))
    if kind == "trap":
        trap = w.choose(TRAPS)
        return RandomClaim(seed, f"trap {trap.__name__}", None, trap(w), style)
    return RandomClaim(seed, f"random {kind}", None, RANDOM[kind](w), style)


# Random claims.


def given(w: Writer, layered: Term | None = None) -> tuple[Term, ...]:
    """Assume up to two things."""
    return tuple(hypothesis(w, layered) for _ in range(w.choose((0, 0, 1, 1, 2))))


def hypothesis(w: Writer, net: Term | None = None) -> Term:
    """Assume something of a matrix that was spoken of, or of a layer."""
    if net is not None and any_depth(net) and w.chance(0.8):
        inside = hyp(w.choose(HYPOTHESES[:5]), ("weight", net, index("k")))
        if w.chance(0.2):
            inside = zero(("weight", net, index("k")))
        first = w.choose((1, 2, 2, index("L"), 3))
        return forall(inside, "k", first, w.choose((index("L"), index("L"), index("L", -1), 1, 2)))
    if net is not None and w.chance(0.6):
        L = depth_of(net)
        A = ("weight", net, w.whole(1, L) if isinstance(L, int) else w.choose((1, L)))
    elif w.matrices:
        A = w.choose(w.matrices)
    else:
        A = w.fresh(w.size(), w.size())
    dice = w.rng.random()
    rows, columns = (A[2], A[3]) if A[0] == "M" else (None, None)
    if dice < 0.5 or rows is None:
        name = w.choose(HYPOTHESES)
        if name in ("symmetric", "projection") and rows != columns:
            name = "full_row_rank"
        return hyp(name, A)
    if dice < 0.65:
        return equal(A, w.matrix(rows, columns, 1))
    if dice < 0.75:
        return zero(mul(A, w.matrix(columns, w.size(), 1)))
    if dice < 0.85:
        return ("AnyOf", (zero(A), equal(w.number(1), w.number(1))), ())
    if dice < 0.92:
        j, first = ("S", w.choose(("j", "k")), INDEX), w.whole(0, 2)
        return forall(equal(("scale", j, A), w.matrix(rows, columns, 1)), j[1], first, first + w.whole(-1, 2))
    return equal(w.number(1), w.number(1))


def random_equal(w: Writer) -> Term:
    """Two expressions are equal."""
    if w.chance(0.3):
        return equal(w.number(), w.number(), *given(w))
    rows, columns = w.size(), w.size()
    return equal(w.matrix(rows, columns), w.matrix(rows, columns), *given(w))


def random_zero(w: Writer) -> Term:
    """An expression vanishes."""
    e = w.number() if w.chance(0.3) else w.matrix(w.size(), w.size())
    return zero(e, *given(w))


def random_rank(w: Writer) -> Term:
    """A rank is bounded by a number, a size or a matrix."""
    rows, columns = w.size(), w.size()
    A = w.matrix(rows, columns)
    bounds = (w.whole(0, 2), rows, columns, w.matrix(rows, w.size(), 1))
    chosen = (w.choose(bounds),) if w.chance(0.7) else (w.choose(bounds), w.choose(bounds))
    return ("RankAtMost", A, chosen, given(w))


def random_pair(w: Writer) -> Term:
    """Say something of two matrices."""
    n, m, k = w.size(), w.size(), w.size()
    kind = w.choose(("ImageWithin", "RowSpaceWithin", "OrthogonalImages", "Parallel", "Commute"))
    shapes = {
        "RowSpaceWithin": ((n, m), (k, m)),
        "Parallel": ((n, m), (n, m)),
        "Commute": ((n, n), (n, n)),
    }.get(kind, ((n, m), (n, k)))
    A, B = (w.matrix(*sizes) for sizes in shapes)
    return (kind, A, B, given(w))


def random_several(w: Writer) -> Term:
    """All of several claims, or one of several."""
    parts = tuple(w.choose((random_equal, random_zero, random_rank, random_pair))(w) for _ in range(w.whole(1, 3)))
    if w.chance(0.5):
        return ("AllOf", parts)
    A, B = w.symbol(w.size(), w.size()), w.symbol(w.size(), w.size())
    options = (zero(A), hyp("nonzero", B), hyp("rank_one", A), equal(w.number(1), w.number(1)), zero(w.number(1)))
    return ("AnyOf", (w.choose(options), w.choose(options)), given(w))


def random_range(w: Writer) -> Term:
    """Something holds for a range of numbers."""
    name = w.choose(("j", "k", "l", "n"))
    j, first = ("S", name, INDEX), w.whole(-1, 3)
    last = first + w.choose((-2, -1, 0, 0, 1, 2))
    rows, columns = w.size(), w.size()
    A, B = w.symbol(rows, columns), w.matrix(rows, columns, 1)
    inside = w.choose(
        (
            equal(("scale", j, A), B),
            zero(("scale", ("sadd", j, num(w.whole(-2, 2))), A)),
            equal(("smul", j, w.scalar_symbol()), w.number(1)),
            equal(("pow", ("id", rows), 2), ("scale", j, ("id", rows))),
            ("RankAtMost", ("scale", j, A), (w.whole(0, 1),), ()),
            ("AnyOf", (zero(("scale", j, A)), equal(("spow", j, -1), num(1))), ()),
            ("AllOf", (zero(("scale", j, A)), equal(j, num(2)))),
        )
    )
    more = given(w)
    if w.chance(0.5):
        start = w.whole(-1, 3)
        more = (*more, forall(equal(("scale", j, A), B), name, start, start + w.whole(-1, 1)))
    return forall(inside, name, first, last, *more)


def random_recursion(w: Writer) -> Term:
    """Say something of a recursion, between numbers or to a depth."""
    deep = w.chance(0.6)
    last = index("L") if deep else w.whole(1, 3)
    a, n = w.scalar_symbol(), w.size()
    A = w.fresh(n, n)
    numbers = (
        ("sadd", PREV, a),
        ("smul", a, PREV),
        ("sadd", PREV, ("size", AT)),
        ("if", AT, w.whole(1, 2), ("sadd", PREV, num(1)), PREV),
        ("sadd", ("smul", num(2), PREV), num(1)),
        ("sadd", PREV, ("trace", ("id", AT))),
    )
    matrices = (mul(A, PREV), ("add", PREV, A), ("if", AT, 2, A, PREV), t(PREV), ("scale", ("size", AT), PREV))
    name, down = w.choose(("S", "A", "W", "k")), w.chance(0.3)
    i = index("l", w.choose((0, 0, -1)))
    low, high = w.choose((0, 1, 2)), (index("L", w.choose((0, 0, -1))) if deep else w.whole(0, 3))
    if w.chance(0.6):
        rec = ("rec", name, 0, last, w.choose((num(0), num(1), a)), w.choose(numbers), None, down)
        first = ("at", rec, low)
        inside = w.choose(
            (equal(("at", rec, i), first), zero(("at", rec, i)), equal(("at", rec, i), w.choose((a, num(1)))))
        )
        assumed = (zero(a),) if w.chance(0.3) else ()
        return forall(inside, "l", 1 if i[2] else low, high, *assumed)
    rec = ("rec", name, 0, last, w.choose((A, w.symbol(n, n), ("id", n))), w.choose(matrices), (n, n), down)
    M = ("at", rec, i)
    inside = w.choose((equal(M, A), zero(M), ("RankAtMost", M, (A,), ()), ("Commute", M, A, ()), equal(t(M), M)))
    return forall(inside, "l", 1 if i[2] else low, high, *given(w))


def net_matrix(w: Writer, net: Term, i: Term) -> Term:
    """Write a matrix of a network, at a layer."""
    below, rule = (i - 1 if isinstance(i, int) else ("i", i[1], i[2] - 1)), w.choose((*RULES, own_rule(w)))
    W = ("weight", net, i)
    return w.choose(
        (
            W,
            mul(W, t(W)),
            mul(t(W), W),
            ("pinv", W),
            mul(W, ("activation", net, below)),
            ("activation", net, i),
            ("signal", rule, net, i),
            ("update", rule, net, i),
            ("aim", rule, net, i),
            ("error", net),
            ("input", net),
            ("inv", mul(t(W), W)),
        )
    )


def random_net(w: Writer) -> Term:
    """Say something of a network of a fixed depth."""
    net = some_network(w, w.choose((1, 2, 3)))
    depth = depth_of(net)
    return about(w, net, w.whole(1, depth))


def random_deep(w: Writer) -> Term:
    """Say something of a network of any depth, at layers of a range."""
    net = deep_network(w)
    claim = about(w, net, index("l"))
    first, last = w.choose((1, 1, 2, index("L"))), index("L", w.choose((0, 0, -1)))
    return forall((*claim[:-1], ()), "l", first, last, *claim[-1])


def about(w: Writer, net: Term, i: Term) -> Term:
    """Say something of a layer."""
    rule, other = w.choose((*RULES, own_rule(w))), w.choose(RULES)
    A = net_matrix(w, net, i)
    d, e = ("signal", rule, net, i), ("signal", other, net, i)
    dW, dV = ("update", rule, net, i), ("update", other, net, i)
    s = w.choose((num(1), num(2), num(-1), w.scalar_symbol()))
    more = given(w, net)
    return w.choose(
        (
            equal(d, ("scale", s, e), *more),
            equal(dW, dV, *more),
            zero(A, *more),
            ("Parallel", dW, dV, more),
            ("OrthogonalImages", d, e, more),
            ("RankAtMost", dW, (w.whole(0, 1),), more),
            ("ImageWithin", dW, ("weight", net, i), more),
            ("RowSpaceWithin", dW, ("weight", net, i), more),
            equal(mul(A, ("pinv", A), A), ("scale", s, A), *more),
        )
    )


def random_motion(w: Writer) -> Term:
    """Say that something is conserved, or never rises, along a flow or in a step."""
    deep = w.chance(0.25)
    net = deep_network(w) if deep else some_network(w, w.choose((1, 2, 2, 3)))
    i = index("l") if deep else w.whole(1, depth_of(net))
    W, rule = ("weight", net, i), w.choose((*RULES, own_rule(w)))
    flow, step = ("flow", rule, net), ("step", rule, net)
    other = some_network(w)
    foreign = w.choose((("weight", other, 1), ("M", "W_1", ("S", "n_1", ()), ("S", "n_0", ())), w.fresh(2, 2)))
    n = w.choose((1, 2))
    made_by_hand = ("M", "W_1", n, n)
    v = ("M", "v", n, 1)
    square_net = ("net", None, (n, n, n), None, False, "squared")
    singular = (equal(mul(made_by_hand, v), num(0)), hyp("nonzero", v)) if w.chance(0.6) else ()
    numbers = [
        ("loss", net),
        ("norm2", W),
        ("logpdet", W),
        ("trace", mul(W, ("pinv", W))),
        ("trace", ("inv", mul(t(W), W))),
        ("norm2", ("activation", net, i)),
        ("smul", num(-1), ("norm2", W)),
    ]
    matrices = [mul(W, t(W)), W, mul(W, ("pinv", W)), ("activation", net, i), ("input", net)]
    if net[4]:
        matrices.append(("bias", net, i))
    claims = [
        ("Nonincreasing", w.choose(numbers), flow, given(w, net)),
        ("Conserved", w.choose(numbers + matrices), w.choose((flow, step)), given(w, net)),
        ("Conserved", w.choose(numbers[1:] + matrices), flow, (zero(("error", net)),) if w.chance(0.5) else ()),
    ]
    if deep:
        claim = w.choose(claims)
        return forall((*claim[:-1], ()), "l", w.choose((1, 2)), index("L", w.choose((0, -1))), *claim[-1])
    claims += [
        ("Conserved", w.choose((foreign, ("norm2", foreign))), w.choose((flow, step)), ()),
        ("Commute", step, ("step", w.choose(RULES), net if w.chance(0.6) else other), ()),
        ("Nonincreasing", ("det", made_by_hand), ("flow", w.choose(RULES), square_net), singular),
        ("Conserved", ("det", made_by_hand), ("flow", w.choose(RULES), square_net), singular),
        equal(("velocity", flow, w.choose(numbers[1:])), w.choose((num(0), w.number(1))), *given(w, net)),
    ]
    return w.choose(claims)


RANDOM: dict[str, Callable[[Writer], Term]] = {
    "equation": random_equal,
    "zero": random_zero,
    "rank": random_rank,
    "pair": random_pair,
    "several": random_several,
    "range": random_range,
    "recursion": random_recursion,
    "network": random_net,
    "deep network": random_deep,
    "motion": random_motion,
}
