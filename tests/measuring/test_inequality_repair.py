"""Instances meet hypotheses that are inequalities, by moving a symbol until the inequality holds."""

import numpy as np
import pytest
from sympy import Identity, MatrixSymbol, Symbol

from tptheory import Equal, at_least, at_most, matadd, positive_definite, positive_semidefinite
from tptheory.measuring.instances import Instances
from tptheory.measuring.properties import is_positive_semidefinite

s, t = Symbol("s", real=True), Symbol("t", real=True)
S, T = MatrixSymbol("S", 2, 2), MatrixSymbol("T", 2, 2)

BOUNDS = {
    "a large lower bound": (at_least(s, 100), lambda v: v[s] >= 100),
    "a low upper bound": (at_most(s, -100), lambda v: v[s] <= -100),
    "a bound by another number": (at_least(s - 3 * t, 50), lambda v: v[s] - 3 * v[t] >= 50),
}
"""Numbers that are drawn at random are small: without being moved, none would meet these."""


@pytest.mark.parametrize("name", BOUNDS)
def test_numbers_far_from_0_are_found(name):
    """Every instance that is drawn meets the bound."""
    bound, holds = BOUNDS[name]
    source, random = Instances(Equal(s * t, t * s, given=[bound])), np.random.default_rng(0)
    drawn = [source.draw(random) for _ in range(5)]
    assert all(values is not None and holds(values) for values in drawn)


def test_matrices_above_another_are_found():
    """The difference is made a Gram matrix."""
    given = [positive_semidefinite(S), at_least(T, S)]
    source = Instances(Equal(matadd(S, T), matadd(T, S), given=given))
    values = source.draw(np.random.default_rng(0))
    assert values is not None
    assert is_positive_semidefinite(values[T] - values[S])


def test_definite_matrices_below_another_are_found():
    """A matrix is halved until it is small enough, and stays positive definite: not only the identity is found."""
    source = Instances(Equal(S, S, given=[positive_definite(S), at_most(S, Identity(2))]))
    drawn = [source.draw(np.random.default_rng(seed)) for seed in range(5)]
    assert all(values is not None for values in drawn)
    assert len({tuple(values[S].entries()) for values in drawn}) > 2
