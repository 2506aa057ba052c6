"""Runs and sweeps become tables; pandas is asked for by name, and only then."""

import json
import sys
from fractions import Fraction

import numpy as np
import pytest

from tptheory import Momentum, simulate, simulate_ensemble, sweep_frame, train
from tptheory.errors import InvalidFileError, InvalidValueError, MissingLibraryError
from tptheory.simulation.frames import ensemble_columns, run_columns
from tptheory.sweeping.frames import sweep_columns
from tptheory.sweeping.running import sweep

W1, W2, x, y = [[1.0, 0.5]], [[2.0]], [1.0, 1.0], [1.0]
CELLS = [
    {"rule": rule, "widths": [2, 3, 2], "steps": 2, "seed": seed, "curve": True}
    for rule in ("bp", "tp")
    for seed in (0, 1)
]


@pytest.fixture
def run():
    """Give a run of three steps."""
    return simulate("tp", [W1, W2], x, y, lr=0.1, steps=3)


def test_the_columns_of_a_run(run):
    """A row for each time, with the loss and the norms that the arrays of the run have."""
    columns = run_columns(run)
    assert list(columns) == ["step", "time", "loss", "error", "norm_W_1", "norm_dW_1", "norm_W_2", "norm_dW_2"]
    assert {len(column) for column in columns.values()} == {4}
    np.testing.assert_allclose(columns["norm_W_1"], np.linalg.norm(run.weights[0], axis=(1, 2)))
    np.testing.assert_allclose(columns["norm_dW_2"][:3], np.abs(run.updates[1][:, 0, 0]))
    assert np.isnan(columns["norm_dW_2"][3])
    np.testing.assert_allclose(columns["error"], np.abs(run.errors[:, 0, 0]))
    np.testing.assert_allclose(columns["loss"], columns["error"] ** 2 / 2)


def test_entries_are_columns_on_request(run):
    """Each entry has a column, counted from 1."""
    columns = run_columns(run, entries=True)
    np.testing.assert_array_equal(columns["W_1[1,2]"], run.weights[0][:, 0, 1])


def test_states_of_the_rule_are_columns_too():
    """The velocity of a momentum has norms, and entries on request, in runs and in ensembles."""
    run = simulate(Momentum("bp"), [W1, W2], x, y, lr=0.1, steps=3)
    columns = run_columns(run, entries=True)
    np.testing.assert_array_equal(columns["V_1[1,2]"], run.states["V_1"][:, 0, 1])
    np.testing.assert_allclose(columns["norm_V_2"], np.abs(run.states["V_2"][:, 0, 0]))
    np.testing.assert_allclose(columns["norm_dV_2"][:3], np.abs(np.diff(run.states["V_2"][:, 0, 0])))
    members = simulate_ensemble(Momentum("bp"), [np.stack([W1, W1]), np.stack([W2, W2])], x, y, lr=0.1, steps=3)
    np.testing.assert_array_equal(ensemble_columns(members, entries=True)["V_1[1,2]"], [*columns["V_1[1,2]"]] * 2)


def test_the_length_of_a_run_is_the_number_of_its_rows(run):
    """Of its times, that of the start among them."""
    assert len(run) == len(run_columns(run)["time"]) == run.steps + 1


def test_biases_and_exact_runs_have_columns_too():
    """An exact run is rounded to floats; a bias has norms of its own."""
    run = simulate("bp", [[[1, 2]], [[2]]], [1, 1], [1], lr=Fraction(1, 10), steps=1, dtype="exact", biases=[[1], [2]])
    columns = run_columns(run)
    assert columns["norm_b_2"].dtype == float
    assert columns["norm_b_2"][0] == 2
    assert columns["norm_db_1"][0] == pytest.approx(abs(float(run.bias_updates[0][0, 0, 0])))


def test_members_of_an_ensemble_are_rows():
    """A member that stopped has rows up to there."""
    weights = [np.stack([W1, np.multiply(1e200, W1)]), np.stack([W2, W2])]
    found = simulate_ensemble("bp", weights, x, y, lr=0.1, steps=3)
    assert found.status.tolist() == ["completed", "diverged"]
    columns = ensemble_columns(found)
    assert columns["member"].tolist() == [0] * 4 + [1] * (int(found.steps[1]) + 1)
    np.testing.assert_array_equal(columns["loss"][:4], found.loss[:, 0])


