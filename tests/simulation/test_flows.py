"""The flow of a rule: against closed forms, tiny steps and conserved quantities; it stops where it is not defined."""

import re
from itertools import pairwise

import numpy as np
import pytest
from sympy import Symbol

from tptheory.invariants.laws import balance, log_determinant
from tptheory.numeric.evaluation import evaluate
from tptheory.simulation import flows
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.runs import simulate
from tptheory.symbolic.expressions import matmul, transpose
from tptheory.symbolic.rules import RULES, Backprop, GaussNewton, Kaczmarz, Rule, TargetProp, WeightDecay


def problem(widths, batch, seed=0):
    """Draw well-conditioned weights, an input and a target."""
    rng = np.random.default_rng(seed)
    weights = [np.eye(n, m) + 0.2 * rng.standard_normal((n, m)) for m, n in pairwise(widths)]
    shape = () if batch is None else (batch,)
    return weights, rng.standard_normal((widths[0], *shape)), rng.standard_normal((widths[-1], *shape))


def test_one_layer_in_closed_form():
    """W' = -(Wx - y)x' gives e(t) = exp(-|x|^2 t) e(0), to 1e-12 of e(0), and records every time that was asked for."""
    rng = np.random.default_rng(0)
    W, x, y = rng.standard_normal((2, 3)), rng.standard_normal(3), rng.standard_normal(2)
    times = np.array([0.5, 0.6, 1.3, 3.0])
    run = simulate(Backprop(), [W], x, y, times=times)
    assert (run.status, run.steps, run.lr) == ("completed", 3, None)
    np.testing.assert_array_equal(run.times, times)
    decay = np.exp(-(x @ x) * (times - times[0]))
    np.testing.assert_allclose(run.errors[:, :, 0], decay[:, None] * (W @ x - y), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(run.loss, decay**2 * run.loss[0], rtol=1e-9)
    moved = np.outer((decay[-1] - 1) / (x @ x) * (W @ x - y), x)
    np.testing.assert_allclose(run.weights[0][-1] - W, moved, rtol=1e-10)
    np.testing.assert_array_equal(run.updates[0], np.diff(run.weights[0], axis=0))
    assert [record.shape for record in (run.weights[0], run.updates[0], run.errors)] == [
        (4, 2, 3),
        (3, 2, 3),
        (4, 2, 1),
    ]


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("name", [name for name in RULES if name != "rls"])
def test_the_flow_is_the_limit_of_tiny_steps(name, biases):
    """Steps of eta and eta/2, extrapolated, differ from the flow by O(eta^2), states too; each record is the rule's."""
    widths, batch = ((3, 3, 4), 5) if name == "newton" else ((4, 3, 2), 2)
    rule, (weights, x, y) = RULES[name](), problem(widths, batch)
    columns = [np.full(n, 0.1) for n in widths[1:]] if biases else None
    options = {"biases": columns, "seed": 4, "constants": {"beta": 0.5} if name == "ep" else None}
    flow = simulate(rule, weights, x, y, times=[0, 0.1, 0.2], **options)
    coarse, fine = (simulate(rule, weights, x, y, lr=0.2 / steps, steps=steps, **options) for steps in (400, 800))
    paths = [(*run.weights, *run.states.values()) for run in (flow, coarse, fine)]
    for path, rough, better in zip(*paths, strict=True):
        np.testing.assert_allclose(path[-1], 2 * better[-1] - rough[-1], atol=2e-5)
        assert np.abs(path[-1] - rough[-1]).max() > 1e-6
    values = dict(zip(flow.net.parameters, [path[1] for path in (*flow.weights, *flow.biases)], strict=True))
    values |= {flow.net.input: x, flow.net.target: y}
    kept = flow.constants | {name: path[1] for name, path in flow.states.items()}
    for l in range(flow.net.depth + 1):
        expression = rule.error_signal(flow.net, l)
        known = values | {s: kept[str(s)] for s in expression.free_symbols if str(s) in kept}
        np.testing.assert_allclose(flow.error_signals[l][1], evaluate(expression, known), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize(("rule", "law"), [(Backprop(), balance), (TargetProp(), log_determinant)])
def test_what_is_conserved_stays(rule, law, biases, batch):
    """Along the flow BP's balance and TP's log-determinant move by less than 1e-9, and the other law moves."""
    weights, x, y = problem((5, 4, 3, 2), batch)
    columns = [np.full(n, 0.3) for n in (4, 3, 2)] if biases else None
    run = simulate(rule, weights, x, y, times=np.linspace(0, 2, 5), biases=columns)
    net, paths = run.net, (*run.weights, *run.biases)

    def moved(law):
        ends = [dict(zip(net.parameters, (path[t] for path in paths), strict=True)) for t in (0, -1)]
        laws = [law(net, l) for l in (1, 2)]
        return max(np.abs(evaluate(q, ends[1]) - evaluate(q, ends[0])).max() for q in laws)

    other = log_determinant if law is balance else balance
    assert moved(law) < 1e-9
    assert moved(other) > 1e-3


def test_the_error_of_target_propagation_has_no_plateau():
    """THEORY 4, error-ray: at full row rank e keeps its direction and falls at least as exp(-|x|^2 t)."""
    weights, x, y = problem((5, 4, 3, 2), None, seed=2)
    run = simulate(TargetProp(), weights, x, y, times=np.linspace(0, 1, 6))
    size = np.linalg.norm(run.errors[:, :, 0], axis=1)
    np.testing.assert_allclose(
        run.errors[:, :, 0] / size[:, None], np.tile(run.errors[0, :, 0] / size[0], (6, 1)), rtol=1e-9
    )
    assert (size <= np.exp(-(x @ x) * run.times) * size[0] * (1 + 1e-9)).all()


def test_times_between_change_nothing():
    """More times on the way give the same end to 1e-10, and one time alone is a record of the start."""
    weights, x, y = problem((3, 3, 3), 2)
    few, many = (simulate(TargetProp(), weights, x, y, times=np.linspace(0, 1, n)) for n in (2, 41))
    np.testing.assert_allclose(few.weights[0][-1], many.weights[0][-1], rtol=1e-10, atol=1e-12)
    alone = simulate(TargetProp(), weights, x, y, times=[0.3])
    assert (alone.steps, alone.updates[0].shape, alone.status) == (0, (0, 3, 3), "completed")


class Scaled(Rule):
    """Backprop times a symbol."""

    name, title = "scaled", "Scaled"

    def feedback(self, net, l):
        """Return s W_l'."""
        return matmul(Symbol("s"), transpose(net.weight(l)))


def test_a_rule_of_ones_own_flows():
    """A user's rule, with its constant, is followed as Backprop where it is Backprop."""
    weights, x, y = problem((3, 3, 2), 2)
    own = simulate(Scaled(), weights, x, y, times=[0, 1], constants={"s": 1})
    np.testing.assert_array_equal(own.weights[0], simulate(Backprop(), weights, x, y, times=[0, 1]).weights[0])


def test_a_flow_for_cross_entropy():
    """Any output error flows: the loss of log-softmax falls along BP's flow at the rate of the gradient."""
    rng = np.random.default_rng(1)
    W, x = rng.standard_normal((3, 2)), rng.standard_normal(2)
    run = simulate(Backprop(), [W], x, [0, 1, 0], times=[0, 1e-4, 2e-4], loss="cross-entropy")
    slope = (run.loss[2] - run.loss[0]) / 2e-4
    d = run.errors[1, :, 0]
    assert slope == pytest.approx(-(d @ d) * (x @ x), rel=1e-6)


def test_a_rank_that_jumps_stops_the_flow():
    """THEORY 4, tp-logdet: at W_2 = 0 the rank jumps at once; the flow is not defined across, and says so."""
    run = simulate(TargetProp(), [[[1.0]], [[0.0]]], [1.0], [1.0], times=[0, 1])
    assert (run.status, run.steps) == ("stopped", 0)
    assert "the flow is not defined across a change of rank. The norm of the weights was 1." in run.message
    change = run.rank_changes[0]
    assert (change.matrix, change.before, change.after) == ("W_2", 0, 1)
    assert 0 <= change.at < 1e-6
    assert "The rank of W_2 changed from 0 to 1 at time" in run.message


def test_a_pole_at_a_lost_rank_stops_the_flow():
    """Kaczmarz drives the activations of three samples to rank 2 at time 0.1315: the flow ends there."""
    weights, x, y = problem((4, 3, 2), 3)
    columns = [np.full(n, 0.1) for n in (3, 2)]
    run = simulate(Kaczmarz(), weights, x, y, times=np.linspace(0, 0.2, 21), biases=columns)
    assert (run.status, run.steps) == ("stopped", 13)
    (change,) = run.rank_changes
    assert (change.matrix, change.before, change.after) == ("X_1", 3, 3)
    assert change.smallest < 1e-6
    assert change.at == pytest.approx(0.131489, abs=1e-6)
    assert "X_1 came within" in run.message


class Sinking(TargetProp):
    """Target propagation whose top layer sinks at a constant speed to zero, whatever the error is."""

    name, title = "sinking", "Sinking"

    def descent(self, net, l):
        """Return one in the layer above, and G_l below it."""
        from sympy import OneMatrix

        return OneMatrix(*net.weight(l).shape) if l == net.depth else super().descent(net, l)


def test_a_singular_value_that_sinks_to_zero_is_reported():
    """W_2 = 1 - t: the flow of layer 1 blows up as W_2 loses its rank, at time 1, and the run says what and when."""
    run = simulate(Sinking(), [[[1.0]], [[1.0]]], [1.0], [0.5], times=np.linspace(0, 2, 21))
    assert run.status in {"stopped", "diverged"}
    assert "Stopped at time 1 on the way to 2" in run.message
    assert 8 <= run.steps <= 10


def test_a_pole_is_a_divergence():
    """W' = W^2 by a loss of one's own: the solution 1/(1 - t) ends at time 1, and so does the run."""
    run = simulate(Backprop(), [[[1.0]]], [1.0], [0.0], times=np.linspace(0, 2, 21), loss=lambda x, y: y - x**2)
    assert run.status == "diverged"
    assert run.message.startswith("Stopped at time 1 on the way to 2: ")
    assert "The norm of the weights was" in run.message
    assert len(run.loss) == run.steps + 1
    assert 10 <= len(run.loss) <= 11  # 1 is a time at which the solver may stand, to its last digit
    np.testing.assert_allclose(run.weights[0][:10, 0, 0], 1 / (1 - run.times[:10]), rtol=1e-9)


def test_a_solver_that_takes_too_long_stops(monkeypatch):
    """Nothing hangs: past its limit of steps the run stops and says so."""
    monkeypatch.setattr(flows, "MOST_STEPS", 3)
    run = simulate(TargetProp(), *problem((3, 3, 3), 2), times=[0, 50.0])
    assert (run.status, run.steps) == ("stopped", 0)
    assert "3 steps of the solver did not suffice" in run.message


@pytest.mark.parametrize("end", [1e60, 1e300])
def test_a_time_that_is_out_of_reach_is_told_early_with_what_is_possible(end):
    """After a tenth of the steps that the solver may take; a twentieth of the time that is named is reached."""
    taken = []
    run = simulate("tp", *problem((3, 3, 3), 2), times=[0, end], on_progress=taken.append)
    assert (run.status, run.steps) == ("stopped", 0)
    assert len(taken) < 4 * flows.ESTIMATE_EVERY
    assert "at the pace of the last 500 steps the solver needs about " in run.message
    possible = float(re.search(r"that are left it would reach about time (\S+)\. ", run.message)[1])
    assert 100 < possible < 1e5
    assert simulate("tp", *problem((3, 3, 3), 2), times=[0, possible / 20]).status == "completed"


def test_a_flow_that_is_stiff_at_first_goes_on(monkeypatch):
    """Its pace grows, so that what was far is reached after all."""
    monkeypatch.setattr(flows, "HOPELESS_FACTOR", 4)
    monkeypatch.setattr(flows, "ESTIMATE_EVERY", 20)
    monkeypatch.setattr(flows, "MOST_STEPS", 2000)
    W = 12 * np.array([[1, 0.3], [-0.2, 0.9]])
    run = simulate(WeightDecay(Backprop()), [12 * np.eye(2), W], [[1.0], [0.0]], [[0.0], [1.0]], times=[0, 40.0])
    assert run.status == "completed", run.message


@pytest.mark.parametrize("rule", [GaussNewton(), Kaczmarz()], ids=repr)
def test_progress_is_told(rule):
    """What is told rises from 0 to 1."""
    told = []
    simulate(rule, *problem((3, 3, 3), 2), times=np.linspace(0, 1, 5), on_progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] == 1


class BackToTheInput(Backprop):
    """A rule whose change of W_l uses d_{l-1}, and so d_0 in the first layer."""

    def descent(self, net, l):
        """Return ``d_l d_{l-1}'``."""
        return matmul(self.error_signal(net, l), transpose(self.error_signal(net, l - 1)))


def test_the_signal_of_the_input_is_computed_where_it_is_recorded(monkeypatch):
    """A solver's stages do not need ``d_0``, which costs as much as the largest layer does."""
    calls, plain = [], CompiledRule.input_signal
    monkeypatch.setattr(CompiledRule, "input_signal", lambda *given: calls.append(1) or plain(*given))
    weights, x, y = problem((4, 3, 2), None)
    run = simulate("bp", weights, x, y, times=[0, 0.5, 1])
    assert len(calls) == 3
    for t in range(3):
        np.testing.assert_allclose(run.error_signals[0][t], run.weights[0][t].T @ run.error_signals[1][t])


def test_the_signal_of_the_input_may_move_a_weight():
    """Then each stage has the one of its own weights."""
    weights, x, y = problem((3, 3, 3), None)
    flow = simulate(BackToTheInput(), weights, x, y, times=[0, 0.1])
    steps = simulate(BackToTheInput(), weights, x, y, lr=1e-4, steps=1000)
    np.testing.assert_allclose(flow.weights[0][-1], steps.weights[0][-1], atol=2e-4)
    assert np.abs(flow.weights[0][-1] - weights[0]).max() > 1e-2
