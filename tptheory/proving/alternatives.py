"""One of several things holds: one equation if all of them are equations; else one of them, where the others fail.

That ``s >= 0`` or ``t >= 0`` is shown as ``t >= 0`` where ``s = -r^2`` and ``r`` is not 0, which says that ``s < 0``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import not_
from typing import Any

from sympy import MatrixExpr

from tptheory.claims import goals
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.translating import Reason
from tptheory.proving.translation import Translator
from tptheory.proving.words import summed

OTHERWISE: Reason = ("otherwise",)


def has_signs(goal: Any) -> bool:
    """Whether a goal is one of several, each of them equations or the sign of a number, and at least one a sign."""
    if not isinstance(goal, goals.OneOf):
        return False
    signs = [len(each) == 1 and _is_sign(each[0]) for each in goal.alternatives]
    return any(signs) and all(map(_are_equations, compress(goal.alternatives, map(not_, signs))))


def _is_sign(goal: goals.Goal) -> bool:
    return isinstance(goal, goals.NonNegative) and not isinstance(goals.symbolic(goal.expression), MatrixExpr)


def _are_equations(alternative: Sequence[goals.Goal]) -> bool:
    return all(isinstance(each, goals.Vanishes) for each in alternative)


def _residuals(alternative: Sequence[goals.Goal]) -> list[Any]:
    """Return what vanishes in an alternative."""
    return [each.residual() for each in alternative if isinstance(each, goals.Vanishes)]


def one_equation(goal: goals.OneOf) -> Any:
    """Return the product of sums of squared norms that is zero where one of several sets of equations holds.

    Raises:
        UnsupportedExpressionError: if an alternative is no set of equations.
    """
    if not all(map(_are_equations, goal.alternatives)):
        raise UnsupportedExpressionError("'claims' must all be equations for one of them to be proved.")
    return goals.product_of_residuals(map(_residuals, goal.alternatives))


def assume_fails(alternative: Sequence[goals.Goal], translator: Translator) -> None:
    """Assume that an alternative does not hold: that a number is below 0, or that not all of its equations hold."""
    if _are_equations(alternative):
        translator.inverse(summed([translator(residual).norm() for residual in _residuals(alternative)]))
    for number in goals.nonnegative(alternative):
        below = translator(number).scale(-1)
        translator.assume(translator.root_defect(below), OTHERWISE)
        translator.inverse(translator.root(below))
