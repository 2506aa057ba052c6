"""A real Dask scheduler with two workers on loopback: the same bytes, and a killed worker loses nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tptheory.errors import InvalidValueError
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep

pytest.importorskip("distributed")

CELLS = f"{Path(__file__).with_name('cells.py')}::"
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, at its shutdown


def started(arguments, pattern, times=1):
    """Start a process of Dask, wait until its log says something so many times, and return both."""
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]], stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        found = re.search(pattern, line)
        times -= found is not None
        if not times:
            return process, found[1]
    raise AssertionError(f"{arguments[0]} ended")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler, and two workers, each a process of its own, under one process that looks after them."""
    folder = str(tmp_path_factory.mktemp("dask"))
    scheduler, address = started(
        ["dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1"], r"(tcp://127\.0\.0\.1:\d+)"
    )
    options = ["--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--local-directory", folder]
    nannies, _ = started(["dask_worker", address, *options], r"Registered to: +(\S+)", times=2)
    yield address
    for process in (nannies, scheduler):
        process.terminate()
    for process in (nannies, scheduler):
        process.wait(30)


def test_a_cluster_writes_what_this_machine_writes(cluster, tmp_path):
    """Byte for byte."""
    grid = Grid({"rule": ["bp", "tp"], "widths": [(3, 3, 2)], "steps": [20], "seed": range(10)})
    assert sweep("trajectory", grid, tmp_path / "here.jsonl", workers=1).failed == 0
    assert sweep("trajectory", grid, tmp_path / "there.jsonl", scheduler=cluster).new == 20
    assert (tmp_path / "there.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()


def test_a_killed_worker_of_a_cluster_loses_nothing(cluster, tmp_path):
    """Its cells are done by the other, or by the one that takes its place."""
    grid = Grid({"n": range(30), "folder": [str(tmp_path)]})
    found = sweep(CELLS + "deadly", grid, tmp_path / "out.jsonl", scheduler=cluster)
    assert (tmp_path / "died").read_text() == "x"
    assert (found.new, found.failed) == (30, 0)
    assert (tmp_path / "out.jsonl").read_text().count('"result"') == 30


def test_no_scheduler_is_one_clear_error(tmp_path):
    """Nobody listens there."""
    with pytest.raises(InvalidValueError, match="a Dask scheduler that answers"):
        sweep("trajectory", Grid({"seed": range(2)}), tmp_path / "out.jsonl", scheduler="tcp://127.0.0.1:1")
