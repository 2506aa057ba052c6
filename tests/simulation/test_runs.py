"""A simulation reads the rule's own definition, step by step, and says when it leaves the finite numbers."""

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from sympy import Inverse, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError
from tptheory.numeric.evaluation import evaluate
from tptheory.simulation.runs import simulate
from tptheory.symbolic.expressions import matmul, transpose
from tptheory.symbolic.rule_scalars import damping, eta
from tptheory.symbolic.rules import (
    RULES,
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    Kaczmarz,
    Newton,
    RecursiveLeastSquares,
    Rule,
    TargetProp,
)

TOLERANCE = {"float64": 1e-10, "float32": 2e-4}


def problem(widths, batch, seed=0):
    """Draw well-conditioned weights, an input and a target."""
    rng = np.random.default_rng(seed)
    weights = [np.eye(n, m) + 0.3 * rng.standard_normal((n, m)) for m, n in pairwise(widths)]
    shape = () if batch is None else (batch,)
    return weights, rng.standard_normal((widths[0], *shape)), rng.standard_normal((widths[-1], *shape))


def values_at(run, t):
    """Return the values of all symbols of a run's net and rule at time t."""
    net, rule = run.net, run.rule
    values = {net.weight(l): run.weights[l - 1][t] for l in range(1, net.depth + 1)}
    if net.biases:
        values |= {net.bias(l): run.biases[l - 1][t] for l in range(1, net.depth + 1)}
    values[net.input] = run.activations[0][t]
    values[net.target] = run.activations[-1][t] - run.errors[t]
    expressions = [*rule.step(net).values(), rule.error_signal(net, 0)]
    for symbol in {s for expression in expressions for s in expression.free_symbols}:
        if str(symbol) in run.constants:
            values[symbol] = run.constants[str(symbol)]
        elif str(symbol) in run.states:
            values[symbol] = run.states[str(symbol)][t]
    return values | {eta: run.lr}


def same(claimed, expected, tolerance):
    """Compare entrywise, relative to the largest entry."""
    np.testing.assert_allclose(claimed, expected, rtol=tolerance, atol=tolerance * max(1e-3, np.abs(expected).max()))


def agrees_with_its_rule(run, dtype):
    """Check every record of a run against the rule's expressions on the whole net, evaluated afresh."""
    net, rule, tolerance = run.net, run.rule, TOLERANCE[dtype]
    for t in range(0, run.steps + 1, 2):
        values = values_at(run, t)
        for l in range(net.depth + 1):
            same(run.activations[l][t], evaluate(net.activation(l), values), tolerance)
            same(run.error_signals[l][t], evaluate(rule.error_signal(net, l), values), tolerance)
        same(run.errors[t], evaluate(net.error, values), tolerance)
        assert run.loss[t] == pytest.approx(evaluate(net.loss, values), rel=tolerance)
        if t == run.steps:
            break
        step = rule.step(net)
        for l in range(1, net.depth + 1):
            same(run.updates[l - 1][t], evaluate(rule.update(net, l), values), tolerance)
            np.testing.assert_array_equal(run.weights[l - 1][t + 1], run.weights[l - 1][t] + run.updates[l - 1][t])
            if net.biases:
                same(run.bias_updates[l - 1][t], evaluate(rule.bias_update(net, l), values), tolerance)
                moved = run.biases[l - 1][t] + run.bias_updates[l - 1][t]
                np.testing.assert_array_equal(run.biases[l - 1][t + 1], moved)
        for symbol, change in step.items():
            if str(symbol) in run.states:
                moved = run.states[str(symbol)][t] + evaluate(change, values)
                same(run.states[str(symbol)][t + 1], moved, tolerance)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize(("widths", "batch"), [((4, 3, 2), None), ((4, 3, 3, 2), 5), ((2, 3, 4), 3)])
