"""Names and starts of states: each state has a name of its own, and starts from what has a value before the first step.

Simulations keep values by name. What a rule says of one matrix would be taken for another of its name, and a start that
speaks of another state, or of the samples, would have no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sympy import MatrixSymbol

from tptheory.errors import InvalidValueError, MissingMethodError, complain
from tptheory.symbolic.bound import BoundMatrix
from tptheory.symbolic.layers import LayerSymbol, Sequence
from tptheory.symbolic.rule_scalars import eta

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rule import Rule
    from tptheory.symbolic.states import State


def refuse_states(rule: Rule, net: DeepLinearNetwork, states: Mapping[Any, tuple[State, ...]]) -> None:
    """Refuse the states of these layers if a name has two meanings, or a start speaks of what has no value yet.

    Args:
        rule: the rule that keeps the states.
        net: the network.
        states: all states of a network of fixed depth, by layer; for any depth those of one layer that is a symbol.

    Raises:
        InvalidValueError: if a state has the name of another state, of a parameter, of the data, of an activation or of
            a matrix that the rule, or a rule within it, holds fixed; or if its start speaks of a state, of the data or
            of ``eta``.
    """
    every = [state for of_layer in states.values() for state in of_layer]
    kept = {_owner(state.symbol).name: _owner(state.symbol) for state in every}
    if not kept:
        return
    data = _data(net)
    _refuse_shared([*_parameters(net), *data, *(_owner(state.symbol) for state in every)])
    for state in every:
        _refuse_start(state, {*kept, *(symbol.name for symbol in data)})
    for layer, of_layer in states.items():
        spoken = _spoken([*_definitions(rule, net, layer), *_expressions_of_motion(of_layer)])
        shared = [symbol.name for symbol in spoken if kept.get(symbol.name, symbol) != symbol]
        if shared:
            _refuse(min(shared))
    _refuse_names_held_within(rule, net, set(kept), list(states))


def _expressions_of_motion(states: Iterable[State]) -> list[Any]:
    """Return the laws of motion of states and what they start from, as far as these are expressions."""
    laws = [law for state in states for law in (state.velocity, state.change, state.start)]
    return [law for law in laws if hasattr(law, "atoms")]


def _refuse_names_held_within(rule: Rule, net: DeepLinearNetwork, kept: set[str], layers: list[Any]) -> None:
    """Refuse a state that shares its name with a fixed matrix of an inner rule, even where both have one shape."""
    for part in (value for value in vars(rule).values() if hasattr(value, "feedback")):
        others = kept - {_owner(state.symbol).name for l in layers for state in part.states(net, l)}
        if others:
            held = {symbol.name for l in layers for symbol in _spoken(_definitions(part, net, l))}
            for name in sorted(others & held):
                _refuse(name)
        _refuse_names_held_within(part, net, kept, layers)


def _definitions(rule: Rule, net: DeepLinearNetwork, l: Any) -> Iterator[Any]:
    """Run through what a rule defines at a layer, as far as it does: its updates and its feedback."""
    methods = ["update"] + ["bias_update"] * net.biases + ["feedback"] * (net.any_depth or l > 1)
    for method in methods:
        with suppress(MissingMethodError):  # a rule may define its update and no feedback
            yield getattr(rule, method)(net, l)


def _spoken(expressions: Iterable[Any]) -> set[Any]:
    """Return the matrices and sequences that expressions speak of."""
    found = {node for e in expressions for node in e.atoms(MatrixSymbol, Sequence)}
    return {node for node in found if not isinstance(node, LayerSymbol | BoundMatrix)}


def _owner(symbol: Any) -> Any:
    """Return the sequence of a member of a sequence; any other symbol is returned unchanged."""
    return symbol.sequence if isinstance(symbol, LayerSymbol) else symbol


def _parameters(net: DeepLinearNetwork) -> tuple[Any, ...]:
    """Return the weights and biases; of a network of any depth, their sequences."""
    return net.parameter_sequences if net.any_depth else net.parameters


def _data(net: DeepLinearNetwork) -> list[Any]:
    """Return what the samples bring: input, target, activations, and the output error where it is a symbol."""
    error = [_owner(net.error)] if isinstance(net.error, MatrixSymbol) else []
    hidden = () if net.any_depth else net.layers
    activations = [MatrixSymbol(f"{net.input.name}_{l}", net.widths[l], net.samples) for l in hidden]
    return [net.input, net.target, *error, *activations]


def _refuse_start(state: State, moving: set[str]) -> None:
    """Refuse a start that speaks of what moves beside the parameters, or is known only when a step is made."""
    if isinstance(state.start, str):
        return
    found = {s.name for s in _spoken([state.start])} & moving | ({eta.name} if state.start.has(eta) else set())
    if found:
        expected = "a matrix expression in parameters and fixed matrices alone"
        mend = f"{min(found)} has no value before the first step; start from 'zero', or from the weights."
        raise InvalidValueError(complain("start", expected, state.start, mend))


def _refuse_shared(named: Iterable[Any]) -> None:
    """Refuse symbols, or sequences, of which two have one name."""
    seen: set[str] = set()
    for item in named:
        if item.name in seen:
            _refuse(item.name)
        seen.add(item.name)


def _refuse(name: str) -> None:
    """Refuse two of one name."""
    expected = "states that each have a name of their own, which no parameter has, nor data, nor a fixed matrix"
    mend = "Give one of them another name, such as Momentum(rule, letter='U')."
    raise InvalidValueError(complain("states", expected, f"two called {name}", mend))
