"""Statements of the literature on inverses: products, EP matrices, and equations that characterise an inverse.

BG is Ben-Israel and Greville.
"""

from functools import partial

from tests.benchmarks.statements.papers_inverses import W, ep
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="generalized inverses", true=True)
fails = partial(Statement, area="generalized inverses", true=False)

STATEMENTS: list[Statement] = [
    holds(
        "Greville: (AB)+ = B+A+ if im BB'A' lies in row A and im A'AB in im B",
        lambda: Equal(
            Pinv(A * B), Pinv(B) * Pinv(A), given=[ImageWithin(B * B.T * A.T, A.T), ImageWithin(A.T * A * B, B)]
        ),
        "Greville (1966)",
    ),
    fails(
        "(AB)+ = B+A+ if im A'AB lies in im B",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[ImageWithin(A.T * A * B, B)]),
        "A = (1, 0), B = [[1, 1], [0, 1]]",
    ),
    holds(
        "(AB)+ = B+A+ gives im A'AB in im B",
        lambda: ImageWithin(A.T * A * B, B, given=[Equal(Pinv(A * B), Pinv(B) * Pinv(A))]),
        "Greville (1966), necessity",
    ),
    holds(
        "(AB)+ = B+A+ gives im BB'A' in row A",
        lambda: ImageWithin(B * B.T * A.T, A.T, given=[Equal(Pinv(A * B), Pinv(B) * Pinv(A))]),
        "Greville (1966), necessity",
    ),
    holds(
        "(ABC)+ = C'B+A' if A'A = I and CC' = I",
        lambda: Equal(Pinv(A * B * C), C.T * Pinv(B) * A.T, given=[Equal(A.T * A, I), Equal(C * C.T, Ip)]),
        "isometries",
    ),
    fails(
        "(ABC)+ = C+B+A+ if A has full column rank and C full row rank",
        lambda: Equal(Pinv(A * B * C), Pinv(C) * Pinv(B) * Pinv(A), given=[full_column_rank(A), full_row_rank(C)]),
        "A = [[1, 1], [0, 1]], B = (0, 1)', C = 1",
    ),
    fails(
        "(AB)+ = B+A' if AA' = I",
        lambda: Equal(Pinv(A * B), Pinv(B) * A.T, given=[Equal(A * A.T, Im)]),
        "A = (1, 0), B = (1, 1)'",
    ),
    holds(
        "ABB+(ABB+)+ = AB(AB)+",
        lambda: Equal(A * B * Pinv(B) * Pinv(A * B * Pinv(B)), A * B * Pinv(A * B)),
        "one image",
    ),
    fails(
        "(AB)+ = B+(ABB+)+",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A * B * Pinv(B))),
        "A = (1, 0), B = [[1, 1], [0, 1]]",
    ),
    holds(
        "(A+AB)+A+ is a {1}-inverse of AB",
        lambda: Equal(A * B * Pinv(Pinv(A) * A * B) * Pinv(A) * A * B, A * B),
        "A+A is absorbed",
    ),
    holds(
        "an EP matrix with the group inverse G has R+ = G",
        lambda: Equal(Pinv(R), G, given=[*group_inverse(R, G), *ep(R)]),
        "AA+ = A+A",
    ),
    fails(
        "an idempotent with the group inverse G has R+ = G",
        lambda: Equal(Pinv(R), G, given=[*group_inverse(R, G), *idempotent(R)]),
        "[[1, 1], [0, 0]]",
    ),
    holds(
        "the group inverse of the group inverse of R is R",
        lambda: Equal(K, R, given=[*group_inverse(R, G), *group_inverse(G, K)]),
        "(R#)# = R",
    ),
    holds(
        "R^2R+ + R+R^2 = 2R makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(R**2 * Pinv(R) + Pinv(R) * R**2, 2 * R)]),
        "Baksalary and Trenkler (2008)",
    ),
    holds(
        "RR+ and R+R commute only for EP matrices, if rank R^2 = rank R",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Commute(R * Pinv(R), Pinv(R) * R), Equal(Rank(R**2), Rank(R))]),
        "im R = im R'",
    ),
    fails(
        "RR+ and R+R commute only for EP matrices, if rank R^3 = rank R^2",
        lambda: Equal(
            R * Pinv(R), Pinv(R) * R, given=[Commute(R * Pinv(R), Pinv(R) * R), Equal(Rank(R**3), Rank(R**2))]
        ),
        "e1e2'",
    ),
    fails(
        "rank R^2 = rank R makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(Rank(R**2), Rank(R))]),
        "[[1, 1], [0, 0]]",
    ),
    holds(
        "RR+R' = R' makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(R * Pinv(R) * R.T, R.T)]),
        "im R' in im R",
    ),
    fails(
        "R'R+ = R+R' makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Commute(R.T, Pinv(R))]),
        "e1e2'",
    ),
    holds("normal matrices have R'R+ = R+R'", lambda: Commute(R.T, Pinv(R), given=normal(R)), "star-dagger"),
    fails("EP matrices have R'R+ = R+R'", lambda: Commute(R.T, Pinv(R), given=ep(R)), "[[1, 1], [0, 1]]"),
    holds(
        "a normal matrix has a normal R+",
        lambda: Equal(Pinv(R) * Pinv(R).T, Pinv(R).T * Pinv(R), given=normal(R)),
        "(R+)' = (R')+",
    ),
    fails(
        "an EP matrix has a normal R+",
        lambda: Equal(Pinv(R) * Pinv(R).T, Pinv(R).T * Pinv(R), given=ep(R)),
        "[[1, 1], [0, 1]]",
    ),
    holds("a skew matrix has a skew K+", lambda: Equal(Pinv(K).T, -Pinv(K), given=skew(K)), "(K')+ = -K+"),
    holds(
        "an orthogonal Q commutes with R+ if it commutes with R",
        lambda: Commute(Pinv(R), Q, given=[orthogonal(Q), Commute(R, Q)]),
        "QR+Q' = (QRQ')+",
    ),
    fails(
        "an invertible Q commutes with R+ if it commutes with R",
        lambda: Commute(Pinv(R), Q, given=[invertible(Q), Commute(R, Q)]),
        "Q = I + e1e2', R = e1e2'",
    ),
    holds(
        "Zlobec: A'DA' = A+ for a {1}-inverse D of A'AA'",
        lambda: Equal(A.T * D * A.T, Pinv(A), given=penrose(A.T * A * A.T, D, "1")),
        "Zlobec (1970)",
    ),
    fails(
        "A'DA' = A+ for a {2}-inverse D of A'AA'",
        lambda: Equal(A.T * D * A.T, Pinv(A), given=penrose(A.T * A * A.T, D, "2")),
        "A = 1, D = 0",
    ),
    holds(
        "A'WARA' = A+ for {1}-inverses W of AA' and R of A'A",
        lambda: Equal(A.T * W * A * R * A.T, Pinv(A), given=[*penrose(A * A.T, W, "1"), *penrose(A.T * A, R, "1")]),
        "Rao and Mitra",
    ),
    fails(
        "A'WARA' = A+ for a {2}-inverse W of AA' and a {1}-inverse R of A'A",
        lambda: Equal(A.T * W * A * R * A.T, Pinv(A), given=[*penrose(A * A.T, W, "2"), *penrose(A.T * A, R, "1")]),
        "A = 1, W = 0",
    ),
    fails(
        "RA' = A+ for a {1}-inverse R of A'A",
        lambda: Equal(R * A.T, Pinv(A), given=penrose(A.T * A, R, "1")),
        "A = (1, 0), R = [[1, 0], [1, 0]]",
    ),
    holds(
        "Bott and Duffin: P(SP + I - P)^-1 P = P(SP + I - P)^-1",
        lambda: Equal(P * Inverse(S * P + I - P) * P, P * Inverse(S * P + I - P), given=orthogonal_projection(P)),
        "Bott and Duffin",
    ),
    holds(
        "Bott and Duffin: P(SP + I - P)^-1 SP = P",
        lambda: Equal(P * Inverse(S * P + I - P) * S * P, P, given=orthogonal_projection(P)),
        "(SP + I - P)P = SP",
    ),
    holds(
        "Bott and Duffin: P(SP + I - P)^-1 = (PSP)+",
        lambda: Equal(P * Inverse(S * P + I - P), Pinv(P * S * P), given=orthogonal_projection(P)),
        "BG, chapter 2",
    ),
    fails(
        "P(SP + I - P)^-1 = (SP)+",
        lambda: Equal(P * Inverse(S * P + I - P), Pinv(S * P), given=orthogonal_projection(P)),
        "S = [[1, 0], [1, 1]], P = diag(1, 0)",
    ),
    holds(
        "(PQ)+ = Q(PQ)+P for orthogonal projections",
        lambda: Equal(Pinv(P * Q), Q * Pinv(P * Q) * P, given=orthogonal_projection(P, Q)),
        "image and row space of (PQ)+",
    ),
    fails(
        "(PQ)+ = P(PQ)+Q for orthogonal projections",
        lambda: Equal(Pinv(P * Q), P * Pinv(P * Q) * Q, given=orthogonal_projection(P, Q)),
        "lines at an angle",
    ),
    holds(
        "(P - Q)+ = (P - PQ)+ + (PQ - Q)+ for orthogonal projections",
        lambda: Equal(Pinv(P - Q), Pinv(P - P * Q) + Pinv(P * Q - Q), given=orthogonal_projection(P, Q)),
        "Cheng and Tian (2003)",
    ),
    fails(
        "(P - Q)+ = (P - PQ)+ - (PQ - Q)+ for orthogonal projections",
        lambda: Equal(Pinv(P - Q), Pinv(P - P * Q) - Pinv(P * Q - Q), given=orthogonal_projection(P, Q)),
        "P = 0, Q = 1",
    ),
    fails(
        "(R - S)+ = (R - RS)+ + (RS - S)+ for idempotents",
        lambda: Equal(Pinv(R - S), Pinv(R - R * S) + Pinv(R * S - S), given=idempotent(R, S)),
        "[[1, 1], [0, 0]], diag(0, 1)",
    ),
    holds(
        "an idempotent is (R+R RR+)+",
        lambda: Equal(Pinv(Pinv(R) * R * R * Pinv(R)), R, given=idempotent(R)),
        "Greville (1974)",
    ),
    holds(
        "R^3 = R+ makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(R**3, Pinv(R))]),
        "R^4 = RR+ = R+R",
    ),
    fails("R^3 = R gives (R^2)+ = R", lambda: Equal(Pinv(R**2), R, given=[Equal(R**3, R)]), "[[1, 1], [0, 0]]"),
    holds("R' = R^2R+ makes R symmetric", lambda: Equal(R.T, R, given=[Equal(R.T, R**2 * Pinv(R))]), "im R' in im R"),
    holds(
        "R' = R^2R+R+R makes R symmetric",
        lambda: Equal(R.T, R, given=[Equal(R.T, R * R * Pinv(R) * Pinv(R) * R)]),
        "im R' in im R",
    ),
    fails(
        "R'R+ = R+R' makes R symmetric",
        lambda: Equal(R.T, R, given=[Equal(R.T * Pinv(R), Pinv(R) * R.T)]),
        "a quarter turn",
    ),
    fails("R' = R^3 makes R symmetric", lambda: Equal(R.T, R, given=[Equal(R.T, R**3)]), "a quarter turn"),
    holds(
        "A+F is the shortest solution of AB = F",
        lambda: AtMost(squared_norm(Pinv(A) * F), squared_norm(B), given=[Equal(A * B, F)]),
        "Penrose (1956)",
    ),
    holds(
        "|AA+F - F| <= |AB - F| for every B",
        lambda: AtMost(squared_norm(A * Pinv(A) * F - F), squared_norm(A * B - F)),
        "the best approximation",
    ),
    fails(
        "|AXF - F| <= |AB - F| for a {1}-inverse X",
        lambda: AtMost(squared_norm(A * X * F - F), squared_norm(A * B - F), given=penrose(A, X, "1")),
        "A = (1, 0)', X = (1, 1), F = (0, 1)'",
    ),
    holds(
        "|AXF - F| <= |AB - F| for a {1,3}-inverse X",
        lambda: AtMost(squared_norm(A * X * F - F), squared_norm(A * B - F), given=penrose(A, X, "13")),
        "least squares",
    ),
    holds(
        "A+ is the shortest {1}-inverse",
        lambda: AtMost(squared_norm(Pinv(A)), squared_norm(X), given=penrose(A, X, "1")),
        "A+ = A+AXAA+",
    ),
    fails(
        "A+ is the shortest {2}-inverse",
        lambda: AtMost(squared_norm(Pinv(A)), squared_norm(X), given=penrose(A, X, "2")),
        "X = 0",
    ),
    fails(
        "no {1,2}-inverse is longer than A+",
        lambda: AtMost(squared_norm(X), squared_norm(Pinv(A)), given=penrose(A, X, "12")),
        "A = (1, 0), X = (1, 1)'",
    ),
    holds(
        "A+A+' <= XX' for {1,4}-inverses X",
        lambda: AtMost(Pinv(A) * Pinv(A).T, X * X.T, given=penrose(A, X, "14")),
        "X = A+ + Z(I - AA+)",
    ),
    fails(
        "A+A+' <= XX' for {1,3}-inverses X",
        lambda: AtMost(Pinv(A) * Pinv(A).T, X * X.T, given=penrose(A, X, "13")),
        "A = (1, 0), X = (1, 1)'",
    ),
    holds(
        "m - rank A <= |AX - I|^2", lambda: AtMost(m - Rank(A), squared_norm(A * X - Im)), "(I - AA+)(AX - I) = AA+ - I"
    ),
    fails("n - rank A <= |AX - I|^2", lambda: AtMost(n - Rank(A), squared_norm(A * X - Im)), "A = (1, 0), X = A+"),
    holds(
        "|AA+ - I|^2 = m - rank A",
        lambda: Equal(squared_norm(A * Pinv(A) - Im), m - Rank(A)),
        "the trace of a projection",
    ),
    holds(
        "(rank A)^2 <= |A|^2 |A+|^2",
        lambda: AtMost(Rank(A) ** 2, squared_norm(A) * squared_norm(Pinv(A))),
        "rank A = <A', A+>",
    ),
    fails(
        "(rank A)^2 = |A|^2 |A+|^2", lambda: Equal(Rank(A) ** 2, squared_norm(A) * squared_norm(Pinv(A))), "diag(1, 2)"
    ),
    holds(
        "|A|^2 = rank A for a partial isometry",
        lambda: Equal(Rank(A), squared_norm(A), given=[partial_isometry(A)]),
        "tr A'A",
    ),
    fails(
        "|A|^2 = rank A makes A a partial isometry",
        lambda: Equal(A * A.T * A, A, given=[Equal(Rank(A), squared_norm(A))]),
        "diag(7/5, 1/5)",
    ),
]
