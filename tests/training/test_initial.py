"""Where training starts: orthogonal and truncated normal matrices, and constant biases."""

from __future__ import annotations

import numpy as np
import pytest

from tptheory.training.initial import draw_matrix, initial_parameters


@pytest.mark.parametrize("shape", [(3, 8), (8, 3), (5, 5), (1, 4)])
def test_orthogonal_matrices_have_equal_singular_values(shape: tuple[int, int]) -> None:
    """All are 1, or such that the root mean square of the entries is std."""
    rng = np.random.default_rng(0)
    W = draw_matrix(*shape, "orthogonal", None, rng, "float64")
    np.testing.assert_allclose(np.linalg.svd(W, compute_uv=False), 1, rtol=1e-14)
    W = draw_matrix(*shape, "orthogonal", 0.3, rng, "float64")
    assert np.sqrt(np.mean(W**2)) == pytest.approx(0.3, rel=1e-14)
    assert np.ptp(np.linalg.svd(W, compute_uv=False)) < 1e-14


def test_normal_matrices_are_cut_at_two_deviations() -> None:
    """Redrawn, not clipped: no entry beyond 2 std, none heaped at it, and the deviation is 0.8796 std."""
    W = draw_matrix(400, 500, "normal", 0.01, np.random.default_rng(0), "float64")
    assert 0.0199 < np.abs(W).max() < 0.02
    assert np.unique(np.abs(W)).size == W.size
    assert W.std() == pytest.approx(0.01 * 0.87962566, rel=0.01)
    assert abs(W.mean()) < 1e-4


def test_biases_start_where_they_are_told() -> None:
    """Columns of shape (n_l, 1), all equal."""
    _, biases = initial_parameters((4, 3, 2), bias=0.25)
    assert [b.shape for b in biases] == [(3, 1), (2, 1)]
    assert {float(x) for b in biases for x in b.ravel()} == {0.25}
