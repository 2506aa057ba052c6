"""Rules that are made of another rule: all that they do not define themselves is what the other rule defines."""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import MatrixExpr

from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.states import State


class RuleOfAnother(Rule):
    """A rule that takes what another rule defines, after `_made` has changed it.

    Args:
        rule: the other rule.
    """

    told_by_title: ClassVar = frozenset({"rule"})

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def _made(self, net: DeepLinearNetwork, expression: Any) -> Any:
        """Return what this rule makes of an expression of the other rule: the expression itself unless redefined."""
        return expression

    @property
    def direct(self) -> bool:  # type: ignore[override]  # here it depends on the other rule
        """Whether ``M_l`` takes the output error ``d_L`` straight to layer ``l - 1``."""
        return self.rule.direct

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``M_l`` of the rule."""
        return self._made(net, self.rule.feedback(net, l))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``N_l`` of the rule."""
        return self._made(net, self.rule.presynaptic(net, l))

    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``M_{l+1} ... M_L`` of the rule."""
        return self._made(net, self.rule.backward(net, l))

    def error_signal(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``d_l`` of the rule."""
        return self._made(net, self.rule.error_signal(net, l))

    def target(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``t_l`` of the rule."""
        return self._made(net, self.rule.target(net, l))

    def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``G_l`` of the rule."""
        return self._made(net, self.rule.descent(net, l))

    def bias_descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``g_l`` of the rule."""
        return self._made(net, self.rule.bias_descent(net, l))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return the states of the rule, with their laws of motion and their starts."""
        return tuple(self._state_made(net, state) for state in self.rule.states(net, l))

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``dW_l/dt`` of the rule."""
        return self._made(net, self.rule.velocity(net, l))

    def bias_velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``db_l/dt`` of the rule."""
        return self._made(net, self.rule.bias_velocity(net, l))

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``dW_l`` of the rule."""
        return self._made(net, self.rule.update(net, l))

    def bias_update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the ``db_l`` of the rule."""
        return self._made(net, self.rule.bias_update(net, l))

    def _state_made(self, net: DeepLinearNetwork, state: State) -> State:
        """Return a state of the other rule, with its laws of motion and its start as this rule has them."""
        velocity = None if state.velocity is None else self._made(net, state.velocity)
        start = state.start if isinstance(state.start, str) else self._made(net, state.start)
        return State(state.symbol, velocity, self._made(net, state.change), start)
