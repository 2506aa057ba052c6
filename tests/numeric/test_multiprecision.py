"""Floating point of any number of digits: every node, local precision, exact reading, and a stated rank."""

from fractions import Fraction
from threading import Thread

import flint
import mpmath
import numpy as np
import pytest
import sympy
from sympy import Inverse, MatPow, MatrixSymbol, Symbol, Trace

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError
from tptheory.numeric.arithmetic_names import arithmetic_named
from tptheory.numeric.evaluation import compile_expression, evaluate
from tptheory.numeric.multiprecision import MultiprecisionArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv

A, M = MatrixSymbol("A", 3, 3), MatrixSymbol("M", 2, 2)
ROWS = [[2, 1, 0], [0, 3, -1], [1, 1, 1]]
s = Symbol("s")


def as_rationals(value):
    """Return an exact result as an array of fractions, or as one."""
    if isinstance(value, flint.fmpq_mat):
        return np.array([[Fraction(int(q.p), int(q.q)) for q in row] for row in value.tolist()], dtype=object)
    return Fraction(int(value.p), int(value.q))


def as_fraction(number):
    """Return the rational that an mpf is."""
    return Fraction(*mpmath.libmp.to_rational(number._mpf_))


def test_irrational_nodes():
    """LogPdet, logarithms, exponentials, roots and pi to fifty digits, against closed forms at a hundred."""
    d = MatrixSymbol("d", 2, 3)
    value = {d: [[0, 2, 0], [0, 0, 7]], s: 3}
    with mpmath.workdps(100):
        cases = {
            LogPdet(d): mpmath.ln(14),
            LogPdet(d * 0 + d - d): 0,
            sympy.log(s): mpmath.ln(3),
            sympy.exp(-s): mpmath.exp(-3),
            sympy.sqrt(s): mpmath.sqrt(3),
            s ** sympy.Rational(1, 3): mpmath.cbrt(3),
            sympy.pi * s: 3 * mpmath.pi,
        }
        for expression, expected in cases.items():
            result = evaluate(expression, value, arithmetic="mp50")
            assert abs(mpmath.mpf(result) - expected) < mpmath.mpf("1e-48"), expression


def test_precision_is_its_own():
    """mpmath's global precision is neither read nor set, in this thread or another."""
    results = []

    def work():
        results.append(evaluate(Pinv(A), {A: ROWS}, arithmetic="mp40"))

    before = mpmath.mp.prec
    work()
    with mpmath.workdps(5):
        work()
        thread = Thread(target=work)
        thread.start()
        thread.join()
        evaluate(Inverse(A), {A: ROWS}, arithmetic="mp100")
        assert mpmath.mp.dps == 5
    assert mpmath.mp.prec == before
    for result in results:
        assert (result == results[0]).all()
        assert str(result[0, 0]) == "0.5714285714285714285714285714285714285714"


def exactly(number):
    """Return the rational that a number of Python, NumPy, SymPy or mpmath is."""
    if hasattr(number, "_mpf_"):
        return as_fraction(number)
    return (
        Fraction(int(number.numerator), int(number.denominator))
        if hasattr(number, "numerator")
        else Fraction(float(number))
    )


@pytest.mark.parametrize(
    "number",
    [
        2**80 + 1,
        Fraction(1, 3),
        sympy.Rational(1, 3),
        flint.fmpq(1, 3),
        flint.fmpz(3),
        0.1,
        np.float64(0.1),
        np.float32(0.1),
        np.int64(2**62 + 1),
        mpmath.mpf(0.1),
        sympy.Float("0.1", 60),
    ],
    ids=repr,
)
def test_numbers_are_read_as_they_are(number):
    """A number is rounded once to the digits: no detour through a float, none for a float either."""
    result = as_fraction(evaluate(s, {s: number}, arithmetic="mp50"))
    truth = as_rationals(flint.fmpq(number)) if isinstance(number, flint.fmpq | flint.fmpz) else exactly(number)
    half = Fraction(1, 2) ** MultiprecisionArithmetic(50).context.prec
    assert abs(result - truth) <= half * abs(truth)
    in_matrix = evaluate(A, {A: [[number, 0, 0]] * 3}, arithmetic="mp50")
    assert as_fraction(in_matrix[2, 0]) == result


@pytest.mark.parametrize("make", [np.array, list, lambda v: mpmath.matrix(v), lambda v: flint.fmpq_mat(v)])
def test_inputs(make):
    """Lists, arrays, mpmath's and python-flint's matrices are read alike, and left alone."""
    value = make(ROWS)
    result = evaluate(A, {A: value}, arithmetic="mp30")
    assert (result == np.array(ROWS)).all()
    again = evaluate(A, {A: result}, arithmetic="mp30")
    assert (again == result).all()
    assert again is not result


