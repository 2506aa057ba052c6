"""Ranks are compared by relations between ranks, and at any depth by the row spaces of recursions."""

import pytest
from proving.pairs import check_proved, check_refuted
from sympy import BlockMatrix, Identity, Inverse, MatrixSymbol, Max, Min, Symbol, symbols

from tptheory import (
    AnyOf,
    AtMost,
    Backprop,
    DeepLinearNetwork,
    Equal,
    FeedbackAlignment,
    ForAll,
    ImageWithin,
    Pinv,
    Rank,
    RankAtMost,
    TargetProp,
    Zero,
    decide,
    invertible,
    nonzero,
    positive_definite,
    positive_semidefinite,
    squared_norm,
    symmetric,
)
from tptheory.proving import rank_lemmas

m, n, k = symbols("m n k", integer=True, positive=True)
A, D, E = (MatrixSymbol(name, m, n) for name in "ADE")
B, C = MatrixSymbol("B", n, k), MatrixSymbol("C", k, n)
P, Q, R, S = (MatrixSymbol(name, n, n) for name in "PQRS")
u, v, c = MatrixSymbol("u", n, 1), MatrixSymbol("v", n, 1), MatrixSymbol("c", m, 1)
number = Symbol("c", integer=True)
I = Identity(n)
blocks = BlockMatrix([[R, P], [S, Q]])
beside, above = BlockMatrix([[A, D]]), BlockMatrix([[A], [D]])

INEQUALITIES = {
    "Frobenius": (
        AtMost(Rank(A * B) + Rank(B * C), Rank(B) + Rank(A * B * C)),
        AtMost(Rank(A * B) + Rank(B * C), Rank(A) + Rank(A * B * C)),
    ),
    "Sylvester, twice": (
        AtMost(Rank(R) + Rank(S) + Rank(P), Rank(R * S * P) + 2 * n),
        AtMost(Rank(R) + Rank(S) + Rank(P), Rank(R * S * P) + n),
    ),
    "coprime factors": (
        AtMost(n + Rank(I - R * R), Rank(I - R) + Rank(I + R)),
        AtMost(n + Rank(R * S), Rank(R) + Rank(S)),
    ),
    "a difference of products": (
        AtMost(Rank(R * S - P * Q), Rank(R - P) + Rank(S - Q)),
        AtMost(Rank(R * S - P * Q), Rank(R - P) + Rank(R - Q)),
    ),
    "what is between": (
        AtMost(Rank(S), Rank(R), given=[positive_semidefinite(S), AtMost(S, R)]),
        AtMost(Rank(R), Rank(S), given=[positive_semidefinite(S), AtMost(S, R)]),
    ),
    "above what is definite": (
        AtMost(n, Rank(R), given=[positive_definite(S), AtMost(S, R)]),
        AtMost(n, Rank(R), given=[positive_semidefinite(S), AtMost(S, R)]),
    ),
    "above what is not semidefinite": (
        AtMost(Rank(S), Rank(R), given=[positive_semidefinite(R, S), AtMost(2 * S, 3 * R)]),
        AtMost(Rank(S), Rank(R), given=[symmetric(S), AtMost(S, R)]),
    ),
    "a sum within both": (AtMost(Rank(A + D), Rank(above)), AtMost(Rank(above), Rank(A + D))),
    "terms apart from one another": (
        AtMost(Rank(A) + Rank(D), Rank(A + D), given=[Zero(A.T * D), Zero(A * D.T)]),
        AtMost(Rank(A) + Rank(D), Rank(A + D), given=[Zero(A.T * D)]),
    ),
    "what is reduced by one": (
        AtMost(Rank(A - A * u * c.T * A) + 1, Rank(A), given=[Equal(c.T * A * u, Identity(1))]),
        AtMost(Rank(A - A * u * c.T * A) + 2, Rank(A), given=[Equal(c.T * A * u, Identity(1))]),
    ),
    "what is not 0": (AtMost(1, Rank(A), given=[nonzero(A)]), AtMost(2, Rank(A), given=[nonzero(A)])),
    "0 or more than that": (AnyOf(Zero(A), AtMost(1, Rank(A))), AnyOf(Zero(A), AtMost(2, Rank(A)))),
    "one step after another": (
        AtMost(Rank(A), Rank(E), given=[AtMost(Rank(A), Rank(D)), AtMost(Rank(D), Rank(E))]),
        AtMost(Rank(A), Rank(E), given=[AtMost(Rank(A), Rank(D)), AtMost(Rank(E), Rank(D))]),
    ),
}
EQUATIONS = {
    "Guttman": (
        Equal(Rank(blocks), n + Rank(Q - S * Inverse(R) * P), given=[invertible(R)]),
        Equal(Rank(blocks), n + Rank(P - S * Inverse(R) * Q), given=[invertible(R)]),
    ),
    "the part in a kernel": (
        Equal(Rank(B), Rank(A * B) + Rank(B - B * Pinv(A * B) * A * B)),
        Equal(Rank(B), Rank(A * B) + Rank(B - Pinv(A) * A * B) + 1),
    ),
}
MATRICES = {
    "complementary ranks make an idempotent": (
        Equal(R * R, R, given=[AtMost(Rank(R) + Rank(I - R), n)]),
        Equal(R * R, R, given=[AtMost(n, Rank(R) + Rank(I - R))]),
    ),
    "cancellation": (
        Zero(B * C, given=[Equal(Rank(A * B), Rank(B)), Zero(A * B * C)]),
        Zero(B * C, given=[Equal(Rank(A * B), Rank(A)), Zero(A * B * C)]),
    ),
    "columns that add no rank": (
        ImageWithin(D, A, given=[Equal(Rank(beside), Rank(A))]),
        ImageWithin(D, A, given=[Equal(Rank(above), Rank(A))]),
    ),
}
l, L = symbols("l L", integer=True)
net = DeepLinearNetwork(depth=L, batch=symbols("B", integer=True, positive=True), loss="any")
bp, tp, fa = (rule.update(net, l) for rule in (Backprop(), TargetProp(), FeedbackAlignment()))


