"""A sweep's file is the same whatever the workers, however it was stopped, and whoever was killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, MissingLibraryError, UnknownNameError
from tptheory.sweeping import running
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.records import key_of
from tptheory.sweeping.running import sweep

CELLS = f"{Path(__file__).with_name('cells.py')}::"
SQUARE, PICKY, DEADLY = CELLS + "square", CELLS + "picky", CELLS + "deadly"


def lines(path):
    """Return the records of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def expected(task, grid, function):
    """Return what a loop would write."""
    return "".join(
        json.dumps({"task": task, "key": key_of(task, cell), "cell": cell, "result": function(**cell)}) + "\n"
        for cell in grid
    )


@pytest.mark.parametrize("workers", [1, 3])
def test_the_records_are_those_of_a_loop_whatever_the_workers(tmp_path, workers):
    """In the order of the cells, byte for byte."""
    grid = Grid({"n": range(1, 60), "pause": [0.0]})
    found = sweep(SQUARE, grid, tmp_path / "out.jsonl", workers=workers)
    assert (found.cells, found.new, found.failed) == (59, 59, 0)
    wanted = expected(SQUARE, grid, lambda n, **_: {"square": n * n, "ratio": 1 / n})
    assert (tmp_path / "out.jsonl").read_text() == wanted


def test_what_is_recorded_is_not_done_again_and_a_larger_grid_adds_to_it(tmp_path):
    """Cells are known by their values, not by their place in the grid."""
    out = tmp_path / "out.jsonl"
    sweep(SQUARE, Grid({"n": range(5)}), out, workers=1)
    before, known = out.read_bytes(), []
    again = sweep(SQUARE, Grid({"n": range(8)}), out, workers=1, on_known=lambda: known.append(1))
    assert (again.cells, again.recorded_before, again.new, len(known)) == (8, 5, 3, 5)
    assert out.read_bytes().startswith(before)
    assert [record["cell"]["n"] for record in lines(out)] == list(range(8))
    assert lines(out)[0]["result"]["ratio"] == "inf"


def test_a_cell_that_fails_ends_alone(tmp_path):
    """Its error is its record."""
    shown = []
    found = sweep(PICKY, Grid({"n": range(7)}), tmp_path / "out.jsonl", workers=2, on_record=shown.append)
    assert found.failed == 3
    records = lines(tmp_path / "out.jsonl")
    assert [r["cell"]["n"] for r in records if "error" in r] == [0, 3, 6]
    assert records[3]["error"] == "ValueError: 3 is a multiple of 3"
    assert [r["key"] for r in shown] == [r["key"] for r in records]


def test_a_killed_worker_loses_nothing(tmp_path):
    """The pool is made anew, and what waited is done again."""
    grid = Grid({"n": range(40), "folder": [str(tmp_path)]})
    found = sweep(DEADLY, grid, tmp_path / "out.jsonl", workers=2)
    assert (tmp_path / "died").read_text() == "x"
    assert found.failed == 0
    assert [record["result"] for record in lines(tmp_path / "out.jsonl")] == [{"n": n} for n in range(40)]


def test_a_cell_that_kills_every_worker_is_recorded_as_such(tmp_path):
    """The culprit alone is given up."""
    grid = Grid({"n": range(12), "folder": [str(tmp_path)], "times": [100]})
    found = sweep(DEADLY, grid, tmp_path / "out.jsonl", workers=2)
    assert found.failed == 1
    records = lines(tmp_path / "out.jsonl")
    assert [r["cell"]["n"] for r in records] == list(range(12))
    assert "ended from outside, 3 times" in records[5]["error"]


