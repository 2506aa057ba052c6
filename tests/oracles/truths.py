"""Claims that are true whatever their letters are: identities, and instances of theorems, of every kind of claim.

Each is a function of a `Writer`. Where a letter stands for any matrix, a random expression takes its place.
"""

from __future__ import annotations

from collections.abc import Callable

from oracles.terms import (
    ALPHA,
    AT,
    INDEX,
    PREV,
    REAL,
    SIZE,
    Term,
    add,
    depth_of,
    equal,
    forall,
    hyp,
    index,
    mul,
    neg,
    network,
    num,
    pinv,
    scale,
    ssub,
    sub,
    t,
    trace,
    zero,
)
from oracles.writer import Writer

Template = Callable[[Writer], Term]
TRUTHS: list[Template] = []
DEEP_TRUTHS: list[Template] = []
L, l = index("L"), index("l")
ISOMETRIES = "partial_isometry"


def true(template: Template) -> Template:
    """Add a template of fixed depth."""
    TRUTHS.append(template)
    return template


def often(template: Template) -> Template:
    """Add a template of fixed depth that holds many kinds of claims, as one that is chosen three times as often."""
    TRUTHS.extend([template] * 3)
    return template


def deep(template: Template) -> Template:
    """Add a template about any depth."""
    DEEP_TRUTHS.append(template)
    return template


# Matrices.


@true
def penrose(w: Writer) -> Term:
    """Say one of the equations of Penrose, or what follows from them."""
    A = w.matrix(w.size(), w.size(), 1)
    P = pinv(A)
    lhs, rhs = w.choose(
        (
            (mul(A, P, A), A),
            (mul(P, A, P), P),
            (t(mul(A, P)), mul(A, P)),
            (pinv(t(A)), t(P)),
            (mul(pinv(mul(t(A), A)), t(A)), P),
            (mul(t(A), A, P), t(A)),
            (pinv(mul(A, t(A))), mul(pinv(t(A)), P)),
            (mul(P, A, t(A)), t(A)),
            (mul(A, P, A, P), mul(A, P)),
        )
    )
    return equal(lhs, rhs)


@true
def traces(w: Writer) -> Term:
    """Say what traces do."""
    m, n = w.size(), w.size()
    A, B, C = w.matrix(m, n, 1), w.matrix(n, m, 1), w.matrix(n, n, 1)
    s = w.scalar_symbol()
    return equal(
        *w.choose(
            (
                (trace(mul(A, B)), trace(mul(B, A))),
                (trace(t(C)), trace(C)),
                (trace(scale(s, C)), ("smul", s, trace(C))),
                (("norm2", A), trace(mul(A, t(A)))),
                (("inner", A, t(B)), trace(mul(B, A))),
                (trace(mul(C, A, B) if m == n else mul(A, C, B)), trace(mul(A, B, C) if m == n else mul(C, B, A))),
            )
        )
    )


@true
def sizes_as_numbers(w: Writer) -> Term:
    """Say what sizes do where they are numbers."""
    n, m = w.size(), w.size()
    A, N = w.matrix(n, m, 1), ("size", n)
    return equal(
        *w.choose(
            (
                (trace(("id", n)), N),
                (scale(trace(("id", n)), A), scale(N, A)),
                (mul(("ones", n, n), ("ones", n, m)), scale(N, ("ones", n, m))),
                (trace(("ones", n, n)), N),
                (trace(scale(N, ("id", n))), ("spow", N, 2)),
                (("det", ("id", n)), num(1)),
                (("norm2", ("ones", n, m)), ("smul", N, ("size", m))),
            )
        )
    )


@true
def powers(w: Writer) -> Term:
    """Say what powers do."""
    n = w.size()
    A = w.symbol(n, n) if w.chance(0.6) else w.matrix(n, n, 1)
    s = w.scalar_symbol()
    return equal(
        *w.choose(
            (
                (("pow", A, 2), mul(A, A)),
                (("pow", A, 0), ("id", n)),
                (mul(("pow", A, -1), A), ("id", n)),
                (("pow", A, -1), ("inv", A)),
                (mul(A, ("pow", A, 2)), ("pow", A, 3)),
                (scale(("spow", s, 0), A), A),
                (scale(("smul", s, ("spow", s, -1)), A), A),
                (scale(("spow", s, 2), A), scale(s, scale(s, A))),
                (("pow", A, -2), mul(("inv", A), ("inv", A))),
                (("inv", ("inv", A)), A),
            )
        )
    )


