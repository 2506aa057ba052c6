"""Claims and hypotheses turn themselves into goals, and say what they take for granted."""

import pytest
from sympy import Determinant, Max, Min, log, sqrt

from tptheory import AllOf, Backprop, DampedTargetProp, TargetProp, decide, transpose
from tptheory.claims import goals
from tptheory.claims.ranges import at_numbers, at_small_depths, depth_symbols, has_ranges
from tptheory.claims.tacit import AtLeastOne, ConstantRank, Exists, NotNegative, NotZero, Positive
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.preamble import *
from tptheory.typesetting.spelling import text_of

u = MatrixSymbol("u", m, 1)
c = Symbol("c", real=True)
net = DeepLinearNetwork(depth=2)
W1, W2 = net.weights
flow, step = Backprop().flow(net), Backprop().step(net)

GOALS = {
    "equation": (Equal(A, u * u.T * A), (goals.Vanishes(A, u * u.T * A),)),
    "zero": (Zero(A), (goals.Vanishes(A),)),
    "rank": (RankAtMost(A, [1, S]), (goals.RankAtMost(A, (1, S)),)),
    "conserved": (Conserved(net.loss, along=flow), (goals.Vanishes(goals.Rate(net.loss, flow)),)),
    "conserved in a step": (Conserved(W1, along=step), (goals.Vanishes(goals.Change(W1, step)),)),
    "descent": (Nonincreasing(net.loss, along=flow), (goals.NonNegative(goals.Rate(net.loss, flow, sign=-1)),)),
    "all": (AllOf(Zero(A), RankAtMost(S, 1)), (goals.Vanishes(A), goals.RankAtMost(S, (1,)))),
    "one": (
        AnyOf(Zero(A), rank_one(S)),
        (goals.OneOf(((goals.Vanishes(A),), (goals.NonNegative(1 - Rank(S)),))),),
    ),
    "bound of a rank": (AtMost(Rank(A), Rank(S)), (goals.RankAtMost(A, (S,)),)),
    "bound of a rank by a size": (AtMost(Rank(A), m + n), (goals.RankAtMost(A, (m + n,)),)),
    "bound of a rank by a number": (AtMost(Rank(A), c), (goals.NonNegative(c - Rank(A)),)),
    "range": (ForAll(Equal(k * A, A), (k, 1, 2)), (goals.Vanishes(k * A, A),)),
}


@pytest.mark.parametrize(("claim", "expected"), GOALS.values(), ids=GOALS.keys())
def test_what_a_claim_says(claim, expected):
    """Each claim is goals of a closed few kinds."""
    assert claim.goals() == expected


def test_rates_and_changes_have_a_symbolic_form():
    """The prover reads derivatives and differences of what numbers follow."""
    rate = goals.Rate(squared_norm(W1), flow)
    assert rate.symbolic() == flow.derivative(squared_norm(W1))
    assert goals.Rate(squared_norm(W1), flow, sign=-1).symbolic() == -rate.symbolic()
    assert goals.Change(W1, step).symbolic() == step[W1]
    assert set(rate.expressions()) == {squared_norm(W1), flow[W1]}


DAMPED = matadd(matmul(A, transpose(A)), matmul(Symbol("p", positive=True), Identity(m)))
k0, k1, plain = Symbol("k", integer=True, nonnegative=True), Symbol("k", integer=True, positive=True), Symbol("k")


def of_size(size):
    """Return an equation about a matrix of a size."""
    return Zero(MatrixSymbol("Z", size, size))


TACIT = {
    "a size that may be 0": (of_size(k0), (AtLeastOne(k0),)),
    "a difference of sizes": (of_size(m - n), (AtLeastOne(m - n),)),
    "a difference of plain symbols": (of_size(plain - 1), (AtLeastOne(plain - 1),)),
    "sizes of blocks": (of_size(m + plain), ()),
    "a plain symbol is a size": (of_size(plain), ()),
    "one more than a size that may be 0": (of_size(k0 + 1), ()),
    "a size that is positive": (of_size(k1), ()),
    "a number that may be 0 and is no size": (Zero(k0 * A), ()),
    "a size that a hypothesis bounds": (of_size(k0).under([AtMost(1, k0)]), ()),
    "a difference that a hypothesis bounds": (of_size(m - n).under([AtMost(n + 1, m)]), ()),
    "a bound that is too low": (of_size(k0).under([AtMost(0, k0)]), (AtLeastOne(k0),)),
    "constant rank": (Conserved(trace(matmul(W1, Pinv(W1))), along=flow), (ConstantRank(W1),)),
    "under a logarithm": (Conserved(LogPdet(W2), along=flow), (ConstantRank(W2),)),
    "full rank stays": (Conserved(LogPdet(W2), along=flow, given=[full_row_rank(W2)]), ()),
    "what stands still": (Conserved(trace(matmul(W1, net.input, Pinv(net.input), W1.T)), along=flow), ()),
    "no flow": (Equal(matmul(A, Pinv(A), A), A), ()),
    "a determinant that moves by its cofactors": (
        Conserved(Determinant(MatrixSymbol("W_1", 2, 2)), along=Backprop().flow(DeepLinearNetwork(widths=(2, 2, 2)))),
        (),
    ),
    "inverse": (Zero(matmul(Inverse(S), S)), (Exists(S),)),
    "inverse by hypothesis": (Zero(matmul(Inverse(S), S), given=[invertible(S)]), ()),
    "inverse by its form": (Zero(matmul(Inverse(DAMPED), A)), ()),
    "inverse in a hypothesis": (Zero(A, given=[Zero(matmul(Inverse(S), S))]), (Exists(S),)),
    "in an alternative": (AnyOf(Zero(matmul(Inverse(S), S)), Zero(A)), ()),
    "denominator": (Zero(A / c), (NotZero(c),)),
    "logarithm": (Zero(log(c) * A), (Positive(c),)),
    "root": (Zero(sqrt(c) * A), (NotNegative(c),)),
    "one over a root": (Zero(A / sqrt(c)), (Positive(c),)),
    "a norm's root": (Zero(sqrt(2 * trace(A.T * A) + 1) * A), ()),
    "a logarithm's hypothesis": (Zero(log(c) * A, given=positive_definite(c * Identity(1))), ()),
    "denominator that is positive": (Zero(A / Symbol("d", positive=True)), ()),
}


