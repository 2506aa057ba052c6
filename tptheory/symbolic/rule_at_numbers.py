"""A rule with numbers in the place of some of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import MatrixExpr, Rational, Symbol

from tptheory.errors import InvalidValueError, complain
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rebuilding import substitute
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.states import State


class RuleAtNumbers(Rule):
    """Another rule at rational numbers for some of its parameters, in networks of a fixed depth.

    The numbers take the place of the parameters in all that the rule defines, in the laws of its states and in their
    starts too. Where the depth is a symbol every definition is refused: a recursion keeps its parameters to itself.

    >>> from tptheory import DampedTargetProp, damping
    >>> rule = RuleAtNumbers(DampedTargetProp(), {damping: Rational(1, 2)})
    >>> rule, rule.title
    (RuleAtNumbers(DampedTargetProp(), lambda=1/2), 'Damped target propagation at lambda = 1/2')
    >>> rule.feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T*((1/2)*I + W_2*W_2.T)**(-1)

    Args:
        rule: the rule.
        numbers: by parameter, its value.

    Raises:
        InvalidValueError: by each of its methods, if the depth of the network is no number.
    """

    name = property(lambda self: self.rule.name)
    title = property(lambda self: f"{self.rule.title} at {self._said(' = ')}")
    phrase = property(lambda self: f"{self.rule.phrase} at {self._said(' = ')}")
    direct = property(lambda self: self.rule.direct)

    def __init__(self, rule: Rule, numbers: Mapping[Symbol, Rational]) -> None:
        self.rule, self.numbers = rule, tuple(numbers.items())

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``M_l`` at the numbers."""
        return self._at_numbers(net, self.rule.feedback(net, l))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``N_l`` at the numbers."""
        return self._at_numbers(net, self.rule.presynaptic(net, l))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return the rule's states, with their laws of motion and their starts at the numbers."""
        return tuple(self._state_at_numbers(net, state) for state in self.rule.states(net, l))

    def error_signal(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``d_l`` at the numbers."""
        return self._at_numbers(net, self.rule.error_signal(net, l))

    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``M_{l+1} ... M_L`` at the numbers."""
        return self._at_numbers(net, self.rule.backward(net, l))

    def target(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``t_l`` at the numbers."""
        return self._at_numbers(net, self.rule.target(net, l))

    def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``G_l`` at the numbers."""
        return self._at_numbers(net, self.rule.descent(net, l))

    def bias_descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``g_l`` at the numbers."""
        return self._at_numbers(net, self.rule.bias_descent(net, l))

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``dW_l/dt`` at the numbers."""
        return self._at_numbers(net, self.rule.velocity(net, l))

    def bias_velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``db_l/dt`` at the numbers."""
        return self._at_numbers(net, self.rule.bias_velocity(net, l))

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``dW_l`` at the numbers."""
        return self._at_numbers(net, self.rule.update(net, l))

    def bias_update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``db_l`` at the numbers."""
        return self._at_numbers(net, self.rule.bias_update(net, l))

    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return the rule's flow at the numbers.

        Raises:
            InvalidValueError: if the depth is no number, or the rule has no flow.
        """
        _refuse_any_depth(net)
        flow = self.rule.flow(net)
        return Flow(self, net, {symbol: self._at_numbers(net, velocity) for symbol, velocity in flow.items()})

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return the rule's step at the numbers.

        Raises:
            InvalidValueError: if the depth is no number.
        """
        _refuse_any_depth(net)
        step = self.rule.step(net)
        return Step(self, net, {symbol: self._at_numbers(net, change) for symbol, change in step.items()})

    def _state_at_numbers(self, net: DeepLinearNetwork, state: State) -> State:
        """Return a state with its laws of motion, and its start, at the numbers."""
        velocity = None if state.velocity is None else self._at_numbers(net, state.velocity)
        start = state.start if isinstance(state.start, str) else self._at_numbers(net, state.start)
        return State(state.symbol, velocity, self._at_numbers(net, state.change), start)

    def _at_numbers(self, net: DeepLinearNetwork, expression: Any) -> Any:
        _refuse_any_depth(net)
        return substitute(expression, dict(self.numbers))

    def _said(self, equals: str) -> str:
        """Say which numbers the parameters have."""
        return ", ".join(f"{symbol}{equals}{number}" for symbol, number in self.numbers)

    def __repr__(self) -> str:
        """Show the rule and the numbers."""
        return f"RuleAtNumbers({self.rule!r}, {self._said('=')})"


def _refuse_any_depth(net: DeepLinearNetwork) -> None:
    if net.any_depth:
        raise InvalidValueError(complain("depth", "a number for a rule at numbers", net.depth, "Give depth=3."))
