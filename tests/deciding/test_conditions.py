"""When a claim is true: the weakest hypotheses, with proofs, counterexamples just below, and the missing equation."""

import json

import pytest
from sympy import Eq, Identity, Inverse, MatrixSymbol, symbols

from tptheory import (
    AllOf,
    AnyOf,
    AtMost,
    Backprop,
    Commute,
    Conserved,
    Decays,
    DeepLinearNetwork,
    Equal,
    ForAll,
    ImageWithin,
    LawCount,
    LogPdet,
    Nonincreasing,
    NonNegative,
    OrthogonalImages,
    Parallel,
    Pinv,
    RankAtMost,
    RowSpaceWithin,
    TargetProp,
    Zero,
    alpha,
    full_column_rank,
    full_row_rank,
    invertible,
    matadd,
    matmul,
    orthogonal,
    partial_isometry,
    projection,
    prove,
    refute,
    solve_constants,
    squared_norm,
    symmetric,
    trace,
)
from tptheory.deciding.conditions import weakest
from tptheory.deciding.conditions.answer import when
from tptheory.deciding.conditions.candidates import read_candidates, usual_candidates
from tptheory.deciding.conditions.equations import frames_detect_zero, missing_equation
from tptheory.deciding.conditions.sizes import EqualSizes, at_sizes, unified
from tptheory.deciding.verdicts import Undecided
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError

m, n, k = symbols("m n k", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k)
S, T = MatrixSymbol("S", n, n), MatrixSymbol("T", n, n)
NET = DeepLinearNetwork(depth=2)
W1, W2 = NET.weights
SAME = Equal(TargetProp().update(NET, 1), Backprop().update(NET, 1))
REVERSE = Equal(Pinv(A * B), Pinv(B) * Pinv(A))
FAR = 10**9


def said(found):
    """Return the sets of an answer in words."""
    return [str(each) for each in found.sets]


def test_a_pseudo_inverse_is_the_transpose_of_partial_isometries():
    """The one weakest set is exact: it has a proof, its necessity has one, and without it there is a counterexample."""
    found = when(Equal(Pinv(A), A.T))
    (only,) = found.sets
    assert (str(only), only.exact, only.for_all) == ("A is a partial isometry", True, ())
    assert only.verdict.certificate.check().accepted
    assert all(proof.certificate.check().accepted for proof in only.necessary)
    (((weaker, broken)),) = only.below
    assert weaker == ()
    assert broken.counterexample.check()


def test_grevilles_conditions_come_out():
    """The reverse-order law holds exactly if both of Greville's conditions do, and neither alone is enough."""
    among = [c.item for c in usual_candidates(REVERSE) if "commute" in str(c) or "full" in str(c)]
    found = when(REVERSE, among=among)
    (only,) = found.sets
    assert only.exact
    assert str(only) == "A.T*A and B*Pinv(B) commute and Pinv(A)*A and B*B.T commute"
    assert all(broken is not None and broken.counterexample.check() for _, broken in only.below)
    assert len(only.below) == 2


def test_two_rules_agree_for_all_data_exactly_where_the_weights_are_isometries():
    """TP's update of the first of two layers is BP's for all data exactly if the second is a partial isometry."""
    found = when(SAME)
    (only,) = found.sets
    assert (str(only), [str(s) for s in only.for_all]) == ("W_2 is a partial isometry", ["x", "y"])
    assert str(found.equation) == "for all x, y exactly where Pinv(W_2) = W_2.T"
    assert found.equation.product.verdict.proved
    assert [proof.certificate.check().accepted for proof in found.equation.frame_lemmas] == [True, True]


def test_what_a_frame_maps_to_zero_is_zero():
    """The last step of "for all data" needs all of the frame: without its sum being I, nothing follows."""
    sums, last = frames_detect_zero()
    assert prove(sums).proved
    assert prove(last).proved
    assert refute(last.under(last.given[:1])).refuted
    assert refute(sums.under(())).refuted


