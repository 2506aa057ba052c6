"""The second entry of a verdict: the claim as it was typed, on exact numbers, by a path that no search took.

A claim with a proof is evaluated at exact instances that meet the hypotheses, degenerate ones among them. A claim about
any depth is written out at the depths 1 to 3, or at 1 and 2 if its proof was stored; if no instance is found there, it
is written out up to depth 6, and then instances are built as the search for counterexamples builds them. Along a flow,
symbols move with the rule's own velocities. A counterexample has its second entry in `Counterexample.check`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, islice
from time import process_time
from typing import Any

import mpmath
import numpy as np
from flint import fmpq, fmpq_mat
from sympy import Add, MatrixExpr, MatrixSymbol, S, Symbol, ZeroMatrix

from tptheory.claims.claim import Claim
from tptheory.claims.goals import NonNegative, Vanishes, ranks_in_numbers, symbolic
from tptheory.claims.ranges import at_small_depths
from tptheory.claims.vacuity import oversized
from tptheory.clock import TimeUpError
from tptheory.errors import InvalidValueError, ShapeError, UnsupportedExpressionError
from tptheory.measuring.goal_values import AsTyped, Violation, violation
from tptheory.measuring.instances import Fill, Instances
from tptheory.measuring.premises import Instance
from tptheory.measuring.random_matrices import degenerate, entries, generic, one_of, unit
from tptheory.numeric.evaluation import evaluate
from tptheory.refuting.counterexample import Counterexample
from tptheory.refuting.search import CounterexampleSearch

INSTANCES = 18
"""At about how many instances, over all of its parts, a claim with a proof is evaluated."""
RECALLED, RECALLED_DEPTH = 6, 2
"""The number of instances for a claim whose proof was stored, and the largest depth of these."""
MOST_A_PART = 16
"""At how many instances one part of a claim is evaluated at most."""
DEEPEST_TRIED, MOST_WHEN_RARE = 6, 40
"""The largest depth, and the most instances of each part, if no instance was found at the smaller depths."""
MOST_SEARCHED, SEARCHED_SECONDS = 4000, 1.0
"""How often, and for how many seconds, instances are built as the search for counterexamples does it, if there was none
before."""
DIGITS = 50
MANY_DIGITS = f"mp{DIGITS}"
"""The arithmetic for values that are not rational, such as logarithms."""
ROUNDING = 1e-25
"""A relative difference up to this counts as zero in `MANY_DIGITS`."""
Pattern = Callable[[Any, Instances], Fill]
"""A way to make instances: takes a random generator and the source of instances, and returns a `Fill`."""


@dataclass(frozen=True)
class Confirmation:
    """The result of evaluating a claim as it was typed.

    Attributes:
        evaluated: at how many instances it was evaluated.
        part: the part of the claim that an instance contradicts; None if none does.
        values: that instance.
        broken: what is broken there.
        empty: whether the claim says nothing at all, such as a claim about an empty range.
        without_value: why the claim could not be evaluated at an instance; empty if that never happened.
    """

    evaluated: int
    part: Claim | None = None
    values: Instance = field(default_factory=dict)
    broken: Violation | None = None
    empty: bool = False
    without_value: str = ""

    def told(self) -> dict[str, Any]:
        """Return the contradiction as evidence."""
        if self.part is None or self.broken is None:
            return {}
        shown = Counterexample(self.part, self.values)
        lines = {str(s): str(v) for s, v in self.values.items()}
        outcome = f"{self.broken.expression} = {self.broken.value}, not {self.broken.told(str)}"
        return {"part": self.part.statement(), "instance": shown.to_json(), "values": lines, "outcome": outcome}


def confirm_proof(claim: Claim, recalled: bool = False) -> Confirmation:
    """Evaluate a claim that has a proof at exact instances; say at how many, or which one contradicts it.

    Args:
        claim: the claim.
        recalled: whether the proof was stored, and so confirmed before: then fewer instances, of smaller depths, are
            enough.
    """
    parts = (list(at_small_depths(claim, RECALLED_DEPTH)) if recalled else []) or list(at_small_depths(claim))
    found = _confirmed(parts, RECALLED if recalled else INSTANCES, 0)
    if found.evaluated or found.part is not None:
        return found
    deep = list(at_small_depths(claim, DEEPEST_TRIED))
    if not deep:
        return Confirmation(0, empty=True)
    found = _confirmed(deep, MOST_WHEN_RARE * len(deep), 1)
    return found if found.evaluated or found.part is not None else _confirmed_at_built_instances(claim, found)


def _confirmed(parts: list[Claim], instances: int, seed: int) -> Confirmation:
    """Evaluate parts of a claim at about so many instances together."""
    if not parts:
        return Confirmation(0)
    each = min(MOST_A_PART if instances <= INSTANCES else MOST_WHEN_RARE, -(-instances // len(parts)))
    schedule, evaluated, without_value = cycle(SCHEDULE), 0, ""
    for number, part in enumerate(parts):
        look = _Look(part, np.random.default_rng([seed, number]))
        for _ in range(each):
            held = look(*next(schedule))
            if held is None:
                held = look(*next(schedule))
            evaluated += held is not None
            without_value = without_value or look.without_value
            if look.broken is not None:
                return Confirmation(evaluated, part, look.values, look.broken)
        if instances > INSTANCES and evaluated >= INSTANCES:
            break
    return Confirmation(evaluated, without_value=without_value)


def _confirmed_at_built_instances(claim: Claim, before: Confirmation) -> Confirmation:
    """Evaluate a claim where the search for a counterexample looks for one: it builds what can hardly be drawn."""
    evaluated, looks = 0, dict[int, _Look]()
    for part, values in _built_instances(claim):
        if id(part) not in looks:
            looks[id(part)] = _Look(part, np.random.default_rng(0))
        look = looks[id(part)]
        evaluated += look.at(values) is not None
        if look.broken is not None:
            return Confirmation(evaluated, part, look.values, look.broken)
        if evaluated >= INSTANCES:
            break
    return Confirmation(evaluated, without_value=before.without_value)


def _built_instances(claim: Claim) -> Iterator[tuple[Claim, Instance]]:
    """Run through instances that the search builds to meet the hypotheses of a claim, until the time is up."""
    until = process_time() + SEARCHED_SECONDS  # so that it does not depend on how busy the machine is
    with suppress(TimeUpError):
        search = CounterexampleSearch(claim)
        for part, values in islice(search.instances(), MOST_SEARCHED if search.constructs else 0):
            if values is not None:
                yield part, values
            if process_time() > until:
                break


class _Look:
    """Evaluate one part of a claim at instances, one after the other; expressions are compiled once for each size."""

    def __init__(self, part: Claim, rng: np.random.Generator) -> None:
        self.part, self.goals, self.rng = part, part.goals(), rng
        self.source = Instances(part)
        self.typed = AsTyped(self.source.symbols)
        self.values: Instance = {}
        self.broken: Violation | None = None
        self.without_value = ""

    def __call__(self, pattern: Pattern, wanted: tuple[int, ...]) -> bool | None:
        """Return whether the claim holds at an instance of this pattern and these sizes.

        Return None if no such instance is found, or if the claim says nothing of it.
        """
        sizes = self._sizes(wanted)
        if sizes is None:
            return None
        values = self.source.filled(self.rng, sizes, pattern(self.rng, self.source))
        return None if values is None else self.at(values)

    def at(self, values: Instance) -> bool | None:
        """Return whether the claim holds at an instance that meets the hypotheses; None if it says nothing of it."""
        self.values = values
        try:
            self.broken = violation(self.goals, self.typed.at(values), values)
        except UnsupportedExpressionError:
            return self._in_digits()
        except (InvalidValueError, ShapeError):  # what is inverted is singular, a rank changes, or a size is 0
            return None
        return self.broken is None

    def _sizes(self, wanted: tuple[int, ...]) -> dict[Any, int] | None:
        """Give the wanted sizes to the symbols in turns, or the nearest admitted ones; None if none are admitted."""
        for pattern in (wanted, *(sizes for _, sizes in SCHEDULE)):
            found: dict[Any, int] = {}
            for i, n in enumerate(self.source.sizes):
                admitted = self.source.admitted(n, pattern[i % len(pattern)])
                if admitted:
                    found[n] = admitted[-1]
            if len(found) == len(self.source.sizes) and self.source.fits(found):
                return found
        return None

    def _in_digits(self) -> bool | None:
        """Return whether a claim without rational values holds in many digits; None if that cannot be told.

        Two sides that are one expression are equal, whether or not it can be evaluated.
        """
        if self._oversized:
            self.without_value = self._oversized
            return None
        try:
            for goal in ranks_in_numbers(self.goals):
                if isinstance(goal, Vanishes) and goal.left != goal.right:
                    self._measure(goal.residual(), 0.0, (*goal.terms(), S.One))
                elif isinstance(goal, NonNegative):
                    self._measure_sign(symbolic(goal.expression))
                elif not isinstance(goal, Vanishes):
                    return None
        except UnsupportedExpressionError as error:
            self.without_value = str(error)
            return None
        except (InvalidValueError, ShapeError):
            return None
        return self.broken is None

    @cached_property
    def _oversized(self) -> str:
        """Say which matrices are too large to be evaluated; nothing if none is."""
        return "; ".join(oversized(self.part))

    def _measure_sign(self, expression: Any) -> None:
        """Record a violation if a number is below 0, or a matrix indefinite or not symmetric, beyond rounding."""
        if not isinstance(expression, MatrixExpr):
            self._measure(expression, math.inf, (*Add.make_args(expression), S.One))
            return
        value = evaluate(expression, self.values, arithmetic=MANY_DIGITS)
        A = mpmath.matrix(value.tolist())
        with mpmath.workdps(DIGITS):
            rounding = ROUNDING * max(1, *map(abs, A))
            least = min(mpmath.eigsy((A + A.T) / 2, eigvals_only=True))
            skew = max(map(abs, A - A.T))
        if least < -rounding or skew > rounding:
            told = f"least eigenvalue {float(least):.3g}, asymmetry {float(skew):.3g}"
            self.broken = Violation(expression, f"positive semidefinite in {MANY_DIGITS}", told)

    def _measure(self, expression: Any, highest: float, parts: tuple[Any, ...]) -> None:
        """Record a violation if a value is below 0, or above the highest that it may be, by more than rounding."""
        least, most = extremes(expression, self.values)
        rounding = ROUNDING * max(max(map(abs, extremes(symbolic(part), self.values))) for part in parts)
        if least < -rounding or most > highest + rounding:
            expected = f"0 in {MANY_DIGITS}" if highest == 0 else f"at least 0 in {MANY_DIGITS}"
            self.broken = Violation(expression, expected, f"from {least:.3g} to {most:.3g}")


def extremes(expression: Any, values: Instance) -> tuple[float, float]:
    """Return the least and the largest value of an entry, or a number twice, computed in `MANY_DIGITS`."""
    if isinstance(expression, ZeroMatrix):
        return 0.0, 0.0
    value = evaluate(expression, values, arithmetic=MANY_DIGITS)
    numbers = [float(x) for x in (value.flat if isinstance(value, np.ndarray) else [value])]
    return min(numbers), max(numbers)


def _zeros(_rng: Any, _source: Instances) -> Fill:
    """All matrices and numbers are 0."""
    return lambda s, shape: fmpq_mat(*shape) if isinstance(s, MatrixSymbol) else fmpq(0)


def _plain(rng: Any, _source: Instances) -> Fill:
    """Matrices without any property."""
    return lambda s, shape: generic(rng, *shape) if isinstance(s, MatrixSymbol) else None


def _scaled(rng: Any, _source: Instances) -> Fill:
    """Matrices without any property, each scaled up or down, so that not always the same one outweighs the rest."""

    def fill(s: Any, shape: tuple[int, int]) -> Any:
        weight = fmpq(1, 8) * 4 ** int(rng.integers(0, 4))
        return generic(rng, *shape) * weight if isinstance(s, MatrixSymbol) else None

    return fill


def _small(rng: Any, _source: Instances) -> Fill:
    """Small integers."""

    def fill(s: Any, shape: tuple[int, int]) -> Any:
        A = entries(rng, *shape, bound=1)
        return A if isinstance(s, MatrixSymbol) else A[0, 0]

    return fill


def _degenerate(rng: Any, _source: Instances) -> Fill:
    """Matrices that are degenerate: of low rank, with repeated columns, or zero."""
    return lambda s, shape: degenerate(rng, *shape) if isinstance(s, MatrixSymbol) else None


def _one_zero(rng: Any, source: Instances) -> Fill:
    """One symbol is 0, the others have no property."""
    symbols = [*source.matrices, *source.scalars]
    zero: MatrixSymbol | Symbol | None = one_of(rng, symbols) if symbols else None
    zeros, others = _zeros(rng, source), _plain(rng, source)
    return lambda s, shape: zeros(s, shape) if s == zero else others(s, shape)


def _units(_rng: Any, _source: Instances) -> Fill:
    """Identities, cut to their shapes; all numbers are 1."""
    return lambda s, shape: unit(*shape, min(shape)) if isinstance(s, MatrixSymbol) else fmpq(1)


SCHEDULE: tuple[tuple[Pattern, tuple[int, ...]], ...] = (
    (_plain, (2, 3, 1)),
    (_one_zero, (1,)),
    (_scaled, (3,)),
    (_small, (1,)),
    (_scaled, (1, 3)),
    (_degenerate, (3, 1, 2)),
    (_scaled, (1,)),
    (_one_zero, (2,)),
    (_zeros, (2, 3, 1)),
    (_scaled, (2,)),
    (_one_zero, (3, 1, 2)),
    (_units, (1, 3, 2)),
    (_small, (2,)),
    (_one_zero, (1, 3)),
    (_degenerate, (2,)),
    (_scaled, (1, 2)),
)
"""The patterns of successive instances, each with the sizes that the symbols of sizes get in turns."""
