"""Records are read before anything is written, a stranger's file is left alone, and no record is lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tptheory.errors import InvalidFileError, InvalidValueError
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.json_lines import JsonLines
from tptheory.sweeping.records import is_record, key_of
from tptheory.sweeping.running import records_at, sweep

CELLS = f"{Path(__file__).with_name('cells.py')}::"
SQUARE, WILD = CELLS + "square", CELLS + "wild"
RECORD = {"task": "t", "key": "0" * 16, "cell": {"n": 1}, "result": {"loss": 1.0}}
LINE = json.dumps(RECORD) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"precious",
        b'{"ta',
        b'{"task": 1}',
        LINE.encode() + b"precious",
        LINE.encode() + b'{"a": 1',
        LINE.encode() + b"precious\n" + LINE.encode(),
        LINE.encode() + b"\xff\xfe\n",
        LINE.encode() + b"[" * 5000 + b"\n",
        LINE.encode() + b"1" * 5000 + b"\n",
        LINE.replace("0000", "xxxx").encode(),
        LINE.replace("result", "reslt").encode(),
        b"\x00" * 100,
    ],
)
def test_a_file_of_anything_else_is_refused_and_left_as_it_is(tmp_path, content):
    """Whatever stands where, with an end of line or without."""
    out = tmp_path / "out.jsonl"
    out.write_bytes(content)
    with pytest.raises(InvalidFileError, match=r"'out' must be a file of records .*Choose another file"):
        sweep(SQUARE, Grid({"n": range(2)}), out, workers=1)
    assert out.read_bytes() == content


@pytest.mark.parametrize("tail", [b"", b"{", b'{"task": "t", "key', LINE[:-3].encode(), LINE[:-1].encode()])
def test_what_a_kill_left_of_a_record_is_cut_off(tmp_path, tail):
    """Only what begins as a record does; a whole one without its end of line is kept."""
    out = tmp_path / "out.jsonl"
    out.write_bytes(LINE.encode() + tail)
    records = records_at(out)
    records.append([{**RECORD, "key": "1" * 16}])
    records.close()
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["key"][0] for record in found] == ["0", *(["0"] if tail == LINE[:-1].encode() else []), "1"]


@pytest.mark.parametrize("out", ["out.jsonl", "out.parquet"])
def test_a_second_sweep_into_the_same_place_is_refused(tmp_path, out):
    """As long as the first goes on, and no longer."""
    first = records_at(tmp_path / out)
    with pytest.raises(InvalidValueError, match="Another sweep is writing there"):
        sweep(SQUARE, Grid({"n": range(2)}), tmp_path / out, workers=1)
    first.close()
    assert sweep(SQUARE, Grid({"n": range(2)}), tmp_path / out, workers=1).new == 2


def test_a_file_that_got_no_record_is_not_left_behind(tmp_path):
    """A sweep that could not begin leaves no trace; what was there before stays."""
    records_at(tmp_path / "new.jsonl").close()
    (tmp_path / "empty.jsonl").touch()
    records_at(tmp_path / "empty.jsonl").close()
    assert [path.name for path in tmp_path.iterdir()] == ["empty.jsonl"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused(tmp_path, make):
    """A named pipe is not waited for."""
    make(tmp_path / "out.jsonl")
    with pytest.raises(InvalidValueError, match="'out' must be a file that can be written"):
        records_at(tmp_path / "out.jsonl")


@pytest.mark.parametrize("out", ["out.jsonl", "out.parquet"])
def test_whatever_a_cell_returns_or_raises_is_recorded_once(tmp_path, out):
    """Numbers that are not finite, values of other kinds, ends of the process, and errors without a message."""
    grid = Grid({"n": range(10)})
    found = sweep(WILD, grid, tmp_path / out, workers=2)
    assert (found.new, found.failed) == (10, 3)
    again = sweep(WILD, grid, tmp_path / out, workers=1)
    assert (again.new, again.recorded_before, again.failed_before) == (0, 10, 3)
    if out.endswith("jsonl"):
        records = [json.loads(line) for line in (tmp_path / out).read_text().splitlines()]
        assert [record["cell"]["n"] for record in records] == list(range(10))
        errors = [record["error"] for record in records if "error" in record]
        assert errors == ["SystemExit: 3", "KeyboardInterrupt: ", "UnspeakableError: its message cannot be shown"]
        assert records[5]["result"]["value"] == "-inf"


def test_numbers_that_are_not_finite_are_numbers_in_parquet(tmp_path):
    """A column of losses stays a column of numbers when one run diverges; a column of many kinds is text."""
    parquet = pytest.importorskip("pyarrow.parquet")
    sweep(SQUARE, Grid({"n": range(4)}), tmp_path / "out.parquet", workers=1)
    table = parquet.read_table(tmp_path / "out.parquet").to_pydict()
    assert table["result.ratio"] == [float("inf"), 1.0, 1 / 2, 1 / 3]
    sweep(WILD, Grid({"n": range(10)}), tmp_path / "wild.parquet", workers=1)
    table = parquet.read_table(tmp_path / "wild.parquet").to_pydict()
    assert table["result.value"][5:] == ["-inf", "text", '[1, {"a": "nan"}]', str(10**400), "true"]
    assert table["error"][1] == "SystemExit: 3"


def test_a_column_stays_as_wide_as_in_the_files_before(tmp_path, monkeypatch):
    """Numbers that happen to be whole in one file are floats there too, so that all files are read as one table."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("tptheory.sweeping.parquet.ROWS", 1)
    records = records_at(tmp_path / "out.parquet")
    for number, value in enumerate([0.5, 2, "inf", None]):
        records.append([{**RECORD, "key": f"{number:016}", "result": {"loss": value}}])
    records.close()
    assert parquet.read_table(tmp_path / "out.parquet").to_pydict()["result.loss"] == [0.5, 2.0, float("inf"), None]


