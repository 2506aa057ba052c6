"""By which power of the step size a quantity changes: regression in many digits, and the exact coefficient."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from flint import fmpq
from sympy import Add, Expr, MatAdd, MatMul, MatrixExpr, ZeroMatrix, sympify

from tptheory.checking import checked_integer
from tptheory.claims.claim import Claim
from tptheory.claims.goals import Goal, Vanishes, conserved_quantity, minus, symbolic
from tptheory.claims.ranges import at_small_depths
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vocabulary import Equal
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.measuring.instances import Instances, is_exact, refuse_unknown
from tptheory.numeric.constants import check_mapping
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.numeric.evaluation import compile_expression
from tptheory.numeric.leading_term import LeadingTerm, leading_term
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.expressions import LogPdet, Pinv, matmul
from tptheory.symbolic.rule_scalars import eta
from tptheory.typesetting.tables import ShownAsTable, Table

EXACT, MANY = "exact", "mp100"
"""The arithmetics in which a defect is evaluated."""
SCALES = tuple(Fraction(1, 2**k) for k in range(20, 44, 4))
"""The step sizes of a regression, from 1e-6 to 9e-13: so small that higher orders do not bend the line."""
LOG_SCALES = np.log([float(size) for size in SCALES])
NEGLIGIBLE = 1e-85
"""Values up to this count as zero in 100 digits."""
SLACK = 0.01
"""By how much a slope may differ from a whole number."""
TRIES = 20
"""How many instances are drawn for each one wanted, since a step may change a rank at some of them."""


@dataclass(frozen=True, eq=False, repr=False)
class OrderInEta(ComparedByValues, ShownAsTable):
    """How a quantity depends on a small step size.

    Attributes:
        slope: the slope of ``log |defect|`` over ``log eta``, ``|.|`` the largest entry, by least squares over all
            scales of all instances with one intercept each; infinite where there is no defect.
        standard_error: the standard error of the slope.
        scales: the step sizes.
        residuals: the residuals of the regression in ``log |defect|``, of shape ``(instances, scales)``.
        instances: the number of instances that the slope is fitted to: those of the lowest order.
        higher: the number of other instances, at which the defect is of higher order or vanishes.
        powers: for each instance, the power of ``eta`` in the exact leading term; None where values are not rational.
        coefficients: for each instance, the coefficient of that term: of `Fraction` where the values are rational, else
            estimated in floats.
        claimed: for each instance, the coefficient of the formula at that power, likewise; empty without a formula.
        remainder: the least order of the defect minus the formula, infinite where the formula is exact; None without a
            formula.
        expected: the least order that theory claims; None where it claims nothing.
    """

    slope: float
    standard_error: float
    scales: tuple[float, ...]
    residuals: np.ndarray
    instances: int
    higher: int
    powers: tuple[float | None, ...]
    coefficients: tuple[np.ndarray, ...]
    claimed: tuple[np.ndarray, ...]
    remainder: float | None
    expected: int | None

    @property
    def agrees(self) -> bool | None:
        """Whether the formula gives the leading coefficient, so that the rest is of higher order; None without one."""
        return None if self.remainder is None else self.remainder > self.slope + 0.5 or self.remainder == math.inf

    @property
    def passed(self) -> bool:
        """Whether the order is the expected one, or higher, and the formula gives the coefficient of that order."""
        return (self.expected is None or self.slope >= self.expected - SLACK) and self.agrees is not False

    def __repr__(self) -> str:
        """Show the figures."""
        formula = "" if self.agrees is None else f", agrees={self.agrees}"
        return (
            f"OrderInEta(slope={self.slope:.4f}, standard_error={self.standard_error:.1e}, "
            f"instances={self.instances}{formula}, passed={self.passed})"
        )

    def table(self) -> Table:
        """Return the figures, a row for each; what there is none of is left out."""
        rows: list[tuple[Any, ...]] = [("slope", f"{self.slope:.4f}"), ("standard error", f"{self.standard_error:.1e}")]
        rows.append(("instances", self.instances))
        if self.expected is not None:
            rows.append(("order that is claimed, at least", self.expected))
        if self.agrees is not None:
            rows.append(("the formula gives the leading coefficient", self.agrees))
        return Table(f"Order in eta: {'passed' if self.passed else 'not passed'}", rows)


@known_keywords
def order_in_eta(
    subject: Any,
    along: Step | Flow | None = None,
    *,
    formula: Any = None,
    given: Any = (),
    constants: Mapping[Any, Any] | None = None,
    trials: int = 4,
    seed: int = 0,
) -> OrderInEta:
    """Measure by which power of ``eta`` a finite step changes a quantity, and compare the coefficient with a formula.

    The defect is evaluated in 100 digits at step sizes from 2^-20 to 2^-40, on random rational instances that meet the
    hypotheses; where its values are rational, its leading term is found exactly too, as a rational function of ``eta``.

    Args:
        subject: an expression, whose change ``along`` a motion is measured; or a claim or theorem. Of an equation with
            ``eta`` in it, the left side is measured, and the right side is the formula. Of another claim with ``eta``,
            what should vanish is measured; of ``Conserved``, the drift.
        along: a step; or a flow, of which one step of Euler's method is taken.
        formula: the defect as an expression in ``eta``, to leading order at least.
        given: hypotheses, for an expression.
        constants: by symbol or name, integers, fractions, or matrices of them, that every instance has: parameters of
            a rule, fixed matrices. All else is drawn. A parameter of the rule may be given where the change of this
            quantity does not hold it.
        trials: the number of instances of each part of a claim.
        seed: the seed; the same seed gives the same instances.

    >>> from tptheory import Backprop, DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=2)
    >>> order_in_eta(net.loss, Backprop().step(net)).powers
    (1, 1, 1, 1)

    Raises:
        InvalidTypeError: if ``subject`` is neither expression nor claim, ``along`` no motion, or ``trials`` no integer.
        UnknownNameError: if nothing in it, or in the motion, has the name of a constant.
        InvalidValueError: if ``eta`` does not stand in it, ``trials`` is below 1, or no instance meets the hypotheses.
    """
    trials = checked_integer("trials", trials)
    check_mapping(constants)
    defects = _defects(subject, along, formula, given, constants)
    if not defects:
        raise InvalidValueError(complain("subject", f"one in which {eta} stands", subject, "Give along=step."))
    moved = along.values() if isinstance(along, Step | Flow) and not along.net.any_depth else ()
    refuse_unknown(constants, (defect.source for defect in defects), moved)
    measured = _measured(defects, trials, seed)
    if measured is None:
        raise InvalidValueError(complain("given", "hypotheses that some instance meets", subject))
    return measured


def claimed_order(
    parts: Iterable[Claim], seed: int = 0, constants: Mapping[Any, Any] | None = None
) -> OrderInEta | None:
    """Measure the order of those claims for which theory gives one; None if there is no such claim, or no instance.

    Theory gives an order for a law of a flow, which a step of the rule breaks by ``eta^2`` at most, and for an equation
    whose right side shows ``eta^k`` as a factor, ``k`` 2 or more.
    """
    claims = [part for part in parts if any(map(_has_order, part.goals()))]
    return _measured([defect for claim in claims for defect in _of_claim(claim, constants)], 2, seed)


def _measured(defects: list[_Defect], trials: int, seed: int) -> OrderInEta | None:
    rng = np.random.default_rng(seed)
    lines = [line for defect in defects for line in defect.lines(rng, trials)]
    expected = min((defect.expected for defect in defects if defect.expected is not None), default=None)
    return _summary(lines, expected) if lines else None


def _has_order(goal: Goal) -> bool:
    """Return whether theory gives the order of a goal in ``eta``."""
    conserved = conserved_quantity(goal)
    if conserved is not None:
        quantity, motion = conserved
        return isinstance(motion, Flow) and not quantity.has(eta)
    return isinstance(goal, Vanishes) and _power(sympify(symbolic(goal.right))) >= 2


def _power(expression: Any) -> int:
    """Return the power of ``eta`` that an expression shows as a factor; 0 for none."""
    if isinstance(expression, Add | MatAdd):
        return min(map(_power, expression.args))
    scalar = expression.as_coeff_matrices()[0] if isinstance(expression, MatMul) else expression
    power = scalar.as_coeff_exponent(eta)[1] if isinstance(scalar, Expr) and not isinstance(scalar, MatrixExpr) else 0
    return int(power)


@dataclass(frozen=True)
class _Line:
    """The measurement at one instance: ``log |defect|`` at every scale, and leading terms.

    Attributes:
        terms: the leading term of the defect; with a formula, also those of the formula and of their difference.
    """

    logs: np.ndarray
    terms: tuple[LeadingTerm, ...]

    @property
    def slope(self) -> float:
        """The slope of the regression over this instance alone."""
        return _slope(self.logs)

    @property
    def power(self) -> float | None:
        """The exact power of ``eta`` in the leading term; None where it is estimated."""
        return self.terms[0].power if self.terms[0].exact else None


class _Defect:
    """An expression that is small where ``eta`` is, and the formula that is claimed for it, if any."""

    def __init__(
        self,
        expression: Any,
        formula: Any,
        claim: Claim,
        expected: int | None = None,
        constants: Mapping[Any, Any] | None = None,
    ) -> None:
        if not expression.has(eta):
            raise InvalidValueError(complain("subject", f"one in which {eta} stands", expression, "Give along=step."))
        self.expected, self.source = expected, Instances(claim, constants)
        matrices = self.source.matrices
        self.symbols = [*matrices, *(s for s in self.source.scalars if s != eta), eta]
        whole = [expression] if formula is None else [expression, formula, minus(expression, formula)]
        self.parts = list(map(sympify, whole))
        self.rational = all(map(is_exact, self.parts))
        self.compiled = [self._compiled(part, MANY) for part in self.parts]
        turned = {node.arg for part in self.parts for node in part.atoms(Pinv, LogPdet) if node.arg.has(eta)}
        self.turned = [self._compiled(arg, EXACT) for arg in sorted(turned, key=str)]

    def _compiled(self, expression: Any, kind: str) -> Callable[..., Any]:
        if isinstance(expression, ZeroMatrix):
            return lambda *_: fmpq(0)
        return compile_expression(expression, self.symbols, arithmetic=kind)

    def lines(self, rng: np.random.Generator, trials: int) -> list[_Line]:
        """Measure this many instances, fewer where no more are found."""
        found: list[_Line] = []
        for _ in range(TRIES * trials):
            values = self.source.draw(rng)
            if values is None or len(found) == trials:
                break
            rest = {s: values[s] for s in self.symbols[:-1]}
            try:
                if self._keeps_ranks(rest):
                    found.append(self._measured(rest))
            except InvalidValueError:  # what is inverted is singular here: nothing is said of this instance
                continue
        return found

    def _keeps_ranks(self, rest: dict[Any, Any]) -> bool:
        """Whether a small step keeps the rank of all inverted matrices; where not, a law of the flow says nothing."""
        ranks = ([f(*rest.values(), size).rank() for f in self.turned] for size in (fmpq(0), fmpq(1, 2**20)))
        return next(ranks) == next(ranks)

    def _measured(self, rest: dict[Any, Any]) -> _Line:
        """Return the defect at every scale, and the leading terms."""
        functions = [partial(function, *rest.values()) for function in self.compiled]
        logs = [_logs(function) for function in functions]
        terms = [leading_term(part, rest, eta) if self.rational else None for part in self.parts]
        found = zip(terms, functions, logs, strict=True)
        return _Line(logs[0], tuple(term or _estimated(function, log) for term, function, log in found))


def _entries(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=object)


def _logs(part: Callable[[Any], Any]) -> np.ndarray:
    """Return the logarithm of the largest entry at every scale; minus infinity where it counts as zero."""
    sizes = [max((abs(float(entry)) for entry in _entries(part(size)).flat), default=0.0) for size in SCALES]
    return np.array([math.log(size) if size > NEGLIGIBLE else -math.inf for size in sizes])


def _slope(logs: np.ndarray) -> float:
    """Return the slope over ``log eta``; infinite if the defect vanishes at some scale."""
    return float(np.polyfit(LOG_SCALES, logs, 1)[0]) if np.isfinite(logs).all() else math.inf


def _estimated(part: Callable[[Any], Any], logs: np.ndarray) -> LeadingTerm:
    """Return the slope, and the coefficient by one step of Richardson's extrapolation at the two least scales."""
    slope = _slope(logs)
    if slope == math.inf:
        return LeadingTerm(slope, np.zeros(()), exact=False)
    coarse, fine = (_entries(part(size)) / float(size) ** round(slope) for size in SCALES[-2:])
    ratio = float(SCALES[-2] / SCALES[-1])
    return LeadingTerm(slope, np.asarray((ratio * fine - coarse) / (ratio - 1), dtype=np.float64), exact=False)


