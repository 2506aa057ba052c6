"""Run a task on every cell, on any executor, and write the records in the order of the cells.

At most a few chunks of cells wait at a time, so that a grid of a million cells needs the memory of a small one. A
record depends on its task and its cell alone, and records are written in order: whatever the workers, however often
the sweep was stopped and taken up again, and whichever workers died, the file is the same, byte for byte.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from tptheory.checking import whole
from tptheory.errors import InvalidValueError, complain
from tptheory.extras import optional_library
from tptheory.processes import cores, processes
from tptheory.sweeping.grid import Cell
from tptheory.sweeping.records import Record, RecordKeys, has_failed, key_of, records_at
from tptheory.sweeping.tasks import Task, content_of, task_named

AHEAD = 4
"""How many chunks wait for each worker."""
CHUNK_SECONDS, LARGEST_CHUNK = 0.25, 500
"""How long a chunk should take, and how many cells it holds at most."""
ATTEMPTS = 3
"""How many workers a cell may take with it before that is what is recorded of it."""

_Keyed = tuple[str, Cell]
"""A cell after its key."""
Pool = Callable[[], AbstractContextManager[tuple[Executor, int]]]


@dataclass(frozen=True)
class Summary:
    """What a sweep did: how many cells it has, how many were there before, and how many failed.

    A cell fails where its task raises an exception, or checks something that does not pass; ``failed`` counts the new
    ones, ``failed_before`` those that were recorded before.
    """

    cells: int
    recorded_before: int
    failed: int
    seconds: float
    failed_before: int = 0

    @property
    def new(self) -> int:
        """How many records this sweep added."""
        return self.cells - self.recorded_before


@dataclass
class _Chunk:
    cells: list[_Keyed]
    future: Future[Any] | None = None
    attempts: int = 0


def sweep(
    task: str | Task,
    cells: Iterable[Cell],
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    on_record: Callable[[Record], None] | None = None,
    on_known: Callable[[], None] | None = None,
) -> Summary:
    """Run a task on every cell that ``out`` holds no record of, and append a record for each.

    A record is ``{"task": ..., "key": ..., "cell": ..., "result": ...}``, or with ``"error"`` in the place of
    ``"result"`` where the task raised an exception, which ends that cell alone. What a theorem says that a cell names
    is part of the key: where that changes, the cell is run again.

    Args:
        task: a name (trajectory, crosscheck, refutation, training), ``FILE.py::NAME``, or a function that workers
            can import; it is called with the cell as keyword arguments, and must depend on nothing else.
        cells: the cells, such as a `Grid`; they are asked for as they are needed.
        out: where the records are: a file ``.jsonl``, or a folder ``.parquet``.
        workers: how many processes of this machine work; one for each core unless given.
        scheduler: instead, the address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``.
        on_record: called with each new record, after it is written.
        on_known: called for each cell that is recorded already.

    Raises:
        InvalidTypeError: if ``task`` is neither a name nor a function, or ``workers`` no integer.
        InvalidValueError: if ``workers`` is below 1, or no scheduler answers at the address.
        InvalidFileError: if ``out`` holds something else than records.
        MissingLibraryError: if a library that is asked for is not installed.
        OSError: if records cannot be written; those that were written stay.
    """
    if not callable(task):
        task_named(task)  # refuses what is no task before anything is opened
    if workers is not None:
        workers = whole("workers", workers)
    pool: Pool = (lambda: _cluster(scheduler)) if scheduler is not None else (lambda: _processes(workers))
    name = task if isinstance(task, str) else f"{task.__module__}.{task.__qualname__}"
    started, counts = perf_counter(), {"cells": 0, "before": 0, "failed": 0, "failed before": 0}
    records = records_at(out)
    try:
        there = RecordKeys(records)

        def missing() -> Iterator[_Keyed]:
            for cell in cells:
                counts["cells"] += 1
                key = key_of(name, cell, content_of(name, cell))
                if key in there:
                    counts["before"] += 1
                    counts["failed before"] += key in there.failed
                    if on_known is not None:
                        on_known()
                else:
                    yield key, cell

        with closing(_run(task, missing(), pool)) as found_in_order:
            for chunk, results in found_in_order:
                new: list[dict[str, Any]] = [
                    {"task": name, "key": key, "cell": cell, **found}
                    for (key, cell), found in zip(chunk, results, strict=True)
                ]
                records.append(new)
                counts["failed"] += sum(map(has_failed, new))
                for record in new if on_record else ():
                    on_record(record)  # type: ignore[misc]
    finally:
        records.close()
    seconds = perf_counter() - started
    return Summary(counts["cells"], counts["before"], counts["failed"], seconds, counts["failed before"])


def run_cells(task: str | Task, cells: Sequence[Cell]) -> tuple[list[dict[str, Any]], float]:
    """Do a chunk, in a worker: return what was found, or the error, for each cell; and the seconds."""
    started, found = perf_counter(), list[dict[str, Any]]()
    function = task if callable(task) else task_named(task)
    for cell in cells:
        try:
            found.append({"result": dict(function(**cell))})
        except Exception as error:  # whatever a cell raises ends that cell alone
            found.append({"error": f"{type(error).__name__}: {error}"})
    return found, perf_counter() - started


def _run(
    task: str | Task, cells: Iterator[_Keyed], pool: Pool
) -> Generator[tuple[list[_Keyed], list[dict[str, Any]]], None, None]:
    """Give the chunks of cells, in order, with what was found; a pool whose worker died is made anew."""
    waiting: deque[_Chunk] = deque()
    suspects: deque[_Chunk] = deque()
    size, ended = 1, False
    while not ended or waiting or suspects:
        with pool() as (executor, workers):
            try:
                while True:
                    while suspects:  # one at a time, so that whoever breaks the pool is known
                        chunk = suspects[0]
                        chunk.attempts += 1
                        found, _ = _submitted(executor, task, chunk).result()
                        suspects.popleft()
                        yield chunk.cells, found
                    while not ended and len(waiting) < AHEAD * workers:
                        more = list(islice(cells, size))
                        ended = not more
                        if more:
                            waiting.append(_Chunk(more))
                            waiting[-1].future = _submitted(executor, task, waiting[-1])
                    if not waiting:
                        break
                    found, seconds = waiting[0].future.result()  # type: ignore[union-attr]
                    chunk = waiting.popleft()
                    size = _better_size(size, len(found), seconds)
                    yield chunk.cells, found
            except Exception as error:
                if not _took_its_worker(error):
                    raise
                suspects.extend(waiting)
                waiting.clear()
                _split_first(suspects)
        if suspects and suspects[0].attempts >= ATTEMPTS:
            chunk = suspects.popleft()
            yield chunk.cells, [{"error": f"WorkerError: its process was ended from outside, {ATTEMPTS} times"}]


def _better_size(size: int, done: int, seconds: float) -> int:
    """Return how many cells take `CHUNK_SECONDS`, as far as a chunk of ``done`` cells tells; at most twice as many."""
    return max(1, min(LARGEST_CHUNK, 2 * size, int(CHUNK_SECONDS * done / max(seconds, 1e-9))))


def _split_first(suspects: deque[_Chunk]) -> None:
    """Put the cells of the first chunk in its place, each alone."""
    if suspects and len(suspects[0].cells) > 1:
        first = suspects.popleft()
        suspects.extendleft(_Chunk([keyed]) for keyed in reversed(first.cells))


def _submitted(executor: Executor, task: str | Task, chunk: _Chunk) -> Future[Any]:
    return executor.submit(run_cells, task, [cell for _, cell in chunk.cells])


def _took_its_worker(error: Exception) -> bool:
    """Whether an error says that a worker died: a pool of processes breaks, Dask gives the culprit's name."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


@contextmanager
def _processes(workers: int | None) -> Iterator[tuple[Executor, int]]:
    """Give a pool of processes of this machine."""
    count = workers or cores()
    with processes(count, "spawn") as pool:
        yield pool, count


@contextmanager
def _cluster(address: str | None) -> Iterator[tuple[Executor, int]]:
    """Give the executor of a Dask cluster."""
    distributed = optional_library("distributed", "scheduler", address, "dask")
    try:
        client = distributed.Client(address, timeout="5s")
    except (OSError, TimeoutError, ValueError) as error:
        expected = "the address of a Dask scheduler that answers, such as tcp://127.0.0.1:8786"
        raise InvalidValueError(complain("scheduler", expected, address, str(error).partition("\n")[0])) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InvalidValueError(complain("scheduler", "a scheduler with workers", address, "Start a dask worker."))
        yield client.get_executor(pure=False), threads
