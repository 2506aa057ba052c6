"""States of rules: what they are made of, where they move, and what is refused."""

import pytest
from sympy import ZeroMatrix

from tptheory import Backprop, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.preamble import *
from tptheory.symbolic.states import all_states

S_1 = MatrixSymbol("S_1", 2, 3)
v = MatrixSymbol("v", 2, 3)


class Trace(Backprop):
    """BP that keeps a trace of its descents beside each weight."""

    def states(self, net, l):
        """Return ``S_l``, which follows the descent."""
        S = net.layer_matrix("S", l, lambda k: (net.widths[k], net.widths[k - 1]))
        return (State(S, matadd(self.descent(net, l), matmul(-1, S)), start=net.weight(l)),)


def test_a_change_is_eta_times_the_velocity_unless_it_is_given():
    """The two laws of motion of a state are one unless the step is told apart."""
    assert State(S_1, velocity=v).change == matmul(eta, v)
    assert State(S_1, velocity=v, change=2 * v).change == 2 * v
    assert State(S_1, change=v).velocity is None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Symbol("s"), v), InvalidTypeError, r"'symbol' must be a matrix symbol \(got s\)"),
        ((S_1,), InvalidValueError, "'velocity' must be given, or else the change"),
        ((S_1, 3), InvalidTypeError, r"'velocity' must be a matrix, as S_1 is \(got 3\)"),
        ((S_1, v.T), ShapeError, r"'velocity' must be of the shape of S_1, \(2, 3\) \(got \(3, 2\)\)"),
        ((S_1, None, v.T), ShapeError, "'change' must be of the shape of S_1"),
        ((S_1, v, None, v.T), ShapeError, "'start' must be of the shape of S_1"),
        ((S_1, v, None, "one"), InvalidValueError, "'start' must be one of zero, identity, drawn, or a matrix"),
        ((S_1, v, None, 1), InvalidTypeError, "'start' must be a matrix, as S_1 is"),
    ],
)
def test_what_is_no_state_is_refused(arguments, error, message):
    """Each part is named, with what was expected and what came."""
    with pytest.raises(error, match=message):
        State(*arguments)


def test_states_move_with_the_parameters():
    """They follow the parameters in flows and steps, and expressions in them are differentiated."""
    net, rule = DeepLinearNetwork(depth=2, biases=True), Trace()
    states = [state.symbol for state in all_states(rule, net)]
    for motion in (rule.flow(net), rule.step(net)):
        assert list(motion) == [*net.parameters, *states]
        assert states[0] in motion
        assert MatrixSymbol("S_3", 2, 2) not in motion
    rate = rule.flow(net).derivative(trace(matmul(transpose(states[0]), states[0])))
    assert rate.has(rule.descent(net, 1))
    assert r"\Delta S_{2} &= " in rule.step(net)._repr_latex_()
    assert r"\dot{S}_{2} &= " in rule.flow(net)._repr_latex_()
    assert r"\Delta S_{l} = \eta" in rule._repr_latex_()


def test_states_of_any_depth_are_sequences():
    """In a network of any depth a state moves like W: by its sequence; what is no state stands still."""
    flow = Trace().flow(batched)
    S = batched.layer_matrix("S", l, lambda k: (batched.widths[k], batched.widths[k - 1]))
    other = batched.layer_matrix("Z", l, lambda k: (batched.widths[k], batched.widths[k - 1]))
    assert [sequence.name for sequence in flow.sequences] == ["W", "S"]
    assert (S in flow, other in flow) == (True, False)
    assert flow[S] == matadd(Trace().descent(batched, l), matmul(-1, S))
    assert flow.derivative(other) == ZeroMatrix(*other.shape)


class Branching(Trace):
    """A trace that starts elsewhere in the second layer."""

    def states(self, net, l):
        """Return ``S_l``, which moves twice as fast in layer 2."""
        [state] = super().states(net, l)
        return (State(state.symbol, matmul(2 if l == 2 else 1, state.velocity)),)


