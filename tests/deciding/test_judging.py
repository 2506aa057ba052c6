"""The judge of random claims is judged: wrong verdicts are planted, and he finds them; right ones he lets pass."""

from types import SimpleNamespace

import pytest
from flint import fmpq, fmpq_mat
from oracles import duals
from oracles.building import Builder, symbol
from oracles.claims import random_claim
from oracles.duals import Undefined
from oracles.readings import Outcome, Reading
from oracles.terms import *
from oracles.verdicts import ambiguous_names, judge, judge_proof
from sympy import Symbol

from tptheory import decide

n, m = (("S", name, SIZE) for name in "nm")
A, B, C = ("M", "A", n, m), ("M", "B", n, m), ("M", "C", n, n)
a, even = ("S", "a", REAL), ("S", "e", ("even", "positive"))
L, l = index("L"), index("l")
two, deep = network(2), network(L)
BP, TP = ("flow", "bp", two), ("flow", "tp", two)
W1, W2 = ("weight", two, 1), ("weight", two, 2)
doubling = ("own", "Doubling", False, ("if", AT, 2, scale(2, t(("weight", HERE, AT))), t(("weight", HERE, AT))))
counting = ("rec", "S", 0, L, num(0), ("sadd", PREV, ("size", AT)), None, False)
jumping = ("rec", "V", 0, L, num(0), ("if", AT, 1, ("sadd", PREV, num(1)), PREV), None, False)
PROVED = SimpleNamespace(proved=True, refuted=False)

