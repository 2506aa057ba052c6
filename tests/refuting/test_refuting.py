"""The refuter finds small exact counterexamples, and never refutes what is true."""

import json
from time import process_time

import pytest

from tptheory import AllOf, Backprop, FeedbackAlignment, TargetProp, decide, refute, transpose
from tptheory.clock import TimeUpError
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.preamble import *

B = MatrixSymbol("B", n, p)
net = DeepLinearNetwork(depth=3)
W1, W2, W3 = net.weights
T = transpose
two = DeepLinearNetwork(depth=2)
square = DeepLinearNetwork(widths=(n, n, n, n))
lone = DeepLinearNetwork(widths=(1, 1), batch=2)
pick = MatrixSymbol("s", 2, 1)
balance = matadd(matmul(T(W2), W2), matmul(-1, W1, T(W1)))

FALSE = {
    "TP is BP at depth 3": (Equal(TargetProp().update(net, 1), Backprop().update(net, 1)), 4),
    "partial isometry is necessary at depth 3": (
        Equal(matmul(W2, T(W2), W2), W2, given=[Equal(matmul(Pinv(W2), Pinv(W3)), matmul(T(W2), T(W3)))]),
        3,
    ),
    "reverse order for full row rank": (
        Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)), given=[full_row_rank(A, B)]),
        5,
    ),
    "reverse order": (Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A))), 4),
    "TP's loss never rises at depth 3": (Nonincreasing(net.loss, along=TargetProp().flow(net)), 6),
    "TP conserves the balance": (Conserved(balance, along=TargetProp().flow(net)), 4),
    "FA conserves the balance": (Conserved(balance, along=FeedbackAlignment().flow(net)), 4),
    "FA's loss never rises": (Nonincreasing(two.loss, along=FeedbackAlignment().flow(two)), 3),
    "x + alpha dL/dx = x + alpha x_prev": (
        Equal(
            matadd(square.activation(2), matmul(alpha, Backprop().error_signal(square, 2))),
            matadd(square.activation(2), matmul(alpha, square.activation(1))),
        ),
        1,
    ),
    "each sample of a batch moves downhill": (
        Nonincreasing(squared_norm(matmul(lone.error, pick)) / 2, along=Backprop().flow(lone)),
        0,
    ),
    "BP's update keeps its direction": (
        Parallel(
            Backprop().step(two).after(Backprop().update(two, 2)),
            Backprop().update(two, 2),
        ),
        4,
    ),
    "a one-sample activation moves straight downhill": (
        Parallel(Backprop().flow(two).derivative(two.output), two.error),
        4,
    ),
    "the wrong log-determinant law": (
        Conserved(LogPdet(W2) - squared_norm(W1), along=TargetProp().flow(net)),
        4,
    ),
    "two matrices commute": (Commute(S, MatrixSymbol("R", n, n)), 2),
    "rank one": (RankAtMost(matmul(A, B), 1), 6),
    "projections are symmetric": (Equal(T(S), S, given=[projection(S)]), 2),
    "orthogonal matrices are symmetric": (Equal(T(S), S, given=[orthogonal(S)]), 2),
    "one of several": (AllOf(Equal(matmul(A, Pinv(A), A), A), Equal(Pinv(A), T(A))), 2),
    "full column rank is full row rank": (
        Equal(matmul(A, Pinv(A)), Identity(m), given=[full_column_rank(A)]),
        3,
    ),
}


@pytest.mark.parametrize(("claim", "total"), FALSE.values(), ids=FALSE.keys())
def test_false_claims_are_refuted_at_the_smallest_sizes(claim, total):
    """The counterexample meets the hypotheses, breaks the claim, and is as narrow as can be."""
    started = process_time()
    verdict = decide(claim, seconds=20)
    assert process_time() - started < 16
    assert verdict.refuted, verdict.explain()
    assert not verdict.proved
    found = verdict.counterexample
    assert found.check()
    assert found.total_width == total


