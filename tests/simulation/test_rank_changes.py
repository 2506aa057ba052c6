"""Where a matrix under a Pinv changes its rank in a run, the run says which, when, and from what to what."""

from fractions import Fraction

import numpy as np
import pytest

from tptheory.simulation.rank_changes import RankChange, rank_change_sentence, rank_changes
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rules import Backprop, GaussNewton, Kaczmarz, TargetProp

DTYPES = ["float32", "float64", "mp50", "exact"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_rank_that_jumps_is_reported(dtype):
    """THEORY 4, tp-logdet: W_2 = [0] has rank 1 after one step, in every kind of numbers; steps go on."""
    run = simulate(TargetProp(), [[[1]], [[0]]], [1], [1], lr=Fraction(1, 10), steps=3, dtype=dtype)
    assert (run.status, run.steps) == ("completed", 3)
    assert [change[:4] for change in run.rank_changes] == [(1, "W_2", 0, 1)]
    assert run.message.endswith("The rank of W_2 changed from 0 to 1 at step 1.")


@pytest.mark.parametrize("dtype", ["float64", "mp50", "exact"])
def test_a_rank_that_is_lost_and_found_again(dtype):
    """W_2 = 1, e = 1, x_1 = 1 and eta = 1: W_2 is 0 after one step, and stays; both arithmetics see it."""
    run = simulate(TargetProp(), [[[1]], [[1]]], [1], [0], lr=1, steps=2, dtype=dtype)
    assert run.weights[1][1, 0, 0] == 0
    assert run.rank_changes[0][:4] == (1, "W_2", 1, 0)


@pytest.mark.parametrize("rule", [GaussNewton(), Kaczmarz()], ids=repr)
def test_products_and_activations_are_watched_too(rule):
    """Gauss-Newton inverts W_2 alone in two layers, and Kaczmarz the activations besides."""
    run = simulate(rule, [np.eye(2), np.zeros((1, 2))], [1.0, 0.0], [1.0], lr=0.1, steps=2)
    assert ("W_2", 0, 1) in [(change.matrix, change.before, change.after) for change in run.rank_changes]
    deeper = simulate(rule, [np.eye(2), np.eye(2), np.zeros((1, 2))], [1.0, 0.0], [1.0], lr=0.1, steps=2)
    assert {"W_3", "W_3*W_2"} <= {change.matrix for change in deeper.rank_changes}


def test_a_close_call_is_reported():
    """A singular value that falls below 1.5e-8 of the largest, and counts, is told with its size."""
    run = simulate(TargetProp(), [[[1.0]], [[1.0]]], [1.0], [1e-12], lr=1, steps=1)
    assert run.rank_changes == ()  # of a number the smallest singular value is the largest
    W = np.diag([1.0, 1.0])
    near = simulate(TargetProp(), [np.eye(2), W], [0.0, 1.0], [0.0, 1e-10], lr=1 - 1e-12, steps=1)
    (change,) = near.rank_changes
    assert (change.at, change.matrix, change.before, change.after) == (1, "W_2", 2, 2)
    s = np.linalg.svd(near.weights[1][1], compute_uv=False)
    assert change.smallest == pytest.approx(s[1] / s[0], rel=1e-4)
    assert "W_2 came within 1.0e-10 of a lower rank at step 1." in near.message


def test_what_does_not_move_the_net_is_not_watched():
    """W_1 is inverted for d_0 alone, which moves nothing; a rule without Pinv has nothing to report."""
    for rule in (TargetProp(), Backprop()):
        run = simulate(rule, [np.zeros((2, 2)), np.eye(2)], [1.0, 0.0], [1.0, 0.0], lr=0.1, steps=2)
        assert np.linalg.matrix_rank(run.weights[0][1]) == 1
        assert run.rank_changes == ()


def test_changes_of_a_stack():
    """Of many members, those whose rank differs are named."""
    before = {"W_2": (np.array([2, 2, 1]), np.array([0.1, 0.1, 0.1]))}
    after = {"W_2": (np.array([2, 1, 1]), np.array([1e-9, 0.1, 0.2]))}
    found = rank_changes(before, after, 3, 1.5e-8, np.array([4, 7, 9]))
    assert found == [RankChange(3, "W_2", 2, 2, 1e-9, 4), RankChange(3, "W_2", 2, 1, 0.1, 7)]
    assert str(found[0]) == "W_2 of member 4 came within 1.0e-09 of a lower rank at step 3"
    assert str(found[1]) == "the rank of W_2 of member 7 changed from 2 to 1 at step 3"
    assert rank_changes(before, before, 3, 1.5e-8) == []


def test_the_changes_beyond_the_first_are_counted():
    """One of them is no plural."""
    changes = [RankChange(at, "W_2", 2, 1, 0.5) for at in (3, 5, 7)]
    assert rank_change_sentence(changes[:1]).endswith("at step 3.")
    assert ", and 1 more change (rank_changes lists them)." in rank_change_sentence(changes[:2])
    assert ", and 2 more changes (rank_changes lists them)." in rank_change_sentence(changes)
