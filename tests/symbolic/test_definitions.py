"""Sequences, recursions and their members are SymPy nodes: rebuilt, replaced, copied, and never captured."""

import copy
import pickle

import pytest
from sympy import Add, Determinant, Function, MatMul, MatPow, OneMatrix, Trace, ZeroMatrix, latex

from tptheory import Backprop, DirectFeedbackAlignment, FeedbackAlignment, GaussNewton, TargetProp, prove, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.preamble import *
from tptheory.symbolic.bound import BoundIndex
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, index_parts, layer_symbols

N, j = (Symbol(name, integer=True) for name in "Nj")
net = DeepLinearNetwork(depth=L)
batch = DeepLinearNetwork(depth=L, batch=5, biases=True)
total = Recursion("S", 0, L, 0, lambda i, S: S + squared_norm(net.activation(i - 1)))
double = Recursion("D", 0, L, 0, lambda i, D: D + i * total(i))
powers = Recursion("P", 0, L, Identity(n), lambda i, P: P * MatPow(MatrixSymbol("A", n, n), i), lambda _: (n, n))
flow = TargetProp().flow(net)

MEMBERS = {
    "weight": net.weight(l),
    "weight above": net.weight(l + 1),
    "last weight": net.weight(L),
    "bias": batch.bias(l - 1),
    "activation": net.activation(l),
    "batch of activations": batch.activation(l - 1),
    "product from below": net.product(l, 1),
    "product from above": net.product(L, l),
    "feedback": TargetProp().backward(net, l),
    "direct feedback": DirectFeedbackAlignment().backward(net, l),
    "Gauss-Newton": GaussNewton().backward(net, l),
    "fixed feedback": FeedbackAlignment().feedback(net, l),
    "sum": total(l),
    "sum of sums": double(l),
    "powers": powers(l),
    "velocity": flow.derivative(net.activation(l)),
    "velocity of a sum": flow.derivative(total(l)),
    "sum after a step": Backprop().step(net).after(total(l)),
}
every_member = pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS.keys())


@every_member
def test_a_member_is_rebuilt_from_its_arguments(member):
    """Members and sequences are made again by ``func(*args)``, copies and pickles, and hash alike."""
    assert isinstance(member, LayerSymbol | LayerScalar | Add) or member.args
    for node in (member, *layer_symbols(member), *(A.sequence for A in layer_symbols(member))):
        for again in (
            node.func(*node.args),
            copy.copy(node),
            copy.deepcopy(node),
            pickle.loads(pickle.dumps(node)),  # noqa: S301
            node.doit(),
        ):
            assert again == node
            assert hash(again) == hash(node)
            assert str(again) == str(node)
            assert latex(again) == latex(node)


@every_member
def test_indices_are_replaced_there_and_back(member):
    """``xreplace`` and ``subs`` put in another index, or another depth, and back; what is bound stays."""
    for there, back in (({l: k}, {k: l}), ({l: j + 2}, {j: l - 2}), ({L: N}, {N: L}), ({L: l, l: L}, {L: l, l: L})):
        assert member.xreplace(there).xreplace(back) == member
    assert member.subs(l, k).subs(k, l) == member
    assert member.subs(l, k) == member.xreplace({l: k})
    for level in range(4):
        bound = BoundIndex(level)
        assert member.xreplace({bound: Integer(7)}) == member
        moved = member.xreplace({l: bound})
        assert bound in moved.free_symbols or not member.has(l)
        assert moved.xreplace({bound: l}) == member


@every_member
def test_what_is_free_in_a_member(member):
    """The index and the depth are free, what a definition binds is not."""
    assert not any(isinstance(symbol, BoundIndex) for symbol in member.free_symbols)
    assert L in member.free_symbols
    assert member.has(L)


