"""Hypotheses typed as raw equations are met exactly: false statements under them are refuted, true ones are not.

Each kind of hypothesis comes with false statements and with a true sibling under the very same hypotheses, so that a
construction that breaks a hypothesis, or a search that trusts one without a test, shows at once.
"""

import pytest
from sympy import Determinant, Rational, Trace

from tptheory import AllOf, refute, transpose
from tptheory.preamble import *

T = transpose
P, Q, U, V, N, J, X, Y = (MatrixSymbol(name, n, n) for name in ("P", "Q", "U", "V", "N", "J", "X", "Y"))
F = MatrixSymbol("F", m, n)
G = MatrixSymbol("G", n, m)
H = MatrixSymbol("H", n, m)
x, y, z = (MatrixSymbol(name, n, 1) for name in ("x", "y", "z"))
I = Identity(n)  # noqa: E741  (the identity, as in print)


def power(M, k):
    """Return ``M`` multiplied ``k`` times."""
    return matmul(*[M] * k)


def minus(first, second):
    """Return the difference."""
    return matadd(first, matmul(-1, second))


IDEMPOTENT = [Equal(power(P, 2), P)]
PROJECTION = [Equal(power(P, 2), P), Equal(P, T(P))]
PROJECTIONS = [*PROJECTION, Equal(Q, power(Q, 2)), Equal(T(Q), Q)]
HALF_NAMED = [Equal(power(P, 2), P), symmetric(P), projection(Q), Equal(T(Q), Q)]
ISOMETRY = [Equal(matmul(S, T(S), S), S)]
TURNED_ISOMETRY = [Equal(T(F), matmul(T(F), F, T(F)))]
FRAME = [Equal(matmul(T(F), F), I)]
ROWS = [Zero(minus(I, matmul(G, T(G))))]
ORTHOGONAL = [Equal(matmul(T(U), U), I)]
UNIT = [Equal(matmul(T(x), x), Identity(1))]
UNITS = [*UNIT, Equal(squared_norm(y), 1)]
ORTHONORMAL = [*UNITS, Zero(matmul(T(x), y))]
TRACED = [Equal(Trace(matmul(x, T(x))), 1)]
INVOLUTION = [Equal(power(J, 2), I)]
SKEW = [Zero(matadd(R, T(R)))]
NORMAL = [Equal(matmul(S, T(S)), matmul(T(S), S))]
NORMALS = [*NORMAL, Equal(matmul(R, T(R)), matmul(T(R), R))]
COMMUTING = [Equal(matmul(R, S), matmul(S, R))]
INNER = [Equal(matmul(A, G, A), A)]
REFLEXIVE = [*INNER, Equal(matmul(G, A, G), G)]
LEAST_SQUARES = [*INNER, Equal(T(matmul(A, G)), matmul(A, G))]
TRIPOTENT = [Equal(power(J, 3), J)]
COMPLEX = [Equal(power(J, 2), matmul(-1, I))]
ANTICOMMUTING = [Zero(matadd(matmul(R, S), matmul(S, R)))]
BRAID = [Equal(matmul(R, S, R), matmul(S, R, S))]

