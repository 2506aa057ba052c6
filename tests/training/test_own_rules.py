"""Rules of one's own with a descent, an update or a state: trained as a loop by hand does, and as `simulate` steps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import ImmutableMatrix, MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingMethodError,
    ShapeError,
    TptheoryError,
    UnknownNameError,
)
from tptheory.simulation.runs import simulate
from tptheory.symbolic.dynamics import Step
from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.rules import Backprop, LearnedInverse, Rule
from tptheory.symbolic.states import State
from tptheory.training.data import DataSet
from tptheory.training.theorem_probes import ProbeReading
from tptheory.training.trainer import TrainingRun, train

WIDTHS, STEPS, LR = (5, 4, 6, 3), 7, 0.3


class Decayed(Backprop):
    """Backpropagation with weight decay."""

    def __init__(self, decay: float) -> None:
        self.decay = decay

    def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``G_l + decay W_l``."""
        return matadd(super().descent(net, l), matmul(self.decay, net.weight(l)))


class HeavyBall(Backprop):
    """Momentum in the weights: ``v_l <- mu v_l + G_l``, ``dW_l = -eta (mu v_l + G_l)``."""

    def momentum(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return ``v_l``."""
        return net.layer_matrix("v", l, lambda k: (net.widths[k], net.widths[k - 1]))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``v_l``, which changes by ``(mu - 1) v_l + G_l``."""
        v = self.momentum(net, l)
        return (State(v, change=matadd(matmul(Symbol("mu") - 1, v), self.descent(net, l))),)

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``-eta (mu v_l + G_l)``."""
        return matmul(-eta, matadd(matmul(Symbol("mu"), self.momentum(net, l)), self.descent(net, l)))


class KolenPollack(Rule):
    """Feedback that learns: ``M_l = B_l``, ``dB_l = -eta x_{l-1} d_l'`` (Akrout et al., 2019)."""

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``B_l``."""
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``B_l``, which changes by ``-eta x_{l-1} d_l'``."""
        change = matmul(-eta, net.activation(l - 1), transpose(self.error_signal(net, l)))
        return (State(self.feedback(net, l), change=change, start="identity"),)


class Slowed(Backprop):
    """Half of each step."""

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return half of BP's step."""
        whole = super().step(net)
        return Step(self, net, {symbol: matmul(0.5, change) for symbol, change in whole.items()})


class ByErrors(Rule):
    """BP that says where its errors go, and not by which operator."""

    def error_signal(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_{l+1}' ... W_L' d_L``."""
        return matmul(*(transpose(net.weight(k)) for k in range(l + 1, net.depth + 1)), net.error)


@pytest.fixture(scope="module")
def toy() -> DataSet:
    """Forty random samples of five pixels in three classes."""
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, 40)).astype(np.float32), rng.integers(0, 3, 40)
    return DataSet("toy", x, labels, x, labels, 3)


@pytest.fixture(scope="module")
def starts() -> dict[str, Any]:
    """Where states start, and what is held fixed."""
    rng = np.random.default_rng(5)
    pairs = list(enumerate(pairwise(WIDTHS), start=1))
    velocities = {f"v_{l}": rng.standard_normal((n, m)) / 10 for l, (m, n) in pairs}
    feedback = {f"B_{l}": rng.standard_normal((m, n)) / 2 for l, (m, n) in pairs if l > 1}
    return {"HeavyBall": velocities | {"mu": 0.9}, "KolenPollack": feedback}


def trained(rule: Rule, data: DataSet, **options: Any) -> TrainingRun:
    """Train on all samples at once, in float64."""
    return train(
        rule, data=data, **{"widths": WIDTHS, "batch": "all", "dtype": "float64", "steps": STEPS, "lr": LR} | options
    )


def softmax_error(outputs: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return ``(softmax(x) - y) / B`` and the mean cross-entropy."""
    exponentials = np.exp(outputs - outputs.max(axis=0))
    p = exponentials / exponentials.sum(axis=0)
    return (p - Y) / Y.shape[1], float(-(Y * np.log(p)).sum() / Y.shape[1])


def by_hand(rule: Rule, W: list[np.ndarray], b: list[np.ndarray], X: np.ndarray, Y: np.ndarray, given: Any) -> None:
    """Change weights and biases in place, by loops that share nothing with tptheory."""
    L, state = len(W), {name: np.array(value, dtype=float) for name, value in given.items()}
    for _ in range(STEPS):
        x = [X]
        for l in range(L):
            x.append(W[l] @ x[-1] + b[l])
        d = [np.zeros(0)] * L + [softmax_error(x[-1], Y)[0]]
        for l in range(L - 1, 0, -1):
            M = state[f"B_{l + 1}"] if isinstance(rule, KolenPollack) else W[l].T
            d[l] = M @ d[l + 1]
        for l in range(L):
            G = d[l + 1] @ x[l].T
            scale = LR / 2 if isinstance(rule, Slowed) else LR
            if isinstance(rule, Decayed):
                G = G + rule.decay * W[l]
            if isinstance(rule, HeavyBall):
                state[f"v_{l + 1}"] = G = state["mu"] * state[f"v_{l + 1}"] + G
            if isinstance(rule, KolenPollack) and l > 0:
                state[f"B_{l + 1}"] = state[f"B_{l + 1}"] - LR * x[l] @ d[l + 1].T
            W[l] = W[l] - scale * G
            b[l] = b[l] - scale * d[l + 1].sum(axis=1, keepdims=True)


RULES = [Decayed(0.02), HeavyBall(), KolenPollack(), Slowed(), ByErrors()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_trains_as_a_loop_by_hand_and_as_simulate(toy: DataSet, starts: Any, rule: Rule) -> None:
    """Seven full-batch steps on cross-entropy: the same weights and biases to rounding, by three ways."""
    given = starts.get(type(rule).__name__, {})
    start = trained(Backprop(), toy, steps=1, lr=1e-300)
    run = trained(rule, toy, constants=given)
    assert (run.status, run.steps) == ("completed", STEPS)
    W, b = list(start.weights), list(start.biases)
    X, Y = toy.x_train.astype(np.float64), np.eye(3)[:, toy.labels_train]
    simulated = simulate(rule, W, X, Y, lr=LR, steps=STEPS, biases=b, loss=softmax_error, constants=given)
    by_hand(rule, W, b, X, Y, given)
    for mine, hand, stepped in zip(
        run.weights + run.biases, [*W, *b], [A[-1] for A in (*simulated.weights, *simulated.biases)], strict=True
    ):
        np.testing.assert_allclose(mine, hand, rtol=0, atol=1e-13)
        np.testing.assert_allclose(mine, stepped, rtol=0, atol=1e-13)
    assert run.log[0].loss == pytest.approx(float(simulated.loss[0]), rel=1e-13)
    plain = trained(Backprop(), toy)
    assert type(rule) is ByErrors or np.abs(plain.weights[0] - run.weights[0]).max() > 1e-4


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_of_ones_own_rule_goes_on_bit_for_bit(
    toy: DataSet, starts: Any, rule: Rule, dtype: str, tmp_path: Path
) -> None:
    """States and fixed matrices are part of the checkpoint; other starts of them are another run."""
    options = {
        "batch": 10,
        "log_every": 3,
        "dtype": dtype,
        "constants": starts.get(type(rule).__name__),
        "probes": True,
    }
    path = tmp_path / "run.ckpt"
    whole = trained(rule, toy, **options | {"steps": 20})
    trained(rule, toy, **options | {"steps": 9, "checkpoint": path})
    resumed = trained(rule, toy, **options | {"steps": 20, "checkpoint": path, "resume": True})
    assert {A.dtype.name for A in whole.weights + whole.biases} == {dtype}
    assert all(a.tobytes() == b.tobytes() for a, b in zip(whole.weights, resumed.weights, strict=True))
    assert (whole.log, whole.readings) == (resumed.log, resumed.readings)
    if options["constants"]:
        moved = {name: 2 * np.asarray(value) for name, value in options["constants"].items()}
        with pytest.raises(TptheoryError, match=r"a checkpoint of this run .got .constants"):
            trained(rule, toy, **options | {"steps": 21, "checkpoint": path, "resume": True, "constants": moved})


def test_weights_before_a_divergence_are_found_again_with_their_states(toy: DataSet, starts: Any) -> None:
    """States are taken back with the weights: the run that stops ends where one of fewer steps ends."""
    options = {"lr": 50.0, "constants": starts["HeavyBall"], "dtype": "float32", "log_every": 100}
    run = trained(HeavyBall(), toy, **options | {"steps": 400})
    assert run.status == "diverged"
    before = trained(HeavyBall(), toy, **options | {"steps": run.steps})
    assert all(a.tobytes() == b.tobytes() for a, b in zip(run.weights, before.weights, strict=True))


def test_no_theorem_is_claimed_of_a_rule_that_it_does_not_speak_of(toy: DataSet) -> None:
    """Weight decay raises the rank of an update to that of the weights; it is measured, and no bound is claimed."""
    run = trained(Decayed(0.02), toy, probes=True)
    ranks: list[ProbeReading] = [reading for reading in run.readings if reading.probe == "rank"]
    assert {reading.claimed for reading in run.readings} == {None}
    assert max(reading.measured for reading in ranks) == 4 > 2

    class Namesake(Backprop):
        name = "tp"

    assert {r.claimed for r in trained(Namesake(), toy, probes=True).readings if r.probe == "targets"} == {None}


def test_fixed_matrices_are_drawn_as_for_feedback_alignment(toy: DataSet) -> None:
    """With no decay it is feedback alignment, to rounding: a descent of its own changes no draw."""

    class DecayedAlignment(Rule):
        def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
            return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

        def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
            return matadd(super().descent(net, l), matmul(Symbol("decay"), net.weight(l)))

    own, alignment = (
        trained(DecayedAlignment(), toy, constants={"decay": 0}),
        train("fa", data=toy, widths=WIDTHS, batch="all", dtype="float64", steps=STEPS, lr=LR),
    )
    for mine, theirs in zip(own.weights, alignment.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-13)


def test_given_feedback_takes_the_place_of_what_is_drawn(toy: DataSet) -> None:
    """Feedback alignment by ``B_l = W_l'`` of the start makes BP's first step; ``lambda`` may be given too."""
    start = trained(Backprop(), toy, steps=1, lr=1e-300).weights
    given = {f"B_{l}": start[l - 1].T for l in (2, 3)}
    options = {"data": toy, "widths": WIDTHS, "batch": "all", "dtype": "float64", "steps": 1}
    alignment, bp = train("fa", constants=given, **options), train("bp", **options)
    np.testing.assert_allclose(alignment.weights[0], bp.weights[0], rtol=0, atol=1e-15)
    one, other = train("damped-tp", constants={"lambda": 2}, **options), train("damped-tp", damping=2, **options)
    assert one.weights[0].tobytes() == other.weights[0].tobytes()


def test_matrices_of_numbers_are_feedback(toy: DataSet) -> None:
    """A rule may write its feedback down, and name it after no layer."""
    written = np.random.default_rng(0).standard_normal((6, 6)).tolist()

    class Written(Rule):
        def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
            return ImmutableMatrix(written)[: int(net.widths[l - 1]), : int(net.widths[l])]

    given = {f"B_{l}": np.array(written)[: WIDTHS[l - 1], : WIDTHS[l]] for l in (2, 3)}
    alignment = train("fa", constants=given, data=toy, widths=WIDTHS, batch="all", dtype="float64", steps=STEPS, lr=LR)
    np.testing.assert_allclose(trained(Written(), toy).weights[0], alignment.weights[0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["kaczmarz", "rls"])
def test_the_rules_with_a_rescaled_input_train(toy: DataSet, name: str) -> None:
    """Kaczmarz and recursive least squares lower the squared error of all samples."""
    run = train(name, data=toy, widths=WIDTHS, loss="squared", batch="all", steps=50, lr=0.2)
    assert run.status == "completed"
    assert run.log[-1].loss < run.log[0].loss or run.train_loss < run.log[0].loss


def test_an_inverse_that_does_not_exist_is_said(toy: DataSet) -> None:
    """Newton's Gram matrix of the hidden layer of 6, fed by 4, is singular; the run says so."""
    run = train("newton", data=toy, widths=WIDTHS, batch="all", steps=5)
    assert (run.status, run.steps) == ("diverged", 0)
    assert "Stopped at step 0: " in run.message
    assert "inverses exist" in run.message


def test_a_state_that_leaves_the_finite_numbers_stops_the_run(toy: DataSet) -> None:
    """Though no update reads it."""

    class Growing(Backprop):
        def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
            S = net.layer_matrix("S", l, lambda k: (2, 2))
            return (State(S, change=matmul(10**6, S, S), start="identity"),)

    run = trained(Growing(), toy, steps=20, dtype="float32")
    assert run.status == "diverged"
    assert "the change of S_1" in run.message


def feedback(net: DeepLinearNetwork, l: int) -> MatrixExpr:
    """Return BP's operator, from no method."""
    return transpose(net.weight(l))


def own(**methods: Callable[..., Any]) -> Rule:
    """Return a rule like BP with some methods of its own."""
    return type("Own", (Backprop,), methods)()


REFUSED: list[tuple[Rule, dict[str, Any], type[TptheoryError], str]] = [
    (type("Nothing", (Rule,), {})(), {}, MissingMethodError, "'rule' must be one that defines feedback.*Nothing"),
    (
        own(feedback=staticmethod(feedback)),
        {},
        InvalidValueError,
        "definitions make matrices .*TypeError",
    ),
    (
        own(feedback=lambda self, net, l: np.eye(3)),
        {},
        InvalidTypeError,
        "feedback at layer 2 returned ndarray and no matrix",
    ),
    (
        own(feedback=lambda self, net, l: np.eye(4) if l == 1 else np.eye(3)),
        {},
        InvalidTypeError,
        "returned ndarray and no matrix",
    ),
    (
        own(descent=lambda self, net, l: 1 / 0),
        {},
        InvalidValueError,
        "whose descent at layer 1 raised ZeroDivisionError",
    ),
    (
        own(descent=lambda self, net, l: transpose(net.weight(l))),
        {},
        ShapeError,
        r"descent at layer 1 returned a matrix of shape .5, 4., and the shape must be .4, 5.",
    ),
    (
        own(states=lambda self, net, l: [1]),
        {},
        InvalidTypeError,
        "a tuple of State.*Mend states.net, l. in the class Own",
    ),
    (own(states=lambda self, net, l: 1 / 0), {}, InvalidValueError, "whose states at layer 1 raised ZeroDivisionError"),
    (
        own(velocity=lambda self, net, l: 1 / 0),
        {},
        InvalidValueError,
        "whose velocity at layer 1 raised ZeroDivisionError",
    ),
    (
        own(bias_velocity=lambda self, net, l: 3),
        {},
        InvalidTypeError,
        "whose bias_velocity at layer 1 returned int and no matrix",
    ),
    (
        own(descent=lambda self, net, l: matmul(Symbol("c"), net.weight(l))),
        {},
        InvalidValueError,
        "a number for c, wh",
    ),
    (HeavyBall(), {"constants": {"mu": 1, "v_9": 1}}, UnknownNameError, "'constants' must be one of .*mu.*v_1"),
    (HeavyBall(), {"constants": {"mu": "large"}}, InvalidTypeError, "'constants.mu.' must be a real number"),
    (Decayed(0.1), {"engine": "collapsed"}, InvalidValueError, "'engine' must be 'layerwise' or 'auto' for Decayed"),
    (Decayed(0.1), {"engine": "moments"}, InvalidValueError, "'engine' must be 'layerwise' or 'auto' for Decayed"),
]


@pytest.mark.parametrize(("rule", "options", "error", "message"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_cannot_be_trained_is_refused(
    toy: DataSet, rule: Rule, options: dict[str, Any], error: type[TptheoryError], message: str
) -> None:
    """One clear error; what a rule's own code raises is its cause."""
    with pytest.raises(error, match=message):
        trained(rule, toy, **options)


def test_inverses_of_a_rule_of_ones_own_learn_as_the_rule_says(toy: DataSet) -> None:
    """Learned inverses with a descent of their own descend the mean over the noise, or what else the rule says."""

    class Half(LearnedInverse):
        def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
            return matmul(0.5, super().descent(net, l))

    class Taught(Half):
        def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
            return KolenPollack.states(self, net, l)  # type: ignore[arg-type]

    runs = [trained(Half(noise=noise), toy, lr=0.01) for noise in (0, 1)] + [trained(Taught(), toy)]
    assert {run.status for run in runs} == {"completed"}
    assert np.abs(runs[0].weights[0] - runs[1].weights[0]).max() > 1e-6