@every_member
def test_sympys_arithmetic_on_members(member):
    """Products with numbers, sums, differences and quotients are what they are of any symbol."""
    s = Symbol("s", real=True)
    assert member - member in (0, ZeroMatrix(*getattr(member, "shape", (1, 1))))
    assert (2 * member).has(l) == member.has(l)
    assert 2 * member / 2 == member
    assert (member + member) == 2 * member
    assert (s * member).xreplace({l: k}) == s * member.xreplace({l: k})
    if isinstance(member, LayerSymbol):
        assert isinstance(member.T * member, MatMul)
        assert member == member.T.T


def test_numbers_of_a_sequence_are_scalars():
    """They are real, commute, stand in products and powers, and print by their name."""
    S = total(l)
    assert S.is_real
    assert S.is_commutative
    assert str(S**2 + 1) == "S[l]**2 + 1"
    assert S * total(k) == total(k) * S
    assert S / S == 1
    assert (S * net.weight(l)).as_coeff_matrices() == (S, [net.weight(l)])
    assert latex(S**2) == "S_{l}^{2}"
    assert S.diff(Symbol("t")) == 0


@pytest.mark.parametrize("name", ["k", "l", "L", "k1", "M", "S"])
def test_indices_may_be_called_anything(name):
    """An index, or a depth, that is called as what a definition binds is printed is not it."""
    depth, layer = Symbol(name, integer=True), Symbol("i", integer=True)
    other = DeepLinearNetwork(depth=depth)
    for there in (other.activation(layer), TargetProp().update(other, layer)):
        assert there.xreplace({depth: L}) == there.xreplace({layer: N}).xreplace({depth: L, N: layer})
        assert {depth, layer} <= there.free_symbols
        assert at_depth(there, {depth: 2, layer: 1}) == at_depth(there.xreplace({depth: L}), {L: 2, layer: 1})
    claim = ForAll(Equal(other.activation(layer), matmul(other.product(layer, 1), other.input)), (layer, 0, depth))
    assert prove(claim).proved


def test_definitions_do_not_capture_each_other():
    """A definition inside another has a lower level, and an index put in from outside is not bound by either."""
    inside, outside = total.index.level, double.index.level
    assert net.activation(l).sequence.index.level < inside < outside
    member = double(l).xreplace({L: double.index})
    assert double.index in member.free_symbols
    assert member.xreplace({double.index: L}) == double(l)
    assert member.sequence.index != double.index
    assert double.func(*double.xreplace({L: N}).args) == double.xreplace({L: N})


def test_a_definition_that_is_built_again_is_equal():
    """Equality is of what is defined: names, ranges, starts, steps; not of the Python function."""
    again = Recursion("S", 0, L, 0, lambda where, sofar: squared_norm(net.activation(where - 1)) + sofar)
    assert again == total
    assert total != Recursion("S", 0, L, 0, lambda i, S: S + 2 * squared_norm(net.activation(i - 1)))
    assert total != Recursion("S", 0, L, 1, lambda i, S: S + squared_norm(net.activation(i - 1)))
    assert total != Recursion("S", 1, L, 0, lambda i, S: S + squared_norm(net.activation(i - 1)))
    assert total != Recursion("T", 0, L, 0, lambda i, S: S + squared_norm(net.activation(i - 1)))
    assert net.weight(l) == DeepLinearNetwork(depth=L, batch=3).weight(l) != DeepLinearNetwork(depth=N).weight(l)


def test_absolute_and_relative_layers_differ():
    """0, 3, L and L-1 are not l or l-1, whatever these are called."""
    indices = [Integer(0), Integer(3), L, L - 1, l, l - 1, l + 1, Symbol("0"), Symbol("l-1")]
    assert len({net.weight(i) for i in indices}) == len(indices)
    assert [index_parts(i) for i in indices[:6]] == [(None, 0), (None, 3), (L, 0), (L, -1), (l, 0), (l, -1)]
    for other in (2 * l, l * L, l + L, l / 2, l**2, Symbol("l") ** -1):
        with pytest.raises(InvalidTypeError, match="'l' must be a layer"):
            net.weight(l).subs(l, other)


