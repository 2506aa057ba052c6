"""Sweeps over rules of one's own and their parameters: every worker runs the file, and a change of the rule is seen."""

import inspect
import json

import pytest

from tptheory import load_rings, train
from tptheory.errors import InvalidFileError, InvalidValueError, UnknownNameError
from tptheory.sweeping.grid import Grid, own_parameters, parse_grid
from tptheory.sweeping.running import sweep
from tptheory.sweeping.swept_rules import check_rules
from tptheory.sweeping.tasks import SETTINGS, SETTINGS_OF_INVERSES, TASKS, content_of, trajectory
from tptheory.training.settings import InverseSettings, named_settings

OWN = """
from sympy import Symbol
from tptheory import Rule, matmul, transpose

class Scaled(Rule):
    def __init__(self, s):
        self.s = s

    def feedback(self, net, l):
        return matmul(self.s, transpose(net.weight(l)))

scaled = Scaled(Symbol("s", positive=True))
"""


@pytest.fixture
def rule(tmp_path):
    """Write the file, and return the name of the rule in it."""
    (tmp_path / "mine.py").write_text(OWN, encoding="utf-8")
    return f"{tmp_path / 'mine.py'}::scaled"


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_of_other_processes_run_the_file(tmp_path, rule, workers):
    """The records are those of a loop in this process; at s = 1 they are those of backpropagation."""
    out = tmp_path / "out.jsonl"
    grid = Grid({"rule": [rule], "s": [1, 0.5, "1/3"], "steps": [3], "seed": range(2)})
    found = sweep("trajectory", grid, out, workers=workers)
    assert (found.cells, found.failed) == (6, 0)
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["cell"]["rule"] for record in records] == [rule] * 6
    assert [record["result"] for record in records] == [trajectory(**cell) for cell in grid]
    assert records[0]["result"] == trajectory(rule="bp", steps=3, seed=0)


def test_a_cell_is_run_again_when_the_formula_changes_and_not_when_a_comment_does(tmp_path, rule):
    """The key of a cell depends on what the rule says, and not on how its file reads."""
    out, grid = tmp_path / "out.jsonl", Grid({"rule": [rule], "s": [0.5], "steps": [2]})
    assert sweep("trajectory", grid, out, workers=1).new == 1
    (tmp_path / "mine.py").write_text(OWN + "# a comment\n", encoding="utf-8")
    assert sweep("trajectory", grid, out, workers=1).new == 0
    for old, new in (("matmul(self.s,", "matmul(2 * self.s,"), ("positive", "nonnegative")):
        (tmp_path / "mine.py").write_text(OWN.replace(old, new), encoding="utf-8")
        assert sweep("trajectory", grid, out, workers=1).new == 1


STATED = """
from sympy import Symbol
from tptheory import Backprop, Momentum, State, matmul

class Stated(Backprop):
    def states(self, net, l):
        S = net.layer_matrix("S", l, lambda k: (net.widths[k], net.widths[k - 1]))
        return (State(S, matmul(-1, S), start=matmul(Symbol("u"), net.weight(l))),)

stated = Momentum(Stated())
"""


def test_starts_of_states_and_defaults_are_part_of_a_rule(tmp_path):
    """A parameter of a start needs a value, one with a default none; a cell is run again when a start changes."""
    file, out, own = tmp_path / "stated.py", tmp_path / "out.jsonl", own_parameters(trajectory)
    file.write_text(STATED, encoding="utf-8")
    rule = f"{file}::stated"
    grid = Grid({"rule": [rule], "u": [0.5], "mu": [1, "1/2"], "steps": [2]})
    check_rules("trajectory", grid.axes, own)
    check_rules("trajectory", {"rule": [rule], "u": [0.5]}, own)
    check_rules("training", {"rule": ["momentum", "kolen-pollack"]}, own_parameters(TASKS["training"]))
    with pytest.raises(InvalidValueError, match="one with values of u"):
        check_rules("trajectory", {"rule": [rule], "mu": [1]}, own)
    found = sweep("trajectory", grid, out, workers=1)
    assert (found.new, found.failed) == (2, 0)
    results = [json.loads(line)["result"] for line in out.read_text().splitlines()]
    assert results[0] == trajectory(rule="momentum", steps=2) != results[1]
    file.write_text(STATED.replace('Symbol("u"), net', '2 * Symbol("u"), net'), encoding="utf-8")
    assert sweep("trajectory", grid, out, workers=1).new == 2


def test_keys_of_built_in_rules_stay():
    """Their cells have no digest, so that files of earlier sweeps go on."""
    assert content_of("trajectory", {"rule": "tp"}) == content_of("training", {}) == ""
    assert content_of("trajectory", {"rule": "none.py::half"}) == content_of("trajectory", {"rule": 3}) == ""


