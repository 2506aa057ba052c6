"""The trainer: its updates are the rule's, its runs repeat, it learns, and it says so when it does not."""

from __future__ import annotations

import importlib.util
import inspect
import math
from dataclasses import fields, replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from sympy import MatrixExpr, Symbol
from threadpoolctl import threadpool_info, threadpool_limits

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, TptheoryError, UnknownNameError
from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Backprop, Rule, TargetProp
from tptheory.training.data import DataSet, load_digits, load_rings
from tptheory.training.inverses import InverseSettings
from tptheory.training.settings import TrainSettings, doc_of
from tptheory.training.trainer import LogLine, TrainingRun, format_log_line, train

RULES = ("bp", "tp", "damped-tp", "fa", "dfa", "gn")
NEEDS_NUMBA = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")
ENGINES = ("collapsed", pytest.param("native", marks=NEEDS_NUMBA))


@pytest.fixture(scope="module")
def digits() -> DataSet:
    """The digits, loaded once."""
    return load_digits()


@pytest.fixture(scope="module")
def toy() -> DataSet:
    """Forty random samples of five pixels in three classes: small enough for one batch."""
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, 40)).astype(np.float32), rng.integers(0, 3, 40)
    return DataSet("toy", x, labels, x, labels, 3)


def after_one_step(data: DataSet, rule: str | Rule, lr: float, **options: Any) -> TrainingRun:
    """Make one update on all samples at once, in float64."""
    return train(rule, data=data, steps=1, batch=data.labels_train.size, lr=lr, **{"dtype": "float64", **options})


def test_the_update_of_bp_is_the_gradient_that_autograd_finds(toy: DataSet) -> None:
    """``W_l`` after a step is ``W_l`` before minus lr times autograd's gradient of the mean cross-entropy, b_l too."""
    widths, lr = (5, 4, 6, 3), 0.3
    start = after_one_step(toy, "bp", 1e-300, widths=widths)
    end = after_one_step(toy, "bp", lr, widths=widths)
    hot = np.eye(3)[:, toy.labels_train]

    def mean_loss(parameters: Any) -> Any:
        weights, biases = parameters
        x = toy.x_train.astype(np.float64)
        for W, b in zip(weights, biases, strict=True):
            x = anp.dot(W, x) + b
        return -anp.mean(anp.sum(hot * (x - anp.log(anp.sum(anp.exp(x), axis=0))), axis=0))

    before = (list(start.weights), list(start.biases))
    for value, gradient, moved in zip(before, grad(mean_loss)(before), (end.weights, end.biases), strict=True):
        for A, dA, B in zip(value, gradient, moved, strict=True):
            np.testing.assert_allclose(B, A - lr * dA, rtol=0, atol=1e-15)
    assert start.log[0].loss == pytest.approx(float(mean_loss(before)), rel=1e-14)


def test_a_rule_of_ones_own_trains(toy: DataSet) -> None:
    """A subclass that defines `feedback` alone is read like any other: half BP and half TP moves half of each way."""

    class Mixed(Rule):
        name, title = "mixed", "Mixed"

        def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
            return matmul(0.5, matadd(transpose(net.weight(l)), Pinv(net.weight(l))))

    options = {"widths": (5, 4, 3), "init": "normal", "std": 0.5}
    mixed, bp, tp = (after_one_step(toy, rule, 0.3, **options).weights[0] for rule in (Mixed(), "bp", "tp"))
    np.testing.assert_allclose(mixed, (bp + tp) / 2, rtol=0, atol=1e-15)
    assert np.abs(bp - tp).max() > 1e-3


@pytest.mark.parametrize("name", RULES)
def test_every_rule_learns_digits_at_the_defaults(digits: DataSet, name: str) -> None:
    """One learning rate suits all six: beyond 0.93 of the test digits in 1,000 steps, on three seeds."""
    for seed in range(3):
        run = train(name, data=digits, seed=seed)
        assert (run.status, run.steps, run.data) == ("completed", 1000, "digits")
        assert run.test_accuracy > 0.93
        assert run.train_accuracy > 0.93
        assert run.log[-1].loss < 0.5 < 2 < run.log[0].loss
        assert "It rose" not in run.message


