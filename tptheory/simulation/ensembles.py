"""Run a rule on many networks of the same widths at once, with one call of BLAS or LAPACK a layer for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tptheory.errors import InvalidTypeError, ShapeError, complain, unknown_name
from tptheory.numeric.floats import StackedArithmetic
from tptheory.simulation.arguments import check_rule, read_network, silent, step_count, step_size
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.losses import output_error
from tptheory.simulation.rank_changes import RankChange, Ranks, rank_changes, told
from tptheory.simulation.trajectories import Run, histories, norm
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule, eta

DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class Ensemble:
    """What `simulate_ensemble` recorded. Time is the first index of every array and the member the second.

    A member that stops keeps its last values until the end of the arrays, and its updates are 0 from there on.
    """

    net: DeepLinearNetwork
    """The network of each member."""
    rule: Rule
    """The rule that moved them."""
    dtype: str
    """The name of the arithmetic."""
    lr: float
    """The step size ``eta``."""
    times: np.ndarray
    """``times[t]`` is ``eta t``."""
    weights: tuple[np.ndarray, ...]
    """``weights[l-1][t, i]`` is ``W_l`` of member ``i`` after ``t`` steps: shape ``(T + 1, N, n_l, n_{l-1})``."""
    biases: tuple[np.ndarray, ...]
    """``biases[l-1][t, i]`` is ``b_l``, of shape ``(n_l, 1)``; empty without biases."""
    activations: tuple[np.ndarray, ...]
    """``activations[l][t, i]`` is ``x_l`` of shape ``(n_l, B)``, for ``l = 0..L``."""
    errors: np.ndarray
    """``errors[t, i]`` is ``d_L = dLoss/dx_L`` of shape ``(n_L, B)``."""
    error_signals: tuple[np.ndarray, ...]
    """``error_signals[l][t, i]`` is ``d_l``, for ``l = 0..L``; ``d_0`` is NaN where it does not exist."""
    updates: tuple[np.ndarray, ...]
    """``updates[l-1][t, i]`` is the ``dW_l`` that step ``t`` added: shape ``(T, N, n_l, n_{l-1})``."""
    bias_updates: tuple[np.ndarray, ...]
    """``bias_updates[l-1][t, i]`` is the ``db_l`` that step ``t`` added; empty without biases."""
    loss: np.ndarray
    """``loss[t, i]``, summed over the batch; NaN where a function of one's own does not tell it."""
    states: dict[str, np.ndarray]
    """By name, what the rule keeps beside the parameters: ``states["P_1"][t, i]``."""
    constants: dict[str, Any]
    """By name, what the rule holds fixed: ``constants["B_2"][i]``, or a number."""
    rank_changes: tuple[RankChange, ...]
    """Where a matrix that the rule pseudo-inverts changed its rank, or came close, each with its member."""
    steps: np.ndarray
    """``steps[i]`` is how many steps member ``i`` completed."""
    status: np.ndarray
    """``status[i]`` is ``"completed"`` or ``"diverged"``."""
    messages: dict[int, str]
    """By member, for those that stopped early: after which step, why, and the norm of the weights."""
    message: str
    """What happened, in a sentence."""

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.steps)

    def member(self, i: int) -> Run:
        """Return what `simulate` would have recorded of one member.

        Raises:
            InvalidTypeError: if ``i`` is not a number of a member.
        """
        if isinstance(i, bool) or not isinstance(i, int | np.integer) or not 0 <= i < len(self):
            raise InvalidTypeError(complain("i", f"a member, 0 to {len(self) - 1}", i))
        done, changes = int(self.steps[i]), tuple(change for change in self.rank_changes if change.member == i)

        def path(arrays: tuple[np.ndarray, ...], entries: int) -> tuple[np.ndarray, ...]:
            return tuple(array[:entries, i] for array in arrays)

        alone = self.messages.get(int(i), f"Completed {done} steps; the loss is {self.loss[done, i]:.6g}.")
        return Run(
            net=self.net,
            rule=self.rule,
            dtype=self.dtype,
            lr=self.lr,
            times=self.times[: done + 1],
            weights=path(self.weights, done + 1),
            biases=path(self.biases, done + 1),
            activations=path(self.activations, done + 1),
            errors=self.errors[: done + 1, i],
            error_signals=path(self.error_signals, done + 1),
            updates=path(self.updates, done),
            bias_updates=path(self.bias_updates, done),
            loss=self.loss[: done + 1, i],
            states={name: state[: done + 1, i] for name, state in self.states.items()},
            constants={name: value[i] if np.ndim(value) else value for name, value in self.constants.items()},
            rank_changes=changes,
            steps=done,
            status=str(self.status[i]),
            message=alone + told(changes),
        )


