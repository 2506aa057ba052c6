"""A command that is asked to end says so in one line, with a status that tells by which signal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tptheory.signals import Terminated, status_of, with_advice

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def started(arguments, folder, begin=None):
    """Start a command in a folder."""
    command = [sys.executable, "-m", "tptheory", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, preexec_fn=begin, **pipes)


def with_default_interrupt():
    """Heed Ctrl-C, which the background jobs of a shell are started to ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda sent: sent.name)
def test_a_command_that_is_asked_to_end_says_so_in_one_line(tmp_path, sent):
    """All take the road of Ctrl-C; the status is 128 and the number of the signal."""
    out = ["train", "--steps", "100000000", "--log-every", "1000"]
    running = started(out, tmp_path, with_default_interrupt)
    assert "iter" in running.stdout.readline()
    running.send_signal(sent)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 128 + sent
    assert said.startswith("error: interrupted: nothing is kept of the run; with --checkpoint FILE")
    assert said.count("\n") == 1


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.35, 0.5])
def test_an_interrupt_while_modules_are_imported_is_quiet(tmp_path, seconds):
    """No traceback of an import; a command that has begun by then says that it was interrupted, and nothing else."""
    running = started(["derive", "--depth", "400"], tmp_path, with_default_interrupt)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(seconds)
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=60)[1] in ("", "error: interrupted\n")


def test_an_import_by_a_program_leaves_signals_alone(python):
    """Only the command line takes them over."""
    code = "import signal; before = signal.getsignal(2); import tptheory; assert signal.getsignal(2) is before"
    assert python("-c", code).returncode == 0


def test_a_stop_keeps_its_signal_when_advice_is_added():
    """The status is that of the signal still."""
    assert status_of(with_advice(Terminated(signal.SIGTERM), "Go on.")) == 143
    assert with_advice(Terminated(signal.SIGTERM), "Go on.").args == ("Go on.",)
    assert status_of(with_advice(KeyboardInterrupt(), "Go on.")) == 130


@pytest.mark.parametrize(
    "command", ["derive --depth 40", "derive --json --depth 40", "prove facts.py", "train --steps 3000"]
)
def test_output_that_nobody_reads_ends_in_silence(tmp_path, command):
    """As after `| head`: no word, and the status of a program that SIGPIPE ends, for text, tables and JSON alike."""
    names = [f"t{i}" for i in range(300)]
    head = "from sympy import MatrixSymbol\nfrom tptheory import Equal, theorem\nA = MatrixSymbol('A', 2, 2)\n"
    (tmp_path / "facts.py").write_text(
        head + "".join(f"@theorem('{name} {'long ' * 30}')\ndef {name}():\n    return Equal(A, A)\n" for name in names)
    )
    running = started(command.split(), tmp_path)
    running.stdout.close()
    with running.stderr as errors:
        said = errors.read()
    assert (running.wait(60), said) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("latex facts.py --out /dev/full", "the file '/dev/full' cannot be used: No space left on device. Name a"),
        ("train --steps 3 --metrics /dev/full", "the file '/dev/full' cannot be used: No space left on device. Name a"),
        ("derive > /dev/full", "standard output cannot be written: No space left on device. Send it elsewhere"),
        ("prove facts.py > /dev/full", "standard output cannot be written: No space left on device. Send it elsewhe"),
    ],
)
def test_a_full_disk_is_one_line_that_names_what_is_full(tmp_path, command, said):
    """It says what to do as well, for files and for what is printed."""
    head = "from sympy import MatrixSymbol\nfrom tptheory import Equal, theorem\nA = MatrixSymbol('A', 2, 2)\n"
    (tmp_path / "facts.py").write_text(f"{head}@theorem('same')\ndef same():\n    return Equal(A, A)\n")
    arguments, _, out = command.partition(" > ")
    with open(out or os.devnull, "w") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "tptheory", *arguments.split()],
            cwd=tmp_path,
            stdout=stream,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"error: {said}")
