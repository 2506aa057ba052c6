"""One change to a claim: a sign, a factor, a transpose, a hypothesis, a limit, a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oracles.terms import RULES, Term, is_claim, is_matrix, num, pinv, scale, shifted, t
from oracles.writer import square

Change = tuple[str, Term]


def changed_matrix(A: Term) -> Iterator[Change]:
    """Run through what may stand for a matrix."""
    if A[0] not in ("if", "prev"):
        yield "sign", scale(-1, A)
        yield "factor", scale(2, A)
    match A:
        case ("pinv", B):
            yield "transpose for pseudo-inverse", t(B)
        case ("t", B):
            yield "pseudo-inverse for transpose", pinv(B)
        case ("mul", *parts) if len(parts) > 2:
            for i, part in enumerate(parts):
                if square(part):
                    yield "a factor less", ("mul", *parts[:i], *parts[i + 1 :])
        case ("add", *parts) if len(parts) > 2:
            yield "a term less", ("add", *parts[:-1])
        case ("pow", B, exponent):
            yield "another power", ("pow", B, exponent - 1)
        case ("feedback" | "signal" | "update" | "aim" as tag, rule, net, l) if isinstance(rule, str):
            yield "another rule", (tag, RULES[(RULES.index(rule) + 1) % len(RULES)], net, l)
    match A:
        case ("mul", *parts) if len(parts) == 2 and all(square(part) for part in parts):
            yield "factors swapped", ("mul", parts[1], parts[0])
    if A[0] in ("M", "weight", "mul") and square(A):
        yield "transposed", t(A)


def changed_number(a: Term) -> Iterator[Change]:
    """Run through what may stand for a number."""
    yield "sign", ("smul", num(-1), a)
    yield "one more", ("sadd", a, num(1))
    if a[0] == "spow":
        yield "another power", ("spow", a[1], a[2] + 1)


def changed_claim(claim: Term) -> Iterator[Change]:
    """Run through what may stand for a claim."""
    given = claim[-1] if claim[0] not in ("Hyp", "AllOf") else ()
    for i in range(len(given)):
        yield "a hypothesis less", (*claim[:-1], (*given[:i], *given[i + 1 :]))
    match claim:
        case ("ForAll", inside, (name, first, last), hypotheses):
            yield "earlier", ("ForAll", inside, (name, shifted(first, -1), last), hypotheses)
            yield "later", ("ForAll", inside, (name, first, shifted(last, 1)), hypotheses)
            yield "shorter", ("ForAll", inside, (name, shifted(first, 1), last), hypotheses)
        case ("RankAtMost", A, bounds, hypotheses) if isinstance(bounds[0], int) and bounds[0] > 0:
            yield "a smaller bound", ("RankAtMost", A, (bounds[0] - 1,), hypotheses)
        case ("Conserved" | "Nonincreasing" as kind, q, (motion, rule, net), hypotheses) if isinstance(rule, str):
            other = RULES[(RULES.index(rule) + 1) % len(RULES)]
            yield "another rule", (kind, q, (motion, other, net), hypotheses)
        case ("Hyp", name, matrices):
            weaker = {"invertible": "nonzero", "orthogonal": "invertible", "projection": "partial_isometry"}
            yield "another hypothesis", ("Hyp", weaker.get(name, "rank_one"), matrices)


def variations(term: Term) -> Iterator[Change]:
    """Run through all that one change makes of a claim."""
    if not isinstance(term, tuple) or not term:
        return
    if is_claim(term):
        yield from changed_claim(term)
    elif term[0] in ("trace", "norm2", "det", "spow", "loss", "logpdet"):
        yield from changed_number(term)
    elif is_matrix(term) and term[0] != "at":
        yield from changed_matrix(term)
    if term[0] in ("net", "S", "M", "rec", "i", "own"):
        return
    for i, part in enumerate(term):
        for name, new in variations(part):
            yield name, (*term[:i], new, *term[i + 1 :])


def mutated(term: Term, rng: Any) -> Change | None:
    """Make one change, each kind of change as likely as any other."""
    kinds: dict[str, list[Term]] = {}
    for name, new in variations(term):
        kinds.setdefault(name, []).append(new)
    if not kinds:
        return None
    name = list(kinds)[int(rng.integers(len(kinds)))]
    return name, kinds[name][int(rng.integers(len(kinds[name])))]
