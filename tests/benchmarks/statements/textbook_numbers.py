"""Ranks, traces, determinants and inequalities from textbooks.

HJ is Horn and Johnson, PSI Puntanen, Styan and Isotalo, MS Marsaglia and Styan (1974). The statements were chosen after
those of the other modules had all been tried.
"""

from sympy import Determinant

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.textbook_equations import fails, holds
from tests.benchmarks.statements.words import *

ranks, traces = "ranks and images", "traces and norms"
determinants, positive = "determinants", "positive semidefinite matrices"
Sm, Xp = MatrixSymbol("S", m, m), MatrixSymbol("X", p, m)
K3 = MatrixSymbol("K", 3, 3)

STATEMENTS: list[Statement] = [
    holds(
        "Frobenius: rank AB + rank BC <= rank ABC + rank B",
        lambda: AtMost(Rank(A * B) + Rank(B * C), Rank(A * B * C) + Rank(B)),
        "Frobenius (1911)",
        ranks,
    ),
    holds(
        "rank(I - BC) + p = rank(I - CB) + n",
        lambda: Equal(Rank(I - B * C) + p, Rank(Ip - C * B) + n),
        "PSI, chapter 5",
        ranks,
    ),
    holds(
        "rank R + rank(I - R) = n for an idempotent",
        lambda: Equal(Rank(R) + Rank(I - R), n, given=idempotent(R)),
        "PSI, chapter 5",
        ranks,
    ),
    holds(
        "rank R + rank(I - R) <= n makes R idempotent",
        lambda: Equal(R * R, R, given=[AtMost(Rank(R) + Rank(I - R), n)]),
        "Cochran; PSI, chapter 5",
        ranks,
    ),
    holds(
        "rank(RS - SR) <= rank(R - S) for idempotents",
        lambda: RankAtMost(R * S - S * R, R - S, given=idempotent(R, S)),
        "(R - S)(R + S - I) = RS - SR; Tian and Styan (2001)",
        ranks,
    ),
    holds(
        "rank(A - AXA) + rank X = rank A for {2}-inverses",
        lambda: Equal(Rank(A - A * X * A) + Rank(X), Rank(A), given=penrose(A, X, "2")),
        "MS",
        ranks,
    ),
    holds(
        "Wedderburn: rank(A - Axc'A) + 1 <= rank A if c'Ax = 1",
        lambda: AtMost(Rank(A - A * x * c.T * A) + 1, Rank(A), given=[Equal(c.T * A * x, I1)]),
        "HJ, 0.4",
        ranks,
    ),
    holds(
        "rank A = tr AX for {1}-inverses",
        lambda: Equal(Rank(A), trace(A * X), given=penrose(A, X, "1")),
        "PSI, 4",
        ranks,
    ),
    holds(
        "a matrix that is not 0 has rank 1 or more", lambda: AtMost(1, Rank(A), given=[nonzero(A)]), "HJ, 0.4", ranks
    ),
    holds(
        "rank A + rank D <= rank(A + D) if A'D = 0 and AD' = 0",
        lambda: AtMost(Rank(A) + Rank(D), Rank(A + D), given=[Zero(A.T * D), Zero(A * D.T)]),
        "MS",
        ranks,
    ),
    holds("N^2 = 0 gives 2 rank N <= n", lambda: AtMost(2 * Rank(N), n, given=[Zero(N * N)]), "HJ, 0.4", ranks),
    holds(
        "2 rank R^2 <= rank R + rank R^3",
        lambda: AtMost(2 * Rank(R * R), Rank(R) + Rank(R**3)),
        "Frobenius, for powers",
        ranks,
    ),
    holds("rank AA'A = rank A", lambda: Equal(Rank(A * A.T * A), Rank(A)), "HJ, 0.4", ranks),
    holds(
        "AB = 0 gives rank A + rank B <= n", lambda: AtMost(Rank(A) + Rank(B), n, given=[Zero(A * B)]), "HJ, 0.4", ranks
    ),
    holds(
        "rank R + rank(I - R^2) = n if R^3 = R",
        lambda: Equal(Rank(R) + Rank(I - R * R), n, given=[Equal(R**3, R)]),
        "tripotent matrices; PSI, chapter 5",
        ranks,
    ),
    holds(
        "rank(I + R) + rank(I - R) = n for an involution",
        lambda: Equal(Rank(I + R) + Rank(I - R), n, given=[Equal(R * R, I)]),
        "PSI, chapter 5",
        ranks,
    ),
    fails(
        "rank(R - S) <= rank(RS - SR) for idempotents",
        lambda: RankAtMost(R - S, R * S - S * R, given=idempotent(R, S)),
        "1 and 0",
        ranks,
    ),
    fails(
        "rank AB + rank BC <= rank ABC",
        lambda: AtMost(Rank(A * B) + Rank(B * C), Rank(A * B * C)),
        "A = B = 1, C = 0",
        ranks,
    ),
    fails(
        "rank A + rank D <= rank(A + D) if A'D = 0",
        lambda: AtMost(Rank(A) + Rank(D), Rank(A + D), given=[Zero(A.T * D)]),
        "(1, 0)' and (0, 1)'",
        ranks,
    ),
    fails("N^2 = 0 gives 3 rank N <= n", lambda: AtMost(3 * Rank(N), n, given=[Zero(N * N)]), "e1e2'", ranks),
    fails("rank R + rank(I - R) <= n", lambda: AtMost(Rank(R) + Rank(I - R), n), "2", ranks),
    fails(
        "rank A = tr AX for {2}-inverses", lambda: Equal(Rank(A), trace(A * X), given=penrose(A, X, "2")), "1, 0", ranks
    ),
    fails(
        "rank R + rank(I - R^2) = n if R^4 = R^2",
        lambda: Equal(Rank(R) + Rank(I - R * R), n, given=[Equal(R**4, R**2)]),
        "e1e2'",
        ranks,
    ),
    holds(
        "tr RSRS <= tr R^2 S^2 for symmetric R, S",
        lambda: AtMost(trace(R * S * R * S), trace(R * R * S * S), given=self_transpose(R, S)),
        "|RS - SR|^2 >= 0",
        traces,
    ),
    holds("Schur: tr R^2 <= |R|^2", lambda: AtMost(trace(R * R), squared_norm(R)), "|R - R'|^2 >= 0", traces),
    holds(
        "(tr R)^2 <= rank R |R|^2",
        lambda: AtMost(trace(R) ** 2, Rank(R) * squared_norm(R)),
        "tr R = <RR+, R>; PSI, chapter 12",
        traces,
    ),
    holds(
        "|AB|^2 <= |A|^2 |B|^2",
        lambda: AtMost(squared_norm(A * B), squared_norm(A) * squared_norm(B)),
        "HJ, 5.6",
        traces,
    ),
    holds(
        "[R, [R, S]] = 0 gives tr [R, S]^2 = 0",
        lambda: Zero(trace((R * S - S * R) ** 2), given=[Equal(R * (R * S - S * R), (R * S - S * R) * R)]),
        "Jacobson; HJ, 2.4",
        traces,
    ),
    holds("|A+|^2 = tr (A'A)+", lambda: Equal(squared_norm(Pinv(A)), trace(Pinv(A.T * A))), "(A'A)+ = A+A+'", traces),
    holds("tr R = rank R for an idempotent", lambda: Equal(trace(R), Rank(R), given=idempotent(R)), "HJ, 1.1", traces),
    holds(
        "2<A, D> <= mu |A|^2 + |D|^2 / mu",
        lambda: AtMost(2 * inner(A, D), mu * squared_norm(A) + squared_norm(D) / mu),
        "Young",
        traces,
    ),
    fails("tr [R, S]^2 = 0", lambda: Zero(trace((R * S - S * R) ** 2)), "e1e2' and e2e1'", traces),
    fails(
        "2<A, D> <= mu |A|^2 + |D|^2",
        lambda: AtMost(2 * inner(A, D), mu * squared_norm(A) + squared_norm(D)),
        "1, 1, mu = 1/2",
        traces,
    ),
    fails("tr S = rank S for symmetric S", lambda: Equal(trace(S), Rank(S), given=self_transpose(S)), "2", traces),
    fails(
        "|RS|^2 <= |R|^2 if |S|^2 = 2",
        lambda: AtMost(squared_norm(R * S), squared_norm(R), given=[Equal(squared_norm(S), 2)]),
        "e1e1', S = e1(1, 1)",
        traces,
    ),
    holds("det(I + xx') = 1 + x'x", lambda: Equal(Determinant(I + x * x.T), 1 + inner(x, x)), "HJ, 0.8", determinants),
    holds(
        "det(R + uv') = det R (1 + v'R^-1 u)",
        lambda: Equal(Determinant(R + u * v.T), Determinant(R) * (1 + inner(v, Inverse(R) * u)), given=[invertible(R)]),
        "HJ, 0.8",
        determinants,
    ),
    holds(
        "det R^-1 SR = det S",
        lambda: Equal(Determinant(Inverse(R) * S * R), Determinant(S), given=[invertible(R)]),
        "HJ, 1.3",
        determinants,
    ),
    holds(
        "log pdet S^2 = 2 log pdet S for symmetric S",
        lambda: Equal(LogPdet(S * S), 2 * LogPdet(S), given=[symmetric(S)]),
        "S^2 = S'S",
        determinants,
    ),
    holds(
        "det K = 0 for skew K of size 3", lambda: Zero(Determinant(K3), given=skew(K3)), "det K = -det K", determinants
    ),
    holds(
        "(det R)^2 = det R for an idempotent",
        lambda: Equal(Determinant(R) ** 2, Determinant(R), given=idempotent(R)),
        "0 or 1",
        determinants,
    ),
    fails("det(R + R') = 2 det R", lambda: Equal(Determinant(R + R.T), 2 * Determinant(R)), "2 by 2", determinants),
    fails(
        "log pdet S^2 = 2 log pdet S", lambda: Equal(LogPdet(S * S), 2 * LogPdet(S)), "[[1, 1], [0, 0]]", determinants
    ),
    fails("det(I + S) = 1 + tr S", lambda: Equal(Determinant(I + S), 1 + trace(S)), "I", determinants),
    holds(
        "4(R + S)^-1 <= R^-1 + S^-1",
        lambda: AtMost(4 * Inverse(R + S), Inverse(R) + Inverse(S), given=[positive_definite(R, S)]),
        "the inverse is convex; HJ, 7.7",
        positive,
    ),
    holds(
        "Gauss and Markov: (F'S^-1 F)^-1 <= XSX' if XF = I",
        lambda: AtMost(
            Inverse(F.T * Inverse(Sm) * F), Xp * Sm * Xp.T, given=[positive_definite(Sm), Equal(Xp * F, Ip)]
        ),
        "Aitken; PSI, chapter 10",
        positive,
    ),
    holds(
        "A'F(F'F)+F'A <= A'A",
        lambda: AtMost(A.T * F * Pinv(F.T * F) * F.T * A, A.T * A),
        "Marshall and Olkin (1990)",
        positive,
    ),
    holds(
        "|x|^4 <= x'Sx x'S^-1 x",
        lambda: AtMost(squared_norm(x) ** 2, inner(x, S * x) * inner(x, Inverse(S) * x), given=[positive_definite(S)]),
        "Cauchy and Schwarz; HJ, 7.4",
        positive,
    ),
    holds(
        "R(R + S)+S <= R for positive semidefinite matrices",
        lambda: AtMost(R * Pinv(R + S) * S, R, given=[positive_semidefinite(R, S)]),
        "R - R(R + S)+S = R(R + S)+R; Anderson and Duffin (1969)",
        positive,
    ),
    holds(
        "(S + R)^2 <= 2S^2 + 2R^2",
        lambda: AtMost((S + R) ** 2, 2 * S**2 + 2 * R**2, given=self_transpose(S, R)),
        "(S - R)^2 >= 0",
        positive,
    ),
    holds("-K^2 is positive semidefinite for skew K", lambda: NonNegative(-K * K, given=skew(K)), "K'K", positive),
    fails(
        "4(R + S)^-1 <= R^-1 + S^-1 for symmetric matrices",
        lambda: AtMost(4 * Inverse(R + S), Inverse(R) + Inverse(S), given=self_transpose(R, S)),
        "-1 and -2",
        positive,
    ),
    fails(
        "SR + RS >= 0 for positive semidefinite matrices",
        lambda: NonNegative(S * R + R * S, given=[positive_semidefinite(S, R)]),
        "lines at an angle",
        positive,
    ),
    fails(
        "tr S^2 <= tr S for positive semidefinite S",
        lambda: AtMost(trace(S * S), trace(S), given=[positive_semidefinite(S)]),
        "2",
        positive,
    ),
]
