"""Inequalities, as claims and as hypotheses: a number is not below 0, or a matrix is positive semidefinite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import Integer, MatrixExpr, Max, Min, ZeroMatrix

from tptheory.claims import goals as kinds
from tptheory.claims.claim import Claim
from tptheory.claims.rank_bounds import rank_goals
from tptheory.claims.tacit import existence_premises, shows
from tptheory.claims.vocabulary import RankAtMost
from tptheory.errors import ShapeError, complain
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.rank import Rank


def _number_or_square(argument: str, value: Any) -> Any:
    """Read a scalar expression, or a square matrix.

    Raises:
        ShapeError: of a matrix that is not square.
    """
    value = as_expression(argument, value)
    if isinstance(value, MatrixExpr) and value.rows != value.cols:
        raise ShapeError(
            f"{argument!r} must be a number or a square matrix (got {value} of shape {value.shape}). Positive "
            "semidefinite is said of symmetric matrices; compare others by a number, such as their Trace or Rank."
        )
    return value


class Inequality(Claim):
    """A claim that an expression is not below 0; other claims may assume it."""

    is_hypothesis = True

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return nothing: no equation is claimed."""
        return ()


@dataclass(frozen=True)
class NonNegative(Inequality):
    """A scalar expression is not below 0, or a matrix is symmetric and positive semidefinite.

    >>> from sympy import MatrixSymbol, Trace, symbols
    >>> from tptheory import decide
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(NonNegative(Trace(A.T * A))).word
    'proved'
    >>> decide(NonNegative(A.T * A)).word
    'proved'
    """

    expression: Any
    given: Any = ()

    readers = (("expression", _number_or_square),)

    def goals(self) -> tuple[kinds.Goal, ...]:
        """Return that the expression is not below 0."""
        return (kinds.NonNegative(self.expression),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``0 ≤ expression``, or ``expression is positive semidefinite``."""
        if isinstance(self.expression, MatrixExpr):
            return f"{say(self.expression)} is positive semidefinite"
        return f"{say(Integer(0))} ≤ {say(self.expression)}"


@dataclass(frozen=True)
class AtMost(Inequality):
    """One scalar expression is at most another; or the difference of two matrices is positive semidefinite.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Rank, decide
    >>> m, n, k = symbols("m n k", integer=True, positive=True)
    >>> A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k)
    >>> AtMost(Rank(A * B), Rank(A)).statement()
    'rank(A*B) ≤ rank(A)'
    >>> decide(AtMost(Rank(A), Rank(A * B))).word
    'refuted'
    >>> P = MatrixSymbol("P", n, n)
    >>> AtMost(P.T * P, P).statement()
    'P - P.T*P is positive semidefinite'
    """

    lesser: Any
    greater: Any
    given: Any = ()

    readers = (("lesser", _number_or_square), ("greater", _number_or_square))

    def check(self) -> None:
        """Check that both are numbers, or matrices of one shape; the number 0 stands for a matrix of zeros.

        Raises:
            ShapeError: if they cannot be compared.
        """
        shapes = [side.shape if isinstance(side, MatrixExpr) else () for side in (self.lesser, self.greater)]
        if shapes[0] != shapes[1] and 0 not in (self.lesser, self.greater):
            expected = f"of shape {shapes[0]} as 'lesser' is" if shapes[0] else "a scalar as 'lesser' is"
            mend = "Multiply a number by an identity to compare it with a matrix."
            raise ShapeError(complain("greater", expected, self.greater, mend))

    def difference(self) -> Any:
        """Return the greater side minus the lesser one."""
        return kinds.minus(self.greater, self.lesser)

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims that make up this one: what is at most a minimum is at most each of its arguments."""
        lesser = self.lesser.args if isinstance(self.lesser, Max) else (self.lesser,)
        greater = self.greater.args if isinstance(self.greater, Min) else (self.greater,)
        if len(lesser) == len(greater) == 1:
            yield self
        else:
            premises = [p for side in self.sides for p in existence_premises(side) if p.limits is None]
            for a, b in product(lesser, greater):
                own = {*existence_premises(a), *existence_premises(b)}
                others = [p.as_hypothesis() for p in premises if p not in own and not shows(p, self.given)]
                yield AtMost(a, b, (*self.given, *others))

    def goals(self) -> tuple[kinds.Goal, ...]:
        """Return that the difference is not below 0; of a rank and a size or another rank, that the rank is bounded."""
        parts = list(self.conjuncts())
        if len(parts) > 1:
            return tuple(goal for part in parts for goal in part.goals())
        if isinstance(self.lesser, Rank):
            bound = self.greater.arg if isinstance(self.greater, Rank) else self.greater
            return rank_goals(self.lesser.arg, (bound,), self.given)
        return (kinds.NonNegative(self.difference()),)

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return the conjuncts, a bound of a rank by 1 or 0 among them as `RankAtMost`, which says it in equations."""
        return tuple(_in_equations(part) for part in self.conjuncts())

    @property
    def sides(self) -> tuple[Any, ...]:
        """Both sides, as they were typed."""
        return (self.lesser, self.greater)

    def expressions(self) -> tuple[Any, ...]:
        """Return both sides."""
        return self.sides

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``lesser ≤ greater``, or of matrices ``greater - lesser is positive semidefinite``.

        Of two matrices that are one expression, say that they are equal: their difference is written 0.
        """
        difference = self.difference()
        if isinstance(difference, ZeroMatrix):
            return f"{say(self.lesser)} and {say(self.greater)} are equal"
        if isinstance(difference, MatrixExpr):
            return f"{say(difference)} is positive semidefinite"
        return f"{say(self.lesser)} ≤ {say(self.greater)}"


def _in_equations(part: Any) -> Any:
    """Return a bound of a rank by 1 or 0 as `RankAtMost`; all else unchanged."""
    of_rank = isinstance(part, AtMost) and isinstance(part.lesser, Rank) and part.greater in (0, 1)
    return RankAtMost(part.lesser.arg, part.greater) if of_rank else part


def at_most(expression: Any, bound: Any) -> AtMost:
    """Assume ``expression <= bound``: of two scalars, or of symmetric matrices in the semidefinite order.

    >>> from sympy import Symbol
    >>> from tptheory import AtMost, decide
    >>> s = Symbol("s", real=True)
    >>> decide(AtMost(s**2, s, given=[at_least(s, 0), at_most(s, 1)])).word
    'proved'
    """
    return AtMost(expression, bound)


def at_least(expression: Any, bound: Any) -> AtMost:
    """Assume ``expression >= bound``: of two scalars, or of symmetric matrices in the semidefinite order.

    >>> from sympy import Symbol
    >>> at_least(Symbol("s", real=True), 0).statement()
    '0 ≤ s'
    """
    return AtMost(bound, expression)
