"""Rules that are equilibria: each is what its dynamics settles to, and the gradient of the energy that it states."""

import numpy as np
import pytest
from sympy import Rational, Symbol

from tptheory import (
    RULES,
    Backprop,
    Conserved,
    DeepLinearNetwork,
    DynamicInversion,
    Equal,
    EquilibriumPropagation,
    LogPdet,
    NaturalGradient,
    Newton,
    Nonincreasing,
    PredictiveCoding,
    damping,
    decide,
    evaluate,
    gradient,
    matadd,
    matmul,
    simulate,
    squared_norm,
    train,
)
from tptheory.preamble import Identity
from tptheory.symbolic.equilibrium_rules import covariance, nudging
from tptheory.symbolic.substitution import substitute

WIDTHS, BATCH = (4, 3, 5, 2), 3
NETS = [DeepLinearNetwork(widths=WIDTHS[: d + 1], batch=BATCH, biases=True) for d in (1, 2, 3)]
ENERGETIC = [PredictiveCoding(), EquilibriumPropagation(), EquilibriumPropagation(Rational(1, 3))]


def drawn(net, seed=0):
    """Return random values of all symbols of a net, with the weights small enough for fast dynamics."""
    rng = np.random.default_rng(seed)
    symbols = (*net.parameters, net.input, net.target)
    return {symbol: rng.standard_normal([int(n) for n in symbol.shape]) / 2 for symbol in symbols}


def values_of(net, values):
    """Return the weights, the biases, the input and the target of a net, with layers counted from 1."""
    W = [None, *(values[net.weight(l)] for l in net.layers)]
    b = [None, *(values[net.bias(l)] for l in net.layers)]
    return W, b, values[net.input], values[net.target]


def settled(net, values, pull):
    """Descend the energy in the activities until they stand still; return the prediction errors and the activities.

    ``pull`` is None for an output that is held at the target, else the strength with which it is nudged there. Nothing
    here is shared with the rules: it is the energy of prediction errors, and its gradient by hand.
    """
    W, b, x, y = values_of(net, values)
    L = net.depth
    z = [x]
    for l in net.layers:
        z.append(W[l] @ z[-1] + b[l])
    if pull is None:
        z[L] = y
    for _ in range(20_000):
        eps = [None, *(z[l] - W[l] @ z[l - 1] - b[l] for l in net.layers)]
        forces = [eps[l] - W[l + 1].T @ eps[l + 1] for l in range(1, L)]
        if pull is not None:
            forces.append(eps[L] + pull * (z[L] - y))
        for l, force in enumerate(forces, start=1):
            z[l] = z[l] - 0.1 * force
        if max((np.abs(force).max() for force in forces), default=0) < 1e-13:
            break
    return eps, z


@pytest.mark.parametrize("net", NETS, ids=lambda net: f"depth {net.depth}")
def test_predictive_coding_is_where_inference_settles(net):
    """The descent is minus the product of prediction errors and activities at equilibrium, and likewise the energy."""
    rule, values = PredictiveCoding(), drawn(net)
    eps, z = settled(net, values, None)
    for l in net.layers:
        np.testing.assert_allclose(evaluate(rule.descent(net, l), values), -eps[l] @ z[l - 1].T, atol=1e-10)
        np.testing.assert_allclose(evaluate(rule.bias_descent(net, l), values)[:, 0], -eps[l].sum(axis=1), atol=1e-10)
    assert evaluate(rule.energy(net), values) == pytest.approx(sum((e**2).sum() for e in eps[1:]) / 2, abs=1e-10)


