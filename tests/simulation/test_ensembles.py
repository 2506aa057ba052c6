"""An ensemble is the same as its members alone, bit for bit, and one that breaks down does not disturb the others."""

from itertools import pairwise

import numpy as np
import pytest
from sympy import Inverse, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError
from tptheory.simulation.ensembles import simulate_ensemble
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import (
    RULES,
    Backprop,
    FeedbackAlignment,
    Newton,
    RecursiveLeastSquares,
    Rule,
    TargetProp,
)

MEMBERS = 7


def problem(widths, batch, members=MEMBERS, seed=0):
    """Draw well-conditioned weights, an input and a target for each member."""
    rng = np.random.default_rng(seed)
    weights = [np.eye(n, m) + 0.2 * rng.standard_normal((members, n, m)) for m, n in pairwise(widths)]
    shape = () if batch is None else (batch,)
    return (
        weights,
        rng.standard_normal((members, widths[0], *shape)),
        rng.standard_normal((members, widths[-1], *shape)),
    )


def alone(rule, run, i, weights, x, y, biases=None, **options):
    """Simulate one member by itself, with the constants and the starting states that it had in the ensemble."""
    constants = {name: value[i] if np.ndim(value) else value for name, value in run.constants.items()}
    constants |= {name: state[0, i] for name, state in run.states.items()}
    columns = None if biases is None else [np.broadcast_to(b, (len(run), b.shape[-1]))[i] for b in biases]
    return simulate(rule, [W[i] for W in weights], x[i], y[i], biases=columns, constants=constants or None, **options)


def same(member, single):
    """Compare two runs, record by record, bit for bit."""
    assert (member.steps, member.status, member.net) == (single.steps, single.status, single.net)
    names = ("weights", "biases", "activations", "error_signals", "updates", "bias_updates")
    pairs = [pair for name in names for pair in zip(getattr(member, name), getattr(single, name), strict=True)]
    pairs += [(member.errors, single.errors), (member.loss, single.loss), (member.times, single.times)]
    pairs += [(member.states[name], single.states[name]) for name in single.states]
    for ours, theirs in pairs:
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        if ours.size:
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("batch", [None, 5])
@pytest.mark.parametrize("name", RULES)
def test_every_member_is_as_it_is_alone(name, batch, biases, dtype):
    """Each record of each member is that of `simulate`, for every rule, with biases and batches, wide layers too."""
    widths = (4, 3, 3, 2)
    if name == "newton":
        widths, batch = (3, 3, 3), 5
    rule, (weights, x, y) = RULES[name](), problem(widths, batch)
    columns = [np.full(n, 0.1) if n == 2 else np.full((MEMBERS, n), 0.1) for n in widths[1:]] if biases else None
    options = {"lr": 1e-4 if name == "di" else 0.01, "steps": 6, "dtype": dtype}  # a drawn inverse may be a long one
    run = simulate_ensemble(rule, weights, x, y, biases=columns, seed=2, **options)
    assert len(run) == MEMBERS
    assert run.message.startswith(f"{MEMBERS} of {MEMBERS} members completed 6 steps.")
    for i in range(0, MEMBERS, 2):
        single = alone(rule, run, i, weights, x, y, columns, **options)
        same(run.member(i), single)
        assert run.member(i).message.split(";")[0] == single.message.split(";")[0]


def test_shapes_of_an_ensemble():
    """Time, then member, then the matrix; the input of all members may be one."""
    weights, _, _ = problem((4, 3, 2), None)
    run = simulate_ensemble(Backprop(), weights, np.ones(4), np.ones(2), steps=3)
    assert [W.shape for W in run.weights] == [(4, MEMBERS, 3, 4), (4, MEMBERS, 2, 3)]
    assert [U.shape for U in run.updates] == [(3, MEMBERS, 3, 4), (3, MEMBERS, 2, 3)]
    assert [a.shape for a in run.activations] == [(4, MEMBERS, n, 1) for n in (4, 3, 2)]
    assert (run.loss.shape, run.errors.shape, run.steps.shape) == ((4, MEMBERS), (4, MEMBERS, 2, 1), (MEMBERS,))
    assert run.net.batch is None
    batch = simulate_ensemble(Backprop(), weights, np.ones((1, 4, 5)), np.ones((MEMBERS, 2, 5)), steps=0)
    assert batch.activations[0].shape == (1, MEMBERS, 4, 5)
    assert batch.updates[0].shape == (0, MEMBERS, 3, 4)
    one = simulate_ensemble(Backprop(), [np.ones((1, 2, 2))], np.ones(2), np.ones(2), steps=1)
    assert len(one) == 1


