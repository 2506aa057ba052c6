"""One layerwise step against `evaluate` on the rule's whole expression, and the loss against its textbook values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tptheory.numeric.evaluation import evaluate
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule_scalars import damping as lam
from tptheory.symbolic.rules import rule_named
from tptheory.training.layerwise import LayerwiseRule, descent_of, forward, softmax_cross_entropy

RULES = ("bp", "tp", "damped-tp", "fa", "dfa", "gn")


@pytest.mark.parametrize("widths", [(5, 4, 6, 3), (5, 2, 3), (5, 3)], ids=str)
@pytest.mark.parametrize("name", RULES)
def test_layerwise_descent_is_the_rule_evaluated(name: str, widths: tuple[int, ...]) -> None:
    """``G_l`` and ``g_l`` of every layer equal `evaluate` on the rule's own whole expression, fixed matrices too."""
    rng = np.random.default_rng(11)
    net = DeepLinearNetwork(widths=widths, batch=7, biases=True, loss="any")
    weights = [rng.standard_normal(W.shape) for W in net.weights]
    biases = [rng.standard_normal((n, 1)) for n in widths[1:]]
    X, labels = rng.standard_normal((widths[0], 7)), rng.integers(0, widths[-1], 7)
    rule = rule_named(name)
    layerwise = LayerwiseRule(rule, net, lambda rows, columns: rng.standard_normal((rows, columns)), 0.7)
    activations = forward(weights, biases, X)
    D = softmax_cross_entropy(activations[-1], labels)[2]
    G, g = descent_of(layerwise.errors(weights, D), activations)
    values = dict(zip(net.parameters, [*weights, *biases], strict=True))
    values |= {net.input: X, net.error: D, lam: 0.7, **layerwise.constants}
    for l in range(1, net.depth + 1):
        np.testing.assert_allclose(G[l - 1], evaluate(rule.descent(net, l), values), rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(g[l - 1], evaluate(rule.bias_descent(net, l), values), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("widths", [(5, 4, 6, 3), (5, 2, 6, 3), (20, 9, 3), (3, 5)], ids=str)
@pytest.mark.parametrize("name", RULES)
def test_ranks_are_those_of_the_gradients(name: str, widths: tuple[int, ...]) -> None:
    """At random weights, where singular values are far from 0 or 0, it is the rank that NumPy finds in each ``G_l``."""
    rng = np.random.default_rng(11)
    net = DeepLinearNetwork(widths=widths, batch=7, biases=True, loss="any")
    weights = tuple(rng.standard_normal(W.shape) for W in net.weights)
    biases = tuple(rng.standard_normal((n, 1)) for n in widths[1:])
    X, labels = rng.standard_normal((widths[0], 7)), rng.integers(0, widths[-1], 7)
    layerwise = LayerwiseRule(rule_named(name), net, lambda rows, columns: rng.standard_normal((rows, columns)), 0.7)
    activations = forward(weights, biases, X)
    D = softmax_cross_entropy(activations[-1], labels)[2]
    G, _ = descent_of(layerwise.errors(weights, D), activations)
    assert layerwise.ranks(weights, biases, X, labels) == tuple(int(np.linalg.matrix_rank(G_l)) for G_l in G)


def test_softmax_cross_entropy_has_its_textbook_values() -> None:
    """Equal outputs cost ln 3 and push by (1/3 - y) / B; overflow costs infinity and counts as wrong."""
    loss, accuracy, D = softmax_cross_entropy(np.zeros((3, 2)), np.array([0, 2]))
    assert loss == pytest.approx(math.log(3), rel=1e-15)
    assert accuracy == 0.5
    np.testing.assert_allclose(D, [[-1 / 3, 1 / 6], [1 / 6, 1 / 6], [1 / 6, -1 / 3]], rtol=1e-15)
    with np.errstate(all="ignore"):
        loss, accuracy, _ = softmax_cross_entropy(np.array([[np.inf, 1.0], [0.0, 0.0]]), np.array([0, 0]))
    assert (loss, accuracy) == (math.inf, 0.5)
