"""What a claim says, as data: goals of a few fixed kinds, which prover, refuter and numeric evaluation read.

A goal speaks of terms. A term is a SymPy expression, or the `Rate` of one along a flow, or its `Change` in a step. Of
a rate the prover takes the symbolic derivative; numeric evaluation follows the velocities themselves, and so need not
trust that derivative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import MatrixBase, MatrixExpr, MatrixSymbol, S

from tptheory.errors import ShapeError
from tptheory.symbolic.dynamics import Flow, Motion, Step
from tptheory.symbolic.expressions import matadd, matmul, squared_norm
from tptheory.symbolic.layers import layer_symbols
from tptheory.symbolic.rank import Rank

Term = Any
"""A SymPy expression, a `Rate` or a `Change`."""


@dataclass(frozen=True)
class Rate:
    """The derivative of a quantity along a flow, times 1 or -1."""

    quantity: Any
    flow: Flow
    sign: int = 1
    invertible: tuple[Any, ...] = ()
    """The matrices that are assumed to be invertible, through which determinants of any size have a derivative."""

    def symbolic(self) -> Any:
        """Return the derivative as an expression."""
        rate = self.flow.derivative(self.quantity, self.invertible)
        return rate if self.sign == 1 else -rate

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and the velocities of the symbols in it that move."""
        return (self.quantity, *(self.flow[W] for W in moving_symbols(self.quantity, self.flow)))


@dataclass(frozen=True)
class Change:
    """A quantity after a step, minus the quantity before it, times 1 or -1."""

    quantity: Any
    step: Step
    sign: int = 1

    def symbolic(self) -> Any:
        """Return the difference as an expression."""
        change = minus(self.step.after(self.quantity), self.quantity)
        return change if self.sign == 1 else -change

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and the changes of the symbols in it that move."""
        return (self.quantity, *(self.step[W] for W in moving_symbols(self.quantity, self.step)))


@dataclass(frozen=True)
class Vanishes:
    """Two terms are equal: their difference is a zero matrix, or the number 0."""

    left: Term
    right: Term = S.Zero

    def terms(self) -> tuple[Term, ...]:
        """Return both sides."""
        return (self.left, self.right)

    def residual(self) -> Any:
        """Return the difference of the sides as an expression, which is worked out once."""
        return self._residual

    @cached_property
    def _residual(self) -> Any:
        return minus(symbolic(self.left), symbolic(self.right))


@dataclass(frozen=True)
class RankAtMost:
    """The rank of a matrix is at most each of the bounds: a number, a size, or a matrix whose rank is meant."""

    expression: Any
    bounds: tuple[Any, ...]

    def terms(self) -> tuple[Term, ...]:
        """Return the matrix, and the matrices whose ranks bound it."""
        return (self.expression, *(b for b in self.bounds if isinstance(b, MatrixExpr)))

    def in_numbers(self) -> tuple[NonNegative, ...]:
        """Return that each of the bounds, less the rank, is not below 0."""
        numbers = (Rank(b) if isinstance(b, MatrixExpr) else b for b in self.bounds)
        return tuple(NonNegative(number - Rank(self.expression)) for number in numbers)


@dataclass(frozen=True)
class NonNegative:
    """A number is not below 0, or a matrix is symmetric and positive semidefinite."""

    expression: Term

    def terms(self) -> tuple[Term, ...]:
        """Return the number, or the matrix."""
        return (self.expression,)


@dataclass(frozen=True)
class OneOf:
    """In at least one of several alternatives every goal holds.

    A matrix that one alternative inverts is assumed to have an inverse in that alternative only. Where it has none,
    the alternative does not hold; but no counterexample rests on that.
    """

    alternatives: tuple[tuple[Goal, ...], ...]

    def terms(self) -> tuple[Term, ...]:
        """Return the terms of all alternatives."""
        return tuple(term for goals in self.alternatives for goal in goals for term in goal.terms())


Goal = Vanishes | RankAtMost | NonNegative | OneOf


def symbolic(term: Term) -> Any:
    """Return a term as an expression."""
    return term.symbolic() if isinstance(term, Rate | Change) else term


def expressions(goals: Iterable[Goal]) -> Iterator[Any]:
    """Run through the expressions that goals speak of, velocities and changes among them."""
    for goal in goals:
        for term in goal.terms():
            yield from term.expressions() if isinstance(term, Rate | Change) else (term,)


def rates(goals: Iterable[Goal]) -> Iterator[Rate]:
    """Run through the rates that goals speak of."""
    for goal in goals:
        yield from (term for term in goal.terms() if isinstance(term, Rate))


def nonnegative(goals: Iterable[Goal]) -> list[Any]:
    """Return the numbers that goals say are not below 0, and the matrices that they say are positive semidefinite."""
    return [symbolic(goal.expression) for goal in ranks_in_numbers(goals) if isinstance(goal, NonNegative)]


def ranks_in_numbers(goals: Iterable[Goal]) -> Iterator[Goal]:
    """Run through goals, with bounds of ranks as numbers that are not below 0."""
    for goal in goals:
        yield from goal.in_numbers() if isinstance(goal, RankAtMost) else (goal,)


def motions(goals: Iterable[Goal]) -> list[Motion]:
    """Return the flows and steps along which goals speak of rates and changes."""
    terms = (term for goal in goals for term in goal.terms())
    found = (t.flow if isinstance(t, Rate) else t.step for t in terms if isinstance(t, Rate | Change))
    return list(dict.fromkeys(found))


def conserved_quantity(goal: Goal) -> tuple[Any, Flow | Step] | None:
    """Return the quantity that a goal says stays as it is, and along what; None of any other goal."""
    if isinstance(goal, Vanishes) and goal.right == 0:
        if isinstance(goal.left, Rate):
            return goal.left.quantity, goal.left.flow
        if isinstance(goal.left, Change):
            return goal.left.quantity, goal.left.step
    return None


def moving_symbols(expression: Any, motion: Motion) -> list[MatrixSymbol]:
    """Return the symbols of an expression that move along a flow or in a step."""
    if motion.net.any_depth:
        return [member for member in layer_symbols(expression) if member in motion]
    return [W for W in motion if expression.has(W)]


def product_of_residuals(alternatives: Iterable[Iterable[Any]]) -> Any:
    """Return the product of the sums of squared norms of residuals: 0 where all residuals of an alternative vanish."""
    product = S.One
    for residuals in alternatives:
        product *= sum((squared_norm(r) if isinstance(r, MatrixExpr) else r**2 for r in residuals), S.Zero)
    return product


def minus(lhs: Any, rhs: Any) -> Any:
    """Subtract matrices or scalars of one shape; the number 0 stands for a zero matrix.

    Raises:
        ShapeError: if their shapes differ.
    """
    left, right = isinstance(lhs, MatrixExpr | MatrixBase), isinstance(rhs, MatrixExpr | MatrixBase)
    if left and right:
        if lhs.shape != rhs.shape:
            raise ShapeError(
                f"'rhs' must have the shape of 'lhs', {lhs.shape} (got {rhs.shape}). "
                "Transpose one side, or check the layer indices."
            )
        return matadd(lhs, matmul(-1, rhs))
    if left != right:
        if S.Zero in (rhs, lhs):
            return lhs if left else matmul(-1, rhs)
        raise ShapeError(f"'rhs' must be a {'matrix' if left else 'scalar'} as 'lhs' is (got {rhs}).")
    return lhs - rhs
