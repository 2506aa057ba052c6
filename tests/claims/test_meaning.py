"""What a name means: two things of one name are never taken for one, and a claim never speaks of what it brings in."""

import pytest
from flint import fmpq
from sympy import OneMatrix

from tptheory import Backprop, TargetProp, crosscheck, decide, prove, refute, transpose
from tptheory.errors import InvalidValueError, UnsupportedExpressionError
from tptheory.numeric.assumptions import admits
from tptheory.preamble import *

size_B = Symbol("B", integer=True, positive=True)
A_n, A_m = MatrixSymbol("A", n, n), MatrixSymbol("A", m, m)
B, X = MatrixSymbol("B", n, m), MatrixSymbol("X", m, size_B)
c, d = symbols("c d", commutative=False)
turn = Symbol("z", imaginary=True)
net = DeepLinearNetwork(depth=2)
W1 = net.weight(1)
open_net = DeepLinearNetwork(depth=2, loss="any")
complex_sum = matadd(A, matmul(turn, MatrixSymbol("C", m, n)))


def test_witnesses_of_matrices_that_print_alike_are_refused():
    """A matrix that is called A*B and the product of A and B would share their columns u and v."""
    named, product = MatrixSymbol("A*B", n, n), A_n * MatrixSymbol("B", n, n)
    with pytest.raises(InvalidValueError, match=r"one meaning|print alike"):
        Equal(named, product, given=[rank_one(named), rank_one(product)])


ONE_NAME = {
    "two shapes": lambda: Equal(trace(A_n), trace(A_m)),
    "matrix and scalar": lambda: Equal(trace(A_n), Symbol("A")),
    "matrix and size": lambda: Equal(
        trace(matmul(Pinv(X), X)), trace(MatrixSymbol("B", n, n)), given=[full_column_rank(X)]
    ),
    "scalars of two signs": lambda: Equal(Symbol("c"), Symbol("c", positive=True)),
    "scalar and size": lambda: Equal(trace(matmul(A, Pinv(A))), Symbol("m"), given=[full_row_rank(A)]),
    "a logarithm": lambda: Equal(LogPdet(A), Symbol("LogPdet(A)")),
    "logarithms of two shapes": lambda: Equal(LogPdet(A_n), LogPdet(A_m)),
    "a parameter of a flow": lambda: Conserved(
        squared_norm(MatrixSymbol("W_1", *symbols("n_1 n_0"))), along=Backprop().flow(net)
    ),
    "in a hypothesis": lambda: Equal(A, A, given=[full_row_rank(A_n)]),
}


@pytest.mark.parametrize("make", ONE_NAME.values(), ids=ONE_NAME.keys())
def test_two_things_of_one_name_are_refused(make):
    """A claim in which a name has two meanings is refused when it is built."""
    with pytest.raises(InvalidValueError, match="one meaning"):
        make()


NAMED_AS_WRITTEN = {
    "a transpose": (Equal(transpose(A), MatrixSymbol("A'", n, m)), False),
    "a pseudo-inverse": (Equal(MatrixSymbol("A+", n, m), Pinv(A)), False),
    "an inverse": (Equal(MatrixSymbol("A^-1", n, n), Inverse(A_n)), False),
    "a column of ones": (Equal(MatrixSymbol("ones_n", n, 1), OneMatrix(n, 1)), False),
    "one inverse at two sizes": (
        Equal(matmul(Inverse(2 * Identity(n)), B, Inverse(2 * Identity(m))), matmul(Rational(1, 4), B)),
        True,
    ),
}


@pytest.mark.parametrize(("claim", "true"), NAMED_AS_WRITTEN.values(), ids=NAMED_AS_WRITTEN.keys())
def test_a_name_means_nothing(claim, true):
    """A symbol that is called as the prover would write something else is not taken for that."""
    verdict = decide(claim, seconds=4)
    assert (verdict.proved, verdict.refuted) == (true, not true)


@pytest.mark.parametrize(
    "claim",
    [Equal(c * d, d * c), Zero(complex_sum, given=[Equal(matmul(transpose(complex_sum), complex_sum), 0)])],
    ids=["noncommutative", "imaginary"],
)
def test_scalars_are_real_numbers(claim):
    """What is proved of scalars rests on their commuting and being real, so that other symbols are not proved about."""
    assert prove(claim, seconds=1).word == "undecided"


TAKEN = {
    "factor of a rank-one matrix": lambda: Equal(
        A, matmul(MatrixSymbol("u[A]", m, 1), transpose(MatrixSymbol("v[A]", n, 1))), given=[rank_one(A)]
    ),
    "factors made equal": lambda: Equal(
        A_n,
        transpose(A_n),
        given=[rank_one(A_n), Equal(MatrixSymbol("u[A]", n, 1), MatrixSymbol("v[A]", n, 1))],
    ),
    "velocity": lambda: Nonincreasing(-inner(MatrixSymbol("dW_1/dt", *W1.shape), W1), along=Backprop().flow(net)),
}