@pytest.mark.parametrize("beta", [0.01, 0.5, 4.0])
@pytest.mark.parametrize("net", NETS, ids=lambda net: f"depth {net.depth}")
def test_equilibrium_propagation_is_the_contrast_of_two_equilibria(net, beta):
    """The nudged equilibrium less the free one, over beta; the free one is the forward pass and contributes nothing."""
    rule, values = EquilibriumPropagation(), drawn(net)
    free, _ = settled(net, values, 0.0)
    assert max(np.abs(e).max() for e in free[1:]) < 1e-12
    eps, z = settled(net, values, beta)
    at = values | {nudging: beta}
    for l in net.layers:
        np.testing.assert_allclose(evaluate(rule.descent(net, l), at), -eps[l] @ z[l - 1].T / beta, atol=1e-9)
    nudged = sum((e**2).sum() for e in eps[1:]) / 2 + beta * ((z[-1] - values[net.target]) ** 2).sum() / 2
    assert evaluate(rule.energy(net), at) == pytest.approx(nudged / beta, rel=1e-8)


@pytest.mark.parametrize("rule", ENERGETIC, ids=repr)
@pytest.mark.parametrize("net", NETS, ids=lambda net: f"depth {net.depth}")
def test_the_descent_is_the_gradient_of_the_energy_by_finite_differences(rule, net):
    """Central differences in every entry of every parameter."""
    values = drawn(net, seed=1) | ({nudging: 0.7} if rule == EquilibriumPropagation() else {})
    energy, h = rule.energy(net), 1e-5
    for l in net.layers:
        W, found = net.weight(l), np.zeros(net.weight(l).shape, dtype=float)
        for place in np.ndindex(*found.shape):
            step = np.zeros(found.shape)
            step[place] = h
            ahead, behind = (evaluate(energy, {**values, W: values[W] + s * step}) for s in (1, -1))
            found[place] = (ahead - behind) / (2 * h)
        np.testing.assert_allclose(evaluate(rule.descent(net, l), values), found, atol=1e-8)


@pytest.mark.parametrize("rule", ENERGETIC, ids=repr)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_descent_is_proved_to_be_the_gradient_of_the_energy(rule, depth):
    """For all widths, weights and data, at each layer of nets of up to three layers."""
    net = DeepLinearNetwork(depth=depth)
    for l in net.layers:
        assert decide(Equal(gradient(rule.energy(net), net.weight(l)), rule.descent(net, l))).proved


@pytest.mark.parametrize("rule", ENERGETIC, ids=repr)
def test_the_energy_never_rises_along_its_flow(rule):
    """At depth 2, with any batch: proved. The loss itself is another quantity, and the balance is lost."""
    net = DeepLinearNetwork(depth=2, batch=Symbol("B", integer=True, positive=True))
    assert decide(Nonincreasing(rule.energy(net), along=rule.flow(net))).proved
    W_1, W_2 = net.weights
    balance = matadd(matmul(W_2.T, W_2), matmul(-1, W_1, W_1.T))
    assert decide(Conserved(balance, along=Backprop().flow(net))).proved
    assert decide(Conserved(balance, along=rule.flow(net))).refuted


def test_one_layer_learns_as_by_backpropagation():
    """Predictive coding without hidden activities is BP; equilibrium propagation is BP over 1 + beta."""
    net, bp = DeepLinearNetwork(depth=1), Backprop()
    assert decide(Equal(PredictiveCoding().update(net, 1), bp.update(net, 1))).proved
    scaled = matmul(1 + nudging, EquilibriumPropagation().update(net, 1))
    assert decide(Equal(scaled, bp.update(net, 1))).proved
    deep = DeepLinearNetwork(depth=2)
    assert decide(Equal(PredictiveCoding().update(deep, 1), bp.update(deep, 1))).refuted


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_equilibrium_propagation_is_backpropagation_at_beta_0(depth):
    """Proved at every layer; at finite beta it is refuted, with the smallest matrices."""
    net, rule = DeepLinearNetwork(depth=depth), EquilibriumPropagation()
    for l in net.layers:
        at_zero = substitute(rule.descent(net, l), {nudging: Rational(0)})
        assert decide(Equal(at_zero, Backprop().descent(net, l))).proved
        assert decide(Equal(rule.descent(net, l), Backprop().descent(net, l))).refuted


