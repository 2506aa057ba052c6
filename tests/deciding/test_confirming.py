"""No verdict stands on one leg: proofs and counterexamples are held against the claim as it was typed."""

import pytest
from flint import fmpq, fmpq_mat
from sympy import Determinant, MatPow, Pow, ZeroMatrix

from tptheory import (
    AllOf,
    Backprop,
    Certificate,
    Counterexample,
    TargetProp,
    TptheoryError,
    decide,
    prove,
    refute,
    transpose,
)
from tptheory.deciding import answers
from tptheory.deciding.confirming import confirm_proof
from tptheory.preamble import *
from tptheory.proving.tactics import Prover
from tptheory.refuting.search import Searched

B, v = MatrixSymbol("B", n, n), MatrixSymbol("v", n, 1)
x, y = symbols("x y", real=True)
j = Symbol("j", integer=True)
net, deep = DeepLinearNetwork(depth=2), DeepLinearNetwork(depth=L)
open_net = DeepLinearNetwork(depth=1, loss="any")
W1, W2 = net.weights
BP, TP = Backprop(), TargetProp()
scale = Recursion("s", 0, L, x, lambda _, s: y * s)
"""``s[l] = y^l x``."""

TRUE = {
    "an equation": Equal(matmul(A, Pinv(A), A), A),
    "under a hypothesis": Equal(matmul(A, Pinv(A)), Identity(m), given=[full_row_rank(A)]),
    "a rank": RankAtMost(matmul(v, transpose(v)), 1),
    "a law of a flow": Conserved(matadd(matmul(W2.T, W2), matmul(-1, W1, W1.T)), along=BP.flow(net)),
    "a logarithm": Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TP.flow(net)),
    "a projection": Conserved(trace(matmul(W1, Pinv(W1))), along=TP.flow(net)),
    "a descent": Nonincreasing(net.loss, along=BP.flow(net)),
    "any loss": Nonincreasing(open_net.loss, along=BP.flow(open_net)),
    "two steps": Commute(BP.step(DeepLinearNetwork(depth=1)), BP.step(DeepLinearNetwork(depth=1))),
    "logarithms": Equal(matmul(LogPdet(matmul(A, Pinv(A), A)), v), matmul(LogPdet(A), v)),
    "any depth": ForAll(Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input)), (l, 1, L)),
    "cases": AnyOf(Zero(x), Zero(A), given=[Zero(matmul(x, A))]),
    "an inverse": Equal(matmul(Inverse(B), B, v), v),
    "a denominator": Equal(x * y / y, x),
    "two conjuncts": AllOf(Equal(matmul(A, Pinv(A), A), A), RankAtMost(A, n)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE.keys())
def test_what_is_true_is_confirmed(claim):
    """No instance contradicts what is true, and many are evaluated."""
    found = confirm_proof(claim)
    assert found.part is None
    assert found.evaluated >= 4


FALSE = {
    "an equation": Equal(Pinv(A), transpose(A)),
    "only where something is singular": Equal(matmul(Pinv(B), B), Identity(n)),
    "a hypothesis too weak": Equal(matmul(Pinv(A), A), Identity(n), given=[full_row_rank(A)]),
    "a rank": RankAtMost(B, 2),
    "a rank at size 1": Zero(v),
    "a law of a flow": Conserved(squared_norm(W1), along=BP.flow(net)),
    "a law of the other rule": Conserved(matadd(matmul(W2.T, W2), matmul(-1, W1, W1.T)), along=TP.flow(net)),
    "a descent": Nonincreasing(inner(W1, W1), along=BP.flow(net)),
    "a determinant of singular matrices": Nonincreasing(
        Determinant(MatrixSymbol("W_1", 1, 1)),
        along=BP.flow(DeepLinearNetwork(widths=(1, 1, 1))),
        given=[Equal(MatrixSymbol("W_1", 1, 1), ZeroMatrix(1, 1))],
    ),
    "a change in a step": Conserved(squared_norm(W1), along=BP.step(net)),
    "an inverse of one layer": ForAll(Equal(y * scale(l) / scale(0), y), (l, 0, L)),
    "a power that is 0": Equal(matmul(Pinv(B), B), MatPow(B, 0)),
    "a range": ForAll(Equal(j * x, x), (j, 1, 3)),
    "cases": AnyOf(Zero(x), Zero(y)),
    "no case but where something is inverted": AnyOf(Equal(matmul(Inverse(B), B), Identity(n)), Zero(x)),
    "logarithms": Equal(matmul(LogPdet(A), v), matmul(2 * LogPdet(A), v)),
    "a second conjunct": AllOf(Equal(A, A), Zero(A)),
}


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE.keys())
def test_a_certificate_of_what_is_false_gives_no_verdict(monkeypatch, claim):
    """If the prover came with an accepted certificate for it, numbers would say no, and both sides would be kept."""
    accepted = Prover(Equal(A, A)).run(seconds=10)
    monkeypatch.setattr(answers.Prover, "run", lambda *_: accepted)
    verdict = prove(claim)
    assert verdict.word == "undecided"
    assert "prover and numbers disagree" in verdict.reason
    assert Certificate(verdict.evidence["certificate"]).check()
    assert verdict.evidence["outcome"]
    assert "values" in verdict.evidence
    assert "please report" in verdict.explain()


