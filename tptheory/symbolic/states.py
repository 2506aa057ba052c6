"""The states of a rule: matrices that it keeps beside the parameters of each layer, with their laws of motion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sympy import Dummy, MatrixBase, MatrixExpr, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.symbolic.dynamics import EveryLayer
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.layers import LayerSymbol
from tptheory.symbolic.one_meaning import refuse_two_of_one_name
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.shapes import same_shape
from tptheory.symbolic.state_names import refuse_states
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rule import Rule

STARTS = ("zero", "identity", "drawn")
"""The starts of a state that have a name: all zeros; the identity, cut to the shape; drawn as fixed matrices are."""


@dataclass(frozen=True)
class State(ShownAsMathematics):
    """A matrix that a rule keeps beside the parameters of a layer, with its law of motion.

    >>> from sympy import Symbol
    >>> from tptheory import Backprop, DeepLinearNetwork, matadd, matmul
    >>> class HeavyBall(Backprop):
    ...     '''The weights move with a momentum, which friction slows down and the gradient speeds up.'''
    ...     def velocity(self, net, l):
    ...         return net.layer_matrix("V", l, lambda k: (net.widths[k], net.widths[k - 1]))
    ...     def states(self, net, l):
    ...         V = self.velocity(net, l)
    ...         return (State(V, velocity=matadd(matmul(-Symbol("mu"), V), matmul(-1, self.descent(net, l)))),)
    >>> flow = HeavyBall().flow(DeepLinearNetwork(depth=1))
    >>> [(str(symbol), str(velocity)) for symbol, velocity in flow.items()]
    [('W_1', 'V_1'), ('V_1', '-mu*V_1 - (W_1*x - y)*x.T')]

    Raises:
        InvalidTypeError: if the symbol is no matrix symbol, or a law of motion no matrix.
        InvalidValueError: if there is neither a velocity nor a change, or the start is not known.
        ShapeError: if a law of motion, or the start, has another shape than the symbol.
    """

    symbol: MatrixSymbol
    """The state; make it by ``net.layer_matrix(name, l, shape)``, so that networks of any depth have it too."""
    velocity: MatrixExpr | None = None
    """How it moves along the flow, ``dS/dt``; None if it moves step by step only, so that the rule has no flow."""
    change: MatrixExpr | None = None
    """What one step adds to it: ``eta`` times the velocity unless given."""
    start: str | MatrixExpr = "zero"
    """Where it starts: a name of `STARTS`, or an expression in the parameters at the start."""

    def __post_init__(self) -> None:
        """Check the parts against each other, and derive the change from the velocity."""
        if not isinstance(self.symbol, MatrixSymbol):
            raise InvalidTypeError(complain("symbol", "a matrix symbol", self.symbol, "Try net.layer_matrix(...)."))
        if self.velocity is None and self.change is None:
            raise InvalidValueError(complain("velocity", "given, or else the change in a step", None))
        for name in ("velocity", "change"):
            self._check(name, getattr(self, name))
        if isinstance(self.start, str):
            if self.start not in STARTS:
                expected = f"one of {', '.join(STARTS)}, or a matrix expression"
                raise InvalidValueError(complain("start", expected, self.start))
        else:
            self._check("start", self.start)
        if self.change is None:
            object.__setattr__(self, "change", matmul(eta, self.velocity))

    def _check(self, name: str, value: Any) -> None:
        """Refuse a law of motion, or a start, that is no matrix of the state's shape."""
        if value is None:
            return
        if not isinstance(value, MatrixExpr | MatrixBase):
            raise InvalidTypeError(complain(name, f"a matrix, as {self.symbol} is", value))
        if not same_shape(value.shape, self.symbol.shape):
            raise ShapeError(complain(name, f"of the shape of {self.symbol}, {self.symbol.shape}", value.shape))

    def _repr_latex_(self) -> str:
        """Show the law of motion: the velocity along the flow, or the change in a step if there is none."""
        name = latex_of(self.symbol)
        moves = rf"\Delta {name} = {latex_of(self.change)}"
        if self.velocity is not None:
            moves = rf"\tfrac{{d}}{{dt}} {name} = {latex_of(self.velocity)}"
        start = (
            rf"\text{{starts: {self.start}}}"
            if isinstance(self.start, str)
            else rf"\text{{starts from }} {latex_of(self.start)}"
        )
        return rf"$\displaystyle {moves}, \quad {start}$"

    def parts(self) -> tuple[Any, ...]:
        """Return all that the state is made of, for comparison between layers."""
        return self.symbol, self.velocity, self.change, self.start


