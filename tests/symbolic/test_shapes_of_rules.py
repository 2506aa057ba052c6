"""What a rule's own methods return has the shape that their place in the motion asks for, or is refused by name."""

import numpy as np
import pytest
from sympy import ZeroMatrix

from tptheory import Backprop, Conserved, Rule, decide, simulate, train, transpose
from tptheory.errors import InvalidTypeError, ShapeError
from tptheory.preamble import DeepLinearNetwork, deep, matmul, two
from tptheory.symbolic.dynamics import Flow
from tptheory.training.data import DataSet

WEIGHTS = [np.ones((3, 4)), np.ones((2, 3))]


class Signalled(Backprop):
    """A rule whose velocity is the error signal alone, which NumPy would spread over the columns."""

    def velocity(self, net, l):
        """Return ``-d_l``."""
        return matmul(-1, self.error_signal(net, l))


class Transposed(Backprop):
    """A rule whose update is the transposed weight."""

    def update(self, net, l):
        """Return ``W_l'``."""
        return transpose(net.weight(l))


class Descending(Backprop):
    """A rule whose descent is the transposed weight."""

    def descent(self, net, l):
        """Return ``W_l'``."""
        return transpose(net.weight(l))


class Upward(Rule):
    """A rule whose feedback is the weight itself."""

    def feedback(self, net, l):
        """Return ``W_l``."""
        return net.weight(l)


class Straight(Rule):
    """A direct rule whose feedback starts from the layer above, and not from the output."""

    direct = True

    def feedback(self, net, l):
        """Return ``W_l'``."""
        return transpose(net.weight(l))


WRONG = [(Signalled(), "velocity"), (Transposed(), "update"), (Descending(), "descent"), (Upward(), "feedback")]


@pytest.mark.parametrize(("rule", "method"), WRONG, ids=str)
@pytest.mark.parametrize("net", [two, deep], ids=["two", "deep"])
def test_a_step_names_the_method_of_the_wrong_shape(rule, method, net):
    """Method, class, the shape that came and the expected one are named, where the depth is a symbol too."""
    with pytest.raises(ShapeError, match=rf"{type(rule).__name__}, whose {method} at layer .* returned .* of shape"):
        rule.step(net)[net.weight(1)]
    if method != "update":
        with pytest.raises(ShapeError, match=rf"whose {method} at layer .* of shape .* must be .*Mend {method}"):
            rule.flow(net)[net.weight(1)]


def test_the_message_gives_both_shapes():
    """The layer is named with them."""
    with pytest.raises(ShapeError) as refusal:
        Transposed().update(two, 1)
    assert str(refusal.value) == (
        "'rule' must be one whose definitions make matrices (got Transposed, whose update at layer 1 returned a matrix "
        "of shape (n_0, n_1), and the shape must be (n_1, n_0)). Mend update(net, l) in the class Transposed."
    )


@pytest.mark.parametrize(("rule", "method"), WRONG, ids=str)
def test_numbers_are_refused_as_symbols_are(rule, method):
    """Simulation, training and claims refuse such a rule in the same words."""
    labels = np.array([0, 1])
    data = DataSet("toy", np.ones((4, 2)), labels, np.ones((4, 2)), labels, 2)
    wrong = rf"whose {method} at layer . returned a matrix of shape"
    with pytest.raises(ShapeError, match=wrong):
        simulate(rule, WEIGHTS, np.ones(4), np.ones(2), steps=1)
    with pytest.raises(ShapeError, match=wrong):
        train(rule, data=data, widths=(4, 3, 2), batch="all", steps=1)
    with pytest.raises(ShapeError, match=wrong):
        decide(Conserved(two.weight(1), along=rule.step(two)))


def test_direct_feedback_starts_from_the_output():
    """In a net of three layers the matrix from the layer above is of another shape; in the last one it fits."""
    net = DeepLinearNetwork(depth=3)
    assert Straight().feedback(net, 3).shape == (net.widths[2], net.widths[3])
    with pytest.raises(ShapeError, match=r"feedback at layer 2 .* \(n_1, n_2\), and the shape must be \(n_1, n_3\)"):
        Straight().error_signal(net, 1)


def test_a_motion_as_a_whole_is_checked_too():
    """What a rule's own flow says of a symbol has its shape, and a flow is no mere mapping."""

    class Whole(Backprop):
        def flow(self, net):
            return Flow(self, net, {W: ZeroMatrix(*W.T.shape) for W in net.weights})

    class Mapped(Backprop):
        def step(self, net):
            return {W: W for W in net.weights}

    with pytest.raises(ShapeError, match=r"whose flow returned for W_1 a matrix of shape \(n_0, n_1\)"):
        Whole().flow(two)
    with pytest.raises(InvalidTypeError, match="whose step returned dict and no motion"):
        Mapped().step(two)