def _summary(lines: Sequence[_Line], expected: int | None) -> OrderInEta:
    """Regress over the instances of the lowest order."""
    kept = _of_lowest_order(lines)
    slope, error, residuals = _regression(kept) if kept else (math.inf, 0.0, np.empty((0, len(SCALES))))
    shown, compared = kept or lines, [line for line in lines if len(line.terms) > 1]
    return OrderInEta(
        slope=slope,
        standard_error=error,
        scales=tuple(map(float, SCALES)),
        residuals=residuals,
        instances=len(kept),
        higher=len(lines) - len(kept),
        powers=tuple(line.power for line in shown),
        coefficients=tuple(line.terms[0].coefficient for line in shown),
        claimed=tuple(line.terms[1].coefficient for line in shown if len(line.terms) > 1),
        remainder=min((line.terms[2].power for line in compared), default=None),
        expected=expected,
    )


def _of_lowest_order(lines: Sequence[_Line]) -> list[_Line]:
    """Return the instances at which the defect is of the lowest order that any shows; none where there is no defect."""
    least = min(line.slope for line in lines)
    return [line for line in lines if line.slope < least + 0.5] if least < math.inf else []


def _regression(lines: Sequence[_Line]) -> tuple[float, float, np.ndarray]:
    """Return the slope that these instances share, its standard error and the residuals; each has its intercept."""
    x = LOG_SCALES - LOG_SCALES.mean()
    y = np.array([line.logs - line.logs.mean() for line in lines])
    slope = float((y @ x).sum() / (len(lines) * (x @ x)))
    residuals = y - slope * x
    freedom = max(residuals.size - len(lines) - 1, 1)
    return slope, math.sqrt(float((residuals**2).sum()) / freedom / (len(lines) * float(x @ x))), residuals