def test_what_suffices_for_some_data_is_not_called_stronger():
    """What is necessary for all data and what suffices for some stand side by side: the first implies the second."""
    claim = Equal(Pinv(W2) * W2 * W1 * NET.input, W1 * NET.input)
    found = when(claim, among=[ImageWithin(W1, W2.T), full_column_rank(W2)])
    assert [(each.kind, str(each)) for each in found.sets] == [
        ("if", "im(W_1) ⊆ im(W_2.T)"),
        ("for all W_1, x exactly if", "W_2 has full column rank"),
    ]
    assert found.stronger == ()


def test_the_weaker_of_two_sufficient_sets_is_given():
    """Where a weaker candidate suffices, a stronger one is not in the answer, nor a set with more in it."""
    found = when(Equal(Pinv(S), S.T), among=[orthogonal(S), partial_isometry(S), invertible(S)])
    assert said(found) == ["S is a partial isometry"]


def test_incomparable_sets_stand_beside_each_other():
    """A matrix commutes with its pseudo-inverse if it is invertible, and if it is symmetric: neither follows."""
    found = when(Commute(S, Pinv(S)), among=[invertible(S), symmetric(S), orthogonal(S), projection(S)])
    assert said(found) == ["S is invertible", "S is symmetric"]
    assert found.complete
    assert all(broken is not None for each in found.sets for _, broken in each.below)


def test_what_is_true_needs_nothing():
    """A claim that is proved already has the empty set as its answer."""
    found = when(Equal(A * Pinv(A) * A, A))
    (only,) = found.sets
    assert only.hypotheses == ()
    assert only.verdict.proved
    assert only.below == ()
    assert "if nothing more is assumed" in str(found)


def test_what_no_candidate_mends_has_no_set():
    """Where every set of candidates is broken, the answer is empty, and says so."""
    found = when(Equal(S, 2 * T), among=[orthogonal(S), symmetric(T)])
    assert found.sets == ()
    assert found.complete
    assert "under none" in str(found)


def test_sizes_are_candidates():
    """Products of numbers commute; at size 1 a claim about products of matrices is one about numbers."""
    found = when(Commute(S, T), among=[Eq(n, 1)])
    assert said(found) == ["n = 1"]
    claim = at_sizes(Equal(A * B, A * B), {m: n})
    assert claim.lhs.shape == (n, k)
    assert claim.lhs.args[0].shape == (n, n)


def test_a_flow_may_be_asked_about():
    """TP's loss at depth 3 never rises if the middle layer has full row rank; BP's needs nothing."""
    net = DeepLinearNetwork(depth=3)
    claim = Nonincreasing(net.loss, along=TargetProp().flow(net))
    found = when(claim, among=[full_row_rank(net.weight(2)), full_column_rank(net.weight(2))], seconds=60)
    assert "W_2 has full row rank now" in said(found)


@pytest.mark.parametrize(
    ("claim", "equation", "exact"),
    [
        (Equal((S + T) * (S + T), S * S + 2 * S * T + T * T), "T*S = S*T", True),
        (Equal((S + T) * (S + T), S + T, given=[projection(S, T)]), "T*S = -S*T", True),
        (
            Equal(matmul(W2, TargetProp().target(NET, 1) - NET.activation(1)), matmul(-alpha, NET.error)),
            "W_2*Pinv(W_2) = I",
            True,
        ),
        (RankAtMost(A, 1), None, False),
    ],
)
def test_the_missing_equation(claim, equation, exact):
    """The equation that is missing is short, suffices, and is necessary where that is said."""
    found = missing_equation(claim, FAR)
    assert (found is None) == (equation is None)
    if found is not None:
        assert found.equation.statement() == equation
        assert found.suffices.certificate.check().accepted
        assert found.exact == exact


