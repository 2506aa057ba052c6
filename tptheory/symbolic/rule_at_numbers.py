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


class RuleAtNumbers(Rule):
    """The motions of another rule, at rational numbers for some of its parameters, in networks of a fixed depth.

    >>> from tptheory import DampedTargetProp, damping
    >>> rule = RuleAtNumbers(DampedTargetProp(), {damping: Rational(1, 2)})
    >>> rule, rule.title
    (RuleAtNumbers(DampedTargetProp(), lambda=1/2), 'Damped target propagation at lambda = 1/2')
    >>> rule.feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T*((1/2)*I + W_2*W_2.T)**(-1)

    Args:
        rule: the rule.
        numbers: by parameter, its value.
    """

    def __init__(self, rule: Rule, numbers: Mapping[Symbol, Rational]) -> None:
        self.rule, self.numbers = rule, tuple(numbers.items())
        said = ", ".join(f"{symbol} = {number}" for symbol, number in self.numbers)
        vars(self).update(name=rule.name, title=f"{rule.title} at {said}", direct=rule.direct)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's ``M_l`` at the numbers."""
        return self._at_numbers(self.rule.feedback(net, l))

    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return the rule's flow at the numbers.

        Raises:
            InvalidValueError: if the depth is no number, or the rule has no flow.
        """
        _refuse_any_depth(net)
        flow = self.rule.flow(net)
        return Flow(self, net, {symbol: self._at_numbers(velocity) for symbol, velocity in flow.items()})

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return the rule's step at the numbers.

        Raises:
            InvalidValueError: if the depth is no number.
        """
        _refuse_any_depth(net)
        return Step(self, net, {symbol: self._at_numbers(change) for symbol, change in self.rule.step(net).items()})

    def _at_numbers(self, expression: Any) -> Any:
        return substitute(expression, dict(self.numbers))

    def __repr__(self) -> str:
        """Show the rule and the numbers."""
        said = "".join(f", {symbol}={number}" for symbol, number in self.numbers)
        return f"RuleAtNumbers({self.rule!r}{said})"


def _refuse_any_depth(net: DeepLinearNetwork) -> None:
    if net.any_depth:
        raise InvalidValueError(complain("depth", "a number for a rule at numbers", net.depth, "Give depth=3."))
