"""Gradient flow, one finite step, and the derivative of any expression along them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sympy import MatrixExpr, MatrixSymbol

from tptheory.errors import UnsupportedExpressionError
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.expressions import matadd, substitute

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import Rule


class Motion(Mapping[MatrixSymbol, MatrixExpr]):
    """How each parameter of a network moves under a rule: a mapping from its symbol to an expression."""

    def __init__(self, rule: Rule, net: DeepLinearNetwork, changes: Mapping[MatrixSymbol, MatrixExpr]) -> None:
        self.rule = rule
        self.net = net
        self._changes = dict(changes)

    def __getitem__(self, symbol: MatrixSymbol) -> MatrixExpr:
        """Return how ``symbol`` moves."""
        return self._changes[symbol]

    def __iter__(self) -> Iterator[MatrixSymbol]:
        """Run through the symbols that move, weights first."""
        return iter(self._changes)

    def __len__(self) -> int:
        """Count the symbols that move."""
        return len(self._changes)

    def __hash__(self) -> int:
        """Hash the rule, the net and the kind of motion."""
        return hash((type(self), self.rule, self.net))

    def __eq__(self, other: object) -> bool:
        """Compare by the kind of motion, rule and net."""
        return isinstance(other, type(self)) and (self.rule, self.net) == (other.rule, other.net)

    def __repr__(self) -> str:
        """Show the call that builds this motion."""
        return f"{self.rule!r}.{type(self).__name__.lower()}({self.net!r})"

    def refuse_unknown_error(self, expression: Any) -> None:
        """Refuse an expression that moves in a way that the loss leaves open.

        Raises:
            UnsupportedExpressionError: if the output error is a symbol, and the expression speaks of it.
        """
        error = self.net.error
        if isinstance(error, MatrixSymbol) and expression.has(error):
            raise UnsupportedExpressionError(
                f"'expression' must not contain {error} (got {expression}): how it moves depends on the loss, "
                "which loss='any' leaves open. Use loss='squared'."
            )


class Flow(Motion):
    """Continuous time: maps each parameter to its velocity, ``dW_l/dt = -G_l``."""

    def derivative(self, expression: Any) -> Any:
        """Return the time derivative of a matrix or scalar expression; pseudo-inverses at constant rank.

        Raises:
            UnsupportedExpressionError: for a node without a rule, or an output error that the loss leaves open.
        """
        self.refuse_unknown_error(expression)
        return differential(expression, self)

    def refuse_unknown_error(self, expression: Any) -> None:
        """Refuse what the base class refuses, save the loss itself: its gradient is all that a flow needs."""
        if not (hasattr(expression, "args") and expression == self.net.loss):
            super().refuse_unknown_error(expression)


class Step(Motion):
    """One finite step of size ``eta``: maps each parameter to its change ``dW_l = -eta G_l``."""

    def after(self, expression: Any) -> Any:
        """Return the expression after the step: every parameter replaced by itself plus its change."""
        self.refuse_unknown_error(expression)
        return substitute(expression, {symbol: matadd(symbol, change) for symbol, change in self.items()})