def test_equilibrium_propagation_lies_between_backpropagation_and_predictive_coding():
    """The first order in beta is the one of the docstring; as beta grows, beta G_l tends to predictive coding's."""
    net, rule = NETS[2], EquilibriumPropagation()
    values = drawn(net)
    for l in net.layers:
        at = [evaluate(rule.descent(net, l), values | {nudging: beta}) for beta in (1e-5, 2e-5)]
        zero = evaluate(Backprop().descent(net, l), values)
        slope = (4 * at[0] - at[1] - 3 * zero) / 2e-5
        up, S = net.product(net.depth, l + 1), covariance(net, net.depth)
        e, d = net.error, Backprop().error_signal
        first = matadd(
            matmul(-1, up.T, S, e, net.activation(l - 1).T),
            matmul(-1, d(net, l), d(net, l - 1).T, covariance(net, l - 1)),
        )
        np.testing.assert_allclose(slope, evaluate(first, values), atol=1e-6)
        far = evaluate(rule.descent(net, l), values | {nudging: 1e7})
        np.testing.assert_allclose(
            1e7 * far, evaluate(PredictiveCoding().descent(net, l), values), rtol=1e-4, atol=1e-6
        )


def inversion_law(net, rule, l):
    """Return ``log pdet(a I + B_{l+1} W_{l+1}) - 1/2 |W_l|^2 - 1/2 |b_l|^2``."""
    B = net.layer_matrix("B", l + 1, lambda k: (net.widths[k - 1], net.widths[k]))
    loop = matadd(matmul(rule.leak, Identity(net.widths[l])), matmul(B, net.weight(l + 1)))
    bias = squared_norm(net.bias(l)) / 2 if net.biases else 0
    return LogPdet(loop) - squared_norm(net.weight(l)) / 2 - bias


@pytest.mark.parametrize(
    "net",
    [
        DeepLinearNetwork(depth=2),
        DeepLinearNetwork(depth=3, batch=Symbol("B", integer=True, positive=True), biases=True, loss="any"),
    ],
    ids=repr,
)
def test_dynamic_inversion_conserves_a_log_determinant(net):
    """At every hidden layer, where the loop can be inverted: proved. BP does not."""
    rule = DynamicInversion()
    for l in net.layers[:-1]:
        assert decide(Conserved(inversion_law(net, rule, l), along=rule.flow(net))).proved
        assert not decide(Conserved(inversion_law(net, rule, l), along=Backprop().flow(net)), seconds=3).proved


def test_dynamic_inversion_is_the_steady_state_of_its_loop():
    """The loop ``du/dt = B (d - W u) - a u``, iterated, settles at ``M d``; and the flow's law holds in numbers."""
    rng = np.random.default_rng(4)
    W, B, d = rng.standard_normal((2, 3)), rng.standard_normal((3, 2)) / 2, rng.standard_normal(2)
    B = W.T / 2 + B / 4
    u = np.zeros(3)
    for _ in range(5000):
        u = u + 0.1 * (B @ (d - W @ u) - 0.3 * u)
    net, rule = DeepLinearNetwork(widths=(1, 3, 2)), DynamicInversion(0.3)
    found = evaluate(rule.feedback(net, 2), {net.weight(2): W, net.layer_matrix("B", 2, lambda k: (3, 2)): B})
    np.testing.assert_allclose(found @ d, u, atol=1e-12)
    run = simulate(
        rule, [rng.standard_normal((3, 4)), W], rng.standard_normal(4), d, times=[0, 0.2, 0.4], constants={"B_2": B}
    )
    laws = [
        np.linalg.slogdet(0.3 * np.eye(3) + B @ V)[1] - (U**2).sum() / 2
        for U, V in zip(run.weights[0], run.weights[1], strict=True)
    ]
    assert np.ptp(laws) < 1e-10 < np.ptp(run.loss)


def test_dynamic_inversion_inverts_without_leak():
    """Where ``B`` and ``W`` are square, a leak of 0 gives the inverse; a large one gives ``B`` over it."""
    net = DeepLinearNetwork(widths=(2, 3, 3))
    values = drawn(net) | {net.layer_matrix("B", 2, lambda k: (3, 3)): np.random.default_rng(1).standard_normal((3, 3))}
    inverse, far = (evaluate(DynamicInversion(a).feedback(net, 2), values) for a in (0, 1e8))
    np.testing.assert_allclose(inverse @ values[net.weight(2)], np.eye(3), atol=1e-10)
    np.testing.assert_allclose(1e8 * far, values[net.layer_matrix("B", 2, lambda k: (3, 3))], rtol=1e-6)


