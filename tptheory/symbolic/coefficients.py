"""The coefficients of rules, such as a friction: numbers or scalar expressions, never negative where that is known."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr, SympifyError, sympify

from tptheory.errors import InvalidTypeError, InvalidValueError, complain


def coefficient(argument: str, value: Any) -> Expr:
    """Return a coefficient as a SymPy expression.

    >>> coefficient("decay", 0)
    0

    Raises:
        InvalidTypeError: if it is no real number and no scalar expression; text is never read.
        InvalidValueError: if it is known to be negative, or not finite.
    """
    expected = "a number from 0, or a scalar symbol"
    try:
        found = None if isinstance(value, bool | str) else sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError):
        found = None
    if not isinstance(found, Expr) or isinstance(found, MatrixExpr) or (found.is_real is False and found.is_finite):
        raise InvalidTypeError(complain(argument, expected, value))
    if found.is_negative or found.is_finite is False:
        raise InvalidValueError(complain(argument, expected, value))
    return found