FALSE: dict[str, Term] = {
    "equal": equal(pinv(A), t(A)),
    "the reverse order of an inverse": equal(pinv(mul(C, A)), mul(pinv(A), pinv(C))),
    "a dropped hypothesis": equal(mul(A, pinv(A)), ("id", n)),
    "zero": zero(ssub(trace(mul(C, C)), ("norm2", C))),
    "a size as a number": equal(trace(("id", n)), num(1)),
    "a power 0": equal(mul(pinv(C), C), ("pow", C, 0)),
    "rank": ("RankAtMost", A, (1,), ()),
    "image": ("ImageWithin", A, mul(A, t(A), B), ()),
    "row space": ("RowSpaceWithin", A, B, ()),
    "orthogonal": ("OrthogonalImages", A, B, ()),
    "parallel": ("Parallel", A, B, ()),
    "commute": ("Commute", C, t(C), ()),
    "steps commute": ("Commute", ("step", "bp", two), ("step", "tp", two), ()),
    "conserved": ("Conserved", ssub(("norm2", W2), ("smul", num(2), ("norm2", W1))), BP, ()),
    "conserved in a step": ("Conserved", ("norm2", W1), ("step", "bp", two), ()),
    "another rule's law": ("Conserved", ("logpdet", W2), TP, ()),
    "nonincreasing": ("Nonincreasing", ("norm2", W1), BP, ()),
    "a determinant where it is singular": (
        "Nonincreasing",
        ("det", ("M", "W_1", 1, 1)),
        ("flow", "bp", network(None, (1, 1, 1))),
        (zero(("M", "W_1", 1, 1)),),
    ),
    "all of": ("AllOf", (equal(A, A), zero(A))),
    "any of": ("AnyOf", (zero(A), hyp("rank_one", A)), ()),
    "a range": forall(equal(scale(("S", "j", INDEX), A), A), "j", 1, 2),
    "an empty hypothesis": zero(C, forall(zero(C), "j", 1, 0)),
    "a range of a hypothesis": forall(zero(scale(("S", "j", INDEX), A)), "j", 0, 2, forall(zero(A), "j", 1, -3)),
    "any depth": forall(equal(("signal", "tp", deep, l), ("signal", "bp", deep, l)), "l", 1, L),
    "a rule that branches": forall(equal(("signal", doubling, deep, l), ("signal", "bp", deep, l)), "l", 1, L),
    "an index as a number": forall(equal(("at", counting, l), ("at", counting, index("l", -1))), "l", 1, L),
    "a recursion that branches": forall(zero(("at", jumping, l)), "l", 0, L),
    "a law at any depth": forall(("Conserved", ("norm2", ("weight", deep, l)), ("flow", "bp", deep), ()), "l", 1, L),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_proof_of_a_false_claim_is_found(name):
    """Each planted proof is contradicted by an instance."""
    assert "fails at" in judge(FALSE[name], PROVED).problem


def test_no_true_claim_is_contradicted():
    """What is true by construction stands on all instances, and nearly all of it is evaluated on some."""
    claims = [claim for claim in map(random_claim, range(900)) if claim.true]
    found = [judge_proof(claim.term, claim.seed) for claim in claims]
    assert [one.problem for one in found if one.problem] == []
    assert sum(one.reached > 10 for one in found) > 0.8 * len(found)


def refutation(term: Term) -> dict:
    """Return a counterexample that is found, and that the judge lets pass."""
    verdict = decide(Builder().claim(term), 5)
    assert verdict.refuted
    assert judge(term, verdict).problem == ""
    return dict(verdict.counterexample.values)


def judged(term: Term, values: dict) -> str:
    """Return what the judge says of a counterexample."""
    verdict = SimpleNamespace(proved=False, refuted=True, counterexample=SimpleNamespace(values=values))
    return judge(term, verdict).problem


def test_a_counterexample_whose_conclusion_holds_is_found():
    """Values that break nothing are no counterexample."""
    values = refutation(equal(pinv(A), t(A)))
    values[symbol(A)] = 0 * values[symbol(A)]
    assert "the conclusion holds" in judged(equal(pinv(A), t(A)), values)


def test_a_counterexample_that_misses_a_hypothesis_is_found():
    """Values that do not meet the hypotheses are no counterexample."""
    claim = equal(mul(A, t(A)), ("id", n), hyp("full_row_rank", A))
    values = refutation(claim)
    values[symbol(A)] = 0 * values[symbol(A)]
    assert "a hypothesis does not hold" in judged(claim, values)


def test_a_counterexample_of_other_sizes_is_found():
    """A matrix has the sizes that its symbol declares."""
    values = refutation(equal(pinv(A), t(A)))
    values[symbol(n)] = values[symbol(n)] + 1
    assert "A is" in judged(equal(pinv(A), t(A)), values)


@pytest.mark.parametrize("value", [3, 0, -2, fmpq(1, 2)])
def test_a_counterexample_that_a_symbol_does_not_admit_is_found(value):
    """A number has the sign and the parity that its symbol declares."""
    claim = equal(scale(even, A), A)
    values = {symbol(n): 1, symbol(m): 1, symbol(A): fmpq_mat(1, 1, [1]), symbol(even): fmpq(2)}
    assert judged(claim, values) == ""
    assert "is not even, positive" in judged(claim, {**values, symbol(even): fmpq(value)})


def test_a_counterexample_where_an_inverse_does_not_exist_is_found():
    """Nothing is claimed where something inverted is singular."""
    claim = equal(mul(("inv", C), C), scale(2, ("id", n)))
    good = {symbol(n): 1, symbol(C): fmpq_mat(1, 1, [1])}
    assert judged(claim, good) == ""
    assert "no value" in judged(claim, {**good, symbol(C): fmpq_mat(1, 1, [0])})


def test_a_counterexample_at_any_depth():
    """Weights of layers are found by their names, and the depth that fits."""
    claim = forall(equal(("signal", "tp", deep, l), ("signal", "bp", deep, l)), "l", 1, L)
    widths = {Symbol(f"n_{k}", integer=True, positive=True): 1 for k in range(3)}
    entries = {"W_1": 1, "W_2": 2, "x": 0, "y": 1}
    values = widths | {Symbol(name): fmpq_mat(1, 1, [entry]) for name, entry in entries.items()}
    assert judged(claim, values) == ""
    assert "holds" in judged(claim, values | {Symbol("W_2"): fmpq_mat(1, 1, [1]), Symbol("L"): 2})


def test_a_verdict_that_is_both_is_found():
    """A claim is not both proved and refuted; an undecided one is never wrong."""
    assert judge(zero(A), SimpleNamespace(proved=True, refuted=True)).problem
    assert judge(zero(A), SimpleNamespace(proved=False, refuted=False)).problem == ""


def test_empty_ranges_say_nothing():
    """A range that ends before it begins is empty, in a claim and in a hypothesis."""
    reading = Reading(None)
    assert reading.outcome(forall(zero(num(1)), "j", 2, 0)) is Outcome.VACUOUS
    assert reading.outcome(zero(num(1), forall(zero(num(1)), "j", 2, 0))) is Outcome.FAILS
    assert reading.outcome(forall(zero(num(1)), "j", 0, 0)) is Outcome.FAILS


def test_rates_are_derivatives():
    """The rate of each function of a moving matrix is what a step of size h makes of it, to first order in h."""
    M, dM, h = fmpq_mat(2, 2, [1, 2, 3, 5]), fmpq_mat(2, 2, [2, -1, 1, 3]), fmpq(1, 10**8)
    for function in (duals.pseudo_inverse, duals.inverse, duals.determinant, duals.diagonal_sum):
        value, rate = function((M, dM))
        moved = function((M + h * dM, None))[0]
        error = (moved - value) * (1 / h) - rate
        entries = error.entries() if isinstance(error, fmpq_mat) else [error]
        assert max(abs(e) for e in entries) < fmpq(1, 10**4)
    inverse = M.inv() * dM
    assert duals.log_pseudo_determinant((M, dM))[1] == inverse[0, 0] + inverse[1, 1]


def test_a_rank_that_changes_has_no_rate():
    """Where a rank changes to first order a pseudo-inverse has no rate; where it does not, it has one."""
    M = fmpq_mat(2, 2, [1, 0, 0, 0])
    with pytest.raises(Undefined, match="rank changes"):
        duals.pseudo_inverse((M, fmpq_mat(2, 2, [0, 0, 0, 1])))
    assert duals.pseudo_inverse((M, fmpq_mat(2, 2, [0, 1, 0, 0])))[1] == fmpq_mat(2, 2, [0, 0, 1, 0])


def test_logarithms_are_exact():
    """Logarithms of rationals are equal where they are, and have a sign."""
    six, two_thirds = duals.logarithm(fmpq(6)), duals.logarithm(fmpq(2, 3))
    assert duals.is_zero(six + two_thirds + duals.logarithm(fmpq(4)) * -1)
    assert (six.sign(), two_thirds.sign()) == (1, -1)


def test_sums_of_a_reading():
    """A claim of several parts holds only where each holds."""
    values = SimpleNamespace(
        number=lambda _: 2, matrix=lambda _, rows, columns: duals.full(rows, columns, lambda *_: 1)
    )
    assert Reading(values).outcome(("AllOf", (equal(add(A, A), scale(2, A)), zero(a)))) is Outcome.FAILS
    assert Reading(values).outcome(("AllOf", (equal(add(A, A), scale(2, A)), equal(a, num(2))))) is Outcome.HOLDS


def test_symbols_of_one_name_are_found():
    """Another net's weight, a weight made by hand, and a step size of one's own are other symbols of one name."""
    numbered, own = network(None, (2, 2, 1)), ("S", "eta", REAL)
    assert ambiguous_names(("Conserved", ("loss", numbered), BP, ())) == {"W_1", "W_2"}
    assert ambiguous_names(("Conserved", ("norm2", W1), ("flow", "bp", deep), ())) == {"W_1"}
    assert ambiguous_names(equal(("update", "bp", two, 1), scale(own, W1))) == {"eta"}
    assert ambiguous_names(("Conserved", ("norm2", W1), BP, ())) == set()
