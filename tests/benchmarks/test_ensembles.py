"""What the benchmark of ensembles times is the same on both sides; nothing is timed here."""

import pytest

from tests.benchmarks.ensembles import LR, draw, farthest
from tptheory import RULES, simulate, simulate_ensemble


@pytest.mark.parametrize("name", ["bp", "tp"])
def test_the_ensemble_is_the_loop(name):
    """Nets of widths 4-4-4-4 agree to 1e-12 after sixty steps, and a changed one is noticed."""
    rule, (weights, x, y) = RULES[name](), draw(members=40, seed=1)
    run = simulate_ensemble(rule, weights, x, y, lr=LR, steps=60)
    singles = [simulate(rule, [W[i] for W in weights], x[i], y[i], lr=LR, steps=60) for i in range(40)]
    assert farthest(run, singles) < 1e-12
    weights[0][7, 0, 0] += 1e-9
    singles[7] = simulate(rule, [W[7] for W in weights], x[7], y[7], lr=LR, steps=60)
    assert farthest(run, singles) > 1e-11