def test_data_that_a_hypothesis_speaks_of_are_not_free():
    """Where a hypothesis restricts the data, an equation is not said to be necessary for all of them."""
    free = missing_equation(SAME, FAR)
    bound = missing_equation(SAME.under([Zero(NET.input)]), FAR)
    assert free.for_all
    assert bound is None or not bound.for_all
    tied = SAME.under([Equal(NET.target, NET.target + NET.error)])
    found = missing_equation(tied, FAR)
    assert found is None or not found.for_all


@pytest.mark.parametrize(
    ("claim", "options", "message"),
    [
        (3, {}, "'claim' must be a claim"),
        (SAME, {"among": []}, "'among' must hold at least one hypothesis"),
        (SAME, {"among": ["full rank"]}, "'among' must be hypotheses"),
        (SAME, {"among": [Eq(n, -1)]}, "'among' must be hypotheses"),
        (SAME, {"seconds": -1}, "'seconds' must be a positive number"),
        (Zero(MatrixSymbol("C", 2, 3), given=[invertible(MatrixSymbol("C", 2, 3))]), {}, "something meets"),
        (Zero(S, given=[Equal(S, S + Identity(n))]), {"seconds": 3}, "something meets"),
    ],
)
def test_bad_input_is_named(claim, options, message):
    """Each wrong argument is refused by name, and hypotheses that contradict each other are said to."""
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message):
        when(claim, **options)


def test_candidates_that_do_not_fit_are_refused():
    """Sizes of a flow's network are not changed behind its back."""
    claim = Nonincreasing(NET.loss, along=Backprop().flow(NET))
    with pytest.raises(InvalidValueError, match="must not change sizes"):
        at_sizes(claim, {n: m})


def test_the_same_seed_gives_the_same_answer():
    """Two searches agree in sets, counterexamples and certificates."""
    first, second = (when(Commute(S, Pinv(S)), among=[invertible(S), symmetric(S)], seed=3) for _ in range(2))
    assert first.to_json() | {"seconds": 0} == second.to_json() | {"seconds": 0}


def test_the_answer_is_shown():
    """Text, LaTeX, HTML and data say the same sets; HTML is escaped, and folds proofs and counterexamples."""
    found = when(Equal(Pinv(A), A.T), among=[partial_isometry(A)])
    assert "exactly if A is a partial isometry" in found.explain()
    assert "A = [[2]]" in found.explain()
    assert "A = [[2]]" not in str(found)
    assert "exactly if $A$ is a partial isometry" in found.latex()
    page = found._repr_html_()
    assert page.count("<details>") == 2
    assert "<i>A</i>⁺\xa0=\xa0<i>A</i>ᵀ" in page
    assert "exactly if <i>A</i> is a partial isometry" in page
    assert "Pinv" not in page
    assert "[[2]]" not in page
    assert json.loads(json.dumps(found.to_json()))["sets"][0]["hypotheses"] == ["A is a partial isometry"]
    told = []
    when(Equal(Pinv(A), A.T), among=[partial_isometry(A)], progress=lambda text, share: told.append((text, share)))
    assert told
    assert all(0 <= share <= 1 for _, share in told)


def test_candidates_are_read():
    """Lists are flattened, and each candidate is kept once."""
    read = read_candidates([[full_row_rank(A)], full_row_rank(A), Eq(m, n)])
    assert [str(c) for c in read] == ["A has full row rank", "m = n"]


X, Y, Z = (MatrixSymbol(name, 1, k) for name in "XYZ")
J, g = MatrixSymbol("J", k, k), MatrixSymbol("g", n, 1)


def test_a_symbol_that_a_name_hides_is_not_free():
    """With a skew J and Y = Z = 0 the claim holds for all X, so that no equation with X in it is necessary."""
    e = matadd(matmul(X, J), matmul(-1, Y))
    claim = Equal(matmul(g, e, X.T), matmul(g, Z, X.T))
    found = missing_equation(claim, FAR)
    assert found is None or not found.for_all


