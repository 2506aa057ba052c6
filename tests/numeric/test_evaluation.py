"""One printer, whose output is arrays: in float32, float64 and exact rationals, once and compiled."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat
from mpmath.libmp import to_rational
from sympy import (
    Determinant,
    DiagonalMatrix,
    Function,
    HadamardPower,
    Identity,
    ImmutableMatrix,
    Inverse,
    MatMul,
    MatPow,
    Matrix,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import (
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnknownNameError,
    UnsupportedExpressionError,
)
from tptheory.numeric.evaluation import compile_expression, evaluate, evaluator
from tptheory.numeric.floats import FloatArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv, matadd, matmul, squared_norm, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule_scalars import damping, eta
from tptheory.symbolic.rules import RULES, Newton

A, B, x = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 2, 3), MatrixSymbol("x", 3, 1)
a_value = np.array([[2, 1, 0], [0, 3, -1], [1, 1, 1]])
b_value = np.array([[1, 2, 3], [-1, 0, 2]])
x_value = np.array([[1], [-2], [3]])
VALUES = {A: a_value, B: b_value, x: x_value, eta: 3}
a_inverse = np.linalg.inv(a_value)

NODES = {
    "symbol": (A, a_value),
    "sum": (A + Identity(3), a_value + np.eye(3)),
    "product with a scalar": (MatMul(eta, B, A, evaluate=False), 3 * b_value @ a_value),
    "product with a scalar of matrices": (matmul(Trace(A), B), 6 * b_value),
    "transpose": (Transpose(B), b_value.T),
    "inverse": (Inverse(A), a_inverse),
    "power": (MatPow(A, 3), a_value @ a_value @ a_value),
    "negative power": (MatPow(A, -2), a_inverse @ a_inverse),
    "zeroth power": (MatPow(A, 0, evaluate=False), np.eye(3)),
    "pseudo-inverse": (Pinv(B), np.linalg.pinv(b_value)),
    "identity": (Identity(3), np.eye(3)),
    "zero": (ZeroMatrix(2, 3), np.zeros((2, 3))),
    "ones": (OneMatrix(2, 3), np.ones((2, 3))),
    "explicit matrix": (ImmutableMatrix([[1, eta], [Rational(1, 2), A[0, 1]]]), [[1, 3], [0.5, 1]]),
    "mutable matrix": (Matrix([[1, 2]]), [[1, 2]]),
    "trace": (Trace(A), 6),
    "determinant": (Determinant(A), 7),
    "entry": (A[1, 2], -1),
    "entry of a product": (MatrixElement(matmul(B, A), 0, 1), 10),
    "rational function": ((Trace(A) + 2) ** 2 / (3 * eta), Fraction(64, 9)),
    "negative exponent": (eta**-2, Fraction(1, 9)),
    "number": (Rational(2, 7), Fraction(2, 7)),
}


def as_floats(value):
    """Return an exact result as floats."""
    if isinstance(value, fmpq_mat):
        return np.array([[float(entry) for entry in row] for row in value.tolist()])
    return float(value)


@pytest.mark.parametrize("name", NODES)
def test_every_node_in_floats(name):
    """Each node has NumPy's value, to 1e-12, as an array of its shape or as a scalar."""
    expression, expected = NODES[name]
    result = evaluate(expression, VALUES)
    np.testing.assert_allclose(result, np.asarray(expected, dtype=float), rtol=1e-12, atol=1e-12)
    assert np.shape(result) == np.shape(expected)


