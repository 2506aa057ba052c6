"""The learning rules: what each feeds back, and what follows from it."""

import sys

import numpy as np
import pytest
from sympy import latex, sign
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.symbolic.equilibrium_rules import nudging
from tptheory.symbolic.expressions import transpose
from tptheory.symbolic.rule_scalars import noise
from tptheory.symbolic.rules import (
    RULES,
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    DynamicInversion,
    EquilibriumPropagation,
    FeedbackAlignment,
    GaussNewton,
    Kaczmarz,
    KolenPollack,
    LearnedInverse,
    Momentum,
    NaturalGradient,
    Nesterov,
    Newton,
    PredictiveCoding,
    RecursiveLeastSquares,
    TargetProp,
    WeightDecay,
    WeightMirror,
    rule_named,
)

SHAPES = [((3, 3, 3, 3), None), ((3, 2, 3), 4), ((4, 3, 2, 5), 3), ((2, 1, 4), None)]


def values_for(net, rule, seed=0):
    """Draw values for every symbol of a net and of a rule on it; P_l is positive definite, eta 0.3, alpha 0.7."""
    rng = np.random.default_rng(seed)
    step, signal = rule.step(net), rule.error_signal(net, 0)
    used = {symbol for change in (*step.values(), signal) for symbol in change.free_symbols}
    matrices = {*net.parameters, net.input, net.target, *(s for s in used if isinstance(s, MatrixSymbol))}
    values = {s: rng.standard_normal(tuple(map(int, s.shape))) for s in sorted(matrices, key=str)}
    for s in values:
        if s.name.startswith("P_"):
            values[s] = np.eye(int(s.rows)) + values[s] @ values[s].T
    scalars = {
        eta: 0.3,
        alpha: 0.7,
        damping: 0.5,
        Momentum().mu: 0.8,
        KolenPollack().decay: 0.4,
        noise: 0.6,
        nudging: 2.0,
    }
    return values | scalars


def numpy_feedback(rule, net, l, values):
    """Return M_l as an independent hand computes it from the table of rules."""
    W, L = values[net.weight(l)], net.depth
    above = np.linalg.multi_dot([values[net.weight(k)] for k in range(L, l - 1, -1)]) if l < L else W
    symbol = {FeedbackAlignment: f"B_{l}", DirectFeedbackAlignment: f"B_{l - 1}", LearnedInverse: f"V_{l}"}
    symbol |= {KolenPollack: f"B_{l}", WeightMirror: f"B_{l}"}
    if type(rule) in symbol:
        return next(value for key, value in values.items() if str(key) == symbol[type(rule)])
    if isinstance(rule, TargetProp):
        return np.linalg.pinv(W)
    if isinstance(rule, DampedTargetProp):
        return np.linalg.solve(W @ W.T + 0.5 * np.eye(len(W)), W).T
    if isinstance(rule, DynamicInversion):
        B = next(value for key, value in values.items() if str(key) == f"B_{l}")
        return np.linalg.solve(B @ W + 0.5 * np.eye(len(B)), B)
    if isinstance(rule, NaturalGradient):
        return np.linalg.solve(above.T @ above + 0.5 * np.eye(above.shape[1]), above.T)
    if isinstance(rule, Newton):
        return np.linalg.solve(above.T @ above, above.T)
    return np.linalg.pinv(above) if isinstance(rule, GaussNewton) else W.T


def numpy_top(rule, net, e, values):
    """Return d_L as an independent hand computes it from the output error."""
    S, above = np.eye(len(e)), np.eye(len(e))
    for k in range(net.depth, 1, -1):
        above = above @ values[net.weight(k)]
        S = S + above @ above.T
    operators = {
        PredictiveCoding: S,
        EquilibriumPropagation: np.eye(len(e)) + 2 * S,
        NaturalGradient: 1.5 * np.eye(len(e)),
    }
    return np.linalg.solve(operators.get(type(rule), np.eye(len(e))), e)


