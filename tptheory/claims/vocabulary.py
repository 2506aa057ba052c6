"""The claims: what a theorem about matrices can say."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Identity, Integer, MatrixExpr, Min, S

from tptheory.claims import goals as kinds
from tptheory.claims.claim import Claim
from tptheory.claims.goals import minus
from tptheory.claims.hypotheses import nonzero, rank_one
from tptheory.claims.rank_bounds import rank_goals
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.keywords import known_keywords
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.expressions import Pinv, as_matrix, inner, matmul, squared_norm, transpose
from tptheory.symbolic.rank import Rank


@dataclass(frozen=True)
class Equal(Claim):
    """Two expressions are equal: matrices of one shape, or scalars; a 1x1 matrix may equal a scalar.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 3)
    >>> Equal(A * Pinv(A) * A, A).statement()
    'A*Pinv(A)*A = A'
    """

    lhs: Any
    rhs: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("lhs", as_expression), ("rhs", as_expression))

    def check(self) -> None:
        """Check the shapes."""
        for lhs, rhs in self.equations():
            minus(lhs, rhs)

    def reason(self) -> tuple[Any, ...]:
        """Return only that the claim is given: a proof shows its equation beside that."""
        return ("given",)

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return the claim itself, but that a rank is 0 or 1 as what it says of the matrix."""
        for rank, number in ((self.lhs, self.rhs), (self.rhs, self.lhs)):
            if isinstance(rank, Rank) and number in (0, 1):
                return (rank_one(rank.arg), nonzero(rank.arg)) if number == 1 else (Zero(rank.arg),)
        return (self,)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides; a scalar beside a 1x1 matrix as a multiple of the identity."""
        sides = (self.lhs, self.rhs)
        small = any(tuple(getattr(side, "shape", ())) == (1, 1) for side in sides)
        return (tuple(_one_by_one(side) if small else side for side in sides),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``lhs = rhs``."""
        return f"{say(self.lhs)} = {say(self.rhs)}"


def _one_by_one(side: Any) -> Any:
    """Return a scalar that is not 0 as a matrix of shape 1x1; a matrix, and 0, as it is."""
    return side if hasattr(side, "shape") or side == 0 else matmul(side, Identity(1))


@dataclass(frozen=True)
class Zero(Claim):
    """A matrix or scalar expression vanishes.

    >>> from tptheory import DeepLinearNetwork, decide
    >>> decide(Zero(DeepLinearNetwork(depth=1).error))
    Refuted('W_1*x - y = 0', Counterexample(W_1=[[0]], x=[[0]], y=[[1]]))
    """

    expression: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("expression", as_expression),)

    def reason(self) -> tuple[Any, ...]:
        """Return only that the claim is given: a proof shows its equation beside that."""
        return ("given",)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the expression and 0."""
        return ((self.expression, S.Zero),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``expression = 0``."""
        return f"{say(self.expression)} = {say(Integer(0))}"


def _bounds(argument: str, value: Any) -> tuple[Any, ...]:
    """Read one bound, or several."""
    given = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    bounds = tuple(part for b in given for part in _arguments_of_minimum(as_expression(argument, b)))
    for b in bounds:
        if not isinstance(b, MatrixExpr) and b.is_number and not (b.is_Integer and b >= 0):
            raise InvalidValueError(complain(argument, "a non-negative integer, a size or a matrix", b))
    if not bounds:
        raise InvalidValueError(complain(argument, "at least one bound", value))
    return bounds


def _arguments_of_minimum(bound: Any) -> Iterator[Any]:
    """Run through the bounds that a minimum is made of, with a matrix in the place of its rank."""
    for part in bound.args if isinstance(bound, Min) else (bound,):
        yield part.arg if isinstance(part, Rank) else part


@dataclass(frozen=True)
class RankAtMost(Claim):
    """The rank of a matrix is at most ``bound``: a number, a matrix (its rank is meant), or a list of these.

    A number may be made of sizes and of ranks, as in ``RankAtMost(A + B, Rank(A) + Rank(B))``.

    >>> from tptheory import DeepLinearNetwork, TargetProp, decide
    >>> decide(RankAtMost(TargetProp().update(DeepLinearNetwork(depth=2), 1), 1))
    Proved('rank(-eta*Pinv(W_2)*(W_2*W_1*x - y)*x.T) ≤ 1', method='rank', cofactors=0)
    """

    matrix: Any
    bound: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("matrix", as_matrix), ("bound", _bounds))

    def goals(self) -> tuple[kinds.Goal, ...]:
        """Return the bounds of the rank."""
        return rank_goals(self.matrix, self.bound, self.given)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return nothing: no equation is claimed."""
        return ()

    def as_hypotheses(self) -> tuple[Any, ...]:
        """Return that the matrix has rank at most one if a bound is 1, or is zero if one is 0, and the other bounds."""
        others = tuple(b for b in self.bound if b not in (0, 1))
        if others == self.bound:
            return (self,)
        small = Zero(self.matrix) if S.Zero in self.bound else rank_one(self.matrix)
        return (small, *([RankAtMost(self.matrix, others)] if others else []))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``rank(matrix) <= bound``."""
        bounds = [f"rank({say(b)})" if isinstance(b, MatrixExpr) else say(b) for b in self.bound]
        least = bounds[0] if len(bounds) == 1 else f"min({', '.join(bounds)})"
        return f"rank({say(self.matrix)}) ≤ {least}"