@pytest.mark.parametrize("net", NETS, ids=lambda net: f"depth {net.depth}")
def test_the_natural_gradient_divides_by_the_fisher_matrix(net):
    """The Fisher matrix is summed from numerical Jacobians of the output; its factors, damped, divide the gradient."""
    values, lam = drawn(net), 0.2
    W, b, x, _ = values_of(net, values)
    for l in net.layers:

        def output(V, sample, l=l):
            z = x[:, sample]
            for k in net.layers:
                z = (V if k == l else W[k]) @ z + b[k][:, 0]
            return z

        size = W[l].size
        fisher = np.zeros((size, size))
        for sample in range(BATCH):
            base = output(W[l], sample)
            J = np.empty((base.size, size))
            for i in range(size):  # the output is linear in one layer, so that a difference of 1 is exact
                unit = np.zeros(size)
                unit[i] = 1
                J[:, i] = output(W[l] + unit.reshape(W[l].shape, order="F"), sample) - base
            fisher += J.T @ J
        A = np.linalg.multi_dot([np.eye(len(W[-1])), *(W[k] for k in range(net.depth, l, -1)), np.eye(len(W[l]))])
        z = x
        for k in range(1, l):
            z = W[k] @ z + b[k]
        np.testing.assert_allclose(fisher, np.kron(z @ z.T, A.T @ A), atol=1e-10)
        damped = np.kron(z @ z.T + lam * np.eye(len(z)), A.T @ A + lam * np.eye(A.shape[1]))
        G = evaluate(Backprop().descent(net, l), values).reshape(-1, order="F")
        expected = np.linalg.solve(damped, G).reshape(W[l].shape, order="F")
        np.testing.assert_allclose(evaluate(NaturalGradient(lam).descent(net, l), values), expected, atol=1e-9)


def test_the_natural_gradient_without_damping_is_newtons_step():
    """Proved at every layer; with damping it is refuted."""
    net = DeepLinearNetwork(depth=2, batch=Symbol("B", integer=True, positive=True))
    for l in net.layers:
        undamped = substitute(NaturalGradient().descent(net, l), {damping: Rational(0)})
        assert decide(Equal(undamped, Newton().descent(net, l))).proved
    assert decide(Equal(NaturalGradient().descent(net, 2), Newton().descent(net, 2)), seconds=20).refuted


@pytest.mark.parametrize("name", ["pc", "ep", "di", "ng"])
def test_every_rule_is_one_formula_for_any_depth(name):
    """The formula of a net of any depth is compared with those of nets of fixed depth, and it is shown in LaTeX."""
    rule, L = RULES[name](), Symbol("L", integer=True, positive=True)
    net = DeepLinearNetwork(depth=L)
    assert rule.update(net, Symbol("l", integer=True)).shape == net.weight(Symbol("l", integer=True)).shape
    assert "d_{l-1} = " in rule._repr_latex_()


@pytest.mark.parametrize("name", ["pc", "ep", "di", "ng"])
def test_every_rule_simulates_and_trains(name):
    """From its name, at the defaults of its parameters; equilibrium propagation at another beta too."""
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((n, m)) / 2 for m, n in ((4, 3), (3, 3))]
    run = simulate(name, weights, rng.standard_normal(4), rng.standard_normal(3), lr=0.02, steps=50)
    assert run.loss[-1] < run.loss[0]
    if name == "ep":
        other = simulate(name, weights, np.ones(4), np.ones(3), steps=1, constants={"beta": 0.5})
        assert (run.constants, other.constants) == ({"beta": 1}, {"beta": 0.5})
    lr = {"ng": 5.0, "ep": 0.2}.get(name, 0.05)  # the Fisher matrix sums over the batch; nudging at 1 halves a step
    assert train(name, steps=30, lr=lr).train_accuracy > 0.2