@true
def inverses(w: Writer) -> Term:
    """Say what inverses do where they exist."""
    n, m = w.size(), w.size()
    A, B, C, D = w.symbol(n, n), w.matrix(n, n, 1), w.symbol(n, m), w.symbol(m, n)
    one, other = ("id", n), ("id", m)
    return equal(
        *w.choose(
            (
                (mul(A, ("inv", A), B), B),
                (("inv", mul(A, B)), mul(("inv", B), ("inv", A))),
                (("inv", t(A)), t(("inv", A))),
                (mul(("inv", add(one, mul(C, D))), C), mul(C, ("inv", add(other, mul(D, C))))),
                (pinv(A), mul(pinv(A), A, ("inv", A))),
                (mul(("inv", A), pinv(("inv", A))), one),
                (mul(("inv", mul(t(C), C)), t(C)), pinv(C)),
            )
        )
    )


@true
def determinants(w: Writer) -> Term:
    """Say what determinants and pseudo-determinants do."""
    n = w.size()
    A, B = w.symbol(n, n), w.symbol(n, n)
    one, given = ("smul", num(2), ("logpdet", A)), hyp("orthogonal", A)
    return w.choose(
        (
            equal(("det", mul(A, B)), ("smul", ("det", A), ("det", B))),
            equal(("det", t(A)), ("det", A)),
            equal(("logpdet", t(A)), ("logpdet", A)),
            equal(("logpdet", pinv(A)), ("smul", num(-1), ("logpdet", A))),
            equal(("logpdet", mul(t(A), A)), one),
            equal(("spow", ("det", A), 2), num(1), given),
            zero(("logpdet", A), given),
            equal(("det", scale(2, A)), ("smul", num(4), ("det", A))) if n == 2 else equal(("det", A), ("det", A)),
        )
    )


@true
def algebra(w: Writer) -> Term:
    """Multiply out, transpose a product, add explicit matrices."""
    n, m, k = w.size(), w.size(), w.size()
    A, B, C, D = w.matrix(n, m, 1), w.matrix(m, k, 1), w.matrix(n, m, 1), w.matrix(n, n, 1)
    s, N = w.scalar_symbol(), w.whole(1, 2)
    E, F = w.entries(N, 2), w.entries(2, N)
    return w.choose(
        (
            equal(t(mul(A, B)), mul(t(B), t(A))),
            equal(mul(add(A, C), B), add(mul(A, B), mul(C, B))),
            equal(("pow", add(D, ("id", n)), 2), add(("pow", D, 2), scale(2, D), ("id", n))),
            equal(scale(s, add(A, C)), add(scale(s, C), scale(s, A))),
            zero(sub(A, A)),
            zero(mul(A, ("zero", m, k))),
            equal(mul(E, F), t(mul(t(F), t(E)))),
            equal(add(E, E), scale(2, E)),
            equal(("norm2", E), trace(mul(t(E), E))),
            equal(mul(pinv(E), E, pinv(E)), pinv(E)),
        )
    )


@true
def properties(w: Writer) -> Term:
    """Use each named hypothesis."""
    n, m, k = w.size(), w.size(), w.size()
    A, S, B, X = w.fresh(n, m), w.fresh(n, n), w.matrix(n, k, 1), w.fresh(n, n)
    P, u, v = pinv(A), w.fresh(n, 1), w.fresh(m, 1)
    one = ("id", n)
    return w.choose(
        (
            equal(mul(A, P, B), B, hyp("full_row_rank", A)),
            equal(mul(P, A), ("id", m), hyp("full_column_rank", A)),
            equal(pinv(mul(S, X)), mul(pinv(X), pinv(S)), hyp("invertible", S, X)),
            equal(("inv", S), pinv(S), hyp("invertible", S)),
            equal(pinv(S), t(S), hyp("orthogonal", S)),
            equal(mul(S, t(S), B), B, hyp("orthogonal", S)),
            equal(P, t(A), hyp("partial_isometry", A)),
            ("Commute", S, pinv(S), (hyp("symmetric", S),)),
            equal(pinv(S), S, hyp("projection", S), hyp("symmetric", S)),
            equal(("pow", S, 3), S, hyp("projection", S)),
            equal(("pow", sub(one, S), 2), sub(one, S), hyp("projection", S)),
            ("RankAtMost", A, (1,), (hyp("rank_one", A),)),
            equal(mul(S, X, S), scale(trace(mul(S, X)), S), hyp("rank_one", S)),
            zero(u, equal(mul(u, t(v)), num(0)), hyp("nonzero", v)),
            zero(v, zero(mul(u, t(v))), hyp("nonzero", u)),
            equal(mul(t(u), pinv(t(u))), ("id", 1), hyp("nonzero", u)),
            equal(trace(mul(A, P)), ("size", n), hyp("full_row_rank", A)),
            zero(S, hyp("projection", S), hyp("invertible", sub(one, S))),
            equal(S, one, hyp("projection", S), hyp("invertible", S)),
        )
    )


