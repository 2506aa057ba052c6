"""Statements on positive semidefinite matrices, written as Gram matrices: Horn and Johnson (HJ), Zhang, Albert."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="positive semidefinite matrices", true=True)
fails = partial(Statement, area="positive semidefinite matrices", true=False)

semidefinite = [*gram(S, G), *gram(R, H)]

KNOWN = [
    holds("x'Sx = 0 gives Sx = 0 for S = GG'", lambda: Zero(S * x, given=[*gram(S, G), Zero(x.T * S * x)]), "HJ, 7.1"),
    holds(
        "tr SR = 0 gives SR = 0 for S = GG', R = HH'",
        lambda: Zero(S * R, given=[*semidefinite, Zero(trace(S * R))]),
        "|G'H|^2 = 0; Zhang, chapter 7",
    ),
    holds(
        "S^2 = I gives S = I for S = GG'",
        lambda: Equal(S, I, given=[*gram(S, G), Equal(S * S, I)]),
        "S + I is invertible; HJ, 7.2",
    ),
    fails(
        "x'Sx = 0 gives Sx = 0 for symmetric S",
        lambda: Zero(S * x, given=[*self_transpose(S), Zero(x.T * S * x)]),
        "diag(1, -1), (1, 1)'",
    ),
]

FURTHER = [
    holds("A A' A X = 0 gives AX = 0", lambda: Zero(A * B, given=[Zero(A * A.T * A * B)]), "two cancellations"),
    holds("tr S = 0 gives S = 0 for S = GG'", lambda: Zero(S, given=[*gram(S, G), Zero(trace(S))]), "|G|^2 = 0"),
    holds(
        "RSR' = 0 gives SR' = 0 for S = GG'", lambda: Zero(S * R.T, given=[*gram(S, G), Zero(R * S * R.T)]), "RG = 0"
    ),
    holds(
        "GG' + HH' = I and GG' idempotent give GG'HH' = 0",
        lambda: Zero(S * R, given=[*semidefinite, Equal(S + R, I), *idempotent(S)]),
        "S(I - S)",
    ),
    holds(
        "GG' <= P gives PG = G: P - GG' = HH'",
        lambda: Equal(P * G, G, given=[*orthogonal_projection(P), Equal(P, G * G.T + H * H.T)]),
        "(I - P)GG'(I - P) + (I - P)HH'(I - P) = 0",
    ),
    holds(
        "S^3 = S gives S^2 = S for S = GG'",
        lambda: Equal(S * S, S, given=[*gram(S, G), Equal(S**3, S)]),
        "eigenvalues 0, 1",
    ),
    holds(
        "(S + R)x = 0 gives Sx = 0", lambda: Zero(S * x, given=[*semidefinite, Zero((S + R) * x)]), "x'Sx + x'Rx = 0"
    ),
    holds(
        "roots are unique: (GG')^2 = (HH')^2 gives GG' = HH'",
        lambda: Equal(S, R, given=[*semidefinite, Equal(S * S, R * R)]),
        "HJ, 7.2.6",
    ),
    holds(
        "S^2 R = R S^2 gives SR = RS for S = GG'",
        lambda: Commute(S, R, given=[*gram(S, G), Commute(S * S, R)]),
        "HJ, 7.2.6: the root is a polynomial",
    ),
    holds("Sx = -Rx gives Rx = 0", lambda: Zero(R * x, given=[*semidefinite, Equal(S * x, -R * x)]), "x'(S + R)x = 0"),
    holds("im HG' lies in im HH'", lambda: ImageWithin(H * G.T, H * H.T), "Albert (1969)"),
    holds("SS+ is idempotent and commutes with S = GG'", lambda: Commute(S * Pinv(S), S, given=gram(S, G)), "S is EP"),
    holds(
        "A'A = D'D + E'E gives row D in row A",
        lambda: RowSpaceWithin(D, A, given=[Equal(A.T * A, D.T * D + E.T * E)]),
        "Douglas (1966)",
    ),
    holds(
        "S + R = I and R idempotent make S idempotent",
        lambda: Equal(S * S, S, given=[Equal(S + R, I), *idempotent(R)]),
        "S = I - R",
    ),
    holds(
        "GG' = -HH' gives G = 0", lambda: Zero(G, given=[Equal(G * G.T, -H * H.T)]), "HJ, 7.1: a closed pointed cone"
    ),
    holds(
        "G G' G G' = G G' makes G a partial isometry",
        lambda: Equal(G * G.T * G, G, given=idempotent(G * G.T)),
        "cancellation",
    ),
    fails(
        "tr SR = 0 gives SR = 0 for symmetric matrices",
        lambda: Zero(S * R, given=[*self_transpose(S, R), Zero(trace(S * R))]),
        "I, diag(1, -1)",
    ),
    fails(
        "S^3 = S gives S^2 = S for symmetric S",
        lambda: Equal(S * S, S, given=[*self_transpose(S), Equal(S**3, S)]),
        "-1",
    ),
    fails(
        "RSR' = 0 gives SR' = 0 for symmetric S",
        lambda: Zero(S * R.T, given=[*self_transpose(S), Zero(R * S * R.T)]),
        "S a swap, R = e1e1'",
    ),
    fails(
        "a product of Gram matrices is symmetric",
        lambda: Equal((S * R).T, S * R, given=semidefinite),
        "lines at an angle",
    ),
    fails(
        "A'A = D'D + E'E gives row A in row D",
        lambda: RowSpaceWithin(A, D, given=[Equal(A.T * A, D.T * D + E.T * E)]),
        "D = 0",
    ),
    fails(
        "(S + R)x = 0 gives Sx = 0 for symmetric matrices",
        lambda: Zero(S * x, given=[*self_transpose(S, R), Zero((S + R) * x)]),
        "R = -S",
    ),
    fails(
        "S^2 R = R S^2 gives SR = RS for symmetric S",
        lambda: Commute(S, R, given=[*self_transpose(S), Commute(S * S, R)]),
        "diag(1, -1)",
    ),
    fails(
        "HH' = GG' + MM' gives row G in row H",
        lambda: RowSpaceWithin(G, H, given=[Equal(H * H.T, G * G.T + M * M.T)]),
        "H = e1e1', G = e1e2', M = 0: images, not row spaces",
    ),
]