@pytest.mark.parametrize("name", [*RULES, "dtp"])
def test_every_rule_learns_digits_under_the_squared_error(digits: DataSet, name: str) -> None:
    """Beyond 0.9 of the test digits at the defaults; the loss falls well below where it began."""
    run = train(name, data=digits, loss="squared", lr=0.05)
    assert run.test_accuracy > 0.9
    assert run.log[-1].loss < 0.4 * run.log[0].loss
    assert max(run.ranks) <= 10


def test_the_update_under_the_squared_error_is_its_gradient(toy: DataSet) -> None:
    """Autograd's gradient of the mean of ``1/2 |x_L - y|^2``, for targets of the data's own."""
    data = replace(toy, codes=np.array([[1.0, 0.0, -2.0], [0.5, 3.0, 0.0]]))
    widths, lr = (5, 4, 2), 0.3
    start, end = (after_one_step(data, "bp", size, widths=widths, loss="squared") for size in (1e-300, lr))
    Y = data.targets[:, data.labels_train]

    def mean_loss(parameters: Any) -> Any:
        x = data.x_train.astype(np.float64)
        for W, b in zip(*parameters, strict=True):
            x = anp.dot(W, x) + b
        return anp.mean(anp.sum((x - Y) ** 2, axis=0)) / 2

    before = (list(start.weights), list(start.biases))
    for value, gradient, moved in zip(before, grad(mean_loss)(before), (end.weights, end.biases), strict=True):
        for A, dA, B in zip(value, gradient, moved, strict=True):
            np.testing.assert_allclose(B, A - lr * dA, rtol=0, atol=1e-14)
    assert start.log[0].loss == pytest.approx(float(mean_loss(before)), rel=1e-14)
    with pytest.raises(InvalidValueError, match="'loss' must be 'squared' for targets of 2 entries and 3 classes"):
        train(data=data, widths=widths, batch=5, steps=1)


def test_bp_and_least_squares_agree_on_one_layer(digits: DataSet) -> None:
    """Full-batch descent of one layer tends to the least-squares solution that numpy finds: the same loss to 0.003."""
    count = digits.labels_train.size
    run = train(data=digits, widths=(64, 10), loss="squared", batch=count, steps=3000, lr=0.15, dtype="float64")
    X = np.vstack([digits.x_train.astype(np.float64), np.ones(count)])
    Y = digits.targets[:, digits.labels_train]
    best = ((np.linalg.lstsq(X.T, Y.T)[0].T @ X - Y) ** 2).sum() / (2 * count)
    assert best <= run.train_loss < best + 3e-3


@pytest.mark.parametrize("init", ["balanced", "scaled"])
@pytest.mark.parametrize("name", ["bp", "tp"])
def test_digits_are_learned_from_the_other_starts(digits: DataSet, init: str, name: str) -> None:
    """Hidden layers as wide as the output, where balanced weights are invertible, so that TP may divide by them."""
    assert train(name, data=digits, widths=(64, 10, 10), init=init).test_accuracy > 0.9


def test_tp_from_balanced_weights_of_deficient_rank_blows_up(digits: DataSet) -> None:
    """Rank 10 in layers of 32: the first step leaves singular values near 0, and W+ divides by them."""
    run = train("tp", data=digits, init="balanced")
    assert run.status == "diverged" or run.test_accuracy < 0.5
    assert run.largest_update > 100


def test_no_linear_net_learns_the_rings() -> None:
    """The best that it can say is no: what is right is the share of points outside, and the loss stays above 0.2."""
    rings = load_rings()
    outside = float((rings.labels_test == 0).mean())
    run = train("bp", data=rings, loss="squared", steps=2000, lr=0.01)
    assert (run.widths, run.status) == ((2, 32, 32, 2), "completed")
    assert run.test_accuracy == outside
    assert run.test_loss > 0.2


