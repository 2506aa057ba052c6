"""What a rule keeps as its parameters: values by which rules are compared, which therefore never change."""

import pytest
from sympy import ImmutableMatrix, Matrix

from tptheory import Backprop
from tptheory.errors import InvalidTypeError
from tptheory.preamble import matmul, two


class Weighted(Backprop):
    """BP at a rate for each layer."""

    def __init__(self, rates):
        self.rates = rates

    def update(self, net, l):
        """Return the update of BP times the rate of the layer."""
        return matmul(self.rates[l - 1], super().update(net, l))


@pytest.mark.parametrize("value", [[1, 2], {1: 2}, {1, 2}, Matrix([[1]]), ([1], 2)], ids=repr)
def test_a_parameter_that_has_no_hash_is_refused(value):
    """It would change under verdicts that rest on it; the attribute is named, and the mend."""
    with pytest.raises(InvalidTypeError, match=r"'rates' must be a parameter that has a hash .* Use a tuple"):
        Weighted(value)


def test_a_tuple_is_a_parameter():
    """So are immutable matrices: rules with equal ones are equal."""
    rule = Weighted((1, 2))
    assert hash(rule) == hash(Weighted((1, 2)))
    assert rule.step(two) == Weighted((1, 2)).step(two)
    assert Weighted(ImmutableMatrix([[1]])) == Weighted(ImmutableMatrix([[1]]))
