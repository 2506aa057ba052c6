"""Instances meet their hypotheses exactly, and a cross-check sees what is false."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import Inverse, MatrixSymbol, Symbol, ZeroMatrix, symbols

from tptheory import (
    AllOf,
    AnyOf,
    Backprop,
    Conserved,
    Decays,
    DeepLinearNetwork,
    Equal,
    ForAll,
    LogPdet,
    Nonincreasing,
    Pinv,
    RankAtMost,
    TargetProp,
    WeightDecay,
    Zero,
    full_column_rank,
    full_row_rank,
    holds,
    invertible,
    matadd,
    matmul,
    nonzero,
    orthogonal,
    partial_isometry,
    projection,
    rank_one,
    squared_norm,
    symmetric,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.invariants.laws import balance
from tptheory.measuring.crosscheck import Part, crosscheck
from tptheory.measuring.instances import Instances, to_float
from tptheory.numeric.evaluation import evaluate

m, n = symbols("m n", integer=True, positive=True)
A, B, Q = MatrixSymbol("A", m, n), MatrixSymbol("B", n, m), MatrixSymbol("Q", n, n)
u, t = MatrixSymbol("u", 2, 1), Symbol("t", real=True)
net, decayed = DeepLinearNetwork(depth=3), WeightDecay()

HYPOTHESES = {
    "full row rank": full_row_rank(A),
    "full column rank": full_column_rank(A),
    "invertible": invertible(Q),
    "orthogonal": orthogonal(Q),
    "partial isometry": partial_isometry(A),
    "symmetric": symmetric(Q),
    "projection": projection(Q),
    "rank one": rank_one(A),
    "nonzero": nonzero(A),
    "rank of a product": full_row_rank(matmul(A, B)),
}


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("hypothesis", HYPOTHESES.values(), ids=HYPOTHESES.keys())
def test_instances_meet_the_equations_of_their_hypotheses(hypothesis, plain):
    """What an instance means by a hypothesis is what the prover assumes: its equations vanish exactly."""
    source = Instances(Zero(matadd(A, A), given=[hypothesis]))
    rng = np.random.default_rng(0)
    for _ in range(20):
        values = source.draw(rng, plain=plain)
        assert values is not None
        if hypothesis.name in ("rank_one", "nonzero"):
            assert source.holds(values)
            continue
        for equation in hypothesis.equations:
            value = evaluate(equation, values, arithmetic="exact")
            assert value == fmpq_mat(value.nrows(), value.ncols())


def test_combined_hypotheses():
    """A matrix that is symmetric, a projection and of full row rank is the identity, and is found."""
    source = Instances(Zero(Q, given=[symmetric(Q), projection(Q), full_row_rank(Q)]))
    values = source.draw(np.random.default_rng(0))
    assert values[Q] * values[Q] == values[Q]
    assert values[Q].rank() == values[Q].nrows()


def test_equations_tie_symbols():
    """An equation between symbols is met, by other matrices than zero too."""
    source = Instances(Zero(A, given=[Equal(matmul(A, B, A), A), Equal(matmul(B, A, B), B)]))
    rng = np.random.default_rng(0)
    drawn = [source.draw(rng) for _ in range(10)]
    assert all(d is not None for d in drawn)
    assert any(d[A].rank() > 0 for d in drawn)


def test_impossible_hypotheses_are_skipped_and_do_not_pass():
    """Where nothing meets the hypotheses, nothing is measured and nothing passes."""
    tall = MatrixSymbol("T", 3, 2)
    found = crosscheck(Zero(tall, given=[full_row_rank(tall)]), trials=5)
    assert (found.trials, found.skipped, found.passed) == (0, 5, False)


def test_the_same_seed_gives_the_same_figures():
    """A cross-check is repeated bit for bit, and another seed gives another residual."""
    claim = Equal(matmul(A, Pinv(A), A), A)
    assert crosscheck(claim, trials=20, seed=3) == crosscheck(claim, trials=20, seed=3)
    assert crosscheck(claim, trials=20, seed=3).residual != crosscheck(claim, trials=20, seed=4).residual


FALSE = {
    "equation": Equal(Pinv(A), transpose(A)),
    "true only where degenerate": Equal(matmul(Pinv(A), A), matmul(transpose(A), A)),
    "rank": RankAtMost(matmul(A, B), 1),
    "conserved": Conserved(squared_norm(net.weight(1)), along=TargetProp().flow(net)),
    "conserved with a wrong factor": Conserved(
        LogPdet(net.weight(2)) - squared_norm(net.weight(1)), along=TargetProp().flow(net)
    ),
    "descent": Nonincreasing(-net.loss, along=Backprop().flow(net)),
    "decay at another rate": Decays(balance(net, 1), along=decayed.flow(net), rate=decayed.decay),
    "one of two": AllOf(Equal(A, A), Equal(Q, transpose(Q))),
}


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE.keys())
def test_false_claims_do_not_pass(claim):
    """A claim that is false has a residual that no rounding explains."""
    found = crosscheck(claim, trials=100)
    assert not found.passed
    assert found.residual > 1e-3


def test_true_claims_pass_along_flows():
    """Descent under BP and the log-determinant law under TP are seen by central differences."""
    half = squared_norm(net.weight(1)) / 2
    assert crosscheck(Nonincreasing(net.loss, along=Backprop().flow(net)), trials=50).passed
    assert crosscheck(Conserved(LogPdet(net.weight(2)) - half, along=TargetProp().flow(net)), trials=50).passed


def test_what_decays_is_held_against_its_rate():
    """The slope of what decays is compared with minus the rate times its value, and not with 0."""
    claim = Decays(balance(net, 1), along=decayed.flow(net), rate=2 * decayed.decay)
    assert crosscheck(claim, trials=50).passed


def test_degenerate_instances_are_drawn():
    """Zeros, low ranks and width 1 are among the instances of an unconditional claim."""
    source = Instances(Equal(matmul(A, Q), matmul(A, Q)))
    rng = np.random.default_rng(0)
    drawn = [source.draw(rng, plain=False) for _ in range(60)]
    assert any(d[A].rank() == 0 for d in drawn)
    assert any(0 < d[A].rank() < min(d[A].nrows(), d[A].ncols()) for d in drawn)
    assert any(d[n] == 1 for d in drawn)


def test_rounding_is_done_once():
    """A rational matrix becomes the nearest float64 matrix."""
    exact = fmpq_mat(1, 2, [1, 2]) / 3
    assert to_float(exact).tolist() == [[1 / 3, 2 / 3]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3,), InvalidTypeError, "'claim' must be a claim"),
        ((Zero(A), 0), InvalidValueError, "'trials' must be a positive integer"),
        ((Zero(A), 1.5), InvalidValueError, "'trials' must be a positive integer"),
    ],
)
def test_bad_arguments(arguments, error, message):
    """What is no claim, or no number of trials, is refused by name."""
    with pytest.raises(error, match=message):
        crosscheck(*arguments)


def test_a_rank_that_rounding_makes_is_told_from_a_failure():
    """0.1 + 0.2 - 0.3 is 0 and no float: what float64 says of its pseudo-inverse counts for nothing."""
    row, column = MatrixSymbol("r", 1, 3), MatrixSymbol("c", 3, 1)
    part = Part(Zero(Pinv(row * column), given=Zero(row * column)))
    ones = fmpq_mat(3, 1, [1, 1, 1])
    rounded = {row: fmpq_mat(1, 3, [fmpq(1, 10), fmpq(1, 5), fmpq(-3, 10)]), column: ones}
    residual, failed = part.measured(rounded)
    assert residual > 1e10
    assert failed is False
    assert part.misjudges(rounded)
    assert not part.misjudges({row: fmpq_mat(1, 3, [fmpq(1, 2), fmpq(1, 2), fmpq(-1)]), column: ones})
    assert not part.misjudges({row: ones.transpose(), column: ones})


@pytest.mark.parametrize(
    ("claim", "trials", "evaluated"),
    [
        (Equal(Inverse(matmul(u, transpose(u))), ZeroMatrix(2, 2)), 40, (0,)),
        (AllOf(Equal(Q, Q), Equal(A, matmul(2, A))), 1, (1, 1)),
        (AllOf(Equal(Q, Q), Zero(t, given=[Equal(t**2, 2)])), 10, (5, 0)),
    ],
    ids=["singular everywhere", "more conjuncts than trials", "hypotheses that nothing meets"],
)
def test_what_was_not_evaluated_does_not_pass(claim, trials, evaluated):
    """Every conjunct has its turn, and the result says at how many instances each was evaluated."""
    found = crosscheck(claim, trials)
    assert not found.passed
    assert found.evaluated == evaluated
    assert f"evaluated={evaluated}" in repr(found)


def test_an_empty_range_passes():
    """What claims nothing needs no instance, and a conjunct beside it does."""
    nothing = ForAll(Zero(A), (Symbol("j", integer=True), 2, 1))
    assert crosscheck(nothing, 5).passed
    assert crosscheck(AllOf(nothing, Equal(A, A)), 4).evaluated == (4,)
    assert not crosscheck(AllOf(nothing, Zero(A)), 4).passed


def test_alternatives_are_measured_by_what_they_say():
    """One alternative is enough, and one in which something singular is inverted is none."""
    v = MatrixSymbol("v", n, 1)
    assert crosscheck(AnyOf(Zero(A), nonzero(A)), 20).passed
    assert crosscheck(AnyOf(rank_one(matmul(v, transpose(v))), Zero(A)), 20).passed
    assert not crosscheck(AnyOf(rank_one(Q), Zero(A)), 20).passed
    assert not crosscheck(AnyOf(Equal(matmul(Inverse(Q), Q, v), v), Zero(v)), 40).passed


def test_a_claim_about_no_layer_passes():
    """There is nothing to evaluate; at a depth at which there is no such layer, too."""
    l, L = symbols("l L", integer=True)
    deep = DeepLinearNetwork(depth=L)
    nothing = ForAll(RankAtMost(deep.weight(l), 0), (l, 2, 1))
    assert crosscheck(nothing).passed
    assert holds(nothing, {"W_1": [[1]]}, depth=1)
    assert holds(ForAll(RankAtMost(deep.weight(l), 0), (l, 2, L)), {"W_1": [[1]]}, depth=1)
    assert not crosscheck(ForAll(Zero(deep.weight(l)), (l, 5, L)), trials=3).passed