@pytest.mark.parametrize("name", NODES)
def test_every_node_exactly(name):
    """Exact arithmetic agrees with floats at every node, as an fmpq_mat or an fmpq."""
    expression, expected = NODES[name]
    result = evaluate(expression, VALUES, arithmetic="exact")
    assert isinstance(result, fmpq_mat if np.ndim(expected) else fmpq)
    np.testing.assert_allclose(as_floats(result), np.asarray(expected, dtype=float), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("digits", [15, 50, 200])
@pytest.mark.parametrize("name", NODES)
def test_every_node_in_many_digits(name, digits):
    """Each node has its exact value to all digits but two, as an array of mpf or as one."""
    expression, expected = NODES[name]
    result = evaluate(expression, VALUES, arithmetic=f"mp{digits}")
    exact = evaluate(expression, VALUES, arithmetic="exact")
    assert np.shape(result) == np.shape(expected)
    for claimed, truth in zip(np.ravel(result), exact.entries() if np.ndim(expected) else [exact], strict=True):
        truth = Fraction(int(truth.p), int(truth.q))
        close = max(abs(truth), 1) * Fraction(1, 10 ** (digits - 2))
        assert abs(Fraction(*to_rational(claimed._mpf_)) - truth) <= close


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("arithmetic", ["float", "float32", "mp30", "exact"])
def test_compiled_is_evaluated(name, arithmetic):
    """A compiled expression returns, bit for bit and again and again, what evaluate returns."""
    expression, _ = NODES[name]
    function = compile_expression(expression, list(VALUES), arithmetic=arithmetic)
    expected = evaluate(expression, VALUES, arithmetic=arithmetic)
    for _ in range(2):
        result = function(*VALUES.values())
        assert type(result) is type(expected)
        assert np.all(result == expected)


def test_what_only_floats_can():
    """LogPdet, logarithms, exponentials, roots and pi have float values, and are refused in rationals."""
    cases = {
        LogPdet(B): np.log(np.linalg.svd(b_value, compute_uv=False)).sum(),
        LogPdet(ZeroMatrix(2, 2) + MatrixSymbol("Z", 2, 2)): 0.0,
        sympy.log(Trace(A)): np.log(6),
        sympy.exp(-eta): np.exp(-3),
        sympy.sqrt(Trace(A)): np.sqrt(6),
    }
    values = VALUES | {MatrixSymbol("Z", 2, 2): np.zeros((2, 2), dtype=int)}
    for expression, expected in cases.items():
        assert evaluate(expression, values) == pytest.approx(expected, rel=1e-12)
        with pytest.raises(UnsupportedExpressionError, match="must stay rational for arithmetic='exact'"):
            evaluate(expression, values, arithmetic="exact")
    assert evaluate(sympy.pi * eta, VALUES) == pytest.approx(3 * np.pi)
    with pytest.raises(UnsupportedExpressionError, match="must stay rational for arithmetic='exact'"):
        evaluate(sympy.pi * eta, VALUES, arithmetic="exact")


@pytest.mark.parametrize(("first", "second"), [(np.float32,) * 2, (np.float64,) * 2, (np.float32, np.float64)])
@pytest.mark.parametrize("name", [name for name in NODES if NODES[name][0].free_symbols & {A, B}])
def test_precision_follows_the_arrays(first, second, name):
    """float32 arrays give float32, float64 give float64, and a mixture what NumPy promotes it to."""
    expression, expected = NODES[name]
    values = VALUES | {A: a_value.astype(first), B: b_value.astype(second), eta: 3.0}
    used = [values[s].dtype for s in (A, B) if s in expression.free_symbols]
    result = evaluate(expression, values)
    assert result.dtype == np.result_type(*used)
    symbols_used = sorted(expression.free_symbols, key=str)
    compiled = compile_expression(expression, symbols_used)(*[values[s] for s in symbols_used])
    assert compiled.dtype == np.result_type(*used)
    np.testing.assert_allclose(result, np.asarray(expected, dtype=float), rtol=1e-5, atol=1e-5)


def test_symbolic_widths_are_read_off_the_arrays():
    """Arrays bind n_0, n_1, ..., which then size identities, zeros and plain uses of the symbol."""
    net = DeepLinearNetwork(depth=2, batch=Symbol("B"))
    n0, n1, _ = net.widths
    values = {net.weight(1): np.ones((3, 4)), net.input: np.ones((4, 5))}
    assert evaluate(Identity(n0), values).shape == (4, 4)
    assert evaluate(OneMatrix(n1, Symbol("B")), values).shape == (3, 5)
    assert evaluate(n0 * n1 + Symbol("B"), values) == 17
    assert evaluate(Identity(n0), {n0: 2}).shape == (2, 2)
    assert evaluate(Identity(n0 + 1), values).shape == (5, 5)
    np.testing.assert_array_equal(evaluate(net.activation(1), values), np.full((3, 5), 4.0))
    function = compile_expression(matadd(net.activation(1), OneMatrix(n1, Symbol("B"))), list(values))
    for rows, columns in ((3, 4), (2, 6), (3, 4)):
        result = function(np.ones((rows, columns)), np.ones((columns, 2)))
        np.testing.assert_array_equal(result, np.full((rows, 2), columns + 1.0))


def test_flat_columns():
    """A flat list passes where a symbol has one column, in every arithmetic."""
    np.testing.assert_array_equal(evaluate(x, {x: [1, 2, 3]}), [[1], [2], [3]])
    assert evaluate(x, {x: [1, 2, 3]}, arithmetic="exact") == fmpq_mat([[1], [2], [3]])
    np.testing.assert_array_equal(compile_expression(transpose(x), [x])(np.arange(3.0)), [[0, 1, 2]])


def test_result_is_a_copy():
    """Writing to a result leaves the arguments alone."""
    value = a_value.astype(float)
    for expression in (A, Transpose(A)):
        evaluate(expression, {A: value})[0, 1] = 99
    np.testing.assert_array_equal(value, a_value)


def test_values_are_given_by_symbol_or_name():
    """As to `holds`; a name is that of a symbol of the expression, and damping is lambda."""
    by_name = evaluate(eta * A * x, {"A": a_value, "x": [1, 2, 3], "eta": 2})
    np.testing.assert_array_equal(by_name, evaluate(eta * A * x, {A: a_value, x: [1, 2, 3], eta: 2}))
    assert evaluate(damping * Trace(A), {"damping": 2, A: a_value}) == 2 * evaluate(Trace(A), {A: a_value})
    twins = Symbol("s") + Symbol("s", positive=True)
    with pytest.raises(InvalidValueError, match=r"names that one symbol has \(got 's, of two symbols'\)"):
        evaluate(twins, {"s": 1})


def test_unused_values_are_checked_and_ignored():
    """A dictionary may hold more symbols than the expression uses; its entries must be sound all the same."""
    assert evaluate(Trace(A), VALUES) == 6
    with pytest.raises(InvalidValueError, match=r"'B' must be finite \(got 'nan at \(1, 2\)'\)"):
        evaluate(Trace(A), VALUES | {B: [[0, 0, 0], [0, 0, np.nan]]})


@pytest.mark.parametrize(
    ("expression", "values", "error", "message"),
    [
        (
            A * x,
            {A: a_value},
            InvalidValueError,
            r"every symbol of the expression \(got A, and none for x\)\. Add x of shape \(3, 1\)",
        ),
        (eta * A, {A: a_value}, InvalidValueError, r"Add eta\.$"),
        (eta * A, {A: a_value, Symbol("eta"): 1}, InvalidValueError, r"Add eta\. Of eta another shape or assumption"),
        (A, {MatrixSymbol("A", 3, 4): np.ones((3, 4))}, InvalidValueError, r"Of A another shape or assumption"),
        (A, {A: np.ones((3, 4))}, ShapeError, r"'A' must be of shape \(3, 3\) \(got \(3, 4\)\)"),
        (A, {A: np.ones(3)}, ShapeError, r"'A' must be two-dimensional \(got 'an array of shape \(3,\)'\)"),
        (A, {A: np.ones((1, 3, 3))}, ShapeError, r"'A' must be two-dimensional"),
        (A, {A: [[1, 2], [3]]}, ShapeError, r"'A' must be rows of one length"),
        (A, {A: np.full((3, 3), np.inf)}, InvalidValueError, r"'A' must be finite \(got 'inf at \(0, 0\)'\)"),
        (A, {A: [["a", "b"]]}, InvalidTypeError, r"'A' must be a matrix of real numbers"),
        (A, {A: np.ones((3, 3)) * 1j}, InvalidTypeError, r"'A' must be a matrix of real numbers"),
        (A, {A: 3.0}, ShapeError, r"'A' must be two-dimensional \(got 'an array of shape \(\)'\)"),
        (A, {A: object()}, InvalidTypeError, r"'A' must be a matrix of real numbers"),
        (A, {A: [[None] * 3] * 3}, InvalidValueError, r"'A' must be finite \(got 'nan at \(0, 0\)'\)"),
        (eta, {eta: np.inf}, InvalidValueError, r"'eta' must be a finite number \(got inf\)"),
        (eta, {eta: "1/2"}, InvalidTypeError, r"'eta' must be a real number \(got '1/2'\)"),
        (A, {3: a_value}, InvalidTypeError, r"'values' must be given by MatrixSymbol or Symbol \(got 3\)"),
        (A, {"a": a_value}, UnknownNameError, r"'values' must be one of A"),
        (A, {"A": a_value, A: a_value}, InvalidValueError, r"'values' must be a mapping that gives A once"),
        (A, {}, InvalidValueError, r"\(got nothing, and none for A\)"),
        (A, {"A": "no"}, InvalidTypeError, r"'A' must be"),
        (A, [a_value], InvalidTypeError, r"'values' must be a mapping"),
        ("A", VALUES, InvalidTypeError, r"'expression' must be a SymPy expression \(got 'A'\)"),
        (Inverse(A), {A: np.ones((3, 3))}, InvalidValueError, r"got 'a singular 3x3 matrix'\)\. Try Pinv"),
        (MatPow(A, -1), {A: np.diag([1, 1e-20, 1])}, InvalidValueError, r"got 'a singular 3x3 matrix'"),
        (MatrixElement(A, Symbol("i"), 0), VALUES | {Symbol("i"): 3}, ShapeError, r"must be an entry of .* \(3, 3\)"),
        (Identity(Symbol("n") / 2), {Symbol("n"): 3}, ShapeError, r"'n/2' must be a whole number \(got 3/2\)"),
        (DiagonalMatrix(A), VALUES, UnsupportedExpressionError, r"got DiagonalMatrix: "),
        (Function("f")(eta), VALUES, UnsupportedExpressionError, r"got f: "),
        (HadamardPower(A, -1), VALUES, UnsupportedExpressionError, r"got HadamardPower: "),
        (sympy.acos(eta), VALUES, InvalidValueError, r"must be real and finite at these values"),
        (eta, {eta: 10**400}, InvalidValueError, r"'eta' must be within the range of floats"),
        (A, {A: [[10**400, 0, 0]] * 3}, InvalidValueError, r"'A' must be within the range of floats"),
        (MatPow(A, Rational(1, 2)), VALUES, UnsupportedExpressionError, r"got MatPow: "),
        (sympy.I * eta, VALUES, UnsupportedExpressionError, r"got ImaginaryUnit: "),
        (sympy.oo, {}, InvalidValueError, r"must be a finite number"),
    ],
)
def test_wrong_input(expression, values, error, message):
    """Each wrong argument is refused with its name, what was expected and what came."""
    with pytest.raises(error, match=message):
        evaluate(expression, values)


def test_widths_that_contradict_each_other():
    """Two arrays that give one width two sizes are refused with the symbol, both sizes, and who set the first."""
    net = DeepLinearNetwork(depth=2)
    n1 = net.widths[1]
    values = {net.weight(1): np.ones((3, 4)), net.weight(2): np.ones((2, 5))}
    message = r"'W_2' must be of shape \(n_2, n_1\) with n_1 = 3, set by W_1 \(got \(2, 5\)\)"
    with pytest.raises(ShapeError, match=message):
        evaluate(net.product(2, 1), values)
    with pytest.raises(ShapeError, match=message):
        compile_expression(net.product(2, 1), list(values))(*values.values())
    with pytest.raises(ShapeError, match=r"with n_1 = 7, set by n_1 \(got \(3, 4\)\)"):
        evaluate(net.weight(1), {n1: 7, net.weight(1): np.ones((3, 4))})
    tall = MatrixSymbol("T", n1 + 1, 1)
    with pytest.raises(ShapeError, match=r"'T' must be of shape \(n_1 \+ 1, 1\) \(got \(3, 1\)\)"):
        evaluate(tall, {net.weight(1): np.ones((3, 4)), tall: np.ones(3)})


def test_a_loss_left_open_has_no_value():
    """loss='any' has no number, its gradient has."""
    net = DeepLinearNetwork(widths=(2, 2), loss="any")
    values = {net.weight(1): np.eye(2), net.input: [1, 2], net.error: [3, 4]}
    np.testing.assert_array_equal(evaluate(net.error, values), [[3], [4]])
    with pytest.raises(UnsupportedExpressionError, match=r"which loss='any' leaves open .* Use loss='squared'"):
        evaluate(net.loss, values)


def test_unknown_arithmetic():
    """The nearest known arithmetic is suggested."""
    for call in (
        lambda: evaluate(A, VALUES, arithmetic="exakt"),
        lambda: compile_expression(A, [A], arithmetic="exakt"),
    ):
        with pytest.raises(
            UnknownNameError,
            match=r"one of exact, float, float32, float64, mp50 \(got 'exakt'\)\. Did you mean 'exact'",
        ):
            call()


def test_compiling_checks_its_symbols():
    """Missing symbols are named at once, and a wrong number of values in the call."""
    with pytest.raises(InvalidValueError, match=r"Add x of shape \(3, 1\)"):
        compile_expression(A * x, [A])
    with pytest.raises(InvalidTypeError, match="'symbols' must be given by MatrixSymbol or Symbol"):
        compile_expression(A * x, ["A", "x"])
    with pytest.raises(InvalidTypeError, match=r"'values' must be 2: A, x \(got '1 values'\)"):
        compile_expression(A * x, [A, x])(a_value)


def test_compiled_does_not_stop_at_nan():
    """In a loop, NaN goes in and comes out; only evaluate refuses it."""
    result = compile_expression(A + A, [A])(np.full((3, 3), np.nan))
    assert np.isnan(result).all()


def test_compiled_adapts_to_each_precision_and_shape():
    """One compiled function serves float32 and float64 in turn, each in its own precision."""
    net = DeepLinearNetwork(depth=1)
    function = compile_expression(matadd(net.error, net.error), [net.weight(1), net.input, net.target])
    for dtype in (np.float64, np.float32, np.float64):
        result = function(np.ones((2, 3), dtype), np.ones(3, dtype), np.ones(2, dtype))
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, [[4], [4]])