def by_hand(rule, l, values, G, g):
    """Return dW_l and db_l for eta = 0.3, mu = 0.8, c = 0.4 from the descents, as the textbooks write each rule."""
    named = {str(symbol): value for symbol, value in values.items()}
    if isinstance(rule, WeightDecay | KolenPollack):
        return -0.3 * (G + 0.4 * named[f"W_{l}"]), -0.3 * g
    if not isinstance(rule, Momentum):
        return -0.3 * G, -0.3 * g
    m, moved = 1 - 0.3 * 0.8, []
    for V, force in ((named[f"V_{l}"], G), (named[f"v_{l}"], g)):
        before = 0.3 * V
        p = m * before - 0.3**2 * force
        moved.append(m * p - 0.3**2 * force if isinstance(rule, Nesterov) else p)
    return moved


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("widths", "batch"), SHAPES)
def test_feedback_and_what_follows_from_it(name, widths, batch):
    """M_l has the shape and value of the table; d_l, t_l and dW_l follow from it as THEORY section 0 says."""
    net, rule = DeepLinearNetwork(widths=widths, batch=batch, biases=True), RULES[name]()
    if name == "newton":
        net = DeepLinearNetwork(widths=(3, 3, 3), batch=5, biases=True)
    values = values_for(net, rule)
    top = evaluate(net.error, values)
    d = numpy_top(rule, net, top, values)
    for l in range(net.depth, -1, -1):
        if l < net.depth:
            M = rule.feedback(net, l + 1)
            rows = net.widths[net.depth if rule.direct else l + 1]
            assert M.shape == (net.widths[l], rows)
            value = numpy_feedback(rule, net, l + 1, values)
            np.testing.assert_allclose(evaluate(M, values), value, rtol=1e-9, atol=1e-9)
            d = value @ (top if rule.direct else d)
        x = evaluate(net.activation(l), values)
        assert rule.error_signal(net, l).shape == x.shape
        np.testing.assert_allclose(evaluate(rule.error_signal(net, l), values), d, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(evaluate(rule.target(net, l), values), x - 0.7 * d, rtol=1e-8, atol=1e-8)
        if l == 0:
            continue
        below = evaluate(net.activation(l - 1), values)
        right = evaluate(rule.presynaptic(net, l), values)
        moved, moved_bias = by_hand(rule, l, values, d @ right, d.sum(axis=1, keepdims=True))
        np.testing.assert_allclose(evaluate(rule.update(net, l), values), moved, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(evaluate(rule.bias_update(net, l), values), moved_bias, rtol=1e-8, atol=1e-8)
        if type(rule).presynaptic is Rule.presynaptic:
            np.testing.assert_allclose(right, below.T, rtol=1e-12)


@pytest.mark.parametrize("widths", [(3, 3, 3), (5, 4, 3, 2), (2, 3, 4)])
@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("biases", [False, True])
def test_backprop_descends_the_gradient(widths, batch, biases):
    """Backprop's G_l is gradient(loss, W_l), and its g_l is gradient(loss, b_l)."""
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=biases)
    values = values_for(net, Backprop())
    for l in range(1, net.depth + 1):
        pairs = [(Backprop().descent(net, l), net.weight(l))]
        pairs += [(Backprop().bias_descent(net, l), net.bias(l))] if biases else []
        for claimed, symbol in pairs:
            oracle = evaluate(gradient(net.loss, symbol), values)
            np.testing.assert_allclose(evaluate(claimed, values), oracle, rtol=1e-10, atol=1e-12)


def test_kaczmarz_removes_the_error_in_one_step():
    """One Kaczmarz step of size 1 in one layer solves its sample, and no smaller change does."""
    net = DeepLinearNetwork(widths=(4, 3))
    values = values_for(net, Kaczmarz()) | {eta: 1.0}
    change = evaluate(Kaczmarz().update(net, 1), values)
    after = (values[net.weight(1)] + change) @ values[net.input]
    np.testing.assert_allclose(after, values[net.target], atol=1e-12)
    needed = np.linalg.norm(evaluate(net.error, values)) / np.linalg.norm(values[net.input])
    assert np.linalg.norm(change) == pytest.approx(needed, rel=1e-12)


@pytest.mark.parametrize("l", [1, 2])
def test_newton_minimises_over_one_layer_in_one_step(l):
    """After a Newton step of size 1 in layer l alone, the gradient in that layer is zero."""
    net = DeepLinearNetwork(widths=(3, 2, 4), batch=6)
    values = values_for(net, Kaczmarz()) | {eta: 1.0}
    change = evaluate(Newton().update(net, l), values)
    after = values | {net.weight(l): values[net.weight(l)] + change}
    assert np.abs(evaluate(Backprop().descent(net, l), values)).max() > 0.1
    np.testing.assert_allclose(evaluate(Backprop().descent(net, l), after), 0, atol=1e-9)


def test_recursive_least_squares_is_regularised_least_squares():
    """In one layer, steps of size 1 from W_0 = 0, P = I end at the ridge solution Y X' (X X' + I)^-1."""
    rng = np.random.default_rng(7)
    X, Y = rng.standard_normal((3, 5)), rng.standard_normal((2, 5))
    net, rule = DeepLinearNetwork(widths=(3, 2)), RecursiveLeastSquares()
    W, P = np.zeros((2, 3)), np.eye(3)
    for s in range(5):
        values = {net.weight(1): W, rule.state(net, 1): P, net.input: X[:, s], net.target: Y[:, s], eta: 1.0}
        step = rule.step(net)
        W = W + evaluate(step[net.weight(1)], values)
        P = P + evaluate(step[rule.state(net, 1)], values)
    ridge = np.linalg.inv(X @ X.T + np.eye(3))
    np.testing.assert_allclose(P, ridge, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(W, Y @ X.T @ ridge, rtol=1e-10, atol=1e-12)


def test_damped_target_prop_lies_between_target_prop_and_backprop():
    """Its feedback tends to W+ as lambda vanishes, and lambda times it to W' as lambda grows."""
    net = DeepLinearNetwork(widths=(4, 3))
    W = np.random.default_rng(8).standard_normal((3, 4))
    M = DampedTargetProp().feedback(net, 1)
    np.testing.assert_allclose(evaluate(M, {net.weight(1): W, damping: 1e-9}), np.linalg.pinv(W), atol=1e-7)
    np.testing.assert_allclose(1e9 * evaluate(M, {net.weight(1): W, damping: 1e9}), W.T, atol=1e-6)


def test_a_rule_is_one_method():
    """A subclass that gives feedback alone has updates, and compares and shows itself by its attributes."""

    class Mixed(Rule):
        name, title = "mixed", "Mixed"

        def __init__(self, share):
            self.share = share

        def feedback(self, net, l):
            return matmul(self.share, transpose(net.weight(l)))

    net = DeepLinearNetwork(depth=2)
    expected = matmul(-eta, Symbol("s"), transpose(net.weight(2)), net.error, transpose(net.input))
    assert Mixed(Symbol("s")).update(net, 1) == expected
    assert Mixed(2) == Mixed(2)
    assert Mixed(2) != Mixed(3)
    assert hash(Mixed(2)) == hash(Mixed(2))
    assert repr(Mixed(2)) == "Mixed(share=2)"
    with pytest.raises(NotImplementedError, match=r"'rule' must be one that defines feedback\(net, l\) .got Rule"):
        Rule().update(net, 1)


def test_updates_print_as_they_are_written():
    """Updates of a two-layer net read as the equations of the paper, as text and in LaTeX."""
    net = DeepLinearNetwork(depth=2)
    assert str(TargetProp().update(net, 1)) == "-eta*Pinv(W_2)*(W_2*W_1*x - y)*x.T"
    assert str(Backprop().update(net, 2)) == "-eta*(W_2*W_1*x - y)*x.T*W_1.T"
    assert latex(TargetProp().descent(net, 1)) == r"W_{2}^{+} \left(W_{2} W_{1} x - y\right) x^{T}"
    assert GaussNewton().feedback(net, 1) == Pinv(net.product(2, 1))


def calls_while(action):
    """Count the Python functions that are entered while an action runs."""
    count = 0

    def watch(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        result = action()
    finally:
        sys.setprofile(before)
    return count, result


@pytest.mark.parametrize("rule", [Backprop(), TargetProp()], ids=repr)
@pytest.mark.parametrize("printer", [StrPrinter, LatexPrinter])
def test_printing_a_deep_net_is_linear_in_what_is_printed(rule, printer):
    """All updates of a net of depth 15, 30 and 60 cost no more function calls a character as the depth grows."""
    printer().doprint(rule.update(DeepLinearNetwork(depth=2), 1))
    ratios = []
    for depth in (15, 30, 60):
        net = DeepLinearNetwork(depth=depth)
        updates = [rule.update(net, l) for l in range(1, depth + 1)]
        calls, text = calls_while(lambda updates=updates: "\n".join(printer().doprint(dW) for dW in updates))
        assert text.count("\n") == depth - 1
        ratios.append(calls / len(text))
    assert ratios[1] < 1.05 * ratios[0]
    assert ratios[2] < 1.05 * ratios[1]


@pytest.mark.parametrize("rule", [rule() for rule in RULES.values()], ids=repr)
def test_layer_index_out_of_range(rule):
    """Every rule refuses a layer that does not exist, in each of its methods."""
    net = DeepLinearNetwork(depth=2, biases=True)
    calls = [
        lambda: rule.error_signal(net, 3),
        lambda: rule.error_signal(net, -1),
        lambda: rule.target(net, 3),
        lambda: rule.update(net, 0),
        lambda: rule.update(net, 3),
        lambda: rule.descent(net, 0),
        lambda: rule.feedback(net, 3),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError, match=r"must be (a layer in [01]\.\.2|at least low - 1)"):
            call()
    with pytest.raises(InvalidTypeError, match=r"'l' must be an integer in 1\.\.2 \(got 1\.0\)"):
        rule.update(net, 1.0)


def test_rules_by_name():
    """rule_named knows every name, and suggests the nearest for one that it does not know."""
    for name, rule in RULES.items():
        assert rule_named(name) == rule()
        assert rule.name == name
        assert rule.title
    with pytest.raises(UnknownNameError, match=r"got 'dampedtp'\)\. Did you mean 'damped-tp'\?"):
        rule_named("dampedtp")
    with pytest.raises(UnknownNameError, match=r"'rule' must be one of bp, damped-tp, dfa, .* \(got 'zzzzzz'\)\.$"):
        rule_named("zzzzzz")
    with pytest.raises(InvalidTypeError, match="'rule' must be a string such as 'tp'"):
        rule_named(TargetProp)


class SignSymmetric(Rule):
    """Feedback by the signs of the weights (Liao, Leibo and Poggio, 2016)."""

    def feedback(self, net, l):
        """Return the signs of the transposed weight."""
        return net.weight(l).T.applyfunc(sign)


@pytest.mark.parametrize("depth", [2, Symbol("L", integer=True, positive=True)])
def test_a_function_of_the_entries_is_one_formula(depth):
    """SymPy makes a function of a new variable at each call, which is no branch."""
    net = DeepLinearNetwork(depth=depth)
    assert SignSymmetric().update(net, 2) == SignSymmetric().update(net, 2)


class Halved(Rule):
    """A rule of one's own, whose methods take what those of others take."""

    def feedback(self, net, l):
        """Return half the transpose."""
        return net.weight(l).T / 2


@pytest.mark.parametrize("rule", [TargetProp(), Halved(), Momentum(TargetProp(), Symbol("mu"))], ids=str)
@pytest.mark.parametrize("method", ["update", "feedback", "error_signal", "velocity", "target", "states", "backward"])
def test_what_is_no_network_is_refused(rule, method):
    """A layer in its place, its class, or anything else: by every method of every rule, with the mend."""
    call = getattr(rule, method)
    with pytest.raises(InvalidTypeError, match=rf"'net' must be a network \(got 1\)\. .*: rule\.{method}\(net, l\)"):
        call(1, two)
    with pytest.raises(InvalidTypeError, match=r"'net' must be a network .* Add parentheses: DeepLinearNetwork\("):
        call(DeepLinearNetwork, 1)
    with pytest.raises(InvalidTypeError, match=r"'net' must be a network \(got 'net'\)\. Try rule"):
        call(net="net", l=1)


@pytest.mark.parametrize("method", ["flow", "step"])
def test_motions_are_those_of_networks(method):
    """A class is none, and is told to be called."""
    with pytest.raises(InvalidTypeError, match="Add parentheses"):
        getattr(TargetProp(), method)(DeepLinearNetwork)
    with pytest.raises(InvalidTypeError, match=rf"Try rule\.{method}\(net\) with net"):
        getattr(TargetProp(), method)([2, 2])


def test_a_rule_says_its_article_within_a_sentence():
    """Its author knows whether its title is a name, as in Dale's rule: the title is left alone, the phrase is told."""

    class Named(Halved):
        title = "Mixed rule"

    class Told(Halved):
        title, phrase = "Mixed rule", "the mixed rule"

    told = [Conserved(two.weight(1), along=rule.flow(two)).statement() for rule in (Named(), Told())]
    assert [said.partition("by the flow of ")[2] for said in told] == ["Mixed rule", "the mixed rule"]
