"""The claims about what moves: along a flow, in a step, or in one step after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, MatrixExpr, MatrixSymbol, S

from tptheory.claims.claim import Claim, as_expression
from tptheory.claims.hypotheses import Hypothesis
from tptheory.errors import InvalidTypeError, complain
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.dynamics import Flow, Motion, Step
from tptheory.symbolic.expressions import as_matrix, matmul
from tptheory.symbolic.layers import Recursion, layer_symbols


def _flow_or_step(argument: str, value: Any) -> Flow | Step:
    if not isinstance(value, Flow | Step):
        raise InvalidTypeError(complain(argument, "a flow or a step", value, "Try rule.flow(net)."))
    return value


@dataclass(frozen=True)
class Conserved(Claim):
    """A matrix or scalar quantity does not change along a flow, or in a finite step.

    >>> from tptheory import Backprop, DeepLinearNetwork, decide
    >>> net = DeepLinearNetwork(depth=2)
    >>> W_1, W_2 = net.weights
    >>> decide(Conserved(W_2.T * W_2 - W_1 * W_1.T, along=Backprop().flow(net))).proved
    True
    """

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
        velocities = _velocity_symbols(self.quantity, self.along)
        return ((differential(self.quantity, velocities, _invertible(self.given)), S.Zero),)

    def definitions(self) -> tuple[tuple[MatrixSymbol, Any, str], ...]:
        """Return the velocities of a flow."""
        return () if isinstance(self.along, Step) else _flow_definitions(self.quantity, self.along)

    def residuals(self) -> tuple[Any, ...]:
        """Return the derivative along the flow, or the change in the step."""
        if isinstance(self.along, Step):
            return super().residuals()
        return (self.along.derivative(self.quantity, _invertible(self.given)),)

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and how what it is made of moves."""
        return (self.quantity, *_velocities(self.quantity, self.along))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity is conserved by the rule's flow``."""
        return f"{say(self.quantity)} is conserved by {_motion(self.along)}"


@dataclass(frozen=True)
class Nonincreasing(Claim):
    """A scalar quantity never rises along a flow.

    >>> from tptheory import Backprop, DeepLinearNetwork, decide
    >>> net = DeepLinearNetwork(depth=2)
    >>> decide(Nonincreasing(net.loss, along=Backprop().flow(net))).method
    'descent'
    """

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
        return differential(self.quantity, _velocity_symbols(self.quantity, self.along), _invertible(self.given))

    def rate(self) -> Expr:
        """Return the derivative along the flow."""
        return self.along.derivative(self.quantity, _invertible(self.given))

    def expressions(self) -> tuple[Any, ...]:
        """Return the quantity, and how what it is made of moves."""
        return (self.quantity, *_velocities(self.quantity, self.along))

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity never rises along the rule's flow``."""
        return f"{say(self.quantity)} never rises along {_motion(self.along)}"


@dataclass(frozen=True)
class Commute(Claim):
    """Two square matrices commute; or two steps lead to the same weights in either order.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import decide, Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(Commute(A * Pinv(A), A * A.T)).proved
    True
    """

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
        return [W for W in layer_symbols(quantity) if _moves(W, motion)]
    return [W for W in motion if quantity.has(W)]


def _moves(member: Any, motion: Motion) -> bool:
    """Tell whether a member of a sequence is a parameter, or defined by a recursion, which may move as they do."""
    return isinstance(member.sequence, Recursion) or member.sequence in motion.net.parameter_sequences


def _invertible(given: tuple[Any, ...]) -> tuple[MatrixExpr, ...]:
    """Return the matrices that hypotheses say are invertible."""
    said = (h for h in given if isinstance(h, Hypothesis) and h.name in ("invertible", "orthogonal"))
    return tuple(A for h in said for A in h.matrices)


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
