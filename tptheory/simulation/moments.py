"""The moments of a trajectory, and what ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tptheory.simulation.rank_changes import RankChange, Ranks


@dataclass(frozen=True)
class Moment:
    """Where a trajectory has come to.

    Attributes:
        time: the time; ``eta t`` after ``t`` steps.
        values: by name, all that the rule computes with.
        changes: what the next step would add, by the name of the parameter or state; of a flow, the velocities.
        ranks: the ranks of what the rule pseudo-inverts here.
        added: what the parameters and states have gained since the moment before; empty of the first.
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
        moment: where those have come to that go on.
        rank_changes: the changes of rank on the way.
        stops: who does not go on to this moment, by the place among those that moved; 0 for a single network.
    """

    moment: Moment
    rank_changes: Sequence[RankChange] = ()
    stops: Mapping[int, Stop] = field(default_factory=dict)
