"""What an instance of a claim has to give: values for the symbols, such that the hypotheses hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sympy import Identity, MatrixExpr, MatrixSymbol, OneMatrix, Symbol, ZeroMatrix, sympify

from tptheory.claims.claim import Claim, flatten_given
from tptheory.claims.compound import AnyOf
from tptheory.claims.goals import nonnegative
from tptheory.claims.hypotheses import Hypothesis
from tptheory.errors import InvalidValueError, ShapeError
from tptheory.measuring.properties import has_property
from tptheory.measuring.random_matrices import Random
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.expressions import size_symbols

Instance = dict[Any, Any]
JointBuilder = Callable[[Random, Instance], Instance | None]
"""Returns values for several symbols, of the shapes that they have in an instance; None if none are found."""
ALGEBRAIC = frozenset({"orthogonal", "partial_isometry", "symmetric", "projection"})
"""The properties that are equations in the matrix and its transpose."""


@dataclass(frozen=True)
class Premises:
    """The hypotheses of a claim, sorted by how an instance meets them.

    Attributes:
        named: those that name a property of matrices, such as a full rank.
        equations: the expressions that have to vanish.
        nonnegative: the numbers that must not be below 0, and the matrices that have to be positive semidefinite.
        cases: for each hypothesis that offers alternatives, the hypotheses that make up each alternative.
        expressions: all expressions of the claim and of its hypotheses.
    """

    named: list[Hypothesis]
    equations: list[Any]
    nonnegative: list[Any]
    cases: list[list[tuple[Any, ...]]]
    expressions: list[Any]

    @classmethod
    def of(cls, claim: Claim) -> Premises:
        """Take the hypotheses of a claim apart."""
        given = claim.given
        choices = [h for h in given if isinstance(h, AnyOf)]
        claimed = _claimed(given)
        spoken = chain(claim.expressions(), *(h.expressions() for h in given))
        return cls(
            named=[h for h in given if isinstance(h, Hypothesis)],
            equations=list(chain.from_iterable(h.residuals() for h in claimed)),
            nonnegative=[e for h in claimed for e in nonnegative(h.goals())],
            cases=[[flatten_given(alternative) for alternative in h.claims] for h in choices],
            expressions=list(map(sympify, spoken)),
        )

    def properties_of(self, A: MatrixSymbol) -> frozenset[str]:
        """Return the names of the properties that a symbol is assumed to have."""
        return frozenset(h.name for h in self.named if A in h.matrices)

    def all_equations(self) -> list[Any]:
        """Return the expressions that have to vanish, with those that named properties of expressions consist of."""
        named = [(h, A) for h in self.named for A in h.matrices if not isinstance(A, MatrixSymbol)]
        return [*self.equations, *(e for h, A in named if h.name in ALGEBRAIC for e in h.equations if e.has(A))]

    def conditions(self, unknowns: Unknowns) -> list[Condition | OneOfSeveral]:
        """Return the conditions that an instance is tested for, besides the properties of single symbols."""
        about = [(h.name, A) for h in self.named for A in h.matrices if A not in unknowns.matrices]
        found: list[Condition | OneOfSeveral] = [Condition(name, A, unknowns) for name, A in about]
        found += _vanishing(self.equations, unknowns) + _not_below(self.nonnegative, unknowns)
        for case in self.cases:
            found.append(OneOfSeveral([_conditions_of(alternative, unknowns) for alternative in case]))
        return found


@dataclass(frozen=True)
class Unknowns:
    """The symbols to which an instance gives values.

    Attributes:
        matrices: the matrix symbols, by name.
        sizes: the symbols of sizes.
        loose: the sizes that no matrix has as its number of rows or columns.
        scalars: the other scalar symbols, by name.
    """

    matrices: list[MatrixSymbol]
    sizes: list[Symbol]
    loose: list[Symbol]
    scalars: list[Symbol]

    @classmethod
    def of(cls, expressions: Sequence[Any]) -> Unknowns:
        """Collect the symbols of expressions."""
        atoms = _atoms(expressions, MatrixSymbol, Identity, ZeroMatrix, OneMatrix, Symbol)
        shaped = [atom for atom in atoms if not isinstance(atom, Symbol)]
        matrices = sorted((A for A in shaped if isinstance(A, MatrixSymbol)), key=lambda A: A.name)
        sizes = sorted(set().union(*map(size_symbols, shaped)), key=str)
        shown = set(chain.from_iterable(A.shape for A in matrices))
        scalars = sorted({s for s in atoms if isinstance(s, Symbol)}.difference(sizes), key=lambda s: s.name)
        return cls(matrices, sizes, [s for s in sizes if s not in shown], scalars)

    @property
    def symbols(self) -> list[Any]:
        """The symbols whose values a compiled expression takes; a size is read off a matrix that has it, if any has."""
        return [*self.matrices, *self.scalars, *self.loose]

    def needed_for(self, expression: Any) -> set[Any]:
        """Return the symbols that an expression is evaluated from, with a matrix for each size that it speaks of."""
        wanted = expression.free_symbols
        known = {n for A in wanted if isinstance(A, MatrixSymbol) for n in A.shape}
        sizes = {n for A in self.matrices for n in A.shape} - set(self.loose)
        holders = {next(A for A in self.matrices if n in A.shape) for n in (wanted & sizes) - known}
        return (wanted - sizes) | holders


def _atoms(expressions: Sequence[Any], *kinds: type) -> set[Any]:
    """Return the atoms of these kinds in any of the expressions."""
    return set().union(*(e.atoms(*kinds) for e in expressions))


class ExactExpression:
    """An expression that is compiled once, and evaluated exactly at instances."""

    def __init__(self, expression: Any, unknowns: Unknowns) -> None:
        self.symbols = tuple(sorted(unknowns.needed_for(expression), key=str))
        self._value = compile_expression(expression, self.symbols, arithmetic="exact")

    def at(self, values: Instance) -> Any:
        """Return the value at an instance.

        Raises:
            InvalidValueError: if something that is inverted is singular there.
        """
        return self._value(*(values[s] for s in self.symbols))


class Condition(ExactExpression):
    """One hypothesis, tested by its meaning instead of by the prover's equations."""

    def __init__(self, name: str, expression: Any, unknowns: Unknowns) -> None:
        """Take the name of a property, "zero" for an equation or "nonnegative", and the symbols that get values."""
        super().__init__(expression, unknowns)
        self.name = name

    def holds(self, values: Instance) -> bool:
        """Whether the hypothesis holds; it does not where it inverts a singular matrix, or lacks an entry."""
        try:
            return has_property(self.name, self.at(values))
        except (InvalidValueError, ShapeError):
            return False