def test_float32_and_float64_take_one_course(digits: DataSet) -> None:
    """One seed starts both precisions from one place; a hundred steps later their losses agree to 1e-5."""
    single, double = (train("tp", data=digits, steps=100, dtype=dtype) for dtype in ("float32", "float64"))
    assert {W.dtype.name for W in single.weights + single.biases} == {"float32"}
    assert {W.dtype.name for W in double.weights + double.biases} == {"float64"}
    assert single.test_loss == pytest.approx(double.test_loss, rel=1e-5)


@pytest.mark.parametrize("name", RULES)
def test_a_run_repeats_bit_for_bit(digits: DataSet, name: str) -> None:
    """Same arguments, same weights, biases, log and figures to the last bit; another seed, other ones."""
    once, again, other = (train(name, data=digits, steps=120, seed=seed) for seed in (4, 4, 5))
    for mine, yours in zip(once.weights + once.biases, again.weights + again.biases, strict=True):
        assert mine.tobytes() == yours.tobytes()
    assert replace(once, weights=(), biases=()).__dict__ == replace(again, weights=(), biases=()).__dict__
    assert once.weights[0].tobytes() != other.weights[0].tobytes()
    assert once.log != other.log


def test_rules_meet_the_same_start_and_the_same_batches(digits: DataSet) -> None:
    """At a vanishing step size, the losses of all rules agree at every step."""
    logs = [train(name, data=digits, steps=20, lr=1e-300, log_every=1, engine="layerwise").log for name in RULES]
    assert all(log == logs[0] for log in logs)
    assert len({line.loss for line in logs[0]}) == 21


def test_an_epoch_shows_every_sample_once(toy: DataSet) -> None:
    """Batches of 10 out of 40: at a vanishing step size, four batch losses average to the loss of all, each epoch."""
    run = train("bp", data=toy, widths=(5, 3), steps=8, batch=10, lr=1e-300, log_every=1, dtype="float64")
    losses = [line.loss for line in run.log]
    assert np.mean(losses[:4]) == pytest.approx(run.train_loss, rel=1e-12)
    assert np.mean(losses[4:8]) == pytest.approx(run.train_loss, rel=1e-12)
    assert losses[:4] != losses[4:8]


def test_orthogonal_start_makes_the_first_tp_update_the_bp_update(toy: DataSet) -> None:
    """Layers with unit singular values are partial isometries, where TP is BP (tp-equals-bp); scaled, they are not."""
    for std, equal in ((None, True), (0.4, False)):
        tp, bp = (after_one_step(toy, rule, 0.5, widths=(5, 4, 6, 3), std=std) for rule in ("tp", "bp"))
        assert np.allclose(tp.weights[0], bp.weights[0], rtol=0, atol=1e-14) is equal


@pytest.mark.parametrize("widths", [(64, 32, 32, 10), (64, 40, 20, 30, 10), (64, 10)], ids=str)
@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_take_one_course(
    digits: DataSet, name: str, loss: str, widths: tuple[int, ...], engine: str
) -> None:
    """Collapsed steps are the oracle's: after 60 in float64, weights agree to 1e-10, and so do the sizes of updates."""
    options: dict[str, Any] = {"data": digits, "widths": widths, "loss": loss, "lr": 0.02, "init": "scaled"}
    fast, slow = (train(name, steps=60, dtype="float64", engine=which, **options) for which in (engine, "layerwise"))
    for mine, theirs in zip(fast.weights + fast.biases, slow.weights + slow.biases, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10 * np.abs(theirs).max())
    assert fast.largest_update == pytest.approx(slow.largest_update, rel=1e-9)
    assert fast.ranks == slow.ranks


@pytest.mark.parametrize("engine", ENGINES)
def test_the_weights_before_a_divergence_are_found_again(digits: DataSet, engine: str) -> None:
    """Steps in place are replayed from the last line: the loss of the returned weights is finite, as is said."""
    run = train("bp", data=digits, lr=3.0, log_every=100, engine=engine)
    assert run.status == "diverged"
    before = train("bp", data=digits, lr=3.0, log_every=100, engine=engine, steps=run.steps)
    assert before.status == "completed"
    for mine, theirs in zip(run.weights + run.biases, before.weights + before.biases, strict=True):
        assert mine.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("engine", ["collapsed", "layerwise"])
