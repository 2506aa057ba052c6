"""Where the rank of a matrix under a Pinv changes in a run: there the pseudo-inverse jumps, and the rule with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tptheory.checking import counted

Ranks = Mapping[str, tuple[Any, Any]]
"""By name of the matrix: its rank, and the ratio of its smallest singular value that counts to its largest."""


class RankChange(NamedTuple):
    """The event that a matrix under a pseudo-inverse has changed its rank since the time before, or come close to it.

    Close means: the smallest singular value that counts, over the largest, has fallen below an edge, which is for steps
    ``sqrt(eps)`` of the arithmetic, 1.5e-8 in float64, and 1e-6 for a flow; ``before`` and ``after`` are then equal.
    """

    at: Any
    """The step, or the time, at which the change was first seen."""
    matrix: str
    """The matrix, such as ``W_2`` or ``W_3*W_2``."""
    before: int
    """The rank at the time before."""
    after: int
    """The rank now, by the arithmetic's tolerance."""
    smallest: float
    """The smallest singular value that counts, over the largest, now."""
    member: int | None = None
    """The number of the member of an ensemble; None for a single network."""

    def __str__(self) -> str:
        """Return the event as a clause, such as ``the rank of W_2 changed from 2 to 1 at step 7``."""
        who = "" if self.member is None else f" of member {self.member}"
        when = f"step {self.at}" if isinstance(self.at, int) else f"time {self.at:.6g}"
        if self.before != self.after:
            return f"the rank of {self.matrix}{who} changed from {self.before} to {self.after} at {when}"
        return f"{self.matrix}{who} came within {self.smallest:.1e} of a lower rank at {when}"


def rank_changes(
    before: Ranks, after: Ranks, at: Any, edge: Any, members: np.ndarray | None = None
) -> list[RankChange]:
    """Return the changes from one time to the next; ``members`` are the numbers of an ensemble's members."""
    found = []
    for name in sorted(set(before) & set(after)):
        old, was = (np.atleast_1d(part) for part in before[name])
        new, now = (np.atleast_1d(part) for part in after[name])
        for i in np.nonzero((old != new) | ((now < edge) & (was >= edge)))[0]:
            member = None if members is None else int(members[i])
            found.append(RankChange(at, name, int(old[i]), int(new[i]), float(now[i]), member))
    return found


def rank_change_sentence(changes: Sequence[RankChange]) -> str:
    """Return the sentence for a run's message; nothing where there is no change."""
    if not changes:
        return ""
    first = str(changes[0])
    more = f", and {counted(len(changes) - 1, 'more change')} (rank_changes lists them)" if len(changes) > 1 else ""
    return f" {first[0].upper()}{first[1:]}{more}."
