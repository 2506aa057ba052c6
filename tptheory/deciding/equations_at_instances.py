"""The equations for the constants of a claim at exact instances: singular, rectangular and larger ones among them.

The sizes and the numbers that a constant may depend on are its parameters. At one choice of these the instances of a
claim are linear equations for its constants. A parameter that a hypothesis ties to matrices or to other parameters
cannot be chosen freely: it is put into the hypotheses as a number, so that matrices are built to meet them; where none
are found, matrices come first, and the parameter is what they make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol, S, Symbol

from tptheory.claims.claim import Claim
from tptheory.claims.goals import Vanishes, expressions
from tptheory.claims.mapping import with_expressions_changed
from tptheory.claims.vocabulary import Zero
from tptheory.errors import InvalidValueError, ShapeError, TptheoryError, UnsupportedExpressionError
from tptheory.measuring.goal_values import Compiled, difference, is_deficient, steady_matrices
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance, Premises
from tptheory.measuring.random_matrices import degenerate
from tptheory.numeric.matrix_fields import LinearRelations
from tptheory.numeric.rational_functions import points_needed
from tptheory.numeric.rationals import numbers_in, rational
from tptheory.refuting.violations import JUMPING
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.spelling import text_of

ENOUGH = 4
"""So many instances in a row for each part that rule out nothing more end the search at one choice of parameters."""
MOST_INSTANCES = 60
"""At most so many instances are looked at there."""
LARGEST_SIZE, LARGEST_OF_MANY, MANY = 8, 5, 2
"""The largest value of a symbolic size; and where there are more sizes than so many."""
TRIES_PER_CHOICE = 3
"""For each choice of parameters that is needed, so many are tried at most."""
ATTEMPTS = 2
"""How often an instance is looked for at one choice of parameters before it is given up."""


class NotAffineError(InvalidValueError):
    """Raised where a claim is not affine in its unknowns."""


class AffinePart:
    """One part of a claim, as a linear system for the unknowns at each instance.

    Args:
        claim: the part.
        unknowns: the unknowns.

    Attributes:
        source: the source of its instances.
        tied: the numbers that a hypothesis speaks of.

    Raises:
        UnsupportedExpressionError: if the part is no set of equations.
    """

    def __init__(self, claim: Claim, unknowns: Sequence[Symbol]) -> None:
        self.claim, self.goals, self.unknowns = claim, claim.goals(), unknowns
        if not all(isinstance(goal, Vanishes) for goal in self.goals):
            raise UnsupportedExpressionError(f"'claim' must be made of equations (got {claim.conclusion(text_of)}).")
        self.source = Instances(claim)
        self.compiled = Compiled(self.source.symbols)
        self.steady = steady_matrices(self.goals, JUMPING)
        spoken = {s for h in claim.given for s in _symbols_of(h)}
        self.tied = [s for s in self.source.scalars if s in spoken]
        self._sources: dict[tuple[fmpq, ...], Instances] = {} if self.tied else {(): self.source}

    def rows(self, values: Instance) -> list[list[fmpq]] | None:
        """Return the equations at an instance: the coefficient of each unknown, and then what has no unknown.

        None if the claim says nothing of the instance: an inverse is missing, or a rate where a rank may rise.

        Raises:
            InvalidValueError: if the equations are not affine in the unknowns.
        """
        zero = dict.fromkeys(self.unknowns, fmpq(0))
        try:
            value = self.compiled.at({**values, **zero})
            if any(is_deficient(value(A)) for A in self.steady):
                return None
            constant = self._entries(values, zero)
            columns = [self._entries(values, zero | {c: fmpq(1)}) for c in self.unknowns]
            at = {c: fmpq(k + 2) for k, c in enumerate(self.unknowns)}
            there = self._entries(values, at)
        except (InvalidValueError, ShapeError):
            return None
        rows = [[*(column[i] - b for column in columns), b] for i, b in enumerate(constant)]
        steps = [*at.values(), fmpq(1)]
        if there != [sum((step * x for step, x in zip(steps, row, strict=True)), fmpq(0)) for row in rows]:
            names = ", ".join(sorted(map(str, self.unknowns)))
            raise NotAffineError(f"'claim' must be affine in the unknowns (got one that is not, in {names}).")
        return rows

    def _entries(self, values: Instance, unknowns: Mapping[Symbol, fmpq]) -> list[fmpq]:
        at = self.compiled.at({**values, **{c: v for c, v in unknowns.items() if c in self.source.scalars}})
        found: list[fmpq] = []
        for goal in self.goals:
            found += map(fmpq, numbers_in(difference(goal, at)))  # type: ignore[arg-type]
        return found

    def at_numbers(self, base: Mapping[Any, Any]) -> Instances:
        """Return a source of instances that meet the hypotheses on matrices where the tied numbers have these values.

        It is the source of the claim itself if no number is tied, or if a hypothesis is none at these values.
        """
        values = tuple(base[s] for s in self.tied)
        if values not in self._sources:
            self._sources[values] = self._with_numbers(values)
        return self._sources[values]

    def _with_numbers(self, values: tuple[fmpq, ...]) -> Instances:
        """Return the source under the hypotheses on matrices at these values; the claim's own if one is none there."""
        numbers = {s: rational(v) for s, v in zip(self.tied, values, strict=True)}
        matrices = [h for h in self.claim.given if any(isinstance(s, MatrixSymbol) for s in _symbols_of(h))]
        try:
            return Instances(
                self.claim.under([with_expressions_changed(h, lambda e: substitute(e, numbers)) for h in matrices])
            )
        except TptheoryError:  # a hypothesis that is none at these numbers
            return self.source

    def drawn(
        self, source: Instances, choice: ParameterChoice, rng: np.random.Generator, plain: bool
    ) -> Instance | None:
        """Return an instance at these parameters that meets the hypotheses; None if none was found."""
        scaled = self._scaled(source, choice, rng, plain)
        if scaled is None:
            return None
        whole = {**scaled, **{s: choice.values[s] for s in self.source.scalars if s in choice.values}}
        return whole if self.source.holds(whole) else None

    def _scaled(
        self, source: Instances, choice: ParameterChoice, rng: np.random.Generator, plain: bool
    ) -> Instance | None:
        """Return an instance that meets the hypotheses at the base, multiplied by the factor."""
        sizes = {n: choice.values[n] for n in self.source.sizes}

        def fill(symbol: Any, shape: tuple[int, int]) -> Any:
            if not isinstance(symbol, MatrixSymbol):
                return choice.base.get(symbol)
            return None if plain else degenerate(rng, *shape)

        found = source.filled(rng, sizes, fill)
        if found is None or choice.factor == 1:
            return found
        return {s: value * choice.factor if isinstance(value, fmpq_mat) else value for s, value in found.items()}

    def reached(self, choice: ParameterChoice, rng: np.random.Generator) -> ParameterChoice | None:
        """Return a choice of parameters at which there are instances: the one that is wished for, or another.

        Multiples of matrices that meet the hypotheses where the tied numbers are 1 meet them at other numbers, which
        are solved for. Else an instance is looked for first, and the numbers are those that it has. None if no instance
        was found.
        """
        if not self.tied or self._has_instances(choice, rng):
            return choice
        return self._with_multiples(choice, rng) or self._with_own_numbers(choice, rng)

    def _with_multiples(self, choice: ParameterChoice, rng: np.random.Generator) -> ParameterChoice | None:
        """Return a choice of parameters at which multiples of matrices meet the hypotheses that meet them at 1."""
        base, factor = {**choice.values, **dict.fromkeys(self.tied, fmpq(1))}, abs(choice.values[self.tied[0]])
        source, trial = self.at_numbers(base), ParameterChoice(choice.values, base, factor)
        for _ in range(ATTEMPTS):
            numbers = self._tied_at(self._scaled(source, trial, rng, plain=True))
            found = ParameterChoice({**choice.values, **(numbers or {})}, base, factor)
            if numbers is not None and self._has_instances(found, rng):
                return found
        return None

    def _with_own_numbers(self, choice: ParameterChoice, rng: np.random.Generator) -> ParameterChoice | None:
        """Return the choice of parameters that an instance has in which the tied numbers were free."""
        sizes = {n: choice.values[n] for n in self.source.sizes}
        for _ in range(ATTEMPTS):
            found = self.source.filled(rng, sizes, lambda s, _: choice.values.get(s))
            if found is not None:
                return ParameterChoice.at({**choice.values, **{s: found[s] for s in self.tied}})
        return None

    def _has_instances(self, choice: ParameterChoice, rng: np.random.Generator) -> bool:
        """Whether an instance is found there, in which not all matrices are 0."""
        source = self.at_numbers(choice.base)
        found = (self.drawn(source, choice, rng, plain=True) for _ in range(ATTEMPTS))
        return any(
            instance is not None and any(any(instance[A].entries()) for A in self.source.matrices) for instance in found
        )

    def _tied_at(self, instance: Instance | None) -> dict[Any, fmpq] | None:
        """Return the tied numbers with which given matrices meet the equations among the hypotheses.

        None if there are none, or several, or if the equations are not affine in the numbers.
        """
        if instance is None:
            return None
        relations = LinearRelations(len(self.tied) + 1, fmpq_mat)
        try:
            for equation in self.ties:
                relations.add(equation.rows(instance) or [])
        except NotAffineError:
            return None
        solutions = relations.basis()
        if len(solutions) != 1 or solutions[0][-1] == 0:
            return None
        return dict(zip(self.tied, solutions[0][:-1], strict=True))

    @cached_property
    def ties(self) -> list[AffinePart]:
        """The equations among the hypotheses that speak of tied numbers, with these as unknowns."""
        return [AffinePart(Zero(e), self.tied) for e in Premises.of(self.claim).equations if e.has(*self.tied)]


