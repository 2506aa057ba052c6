"""The constants that make a claim true, by linear algebra on exact instances; what is found is then proved.

At one instance, a claim that is affine in its constants is a linear system for them. Every solution of the claim solves
the systems of all instances: so the constants that are found are all that there can be, and the proof shows that they
are solutions. Where the solution depends on parameters, it is found at several values of these and a rational function
is put through them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq
from sympy import MatrixSymbol, S, Symbol

from tptheory.checking import check_seconds, checked_integer
from tptheory.claims.claim import Claim
from tptheory.claims.mapping import with_expressions_changed
from tptheory.claims.ranges import depth_symbols
from tptheory.claims.tacit import NotZero, existence_premises, shows, words
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vacuity import unmeetable
from tptheory.deciding.answers import UNMET, prove
from tptheory.deciding.equations_at_instances import (
    AffinePart,
    ConstantsAtParameters,
    constants_at_instances,
    expressions_of,
    parameters_of,
)
from tptheory.deciding.verdicts import Proved, Undecided
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.keywords import known_keywords
from tptheory.numeric.rational_functions import rational_function
from tptheory.numeric.rationals import rational
from tptheory.symbolic.arguments import refuse_size
from tptheory.symbolic.one_meaning import declared
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import text_of


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
    def divisors(self) -> tuple[NotZero, ...]:
        """What must not be 0 for the values to be numbers, and may be 0 by what is declared of its symbols."""
        premises = (each for value in (self.values or {}).values() for each in existence_premises(S(value)))
        return tuple(dict.fromkeys(p for p in premises if isinstance(p, NotZero) and not shows(p, self.claim.given)))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All that the values rest on: that they are numbers, and what the proof of the claim rests on."""
        proof = () if self.verdict is None else self.verdict.assumptions
        return (*words(self.divisors, text_of), *proof)

    @property
    def basis(self) -> tuple[dict[Symbol, Any], ...]:
        """The solutions in which one free constant is 1 and the other ones are 0, in the order of `free`."""
        values = self.values or {}
        points = [{c: S(int(c == one)) for c in self.free} for one in self.free]
        return tuple({c: S(value).xreplace(point) for c, value in values.items()} for point in points)

    def __str__(self) -> str:
        """Say the values, and whether they are proved."""
        if self.values is None:
            names, one = ", ".join(map(str, self.unknowns)), len(self.unknowns) == 1
            said = f"no value of {names} makes it true" if one else f"no values of {names} make it true"
            return f"{said}: {self.instances} exact instances have none"
        only = "only zeros make it true: " if all(v == 0 for v in self.values.values()) else ""
        said = only + ", ".join(f"{c} = {text_of(v)}" for c, v in self.values.items() if c != v)
        free = f"{', '.join(map(str, self.free))} free" if self.free else ""
        word = self.verdict.word if self.verdict is not None else ""
        moment = ["at this moment"] if self.claim.is_momentary else []
        return f"{'; '.join(filter(None, (said, free)))} ({', '.join([word, *moment, *words(self.divisors, text_of)])})"

    def __repr__(self) -> str:
        """Show the values."""
        return f"<{self}>"

    def explain(self) -> str:
        """Return the values, and the proof that they make the claim true."""
        return str(self) if self.verdict is None else f"{self}\n{self.verdict.explain()}"

    def _repr_latex_(self) -> str:
        if self.values is None:
            return rf"$\text{{no }} {', '.join(map(latex_of, self.unknowns))}$"
        said = [f"{latex_of(c)} = {latex_of(v)}" for c, v in self.values.items() if c != v]
        said += [rf"{latex_of(c)} \text{{ free}}" for c in self.free]
        said += [rf"{latex_of(S(divisor.subject))} \neq 0" for divisor in self.divisors]
        said += [r"\text{at this moment}"] if self.claim.is_momentary else []
        return "$\\displaystyle " + r",\quad ".join(said) + "$"