FALSE = {
    "(PQ)+ = QP for orthogonal projections": Equal(Pinv(matmul(P, Q)), matmul(Q, P), given=PROJECTIONS),
    "half named projections commute": Commute(P, Q, given=HALF_NAMED),
    "PQP is a projection": Equal(matmul(P, Q, P, Q, P), matmul(P, Q, P), given=PROJECTIONS),
    "|PQx| = |QPx|": Equal(matmul(Q, P, Q), matmul(P, Q, P), given=PROJECTIONS),
    "an idempotent is symmetric": Equal(T(P), P, given=IDEMPOTENT),
    "an idempotent is its pseudo-inverse": Equal(Pinv(P), P, given=IDEMPOTENT),
    "SS' and S'S commute": Commute(matmul(S, T(S)), matmul(T(S), S), given=ISOMETRY),
    "a square of a partial isometry is one": Equal(matmul(S, S, T(S), T(S), S, S), matmul(S, S), given=ISOMETRY),
    "F F' = I for a partial isometry": Equal(matmul(F, T(F)), Identity(m), given=TURNED_ISOMETRY),
    "(x'y) y = (x'y)^2 x": Equal(matmul(y, T(x), y), matmul(x, T(x), y, T(x), y), given=UNITS),
    "unit vectors of any trace are equal": Equal(x, y, given=[*TRACED, Equal(Trace(matmul(y, T(y))), 1)]),
    "xx' and yy' commute": Commute(matmul(x, T(x)), matmul(y, T(y)), given=UNITS),
    "xx' + yy' = I": Equal(matadd(matmul(x, T(x)), matmul(y, T(y))), I, given=ORTHONORMAL),
    "a reflection by 2xx' leaves y": Equal(minus(y, matmul(2, x, T(x), y)), y, given=UNITS),
    "U^12 = I": Equal(power(U, 12), I, given=ORTHOGONAL),
    "U^2 = I": Equal(power(U, 2), I, given=ORTHOGONAL),
    "orthonormal columns give orthonormal rows": Equal(matmul(F, T(F)), Identity(m), given=FRAME),
    "orthonormal rows give orthonormal columns": Equal(matmul(T(G), G), Identity(m), given=ROWS),
    "frames of one space agree": Equal(F, D, given=[*FRAME, Equal(matmul(F, T(F)), matmul(D, T(D)))]),
    "N^4 = 0 gives N^3 = 0": Zero(power(N, 3), given=[Zero(power(N, 4))]),
    "N^3 = 0 gives N^2 = 0": Zero(power(N, 2), given=[Zero(power(N, 3))]),
    "N^3 = 0 gives N+ nilpotent": Zero(power(Pinv(N), 3), given=[Zero(power(N, 3))]),
    "an involution is symmetric": Equal(T(J), J, given=INVOLUTION),
    "a tripotent is a partial isometry": Equal(matmul(J, T(J), J), J, given=TRIPOTENT),
    "a complex structure is skew": Equal(T(J), matmul(-1, J), given=COMPLEX),
    "J^3 = I gives J = I": Equal(J, I, given=[Equal(power(J, 3), I)]),
    "J^5 = J^2 gives J^4 = J": Equal(power(J, 4), J, given=[Equal(power(J, 5), power(J, 2))]),
    "skew matrices commute": Commute(R, S, given=[*SKEW, Equal(T(S), matmul(-1, S))]),
    "a skew orthogonal matrix is unique": Equal(
        R, U, given=[*SKEW, *ORTHOGONAL, Equal(matmul(R, T(R)), I), Zero(U + T(U))]
    ),
    "a normal matrix is symmetric": Equal(T(S), S, given=NORMAL),
    "a normal matrix is symmetric or skew": Zero(matmul(S + T(S), S - T(S)), given=NORMAL),
    "a product of normal matrices is normal": Equal(matmul(R, S, T(S), T(R)), matmul(T(S), T(R), R, S), given=NORMALS),
    "commuting normal matrices have symmetric products": Equal(
        T(matmul(R, S)), matmul(R, S), given=[*NORMALS, *COMMUTING]
    ),
    "A'B = BA' if AB = BA": Equal(matmul(T(R), S), matmul(S, T(R)), given=COMMUTING),
    "commuting matrices have commuting pseudo-inverses": Commute(R, Pinv(S), given=COMMUTING),
    "commuting idempotents sum to one": Equal(
        power(matadd(P, Q), 2), matadd(P, Q), given=[*IDEMPOTENT, Equal(power(Q, 2), Q), Commute(P, Q)]
    ),
    "XAX = X if AXA = A": Equal(matmul(G, A, G), G, given=INNER),
    "a reflexive inverse is the pseudo-inverse": Equal(G, Pinv(A), given=REFLEXIVE),
    "a least-squares inverse is reflexive": Equal(matmul(G, A, G), G, given=LEAST_SQUARES),
    "anticommuting matrices vanish": Zero(matmul(R, S), given=ANTICOMMUTING),
    "RSR = SRS gives R = S": Equal(R, S, given=BRAID),
    "|A|^2 = 1 gives a unit determinant": Equal(squared_norm(matmul(T(A), A)), 1, given=[Equal(squared_norm(A), 1)]),
    "x'Sx = 2 and |x| = 1 give Sx = 2x": Equal(
        matmul(S, x), matmul(2, x), given=[*UNIT, Equal(matmul(T(x), S, x), matmul(2, Identity(1)))]
    ),
    "RS = I gives R = S'": Equal(R, T(S), given=[Equal(matmul(R, S), I)]),
    "det U = 1": Equal(Determinant(U), 1, given=ORTHOGONAL),
    "tr P = 1": Equal(Trace(P), 1, given=PROJECTION),
    "x'y = 1/2 and units give (x+y)/2 a unit": Equal(
        squared_norm(matadd(x, y)), 4, given=[*UNITS, Equal(Trace(matmul(T(x), y)), Rational(3, 5))]
    ),
}
