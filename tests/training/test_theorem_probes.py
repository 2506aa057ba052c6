"""Probes: each formula against the step itself, and a sign that is flipped is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tptheory.numeric.evaluation import evaluate
from tptheory.symbolic.expressions import Pinv, matmul
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.training import theorem_probes as module
from tptheory.training.theorem_probes import THEOREMS, ProbeReading, logdet_change, worst
from tptheory.training.trainer import TrainingRun, train


def probed(rule: str, **options: Any) -> TrainingRun:
    """Train with probes in float64."""
    return train(
        rule, **{"probes": True, "steps": 60, "log_every": 20, "dtype": "float64", "init": "scaled", **options}
    )


@pytest.mark.parametrize("rule", ["bp", "tp", "damped-tp", "fa", "dfa", "gn", "dtp"])
@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_every_reading_keeps_its_claim(rule: str, loss: str) -> None:
    """To 1e-11 of its size, in a net with a hidden layer of 12 below one of 20: TP's weights are wide and tall."""
    run = probed(rule, loss=loss, widths=(64, 12, 20, 10))
    assert run.readings
    for reading in run.readings:
        if reading.probe == "logdet_step" and reading.layer == 1:
            assert reading.claimed is not None  # W_2 is 20 x 12: the tall formula
        assert reading.off <= 1e-11 * max(1, abs(reading.measured)), reading
    expected = {"rank", "targets"}
    expected |= {"angle"} if rule in ("bp", "tp") else set()
    expected |= {"balance_step", "balance_drift"} if rule == "bp" else set()
    expected |= {"logdet_step", "logdet_drift"} if rule == "tp" else set()
    assert {reading.probe for reading in run.readings} == expected


@pytest.mark.parametrize(("rule", "law"), [("bp", "balance"), ("tp", "logdet")])
def test_the_drift_is_the_sum_of_the_exact_changes(rule: str, law: str) -> None:
    """Read at every step: 200 steps drift by what the formula sums to, and far more than rounding."""
    run = probed(rule, steps=200, log_every=1)
    (last,) = (r for r in run.readings if (r.step, r.probe, r.layer) == (200, f"{law}_drift", 1))
    assert last.claimed is not None
    assert abs(last.measured) > 1e-4
    assert last.off < 1e-11


def test_float32_runs_drift_by_their_formula_within_rounding() -> None:
    """What the probes know exactly is a step; a float32 run adds its own rounding, some 1e-6 of the weights."""
    run = probed("bp", steps=200, log_every=1, dtype="float32")
    drift = worst(run.readings)["balance_drift"]
    assert 1e-9 < drift.off < 1e-4


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (1, 4), (4, 1)], ids=str)
@pytest.mark.parametrize("batch", [1, 2, 9])
def test_the_change_of_the_log_determinant_is_exact(shape: tuple[int, int], batch: int) -> None:
    """Against singular values before and after; for one sample also against THEORY's closed form."""
    rng = np.random.default_rng(batch)
    W, eta = rng.standard_normal(shape), 0.3
    X, D_above = rng.standard_normal((shape[1], batch)), rng.standard_normal((shape[0], batch))
    D = np.linalg.pinv(W) @ D_above
    after, before = (np.log(np.linalg.svd(A, compute_uv=False)).sum() for A in (W - eta * D_above @ X.T, W))
    trace = eta * (X * D).sum()
    assert logdet_change(W, X, D, D_above, eta) == pytest.approx(after - before + trace, rel=1e-10, abs=1e-12)
    if batch == 1:
        inverse = np.linalg.pinv(W)
        hidden, beyond = X - inverse @ W @ X, D_above - W @ inverse @ D_above
        q = (D**2).sum() * (hidden**2).sum() + ((inverse.T @ X) ** 2).sum() * (beyond**2).sum()
        closed = np.log((1 - eta * (X * D).sum()) ** 2 + eta**2 * q) / 2
        assert closed == pytest.approx(after - before, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(("rule", "probe"), [("bp", "balance_step"), ("tp", "logdet_step"), ("tp", "angle")])
def test_a_wrong_step_is_seen(rule: str, probe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Updates that are a thousandth too large break the claim by far more than rounding."""
    honest = module.descent_of
    if probe == "angle":
        monkeypatch.setattr(
            module, "descent_of", lambda errors, x: tuple(tuple(A + 1e-3 for A in part) for part in honest(errors, x))
        )
    else:
        from tptheory.training import reference

        def spoiled(errors: Any, x: Any) -> Any:
            G, g = honest(errors, x)
            return (1.001 * G[0], *G[1:]), g

        monkeypatch.setattr(reference, "descent_of", spoiled)
    found = worst(probed(rule).readings)[probe]
    assert found.off > 1e-9


def test_the_rank_one_bias_exceeds_the_narrowest_width_and_keeps_the_bound() -> None:
    """Widths 64-3-32-32-10: the bound says 4 where the narrowest layer has 3, and 4 is reached."""
    run = probed("bp", widths=(64, 3, 32, 32, 10))
    ranks = {r.layer: (r.measured, r.claimed) for r in run.readings if r.probe == "rank" and r.step == 40}
    assert ranks == {1: (3, 3), 2: (3, 3), 3: (4, 4), 4: (4, 4)}


def test_targets_of_tp_reach_and_those_of_bp_do_not() -> None:
    """``W_L ... W_{l+1} d_l = e``, measured as `evaluate` would; BP's orthogonal start reaches too, and then leaves."""
    for rule, reaches in (("tp", True), ("bp", False)):
        found = [r for r in probed(rule).readings if r.probe == "targets"]
        assert all((r.measured < 1e-12) is reaches for r in found)
    net = DeepLinearNetwork(widths=(3, 4, 2))
    W = np.random.default_rng(0).standard_normal((2, 4))
    assert np.allclose(evaluate(matmul(net.weight(2), Pinv(net.weight(2))), {net.weight(2): W}), np.eye(2))


def test_probes_name_theorems_that_exist() -> None:
    """Every one is in ``proofs/``."""
    from pathlib import Path

    for node in THEOREMS.values():
        file, name = node.split("::")
        text = (Path(__file__).parents[2] / "proofs" / file).read_text(encoding="utf-8")
        assert f"def {name}()" in text, node


def test_the_worst_reading_is_the_one_furthest_off() -> None:
    """A claim that is broken comes before a large number of which nothing is claimed."""
    quiet, broken = ProbeReading(0, "targets", 1, 9.0, None, 0.0), ProbeReading(1, "targets", 2, 0.1, 0.0, 0.1)
    assert worst([quiet, broken])["targets"] is broken
    assert worst([broken, quiet])["targets"] is broken
    assert broken.theorem == THEOREMS["targets"]