def _defects(subject: Any, along: Any, formula: Any, given: Any, constants: Mapping[Any, Any] | None) -> list[_Defect]:
    """Return the defects to measure: of an expression its change along a step, of a claim what it says is small."""
    if isinstance(subject, Claim | Theorem):
        if along is not None or formula is not None or given != ():
            raise InvalidTypeError(complain("along", "left out, with formula and given, for a claim", along or formula))
        return [defect for part in at_small_depths(as_claim(subject)) for defect in _of_claim(part, constants)]
    if not isinstance(along, Step | Flow):
        raise InvalidTypeError(complain("along", "a step or a flow", along, "Try rule.step(net)."))
    return [_drift(as_expression("subject", subject), along, given, formula, constants=constants)]


def _of_claim(claim: Claim, constants: Mapping[Any, Any] | None) -> list[_Defect]:
    return [defect for goal in claim.goals() for defect in _of_goal(goal, claim, constants)]


def _of_goal(goal: Goal, claim: Claim, constants: Mapping[Any, Any] | None) -> list[_Defect]:
    if not isinstance(goal, Vanishes):
        raise InvalidTypeError(complain("subject", "an expression, or a claim that something vanishes", claim))
    conserved = conserved_quantity(goal)
    if conserved is not None:
        quantity, motion = conserved
        if not _change(quantity, motion).has(eta):
            return []  # a step conserves it exactly, as it does what is linear
        return [_drift(quantity, motion, claim.given, None, 2 if isinstance(motion, Flow) else None, constants)]
    if sympify(goal.right).has(eta):
        return [_Defect(goal.left, goal.right, claim, _power(goal.right) or None, constants)]
    return [_Defect(goal.residual(), None, claim, None, constants)] if goal.residual().has(eta) else []


def _euler(flow: Flow) -> Step:
    """Return one step of Euler's method; of a rule's flow this is the rule's step."""
    return Step(flow.rule, flow.net, {W: matmul(eta, velocity) for W, velocity in flow.items()})


def _change(quantity: Any, along: Step | Flow) -> Any:
    """Return the change of a quantity in one step; of a flow, in one step of Euler's method."""
    step = along if isinstance(along, Step) else _euler(along)
    return minus(step.after(quantity), quantity)


def _drift(
    quantity: Any,
    along: Step | Flow,
    given: Any,
    formula: Any,
    expected: int | None = None,
    constants: Mapping[Any, Any] | None = None,
) -> _Defect:
    """Return the defect that is the change of a quantity in one step; of a flow, in one step of Euler's method."""
    change = _change(quantity, along)
    claim = Equal(change, 0 if formula is None else formula, given=given)
    return _Defect(change, formula, claim, expected, constants)
