"""The public Hypothesis strategies give what their names say, exactly."""

import numpy as np
import pytest
from flint import fmpq_mat
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tptheory import AllOf, evaluate, strategies
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.measuring.instances import Instances
from tptheory.measuring.random_matrices import eye
from tptheory.preamble import *

X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", m, n)


@given(strategies.full_row_rank(st.integers(1, 3), 3, exact=True))
def test_full_row_rank(W):
    """The rows are independent."""
    assert W.rank() == W.nrows()


@given(strategies.partial_isometries(exact=True))
def test_partial_isometries(W):
    """W W' W = W, exactly."""
    assert W * W.transpose() * W == W


@given(strategies.orthogonal_matrices(exact=True))
def test_orthogonal(Q):
    """Q Q' = I, exactly."""
    assert Q * Q.transpose() == eye(Q.nrows())


@given(strategies.full_column_rank(3, st.integers(1, 3), exact=True))
def test_full_column_rank(W):
    """The columns are independent."""
    assert W.rank() == W.ncols()


@given(strategies.full_row_rank(exact=True), strategies.full_column_rank(exact=True))
def test_full_rank_of_any_shape(W, V):
    """Sizes that are left open are drawn so that the rank is possible."""
    assert (W.rank(), V.rank()) == (W.nrows(), V.ncols())


@given(strategies.invertible_matrices(exact=True))
def test_invertible(G):
    """The determinant is not zero."""
    assert G.det() != 0


@given(strategies.symmetric_matrices(exact=True))
def test_symmetric(S):
    """S' = S."""
    assert S.transpose() == S


@given(strategies.projections(exact=True), strategies.projections(orthogonal=True, exact=True))
def test_projections(P, Q):
    """P P = P; an orthogonal one is symmetric too."""
    assert P * P == P
    assert Q * Q == Q == Q.transpose()


@pytest.mark.parametrize(
    ("make", "small"),
    [
        (strategies.full_row_rank(2, 2, exact=True), fmpq_mat([[1, 0], [0, 1]])),
        (strategies.symmetric_matrices(2, exact=True), fmpq_mat(2, 2)),
        (strategies.partial_isometries(2, 3, exact=True), fmpq_mat(2, 3)),
    ],
    ids=["full row rank", "symmetric", "partial isometry"],
)
def test_examples_shrink_to_what_a_person_can_read(make, small):
    """The simplest matrix of each kind is what a failing test shows in the end."""
    assert find(make, lambda _: True) == small


CLAIMS = {
    "partial isometry": Equal(Pinv(A), A.T, given=[partial_isometry(A)]),
    "equations, each affine in a symbol": Zero(X, given=[Equal(matmul(A, X, A), A), symmetric(matmul(A, X))]),
    "an equation with pseudo-inverses": Equal(A, Y, given=[Equal(Pinv(A), Pinv(Y))]),
    "the image of one within another": Equal(matmul(A, Pinv(A), Y), Y, given=[ImageWithin(Y, A)]),
    "two at once": AllOf(Equal(A, Y, given=[Equal(matmul(2, A), matmul(2, Y))]), Equal(A, A, given=[nonzero(A)])),
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS.keys())
def test_instances_meet_the_hypotheses(claim):
    """Any claim can be tested on instances that are drawn for it: a hypothesis holds in each, exactly."""
    sources = [Instances(part) for part in claim.conjuncts()]

    @settings(max_examples=50)
    @given(strategies.instances(claim, exact=True))
    def holds(values):
        assert any(set(values) >= {*source.matrices} and source.holds(values) for source in sources)

    holds()


@pytest.mark.parametrize(
    ("hypotheses", "why"),
    [
        ([invertible(S), Zero(S)], "and it is proved that they contradict each other"),
        ([Equal(Trace(S) ** 2, 2)], "and none was found in many attempts"),
    ],
)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_hypotheses_that_nothing_meets_are_told(hypotheses, why):
    """Whether they are shown to contradict each other, or nothing was found."""
    with pytest.raises(InvalidValueError, match=f"'claim' must be one whose hypotheses are met .*{why}"):
        strategies.instances(Zero(S, given=hypotheses)).example()


@given(strategies.instances(CLAIMS["partial isometry"]))
def test_instances_are_floats_unless_exact(values):
    """Without exact=True an instance holds float64 arrays, and is ready to be evaluated."""
    assert values[A].dtype == np.float64
    assert np.allclose(evaluate(Pinv(A), values), values[A].T)


@given(st.data(), st.integers(0, 3))
def test_rank_at_most(data, rank):
    """The rank is at most what was asked for."""
    assert data.draw(strategies.rank_at_most(rank, exact=True)).rank() <= rank


@given(strategies.matrices(2, 3))
def test_floats_by_default(A):
    """Without exact=True a strategy gives float64 arrays of the shape asked for."""
    assert A.dtype == np.float64
    assert A.shape == (2, 3)


@given(strategies.matrices(2, 3, exact=True))
def test_exact_on_demand(A):
    """With exact=True it gives rational matrices."""
    assert isinstance(A, fmpq_mat)


@settings(max_examples=50)
@given(strategies.networks(depth=2, biases=False))
def test_networks(net):
    """Networks have the depth asked for, and fixed widths."""
    assert isinstance(net, DeepLinearNetwork)
    assert net.depth == 2
    assert all(n.is_Integer for n in net.widths)
    assert not net.biases


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: strategies.matrices(0, 3), InvalidValueError, "'rows' must be a positive integer"),
        (lambda: strategies.matrices(3, 0), InvalidValueError, "'columns' must be a positive integer"),
        (lambda: strategies.projections(0), InvalidValueError, "'size' must be a positive integer"),
        (lambda: strategies.networks(depth="2").example(), InvalidValueError, "'depth' must be a positive integer"),
        (lambda: strategies.full_column_rank(0).example(), InvalidValueError, "'rows' must be a positive integer"),
        (lambda: strategies.full_column_rank(2, 3).example(), InvalidValueError, "'columns' must be at most rows = 2"),
        (lambda: strategies.rank_at_most(-1), InvalidValueError, "'rank' must be an integer, 0 or more"),
        (lambda: strategies.instances(Zero(A), largest=0), InvalidValueError, "'largest' must be a positive integer"),
        (lambda: strategies.instances(A), InvalidTypeError, "'claim' must be a claim"),
        (lambda: strategies.rank_at_most("2"), InvalidTypeError, "'rank' must be an integer, 0 or more"),
        (lambda: strategies.full_row_rank(3, 2).example(), InvalidValueError, "'rows' must be at most columns = 2"),
    ],
)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_bad_arguments(make, error, message):
    """Impossible sizes and ranks are refused by name."""
    with pytest.raises(error, match=message):
        make()
