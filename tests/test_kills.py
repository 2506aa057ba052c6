"""A command that is killed or asked to end at any moment loses nothing, and leaves neither processes nor debris."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")
SECONDS = 30
THEOREMS = """from sympy import MatrixSymbol, symbols
from tptheory import AtMost, Equal, Pinv, matmul, squared_norm, theorem
R, S = (MatrixSymbol(name, *symbols("n n")) for name in "RS")
SHORT = AtMost(squared_norm(R * S - S * R), 2 * squared_norm(R) * squared_norm(S))
@theorem("True")
def holds():
    return Equal(matmul(R, Pinv(R), R), R)
"""
THEOREMS += "".join(
    f"@theorem('Commutators are short, {name}')\ndef {name}():\n    return SHORT\n" for name in ("first", "second")
)
"""A file with two theorems that are true, and that no search settles in its time."""
COMMANDS = {
    "lines": "sweep trajectory seed=0..99 steps=300 --out s.jsonl",
    "parquet": "sweep trajectory seed=0..99 steps=300 --out s.parquet",
    "prove": "prove facts.py --fresh --store --seconds 20 --write-certificates certs",
    "latex": "latex facts.py --seconds 20 --out facts.tex",
    "train": "train --rule tp --steps 20000 --checkpoint run.ckpt --checkpoint-every 50 --metrics m.jsonl --resume",
    "report": "report --theorems facts.py --trials 10 --steps 50 --seconds 4",
}


def mark():
    """Return a word that all processes of one command carry in their environment."""
    return f"tptheory-kill-{random.getrandbits(64):x}"


def carriers(word):
    """Return the ids of the living processes whose environment holds a word."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            marked = folder.name.isdigit() and word.encode() in (folder / "environ").read_bytes()
            if marked and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(int(folder.name))
    return found


def end(command, folder, seconds, sent):
    """Start a command, send it a signal after some time; return its status, what it said, and who outlives it."""
    word = mark()
    started = subprocess.Popen(
        [sys.executable, "-m", "tptheory", *command.split()],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "KILL_MARK": word},
    )
    with suppress(subprocess.TimeoutExpired):
        started.wait(seconds)
    started.send_signal(sent)
    said = started.communicate(timeout=SECONDS)[1]
    deadline = time.monotonic() + SECONDS
    while carriers(word) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = carriers(word)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return started.returncode, said, left


def keys(path):
    """Return the keys of the whole records that JSON lines hold."""
    if not path.exists():
        return []
    return [json.loads(line)["key"] for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def debris(folder):
    """Return what is left of temporary files and folders."""
    return list(folder.rglob(".tptheory-*.tmp"))


def kill_often(folder, name, times, seed):
    """End a command so often, at random moments, and go on with it; return what went wrong, by kind."""
    (folder / "facts.py").write_text(THEOREMS)
    wrong = {"orphans": 0, "tracebacks": 0, "lost": 0, "statuses": 0, "debris": 0}
    draw, known = random.Random(seed), []
    for _ in range(times):
        sent, before = draw.choice([signal.SIGKILL, signal.SIGTERM]), set(debris(folder))
        status, said, left = end(COMMANDS[name], folder, draw.uniform(0.3, 6.0), sent)
        wrong["orphans"] += len(left)
        wrong["tracebacks"] += "Traceback" in said
        wrong["statuses"] += status not in (0, 1, 3, -sent, 128 + sent)  # 1: a statement was refuted before
        now = keys(folder / "s.jsonl")
        wrong["lost"] += now[: len(known)] != known or len(set(now)) < len(now)
        known = now
        if sent == signal.SIGTERM:
            wrong["debris"] += len(set(debris(folder)) - before)  # an earlier kill's may stay where it ended at once
    return wrong


def finish(folder, name):
    """Let a command that was killed go on to its end."""
    command = [sys.executable, "-m", "tptheory", *COMMANDS[name].split()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["lines", "prove"])
def test_a_command_that_is_ended_leaves_nothing_behind(tmp_path, name):
    """Once killed and once asked, at some moment."""
    assert not any(kill_often(tmp_path, name, 2, 1).values())


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_ended_again_and_again_comes_to_its_end(tmp_path, name):
    """No orphans, no debris, no record lost or doubled; given again, the command finishes what was begun."""
    wrong = kill_often(tmp_path, name, 8, 7)
    last = finish(tmp_path, name)
    sys.stdout.write(f"{name}: ended 8 times: {wrong}\n")
    assert not any(wrong.values())
    assert last.returncode in (0, 1, 3), last.stderr
    assert debris(tmp_path) == []
    if name == "lines":
        assert len(keys(tmp_path / "s.jsonl")) == 100
    if name == "parquet":
        table = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "s.parquet").to_pydict()
        assert (len(table["key"]), len(set(table["key"]))) == (100, 100)
