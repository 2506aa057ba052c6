"""Modes in closed form are those of the whole net; the plateau lasts as long as they say."""

import math
from itertools import pairwise

import numpy as np
import pytest
from oracles.flows import forward, integrated
from scipy.integrate import quad, solve_ivp

from tptheory import bp_modes, plateau_escape
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.simulation.closed_forms.modes import KAPPA

AGREEMENT = 1e-9


def orthonormal(rng, rows, columns):
    """Draw a matrix with orthonormal columns."""
    return np.linalg.qr(rng.standard_normal((rows, columns)))[0]


def aligned_net(s, a, seed=0):
    """Return weights aligned with the correlation of a whitened batch, the batch, and the outer singular vectors."""
    rng = np.random.default_rng(seed)
    modes, depth = a.shape
    widths = [4, *rng.integers(modes, modes + 3, depth - 1), 5]
    frames = [orthonormal(rng, n, modes) for n in widths]
    X = orthonormal(rng, widths[0], widths[0])
    Y = frames[-1] @ np.diag(s) @ frames[0].T @ X
    return [frames[l + 1] @ np.diag(a[:, l]) @ frames[l].T for l in range(depth)], X, Y, frames[0], frames[-1]


NETS = {
    "depth 1": ([2.0, 1.0, 0.0], [[0.1], [0.5], [0.2]]),
    "depth 2 balanced": ([2.0, 1.0, 0.5], [[0.1, 0.1], [0.02, 0.02], [1.5, 1.5]]),
    "depth 2 unbalanced": ([2.0, 1.0, 0.0], [[0.1, -0.5], [0.9, 0.0], [0.7, 0.4]]),
    "depth 3 balanced": ([2.0, 1.0, 0.5], [[0.3, 0.3, 0.3], [0.5, 0.5, 0.5], [1.1, 1.1, 1.1]]),
    "depth 3 unbalanced": ([2.0, 1.0, 1.0], [[0.3, -0.1, 0.4], [0.5, 0.0, 0.7], [0.6, 0.6, 0.2]]),
    "depth 3 towards nothing": ([0.0, 0.0, 1.0], [[0.8, 0.8, 0.8], [0.5, 0.7, -0.9], [1.0, 1.0, 1.0]]),
    "depth 5": ([2.0, 1.0, 0.5], [[0.6] * 5, [0.5, 0.6, 0.7, 0.8, 0.4], [-0.9, 0.9, -0.7, 0.5, 1.2]]),
}


@pytest.mark.parametrize(("s", "a"), NETS.values(), ids=NETS.keys())
def test_modes_are_those_of_the_whole_net(s, a):
    """From aligned weights and a whitened batch, all modes together: strengths and loss agree to 1e-9."""
    s, a, times = np.array(s), np.array(a), np.linspace(0, 4, 6)
    weights, X, Y, first, last = aligned_net(s, a)
    found = bp_modes(s, a, times)
    for i, W in enumerate(integrated("bp", weights, X, Y, times)):
        product = forward(W, np.eye(len(X)))[-1]
        strengths = last.T @ product @ first
        assert np.abs(strengths - np.diag(found.strengths[i])).max() < AGREEMENT * max(1.0, s.max())
        assert found.loss[i] == pytest.approx(((product @ X - Y) ** 2).sum() / 2, rel=AGREEMENT, abs=1e-12)


def integrated_mode(s, a, times):
    """Integrate one mode, factor by factor."""
    move = lambda _, a: [np.delete(a, l).prod() * (s - a.prod()) for l in range(len(a))]  # noqa: E731
    return solve_ivp(move, (0, times[-1]), a, method="DOP853", rtol=1e-13, atol=1e-16, t_eval=times).y.T


@pytest.mark.parametrize("a", [[1e-3] * 3, [0.02] * 4, [0.01, -0.02, 0.015], [0.2, 0.1, -0.3, 0.25, 0.3]], ids=str)
def test_plateaus_are_crossed_at_the_right_time(a):
    """Through a plateau that is left late, every factor agrees to 1e-9 of its size."""
    sample = bp_modes([2.0], [a], [0.0])
    assert sample.methods == ("quadrature",)
    times = np.linspace(0, 1.5 * np.abs(a).min() ** (2 - len(a)), 12)
    found, expected = bp_modes([2.0], [a], times).factors[:, 0], integrated_mode(2.0, np.array(a), times)
    assert np.abs(found / expected - 1).max() < AGREEMENT