def test_decide_goes_on_where_the_prover_is_wrong(monkeypatch):
    """A false certificate, a refused one, or a crash of the prover hinders no counterexample."""
    claim = Equal(Pinv(A), transpose(A))

    def crash(*_):
        raise KeyError("a letter")

    accepted = Prover(Equal(A, A)).run(seconds=10)
    forged = Certificate({**accepted.data, "cofactors": [["1", [], 7, []]]})
    for search in (lambda *_: accepted, lambda *_: forged, crash):
        monkeypatch.setattr(answers.Prover, "run", search)
        assert decide(claim, seconds=2).refuted
        assert "report" in prove(claim).evidence


@pytest.mark.parametrize(("error", "words"), [(MemoryError, "ran out of memory"), (RecursionError, "went too deep")])
def test_want_of_room_is_no_verdict_and_no_traceback(monkeypatch, error, words):
    """Each side ends in Undecided; an interrupt from the keyboard goes through."""

    def fails(*_):
        raise error

    monkeypatch.setattr(answers.Prover, "run", fails)
    monkeypatch.setattr(answers.CounterexampleSearch, "run", fails)
    assert words in prove(Zero(A)).reason
    assert words in refute(Zero(A)).reason
    assert decide(Zero(A), seconds=1).word == "undecided"

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(answers.Prover, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prove(Zero(A))


ONE, TWO = fmpq_mat(1, 1, [1]), fmpq_mat(2, 2, [1, 0, 0, 1])
even, positive = Symbol("e", even=True, positive=True), Symbol("p", positive=True)
E = MatrixSymbol("E", even, even)
TAMPERED = {
    "it breaks nothing": Counterexample(Zero(A), {m: 1, n: 1, A: ONE * 0}),
    "a hypothesis does not hold": Counterexample(Zero(B, given=[Zero(B)]), {n: 1, B: ONE}),
    "a size that the symbol excludes": Counterexample(Zero(E), {even: 1, E: ONE}),
    "a sign that the symbol excludes": Counterexample(Zero(positive), {positive: fmpq(-1)}),
    "what is inverted is singular": Counterexample(
        Equal(matmul(Inverse(B), B, B), ZeroMatrix(n, n)), {n: 1, B: ONE * 0}
    ),
    "the rank may change": Counterexample(
        Conserved(trace(matmul(W1, Pinv(W1))) + squared_norm(W1), along=BP.flow(net)),
        {
            **dict.fromkeys(net.widths, 1),
            W1: ONE * 0,
            W2: ONE,
            net.input: ONE,
            net.target: ONE,
        },
    ),
    "another alternative holds": Counterexample(AnyOf(Zero(B), nonzero(B)), {n: 1, B: ONE}),
}


@pytest.mark.parametrize("found", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_false_counterexample_gives_no_verdict(monkeypatch, found):
    """Hypotheses, alternatives, and what symbols admit are evaluated again; what does not stand is told."""
    assert not found.check()
    monkeypatch.setattr(answers.CounterexampleSearch, "run", lambda *_: Searched(found))
    verdict = refute(found.claim)
    assert verdict.word == "undecided"
    assert "disagree on a counterexample" in verdict.reason
    assert verdict.evidence["instance"]["sizes"] is not None


def test_declared_sizes_bind_counterexamples():
    """A matrix of even size is refuted at size 2, and what holds at even sizes is not refuted."""
    assert refute(Zero(E), seconds=5).counterexample.sizes == {even: 2}
    assert refute(Equal((-1) ** even * trace(E), trace(E)), seconds=1).word == "undecided"
    large = Symbol("q", integer=True, positive=True, odd=True)
    S = MatrixSymbol("S", large, large)
    assert refute(RankAtMost(S, 1), seconds=5).counterexample.sizes == {large: 3}


def test_ranges_mean_the_same_to_both_sides():
    """An empty range claims nothing and assumes nothing; a hypothesis holds in its own range only."""
    assert prove(ForAll(Zero(x), (j, 3, 1))).proved
    assert refute(ForAll(Zero(x), (j, 3, 1)), seconds=1).word == "undecided"
    assert decide(Zero(B, given=[ForAll(Zero(B), (j, 1, 0))]), seconds=2).refuted
    assert decide(ForAll(Equal(j * x, 0), (j, 1, 3), given=[ForAll(Equal(j * x, 0), (j, 2, 2))]), seconds=2).proved
    assert decide(ForAll(Equal(j * x, x), (j, 1, 3), given=[ForAll(Equal(j * x, x), (j, 1, 1))]), seconds=2).refuted
    with pytest.raises(TptheoryError, match="free of j, which the claim binds"):
        ForAll(Equal(j * x, 2 * x), (j, 1, 3), given=[Equal(j, 2)])
    assert decide(ForAll(Equal(k * x, j * x), (k, 2, 2), given=[Equal(j, 2)]), seconds=2).proved


def test_hypotheses_are_concluded_as_they_are_assumed():
    """Rank one and not zero may be claimed: nothing in them is free for the search."""
    u = MatrixSymbol("u", m, 1)
    assert prove(ForAll(rank_one(matmul(u, transpose(u))), (j, 1, 2))).proved
    assert decide(ForAll(rank_one(A), (j, 1, 1)), seconds=5).refuted
    assert prove(AnyOf(Zero(A), nonzero(A))).proved
    assert refute(AnyOf(Zero(A), nonzero(A)), seconds=1).word == "undecided"
    assert prove(AnyOf(rank_one(matmul(u, transpose(u))), Zero(A))).proved
    assert refute(AnyOf(rank_one(A), Zero(A)), seconds=5).refuted
    assert prove(Equal(matmul(A, transpose(A)), 0, given=[AnyOf(Zero(A), Zero(matmul(A, transpose(A))))])).proved


def test_what_is_inverted_in_one_alternative_exists_there_only():
    """An inverse in an alternative, claimed or assumed, says nothing of where the other alternative holds."""
    either = AnyOf(Equal(matmul(Inverse(B), v), 0), Equal(v, v))
    assert not prove(Equal(matmul(Pinv(B), B), Identity(n), given=[either]), seconds=2).proved
    assert decide(AnyOf(Equal(matmul(Inverse(B), B), Identity(n)), Zero(v)), seconds=2).word == "undecided"
    assert not refute(AnyOf(Equal(Pow(x, -1), 1), Equal(x, x)), seconds=1).refuted
    assert prove(AnyOf(Equal(matmul(Pinv(B), B), Identity(n)), Zero(v), given=[invertible(B)])).proved


def test_a_verdict_has_no_truth_value():
    """The error is the project's own, and a TypeError as before."""
    verdict = prove(Equal(A, A))
    for kind in (TptheoryError, TypeError):
        with pytest.raises(kind, match="three values"):
            bool(verdict)


def test_a_verdict_says_what_it_rests_on():
    """Hypotheses, those that hold at one instant, and what an expression takes for granted."""
    flow = TP.flow(net)
    verdict = prove(Conserved(trace(matmul(W1, Pinv(W1))), along=flow, given=[nonzero(net.input)]))
    assert verdict.assumptions == ("x is nonzero", "while the rank of W_1 stays constant")
    still = prove(Conserved(W1, along=BP.flow(net), given=[Zero(W2)]))
    assert still.assumptions == ("W_2 = 0 now",)
    assert still.claim.statement().startswith("if W_2 = 0 now, then W_1 is conserved")
    assert prove(Equal(matmul(1 / x, Inverse(B), B, v), matmul(1 / x, v))).assumptions == (
        "where B is invertible",
        "where x is not 0",
    )
    assert prove(Equal(matmul(A, Pinv(A), A), A)).assumptions == ()
    assert prove(Equal(A, A)).confirmed > 0


@pytest.mark.parametrize("other", [invertible(B), Zero(Determinant(B) - 1)], ids=["a hypothesis", "an equation"])
def test_an_alternative_without_a_value_breaks_nothing(other):
    """Where B is singular, ``inv(B) v = 0`` has no value: no counterexample rests on it, nor does a proof."""
    singular = {B: fmpq_mat(1, 1), v: fmpq_mat(1, 1, [1]), n: 1}
    regular = {**singular, B: fmpq_mat(1, 1, [2])}
    either = AnyOf(Zero(matmul(Inverse(B), v)), other)
    assert not Counterexample(either, singular).check()
    assert Counterexample(either, regular).check() is (other != invertible(B))
    assert decide(either, 1).refuted is (other != invertible(B))
    assert confirm_proof(either).part is not None


@pytest.mark.parametrize(
    "claim",
    [
        Equal(R**8, Identity(n), given=[Equal(R**4, -Identity(n))]),
        Equal(R * R.T, 7 * Identity(n), given=[Equal(R.T * R, 7 * Identity(n))]),
        Equal(R**5, Identity(n), given=[Zero(R**4 + R**3 + R**2 + R + Identity(n))]),
    ],
    ids=["R^4 = -I", "R'R = 7 I", "fifth roots of the identity"],
)
def test_instances_that_cannot_be_drawn_are_built(claim):
    """The smallest matrices over the rationals that meet the hypotheses have size 4."""
    verdict = prove(claim)
    assert verdict.proved
    assert verdict.confirmed > 0


def test_a_proof_without_an_instance_stays_undecided():
    """No rational number is a root of 2: what is proved of one is not seen to hold anywhere."""
    s = Symbol("s", real=True)
    assert "no instance" in prove(Equal(s**4, 4, given=[Equal(s**2, 2)])).reason
