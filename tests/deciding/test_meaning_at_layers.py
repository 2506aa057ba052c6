"""What reviewers broke: each kind of claim about any depth that once came out wrong, in several variants."""

import pytest
from sympy import Function, Identity, Inverse, MatrixSymbol, S, Symbol, Trace, symbols

from tptheory import (
    AllOf,
    AnyOf,
    Backprop,
    Certificate,
    Conserved,
    DeepLinearNetwork,
    DirectFeedbackAlignment,
    Equal,
    FeedbackAlignment,
    ForAll,
    Pinv,
    RankAtMost,
    Recursion,
    Rule,
    TargetProp,
    TptheoryError,
    Zero,
    decide,
    matadd,
    matmul,
    prove,
    rank_one,
    refute,
    squared_norm,
)
from tptheory.claims.compound import Holds
from tptheory.errors import InvalidValueError
from tptheory.proving.restating import restated
from tptheory.symbolic.layers import Sequence
from tptheory.symbolic.remembering import remembered

L, l, k = symbols("L l k", integer=True)
n = Symbol("n", integer=True, positive=True)
net = DeepLinearNetwork(depth=L)
A, C, S_1 = MatrixSymbol("A", n, n), MatrixSymbol("C", n, n), MatrixSymbol("S_1", n, n)
M = Recursion("M", 1, L, S_1, lambda _, X: matmul(C, X), lambda _: (n, n))


def rule(feedback):
    """Return a rule of its own with a feedback."""
    return type("Mine", (Rule,), {"feedback": lambda self, net, l: feedback(net, l)})()


def as_backprop(mine):
    """Claim that a rule sends the error signals of backpropagation."""
    return ForAll(Equal(mine.error_signal(net, l), Backprop().error_signal(net, l)), (l, 1, L))


def test_a_rank_of_one_at_every_layer_has_no_common_columns():
    """Every M[l] has rank at most one, each with columns of its own: products of two do not commute for that."""
    given = [ForAll(rank_one(M(l)), (l, 1, L))]
    commute = Equal(matmul(M(1), M(1), M(L)), matmul(M(1), M(L), M(1)), given=given)
    assert not prove(commute, 2).proved
    assert not prove(Zero((L - 1) * (L - 2) * (L - 3) * (commute.lhs - commute.rhs), given=given), 2).proved


def test_hypotheses_inside_others_are_the_same_hypotheses():
    """An inverse that one alternative needs exists there only, and witnesses are taken, however deep they stand."""
    either = AnyOf(Equal(matmul(Inverse(A), A), Identity(n)), Zero(C))
    assert not prove(Equal(matmul(Pinv(A), A), Identity(n), given=[AllOf(either)]), 2).proved
    assert prove(RankAtMost(A, 1, given=[Holds(rank_one(A))])).proved
    with pytest.raises(TptheoryError, match="bring in"):
        Zero(MatrixSymbol("u[A]", n, 1), given=[Holds(rank_one(A))])


def test_what_one_conjunct_takes_for_granted_no_other_uses():
    """That M[l] is invertible is taken for granted by the second claim alone."""
    first = ForAll(Equal(matmul(M(l), Pinv(M(l))), Identity(n)), (l, 1, L))
    second = ForAll(Equal(matmul(Inverse(M(l)), M(l)), Identity(n)), (l, 1, L))
    assert decide(AllOf(first, second), 4).refuted


BRANCHES = {
    "far": lambda net, l: l == 20,
    "a difference": lambda net, l: l - 20 == 0,
    "a set": lambda net, l: l in {3, 33},
    "a table": lambda net, l: {20: True}.get(l, False),
    "twice": lambda net, l: 2 * l == 40,
    "from above": lambda net, l: net.depth - l == 15,
    "text": lambda net, l: str(l) == "37",
    "parity": lambda net, l: bool(l % 2 == 0),
    "whether it is a number": lambda net, l: bool(getattr(l, "is_Integer", True) and l > 25),
    "the kind of net": lambda net, l: net.any_depth,
    "the depth": lambda net, l: net.depth == 6,
}


