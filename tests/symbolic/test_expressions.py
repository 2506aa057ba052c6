"""The nodes that SymPy lacks, and products and sums that nothing simplifies."""

import numpy as np
import pytest
from sympy import MatMul, Trace, ZeroMatrix, latex, pretty

from tptheory.errors import InvalidTypeError, ShapeError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.symbolic.expressions import Chain, as_matrix, transpose
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss

SHAPES_AND_RANKS = [(1, 1, 1), (3, 3, 3), (2, 4, 2), (4, 2, 2), (3, 3, 1), (2, 5, 1), (5, 3, 2), (3, 4, 0)]


def of_rank(rng, m, n, r):
    """Draw an m by n matrix of rank r."""
    return rng.standard_normal((m, r)) @ rng.standard_normal((r, n))


def curve(rng, m, n, r):
    """Draw a smooth curve of m by n matrices of rank r, and its velocity at 0."""
    F, dF = rng.standard_normal((2, m, r))
    G, dG = rng.standard_normal((2, r, n))
    return (lambda t: (F + t * dF) @ (G + t * dG)), dF @ G + F @ dG


@pytest.mark.parametrize(("m", "n", "r"), SHAPES_AND_RANKS)
def test_penrose_equations(m, n, r):
    """Pinv meets the four Penrose equations at every shape and rank, to 1e-10."""
    A = MatrixSymbol("A", m, n)
    P = Pinv(A)
    value = of_rank(np.random.default_rng(1), m, n, r)
    assert P.shape == (n, m)
    equations = [A * P * A - A, P * A * P - P, (A * P).T - A * P, (P * A).T - P * A]
    for equation in equations:
        assert np.abs(evaluate(equation, {A: value})).max() < 1e-10


@pytest.mark.parametrize(("m", "n", "r"), SHAPES_AND_RANKS[:-1])
def test_pinv_differential_along_a_curve_of_constant_rank(m, n, r):
    """Golub and Pereyra's formula is the central difference of numpy's pinv, to 1e-6 of its size."""
    A, dA = MatrixSymbol("A", m, n), MatrixSymbol("dA", m, n)
    path, velocity = curve(np.random.default_rng(2), m, n, r)
    h = 1e-6
    measured = (np.linalg.pinv(path(h), rcond=1e-9) - np.linalg.pinv(path(-h), rcond=1e-9)) / (2 * h)
    claimed = evaluate(differential(Pinv(A), {A: dA}), {A: path(0), dA: velocity})
    np.testing.assert_allclose(claimed, measured, atol=1e-6 * max(1, np.abs(measured).max()))


@pytest.mark.parametrize(("m", "n", "r"), SHAPES_AND_RANKS)
def test_pinv_pullback_is_the_adjoint_of_its_differential(m, n, r):
    """<S, d(A+)[dA]> equals <pullback(S), dA> for every S and dA, to 1e-9."""
    rng = np.random.default_rng(3)
    A, dA, S = MatrixSymbol("A", m, n), MatrixSymbol("dA", m, n), MatrixSymbol("S", n, m)
    values = {A: of_rank(rng, m, n, r), dA: rng.standard_normal((m, n)), S: rng.standard_normal((n, m))}
    forward = evaluate(inner(S, matadd(ZeroMatrix(n, m), Pinv(A).differential(dA))), values)
    backward = evaluate(inner(matadd(ZeroMatrix(m, n), Pinv(A).pullback(S)), dA), values)
    assert forward == pytest.approx(backward, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("m", "n", "r"), SHAPES_AND_RANKS[:-1])
def test_log_pdet_and_its_derivative(m, n, r):
    """LogPdet sums the logarithms of nonzero singular values; at constant rank it moves by tr(A+ dA)."""
    A, dA = MatrixSymbol("A", m, n), MatrixSymbol("dA", m, n)
    path, velocity = curve(np.random.default_rng(4), m, n, r)

    def oracle(t):
        return np.log(np.linalg.svd(path(t), compute_uv=False)[:r]).sum()

    assert evaluate(LogPdet(A), {A: path(0)}) == pytest.approx(oracle(0), abs=1e-10)
    claimed = evaluate(differential(LogPdet(A), {A: dA}), {A: path(0), dA: velocity})
    assert claimed == pytest.approx((oracle(1e-6) - oracle(-1e-6)) / 2e-6, rel=1e-6, abs=1e-6)


