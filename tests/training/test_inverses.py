"""Inverses that learn: their gradients, what they tend to, their noise, and that the net learns through them."""

from __future__ import annotations

import itertools
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import LearnedInverse
from tptheory.training.data import load_digits
from tptheory.training.inverses import Inverses, InverseSettings
from tptheory.training.layerwise import LayerwiseRule, forward
from tptheory.training.trainer import train

WIDTHS = (5, 4, 6, 3)
BATCH = 7


def made(seed: int = 0, **options: Any) -> tuple[Inverses, list[Any], list[Any], tuple[Any, ...]]:
    """Draw inverses, weights, biases and the activations of a batch."""
    rng = np.random.default_rng(seed)
    net = DeepLinearNetwork(widths=WIDTHS, batch=BATCH, biases=True, loss="any")
    layerwise = LayerwiseRule(LearnedInverse(), net, lambda n, m: rng.standard_normal((n, m)) / 3, 1.0)
    weights = [rng.standard_normal((n, m)) / 2 for m, n in itertools.pairwise(WIDTHS)]
    biases = [rng.standard_normal((n, 1)) for n in WIDTHS[1:]]
    inverses = Inverses(layerwise, InverseSettings(**options), 0.1, np.random.default_rng(seed), "float64")
    return inverses, weights, biases, forward(weights, biases, rng.standard_normal((WIDTHS[0], BATCH)))


@pytest.mark.parametrize("kind", ["linear", "sigmoid"])
@pytest.mark.parametrize("penultimate", [False, True])
def test_errors_are_those_of_the_targets(kind: str, penultimate: bool) -> None:
    """``d_l = (x_l - t_l) / alpha`` for ``t_{l-1} = x_{l-1} + g(t_l) - g(x_l)``, written out."""
    inverses, weights, _, x = made(kind=kind, penultimate=penultimate, alpha=0.5)
    D = np.random.default_rng(5).standard_normal(x[-1].shape)
    squash = (lambda a: a) if kind == "linear" else (lambda a: 1 / (1 + np.exp(-a)))
    targets = {3: x[3] - 0.5 * D}
    for l in (3, 2):
        V, c = inverses.V[l - 2], inverses.c[l - 2]
        targets[l - 1] = x[l - 1] + squash(V @ targets[l] + c) - squash(V @ x[l] + c)
        if penultimate and l == 3:
            targets[2] = x[2] - 0.5 * weights[2].T @ D
    for l, error in enumerate(inverses.errors(weights, x, D), start=1):
        np.testing.assert_allclose(error, (x[l] - targets[l]) / 0.5, rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", ["linear", "sigmoid"])
def test_inverses_descend_the_reconstruction_loss(kind: str) -> None:
    """One step is the gradient that autograd finds, with the same noise in the input and in what is reconstructed."""
    inverses, weights, biases, x = made(kind=kind, lr=0.3, noise=2.0)
    V, c, step = inverses.V, list(inverses.c), 50
    std = 2.0 / 1.5
    noise = np.random.default_rng(0)
    inverses.learn(weights, biases, x, step)
    for l in (2, 3):
        noisy = x[l - 1] + std * noise.standard_normal(x[l - 1].shape)

        def loss(parameters: Any, l: int = l, noisy: Any = noisy) -> Any:
            rebuilt = anp.dot(parameters[0], weights[l - 1] @ noisy + biases[l - 1]) + parameters[1]
            rebuilt = rebuilt if kind == "linear" else 1 / (1 + anp.exp(-rebuilt))
            return anp.sum((rebuilt - noisy) ** 2) / (2 * BATCH)

        dV, dc = grad(loss)((V[l - 2], c[l - 2]))
        f = np.vstack([weights[l - 1] @ noisy + biases[l - 1], np.ones((1, BATCH))])
        rate = 0.3 / np.linalg.norm(f @ f.T / BATCH)
        np.testing.assert_allclose(inverses.V[l - 2], V[l - 2] - rate * dV, rtol=0, atol=1e-13)
        np.testing.assert_allclose(inverses.c[l - 2], c[l - 2] - rate * dc, rtol=0, atol=1e-13)
        assert inverses.reconstruction_losses[l - 2] == pytest.approx(float(loss((V[l - 2], c[l - 2]))), rel=1e-12)


def test_noise_is_drawn_for_each_sample() -> None:
    """The notebook drew one row for a whole batch: then equal samples stay equal. Here they do not."""
    inverses, weights, biases, x = made()
    drawn: list[tuple[int, ...]] = []

    class Spy:
        """A stream that tells what is asked of it."""

        def standard_normal(self, shape: tuple[int, ...], dtype: Any) -> Any:
            drawn.append(shape)
            return np.ones(shape, dtype)

    inverses.noise = Spy()  # type: ignore[assignment]
    inverses.learn(weights, biases, x, 0)
    assert drawn == [(4, BATCH), (6, BATCH)]


def test_inverses_tend_to_the_pseudo_inverse() -> None:
    """White noise of large size makes the best linear reconstruction W+: within 5 percent after 4,000 steps."""
    inverses, weights, biases, x = made(noise=1e4, lr=0.02)
    weights[2] += 2 * np.eye(3, 6)
    for _ in range(4000):
        inverses.learn(weights, biases, x, 0)
    exact = np.linalg.pinv(weights[2])
    assert np.linalg.norm(inverses.V[1] - exact) < 0.05 * np.linalg.norm(exact)


@pytest.mark.parametrize(
    ("options", "least"),
    [({}, 0.93), ({"kind": "sigmoid"}, 0.85), ({"kind": "sigmoid", "penultimate": True}, 0.9), ({"noise": 0.0}, 0.9)],
)
def test_digits_are_learned_through_inverses_that_learn(options: dict[str, Any], least: float) -> None:
    """Linear, sigmoid as in the notebook, with and without its true gradient, and without noise."""
    run = train("dtp", inverses=InverseSettings(**options))
    assert run.status == "completed"
    assert run.test_accuracy > least
    assert options.get("kind") == "sigmoid" or max(run.ranks) <= 10


def test_sigmoid_inverses_raise_the_rank() -> None:
    """A difference of sigmoids is no linear image of the error: rank 32 where linear feedback allows 9."""
    run = train("dtp", steps=100, inverses=InverseSettings(kind="sigmoid"), probes=True)
    assert run.ranks == (32, 32, 9)
    assert train("dtp", steps=100).ranks == (9, 9, 9)
    assert all(r.off == 0 for r in run.readings if r.probe == "rank")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kind": "relu"}, UnknownNameError, "'inverse' must be one of linear, sigmoid"),
        ({"noise": -1.0}, InvalidValueError, "'noise' must be a finite number, 0 or more"),
        ({"noise": float("nan")}, InvalidValueError, "'noise' must be a finite number"),
        ({"lr": 0.0}, InvalidValueError, "'inverse_lr' must be a positive finite number"),
        ({"alpha": "1"}, InvalidTypeError, "'alpha' must be a positive finite number"),
        ({"penultimate": 1}, InvalidTypeError, "'penultimate' must be True or False"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """One clear error."""
    with pytest.raises(error, match=message):
        InverseSettings(**options)


def test_the_notebooks_noise_falls_by_steps() -> None:
    """``10 / (1 + t / 100)``."""
    assert [InverseSettings().noise_at(t) for t in (0, 100, 900)] == [10, 5, 1]
    assert load_digits().name == "digits"
