"""A search ends within its seconds, a tenth of them, a tenth of a second and one exact operation, whatever the claim.

What is measured is the time of this process, which is never more than the time on the clock that the limit bounds.
"""

import time

import pytest
from sympy import Identity, Integer, MatrixSymbol, Rational, Symbol, symbols

from tptheory import Commute, DeepLinearNetwork
from tptheory.claims.hypotheses import (
    full_column_rank,
    full_row_rank,
    invertible,
    orthogonal,
    partial_isometry,
    positive_definite,
    positive_semidefinite,
    projection,
)
from tptheory.claims.vocabulary import Equal, Zero
from tptheory.deciding import answers
from tptheory.deciding.answers import decide, prove, refute
from tptheory.errors import InvalidValueError
from tptheory.invariants.law_count import LawCount
from tptheory.symbolic.expressions import Pinv, matadd, matmul
from tptheory.symbolic.rules import Backprop, TargetProp

n = Symbol("n")
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
SECONDS = 0.6
ONE_OPERATION = 2.0
"""The seconds that one exact operation on large matrices may take, which cannot be interrupted, on a busy machine."""
LATEST = 1.1 * SECONDS + 0.1 + ONE_OPERATION


@pytest.fixture(scope="module", autouse=True)
def warm():
    """What is done once, such as importing modules when they are first needed, counts against no claim."""
    decide(LawCount(Backprop(), (1, 1, 1), number=1))
    decide(Equal(A, B))


def of_size(size):
    """Return a square matrix of a size that is a number."""
    return MatrixSymbol("C", size, size)


def of_sizes(number):
    """Return a product of so many matrices, each of sizes of its own, and a matrix of its shape."""
    sizes = symbols(f"n_:{number + 1}")
    factors = [MatrixSymbol(f"Q_{k}", sizes[k], sizes[k + 1]) for k in range(number)]
    return matmul(*factors), MatrixSymbol("Z", sizes[0], sizes[-1])


CLAIMS = {
    "a large orthogonal matrix": lambda: Equal(of_size(80), of_size(80).T, given=[orthogonal(of_size(80))]),
    "a large projection": lambda: Equal(of_size(60), of_size(60).T * 2, given=[projection(of_size(60))]),
    "a large definite matrix": lambda: Equal(Pinv(of_size(50)), of_size(50), given=[positive_definite(of_size(50))]),
    "a matrix of 300 rows": lambda: Equal(of_size(300), of_size(300).T),
    "a pseudo-inverse of 300 rows": lambda: Equal(matmul(of_size(300), Pinv(of_size(300)), of_size(300)), of_size(300)),
    "a product of 200 letters": lambda: Equal(matmul(*[A, A.T] * 100), A),
    "a product of 200 letters and inverses": lambda: Equal(matmul(*[A, Pinv(A)] * 100), A),
    "a power of a sum": lambda: Equal(matmul(*[matadd(A, B)] * 14), A),
    "many sizes": lambda: Equal(*of_sizes(12)),
    "a count of laws": lambda: LawCount(Backprop(), (4, 4, 4, 4), number=18),
}


@pytest.mark.parametrize("search", [prove, refute, decide], ids=lambda search: search.__name__)
@pytest.mark.parametrize("name", CLAIMS)
def test_the_seconds_are_kept(name, search):
    """By every search, for claims whose translation, instances or evaluation take long."""
    claim = CLAIMS[name]()
    started = time.process_time()
    search(claim, seconds=SECONDS)
    assert time.process_time() - started <= LATEST


@pytest.mark.parametrize(
    "word", [invertible, full_row_rank, full_column_rank, positive_semidefinite, positive_definite, partial_isometry]
)
def test_the_seconds_are_kept_where_a_large_matrix_has_a_property(word):
    """Matrices of 200 rows are built with the property, and tested for it, in steps between which the time is asked."""
    C = of_size(200)
    claim = Equal(2 * C, C.T, given=[word(C)])
    started = time.process_time()
    assert not decide(claim, seconds=SECONDS).proved
    assert time.process_time() - started <= LATEST


