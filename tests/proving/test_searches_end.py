"""A search that finds nothing says what it tried: no part of the prover fails."""

import pytest
from sympy import Determinant, Identity, Inverse, MatrixSymbol, Symbol, symbols

from tptheory import Equal, LogPdet, Zero, invertible, positive_semidefinite, prove

n = Symbol("n", integer=True, positive=True)
s, t = symbols("s t", real=True)
M, Q, S = (MatrixSymbol(name, n, n) for name in "MQS")
a, b = MatrixSymbol("a", 1, 1), MatrixSymbol("b", 1, 1)
I = Identity(n)

UNPROVED = {
    "matrices of one entry": Equal(a, b),
    "a form of one entry": Zero(a, given=[positive_semidefinite(b), Zero(b * a + a * b)]),
    "beside a principal root": Equal(M, M.T, given=[positive_semidefinite(S), Equal(M * S, S * M)]),
    "a multiple of the identity": Equal(Determinant(s * I + t * Q), 1),
    "and an invertible matrix": Equal(Determinant(s * I + M), 0, given=[invertible(M)]),
    "a logarithm of entries": Equal(LogPdet(a * b), LogPdet(a)),
}


@pytest.mark.parametrize("claim", UNPROVED.values(), ids=UNPROVED)
def test_what_is_false_is_left_without_a_fault(claim):
    """The reason is one of mathematics, and not an exception."""
    verdict = prove(claim, seconds=1)
    assert not verdict.proved
    assert "failed" not in verdict.explain()
    assert "error" not in verdict.evidence


def test_a_multiple_of_the_identity_leaves_the_other_term_to_be_taken_out():
    """``det(s I + M) = det M det(I + s M^-1)``."""
    claim = Equal(Determinant(s * I + M), Determinant(M) * Determinant(I + s * Inverse(M)))
    assert prove(claim).proved


def test_a_large_number_under_a_logarithm_is_not_factored():
    """Else the search would not come back."""
    assert not prove(Equal(LogPdet((2**89 - 1) * (2**107 - 1) * M), LogPdet(M)), seconds=1).proved
