"""What a simulation records: the trajectory of one network, or of many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tptheory.checking import widths_text
from tptheory.errors import InvalidTypeError, complain
from tptheory.extras import data_frame
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.simulation.frames import ensemble_columns, run_columns
from tptheory.simulation.rank_changes import RankChange, rank_change_sentence
from tptheory.simulation.values_along import values_along
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule
from tptheory.typesetting.tables import ShownAsTable, Table, a_few

CHANGES = ("updates", "bias_updates")
"""The fields that record what steps added; each has one entry less than the fields in `STATES`."""
STATES = ("weights", "biases", "activations", "errors", "error_signals", "loss", "states")
"""The fields that record values at each time."""
MOST_WEIGHTS = 4
"""The most weights whose norms the table of a run shows."""


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(ComparedByValues, ShownAsTable):
    """The path of one network or of many under a rule. Time is the first index of every array; samples are columns.

    In an ensemble the member is the second index. ``T`` is the number of steps, so that states have ``T + 1`` entries
    and changes ``T``; of a flow, ``T + 1`` is the number of times that it reached. Entries are floats of the dtype; for
    ``mp50`` and the like arrays of objects hold mpmath's ``mpf`` of these digits, and for ``exact``
    `fractions.Fraction`.

    Two trajectories are equal where all that they record is, entry by entry.
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
    target: np.ndarray
    """``y`` of shape ``(n_L, B)``, which stays as it is; in an ensemble ``target[i]`` is that of member ``i``."""
    activations: tuple[np.ndarray, ...]
    """``activations[l][t]`` is ``x_l`` of shape ``(n_l, B)``, for ``l = 0..L``."""
    errors: np.ndarray
    """``errors[t]`` is ``d_L = dLoss/dx_L`` of shape ``(n_L, B)``; ``x_L - y`` for the squared error."""
    error_signals: tuple[np.ndarray, ...]
    """``error_signals[l][t]`` is ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``.

    ``d_0`` moves nothing; it is NaN where the rule's feedback ``M_1`` needs an inverse that does not exist. Of a rule
    that defines its update and no feedback, every ``d_l`` below the output is NaN.
    """
    updates: tuple[np.ndarray, ...]
    """``updates[l-1][t]`` is the ``dW_l`` that step ``t``, or the flow until the next time, added to ``W_l``."""
    bias_updates: tuple[np.ndarray, ...]
    """``bias_updates[l-1][t]`` is the ``db_l`` that step ``t`` added; empty without biases."""
    loss: np.ndarray
    """``loss[t]``, summed over the batch; NaN where a user's loss function does not return it."""
    states: dict[str, np.ndarray]
    """By name, the states that the rule keeps beside the parameters: ``states["P_1"][t]``."""
    constants: dict[str, Any]
    """By name, the constants that the rule was given or has drawn, and holds fixed: ``B_l``, ``lambda``, ``mu``."""
    rank_changes: tuple[RankChange, ...]
    """Where a matrix that the rule pseudo-inverts changed its rank, or came close; also told in the message."""

    def _made(self) -> str:
        """Say by what the trajectory was made: the rule, the widths, the dtype, and the pace."""
        pace = "flow" if self.lr is None else f"lr={float(self.lr):g}"
        return f"{self.rule!r}, {widths_text(self.net.widths)}, {self.dtype}, {pace}"