def test_equations_between_sizes_hold_together():
    """Neither of two equations about one size replaces the other; those that contradict each other are no set."""
    doubled = Equal((m + n) * squared_norm(A), 2 * squared_norm(A))
    assert said(when(doubled, among=[Eq(n, m), Eq(n, 1)])) == ["n = m and n = 1"]
    found = when(Equal(S, 2 * S), among=[Eq(n, 1), Eq(n, 2)])
    assert found.sets == ()
    assert found.complete
    assert unified([EqualSizes(n, 1), EqualSizes(n, 2)]) is None
    assert unified([EqualSizes(n, m), EqualSizes(m, k), EqualSizes(k, 3)]) == {n: 3, m: 3, k: 3}


def test_two_candidates_that_say_the_same_end_the_search():
    """Of two names for one hypothesis the first is given, and the other is not weaker than it."""
    found = when(Equal(Pinv(A), A.T), among=[partial_isometry(A), Equal(A * A.T * A, A)])
    assert len(found.sets) == 1
    assert [weaker for weaker, _ in found.sets[0].below] == [()]


def test_several_claims_are_asked_about_at_once():
    """Each keeps its own hypotheses, and is under what is added."""
    both = AllOf(Equal(Pinv(S), S.T), Equal(Pinv(T), T.T, given=[orthogonal(T)]))
    assert said(when(both, among=[partial_isometry(S)])) == ["S is a partial isometry"]
    assert both.assuming([symmetric(S)]).claims[1].given == (orthogonal(T), symmetric(S))


L, l, kk = symbols("L l k", integer=True)
DEEP = DeepLinearNetwork(depth=L)
AGREE = ForAll(Equal(TargetProp().error_signal(DEEP, l), Backprop().error_signal(DEEP, l)), (l, 1, L))


def test_a_claim_at_any_depth_has_candidates_at_every_layer():
    """TP and BP agree at every layer if all weights from the second on are isometries; less breaks it at some depth."""
    usual = [str(c) for c in usual_candidates(AGREE)]
    assert "W[k] is a partial isometry for k = 2, ..., L" in usual
    assert "W[k] has full row rank for k = 1, ..., L" in usual
    assert not any("+1" in said or "k - 1" in said for said in usual)
    makes = (orthogonal, partial_isometry, full_row_rank)
    found = when(AGREE, among=[ForAll(make(DEEP.weight(kk)), (kk, 2, L)) for make in makes], seconds=60)
    (only,) = found.sets
    assert str(only) == "W[k] is a partial isometry for k = 2, ..., L"
    assert only.verdict.certificate.check().accepted
    (((weaker, broken)),) = only.below
    assert weaker == ()
    assert broken.counterexample.check()


def test_the_index_of_a_candidate_is_none_of_the_claim():
    """A claim that speaks of layer k has candidates about another letter; a flow has those of what moves along it."""
    claim = ForAll(Equal(TargetProp().error_signal(DEEP, kk), Backprop().error_signal(DEEP, kk)), (kk, 1, L))
    assert any("W[l] is orthogonal for l = 2" in str(c) for c in usual_candidates(claim))
    falls = Nonincreasing(DEEP.loss, along=TargetProp().flow(DEEP))
    assert any("W[k] has full row rank for k = 2, ..., L - 1" in str(c) for c in usual_candidates(falls))


def test_a_bound_of_a_rank_is_what_it_says():
    """Rank one is necessary, too: the claim as a hypothesis gives it."""
    (found,) = when(RankAtMost(A, 1)).sets
    assert (str(found), found.exact) == ("A has rank at most one", True)


def test_sizes_are_told_only_where_no_set_without_them_is_as_weak():
    """A matrix of shape 1x1 is symmetric: that it has this shape is stronger than needed, and said to be."""
    square = when(Commute(Pinv(S), S), among=[Eq(n, 1), invertible(S), symmetric(S)])
    assert said(square) == ["S is invertible", "S is symmetric"]
    assert [str(each) for each in square.stronger] == ["n = 1"]
    apart = when(Commute(Pinv(S), S), among=[Eq(n, 1), invertible(S)])
    assert said(apart) == ["S is invertible", "n = 1"]


