"""Claims about networks, of a fixed depth and of any, that are true whatever their letters are."""

from __future__ import annotations

from oracles.terms import *
from oracles.truths import ISOMETRIES, L, counting, deep, l, often, penrose, powering, true
from oracles.writer import Writer

# Networks of a fixed depth.


def some_network(w: Writer, depth: int | None = None, loss: str | None = None) -> Term:
    """Write a network of a fixed depth."""
    depth = depth or w.choose((1, 2, 2, 3))
    numbered = w.chance(0.35)
    widths = tuple(w.choose((1, 1, 2, 3)) for _ in range(depth + 1)) if numbered else None
    if widths is None and w.chance(0.15):
        n = ("S", "n", SIZE)
        widths = tuple(w.choose((n, n, 1)) for _ in range(depth + 1))
    batch = w.choose((None, None, ("S", "B", SIZE), 2))
    return network(
        None if widths else depth, widths, batch, w.chance(0.3), loss or w.choose(("squared", "squared", "any"))
    )


@true
def signals(w: Writer) -> Term:
    """Say what rules of a network of a fixed depth do."""
    net = some_network(w, w.choose((2, 3)))
    depth = depth_of(net)
    rule, i = w.choose(("bp", "tp", "damped-tp", "fa")), w.whole(1, depth)
    W, x = ("weight", net, i), ("activation", net, i - 1)
    below = ("signal", rule, net, i - 1)
    above = hyp(w.choose((ISOMETRIES, "orthogonal")), *(("weight", net, k) for k in range(2, depth + 1)))
    column = net[3] is None
    moved = mul(W, sub(("aim", "tp", net, i - 1), x))
    return w.choose(
        (
            equal(("signal", "bp", net, depth), ("signal", "tp", net, depth)),
            equal(below, mul(("feedback", rule, net, i), ("signal", rule, net, i))) if i > 1 else zero(sub(x, x)),
            equal(("signal", "tp", net, 1), ("signal", "bp", net, 1), above),
            equal(("update", "tp", net, 1), ("update", "bp", net, 1), above),
            ("RankAtMost", ("update", rule, net, i), (1,) if column else (x,), ()),
            ("ImageWithin", ("signal", "bp", net, i - 1), t(W), ()),
            ("ImageWithin", ("update", "tp", net, 1), t(("weight", net, 2)), ()),
            ("RowSpaceWithin", ("update", rule, net, i), t(x), ()),
            ("Parallel", ("update", "bp", net, depth), ("update", "tp", net, depth), ()),
            equal(moved, scale(("smul", num(-1), ALPHA), ("signal", "tp", net, i)), hyp("full_row_rank", W)),
            equal(("signal", "gn", net, depth - 1), ("signal", "tp", net, depth - 1)),
            zero(("update", rule, net, i), zero(("error", net))),
        )
    )


def own_rule(w: Writer) -> Term:
    """Write a rule of one's own: a mixture, or one that branches on the layer."""
    W = ("weight", ("here",), AT)
    half = ("num", 1, 2)
    body = w.choose(
        (
            add(scale(half, t(W)), scale(half, pinv(W))),
            scale(2, t(W)),
            neg(pinv(W)),
            ("if", AT, 2, scale(2, t(W)), t(W)),
            ("if", AT, 3, pinv(W), t(W)),
            mul(pinv(W), W, pinv(W)),
            scale(("size", AT), t(W)),
        )
    )
    return ("own", w.choose(("Mine", "Mixed", "BP")), False, body)


@true
def own_rules(w: Writer) -> Term:
    """Say what a rule of one's own does, layer by layer."""
    net, rule = some_network(w, w.choose((2, 3))), own_rule(w)
    depth = depth_of(net)
    i = w.whole(1, depth - 1)
    above = ("signal", rule, net, i + 1)
    return w.choose(
        (
            equal(("signal", rule, net, i), mul(("feedback", rule, net, i + 1), above)),
            ("RowSpaceWithin", ("update", rule, net, i), t(("activation", net, i - 1)), ()),
            equal(("signal", rule, net, depth), ("signal", "bp", net, depth)),
            ("ImageWithin", ("signal", rule, net, i), t(("weight", net, i + 1)), ()),
        )
    )


def balance(net: Term, i: Term, above: Term) -> Term:
    """Write ``W_{l+1}' W_{l+1} - W_l W_l'``, and with biases ``- b_l b_l'``."""
    W, V, b = ("weight", net, i), ("weight", net, above), ("bias", net, i)
    law = sub(mul(t(V), V), mul(W, t(W)))
    return sub(law, mul(b, t(b))) if net[4] else law


def log_law(net: Term, i: Term, above: Term) -> Term:
    """Write ``log pdet W_{l+1} - |W_l|^2 / 2``, and with biases ``- |b_l|^2 / 2``."""
    law = ("sadd", ("logpdet", ("weight", net, above)), ("smul", num(-1, 2), ("norm2", ("weight", net, i))))
    return (*law, ("smul", num(-1, 2), ("norm2", ("bias", net, i)))) if net[4] else law


