"""What people state about matrices is proved, and what is false beside it is not."""

import pytest
from sympy import BlockMatrix, Determinant, Identity, Inverse, MatMul, MatrixSymbol, Symbol, ZeroMatrix, log, symbols

from tptheory import (
    AtMost,
    Equal,
    ImageWithin,
    LogPdet,
    NonNegative,
    Pinv,
    Rank,
    RankAtMost,
    Zero,
    at_least,
    at_most,
    decide,
    full_row_rank,
    inner,
    invertible,
    matmul,
    nonzero,
    orthogonal,
    positive_semidefinite,
    projection,
    prove,
    squared_norm,
    symmetric,
    trace,
)

m, n, k = symbols("m n k", integer=True, positive=True)
s, t = symbols("s t", positive=True)
r = Symbol("r", real=True)
I = Identity(n)


def square(names):
    """Return square matrices of these names."""
    return [MatrixSymbol(name, n, n) for name in names]


S, R, N, P, Q, K, X, G, H = square("SRNPQKXGH")
A, D = MatrixSymbol("A", m, n), MatrixSymbol("D", m, n)
B, C, Y, Z = (
    MatrixSymbol("B", n, k),
    MatrixSymbol("C", m, k),
    MatrixSymbol("Y", n, m),
    MatrixSymbol("Z", k, n),
)
x, u, v, w, y, z = (MatrixSymbol(name, n, 1) for name in "xuvwyz")
c, d = MatrixSymbol("c", m, 1), MatrixSymbol("d", n, 1)
F2, G2, F3 = MatrixSymbol("F", 2, 2), MatrixSymbol("G", 2, 2), MatrixSymbol("F", 3, 3)
kA, hA = Pinv(A) * c, d.T * Pinv(A)