def test_sets_that_follow_from_each_other_are_told_once():
    """Where a matrix is square, full row rank and full column rank are one: the set without sizes is given."""
    squares = [Eq(m, n), full_row_rank(A), full_column_rank(A)]
    P, Q = MatrixSymbol("P", n, k), MatrixSymbol("Q", m, k)
    found = when(AllOf(Equal(Pinv(A) * A * P, P), Equal(A * Pinv(A) * Q, Q)), among=squares)
    assert said(found) == ["A has full row rank and A has full column rank"]
    assert len(found.stronger) == 2


def test_data_are_tried_after_what_is_necessary_for_all_of_them():
    """What suffices for some data is looked for, though the exact set for all data was found first."""
    claim = Equal(Pinv(W2) * W2 * W1 * NET.input, W1 * NET.input)
    found = when(claim, among=[full_column_rank(W2), ImageWithin(W1, W2.T)])
    assert sorted((each.kind, str(each)) for each in found.sets) == [
        ("for all W_1, x exactly if", "W_2 has full column rank"),
        ("if", "im(W_1) ⊆ im(W_2.T)"),
    ]


def test_the_way_back_is_looked_for_again(monkeypatch):
    """A proof that takes longer than the first look at it is found by the second one."""

    def slow(claim, seconds):
        is_back = claim.statement() == "if Pinv(A) = A.T, then A is a partial isometry"
        return (
            Undecided(claim, "the time was up") if is_back and seconds <= weakest.SECOND[1] else prove(claim, seconds)
        )

    monkeypatch.setattr(weakest, "prove", slow)
    (only,) = when(Equal(Pinv(A), A.T), among=[partial_isometry(A)]).sets
    assert only.exact
    monkeypatch.setattr(weakest, "NECESSITY_SECONDS", 0.0)
    (only,) = when(Equal(Pinv(A), A.T), among=[partial_isometry(A)]).sets
    assert not only.exact
    assert only.necessary == ()


def test_a_set_without_a_proof_is_undecided(monkeypatch):
    """What no instance breaks is no answer for that: without a proof it is listed as undecided."""
    monkeypatch.setattr(weakest, "prove", lambda claim, _: Undecided(claim, "the time was up"))
    found = when(Equal(Pinv(A), A.T), among=[partial_isometry(A)])
    assert found.sets == ()
    assert found.undecided == ((partial_isometry(A),),)


s, r = symbols("s r", positive=True)
FLOW = TargetProp().flow(NET)
KINDS = {
    "all of two": AllOf(AllOf(Zero(A), Zero(B)), Commute(S, T)),
    "one of two": AnyOf(Equal(Pinv(A), A.T), Zero(A)),
    "one of two in all": AllOf(AnyOf(Zero(A), Zero(B)), Zero(S)),
    "at most": AtMost(trace(S), trace(S.T * S)),
    "semidefinite": NonNegative(S),
    "parallel": Parallel(S, T),
    "orthogonal images": OrthogonalImages(A, A * B),
    "row spaces": RowSpaceWithin(S, T),
    "conserved": Conserved(squared_norm(W1), along=FLOW),
    "decaying": Decays(squared_norm(W1), along=FLOW, rate=s),
    "logarithms": Equal(LogPdet(S * T), LogPdet(S) + LogPdet(T)),
    "numbers": Equal(s, r),
    "one entry": Zero(MatrixSymbol("v", 1, 1)),
    "given sizes": Zero(MatrixSymbol("C", 2, 3)),
    "a layer that nothing binds": AGREE.claim,
    "any depth and none": AllOf(AGREE, Zero(A)),
}


@pytest.mark.parametrize("claim", KINDS.values(), ids=KINDS)
def test_every_kind_of_claim_has_an_answer(claim):
    """Whatever the claim, there is an answer that can be shown, or a clear error."""
    found = when(claim, seconds=1)
    assert claim.statement() in str(found)
    assert found.explain()
    assert found.latex()
    assert ("<table><thead>" in found._repr_html_()) is bool(found.sets)
    assert json.dumps(found.to_json())


