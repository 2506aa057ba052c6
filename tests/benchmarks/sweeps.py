"""What a sweep costs beside its tasks: cells a second, and the memory of a grid of a million cells.

    python -m tests.benchmarks.sweeps

Empty tasks show the overhead alone: in a plain loop that writes the same file, on one and on two processes, and on a
Dask cluster of two workers on this machine where ``distributed`` is there. Rounds are interleaved; medians.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from subprocess import run

from tptheory.sweeping.grid import Grid
from tptheory.sweeping.records import key_of
from tptheory.sweeping.running import sweep

CELLS, ROUNDS = 20_000, 3
EMPTY = "tests/benchmarks/sweeps.py::empty"
MILLION = """
import resource, sys
from pathlib import Path
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep
out = Path(sys.argv[1], "out.jsonl")
if __name__ == "__main__":
    for count in map(int, sys.argv[2:]):
        found = sweep("tests/benchmarks/sweeps.py::empty", Grid({"n": range(count)}), out, workers=2)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{found.cells:>9} cells, {found.recorded_before:>7} there: {found.seconds:6.1f} s, peak {peak} MB")
"""


def empty(*, n: int) -> dict[str, int]:
    """Do nothing."""
    return {"n": n}


def loop(out: Path) -> None:
    """Write the records that a sweep writes, one after the other."""
    with out.open("w") as file:
        for cell in Grid({"n": range(CELLS)}):
            record = {"task": EMPTY, "key": key_of(EMPTY, cell), "cell": cell, "result": empty(**cell)}
            file.write(json.dumps(record) + "\n")


def main() -> None:
    """Print the medians."""
    grid = Grid({"n": range(CELLS)})
    ways: dict[str, Callable[[Path], object]] = {
        "a loop": loop,
        "1 process": lambda out: sweep(EMPTY, grid, out, workers=1),
        "2 processes": lambda out: sweep(EMPTY, grid, out, workers=2),
    }
    with ExitStack() as stack:
        try:
            from distributed import LocalCluster
        except ImportError:
            sys.stdout.write("Dask is not installed, and left out\n")
        else:
            cluster = stack.enter_context(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None))
            ways["Dask, 2 workers"] = lambda out: sweep(EMPTY, grid, out, scheduler=cluster.scheduler_address)
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                with tempfile.TemporaryDirectory() as folder:
                    started = time.perf_counter()
                    way(Path(folder, "out.jsonl"))
                    times[name].append(time.perf_counter() - started)
    alone = statistics.median(times["a loop"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        over = 1e6 * (median - alone) / CELLS
        sys.stdout.write(f"{name:<16} {CELLS / median:>9.0f} cells a second, {over:>6.1f} us a cell over the loop\n")
    sys.stdout.write(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "million.py")
        script.write_text(MILLION)
        run([sys.executable, script, folder, "1000", "1000000", "1000000"], check=True)


if __name__ == "__main__":
    main()
