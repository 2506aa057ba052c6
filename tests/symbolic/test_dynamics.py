"""Flow and step: what they do to an expression, against stepping the numbers themselves."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from sympy import Trace

from tptheory.errors import InvalidValueError, UnknownNameError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.symbolic.equilibrium_rules import nudging
from tptheory.symbolic.expressions import transpose
from tptheory.symbolic.rules import (
    RULES,
    Backprop,
    Momentum,
    Newton,
    RecursiveLeastSquares,
    TargetProp,
    WeightDecay,
    WeightMirror,
)

NETS = [((3, 3, 3), 4), ((3, 2, 3), 4), ((4, 3, 2), None), ((2, 3, 4), None)]
STEPPED = [
    (rule(), widths, batch)
    for rule in RULES.values()
    for widths, batch in NETS
    if rule is not Newton or batch  # Newton's Gram matrices are invertible for a batch through no wide layer only
]
FLOWING = [case for case in STEPPED if not isinstance(case[0], RecursiveLeastSquares)]


def values_for(net, motion, seed=0):
    """Draw values for every symbol of a net and of a motion on it; states are positive definite."""
    rng = np.random.default_rng(seed)
    used = {symbol for change in motion.values() for symbol in change.free_symbols} | set(motion)
    matrices = {*net.parameters, net.input, net.target, *(s for s in used if isinstance(s, MatrixSymbol))}
    values = {s: rng.standard_normal(tuple(map(int, s.shape))) for s in sorted(matrices, key=str)}
    for s in values:
        if s.name.startswith("P_"):
            values[s] = np.eye(int(s.rows)) + values[s] @ values[s].T
    at = {eta: 0.1, damping: 0.5, nudging: 0.5, Momentum().mu: 0.8, WeightDecay().decay: 0.3, WeightMirror().noise: 0.6}
    return values | at


def moved(values, motion, amount):
    """Move every symbol of a motion by an amount of its change."""
    return values | {s: values[s] + amount * evaluate(change, values) for s, change in motion.items()}


def quantities(net):
    """Return a scalar and two matrices that depend on the parameters through most kinds of node."""
    W = net.weight(2)
    scalar = net.loss + squared_norm(matmul(W, net.activation(1))) * Trace(matmul(transpose(W), W))
    return [scalar, net.activation(1), matadd(matmul(transpose(W), W), transpose(matmul(Pinv(W), W)))]


@pytest.mark.parametrize(("rule", "widths", "batch"), FLOWING, ids=str)
@pytest.mark.parametrize("biases", [False, True])
def test_derivative_along_the_flow(rule, widths, batch, biases):
    """The derivative of an expression along the flow is its central difference along it, to 1e-5 of its size."""
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=biases)
    flow = rule.flow(net)
    values = values_for(net, flow)
    h = 1e-6 / max(1, *(np.abs(evaluate(v, values)).max() for v in flow.values()))
    forward, backward = moved(values, flow, h), moved(values, flow, -h)
    for expression in quantities(net):
        claimed = evaluate(flow.derivative(expression), values)
        measured = (evaluate(expression, forward) - evaluate(expression, backward)) / (2 * h)
        np.testing.assert_allclose(claimed, measured, rtol=1e-5, atol=1e-5 * max(1, np.abs(measured).max()))


@pytest.mark.parametrize(("rule", "widths", "batch"), FLOWING, ids=str)
def test_loss_along_the_flow_is_autograds_gradient_times_velocity(rule, widths, batch):
    """d loss / dt is <gradient by autograd, velocity>, to 1e-9."""
    net = DeepLinearNetwork(widths=widths, batch=batch)
    flow = rule.flow(net)
    values = values_for(net, flow, seed=1)
    x, y = values[net.input], values[net.target]
    slopes = autograd.grad(lambda W: anp.sum((anp.dot(W[1], anp.dot(W[0], x)) - y) ** 2) / 2)(
        [values[W] for W in net.weights]
    )
    velocities = [evaluate(flow[W], values) for W in net.weights]
    expected = sum((slope * velocity).sum() for slope, velocity in zip(slopes, velocities, strict=True))
    assert evaluate(flow.derivative(net.loss), values) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("rule", "widths", "batch"), STEPPED, ids=str)
@pytest.mark.parametrize("biases", [False, True])
def test_after_a_step(rule, widths, batch, biases):
    """step.after(expression) is the expression at the numbers after the step, to 1e-8."""
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=biases)
    step = rule.step(net)
    values = values_for(net, step)
    following = moved(values, step, 1)
    for expression in [*quantities(net), net.error, *step]:
        claimed, oracle = evaluate(step.after(expression), values), evaluate(expression, following)
        np.testing.assert_allclose(claimed, oracle, rtol=1e-8, atol=1e-8 * max(1, np.abs(oracle).max()))


def test_balance_is_conserved_by_backprop_and_changed_by_its_step():
    """THEORY 4, bp-balance: W_2'W_2 - W_1W_1' stands still; one step changes it by eta^2 (G_2'G_2 - G_1G_1')."""
    net = DeepLinearNetwork(widths=(3, 4, 2), batch=5)
    upper, lower = net.weight(2), net.weight(1)
    balance = matadd(matmul(transpose(upper), upper), matmul(-1, lower, transpose(lower)))
    flow, step = Backprop().flow(net), Backprop().step(net)
    values = values_for(net, step)
    np.testing.assert_allclose(evaluate(flow.derivative(balance), values), 0, atol=1e-12)
    G = [evaluate(Backprop().descent(net, l), values) for l in (1, 2)]
    change = evaluate(step.after(balance), values) - evaluate(balance, values)
    np.testing.assert_allclose(change, 0.01 * (G[1].T @ G[1] - G[0] @ G[0].T), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("widths", [(3, 2, 4), (3, 4, 2), (3, 3, 3)])
def test_target_prop_conserves_its_logarithm(widths):
    """THEORY 4, tp-logdet: log pdet W_2 - |W_1|^2/2 - |b_1|^2/2 stands still along TP, wide or tall; not along BP."""
    net = DeepLinearNetwork(widths=widths, batch=4, biases=True)
    law = LogPdet(net.weight(2)) - (squared_norm(net.weight(1)) + squared_norm(net.bias(1))) * Rational(1, 2)
    flow = TargetProp().flow(net)
    values = values_for(net, flow)
    assert evaluate(flow.derivative(law), values) == pytest.approx(0, abs=1e-10)
    assert abs(evaluate(Backprop().flow(net).derivative(law), values)) > 0.1


def test_loss_of_any_kind_along_the_flow():
    """Under a loss that is left open, BP's flow lowers it at the rate of the squared gradients."""
    net = DeepLinearNetwork(widths=(2, 3, 2), batch=4, loss="any")
    flow = Backprop().flow(net)
    values = values_for(net, flow)
    G = [evaluate(Backprop().descent(net, l), values) for l in (1, 2)]
    claimed = evaluate(flow.derivative(net.loss), values)
    assert claimed == pytest.approx(-sum((g**2).sum() for g in G), rel=1e-10)


