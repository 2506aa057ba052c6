"""Equations have one canonical form, up to order, sign, factor and transposition."""

import pytest
from sympy import Identity, Inverse, MatrixSymbol, Rational, Trace, symbols

from tptheory import Pinv, inner, matadd, matmul, squared_norm, transpose
from tptheory.measuring.word_sums import connected, word_sum

n, m = symbols("n m", integer=True, positive=True)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
F = MatrixSymbol("F", m, n)
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
T = transpose

SAME = {
    "sign and order": (matmul(A, A) - A, A - matmul(A, A)),
    "factor": (matmul(A, B) - matmul(B, A), matmul(Rational(-3, 2), B, A) + matmul(Rational(3, 2), A, B)),
    "transposition": (matmul(A, T(A), A) - A, T(A) - matmul(T(A), A, T(A))),
    "powers": (A**3 - A, matmul(A, A, A) - A),
    "brackets": (matmul(A, matadd(A, B)), matmul(A, A) + matmul(A, B)),
    "identities": (matmul(matadd(A, Identity(n)), B), matmul(A, B) + B),
    "lengths": (squared_norm(x) - 1, Trace(matmul(x, T(x))) - 1),
    "a 1x1 matrix": (matmul(T(x), x) - Identity(1), squared_norm(x) - 1),
    "inner products": (inner(x, y), matmul(T(y), x)),
    "traces": (Trace(matmul(A, B, B)) * 2 - 4, 2 - Trace(matmul(T(B), T(A), T(B)))),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_equations_that_say_the_same_have_one_form(left, right):
    """They are proportional, or one is to the transpose of the other."""
    assert word_sum(left).is_proportional_to(word_sum(right))


APART = {
    "another factor of one term": (matmul(A, A) - A, matmul(A, A) - 2 * A),
    "another order of letters": (matmul(A, B), matmul(B, A)),
    "a transpose in one place": (matmul(A, A) - A, matmul(A, T(A)) - A),
    "another sign": (A + T(A), A - T(A)),
    "a trace and a matrix": (Trace(A), A),
    "other symbols": (matmul(A, A) - A, matmul(B, B) - B),
    "rows and columns": (matmul(T(F), F) - Identity(n), matmul(F, T(F)) - Identity(m)),
}


@pytest.mark.parametrize(("left", "right"), APART.values(), ids=APART)
def test_other_equations_have_other_forms(left, right):
    """No multiple of one is the other."""
    assert not word_sum(left).is_proportional_to(word_sum(right))


@pytest.mark.parametrize(
    "expression",
    [
        Pinv(A) - A,
        Inverse(A) - A,
        Trace(A) ** 2 - 1,
        symbols("c") * Trace(A),
        matmul(symbols("c"), A) - A,
        Trace(Identity(n)) - 1,
        A**-1,
        matmul(*[matadd(A, B)] * 7),
    ],
    ids=str,
)
def test_what_is_no_sum_of_words_is_left_out(expression):
    """Inverses, scalar symbols, products of traces, sizes, and what has too many terms."""
    assert word_sum(expression) is None


def test_sets_that_share_a_symbol_are_merged():
    """Three links make one chain; what touches none of them stays apart."""
    assert connected([{1, 2}, {5, 6}, {2, 3}, {3, 4}]) == [{5, 6}, {1, 2, 3, 4}]
