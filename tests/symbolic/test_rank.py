"""The rank as a node of an expression: built, rebuilt, evaluated and shown."""

import copy
import pickle

import numpy as np
import pytest
from sympy import (
    Add,
    Identity,
    ImmutableMatrix,
    Matrix,
    MatrixSymbol,
    Mul,
    Symbol,
    ZeroMatrix,
    expand_log,
    lambdify,
    latex,
    log,
    signsimp,
    symbols,
)

from tptheory import LogPdet, Pinv, Rank, evaluate
from tptheory.errors import InvalidTypeError, UnsupportedExpressionError
from tptheory.numeric.jets import DualArithmetic
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.html_math import html_of

m, n = symbols("m n", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", m, n)
ROWS = [[1, 2], [2, 4], [0, 1]]


def test_it_is_rebuilt_from_its_arguments():
    """It survives copying, pickling and replacing, and is a number that is an integer and not negative."""
    rank = Rank(A)
    assert rank.func(*rank.args) == rank == copy.deepcopy(rank) == pickle.loads(pickle.dumps(rank))  # noqa: S301
    assert rank.xreplace({A: B}) == rank.subs(A, B) == substitute(rank, {A: B}) == Rank(B)
    assert all((rank.is_integer, rank.is_nonnegative, rank.is_real))
    assert isinstance(rank + 1, Add)


def test_known_ranks():
    """An identity, a zero matrix, a pseudo-inverse, and numbers written out."""
    assert Rank(Identity(n)) == n
    assert Rank(ZeroMatrix(m, n)) == 0
    assert Rank(Pinv(A)) == Rank(A)
    assert Rank(ImmutableMatrix(ROWS)).doit() == Rank(A).subs(A, Matrix(ROWS)).doit() == 2
    assert Rank(ImmutableMatrix([[Symbol("c"), 0]])).doit().func is Rank


@pytest.mark.parametrize("arithmetic", ["exact", "float", "float32", "mp50"])
@pytest.mark.parametrize("scale", [0, 1])
def test_its_value(arithmetic, scale):
    """The rank of a matrix, and of a product that loses rank."""
    values = {A: [[scale * entry for entry in row] for row in ROWS]}
    assert evaluate(Rank(A), values, arithmetic=arithmetic) == 2 * scale
    assert evaluate(2 * Rank(A.T * A) + 1, values, arithmetic=arithmetic) == 4 * scale + 1


def test_a_moving_matrix_has_no_rate_of_its_rank():
    """A rank jumps, so that it is refused where matrices move."""
    with pytest.raises(UnsupportedExpressionError, match="must not hold a Rank"):
        DualArithmetic().rank(None)


def test_its_looks():
    """Text, LaTeX and HTML, with powers."""
    assert str(Rank(A.T * B)) == "rank(A.T*B)"
    assert latex(Rank(A)) == r"\operatorname{rank}\left(A\right)"
    assert latex_of(Rank(A) ** 2) == r"\left(\operatorname{rank}\left(A\right)\right)^{2}"
    assert "rank" in html_of(Rank(A))


def test_a_number_has_no_rank():
    """The error names the argument."""
    with pytest.raises(InvalidTypeError, match="'argument' must be a SymPy matrix expression"):
        Rank(3)


def test_a_multiple_that_sympy_writes_as_a_number_is_read():
    """Where SymPy looks at signs, it writes ``-(B - A)`` as a product of numbers."""
    rank = Rank(A - A * B.T * A)
    assert signsimp(2 * rank) == 2 * rank
    assert str(Rank(Mul(-1, A - B, evaluate=False))) == "rank(-A + B)"
    with pytest.raises(InvalidTypeError, match=r"must be a SymPy matrix expression"):
        Rank(Mul(2, Symbol("s")))


def test_functions_of_numpy_are_made_of_it():
    """So they are of the pseudo-inverse and the pseudo-determinant."""
    C = MatrixSymbol("C", 2, 3)
    found = lambdify([C], [Rank(C), Pinv(C), LogPdet(C)])(np.array([[2.0, 0, 0], [0, 3.0, 0]]))
    assert found[0] == 2
    np.testing.assert_allclose(found[1], [[1 / 2, 0], [0, 1 / 3], [0, 0]], rtol=0, atol=1e-15)
    assert found[2] == pytest.approx(np.log(6))


@pytest.mark.parametrize(
    ("rows", "value"),
    [([[1, 2], [3, 4]], log(2)), ([[1, 2], [2, 4]], log(5)), ([[0, 0]], 0), ([[1, 2, 3]], log(14) / 2)],
    ids=["invertible", "deficient", "zero", "a row"],
)
def test_the_pseudo_determinant_of_numbers_is_evaluated(rows, value):
    """As the rank and the pseudo-inverse are; one with symbols stays as it is."""
    assert expand_log(LogPdet(Matrix(rows)).doit(), force=True) == value
    symbolic = LogPdet(Matrix([[Symbol("s"), 1]]))
    assert symbolic.doit() == symbolic
