"""Claims about logarithms, exponentials and roots are refuted by intervals that exclude 0, and by nothing less."""

from time import process_time

import pytest
from flint import fmpq
from sympy import MatrixSymbol, Rational, Trace, exp, log, sqrt

from tptheory import Counterexample, Nonincreasing, TargetProp, refute, transpose
from tptheory.measuring.enclosures import Enclosure
from tptheory.preamble import *

T = transpose
net = DeepLinearNetwork(depth=2)
V1, V2 = net.weights
U = MatrixSymbol("U", n, n)
t = Symbol("t", positive=True)
s = Symbol("s", real=True)

FALSE = {
    "a step of TP conserves log pdet W_2 - |W_1|^2 / 2": Conserved(
        LogPdet(V2) - squared_norm(V1) / 2, along=TargetProp().step(net)
    ),
    "log pdet vanishes": Equal(LogPdet(A), 0),
    "log pdet is multiplicative": Equal(LogPdet(matmul(R, S)), LogPdet(R) + LogPdet(S)),
    "log pdet of a Gram matrix": Equal(LogPdet(matmul(T(A), A)), LogPdet(A)),
    "log t^2 = log t": Equal(log(t**2), log(t)),
    "exp is additive": Equal(exp(s + 1), exp(s) + 1),
    "norms are additive": Equal(sqrt(squared_norm(matadd(A, D))), sqrt(squared_norm(A)) + sqrt(squared_norm(D))),
    "a root is at most its square": Equal(sqrt(t + 1), t + 1),
    "a scaled matrix": Equal(matmul(exp(s), A), A),
    "a flow lets a squared logarithm stand": Conserved(LogPdet(V2) ** 2, along=TargetProp().flow(net)),
    "a flow lowers a product with a logarithm": Nonincreasing(
        LogPdet(V2) * squared_norm(V1), along=TargetProp().flow(net)
    ),
}


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_claims_are_refuted_and_confirmed(claim):
    """The search and the second look agree that the value is not what it should be."""
    verdict = refute(claim, seconds=10)
    assert verdict.refuted, verdict.explain()
    assert verdict.counterexample.check()


def test_powers_of_a_billion_are_enclosed_and_not_multiplied_out():
    """A claim with 2**(10**9 n) is refuted at once: a number of a billion bits is known by an interval alone."""
    size = Symbol("n", integer=True, positive=True)
    started = process_time()
    verdict = refute(Equal(2 ** (10**9 * size), s), seconds=2)
    assert verdict.refuted, verdict.explain()
    assert verdict.counterexample.check()
    assert "e+301029995" in str(verdict.counterexample)
    assert not refute(Equal(2 ** (10**9 * size), 4 ** (10**9 * size / 2)), seconds=0.2).refuted
    assert process_time() - started < 10


TRUE = {
    "log pdet of a pseudo-inverse": Equal(LogPdet(Pinv(A)), -LogPdet(A)),
    "log pdet of a Gram matrix": Equal(LogPdet(matmul(T(A), A)), 2 * LogPdet(A)),
    "log pdet of an orthogonal matrix": Equal(LogPdet(U), 0, given=[Equal(matmul(T(U), U), Identity(n))]),
    "log t^2 = 2 log t": Equal(log(t**2), 2 * log(t)),
    "exp is a homomorphism": Equal(exp(s) * exp(s), exp(2 * s)),
    "a flow conserves a law squared": Conserved(
        (LogPdet(V2) - squared_norm(V1) / 2) ** 2, along=TargetProp().flow(net)
    ),
    "a root": Equal(sqrt(squared_norm(A)) ** 2, Trace(matmul(A, T(A)))),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_no_interval_refutes_what_is_true(claim):
    """Intervals around 0 say nothing."""
    assert refute(claim, seconds=0.5).word == "undecided"


def test_a_difference_below_every_precision_is_not_claimed():
    """Whether 2 and 2 + 10^-400 have one root is left open where no interval tells them apart; 10^-30 is told apart."""
    near, nearer = (sqrt(2 + Rational(1, 10**k)) for k in (30, 400))
    value = {t: fmpq(1)}
    assert Counterexample(Equal(t * near, t * sqrt(2)), value).check()
    assert not Counterexample(Equal(t * nearer, t * sqrt(2)), value).check()


def test_irrational_values_are_shown_as_decimals():
    """A counterexample shows the decimals that are certain, and says what the value is not."""
    found = refute(FALSE["log pdet vanishes"]).counterexample
    assert str(found) == "A = [[2]]\nLogPdet(A) = 0.693147..., not 0"
    assert r"= 0.693147\ldots \neq 0" in found.latex()
    assert isinstance(found.violation().value, Enclosure)
    matrix = refute(FALSE["a scaled matrix"]).counterexample
    assert str(matrix).endswith("(exp(s) - 1)*A = [[1.718281...]], not 0")


def test_the_snippet_of_an_irrational_value_runs(python):
    """It evaluates to 50 digits, of which the counterexample shows the first."""
    found = refute(FALSE["log pdet vanishes"]).counterexample
    run = python("-c", found.snippet(), timeout=60)
    assert run.stderr == ""
    assert run.stdout.startswith("0.693147180559945")


def test_ranks_of_irrational_matrices_are_left_open():
    """No interval decides a rank."""
    verdict = refute(RankAtMost(matmul(exp(s), A), 1), seconds=0.5)
    assert verdict.word == "undecided"
    assert "rational" in verdict.reason
