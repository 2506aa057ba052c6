"""A collapsed step is the layerwise step, and its inverses are the inverses, for as long as one likes."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tptheory.errors import InvalidValueError
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import rule_named
from tptheory.training import collapsed, lowrank
from tptheory.training.collapsed import CollapsedEngine
from tptheory.training.initial import initial_parameters
from tptheory.training.layerwise import LayerwiseRule, descent_of, forward, softmax_cross_entropy, squared_error
from tptheory.training.lowrank import CarriedInverse
from tptheory.training.moments import SecondMoments

RULES = ("bp", "tp", "damped-tp", "fa", "dfa", "gn")
TOLERANCE = {"float32": 2e-4, "float64": 1e-11}
NATIVE = importlib.util.find_spec("numba") is not None


def engines() -> list[Any]:
    """Return `CollapsedEngine`, and the native one where Numba is there."""
    found: list[Any] = [CollapsedEngine]
    if NATIVE:
        from tptheory.training.native import NativeEngine

        found.append(NativeEngine)
    return found


ENGINES = engines()


def stretched(W, spread):
    """Scale the shorter side's directions, from 1 down to 1 / spread."""
    scales = np.geomspace(1, 1 / spread, min(W.shape))
    return W * scales if W.shape[1] <= W.shape[0] else scales[:, None] * W


def problem(widths, batch, rule="bp", dtype="float64", seed=0, biases=True, spread=1.0):
    """Return a compiled rule, a start whose condition is about ``spread``, and one batch."""
    rng = np.random.default_rng(seed)
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=True, loss="any")
    layerwise = LayerwiseRule(
        rule_named(rule), net, lambda rows, columns: rng.standard_normal((rows, columns)) / math.sqrt(columns), 0.3
    )
    weights, b = initial_parameters(widths, dtype="float64", seed=seed, bias=0.1 if biases else 0.0)
    weights = tuple(stretched(W, spread) for W in weights)
    weights, b = (tuple(np.ascontiguousarray(A, dtype=dtype) for A in arrays) for arrays in (weights, b))
    X = rng.standard_normal((widths[0], batch)).astype(dtype)
    return layerwise, weights, b, X, rng.integers(0, widths[-1], batch)


def oracle_step(layerwise, weights, biases, X, labels, lr):
    """Return the parameters after a layerwise step."""
    activations = forward(weights, biases, X)
    D = softmax_cross_entropy(activations[-1], labels)[2]
    G, g = descent_of(layerwise.errors(weights, D), activations)
    return (
        tuple(W - lr * G_l for W, G_l in zip(weights, G, strict=True)),
        tuple(b - lr * g_l for b, g_l in zip(biases, g, strict=True)),
    )


def worst_change(found, expected, start):
    """Return the largest relative difference of a parameter's change; of one that hardly moves, against the largest."""
    moved = [np.linalg.norm(e.astype(float) - s) for e, s in zip(expected, start, strict=True)]
    floor = 1e-2 * max(moved) + 1e-30
    return max(
        float(np.linalg.norm(f.astype(float) - e)) / max(size, floor)
        for f, e, size in zip(found, expected, moved, strict=True)
    )


def compare(engine_type, widths, batch, rule, dtype, *, steps=3, lr=0.05, seed=0, biases=True, spread=1.0):
    """Make steps on both sides from one start; return the engine, the oracle's parameters and the worst difference."""
    layerwise, weights, b, X, labels = problem(widths, batch, rule, dtype, seed, biases, spread)
    engine = engine_type(layerwise, weights, b)
    start = (*weights, *b)
    rng = np.random.default_rng(seed + 1)
    for _ in range(steps):
        expected_loss = softmax_cross_entropy(forward(weights, b, X)[-1], labels)[0]
        assert engine.step(X, labels, lr)
        assert engine.loss_and_accuracy()[0] == pytest.approx(expected_loss, rel=1e-4 if dtype == "float32" else 1e-10)
        weights, b = oracle_step(layerwise, weights, b, X, labels, lr)
        X, labels = rng.standard_normal(X.shape).astype(dtype), rng.integers(0, widths[-1], batch)
    return engine, worst_change((*engine.weights, *engine.biases), (*weights, *b), start)


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("widths", "batch"),
    [((7, 5, 6, 4), 9), ((5, 3), 1), ((6, 2, 4), 1), ((4, 1, 3, 2), 3), ((6, 40, 40, 36, 50, 3), 8), ((3, 2, 1), 2)],
    ids=str,
)
def test_a_collapsed_step_is_a_layerwise_step(engine_type, rule, widths, batch, dtype):
    """All parameters agree after three steps: any rule, narrow and deep nets, one sample, square, wide and tall."""
    assert compare(engine_type, widths, batch, rule, dtype)[1] < TOLERANCE[dtype]


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(2, 4),
    st.integers(1, 6),
    st.sampled_from(RULES[:2] + RULES[3:5]),
    st.booleans(),
    st.integers(0, 2**31),
)
def test_it_is_for_random_shapes(hidden, classes, batch, rule, biases, seed):
    """Widths, depth, batch, biases at random; TP only where its float64 oracle is continuous (full rank)."""
    widths = (*hidden, classes)
    assert compare(CollapsedEngine, widths, batch, rule, "float64", seed=seed, biases=biases, lr=0.01)[1] < 1e-9


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
def test_a_batch_cut_into_pieces_is_one_batch(engine_type, monkeypatch):
    """Pieces of unequal size give the same step; so does ``X`` in C order."""
    monkeypatch.setattr(collapsed, "SMALL_PRODUCT", 20 * 7 * 3)
    assert len(collapsed._pieces(53, 7 * 3)) == 3
    assert compare(engine_type, (7, 5, 3), 53, "tp", "float64")[1] < 1e-11
    assert compare(engine_type, (7, 5, 3), 60, "bp", "float64")[1] < 1e-11