def simulate_ensemble(
    rule: Rule,
    weights: Sequence[Any],
    x: Any,
    y: Any,
    *,
    lr: Any = None,
    steps: int | None = None,
    dtype: str = "float64",
    biases: Sequence[Any] | None = None,
    loss: Any = "squared",
    constants: Mapping[Any, Any] | None = None,
    seed: int | np.random.Generator | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Ensemble:
    """Run a rule on ``N`` networks of the same widths, as `simulate` does on each of them.

    A member that would leave the finite numbers, or whose rule lacks an inverse, stops there alone, at the start too;
    it is advanced no more, and the others do not notice.

    >>> from tptheory.symbolic.rules import TargetProp
    >>> rng = np.random.default_rng(0)
    >>> weights = [rng.standard_normal((1000, 3, 4)), rng.standard_normal((1000, 2, 3))]
    >>> run = simulate_ensemble(TargetProp(), weights, np.ones(4), np.ones(2), lr=0.05, steps=20)
    >>> run.weights[0].shape, run.loss.shape, float(np.median(run.loss[-1] / run.loss[0])) < 0.1
    ((21, 1000, 3, 4), (21, 1000), True)
    >>> run.member(7).weights[0].shape
    (21, 3, 4)

    Args:
        rule: the learning rule.
        weights: ``[W_1, ..., W_L]``, with ``W_l`` of shape ``(N, n_l, n_{l-1})``.
        x: the inputs: ``(n_0,)``, one for all; ``(N, n_0)``, one for each; or batches, ``(N, n_0, B)``, or
            ``(1, n_0, B)`` for all.
        y: the targets, in the same way.
        lr: the step size ``eta``; one hundredth unless given.
        steps: how many steps to take; 200 unless given. All of them are kept in memory.
        dtype: ``"float64"`` or ``"float32"``.
        biases: ``[b_1, ..., b_L]``, with ``b_l`` of shape ``(n_l,)`` for all or ``(N, n_l)``; None without biases.
        loss: as for `simulate`; a function of one's own gets arrays of shape ``(N, n_L, B)``, and may return with
            ``d_L`` the losses, of shape ``(N,)``.
        constants: as for `simulate`, with matrices for all or one for each, of shape ``(N, rows, columns)``. One that
            is not given is drawn for each member.
        seed: what the draws start from; None is the seed 0.
        on_progress: told, now and then, which part of the run is done, from 0 to 1.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``lr`` is not positive, ``steps`` is negative, or a scalar
            constant is missing.
        ShapeError: if shapes do not chain, or the numbers of members differ.
        UnknownNameError: if ``dtype``, ``loss`` or a constant is not known.
    """
    check_rule(rule)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise unknown_name("dtype", str(dtype), DTYPES)
    kind = StackedArithmetic(dtype)
    size, count = step_size(kind, lr), step_count(steps)
    with np.errstate(all="ignore"):  # a member that overflows says so in its status
        net, values = read_network(kind, weights, x, y, biases, loss, np.ndim(x) < 3)
        program = _Members(rule, net, kind, output_error(kind, loss, values[str(net.target)]))
        size_of_all = _size(values.values())
        fixed, states = program.settings(constants, seed, (size_of_all,))
        each = {name: _for_each(value, size_of_all) for name, value in (values | fixed | states).items()}
        march = _March(program, each | {eta.name: size}, size_of_all, count)
        march.run(on_progress or silent)
    fixed = {name: each[name] for name in fixed}
    return march.ensemble(fixed, lr=size, dtype=dtype)


def _size(arrays: Iterable[np.ndarray]) -> int:
    """Return the number of members."""
    sizes = {len(A) for A in arrays if A.ndim == 3} - {1} or {1 if any(A.ndim == 3 for A in arrays) else 0}
    if len(sizes) > 1 or 0 in sizes:
        expected = "of one number of members, the first axis of (N, n_l, n_{l-1})"
        raise ShapeError(complain("weights", expected, sorted(sizes), "Each x and y may be shared."))
    return sizes.pop()


def _for_each(value: Any, members: int) -> Any:
    """Return a matrix as one for each member, and a number as it is."""
    return np.broadcast_to(value, (members, *value.shape[-2:])) if np.ndim(value) else value


class _Members(CompiledRule):
    """The program over a stack."""

    kind: StackedArithmetic

    def lowest(self, feedback: Callable[[Mapping[str, Any]], Any], values: Mapping[str, Any]) -> Any:
        """Return ``d_0``, NaN where it does not exist; that is no reason for a member to stop."""
        noted = self.kind.undefined()
        signal = feedback(values)
        self.kind.undefined()
        self.kind.note(noted)
        return signal


class _March:
    """The steps of all members: ``alive`` numbers those that go on, and the arrays in ``values`` hold them alone."""

    def __init__(self, program: _Members, values: dict[str, Any], members: int, steps: int) -> None:
        self.program, self.values, self.count = program, values, steps
        self.inputs = values[program.activations[0]].copy()
        self.alive = np.arange(members)
        self.steps = np.full(members, steps)
        self.messages: dict[int, str] = {}
        self.rank_changes: list[RankChange] = []
        self.kept: dict[str, np.ndarray] = {}
        self.changed: dict[str, np.ndarray] = {}

    def run(self, tell: Callable[[float], None]) -> None:
        """Take the steps."""
        self.program.forward(self.values)
        changes, ranks = self.program.respond(self.values)
        self._allocate(changes)
        self._keep(0)
        fine, reasons = self._fine(self.values)
        changes, ranks = self._drop(fine, reasons, 0, self.values, changes, ranks, started=False)
        for done in range(self.count):
            if not self.alive.size:
                for history in self.kept.values():
                    history[done + 1 :] = history[done]
                break
            tell(done / self.count)
            following = self.values | {name: self.values[name] + change for name, change in changes.items()}
            self.program.forward(following)
            following_changes, following_ranks = self.program.respond(following)
            fine, reasons = self._fine(following)
            if not fine.all():
                changes, ranks = self._drop(fine, reasons, done, self.values, changes, ranks)
                following_changes, following_ranks = self._cut(fine, following, following_changes, following_ranks)
            for name, history in self.changed.items():
                history[done, self.alive] = changes[name]
            edge = math.sqrt(self.program.kind.eps)
            self.rank_changes += rank_changes(ranks, following_ranks, done + 1, edge, self.alive)
            self.values, changes, ranks = following, following_changes, following_ranks
            self._keep(done + 1)

    def _fine(self, values: Mapping[str, Any]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return which members are well, and by reason, which are not."""
        shape = self.alive.shape
        reasons = {f"{what} is no longer finite": ~mask for what, mask in self.program.within(values).items()}
        reasons["the rule is no longer defined: an inverse does not exist"] = self.program.kind.undefined()
        reasons = {reason: np.broadcast_to(mask, shape) for reason, mask in reasons.items()}
        return ~np.any(list(reasons.values()), axis=0), reasons

    def _allocate(self, changes: Mapping[str, Any]) -> None:
        """Make room for all that is kept."""
        for name in self.program.kept:
            value = self.values[name]
            shape = np.shape(value)[-2:] if np.ndim(value) > 1 else ()
            self.kept[name] = np.empty((self.count + 1, len(self.alive), *shape), dtype=self.program.kind.dtype)
        for name in changes:
            self.changed[name] = np.zeros((self.count, *self.kept[name].shape[1:]), dtype=self.program.kind.dtype)

    def _keep(self, t: int) -> None:
        """Note the values of those that are alive; the others keep their last."""
        for name, history in self.kept.items():
            if t:
                history[t] = history[t - 1]
            value = self.values[name]
            history[t, self.alive] = np.nan if value is None else value

    def _drop(
        self,
        fine: np.ndarray,
        reasons: Mapping[str, np.ndarray],
        done: int,
        values: dict[str, Any],
        changes: dict[str, Any],
        ranks: Ranks,
        started: bool = True,
    ) -> tuple[dict[str, Any], Ranks]:
        """Let those go that are not well after ``done`` steps, and say why."""
        when = f"after step {done + 1} " if started else ""
        for i in np.nonzero(~fine)[0]:
            member = int(self.alive[i])
            reason = next(reason for reason, mask in reasons.items() if mask[i])
            size = norm([values[W][i] for W in self.program.weights])
            self.steps[member] = done
            self.messages[member] = (
                f"Stopped after {done} of {self.count} steps: {when}{reason}. "
                f"The norm of the weights was {size}; lower lr={values[eta.name]}."
            )
        if not fine.all():
            changes, ranks = self._cut(fine, values, changes, ranks)
            self.alive = self.alive[fine]
        return changes, ranks

    @staticmethod
    def _cut(
        fine: np.ndarray, values: dict[str, Any], changes: Mapping[str, Any], ranks: Ranks
    ) -> tuple[dict[str, Any], Ranks]:
        """Keep the members that are well, in ``values`` too."""
        for name, value in values.items():
            if np.ndim(value) in (1, 3):
                values[name] = value[fine]
        left = {name: change[fine] if change.ndim == 3 else change for name, change in changes.items()}
        spectra = {name: tuple(part[fine] if np.ndim(part) else part for part in pair) for name, pair in ranks.items()}
        return left, spectra

    def ensemble(self, constants: dict[str, Any], lr: float, dtype: str) -> Ensemble:
        """Return the record."""
        members, stopped = len(self.steps), len(self.messages)
        message = f"{members - stopped} of {members} members completed {self.count} steps."
        if stopped:
            first = min(self.messages)
            message += f" {stopped} diverged; member {first}: {self.messages[first]}"
        return Ensemble(
            **histories(self.program, self.inputs, self.kept, self.changed),
            dtype=dtype,
            lr=lr,
            times=lr * np.arange(self.count + 1),
            constants={name: value.copy() if np.ndim(value) else float(value) for name, value in constants.items()},
            rank_changes=tuple(self.rank_changes),
            steps=self.steps,
            status=np.array(["diverged" if i in self.messages else "completed" for i in range(members)]),
            messages=self.messages,
            message=message + told(self.rank_changes),
        )
