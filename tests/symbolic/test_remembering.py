"""What depends on a user's rule is remembered within one question, and never longer."""

from typing import ClassVar

import pytest
from sympy import symbols

from tptheory import (
    Backprop,
    Conserved,
    DeepLinearNetwork,
    ForAll,
    KolenPollack,
    Momentum,
    Rule,
    State,
    decide,
    matadd,
    matmul,
    transpose,
)
from tptheory.symbolic.remembering import depends_on_itself, one_question, remembered

ASKED = []
mu = symbols("mu")
MOST_ASKED = 1000


class Own:
    """An object of a class that a user defined."""


@remembered
def told(item):
    """Tell that the function was asked."""
    ASKED.append(item)
    return len(ASKED)


class OwnKolenPollack(Rule):
    """Kolen and Pollack's rule, as a user writes it; it notes the layers whose states are asked for."""

    asked: ClassVar = []

    def feedback(self, net, l):
        """Return the learned feedback."""
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

    def states(self, net, l):
        """Let the feedback move as the transposed weight does."""
        self.asked.append(l)
        velocity = matmul(-1, transpose(self.descent(net, l)))
        return (State(self.feedback(net, l), velocity=velocity, start="drawn"),)


def test_a_question_asks_once_and_the_next_one_anew():
    """Outside of a question nothing is remembered; a question within another one is a part of it."""
    own = Own()
    assert told(own) < told(own)
    with one_question():
        first = told(own)
        with one_question():
            assert told(own) == first
    with one_question():
        assert told(own) > first


def test_what_is_our_own_is_always_remembered():
    """Numbers and expressions depend on themselves alone."""
    assert told(1) == told(1)


def test_a_rule_of_ones_own_is_asked_seldom():
    """A claim at any depth is decided with few questions to the rule; there were thousands."""
    l, L = symbols("l L", integer=True)
    net, rule = DeepLinearNetwork(depth=L), OwnKolenPollack()
    W, B = net.weight(l), rule.feedback(net, l + 1)
    OwnKolenPollack.asked.clear()
    balance = Conserved(matadd(matmul(W, W.T), matmul(-1, B, B.T)), along=rule.flow(net))
    assert decide(ForAll(balance, (l, 1, L - 1)), seconds=30).proved
    assert 0 < len(OwnKolenPollack.asked) < MOST_ASKED


def test_a_class_that_says_it_is_of_a_package_is_a_users():
    """Code that is run by ``exec`` says that it is of ``builtins``; what its rule says is asked for anew."""
    names = {}
    exec("FACTORS = [1]\nclass Told:\n    pass\n", names)  # noqa: S102  a user's own way to define a class
    assert names["Told"].__module__ == "builtins"
    own = names["Told"]()
    assert told(own) < told(own)
    exec("class Other:\n    __module__ = 'sympy.mine'\n", names)  # noqa: S102
    assert not depends_on_itself(names["Other"]())


@pytest.mark.parametrize("item", [None, 1, "x", (1, mu), Backprop(), Momentum(KolenPollack(), mu), Rule.update, len])
def test_what_tptheory_defines_is_asked_for_once(item):
    """Else rules within rules are compared again and again."""
    assert depends_on_itself(item)


def test_a_function_of_a_users_is_asked_for_anew():
    """It may read what changes."""
    assert not depends_on_itself(told)
