"""The library's rules with a state, trained: as `simulate` steps them, resumed bit for bit, and from which start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tptheory.errors import InvalidValueError, UnknownNameError
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import (
    Backprop,
    KolenPollack,
    LearnedInverse,
    Momentum,
    Nesterov,
    Rule,
    TargetProp,
    WeightDecay,
    WeightMirror,
)
from tptheory.training.data import DataSet
from tptheory.training.settings import InverseSettings
from tptheory.training.trainer import TrainingRun, train

WIDTHS, STEPS, LR = (5, 4, 3), 6, 0.2
RULES: list[Rule] = [
    Momentum(),
    Nesterov(TargetProp()),
    WeightDecay(Momentum()),
    Momentum(WeightDecay()),
    KolenPollack(),
    WeightMirror(),
    LearnedInverse(noise=1),
    Momentum(LearnedInverse(), letter="U"),
]


@pytest.fixture(scope="module")
def toy() -> DataSet:
    """Forty random samples of five pixels in three classes."""
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, 40)).astype(np.float32), rng.integers(0, 3, 40)
    return DataSet("toy", x, labels, x, labels, 3)


def trained(rule: Rule | str, data: DataSet, **options: Any) -> TrainingRun:
    """Train on all samples at once, in float64."""
    settings = {"widths": WIDTHS, "batch": "all", "dtype": "float64", "steps": STEPS, "lr": LR, "std": 0.3}
    return train(rule, data=data, **settings | options)


def feedback(seed: int = 5) -> dict[str, np.ndarray]:
    """Return starts for feedback that learns, under both of its names."""
    rng = np.random.default_rng(seed)
    shapes = {1: (5, 4), 2: (4, 3)}
    return {f"{name}_{l}": rng.standard_normal(shape) / 3 for name in "BV" for l, shape in shapes.items()}


def starts(rule: Rule) -> dict[str, np.ndarray]:
    """Return those of the starts that a rule has."""
    inside = getattr(rule, "rule", rule)
    letter = {KolenPollack: "B", WeightMirror: "B", LearnedInverse: "V"}.get(type(inside), "-")
    return {name: value for name, value in feedback().items() if name[0] == letter}


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_rule_with_a_state_trains_as_simulate_steps(toy: DataSet, rule: Rule) -> None:
    """The same weights and biases after six steps on the squared error, whose sum the trainer takes as a mean."""
    start = trained(Backprop(), toy, steps=1, lr=1e-300)
    run = trained(rule, toy, constants=starts(rule), loss="squared")
    assert (run.status, run.steps) == ("completed", STEPS)

    def mean_error(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return (outputs - targets) / outputs.shape[1]

    X, Y = toy.x_train.astype(np.float64), toy.targets[:, toy.labels_train].astype(np.float64)
    options: dict[str, Any] = {"biases": list(start.biases), "loss": mean_error, "constants": starts(rule)}
    stepped = simulate(rule, list(start.weights), X, Y, lr=LR, steps=STEPS, **options)
    for mine, path in zip((*run.weights, *run.biases), (*stepped.weights, *stepped.biases), strict=True):
        np.testing.assert_allclose(mine, path[-1], rtol=0, atol=1e-12)
    plain = trained("bp", toy, loss="squared")
    assert np.abs(plain.weights[0] - run.weights[0]).max() > 1e-6


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_with_states_goes_on_bit_for_bit(toy: DataSet, rule: Rule, dtype: str, tmp_path: Path) -> None:
    """Momenta and learned feedback are part of the checkpoint; a rule with another number in it is another run."""
    path, options = tmp_path / "run.ckpt", {"batch": 10, "dtype": dtype, "log_every": 3, "lr": 0.05}
    whole = trained(rule, toy, steps=12, **options)
    trained(rule, toy, steps=5, checkpoint=path, **options)
    resumed = trained(rule, toy, steps=12, checkpoint=path, resume=True, **options)
    assert whole.status == "completed"
    assert all(a.tobytes() == b.tobytes() for a, b in zip(whole.weights, resumed.weights, strict=True))
    assert whole.log == resumed.log


def test_learned_feedback_starts_where_fixed_feedback_is_drawn(toy: DataSet) -> None:
    """With no decay, Kolen-Pollack's first step is that of feedback alignment, which draws the same B_l."""
    first = {name: trained(name, toy, steps=1) for name in ("fa", "kolen-pollack", "weight-mirror")}
    one = trained(KolenPollack(decay=0), toy, steps=1)
    drawn = {f"B_{l}": B for l, B in feedback().items()}
    assert drawn
    np.testing.assert_allclose(first["weight-mirror"].weights[0], one.weights[0], rtol=0, atol=1e-15)
    assert np.abs(first["kolen-pollack"].weights[0] - one.weights[0]).max() < 0.01


def test_dtp_is_taught_by_the_trainer_unless_it_says_how(toy: DataSet) -> None:
    """The name, and the rule as it stands, learn from noise that is drawn; a rule with numbers by the mean over it."""
    named, plain = trained("dtp", toy), trained(LearnedInverse(), toy)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(named.weights, plain.weights, strict=True))
    noisy = trained(LearnedInverse(), toy, inverses=InverseSettings(noise=2.0))
    assert noisy.weights[0].tobytes() != named.weights[0].tobytes()
    for rule in (LearnedInverse(noise=1), LearnedInverse(rate=2), Momentum(LearnedInverse(), letter="U")):
        with pytest.raises(InvalidValueError, match="'inverses' must be left out unless the rule is 'dtp'"):
            trained(rule, toy, inverses=InverseSettings())
    still, aligned = trained(LearnedInverse(rate=0), toy), trained("fa", toy)
    np.testing.assert_allclose(still.weights[0], aligned.weights[0], rtol=0, atol=1e-15)


def test_a_constant_of_another_rule_is_refused(toy: DataSet) -> None:
    """What a rule may be told are its scalars and the starts of its states."""
    with pytest.raises(UnknownNameError, match="'constants' must be one of V_1, V_2, mu, v_1, v_2"):
        trained(Momentum(), toy, constants={"B_2": np.ones((4, 3))})
