"""Pools of processes that are ended where the work is given up."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from signal import SIG_IGN, SIGINT, signal
from time import sleep
from typing import Any

LOOKS = 1.0
"""After how many seconds a process looks again whether the one that started it is there."""


def cores() -> int:
    """Return how many cores this process may use.

    >>> cores() > 0
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(
    count: int, method: str, begin: Callable[..., Any] | None = None, *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes; an interrupt is for the process that started them, and ends them all.

    Args:
        count: how many.
        method: how they start: ``"fork"`` or ``"spawn"``.
        begin: called in each at its start.
        *given: what ``begin`` is called with.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(count, get_context(method), _started, (os.getpid(), begin, *given))
    try:
        yield pool
    except BaseException:
        for worker in set(active_children()) - others:
            worker.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def end_with_the_parent(parent: int) -> None:
    """Let this process end soon after the one that started it, which may be killed without notice.

    Args:
        parent: the identity of that process.
    """

    def look() -> None:
        while os.getppid() == parent:
            sleep(LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _started(parent: int, begin: Callable[..., Any] | None, *given: Any) -> None:
    signal(SIGINT, SIG_IGN)
    end_with_the_parent(parent)
    if begin is not None:
        begin(*given)
