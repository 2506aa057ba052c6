"""Any output error: squared, cross-entropy, or a function of one's own, for every kind of numbers."""

from fractions import Fraction

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from tptheory.simulation.ensembles import simulate_ensemble
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import Backprop, DirectFeedbackAlignment, TargetProp


def problem(batch, seed=0):
    """Draw a net of widths 3-3-4, inputs and one-hot targets."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((3, 3)), rng.standard_normal((4, 3))]
    shape = () if batch is None else (batch,)
    classes = rng.integers(0, 4, shape)
    return weights, rng.standard_normal((3, *shape)), np.eye(4)[classes].T


@pytest.mark.parametrize("batch", [None, 1, 5])
def test_cross_entropy_is_what_autograd_differentiates(batch):
    """The loss and BP's descent are those of log-softmax, differentiated by another library."""
    weights, x, y = problem(batch)
    columns = [np.full((3, 1), 0.1), np.full((4, 1), -0.2)]
    run = simulate(Backprop(), weights, x, y, lr=0.1, steps=5, loss="cross-entropy", biases=columns)
    X, Y = (a.reshape(len(a), -1) for a in (x, y))

    def loss(W, V, b, c):
        z = V @ (W @ X + b) + c
        return -anp.sum(Y * (z - anp.log(anp.sum(anp.exp(z), axis=0))))

    for t in range(5):
        at = [run.weights[0][t], run.weights[1][t], run.biases[0][t], run.biases[1][t]]
        assert run.loss[t] == pytest.approx(loss(*at), rel=1e-12)
        moves = [run.updates[0][t], run.updates[1][t], run.bias_updates[0][t], run.bias_updates[1][t]]
        for i, move in enumerate(moves):
            np.testing.assert_allclose(move, -0.1 * autograd.grad(loss, i)(*at), rtol=1e-9, atol=1e-12)
    assert run.net.loss_name == "any"


def test_cross_entropy_of_large_outputs():
    """Outputs of a thousand neither overflow nor lose the loss."""
    run = simulate(Backprop(), [np.diag([1000.0, -1000.0])], [1, 1], [0, 1], steps=0, loss="cross-entropy")
    assert run.loss[0] == 2000
    np.testing.assert_array_equal(run.errors[0, :, 0], [1, -1])


@pytest.mark.parametrize("dtype", ["float32", "float64", "mp50"])
@pytest.mark.parametrize("batch", [None, 3])
def test_cross_entropy_in_other_digits(dtype, batch):
    """Fifty digits and single precision agree with float64."""
    weights, x, y = problem(batch)
    run, floats = (
        simulate(TargetProp(), weights, x, y, lr=0.01, steps=5, dtype=name, loss="cross-entropy")
        for name in (dtype, "float64")
    )
    np.testing.assert_allclose(run.loss.astype(float), floats.loss, rtol=1e-3 if dtype == "float32" else 1e-10)
    np.testing.assert_allclose(
        run.weights[0].astype(float), floats.weights[0], rtol=1e-3, atol=1e-3 if dtype == "float32" else 1e-10
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "mp30", "exact"])
@pytest.mark.parametrize("rule", [Backprop(), TargetProp(), DirectFeedbackAlignment()], ids=repr)
def test_the_squared_error_as_a_function_of_ones_own(rule, dtype):
    """x_L - y given by hand runs as the default does; with the loss it is recorded, without it is NaN."""
    third = Fraction(1, 3)
    arguments = ([[[1, 2], [0, 1]], [[2, 1]]], [[1, third], [0, 1]], [[1, 2]])
    options = {"lr": Fraction(1, 10), "steps": 2, "dtype": dtype}
    usual = simulate(rule, *arguments, **options)
    told = simulate(rule, *arguments, **options, loss=lambda x, y: (x - y, ((x - y) ** 2).sum() / 2))
    silent = simulate(rule, *arguments, **options, loss=lambda x, y: x - y)
    for run in (told, silent):
        assert (run.weights[0] == usual.weights[0]).all()
        assert (run.errors == usual.errors).all()
    np.testing.assert_allclose(told.loss.astype(float), usual.loss.astype(float), rtol=1e-5)
    assert np.isnan(silent.loss.astype(float)).all()
    assert silent.loss.shape == usual.loss.shape
    assert silent.message == "Completed 2 steps; the loss is not told."


def test_a_loss_of_ones_own_moves_the_net_its_own_way():
    """A cubed error moves W by -eta e^3 x, and a run whose error overflows is stopped."""
    run = simulate(Backprop(), [[[3.0]]], [2.0], [4.0], lr=0.1, steps=1, loss=lambda x, y: (x - y) ** 3)
    assert run.errors[0, 0, 0] == 8
    assert run.weights[0][1, 0, 0] == pytest.approx(3 - 0.1 * 8 * 2)
    wild = simulate(Backprop(), [[[3.0]]], [2.0], [4.0], lr=10, steps=50, loss=lambda x, y: (x - y) ** 3)
    assert wild.status == "diverged"
    assert "the output error is no longer finite" in wild.message


@pytest.mark.parametrize(
    "loss", ["cross-entropy", lambda x, y: (x - y) ** 3, lambda x, y: (x - y, abs(x - y).sum((1, 2)))]
)
def test_an_ensemble_has_any_loss_too(loss):
    """Members run as they do alone; a function of one's own gets the whole stack."""
    problems = [problem(2, seed) for seed in range(4)]
    stacks = [np.stack([W[l] for W, _, _ in problems]) for l in range(2)]
    x, y = (np.stack([p[i] for p in problems]) for i in (1, 2))
    run = simulate_ensemble(TargetProp(), stacks, x, y, lr=1e-3, steps=5, loss=loss)
    alone = loss if isinstance(loss, str) else lambda x, y: _first(loss(x[None], y[None]))
    for i, (W, a, b) in enumerate(problems):
        single = simulate(TargetProp(), W, a, b, lr=1e-3, steps=5, loss=alone)
        np.testing.assert_allclose(run.member(i).weights[0], single.weights[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(run.member(i).loss, single.loss, rtol=1e-12)


def _first(given):
    """Take the single member out of what a loss of one's own returns."""
    return tuple(part[0] for part in given) if isinstance(given, tuple) else given[0]
