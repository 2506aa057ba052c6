"""A rule that looks the layer, or the depth, up in a dict, a set or a cache branches where no number shows it."""

from functools import cache
from typing import ClassVar

import pytest
from sympy import Symbol, symbols

from tptheory import Backprop, DeepLinearNetwork, Equal, ForAll, Momentum, Rule, decide, matmul, transpose
from tptheory.errors import InvalidValueError

l, L = symbols("l L", integer=True)
net = DeepLinearNetwork(depth=L)


class Scaled(Rule):
    """Backpropagation times a factor that may depend on the layer."""

    special: ClassVar = {20: 3}
    chosen = frozenset({15, 16})
    depths: ClassVar = {9: 5}

    def feedback(self, net, l):
        """Return a multiple of the transposed weight."""
        return matmul(self.factor(net, l), transpose(net.weight(l)))


class ByClassAttribute(Scaled):
    """The factor stands in a dict of the class."""

    def factor(self, net, l):
        """Return it."""
        return self.special.get(l, 1)


class BySet(Scaled):
    """The layers stand in a set of the class."""

    def factor(self, net, l):
        """Return it."""
        return 3 if l in self.chosen else 1


class ByHelper(Scaled):
    """The factor stands in a dict of a helper's own code."""

    def factor(self, net, l):
        """Return it."""
        return {20: 3}.get(l, 1)


class ByIntersection(Scaled):
    """The layers that are chosen are intersected with a new set."""

    def factor(self, net, l):
        """Return it."""
        return 3 if self.chosen & {l} else 1


class ByDepth(Scaled):
    """The factor depends on the depth."""

    def factor(self, net, l):
        """Return it."""
        return self.depths.get(net.depth, 1)


class Cached(Scaled):
    """The factor is remembered by layer."""

    @staticmethod
    @cache
    def of(l):
        """Return it."""
        return l - l + 1

    def factor(self, net, l):
        """Return it."""
        return self.of(l)


class Plain(Scaled):
    """A dict is made, and nothing looked up in it."""

    def factor(self, net, l):
        """Return it."""
        k = Symbol("k", integer=True)
        return (k - l + 1).xreplace({k: l})


LOOKED_UP = r"it branches on the (layer|depth) \(it looks (k|L) up in a dict, a set or a cache"


LOOKING_UP = [ByClassAttribute, BySet, ByIntersection, ByHelper, ByDepth, Cached]


@pytest.mark.parametrize("rule", LOOKING_UP, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("around", [lambda rule: rule, Momentum], ids=["alone", "within momentum"])
def test_a_rule_that_looks_up_is_refused_at_any_depth(rule, around):
    """No number of the code need be the layer at which it branches."""
    with pytest.raises(InvalidValueError, match=LOOKED_UP):
        around(rule()).update(net, l)


def test_a_new_dict_is_no_lookup():
    """An expression may be rewritten at the layer."""
    claim = ForAll(Equal(Plain().error_signal(net, l), Backprop().error_signal(net, l)), (l, 1, L))
    assert decide(claim, seconds=30).proved


def test_at_a_fixed_depth_a_rule_may_branch_as_it_likes():
    """Each layer is a number there."""
    assert ByClassAttribute().feedback(DeepLinearNetwork(depth=25), 20).args[0] == 3
