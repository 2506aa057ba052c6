"""Where training starts: orthogonal and truncated normal matrices, and constant biases."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tptheory.errors import UnknownNameError
from tptheory.training.initial import balanced_weights, draw_matrix, initial_parameters


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


@pytest.mark.parametrize("widths", [(7, 5, 6, 4), (3, 8, 8, 4), (6, 2, 5), (5, 3), (4, 1, 4)], ids=str)
def test_balanced_weights_are_balanced(widths: tuple[int, ...]) -> None:
    """``W_{l+1}' W_{l+1} = W_l W_l'`` at every hidden layer, also where one is narrower than input and output."""
    weights = balanced_weights(widths, 0.7, np.random.default_rng(1))
    assert [W.shape for W in weights] == [(n, m) for m, n in itertools.pairwise(widths)]
    for lower, upper in itertools.pairwise(weights):
        np.testing.assert_allclose(upper.T @ upper, lower @ lower.T, rtol=0, atol=1e-14)
    for W in weights:
        assert np.linalg.matrix_rank(W) == min(widths)


def test_the_product_of_balanced_weights_is_the_drawn_matrix() -> None:
    """Where no layer is narrower than the output, the product has independent entries of the given deviation."""
    weights = balanced_weights((300, 250, 200), 0.05, np.random.default_rng(2))
    product = weights[1] @ weights[0]
    assert product.std() == pytest.approx(0.05, rel=0.01)
    assert abs(product.mean()) < 1e-3


def test_scaled_matrices_keep_the_size_of_their_input() -> None:
    """Entries of deviation ``std / sqrt(columns)``."""
    rng = np.random.default_rng(0)
    W = draw_matrix(400, 900, "scaled", None, rng, "float64")
    assert W.std() == pytest.approx(1 / 30, rel=0.01)
    assert draw_matrix(400, 900, "scaled", 3.0, rng, "float64").std() == pytest.approx(1 / 10, rel=0.01)
    x = rng.standard_normal(900)
    assert np.linalg.norm(W @ x) / 20 == pytest.approx(np.linalg.norm(x) / 30, rel=0.1)


def test_an_unknown_start_is_refused() -> None:
    """With the nearest name that is known."""
    with pytest.raises(UnknownNameError, match="Did you mean 'balanced'"):
        initial_parameters((4, 3), init="balance")
