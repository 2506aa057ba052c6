"""The claim that there are exactly so many laws: proved, refuted or undecided, and never by a bound alone."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import fmpq
from sympy import Identity, Integer, Inverse, MatrixSymbol, Symbol, symbols

from tptheory import (
    AllOf,
    Backprop,
    DampedTargetProp,
    DeepLinearNetwork,
    Equal,
    FeedbackAlignment,
    Kaczmarz,
    LawCount,
    LogPdet,
    Rule,
    State,
    TargetProp,
    conservation_laws,
    crosscheck,
    damping,
    decide,
    derivative,
    full_row_rank,
    gradient,
    matadd,
    matmul,
    prove,
    refute,
    squared_norm,
    theorem,
    transpose,
)
from tptheory.certificates import law_counts
from tptheory.deciding.verdicts import RefutedCount
from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError, UnsupportedExpressionError
from tptheory.invariants import law_count, near_a_point
from tptheory.invariants.fields import DataFields
from tptheory.invariants.law_certificates import Program
from tptheory.invariants.near_a_point import NearPoint, differentials
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers

BP, TP = Backprop(), TargetProp()
KNOWN = [
    (BP, (1, 1, 1), 1),
    (BP, (2, 2, 1), 3),
    (BP, (2, 2, 2), 3),
    (BP, (1, 3, 2), 6),
    (BP, (2, 2, 2, 2), 6),
    (TP, (1, 1, 1), 1),
    (TP, (2, 2, 1), 1),
    (TP, (2, 2, 2), 1),
    (TP, (1, 3, 2), 2),
    (TP, (1, 4, 2), 5),
    (TP, (2, 2, 2, 2), 2),
    (RuleAtNumbers(DampedTargetProp(), {damping: Integer(2)}), (2, 2, 1), 1),
]


@pytest.mark.parametrize(("rule", "widths", "number"), KNOWN, ids=str)
def test_the_counts_of_theory_are_proved(rule, widths, number):
    """A certified bound, and as many laws with certificates, independent at its point; every file stands alone."""
    claim = LawCount(rule, widths, number=number)
    verdict = decide(claim)
    assert verdict.proved
    assert verdict.certificate.check().accepted
    data = law_counts.parse(verdict.certificate.to_json().encode())
    assert law_counts.check(data) == len(data["differentials"]) == number
    assert all(law.check().accepted for law in verdict.certificate.laws)
    assert len(data["point"]) == sum(m * n for m, n in pairwise(widths))
    assert data["title"] == claim.statement()
    assert f"At most {number}: " in verdict.explain()


@pytest.mark.parametrize(("rule", "widths", "number"), [(BP, (2, 2, 1), 3), (TP, (1, 3, 2), 2)], ids=str)
@pytest.mark.parametrize("off", [-1, 1])
def test_another_number_is_refuted(rule, widths, number, off):
    """Fewer, by the laws that there are; more, by the bound."""
    verdict = decide(LawCount(rule, widths, number=number + off))
    assert isinstance(verdict, RefutedCount)
    assert repr(verdict) == f"RefutedCount({verdict.claim.statement()!r}, 'at least {number} and at most {number}')"
    assert (verdict.word, verdict.refuted, verdict.proved) == ("refuted", True, False)
    assert f"Not exactly {number + off}: at least {number} and at most {number}." in verdict.explain()
    assert prove(LawCount(rule, widths, number=number + off)).word == "undecided"
    assert refute(LawCount(rule, widths, number=number)).word == "undecided"


def test_a_bound_alone_is_no_proof():
    """TP 1-2-1 has three laws, of which the ansatz finds two: neither 2 nor 3 is proved, and 1 and 4 are refuted."""
    words = [decide(LawCount(TP, (1, 2, 1), number=number)).word for number in (1, 2, 3, 4)]
    assert words == ["refuted", "undecided", "undecided", "refuted"]
    verdict = decide(LawCount(TP, (1, 2, 1), number=3))
    assert verdict.explain() == "there are at most 3, which is certified, but 2 were found"
    assert law_counts.check(verdict.evidence["certificate"]) == 3


@pytest.mark.parametrize(("bound", "word"), [(2, "undecided"), (3, "proved"), (4, "proved"), (1, "refuted")])
def test_a_bound_may_be_claimed(bound, word):
    """TP 1-2-1 has at most three laws, of which two are found: no more than one is refuted."""
    verdict = decide(LawCount(TP, (1, 2, 1), at_most=bound))
    assert verdict.word == word
    if word == "proved":
        assert verdict.certificate.laws == ()
        assert f"has at most {bound} independent conserved quantities" in verdict.claim.statement()
        assert verdict.certificate.statement().startswith("of the 4 numbers that move by the program, at most 3 ")
    if word == "refuted":
        assert verdict.explain().startswith("Not at most 1: at least 2 and at most 3.")


def stored_form(verdict):
    """Return what a file keeps of a verdict."""
    return json.loads(verdict.certificate.to_json())


FILED = {
    "two laws": LawCount(TP, (1, 3, 2), number=2),
    "a bound": LawCount(TP, (1, 2, 1), at_most=3),
    "fixed matrices": LawCount("fa", (2, 2, 2), number=3),
    "a wrong number": LawCount(BP, (2, 2, 1), number=2),
}


@pytest.mark.parametrize("name", FILED)
def test_a_stored_count_is_recalled(name):
    """Without a search, and with the same certificate."""
    claim = FILED[name]
    verdict = decide(claim)
    again = claim.recalled_verdict(stored_form(verdict), 10)
    assert (again.word, again.certificate.data) == (verdict.word, verdict.certificate.data)


def test_a_stored_count_is_not_believed():
    """What is said of other widths, another rule, other fixed matrices or fewer laws recalls nothing."""
    claim = LawCount(TP, (1, 3, 2), number=2)
    data = stored_form(decide(claim))
    others = [
        LawCount(TP, (2, 3, 1), number=2),
        LawCount(BP, (1, 3, 2), number=2),
        LawCount("fa", (1, 3, 2), number=2),
        LawCount(TP, (1, 3, 2, 1), number=2),
    ]
    assert [other.recalled_verdict(data, 10) for other in others] == [None] * 4
    first, second = data["laws"]
    for broken in (
        {"laws": [first]},
        {"laws": [second, second]},
        {"laws": [first, first | {"cofactors": []}]},
        {"laws": 3},
        {"laws": [first, 3]},
        {"fixed": {"B_2": [[1]]}},
        {"differentials": data["differentials"][::-1]},
        {"differentials": data["differentials"][:1]},
        {"number": 1},
        {"program": [[[1, 1, 1]], *data["program"]]},
        {"program": None},
    ):
        assert claim.recalled_verdict(data | broken, 10) is None, broken
    fixed = LawCount("fa", (2, 2, 2), number=3)
    data = stored_form(decide(fixed))
    for other in ({}, {"B_2": [[1, 1], [1, 1]]}, {"B_2": [[1]]}, {"B_2": "B"}, []):
        assert fixed.recalled_verdict(data | {"fixed": other}, 10) is None


class Tracking(Rule):
    """A feedback that moves as the weights do, without decay."""

    name, title = "tracking", "Tracking feedback"

    def feedback(self, net, l):
        """Return the feedback."""
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))

    def states(self, net, l):
        """Move the feedback with the transposed update."""
        moved = matmul(-1, transpose(self.descent(net, l)))
        return (State(self.feedback(net, l), moved, start="drawn"),)


def test_states_are_counted_with_the_weights():
    """W_2' - B_2 is conserved, four numbers at widths 2-2-2; the claim speaks of states."""
    claim = LawCount(Tracking(), (2, 2, 2), at_most=7)
    assert "point of its weights and states at widths 2-2-2" in claim.statement()
    verdict = decide(claim)
    assert verdict.word in ("proved", "refuted")
    assert len(verdict.certificate.data["point"]) >= 3