TRUE = {
    "Penrose": Equal(matmul(A, Pinv(A), A), A),
    "reverse order": Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)), given=[full_column_rank(A), full_row_rank(B)]),
    "TP is BP": Equal(TargetProp().update(net, 1), Backprop().update(net, 1), given=[partial_isometry(W2, W3)]),
    "BP descends": Nonincreasing(net.loss, along=Backprop().flow(net)),
    "TP descends at depth 2": Nonincreasing(two.loss, along=TargetProp().flow(two)),
    "log-determinant": Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TargetProp().flow(net)),
    "rank": RankAtMost(matmul(A, B), [n, A, B]),
    "vacuous": Zero(S, given=[Equal(S, matmul(2, S))]),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE.keys())
def test_true_claims_are_not_refuted(claim):
    """The search ends undecided and says how far it got; both sides together prove the claim."""
    verdict = refute(claim, seconds=1)
    assert verdict.word == "undecided"
    assert verdict.evidence["instances tried"] > 0
    assert decide(claim, seconds=5).proved


def test_the_answer_is_the_same_each_time():
    """The same seed gives the same counterexample."""
    claim, _ = FALSE["reverse order for full row rank"]
    assert refute(claim, seed=1).counterexample.values == refute(claim, seed=1).counterexample.values


def test_entries_are_made_small():
    """A+ = A' is broken by the number 2, not by a larger matrix."""
    assert repr(refute(Equal(Pinv(A), T(A))).counterexample) == "Counterexample(A=[[2]])"


TWOS = Recursion("S", 0, L, 0, lambda k, S: S + 2)


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        (Equal(TWOS(L), L), "S[1] - 1 = 1, not 0"),
        (ForAll(Equal(TWOS(k), 2 * k + 1), (k, 1, L)), "S[1] - 3 = -1, not 0"),
        (AtMost(TWOS(L), L), "1 - S[1] = -1, not at least 0"),
        (AllOf(Equal(TWOS(L), 2 * L), Equal(TWOS(L), 3 * L)), "-1 = -1, not 0"),  # of which, the value does not tell
        (Equal(squared_norm(A), -1), "Trace(A.T*A) + 1 = 1, not 0"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_comes_to_a_number_is_shown_as_typed(claim, shown):
    """An equation of two numbers would say nothing; what holds matrices is shown as ever."""
    found = refute(claim).counterexample
    assert str(found).splitlines()[-1] == shown
    assert f"{shown.partition(' = ')[2].partition(',')[0]} " in found.latex()


def test_a_line_says_the_depth_and_the_indices():
    """They are all that a counterexample without matrices has."""
    assert repr(refute(Equal(TWOS(L), L)).counterexample) == "Counterexample(L=1)"
    assert repr(refute(ForAll(Equal(TWOS(k), 5), (k, 1, L))).counterexample) == "Counterexample(L=1, k=1)"


def test_widths_that_do_no_work_are_left_out():
    """What is found with idle coordinates is narrowed: biases hide the ascent of TP's loss from the drawn instances."""
    biased = DeepLinearNetwork(depth=3, biases=True)
    found = refute(Nonincreasing(biased.loss, along=TargetProp().flow(biased)), seconds=20).counterexample
    assert found.total_width == 6


EACH_ALONE = "import json, sys\nfor snippet in json.load(sys.stdin):\n    exec(snippet, {})\n    print('end')"
"""A program that runs snippets, each with names of its own."""


def test_the_snippets_run(python):
    """A snippet builds the expression, evaluates it exactly, and prints what the counterexample says."""
    names = ("TP is BP at depth 3", "reverse order", "rank one", "full column rank is full row rank")
    ranks = [Equal(Rank(matmul(A, T(D))), Rank(A)), AtMost(Rank(A), 1)]
    found = [refute(claim).counterexample for claim in (*(FALSE[name][0] for name in names), *ranks)]
    run = python("-c", EACH_ALONE, input=json.dumps([each.snippet() for each in found]), timeout=60)
    assert run.stderr == ""
    printed = run.stdout.split("end\n")
    assert [text.split() for text in printed] == [*(str(each.violation().value).split() for each in found), []]


def test_latex_and_json():
    """A counterexample prints as LaTeX and as plain data."""
    found = refute(FALSE["reverse order for full row rank"][0]).counterexample
    assert r"\begin{pmatrix}" in found.latex()
    assert r"\neq 0" in found.latex()
    assert set(found.to_json()["matrices"]) == {"A", "B"}


def test_inverses_that_do_not_exist_refute_nothing():
    """Where an inverse does not exist the claim says nothing, so that A singular is no counterexample."""
    assert refute(Equal(matmul(S, Inverse(S)), Identity(n)), seconds=1).word == "undecided"


def test_a_jump_of_rank_refutes_no_flow():
    """At W_2 = 0 the rank jumps, and the log-determinant law does not speak of it."""
    law = Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TargetProp().flow(net))
    assert refute(law, seconds=1).word == "undecided"


