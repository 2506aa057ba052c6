"""Equations that are affine in one matrix are solved exactly, and left alone where they hold."""

import pytest
from flint import fmpq_mat
from sympy import Inverse, MatrixSymbol, Trace

from tptheory import Pinv, matadd, matmul, transpose
from tptheory.numeric.affine_equations import AffineSystem, is_affine

A, X = MatrixSymbol("A", 2, 2), MatrixSymbol("X", 2, 2)
LOW = fmpq_mat([[1, 1], [1, 1]])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (matadd(matmul(A, X, A), matmul(-1, A)), True),
        (matadd(matmul(2, transpose(X)), matmul(Pinv(A), X)), True),
        (Trace(matmul(A, X)) + Trace(A) ** 2, True),
        (matmul(X, A, X), False),
        (Pinv(X), False),
        (Inverse(X), False),
        (Trace(X) ** 2, False),
    ],
)
def test_what_is_affine(expression, expected):
    """One factor X in each term, outside every inverse and power."""
    assert is_affine(expression, X) is expected


def test_solutions_solve_and_stay():
    """A X A = A with A X symmetric has solutions for a singular A; a solution comes back as it is."""
    AX = matmul(A, X)
    residuals = [matadd(matmul(A, X, A), matmul(-1, A)), matadd(AX, matmul(-1, transpose(AX)))]
    system = AffineSystem(X, residuals, [A, X])
    for start in (fmpq_mat(2, 2), fmpq_mat([[3, 0], [1, -2]])):
        found = system.solve({A: LOW, X: start})
        assert LOW * found * LOW == LOW
        assert LOW * found == (LOW * found).transpose()
        assert system.solve({A: LOW, X: found}) == found


def test_no_solution():
    """A X = I has none for a singular A; where an inverse does not exist there is none either."""
    identity = fmpq_mat([[1, 0], [0, 1]])
    system = AffineSystem(X, [matadd(matmul(A, X), matmul(-1, A, Pinv(A)), matmul(-1, X), transpose(X))], [A, X])
    assert system.solve({A: LOW, X: identity}) is not None
    E = MatrixSymbol("E", 2, 2)
    system = AffineSystem(X, [matadd(matmul(A, X), matmul(-1, E))], [A, E, X])
    assert system.solve({A: LOW, E: identity, X: identity}) is None
    system = AffineSystem(X, [matadd(matmul(Inverse(A), X), matmul(-1, A))], [A, X])
    assert system.solve({A: LOW, X: identity}) is None
