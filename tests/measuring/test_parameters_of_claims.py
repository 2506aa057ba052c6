"""A cross-check and an order in eta may be measured at given parameters and fixed matrices."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import Symbol

from tptheory import (
    Backprop,
    Conserved,
    DampedTargetProp,
    DeepLinearNetwork,
    Equal,
    FeedbackAlignment,
    Rule,
    crosscheck,
    damping,
    matmul,
    order_in_eta,
    squared_norm,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError

net = DeepLinearNetwork(depth=2)
s = Symbol("s", positive=True)


class Scaled(Rule):
    """``s`` times the transpose."""

    def feedback(self, net, l):
        """Return ``s W_l'``."""
        return matmul(s, transpose(net.weight(l)))


def test_a_claim_that_holds_at_one_value_passes_there_alone():
    """``s W_2'`` is BP's feedback at s = 1, and at no other value."""
    claim = Equal(Scaled().update(net, 1), Backprop().update(net, 1))
    assert crosscheck(claim, trials=10, constants={"s": 1}).passed
    assert not crosscheck(claim, trials=10, constants={s: Fraction(1, 2)}).passed
    assert not crosscheck(claim, trials=10).passed


def test_a_fixed_matrix_brings_its_sizes():
    """With ``B_2`` the transpose of a given ``W_2`` feedback alignment is BP; every instance has these matrices."""
    claim = Equal(FeedbackAlignment().update(net, 1), Backprop().update(net, 1))
    W = [[1, 2, 3], [0, 1, -1]]
    found = crosscheck(claim, trials=5, constants={"B_2": np.transpose(W), "W_2": W})
    assert found.passed
    assert found.worst[net.weight(2)] == fmpq_mat(W)
    assert not crosscheck(claim, trials=5, constants={"W_2": W}).passed


def test_an_order_is_measured_at_given_values():
    """The leading coefficient of the change of the loss is that of the value which was given, exactly."""
    loss, step = net.loss, Scaled().step(net)
    for value in (Fraction(1), Fraction(1, 3)):
        at = {"s": value, "W_1": [[1]], "W_2": [[2]], "x": [1], "y": [1]}
        found = order_in_eta(loss, step, constants=at)
        e = 2 * 1 - 1
        expected = -e * (2 * value * 2 * e + 1 * e * 1)  # e (W_2 dW_1 + dW_2 W_1), per eta
        assert set(found.powers) == {1}
        assert [c.item() for c in found.coefficients] == [expected] * len(found.coefficients)


def test_a_parameter_of_the_rule_may_be_given_where_the_change_does_not_hold_it():
    """The last layer moves without ``s``, which is a name of the rule all the same; its value is checked too."""
    upper, step = squared_norm(net.weight(2)), Scaled().step(net)
    assert order_in_eta(upper, step, constants={"s": 2}) == order_in_eta(upper, step)
    with pytest.raises(InvalidValueError, match="declared positive, may be"):
        order_in_eta(upper, step, constants={"s": -2})
    with pytest.raises(UnknownNameError, match=r"must be one of .*s.* .got 't'"):
        order_in_eta(upper, step, constants={"t": 2})


def test_a_law_is_measured_at_the_damping_it_is_given():
    """``damping`` is a name of ``lambda`` here too, and the order of a law of a flow is measured there."""
    W_1, W_2 = net.weights
    claim = Conserved(matmul(transpose(W_2), W_2) - matmul(W_1, transpose(W_1)), along=Backprop().flow(net))
    assert crosscheck(claim, trials=5, constants={"W_1": [[1, 2]]}).order.slope == pytest.approx(2, abs=1e-6)
    damped = Equal(DampedTargetProp().feedback(net, 2), 0)
    assert crosscheck(damped, trials=3, constants={"damping": 2}).worst[damping] == fmpq(2)


@pytest.mark.parametrize(
    ("constants", "error", "message"),
    [
        ({"t": 1}, UnknownNameError, r"'constants' must be one of W_1, W_2, .*s.* .got 't'"),
        ({"s": -1}, InvalidValueError, r"'constants\[s\]' must be a number that s, declared positive, may be"),
        ({"s": 0.5}, InvalidTypeError, r"'constants\[s\]' must be made of integers or fractions .got 0.5"),
        ({"W_2": [[1, 2]], "W_1": [[1]]}, ShapeError, r"'constants\[W_.\]' must be of shape .* with n_1 = "),
        ({"eta": 1}, UnknownNameError, r"'constants' must be one of"),
        ([1], InvalidTypeError, r"'constants' must be a mapping"),
    ],
)
def test_a_wrong_value_is_refused(constants, error, message):
    """In a cross-check and in an order alike."""
    with pytest.raises(error, match=message):
        crosscheck(Equal(Scaled().update(net, 1), Backprop().update(net, 1)), trials=2, constants=constants)
    with pytest.raises(error, match=message):
        order_in_eta(net.loss, Scaled().step(net), constants=constants)
