"""Claims that are nearly always false, where meaning is easily lost between what is typed and what is proved.

Indices that are numbers, ranges, functions that branch on the layer, symbols and names that look alike, powers,
inverses and determinants of what is singular, alternatives that are claimed.
"""

from __future__ import annotations

from oracles.terms import *
from oracles.writer import Writer

L, l, below, above = index("L"), index("l"), index("l", -1), index("l", 1)


def indices_as_numbers(w: Writer) -> Term:
    """Sum or scale by an index, by the size that it is, or by what depends on that size alone."""
    by = w.choose((("size", AT), trace(("id", AT)), ("norm2", ("ones", AT, 1)), ("smul", ("size", AT), ("size", AT))))
    S = ("rec", w.choose(("S", "k", "T")), 0, w.choose((L, 3)), num(0), ("sadd", PREV, by), None, False)
    s = [("at", S, index("l", i)) for i in (-1, 0, 1)]
    M = ("rec", "M", 1, L, ("id", 1), ("id", AT), (AT, AT), False)
    second = equal(ssub(s[2], s[1]), ssub(s[1], s[0]))
    last = index("L", -1) if S[3] == L else 2
    n = w.size()
    A = w.fresh(n, n)
    P = ("rec", "P", 0, L, A, scale(("size", AT), PREV), (n, n), False)
    return w.choose(
        (
            forall(second, "l", 1, last),
            forall(equal(s[1], s[0]), "l", 1, last),
            forall(("RankAtMost", ("at", M, above), (w.choose((1, 2)),), ()), "l", 1, index("L", -1)),
            forall(equal(("at", P, l), ("at", P, below)), "l", 1, L),
            forall(equal(("at", P, l), scale(("S", "l", INDEX), ("at", P, below))), "l", 1, L),
            forall(equal(scale(("S", "l", INDEX), ("at", P, 0)), ("at", P, 0)), "l", 1, L),
        )
    )


def branches(w: Writer) -> Term:
    """Branch on the layer in a rule, in a recursion or in a shape."""
    number, first = w.choose((1, 2, 3)), w.choose((1, 2))
    net = network(w.choose((L, 2, 3)), None, w.choose((None, 2)), False, w.choose(("squared", "any")))
    top = net[1]
    W = ("weight", HERE, AT)
    usual, other = w.choose(((t(W), "bp"), (pinv(W), "tp")))
    rule = ("own", w.choose(("Odd", "bp", "Mine")), False, ("if", AT, number, scale(w.choose((2, -1)), usual), usual))
    same = equal(("signal", rule, net, l), ("signal", other, net, l))
    V = ("rec", "V", 0, L, num(0), ("if", AT, number, ("sadd", PREV, num(1)), PREV), None, w.chance(0.3))
    n = w.size()
    A, B = w.fresh(n, n), w.fresh(n, n)
    M = ("rec", "M", 0, L, A, ("if", AT, number, B, PREV), (n, n), False)
    fixed = ("Conserved", ssub(("norm2", ("weight", net, 2)), ("norm2", ("weight", net, 1))), ("flow", rule, net), ())
    return w.choose(
        (
            forall(same, "l", first, L) if any_depth(net) else equal(*(("signal", r, net, 1) for r in (rule, other))),
            forall(equal(("update", rule, net, l), ("update", other, net, l)), "l", first, top),
            forall(zero(("at", V, l)), "l", 0, L),
            forall(equal(("at", M, l), A), "l", 0, L),
            forall(("RankAtMost", ("at", M, l), (A,), ()), "l", 0, L),
            fixed if not any_depth(net) else forall(zero(("at", V, l)), "l", number, L),
        )
    )


def foreign_symbols(w: Writer) -> Term:
    """Speak of a symbol that looks like one that moves, and is another."""
    net = w.choose((network(2), network(2), network(L), network(None, (2, 2, 1))))
    other = w.choose((network(None, (2, 2, 1)), network(2), network(None, (1, 1)), network(3)))
    rows, columns = (("S", f"n_{i}", w.choose(((), SIZE, INDEX))) for i in (1, 0))
    W = ("M", "W_1", rows, columns)
    step_size = ("S", "eta", w.choose((REAL, (), POSITIVE)))
    rule = w.choose(("bp", "tp"))
    motion = (w.choose(("flow", "step")), rule, net)
    return w.choose(
        (
            ("Conserved", ("loss", other), ("flow", rule, net), ()),
            ("Conserved", ("norm2", W), motion, ()),
            ("Conserved", W, motion, ()),
            ("Conserved", ("norm2", ("weight", other, 1)), motion, ()),
            equal(
                ("update", rule, network(2), 1), scale(("smul", num(-1), step_size), ("update", rule, network(2), 1))
            ),
            equal(step_size, ("S", "eta", POSITIVE)),
            equal(("norm2", W), ("norm2", ("weight", network(2), 1))),
        )
    )


