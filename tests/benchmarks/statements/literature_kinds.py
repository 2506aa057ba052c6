"""Statements of the literature on kinds of matrices: normal, contractive, symmetric, skew, and with an equation."""

from functools import partial

from sympy import BlockMatrix, Determinant, ZeroMatrix

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="kinds of matrices", true=True)
fails = partial(Statement, area="kinds of matrices", true=False)

O = ZeroMatrix(n, n)
R2, S2, P2 = (MatrixSymbol(name, 2, 2) for name in "RSP")
R3, S3, P3 = (MatrixSymbol(name, 3, 3) for name in "RSP")

STATEMENTS: list[Statement] = [
    holds(
        "RRR' = RR'R makes R normal",
        lambda: Equal(R * R.T, R.T * R, given=[Equal(R * R * R.T, R * R.T * R)]),
        "Brown: tr RR'RR' = tr RRR'R'",
    ),
    fails("R^2 normal makes R normal", lambda: Equal(R * R.T, R.T * R, given=normal(R * R)), "e1e2'"),
    holds(
        "RR' <= R'R makes R normal",
        lambda: Equal(R * R.T, R.T * R, given=[at_most(R * R.T, R.T * R)]),
        "hyponormal; the difference has trace 0",
    ),
    fails(
        "RR' <= 2R'R makes R normal",
        lambda: Equal(R * R.T, R.T * R, given=[at_most(R * R.T, 2 * R.T * R)]),
        "[[1, 1/2], [0, 1]]",
    ),
    holds(
        "RR' - R'R >= 0 gives RR' - R'R = 0",
        lambda: Zero(R * R.T - R.T * R, given=[positive_semidefinite(R * R.T - R.T * R)]),
        "trace 0",
    ),
    holds(
        "a contractive idempotent is symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), at_most(R.T * R, I)]),
        "its kernel is orthogonal to its image",
    ),
    holds(
        "a contractive involution is symmetric",
        lambda: Equal(R.T, R, given=[Equal(R * R, I), at_most(R.T * R, I)]),
        "R'(I - R'R)R = R'R - I",
    ),
    fails(
        "a contraction with R^3 = R^2 is symmetric",
        lambda: Equal(R.T, R, given=[Equal(R**3, R**2), at_most(R.T * R, I)]),
        "e1e2'",
    ),
    holds(
        "a contraction with R^3 = I is orthogonal",
        lambda: Equal(R.T * R, I, given=[Equal(R**3, I), at_most(R.T * R, I)]),
        "R^-1 = R^2 is a contraction too",
    ),
    fails(
        "R^3 = I makes R orthogonal", lambda: Equal(R.T * R, I, given=[Equal(R**3, I)]), "a matrix similar to a turn"
    ),
    holds(
        "Rx = x gives R'x = x for a contraction",
        lambda: Equal(R.T * x, x, given=[Equal(R * x, x), at_most(R.T * R, I)]),
        "Sz.-Nagy and Foias: |R'x - x|^2 <= 0",
    ),
    fails("Rx = x gives R'x = x", lambda: Equal(R.T * x, x, given=[Equal(R * x, x)]), "[[1, 1], [0, 0]]"),
    holds(
        "A'A <= I gives AA' <= I",
        lambda: AtMost(A * A.T, Im, given=[at_most(A.T * A, I)]),
        "I - AA' = (I - AA')^2 + A(I - A'A)A'",
    ),
    fails(
        "A'A <= 2I gives AA' <= I", lambda: AtMost(A * A.T, Im, given=[at_most(A.T * A, 2 * I)]), "[[1, 1], [1, -1]]"
    ),
    holds(
        "Rx = 0 gives R'x = 0 if R + R' >= 0",
        lambda: Zero(R.T * x, given=[Zero(R * x), positive_semidefinite(R + R.T)]),
        "x'(R + R')x = 0",
    ),
    fails(
        "Rx = 0 gives R'x = 0 if R + R' + I >= 0",
        lambda: Zero(R.T * x, given=[Zero(R * x), positive_semidefinite(R + R.T + I)]),
        "e1e2'",
    ),
    holds(
        "R + R' >= 0 makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[positive_semidefinite(R + R.T)]),
        "R and R' have one kernel",
    ),
    fails(
        "R + R' + 2I >= 0 makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[positive_semidefinite(R + R.T + 2 * I)]),
        "e1e2'",
    ),
    fails(
        "R + R' >= 0 makes R normal",
        lambda: Equal(R * R.T, R.T * R, given=[positive_semidefinite(R + R.T)]),
        "[[1, 1], [0, 1]]",
    ),
    holds(
        "R + R' >= 0 gives R+ + R+' >= 0",
        lambda: NonNegative(Pinv(R) + Pinv(R).T, given=[positive_semidefinite(R + R.T)]),
        "R+(R + R')R+'",
    ),
    holds(
        "Lyapunov: SP + PS = 0 gives P = 0 for S > 0",
        lambda: Zero(P, given=[positive_definite(S), Zero(S * P + P * S)]),
        "tr P'SP + tr PSP' = 0",
    ),
    fails(
        "SP + PS = 0 gives P = 0 for symmetric invertible S",
        lambda: Zero(P, given=[symmetric(S), invertible(S), Zero(S * P + P * S)]),
        "diag(1, -1), e1e2'",
    ),
    fails(
        "SP - PS = 0 gives P = 0 for S > 0", lambda: Zero(P, given=[positive_definite(S), Zero(S * P - P * S)]), "P = I"
    ),
    holds(
        "SP + PS = 0 gives SP = 0 for S >= 0",
        lambda: Zero(S * P, given=[positive_semidefinite(S), Zero(S * P + P * S)]),
        "S^2P = PS^2, so that SP = PS",
    ),
    holds(
        "Lyapunov: R'S + SR = -I and Rx = 0 give x = 0 for S > 0",
        lambda: Zero(x, given=[positive_definite(S), Equal(R.T * S + S * R, -I), Zero(R * x)]),
        "-|x|^2 = 0",
    ),
    holds(
        "Stein: S - R'SR = I and Rx = -x give x = 0 for symmetric S",
        lambda: Zero(x, given=[symmetric(S), Equal(S - R.T * S * R, I), Equal(R * x, -x)]),
        "|x|^2 = 0",
    ),
    holds(
        "(S + K)x = 0 gives x = 0 for S > 0 and skew K",
        lambda: Zero(x, given=[positive_definite(S), *skew(K), Zero((S + K) * x)]),
        "x'Sx = 0",
    ),
    fails(
        "(S + K)x = 0 gives x = 0 for symmetric invertible S and skew K",
        lambda: Zero(x, given=[symmetric(S), invertible(S), *skew(K), Zero((S + K) * x)]),
        "diag(1, -1), a quarter turn",
    ),
    fails(
        "(S + K)x = 0 gives x = 0 for S >= 0 and skew K",
        lambda: Zero(x, given=[positive_semidefinite(S), *skew(K), Zero((S + K) * x)]),
        "S = K = 0",
    ),
    holds(
        "SR has real eigenvalues for S > 0 and symmetric R",
        lambda: Zero(
            t * x,
            given=[
                positive_definite(S),
                symmetric(R),
                Equal(S * R * x, s * x + t * y),
                Equal(S * R * y, s * y - t * x),
            ],
        ),
        "t(x'S^-1x + y'S^-1y) = 0",
    ),
    holds("R^2 = -I gives tr R = 0", lambda: Zero(trace(R), given=[Equal(R * R, -I)]), "i and -i in pairs"),
    fails("R^2 = I gives tr R = 0", lambda: Zero(trace(R), given=[Equal(R * R, I)]), "1"),
    holds(
        "RS = -SR gives tr S = 0 for invertible R",
        lambda: Zero(trace(S), given=[invertible(R), Equal(R * S, -S * R)]),
        "tr R^-1 SR",
    ),
    fails("RS = -SR gives tr S = 0", lambda: Zero(trace(S), given=[Equal(R * S, -S * R)]), "R = 0"),
    holds(
        "RS = 2SR gives tr S = 0 for invertible R",
        lambda: Zero(trace(S), given=[invertible(R), Equal(R * S, 2 * S * R)]),
        "tr S = 2 tr S",
    ),
    holds(
        "RS = 2SR gives det S = 0 for invertible R",
        lambda: Zero(Determinant(S), given=[invertible(R), Equal(R * S, 2 * S * R)]),
        "det S = 2^n det S",
    ),
    fails(
        "RS = 2SR gives S = 0 for invertible R",
        lambda: Zero(S, given=[invertible(R), Equal(R * S, 2 * S * R)]),
        "diag(2, 1), e1e2'",
    ),
    holds(
        "RS - SR = R gives tr R^3 = 0", lambda: Zero(trace(R**3), given=[Equal(R * S - S * R, R)]), "tr (RS - SR)R^2"
    ),
    fails("RS - SR = R gives R = 0", lambda: Zero(R, given=[Equal(R * S - S * R, R)]), "R = e1e2', S = diag(0, 1)"),
    holds(
        "Hall: (RS - SR)^2 commutes with P at size 2", lambda: Commute((R2 * S2 - S2 * R2) ** 2, P2), "Hall's identity"
    ),
    fails("(RS - SR)^2 commutes with P at size 3", lambda: Commute((R3 * S3 - S3 * R3) ** 2, P3), "numbers"),
    fails("tr (RS - SR)^3 = 0", lambda: Zero(trace((R * S - S * R) ** 3)), "numbers, size 3"),
    holds(
        "Roth: P = RQ - QS makes [[R, P], [0, S]] similar to diag(R, S)",
        lambda: Equal(
            BlockMatrix([[R, P], [O, S]]) * BlockMatrix([[I, -Q], [O, I]]),
            BlockMatrix([[I, -Q], [O, I]]) * BlockMatrix([[R, O], [O, S]]),
            given=[Equal(P, R * Q - Q * S)],
        ),
        "Roth",
    ),
    holds(
        "a partial isometry with R^3 = R is symmetric",
        lambda: Equal(R.T, R, given=[partial_isometry(R), Equal(R**3, R)]),
        "R^2 is a contractive idempotent, so that R' = R+ = R",
    ),
    fails("R^3 = R makes R symmetric", lambda: Equal(R.T, R, given=[Equal(R**3, R)]), "[[1, 1], [0, 0]]"),
    holds(
        "R^5 = I gives R = I for R >= 0",
        lambda: Equal(R, I, given=[positive_semidefinite(R), Equal(R**5, I)]),
        "the only eigenvalue is 1",
    ),
    fails("R^4 = I gives R = I for symmetric R", lambda: Equal(R, I, given=[symmetric(R), Equal(R**4, I)]), "-1"),
    holds(
        "Fuglede: RS = SR gives RR'S = SRR' for normal R",
        lambda: Commute(R * R.T, S, given=[*normal(R), Commute(R, S)]),
        "Fuglede",
    ),
    holds(
        "R^3S = SR^3 gives RS = SR for symmetric R and normal S",
        lambda: Commute(R, S, given=[*normal(R), *normal(S), Commute(R**3, S), Equal(R.T, R)]),
        "the cube root",
    ),
    fails(
        "R^3S = SR^3 gives RS = SR for normal R",
        lambda: Commute(R, S, given=[*normal(R), Commute(R**3, S)]),
        "a turn by 120 degrees",
    ),
    fails(
        "R^2S = SR^2 gives RS = SR for symmetric R",
        lambda: Commute(R, S, given=[symmetric(R), Commute(R**2, S)]),
        "diag(1, -1)",
    ),
    holds(
        "RSR'S' = I makes orthogonal matrices commute",
        lambda: Equal(R * S, S * R, given=[orthogonal(R, S), Equal(R * S * R.T * S.T, I)]),
        "RS = SR",
    ),
    holds("a skew idempotent is 0", lambda: Zero(K, given=[*skew(K), Equal(K * K, K)]), "K = K^2 is symmetric too"),
    holds(
        "K^2x = 0 gives Kx = 0 for skew K", lambda: Zero(K * x, given=[*skew(K), Zero(K * K * x)]), "|Kx|^2 = -x'K^2x"
    ),
]
