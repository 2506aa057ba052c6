"""The first theorem file of a newcomer: what it lacks is said, its order kept, and a solved question is no failure."""

import json
import os
import re
from pathlib import Path

import pytest

import tptheory
from tptheory.claims.file_hints import hint_of, told
from tptheory.import_advice import import_of

LACKS_THE_IMPORT = """
@theorem("A title")
def first():
    return Equal(A, A)
"""
LACKS_ONE_NAME = """from tptheory import Equal, theorem

@theorem("A title")
def first():
    return Equal(decide, 1)
"""
RULE_WITHOUT_IMPORT = """
class Mine(Rule):
    def feedback(self, net, l):
        return net.weight(l).T
"""
BARE = """from tptheory.preamble import *

@theorem
def first():
    return Equal(A, A)
"""
MIXED = """from tptheory.preamble import *

@theorem("A true theorem")
def true():
    return Equal(Pinv(Pinv(A)), A)

@conjecture("An open question", open=True)
def asked():
    return Equal(Pinv(T(A)), T(Pinv(A)))

@theorem("Another true theorem")
def also_true():
    return Equal(matmul(A, Pinv(A), A), A)

@conjecture("A false claim, by a name that the preamble has")
def balance():
    return Equal(Pinv(A), T(A))
"""
FALSE = """
@theorem("A false theorem")
def wrong():
    return Equal(Pinv(A), T(A))
"""
NAMES = ["true", "asked", "also_true", "balance"]


@pytest.mark.parametrize(
    ("text", "command", "mend"),
    [
        (LACKS_THE_IMPORT, ("prove", "facts.py"), "'theorem' is a word of the preamble: begin the file with from "),
        (LACKS_ONE_NAME, ("prove", "facts.py"), "'decide' is a name of tptheory: begin the file with from tptheory im"),
        (RULE_WITHOUT_IMPORT, ("derive", "--rule", "facts.py::Mine"), "'Rule' is a word of the preamble: begin "),
        (BARE, ("prove", "facts.py::other"), 'Write @theorem("What holds").). Run python facts.py to see where. That'),
        (BARE, ("latex", "facts.py"), "That is line 3 of facts.py."),
    ],
)
def test_a_file_that_lacks_something_says_what(run, theorem_file, text, command, mend):
    """An import of the preamble or of tptheory, in a theorem file or in that of a rule; or else the line."""
    theorem_file(text)
    assert mend in run(*command, status=2).stderr


def test_no_import_is_advised_that_would_not_help():
    """A name that tptheory does not have, or an error without one, gets no hint."""
    assert hint_of(NameError("name 'foo' is not defined", name="foo"), import_of) == ""
    assert hint_of(NameError("mine"), import_of) == ""
    assert told(ValueError("plain"), import_of) == "plain"


def test_a_package_that_is_a_link_is_no_users_file(python, theorem_file, tmp_path):
    """Where tptheory is installed by a symbolic link, the line is that of the user's file, and not one of ours."""
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "tptheory").symlink_to(Path(tptheory.__file__).parent)
    theorem_file(BARE)
    path = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    said = python("-m", "tptheory", "prove", "facts.py", cwd=tmp_path, env=path).stderr
    assert "That is line 3 of facts.py." in " ".join(said.split())


def test_an_error_in_another_package_is_at_the_line_that_called_it(run, theorem_file):
    """What NumPy raises is told with the line of the user's file, and not with one of NumPy's."""
    theorem_file("import numpy as np\n\nnp.linalg.inv(np.zeros((2, 3)))\n")
    assert "That is line 3 of facts.py." in run("prove", "facts.py", status=2).stderr


def test_the_order_of_a_file_is_kept(run, theorem_file):
    """A theorem whose name the preamble has too stands where it is written, in the table and in the paper."""
    theorem_file(MIXED)
    shown = run("prove", "facts.py").stdout
    assert re.findall(r"^facts\.py::(\w+)", shown, re.MULTILINE) == NAMES
    assert re.findall(r"\\label\{facts:(\w+)\}", run("latex", "facts.py").stdout) == NAMES
    listed = json.loads(run("prove", "facts.py", "--json").stdout)["theorems"]
    assert [row["node"].partition("::")[2] for row in listed] == NAMES


def test_an_open_question_that_is_settled_is_news(run, theorem_file, tmp_path):
    """`prove` and `latex` say so, and their status is 0; `--store` keeps the verdict."""
    theorem_file(MIXED)
    shown = run("prove", "facts.py", "--store").stdout
    assert re.search(r"asked +proved .* open, and now proved: turn it into a theorem, @theorem\(...\)$", shown, re.M)
    assert "2 proved, 1 refuted as expected, 1 open and now proved in" in shown
    assert (tmp_path / "certificates" / "facts.asked.json").is_file()
    said = run("latex", "facts.py", "--out", "facts.tex").stderr
    assert "facts.py::asked: open, and now proved: turn it into a theorem" in said
    assert "exit status" not in said


def test_latex_says_why_its_status_is_not_0(run, theorem_file):
    """One line names the theorems, and what became of them; the text is written all the same."""
    theorem_file(MIXED + FALSE + FALSE.replace("wrong", "wrong_too"))
    said = run("latex", "facts.py", "--out", "facts.tex", status=1).stderr
    assert (
        "exit status 1: facts.py::wrong is refuted unexpectedly; facts.py::wrong_too is refuted unexpectedly\n" in said
    )
    assert theorem_file("", "empty.py").with_name("facts.tex").is_file()
