"""Statements on ranks and images: Marsaglia and Styan (1974), Horn and Johnson (HJ), Tian."""

from functools import partial

from sympy import Integer

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="ranks and images", true=True)
fails = partial(Statement, area="ranks and images", true=False)

K2, K3, K4 = (MatrixSymbol("K", size, size) for size in (Integer(2), Integer(3), Integer(4)))
S2 = MatrixSymbol("S", 2, 2)
MG = MatrixSymbol("G", m, q)

KNOWN = [
    holds("rank AB <= rank A, rank B", lambda: RankAtMost(A * B, [A, B]), "HJ, 0.4.5"),
    holds("rank A <= rank A'A", lambda: RankAtMost(A, A.T * A), "HJ, 0.4.6"),
    holds("rank A+ <= rank A", lambda: RankAtMost(Pinv(A), A), "BG, chapter 1"),
    holds("rank X >= rank A if AXA = A", lambda: RankAtMost(A, X, given=penrose(A, X, "1")), "BG, chapter 1"),
    holds("im A lies in im(AA' + FF')", lambda: ImageWithin(A, A * A.T + F * F.T), "a sum of Gram matrices"),
    fails("rank X <= rank A if AXA = A", lambda: RankAtMost(X, A, given=penrose(A, X, "1")), "A = 0, X = 1"),
    fails("rank RS <= rank SR", lambda: RankAtMost(R * S, S * R), "R = e1e1', S = e1e2': RS is not 0, SR is"),
    fails("rank A <= rank(A + D)", lambda: RankAtMost(A, A + D), "D = -A"),
    fails("rank R <= rank R^2", lambda: RankAtMost(R, R * R), "R = e1e2'"),
]

FURTHER = [
    holds(
        "rank S <= rank RS for invertible R",
        lambda: RankAtMost(S, R * S, given=[invertible(R)]),
        "HJ, 0.4.6: S = R^-1 R S",
    ),
    holds("rank A <= rank A+", lambda: RankAtMost(A, Pinv(A)), "BG, chapter 1"),
    holds("rank AB <= rank A'AB", lambda: RankAtMost(A * B, A.T * A * B), "Marsaglia and Styan (1974)"),
    holds(
        "rank A <= rank AB if B has full row rank", lambda: RankAtMost(A, A * B, given=[full_row_rank(B)]), "HJ, 0.4.6"
    ),
    holds(
        "rank B <= rank AB if A has a left inverse X",
        lambda: RankAtMost(B, A * B, given=[Equal(X * A, I)]),
        "B = XAB",
    ),
    holds("rank X <= rank A if XAX = X", lambda: RankAtMost(X, A, given=penrose(A, X, "2")), "BG, chapter 1"),
    holds("rank(xy' + uv') <= 2", lambda: RankAtMost(x * y.T + u * v.T, 2), "two columns"),
    holds("rank(BC + uv') <= p + 1", lambda: RankAtMost(B * C + u * v.T, p + 1), "p + 1 columns"),
    holds("rank B'SB <= rank B", lambda: RankAtMost(B.T * S * B, B), "HJ, 0.4.5"),
    holds("rank A <= rank(AA' + FF')", lambda: RankAtMost(A, A * A.T + F * F.T), "the image lies within"),
    holds("rank R <= rank R^2 for normal R", lambda: RankAtMost(R, R * R, given=normal(R)), "HJ, 2.5"),
    holds(
        "im R in im R^2 gives rank R <= rank R^3",
        lambda: RankAtMost(R, R**3, given=[ImageWithin(R, R * R)]),
        "R = R^2 Z = R^3 Z^2; index at most 1",
    ),
    holds("AA' = FF' gives rank A <= rank F", lambda: RankAtMost(A, F, given=[Equal(A * A.T, F * F.T)]), "HJ, 7.2"),
    holds(
        "rank A <= rank(A + D) if AD' = 0",
        lambda: RankAtMost(A, A + D, given=[Zero(A * D.T)]),
        "(A + D)A+ = AA+",
    ),
    holds(
        "rank A <= rank D if A = A D+ A",
        lambda: RankAtMost(A, D, given=[Equal(A * Pinv(D) * A, A)]),
        "minus order, Hartwig (1980)",
    ),
    holds("a skew matrix of size 3 has rank at most 2", lambda: RankAtMost(K3, 2, given=skew(K3)), "det K = -det K"),
    holds("N^3 = 0 gives N^2 = 0 at size 2", lambda: Zero(K2**2, given=[Zero(K2**3)]), "Cayley and Hamilton"),
    holds(
        "RS - SR = R gives R^2 = 0 at size 2",
        lambda: Zero(K2**2, given=[Equal(K2 * S2 - S2 * K2, K2)]),
        "Jacobson: R is nilpotent",
    ),
    holds("im A in im F gives rank A <= rank F", lambda: RankAtMost(A, F, given=[ImageWithin(A, F)]), "HJ, 0.4"),
    holds(
        "RS = R and SR = S give the same rank",
        lambda: RankAtMost(R, S, given=[Equal(R * S, R), Equal(S * R, S)]),
        "R = RS",
    ),
    holds("AX F = F says im F in im A", lambda: ImageWithin(F, A, given=[Equal(A * X * F, F)]), "F = A(XF)"),
    holds(
        "Douglas: AA' + GG' = DD' gives im A in im D",
        lambda: ImageWithin(A, D, given=[Equal(A * A.T + MG * MG.T, D * D.T)]),
        "Douglas (1966): (I - DD+)(AA' + GG')(I - DD+) = 0",
    ),
    fails("rank(xx' + yy') <= 1", lambda: RankAtMost(x * x.T + y * y.T, 1), "e1, e2"),
    fails("rank(RS - SR) <= 1", lambda: RankAtMost(R * S - S * R, 1), "e1e2' and e2e1': diag(1, -1)"),
    fails("a skew matrix of size 4 has rank at most 2", lambda: RankAtMost(K4, 2, given=skew(K4)), "two rotations"),
    fails("AA' = DD' gives A = D", lambda: Equal(A, D, given=[Equal(A * A.T, D * D.T)]), "A = 1, D = -1"),
    fails(
        "rank A <= rank AB if B has full column rank",
        lambda: RankAtMost(A, A * B, given=[full_column_rank(B)]),
        "A = (1, 0), B = (0, 1)'",
    ),
    fails("im R lies in im(R + S)", lambda: ImageWithin(R, R + S), "S = -R"),
    fails("im RS lies in im S", lambda: ImageWithin(R * S, S), "R = e2e1', S = e1e1'"),
    fails("rank R^2 <= rank R^3", lambda: RankAtMost(R**2, R**3), "a Jordan block of size 3"),
    fails(
        "Douglas the other way: AA' + GG' = DD' gives im D in im A",
        lambda: ImageWithin(D, A, given=[Equal(A * A.T + MG * MG.T, D * D.T)]),
        "A = 0",
    ),
    fails("N^4 = 0 gives N^3 = 0", lambda: Zero(N**3, given=[Zero(N**4)]), "a Jordan block of size 4"),
]
