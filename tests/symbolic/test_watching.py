"""What a user's code learns of a layer, a depth or a size that may be any is seen, and nothing else is refused."""

import cProfile
import sys
from fractions import Fraction
from functools import cache, cached_property, partial

import numpy as np
import pytest
import sympy
from sympy import (
    Eq,
    FiniteSet,
    Identity,
    Integer,
    Matrix,
    MatrixSymbol,
    Mod,
    OneMatrix,
    Piecewise,
    Rational,
    S,
    Symbol,
    sqrt,
    symbols,
)

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    ForAll,
    Momentum,
    Pinv,
    Recursion,
    Rule,
    TargetProp,
    decide,
    matadd,
    squared_norm,
    transpose,
)
from tptheory.errors import InvalidValueError, ShapeError
from tptheory.symbolic.branches import numbers_of
from tptheory.symbolic.watching import Watch

k, l, L = symbols("k l L", integer=True)
n, p, B = symbols("n p B", integer=True, positive=True)
two, deep = DeepLinearNetwork(depth=2), DeepLinearNetwork(depth=L)


class Branching(Rule):
    """TP, but BP where a condition holds; it holds numbers that its code does not show."""

    number, text, names = 17, "17", frozenset({"W[17]"})

    def __init__(self, condition):
        self.condition = condition
        self.held = {"depth": 23}

    def feedback(self, net, l):
        """Return a transpose or a pseudo-inverse."""
        W = net.weight(l)
        return transpose(W) if self.condition(self, net, W, l) else Pinv(W)


def raised(test, error=TypeError):
    """Tell whether something is raised."""
    try:
        test()
    except error:
        return True
    return False


ON_A_LAYER_OR_A_DEPTH = {
    "a depth of the class": lambda rule, net, W, l: net.depth == rule.number,
    "a depth that the rule holds": lambda rule, net, W, l: net.depth == rule.held["depth"],
    "a depth where it is a number": lambda rule, net, W, l: not net.any_depth and net.depth == rule.held["depth"],
    "a depth and a size": lambda rule, net, W, l: net.depth == rule.number and W.rows == W.cols,
    "a layer and a size": lambda rule, net, W, l: l == rule.number and W.rows == W.cols,
    "a layer and a depth": lambda rule, net, W, l: l == rule.number and net.depth == 20,
    "a layer below the last": lambda rule, net, W, l: l == net.depth - rule.number,
    "the middle": lambda rule, net, W, l: 2 * l == net.depth,
    "a square": lambda rule, net, W, l: l**2 == 289,
    "a remainder": lambda rule, net, W, l: Mod(l, rule.number) == 3,
    "the remainder of a depth": lambda rule, net, W, l: net.depth % 2 == 0,
    "the text of a layer": lambda rule, net, W, l: str(l) == rule.text,
    "the text of a depth": lambda rule, net, W, l: f"{net.depth}" == rule.text,
    "the name of a weight": lambda rule, net, W, l: W.name in rule.names,
    "the end of a name": lambda rule, net, W, l: str(W).endswith("17]"),
    "a weight": lambda rule, net, W, l: net.weight(rule.number) == W,
    "what SymPy knows": lambda rule, net, W, l: l.is_prime if isinstance(l, Symbol) else l == 17,
    "what is raised": lambda rule, net, W, l: not raised(lambda: l > rule.number) and l > rule.number,
    "whether it is a number": lambda rule, net, W, l: isinstance(l, int) and l == rule.number,
    "how many weights there are": lambda rule, net, W, l: not net.any_depth and len(net.weights) == rule.number,
}


@pytest.mark.parametrize("around", [lambda rule: rule, Momentum], ids=["alone", "within momentum"])
@pytest.mark.parametrize("condition", ON_A_LAYER_OR_A_DEPTH.values(), ids=ON_A_LAYER_OR_A_DEPTH.keys())
def test_a_branch_on_a_layer_or_a_depth_is_refused(condition, around):
    """Wherever its number stands; nothing is proved of such a rule at any depth."""
    with pytest.raises(InvalidValueError, match="'feedback' must give one formula for"):
        around(Branching(condition)).update(deep, l)