def test_what_an_open_loss_leaves_open_is_refused():
    """How d_L itself moves is not known under loss='any', so neither flow nor step will say."""
    net = DeepLinearNetwork(depth=2, loss="any")
    rule = Backprop()
    with pytest.raises(UnsupportedExpressionError, match=r"must not contain d_2 .* Use loss='squared'"):
        rule.flow(net).derivative(rule.update(net, 1))
    with pytest.raises(UnsupportedExpressionError, match=r"must not contain d_2 .* Use loss='squared'"):
        rule.step(net).after(inner(net.error, net.output))


def test_a_state_without_continuous_time_is_refused():
    """Recursive least squares has steps and no flow."""
    with pytest.raises(InvalidValueError, match=r"'rule' must be a rule whose state .* use rule\.step\(net\)"):
        RecursiveLeastSquares().flow(DeepLinearNetwork(depth=1))


def test_a_motion_is_a_mapping():
    """Flow and step map each parameter, weights first, and RLS its state too; they compare by rule and net."""
    net = DeepLinearNetwork(depth=2, biases=True)
    flow, step = TargetProp().flow(net), TargetProp().step(net)
    assert list(flow) == list(step) == list(net.parameters)
    assert len(flow) == 4
    assert step[net.weight(1)] == matmul(eta, flow[net.weight(1)])
    assert flow == TargetProp().flow(DeepLinearNetwork(depth=2, biases=True))
    assert hash(flow) == hash(TargetProp().flow(net))
    assert flow != step
    assert flow != Backprop().flow(net)
    assert repr(flow) == f"TargetProp().flow({net!r})"
    states = [RecursiveLeastSquares().state(net, l) for l in (1, 2)]
    assert list(RecursiveLeastSquares().step(net)) == [*net.parameters, *states]


def test_what_moves_is_found_by_its_name():
    """An unknown name is refused, with the nearest one."""
    net = DeepLinearNetwork(depth=2)
    flow = Backprop().flow(net)
    assert flow["W_1"] == flow.get("W_1") == flow[net.weight(1)]
    assert "W_1" in flow
    assert "W_9" not in flow
    with pytest.raises(UnknownNameError, match=r"'symbol' must be one of W_1, W_2 .* Did you mean"):
        flow["W_9"]
