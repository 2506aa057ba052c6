"""A feedback that follows the weights: law, flow, steps, training (on MNIST in a given folder), a sweep and LaTeX."""

import sys

import numpy as np
from sympy import Rational, Symbol

from tptheory import Decays, DeepLinearNetwork, Rule, State, cli, load_mnist, prove, simulate, theorem, train

s, c = Symbol("s", positive=True), Symbol("c", positive=True)


class Tracking(Rule):
    name, title, defaults = "tracking", "Tracking feedback", {s: Rational(1, 2), c: Rational(1, 1000)}

    def feedback(self, net, l):
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

    def velocity(self, net, l):
        return super().velocity(net, l) - c * net.weight(l)

    def states(self, net, l):
        return (State(self.feedback(net, l), -s * self.descent(net, l).T - c * self.feedback(net, l), start="drawn"),)


@theorem("$B_2$ comes to $s W_2'$ at the rate $c$")
def feedback_comes_to_the_weights():
    """Both move with the same gradient, so that only the decay is left of their difference."""
    net, rule = DeepLinearNetwork(depth=2), Tracking()
    return Decays(s * net.weight(2).T - rule.feedback(net, 2), along=rule.flow(net), rate=c)


if __name__ == "__main__":
    print(prove(feedback_comes_to_the_weights).explain())
    start = {"weights": [np.eye(4, 3), np.eye(2, 4)], "x": np.eye(3, 5), "y": np.ones((2, 5)), "constants": {"c": 0.2}}
    print(*simulate(Tracking(), **start, times=[0, 1, 2]).loss)
    print(*simulate(Tracking(), **start, lr=0.01, steps=200).loss[::100])
    print(train(Tracking(), data=load_mnist(sys.argv[1]) if sys.argv[1:] else None, steps=300).test_accuracy)
    cli.app(["sweep", "training", f"rule={__file__}::Tracking", "s=0.1,0.5,1", "steps=100"], standalone_mode=False)
    cli.app(["latex", __file__, "--standalone", "--out", "tracking.tex"])
