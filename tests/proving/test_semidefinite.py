"""Semidefinite matrices in an affine space: what is found is exact, and what does not exist is not found."""

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from flint import fmpq, fmpq_mat

from tptheory.proving.semidefinite import decomposed, positive_semidefinite, solutions


def forms(degree):
    """The pairs of monomials ``x^i y^(degree - i)``, and by each pair the power of x in their product."""
    pairs = list(combinations_with_replacement(range(degree + 1), 2))
    return pairs, [i + j for i, j in pairs]


def squares_of_form(*coefficients):
    """The squares whose sum is the form with these coefficients, by powers of x; None if there are none."""
    degree = (len(coefficients) - 1) // 2
    pairs, powers = forms(degree)
    columns = [
        [fmpq((2 if i != j else 1) * (power == k)) for k in range(len(coefficients))]
        for (i, j), power in zip(pairs, powers, strict=True)
    ]
    space = solutions(columns, [fmpq(c) for c in coefficients])
    return positive_semidefinite(degree + 1, pairs, space, lambda: None)


FORMS = {
    "(x^2 + y^2)^2": (1, 0, 2, 0, 1),
    "(x^2 - y^2)^2, on the boundary": (1, 0, -2, 0, 1),
    "(x^2 - 3 x y + y^2)^2, on the boundary": (1, -6, 11, -6, 1),
    "inside, but not where free entries are 0": (5, 0, -1, 2, 2),
    "(x^2 - 2 y^2)^2 + (x y - y^2)^2": (5, -2, -3, 0, 1),
    "x^2 (x - y)^2, with kernels of two shapes": (0, 0, 1, -2, 1),
    "(x - y)^6": (1, -6, 15, -20, 15, -6, 1),
}


@pytest.mark.parametrize("coefficients", FORMS.values(), ids=FORMS)
def test_a_form_that_is_never_negative_is_a_sum_of_squares(coefficients):
    """Multiplied out, the squares give the form again; their weights are positive."""
    squares = squares_of_form(*coefficients)
    total = [Fraction(0)] * len(coefficients)
    for weight, row in squares:
        assert weight > 0
        for i, a in enumerate(row):
            for j, b in enumerate(row):
                total[i + j] += weight * a * b
    assert total == list(coefficients)


NEGATIVE = {
    "negative at x = y": (1, 0, -3, 0, 1),
    "negative at x = 0": (-1, 0, 2, 0, 1),
    "a square less a little": (1000, 0, -2001, 0, 1000),
}


@pytest.mark.parametrize("coefficients", NEGATIVE.values(), ids=NEGATIVE)
def test_a_form_that_is_negative_somewhere_is_none(coefficients):
    """No decomposition is found where none exists."""
    assert squares_of_form(*coefficients) is None


def test_equations_without_a_solution():
    """There is no space of solutions."""
    assert solutions([[fmpq(1), fmpq(1)]], [fmpq(1), fmpq(2)]) is None


def test_decomposition_of_a_matrix():
    """A matrix with a negative direction has none; so it is with a zero on the diagonal beside another entry."""
    assert decomposed(fmpq_mat(2, 2, [1, 2, 2, 4])) == [(1, [1, 2])]
    assert decomposed(fmpq_mat(2, 2, [1, 2, 2, 3])) is None
    assert decomposed(fmpq_mat(2, 2, [0, 1, 1, 5])) is None
    assert decomposed(fmpq_mat(2, 2, [0, 0, 0, 0])) == []
