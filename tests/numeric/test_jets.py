"""Jets over a prime field obey the laws of the exact arithmetic, order by order."""

from itertools import product

import numpy as np
import pytest
from flint import fmpq_mat, nmod, nmod_mat
from sympy import Determinant, Identity, Inverse, MatrixSymbol, Symbol, Trace, sqrt

from tptheory import LogPdet, Pinv, evaluate
from tptheory.errors import InvalidValueError, UnsupportedExpressionError
from tptheory.numeric.array_printer import ArrayPrinter
from tptheory.numeric.jets import JetArithmetic
from tptheory.numeric.matrix_fields import PrimeField, meets_penrose
from tptheory.symbolic.differentiation import differential

PRIME = 2**61 - 1
FIELD = PrimeField(PRIME)
ORDER = 4
A, V = MatrixSymbol("A", 2, 3), MatrixSymbol("V", 2, 3)
S, U = MatrixSymbol("S", 2, 2), MatrixSymbol("U", 2, 2)
c = Symbol("c")


def random_jet(kind, rows, columns, seed=0):
    """Return a jet with small random integers in all of its coefficients."""
    rng = np.random.default_rng(seed)
    parts = [nmod_mat(rows, columns, rng.integers(0, 9, rows * columns).tolist(), PRIME) for _ in range(kind.length)]
    return kind.jet(parts)


@pytest.mark.parametrize(("rows", "columns", "tangent"), [*product((1, 2, 3), (1, 2, 3), (False, True))])
def test_the_pinv_of_a_jet_obeys_penrose(rows, columns, tangent):
    """All four equations hold modulo t^4, and modulo epsilon^2."""
    kind = JetArithmetic(FIELD, ORDER, tangent)
    M = random_jet(kind, rows, columns)
    X = kind.pinv(M)
    assert M * X * M == M
    assert X * M * X == X
    assert kind.transpose(M * X) == M * X
    assert kind.transpose(X * M) == X * M
    assert meets_penrose(M, X)
    assert not meets_penrose(M, X + X)


def test_the_pinv_of_a_product_of_low_rank_obeys_penrose():
    """A 3x3 product through one dimension has rank one along the whole curve."""
    kind = JetArithmetic(FIELD, ORDER)
    M = random_jet(kind, 3, 1) * random_jet(kind, 1, 3, seed=1)
    X = kind.pinv(M)
    assert M * X * M == M
    assert X * M * X == X
    assert kind.transpose(M * X) == M * X
    assert kind.transpose(X * M) == X * M
    assert meets_penrose(M, X)
    assert not meets_penrose(M, X + X)


@pytest.mark.parametrize("start", [[1, 0, 0, 0], [0, 0, 0, 0]])
def test_a_rank_that_changes_is_refused(start):
    """diag(1, t) has rank 1 at t = 0 and 2 elsewhere."""
    kind = JetArithmetic(FIELD, 2)
    M = kind.jet([nmod_mat(2, 2, start, PRIME), nmod_mat(2, 2, [0, 0, 0, 1], PRIME)])
    with pytest.raises(InvalidValueError, match="whose rank changes from"):
        kind.pinv(M)


def test_a_singular_matrix_is_refused():
    """As in the other arithmetics."""
    kind = JetArithmetic(FIELD, 2)
    with pytest.raises(InvalidValueError, match="a singular 2x2 matrix"):
        kind.inverse(kind.full(2, 2, 1, 1))


def test_a_zero_matrix_is_its_own_pinv():
    """Transposed."""
    kind = JetArithmetic(FIELD, 2)
    assert kind.shape(kind.pinv(kind.full(2, 3, 0, 0))) == (3, 2)


EXPRESSIONS = [
    Pinv(A),
    Pinv(A) * A * A.T,
    Inverse(S * S.T + c * Identity(2)),
    S**3,
    S**-2,
    Trace(S) * A + 2 * A / 3,
    Trace(S) ** -2,
    Determinant(S),
    Determinant(S * S) * Trace(A.T * A),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_value_and_derivative_are_those_of_exact_arithmetic(expression):
    """The first two coefficients are the value and the differential, computed apart over the rationals."""
    values = {A: [[1, 2, 0], [1, 1, 3]], S: [[2, 1], [1, 3]], V: [[0, 1, 1], [2, 0, 1]], U: [[1, 1], [0, 2]], c: 5}
    kind = JetArithmetic(FIELD, 2)
    curve = {c: kind.scalar("c", 5)}
    for symbol, velocity in ((A, V), (S, U)):
        parts = [nmod_mat(values[s], PRIME) for s in (symbol, velocity)]
        curve[symbol] = kind.jet(parts)
    jet = ArrayPrinter(kind, curve, {}).doprint(expression)
    change = differential(expression, {A: V, S: U})
    for coefficient, exact in ((0, expression), (1, change)):
        expected = evaluate(exact, values, arithmetic="exact")
        assert residues(jet.coefficient(coefficient)) == rationals_as_residues(expected)


def residues(value):
    """Return the entries of a matrix, or a scalar, as integers."""
    return [int(e) for e in (value.entries() if isinstance(value, nmod_mat) else [value])]


def rationals_as_residues(value):
    """Return exact rationals modulo the prime."""
    entries = value.entries() if isinstance(value, fmpq_mat) else [value]
    return [int(nmod(int(e.p), PRIME) / nmod(int(e.q), PRIME)) for e in entries]


def test_log_pdet_has_a_derivative_and_no_value():
    """1 + t^2 has the logarithm t^2 - ..., up to a constant."""
    kind = JetArithmetic(FIELD, 4)
    one, zero = nmod_mat(1, 1, [7], PRIME), None
    jet = kind.logpdet(kind.jet([one, zero, one, zero]))
    assert jet.value is None
    assert [int(jet.coefficient(k)) for k in (1, 2, 3)] == [0, 1, 0]


def test_log_pdet_of_a_wide_matrix_is_half_that_of_its_gram_matrix():
    """log pdet A = 1/2 log det A A'."""
    kind = JetArithmetic(FIELD, ORDER)
    M = random_jet(kind, 2, 3)
    half = kind.scalar("half", 2)
    assert kind.logpdet(M) * half == kind.logpdet(M * kind.transpose(M))


@pytest.mark.parametrize("expression", [sqrt(Trace(S)), LogPdet(S)])
def test_what_is_not_rational_is_refused(expression):
    """Roots always, logarithms beside a tangent."""
    kind = JetArithmetic(FIELD, 2, tangent=True)
    with pytest.raises(UnsupportedExpressionError, match="rational in its matrices"):
        ArrayPrinter(kind, {S: random_jet(kind, 2, 2)}, {}).doprint(expression)


def test_a_division_by_zero_is_refused():
    """A scalar that vanishes at the start has no inverse."""
    kind = JetArithmetic(FIELD, 2)
    zero = kind.jet([nmod(0, PRIME), nmod(1, PRIME)])
    with pytest.raises(InvalidValueError, match="a division by zero"):
        kind.power(zero, kind.scalar("exponent", -1))