def hard():
    """Return a claim that is true, and beyond the prover: the bound of Boettcher and Wenzel (2008)."""
    R = MatrixSymbol("R", n, n)
    return AtMost(squared_norm(R * S - S * R), 2 * squared_norm(R) * squared_norm(S))


def test_decide_says_how_far_both_sides_got():
    """A claim that is true, and beyond the prover, comes out undecided with both reasons."""
    t = Symbol("t", positive=True)
    claim = Nonincreasing(-t * inner(A, A), along=Backprop().flow(DeepLinearNetwork(depth=1)))
    assert decide(claim, seconds=1).proved
    verdict = decide(hard(), seconds=1)
    assert verdict.word == "undecided"
    assert {"proof", "counterexample", "instances tried"} <= verdict.evidence.keys()


def test_time_is_kept():
    """Both sides together end within the time, or little later."""
    started = process_time()
    assert decide(hard(), seconds=1).word == "undecided"
    assert process_time() - started < 1.5


def test_a_prover_that_turns_in_no_circle_keeps_the_time_of_decide():
    """Rewriting inside a trace makes the whole term smaller, so that it ends; the claim is true, and not refuted."""
    parallel = Parallel(TargetProp().update(net, 1), Backprop().update(net, 1), given=[rank_one(W2)])
    started = process_time()
    assert not decide(parallel, seconds=1).refuted
    assert process_time() - started < 1.2


def test_a_counterexample_at_any_depth_names_its_depth_and_layer():
    """The depth and the layer at which a claim fails stand before the matrices, in text and in LaTeX."""
    L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    deep = DeepLinearNetwork(depth=L)
    same = Equal(TargetProp().error_signal(deep, l), Backprop().error_signal(deep, l))
    found = refute(ForAll(same, (l, 1, L))).counterexample
    assert str(found).startswith("at L = 2, l = 1\n")
    assert found.latex().startswith(r"L = 2,\quad l = 1,\quad W_{1}")
    assert not refute(Zero(MatrixSymbol("A", 1, 1))).counterexample.indices


def test_a_large_matrix_with_a_hypothesis_leaves_time_to_try_it():
    """Matrices are made in numbers that their size affords: making hundreds of this one took half a minute."""
    Q = MatrixSymbol("Q", 80, 80)
    assert refute(Equal(Q, T(Q), given=[orthogonal(Q)]), seconds=4).refuted


@pytest.mark.parametrize("ask", [refute, decide])
def test_bad_arguments(ask):
    """What is no claim, or no time, is refused by name."""
    with pytest.raises(InvalidTypeError, match="'claim' must be a claim"):
        ask(3)
    with pytest.raises(InvalidValueError, match="'seconds' must be a positive number"):
        ask(Zero(A), seconds=0)


def test_what_a_late_search_says_builds_nothing(monkeypatch):
    """Where the time is up before any integers were tried, there is a verdict, and no error."""

    def late(*_):
        raise TimeUpError

    monkeypatch.setattr("tptheory.refuting.size_choices.IntegerInstances", late)
    assert refute(Zero(MatrixSymbol("A", 2, 2)), seconds=1).word == "undecided"