def test_a_claim_without_matrices_is_asked_about():
    """It has no usual candidates: it needs nothing, or no hypothesis that is tried is enough."""
    assert [each.hypotheses for each in when(Equal(s + s, 2 * s)).sets] == [()]
    assert when(Equal(s, r)).sets == ()


def test_what_decides_itself_is_refused():
    """A count of laws is no set of goals, which could be proved under hypotheses."""
    with pytest.raises(UnsupportedExpressionError, match="Decide it alone"):
        when(LawCount(TargetProp(), (1, 1, 1), number=1))


_a, _b = symbols("a b", real=True)
ONLY_WHERE_SOMETHING_EXISTS = {
    "an inverse": (Zero(S * T), [Zero(Inverse(S) * T), Zero(S)], ["S = 0"]),
    "the inverse is the transpose": (Equal(S * S.T * S, S), [Equal(Inverse(S), S.T), Zero(S)], ["S = 0"]),
    "a commuting inverse": (Commute(S, T), [Commute(Inverse(S), T), Zero(S)], ["S = 0"]),
    "a symmetric inverse": (Equal(S, S.T), [symmetric(Inverse(S)), symmetric(S)], ["S is symmetric"]),
    "a reciprocal": (Equal(_a * _a, _a), [Equal(1 / _a, 1), Zero(_a)], ["a = 0"]),
    "a quotient": (Equal(_a * S, _b * S), [Equal(S / _a, S / _b), Equal(_a, _b)], ["a = b"]),
}


@pytest.mark.parametrize(
    ("claim", "among", "weaker"), ONLY_WHERE_SOMETHING_EXISTS.values(), ids=ONLY_WHERE_SOMETHING_EXISTS
)
def test_a_set_that_takes_more_for_granted_is_not_exact(claim, among, weaker):
    """Where the inverse is missing the claim may hold and the set does not; what suffices there is told, too."""
    found = when(claim, among=among, seconds=6)
    assert set(weaker) <= {str(each) for each in found.sets}
    assert [str(each) for each in found.sets if each.exact] in ([], weaker)


def test_a_set_may_take_for_granted_what_the_claim_does():
    """Both speak of the inverse."""
    found = when(Equal(Inverse(S) * T, T), among=[Zero(T - Inverse(S) * T)], seconds=6)
    assert [each.kind for each in found.sets] == ["exactly if"]


def test_what_holds_at_one_moment_is_said_to_hold_now():
    """A hypothesis on what the flow moves need not hold later: the answer says so, as the verdict does."""
    flow = TargetProp().flow(NET)
    (W, V), (a, b) = NET.weights, symbols("a b", real=True)
    law = Conserved(squared_norm(V) - squared_norm(W), along=flow)
    answer = when(law, among=[partial_isometry(V)])
    said = "at this moment, if W_2 is a partial isometry now"
    assert str(answer).splitlines()[1] == said
    assert answer.latex().endswith("This holds at this moment, if $W_{2}$ is a partial isometry now.")
    assert "at this moment, if" in answer._repr_html_()
    assert answer.to_json()["sets"][0]["hypotheses"] == ["W_2 is a partial isometry now"]
    ansatz = Conserved(a * squared_norm(V) - b * squared_norm(W), along=flow, given=[partial_isometry(V)])
    assert str(solve_constants(ansatz, [a, b])) == "a = b; b free (proved, at this moment)"


def test_what_holds_at_all_times_is_not_said_to_hold_now():
    """The failing twin: nothing moves the input, and a law of backpropagation needs no hypothesis."""
    W, V = NET.weights
    law = Conserved(trace(matmul(W, Pinv(NET.input).T * Pinv(NET.input), W.T)), along=Backprop().flow(NET))
    assert "now" not in str(when(law, among=[Zero(NET.input)]))
    assert "moment" not in str(
        when(Conserved(squared_norm(V) - squared_norm(W), along=Backprop().flow(NET)), [Zero(W)])
    )