CANCELLED = {
    "im A lies in im(AA' + CC')": (ImageWithin(A, A * A.T + C * C.T), ImageWithin(A, A * A.T - C * C.T)),
    "normal and nilpotent": (
        Zero(S, given=[Equal(S * S.T, S.T * S), Zero(S * S)]),
        Zero(S, given=[Zero(S * S)]),
    ),
    "three factors": (Zero(S * X, given=[Zero(S * S.T * S * X)]), Zero(S * X, given=[Zero(S * S * X)])),
    "normal and idempotent": (
        Equal(S.T, S, given=[Equal(S * S, S), Equal(S * S.T, S.T * S)]),
        Equal(S.T, S, given=[Equal(S * S, S)]),
    ),
    "a sum of Gram matrices": (
        Zero(S * x, given=[Equal(S, G * G.T), Equal(R, H * H.T), Zero((S + R) * x)]),
        Zero(S * x, given=[Equal(S, G * G.T), Zero((S + R) * x)]),
    ),
    "a Gram matrix of trace 0": (
        Zero(S, given=[Equal(S, G * G.T), Equal(trace(S), 0)]),
        Zero(S, given=[Equal(trace(S), 0)]),
    ),
    "an equation of images": (
        Equal(R * Pinv(R), Pinv(R) * R, given=[ImageWithin(R, R.T)]),
        Equal(R * Pinv(R), Pinv(R) * R, given=[ImageWithin(R, R)]),
    ),
}
FINITE = {
    "a one-sided inverse": (
        Equal(R * S, I, given=[Equal(S * R, I)]),
        Equal(Y * A, I, given=[Equal(A * Y, Identity(m))]),
    ),
    "an inverse by a sum": (
        Equal(R * S, S * R, given=[Equal(R + S, R * S)]),
        Equal(R * S, S * R, given=[Equal(R * S, R)]),
    ),
    "a commutator is no identity": (
        Equal(r, 0, given=[Equal(R * S - S * R, r * I)]),
        Equal(r, 0, given=[Equal(R * S + S * R, r * I)]),
    ),
}
TRACES = {
    "symmetric times skew": (
        Zero(trace(S * K), given=[Equal(S.T, S), Equal(K.T, -K)]),
        Zero(trace(S * K), given=[Equal(S.T, S)]),
    ),
    "a difference to the fourth power": (
        Equal(S, N, given=[symmetric(S), symmetric(N), Zero((S - N) ** 4)]),
        Equal(S, N, given=[Zero((S - N) ** 4)]),
    ),
    "nilpotent": (Zero(trace(N), given=[Zero(N * N)]), Zero(trace(N), given=[Zero(N.T * N - N)])),
    "inner inverses": (
        Equal(trace(S * X), trace(S * R), given=[Equal(S * X * S, S), Equal(S * R * S, S)]),
        Equal(trace(S * X), trace(S * R), given=[Equal(S * X * S, S)]),
    ),
    "a commutator": (
        Zero(trace(R * R), given=[Equal(R * S - S * R, R)]),
        Zero(trace(R * R), given=[Equal(R * S - S * R, K)]),
    ),
}
SIZES_ONE = {
    "Sherman and Morrison": (
        Equal((S + u * v.T).I, S.I - matmul(1 / (1 + trace(v.T * S.I * u)), S.I, u, v.T, S.I)),
        Equal((S + u * v.T).I, S.I - matmul(1 / (1 + trace(u.T * S.I * v)), S.I, u, v.T, S.I)),
    ),
    "Sherman and Morrison with a matrix of size 1": (
        Equal((S + u * v.T).I, S.I - MatMul(S.I, u, (Identity(1) + v.T * S.I * u).I, v.T, S.I)),
        Equal((S + u * v.T).I, S.I + MatMul(S.I, u, (Identity(1) + v.T * S.I * u).I, v.T, S.I)),
    ),
    "Meyer": (
        Equal(
            Pinv(A + c * d.T),
            Pinv(A)
            - kA * Pinv(kA) * Pinv(A)
            - Pinv(A) * Pinv(hA) * hA
            + trace(Pinv(kA) * Pinv(A) * Pinv(hA)) * kA * hA,
            given=[
                Equal(A * Pinv(A) * c, c),
                Equal(d.T * Pinv(A) * A, d.T),
                Equal(d.T * Pinv(A) * c, -Identity(1)),
            ],
        ),
        Equal(Pinv(A + c * d.T), Pinv(A) - kA * Pinv(kA) * Pinv(A), given=[Equal(A * Pinv(A) * c, c)]),
    ),
    "parts that are orthogonal": (
        Equal(Pinv(A + c * d.T), Pinv(A) + Pinv(c * d.T), given=[Zero(A.T * c), Zero(A * d)]),
        Equal(Pinv(A + c * d.T), Pinv(A) + Pinv(c * d.T), given=[Zero(A.T * c)]),
    ),
    "a positive factor": (
        Equal(Pinv(A), s * Pinv(D), given=[Equal(s * A, D)]),
        Equal(Pinv(A), Pinv(D), given=[Equal(s * A, D)]),
    ),
}
RANKS = {
    "of A'A": (RankAtMost(A, A.T * A), RankAtMost(S, S * S)),
    "of A'AB": (RankAtMost(A * B, A.T * A * B), RankAtMost(A, A.T * A * B)),
    "with full row rank": (RankAtMost(A, A * B, given=[full_row_rank(B)]), RankAtMost(A, A * B)),
    "of two columns": (RankAtMost(u * x.T + w * v.T, 2), RankAtMost(u * x.T + w * v.T + y * z.T, 2)),
    "of a thin product and one column": (RankAtMost(C * Z + c * d.T, k + 1), RankAtMost(C * Z + c * d.T, k)),
    "of an inner inverse": (
        RankAtMost(A, Y, given=[Equal(A * Y * A, A)]),
        RankAtMost(Y, A, given=[Equal(A * Y * A, A)]),
    ),
    "through a pseudo-inverse": (
        RankAtMost(A, D, given=[Equal(A, A * Pinv(D) * A)]),
        RankAtMost(D, A, given=[Equal(A, A * Pinv(D) * A)]),
    ),
    "of a pseudo-inverse": (RankAtMost(Pinv(A), A), RankAtMost(A, Pinv(A) * A * B * Pinv(B))),
}
RANK_SUMS = {
    "of a sum": (AtMost(Rank(A + D), Rank(A) + Rank(D)), AtMost(Rank(A) + Rank(D), Rank(A + D))),
    "of a difference": (AtMost(Rank(A) - Rank(D), Rank(A - D)), AtMost(Rank(A - D), Rank(A) - Rank(D))),
    "Sylvester": (AtMost(Rank(A) + Rank(B), Rank(A * B) + n), AtMost(Rank(A) + Rank(B), Rank(A * B))),
    "of a factor": (AtMost(Rank(A * B), Rank(B)), AtMost(Rank(B), Rank(A * B))),
}
SHARED = {
    "commuting normal matrices": (
        Equal(
            Pinv(R * S),
            Pinv(R) * Pinv(S),
            given=[Equal(R * S, S * R), Equal(R * R.T, R.T * R), Equal(S * S.T, S.T * S)],
        ),
        Equal(Pinv(R * S), Pinv(R) * Pinv(S), given=[Equal(R * S, S * R)]),
    ),
}
FORMS = {
    "the shortest solution": (
        AtMost(squared_norm(Pinv(A) * c), squared_norm(x), given=[Equal(A * x, c)]),
        AtMost(squared_norm(x), squared_norm(Pinv(A) * c), given=[Equal(A * x, c)]),
    ),
    "projections in order": (
        Equal(P * Q, P, given=[projection(P, Q), symmetric(P, Q), at_most(P, Q)]),
        Equal(P * Q, Q, given=[projection(P, Q), symmetric(P, Q), at_most(P, Q)]),
    ),
    "a parallel sum": (
        Equal(R * Pinv(R + S) * S, S * Pinv(R + S) * R, given=[Equal(R, G * G.T), Equal(S, H * H.T)]),
        Equal(R * Pinv(R + S) * S, S * Pinv(R + S) * R, given=[Equal(R, G * G.T)]),
    ),
}
DETERMINANTS = {
    "of one column more": (
        Equal(Determinant(I + x * x.T), 1 + trace(x.T * x)),
        Equal(Determinant(I - x * x.T), 1 + trace(x.T * x)),
    ),
    "of a matrix and one column": (
        Equal(Determinant(R + u * v.T), Determinant(R) * (1 + trace(v.T * Inverse(R) * u)), given=[invertible(R)]),
        Equal(Determinant(R + u * v.T), Determinant(R) * (1 + trace(u.T * Inverse(R) * v)), given=[invertible(R)]),
    ),
    "of a matrix and two columns": (
        Equal(
            Determinant(R + u * v.T + x * y.T),
            Determinant(R)
            * (
                (1 + trace(v.T * Inverse(R) * u)) * (1 + trace(y.T * Inverse(R) * x))
                - trace(v.T * Inverse(R) * x) * trace(y.T * Inverse(R) * u)
            ),
        ),
        Equal(
            Determinant(R + u * v.T + x * y.T),
            Determinant(R) * (1 + trace(v.T * Inverse(R) * u)) * (1 + trace(y.T * Inverse(R) * x)),
        ),
    ),
    "of a matrix and a product": (
        Equal(Determinant(R + B * Z), Determinant(R) * Determinant(Identity(k) + Z * Inverse(R) * B)),
        Equal(Determinant(R + B * Z), Determinant(R) * Determinant(Identity(k) - Z * Inverse(R) * B)),
    ),
    "of a sum of inverses": (
        Equal(Determinant(Inverse(R) + Inverse(S)) * Determinant(R) * Determinant(S), Determinant(R + S)),
        Equal(Determinant(Inverse(R) + Inverse(S)) * Determinant(R), Determinant(R + S)),
    ),
    "of four blocks": (
        Equal(Determinant(BlockMatrix([[R, P], [S, Q]])), Determinant(Q) * Determinant(R - P * Inverse(Q) * S)),
        Equal(Determinant(BlockMatrix([[R, P], [S, Q]])), Determinant(Q) * Determinant(R - S * Inverse(Q) * P)),
    ),
    "of a triangle of blocks": (
        Equal(Determinant(BlockMatrix([[R, P], [ZeroMatrix(n, n), S]])), Determinant(R) * Determinant(S)),
        Equal(Determinant(BlockMatrix([[R, P], [ZeroMatrix(n, n), S]])), Determinant(R + P) * Determinant(S)),
    ),
    "of blocks that repeat": (
        Equal(Determinant(BlockMatrix([[R, S], [S, R]])), Determinant(R + S) * Determinant(R - S)),
        Equal(Determinant(BlockMatrix([[R, S], [-S, R]])), Determinant(R + S) * Determinant(R - S)),
    ),
    "of size 2": (
        Equal(Determinant(F2 + G2) + Determinant(F2 - G2), 2 * Determinant(F2) + 2 * Determinant(G2)),
        Equal(Determinant(F2 + G2) + Determinant(F2 - G2), 2 * Determinant(F2) - 2 * Determinant(G2)),
    ),
    "of size 3": (
        Equal(6 * Determinant(F3), trace(F3) ** 3 - 3 * trace(F3) * trace(F3**2) + 2 * trace(F3**3)),
        Equal(6 * Determinant(F3), trace(F3) ** 3 - 3 * trace(F3) * trace(F3**2)),
    ),
    "of a product that is turned": (
        Equal(Determinant(I + r * B * Z), Determinant(Identity(k) + r * Z * B)),
        Equal(Determinant(I + r * B * Z), Determinant(Identity(k) + Z * B)),
    ),
    "of a skew matrix and the identity": (
        Equal(Determinant(I - K), Determinant(I + K), given=[Equal(K.T, -K)]),
        Equal(Determinant(I - K), Determinant(I + K)),
    ),
    "of a symmetric and a skew matrix": (
        Equal(Determinant(S + K), Determinant(S - K), given=[symmetric(S), Equal(K.T, -K)]),
        Equal(Determinant(S + K), Determinant(S - K), given=[symmetric(S, K)]),
    ),
    "of zero": (
        Equal(Determinant(S - S.T), 0, given=[symmetric(S)]),
        Equal(Determinant(S - S.T), 0),
    ),
    "of a column and a row": (
        Equal(LogPdet(c * d.T), LogPdet(c) + LogPdet(d), given=[nonzero(c), nonzero(d)]),
        Equal(LogPdet(c * d.T), LogPdet(c) + LogPdet(d)),
    ),
    "of a multiple": (
        Equal(LogPdet(s * A), Rank(A) * log(s) + LogPdet(A)),
        Equal(LogPdet(s * A), n * log(s) + LogPdet(A)),
    ),
    "of a multiple of full rank": (
        Equal(LogPdet(s**2 * A), 2 * m * log(s) + LogPdet(A), given=[full_row_rank(A)]),
        Equal(LogPdet(s**2 * A), m * log(s) + LogPdet(A), given=[full_row_rank(A)]),
    ),
    "of a rational multiple": (
        Equal(LogPdet(-6 * A), Rank(A) * (log(2) + log(3)) + LogPdet(A)),
        Equal(LogPdet(-6 * A), Rank(A) * (log(6) + log(2)) + LogPdet(A)),
    ),
    "of a quotient": (
        Equal(LogPdet(A / s**2), LogPdet(A) - 2 * Rank(A) * log(s)),
        Equal(LogPdet(A / s**2), LogPdet(A) - Rank(A) * log(s)),
    ),
    "of a quotient by a product": (
        Equal(LogPdet(A / (4 * s * t)), LogPdet(A) - Rank(A) * (2 * log(2) + log(s) + log(t))),
        Equal(LogPdet(A / (s + t)), LogPdet(A) - Rank(A) * log(s)),
    ),
    "of a skew cube": (
        Equal(LogPdet(K**3), 3 * LogPdet(K), given=[Equal(K.T, -K)]),
        Equal(LogPdet(K**3), 2 * LogPdet(K), given=[Equal(K.T, -K)]),
    ),
    "logarithms of a product": (
        Equal(log(s**2 * t / 12), 2 * log(s) + log(t) - 2 * log(2) - log(3)),
        Equal(log(s**2 * t / 12), 2 * log(s) + log(t) - log(2) - log(3)),
    ),
    "of a symmetric square": (
        Equal(LogPdet(S * S), 2 * LogPdet(S), given=[symmetric(S)]),
        Equal(LogPdet(S * S), 2 * LogPdet(S)),
    ),
    "of a skew square": (
        Equal(Determinant(K * K), Determinant(K) ** 2, given=[Equal(K.T, -K)]),
        Equal(LogPdet(K * S), 2 * LogPdet(K), given=[Equal(K.T, -K)]),
    ),
}
SINGULAR = {
    "singular by a kernel": (
        Zero(Determinant(R), given=[Zero(R * x), nonzero(x)]),
        Zero(Determinant(R), given=[Zero(r * R * x), nonzero(x)]),
    ),
    "a kernel on the left": (
        Zero(Determinant(R), given=[Zero(X * R), nonzero(X)]),
        Zero(Determinant(X), given=[Zero(x.T * R), nonzero(x)]),
    ),
    "a reflection of the identity": (
        Zero(Determinant(I + Q), given=[orthogonal(Q), Equal(Determinant(Q), -1)]),
        Zero(Determinant(I + Q), given=[orthogonal(Q), Equal(Determinant(Q), 1)]),
    ),
    "Euler's rotation": (
        Zero(Determinant(Identity(3) - F3), given=[orthogonal(F3), Equal(Determinant(F3), 1)]),
        Zero(Determinant(Identity(2) - F2), given=[orthogonal(F2), Equal(Determinant(F2), 1)]),
    ),
    "a cube root of the identity": (
        Equal(Determinant(R), 1, given=[Equal(R**3, I)]),
        Equal(Determinant(R), 1, given=[Equal(R**4, I)]),
    ),
    "a nilpotent step": (
        Equal(Determinant(I + 2 * N), 1, given=[Zero(N * N)]),
        Equal(Determinant(I + 2 * N), 1, given=[Equal(N * N, N)]),
    ),
    "of a skew matrix of size 2": (
        NonNegative(Determinant(F2), given=[Equal(F2.T, -F2)]),
        NonNegative(Determinant(F2), given=[symmetric(F2)]),
    ),
    "a discriminant": (
        AtMost(4 * Determinant(F2), trace(F2) ** 2, given=[symmetric(F2)]),
        AtMost(4 * Determinant(F2), trace(F2) ** 2),
    ),
    "one space between": (
        Equal(LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[Equal(Pinv(A) * A, B * Pinv(B))]),
        Equal(LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[ImageWithin(B, A.T)]),
    ),
    "a power of a normal matrix": (
        Equal(LogPdet(R**3), 3 * LogPdet(R), given=[Equal(R * R.T, R.T * R)]),
        Equal(LogPdet(R**3), 3 * LogPdet(R), given=[Equal(R**4, R**2)]),
    ),
    "parts that share nothing": (
        Equal(LogPdet(A + D), LogPdet(A) + LogPdet(D), given=[Zero(A.T * D), Zero(A * D.T)]),
        Equal(LogPdet(A + D), LogPdet(A) + LogPdet(D), given=[Zero(A.T * D)]),
    ),
    "ones on the rest": (
        Equal(LogPdet(A * A.T + Identity(m) - A * Pinv(A)), 2 * LogPdet(A)),
        Equal(LogPdet(A * A.T + Identity(m)), 2 * LogPdet(A)),
    ),
}
DEFINITE = {
    "a kernel": (
        Zero(S * x, given=[positive_semidefinite(S), Equal(inner(x, S * x), 0)]),
        Zero(S * x, given=[symmetric(S), Equal(inner(x, S * x), 0)]),
    ),
    "the image of what is between": (
        Equal(S * Pinv(R) * R, S, given=[positive_semidefinite(S), AtMost(S, R)]),
        Equal(R * Pinv(S) * S, R, given=[positive_semidefinite(S), AtMost(S, R)]),
    ),
    "the kernel of a sum": (
        Zero(R.T * x, given=[at_least(R + R.T, 0), Zero(R * x)]),
        Zero(R.T * x, given=[at_least(R + R.T, 0), Equal(inner(x, R * x), 0)]),
    ),
    "the kernels of two": (
        Zero(R * x, given=[positive_semidefinite(R, S), Zero(x.T * (R + S) * x)]),
        Zero(R * x, given=[positive_semidefinite(R), Zero(x.T * (R + S) * x)]),
    ),
    "where forms meet": (
        Equal(R * x, S * x, given=[at_most(R, S), Equal(inner(x, R * x), inner(x, S * x))]),
        Equal(R * x, S * x, given=[symmetric(R, S), Equal(inner(x, R * x), inner(x, S * x))]),
    ),
}
COMMUTING = {
    "a product of commuting forms": (
        NonNegative(S * R, given=[positive_semidefinite(S, R), Equal(S * R, R * S)]),
        NonNegative(S * R, given=[positive_semidefinite(S), Equal(S * R, R * S)]),
    ),
    "an order multiplied": (
        AtMost(S * P, S * Q, given=[positive_semidefinite(S), Equal(S * P, P * S), Equal(S * Q, Q * S), at_most(P, Q)]),
        AtMost(S * P, S * Q, given=[positive_semidefinite(S), Equal(S * P, P * S), at_most(P, Q)]),
    ),
    "squares of commuting forms": (
        AtMost(S**2, R**2, given=[positive_semidefinite(S), at_most(S, R), Equal(S * R, R * S)]),
        AtMost(S**2, R**2, given=[positive_semidefinite(S), at_most(S, R)]),
    ),
    "what commutes with a square": (
        Equal(N * R, R * N, given=[positive_semidefinite(R), Equal(N * R * R, R * R * N)]),
        Equal(N * R, R * N, given=[symmetric(R), Equal(N * R * R, R * R * N)]),
    ),
    "one form has one square": (
        Equal(S, R, given=[positive_semidefinite(S, R), Equal(S * S, R * R)]),
        Equal(S, R, given=[positive_semidefinite(S), Equal(S * S, R * R)]),
    ),
    "between two bounds": (
        NonNegative((S - r * I) * (s * I - S), given=[at_most(r * I, S), at_most(S, s * I)]),
        NonNegative((S - r * I) * (s * I - S), given=[symmetric(S), at_most(r * I, S)]),
    ),
}
ACCRETIVE = {
    "an accretive matrix commutes with its inverse": (
        Equal(R * Pinv(R), Pinv(R) * R, given=[positive_semidefinite(R + R.T)]),
        Equal(R * Pinv(R), Pinv(R) * R, given=[symmetric(R + R.T)]),
    ),
    "its inverse is accretive": (
        NonNegative(Pinv(R) + Pinv(R).T, given=[positive_semidefinite(R + R.T)]),
        NonNegative(Pinv(R) - Pinv(R).T, given=[positive_semidefinite(R + R.T)]),
    ),
    "Lyapunov": (
        Zero(S * P, given=[positive_semidefinite(S), Zero(S * P + P * S)]),
        Zero(S * P, given=[symmetric(S), Zero(S * P + P * S)]),
    ),
    "the image of a block (Albert)": (
        ImageWithin(B, S, given=[positive_semidefinite(BlockMatrix([[S, B], [B.T, MatrixSymbol("T", k, k)]]))]),
        ImageWithin(B, S, given=[symmetric(BlockMatrix([[S, B], [B.T, MatrixSymbol("T", k, k)]]))]),
    ),
    "the trace of a block": (
        AtMost(2 * trace(R), trace(S + P), given=[positive_semidefinite(BlockMatrix([[S, R], [R.T, P]]))]),
        AtMost(3 * trace(R), trace(S + P), given=[positive_semidefinite(BlockMatrix([[S, R], [R.T, P]]))]),
    ),
}
EVERY = (
    CANCELLED
    | FINITE
    | TRACES
    | SIZES_ONE
    | RANKS
    | RANK_SUMS
    | SHARED
    | FORMS
    | DETERMINANTS
    | DEFINITE
    | COMMUTING
    | ACCRETIVE
)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_true_is_proved(name):
    """The checker accepts the proof, and the claim as typed holds on exact matrices."""
    verdict = prove(EVERY[name][0], seconds=60)
    assert verdict.proved, verdict.reason
    assert verdict.certificate.check()


def test_a_proof_by_lemmas_is_read_lemma_by_lemma():
    """Each lemma is stated, shown, and referred to by its number."""
    text = prove(FINITE["a one-sided inverse"][0]).explain()
    assert "Lemma 1" in text
    assert "lemma 1" in text


@pytest.mark.parametrize("name", EVERY)
def test_what_is_false_beside_it_is_refuted(name):
    """A hypothesis is missing, or a sign is another."""
    assert decide(EVERY[name][1], seconds=20).refuted
