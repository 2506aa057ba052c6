"""The record of a trajectory while it is followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tptheory.checking import check_memory
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.moments import Arrival, Moment, OnProgress, Stop
from tptheory.simulation.rank_changes import RankChange

if TYPE_CHECKING:
    from tptheory.simulation.flows import Integration
    from tptheory.simulation.steps import Steps


class TrajectoryRecord:
    """A trajectory while it is followed: its history, which members still move, and why the others stopped.

    ``members`` is None for one network, whose arrays have no axis of members.
    """

    def __init__(self, compiled: CompiledRule, members: int | None = None) -> None:
        self.compiled, self.members = compiled, members
        self.alive = np.arange(1 if members is None else members)
        self.kept: dict[str, list[Any]] = {name: [] for name in compiled.kept}
        self.changed: dict[str, list[Any]] = {name: [] for name in compiled.changes}
        self.times: list[float] = []
        self.rank_changes: list[RankChange] = []
        self.stops: dict[int, tuple[int, Stop]] = {}
        """For each member that has stopped, the number of steps before that, and the reason."""

    @property
    def steps(self) -> int:
        """How many steps have been completed."""
        return len(self.times) - 1

    def follow(self, stepper: Steps | Integration, values: dict[str, Any], tell: OnProgress | None = None) -> None:
        """Advance networks from these values to the end of the steps or the flow, or until all have stopped."""
        moving = sum(getattr(values.get(name), "nbytes", 0) for name in self.changed)
        self._check_memory(stepper.count, 2 * moving)  # they and their changes; the start alone may take long
        arrival = stepper.start(values)
        self.append(arrival.moment)
        kept = sum(np.asarray(history[0]).nbytes for history in self.kept.values())
        changes = sum(np.asarray(self.kept[name][0]).nbytes for name in self.changed if name in self.kept)
        self._check_memory(stepper.count, kept + changes)
        moment = self.remove_stopped(arrival)
        while self.alive.size and self.steps < stepper.count:
            arrival = stepper.advance(moment, self.steps, self.alive, tell or (lambda _: None))
            moment = self.remove_stopped(arrival)
            self.rank_changes += [change for change in arrival.rank_changes if change.member not in self.stops]
            if self.alive.size:
                self.append(moment)

    def _check_memory(self, count: int, one: int) -> None:
        """Refuse more moments, of so many bytes each, than memory holds: all of them are kept."""
        mend = "All of them are kept: take fewer, or go on from the last of a shorter run."
        check_memory("steps", count, (count + 1) * one, mend)

    def append(self, moment: Moment) -> None:
        """Record a moment; members that have stopped keep their last values, and their changes are 0."""
        if not self.times:
            entries, values = self.compiled.kind.entries, moment.values
            self.input = entries(values[self.compiled.activations[0]]).copy()
            self.target = entries(values[self.compiled.target]).copy()
        for name, change in moment.added.items():
            self.changed[name].append(self._of_all(change, np.zeros_like, self.kept[name]))
        for name, history in self.kept.items():
            history.append(self._of_all(moment.values[name], np.copy, history))
        self.times.append(moment.time)

    def _of_all(self, value: Any, others: Callable[[Any], np.ndarray], history: Sequence[Any]) -> Any:
        """Return a value for all members: for those that have stopped, ``others`` of the last one."""
        if self.members is None:
            return value
        if value is None:  # a loss that is not told
            value = np.full(self.alive.shape, np.nan, dtype=self.input.dtype)
        if len(self.alive) == self.members:
            return value
        everyone = others(history[-1])
        everyone[self.alive] = value
        return everyone

    def remove_stopped(self, arrival: Arrival) -> Moment:
        """Record the members that stop and their reasons; return the moment of the others."""
        if not arrival.stops:
            return arrival.moment
        stays = np.ones(self.alive.shape, dtype=bool)
        for place, stop in arrival.stops.items():
            stays[place] = False
            self.stops[int(self.alive[place])] = (self.steps, stop)
        self.alive = self.alive[stays]
        return arrival.moment.of_members(stays) if self.alive.size else arrival.moment

    def extend_to(self, count: int) -> None:
        """Repeat the last values until ``count`` steps are recorded, for an ensemble in which all have stopped."""
        lacking = count - self.steps
        for name, history in self.changed.items():
            history += [np.zeros_like(self.kept[name][-1])] * lacking
        for history in self.kept.values():
            history += history[-1:] * lacking

    def last_loss(self) -> str:
        """Return the last loss of a single network in words, for a message."""
        loss = self.kept["loss"][-1]
        return "not told" if loss is None else f"{float(loss):.6g}"

    def fields(self) -> dict[str, Any]:
        """Stack the histories, and return the fields of a `Trajectory` that they make.

        The input does not change, so that one copy of it serves all times. Each history is deleted once it is stacked,
        so that no more than one of them is in memory twice.
        """
        compiled, entries = self.compiled, self.compiled.kind.entries
        like = {compiled.signals[0]: self.input}  # the shapes of error signals, which may be missing
        for signal, activation in zip(compiled.signals[1:], compiled.activations[1:], strict=True):
            like[signal] = entries(self.kept[activation][0])
        kept = {name: self._stacked(self.kept, name, like.get(name, 0.0)) for name in compiled.kept}
        changed = {
            name: self._stacked(self.changed, name) if self.changed[name] else kept[name][:0]
            for name in compiled.changes
        }
        times = len(kept["loss"])
        return {
            "net": compiled.net,
            "rule": compiled.rule,
            "weights": tuple(kept[name] for name in compiled.weights),
            "biases": tuple(kept[name] for name in compiled.biases),
            "target": self.target,
            "activations": (
                np.broadcast_to(self.input, (times, *self.input.shape)),
                *(kept[name] for name in compiled.activations[1:]),
            ),
            "errors": kept[compiled.error],
            "error_signals": tuple(kept[name] for name in compiled.signals),
            "updates": tuple(changed[name] for name in compiled.weights),
            "bias_updates": tuple(changed[name] for name in compiled.biases),
            "loss": kept["loss"],
            "states": {str(symbol): kept[str(symbol)] for symbol in compiled.starts},
            "rank_changes": tuple(self.rank_changes),
        }

    def _stacked(self, histories: dict[str, list[Any]], name: str, like: Any = 0.0) -> np.ndarray:
        """Return a history as one array; missing values are NaN, in the shape of ``like``."""
        missing = np.full_like(like, float("nan"))
        history = histories.pop(name)
        return np.stack([missing if value is None else self.compiled.kind.entries(value) for value in history])

    def constant(self, value: Any) -> Any:
        """Return a constant as it is recorded: an array, or a number."""
        entries = self.compiled.kind.entries(value)
        return entries.copy() if entries.ndim else entries.item()