def test_rank_tolerance():
    """Singular values up to 8 max(m, n) eps of the largest count as zero, at every number of digits."""
    for digits in (15, 50, 200):
        kind = MultiprecisionArithmetic(digits)
        edge = 16 * kind.context.eps
        for size, rank in ((0.9 * edge, 1), (1.1 * edge, 2)):
            value = kind.matrix([[1, 0], [0, size]])
            inverted = evaluate(Pinv(M), {M: value}, arithmetic=f"mp{digits}")
            assert np.count_nonzero(inverted) == rank
            expected = kind.context.ln(size) if rank == 2 else 0
            assert abs(evaluate(LogPdet(M), {M: value}, arithmetic=f"mp{digits}") - expected) < 1e-12


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (3, 2), (4, 4), (1, 5), (5, 1)])
@pytest.mark.parametrize("rank", [0, 1, 2, 5])
def test_pseudo_inverse_meets_penrose(shape, rank):
    """The four equations hold to 45 of 50 digits, at every rank, and the exact pseudo-inverse agrees."""
    rng = np.random.default_rng(rank)
    P = MatrixSymbol("P", *shape)
    left, right = rng.integers(-3, 4, (shape[0], rank)), rng.integers(-3, 4, (rank, shape[1]))
    value = {P: (left @ right).tolist()}
    exact = as_rationals(evaluate(Pinv(P), value, arithmetic="exact"))
    found = evaluate(Pinv(P), value, arithmetic="mp50")
    for claimed, truth in zip(found.flat, exact.flat, strict=True):
        assert abs(as_fraction(claimed) - truth) < Fraction(1, 10**45)


def test_singular_matrices():
    """An inverse that does not exist, or has no safe digit at this precision, is refused."""
    near = [[1, 0], [0, Fraction(1, 10**40)]]
    with pytest.raises(InvalidValueError, match=r"got 'a singular 2x2 matrix'\)\. Try Pinv"):
        evaluate(Inverse(M), {M: near}, arithmetic="mp30")
    assert evaluate(Inverse(M), {M: near}, arithmetic="mp50")[1, 1] == pytest.approx(1e40)
    for expression in (Inverse(A), MatPow(A, -2)):
        with pytest.raises(InvalidValueError, match="a singular 3x3 matrix"):
            evaluate(expression, {A: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}, arithmetic="mp50")


@pytest.mark.parametrize(
    ("expression", "value"), [(s**-2, 0), (sympy.log(s), 0), (sympy.log(s), -1), (sympy.sqrt(s), -1)]
)
def test_what_is_not_real_and_finite(expression, value):
    """mpmath would go on to complex numbers and infinity; this is refused."""
    with pytest.raises(InvalidValueError, match="'expression' must be real and finite at these values"):
        evaluate(expression, {s: value}, arithmetic="mp50")


def test_singular_values_of_what_is_not_finite():
    """NaN under a Pinv is named, and no iteration is begun."""
    kind = MultiprecisionArithmetic(20)
    for operation in (kind.pinv, kind.logpdet):
        with pytest.raises(InvalidValueError, match="finite under every Pinv and LogPdet"):
            operation(kind.matrix([[kind.context.nan, kind.context.mpf(1)]]))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([[1, 2], [3]], ShapeError, "'A' must be rows of one length"),
        ([], ShapeError, "'A' must be rows of one length"),
        (3, InvalidTypeError, "'A' must be a matrix of real numbers"),
        ("12", InvalidTypeError, "'A' must be a matrix of real numbers"),
        ([["1", 0, 0]] * 3, InvalidTypeError, r"'A' must be made of real numbers \(got '1'\)"),
        ([[1j, 0, 0]] * 3, InvalidTypeError, r"'A' must be made of real numbers \(got 1j\)"),
        ([[True, 0, 0]] * 3, InvalidTypeError, r"'A' must be made of real numbers \(got True\)"),
        ([[s, 0, 0]] * 3, InvalidTypeError, r"'A' must be made of real numbers \(got s\)"),
        ([[float("nan"), 0, 0]] * 3, InvalidValueError, r"'A' must be finite \(got 'nan at \(0, 0\)'\)"),
    ],
)
def test_wrong_matrices(value, error, message):
    """What is no matrix of finite real numbers is refused by name."""
    with pytest.raises(error, match=message):
        evaluate(A, {A: value}, arithmetic="mp50")


def test_names():
    """Any number of digits from 15 to 1000 has a name; another is refused with the mend."""
    assert [arithmetic_named(f"mp{n}").digits for n in (15, 50, 1000)] == [15, 50, 1000]
    assert arithmetic_named("mp50") is arithmetic_named("mp50")
    for name in ("mp14", "mp0", "mp1001", "mp999999999"):
        with pytest.raises(
            InvalidValueError, match=rf"'arithmetic' must be of 15 to 1000 digits \(got '{name}'\)\. Try"
        ):
            arithmetic_named(name)
    for name in ("mp", "mp-3", "mp5.5", "MP50", "mp٥٠", "single", "", None, 50):
        with pytest.raises(UnknownNameError, match="'arithmetic' must be one of exact, float, float32, float64, mp50"):
            arithmetic_named(name)
    with pytest.raises(InvalidTypeError, match="'digits' must be an integer from 15 to 1000"):
        MultiprecisionArithmetic(50.0)
    with pytest.raises(InvalidValueError, match="'digits' must be an integer from 15 to 1000"):
        MultiprecisionArithmetic(5)


def test_compiled_keeps_the_digits():
    """A compiled expression answers in the digits of its name, scalars too."""
    function = compile_expression(s * Pinv(A), [A, s], arithmetic="mp40")
    for _ in range(2):
        result = function(ROWS, Fraction(1, 3))
        assert (result == evaluate(s * Pinv(A), {A: ROWS, s: Fraction(1, 3)}, arithmetic="mp40")).all()
    assert evaluate(Trace(A), {A: ROWS}, arithmetic="mp40") == 6
