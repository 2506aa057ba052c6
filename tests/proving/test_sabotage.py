"""Faults that are put in on purpose, one for each guarantee: the oracles of these tests see every one of them."""

import random

import pytest
from oracles.judging import judged, tried_on_instances
from oracles.meaning import WAYS, agree, stated
from oracles.tampering import METHODS, tampered, tampered_anywhere
from sympy import Transpose

from tptheory import Backprop, Certificate, Proved, Refuted, TargetProp, decide, prove, refute, transpose
from tptheory.certificates import checker
from tptheory.claims import hypotheses
from tptheory.claims.goals import Rate
from tptheory.claims.ranges import at_small_depths
from tptheory.measuring import instances, premises
from tptheory.numeric import rationals
from tptheory.preamble import *
from tptheory.proving import completion, obligations, theory
from tptheory.proving.translation import Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Alphabet, Polynomial
from tptheory.refuting import size_choices
from tptheory.refuting.search import CounterexampleSearch

net = DeepLinearNetwork(depth=2)
W1, W2 = net.weights


def end(claim, draws=60):
    """Return how a claim ends, and how that stands up to the second evaluation."""
    return judged(claim, decide(claim, seconds=1), draws)[0]


def has_a_false_proof(claim, draws=60, seconds=1):
    """Whether the checker accepts a proof, numbers contradict it so that there is no verdict, and an oracle as well."""
    verdict = prove(claim, seconds)
    if verdict.word != "undecided" or "prover and numbers disagree" not in verdict.reason:
        return False
    certificate = Certificate(verdict.evidence["certificate"])
    return judged(claim, Proved(claim, certificate), draws)[0] == "false proof"


def translations_agree(claim):
    """Whether every translation of a claim that has a value has the right one."""
    return False not in [agree(claim, seed, *WAYS[seed % len(WAYS)]) for seed in range(12)]


def change(monkeypatch, owner, name, make):
    """Replace a function by what ``make`` makes of it."""
    monkeypatch.setattr(owner, name, make(getattr(owner, name)))


def test_a_translator_that_forgets_a_transpose(monkeypatch):
    """Its false proof that every square matrix is symmetric is seen at instances, and so is its translation."""
    claim = Equal(transpose(S), S)
    assert end(claim) == "refuted"
    change(
        monkeypatch,
        Translator,
        "_matrix",
        lambda right: lambda self, M: right(self, M.arg if isinstance(M, Transpose) and M.rows == M.cols else M),
    )
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_a_translator_that_forgets_a_sign(monkeypatch):
    """-S = S comes out proved, and is seen."""
    claim = Equal(matmul(-1, S), S)
    honest = vars(Translator)["_of_scalar"]
    forgetful = lambda self, s: honest.__get__(self)(abs(s) if s.is_Rational else s)  # noqa: E731
    monkeypatch.setattr(Translator, "_of_scalar", forgetful)
    assert not translations_agree(claim)
    assert has_a_false_proof(claim)


def test_a_translator_that_swaps_factors(monkeypatch):
    """Matrices that commute without being asked to are seen."""
    R = MatrixSymbol("R", n, n)
    claim = Equal(matmul(S, R), matmul(R, S))
    right = Alphabet.monomial
    monkeypatch.setattr(Alphabet, "monomial", lambda self, s, w: right(self, s, "".join(sorted(w))))
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_a_pseudo_inverse_that_is_assumed_to_be_an_inverse(monkeypatch):
    """A+ A = I has a proof then; an instance of low rank breaks it, and the assumption itself."""
    claim = Equal(matmul(Pinv(A), A), Identity(n))
    right = Translator._pinv

    def too_strong(self, p):
        P = right(self, p)
        self.assume(P * p - Polynomial.identity(self.alphabet, p.columns), "an inverse")
        return P

    monkeypatch.setattr(Translator, "_pinv", too_strong)
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_a_hypothesis_that_assumes_too_much(monkeypatch):
    """A partial isometry taken for orthogonal proves A'A = I of it, and is seen: its meaning is not its equations."""
    right = hypotheses.partial_isometry

    def too_strong(*matrices):
        found = right(*matrices)
        (B,) = matrices
        more = (matadd(matmul(transpose(B), B), matmul(-1, Identity(B.cols))),)
        return hypotheses.Hypothesis(found.name, found.matrices, found.equations + more)

    claim = Equal(matmul(transpose(A), A), Identity(n), given=[too_strong(A)])
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_a_wrong_derivative(monkeypatch):
    """The derivative of a pseudo-inverse with one sign changed differs from the rate that is carried along."""
    claim = Conserved(matmul(Pinv(W2), W2), along=TargetProp().flow(net))
    assert translations_agree(claim)
    change(monkeypatch, Pinv, "differential", lambda right: lambda self, dA: matmul(-1, right(self, dA)))
    assert not translations_agree(claim)