def at_layers(update, bound, first=1, last=L):
    """Return that an update has at most the rank of a matrix, or a size, at every layer from first to last."""
    return ForAll(RankAtMost(update, bound), (l, first, last))


UPDATES = {
    "the input": (at_layers(tp, net.input), at_layers(tp, net.weight(l))),
    "the first two layers": (
        at_layers(bp, [net.weight(1), net.weight(2)], 3),
        at_layers(bp, [net.weight(1), net.weight(2)], 2),
    ),
    "the next layer": (at_layers(tp, net.weight(l + 1), 1, L - 1), at_layers(fa, net.weight(l + 1), 1, L - 1)),
    "a width above": (at_layers(fa, net.widths[L - 1], 1, L - 1), at_layers(fa, 1)),
    "all above": (
        at_layers(bp, net.product(L, l + 1), 1, L - 1),
        at_layers(fa, net.product(L, l + 1), 1, L - 1),
    ),
}
POWERS = {
    "a nilpotent matrix": (
        AtMost(3 * Rank(R), 2 * n, given=[Zero(R**3)]),
        AtMost(3 * Rank(R), n, given=[Zero(R**3)]),
    ),
    "the square of a nilpotent matrix": (
        AtMost(3 * Rank(R * R), n, given=[Zero(R**3)]),
        AtMost(4 * Rank(R * R), n, given=[Zero(R**3)]),
    ),
    "two shifts": (AtMost(n, Rank(R - I) + Rank(R + I)), AtMost(n, Rank(R - I) + Rank(R - I))),
    "a difference that is a multiple of the identity": (
        AtMost(n, Rank(R - I) + Rank(R - 2 * I)),
        AtMost(n + 1, Rank(R - I) + Rank(R - 2 * I)),
    ),
}
BOUNDS = {
    "the least of two ranks": (
        AtMost(Rank(A * B), Min(Rank(A), Rank(B))),
        AtMost(Rank(A * B), Min(Rank(A) - 1, Rank(B))),
    ),
    "the least of two ranks, in a list": (RankAtMost(A * B, Min(Rank(A), Rank(B))), RankAtMost(A, Min(Rank(B), m))),
    "the least of two sizes": (AtMost(Rank(A), Min(m, n)), AtMost(Rank(A), Min(m, n - 1))),
    "a least bound as a hypothesis": (
        AtMost(Rank(A * B), Rank(D), given=[AtMost(Rank(A), Min(n - 1, Rank(D)))]),
        AtMost(Rank(A * B), Rank(D) - 1, given=[AtMost(Rank(A), Min(n - 1, Rank(D)))]),
    ),
    "the largest of two": (AtMost(Max(Rank(A * B), Rank(A * R)), Rank(A)), AtMost(Max(Rank(A), Rank(B)), Rank(A))),
    "a rank that is one": (
        Equal(A * A.T * A, squared_norm(A) * A, given=[Equal(Rank(A), 1)]),
        Zero(A, given=[Equal(Rank(A), 1)]),
    ),
    "a rank that is zero": (Zero(A, given=[Equal(0, Rank(A))]), Zero(A, given=[Equal(Rank(D), 0)])),
    "a bound that is a sum of ranks": (RankAtMost(A + D, Rank(A) + Rank(D)), RankAtMost(A + D, Rank(A))),
    "a bound that is the rank of a matrix": (RankAtMost(A * B, Rank(A)), RankAtMost(A, Rank(A * B))),
    "more than a size": (AtMost(Rank(A), n + 1), AtMost(Rank(A), n - 1)),
    "a bound as a hypothesis": (
        RankAtMost(A * B, D, given=[RankAtMost(A, D)]),
        RankAtMost(A * B, D, given=[RankAtMost(D, A)]),
    ),
    "the rank of an update": (
        ForAll(AtMost(Rank(tp), Rank(net.input)), (l, 1, L)),
        ForAll(AtMost(Rank(tp), Rank(net.weight(l))), (l, 1, L)),
    ),
    "the rank of an update and a width": (
        ForAll(AtMost(Rank(fa), net.widths[L - 1]), (l, 1, L - 1)),
        ForAll(AtMost(Rank(fa), 1), (l, 1, L - 1)),
    ),
    "one of two bounds": (
        AnyOf(RankAtMost(A, D), RankAtMost(D, A)),
        AnyOf(RankAtMost(A, D), RankAtMost(E, A)),
    ),
}
EVERY = INEQUALITIES | EQUATIONS | MATRICES | UPDATES | POWERS | BOUNDS