def test_pinv_knows_what_is_known():
    """Pinv(Pinv(A)) is A itself; the inverses of an identity and of zero are built at once."""
    m, n = symbols("m n", integer=True, positive=True)
    A = MatrixSymbol("A", m, n)
    assert Pinv(Pinv(A)) is A
    assert Pinv(Identity(m)) == Identity(m)
    assert Pinv(ZeroMatrix(m, n)) == ZeroMatrix(n, m)
    assert Pinv(A) == Pinv(MatrixSymbol("A", m, n))
    assert Pinv(ImmutableMatrix([[2, 0]])).doit() == ImmutableMatrix([[Rational(1, 2)], [0]])


@pytest.mark.parametrize("entries", [[["s"]], [["s", 1], [2, 3]], [["s", 0]]], ids=str)
def test_a_matrix_with_symbols_is_not_inverted_as_if_its_rank_were_known(entries):
    """At s = 0 the rank is another: no formula is put in, by `doit` or by SymPy's operators."""
    A = ImmutableMatrix(entries)
    assert Pinv(A).doit() == Pinv(A)
    for product in (Pinv(A) * A, A * Pinv(A), 2 * Pinv(A)):
        assert product.has(Pinv)
    X = MatrixSymbol("X", *A.shape)
    assert (Pinv(X) * X).subs(X, A).doit().has(Pinv)


def test_printing():
    """Each node prints in LaTeX, as text and in two dimensions, with brackets where they are needed."""
    A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 2)
    assert str(Pinv(A)) == "Pinv(A)"
    assert latex(Pinv(A)) == "A^{+}"
    assert latex(Pinv(matmul(A, B))) == r"\left(A B\right)^{+}"
    assert pretty(Pinv(A), use_unicode=False) == " +\nA "
    assert pretty(Pinv(matmul(A, B)), use_unicode=False) == "     +\n(A*B) "
    assert str(LogPdet(A)) == "LogPdet(A)"
    assert latex(LogPdet(A)) == r"\log\operatorname{pdet}\left(A\right)"
    assert latex(UnspecifiedLoss(A, A)) == r"\mathcal{L}\left(A\right)"
    assert str(matmul(-2, A, B)) == "-2*A*B"
    assert str(matmul(-1, A, matadd(B, Pinv(A)))) == "-A*(B + Pinv(A))"


def test_matrix_symbol_has_no_pinv_in_sympy():
    """SymPy 1.14 has no pseudo-inverse of a MatrixSymbol; ours is a node."""
    A = MatrixSymbol("A", 2, 3)
    with pytest.raises(AttributeError, match="pinv"):
        A.pinv()
    assert Pinv(A).args == (A,)


def test_inverse_of_a_singular_gram_matrix_does_not_collapse():
    """SymPy 1.14 turns Inverse(C.T*C)*C.T*C into I for a 2x3 C, whose C.T*C is singular; matmul leaves it."""
    C = MatrixSymbol("C", 2, 3)
    gram = matmul(transpose(C), C)
    assert Inverse(C.T * C) * C.T * C == Identity(3)
    assert matmul(Inverse(gram), transpose(C), C).args == (Inverse(gram), C.T, C)
    assert matmul(Inverse(gram), gram) != Identity(3)


def test_products_flatten_and_do_nothing_else():
    """matmul flattens, drops identities and zeros, and collects scalars in front."""
    A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 2)
    a = symbols("a")
    assert matmul(A, matmul(a, B, A), 2) == MatMul(2 * a, A, B, A, evaluate=False)
    assert matmul(A, Identity(3), B) == matmul(A, B)
    assert matmul(Identity(3)) == Identity(3)
    assert matmul(A, ZeroMatrix(3, 5)) == ZeroMatrix(2, 5)
    assert matmul(0, A) == ZeroMatrix(2, 3)
    assert matmul(-1, matadd(A, matmul(-1, B.T))) == matadd(matmul(-1, A), B.T)
    assert isinstance(matmul(A, B), Chain)
    assert matmul(A, B) == A * B
    assert hash(matmul(A, B)) == hash(A * B)