def test_a_prover_that_proves_another_statement(monkeypatch):
    """A certificate for left = left is accepted as what it is, and does not state the claim."""
    claim = Equal(matmul(A, Pinv(A), A), A)
    assert stated(prove(claim).certificate.data, claim, 0)
    change(monkeypatch, obligations, "equal", lambda right: lambda L, _, *more: right(L, L, *more))
    certificate = prove(claim).certificate
    assert certificate.check()
    assert not stated(certificate.data, claim, 0)


def test_a_prover_that_assumes_what_was_not_given(monkeypatch):
    """Neither does one that uses a hypothesis that the claim does not make."""
    claim = Equal(Pinv(A), transpose(A))
    extra = Equal(Pinv(A), transpose(A), given=[partial_isometry(A)])
    change(monkeypatch, obligations, "translator_of", lambda right: lambda _, *way: right(extra, *way))
    assert not stated(prove(claim).evidence["certificate"], claim, 0)
    assert has_a_false_proof(claim)


def test_two_families_that_get_one_name(monkeypatch):
    """Symbols of one name that become one letter prove what is false; a second reading of the claim sees it."""
    other = MatrixSymbol("A", m, n)
    B = MatrixSymbol("B", m, n)
    claim = Equal(B, other)
    change(
        monkeypatch,
        Translator,
        "letter_of",
        lambda right: lambda self, s: right(self, other if isinstance(s, MatrixSymbol) else s),
    )
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_an_inverse_that_forgets_what_it_inverts(monkeypatch):
    """Where all pseudo-inverses of one shape are one letter, A+ = B+, and that is seen."""
    B = MatrixSymbol("B", m, n)
    claim = Equal(Pinv(A), Pinv(B))
    change(
        monkeypatch,
        Translator,
        "_at_index",
        lambda right: lambda self, kind, A, name, make: right(self, kind, A.scale(0), name, make),
    )
    assert has_a_false_proof(claim)


def test_a_size_that_is_another(monkeypatch):
    """Where tr(I) of one size is another, what comes out is seen."""
    claim = Equal(trace(Identity(m)), n)
    change(monkeypatch, Translator, "_size", lambda right: lambda self, size: right(self, n if size == m else size))
    assert has_a_false_proof(claim)
    assert not translations_agree(claim)


def test_a_goal_that_is_turned_around(monkeypatch):
    """A sign that is lost on the way to the obligation is seen: a loss does not rise along its flow."""
    claim = Nonincreasing(-two.loss, along=Backprop().flow(two))
    assert end(claim, draws=5) == "refuted"
    change(monkeypatch, obligations, "_translated", lambda right: lambda term, t: right(term, t).scale(-1))
    assert has_a_false_proof(claim, draws=20)


def test_a_definition_that_does_not_hold(monkeypatch):
    """Where the velocity of a symbol is another than the flow's, what comes out is seen."""
    claim = Conserved(squared_norm(W1), along=Backprop().flow(net))
    assert end(claim, draws=5) == "refuted"
    change(
        monkeypatch,
        Translator,
        "define_velocity",
        lambda right: lambda self, s, e, *more: right(self, s, matmul(0, e), *more),
    )
    assert has_a_false_proof(claim, draws=20)
    assert not translations_agree(claim)