@dataclass(frozen=True)
class ParameterChoice:
    """A choice of parameters, and how instances are found there.

    Attributes:
        values: the sizes and numbers.
        base: the values of the numbers for which matrices are built.
        factor: what these matrices are multiplied by.
    """

    values: Mapping[Any, Any]
    base: Mapping[Any, Any]
    factor: fmpq

    @classmethod
    def at(cls, values: Mapping[Any, Any]) -> ParameterChoice:
        """Return a choice at which matrices are built for these values, and not multiplied."""
        return cls(values, values, fmpq(1))


@dataclass(frozen=True)
class ConstantsAtParameters:
    """The constants that are left by some instances at one choice of sizes and parameters.

    Attributes:
        values: the sizes and parameters.
        equations: the linear equations for the constants, whose last column is what has no constant.
        instances: how many instances were looked at.
    """

    values: Mapping[Any, Any]
    equations: LinearRelations
    instances: int

    @cached_property
    def solutions(self) -> list[list[fmpq]]:
        """Independent solutions of the equations, in which the last number stands for what has no constant."""
        return self.equations.basis()

    @property
    def homogeneous_solutions(self) -> list[list[fmpq]]:
        """What may be added to a solution; in each one of the free constants is 1, and the other free ones are 0."""
        return [vector for vector in self.solutions if vector[-1] == 0]

    @property
    def particular_solution(self) -> list[fmpq] | None:
        """The solution in which the free constants are 0; None if there is no solution."""
        return next((vector for vector in self.solutions if vector[-1] != 0), None)

    @property
    def free(self) -> tuple[int, ...]:
        """The numbers of the unknowns that may have any value; of several that depend on each other, the last ones."""
        return tuple(max(i for i, x in enumerate(solution) if x != 0) for solution in self.homogeneous_solutions)

    def admit(self, constants: Sequence[Any]) -> bool:
        """Whether these values of the constants meet all equations."""
        numbers = [*constants, fmpq(1)]
        return not any(sum((x * y for x, y in zip(row, numbers, strict=True)), fmpq(0)) for row in self.equations.rows)


