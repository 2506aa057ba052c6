"""Independent tasks in processes that are forked, whose results are asked for by name."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_all_start_methods
from typing import Any

from threadpoolctl import threadpool_limits

from tptheory.errors import TptheoryError
from tptheory.processes import cores, processes


class WorkerError(TptheoryError, RuntimeError):
    """Raised when a process that works for this one was ended from outside."""


class BackgroundTasks:
    """Tasks that are begun in their order on every core; a context, at whose end none is left.

    Functions need not be sent to the processes, which inherit them; their results are sent back. Where processes
    cannot be forked, or there is one core, a task is done when its result is asked for.

    Args:
        tasks: functions without arguments, by name.
        threads: how many threads each process has for linear algebra: one makes sums that do not depend on the machine.

    >>> with BackgroundTasks({"sum": lambda: 1 + 1}, threads=1) as tasks:
    ...     tasks.result("sum")
    2
    """

    def __init__(self, tasks: Mapping[Any, Callable[[], Any]], *, threads: int) -> None:
        self._tasks, self._threads = dict(tasks), threads
        self._futures: dict[Any, Future[Any]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> BackgroundTasks:
        """Begin the tasks."""
        jobs = min(cores(), len(self._tasks)) if "fork" in get_all_start_methods() else 1
        if jobs > 1:
            pool = self._stack.enter_context(processes(jobs, "fork", _inherit, self._tasks, self._threads))
            self._futures = {name: pool.submit(_perform, name) for name in self._tasks}
        else:
            self._stack.enter_context(threadpool_limits(self._threads))
        return self

    def __exit__(self, *error: Any) -> None:
        """End the processes."""
        self._stack.__exit__(*error)

    def result(self, name: Hashable) -> Any:
        """Wait for the result of a task.

        Raises:
            WorkerError: if the process that works on it is ended from outside.
        """
        if not self._futures:
            return self._tasks[name]()
        try:
            return self._futures[name].result()
        except BrokenProcessPool:
            raise WorkerError(
                "a process that worked was ended from outside, perhaps for want of memory. "
                "Try fewer theorems at once, or fewer seconds."
            ) from None

    def as_they_end(self, names: Iterable[Any]) -> Iterator[Any]:
        """Run through the names of tasks as these end."""
        if not self._futures:
            yield from names
            return
        waiting = {self._futures[name]: name for name in names}
        for future in as_completed(waiting):
            yield waiting[future]


GARBAGE_THRESHOLD = 20_000
"""After how many new objects a process looks for garbage: expressions are many objects, and few are in circles."""
_inherited: dict[Any, Callable[[], Any]] = {}
"""The tasks, which a process inherits by the fork: functions cannot always be sent to it."""


def _inherit(tasks: Mapping[Any, Callable[[], Any]], threads: int) -> None:
    gc.freeze()  # what is inherited is not looked through for garbage, of which it has none
    gc.set_threshold(GARBAGE_THRESHOLD)
    _inherited.update(tasks)
    threadpool_limits(threads)


def _perform(name: Any) -> Any:
    return _inherited[name]()
