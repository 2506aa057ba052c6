"""Statements on ranks, semidefinite orders, least squares, updates, blocks and determinants, as papers make them.

HJ is Horn and Johnson, PSI Puntanen, Styan and Isotalo. The statements were chosen after those of the other modules had
all been tried.
"""

from functools import partial
from typing import Any

from sympy import BlockMatrix, Determinant, HadamardProduct, KroneckerProduct, MatrixExpr, ZeroMatrix

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

ranks, semidefinite, norms = "ranks and images", "positive semidefinite matrices", "traces and norms"
squares, forms, determinants = "least squares", "blocks and products by entries", "determinants"
holds = partial(Statement, true=True)
fails = partial(Statement, true=False)

O = ZeroMatrix(n, n)
small = MatrixSymbol("R", 2, 2)
Q_ = MatrixSymbol("Q", p, p)
ridge = Inverse(A.T * A + mu * I) * A.T * c
hat = A * Inverse(A.T * A) * A.T
step = x + Pinv(u.T) * (u.T * y - u.T * x)
varied = -Pinv(A) * D * Pinv(A) + Pinv(A) * Pinv(A).T * D.T * (Im - A * Pinv(A))
last = D.T * Pinv(A).T * Pinv(A)


def penalised(z: MatrixExpr) -> Any:
    """Return ``|c - Az|^2 + mu |z|^2``."""
    return squared_norm(c - A * z) + mu * squared_norm(z)