@pytest.mark.parametrize(("claim", "expected"), TACIT.values(), ids=TACIT.keys())
def test_what_a_claim_takes_for_granted(claim, expected):
    """It is data, and what shows by itself is left out."""
    assert claim.tacit() == expected


def test_what_is_taken_for_granted_is_said():
    """Text and LaTeX say it, of each conjunct its own; what is assumed of what moves holds now."""
    law = Conserved(trace(matmul(W1, Pinv(W1))), along=flow, given=[Zero(W2)])
    assert law.statement().startswith("if W_2 = 0 now, then ")
    said = "is conserved by the flow of backpropagation at this moment, while the rank of W_1 stays constant"
    assert law.statement().endswith(said)
    assert "at this moment" in law.latex()
    assert "while the rank of $W_{1}$ stays constant" in law.latex()
    assert Zero(matmul(Inverse(S), A.T / c)).statement().endswith(", where S is invertible, where c is not 0")
    both = AllOf(law, Zero(matmul(Inverse(S), S)))
    assert both.premises() == ("W_2 = 0 now", "while the rank of W_1 stays constant", "where S is invertible")
    assert both.statement().count("while the rank") == 1
    ranks = Conserved(LogPdet(W1) + LogPdet(W2), along=TargetProp().flow(net))
    assert ranks.statement().endswith("while the ranks of W_1, W_2 stay constant")
    assert "invertible" not in Zero(DampedTargetProp().update(net, 1)).statement()


def test_hypotheses_of_a_step_are_about_before_it():
    """Only along a flow something holds now."""
    assert Conserved(W1, along=step, given=[Zero(W2)]).statement().startswith("if W_2 = 0, then")


def test_ranges_between_numbers_are_written_out():
    """An empty range is nothing, and only the body of ForAll binds its index."""
    claim = ForAll(
        Equal(k * A, c * A),
        (k, 1, 2),
        given=[ForAll(Equal(k * c, c), (k, 3, 4)), Equal(l, 2), ForAll(Zero(S), (k, 2, 1))],
    )
    parts = list(at_small_depths(claim))
    assert [part.statement() for part in parts] == [
        "if l is an integer; 3*c = c; 4*c = c; l = 2, then A = c*A",
        "if l is an integer; 3*c = c; 4*c = c; l = 2, then 2*A = c*A",
    ]
    assert has_ranges(claim)
    assert not any(map(has_ranges, parts))
    assert list(at_small_depths(ForAll(Zero(A), (k, 2, 1)))) == []


def test_alternatives_with_ranges():
    """A range inside an alternative is all of its instances; an empty one holds."""
    inside = AnyOf(Zero(S), ForAll(Equal(k * A, A), (k, 1, 2)), ForAll(Zero(A), (k, 2, 1)))
    (part,) = at_small_depths(inside)
    first, second, third = part.goals()[0].alternatives
    assert (len(first), len(second), len(third)) == (1, 2, 1)
    assert third[0].residual() == 0


def test_a_depth_may_stand_in_a_hypothesis_alone():
    """Or in the flow; each is a depth for which numbers are put."""
    deep = DeepLinearNetwork(depth=L)
    assert depth_symbols(Zero(A, given=[Zero(deep.weight(L))])) == {L}
    assert depth_symbols(Conserved(trace(S), along=Backprop().flow(deep))) == {L}
    assert depth_symbols(ForAll(Zero(deep.weight(l)), (l, 1, L), given=[Zero(deep.weight(k))])) == {k, L}
    assert [p.statement() for p, _ in at_numbers(Zero(A, given=[Zero(deep.weight(L))]), {L: 2})] == [
        "if W_2 = 0, then A = 0"
    ]


