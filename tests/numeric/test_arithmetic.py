"""The kinds of numbers: exact rationals without a detour through floats, and floats with a stated rank."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat
from sympy import Inverse, MatPow, MatrixSymbol, Rational, Symbol, Trace

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.floats import FloatArithmetic
from tptheory.numeric.multiprecision import MultiprecisionArithmetic
from tptheory.numeric.rationals import ExactArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv

A = MatrixSymbol("A", 3, 3)
ROWS = [[2, 1, 0], [0, 3, -1], [1, 1, 1]]


def as_floats(matrix):
    """Return an exact matrix as floats."""
    return np.array([[float(entry) for entry in row] for row in matrix.tolist()])


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 2], [3, 4]],
        [[1, 2, 3], [2, 4, 6]],
        [[1, 2], [2, 4], [3, 6]],
        [[0, 0, 1], [0, 0, 2]],
        [[0, 0], [0, 0], [0, 0]],
        [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
        [[Fraction(1, 3), Fraction(-2, 5)], [1, 7], [0, 1]],
    ],
)
def test_exact_pseudo_inverse_meets_penrose_exactly(rows):
    """The full-rank factorisation gives the pseudo-inverse without any rounding, at every rank."""
    M = MatrixSymbol("M", len(rows), len(rows[0]))
    P = Pinv(M)
    for equation in [M * P * M - M, P * M * P - P, (M * P).T - M * P, (P * M).T - P * M]:
        result = evaluate(equation, {M: rows}, arithmetic="exact")
        assert result == fmpq_mat(*map(int, equation.shape))
    floats = np.array(rows, dtype=float)
    np.testing.assert_allclose(
        as_floats(evaluate(P, {M: rows}, arithmetic="exact")), np.linalg.pinv(floats), atol=1e-12
    )


def test_exact_arithmetic_takes_no_detour_through_floats():
    """Entries that no float holds come through unharmed: 3^-40 and 2^80 + 1."""
    big = fmpq(2**80 + 1, 3**40)
    for entry in (big, Fraction(2**80 + 1, 3**40), sympy.Rational(2**80 + 1, 3**40)):
        assert evaluate(A, {A: [[entry, 0, 0]] * 3}, arithmetic="exact")[2, 0] == big
    assert evaluate(Rational(2**80 + 1, 3**40) * Trace(A), {A: ROWS}, arithmetic="exact") == 6 * big


@pytest.mark.parametrize("make", [np.array, list, lambda v: fmpq_mat([list(map(int, row)) for row in v])])
def test_exact_inputs(make):
    """Exact values come as lists of lists, integer arrays or fmpq_mat, and the result is a new matrix."""
    value = make(ROWS)
    result = evaluate(A, {A: value}, arithmetic="exact")
    assert result == fmpq_mat(ROWS)
    assert result is not value


@pytest.mark.parametrize(
    ("entry", "mend"),
    [
        (0.5, r"Give Fraction\('0\.5'\)\."),
        (np.float64(1), r"Give Fraction\('1\.0'\)\."),
        (1j, r"Use fractions\.Fraction\."),
        ("1", r"Use fractions\.Fraction\."),
        (None, r"Use fractions\.Fraction\."),
    ],
)
def test_exact_arithmetic_refuses_floats(entry, mend):
    """A float, even a whole one, is no exact number; of a float the exact one is told."""
    with pytest.raises(InvalidTypeError, match=rf"'A' must be made of integers or fractions \(got .*\)\. {mend}$"):
        evaluate(A, {A: [[entry, 0, 0]] * 3}, arithmetic="exact")


def test_rank_tolerance():
    """Pinv and LogPdet count singular values up to 8 max(m, n) eps of the largest as zero, by precision."""
    M = MatrixSymbol("M", 2, 2)
    for dtype in (np.float32, np.float64):
        edge = 16 * float(np.finfo(dtype).eps)
        for size, rank in ((0.9 * edge, 1), (1.1 * edge, 2)):
            value = np.diag([1.0, size]).astype(dtype)
            assert np.linalg.matrix_rank(evaluate(Pinv(M), {M: value}), tol=0.5) == rank
            expected = np.log(value[1, 1]) if rank == 2 else 0
            assert evaluate(LogPdet(M), {M: value}) == pytest.approx(expected, rel=1e-5)


def test_exact_input_that_is_no_matrix():
    """Ragged, empty and scalar values are refused by name."""
    for value, error in (
        ([[1, 2], [3]], ShapeError),
        ([], ShapeError),
        (3, InvalidTypeError),
        ("12", InvalidTypeError),
    ):
        with pytest.raises(error, match="'A' must be"):
            evaluate(A, {A: value}, arithmetic="exact")


def test_exact_division_by_zero():
    """A singular inverse and a negative power of zero are refused."""
    singular, s = {A: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}, Symbol("s")
    for expression in (Inverse(A), MatPow(A, -2)):
        with pytest.raises(InvalidValueError, match=r"got 'a singular 3x3 matrix'\)\. Try Pinv"):
            evaluate(expression, singular, arithmetic="exact")
    with pytest.raises(InvalidValueError, match=r"free of division by zero \(got '0\*\*\(-2\)'\)"):
        evaluate(s**-2, {s: 0}, arithmetic="exact")


def test_float_inverse_is_refused_where_no_digit_is_safe():
    """8 eps |A| |A^-1| is the edge: a matrix of condition 1e5 has a float32 inverse, one of 1e7 has not."""
    floats = FloatArithmetic()
    good, bad = (np.diag([1, size]).astype(np.float32) for size in (1e-5, 1e-7))
    np.testing.assert_allclose(floats.inverse(good), np.diag([1, 1e5]), rtol=1e-6)
    with pytest.raises(InvalidValueError, match="a singular 2x2 matrix"):
        floats.inverse(bad)
    np.testing.assert_allclose(floats.inverse(bad.astype(np.float64)), np.diag([1, 1e7]), rtol=1e-6)


def test_singular_values_of_what_is_not_finite():
    """An overflow on the way to a Pinv or a LogPdet is named."""
    for operation in (FloatArithmetic().pinv, FloatArithmetic().logpdet):
        with pytest.raises(InvalidValueError, match="finite under every Pinv and LogPdet"):
            operation(np.full((2, 2), np.nan))


def test_all_arithmetics_answer_the_same_questions():
    """Each offers what the others offer, so that one printer serves all."""

    def questions(kind):
        return {name for name in dir(kind) if not name.startswith("_")} - {
            "dtype",
            "follows",
            "digits",
            "context",
            "bits",
            "check_positive",
            "integer",
        }

    assert questions(FloatArithmetic()) == questions(ExactArithmetic()) == questions(MultiprecisionArithmetic(30))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_precision_for_all(dtype):
    """A precision that is named is that of every array and of the result, whatever comes."""
    for value in (ROWS, np.array(ROWS, dtype=np.float32), np.array(ROWS, dtype=np.float64)):
        result = evaluate(A, {A: value}, arithmetic=np.dtype(dtype).name)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, ROWS)
    with pytest.raises(InvalidValueError, match=r"'A' must be finite \(got 'inf at"):
        evaluate(A, {A: np.full((3, 3), 1e300)}, arithmetic="float32")


def test_a_power_with_too_many_digits_is_refused_before_it_is_multiplied_out():
    """Powers of 2 have a limit; those of 1 and -1 have none."""
    kind = ExactArithmetic()
    for base, exponent in ((fmpq(2), 10**9), (fmpq(1, 3), -(10**9))):
        with pytest.raises(UnsupportedExpressionError, match=r"'expression' must be of below 1000000 bits \(got"):
            kind.power(base, fmpq(exponent))
    assert kind.power(fmpq(-1), fmpq(10**9)) == 1
    assert kind.power(fmpq(2), fmpq(1000)) == 2**1000