STATEMENTS: list[Statement] = [
    holds("rank A'A = rank A", lambda: Equal(Rank(A.T * A), Rank(A)), "HJ, 0.4.6", ranks),
    holds("rank A+ = rank A", lambda: Equal(Rank(Pinv(A)), Rank(A)), "BG, 1.2", ranks),
    holds(
        "rank AB = rank A if B has full row rank",
        lambda: Equal(Rank(A * B), Rank(A), given=[full_row_rank(B)]),
        "HJ, 0.4.6",
        ranks,
    ),
    holds(
        "rank A kron D = rank A rank D",
        lambda: Equal(Rank(KroneckerProduct(A, D)), Rank(A) * Rank(D)),
        "HJ2, 4.2",
        ranks,
    ),
    holds(
        "rank diag(R, S) = rank R + rank S",
        lambda: Equal(Rank(BlockMatrix([[R, O], [O, S]])), Rank(R) + Rank(S)),
        "HJ, 0.9",
        ranks,
    ),
    fails(
        "rank [[R, P], [S, Q]] = n + rank(Q + SR^-1 P)",
        lambda: Equal(Rank(BlockMatrix([[R, P], [S, Q]])), n + Rank(Q + S * Inverse(R) * P), given=[invertible(R)]),
        "1, 1, 1, 1",
        ranks,
    ),
    holds(
        "rank PQ = rank QP for symmetric matrices",
        lambda: Equal(Rank(P * Q), Rank(Q * P), given=[symmetric(P, Q)]),
        "transposes",
        ranks,
    ),
    fails("rank RS = rank SR", lambda: Equal(Rank(R * S), Rank(S * R)), "diag(1, 0) and e1e2'", ranks),
    holds("n - 1 <= rank(I - uv')", lambda: AtMost(n - 1, Rank(I - u * v.T)), "HJ, 0.4", ranks),
    fails("rank(I - uv') = n", lambda: Equal(Rank(I - u * v.T), n), "1", ranks),
    holds("R^2 = 0 gives 2 rank R <= n", lambda: AtMost(2 * Rank(R), n, given=[Zero(R**2)]), "im R in ker R", ranks),
    fails("R^3 = 0 gives 2 rank R <= n", lambda: AtMost(2 * Rank(R), n, given=[Zero(R**3)]), "Jordan, size 3", ranks),
    holds(
        "B'SB >= 0 if S >= 0",
        lambda: NonNegative(B.T * S * B, given=[positive_semidefinite(S)]),
        "HJ, 7.1",
        semidefinite,
    ),
    holds(
        "R <= S gives tr R <= tr S",
        lambda: AtMost(trace(R), trace(S), given=[at_most(R, S)]),
        "HJ, 7.7",
        semidefinite,
    ),
    fails(
        "0 <= R <= S gives R^2 <= S^2",
        lambda: AtMost(R**2, S**2, given=[positive_semidefinite(R), at_most(R, S)]),
        "[[1, 1], [1, 1]] and [[2, 1], [1, 1]]",
        semidefinite,
    ),
    holds(
        "0 < R <= S gives S^-1 <= R^-1",
        lambda: AtMost(Inverse(S), Inverse(R), given=[positive_definite(R, S), at_most(R, S)]),
        "HJ, 7.7.4",
        semidefinite,
    ),
    holds(
        "0 <= S <= I gives S^2 <= S",
        lambda: AtMost(S**2, S, given=[positive_semidefinite(S), at_most(S, I)]),
        "S - S^2 = S(I - S)S + (I - S)S(I - S)",
        semidefinite,
    ),
    fails("S <= I gives S^2 <= S", lambda: AtMost(S**2, S, given=[symmetric(S), at_most(S, I)]), "-1", semidefinite),
    holds(
        "tr SR >= 0 for S, R >= 0",
        lambda: NonNegative(trace(S * R), given=[positive_semidefinite(S, R)]),
        "HJ, 7.5",
        semidefinite,
    ),
    holds(
        "tr SR <= tr S tr R for S, R >= 0",
        lambda: AtMost(trace(S * R), trace(S) * trace(R), given=[positive_semidefinite(S, R)]),
        "S <= (tr S) I",
        semidefinite,
    ),
    fails(
        "tr SRP >= 0 for S, R, P >= 0",
        lambda: NonNegative(trace(S * R * P), given=[positive_semidefinite(S, R, P)]),
        "lines at 60 degrees and more",
        semidefinite,
    ),
    holds(
        "(u'Sv)^2 <= u'Su v'Sv for S >= 0",
        lambda: AtMost(inner(u, S * v) ** 2, inner(u, S * u) * inner(v, S * v), given=[positive_semidefinite(S)]),
        "Cauchy and Schwarz",
        semidefinite,
    ),
    holds(
        "(x'y)^2 <= x'Sx y'S^-1 y for S > 0",
        lambda: AtMost(inner(x, y) ** 2, inner(x, S * x) * inner(y, Inverse(S) * y), given=[positive_definite(S)]),
        "HJ, 7.4.12",
        semidefinite,
    ),
    fails(
        "(x'y)^2 <= x'Sx y'Sy for S > 0",
        lambda: AtMost(inner(x, y) ** 2, inner(x, S * x) * inner(y, S * y), given=[positive_definite(S)]),
        "S = 1/2",
        semidefinite,
    ),
    holds(
        "[[R, P], [P', P'R^-1 P]] >= 0 for R > 0",
        lambda: NonNegative(BlockMatrix([[R, P], [P.T, P.T * Inverse(R) * P]]), given=[positive_definite(R)]),
        "HJ, 7.7.6",
        semidefinite,
    ),
    fails(
        "[[R, P], [P', R]] >= 0 for R > 0",
        lambda: NonNegative(BlockMatrix([[R, P], [P.T, R]]), given=[positive_definite(R)]),
        "1, 2",
        semidefinite,
    ),
    holds(
        "(A + D)'(A + D) <= 2A'A + 2D'D",
        lambda: AtMost((A + D).T * (A + D), 2 * A.T * A + 2 * D.T * D),
        "(A - D)'(A - D)",
        semidefinite,
    ),
    fails("(A + D)'(A + D) <= A'A + D'D", lambda: AtMost((A + D).T * (A + D), A.T * A + D.T * D), "1, 1", semidefinite),
    holds(
        "A'A <= D'D gives row A in row D",
        lambda: RowSpaceWithin(A, D, given=[at_most(A.T * A, D.T * D)]),
        "Douglas (1966)",
        semidefinite,
    ),
    fails(
        "A'A <= D'D gives row D in row A",
        lambda: RowSpaceWithin(D, A, given=[at_most(A.T * A, D.T * D)]),
        "A = 0",
        semidefinite,
    ),
    holds(
        "0 <= S <= R gives im S in im R",
        lambda: ImageWithin(S, R, given=[positive_semidefinite(S), at_most(S, R)]),
        "HJ, 7.7",
        semidefinite,
    ),
    fails(
        "S <= R gives im S in im R",
        lambda: ImageWithin(S, R, given=[symmetric(S), at_most(S, R)]),
        "-1, 0",
        semidefinite,
    ),
    holds(
        "S + R = 0 gives S = 0 for S, R >= 0",
        lambda: Zero(S, given=[positive_semidefinite(S, R), Zero(S + R)]),
        "a pointed cone",
        semidefinite,
    ),
    fails(
        "S + R = 0 gives S = 0 for symmetric S and R >= 0",
        lambda: Zero(S, given=[symmetric(S), positive_semidefinite(R), Zero(S + R)]),
        "-1, 1",
        semidefinite,
    ),
    holds(
        "tr S = 0 gives S = 0 for S >= 0",
        lambda: Zero(S, given=[positive_semidefinite(S), Equal(trace(S), 0)]),
        "HJ, 7.1",
        semidefinite,
    ),
    fails(
        "tr S = 0 gives S = 0 for symmetric S",
        lambda: Zero(S, given=[symmetric(S), Equal(trace(S), 0)]),
        "diag(1, -1)",
        semidefinite,
    ),
    holds(
        "<A, D>^2 <= |A|^2 |D|^2",
        lambda: AtMost(inner(A, D) ** 2, squared_norm(A) * squared_norm(D)),
        "Cauchy and Schwarz",
        norms,
    ),
    fails(
        "<A, D>^2 <= |A|^2 + |D|^2", lambda: AtMost(inner(A, D) ** 2, squared_norm(A) + squared_norm(D)), "2, 2", norms
    ),
    holds("(tr S)^2 <= n |S|^2", lambda: AtMost(trace(S) ** 2, n * squared_norm(S)), "<I, S>", norms),
    fails("(tr S)^2 <= |S|^2", lambda: AtMost(trace(S) ** 2, squared_norm(S)), "I of size 2", norms),
    holds(
        "|sA + (1 - s)D|^2 <= s|A|^2 + (1 - s)|D|^2 for 0 <= s <= 1",
        lambda: AtMost(
            squared_norm(s * A + (1 - s) * D),
            s * squared_norm(A) + (1 - s) * squared_norm(D),
            given=[at_least(s, 0), at_most(s, 1)],
        ),
        "s(1 - s)|A - D|^2 is left",
        norms,
    ),
    fails(
        "|sA + (1 - s)D|^2 <= s|A|^2 + (1 - s)|D|^2",
        lambda: AtMost(squared_norm(s * A + (1 - s) * D), s * squared_norm(A) + (1 - s) * squared_norm(D)),
        "s = 2",
        norms,
    ),
    holds(
        "Bessel: |U'x| <= |x| if U'U = I",
        lambda: AtMost(squared_norm(U.T * x), squared_norm(x), given=orthonormal_columns(U)),
        "I - UU' is a projection",
        norms,
    ),
    fails("|U'x| <= |x|", lambda: AtMost(squared_norm(U.T * x), squared_norm(x)), "2", norms),
    holds(
        "ridge minimises |c - Ay|^2 + mu|y|^2",
        lambda: AtMost(penalised(ridge), penalised(y)),
        "Hoerl and Kennard (1970)",
        squares,
    ),
    holds(
        "ridge is no longer than A+c",
        lambda: AtMost(squared_norm(ridge), squared_norm(Pinv(A) * c)),
        "s/(s^2 + mu) <= 1/s",
        squares,
    ),
    fails(
        "A+c is no longer than ridge",
        lambda: AtMost(squared_norm(Pinv(A) * c), squared_norm(ridge)),
        "A = c = 1",
        squares,
    ),
    holds(
        "the hat matrix is idempotent",
        lambda: Equal(hat * hat, hat, given=[full_column_rank(A)]),
        "A'A cancels",
        squares,
    ),
    holds(
        "the trace of the hat matrix is n", lambda: Equal(trace(hat), n, given=[full_column_rank(A)]), "tr I", squares
    ),
    fails(
        "the trace of the hat matrix is m",
        lambda: Equal(trace(hat), m, given=[full_column_rank(A)]),
        "(1, 0)'",
        squares,
    ),
    holds(
        "Kaczmarz's step solves its equation",
        lambda: Equal(u.T * step, u.T * y, given=[nonzero(u)]),
        "u'u'+ = 1 (Kaczmarz, 1937)",
        squares,
    ),
    holds(
        "Kaczmarz's step does not lead away from a solution",
        lambda: AtMost(squared_norm(step - y), squared_norm(x - y)),
        "I - uu+ is a projection",
        squares,
    ),
    fails("Kaczmarz's step does not lengthen x", lambda: AtMost(squared_norm(step), squared_norm(x)), "x = 0", squares),
    holds(
        "Newton and Schulz square the residual: I - RG(2I - RG) = (I - RG)^2",
        lambda: Equal(I - R * G * (2 * I - R * G), (I - R * G) ** 2),
        "Schulz (1933)",
        squares,
    ),
    fails(
        "I - RG(2I - GR) = (I - RG)^2",
        lambda: Equal(I - R * G * (2 * I - G * R), (I - R * G) ** 2),
        "e1e2', e2e1'",
        squares,
    ),
    holds(
        "the gradient of |AU - F|^2/2 + mu|U|^2/2 is A'(AU - F) + mu U",
        lambda: Equal(gradient(squared_norm(A * U - F) / 2 + mu * squared_norm(U) / 2, U), A.T * (A * U - F) + mu * U),
        "ridge regression",
        squares,
    ),
    fails(
        "the gradient of tr U'RU is 2RU",
        lambda: Equal(gradient(trace(U.T * R * U), U), 2 * R * U),
        "e1e2'",
        squares,
    ),
    holds(
        "the gradient of tr U'SU is 2SU for symmetric S",
        lambda: Equal(gradient(trace(U.T * S * U), U), 2 * S * U, given=[symmetric(S)]),
        "Magnus and Neudecker",
        squares,
    ),
    holds(
        "Golub and Pereyra: the derivative of A+",
        lambda: Equal(derivative(Pinv(A), A, D), varied + (I - Pinv(A) * A) * last),
        "Golub and Pereyra (1973)",
        squares,
    ),
    fails(
        "the derivative of A+ without its last term",
        lambda: Equal(derivative(Pinv(A), A, D), varied),
        "A = (1, 0), D = (0, 1)",
        squares,
    ),
    holds(
        "Woodbury with a middle: (R + BQC)^-1",
        lambda: Equal(
            Inverse(R + B * Q_ * C),
            Inverse(R) - Inverse(R) * B * Inverse(Inverse(Q_) + C * Inverse(R) * B) * C * Inverse(R),
            given=[invertible(R, Q_)],
        ),
        "Woodbury (1950)",
        squares,
    ),
    fails(
        "Woodbury with a middle not inverted: (R + BQC)^-1",
        lambda: Equal(
            Inverse(R + B * Q_ * C),
            Inverse(R) - Inverse(R) * B * Inverse(Q_ + C * Inverse(R) * B) * C * Inverse(R),
            given=[invertible(R, Q_)],
        ),
        "1, 1, 2, 1",
        squares,
    ),
    fails(
        "det [[R, P], [S, Q]] = det R det Q - det P det S",
        lambda: Equal(
            Determinant(BlockMatrix([[R, P], [S, Q]])),
            Determinant(R) * Determinant(Q) - Determinant(P) * Determinant(S),
        ),
        "size 2",
        determinants,
    ),
    holds("det(I + uv') = 1 + v'u", lambda: Equal(Determinant(I + u * v.T), 1 + inner(v, u)), "HJ, 0.8", determinants),
    fails("det(I + uv') = 1 + |u|^2", lambda: Equal(Determinant(I + u * v.T), 1 + inner(u, u)), "v = 0", determinants),
    holds(
        "Cayley and Hamilton at size 2",
        lambda: Equal(small**2 - trace(small) * small + Determinant(small) * Identity(2), ZeroMatrix(2, 2)),
        "HJ, 2.4",
        determinants,
    ),
    holds(
        "log pdet of a partial isometry is 0",
        lambda: Equal(LogPdet(A), 0, given=[partial_isometry(A)]),
        "singular values 1",
        determinants,
    ),
    fails(
        "log pdet of an idempotent is 0",
        lambda: Equal(LogPdet(R), 0, given=idempotent(R)),
        "[[1, 1], [0, 0]]",
        determinants,
    ),
    holds(
        "the derivative of log pdet R is tr R^-1 S for invertible R",
        lambda: Equal(derivative(LogPdet(R), R, S), trace(Inverse(R) * S), given=[invertible(R)]),
        "Jacobi",
        determinants,
    ),
    fails(
        "the derivative of log pdet R is <R^-1, S> for invertible R",
        lambda: Equal(derivative(LogPdet(R), R, S), inner(Inverse(R), S), given=[invertible(R)]),
        "R = [[1, 1], [0, 1]], S = e1e2'",
        determinants,
    ),
    holds(
        "(A kron F)+ = A+ kron F+",
        lambda: Equal(Pinv(KroneckerProduct(A, F)), KroneckerProduct(Pinv(A), Pinv(F))),
        "HJ2, 4.2",
        forms,
    ),
    holds(
        "R kron I and I kron S commute",
        lambda: Commute(KroneckerProduct(R, I), KroneckerProduct(I, S)),
        "HJ2, 4.4",
        forms,
    ),
    fails(
        "R kron S and S kron R commute",
        lambda: Commute(KroneckerProduct(R, S), KroneckerProduct(S, R)),
        "diag(1, 0), a swap",
        forms,
    ),
    holds(
        "P kron Q is an orthogonal projection",
        lambda: Equal(KroneckerProduct(P, Q) ** 2, KroneckerProduct(P, Q), given=orthogonal_projection(P, Q)),
        "HJ2, 4.2",
        forms,
    ),
    holds("A o D = D o A", lambda: Equal(HadamardProduct(A, D), HadamardProduct(D, A)), "HJ2, 5.1", forms),
    holds(
        "rank(A o D) <= rank A rank D",
        lambda: AtMost(Rank(HadamardProduct(A, D)), Rank(A) * Rank(D)),
        "HJ2, 5.1.7",
        forms,
    ),
    fails("A o D = 0 gives A = 0", lambda: Zero(A, given=[Zero(HadamardProduct(A, D))]), "D = 0", forms),
    holds(
        "[[R, S], [S, R]]^2 in blocks",
        lambda: Equal(
            BlockMatrix([[R, S], [S, R]]) ** 2,
            BlockMatrix([[R**2 + S**2, R * S + S * R], [S * R + R * S, S**2 + R**2]]),
        ),
        "multiply",
        forms,
    ),
]
