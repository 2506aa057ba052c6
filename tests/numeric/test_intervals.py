"""Intervals contain the numbers that mpmath computes, are rational where the number is, and never show a zero."""

import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from mpmath import mp
from sympy import E, pi

from tptheory.errors import InvalidValueError, UnsupportedExpressionError
from tptheory.measuring.enclosures import EnclosedMatrix, Enclosure, readable
from tptheory.numeric.interval_duals import IntervalDualArithmetic
from tptheory.numeric.intervals import (
    IntervalArithmetic,
    VerifiedIntervalArithmetic,
    is_shown_negative,
    is_shown_nonzero,
)
from tptheory.numeric.multiprecision import MultiprecisionArithmetic

KINDS = (IntervalArithmetic(), VerifiedIntervalArithmetic())
MATRICES = {
    "a column": fmpq_mat(2, 1, [1, 2]),
    "of full rank": fmpq_mat(2, 2, [1, 2, 3, 4]),
    "of low rank": fmpq_mat(3, 3, [1, 2, 3, 2, 4, 6, 0, 0, 1]),
    "wide": fmpq_mat(2, 3, [1, 0, fmpq(1, 2), 0, 1, 3]),
}


def contains(ball, number):
    """Tell whether an interval contains a number that mpmath knows to 50 digits, within these digits."""
    return ball.overlaps(arb(mp.nstr(number, 45), "1e-40"))


@pytest.mark.parametrize("kind", KINDS, ids=["searching", "verifying"])
@pytest.mark.parametrize("A", MATRICES.values(), ids=MATRICES)
def test_log_pdet_contains_what_mpmath_computes(kind, A):
    """Both formulas give an interval around the sum of the logarithms of the singular values."""
    digits = MultiprecisionArithmetic(50)
    expected = digits.logpdet(digits.read("A", [list(row) for row in A.tolist()]))
    with ctx.workprec(100):
        assert contains(kind.logpdet(A), expected)


def test_what_is_rational_stays_rational():
    """Roots of squares, the logarithm of 1, and matrices whose pseudo-determinant is 1."""
    kind = KINDS[0]
    assert kind.power(fmpq(9, 4), fmpq(1, 2)) == fmpq(3, 2)
    assert kind.power(fmpq(9, 4), fmpq(-3, 2)) == fmpq(8, 27)
    assert kind.log(fmpq(1)) == 0
    assert kind.exp(fmpq(0)) == 1
    assert kind.logpdet(fmpq_mat(2, 2, [0, 1, 0, 0])) == fmpq(0)
    assert isinstance(kind.logpdet(fmpq_mat(2, 2)), fmpq)


def test_numbers_contain_what_they_stand_for():
    """Pi, e, roots, powers, logarithms and exponentials."""
    kind = KINDS[0]
    with ctx.workprec(120), mp.workdps(50):
        assert contains(kind.scalar("x", pi), mp.pi)
        assert contains(kind.scalar("x", E), mp.e)
        assert contains(kind.power(fmpq(2), fmpq(1, 3)), mp.mpf(2) ** (mp.mpf(1) / 3))
        assert contains(kind.power(kind.log(fmpq(3)), fmpq(-2)), mp.log(3) ** -2)
        assert contains(kind.power(kind.log(fmpq(3)), fmpq(1, 2)), mp.sqrt(mp.log(3)))
        assert contains(kind.power(fmpq(2), kind.log(fmpq(3))), mp.mpf(2) ** mp.log(3))
        assert contains(kind.exp(kind.log(fmpq(5))), mp.mpf(5))


def test_matrices_mix_rationals_and_intervals():
    """Sums, products, traces and determinants of both kinds."""
    kind = KINDS[0]
    irrational = kind.matrix([[kind.log(fmpq(2)), fmpq(1)], [fmpq(0), fmpq(1)]])
    rational = fmpq_mat(2, 2, [1, 2, 0, 1])
    for total in (irrational + rational, rational + irrational):
        assert contains(total[0, 0], 1 + mp.log(2))
    assert contains(kind.product(rational, irrational)[0, 0], mp.log(2))
    assert contains(kind.scale(kind.log(fmpq(2)), rational)[0, 1], 2 * mp.log(2))
    assert contains(kind.trace(irrational), 1 + mp.log(2))
    assert contains(kind.determinant(irrational), mp.log(2))