@known_keywords
def solve_constants(
    claim: Claim | Theorem, unknowns: Sequence[Symbol], *, seconds: float = 10.0, seed: int = 0
) -> SolvedConstants:
    """Return the constants that make a claim true for all matrices that meet its hypotheses, and prove that they do.

    Where a value has a divisor that may be 0, nothing is said of the numbers and sizes at which it is.

    Args:
        claim: a claim, or a theorem, made of equations that are affine in the unknowns.
        unknowns: the symbols to solve for. A value may depend on the other numbers and sizes in the claim, as a
            quotient of polynomials of degree at most 2, or a polynomial of degree at most 3, or 1 over one.
        seconds: how long to search for the proof.
        seed: of the instances.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if there are no unknowns, the claim does not speak of one, or it is not affine in them; if
            one is a size, stands in a hypothesis, or is declared to be more than real, as what is found may be any
            number; or if the depth is a symbol.
        UnsupportedExpressionError: if the claim is no set of equations with rational values, or no instance meets its
            hypotheses, or no such function fits; or there is no proof, and all instances that were
            found have the same values of the numbers that the constants may depend on.

    >>> from sympy import symbols
    >>> from tptheory import Conserved, DeepLinearNetwork, LogPdet, TargetProp, squared_norm
    >>> net, c = DeepLinearNetwork(depth=2), symbols("c", real=True)
    >>> W1, W2 = net.weights
    >>> solve_constants(Conserved(LogPdet(W2) - c * squared_norm(W1), along=TargetProp().flow(net)), [c])
    <c = 1/2 (proved)>
    """
    claim = as_claim(claim)
    check_seconds(seconds)
    seed, unknowns = checked_integer("seed", seed, lowest=0), _read(unknowns, claim)
    rng = np.random.default_rng(seed)
    parts = [AffinePart(part, unknowns) for part in claim.conjuncts()]
    parameters = parameters_of(parts)
    found = constants_at_instances(parts, parameters, rng)
    if not found:
        why = "; ".join(unmeetable(claim)) or UNMET
        raise UnsupportedExpressionError(f"'claim' must have hypotheses that something meets (got {why}).")
    looked = sum(each.instances for each in found)
    values = _interpolated(unknowns, parameters, found)
    if values is None:
        return SolvedConstants(unknowns, None, (), claim, None, looked)
    free = tuple(c for c, value in values.items() if c == value)
    known = {c: value for c, value in values.items() if c != value}
    solved = with_expressions_changed(claim, lambda expression: substitute(expression, known))
    verdict = prove(solved, seconds)
    if not verdict.proved:
        _check_variety([each.values for each in found], parameters)
    return SolvedConstants(unknowns, values, free, solved, verdict, looked)


def _read(unknowns: Any, claim: Claim) -> tuple[Symbol, ...]:
    given = unknowns if isinstance(unknowns, list | tuple) else [unknowns]
    if not given:
        raise InvalidValueError(complain("unknowns", "at least one symbol", unknowns))
    if depth_symbols(claim):
        mend = "Give the network a depth."
        raise InvalidValueError(complain("claim", "about a network of fixed depth", claim.conclusion(text_of), mend))
    for c in given:
        _check_unknown(c, claim)
    return tuple(dict.fromkeys(given))


def _check_unknown(c: Any, claim: Claim) -> None:
    """Refuse an unknown unless it is a symbol of a real number that the conclusion speaks of, and no hypothesis.

    Raises:
        InvalidTypeError: if it is no symbol that is a number.
        InvalidValueError: if the claim does not speak of it, or its hypotheses do; if it is a size, or is declared to
            be more than real.
    """
    if not isinstance(c, Symbol) or isinstance(c, MatrixSymbol):
        raise InvalidTypeError(complain("unknowns", "a list of symbols that are numbers", c))
    spoken = claim.symbols()
    if c not in spoken:
        raise InvalidValueError(complain("unknowns", "symbols in the claim", c, f"It speaks of {_listed(spoken)}."))
    refuse_size("unknowns", c, *claim.expressions())
    if set(c._assumptions_orig) - {"real", "commutative"}:
        mend = "Declare it real, and see which of the values found may be such."
        raise InvalidValueError(complain("unknowns", f"any real number, not{declared(c)}", c, mend))
    assumed = (e for part in claim.conjuncts() for h in part.given for e in expressions_of(h))
    if any(S(e).has(c) for e in assumed):
        mend = "What is assumed of the matrices must not depend on what is asked for."
        raise InvalidValueError(complain("unknowns", "symbols of which no hypothesis speaks", c, mend))