@pytest.mark.parametrize("arithmetic", ["float", "exact"])
@pytest.mark.parametrize("name", RULES)
def test_rules_in_exact_and_in_floats(name, arithmetic):
    """Every rule's updates, compiled, are what evaluate says in floats, to 1e-9; exact ones agree with them."""
    rule = RULES[name]()
    net = DeepLinearNetwork(widths=(3, 3, 3) if isinstance(rule, Newton) else (4, 3, 2), batch=4, biases=True)
    rng = np.random.default_rng(0)
    step = rule.step(net)
    used = sorted({s for change in step.values() for s in change.free_symbols}, key=str)
    values = {s: rng.integers(-4, 5, tuple(map(int, s.shape))) if isinstance(s, MatrixSymbol) else 2 for s in used}
    for s in used:
        if str(s).startswith("P_"):
            values[s] = np.eye(int(s.rows), dtype=int)
    for change in step.values():
        result = compile_expression(change, used, arithmetic=arithmetic)(*values.values())
        result = as_floats(result) if arithmetic == "exact" else result
        expected = evaluate(change, values)
        np.testing.assert_allclose(result, expected, rtol=1e-9, atol=1e-9 * max(1, np.abs(expected).max()))
    assert damping not in values or name in {"damped-tp", "di", "ng"}


