"""Run a learning rule step by step on numbers, from the rule's own definition."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Basic, MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain, unknown_name
from tptheory.numeric.arithmetic import FloatArithmetic
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule, damping, eta

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
    """``error_signals[l][t]`` is ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``."""
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
    """The same network with ``x_1..x_L`` and ``d_L`` as symbols, so that a rule's expressions are single steps."""

    @cached_property
    def _activations(self) -> tuple[MatrixExpr, ...]:
        letter = "x" if self.batch is None else "X"
        hidden = (MatrixSymbol(f"{letter}_{l}", self.widths[l], self.samples) for l in range(1, self.depth + 1))
        return (self.input, *hidden)

    def signal(self, l: int) -> MatrixSymbol:
        """Return ``d_l`` as a symbol; the top one is the error that ``loss="any"`` leaves open."""
        letter = "d" if self.batch is None else "D"
        return MatrixSymbol(f"{letter}_{l}", self.widths[l], self.samples)


class _Program:
    """The rule's own expressions for one network, compiled."""

    def __init__(self, rule: Rule, net: DeepLinearNetwork) -> None:
        widths = [int(n) for n in net.widths]
        self.net = _LetteredNetwork(widths=widths, batch=net.batch, biases=net.biases, loss="any")
        L = net.depth
        self.signals = {l: self._signal(rule, l) for l in range(L - 1, -1, -1)}
        lettered = self._with_letters(rule)
        self.updates = {self.net.weight(l): lettered.update(self.net, l) for l in range(1, L + 1)}
        if net.biases:
            self.updates |= {self.net.bias(l): lettered.bias_update(self.net, l) for l in range(1, L + 1)}
        self.state_changes = lettered.state_changes(self.net)

    def _signal(self, rule: Rule, l: int) -> MatrixExpr:
        """Return ``d_l``: one feedback step from ``d_{l+1}``, unless the rule has its own way to ``d_l``."""
        own = any(getattr(type(rule), name) is not getattr(Rule, name) for name in ("error_signal", "backward"))
        if own or rule.direct:
            return rule.error_signal(self.net, l)
        return matmul(rule.feedback(self.net, l + 1), self.net.signal(l + 1))

    def _with_letters(self, rule: Rule) -> Rule:
        """Return the rule with ``d_l`` as a symbol, so that its other definitions refer to ``d_l`` by name."""

        class Lettered(type(rule)):  # type: ignore[misc]  # the base is known at run time only
            def error_signal(self, net: Any, l: int) -> MatrixExpr:
                return net.signal(l)

        lettered = copy.copy(rule)
        lettered.__class__ = Lettered
        return lettered
