"""The public Hypothesis strategies give what their names say, exactly."""

import numpy as np
import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from tptheory import DeepLinearNetwork, strategies
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.numeric.constructions import eye


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
        (lambda: strategies.matrices(0), InvalidValueError, "'size' must be a positive integer"),
        (lambda: strategies.rank_at_most(-1), InvalidValueError, "'rank' must be a non-negative integer"),
        (lambda: strategies.rank_at_most("2"), InvalidTypeError, "'rank' must be a non-negative integer"),
        (lambda: strategies.full_row_rank(3, 2).example(), InvalidValueError, "'rows' must be at most columns = 2"),
    ],
)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_bad_arguments(make, error, message):
    """Impossible sizes and ranks are refused by name."""
    with pytest.raises(error, match=message):
        make()