SCRIPT = """
import signal
import sys
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started to ignore it
    sweep(sys.argv[1], Grid({"n": range(1, 31), "pause": [0.1]}), sys.argv[2], workers=2)
"""


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_that_was_stopped_goes_on_to_the_same_bytes(tmp_path, sent):
    """Killed or interrupted when some records are there, and taken up again."""
    torn, script = tmp_path / "torn.jsonl", tmp_path / "script.py"
    script.write_text(SCRIPT)
    grid = Grid({"n": range(1, 31), "pause": [0.1]})
    whole = expected(SQUARE, grid, lambda n, **_: {"square": n * n, "ratio": 1 / n}).encode()
    started = subprocess.Popen(
        [sys.executable, script, SQUARE, torn], stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while (not torn.exists() or torn.stat().st_size < 500) and time.monotonic() < deadline:
        time.sleep(0.01)
    started.send_signal(sent)
    started.wait(30)
    if sent == signal.SIGKILL:  # its workers are left without a parent
        os.killpg(started.pid, signal.SIGKILL)
    recorded = torn.read_bytes()
    assert 0 < len(recorded) < len(whole)
    assert sweep(SQUARE, grid, torn, workers=2).recorded_before == recorded.count(b"\n")
    assert torn.read_bytes() == whole


def test_a_torn_last_line_is_cut_off_and_done_again(tmp_path):
    """What a full disk or a kill left of a record counts for nothing."""
    out = tmp_path / "out.jsonl"
    sweep(SQUARE, Grid({"n": range(6)}), out, workers=1)
    whole = out.read_bytes()
    out.write_bytes(whole[:-20])
    assert sweep(SQUARE, Grid({"n": range(6)}), out, workers=1).new == 1
    assert out.read_bytes() == whole


LIMITED = """
import resource, sys
from pathlib import Path
from tptheory.sweeping.json_lines import JsonLines
records = JsonLines(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
records.append({"n": n} for n in range(1000))
"""


def test_a_full_disk_tears_nothing(python, tmp_path):
    """Where only a part of the records finds room, none of them is there, and the error comes out."""
    out = tmp_path / "out.jsonl"
    sweep(SQUARE, Grid({"n": range(3)}), out, workers=1)
    whole = out.read_bytes()
    assert "OSError" in python("-c", LIMITED, out, len(whole) + 100).stderr
    assert out.read_bytes() == whole


class Counted(Grid):
    """A grid that knows how far it was asked."""

    asked = 0

    def __getitem__(self, number):
        """Count."""
        self.asked = max(self.asked, number + 1)
        return super().__getitem__(number)


def test_cells_are_asked_for_as_they_are_needed(tmp_path):
    """Whoever gives up early has made few cells of a grid that no memory would hold."""
    grid, seen = Counted({"n": range(1, 10**12)}), []

    def enough(record):
        seen.append(record)
        if len(seen) == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(SQUARE, grid, tmp_path / "out.jsonl", workers=2, on_record=enough)
    assert grid.asked < 50 + 2 * (running.AHEAD + 1) * running.LARGEST_CHUNK
    assert len(lines(tmp_path / "out.jsonl")) >= 50


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"task": "trajektory"}, UnknownNameError, "Did you mean 'trajectory'?"),
        ({"task": CELLS + "cube"}, UnknownNameError, "'task' must be one of"),
        ({"task": "nowhere.py::f"}, InvalidFileError, "a Python file"),
        ({"task": 3}, InvalidTypeError, "'task' must be a name"),
        ({"out": "out.csv"}, InvalidValueError, ".jsonl or .parquet"),
        ({"workers": 0}, InvalidValueError, "a positive integer"),
        ({"workers": 1.5}, InvalidTypeError, "a positive integer"),
    ],
)
def test_bad_arguments_are_named(tmp_path, monkeypatch, arguments, error, words):
    """Before anything is done."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as caught:
        sweep(**{"task": SQUARE, "cells": Grid({"n": range(2)}), "out": "out.jsonl"} | arguments)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["not json\n", '"a string"\n', '{"no": "key"}\n', '{"key": "xyz"}\n', '{"key": "f00000000000000000"}\n']
)
def test_a_strangers_file_is_left_alone(tmp_path, text):
    """What is no file of records is refused and stays as it is."""
    out = tmp_path / "out.jsonl"
    out.write_text(text)
    with pytest.raises(InvalidFileError):
        sweep(SQUARE, Grid({"n": range(2)}), out, workers=1)
    assert out.read_text() == text


def test_parquet_holds_the_same_and_goes_on(tmp_path, monkeypatch):
    """A folder of files, each whole; nested names are joined by dots."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("tptheory.sweeping.parquet.ROWS", 4)
    out = tmp_path / "out.parquet"
    assert sweep(SQUARE, Grid({"n": range(1, 7)}), out, workers=1).new == 6
    assert sorted(p.name for p in out.iterdir()) == ["part-000000.parquet", "part-000001.parquet"]
    assert sweep(SQUARE, Grid({"n": range(1, 10)}), out, workers=1).new == 3
    table = parquet.read_table(out).to_pydict()
    assert table["cell.n"] == list(range(1, 10))
    assert table["result.square"] == [n * n for n in range(1, 10)]


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibraryError, match="pip install"):
        sweep(SQUARE, Grid({"n": range(2)}), tmp_path / "out.parquet")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingLibraryError, match="pip install"):
        sweep(SQUARE, Grid({"n": range(2)}), tmp_path / "out.jsonl", scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize("out", ["out.jsonl", "out.parquet"])
def test_failures_are_remembered(tmp_path, out):
    """Errors, and checks that were not passed, are counted again when nothing is left to do."""
    grid = Grid({"n": range(6)})
    first = sweep(PICKY, grid, tmp_path / out, workers=1)
    again = sweep(PICKY, grid, tmp_path / out, workers=1)
    assert (first.failed, first.failed_before) == (2, 0)
    assert (again.failed, again.failed_before, again.new) == (0, 2, 0)
    checked = sweep(CELLS + "checked", grid, tmp_path / f"more-{out}", workers=1)
    assert checked.failed == 3
    assert sweep(CELLS + "checked", grid, tmp_path / f"more-{out}", workers=1).failed_before == 3
