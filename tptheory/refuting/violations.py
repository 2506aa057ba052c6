"""Whether numbers break a claim: compiled once, decided exactly, or by certified intervals where it is irrational."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Determinant

from tptheory.claims.claim import Claim
from tptheory.claims.goals import Goal
from tptheory.errors import InvalidValueError, ShapeError, UnsupportedExpressionError
from tptheory.measuring.goal_values import (
    AsTyped,
    Compiled,
    Value,
    Violation,
    broken_at,
    is_deficient,
    steady_matrices,
    violation,
)
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.numeric.intervals import IntervalArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv

JUMPING = (Pinv, LogPdet, Determinant)
"""The functions of a matrix that may have no rate where its rank can rise."""
SEARCHED, CONFIRMED = (64, 192), (64, 128, 256, 512, 1024)
"""The precisions in bits at which intervals are computed in the search, and when a counterexample is confirmed."""


class ViolationTest:
    """Tell, exactly and fast, whether an instance breaks a claim: its expressions are compiled once.

    Rational arithmetic is tried first. The first time that it meets a logarithm, an exponential or a root, certified
    intervals take its place; there is one set of compiled expressions for each precision.
    """

    def __init__(self, claim: Claim, source: Instances) -> None:
        self.goals = claim.goals()
        self.symbols = source.symbols
        self.steady = steady_matrices(self.goals, JUMPING)
        self.exact = Compiled(source.symbols)
        self.certified: dict[int, Compiled] = {}

    def __call__(self, values: Instance) -> bool:
        """Whether the claim is shown to fail at these values.

        Values at which a pseudo-inverse that a flow moves may jump break no claim, because it has no rate there.
        """
        try:
            if not self.certified:
                return self._is_broken(self._look(self.exact, values))
        except UnsupportedExpressionError:
            self.certified = {bits: Compiled(self.symbols, IntervalArithmetic()) for bits in SEARCHED}
        compiled = iter(self.certified.values())
        return self._is_broken(broken_at(lambda: self._look(next(compiled), values), SEARCHED))

    def _look(self, compiled: Compiled, values: Instance) -> Violation | None:
        return _broken(self.goals, self.steady, compiled.at(values), values)

    @staticmethod
    def _is_broken(found: Violation | None) -> bool:
        return found is not None and found.defined


def _broken(goals: Sequence[Goal], steady: Sequence[Any], value: Value, values: Instance) -> Violation | None:
    """Return what is broken, or None; None as well where the claim says nothing of this instance.

    Args:
        goals: the goals of the claim.
        steady: the matrices whose rank must not be able to rise, for the rates in the goals to exist.
        value: evaluates a term at the instance.
        values: the instance.
    """
    try:
        if any(is_deficient(value(A)) for A in steady):
            return None
        return violation(goals, value, values)
    except (InvalidValueError, ShapeError):  # an inverse or an entry is missing: it says nothing of this instance
        return None


def second_look(claim: Claim, values: Instance) -> Violation | None:
    """Return how an instance breaks a claim as it was typed, evaluated without anything that the search compiled.

    The hypotheses and the declared assumptions of the symbols are evaluated again, too. Return None if the claim is not
    broken, or if no interval shows that it is.
    """
    source, goals = Instances(claim), claim.goals()
    steady = steady_matrices(goals, JUMPING)
    if not source.fits({n: values[n] for n in source.sizes}) or not source.holds(values):
        return None
    try:
        broken = _broken(goals, steady, AsTyped().at(values), values)
    except UnsupportedExpressionError:  # something is irrational
        broken = broken_at(lambda: _broken(goals, steady, AsTyped(certified=True).at(values), values), CONFIRMED)
    return broken if broken is not None and broken.defined else None
