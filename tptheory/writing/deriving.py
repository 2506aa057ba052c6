"""The updates of learning rules that a report shows: those of the built-in rules, and of rules in theorem files."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sympy import MatrixExpr

from tptheory.claims.rule_files import rules_defined_with
from tptheory.claims.theorem import Theorem
from tptheory.errors import MissingMethodError, TptheoryError
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import RULES, Rule, rule_named
from tptheory.symbolic.states import all_states


@dataclass(frozen=True)
class DerivedRule:
    """A rule's feedback ``M_l`` for ``l = 2..L`` and its updates ``dW_l`` for ``l = 1..L``, on one sample.

    It holds no rule, whose class may stand in a file that another process has not run.

    Attributes:
        title: the title of the rule, with the values of its parameters.
        about: the first paragraph of the docstring of its class, without the title.
        direct: whether its feedback comes from the output error.
        name: what the command line calls it: ``tp``, or ``mine.py::Mixed``.
        feedback: the feedback by layer; empty for a rule that defines its updates and no feedback.
        updates: the updates by layer.
        states: what a step adds to each of its states, by the name of the state.
        fault: why none of these is there, of a rule of a user's that does not give them; empty otherwise.
    """

    title: str
    about: str
    direct: bool
    name: str
    feedback: dict[int, MatrixExpr] = field(default_factory=dict)
    updates: dict[int, MatrixExpr] = field(default_factory=dict)
    states: dict[str, MatrixExpr] = field(default_factory=dict)
    fault: str = ""


def derived_rules(theorems: Iterable[Theorem]) -> tuple[DerivedRule, ...]:
    """Derive the rules that are defined where theorems are, and then every built-in rule, in a net of three layers."""
    own = [(rule, f"{path.name}::{name}") for path, name, rule in rules_defined_with(theorems)]
    return tuple(_derived(rule, name) for rule, name in [*own, *((rule_named(name), name) for name in RULES)])


def described(rule: Rule, name: str) -> DerivedRule:
    """Return what a rule is called, without its formulas."""
    first = " ".join((inspect.getdoc(type(rule)) or "").split("\n\n")[0].split())
    return DerivedRule(rule.full_title, first.removeprefix(f"{rule.title}: "), rule.direct, name)


def _derived(rule: Rule, name: str) -> DerivedRule:
    """Derive a rule; what a user's own rule raises is told."""
    told = described(rule, name)
    net = DeepLinearNetwork(depth=3)
    feedback: dict[int, MatrixExpr] = {}
    try:
        with suppress(MissingMethodError):
            feedback = {l: rule.feedback(net, l) for l in range(2, net.depth + 1)}
        updates = {l: rule.update(net, l) for l in range(1, net.depth + 1)}
        states = {state.symbol.name: state.change for state in all_states(rule, net)}
    except TptheoryError as error:
        return replace(told, fault=str(error))
    return replace(told, feedback=feedback, updates=updates, states=states)
