"""Whether numbers break a claim: compiled once, decided exactly."""

from __future__ import annotations

from sympy import Determinant

from tptheory.claims.claim import Claim
from tptheory.errors import InvalidValueError, ShapeError
from tptheory.measuring.goal_values import (
    AsTyped,
    Compiled,
    Violation,
    is_deficient,
    steady_matrices,
    violation,
)
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.symbolic.expressions import LogPdet, Pinv


class Breaker:
    """Tell, exactly and fast, whether an instance breaks a claim: its expressions are compiled once."""

    def __init__(self, claim: Claim, source: Instances) -> None:
        self.goals = claim.goals()
        self.compiled = Compiled(source.symbols)
        self.steady = steady_matrices(self.goals, (Pinv, LogPdet, Determinant))

    def __call__(self, values: Instance) -> bool:
        """Whether the claim fails at these values.

        Values at which a pseudo-inverse that a flow moves may jump break no claim, because it has no rate there.
        """
        value = self.compiled.at(values)
        try:
            if any(is_deficient(value(A)) for A in self.steady):
                return False
            broken = violation(self.goals, value, values)
        except (InvalidValueError, ShapeError):  # an inverse or an entry is missing: it says nothing of this instance
            return False
        return broken is not None and broken.defined


def second_look(claim: Claim, values: Instance) -> Violation | None:
    """Return how an instance breaks a claim as it was typed, evaluated without anything that the search compiled.

    The hypotheses and the declared assumptions of the symbols are evaluated again, too. Return None if the claim is not
    broken.
    """
    source, goals = Instances(claim), claim.goals()
    if not source.fits({n: values[n] for n in source.sizes}) or not source.holds(values):
        return None
    value = AsTyped().at(values)
    try:
        if any(is_deficient(value(A)) for A in steady_matrices(goals, (Pinv, LogPdet, Determinant))):
            return None
        broken = violation(goals, value, values)
    except (InvalidValueError, ShapeError):
        return None
    return broken if broken is not None and broken.defined else None
