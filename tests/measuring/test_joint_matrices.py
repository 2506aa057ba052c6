"""Several matrices are built together, such that the equations between them hold exactly."""

import numpy as np
import pytest
from flint import fmpq_mat
from sympy import Identity, MatrixSymbol, symbols

from tptheory import Pinv, matadd, matmul, transpose
from tptheory.measuring.joint_matrices import joint_builders
from tptheory.measuring.properties import is_zero
from tptheory.measuring.random_matrices import degenerate, entries
from tptheory.measuring.structures import structure_of
from tptheory.measuring.word_sums import word_sum
from tptheory.numeric.evaluation import evaluate

n, m, k = symbols("n m k", integer=True, positive=True)
A, B, C = (MatrixSymbol(name, n, n) for name in "ABC")
D = MatrixSymbol("D", m, n)
X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)
Z = MatrixSymbol("Z", m, n)
U, V = MatrixSymbol("U", n, 2), MatrixSymbol("V", n, 1)
x = MatrixSymbol("x", n, 1)
T = transpose


def minus(first, second):
    """Return the difference."""
    return matadd(first, matmul(-1, second))


def penrose(A, X):
    """Return Penrose's four equations."""
    left, right = matmul(A, X), matmul(X, A)
    return [minus(matmul(A, X, A), A), minus(matmul(X, A, X), X), minus(T(left), left), minus(T(right), right)]


def only(A, X, *kinds):
    """Return those of Penrose's equations that have these numbers."""
    return [penrose(A, X)[kind - 1] for kind in kinds]


IDEMPOTENT = [minus(matmul(A, A), A), minus(matmul(B, B), B)]
SETS = ((1,), (2,), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (1, 2, 3), (1, 2, 4), (1, 3, 4), (2, 3, 4), (1, 2, 3, 4))
TIED = {
    **{f"a {set(kinds)}-inverse": only(D, X, *kinds) for kinds in SETS},
    "two reflexive inverses": [*only(D, X, 1, 2), *only(D, Y, 1, 2)],
    "a transposed inverse": only(D, T(Z), 1, 2),
    "commuting": [minus(matmul(A, B), matmul(B, A))],
    "commuting idempotents": [*IDEMPOTENT, minus(matmul(A, B), matmul(B, A))],
    "commuting symmetric": [minus(A, T(A)), minus(T(B), B), minus(matmul(A, B), matmul(B, A))],
    "commuting with a transpose": [minus(matmul(A, T(B)), matmul(T(B), A))],
    "three that commute": [
        minus(matmul(first, second), matmul(second, first)) for first, second in ((A, B), (B, C), (A, C))
    ],
    "commuting normal": [
        minus(matmul(A, T(A)), matmul(T(A), A)),
        minus(matmul(B, T(B)), matmul(T(B), B)),
        minus(matmul(A, B), matmul(B, A)),
    ],
    "anticommuting": [matadd(matmul(A, B), matmul(B, A))],
    "orthogonal idempotents": [*IDEMPOTENT, matmul(A, B)],
    "orthogonal frames": [minus(matmul(T(U), U), Identity(2)), minus(matmul(T(V), V), Identity(1)), matmul(T(U), V)],
    "orthonormal vectors": [
        minus(matmul(T(V), V), Identity(1)),
        minus(matmul(T(x), x), Identity(1)),
        matmul(T(V), x),
    ],
}


@pytest.mark.parametrize("equations", TIED.values(), ids=TIED)
def test_what_is_built_together_meets_the_equations(equations):
    """Every equation vanishes, as typed; and not always because everything is zero."""
    rng = np.random.default_rng(0)
    matrices = sorted(set().union(*(e.atoms(MatrixSymbol) for e in equations)), key=str)
    words = [word_sum(e) for e in equations]
    alone = {M: structure_of(M, (), [w for w in words if w.symbols == {M}]) for M in matrices}
    builders = joint_builders(words, alone)
    assert builders
    sizes = {m: 2, n: 3}
    nonzero = 0
    for _ in range(25):
        shapes = {M: tuple(int(s.xreplace(sizes)) for s in M.shape) for M in matrices}
        values = {M: entries(rng, *shape, bound=1) for M, shape in shapes.items()}
        if D in values and rng.integers(0, 2):
            values[D] = degenerate(rng, *shapes[D])
        for build in builders:
            values |= build(rng, values)
        for equation in equations:
            assert is_zero(evaluate(equation, values, arithmetic="exact"))
        nonzero += all(not is_zero(M) for M in values.values())
    assert nonzero > 2


def test_all_four_equations_give_the_pseudo_inverse():
    """There is only one matrix that meets them."""
    (build,) = joint_builders(
        [word_sum(e) for e in penrose(D, X)], {D: structure_of(D, (), []), X: structure_of(X, (), [])}
    )
    value = fmpq_mat(2, 3, [1, 2, 0, 2, 4, 0])
    found = build(np.random.default_rng(0), {D: value, X: fmpq_mat(3, 2)})
    assert found[X] == evaluate(Pinv(D), {D: value}, arithmetic="exact")


def test_more_columns_than_rows_give_no_frames():
    """Two columns and one more do not fit into a plane."""
    equations = [word_sum(e) for e in TIED["orthogonal frames"]]
    alone = {M: structure_of(M, (), [w for w in equations if w.symbols == {M}]) for M in (U, V)}
    (build,) = joint_builders(equations, alone)
    assert build(np.random.default_rng(0), {U: fmpq_mat(2, 2), V: fmpq_mat(2, 1)}) is None