@pytest.mark.parametrize("name", ["part-x.parquet", "part-.parquet", "other.parquet", "part-\udcff.parquet"])
def test_a_strangers_file_among_parquet_files_is_named(tmp_path, name):
    """It is neither read nor written over."""
    pytest.importorskip("pyarrow")
    out = tmp_path / "out.parquet"
    out.mkdir()
    (out / name).write_bytes(b"mine")
    with pytest.raises(InvalidFileError, match=r"a folder of files part-000000.parquet"):
        records_at(out)
    assert (out / name).read_bytes() == b"mine"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\x00" * 50 + b"PAR1", b"x" * 100])
def test_a_broken_parquet_file_is_named(tmp_path, content):
    """The sweep does not begin, and the file stays."""
    pytest.importorskip("pyarrow")
    out = tmp_path / "out.parquet"
    out.mkdir()
    (out / "part-000000.parquet").write_bytes(content)
    with pytest.raises(InvalidFileError, match="part-000000"):
        records_at(out)
    assert (out / "part-000000.parquet").read_bytes() == content


SCRIPT = """
import sys
from tptheory.sweeping.grid import Grid
from tptheory.sweeping.running import sweep
if __name__ == "__main__":
    grid = Grid({"n": range(1, 41), "pause": [0.05]})
    sweep(sys.argv[1], grid, sys.argv[2], workers=2, on_record=lambda record: print(record["key"], flush=True))
"""


def test_a_killed_sweep_into_parquet_loses_no_record(tmp_path):
    """What was reported as written is there, though no Parquet file was full; taken up again, it is done to the end."""
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "script.py").write_text(SCRIPT)
    out, command = tmp_path / "out.parquet", [sys.executable, tmp_path / "script.py", SQUARE, tmp_path / "out.parquet"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    reported = [running.stdout.readline().strip() for _ in range(10)]
    running.send_signal(signal.SIGKILL)
    reported += running.communicate(timeout=30)[0].split()
    time.sleep(0.2)
    grid = Grid({"n": range(1, 41), "pause": [0.05]})
    again = sweep(SQUARE, grid, out, workers=2)
    assert len(reported) <= again.recorded_before < 40
    assert parquet.read_table(out).to_pydict()["key"] == [key_of(SQUARE, cell) for cell in grid]
    assert [path.name for path in out.iterdir()] == ["part-000000.parquet"]


def test_records_that_wait_and_were_written_too_are_not_doubled(tmp_path):
    """A kill between the two leaves them in both places."""
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    sweep(SQUARE, Grid({"n": range(3)}), out, workers=1)
    again = JsonLines(out / "_waiting.jsonl")
    again.append(
        {"task": SQUARE, "key": key_of(SQUARE, {"n": n}), "cell": {"n": n}, "result": {"square": n * n}} for n in (1, 7)
    )
    again.close()
    assert sweep(SQUARE, Grid({"n": [0, 1, 2, 7]}), out, workers=1).recorded_before == 4
    assert sorted(parquet.read_table(out).to_pydict()["cell.n"]) == [0, 1, 2, 7]


def test_a_cell_that_comes_twice_is_run_once(tmp_path):
    """In a list of cells; in a grid a value that comes twice is refused."""
    found = sweep(SQUARE, [{"n": 1}, {"n": 2}, {"n": 1}], tmp_path / "out.jsonl", workers=1)
    assert (found.cells, found.new) == (2, 2)
    with pytest.raises(InvalidValueError, match="values that differ"):
        Grid({"n": [1, 2, 1]})


def test_an_interrupted_sweep_says_how_to_go_on(tmp_path):
    """Ctrl-C is one line: where the records are, and that the same command goes on."""
    command = [sys.executable, "-m", "tptheory", "sweep", SQUARE, "n=1..99", "pause=0.1", "--out", "out.jsonl"]
    begin = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    running = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, **begin)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=30)[1]
    assert (running.returncode, said.count("\n")) == (130, 1)
    assert "what is done is in out.jsonl; the same command goes on from there" in said


def test_a_record_is_told_from_all_else():
    """Exactly four fields, of their types."""
    assert is_record(RECORD)
    for wrong in (None, [], {}, {**RECORD, "more": 1}, {**RECORD, "error": "x"}, {**RECORD, "key": "1"}):
        assert not is_record(wrong)
