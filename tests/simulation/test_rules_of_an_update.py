"""Rules that define their update and no feedback: they are stepped; their error signals below the output are NaN."""

import numpy as np
import pytest

from tptheory.errors import InvalidValueError, MissingMethodError
from tptheory.simulation.ensembles import simulate_ensemble
from tptheory.simulation.runs import simulate
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.rules import Backprop, Momentum, Rule
from tptheory.training.trainer import train

WEIGHTS = [np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5]])]
X, Y = np.array([1.0, 0.5]), np.array([-0.5])


class Updated(Rule):
    """Backpropagation, written as an update."""

    def update(self, net, l):
        """Return -eta times the gradient."""
        return matmul(-eta, Backprop().descent(net, l))


class UpdatedWithBiases(Updated):
    """Backpropagation, written as the updates of weights and biases."""

    def bias_update(self, net, l):
        """Return -eta times the gradient by the bias."""
        return matmul(-eta, Backprop().bias_descent(net, l))


@pytest.mark.parametrize("dtype", ["float64", "float32", "mp20", "exact"])
def test_it_is_stepped(dtype):
    """As backpropagation is; what the rule does not define is recorded as NaN, in its shape."""
    numbers = ([[[1, 2], [3, 4]], [[1, -1]]], [1, 2], [1])
    run, twin = (simulate(rule, *numbers, lr=1, steps=1, dtype=dtype) for rule in (Updated(), Backprop()))
    for own, other in zip(run.weights, twin.weights, strict=True):
        np.testing.assert_allclose(own.astype(float), other.astype(float), rtol=1e-6)
    for l in (0, 1):
        assert run.error_signals[l].shape == twin.error_signals[l].shape
        assert np.isnan(run.error_signals[l].astype(float)).all()
    np.testing.assert_allclose(run.error_signals[2].astype(float), run.errors.astype(float))


def test_an_ensemble_is_stepped():
    """Each member as it is alone, one that diverges among others."""
    stacked = [np.stack([scale * W for scale in (1.0, 1e100, 0.5)]) for W in WEIGHTS]
    found = simulate_ensemble(UpdatedWithBiases(), stacked, X, Y, steps=3, biases=[np.ones(2), np.ones(1)])
    twin = simulate_ensemble("bp", stacked, X, Y, steps=3, biases=[np.ones(2), np.ones(1)])
    np.testing.assert_allclose(found.weights[0], twin.weights[0])
    assert found.status.tolist() == twin.status.tolist() == ["completed", "diverged", "completed"]
    assert np.isnan(found.error_signals[1]).all()
    assert found.error_signals[1].shape == twin.error_signals[1].shape


def test_it_is_trained():
    """By the same updates as backpropagation."""
    runs = [train(rule, steps=3, probes=True) for rule in (UpdatedWithBiases(), Backprop())]
    for own, other in zip(*(run.weights for run in runs), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-4, atol=1e-6)


def test_what_cannot_be_stepped_is_told_why():
    """The change that uses an error signal is named; a flow needs a velocity; no rule at all needs a feedback."""
    with pytest.raises(MissingMethodError, match=r"feedback\(net, l\), for its change of b_1 uses an error signal"):
        simulate(Updated(), WEIGHTS, X, Y, biases=[np.ones(2), np.ones(1)])
    with pytest.raises(MissingMethodError, match=r"Define it in its class, or the change of biases too"):
        train(Updated(), steps=1)
    with pytest.raises(InvalidValueError, match=r"velocity\(net, l\) is defined where its update"):
        simulate(Updated(), WEIGHTS, X, Y, times=[0, 1])
    with pytest.raises(
        MissingMethodError, match=r"defines feedback\(net, l\) \(got Rule\(\)\)\. Define it in its class"
    ):
        simulate(Rule(), WEIGHTS, X, Y)
    with pytest.raises(MissingMethodError, match=r"defines feedback\(net, l\)"):
        simulate(Momentum(Rule()), WEIGHTS, X, Y)
