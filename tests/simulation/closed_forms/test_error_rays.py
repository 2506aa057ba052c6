"""The recursion of the error's ray gives the runs of the rule itself, in floats and exactly."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import Matrix, Rational

from tptheory import TargetProp, error_ray, simulate
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.simulation.closed_forms import error_rays


def problem(widths, seed=0):
    """Draw weights, a sample and a target."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((n, m)) for m, n in pairwise(widths)]
    return weights, rng.standard_normal(widths[0]), rng.standard_normal(widths[-1])


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.3])
@pytest.mark.parametrize(
    "widths", [(3, 2), (3, 3, 3), (2, 2, 2, 2, 2), (6, 5, 4, 3), (2, 7, 5, 3, 1), (1, 4, 3)], ids=str
)
def test_it_is_the_run_of_the_rule(widths, lr):
    """Square or wide, at any step size, while the numbers stay small: to 1e-9 relative, step by step."""
    weights, x, y = problem(widths)
    ray, run = error_ray(weights, x, y, lr, 30), simulate(TargetProp(), weights, x, y, lr=lr, steps=30)
    sizes = np.abs(run.errors).max(axis=(1, 2))
    calm = int(np.argmax(sizes > 1e6)) if (sizes > 1e6).any() else len(sizes)
    assert calm >= 2
    for found, claimed in [
        *zip(ray.activations, run.activations, strict=True),
        *zip(ray.signals, run.error_signals[1:], strict=True),
        (ray.errors, run.errors),
    ]:
        scale = np.abs(claimed[:calm]).max()
        assert np.allclose(found[:calm], claimed[:calm], rtol=1e-9, atol=1e-11 * scale)


def reference(weights, x, y, lr, steps):
    """Run TP on rationals by SymPy's own matrices; return the errors and the determinants of W_2 W_2'."""
    W = [Matrix(A) for A in weights]
    x, y = Matrix(x), Matrix(y)
    errors, grams = [], []
    for _ in range(steps + 1):
        seen = [x]
        for A in W:
            seen.append(A * seen[-1])
        signals = [seen[-1] - y]
        for A in reversed(W[1:]):
            signals.insert(0, A.T * (A * A.T).inv() * signals[0])
        errors.append(seen[-1] - y)
        grams.append((W[1] * W[1].T).det())
        W = [A - lr * d * v.T for A, d, v in zip(W, signals, seen, strict=False)]
    return errors, grams


EXACT = ([[[1, 2], [3, 4], [1, 1]], [[2, 1, 0], [0, 1, 1]]], [1, 1], [0, 1])


def test_exact_rays_are_exact():
    """Fractions in, fractions out: equal to SymPy's, number by number, pseudo-determinants too."""
    ray = error_ray(*EXACT, lr=Fraction(1, 10), steps=4)
    errors, grams = reference(*EXACT, Rational(1, 10), 4)
    assert all(isinstance(e, Fraction) for e in ray.errors.ravel())
    assert [[str(e) for e in column.ravel()] for column in ray.errors] == [
        [str(e) for e in column] for column in errors
    ]
    assert [str(q) for q in ray.ratios[0]] == [str(after / before) for before, after in pairwise(grams)]


def test_integers_fractions_and_flint_are_exact():
    """Exactness is decided by what is given: one float, and all is float64."""
    weights, x, y = EXACT
    flint = [fmpq_mat(3, 2, [1, 2, 3, 4, 1, 1]), fmpq_mat(2, 3, [2, 1, 0, 0, 1, 1])]
    exact = error_ray(weights, x, y, Fraction(1, 10), 2)
    assert (error_ray(flint, np.array(x), y, fmpq(1, 10), 2).errors == exact.errors).all()
    floats = error_ray(weights, x, y, 0.1, 2)
    assert floats.errors.dtype == np.float64
    assert np.allclose(floats.errors, exact.errors.astype(float), rtol=1e-14)


def test_exact_rays_are_exact_runs():
    """At three layers, wide ones among them, the recursion gives the rationals of the rule's own steps."""
    weights = [[[1, 2], [0, 1], [1, 1]], [[1, 0, 2, 1], [0, 1, 1, 0], [1, 1, 0, 1]], [[1, 2, 0], [0, 1, -1]]]
    weights[0].append([2, -1])
    ray = error_ray(weights, [1, 2], [3, 1], Fraction(1, 50), 3)
    run = simulate(TargetProp(), weights, [1, 2], [3, 1], lr=Fraction(1, 50), steps=3, dtype="exact")
    for found, claimed in [*zip(ray.activations, run.activations, strict=True), (ray.errors, run.errors)]:
        assert (found == claimed).all()
    for found, claimed in zip(ray.signals, run.error_signals[1:], strict=True):
        assert (found == claimed).all()


