"""Sequences over the layers of a network of any depth: names, shapes, laws, and what they are at a depth."""

import pytest

from tptheory import (
    Backprop,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    KolenPollack,
    LearnedInverse,
    Momentum,
    Nesterov,
    RecursiveLeastSquares,
    TargetProp,
    WeightDecay,
    WeightMirror,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.preamble import *
from tptheory.proving.translation import Translator
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.layers import index_parts, index_text, layer_symbols

net = DeepLinearNetwork(depth=L)
batch = DeepLinearNetwork(depth=L, batch=5, biases=True)


@pytest.mark.parametrize(
    ("index", "parts", "text"),
    [(l, (l, 0), "l"), (l + 1, (l, 1), "l+1"), (L - 2, (L, -2), "L-2"), (3, (None, 3), "3"), (0, (None, 0), "0")],
)
def test_indices(index, parts, text):
    """An index is a symbol, an integer, or their sum, and is written as names write it."""
    assert index_parts(index) == parts
    assert index_text(index) == text


@pytest.mark.parametrize("index", [2 * l, l * L, l + L, True, 1.5, "l"])
def test_other_indices_are_refused(index):
    """What is not a symbol plus an integer has no place among the layers."""
    with pytest.raises(InvalidTypeError, match="'l' must be a layer"):
        index_parts(index)


def test_symbols_carry_their_index():
    """A member is a matrix symbol with a name, an index and sizes of its layer."""
    W = net.weight(l + 1)
    assert (str(W), [str(n) for n in W.shape]) == ("W[l+1]", ["n(l + 1)", "n(l)"])
    assert W == net.weight(l + 1) != net.weight(l)
    assert [str(A) for A in layer_symbols(matmul(net.weight(l), net.activation(l - 1)))] == ["W[l]", "x[l-1]"]


def test_moving_indices():
    """Indices are renamed in names and in sizes, identities too."""
    there = matmul(net.weight(l), net.activation(l - 1)).xreplace({l: k})
    assert there == matmul(net.weight(k), net.activation(k - 1))
    assert str(there) == "W[k]*x[k-1]"
    assert Identity(net.widths[l]).xreplace({l: k}) == Identity(net.widths[k])


def test_laws_of_the_activations():
    """x[0] is the input, and each layer multiplies by its weight."""
    start, step = net.activation(l).sequence.laws()
    assert (str(start.lhs), start.rhs, start.first, start.last) == ("x[0]", net.input, 0, 0)
    assert (str(step.lhs), str(step.rhs), step.first, step.last) == ("x[k]", "W[k]*x[k-1]", 1, L)


def state_pairs(rule, any_depth, fixed, layer):
    """Pair how each state of a layer, and its product with itself, moves at any depth with that at a number."""
    pairs = []
    for whole, part in zip(rule.states(any_depth, l), rule.states(fixed, layer), strict=True):
        for motion in (rule.flow, rule.step):
            pairs.append((motion(any_depth)[whole.symbol], motion(fixed)[part.symbol]))
        squares = [matmul(S, transpose(S)) for S in (whole.symbol, part.symbol)]
        pairs.append((rule.flow(any_depth).derivative(squares[0]), rule.flow(fixed).derivative(squares[1])))
    return pairs


@pytest.mark.parametrize(
    "rule",
    [
        *(Backprop(), TargetProp(), FeedbackAlignment(), DirectFeedbackAlignment(), GaussNewton(), LearnedInverse()),
        *(Momentum(TargetProp()), Nesterov(), WeightDecay(Momentum()), Momentum(WeightDecay(KolenPollack()))),
        *(KolenPollack(), WeightMirror()),
    ],
    ids=repr,
)
@pytest.mark.parametrize(("any_depth", "biases"), [(net, False), (batch, True)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_depth_gives_the_network_of_that_depth(rule, any_depth, biases, depth):
    """Updates, targets, flows and steps of any depth are those of each depth, where the depth is a number."""
    fixed = DeepLinearNetwork(depth, batch=any_depth.batch, biases=biases)
    for layer in range(1, depth + 1):
        at, read = {L: depth, l: layer}, Translator()
        flow, step = rule.flow(any_depth), rule.step(any_depth)
        x, x_l = any_depth.activation(l), fixed.activation(layer)
        for whole, part in (
            (rule.update(any_depth, l), rule.update(fixed, layer)),
            (rule.target(any_depth, l), rule.target(fixed, layer)),
            (flow.derivative(x), rule.flow(fixed).derivative(x_l)),
            (step.after(x), rule.step(fixed).after(x_l)),
            *state_pairs(rule, any_depth, fixed, layer),
        ):
            assert read(at_depth(whole, at)) == read(part)


def test_products_from_either_end():
    """W_L ... W_{l+1} and W_l ... W_1 are recursions; other products are refused."""
    at = {L: 3, l: 1}
    fixed = DeepLinearNetwork(3)
    assert at_depth(net.product(L, l + 1), at) == fixed.product(3, 2)
    assert at_depth(net.product(l, 1), at) == fixed.product(1, 1)
    assert net.product(l, l + 1) == Identity(net.widths[l])
    with pytest.raises(InvalidValueError, match="'low' must be 1, or 'high' the depth"):
        net.product(l + 2, l + 1)


def test_numbers_by_recursion():
    """A recursion without a shape is one of numbers: it stands in products and prints by its name."""
    S = Recursion("S", 0, L, 0, lambda j, S: S + squared_norm(net.activation(j - 1)))
    assert str(S(l) ** 2 + 1) == "S[l]**2 + 1"
    x, W = MatrixSymbol("x", Symbol("n_0", integer=True, positive=True), 1), DeepLinearNetwork(2).weight(1)
    assert at_depth(S(l), {L: 2, l: 2}) == squared_norm(x) + squared_norm(W * x)


def test_what_has_no_end_is_not_listed():
    """The parameters of a network of any depth cannot be listed, and a flow over them cannot be counted."""
    with pytest.raises(InvalidValueError, match="'depth' must be a number"):
        net.weights  # noqa: B018
    with pytest.raises(InvalidValueError, match="'depth' must be a number"):
        list(Backprop().flow(net))
    with pytest.raises(InvalidValueError, match="'depth' must be a number"):
        len(RecursiveLeastSquares().step(net))


def test_a_depth_with_widths_is_refused():
    """Widths fix the depth."""
    with pytest.raises(InvalidValueError, match="'depth' must be a number if widths are given"):
        DeepLinearNetwork(L, widths=(2, 2))


def test_there_is_no_layer_beyond_the_last():
    """What a claim says of W[l+1] up to l = L is refused where the depth is a number."""
    with pytest.raises(InvalidValueError, match="'l' must be a layer of W, 1 to 2"):
        at_depth(net.weight(l + 1), {L: 2, l: 2})
    with pytest.raises(InvalidValueError, match="'l' must be a layer of x, 0 to 2"):
        at_depth(net.activation(l - 1), {L: 2, l: 0})