@pytest.mark.parametrize("branch", BRANCHES.values(), ids=BRANCHES.keys())
def test_a_rule_that_branches_is_refused(branch):
    """A rule that says something else of some layer, or of some depth, has no formula for all."""
    with pytest.raises(TptheoryError, match="must give one formula for every"):
        as_backprop(rule(lambda net, l: 2 * net.weight(l).T if branch(net, l) else net.weight(l).T))


@pytest.mark.parametrize("at", [lambda i: i - 10 == 0, lambda i: i in {11}, lambda i: 2 * i == 20], ids=range(3))
def test_a_recursion_that_branches_is_refused(at):
    """So has a recursion, wherever it branches."""
    with pytest.raises(TptheoryError, match="one formula for every layer"):
        Zero(Recursion("s", 0, L, S.Zero, lambda i, s: s + 1 if at(i) else s)(L))


def test_feedback_from_elsewhere_is_compared_too():
    """A feedback that a class beside Rule brings is compared; one that is set on a rule is refused."""

    class Beside:
        def feedback(self, net, l):
            return 2 * net.weight(l).T if l == 2 else net.weight(l).T

    class Mixed(Beside, Rule):
        pass

    with pytest.raises(TptheoryError, match="one formula"):
        as_backprop(Mixed())
    with pytest.raises(TptheoryError, match="defined in a class"):
        Backprop().feedback = lambda net, l: net.weight(l)


def test_a_net_of_another_class_is_another_net():
    """What is remembered of a net is not taken for a net whose weights are others."""

    class Doubled(DeepLinearNetwork):
        def weight(self, l):
            return 2 * super().weight(l)

    assert Doubled(depth=L) != net
    other = Backprop().error_signal(Doubled(depth=L), l)
    assert other != Backprop().error_signal(net, l)


def test_a_size_with_two_arguments_is_no_width():
    """g(l, 2) and g(l, 3) are two numbers."""
    g = Function("g", integer=True, positive=True)
    assert not prove(ForAll(Equal(g(l, 2) * M(l), g(l, 3) * M(l)), (l, 1, L)), 2).proved
    assert not prove(RankAtMost(MatrixSymbol("G", g(1, 2), n), g(1, 3)), 2).proved


def test_a_depth_is_what_its_symbol_admits():
    """Depths that the symbol excludes are no counterexample; a symbol that admits none is refused."""
    even, negative = Symbol("L", even=True, positive=True), Symbol("L", integer=True, negative=True)

    def sign(depth):
        return Recursion("s", 0, depth, S.One, lambda _, s: -s)(depth)

    assert not refute(Equal(sign(even), 1), 2).refuted
    with pytest.raises(TptheoryError, match="declared so that it may be one of"):
        decide(Equal(sign(negative), 1), 2)
    positive = Symbol("l", integer=True, positive=True)
    with pytest.raises(TptheoryError, match="an index l that may be any of its range"):
        ForAll(Zero(M(positive) / positive), (positive, 0, L))


def test_what_a_definition_takes_for_granted_is_said_with_its_range():
    """The index of a definition gets a letter that the claim does not use, and the range over which it runs."""
    D = Recursion("D", 1, L, S_1, lambda j, X: matmul(Inverse(M(j)), X), lambda _: (n, n))
    claim = ForAll(Equal(matmul(M(k + 1), D(k + 1)), D(k)), (k, 1, L - 1))
    assert claim.granted() == ("where M[j] is invertible for j = 2, ..., L",)