@pytest.mark.parametrize("layer", [2, L, L - 1], ids=str)
def test_a_branch_on_a_depth_is_refused_at_a_layer_that_is_none_of_any(layer):
    """The depth may be any, too, where the layer is a number or counted from the last."""
    for condition in ("a depth of the class", "a depth that the rule holds", "the remainder of a depth"):
        with pytest.raises(InvalidValueError, match="'feedback' must give one formula for every depth"):
            Branching(ON_A_LAYER_OR_A_DEPTH[condition]).feedback(deep, layer)


def test_a_branch_beyond_what_is_compared_is_refused():
    """No network is so deep that it would be built for a comparison."""
    with pytest.raises(InvalidValueError, match=r"branches on the depth \(it asks whether L is 5000\)"):
        Branching(lambda rule, net, W, l: net.depth == 5000).update(deep, l)


class OfItsOwnSymbol(Rule):
    """TP, but BP where the layer is called as the claim calls it."""

    def feedback(self, net, l):
        """Return a pseudo-inverse."""
        return Pinv(net.weight(l))

    def update(self, net, i):
        """Look whether the layer is that symbol itself, which Python tells."""
        return (Backprop() if i is l else TargetProp()).update(net, i)


def test_the_symbol_of_a_claim_is_no_other_one():
    """What a rule says of it is what it says of any."""
    with pytest.raises(InvalidValueError, match="'update' must give one formula for every layer"):
        OfItsOwnSymbol().update(deep, l)
    assert OfItsOwnSymbol().update(deep, Symbol("i", integer=True))


CONDITIONS_ON_SIZES = {
    "one sample": lambda net: net.batch == 1,
    "a square": lambda net: net.widths[0] == net.widths[1],
    "six units": lambda net: net.widths[1] in (6,),
    "a number": lambda net: isinstance(net.widths[1], Integer),
    "no symbol": lambda net: not net.widths[1].free_symbols,
    "a network": lambda net: net == DeepLinearNetwork(widths=(1, 1, 6), batch=3),
    "a text": lambda net: str(net.widths[1]) == "6",
}


@pytest.mark.parametrize("condition", CONDITIONS_ON_SIZES.values(), ids=CONDITIONS_ON_SIZES.keys())
@pytest.mark.parametrize("name", ["flow", "step"])
def test_a_motion_that_branches_is_refused(name, condition):
    """A rule may say itself how a network moves; it says it of all sizes."""

    def moved(rule, net):
        return getattr(Backprop() if condition(net) else TargetProp(), name)(net)

    mine = type("Mine", (Rule,), {"feedback": lambda rule, net, l: Pinv(net.weight(l)), name: moved})()
    with pytest.raises(InvalidValueError, match=f"'{name}' must give one formula for all sizes"):
        getattr(mine, name)(DeepLinearNetwork(depth=2, batch=B))


MOTIONS = {
    "a depth": (lambda net: net.depth == 9, "depth"),
    "whether it is any": (lambda net: net.any_depth, "depth"),
    "a size": (lambda net: net.widths[0] == net.widths[net.depth], "sizes"),
}


@pytest.mark.parametrize(("condition", "about"), MOTIONS.values(), ids=MOTIONS.keys())
def test_a_motion_at_any_depth_that_branches_is_refused(condition, about):
    """It is compared layer by layer."""

    def flow(rule, net):
        return (Backprop() if condition(net) else TargetProp()).flow(net)

    mine = type("Mine", (Rule,), {"feedback": lambda rule, net, l: Pinv(net.weight(l)), "flow": flow})()
    with pytest.raises(InvalidValueError, match=f"'flow' must give one formula for (every|all) {about}"):
        mine.flow(deep)