def states_at(rule: Rule, net: DeepLinearNetwork, l: Any) -> tuple[State, ...]:
    """Return the states that a rule keeps at any layer ``l`` of a network of any depth.

    Raises:
        InvalidTypeError: if the rule returns something else than states.
        InvalidValueError: if a state is no member of a sequence, shares its name, or has a start that moves.
    """
    found = _returned_states(rule, net, l)
    for state in found:
        if not isinstance(state.symbol, LayerSymbol):
            expected = "made of members of sequences, in a network of any depth"
            raise InvalidValueError(complain("states", expected, state.symbol, "Try net.layer_matrix(name, l, shape)."))
    refuse_states(rule, net, {l: found})
    return found


def states_by_layer(rule: Rule, net: DeepLinearNetwork) -> dict[int, tuple[State, ...]]:
    """Return the states of each layer of a network whose depth is a number.

    Raises:
        InvalidTypeError: if the rule returns something else than states.
        InvalidValueError: if a state shares its name with another one, a parameter, the data or a matrix that the rule
            holds fixed, or if its start speaks of what has no value yet.
    """
    found = {l: _returned_states(rule, net, l) for l in net.layers}
    refuse_states(rule, net, found)
    return found


def all_states(rule: Rule, net: DeepLinearNetwork) -> tuple[State, ...]:
    """Return the states of all layers of a network whose depth is a number, layer by layer.

    Raises:
        InvalidTypeError: as `states_by_layer`.
        InvalidValueError: as `states_by_layer`.
    """
    return tuple(state for states in states_by_layer(rule, net).values() for state in states)


def _returned_states(rule: Rule, net: DeepLinearNetwork, l: Any) -> tuple[State, ...]:
    """Return what a rule says of its states at a layer; refuse what is no tuple of states."""
    found = rule.states(net, l)
    if not isinstance(found, tuple | list) or not all(isinstance(state, State) for state in found):
        mend = f"Mend states(net, l) in the class {type(rule).__name__}."
        raise InvalidTypeError(complain("states", "a tuple of State(...)", found, mend))
    return tuple(found)


def motion_of(
    rule: Rule,
    net: DeepLinearNetwork,
    weight: Callable[[Any], MatrixExpr],
    bias: Callable[[Any], MatrixExpr],
    law: Callable[[State], MatrixExpr],
) -> Mapping[MatrixSymbol, MatrixExpr]:
    """Return how weights, biases and states move: by functions of the layer, and of the state.

    Raises:
        InvalidTypeError: if ``rule.states`` returns something other than states.
        InvalidValueError: if a state shares its name, or starts from what has no value yet; in a network of fixed depth
            if any name has two meanings. In one of any depth, claims compare the names when they are built.
    """
    if not net.any_depth:
        states = all_states(rule, net)
        moves = {net.weight(l): weight(l) for l in net.layers}
        moves |= {net.bias(l): bias(l) for l in net.layers} if net.biases else {}
        moves |= {state.symbol: law(state) for state in states}
        refuse_two_of_one_name(net.input, net.target, net.error, eta, *moves, *moves.values())
        return moves
    kinds = states_at(rule, net, Dummy("k", integer=True))
    changes = dict(zip(net.parameter_sequences, (weight, bias), strict=False))
    for place, state in enumerate(kinds):
        law(state)  # refuses a state without one before any layer is asked for
        changes[state.symbol.sequence] = _law_of_a_kind(rule, net, law, place)
    return EveryLayer(changes)


def _law_of_a_kind(
    rule: Rule, net: DeepLinearNetwork, law: Callable[[State], MatrixExpr], place: int
) -> Callable[[Any], MatrixExpr]:
    """Return the function that gives at a layer how the state at this place among its states moves."""
    return lambda l: law(_returned_states(rule, net, l)[place])
