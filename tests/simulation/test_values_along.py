"""Any expression is evaluated along a run: at each time, with what the run holds by the names of its symbols."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol

from tptheory import (
    DeepLinearNetwork,
    LogPdet,
    Momentum,
    evaluate,
    inner,
    matmul,
    simulate,
    simulate_ensemble,
    squared_norm,
)
from tptheory.errors import (
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnknownNameError,
    UnsupportedExpressionError,
)
from tptheory.simulation.values_along import values_along

WEIGHTS = [np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5]])]
X, Y = np.array([1.0, 0.5]), np.array([-0.5])
ANY_WIDTHS = DeepLinearNetwork(depth=2)
L = Symbol("L", integer=True)


def run_of(rule="bp", **options):
    """Return a run of a few steps."""
    return simulate(rule, WEIGHTS, X, Y, lr=0.05, steps=4, **options)


def test_a_norm_has_one_value_for_each_time():
    """As NumPy has it, whether the widths of the expression are those of the run or symbols."""
    run = run_of()
    expected = np.sum(run.weights[1] ** 2, axis=(1, 2))
    for net in (run.net, ANY_WIDTHS):
        found = run.evaluate(squared_norm(net.weight(2)))
        assert found.shape == (len(run),) == (5,)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
@pytest.mark.parametrize("rule", ["tp", "fa", "damped-tp", "kolen-pollack", Momentum("bp")], ids=str)
def test_what_the_rule_defines_is_what_the_run_recorded(rule, loss):
    """Updates, error signals and changes of states, by the states, constants, step size and target of the run."""
    y = [[1.0, 0.0, 1.0]] if loss == "squared" else [[1.0, 1.0, 1.0]]
    biases = [np.ones(2), np.ones(1)]
    batch = np.arange(6.0).reshape(2, 3) / 5
    run = simulate(rule, WEIGHTS, batch, y, lr=0.05, steps=4, loss=loss, biases=biases, seed=3)
    for l in (1, 2):
        np.testing.assert_allclose(run.evaluate(run.rule.update(run.net, l))[:-1], run.updates[l - 1], atol=1e-12)
        signals = run.evaluate(run.rule.error_signal(run.net, l))
        np.testing.assert_allclose(signals, run.error_signals[l], atol=1e-12)
    for symbol, change in run.rule.step(run.net).items():
        if str(symbol) in run.states:
            np.testing.assert_allclose(run.evaluate(change)[:-1], np.diff(run.states[str(symbol)], axis=0), atol=1e-12)


def test_a_state_has_values():
    """The velocity of a momentum."""
    run = run_of(Momentum("bp"))
    V = MatrixSymbol("V_1", 2, 2)
    np.testing.assert_array_equal(run.evaluate(V), run.states["V_1"])


def test_the_arithmetic_is_that_of_the_run_unless_told():
    """Fractions of an exact run; a logarithm needs another arithmetic; a flow has no step size."""
    run = simulate("bp", [[[1]], [[2]]], [1], [1], lr=Fraction(1, 10), steps=1, dtype="exact")
    squares = run.evaluate(squared_norm(run.net.weight(1)))
    assert squares.tolist() == [1, Fraction(16, 25)]
    logarithm = LogPdet(run.net.weight(2))
    with pytest.raises(UnsupportedExpressionError, match="arithmetic="):
        run.evaluate(logarithm)
    assert float(run.evaluate(logarithm, arithmetic="mp30")[0]) == pytest.approx(np.log(2))
    assert run_of(dtype="float32").evaluate(squared_norm(ANY_WIDTHS.weight(1))).dtype == np.float32
    flow = simulate("bp", WEIGHTS, X, Y, times=[0, 1])
    with pytest.raises(UnknownNameError, match=r"made of what the run holds: W_1, W_2, x, y \(got 'eta'\)"):
        flow.evaluate(flow.rule.update(flow.net, 1))


def test_a_member_of_an_ensemble_is_a_run():
    """It has the target of its own."""
    stacked, targets = [np.stack([W, 2 * W]) for W in WEIGHTS], np.array([[1.0], [2.0]])
    found = simulate_ensemble("bp", stacked, X, targets, lr=0.05, steps=2)
    assert found.target.shape == (2, 1, 1)
    member = found.member(1)
    np.testing.assert_allclose(member.evaluate(member.net.loss), member.loss)


def test_widths_of_the_expression_may_be_symbols():
    """They are read off the shapes, and may be used as numbers."""
    run, W = run_of(), ANY_WIDTHS.weight(1)
    mean = squared_norm(W) / (W.rows * W.cols)
    np.testing.assert_allclose(run.evaluate(mean), np.mean(run.weights[0] ** 2, axis=(1, 2)))
    values = {W: run.weights[0][2]}
    assert run.evaluate(mean)[2] == pytest.approx(float(evaluate(mean, values)))


@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        (squared_norm(MatrixSymbol("W_3", 2, 2)), UnknownNameError, r"\(got 'W_3'\)\. Did you mean 'W_[12]'"),
        (Symbol("s") * inner(ANY_WIDTHS.input, ANY_WIDTHS.input), UnknownNameError, r"\(got 's'\)"),
        (squared_norm(MatrixSymbol("W_1", 3, 3)), ShapeError, "'W_1' must be of shape"),
        ("W_1", InvalidTypeError, "'expression' must be a SymPy expression"),
        (
            Symbol("x") * squared_norm(ANY_WIDTHS.weight(1)),
            InvalidTypeError,
            r'x is a matrix of shape \(2, 1\), as in the run \(got \'a number\'\)\. Take MatrixSymbol\("x", 2, 1\)',
        ),
        (Symbol("W_2"), InvalidTypeError, r"W_2 is a matrix of shape \(1, 2\)"),
        (
            MatrixSymbol("eta", 1, 1),
            InvalidTypeError,
            r'eta is a number, as in the run \(got \'a matrix\'\)\. Take Symbol\("eta"',
        ),
        (squared_norm(DeepLinearNetwork(depth=L).weight(2)), InvalidTypeError, "a depth that is a number .*run.net"),
        (matmul(ANY_WIDTHS.weight(2), MatrixSymbol("Q", ANY_WIDTHS.widths[1], 1)), UnknownNameError, "got 'Q'"),
    ],
)
def test_what_a_run_does_not_hold_is_refused(expression, error, message):
    """By its name, with what the run holds."""
    with pytest.raises(error, match=message):
        run_of().evaluate(expression)


@pytest.mark.parametrize("at", [[], (), range(0)])
def test_values_at_no_time_are_refused(at):
    """Whatever the list of times is."""
    run = run_of()
    with pytest.raises(InvalidValueError, match="'at' must be the number of one time at least"):
        values_along(run, run.net.loss, at)