def test_two_pools_of_threads_do_not_meet(digits: DataSet, engine: str) -> None:
    """NumPy's and SciPy's BLAS take turns within a step: each has one thread meanwhile, and its own after."""

    def threads(_: int = 0) -> None:
        seen.append({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})

    seen: list[set[int]] = []
    with threadpool_limits(2, "blas"):
        train(data=digits, steps=1, engine=engine, on_step=threads)
        threads()
    assert seen == [{1}, {1}, {2}]


SEED_START = {"init": "normal", "std": 0.01, "bias": 0.1}
SEED_WIDTHS = (64, 100, 100, 100, 100, 10)


@pytest.mark.parametrize("lr", [0.1, 0.5])
def test_bp_sits_on_a_plateau_from_the_start_of_the_seed(digits: DataSet, lr: float) -> None:
    """Five layers, std 0.01: after 1,400 steps the loss is still ln 10, as the seed printed; it learned nothing."""
    run = train("bp", data=digits, widths=SEED_WIDTHS, steps=1400, lr=lr, **SEED_START)
    assert run.status == "completed"
    assert all(abs(line.loss - math.log(10)) < 0.03 for line in run.log)
    assert run.test_accuracy < 0.15
    assert train("bp", data=digits, widths=SEED_WIDTHS, steps=300).test_accuracy > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_exact_tp_diverges_from_the_start_of_the_seed(digits: DataSet, seed: int) -> None:
    """In float32 the loss overflows within four steps; the result says where, and carries no NaN."""
    lines: list[LogLine] = []
    run = train("tp", data=digits, widths=SEED_WIDTHS, seed=seed, log_every=1, on_log=lines.append, **SEED_START)
    assert run.status == "diverged"
    assert run.steps <= 3
    assert f"Stopped at step {run.steps + 1}: the loss is not finite" in run.message
    assert f"The largest update had norm {run.largest_update:.4g} (layer " in run.message
    assert run.largest_update > 1e6
    assert lines == list(run.log)
    assert len(lines) == run.steps + 1
    assert all(math.isfinite(line.loss) and 0 <= line.accuracy <= 1 for line in run.log)
    assert all(np.isfinite(A).all() for A in run.weights + run.biases)
    assert not math.isnan(run.test_loss + run.train_loss + run.test_accuracy + run.train_accuracy)


def test_an_update_that_is_not_finite_is_not_made(digits: DataSet) -> None:
    """Inverses of 1e-30 overflow float32 at once: the run stops before the update, and names the layer."""
    run = train("tp", data=digits, init="normal", std=1e-30, lr=0.3)
    assert (run.status, run.steps, run.largest_update) == ("diverged", 0, 0)
    assert "Stopped at step 0: the update of layer 1 is not finite. The largest update had norm 0 (none" in run.message
    assert run.test_loss == pytest.approx(math.log(10), rel=1e-6)


@pytest.mark.parametrize(("widths", "height"), [((64, 32, 32, 10), 1e6), (SEED_WIDTHS, 1e100)], ids=["3", "5"])
def test_exact_tp_that_blows_up_without_overflow_is_flagged(
    digits: DataSet, widths: tuple[int, ...], height: float
) -> None:
    """In float64 nothing overflows: the loss leaps within five steps and stays: large weights have small inverses."""
    run = train("tp", data=digits, widths=widths, steps=60, log_every=5, dtype="float64", **SEED_START)
    assert run.status == "completed"
    assert "It rose. The largest update had norm" in run.message
    losses = [line.loss for line in run.log[1:]]
    assert min(losses) > height
    assert max(losses) < 100 * min(losses)


def test_damped_tp_learns_from_the_start_of_the_seed(digits: DataSet) -> None:
    """The cure that THEORY names: with lambda = 0.1 the same three layers reach 0.93."""
    assert train("damped-tp", data=digits, damping=0.1, **SEED_START).test_accuracy > 0.93


