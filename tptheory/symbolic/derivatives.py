"""The derivative of an expression: in time along a flow, in a direction, or by a number; and its gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sympy import MatrixBase, MatrixExpr, MatrixSymbol, S, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError, complain
from tptheory.keywords import known_keywords
from tptheory.symbolic.arguments import as_expression, refuse_size
from tptheory.symbolic.differentiation import differential, pulled_back
from tptheory.symbolic.dynamics import Flow, Motion, Step
from tptheory.symbolic.expressions import as_matrix
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, layer_symbols


@known_keywords
def derivative(
    expression: Any,
    by: Any = None,
    direction: Any = None,
    *,
    along: Flow | None = None,
    invertible: Collection[MatrixExpr] = (),
) -> Any:
    """Return the exact derivative of a matrix or scalar expression; it has the shape of the expression.

    In time, ``derivative(f, along=flow)`` is ``sum of Df(W)[W']`` over the parameters ``W``, each of which moves with
    its velocity ``W'`` under the flow. In a direction, ``derivative(f, W, V)`` is the limit of
    ``(f(W + t V) - f(W)) / t`` as ``t`` tends to 0; ``V`` may depend on ``W``. Several symbols move at once in
    ``derivative(f, {W_1: V_1, W_2: V_2})``. By a number, ``derivative(f, s)`` is ``df/ds``. A second derivative is the
    derivative of the first.

    Under every `Pinv` and `LogPdet` the rank is taken to stay as it is: where it jumps, there is no derivative (Golub
    and Pereyra, 1973). Products are not simplified; `Equal` proves that two forms of a derivative are one.

    Args:
        expression: the matrix or scalar expression.
        by: a MatrixSymbol, a Symbol, or a mapping from such symbols to their directions.
        direction: how ``by`` moves: a matrix of its shape; a number, 1 unless given, where ``by`` is a Symbol.
        along: the flow along which the parameters move, instead of ``by``.
        invertible: the matrices that are known to have an inverse, for the determinants of matrices of any size.

    >>> from sympy import MatrixSymbol, Symbol, Trace
    >>> from tptheory import Backprop, DeepLinearNetwork, Pinv
    >>> A, V, s = MatrixSymbol("A", 2, 2), MatrixSymbol("V", 2, 2), Symbol("s", real=True)
    >>> str(derivative(A.T * A, A, V)), str(derivative(s**3 * Trace(A), s))
    ('A.T*V + V.T*A', '3*s**2*Trace(A)')
    >>> net = DeepLinearNetwork(depth=1)
    >>> str(derivative(net.output, along=Backprop().flow(net)))
    '-(W_1*x - y)*x.T*x'

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or ``by`` is given beside ``along``.
        InvalidValueError: if ``by`` is a size, or another symbol of its name stands in the expression.
        ShapeError: if a direction has another shape than its symbol.
        UnsupportedExpressionError: for a node without a rule, or an output error that the loss leaves open.
    """
    expression = as_expression("expression", expression)
    if along is not None:
        return _flow(along, by, direction).derivative(expression, invertible)
    velocities = _directions(by, direction)
    for symbol in velocities:
        _refuse_unclear("by", symbol, expression)
    _refuse_layers(expression, velocities)
    return differential(expression, velocities, invertible)


@known_keywords
def gradient(expression: Any, symbol: Any, invertible: Collection[MatrixExpr] = ()) -> Any:
    """Return the gradient ``G`` of a scalar expression: ``d expression = <G, d symbol>``, shaped as ``symbol``.

    By a scalar symbol, it is the derivative, a number. Through ``Pinv`` and ``LogPdet`` the gradient is that along
    changes that leave the rank of their matrix as it is: where the rank jumps, there is none (Golub and Pereyra, 1973).

    Args:
        expression: the scalar expression.
        symbol: the MatrixSymbol or the Symbol by which it is differentiated.
        invertible: the matrices that are known to have an inverse, for the determinants of matrices of any size.

    >>> from sympy import MatrixSymbol, Symbol, Trace
    >>> from tptheory import LogPdet
    >>> A, c = MatrixSymbol("A", 2, 3), Symbol("c", real=True)
    >>> str(gradient(Trace(A.T * A) / 2, A)), gradient(c**2 * Trace(A.T * A), c)
    ('A', 2*c*Trace(A.T*A))
    >>> str(gradient(LogPdet(A), A))
    'Pinv(A).T'

    Raises:
        InvalidTypeError: if ``expression`` is a matrix, or ``symbol`` is neither a MatrixSymbol nor a Symbol.
        InvalidValueError: if ``symbol`` is a size of a matrix, or another symbol of its name stands in the expression.
        UnsupportedExpressionError: for a node without a rule, or members of sequences of a network of any depth that
            may depend on the symbol.
    """
    expression = as_expression("expression", expression)
    if not isinstance(symbol, MatrixSymbol | Symbol):
        raise InvalidTypeError(complain("symbol", "a MatrixSymbol or a Symbol", symbol))
    if isinstance(expression, MatrixExpr | MatrixBase):
        raise InvalidTypeError(complain("expression", "a scalar expression", expression, "Take its Trace."))
    _refuse_unclear("symbol", symbol, expression)
    _refuse_layers(expression, {symbol})
    if isinstance(symbol, Symbol):
        return differential(expression, {symbol: S.One}, invertible)
    return pulled_back(expression, symbol, invertible)


def _flow(along: Any, by: Any, direction: Any) -> Flow:
    """Return the flow, beside which nothing else may say how symbols move."""
    if not isinstance(along, Flow):
        mend = "Try step.after(expression)." if isinstance(along, Step) else "Try rule.flow(net)."
        raise InvalidTypeError(complain("along", "a flow", along, mend))
    for argument, given in (("by", by), ("direction", direction)):
        if given is not None:
            raise InvalidTypeError(complain(argument, "left out where 'along' is given", given))
    return along


def _directions(by: Any, direction: Any) -> dict[Any, Any]:
    """Return how each symbol moves.

    Raises:
        InvalidTypeError: if a symbol, or a direction, is of the wrong type.
    """
    if isinstance(by, Motion):
        raise InvalidTypeError(complain("by", "a symbol or a mapping", by, "Give a flow as along=flow."))
    if not isinstance(by, Mapping):
        return {by: _direction(by, direction)}
    if direction is not None:
        raise InvalidTypeError(complain("direction", "left out where 'by' is a mapping", direction))
    if not by:
        raise InvalidValueError(complain("by", "a mapping of at least one symbol to its direction", by))
    return {symbol: _direction(symbol, moved) for symbol, moved in by.items()}


def _direction(symbol: Any, direction: Any) -> Any:
    """Return the direction in which one symbol moves, after a check of its kind and shape."""
    if isinstance(symbol, MatrixSymbol):
        if direction is None:
            mend = f"Give a matrix of shape {tuple(symbol.shape)}; gradient(f, {symbol}) holds all directions at once."
            raise InvalidTypeError(complain("direction", f"given for the matrix {symbol}", direction, mend))
        moved = as_matrix("direction", direction)
        if moved.shape != symbol.shape:
            raise ShapeError(complain("direction", f"of the shape {symbol.shape} of {symbol}", moved.shape))
        return moved
    if not isinstance(symbol, Symbol):
        expected = "a MatrixSymbol, a Symbol, or a mapping from such symbols to directions"
        mend = "Or give along=rule.flow(net)." if symbol is None else "Try net.weight(1)."
        raise InvalidTypeError(complain("by", expected, symbol, mend))
    moved = as_expression("direction", S.One if direction is None else direction)
    if isinstance(moved, MatrixExpr):
        raise InvalidTypeError(complain("direction", f"a number, as {symbol} is one", moved))
    return moved


def _refuse_unclear(argument: str, symbol: Any, expression: Any) -> None:
    """Refuse a size, and a symbol that is another than the one of its name in the expression.

    Raises:
        InvalidValueError: for either.
    """
    if isinstance(symbol, Symbol):
        refuse_size(argument, symbol, expression)
    for other in expression.atoms(MatrixSymbol, Symbol):
        if other != symbol and str(other) == str(symbol):
            came = f"another {symbol} than the one in the expression"
            mend = "Differentiate by the very symbol: shapes and assumptions count."
            raise InvalidValueError(complain(argument, "a symbol of the expression", came, mend))


def _refuse_layers(expression: Any, velocities: Collection[Any]) -> None:
    """Refuse members of sequences that may move with a symbol although they are another one.

    Raises:
        UnsupportedExpressionError: if there is a member beside those that move: its index may be the same layer, and
            what a recursion defines may depend on every symbol.
    """
    for member in layer_symbols(expression):
        if isinstance(member, LayerSymbol | LayerScalar) and member not in velocities:
            raise UnsupportedExpressionError(
                f"'expression' must not hold {member}, whose layer may be that of a symbol that moves. "
                "Take the derivative along a flow, or use a network of fixed depth."
            )
