"""What a rule keeps as its parameters: values by which rules are compared, which therefore never change."""

import numpy as np
import pytest
from sympy import ImmutableMatrix, Matrix, MatrixSymbol, Rational, Symbol

from tptheory import (
    Backprop,
    Conserved,
    Momentum,
    Nonincreasing,
    Pinv,
    Rule,
    decide,
    eta,
    simulate,
    train,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.preamble import matmul, two
from tptheory.training.data import DataSet


class Weighted(Backprop):
    """BP at a rate for each layer."""

    def __init__(self, rates):
        self.rates = rates

    def update(self, net, l):
        """Return the update of BP times the rate of the layer."""
        return matmul(self.rates[l - 1], super().update(net, l))


@pytest.mark.parametrize("value", [[1, 2], {1: 2}, {1, 2}, Matrix([[1]]), ([1], 2)], ids=repr)
def test_an_attribute_that_has_no_hash_is_refused(value):
    """A verdict would rest on what may change: the attribute is named, and the mend, in a rule within a rule too."""
    refused = r"'rates' must be an attribute of Weighted that has a hash .* Use a tuple"
    for rule in (Weighted(value), Momentum(Weighted(value))):
        with pytest.raises(InvalidTypeError, match=refused):
            hash(rule)


def test_claims_refuse_it_too():
    """The reason comes out of a decision as it is, and the prover does not fail."""
    with pytest.raises(InvalidTypeError, match=r"'rates' must be an attribute of Weighted"):
        decide(Conserved(two.weight(1), along=Weighted([1, 2]).step(two)))


def test_a_tuple_is_a_parameter():
    """So are immutable matrices: rules with equal ones are equal."""
    rule = Weighted((1, 2))
    assert hash(rule) == hash(Weighted((1, 2)))
    assert rule.step(two) == Weighted((1, 2)).step(two)
    assert Weighted(ImmutableMatrix([[1]])) == Weighted(ImmutableMatrix([[1]]))


class Scaled(Rule):
    """BP whose feedback is multiplied by parameters."""

    def __init__(self, *factors):
        self.factors = factors

    def feedback(self, net, l):
        """Return ``W_l'`` times all parameters."""
        return matmul(*self.factors, transpose(net.weight(l)))


class Lent(Rule):
    """A rule whose feedback is a matrix of one name at every layer, so that its shape differs."""

    def feedback(self, net, l):
        """Return ``C`` of the shape of ``W_l'``."""
        return MatrixSymbol("C", net.widths[l - 1], net.widths[l])


TAKEN = {
    "eta": Scaled(Symbol("eta")),
    "W_1": Scaled(Symbol("W_1")),
    "s": Scaled(Symbol("s"), Symbol("s", positive=True)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_is_taken_is_refused(name):
    """A parameter called as the step size, a weight or another parameter: in motions, runs and training."""
    rule, refused = TAKEN[name], rf"one meaning \(got two called {name}: "
    weights, labels = [np.ones((3, 4)), np.ones((2, 3))], np.array([0, 1])
    data = DataSet("toy", np.ones((4, 2)), labels, np.ones((4, 2)), labels, 2)
    for motion in (rule.flow, rule.step):
        with pytest.raises(InvalidValueError, match=refused):
            motion(two)
    for options in ({"steps": 1}, {"times": [0, 1]}):
        with pytest.raises(InvalidValueError, match=refused):
            simulate(rule, weights, np.ones(4), np.ones(2), constants={name: 1}, **options)
    with pytest.raises(InvalidValueError, match=refused):
        train(rule, data=data, widths=(4, 3, 2), batch="all", steps=1, constants={name: 1})


def test_a_fixed_matrix_has_one_shape():
    """Two feedback matrices of one name and two shapes are refused in training, as in motions."""
    labels = np.array([0, 1])
    data = DataSet("toy", np.ones((5, 2)), labels, np.ones((5, 2)), labels, 2)
    with pytest.raises(InvalidValueError, match=r"one meaning .*two called C: a matrix"):
        train(Lent(), data=data, widths=(5, 4, 3, 2), batch="all", steps=1)


def test_the_library_s_own_step_size_is_no_clash():
    """Our eta is one symbol, and a parameter with a name of its own is fine."""
    for factor in (eta, Symbol("s"), 2):
        assert Scaled(factor).step(two)


class Between(Rule):
    """A rule between BP and TP."""

    def __init__(self, s, at="feedback"):
        self.s, self.at = s, at

    def feedback(self, net, l):
        """Return the weighted sum of the transpose and the pseudo-inverse."""
        W = net.weight(l)
        return (1 - self.s) * W.T + self.s * Pinv(W)


class Of(Backprop):
    """BP, but for a rule that it keeps."""

    def __init__(self, inner):
        self.inner = inner


TITLES = {
    "a rule that the title does not speak of": (Of(Between(2)), "Of at inner = Between at s = 2"),
    "a number": (Between(Rational(1, 2)), "Between at s = 1/2"),
    "a symbol of the same name": (Between(Symbol("s")), "Between"),
    "another symbol": (Between(Symbol("t")), "Between at s = t"),
    "what is not the default": (Between(2, at="output"), "Between at s = 2, at = output"),
    "of a rule within a rule": (Momentum(Between(3), mu=2), "Between at s = 3 with momentum at mu = 2"),
    "what is the default": (Momentum(), "Backpropagation with momentum"),
}


@pytest.mark.parametrize(("rule", "title"), TITLES.values(), ids=TITLES.keys())
def test_values_stand_in_the_title(rule, title):
    """Those that are not what they are unless given."""
    assert rule.full_title == title


def test_statements_about_rules_that_differ_differ():
    """A true and a false claim about one class of rules do not read alike, in words and in LaTeX."""
    true, false = (Nonincreasing(two.loss, along=Between(s).flow(two)) for s in (Rational(1, 2), -3))
    assert decide(true).proved
    assert decide(false).refuted
    assert true.statement().endswith("along the flow of Between at s = 1/2")
    assert false.statement() != true.statement()
    assert false.latex() != true.latex()
