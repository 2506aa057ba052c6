"""The named quantities are what the flows conserve, and the prover says so."""

import pytest
from sympy import Symbol

from tptheory import Backprop, Conserved, DeepLinearNetwork, TargetProp, decide
from tptheory.errors import InvalidValueError
from tptheory.invariants.laws import balance, log_determinant

net = DeepLinearNetwork(depth=3)


@pytest.mark.parametrize("net", [net, DeepLinearNetwork(depth=3, batch=Symbol("B"), biases=True)], ids=repr)
@pytest.mark.parametrize("l", [1, 2])
def test_each_law_belongs_to_its_rule(l, net):
    """BP conserves the balance and TP the log-determinant; the other way round both are refuted."""
    assert decide(Conserved(balance(net, l), along=Backprop().flow(net))).proved
    assert decide(Conserved(log_determinant(net, l), along=TargetProp().flow(net))).proved
    assert decide(Conserved(balance(net, l), along=TargetProp().flow(net))).refuted
    assert decide(Conserved(log_determinant(net, l), along=Backprop().flow(net))).refuted


@pytest.mark.parametrize("law", [balance, log_determinant])
def test_there_is_no_law_of_the_last_layer(law):
    """A law needs two neighbouring layers."""
    with pytest.raises(InvalidValueError, match="'l' must be a layer"):
        law(net, 3)