class Scaled(Backprop):
    """BP, faster where the input is long."""

    name, title = "scaled", "Scaled BP"

    def velocity(self, net, l):
        """Multiply BP's velocity by the squared norm of the input."""
        return matmul(squared_norm(net.input), super().velocity(net, l))


def test_a_rule_with_other_velocities_is_undecided():
    """A trace is no step of a program."""
    verdict = decide(LawCount(Scaled(), (2, 2, 1), number=3))
    assert verdict.word == "undecided"
    assert "must move matrices by sums, products, transposes" in verdict.reason


def test_velocities_need_not_be_linear_in_the_data():
    """Kaczmarz divides by squared inputs: units alone do not span its velocities, and it conserves nothing."""
    verdict = decide(LawCount(Kaczmarz(), (2, 2, 1), number=0))
    assert verdict.proved
    assert len(verdict.certificate.data["fields"]) > 2


mu = Symbol("mu", nonnegative=True)


class Resolvent(Rule):
    """``mu W' (I + mu W W')^-1``, which is 0 at ``mu = 0``."""

    name, title = "resolvent", "Resolvent"

    def feedback(self, net, l):
        """Return the resolvent's feedback."""
        W = net.weight(l)
        return matmul(mu, transpose(W), Inverse(matadd(Identity(W.rows), matmul(mu, W, transpose(W)))))