def parameters_of(parts: Sequence[AffinePart]) -> list[Symbol]:
    """Return the sizes and numbers that a value may depend on."""
    unknowns = set(parts[0].unknowns)
    found = {s for part in parts for s in (*part.source.sizes, *part.source.scalars)}
    return sorted(found - unknowns, key=str)


def constants_at_instances(
    parts: Sequence[AffinePart], parameters: Sequence[Symbol], rng: np.random.Generator
) -> list[ConstantsAtParameters]:
    """Return the constants that are left at as many choices of parameters as a rational function needs.

    A parameter on which no value depends costs a few choices too many.
    """
    needed = points_needed(len(parameters)) if parameters else 1
    found: list[ConstantsAtParameters] = []
    for number, wish in zip(range(TRIES_PER_CHOICE * needed), _wishes(parts, parameters, rng), strict=False):
        choice: ParameterChoice | None = ParameterChoice.at(wish)
        for part in parts:
            choice = None if choice is None else part.reached(choice, rng)
        if choice is not None:
            found.append(_at(parts, choice, rng))
        if sum(each.instances > 0 for each in found) == needed or (number + 1 >= needed and not found):
            break
    return [each for each in found if each.instances]


def _wishes(
    parts: Sequence[AffinePart], parameters: Sequence[Symbol], rng: np.random.Generator
) -> Iterator[dict[Any, Any]]:
    """Run through choices of sizes and parameters: each size takes all of its values in turns."""
    admitted = _admitted_sizes(parts, parameters)
    tied = {s for part in parts for s in part.tied}
    waiting: dict[Any, list[int]] = {n: [] for n in admitted}
    for number in count():
        for n in admitted:
            waiting[n] = waiting[n] or [int(k) for k in rng.permutation(admitted[n])]
        numbers = {s: _number(s, number, s in tied, rng) for s in parameters if s not in admitted}
        yield {n: waiting[n].pop() for n in admitted} | numbers