@often
def consequences(w: Writer) -> Term:
    """Draw conclusions from equations that are assumed."""
    n, m = w.size(), w.size()
    A, B, C, S = w.fresh(n, m), w.fresh(n, m), w.matrix(m, n, 1), w.fresh(n, n)
    s, one = w.scalar_symbol(), ("id", n)
    a, b = ("S", "a", REAL), ("S", "b", REAL)
    either = ("AnyOf", (zero(A), zero(B)), ())
    return w.choose(
        (
            equal(mul(A, C), mul(B, C), equal(A, B)),
            zero(A, zero(mul(t(A), A))),
            zero(mul(C, A), zero(A)),
            equal(mul(A, pinv(A)), mul(B, pinv(B)), equal(A, B)),
            zero(mul(A, C, B), either),
            ("AnyOf", (zero(a), zero(b)), (equal(("smul", a, b), num(0)),)),
            ("AnyOf", (zero(A), zero(B)), (either,)),
            ("AnyOf", (zero(A), hyp("nonzero", A)), ()),
            ("AnyOf", (equal(A, A), zero(B)), ()),
            zero(A, ("Orthogonal", A, A, ())),
            equal(mul(S, B), B, equal(S, one)),
            zero(scale(s, A), equal(s, num(0))),
            equal(mul(A, C, A, C), mul(A, C), equal(mul(A, C), one)),
            ("AllOf", (equal(mul(A, C), mul(B, C), equal(A, B)), zero(sub(B, B)))),
            zero(A, ("RowSpaceWithin", A, ("zero", 1, m), ())),
            zero(sub(mul(S, S), ("pow", S, 2)), ("Commute", S, S, ())),
            equal(mul(B, pinv(B), A), A, ("ImageWithin", A, B, ())),
        )
    )


@often
def ranks_and_spaces(w: Writer) -> Term:
    """Bound ranks; say where images lie, what is orthogonal, parallel, or commutes."""
    n, m, k = w.size(), w.size(), w.size()
    A, B, C = w.matrix(n, m, 1), w.matrix(m, k, 1), w.matrix(n, k, 1)
    s, u, v = w.scalar_symbol(), w.fresh(n, 1), w.fresh(m, 1)
    S, P = w.symbol(n, n), pinv(A)
    bare = w.symbol(n, m)
    return w.choose(
        (
            ("RankAtMost", mul(A, B), (A, B), ()),
            ("RankAtMost", mul(A, B), (B,), ()),
            ("RankAtMost", bare, (w.choose((n, m)),), ()),
            ("RankAtMost", mul(u, t(v)), (1,), ()),
            ("RankAtMost", P, (A,), ()),
            ("RankAtMost", scale(s, mul(A, B)), (B, A), ()),
            ("RankAtMost", ("ones", n, m), (1,), ()),
            ("RankAtMost", mul(t(A), C), (A,), ()),
            ("ImageWithin", mul(A, B), A, ()),
            ("ImageWithin", A, mul(A, t(A)), ()),
            ("ImageWithin", P, t(A), ()),
            ("RowSpaceWithin", mul(A, B), B, ()),
            ("RowSpaceWithin", P, t(A), ()),
            ("RowSpaceWithin", A, mul(t(A), A), ()),
            ("Orthogonal", A, sub(C, mul(A, P, C)), ()),
            ("Orthogonal", mul(A, P), sub(("id", n), mul(A, P)), ()),
            ("Parallel", scale(s, A), A, ()),
            ("Parallel", mul(u, t(v)), scale(s, mul(u, t(v))), ()),
            ("Parallel", ("zero", n, m), A, ()),
            ("Commute", S, ("pow", S, 2), ()),
            ("Commute", mul(A, P), mul(A, t(A)), ()),
            ("Commute", S, scale(s, ("id", n)), ()),
        )
    )


