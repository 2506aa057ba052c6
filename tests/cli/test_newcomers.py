"""What a newcomer types first works, or says how to mend it: one's own rule, stored folders, files in no folder."""

import json
import re
import sys

import pytest
from sympy import MatrixSymbol

from tptheory import Backprop, Certificate, DeepLinearNetwork, Equal, Pinv, Rule, decide, prove
from tptheory.cli.shell import ORDER
from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError

OWN = '''"""Half of each."""
from tptheory.preamble import *

W_1, W_2 = two.weights

class Mixed(Rule):
    def feedback(self, net, l):
        return matadd(net.weight(l).T / 2, Pinv(net.weight(l)) / 2)

@theorem("The output layer learns as by BP")
def output_layer():
    """No feedback is involved."""
    return Equal(Mixed().update(two, 2), BP.update(two, 2))

@conjecture("The balance is conserved")
def balance():
    """Of BP alone."""
    return Conserved(W_2.T * W_2 - W_1 * W_1.T, along=Mixed().flow(two))

@conjecture("The output layer does not learn as by BP")
def true_after_all():
    """It does."""
    return output_layer()

@theorem("Every layer learns as by BP")
def false_after_all():
    """It does not."""
    return Equal(Mixed().update(two, 1), BP.update(two, 1))
'''


@pytest.fixture
def run(run, theorem_file):
    """Return a function that runs a command in a folder that holds own.py, and returns all that it says."""
    theorem_file(OWN, "own.py")

    def invoke(*arguments, status=0):
        result = run(*arguments, status=status, COLUMNS="80")
        return result.stdout + result.stderr

    return invoke


def test_every_command_about_a_rule_takes_ones_own(run):
    """FILE.py::CLASS stands where the name of a rule does, and is named after its class."""
    assert "dW_1 = -eta*((1/2)*Pinv(W_2) + (1/2)*W_2.T)*" in run("derive", "--rule", "own.py::Mixed", "--depth", 2)
    assert "W_2*W_2.T)/2  proved" in run("invariants", "--rule", "own.py::Mixed", "--widths", "2,2,1")
    assert run("simulate", "--rule", "own.py::Mixed", "--steps", 2).startswith("Mixed, widths 4-4-4")
    assert "digits, widths 64-32-32-10, mixed" in run("train", "--rule", "own.py::Mixed", "--steps", 2)


def test_a_rule_that_is_not_there_is_refused(run):
    """The message names what is there, or the file that is missing."""
    assert "Did you mean 'Mixed'?" in run("derive", "--rule", "own.py::Mixd", status=2)
    assert "'rule' must be a Python file (*.py) (got 'none.py')." in run("derive", "--rule", "none.py::R", status=2)
    assert "'rule' must be one of" in run("derive", "--rule", "own.py::Rule", status=2)
    assert "Name the class: own.py::Mixed." in run("derive", "--rule", "own.py", status=2)
    assert "'rule' must be a Python file (*.py) (got 'none.py')." in run("derive", "--rule", "none.py", status=2)


def test_a_rule_without_names_takes_those_of_its_class():
    """What is written stands; what a named rule is called its heir is not, for it is another rule."""

    class Plain(Rule):
        def feedback(self, net, l):
            return net.weight(l).T

    class Heir(Backprop):
        pass

    assert (Plain().name, Plain().title) == ("plain", "Plain")
    assert (Heir().name, Heir().title) == ("heir", "Heir")


def test_a_true_conjecture_is_told_at_once(run):
    """The search for a counterexample does not use up its time first."""
    found = json.loads(run("prove", "own.py::true_after_all", "--json", status=1))
    assert found["theorems"][0]["found"] == "proved"
    assert found["seconds"] < 5


def test_a_false_theorem_shows_what_comes_out(run):
    """However long the expression, the value stands at its end."""
    shown = run("prove", "own.py::false_after_all", status=1)
    assert "    Counterexample to: " in shown
    assert "... = [[-3/4]], not 0\n" in shown


def test_what_is_stored_is_checked_as_it_lies_there(run, tmp_path):
    """Counterexamples lie beside certificates: they are passed over and counted, and alone they are no certificates."""
    run("prove", "own.py::output_layer", "own.py::balance", "--store")
    files = sorted((tmp_path / "certificates").iterdir())
    assert [file.name for file in files] == ["own.balance.json", "own.output_layer.json"]
    shown = run("check", *files)
    assert "accepted  " in shown
    assert "1 file holds a counterexample" in shown
    assert json.loads(run("check", *files, "--json"))["summary"] == {"accepted": 1, "refused": 0, "counterexamples": 1}
    assert "tptheory prove evaluates it again" in run("check", files[0], status=2)


