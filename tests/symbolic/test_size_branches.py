"""A rule that branches on a size is refused where sizes are symbols: what is proved would be false at some of them."""

from abc import ABC
from functools import wraps
from threading import Thread

import pytest
from sympy import Eq, Identity, MatrixSymbol, OneMatrix, S, ZeroMatrix, symbols

from tptheory import (
    Backprop,
    Conserved,
    DeepLinearNetwork,
    Equal,
    ForAll,
    LogPdet,
    Momentum,
    Pinv,
    Rule,
    TargetProp,
    decide,
    matmul,
    squared_norm,
    transpose,
)
from tptheory.errors import InvalidValueError
from tptheory.symbolic.method_values import MethodOfRule
from tptheory.symbolic.one_formula import OF_A_LAYER
from tptheory.symbolic.remembering import stands_in_a_package
from tptheory.symbolic.rules import RULES, rule_named
from tptheory.symbolic.size_branches import refuse_branches_on_sizes

l, L = symbols("l L", integer=True)
B, p = symbols("B p", integer=True, positive=True)
two, deep = DeepLinearNetwork(depth=2), DeepLinearNetwork(depth=L)
batched = DeepLinearNetwork(depth=3, batch=B, biases=True)


class Branching(Rule):
    """TP, but BP at weights that a subclass chooses."""

    def feedback(self, net, l):
        """Return a pseudo-inverse, or a transpose."""
        W = net.weight(l)
        return transpose(W) if self.chosen(net, W, l) else Pinv(W)


class AtSquareWeights(Branching):
    """BP at square weights."""

    def chosen(self, net, W, l):
        """Compare both sizes."""
        return W.is_square


class AtOneUnit(Branching):
    """BP below a layer of one unit."""

    def chosen(self, net, W, l):
        """Compare a width."""
        return net.widths[l] == 1


class AtSeven(Branching):
    """BP at weights of one shape."""

    def chosen(self, net, W, l):
        """Compare the shape."""
        return W.shape == (7, 7)


class AtTwentyFive(Branching):
    """BP below a layer of 25 units."""

    def chosen(self, net, W, l):
        """Compare a width with a large number."""
        return net.widths[l] == 25


class AtOneOutput(Branching):
    """BP below a layer of one unit, unless its weights are square."""

    def chosen(self, net, W, l):
        """Compare two sizes."""
        return net.widths[l] == 1 and not W.is_square


class AtAutoencoders(Branching):
    """BP where there are as many outputs as inputs, and another number of hidden units."""

    def chosen(self, net, W, l):
        """Compare three widths."""
        return net.widths[0] == net.widths[net.depth] != net.widths[1]


class AtTwoMore(Branching):
    """BP below a layer of two units more than the one before."""

    def chosen(self, net, W, l):
        """Compare a width with a sum."""
        return net.widths[l] == net.widths[l - 1] + 2


class AtThirty(Branching):
    """BP at weights of 30 entries."""

    def chosen(self, net, W, l):
        """Compare a product of sizes, neither of which stands in the code."""
        return W.rows * W.cols == 30


class AtThirteenUnits(Branching):
    """BP in networks of 13 units."""

    def chosen(self, net, W, l):
        """Compare a sum of sizes."""
        return not net.any_depth and sum(net.widths) == 13


class AtOneShape(Branching):
    """BP at networks of one shape."""

    def chosen(self, net, W, l):
        """Compare all widths at once."""
        return not net.any_depth and tuple(net.widths) in ((4, 3, 2), (4, 3, 2, 2))


class AtComposite(Branching):
    """BP below a layer whose number of units is composite."""

    def chosen(self, net, W, l):
        """Ask SymPy, which does not know."""
        return W.rows.is_composite


class AtAsLongAsAWord(Branching):
    """BP below a layer of six units."""

    def chosen(self, net, W, l):
        """Compare with a number that no code shows."""
        return W.rows == len("abcdef")


class AtSpecial(Branching):
    """BP below a layer of six units."""

    special = 6

    @staticmethod
    def is_special(n, special):
        """Compare them."""
        return n == special

    def chosen(self, net, W, l):
        """Ask a static method with a number of the class."""
        return self.is_special(W.rows, self.special)


class AtNumbers(Branching):
    """BP below a layer of six units."""

    special = 6

    def chosen(self, net, W, l):
        """Look whether the size is a number at all, where Python answers."""
        return W.rows.is_Integer and W.rows.p == self.special


class AtIntegers(Branching):
    """BP below a layer of three units more than the one before."""

    def chosen(self, net, W, l):
        """Make numbers of sizes that are numbers."""
        return W.rows.is_Integer and W.cols.is_Integer and int(W.rows) - int(W.cols) == 3