@pytest.mark.parametrize("name", RULES)
def test_every_record_is_the_rules_own(name, widths, batch, biases, dtype):
    """Activations, errors, d_l, updates, states and loss are the rule's expressions on numbers, in both precisions."""
    if name == "newton":
        widths, batch = (3, 2, 4), 5
    weights, x, y = problem(widths, batch)
    columns = [np.full(n, 0.1) for n in widths[1:]] if biases else None
    run = simulate(RULES[name](), weights, x, y, lr=0.05, steps=4, dtype=dtype, biases=columns, seed=3)
    assert (run.status, run.steps) == ("completed", 4)
    assert run.message.startswith("Completed 4 steps; the loss is ")
    arrays = [*run.weights, *run.biases, *run.activations, *run.error_signals[1:], *run.updates, *run.bias_updates]
    for array in [*arrays, run.errors, run.loss, *run.states.values()]:
        assert array.dtype == dtype
        assert np.isfinite(array).all()
    if name == "newton":
        assert np.isnan(run.error_signals[0]).all()
        run = simulate(Newton(), *problem((3, 3, 3), 5), lr=0.05, steps=4, dtype=dtype)
    agrees_with_its_rule(run, dtype)


def test_shapes_of_a_run():
    """Time comes first, samples are columns, and a flat sample becomes one column."""
    weights, x, y = problem((4, 3, 2), None)
    run = simulate(Backprop(), weights, x, y, steps=5, biases=[np.zeros(3), np.zeros((2, 1))])
    assert [W.shape for W in run.weights] == [(6, 3, 4), (6, 2, 3)]
    assert [b.shape for b in run.biases] == [(6, 3, 1), (6, 2, 1)]
    assert [a.shape for a in run.activations] == [(6, 4, 1), (6, 3, 1), (6, 2, 1)]
    assert [d.shape for d in run.error_signals] == [(6, 4, 1), (6, 3, 1), (6, 2, 1)]
    assert [U.shape for U in run.updates] == [(5, 3, 4), (5, 2, 3)]
    assert [u.shape for u in run.bias_updates] == [(5, 3, 1), (5, 2, 1)]
    assert (run.errors.shape, run.loss.shape) == ((6, 2, 1), (6,))
    assert run.net.batch is None
    assert simulate(Backprop(), weights, x[:, None], y[:, None]).net.batch == 1
    still = simulate(Backprop(), weights, x, y, steps=0)
    assert still.updates[0].shape == (0, 3, 4)
    assert still.loss.shape == (1,)
    with pytest.raises(AttributeError, match="cannot assign to field"):
        run.steps = 3


def test_backprop_by_hand():
    """One step of gradient descent on a scalar chain W = (2, 3), x = 1, y = 5, eta = 1/10."""
    run = simulate(Backprop(), [[[2.0]], [[3.0]]], [1.0], [5.0], lr=0.1, steps=1)
    assert run.errors[0] == 1
    assert run.loss[0] == 0.5
    assert run.error_signals[1][0] == 3
    np.testing.assert_allclose([run.weights[0][1, 0, 0], run.weights[1][1, 0, 0]], [1.7, 2.8], rtol=1e-15)
    assert run.errors[1] == pytest.approx(1.7 * 2.8 - 5)


