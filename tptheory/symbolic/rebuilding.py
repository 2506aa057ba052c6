"""Take an expression apart, and build it again without simplifying it, as SymPy's ``xreplace`` and ``subs`` do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import (
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixSymbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.clock import require_time
from tptheory.symbolic.expressions import matadd, matmul, trace, transpose


def rebuild(expression: Any, leaf: Callable[[Any], Any]) -> Any:
    """Apply ``leaf`` to every atom of an expression and build it again without simplification."""
    if not isinstance(expression, Basic) or not expression.args:
        return leaf(expression)
    require_time()
    replaced = leaf(expression)
    if replaced is not expression:
        return replaced
    if isinstance(expression, MatrixBase):
        entries = expression.applyfunc(lambda entry: rebuild(entry, leaf))
        return entries.as_immutable() if expression.free_symbols else expression
    if isinstance(expression, MatrixElement):  # to SymPy a symbol, but its matrix may be replaced
        return MatrixElement(*(rebuild(argument, leaf) for argument in expression.args))
    if isinstance(expression, Identity | ZeroMatrix) or getattr(expression, "is_symbol", False):
        return expression
    return _builder_of(expression)(*(rebuild(argument, leaf) for argument in expression.args))


_BUILDERS: tuple[tuple[type, Callable[..., Any]], ...] = (
    (MatMul, matmul),
    (MatAdd, matadd),
    (Transpose, transpose),
    (Trace, trace),
    (Inverse, Inverse),  # before MatPow, of which SymPy makes it a kind
    (MatPow, MatPow),
)
"""For some classes of nodes, the function that builds one unsimplified; any other node is built by its own class."""


def _builder_of(expression: Basic) -> Callable[..., Any]:
    """Return the function that builds a node of this class from its parts."""
    return next((make for node, make in _BUILDERS if isinstance(expression, node)), expression.func)


def terms_alone(total: MatAdd) -> Iterator[tuple[MatrixSymbol, int]]:
    """Run through the symbols that are one term of a sum, plain or with a minus, and stand in no other term of it.

    Each comes with its sign.

    >>> from sympy import MatrixSymbol
    >>> A, B, C = (MatrixSymbol(name, 2, 2) for name in "ABC")
    >>> list(terms_alone(A * B - C))
    [(C, -1)]
    """
    for term in total.args:
        negative = isinstance(term, MatMul) and len(term.args) == 2 and term.args[0] == -1
        symbol = term.args[1] if negative else term
        if isinstance(symbol, MatrixSymbol) and not any(other.has(symbol) for other in total.args if other != term):
            yield symbol, -1 if negative else 1
