"""Rules that are more than a feedback operator: a step from all that the rule defines, as `simulate` makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import MatrixSymbol

from tptheory.numeric.arithmetic_names import dtype_named
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.losses import output_error
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import default_values
from tptheory.symbolic.rule_scalars import damping, eta
from tptheory.symbolic.rules import Rule
from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays, reading


class WholeRule:
    """A rule on one net, compiled from its error signals, its updates and the changes of its states.

    A rule may redefine any of these, such as its `descent` to add weight decay, and may keep states beside the
    parameters, such as a momentum or a feedback matrix that learns. A step is that of `simulate`: everything is
    evaluated at the parameters and states before the step.

    Args:
        rule: the rule.
        net: the net, with numeric widths and batch, biases, and ``loss="any"``.
        dtype: ``"float32"`` or ``"float64"``, the precision of a step.
        draw: a function that returns the values of a matrix of given shape. It is called once for each matrix that
            the rule holds fixed, or whose start it lets be drawn, in the order of their names.
        damping_value: the value of ``lambda``.
        start: all weights, then all biases, at the start.
        constants: the values of fixed matrices and scalars, and the initial values of states, by symbol or name. A
            state starts as the rule says unless given.

    Attributes:
        fixed: the values of the fixed matrices and scalars, by name.
        states: the values of the states now, by name.

    Raises:
        InvalidValueError: if the rule's own code fails, or if it names a scalar that has no value.
        ShapeError: if a change has another shape than what it changes, or if shapes do not compose.
        UnknownNameError: if ``constants`` names something that the rule does not.
    """

    def __init__(
        self,
        rule: Rule,
        net: DeepLinearNetwork,
        dtype: str,
        draw: Callable[[int, int], Array],
        damping_value: float,
        start: Sequence[Array],
        constants: Mapping[Any, Any] | None = None,
    ) -> None:
        self.rule, self.net, self.dtype = rule, net, dtype
        self._compiled: dict[str, CompiledRule] = {}
        with reading(rule):
            compiled = self._compiled_in(dtype)
        given, defaults = compiled.constants(constants), default_values(rule) | {str(damping): damping_value}
        parameters = dict(zip((*compiled.weights, *compiled.biases), start, strict=True))
        fixed, self.states = compiled.settings(constants, lambda B: draw(*map(int, B.shape)), parameters, defaults)
        scalars = [symbol for symbol in compiled.fixed if not isinstance(symbol, MatrixSymbol)]
        self.fixed = fixed | {str(s): given.given(s, defaults.get(str(s))) for s in scalars}

    def fixed_matrices(self) -> dict[str, Array]:
        """Return the values of the fixed matrices, by name."""
        return {name: value for name, value in self.fixed.items() if np.ndim(value)}

    def _compiled_in(self, dtype: str) -> CompiledRule:
        """Return the rule compiled for a precision."""
        if dtype not in self._compiled:
            kind = dtype_named(dtype)
            unused = output_error(kind, "squared", None)  # the engine computes the loss
            self._compiled[dtype] = CompiledRule(self.rule, self.net, kind, unused, lowest=1)
        return self._compiled[dtype]

    def step(
        self,
        parameters: Sequence[Array],
        activations: Sequence[Array],
        D: Array,
        targets: Array,
        lr: float,
        dtype: str | None = None,
    ) -> tuple[Arrays, Arrays, dict[str, Array]]:
        """Return the error signals, the changes of the parameters and the changes of the states in one step.

        Args:
            parameters: all weights, then all biases.
            activations: ``(X_0, ..., X_L)``.
            D: ``D_L``, of shape ``(n_L, B)``.
            targets: ``Y``, of shape ``(n_L, B)``.
            lr: the step size ``eta``.
            dtype: the precision, if not that of the rule.

        Returns:
            ``(D_1, ..., D_L)``, the changes in the order of ``parameters``, and the changes of the states by name. A
            ``D_l`` that the rule does not define is NaN.

        Raises:
            InvalidValueError: if the rule needs an inverse that does not exist.
        """
        compiled = self._compiled_in(dtype or self.dtype)
        kind = compiled.kind
        values = {
            name: kind.read(name, value) if np.ndim(value) else kind.scalar(name, value)
            for name, value in self.fixed.items()
        }
        values |= {name: kind.read(name, value) for name, value in self.states.items()}
        values |= zip((*compiled.weights, *compiled.biases), parameters, strict=True)
        values |= zip(compiled.activations, activations, strict=True)
        values |= {compiled.error: D, compiled.target: targets, eta.name: kind.scalar("lr", lr)}
        changes, _ = compiled.respond(values)
        moved = tuple(changes.pop(name) for name in (*compiled.weights, *compiled.biases))
        signals = (values[name] for name in compiled.signals[1:])
        undefined = (np.full_like(X, np.nan) for X in activations[1:])
        errors = tuple(nan if D_l is None else D_l for D_l, nan in zip(signals, undefined, strict=True))
        return errors, moved, changes
