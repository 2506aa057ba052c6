"""Statements of the literature on ranks and traces of idempotents, and of matrices with an equation."""

from functools import partial

from sympy import BlockMatrix, ZeroMatrix

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="ranks and images", true=True)
fails = partial(Statement, area="ranks and images", true=False)

O = ZeroMatrix(n, n)

STATEMENTS: list[Statement] = [
    holds(
        "rank(P - Q) = 2 rank [P, Q] - rank P - rank Q for orthogonal projections",
        lambda: Equal(
            Rank(P - Q), 2 * Rank(BlockMatrix([[P, Q]])) - Rank(P) - Rank(Q), given=orthogonal_projection(P, Q)
        ),
        "Tian and Styan (2001)",
    ),
    holds(
        "rank(R - S) = rank [R; S] + rank [R, S] - rank R - rank S for idempotents",
        lambda: Equal(
            Rank(R - S),
            Rank(BlockMatrix([[R], [S]])) + Rank(BlockMatrix([[R, S]])) - Rank(R) - Rank(S),
            given=idempotent(R, S),
        ),
        "Tian and Styan (2001)",
    ),
    fails(
        "rank(R - S) = 2 rank [R, S] - rank R - rank S for idempotents",
        lambda: Equal(Rank(R - S), 2 * Rank(BlockMatrix([[R, S]])) - Rank(R) - Rank(S), given=idempotent(R, S)),
        "one image, two kernels",
    ),
    holds(
        "rank(R + S) = rank [[R, S], [S, 0]] - rank S for idempotents",
        lambda: Equal(Rank(R + S), Rank(BlockMatrix([[R, S], [S, O]])) - Rank(S), given=idempotent(R, S)),
        "Tian and Styan (2001)",
    ),
    fails(
        "rank(R + S) = rank [R, S] for idempotents",
        lambda: Equal(Rank(R + S), Rank(BlockMatrix([[R, S]])), given=idempotent(R, S)),
        "[[1, 1], [0, 0]], [[0, 0], [1, 1]]",
    ),
    holds(
        "rank(I - R - S) = rank RS + rank SR - rank R - rank S + n for idempotents",
        lambda: Equal(Rank(I - R - S), Rank(R * S) + Rank(S * R) - Rank(R) - Rank(S) + n, given=idempotent(R, S)),
        "Tian and Styan (2001)",
    ),
    holds(
        "rank(RS - SR) = rank(R - S) + rank(I - R - S) - n for idempotents",
        lambda: Equal(Rank(R * S - S * R), Rank(R - S) + Rank(I - R - S) - n, given=idempotent(R, S)),
        "(R - S)(R + S - I); the squares add up to I",
    ),
    holds(
        "rank(I - PQ) = rank(2I - P - Q) for orthogonal projections",
        lambda: Equal(Rank(I - P * Q), Rank(2 * I - P - Q), given=orthogonal_projection(P, Q)),
        "both kernels are im P cap im Q",
    ),
    holds(
        "rank(RR+ - R+R) = 2 rank [R, R'] - 2 rank R",
        lambda: Equal(Rank(R * Pinv(R) - Pinv(R) * R), 2 * Rank(BlockMatrix([[R, R.T]])) - 2 * Rank(R)),
        "a difference of orthogonal projections",
    ),
    fails(
        "rank(RR+ - R+R) = rank [R, R'] - rank R",
        lambda: Equal(Rank(R * Pinv(R) - Pinv(R) * R), Rank(BlockMatrix([[R, R.T]])) - Rank(R)),
        "e1e2'",
    ),
    holds(
        "rank(R - R') = 2 rank [R, R'] - 2 rank R for an idempotent",
        lambda: Equal(Rank(R - R.T), 2 * Rank(BlockMatrix([[R, R.T]])) - 2 * Rank(R), given=idempotent(R)),
        "Tian and Styan (2001), with S = R'",
    ),
    holds(
        "rank(R + 2S) = rank(R + S) for idempotents",
        lambda: Equal(Rank(R + 2 * S), Rank(R + S), given=idempotent(R, S)),
        "Koliha and Rakocevic (2006)",
    ),
    fails(
        "rank(R - S) = rank(R + S) for idempotents",
        lambda: Equal(Rank(R - S), Rank(R + S), given=idempotent(R, S)),
        "R = S = 1",
    ),
    holds(
        "rank PQ = rank PQP for orthogonal projections",
        lambda: Equal(Rank(P * Q), Rank(P * Q * P), given=orthogonal_projection(P, Q)),
        "MM' for M = PQ",
    ),
    fails(
        "rank RS = rank RSR for idempotents",
        lambda: Equal(Rank(R * S), Rank(R * S * R), given=idempotent(R, S)),
        "[[1, 1], [0, 0]], diag(0, 1)",
    ),
    holds(
        "tr PQ <= rank PQ for orthogonal projections",
        lambda: AtMost(trace(P * Q), Rank(P * Q), given=orthogonal_projection(P, Q)),
        "PQP is at most the projection on its image",
    ),
    fails(
        "rank PQ <= tr PQ for orthogonal projections",
        lambda: AtMost(Rank(P * Q), trace(P * Q), given=orthogonal_projection(P, Q)),
        "lines at an angle",
    ),
    fails(
        "tr PQ = rank PQ for orthogonal projections",
        lambda: Equal(trace(P * Q), Rank(P * Q), given=orthogonal_projection(P, Q)),
        "lines at an angle",
    ),
    holds(
        "rank P + rank Q - n <= tr PQ for orthogonal projections",
        lambda: AtMost(Rank(P) + Rank(Q) - n, trace(P * Q), given=orthogonal_projection(P, Q)),
        "tr (I - P)(I - Q) >= 0",
    ),
    holds(
        "Cochran: idempotents with R + S + P = I have RS = 0",
        lambda: Zero(R * S, given=[*idempotent(R, S, P), Equal(R + S + P, I)]),
        "the ranks add up to n",
    ),
    fails(
        "idempotents with R + S = P + I have RS = 0",
        lambda: Zero(R * S, given=[*idempotent(R, S, P), Equal(R + S, P + I)]),
        "R = S = P = I",
    ),
    holds(
        "Cochran by ranks: R + S + P = I and rank R + rank S + rank P = n make R idempotent",
        lambda: Equal(R * R, R, given=[Equal(R + S + P, I), Equal(Rank(R) + Rank(S) + Rank(P), n)]),
        "Cochran",
    ),
    fails(
        "R + S + P = I and n <= rank R + rank S + rank P make R idempotent",
        lambda: Equal(R * R, R, given=[Equal(R + S + P, I), AtMost(n, Rank(R) + Rank(S) + Rank(P))]),
        "a third of I each",
    ),
    fails(
        "R + S + P = I and rank R + rank S + rank P = n + 1 give RS = 0",
        lambda: Zero(R * S, given=[Equal(R + S + P, I), Equal(Rank(R) + Rank(S) + Rank(P), n + 1)]),
        "1/2, 1/2, 0",
    ),
    holds(
        "Cochran: four idempotents that add up to I have RS = 0",
        lambda: Zero(R * S, given=[*idempotent(R, S, P, Q), Equal(R + S + P + Q, I)]),
        "the ranks are traces, which add up to n",
    ),
    holds(
        "idempotents with an idempotent sum R + S + P have RS = 0",
        lambda: Zero(R * S, given=[*idempotent(R, S, P), *idempotent(R + S + P)]),
        "the rank of the sum is its trace",
    ),
    holds(
        "R^3 = R gives tr R^2 = rank R",
        lambda: Equal(trace(R**2), Rank(R), given=[Equal(R**3, R)]),
        "R^2 is idempotent, and rank R^2 = rank R",
    ),
    holds(
        "R^4 = R gives tr R^3 = rank R",
        lambda: Equal(trace(R**3), Rank(R), given=[Equal(R**4, R)]),
        "R^3 is idempotent, and rank R^3 = rank R",
    ),
    fails(
        "R^4 = R gives tr R^2 = rank R",
        lambda: Equal(trace(R**2), Rank(R), given=[Equal(R**4, R)]),
        "the cyclic shift of size 3",
    ),
    holds("R^3 = 0 gives 3 rank R <= 2n", lambda: AtMost(3 * Rank(R), 2 * n, given=[Zero(R**3)]), "Jordan's form"),
    fails("R^3 = 0 gives 3 rank R <= n", lambda: AtMost(3 * Rank(R), n, given=[Zero(R**3)]), "Jordan, size 3"),
    holds(
        "R^3 = 0 gives 3 rank R^2 <= n",
        lambda: AtMost(3 * Rank(R**2), n, given=[Zero(R**3)]),
        "rank R^2 <= rank R - rank R^2 <= n - rank R",
    ),
    fails("R^3 = 0 gives 4 rank R^2 <= n", lambda: AtMost(4 * Rank(R**2), n, given=[Zero(R**3)]), "Jordan, size 3"),
    holds(
        "rank(R^3 - R) = rank R + rank(R - I) + rank(R + I) - 2n",
        lambda: Equal(Rank(R**3 - R), Rank(R) + Rank(R - I) + Rank(R + I) - 2 * n),
        "coprime factors",
    ),
    fails("rank(R^3 - R) = rank R + rank(R^2 - I)", lambda: Equal(Rank(R**3 - R), Rank(R) + Rank(R**2 - I)), "R = 0"),
    holds(
        "R^2 = R + 2I gives rank(R - 2I) + rank(R + I) = n",
        lambda: Equal(Rank(R - 2 * I) + Rank(R + I), n, given=[Equal(R**2, R + 2 * I)]),
        "(R - 2I)(R + I) = 0, and the difference is 3I",
    ),
    holds(
        "R^3 = R gives rank(R - I) + rank(R + I) + rank R = 2n",
        lambda: Equal(Rank(R - I) + Rank(R + I) + Rank(R), 2 * n, given=[Equal(R**3, R)]),
        "three eigenspaces",
    ),
    fails(
        "R^3 = R gives rank(R - I) + rank(R + I) + rank R = n",
        lambda: Equal(Rank(R - I) + Rank(R + I) + Rank(R), n, given=[Equal(R**3, R)]),
        "R = 1",
    ),
    fails("R^4 = R^2 gives rank R = rank R^2", lambda: Equal(Rank(R), Rank(R**2), given=[Equal(R**4, R**2)]), "e1e2'"),
]
