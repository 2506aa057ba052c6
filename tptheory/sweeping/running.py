"""Run a task on every cell, on any executor, and write the records in the order of the cells.

At most a few chunks of cells are handed out at a time, so that a grid of a million cells needs no more memory than a
small one. A record depends on its task and its cell alone, and records are written in the order of the cells. The file
is therefore the same, byte for byte, however many workers there are, however often the sweep was stopped and taken up
again, and whichever workers died.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from traceback import walk_tb
from typing import Any

from tptheory.checking import checked_integer
from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.extras import optional_library
from tptheory.files import cannot_write, check_folder
from tptheory.processes import cores, processes
from tptheory.sweeping.grid import Cell, Grid
from tptheory.sweeping.json_lines import JsonLines
from tptheory.sweeping.parquet import Parquet
from tptheory.sweeping.records import Record, RecordKeys, has_failed, key_of
from tptheory.sweeping.tasks import SweepTask, content_of, task_named
from tptheory.writing.plain import plain

AHEAD = 4
"""How many chunks are handed out for each worker."""
CHUNK_SECONDS, LARGEST_CHUNK = 0.25, 500
"""How long a chunk should take, and how many cells it holds at most."""
LONGEST_MESSAGE = 2000
"""How many characters of an error a record keeps."""
ADDRESS = re.compile(r"(?:tcp://)?(?:[^\s/:]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}")
"""The addresses of schedulers: a host, or an IPv6 address in brackets, and a port."""
MOST_WORKERS = 1000
"""The most processes of this machine."""
ATTEMPTS = 3
"""How many workers may die at a cell before that is recorded as its error."""

KeyedCell = tuple[str, Cell]
"""The key of a cell, and the cell."""
Outcome = tuple[list[KeyedCell], list[dict[str, Any]]]
"""The cells of a chunk, and the result or the error at each of them."""
Pool = Callable[[], AbstractContextManager[tuple[Executor, int]]]
"""A function that makes a pool of workers, and tells how many there are."""


@dataclass(frozen=True)
class Summary:
    """How many cells a sweep has, how many of them were recorded before it, how many failed, and how long it took.

    A cell fails if its task raises an exception, or checks something that does not pass. ``failed`` counts the new
    failures, ``failed_before`` those among the cells that were recorded before.
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


def sweep(
    task: str | SweepTask,
    cells: Iterable[Cell],
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    on_record: Callable[[Record], None] | None = None,
    on_known: Callable[[], None] | None = None,
) -> Summary:
    """Run a task on every cell that ``out`` holds no record of, and append a record for each.

    A record is ``{"task": ..., "key": ..., "cell": ..., "result": ...}``. Where the task raised an exception, which
    ends that cell alone, ``"error"`` stands in the place of ``"result"``. If a cell names a theorem, its key depends on
    the statement of the theorem too: the cell is run again when the statement changes.

    Args:
        task: a name (trajectory, crosscheck, refutation, training), ``FILE.py::NAME``, or a function that workers
            can import; it is called with the cell as keyword arguments, and must depend on nothing else.
        cells: the cells, such as a `Grid`; they are asked for as they are needed. One that comes twice is run once.
        out: where the records are: a file ``.jsonl``, or a folder ``.parquet``.
        workers: how many processes of this machine work; one for each core unless given.
        scheduler: instead, the address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``.
        on_record: called with each new record, after it is written.
        on_known: called for each cell that is recorded already.

    Raises:
        InvalidTypeError: if ``task`` is neither a name nor a function, or ``workers`` no integer.
        InvalidValueError: if ``workers`` is below 1, no scheduler answers at the address, ``out`` cannot be written, or
            another sweep is writing there.
        InvalidFileError: if ``out`` holds something else than records.
        MissingLibraryError: if a library that is asked for is not installed.
        OSError: if records cannot be written; those that were written stay.
    """
    if not callable(task):
        task_named(task)  # refuses what is no task before anything is opened
    if workers is not None:
        workers = checked_integer("workers", workers, limit=MOST_WORKERS)
    pool: Pool = (lambda: _cluster(scheduler)) if scheduler is not None else (lambda: _processes(workers))
    name = task if isinstance(task, str) else f"{task.__module__}.{task.__qualname__}"
    started, counts = perf_counter(), Counter[str]()
    records = records_at(out)
    try:
        missing = _missing(_keyed(name, cells), records.recorded, counts, on_known)
        with closing(ChunkRunner(task, missing, pool).run()) as found_in_order:
            for chunk, results in found_in_order:
                pairs = zip(chunk, results, strict=True)
                new: list[Record] = [{"task": name, "key": key, "cell": cell, **found} for (key, cell), found in pairs]
                records.append(new)
                counts["failed"] += sum(map(has_failed, new))
                if on_record is not None:
                    for record in new:
                        on_record(record)
    finally:
        records.close()
    seconds = perf_counter() - started
    return Summary(counts["cells"], counts["before"], counts["failed"], seconds, counts["failed before"])


