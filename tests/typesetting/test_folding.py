"""Long statements get names for their parts, and stay what they were."""

import numpy as np
import pytest
from sympy import Add, MatMul, MatrixSymbol, Symbol, Trace, ZeroMatrix

from tptheory import (
    Backprop,
    DampedTargetProp,
    DeepLinearNetwork,
    GaussNewton,
    Pinv,
    TargetProp,
    collect,
    evaluate,
    matadd,
    matmul,
    squared_norm,
    trace,
    transpose,
)
from tptheory.typesetting.claims import TextWriter, statements
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.folding import LONG, Naming, folded, length
from tptheory.typesetting.shorthands import ProductAsNumber, SquaredNorm, transposed, with_shorthands
from tptheory.writing.quantities import quantities

WIDTHS = (2, 3, 2, 2)
net = DeepLinearNetwork(widths=WIDTHS)
batched = DeepLinearNetwork(depth=3, batch=Symbol("B", integer=True, positive=True))
W1, W2, W3 = net.weights
A, C = MatrixSymbol("A", 3, 2), MatrixSymbol("C", 3, 2)


def rate(rule):
    """Return the rate of the loss along the flow of a rule, which writes out activations, error and feedback."""
    return rule.flow(net).derivative(net.loss)


def plain(expression):
    """Write shorthands out again."""
    if not getattr(expression, "args", ()) or expression.is_symbol:
        return expression
    args = tuple(map(plain, expression.args))
    if isinstance(expression, SquaredNorm):
        return squared_norm(args[0])
    if isinstance(expression, ProductAsNumber):
        return Trace(args[0])
    return expression.func(*args)


def value(expression, names=()):
    """Evaluate an expression at fixed random matrices, and each name as what it stands for."""
    rng = np.random.default_rng(0)
    values = {s: rng.standard_normal(tuple(map(int, s.shape))) for s in (*net.weights, net.input, net.target, A, C)}
    parts = (expression, *(one.meaning for one in names))
    values |= {s: 0.7 for part in parts for s in part.atoms(Symbol) if s not in {one.name for one in names}}
    for one in names:
        values[one.name] = evaluate(plain(one.meaning), values)
    return np.asarray(evaluate(plain(expression), values), dtype=float)


def moved(quantity):
    """Return the derivative of a quantity along TP's flow."""
    return TargetProp().flow(net).derivative(quantity)


LONG_ONES = [
    rate(TargetProp()) + rate(DampedTargetProp()) + rate(Backprop()),
    rate(Backprop()) + rate(GaussNewton()) - 2 * rate(TargetProp()),
    moved(squared_norm(matmul(Pinv(W2), net.error))),
    moved(squared_norm(net.error)) * moved(trace(matmul(transpose(net.error), W3, W2, W1, net.input))),
    moved(matmul(net.error, transpose(net.error), W3, W2)),
]


@pytest.mark.parametrize("expression", LONG_ONES)
@pytest.mark.parametrize("known", [True, False])
def test_what_is_folded_has_the_value_that_it_had(expression, known):
    """At random matrices the names, put in place, give back the number or the matrix; and the text is shorter."""
    found = folded([expression], quantities([expression]) if known else ())
    short = found(expression)
    assert found.names
    assert np.allclose(value(short, found.names), value(expression), rtol=1e-9)
    assert length(short) + sum(length(one.meaning) for one in found.names) <= length(with_shorthands(expression))


def test_a_name_that_means_something_else_is_noticed():
    """The oracle above can fail: another meaning gives another value."""
    (expression,) = LONG_ONES[:1]
    found = folded([expression], quantities([expression]))
    wrong = (Naming(found.names[0].name, matmul(2, found.names[0].meaning)), *found.names[1:])
    assert not np.allclose(value(found(expression), wrong), value(expression))


def test_each_name_is_explained_before_it_is_used_and_none_is_idle():
    """A reader of the list meets no letter that is explained below, and none that stands nowhere."""
    for expression in LONG_ONES:
        found = folded([expression], quantities([expression]))
        names = [one.name for one in found.names]
        for i, one in enumerate(found.names):
            assert not one.meaning.atoms(MatrixSymbol, Symbol) & set(names[i:])
        used = set().union(
            *(e.atoms(MatrixSymbol, Symbol) for e in (found(expression), *(o.meaning for o in found.names)))
        )
        assert set(names) <= used


