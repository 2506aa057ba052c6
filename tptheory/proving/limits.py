"""When a completion stops, and what it has spent: seconds, effort, and the number of terms that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Limits:
    """When a completion stops.

    Attributes:
        seconds: how long it may take.
        length: the length of the longest overlap of two leading words that is looked at.
        elements: how many elements the basis may have.
        terms: how many terms may be held at a time. Overlaps in the queue, and the cofactors of a proof while it is
            unfolded, count as terms; each of them takes some hundred bytes.
        effort: how much work may be done in all, in steps of about a microsecond; None for as much as there is time.
    """

    seconds: float = 10.0
    length: int = 40
    elements: int = 4000
    terms: int = 2_000_000
    effort: int | None = None


SHORT = Limits(effort=20_000)
"""The limits of a completion that only helps to choose a step of a search: a few hundredths of a second."""


@dataclass
class Statistics:
    """What a completion did, and what stopped it: ``time``, ``effort``, ``length``, or ``elements`` if it grew."""

    elements: int = 0
    overlaps: int = 0
    stopped: str = ""
    longest: int = 0

    @property
    def cut(self) -> bool:
        """Whether more time or effort could have led further."""
        return self.stopped in ("time", "effort")


class Budget:
    """What is left of the time and the effort that limits allow, counted from now.

    Code that does work subtracts it from ``work``, in units of about a microsecond, and calls `exceeded` once ``work``
    is below 0. Unlike the time, the effort is the same in every run.

    Args:
        limits: the limits; of these the lengths of words and the number of elements are for others to compare.
    """

    GRACE = 0.05
    """The share of the time that all calls made after the deadline have together, to reduce or to write a proof out."""
    WORK = 2000
    """How much work is done between two looks at the clock."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.started = limits, perf_counter()
        self.work, self._looks = self.WORK, 0
        self.stopped = ""
        self._deadline, self._grace = self.started + limits.seconds, self.GRACE * limits.seconds

    def allow(self) -> None:
        """Begin a call. After the deadline it gets time to finish with what is known: half as much as the call before.

        Where the effort is used up, it may do as much work as fits between two looks at the clock.
        """
        self.stopped, now = "", perf_counter()
        self._deadline = self.started + self.limits.seconds
        if now > self._deadline:
            self._grace /= 2
            self._deadline, self.work = now + self._grace, 0

    def exceeded(self, terms: int) -> bool:
        """Compare time, effort and the number of terms with the limits; record in ``stopped`` which is exceeded."""
        self.work = self.WORK
        self._looks += 1
        if perf_counter() > self._deadline:
            self.stopped = "time"
        elif self.limits.effort is not None and self._looks * self.WORK > self.limits.effort:
            self.stopped = "effort"
        elif terms > self.limits.terms:
            self.stopped = "elements"
        return bool(self.stopped)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return perf_counter() > self.started + self.limits.seconds