@pytest.mark.parametrize("name", EVERY)
def test_what_is_true_is_proved(name):
    """The checker accepts the proof, and the claim as typed holds on exact matrices."""
    check_proved(EVERY[name][0])


@pytest.mark.parametrize("name", EVERY)
def test_what_is_false_beside_it_is_refuted(name):
    """A hypothesis is missing, or a bound is too tight."""
    check_refuted(EVERY[name][1])


@pytest.mark.parametrize("name", rank_lemmas.LEMMAS)
def test_a_lemma_needs_each_of_its_hypotheses(name, monkeypatch):
    """A lemma is proved over letters of its own; without one of its hypotheses it is not."""
    lemma, shown = rank_lemmas.LEMMAS[name], rank_lemmas.proved_lemma(name)
    assert shown.origin
    for left_out in range(len(lemma.links(shown.letters, shown.translator.pinv))):
        fewer = lemma._replace(
            links=lambda M, pinv, at=left_out: [p for j, p in enumerate(lemma.links(M, pinv)) if j != at]
        )
        monkeypatch.setitem(rank_lemmas.LEMMAS, name, fewer)
        with pytest.raises(AssertionError, match=name):
            rank_lemmas.proved_lemma.__wrapped__(name)


@pytest.mark.parametrize(
    "bound", [RankAtMost(A, 1), AtMost(Rank(A), 1), RankAtMost(A, [1, D])], ids=["1", "<= 1", "1, D"]
)
def test_a_bound_by_one_is_rank_one(bound):
    """As a hypothesis it says that the matrix is a column times a row."""
    check_proved(Equal(A * A.T * A, squared_norm(A) * A, given=[bound]))


@pytest.mark.parametrize(
    "claim",
    [
        AtMost(2, n, given=[RankAtMost(A, [0, n - 2])]),
        AtMost(0, number, given=[RankAtMost(A, [number, 0])]),
        AtMost(1, Rank(D), given=[RankAtMost(A, [Rank(D) - 1, 0])]),
        AtMost(0, number, given=[AnyOf(RankAtMost(A, [number, 0]), AtMost(1, number))]),
    ],
    ids=str,
)
def test_no_bound_of_several_is_lost(claim):
    """A rank is never negative, so that each of these holds."""
    assert not decide(claim, seconds=2).refuted


@pytest.mark.parametrize("bound", [RankAtMost(A, 0), AtMost(Rank(A), 0)], ids=["0", "<= 0"])
def test_a_bound_by_zero_is_zero(bound):
    """As a hypothesis it says that the matrix vanishes."""
    check_proved(Zero(A, given=[bound]))
