"""A sum of ranks is shown to be at most 0: it is minus a sum of relations, with weights that are not negative.

The relations speak of finitely many matrices: those whose ranks are compared, their factors, and products with letters.
Which of them to add up, and with which weights, is a linear program.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from tptheory.proving.equations import membership
from tptheory.proving.rank_derivation import RankDerivation, Weighted
from tptheory.proving.rank_pool import RankForm, RankKey, RankPool
from tptheory.proving.rank_relations import GivenNumber, no_less_than_zero
from tptheory.proving.rank_search import RelationSearch
from tptheory.proving.searching import Proof, StuckError, completion, refuse_when_late
from tptheory.proving.semidefinite import flint_rational, solutions
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, Rational, divide

TINY = 1e-9
"""A weight below this, in floating-point numbers, is 0."""
ALGEBRA_EFFORT = 20_000
"""The effort of a first search by algebra alone, whose proof is shorter if there is one."""


def rank_descent(number: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that a sum of ranks is at most 0: it is minus a sum of relations between ranks."""
    pool = RankPool(translator, completion(translator, deadline))
    sums = _solved(pool, [pool.read(number)], deadline)
    return RankDerivation(translator, pool, sums).descent(number)


def rank_equation(left: Polynomial, right: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that two sums of ranks are equal: each is at most the other, so that the squares in both proofs vanish."""
    with suppress(StuckError):
        return _by_algebra(translator, left, right, deadline)
    pool = RankPool(translator, completion(translator, deadline))
    sums = _solved(pool, [pool.read(left - right), pool.read(right - left)], deadline)
    return RankDerivation(translator, pool, sums).equation(left, right)


def rank_vanishing(left: Polynomial, right: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that two matrices are equal where hypotheses compare ranks: the rank of their difference is at most 0."""
    pool = RankPool(translator, completion(translator, deadline))
    given = [form for form, each in pool.relations.items() if isinstance(each, GivenNumber)]
    if not any(isinstance(key, int) for form in given for key, _ in form):
        raise StuckError("no hypothesis compares ranks")
    return vanishing_in(pool, left, right, deadline)


def vanishing_in(pool: RankPool, left: Polynomial, right: Polynomial, deadline: float) -> Proof:
    """Show that two matrices are equal by the relations of a pool, and by more that are found.

    Raises:
        StuckError: if they are the same, or the rank of their difference is not shown to be at most 0.
    """
    D = left - right
    if not D:
        raise StuckError("the matrices are the same")
    pool.compared.append(D)
    (weighted,) = _solved(pool, [pool.form(D)], deadline)
    return _vanishing(pool, left, right, weighted)


def vanishing_by(pool: RankPool, left: Polynomial, right: Polynomial) -> Proof:
    """Show that two matrices are equal by the relations of a pool alone.

    Raises:
        StuckError: if the rank of their difference is not shown to be at most 0.
    """
    weighted = _weights(pool, pool.form(left - right))
    if weighted is None:
        raise StuckError("the sum of ranks is no sum of these relations between ranks")
    return _vanishing(pool, left, right, weighted)


def _vanishing(pool: RankPool, left: Polynomial, right: Polynomial, weighted: Weighted) -> Proof:
    """Show that two matrices are equal by relations that bound the rank of their difference by 0."""
    sums: list[Weighted] = [[(1, no_less_than_zero(left - right)), *weighted]]
    return RankDerivation(pool.translator, pool, sums).vanishing(left, right)


def _by_algebra(translator: Translator, left: Polynomial, right: Polynomial, deadline: float) -> Proof:
    """Show that two numbers are equal by the equations that define pseudo-inverses, with little effort."""
    branch = translator.branch()
    branch.effort = ALGEBRA_EFFORT
    return membership(left, right, branch, deadline)


def _solved(pool: RankPool, forms: list[RankForm], deadline: float) -> list[Weighted]:
    """Return, for each sum of ranks, relations with weights that add up to minus the sum.

    Raises:
        StuckError: if a sum has no ranks, or if no weights are found for it.
    """
    if not all(any(isinstance(key, int) for key in form) for form in forms):
        raise StuckError("the number is no sum of ranks")
    found = [weighted for weighted in sums_of_relations(pool, forms, deadline) if weighted is not None]
    if len(found) < len(forms):
        raise StuckError("the sum of ranks is no sum of relations between ranks that were found")
    return found


def sums_of_relations(pool: RankPool, forms: list[RankForm], deadline: float) -> list[Weighted | None]:
    """Return, for each sum of ranks, relations with weights that add up to minus the sum, or None if none are found.

    Raises:
        StuckError: if the time is up.
    """
    found: list[Weighted | None] = [None] * len(forms)
    for _ in RelationSearch(pool).grow():
        refuse_when_late(deadline)
        found = [old or _weights(pool, form) for old, form in zip(found, forms, strict=True)]
        if None not in found:
            break
    return found


def _weights(pool: RankPool, form: RankForm) -> Weighted | None:
    """Solve the linear program in floating-point numbers, and again exactly for the relations that it chooses."""
    forms = [dict(each) for each in pool.relations]
    keys = [*dict.fromkeys(key for each in (form, *forms) for key in each)]
    chosen = _chosen(forms, form, keys)
    if chosen is None:
        return None
    exact = _exact_weights([forms[k] for k in chosen], form, keys)
    relations = [*pool.relations.values()]
    return None if exact is None else [(c, relations[k]) for k, c in zip(chosen, exact, strict=True) if c]


def _chosen(forms: list[RankForm], form: RankForm, keys: list[RankKey]) -> list[int] | None:
    """Return the numbers of the forms whose weights are not 0 in the cheapest sum that is minus a form.

    The weights are floating-point numbers; a form costs more, the more keys it has. If no sum is found, return None.
    """
    from scipy.optimize import linprog

    rows = {key: row for row, key in enumerate(keys)}
    table = np.zeros((len(keys), len(forms)))
    for column, each in enumerate(forms):
        table[[rows[key] for key in each], column] = [float(c) for c in each.values()]
    target = np.array([-float(form.get(key, 0)) for key in keys])
    solved = linprog([1.0 + len(each) for each in forms], A_eq=table, b_eq=target, method="highs-ds")
    return None if solved.x is None else [k for k, x in enumerate(solved.x) if x > TINY]


def _exact_weights(forms: list[RankForm], form: RankForm, keys: list[RankKey]) -> list[Rational] | None:
    """Return weights with which forms add up to minus a form.

    If there are none, or if one of those that are found is negative, return None.
    """
    columns = [[flint_rational(each.get(key, 0)) for key in keys] for each in forms]
    space = solutions(columns, [flint_rational(-form.get(key, 0)) for key in keys])
    if space is None or any(c < 0 for c in space.point):
        return None
    return [divide(int(c.p), int(c.q)) for c in space.point]
