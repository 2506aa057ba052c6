"""Statements on kinds of square matrices: Horn and Johnson (HJ), Zhang, Bernstein, Halmos."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="kinds of matrices", true=True)
fails = partial(Statement, area="kinds of matrices", true=False)

involutions = [Equal(R * R, I), Equal(S * S, I)]

KNOWN = [
    holds("SR = I gives RS = I", lambda: Equal(R * S, I, given=[Equal(S * R, I)]), "HJ, 0.5: finite dimension"),
    holds("a normal matrix with S^2 = 0 is 0", lambda: Zero(S, given=[*normal(S), Zero(S * S)]), "HJ, 2.5"),
    holds(
        "N^2 = 0 gives (I - N)^-1 = I + N",
        lambda: Equal(Inverse(I - N), I + N, given=[Zero(N * N)]),
        "Neumann's series",
    ),
    holds(
        "R + S = RS gives RS = SR",
        lambda: Commute(R, S, given=[Equal(R + S, R * S)]),
        "(I - R)(I - S) = I; Zhang, problem 4.16",
    ),
    holds(
        "Jacobson: (I - BC)^-1 = I + B (I - CB)^-1 C",
        lambda: Equal(Inverse(I - B * C), I + B * Inverse(Ip - C * B) * C),
        "Halmos, 'Does mathematics have elements?'",
    ),
    holds(
        "Fuglede: RS = SR gives R'S = SR' for normal R",
        lambda: Commute(R.T, S, given=[*normal(R), Commute(R, S)]),
        "|R'S - SR'|^2 = |RS - SR|^2",
    ),
    holds(
        "Cayley: (I + K)^-1 (I - K) is orthogonal for skew K",
        lambda: Equal((Inverse(I + K) * (I - K)).T * (Inverse(I + K) * (I - K)), I, given=skew(K)),
        "HJ, 2.1; the factors commute",
    ),
    holds("R^2 = R' gives R^4 = R", lambda: Equal(R**4, R, given=[Equal(R**2, R.T)]), "Gross and Trenkler (1997)"),
    holds(
        "AB is a partial isometry if A, B are and A'A, BB' commute",
        lambda: Equal(
            A * B * (A * B).T * A * B,
            A * B,
            given=[Equal(A * A.T * A, A), Equal(B * B.T * B, B), Commute(A.T * A, B * B.T)],
        ),
        "Erdelyi (1968); Halmos and Wallen (1970)",
    ),
    holds(
        "S^3 = S^2 gives S^2 = S for symmetric S",
        lambda: Equal(S**2, S, given=[*self_transpose(S), Equal(S**3, S**2)]),
        "|S^2 - S|^2 = 0",
    ),
    holds(
        "S^3 = I gives S = I for symmetric S",
        lambda: Equal(S, I, given=[*self_transpose(S), Equal(S**3, I)]),
        "S^2 + S + I is positive",
    ),
    fails("SR = I gives RS = I for oblong matrices", lambda: Equal(B * C, I, given=[Equal(C * B, Ip)]), "(1, 0)"),
    fails(
        "SS' and S'S commute if SS'S = S",
        lambda: Commute(S * S.T, S.T * S, given=[Equal(S * S.T * S, S)]),
        "lines at an angle",
    ),
    fails(
        "U'U = I gives U^12 = I", lambda: Equal(R**12, I, given=orthonormal_columns(R)), "a rotation by another angle"
    ),
    fails(
        "N^3 = 0 gives (I - N)^-1 = I + N",
        lambda: Equal(Inverse(I - N), I + N, given=[Zero(N**3)]),
        "a Jordan block of size 3",
    ),
    fails("RS = SR gives R'S = SR'", lambda: Commute(R.T, S, given=[Commute(R, S)]), "R = S = e1e2'"),
    fails(
        "a product of normal matrices is normal",
        lambda: Commute(R * S, (R * S).T, given=normal(R, S)),
        "diag(1, 0) and a swap",
    ),
    fails("an involution is orthogonal", lambda: Equal(R.T * R, I, given=[Equal(R * R, I)]), "[[1, 1], [0, -1]]"),
    fails("R^4 = R gives R^2 = R'", lambda: Equal(R**2, R.T, given=[Equal(R**4, R)]), "an oblique idempotent"),
    fails(
        "R^3 = I gives R = I for normal R",
        lambda: Equal(R, I, given=[*normal(R), Equal(R**3, I)]),
        "a permutation of size 3",
    ),
]

FURTHER = [
    holds("a normal matrix with S^3 = 0 is 0", lambda: Zero(S, given=[*normal(S), Zero(S**3)]), "HJ, 2.5"),
    holds(
        "N^3 = 0 gives (I - N)^-1 = I + N + N^2",
        lambda: Equal(Inverse(I - N), I + N + N**2, given=[Zero(N**3)]),
        "Neumann's series",
    ),
    holds(
        "N^2 = M^2 = 0 and NM = -MN give (N + M)^2 = 0",
        lambda: Zero((N + M) ** 2, given=[Zero(N * N), Zero(M * M), Equal(N * M, -M * N)]),
        "expand",
    ),
    holds(
        "(RS)^2 = I makes involutions commute",
        lambda: Commute(R, S, given=[*involutions, Equal((R * S) ** 2, I)]),
        "RSRS = I times R from the left and S from the right",
    ),
    holds("R^3 = R makes R^2 idempotent", lambda: Equal(R**4, R**2, given=[Equal(R**3, R)]), "R^4 = R^3 R"),
    holds(
        "RS = R and SR = S give R^2 = R",
        lambda: Equal(R * R, R, given=[Equal(R * S, R), Equal(S * R, S)]),
        "RSR = RS; Zhang",
    ),
    holds(
        "Rx = 0 gives R'x = 0 for normal R",
        lambda: Zero(R.T * x, given=[*normal(R), Zero(R * x)]),
        "|Rx| = |R'x| (HJ, 2.5)",
    ),
    holds(
        "Putnam: RS = SQ gives R'S = SQ' for normal R, Q",
        lambda: Equal(R.T * S, S * Q.T, given=[*normal(R, Q), Equal(R * S, S * Q)]),
        "Putnam (1951)",
    ),
    holds(
        "commuting normal matrices have a normal product",
        lambda: Commute(R * S, (R * S).T, given=[*normal(R, S), Commute(R, S)]),
        "HJ, 2.5, by Fuglede",
    ),
    holds(
        "commuting normal matrices have a normal sum",
        lambda: Commute(R + S, (R + S).T, given=[*normal(R, S), Commute(R, S)]),
        "HJ, 2.5, by Fuglede",
    ),
    holds(
        "RS symmetric makes symmetric R, S commute",
        lambda: Commute(R, S, given=[*self_transpose(R, S), Equal((R * S).T, R * S)]),
        "HJ, 4.1",
    ),
    holds(
        "(I - R)(I + R)^-1 is skew for orthogonal R",
        lambda: Equal(((I - R) * Inverse(I + R)).T, -(I - R) * Inverse(I + R), given=orthonormal_columns(R)),
        "Cayley (1846), where I + R is invertible",
    ),
    holds("K^2 = 0 gives K = 0 for skew K", lambda: Zero(K, given=[*skew(K), Zero(K * K)]), "K'K = 0"),
    holds("K^3 = 0 gives K = 0 for skew K", lambda: Zero(K, given=[*skew(K), Zero(K**3)]), "K is normal"),
    holds(
        "S^4 = I gives S^2 = I for symmetric S",
        lambda: Equal(S**2, I, given=[*self_transpose(S), Equal(S**4, I)]),
        "S^2 + I is positive",
    ),
    holds(
        "AB a partial isometry makes A'A, BB' commute",
        lambda: Commute(
            A.T * A,
            B * B.T,
            given=[Equal(A * A.T * A, A), Equal(B * B.T * B, B), Equal(A * B * (A * B).T * A * B, A * B)],
        ),
        "Halmos and Wallen (1970)",
    ),
    holds("R^2 = R' makes R a partial isometry", lambda: Equal(R * R.T * R, R, given=[Equal(R**2, R.T)]), "RR'R = R^4"),
    holds(
        "a sum of generalized projectors with RS = SR = 0 is one",
        lambda: Equal((R + S) ** 2, (R + S).T, given=[Equal(R**2, R.T), Equal(S**2, S.T), Zero(R * S), Zero(S * R)]),
        "Gross and Trenkler (1997)",
    ),
    holds(
        "R is normal if its symmetric and skew parts commute",
        lambda: Commute(R, R.T, given=[Commute(R + R.T, R - R.T)]),
        "HJ, 2.5",
    ),
    holds("RS - SR = s I gives s = 0", lambda: Zero(s, given=[Equal(R * S - S * R, s * I)]), "traces (HJ, 0.4)"),
    holds("(RS)^2 = 0 gives (SR)^3 = 0", lambda: Zero((S * R) ** 3, given=[Zero((R * S) ** 2)]), "S (RS)^2 R"),
    holds(
        "S^3 = R^3 gives S = R for symmetric matrices",
        lambda: Equal(S, R, given=[*self_transpose(R, S), Equal(S**3, R**3)]),
        "odd roots are unique (HJ, 7.2.6)",
    ),
    holds(
        "R^2 x = 0 gives Rx = 0 for normal R",
        lambda: Zero(R * x, given=[*normal(R), Zero(R * R * x)]),
        "|R'Rx| = |R^2 x|",
    ),
    holds(
        "RS = SR = 0 gives (R + S)^3 = R^3 + S^3",
        lambda: Equal((R + S) ** 3, R**3 + S**3, given=[Zero(R * S), Zero(S * R)]),
        "expand",
    ),
    holds(
        "RQ = QS gives R^-1 Q = Q S^-1",
        lambda: Equal(Inverse(R) * Q, Q * Inverse(S), given=[invertible(R, S), Equal(R * Q, Q * S)]),
        "Sylvester's equation",
    ),
    holds(
        "R^2 = I gives (I + R)/2 idempotent",
        lambda: Equal(((I + R) / 2) ** 2, (I + R) / 2, given=[Equal(R * R, I)]),
        "Halmos",
    ),
    holds(
        "RR' + SS' = I and R'S = 0 make R a partial isometry",
        lambda: Equal(R * R.T * R, R, given=[Equal(R * R.T + S * S.T, I), Zero(R.T * S)]),
        "multiply by R' from the left",
    ),
    fails(
        "(N + M)^2 = 0 if N^2 = M^2 = NM = 0",
        lambda: Zero((N + M) ** 2, given=[Zero(N * N), Zero(M * M), Zero(N * M)]),
        "N = e1e2', M = e3e1'",
    ),
    fails("R^2 idempotent gives R^3 = R", lambda: Equal(R**3, R, given=[Equal(R**4, R**2)]), "e1e2'"),
    fails("(RS)^2 = R^2 S^2", lambda: Equal((R * S) ** 2, R**2 * S**2), "e1e2', e2e1'"),
    fails("an orthogonal matrix is symmetric", lambda: Equal(R.T, R, given=orthonormal_columns(R)), "a rotation"),
    fails(
        "a product of involutions is one",
        lambda: Equal((R * S) ** 2, I, given=involutions),
        "[[1, 1], [0, -1]], diag(1, -1)",
    ),
    fails(
        "a sum of normal matrices is normal",
        lambda: Commute(R + S, (R + S).T, given=normal(R, S)),
        "diag(1, 0), [[0, 1], [-1, 0]]",
    ),
    fails(
        "a product of symmetric matrices is symmetric",
        lambda: Equal((R * S).T, R * S, given=self_transpose(R, S)),
        "diag(1, 0), a swap",
    ),
    fails(
        "(I + S)^-1 (I - S) is orthogonal for symmetric S",
        lambda: Equal((Inverse(I + S) * (I - S)).T * (Inverse(I + S) * (I - S)), I, given=self_transpose(S)),
        "S = 1",
    ),
    fails("R^3 = R^2 gives R^2 = R", lambda: Equal(R**2, R, given=[Equal(R**3, R**2)]), "e1e2'"),
    fails("R^4 = I gives R^2 = I", lambda: Equal(R**2, I, given=[Equal(R**4, I)]), "a quarter turn"),
    fails(
        "S^2 = R^2 gives S = R for symmetric matrices",
        lambda: Equal(S, R, given=[*self_transpose(R, S), Equal(S**2, R**2)]),
        "1, -1",
    ),
    fails("R^2 = R' gives R' = R", lambda: Equal(R.T, R, given=[Equal(R**2, R.T)]), "a permutation of size 3"),
    fails(
        "(RS)^2 = 0 gives (SR)^2 = 0",
        lambda: Zero((S * R) ** 2, given=[Zero((R * S) ** 2)]),
        "S = diag(1, 1, 0), R a Jordan block of size 3",
    ),
    fails("Rx = 0 gives R'x = 0", lambda: Zero(R.T * x, given=[Zero(R * x)]), "e1e2', e1"),
    fails(
        "AB is a partial isometry if A and B are",
        lambda: Equal(A * B * (A * B).T * A * B, A * B, given=[Equal(A * A.T * A, A), Equal(B * B.T * B, B)]),
        "lines at an angle",
    ),
    fails(
        "R commutes with its transpose if R^3 does", lambda: Commute(R, R.T, given=[Commute(R**3, (R**3).T)]), "e1e2'"
    ),
]
