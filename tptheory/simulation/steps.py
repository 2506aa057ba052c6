"""A rule in finite steps: everything is evaluated at the state before the step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tptheory.numeric.rationals import ExactArithmetic
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.moments import Arrival, Moment, OnProgress, Stop
from tptheory.simulation.rank_changes import rank_changes
from tptheory.symbolic.rule_scalars import eta

MOST_BITS = 20_000
"""How long a numerator or denominator may grow in an exact run."""


class Steps:
    """The motion ``W_l <- W_l + dW_l`` of one network, or of each member of an ensemble.

    Args:
        compiled: the rule.
        size: the step size ``eta``.
        count: how many steps to take.
    """

    def __init__(self, compiled: CompiledRule, size: Any, count: int) -> None:
        self.compiled, self.size, self.count = compiled, size, count

    def start(self, values: dict[str, Any]) -> Arrival:
        """Return the moment before the first step; a network that stops there is recorded there, and not advanced.

        Raises:
            InvalidValueError: if a single network needs an inverse that does not exist.
        """
        values = values | {eta.name: self.size}
        self.compiled.forward(values)
        changes, ranks = self.compiled.respond(values)
        moment = Moment(0.0, values, changes, ranks)
        return Arrival(moment, stops=self._diverged(self.compiled.failures(values), moment, 0, ""))

    def advance(self, moment: Moment, done: int, alive: np.ndarray, tell: OnProgress) -> Arrival:
        """Return the moment one step after ``moment``, which is number ``done``, for the members numbered ``alive``."""
        tell(done / self.count)
        if self._is_too_long(moment):
            reason = f"a number is longer than {MOST_BITS} bits"
            mend = "take fewer steps, or dtype='mp200'"
            return Arrival(moment, stops={0: Stop("stopped", self._message(reason, mend, moment, done, 0))})
        added = moment.changes
        values = moment.values | {name: moment.values[name] + change for name, change in added.items()}
        changes, ranks, troubles = self.compiled.evaluate(values)
        members = None if self.compiled.members is None else alive
        return Arrival(
            Moment((done + 1) * float(self.size), values, changes, ranks, added),
            rank_changes(moment.ranks, ranks, done + 1, math.sqrt(self.compiled.kind.eps), members),
            self._diverged(troubles, moment, done, f"after step {done + 1} "),
        )

    def completed(self, loss: str) -> str:
        """Return the sentence for a run that took all its steps."""
        return f"Completed {self.count} steps; the loss is {loss}."

    def _diverged(self, troubles: Mapping[str, Any], before: Moment, done: int, when: str) -> dict[int, Stop]:
        """Return the stops of the networks in trouble, each with the first of its reasons."""
        stops: dict[int, Stop] = {}
        for reason, mask in troubles.items():
            for place in map(int, np.flatnonzero(mask)):
                if place not in stops:
                    message = self._message(when + reason, f"lower lr={float(self.size)}", before, done, place)
                    stops[place] = Stop("diverged", message)
        return dict(sorted(stops.items()))

    def _message(self, reason: str, mend: str, before: Moment, done: int, place: int) -> str:
        size = self.compiled.norm_of_weights(before.values, place)
        return f"Stopped after {done} of {self.count} steps: {reason}. The norm of the weights was {size}; {mend}."

    def _is_too_long(self, moment: Moment) -> bool:
        kind = self.compiled.kind
        if not isinstance(kind, ExactArithmetic):
            return False
        return max(kind.bits(moment.values[name]) for name in self.compiled.changes) > MOST_BITS
