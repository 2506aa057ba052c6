"""Run through the nodes of an expression without recursion, which in SymPy costs as much at each node as it is deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import MatrixBase


def nodes_in(expression: Any, opens: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """Run through the nodes of an expression, each before its arguments, from left to right.

    Args:
        expression: a SymPy expression, a matrix of entries, or a number of Python's, which is one node.
        opens: whether a node's arguments are run through as well; asked once at each node before it comes out;
            they always are where this is left out.

    >>> from sympy import symbols
    >>> x, y = symbols("x y")
    >>> list(nodes_in(x + y**2, opens=lambda node: not node.is_Pow))
    [x + y**2, x, y**2]
    >>> list(nodes_in(3))
    [3]
    """
    waiting = [expression.as_immutable() if isinstance(expression, MatrixBase) else expression]
    while waiting:
        node = waiting.pop()
        inner = getattr(node, "args", ()) if opens is None or opens(node) else ()
        yield node
        waiting.extend(reversed(inner))


def opened_once(*types: type) -> Callable[[Any], bool]:
    """Return a function for `nodes_in` that opens nodes of some types the first time only, and all others always."""
    seen: set[Any] = set()

    def opens(node: Any) -> bool:
        if not isinstance(node, types):
            return True
        first = node not in seen
        seen.add(node)
        return first

    return opens
