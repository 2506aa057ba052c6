"""Statements on idempotents and orthogonal projections: Halmos, Baksalary and Trenkler, Kato."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="projections", true=True)
fails = partial(Statement, area="projections", true=False)

both = orthogonal_projection(P, Q)
oblique = idempotent(R, S)

KNOWN = [
    holds(
        "(PQ)^2 = PQ gives PQ = QP",
        lambda: Commute(P, Q, given=[*both, Equal((P * Q) ** 2, P * Q)]),
        "Baksalary (1987)",
    ),
    holds(
        "PQP = P gives QP = P", lambda: Equal(Q * P, P, given=[*both, Equal(P * Q * P, P)]), "|P - QP|^2 = tr(P - PQP)"
    ),
    holds("(R - S)^2 commutes with R", lambda: Commute((R - S) ** 2, R, given=oblique), "Kato (1955); Halmos (1969)"),
    holds(
        "(R - S)^2 + (I - R - S)^2 = I",
        lambda: Equal((R - S) ** 2 + (I - R - S) ** 2, I, given=oblique),
        "Kato (1955)",
    ),
    holds(
        "an idempotent R - S has RS = S",
        lambda: Equal(R * S, S, given=[*oblique, *idempotent(R - S)]),
        "RS + SR = 2S, multiplied by R from both sides (Halmos, 1958)",
    ),
    holds("(PQ)+ is idempotent", lambda: Equal(Pinv(P * Q) ** 2, Pinv(P * Q), given=both), "Greville (1974)"),
    holds(
        "a normal idempotent is symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), *normal(R)]),
        "Halmos (1958), section 75",
    ),
    fails(
        "(RS)^2 = RS gives RS = SR",
        lambda: Commute(R, S, given=[*oblique, Equal((R * S) ** 2, R * S)]),
        "[[1, 1], [0, 0]], diag(1, 0)",
    ),
    fails(
        "RSR = R gives SR = R",
        lambda: Equal(S * R, R, given=[*oblique, Equal(R * S * R, R)]),
        "diag(1, 0), [[1, 0], [1, 0]]",
    ),
    fails("(PQ)+ = QP", lambda: Equal(Pinv(P * Q), Q * P, given=both), "two lines at an angle"),
    fails("RS = 0 gives SR = 0", lambda: Zero(S * R, given=[*oblique, Zero(R * S)]), "diag(1, 0), [[0, 0], [1, 1]]"),
    fails(
        "P + Q - PQ is idempotent",
        lambda: Equal((P + Q - P * Q) ** 2, P + Q - P * Q, given=both),
        "two lines at an angle",
    ),
]

FURTHER = [
    fails(
        "R^2 = R makes 2R - I orthogonal",
        lambda: Equal((2 * R - I).T * (2 * R - I), I, given=idempotent(R)),
        "[[1, 1], [0, 0]]",
    ),
    holds("P'P = P gives P^2 = P", lambda: Equal(P * P, P, given=[Equal(P.T * P, P)]), "P is symmetric"),
    holds(
        "PQ = QP makes P + Q - PQ idempotent",
        lambda: Equal((P + Q - P * Q) ** 2, P + Q - P * Q, given=[*idempotent(P, Q), Commute(P, Q)]),
        "Halmos (1958)",
    ),
    holds(
        "an EP idempotent is symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), Equal(R * Pinv(R), Pinv(R) * R)]),
        "R = RR+",
    ),
    holds(
        "an idempotent partial isometry is symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), Equal(R * R.T * R, R)]),
        "Halmos and McLaughlin (1963)",
    ),
    holds(
        "tr R'R = tr R makes an idempotent symmetric",
        lambda: Equal(R.T, R, given=[*idempotent(R), Equal(trace(R.T * R), trace(R))]),
        "|R - R'|^2 = 2 tr R'R - 2 tr R",
    ),
    holds(
        "P(P + Q)+Q = Q(P + Q)+P",
        lambda: Equal(P * Pinv(P + Q) * Q, Q * Pinv(P + Q) * P, given=both),
        "Anderson and Duffin (1969)",
    ),
    holds(
        "2P(P + Q)+Q is idempotent",
        lambda: Equal((2 * P * Pinv(P + Q) * Q) ** 2, 2 * P * Pinv(P + Q) * Q, given=both),
        "Anderson and Duffin (1969)",
    ),
    holds("(P + Q)(P + Q)+P = P", lambda: Equal((P + Q) * Pinv(P + Q) * P, P, given=both), "im P lies in im(P + Q)"),
    holds(
        "PQP = QPQ gives PQ = QP",
        lambda: Commute(P, Q, given=[*both, Equal(P * Q * P, Q * P * Q)]),
        "|PQ - QP|^2 = 2 tr PQP - 2 tr PQPQ",
    ),
    holds(
        "(RS - SR)^2 = (R - S)^4 - (R - S)^2",
        lambda: Equal((R * S - S * R) ** 2, (R - S) ** 4 - (R - S) ** 2, given=oblique),
        "Kato (1955)",
    ),
    holds(
        "|Px| = |x| gives Px = x",
        lambda: Equal(P * x, x, given=[*orthogonal_projection(P), Equal(squared_norm(P * x), squared_norm(x))]),
        "Pythagoras",
    ),
    holds(
        "UU' = VV' makes U'V orthogonal",
        lambda: Equal((U.T * V).T * (U.T * V), Ip, given=[*orthonormal_columns(U, V), Equal(U * U.T, V * V.T)]),
        "V'UU'V = V'VV'V",
    ),
    holds(
        "PQ = QP gives (P - Q)^3 = P - Q",
        lambda: Equal((P - Q) ** 3, P - Q, given=[*idempotent(P, Q), Commute(P, Q)]),
        "eigenvalues -1, 0, 1",
    ),
    holds(
        "(PQ)+ = QP if (PQ)^2 = PQ",
        lambda: Equal(Pinv(P * Q), Q * P, given=[*both, Equal((P * Q) ** 2, P * Q)]),
        "Baksalary (1987)",
    ),
    holds(
        "PQ = P makes Q - P idempotent",
        lambda: Equal((Q - P) ** 2, Q - P, given=[*both, Equal(P * Q, P)]),
        "Halmos (1958)",
    ),
    holds(
        "(I - P)+ = I - P",
        lambda: Equal(Pinv(I - P), I - P, given=orthogonal_projection(P)),
        "I - P is a projection",
    ),
    holds(
        "RSR = RS for idempotents R, S makes RS idempotent",
        lambda: Equal((R * S) ** 2, R * S, given=[*oblique, Equal(R * S * R, R * S)]),
        "RSRS = RSS",
    ),
    fails(
        "RSR = SRS gives RS = SR",
        lambda: Commute(R, S, given=[*oblique, Equal(R * S * R, S * R * S)]),
        "diag(1, 0), [[0, 0], [1, 1]]",
    ),
    fails(
        "|Rx| = |x| gives Rx = x for an idempotent",
        lambda: Equal(R * x, x, given=[*idempotent(R), Equal(squared_norm(R * x), squared_norm(x))]),
        "[[1, 1], [0, 0]], (0, 1)'",
    ),
    fails("(P - Q)^3 = P - Q", lambda: Equal((P - Q) ** 3, P - Q, given=both), "two lines at an angle"),
    fails("(R + S)^2 commutes with R", lambda: Commute((R + S) ** 2, R, given=oblique), "two lines at an angle"),
    fails("PQP is idempotent", lambda: Equal((P * Q * P) ** 2, P * Q * P, given=both), "two lines at an angle"),
    fails("PQ = 0 gives P + Q = I", lambda: Equal(P + Q, I, given=[*both, Zero(P * Q)]), "P = Q = 0"),
    fails("2P(P + Q)+Q = PQ", lambda: Equal(2 * P * Pinv(P + Q) * Q, P * Q, given=both), "two lines at an angle"),
    fails("R^2 = R+ for an idempotent", lambda: Equal(R * R, Pinv(R), given=idempotent(R)), "[[1, 1], [0, 0]]"),
]