@pytest.mark.parametrize(
    "expression",
    [
        Identity(net.widths[l]),
        Trace(Identity(net.widths[l])),
        OneMatrix(net.widths[l], 1),
        ZeroMatrix(net.widths[l], 2),
        Determinant(net.weight(l)),
        LogPdet(net.weight(l)),
        Pinv(net.weight(l)),
        Inverse(MatrixSymbol("A", n, n) + total(l) * Identity(n)),
        MatPow(MatrixSymbol("A", n, n), l),
        powers(l),
    ],
    ids=lambda e: type(e).__name__,
)
def test_what_depends_on_a_layer_through_a_size_or_a_power(expression):
    """The index is seen, and replaced."""
    assert expression.has(l)
    assert l in expression.free_symbols
    assert expression.xreplace({l: k}) != expression
    assert expression.xreplace({l: k}).xreplace({k: l}) == expression


def test_an_index_that_stands_as_a_number():
    """It is told apart from the index of a member or a width, and is a number where the depth is one."""
    tower = Recursion("T", 0, L, 0, lambda i, T: T + Trace(Identity(i)) + 2**i)
    assert at_depth(tower(l), {L: 3, l: 3}).doit() == 1 + 2 + 3 + 2 + 4 + 8
    assert str(at_depth(powers(L), {L: 3})) == "A**1*A**2*A**3"
    assert at_depth(l * total(l), {L: 2, l: 0}) == 0
    assert at_depth(MatPow(MatrixSymbol("A", n, n), l), {l: 2}).exp == 2
    assert at_depth(Identity(l + 1), {l: 2}) == Identity(3)


def test_members_in_a_matrix_of_entries_are_numbered():
    """The entries of an explicit matrix are written for a depth as anything else is."""
    from sympy import Matrix

    explicit = Matrix([[total(l), Trace(net.weight(l).T * net.weight(l))]])
    W = DeepLinearNetwork(2).weight(1)
    assert at_depth(explicit.as_immutable(), {L: 2, l: 1})[0, 1] == squared_norm(W)


def test_a_sum_of_sums_is_multiplied_out():
    """A recursion over another one has at each depth the value that hand and loop give."""
    ones = Recursion("o", 0, L, 0, lambda _, o: o + 1)
    weighted = Recursion("w", 0, L, 0, lambda i, w: w + i * ones(i))
    down = Recursion("v", 0, L, 5, lambda i, v: 2 * v + ones(i), downward=True)
    assert [at_depth(weighted(l), {L: 4, l: i}) for i in range(5)] == [0, 1, 5, 14, 30]
    assert [at_depth(down(l), {L: 2, l: i}) for i in range(3)] == [22, 11, 5]