def test_what_has_no_value_is_refused():
    """Logarithms of what is not positive, roots of negative numbers, and what an interval leaves open."""
    kind = KINDS[0]
    for refused in (
        lambda: kind.log(fmpq(0)),
        lambda: kind.log(-kind.log(fmpq(2))),
        lambda: kind.power(fmpq(-1), fmpq(1, 2)),
        lambda: kind.power(fmpq(0), fmpq(-1, 2)),
        lambda: kind.power(-kind.log(fmpq(2)), fmpq(1, 2)),
    ):
        with pytest.raises(InvalidValueError):
            refused()
    zero = kind.log(fmpq(2)) - kind.log(fmpq(2))
    irrational = kind.matrix([[kind.log(fmpq(2))]])
    for untold in (
        lambda: kind.log(zero),
        lambda: kind.power(zero, fmpq(-1)),
        lambda: kind.pinv(irrational),
        lambda: kind.inverse(irrational),
        lambda: kind.logpdet(irrational),
    ):
        with pytest.raises(UnsupportedExpressionError):
            untold()


def test_an_interval_around_zero_shows_nothing():
    """It is neither shown to be nonzero, nor negative; nor is a matrix of such."""
    two = arb(2).log()
    zero = two - two
    assert not is_shown_nonzero(zero)
    assert not is_shown_negative(zero)
    assert not is_shown_nonzero(KINDS[0].matrix([[zero, fmpq(0)]]))
    assert is_shown_nonzero(KINDS[0].matrix([[zero, fmpq(1)]]))
    assert is_shown_nonzero(two)
    assert is_shown_negative(-two)
    assert is_shown_nonzero(fmpq(-1))
    assert not is_shown_nonzero(fmpq_mat(1, 2))


def test_dual_numbers_carry_values_and_rates():
    """The rate of sqrt(1 + log x) at x = 2 that moves with rate 1 is 1 / (4 sqrt(1 + log 2))."""
    kind = IntervalDualArithmetic()
    inner = kind.log(kind.jet([fmpq(2), fmpq(1)])) + kind.scalar("one", 1)
    found = kind.power(inner, kind.jet([fmpq(1, 2)]))
    with mp.workdps(40):
        assert contains(found.value, mp.sqrt(1 + mp.log(2)))
        assert contains(found.rate, 1 / (4 * mp.sqrt(1 + mp.log(2))))
    grown = kind.exp(kind.jet([fmpq(1), fmpq(3)]))
    assert contains(grown.rate, 3 * mp.e)
    scaled = kind.scale(grown, kind.jet([fmpq_mat(1, 1, [2]), fmpq_mat(1, 1, [1])]))
    assert contains(scaled.rate[0, 0], 7 * mp.e)
    moving = kind.matrix([[grown, kind.scalar("one", 1)]])
    assert contains(moving.rate[0, 0], 3 * mp.e)


def test_enclosures_show_certain_decimals():
    """Decimals are cut; small numbers keep their exponent; whole numbers are whole."""
    assert str(Enclosure(-arb(2).sqrt())) == "-1.414213..."
    assert Enclosure(arb(1000).log() ** 5).latex() == mp.nstr(mp.log(1000) ** 5, 13)[:-2] + r"\ldots"
    assert str(Enclosure(arb(2, 1))).startswith("[")
    assert "e-" in str(Enclosure(arb(2).log() / 10**9))
    assert readable(arb(3)) == fmpq(3)
    matrix = readable(KINDS[0].matrix([[arb(2).log(), fmpq(1)]]))
    assert isinstance(matrix, EnclosedMatrix)
    assert str(matrix) == "[0.693147..., 1]"
