"""Put other expressions in the place of symbols, as they are, and refuse where a symbol hides in a definition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sympy import MatrixExpr

from tptheory.errors import ShapeError, UnsupportedExpressionError
from tptheory.symbolic.layers import Recursion
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.walking import nodes_in, opened_once


def substitute(expression: Any, replacements: Mapping[Any, Any]) -> Any:
    """Replace whole sub-expressions at once, without the simplifications of SymPy's ``subs``.

    Raises:
        ShapeError: if a replacement has another shape than what it replaces.
        UnsupportedExpressionError: if the expression holds a member of a recursion, such as ``x[L]``, whose definition
            speaks of a symbol that is replaced: the member would stay as it is.
    """
    for old, new in replacements.items():
        if isinstance(old, MatrixExpr) and old.shape != new.shape:
            raise ShapeError(f"'replacements' must keep shapes (got {new.shape} for {old} of shape {old.shape}).")
    _refuse_defined_by(expression, [old for old in replacements if getattr(old, "is_symbol", False)])
    return rebuild(expression, lambda part: replacements.get(part, part))


def _refuse_defined_by(expression: Any, symbols: Collection[Any]) -> None:
    """Refuse members of recursions whose definitions speak of some symbols, or of other members of their sequences.

    Raises:
        UnsupportedExpressionError: if there is one.
    """
    spoken = {getattr(symbol, "sequence", symbol): symbol for symbol in symbols}
    for node in nodes_in(expression, opens=lambda part: not isinstance(part, Recursion)) if spoken else ():
        if isinstance(node, Recursion):
            for part in nodes_in(node, opens=opened_once(Recursion)):
                if part in spoken and part is not node:
                    raise UnsupportedExpressionError(
                        f"'expression' must not hold members of {node.name}, whose definition speaks of "
                        f"{spoken[part]}: they would stay as they are. Use a network of fixed depth."
                    )
