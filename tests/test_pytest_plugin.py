"""`pytest mine.py` settles theorems: each is a test, and other people's tests are as they were."""

import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FACTS = '''"""What is true of two layers?"""

from tptheory.preamble import *


@theorem("The error is what it is")
def fine():
    """By definition."""
    return Equal(one.error, one.error)


@theorem("TP is BP")
def wrong():
    """It is not."""
    return Equal(TP.update(two, 1), BP.update(two, 1))


@conjecture("TP is BP, they say")
def said():
    """Weights that are no partial isometries break it."""
    return Equal(TP.update(two, 1), BP.update(two, 1))


@conjecture("The error is what it is, or is that open?", open=True)
def settled_after_all():
    """It is not open."""
    return Equal(one.error, one.error)


@theorem("No claim at all")
def broken():
    """A theorem returns a claim."""
    return 3


def test_plain():
    """An ordinary test in a file of theorems."""
    assert fine().given == ()
'''
OPEN = '''"""Are commutators short?"""

from tptheory.preamble import *


@conjecture("Commutators are short", open=True)
def commutators():
    """They are (Boettcher and Wenzel, 2008), but it is not known how squares alone would show it."""
    return AtMost(squared_norm(R * S - S * R), 2 * squared_norm(R) * squared_norm(S))
'''
ORDINARY = '''"""An ordinary test file, which defines a theorem for its own use."""

from tptheory.preamble import *


@theorem("TP is BP")
def wrong():
    """It is not, but nobody asks."""
    return Equal(TP.update(two, 1), BP.update(two, 1))


def test_of_ones_own():
    """It passes."""
    assert wrong.expected == "proved"
'''


