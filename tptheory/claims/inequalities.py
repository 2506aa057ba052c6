"""Claims that a number is not below 0, or not above another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Integer, MatrixBase, MatrixExpr

from tptheory.claims import goals as kinds
from tptheory.claims.claim import Claim, as_expression
from tptheory.errors import UnsupportedExpressionError


def _number(argument: str, value: Any) -> Any:
    """Read a scalar expression.

    Raises:
        UnsupportedExpressionError: of a matrix; which of two symmetric matrices is larger cannot be claimed yet.
    """
    value = as_expression(argument, value)
    if isinstance(value, MatrixExpr | MatrixBase):
        raise UnsupportedExpressionError(
            f"{argument!r} must be a scalar expression (got {value}, a matrix of shape {value.shape}). Inequalities "
            "between matrices are no claims yet: compare numbers, such as Trace or Rank."
        )
    return value


@dataclass(frozen=True)
class NonNegative(Claim):
    """A scalar expression is not below 0.

    >>> from sympy import MatrixSymbol, Trace, symbols
    >>> from tptheory import decide
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(NonNegative(Trace(A.T * A))).word
    'proved'
    """

    expression: Any
    given: Any = ()

    readers = (("expression", _number),)

    def goals(self) -> tuple[kinds.Goal, ...]:
        """Return that the expression is not below 0."""
        return (kinds.NonNegative(self.expression),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``0 ≤ expression``."""
        return f"{say(Integer(0))} ≤ {say(self.expression)}"


@dataclass(frozen=True)
class AtMost(Claim):
    """One scalar expression is at most another.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Rank, decide
    >>> m, n, k = symbols("m n k", integer=True, positive=True)
    >>> A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k)
    >>> AtMost(Rank(A * B), Rank(A)).statement()
    'rank(A*B) ≤ rank(A)'
    >>> decide(AtMost(Rank(A), Rank(A * B))).word
    'refuted'
    """

    lesser: Any
    greater: Any
    given: Any = ()

    readers = (("lesser", _number), ("greater", _number))

    def goals(self) -> tuple[kinds.Goal, ...]:
        """Return that the difference is not below 0."""
        return (kinds.NonNegative(self.greater - self.lesser),)

    def expressions(self) -> tuple[Any, ...]:
        """Return both sides."""
        return (self.lesser, self.greater)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``lesser ≤ greater``."""
        return f"{say(self.lesser)} ≤ {say(self.greater)}"


__all__ = ["AtMost", "NonNegative"]
