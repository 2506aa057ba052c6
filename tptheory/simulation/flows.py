"""The flow of a rule, integrated by an adaptive solver that is watched at each of its own steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tptheory.errors import InvalidValueError
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.rank_changes import Ranks, rank_changes
from tptheory.simulation.trajectories import Course, norm

if TYPE_CHECKING:
    from scipy.integrate import DOP853

RELATIVE, ABSOLUTE = 1e-12, 1e-13
"""The error allowed in one step of the solver, for each entry: the larger of a part of it, and of a part of the largest
entry at the start (or of 1)."""
NEAR = 1e-6
"""How close to a lower rank a matrix under a Pinv may come: its smallest singular value over its largest."""
MOST_STEPS = 20_000
"""How many steps the solver may take."""


class _Field:
    """The velocity of all parameters as one vector, as a solver wants it."""

    def __init__(self, program: CompiledRule, values: Mapping[str, Any]) -> None:
        self.program, self.values = program, dict(values)
        self.shapes = {name: values[name].shape for name in program.changes}

    def vector(self, parts: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the parameters, or their velocities, one after the other."""
        return np.concatenate([parts[name].ravel() for name in self.shapes])

    def parts(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters by name."""
        ends = np.cumsum([rows * columns for rows, columns in self.shapes.values()])
        pieces = np.split(vector, ends[:-1])
        return {name: part.reshape(shape) for (name, shape), part in zip(self.shapes.items(), pieces, strict=True)}

    def at(self, vector: np.ndarray) -> tuple[dict[str, Any], dict[str, Any], Ranks]:
        """Return all values, the velocities and the ranks where the parameters are these."""
        values = self.values | self.parts(vector)
        self.program.forward(values)
        return values, *self.program.respond(values)

    def __call__(self, _: float, vector: np.ndarray) -> np.ndarray:
        """Return the velocity; NaN, from which a solver shrinks back, where the rule is not defined."""
        try:
            return self.vector(self.at(vector)[1])
        except InvalidValueError:
            return np.full_like(vector, np.nan)


def _stepped(field: _Field, solver: DOP853, now: dict[str, Any]) -> tuple[dict[str, Any], Ranks, str]:
    """Take one step of the solver; return the values and ranks there, and what went wrong, if anything did."""
    solver.step()
    if solver.status == "failed":
        return now, field.program.seen, "the velocity grows too fast for any step"
    try:
        now, _, ranks = field.at(solver.y)
    except InvalidValueError as error:
        return now, {}, f"the rule is no longer defined: {error}"
    return now, ranks, field.program.trouble(now)


def flow_course(
    program: CompiledRule, values: dict[str, Any], times: np.ndarray, tell: Callable[[float], None]
) -> Course:
    """Integrate ``dW_l/dt = -G_l``, ``db_l/dt = -g_l`` over the times, each of which ends a step of the solver."""
    from scipy.integrate import DOP853

    course, field = Course(program), _Field(program, values)
    vector = field.vector(values)
    now, _, ranks = field.at(vector)
    course.keep(now, float(times[0]))

    def stopped(status: str, at: float, y: np.ndarray, trouble: str) -> Course:
        size = norm([field.parts(y)[W] for W in program.weights])
        reached = f"Stopped at time {at:.6g} on the way to {times[-1]:g}"
        return course.ended(status, f"{reached}: {trouble}. The norm of the weights was {size}.")

    if program.trouble(now):
        return stopped("diverged", times[0], vector, program.trouble(now))
    absolute = ABSOLUTE * max(1.0, float(np.abs(vector).max()))
    taken = 0
    step: float | None = None
    for begin, end in pairwise(times):
        first = None if step is None else min(step, end - begin)
        solver = DOP853(field, begin, vector, end, first_step=first, rtol=RELATIVE, atol=absolute)
        while solver.status == "running":
            last = solver.y
            now, found, trouble = _stepped(field, solver, now)
            taken += 1
            changes = rank_changes(ranks, found, float(solver.t), NEAR)
            course.rank_changes += changes
            if changes:
                return stopped("stopped", solver.t, last, "the flow is not defined across a change of rank")
            if trouble:
                return stopped("diverged", solver.t, solver.y, trouble)
            if taken == MOST_STEPS:
                return stopped("stopped", solver.t, solver.y, f"{taken} steps of the solver did not suffice")
            ranks = found
            tell((solver.t - times[0]) / (times[-1] - times[0]))
        before, after = field.parts(vector), field.parts(solver.y)
        course.add({name: after[name] - before[name] for name in after})
        course.keep(now, float(end))
        vector, step = solver.y, solver.h_abs
    span = f"from {times[0]:g} to {times[-1]:g}"
    return course.ended("completed", f"Followed the flow {span}; the loss is {course.last_loss()}.")
