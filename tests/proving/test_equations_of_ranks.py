"""Equal ranks of blocks, idempotents and differences, and what equations of ranks say of the matrices."""

from proving.pairs import check_proved, check_refuted, each_false, each_true
from sympy import BlockMatrix, Identity, MatrixSymbol, Max, Min, Symbol, symbols

from tptheory import (
    AtMost,
    Equal,
    ImageWithin,
    Pinv,
    Rank,
    RankAtMost,
    RowSpaceWithin,
    Zero,
    invertible,
    projection,
    symmetric,
)
from tptheory.claims.compound import Holds

m, n, p, q = symbols("m n p q", integer=True, positive=True)
I = Identity(n)
R, S, T, U = (MatrixSymbol(name, n, n) for name in "RSTU")
A, D, X = MatrixSymbol("A", m, n), MatrixSymbol("D", m, n), MatrixSymbol("X", n, m)
B, C = MatrixSymbol("B", n, p), MatrixSymbol("C", p, q)
G, H, K = MatrixSymbol("G", q, n), MatrixSymbol("H", q, p), MatrixSymbol("K", m, p)
V, Y, Z = MatrixSymbol("V", q, p), MatrixSymbol("Y", n, m), MatrixSymbol("Z", p, n)
c, s = Symbol("c", positive=True), Symbol("s", real=True)


def idempotent(*matrices):
    """Say that ``M M = M``."""
    return [Equal(M * M, M) for M in matrices]


def normal(*matrices):
    """Say that ``M M' = M'M``."""
    return [Equal(M * M.T, M.T * M) for M in matrices]


def core_inverse(M, N):
    """Say what makes ``N`` the core inverse of ``M``, but that ``M N`` is symmetric."""
    return [Equal(M * N * M, M), Equal(M * N * N, N)]


