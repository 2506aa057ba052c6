"""States in simulations: where they start, what is drawn, exact arithmetic, and flows that keep their laws."""

from fractions import Fraction

import numpy as np
import pytest

from tptheory.errors import InvalidValueError, ShapeError
from tptheory.numeric.evaluation import evaluate
from tptheory.simulation.ensembles import simulate_ensemble
from tptheory.simulation.runs import simulate
from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.rules import (
    Backprop,
    DampedTargetProp,
    FeedbackAlignment,
    KolenPollack,
    LearnedInverse,
    Momentum,
    Nesterov,
    WeightDecay,
    WeightMirror,
)
from tptheory.symbolic.states import State

RNG = np.random.default_rng(0)
WEIGHTS = [RNG.standard_normal((3, 4)) / 2, RNG.standard_normal((2, 3)) / 2]
X, Y = RNG.standard_normal((4, 5)), RNG.standard_normal((2, 5))
PROBLEM = (WEIGHTS, X, Y)


class Follower(Backprop):
    """BP beside a copy of each weight that follows it, and starts from twice the weight."""

    def states(self, net, l):
        """Return ``F_l``, which moves by the distance to ``W_l``."""
        W = net.weight(l)
        F = net.layer_matrix("F", l, lambda k: (net.widths[k], net.widths[k - 1]))
        return (State(F, matadd(W, matmul(-1, F)), start=matmul(2, W)),)


def test_a_state_starts_as_its_rule_says():
    """A momentum from 0, feedback from a draw, and a state from an expression in the weights at the start."""
    assert not any(path[0].any() for path in simulate(Momentum(), *PROBLEM, steps=1).states.values())
    followed = simulate(Follower(), *PROBLEM, steps=2, lr=0.1)
    for l, W in enumerate(WEIGHTS, start=1):
        np.testing.assert_array_equal(followed.states[f"F_{l}"][0], 2 * W)
        np.testing.assert_allclose(followed.states[f"F_{l}"][1], 1.9 * W, rtol=1e-12)
    given = simulate(Follower(), *PROBLEM, steps=1, constants={"F_1": np.ones((3, 4))})
    assert (given.states["F_1"][0] == 1).all()
    assert (given.states["F_2"][0] == 2 * WEIGHTS[1]).all()


@pytest.mark.parametrize("rule", [KolenPollack(), WeightMirror(), LearnedInverse()], ids=repr)
def test_feedback_that_learns_is_drawn_as_fixed_feedback(rule):
    """One seed draws one B_l, whether or not it learns; layer by layer, and one's draw does not depend on another's."""
    fixed = simulate(FeedbackAlignment(), *PROBLEM, steps=1, seed=7).constants
    learned = simulate(rule, *PROBLEM, steps=1, seed=7).states
    assert len(learned) == 2
    order = np.random.default_rng(7)
    for name in sorted(learned):
        rows, columns = learned[name][0].shape
        np.testing.assert_array_equal(learned[name][0], order.standard_normal((rows, columns)) / np.sqrt(columns))
    for name, path in learned.items():
        np.testing.assert_array_equal(path[0], fixed[f"B_{name[-1]}"])
    first = min(learned)
    given = simulate(rule, *PROBLEM, steps=1, seed=7, constants={first: 0 * learned[first][0]})
    assert not given.states[first][0].any()
    np.testing.assert_array_equal(given.states[max(learned)][0], learned[max(learned)][0])


def test_each_member_of_an_ensemble_has_states_of_its_own():
    """Drawn states differ between members; those from an expression follow each member's weights."""
    weights = [np.stack([W, 2 * W, -W]) for W in WEIGHTS]
    drawn = simulate_ensemble(KolenPollack(), weights, X[None], Y[None], steps=2, seed=1).states["B_2"]
    assert drawn.shape == (3, 3, 3, 2)
    assert np.abs(drawn[0, 0] - drawn[0, 1]).max() > 0.1
    followed = simulate_ensemble(Follower(), weights, X[None], Y[None], steps=2)
    for i in range(3):
        alone = simulate(Follower(), [W[i] for W in weights], X, Y, steps=2)
        np.testing.assert_array_equal(followed.states["F_1"][:, i], alone.states["F_1"])


def test_scalars_have_defaults_and_can_be_told():
    """mu is 1 and c is 1/100 unless given, also within another rule, and lambda is 1 as ever."""
    rule = WeightDecay(Momentum(DampedTargetProp()))
    run = simulate(rule, *PROBLEM, steps=3)
    told = {"mu": 1, "c": Fraction(1, 100), "lambda": 1}
    assert run.constants == {name: float(value) for name, value in told.items()}
    same = simulate(WeightDecay(Momentum(DampedTargetProp(), mu=1), decay=0.01), *PROBLEM, steps=3)
    np.testing.assert_allclose(run.weights[0][-1], same.weights[0][-1], rtol=1e-12)
    other = simulate(rule, *PROBLEM, steps=3, constants={"mu": 5})
    assert np.abs(run.weights[0][-1] - other.weights[0][-1]).max() > 1e-6


