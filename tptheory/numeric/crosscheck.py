"""Measure a claim on random instances that meet its hypotheses, in floating point and in exact rationals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sympy import Add, MatAdd, MatrixExpr, ZeroMatrix

from tptheory.claims.compound import finite
from tptheory.claims.motions import Conserved, Nonincreasing
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vocabulary import Claim, RankAtMost
from tptheory.errors import InvalidValueError, complain
from tptheory.numeric.arithmetic import FloatArithmetic
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.instances import Instance, Instances, as_floats, is_exact, is_zero
from tptheory.numeric.orders import OrderInEta, claimed_order
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.expressions import LogPdet, Pinv

TOLERANCE = 1e-6
"""The largest relative residual in float64 that counts as zero."""


@dataclass(frozen=True)
class CrossCheck:
    """What was measured.

    Attributes:
        residual: the worst residual in float64, relative to the largest term of its expression (or to 1, the size of
            the random entries, where that is larger); for a rank claim the worst excess of the rank, for a claim of
            descent the worst relative rise.
        trials: how many instances were evaluated in float64.
        exact_trials: how many of them were evaluated in exact rationals too.
        exact_failures: at how many of those the claim failed.
        degenerate_trials: how many of ``trials`` were drawn degenerate (zeros, low ranks, width 1): half of them, but
            none of a law of a flow that is true at constant rank only.
        degenerate_residual: the worst residual over those.
        misjudged: at how many instances float64 took a product that is 0, or of a low rank, for one of a higher rank
            under a pseudo-inverse, so that only the exact value counts.
        skipped: how many instances were not evaluated, for want of one that meets the hypotheses.
        worst: the instance with the worst residual.
        seed: the seed.
        order: of a law of a flow, the order in ``eta`` by which a step of the same rule breaks it, 2 at least; of an
            equation with ``eta^k`` on its right, ``k`` 2 or more, the order of its left side and the coefficient. None
            of other claims, and where it was not asked for.
    """

    residual: float
    trials: int
    exact_trials: int
    exact_failures: int
    degenerate_trials: int
    degenerate_residual: float
    misjudged: int
    skipped: int
    worst: Instance
    seed: int
    order: OrderInEta | None

    @property
    def passed(self) -> bool:
        """Whether some instance was evaluated and none contradicts the claim, nor does the order of a defect."""
        holds = self.exact_failures == 0 and self.residual <= TOLERANCE
        return self.trials > 0 and holds and (self.order is None or self.order.passed)

    def __repr__(self) -> str:
        """Show the figures."""
        order = "" if self.order is None else f", order={self.order.slope:.4f}"
        return (
            f"CrossCheck(residual={self.residual:.1e}, trials={self.trials}, exact_trials={self.exact_trials}, "
            f"exact_failures={self.exact_failures}{order}, passed={self.passed})"
        )


def crosscheck(claim: Claim | Theorem, trials: int = 200, seed: int = 0, *, orders: bool = True) -> CrossCheck:
    """Return the worst residual of a claim over random instances that meet its hypotheses.

    Every instance is rational, and its hypotheses hold exactly; the claim is evaluated on it in float64, and
    in exact rationals wherever its value is rational. Where theory says of which order in ``eta`` a defect is, that is
    measured too, as `order_in_eta` does. No number measured here proves anything.

    Args:
        claim: a claim, or a theorem.
        trials: the number of instances.
        seed: the seed; the same seed gives the same instances.
        orders: whether to measure orders; it takes a fifth as long as 200 trials.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``trials`` is below 1.

    >>> from tptheory import DeepLinearNetwork, RankAtMost, TargetProp
    >>> found = crosscheck(RankAtMost(TargetProp().update(DeepLinearNetwork(depth=2), 1), 1), trials=5)
    >>> found.passed, found.trials, found.exact_failures
    (True, 5, 0)
    """
    claim = as_claim(claim)
    if isinstance(trials, bool) or not isinstance(trials, int) or trials < 1:
        raise InvalidValueError(complain("trials", "a positive integer", trials))
    parts = [(part, Instances(part), _Meter(part)) for part in finite(claim)]
    rng = np.random.default_rng(seed)
    found: list[_Trial] = []
    for trial in range(trials):
        part, source, meter = parts[trial % len(parts)]
        plain = _wants_constant_rank(part) or trial // len(parts) % 2 == 0
        values = source.draw(rng, plain=plain)
        if values is not None:
            residual, failed = meter(values)
            misjudged = failed is False and residual > TOLERANCE and meter.misjudges(values)
            found.append(_Trial(not plain, 0.0 if misjudged else residual, failed, misjudged, values))
    worst = _worst(found)
    return CrossCheck(
        residual=worst.residual if worst else 0.0,
        trials=len(found),
        exact_trials=sum(trial.failed is not None for trial in found),
        exact_failures=sum(bool(trial.failed) for trial in found),
        degenerate_trials=sum(trial.degenerate for trial in found),
        degenerate_residual=getattr(_worst([trial for trial in found if trial.degenerate]), "residual", 0.0),
        misjudged=sum(trial.misjudged for trial in found),
        skipped=trials - len(found),
        worst=worst.values if worst else {},
        seed=seed,
        order=claimed_order((part for part, _, _ in parts), seed) if orders else None,
    )


class _Trial(NamedTuple):
    degenerate: bool
    residual: float
    failed: bool | None
    misjudged: bool
    values: Instance


def _worst(trials: list[_Trial]) -> _Trial | None:
    """Return the first trial with the largest residual; NaN is the worst of all."""
    return max(trials, key=lambda trial: math.inf if math.isnan(trial.residual) else trial.residual, default=None)


def _wants_constant_rank(claim: Claim) -> bool:
    """Whether a claim differentiates a pseudo-inverse, which is true only where the rank does not jump."""
    return isinstance(claim, Conserved | Nonincreasing) and claim.quantity.has(LogPdet, Pinv)


class _Meter:
    """Measure one claim at instances; what is symbolic is worked out once."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        if isinstance(claim, RankAtMost):
            self.residuals: tuple[Any, ...] = ()
        else:
            self.residuals = (claim.rate(),) if isinstance(claim, Nonincreasing) else claim.residuals()
        self.exact = all(map(is_exact, self.residuals))

    def __call__(self, values: Instance) -> tuple[float, bool | None]:
        """Return the residual in float64, and whether the claim fails exactly (None where it cannot be told).

        What is said of a flow is measured by central differences along the velocities, so that the symbolic
        derivative that the prover used is not trusted here.
        """
        claim, floats = self.claim, as_floats(values)
        try:
            if isinstance(claim, RankAtMost):
                excess = int(evaluate(claim.matrix, values, arithmetic="exact").rank()) - least_bound(claim, values)
                return float(max(excess, 0)), excess > 0
            exact = [_exactly(residual, values) for residual in self.residuals] if self.exact else None
            if isinstance(claim, Nonincreasing):
                rise, scale = _slope(claim, floats)
                return max(0.0, float(rise.max())) / scale, None if exact is None else exact[0] > 0
            if isinstance(claim, Conserved) and isinstance(claim.along, Flow):
                slope, scale = _slope(claim, floats)
                worst = float(np.abs(slope).max()) / scale
            else:
                worst = max(_relative(residual, floats) for residual in self.residuals)
        except InvalidValueError:  # what the claim inverts is singular here: it says nothing of this instance
            return 0.0, None
        return worst, None if exact is None else not all(map(is_zero, exact))

    def misjudges(self, values: Instance) -> bool:
        """Whether float64 takes a matrix under a pseudo-inverse for one of another rank than it has."""
        floats, kind = as_floats(values), FloatArithmetic()
        inside = {node.arg for residual in self.residuals for node in residual.atoms(Pinv)}
        return any(
            evaluate(A, values, arithmetic="exact").rank() != kind.inverted(evaluate(A, floats))[1] for A in inside
        )


