"""A theorem file that ends the process, never returns or raises whatever it likes is one line; others settle."""

import builtins
import os
import signal
import sys
import time

import pytest

from tptheory.claims.theorem import collect
from tptheory.cli import watching
from tptheory.cli.watching import LOST, watched
from tptheory.errors import InvalidFileError, complain, raised

FILE = """from sympy import MatrixSymbol, symbols
from tptheory import Equal, Pinv, matmul, theorem
A = MatrixSymbol("A", *symbols("m n"))
@theorem("good")
def good():
    return Equal(matmul(A, Pinv(A), A), A)
@theorem("faulty")
def faulty():
    {body}
@theorem("good too")
def last():
    return Equal(matmul(Pinv(A), A, Pinv(A)), Pinv(A))
"""
FAULTS = {
    "exits": ("import sys; sys.exit(0)", "it raised SystemExit: 0"),
    "raises what is no Exception": ("raise BaseException('x')", "it raised BaseException: x"),
    "raises several lines": ("raise ValueError('one\\ntwo\\x1b[2J')", "it raised ValueError: one two"),
    "raises what cannot be printed": (
        "raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})()",
        "it raised E: an error that cannot be printed",
    ),
    "returns what cannot be printed": (
        "return type('X', (), {'__repr__': lambda self: 1 / 0})()",
        "got an object of the class X",
    ),
    "returns what ends what prints it": (
        "return type('X', (), {'__repr__': lambda self: (_ for _ in ()).throw(BaseException())})()",
        "got an object of the class X",
    ),
    "calls itself": ("return faulty()", "it raised InvalidFileError"),
    "recurses": ("f = lambda: f(); return f()", "it raised RecursionError"),
    "prints too much": ("print('x' * 10**6); return Equal(A, A)", "it prints more than 10,000 characters"),
    "replaces a builtin": ("import builtins; builtins.len = lambda x: 0; return Equal(A, A)", "the builtin len"),
    "names a null byte": ("return Equal(MatrixSymbol('a\\0', 2, 2), MatrixSymbol('B', 2, 2))", "a control character"),
    "names half a pair": ("return Equal(MatrixSymbol('\\ud800', 2, 2), MatrixSymbol('B', 2, 2))", "control character"),
}


