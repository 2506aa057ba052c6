"""Momentum, weight decay and feedback that learns: their motion against what it should descend, and their steps."""

import numpy as np
import pytest

from tptheory import matmul, order_in_eta
from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.symbolic.depths import at_depth

NET = DeepLinearNetwork(widths=(3, 4, 2), batch=5, biases=True)


def drawn(motion, seed=0):
    """Draw a value for every symbol of a motion on `NET`."""
    rng = np.random.default_rng(seed)
    symbols = {s for change in motion.values() for s in change.free_symbols} | {*motion, NET.input, NET.target}
    matrices = sorted((s for s in symbols if isinstance(s, MatrixSymbol)), key=str)
    values = {s: rng.standard_normal(tuple(map(int, s.shape))) for s in matrices}
    return values | {s: rng.uniform(0.2, 0.8) for s in sorted(symbols - {*matrices}, key=str)}


def slope(function, A, h=1e-6):
    """Return the gradient of a function of a matrix by central differences, entry by entry."""
    found = np.zeros_like(A)
    for place in np.ndindex(*A.shape):
        shift = np.zeros_like(A)
        shift[place] = h
        found[place] = (function(A + shift) - function(A - shift)) / (2 * h)
    return found


@pytest.mark.parametrize("noise", [0.0, 0.7])
def test_learned_inverses_descend_the_reconstruction_loss(noise):
    """dV_2/dt is minus the slope of 1/(2B) E |V f(X + N) - (X + N)|^2, whose mean two-point noise gives.

    Noise of +-sigma sqrt(n B) in one entry at a time has the covariance sigma^2 I in each sample, and the loss is
    quadratic in the noise.
    """
    rule = LearnedInverse(noise=Rational(round(10 * noise), 10))
    flow = rule.flow(NET)
    values = drawn(flow)
    V, W, b = rule.feedback(NET, 2), values[NET.weight(2)], values[NET.bias(2)]
    X = evaluate(NET.activation(1), values)

    def loss(inverse):
        total = 0.0
        for place in np.ndindex(*X.shape):
            for sign in (1, -1):
                noisy = X.copy()
                noisy[place] += sign * noise * np.sqrt(X.size)
                total += ((inverse @ (W @ noisy + b) - noisy) ** 2).sum() / 2
        return total / (2 * X.size) / X.shape[1]

    np.testing.assert_allclose(evaluate(flow[V], values), -slope(loss, values[V]), rtol=1e-6, atol=1e-6)
    faster = LearnedInverse(noise=rule.noise, rate=3).flow(NET)
    np.testing.assert_allclose(evaluate(faster[V], values), 3 * evaluate(flow[V], values), rtol=1e-12)


def test_weight_mirrors_learn_from_the_mean_of_hebbs_rule():
    """E n (W n)' over noise of covariance sigma^2 I, by its two-point form; then the decay."""
    rule = WeightMirror()
    flow = rule.flow(NET)
    values = drawn(flow)
    B, W = rule.feedback(NET, 2), values[NET.weight(2)]
    sigma, c = values[rule.noise], values[rule.decay]
    noises = [sigma * np.sqrt(4) * np.eye(4)[:, [i]] for i in range(4)]
    hebb = sum(n @ (W @ n).T for n in noises) / 4
    np.testing.assert_allclose(evaluate(flow[B], values), hebb - c * values[B], rtol=1e-12, atol=1e-12)
    assert flow[NET.weight(1)] == matmul(-1, rule.descent(NET, 1))


def test_weight_decay_descends_the_penalised_loss():
    """The velocity of each weight is minus the gradient of the penalised loss, and of each bias that of the loss."""
    rule = WeightDecay()
    flow = rule.flow(NET)
    values = drawn(flow)
    for symbol in (*NET.weights, NET.bias(1), NET.bias(2)):

        def loss(A, symbol=symbol):
            return evaluate(NET.penalised_loss(rule.decay), values | {symbol: A})

        np.testing.assert_allclose(evaluate(flow[symbol], values), -slope(loss, values[symbol]), rtol=1e-6, atol=1e-6)
    assert WeightDecay(decay=0).velocity(NET, 1) == BP.velocity(NET, 1)