def test_an_end_of_a_range_that_is_one_off(monkeypatch):
    """A hypothesis that is read as of one layer more proves what is false at some depth, and numbers see it."""
    rule, other = TargetProp(), Backprop()
    given = [ForAll(partial_isometry(deep.weight(l)), (l, 3, L))]
    claim = ForAll(Equal(rule.update(deep, l), other.update(deep, l)), (l, 1, L), given=given)
    assert not prove(claim, seconds=2).proved
    change(
        monkeypatch,
        theory._Reader,
        "range_of",
        lambda right: lambda self, item: (l, ("", 2), ("L", 0)) if item in given else right(self, item),
    )
    assert prove(claim, seconds=10).reason.startswith("prover and numbers disagree")
    assert any(tried_on_instances(part, 20, 0)[0] is not None for part in at_small_depths(claim))


def test_a_completion_that_does_not_reduce(monkeypatch):
    """A goal that is accepted without a combination of hypotheses does not get past the checker."""
    monkeypatch.setattr(completion.Completion, "prove", lambda *_: Membership([]))
    verdict = prove(Equal(Pinv(A), transpose(A)))
    assert not verdict.proved
    assert verdict.reason.startswith("the checker refuses what the prover found")


def accepted_wrongly(data, second_reading, edit, edits):
    """Whether the checker accepts an edit of a certificate that does not add up on the second reading."""
    rng = random.Random(0)
    for _ in range(edits):
        edited, _ = edit(data, rng)
        try:
            checker.check(edited)
            if not second_reading(edited):
                return True
        except checker.Refused:
            continue
        except (KeyError, TypeError, ValueError, AssertionError, IndexError):  # not even the second reading can read it
            return True
    return False


two = DeepLinearNetwork(depth=2)
ISOMETRY = Equal(Pinv(A), transpose(A), given=[partial_isometry(A)])
DESCENT = Nonincreasing(two.loss, along=Backprop().flow(two))
RANK = RankAtMost(matmul(A, S), n)
SQUARE = Equal(trace(matmul(S, Pinv(S))), trace(matmul(Pinv(S), S)), given=[symmetric(S)])
CASES = Equal(matmul(A, transpose(A), A), A, given=[AnyOf(partial_isometry(A), Zero(A))])
deep = DeepLinearNetwork(depth=L)
LAYERS = ForAll(Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input)), (l, 0, L))
CHECKER_FAULTS = {
    "nothing": (ISOMETRY, ("",)),
    "sums": (ISOMETRY, ("do not sum",)),
    "shapes": (RANK, ("compose", "of one shape", "another shape", "what is square")),
    "sizes": (RANK, ("declared as a size", "a size must be")),
    "sizes of identities": (ISOMETRY, ("a size if and only if",)),
    "symmetry": (RANK, ("neither symmetric nor not",)),
    "names": (ISOMETRY, ("is not declared", "a size and a letter", "twice")),
    "numbers of hypotheses": (ISOMETRY, ("names no hypothesis",)),
    "fields": (ISOMETRY, ("unknown",)),
    "statements": (ISOMETRY, ("a goal is zero", "must say what is zero")),
    "methods": (DESCENT, ("cannot show such a goal",)),
    "weights": (DESCENT, ("must be positive",)),
    "bounds": (RANK, ("the bound is no",)),
    "splits": (CASES, ("do not sum", "a case assumes something")),
    "ranges": (LAYERS, ("may lie outside",)),
    "bases and steps": (LAYERS, ("a base and a step",)),
    "indices": (LAYERS, ("must stand at an index", "has no index", "cannot be a base")),
}


