"""Statements of the literature on traces and norms, of semidefinite, symmetric and normal matrices."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="traces and norms", true=True)
fails = partial(Statement, area="traces and norms", true=False)

STATEMENTS: list[Statement] = [
    holds(
        "0 <= R <= S gives tr R^2 <= tr S^2",
        lambda: AtMost(trace(R * R), trace(S * S), given=[positive_semidefinite(R), at_most(R, S)]),
        "tr (S - R)(S + R)",
    ),
    fails(
        "R <= S gives tr R^2 <= tr S^2 for symmetric R",
        lambda: AtMost(trace(R * R), trace(S * S), given=[symmetric(R), at_most(R, S)]),
        "R = -1, S = 0",
    ),
    holds(
        "0 <= R <= S gives tr R^3 <= tr S^3",
        lambda: AtMost(trace(R**3), trace(S**3), given=[positive_semidefinite(R), at_most(R, S)]),
        "3 tr DR^2 + 3 tr D^2R + tr D^3 for D = S - R",
    ),
    holds(
        "P <= Q gives tr S^2P <= tr S^2Q for symmetric S",
        lambda: AtMost(trace(S**2 * P), trace(S**2 * Q), given=[symmetric(S), at_most(P, Q)]),
        "tr S(Q - P)S",
    ),
    fails(
        "Q <= P gives tr S^2P <= tr S^2Q for symmetric S",
        lambda: AtMost(trace(S**2 * P), trace(S**2 * Q), given=[symmetric(S), at_most(Q, P)]),
        "S = P = 1, Q = 0",
    ),
    holds(
        "tr RSRS <= (tr RS)^2 for R, S >= 0",
        lambda: AtMost(trace(R * S * R * S), trace(R * S) ** 2, given=[positive_semidefinite(R, S)]),
        "tr M^2 <= (tr M)^2 for M = GRG' >= 0",
    ),
    fails(
        "(tr RS)^2 <= tr RSRS for R, S >= 0",
        lambda: AtMost(trace(R * S) ** 2, trace(R * S * R * S), given=[positive_semidefinite(R, S)]),
        "I, I, size 2",
    ),
    holds(
        "2 tr RS <= tr R^2 + tr S^2 for symmetric R, S",
        lambda: AtMost(2 * trace(R * S), trace(R * R) + trace(S * S), given=[symmetric(R, S)]),
        "|R - S|^2",
    ),
    fails(
        "tr RS <= tr R tr S for symmetric R, S",
        lambda: AtMost(trace(R * S), trace(R) * trace(S), given=[symmetric(R, S)]),
        "diag(1, -1) twice",
    ),
    holds(
        "tr (R - S)(S^-1 - R^-1) >= 0 for R, S > 0",
        lambda: NonNegative(trace((R - S) * (Inverse(S) - Inverse(R))), given=[positive_definite(R, S)]),
        "tr (R - S)S^-1(R - S)R^-1",
    ),
    holds(
        "tr SQ <= tr S for S >= 0 and orthogonal Q",
        lambda: AtMost(trace(S * Q), trace(S), given=[positive_semidefinite(S), orthogonal(Q)]),
        "tr (I - Q)'S(I - Q) >= 0",
    ),
    fails(
        "tr SQ <= tr S for symmetric S and orthogonal Q",
        lambda: AtMost(trace(S * Q), trace(S), given=[symmetric(S), orthogonal(Q)]),
        "S = Q = -1",
    ),
    holds(
        "Fan and Hoffman: |S - I| <= |S - Q| for S >= 0 and orthogonal Q",
        lambda: AtMost(squared_norm(S - I), squared_norm(S - Q), given=[positive_semidefinite(S), orthogonal(Q)]),
        "Fan and Hoffman",
    ),
    fails(
        "|S - I| <= |S - Q| for symmetric S and orthogonal Q",
        lambda: AtMost(squared_norm(S - I), squared_norm(S - Q), given=[symmetric(S), orthogonal(Q)]),
        "S = Q = -1",
    ),
    holds(
        "(R + R')/2 is the symmetric matrix nearest to R",
        lambda: AtMost(squared_norm(R - (R + R.T) / 2), squared_norm(R - S), given=[symmetric(S)]),
        "symmetric and skew parts are orthogonal",
    ),
    holds(
        "tr SKSK <= 0 for S >= 0 and skew K",
        lambda: AtMost(trace(S * K * S * K), 0, given=[positive_semidefinite(S), *skew(K)]),
        "-|GKG'|^2",
    ),
    fails(
        "tr SKSK <= 0 for symmetric S and skew K",
        lambda: AtMost(trace(S * K * S * K), 0, given=[symmetric(S), *skew(K)]),
        "diag(1, -1), a quarter turn",
    ),
    holds(
        "SS' <= mu I gives |RS|^2 <= mu |R|^2",
        lambda: AtMost(squared_norm(R * S), mu * squared_norm(R), given=[at_most(S * S.T, mu * I)]),
        "tr R(mu I - SS')R'",
    ),
    holds(
        "|Rx| = |R'x| for normal R",
        lambda: Equal(squared_norm(R * x), squared_norm(R.T * x), given=normal(R)),
        "x'R'Rx",
    ),
    holds(
        "|Rx|^4 <= |R^2x|^2 |x|^2 for normal R",
        lambda: AtMost(squared_norm(R * x) ** 2, squared_norm(R * R * x) * squared_norm(x), given=normal(R)),
        "paranormal",
    ),
    fails(
        "|Rx|^4 <= |R^2x|^2 |x|^2",
        lambda: AtMost(squared_norm(R * x) ** 2, squared_norm(R * R * x) * squared_norm(x)),
        "e1e2', x = e2",
    ),
]
