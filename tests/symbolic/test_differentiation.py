"""Gradients and differentials, against autograd, central differences, and what SymPy 1.14 answers."""

import sys

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from sympy import (
    Adjoint,
    BlockMatrix,
    Determinant,
    HadamardPower,
    Identity,
    ImmutableMatrix,
    Inverse,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Pow,
    S,
    Symbol,
    Trace,
    ZeroMatrix,
)
from sympy import trace as sympy_trace
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import Conserved, invertible
from tptheory.errors import InvalidTypeError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.symbolic.derivatives import gradient
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.expressions import LogPdet, Pinv, inner, matadd, matmul, squared_norm, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Backprop
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss

NETS = [
    DeepLinearNetwork(widths=widths, batch=batch, biases=biases)
    for widths in [(3, 3, 3, 3), (5, 4, 3, 2), (2, 3, 4, 5), (2, 4, 1), (3, 2)]
    for batch in (None, 4)
    for biases in (False, True)
]
A, B, C = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 3, 2), MatrixSymbol("C", 2, 3)
a = Symbol("a")
SCALARS = {
    "trace of a product": Trace(matmul(transpose(A), A, B, C)),
    "sum of traces": Trace(matmul(A, A)) + Trace(matmul(B, C, A)),
    "product of traces": Trace(A) * Trace(matmul(B, C, A)) ** 2,
    "squared norm": squared_norm(matadd(matmul(A, B), transpose(C))),
    "inverse": Trace(matmul(Inverse(A), B, C)),
    "positive power": Trace(MatPow(A, 3)),
    "negative power": Trace(MatPow(A, -2)),
    "determinant": Determinant(matadd(A, matmul(B, C))),
    "logarithm of the pseudo-determinant": LogPdet(matmul(C, A)),
    "pseudo-inverse": squared_norm(matmul(Pinv(matmul(A, B)), A)),
    "entry of a 1x1 product": MatrixElement(matmul(OneMatrix(1, 3), A, B, OneMatrix(2, 1)), 0, 0),
    "entries of a symbol": A[0, 1] ** 2 * A[2, 2] - A[1, 0] * B[2, 1] * Trace(A),
    "entry of a product": MatrixElement(matmul(A, B), 2, 0) * MatrixElement(transpose(A), 0, 1),
    "scalar in front": Trace(matmul(a * Trace(A), A, Identity(3))),
}


def values_for(net, seed=0):
    """Draw standard normal values for every symbol of a net."""
    rng = np.random.default_rng(seed)
    return {s: rng.standard_normal(tuple(map(int, s.shape))) for s in (*net.parameters, net.input, net.target)}


def autograd_loss(net, values):
    """Return the loss as a function of a list of parameters, written a second time for autograd."""
    x, y = values[net.input], values[net.target]

    def loss(parameters):
        out = x
        for l in range(net.depth):
            out = anp.dot(parameters[l], out)
            if net.biases:
                out = out + parameters[net.depth + l]
        return anp.sum((out - y) ** 2) / 2

    return loss


