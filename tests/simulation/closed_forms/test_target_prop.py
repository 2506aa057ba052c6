"""The closed form of the TP flow is the flow: against an integrator, by its invariants, and at its limits."""

import math
from itertools import pairwise

import numpy as np
import pytest
from oracles.flows import forward, integrated
from scipy.linalg import null_space

from tptheory import TargetProp, simulate, tp_closed_form
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.simulation.closed_forms import target_prop

AGREEMENT = 1e-9


def problem(widths, seed=0):
    """Draw weights, a sample and a target."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((n, m)) for m, n in pairwise(widths)]
    return weights, rng.standard_normal(widths[0]), rng.standard_normal(widths[-1])


def pdet(W):
    """Return the product of the singular values."""
    return np.linalg.svd(W, compute_uv=False).prod()


def disagreement(found, weights, x, y, times):
    """Return the largest relative difference from the integrated flow, over all that a closed form gives."""
    worst = 0.0
    for i, W in enumerate(integrated("tp", weights, x[:, None], y[:, None], times)):
        seen = forward(W, x[:, None])
        pairs = list(zip([A[i] for A in found.weights], W, strict=True))
        pairs += list(zip([v[i] for v in found.activations], seen, strict=True))
        d = seen[-1] - y[:, None]
        pairs += [(found.errors[i], d)]
        for l in range(len(W), 0, -1):
            pairs += [(found.signals[l - 1][i], d)]
            if l > 1:
                d = np.linalg.pinv(W[l - 1]) @ d
                pairs += [(found.determinants[l - 2][i], pdet(W[l - 1]) / pdet(weights[l - 1]))]
        worst = max(worst, *(np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in pairs))
    return worst


CASES = [(3, 2), (3, 3, 3), (1, 1, 1), (4, 3, 3, 3), (2, 2, 2, 2, 2), (3, 5, 2), (4, 3, 1), (1, 4, 3), (2, 6, 5)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("widths", CASES, ids=str)
def test_it_is_the_flow(widths, seed):
    """Weights, activations, errors, signals and determinants agree with the integrator to 1e-9 relative."""
    weights, x, y = problem(widths, seed)
    times = np.linspace(0, 1 / sum(float((v**2).sum()) for v in forward(weights, x)[:-1]), 7)
    assert disagreement(tp_closed_form(weights, x, y, times), weights, x, y, times) < AGREEMENT


@pytest.mark.parametrize("widths", [(3, 3, 3), (3, 5, 2)], ids=str)
def test_a_wrong_law_is_noticed(widths, monkeypatch):
    """Where the rate of the remainder is off by a part in 10^6, the comparison fails."""
    right = target_prop.Relaxation.__init__

    def wrong(self, law, integrals, width):
        def off(clock, starts, integral):
            reading = law(clock, starts, integral)
            return target_prop.PanelValues(reading.speed, reading.rate * (1 + 1e-6), reading.integrals, reading.others)

        right(self, off, integrals, width)

    monkeypatch.setattr(target_prop.Relaxation, "__init__", wrong)
    weights, x, y = problem(widths)
    times = np.linspace(0, 1 / float(x @ x), 4)
    assert disagreement(tp_closed_form(weights, x, y, times), weights, x, y, times) > 1e-7


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 3, 3, 3), (3, 6, 2)], ids=str)
def test_late_errors_keep_their_relative_accuracy(widths):
    """Long after a solver has only rounding left, the error still falls as exp(-S t), S at its limit."""
    weights, x, y = problem(widths, seed=4)
    rate = float(sum((v**2).sum() for v in tp_closed_form(weights, x, y, [100 / float(x @ x)]).activations[:-1]))
    times = np.array([60, 100, 200, 300]) / rate
    sizes = np.linalg.norm(tp_closed_form(weights, x, y, times).errors, axis=(1, 2))
    assert sizes[-1] < 1e-120
    assert np.allclose(np.diff(np.log(sizes)), -rate * np.diff(times), rtol=1e-10)


def test_what_underflows_is_zero():
    """At a time at which the error is below the smallest number, it is 0 and all else is finite."""
    found = tp_closed_form(*problem((3, 3, 3)), [0, 1e6])
    assert not found.errors[1].any()
    assert all(np.isfinite(W).all() for W in found.weights)


def test_three_invariants_of_wide_depth_two():
    """rho exp(N/X), N - rho - m^2 and |d|^2 exp(N/X) / |e|^2 stand still, read off the integrated weights."""
    weights, x, y = problem((3, 5, 2), seed=3)
    X = float(x @ x)
    kept, moving = [], []
    for W in integrated("tp", weights, x[:, None], y[:, None], np.linspace(0, 1 / X, 5)):
        _, hidden, out = forward(W, x[:, None])
        e = out - y[:, None]
        d = np.linalg.pinv(W[1]) @ e
        N, rho = float((hidden**2).sum()), float(((null_space(W[1]).T @ hidden) ** 2).sum())
        m = float((hidden * d).sum()) / np.linalg.norm(d)
        kept.append([rho * math.exp(N / X), N - rho - m**2, float((d**2).sum() / (e**2).sum()) * math.exp(N / X)])
        moving.append(rho * math.exp(2 * N / X))
    assert np.allclose(kept, kept[0], rtol=1e-9)
    assert not np.allclose(moving, moving[0], rtol=1e-3)


def test_rank_is_never_lost():
    """r_{l+1} stays at or above exp(-N_l / 2X) of time 0, as the law of the determinant says."""
    for seed in range(5):
        weights, x, y = problem((2, 2, 2, 2), seed)
        found = tp_closed_form(weights, x, y, np.linspace(0, 20, 50))
        for l, ratio in enumerate(found.determinants, start=1):
            assert ratio.min() >= math.exp(-float((found.activations[l][0] ** 2).sum()) / (2 * float(x @ x)))


def test_what_is_solved_stands_still():
    """Without an error nothing moves."""
    weights, x, _ = problem((3, 4, 2))
    found = tp_closed_form(weights, x, weights[1] @ (weights[0] @ x), [0, 1, 2])
    assert all((W[0] == W).all() for W in found.weights)
    assert found.loss.tolist() == [0, 0, 0]


def test_a_wide_layer_that_hides_nothing():
    """If x_1 lies in what W_2 sees, rho = 0, and the plane is a line."""
    weights = [np.array([[1.0], [0.5], [0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])]
    x, y, times = np.array([1.0]), np.array([3.0, -1.0]), np.linspace(0, 1, 4)
    assert disagreement(tp_closed_form(weights, x, y, times), weights, x, y, times) < AGREEMENT


@pytest.mark.parametrize("widths", [(3, 3, 3), (3, 5, 2)], ids=str)
def test_it_lies_beside_a_simulated_flow(widths):
    """Arrays have the shapes of a run, and agree with it, entry by entry, to 1e-9 of the largest."""
    weights, x, y = problem(widths)
    times = np.linspace(0, 1 / float(x @ x), 6)
    found, run = tp_closed_form(weights, x, y, times), simulate(TargetProp(), weights, x, y, times=times)
    pairs = [*zip(found.weights, run.weights, strict=True), *zip(found.activations, run.activations, strict=True)]
    pairs += [*zip(found.signals, run.error_signals[1:], strict=True), (found.errors, run.errors)]
    for ours, theirs in [*pairs, (found.loss, run.loss)]:
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() < AGREEMENT * np.abs(theirs).max()


W1, SQUARE, WIDE = [[1.0, 0.0], [0.0, 1.0]], [[2.0, 1.0], [0.0, 1.0]], [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([W1, [[1.0, 1.0], [1.0, 1.0]]], [1, 1], [0, 0], [0]), InvalidValueError, "full row rank 2 in W_2.*rank 1"),
        (([W1, [[1.0], [1.0]]], [1, 1], [0, 0], [0]), ShapeError, "chain"),
        (([[[1.0, 0.0]], [[1.0], [1.0]]], [1, 1], [0, 0], [0]), InvalidValueError, "full row rank 2 in W_2.*rank 1"),
        (([W1, SQUARE, WIDE], [1, 1], [0], [0]), InvalidValueError, "square above the first layer at depth 3"),
        (([W1, SQUARE], [0, 0], [1, 0], [0]), InvalidValueError, "'x' must be nonzero"),
        (([W1, SQUARE], [1, math.nan], [1, 0], [0]), InvalidValueError, "'x' must be finite"),
        (([W1, [[math.inf, 0], [0, 1]]], [1, 1], [1, 0], [0]), InvalidValueError, "finite"),
        (([W1, SQUARE], [1, 1], [1, 0], [0, 1, 1]), InvalidValueError, "'times' must be finite numbers that increase"),
        (([W1, SQUARE], [1, 1], [1, 0], [-1, 1]), InvalidValueError, "'times' must be numbers from 0"),
        (([W1, SQUARE], [1, 1], [1, 0], [0, math.nan]), InvalidValueError, "'times' must be finite"),
        (([W1, SQUARE], [1, 1], [1, 0], []), InvalidValueError, "one at least"),
        (([W1, SQUARE], [1, 1], [1, 0], "soon"), InvalidTypeError, "'times' must be a list of numbers that increase"),
        (([W1, SQUARE], [[1, 2], [1, 2]], [[1, 1], [0, 0]], [0]), ShapeError, "one sample of length 2"),
        ((3, [1], [1], [0]), InvalidTypeError, "'weights' must be a list"),
    ],
)
def test_bad_arguments(arguments, error, message):
    """What the closed form does not cover is refused by name."""
    with pytest.raises(error, match=message):
        tp_closed_form(*arguments)
