"""Full-batch descent on the squared error needs second moments alone, and is the descent that samples make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tptheory import load_digits, train
from tptheory.cli import app
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.training import trainer
from tptheory.training.collapsed_engine import CollapsedEngine
from tptheory.training.data import DataSet

FULL: dict[str, Any] = {"loss": "squared", "batch": "all", "widths": (64, 16, 12, 10)}


@pytest.fixture(scope="module")
def digits() -> DataSet:
    """Return scikit-learn's digits."""
    return load_digits()


@pytest.mark.parametrize("rule", ["bp", "tp", "fa", "damped-tp"])
def test_moments_and_samples_make_the_same_descent(digits, rule):
    """Thirty updates in float64: parameters, losses, accuracies, ranks and norms of the layerwise engine."""
    options = FULL | {"data": digits, "steps": 30, "dtype": "float64", "log_every": 10, "lr": 0.01}
    ours, oracle = (train(rule, engine=engine, **options) for engine in ("moments", "layerwise"))
    assert ours.batch == oracle.batch == 1437
    for A, B in zip((*ours.weights, *ours.biases), (*oracle.weights, *oracle.biases), strict=True):
        np.testing.assert_allclose(A, B, rtol=0, atol=1e-11 * np.abs(B).max())
    assert [line.step for line in ours.log] == [0, 10, 20, 30]
    for one, other in zip(ours.log, oracle.log, strict=True):
        assert (one.loss, one.accuracy) == (pytest.approx(other.loss, rel=1e-11), other.accuracy)
    assert ours.ranks == oracle.ranks
    assert ours.largest_update == pytest.approx(oracle.largest_update, rel=1e-9)


def test_a_flipped_moment_is_seen(digits, monkeypatch):
    """The comparison can fail: the mixed moment of other targets gives another descent."""
    options = FULL | {"data": digits, "steps": 3, "dtype": "float64"}
    right = train("bp", engine="moments", **options)
    whole = trainer.SecondMoments.of
    monkeypatch.setattr(trainer.SecondMoments, "of", lambda X, Y: whole(X, -Y))
    wrong = train("bp", engine="moments", **options)
    assert np.abs(right.weights[0] - wrong.weights[0]).max() > 1e-4


def test_the_engine_is_taken_where_it_saves(digits, monkeypatch):
    """Without being asked for: bp or tp, the squared error, all samples, and more of them than pixels."""
    made = []
    summed = trainer.SecondMoments.of
    monkeypatch.setattr(trainer.SecondMoments, "of", lambda *given: made.append("moments") or summed(*given))
    train("bp", data=digits, steps=1, **FULL)
    train("tp", data=digits, steps=1, **FULL | {"batch": 1437})
    assert len(made) == 2
    for options in ({"batch": 1436}, {"loss": "cross-entropy"}, {"engine": "collapsed"}, {"rule": "fa"}):
        train(**{"rule": "bp", "data": digits, "steps": 1} | FULL | options)
    few = DataSet("few", digits.x_train[:, :64], digits.labels_train[:64], digits.x_test, digits.labels_test, 10)
    train("bp", data=few, steps=1, **FULL)
    assert len(made) == 2


def test_no_step_looks_at_a_sample(digits, monkeypatch):
    """Between lines of the log the samples are not touched: a step that multiplied by them would fail."""
    learned = train("bp", data=digits, steps=20, log_every=100, **FULL)
    look = CollapsedEngine.look

    def blind(self, X, labels):
        return look(self, None, None)

    monkeypatch.setattr(CollapsedEngine, "look", blind)
    monkeypatch.setattr(CollapsedEngine, "loss_and_accuracy", lambda _: (1.0, 0.0))
    monkeypatch.setattr(CollapsedEngine, "ranks", lambda _: (0, 0, 0))
    assert all(map(np.array_equal, train("bp", data=digits, steps=20, log_every=100, **FULL).weights, learned.weights))


def test_a_diverging_descent_stops_and_says_so(digits):
    """The last parameters whose loss was finite, as from samples; at float32's end the loss is measured as infinite."""
    run = train("bp", data=digits, steps=400, lr=50.0, **FULL)
    assert run.status == "diverged"
    assert 0 < run.steps < 400
    assert all(np.isfinite(W).all() for W in run.weights)
    assert "Take a smaller lr" in run.message


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_goes_on_bit_for_bit(digits, tmp_path: Path, dtype):
    """A run in two pieces is the run in one."""
    options = FULL | {"data": digits, "dtype": dtype, "probes": True}
    path = tmp_path / "run.ckpt"
    train("tp", steps=7, checkpoint=path, **options)
    resumed = train("tp", steps=18, checkpoint=path, resume=True, **options)
    whole = train("tp", steps=18, **options)
    assert all(map(np.array_equal, resumed.weights, whole.weights))
    assert resumed.log == whole.log


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"engine": "moments"},
            InvalidValueError,
            "another for loss 'cross-entropy' and a batch of 100 .*loss='squared'",
        ),
        ({"engine": "moments", "loss": "squared"}, InvalidValueError, "loss 'squared' and a batch of 100"),
        ({"engine": "moments", "batch": "all"}, InvalidValueError, "loss 'cross-entropy' and a batch of 1437"),
        ({"engine": "moments", "rule": "dtp"} | FULL, InvalidValueError, "'layerwise' or 'auto' for learned inverses"),
        ({"batch": "every"}, InvalidTypeError, "'batch' must be an integer in 1..1437, or 'all' .got 'every'"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(digits, options, error, message):
    """One error that says what the engine needs."""
    with pytest.raises(error, match=message):
        train(**{"rule": "bp", "data": digits, "steps": 1} | options)


def test_the_command_line_takes_all():
    """``--batch all``; anything else that is no number is one line."""
    arguments = ["train", "--loss", "squared", "--batch", "all", "--steps", "3", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert re.search(r'"batch": 1437', result.stdout)
    result = CliRunner().invoke(app, ["train", "--batch", "many"])
    assert result.exit_code == 2
    assert "'batch' must be a positive integer, or all (got 'many')" in " ".join(result.stderr.split())
