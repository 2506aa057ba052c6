"""Nesterov's step conserves nothing at small widths: the rank that `proofs/momentum.py` speaks of, exactly."""

from itertools import pairwise, product

import numpy as np
import pytest
from sympy import Matrix, Rational, eye, symbols

from tptheory import DeepLinearNetwork, Nesterov, eta
from tptheory.numeric.evaluation import evaluate

M = Rational(1, 2)


def gradients(W, x, d):
    """Return the gradient of each weight for one sample with the input x and the error d at the output."""
    xs, ds = [x], [d]
    for A in W:
        xs.append(A * xs[-1])
    for A in reversed(W[1:]):
        ds.insert(0, A.T * ds[0])
    return [d * x.T for d, x in zip(ds, xs, strict=False)]


def stepped(theta, p, x, d):
    """Return both after a step at eta = 1, whose gradient is taken at theta + m p."""
    g = gradients([A + M * B for A, B in zip(theta, p, strict=True)], x, d)
    p = [M * B - G for B, G in zip(p, g, strict=True)]
    return [A + B for A, B in zip(theta, p, strict=True)], p


def fields(widths, orders):
    """Return theta and p as symbols, and what a small error moves after so many steps without one."""
    shapes = [(n, m) for m, n in pairwise(widths)]
    theta = [Matrix(*shape, symbols(f"t{l}_:{shape[0] * shape[1]}")) for l, shape in enumerate(shapes)]
    p = [Matrix(*shape, symbols(f"p{l}_:{shape[0] * shape[1]}")) for l, shape in enumerate(shapes)]
    found = []
    for k, i, j in product(range(orders), range(widths[0]), range(widths[-1])):
        back = [B / M ** (k + 1) for B in p]
        start = [A - sum(M**-r for r in range(k + 1)) * B for A, B in zip(theta, p, strict=True)]
        place = [A + M * B for A, B in zip(start, back, strict=True)]
        g = gradients(place, eye(widths[0])[:, i], eye(widths[-1])[:, j])
        moved = sum(M**r for r in range(k + 1))
        found.append(Matrix([-moved * a for G in g for a in G] + [-(M**k) * a for G in g for a in G]))
    return [a for A in (*theta, *p) for a in A], found


@pytest.mark.parametrize("widths", [(1, 1, 1), (1, 1, 1, 1), (2, 1, 1), (2, 2, 1)], ids=str)
def test_nothing_is_conserved(widths):
    """The fields and their first brackets have full rank at a rational point."""
    coordinates, found = fields(widths, 3)
    random = np.random.default_rng(0)
    at = {a: Rational(int(random.integers(-9, 10))) for a in coordinates}
    values = [list(v.subs(at)) for v in found]
    jacobians = [v.jacobian(coordinates).subs(at) for v in found]
    for (v, A), (u, B) in product(zip(values, jacobians, strict=True), repeat=2):
        values = [*values, list(A * Matrix(u) - B * Matrix(v))] if v is not u else values
    assert Matrix(values).rank() == len(coordinates)


@pytest.mark.parametrize("widths", [(1, 1, 1), (2, 2, 1), (1, 2, 3, 2)], ids=str)
def test_the_step_is_the_one_of_the_rule(widths):
    """It is `Nesterov().step` at eta = 1 and mu = 1/2, with W = theta + m p and V = p."""
    net, rule, random = DeepLinearNetwork(widths=widths, loss="any"), Nesterov(mu=M), np.random.default_rng(1)

    def drawn(rows, columns):
        return Matrix(rows, columns, lambda *_: Rational(int(random.integers(-3, 4))))

    shapes = [(n, m) for m, n in pairwise(widths)]
    theta, p = ([drawn(*shape) for shape in shapes] for _ in range(2))
    x, d = drawn(widths[0], 1), drawn(widths[-1], 1)
    step = rule.step(net)
    V = [rule.momentum(net, l) for l in net.layers]
    values = dict(zip(net.weights, [A + M * B for A, B in zip(theta, p, strict=True)], strict=True))
    values |= dict(zip(V, p, strict=True)) | {net.input: x, net.error: d}
    values = {symbol: A.tolist() for symbol, A in values.items()} | {eta: 1}
    after, momentum = stepped(theta, p, x, d)
    for l, W in enumerate(net.weights):
        for symbol, expected in ((W, after[l] + M * momentum[l]), (V[l], momentum[l])):
            found = evaluate(step.after(symbol), values, arithmetic="exact")
            assert [str(a) for a in found.entries()] == [str(a) for a in expected]
