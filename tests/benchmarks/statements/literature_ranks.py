"""Statements of the literature on ranks of products, sums and blocks.

HJ is Horn and Johnson, BG Ben-Israel and Greville.
"""

from functools import partial

from sympy import BlockMatrix, MatrixExpr, ZeroMatrix

from tests.benchmarks.statements.papers_inverses import ep
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="ranks and images", true=True)
fails = partial(Statement, area="ranks and images", true=False)

O, Om, Op = ZeroMatrix(n, n), ZeroMatrix(m, m), ZeroMatrix(p, p)
minus_rank = [Equal(Rank(D - A), Rank(D) - Rank(A))]


def parallel(R: MatrixExpr, S: MatrixExpr) -> MatrixExpr:
    """Return the parallel sum of Anderson and Duffin (1969)."""
    return R * Pinv(R + S) * S


STATEMENTS: list[Statement] = [
    holds(
        "rank [A, F] = rank(AA' + FF')",
        lambda: Equal(Rank(BlockMatrix([[A, F]])), Rank(A * A.T + F * F.T)),
        "MM' for M = [A, F]",
    ),
    fails("rank(AA' + FF') = rank A + rank F", lambda: Equal(Rank(A * A.T + F * F.T), Rank(A) + Rank(F)), "A = F = 1"),
    holds(
        "rank [B, I - A+A] = rank AB + n - rank A",
        lambda: Equal(Rank(BlockMatrix([[B, I - Pinv(A) * A]])), Rank(A * B) + n - Rank(A)),
        "A+AB and I - A+A have orthogonal columns",
    ),
    holds(
        "rank [[A, F], [C, 0]] = rank F + rank C + rank((I - FF+)A(I - C+C))",
        lambda: Equal(
            Rank(BlockMatrix([[A, F], [C, Op]])), Rank(F) + Rank(C) + Rank((Im - F * Pinv(F)) * A * (I - Pinv(C) * C))
        ),
        "Marsaglia and Styan (1974), Theorem 19",
    ),
    fails(
        "rank [[A, F], [C, 0]] = rank F + rank C + rank A",
        lambda: Equal(Rank(BlockMatrix([[A, F], [C, Op]])), Rank(F) + Rank(C) + Rank(A)),
        "all 1",
    ),
    holds(
        "rank [[R, R], [R, S]] = rank R + rank(S - R)",
        lambda: Equal(Rank(BlockMatrix([[R, R], [R, S]])), Rank(R) + Rank(S - R)),
        "block elimination",
    ),
    fails(
        "rank [[R, R], [R, S]] = rank R + rank S",
        lambda: Equal(Rank(BlockMatrix([[R, R], [R, S]])), Rank(R) + Rank(S)),
        "R = S = 1",
    ),
    holds(
        "rank [[I, B], [C, 0]] = n + rank CB",
        lambda: Equal(Rank(BlockMatrix([[I, B], [C, Op]])), n + Rank(C * B)),
        "the Schur complement of I",
    ),
    fails(
        "rank [[I, B], [C, I]] = n + rank(I + CB)",
        lambda: Equal(Rank(BlockMatrix([[I, B], [C, Ip]])), n + Rank(Ip + C * B)),
        "B = C = 1",
    ),
    holds(
        "rank [[0, A], [A', 0]] = 2 rank A",
        lambda: Equal(Rank(BlockMatrix([[Om, A], [A.T, O]])), 2 * Rank(A)),
        "rank A + rank A'",
    ),
    holds(
        "rank [[R, S], [S, R]] = rank(R + S) + rank(R - S)",
        lambda: Equal(Rank(BlockMatrix([[R, S], [S, R]])), Rank(R + S) + Rank(R - S)),
        "conjugate by [[I, I], [I, -I]]",
    ),
    fails(
        "rank [[R, S], [S, R]] = rank R + rank S",
        lambda: Equal(Rank(BlockMatrix([[R, S], [S, R]])), Rank(R) + Rank(S)),
        "R = S = 1",
    ),
    holds(
        "rank R^2 = rank R gives R^2 (R^3)+ R^2 = R",
        lambda: Equal(R * R * Pinv(R**3) * R * R, R, given=[Equal(Rank(R**2), Rank(R))]),
        "the group inverse is R(R^3)+R",
    ),
    holds(
        "rank R^2 = rank R gives R^2 (R^2)+ R = R",
        lambda: Equal(R**2 * Pinv(R**2) * R, R, given=[Equal(Rank(R**2), Rank(R))]),
        "im R = im R^2",
    ),
    fails(
        "rank R^2 = rank R gives R(R^2)+R = RR+",
        lambda: Equal(R * Pinv(R**2) * R, R * Pinv(R), given=[Equal(Rank(R**2), Rank(R))]),
        "[[1, 1], [0, 0]]",
    ),
    holds(
        "Sylvester: rank AB = rank A + rank B - n if ker A lies in im B",
        lambda: Equal(Rank(A * B), Rank(A) + Rank(B) - n, given=[ImageWithin(I - Pinv(A) * A, B)]),
        "equality in the law of nullity",
    ),
    fails(
        "rank AB = rank A + rank B - n if im B lies in ker A",
        lambda: Equal(Rank(A * B), Rank(A) + Rank(B) - n, given=[ImageWithin(B, I - Pinv(A) * A)]),
        "A = B = 0",
    ),
    holds(
        "Frobenius: rank AB + rank BC = rank ABC + rank B if B = BCV + XAB",
        lambda: Equal(Rank(A * B) + Rank(B * C), Rank(A * B * C) + Rank(B), given=[Equal(B, B * C * V + X * A * B)]),
        "Tian: equality",
    ),
    fails(
        "Frobenius: rank AB + rank BC = rank ABC + rank B if AB = ABCV",
        lambda: Equal(Rank(A * B) + Rank(B * C), Rank(A * B * C) + Rank(B), given=[Equal(A * B, A * B * C * V)]),
        "A = 0, B = 1, C = 0",
    ),
    fails(
        "rank ABC + rank B <= rank AB + rank BC",
        lambda: AtMost(Rank(A * B * C) + Rank(B), Rank(A * B) + Rank(B * C)),
        "A = C = 0, B = 1",
    ),
    fails(
        "rank AB = rank [A', B] - rank A",
        lambda: Equal(Rank(A * B), Rank(BlockMatrix([[A.T, B]])) - Rank(A)),
        "A = B = 1",
    ),
    holds(
        "rank(AB - ABB+A+AB) = rank [A', B] + rank AB - rank A - rank B",
        lambda: Equal(
            Rank(A * B - A * B * Pinv(B) * Pinv(A) * A * B),
            Rank(BlockMatrix([[A.T, B]])) + Rank(A * B) - Rank(A) - Rank(B),
        ),
        "Tian (1994)",
    ),
    holds(
        "ABB+A+AB = AB if rank [A', B] = rank A + rank B - rank AB",
        lambda: Equal(
            A * B * Pinv(B) * Pinv(A) * A * B,
            A * B,
            given=[Equal(Rank(BlockMatrix([[A.T, B]])), Rank(A) + Rank(B) - Rank(A * B))],
        ),
        "Tian: the projections commute",
    ),
    holds(
        "rank(A + D) = rank A + rank D gives im A in im(A + D)",
        lambda: ImageWithin(A, A + D, given=[Equal(Rank(A + D), Rank(A) + Rank(D))]),
        "Marsaglia and Styan (1974)",
    ),
    fails(
        "rank A <= rank(A + D) gives im A in im(A + D)",
        lambda: ImageWithin(A, A + D, given=[AtMost(Rank(A), Rank(A + D))]),
        "A = (1, 0)', A + D = (0, 1)'",
    ),
    fails(
        "rank A + rank D <= rank(A + D) if AD' = 0",
        lambda: AtMost(Rank(A) + Rank(D), Rank(A + D), given=[Zero(A * D.T)]),
        "A = (1, 0), D = (0, 1)",
    ),
    fails(
        "one rank and row D in row A give im D in im A",
        lambda: ImageWithin(D, A, given=[Equal(Rank(A), Rank(D)), RowSpaceWithin(D, A)]),
        "A = (1, 0)', D = (0, 1)'",
    ),
    holds(
        "minus order by ranks: rank(D - A) = rank D - rank A gives A D+ A = A",
        lambda: Equal(A * Pinv(D) * A, A, given=minus_rank),
        "Hartwig (1980)",
    ),
    holds(
        "A D+ A = A, im A in im D and row A in row D give rank(D - A) = rank D - rank A",
        lambda: Equal(
            Rank(D - A), Rank(D) - Rank(A), given=[Equal(A * Pinv(D) * A, A), ImageWithin(A, D), RowSpaceWithin(A, D)]
        ),
        "the converse",
    ),
    fails(
        "A D+ A = A gives rank(D - A) = rank D - rank A",
        lambda: Equal(Rank(D - A), Rank(D) - Rank(A), given=[Equal(A * Pinv(D) * A, A)]),
        "D = e1e1', A = [[1, 1], [1, 1]]",
    ),
    holds(
        "rank(D - A) = rank D - rank A gives A D+ (D - A) = 0",
        lambda: Zero(A * Pinv(D) * (D - A), given=minus_rank),
        "A D+ D = A = A D+ A",
    ),
    holds("rank(A + cu') <= rank A + 1", lambda: AtMost(Rank(A + c * u.T), Rank(A) + 1), "HJ, 0.4"),
    holds(
        "rank(A + cu') = rank A + 1 if c is not in im A and u not in row A",
        lambda: Equal(
            Rank(A + c * u.T), Rank(A) + 1, given=[nonzero((Im - A * Pinv(A)) * c), nonzero((I - Pinv(A) * A) * u)]
        ),
        "a direct sum",
    ),
    fails(
        "rank(A + cu') = rank A + 1 if c is not in im A",
        lambda: Equal(Rank(A + c * u.T), Rank(A) + 1, given=[nonzero((Im - A * Pinv(A)) * c)]),
        "A = 0, c = 1, u = 0",
    ),
    holds("rank(A - AXA) <= rank(I - XA)", lambda: AtMost(Rank(A - A * X * A), Rank(I - X * A)), "A(I - XA)"),
    holds(
        "rank(A - AXA) = rank A + rank(I - XA) - n",
        lambda: Equal(Rank(A - A * X * A), Rank(A) + Rank(I - X * A) - n),
        "Marsaglia and Styan (1974)",
    ),
    fails(
        "rank(A - AXA) = rank A - rank AXA",
        lambda: Equal(Rank(A - A * X * A), Rank(A) - Rank(A * X * A)),
        "A = 1, X = 2",
    ),
    holds(
        "Bjerhammar: a {1}-inverse of the rank of A is a {2}-inverse",
        lambda: Equal(X * A * X, X, given=[*penrose(A, X, "1"), Equal(Rank(X), Rank(A))]),
        "im X = im XA",
    ),
    fails(
        "a {1}-inverse X with rank A <= rank X is a {2}-inverse",
        lambda: Equal(X * A * X, X, given=[*penrose(A, X, "1"), AtMost(Rank(A), Rank(X))]),
        "A = 0, X = 1: the hypothesis is always true",
    ),
    holds(
        "a {2}-inverse of the rank of A is a {1}-inverse",
        lambda: Equal(A * X * A, A, given=[*penrose(A, X, "2"), Equal(Rank(X), Rank(A))]),
        "BG, 1.2",
    ),
    fails(
        "a {2}-inverse X with rank X <= rank A is a {1}-inverse",
        lambda: Equal(A * X * A, A, given=[*penrose(A, X, "2"), AtMost(Rank(X), Rank(A))]),
        "X = 0",
    ),
    holds(
        "rank RS = rank SR for normal matrices",
        lambda: Equal(Rank(R * S), Rank(S * R), given=normal(R, S)),
        "rank RS = rank R'S = rank S'R = rank SR",
    ),
    fails(
        "rank RS = rank SR for normal R", lambda: Equal(Rank(R * S), Rank(S * R), given=normal(R)), "diag(1, 0), e1e2'"
    ),
    holds(
        "rank RS = rank SR for EP matrices", lambda: Equal(Rank(R * S), Rank(S * R), given=ep(R, S)), "ker R = ker R'"
    ),
    fails(
        "rank RS = rank SR for symmetric R",
        lambda: Equal(Rank(R * S), Rank(S * R), given=[symmetric(R)]),
        "diag(1, 0), e1e2'",
    ),
    holds(
        "rank S <= rank(S + R) for S, R >= 0",
        lambda: AtMost(Rank(S), Rank(S + R), given=[positive_semidefinite(S, R)]),
        "im S in im(S + R)",
    ),
    holds(
        "rank(S + R) = rank [S, R] for S, R >= 0",
        lambda: Equal(Rank(S + R), Rank(BlockMatrix([[S, R]])), given=[positive_semidefinite(S, R)]),
        "im(S + R) = im S + im R",
    ),
    fails(
        "rank(S + R) = rank S + rank R for S, R >= 0",
        lambda: Equal(Rank(S + R), Rank(S) + Rank(R), given=[positive_semidefinite(S, R)]),
        "R = S = 1",
    ),
    holds(
        "0 <= S <= R gives rank S <= rank R",
        lambda: AtMost(Rank(S), Rank(R), given=[positive_semidefinite(S), at_most(S, R)]),
        "Loewner's order",
    ),
    fails(
        "0 <= S <= R gives rank R <= rank S",
        lambda: AtMost(Rank(R), Rank(S), given=[positive_semidefinite(S), at_most(S, R)]),
        "S = 0, R = 1",
    ),
    holds(
        "RR' <= SS' gives rank R <= rank S",
        lambda: AtMost(Rank(R), Rank(S), given=[at_most(R * R.T, S * S.T)]),
        "Douglas (1966)",
    ),
    holds(
        "rank R(R + S)+S = rank R + rank S - rank(R + S) for R, S >= 0",
        lambda: Equal(Rank(parallel(R, S)), Rank(R) + Rank(S) - Rank(R + S), given=[positive_semidefinite(R, S)]),
        "the parallel sum has im R cap im S",
    ),
    fails(
        "rank R(R + S)+S = rank R for R, S >= 0",
        lambda: Equal(Rank(parallel(R, S)), Rank(R), given=[positive_semidefinite(R, S)]),
        "R = 1, S = 0",
    ),
    holds(
        "RS = 0 and R + S invertible give rank R + rank S = n",
        lambda: Equal(Rank(R) + Rank(S), n, given=[Zero(R * S), invertible(R + S)]),
        "n = rank(R + S) <= rank R + rank S <= n",
    ),
    fails(
        "RS = SR = 0 gives rank R + rank S = n",
        lambda: Equal(Rank(R) + Rank(S), n, given=[Zero(R * S), Zero(S * R)]),
        "R = S = 0",
    ),
    holds("rank(RS - SR) <= 2 rank R", lambda: AtMost(Rank(R * S - S * R), 2 * Rank(R)), "a sum of two"),
    fails("rank(RS - SR) <= rank R", lambda: AtMost(Rank(R * S - S * R), Rank(R)), "e1e2', e2e1'"),
    fails("rank(I - RS) = rank(2I - R - S)", lambda: Equal(Rank(I - R * S), Rank(2 * I - R - S)), "R = 1/2, S = 3/2"),
]