def heavy_ball(G, steps=6, h=0.2, mu=0.9, coupled=0.0, decoupled=0.0, ahead=False):
    """Run Polyak's or Nesterov's method as its authors write it, on one matrix with the gradient ``G``."""
    theta, p, m = np.array([[1.0, -2.0], [0.5, 3.0]]), np.zeros((2, 2)), 1 - h * mu
    path = [theta]
    for _ in range(steps):
        at = theta + m * p if ahead else theta
        p = m * p - h**2 * (G(at) + coupled * at)
        theta = theta + p - h * decoupled * theta
        path.append(theta + m * p if ahead else theta)
    return path


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (Momentum(mu=Rational(9, 10)), {}),
        (Nesterov(mu=Rational(9, 10)), {"ahead": True}),
        (Momentum(WeightDecay(decay=Rational(1, 2)), mu=Rational(9, 10)), {"coupled": 0.5}),
        (Nesterov(WeightDecay(decay=Rational(1, 2)), mu=Rational(9, 10)), {"coupled": 0.5, "ahead": True}),
        (WeightDecay(Momentum(mu=Rational(9, 10)), decay=Rational(1, 2)), {"decoupled": 0.5}),
    ],
    ids=str,
)
def test_steps_are_the_textbooks(rule, options):
    """One layer: Polyak's heavy ball, Nesterov's look-ahead gradient, coupled decay, and decoupled decay (SGDW)."""
    net = DeepLinearNetwork(widths=(2, 2), batch=3)
    rng = np.random.default_rng(2)
    X, Y = rng.standard_normal((2, 3)), rng.standard_normal((2, 3))
    path = heavy_ball(lambda W: (W @ X - Y) @ X.T, **options)
    W, V = net.weight(1), MatrixSymbol("V_1", 2, 2)
    values, step = {W: path[0], V: np.zeros((2, 2)), net.input: X, net.target: Y, eta: 0.2}, rule.step(net)
    for expected in path[1:]:
        values |= {symbol: values[symbol] + evaluate(change, values) for symbol, change in step.items()}
        np.testing.assert_allclose(values[W], expected, rtol=1e-12, atol=1e-12)


FLOWING = [
    *(Momentum(), Nesterov(), WeightDecay(), KolenPollack(), WeightMirror(), LearnedInverse()),
    *(WeightDecay(Nesterov(KolenPollack())), Momentum(LearnedInverse(), letter="U")),
]


@pytest.mark.parametrize("rule", FLOWING, ids=repr)
def test_a_step_is_the_flow_to_first_order(rule):
    """What a step adds, less eta times the velocity, is of order eta^2 in what momentum moves, and 0 otherwise."""
    net = DeepLinearNetwork(widths=(1, 2, 1), biases=True)
    flow, step = rule.flow(net), rule.step(net)
    for symbol in step:
        rest = matadd(step[symbol], matmul(-eta, flow[symbol]))
        order = order_in_eta(Equal(rest, 0), trials=2).slope if rest.has(eta) else np.inf
        moved_by_momentum = has_momentum(rule) and symbol in net.parameters
        assert order == (pytest.approx(2, abs=0.01) if moved_by_momentum else np.inf)


def has_momentum(rule):
    """Whether a rule is a momentum, or modifies one."""
    return isinstance(rule, Momentum) or (isinstance(rule, WeightDecay) and has_momentum(rule.rule))


@pytest.mark.parametrize("rule", FLOWING, ids=repr)
def test_feedback_and_signals_are_those_of_the_rule_inside(rule):
    """A modified rule sends errors as the rule that it modifies."""
    inner = rule
    while hasattr(inner, "rule"):
        inner = inner.rule
    for l in (1, 2):
        assert rule.feedback(NET, l) == inner.feedback(NET, l)
        assert rule.error_signal(NET, l) == inner.error_signal(NET, l)
        assert rule.target(NET, l) == inner.target(NET, l)
    assert Momentum(DFA).direct
    assert Momentum(DFA).error_signal(NET, 1) == DFA.error_signal(NET, 1)