def test_what_only_one_other_name_needs_has_no_name_of_its_own():
    """``x_1`` is of no use where it stands in ``x_2 = W_2 x_1`` alone."""
    long = [matmul(*[net.activation(2), transpose(net.activation(2))] * k) for k in range(1, 8)]
    found = folded([matadd(*long)], quantities(long))
    assert (str(found.names[0].name), str(found.names[0].meaning)) == ("x_2", "W_2*W_1*x")
    assert "x_1" not in [str(one.name) for one in found.names]


def test_a_short_statement_is_left_alone():
    """Nobody wants letters for a line that can be read."""
    found = folded([net.error, net.loss], quantities([net.error]))
    assert found.names == ()
    assert found(net.error) == net.error


def test_letters_are_not_those_of_the_claim():
    """A claim that speaks of G gets another letter."""
    G = MatrixSymbol("G", 2, 2)
    long = matmul(G, W3, W2, Pinv(W2), Pinv(W3))
    expression = matadd(*(matmul(*[long] * k) for k in range(1, 9)))
    names = {str(one.name) for one in folded([expression]).names}
    assert names
    assert "G" not in names


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (squared_norm(A), "|A|^2"),
        (squared_norm(transpose(net.error)), "|W_3*W_2*W_1*x - y|^2"),
        (trace(matmul(transpose(A), C)) + trace(matmul(transpose(C), A)), "2*Trace(A.T*C)"),
        (trace(matmul(transpose(net.input), net.input, transpose(net.error), W3, W2, W1, net.input)), None),
        (trace(matmul(net.input, transpose(net.target), W3, W2, W1)), "y.T*W_3*W_2*W_1*x"),
        (Add(Trace(ZeroMatrix(2, 2)), squared_norm(A), evaluate=False), "|A|^2"),
        (trace(W3), "Trace(W_3)"),
    ],
)
def test_shorthands(expression, shown):
    """A squared norm, a product of size 1 and a trace that stands twice are short; what they are does not change."""
    found = with_shorthands(expression)
    assert "Trace(0)" not in str(found)
    if shown is not None:
        assert str(found) == shown
    assert np.allclose(value(found), value(expression.doit() if "Trace(0)" in str(expression) else expression))


def test_a_transpose_is_pushed_down_to_the_letters():
    """It is what `transpose` of the symbolic room gives."""
    for expression in (net.error, matmul(W3, Pinv(W3)), matmul(-2, W2, W1)):
        assert transposed(expression) == transpose(expression)
        assert transposed(transposed(expression)) == expression


def test_known_quantities_are_those_of_the_network():
    """Activations from the first on, and the error if only one depth speaks of it."""
    found = quantities([batched.error, batched.weight(1)])
    assert [str(one.name) for one in found] == ["X_1", "X_2", "X_3", "E"]
    shallow = DeepLinearNetwork(depth=2, batch=batched.batch)
    assert [str(one.name) for one in quantities([batched.error, shallow.error])] == ["X_1", "X_2", "X_3"]
    assert quantities([MatrixSymbol("x_1", 3, 1), net.error]) == []
    assert quantities([A]) == []


def test_no_statement_of_the_library_lacks_a_meaning_or_is_longer_for_its_letters():
    """A sample of the longest theorems: letters save signs, and no trace of nothing is left."""
    nodes = [
        "loss_descends.py::tp_descends_at_balanced_weights",
        "layerwise_and_global.py::target_propagation_never_moves_less",
    ]
    for theorem in (collect(f"proofs/{node}")[0] for node in nodes):
        (said,) = statements(theorem.claim, quantities, TextWriter())
        whole = len(str(said)) + sum(map(len, said.where))
        assert whole < 0.9 * len(theorem.claim.statement())
        assert "Trace(0)" not in str(said)
        assert said.where


def test_the_limit_is_that_of_a_line_or_two():
    """What is called long does not fit on a line of a page."""
    assert 60 <= LONG <= 200
    assert length(MatMul(W3, W2, W1, evaluate=False)) == 3


def test_a_product_that_is_a_number_stands_in_brackets_before_a_matrix():
    """Otherwise its factors would be read as those of the matrix product behind it."""
    u, v, W = MatrixSymbol("u", 2, 1), MatrixSymbol("v", 2, 1), MatrixSymbol("W", 3, 3)
    shown = with_shorthands(MatMul(Trace(u * v.T), W, evaluate=False))
    assert latex_of(shown) == r"\left(v^{\top} u\right) W"
