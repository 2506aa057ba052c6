"""The norm, or the trace, of a product is compared with the product of the norms."""

import pytest
from proving.pairs import check_proved, check_refuted
from sympy import MatrixSymbol, symbols

from tptheory import AtMost, Equal, Rank, positive_semidefinite, squared_norm, trace

m, n, k = symbols("m n k", integer=True, positive=True)
A, B, C = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k), MatrixSymbol("C", k, n)
G, H, P, Q, R, S = (MatrixSymbol(name, n, n) for name in "GHPQRS")
u, v = MatrixSymbol("u", n, 1), MatrixSymbol("v", n, 1)

NORMS = {
    "two factors": (
        AtMost(squared_norm(A * B), squared_norm(A) * squared_norm(B)),
        AtMost(2 * squared_norm(A * B), squared_norm(A) * squared_norm(B)),
    ),
    "three factors": (
        AtMost(squared_norm(A * B * C), squared_norm(A) * squared_norm(B) * squared_norm(C)),
        AtMost(squared_norm(A * B * C), squared_norm(A) * squared_norm(B)),
    ),
    "a commutator": (
        AtMost(squared_norm(R * S - S * R), 4 * squared_norm(R) * squared_norm(S)),
        AtMost(squared_norm(R * S - S * R), squared_norm(R) * squared_norm(S)),
    ),
    "the trace of three": (
        AtMost(trace(R * S * P) ** 2, squared_norm(R) * squared_norm(S) * squared_norm(P)),
        AtMost(trace(R * S * P) ** 2, squared_norm(R) * squared_norm(S * P) / 2),
    ),
    "a form": (
        AtMost(trace(u.T * R * v) ** 2, trace(u.T * u) * trace(v.T * v) * squared_norm(R)),
        AtMost(trace(u.T * R * v) ** 2, trace(u.T * v) ** 2 * squared_norm(R)),
    ),
    "positive semidefinite matrices": (
        AtMost(trace(R * S), trace(R) * trace(S), given=[positive_semidefinite(R, S)]),
        AtMost(trace(R * S), trace(R) * trace(S)),
    ),
    "a trace and a rank": (
        AtMost(trace(R) ** 2, Rank(R) * squared_norm(R)),
        AtMost(trace(R) ** 2, Rank(R) * trace(R * R)),
    ),
    "a norm and a rank": (
        AtMost(squared_norm(A) ** 2, Rank(A) * squared_norm(A.T * A)),
        AtMost(squared_norm(A) ** 2, squared_norm(A.T * A)),
    ),
    "a Gram matrix": (
        AtMost(trace(G.T * S * G), trace(S) * squared_norm(G), given=[Equal(S, H * H.T)]),
        AtMost(trace(G.T * S * G), trace(S) * squared_norm(G)),
    ),
}


@pytest.mark.parametrize("name", NORMS)
def test_what_is_true_is_proved(name):
    """The checker accepts the proof, and the claim as typed holds on exact matrices."""
    check_proved(NORMS[name][0])


@pytest.mark.parametrize("name", NORMS)
def test_what_is_false_beside_it_is_refuted(name):
    """A factor is missing or too small, or a hypothesis is missing."""
    check_refuted(NORMS[name][1])
