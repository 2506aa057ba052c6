"""Instances for hypotheses that are inequalities: in each that fails one symbol is moved, once.

That may not suffice; whether an instance meets all hypotheses is decided afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq
from sympy import MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import InvalidValueError, ShapeError
from tptheory.measuring.premises import ExactExpression, Instance, Premises, Unknowns
from tptheory.measuring.properties import has_property, is_positive_semidefinite
from tptheory.measuring.random_matrices import Random, gram
from tptheory.symbolic.penrose_words import words_of

HALVINGS = 8
"""How often a matrix is halved that is to be below another."""


class Inequalities:
    """The inequalities among the hypotheses of a claim.

    In ``S <= T`` one of the two matrices, drawn at random, is moved so that ``T - S`` becomes a Gram matrix, or
    ``S`` is halved until it is small enough; in ``s <= 1`` the number is moved below 1. Whether the instance then
    meets all hypotheses is for the caller to decide: a symbol may stand in several.
    """

    def __init__(self, premises: Premises, unknowns: Unknowns) -> None:
        self._inequalities = [_Inequality(e, unknowns) for e in premises.nonnegative]

    def repaired(self, rng: Random, values: Instance) -> Instance:
        """Return an instance in which symbols are moved, one for each inequality that fails, in their order.

        Inequalities that speak of a symbol without a value are passed over.
        """
        for inequality in self._inequalities:
            if values.keys() >= {*inequality.symbols}:
                values = inequality.repaired(rng, values)
        return values


class _Inequality(ExactExpression):
    """One expression that must not be below 0."""

    def __init__(self, expression: Any, unknowns: Unknowns) -> None:
        super().__init__(expression, unknowns)
        self.is_matrix = isinstance(expression, MatrixExpr)
        self.movable: Sequence[tuple[Any, Any]] = [*_alone(expression)] if self.is_matrix else ()
        self.numbers = [s for s in self.symbols if isinstance(s, Symbol) and s in unknowns.scalars]

    def repaired(self, rng: Random, values: Instance) -> Instance:
        """Return an instance with one symbol moved, if the inequality fails and moving one helps."""
        try:
            found = self.at(values)
            if self.is_matrix:
                return values if is_positive_semidefinite(found) else self._with_matrix(rng, values, found)
            return values if has_property("nonnegative", found) else self._with_number(rng, values, found)
        except (InvalidValueError, ShapeError):  # something that is inverted is singular here
            return values

    def _with_matrix(self, rng: Random, values: Instance, found: Any) -> Instance:
        """Move a symbol that stands alone in the sum, so that the sum becomes a Gram matrix; or shrink it.

        A positive definite matrix below another is found by shrinking: it stays what it is.
        """
        if not self.movable:
            return values
        symbol, coefficient = self.movable[int(rng.integers(0, len(self.movable)))]
        if coefficient < 0 and rng.integers(0, 2):
            return self._shrunk(values, symbol)
        wanted = gram(rng, found.nrows(), found.ncols())
        return {**values, symbol: values[symbol] + (wanted - found) * (1 / coefficient)}

    def _shrunk(self, values: Instance, symbol: Any) -> Instance:
        """Halve a symbol until the inequality holds, `HALVINGS` times at most."""
        halves = [{**values, symbol: values[symbol] * fmpq(1, 2**k)} for k in range(1, HALVINGS + 1)]
        return next((half for half in halves if is_positive_semidefinite(self.at(half))), values)

    def _with_number(self, rng: Random, values: Instance, found: Any) -> Instance:
        """Move a number by one secant step, after which an expression that is affine in it is not below 0."""
        if not self.numbers:
            return values
        s = self.numbers[int(rng.integers(0, len(self.numbers)))]
        slope = self.at({**values, s: values[s] + 1}) - found
        wanted = fmpq(int(rng.integers(0, 9)), 4)
        return values if slope == 0 else {**values, s: values[s] + (wanted - found) / slope}


def _alone(expression: Any) -> list[tuple[MatrixSymbol, fmpq]]:
    """Return the symbols that are terms of a sum of matrices, with their rational coefficients."""
    terms = [(c, factors[0]) for c, factors in words_of(expression, multiply_out=False) if len(factors) == 1]
    return [(A, fmpq(int(c.p), int(c.q))) for c, A in terms if isinstance(A, MatrixSymbol) and c.is_Rational]
