"""Blocks, Kronecker and entrywise products, and functions of numbers, have the values that NumPy gives them."""

import math

import numpy as np
import pytest
import sympy
from flint import fmpq_mat
from sympy import Abs, Adjoint, BlockMatrix, HadamardPower, HadamardProduct, KroneckerProduct, Max, Trace, conjugate

from tptheory.errors import InvalidValueError, ShapeError, UnsupportedExpressionError
from tptheory.numeric.entrywise import entrywise_product
from tptheory.numeric.evaluation import compile_expression, compile_with, evaluate
from tptheory.numeric.floats import StackedArithmetic
from tptheory.numeric.jets import DualArithmetic
from tptheory.numeric.rationals import ExactArithmetic
from tptheory.symbolic.expressions import Pinv
from tptheory.symbolic.rank import Rank

A, B = sympy.MatrixSymbol("A", 2, 3), sympy.MatrixSymbol("B", 2, 3)
C = sympy.MatrixSymbol("C", 2, 2)
a, b, c = np.array([[1, 2, 0], [-1, 3, 5]]), np.array([[2, 0, 1], [4, -2, 1]]), np.array([[1, 2], [3, -4]])
VALUES = {A: a, B: b, C: c}

CASES = {
    "entrywise": (HadamardProduct(A, B, A), a * b * a),
    "entrywise power": (HadamardPower(C, 3), c**3),
    "Kronecker": (KroneckerProduct(A, C), np.kron(a, c)),
    "three factors": (KroneckerProduct(C, A, B.T), np.kron(np.kron(c, a), b.T)),
    "blocks": (BlockMatrix([[A, C], [B, C]]), np.block([[a, c], [b, c]])),
    "product of blocks": (BlockMatrix([[A, C]]) * BlockMatrix([[B.T], [C]]), a @ b.T + c @ c),
    "adjoint": (Adjoint(A) * C, a.T @ c),
    "absolute value": (Abs(Trace(C)), 3),
    "greatest": (Max(Trace(C), 7), 7),
    "conjugate": (conjugate(sympy.Symbol("z")) * Trace(C), -6),
}


@pytest.mark.parametrize("arithmetic", ["exact", "float", "mp50"])
@pytest.mark.parametrize(("expression", "expected"), CASES.values(), ids=CASES.keys())
def test_values(expression, expected, arithmetic):
    """In every arithmetic, evaluated once and compiled."""
    values = {**VALUES, sympy.Symbol("z"): 2}
    found = evaluate(expression, values, arithmetic=arithmetic)
    again = compile_expression(expression, list(values), arithmetic=arithmetic)(*values.values())
    for value in (found, again):
        rows = value.tolist() if isinstance(value, fmpq_mat | np.ndarray) else [[value]]
        np.testing.assert_array_equal([[float(x) for x in row] for row in rows], np.atleast_2d(expected))


def test_functions_that_are_not_rational():
    """They have values in floats and in digits, and none in rationals; where they are not real, they are refused."""
    expression = sympy.cos(Trace(C)) + sympy.sqrt(5 + Trace(C)) + sympy.pi
    expected = math.cos(-3) + math.sqrt(2) + math.pi
    assert float(evaluate(expression, VALUES)) == pytest.approx(expected, rel=1e-14)
    assert float(evaluate(expression, VALUES, arithmetic="mp50")) == pytest.approx(expected, rel=1e-14)
    with pytest.raises(UnsupportedExpressionError, match="must stay rational"):
        evaluate(expression, VALUES, arithmetic="exact")
    with pytest.raises(InvalidValueError, match="real and finite at these values"):
        evaluate(sympy.asin(Trace(C)), VALUES)


def test_a_stack_is_evaluated_member_by_member():
    """Products by entries, and ranks, of many matrices at once; functions of their numbers are refused."""
    kind = StackedArithmetic(np.float64)
    stack = np.array([c, 2 * c, np.ones((2, 2)), np.zeros((2, 2))], dtype=float)
    run = compile_with(kind, HadamardProduct(C, KroneckerProduct(C, sympy.Identity(1))), [C])
    np.testing.assert_array_equal(run(stack), stack * stack)
    np.testing.assert_array_equal(compile_with(kind, Rank(C), [C])(stack), [2, 2, 1, 0])
    with pytest.raises(UnsupportedExpressionError, match="where its matrices move, or are many"):
        compile_with(kind, Abs(Trace(C)), [C])(stack)


def test_the_rate_of_an_entrywise_product():
    """Dual numbers give the product rule, and refuse functions of numbers that move."""
    kind = DualArithmetic()
    one, rate = ExactArithmetic().read("C", c), ExactArithmetic().read("D", c.T)
    found = entrywise_product(kind, kind.jet([one, rate]), kind.jet([one, rate]))
    np.testing.assert_array_equal(np.array(found.rate.tolist(), dtype=float), 2 * c * c.T)
    with pytest.raises(UnsupportedExpressionError, match="where its matrices move"):
        compile_with(kind, Abs(Trace(C)), [C])(kind.jet([one, rate]))


def test_shapes_must_agree():
    """An entrywise product of two shapes is refused."""
    kind = ExactArithmetic()
    with pytest.raises(ShapeError, match="'factors' must be of one shape"):
        entrywise_product(kind, kind.read("A", a), kind.read("C", c))
    assert evaluate(Pinv(KroneckerProduct(A, C)), VALUES, arithmetic="exact") == evaluate(
        KroneckerProduct(Pinv(A), Pinv(C)), VALUES, arithmetic="exact"
    )
