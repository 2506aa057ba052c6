"""What outsiders found: numbers that may not be real, squared numbers in common, entries that may not exist."""

import pytest
from sympy import Abs, Determinant, exp, log, sqrt
from sympy import Symbol as SymPySymbol

from tptheory import AllOf, decide, prove
from tptheory.preamble import *
from tptheory.proving.completion import _without_common
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.obligations import SearchSetting, translated

x, positive = Symbol("x", real=True), Symbol("p", positive=True)
s = Symbol("s")
F, X, Y, R, S = MatrixSymbol("F", m, n), *(MatrixSymbol(name, n, n) for name in "XYRS")
split = Equal(LogPdet(F * X) - LogPdet(F), LogPdet(X), given=[Equal(F.T * F, Identity(n)), invertible(X)])


@pytest.mark.parametrize("number", [log(x), sqrt(x) + 1, sqrt(x - 1) + x, log(trace(X))], ids=str)
def test_the_square_of_what_may_not_be_real_is_not_proved_nonnegative(number):
    """At x = -1 the logarithm squared is about -9.87."""
    verdict = prove(NonNegative(number**2))
    assert verdict.word == "undecided"
    assert "real" in verdict.reason


@pytest.mark.parametrize("number", [log(positive), exp(x) + 1, Abs(x) + 1, sqrt(positive)], ids=str)
def test_the_square_of_what_is_real_is(number):
    """Here no logarithm leaves the real numbers."""
    assert prove(NonNegative(number**2)).proved


def test_what_may_not_be_real_equals_itself():
    """An identity uses no squares."""
    assert prove(Equal(log(trace(R * S)), log(trace(S * R)))).proved


def test_a_sum_of_squares_of_what_may_not_be_real_shows_nothing():
    """``a^2 + b^2 = 0`` gives ``a = 0`` for real numbers only; two true alternatives are left open, too."""
    claim = Zero(log(x), given=[Equal(log(x) ** 2 + log(x + 1) ** 2, 0)])
    assert not prove(claim).proved


@pytest.mark.parametrize(
    ("more", "less", "left"),
    [
        (("s",), ("s", "s"), ((), ("s",))),
        (("s", "s", "t"), ("s", "u"), (("s", "t"), ("u",))),
        (("s",), ("t",), (("s",), ("t",))),
        ((), ("s",), ((), ("s",))),
    ],
)
def test_common_factors_are_counted(more, less, left):
    """A factor that stands twice on one side is taken away once."""
    assert _without_common(more, less) == left


def test_a_number_that_stands_squared_leads_to_no_false_consequence():
    """``R X = s^2 X Y X = s X S``: the checker accepts what the prover finds."""
    given = [Equal(s**2 * X * Y, R), Equal(s * Y * X, S)]
    assert prove(Equal(R * X, s * X * S, given=given)).proved
    assert prove(AtMost(Rank(s * F), Rank(F))).proved


def test_the_rank_hypotheses_of_a_split_logarithm_stand_in_the_certificate():
    """What pdet splits by is a hypothesis of the certificate, and its reason is told."""
    verdict = prove(split)
    assert verdict.proved
    assert verdict.certificate.data["hypotheses"]
    assert "full column rank" in verdict.explain()
    assert not prove(Equal(split.lhs, split.rhs, given=[invertible(X)])).proved


@pytest.mark.parametrize("entry", [X[1, 0], X[-1, 0]], ids=str)
def test_an_entry_that_may_not_exist_is_refused(entry):
    """At n = 1 there is no second row."""
    assert not prove(Equal(entry, entry + 0 * s, given=[symmetric(X)])).proved
    assert "language of the prover" in prove(Zero(entry)).reason


def test_a_hypothesis_that_says_nothing_is_no_hypothesis():
    """``Y Y'`` is symmetric: its two sides are one polynomial, from which nothing is concluded."""
    claim = Equal(Determinant(X * Y), Determinant(Y), given=[Equal(Determinant(X), 1), symmetric(Y * Y.T)])
    assert prove(claim).proved


def test_a_branch_keeps_its_coordinates_to_itself():
    """What a case brings in is unknown outside of it."""
    translator, _ = translated(Equal(X, X), SearchSetting())
    branch = translator.branch()
    branch.bring_in_coordinates([1, 2], 3)
    assert isinstance(branch, Knowledge)
    assert translator.known_coordinates([1, 2], 3) is None


def test_a_symbol_that_is_declared_complex_is_no_real_number():
    """Its conjugate is another number."""
    z = SymPySymbol("z", complex=True)
    assert not decide(Equal(z.conjugate(), z), seconds=1).proved


def test_a_depth_is_one_in_all_conjuncts():
    """No network has depth 0; one of depth 1 breaks the second bound."""
    holds = Equal(deep.output, matmul(deep.weight(L), deep.activation(L - 1)))
    assert not decide(AllOf(NonNegative(L - 1), holds), seconds=1).refuted
    assert decide(AllOf(NonNegative(L - 2), holds), seconds=5).refuted