@pytest.mark.parametrize(("claim", "skipped"), CHECKER_FAULTS.values(), ids=CHECKER_FAULTS.keys())
def test_a_checker_that_skips_something(monkeypatch, second_reading, claim, skipped):
    """Edited certificates that such a checker accepts do not add up, or are not read, on the second reading."""
    data = prove(claim).certificate.data
    plain = data["method"] in METHODS
    edit, edits = (tampered, 1500) if plain else (tampered_anywhere, 4000)
    right = checker.require
    monkeypatch.setattr(
        checker, "require", lambda holds, reason: right(holds or any(part in reason for part in skipped), reason)
    )
    assert accepted_wrongly(data, second_reading, edit, edits)
    monkeypatch.setattr(checker, "require", right)
    assert not accepted_wrongly(data, second_reading, edit, 200)


@pytest.mark.parametrize("index", [["l", 0], ["l", 1], ["L", 0]])
def test_a_checker_that_lets_a_theorem_show_itself(monkeypatch, second_reading, index):
    """What is assumed where it is to be shown adds up everywhere, and is no proof: the second reading sees that."""
    goal = {"zero": [["1", [["x", "k", 0]], 1]]}
    case = {"at": ["l", 0], "after": None, "uses": [[0, index]], "method": "identity", "cofactors": [["1", [], 0, []]]}
    data = {
        "format": checker.FORMAT,
        "method": "induction",
        "sizes": [],
        "letters": {"x": []},
        "indexed": ["x"],
        "hypotheses": [],
        "theorems": [{"goal": goal, "from": None, "to": None, "cases": [case]}],
    }
    right = checker.require
    monkeypatch.setattr(
        checker, "require", lambda holds, reason: right(holds or "before it is shown" in reason, reason)
    )
    if index == ["l", 0]:
        checker.check(data)
    assert not second_reading(data)
    monkeypatch.setattr(checker, "require", right)
    with pytest.raises(checker.Refused, match="before it is shown"):
        checker.check(data)


def test_a_meaning_that_is_too_lax(monkeypatch):
    """A refuter that lets anything pass for a matrix of full row rank is caught by the second meaning."""
    claim = Equal(matmul(A, Pinv(A)), Identity(m), given=[full_row_rank(A)])
    for module in (instances, premises, size_choices):
        monkeypatch.setattr(module, "has_property", lambda *_: True)
    assert judged(claim, refute(claim, seconds=1), draws=1)[0] == "false refutation"


def test_an_arithmetic_with_another_pseudo_inverse(monkeypatch):
    """A search that takes A' for A+ breaks Penrose, and the second evaluation sees that A' is no pseudo-inverse."""
    claim = Equal(matmul(A, Pinv(A), A), A)
    monkeypatch.setattr(rationals.ExactArithmetic, "pinv", lambda _, value: value.transpose())
    found = CounterexampleSearch(claim).run(1).counterexample
    assert judged(claim, Refuted(claim, found), draws=1)[0] == "false refutation"
    verdict = refute(claim, seconds=1)
    assert verdict.word == "undecided"
    assert "an inverse does not meet the equations" in verdict.evidence["error"]


def test_a_rate_with_another_sign(monkeypatch):
    """A wrong derivative breaks a law that holds; dual numbers, which need no derivative, say that it holds."""
    law = Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TargetProp().flow(net))
    assert prove(law).proved
    change(monkeypatch, Rate, "symbolic", lambda right: lambda self: 2 * right(self) - squared_norm(W1))
    found = CounterexampleSearch(law).run(1).counterexample
    assert judged(law, Refuted(law, found), draws=1)[0] == "false refutation"
    assert "disagree" in refute(law, seconds=1).reason


def test_contradictory_hypotheses_are_counted_apart():
    """What follows from what nothing meets has a proof and no instance to confirm it, and so no verdict."""
    tall = MatrixSymbol("T", 3, 2)
    claim = Zero(tall, given=[full_row_rank(tall), Equal(matmul(tall, Pinv(tall)), matmul(0, tall, Pinv(tall)))])
    assert end(claim) == "undecided"
    assert "no instance that meets the hypotheses: T never has full row rank" in prove(claim).reason
    equations = Zero(tall, given=[Equal(matmul(tall, Pinv(tall)), Identity(3)), Equal(matmul(tall, Pinv(tall)), 0)])
    assert "it is proved that they contradict each other" in prove(equations).reason
