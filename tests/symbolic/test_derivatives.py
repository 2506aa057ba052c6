"""Derivatives in time, in a direction and by a number, against exact dual numbers, jets and 60 digits."""

import mpmath
import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import (
    Abs,
    BlockMatrix,
    Derivative,
    Determinant,
    Function,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    Integer,
    Inverse,
    KroneckerProduct,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    floor,
    sign,
    symbols,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import (
    Backprop,
    DampedTargetProp,
    DeepLinearNetwork,
    LogPdet,
    Pinv,
    Rank,
    Recursion,
    TargetProp,
    conservation_laws,
    damping,
    derivative,
    evaluate,
    gradient,
    inner,
    matadd,
    matmul,
    squared_norm,
)
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate_with
from tptheory.numeric.jets import JetArithmetic
from tptheory.numeric.rationals import ExactArithmetic

A, B, C = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 3, 2), MatrixSymbol("C", 2, 3)
V, U = MatrixSymbol("V", 3, 3), MatrixSymbol("U", 3, 2)
s, r = symbols("s r", real=True)
MATRICES = {
    "product": matmul(s, A, B, C, A.T),
    "inverse": matmul(Inverse(matadd(matmul(A, A.T), matmul(s, Identity(3)))), A),
    "wide pseudo-inverse": matmul(A, Pinv(matmul(C, A)), C),
    "tall pseudo-inverse": matmul(C, A, Pinv(B).T, B.T, s * Pinv(B).T),
    "pseudo-inverse of low rank": Pinv(matmul(A, B, C)),
    "number in front": matmul(Trace(A) / s, Pinv(A), B),
    "power": MatPow(A, 2) * B,
    "negative power": MatPow(A, -2),
    "blocks": BlockMatrix([[A, matmul(A, B)], [C, matmul(C, A, B)]]) * OneMatrix(5, 1),
    "entrywise product": HadamardProduct(A, matmul(B, C), A.T),
    "Kronecker product": KroneckerProduct(matmul(A, B), C) * OneMatrix(6, 1),
    "written out": ImmutableMatrix([[A[0, 1] * s, Trace(matmul(B, C))], [1, s**2]]),
}
NUMBERS = {
    "trace": Trace(matmul(A, B, C)) ** 2 * s,
    "entry": A[1, 2] * MatrixElement(Pinv(matmul(A, B)), 1, 0) / s,
    "determinant": Determinant(matadd(A, matmul(s, B, C))),
    "trace with pseudo-inverses": Trace(matmul(Pinv(matmul(A, B)), A, Pinv(C))),
    "squared norm": squared_norm(Pinv(matmul(A, B, C))),
    "trace of blocks": Trace(BlockMatrix([[A, B], [C, matmul(C, B)]]) * BlockMatrix([[A.T, B], [C, matmul(C, A, B)]])),
    "trace of an entrywise product": Trace(HadamardProduct(A, matmul(B, C), A)),
}
GRADIENTS = [name for name in NUMBERS if name != "entry"]
CASES = MATRICES | NUMBERS


def point(*wanted, seed=0):
    """Draw small integers for matrices, and 3 and 2 for the numbers s and r."""
    rng = np.random.default_rng(seed)
    fixed = {s: fmpq(3), r: fmpq(2)}
    return {
        W: fixed.get(W) if isinstance(W, Symbol) else fmpq_mat(*W.shape, rng.integers(-4, 5, W.rows * W.cols).tolist())
        for W in wanted
    }


def rate_by_jets(expression, values, velocities, order=2):
    """Return the Taylor coefficients of an expression, by exact jets, where symbols move at a constant velocity."""
    kind = JetArithmetic(ExactArithmetic(), order)
    moving = {W: kind.jet([value, *([velocities[W]] if W in velocities else [])]) for W, value in values.items()}
    found = evaluate_with(kind, expression, moving)
    return [found.coefficient(k) for k in range(order)]


