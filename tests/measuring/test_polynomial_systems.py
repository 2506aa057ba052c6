"""Polynomial hypotheses that no construction meets are solved entry by entry, exactly."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import Determinant, Identity, MatrixSymbol, Rational, Symbol, Trace, log, symbols

from tptheory import Pinv, matadd, matmul, squared_norm, transpose
from tptheory.errors import UnsupportedExpressionError
from tptheory.measuring.polynomial_systems import PolynomialSystem
from tptheory.measuring.properties import is_zero
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.polynomial_matrices import PolynomialArithmetic

n = symbols("n", integer=True, positive=True)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
x = MatrixSymbol("x", n, 1)
a, t = Symbol("a", real=True), Symbol("t", positive=True)
T = transpose
I = Identity(n)

SOLVABLE = {
    "a conic": [a**2 + t**2 - 1],
    "a product of traces": [Trace(A) * Trace(B) - 1, Trace(matmul(A, B))],
    "a determinant": [Determinant(A) - 1, Trace(A)],
    "an entry": [A[0, 1] - 3, Trace(matmul(A, A)) - 2],
    "a norm and a form": [squared_norm(x) - 1, Trace(matmul(T(x), A, x)) - 2],
    "a scaled square": [matadd(matmul(A, A), matmul(-1, a, A))],
    "a sum of squares": [matadd(matmul(A, A), matmul(B, B), matmul(-1, A))],
    "a commutator": [matadd(matmul(A, B), matmul(-1, B, A), matmul(-1, A))],
    "a Sylvester equation": [matadd(matmul(A, B), matmul(B, A), matmul(-1, I))],
}


@pytest.mark.parametrize("equations", SOLVABLE.values(), ids=SOLVABLE)
def test_solutions_are_exact(equations):
    """All equations vanish at every solution, and declared signs are kept."""
    rng = np.random.default_rng(0)
    system = PolynomialSystem(equations, [A, B, x, a, t])
    given = {n: 2, A: fmpq_mat(2, 2, [1, 0, 0, 1]), B: fmpq_mat(2, 2), x: fmpq_mat(2, 1), a: fmpq(1), t: fmpq(1)}
    found = [values for _ in range(40) if (values := system.solved(rng, given)) is not None]
    assert found
    for values in found:
        assert values[t] > 0
        for equation in equations:
            wanted = {s: v for s, v in values.items() if s in equation.free_symbols}
            assert is_zero(evaluate(equation, wanted, arithmetic="exact"))


UNSOLVABLE = {
    "two values": [Trace(A) - 1, Trace(A) - 2],
    "an irrational root": [a**2 - 2],
    "a negative square": [squared_norm(x) + 1],
    "a negative number declared positive": [t + 1],
    "no polynomial": [matadd(Pinv(A), matmul(-1, A))],
    "a logarithm": [log(t) - a],
}


@pytest.mark.parametrize("equations", UNSOLVABLE.values(), ids=UNSOLVABLE)
def test_what_has_no_solution_gets_none(equations):
    """None is returned, whatever was tried."""
    system = PolynomialSystem(equations, [A, x, a, t])
    given = {n: 2, A: fmpq_mat(2, 2), x: fmpq_mat(2, 1), a: fmpq(0), t: fmpq(1)}
    assert all(system.solved(np.random.default_rng(seed), given) is None for seed in range(5))


def test_systems_with_many_unknowns_are_given_up():
    """Two matrices of size 5 have 50 entries."""
    system = PolynomialSystem([matmul(A, B)], [A, B])
    assert system.solved(np.random.default_rng(0), {n: 5, A: fmpq_mat(5, 5), B: fmpq_mat(5, 5)}) is None


def test_polynomial_matrices_multiply_as_matrices_do():
    """An expression at unknowns, with numbers put in, is the expression at the numbers."""
    kind = PolynomialArithmetic(["a", "b", "c", "d"])
    names = kind.unknowns
    M = kind.matrix([names[:2], names[2:]])
    values = [fmpq(v) for v in (2, -1, 3, 5)]
    number = fmpq_mat(2, 2, values)
    cubed = kind.matrix_power(M, 3)
    for i in range(2):
        for j in range(2):
            assert cubed[i, j](*values) == (number * number * number)[i, j]
    assert kind.determinant(M)(*values) == number.det()
    assert kind.trace(kind.transpose(M))(*values) == 7
    assert kind.power(names[0], kind.scalar("exponent", 0)) == 1
    for refused in (kind.inverse, kind.pinv, kind.logpdet, kind.log, kind.exp):
        with pytest.raises(UnsupportedExpressionError, match="polynomial"):
            refused(M)
    for exponent in (kind.scalar("exponent", Rational(1, 2)), names[1]):
        with pytest.raises(UnsupportedExpressionError, match="polynomial"):
            kind.power(names[0], exponent)
