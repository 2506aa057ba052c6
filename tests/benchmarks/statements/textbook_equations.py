"""Equations of matrices from textbooks: generalized inverses, products, sums, projections and kinds of matrices.

BG is Ben-Israel and Greville, RM Rao and Mitra, HJ Horn and Johnson, PSI Puntanen, Styan and Isotalo, BT papers by
Baksalary and Trenkler. The statements were chosen after those of the other modules had all been tried.
"""

from collections.abc import Callable

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *
from tptheory import AllOf
from tptheory.claims.claim import Claim


def holds(name: str, claim: Callable[[], Claim], source: str, area: str = "generalized inverses") -> Statement:
    """Return a true statement."""
    return Statement(name, claim, source, area, true=True)


def fails(name: str, claim: Callable[[], Claim], source: str, area: str = "generalized inverses") -> Statement:
    """Return a false statement; its source is a counterexample."""
    return Statement(name, claim, source, area, true=False)


products, sums = "inverses of products", "inverses of sums"
projections, kinds = "projections", "kinds of matrices"
complement = Im - A * Pinv(A)
B1 = Pinv(A) * A * B

STATEMENTS: list[Statement] = [
    holds(
        "MacDuffee: (FZ)+ = Z'(ZZ')^-1 (F'F)^-1 F' for full ranks",
        lambda: Equal(
            Pinv(F * Z),
            Z.T * Inverse(Z * Z.T) * Inverse(F.T * F) * F.T,
            given=[full_column_rank(F), full_row_rank(Z)],
        ),
        "BG, 1.6",
    ),
    holds(
        "(A'A + I - A+A)^-1 = (A'A)+ + I - A+A",
        lambda: Equal(Inverse(A.T * A + I - Pinv(A) * A), Pinv(A.T * A) + I - Pinv(A) * A),
        "on the rows of A and across them",
    ),
    holds(
        "the group inverse with SG symmetric is S+",
        lambda: Equal(G, Pinv(S), given=[*group_inverse(S, G), symmetric(S * G)]),
        "BG, 4.4",
    ),
    holds(
        "a {2}-inverse with the spaces of A' within its own is A+",
        lambda: Equal(X, Pinv(A), given=[*penrose(A, X, "2"), ImageWithin(A.T, X), RowSpaceWithin(A.T, X)]),
        "XAA' = A' and A'AX = A'; BG, 2.6",
    ),
    holds(
        "A'AX = A' gives AX = AA+",
        lambda: Equal(A * X, A * Pinv(A), given=[Equal(A.T * A * X, A.T)]),
        "RM, 3.2",
    ),
    holds(
        "the residual of least squares is the least",
        lambda: AtMost(squared_norm(A * Pinv(A) * c - c), squared_norm(A * y - c)),
        "BG, 3.1",
    ),
    holds(
        "A+c is the shortest solution",
        lambda: AtMost(squared_norm(Pinv(A) * c), squared_norm(y), given=[Equal(A * y, c)]),
        "BG, 3.2",
    ),
    holds(
        "AA+ - A(A'A + mu I)^-1 A' = mu (AA' + mu I)^-1 AA+",
        lambda: Equal(A * Pinv(A) - A * Inverse(A.T * A + mu * I) * A.T, mu * Inverse(A * A.T + mu * Im) * A * Pinv(A)),
        "1 - s^2 / (s^2 + mu) for each singular value",
    ),
    holds(
        "S (S^3)+ S is the group inverse",
        lambda: Equal(S * Pinv(S**3) * S, G, given=group_inverse(S, G)),
        "BG, 4.4",
    ),
    holds(
        "an EP matrix with R'R+ = R+R' is normal",
        lambda: Equal(R * R.T, R.T * R, given=[Equal(R.T * Pinv(R), Pinv(R) * R.T), Equal(R * Pinv(R), Pinv(R) * R)]),
        "Hartwig and Spindelboeck (1983)",
    ),
    holds(
        "AU = F and UZ = K are solved by A+F + (I - A+A)KZ+",
        lambda: AllOf(
            Equal(
                (Pinv(A) * F + (I - Pinv(A) * A) * K * Pinv(Z)) * Z,
                K,
                given=[Equal(A * K, F * Z), Equal(K * Pinv(Z) * Z, K)],
            ),
            Equal(A * (Pinv(A) * F + (I - Pinv(A) * A) * K * Pinv(Z)), F, given=[Equal(A * Pinv(A) * F, F)]),
        ),
        "RM, 2.3",
    ),
    holds(
        "(AA'A)+ A A' A projects on the rows, so that it is A+A",
        lambda: Equal(Pinv(A * A.T * A) * A * A.T * A, Pinv(A) * A),
        "one row space",
    ),
    fails(
        "AX is symmetric for {1,4}-inverses",
        lambda: Equal((A * X).T, A * X, given=penrose(A, X, "14")),
        "A = (1, 0)', X = (1, 1)",
    ),
    fails("R+R^2 = R", lambda: Equal(Pinv(R) * R * R, R), "R = e1e2'"),
    fails(
        "R'R+ = R+R' makes R normal",
        lambda: Equal(R * R.T, R.T * R, given=[Equal(R.T * Pinv(R), Pinv(R) * R.T)]),
        "e1e2'",
    ),
    fails(
        "{1,3,4}-inverses are unique",
        lambda: Equal(X, Y, given=[*penrose(A, X, "134"), *penrose(A, Y, "134")]),
        "A = 0",
    ),
    fails("A'AX = A' gives X = A+", lambda: Equal(X, Pinv(A), given=[Equal(A.T * A * X, A.T)]), "A = 0"),
    fails(
        "A+c is shorter than Xc for every {1}-inverse X",
        lambda: AtMost(squared_norm(Pinv(A) * c), squared_norm(X * c), given=penrose(A, X, "1")),
        "A = (1, 0)', X = (1, -1), c = (1, 1)'",
    ),
    holds(
        "(AB)+ = B+A+ if A'A and BB' commute",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[Commute(A.T * A, B * B.T)]),
        "Greville (1966)",
        products,
    ),
    holds(
        "(AB)+ = B'(A'ABB')+A' for partial isometries",
        lambda: Equal(
            Pinv(A * B),
            B.T * Pinv(A.T * A * B * B.T) * A.T,
            given=[partial_isometry(A), Equal(B * B.T * B, B)],
        ),
        "Tian (2005), mixed-type laws",
        products,
    ),
    holds(
        "(RSP)+ = P'S+R' for orthogonal R, P",
        lambda: Equal(Pinv(R * S * P), P.T * Pinv(S) * R.T, given=[*orthonormal_columns(R), orthogonal(P)]),
        "HJ, 7.3",
        products,
    ),
    holds(
        "A+(A + D)D+ = A+ + D+ if the projections agree",
        lambda: Equal(
            Pinv(A) * (A + D) * Pinv(D),
            Pinv(A) + Pinv(D),
            given=[Equal(Pinv(A) * A, Pinv(D) * D), Equal(A * Pinv(A), D * Pinv(D))],
        ),
        "the absorption law",
        products,
    ),
    holds(
        "B+A+ is a {2}-inverse of AB if A+A and BB+ commute",
        lambda: Equal(
            Pinv(B) * Pinv(A) * A * B * Pinv(B) * Pinv(A),
            Pinv(B) * Pinv(A),
            given=[Equal(Pinv(A) * A * B * Pinv(B), B * Pinv(B) * Pinv(A) * A)],
        ),
        "RM, 2.7",
        products,
    ),
    fails(
        "(AB)+ = B'A+ if B'B = I",
        lambda: Equal(Pinv(A * B), B.T * Pinv(A), given=orthonormal_columns(B)),
        "(1, 1) times (1, 0)'",
        products,
    ),
    fails(
        "(AB)+ = B+A+ if A has full column rank",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[full_column_rank(A)]),
        "diag(1, 2) times (1, 1)'",
        products,
    ),
    fails(
        "(RSR')+ = R S+ R' for idempotent R",
        lambda: Equal(Pinv(R * S * R.T), R * Pinv(S) * R.T, given=idempotent(R)),
        "R = e1e1', S = [[1, 1], [1, 2]]",
        products,
    ),
    holds(
        "R(R + S)+S = S(R + S)+R for Gram matrices",
        lambda: Equal(R * Pinv(R + S) * S, S * Pinv(R + S) * R, given=[*gram(R, G), *gram(S, H)]),
        "Anderson and Duffin (1969)",
        sums,
    ),
    holds(
        "(I + AA+)^-1 = I - AA+ / 2", lambda: Equal(Inverse(Im + A * Pinv(A)), Im - A * Pinv(A) / 2), "2 and 1", sums
    ),
    holds(
        "mu (mu I + xx')^-1 = I - xx' / (mu + x'x)",
        lambda: Equal(mu * Inverse(mu * I + x * x.T), I - matmul(1 / (mu + inner(x, x)), x, x.T)),
        "HJ, 0.7",
        sums,
    ),
    holds(
        "(I - R)^-1 = I + R + R^2 (I - R)^-1",
        lambda: Equal(Inverse(I - R), I + R + R * R * Inverse(I - R)),
        "Neumann's remainder",
        sums,
    ),
    holds(
        "Cayley's transform is its own inverse",
        lambda: Equal((I - S) * Inverse(I + S), R, given=[Equal(S, (I - R) * Inverse(I + R))]),
        "I + S = 2(I + R)^-1",
        sums,
    ),
    holds(
        "AM and HM: (R + S) - 4R(R + S)^-1 S = (R - S)(R + S)^-1 (R - S)",
        lambda: Equal(R + S - 4 * R * Inverse(R + S) * S, (R - S) * Inverse(R + S) * (R - S)),
        "PSI, chapter 10",
        sums,
    ),
    fails("(I + AA+)^-1 = I + AA+ / 2", lambda: Equal(Inverse(Im + A * Pinv(A)), Im + A * Pinv(A) / 2), "1", sums),
    fails(
        "(R + S)+ = R+ + S+ if RS = 0",
        lambda: Equal(Pinv(R + S), Pinv(R) + Pinv(S), given=[Zero(R * S)]),
        "e1e1' and e2e1'",
        sums,
    ),
    fails(
        "R(R + S)+S = S(R + S)+R",
        lambda: Equal(R * Pinv(R + S) * S, S * Pinv(R + S) * R),
        "e1e2' and e1e1'",
        sums,
    ),
    holds(
        "|P - Q|^2 = tr P + tr Q - 2 tr PQ",
        lambda: Equal(squared_norm(P - Q), trace(P) + trace(Q) - 2 * trace(P * Q), given=orthogonal_projection(P, Q)),
        "BT",
        projections,
    ),
    holds(
        "P <= Q gives PQ = P",
        lambda: Equal(P * Q, P, given=[*orthogonal_projection(P, Q), at_most(P, Q)]),
        "BG, 2.7",
        projections,
    ),
    holds(
        "PQ = P gives P <= Q",
        lambda: AtMost(P, Q, given=[projection(P, Q), symmetric(P), symmetric(Q), Equal(P * Q, P)]),
        "Q - P is a projection",
        projections,
    ),
    holds(
        "an idempotent sum of idempotents has RS = 0",
        lambda: Zero(R * S, given=[*idempotent(R, S), Equal((R + S) ** 2, R + S)]),
        "BG, 2.7",
        projections,
    ),
    holds(
        "R+ = R+R RR+ for an idempotent",
        lambda: Equal(Pinv(R), Pinv(R) * R * R * Pinv(R), given=idempotent(R)),
        "Greville (1974)",
        projections,
    ),
    holds(
        "RR+ = R(R + R' - I)^-1 for an idempotent",
        lambda: Equal(R * Pinv(R), R * Inverse(R + R.T - I), given=idempotent(R)),
        "Kovarik (1977)",
        projections,
    ),
    holds(
        "AA+ and MM+ with M = (I - AA+)F project on the image of [A, F]",
        lambda: Equal((A * Pinv(A) + complement * F * Pinv(complement * F)) * F, F),
        "PSI, chapter 8",
        projections,
    ),
    holds(
        "RR+ = R^3 for a generalized projector",
        lambda: Equal(R * Pinv(R), R**3, given=[Equal(R * R, R.T)]),
        "Gross and Trenkler (1997)",
        projections,
    ),
    holds(
        "RR+ = R+R for a hypergeneralized projector",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(R * R, Pinv(R))]),
        "Gross and Trenkler (1997)",
        projections,
    ),
    holds(
        "P + Q - PQ is idempotent if PQ is",
        lambda: Equal(
            (P + Q - P * Q) ** 2, P + Q - P * Q, given=[*orthogonal_projection(P, Q), Equal(P * Q * P * Q, P * Q)]
        ),
        "BT",
        projections,
    ),
    fails(
        "PQ + QP is positive semidefinite",
        lambda: NonNegative(P * Q + Q * P, given=orthogonal_projection(P, Q)),
        "lines at an angle",
        projections,
    ),
    fails(
        "RR' <= I for an idempotent", lambda: AtMost(R * R.T, I, given=idempotent(R)), "[[1, 1], [0, 0]]", projections
    ),
    fails(
        "an idempotent sum has RS = 0 if R is idempotent",
        lambda: Zero(R * S, given=[*idempotent(R), Equal((R + S) ** 2, R + S)]),
        "1 and -1",
        projections,
    ),
    fails(
        "tr PQ = |PQ|^2 gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal(trace(P * Q), squared_norm(P * Q))]),
        "the hypothesis always holds",
        projections,
    ),
    holds("RR' = R^2 makes R symmetric", lambda: Equal(R.T, R, given=[Equal(R * R.T, R * R)]), "|R - R'|^2 = 0", kinds),
    holds(
        "an orthogonal involution is symmetric",
        lambda: Equal(R.T, R, given=[*orthonormal_columns(R), Equal(R * R, I)]),
        "R' = R^-1 = R",
        kinds,
    ),
    holds(
        "R^2 = S^2 = 0 and RS + SR = I make RS idempotent",
        lambda: Equal((R * S) ** 2, R * S, given=[Zero(R * R), Zero(S * S), Equal(R * S + S * R, I)]),
        "ladder operators",
        kinds,
    ),
    holds(
        "a normal matrix with R^3 = R has R^2 = R'R",
        lambda: Equal(R * R, R.T * R, given=[*normal(R), Equal(R**3, R)]),
        "HJ, 2.5",
        kinds,
    ),
    holds(
        "skew matrices with K^2 = M^2 and KM = MK have (K - M)(K + M) = 0",
        lambda: Zero((K - M) * (K + M), given=[*skew(K, M), Equal(K * K, M * M), Commute(K, M)]),
        "the difference of squares",
        kinds,
    ),
    holds(
        "RS = -SR gives R^2 S = S R^2",
        lambda: Equal(R * R * S, S * R * R, given=[Equal(R * S, -S * R)]),
        "two signs",
        kinds,
    ),
    holds(
        "commuting symmetric projections and an involution: (2P - I)(2Q - I) squares to I",
        lambda: Equal(((2 * P - I) * (2 * Q - I)) ** 2, I, given=[*orthogonal_projection(P, Q), Commute(P, Q)]),
        "commuting involutions",
        kinds,
    ),
    fails(
        "R^2 symmetric makes R symmetric", lambda: Equal(R.T, R, given=[Equal((R * R).T, R * R)]), "a turn by 90", kinds
    ),
    fails(
        "R^2 = S^2 = 0 make RS idempotent",
        lambda: Equal((R * S) ** 2, R * S, given=[Zero(R * R), Zero(S * S)]),
        "e1e2' and 2e2e1'",
        kinds,
    ),
    fails(
        "a normal matrix with R^5 = R has R^2 = R'R",
        lambda: Equal(R * R, R.T * R, given=[*normal(R), Equal(R**5, R)]),
        "a turn by 90",
        kinds,
    ),
    fails(
        "(RS)' = RS for symmetric R and RSR = S",
        lambda: Equal((R * S).T, R * S, given=[*self_transpose(R), Equal(R * S * R, S)]),
        "R = 1, S = e1e2'",
        kinds,
    ),
]