def test_arguments_are_left_alone():
    """A run neither writes to its arguments nor shares their memory where it writes."""
    weights, x, y = problem((4, 3, 2), 5)
    before = [array.copy() for array in (*weights, x, y)]
    simulate(TargetProp(), weights, x, y, steps=3)
    for array, copy in zip((*weights, x, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_one_seed_one_set_of_bits(name, dtype):
    """The same seed repeats a run bit for bit; another seed changes just the rules that draw."""
    weights, x, y = problem((3, 3, 3), 5)

    def bits(seed):
        run = simulate(RULES[name](), weights, x, y, steps=5, dtype=dtype, seed=seed)
        return b"".join(array.tobytes() for array in (*run.weights, *run.error_signals, run.loss))

    assert bits(5) == bits(5)
    assert bits(None) == bits(0)
    assert bits(np.random.default_rng(5)) == bits(5)
    assert (bits(5) == bits(6)) == (name not in {"fa", "dfa", "dtp", "di", "kolen-pollack", "weight-mirror"})


PROGRAM = """
import hashlib, numpy as np
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import DirectFeedbackAlignment
W = [np.arange(12.0).reshape(3, 4) / 12, np.arange(9.0).reshape(3, 3) / 9, np.ones((2, 3)) / 3]
run = simulate(DirectFeedbackAlignment(), W, [1, 2, 3, 4], [1, -1], lr=1e-3, steps=20, seed=4)
print(hashlib.sha256(b"".join(W.tobytes() for W in run.weights)).hexdigest())
"""


def test_bits_do_not_depend_on_pythons_hash_seed():
    """Two interpreters whose sets iterate in different orders compute the same bits."""
    digests = set()
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", PROGRAM]
        digests.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_constants_are_given_drawn_or_started():
    """A given matrix is used, by symbol or by name, and leaves the draws of the others as they are."""
    weights, x, y = problem((4, 3, 3, 2), None)
    rule = FeedbackAlignment()
    drawn = simulate(rule, weights, x, y, steps=2, seed=1)
    assert sorted(drawn.constants) == ["B_1", "B_2", "B_3"]
    symbol = rule.feedback(drawn.net, 2)
    by_symbol = simulate(rule, weights, x, y, steps=2, seed=1, constants={symbol: np.ones((3, 3))})
    by_name = simulate(rule, weights, x, y, steps=2, seed=1, constants={"B_2": np.ones((3, 3))})
    np.testing.assert_array_equal(by_symbol.constants["B_2"], np.ones((3, 3)))
    np.testing.assert_array_equal(by_symbol.constants["B_3"], drawn.constants["B_3"])
    np.testing.assert_array_equal(by_symbol.weights[0], by_name.weights[0])
    assert (by_symbol.weights[0][-1] != drawn.weights[0][-1]).any()


def test_draws_are_scaled_by_fan_in():
    """Drawn entries are standard normal over the square root of the number of columns."""
    weights = [np.eye(200, 2), np.eye(50, 200)]
    run = simulate(FeedbackAlignment(), weights, np.ones(2), np.ones(50), steps=0, seed=0)
    assert run.constants["B_2"].shape == (200, 50)
    assert run.constants["B_2"].std() == pytest.approx(1 / np.sqrt(50), rel=0.02)
    direct = simulate(DirectFeedbackAlignment(), [*weights, np.eye(8, 50)], np.ones(2), np.ones(8), steps=0)
    assert direct.constants["B_1"].std() == pytest.approx(1 / np.sqrt(8), rel=0.05)


def test_damping_is_one_unless_given():
    """lambda is 1 by default, and is set by symbol or by name."""
    weights, x, y = problem((4, 3, 2), None)
    runs = [
        simulate(DampedTargetProp(), weights, x, y, steps=1, constants=constants)
        for constants in (None, {damping: 1}, {"lambda": 0.25})
    ]
    np.testing.assert_array_equal(runs[0].updates[0], runs[1].updates[0])
    assert runs[2].constants == {"lambda": 0.25}
    W = weights[1]
    feedback = W.T @ np.linalg.inv(W @ W.T + 0.25 * np.eye(2))
    np.testing.assert_allclose(runs[2].error_signals[1][0], feedback @ runs[2].errors[0], rtol=1e-12)


def test_recursive_least_squares_keeps_its_state():
    """P_l starts from the identity or from what is given, and shrinks along its inputs."""
    weights, x, y = problem((4, 3), None)
    run = simulate(RecursiveLeastSquares(), weights, x, y, lr=1.0, steps=3)
    np.testing.assert_array_equal(run.states["P_1"][0], np.eye(4))
    expected = np.linalg.inv(np.eye(4) + 3 * np.outer(x, x))
    np.testing.assert_allclose(run.states["P_1"][3], expected, rtol=1e-10, atol=1e-12)
    given = simulate(RecursiveLeastSquares(), weights, x, y, steps=1, constants={"P_1": 10 * np.eye(4)})
    np.testing.assert_array_equal(given.states["P_1"][0], 10 * np.eye(4))


def test_error_ray():
    """THEORY 4, error-ray: full row rank, one sample, TP: the error keeps its direction by the stated factors."""
    weights, x, y = problem((5, 4, 3, 2), None, seed=2)
    run = simulate(TargetProp(), weights, x, y, lr=0.05, steps=10)
    for t in range(10):
        c = 0.0
        for l in range(1, 4):
            below, d = run.activations[l - 1][t], run.error_signals[l - 1][t]
            c += 0.05 * ((below**2).sum() - c * (below * d).sum())
            moved = run.activations[l][t] - c * run.error_signals[l][t]
            np.testing.assert_allclose(run.activations[l][t + 1], moved, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(run.errors[t + 1], (1 - c) * run.errors[t], rtol=1e-9, atol=1e-9)


class Scaled(Rule):
    """Backprop times a symbol."""

    name, title = "scaled", "Scaled"

    def feedback(self, net, l):
        """Return s W_l'."""
        return matmul(Symbol("s"), transpose(net.weight(l)))


class Clipped(Backprop):
    """Backprop whose own definitions replace every derived one: (l + 2) d_l, -G_l / 2 and db_l / 3."""

    name, title = "clipped", "Clipped"

    def error_signal(self, net, l):
        """Return (l + 2) d_l."""
        return matmul(l + 2, super().error_signal(net, l))

    def descent(self, net, l):
        """Return -G_l / 2."""
        return matmul(-1, super().descent(net, l)) / 2

    def bias_update(self, net, l):
        """Return db_l / 3."""
        return super().bias_update(net, l) / 3


class Vanishing(Rule):
    """A feedback of W_l^-1 on scalar layers, with W_2 driven to zero in one step."""

    name, title = "vanishing", "Vanishing"

    def feedback(self, net, l):
        """Return W_l^-1."""
        return Inverse(net.weight(l))


@pytest.mark.parametrize("rule", [Scaled(), Clipped()], ids=repr)
def test_rules_of_ones_own(rule):
    """A user's rule runs by its own definitions, whichever of them it overrides."""
    weights, x, y = problem((4, 3, 3, 2), 5)
    constants = {"s": 0.5} if isinstance(rule, Scaled) else None
    biases = [np.ones(3), np.ones(3), np.ones(2)]
    run = simulate(rule, weights, x, y, lr=0.01, steps=4, biases=biases, constants=constants)
    agrees_with_its_rule(run, "float64")


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("rule", [Backprop(), TargetProp(), GaussNewton(), Kaczmarz()], ids=repr)
def test_divergence_is_reported(rule, dtype):
    """A run that leaves the finite numbers stops before, keeps what is finite, and says the step and the norm."""
    weights, x, y = problem((4, 4, 4, 4), 5)
    run = simulate(rule, weights, x, y, lr=30, steps=400, dtype=dtype)
    assert run.status == "diverged"
    assert 0 < run.steps < 400
    assert [len(W) for W in run.weights] == [run.steps + 1] * 3
    assert [len(U) for U in run.updates] == [run.steps] * 3
    assert len(run.loss) == len(run.errors) == run.steps + 1
    for array in (*run.weights, *run.updates, run.loss):
        assert np.isfinite(array).all()
    norm = np.sqrt(sum((np.longdouble(1) * W[-1] ** 2).sum() for W in map(np.longdouble, run.weights)))
    start = f"Stopped after {run.steps} of 400 steps: after step {run.steps + 1} "
    assert run.message.startswith(start)
    assert f"The norm of the weights was {float(norm):.3g}; lower lr=30.0." in run.message
    again = simulate(rule, weights, x, y, lr=30, steps=run.steps, dtype=dtype)
    assert again.status == "completed"
    np.testing.assert_array_equal(again.loss, run.loss)


def test_a_start_that_overflows():
    """Finite weights whose product is not finite diverge before the first step."""
    run = simulate(Backprop(), [np.full((1, 1), 1e200)] * 3, [1.0], [0.0], steps=3)
    assert (run.status, run.steps, len(run.loss)) == ("diverged", 0, 1)
    assert run.message.startswith("Stopped after 0 of 3 steps: the loss is no longer finite. The norm of the weights")


def test_an_inverse_that_ceases_to_exist():
    """A rule that loses its inverse on the way stops there and says so; one that lacks it at the start is refused."""
    run = simulate(Vanishing(), [[[1.0]], [[1.0]]], [1.0], [0.0], lr=1.0, steps=9)
    assert (run.status, run.steps) == ("diverged", 0)
    assert "after step 1 the rule is no longer defined: 'rule' must be one whose inverses exist" in run.message
    weights, x, y = problem((4, 3, 2), 2)
    with pytest.raises(
        InvalidValueError, match=r"Newton\(\), which inverts a singular 3x3 .* or a batch of more samples"
    ):
        simulate(Newton(), weights, x, y)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"weights": [np.ones((3, 4)), np.ones((2, 4))]},
            ShapeError,
            r"each row of W_1, 3 columns \(got 'W_2 of shape \(2, 4\)",
        ),
        ({"weights": []}, InvalidTypeError, r"'weights' must be a list \[W_1, \.\.\., W_L\]"),
        ({"weights": np.ones((2, 3, 3))}, InvalidTypeError, r"'weights' must be a list .* \(got 'ndarray'\)"),
        ({"weights": [np.ones(3)]}, ShapeError, r"'weights\[0\]' must be two-dimensional"),
        ({"weights": [np.ones((3, 4)), np.full((2, 3), np.nan)]}, InvalidValueError, r"'weights\[1\]' must be finite"),
        ({"x": np.ones(3)}, ShapeError, r"'x' must be of length 4, as W_1 has columns \(got 3\)"),
        ({"y": np.ones(3)}, ShapeError, r"'y' must be of length 2, as W_2 has rows \(got 3\)"),
        ({"weights": [np.ones((3, 4)), np.ones((3, 2))]}, ShapeError, r"of shape \(3, 4\)'\)\. Its transpose fits\."),
        (
            {"x": np.ones((5, 4)), "y": np.ones((2, 5))},
            ShapeError,
            r"'x' must be of shape \(4, B\), .*np.swapaxes\(x, ",
        ),
        (
            {"x": np.ones((4, 5)), "y": np.ones((5, 2))},
            ShapeError,
            r"'y' must be of shape \(2, B\), .*np.swapaxes\(y, ",
        ),
        (
            {"weights": [np.ones((1, 4))], "x": np.ones((4, 5)), "y": np.ones(5)},
            ShapeError,
            r"np.reshape\(y, \(1, 5\)\)",
        ),
        ({"x": np.ones((5, 3)), "y": np.ones((2, 3))}, ShapeError, r"for each of B samples \(got \(5, 3\)\)\.$"),
        ({"weights": [[[1, 2], [3]]]}, ShapeError, r"rows of one length \(got 'rows of shapes \(2,\), \(1,\)'\)"),
        ({"y": np.ones((2, 3))}, ShapeError, r"'y' must be of 1 column, as x has \(got 3\)"),
        ({"x": np.ones((4, 2)), "y": np.ones((2, 3))}, ShapeError, r"'y' must be of 2 columns, as x has \(got 3\)"),
        ({"x": [1, 2, np.inf, 4]}, InvalidValueError, r"'x' must be finite \(got 'inf at \(2, 0\)'\)"),
        ({"y": [np.nan, 0]}, InvalidValueError, r"'y' must be finite"),
        ({"x": "abcd"}, InvalidTypeError, r"'x' must be a matrix of real numbers"),
        ({"x": [1e300] * 4, "dtype": "float32"}, InvalidValueError, r"'x' must be finite"),
        ({"lr": 0}, InvalidValueError, r"'lr' must be a positive finite number \(got 0\)\. Try lr=0\.01"),
        ({"lr": -0.1}, InvalidValueError, r"'lr' must be a positive finite number \(got -0\.1\)"),
        ({"lr": np.nan}, InvalidValueError, r"'lr' must be a positive finite number \(got nan\)"),
        ({"lr": np.inf}, InvalidValueError, r"'lr' must be a positive finite number \(got inf\)"),
        ({"lr": "0.1"}, InvalidTypeError, r"'lr' must be a positive number \(got '0\.1'\)"),
        ({"steps": -1}, InvalidValueError, r"'steps' must be an integer, 0 or more \(got -1\)"),
        ({"steps": 2.5}, InvalidTypeError, r"'steps' must be an integer, 0 or more \(got 2\.5\)"),
        ({"steps": True}, InvalidTypeError, r"'steps' must be an integer, 0 or more \(got True\)"),
        ({"dtype": "float46"}, UnknownNameError, r"exact, float32, float64, mp50 \(got 'float46'\)\. Did you mean"),
        ({"dtype": "float"}, UnknownNameError, r"'dtype' must be one of exact, float32, float64, mp50 \(got 'float'\)"),
        ({"dtype": "mp5"}, InvalidValueError, r"'dtype' must be of 15 to 1000 digits \(got 'mp5'\)\. Try 'mp50'"),
        ({"dtype": "exact"}, InvalidTypeError, r"'weights\[0\]' must be made of integers or fractions \(got 1\.0\)"),
        ({"times": []}, InvalidValueError, r"'times' must be finite numbers that increase, one at least \(got \[\]\)"),
        ({"times": [0, 1, 1]}, InvalidValueError, r"'times' must be finite numbers that increase"),
        ({"times": [0, np.nan]}, InvalidValueError, r"'times' must be finite numbers that increase"),
        ({"times": ["soon"]}, InvalidTypeError, r"'times' must be a list of numbers that increase \(got \['soon'\]\)"),
        ({"times": [0, 1], "lr": 0.1}, InvalidValueError, r"'lr' must be left out where a flow is followed"),
        ({"times": [0, 1], "steps": 5}, InvalidValueError, r"'steps' must be left out where a flow is followed"),
        ({"times": [0, 1], "dtype": "mp50"}, InvalidValueError, r"'dtype' must be 'float64' for a flow \(got 'mp50'\)"),
        (
            {"times": [0], "rule": RecursiveLeastSquares()},
            InvalidValueError,
            r"a continuous time \(got RecursiveLeastSquares",
        ),
        ({"loss": "hinge"}, UnknownNameError, r"'loss' must be one of cross-entropy, squared \(got 'hinge'\)"),
        ({"loss": 3}, InvalidTypeError, r"'loss' must be a name, or a function of x_L and y \(got 3\)"),
        ({"loss": lambda x, y: (x - y)[:1]}, ShapeError, r"returns d_L of shape \(2, 1\) \(got \(1, 1\)\)"),
        ({"loss": lambda x, y: str(x - y)}, InvalidTypeError, r"'loss' must be a matrix of real numbers"),
        ({"loss": "cross-entropy", "y": [2, 0]}, InvalidValueError, r"'y' must be columns of probabilities for loss="),
        ({"loss": "cross-entropy", "y": [2, -1]}, InvalidValueError, r"'y' must be columns of probabilities for loss="),
        ({"dtype": np.float32}, UnknownNameError, r"'dtype' must be one of .* Did you mean 'float32'"),
        ({"rule": TargetProp}, InvalidTypeError, r"'rule' must be a name .*Add parentheses: TargetProp\(\)"),
        ({"biases": [np.ones(3)]}, InvalidTypeError, r"'biases' must be a list of 2 columns, or None"),
        ({"biases": [np.ones(3), np.ones(3)]}, ShapeError, r"'biases' must be of shape \(2, 1\) in layer 2"),
        ({"biases": [np.ones(3), [0, np.nan]]}, InvalidValueError, r"'biases\[1\]' must be finite"),
        ({"constants": {"B_2": np.ones((3, 2))}}, InvalidValueError, r"'constants' must be empty, since Backprop\(\)"),
        (
            {"rule": Scaled()},
            InvalidValueError,
            r"a number for s, which Scaled\(\) uses \(got none\)\. Give constants=\{'s': 0\.5\}, or",
        ),
        ({"seed": -1}, InvalidTypeError, r"'seed' must be an integer from 0, a numpy Generator, or None for 0"),
        ({"seed": 1.5}, InvalidTypeError, r"'seed' must be an integer from 0"),
    ],
)
def test_wrong_input(change, error, message):
    """Each wrong argument is refused by its name, with what was expected and what came."""
    arguments = {"rule": Backprop(), "weights": [np.ones((3, 4)), np.ones((2, 3))], "x": np.ones(4), "y": np.ones(2)}
    with pytest.raises(error, match=message):
        simulate(**(arguments | change))


@pytest.mark.parametrize(
    ("constants", "error", "message"),
    [
        (
            {"B_3": np.ones((3, 2))},
            UnknownNameError,
            r"'constants' must be one of B_1, B_2 \(got 'B_3'\)\. Did you mean",
        ),
        ({"B_2": np.ones((2, 3))}, ShapeError, r"'constants\[B_2\]' must be of shape \(3, 2\) \(got \(2, 3\)\)"),
        ({"B_2": np.full((3, 2), np.nan)}, InvalidValueError, r"'constants\[B_2\]' must be finite"),
    ],
)
def test_wrong_constants(constants, error, message):
    """A constant of an unknown name, a wrong shape or with NaN is refused."""
    with pytest.raises(error, match=message):
        simulate(FeedbackAlignment(), [np.ones((3, 4)), np.ones((2, 3))], np.ones(4), np.ones(2), constants=constants)