def test_shared_inputs_are_each_members_own():
    """One input for all gives what it gives to each; shared constants likewise."""
    weights, x, y = problem((4, 3, 2), None)
    B = np.arange(6.0).reshape(3, 2) / 6
    shared = simulate_ensemble(FeedbackAlignment(), weights, x[0], y[0], steps=3, constants={"B_2": B})
    single = simulate(
        FeedbackAlignment(),
        [W[4] for W in weights],
        x[0],
        y[0],
        steps=3,
        constants={"B_2": B, "B_1": shared.constants["B_1"][4]},
    )
    same(shared.member(4), single)


def test_each_member_draws_its_own():
    """Matrices that are drawn differ from member to member, and one seed repeats them bit for bit."""
    weights, x, y = problem((4, 3, 2), None)
    first, again, other = (simulate_ensemble(FeedbackAlignment(), weights, x, y, steps=2, seed=s) for s in (1, 1, 2))
    B = first.constants["B_2"]
    assert B.shape == (MEMBERS, 3, 2)
    assert len({matrix.tobytes() for matrix in B}) == MEMBERS
    assert first.weights[0].tobytes() == again.weights[0].tobytes() != other.weights[0].tobytes()


@pytest.mark.parametrize("name", ["bp", "tp", "gn", "kaczmarz", "rls"])
def test_members_that_diverge_disturb_nobody(name):
    """Members with huge targets stop where they would alone, with step and norm; the others are as without them."""
    rule, (weights, x, y) = RULES[name](), problem((3, 3, 3), 2)
    wild = y.copy()
    wild[[1, 4]] *= 1e160
    options = {"lr": 0.05, "steps": 30}
    calm, run = (simulate_ensemble(rule, weights, x, target, **options) for target in (y, wild))
    stopped = [i for i in range(MEMBERS) if run.status[i] == "diverged"]
    assert stopped == sorted(run.messages)
    assert set(stopped) <= {1, 4}
    assert stopped or name == "rls"
    for i in range(MEMBERS):
        single = alone(rule, run, i, weights, x, wild, **options)
        assert (run.steps[i], run.status[i]) == (single.steps, single.status)
        if i not in (1, 4):
            np.testing.assert_array_equal(run.weights[0][:, i], calm.weights[0][:, i])
            np.testing.assert_array_equal(run.loss[:, i], calm.loss[:, i])
    for i in stopped:
        done = run.steps[i]
        assert (run.weights[0][done:, i] == run.weights[0][done, i]).all()
        assert (run.updates[0][done:, i] == 0).all()
        assert run.messages[i].startswith(f"Stopped after {done} of 30 steps: ")
        assert "The norm of the weights was" in run.messages[i]
        assert run.member(i).message.startswith(run.messages[i])
    if stopped:
        assert f"{len(stopped)} diverged; member {stopped[0]}: Stopped" in run.message


def test_all_members_may_diverge():
    """Where nobody is left the arrays hold the last values to the end."""
    weights, x, y = problem((3, 3, 3), None)
    run = simulate_ensemble(Backprop(), weights, x, 1e3 * y, lr=10, steps=500)
    assert (run.status == "diverged").all()
    assert (run.steps < 20).all()
    assert run.message.startswith(f"0 of {MEMBERS} members completed 500 steps. {MEMBERS} diverged; member 0: Stopped")
    assert (run.weights[0].shape, run.updates[0].shape) == ((501, MEMBERS, 3, 3), (500, MEMBERS, 3, 3))
    np.testing.assert_array_equal(run.times, 10.0 * np.arange(501))
    for i in (0, 3):
        same(run.member(i), simulate(Backprop(), [W[i] for W in weights], x[i], 1e3 * y[i], lr=10, steps=500))
        assert (run.loss[-1, i] == run.loss[run.steps[i], i]).all()
    assert np.isfinite(run.loss).all()