@pytest.fixture
def folder(tmp_path):
    """Write a file of theorems and an ordinary test file into a folder."""
    (tmp_path / "mine.py").write_text(FACTS, encoding="utf-8")
    (tmp_path / "test_ordinary.py").write_text(ORDINARY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run_pytest(python, folder, monkeypatch):
    """Return a function that runs pytest with the plugin in that folder, and returns its status and its output."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether or not the package is installed

    def ended(*arguments, plugin="tptheory.pytest_plugin"):
        run = python("-m", "pytest", "-p", plugin, "-p", "no:cacheprovider", "-rA", *arguments, cwd=folder)
        return run.returncode, run.stdout + run.stderr

    return ended


def outcomes(said):
    """Return the outcome of each test that the summary lists, by its node."""
    return {node: word for word, node in re.findall(r"^(PASSED|FAILED|XFAIL|SKIPPED|ERROR) (\S+)", said, re.MULTILINE)}


def test_theorems_are_tests(run_pytest):
    """A theorem has to be proved, a conjecture refuted; a failure says why, without a traceback."""
    status, said = run_pytest("mine.py")
    assert status == 1
    expected = {"fine": "PASSED", "said": "PASSED", "test_plain": "PASSED"}
    expected |= {"wrong": "FAILED", "settled_after_all": "PASSED", "broken": "FAILED"}
    assert outcomes(said) == {f"mine.py::{name}": word for name, word in expected.items()}
    assert "expected: proved, found: refuted\nTP is BP\n" in said
    assert re.search(r"^W_2 = \[\[2\]\]$", said, re.MULTILINE)
    assert "open conjectures that are settled" in said
    assert "mine.py::settled_after_all: open, and now proved: turn it into a theorem, @theorem(...)\n" in said
    assert "'mine.py::broken' must be a theorem that returns a claim (got 3)" in said
    assert "Traceback" not in said
    assert "tptheory/" not in said.replace("tptheory/pytest_plugin", "")


def test_an_open_conjecture_is_an_expected_failure(run_pytest, folder):
    """What nobody has settled is neither passed nor failed, and the reason is said."""
    (folder / "asked.py").write_text(OPEN, encoding="utf-8")
    status, said = run_pytest("asked.py", "--theorem-seconds", "0.2")
    assert (status, outcomes(said)) == (0, {"asked.py::commutators": "XFAIL"})
    assert "an open question, which nothing settled" in said


def test_what_a_file_imports_of_tptheory_is_imported_once(run_pytest, folder):
    """Before the process in which the file is tried is forked; and Hypothesis, which no theorem needs, not at all."""
    first = (
        "import sys\nassert 'tptheory.symbolic.expressions' in sys.modules\nassert 'hypothesis' not in sys.modules\n"
    )
    (folder / "early.py").write_text(first + OPEN, encoding="utf-8")
    assert run_pytest("--collect-only", "early.py")[0] == 0
    (folder / "late.py").write_text(first + OPEN.replace("from tptheory.preamble", "from os"), encoding="utf-8")
    status, said = run_pytest("--collect-only", "late.py")
    assert status == 2
    assert "assert 'tptheory.symbolic.expressions' in sys.modules" in said


LACKS = """@theorem("A title")
def first():
    return Equal(one.error, one.error)
"""
TAKEN = """from tptheory.preamble import *


@theorem("The error is what it is")
def fine():
    return Equal(one.error, one.error)


@theorem("A name that the preamble binds before")
def balance():
    return Equal(one.error, one.error)
"""


def test_a_file_without_its_import_says_which(run_pytest, folder):
    """The message is one line, with the import that brings the name."""
    (folder / "lacks.py").write_text(LACKS, encoding="utf-8")
    status, said = run_pytest("lacks.py")
    assert status == 2
    assert (
        "lacks.py raised NameError: name 'theorem' is not defined. 'theorem' is a word of the preamble: begin the "
        in said
    )
    assert "Traceback" not in said


def test_theorems_are_settled_in_the_order_of_their_lines(run_pytest, folder):
    """A name that the import binds before does not put its theorem first."""
    (folder / "taken.py").write_text(TAKEN, encoding="utf-8")
    _, said = run_pytest("taken.py", "--collect-only", "-q")
    assert re.findall(r"^taken.py::(\w+)$", said, re.MULTILINE) == ["fine", "balance"]


def test_theorems_are_chosen_as_tests_are(run_pytest):
    """Node ids, `-k`, and a folder that is named: in it ordinary tests run too, but their theorems are no tests."""
    for arguments in (["mine.py::said"], ["mine.py", "-k", "said"]):
        status, said = run_pytest(*arguments)
        assert (status, outcomes(said)) == (0, {"mine.py::said": "PASSED"})
    status, said = run_pytest(".", "-k", "fine or ones_own or wrong", "--collect-only", "-q")
    assert status == 0
    found = {"mine.py::fine", "mine.py::wrong", "test_ordinary.py::test_of_ones_own"}
    assert set(re.findall(r"^\S+::\S+$", said, re.MULTILINE)) == found


ENDS = {
    "exits.py": ("os._exit(0)", "ended the process, with status 0"),
    "kills.py": ("os.kill(os.getpid(), 9)", "ended the process, by signal 9"),
    "leaves.py": ("sys.exit(0)", "raised SystemExit: 0"),
}


@pytest.mark.parametrize("named", [[*ENDS, "mine.py"], ["."]], ids=["files", "folder"])
def test_files_that_end_the_process_are_an_error_each(run_pytest, folder, named):
    """The status is not 0, and the theorems of the other files are collected."""
    for name, (body, _) in ENDS.items():
        (folder / name).write_text(f"import os, sys\n{body}\n{FACTS}", encoding="utf-8")
    status, said = run_pytest(*named, "-k", "fine")
    assert status == 2
    assert outcomes(said) == dict.fromkeys(ENDS, "ERROR")
    for name, (_, why) in ENDS.items():
        assert f"{name} {why}\n" in said
    assert "INTERNALERROR" not in said
    status, said = run_pytest(*named, "-k", "fine", "--continue-on-collection-errors")
    assert (status, outcomes(said)) == (1, {**dict.fromkeys(ENDS, "ERROR"), "mine.py::fine": "PASSED"})


def test_a_theorem_that_ends_the_process_is_one_failure(run_pytest, folder):
    """The others are settled."""
    (folder / "mine.py").write_text(FACTS.replace("return 3", "import os; os._exit(0)"), encoding="utf-8")
    status, said = run_pytest("mine.py", "-k", "fine or broken")
    assert (status, outcomes(said)) == (1, {"mine.py::fine": "PASSED", "mine.py::broken": "FAILED"})
    assert "'mine.py::broken' must return (it ended the process, with status 0)." in said


def test_theorems_run_in_several_processes(run_pytest):
    """With `-n` the items travel to workers by their nodes."""
    status, said = run_pytest("mine.py", "-k", "fine or said", "-p", "xdist", "-n", "2")
    assert (status, set(outcomes(said).values()), len(outcomes(said))) == (0, {"PASSED"}, 2)


def test_other_runs_are_as_they_were(run_pytest, folder):
    """Where no file is named no theorem is collected, and an ordinary file gives what it gives without the plugin."""
    status, said = run_pytest()
    assert (status, outcomes(said)) == (0, {"test_ordinary.py::test_of_ones_own": "PASSED"})
    without = run_pytest("test_ordinary.py", plugin="no:tptheory")
    assert (status, outcomes(said)) == (without[0], outcomes(without[1]))
    (folder / "broken.py").write_text("this is no Python", encoding="utf-8")
    status, said = run_pytest(".", "-k", "ones_own")
    assert (status, outcomes(said)) == (0, {"test_ordinary.py::test_of_ones_own": "PASSED"})


def test_without_theorems_nothing_is_imported(python, tmp_path, monkeypatch):
    """A run of somebody else's tests loads the plugin, and neither SymPy nor any room of the library."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether or not the package is installed
    (tmp_path / "test_x.py").write_text(
        '"""A test."""\nimport sys\n\n\ndef test_modules():\n    """What is loaded."""\n'
        "    assert 'sympy' not in sys.modules\n"
        "    own = {m for m in sys.modules if m.startswith('tptheory.')}\n"
        "    assert own == {'tptheory.lazy', 'tptheory.pytest_plugin'}\n",
        encoding="utf-8",
    )
    run = python("-m", "pytest", "-q", "-p", "tptheory.pytest_plugin", "-p", "no:cacheprovider", cwd=tmp_path)
    assert run.returncode == 0, run.stdout


def test_the_plugin_is_declared():
    """The package tells pytest where the plugin is."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (module,) = data["project"]["entry-points"]["pytest11"].values()
    assert import_module(module) is sys.modules["tptheory.pytest_plugin"]
