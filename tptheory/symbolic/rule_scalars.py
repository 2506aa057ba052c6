"""The scalar symbols that rules share, from the size of a step to the rate of a decay, and what may stand for them."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr, Symbol, SympifyError, sympify

from tptheory.errors import InvalidTypeError, InvalidValueError, complain

eta = Symbol("eta", positive=True)
"""The step size."""
alpha = Symbol("alpha", positive=True)
"""The size of a target: ``t_l = x_l - alpha d_l``."""
damping = Symbol("lambda", positive=True)
"""The damping of `DampedTargetProp` and `NaturalGradient`, and the leak of `DynamicInversion`."""
friction = Symbol("mu", positive=True)
"""The friction of a momentum."""
decay = Symbol("c", positive=True)
"""The rate at which weights, or feedback, decay."""
noise = Symbol("sigma", positive=True)
"""The standard deviation of the noise from which feedback learns."""


def coefficient(argument: str, value: Any) -> Expr:
    """Return a coefficient of a rule, such as a friction, as a SymPy expression.

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