class Started(Trace):
    """A trace whose start has another name in layer 3."""

    def states(self, net, l):
        """Return ``S_l``, from the identity on in layer 3."""
        [state] = super().states(net, l)
        return (State(state.symbol, state.velocity, start="identity" if l == 3 else "zero"),)


class Slower(Backprop):
    """BP that moves more slowly in layer 2."""

    def velocity(self, net, l):
        """Return half the velocity in layer 2."""
        return matmul(Rational(1, 2) if l == 2 else 1, super().velocity(net, l))


@pytest.mark.parametrize("rule", [Branching(), Started(), Slower()], ids=repr)
def test_laws_of_motion_are_one_formula_for_all_layers(rule):
    """States, starts and velocities that branch on the layer are refused at any depth, and work at a number."""
    with pytest.raises(InvalidValueError, match=r"'(states|velocity)' must give one formula for every layer"):
        rule.flow(deep)[deep.weight(l)]
    assert len(rule.flow(three)) >= 3


class Twice(Trace):
    """A rule with two states of one name."""

    def states(self, net, l):
        """Return the same state twice."""
        return (*super().states(net, l), *super().states(net, l))


class Weights(Trace):
    """A rule that calls its state as the weights are called."""

    def states(self, net, l):
        """Return a state called ``W_l``."""
        [state] = super().states(net, l)
        return (State(net.weight(l), state.velocity),)


@pytest.mark.parametrize("net", [two, deep], ids=["two", "deep"])
@pytest.mark.parametrize(("rule", "name"), [(Twice(), "S"), (Weights(), "W"), (Momentum(learned), "V")], ids=str)
def test_two_of_one_name_are_refused(rule, name, net):
    """What the rule says of one would be taken for the other's; another letter mends it."""
    for motion in (rule.flow, rule.step):
        with pytest.raises(InvalidValueError, match=rf"a name of their own, .*two called {name}(_1)?'.*letter='U'"):
            motion(net)
    assert Momentum(learned, letter="U").flow(net) is not None


class Named(Trace):
    """A rule that calls its state as it is told."""

    def __init__(self, name):
        self.letter = name

    def states(self, net, l):
        """Return a state of that name."""
        symbol = net.layer_matrix(self.letter, l, lambda k: (net.widths[k], net.widths[k - 1]))
        return (State(symbol, matmul(-1, symbol)),)


class NamedAsData(Trace):
    """A rule that keeps one state, which is called as it is told, without a layer."""

    def __init__(self, name):
        self.letter = name

    def states(self, net, l):
        """Return the state beside the last layer."""
        S = MatrixSymbol(self.letter, 2, 3)
        return (State(S, matmul(-1, S)),) if l == net.depth else ()


SQUARE = DeepLinearNetwork(widths=(2, 2, 2))
FA_TWICE = [Momentum(FA, letter="B"), Momentum(WeightDecay(FA), letter="B"), WeightDecay(Momentum(FA, letter="B"))]


@pytest.mark.parametrize("net", [two, deep, SQUARE], ids=["two", "deep", "square"])
@pytest.mark.parametrize("rule", FA_TWICE, ids=repr)
def test_a_state_is_no_matrix_that_the_rule_holds_fixed(rule, net):
    """Feedback alignment holds ``B_l`` fixed, which no momentum may be called, not even where the shapes agree."""
    for motion in (rule.flow, rule.step):
        with pytest.raises(InvalidValueError, match=r"a name of their own, .*nor a fixed matrix .*two called B"):
            motion(net)
    assert rule._repr_latex_() is None
    assert Momentum(KolenPollack(), letter="U").step(net) is not None


