"""A verdict that is stored is believed only if it checks anew, and is about the theorem at hand."""

import json

import pytest

from tptheory import TargetProp
from tptheory.claims.theorem import Theorem
from tptheory.clock import TimeUpError
from tptheory.deciding import answers
from tptheory.deciding.stored_verdicts import recalled, settle, stored_form
from tptheory.preamble import *

B, C = MatrixSymbol("B", n, n), MatrixSymbol("C", n, n)
COMMUTE = Theorem("They commute", lambda: Equal(matmul(B, C), matmul(C, B)), "refuted")
CANCEL = Theorem(
    "They cancel", lambda: Equal(B, C, given=[full_row_rank(A), Equal(matmul(A, B), matmul(A, C))]), "refuted"
)
PENROSE = Theorem("Penrose", lambda: Equal(matmul(A, Pinv(A), A), A))


def descending():
    """Return a claim whose proof speaks of a size that the claim does not: the trace of an identity."""
    net = DeepLinearNetwork(depth=3)
    return Nonincreasing(net.loss, along=TargetProp().flow(net), given=[full_row_rank(net.weight(2))])


DESCENT = Theorem("The loss descends", descending)


def through_json(theorem):
    """Settle a theorem, and return what a file would hold of it."""
    return json.loads(json.dumps(stored_form(theorem, settle(theorem))))


@pytest.mark.parametrize("theorem", [COMMUTE, CANCEL, PENROSE, DESCENT], ids=lambda theorem: theorem.title)
def test_what_is_stored_is_recalled(theorem):
    """Certificates and counterexamples of several matrices come back as the verdicts that they were."""
    found = recalled(theorem, through_json(theorem))
    assert found is not None
    assert found.word == theorem.expected


def short_commutators():
    """Return a true claim that neither side settles: the bound of Boettcher and Wenzel (2008)."""
    return AtMost(squared_norm(B * C - C * B), 2 * squared_norm(B) * squared_norm(C))


@pytest.mark.parametrize("expected", ["proved", "refuted"])
def test_a_theorem_that_stays_open_says_how_far_both_sides_got(expected):
    """Whichever side was asked first, and whatever ended it, why each has no answer is told."""
    verdict = settle(Theorem("Short commutators", short_commutators, expected), seconds=0.5)
    assert verdict.word == "undecided"
    assert {"proof", "counterexample"} <= set(verdict.evidence)


@pytest.mark.parametrize("seconds", [0.001, 0.02])
def test_a_look_that_takes_all_the_time_leaves_a_verdict(seconds):
    """What is left for each side is never less than the least that a side gets."""
    assert settle(Theorem("Short commutators", short_commutators), seconds=seconds).word == "undecided"


def test_time_that_is_up_between_the_sides_leaves_what_they_said(monkeypatch):
    """The prover had its turn, and the time of the whole question ended before the search for instances began."""

    def up(*_):
        raise TimeUpError

    monkeypatch.setattr(answers._Refuter, "__init__", lambda self, claim, seed: None)
    monkeypatch.setattr(answers._Refuter, "run", up)
    verdict = answers.decide(short_commutators(), seconds=5)
    assert verdict.word == "undecided"
    assert verdict.evidence["counterexample"] == answers.OUT_OF_TIME
    assert verdict.evidence["proof"] != answers.OUT_OF_TIME


def test_another_theorem_recalls_nothing():
    """What is stored of one theorem says nothing of another."""
    assert recalled(COMMUTE, through_json(PENROSE)) is None
    assert recalled(PENROSE, through_json(COMMUTE)) is None
    assert recalled(CANCEL, through_json(COMMUTE)) is None


BROKEN = {
    "it breaks nothing": lambda data: data["matrices"].update(C=data["matrices"]["B"]),
    "a symbol is missing": lambda data: data["matrices"].pop("B"),
    "a shape is wrong": lambda data: data["matrices"].update(B=[["1"]]),
    "a size is below 1": lambda data: data["sizes"].update(n=0),
    "a number is none": lambda data: data["matrices"]["B"][0].__setitem__(0, "1/0"),
    "a part is missing": lambda data: data.update(part=1),
    "a field has another type": lambda data: data.update(matrices=[]),
    "a size is none, but near one": lambda data: data["sizes"].update(n=data["sizes"]["n"] + 0.9),
    "a size is a truth value": lambda data: data["sizes"].update({n: True for n in data["sizes"] if n == "m"}, n=True),
    "a part is counted from the end": lambda data: data.update(part=-1),
    "a number is written at length": lambda data: data["matrices"]["B"][0].__setitem__(0, "0/2"),
    "how far was swept is text": lambda data: data.update(swept="far"),
    "whether it is minimal is text": lambda data: data.update(minimal="yes"),
    "a width that is another": lambda data: data.update(total_width=99),
    "a symbol too many": lambda data: data["matrices"].update(Z=[["1"]]),
    "a field that nobody knows": lambda data: data.update(proved=True),
    "the format is unknown": lambda data: data.update(format="tptheory-counterexample/2"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_counterexample_that_was_changed_is_not_believed(change):
    """Whatever is wrong with it, nothing is recalled, and nothing is raised."""
    data = through_json(COMMUTE)
    change(data)
    assert recalled(COMMUTE, data) is None
