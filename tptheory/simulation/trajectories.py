"""What a simulation recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpmath import MPContext

from tptheory.numeric.arithmetic import FLOAT_EXPONENT, RunArithmetic
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.rank_changes import RankChange, told
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule


@dataclass(frozen=True)
class Run:
    """What a simulation recorded. Time is the first index of every array; samples are columns.

    ``T`` is the number of completed steps, so that states have ``T + 1`` entries and changes ``T``; of a flow,
    ``T + 1`` is the number of times that it reached. Entries are floats of the run's dtype; for ``mp50`` and the like
    arrays hold mpmath's ``mpf`` of these digits, and for ``exact`` `fractions.Fraction` (arrays of objects).
    """

    net: DeepLinearNetwork
    """The network, with its widths, its batch and whether it has biases."""
    rule: Rule
    """The rule that moved it."""
    dtype: str
    """The name of the arithmetic."""
    lr: Any
    """The step size ``eta``; None for a flow."""
    times: np.ndarray
    """``times[t]`` is the time of the flow; for steps, ``eta t``."""
    weights: tuple[np.ndarray, ...]
    """``weights[l-1][t]`` is ``W_l`` after ``t`` steps, of shape ``(n_l, n_{l-1})``."""
    biases: tuple[np.ndarray, ...]
    """``biases[l-1][t]`` is ``b_l`` after ``t`` steps, of shape ``(n_l, 1)``; empty without biases."""
    activations: tuple[np.ndarray, ...]
    """``activations[l][t]`` is ``x_l`` of shape ``(n_l, B)``, for ``l = 0..L``."""
    errors: np.ndarray
    """``errors[t]`` is ``d_L = dLoss/dx_L`` of shape ``(n_L, B)``; ``x_L - y`` for the squared error."""
    error_signals: tuple[np.ndarray, ...]
    """``error_signals[l][t]`` is ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``.

    ``d_0`` moves nothing; it is NaN where the rule's feedback ``M_1`` needs an inverse that does not exist.
    """
    updates: tuple[np.ndarray, ...]
    """``updates[l-1][t]`` is the ``dW_l`` that step ``t``, or the flow until the next time, added to ``W_l``."""
    bias_updates: tuple[np.ndarray, ...]
    """``bias_updates[l-1][t]`` is the ``db_l`` that step ``t`` added; empty without biases."""
    loss: np.ndarray
    """``loss[t]``, summed over the batch; NaN where a function of one's own does not tell it."""
    states: dict[str, np.ndarray]
    """By name, what the rule keeps beside the parameters: ``states["P_1"][t]``."""
    constants: dict[str, Any]
    """By name, what the rule was given or has drawn and holds fixed: ``B_l``, ``V_l``, ``lambda``."""
    rank_changes: tuple[RankChange, ...]
    """Where a matrix that the rule pseudo-inverts changed its rank, or came close; also told in the message."""
    steps: int
    """``T``."""
    status: str
    """``"completed"``; ``"diverged"`` when it stopped before a number that is not finite, or an inverse that does not
    exist; ``"stopped"`` when it stopped at a rank change of a flow, or at a limit that the message names."""
    message: str
    """What happened, in a sentence."""


class Course:
    """A simulation while it runs: what it has kept, what changed it, and how it ended."""

    def __init__(self, program: CompiledRule) -> None:
        self.program = program
        self.kept: dict[str, list[Any]] = {name: [] for name in program.kept}
        self.changed: dict[str, list[Any]] = {name: [] for name in program.changes}
        self.times: list[float] = []
        self.rank_changes: list[RankChange] = []
        self.status = self.message = ""

    @property
    def steps(self) -> int:
        """How many steps have been completed."""
        return len(self.times) - 1

    def keep(self, values: Mapping[str, Any], time: float) -> None:
        """Note the values at a time."""
        self.still = values[self.program.activations[0]]
        for name, history in self.kept.items():
            history.append(values[name])
        self.times.append(time)

    def add(self, changes: Mapping[str, Any]) -> None:
        """Note what a step adds."""
        for name, history in self.changed.items():
            history.append(changes[name])

    def last_loss(self) -> str:
        """Return the last loss, for a message."""
        loss = self.kept["loss"][-1]
        return "not told" if loss is None else f"{float(loss):.6g}"

    def norm(self) -> str:
        """Return the last norm of the weights, for a message."""
        return norm([self.program.kind.entries(self.kept[W][-1]) for W in self.program.weights])

    def ended(self, status: str, message: str) -> Course:
        """Note how it ended."""
        self.status, self.message = status, message + told(self.rank_changes)
        return self


def recorded(program: CompiledRule, course: Course, constants: dict[str, Any], **rest: Any) -> Run:
    """Stack the histories of a course."""
    kind, first = program.kind, program.signals[0]
    still = kind.entries(course.still).copy()
    stack = {name: _stacked(kind, history, still if name == first else 0.0) for name, history in course.kept.items()}
    moves = {name: _stacked(kind, history) if history else stack[name][:0] for name, history in course.changed.items()}
    return Run(
        **histories(program, still, stack, moves),
        constants={name: _plain(kind, value) for name, value in constants.items()},
        times=np.array(course.times),
        rank_changes=tuple(course.rank_changes),
        steps=course.steps,
        status=course.status,
        message=course.message,
        **rest,
    )


def histories(
    program: CompiledRule, x: np.ndarray, kept: Mapping[str, np.ndarray], changed: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """Return what a record has of a program's values; the input stands still, and one copy of it serves all times."""
    return {
        "net": program.net,
        "rule": program.rule,
        "weights": tuple(kept[name] for name in program.weights),
        "biases": tuple(kept[name] for name in program.biases),
        "activations": (
            np.broadcast_to(x, (len(kept["loss"]), *x.shape)),
            *(kept[name] for name in program.activations[1:]),
        ),
        "errors": kept[program.error],
        "error_signals": tuple(kept[name] for name in program.signals),
        "updates": tuple(changed[name] for name in program.weights),
        "bias_updates": tuple(changed[name] for name in program.biases),
        "loss": kept["loss"],
        "states": {str(symbol): kept[str(symbol)] for symbol in program.states},
    }


def _stacked(kind: RunArithmetic, history: Sequence[Any], like: Any = 0.0) -> np.ndarray:
    """Return the history as one array; what is missing is NaN, in the shape of ``like``."""
    missing = np.full_like(like, float("nan"))
    return np.stack([missing if value is None else kind.entries(value) for value in history])


def _plain(kind: RunArithmetic, value: Any) -> Any:
    """Return a constant as it is recorded: an array, or a number."""
    entries = kind.entries(value)
    return entries.copy() if entries.ndim else entries.item()


def norm(matrices: Sequence[np.ndarray]) -> str:
    """Return the Frobenius norm of all matrices together in three digits, however large they are."""
    context = MPContext()
    size = context.norm([context.convert(entry) for A in matrices for entry in np.ravel(A).tolist()])
    return f"{float(size):.3g}" if size < context.ldexp(1, FLOAT_EXPONENT) else context.nstr(size, 3)