@pytest.mark.parametrize("name", ["x", "y", "d_2", "x_1"])
def test_a_state_differs_in_name_from_the_data(name):
    """Input, target, activations, and the output error that is a symbol, are taken names."""
    net = DeepLinearNetwork(depth=2, loss="any")
    for motion in (NamedAsData(name).flow, NamedAsData(name).step):
        with pytest.raises(InvalidValueError, match=f"which no parameter has, nor data.*two called {name}'"):
            motion(net)
    assert NamedAsData("z").step(net)


@pytest.mark.parametrize("name", ["W", "x"])
def test_wrong_names_are_refused_where_rules_are_shown(name):
    """What is displayed and derived is checked as what is simulated."""
    assert Named(name)._repr_latex_() is None
    assert Named("Z")._repr_latex_() is not None
    for net in (two, deep):
        with pytest.raises(InvalidValueError, match=f"two called {name}"):
            Named(name).step(net)


def test_a_start_speaks_of_what_has_a_value_before_the_first_step():
    """It may not speak of the state itself, of the data or of the step size; of weights and fixed matrices it may."""

    class Starting(Trace):
        def __init__(self, start):
            self.start = start

        def states(self, net, l):
            [state] = super().states(net, l)
            return (State(state.symbol, state.velocity, start=self.start(self, net, l)),)

    wrong = {
        "itself": lambda rule, net, l: net.layer_matrix("S", l, lambda k: (net.widths[k], net.widths[k - 1])),
        "data": lambda rule, net, l: rule.descent(net, l),
        "step size": lambda rule, net, l: matmul(eta, net.weight(l)),
    }
    for start in wrong.values():
        for net in (two, deep):
            with pytest.raises(InvalidValueError, match=r"'start' must be .* in parameters and fixed matrices alone"):
                Starting(start).step(net)
    assert Starting(lambda rule, net, l: matmul(2, net.weight(l))).step(two)


def test_other_things_than_states_are_refused():
    """A rule returns a tuple of states, made of members of sequences where the depth is a symbol."""

    class Listing(Backprop):
        def states(self, net, l):
            return {S_1: v}

    class Lonely(Backprop):
        def states(self, net, l):
            return (State(S_1, v),)

    with pytest.raises(InvalidTypeError, match=r"'states' must be a tuple of State"):
        Listing().step(two)
    with pytest.raises(InvalidValueError, match=r"members of sequences, .* Try net\.layer_matrix"):
        Lonely().step(deep)


def test_a_flow_needs_velocities():
    """A state that only steps, or an update that is defined without its velocity, leaves the flow unknown."""

    class Stepping(Backprop):
        def update(self, net, l):
            return matmul(-eta, eta, self.descent(net, l))

    refused = [(RLS, r"P_1 moves step by step only: use rule\.step")]
    refused += [(rule, r"whose velocity.* \(got Stepping") for rule in (Stepping(), WeightDecay(Momentum(Stepping())))]
    for rule, message in refused:
        with pytest.raises(InvalidValueError, match=message):
            rule.flow(two)
        assert rule.step(two)
    with pytest.raises(InvalidValueError, match=r"P\[_?k\] moves step by step only"):
        RLS.flow(deep)


def test_a_title_is_left_as_its_author_wrote_it():
    """Titles stand in sentences as the rule says; a user's is not lowered, and none is inherited."""

    class Dale(Momentum):
        title = "Dale's rule"

    class Nameless(type(TP)):
        pass

    W = two.weight(1)
    told = {rule: Conserved(W, along=rule.flow(two)).statement() for rule in (Dale(), Nameless(), Momentum(TP), BP, GN)}
    assert [text.partition("flow of ")[2] for text in told.values()] == [
        "Dale's rule",
        "Nameless",
        "target propagation with momentum",
        "backpropagation",
        "Gauss-Newton targets",
    ]
    assert (Momentum(TP).title, WeightDecay(Nesterov(GN)).title) == (
        "Target propagation with momentum",
        "Gauss-Newton targets with Nesterov's momentum with weight decay",
    )