def records_at(path: str | Path) -> JsonLines | Parquet:
    """Open a file ``.jsonl`` of JSON lines, or a folder ``.parquet`` of Parquet files, which is made if it is missing.

    All that is there is read before anything is written.

    Raises:
        InvalidTypeError: if it is no path.
        InvalidValueError: if the name has another ending, it cannot be written, or another sweep writes there.
        InvalidFileError: if it holds something else than records.
        MissingLibraryError: if Parquet is asked for, and pyarrow is not installed.
    """
    path = Path(path)
    kinds: dict[str, Any] = {".jsonl": JsonLines, ".parquet": Parquet}
    if path.suffix not in kinds:
        raise InvalidValueError(complain("out", "a name that ends in .jsonl or .parquet", str(path)))
    if path.suffix == ".parquet" or not path.exists():
        check_folder("out", path if path.suffix == ".parquet" else path.parent)
    try:
        return kinds[path.suffix](path)
    except (InvalidFileError, InvalidValueError):
        raise
    except (OSError, ValueError) as error:  # a path with a NUL byte is a ValueError
        raise cannot_write("out", path, error) from error


def _keyed(task: str, cells: Iterable[Cell]) -> Iterator[KeyedCell]:
    """Yield each cell with its key, and a cell that comes twice once."""
    seen = set[str]()
    for cell in cells:
        key = key_of(task, cell, content_of(task, cell))
        if key not in seen:
            yield key, cell
        if not isinstance(cells, Grid):  # whose cells all differ, and may be a million
            seen.add(key)


def _missing(
    cells: Iterable[KeyedCell], recorded: RecordKeys, counts: Counter[str], on_known: Callable[[], None] | None
) -> Iterator[KeyedCell]:
    """Yield the cells that have no record, and count the others: how many there are, and how many of them failed."""
    for key, cell in cells:
        counts["cells"] += 1
        if key not in recorded:
            yield key, cell
            continue
        counts["before"] += 1
        counts["failed before"] += key in recorded.failed
        if on_known is not None:
            on_known()


def run_cells(task: str | SweepTask, cells: Sequence[Cell]) -> tuple[list[dict[str, Any]], float]:
    """Run a chunk in a worker: return the result or the error at each cell, and the seconds that all took."""
    started, found = perf_counter(), list[dict[str, Any]]()
    function = task if callable(task) else task_named(task)
    for cell in cells:
        try:
            found.append({"result": plain(dict(function(**cell)))})
        except BaseException as error:  # whatever a cell raises, SystemExit too, ends that cell alone
            found.append({"error": _said(error)})
    return found, perf_counter() - started


def _said(error: BaseException) -> str:
    """Return the name and the message of an error; a message may be as bad as the code that raised it."""
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except Exception:
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}"


@dataclass
class _Chunk:
    """Cells that a worker runs together, and how often a worker has died while it ran them alone."""

    cells: list[KeyedCell]
    future: Future[Any] | None = None
    attempts: int = 0

    def submit(self, executor: Executor, task: str | SweepTask) -> Future[Any]:
        """Hand the cells to a worker."""
        return executor.submit(run_cells, task, [cell for _, cell in self.cells])


