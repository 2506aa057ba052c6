"""One limit of time for all that a search does, however deep inside it the work is done.

A search says once how long it may take: ``with time_limit(seconds):``. Whatever runs inside asks `require_time` in its
loops, and before each step that cannot be interrupted. Once the time is up, that raises TimeUpError, which the search
that set the limit turns into its answer. A limit inside another one never ends later than that one.

The searches end by themselves when their ``seconds`` are over, and keep what they have. The limit comes a little later,
after `grace`: it ends what does not look at those seconds, such as the translation of a long product.

Like the contexts of `decimal`, the limit belongs to the running thread, and is gone when the block ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import TypeVar

from tptheory.errors import TimeUpError as TimeUpError

Item = TypeVar("Item")

_END: ContextVar[float] = ContextVar("the time at which the search that runs must end", default=math.inf)
GRACE, PART = 0.05, 0.05
"""The limit comes so many seconds later than the time that was asked for, and by so great a part of it."""


def grace(seconds: float) -> float:
    """Return how much later than asked for a search is ended.

    >>> grace(1.0)
    0.1
    """
    return GRACE + PART * seconds


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what runs inside once so many seconds, and their `grace`, are over; an enclosing limit may end it sooner.

    >>> with time_limit(10.0):
    ...     require_time()

    Raises:
        TimeUpError: inside, from `require_time`.
    """
    token = _END.set(min(_END.get(), perf_counter() + seconds + grace(seconds)))
    try:
        yield
    finally:
        _END.reset(token)


def require_time() -> None:
    """Go on if there is time.

    Raises:
        TimeUpError: if the limit is reached.
    """
    if perf_counter() > _END.get():
        raise TimeUpError


def in_time(items: Iterable[Item]) -> Iterator[Item]:
    """Run through items, and ask before each if there is time.

    Raises:
        TimeUpError: if the limit is reached.
    """
    for item in items:
        require_time()
        yield item


def require_time_for(seconds: float, step: str) -> None:
    """Go on if there is time for the next step, which takes about so many seconds and cannot be interrupted.

    Args:
        seconds: how long the step takes.
        step: what it is, in words.

    Raises:
        TimeUpError: if the step would pass the limit; it names the step.
    """
    if perf_counter() + seconds > _END.get():
        raise TimeUpError(f"the time was up: {step} takes longer than the time that is left")
