"""The moments of a trajectory, and the reasons why it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tptheory.simulation.rank_changes import RankChange, Ranks

OnProgress = Callable[[float], None]
"""A function that is called with the part of a run that is done, from 0 to 1."""


@dataclass(frozen=True)
class Moment:
    """The state of a trajectory at one time.

    Attributes:
        time: the time; ``eta t`` after ``t`` steps.
        values: by name, all values that the rule computes with.
        changes: what the next step would add, by the name of the parameter or state; for a flow, the velocities.
        ranks: the ranks of the matrices that the rule pseudo-inverts here.
        added: what was added to the parameters and states since the moment before; empty at the first moment.
    """

    time: float
    values: dict[str, Any]
    changes: Mapping[str, Any]
    ranks: Ranks
    added: Mapping[str, Any] = field(default_factory=dict)

    def of_members(self, chosen: np.ndarray) -> Moment:
        """Return the moment of some members of an ensemble, which a mask chooses."""
        values, changes, added = (
            {name: value[chosen] if np.ndim(value) in (1, 3) else value for name, value in part.items()}
            for part in (self.values, self.changes, self.added)
        )
        ranks = {
            name: (rank[chosen] if np.ndim(rank) else rank, smallest[chosen] if np.ndim(smallest) else smallest)
            for name, (rank, smallest) in self.ranks.items()
        }
        return Moment(self.time, values, changes, ranks, added)


@dataclass(frozen=True)
class Stop:
    """Why a trajectory ends before its time: ``"diverged"`` or ``"stopped"``, and the sentence that says so."""

    status: str
    message: str


@dataclass(frozen=True)
class Arrival:
    """The next moment of a trajectory.

    Attributes:
        moment: the state that the networks have reached, as far as they go on.
        rank_changes: the changes of rank on the way.
        stops: why a network does not go on, by its position among those that moved; 0 for a single network.
    """

    moment: Moment
    rank_changes: Sequence[RankChange] = ()
    stops: Mapping[int, Stop] = field(default_factory=dict)