def names_alike(w: Writer) -> Term:
    """Give different things names that print alike."""
    n, m = w.size(), w.size()
    A, B = w.fresh(n, n), w.fresh(n, n)
    named, product = ("M", f"{A[1]}*{B[1]}", n, n), mul(A, B)
    small = ("S", w.choose(("1", "2", "3")), SIZE)
    u, C = ("M", f"u[{A[1]}]", n, 1), ("M", "C", small, m)
    one, other = ("S", "a+0]", REAL), ("S", "a]", REAL)
    x = ("activation", network(L), l)
    prime = ("M", f"{A[1]}'", n, n)
    alike = ("S", "x", REAL), ("S", "x", w.choose((POSITIVE, (), INDEX)))
    return w.choose(
        (
            equal(named, product, hyp("rank_one", named), hyp("rank_one", product)),
            equal(("norm2", named), ("norm2", product), hyp("nonzero", named), hyp("nonzero", product)),
            ("RankAtMost", C, (int(small[1]),), ()),
            equal(trace(("id", small)), num(int(small[1]))),
            forall(equal(scale(one, x), scale(other, x)), "l", 1, L),
            equal(mul(A, t(A)), mul(A, prime)),
            equal(("M", f"{A[1]}+", n, n), pinv(A)),
            zero(u, hyp("rank_one", A), zero(A)),
            equal(*alike),
            equal(A, ("M", A[1], m, m)) if n == m else zero(("M", A[1], m, m), zero(A)),
        )
    )


def singular(w: Writer) -> Term:
    """Take powers, inverses and determinants of what may be singular."""
    n = w.size()
    A, B = w.fresh(n, n), w.fresh(n, w.size())
    s, y, one = ("S", "s", REAL), ("S", "y", REAL), ("id", n)
    net = network(None, (n, n, n))
    W, v = ("weight", net, 1), w.fresh(n, 1)
    flow = ("flow", w.choose(RULES), net)
    det = w.choose((("det", W), ("smul", num(-1), ("det", W))))
    now = w.choose(((zero(mul(W, v)), hyp("nonzero", v)), (zero(("weight", net, 2)),), (zero(("det", W)),), ()))
    return w.choose(
        (
            equal(mul(pinv(A), A), ("pow", A, 0)),
            zero(B, zero(mul(A, B)), equal(("pow", A, 0), one)),
            zero(y, equal(("smul", s, y), num(0)), equal(("spow", s, 0), num(1))),
            equal(mul(A, pinv(A)), one, equal(mul(("pow", A, 0), B), B)),
            (w.choose(("Nonincreasing", "Conserved")), det, flow, now),
            zero(B, ("AnyOf", (zero(mul(("inv", A), B)), zero(B)), ()), zero(A)),
            zero(B, ("AnyOf", (zero(mul(("inv", A), B)), zero(A)), ())),
            ("AnyOf", (zero(mul(("inv", A), B)), hyp("invertible", A)), ()),
        )
    )


def one_layer(w: Writer) -> Term:
    """Assume something of one layer, and claim it of all."""
    n = w.size()
    A0, C = w.fresh(n, n), w.fresh(n, n)
    A = ("rec", "A", 0, L, A0, mul(C, PREV), (n, n), False)
    member, start, one = ("at", A, l), ("at", A, 0), ("id", n)
    a, y = ("S", "a", REAL), ("S", "y", REAL)
    S = ("rec", "S", 0, L, a, ("smul", ("S", "s", REAL), PREV), None, False)
    later = forall(equal(("smul", ("at", S, index("k")), y), num(0)), "k", 1, L)
    net = network(L)
    W = ("weight", net, l)
    at_one = w.choose((1, 2, L))
    return w.choose(
        (
            forall(equal(mul(member, pinv(member)), one), "l", 0, L, equal(mul(("inv", start), start), one)),
            forall(equal(mul(pinv(member), member, ("inv", start)), ("inv", start)), "l", 0, L),
            forall(equal(("smul", y, ("spow", ("at", S, 0), -1)), num(0)), "l", 1, L, later),
            forall(
                equal(mul(W, pinv(W)), ("id", ("width", l))), "l", 1, L, hyp("full_row_rank", ("weight", net, at_one))
            ),
            forall(
                zero(member), "l", w.choose((0, 1)), L, forall(zero(("at", A, index("k"))), "k", 2, w.choose((1, L)))
            ),
            forall(zero(W), "l", 1, L, forall(zero(("weight", net, index("k"))), "k", 2, L)),
        )
    )


def between_numbers(w: Writer) -> Term:
    """Assume something for one range, and claim it for another."""
    n = w.size()
    name, first = w.choose(("j", "k", "l")), w.whole(-1, 2)
    j, B, x, y = ("S", name, INDEX), w.fresh(n, w.size()), ("S", "x", REAL), ("S", "y", REAL)
    S = ("rec", "S", 0, 3, num(0), ("sadd", PREV, num(1)), None, w.chance(0.3))
    at_j = ("at", S, index(name))
    inside = w.choose((equal(scale(j, B), B), zero(scale(j, B)), equal(("smul", j, y), x), zero(sub(scale(j, B), B))))
    second = first + w.whole(-1, 1)
    assumed = forall(inside, name, second, second + w.whole(-2, 1))
    return w.choose(
        (
            forall(inside, name, first, first + w.whole(0, 2), assumed),
            forall(inside, name, first, first + w.whole(0, 2), assumed),
            zero(B, assumed),
            zero(y, assumed),
            forall(zero(at_j), name, 0, 3, forall(zero(at_j), name, 0, 0)),
            forall(equal(("smul", j, y), ("smul", num(2), y)), name, 1, 3, forall(equal(j, num(2)), name, 2, 2)),
            ("AllOf", (forall(inside, name, first, first + 1), zero(B, assumed))),
        )
    )


TRAPS = (
    indices_as_numbers,
    branches,
    foreign_symbols,
    names_alike,
    singular,
    one_layer,
    between_numbers,
)