@pytest.mark.parametrize(("value", "number"), [(0, 4), (Fraction(1, 2), 1), (1, 1)])
def test_a_parameter_needs_its_number(value, number):
    """At mu = 0 the first layer stands still, so that its four entries are laws; elsewhere there is one law."""
    for right in (1, 4):
        claim = LawCount(Resolvent(), (2, 2, 1), number=right, constants={"mu": value})
        assert decide(claim).word == ("proved" if right == number else "refuted")
        assert f"the flow of Resolvent at mu = {value} has" in claim.statement()


def test_constants_are_part_of_the_point():
    """Feedback alignment's B_l is written into the operators; at widths 2-2-2 it has three laws, and is named."""
    verdict = decide(LawCount(FeedbackAlignment(), (2, 2, 2), number=3))
    assert verdict.proved
    fixed = verdict.certificate.data["fixed"]
    assert fixed.keys() == {"B_2"}
    errors = [[[b, 0, 11], [c, 0, 12]] for b, c in fixed["B_2"]]
    assert verdict.certificate.data["program"][:2] == errors
    point = "near almost every point of its weights and fixed matrices B_2 at widths 2-2-2"
    assert point in verdict.claim.statement()
    assert "fixed matrices" not in LawCount(BP, (2, 2, 1), number=3).statement()


def test_a_rule_may_be_named():
    """As everywhere; the claim is the same."""
    assert LawCount("tp", [1, 1, 1], number=1) == LawCount(TP, (1, 1, 1), number=1)


def test_a_theorem_may_be_a_count():
    """It is decided as any other."""

    @theorem("Three laws")
    def three():
        """By the balance."""
        return LawCount(BP, (2, 2, 1), number=3)

    assert decide(three).proved
    assert three.claim.latex()


