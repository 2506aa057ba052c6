"""Native code: two threads and one make the same bits, and what it cannot invert it leaves to NumPy."""

from __future__ import annotations

import importlib
import math
import multiprocessing

import numpy as np
import pytest

from tests.training.test_collapsed import compare, problem

pytest.importorskip("numba")

from tptheory.training import fused, native, native_algebra
from tptheory.training.collapsed import CollapsedEngine
from tptheory.training.layerwise import squared_error
from tptheory.training.moments import SecondMoments
from tptheory.training.native import NativeEngine


def run(threads, monkeypatch, rule, dtype, batch=20, steps=30):
    """Return all that a run changes."""
    monkeypatch.setattr(native, "thread_count", lambda: threads)
    layerwise, weights, b, X, labels = problem((60, 40, 40, 40, 10), batch, rule, dtype)
    engine = NativeEngine(layerwise, weights, b)
    assert engine.native_threads == threads
    for _ in range(steps):
        assert engine.step(X, labels, 0.01)
    return engine.state() | {"sizes": np.array(engine.sizes())}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", ["bp", "tp", "fa"])
def test_the_number_of_threads_changes_no_bit(rule, dtype, monkeypatch):
    """The parts of a step are cut alike for one thread and for two."""
    one, two = (run(threads, monkeypatch, rule, dtype) for threads in (1, 2))
    assert one.keys() == two.keys()
    for name, A in one.items():
        np.testing.assert_array_equal(A, two[name], err_msg=name)


def is_there(pool):
    """Whether Numba can have threads of this kind."""
    try:
        importlib.import_module(f"numba.np.ufunc.{pool}")
    except ImportError:
        return False
    return True


def test_one_thread_where_two_cannot_be(monkeypatch):
    """One core, a process that another started, a process forked since, Numba told so, or no pool that waits awake."""
    monkeypatch.setattr(native, "cores", lambda: 8)
    monkeypatch.setattr(fused.numba.config, "NUMBA_NUM_THREADS", 8)
    assert native.thread_count() == (2 if any(map(is_there, ("tbbpool", "omppool"))) else 1)
    monkeypatch.setattr(native.importlib, "import_module", lambda name: name)
    assert native.thread_count() == 2
    with monkeypatch.context() as patch:
        patch.setattr(native, "cores", lambda: 1)
        assert native.thread_count() == 1
    with monkeypatch.context() as patch:
        patch.setattr(fused.numba.config, "NUMBA_NUM_THREADS", 1)
        assert native.thread_count() == 1
    with monkeypatch.context() as patch:
        patch.setattr(multiprocessing, "parent_process", lambda: object())
        assert native.thread_count() == 1
    with monkeypatch.context() as patch:
        patch.setattr(native, "_PROCESS", -1)
        assert native.thread_count() == 1

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(native.importlib, "import_module", missing)
    assert native.thread_count() == 1


def test_numba_keeps_its_threads(monkeypatch):
    """Where it has more than a step needs, a step takes two, and what else is written with Numba has all again."""
    seen = [6]
    monkeypatch.setattr(fused.numba.config, "NUMBA_NUM_THREADS", 6)
    monkeypatch.setattr(native, "get_num_threads", lambda: seen[-1])
    monkeypatch.setattr(native, "set_num_threads", seen.append)
    run(2, monkeypatch, "bp", "float32", steps=1)
    assert seen == [6, *[2, 6] * (len(seen) // 2)]
    assert len(seen) > 1


def test_the_norms_are_of_the_update_that_is_prepared():
    """Of the last one, whether samples or moments made it: nothing of an earlier one is kept."""
    layerwise, weights, b, X, labels = problem((7, 5, 6, 4), 30, "bp", "float64")
    moments = SecondMoments.of(X, np.eye(4)[:, labels])
    found = []
    for engine in (kind(layerwise, weights, b) for kind in (CollapsedEngine, NativeEngine)):
        assert engine.forward(X, labels)
        engine.prepare()
        before = engine.sizes()
        engine.loss, engine.moments = squared_error(np.eye(4)), moments
        assert engine.step(X, labels, 0.05)
        found.append((before, engine.sizes()))
    (before, after), native_norms = found
    assert native_norms == (pytest.approx(before, rel=1e-10), pytest.approx(after, rel=1e-10))
    assert after != pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize("rule", ["bp", "tp"])
@pytest.mark.parametrize(
    "widths", [(6, 40, 55, 40, 10), (40, 35, 50, 5), (3, 40, 40, 40), (2, 3), (50, 50, 10)], ids=str
)
def test_wide_and_tall_layers_follow_too(widths, rule):
    """What is neither square nor thin NumPy follows between native stages; few inputs leave a part nothing to do."""
    assert compare(NativeEngine, widths, 20, rule, "float64", lr=0.01)[1] < 1e-9


def test_what_is_singular_is_said():
    """``S = I + r Y U`` without an inverse, and a thin layer of deficient rank."""
    K, U = np.eye(40).ravel() / 2, np.eye(40)[:, :3].copy()
    V = U * [1, 0, 0]
    assert native_algebra.follow_square(K, 40, -2.0, U.ravel(), V.ravel(), U.ravel() / 2) == math.inf
    np.testing.assert_array_equal(K, np.eye(40).ravel() / 2)
    assert native_algebra.follow_square(K, 40, 2.0, U.ravel(), V.ravel(), U.ravel() / 2) == pytest.approx(6 / 3)
    np.testing.assert_allclose(K.reshape(40, 40), np.diag([0.25, *[0.5] * 39]), atol=1e-15)
    W, inverse = np.random.default_rng(0).standard_normal((3, 9)), np.empty((9, 3))
    assert native_algebra.invert_thin(W, inverse)
    np.testing.assert_allclose(inverse, np.linalg.pinv(W), atol=1e-14)
    W[2] = 0
    assert not native_algebra.invert_thin(W, inverse)


def test_a_thin_layer_that_loses_its_rank_is_left_to_the_oracle():
    """The last layer's weights become 0: its inverse is looked at, found wrong, and is the oracle's from then on."""
    layerwise, weights, b, X, labels = problem((6, 40, 40, 3), 5, "tp", "float64")
    engine = NativeEngine(layerwise, weights, b)
    assert engine.step(X, labels, 1e-3)
    assert not engine._inverses[-1].exact
    engine._weights[-1][:] = 0
    assert engine.step(X, labels, 0.0)
    assert engine._sizes[-1] == math.inf
    assert engine._inverses[-1].exact
    assert not engine._inverses[-1].K.any()