def test_sums_collect_equal_terms():
    """matadd adds the coefficients of equal terms, and a sum of nothing is zero of the right shape."""
    A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)
    assert matadd(A, B, matmul(-1, A)) == B
    assert matadd(A, matmul(-1, A)) == ZeroMatrix(2, 3)
    assert matadd(A, A) == matmul(2, A)
    assert trace(matadd(matmul(A, B.T), matmul(2, B, A.T))) == Trace(A * B.T) + 2 * Trace(B * A.T)


def test_transpose_reaches_the_letters():
    """transpose reverses products, goes through sums, and is its own inverse."""
    A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 2)
    assert transpose(matmul(3, A, B)) == matmul(3, B.T, A.T)
    assert transpose(matadd(A, B.T)) == matadd(A.T, B)
    assert transpose(transpose(A)) is A
    assert transpose(ZeroMatrix(2, 3)) == ZeroMatrix(3, 2)


def test_substitution_is_simultaneous():
    """substitute swaps two symbols at once, and agrees with evaluating at the swapped numbers."""
    rng = np.random.default_rng(5)
    A, B = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 3, 3)
    a, b = rng.standard_normal((2, 3, 3))
    expression = matadd(matmul(A, Pinv(B)), Inverse(matadd(A, B.T)))
    swapped = substitute(expression, {A: B, B: A})
    np.testing.assert_allclose(evaluate(swapped, {A: a, B: b}), evaluate(expression, {A: b, B: a}), rtol=1e-12)
    scalar = squared_norm(expression) + Trace(A) * LogPdet(B)
    assert evaluate(substitute(scalar, {A: B, B: A}), {A: a, B: b}) == pytest.approx(
        evaluate(scalar, {A: b, B: a}), rel=1e-12
    )


def test_substitution_leaves_the_old_expression_alone():
    """substitute builds a new expression; a symbol that is not replaced stays."""
    A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    expression = matmul(A, B)
    assert substitute(expression, {A: matadd(A, B)}) == matmul(matadd(A, B), B)
    assert expression == matmul(A, B)


def test_shapes_that_do_not_compose_are_refused():
    """Products, sums and replacements name the operands and both shapes."""
    A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)
    with pytest.raises(ShapeError, match=r"got A of shape \(2, 3\) before B of shape \(2, 3\)"):
        matmul(A, B)
    with pytest.raises(ShapeError, match=r"one shape \(got B\.T of shape \(3, 2\) beside \(2, 3\)\)"):
        matadd(A, B.T)
    with pytest.raises(ShapeError, match=r"got \(3, 2\) for A of shape \(2, 3\)"):
        substitute(A, {A: B.T})


def test_what_a_definition_speaks_of_is_not_replaced_in_part():
    """A member of a recursion would stay as it is; the member itself may be replaced."""
    net = DeepLinearNetwork(depth=Symbol("L", integer=True, positive=True))
    for old in (net.input, net.weight(1)):
        with pytest.raises(UnsupportedExpressionError, match="they would stay as they are"):
            substitute(net.loss, {old: matmul(2, old)})
    assert substitute(net.output, {net.output: net.target}) == net.target


def test_what_is_no_matrix_is_refused():
    """A number or a string where a matrix is expected is a TypeError that says so."""
    with pytest.raises(InvalidTypeError, match="'argument' must be a SymPy matrix expression"):
        Pinv(3)
    with pytest.raises(InvalidTypeError, match="'A' must be a SymPy matrix expression"):
        as_matrix("A", "W_1")
    with pytest.raises(InvalidTypeError, match="'factors' must be at least one matrix"):
        matmul(2)
    with pytest.raises(InvalidTypeError, match="'terms' must be at least one matrix"):
        matadd()


def test_an_entry_of_a_pseudo_inverse_is_an_entry():
    """It is built without SymPy's NotImplementedError, and has the value of that entry."""
    P = MatrixSymbol("P", 2, 2)
    assert str(Pinv(P)[0, 1]) == "Pinv(P)[0, 1]"
    assert float(evaluate(Pinv(P)[0, 0], {P: np.array([[2.0, 0], [0, 0]])})) == 0.5
