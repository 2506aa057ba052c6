"""A real Dask scheduler with two workers on loopback: the same bytes, and a killed worker loses nothing."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tptheory.errors import InvalidValueError
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep

pytest.importorskip("distributed")

CELLS = f"{Path(__file__).with_name('cells.py')}::"
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, at its shutdown


@contextmanager
def started(arguments, pattern, times=1):
    """Start a process of Dask, wait until its log says something so many times, and give what it said; end it after.

    It is killed with all that it started: a nanny whose worker is only coming up may never heed a request to end.
    """
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said = []
        for line in process.stderr:
            said += re.findall(pattern, line)
            if len(said) >= times:
                break
        assert len(said) >= times, f"{arguments[0]} ended"
        yield said[-1]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler, and two workers, each a process of its own, under one process that looks after them."""
    folder = str(tmp_path_factory.mktemp("dask"))
    local = ["--port", "0", "--no-dashboard", "--host", "127.0.0.1"]
    options = ["--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--local-directory", folder]
    with (
        started(["dask_scheduler", *local], r"(tcp://127\.0\.0\.1:\d+)") as address,
        started(["dask_worker", address, *options], r"Registered to: +(\S+)", times=2),
    ):
        yield address


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
