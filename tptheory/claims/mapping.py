"""Change the expressions inside of claims and hypotheses, and leave their kinds as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sympy import Basic

from tptheory.symbolic.dynamics import Flow, Step


def with_expressions_changed(item: Any, change: Callable[[Any], Any]) -> Any:
    """Return a claim, a hypothesis or a list of these with every expression in it changed by a function.

    What moves along a flow or in a step stays as it is: that is the network's and the rule's.

    >>> from sympy import MatrixSymbol
    >>> from tptheory import Equal, symmetric
    >>> A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    >>> with_expressions_changed(Equal(A, A.T, given=[symmetric(A)]), lambda e: e.xreplace({A: B})).statement()
    'if B is symmetric, then B = B.T'
    """
    if isinstance(item, Basic):
        return change(item)
    if isinstance(item, tuple | list):
        return tuple(with_expressions_changed(each, change) for each in item)
    if isinstance(item, Flow | Step) or not is_dataclass(item):
        return item
    made: Any = item
    if hasattr(made, "claims"):  # its claims are its arguments
        whole = type(made)(*with_expressions_changed(made.claims, change))
        return whole.under(with_expressions_changed(made.given, change)) if made.given else whole
    return replace(
        made, **{f.name: with_expressions_changed(getattr(made, f.name), change) for f in fields(made) if f.init}
    )