def test_a_motion_of_ones_own_is_taken():
    """If it is one formula."""
    for net in (two, deep, DeepLinearNetwork(depth=2, batch=B, biases=True)):
        mine = type(
            "Mine",
            (Rule,),
            {"feedback": lambda rule, net, l: Pinv(net.weight(l)), "flow": lambda rule, net: TargetProp().flow(net)},
        )()
        W = net.weight(l if net.any_depth else 1)
        assert mine.flow(net)[W] == TargetProp().flow(net)[W]


def test_a_step_of_a_recursion_learns_nothing_of_the_member_before():
    """It may be any number, and the step would be another at 2."""
    with pytest.raises(InvalidValueError, match="'step' must give one formula"):
        Recursion("S", 0, L, 0, lambda _, S: S + (2 if S == 2 else 1))(L)


def test_the_numbers_of_code_are_those_of_all_that_it_refers_to():
    """In caches, in functions inside, in numbers of any kind and in texts."""

    class Held:
        slot = Fraction(31)

        @cached_property
        def kept(self):
            return 32

    held, numbers = Held(), [Integer(33), np.int64(34), 35.0]

    @cache
    def remembered():
        return 36

    def code(k, default=37, *, keyword=b"38"):
        """Say 39, which is no number of the code."""
        return any(k == FORTY for _ in (held, numbers, remembered)) or "W_41"

    found = numbers_of(partial(code, 42))
    assert {31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42} <= {*found}
    assert 39 not in found


FORTY = 40


HONEST = {
    "divided by a width": lambda net, W, l: transpose(W) / W.rows,
    "divided by its root": lambda net, W, l: transpose(W) / sqrt(W.rows),
    "damped": lambda net, W, l: transpose(W) * Pinv(W * transpose(W) + Identity(W.rows)),
    "ones": lambda net, W, l: OneMatrix(*reversed(W.shape)),
    "times a norm": lambda net, W, l: squared_norm(W) * transpose(W),
    "times a difference of widths": lambda net, W, l: (W.rows - W.cols) * transpose(W),
    "another at a layer that is no layer": lambda net, W, l: transpose(W) if l != -1 else Pinv(W),
    "no size is zero": lambda net, W, l: transpose(W) if W.rows != 0 else Pinv(W),
    "sizes are positive": lambda net, W, l: transpose(W) if W.rows > 0 and W.cols.is_positive else Pinv(W),
    "sizes fit": lambda net, W, l: transpose(W) if W.shape == (net.widths[l], net.widths[l - 1]) else Pinv(W),
    "other matrices": lambda net, W, l: transpose(W) if net.input != W else Pinv(W),
    "one sample": lambda net, W, l: transpose(W) if net.batch is None else Pinv(W),
    "at the last layer": lambda net, W, l: transpose(W) * (Identity(W.rows) if l == net.depth else 1),
    "a kept name": lambda net, W, l: transpose(W) if net.any_depth or W.name.startswith("W") else Pinv(W),
    "a dict of weights": lambda net, W, l: {W: transpose(W)}[W],
    "a dict to rewrite with": lambda net, W, l: transpose(W) * (n + p).subs(n, 1 - p),
    "piecewise": lambda net, W, l: Piecewise((1, W.rows > W.cols), (2, True)) * transpose(W),
    "a half, and another thing that is one": lambda net, W, l: S.Half * (transpose(W) if net is not W else Pinv(W)),
    "nothing is None": lambda net, W, l: transpose(W) if W is not None and net.batch is None else Pinv(W),
    "numbers that are no depths": lambda net, W, l: (
        transpose(W) * (1 + squared_norm(W) / 64) / 150 + Pinv(W) * net.loss
    ),
    "printed": lambda net, W, l: print(W, W.shape, l) or transpose(W),  # noqa: T201
}


