"""Statements on inverses of products: Greville (1966), Cline (1964), Campbell and Meyer (CM), Tian."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="inverses of products", true=True)
fails = partial(Statement, area="inverses of products", true=False)

KNOWN = [
    holds(
        "(RSR')+ = R S+ R' for orthogonal R, given R'R = I",
        lambda: Equal(Pinv(R * S * R.T), R * Pinv(S) * R.T, given=orthonormal_columns(R)),
        "BG, exercise 1.25",
    ),
    holds("B+A+ = 0 if AB = 0", lambda: Zero(Pinv(B) * Pinv(A), given=[Zero(A * B)]), "A+ = A'(AA')+, B+ = (B'B)+B'"),
    holds(
        "(RS)+ = R+S+ for commuting normal matrices",
        lambda: Equal(Pinv(R * S), Pinv(R) * Pinv(S), given=[*normal(R, S), Commute(R, S)]),
        "simultaneous unitary diagonalisation",
    ),
    holds(
        "(AB)+ = (A+AB)+ (ABB+)+",
        lambda: Equal(Pinv(A * B), Pinv(Pinv(A) * A * B) * Pinv(A * B * Pinv(B))),
        "CM, Theorem 1.4.1 (Cline, 1964)",
    ),
    fails(
        "(RS)+ = S+R' for a partial isometry R",
        lambda: Equal(Pinv(R * S), Pinv(S) * R.T, given=[Equal(R * R.T * R, R)]),
        "R = diag(1, 0), S = [[1, 0], [1, 0]]",
    ),
    fails(
        "(RS)+ = R+S+ if RS = SR",
        lambda: Equal(Pinv(R * S), Pinv(R) * Pinv(S), given=[Commute(R, S)]),
        "R = S = [[1, 1], [0, 0]]",
    ),
    fails(
        "(AB)+ = B+A+ if im B lies in the row space of A",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[Equal(Pinv(A) * A * B, B)]),
        "A = [[1, 1], [0, 1]], B = (1, 0)'",
    ),
    fails(
        "(RSR^-1)+ = R S+ R^-1",
        lambda: Equal(Pinv(R * S * Inverse(R)), R * Pinv(S) * Inverse(R), given=[invertible(R)]),
        "S = diag(1, 0), R = [[1, 1], [0, 1]]",
    ),
]

FURTHER = [
    holds(
        "(AB)+ = B+A+ if im B is the row space of A",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[ImageWithin(B, A.T), ImageWithin(A.T, B)]),
        "Greville (1966): both conditions hold",
    ),
    holds(
        "(PB)+ = (PB)+P for an orthogonal projection P",
        lambda: Equal(Pinv(P * B), Pinv(P * B) * P, given=orthogonal_projection(P)),
        "im PB lies in im P",
    ),
    holds(
        "Y X is a {1}-inverse of AB if XABY is idempotent, for {1}-inverses",
        lambda: Equal(
            A * B * C * X * A * B,
            A * B,
            given=[Equal(A * X * A, A), Equal(B * C * B, B), Equal((X * A * B * C) ** 2, X * A * B * C)],
        ),
        "Werner (1994)",
    ),
    holds(
        "XABY is idempotent if YX is a {1}-inverse of AB",
        lambda: Equal((X * A * B * C) ** 2, X * A * B * C, given=[Equal(A * B * C * X * A * B, A * B)]),
        "X (AB YX AB) Y",
    ),
    holds(
        "the group inverse follows a similarity",
        lambda: Equal(
            R * S * Inverse(R) * R * G * Inverse(R),
            R * G * Inverse(R) * R * S * Inverse(R),
            given=[*group_inverse(S, G), invertible(R)],
        ),
        "CM, Theorem 7.2.4",
    ),
    holds(
        "R+S+ = 0 if SR = 0",
        lambda: Zero(Pinv(R) * Pinv(S), given=[Zero(S * R)]),
        "R+ = (R'R)+R', S+ = S'(SS')+; R'S' = 0",
    ),
    holds(
        "(AB)+ = B+A+ for partial isometries with commuting A'A, BB'",
        lambda: Equal(
            Pinv(A * B),
            Pinv(B) * Pinv(A),
            given=[Equal(A * A.T * A, A), Equal(B * B.T * B, B), Commute(A.T * A, B * B.T)],
        ),
        "Greville's conditions",
    ),
    fails("R+S+ = 0 if RS = 0", lambda: Zero(Pinv(R) * Pinv(S), given=[Zero(R * S)]), "R = e1e1', S = e2e1'"),
    fails(
        "(PB)+ = B+P for an orthogonal projection P",
        lambda: Equal(Pinv(P * B), Pinv(B) * P, given=orthogonal_projection(P)),
        "P = diag(1, 0), B = (1, 1)'",
    ),
    fails(
        "YX is a {1}-inverse of AB for {1}-inverses X of A, Y of B",
        lambda: Equal(A * B * C * X * A * B, A * B, given=[Equal(A * X * A, A), Equal(B * C * B, B)]),
        "A = (1, 1), X = (1, 0)', B = (0, 1)', Y = (0, 1): 0 and 1",
    ),
    fails(
        "(AB)+ = B+ (A+ABB+)+ A+",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(Pinv(A) * A * B * Pinv(B)) * Pinv(A)),
        "Tian (2007) has when it holds; A = [[1, 1], [0, 1]], B = (1, 0)'",
    ),
    fails(
        "(AB)+ = B+A+ for partial isometries A, B",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=[Equal(A * A.T * A, A), Equal(B * B.T * B, B)]),
        "rows and columns at 45 degrees",
    ),
]
