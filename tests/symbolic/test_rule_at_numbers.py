"""A rule at numbers is the rule that was made with these numbers, in its states, their starts and every method."""

import pytest

from tptheory import crosscheck, simulate
from tptheory.errors import InvalidValueError
from tptheory.preamble import *
from tptheory.symbolic.one_formula import OF_A_LAYER
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers
from tptheory.symbolic.rule_scalars import decay, friction, noise
from tptheory.symbolic.states import all_states

NET = DeepLinearNetwork(widths=(2, 3, 2), batch=4, biases=True)
s = Symbol("s")
HALF, THIRD = Rational(1, 2), Rational(1, 3)


class Scaled(type(BP)):
    """BP whose signals, inputs, and states with their starts are scaled by a parameter."""

    def __init__(self, share=s):
        self.share = share

    def feedback(self, net, l):
        """Return ``s W_l'``."""
        return matmul(self.share, super().feedback(net, l))

    def presynaptic(self, net, l):
        """Return ``s x_{l-1}'``."""
        return matmul(self.share, super().presynaptic(net, l))

    def states(self, net, l):
        """Return ``S_l``, which decays at the rate ``s`` from ``s W_l`` on."""
        S = net.layer_matrix("S", l, lambda k: (net.widths[k], net.widths[k - 1]))
        return (State(S, matmul(-self.share, S), start=matmul(self.share, net.weight(l))),)


PAIRS = [
    (Scaled(), {s: HALF}, Scaled(HALF)),
    (Momentum(), {friction: HALF}, Momentum(mu=HALF)),
    (Nesterov(KolenPollack()), {friction: HALF, decay: THIRD}, Nesterov(KolenPollack(THIRD), mu=HALF)),
    (WeightDecay(Momentum(Scaled())), {decay: HALF, s: THIRD}, WeightDecay(Momentum(Scaled(THIRD)), decay=HALF)),
    (WeightMirror(), {noise: HALF, decay: THIRD}, WeightMirror(HALF, THIRD)),
    (LearnedInverse(), {noise: HALF}, LearnedInverse(HALF)),
]


def agree(found, expected):
    """Whether two expressions say the same, term by term, up to how numbers are multiplied out."""
    return found == expected or crosscheck(Equal(found, expected), trials=4).passed


@pytest.mark.parametrize(("rule", "numbers", "twin"), PAIRS, ids=lambda value: repr(value)[:40])
def test_every_method_is_that_of_the_rule_made_with_the_numbers(rule, numbers, twin):
    """Feedback, signals, targets, descents, velocities and updates; flows and steps, states included."""
    at = RuleAtNumbers(rule, numbers)
    for method in sorted(OF_A_LAYER - {"states"}):
        assert agree(getattr(at, method)(NET, 2), getattr(twin, method)(NET, 2)), method
    for found, expected in ((at.flow(NET), twin.flow(NET)), (at.step(NET), twin.step(NET))):
        assert list(found) == list(expected)
        assert all(agree(found[symbol], expected[symbol]) for symbol in expected)
        assert not set(numbers) & set().union(*(change.free_symbols for change in found.values()))
    assert (at.direct, at.name) == (rule.direct, rule.name)
    assert at.title.startswith(f"{rule.title} at ")


@pytest.mark.parametrize(("rule", "numbers", "twin"), PAIRS, ids=lambda value: repr(value)[:40])
def test_states_have_their_laws_and_starts_at_the_numbers(rule, numbers, twin):
    """A start that is told by a word stays; one that is an expression gets the numbers."""
    for found, expected in zip(all_states(RuleAtNumbers(rule, numbers), NET), all_states(twin, NET), strict=True):
        assert found.symbol == expected.symbol
        assert agree(found.velocity, expected.velocity)
        assert agree(found.change, expected.change)
        assert found.start == expected.start


def test_a_state_that_only_steps_has_no_velocity_at_numbers_either():
    """Recursive least squares has a step and no flow."""
    at = RuleAtNumbers(RLS, {})
    assert [state.velocity for state in at.states(NET, 1)] == [None]
    assert at.step(NET) == at.step(NET)
    assert dict(at.step(NET)) == dict(RLS.step(NET))
    with pytest.raises(InvalidValueError, match="step by step only"):
        at.flow(NET)


def test_a_simulation_at_numbers_is_that_with_the_constants():
    """What a rule at numbers is started and stepped with is what `simulate` puts in the place of the symbols."""
    net = ([[[1, 2]], [[2]]], [1, 1], [1])
    rule = Momentum(Scaled())
    given = simulate(rule, *net, steps=3, dtype="exact", constants={"s": HALF, "mu": THIRD})
    at = simulate(RuleAtNumbers(rule, {s: HALF, friction: THIRD}), *net, steps=3, dtype="exact")
    assert [A[-1].tolist() for A in at.weights] == [A[-1].tolist() for A in given.weights]
    assert {n: A[0].tolist() for n, A in at.states.items()} == {n: A[0].tolist() for n, A in given.states.items()}
    assert at.states["S_1"][0].tolist() == [[HALF, 1]]


@pytest.mark.parametrize("method", sorted(OF_A_LAYER))
def test_a_depth_that_is_a_symbol_is_refused(method):
    """A recursion would keep the parameters, which no number could then replace."""
    with pytest.raises(InvalidValueError, match="'depth' must be a number for a rule at numbers"):
        getattr(RuleAtNumbers(Momentum(), {friction: HALF}), method)(deep, l)
