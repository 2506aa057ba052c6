"""Statements of the literature on pseudo-inverses of updates, blocks and sums, and on orders of matrices."""

from functools import partial

from sympy import BlockMatrix, ZeroMatrix

from tests.benchmarks.statements.papers_inverses import star
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="generalized inverses", true=True)
fails = partial(Statement, area="generalized inverses", true=False)

O, Om = ZeroMatrix(n, n), ZeroMatrix(m, m)
beta = 1 + inner(u, Pinv(A) * c)
rest = Pinv((Im - A * Pinv(A)) * F)
both = A.T * A + D.T * D
beyond = (Im - A * Pinv(A)) * E * (I - Pinv(R) * R)

STATEMENTS: list[Statement] = [
    holds(
        "Meyer: (1 + u'A+c)(A + cu')+ = (1 + u'A+c)A+ - A+cu'A+ if 1 + u'A+c is not 0, c in im A, u in row A",
        lambda: Equal(
            matmul(beta, Pinv(A + c * u.T)),
            matmul(beta, Pinv(A)) - Pinv(A) * c * u.T * Pinv(A),
            given=[ImageWithin(c, A), ImageWithin(u, A.T), nonzero(I1 + u.T * Pinv(A) * c)],
        ),
        "Meyer (1973), Theorem 6",
    ),
    fails(
        "(1 + u'A+c)(A + cu')+ = (1 + u'A+c)A+ - A+cu'A+ if c in im A, u in row A",
        lambda: Equal(
            matmul(beta, Pinv(A + c * u.T)),
            matmul(beta, Pinv(A)) - Pinv(A) * c * u.T * Pinv(A),
            given=[ImageWithin(c, A), ImageWithin(u, A.T)],
        ),
        "A = 1, c = 1, u = -1",
    ),
    fails(
        "(1 + u'A+c)(A + cu')+ = (1 + u'A+c)A+ - A+cu'A+ if 1 + u'A+c is not 0, c in im A",
        lambda: Equal(
            matmul(beta, Pinv(A + c * u.T)),
            matmul(beta, Pinv(A)) - Pinv(A) * c * u.T * Pinv(A),
            given=[ImageWithin(c, A), nonzero(I1 + u.T * Pinv(A) * c)],
        ),
        "A = (1, 0), c = 1, u = (0, 1)'",
    ),
    holds(
        "[A; D]+ = [A+, D+] if AD' = 0",
        lambda: Equal(Pinv(BlockMatrix([[A], [D]])), BlockMatrix([[Pinv(A), Pinv(D)]]), given=[Zero(A * D.T)]),
        "orthogonal rows",
    ),
    fails(
        "[A; D]+ = [A+, D+] if A'D = 0",
        lambda: Equal(Pinv(BlockMatrix([[A], [D]])), BlockMatrix([[Pinv(A), Pinv(D)]]), given=[Zero(A.T * D)]),
        "A = (1, 0)', D = (0, 1)'",
    ),
    holds(
        "Cline: [A, F]+ = [A+ - A+FG; G] with G = ((I - AA+)F)+, if (I - AA+)F has full column rank",
        lambda: Equal(
            Pinv(BlockMatrix([[A, F]])),
            BlockMatrix([[Pinv(A) - Pinv(A) * F * rest], [rest]]),
            given=[full_column_rank((Im - A * Pinv(A)) * F)],
        ),
        "Greville; Cline",
    ),
    fails(
        "[A, F]+ = [A+ - A+FG; G] with G = ((I - AA+)F)+",
        lambda: Equal(Pinv(BlockMatrix([[A, F]])), BlockMatrix([[Pinv(A) - Pinv(A) * F * rest], [rest]])),
        "A = F = 1",
    ),
    holds(
        "[A, A]+ = [A+; A+] / 2",
        lambda: Equal(Pinv(BlockMatrix([[A, A]])), BlockMatrix([[Pinv(A) / 2], [Pinv(A) / 2]])),
        "the four equations",
    ),
    fails(
        "[A, A]+ = [A+; A+]", lambda: Equal(Pinv(BlockMatrix([[A, A]])), BlockMatrix([[Pinv(A)], [Pinv(A)]])), "A = 1"
    ),
    holds(
        "diag(R, S)+ = diag(R+, S+)",
        lambda: Equal(Pinv(BlockMatrix([[R, O], [O, S]])), BlockMatrix([[Pinv(R), O], [O, Pinv(S)]])),
        "the four equations",
    ),
    holds(
        "Jordan and Wielandt: [[0, A], [A', 0]]+ = [[0, A+'], [A+, 0]]",
        lambda: Equal(Pinv(BlockMatrix([[Om, A], [A.T, O]])), BlockMatrix([[Om, Pinv(A).T], [Pinv(A), O]])),
        "the four equations",
    ),
    fails(
        "[[R, P], [0, S]]+ = [[R+, -R+PS+], [0, S+]]",
        lambda: Equal(
            Pinv(BlockMatrix([[R, P], [O, S]])), BlockMatrix([[Pinv(R), -Pinv(R) * P * Pinv(S)], [O, Pinv(S)]])
        ),
        "R = S = 0, P = 1",
    ),
    holds(
        "[[R, P], [0, S]]+ = [[R+, -R+PS+], [0, S+]] if im P lies in im R and row P in row S",
        lambda: Equal(
            Pinv(BlockMatrix([[R, P], [O, S]])),
            BlockMatrix([[Pinv(R), -Pinv(R) * P * Pinv(S)], [O, Pinv(S)]]),
            given=[ImageWithin(P, R), RowSpaceWithin(P, S)],
        ),
        "Meyer (1970)",
    ),
    holds(
        "rank(S - R) = rank S - rank R makes R idempotent if S is",
        lambda: Equal(R * R, R, given=[*idempotent(S), Equal(Rank(S - R), Rank(S) - Rank(R))]),
        "RSR = R and RS = R = SR",
    ),
    holds("A <* D gives AA' <= DD'", lambda: AtMost(A * A.T, D * D.T, given=star(A, D)), "DD' = AA' + (D - A)(D - A)'"),
    fails(
        "rank(D - A) = rank D - rank A gives AA' <= DD'",
        lambda: AtMost(A * A.T, D * D.T, given=[Equal(Rank(D - A), Rank(D) - Rank(A))]),
        "A = [[1, 1], [0, 0]], D = I",
    ),
    holds(
        "A <* D gives |D|^2 = |A|^2 + |D - A|^2",
        lambda: Equal(squared_norm(D), squared_norm(A) + squared_norm(D - A), given=star(A, D)),
        "Pythagoras",
    ),
    holds(
        "AA' = DA' gives |D|^2 = |A|^2 + |D - A|^2",
        lambda: Equal(squared_norm(D), squared_norm(A) + squared_norm(D - A), given=[Equal(A * A.T, D * A.T)]),
        "one half of the star order is enough",
    ),
    holds(
        "the sharp order: GR = GS and RG = SG give RS = R^2 for the group inverse G of R",
        lambda: Equal(R * S, R**2, given=[*group_inverse(R, G), Equal(G * R, G * S), Equal(R * G, S * G)]),
        "Mitra (1987)",
    ),
    fails(
        "rank(S - R) = rank S - rank R gives RS = R^2",
        lambda: Equal(R * S, R**2, given=[Equal(Rank(S - R), Rank(S) - Rank(R))]),
        "R = e1e2', S = e1e2' + e2e1'",
    ),
    holds(
        "AX + YR = E is solved by X = A+E and Y = (I - AA+)ER+ if (I - AA+)E(I - R+R) = 0",
        lambda: Equal(A * Pinv(A) * E + (Im - A * Pinv(A)) * E * Pinv(R) * R, E, given=[Zero(beyond)]),
        "Baksalary and Kala (1979)",
    ),
    fails(
        "AXR = E is solved by X = A+ER+ if (I - AA+)E(I - R+R) = 0",
        lambda: Equal(A * Pinv(A) * E * Pinv(R) * R, E, given=[Zero(beyond)]),
        "A = 0, R = E = 1",
    ),
    holds("(A'A + D'D)+(A'A + D'D)A' = A'", lambda: Equal(Pinv(both) * both * A.T, A.T), "row A in that of the sum"),
    holds(
        "A(A'A + D'D)+A' = AA+ if AD' = 0",
        lambda: Equal(A * Pinv(both) * A.T, A * Pinv(A), given=[Zero(A * D.T)]),
        "(A'A + D'D)+ = (A'A)+ + (D'D)+",
    ),
    fails("A(A'A + D'D)+A' = AA+", lambda: Equal(A * Pinv(both) * A.T, A * Pinv(A)), "A = D = 1"),
    holds(
        "(A'A + D'D)+ = (A'A)+ + (D'D)+ if AD' = 0",
        lambda: Equal(Pinv(both), Pinv(A.T * A) + Pinv(D.T * D), given=[Zero(A * D.T)]),
        "orthogonal row spaces",
    ),
    fails("(A'A + D'D)+ = (A'A)+ + (D'D)+", lambda: Equal(Pinv(both), Pinv(A.T * A) + Pinv(D.T * D)), "A = D = 1"),
    holds(
        "A(A'A + D'D)+D' = 0 if rank(A'A + D'D) = rank A + rank D",
        lambda: Equal(A * Pinv(both) * D.T, Om, given=[Equal(Rank(both), Rank(A) + Rank(D))]),
        "Rao and Mitra: the row spaces meet in 0",
    ),
    holds(
        "A(A'A + D'D)+A'A = A if rank [A; D] = rank A + rank D",
        lambda: Equal(A * Pinv(both) * A.T * A, A, given=[Equal(Rank(BlockMatrix([[A], [D]])), Rank(A) + Rank(D))]),
        "Rao and Mitra",
    ),
]
