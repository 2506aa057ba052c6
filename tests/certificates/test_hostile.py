"""No file takes the checker long, or much memory, or makes it fail otherwise than by refusing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from oracles.hostile import GENERATORS

from tptheory.certificates import checker

CHILD = """
import resource, runpy, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
start = time.process_time()
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end:
    with open("/proc/self/status") as status:  # ru_maxrss would begin with what the parent has
        most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    sys.stderr.write(f"{end.code} {time.process_time() - start} {most / 1024}")
"""


def run(path: Path) -> tuple[int, float, float, str]:
    """Return the checker's verdict on a file, its seconds, its MiB, and what it writes."""
    command = [sys.executable, "-I", "-c", CHILD, checker.__file__, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, errors="replace")
    code, seconds, megabytes = done.stderr.split()
    return int(code), float(seconds), float(megabytes), done.stdout


def refused(path: Path) -> str:
    """Return the reason why the checker refuses, at once and in little memory."""
    code, seconds, megabytes, text = run(path)
    assert code == 1
    assert text.startswith("refused: ")
    assert seconds < 2
    assert megabytes < 60
    return text


FEW = ["laws_of_many_terms", "products_that_double", "bounds_of_other_shape", "long_traces", "unused_shapes"]


@pytest.mark.parametrize("name", FEW)
def test_hostile_files_of_a_few_kilobytes(name, tmp_path):
    """The worst that small files can ask is refused soon."""
    path = tmp_path / "hostile.json"
    path.write_bytes(GENERATORS[name](200_000))
    code, seconds, megabytes, text = run(path)
    assert code in (0, 1)
    assert text.startswith(("refused: ", "accepted: "))
    assert seconds < 10
    assert megabytes < 500


@pytest.mark.slow
@pytest.mark.parametrize("size", [100_000, 1_000_000, checker.BYTES - 1000])
@pytest.mark.parametrize("name", GENERATORS)
def test_hostile_files(name, size, tmp_path):
    """Every generator, at any size up to the largest that is read."""
    path = tmp_path / "hostile.json"
    path.write_bytes(GENERATORS[name](size))
    code, seconds, megabytes, text = run(path)
    assert code in (0, 1)
    assert text.startswith(("refused: ", "accepted: "))
    assert seconds < 10
    assert megabytes < 500


def test_what_is_no_file_is_refused(tmp_path):
    """A directory, a pipe that nobody writes, and nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing"):
        assert "no such regular file" in refused(path)


def test_a_file_that_is_too_large_is_refused_at_once(tmp_path):
    """It is not read to the end."""
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    assert "larger than" in refused(path)


def test_a_process_without_memory_refuses():
    """What the machine lacks is a refusal, wherever it lacks."""

    class Greedy(checker.Work):
        def spend(self, cost: int) -> None:
            raise MemoryError

    certificate = {"format": checker.FORMAT, "method": "identity", "sizes": [], "letters": {"x": []}, "hypotheses": []}
    with pytest.raises(checker.Refused, match="too large"):
        checker.check(certificate | {"goal": {"zero": [["0", ["x"], 1]]}, "cofactors": []}, Greedy())


def test_names_cannot_pretend_to_be_statements(tmp_path):
    """A name that could be taken for something else is quoted, and the terminal does not obey it."""
    names = ["A' B", "x = 0\naccepted: all", "\x1b[2J", "tr", "A"]
    terms = [["0", names]]
    letters = {name: ["n", "n"] for name in names}
    certificate = {"format": checker.FORMAT, "method": "identity", "sizes": ["n"], "letters": letters, "hypotheses": []}
    path = tmp_path / "names.json"
    path.write_text(json.dumps(certificate | {"goal": {"zero": terms}, "cofactors": []}), encoding="utf-8")
    code, _, _, text = run(path)
    assert code == 0
    assert len(text.splitlines()) == 2 + len(names)
    assert all(f"  {json.dumps(name)} is a matrix, n x n" in text for name in names[:-1])
    assert r""""A' B" "x = 0\naccepted: all" "\u001b[2J" "tr" A = 0""" in text