@pytest.mark.parametrize("name", CASES)
def test_a_direction_is_a_dual_number(name):
    """Along A -> A + t V, B -> B + t U and s -> s + 2 t, each node has the rate of exact dual numbers."""
    expression = CASES[name]
    values, directions = point(A, B, C, s), point(V, U, seed=1)
    claimed = derivative(expression, {A: V, B: U, s: 2})
    expected = rate_by_jets(expression, values, {A: directions[V], B: directions[U], s: fmpq(2)})[1]
    assert evaluate(claimed, values | directions, arithmetic="exact") == expected
    assert expected != expected * 0
    alone = derivative(expression, A, V)
    assert (
        evaluate(alone, values | directions, arithmetic="exact")
        == rate_by_jets(expression, values, {A: directions[V]})[1]
    )


@pytest.mark.parametrize("name", [name for name, expression in CASES.items() if expression.has(s)])
def test_by_a_number_is_a_dual_number(name):
    """By s; and in the direction s^2 it is s^2 times that."""
    values = point(A, B, C, s)
    expected = rate_by_jets(CASES[name], values, {s: fmpq(1)})[1]
    assert evaluate(derivative(CASES[name], s), values, arithmetic="exact") == expected
    assert evaluate(derivative(CASES[name], s, s**2), values, arithmetic="exact") == expected * 9


@pytest.mark.parametrize("symbol", [A, B, C], ids=str)
@pytest.mark.parametrize("name", GRADIENTS)
def test_the_gradient_holds_every_direction(name, symbol):
    """<gradient, V> is the derivative in the direction V, exactly, through Pinv, blocks and entrywise products too."""
    values = point(A, B, C, s)
    along = MatrixSymbol("D", *symbol.shape)
    direction = point(along, seed=2)
    paired = inner(gradient(NUMBERS[name], symbol), along)
    expected = rate_by_jets(NUMBERS[name], values, {symbol: direction[along]})[1]
    assert evaluate(paired, values | direction, arithmetic="exact") == expected


@pytest.mark.parametrize(
    ("expression", "symbol"),
    [(LogPdet(matmul(B, C)), B), (exp(Trace(Pinv(A))) * LogPdet(A), A), (squared_norm(Pinv(B) * A * B) ** (s / 2), B)],
    ids=str,
)
def test_what_is_not_rational_is_a_central_difference(expression, symbol):
    """In 60 digits, with a step of 10^-20, to 10^-36."""
    along = MatrixSymbol("D", *symbol.shape)
    values = {W: np.array(M.tolist(), dtype=object) for W, M in point(A, B, C, seed=3).items()} | {s: 3}
    direction = np.array(point(along, seed=4)[along].tolist(), dtype=object)
    values = {W: np.vectorize(lambda q: int(q.p))(M) if W is not s else M for W, M in values.items()}
    direction = np.vectorize(lambda q: int(q.p))(direction)
    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -20
        ahead, behind = (
            evaluate(expression, values | {symbol: values[symbol] + sign * h * direction}, arithmetic="mp60")
            for sign in (1, -1)
        )
        claimed = evaluate(derivative(expression, symbol, along), values | {along: direction}, arithmetic="mp60")
        assert abs(claimed - (ahead - behind) / (2 * h)) < mpmath.mpf(10) ** -36 * abs(claimed)
        assert claimed != 0


def curve(flow, values, order):
    """Return the parameters as jets along the flow: the coefficient of t^k of a velocity gives that of t^(k+1)."""
    exact = ExactArithmetic()
    path = {W: [values[W]] for W in flow}
    for k in range(order - 1):
        kind = JetArithmetic(exact, k + 1)
        now = {W: kind.jet(parts) for W, parts in path.items()}
        still = {
            W: value if isinstance(W, Symbol) else kind.jet([value]) for W, value in values.items() if W not in path
        }
        for W, parts in path.items():
            parts.append(evaluate_with(kind, flow[W], still | now).coefficient(k) * fmpq(1, k + 1))
    return {W: JetArithmetic(exact, order).jet(parts) for W, parts in path.items()}