def test_ranges_that_mean_nothing_are_refused():
    """A bound that speaks of the index, a range in a range, and hypotheses inside."""
    with pytest.raises(InvalidValueError, match="whose ends do not speak of k"):
        ForAll(Zero(A), (k, 1, k))
    with pytest.raises(InvalidTypeError, match="a claim about one layer"):
        ForAll(AllOf(Zero(A), ForAll(Zero(A), (l, 1, 2))), (k, 1, 2))
    with pytest.raises(InvalidValueError, match="without hypotheses of its own"):
        ForAll(AllOf(Zero(A), Zero(S, given=[Zero(A)])), (k, 1, 2))


q, h, j = Symbol("q", positive=True), Symbol("h", nonpositive=True), Symbol("j", integer=True)
w, j_0 = Symbol("w", prime=True), Symbol("j_0", integer=True, positive=True)
DECLARED = {
    "a sign": (NonNegative(q), "if q is positive, then 0 ≤ q", ("q is positive",)),
    "two signs": (
        NonNegative(-q * h, given=[at_most(h, q)]),
        "if h is not positive; q is positive; h ≤ q, then 0 ≤ -h*q",
        ("h is not positive", "q is positive", "h ≤ q"),
    ),
    "an integer": (AtMost(j, j**2), "if j is an integer, then j ≤ j**2", ("j is an integer",)),
    "sizes of no matrix": (
        AtMost(m + n, m * n + 1),
        "if m, n are positive integers, then m + n ≤ m*n + 1",
        ("m, n are positive integers",),
    ),
    "sizes of a matrix": (AtMost(Rank(A), m * n), "rank(A) ≤ m*n", ()),
    "a size of an identity": (Equal(trace(Identity(m)), m), "Trace(I) = m", ()),
    "the number of a rule": (Zero(step[W1]), f"{text_of(step[W1])} = 0", ("eta is positive",)),
    "a prime number": (
        AtMost(2, w),
        "if w is a positive integer and is a prime number, then 2 ≤ w",
        ("w is a positive integer and is a prime number",),
    ),
    "an even size": (
        of_size(Symbol("h", integer=True, positive=True, even=True)),
        "if h is even, then Z = 0",
        ("h is even",),
    ),
    "no integer": (
        Zero(A * Symbol("v", real=True, integer=False)),
        "if v is not 0 and is no integer, then v*A = 0",
        ("v is not 0 and is no integer",),
    ),
    "a constant of a recursion": (
        AtMost(0, Recursion("S", 1, L, j_0, lambda _, p: p + j_0)(L)),
        "if j_0 is a positive integer, then 0 ≤ S[L]",
        ("j_0 is a positive integer",),
    ),
    "a rule's letter without its rule": (
        AtMost(0, Symbol("mu", positive=True) * squared_norm(A)),
        "if mu is positive, then 0 ≤ mu*Trace(A.T*A)",
        ("mu is positive",),
    ),
    "an index": (ForAll(Equal(k * A, A), (k, 1, 2)), "k*A = A for k = 1, ..., 2", ()),
    "a number that is real": (Equal(c * A, A), "c*A = A", ()),
    "in each of several": (
        AllOf(Equal(q * A, A), Equal(c * A, A)),
        "if q is positive, then q*A = A; and c*A = A",
        ("q is positive",),
    ),
}


@pytest.mark.parametrize(("claim", "statement", "premises"), DECLARED.values(), ids=DECLARED.keys())
def test_what_was_declared_of_numbers_is_said(claim, statement, premises):
    """A claim rests on it as on its hypotheses; of the numbers of rules it is said among the premises alone."""
    assert claim.statement() == statement
    assert claim.premises() == premises


G = MatrixSymbol("G", m, m)
CANCELLED = {
    "an inverse on both sides": AtMost(trace(Inverse(G)) + m, trace(Inverse(G)) + Rank(G)),
    "a root on both sides": AtMost(sqrt(c), sqrt(c) + c),
    "in a hypothesis": AtMost(m, Rank(G), given=[at_most(trace(Inverse(G)), trace(Inverse(G)) + 1)]),
    "of a maximum": AtMost(Max(m, m - squared_norm(Inverse(G))), Rank(G)),
    "of a minimum": AtMost(m, Min(Rank(G), Rank(G) + squared_norm(Inverse(G)))),
}


@pytest.mark.parametrize("claim", CANCELLED.values(), ids=CANCELLED.keys())
def test_what_cancels_is_taken_for_granted_all_the_same(claim):
    """The statement has both sides: where the inverse or the root does not exist, nothing is claimed."""
    assert "where " in claim.statement()
    assert decide(claim, seconds=10).proved


def test_what_cancels_shields_no_false_claim():
    """The failing twin: it is broken where all that stands in it exists."""
    assert decide(AtMost(1 / c, 1 / c - 1)).refuted
    assert decide(AtMost(Max(m, m - squared_norm(Inverse(G))), Rank(G) - 1)).refuted
