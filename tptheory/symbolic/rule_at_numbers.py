"""A rule with numbers in the place of some of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sympy import Rational, Symbol

from tptheory.errors import InvalidValueError, complain
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_of_another import RuleOfAnother
from tptheory.symbolic.substitution import substitute


class RuleAtNumbers(RuleOfAnother):
    """Another rule at rational numbers for some of its parameters, in networks of a fixed depth.

    The numbers take the place of the parameters in all that the rule defines, in the laws of its states and in their
    starts too. Where the depth is a symbol every expression is refused: a recursion keeps its parameters to itself.

    >>> from tptheory import DampedTargetProp, damping
    >>> rule = RuleAtNumbers(DampedTargetProp(), {damping: Rational(1, 2)})
    >>> rule, rule.title
    (DampedTargetProp() at lambda = 1/2, 'Damped target propagation at lambda = 1/2')
    >>> rule.feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T*((1/2)*I + W_2*W_2.T)**(-1)

    Args:
        rule: the rule.
        numbers: by parameter, its value.

    Raises:
        InvalidValueError: by each method that returns an expression, if the depth of the network is no number.
    """

    name = property(lambda self: self.rule.name)
    told_by_title: ClassVar = frozenset({"rule", "numbers"})
    title = property(lambda self: f"{self.rule.full_title} at {self._said()}")
    phrase = property(lambda self: f"{self.rule.full_phrase} at {self._said()}")

    def __init__(self, rule: Rule, numbers: Mapping[Symbol, Rational]) -> None:
        super().__init__(rule)
        self.numbers = tuple(numbers.items())

    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return the rule's flow at the numbers.

        Raises:
            InvalidValueError: if the depth is no number, or the rule has no flow.
        """
        _refuse_any_depth(net)
        flow = self.rule.flow(net)
        return Flow(self, net, {symbol: self._made(net, velocity) for symbol, velocity in flow.items()})

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return the rule's step at the numbers.

        Raises:
            InvalidValueError: if the depth is no number.
        """
        _refuse_any_depth(net)
        step = self.rule.step(net)
        return Step(self, net, {symbol: self._made(net, change) for symbol, change in step.items()})

    def _made(self, net: DeepLinearNetwork, expression: Any) -> Any:
        """Return an expression of the rule at the numbers."""
        _refuse_any_depth(net)
        return substitute(expression, dict(self.numbers))

    def _said(self) -> str:
        """Say which numbers the parameters have."""
        return ", ".join(f"{symbol} = {number}" for symbol, number in self.numbers)

    def __repr__(self) -> str:
        """Show the rule as its user wrote it, and the numbers."""
        return f"{self.rule!r} at {self._said()}"


def _refuse_any_depth(net: DeepLinearNetwork) -> None:
    if net.any_depth:
        raise InvalidValueError(complain("depth", "a number for a rule at numbers", net.depth, "Give depth=3."))
