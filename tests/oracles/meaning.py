"""Whether a claim, the polynomials that it becomes, and a certificate say the same."""

from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from oracles.exact import Evaluation, Undefined, meets, rate_along
from oracles.words import Letters, Reader, brought_in, knowing, monic
from sympy import MatrixExpr

from tptheory import Conserved, Nonincreasing, RankAtMost
from tptheory.numeric.instances import Instances
from tptheory.symbolic.dynamics import Flow

WAYS = tuple(product((True, False), repeat=2))
"""Whether sizes 1 are special, and whether transposes come last: the translations that the prover chooses from."""


def goals(claim: Any) -> list[Any]:
    """Return the expressions that a claim speaks of: differences of sides, a rate, or a matrix and its bounds."""
    if isinstance(claim, RankAtMost):
        return [claim.matrix, *claim.bound]
    if isinstance(claim, Nonincreasing):
        return [claim.rate_in_velocities()]
    return [side for equation in claim.equations() for side in equation]


def expected(claim: Any, expression: Any, values: dict[Any, Any]) -> fmpq_mat:
    """Return the value that the translation must have: of a quantity along a flow, the rate that is carried along."""
    if isinstance(claim, Nonincreasing) or (isinstance(claim, Conserved) and isinstance(claim.along, Flow)):
        value = rate_along(claim, values) if expression != 0 else fmpq(0)
    else:
        value = Evaluation(values)(expression)[0]
    return value if isinstance(value, fmpq_mat) else fmpq_mat(1, 1, [value])


def agree(claim: Any, seed: int, thin: bool, transposes_last: bool) -> bool | None:
    """Whether a translation has the value of the claim at an instance, and its assumptions vanish there.

    None where the claim has no value.
    """
    values = Instances(claim).draw(np.random.default_rng(seed), plain=seed % 2 == 0, tries=60, largest=3)
    if values is None:
        return None
    assert meets(claim, values)
    more = brought_in(claim, values)
    translator = knowing(claim, thin, transposes_last)
    translated = [(expression, translator(expression)) for expression in goals(claim)]
    try:
        letters = Letters(translator, values, more)
        if any(any(letters.value(h.polynomial).entries()) for h in translator.hypotheses):
            return False
        return all(expected(claim, e, values) == letters.value(p) for e, p in translated)
    except Undefined:
        return None


def same(part: dict[str, Any], claim: Any, k: int, thin: bool, transposes_last: bool) -> bool:
    """Whether the k-th part of a certificate says what the claim says, in one of its translations."""
    translator = knowing(claim, thin, transposes_last)
    translated = {e: translator(e) for e in goals(claim)}
    names, shapes = translator.alphabet.names, translator.alphabet.shapes
    read = Reader(translator)
    if isinstance(claim, RankAtMost):
        goal, bound = translated[claim.matrix], claim.bound[k]
        through = [translated[bound], translated[bound].transpose()] if isinstance(bound, MatrixExpr) else []
        size = str(bound.rows if through and through[0].terms == {((), ""): 1} else bound)
        if part["bound"] != size if isinstance(part["bound"], str) else read(part["bound"]) not in through:
            return False
    elif isinstance(claim, Nonincreasing):
        (goal,) = translated.values()
    else:
        lhs, rhs = claim.equations()[k]
        goal = translated[lhs] if rhs == 0 else translated[lhs] - translated[rhs]
    proved_goal = read(part["goal"])  # what is proved may lack common scalars of what is claimed, and not the reverse
    known = {h.polynomial for h in translator.hypotheses}
    mirrored = {tuple(sorted((names[a], names[b]))) for a, b in translator.alphabet.adjoints.items()}
    return (
        set(part["symbols"]) <= set(names.values())
        and all(tuple(shapes[read.letters[name]] or ()) == tuple(shape) for name, shape in part["symbols"].items())
        and {tuple(sorted(pair)) for pair in part["adjoints"]} <= mirrored
        and all(read(h) in known for h in part["hypotheses"])
        and any(monic(g) in (monic(goal), monic(goal, strip=True)) for g in (proved_goal, proved_goal.transpose()))
    )


METHODS = {Nonincreasing: {"descent"}, RankAtMost: {"rank"}}


def stated(part: dict[str, Any], claim: Any, k: int) -> bool:
    """Whether a part of a certificate is by a method for such claims, and says what the claim says."""
    if part["method"] not in METHODS.get(type(claim), {"identity", "cancellation"}):
        return False
    for way in WAYS:
        try:
            if same(part, claim, k, *way):
                return True
        except KeyError:  # this translation gives an inverse another name
            continue
    return False


def number_of_parts(claim: Any) -> int:
    """Return how many statements a claim is proved by: one for each bound, or each equation."""
    if isinstance(claim, RankAtMost):
        return len(claim.bound)
    return 1 if isinstance(claim, Nonincreasing) else len(claim.equations())