def central_difference(function, at, direction, h=1e-6):
    """Return the slope of a function of an array along a direction."""
    return (function(at + h * direction) - function(at - h * direction)) / (2 * h)


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_gradient_of_the_loss_is_autograds(net):
    """gradient(loss, W), the descent of Backprop and autograd agree to 1e-10 in every weight and bias."""
    values = values_for(net)
    oracle = autograd.grad(autograd_loss(net, values))([values[s] for s in net.parameters])
    for symbol, expected in zip(net.parameters, oracle, strict=True):
        claimed = evaluate(gradient(net.loss, symbol), values)
        np.testing.assert_allclose(claimed, expected, rtol=1e-10, atol=1e-10)
    for l in range(1, net.depth + 1):
        np.testing.assert_allclose(evaluate(Backprop().descent(net, l), values), oracle[l - 1], rtol=1e-10, atol=1e-10)
        if net.biases:
            claimed = evaluate(Backprop().bias_descent(net, l), values)
            np.testing.assert_allclose(claimed, oracle[net.depth + l - 1], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_gradient_of_the_loss_is_a_central_difference(net):
    """<gradient(loss, W), D> is the slope of the loss along a random D, to 1e-6."""
    values = values_for(net, seed=1)
    rng = np.random.default_rng(2)
    for symbol in net.parameters:
        direction = rng.standard_normal(values[symbol].shape)
        slope = central_difference(
            lambda W, symbol=symbol: evaluate(net.loss, values | {symbol: W}), values[symbol], direction
        )
        claimed = (evaluate(gradient(net.loss, symbol), values) * direction).sum()
        assert claimed == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", SCALARS)
def test_gradient_and_differential_of_every_node(name):
    """For each node: gradient, differential and central difference give one slope, to 1e-6."""
    expression = SCALARS[name]
    rng = np.random.default_rng(3)
    values = {s: rng.standard_normal(s.shape) for s in (A, B, C)} | {a: 0.7}
    for symbol in (A, B, C):
        direction = rng.standard_normal(symbol.shape)
        slope = central_difference(
            lambda M, symbol=symbol: evaluate(expression, values | {symbol: M}), values[symbol], direction
        )
        D = MatrixSymbol("D", *symbol.shape)
        forward = evaluate(differential(expression, {symbol: D}), values | {D: direction})
        reverse = (evaluate(gradient(expression, symbol), values) * direction).sum()
        assert forward == pytest.approx(slope, rel=1e-6, abs=1e-6)
        assert reverse == pytest.approx(forward, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("inverse", lambda M: anp.trace(anp.dot(anp.linalg.inv(M), anp.eye(3)))),
        ("determinant", anp.linalg.det),
        ("pseudo-inverse", lambda M: anp.sum(anp.linalg.pinv(M) ** 2)),
    ],
)
def test_gradient_through_inverses_is_autograds(name, ours):
    """Inverse, Determinant and Pinv of a well-conditioned matrix have autograd's gradient, to 1e-8."""
    expressions = {"inverse": Trace(Inverse(A)), "determinant": Determinant(A), "pseudo-inverse": squared_norm(Pinv(A))}
    value = np.eye(3) + 0.2 * np.random.default_rng(4).standard_normal((3, 3))
    claimed = evaluate(gradient(expressions[name], A), {A: value})
    np.testing.assert_allclose(claimed, autograd.grad(ours)(value), rtol=1e-8, atol=1e-8)


def test_differential_of_a_matrix():
    """The differential of a matrix expression is its entrywise central difference, to 1e-6."""
    expression = matadd(matmul(2, A, Pinv(B).T, C), matmul(Trace(A), A), MatPow(A, 2), Inverse(A))
    rng = np.random.default_rng(5)
    D = MatrixSymbol("D", 3, 3)
    values = {s: rng.standard_normal(s.shape) for s in (A, B, C, D)}
    slope = central_difference(lambda M: evaluate(expression, values | {A: M}), values[A], values[D])
    np.testing.assert_allclose(evaluate(differential(expression, {A: D}), values), slope, atol=1e-6, rtol=1e-6)


def test_what_does_not_move_has_no_derivative():
    """Constants, and symbols without a velocity, have the zero matrix or 0 as derivative."""
    assert differential(matmul(B, C), {A: A}) == ZeroMatrix(3, 3)
    assert differential(Trace(matmul(B, C)) + a, {A: A}) == 0
    assert gradient(Trace(matmul(B, C)), A) == ZeroMatrix(3, 3)
    assert gradient(a, A) == ZeroMatrix(3, 3)


def test_unspecified_loss_knows_its_gradient():
    """A loss of which only d_L is named moves by <d_L, dx_L>, and its gradient in a weight is BP's."""
    net = DeepLinearNetwork(widths=(2, 3, 2), loss="any")
    W, V = net.weight(1), MatrixSymbol("V", 3, 2)
    assert isinstance(net.loss, UnspecifiedLoss)
    assert differential(net.loss, {W: V}) == inner(net.error, matmul(net.weight(2), V, net.input))
    assert gradient(net.loss, W) == Backprop().descent(net, 1)


def test_trap_sum_of_traces():
    """SymPy 1.14 answers 0 for the derivative of a sum of traces; it is 4W here."""
    W = MatrixSymbol("W", 2, 3)
    expression = Trace(W.T * W) + Trace(W * W.T)
    assert expression.diff(W) == ZeroMatrix(2, 3)
    assert gradient(expression, W) == matmul(4, W)


def test_trap_entry_of_a_product():
    """SymPy 1.14 answers 0 for (e.T*e)[0,0].diff(W); ours is that of Trace(e.T*e), entry by entry."""
    W, x, y = MatrixSymbol("W", 2, 3), MatrixSymbol("x", 3, 1), MatrixSymbol("y", 2, 1)
    e = W * x - y
    expression = (e.T * e)[0, 0]
    assert expression.diff(W) == ZeroMatrix(2, 3)
    error = matadd(matmul(W, x), matmul(-1, y))
    assert gradient(squared_norm(error), W) == matmul(2, error, x.T)
    assert gradient(expression, W) == matmul(2, error, x.T).as_explicit()


