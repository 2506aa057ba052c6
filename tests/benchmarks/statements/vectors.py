"""Statements on vectors, eigenvectors and reflections: Householder, Cauchy and Schwarz, Lagrange."""

from functools import partial

from sympy import MatrixExpr

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="vectors and eigenvectors", true=True)
fails = partial(Statement, area="vectors and eigenvectors", true=False)


def unit(*columns: MatrixExpr) -> list[Equal]:
    """Say that columns have length 1."""
    return [Equal(x.T * x, I1) for x in columns]


eigen = Equal(R * x, s * x)

KNOWN = [
    holds(
        "Householder: I - 2xx' is an involution if x'x = 1",
        lambda: Equal((I - 2 * x * x.T) ** 2, I, given=unit(x)),
        "Householder (1958)",
    ),
    holds(
        "eigenvectors of a symmetric matrix are orthogonal: s x'y = t x'y",
        lambda: Equal(s * inner(x, y), t * inner(x, y), given=[*self_transpose(R), eigen, Equal(R * y, t * y)]),
        "HJ, 2.5",
    ),
    holds(
        "an eigenvalue of an orthogonal matrix has s^2 = 1",
        lambda: Equal(s**2, 1, given=[*orthonormal_columns(R), eigen, *unit(x)]),
        "HJ, 2.1",
    ),
    fails(
        "x'x = 1 = y'y give (x'y) y = (x'y)^2 x",
        lambda: Equal(inner(x, y) * y, inner(x, y) ** 2 * x, given=unit(x, y)),
        "(1, 0), (3/5, 4/5)",
    ),
]

FURTHER = [
    holds(
        "x'x = 1, with the number 1: xx' is idempotent",
        lambda: Equal((x * x.T) ** 2, x * x.T, given=[Equal(x.T * x, 1)]),
        "x (x'x) x'",
    ),
    holds("I - 2xx' maps x to -x", lambda: Equal((I - 2 * x * x.T) * x, -x, given=unit(x)), "Householder (1958)"),
    holds(
        "uu' + vv' is idempotent for orthonormal u, v",
        lambda: Equal((u * u.T + v * v.T) ** 2, u * u.T + v * v.T, given=[*unit(u, v), Zero(u.T * v)]),
        "a projection on a plane",
    ),
    holds("a skew matrix has the eigenvalue 0 alone", lambda: Zero(s, given=[*skew(R), eigen, *unit(x)]), "HJ, 2.5"),
    holds("an idempotent has s^2 = s", lambda: Equal(s**2, s, given=[*idempotent(R), eigen, *unit(x)]), "HJ, 1.1"),
    holds("a matrix with R^2 = 0 has s = 0", lambda: Zero(s, given=[Zero(R * R), eigen, *unit(x)]), "HJ, 1.1"),
    holds(
        "xx' = yy' makes x and y parallel", lambda: Parallel(x, y, given=[Equal(x * x.T, y * y.T)]), "x = y or x = -y"
    ),
    holds(
        "xx' = yy' gives |x|^2 = |y|^2",
        lambda: Equal(squared_norm(x), squared_norm(y), given=[Equal(x * x.T, y * y.T)]),
        "traces",
    ),
    holds("xy' = yx' makes x and y parallel", lambda: Parallel(x, y, given=[Equal(x * y.T, y * x.T)]), "times y"),
    holds(
        "xy' = uv' makes x and u parallel if y is not 0",
        lambda: Parallel(x, u, given=[Equal(x * y.T, u * v.T), nonzero(y)]),
        "times y",
    ),
    holds(
        "Lagrange: |xy' - yx'|^2 = 2|x|^2|y|^2 - 2(x'y)^2",
        lambda: Equal(squared_norm(x * y.T - y * x.T), 2 * squared_norm(x) * squared_norm(y) - 2 * inner(x, y) ** 2),
        "Lagrange (1773)",
    ),
    holds(
        "x'x = y'y = x'y gives x = y",
        lambda: Equal(x, y, given=[Equal(x.T * x, x.T * y), Equal(y.T * y, x.T * y)]),
        "|x - y|^2 = 0",
    ),
    holds(
        "(Rx)'(Ry) = x'y if R'R = I",
        lambda: Equal((R * x).T * (R * y), x.T * y, given=orthonormal_columns(R)),
        "HJ, 2.1",
    ),
    holds("(xx'S)^2 = (x'Sx) xx'S", lambda: Equal((x * x.T * S) ** 2, matmul(inner(x, S * x), x, x.T, S)), "rank one"),
    holds(
        "I - 2(x - y)(x - y)+ takes x to y if |x| = |y|",
        lambda: Equal(x - 2 * (x - y) * Pinv(x - y) * x, y, given=[Equal(x.T * x, y.T * y)]),
        "Householder (1958); 2(x - y)'x = |x - y|^2",
    ),
    fails("I - xx' is orthogonal if x'x = 1", lambda: Equal((I - x * x.T) ** 2, I, given=unit(x)), "x = 1"),
    fails(
        "s x'y = t x'y for eigenvectors of any matrix",
        lambda: Equal(s * inner(x, y), t * inner(x, y), given=[eigen, Equal(R * y, t * y)]),
        "[[1, 1], [0, 0]]",
    ),
    fails(
        "an eigenvalue of an orthogonal matrix is 1",
        lambda: Equal(s, 1, given=[*orthonormal_columns(R), eigen, *unit(x)]),
        "-1",
    ),
    fails("xx' = yy' gives x = y", lambda: Equal(x, y, given=[Equal(x * x.T, y * y.T)]), "1, -1"),
    fails(
        "(x'y)^2 = 1 gives x = y for unit vectors",
        lambda: Equal(x, y, given=[*unit(x, y), Equal(inner(x, y) ** 2, 1)]),
        "1, -1",
    ),
    fails("xy' = uv' makes x and u parallel", lambda: Parallel(x, u, given=[Equal(x * y.T, u * v.T)]), "y = v = 0"),
    fails(
        "uu' + vv' is idempotent for unit vectors",
        lambda: Equal((u * u.T + v * v.T) ** 2, u * u.T + v * v.T, given=unit(u, v)),
        "u = v = 1",
    ),
    fails("|x + y|^2 = |x|^2 + |y|^2", lambda: Equal(squared_norm(x + y), squared_norm(x) + squared_norm(y)), "1, 1"),
]