class OneOfSeveral:
    """A hypothesis that one of several alternatives holds; an alternative holds if all of its conditions do."""

    def __init__(self, alternatives: Sequence[Sequence[Condition]]) -> None:
        self.alternatives = alternatives
        self.symbols = tuple(sorted({s for cs in alternatives for c in cs for s in c.symbols}, key=str))

    def holds(self, values: Instance) -> bool:
        """Whether every condition of one alternative holds."""
        return any(all(c.holds(values) for c in conditions) for conditions in self.alternatives)


def _claimed(given: Iterable[Any]) -> list[Claim]:
    """Return the hypotheses that are claims, but for those with alternatives."""
    return [h for h in given if isinstance(h, Claim) and not isinstance(h, AnyOf)]


def _conditions_of(alternative: Sequence[Any], unknowns: Unknowns) -> list[Condition]:
    """Return the conditions of one alternative."""
    named = [h for h in alternative if isinstance(h, Hypothesis)]
    found = [Condition(h.name, A, unknowns) for h in named for A in h.matrices]
    claimed = [h for h in alternative if isinstance(h, Claim)]
    found += _vanishing([residual for h in claimed for residual in h.residuals()], unknowns)
    return found + _not_below([e for h in claimed for e in nonnegative(h.goals())], unknowns)


def _vanishing(equations: Sequence[Any], unknowns: Unknowns) -> list[Condition]:
    """Return the conditions that expressions vanish; one that is 0 by its form needs none."""
    return [Condition("zero", e, unknowns) for e in equations if not isinstance(e, ZeroMatrix)]


def _not_below(expressions: Sequence[Any], unknowns: Unknowns) -> list[Condition]:
    """Return the conditions that numbers are not below 0, and matrices positive semidefinite."""
    matrices = [isinstance(e, MatrixExpr) for e in expressions]
    names = ["positive_semidefinite" if is_matrix else "nonnegative" for is_matrix in matrices]
    return [Condition(name, e, unknowns) for name, e in zip(names, expressions, strict=True)]


def residuals_of(alternative: Sequence[Any]) -> list[Any]:
    """Return the equations of an alternative, but not those that bring in witnesses."""
    return [r for h in alternative if not getattr(h, "witnesses", ()) for r in h.residuals()]
