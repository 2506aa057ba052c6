"""The claims: what a theorem about matrices can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, MatrixExpr, MatrixSymbol, S

from tptheory.claims.claim import Claim, as_expression, minus
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.dynamics import Flow, Motion, Step
from tptheory.symbolic.expressions import Pinv, as_matrix, inner, matmul, squared_norm, transpose
from tptheory.symbolic.layers import layer_symbols


@dataclass(frozen=True)
class Equal(Claim):
    """Two expressions are equal: matrices of one shape, or scalars.

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
        minus(self.lhs, self.rhs)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides."""
        return ((self.lhs, self.rhs),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``lhs = rhs``."""
        return f"{say(self.lhs)} = {say(self.rhs)}"


@dataclass(frozen=True)
class Zero(Claim):
    """A matrix or scalar expression vanishes."""

    expression: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("expression", as_expression),)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the expression and 0."""
        return ((self.expression, S.Zero),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``expression = 0``."""
        return f"{say(self.expression)} = {say(Integer(0))}"


def _bounds(argument: str, value: Any) -> tuple[Any, ...]:
    """Read one bound, or several."""
    given = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    bounds = tuple(as_expression(argument, b) for b in given)
    for b in bounds:
        if not isinstance(b, MatrixExpr) and b.is_number and not (b.is_Integer and b >= 0):
            raise InvalidValueError(complain(argument, "a non-negative integer, a size or a matrix", b))
    if not bounds:
        raise InvalidValueError(complain(argument, "at least one bound", value))
    return bounds