@pytest.mark.parametrize("feedback", HONEST.values(), ids=HONEST.keys())
@pytest.mark.parametrize("net", [two, deep], ids=["two", "deep"])
def test_an_honest_rule_is_not_refused(feedback, net):
    """It treats all layers and sizes alike, or asks for what is the same of all."""
    mine = type("Mine", (Rule,), {"feedback": lambda self, net, l: feedback(net, net.weight(l), l)})()
    assert mine.feedback(net, l if net.any_depth else 2).shape


@pytest.mark.parametrize(
    "number",
    [
        lambda W: (OneMatrix(1, W.rows) * W * OneMatrix(W.cols, 1))[0, 0],
        lambda W: (W * transpose(W))[0, 0],
    ],
)
def test_sums_over_entries_are_compared(number):
    """At numbers SymPy writes them out, and so the sizes that are tried are small."""
    mine = type("Mine", (Rule,), {"feedback": lambda self, net, l: number(net.weight(l)) * transpose(net.weight(l))})()
    assert mine.feedback(two, 2).shape


def seen(question, *arguments, **watched):
    """Return what a watch records of a question that a user's code asks."""
    watch = Watch(**watched)
    watch.call(question, *arguments)
    return watch


@pytest.mark.parametrize(
    ("question", "layers"),
    [
        (lambda: k == 7, [7]),
        (lambda: k != 7, [7]),
        (lambda: 7 == k, [7]),  # noqa: SIM300  either may stand first
        (lambda: k - 3 == 4, [7]),
        (lambda: 2 * k == 14, [7]),
        (lambda: 2 * k == 15, []),
        (lambda: k in (4, 7), [4, 7]),
        (lambda: k == Fraction(7), [7]),
        (lambda: k == L - 2, [L - 2]),
        (lambda: L - k == 2, [L - 2]),
        (lambda: k == k, []),
        (lambda: k == k + 1, []),
        (lambda: k == "k", []),
        (lambda: k is None, []),
        (lambda: deep.weight(k) == deep.weight(7), [7]),
        (lambda: deep.weight(k) == deep.input, []),
    ],
)
def test_comparisons_of_a_layer(question, layers):
    """They are solved: the code may branch there, and is to be called there."""
    watch = seen(question, layer=k, depth=L)
    assert watch.layers == layers
    assert not watch.lessons


@pytest.mark.parametrize(
    ("question", "about"),
    [
        (lambda: n == p, "sizes"),
        (lambda: n * p == 30, "sizes"),
        (lambda: MatrixSymbol("A", n, p).is_square, "sizes"),
        (lambda: n.is_even, "sizes"),
        (lambda: hash(n), "sizes"),
        (lambda: raised(lambda: int(n)), "sizes"),
        (lambda: raised(lambda: bool(n < 3)), "sizes"),
        (lambda: n.equals(3), "sizes"),
        (lambda: str(n + 1), "sizes"),
        (lambda: Matrix([[n]]) == Matrix([[3]]), "sizes"),
        (lambda: FiniteSet(n, 4) == FiniteSet(3, 4), "sizes"),
        (lambda: (n - 2 * p) is S.Zero, "any"),
        (lambda: sympy.S.One is n - p, "any"),
        (lambda: Eq(n, p) is sympy.true, "any"),
        (lambda: {k: 1}.get(k), "layer"),
        (lambda: k.is_zero, "layer"),
        (lambda: k**2 == 9, "layer"),
        (lambda: k == Symbol("elsewhere"), "layer"),
        (lambda: raised(lambda: matadd(MatrixSymbol("A", n, p), MatrixSymbol("B", p, n)), ShapeError), "sizes"),
        (lambda: MatrixSymbol("A", n, p).has(n), None),
        (lambda: MatrixSymbol("A", n, n).is_square, None),
        (lambda: n == L, "sizes"),
        (lambda: L**2 == 9, "depth"),
        (lambda: hash(L), "depth"),
        (lambda: n + 1 == -1, None),
        (lambda: n.is_positive, None),
        (lambda: hash(MatrixSymbol("A", n, p)), None),
        (lambda: str(MatrixSymbol("A", n, p)), None),
        (lambda: print(n), None),  # noqa: T201
        (lambda: n + p, None),
        (lambda: Symbol("s") == 3, None),
        (lambda: Rational(1, 2) == 1, None),
    ],
)
def test_what_a_user_learns(question, about):
    """Of each question a watch knows what its answer is about."""
    watch = seen(question, layer=k, depth=L, sizes=[n, p])
    assert [lesson.about for lesson in watch.lessons[:1]] == ([about] if about else [])


