"""Workers end with the work that they are given, and with the process that gave it, however that ends."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path
from time import perf_counter, sleep

import pytest

from tptheory.processes import fault_of_trial, processes, run_to_end

SECONDS = 20
"""How long a test waits for a process to end that should end at once."""
WORKING = """
import sys
from tptheory.processes import processes
if __name__ == "__main__":
    with processes(2, sys.argv[1]) as pool:
        waiting = [pool.submit(pow, 3, 10**7) for _ in range(200)]
        print("begun", flush=True)
        waiting[-1].result()
"""
"""A script whose workers compute powers, each of which holds the interpreter's lock for seconds."""
CHECKING = """
import sys
from pathlib import Path
from tptheory.processes import run_to_end
print("begun", flush=True)
run_to_end([sys.executable, "-c", "import time; time.sleep(60)"], Path("."), 60)
"""


def give_up():
    """Give a process a minute's work, and do not wait for it."""
    with processes(1, "fork") as pool:
        pool.submit(sleep, 60)
        raise KeyboardInterrupt


def test_a_pool_ends_with_the_work_that_is_given_up():
    """A process that sleeps for a minute is not waited for."""
    started = perf_counter()
    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert perf_counter() - started < 30
    assert not active_children()


def test_a_pool_begins_as_it_is_told():
    """Each process calls the function at its start."""
    with processes(1, "fork", os.chdir, "/") as pool:
        assert pool.submit(os.getcwd).result() == "/"


def children_of(pid):
    """Return the ids of all processes that a process started, and that those started."""
    own = [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [p for child in own for p in children_of(child)]


def lives(pid):
    """Whether a process runs; one that has ended and waits for its parent to notice does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")
@pytest.mark.parametrize(
    "script", [WORKING + "# fork", WORKING + "# spawn", CHECKING], ids=["fork", "spawn", "program"]
)
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to end"])
def test_no_worker_outlives_its_parent(tmp_path, script, sent):
    """Whatever it computes, and however the parent ends."""
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, "script.py", script.rpartition("# ")[2]]
    parent = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert parent.stdout.readline() == "begun\n"
    sleep(1)
    found = children_of(parent.pid)
    assert found
    parent.send_signal(sent)
    parent.communicate(timeout=SECONDS)
    deadline = time.monotonic() + SECONDS
    while any(map(lives, found)) and time.monotonic() < deadline:
        sleep(0.05)
    left = [pid for pid in found if lives(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def test_a_program_is_run_to_its_end(tmp_path):
    """What it printed comes back, and one that takes too long is ended."""
    assert run_to_end([sys.executable, "-c", "print(1)"], tmp_path, 60).stdout == "1\n"
    with pytest.raises(subprocess.TimeoutExpired):
        run_to_end([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0.2)


def test_code_that_never_returns_is_stopped():
    """Its process is gone, and the reason says the limit; code that raises has come back."""
    before = children_of(os.getpid())
    assert fault_of_trial(lambda: time.sleep(600), 0.2) == "did not return within 0.2 seconds, and was stopped"
    assert fault_of_trial(lambda: 1 / 0) == ""
    assert fault_of_trial(lambda: (os.closerange(3, 256), time.sleep(600)), 0.2).startswith("did not return")
    assert fault_of_trial(lambda: os.fork() and os._exit(3), 20) == "ended the process, with status 3"
    assert children_of(os.getpid()) == before