@pytest.mark.parametrize("rule", [Backprop(), TargetProp(), DampedTargetProp()], ids=repr)
@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 2, 3, 1)], ids=str)
def test_a_second_derivative_along_a_flow_is_a_jet_of_order_three(rule, widths):
    """Applied twice it is twice the coefficient of t^2; velocities with pseudo-inverses move too."""
    net = DeepLinearNetwork(widths=widths)
    flow = rule.flow(net)
    values = point(*net.parameters, net.input, net.target, seed=5) | {damping: fmpq(1, 3)}
    kind = JetArithmetic(ExactArithmetic(), 3)
    moving = curve(flow, values, 3)
    still = {W: kind.jet([value]) for W, value in values.items() if W not in moving}
    for quantity in (net.loss, net.weight(1), Pinv(net.weight(2)), matmul(net.weight(2), net.weight(1))):
        first = derivative(quantity, along=flow)
        second = derivative(first, along=flow)
        jet = evaluate_with(kind, quantity, still | moving)
        assert evaluate(first, values, arithmetic="exact") == jet.coefficient(1)
        assert evaluate(second, values, arithmetic="exact") == jet.coefficient(2) * 2
        assert jet.coefficient(2) != jet.coefficient(2) * 0


def test_a_network_of_any_depth_has_derivatives_along_its_flow():
    """Members of recursions move as their recursions say, a second time as well; by a symbol they are refused."""
    net = DeepLinearNetwork(depth=Symbol("L", integer=True, positive=True))
    flow, l = Backprop().flow(net), Symbol("l", integer=True)
    once = derivative(net.weight(l), along=flow)
    assert derivative(once, along=flow).shape == net.weight(l).shape
    with pytest.raises(UnsupportedExpressionError, match="whose layer may be that of a symbol that moves"):
        derivative(net.output, net.weight(1), net.weight(1))


def test_a_conserved_quantity_has_no_derivative():
    """The law that TP's flow keeps at widths (2, 2, 1) has derivative 0 at a point, exactly."""
    (law,) = conservation_laws(TargetProp(), (2, 2, 1)).laws
    net = DeepLinearNetwork(widths=(2, 2, 1))
    values = point(*net.parameters, net.input, net.target, seed=6)
    assert evaluate(derivative(law, along=TargetProp().flow(net)), values, arithmetic="exact") == 0


def test_what_does_not_move_has_derivative_zero():
    """A zero matrix of its shape, or the number 0."""
    assert derivative(matmul(B, C), A, V) == ZeroMatrix(3, 3)
    assert derivative(Trace(A), s) == 0
    assert derivative(7, s) == 0
    assert derivative(BlockMatrix([[B, A]]), C, C) == ZeroMatrix(3, 5)