# Ranges, and recursions between numbers.


@true
def ranges(w: Writer) -> Term:
    """Say something for a range of numbers: one, several, none, or one that ends before it begins."""
    n = w.size()
    name = w.choose(("j", "k", "l"))
    j, B = ("S", name, INDEX), w.fresh(n, w.size())
    first = w.whole(-1, 2)
    last = first + w.choose((0, 1, 2, -1, -2))
    everywhere = forall(equal(scale(j, B), B), name, 2, 3)
    return w.choose(
        (
            forall(equal(scale(j, B), B), name, 1, 1),
            forall(equal(scale(j, B), B), name, first, first - 1),
            forall(equal(scale(j, B), add(scale(j, B), sub(B, B))), name, first, last),
            zero(B, everywhere),
            forall(zero(scale(j, B)), name, first, last, zero(B)),
            forall(zero(B), name, first, last, zero(B)),
            forall(equal(scale(j, B), B), name, 1, 3, forall(equal(scale(j, B), B), name, 2, 3)),
            forall(zero(scale(("sadd", j, num(-first)), B)), name, first, first),
            forall(("RankAtMost", scale(j, mul(B, t(B))), (B,), ()), name, first, last),
            forall(equal(("spow", j, 2), ("smul", j, j)), name, first, last),
            forall(hyp("projection", scale(j, ("id", n))), name, 0, 1),
            forall(("AnyOf", (zero(scale(j, B)), hyp("nonzero", B)), ()), name, first, last),
            equal(B, scale(3, B), forall(zero(scale(j, B)), name, 0, 2)),
        )
    )


def counting(w: Writer, last: Term, by: Term = AT) -> Term:
    """Sum something from 1 to a number or a depth; upward, or downward from the top."""
    down = w.chance(0.3)
    return ("rec", w.choose(("S", "T", "A", "W")), 0, last, num(0), ("sadd", PREV, by), None, down)


def powering(w: Writer, last: Term) -> tuple[Term, Term, Term, Term]:
    """Return a recursion whose members are powers of a matrix, or of a number."""
    n = w.size()
    C, D = w.fresh(n, n), w.fresh(n, n)
    return ("rec", w.choose(("P", "R", "A")), 0, last, D, mul(C, PREV), (n, n), False), C, D, n


@true
def recursions_between_numbers(w: Writer) -> Term:
    """Say what a short recursion does."""
    a = ("S", "a", REAL)
    up = ("rec", "S", 0, 3, num(0), ("sadd", PREV, ("size", AT)), None, False)
    same = ("rec", "S", 0, 3, a, ("smul", PREV, a), None, False)
    down = ("rec", "T", 0, 3, num(1), ("smul", num(2), PREV), None, True)
    P, C, D, _ = powering(w, 3)
    branch = ("rec", "V", 0, 2, num(0), ("if", AT, 2, ("sadd", PREV, num(1)), PREV), None, False)
    shaped = ("rec", "K", 1, 3, ("id", 1), ("id", AT), (AT, AT), False)
    j = index("j")
    return w.choose(
        (
            equal(("at", up, 3), num(6)),
            equal(("at", same, 2), ("spow", a, 3)),
            equal(("at", down, 0), num(8)),
            equal(("at", P, 2), mul(C, C, D)),
            equal(("at", P, 3), mul(("pow", C, 3), D)),
            forall(equal(("at", P, j), mul(C, ("at", P, index("j", -1)))), "j", 1, 3),
            forall(equal(ssub(("at", up, j), ("at", up, index("j", -1))), ("S", "j", INDEX)), "j", 1, 3),
            forall(zero(("at", branch, j)), "j", 0, 1),
            equal(("at", branch, 2), num(1)),
            equal(trace(("at", shaped, 3)), num(3)),
            forall(("RankAtMost", ("at", P, j), (D,), ()), "j", 0, 3),
            forall(zero(("at", P, j)), "j", 1, 2, zero(mul(C, D))),
            forall(zero(("at", P, j)), "j", 1, 3, forall(zero(("at", P, j)), "j", 0, 0)),
            forall(equal(("at", P, j), D), "j", 2, 1),
        )
    )


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