@pytest.mark.parametrize("name", ["bp", "tp", "gn"])
@pytest.mark.parametrize("std", [1e-300, 1e-30, 1e12, 1e30])
def test_no_floating_point_trouble_escapes(digits: DataSet, name: str, std: float) -> None:
    """Absurd starts end in a status, even where numpy is told to raise on overflow, underflow and invalid values."""
    with np.errstate(all="raise"):
        run = train(name, data=digits, steps=5, init="normal", std=std)
    assert run.status in ("completed", "diverged")
    assert all(np.isfinite(A).all() for A in run.weights + run.biases)


def rank_bounds(widths: tuple[int, ...], batch: int) -> list[int]:
    """Return the bound on the rank of each ``dW_l`` of a rule that feeds back layer by layer, biases included."""
    errors = [*widths[1:-1], widths[-1] - 1]
    return [
        min(batch, widths[l - 1], *errors[l - 1 :], *(n + 1 for n in widths[: l - 1])) for l in range(1, len(widths))
    ]


@pytest.mark.parametrize("name", ["bp", "tp", "damped-tp", "fa", "gn"])
@pytest.mark.parametrize(
    ("widths", "batch"),
    [
        ((64, 32, 32, 10), 100),
        ((64, 32, 32, 10), 2),
        ((64, 3, 10), 100),
        ((64, 32, 3, 10), 100),
    ],
    ids=str,
)
def test_the_rank_of_an_update_is_bounded(digits: DataSet, name: str, widths: tuple[int, ...], batch: int) -> None:
    """``rank dW_l <= min(B, narrowest width)``, and the observed rank is the sharper bound of `rank_bounds` itself."""
    run = train(name, data=digits, widths=widths, batch=batch, steps=40, log_every=10)
    assert max(run.ranks) <= min(batch, *widths)
    assert list(run.ranks) == rank_bounds(widths, batch)


def test_biases_let_a_rank_exceed_the_narrowest_width(digits: DataSet) -> None:
    """Two layers above a layer of 3, the biases add one: rank 4. THEORY's bound is for nets without biases."""
    widths = (64, 3, 32, 32, 10)
    run = train("bp", data=digits, widths=widths, steps=40, log_every=10)
    assert list(run.ranks) == rank_bounds(widths, 100) == [3, 3, 4, 4]


def test_direct_feedback_goes_round_a_narrow_layer(digits: DataSet) -> None:
    """DFA's ``dW_1`` below a layer of 3 has rank 9: the bound by the narrowest width needs feedback through it."""
    assert train("dfa", data=digits, widths=(64, 32, 3, 32, 10), steps=20).ranks[0] == 9


def test_rounding_does_not_pass_for_rank(digits: DataSet) -> None:
    """Where weights of 1e9 meet inverses of 1e-9, numpy's matrix_rank counts noise; the run's ranks stay bounded."""
    run = train("tp", data=digits, steps=1400, lr=0.5, dtype="float64", **SEED_START)
    assert max(run.ranks) <= 9


def test_a_log_line_prints_as_the_seed_printed_it() -> None:
    """Zero-padded step, four decimals."""
    assert format_log_line(LogLine(100, 2.29491, 0.15)) == "iter: 0100 loss: 2.2949 accuracy: 0.1500"
    assert format_log_line(LogLine(12345, 0.0, 1.0)) == "iter: 12345 loss: 0.0000 accuracy: 1.0000"


def test_the_log_has_a_line_every_so_often(digits: DataSet) -> None:
    """Lines after 0, 25, 50 and 75 updates of 80; the last of 75 also shows the state after the last update."""
    for steps, expected in ((80, [0, 25, 50, 75]), (75, [0, 25, 50, 75]), (1, [0])):
        run = train("bp", data=digits, steps=steps, log_every=25)
        assert [line.step for line in run.log] == expected
        assert run.steps == steps