def test_numbers_that_stand_for_sizes():
    """What is learned of them is learned of sizes, but what is the same of all sizes."""
    for question in (lambda: Integer(13) == 6, lambda: int(Integer(13)), lambda: Integer(13).is_prime):
        assert seen(question, numbers=[Integer(11), Integer(13)]).lessons
    for question in (lambda: Integer(13) != 0, lambda: Integer(13).is_positive, lambda: Integer(5) == 6):
        assert not seen(question, numbers=[Integer(11), Integer(13)]).lessons


def test_who_was_told_of_calls_before_is_told_again():
    """A tracer of one's own, and Python's profiler, go on after a watch."""
    told = []
    sys.setprofile(lambda *what: told.append(what))
    try:
        Watch().call(lambda: 1)
        before = sys.getprofile()
    finally:
        sys.setprofile(None)
    assert before is not None
    with cProfile.Profile() as profile:
        Watch().call(lambda: 1)
        assert sys.getprofile() is profile


def test_a_false_claim_of_a_branching_rule_is_not_proved():
    """At any size it would be TP's law; at six units it is BP's."""
    mine = Branching(lambda rule, net, W, l: W.rows == rule.held["depth"])
    with pytest.raises(InvalidValueError, match="one formula for all sizes"):
        Equal(mine.update(two, 1), TargetProp().update(two, 1))
    plain = Branching(lambda rule, net, W, l: False)
    claim = ForAll(Equal(plain.error_signal(deep, l), TargetProp().error_signal(deep, l)), (l, 1, L))
    assert decide(claim, seconds=30).proved


def test_a_width_that_is_a_number_is_no_other():
    """A rule may ask for it, beside widths that may be any."""
    condition = lambda rule, net, W, l: net.widths[0] == rule.number and net.widths[2] != 10  # noqa: E731
    assert Branching(condition).update(DeepLinearNetwork(widths=(784, n, 10)), 1).shape == (n, 784)


OTHER_METHODS = {
    "presynaptic": lambda rule, net, l: transpose(net.activation(l - 1)) / net.samples,
    "velocity": lambda rule, net, l: -rule.descent(net, l) - net.weight(l) * squared_norm(net.error) / 30,
    "descent": lambda rule, net, l: (
        rule.error_signal(net, l)
        * transpose(net.activation(l - 1))
        * Pinv(net.activation(l - 1) * transpose(net.activation(l - 1)))
    ),
}
NETWORKS = {
    "two": two,
    "deep": deep,
    "of samples": DeepLinearNetwork(depth=2, batch=B, biases=True),
    "deep, of samples": DeepLinearNetwork(depth=L, batch=B, biases=True),
    "one less": DeepLinearNetwork(widths=(n, n - 1, p)),
    "half": DeepLinearNetwork(widths=(2 * n, n, p)),
}


@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS.keys())
@pytest.mark.parametrize("name", OTHER_METHODS)
def test_honest_methods_are_not_refused(name, net):
    """Whatever is a method of theirs, and whatever the sizes."""
    methods = {"feedback": lambda rule, net, l: transpose(net.weight(l)), name: OTHER_METHODS[name]}
    mine = type("Mine", (Rule,), methods)()
    layer = l if net.any_depth else 1
    assert getattr(mine, name)(net, layer).shape
