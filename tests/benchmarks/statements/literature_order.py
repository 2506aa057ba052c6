"""Statements of the literature on the order of symmetric matrices: blocks, powers, inverses and parallel sums.

HJ is Horn and Johnson.
"""

from functools import partial

from sympy import BlockMatrix, ZeroMatrix

from tests.benchmarks.statements.literature_ranks import parallel
from tests.benchmarks.statements.papers_inverses import W
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="positive semidefinite matrices", true=True)
fails = partial(Statement, area="positive semidefinite matrices", true=False)

O = ZeroMatrix(n, n)
N_ = MatrixSymbol("N", p, p)
joint = positive_semidefinite(BlockMatrix([[S, B], [B.T, N_]]))

STATEMENTS: list[Statement] = [
    holds(
        "Albert: [[S, B], [B', N]] >= 0 gives im B in im S", lambda: ImageWithin(B, S, given=[joint]), "Albert (1969)"
    ),
    fails(
        "S, N >= 0 gives im B in im S",
        lambda: ImageWithin(B, S, given=[positive_semidefinite(S, N_), symmetric(S)]),
        "S = 0, B = 1",
    ),
    holds(
        "Albert: [[S, B], [B', N]] >= 0 gives B'S+B <= N",
        lambda: AtMost(B.T * Pinv(S) * B, N_, given=[joint]),
        "Albert (1969)",
    ),
    fails(
        "[[2S, B], [B', 2N]] >= 0 gives B'S+B <= 2N",
        lambda: AtMost(
            B.T * Pinv(S) * B, 2 * N_, given=[positive_semidefinite(BlockMatrix([[2 * S, B], [B.T, 2 * N_]]))]
        ),
        "S = N = 1, B = 2",
    ),
    holds(
        "Albert: S >= 0, im B in im S and B'S+B <= N give [[S, B], [B', N]] >= 0",
        lambda: NonNegative(
            BlockMatrix([[S, B], [B.T, N_]]),
            given=[positive_semidefinite(S), ImageWithin(B, S), at_most(B.T * Pinv(S) * B, N_)],
        ),
        "Albert (1969)",
    ),
    fails(
        "S >= 0 and B'S+B <= N give [[S, B], [B', N]] >= 0",
        lambda: NonNegative(
            BlockMatrix([[S, B], [B.T, N_]]), given=[positive_semidefinite(S), at_most(B.T * Pinv(S) * B, N_)]
        ),
        "S = 0, B = 1, N = 0",
    ),
    holds(
        "[[S, B], [B', N]] >= 0 gives |B|^2 <= tr S tr N",
        lambda: AtMost(squared_norm(B), trace(S) * trace(N_), given=[joint]),
        "each entry of B has b^2 <= s n",
    ),
    holds(
        "[[S, R], [R', P]] >= 0 gives 4 tr R <= 2 tr(S + P), by the trace of a block product",
        lambda: AtMost(
            2 * trace(BlockMatrix([[O, R], [R.T, O]]) * BlockMatrix([[O, I], [I, O]])),
            2 * trace(S + P),
            given=[positive_semidefinite(BlockMatrix([[S, R], [R.T, P]]))],
        ),
        "[I, -I] on both sides",
    ),
    holds(
        "[[S, R], [R', P]] >= 0 gives R + R' <= S + P",
        lambda: AtMost(R + R.T, S + P, given=[positive_semidefinite(BlockMatrix([[S, R], [R.T, P]]))]),
        "[I, -I] on both sides",
    ),
    holds(
        "[[S, R], [R, S]] >= 0 gives S + R >= 0",
        lambda: NonNegative(S + R, given=[positive_semidefinite(BlockMatrix([[S, R], [R, S]]))]),
        "[I, I] on both sides",
    ),
    holds(
        "-S <= R <= S gives [[S, R], [R, S]] >= 0",
        lambda: NonNegative(BlockMatrix([[S, R], [R, S]]), given=[at_most(-S, R), at_most(R, S)]),
        "conjugate by [[I, I], [I, -I]]",
    ),
    fails(
        "R <= S gives [[S, R], [R, S]] >= 0",
        lambda: NonNegative(BlockMatrix([[S, R], [R, S]]), given=[at_most(R, S)]),
        "S = 0, R = -1",
    ),
    holds(
        "-S <= R <= S gives RS^-1R <= S for S > 0",
        lambda: AtMost(R * Inverse(S) * R, S, given=[positive_definite(S), at_most(R, S), at_most(-S, R)]),
        "[[S, R], [R, S]] >= 0",
    ),
    fails(
        "R <= S gives RS^-1R <= S for S > 0 and symmetric R",
        lambda: AtMost(R * Inverse(S) * R, S, given=[positive_definite(S), symmetric(R), at_most(R, S)]),
        "R = -2, S = 1",
    ),
    holds(
        "2SS+ <= S + S+ for S >= 0",
        lambda: AtMost(2 * S * Pinv(S), S + Pinv(S), given=[positive_semidefinite(S)]),
        "(S - I)^2 S+",
    ),
    holds(
        "2I <= S + S^-1 for S > 0",
        lambda: AtMost(2 * I, S + Inverse(S), given=[positive_definite(S)]),
        "(S - I)S^-1(S - I)",
    ),
    fails("2I <= S + S^-1 for symmetric S", lambda: AtMost(2 * I, S + Inverse(S), given=[symmetric(S)]), "-1"),
    holds("4S(I - S) <= I for symmetric S", lambda: AtMost(4 * S * (I - S), I, given=[symmetric(S)]), "(I - 2S)^2"),
    fails("5S(I - S) <= I for symmetric S", lambda: AtMost(5 * S * (I - S), I, given=[symmetric(S)]), "1/2"),
    holds(
        "2S^2 <= S^3 + S for S >= 0",
        lambda: AtMost(2 * S**2, S**3 + S, given=[positive_semidefinite(S)]),
        "(S - I)S(S - I)",
    ),
    fails("S^2 <= S^3 + S for symmetric S", lambda: AtMost(S**2, S**3 + S, given=[symmetric(S)]), "-1"),
    fails("2S^2 <= S^3 + I for S >= 0", lambda: AtMost(2 * S**2, S**3 + I, given=[positive_semidefinite(S)]), "6/5"),
    holds(
        "S <= I gives S^3 <= S^2 for symmetric S",
        lambda: AtMost(S**3, S**2, given=[symmetric(S), at_most(S, I)]),
        "S(I - S)S",
    ),
    fails(
        "S <= I gives S^3 <= S for symmetric S", lambda: AtMost(S**3, S, given=[symmetric(S), at_most(S, I)]), "-1/2"
    ),
    holds(
        "0 <= S <= I gives S^3 <= S",
        lambda: AtMost(S**3, S, given=[positive_semidefinite(S), at_most(S, I)]),
        "S - S^3",
    ),
    fails(
        "tr R <= tr S gives R <= S for R, S >= 0",
        lambda: AtMost(R, S, given=[positive_semidefinite(R, S), at_most(trace(R), trace(S))]),
        "diag(1, 0), diag(0, 1)",
    ),
    holds(
        "R <= S and tr R = tr S give R = S",
        lambda: Equal(R, S, given=[at_most(R, S), Equal(trace(R), trace(S))]),
        "S - R has trace 0",
    ),
    holds(
        "S <= -S gives S = 0 for S >= 0", lambda: Zero(S, given=[positive_semidefinite(S), at_most(S, -S)]), "2S <= 0"
    ),
    holds(
        "R <= S gives (R^-1 + P^-1)^-1 <= (S^-1 + P^-1)^-1 for R, S, P > 0",
        lambda: AtMost(
            Inverse(Inverse(R) + Inverse(P)),
            Inverse(Inverse(S) + Inverse(P)),
            given=[positive_definite(R, S, P), at_most(R, S)],
        ),
        "Anderson and Duffin (1969)",
    ),
    holds(
        "R <= S gives R(R + P)+P <= S(S + P)+P for R, P >= 0",
        lambda: AtMost(parallel(R, P), parallel(S, P), given=[positive_semidefinite(R, P), at_most(R, S)]),
        "Anderson and Duffin (1969)",
    ),
    holds(
        "4R(R + S)+S <= R + S for R, S >= 0",
        lambda: AtMost(4 * parallel(R, S), R + S, given=[positive_semidefinite(R, S)]),
        "(R - S)(R + S)+(R - S)",
    ),
    holds(
        "im R(R + S)+S lies in im S for R, S >= 0",
        lambda: ImageWithin(parallel(R, S), S, given=[positive_semidefinite(R, S)]),
        "R(R + S)+S = S(R + S)+R",
    ),
    holds(
        "(x + y)'R(R + S)+S(x + y) <= x'Rx + y'Sy for R, S >= 0",
        lambda: AtMost(
            inner(x + y, parallel(R, S) * (x + y)),
            inner(x, R * x) + inner(y, S * y),
            given=[positive_semidefinite(R, S)],
        ),
        "Anderson and Trapp: the least of the right side",
    ),
    fails(
        "(x + y)'R(x + y) <= x'Rx + y'Sy for R, S >= 0",
        lambda: AtMost(
            inner(x + y, R * (x + y)), inner(x, R * x) + inner(y, S * y), given=[positive_semidefinite(R, S)]
        ),
        "x = 0, R = 1, S = 0",
    ),
    holds(
        "s I <= S <= t I gives (S - s I)(t I - S) >= 0",
        lambda: NonNegative((S - s * I) * (t * I - S), given=[at_most(s * I, S), at_most(S, t * I)]),
        "a product that commutes",
    ),
    holds(
        "Kantorovich: mu I <= S <= t I gives S + mu t S^-1 <= (mu + t) I",
        lambda: AtMost(S + mu * t * Inverse(S), (mu + t) * I, given=[at_most(mu * I, S), at_most(S, t * I)]),
        "Marshall and Olkin (1990)",
    ),
    fails(
        "mu I <= S gives S + mu t S^-1 <= (mu + t) I",
        lambda: AtMost(S + mu * t * Inverse(S), (mu + t) * I, given=[at_most(mu * I, S)]),
        "S = 3, mu = t = 1",
    ),
    holds(
        "SR >= 0 for S, R >= 0 that commute",
        lambda: NonNegative(S * R, given=[positive_semidefinite(S, R), Commute(S, R)]),
        "a product of roots",
    ),
    holds(
        "P <= Q gives SP <= SQ for S >= 0 that commutes with both",
        lambda: AtMost(S * P, S * Q, given=[positive_semidefinite(S), Commute(S, P), Commute(S, Q), at_most(P, Q)]),
        "S(Q - P)",
    ),
    fails(
        "P <= Q gives SP + PS <= SQ + QS for S >= 0",
        lambda: AtMost(S * P + P * S, S * Q + Q * S, given=[positive_semidefinite(S), at_most(P, Q)]),
        "S = [[1, 1], [1, 1]], P = 0, Q = diag(1, 0)",
    ),
    holds(
        "0 <= S <= R gives S^2 <= R^2 if SR = RS",
        lambda: AtMost(S**2, R**2, given=[positive_semidefinite(S), at_most(S, R), Commute(S, R)]),
        "(R - S)(R + S)",
    ),
    holds(
        "Loewner and Heinz: S^2 <= R^2 gives S <= R for S, R >= 0",
        lambda: AtMost(S, R, given=[positive_semidefinite(S, R), at_most(S**2, R**2)]),
        "the root is monotone",
    ),
    holds(
        "PSP <= S for S >= 0 and an orthogonal projection with PS = SP",
        lambda: AtMost(P * S * P, S, given=[*orthogonal_projection(P), positive_semidefinite(S), Commute(P, S)]),
        "S - SP",
    ),
    fails(
        "PSP <= S for S >= 0 and an orthogonal projection",
        lambda: AtMost(P * S * P, S, given=[*orthogonal_projection(P), positive_semidefinite(S)]),
        "diag(1, 0), S = [[1, 1], [1, 1]]",
    ),
    holds(
        "pinching: S <= 2PSP + 2(I - P)S(I - P) for S >= 0",
        lambda: AtMost(
            S, 2 * P * S * P + 2 * (I - P) * S * (I - P), given=[*orthogonal_projection(P), positive_semidefinite(S)]
        ),
        "(2P - I)S(2P - I) >= 0",
    ),
    fails(
        "S <= 2PSP for S >= 0 and an orthogonal projection",
        lambda: AtMost(S, 2 * P * S * P, given=[*orthogonal_projection(P), positive_semidefinite(S)]),
        "S = 1, P = 0",
    ),
    holds(
        "(PSP)^2 <= PS^2P for symmetric S",
        lambda: AtMost((P * S * P) ** 2, P * S**2 * P, given=[*orthogonal_projection(P), symmetric(S)]),
        "PS(I - P)SP",
    ),
    fails(
        "(PSP)^2 <= S^2 for symmetric S",
        lambda: AtMost((P * S * P) ** 2, S**2, given=[*orthogonal_projection(P), symmetric(S)]),
        "diag(1, 0), S = [[1, 1], [1, 1]]",
    ),
    holds(
        "Kadison: (U'SU)^2 <= U'S^2U for symmetric S and U'U = I",
        lambda: AtMost((U.T * S * U) ** 2, U.T * S**2 * U, given=[*orthonormal_columns(U), symmetric(S)]),
        "U'S(I - UU')SU",
    ),
    holds(
        "(U'SU)^-1 <= U'S^-1U for S > 0 and U'U = I",
        lambda: AtMost(
            Inverse(U.T * S * U), U.T * Inverse(S) * U, given=[*orthonormal_columns(U), positive_definite(S)]
        ),
        "HJ, 7.7",
    ),
    fails(
        "U'S^-1U <= (U'SU)^-1 for S > 0 and U'U = I",
        lambda: AtMost(
            U.T * Inverse(S) * U, Inverse(U.T * S * U), given=[*orthonormal_columns(U), positive_definite(S)]
        ),
        "S = diag(1, 2), U at 45 degrees",
    ),
    holds(
        "0 <= R <= S of one rank give S+ <= R+",
        lambda: AtMost(Pinv(S), Pinv(R), given=[positive_semidefinite(R), at_most(R, S), Equal(Rank(R), Rank(S))]),
        "Milliken and Akdeniz (1977)",
    ),
    fails(
        "0 <= R <= S gives S+ <= R+",
        lambda: AtMost(Pinv(S), Pinv(R), given=[positive_semidefinite(R), at_most(R, S)]),
        "R = 0, S = 1",
    ),
    holds(
        "0 <= R <= S gives RS+R <= R",
        lambda: AtMost(R * Pinv(S) * R, R, given=[positive_semidefinite(R), at_most(R, S)]),
        "Baksalary",
    ),
    holds(
        "u'S+u <= 1 gives uu' <= S for S >= 0 with u in im S",
        lambda: AtMost(
            u * u.T, S, given=[positive_semidefinite(S), ImageWithin(u, S), at_most(inner(u, Pinv(S) * u), 1)]
        ),
        "Cauchy and Schwarz",
    ),
    holds(
        "uu' <= S gives u'S+u <= 1 for S >= 0",
        lambda: AtMost(inner(u, Pinv(S) * u), 1, given=[positive_semidefinite(S), at_most(u * u.T, S)]),
        "the converse",
    ),
    holds(
        "x'Sx <= tr S x'x for S >= 0",
        lambda: AtMost(inner(x, S * x), trace(S) * inner(x, x), given=[positive_semidefinite(S)]),
        "S <= (tr S) I",
    ),
    holds(
        "S <= (tr S) I for S >= 0",
        lambda: AtMost(S, trace(S) * I, given=[positive_semidefinite(S)]),
        "each eigenvalue is at most the trace",
    ),
    fails(
        "tr S <= 2 gives x'Sx <= x'x for S >= 0",
        lambda: AtMost(inner(x, S * x), inner(x, x), given=[positive_semidefinite(S), at_most(trace(S), 2)]),
        "2",
    ),
    holds("A'WA <= A'(W + cc')A", lambda: AtMost(A.T * W * A, A.T * (W + c * c.T) * A), "A'cc'A"),
    holds("AA'AA' <= |A|^2 AA'", lambda: AtMost(A * A.T * A * A.T, trace(A.T * A) * A * A.T), "A'A <= |A|^2 I"),
    fails("AA'AA' <= AA'", lambda: AtMost(A * A.T * A * A.T, A * A.T), "2"),
    holds(
        "orthogonal projections with P <= Q and one rank are one",
        lambda: Equal(P, Q, given=[*orthogonal_projection(P, Q), at_most(P, Q), Equal(Rank(P), Rank(Q))]),
        "the trace of Q - P",
    ),
    holds(
        "0 <= S <= I and x'Sx = x'x give Sx = x",
        lambda: Equal(S * x, x, given=[positive_semidefinite(S), at_most(S, I), Equal(inner(x, S * x), inner(x, x))]),
        "(I - S)x = 0",
    ),
]
