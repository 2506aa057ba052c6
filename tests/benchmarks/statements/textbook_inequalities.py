"""Inequalities of ranks and of norms, and determinants of sums and blocks.

HJ is Horn and Johnson, MS Marsaglia and Styan (1974), BE Bernstein's Matrix Mathematics. The statements were a
guide to what the engine learned, so that they measure it no more than any tests do.
"""

from sympy import BlockMatrix, Determinant, Expr, ZeroMatrix

from tests.benchmarks.statements.textbook_equations import fails, holds
from tests.benchmarks.statements.words import *

ranks, norms, determinants = "ranks and images", "traces and norms", "determinants"
depth = "networks of any depth"
O = ZeroMatrix(n, n)
R2, S2, I2 = MatrixSymbol("R", 2, 2), MatrixSymbol("S", 2, 2), Identity(2)
u2, v2 = MatrixSymbol("u", 2, 1), MatrixSymbol("v", 2, 1)
blocks = BlockMatrix([[R, P], [S, Q]])
tp, bp, fa = (rule.update(batched, l) for rule in (TP, BP, FA))


def at_layers(update: MatrixExpr, bound: MatrixExpr | Expr, first: Expr | int = 1, last: Expr = L) -> ForAll:
    """Return that an update has at most the rank of a matrix, or a size, at every layer from first to last."""
    return ForAll(RankAtMost(update, bound), (l, first, last))