def test_a_constant_that_is_too_large_is_told():
    """No identity of so many rows is built: the verdict says at once that it is too large."""
    verdict = decide(Equal(Identity(10**30), 2 * Identity(10**30)), seconds=60)
    assert verdict.word == "undecided"
    assert verdict.seconds < 10
    assert verdict.reason.startswith("I is too large for exact arithmetic: it has 1000")


def test_a_proof_that_is_not_evaluated_in_time_is_no_verdict():
    """It stays as evidence; the reason says what is missing."""
    C = of_size(300)
    verdict = prove(Equal(matmul(C, Pinv(C), C), C), seconds=1.0)
    assert verdict.word == "undecided"
    assert verdict.reason == "a proof was found, and the time was up before the claim was evaluated beside it"
    assert verdict.evidence["certificate"]["method"] == "identity"


def test_a_search_that_was_ended_within_a_step_does_not_say_that_it_is_complete():
    """Its generators cannot go on, so that it says again why it was ended, and tries nothing more."""
    search = answers.CounterexampleSearch(Equal(Pinv(of_size(300)), of_size(300)), 0)
    with answers.time_limit(0.2):
        first = search.run(60.0)
    again = search.run(60.0)
    assert first.counterexample is None
    assert "the time was up" in first.reason
    assert again.reason == first.reason
    assert again.evidence["instances tried"] == first.evidence["instances tried"]


@pytest.mark.parametrize(
    "claim",
    [Equal(A, A), Equal(matmul(A, B), matmul(A, B)), Zero(matadd(A, matmul(-1, A)))],
    ids=["0 = 0", "a product", "a difference"],
)
def test_two_sides_that_are_one_expression_are_not_searched(claim):
    """Nothing breaks them, which is said without a single instance."""
    verdict = refute(claim)
    assert verdict.reason == "nothing breaks it: both sides are one expression"
    assert verdict.evidence == {}


def test_powers_are_refused_in_words():
    """No power is multiplied out beyond 100, and a counterexample is found at once."""
    for claim in (Equal(of_size(2) ** 1000, of_size(2)), Equal(Symbol("x") ** (10**9) * A, A)):
        assert "powers up to 100" in prove(claim, seconds=5.0).reason
        assert refute(claim, seconds=5.0).refuted


def test_a_number_that_is_too_long_for_a_certificate_is_refused():
    """When the claim is made, and in words: it could not be printed, either."""
    for number in (Integer(10) ** 20_000, Rational(1, 10**1000)):
        with pytest.raises(InvalidValueError, match="numbers of at most 1,000 digits"):
            Equal(number * A, A)
    assert Equal(Integer(10) ** 999 * A, A).statement()


def test_choices_of_sizes_that_are_too_many_are_not_said_to_be_all(monkeypatch):
    """Where only the smallest are made, neither the end of a search nor a counterexample claims more."""
    monkeypatch.setattr("tptheory.refuting.search.MOST_CHOICES", 5)
    product, other = of_sizes(3)
    found = refute(Equal(product, other), seconds=5.0)
    assert found.refuted
    assert not found.counterexample.minimal
    monkeypatch.setattr("tptheory.refuting.search.ROUNDS", (2,))
    kept = refute(Equal(matmul(product, Pinv(product), product), product), seconds=5.0)
    assert kept.reason == "no counterexample with some of the sizes up to 3, which are too many"


@pytest.mark.parametrize("search", [decide, prove, refute])
@pytest.mark.parametrize("seconds", [1e-6, 1e-3, 0.01])
def test_no_limit_is_too_short_for_an_answer(search, seconds):
    """The time may be up before either side has begun, while the claim says what it means."""
    net = DeepLinearNetwork(depth=3, batch=4, biases=True)
    claim = Commute(Backprop().step(net), TargetProp().step(net))
    for fresh in range(3):
        verdict = search(claim.under(()), seconds=seconds * (1 + fresh))
        assert verdict.word in ("undecided", "refuted")
