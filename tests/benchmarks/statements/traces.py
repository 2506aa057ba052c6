"""Statements on traces, norms and commutators: Horn and Johnson (HJ), Zhang, Bernstein."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="traces and norms", true=True)
fails = partial(Statement, area="traces and norms", true=False)

KNOWN = [
    holds(
        "tr SK = 0 for symmetric S, skew K",
        lambda: Zero(trace(S * K), given=[*self_transpose(S), *skew(K)]),
        "HJ, 0.2.5",
    ),
    holds(
        "|A + D|^2 + |A - D|^2 = 2|A|^2 + 2|D|^2",
        lambda: Equal(squared_norm(A + D) + squared_norm(A - D), 2 * squared_norm(A) + 2 * squared_norm(D)),
        "the parallelogram law",
    ),
    holds(
        "tr R^2 = |R|^2 makes R symmetric",
        lambda: Equal(R.T, R, given=[Equal(trace(R * R), squared_norm(R))]),
        "|R - R'|^2 = 2|R|^2 - 2 tr R^2",
    ),
    holds(
        "tr RSP = tr SRP for symmetric R, S, P",
        lambda: Equal(trace(R * S * P), trace(S * R * P), given=self_transpose(R, S, P)),
        "the transpose of RSP is PSR",
    ),
    holds("tr N = 0 if N^2 = 0", lambda: Zero(trace(N), given=[Zero(N * N)]), "tr N = tr NN+N = tr N^2 N+"),
    fails("tr RSP = tr SRP", lambda: Equal(trace(R * S * P), trace(S * R * P)), "e1e2', e2e1', e1e1'"),
    fails(
        "|RS|^2 = |SR|^2 for normal R",
        lambda: Equal(squared_norm(R * S), squared_norm(S * R), given=normal(R)),
        "e1e1', e1e2'",
    ),
    fails(
        "tr X = tr Y for {1}-inverses X, Y of R",
        lambda: Equal(trace(G), trace(H), given=[*penrose(R, G, "1"), *penrose(R, H, "1")]),
        "R = 0",
    ),
    fails(
        "tr R'R = tr R for idempotent R",
        lambda: Equal(squared_norm(R), trace(R), given=idempotent(R)),
        "[[1, 1], [0, 0]]",
    ),
]

FURTHER = [
    holds("tr K^3 = 0 for skew K", lambda: Zero(trace(K**3), given=skew(K)), "K^3 is skew"),
    holds(
        "|UA'| = |A| if U'U = I",
        lambda: Equal(squared_norm(U * F.T), squared_norm(F), given=orthonormal_columns(U)),
        "isometries keep lengths",
    ),
    holds(
        "|RS - SR|^2 = 2 tr R^2 S^2 - 2 tr RSRS for symmetric R, S",
        lambda: Equal(
            squared_norm(R * S - S * R), 2 * trace(R * R * S * S) - 2 * trace(R * S * R * S), given=self_transpose(R, S)
        ),
        "expand",
    ),
    holds(
        "tr RSRS = tr RRSS makes symmetric R, S commute",
        lambda: Commute(R, S, given=[*self_transpose(R, S), Equal(trace(R * S * R * S), trace(R * R * S * S))]),
        "HJ, 4.1; the norm of the commutator",
    ),
    holds(
        "tr (P - Q)^3 = tr (P - Q) for idempotents",
        lambda: Equal(trace((P - Q) ** 3), trace(P - Q), given=idempotent(P, Q)),
        "Avron, Seiler and Simon (1994)",
    ),
    holds(
        "tr RR'RR' = tr RRR'R' makes R normal",
        lambda: Commute(R, R.T, given=[Equal(trace(R * R.T * R * R.T), trace(R * R * R.T * R.T))]),
        "|RR' - R'R|^2 = 0",
    ),
    holds(
        "|RS|^2 = |SR|^2 for normal R, S",
        lambda: Equal(squared_norm(R * S), squared_norm(S * R), given=normal(R, S)),
        "Kaplansky (1953)",
    ),
    holds(
        "tr AX = tr AY for {1}-inverses X, Y of A",
        lambda: Equal(trace(A * X), trace(A * Y), given=[*penrose(A, X, "1"), *penrose(A, Y, "1")]),
        "both are the rank (RM, chapter 2)",
    ),
    holds(
        "tr R = tr S for idempotents with RS = S, SR = R",
        lambda: Equal(trace(R), trace(S), given=[Equal(R * S, S), Equal(S * R, R)]),
        "one image",
    ),
    holds("tr N = 0 if N^3 = 0", lambda: Zero(trace(N), given=[Zero(N**3)]), "nilpotent"),
    holds(
        "tr S^2 = 0 gives S = 0 for symmetric S",
        lambda: Zero(S, given=[*self_transpose(S), Zero(trace(S * S))]),
        "|S|^2",
    ),
    holds(
        "<A, D>^2 = |A|^2 |D|^2 makes A and D parallel",
        lambda: Parallel(A, D, given=[Equal(inner(A, D) ** 2, squared_norm(A) * squared_norm(D))]),
        "Cauchy and Schwarz",
    ),
    holds("|AU|^2 = tr A'A UU'", lambda: Equal(squared_norm(A * U), trace(A.T * A * U * U.T)), "the trace is cyclic"),
    holds(
        "tr PQ = |PQ|^2 for orthogonal projections",
        lambda: Equal(trace(P * Q), squared_norm(P * Q), given=orthogonal_projection(P, Q)),
        "tr QPPQ",
    ),
    holds("tr (RS - SR) R^2 = 0", lambda: Zero(trace((R * S - S * R) * R * R)), "the trace is cyclic (Jacobson)"),
    holds(
        "RS - SR = R gives tr R^2 = 0",
        lambda: Zero(trace(R * R), given=[Equal(R * S - S * R, R)]),
        "Jacobson: tr R(RS - SR)",
    ),
    fails(
        "tr RSPQ = tr SRPQ for symmetric matrices",
        lambda: Equal(trace(R * S * P * Q), trace(S * R * P * Q), given=self_transpose(R, S, P, Q)),
        "diag(1, 0), a swap, ...",
    ),
    fails("tr K^2 = 0 for skew K", lambda: Zero(trace(K * K), given=skew(K)), "a quarter turn"),
    fails(
        "|A + D|^2 - |A - D|^2 = 2<A, D>",
        lambda: Equal(squared_norm(A + D) - squared_norm(A - D), 2 * inner(A, D)),
        "1, 1",
    ),
    fails(
        "|AU| = |A| if U'U = I",
        lambda: Equal(squared_norm(A * U), squared_norm(A), given=orthonormal_columns(U)),
        "A = (1, 0), U = (0, 1)'",
    ),
    fails("tr RS = tr R tr S", lambda: Equal(trace(R * S), trace(R) * trace(S)), "size 2, I"),
    fails("tr N = 0 gives N^2 = 0", lambda: Zero(N * N, given=[Zero(trace(N))]), "diag(1, -1)"),
    fails(
        "tr (P - Q)^2 = tr (P - Q) for idempotents",
        lambda: Equal(trace((P - Q) ** 2), trace(P - Q), given=idempotent(P, Q)),
        "0, 1",
    ),
    fails("<A, D> = 0 makes A'D = 0", lambda: Zero(A.T * D, given=[Zero(inner(A, D))]), "diag(1, 1), diag(1, -1)"),
]
