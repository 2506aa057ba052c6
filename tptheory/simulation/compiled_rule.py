"""A rule's own expressions for one network, compiled for an arithmetic: what every simulation runs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np
from mpmath import MPContext
from sympy import Basic, MatrixExpr, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, MissingMethodError, complain
from tptheory.numeric.arithmetic import FLOAT_EXPONENT, RunArithmetic, SingularMatrixError
from tptheory.numeric.array_printer import RankObserver
from tptheory.numeric.constants import Constants
from tptheory.numeric.evaluation import compile_with
from tptheory.simulation.losses import OutputError
from tptheory.simulation.rank_changes import Ranks
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.one_meaning import refuse_two_of_one_name
from tptheory.symbolic.rule import default_values, with_signals
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.rules import ModifiedRule, Rule
from tptheory.symbolic.states import all_states


class _LetteredNetwork(DeepLinearNetwork):
    """The same network with ``x_1..x_L`` and ``d_0..d_L`` as symbols, so that a rule's expressions are single steps."""

    @cached_property
    def _activations(self) -> tuple[MatrixExpr, ...]:
        letter = "x" if self.batch is None else "X"
        hidden = (MatrixSymbol(f"{letter}_{l}", self.widths[l], self.samples) for l in range(1, self.depth + 1))
        return (self.input, *hidden)

    def signal(self, l: int) -> MatrixSymbol:
        """Return the rule's ``d_l`` as a symbol, beside ``error``, the symbol that ``loss="any"`` leaves open."""
        return MatrixSymbol(f"delta_{l}", self.widths[l], self.samples)


