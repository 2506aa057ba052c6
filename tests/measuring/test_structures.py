"""What equations say of one matrix is recognised, and matrices that are built from it meet these equations exactly."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from sympy import Identity, MatrixSymbol, Rational, symbols

from tptheory import Pinv, matadd, matmul, squared_norm, transpose
from tptheory.measuring.properties import is_zero
from tptheory.measuring.rational_frames import orthogonal_basis, orthogonal_frame, two_squares, vector_of_length
from tptheory.measuring.structured_matrices import companion, has_structure, structured_matrix, value_at
from tptheory.measuring.structures import Structure, structure_of
from tptheory.measuring.word_sums import word_sum
from tptheory.numeric.evaluation import evaluate

n, m = symbols("n m", integer=True, positive=True)
A = MatrixSymbol("A", n, n)
F = MatrixSymbol("F", m, n)
x = MatrixSymbol("x", n, 1)
T = transpose
I = Identity(n)


def power(k):
    """Return ``A`` multiplied ``k`` times."""
    return matmul(*[A] * k)


def minus(first, second):
    """Return the difference."""
    return matadd(first, matmul(-1, second))


KINDS = {
    "idempotent": (A, (), [minus(power(2), A)], {2, 3, 4}),
    "orthogonal projection": (A, (), [minus(power(2), A), minus(A, T(A))], {2, 3, 4}),
    "half named projection": (A, ("symmetric",), [minus(power(2), A)], {2, 3}),
    "projection in one equation": (A, (), [minus(matmul(A, T(A)), A)], {2, 3}),
    "partial isometry": (A, (), [minus(matmul(A, T(A), A), A)], {2, 3}),
    "tall frame": (F, (), [minus(matmul(T(F), F), I)], {(3, 2), (4, 1), (2, 2)}),
    "wide frame": (F, (), [minus(matmul(F, T(F)), Identity(m))], {(2, 3), (1, 4)}),
    "scaled frame": (F, (), [minus(matmul(T(F), F), matmul(2, I))], {(2, 2), (2, 1), (4, 3)}),
    "orthogonal": (A, (), [minus(matmul(A, T(A)), I)], {1, 2, 3, 4}),
    "symmetric orthogonal": (A, ("orthogonal",), [minus(A, T(A))], {2, 3}),
    "scaled orthogonal": (A, (), [minus(matmul(A, T(A)), matmul(5, I))], {2, 4}),
    "nilpotent": (A, (), [power(4)], {2, 3, 4}),
    "involution": (A, (), [minus(power(2), I)], {2, 3}),
    "symmetric involution": (A, (), [minus(power(2), I), minus(T(A), A)], {2, 3}),
    "complex structure": (A, (), [matadd(power(2), I)], {2, 4}),
    "skew": (A, (), [matadd(A, T(A))], {2, 3}),
    "skew orthogonal": (A, ("orthogonal",), [matadd(A, T(A))], {2, 4}),
    "normal": (A, (), [minus(matmul(A, T(A)), matmul(T(A), A))], {2, 3, 4}),
    "normal root of one": (A, (), [minus(matmul(A, T(A)), matmul(T(A), A)), minus(power(3), I)], {3}),
    "double root": (A, (), [minus(power(5), power(2))], {3, 4}),
    "nilpotent partial isometry": (A, ("partial_isometry",), [power(3)], {2, 3}),
    "unit vector": (x, (), [minus(matmul(T(x), x), Identity(1))], {(1, 1), (2, 1), (4, 1)}),
    "vector of length sqrt 2": (x, (), [squared_norm(x) - 2], {(2, 1), (3, 1)}),
    "unit matrix": (F, (), [squared_norm(F) - Rational(1, 4)], {(2, 3), (1, 1)}),
}


def recognised(symbol, names, equations):
    """Return the structure that equations give."""
    return structure_of(symbol, names, [word_sum(e) for e in equations])


@pytest.mark.parametrize(("symbol", "names", "equations", "shapes"), KINDS.values(), ids=KINDS)
def test_what_is_built_meets_the_equations(symbol, names, equations, shapes):
    """At every shape matrices are built, more than one, and the equations as typed vanish at them."""
    structure = recognised(symbol, names, equations)
    assert not structure.is_plain
    rng = np.random.default_rng(0)
    for shape in sorted((k, k) if isinstance(k, int) else k for k in shapes):
        found = [structured_matrix(structure, rng, *shape) for _ in range(30)]
        assert None not in found
        for M in found:
            assert has_structure(structure, M)
            for equation in equations:
                assert is_zero(evaluate(equation, {symbol: M}, arithmetic="exact"))
        bound = structure.largest_norm(*shape)
        assert bound is None or all(sum(e * e for e in M.entries()) <= bound for M in found)
        assert len({tuple(map(str, M.entries())) for M in found}) > 1


IMPOSSIBLE = {
    "wide frame of columns": (F, [minus(matmul(T(F), F), I)], (2, 3)),
    "complex structure of odd size": (A, [matadd(power(2), I)], (3, 3)),
    "nilpotent involution": (A, [minus(power(2), I), power(3)], (2, 2)),
    "vector of negative length": (x, [squared_norm(x) + 1], (2, 1)),
    "number of irrational length": (x, [squared_norm(x) - 2], (1, 1)),
    "square property of another shape": (F, [minus(matmul(T(F), F), I)], (1, 2)),
}


@pytest.mark.parametrize(("symbol", "equations", "shape"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_does_not_exist_is_not_built(symbol, equations, shape):
    """None is returned, instead of a matrix that breaks the equations."""
    structure = recognised(symbol, (), equations)
    assert structured_matrix(structure, np.random.default_rng(0), *shape) is None


def test_what_is_not_recognised_says_nothing():
    """Other equations leave a structure plain."""
    assert recognised(A, (), [minus(matmul(A, T(A)), matmul(A, A))]).is_plain
    assert word_sum(minus(Pinv(A), A)) is None
    assert structured_matrix(Structure(), np.random.default_rng(0), 2, 2) is None


def test_annihilators_meet_in_their_common_divisor():
    """From A^4 = A and A^2 = I follows (A - I) = 0."""
    structure = recognised(A, (), [minus(power(4), A), minus(power(2), I)])
    assert structure.annihilator == (fmpq(-1), fmpq(1))
    assert structured_matrix(structure, np.random.default_rng(0), 2, 2) == fmpq_mat(2, 2, [1, 0, 0, 1])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_frames_and_bases_are_orthogonal(size):
    """Frames have unit columns, bases columns of any length."""
    rng = np.random.default_rng(size)
    one = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    for _ in range(20):
        Q, G = orthogonal_frame(rng, size), orthogonal_basis(rng, size)
        assert Q.transpose() * Q == one
        gram = G.transpose() * G
        assert all((gram[i, j] == 0) == (i != j) for i in range(size) for j in range(size))


@pytest.mark.parametrize("squared", [fmpq(1), fmpq(2), fmpq(7), fmpq(9, 25), fmpq(0), fmpq(1, 2)])
def test_vectors_have_the_length_asked_for(squared):
    """Seven is a sum of four squares, and of no fewer."""
    rng = np.random.default_rng(0)
    for size in (4, 6):
        assert sum(e * e for e in vector_of_length(rng, size, squared)) == squared
    if squared == 7:
        assert vector_of_length(rng, 3, squared) is None
    assert all(a * a + b * b == squared for a, b in two_squares(squared))


def test_companion_matrices_are_annihilated():
    """The minimal polynomial of a companion matrix is the polynomial itself."""
    coefficients = [fmpq(2), fmpq(0), fmpq(-3, 2), fmpq(2)]
    A = companion(fmpq_poly(coefficients))
    assert value_at(coefficients, A) == fmpq_mat(3, 3)
    assert A.minpoly() * 2 == fmpq_poly(coefficients)