n = Symbol("n", integer=True, positive=True)
N = MatrixSymbol("N", n, n)
NET = DeepLinearNetwork(depth=2)
FLOW = Backprop().flow(NET)
ANY = Backprop().flow(DeepLinearNetwork(depth=2, loss="any"))
BAD = {
    "text": (("A", A, V), {}, InvalidTypeError, "'expression' must be a SymPy expression .* Text is never evaluated"),
    "an equation": ((Trace(A) > 0, A, V), {}, InvalidTypeError, "'expression' must be a matrix or a number"),
    "nothing to move": ((A,), {}, InvalidTypeError, r"'by' must be a MatrixSymbol.* Or give along=rule\.flow\(net\)"),
    "no symbol": ((A, Trace(A)), {}, InvalidTypeError, "'by' must be a MatrixSymbol"),
    "no direction": ((A, A), {}, InvalidTypeError, r"'direction' must be given for the matrix A .* gradient\(f, A\)"),
    "a number for a matrix": ((A, A, 1), {}, InvalidTypeError, "'direction' must be a SymPy matrix"),
    "a matrix for a number": ((s * A, s, A), {}, InvalidTypeError, "'direction' must be a number, as s is one"),
    "another shape": ((A, A, U), {}, ShapeError, r"'direction' must be of the shape \(3, 3\) of A \(got \(3, 2\)\)"),
    "an empty mapping": ((A, {}), {}, InvalidValueError, "'by' must be a mapping of at least one symbol"),
    "a mapping and more": ((A, {A: V}, V), {}, InvalidTypeError, "'direction' must be left out"),
    "a flow as by": ((NET.output, FLOW), {}, InvalidTypeError, "Give a flow as along=flow"),
    "a flow and a symbol": ((NET.output, A, V), {"along": FLOW}, InvalidTypeError, "'by' must be left out"),
    "a flow and a direction": ((A, None, V), {"along": FLOW}, InvalidTypeError, "'direction' must be left out"),
    "a step": ((A,), {"along": Backprop().step(NET)}, InvalidTypeError, r"Try step\.after\(expression\)"),
    "a rule": ((A,), {"along": Backprop()}, InvalidTypeError, r"Try rule\.flow\(net\)"),
    "an open loss": ((ANY.net.error,), {"along": ANY}, UnsupportedExpressionError, "depends on the loss"),
    "a size": ((Trace(N), n), {}, InvalidValueError, "'by' must be no size of a matrix .* N has this size"),
    "another symbol of the name": (
        (s**2, Symbol("s")),
        {},
        InvalidValueError,
        r"another s than the one in the expression.*assumptions count",
    ),
    "a sum over an index": ((Sum(A[n, 0], (n, 0, 2)), A, V), {}, UnsupportedExpressionError, "got Sum"),
    "a rank": ((Rank(A), A, V), {}, UnsupportedExpressionError, r"got Rank: rank.A.\)"),
    "a rank beside others": ((Rank(A) * Trace(A), A, V), {}, UnsupportedExpressionError, "got Rank"),
    "a modulus of a complex number": (
        (matmul(Abs(Symbol("z")), A), Symbol("z")),
        {},
        UnsupportedExpressionError,
        r"a derivative by z in the real numbers .got Abs.z., which has none.. Declare it as Symbol.'z', real=True.",
    ),
    "a jump": ((s * sign(s), s), {}, UnsupportedExpressionError, r"got sign\(s\), which has none"),
    "steps of a trace": (
        (floor(Trace(A)), A, V),
        {},
        UnsupportedExpressionError,
        r"by Trace.A. in the real numbers .got floor.Trace.A..,",
    ),
    "the rank": ((MatPow(A, s), A, V), {}, UnsupportedExpressionError, "got MatPow"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_error(name):
    """Each names the argument, what was expected, and what came."""
    positional, named, error, words = BAD[name]
    with pytest.raises(error, match=words):
        derivative(*positional, **named)


def test_a_modulus_and_a_named_function_have_derivatives():
    """The failing twins: where the number is real ``|s|`` has one, and ``f(s)`` keeps SymPy's ``Derivative``."""
    t, f = Symbol("t", real=True), Function("f")
    assert derivative(matmul(Abs(t), A), t) == matmul(sign(t), A)
    assert derivative(f(t), t) == Derivative(f(t), t)


def test_a_gradient_reads_no_text_and_knows_no_size():
    """Text is refused unread, and so is a size, which is a whole number."""
    with pytest.raises(InvalidTypeError, match="Text is never evaluated"):
        gradient("Trace(A)", A)
    with pytest.raises(InvalidValueError, match="'symbol' must be no size of a matrix"):
        gradient(n * Trace(N), n)


def test_a_gradient_in_a_network_of_any_depth_is_refused_where_a_member_may_move():
    """Recursions, sums over the layers, and another layer whose index may be the same: none of them is constant."""
    L, l, k, s = Symbol("L", integer=True), Symbol("l", integer=True), Symbol("k", integer=True), Symbol("s", real=True)
    net = DeepLinearNetwork(depth=L)
    lengths = Recursion("N", 0, L, 0, lambda k, N: N + squared_norm(net.weight(k)))
    powers = Recursion("P", 0, L, Integer(1), lambda k, P: s * P)
    W = net.weight(l)
    assert gradient(squared_norm(W), W) == matmul(2, W)
    hidden = (net.loss, squared_norm(net.product(L, 1)), squared_norm(net.weight(k)), lengths(L))
    for expression, symbol in (*((e, W) for e in hidden), (powers(L), s)):
        with pytest.raises(UnsupportedExpressionError, match="whose layer may be that of a symbol that moves"):
            gradient(expression, symbol)


def test_another_symbol_of_a_name_is_refused_and_does_not_stand_still():
    """By a symbol, along a flow and after a step; the failing twins are the very symbols."""
    net, s = DeepLinearNetwork(depth=2), Symbol("s", real=True)
    W, other = net.weight(1), MatrixSymbol("W_1", 3, 3)
    flow, step = Backprop().flow(net), Backprop().step(net)
    for question in (
        lambda: gradient(squared_norm(W), other),
        lambda: gradient(s**2 * Trace(N), Symbol("s", positive=True)),
        lambda: derivative(squared_norm(other), along=flow),
        lambda: step.after(squared_norm(other)),
    ):
        with pytest.raises(InvalidValueError, match="another"):
            question()
    assert step.after(W) == matadd(W, step[W])