def test_the_ray_and_its_factors():
    """e(t+1) = (1 - c_L) e(t), x_l(t+1) = x_l(t) - c_l d_l(t), exactly; the loss is theirs."""
    ray = error_ray(*EXACT, lr=Fraction(1, 7), steps=3)
    for t in range(ray.steps):
        assert (ray.errors[t + 1] == (1 - ray.factors[t, -1]) * ray.errors[t]).all()
        for l in (1, 2):
            moved = ray.activations[l][t] - ray.factors[t, l] * ray.signals[l - 1][t]
            assert (ray.activations[l][t + 1] == moved).all()
    assert ray.loss[1] == sum(e**2 for e in ray.errors[1].ravel()) / 2
    assert not ray.factors[:, 0].any()


def test_a_wrong_recursion_is_noticed(monkeypatch):
    """Without the term in eta^2 the ray leaves the run."""
    monkeypatch.setattr(error_rays, "_dot", lambda u, v: (u * v).sum() if u is v else (u * v).sum() * 0)
    weights, x, y = problem((3, 3, 3))
    run = simulate(TargetProp(), weights, x, y, lr=0.01, steps=5)
    assert np.abs(error_ray(weights, x, y, 0.01, 5).errors - run.errors).max() > 1e-5


def test_a_lost_rank_ends_the_ray():
    """W_2 = 1, W_1 = 1, x = 1, y = 0: a step of size 1 makes W_2 zero; what then is known is still given."""
    ray = error_ray([[[1]], [[1]]], [1], [0], lr=1, steps=5)
    assert (ray.status, ray.steps, ray.ratios[0].tolist()) == ("rank lost", 1, [0])
    assert ray.errors.ravel().tolist() == [1, 0]
    assert math.isnan(ray.signals[0][1, 0, 0])
    assert "rank" in ray.message
    assert error_ray([[[1.0]], [[1.0]]], [1], [0], lr=1.0, steps=5).status == "rank lost"


def test_divergence_and_growth_end_the_ray():
    """Numbers that overflow, and fractions that grow without end, stop with a reason."""
    weights, x, y = problem((6, 5, 4, 3))
    ray = error_ray(weights, x, y, 5.0, 500)
    assert ray.status == "diverged"
    assert np.isfinite(ray.errors).all()
    long = error_ray(*EXACT, lr=Fraction(1, 10), steps=1000)
    assert long.status == "too large"
    assert 5 < long.steps < 20
    assert f"more than {error_rays.MOST_BITS} bits" in long.message


def test_a_small_step_is_the_flow():
    """(e(eta) - e) / eta tends to -S_L e."""
    eta = Fraction(1, 10**12)
    ray = error_ray(*EXACT, lr=eta, steps=1)
    S = sum(v**2 for l in (0, 1) for v in ray.activations[l][0].ravel())
    assert float(ray.factors[0, -1] / eta - S) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((*EXACT, 0, 3), InvalidValueError, "'lr' must be a positive"),
        ((*EXACT, -0.1, 3), InvalidValueError, "'lr' must be a positive"),
        ((*EXACT, math.nan, 3), InvalidValueError, "'lr' must be a positive"),
        ((*EXACT, True, 3), InvalidTypeError, "'lr' must be a positive"),
        ((*EXACT, "fast", 3), InvalidTypeError, "'lr' must be a positive number"),
        ((*EXACT, 0.1, -1), InvalidValueError, "'steps' must be"),
        ((*EXACT, 0.1, 1.5), InvalidTypeError, "'steps' must be an integer"),
        (([[[1]], [[0]]], [1], [0], 1, 1), InvalidValueError, "full row rank 1 in W_2.*rank 0"),
        (([[[1]], [[1], [1]]], [1], [0, 0], 0.1, 1), InvalidValueError, "full row rank 2 in W_2.*rank 1"),
        (([[[1]], [[math.nan]]], [1], [0], 0.1, 1), InvalidValueError, "finite"),
        (([[[1, 2]], [[1]]], [1], [0], 0.1, 1), ShapeError, "'x' must be of length 2"),
        (([[[1]], [[1]]], [[1, 2]], [[0, 1]], 0.1, 1), ShapeError, "'x' must be one sample of length 1"),
        (([], [1], [0], 0.1, 1), InvalidTypeError, "'weights' must be a list"),
    ],
)
def test_bad_arguments(arguments, error, message):
    """What the ray does not cover is refused by name."""
    with pytest.raises(error, match=message):
        error_ray(*arguments)
