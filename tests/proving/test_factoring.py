"""Sums of words are written with few letters, and mean the same afterwards."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Identity, Inverse, MatrixSymbol, Rational, Trace, symbols

from tptheory import LogPdet, Pinv, evaluate, inner, matadd, matmul, squared_norm, transpose
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.back_translation import BackTranslator, letter_count
from tptheory.proving.translation import Translator

n = symbols("n", integer=True, positive=True)
A, B, C, D, E = (MatrixSymbol(name, n, n) for name in "ABCDE")
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
s, t = symbols("s t", positive=True)
I = Identity(n)


def written(expression, cuts=False):
    """Return what an expression becomes when it is multiplied out and written with few letters."""
    translator = Translator(cuts=cuts)
    return BackTranslator(translator)(translator(expression), hasattr(expression, "shape"))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (A * B + A * C, "A*(B + C)"),
        (A * B * D + C * B * D, "(A + C)*B*D"),
        (A * C + A * D + B * C + B * D, "(A + B)*(C + D)"),
        (A * C * D + B * C * D + A * E + B * E, "(A + B)*(C*D + E)"),
        (2 * A * B + 4 * A * C, "2*A*(B + 2*C)"),
        (s * A + s * B, "s*(A + B)"),
        (A - A * B * B, "A*(I - B*B)"),
        (A * B - 3 * A * B, "-2*A*B"),
        (A + B, "A + B"),
        (A - A, "0"),
    ],
)
def test_common_factors_are_written_once(long, short):
    """The form has the letters that a person would write, wherever the common factor stands."""
    assert letter_count(written(long)) == sum(c.isalpha() and c != "I" for c in short)


def test_squares_and_traces_are_written_once():
    """A sum of traces that is a squared norm is written as one, and traces that share a letter as one trace."""
    square = squared_norm(A) - 2 * inner(A, B) + squared_norm(B)
    assert letter_count(written(square)) == 4
    assert letter_count(written(Trace(A * B) + Trace(A * C))) == 3
    assert letter_count(written(4 * squared_norm(A) + 4 * inner(A, B) + squared_norm(B))) == 4


P, Q = MatrixSymbol("P", 2, 2), MatrixSymbol("Q", 2, 2)
LETTERS = [P, Q, P.T, Pinv(P), Identity(2)]


@st.composite
def sums(draw):
    """Draw a sum of products of a few letters, with small coefficients and scalars."""
    terms = []
    for _ in range(draw(st.integers(1, 5))):
        word = draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=4))
        coefficient = Fraction(draw(st.integers(-3, 3)), draw(st.integers(1, 3)))
        number = Rational(coefficient.numerator, coefficient.denominator)
        scalar = draw(st.sampled_from([1, s, s * t, s**2]))
        terms.append(matmul(number * scalar, *word))
    return matadd(*terms)


@given(sums(), st.booleans(), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_what_is_written_means_the_same(expression, traced, seed):
    """The form has the exact value of the expression, as a matrix and as a trace, with no more letters."""
    rng = np.random.default_rng(seed)
    values = {M: rng.integers(-2, 3, (2, 2)).tolist() for M in (P, Q)} | {s: Fraction(2, 3), t: Fraction(5, 2)}
    before = Trace(expression) if traced else expression
    found = written(before)
    first, second = (
        evaluate(e, {k: v for k, v in values.items() if e.has(k)}, arithmetic="exact") for e in (before, found)
    )
    assert str(first) == str(second)


def test_inverses_and_numbers_are_restored():
    """Inverses, reciprocals, logarithms and vectors come back as what they were."""
    assert written(Inverse(A + s * I)) == Inverse(matadd(A, matmul(s, I)))
    assert written(LogPdet(A) / s) == LogPdet(A) / s
    assert written(matmul(x, transpose(y)), cuts=True).shape == (n, n)
    assert written(x.T * A * y).shape == (1, 1)


def test_a_letter_of_a_proof_is_refused():
    """A root that a proof brings in stands for no expression."""
    translator = Translator()
    root = translator.root(translator(A))
    with pytest.raises(UnsupportedExpressionError, match="sqrt"):
        BackTranslator(translator)(root)
