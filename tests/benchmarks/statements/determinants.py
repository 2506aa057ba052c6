"""Statements on determinants and pseudo-determinants: Ben-Israel (1992, volumes), Horn and Johnson (HJ)."""

from functools import partial

from sympy import Determinant, log

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="determinants", true=True)
fails = partial(Statement, area="determinants", true=False)

KNOWN = [
    holds("det RS = det R det S", lambda: Equal(Determinant(R * S), Determinant(R) * Determinant(S)), "HJ, 0.3.5"),
    holds(
        "log pdet RS = log pdet R + log pdet S for invertible matrices",
        lambda: Equal(LogPdet(R * S), LogPdet(R) + LogPdet(S), given=[invertible(R, S)]),
        "HJ, 0.3.5",
    ),
    fails(
        "log pdet RS = log pdet R + log pdet S",
        lambda: Equal(LogPdet(R * S), LogPdet(R) + LogPdet(S)),
        "lines at an angle",
    ),
]

FURTHER = [
    holds("log pdet A' = log pdet A", lambda: Equal(LogPdet(A.T), LogPdet(A)), "one set of singular values"),
    holds("log pdet A+ = -log pdet A", lambda: Equal(LogPdet(Pinv(A)), -LogPdet(A)), "singular values are inverted"),
    holds(
        "log pdet A'A = 2 log pdet A", lambda: Equal(LogPdet(A.T * A), 2 * LogPdet(A)), "singular values are squared"
    ),
    holds(
        "log pdet U = 0 if UU'U = U", lambda: Zero(LogPdet(A), given=[Equal(A * A.T * A, A)]), "singular values 0 and 1"
    ),
    holds(
        "log pdet UA' = log pdet A if U'U = I",
        lambda: Equal(LogPdet(U * F.T), LogPdet(F), given=orthonormal_columns(U)),
        "isometries keep singular values",
    ),
    holds(
        "log pdet FZ = log pdet F + log pdet Z for full ranks",
        lambda: Equal(LogPdet(F * Z), LogPdet(F) + LogPdet(Z), given=[full_column_rank(F), full_row_rank(Z)]),
        "Ben-Israel (1992)",
    ),
    holds(
        "log pdet R^-1 SR = log pdet S for invertible R, S",
        lambda: Equal(LogPdet(Inverse(R) * S * R), LogPdet(S), given=[invertible(R, S)]),
        "HJ, 1.3",
    ),
    holds(
        "Sylvester: det(I + BC) = det(I + CB)",
        lambda: Equal(Determinant(I + B * C), Determinant(Ip + C * B)),
        "Sylvester (1851)",
    ),
    holds("det R' = det R", lambda: Equal(Determinant(R.T), Determinant(R)), "HJ, 0.3"),
    holds("det U^2 = 1 if U'U = I", lambda: Equal(Determinant(R) ** 2, 1, given=orthonormal_columns(R)), "HJ, 2.1"),
    fails(
        "log pdet R = 0 for idempotent R", lambda: Zero(LogPdet(R), given=idempotent(R)), "[[1, 1], [0, 0]]: log 2 / 2"
    ),
    fails(
        "log pdet R^-1 SR = log pdet S for invertible R",
        lambda: Equal(LogPdet(Inverse(R) * S * R), LogPdet(S), given=[invertible(R)]),
        "S = diag(1, 0), R = [[1, 1], [0, 1]]",
    ),
    fails("log pdet RS = log pdet SR", lambda: Equal(LogPdet(R * S), LogPdet(S * R)), "e1e1', 2 e1e2'"),
    fails("log pdet 2A = log 2 + log pdet A", lambda: Equal(LogPdet(2 * A), log(2) + LogPdet(A)), "size 2, or 0"),
    fails(
        "det(R + S) = det R + det S", lambda: Equal(Determinant(R + S), Determinant(R) + Determinant(S)), "size 2, I"
    ),
    fails("log pdet(A + D) = log pdet A + log pdet D", lambda: Equal(LogPdet(A + D), LogPdet(A) + LogPdet(D)), "1, 1"),
]
