"""Results that hold arrays are equal where their numbers are, have a hash, and never ask for the truth of an array."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Momentum,
    bp_modes,
    error_ray,
    load_rings,
    order_in_eta,
    simulate,
    simulate_ensemble,
    tp_closed_form,
    train,
)
from tptheory.numeric.equal_values import have_equal_values
from tptheory.training.loop import LogLine
from tptheory.writing.figures import subspaces

WEIGHTS = [np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5], [0.4, 1.1]])]
NET = DeepLinearNetwork(depth=2)
X, Y = np.array([1.0, 0.5]), np.array([-0.5, 1.0])
STACKED = [np.stack([W, 1e200 * W]) for W in WEIGHTS]
FRACTIONS = {"weights": [[[1]], [[2]]], "x": [1], "y": [1], "lr": Fraction(1, 10), "dtype": "exact"}
RESULTS = {
    "run": lambda scale: simulate("bp", WEIGHTS, X, scale * Y, steps=3),
    "flow": lambda scale: simulate("tp", WEIGHTS, X, scale * Y, times=[0, 0.1]),
    "states": lambda scale: simulate(Momentum("bp"), WEIGHTS, X, scale * Y, steps=2),
    "exact": lambda scale: simulate("bp", **FRACTIONS | {"x": [int(scale)]}, steps=1),
    "mp": lambda scale: simulate("bp", WEIGHTS, X, scale * Y, steps=1, dtype="mp20", loss=lambda x, y: x - y),
    "ensemble": lambda scale: simulate_ensemble("bp", STACKED, X, scale * Y, steps=3),
    "ray": lambda scale: error_ray(WEIGHTS, X, scale * Y, lr=0.1, steps=3),
    "closed form": lambda scale: tp_closed_form(WEIGHTS, X, scale * Y, [0, 1]),
    "modes": lambda scale: bp_modes([scale], [[0.1, 0.1]], [0, 1]),
    "training run": lambda scale: train("bp", data=load_rings(), lr=0.1 * scale, steps=2),
    "data": lambda scale: replace(load_rings(), x_test=np.float32(scale) * load_rings().x_test),
    "order in eta": lambda scale: replace(
        order_in_eta(NET.loss, Backprop().step(NET)), residuals=np.full((1, 1), scale)
    ),
    "subspaces": lambda scale: subspaces(scale * WEIGHTS[0]),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_equal_where_their_numbers_are(name):
    """One computed twice is equal to itself, and hashes alike; one of another target, or matrix, is not equal."""
    result = RESULTS[name]
    one, again, other = result(1.0), result(1.0), result(2.0)
    assert one == again
    assert hash(one) == hash(again)
    assert one != other
    assert one != "a run"
    assert len({one, again, other}) == 2


def test_arrays_are_compared_by_type_shape_and_entries():
    """What is not a number is equal to its like, and to nothing else."""
    nan = np.array([np.nan, 1.0])
    assert have_equal_values(nan, nan.copy())
    assert not have_equal_values(nan, np.array([0.0, 1.0]))
    assert not have_equal_values(np.ones(2), np.ones(2, dtype=np.float32))
    assert not have_equal_values(np.ones(2), np.ones((2, 1)))
    assert not have_equal_values((1, 2), (1, 2, 3))
    assert not have_equal_values({"a": 1}, {"b": 1})
    assert not have_equal_values(np.ones(1), 1.0)
    assert have_equal_values(float("nan"), float("nan"))
    assert have_equal_values(LogLine(1, float("nan"), 0.5), LogLine(1, float("nan"), 0.5))
    assert not have_equal_values(LogLine(1, float("nan"), 0.5), LogLine(2, float("nan"), 0.5))