def test_kolen_pollack_gives_both_ways_one_update():
    """dB_l is the transpose of dW_l but for the decay of each, in flow and step."""
    rule = KolenPollack(decay=0)
    for motion in (rule.flow(NET), rule.step(NET)):
        values = drawn(motion)
        for l in (1, 2):
            dW, dB = (evaluate(motion[s], values) for s in (NET.weight(l), rule.feedback(NET, l)))
            np.testing.assert_allclose(dB, dW.T, rtol=1e-12)


class Whole(type(BP)):
    """A rule that defines its step as a whole."""

    def step(self, net):
        """Return BP's step."""
        return Step(self, net, dict(super().step(net)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Momentum(3), InvalidTypeError, r"'rule' must be a name such as 'tp', or a Rule \(got 3\)"),
        (lambda: WeightDecay(type(BP)), InvalidTypeError, "Add parentheses"),
        (lambda: Momentum(Whole()), InvalidValueError, "not its step as a whole"),
        (lambda: Momentum(mu=-1), InvalidValueError, r"'mu' must be a number from 0, or a scalar symbol \(got -1\)"),
        (lambda: Momentum(mu="mu"), InvalidTypeError, "'mu' must be a number from 0"),
        (lambda: Momentum(mu=True), InvalidTypeError, "'mu' must be a number from 0"),
        (lambda: Momentum(mu=float("inf")), InvalidValueError, "'mu' must be a number from 0"),
        (lambda: Momentum(mu=1j), InvalidTypeError, "'mu' must be a number from 0"),
        (lambda: Momentum(letter="v"), InvalidValueError, "'letter' must be a capital letter"),
        (lambda: Momentum(letter=3), InvalidTypeError, "'letter' must be a capital letter"),
        (lambda: WeightDecay(decay=MatrixSymbol("C", 2, 2)), InvalidTypeError, "'decay' must be a number from 0"),
        (lambda: KolenPollack(decay=-1), InvalidValueError, "'decay' must be a number from 0"),
        (lambda: WeightMirror(noise=-1), InvalidValueError, "'noise' must be a number from 0"),
        (lambda: LearnedInverse(rate=None), InvalidTypeError, "'rate' must be a number from 0"),
    ],
)
def test_wrong_arguments_are_refused(make, error, message):
    """Each is named, with what was expected and what came."""
    with pytest.raises(error, match=message):
        make()


def test_inverses_at_rate_0_stand_still():
    """They have no state then, and the feedback is a constant of the flow."""
    rule = LearnedInverse(rate=0)
    assert rule.states(NET, 2) == ()
    assert list(rule.flow(NET)) == list(NET.parameters)
    assert [state.symbol for state in learned.states(NET, 2)] == [learned.feedback(NET, 2)]


@pytest.mark.parametrize(("biases", "loss"), [(False, "any"), (True, "squared")])
def test_the_penalised_loss_at_any_depth_is_that_at_each(biases, loss):
    """The sum over the layers is a recursion, and at a depth it is written out."""
    c = Symbol("c")
    whole = DeepLinearNetwork(depth=L, biases=biases, loss=loss).penalised_loss(c)
    for depth in (1, 3):
        fixed = DeepLinearNetwork(depth, biases=biases, loss=loss)
        penalty = c / 2 * sum(squared_norm(W) for W in fixed.weights)
        assert (at_depth(whole, {L: depth}) - fixed.loss - penalty).expand() == 0
        assert (fixed.penalised_loss(c) - fixed.loss - penalty).expand() == 0


@pytest.mark.parametrize("make", [Momentum, Nesterov, WeightDecay])
def test_a_rule_that_is_modified_is_named(make):
    """The name of a rule stands for the rule; an unknown one is refused with the nearest."""
    assert make("tp") == make(TargetProp())
    assert make(make("tp")) == make(make(TargetProp()))
    with pytest.raises(UnknownNameError, match="Did you mean 'tp'"):
        make("tpp")
