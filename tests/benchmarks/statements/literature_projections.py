"""Statements of the literature on orthogonal projections ``P``, ``Q`` and idempotents ``R``, ``S``."""

from functools import partial

from sympy import BlockMatrix

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="projections", true=True)
fails = partial(Statement, area="projections", true=False)

STATEMENTS: list[Statement] = [
    holds(
        "PQ a partial isometry gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), partial_isometry(P * Q)]),
        "Baksalary and Trenkler: PQPQ = PQ",
    ),
    holds(
        "P + Q idempotent gives PQ = 0",
        lambda: Zero(P * Q, given=[*orthogonal_projection(P, Q), *idempotent(P + Q)]),
        "PQ + QP = 0",
    ),
    holds(
        "(P - Q)^3 = P - Q gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal((P - Q) ** 3, P - Q)]),
        "the eigenvalues are 0, 1 and -1",
    ),
    holds("PQ + QP <= P + Q", lambda: AtMost(P * Q + Q * P, P + Q, given=orthogonal_projection(P, Q)), "(P - Q)^2"),
    fails(
        "PQ + QP <= 2P", lambda: AtMost(P * Q + Q * P, 2 * P, given=orthogonal_projection(P, Q)), "lines at 45 degrees"
    ),
    holds(
        "4(PQ - QP)'(PQ - QP) <= I",
        lambda: AtMost(4 * (P * Q - Q * P).T * (P * Q - Q * P), I, given=orthogonal_projection(P, Q)),
        "T - T^2 for T = (P - Q)^2",
    ),
    fails(
        "8(PQ - QP)'(PQ - QP) <= I",
        lambda: AtMost(8 * (P * Q - Q * P).T * (P * Q - Q * P), I, given=orthogonal_projection(P, Q)),
        "lines at 45 degrees",
    ),
    holds(
        "tr PQPQ <= tr PQ",
        lambda: AtMost(trace(P * Q * P * Q), trace(P * Q), given=orthogonal_projection(P, Q)),
        "tr PQ(I - P)QP",
    ),
    holds(
        "tr PQPQ = tr PQ gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal(trace(P * Q * P * Q), trace(P * Q))]),
        "|(I - P)QP|^2 = 0",
    ),
    holds(
        "(tr PQ)^2 <= rank P tr PQPQ",
        lambda: AtMost(trace(P * Q) ** 2, Rank(P) * trace(P * Q * P * Q), given=orthogonal_projection(P, Q)),
        "Cauchy: tr PQP = <P, PQP>",
    ),
    fails(
        "(tr PQ)^2 = rank P tr PQPQ",
        lambda: Equal(trace(P * Q) ** 2, Rank(P) * trace(P * Q * P * Q), given=orthogonal_projection(P, Q)),
        "two angles",
    ),
    holds(
        "(PQ)^2 = 0 gives PQ = 0",
        lambda: Zero(P * Q, given=[*orthogonal_projection(P, Q), Zero((P * Q) ** 2)]),
        "(PQP)^2 = 0",
    ),
    fails(
        "(RS)^2 = 0 gives RS = 0 for idempotents",
        lambda: Zero(R * S, given=[*idempotent(R, S), Zero((R * S) ** 2)]),
        "[[1, 1], [0, 0]], diag(0, 1)",
    ),
    fails(
        "rank PQ = rank P gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal(Rank(P * Q), Rank(P))]),
        "lines at an angle",
    ),
    fails(
        "rank(P - Q) = n gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal(Rank(P - Q), n)]),
        "lines in the plane at 45 degrees",
    ),
    holds(
        "P <= (P + Q)(P + Q)+",
        lambda: AtMost(P, (P + Q) * Pinv(P + Q), given=orthogonal_projection(P, Q)),
        "the sum of the images",
    ),
    holds(
        "P + Q <= 2(P + Q)(P + Q)+",
        lambda: AtMost(P + Q, 2 * (P + Q) * Pinv(P + Q), given=orthogonal_projection(P, Q)),
        "each is at most the projection on the sum",
    ),
    holds(
        "(P + Q)(P + Q)+ = P + Q - PQ if PQ = QP",
        lambda: Equal((P + Q) * Pinv(P + Q), P + Q - P * Q, given=[*orthogonal_projection(P, Q), Commute(P, Q)]),
        "the sum of the images",
    ),
    fails(
        "(P + Q)(P + Q)+ = P + Q - PQ",
        lambda: Equal((P + Q) * Pinv(P + Q), P + Q - P * Q, given=orthogonal_projection(P, Q)),
        "lines at an angle",
    ),
    holds(
        "rank(P + Q) = rank P + rank Q - rank PQ if PQ = QP",
        lambda: Equal(
            Rank(P + Q), Rank(P) + Rank(Q) - Rank(P * Q), given=[*orthogonal_projection(P, Q), Commute(P, Q)]
        ),
        "P + Q - PQ is a projection",
    ),
    fails(
        "rank(P + Q) = rank P + rank Q - rank PQ",
        lambda: Equal(Rank(P + Q), Rank(P) + Rank(Q) - Rank(P * Q), given=orthogonal_projection(P, Q)),
        "lines at an angle",
    ),
    holds(
        "(P - Q)^2 <= I",
        lambda: AtMost((P - Q) ** 2, I, given=orthogonal_projection(P, Q)),
        "I - (P - Q)^2 = (I - P - Q)^2",
    ),
    fails(
        "(R - S)'(R - S) <= I for idempotents",
        lambda: AtMost((R - S).T * (R - S), I, given=idempotent(R, S)),
        "[[1, 2], [0, 0]], diag(1, 0)",
    ),
    holds(
        "x'PQPx <= x'Px",
        lambda: AtMost(inner(x, P * Q * P * x), inner(x, P * x), given=orthogonal_projection(P, Q)),
        "P(I - Q)P",
    ),
    holds(
        "|QPx| = |x| gives QPx = x",
        lambda: Equal(
            Q * P * x, x, given=[*orthogonal_projection(P, Q), Equal(squared_norm(Q * P * x), squared_norm(x))]
        ),
        "|QPx| <= |Px| <= |x|",
    ),
    holds(
        "R + R' - I is invertible for an idempotent",
        lambda: Equal((R + R.T - I) * Pinv(R + R.T - I), I, given=idempotent(R)),
        "the square is I + (R - R')(R - R')'",
    ),
    holds(
        "R - S invertible and (R + S)x = 0 give x = 0 for idempotents",
        lambda: Zero(x, given=[*idempotent(R, S), invertible(R - S), Zero((R + S) * x)]),
        "Koliha: Rx = -Sx is fixed by both",
    ),
    fails(
        "R + S invertible makes R - S invertible for idempotents",
        lambda: Equal((R - S) * Pinv(R - S), I, given=[*idempotent(R, S), invertible(R + S)]),
        "R = S = 1",
    ),
    holds(
        "R - S invertible and RSx = x give x = 0 for idempotents",
        lambda: Zero(x, given=[*idempotent(R, S), invertible(R - S), Equal(R * S * x, x)]),
        "Koliha and Rakocevic",
    ),
    fails(
        "R + S invertible and RSx = x give x = 0 for idempotents",
        lambda: Zero(x, given=[*idempotent(R, S), invertible(R + S), Equal(R * S * x, x)]),
        "R = S = I",
    ),
    holds(
        "R - S invertible and (R + S - RS)x = 0 give x = 0 for idempotents",
        lambda: Zero(x, given=[*idempotent(R, S), invertible(R - S), Zero((R + S - R * S) * x)]),
        "Koliha and Rakocevic",
    ),
    holds(
        "RS - SR invertible makes R - S invertible for idempotents",
        lambda: Equal((R - S) * Pinv(R - S), I, given=[*idempotent(R, S), invertible(R * S - S * R)]),
        "(R - S)(R + S - I)",
    ),
    fails(
        "R - S invertible makes RS - SR invertible for idempotents",
        lambda: Equal((R * S - S * R) * Pinv(R * S - S * R), I, given=[*idempotent(R, S), invertible(R - S)]),
        "R = 1, S = 0",
    ),
    holds(
        "tr(R - S) = rank R - rank S for idempotents",
        lambda: Equal(trace(R - S), Rank(R) - Rank(S), given=idempotent(R, S)),
        "traces",
    ),
    holds(
        "rank R - rank S <= rank(R - S) for idempotents",
        lambda: AtMost(Rank(R) - Rank(S), Rank(R - S), given=idempotent(R, S)),
        "rank R <= rank(R - S) + rank S",
    ),
    holds(
        "rank R <= |R|^2 for an idempotent",
        lambda: AtMost(Rank(R), squared_norm(R), given=idempotent(R)),
        "rank R = <R, R'>",
    ),
    fails(
        "|R|^2 <= rank R for an idempotent",
        lambda: AtMost(squared_norm(R), Rank(R), given=idempotent(R)),
        "[[1, 1], [0, 0]]",
    ),
    holds(
        "|R|^2 = rank R makes an idempotent symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), Equal(squared_norm(R), Rank(R))]),
        "|R - R'|^2 = 0",
    ),
    fails(
        "rank R <= |R|^2 makes an idempotent symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), AtMost(Rank(R), squared_norm(R))]),
        "it always is",
    ),
    holds(
        "rank [R, S] = rank R gives RS = S for an idempotent R",
        lambda: Equal(R * S, S, given=[*idempotent(R), Equal(Rank(BlockMatrix([[R, S]])), Rank(R))]),
        "im S in im R",
    ),
    holds(
        "R + S = I gives RSR = 0 for idempotents",
        lambda: Zero(R * S * R, given=[*idempotent(R, S), Equal(R + S, I)]),
        "R(I - R)R",
    ),
    holds(
        "RS = SR = 0 and rank R + rank S = n give S = I - R for idempotents",
        lambda: Equal(S, I - R, given=[*idempotent(R, S), Zero(R * S), Zero(S * R), Equal(Rank(R) + Rank(S), n)]),
        "R + S is idempotent of rank n",
    ),
    fails(
        "RS = 0 and rank R + rank S = n give S = I - R for idempotents",
        lambda: Equal(S, I - R, given=[*idempotent(R, S), Zero(R * S), Equal(Rank(R) + Rank(S), n)]),
        "diag(1, 0), [[0, 0], [1, 1]]",
    ),
]