class Vanishing(Rule):
    """A feedback of W_l^-1 on square layers."""

    name, title = "vanishing", "Vanishing"

    def feedback(self, net, l):
        """Return W_l^-1."""
        return Inverse(net.weight(l))


def test_a_member_without_an_inverse_stops_alone():
    """An inverse that one member lacks at the start, or loses on the way, is the end of that member only."""
    weights = [np.array(w).reshape(4, 1, 1) for w in ([1.0, 1.0, 0.5, 0.5], [1.0, 0.0, 2.0, 0.5])]
    run = simulate_ensemble(Vanishing(), weights, np.ones(1), np.zeros(1), lr=1.0, steps=1)
    assert run.status.tolist() == ["diverged", "diverged", "completed", "completed"]
    assert run.steps.tolist() == [0, 0, 1, 1]
    assert run.messages[0].startswith("Stopped after 0 of 1 steps: after step 1 the rule is no longer defined")
    assert run.messages[1].startswith("Stopped after 0 of 1 steps: the rule is no longer defined")
    for i in (2, 3):
        same(run.member(i), alone(Vanishing(), run, i, weights, np.ones((4, 1)), np.zeros((4, 1)), lr=1.0, steps=1))


def test_d_0_that_does_not_exist_stops_nobody():
    """Newton's d_0 is NaN for members whose lowest Gram matrix is singular, as it is alone."""
    weights, x, y = problem((3, 2, 4), 5)
    run = simulate_ensemble(Newton(), weights, x, y, lr=0.05, steps=2)
    assert np.isnan(run.error_signals[0]).all()
    assert (run.status == "completed").all()
    same(run.member(3), alone(Newton(), run, 3, weights, x, y, lr=0.05, steps=2))


def test_changes_of_rank_have_their_member():
    """W_2 = 0 in one member is told of that one, and not of the others."""
    weights, x, y = problem((2, 2, 2), None)
    weights[1][5] = 0
    run = simulate_ensemble(TargetProp(), weights, x, y, lr=0.1, steps=2)
    assert [(c.at, c.matrix, c.before, c.after, c.member) for c in run.rank_changes] == [(1, "W_2", 0, 1, 5)]
    assert "The rank of W_2 of member 5 changed from 0 to 1 at step 1." in run.message
    assert run.member(5).rank_changes == run.rank_changes
    assert run.member(4).rank_changes == ()


def test_states_are_each_members_own():
    """Recursive least squares keeps a P for each member, from the identity or from what is given."""
    weights, x, y = problem((4, 3), None)
    run = simulate_ensemble(RecursiveLeastSquares(), weights, x, y, lr=1.0, steps=3)
    for i in range(MEMBERS):
        expected = np.linalg.inv(np.eye(4) + 3 * np.outer(x[i], x[i]))
        np.testing.assert_allclose(run.states["P_1"][3, i], expected, rtol=1e-9, atol=1e-12)
    given = simulate_ensemble(RecursiveLeastSquares(), weights, x, y, steps=1, constants={"P_1": 10 * np.eye(4)})
    assert (given.states["P_1"][0] == 10 * np.eye(4)).all()


def test_arguments_are_left_alone():
    """A run neither writes to its arguments nor shares memory with them."""
    weights, x, y = problem((4, 3, 2), 5)
    before = [array.copy() for array in (*weights, x, y)]
    run = simulate_ensemble(TargetProp(), weights, x, y, steps=2)
    for array, copy in zip((*weights, x, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, kept) for kept in (*run.weights, *run.activations))


class Scaled(Backprop):
    """Backprop times a symbol and a trace."""

    name, title = "scaled", "Scaled"

    def feedback(self, net, l):
        """Return s tr(W_l'W_l) W_l'."""
        from sympy import Trace

        from tptheory.symbolic.expressions import matmul, transpose

        W = net.weight(l)
        return matmul(Symbol("s"), Trace(matmul(transpose(W), W)), transpose(W))


