"""Read the expressions that public functions and claims are given, and the symbols by which they differentiate."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixBase, MatrixExpr, Symbol, SympifyError, sympify
from sympy.logic.boolalg import Boolean

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.symbolic.expressions import as_matrix, size_symbols


def as_expression(argument: str, value: Any) -> Any:
    """Return a matrix or scalar expression; text is never parsed.

    Raises:
        InvalidTypeError: if ``value`` is neither; ``argument`` is the name that the error gives it.
    """
    if isinstance(value, MatrixExpr | MatrixBase):
        return as_matrix(argument, value)
    if isinstance(value, str):
        raise InvalidTypeError(complain(argument, "a SymPy expression", value, "Text is never evaluated: build it."))
    try:
        read = sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError):
        raise InvalidTypeError(complain(argument, "a SymPy expression", value)) from None
    if not isinstance(read, Expr):
        equation = "An equation is Equal(A, B), and an inequality AtMost(a, b)."
        mend = equation if isinstance(read, Boolean) else "Give one thing at a time."
        raise InvalidTypeError(complain(argument, "a matrix or a number", value, mend))
    return read


def refuse_size(argument: str, symbol: Symbol, *expressions: Any) -> None:
    """Refuse to take a derivative by the size of a matrix: a size is a whole number, and does not move.

    Raises:
        InvalidValueError: if the symbol stands in the shape of a matrix.
    """
    for expression in expressions:
        for matrix in sympify(expression).atoms(MatrixExpr):
            if symbol in size_symbols(matrix):
                raise InvalidValueError(complain(argument, "no size of a matrix", symbol, f"{matrix} has this size."))