def test_training_prints_nothing(digits: DataSet, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the callback speaks."""
    train("tp", data=digits, steps=3, log_every=1)
    assert capsys.readouterr() == ("", "")


def test_default_data_are_the_digits_at_their_own_widths() -> None:
    """Without data and widths: digits, 64-32-32-10."""
    run = train(steps=1)
    assert (run.rule, run.data, run.widths, run.batch) == ("bp", "digits", (64, 32, 32, 10), 100)


def test_the_data_are_left_as_they_were(digits: DataSet) -> None:
    """Training writes into nothing that it was given."""
    before = digits.x_train.tobytes(), digits.labels_train.tobytes()
    train("tp", data=digits, steps=5, dtype="float32")
    assert before == (digits.x_train.tobytes(), digits.labels_train.tobytes())


class Unset(Backprop):
    """Feedback with a scalar that nobody sets."""

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``c W_l'``."""
        return matmul(Symbol("c"), transpose(net.weight(l)))


class Misshapen(Backprop):
    """Feedback of the shape of ``W_l``."""

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l``."""
        return net.weight(l)


NAN = float("nan")
REFUSED: list[tuple[dict[str, Any], type[TptheoryError], str]] = [
    ({"rule": "backprop"}, UnknownNameError, "'rule' must be one of .*got 'backprop'"),
    ({"rule": "damped_tp"}, UnknownNameError, "'rule' .* Did you mean 'damped-tp'"),
    ({"rule": TargetProp}, InvalidTypeError, "'rule' must be a name such as 'tp', or a Rule"),
    ({"rule": Unset()}, InvalidValueError, "'constants' must be a mapping with a number for c, which Unset.. uses"),
    ({"rule": "tp", "constants": {"B_2": 1}}, InvalidValueError, "'constants' must be empty, since TargetProp.. holds"),
    ({"rule": "fa", "constants": {"B_9": 1}}, UnknownNameError, "'constants' must be one of B_2, B_3 "),
    ({"rule": "fa", "constants": {"B_2": np.eye(2)}}, ShapeError, r"'constants.B_2.' must be of shape .32, 32."),
    ({"constants": [1]}, InvalidTypeError, "'constants' must be a mapping"),
    ({"settings": {"lr": 1}}, InvalidTypeError, "'settings' must be TrainSettings"),
    ({"rule": Misshapen()}, ShapeError, "the shape must be"),
    ({"data": "digits"}, InvalidTypeError, "'data' must be a DataSet, or a pair .* Try load_digits"),
    ({"batch": 0}, InvalidValueError, r"'batch' must be an integer in 1..1437 \(got 0\)"),
    ({"batch": 1438}, InvalidValueError, r"'batch' must be an integer in 1..1437, how many .* \(got 1438\)"),
    ({"batch": 10.0}, InvalidTypeError, "'batch' must be an integer in 1..1437"),
    ({"steps": 0}, InvalidValueError, r"'steps' must be a positive integer \(got 0\)"),
    ({"steps": True}, InvalidTypeError, "'steps' must be a positive integer"),
    ({"log_every": 0}, InvalidValueError, "'log_every' must be a positive integer"),
    ({"seed": -1}, InvalidValueError, "'seed' must be an integer, 0 or more"),
    ({"lr": 0}, InvalidValueError, r"'lr' must be a positive finite number \(got 0\)"),
    ({"lr": NAN}, InvalidValueError, r"'lr' must be a positive finite number \(got nan\)"),
    ({"lr": math.inf}, InvalidValueError, r"'lr' must be a positive finite number \(got inf\)"),
    ({"lr": 10**400}, InvalidValueError, "'lr' must be a positive finite number"),
    ({"std": 1e300}, InvalidValueError, "'std' must be within the range of float32"),
    ({"std": 1e40, "init": "normal", "rule": "fa"}, InvalidValueError, "'std' must be within the range of float32"),
    ({"bias": -1e39}, InvalidValueError, r"'bias' must be within the range of float32 \(got 1e\+39\)"),
    ({"lr": "0.1"}, InvalidTypeError, "'lr' must be a positive finite number"),
    ({"std": -0.1}, InvalidValueError, "'std' must be a positive finite number"),
    ({"damping": 0.0}, InvalidValueError, "'damping' must be a positive finite number"),
    ({"bias": NAN}, InvalidValueError, "'bias' must be a finite number"),
    ({"widths": (63, 10)}, InvalidValueError, r"'widths' must be from 64 pixels to 10 classes.*Try \(64, 32, 10\)"),
    ({"widths": (64, 9)}, InvalidValueError, "'widths' must be from 64 pixels to 10 classes"),
    ({"widths": (64,)}, InvalidValueError, "'widths' must be from 64 pixels to 10 classes"),
    ({"widths": (64, 0, 10)}, InvalidValueError, r"'widths' must be a positive integer \(got 0\)"),
    ({"widths": "64, 10"}, InvalidTypeError, "'widths' must be a sequence"),
    ({"widths": 64}, InvalidTypeError, "'widths' must be a sequence"),
    ({"init": "orthogonl"}, UnknownNameError, "'init' must be one of .* Did you mean 'orthogonal'"),
    ({"init": None}, UnknownNameError, "'init' must be one of balanced, normal, orthogonal, scaled"),
    ({"engine": "fast"}, UnknownNameError, "'engine' must be one of auto, collapsed, layerwise, moments, native"),
    ({"rule": "dtp", "engine": "collapsed"}, InvalidValueError, "'engine' must be 'layerwise' or 'auto' for learned"),
    ({"rule": "dtp", "engine": "native"}, InvalidValueError, "'engine' must be 'layerwise' or 'auto' for learned"),
    ({"loss": "mse"}, UnknownNameError, "'loss' must be one of cross-entropy, squared"),
    ({"inverses": "linear"}, InvalidTypeError, "'inverses' must be InverseSettings"),
    ({"inverses": InverseSettings()}, InvalidValueError, "'inverses' must be left out unless the rule is 'dtp'"),
    ({"checkpoint_every": 0}, InvalidValueError, "'checkpoint_every' must be a positive integer"),
    ({"dtype": "float16"}, UnknownNameError, "'dtype' must be one of float32, float64 .* Did you mean 'float"),
    ({"dtype": ["float32"]}, UnknownNameError, "'dtype' must be one of float32, float64"),
]


@pytest.mark.parametrize(("options", "error", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_bad_arguments_are_refused(
    digits: DataSet, options: dict[str, Any], error: type[TptheoryError], message: str
) -> None:
    """Each bad argument is one error that names it, what was expected, and what came."""
    with pytest.raises(error, match=message):
        train(**{"data": digits, "steps": 1} | options)


def test_numpy_numbers_pass_for_numbers(digits: DataSet) -> None:
    """An int64 counts steps and a float32 is a step size, as sweeps over arrays hand them in."""
    run = train("bp", data=digits, steps=np.int64(2), lr=np.float32(0.25), batch=np.int32(7))
    assert (run.steps, run.lr, run.batch) == (2, 0.25, 7)


def test_an_unknown_setting_is_a_wrong_call(digits: DataSet) -> None:
    """As of any function: the setting that was meant is told."""
    with pytest.raises(TypeError, match=r"train has no argument 'epochs' .*'steps'"):
        train(data=digits, epochs=3)


def test_settings_may_be_one_object(digits: DataSet) -> None:
    """They are the keyword arguments in one piece; what is given beside them takes their place."""
    settings = TrainSettings(steps=3, lr=0.2, widths=[64, 10])
    whole, apart = (
        train(data=digits, settings=settings, seed=4),
        train(data=digits, steps=3, lr=0.2, widths=(64, 10), seed=4),
    )
    assert whole.weights[0].tobytes() == apart.weights[0].tobytes()
    assert (whole.widths, whole.lr, whole.seed) == ((64, 10), 0.2, 4)
    assert TrainSettings(lr=np.float32(0.25)) == TrainSettings(lr=0.25)


def test_each_setting_is_declared_once() -> None:
    """Signature, help and checkpoints come from the fields of `TrainSettings`, and each says what it means."""
    parameters = inspect.signature(train).parameters
    for declared in fields(TrainSettings):
        assert parameters[declared.name].default == declared.default
        assert doc_of(declared).endswith(".")
        assert f"\n        {declared.name}: {doc_of(declared)[:20]}" in (train.__doc__ or "")
    assert [p for p in parameters if p not in {f.name for f in fields(TrainSettings)}] == [
        *("rule", "data", "constants", "settings", "on_log", "on_step")
    ]
