"""Stacks of matrices: every operation is, member by member, what it is for one, and NaN where that is refused."""

import numpy as np
import pytest
import sympy
from sympy import Determinant, ImmutableMatrix, Inverse, MatPow, MatrixSymbol, OneMatrix, Symbol, Trace

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.numeric.evaluation import compile_with
from tptheory.numeric.floats import FloatArithmetic, StackedArithmetic
from tptheory.symbolic.expressions import LogPdet, Pinv, matmul

A, B, s = MatrixSymbol("A", 3, 3), MatrixSymbol("B", 2, 3), Symbol("s")
NODES = {
    "sum": A + A.T + OneMatrix(3, 3),
    "product": B * A * B.T,
    "scaled": matmul(s, B),
    "scaled by a scalar of matrices": matmul(Trace(A) ** 2, B),
    "inverse": Inverse(A),
    "power": MatPow(A, 3),
    "negative power": MatPow(A, -2),
    "zeroth power": MatPow(A, 0, evaluate=False) + A,
    "pseudo-inverse of a square": Pinv(A),
    "pseudo-inverse of a wide one": Pinv(B),
    "pseudo-inverse of a lower rank": Pinv(B.T * B),
    "trace": Trace(A) / 3,
    "determinant": Determinant(A),
    "logarithm": LogPdet(B) + sympy.log(s),
    "entry": A[1, 2] * A[0, 0],
    "explicit matrix": ImmutableMatrix([[1, s], [A[0, 1], Trace(A)]]),
}


def values(members, dtype):
    """Draw matrices for each member."""
    rng = np.random.default_rng(0)
    return (
        (np.eye(3) + 0.3 * rng.standard_normal((members, 3, 3))).astype(dtype),
        rng.standard_normal((members, 2, 3)).astype(dtype),
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NODES)
def test_every_member_is_as_it_is_alone(name, dtype):
    """Each node, recorded and replayed, has for each member the value of its matrices, in its precision."""
    expression, (a, b) = NODES[name], values(5, dtype)
    stacked = compile_with(StackedArithmetic(dtype), expression, [A, B, s])
    single = compile_with(FloatArithmetic(dtype), expression, [A, B, s])
    for _ in range(2):
        result = stacked(a, b, 0.7)
        assert result.dtype == dtype
        for i in range(5):
            expected = single(a[i], b[i], 0.7)
            np.testing.assert_allclose(result[i], expected, rtol=1e-12 if dtype == "float64" else 1e-4, atol=1e-6)
            assert np.shape(result[i]) == np.shape(expected)


def test_shared_matrices_serve_all():
    """What has no first axis is the same for all members."""
    a, b = values(4, "float64")
    kind = StackedArithmetic("float64")
    product = compile_with(kind, B * A, [A, B])
    np.testing.assert_array_equal(product(a[0], b), b @ a[0])
    inverse, rank, smallest = kind.inverted(a[0])
    np.testing.assert_allclose(inverse, np.linalg.inv(a[0]))
    assert (int(rank), smallest.shape) == (3, ())


def test_ranks_are_decided_member_by_member():
    """Easy, hard and singular members stand side by side, each with the rank and the inverse that it has alone."""
    kind, alone = StackedArithmetic("float64"), FloatArithmetic("float64")
    edge = 24 * kind.eps
    diagonals = [(1, 1, 1), (1, 1, 0.9 * edge), (1, 1, 1.1 * edge), (1, 0, 0), (0, 0, 0), (2, 1, 1e-9)]
    stack = np.stack([np.diag(np.array(d, dtype=float)) for d in diagonals])
    inverse, rank, smallest = kind.inverted(stack)
    assert rank.tolist() == [3, 2, 3, 1, 0, 3]
    for i, matrix in enumerate(stack):
        expected, known, least = alone.inverted(matrix)
        np.testing.assert_allclose(inverse[i], expected, rtol=1e-12)
        assert (rank[i], smallest[i]) == (known, pytest.approx(least, rel=1e-12))
    assert not np.any(kind.undefined())


def test_what_one_would_refuse_is_nan_and_noted():
    """A singular inverse, and NaN under a Pinv or LogPdet, are NaN for that member, and noted once."""
    kind = StackedArithmetic("float64")
    stack = np.stack([np.eye(2), np.ones((2, 2)), np.diag([1, 1e-17]), np.full((2, 2), np.nan)])
    inverse = kind.inverse(stack)
    np.testing.assert_array_equal(inverse[0], np.eye(2))
    assert np.isnan(inverse[1:]).all()
    assert kind.undefined().tolist() == [False, True, True, True]
    assert not np.any(kind.undefined())
    pinv = kind.pinv(stack)
    np.testing.assert_allclose(pinv[1], np.full((2, 2), 0.25))
    assert np.isnan(pinv[3]).all()
    assert kind.undefined().tolist() == [False, False, False, True]
    assert np.isnan(kind.logpdet(stack)).tolist() == [False, False, False, True]
    assert kind.undefined().tolist() == [False, False, False, True]
    wide = kind.pinv(np.stack([np.ones((1, 2)), np.full((1, 2), np.inf)]))
    assert np.isnan(wide).all(axis=(1, 2)).tolist() == [False, True]
    assert kind.in_range(stack).tolist() == [True, True, True, False]


def test_reading():
    """Stacks, and columns for each member or for all, are read; what is no stack is refused by name."""
    kind = StackedArithmetic("float32")
    assert kind.read("W", np.ones((5, 2, 3), dtype=int)).dtype == np.float32
    assert kind.read("x", np.ones(3), column=True).shape == (3, 1)
    assert kind.read("x", np.ones((5, 3)), column=True).shape == (5, 3, 1)
    for value, error in ((np.ones((2, 2, 2, 2)), ShapeError), (3, InvalidTypeError), ([["a"]], InvalidTypeError)):
        with pytest.raises(error, match="'W' must be"):
            kind.read("W", value)
    with pytest.raises(InvalidValueError, match=r"'W' must be finite \(got 'nan at \(0, 1, 1\)'\)"):
        kind.check("W", np.array([[[1, 2], [3, np.nan]]]))