class ChunkRunner:
    """Run cells in chunks on a pool of workers, and make a new pool when a worker dies.

    When that happens, any of the chunks that were waiting may be to blame. They are then suspects, which are run one
    at a time, the first of them cell by cell, until the cell is known that takes its worker with it.

    Args:
        task: what to run on each cell.
        cells: the cells and their keys, which are asked for as they are needed.
        pool: a function that makes a pool of workers, and tells how many there are.
    """

    def __init__(self, task: str | SweepTask, cells: Iterator[KeyedCell], pool: Pool) -> None:
        self._task, self._cells, self._pool = task, cells, pool
        self._waiting: deque[_Chunk] = deque()
        self._suspects: deque[_Chunk] = deque()
        self._size, self._ended = 1, False

    def run(self) -> Generator[Outcome, None, None]:
        """Yield the chunks of cells in order, each with what was found at its cells."""
        while not self._ended or self._waiting or self._suspects:
            with self._pool() as (executor, workers):
                try:
                    yield from self._run_suspects(executor)
                    yield from self._run_ahead(executor, AHEAD * workers)
                except Exception as error:
                    if not _took_its_worker(error):
                        raise
                    self._suspect_all()
            if self._suspects and self._suspects[0].attempts >= ATTEMPTS:
                error_text = f"WorkerError: its process was ended from outside, {ATTEMPTS} times"
                yield self._suspects.popleft().cells, [{"error": error_text}]

    def _run_suspects(self, executor: Executor) -> Iterator[Outcome]:
        """Run the suspects one at a time, so that the one that breaks the pool is known."""
        while self._suspects:
            chunk = self._suspects[0]
            chunk.attempts += 1
            found, _ = chunk.submit(executor, self._task).result()
            self._suspects.popleft()
            yield chunk.cells, found

    def _run_ahead(self, executor: Executor, most: int) -> Iterator[Outcome]:
        """Run the other cells, with up to so many chunks handed out at a time."""
        self._hand_out(executor, most)
        while self._waiting:
            found, seconds = self._waiting[0].future.result()  # type: ignore[union-attr]
            chunk = self._waiting.popleft()
            self._size = _better_size(self._size, len(found), seconds)
            yield chunk.cells, found
            self._hand_out(executor, most)

    def _hand_out(self, executor: Executor, most: int) -> None:
        """Make new chunks of cells, until so many are waiting or no cell is left."""
        while not self._ended and len(self._waiting) < most:
            cells = list(islice(self._cells, self._size))
            self._ended = not cells
            if cells:
                self._waiting.append(_Chunk(cells))
                self._waiting[-1].future = self._waiting[-1].submit(executor, self._task)

    def _suspect_all(self) -> None:
        """Make suspects of all chunks that were waiting, and single cells of the first suspect."""
        self._suspects.extend(self._waiting)
        self._waiting.clear()
        if self._suspects and len(self._suspects[0].cells) > 1:
            first = self._suspects.popleft()
            self._suspects.extendleft(_Chunk([keyed]) for keyed in reversed(first.cells))


def _better_size(size: int, done: int, seconds: float) -> int:
    """Return how many cells take `CHUNK_SECONDS`, going by a chunk of ``done`` cells; at most twice as many as now."""
    return max(1, min(LARGEST_CHUNK, 2 * size, int(CHUNK_SECONDS * done / max(seconds, 1e-9))))


def _took_its_worker(error: Exception) -> bool:
    """Return whether an error means that a worker died: a broken pool of processes, or an error of Dask.

    A cell's own error never comes here, for it is recorded as the cell's result. Dask tells a lost worker by errors of
    its own, and by others that its code runs into when the connection closes.
    """
    frames = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    sources = (type(error).__module__, *frames[-1:])
    return isinstance(error, BrokenExecutor) or any(str(name).startswith("distributed.") for name in sources)


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
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        mend = "Encrypted and other connections, such as tls://, are not made: start the scheduler on tcp://."
        raise InvalidValueError(complain("scheduler", "an address tcp://HOST:PORT", address, mend))
    try:
        client = distributed.Client(address, timeout="5s")
    except Exception as error:  # Dask has no one error for a scheduler that cannot be reached
        expected = "the address of a Dask scheduler that answers, such as tcp://127.0.0.1:8786"
        raise InvalidValueError(complain("scheduler", expected, address, str(error).partition("\n")[0])) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InvalidValueError(complain("scheduler", "a scheduler with workers", address, "Start a dask worker."))
        yield client.get_executor(pure=False), threads
