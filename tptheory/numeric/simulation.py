"""Run a learning rule step by step on numbers, from the rule's own definition."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np
from sympy import Basic, MatrixExpr, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain, unknown_name
from tptheory.numeric.arithmetic import FloatArithmetic
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule, damping, eta

_History = dict[str, list[Any]]

DTYPES = {"float32": np.float32, "float64": np.float64}


@dataclass(frozen=True)
class Run:
    """What a simulation recorded. Time is the first index of every array; samples are columns.

    ``T`` is the number of completed steps, so that states have ``T + 1`` entries and changes ``T``.
    """

    net: DeepLinearNetwork
    """The network, with its widths, its batch and whether it has biases."""
    rule: Rule
    """The rule that moved it."""
    lr: float
    """The step size ``eta``."""
    weights: tuple[np.ndarray, ...]
    """``weights[l-1][t]`` is ``W_l`` after ``t`` steps, of shape ``(n_l, n_{l-1})``."""
    biases: tuple[np.ndarray, ...]
    """``biases[l-1][t]`` is ``b_l`` after ``t`` steps, of shape ``(n_l, 1)``; empty without biases."""
    activations: tuple[np.ndarray, ...]
    """``activations[l][t]`` is ``x_l`` of shape ``(n_l, B)``, for ``l = 0..L``."""
    errors: np.ndarray
    """``errors[t]`` is ``x_L - y`` of shape ``(n_L, B)``."""
    error_signals: tuple[np.ndarray, ...]
    """``error_signals[l][t]`` is ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``.

    ``d_0`` moves nothing; it is NaN where the rule's feedback ``M_1`` needs an inverse that does not exist.
    """
    updates: tuple[np.ndarray, ...]
    """``updates[l-1][t]`` is the ``dW_l`` that step ``t`` added to ``weights[l-1][t]``."""
    bias_updates: tuple[np.ndarray, ...]
    """``bias_updates[l-1][t]`` is the ``db_l`` that step ``t`` added; empty without biases."""
    loss: np.ndarray
    """``loss[t]`` is ``1/2 |x_L - y|^2``, summed over the batch."""
    states: dict[str, np.ndarray]
    """By name, what the rule keeps beside the parameters: ``states["P_1"][t]``."""
    constants: dict[str, Any]
    """By name, what the rule was given or has drawn and holds fixed: ``B_l``, ``V_l``, ``lambda``."""
    steps: int
    """``T``."""
    status: str
    """``"completed"``, or ``"diverged"`` when it stopped before a number that is not finite."""
    message: str
    """What happened, in a sentence."""


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


class _Program:
    """The rule's own expressions for one network, compiled; values are kept by name."""

    def __init__(self, rule: Rule, net: DeepLinearNetwork) -> None:
        self.rule, self.net = rule, net
        lettered = _LetteredNetwork(widths=net.widths, batch=net.batch, biases=net.biases, loss="any")
        layers = range(1, net.depth + 1)
        self._weights = [str(net.weight(l)) for l in layers]
        self._biases = [str(net.bias(l)) for l in layers if net.biases]
        self._activations = [str(lettered.activation(l)) for l in (0, *layers)]
        self._signals = [str(lettered.signal(l)) for l in (0, *layers)]
        self._error = str(lettered.error)

        signals = {str(lettered.signal(l)): _signal(rule, lettered, l) for l in range(net.depth, -1, -1)}
        step = _with_letters(rule).step(lettered)
        self._states = [symbol for symbol in step if symbol not in net.parameters]
        known = {*self._weights, *self._biases, *self._activations, *self._signals, self._error, eta.name}
        known |= {str(net.target), *map(str, self._states)}
        symbols = {symbol for part in (*signals.values(), *step.values()) for symbol in part.free_symbols}
        self._fixed = [s for s in sorted(symbols, key=_in_order) if str(s) not in known]
        self._feedback = {name: _compiled(expression) for name, expression in signals.items()}
        self.changes = {str(symbol): _compiled(change) for symbol, change in step.items()}
        self.kept = [*self.changes, *self._activations[1:], *self._signals, self._error, "loss"]

    def forward(self, values: dict[str, Any]) -> None:
        """Add the activations, the output error and the loss."""
        x = values[self._activations[0]]
        for l, name in enumerate(self._activations[1:]):
            x = values[self._weights[l]] @ x
            if self._biases:
                x = x + values[self._biases[l]]
            values[name] = x
        e = x - values[str(self.net.target)]
        values[self._error] = e
        values["loss"] = np.vdot(e, e) / 2

    def respond(self, values: dict[str, Any]) -> dict[str, Any]:
        """Add the error signals, and return the changes that the rule proposes."""
        for name, feedback in self._feedback.items():
            try:
                values[name] = feedback(values)
            except InvalidValueError:
                if name != self._signals[0]:
                    raise
                values[name] = np.full_like(values[self._activations[0]], np.nan)
        return {name: change(values) for name, change in self.changes.items()}

    def trouble(self, values: Mapping[str, Any]) -> str:
        """Say which parameter, state or loss is not finite; nothing if all are."""
        for name in (*self.changes, "loss"):
            if not np.isfinite(values[name]).all():
                return f"{'the ' if name == 'loss' else ''}{name} is no longer finite"
        return ""

    def settings(
        self, kind: FloatArithmetic, given: Mapping[Any, Any] | None, seed: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what the rule holds fixed, and its states at the start; draw the matrices that are not given."""
        named = {str(symbol): value for symbol, value in (given or {}).items()}
        known = [str(symbol) for symbol in (*self._fixed, *self._states)]
        for name in named:
            if not known:
                raise InvalidValueError(complain("constants", f"empty, since {self.rule!r} holds nothing", name))
            if name not in known:
                raise unknown_name("constants", name, known)
        generator = _generator(seed)
        fixed: dict[str, Any] = {}
        for symbol in self._fixed:
            name = str(symbol)
            if isinstance(symbol, MatrixSymbol):
                shape = tuple(map(int, symbol.shape))
                drawn = generator.standard_normal(shape) / math.sqrt(shape[1])
                fixed[name] = _shaped(kind, symbol, named.get(name, drawn))
            elif name in named or symbol == damping:
                fixed[name] = float(kind.scalar(name, named.get(name, 1.0)))
            else:
                expected = f"a mapping with a number for {name}, which {self.rule!r} uses"
                raise InvalidValueError(complain("constants", expected, sorted(named)))
        starts = {symbol: named.get(str(symbol), np.eye(int(symbol.rows), int(symbol.cols))) for symbol in self._states}
        return fixed, {str(symbol): _shaped(kind, symbol, start) for symbol, start in starts.items()}

    def run(self, x: np.ndarray, kept: _History, changed: _History, **rest: Any) -> Run:
        """Stack the histories; the input stands still, and one copy of it serves all times."""
        stack = {name: np.array(history) for name, history in kept.items()}
        moves = {
            name: np.array(history, dtype=stack[name].dtype).reshape(-1, *stack[name].shape[1:])
            for name, history in changed.items()
        }
        return Run(
            net=self.net,
            rule=self.rule,
            weights=tuple(stack[name] for name in self._weights),
            biases=tuple(stack[name] for name in self._biases),
            activations=(
                np.broadcast_to(x, (len(stack["loss"]), *x.shape)),
                *(stack[name] for name in self._activations[1:]),
            ),
            errors=stack[self._error],
            error_signals=tuple(stack[name] for name in self._signals),
            updates=tuple(moves[name] for name in self._weights),
            bias_updates=tuple(moves[name] for name in self._biases),
            loss=stack["loss"],
            states={str(symbol): stack[str(symbol)] for symbol in self._states},
            **rest,
        )


def _signal(rule: Rule, net: _LetteredNetwork, l: int) -> MatrixExpr:
    """Return ``d_l`` from ``d_{l+1}`` by one feedback, unless the rule has its own way to ``d_l``."""
    own = any(getattr(type(rule), name) is not getattr(Rule, name) for name in ("error_signal", "backward"))
    if own or rule.direct or l == net.depth:
        return rule.error_signal(net, l)
    return matmul(rule.feedback(net, l + 1), net.signal(l + 1))


def _with_letters(rule: Rule) -> Rule:
    """Return the rule with ``d_l`` as a symbol wherever its other definitions use its error signal."""

    class Lettered(type(rule)):  # type: ignore[misc]  # the base is known only now
        def error_signal(self, net: Any, l: int) -> MatrixExpr:
            return net.signal(l)

    lettered = object.__new__(Lettered)
    lettered.__dict__.update(rule.__dict__)
    return lettered


def _compiled(expression: MatrixExpr) -> Callable[[Mapping[str, Any]], Any]:
    symbols = sorted(expression.free_symbols, key=_in_order)
    names = [str(symbol) for symbol in symbols]
    function = compile_expression(expression, symbols)
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


def _shaped(kind: FloatArithmetic, symbol: MatrixSymbol, value: Any) -> np.ndarray:
    A = _read(kind, str(symbol), value, column=symbol.cols == 1)
    if A.shape != tuple(symbol.shape):
        raise ShapeError(complain(f"constants[{symbol}]", f"of shape {tuple(symbol.shape)}", A.shape))
    return A


def simulate(
    rule: Rule,
    weights: Sequence[Any],
    x: Any,
    y: Any,
    *,
    lr: float = 1e-2,
    steps: int = 200,
    dtype: str = "float64",
    biases: Sequence[Any] | None = None,
    constants: Mapping[Any, Any] | None = None,
    seed: int | np.random.Generator | None = None,
) -> Run:
    """Train a net with the squared error by steps of the rule, and record everything.

    Each step computes ``x_l = W_l x_{l-1} + b_l``, the error ``x_L - y``, the rule's ``d_l`` for ``l = L-1..0``, and
    adds the rule's updates, all from the values before the step.

    Args:
        rule: a learning rule, such as ``TargetProp()``.
        weights: ``[W_1, ..., W_L]`` at the start, ``W_l`` of shape ``(n_l, n_{l-1})``.
        x: one sample ``(n_0,)``, or a batch ``(n_0, B)`` with samples in columns.
        y: its target, ``(n_L,)`` or ``(n_L, B)``.
        lr: the step size ``eta``, positive.
        steps: how many steps to take.
        dtype: ``"float64"`` or ``"float32"``; all is computed in it, ranks as `FloatArithmetic` decides them.
        biases: ``[b_1, ..., b_L]`` at the start, each ``(n_l,)`` or ``(n_l, 1)``; None for a net without biases.
        constants: by symbol or name, what the rule holds fixed (``B_l``, ``V_l``, ``lambda``), and where its states
            start (``P_l``). A matrix that is not given is drawn: standard normal entries over the square root of
            its number of columns. ``lambda`` is 1 and ``P_l`` starts from the identity unless given.
        seed: what the draws start from; None is the seed 0. One seed, one set of bits.

    Returns:
        A `Run`. Where the loss or a weight would stop being finite, the run stops before that step and says so.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``lr`` is not positive, ``steps`` is negative, a scalar constant
            is missing, or the rule needs an inverse that does not exist at the start.
        ShapeError: if shapes do not chain.
        UnknownNameError: if ``dtype`` or a constant is not known.
    """
    if not isinstance(rule, Rule):
        raise InvalidTypeError(complain("rule", "a rule such as TargetProp()", rule))
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise unknown_name("dtype", str(dtype), DTYPES)
    lr, steps = _step_size(lr), _step_count(steps)
    kind = FloatArithmetic(DTYPES[dtype])
    with np.errstate(all="ignore"):  # a run that overflows says so in its status
        net, values = _start(kind, weights, x, y, biases)
        program = _Program(rule, net)
        fixed, states = program.settings(kind, constants, seed)
        kept, changed, trouble = _march(program, values | fixed | states | {eta.name: lr}, steps)
    done = len(kept["loss"]) - 1
    message = f"Completed {done} steps; the loss is {kept['loss'][-1]:.6g}."
    if trouble:
        norm = _norm([kept[str(W)][-1] for W in net.weights])
        message = (
            f"Stopped after {done} of {steps} steps: {trouble}. The norm of the weights was {norm:.3g}; lower lr={lr}."
        )
    status = "diverged" if trouble else "completed"
    x = values[str(net.input)]
    return program.run(x, kept, changed, lr=lr, constants=fixed, steps=done, status=status, message=message)


def _march(program: _Program, values: dict[str, Any], steps: int) -> tuple[_History, _History, str]:
    """Take the steps; return what was kept, what changed it, and why it stopped early."""
    kept: _History = {name: [] for name in program.kept}
    changed: _History = {name: [] for name in program.changes}
    program.forward(values)
    changes = program.respond(values)
    trouble = program.trouble(values)
    for done in range(steps + 1):
        for name, history in kept.items():
            history.append(values[name])
        if done == steps or trouble:
            break
        following = values | {name: values[name] + change for name, change in changes.items()}
        program.forward(following)
        trouble = program.trouble(following)
        try:
            following_changes = {} if trouble else program.respond(following)
        except InvalidValueError as error:
            trouble = f"the rule is no longer defined: {error}"
        if trouble:
            trouble = f"after step {done + 1} {trouble}"
            break
        for name, history in changed.items():
            history.append(changes[name])
        values, changes = following, following_changes
    return kept, changed, trouble


def _norm(weights: Sequence[np.ndarray]) -> float:
    """Return the Frobenius norm of all weights together, without overflow on the way."""
    entries = np.concatenate([W.ravel() for W in weights]).astype(np.float64)
    largest = float(np.abs(entries).max())
    return largest * float(np.linalg.norm(entries / largest)) if largest else 0.0


def _step_size(lr: Any) -> float:
    if isinstance(lr, bool) or not isinstance(lr, Real):
        raise InvalidTypeError(complain("lr", "a positive number", lr))
    size = float(lr)
    if not (math.isfinite(size) and size > 0):
        raise InvalidValueError(complain("lr", "a positive finite number", lr, "Try lr=0.01."))
    return size


def _step_count(steps: Any) -> int:
    if isinstance(steps, bool) or not isinstance(steps, Integral):
        raise InvalidTypeError(complain("steps", "an integer, 0 or more", steps))
    if steps < 0:
        raise InvalidValueError(complain("steps", "an integer, 0 or more", steps))
    return int(steps)


def _start(
    kind: FloatArithmetic, weights: Any, x: Any, y: Any, biases: Any
) -> tuple[DeepLinearNetwork, dict[str, Any]]:
    """Check the shapes of the arguments, and build the net and the values of its symbols."""
    if not isinstance(weights, list | tuple) or not weights:
        raise InvalidTypeError(complain("weights", "a list [W_1, ..., W_L] of matrices", type(weights).__name__))
    W = [_read(kind, f"weights[{i}]", matrix) for i, matrix in enumerate(weights)]
    for l, (below, above) in enumerate(pairwise(W), start=1):
        if above.shape[1] != below.shape[0]:
            expected = f"matrices that chain: {below.shape[0]} columns in W_{l + 1}, as W_{l} has rows"
            raise ShapeError(complain("weights", expected, above.shape, "Is it transposed?"))
    widths = [W[0].shape[1], *(matrix.shape[0] for matrix in W)]
    X, Y = _read(kind, "x", x, column=True), _read(kind, "y", y, column=True)
    if X.shape[0] != widths[0]:
        raise ShapeError(complain("x", f"of length {widths[0]}, as W_1 has columns", X.shape[0]))
    if Y.shape[0] != widths[-1]:
        raise ShapeError(complain("y", f"of length {widths[-1]}, as W_{len(W)} has rows", Y.shape[0]))
    if X.shape[1] != Y.shape[1]:
        raise ShapeError(complain("y", f"of {X.shape[1]} columns, as x has", Y.shape[1]))
    net = DeepLinearNetwork(widths=widths, batch=None if np.ndim(x) == 1 else X.shape[1], biases=biases is not None)
    values = {str(net.weight(l)): matrix for l, matrix in enumerate(W, start=1)}
    if biases is not None:
        if not isinstance(biases, list | tuple) or len(biases) != len(W):
            raise InvalidTypeError(complain("biases", f"a list of {len(W)} columns, or None", biases))
        for l, column in enumerate(biases, start=1):
            b = _read(kind, f"biases[{l - 1}]", column, column=True)
            if b.shape != (widths[l], 1):
                raise ShapeError(complain("biases", f"of shape ({widths[l]}, 1) in layer {l}", b.shape))
            values[str(net.bias(l))] = b
    return net, values | {str(net.input): X, str(net.target): Y}


def _read(kind: FloatArithmetic, argument: str, value: Any, column: bool = False) -> np.ndarray:
    A = kind.read(argument, value, column).astype(kind.dtype)
    kind.check(argument, A)
    return A
