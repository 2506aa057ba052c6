"""Follow a rule from moment to moment: in steps or along a flow, for one network or for many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from tptheory.simulation.moments import Arrival, Moment
from tptheory.simulation.recording import Record

Progress = Callable[[float], None]
"""A function that is called with the part of a run that is done, from 0 to 1."""


class Advancing(Protocol):
    """A way to advance networks by a rule: in steps, or along its flow."""

    @property
    def count(self) -> int:
        """The number of moments after the first."""

    def start(self, values: dict[str, Any]) -> Arrival:
        """Return the first moment; a network that stops there is recorded there, and not advanced."""

    def advance(self, moment: Moment, done: int, alive: np.ndarray, tell: Progress) -> Arrival:
        """Return the moment after ``moment``, whose number is ``done``, for the members whose numbers are ``alive``."""

    def completed(self, loss: str) -> str:
        """Return the sentence for a trajectory that has reached its end."""


def follow(motion: Advancing, record: Record, values: dict[str, Any], tell: Progress) -> None:
    """Advance networks from these values to the end of the motion, or until all of them have stopped."""
    arrival = motion.start(values)
    record.keep(arrival.moment)
    moment = record.dismiss(arrival)
    while record.alive.size and record.steps < motion.count:
        arrival = motion.advance(moment, record.steps, record.alive, tell)
        moment = record.dismiss(arrival)
        record.rank_changes += [change for change in arrival.rank_changes if change.member not in record.stops]
        if record.alive.size:
            record.keep(moment)
