"""Measure a claim on random instances that meet its hypotheses, in floating point and in exact rationals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Any, NamedTuple

import numpy as np

from tptheory.checking import checked_integer
from tptheory.claims.claim import Claim
from tptheory.claims.compound import ForAll
from tptheory.claims.goals import NonNegative, Vanishes, symbolic
from tptheory.claims.ranges import at_small_depths, is_layered
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.errors import InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.measuring.defects import RoundedDefects, worst
from tptheory.measuring.goal_values import Compiled, rank_of, steady_matrices, violation
from tptheory.measuring.instances import Instances, as_floats, is_exact, refuse_unknown
from tptheory.measuring.orders import OrderInEta, claimed_order
from tptheory.measuring.premises import Instance
from tptheory.numeric.constants import check_mapping
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.floats import FloatArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv
from tptheory.typesetting.tables import ShownAsTable, Table

MOST_TRIALS = 10**6
"""The most instances of a cross-check, all of which are planned before the first is drawn."""
AGAIN = 20
"""How many more instances are tried for a conjunct that was not evaluated at any."""
TOLERANCE = 1e-6
"""The largest relative residual in float64 that counts as zero."""


@dataclass(frozen=True, repr=False)
class CrossCheck(ShownAsTable):
    """The figures that a cross-check measured.

    Attributes:
        residual: the worst residual in float64, relative to the largest term of its expression (or to 1, the size of
            the random entries, where that is larger); for a rank claim the worst excess of the rank, for a claim of
            descent the worst relative rise.
        trials: how many instances were evaluated in float64.
        exact_trials: how many of them were evaluated in exact rationals too.
        exact_failures: at how many of those the claim failed.
        degenerate_trials: how many of ``trials`` were drawn degenerate (zeros, low ranks, width 1): half of them, but
            none for a law of a flow that holds at constant rank only.
        degenerate_residual: the worst residual over those.
        misjudged: at how many instances float64 found another rank than the true one for a matrix under a
            pseudo-inverse, so that only the exact value counts.
        skipped: how many instances were not evaluated: because none was found that meets the hypotheses, or because a
            matrix that has to be inverted is singular there.
        evaluated: at how many instances each conjunct was evaluated, in the order of the claim.
        worst: the instance with the worst residual.
        seed: the seed.
        order: for a law of a flow, the order in ``eta`` at which a step of the same rule breaks it, which should be at
            least 2; for an equation with ``eta^k`` on its right, ``k`` 2 or more, the order of its left side and the
            coefficient. None for other claims, and where it was not asked for.
    """

    residual: float
    trials: int
    exact_trials: int
    exact_failures: int
    degenerate_trials: int
    degenerate_residual: float
    misjudged: int
    skipped: int
    evaluated: tuple[int, ...]
    worst: Instance
    seed: int
    order: OrderInEta | None

    @property
    def passed(self) -> bool:
        """Whether every conjunct was evaluated, and neither an instance nor a measured order contradicts the claim."""
        holds = self.exact_failures == 0 and self.residual <= TOLERANCE
        return all(self.evaluated) and holds and (self.order is None or self.order.passed)

    def __repr__(self) -> str:
        """Show the figures."""
        order = "" if self.order is None else f", order={self.order.slope:.4f}"
        return (
            f"CrossCheck(residual={self.residual:.1e}, trials={self.trials}, exact_trials={self.exact_trials}, "
            f"exact_failures={self.exact_failures}, evaluated={self.evaluated}{order}, passed={self.passed})"
        )

    def table(self) -> Table:
        """Return the figures, a row for each."""
        rows: list[tuple[Any, ...]] = [
            ("instances", self.trials),
            ("degenerate ones among them", self.degenerate_trials),
            ("worst relative residual in float64", f"{self.residual:.1e}"),
            ("evaluated exactly too", self.exact_trials),
            ("failed there", self.exact_failures),
            ("not evaluated", self.skipped),
        ]
        if self.order is not None:
            rows.append(("order in eta", self.order.slope))
        return Table(f"Cross-check: {'passed' if self.passed else 'not passed'}", rows)


@known_keywords
def crosscheck(
    claim: Claim | Theorem,
    trials: int = 200,
    seed: int = 0,
    *,
    orders: bool = True,
    constants: Mapping[Any, Any] | None = None,
) -> CrossCheck:
    """Return the worst residual of a claim over random instances that meet its hypotheses.

    Every instance is rational, and its hypotheses hold exactly; the claim is evaluated on it in float64, and
    in exact rationals wherever its value is rational. Where theory gives the order of a defect in ``eta``, the order is
    measured too, as `order_in_eta` does. No number measured here proves anything.

    Args:
        claim: a claim, or a theorem.
        trials: the number of instances.
        seed: the seed; the same seed gives the same instances.
        orders: whether to measure orders; it takes a fifth as long as 200 trials.
        constants: by symbol or name, integers, fractions, or matrices of them, that every instance has: parameters of
            a rule, fixed matrices. All else is drawn.

    Raises:
        InvalidTypeError: if ``claim`` is no claim, or a constant is not rational.
        InvalidValueError: if ``trials`` is below 1, or the assumptions of a symbol do not admit its value.
        ShapeError: if a matrix has another shape than its symbol.
        UnknownNameError: if the claim speaks of no constant of that name.

    >>> from tptheory import DeepLinearNetwork, RankAtMost, TargetProp
    >>> found = crosscheck(RankAtMost(TargetProp().update(DeepLinearNetwork(depth=2), 1), 1), trials=5)
    >>> found.passed, found.trials, found.exact_failures
    (True, 5, 0)
    """
    claim = as_claim(claim)
    if isinstance(trials, bool) or not isinstance(trials, int) or trials < 1:
        raise InvalidValueError(complain("trials", "a positive integer", trials))
    trials, seed = checked_integer("trials", trials, limit=MOST_TRIALS), checked_integer("seed", seed, lowest=0)
    check_mapping(constants)
    conjuncts = _conjuncts(claim, constants)
    tried = _Trials(conjuncts, np.random.default_rng(seed))
    rounds = list(islice(_schedule(conjuncts), max(trials, len(conjuncts))))
    for number, part, nth in rounds:
        tried.add(number, part, nth)
    tried.retry_unevaluated()
    order = claimed_order((part.claim for parts in conjuncts for part in parts), seed, constants) if orders else None
    return tried.summary(len(rounds), seed, order)


class _Trials:
    """The trials of a cross-check, and how many of them each conjunct had."""

    def __init__(self, conjuncts: list[list[Part]], rng: np.random.Generator) -> None:
        self.conjuncts, self.rng = conjuncts, rng
        self.counts = [0] * len(conjuncts)
        self.found: list[_Trial] = []

    def add(self, number: int, part: Part, nth: int) -> None:
        """Measure a part of a conjunct at one more instance, if it can be evaluated there."""
        trial = part.trial(self.rng, nth)
        if trial is not None:
            self.counts[number] += 1
            self.found.append(trial)

    def retry_unevaluated(self) -> None:
        """Try more instances for the conjuncts that were evaluated at none."""
        for number, parts in enumerate(self.conjuncts):
            for nth, part in islice(enumerate(cycle(parts)), AGAIN if parts else 0):
                if self.counts[number]:
                    break
                self.add(number, part, nth)

    def summary(self, rounds: int, seed: int, order: OrderInEta | None) -> CrossCheck:
        """Return the figures of all trials; ``rounds`` is the number of trials that were planned."""
        found, worst = self.found, _worst(self.found)
        return CrossCheck(
            residual=worst.residual if worst else 0.0,
            trials=len(found),
            exact_trials=sum(trial.failed is not None for trial in found),
            exact_failures=sum(bool(trial.failed) for trial in found),
            degenerate_trials=sum(trial.degenerate for trial in found),
            degenerate_residual=getattr(_worst([trial for trial in found if trial.degenerate]), "residual", 0.0),
            misjudged=sum(trial.misjudged for trial in found),
            skipped=max(rounds - len(found), 0),
            evaluated=tuple(self.counts),
            worst=worst.values if worst else {},
            seed=seed,
            order=order,
        )


class _Trial(NamedTuple):
    """What was measured at one instance; ``failed`` is None where the claim has no exact value."""

    degenerate: bool
    residual: float
    failed: bool | None
    misjudged: bool
    values: Instance


def _worst(trials: list[_Trial]) -> _Trial | None:
    """Return the first trial with the largest residual; NaN is the worst of all."""
    return max(trials, key=lambda trial: math.inf if math.isnan(trial.residual) else trial.residual, default=None)


class Part:
    """A conjunct at one depth, or at one index of a range; its symbolic work is done once for all trials."""

    def __init__(self, claim: Claim, constants: Mapping[Any, Any] | None = None) -> None:
        self.claim, self.goals = claim, claim.goals()
        self.source = Instances(claim, constants)
        self.compiled = Compiled(self.source.symbols)
        self.steady = bool(steady_matrices(self.goals, (LogPdet, Pinv)))
        """Whether a goal differentiates a pseudo-inverse, so that the claim holds only where the rank is constant."""
        self.exact = all(is_exact(symbolic(term)) for goal in self.goals for term in goal.terms())
        shown_zero = [goal.residual() for goal in self.goals if isinstance(goal, Vanishes)]
        shown_zero += [symbolic(goal.expression) for goal in self.goals if isinstance(goal, NonNegative)]
        self.inverted = {node.arg for expression in shown_zero for node in expression.atoms(Pinv)}

    def trial(self, rng: np.random.Generator, nth: int) -> _Trial | None:
        """Measure the claim at one instance; None if it could not be evaluated."""
        plain = self.steady or nth % 2 == 0
        values = self.source.draw(rng, plain=plain)
        if values is None:
            return None
        try:
            residual, failed = self.measured(values)
        except InvalidValueError:  # what the claim inverts is singular here: it says nothing of this instance
            return None
        misjudged = failed is False and residual > TOLERANCE and self.misjudges(values)
        return _Trial(not plain, 0.0 if misjudged else residual, failed, misjudged, values)

    def measured(self, values: Instance) -> tuple[float, bool | None]:
        """Return the residual in float64, and whether the claim fails exactly (None where it cannot be told).

        A rate along a flow is measured by central differences along the velocities, so that the symbolic derivative
        that the prover used is not trusted here.

        Raises:
            InvalidValueError: if something to be inverted is singular at these values.
        """
        value = self.compiled.at(values)
        failed = violation(self.goals, value, values) is not None if self.exact else None
        floats = RoundedDefects(as_floats(values), rank=lambda A: rank_of(value(A)))
        return worst(map(floats.of, self.goals)).relative, failed

    def misjudges(self, values: Instance) -> bool:
        """Whether float64 finds another rank than the true one for a matrix under a pseudo-inverse."""
        floats, kind = as_floats(values), FloatArithmetic()
        return any(
            evaluate(A, values, arithmetic="exact").rank() != kind.inverted(evaluate(A, floats))[1]
            for A in self.inverted
        )


def _conjuncts(claim: Claim, constants: Mapping[Any, Any] | None) -> list[list[Part]]:
    """Return the parts of each conjunct of a claim that says anything.

    Raises:
        UnknownNameError: if the claim speaks of no constant of a name.
    """
    found = (_parts(conjunct, constants) for conjunct in claim.conjuncts())
    conjuncts = [parts for parts in found if parts is not None]
    refuse_unknown(constants, (part.source for parts in conjuncts for part in parts))
    return conjuncts


def _parts(conjunct: Claim, constants: Mapping[Any, Any] | None) -> list[Part] | None:
    """Return what a conjunct says at numbers; None if it says nothing because its range is empty."""
    parts = [Part(part, constants) for part in at_small_depths(conjunct)]
    says_nothing = not is_layered(conjunct) or (isinstance(conjunct, ForAll) and conjunct.is_empty)
    return parts if parts or not says_nothing else None


def _schedule(conjuncts: list[list[Part]]) -> Iterator[tuple[int, Part, int]]:
    """Let the conjuncts take turns for ever, and the parts of each; a part comes with its number of earlier turns."""
    turns = cycle(range(len(conjuncts)))
    for turn in count() if any(conjuncts) else ():
        number = next(turns)
        parts, before = conjuncts[number], turn // len(conjuncts)
        if parts:
            yield number, parts[before % len(parts)], before // len(parts)