class Counting(FloatArithmetic):
    """Floats that note the shapes of every product."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    def in_precision_of(self, matrices):
        return self

    def product(self, left, right):
        self.log.append((*left.shape, right.shape[1]))
        return left @ right


@pytest.fixture
def products(monkeypatch):
    """Note the products of all evaluations in this test as (rows, inner, columns)."""
    log = []
    monkeypatch.setattr("tptheory.numeric.evaluation.arithmetic_named", lambda _: Counting(log))
    return log


def test_long_products_multiply_thin_matrices_first(products):
    """A one-sample update of a net of 30 layers of width 20 never multiplies two 20x20 matrices."""
    net = DeepLinearNetwork(widths=(20,) * 31)
    values = {s: np.eye(*map(int, s.shape)) for s in (*net.weights, net.input, net.target)} | {eta: 1.0}
    for l in (1, 15, 30):
        evaluate(RULES["bp"]().update(net, l), values)
    assert len(products) == 3 * (30 + 30)
    assert max(rows * inner * columns for rows, inner, columns in products) == 20 * 20


def test_the_order_of_products_is_that_of_the_thinnest(products):
    """The neighbours whose product frees the most entries come first: numbers, then what a wide batch waits for."""
    column, row = MatrixSymbol("c", 9, 1), MatrixSymbol("r", 1, 9)
    evaluate(matmul(column, row, column), {column: np.ones(9), row: np.ones((1, 9))})
    assert products == [(1, 9, 1), (9, 1, 1)]
    products.clear()
    net = DeepLinearNetwork(widths=(10, 10, 2), batch=50)
    evaluate(net.output, {s: np.ones(tuple(map(int, s.shape))) for s in (*net.weights, net.input)})
    assert products == [(2, 10, 10), (2, 10, 50)]
    products.clear()
    chain = [MatrixSymbol("P", 1, 10), MatrixSymbol("Q", 10, 5), MatrixSymbol("R", 5, 1)]
    evaluate(matmul(*chain), {M: np.ones(M.shape) for M in chain})
    assert products == [(1, 10, 5), (1, 5, 1)]


def test_equal_parts_are_computed_once(products):
    """A repeated factor such as a Gram matrix in brackets is multiplied once."""
    gram = matadd(matmul(transpose(B), B), A)
    evaluate(squared_norm(matadd(matmul(gram, A), matmul(Inverse(gram), A))), VALUES)
    assert products.count((3, 2, 3)) == 1
    products.clear()
    function = compile_expression(matmul(gram, gram), [A, B])
    function(a_value, b_value)
    products.clear()
    function(a_value, b_value)
    assert products == [(3, 2, 3), (3, 3, 3)]


def test_an_evaluator_judges_each_expression_in_the_precision_of_its_own_matrices():
    """A float32 matrix whose small singular value is rounding is singular beside a float64 matrix too."""
    A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    values = {A: np.array([[1, 1], [1, 1 + 2**-23]], dtype=np.float32), B: np.eye(2)}
    value = evaluator(values)
    for expression in (Pinv(A), Pinv(B), Pinv(A) * B):
        np.testing.assert_array_equal(value(expression), evaluate(expression, values))


def test_what_a_kernel_meets_beside_its_operands_is_not_told(monkeypatch):
    """BLAS may read past small matrices, and raise the flag of invalid values for what stands there."""

    def product(A, B):
        np.subtract(np.inf, np.inf)
        return np.matmul(A, B)

    monkeypatch.setattr(FloatArithmetic, "product", staticmethod(product))
    A, B = MatrixSymbol("A", 1, 2), MatrixSymbol("B", 2, 1)
    values = [[1.0, 2.0]], [[3.0], [4.0]]
    assert evaluate(matmul(A, B), {A: values[0], B: values[1]}) == [[11.0]]
    assert compile_expression(matmul(A, B), [A, B])(*values) == [[11.0]]
    with pytest.warns(RuntimeWarning, match="invalid value"):
        product(*map(np.array, values))
