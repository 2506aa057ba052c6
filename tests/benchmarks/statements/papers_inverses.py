"""Statements on generalized inverses, orders of matrices and projections, as papers make them.

BG is Ben-Israel and Greville. The statements were chosen after those of the other modules had all been tried.
"""

from functools import partial
from typing import Any

from sympy import BlockMatrix, MatrixExpr

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="generalized inverses", true=True)
fails = partial(Statement, area="generalized inverses", true=False)
p_holds = partial(Statement, area="projections", true=True)
p_fails = partial(Statement, area="projections", true=False)

W = MatrixSymbol("W", m, m)


def star(A: MatrixExpr, D: MatrixExpr) -> list[Any]:
    """Say that ``A`` is below ``D`` in the star order of Drazin (1978)."""
    return [Equal(A.T * A, A.T * D), Equal(A * A.T, D * A.T)]


def minus_order(A: MatrixExpr, D: MatrixExpr, X: MatrixExpr) -> list[Any]:
    """Say that ``A`` is below ``D`` in the minus order, by the {1}-inverse ``X`` (Hartwig, 1980)."""
    return [Equal(A * X * A, A), Equal(A * X, D * X), Equal(X * A, X * D)]


def drazin(S: MatrixExpr, G: MatrixExpr) -> list[Any]:
    """Say that ``G`` is the Drazin inverse of ``S``, whose index is at most 2."""
    return [Equal(S**3 * G, S**2), Equal(G * S * G, G), Commute(S, G)]


def one_space(X: MatrixExpr, Y: MatrixExpr) -> list[Any]:
    """Say that two matrices have the same image."""
    return [ImageWithin(X, Y), ImageWithin(Y, X)]


def one_row_space(X: MatrixExpr, Y: MatrixExpr) -> list[Any]:
    """Say that two matrices have the same row space."""
    return [RowSpaceWithin(X, Y), RowSpaceWithin(Y, X)]


def ep(*matrices: MatrixExpr) -> list[Any]:
    """Say that each matrix commutes with its pseudo-inverse."""
    return [Equal(R * Pinv(R), Pinv(R) * R) for R in matrices]


core = [Equal(R * G, R * Pinv(R)), ImageWithin(G, R)]
weighted = [positive_definite(W, N)]
M_ = A.T * A * B * B.T

