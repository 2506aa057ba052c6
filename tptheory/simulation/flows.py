"""The flow of a rule, integrated by an adaptive solver that is watched at each of its own steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tptheory.errors import InvalidValueError
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.moments import Arrival, Moment, OnProgress, Stop
from tptheory.simulation.rank_changes import RankChange, Ranks, rank_changes

if TYPE_CHECKING:
    from scipy.integrate import DOP853

RELATIVE, ABSOLUTE = 1e-12, 1e-13
"""The error of an entry that is allowed in one step of the solver: ``RELATIVE`` times the entry, plus ``ABSOLUTE``
times the largest entry at the start (or times 1, if that is larger)."""
NEAR = 1e-6
"""The least ratio of smallest to largest singular value that a matrix under a Pinv may have before the flow stops."""
MOST_STEPS = 20_000
"""How many steps the solver may take."""
ESTIMATE_EVERY = 500
"""After so many steps, and again after each further such number, it is estimated how many are still to come."""
HOPELESS_FACTOR = 1000
"""A flow ends where the solver would need so many times the steps that are left to it, at the pace of the last ones.

It ends so only where the pace does not grow: a flow that is stiff at first is soon fast.
"""
GROWING = 1.02
"""The pace grows where it is so many times that of the steps before."""


class Integration:
    """The motion ``dW_l/dt = -G_l``, ``db_l/dt = -g_l`` of one network, over times each of which ends a solver's step.

    Args:
        compiled: the rule, compiled for a flow.
        times: the times at which there is a moment, increasing.
    """

    def __init__(self, compiled: CompiledRule, times: np.ndarray) -> None:
        self.compiled, self.times, self.count = compiled, times, len(times) - 1
        self._taken = 0
        self._last: tuple[np.ndarray, dict[str, Any], Ranks] | None = None
        self._mark, self._pace = float(times[0]), 0.0
        self._step: float | None = None

    def start(self, values: dict[str, Any]) -> Arrival:
        """Return the moment at the first time; a network that stops there is recorded there, and not advanced.

        Raises:
            InvalidValueError: if the rule needs an inverse that does not exist.
        """
        self._still = dict(values)
        self._shapes = {name: values[name].shape for name in self.compiled.changes}
        self._vector = self._joined(values)
        self._absolute = ABSOLUTE * max(1.0, float(np.abs(self._vector).max()))
        now, velocities, ranks = self._at(self._vector)
        moment = Moment(float(self.times[0]), now, velocities, ranks)
        trouble = self.compiled.failure(now)
        return Arrival(moment, stops=self._stop("diverged", self.times[0], self._vector, trouble) if trouble else {})

    def advance(self, moment: Moment, done: int, alive: np.ndarray, tell: OnProgress) -> Arrival:
        """Return the moment at the time after number ``done``, or the reason why the solver does not reach it."""
        from scipy.integrate import DOP853

        begin, end = self.times[done], self.times[done + 1]
        first = None if self._step is None else min(self._step, end - begin)
        tolerances = {"rtol": RELATIVE, "atol": self._absolute}
        solver = DOP853(self._velocity, begin, self._vector, end, first_step=first, **tolerances)
        values, ranks = moment.values, moment.ranks
        while solver.status == "running":
            last = solver.y
            values, found, trouble = self._stepped(solver, values)
            changes = rank_changes(ranks, found, float(solver.t), NEAR)
            stops = self._stops(solver, last, changes, trouble)
            if stops:
                return Arrival(moment, changes, stops)
            ranks = found
            tell((solver.t - self.times[0]) / (self.times[-1] - self.times[0]))
        before, after = self._parts(self._vector), self._parts(solver.y)
        self._vector, self._step = solver.y, solver.h_abs
        added = {name: after[name] - before[name] for name in after}
        return Arrival(Moment(float(end), values, {}, ranks, added))

    def _joined(self, parts: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the parameters, or their velocities, as the one vector that the solver needs."""
        return np.concatenate([parts[name].ravel() for name in self._shapes])

    def _parts(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters by name."""
        ends = np.cumsum([rows * columns for rows, columns in self._shapes.values()])
        pieces = np.split(vector, ends[:-1])
        return {name: part.reshape(shape) for (name, shape), part in zip(self._shapes.items(), pieces, strict=True)}

    def _at(self, vector: np.ndarray, recorded: bool = True) -> tuple[dict[str, Any], dict[str, Any], Ranks]:
        """Return all values, the velocities and the ranks at these parameters; ``d_0`` only if it is to be recorded."""
        values = self._still | self._parts(vector)
        self.compiled.forward(values)
        return values, *self.compiled.respond(values, recorded)

    def _velocity(self, _: float, vector: np.ndarray) -> np.ndarray:
        """Return the velocity; where the rule is not defined it is NaN, so that the solver tries a smaller step."""
        try:
            values, velocities, ranks = self._at(vector, recorded=False)
        except InvalidValueError:
            return np.full_like(vector, np.nan)
        self._last = vector, values, ranks
        return self._joined(velocities)

    def completed(self, loss: str) -> str:
        """Return the sentence for a flow that was followed to the last time."""
        return f"Followed the flow from {self.times[0]:g} to {self.times[-1]:g}; the loss is {loss}."

    def _stepped(self, solver: DOP853, values: dict[str, Any]) -> tuple[dict[str, Any], Ranks, str]:
        """Take one step of the solver; return the values and ranks there, and what went wrong, if anything did."""
        solver.step()
        self._taken += 1
        if solver.status == "failed":
            return values, self.compiled.last_ranks, "the velocity grows too fast for any step"
        if solver.status == "running" and self._last is not None and self._last[0] is solver.y:
            _, values, ranks = self._last  # DOP853 asks for the velocity at the end of a step within that step
            return values, ranks, self.compiled.failure(values)
        try:
            values, _, ranks = self._at(solver.y)
        except InvalidValueError as error:
            return values, {}, f"the rule is no longer defined: {error}"
        return values, ranks, self.compiled.failure(values)

    def _stops(self, solver: DOP853, last: np.ndarray, changes: list[RankChange], trouble: str) -> dict[int, Stop]:
        """Return the reason why a flow ends after a step of the solver that began at ``last``; empty if it goes on."""
        if changes:
            return self._stop("stopped", solver.t, last, "the flow is not defined across a change of rank")
        if trouble:
            return self._stop("diverged", solver.t, solver.y, trouble)
        reason = self._too_far(float(solver.t))
        return self._stop("stopped", solver.t, solver.y, reason) if reason else {}

    def _too_far(self, now: float) -> str:
        """Say why the last time is not reached within the steps that the solver may take; empty if it may be."""
        left = MOST_STEPS - self._taken
        if not left:
            return f"{self._taken} steps of the solver did not suffice"
        if self._taken % ESTIMATE_EVERY:
            return ""
        before, self._pace, self._mark = self._pace, (now - self._mark) / ESTIMATE_EVERY, now
        needed = (float(self.times[-1]) - now) / self._pace
        if needed <= HOPELESS_FACTOR * left or before == 0 or self._pace > GROWING * before:
            return ""
        reached = f"with the {left:,} that are left it would reach about time {now + left * self._pace:.3g}"
        return f"at the pace of the last {ESTIMATE_EVERY:,} steps the solver needs about {needed:.1e} more; {reached}"

    def _stop(self, status: str, at: float, vector: np.ndarray, reason: str) -> dict[int, Stop]:
        size = self.compiled.norm_of_weights(self._parts(vector), 0)
        reached = f"Stopped at time {at:.6g} on the way to {self.times[-1]:g}"
        return {0: Stop(status, f"{reached}: {reason}. The norm of the weights was {size}.")}