def test_a_wrong_mode_is_noticed():
    """A singular value that is off by a part in 10^7 does not agree."""
    times = np.linspace(0, 5, 4)
    found, expected = bp_modes([2.0 + 2e-7], [[0.3, 0.2, 0.3]], times), integrated_mode(2.0, [0.3, 0.2, 0.3], times)
    assert np.abs(found.factors[:, 0] / expected - 1).max() > AGREEMENT


def test_the_logistic_function():
    """Balanced at depth 2: u = s / (1 + (s/u_0 - 1) exp(-2 s t)), small starts and late remainders too."""
    times, s, u = np.array([0.0, 1.0, 5.0, 15.0, 40.0]), 2.0, 1e-12
    found = bp_modes([s], [u], times, depth=2)
    odds = (s / u - 1) * np.exp(-2 * s * times)
    assert np.allclose(found.strengths[:, 0], s / (1 + odds), rtol=1e-12)
    assert np.allclose(found.remainders[:, 0], s * odds / (1 + odds), rtol=1e-12, atol=0)


@pytest.mark.parametrize("depth", [3, 4, 7])
def test_balanced_modes_obey_their_law(depth):
    """u' = L u^(2-2/L) (s - u), by differences in time."""
    t, h, s = np.linspace(0.5, 3, 5), 1e-4, 1.5
    at = [bp_modes([s], [0.2], t + k * h, depth=depth).strengths[:, 0] for k in (-1, 0, 1)]
    assert np.allclose((at[2] - at[0]) / (2 * h), depth * at[1] ** (2 - 2 / depth) * (s - at[1]), rtol=1e-6)


def test_late_remainders_keep_their_relative_accuracy():
    """s - u falls at the rate L s^(2-2/L), far below rounding."""
    times = np.array([20.0, 30.0, 40.0])
    left = bp_modes([2.0], [0.5], times, depth=3).remainders[:, 0]
    assert 0 < left[-1] < 1e-100
    assert np.allclose(np.diff(np.log(left)), -3 * 2.0 ** (4 / 3) * 10, rtol=1e-10)


