"""The derivative of a number by a real symbol, and a refusal of what has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Derivative, DiracDelta, Expr, Function, Symbol
from sympy.core.function import AppliedUndef

from tptheory.errors import UnsupportedExpressionError


def real_derivative(expression: Expr, symbol: Symbol, atoms: Mapping[Any, Any]) -> Any:
    """Return the derivative of a scalar expression by a symbol, which must be a function of real numbers.

    SymPy leaves ``floor(x)`` undifferentiated, answers with a distribution for ``sign(x)``, and splits ``|z|`` into
    real and imaginary parts where ``z`` is not declared real. A function that is only named, ``f(x)``, keeps its
    ``Derivative``.

    Args:
        expression: a scalar expression.
        symbol: the symbol by which it is differentiated.
        atoms: by symbol, what it stands for; the derivative, and an error, are written with that.

    >>> x = Symbol("x", real=True)
    >>> real_derivative(x**2 * abs(x), x, {})
    x**2*sign(x) + 2*x*Abs(x)

    Raises:
        UnsupportedExpressionError: if a function in the expression has no derivative; it says which.
    """
    found = expression.diff(symbol)
    if _is_none(found):
        parts = sorted(expression.atoms(Function), key=lambda part: (part.count_ops(), str(part)))
        without = next((part for part in parts if _is_none(part.diff(symbol))), expression).xreplace(atoms)
        mend = "" if symbol.is_real else f" Declare it as Symbol({str(symbol)!r}, real=True)."
        raise UnsupportedExpressionError(
            f"'expression' must have a derivative by {atoms.get(symbol, symbol)} in the real numbers (got {without}, "
            f"which has none).{mend}"
        )
    return found.xreplace(atoms)


def _is_none(derivative: Any) -> bool:
    """Whether what SymPy answers is no function: a derivative that was not taken, or a distribution."""
    untaken = (d for d in derivative.atoms(Derivative) if not isinstance(d.expr, AppliedUndef))
    return derivative.has(DiracDelta) or any(True for _ in untaken)