def test_an_axis_is_a_parameter_of_the_task_or_of_its_rule():
    """The task's own are read by their types, the rule's as numbers; a task without a rule takes no others."""
    found = parse_grid(["lr=0.1", "s=0,0.5,1/3,-2/2", "k=1..3", "u=1e-3"], trajectory)
    assert found.axes == {"lr": [0.1], "s": [0, 0.5, "1/3", -1], "k": range(1, 4), "u": [0.001]}
    with pytest.raises(InvalidValueError, match=r"'s' must be a number such as 0.3, 1e-3 or 1/3"):
        parse_grid(["s=1,half"], trajectory)
    with pytest.raises(UnknownNameError, match=r"'grid' must be one of seed, theorem, trials .got 's'"):
        parse_grid(["theorem=a.py::b", "s=1"], TASKS["crosscheck"])


def test_what_a_rule_does_not_have_is_refused_before_the_sweep(tmp_path, rule):
    """Parameters, values and files are checked once for each rule of the grid."""
    own = own_parameters(trajectory)
    check_rules("trajectory", {"rule": [rule], "s": [1, "1/2"]}, own)
    check_rules("training", {"rule": ["damped-tp"], "damping": [0.5]}, own_parameters(TASKS["training"]))
    check_rules("crosscheck", {"theorem": ["none.py::none"]}, own_parameters(TASKS["crosscheck"]))
    for axes, error, message in (
        ({"rule": [rule, "tp"], "s": [1]}, UnknownNameError, "got 's'.. The rule tp has no parameter s. Sweep"),
        ({"rule": [rule, "tp"], "t": [1]}, UnknownNameError, "'grid' must be one of .*got 't'"),
        ({"rule": ["tp", rule]}, InvalidValueError, "one with values of s"),
        ({"rule": [rule], "s": [1, 0]}, InvalidValueError, "s, declared positive, may be .got 0"),
        ({"rule": [rule + "d"], "s": [1]}, UnknownNameError, "Did you mean 'scaled'"),
        ({"rule": ["none.py::half"]}, InvalidFileError, "'rule' must be a Python file"),
    ):
        with pytest.raises(error, match=message):
            check_rules("trajectory", axes, own)


def test_a_cell_of_training_is_a_run_on_the_data_that_it_names(tmp_path):
    """Rings, and the start, the loss and the widths that the cell says: the numbers are those of `train`."""
    cell = {"data": "rings", "hidden": (8,), "loss": "squared", "init": "normal", "std": 0.1, "bias": 0.2, "lr": 0.05}
    out = tmp_path / "out.jsonl"
    assert sweep("training", [cell | {"steps": 20}], out, workers=1).failed == 0
    found = json.loads(out.read_text())["result"]
    options = {name: value for name, value in cell.items() if name not in ("data", "hidden")}
    run = train("bp", data=load_rings(), widths=(2, 8, 2), steps=20, **options)
    assert (found["train_loss"], found["test_accuracy"]) == (run.train_loss, run.test_accuracy)


def test_settings_are_those_of_a_training_run():
    """A cell names a setting as the command does, and its default and its type stand in the declaration alone."""
    declared = {name: (setting.default, kind) for name, setting, kind in named_settings()}
    parameters = inspect.signature(TASKS["training"]).parameters
    found = {name: (parameters[name].default, parameters[name].annotation) for name in parameters if name in declared}
    assert found.keys() == {*SETTINGS, *SETTINGS_OF_INVERSES}
    assert found == {name: declared[name] for name in found}
    grid = parse_grid(["batch=10,20", "std=0.1", "loss=squared"], TASKS["training"])
    assert grid.axes == {"batch": [10, 20], "std": [0.1], "loss": ["squared"]}
    with pytest.raises(InvalidValueError, match="'batch' must be an integer"):
        parse_grid(["batch=all"], TASKS["training"])


def test_settings_of_learned_inverses_are_swept(tmp_path):
    """Each kind of inverse and each noise is what `train` makes of it; a rule without inverses refuses them."""
    out = tmp_path / "out.jsonl"
    grid = parse_grid(["rule=dtp", "inverse=linear,sigmoid", "noise=0.1,1", "steps=5"], TASKS["training"])
    assert sweep("training", grid, out, workers=1).failed == 0
    losses = [json.loads(line)["result"]["train_loss"] for line in out.read_text().splitlines()]
    kinds = [InverseSettings(kind=cell["inverse"], noise=cell["noise"]) for cell in grid]
    assert losses == [train("dtp", steps=5, inverses=inverses).train_loss for inverses in kinds]
    assert len(set(losses)) == 4
    other = sweep("training", [{"rule": "bp", "noise": 0.1, "steps": 5}], tmp_path / "bp.jsonl", workers=1)
    assert other.failed == 1
    assert "'inverses' must be left out unless the rule is 'dtp'" in (tmp_path / "bp.jsonl").read_text()


def test_data_that_are_none_are_an_error_of_the_cell(tmp_path):
    """The names that there are, and the folder that is looked for."""
    out = tmp_path / "out.jsonl"
    assert sweep("training", [{"data": "no/such/folder", "steps": 5}], out, workers=1).failed == 1
    assert "'data' must be digits, rings, mnist, or a folder" in json.loads(out.read_text())["error"]