@dataclass(frozen=True)
class RankAtMost(Claim):
    """The rank of a matrix is at most ``bound``: a number, a size, a matrix (its rank is meant), or a list of these."""

    matrix: Any
    bound: Any
    given: Any = ()

    readers = (("matrix", as_matrix), ("bound", _bounds))

    def check(self) -> None:
        """Check that every bound that is no matrix is made of sizes."""
        matrices = [A for A in self.symbols() if isinstance(A, MatrixSymbol)]
        sizes = {symbol for A in matrices for n in A.shape for symbol in n.free_symbols}
        for b in self.bound:
            if not isinstance(b, MatrixExpr) and not b.free_symbols <= sizes:
                raise InvalidValueError(complain("bound", "a number, a size of the matrices, or a matrix", b))

    def expressions(self) -> tuple[Any, ...]:
        """Return the matrix, and the matrices whose rank bounds it."""
        return (self.matrix, *(b for b in self.bound if isinstance(b, MatrixExpr)))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``rank(matrix) <= bound``."""
        bounds = [f"rank({say(b)})" if isinstance(b, MatrixExpr) else say(b) for b in self.bound]
        least = bounds[0] if len(bounds) == 1 else f"min({', '.join(bounds)})"
        return f"rank({say(self.matrix)}) ≤ {least}"


@dataclass(frozen=True)
class ImageWithin(Claim):
    """The image of a matrix lies in the image of another: ``(I - C C+) A = 0``."""

    matrix: Any
    space: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("matrix", as_matrix), ("space", as_matrix))

    def check(self) -> None:
        """Check the shapes."""
        if self.matrix.rows != self.space.rows:
            raise ShapeError(f"'space' must have as many rows as 'matrix', {self.matrix.rows} (got {self.space.rows}).")

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the matrix, projected on the image, and the matrix."""
        A, C = self.matrix, self.space
        return ((matmul(C, Pinv(C), A), A),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``im(matrix) within im(space)``."""
        return f"im({say(self.matrix)}) ⊆ im({say(self.space)})"


@dataclass(frozen=True)
class RowSpaceWithin(Claim):
    """The row space of a matrix lies in the row space of another: ``A (I - C+ C) = 0``."""

    matrix: Any
    space: Any
    given: Any = ()

    is_hypothesis = True

    readers = (("matrix", as_matrix), ("space", as_matrix))

    def check(self) -> None:
        """Check the shapes."""
        if self.matrix.cols != self.space.cols:
            raise ShapeError(
                f"'space' must have as many columns as 'matrix', {self.matrix.cols} (got {self.space.cols})."
            )

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the matrix, projected on the row space, and the matrix."""
        A, C = self.matrix, self.space
        return ((matmul(A, Pinv(C), C), A),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``row(matrix) within row(space)``."""
        return f"row({say(self.matrix)}) ⊆ row({say(self.space)})"


@dataclass(frozen=True)
class Orthogonal(Claim):
    """Every column of one matrix is orthogonal to every column of the other: ``A' B = 0``."""

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


@dataclass(frozen=True)
class Parallel(Claim):
    """Two matrices of one shape are multiples of one matrix: ``|B|^2 A = <B, A> B``; zero is parallel to all."""

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


def _flow_or_step(argument: str, value: Any) -> Flow | Step:
    if not isinstance(value, Flow | Step):
        raise InvalidTypeError(complain(argument, "a flow or a step", value, "Try rule.flow(net)."))
    return value


@dataclass(frozen=True)
class Conserved(Claim):
    """A matrix or scalar quantity does not change along a flow, or in a finite step."""

    quantity: Any
    along: Flow | Step
    given: Any = ()

    readers = (("quantity", as_expression), ("along", _flow_or_step))

    def check(self) -> None:
        """Check that the loss says how the quantity moves."""
        self.along.refuse_unknown_error(self.quantity)

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the derivative in terms of the velocities, and 0; of a step the quantity after and before it."""
        if isinstance(self.along, Step):
            return ((self.along.after(self.quantity), self.quantity),)
        return ((differential(self.quantity, _velocity_symbols(self.quantity, self.along)), S.Zero),)

    def definitions(self) -> tuple[tuple[MatrixSymbol, Any, str], ...]:
        """Return the velocities of a flow."""
        return () if isinstance(self.along, Step) else _flow_definitions(self.quantity, self.along)

    def residuals(self) -> tuple[Any, ...]:
        """Return the derivative along the flow, or the change in the step."""
        return (self.along.derivative(self.quantity),) if isinstance(self.along, Flow) else super().residuals()

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and how what it is made of moves."""
        return (self.quantity, *_velocities(self.quantity, self.along))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity is conserved by the rule's flow``."""
        return f"{say(self.quantity)} is conserved by {_motion(self.along)}"


@dataclass(frozen=True)
class Nonincreasing(Claim):
    """A scalar quantity never rises along a flow."""

    quantity: Any
    along: Flow
    given: Any = ()

    readers = (("quantity", as_expression),)

    def check(self) -> None:
        """Check what sinks, and along what."""
        if not isinstance(self.along, Flow):
            raise InvalidTypeError(complain("along", "a flow", self.along, "Try rule.flow(net)."))
        if isinstance(self.quantity, MatrixExpr):
            raise InvalidTypeError(complain("quantity", "a scalar expression", self.quantity, "Take its Trace."))
        self.along.refuse_unknown_error(self.quantity)

    def definitions(self) -> tuple[tuple[MatrixSymbol, Any, str], ...]:
        """Return the velocities of the flow."""
        return _flow_definitions(self.quantity, self.along)

    def rate_in_velocities(self) -> Expr:
        """Return the derivative along the flow in the symbols of `definitions`."""
        return differential(self.quantity, _velocity_symbols(self.quantity, self.along))

    def rate(self) -> Expr:
        """Return the derivative along the flow."""
        return self.along.derivative(self.quantity)

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and how what it is made of moves."""
        return (self.quantity, *_velocities(self.quantity, self.along))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity never rises along the rule's flow``."""
        return f"{say(self.quantity)} never rises along {_motion(self.along)}"


@dataclass(frozen=True)
class Commute(Claim):
    """Two square matrices commute; or two steps lead to the same weights in either order."""

    first: Any
    second: Any
    given: Any = ()

    is_hypothesis = True

    def check(self) -> None:
        """Check that both are steps, or matrices that compose."""
        if isinstance(self.first, Step) != isinstance(self.second, Step):
            raise InvalidTypeError(complain("second", "a step as 'first' is, or both matrices", self.second))
        if not isinstance(self.first, Step):
            object.__setattr__(self, "first", as_matrix("first", self.first))
            object.__setattr__(self, "second", as_matrix("second", self.second))
        self.equations()

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return both products, or each weight after the first step and then the second, and the other way round."""
        A, B = self.first, self.second
        if not isinstance(A, Step):
            return ((matmul(A, B), matmul(B, A)),)
        return tuple((A.after(B.after(W)), B.after(A.after(W))) for W in dict.fromkeys((*A, *B)))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``first and second commute``."""
        if isinstance(self.first, Step):
            return f"{_motion(self.first)} and {_motion(self.second)} commute"
        return f"{say(self.first)} and {say(self.second)} commute"


def _velocities(quantity: Any, motion: Motion) -> tuple[Any, ...]:
    return tuple(motion[W] for W in _moving(quantity, motion))


def _moving(quantity: Any, motion: Motion) -> list[MatrixSymbol]:
    """Return the symbols of the quantity that move."""
    if motion.net.any_depth:
        return [W for W in layer_symbols(quantity) if W in motion]
    return [W for W in motion if quantity.has(W)]


def _velocity_symbols(quantity: Any, flow: Flow) -> Mapping[MatrixSymbol, MatrixExpr]:
    """Return the symbol ``dW/dt`` of each symbol of the quantity that moves; at any depth, how it moves."""
    return flow if flow.net.any_depth else {W: MatrixSymbol(f"d{W}/dt", *W.shape) for W in _moving(quantity, flow)}


def _flow_definitions(quantity: Any, flow: Flow) -> tuple[tuple[MatrixSymbol, Any, str], ...]:
    if flow.net.any_depth:
        return ()
    symbols = _velocity_symbols(quantity, flow)
    return tuple((symbol, flow[W], _motion(flow)) for W, symbol in symbols.items())


def _motion(motion: Motion) -> str:
    kind = "flow" if isinstance(motion, Flow) else "step"
    return f"the {kind} of {motion.rule.title[:1].lower()}{motion.rule.title[1:]}"


__all__ = [
    "Claim",
    "Commute",
    "Conserved",
    "Equal",
    "ImageWithin",
    "Nonincreasing",
    "Orthogonal",
    "Parallel",
    "RankAtMost",
    "RowSpaceWithin",
    "Zero",
]