@pytest.fixture
def written(tmp_path):
    """Write a theorem file whose second theorem has this body."""

    def write(body):
        path = tmp_path / "facts.py"
        path.write_text(FILE.format(body=body), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(("body", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_theorem_is_one_line_and_the_others_are_settled(run, written, body, said):
    """The status is that of wrong input; nothing that the theorem did to builtins and streams remains."""
    before = dict(vars(builtins))
    result = run("prove", written(body), status=2)
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert len(lines[0]) < 700
    assert "2 proved in" in result.stdout
    assert vars(builtins) == before


LEFT = {
    "replaces what the command calls": ("import json; json.dumps = None", "it replaced json.dumps"),
    "replaces two functions": ("import os; os.write = os.read = None", "it replaced os.read and replaced os.write"),
    "replaces one of tptheory's": ("import tptheory.files as f; f.reason = 0", "it replaced tptheory.files.reason"),
    "closes all files": ("import os; os.closerange(3, 100)", "it closed the files of the command"),
    "closes the descriptors": ("import os; os.close(1); os.close(2)", "closed or replaced standard output and closed"),
    "closes the streams": ("import sys; sys.__stdout__.close(); sys.__stderr__.close()", "it closed the files of the"),
    "turns the output away": ("import os; os.dup2(os.open('/dev/null', 1), 1)", "it closed or replaced standard out"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
@pytest.mark.parametrize(("body", "said"), LEFT.values(), ids=LEFT.keys())
def test_what_a_theorem_does_to_the_command_is_one_line_and_undone(python, written, body, said):
    """The functions that the command calls, its pipe and its streams are there for the other theorems."""
    done = python("-m", "tptheory", "prove", written(f"{body}; return Equal(A, A)"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert "2 proved in" in done.stdout


def test_a_file_that_hangs_on_without_its_pipe_is_ended(monkeypatch):
    """The pipe is how its time is known: without it, it gets little more."""
    monkeypatch.setattr(watching, "CLOSED_SECONDS", 0.3)

    def run(watch):
        if watch.faults:
            return 3 if watch.faults == {"first": "closed the files of the command"} else 4
        watch.begin("first")
        os.close(watch.pipe)
        time.sleep(600)
        return 0

    assert watched(run) == 3


@pytest.mark.parametrize("place", ["a theorem", "a file"])
def test_an_interrupt_that_no_signal_sent_is_a_fault_like_others(python, written, place):
    """A theorem's own code cannot end the command; that Ctrl-C does is tested with the signals."""
    path = written("raise KeyboardInterrupt('no')" if place == "a theorem" else "return Equal(A, A)")
    if place == "a file":
        path.with_name("broken.py").write_text("raise KeyboardInterrupt('no')\n", encoding="utf-8")
    done = python("-m", "tptheory", "prove", path.parent)
    assert done.returncode == 2
    assert done.stderr.count("error: ") == 1
    assert "must return (it raised KeyboardInterrupt: no)." in done.stderr
    assert f"{2 if place == 'a theorem' else 3} proved in" in done.stdout


def test_an_interrupt_in_a_rules_file_is_wrong_input(python, tmp_path):
    """It is no status of a signal."""
    (tmp_path / "mine.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = python("-m", "tptheory", "derive", "--rule", tmp_path / "mine.py::Mine")
    assert done.returncode == 2
    assert done.stderr == "error: a file that was named raised KeyboardInterrupt. Take that out of it.\n"


def test_what_a_theorem_prints_is_not_among_the_results(run, written):
    """It goes to stderr, and a theorem that closes the streams closes them for itself alone."""
    result = run("prove", written("import sys; print('noted'); sys.stdout.close(); return Equal(A, A)"))
    assert "noted" not in result.stdout
    assert "3 proved in" in result.stdout


def test_a_file_that_does_not_import_leaves_the_others_of_its_folder(run, written):
    """It is told in one line."""
    good = written("return Equal(A, A)")
    good.with_name("broken.py").write_text("raise RuntimeError('no')\n", encoding="utf-8")
    result = run("prove", good.parent, status=2)
    assert result.stderr.count("error: ") == 1
    assert "broken.py' is none (it raised RuntimeError: no)" in result.stderr
    assert "3 proved in" in result.stdout


def test_a_file_alone_that_does_not_import_is_wrong_input(run, tmp_path):
    """Nothing is left to settle."""
    (tmp_path / "broken.py").write_text("raise BaseException('no')\n", encoding="utf-8")
    for command in ("prove", "refute", "latex"):
        assert "it raised BaseException: no" in run(command, tmp_path / "broken.py", status=2).stderr
    with pytest.raises(InvalidFileError, match="it raised BaseException: no"):
        collect(tmp_path / "broken.py")


def ends_in(faulty):
    """Return a command that is about to run two theorems, of which one does something that is not told."""

    def run(watch):
        for name in ("first", "second"):
            watch.begin(name)
            if name == "second" and name not in watch.faults:
                faulty()
        watch.finish()
        return 10 if "second" in watch.faults else 0

    return run


ENDS = {
    "exits": lambda: os._exit(0),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
}


@pytest.mark.parametrize("faulty", ENDS.values(), ids=ENDS.keys())
def test_a_command_is_begun_again_without_what_ended_it(faulty):
    """Its status is the second one's, whatever the status with which the first was ended."""
    assert watched(ends_in(faulty)) == 10


def test_a_command_that_is_asked_to_end_before_it_can_answer_has_the_status_of_the_signal(monkeypatch, capfd):
    """A signal that is handed on to a process which has no handler yet ends it; nothing is begun again."""
    followed, begun = watching._followed, []

    def asked(child, read):
        begun.append(child)
        signal.raise_signal(signal.SIGTERM)
        return followed(child, read)

    monkeypatch.setattr(watching, "_followed", asked)
    assert watched(lambda watch: time.sleep(600)) == 128 + signal.SIGTERM
    assert len(begun) == 1
    assert capfd.readouterr().err == "error: interrupted\n"


def test_what_never_returns_is_stopped_at_a_limit_that_is_said(monkeypatch, tmp_path):
    """The limit is counted anew for each theorem, and stands in the reason."""
    monkeypatch.setattr(watching, "LONGEST_SECONDS", 0.4)

    def run(watch):
        for name in ("first", "second", "third"):
            watch.begin(name)
            if name == "second" and name not in watch.faults:
                time.sleep(600)
            time.sleep(0.2)
        watch.finish()
        (tmp_path / "said").write_text(watch.faults["second"])
        time.sleep(0.6)  # what is no theorem may take longer
        return 3

    assert watched(run) == 3
    assert (tmp_path / "said").read_text() == "did not return within 0.4 seconds, and was stopped"


def test_a_command_that_is_ended_later_is_wrong_input(capfd):
    """Where all theorems were read, there is nothing to leave out."""

    def run(watch):
        watch.begin("first")
        watch.finish()
        os._exit(0)

    assert watched(run) == LOST
    assert capfd.readouterr().err == "error: the command ended the process, with status 0 while it searched\n"


def test_an_error_says_what_a_users_code_raised_in_one_short_line():
    """Lines are joined, a long text is cut, and a repr that fails is told by its class."""
    assert raised(ValueError("a\n  b")) == "ValueError: a b"
    assert len(raised(ValueError("x" * 10_000))) < 400
    assert raised(KeyboardInterrupt()) == "KeyboardInterrupt"
    broken = type("X", (), {"__repr__": lambda self: 1 / 0})()
    assert complain("x", "a number", broken) == "'x' must be a number (got an object of the class X)."


def test_a_fault_of_a_watched_command_is_shown(python):
    """What no command turns into a line of its own is not lost with the process that was watched."""
    run = python("-c", "from tptheory.cli.watching import watched; raise SystemExit(watched(lambda watch: 1 / 0))")
    assert run.returncode == 2
    assert "ZeroDivisionError" in run.stderr
