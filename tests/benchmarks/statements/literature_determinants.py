"""Statements of the literature on determinants and pseudo-determinants.

HJ is Horn and Johnson.
"""

from functools import partial

from sympy import BlockMatrix, Determinant

from tests.benchmarks.statements.literature_order import N_, joint
from tests.benchmarks.statements.papers_inverses import ep
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="determinants", true=True)
fails = partial(Statement, area="determinants", true=False)

S2, K2 = (MatrixSymbol(name, 2, 2) for name in "SK")
Q3 = MatrixSymbol("Q", 3, 3)

STATEMENTS: list[Statement] = [
    holds(
        "1 + tr S <= det(I + S) for S >= 0",
        lambda: AtMost(1 + trace(S), Determinant(I + S), given=[positive_semidefinite(S)]),
        "the product of 1 + s_i",
    ),
    fails(
        "det(I + S) <= 1 + tr S for S >= 0",
        lambda: AtMost(Determinant(I + S), 1 + trace(S), given=[positive_semidefinite(S)]),
        "I, size 2",
    ),
    holds(
        "Fischer: det [[S, B], [B', N]] <= det S det N",
        lambda: AtMost(Determinant(BlockMatrix([[S, B], [B.T, N_]])), Determinant(S) * Determinant(N_), given=[joint]),
        "a Schur complement of S is at most N",
    ),
    holds(
        "Minkowski: det R + det S <= det(R + S) for R, S >= 0",
        lambda: AtMost(Determinant(R) + Determinant(S), Determinant(R + S), given=[positive_semidefinite(R, S)]),
        "Minkowski",
    ),
    fails(
        "det R + det S <= det(R + S) for symmetric R, S",
        lambda: AtMost(Determinant(R) + Determinant(S), Determinant(R + S), given=[symmetric(R, S)]),
        "I, -I, size 2",
    ),
    fails(
        "det(R + S) <= det R + det S for R, S >= 0",
        lambda: AtMost(Determinant(R + S), Determinant(R) + Determinant(S), given=[positive_semidefinite(R, S)]),
        "I, I, size 2",
    ),
    holds("1 <= det(I + A'A)", lambda: AtMost(1, Determinant(I + A.T * A)), "the eigenvalues are 1 or more"),
    holds(
        "0 <= R <= S gives det R <= det S",
        lambda: AtMost(Determinant(R), Determinant(S), given=[positive_semidefinite(R), at_most(R, S)]),
        "HJ, 7.7",
    ),
    holds(
        "4 det S <= (tr S)^2 for symmetric S of size 2",
        lambda: AtMost(4 * Determinant(S2), trace(S2) ** 2, given=[symmetric(S2)]),
        "(a - d)^2 + 4b^2",
    ),
    fails("4 det S <= (tr S)^2 at size 2", lambda: AtMost(4 * Determinant(S2), trace(S2) ** 2), "a quarter turn"),
    holds(
        "det K >= 0 for skew K of size 2",
        lambda: NonNegative(Determinant(K2), given=skew(K2)),
        "the square of an entry",
    ),
    holds("det K >= 0 for skew K", lambda: NonNegative(Determinant(K), given=skew(K)), "the square of the Pfaffian"),
    holds("1 <= det(I + K) for skew K", lambda: AtMost(1, Determinant(I + K), given=skew(K)), "1 + k^2 in pairs"),
    fails("det S >= 0 for symmetric S", lambda: NonNegative(Determinant(S), given=[symmetric(S)]), "-1"),
    holds(
        "det Q = -1 gives det(I + Q) = 0 for orthogonal Q",
        lambda: Zero(Determinant(I + Q), given=[orthogonal(Q), Equal(Determinant(Q), -1)]),
        "det(I + Q) = det Q det(Q' + I)",
    ),
    fails(
        "det Q = 1 gives det(I - Q) = 0 for orthogonal Q",
        lambda: Zero(Determinant(I - Q), given=[orthogonal(Q), Equal(Determinant(Q), 1)]),
        "a quarter turn",
    ),
    holds(
        "Euler: det Q = 1 gives det(I - Q) = 0 for orthogonal Q of size 3",
        lambda: Zero(Determinant(Identity(3) - Q3), given=[orthogonal(Q3), Equal(Determinant(Q3), 1)]),
        "the axis of a rotation",
    ),
    holds("R^2 = I gives (det R)^2 = 1", lambda: Equal(Determinant(R) ** 2, 1, given=[Equal(R**2, I)]), "det R^2"),
    holds(
        "R^3 = I gives det R = 1", lambda: Equal(Determinant(R), 1, given=[Equal(R**3, I)]), "the real cube root of 1"
    ),
    fails("R^4 = I gives det R = 1", lambda: Equal(Determinant(R), 1, given=[Equal(R**4, I)]), "-1"),
    holds(
        "N^2 = 0 gives det(I + N) = 1",
        lambda: Equal(Determinant(I + N), 1, given=[Zero(N**2)]),
        "all eigenvalues are 1",
    ),
    fails("det(I + N) = 1 + det N", lambda: Equal(Determinant(I + N), 1 + Determinant(N)), "I, size 2"),
    holds(
        "det(R^2 + S^2) >= 0 for commuting R, S",
        lambda: NonNegative(Determinant(R * R + S * S), given=[Commute(R, S)]),
        "|det(R + iS)|^2",
    ),
    holds("det(I + R^2) >= 0", lambda: NonNegative(Determinant(I + R * R)), "|det(I + iR)|^2"),
    fails("det(I - R^2) >= 0", lambda: NonNegative(Determinant(I - R * R)), "2"),
    fails("det(I + R^2) = 1 + (det R)^2", lambda: Equal(Determinant(R**2 + I), Determinant(R) ** 2 + 1), "I, size 2"),
    fails("det(RS - SR) >= 0", lambda: NonNegative(Determinant(R * S - S * R)), "e1e2', e2e1'"),
    holds(
        "log pdet AA'A = 3 log pdet A",
        lambda: Equal(LogPdet(A * A.T * A), 3 * LogPdet(A)),
        "the cubes of singular values",
    ),
    holds(
        "log pdet R^2 = 2 log pdet R for EP matrices",
        lambda: Equal(LogPdet(R**2), 2 * LogPdet(R), given=ep(R)),
        "row R = im R",
    ),
    fails(
        "log pdet R^2 = 2 log pdet R if rank R^2 = rank R",
        lambda: Equal(LogPdet(R**2), 2 * LogPdet(R), given=[Equal(Rank(R**2), Rank(R))]),
        "[[1, 1], [0, 0]]",
    ),
    holds(
        "log pdet AB = log pdet A + log pdet B if A+A = BB+",
        lambda: Equal(LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[Equal(Pinv(A) * A, B * Pinv(B))]),
        "one space between",
    ),
    fails(
        "log pdet AB = log pdet A + log pdet B if im B lies in row A",
        lambda: Equal(LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[ImageWithin(B, A.T)]),
        "A = diag(1, 2), B = (1, 0)'",
    ),
    holds(
        "log pdet(AA' + I - AA+) = 2 log pdet A",
        lambda: Equal(LogPdet(A * A.T + Im - A * Pinv(A)), 2 * LogPdet(A)),
        "ones on the rest",
    ),
    fails("log pdet(AA' + I) = log pdet AA'", lambda: Equal(LogPdet(A * A.T + Im), LogPdet(A * A.T)), "1"),
    holds(
        "log pdet(A + D) = log pdet A + log pdet D if A'D = 0 and AD' = 0",
        lambda: Equal(LogPdet(A + D), LogPdet(A) + LogPdet(D), given=[Zero(A.T * D), Zero(A * D.T)]),
        "the singular values of both",
    ),
    fails(
        "log pdet(A + D) = log pdet A + log pdet D if A'D = 0",
        lambda: Equal(LogPdet(A + D), LogPdet(A) + LogPdet(D), given=[Zero(A.T * D)]),
        "A = (1, 0)', D = (0, 1)'",
    ),
    holds("log pdet(I + A'A) >= 0", lambda: NonNegative(LogPdet(I + A.T * A)), "the eigenvalues are 1 or more"),
    holds(
        "det [[R, S], [-S, R]] = det(R^2 + S^2) for commuting R, S",
        lambda: Equal(Determinant(BlockMatrix([[R, S], [-S, R]])), Determinant(R * R + S * S), given=[Commute(R, S)]),
        "Schur",
    ),
    fails(
        "det [[R, S], [S, R]] = det(R^2 + S^2) for commuting R, S",
        lambda: Equal(Determinant(BlockMatrix([[R, S], [S, R]])), Determinant(R * R + S * S), given=[Commute(R, S)]),
        "R = S = 1",
    ),
    holds(
        "det [[R, P], [S, Q]] = det(RQ - SP) if RS = SR and R is invertible",
        lambda: Equal(
            Determinant(BlockMatrix([[R, P], [S, Q]])), Determinant(R * Q - S * P), given=[Commute(R, S), invertible(R)]
        ),
        "HJ, 0.8.5",
    ),
    fails(
        "det [[R, P], [S, Q]] = det(RQ - PS) if RS = SR and R is invertible",
        lambda: Equal(
            Determinant(BlockMatrix([[R, P], [S, Q]])), Determinant(R * Q - P * S), given=[Commute(R, S), invertible(R)]
        ),
        "R = I, P = e1e2', S = e2e1', Q = diag(1, 0)",
    ),
    holds(
        "Rx = 0 gives det R = 0 if x is not 0",
        lambda: Zero(Determinant(R), given=[Zero(R * x), nonzero(x)]),
        "R is singular",
    ),
]
