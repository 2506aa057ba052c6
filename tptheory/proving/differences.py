"""The differences, such as an error ``W x - y``, in what a claim says is not below 0.

A search for squares writes such a difference as one letter, in whose terms the squares are short.
"""

from __future__ import annotations

from typing import Any

from sympy import MatAdd, MatrixSymbol, postorder_traversal, sympify

from tptheory.claims.claim import Claim
from tptheory.claims.goals import Change, NonNegative, OneOf, Rate, minus
from tptheory.symbolic.rebuilding import terms_alone


def differences(claim: Claim) -> dict[MatrixSymbol, Any]:
    """Return the differences such as ``W x - y`` in what a claim says is not below 0, by the symbols ``y``.

    In a rate, and in what a step changes, that is the error of the network, if its depth is fixed. Of several with one
    symbol, the first is taken.
    """
    several = [goal.alternatives if isinstance(goal, OneOf) else [[goal]] for goal in claim.goals()]
    alone = [goal for alternatives in several for each in alternatives for goal in each]
    found = (_difference(goal.expression) for goal in alone if isinstance(goal, NonNegative))
    first: dict[MatrixSymbol, Any] = {}
    for symbol, difference in filter(None, found):
        first.setdefault(symbol, difference)
    return first


def _difference(expression: Any) -> tuple[MatrixSymbol, Any] | None:
    """Return the symbol and the difference that an expression speaks of, if there is one."""
    if not isinstance(expression, Rate | Change):
        return _residual(expression)
    net = expression.flow.net if isinstance(expression, Rate) else expression.step.net
    if net.any_depth or not isinstance(net.target, MatrixSymbol) or net.error != minus(net.output, net.target):
        return None
    return net.target, net.error


def _residual(expression: Any) -> tuple[MatrixSymbol, Any] | None:
    """Return the first symbol that stands in one sum alone, as ``y`` in ``W x - y``, and that sum with ``-y`` in it."""
    sums: dict[MatrixSymbol, dict[Any, None]] = {}
    for node in postorder_traversal(sympify(expression)):
        for symbol, sign in terms_alone(node) if isinstance(node, MatAdd) else ():
            sums.setdefault(symbol, {})[MatAdd(*(-sign * term for term in node.args)).doit()] = None
    for symbol in sorted(sums, key=str):
        if len(sums[symbol]) == 1:
            return symbol, *sums[symbol]
    return None
