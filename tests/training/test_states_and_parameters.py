"""A rule with a state and a parameter gets the values of both from one mapping, in simulations and in training."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sympy import Symbol
from training.mixed import Mixed

from tptheory.errors import InvalidValueError, ShapeError, TptheoryError, UnknownNameError
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import Momentum
from tptheory.training.data import DataSet
from tptheory.training.trainer import TrainingRun, train

WIDTHS, SAMPLES, STEPS, LR = (5, 4, 3), 20, 6, 0.3


RULE = Momentum(Mixed(Symbol("s", nonnegative=True)), mu=Symbol("mu", positive=True))


def toy() -> DataSet:
    """Return random samples of five pixels in three classes."""
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((WIDTHS[0], SAMPLES)), rng.integers(0, WIDTHS[-1], SAMPLES)
    return DataSet("toy", x.astype(np.float32), labels, x.astype(np.float32), labels, WIDTHS[-1])


def trained(rule: Any, **options: Any) -> TrainingRun:
    """Train on all samples at once, in float64, on the squared error."""
    fixed = {"widths": WIDTHS, "batch": "all", "dtype": "float64", "loss": "squared", "steps": STEPS, "lr": LR}
    return train(rule, data=toy(), **fixed | options)


def mean_squared_error(outputs: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return ``(X_L - Y) / B`` and the mean of ``1/2 |x_L - y|^2``."""
    E = outputs - Y
    return E / SAMPLES, float((E**2).sum() / (2 * SAMPLES))


def values(s: float = 0.25, mu: float = 0.7) -> dict[str, Any]:
    """Return values of both parameters, and where the momentum of each weight starts; that of a bias starts at 0."""
    rng = np.random.default_rng(4)
    starts = {f"V_{l}": rng.standard_normal((n, m)) / 10 for l, (m, n) in enumerate(pairwise(WIDTHS), start=1)}
    return {"s": s, "mu": mu, **starts}


def by_hand(W: list[np.ndarray], b: list[np.ndarray], given: dict[str, Any]) -> list[np.ndarray]:
    """Return weights and biases after some steps of the heavy ball, by a loop that shares nothing with tptheory."""
    W, b, data = list(W), list(b), toy()
    X, Y = data.x_train.astype(np.float64), np.eye(WIDTHS[-1])[:, data.labels_train]
    V, v = [given["V_1"], given["V_2"]], [np.zeros((n, 1)) for n in WIDTHS[1:]]
    kept = 1 - LR * given["mu"]
    for _ in range(STEPS):
        h = W[0] @ X + b[0]
        d_2 = (W[1] @ h + b[1] - Y) / SAMPLES
        d_1 = (given["s"] * W[1].T + (1 - given["s"]) * np.linalg.pinv(W[1])) @ d_2
        for l, (d, x) in enumerate(((d_1, X), (d_2, h))):
            V[l], v[l] = kept * V[l] - LR * d @ x.T, kept * v[l] - LR * d.sum(axis=1, keepdims=True)
            W[l], b[l] = W[l] + LR * V[l], b[l] + LR * v[l]
    return [*W, *b]


def test_both_get_their_values_in_simulate_and_in_train() -> None:
    """Six full-batch steps: the same weights and biases to rounding, by three ways; other values end elsewhere."""
    start, data = trained("bp", steps=1, lr=1e-300), toy()
    W, b, given = list(start.weights), list(start.biases), values()
    X, Y = data.x_train.astype(np.float64), np.eye(WIDTHS[-1])[:, data.labels_train]
    run = trained(RULE, constants=given)
    simulated = simulate(RULE, W, X, Y, lr=LR, steps=STEPS, biases=b, loss=mean_squared_error, constants=given)
    stepped = [A[-1] for A in (*simulated.weights, *simulated.biases)]
    for mine, other, hand in zip(run.weights + run.biases, stepped, by_hand(W, b, given), strict=True):
        np.testing.assert_allclose(mine, hand, rtol=0, atol=1e-13)
        np.testing.assert_allclose(other, hand, rtol=0, atol=1e-13)
    for changed in (values(s=0.75), values(mu=0.1), given | {"V_2": 2 * given["V_2"]}):
        assert np.abs(trained(RULE, constants=changed).weights[0] - run.weights[0]).max() > 1e-4


@pytest.mark.parametrize("function", ["simulate", "train"])
def test_a_parameter_without_a_value_has_the_default_of_the_rule(function: str) -> None:
    """``mu`` is 1 unless given, and a momentum starts from 0; the rule inside has no default for its ``s``."""
    rng = np.random.default_rng(0)
    W = [rng.standard_normal((n, m)) for m, n in pairwise(WIDTHS)]
    net = (W, rng.standard_normal(WIDTHS[0]), rng.standard_normal(WIDTHS[-1]))

    def last(constants: dict[str, Any]) -> np.ndarray:
        if function == "simulate":
            return simulate(RULE, *net, steps=3, constants=constants).weights[0][-1]
        return trained(RULE, constants=constants).weights[0]

    whole = {"s": 0.25, "mu": 1} | {name: 0 * start for name, start in values().items() if name.startswith("V")}
    np.testing.assert_array_equal(last({"s": 0.25}), last(whole))
    refused: list[tuple[dict[str, Any], type[TptheoryError], str]] = [
        ({"mu": 1}, InvalidValueError, "a number for s, which Momentum.* uses"),
        ({"s": 1, "mu": -1}, InvalidValueError, r"'constants\[mu\]' must be a number that mu, declared positive, may"),
        ({"s": 1, "V_1": np.eye(2)}, ShapeError, r"'constants\[V_1\]' must be of shape \(4, 5\) \(got \(2, 2\)\)"),
        ({"s": 1, "V_3": np.eye(2)}, UnknownNameError, r"'constants' must be one of V_1, V_2, mu, s"),
    ]
    for constants, error, message in refused:
        with pytest.raises(error, match=message):
            last(constants)
