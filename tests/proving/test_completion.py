"""The completion keeps its limits, and what it leaves out changes nothing."""

from itertools import product
from random import Random
from time import process_time

import pytest
from flint import fmpq_mat
from sympy import Trace, ZeroMatrix

from tptheory.preamble import *
from tptheory.proving.completion import Completion
from tptheory.proving.letters import Family, Letter
from tptheory.proving.limits import Limits
from tptheory.proving.searching import StuckError
from tptheory.proving.tactics import Prover
from tptheory.proving.words import Alphabet, Polynomial

SECONDS = 1.0
N = Letter(Family("number", "n", "n"))


def square(alphabet, name):
    """Return the letter of a square matrix."""
    return alphabet.matrix(Letter(Family("symbol", name, name)), N, N)


def letters(count):
    """Return an alphabet and the letters of square matrices."""
    alphabet = Alphabet()
    return alphabet, [square(alphabet, f"a{i}") for i in range(count)]


def polynomial(alphabet, terms):
    """Return a combination of words."""
    return Polynomial(alphabet, N, N, {((), word): c for word, c in terms.items()})


def sorting(length):
    """Return the completion of ``ba = ab``, and a word that takes ``length ** 2`` steps to sort."""
    alphabet, (a, b) = letters(2)
    completion = Completion(alphabet, [polynomial(alphabet, {b + a: 1, a + b: -1})], Limits(seconds=SECONDS))
    return completion, polynomial(alphabet, {b * length + a * length: 1})


def doubling(depth, **limits):
    """Return a completion, and a goal that follows by ``2 ** depth`` cofactors: ``X_k = a X_{k-1} b + b X_{k-1} a``.

    ``X_k`` is ``x_k`` times a power of ``c`` that makes all words of one hypothesis as long; ``X_0`` is 0.
    """
    alphabet, (a, b, c, *x) = letters(depth + 4)
    X = [x[k] + c * (2 * k + 1) for k in range(depth + 1)]
    steps = [{X[k]: 1, a + X[k - 1] + b: -1, b + X[k - 1] + a: -1} for k in range(1, depth + 1)]
    hypotheses = [polynomial(alphabet, terms) for terms in ({X[0]: 1}, *steps)]
    return Completion(alphabet, hypotheses, Limits(**limits)), polynomial(alphabet, {X[depth]: 1})


def endless(**limits):
    """Return a completion without end, and a goal that it does not reach."""
    alphabet, (u, v, w) = letters(3)
    hypotheses = [{u + v + u + u + v: 1, v + u + v: -1}, {u + u + v + u: 1, v + v + u + v: -1}]
    completion = Completion(alphabet, [polynomial(alphabet, h) for h in hypotheses], Limits(**limits))
    return completion, polynomial(alphabet, {w: 1})


def stops_in_time(started, completion):
    """Tell whether the time was up, and far from doubled: of the work, since another process may hold this one up.

    What goes over a tenth is the freeing of millions of cofactors, which no clock interrupts.
    """
    return completion.statistics.stopped == "time" and process_time() - started < 2 * SECONDS


def test_the_clock_is_kept_within_one_reduction():
    """A reduction that would take many times its time ends early, and says what is left."""
    started = process_time()
    completion, goal = sorting(300)
    assert completion.prove(goal) is None
    assert stops_in_time(started, completion)
    assert completion.remainder


def test_a_reduction_that_ends_early_is_exact():
    """What is left and what was subtracted sum to what was given: each step sorted one pair."""
    completion, goal = sorting(300)
    (((), start),) = goal.terms
    rest, origin = completion.reduce(goal)
    (((_, word), coefficient),) = rest.terms.items()
    assert completion.statistics.stopped == "time"
    assert coefficient == 1
    assert sorted(word) == sorted(start)
    assert unsorted(word) == unsorted(start) - len(origin) > 0


def unsorted(word):
    """Count the pairs that stand in the wrong order."""
    total = later = 0
    for letter in word:
        later += letter == max(word)
        total += later * (letter != max(word))
    return total


def test_a_late_call_still_reduces():
    """What is known when the time is up can be used."""
    completion, goal = sorting(300)
    completion.prove(goal)
    _, short = sorting(3)
    assert completion.rewritten(short) != short


def test_the_clock_is_kept_while_the_basis_is_seeded():
    """Hypotheses that take longer than the time to reduce by each other do not hold it up."""
    alphabet, some = letters(6)
    rng = Random(0)
    hypotheses = [
        polynomial(alphabet, {"".join(rng.choices(some, k=9)): 1, "".join(rng.choices(some, k=8)): -1})
        for _ in range(8000)
    ]
    goal = polynomial(alphabet, {some[0]: 1})
    started = process_time()
    completion = Completion(alphabet, hypotheses, Limits(seconds=SECONDS, terms=10**9))
    assert completion.prove(goal) is None
    assert stops_in_time(started, completion)