@pytest.mark.parametrize(
    "rule",
    [Momentum(), Nesterov(), WeightDecay(), KolenPollack(), WeightMirror(), LearnedInverse(), Momentum(KolenPollack())],
    ids=repr,
)
def test_exact_steps_are_the_rules_own(rule):
    """Three steps in fractions: every change is what the rule's expression gives in exact arithmetic."""
    weights = [[[1, 2], [0, 1]], [[1, -1]]]
    feedback = {name: value for name, value in {"B_1": [[1, 0], [2, 1]], "B_2": [[1], [1]]}.items() if has(rule, "B")}
    feedback |= {"V_1": [[1, 0], [2, 1]], "V_2": [[1], [1]]} if isinstance(rule, LearnedInverse) else {}
    run = simulate(rule, weights, [1, 2], [3], lr=Fraction(1, 8), steps=3, dtype="exact", constants=feedback)
    assert run.status == "completed"
    step = rule.step(run.net)
    paths = dict(zip(map(str, run.net.weights), run.weights, strict=True)) | run.states
    fixed = {"x": [1, 2], "y": [3], "eta": Fraction(1, 8)} | run.constants
    for t in range(3):
        for symbol, change in step.items():
            named = fixed | {name: path[t].tolist() for name, path in paths.items()}
            values = {s: named[str(s)] for s in change.free_symbols}
            moved = np.array(evaluate(change, values, arithmetic="exact").table()).astype(str)
            path = paths[str(symbol)]
            assert (moved == (path[t + 1] - path[t]).astype(str)).all()


def has(rule, letter):
    """Whether a rule keeps a feedback of this letter."""
    return isinstance(rule, KolenPollack | WeightMirror) or has_inside(rule, letter)


def has_inside(rule, letter):
    """Whether the rule that a rule modifies keeps one."""
    return hasattr(rule, "rule") and has(rule.rule, letter)


def along(run, quantity):
    """Return the values of a quantity along a run, from its weights and states."""
    paths = dict(zip(run.net.weights, run.weights, strict=True))
    paths |= {S: run.states[str(S)] for S in quantity.free_symbols if str(S) in run.states}
    return np.array([evaluate(quantity, {s: path[t] for s, path in paths.items()}) for t in range(len(run.times))])


def test_flows_of_states_keep_their_laws():
    """Kolen-Pollack's difference falls as exp(-ct), the heavy ball's angular momentum as exp(-mu t): to 1e-9."""
    times = np.linspace(0, 2, 5)
    run = simulate(KolenPollack(decay=1), *PROBLEM, times=times)
    net, rule = run.net, run.rule
    apart = along(run, matadd(transpose(net.weight(2)), matmul(-1, rule.feedback(net, 2))))
    np.testing.assert_allclose(apart, np.exp(-times)[:, None, None] * apart[0], rtol=1e-9, atol=1e-10)
    start = {"V_1": RNG.standard_normal((3, 4)), "V_2": RNG.standard_normal((2, 3))}
    run = simulate(Momentum(mu=2), *PROBLEM, times=times, constants=start)
    net, rule = run.net, run.rule
    (W_1, W_2), (V_1, V_2) = net.weights, (rule.momentum(net, l) for l in (1, 2))
    half = matadd(matmul(W_1, transpose(V_1)), matmul(transpose(W_2), V_2))
    turned = along(run, matadd(half, matmul(-1, transpose(half))))
    assert np.abs(turned[0]).max() > 0.1
    np.testing.assert_allclose(turned, np.exp(-2 * times)[:, None, None] * turned[0], rtol=1e-9, atol=1e-9)


def test_a_momentum_is_a_second_order_equation():
    """One weight, no friction: an oscillator of frequency |x|; with friction mu = 2|x| critically damped."""
    times = np.linspace(0, 1, 4)
    run = simulate(Momentum(mu=0), [[[1.0]]], [3.0], [0.0], times=times)
    np.testing.assert_allclose(run.weights[0][:, 0, 0], np.cos(3 * times), rtol=1e-10, atol=1e-10)
    run = simulate(Momentum(mu=6), [[[1.0]]], [3.0], [0.0], times=times)
    np.testing.assert_allclose(run.weights[0][:, 0, 0], (1 + 3 * times) * np.exp(-3 * times), rtol=1e-10)
    np.testing.assert_allclose(run.states["V_1"][:, 0, 0], -9 * times * np.exp(-3 * times), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("constants", "error", "message"),
    [
        ({"V_1": np.ones((4, 3))}, ShapeError, r"'constants\[V_1\]' must be of shape \(3, 4\)"),
        ({"V_2": np.full((2, 3), np.nan)}, InvalidValueError, r"'constants\[V_2\]' must be finite"),
    ],
)
def test_wrong_starts_are_refused(constants, error, message):
    """A start has the shape of its state, and is finite."""
    with pytest.raises(error, match=message):
        simulate(Momentum(), *PROBLEM, constants=constants)
