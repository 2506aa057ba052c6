"""What a network is: activations, error and loss, and which arguments it takes."""

import numpy as np
import pytest
from sympy import OneMatrix, Trace, latex

from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.symbolic.expressions import transpose
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss


@pytest.mark.parametrize("widths", [(3, 3, 3), (5, 4, 3, 2), (2, 3, 4, 5), (1, 1), (4, 1, 4)])
@pytest.mark.parametrize("batch", [None, 1, 4])
@pytest.mark.parametrize("biases", [False, True])
def test_forward_pass_and_loss(widths, batch, biases):
    """x_l = W_l x_{l-1} + b_l and 1/2 |x_L - y|^2, summed over samples, as NumPy computes them."""
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=biases)
    rng = np.random.default_rng(0)
    values = {s: rng.standard_normal(tuple(map(int, s.shape))) for s in (*net.parameters, net.input, net.target)}
    x = values[net.input]
    np.testing.assert_array_equal(evaluate(net.activation(0), values), x)
    for l in range(1, net.depth + 1):
        x = values[net.weight(l)] @ x
        if biases:
            x = x + values[net.bias(l)]
        assert net.activation(l).shape == (widths[l], batch or 1)
        np.testing.assert_allclose(evaluate(net.activation(l), values), x, rtol=1e-10, atol=1e-12)
    error = x - values[net.target]
    np.testing.assert_allclose(evaluate(net.error, values), error, rtol=1e-10, atol=1e-12)
    assert evaluate(net.loss, values) == pytest.approx(0.5 * (error**2).sum(), rel=1e-10)


def test_symbols_and_shapes():
    """Weights are W_l of shape (n_l, n_{l-1}), with symbolic widths where only the depth is given."""
    net = DeepLinearNetwork(depth=2, biases=True)
    n = symbols("n_:3", integer=True, positive=True)
    assert net.widths == n
    assert net.weights == (MatrixSymbol("W_1", n[1], n[0]), MatrixSymbol("W_2", n[2], n[1]))
    assert net.parameters == (*net.weights, MatrixSymbol("b_1", n[1], 1), MatrixSymbol("b_2", n[2], 1))
    assert (net.input.shape, net.target.shape, net.samples) == ((n[0], 1), (n[2], 1), 1)
    assert net.ones == Identity(1)
    assert DeepLinearNetwork(depth=2, batch=Symbol("B")).ones == OneMatrix(1, Symbol("B"))
    assert DeepLinearNetwork(depth=2, batch=3).input == MatrixSymbol("X", n[0], 3)


def test_products_of_weights():
    """product(high, low) is W_high ... W_low, and the identity of the right size when it is empty."""
    net = DeepLinearNetwork(depth=3)
    assert net.product(3, 2) == matmul(net.weight(3), net.weight(2))
    assert net.product(2, 2) == net.weight(2)
    assert net.product(3, 4) == Identity(net.widths[3])
    assert net.product(0, 1) == Identity(net.widths[0])
    with pytest.raises(InvalidValueError, match="'high' must be at least low - 1 = 2"):
        net.product(1, 3)
    with pytest.raises(InvalidValueError, match=r"'l' must be a layer in 1\.\.3 \(got 4\)"):
        net.product(4, 3)


def test_losses():
    """The squared loss is half a trace; any other names only its gradient d_L."""
    net = DeepLinearNetwork(depth=1)
    error = matadd(matmul(net.weight(1), net.input), matmul(-1, net.target))
    assert net.error == error
    assert net.loss == Rational(1, 2) * Trace(matmul(transpose(error), error))
    free = DeepLinearNetwork(depth=1, loss="any", batch=5)
    assert free.error == MatrixSymbol("D_1", free.widths[1], 5)
    assert free.loss == UnspecifiedLoss(free.output, free.error)