def test_a_file_in_no_folder_is_refused_before_the_work(run):
    """Nothing is searched for whose result has no place."""
    for command in (("latex", "own.py"), ("export", "coq", "own.py")):
        shown = run(*command, "--out", "none/out.tex", status=2)
        assert "'out' must be a file in a folder that exists" in shown
        assert "Make none." in shown


def test_help_flows_and_commands_stand_in_their_order(run):
    """A paragraph of help has no line break of the source in it; commands come from a rule to the report."""
    lines = [line.strip() for line in run("sweep", "--help").splitlines()]
    (start,) = (i for i, line in enumerate(lines) if line.startswith("Every NAME"))
    paragraph = lines[start : lines.index("", start)]
    assert paragraph[-1].endswith("that you trust.")
    words = [following.split()[0] for following in paragraph[1:]]
    assert all(len(line) + len(word) >= 76 for line, word in zip(paragraph, words, strict=False)), paragraph
    listed = run("--help")
    places = [listed.index(f"│ {name} ") for name in ORDER]
    assert places == sorted(places)


def test_the_snippet_keeps_fractions():
    """One half is no float in the Python that is printed."""
    net = DeepLinearNetwork(depth=2)
    found = decide(Equal(net.weight(1) / 2, net.weight(1))).counterexample
    assert "Rational(1, 2)" in found.snippet()
    assert "(1/2)" not in found.snippet()


def test_words_for_a_size_are_mended():
    """A letter in quotes is no symbol; the message writes the one that is meant."""
    with pytest.raises(InvalidTypeError, match=r"Try Symbol\('B', integer=True, positive=True\)\."):
        DeepLinearNetwork(depth=2, batch="B")


def test_a_certificate_that_cannot_be_read_is_named(tmp_path):
    """The message has the file, once."""
    with pytest.raises(InvalidFileError, match=r"none\.json'\)\. No such file or directory\.$"):
        Certificate.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("W", encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"bad\.json' must be a certificate in JSON"):
        Certificate.load(tmp_path / "bad.json")


def test_a_certificate_is_saved_as_it_is_loaded(tmp_path):
    """The file reads as the same certificate; a folder that is not there is named."""
    A = MatrixSymbol("A", 2, 3)
    certificate = prove(Equal(A * Pinv(A) * A, A)).certificate
    certificate.save(tmp_path / "mine.json")
    assert Certificate.load(tmp_path / "mine.json") == certificate
    with pytest.raises(InvalidValueError, match=r"Make .*nowhere"):
        certificate.save(tmp_path / "nowhere" / "mine.json")


def test_strategies_say_what_they_need(monkeypatch):
    """Without Hypothesis the message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "tptheory.strategies", raising=False)
    with pytest.raises(ImportError, match="pip install hypothesis"):
        __import__("tptheory.strategies")


def test_data_that_is_not_there_says_what_there_is(run):
    """Digits and rings need no folder."""
    assert "'data' must be digits, rings, mnist, or a folder" in run("train", "--data", "none", status=2)


@pytest.mark.parametrize(
    "line",
    [
        ("derive", "--widths", "{}"),
        ("simulate", "--steps", "1", "--widths", "{}"),
        ("invariants", "--rule", "bp", "--widths", "{}"),
        ("train", "--data", "rings", "--steps", "1", "--widths", "{}"),
        ("sweep", "trajectory", "steps=1", "--workers", "1", "--out", "{}.jsonl", "widths={}"),
    ],
    ids=lambda line: line[0],
)
def test_widths_are_written_in_one_way_everywhere(run, line):
    """Every command takes 2-3-2, as its help has it, and 2,3,2."""
    said = [run(*(part.format(text) for part in line)) for text in ("2-3-2", "2,3,2")]
    timeless = [re.sub(r"[0-9.]+ s, .*", "", text) for text in said]
    assert timeless[0] == timeless[1]
    shown = run(line[0], "--help")
    assert "4,4,4" not in shown
    assert "4,3,2" not in shown