def _admitted_sizes(parts: Sequence[AffinePart], parameters: Sequence[Symbol]) -> dict[Symbol, Sequence[int]]:
    """Return the values that each size among the parameters may take; fewer where there are many sizes."""
    sources = {n: part.source for part in reversed(parts) for n in part.source.sizes if n in parameters}
    largest = LARGEST_SIZE if len(sources) <= MANY else LARGEST_OF_MANY
    return {n: sources[n].admitted(n, largest) for n in parameters if n in sources}


def _number(s: Symbol, k: int, tied: bool, rng: np.random.Generator) -> fmpq:
    """Return a value for a parameter; another one each time, as far as chance allows.

    Every other one that a hypothesis ties is a square: ``A A' = s I`` has no rational solution for most others.
    """
    number = fmpq(int(rng.integers(1, 12)), int(rng.integers(1, 5)))
    if tied and k % 2:
        return number * number
    return number if s.is_positive or s.is_nonnegative or k % 2 else -number


def _at(parts: Sequence[AffinePart], choice: ParameterChoice, rng: np.random.Generator) -> ConstantsAtParameters:
    """Return the constants that make the claim true at instances with these sizes and parameters."""
    sources = [part.at_numbers(choice.base) for part in parts]
    relations = LinearRelations(len(parts[0].unknowns) + 1, fmpq_mat)
    instances = idle = 0
    for number in range(MOST_INSTANCES):
        turn, of_part = divmod(number, len(parts))
        part = parts[of_part]
        instance = part.drawn(sources[of_part], choice, rng, plain=turn % 2 == 0)
        rows = None if instance is None else part.rows(instance)
        if rows is None:
            continue
        instances += 1
        idle = 0 if relations.add(rows) else idle + 1
        if idle >= ENOUGH * len(parts):
            break
    return ConstantsAtParameters(choice.values, relations, instances)


def _symbols_of(hypothesis: Any) -> set[Any]:
    """Return the symbols of a hypothesis."""
    return {s for e in expressions_of(hypothesis) for s in S(e).free_symbols}


def expressions_of(hypothesis: Any) -> tuple[Any, ...]:
    """Return the expressions of a hypothesis, those of its goals among them."""
    return (*hypothesis.expressions(), *expressions(hypothesis.goals()))