blocks, turned = BlockMatrix([[A, K], [G, H]]), BlockMatrix([[H, G], [K, A]])
complement = H - G * Pinv(A) * K
inner = [Equal(A * X * K, K), Equal(G * X * A, G), Equal(A * X * A, A)]
adding = [Equal(Rank(A + D), Rank(A) + Rank(D))]
PAIRS = {
    "a difference of idempotents (Tian and Styan)": (
        Equal(Rank(R - S), Rank(R - R * S) + Rank(S - R * S), given=idempotent(R, S)),
        Equal(Rank(R - S), Rank(R - R * S) + Rank(S - S * R), given=idempotent(S)),
    ),
    "the same by blocks": (
        Equal(
            Rank(R - S) + Rank(R) + Rank(S),
            Rank(BlockMatrix([[R], [S]])) + Rank(BlockMatrix([[R, S]])),
            given=idempotent(R, S),
        ),
        Equal(Rank(R - S) + Rank(R) + Rank(S), 2 * Rank(BlockMatrix([[R, S]])), given=idempotent(R, S)),
    ),
    "a block with a complement": (
        Equal(Rank(BlockMatrix([[B, I - Pinv(A) * A]])), Rank(A * B) + n - Rank(A)),
        Equal(Rank(BlockMatrix([[B, I - Pinv(A) * A]])), Rank(B) + n - Rank(A)),
    ),
    "a reflexive inverse by its rank (Bjerhammar)": (
        Equal(X * A * X, X, given=[Equal(A * X * A, A), Equal(Rank(X), Rank(A))]),
        Equal(X * A * X, X, given=[Equal(A * X * A, A)]),
    ),
    "a matrix of index 1": (
        Equal(R**2 * Pinv(R**2) * R, R, given=[Equal(Rank(R**2), Rank(R))]),
        Equal(R**2 * Pinv(R**2) * R, R),
    ),
    "Frobenius with equality": (
        Equal(Rank(A * B) + Rank(B * C), Rank(A * B * C) + Rank(B), given=[Equal(B, B * C * V + Y * A * B)]),
        Equal(Rank(A * B) + Rank(B * C), Rank(A * B * C) + Rank(B), given=[Equal(A * B, A * B * C * V)]),
    ),
    "normal factors change places": (
        Equal(Rank(R * S), Rank(S * R), given=normal(R, S)),
        Equal(Rank(R * S), Rank(S * R), given=normal(R)),
    ),
    "two that fill the space": (
        Equal(Rank(R) + Rank(S), n, given=[Zero(R * S), invertible(R + S)]),
        Equal(Rank(R) + Rank(S), n, given=[Zero(R * S), Zero(S * R)]),
    ),
    "the image of a sum whose ranks add up": (
        ImageWithin(A, A + D, given=adding),
        ImageWithin(A, A + D, given=[AtMost(Rank(A), Rank(A + D))]),
    ),
    "the minus order by ranks (Hartwig)": (
        Equal(A * Pinv(D) * A, A, given=[Equal(Rank(D - A), Rank(D) - Rank(A))]),
        Equal(A * Pinv(D) * A, A, given=[Equal(Rank(D - A), Rank(A) - Rank(D))]),
    ),
    "parts without a common direction": (
        Zero(A * Pinv(A + D) * D, given=adding),
        Zero(A * Pinv(A + D) * D, given=[AtMost(Rank(A) + Rank(D), 2 * Rank(A + D))]),
    ),
    "below an idempotent": (
        Equal(R * R, R, given=[*idempotent(S), Equal(Rank(S - R), Rank(S) - Rank(R))]),
        Equal(R * R, R, given=[*idempotent(S), AtMost(Rank(S - R), Rank(S))]),
    ),
    "two claims from one equation": (
        Holds(projection(R, S - R), given=[projection(S), Equal(Rank(S - R), Rank(S) - Rank(R))]),
        Holds(projection(R, S - R), given=[projection(S), AtMost(Rank(S - R), Rank(S))]),
    ),
    "a sum of idempotents (Cochran)": (
        Equal(R * R, R, given=[Equal(R + S + T, I), Equal(Rank(R) + Rank(S) + Rank(T), n)]),
        Equal(R * R, R, given=[Equal(R + S + T, I), AtMost(n, Rank(R) + Rank(S) + Rank(T))]),
    ),
    "three idempotents with an idempotent sum": (
        Zero(R * S, given=idempotent(R, S, T, R + S + T)),
        Zero(R * S, given=idempotent(R, S, R + S + T)),
    ),
    "four idempotents that add up to the identity": (
        Zero(R * S, given=[*idempotent(R, S, T, U), Equal(R + S + T + U, I)]),
        Zero(R * S, given=[*idempotent(R, S, T), Equal(R + S + T + U, I)]),
    ),
    "four idempotents with an idempotent sum, in other words": (
        Zero(U * T, given=[projection(R, S, T, U), Equal((R + S + T + U) ** 2, R + S + T + U)]),
        Zero(U * T, given=[projection(R, S, T, U), Equal((R + S + T - U) ** 2, R + S + T - U)]),
    ),
    "ranks of multiples that add up (Anderson and Styan)": (
        Equal(R**3, R, given=[Equal(Rank(R), Rank(R + R**2) + Rank(R - R**2))]),
        Equal(R**2, R, given=[Equal(Rank(R), Rank(R + R**2) + Rank(R - R**2))]),
    ),
    "a multiple of a product through a size": (
        RankAtMost(A, p, given=[Equal(c * A, K * Z)]),
        RankAtMost(A, p, given=[Equal(s * A, K * Z)]),
    ),
    "the complement of a block (Marsaglia and Styan)": (
        AtMost(Rank(A) + Rank(complement), Rank(blocks)),
        AtMost(Rank(blocks), Rank(A) + Rank(complement)),
    ),
    "blocks within the image and the row space of one": (
        Equal(Rank(blocks), Rank(A) + Rank(complement), given=[ImageWithin(K, A), RowSpaceWithin(G, A)]),
        Equal(Rank(blocks), Rank(A) + Rank(complement), given=[ImageWithin(K, A)]),
    ),
    "the complement by any inner inverse": (
        Equal(Rank(turned), Rank(A) + Rank(H - G * X * K), given=inner),
        Equal(Rank(turned), Rank(A) + Rank(H + G * X * K), given=inner),
    ),
    "a core inverse is an outer inverse (Rakic, Dincic and Djordjevic)": (
        Equal(T * R * T, T, given=core_inverse(R, T)),
        Equal(T * R * T, T, given=[Equal(R * T * R, R), Equal(T * R * R, R)]),
    ),
    "a core inverse takes the square back": (
        Equal(T * R * R, R, given=core_inverse(R, T)),
        Equal(R * R * T, R, given=core_inverse(R, T)),
    ),
    "there is one core inverse (Baksalary and Trenkler)": (
        Equal(S, T, given=[*core_inverse(R, S), *core_inverse(R, T), symmetric(R * S, R * T)]),
        Equal(S, T, given=[*core_inverse(R, S), *core_inverse(R, T), symmetric(R * S)]),
    ),
    "a group inverse by the cube (Campbell and Meyer)": (
        Equal(R**2 * T * R**2, R, given=[Equal(R**3 * T * R**3, R**3), Equal(Rank(R**2), Rank(R))]),
        Equal(R**2 * T * R**2, R, given=[Equal(R**3 * T * R**3, R**3), Equal(Rank(R**3), Rank(R**2))]),
    ),
    "at most the larger size": (AtMost(Rank(A), Max(m, n)), AtMost(Max(m, n), Rank(A) + 1)),
    "at most a product of sizes": (AtMost(Rank(A), m * p), AtMost(m * p, Rank(A) * Rank(B))),
    "sizes are at least 1": (AtMost(m + n, m * n + 1), AtMost(m + n + 1, m * n + 1)),
    "the smaller size": (AtMost(Min(m, n), m * n), AtMost(m * n, Min(m, n))),
}


@each_true(PAIRS)
def test_what_is_true_is_proved(claim):
    """The checker accepts the proof, and it is known again."""
    check_proved(claim)


@each_false(PAIRS)
def test_what_is_false_beside_it_is_refuted(claim):
    """A hypothesis is missing or weaker, or a side is another."""
    check_refuted(claim)
