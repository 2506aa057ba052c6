"""Claims that are true whatever their letters are: identities, and instances of theorems, of every kind of claim.

Each is a function of a `Writer`. Where a letter stands for any matrix, a random expression takes its place.
"""

from __future__ import annotations

from collections.abc import Callable

from oracles.terms import *
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
            zero(A, ("OrthogonalImages", A, A, ())),
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
            ("OrthogonalImages", A, sub(C, mul(A, P, C)), ()),
            ("OrthogonalImages", mul(A, P), sub(("id", n), mul(A, P)), ()),
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