@dataclass(frozen=True, eq=False, repr=False)
class Run(Trajectory):
    """The trajectory of one network, as `simulate` records it.

    ``len(run)`` is the number of its times, ``T + 1``; that of an `Ensemble` is the number of its members.
    """

    steps: int
    """``T``, how many steps were completed."""
    status: str
    """``"completed"``; ``"diverged"`` when it stopped before a number that is not finite, or an inverse that does not
    exist; ``"stopped"`` when it stopped at a rank change of a flow, or at a limit that the message names."""
    message: str
    """What happened, in a sentence."""

    def __len__(self) -> int:
        """Return the number of times that are recorded, that of the start among them: the first axis of its arrays.

        That of an `Ensemble` is the number of its members.
        """
        return len(self.times)

    def __repr__(self) -> str:
        """Show in one line what ran, how it ended, and the loss at both ends; the arrays are too long to be shown."""
        losses = f"loss {float(self.loss[0]):.4g} -> {float(self.loss[-1]):.4g}"
        return f"<Run of {self._made()}: {self.status} after {self.steps} steps, {losses}>"

    def table(self) -> Table:
        """Return a row for each of a few times: the loss, and the norms of the output error and of the weights."""
        columns = run_columns(self)
        weights = [(f"|{W}|", columns[f"norm_{W}"]) for W in map(str, self.net.weights)]
        shown = [("step", columns["step"]), ("time", columns["time"]), ("loss", columns["loss"])]
        shown += [("|d_L|", columns["error"]), *(weights if len(weights) <= MOST_WEIGHTS else [])]
        rows = [tuple(column[t] for _, column in shown) for t in a_few(len(self.times))]
        caption = f"{self.rule.full_title}, {widths_text(self.net.widths)}: {self.message}"
        return Table(caption, rows, [name for name, _ in shown])

    def to_frame(self, *, entries: bool = False) -> Any:
        """Return a pandas DataFrame with a row for each time: step, time, loss, error, and the norms of matrices.

        The columns are those of `run_columns`; with ``entries``, every entry of weights, biases and states has one too.

        Raises:
            MissingLibraryError: if pandas is not installed.
        """
        return data_frame(run_columns(self, entries), "to_frame", "Run")

    def evaluate(self, expression: Any, *, arithmetic: str | None = None) -> np.ndarray:
        """Return the value of an expression at each time, such as ``squared_norm(W_2)``, or an update of the rule.

        The first axis of the result is the time: a scalar expression has the shape ``(T + 1,)``, and a matrix
        ``(T + 1, rows, columns)``. A symbol takes the value that the run holds by its name: a weight, a bias, a state,
        the input ``x``, the target ``y``, a constant of the rule, the step size ``eta``, and the output error where the
        loss is not the squared one. Widths that are symbols are read off the shapes.

        >>> from tptheory import DeepLinearNetwork, simulate, squared_norm
        >>> run = simulate("bp", [[[1.0]], [[2.0]]], [1.0], [1.0], steps=2)
        >>> run.evaluate(squared_norm(DeepLinearNetwork(depth=2).weight(2)))[0]
        np.float64(4.0)
        >>> bool(np.array_equal(run.evaluate(run.rule.update(run.net, 1))[:-1], run.updates[0]))
        True

        Args:
            expression: a SymPy expression, scalar or matrix, about a network of a numbered depth.
            arithmetic: as for `tptheory.evaluate`; that of the run unless given. What is irrational, such as a
                `LogPdet`, needs another one in an exact run, such as ``"mp50"``.

        Raises:
            InvalidTypeError: if ``expression`` is none, or speaks of a network of any depth; or takes a matrix of the
                run for a number, or a number for a matrix.
            InvalidValueError: if a matrix to be inverted is singular.
            ShapeError: if a symbol has another shape than what the run holds by its name.
            UnknownNameError: if the run holds nothing of the name of a symbol; the nearest is suggested.
            UnsupportedExpressionError: for a node without a value in this arithmetic.
        """
        return values_along(self, expression, range(len(self)), arithmetic)


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Trajectory):
    """The trajectories of many networks, as `simulate_ensemble` records them.

    ``weights[l-1][t, i]`` is ``W_l`` of member ``i`` after ``t`` steps, and so for every array. A member that stops
    keeps its last values until the end of the arrays, and its updates are 0 from there on. ``len(ensemble)`` is the
    number of its members; that of a `Run` is the number of its times.
    """

    steps: np.ndarray
    """``steps[i]`` is how many steps member ``i`` completed."""
    status: np.ndarray
    """``status[i]`` is ``"completed"`` or ``"diverged"``."""
    messages: dict[int, str]
    """By member, for those that stopped early: after which step, why, and the norm of the weights."""
    message: str
    """What happened, in a sentence."""

    def __len__(self) -> int:
        """Return the number of members, the second axis of its arrays; that of a `Run` is the number of its times."""
        return len(self.steps)

    def __repr__(self) -> str:
        """Show in one line what ran, on how many networks, and how many of them completed."""
        completed = int((self.status == "completed").sum())
        return f"<Ensemble of {self._made()}: {completed} of {len(self)} members completed>"

    def table(self) -> Table:
        """Return a row for each of a few steps: the least, the median and the largest loss of a member."""
        rows = [(t, self.times[t], *np.quantile(self.loss[t], (0, 0.5, 1))) for t in a_few(len(self.times))]
        header = ("step", "time", "least loss", "median loss", "largest loss")
        return Table(f"{self.rule.full_title}, {widths_text(self.net.widths)}: {self.message}", rows, header)

    def to_frame(self, *, entries: bool = False) -> Any:
        """Return a pandas DataFrame with a row for each member and time; the columns are those of `Run.to_frame`.

        Raises:
            MissingLibraryError: if pandas is not installed.
        """
        return data_frame(ensemble_columns(self, entries), "to_frame", "Ensemble")

    def member(self, i: int) -> Run:
        """Return what `simulate` would have recorded of one member.

        Raises:
            InvalidTypeError: if ``i`` is not a number of a member.
        """
        if isinstance(i, bool) or not isinstance(i, int | np.integer) or not 0 <= i < len(self):
            raise InvalidTypeError(complain("i", f"a member, 0 to {len(self) - 1}", i))
        done, changes = int(self.steps[i]), tuple(change for change in self.rank_changes if change.member == i)
        own = {field.name: getattr(self, field.name) for field in fields(Trajectory)}
        own |= {name: each_array(own[name], lambda array: array[: done + 1, i]) for name in STATES}
        own |= {name: each_array(own[name], lambda array: array[:done, i]) for name in CHANGES}
        own["times"], own["target"], own["rank_changes"] = self.times[: done + 1], self.target[i], changes
        own["constants"] = {name: value[i] if np.ndim(value) else value for name, value in self.constants.items()}
        alone = self.messages.get(int(i), f"Completed {done} steps; the loss is {self.loss[done, i]:.6g}.")
        return Run(**own, steps=done, status=str(self.status[i]), message=alone + rank_change_sentence(changes))


def each_array(record: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Return a record with each of its arrays changed: one array, a tuple of them, or a dictionary."""
    if isinstance(record, tuple):
        return tuple(map(change, record))
    if isinstance(record, dict):
        return {name: change(array) for name, array in record.items()}
    return change(record)
