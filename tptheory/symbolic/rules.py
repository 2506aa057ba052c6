"""The learning rules by name. A rule is a choice of feedback operator; all else follows from it once, in `Rule`.

d_L = dLoss/dx_L            the error at the output
d_{l-1} = M_l d_l           the rule's feedback (a direct rule: d_{l-1} = M_l d_L)
t_l = x_l - alpha d_l       the target that it proposes
G_l = d_l x_{l-1}'          what the flow descends: dW_l/dt = -G_l
dW_l = -eta G_l             the update, and db_l = -eta d_l 1

>>> list(RULES)[:3], eta, alpha, damping
(['bp', 'tp', 'damped-tp'], eta, alpha, lambda)
"""

from __future__ import annotations

from tptheory.errors import InvalidTypeError, complain, unknown_name
from tptheory.symbolic.curvature_rules import Kaczmarz, Newton, RecursiveLeastSquares
from tptheory.symbolic.equilibrium_rules import DynamicInversion, EquilibriumPropagation, PredictiveCoding
from tptheory.symbolic.feedback_rules import (
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    TargetProp,
)
from tptheory.symbolic.learned_feedback import KolenPollack, LearnedInverse, WeightMirror
from tptheory.symbolic.modified_rules import ModifiedRule, Momentum, Nesterov, WeightDecay
from tptheory.symbolic.natural_gradient import NaturalGradient
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import alpha, damping, eta

__all__ = [
    "RULES",
    "Backprop",
    "DampedTargetProp",
    "DirectFeedbackAlignment",
    "DynamicInversion",
    "EquilibriumPropagation",
    "FeedbackAlignment",
    "GaussNewton",
    "Kaczmarz",
    "KolenPollack",
    "LearnedInverse",
    "ModifiedRule",
    "Momentum",
    "NaturalGradient",
    "Nesterov",
    "Newton",
    "PredictiveCoding",
    "RecursiveLeastSquares",
    "Rule",
    "TargetProp",
    "WeightDecay",
    "WeightMirror",
    "alpha",
    "damping",
    "eta",
    "rule_named",
]

RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        Backprop,
        TargetProp,
        DampedTargetProp,
        FeedbackAlignment,
        DirectFeedbackAlignment,
        LearnedInverse,
        GaussNewton,
        Kaczmarz,
        Newton,
        RecursiveLeastSquares,
        Momentum,
        Nesterov,
        WeightDecay,
        KolenPollack,
        WeightMirror,
        NaturalGradient,
        PredictiveCoding,
        EquilibriumPropagation,
        DynamicInversion,
    )
}
"""Every rule by the name that the command line gives it."""


def rule_named(name: str) -> Rule:
    """Return the rule of that name.

    >>> rule_named("tp")
    TargetProp()

    Raises:
        InvalidTypeError: if ``name`` is not a string.
        UnknownNameError: if there is no such rule; the message suggests the nearest.
    """
    if not isinstance(name, str):
        raise InvalidTypeError(complain("rule", "a string such as 'tp'", name))
    if name not in RULES:
        raise unknown_name("rule", name, RULES)
    return RULES[name]()