@dataclass(frozen=True)
class _Within(Claim):
    """A space that one matrix spans lies in that of another; a subclass says whether columns or rows span it."""

    matrix: Any
    space: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("matrix", as_matrix), ("space", as_matrix))


@dataclass(frozen=True)
class ImageWithin(_Within):
    """The image of a matrix lies in the image of another: ``(I - C C+) A = 0``.

    >>> from tptheory import DeepLinearNetwork, TargetProp, decide
    >>> net = DeepLinearNetwork(depth=2, batch=3)
    >>> decide(ImageWithin(TargetProp().update(net, 1), net.weight(2).T)).proved
    True
    """

    def check(self) -> None:
        """Check the shapes."""
        if self.matrix.rows != self.space.rows:
            raise ShapeError(f"'space' must have as many rows as 'matrix', {self.matrix.rows} (got {self.space.rows}).")

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides: the matrix projected on the image of ``space``, and the matrix itself."""
        A, C = self.matrix, self.space
        return ((matmul(C, Pinv(C), A), A),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``im(matrix) within im(space)``."""
        return f"im({say(self.matrix)}) ⊆ im({say(self.space)})"


@dataclass(frozen=True)
class RowSpaceWithin(_Within):
    """The row space of a matrix lies in the row space of another: ``A (I - C+ C) = 0``.

    >>> from tptheory import DeepLinearNetwork, TargetProp, decide
    >>> net = DeepLinearNetwork(depth=2, batch=3)
    >>> decide(RowSpaceWithin(TargetProp().update(net, 1), net.input.T)).proved
    True
    """

    def check(self) -> None:
        """Check the shapes."""
        if self.matrix.cols != self.space.cols:
            raise ShapeError(
                f"'space' must have as many columns as 'matrix', {self.matrix.cols} (got {self.space.cols})."
            )

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides: the matrix projected on the row space of ``space``, and the matrix itself."""
        A, C = self.matrix, self.space
        return ((matmul(A, Pinv(C), C), A),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``row(matrix) within row(space)``."""
        return f"row({say(self.matrix)}) ⊆ row({say(self.space)})"


@dataclass(frozen=True)
class OrthogonalImages(Claim):
    """Every column of one matrix is orthogonal to every column of the other: ``A' B = 0``.

    The hypothesis ``orthogonal(A)`` is another thing: ``A' A = A A' = I``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Pinv, decide, matadd, matmul
    >>> A, b = MatrixSymbol("A", *symbols("m n")), MatrixSymbol("b", symbols("m"), 1)
    >>> decide(OrthogonalImages(A, matadd(b, matmul(-1, A, Pinv(A), b)))).proved
    True
    """

    first: Any
    second: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("first", as_matrix), ("second", as_matrix))

    def check(self) -> None:
        """Check the shapes."""
        if self.first.rows != self.second.rows:
            raise ShapeError(f"'second' must have as many rows as 'first', {self.first.rows} (got {self.second.rows}).")

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return ``A' B`` and 0."""
        return ((matmul(transpose(self.first), self.second), S.Zero),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``first is orthogonal to second``."""
        return f"{say(self.first)} ⟂ {say(self.second)}"


@known_keywords
def Orthogonal(first: Any, second: Any, given: Any = ()) -> OrthogonalImages:
    """Return an `OrthogonalImages`, which is the new name of this claim, and warn that the name has changed.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 3)
    >>> with warnings.catch_warnings(action="ignore"):
    ...     Orthogonal(A, A).statement()
    'A ⟂ A'
    """
    told = "Orthogonal(A, B) is called OrthogonalImages(A, B) now: it says A'B = 0, and orthogonal(A) that A'A = I."
    warnings.warn(told, DeprecationWarning, stacklevel=3)  # of whoever calls what `known_keywords` wraps
    return OrthogonalImages(first, second, given)


@dataclass(frozen=True)
class Parallel(Claim):
    """Two matrices of one shape are multiples of one matrix: ``|B|^2 A = <B, A> B``; zero is parallel to all.

    >>> from tptheory import Backprop, DeepLinearNetwork, TargetProp, decide
    >>> net = DeepLinearNetwork(widths=(2, 2, 1))
    >>> decide(Parallel(TargetProp().update(net, 1), Backprop().update(net, 1))).proved
    True
    """

    first: Any
    second: Any
    given: Any = ()

    readers = (("first", as_matrix), ("second", as_matrix))

    def check(self) -> None:
        """Check the shapes."""
        minus(self.first, self.second)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return ``|B|^2 A`` and ``<B, A> B``."""
        A, B = self.first, self.second
        return ((matmul(squared_norm(B), A), matmul(inner(B, A), B)),)

    def expressions(self) -> tuple[Any, ...]:
        """Return the two matrices."""
        return (self.first, self.second)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``first is parallel to second``."""
        return f"{say(self.first)} ∥ {say(self.second)}"
