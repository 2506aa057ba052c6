"""Claims about motion: what happens along a flow, in a step, or in two steps one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import MatrixExpr

from tptheory.claims.claim import Claim
from tptheory.claims.goals import Change, Goal, NonNegative, Rate, Vanishes, moving_symbols
from tptheory.claims.hypotheses import Hypothesis
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.dynamics import Flow, Motion, Step
from tptheory.symbolic.expressions import as_matrix, matmul


def _flow_or_step(argument: str, value: Any) -> Flow | Step:
    if not isinstance(value, Flow | Step):
        raise InvalidTypeError(complain(argument, "a flow or a step", value, "Try rule.flow(net)."))
    return value


def _flow(argument: str, value: Any) -> Flow:
    if not isinstance(value, Flow):
        raise InvalidTypeError(complain(argument, "a flow", value, "Try rule.flow(net)."))
    return value


def _scalar(argument: str, value: Any) -> Any:
    value = as_expression(argument, value)
    if isinstance(value, MatrixExpr):
        raise InvalidTypeError(complain(argument, "a scalar expression", value, "Take its Trace."))
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
        """Refuse a quantity if the loss does not determine how it moves."""
        self.along.refuse_unknown_error(self.quantity)

    def goals(self) -> tuple[Goal, ...]:
        """Return that the rate along the flow, or the change in the step, vanishes."""
        if isinstance(self.along, Step):
            return (Vanishes(Change(self.quantity, self.along)),)
        return (Vanishes(Rate(self.quantity, self.along, invertible=_invertible(self.given))),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity is conserved by the rule's flow``."""
        return f"{say(self.quantity)} is conserved by {motion_text(self.along)}"


@dataclass(frozen=True)
class Decays(Claim):
    """A matrix or scalar quantity ``Q`` decays along a flow at a rate ``c``: ``dQ/dt = -c Q``.

    Then ``Q(t) = exp(-c t) Q(0)``. The rate is a number, or a scalar expression in symbols that stand still along the
    flow; ``c = 0`` says that the quantity is conserved.

    >>> from sympy import MatrixSymbol, Symbol, symbols
    >>> from tptheory import Backprop, DeepLinearNetwork, Rule, decide, matmul
    >>> c = Symbol("c", positive=True)
    >>> class Decayed(Backprop):
    ...     name, title = "decayed", "Backpropagation with weight decay"
    ...     def descent(self, net, l):
    ...         return super().descent(net, l) + c * net.weight(l)
    >>> net = DeepLinearNetwork(depth=2)
    >>> W_1, W_2 = net.weights
    >>> decide(Decays(W_2.T * W_2 - W_1 * W_1.T, along=Decayed().flow(net), rate=2 * c)).word
    'proved'

    Raises:
        InvalidTypeError: if ``along`` is no flow, or the rate no scalar.
        InvalidValueError: if the rate moves along the flow.
    """

    quantity: Any
    along: Flow
    rate: Any
    given: Any = ()

    readers = (("quantity", as_expression), ("along", _flow), ("rate", _scalar))

    def check(self) -> None:
        """Refuse a quantity if the loss does not determine how it moves, and a rate that moves."""
        self.along.refuse_unknown_error(self.quantity)
        if moving := moving_symbols(self.rate, self.along):
            raise InvalidValueError(
                complain("rate", "free of what the flow moves", self.rate, f"{moving[0]} moves along it.")
            )

    def goals(self) -> tuple[Goal, ...]:
        """Return that the rate of change along the flow is minus ``c`` times the quantity."""
        change = Rate(self.quantity, self.along, invertible=_invertible(self.given))
        is_matrix = isinstance(self.quantity, MatrixExpr)
        return (Vanishes(change, matmul(-self.rate, self.quantity) if is_matrix else -self.rate * self.quantity),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity decays at the rate c along the rule's flow``."""
        return f"{say(self.quantity)} decays at the rate {say(self.rate)} along {motion_text(self.along)}"


@dataclass(frozen=True)
class Nonincreasing(Claim):
    """A scalar quantity never rises along a flow, or in a step.

    >>> from sympy import Identity
    >>> from tptheory import Backprop, DeepLinearNetwork, at_most, decide, eta
    >>> net = DeepLinearNetwork(depth=2)
    >>> decide(Nonincreasing(net.loss, along=Backprop().flow(net))).method
    'descent'

    A step descends if it is small enough:

    >>> net = DeepLinearNetwork(depth=1)
    >>> x = net.input
    >>> short = at_most(eta * x.T * x, 2 * Identity(1))
    >>> decide(Nonincreasing(net.loss, along=Backprop().step(net), given=[short])).word
    'proved'
    """

    quantity: Any
    along: Flow | Step
    given: Any = ()

    readers = (("quantity", _scalar), ("along", _flow_or_step))

    def check(self) -> None:
        """Refuse a quantity if the loss does not determine how it moves."""
        self.along.refuse_unknown_error(self.quantity)

    def goals(self) -> tuple[Goal, ...]:
        """Return that minus the rate, or minus the change in the step, is not below 0."""
        if isinstance(self.along, Step):
            return (NonNegative(Change(self.quantity, self.along, sign=-1)),)
        return (NonNegative(Rate(self.quantity, self.along, sign=-1, invertible=_invertible(self.given))),)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``quantity never rises along the rule's flow``, or ``... does not rise in the rule's step``."""
        rises = "does not rise in" if isinstance(self.along, Step) else "never rises along"
        return f"{say(self.quantity)} {rises} {motion_text(self.along)}"


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
        """Check that both are steps, or both matrices that can be multiplied in either order."""
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

    def reason(self) -> tuple[Any, ...]:
        """Return the reason that a proof gives: of two matrices, that they commute."""
        return super().reason() if isinstance(self.first, Step) else ("commute", self.first, self.second)

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``first and second commute``."""
        if isinstance(self.first, Step):
            return f"{motion_text(self.first)} and {motion_text(self.second)} commute"
        return f"{say(self.first)} and {say(self.second)} commute"


def _invertible(given: tuple[Any, ...]) -> tuple[MatrixExpr, ...]:
    """Return the matrices that hypotheses say are invertible."""
    said = (h for h in given if isinstance(h, Hypothesis) and h.name in ("invertible", "orthogonal"))
    return tuple(A for h in said for A in h.matrices)


def motion_text(motion: Motion) -> str:
    """Say what a flow, or a step, is called: ``the flow of backpropagation``."""
    kind = "flow" if isinstance(motion, Flow) else "step"
    return f"the {kind} of {motion.rule.full_phrase}"