class CompiledRule:
    """A rule, compiled for one network and one arithmetic; values are kept in dictionaries by name.

    Error signals are formed from the top down to that of layer ``lowest``: ``d_0`` moves nothing, and training leaves
    it out. A rule that defines its update, and no feedback, has no error signals below the output; their values are
    None.

    Attributes:
        changes: the functions for what one step adds, or for a flow the velocities, by parameter or state.
        starts: where each state starts that the rule keeps beside the parameters, by its symbol.
        fixed: the symbols of the matrices and scalars that the rule holds fixed.
        kept: the names of the values that a trajectory records.
        members: how many networks there are at once, in a stack; None for one.
    """

    members: int | None = None

    def __init__(
        self,
        rule: Rule,
        net: DeepLinearNetwork,
        kind: RunArithmetic,
        output_error: OutputError,
        flow: bool = False,
        lowest: int = 0,
    ) -> None:
        self.rule, self.net, self.kind, self.output_error = rule, net, kind, output_error
        lettered = _LetteredNetwork(widths=net.widths, batch=net.batch, biases=net.biases, loss="any")
        self._name(lettered)
        self._seen: dict[str, tuple[Any, Any]] = {}
        self._ones = kind.full(1, int(net.samples), 1, 1)
        named = [(l, name) for l, name in enumerate(self.signals) if l >= lowest]
        signals, self._lacking = _defined_signals(rule, lettered, named)
        moves = self._moves(lettered, flow)
        self.starts = {state.symbol: state.start for state in all_states(rule, net)}
        letters = (lettered.input, lettered.target, lettered.error, *map(lettered.signal, range(net.depth + 1)))
        refuse_two_of_one_name(eta, *letters, *signals.values(), *moves, *moves.values(), *self._begun)
        self.fixed = self._not_computed([*signals.values(), *moves.values()])
        self._feedback = {
            name: _compiled(kind, expression, None if name == self.signals[0] else self._watch)
            for name, expression in signals.items()
        }
        self.changes = {str(symbol): _compiled(kind, change, self._watch) for symbol, change in moves.items()}
        self.kept = [*self.changes, *self.activations[1:], *self.signals, self.error, "loss"]

    def _name(self, lettered: _LetteredNetwork) -> None:
        """Note the names of the network's symbols, by which values are kept."""
        net, layers = self.net, range(1, self.net.depth + 1)
        self.weights = [str(net.weight(l)) for l in layers]
        self.biases = [str(net.bias(l)) for l in layers if net.biases]
        self.activations = [str(lettered.activation(l)) for l in (0, *layers)]
        self.signals = [str(lettered.signal(l)) for l in (0, *layers)]
        self.error, self.target = str(lettered.error), str(net.target)

    def _moves(self, lettered: _LetteredNetwork, flow: bool) -> Mapping[MatrixSymbol, MatrixExpr]:
        """Return how each parameter and state moves, and note whether one of them is moved by ``d_0``.

        Raises:
            MissingMethodError: if a change uses an error signal that the rule does not define.
        """
        with_letters = with_signals(self.rule, lambda net, l: net.signal(l))
        moves = with_letters.flow(lettered) if flow else with_letters.step(lettered)
        used = {str(moved): {str(symbol) for symbol in move.free_symbols} for moved, move in moves.items()}
        _refuse_lacking(self.rule, [moved for moved, names in used.items() if self._lacking & names], self.weights)
        self._moved_by_input_signal = any(self.signals[0] in names for names in used.values())
        return moves

    @property
    def _begun(self) -> list[MatrixExpr]:
        """The starts of states that are expressions."""
        return [start for start in self.starts.values() if not isinstance(start, str)]

    def _not_computed(self, expressions: Sequence[MatrixExpr]) -> list[Basic]:
        """Return the symbols that the rule neither computes nor moves: what it holds fixed."""
        known = {*self.weights, *self.biases, *self.activations, *self.signals, self.error, eta.name}
        known |= {self.target, *map(str, self.starts)}
        symbols = {symbol for expression in (*expressions, *self._begun) for symbol in expression.free_symbols}
        return [symbol for symbol in sorted(symbols, key=_in_order) if str(symbol) not in known]

    def _watch(self, matrix: MatrixExpr, rank: Any, smallest: Any) -> None:
        self._seen[str(matrix)] = (rank, smallest)

    def forward(self, values: dict[str, Any]) -> None:
        """Add the activations, the output error and the loss."""
        product = self.kind.product
        x = values[self.activations[0]]
        for l, name in enumerate(self.activations[1:]):
            x = product(values[self.weights[l]], x)
            if self.biases:
                x = x + product(values[self.biases[l]], self._ones)
            values[name] = x
        values[self.error], values["loss"] = self.output_error(x, values[self.target])

    def respond(self, values: dict[str, Any], recorded: bool = True) -> tuple[dict[str, Any], Ranks]:
        """Add the error signals; return the changes that the rule proposes, and the ranks under its pseudo-inverses.

        ``d_0`` moves nothing; it is None where the rule's feedback ``M_1`` needs an inverse that does not exist.

        Args:
            values: the values so far, to which the error signals are added.
            recorded: whether the values are kept: where they are not, ``d_0`` is left out unless a change needs it.

        Raises:
            InvalidValueError: if the rule inverts a singular matrix.
        """
        try:
            return self._response(values, recorded)
        except SingularMatrixError as error:
            raise error.of_a_rule(self.rule) from None

    def _response(self, values: dict[str, Any], recorded: bool) -> tuple[dict[str, Any], Ranks]:
        """Do what `respond` says; what is inverted may be singular."""
        self._seen.clear()
        for name, feedback in self._feedback.items():
            if name != self.signals[0]:
                values[name] = feedback(values)
            elif recorded or self._moved_by_input_signal:
                values[name] = self.input_signal(feedback, values)
        values |= {name: self.lacking_signal(name, values) for name in self._lacking}
        return {name: change(values) for name, change in self.changes.items()}, dict(self._seen)

    def lacking_signal(self, name: str, values: Mapping[str, Any]) -> Any:
        """Return what stands for an error signal that the rule does not define: None, which is recorded as NaN."""
        return None

    def input_signal(self, feedback: Callable[[Mapping[str, Any]], Any], values: Mapping[str, Any]) -> Any:
        """Return ``d_0``, or None where it needs an inverse that does not exist."""
        try:
            return feedback(values)
        except InvalidValueError:
            return None

    @property
    def last_ranks(self) -> Ranks:
        """The ranks of the matrices that were pseudo-inverted last, even if the response failed."""
        return dict(self._seen)

    def in_range(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return by name whether each parameter, each state, the loss and the output error is in range."""
        watched = (*self.changes, "loss", self.error)
        return {name: self.kind.in_range(values[name]) for name in watched if values[name] is not None}

    def not_finite(self, name: str) -> str:
        """Say that the value of this name is no longer finite."""
        wording = {self.error: "the output error", "loss": "the loss"}
        return f"{wording.get(name, name)} is no longer finite"

    def failure(self, values: Mapping[str, Any]) -> str:
        """Return the first reason for which a single network cannot go on; nothing if all is well."""
        return next((self.not_finite(name) for name, fine in self.in_range(values).items() if not fine), "")

    def failures(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return, by the reason in words, which networks cannot go on: True for a single one, a mask for members."""
        reason = self.failure(values)
        return {reason: True} if reason else {}

    def evaluate(self, values: dict[str, Any]) -> tuple[dict[str, Any], Ranks, dict[str, Any]]:
        """Compute all values from the parameters; return the changes, the ranks, and the `failures`."""
        self.forward(values)
        reason = self.failure(values)
        if not reason:
            try:
                return *self.respond(values), {}
            except InvalidValueError as error:
                reason = f"the rule is no longer defined: {error}"
        return {}, {}, {reason: True}

    def norm_of_weights(self, values: Mapping[str, Any], place: int) -> str:
        """Return the norm of the weights, in words; a single network is at place 0."""
        return norm([self.kind.entries(values[W]) for W in self.weights])

    @property
    def drawn(self) -> list[MatrixSymbol]:
        """The matrices that are drawn unless they are given, in the order of their names: fixed ones, and states."""
        found = [symbol for symbol in self.fixed if isinstance(symbol, MatrixSymbol)]
        found += [symbol for symbol, start in self.starts.items() if start == "drawn"]
        return sorted(found, key=_in_order)

    def settings(
        self,
        constants: Mapping[Any, Any] | None,
        draw: Callable[[MatrixSymbol], Any],
        parameters: Mapping[str, Any],
        defaults: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what the rule holds fixed, and its states at the start, by name.

        Args:
            constants: the values that are given to what is held fixed, and the starts of states, by symbol or name.
            draw: makes the matrix of a symbol that is `drawn`. It is called for each, in the order of their names, even
                where one is given, so that the other draws of a seed do not depend on it.
            parameters: the parameters at the start, by name.
            defaults: by name, the numbers that scalars have unless they are given; those of the rule if None.

        Raises:
            InvalidTypeError: if a value is of the wrong type.
            InvalidValueError: if a number is not given, or not admitted.
            ShapeError: if a matrix has another shape than its symbol.
            UnknownNameError: if the rule has no such constant.
        """
        given, numbers = self.constants(constants), default_values(self.rule) if defaults is None else defaults
        matrices = {symbol: given.matrix(symbol, self.kind, draw(symbol)) for symbol in self.drawn}
        fixed = {
            str(s): matrices[s] if s in matrices else given.number(s, self.kind, numbers.get(str(s)))
            for s in self.fixed
        }
        known = {**parameters, **fixed}
        states = {str(s): matrices[s] if s in matrices else self._start(s, given, known) for s in self.starts}
        return fixed, states

    def _start(self, symbol: MatrixSymbol, given: Constants, values: Mapping[str, Any]) -> Any:
        """Return where a state starts that is not drawn: where it is told to, or as its definition says."""
        start = self.starts[symbol]
        if symbol in given:
            return given.matrix(symbol, self.kind)
        if isinstance(start, str):
            return self.kind.full(int(symbol.rows), int(symbol.cols), int(start == "identity"), 0)
        return _compiled(self.kind, start, None)(values)

    def constants(self, given: Mapping[Any, Any] | None) -> Constants:
        """Return the values that are given to what the rule holds fixed, and to its states at the start."""
        return Constants(given, [*self.fixed, *self.starts], repr(self.rule))

    def drawing(self, seed: Any, members: tuple[int, ...] = ()) -> Callable[[MatrixSymbol], Any]:
        """Return what draws matrices: standard normal entries over the square root of the columns.

        They are fractions where floats are refused. For a stack there is one for each member.
        """
        generator = _generator(seed)

        def draw(symbol: MatrixSymbol) -> Any:
            rows, columns = map(int, symbol.shape)
            drawn = generator.standard_normal((*members, rows, columns)) / math.sqrt(columns)
            return drawn if self.kind.eps else np.array([[Fraction(v) for v in row] for row in drawn.tolist()])

        return draw


def _defined_signals(
    rule: Rule, net: _LetteredNetwork, named: Sequence[tuple[int, str]]
) -> tuple[dict[str, MatrixExpr], set[str]]:
    """Return by name the error signals that the rule defines, from the top down, and the names of the others.

    A rule that defines its update, and no feedback, has no error signal below the output.
    """
    signals, lacking = {}, set()
    for l, name in reversed(named):
        try:
            signals[name] = _signal(rule, net, l)
        except MissingMethodError:
            lacking.add(name)
    return signals, lacking


def _refuse_lacking(rule: Rule, lacking: Sequence[str], weights: Sequence[str]) -> None:
    """Refuse a rule whose changes use an error signal that it does not define.

    Args:
        rule: the rule.
        lacking: the names of the parameters and states whose change uses such a signal.
        weights: the names of the weights.

    Raises:
        MissingMethodError: if there is one; a rule whose changes use none needs no feedback.
    """
    if any(moved in weights for moved in lacking):
        raise MissingMethodError(complain("rule", "one that defines feedback(net, l)", rule, "Define it in its class."))
    if lacking:  # the rule has an update of its own, and none for this one
        expected = f"one that defines feedback(net, l), for its change of {lacking[0]} uses an error signal"
        mend = "Define it in its class, or the change of biases too: bias_update(net, l)."
        raise MissingMethodError(complain("rule", expected, rule, mend))


def _signal(rule: Rule, net: _LetteredNetwork, l: int) -> MatrixExpr:
    """Return ``d_l`` from ``d_{l+1}`` by one feedback, unless the rule defines ``d_l`` in its own way."""
    if isinstance(rule, ModifiedRule) and type(rule).error_signal is ModifiedRule.error_signal:
        return _signal(rule.rule, net, l)
    own = any(getattr(type(rule), name) is not getattr(Rule, name) for name in ("error_signal", "backward"))
    if own or rule.direct or l == net.depth:
        return rule.error_signal(net, l)
    return matmul(rule.feedback(net, l + 1), net.signal(l + 1))


def _compiled(
    kind: RunArithmetic, expression: MatrixExpr, observe: RankObserver | None
) -> Callable[[Mapping[str, Any]], Any]:
    symbols = sorted(expression.free_symbols, key=_in_order)
    names = [str(symbol) for symbol in symbols]
    function = compile_with(kind, expression, symbols, observe)
    return lambda values: function(*[values[name] for name in names])


def _in_order(symbol: Basic) -> list[Any]:
    """Sort ``B_2`` before ``B_10``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", str(symbol))]


def _generator(seed: Any) -> np.random.Generator:
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0):
        raise InvalidTypeError(complain("seed", "an integer from 0, a numpy Generator, or None for 0", seed))
    return np.random.default_rng(0 if seed is None else int(seed))


def norm(matrices: Sequence[np.ndarray]) -> str:
    """Return the Frobenius norm of all matrices together in three digits, however large they are."""
    context = MPContext()
    size = context.norm([context.convert(entry) for A in matrices for entry in np.ravel(A).tolist()])
    return f"{float(size):.3g}" if size < context.ldexp(1, FLOAT_EXPONENT) else context.nstr(size, 3)
