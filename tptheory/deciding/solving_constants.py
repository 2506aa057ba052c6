"""The constants that make a claim true, by linear algebra on exact instances; what is found is then proved.

At one instance, a claim that is affine in its constants is a linear system for them. Every solution of the claim solves
the systems of all instances: so the constants that are found are all that there can be, and the proof shows that they
are solutions. Where the solution depends on parameters, it is found at several values of these and a rational function
is put through them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol, Rational, S, Symbol

from tptheory.checking import check_seconds, whole
from tptheory.claims.claim import Claim
from tptheory.claims.goals import Vanishes, expressions
from tptheory.claims.mapping import mapped
from tptheory.claims.ranges import depth_symbols
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.deciding.answers import prove
from tptheory.deciding.verdicts import Proved, Undecided
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError, complain
from tptheory.measuring.goal_values import Compiled, difference
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.numeric.matrix_fields import reduced_rows
from tptheory.numeric.rational_functions import points_needed, rational_function
from tptheory.proving.semidefinite import AffineSpace, solutions
from tptheory.symbolic.arguments import refuse_size
from tptheory.symbolic.one_meaning import declared
from tptheory.symbolic.rebuilding import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import text_of

ENOUGH = 3
"""So many instances in a row that rule nothing more out end the search at one choice of sizes and parameters."""
MOST_INSTANCES = 60
"""At most so many instances are looked at there."""
LARGEST_SIZE = 4
"""The largest value of a symbolic size."""


@dataclass(frozen=True, repr=False)
class SolvedConstants(ShownAsMathematics):
    """The answer of `solve_constants`.

    Attributes:
        unknowns: the constants that were asked for.
        values: the value of each; an expression in those that stay free, and in the parameters of the claim. None if
            no constants make the claim true.
        free: the constants that may have any value.
        claim: the claim with these values; the claim itself if there are none.
        verdict: the proof of that claim, or why there is none; None if there are no values.
        instances: how many exact instances were looked at, of which the values are read off.
    """

    unknowns: tuple[Symbol, ...]
    values: Mapping[Symbol, Any] | None
    free: tuple[Symbol, ...]
    claim: Claim
    verdict: Proved | Undecided | None
    instances: int

    @property
    def basis(self) -> tuple[dict[Symbol, Any], ...]:
        """The solutions in which one free constant is 1 and the other ones are 0, in the order of `free`."""
        values = self.values or {}
        points = [{c: S(int(c == one)) for c in self.free} for one in self.free]
        return tuple({c: S(value).xreplace(point) for c, value in values.items()} for point in points)

    def __str__(self) -> str:
        """Say the values, and whether they are proved."""
        if self.values is None:
            return f"no {', '.join(map(str, self.unknowns))} make it true: {self.instances} exact instances have none"
        said = ", ".join(f"{c} = {text_of(v)}" for c, v in self.values.items() if c != v)
        free = f"{', '.join(map(str, self.free))} free" if self.free else ""
        word = self.verdict.word if self.verdict is not None else ""
        return f"{'; '.join(filter(None, (said, free)))} ({word})"

    def __repr__(self) -> str:
        """Show the values."""
        return f"<{self}>"

    def explain(self) -> str:
        """Return the values, and the proof that they make the claim true."""
        return str(self) if self.verdict is None else f"{self}\n{self.verdict.explain()}"

    def _repr_latex_(self) -> str:
        if self.values is None:
            return rf"$\text{{no }} {', '.join(map(latex_of, self.unknowns))}$"
        said = r",\quad ".join(f"{latex_of(c)} = {latex_of(v)}" for c, v in self.values.items())
        return rf"$\displaystyle {said}$"


def solve_constants(
    claim: Claim | Theorem, unknowns: Sequence[Symbol], *, seconds: float = 10.0, seed: int = 0
) -> SolvedConstants:
    """Return the constants that make a claim true for all matrices that meet its hypotheses, and prove that they do.

    Args:
        claim: a claim, or a theorem, made of equations that are affine in the unknowns.
        unknowns: the symbols to solve for. A value may depend on the other numbers and sizes in the claim, as a
            quotient of polynomials of degree at most 2.
        seconds: how long to search for the proof.
        seed: of the instances.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if there are no unknowns, the claim does not speak of one, or it is not affine in them; if
            one is a size, stands in a hypothesis, or is declared to be more than real, as what is found may be any
            number; or if the depth is a symbol.
        UnsupportedExpressionError: if the claim is no set of equations with rational values, or no instance meets its
            hypotheses, or all that do have one value of the numbers that the constants may depend on.

    >>> from sympy import symbols
    >>> from tptheory import Conserved, DeepLinearNetwork, LogPdet, TargetProp, squared_norm
    >>> net, c = DeepLinearNetwork(depth=2), symbols("c", real=True)
    >>> W1, W2 = net.weights
    >>> solve_constants(Conserved(LogPdet(W2) - c * squared_norm(W1), along=TargetProp().flow(net)), [c])
    <c = 1/2 (proved)>
    """
    claim = as_claim(claim)
    check_seconds(seconds)
    seed, unknowns = whole("seed", seed, lowest=0), _read(unknowns, claim)
    rng = np.random.default_rng(seed)
    parts = [_Part(part, unknowns) for part in claim.conjuncts()]
    parameters = _parameters(parts)
    found = [_solution(parts, unknowns, values, rng) for values in _choices(parts, parameters, rng)]
    looked = sum(solution.instances for solution in found)
    if not looked:
        raise UnsupportedExpressionError("'claim' must have hypotheses that something meets: no instance was found.")
    values = _interpolated(unknowns, parameters, [solution for solution in found if solution.instances])
    if values is None:
        return SolvedConstants(unknowns, None, (), claim, None, looked)
    free = tuple(c for c, value in values.items() if c == value)
    known = {c: value for c, value in values.items() if c != value}
    solved = mapped(claim, lambda expression: substitute(expression, known))
    return SolvedConstants(unknowns, values, free, solved, prove(solved, seconds), looked)


def _read(unknowns: Any, claim: Claim) -> tuple[Symbol, ...]:
    given = unknowns if isinstance(unknowns, list | tuple) else [unknowns]
    if not given:
        raise InvalidValueError(complain("unknowns", "at least one symbol", unknowns))
    if depth_symbols(claim):
        mend = "Give the network a depth."
        raise InvalidValueError(complain("claim", "about a network of fixed depth", claim.conclusion(text_of), mend))
    spoken = claim.symbols()
    assumed = [e for part in claim.conjuncts() for h in part.given for e in (*h.expressions(), *expressions(h.goals()))]
    for c in given:
        if not isinstance(c, Symbol) or isinstance(c, MatrixSymbol):
            raise InvalidTypeError(complain("unknowns", "a list of symbols that are numbers", c))
        if c not in spoken:
            raise InvalidValueError(complain("unknowns", "symbols in the claim", c, f"It speaks of {_listed(spoken)}."))
        refuse_size("unknowns", c, *claim.expressions())
        if set(c._assumptions_orig) - {"real", "commutative"}:
            mend = "Declare it real, and see which of the values found may be such."
            raise InvalidValueError(complain("unknowns", f"any real number, not{declared(c)}", c, mend))
        if any(S(e).has(c) for e in assumed):
            mend = "What is assumed of the matrices must not depend on what is asked for."
            raise InvalidValueError(complain("unknowns", "symbols of which no hypothesis speaks", c, mend))
    return tuple(dict.fromkeys(given))


def _listed(symbols: set[Any]) -> str:
    return ", ".join(sorted(map(str, symbols)))


class _Part:
    """One part of a claim, as a linear system for the unknowns at each instance.

    Args:
        claim: the part.
        unknowns: the unknowns.

    Raises:
        UnsupportedExpressionError: if the part is no set of equations.
    """

    def __init__(self, claim: Claim, unknowns: Sequence[Symbol]) -> None:
        self.goals, self.unknowns = claim.goals(), unknowns
        if not all(isinstance(goal, Vanishes) for goal in self.goals):
            raise UnsupportedExpressionError(f"'claim' must be made of equations (got {claim.conclusion(text_of)}).")
        self.source = Instances(claim)
        self.compiled = Compiled(self.source.symbols)

    def rows(self, values: Instance) -> list[list[fmpq]]:
        """Return the equations at an instance: the coefficient of each unknown, and then what has no unknown.

        Raises:
            InvalidValueError: if they are not affine in the unknowns, or have no value here.
        """
        zero = dict.fromkeys(self.unknowns, fmpq(0))
        constant = self._entries(values, zero)
        columns = [self._entries(values, zero | {c: fmpq(1)}) for c in self.unknowns]
        slopes = [[a - b for a, b in zip(column, constant, strict=True)] for column in columns]
        at = {c: fmpq(k + 2) for k, c in enumerate(self.unknowns)}
        expected = [
            b + sum((at[c] * slope[i] for c, slope in zip(self.unknowns, slopes, strict=True)), fmpq(0))
            for i, b in enumerate(constant)
        ]
        if expected != self._entries(values, at):
            raise NotAffineError(
                f"'claim' must be affine in the unknowns (got one that is not, in {_listed(set(self.unknowns))})."
            )
        return [[*(slope[i] for slope in slopes), b] for i, b in enumerate(constant)]

    def _entries(self, values: Instance, unknowns: Mapping[Symbol, fmpq]) -> list[fmpq]:
        at = self.compiled.at({**values, **{c: v for c, v in unknowns.items() if c in self.source.scalars}})
        found: list[fmpq] = []
        for goal in self.goals:
            value = difference(goal, at)  # type: ignore[arg-type]
            found += value.entries() if isinstance(value, fmpq_mat) else [fmpq(value)]
        return found


class NotAffineError(InvalidValueError):
    """Raised where a claim is not affine in its unknowns."""


@dataclass(frozen=True)
class _Solution:
    """The constants that are left by some instances at one choice of sizes and parameters.

    Attributes:
        values: the sizes and parameters.
        space: the constants that make the claim true at all of the instances; None if none do.
        instances: how many instances were looked at.
    """

    values: Mapping[Any, Any]
    space: AffineSpace | None
    instances: int

    @property
    def free(self) -> tuple[int, ...]:
        """The numbers of the unknowns that may have any value; of several that depend on each other, the last ones."""
        directions = [] if self.space is None else self.space.directions
        return tuple(max(i for i, x in enumerate(direction) if x != 0) for direction in directions)


def _parameters(parts: Sequence[_Part]) -> list[Symbol]:
    """Return the sizes and numbers that a value may depend on."""
    unknowns = set(parts[0].unknowns)
    found = {s for part in parts for s in (*part.source.sizes, *part.source.scalars)}
    return sorted(found - unknowns, key=str)


def _choices(
    parts: Sequence[_Part], parameters: Sequence[Symbol], rng: np.random.Generator
) -> Iterator[dict[Any, Any]]:
    """Run through choices of sizes and parameters, as many as an interpolation may need.

    Where a value has been found not to depend on them, the choices are wasted, but few.
    """
    sources = [part.source for part in parts]
    sizes = {n for source in sources for n in source.sizes}
    admitted = {n: next(s for s in sources if n in s.sizes).admitted(n, LARGEST_SIZE) for n in sizes}
    for k in range(points_needed(len(parameters)) if parameters else 1):
        yield {s: int(rng.choice(admitted[s])) if s in sizes else _number(s, k, rng) for s in parameters}


def _number(s: Symbol, k: int, rng: np.random.Generator) -> fmpq:
    """Return a value for a parameter; another one each time, as far as chance allows."""
    number = fmpq(int(rng.integers(1, 12)), int(rng.integers(1, 5)))
    return number if s.is_positive or s.is_nonnegative or k % 2 else -number


def _solution(
    parts: Sequence[_Part], unknowns: Sequence[Symbol], values: Mapping[Any, Any], rng: np.random.Generator
) -> _Solution:
    """Return the constants that make the claim true at instances with these sizes and parameters."""
    rows: list[list[fmpq]] = []
    instances = idle = rank = 0
    for number in range(MOST_INSTANCES):
        drawn = _drawn(parts[number % len(parts)], values, rng)
        if drawn is None:
            continue
        instances += 1
        rows = _independent([*rows, *drawn])
        idle, rank = (idle + 1, rank) if len(rows) == rank else (0, len(rows))
        if idle >= ENOUGH * len(parts):
            break
    columns = [[row[k] for row in rows] for k in range(len(unknowns))]
    return _Solution(values, solutions(columns, [-row[-1] for row in rows]), instances)


def _drawn(part: _Part, values: Mapping[Any, Any], rng: np.random.Generator) -> list[list[fmpq]] | None:
    """Return the equations at one random instance; None if none was found, or they have no value there."""
    source = part.source
    sizes = {n: values[n] for n in source.sizes}
    instance = source.filled(rng, sizes, lambda symbol, _: values.get(symbol))
    if instance is None or any(instance[s] != values[s] for s in source.scalars if s in values):
        return None
    try:
        return part.rows(instance)
    except NotAffineError:
        raise
    except (InvalidValueError, ShapeError):  # an inverse is missing: the claim says nothing of this instance
        return None


def _independent(rows: list[list[fmpq]]) -> list[list[fmpq]]:
    """Return independent equations that say the same."""
    return reduced_rows(fmpq_mat(len(rows), len(rows[0]), [x for row in rows for x in row]))[0] if rows else rows


def _interpolated(
    unknowns: Sequence[Symbol], parameters: Sequence[Symbol], found: Sequence[_Solution]
) -> dict[Symbol, Any] | None:
    """Return the value of each unknown from the solutions at several parameters; None if half of them have none.

    Raises:
        UnsupportedExpressionError: if no rational function fits, or the numbers have one value at all instances.
    """
    soluble = [(each, each.space) for each in found if each.space is not None]
    if 2 * len(soluble) <= len(found):
        return None
    free = min((each.free for each, _ in soluble), key=len)
    generic = [(each.values, space) for each, space in soluble if each.free == free]
    _check_variety([values for values, _ in generic], parameters)
    points = [tuple(fmpq(values[p]) for p in parameters) for values, _ in generic]
    solved: dict[Symbol, Any] = {}
    for i, c in enumerate(unknowns):
        terms = [(S.One, [space.point[i] for _, space in generic])]
        terms += [(unknowns[k], [space.directions[j][i] for _, space in generic]) for j, k in enumerate(free)]
        solved[c] = sum((_fitted(c, parameters, points, column) * factor for factor, column in terms), S.Zero)
    return solved


def _check_variety(values: Sequence[Mapping[Any, Any]], parameters: Sequence[Symbol]) -> None:
    """Refuse instances at which all numbers have the same values: how a constant depends on these cannot be seen.

    Raises:
        UnsupportedExpressionError: if there are numbers, and one value of each.
    """
    numbers = [p for p in parameters if not p.is_integer]
    if numbers and len({tuple(each[p] for p in numbers) for each in values}) < 2:
        only = ", ".join(f"{p} = {values[0][p]}" for p in numbers)
        raise UnsupportedExpressionError(
            f"'claim' must have instances at several values of its numbers (got some at {only} only). "
            "Write what a number stands for in its place."
        )


def _fitted(c: Symbol, parameters: Sequence[Symbol], points: list[tuple[fmpq, ...]], entries: list[fmpq]) -> Any:
    """Return a coefficient of an unknown as a function of the parameters.

    Raises:
        UnsupportedExpressionError: if no quotient of polynomials of low degree fits.
    """
    function = rational_function(parameters, points, entries)
    if function is None:
        raise UnsupportedExpressionError(
            f"'unknowns' must be quotients of polynomials of degree at most 2 in {_listed(set(parameters))} "
            f"(got {c} = {Rational(int(entries[0].p), int(entries[0].q))} at one point, which fits none)."
        )
    return function