class AtTwice(Branching):
    """BP below a layer of twice as many units as the one before."""

    def chosen(self, net, W, l):
        """Compare with SymPy's own zero by what Python says."""
        return (W.rows - 2 * W.cols) is S.Zero


class AtTwoMoreThan(Branching):
    """BP below a layer of two units more than the one before."""

    def chosen(self, net, W, l):
        """Look which class a product is of."""
        return isinstance(matmul(W.rows - W.cols - 2, W), ZeroMatrix)


class AtATruth(Branching):
    """BP at square weights."""

    def chosen(self, net, W, l):
        """Ask SymPy for a relation, and whether that is its own truth."""
        return Eq(W.rows, W.cols) is S.true


class AtZero(Branching):
    """BP below a layer of twice as many units as the one before."""

    def chosen(self, net, W, l):
        """Compare a multiple of a matrix with zero."""
        return (W.rows - 2 * W.cols) * W == ZeroMatrix(*W.shape)


class InAThread(Branching):
    """BP below a layer of 39 units."""

    def chosen(self, net, W, l):
        """Ask in a thread."""
        answers = []
        thread = Thread(target=lambda: answers.append(W.rows == 3 * 13))
        thread.start()
        thread.join()
        return answers[0]


class AtTruths(Branching):
    """BP below a layer of at most 4 units."""

    def chosen(self, net, W, l):
        """Catch what SymPy raises where it does not know."""
        try:
            return bool(W.rows <= 4)
        except TypeError:
            return False


class AtText(Branching):
    """BP below a layer of a number of units that is written with one digit."""

    def chosen(self, net, W, l):
        """Write the size."""
        return len(str(W.rows)) == 1


class AtKey(Branching):
    """BP below layers of sizes in a set."""

    def chosen(self, net, W, l):
        """Look it up."""
        return W.rows in {6, 7}


class AtEqualMatrices(Branching):
    """BP where an identity is that of six units."""

    def chosen(self, net, W, l):
        """Compare matrices."""
        return Identity(W.rows) == Identity(6)


class AtOneUnitEachAndTwoSamples(Branching):
    """BP where every layer has one unit, and there are two samples."""

    def chosen(self, net, W, l):
        """Compare all sizes."""
        return net.batch == 2 and not net.any_depth and all(n == 1 for n in net.widths)


class AtAsManySamplesAsInputs(Branching):
    """BP where there are as many samples as inputs."""

    def chosen(self, net, W, l):
        """Compare the batch."""
        return net.batch == net.widths[0]


REFUSED = "'feedback' must give one formula for all sizes(: it branches|, layers and depths: it may branch) on them"


@pytest.mark.parametrize("net", [two, deep, batched], ids=["two", "deep", "batched"])
@pytest.mark.parametrize("rule", Branching.__subclasses__(), ids=lambda rule: rule.__name__)
def test_a_branch_on_a_size_is_refused(rule, net):
    """A network whose widths are numbers has no branch."""
    if rule in (AtAsManySamplesAsInputs, AtOneUnitEachAndTwoSamples) and net.batch is None:
        pytest.skip("there is no batch")
    with pytest.raises(InvalidValueError, match=REFUSED):
        rule().update(net, l if net.any_depth else 1)
    assert rule().update(DeepLinearNetwork(widths=(2, 2, 2), batch=2), 1).shape == (2, 2)


class Held(Rule):
    """A rule that holds the matrix that takes errors to layer 1."""

    def __init__(self, matrix):
        self.matrix = matrix

    def feedback(self, net, l):
        """Return it."""
        return self.matrix


class WithHeld(Held):
    """The same beside BP."""

    def feedback(self, net, l):
        """Return the sum."""
        return transpose(net.weight(l)) + self.matrix


class Centred(Rule):
    """BP whose errors have mean zero in each layer."""

    def feedback(self, net, l):
        """Return a projection times the transpose."""
        n = net.widths[l - 1]
        return (Identity(n) - OneMatrix(n, n) / n) * transpose(net.weight(l))


class Fourth(Rule):
    """A rule of networks of four layers at least."""

    def feedback(self, net, l):
        """Return a product with the norm of the fourth weight."""
        return squared_norm(net.weight(4)) * transpose(net.weight(l))


class OfOneLayer(Rule):
    """A rule that says how layer 1 moves, and of no other layer."""

    def feedback(self, net, l):
        """Return BP's."""
        return transpose(net.weight(l))

    def velocity(self, net, l):
        """Return the velocity of the first weight."""
        return {1: 2 * super().velocity(net, 1)}[l]


def test_a_layer_that_nobody_asked_for_may_be_missing():
    """What a method raises there is told where it is asked for."""
    assert OfOneLayer().velocity(two, 1).shape == two.weight(1).shape
    with pytest.raises(InvalidValueError, match="velocity at layer 2 raised KeyError"):
        OfOneLayer().velocity(two, 2)