@often
def laws(w: Writer) -> Term:
    """Say what a flow conserves, and what never rises."""
    net = some_network(w, w.choose((1, 2, 2, 3)))
    depth = depth_of(net)
    bp, tp, fa = (("flow", rule, net) for rule in ("bp", "tp", "fa"))
    some = ("flow", w.choose(("bp", "tp", "damped-tp", "fa", "dfa", "gn")), net)
    W = ("weight", net, 1)
    kept = w.symbol(w.size(), w.size())
    options = [
        ("Nonincreasing", ("loss", net), bp, ()),
        ("Conserved", mul(pinv(kept), kept), some, ()),
        ("Conserved", ("input", net), some, ()),
        ("Conserved", trace(mul(W, pinv(W))), some, ()),
        ("Conserved", ("norm2", W), some, (zero(("error", net)),)),
        ("Nonincreasing", ("smul", num(-1), ("norm2", kept)), some, ()),
    ]
    if depth > 1:
        i = w.whole(1, depth - 1)
        B = ("feedback", "fa", net, i + 1)
        V = ("weight", net, i + 1)
        bias = ("bias", net, i)
        alignment = add(mul(B, V), mul(t(V), t(B)), neg(mul(("weight", net, i), t(("weight", net, i)))))
        options += [
            ("Conserved", balance(net, i, i + 1), bp, ()),
            ("Conserved", log_law(net, i, i + 1), tp, ()),
            ("Conserved", ("norm2", B), fa, ()),
            ("Conserved", trace(balance(net, i, i + 1)), bp, ()),
            ("Conserved", sub(alignment, mul(bias, t(bias))) if net[4] else alignment, fa, ()),
            ("AllOf", (("Conserved", balance(net, i, i + 1), bp, ()), ("Nonincreasing", ("loss", net), bp, ()))),
        ]
    return w.choose(options)


@often
def steps(w: Writer) -> Term:
    """Say what a step conserves, and when steps commute."""
    net = some_network(w, w.choose((1, 2)), "squared")
    step = ("step", w.choose(("bp", "tp", "fa", "gn")), net)
    W = ("weight", net, 1)
    x = ("input", net)
    beyond = sub(W, mul(W, x, pinv(x)))
    return w.choose(
        (
            ("Conserved", beyond, step, ()),
            ("Conserved", W, step, (zero(("error", net)),)),
            ("Conserved", x, step, ()),
            ("Commute", step, step, ()),
            ("Conserved", W, step, (zero(x),)),
            equal(sub(("after", step, W), W), ("update", step[1], net, 1)),
            equal(("after", step, x), x),
        )
    )


# Networks of any depth.


def deep_network(w: Writer, loss: str | None = None) -> Term:
    """Write a network of any depth."""
    batch = w.choose((None, None, ("S", "B", SIZE), 2))
    return network(L, None, batch, w.chance(0.3), loss or w.choose(("squared", "squared", "any")))


@deep
def layers(w: Writer) -> Term:
    """Unfold activations and error signals, layer by layer."""
    net, rule = deep_network(w), w.choose(("bp", "tp", "damped-tp", "fa"))
    x, below = ("activation", net, l), ("activation", net, index("l", -1))
    fed = mul(("weight", net, l), below)
    unfolded = add(fed, mul(("bias", net, l), ("ones", 1, 1 if net[3] is None else net[3]))) if net[4] else fed
    d = ("signal", rule, net, l)
    passed = mul(("feedback", rule, net, index("l", 1)), ("signal", rule, net, index("l", 1)))
    alpha = ("smul", num(-1), ALPHA)
    return w.choose(
        (
            forall(equal(x, unfolded), "l", 1, L),
            forall(equal(d, passed), "l", 0, index("L", -1)),
            forall(equal(sub(("aim", rule, net, l), x), scale(alpha, d)), "l", 1, L),
            forall(("RowSpaceWithin", ("update", rule, net, l), t(below), ()), "l", 1, L),
            forall(("RankAtMost", ("update", rule, net, l), (below,), ()), "l", 1, L),
            forall(equal(x, mul(("product", net, l, 1), ("input", net))), "l", 0, L)
            if not net[4]
            else forall(equal(x, unfolded), "l", 1, L),
            forall(
                equal(("signal", "bp", net, l), mul(t(("product", net, L, index("l", 1))), ("error", net))), "l", 0, L
            ),
            forall(zero(d), "l", 0, L, zero(("error", net))),
            forall(zero(d), "l", 1, 0),
            forall(
                ("ImageWithin", ("signal", "bp", net, l), t(("weight", net, index("l", 1))), ()), "l", 1, index("L", -1)
            ),
        )
    )