def _listed(symbols: set[Any]) -> str:
    return ", ".join(sorted(map(str, symbols)))


def _interpolated(
    unknowns: Sequence[Symbol], parameters: Sequence[Symbol], found: Sequence[ConstantsAtParameters]
) -> dict[Symbol, Any] | None:
    """Return the value of each unknown from the solutions at several parameters; None if they are not all that.

    That is so if half of the choices of parameters have no solution, or one has none that has a value there.

    Raises:
        UnsupportedExpressionError: if no rational function of low degree fits.
    """
    soluble = [each for each in found if each.particular_solution is not None]
    if 2 * len(soluble) <= len(found):
        return None
    free = min((each.free for each in soluble), key=len)
    solved = _general_solution(unknowns, parameters, free, [each for each in soluble if each.free == free])
    unmet = [each for each in found if not _is_met(solved, free, each)]
    if any(each.particular_solution is not None for each in unmet):
        raise _no_function(parameters, f"other values where {_said(unmet[0].values)}")
    return None if unmet else solved


def _general_solution(
    unknowns: Sequence[Symbol],
    parameters: Sequence[Symbol],
    free: Sequence[int],
    generic: Sequence[ConstantsAtParameters],
) -> dict[Symbol, Any]:
    """Return the value of each unknown: a particular solution, plus each free unknown times a homogeneous one.

    Args:
        unknowns: the unknowns.
        parameters: the sizes and numbers that the values may depend on.
        free: the numbers of the free unknowns.
        generic: the solutions at several parameters, at all of which the same unknowns are free.
    """
    points = [tuple(fmpq(each.values[p]) for p in parameters) for each in generic]
    solved: dict[Symbol, Any] = {}
    for i, c in enumerate(unknowns):
        if i in free:
            solved[c] = c
            continue
        terms = [(S.One, [each.particular_solution[i] for each in generic])]  # type: ignore[index]
        terms += [(unknowns[k], [each.homogeneous_solutions[j][i] for each in generic]) for j, k in enumerate(free)]
        solved[c] = sum((_fitted(c, parameters, points, entries) * factor for factor, entries in terms), S.Zero)
    return solved


def _is_met(solved: Mapping[Symbol, Any], free: Sequence[int], at: ConstantsAtParameters) -> bool:
    """Whether the values of the unknowns meet all equations at one choice of parameters, or have no value there."""
    numbers = {p: rational(fmpq(v)) for p, v in at.values.items()}
    numbers |= {c: S(k + 2) for k, c in enumerate(solved) if k in free}
    values = [S(value).subs(numbers) for value in solved.values()]
    if not all(value.is_Rational for value in values):
        return True
    return at.admit([fmpq(int(value.p), int(value.q)) for value in values])


def _check_variety(values: Sequence[Mapping[Any, Any]], parameters: Sequence[Symbol]) -> None:
    """Refuse instances at which all numbers have the same values: how a constant depends on these cannot be seen.

    Raises:
        UnsupportedExpressionError: if there are numbers, and one value of each.
    """
    numbers = [p for p in parameters if not p.is_integer]
    if numbers and len({tuple(each[p] for p in numbers) for each in values}) < 2:
        only = _said({p: values[0][p] for p in numbers})
        raise UnsupportedExpressionError(
            f"'claim' must have instances at several values of its numbers (got some at {only} only). "
            "Write what a number stands for in its place."
        )


def _fitted(c: Symbol, parameters: Sequence[Symbol], points: list[tuple[fmpq, ...]], entries: list[fmpq]) -> Any:
    """Return a coefficient of an unknown as a function of the parameters.

    Raises:
        UnsupportedExpressionError: if no function of low degree fits.
    """
    function = rational_function(parameters, points, entries)
    if function is None:
        raise _no_function(parameters, f"{c} = {entries[0]} at one point, which fits none")
    return function


def _no_function(parameters: Sequence[Symbol], came: str) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        "'unknowns' must be quotients of polynomials of degree at most 2, or polynomials of degree at most 3, in "
        f"{_listed(set(parameters))} (got {came})."
    )


def _said(values: Mapping[Any, Any]) -> str:
    return ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
