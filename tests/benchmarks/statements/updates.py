"""Statements on inverses of sums: Woodbury, Hua, Henderson and Searle (1981), Meyer (1973)."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="inverses of sums", true=True)
fails = partial(Statement, area="inverses of sums", true=False)

KNOWN = [
    holds(
        "Woodbury: (R + BC)^-1",
        lambda: Equal(
            Inverse(R + B * C), Inverse(R) - Inverse(R) * B * Inverse(Ip + C * Inverse(R) * B) * C * Inverse(R)
        ),
        "Woodbury (1950)",
    ),
    holds(
        "Sherman and Morrison: (R + uv')^-1",
        lambda: Equal(
            Inverse(R + u * v.T), Inverse(R) - Inverse(R) * u * Inverse(I1 + v.T * Inverse(R) * u) * v.T * Inverse(R)
        ),
        "Sherman and Morrison (1950)",
    ),
    holds(
        "(R^-1 + S^-1)^-1 = R (R + S)^-1 S",
        lambda: Equal(Inverse(Inverse(R) + Inverse(S)), R * Inverse(R + S) * S),
        "Henderson and Searle (1981)",
    ),
    holds(
        "R^-1 - S^-1 = R^-1 (S - R) S^-1",
        lambda: Equal(Inverse(R) - Inverse(S), Inverse(R) * (S - R) * Inverse(S)),
        "the resolvent identity",
    ),
    holds(
        "(A + cd')+ = A+ + (cd')+ if A'c = 0 and Ad = 0",
        lambda: Equal(Pinv(A + c * u.T), Pinv(A) + Pinv(c * u.T), given=[Zero(A.T * c), Zero(A * u)]),
        "CM, Theorem 3.1.3 (Meyer, 1973)",
    ),
    fails("(R + S)^-1 = R^-1 + S^-1", lambda: Equal(Inverse(R + S), Inverse(R) + Inverse(S)), "R = S = 1"),
    fails(
        "(A + cd')+ = A+ + (cd')+ if A'c = 0",
        lambda: Equal(Pinv(A + c * u.T), Pinv(A) + Pinv(c * u.T), given=[Zero(A.T * c)]),
        "(1, 0)' + (0, 1)'",
    ),
]

FURTHER = [
    holds(
        "R (R + S)^-1 S = S (R + S)^-1 R",
        lambda: Equal(R * Inverse(R + S) * S, S * Inverse(R + S) * R),
        "both are R - R (R + S)^-1 R",
    ),
    holds(
        "(I + R)^-1 + (I + R^-1)^-1 = I",
        lambda: Equal(Inverse(I + R) + Inverse(I + Inverse(R)), I),
        "(I + R^-1)^-1 = (I + R)^-1 R",
    ),
    holds(
        "(I + BC)^-1 B = B (I + CB)^-1", lambda: Equal(Inverse(I + B * C) * B, B * Inverse(Ip + C * B)), "push-through"
    ),
    holds(
        "(R + S)^-1 = R^-1 - R^-1 (R^-1 + S^-1)^-1 R^-1",
        lambda: Equal(Inverse(R + S), Inverse(R) - Inverse(R) * Inverse(Inverse(R) + Inverse(S)) * Inverse(R)),
        "Henderson and Searle (1981)",
    ),
    holds(
        "(I + AA')^-1 = I - A (I + A'A)^-1 A'",
        lambda: Equal(Inverse(Im + A * A.T), Im - A * Inverse(I + A.T * A) * A.T),
        "Woodbury",
    ),
    holds(
        "A' (AA' + mu I)^-1 = (A'A + mu I)^-1 A'",
        lambda: Equal(A.T * Inverse(A * A.T + mu * Im), Inverse(A.T * A + mu * I) * A.T),
        "ridge regression, primal and dual",
    ),
    holds(
        "(R + uv')^-1 u (1 + v'R^-1 u) = R^-1 u",
        lambda: Equal(Inverse(R + u * v.T) * u * (I1 + v.T * Inverse(R) * u), Inverse(R) * u),
        "(R + uv') R^-1 u = u (1 + v'R^-1 u)",
    ),
    holds(
        "Searle: (S + BB')^-1 B = S^-1 B (I + B'S^-1 B)^-1",
        lambda: Equal(Inverse(S + B * B.T) * B, Inverse(S) * B * Inverse(Ip + B.T * Inverse(S) * B)),
        "Searle (1982)",
    ),
    holds(
        "Hua: R - (R^-1 + (S^-1 - R)^-1)^-1 = RSR",
        lambda: Equal(R - Inverse(Inverse(R) + Inverse(Inverse(S) - R)), R * S * R),
        "Hua (1949)",
    ),
    holds(
        "(I - R)^-1 (I + R) = (I + R) (I - R)^-1",
        lambda: Equal(Inverse(I - R) * (I + R), (I + R) * Inverse(I - R)),
        "polynomials commute",
    ),
    fails(
        "Woodbury with the wrong sign",
        lambda: Equal(
            Inverse(R + B * C), Inverse(R) + Inverse(R) * B * Inverse(Ip + C * Inverse(R) * B) * C * Inverse(R)
        ),
        "1",
    ),
    fails(
        "R^-1 - S^-1 = R^-1 (R - S) S^-1",
        lambda: Equal(Inverse(R) - Inverse(S), Inverse(R) * (R - S) * Inverse(S)),
        "1, 2",
    ),
    fails("(R^-1 + S^-1)^-1 = R + S", lambda: Equal(Inverse(Inverse(R) + Inverse(S)), R + S), "1, 1"),
    fails(
        "(A + D)+ = A+ + D+ - A+ D A+", lambda: Equal(Pinv(A + D), Pinv(A) + Pinv(D) - Pinv(A) * D * Pinv(A)), "1, 2"
    ),
    fails("R (R + S)^-1 S = S (R + S)^-1 S", lambda: Equal(R * Inverse(R + S) * S, S * Inverse(R + S) * S), "1, 2"),
]