def _slope(claim: Conserved | Nonincreasing, values: Instance) -> tuple[np.ndarray, float]:
    """Return the central difference of the quantity along the flow, and the size of the largest slope of a term."""
    velocities = {W: evaluate(v, values) for W, v in claim.along.items() if claim.quantity.has(W)}
    fastest = max((float(np.abs(v).max()) for v in velocities.values()), default=0.0)
    if fastest == 0.0:
        return np.zeros(1), 1.0
    h = 1e-5 / fastest

    def term_slope(term: Any) -> np.ndarray:
        ahead, behind = (
            evaluate(term, {**values, **{W: values[W] + sign * h * v for W, v in velocities.items()}})
            for sign in (1, -1)
        )
        return np.asarray(ahead - behind) / (2 * h)

    terms = claim.quantity.args if isinstance(claim.quantity, MatAdd | Add) else (claim.quantity,)
    slopes = [term_slope(term) for term in terms]
    scale = max(float(np.abs(slope).max()) for slope in slopes)
    return np.sum(slopes, axis=0), max(scale, fastest)


def _relative(residual: Any, values: Instance) -> float:
    """Return the largest entry of a residual, relative to the largest entry of a term, or to 1 where that is less."""
    if isinstance(residual, ZeroMatrix):
        return 0.0
    value = float(np.abs(evaluate(residual, values)).max(initial=0.0))
    terms = residual.args if isinstance(residual, MatAdd | Add) else ()
    scale = max((float(np.abs(evaluate(term, values)).max(initial=0.0)) for term in terms), default=0.0)
    return value / max(scale, 1.0)


def _exactly(expression: Any, values: Instance) -> Any:
    """Return the exact value; 0 for a zero matrix of any size."""
    return 0 if isinstance(expression, ZeroMatrix) else evaluate(expression, values, arithmetic="exact")


def least_bound(claim: RankAtMost, values: Instance) -> int:
    """Return the least of a rank claim's bounds at exact values."""
    sizes = {symbol: n for symbol, n in values.items() if isinstance(n, int)}
    return min(
        int(evaluate(b, values, arithmetic="exact").rank()) if isinstance(b, MatrixExpr) else int(b.subs(sizes))
        for b in claim.bound
    )