@deep
def any_depth_theorems(w: Writer) -> Term:
    """Say when rules agree at any depth."""
    net = deep_network(w)
    k = index("k")
    isometries = forall(hyp(w.choose((ISOMETRIES, "orthogonal")), ("weight", net, k)), "k", 2, L)
    full = forall(hyp("full_row_rank", ("weight", net, k)), "k", 2, L)
    W, up = ("weight", net, l), ("weight", net, index("l", 1))
    moved = mul(W, sub(("aim", "tp", net, index("l", -1)), ("activation", net, index("l", -1))))
    tp = ("signal", "tp", net, l)
    return w.choose(
        (
            forall(equal(tp, ("signal", "bp", net, l)), "l", 1, L, isometries),
            forall(equal(("update", "tp", net, l), ("update", "bp", net, l)), "l", 1, L, isometries),
            forall(equal(mul(("product", net, L, index("l", 1)), tp), ("error", net)), "l", 1, L, full),
            forall(equal(moved, scale(("smul", num(-1), ALPHA), tp)), "l", 2, L, full),
            forall(equal(mul(W, pinv(W), W), W), "l", 1, L),
            forall(equal(mul(W, pinv(W)), ("id", ("width", l))), "l", 2, L, full),
            forall(equal(mul(up, tp), ("signal", "tp", net, index("l", 1))), "l", 1, index("L", -1), full),
            forall(zero(("activation", net, l)), "l", 0, L, zero(("input", net)))
            if not net[4]
            else forall(equal(W, W), "l", 1, L),
        )
    )


@deep
def laws_at_any_depth(w: Writer) -> Term:
    """Say what flows conserve at any depth."""
    net = deep_network(w)
    bp, tp = (("flow", rule, net) for rule in ("bp", "tp"))
    i, above, last = l, index("l", 1), index("L", -1)
    step = ("step", w.choose(("bp", "tp")), net)
    return w.choose(
        (
            forall(("Conserved", balance(net, i, above), bp, ()), "l", 1, last),
            forall(("Conserved", log_law(net, i, above), tp, ()), "l", 1, last),
            ("Conserved", ("input", net), bp, ()),
            forall(("Conserved", trace(balance(net, i, above)), bp, ()), "l", 1, last),
            forall(("Conserved", balance(net, i, above), bp, ()), "l", 2, 1),
            forall(equal(("after", step, ("input", net)), ("input", net)), "l", 1, L),
        )
    )


@deep
def recursions_to_a_depth(w: Writer) -> Term:
    """Say what a recursion does up to a depth."""
    a, m = ("S", "a", REAL), w.size()
    Y = w.fresh(m, m)
    S = ("rec", w.choose(("S", "T")), 0, L, num(0), ("sadd", PREV, a), None, False)
    N = counting(w, L, num(1))
    G = ("rec", "G", 0, L, num(1), ("smul", a, PREV), None, w.chance(0.3))
    P, C, D, n = powering(w, L)
    net = deep_network(w)
    W = ("weight", net, AT)
    norms = ("rec", "Q", 0, L, num(0), ("sadd", PREV, ("norm2", W)), None, False)
    low, high = ("at", norms, index("l", -1)), ("at", norms, l)
    up = index("l", 1) if not N[7] else index("l", -1)
    return w.choose(
        (
            forall(equal(ssub(("at", S, l), ("at", S, index("l", -1))), a), "l", 1, L),
            forall(equal(scale(("at", N, l), Y), scale(ssub(("at", N, up), num(1)), Y)), "l", 1, index("L", -1)),
            forall(equal(("at", P, l), mul(C, ("at", P, index("l", -1)))), "l", 1, L),
            forall(zero(mul(("at", P, l), Y)), "l", 0, L, zero(mul(D, Y))) if m == n else penrose(w),
            forall(("RankAtMost", ("at", P, l), (D,), ()), "l", 0, L),
            forall(zero(("at", P, l)), "l", 1, L, zero(mul(C, D))),
            forall(equal(ssub(high, low), ("norm2", ("weight", net, l))), "l", 1, L),
            forall(("Commute", ("at", P, l), C, ()), "l", 0, L, ("Commute", C, D, ())),
            forall(equal(("at", G, l), ("at", G, l)), "l", 0, L),
            forall(zero(("at", S, l)), "l", 0, L, zero(a)),
            forall(equal(("at", P, l), D), "l", 0, L, equal(C, ("id", n))),
        )
    )


@deep
def own_rules_at_any_depth(w: Writer) -> Term:
    """Say what a rule of one's own does at any depth; one that branches is refused, or read rightly."""
    net, rule = deep_network(w), own_rule(w)
    passed = mul(("feedback", rule, net, index("l", 1)), ("signal", rule, net, index("l", 1)))
    return w.choose(
        (
            forall(equal(("signal", rule, net, l), passed), "l", 1, index("L", -1)),
            forall(("RowSpaceWithin", ("update", rule, net, l), t(("activation", net, index("l", -1))), ()), "l", 1, L),
            forall(equal(("signal", rule, net, l), ("signal", "bp", net, l)), "l", L, L),
        )
    )