def test_the_log_of_a_training_run_is_a_table():
    """A row for each line of the log; with the probes, for each of their readings."""
    run = train("bp", steps=20, log_every=10, probes=True)
    assert run.columns()["step"] == [line.step for line in run.log]
    readings = run.columns(readings=True)
    assert len(readings["probe"]) == len(run.readings) > 0


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Give the records of a small sweep, one of whose cells fails."""
    path = tmp_path_factory.mktemp("sweep") / "runs.jsonl"
    sweep("trajectory", [*CELLS, {"rule": "tp", "widths": [0, 1], "steps": 1}], path, workers=1)
    return path


def test_a_sweep_is_tidy(records):
    """Parameters and results are columns of scalars; a name that both have is told apart; a failure has its error."""
    columns = sweep_columns(records)
    assert columns["rule"] == ["bp", "bp", "tp", "tp", "tp"]
    assert columns["widths"] == ["2-3-2"] * 4 + ["0-1"]
    assert columns["steps"] == [2, 2, 2, 2, 1]
    assert columns["result.steps"] == [2, 2, 2, 2, None]
    assert columns["status"][:4] == ["completed"] * 4
    assert "positive" in columns["error"][4]
    assert not {"curve.loss", "result.curve", "key"} & set(columns)
    assert all(not isinstance(value, list | dict) for column in columns.values() for value in column)


def test_whole_curves_are_kept_on_request(records):
    """A row for each step of each cell, with the losses that the records hold."""
    columns = sweep_columns(records, curves=True)
    assert columns["step"] == [0, 1, 2] * 4
    first = json.loads(records.read_text().splitlines()[0])["result"]
    assert columns["loss"][:3] == first["curve"]["loss"]
    assert (columns["loss"][0], columns["loss"][2]) == (first["first_loss"], first["last_loss"])


def test_parquet_gives_the_same_table(records, tmp_path):
    """The folder of Parquet files holds the same cells."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "runs.parquet"
    sweep("trajectory", CELLS, path, workers=1)
    for curves in (False, True):
        columns, expected = sweep_columns(path, curves=curves), sweep_columns(records, curves=curves)
        assert {n: c[:4] for n, c in columns.items() if n != "error"} == {
            n: c[:4] for n, c in expected.items() if n != "error"
        }


def test_reading_changes_nothing(records, tmp_path):
    """A line that is still being written is left out, and left as it is."""
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes(records.read_bytes()[:-10])
    before = cut.read_bytes()
    assert len(sweep_columns(cut)["rule"]) == 4
    assert cut.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text", "error", "message"),
    [
        ("none.jsonl", None, InvalidValueError, "'path' must be a file .jsonl, or a folder .parquet, of records that"),
        ("runs.csv", "a,b\n", InvalidValueError, "'path' must be a file .jsonl"),
        ("runs.jsonl", "[1]\n", InvalidFileError, "'path' must be a file of records .*line 1"),
        ("runs.jsonl", "no json\n", InvalidFileError, "line 1"),
    ],
)
def test_what_is_no_sweep_is_refused(tmp_path, name, text, error, message):
    """By name, with the line."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        sweep_columns(path)


def test_curves_that_nobody_recorded_are_asked_for(tmp_path):
    """The error names the parameter that records them."""
    path = tmp_path / "runs.jsonl"
    sweep("trajectory", [{"steps": 1}], path, workers=1)
    with pytest.raises(InvalidFileError, match="Sweep with curve=true"):
        sweep_columns(path, curves=True)


def test_without_pandas_the_mend_is_named(run, records, monkeypatch):
    """One clear error, for a run and for a sweep."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    for ask in (run.to_frame, lambda: sweep_frame(records)):
        with pytest.raises(MissingLibraryError, match=r"pandas is installed .*pip install 'tptheory\[frames\]'"):
            ask()


def test_with_pandas_a_table_is_a_data_frame(run, records):
    """The columns are those above, with types of their own."""
    pandas = pytest.importorskip("pandas")
    frame = run.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame) == list(run_columns(run))
    assert frame.loss.dtype == float
    assert sweep_frame(records).groupby("rule").size().to_dict() == {"bp": 2, "tp": 3}
    assert len(sweep_frame(records, curves=True)) == 12
    assert len(train("bp", steps=5).to_frame()) > 0