STATEMENTS: list[Statement] = [
    holds(
        "(AB)+ = B+A+ if A+ABB'A'ABB+ = BB'A'A",
        lambda: Equal(
            Pinv(A * B),
            Pinv(B) * Pinv(A),
            given=[Equal(Pinv(A) * A * B * B.T * A.T * A * B * Pinv(B), B * B.T * A.T * A)],
        ),
        "Greville (1966); BG, exercise 4.22",
    ),
    holds(
        "(AB)+ = B+A+ if A'ABB' is EP",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=ep(M_)),
        "Arghiriade (1963)",
    ),
    fails(
        "(AB)+ = B+A+ if ABB'A' is EP",
        lambda: Equal(Pinv(A * B), Pinv(B) * Pinv(A), given=ep(A * B * B.T * A.T)),
        "it always is",
    ),
    holds("(AA')+ A = A (A'A)+", lambda: Equal(Pinv(A * A.T) * A, A * Pinv(A.T * A)), "both are A+'"),
    holds(
        "XAA' = YAA' gives XA = YA",
        lambda: Equal(X * A, Y * A, given=[Equal(X * A * A.T, Y * A * A.T)]),
        "Penrose (1955)",
    ),
    fails(
        "XAA' = YAA' gives X = Y",
        lambda: Equal(X, Y, given=[Equal(X * A * A.T, Y * A * A.T)]),
        "A = 0",
    ),
    holds(
        "XAY = A+ for a {1,4}-inverse X and a {1,3}-inverse Y",
        lambda: Equal(X * A * Y, Pinv(A), given=[*penrose(A, X, "14"), *penrose(A, Y, "13")]),
        "Urquhart (1968)",
    ),
    fails(
        "XAY = A+ for a {1,3}-inverse X and a {1,4}-inverse Y",
        lambda: Equal(X * A * Y, Pinv(A), given=[*penrose(A, X, "13"), *penrose(A, Y, "14")]),
        "A = (1, 0), X = (1, 1)'",
    ),
    holds(
        "{2}-inverses with one image and one row space are one",
        lambda: Equal(X, Y, given=[*penrose(A, X, "2"), *penrose(A, Y, "2"), *one_space(X, Y), *one_row_space(X, Y)]),
        "BG, Theorem 2.14",
    ),
    fails(
        "{2}-inverses with one image are one",
        lambda: Equal(X, Y, given=[*penrose(A, X, "2"), *penrose(A, Y, "2"), *one_space(X, Y)]),
        "A = (1, 0)', X = (1, 0), Y = (1, 1)",
    ),
    holds(
        "S - S^2 G is nilpotent for the Drazin inverse G, of index 2",
        lambda: Zero((S - S**2 * G) ** 2, given=drazin(S, G)),
        "S^2 (I - SG)",
    ),
    holds(
        "core and nilpotent part: S^2G (S - S^2G) = 0",
        lambda: Zero(S**2 * G * (S - S**2 * G), given=drazin(S, G)),
        "BG, 4.8",
    ),
    fails(
        "S = S^2 G for the Drazin inverse G, of index 2",
        lambda: Equal(S, S**2 * G, given=drazin(S, G)),
        "e1e2'",
    ),
    holds(
        "Cline: H = R G^2 S has H RS H = H for the Drazin inverse G of SR, of index 2",
        lambda: Equal(R * G**2 * S * R * S * R * G**2 * S, R * G**2 * S, given=drazin(S * R, G)),
        "Cline (1965)",
    ),
    fails(
        "RGS is the Drazin inverse of RS if G is that of SR: RGS RS RGS = RGS",
        lambda: Equal(R * G * S * R * S * R * G * S, R * G * S, given=drazin(S * R, G)),
        "numbers: 2 and 1/2",
    ),
    holds(
        "commuting EP matrices have an EP product",
        lambda: Commute(R * S, Pinv(R * S), given=[*ep(R, S), Commute(R, S)]),
        "Hartwig and Katz (1997)",
    ),
    fails(
        "EP matrices have an EP product",
        lambda: Commute(R * S, Pinv(R * S), given=ep(R, S)),
        "lines at 45 degrees",
    ),
    holds(
        "R' = KR makes R an EP matrix",
        lambda: Commute(R, Pinv(R), given=[Equal(R.T, K * R)]),
        "Katz (1965): one kernel",
    ),
    holds(
        "a sum of EP matrices with RS = SR = 0 is EP",
        lambda: Commute(R + S, Pinv(R + S), given=[*ep(R, S), Zero(R * S), Zero(S * R)]),
        "a direct sum",
    ),
    holds("A <* D gives A+ <* D+", lambda: Equal(Pinv(A).T * Pinv(A), Pinv(A).T * Pinv(D), given=star(A, D)), "Drazin"),
    holds("A <* D gives D+A = A+A", lambda: Equal(Pinv(D) * A, Pinv(A) * A, given=star(A, D)), "(D - A)+A = 0"),
    holds("A <* D and D <* A give A = D", lambda: Equal(A, D, given=[*star(A, D), *star(D, A)]), "Drazin (1978)"),
    holds(
        "A <* D and D <* E give A'A = A'E",
        lambda: Equal(A.T * A, A.T * E, given=[*star(A, D), *star(D, E)]),
        "Drazin (1978)",
    ),
    holds(
        "A <* D gives (D - A)+ = D+ - A+",
        lambda: Equal(Pinv(D - A), Pinv(D) - Pinv(A), given=star(A, D)),
        "orthogonal pieces",
    ),
    fails(
        "A'A = A'D gives AA' = DA'",
        lambda: Equal(A * A.T, D * A.T, given=[Equal(A.T * A, A.T * D)]),
        "A = (1, 0)', D = (1, 1)'",
    ),
    fails(
        "A'A = A'D gives (D - A)+ = D+ - A+",
        lambda: Equal(Pinv(D - A), Pinv(D) - Pinv(A), given=[Equal(A.T * A, A.T * D)]),
        "A = (1, 0)', D = (1, 1)'",
    ),
    holds(
        "A <- D makes every {1}-inverse of D one of A",
        lambda: Equal(A * Y * A, A, given=[*minus_order(A, D, X), Equal(D * Y * D, D)]),
        "A = DXA = AXD (Mitra, 1986)",
    ),
    fails(
        "AX = DX alone makes every {1}-inverse of D one of A",
        lambda: Equal(A * Y * A, A, given=[*minus_order(A, D, X)[:2], Equal(D * Y * D, D)]),
        "A = (1, 0), D = (1, 1), X = (1, 0)', Y = (0, 1)'",
    ),
    holds(
        "A <- D and D <- A give A = D",
        lambda: Equal(A, D, given=[*minus_order(A, D, X), *minus_order(D, A, Y)]),
        "one rank",
    ),
    holds(
        "the weighted inverse is unique",
        lambda: Equal(
            X,
            Y,
            given=[
                *weighted,
                *(each for V in (X, Y) for each in penrose(A, V, "12")),
                *(Equal((W * A * V).T, W * A * V) for V in (X, Y)),
                *(Equal((N * V * A).T, N * V * A) for V in (X, Y)),
            ],
        ),
        "BG, 3.3 (Chipman, 1964)",
    ),
    fails(
        "the weighted inverse is the pseudo-inverse",
        lambda: Equal(
            X,
            Pinv(A),
            given=[*weighted, *penrose(A, X, "12"), *self_transpose(W * A * X, N * X * A)],
        ),
        "A = (1, 0)', W = [[2, 1], [1, 1]]",
    ),
    holds(
        "Moore: AX = AA+ and XA = XX+ give X = A+",
        lambda: Equal(X, Pinv(A), given=[Equal(A * X, A * Pinv(A)), Equal(X * A, X * Pinv(X))]),
        "Moore (1920)",
    ),
    fails(
        "AX = AA+ and XA idempotent give X = A+",
        lambda: Equal(X, Pinv(A), given=[Equal(A * X, A * Pinv(A)), *idempotent(X * A)]),
        "A = (1, 0), X = (1, 1)'",
    ),
    holds(
        "[A, F]+ stacks A+ and F+ if A'F = 0",
        lambda: Equal(Pinv(BlockMatrix([[A, F]])), BlockMatrix([[Pinv(A)], [Pinv(F)]]), given=[Zero(A.T * F)]),
        "Cline (1964)",
    ),
    fails(
        "[A, F]+ stacks A+ and F+",
        lambda: Equal(Pinv(BlockMatrix([[A, F]])), BlockMatrix([[Pinv(A)], [Pinv(F)]])),
        "A = F = 1",
    ),
    holds(
        "EP partial isometries are normal",
        lambda: Equal(R * R.T, R.T * R, given=[*ep(R), Equal(R * R.T * R, R)]),
        "R+ = R'",
    ),
    fails("partial isometries are normal", lambda: Equal(R * R.T, R.T * R, given=[Equal(R * R.T * R, R)]), "e1e2'"),
    holds(
        "the core inverse has G R^2 = R",
        lambda: Equal(G * R**2, R, given=core),
        "Baksalary and Trenkler (2010)",
    ),
    holds(
        "the core inverse is unique: G = H",
        lambda: Equal(G, H, given=[*core, Equal(R * H, R * Pinv(R)), ImageWithin(H, R)]),
        "Baksalary and Trenkler (2010)",
    ),
    fails("the core inverse has GR = R+R", lambda: Equal(G * R, Pinv(R) * R, given=core), "[[1, 1], [0, 0]]"),
    holds(
        "a reflexive inverse of A'A gives one of A: X = RA' has XAX = X",
        lambda: Equal(R * A.T * A * R * A.T, R * A.T, given=penrose(A.T * A, R, "12")),
        "Rao (1967)",
    ),
    holds(
        "AXA = A and im X in im A' give XA = A+A",
        lambda: Equal(X * A, Pinv(A) * A, given=[Equal(A * X * A, A), ImageWithin(X, A.T)]),
        "A(XA - A+A) = 0 within the rows of A",
    ),
    p_holds(
        "P_[A,F] A = A",
        lambda: Equal(BlockMatrix([[A, F]]) * Pinv(BlockMatrix([[A, F]])) * A, A),
        "A lies in the image",
    ),
    p_holds(
        "P_[A,F] = P_A + P_F if A'F = 0",
        lambda: Equal(
            BlockMatrix([[A, F]]) * Pinv(BlockMatrix([[A, F]])), A * Pinv(A) + F * Pinv(F), given=[Zero(A.T * F)]
        ),
        "orthogonal sums",
    ),
    p_fails(
        "P_[A,F] = P_A + P_F",
        lambda: Equal(BlockMatrix([[A, F]]) * Pinv(BlockMatrix([[A, F]])), A * Pinv(A) + F * Pinv(F)),
        "A = F = 1",
    ),
    p_holds(
        "(R - S)^2 commutes with R for idempotents",
        lambda: Commute((R - S) ** 2, R, given=idempotent(R, S)),
        "Kato; Dixmier (1948)",
    ),
    p_fails("R - S commutes with R for idempotents", lambda: Commute(R - S, R, given=idempotent(R, S)), "lines"),
    p_holds("PQP <= P", lambda: AtMost(P * Q * P, P, given=orthogonal_projection(P, Q)), "P(I - Q)P"),
    p_fails("PQP <= Q", lambda: AtMost(P * Q * P, Q, given=orthogonal_projection(P, Q)), "lines at 45 degrees"),
    p_holds(
        "(x'Py)^2 <= x'Px y'Py",
        lambda: AtMost(inner(x, P * y) ** 2, inner(x, P * x) * inner(y, P * y), given=orthogonal_projection(P)),
        "Cauchy and Schwarz",
    ),
    p_fails(
        "(x'Py)^2 <= x'Px x'Py",
        lambda: AtMost(inner(x, P * y) ** 2, inner(x, P * x) * inner(x, P * y), given=orthogonal_projection(P)),
        "y = -x",
    ),
    p_holds(
        "I - (P - Q)^2 = PQP + (I - P)(I - Q)(I - P)",
        lambda: Equal(I - (P - Q) ** 2, P * Q * P + (I - P) * (I - Q) * (I - P), given=orthogonal_projection(P, Q)),
        "expand",
    ),
    p_fails(
        "I - (P - Q)^2 = PQP + (I - Q)(I - P)(I - Q)",
        lambda: Equal(I - (P - Q) ** 2, P * Q * P + (I - Q) * (I - P) * (I - Q), given=orthogonal_projection(P, Q)),
        "PQP - QPQ is left",
    ),
    p_holds(
        "(R + R' - I)^2 = I + (R - R')(R - R')' for an idempotent",
        lambda: Equal((R + R.T - I) ** 2, I + (R - R.T) * (R - R.T).T, given=idempotent(R)),
        "Buckholtz (2000)",
    ),
    p_fails(
        "(R + R' - I)^2 = I - (R - R')(R - R')' for an idempotent",
        lambda: Equal((R + R.T - I) ** 2, I - (R - R.T) * (R - R.T).T, given=idempotent(R)),
        "[[1, 1], [0, 0]]",
    ),
    p_fails("tr R = rank R if R^3 = R", lambda: Equal(trace(R), Rank(R), given=[Equal(R**3, R)]), "-1"),
    p_holds(
        "tr PQ = 0 gives PQ = 0",
        lambda: Zero(P * Q, given=[*orthogonal_projection(P, Q), Equal(trace(P * Q), 0)]),
        "|PQ|^2",
    ),
    p_fails(
        "tr RS = 0 gives RS = 0 for idempotents",
        lambda: Zero(R * S, given=[*idempotent(R, S), Equal(trace(R * S), 0)]),
        "diag(1, 0), [[0, 1], [0, 1]]",
    ),
    p_holds(
        "PQ = P gives |Px| <= |Qx|",
        lambda: AtMost(squared_norm(P * x), squared_norm(Q * x), given=[*orthogonal_projection(P, Q), Equal(P * Q, P)]),
        "P <= Q",
    ),
    p_fails(
        "R+ is idempotent for an idempotent R",
        lambda: Equal(Pinv(R) ** 2, Pinv(R), given=idempotent(R)),
        "[[1, 1], [0, 0]]",
    ),
    p_holds(
        "2P(P + Q)+Q x = x if Px = Qx = x",
        lambda: Equal(
            2 * P * Pinv(P + Q) * Q * x, x, given=[*orthogonal_projection(P, Q), Equal(P * x, x), Equal(Q * x, x)]
        ),
        "Anderson and Duffin (1969)",
    ),
    p_holds(
        "PQP = P gives PQ = P",
        lambda: Equal(P * Q, P, given=[*orthogonal_projection(P, Q), Equal(P * Q * P, P)]),
        "|(I - Q)P|^2 = 0",
    ),
    p_holds("P_AB <= P_A", lambda: AtMost(A * B * Pinv(A * B), A * Pinv(A)), "im AB in im A"),
    p_holds(
        "P_AB = P_A if B has full row rank",
        lambda: Equal(A * B * Pinv(A * B), A * Pinv(A), given=[full_row_rank(B)]),
        "one image",
    ),
    p_fails(
        "P_AB = P_A if A has full column rank",
        lambda: Equal(A * B * Pinv(A * B), A * Pinv(A), given=[full_column_rank(A)]),
        "B = 0",
    ),
    p_holds("A'A(A'A)+ = A+A", lambda: Equal(A.T * A * Pinv(A.T * A), Pinv(A) * A), "one image"),
    p_holds(
        "idempotents with one image and one row space are one",
        lambda: Equal(R, S, given=[*idempotent(R, S), *one_space(R, S), *one_row_space(R, S)]),
        "BG, 2.4",
    ),
    p_fails(
        "idempotents with one image are one",
        lambda: Equal(R, S, given=[*idempotent(R, S), *one_space(R, S)]),
        "[[1, 1], [0, 0]], diag(1, 0)",
    ),
    p_holds(
        "a normal PQ gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), *normal(P * Q)]),
        "PQP = QPQ",
    ),
    p_holds(
        "(PQ)^3 = (PQ)^2 gives PQ = QP",
        lambda: Commute(P, Q, given=[*orthogonal_projection(P, Q), Equal((P * Q) ** 3, (P * Q) ** 2)]),
        "PQP has eigenvalues 0 and 1",
    ),
    p_fails(
        "PQ = QP and QK = KQ give PK = KP",
        lambda: Commute(P, K, given=[*orthogonal_projection(P, Q, K), Commute(P, Q), Commute(Q, K)]),
        "Q = 0",
    ),
]