def test_an_entry_that_is_a_sum_of_any_length_is_refused():
    """Of a product over a symbolic size SymPy makes a sum over an index; the trace is advised."""
    size = Symbol("n", integer=True, positive=True)
    x = MatrixSymbol("x", size, 1)
    with pytest.raises(UnsupportedExpressionError, match=r"write Trace\(e\.T\*e\), not \(e\.T\*e\)\[0, 0\]"):
        gradient((x.T * x)[0, 0], x)
    assert gradient(Trace(x.T * x), x) == matmul(2, x)


def test_trap_square_of_a_trace():
    """SymPy 1.14 answers 0 for the derivative of trace(I - A)**2; it is -2 tr(I - A) I."""
    expression = sympy_trace(Identity(3) - A) ** 2
    assert expression.diff(A) == ZeroMatrix(3, 3)
    claimed = evaluate(gradient(expression, A), {A: np.diag([1.0, 2.0, 4.0])})
    np.testing.assert_allclose(claimed, 8 * np.eye(3))


def test_trap_block_matrix():
    """SymPy 1.14 recurses without end on the derivative of a block matrix's trace; it is 2 I here."""
    block = BlockMatrix([[A, A], [A, A]])
    limit = sys.getrecursionlimit()
    frame, depth = sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    sys.setrecursionlimit(depth + 200)
    try:
        with pytest.raises(RecursionError):
            Trace(block).diff(A)
    finally:
        sys.setrecursionlimit(limit)
    values = {A: np.diag([1.0, 2.0, 4.0])}
    np.testing.assert_allclose(evaluate(gradient(Trace(block), A), values), 2 * np.eye(3))
    assert evaluate(differential(Trace(block), {A: A}), values) == 14


def test_the_derivative_by_a_number():
    """The derivative by a scalar symbol is a number, through products and traces; an adjoint is a transpose."""
    c = Symbol("c", real=True)
    x = MatrixSymbol("x", 3, 1)
    d = A * x - c * OneMatrix(3, 1)
    assert gradient(c**3, c) == 3 * c**2
    found = gradient(Trace(d.T * d) * c, c)
    values = {A: [[1, 2, 0], [0, 1, 1], [3, 0, 1]], x: [1, 2, 3], c: 5}
    rows = ImmutableMatrix(values[A]) * ImmutableMatrix(values[x]) - c * ImmutableMatrix.ones(3, 1)
    assert evaluate(found, values, arithmetic="exact") == int((c * (rows.T * rows)[0, 0]).diff(c).subs(c, 5))
    assert gradient(Trace(Adjoint(A) * A), A) == gradient(Trace(A.T * A), A)
    assert differential(Adjoint(A), {A: A}) == transpose(A)


def test_refusals():
    """A node without a rule, a matrix where a scalar is due, and a fractional power are refused in words."""
    with pytest.raises(UnsupportedExpressionError, match="got HadamardPower"):
        gradient(Trace(HadamardPower(A, 2)), A)
    with pytest.raises(UnsupportedExpressionError, match="got MatPow"):
        differential(MatPow(A, Symbol("k", integer=True)), {A: A})
    with pytest.raises(InvalidTypeError, match=r"'expression' must be a scalar expression .* Take its Trace"):
        gradient(A, A)
    with pytest.raises(InvalidTypeError, match="'symbol' must be a MatrixSymbol or a Symbol"):
        gradient(Trace(A), 3)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("singular", [False, True])
def test_a_determinant_moves_by_its_adjugate(size, singular):
    """``d det A = tr(adj(A) dA)``, as SymPy's determinant of ``A + t D`` says, also where ``A`` is singular."""
    M, D = (MatrixSymbol(name, size, size) for name in "MD")
    value = ImmutableMatrix(size, size, lambda i, j: (3 * i + j * j + i * j + 1) % 5 - 1)
    value = value * ImmutableMatrix(size, size, lambda i, j: int(i == j != size - 1)) if singular else value
    along = ImmutableMatrix(size, size, lambda i, j: 2 * i - j + 1)
    t = Symbol("t")
    expected = (value + t * along).det().diff(t).subs(t, 0)
    claimed = differential(Determinant(M), {M: D})
    assert not claimed.has(Inverse, Pinv)
    assert evaluate(claimed, {M: value.tolist(), D: along.tolist()}, arithmetic="exact") == int(expected)
    slope = evaluate(gradient(Determinant(M), M), {M: value.tolist()}, arithmetic="exact")
    assert sum(int(slope[i, j]) * along[i, j] for i in range(size) for j in range(size)) == expected