STEPS = {
    "at a number": lambda i, S: S + 1 if i == 2 else S,
    "at the first": lambda i, S: S if i == 1 else S + 1,
    "at the last": lambda i, S: S + 1 if i == L else S,
    "below the last": lambda i, S: 2 * S if i == L - 1 else S,
    "at even ones": lambda i, S: S + 1 if i % 2 == 0 else S,
    "in a table": lambda i, S: {3: S + 1}.get(i, S),
    "at a layer that is given": lambda i, S: S + 1 if i == Symbol("q") else S,
    "where it is a symbol": lambda i, S: S if i.is_Symbol else S + 1,
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("downward", [False, True])
def test_a_step_that_branches_is_refused(step, downward):
    """A claim cannot speak of a recursion that says something else at one layer; the error says where."""
    if downward and step is STEPS["at the last"]:
        step = lambda i, S: S + 1 if i == L - 2 else S  # noqa: E731
    branching = Recursion("S", 0, L, 0, step, downward=downward)
    with pytest.raises(InvalidValueError, match="'step' must give one formula for every layer: it branches"):
        branching(l)
    with pytest.raises(InvalidValueError, match="branches"):
        pickle.loads(pickle.dumps(branching))(l)  # noqa: S301


@pytest.mark.parametrize(
    "step",
    [
        lambda i, S: S + 1 if i > 2 else S,
        lambda i, S: [S, S + 1][i],
        lambda i, S: S + 1 / 0,
        lambda i, S: S + undefined(i),
    ],
)
def test_a_step_that_raises_at_an_index_is_refused(step):
    """What cannot be asked of a layer that may be any, or is not defined yet, is one error."""
    with pytest.raises(InvalidValueError, match="'step' must give one formula for every layer"):
        Recursion("S", 0, L, 0, step)


def test_a_recursion_that_names_itself_is_refused():
    """The member before is the argument of the step; a member of a sequence of that name is not it."""
    with pytest.raises(InvalidValueError, match="free of members of a sequence called S"):
        Recursion("S", 0, L, 0, lambda i, _: total(i - 1) + 1)
    with pytest.raises(InvalidValueError, match="free of members of a sequence called S"):
        Recursion("S", 0, L, 0, lambda i, S: S + double(i))
    with pytest.raises(InvalidValueError, match="free of definitions that depend on its layer"):
        Recursion("U", 0, L, 0, lambda i, U: U + Recursion("V", 0, L, i, lambda _, V: V + i)(L))
    with pytest.raises(InvalidValueError, match="free of symbols whose size depends on the layer"):
        Recursion("U", 0, L, 0, lambda i, U: U + squared_norm(MatrixSymbol("Z", net.widths[i], 1)))


SHAPES = {
    "a number": lambda i: (n, 1) if i == 2 else (n, n),
    "the last": lambda i: (n, 1) if i == L else (n, n),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_shape_that_branches_is_refused(shape):
    """Of recursions, of sequences, and of the matrices of a rule."""
    A = MatrixSymbol("A", n, n)
    with pytest.raises(InvalidValueError, match="'shape' must give one formula"):
        Recursion("A", 0, L, A, lambda _, M: A, shape)(l)
    with pytest.raises(InvalidValueError, match="'shape' must give one formula"):
        Sequence("A", shape, 0, L)
    with pytest.raises(InvalidValueError, match="'shape' must give one formula"):
        net.layer_matrix("A", l, shape)


def test_steps_that_are_one_formula_are_taken():
    """Looks do not count: what is one formula up to order and to written-out products is taken."""
    A = MatrixSymbol("A", n, n)
    for step in (
        lambda i, P: A**i * P,
        lambda i, P: matmul(i, A, P) + P,
        lambda i, P: matmul(i - 1, matadd(A, P)),
    ):
        assert Recursion("P", 0, L, A, step, lambda _: (n, n))(l).shape == (n, n)
    assert Recursion("R", 0, L, net.activation(0), lambda i, _: net.activation(i), lambda i: (net.widths[i], 1))(l)
    with pytest.raises(ShapeError, match="'start' must have the shape"):
        Recursion("P", 0, L, MatrixSymbol("x", n, 1), lambda i, P: A * P, lambda _: (n, n))
    with pytest.raises(ShapeError, match="'step' must have the shape"):
        Recursion("P", 0, L, A, lambda i, P: P * MatrixSymbol("x", n, 1), lambda _: (n, n))
    with pytest.raises(InvalidTypeError, match="'shape' must be given for matrices"):
        Recursion("P", 0, L, A, lambda i, P: P)


def other_rule(**methods):
    """Return a rule of one's own with some methods."""
    return type("Mine", (Rule,), {"__doc__": "A rule.", "feedback": lambda self, net, l: net.weight(l).T, **methods})()


def branching(method, where):
    """Return a method that gives twice what backpropagation does, at one layer."""
    plain = getattr(Backprop, method)

    def branches(self, net, l):
        return (2 if l == where(net) else 1) * plain(Backprop(), net, l)

    return {method: branches}


BRANCHES = {
    "feedback at 2": branching("feedback", lambda _: 2),
    "feedback at the last": branching("feedback", lambda net: net.depth),
    "presynaptic at 1": branching("presynaptic", lambda _: 1),
    "presynaptic below the last": branching("presynaptic", lambda net: net.depth - 1),
    "update at 3": branching("update", lambda _: 3),
    "descent at 1": branching("descent", lambda _: 1),
    "bias at 1": branching("bias_descent", lambda _: 1),
    "target at 2": branching("target", lambda _: 2),
    "error signal at the last": branching("error_signal", lambda net: net.depth),
}


@pytest.mark.parametrize("methods", BRANCHES.values(), ids=BRANCHES.keys())
def test_a_rule_that_branches_is_refused_at_any_depth(methods):
    """By every way to what it says of a layer; at a depth that is a number it may branch."""
    rule, (name,) = other_rule(**methods), methods
    with pytest.raises(InvalidValueError, match=f"'{name}' must give one formula for every layer"):
        getattr(rule, name)(batch, l)
    if name not in ("update", "target"):
        with pytest.raises(InvalidValueError, match="branches on the layer"):
            [rule.flow(batch)[moving] for moving in (batch.weight(l), batch.bias(l))]
    assert rule.update(DeepLinearNetwork(depth=3), 2)


@pytest.mark.parametrize("rule", [Backprop(), TargetProp(), GaussNewton(), DirectFeedbackAlignment()])
def test_rules_of_the_field_are_one_formula(rule):
    """None of them is refused, and a rule with an attribute that has no hash is looked at as well."""
    rule.noted = [1, 2]
    assert rule.update(net, l).has(l)


@pytest.mark.parametrize(("wrapped", "most"), [(WeightDecay, 2_000), (Momentum, 60_000)])
def test_a_rule_around_a_users_rule_asks_it_seldom(wrapped, most):
    """The user's rule is compared at several layers and sizes, but not again by each method of the rule around it."""
    asked = []

    def feedback(self, net, l):
        asked.append(l)
        return net.weight(l).T

    rule = wrapped(other_rule(feedback=feedback))
    motion = rule.flow(batch)
    assert motion[batch.weight(l)].has(l)
    assert len(asked) < most
    with pytest.raises(InvalidValueError, match="'feedback' must give one formula for every layer"):
        wrapped(other_rule(**branching("feedback", lambda _: 3))).update(batch, l)


def test_the_derivative_of_a_number_by_recursion():
    """A sum moves by the sum of the derivatives of its terms, at each depth as there."""
    rate = flow.derivative(total(l) ** 2)
    fixed = DeepLinearNetwork(3)
    S = sum(squared_norm(fixed.activation(i)) for i in range(3))
    expected = TargetProp().flow(fixed).derivative(S**2)
    from tptheory.proving.translation import Translator

    read = Translator()
    assert read(at_depth(rate, {L: 3, l: 3})) == read(expected)


def test_functions_that_are_no_widths_are_left():
    """A function of an index of one's own keeps what was said of it."""
    f = Function("f")
    assert at_depth(f(l), {l: 2}) == Symbol("f_2")
    assert at_depth(net.widths[l], {l: 2}) == symbols("n_2", integer=True, positive=True)
    with pytest.raises(InvalidValueError, match="'l' must be a layer, 0 or above"):
        at_depth(net.widths[l], {l: -1})
    with pytest.raises(InvalidValueError, match="numbers for the symbols of"):
        at_depth(net.weight(l), {L: 2})


def test_inner_products_of_members():
    """What is built with `inner` and `transpose` has the members that stand in it, each once."""
    expression = inner(net.activation(l), net.activation(l)) * total(l) + Trace(
        transpose(net.weight(l)) * net.weight(l)
    )
    assert [str(A) for A in layer_symbols(expression)] == ["S[l]", "W[l]", "x[l]"]