def against_both(engine_type, widths, batch, rule, steps, lr, spread):
    """Make float32 steps; return the engine, how far it is from the oracle in both precisions, and these apart."""
    layerwise, weights, b, X, labels = problem(widths, batch, rule, "float32", spread=spread)
    exact = problem(widths, batch, rule, "float64", spread=spread)[0]
    engine, start = engine_type(layerwise, weights, b), (*weights, *b)
    exact_weights, exact_b = (tuple(A.astype(float) for A in arrays) for arrays in (weights, b))
    rng = np.random.default_rng(1)
    for _ in range(steps):
        engine.step(X, labels, lr)
        weights, b = oracle_step(layerwise, weights, b, X, labels, lr)
        exact_weights, exact_b = oracle_step(exact, exact_weights, exact_b, X.astype(float), labels, lr)
        X, labels = rng.standard_normal(X.shape).astype("float32"), rng.integers(0, widths[-1], batch)
    found, single, double = (*engine.weights, *engine.biases), (*weights, *b), (*exact_weights, *exact_b)
    return (
        engine,
        worst_change(found, single, start),
        worst_change(found, double, start),
        worst_change(single, double, start),
    )


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
@pytest.mark.parametrize("spread", [1.0, 5.0])
@pytest.mark.parametrize("rule", ["bp", "tp"])
def test_a_hundred_steps_in_float32_stay_with_the_oracle(engine_type, rule, spread):
    """Updates equal to 1e-5 over 100 steps, from an orthogonal and a scaled start; no farther from float64 than it."""
    _, off, off_exact, apart = against_both(engine_type, (60, 40, 40, 40, 10), 20, rule, 100, 0.01, spread)
    assert off < 1e-5
    assert off_exact < 1.5 * apart + 2e-6


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
def test_an_ill_conditioned_start_is_refreshed(engine_type):
    """Condition 1,000 in float32: a grown residual brings new inverses, and the run stays with the float64 oracle."""
    engine, _, off_exact, _ = against_both(engine_type, (40, 40, 40, 5), 8, "tp", 200, 1e-6, 1e3)
    assert engine.refreshes > 0
    assert engine.residual < 1e-4
    assert off_exact < 1e-3


def test_a_flipped_sign_is_seen(monkeypatch):
    """The comparison can fail: an update of the wrong sign, and carried inverses that stand still."""
    learn = CollapsedEngine._apply
    monkeypatch.setattr(CollapsedEngine, "_apply", lambda self, lr: learn(self, -lr))
    assert compare(CollapsedEngine, (7, 5, 3), 4, "bp", "float64", steps=1)[1] > 1
    monkeypatch.undo()
    monkeypatch.setattr(CarriedInverse, "follow", lambda *_: None)
    with pytest.raises(AssertionError):
        compare(CollapsedEngine, (7, 5, 3), 4, "tp", "float64", lr=0.5)


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
@pytest.mark.parametrize("rule", RULES)
def test_a_step_whose_loss_is_not_finite_is_not_made(engine_type, rule):
    """Infinite inputs leave the parameters; a diverging run ends by False or the oracle's error, not by a hang."""
    layerwise, weights, b, X, labels = problem((6, 40, 40, 3), 5, rule, "float32")
    engine = engine_type(layerwise, weights, b)
    with np.errstate(all="ignore"):
        assert not engine.step(np.full_like(X, np.inf), labels, 0.1)
        assert all(map(np.array_equal, engine.weights, weights))
        assert engine.step(X, labels, 0.1)
        made = 0
        try:
            while engine.step(X * np.float32(1e15), labels, 1e18) and made < 20:
                made += 1
        except InvalidValueError:
            pass
    assert made < 20


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", [(40, 40), (40, 55), (55, 40), (10, 50), (50, 10), (1, 1), (1, 7)], ids=str)
def test_a_carried_inverse_is_the_pseudo_inverse(shape, dtype):
    """After 30 changes of rank 3 it equals NumPy's `pinv`, computed in float64."""
    rng = np.random.default_rng(3)
    W = rng.standard_normal(shape).astype(dtype)
    W += 4 * np.eye(*shape, dtype=dtype) * math.sqrt(max(shape))
    U, V = (np.empty((n, 3), dtype) for n in shape)
    carried = CarriedInverse(W, U, V, np.empty_like(W).ravel(), seed=0)
    for _ in range(30):
        U[:], V[:] = (rng.standard_normal((n, 3)) for n in shape)
        W += np.float32(0.01) * U @ V.T
        carried.follow(float(np.float32(0.01)))
    expected = np.linalg.pinv(W.astype(float))
    assert np.linalg.norm(carried.K - expected) < {"float32": 5e-6, "float64": 1e-13}[dtype] * np.linalg.norm(expected)
    assert carried.refreshes == 0


