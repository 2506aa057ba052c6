"""The named quantities are what the flows conserve, and the prover says so."""

import numpy as np
import pytest
from sympy import Symbol

from tptheory import Backprop, Conserved, DeepLinearNetwork, TargetProp, decide, simulate
from tptheory.errors import InvalidValueError
from tptheory.invariants.laws import balance, drift, log_determinant

net = DeepLinearNetwork(depth=3)


@pytest.mark.parametrize("net", [net, DeepLinearNetwork(depth=3, batch=Symbol("B"), biases=True)], ids=repr)
@pytest.mark.parametrize("l", [1, 2])
def test_each_law_belongs_to_its_rule(l, net):
    """BP conserves the balance and TP the log-determinant; the other way round both are refuted."""
    assert decide(Conserved(balance(net, l), along=Backprop().flow(net))).proved
    assert decide(Conserved(log_determinant(net, l), along=TargetProp().flow(net))).proved
    assert decide(Conserved(balance(net, l), along=TargetProp().flow(net)), seconds=60).refuted
    assert decide(Conserved(log_determinant(net, l), along=Backprop().flow(net)), seconds=60).refuted


@pytest.mark.parametrize("law", [balance, log_determinant])
def test_there_is_no_law_of_the_last_layer(law):
    """A law needs two neighbouring layers."""
    with pytest.raises(InvalidValueError, match="'l' must be a layer"):
        law(net, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64", "mp30"])
@pytest.mark.parametrize("biased", [False, True])
def test_the_drift_is_the_largest_change_of_a_law(biased, dtype):
    """NumPy finds the same from the run's weights and biases, whatever its dtype; one layer can be asked for alone."""
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((3, 3)) for _ in range(3)]
    biases = [rng.standard_normal((3, 1)) for _ in range(3)] if biased else None
    x, y = rng.standard_normal((2, 3))
    run = simulate(Backprop(), weights, x, y, lr=0.01, steps=5, biases=biases, dtype=dtype)
    W = [path.astype(np.float64) for path in run.weights]
    b = [path.astype(np.float64) for path in run.biases] if biased else [np.zeros((6, 3, 1))] * 3

    def changes(t):
        for l in range(2):
            yield (
                l,
                *(
                    (
                        W[l + 1][s].T @ W[l + 1][s] - W[l][s] @ W[l][s].T - b[l][s] @ b[l][s].T,
                        np.linalg.slogdet(W[l + 1][s])[1] - (np.sum(W[l][s] ** 2) + np.sum(b[l][s] ** 2)) / 2,
                    )
                    for s in (0, t)
                ),
            )

    for t in (2, -1):
        balances = [np.linalg.norm(after[0] - before[0]) for _, before, after in changes(t)]
        logs = [abs(after[1] - before[1]) for _, before, after in changes(t)]
        assert drift(balance, run, t) == pytest.approx(max(balances), rel=1e-9)
        assert drift(log_determinant, run, t) == pytest.approx(max(logs), rel=1e-9)
        assert [drift(balance, run, t, layers=[l]) for l in (1, 2)] == pytest.approx(balances, rel=1e-9)
    assert drift(balance, run, 0) == 0