def test_claims_without_a_layer_of_their_own_have_verdicts():
    """A net's input, a layer counted from above, a size that may be 0: none of these is a fault."""
    W = net.weight(L - 1)
    assert decide(Equal(matmul(W, Pinv(W), W), W), 3).proved
    assert decide(Equal(net.input, net.input), 3).proved
    assert decide(Equal(2 * net.input, net.input), 3).refuted
    assert decide(Equal(Trace(Identity(n - 1)), n - 1), 3).proved
    with pytest.raises(TptheoryError, match="one meaning"):
        Equal(MatrixSymbol("I", n, n), Identity(n))


def test_what_nothing_meets_has_no_verdict():
    """A proof from hypotheses that exclude each other is told, and is no verdict."""
    verdict = decide(Zero(A, given=[Equal(A, 2 * Identity(n)), Equal(A, 3 * Identity(n))]), 2)
    assert verdict.word == "undecided"


def test_remarks_of_a_stored_proof_are_made_anew():
    """Title, reasons and meanings that a file holds prove nothing, and are not shown."""
    claim = Equal(matmul(A, Pinv(A), A), A)
    data = prove(claim).certificate.data
    forged = Certificate(
        {
            **data,
            "title": "Every matrix is zero",
            "reasons": [["property", "orthogonal", [["1", ["A"]]]]],
            "meanings": {"A+": {"inverse": [["1", ["A"]]]}},
        }
    )
    assert forged.check()
    assert restated(claim, forged, claim.statement()).explain() == prove(claim).explain()


def _vanishing_premises():
    """Return claims that only what breaks their own tacit premise refutes: it is gone once indices are numbers."""
    a, b = symbols("a b", real=True)
    V = Sequence("V", lambda _: (n, n), 1, 3)
    R = Recursion("R", 1, 3, A, lambda k, X: matmul(X, Inverse(V(k))), lambda _: (n, n))
    ratio = ForAll(Equal((l - 1) * b / a, b + (l - 2) * b + 1), (l, 1, 1), given=[Equal(a, 0)])
    power = ForAll(Equal((l - 1) * b * a**-2, 1), (l, 1, 1), given=[Equal(a, 0)])
    inverse = ForAll(Equal((l - 1) * Inverse(A), C), (l, 1, 1), given=[Zero(A)])
    member = Equal(matmul(R(1), C), matmul(C, R(1)), given=[Zero(V(3))])
    return {"ratio": ratio, "power": power, "inverse": inverse, "member": member}


@pytest.mark.parametrize("kind", _vanishing_premises())
def test_a_counterexample_breaks_no_tacit_premise_that_is_gone_at_numbers(kind):
    """The statement says "where a is not 0", though at the first layer its coefficient is 0.

    A search that forgets the premise breaks each of these claims within a fifth of a second.
    """
    claim = _vanishing_premises()[kind]
    assert "where" in claim.statement()
    assert not refute(claim, 1).refuted
    assert not decide(claim, 1).refuted


def test_the_index_of_a_hypothesis_is_no_unknown_of_a_counterexample():
    """That l - a is not 0 is said of the range of the hypothesis, not of some number l."""
    a, b = symbols("a b", real=True)
    found = refute(Equal(A, C, given=[ForAll(Equal(b / (l - a), b), (l, 2, L))]), 3)
    assert found.refuted
    assert "l" not in {str(symbol) for symbol in found.counterexample.values}


@pytest.mark.parametrize("rule", [Backprop(), TargetProp()], ids=["bp", "tp"])
def test_what_a_step_does_to_an_activation_at_any_depth(rule):
    """A recursion changes in a step by what it is afterwards, less itself."""
    step = rule.step(net)
    x = net.activation(l)
    assert step[x] == matadd(step.after(x), matmul(-1, x))
    assert decide(ForAll(Conserved(squared_norm(x), along=step), (l, 1, L)), 4).refuted


FACTOR = {"of": 1}


class Scaled(Rule):
    """A multiple of the transpose, by what stands elsewhere: a rule that a notebook's next cell changes."""

    factor = 1

    def feedback(self, net, l):
        """Return the multiple."""
        return FACTOR["of"] * self.factor * net.weight(l).T


