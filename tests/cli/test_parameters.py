"""A rule of one's own with a parameter: an instance of it is a rule everywhere, and ``--set`` gives the parameter."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

OWN = '''"""A mixture, and rules whose own code fails."""
from sympy import Symbol
from tptheory import Pinv, Rule, matadd, matmul, transpose

class Mixed(Rule):
    def __init__(self, s):
        self.s = s

    def feedback(self, net, l):
        W = net.weight(l)
        return matadd(matmul(self.s, transpose(W)), matmul(1 - self.s, Pinv(W)))

half = Mixed(Symbol("s", positive=True))

class Broken(Rule):
    def feedback(self, net, l):
        return {}["weights"]

class NoMatrix(Rule):
    def feedback(self, net, l):
        return 3

class Empty(Rule):
    pass
'''


@pytest.fixture
def said(run, theorem_file):
    """Return a function that runs a command in a folder that holds mine.py, and returns all that it says."""
    theorem_file(OWN, "mine.py")

    def invoke(*arguments, status=0):
        result = run(*arguments, status=status, COLUMNS="200")
        return result.stdout + result.stderr

    return invoke


HALF = ("--rule", "mine.py::half")


def test_an_instance_is_a_rule(said):
    """Its parameter is a symbol where it is derived, and a number where it is set."""
    assert "dW_1 = -eta*(s*W_2.T - (s - 1)*Pinv(W_2))*" in said("derive", *HALF, "--depth", 2)
    assert said("simulate", *HALF, "--set", "s=1/3", "--steps", 2).startswith("Mixed, widths 4-4-4, lr 0.01")
    assert "digits, widths 64-32-32-10, mixed" in said("train", *HALF, "--set", "s=0.3", "--steps", 2)
    counted = said("invariants", *HALF, "--set", "s=1", "--widths", "2,2,1")
    assert "Mixed at s = 1" in counted
    assert "W_2.T*W_2  proved, 3 numbers" in counted


def test_a_simulation_at_an_end_of_the_mixture_is_that_of_the_end(said):
    """At s = 1 the rule is backpropagation, number for number; between the ends it is neither."""
    runs = {
        s: json.loads(said("simulate", *HALF, "--set", f"s={s}", "--steps", 3, "--json"))["rows"] for s in ("1", "1/3")
    }
    assert runs["1"] == json.loads(said("simulate", "--rule", "bp", "--steps", 3, "--json"))["rows"]
    assert runs["1/3"] != runs["1"]


def test_settings_are_numbers_and_kept(said):
    """A fraction is exact; damping is a name of lambda; the JSON tells what was set."""
    exact = said("simulate", *HALF, "--set", "s=1/3", "--steps", 1, "--dtype", "exact")
    assert "s = 1/3" in exact
    facts = json.loads(said("simulate", "--rule", "damped-tp", "--set", "damping=0.5", "--steps", 1, "--json"))
    assert facts["constants"] == {"damping": 0.5}
    named = json.loads(said("simulate", "--rule", "damped-tp", "--set", "lambda=0.5", "--steps", 1, "--json"))
    assert named["rows"] == facts["rows"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((), "a number for s, which Mixed(s=s) uses (got nothing). Add --set s=0.5, or another number."),
        (("t=1",), "'set' must be one of s (got 't')."),
        (("s=-1",), "'set s' must be a number that s, declared positive, may be (got -1). Give another number."),
        (("s=-1/3",), "'set s' must be a number that s, declared positive, may be (got -1/3)."),
        (("s=__import__('os')",), "'set s' must be a number such as 0.3, 1e-3 or 1/3 (got \"__import__('os')\")."),
        (("s=1/0",), "'set s' must be a number such as"),
        (("s=1e9999",), "'set s' must be a number such as"),
        (("s",), "'set' must be settings such as s=0.3 or s=1/3 (got 's')."),
        (("s=1", "s=2"), "'set' must be one setting of s (got 's=2'). Give it once."),
    ],
)
@pytest.mark.parametrize("command", ["simulate", "train"])
def test_a_wrong_setting_is_one_clear_error(said, command, settings, message):
    """What is missing, unknown, not admitted, or no number, with the mend."""
    options = [part for setting in settings for part in ("--set", setting)]
    assert message in said(command, *HALF, *options, status=2)


def test_a_wrong_setting_of_invariants_is_one_clear_error(said):
    """In the words of the command line, as for the other commands; without a setting the parameter is any."""
    assert "'set' must be one of s (got 't')." in said("invariants", *HALF, "--set", "t=1", status=2)
    message = "'set s' must be a number that s, declared positive, may be (got -1)."
    assert message in said("invariants", *HALF, "--set", "s=-1", status=2)


def test_a_built_in_rule_without_parameters_has_none_to_set(said):
    """The nearest name is no help where there is no name."""
    assert "holds nothing (got 's')" in said("simulate", "--set", "s=1", status=2)
    assert "holds nothing (got 's')" in said("invariants", "--set", "s=1", status=2)


def test_a_class_that_needs_arguments_asks_for_an_instance(said):
    """The error says what the call raised, and names the mend."""
    shown = said("simulate", "--rule", "mine.py::Mixed", status=2)
    assert "which raised TypeError: Mixed.__init__() missing 1 required positional argument: 's')" in shown
    assert "write half = Mixed(...) in the file" in shown


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "Broken",
            "whose feedback at layer {} raised KeyError: 'weights'). Mend feedback(net, l) in the class Broken.",
        ),
        ("NoMatrix", "whose feedback at layer {} returned int and no matrix). Mend feedback(net, l)"),
        ("Empty", "'rule' must be one that defines feedback(net, l) (got Empty()). Define it in its class."),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("derive", "--depth", 2, "--rule"),
        ("simulate", "--rule"),
        ("invariants", "--widths", "2,2,1", "--rule"),
        ("train", "--steps", 1, "--rule"),
        ("sweep", "trajectory"),
        ("sweep", "training"),
    ],
    ids=lambda command: " ".join(command[:2]) if command[0] == "sweep" else command[0],
)
def test_what_a_rule_raises_is_one_line(said, rule, message, command):
    """Method, layer, error and mend, with status 2 and without a traceback, before anything is run or written."""
    name = f"mine.py::{rule}"
    shown = said(*command, f"rule={name}" if command[0] == "sweep" else name, status=2)
    assert any(message.format(l) in shown for l in (1, 2, 3)), shown
    assert len(shown.strip().splitlines()) == 1


def test_a_sweep_goes_over_a_parameter(said, tmp_path):
    """The axis is a list, --set one value; file and name stand in the cells: a sweep that goes on finds them."""
    task = ("sweep", "trajectory", "rule=mine.py::half", "steps=2", "--workers", 1)
    assert "3 cells in" in said(*task, "s=0.5,1/3,1")
    cells = [json.loads(line)["cell"] for line in (tmp_path / "sweep.jsonl").read_text().splitlines()]
    assert cells == [{"rule": "mine.py::half", "steps": 2, "s": s} for s in (0.5, "1/3", 1)]
    assert "0 cells in" in said(*task, "s=0.5,1/3,1")
    assert "1 cell in" in said(*task, "--set", "s=0.25")
    (tmp_path / "mine.py").write_text(OWN.replace("1 - self.s", "2 - self.s"), encoding="utf-8")
    assert "3 cells in" in said(*task, "s=0.5,1/3,1"), "the rule is another one now"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("steps=2",), "'grid' must be one with values of s, which Mixed(s=s) uses (got []). Add s=0.1,1."),
        (
            ("rule=mine.py::half,tp", "s=0.1"),
            "'grid' must be parameters that every rule of it has (got 's'). The rule tp has no parameter s. Sweep it",
        ),
        (("s=1", "sed=0..9"), "(got 'sed'). Did you mean 'seed'?"),
        (("s=1,-1",), "'constants[s]' must be a number that s, declared positive, may be (got -1)."),
        (("s=1,x",), "'s' must be a number such as 0.3, 1e-3 or 1/3 (got 'x')."),
        (("s=1", "--set", "steps=3"), "'set' must be a parameter of the rule and not of trajectory (got 'steps')."),
        (("s=1", "--set", "s=3"), "'set' must be one setting of s"),
    ],
)
def test_a_wrong_axis_is_refused_before_the_sweep(said, tmp_path, settings, message):
    """Nothing is written."""
    rule = [] if settings[0].startswith("rule=") else ["rule=mine.py::half"]
    assert message in said("sweep", "trajectory", *rule, *settings, status=2)
    assert not (tmp_path / "sweep.jsonl").exists()


MATRICES = {
    "in JSON": "B_2=[[1, 0], [0, 1]]",
    "with fractions": 'B_2=[["1/2", 0.5], [-1e0, 2]]',
    "in a file of JSON": "B_2=eye.json",
    "in a file of NumPy": "B_2=eye.npy",
}


@pytest.mark.parametrize("name", MATRICES)
def test_a_fixed_matrix_may_be_set(said, name):
    """Its rows in JSON or in a file: exactly, where laws are counted, and in simulations."""
    Path("eye.json").write_text("[[1, 0], [0, 1]]", encoding="utf-8")
    np.save("eye.npy", np.eye(2))
    counted = said("invariants", "--rule", "fa", "--set", MATRICES[name], "--widths", "2,2,2", status=0)
    assert "3 independent conserved quantities found, which is all there are" in counted
    run = said("simulate", "--rule", "fa", "--set", MATRICES[name], "--widths", "2,2,2", "--steps", 2)
    first = "B_2 = [[1/2, 1/2], [-1, 2]]" if "1/2" in MATRICES[name] else "B_2 = [[1, 0], [0, 1]]"
    assert first in run
    told = said("simulate", "--rule", "fa", "--set", MATRICES[name], "--widths", "2,2,2", "--steps", 2, "--json")
    assert json.loads(told)["constants"]["B_2"][1][1] in (1.0, 2.0)


WRONG = {
    "B_2=[[1, 2], [3]]": "'set B_2' must be rows of numbers such as",
    "B_2=[1, 2]": "'set B_2' must be rows of numbers such as",
    "B_2=[[]]": "'set B_2' must be rows of numbers such as",
    "B_2=[[1, null]]": "'set B_2' must be rows of numbers such as",
    "B_2=[[1, NaN]]": "'set B_2' must be a number such as",
    "B_2=[[1, 1e9999]]": "'set B_2' must be a number such as",
    'B_2=[[1, "__import__(1)"]]': "'set B_2' must be a number such as",
    "B_2=[[1, 2": "'set B_2' must be rows of numbers such as",
    "B_2=nowhere.npy": "'set B_2' must be a readable file (got 'nowhere.npy'). No such file or directory.",
    "B_2=nowhere.json": "'set B_2' must be a readable file (got 'nowhere.json'). No such file or directory.",
    "B_2=pipe.npy": "'set B_2' must be a readable file (got 'pipe.npy'). It is a named pipe",
    "B_2=text.npy": "'set B_2' must be an array of numbers",
    "B_2=pickled.npy": "'set B_2' must be an array of numbers",
    "B_2=nan.npy": "'set B_2' must be an array of numbers",
    "B_2=[[1, 2, 3]]": "must be of shape (2, 2)",
}


@pytest.mark.parametrize("setting", WRONG)
def test_what_is_no_matrix_is_refused(said, setting):
    """Each with one line; no text and no pickle is ever run."""
    Path("text.npy").write_text("[[1, 2]]", encoding="utf-8")
    np.save("pickled.npy", np.array([[print, print], [1, 2]], dtype=object), allow_pickle=True)
    np.save("nan.npy", np.array([[float("nan")]]))
    os.mkfifo("pipe.npy")
    told = said("simulate", "--rule", "fa", "--set", setting, "--widths", "2,2,2", "--steps", 2, status=2)
    assert WRONG[setting] in " ".join(told.split())