A = MatrixSymbol("A", *symbols("m n"))
BAD = {
    "no rule": (lambda: LawCount(3, (2, 2, 1), number=1), InvalidTypeError, "'rule' must be"),
    "no name of a rule": (lambda: LawCount("tq", (2, 2, 1), number=1), UnknownNameError, "Did you mean 'tp'"),
    "no widths": (lambda: LawCount(TP, (symbols("n"), 2), number=1), InvalidTypeError, "'widths' must be integers"),
    "a width of 0": (lambda: LawCount(TP, (0, 2), number=1), InvalidValueError, "widths"),
    "a number below 0": (lambda: LawCount(TP, (2, 2, 1), number=-1), InvalidValueError, "'number'"),
    "a number in text": (lambda: LawCount(TP, (2, 2, 1), number="1"), InvalidTypeError, "'number'"),
    "a parameter without a number": (
        lambda: LawCount(Resolvent(), (2, 2, 1), number=1),
        InvalidValueError,
        r"'constants' must be given with a number for mu, .* Give constants={'mu': 1}",
    ),
    "a damping without a number": (
        lambda: LawCount("damped-tp", (2, 2, 1), number=1),
        InvalidValueError,
        "a number for lambda",
    ),
    "a parameter that is not there": (
        lambda: LawCount(Resolvent(), (2, 2, 1), number=1, constants={"nu": 1}),
        UnknownNameError,
        "must be one of mu",
    ),
    "a fixed matrix": (
        lambda: LawCount("fa", (2, 2, 1), number=1, constants={"B_2": [[1], [2]]}),
        InvalidTypeError,
        "Leave B_2 out",
    ),
    "hypotheses": (
        lambda: LawCount(TP, (2, 2, 1), number=1, given=[full_row_rank(A)]),
        InvalidValueError,
        "'given' must be left out",
    ),
    "two numbers": (lambda: LawCount(TP, (2, 2, 1), number=1, at_most=2), InvalidValueError, "Give one of the two"),
    "no number": (lambda: LawCount(TP, (2, 2, 1)), InvalidValueError, "Give one of the two"),
    "a bound below 0": (lambda: LawCount(TP, (2, 2, 1), at_most=-1), InvalidValueError, "'at_most'"),
    "beside others": (
        lambda: decide(AllOf(LawCount(TP, (2, 2, 1), number=1), Equal(A, A))),
        UnsupportedExpressionError,
        "Decide it alone",
    ),
    "a cross-check": (
        lambda: crosscheck(LawCount(TP, (2, 2, 1), number=1)),
        UnsupportedExpressionError,
        "Decide it alone",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name):
    """Each with one clear error; a count is no set of goals, so that it is never vacuously true."""
    build, error, words = BAD[name]
    with pytest.raises(error, match=words):
        build()


def test_a_law_counts_only_where_its_hypotheses_hold_nearby():
    """The joint volume of TP is conserved where columns and rows are apart: near points of 1-3-2, not of 1-2-2."""
    volume = conservation_laws(TP, (1, 3, 2)).found[1]
    assert isinstance(volume.quantity, LogPdet)
    for W1, W2, expected in (
        ([[1], [2], [3]], [[1, 1, 1], [2, 3, 5]], True),
        ([[1], [2], [3]], [[1, 1, 1], [2, 3, 4]], False),
        ([[1], [2]], [[1, 1], [2, 3]], False),
    ):
        net = DeepLinearNetwork(widths=(1, len(W1), 2))
        near = NearPoint(dict(zip((*net.weights, net.input), (W1, W2, [[1]]), strict=True)), 5)
        assert (volume in near) is expected


def test_a_law_of_constant_rank_counts_only_at_the_highest_rank():
    """At W_2 = 0 its rank may jump nearby, so that the log-determinant is no law there."""
    (law,) = conservation_laws(TP, (1, 1, 1)).found
    net = DeepLinearNetwork(widths=(1, 1, 1))
    W1, W2 = net.weights
    assert law in NearPoint({W1: [[1]], W2: [[2]]}, 5)
    assert law not in NearPoint({W1: [[1]], W2: [[0]]}, 5)


def test_differentials_are_gradients():
    """By jets, checked against the symbolic derivative, and here against `gradient`."""
    fields = DataFields(TP, (1, 1, 1))
    W1, W2 = fields.net.weights
    law = LogPdet(W2) - W1[0, 0] ** 2 / 2
    assert differentials(law, fields, {W1: [[3]], W2: [[4]]}) == [[fmpq(-3), fmpq(1, 4)]]
    assert str(gradient(LogPdet(W2), W2)) == "Pinv(W_2).T"


def test_two_derivatives_that_disagree_are_seen(monkeypatch):
    """The differential by jets is compared with the symbolic derivative, entry by entry."""
    fields = DataFields(TP, (1, 1, 1))
    W1, W2 = fields.net.weights
    monkeypatch.setattr(near_a_point, "derivative", lambda quantity, W, unit: 2 * derivative(quantity, W, unit))
    with pytest.raises(AssertionError, match=r"two derivatives of .* by W_1 disagree"):
        differentials(LogPdet(W2) - W1[0, 0] ** 2 / 2, fields, {W1: [[3]], W2: [[4]]})


def test_a_wrong_differential_gives_no_verdict(monkeypatch):
    """Where a proved law and the fields disagree, neither side is believed, and both are kept."""
    monkeypatch.setattr(law_count, "differentials", lambda *_, once: [[fmpq(1), fmpq(0)]])
    verdict = decide(LawCount(TP, (1, 1, 1), number=1))
    assert verdict.word == "undecided"
    assert "the checker refuses what was found: a differential does not vanish" in verdict.reason
    assert "report" in verdict.evidence
    assert json.dumps(verdict.evidence["certificate"])


def test_a_checker_that_moves_weights_otherwise_is_seen(monkeypatch):
    """The velocities that the checker computes are compared with those of the rule's flow."""
    monkeypatch.setattr(Program, "_pinv", lambda self, A: self._matrix(transpose(A)))
    with pytest.raises(AssertionError, match="the checker moves weights otherwise"):
        decide(LawCount(TP, (1, 1, 1), number=1))