def test_a_determinant_of_any_size_needs_an_inverse():
    """Its rate is refused, unless the matrix is known to be invertible; a determinant that stands still has none."""
    n = Symbol("n", integer=True, positive=True)
    M, D = MatrixSymbol("M", n, n), MatrixSymbol("D", n, n)
    with pytest.raises(UnsupportedExpressionError, match=r"invertible=\[M\], take LogPdet\(M\)"):
        differential(Determinant(M), {M: D})
    with pytest.raises(UnsupportedExpressionError, match="may be singular"):
        gradient(Determinant(M), M)
    assert differential(Determinant(M), {M: D}, invertible=[M]) == Determinant(M) * Trace(Pinv(M) * D)
    assert differential(Determinant(M), {D: M}) == 0
    net = DeepLinearNetwork(widths=(n, n, n))
    flow, W = Backprop().flow(net), net.weight(1)
    assert Conserved(Determinant(W), along=flow, given=[invertible(W)]).goals()[0].residual().has(Pinv(W))


def test_an_explicit_matrix_moves_entry_by_entry():
    """What stands in an explicit matrix moves; it is not a constant because it is written out."""
    M, D = MatrixSymbol("M", 2, 2), MatrixSymbol("D", 2, 2)
    explicit = ImmutableMatrix([[M[0, 0], 2 * M[0, 1]], [1, Trace(M)]])
    assert differential(explicit, {M: D}) == ImmutableMatrix([[D[0, 0], 2 * D[0, 1]], [0, Trace(D)]])
    assert differential(ImmutableMatrix([[1, 2]]), {M: D}) == ZeroMatrix(1, 2)
    assert differential(matmul(explicit, M), {M: D}) != matmul(explicit, D)
    with pytest.raises(UnsupportedExpressionError):
        gradient(Trace(explicit * explicit), M)
    net = DeepLinearNetwork(widths=(2, 2, 2))
    W, step = net.weight(1), Backprop().step(net)
    after = step.after(ImmutableMatrix([[W[0, 0]]]))
    assert after == ImmutableMatrix([[MatrixElement(matadd(W, step[W]), 0, 0)]])


def test_powers_zero_are_one():
    """No inverse is assumed of a matrix, or a number, to the power 0."""
    from tptheory.proving.translation import Translator

    n, x = Symbol("n", integer=True, positive=True), Symbol("x", real=True)
    M, read = MatrixSymbol("M", n, n), Translator()
    assert read(MatPow(M, 0)) == read(Identity(n))
    assert read(Pow(x, 0, evaluate=False)) == read(S.One)
    assert read.hypotheses == []
    assert differential(MatPow(M, 0), {M: M}) == ZeroMatrix(n, n)


def test_the_gradient_of_an_entry_is_one_at_its_place():
    """Explicit at sizes that are numbers, of blocks at any size; where the place is no number, it is refused."""
    assert gradient(A[0, 1], A) == ImmutableMatrix([[0, 1, 0], [0, 0, 0], [0, 0, 0]])
    assert gradient(A[0, 0] * A[1, 1] - A[0, 1], A) == ImmutableMatrix([[A[1, 1], -1, 0], [0, A[0, 0], 0], [0, 0, 0]])
    size, place = (Symbol(name, integer=True, positive=True) for name in "ni")
    N = MatrixSymbol("N", size, size)
    found = evaluate(gradient(Trace(N) * N[1, 0], N), {N: np.arange(9.0).reshape(3, 3)})
    np.testing.assert_array_equal(found, [[3, 0, 0], [12, 3, 0], [0, 0, 3]])
    with pytest.raises(UnsupportedExpressionError, match=r"must have entries at numbers.*Take its derivative"):
        gradient(N[place, 0], N)


def test_a_determinant_of_any_size_advises_what_both_functions_take():
    """With what is known to be invertible it has a gradient and a derivative."""
    size = Symbol("n", integer=True, positive=True)
    N, D = MatrixSymbol("N", size, size), MatrixSymbol("D", size, size)
    with pytest.raises(UnsupportedExpressionError, match=r"elsewhere give invertible=\[N\], take LogPdet\(N\)"):
        gradient(Determinant(N), N)
    assert gradient(Determinant(N), N, invertible=[N]) == Determinant(N) * transpose(Pinv(N))
    assert differential(Determinant(N), {N: D}, invertible=[N]) == Determinant(N) * Trace(Pinv(N) * D)


def test_velocities_are_a_mapping():
    """What is called as `derivative` is called is told, with both calls."""
    with pytest.raises(InvalidTypeError, match=r"'velocities' must be a mapping .* or derivative\(f, W, V\)"):
        differential(Trace(A), A, A)