@pytest.mark.parametrize("change", [(FACTOR, "of"), (Scaled, "factor")], ids=["a global", "an attribute of the class"])
def test_what_a_rule_said_before_is_not_remembered(monkeypatch, change):
    """No comparison of rules sees what a rule reads elsewhere: its products are worked out each time."""
    owner, name = change
    assert decide(as_backprop(Scaled()), 3).proved
    (monkeypatch.setitem if isinstance(owner, dict) else monkeypatch.setattr)(owner, name, 2)
    assert decide(as_backprop(Scaled()), 3).refuted


DEPTHS = {
    "nine": lambda net, l: net.depth == 9,
    "by its square": lambda net, l: net.depth * net.depth == 81,
    "by many weights": lambda net, l: not net.any_depth and len(net.weights) > 9,
}


@pytest.mark.parametrize("branch", DEPTHS.values(), ids=DEPTHS.keys())
def test_a_rule_that_branches_on_a_large_depth_is_refused(branch):
    """A number in its code is tried as a depth, and so is its root."""
    with pytest.raises(TptheoryError, match="must give one formula for every"):
        as_backprop(rule(lambda net, l: (2 if branch(net, l) else 1) * net.weight(l).T))


ENTRIES = [0] * 9 + [1] + [0] * 50
HIDDEN = {
    "a square": lambda k, s: s + (1 if k**2 == 81 else 0),
    "a place in a list": lambda k, s: s + (ENTRIES[int(k)] if getattr(k, "is_Integer", False) else 0),
}


@pytest.mark.parametrize("step", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_step_that_branches_out_of_sight_is_refused(step):
    """It says something else of the ninth layer, and no 9 stands in its code."""
    with pytest.raises(TptheoryError, match="one formula for every layer"):
        Recursion("s", 0, L, S.Zero, step)(l)


def test_an_index_that_is_bound_is_not_free_in_a_hypothesis():
    """Beside the range it would be read as the index of the claim, and it is none."""
    with pytest.raises(TptheoryError, match="free of l, which the claim binds"):
        ForAll(Equal(Pinv(M(l)), M(l).T), (l, 1, L), given=[Zero(M(l))])
    assert ForAll(Zero(M(l)), (l, 1, L), given=[ForAll(Zero(M(l)), (l, 1, L))]).given


def test_zero_may_stand_on_the_left():
    """0 = A is A = 0."""
    assert decide(Equal(0, matmul(A, C), given=[Zero(A)]), 2).proved
    assert decide(Equal(0, A), 2).refuted


def test_what_a_user_defined_is_not_remembered_inside_a_tuple():
    """What is asked of the project's own objects is worked out once, and of a user's each time."""
    asked = []
    remember = remembered(asked.append)
    for argument in ((Scaled(),), (Scaled(),), (1,), (1,)):
        remember(argument)
    assert len(asked) == 3


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("further", [1, 5])
def test_a_layer_that_no_network_has_is_refused(first, further):
    """An empty range at depth 1 does not make a claim about layer ``l + 1`` for all layers up to the last one."""
    W = net.weight(l + further)
    with pytest.raises(InvalidValueError, match="'l' must be a layer of W, 1 to 3"):
        decide(ForAll(Equal(matmul(W, Pinv(W), W), W), (l, first, L)))
    assert decide(ForAll(Equal(matmul(W, Pinv(W), W), W), (l, first, L - further))).confirmed > 0


def test_a_rule_that_sends_the_error_to_all_layers_has_signals_from_the_first():
    """The feedback of direct feedback alignment is ``B_0`` to ``B_{L-1}``, at any depth as at a depth."""
    given = [Zero(net.error)]
    assert decide(Zero(DirectFeedbackAlignment().error_signal(net, 0), given=given)).proved
    with pytest.raises(InvalidValueError, match="'l' must be a layer of B, 1 to 3"):
        decide(Zero(FeedbackAlignment().feedback(net, 0), given=given))