def test_a_grown_residual_brings_a_new_inverse(monkeypatch):
    """An inverse that is spoilt is found at the next check, and made anew; before, it stays spoilt."""
    W = np.eye(40) + 0.01 * np.random.default_rng(0).standard_normal((40, 40))
    nothing = np.zeros((40, 1))
    carried = CarriedInverse(W, nothing, nothing, np.empty(W.size), seed=0)
    carried.K[0, 0] += 1e-6
    for _ in range(lowrank.CHECK_EVERY - 1):
        carried.follow(1.0)
    assert carried.refreshes == 0
    assert carried.measure() > carried.tolerance
    carried.follow(1.0)
    assert carried.refreshes == 1
    np.testing.assert_allclose(carried.K, np.linalg.inv(W), atol=1e-13)


def test_a_change_that_makes_it_singular_is_seen_at_once():
    """``S`` has no inverse: what is taken is the pseudo-inverse of what has become of the matrix, and later its own."""
    W, U = 2 * np.eye(40), np.eye(40)[:, :3].copy()
    V = U * [1, 0, 0]
    carried = CarriedInverse(W, U, V, np.empty_like(W).ravel(), seed=0)
    for r, expected in ((-2.0, 0.0), (4.0, 0.25)):
        W += r * U @ V.T
        carried.follow(r)
        np.testing.assert_allclose(carried.K, np.diag([expected, *[0.5] * 39]), atol=1e-15)
        carried.check()
        assert carried.exact is (expected == 0)


def test_a_deficient_rank_is_left_to_the_oracle():
    """A layer of rank 39 of 40 is not carried: every step takes the pseudo-inverse itself."""
    layerwise, weights, b, X, labels = problem((6, 40, 40, 3), 5, "tp", "float64")
    weights[1][0] = 0
    engine = CollapsedEngine(layerwise, weights, b)
    assert engine._inverses[0].exact
    start = (*weights, *b)
    for _ in range(3):
        engine.step(X, labels, 0.01)
        weights, b = oracle_step(layerwise, weights, b, X, labels, 0.01)
    assert worst_change((*engine.weights, *engine.biases), (*weights, *b), start) < 1e-8


@pytest.mark.parametrize("engine_type", ENGINES, ids=lambda e: e.__name__)
def test_full_batch_steps_need_second_moments_only(engine_type):
    """A step from moments is a step from the samples on the squared error, loss included; so is its norm."""
    layerwise, weights, b, X, labels = problem((7, 5, 6, 4), 300, "bp", "float64")
    codes = np.eye(4)
    moments = SecondMoments.of(X, codes[:, labels])
    loss = squared_error(codes)
    engine = engine_type(layerwise, weights, b, loss, moments)
    for _ in range(3):
        activations = forward(weights, b, X)
        expected, _, D = loss(activations[-1], labels)
        assert engine.forward(X, labels)
        assert engine.loss_and_accuracy()[0] == pytest.approx(expected, rel=1e-12)
        A = np.linalg.multi_dot(weights[::-1])
        q = forward(weights, b, np.zeros_like(X[:, :1]))[-1]
        assert moments.loss_and_descent(A, q)[0] == pytest.approx(expected, rel=1e-12)
        G, g = descent_of(layerwise.errors(weights, D), activations)
        assert engine.update(0.05, 0) == pytest.approx([0.05 * np.linalg.norm(G_l) for G_l in G], rel=1e-10)
        weights = tuple(W - 0.05 * G_l for W, G_l in zip(weights, G, strict=True))
        b = tuple(c - 0.05 * g_l for c, g_l in zip(b, g, strict=True))
    for found, A in zip((*engine.weights, *engine.biases), (*weights, *b), strict=True):
        np.testing.assert_allclose(found, A, rtol=1e-11, atol=1e-13)


def test_moments_refuse_what_does_not_fit():
    """No sample, or another number of targets."""
    with pytest.raises(InvalidValueError, match="'Y' must be of 3 columns"):
        SecondMoments.of(np.ones((2, 3)), np.ones((1, 2)))
    with pytest.raises(InvalidValueError, match="'Y' must be"):
        SecondMoments.of(np.ones((2, 0)), np.ones((1, 0)))


def test_steps_are_repeatable_bit_for_bit():
    """Two engines from one start end at the same bits."""
    first, second = (compare(CollapsedEngine, (20, 40, 40, 5), 8, "tp", "float32", steps=50)[0] for _ in range(2))
    assert all(map(np.array_equal, first.weights, second.weights))
