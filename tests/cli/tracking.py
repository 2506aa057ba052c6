"""Feedback that follows the weights at its own pace: its law, its flow, its steps, training, a sweep, the LaTeX."""

import sys
from fractions import Fraction

import numpy as np
from sympy import Symbol

from tptheory import Decays, DeepLinearNetwork, Rule, State, decide, matadd, matmul, simulate, train, transpose
from tptheory.claims.theorem import theorem
from tptheory.cli import app

s, c = Symbol("s", positive=True), Symbol("c", positive=True)


class Tracking(Rule):
    """The feedback moves with ``s`` times the transposed update, and both decay at the rate ``c``."""

    name, title, defaults = "tracking", "Tracking feedback", {s: 1, c: Fraction(1, 100)}

    def feedback(self, net, l):
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

    def velocity(self, net, l):
        return matadd(super().velocity(net, l), matmul(-c, net.weight(l)))

    def states(self, net, l):
        velocity = matadd(matmul(-s, transpose(self.descent(net, l))), matmul(-c, self.feedback(net, l)))
        return (State(self.feedback(net, l), velocity, start="drawn"),)


@theorem("$B_2$ comes to $s W_2'$ at the rate $c$")
def feedback_comes_to_the_weights():
    """Both move with the same gradient, so that only the decay is left of their difference."""
    net, rule = DeepLinearNetwork(depth=2), Tracking()
    return Decays(matmul(s, transpose(net.weight(2))) - rule.feedback(net, 2), along=rule.flow(net), rate=c)


if __name__ == "__main__":
    print(decide(feedback_comes_to_the_weights).explain())
    rng = np.random.default_rng(0)
    weights, x, y = [rng.normal(size=n) / 2 for n in ((4, 3), (2, 4))], rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    numbers = {"s": 0.5, "c": 0.2, "B_1": np.zeros((3, 4)), "B_2": rng.normal(size=(4, 2))}
    print(*simulate(Tracking(), weights, x, y, times=[0, 1, 2], constants=numbers).loss)
    print(*simulate(Tracking(), weights, x, y, lr=0.01, steps=200, constants=numbers).loss[[0, 100, 200]])
    print(train(Tracking(), steps=300, constants={"s": 0.5, "c": 0.001}).test_accuracy)
    for command in (
        ["sweep", "training", f"rule={sys.argv[0]}::Tracking", "s=0.1,0.5,1", "steps=100", "--out", "runs.jsonl"],
        ["latex", sys.argv[0], "--standalone", "--out", "tracking.tex"],
    ):
        app(command, standalone_mode=False)
