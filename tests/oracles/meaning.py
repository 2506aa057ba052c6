"""Whether a claim, the polynomials that it becomes, and a certificate say the same."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from oracles.exact import Evaluation, Undefined, meets, rate_along
from oracles.words import Letters, Reader, brought_in, knowing
from sympy import MatrixExpr

from tptheory.claims import goals
from tptheory.measuring.instances import Instances
from tptheory.proving.obligations import _translated
from tptheory.proving.translation import Translator

WAYS = tuple(product((True, False), repeat=2))
"""Whether sizes 1 are special, and whether transposes come last: the translations that the prover chooses from."""


def terms(claim: Any) -> list[Any]:
    """Return what a claim speaks of: sides of equations, rates, matrices whose ranks are bounded, and bounds."""
    found = []
    for goal in claim.goals():
        found += [goal.expression, *goal.bounds] if isinstance(goal, goals.RankAtMost) else goal.terms()
    return found


def expected(claim: Any, term: Any, values: dict[Any, Any]) -> fmpq_mat:
    """Return the value that the translation must have: of a quantity along a flow, the rate that is carried along."""
    if isinstance(term, goals.Rate):
        assert term.quantity == claim.quantity
        value = rate_along(claim, values) * term.sign
    elif isinstance(term, goals.Change):
        value = Evaluation(values)(goals.symbolic(term))[0]
    else:
        value = Evaluation(values)(term)[0]
    return value if isinstance(value, fmpq_mat) else fmpq_mat(1, 1, [fmpq(value)])


def agree(claim: Any, seed: int, thin: bool, transposes_last: bool) -> bool | None:
    """Whether a translation has the value of the claim at an instance, and its assumptions vanish there.

    None where the claim has no value.
    """
    values = Instances(claim).draw(np.random.default_rng(seed), plain=seed % 2 == 0, tries=60, largest=3)
    if values is None:
        return None
    assert meets(claim, values)
    translator = knowing(claim, thin, transposes_last)
    translated = [(term, _translated(term, translator)) for term in terms(claim)]
    try:
        letters = Letters(translator, values | brought_in(claim, values))
        if not all(map(letters.holds, translator.hypotheses)):
            return False
        return all(matches(expected(claim, e, values), letters.value(p)) for e, p in translated)
    except Undefined:
        return None


def matches(value: fmpq_mat, translated: fmpq_mat) -> bool:
    """Whether two values are the same; the number 0 is a zero matrix."""
    same_shape = (value.nrows(), value.ncols()) == (translated.nrows(), translated.ncols())
    return value == translated if same_shape else not any(value.entries()) and not any(translated.entries())


METHODS = {"zero": {"identity", "cancellation"}, "nonpositive": {"descent"}, "rank": {"rank"}}


def statements(claim: Any, translator: Translator) -> Iterator[tuple[str, Any, Any]]:
    """Run through what a claim says, in polynomials: of which kind it is, of what, and for a rank the bound."""
    for goal in claim.goals():
        if isinstance(goal, goals.NonNegative):
            yield "nonpositive", _translated(goal.expression, translator).scale(-1), None
        elif isinstance(goal, goals.RankAtMost):
            matrix = translator(goal.expression)
            for bound in goal.bounds:
                through = translator(bound) if isinstance(bound, MatrixExpr) else translator.size(bound)
                identity = isinstance(bound, MatrixExpr) and through.terms == {((), ""): 1}
                yield "rank", matrix, through.rows if identity else through
        else:
            left = _translated(goal.left, translator)
            yield "zero", left if goal.right == 0 else left - _translated(goal.right, translator), None


def same(part: dict[str, Any], claim: Any, k: int, thin: bool, transposes_last: bool) -> bool:
    """Whether the k-th part of a certificate says what the claim says, in one of its translations."""
    translator = knowing(claim, thin, transposes_last)
    kind, goal, bound = list(statements(claim, translator))[k]
    named, read = translator.alphabet.named, Reader(translator)
    if part["method"] not in METHODS[kind] or part["goal"].keys() != (
        {kind, "at most"} if bound is not None else {kind}
    ):
        return False
    if bound is not None:
        limit = part["goal"]["at most"]
        through = read(limit["rank"]) if isinstance(limit, dict) else read.size(limit)
        if through != bound:
            return False
    found = read(part["goal"][kind])
    known = {h.polynomial for h in translator.hypotheses}
    return (
        found in ((goal, goal.transpose()) if kind == "zero" else (goal,))
        and all(named.families[name] in named.sizes for name in part["sizes"])
        and all(shape == shape_of(named.families[name], read) for name, shape in part["letters"].items())
        and all(h.keys() == {"zero"} and read(h["zero"]) in known for h in part["hypotheses"])
    )


def shape_of(family: Any, read: Reader) -> list[Any]:
    """Return the shape of a family as a certificate declares it."""
    alphabet = read.alphabet
    character = read.character(alphabet.named(family))
    sizes = alphabet.shapes[character]
    if sizes is None:
        return []
    symmetric = alphabet.adjoints[character] == character
    return [*map(alphabet.named.item, sizes), *(["symmetric"] if symmetric else [])]


def stated(part: dict[str, Any], claim: Any, k: int) -> bool:
    """Whether a part of a certificate is by a method for such claims, and says what the claim says."""
    for way in WAYS:
        try:
            if same(part, claim, k, *way):
                return True
        except KeyError:  # this translation gives an inverse another name
            continue
    return False


def number_of_parts(claim: Any) -> int:
    """Return how many statements a claim is proved by: one for each bound, or each equation."""
    return sum(len(goal.bounds) if isinstance(goal, goals.RankAtMost) else 1 for goal in claim.goals())