def test_a_rule_of_ones_own_runs_unchanged():
    """Scalars that come from matrices are one for each member."""
    weights, x, y = problem((4, 3, 2), 2)
    run = simulate_ensemble(Scaled(), weights, x, y, steps=3, constants={"s": 0.3})
    same(run.member(2), alone(Scaled(), run, 2, weights, x, y, steps=3))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rule": TargetProp}, InvalidTypeError, r"'rule' must be a name .*Add parentheses: TargetProp\(\)"),
        ({"weights": [np.ones((3, 4)), np.ones((2, 3))]}, ShapeError, "of one number of members"),
        ({"weights": [np.ones((5, 3, 4)), np.ones((6, 2, 3))]}, ShapeError, r"number of members.*got \[5, 6\]"),
        ({"weights": [np.ones((5, 3, 4)), np.ones((5, 2, 4))]}, ShapeError, r"each row of W_1, 3 columns \(got"),
        ({"weights": [np.ones(3)]}, ShapeError, r"'weights\[0\]' must be of shape \(N, rows, columns\)"),
        ({"weights": [[[1, 2], [3]]]}, ShapeError, r"'weights\[0\]' must be rows of one length"),
        (
            {"weights": [[np.ones((3, 4)), np.ones((2, 3))]] * 5},
            ShapeError,
            r"'weights\[0\]' must be one stack of shape \(N, n_1, n_0\), .*\(3, 4\), \(2, 3\).* in zip\(\*networks",
        ),
        ({"x": np.ones((5, 2, 4)), "y": np.ones((5, 2, 2))}, ShapeError, r"columns here.*np.swapaxes\(x, -1, -2\)"),
        ({"weights": ["abc"]}, InvalidTypeError, r"'weights\[0\]' must be a matrix of real numbers"),
        ({"weights": [np.full((5, 2, 4), np.nan)]}, InvalidValueError, r"'weights\[0\]' must be finite"),
        ({"x": np.ones((6, 4))}, ShapeError, r"number of members.*got \[5, 6\]"),
        ({"x": np.ones(3)}, ShapeError, "'x' must be of length 4, as W_1 has columns"),
        ({"y": np.ones((5, 2, 2))}, ShapeError, "'y' must be of 1 column, as x has"),
        ({"x": np.full(4, np.inf)}, InvalidValueError, "'x' must be finite"),
        ({"lr": 0}, InvalidValueError, "'lr' must be a positive finite number"),
        ({"steps": -1}, InvalidValueError, "'steps' must be an integer, 0 or more"),
        ({"dtype": "mp50"}, UnknownNameError, r"'dtype' must be one of float32, float64 \(got 'mp50'\)"),
        ({"dtype": np.float32}, UnknownNameError, "'dtype' must be one of float32, float64"),
        ({"biases": [np.ones(3)]}, InvalidTypeError, "'biases' must be a list of 2 columns, or None"),
        ({"biases": [np.ones(3), np.ones(3)]}, ShapeError, r"'biases' must be of shape \(2, 1\) in layer 2"),
        ({"constants": {"B_2": 1}}, InvalidValueError, "'constants' must be empty"),
        ({"loss": "hinge"}, UnknownNameError, "'loss' must be one of"),
        ({"loss": lambda x, y: (x - y)[0]}, ShapeError, r"returns d_L of shape \(5, 2, 1\)"),
        ({"seed": -1, "rule": FeedbackAlignment()}, InvalidTypeError, "'seed' must be an integer from 0"),
    ],
)
def test_wrong_input(change, error, message):
    """Each wrong argument is refused by its name, with what was expected and what came."""
    arguments = {
        "rule": Backprop(),
        "weights": [np.ones((5, 3, 4)), np.ones((5, 2, 3))],
        "x": np.ones(4),
        "y": np.ones(2),
    }
    with pytest.raises(error, match=message):
        simulate_ensemble(**(arguments | change))
    run = simulate_ensemble(**arguments, steps=1)
    for i in (-1, 5, 1.0, True):
        with pytest.raises(InvalidTypeError, match="'i' must be a member, 0 to 4"):
            run.member(i)
