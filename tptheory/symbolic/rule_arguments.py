"""The argument ``rule`` of every function that takes one: a rule, or the name of a built-in rule."""

from __future__ import annotations

from typing import Any

from tptheory.errors import InvalidTypeError, complain
from tptheory.symbolic.rules import Rule, rule_named


def as_rule(rule: Any) -> Rule:
    """Return a rule, which may be given by its name.

    >>> as_rule("tp")
    TargetProp()

    Raises:
        InvalidTypeError: if it is neither a name nor an instance of `Rule`.
        UnknownNameError: if there is no rule of that name; the nearest is suggested.
    """
    rule = rule_named(rule) if isinstance(rule, str) else rule
    if isinstance(rule, type) and issubclass(rule, Rule):
        mend = f"Add parentheses: {rule.__name__}()."
    else:
        mend = "Try TargetProp()."
    if not isinstance(rule, Rule):
        raise InvalidTypeError(complain("rule", "a name such as 'tp', or a Rule", rule, mend))
    return rule