@pytest.mark.parametrize("make", TAKEN.values(), ids=TAKEN.keys())
def test_a_claim_does_not_speak_of_what_it_brings_in(make):
    """A symbol that exists by hypothesis, or stands for a velocity, is no symbol of the claim: these are all false."""
    with pytest.raises(InvalidValueError, match="Give yours another name"):
        make()


@pytest.mark.parametrize("motion", [Backprop().flow(open_net), TargetProp().step(open_net)], ids=["flow", "step"])
def test_an_unknown_error_does_not_stand_still(motion):
    """Where the loss is left open, nothing is said of how its gradient moves: |d_L|^2 is not conserved."""
    with pytest.raises(UnsupportedExpressionError, match="how it moves depends on the loss"):
        Conserved(squared_norm(open_net.error), along=motion)


def test_what_starts_from_an_unknown_error_does_not_stand_still():
    """Neither does a recursion whose first member is the gradient of a loss that is left open."""
    L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    deep = DeepLinearNetwork(depth=L, loss="any")
    powers = Recursion("r", 0, L, deep.error, lambda _, r: matmul(2, r), lambda _: deep.error.shape, downward=True)
    with pytest.raises(UnsupportedExpressionError, match="how it moves depends on the loss"):
        ForAll(Conserved(squared_norm(powers(l)), along=Backprop().flow(deep)), (l, 0, L))


def test_an_unknown_error_does_not_sink():
    """Neither is |d_L|^2 known to fall; the loss itself is."""
    flow = Backprop().flow(open_net)
    with pytest.raises(UnsupportedExpressionError, match="how it moves depends on the loss"):
        Nonincreasing(squared_norm(open_net.error), along=flow)
    assert prove(Nonincreasing(open_net.loss, along=flow)).proved


SIGNS = {
    "nonnegative": (Symbol("t", nonnegative=True), 1),
    "negative": (Symbol("t", negative=True), -1),
    "nonpositive": (Symbol("t", nonpositive=True), -1),
}


@pytest.mark.parametrize(("t", "sign"), SIGNS.values(), ids=SIGNS.keys())
def test_a_scalar_keeps_its_sign(t, sign):
    """No counterexample and no instance gives a scalar a sign that its symbol excludes; the other sign is refuted."""
    flow = Backprop().flow(DeepLinearNetwork(depth=1))
    loss = DeepLinearNetwork(depth=1).loss
    assert refute(Nonincreasing(sign * t * loss, along=flow), seconds=0.5).word == "undecided"
    assert crosscheck(Nonincreasing(sign * t * loss, along=flow), trials=40).passed
    assert refute(Nonincreasing(-sign * t * loss, along=flow)).refuted


def test_a_scalar_may_have_any_sign():
    """A symbol of which nothing is told takes every sign, and smallest values first."""
    c = Symbol("c")
    assert refute(Equal(c, 2 * c)).counterexample.values == {c: fmpq(1)}
    assert refute(Equal(c * c, c), seconds=2).counterexample.values == {c: fmpq(-1)}


def test_a_scalar_keeps_its_kind():
    """Integers are drawn for integers, zero for zero, and nothing for what has no rational value."""
    k, zero = Symbol("k", integer=True), Symbol("o", zero=True)
    assert [admits(k, fmpq(1, 2)), admits(k, fmpq(2))] == [False, True]
    assert [admits(zero, fmpq(1)), admits(zero, fmpq(0))] == [False, True]
    assert not any(admits(turn, fmpq(p)) for p in (-1, 0, 1))
    assert refute(Equal(zero * trace(A_n), 0), seconds=0.5).word == "undecided"


def test_sizes_that_are_sums_and_products():
    """A 2n by 2n matrix has an even size at every instance: tr(I) is twice that of the n by n one."""
    M = MatrixSymbol("M", 2 * n, 2 * n)
    claim = Equal(trace(matmul(M, Pinv(M))), 2 * trace(matmul(A_n, Pinv(A_n))), given=[invertible(M), invertible(A_n)])
    assert decide(claim, seconds=2).proved
    assert crosscheck(claim, trials=20).passed


def test_a_rank_is_bounded_by_sizes():
    """A symbol that is no size of the claim may be any number; a size that only a hypothesis brings in is one."""
    assert refute(RankAtMost(A, Symbol("r", integer=True, positive=True)), seconds=5).refuted
    k = Symbol("k", integer=True, positive=True)
    through = Equal(A, matmul(MatrixSymbol("L", m, k), MatrixSymbol("R", k, n)))
    assert not refute(RankAtMost(A, k, given=[through]), seconds=0.5).refuted
    assert prove(RankAtMost(matmul(MatrixSymbol("L", m, k), MatrixSymbol("R", k, n)), k)).proved