@pytest.mark.parametrize(
    ("s", "a", "method"),
    [
        (1.0, [0.0, 0.0, 0.3], "still"),
        (1.0, [1.0, 1.0, 1.0], "still"),
        (0.0, [0.5, -0.5, 0.5], "algebraic"),
        (1.0, [0.2], "exponential"),
        (1.0, [0.2, 0.1], "hyperbolic"),
        (1.0, [0.2, 0.1, 0.1], "quadrature"),
    ],
)
def test_methods(s, a, method):
    """Each mode says how it was solved; what stands still does."""
    found = bp_modes([s], [a], [0.0, 1.0])
    assert found.methods == (method,)
    assert np.allclose(found.factors[:, 0], integrated_mode(s, a, np.array([0.0, 1.0])), rtol=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
def test_the_escape_of_a_mode_is_its_quadrature(depth):
    """`mode` is the integral of du / (L u^(2-2/L) (s - u)), and the strength then is the fraction asked for."""
    found = plateau_escape(1.5, depth=depth, lr=0.1, std=0.01, hidden=100, fraction=0.7)
    a, s = 0.1, 1.5
    inverse, _ = quad(lambda v: math.exp(v) / (depth * math.exp(v * (2 - 2 / depth)) * (s - math.exp(v))),
                      depth * math.log(a), math.log(0.7 * s), epsabs=0, epsrel=1e-12, limit=200)  # fmt: skip
    assert found.mode == pytest.approx(inverse / 0.1, rel=1e-9)
    assert bp_modes([s], [a**depth], [found.mode * 0.1], depth=depth).strengths[0, 0] == pytest.approx(
        0.7 * s, rel=1e-9
    )


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
def test_the_leading_order_is_the_limit(depth):
    """Small weights: the exact time over the leading order tends to 1, and says so in `random` only above depth 2."""
    ratios = [
        (found := plateau_escape(1.0, depth=depth, lr=0.1, std=std, hidden=25)).mode / found.leading
        for std in (1e-2, 1e-3, 1e-5)
    ]
    assert abs(ratios[2] - 1) < 2e-3
    assert abs(ratios[2] - 1) <= abs(ratios[0] - 1)
    assert (found.random is None) == (depth == 2)
    if depth > 2:
        assert found.leading == pytest.approx((5e-5) ** (2 - depth) / ((depth - 2) * 0.1), rel=1e-12)


def escape(depth, std, hidden, seed, lr=0.05):
    """Train a net with random weights on a correlation with top singular value 1; count the steps to one half."""
    rng = np.random.default_rng(seed)
    widths = [10, *[hidden] * (depth - 1), 10]
    W = [std * rng.standard_normal((n, m)) for m, n in pairwise(widths)]
    target = np.diag([1.0, *(rng.random(9) / 2)])
    for steps in range(100_000):
        seen = forward(W, np.eye(10))
        if np.linalg.norm(seen[-1], 2) > 0.5:
            return steps
        d = seen[-1] - target
        for l in range(depth - 1, -1, -1):
            below, W[l] = W[l].T @ d, W[l] - lr * d @ seen[l].T
            d = below
    raise AssertionError("it never left the plateau")


@pytest.mark.parametrize(("depth", "std", "hidden"), [(3, 0.01, 30), (4, 0.02, 30)])
def test_random_nets_escape_in_the_measured_range(depth, std, hidden):
    """The mean over six draws lies in the range; single draws leave it by a tenth."""
    found = plateau_escape(1.0, depth=depth, lr=0.05, std=std, hidden=hidden)
    kappas = [escape(depth, std, hidden, seed) / found.leading for seed in range(6)]
    assert KAPPA[0] <= np.mean(kappas) <= KAPPA[1]
    assert min(kappas) > KAPPA[0] - 0.15
    assert max(kappas) < KAPPA[1] + 0.15


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        (([1.0], [-0.1], [0]), {"depth": 3}, InvalidValueError, "'initial' must be 0 or more"),
        (([-1.0], [0.1], [0]), {"depth": 3}, InvalidValueError, "'singular_values' must be 0 or more"),
        (([math.nan], [0.1], [0]), {"depth": 3}, InvalidValueError, "finite"),
        (([1.0], [[0.1, math.inf]], [0]), {}, InvalidValueError, "finite"),
        (([1.0], [0.1], [0]), {"depth": 0}, InvalidValueError, "'depth' must be a positive integer"),
        (([1.0], [0.1], [0]), {"depth": 1.5}, InvalidTypeError, "'depth' must be a positive integer"),
        (([1.0], [[0.1, 0.1], [0.2, 0.2]], [0]), {}, ShapeError, "one for each singular value"),
        (([1.0, 2.0], [0.1], [0]), {"depth": 2}, ShapeError, "one for each singular value"),
        (([1.0], [0.1], [0]), {}, ShapeError, "'initial' must be two-dimensional"),
        (([1.0], [0.1], [1, 0]), {"depth": 2}, InvalidValueError, "'times' must be finite numbers that increase"),
        (([1.0], [[0.1, 0.1, -0.1]], [0]), {}, InvalidValueError, "mode 0 does not end where two factors vanish"),
        (([0.0], [[0.1, 0.1, 0.2]], [0]), {}, InvalidValueError, "mode 0 does not end where two factors vanish"),
    ],
)
def test_bad_modes(arguments, settings, error, message):
    """What is no mode, or one that nobody has solved, is refused by name."""
    with pytest.raises(error, match=message):
        bp_modes(*arguments, **settings)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"lr": 0}, InvalidValueError, "'lr' must be a positive finite number"),
        ({"lr": math.nan}, InvalidValueError, "'lr' must be"),
        ({"std": -1}, InvalidValueError, "'std' must be"),
        ({"std": "small"}, InvalidTypeError, "'std' must be a positive finite number"),
        ({"depth": 1}, InvalidValueError, "'depth' must be an integer, 2 or more"),
        ({"fraction": 1.0}, InvalidValueError, "'fraction' must be between 0 and 1"),
        ({"std": 0.5}, InvalidValueError, "'std' must be so small"),
    ],
)
def test_bad_plateaus(changed, error, message):
    """What has no plateau is refused by name."""
    settings = {"depth": 3, "lr": 0.1, "std": 0.01, "hidden": 100} | changed
    with pytest.raises(error, match=message):
        plateau_escape(1.0, **settings)
