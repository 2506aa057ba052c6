"""The claim that there are exactly so many laws: proved, refuted or undecided, and never by a bound alone."""

import json
from fractions import Fraction

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
    theorem,
    transpose,
)
from tptheory.certificates import law_counts
from tptheory.deciding.verdicts import RefutedCount
from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError, UnsupportedExpressionError
from tptheory.invariants import law_certificates, law_count, near_a_point
from tptheory.invariants.fields import DataFields
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
    assert data["widths"] == list(widths)
    assert data["title"] == claim.statement()
    assert f"At most {number}: " in verdict.explain()


@pytest.mark.parametrize(("rule", "widths", "number"), [(BP, (2, 2, 1), 3), (TP, (1, 3, 2), 2)], ids=str)
@pytest.mark.parametrize("off", [-1, 1])
def test_another_number_is_refuted(rule, widths, number, off):
    """Fewer, by the laws that there are; more, by the bound."""
    verdict = decide(LawCount(rule, widths, number=number + off))
    assert isinstance(verdict, RefutedCount)
    assert (verdict.word, verdict.refuted, verdict.proved) == ("refuted", True, False)
    assert f"Not {number + off}: at least {number} and at most {number}." in verdict.explain()
    assert prove(LawCount(rule, widths, number=number + off)).word == "undecided"
    assert refute(LawCount(rule, widths, number=number)).word == "undecided"


def test_a_bound_alone_is_no_proof():
    """TP 1-2-1 has three laws, of which the ansatz finds two: neither 2 nor 3 is proved, and 1 and 4 are refuted."""
    words = [decide(LawCount(TP, (1, 2, 1), number=number)).word for number in (1, 2, 3, 4)]
    assert words == ["refuted", "undecided", "undecided", "refuted"]
    verdict = decide(LawCount(TP, (1, 2, 1), number=3))
    assert verdict.explain() == "there are at most 3, which is certified, but 2 were found"
    assert law_counts.check(verdict.evidence["certificate"]) == 3


def test_a_rule_with_other_velocities_is_undecided():
    """Kaczmarz divides by the squared input, which the format cannot say."""
    verdict = decide(LawCount(Kaczmarz(), (2, 2, 1), number=3))
    assert verdict.word == "undecided"
    assert "must move weights by -d_l x_(l-1)'" in verdict.reason


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
    assert verdict.certificate.data["backward"][0][0] == "matrix"
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
    monkeypatch.setattr(law_count, "differentials", lambda quantity, fields, point: [[fmpq(1), fmpq(0)]])
    verdict = decide(LawCount(TP, (1, 1, 1), number=1))
    assert verdict.word == "undecided"
    assert "the checker refuses what was found: a differential does not vanish" in verdict.reason
    assert "report" in verdict.evidence
    assert json.dumps(verdict.evidence["certificate"])


def test_a_checker_that_moves_weights_otherwise_is_seen(monkeypatch):
    """The velocities that the checker computes are compared with those of the rule's flow."""
    monkeypatch.setattr(law_certificates, "_data", lambda e, weights, constants: ["matrix", [["1"]]])
    with pytest.raises(AssertionError, match="the checker moves weights otherwise"):
        decide(LawCount(TP, (1, 1, 1), number=1))