@pytest.mark.parametrize("rule", [Held, WithHeld])
def test_a_rule_may_hold_matrices_of_symbolic_sizes(rule):
    """It says the same of all sizes, though its matrix does not fit before they are numbers."""
    B_2 = MatrixSymbol("B", *transpose(two.weight(2)).shape)
    assert rule(B_2).update(two, 1).shape == two.weight(1).shape


def test_honest_rules_are_not_refused():
    """SymPy writes a matrix of ones with one entry as the identity; a fixed network keeps its layers."""
    assert Centred().update(two, 1).shape == two.weight(1).shape
    assert Fourth().update(DeepLinearNetwork(depth=4), 1).shape


def test_a_false_law_is_not_proved():
    """The law of TP is proved of a rule that is TP, and not of one that is BP at square weights."""
    law = LogPdet(two.weight(2)) - squared_norm(two.weight(1)) / 2
    assert decide(Conserved(law, along=TargetProp().flow(two))).proved
    with pytest.raises(InvalidValueError, match="for all sizes"):
        AtSquareWeights().flow(two)
    with pytest.raises(InvalidValueError, match="for all sizes"):
        Momentum(AtSquareWeights()).update(two, 1)


@pytest.mark.parametrize("net", [two, DeepLinearNetwork(depth=3), batched], ids=["two", "three", "batched"])
@pytest.mark.parametrize("name", RULES)
def test_no_rule_of_tptheory_branches_on_a_size(name, net):
    """Its formulas at sizes that are numbers are those for any sizes."""
    rule = rule_named(name)
    for called in sorted(OF_A_LAYER):
        wrapped = getattr(type(rule), called)
        method = MethodOfRule(getattr(wrapped, "__wrapped__", wrapped), called, rule)
        for l in range(method.lowest, net.depth + 1):
            refuse_branches_on_sizes(method, net, l, method.at(net, l))


def doubled_where_square(feedback):
    """Decorate a method of tptheory's, as a user may."""

    @wraps(feedback)
    def decorated(self, net, l):
        factor = 2 if net.widths[l] == net.widths[l - 1] else 1
        return factor * feedback(self, net, l)

    return decorated


def test_a_decorated_method_of_tptheory_is_a_users():
    """Python copies the marks of what is decorated, and says that it stands where that stands."""
    mine = type("Mine", (TargetProp,), {"feedback": doubled_where_square(TargetProp.feedback)})
    later = type("Later", (TargetProp,), {})
    later.feedback = doubled_where_square(TargetProp.feedback)
    for rule in (mine(), later()):
        with pytest.raises(InvalidValueError, match="one formula for all sizes"):
            rule.update(two, 1)
    assert not stands_in_a_package(doubled_where_square(TargetProp.feedback))


@pytest.mark.parametrize("name", ["update", "flow", "step"])
def test_a_method_is_no_parameter(name):
    """Methods of a rule alone are compared with nothing."""
    with pytest.raises(InvalidValueError, match="Write a subclass of Rule"):
        setattr(TargetProp(), name, lambda *_: None)


WIDTHS = {
    "twice": (lambda W: W.rows.is_Integer and W.rows.p == 24, (p, 2 * p, 2 * p)),
    "one more": (lambda W: W.rows.is_Integer and W.rows.p == 24, (p, p, p + 1)),
    "a number beside": (lambda W: W.cols.is_Integer and W.cols.p == 24, (5, p, 7)),
}


@pytest.mark.parametrize(("condition", "widths"), WIDTHS.values(), ids=WIDTHS.keys())
def test_widths_may_be_expressions(condition, widths):
    """A number in the code is tried as each width, whichever symbol gives it."""

    def feedback(self, net, l):
        W = net.weight(l)
        return transpose(W) if condition(W) else Pinv(W)

    mine = type("Mine", (Rule,), {"feedback": feedback})()
    with pytest.raises(InvalidValueError, match="one formula for all sizes"):
        mine.feedback(DeepLinearNetwork(widths=widths), 2)


def other_at_layer_two(self, net, l):
    """Return BP's feedback at layer 2, and TP's at others."""
    return transpose(net.weight(l)) if l == 2 else Pinv(net.weight(l))


def test_a_method_that_a_class_gets_later_is_compared_too():
    """As a notebook's later cell, or a decorator of the class, puts it there."""

    class Late(Rule, ABC):
        def feedback(self, net, l):
            return Pinv(net.weight(l))

    same = ForAll(Equal(Late().error_signal(deep, l), TargetProp().error_signal(deep, l)), (l, 1, L))
    assert decide(same, seconds=30).proved
    Late.feedback = other_at_layer_two
    with pytest.raises(InvalidValueError, match="branches on the layer"):
        Late().error_signal(deep, l)
    assert Late().update(two, 1) == Backprop().update(two, 1)