STATEMENTS = [
    holds(
        "rank R^2 + rank R^3 <= rank R + rank R^4",
        lambda: AtMost(Rank(R**2) + Rank(R**3), Rank(R) + Rank(R**4)),
        "Frobenius (1911): HJ, 0.4.5",
        ranks,
    ),
    holds(
        "2 rank R^3 <= rank R^2 + rank R^4", lambda: AtMost(2 * Rank(R**3), Rank(R**2) + Rank(R**4)), "HJ, 3.1", ranks
    ),
    holds(
        "3 rank R^2 <= 2 rank R + rank R^4",
        lambda: AtMost(3 * Rank(R**2), 2 * Rank(R) + Rank(R**4)),
        "the ranks of powers are convex; HJ, 3.1",
        ranks,
    ),
    holds(
        "rank R + rank S + rank P <= rank RSP + 2n",
        lambda: AtMost(Rank(R) + Rank(S) + Rank(P), Rank(R * S * P) + 2 * n),
        "Sylvester (1884), twice",
        ranks,
    ),
    holds(
        "rank RS + rank SP + rank PQ <= rank S + rank P + rank RSPQ",
        lambda: AtMost(Rank(R * S) + Rank(S * P) + Rank(P * Q), Rank(S) + Rank(P) + Rank(R * S * P * Q)),
        "Frobenius, twice",
        ranks,
    ),
    holds(
        "rank(RS - PQ) <= rank(R - P) + rank(S - Q)",
        lambda: AtMost(Rank(R * S - P * Q), Rank(R - P) + Rank(S - Q)),
        "RS - PQ = (R - P)S + P(S - Q); HJ, 0.4",
        ranks,
    ),
    holds(
        "rank(I - RS) <= rank(I - R) + rank(I - S)",
        lambda: AtMost(Rank(I - R * S), Rank(I - R) + Rank(I - S)),
        "I - RS = (I - R) + R(I - S); HJ, 0.4",
        ranks,
    ),
    holds("n <= rank R + rank(I - R)", lambda: AtMost(n, Rank(R) + Rank(I - R)), "BE, 3.12", ranks),
    holds(
        "rank R + rank(I - R) = n + rank(R - R^2)",
        lambda: Equal(Rank(R) + Rank(I - R), n + Rank(R - R * R)),
        "MS; BE, 3.12",
        ranks,
    ),
    holds(
        "rank(I - R) + rank(I + R) = n + rank(I - R^2)",
        lambda: Equal(Rank(I - R) + Rank(I + R), n + Rank(I - R * R)),
        "MS; BE, 3.12",
        ranks,
    ),
    holds(
        "rank(RS - SR) <= 2 rank(I - R)",
        lambda: AtMost(Rank(R * S - S * R), 2 * Rank(I - R)),
        "RS - SR = S(I - R) - (I - R)S",
        ranks,
    ),
    holds(
        "rank [A, F] = rank A + rank(F - AA+F)",
        lambda: Equal(Rank(BlockMatrix([[A, F]])), Rank(A) + Rank(F - A * Pinv(A) * F)),
        "MS, theorem 4",
        ranks,
    ),
    holds("rank A <= rank [A, F]", lambda: AtMost(Rank(A), Rank(BlockMatrix([[A, F]]))), "MS", ranks),
    holds("rank [A, AB] = rank A", lambda: Equal(Rank(BlockMatrix([[A, A * B]])), Rank(A)), "MS", ranks),
    holds("rank(A + D) <= rank [A, D]", lambda: AtMost(Rank(A + D), Rank(BlockMatrix([[A, D]]))), "MS", ranks),
    holds("rank(A + D) <= rank [A; D]", lambda: AtMost(Rank(A + D), Rank(BlockMatrix([[A], [D]]))), "MS", ranks),
    holds(
        "rank(AA' + DD') = rank [A, D]",
        lambda: Equal(Rank(A * A.T + D * D.T), Rank(BlockMatrix([[A, D]]))),
        "HJ, 0.4.6",
        ranks,
    ),
    holds(
        "rank R + rank S <= rank [[R, P], [0, S]]",
        lambda: AtMost(Rank(R) + Rank(S), Rank(BlockMatrix([[R, P], [O, S]]))),
        "MS; HJ, 0.9.4",
        ranks,
    ),
    holds(
        "rank [[R, 0], [0, S]] = rank R + rank S",
        lambda: Equal(Rank(BlockMatrix([[R, O], [O, S]])), Rank(R) + Rank(S)),
        "HJ, 0.9.2",
        ranks,
    ),
    holds(
        "Guttman: rank [[R, P], [S, Q]] = n + rank(Q - SR^-1 P)",
        lambda: Equal(Rank(blocks), n + Rank(Q - S * Inverse(R) * P), given=[invertible(R)]),
        "Guttman (1946); HJ, 0.8.5",
        ranks,
    ),
    holds(
        "rank(A + D + E) <= rank A + rank D + rank E",
        lambda: AtMost(Rank(A + D + E), Rank(A) + Rank(D) + Rank(E)),
        "HJ, 0.4.5",
        ranks,
    ),
    holds(
        "rank A <= rank(A + D) + rank(D + E) + rank E",
        lambda: AtMost(Rank(A), Rank(A + D) + Rank(D + E) + Rank(E)),
        "A = (A + D) - (D + E) + E",
        ranks,
    ),
    holds("rank A - 1 <= rank(A + cu')", lambda: AtMost(Rank(A) - 1, Rank(A + c * u.T)), "HJ, 0.4.5", ranks),
    holds(
        "rank B = rank AB + rank(B - B(AB)+AB)",
        lambda: Equal(Rank(B), Rank(A * B) + Rank(B - B * Pinv(A * B) * A * B)),
        "MS, corollary 6.2: the part of im B in the kernel of A",
        ranks,
    ),
    holds(
        "rank R^-1 SR = rank S",
        lambda: Equal(Rank(Inverse(R) * S * R), Rank(S), given=[invertible(R)]),
        "HJ, 0.4.6",
        ranks,
    ),
    holds(
        "R^2 = R gives rank RS + rank(S - RS) >= rank S",
        lambda: AtMost(Rank(S), Rank(R * S) + Rank(S - R * S), given=idempotent(R)),
        "S = RS + (S - RS)",
        ranks,
    ),
    holds(
        "rank R + rank S = n if R + S = I and RS = 0",
        lambda: Equal(Rank(R) + Rank(S), n, given=[Equal(R + S, I), Zero(R * S)]),
        "Cochran; HJ, 0.4",
        ranks,
    ),
    holds(
        "rank(R + S) = rank R + rank S for idempotents with RS = 0 = SR",
        lambda: Equal(Rank(R + S), Rank(R) + Rank(S), given=[*idempotent(R, S), Zero(R * S), Zero(S * R)]),
        "BE, 3.12",
        ranks,
    ),
    holds(
        "rank AB = rank B and ABC = 0 give BC = 0",
        lambda: Zero(B * C, given=[Equal(Rank(A * B), Rank(B)), Zero(A * B * C)]),
        "MS, theorem 2",
        ranks,
    ),
    holds(
        "rank [A, D] = rank A gives im D in im A",
        lambda: ImageWithin(D, A, given=[Equal(Rank(BlockMatrix([[A, D]])), Rank(A))]),
        "MS, theorem 4; BG, chapter 2",
        ranks,
    ),
    holds(
        "rank R^2 = rank R gives rank R^3 = rank R",
        lambda: Equal(Rank(R**3), Rank(R), given=[Equal(Rank(R**2), Rank(R))]),
        "BG, chapter 4: the index",
        ranks,
    ),
    holds("A = 0, or its rank is 1 or more", lambda: AnyOf(Zero(A), AtMost(1, Rank(A))), "HJ, 0.4", ranks),
    fails(
        "rank R^3 = rank R^2 gives rank R^2 = rank R",
        lambda: Equal(Rank(R**2), Rank(R), given=[Equal(Rank(R**3), Rank(R**2))]),
        "e1e2'",
        ranks,
    ),
    fails("rank R + rank R^3 <= 2 rank R^2", lambda: AtMost(Rank(R) + Rank(R**3), 2 * Rank(R**2)), "e1e2'", ranks),
    fails("rank(A + D) = rank [A, D]", lambda: Equal(Rank(A + D), Rank(BlockMatrix([[A, D]]))), "A = 1, D = -1", ranks),
    fails(
        "rank(I - R) + rank(I - S) >= n + rank(I - RS)",
        lambda: AtMost(n + Rank(I - R * S), Rank(I - R) + Rank(I - S)),
        "R = S = I",
        ranks,
    ),
    fails(
        "rank [[R, P], [0, S]] <= rank R + rank S",
        lambda: AtMost(Rank(BlockMatrix([[R, P], [O, S]])), Rank(R) + Rank(S)),
        "R = S = 0, P = 1",
        ranks,
    ),
    fails(
        "rank [[R, P], [S, Q]] = rank R + rank(Q - SR+P)",
        lambda: Equal(Rank(blocks), Rank(R) + Rank(Q - S * Pinv(R) * P)),
        "R = 0, P = 1, S = 1, Q = 0",
        ranks,
    ),
    fails(
        "rank RS + rank PQ <= rank(RS + PQ) + rank R",
        lambda: AtMost(Rank(R * S) + Rank(P * Q), Rank(R * S + P * Q) + Rank(R)),
        "1, 1, 1, -1",
        ranks,
    ),
    holds(
        "|Au|^2 <= |A|^2 |u|^2",
        lambda: AtMost(squared_norm(A * u), squared_norm(A) * squared_norm(u)),
        "HJ, 5.6",
        norms,
    ),
    holds("|R^2|^2 <= |R|^4", lambda: AtMost(squared_norm(R * R), squared_norm(R) ** 2), "HJ, 5.6", norms),
    holds(
        "(tr AX)^2 <= |A|^2 |X|^2",
        lambda: AtMost(trace(A * X) ** 2, squared_norm(A) * squared_norm(X)),
        "Cauchy and Schwarz; HJ, 5.1",
        norms,
    ),
    holds(
        "|ABC|^2 <= |A|^2 |B|^2 |C|^2",
        lambda: AtMost(squared_norm(A * B * C), squared_norm(A) * squared_norm(B) * squared_norm(C)),
        "HJ, 5.6",
        norms,
    ),
    holds(
        "|A + D|^2 <= 2|A|^2 + 2|D|^2",
        lambda: AtMost(squared_norm(A + D), 2 * squared_norm(A) + 2 * squared_norm(D)),
        "the parallelogram law",
        norms,
    ),
    holds(
        "|A + D + E|^2 <= 3(|A|^2 + |D|^2 + |E|^2)",
        lambda: AtMost(squared_norm(A + D + E), 3 * (squared_norm(A) + squared_norm(D) + squared_norm(E))),
        "Cauchy and Schwarz",
        norms,
    ),
    holds(
        "|RS - SR|^2 <= 4|R|^2 |S|^2",
        lambda: AtMost(squared_norm(R * S - S * R), 4 * squared_norm(R) * squared_norm(S)),
        "|X + Y|^2 <= 2|X|^2 + 2|Y|^2; BE, 11.9",
        norms,
    ),
    holds(
        "tr G'SG <= tr S |G|^2 for S = HH'",
        lambda: AtMost(trace(G.T * S * G), trace(S) * squared_norm(G), given=gram(S, H)),
        "|H'G|^2 <= |H|^2 |G|^2",
        norms,
    ),
    holds(
        "tr RS <= tr R tr S for positive semidefinite R, S",
        lambda: AtMost(trace(R * S), trace(R) * trace(S), given=[positive_semidefinite(R, S)]),
        "HJ, 7.2",
        norms,
    ),
    holds(
        "tr R^2 <= (tr R)^2 for positive semidefinite R",
        lambda: AtMost(trace(R * R), trace(R) ** 2, given=[positive_semidefinite(R)]),
        "HJ, 7.2",
        norms,
    ),
    fails("|AB|^2 <= |A|^2", lambda: AtMost(squared_norm(A * B), squared_norm(A)), "1, 2", norms),
    fails(
        "|A + D|^2 <= |A|^2 + |D|^2",
        lambda: AtMost(squared_norm(A + D), squared_norm(A) + squared_norm(D)),
        "1, 1",
        norms,
    ),
    fails(
        "|A|^2 |B|^2 <= n |AB|^2",
        lambda: AtMost(squared_norm(A) * squared_norm(B), n * squared_norm(A * B)),
        "e1', e2",
        norms,
    ),
    fails("0 <= tr R^2", lambda: NonNegative(trace(R * R)), "a quarter turn", norms),
    holds(
        "det(R + BC) = det R det(I + CR^-1 B)",
        lambda: Equal(
            Determinant(R + B * C), Determinant(R) * Determinant(Ip + C * Inverse(R) * B), given=[invertible(R)]
        ),
        "BE, 3.9",
        determinants,
    ),
    holds(
        "det(R + S) = det R det(I + R^-1 S)",
        lambda: Equal(Determinant(R + S), Determinant(R) * Determinant(I + Inverse(R) * S)),
        "the inverse is taken for granted",
        determinants,
    ),
    holds(
        "det(R - uv') = det R (1 - v'R^-1 u)",
        lambda: Equal(Determinant(R - u * v.T), Determinant(R) * (1 - inner(v, Inverse(R) * u))),
        "HJ, 0.8.5",
        determinants,
    ),
    holds(
        "det(R + su v') = det R (1 + s v'R^-1 u)",
        lambda: Equal(Determinant(R + s * u * v.T), Determinant(R) * (1 + s * inner(v, Inverse(R) * u))),
        "HJ, 0.8.5",
        determinants,
    ),
    holds(
        "det(R + uv' + xy') by two columns",
        lambda: Equal(
            Determinant(R + u * v.T + x * y.T),
            Determinant(R)
            * (
                (1 + inner(v, Inverse(R) * u)) * (1 + inner(y, Inverse(R) * x))
                - inner(v, Inverse(R) * x) * inner(y, Inverse(R) * u)
            ),
        ),
        "HJ, 0.8.5, for two columns",
        determinants,
    ),
    holds("det(I - uu') = 1 - u'u", lambda: Equal(Determinant(I - u * u.T), 1 - inner(u, u)), "HJ, 0.8", determinants),
    holds(
        "det(I - 2uu') = -1 if u'u = 1",
        lambda: Equal(Determinant(I - 2 * u * u.T), -1, given=[Equal(u.T * u, I1)]),
        "Householder",
        determinants,
    ),
    holds(
        "Schur: det [[R, P], [S, Q]] = det R det(Q - SR^-1 P)",
        lambda: Equal(Determinant(blocks), Determinant(R) * Determinant(Q - S * Inverse(R) * P)),
        "Schur (1917); HJ, 0.8.5",
        determinants,
    ),
    holds(
        "Schur: det [[R, P], [S, Q]] = det Q det(R - PQ^-1 S)",
        lambda: Equal(Determinant(blocks), Determinant(Q) * Determinant(R - P * Inverse(Q) * S)),
        "HJ, 0.8.5",
        determinants,
    ),
    holds(
        "det [[R, P], [0, S]] = det R det S",
        lambda: Equal(Determinant(BlockMatrix([[R, P], [O, S]])), Determinant(R) * Determinant(S)),
        "HJ, 0.9.4",
        determinants,
    ),
    holds(
        "det [[I, B], [C, I]] = det(I - CB)",
        lambda: Equal(Determinant(BlockMatrix([[I, B], [C, Ip]])), Determinant(Ip - C * B)),
        "HJ, 0.8.5",
        determinants,
    ),
    holds(
        "det [[R, S], [S, R]] = det(R + S) det(R - S)",
        lambda: Equal(Determinant(BlockMatrix([[R, S], [S, R]])), Determinant(R + S) * Determinant(R - S)),
        "BE, 3.9",
        determinants,
    ),
    holds(
        "det R det R^-1 = 1",
        lambda: Equal(Determinant(R) * Determinant(Inverse(R)), 1),
        "HJ, 0.3.5",
        determinants,
    ),
    holds(
        "det(R + GKH) = det R det K det(K^-1 + HR^-1 G)",
        lambda: Equal(
            Determinant(R + G * K * H), Determinant(R) * Determinant(K) * Determinant(Inverse(K) + H * Inverse(R) * G)
        ),
        "BE, 3.9",
        determinants,
    ),
    holds(
        "det(R + uv') = det R + v' adj(R) u at size 2",
        lambda: Equal(Determinant(R2 + u2 * v2.T), Determinant(R2) + inner(v2, (trace(R2) * I2 - R2) * u2)),
        "HJ, 0.8.5",
        determinants,
    ),
    holds(
        "det 3R = 9 det R at size 2", lambda: Equal(Determinant(3 * R2), 9 * Determinant(R2)), "HJ, 0.3", determinants
    ),
    holds(
        "det(R + S) + det(R - S) = 2 det R + 2 det S at size 2",
        lambda: Equal(Determinant(R2 + S2) + Determinant(R2 - S2), 2 * Determinant(R2) + 2 * Determinant(S2)),
        "a quadratic form",
        determinants,
    ),
    fails(
        "det(R + uv') = det R + v'u",
        lambda: Equal(Determinant(R + u * v.T), Determinant(R) + inner(v, u)),
        "size 1 holds; size 2, R = 0",
        determinants,
    ),
    fails(
        "det [[R, P], [S, Q]] = det(RQ - SP)",
        lambda: Equal(Determinant(blocks), Determinant(R * Q - S * P)),
        "R = e2e2', P = e2e2', S = e1e2', Q = e2e1': -1 and 0",
        determinants,
    ),
    fails(
        "det(R + S) = det R det(I + SR)",
        lambda: Equal(Determinant(R + S), Determinant(R) * Determinant(I + S * R)),
        "R = 2, S = 1",
        determinants,
    ),
    fails(
        "det(I + BC) = det(I - CB)",
        lambda: Equal(Determinant(I + B * C), Determinant(Ip - C * B)),
        "1, 1",
        determinants,
    ),
    holds("TP's updates: the rank of the input", lambda: at_layers(tp, batched.input), "folklore", depth),
    holds("TP's updates: the rank of W_1 above it", lambda: at_layers(tp, batched.weight(1), 2), "folklore", depth),
    holds("TP's updates: the rank of W_2 above it", lambda: at_layers(tp, batched.weight(2), 3), "folklore", depth),
    holds(
        "TP's updates: the rank of W_L below it",
        lambda: at_layers(tp, batched.weight(L), 1, L - 1),
        "W_L+ has the rank of W_L",
        depth,
    ),
    holds(
        "TP's updates: the rank of the next layer",
        lambda: at_layers(tp, batched.weight(l + 1), 1, L - 1),
        "W+ has the rank of W",
        depth,
    ),
    holds("TP's updates: the width of the input", lambda: at_layers(tp, batched.widths[0]), "folklore", depth),
    holds(
        "TP's updates: the width before the last",
        lambda: at_layers(tp, batched.widths[L - 1], 1, L - 1),
        "folklore",
        depth,
    ),
    holds(
        "BP's updates: the rank of the product above",
        lambda: at_layers(bp, batched.product(L, l + 1), 1, L - 1),
        "Baldi and Hornik (1989)",
        depth,
    ),
    fails("TP's updates: the rank of their own layer", lambda: at_layers(tp, batched.weight(l)), "W = 0, L = 1", depth),
    fails("TP's updates: the rank of W_1", lambda: at_layers(tp, batched.weight(1)), "W_1 = 0, L = 1", depth),
    fails(
        "FA's updates: the rank of the next layer",
        lambda: at_layers(fa, batched.weight(l + 1), 1, L - 1),
        "W_2 = 0, all else 1",
        depth,
    ),
    fails(
        "BP's updates: the rank of W_2, from there on", lambda: at_layers(bp, batched.weight(2), 2), "W_2 = 0", depth
    ),
]