def test_equality_repr_and_latex():
    """Nets compare by what defines them, show the call that builds them, and display as LaTeX."""
    net = DeepLinearNetwork(widths=(4, 3, 2), batch=5, biases=True, loss="any")
    same = DeepLinearNetwork(2, widths=[4, 3, 2], batch=5, biases=True, loss="any")
    assert net == same
    assert hash(net) == hash(same)
    assert net != DeepLinearNetwork(widths=(4, 3, 2))
    assert net != "net"
    assert repr(net) == "DeepLinearNetwork(widths=(4, 3, 2), batch=5, biases=True, loss='any')"
    assert repr(DeepLinearNetwork(depth=1)) == "DeepLinearNetwork(widths=(n_0, n_1))"
    text = net._repr_latex_()
    assert r"X_{l} = W_{l} X_{l-1} + b_{l},\quad l = 1..2,\quad 4 \to 3 \to 2" in text
    assert r"\mathbb{R}^{4 \times 5}" in text
    assert latex(DeepLinearNetwork(depth=2).error) == "W_{2} W_{1} x - y"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, InvalidTypeError, "'depth' or 'widths' must be given"),
        ({"depth": 0}, InvalidValueError, r"'depth' must be a positive integer \(got 0\)\. Give depth=1"),
        ({"depth": -2}, InvalidValueError, r"'depth' must be a positive integer \(got -2\)"),
        ({"depth": True}, InvalidTypeError, r"'depth' must be a positive integer \(got True\)"),
        ({"depth": 2.0}, InvalidTypeError, r"'depth' must be a positive integer \(got 2\.0\)"),
        ({"depth": 3, "widths": (2, 2)}, InvalidValueError, r"'depth' must be 1, since 2 widths are given \(got 3\)"),
        ({"widths": ()}, InvalidValueError, r"'widths' must be at least an input and an output width \(got \(\)\)"),
        ({"widths": (3,)}, InvalidValueError, r"'widths' must be at least an input and an output width"),
        ({"widths": (3, 0)}, InvalidValueError, r"'widths' must be positive integers .* \(got 0\)\. Give 1 or more"),
        ({"widths": (3, -1, 2)}, InvalidValueError, r"'widths' must be positive integers .* \(got -1\)"),
        ({"widths": (3, 1.5)}, InvalidTypeError, r"'widths' must be positive integers .* \(got 1\.5\)"),
        ({"widths": (3, True)}, InvalidTypeError, r"'widths' must be positive integers .* \(got True\)"),
        ({"widths": "43"}, InvalidTypeError, r"'widths' must be a sequence such as \(4, 3, 2\) \(got '43'\)"),
        ({"widths": 4}, InvalidTypeError, r"'widths' must be a sequence"),
        ({"widths": (2, Rational(3, 2))}, InvalidValueError, r"'widths' must be positive integers"),
        ({"depth": 1, "batch": 0}, InvalidValueError, r"'batch' must be positive integers .* \(got 0\)"),
        ({"depth": 1, "batch": True}, InvalidTypeError, r"'batch' must be positive integers"),
        ({"depth": 1, "loss": "sqared"}, UnknownNameError, r"got 'sqared'\)\. Did you mean 'squared'\?"),
        ({"depth": 1, "loss": "xyz"}, UnknownNameError, r"'loss' must be one of any, squared"),
    ],
)
def test_arguments_are_checked(arguments, error, message):
    """Each wrong argument is refused by its name, with what was expected and what came."""
    with pytest.raises(error, match=message):
        DeepLinearNetwork(**arguments)


@pytest.mark.parametrize("method", ["weight", "bias", "activation"])
@pytest.mark.parametrize(
    ("l", "error", "message"),
    [
        (-1, InvalidValueError, r"'l' must be a layer in [01]\.\.2 \(got -1\)"),
        (3, InvalidValueError, r"'l' must be a layer in [01]\.\.2 \(got 3\)"),
        (True, InvalidTypeError, r"'l' must be an integer in [01]\.\.2 \(got True\)"),
        ("1", InvalidTypeError, r"'l' must be an integer in [01]\.\.2 \(got '1'\)"),
    ],
)
def test_layer_index_out_of_range(method, l, error, message):
    """A layer that does not exist is refused, and so is what is no integer."""
    with pytest.raises(error, match=message):
        getattr(DeepLinearNetwork(depth=2, biases=True), method)(l)


def test_there_is_no_layer_zero_weight_and_no_missing_bias():
    """W_0 does not exist, and b_1 exists only with biases=True."""
    net = DeepLinearNetwork(depth=2)
    with pytest.raises(InvalidValueError, match=r"'l' must be a layer in 1\.\.2 \(got 0\)"):
        net.weight(0)
    with pytest.raises(InvalidValueError, match="'biases' must be True"):
        net.bias(1)