def test_a_proof_that_would_be_written_out_at_length_has_lemmas():
    """Two to the power of 30 cofactors become lemmas, each of which doubles what the one before says."""
    started = process_time()
    completion, goal = doubling(30, seconds=SECONDS)
    found = completion.prove(goal)
    assert process_time() - started < 2 * SECONDS
    assert len(found.lemmas) <= 30
    assert sum(len(origin) for _, origin in found.lemmas) + len(found.origin) < 300
    known = [*completion.hypotheses]
    for shown, origin in (*found.lemmas, (goal, found.origin)):
        assert summed(completion.alphabet, origin, known) == shown
        known.append(shown)


def test_the_clock_is_kept_while_the_basis_grows():
    """A search without end stops."""
    started = process_time()
    completion, goal = endless(seconds=SECONDS, length=10**6, elements=10**6)
    assert completion.prove(goal) is None
    assert stops_in_time(started, completion)


def test_the_number_of_terms_is_kept():
    """A basis does not grow beyond the terms that it may hold."""
    completion, goal = endless(terms=200, length=10**6)
    assert completion.prove(goal) is None
    assert completion.statistics.stopped == "elements"


def test_a_proof_within_the_limits_is_whole():
    """The doubling proof has its cofactors, two to the depth from the bottom and as many above it."""
    completion, goal = doubling(6)
    origin, lemmas = completion.prove(goal)
    assert completion.statistics.stopped == ""
    assert not lemmas
    assert len(origin) == 2**7 - 1
    assert summed(completion.alphabet, origin, completion.hypotheses) == goal


def summed(alphabet, origin, known):
    """Return the sum of cofactors."""
    total = polynomial(alphabet, {})
    for c, place, k in origin:
        moved = {place.left + word + place.right: d * c for (_, word), d in known[k].terms.items()}
        total = total + polynomial(alphabet, moved)
    return total


@pytest.mark.parametrize("seed", range(30))
def test_the_basis_is_complete_up_to_its_bound(seed):
    """Of homogeneous hypotheses, as many words of a length are reducible as the ideal has dimensions there.

    The oracle is linear algebra: the span of all ``u h v`` of that length. Overlaps that are left out because they
    split into shorter ones must not be missing.
    """
    rng = Random(seed)
    alphabet, some = letters(rng.choice([2, 3]))
    degrees = [rng.choice([2, 3, 3]) for _ in range(rng.choice([1, 2, 3]))]
    hypotheses = []
    for degree in degrees:
        words = ["".join(w) for w in product(some, repeat=degree)]
        hypotheses.append(polynomial(alphabet, {w: rng.choice([1, -1, 2, 3]) for w in rng.sample(words, k=3)}))
    longest = 5 if len(some) == 3 else 7
    completion = Completion(alphabet, hypotheses, Limits(length=longest))
    completion.prove(polynomial(alphabet, {square(alphabet, "elsewhere"): 1}))
    for length in range(2, longest + 1):
        words = ["".join(w) for w in product(some, repeat=length)]
        reducible = sum(completion.rewrites(polynomial(alphabet, {w: 1})) for w in words)
        assert reducible == dimension(hypotheses, words, some, length)


def dimension(hypotheses, words, some, length):
    """Return the dimension of the span of all multiples of one length."""
    at = {w: i for i, w in enumerate(words)}
    rows = []
    for h in hypotheses:
        free = length - max(len(w) for _, w in h.terms)
        for left in range(free + 1):
            for u, v in product(product(some, repeat=left), product(some, repeat=free - left)):
                row = [0] * len(words)
                for (_, w), c in h.terms.items():
                    row[at["".join(u) + w + "".join(v)]] += c
                rows.append(row)
    return fmpq_mat(len(rows), len(words), [x for row in rows for x in row]).rank() if rows else 0


c, d = Symbol("c"), Symbol("d")
A, B, U = MatrixSymbol("A", m, p), MatrixSymbol("B", n, p), MatrixSymbol("U", m, m)
NOTHING = [Equal(S, ZeroMatrix(n, n)), invertible(S)]
ONE = [Equal(c * Identity(n), Identity(n))]


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (Equal(B, 2 * B, given=NOTHING), "proved"),
        (Equal(A, 2 * A, given=NOTHING), "undecided"),
        (Equal(Trace(U), 0, given=NOTHING), "undecided"),
        (Equal(Identity(m), 2 * Identity(m), given=NOTHING), "undecided"),
        (Equal(c * B, B, given=ONE), "proved"),
        (Equal(c * B.T, B.T, given=ONE), "proved"),
        (Equal(c**2 * Identity(n), Identity(n), given=ONE), "proved"),
        (Equal(c * A, A, given=ONE), "undecided"),
        (Equal(c * Trace(S), Trace(S), given=ONE), "undecided"),
        (Equal(d * B, B, given=[*ONE, Equal(c, d)]), "proved"),
    ],
)
def test_an_identity_rewrites_what_has_its_size(claim, word):
    """An equation between multiples of an identity says nothing of matrices of other sizes."""
    try:
        found = Prover(claim).run(5).check().accepted
    except StuckError:
        found = False
    assert found == (word == "proved")
