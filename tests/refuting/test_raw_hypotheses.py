"""Hypotheses typed as raw equations are met exactly: false statements under them are refuted, true ones are not.

Each false statement comes with the least sum of symbolic sizes at which it fails, and with a true sibling under the
very same hypotheses: a construction that breaks a hypothesis, or a search that trusts one untested, would refute that.
"""

import pytest
from sympy import Determinant, Rational, Trace

from tptheory import refute, transpose
from tptheory.preamble import *
from tptheory.refuting.enumeration import level_of
from tptheory.refuting.search import CounterexampleSearch

T = transpose
P, Q, U, V, N, J, X, Y = (MatrixSymbol(name, n, n) for name in ("P", "Q", "U", "V", "N", "J", "X", "Y"))
F = MatrixSymbol("F", m, n)
G = MatrixSymbol("G", n, m)
x, y = (MatrixSymbol(name, n, 1) for name in ("x", "y"))
number = Symbol("a", real=True)
I = Identity(n)


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
SKEW_ORTHOGONAL = [*SKEW, *ORTHOGONAL, Equal(matmul(R, T(R)), I), Zero(U + T(U))]
COMMUTING_NORMALS = [*NORMALS, *COMMUTING]
COMMUTING_IDEMPOTENTS = [*IDEMPOTENT, Equal(power(Q, 2), Q), Commute(P, Q)]
SAME_SPACE = [*FRAME, Equal(matmul(F, T(F)), matmul(D, T(D)))]
WITHIN_3_5 = [*UNITS, Equal(Trace(matmul(T(x), y)), Rational(3, 5))]
RAYLEIGH = [*UNIT, Equal(matmul(T(x), S, x), matmul(2, Identity(1)))]
OF_LENGTH_2 = [Equal(matmul(T(U), U), matmul(2, I))]
TRACES = [Equal(Trace(matmul(S, S)), 1), Zero(Trace(S))]
SANDWICH = [Equal(matmul(R, S, R), S)]
HEISENBERG = [Equal(matadd(matmul(R, S), matmul(S, R)), I), Zero(power(R, 2))]
ON_A_CIRCLE = [Equal(number**2 + squared_norm(x), 1)]
BRAID = [Equal(matmul(R, S, R), matmul(S, R, S))]

# name: (hypotheses, the false statement, its least width, the true sibling)
STATEMENTS = {
    "the reverse order for orthogonal projections": (
        PROJECTIONS,
        (Equal, Pinv(matmul(P, Q)), matmul(Q, P)),
        2,
        (Equal, Pinv(matmul(P, Q)), matmul(Q, Pinv(matmul(P, Q)), P)),
    ),
    "projections that are half named": (HALF_NAMED, (Commute, P, Q), 2, (Commute, matmul(P, Q, P), P)),
    "a product of three projections": (
        PROJECTIONS,
        (Equal, matmul(P, Q, P, Q, P), matmul(P, Q, P)),
        2,
        (Equal, T(matmul(P, Q, P)), matmul(P, Q, P)),
    ),
    "idempotents and symmetry": (IDEMPOTENT, (Equal, T(P), P), 2, (Equal, power(T(P), 3), T(P))),
    "idempotents and pseudo-inverses": (
        IDEMPOTENT,
        (Equal, Pinv(P), P),
        2,
        (Equal, power(matadd(matmul(2, P), matmul(-1, I)), 2), I),
    ),
    "SS' and S'S of a partial isometry": (
        ISOMETRY,
        (Commute, matmul(S, T(S)), matmul(T(S), S)),
        2,
        (Equal, power(matmul(S, T(S)), 2), matmul(S, T(S))),
    ),
    "the square of a partial isometry": (
        ISOMETRY,
        (Equal, matmul(S, S, T(S), T(S), S, S), matmul(S, S)),
        2,
        (Equal, Pinv(S), T(S)),
    ),
    "a partial isometry, transposed": (
        TURNED_ISOMETRY,
        (Equal, matmul(F, T(F)), Identity(m)),
        2,
        (Equal, matmul(F, T(F), F), F),
    ),
    "two unit vectors": (
        UNITS,
        (Equal, matmul(y, T(x), y), matmul(x, T(x), y, T(x), y)),
        2,
        (Equal, matmul(y, T(y), y, T(x), x), y),
    ),
    "unit vectors by their traces": (
        TRACED,
        (Equal, matmul(x, T(x)), I),
        2,
        (Equal, power(matmul(x, T(x)), 2), matmul(x, T(x))),
    ),
    "projections on lines": (
        UNITS,
        (Commute, matmul(x, T(x)), matmul(y, T(y))),
        2,
        (Equal, Trace(matmul(x, T(x), y, T(y))), Trace(matmul(y, T(x))) ** 2),
    ),
    "two orthonormal vectors": (
        ORTHONORMAL,
        (Equal, matadd(matmul(x, T(x)), matmul(y, T(y))), I),
        3,
        (Equal, power(matadd(matmul(x, T(x)), matmul(y, T(y))), 2), matadd(matmul(x, T(x)), matmul(y, T(y)))),
    ),
    "unit vectors with a given product": (
        WITHIN_3_5,
        (Equal, squared_norm(matadd(x, y)), 4),
        2,
        (Equal, squared_norm(matadd(x, y)), Rational(16, 5)),
    ),
    "the order of orthogonal matrices": (
        ORTHOGONAL,
        (Equal, power(U, 12), I),
        2,
        (Equal, matmul(power(U, 6), power(T(U), 6)), I),
    ),
    "the determinant of an orthogonal matrix": (
        ORTHOGONAL,
        (Equal, Determinant(U), 1),
        1,
        (Equal, Determinant(U) ** 2, 1),
    ),
    "orthonormal columns": (FRAME, (Equal, matmul(F, T(F)), Identity(m)), 3, (Equal, Pinv(F), T(F))),
    "orthonormal rows": (ROWS, (Equal, matmul(T(G), G), Identity(m)), 3, (Equal, Pinv(G), T(G))),
    "frames of one space": (SAME_SPACE, (Equal, F, D), 2, (Equal, matmul(D, T(D), F), F)),
    "the index of a nilpotent matrix is at most 3": (
        [Zero(power(N, 4))],
        (Zero, power(N, 3)),
        4,
        (Zero, power(N, 5)),
    ),
    "the index of a nilpotent matrix is at most 2": (
        [Zero(power(N, 3))],
        (Zero, power(N, 2)),
        3,
        (Equal, matmul(matadd(I, matmul(-1, N)), matadd(I, N, power(N, 2))), I),
    ),
    "involutions": (INVOLUTION, (Equal, T(J), J), 2, (Equal, Pinv(J), J)),
    "tripotents": (TRIPOTENT, (Equal, matmul(J, T(J), J), J), 2, (Equal, power(J, 4), power(J, 2))),
    "complex structures": (COMPLEX, (Equal, T(J), matmul(-1, J)), 2, (Equal, Pinv(J), matmul(-1, J))),
    "roots of one": ([Equal(power(J, 3), I)], (Equal, J, I), 2, (Equal, Pinv(J), power(J, 2))),
    "an annihilating polynomial with a double root": (
        [Equal(power(J, 5), power(J, 2))],
        (Equal, power(J, 4), J),
        2,
        (Equal, power(J, 8), power(J, 2)),
    ),
    "skew matrices": ([*SKEW, Equal(T(S), matmul(-1, S))], (Commute, R, S), 3, (Zero, Trace(matmul(R, R, R)))),
    "skew orthogonal matrices": (SKEW_ORTHOGONAL, (Equal, R, U), 2, (Equal, power(R, 2), power(U, 2))),
    "normal matrices": (NORMAL, (Equal, T(S), S), 2, (Commute, S, Pinv(S))),
    "normal matrices, symmetric or skew": (
        NORMAL,
        (Zero, matmul(matadd(S, T(S)), minus(S, T(S)))),
        2,
        (Commute, matadd(S, T(S)), minus(S, T(S))),
    ),
    "products of normal matrices": (
        NORMALS,
        (Equal, matmul(R, S, T(S), T(R)), matmul(T(S), T(R), R, S)),
        2,
        (Equal, Trace(matmul(R, S, T(S), T(R))), Trace(matmul(T(S), T(R), R, S))),
    ),
    "commuting normal matrices": (
        COMMUTING_NORMALS,
        (Equal, T(matmul(R, S)), matmul(R, S)),
        2,
        (Commute, T(R), S),
    ),
    "commuting matrices and transposes": (COMMUTING, (Commute, T(R), S), 2, (Commute, T(R), T(S))),
    "commuting matrices and pseudo-inverses": (COMMUTING, (Commute, R, Pinv(S)), 2, (Commute, power(R, 2), S)),
    "commuting idempotents": (
        COMMUTING_IDEMPOTENTS,
        (Equal, power(matadd(P, Q), 2), matadd(P, Q)),
        1,
        (Equal, power(matmul(P, Q), 2), matmul(P, Q)),
    ),
    "anticommuting matrices": (ANTICOMMUTING, (Zero, matmul(R, S)), 2, (Commute, power(R, 2), S)),
    "the braid relation": (BRAID, (Equal, R, S), 1, (Equal, matmul(R, S, R, R), matmul(S, R, S, R))),
    "inner inverses": (INNER, (Equal, matmul(G, A, G), G), 2, (Equal, power(matmul(G, A), 2), matmul(G, A))),
    "reflexive inverses": (REFLEXIVE, (Equal, G, Pinv(A)), 3, (Equal, matmul(A, G, A, G), matmul(A, G))),
    "least-squares inverses": (
        LEAST_SQUARES,
        (Equal, matmul(G, A, G), G),
        2,
        (Equal, matmul(A, G), matmul(A, Pinv(A))),
    ),
    "one-sided inverses": ([Equal(matmul(R, S), I)], (Equal, R, T(S)), 1, (Equal, matmul(S, R), I)),
    "a unit matrix": (
        [Equal(squared_norm(A), 1)],
        (Equal, squared_norm(matmul(T(A), A)), 1),
        4,
        (Equal, squared_norm(matmul(2, A)), 4),
    ),
    "a scaled orthogonal matrix": (
        OF_LENGTH_2,
        (Equal, T(U), U),
        2,
        (Equal, matmul(U, T(U)), matmul(2, I)),
    ),
    "a Rayleigh quotient": (
        RAYLEIGH,
        (Equal, matmul(S, x), matmul(2, x)),
        2,
        (Equal, matmul(x, T(x), S, x), matmul(2, x)),
    ),
    "traces of powers": (TRACES, (Equal, Trace(power(S, 3)), 1), 2, (Equal, Trace(power(T(S), 2)), 1)),
    "a sandwich": (SANDWICH, (Commute, R, S), 2, (Equal, matmul(R, R, S, R, R), S)),
    "ladder operators": (HEISENBERG, (Equal, S, T(R)), 2, (Equal, matmul(R, S, R), R)),
    "a point on a circle": (ON_A_CIRCLE, (Zero, number), 1, (Equal, squared_norm(x), 1 - number**2)),
}


@pytest.mark.parametrize(("given", "false", "total", "true"), STATEMENTS.values(), ids=STATEMENTS)
def test_false_statements_are_refuted_and_their_siblings_are_not(given, false, total, true):
    """The counterexample meets the hypotheses at the least sizes; the sibling that is true is not refuted."""
    kind, *sides = false
    verdict = refute(kind(*sides, given=given), seconds=60)
    assert verdict.refuted, verdict.explain()
    assert verdict.counterexample.check()
    assert verdict.counterexample.total_width == total
    kind, *sides = true
    assert refute(kind(*sides, given=given), seconds=0.3).word == "undecided"


def test_the_same_seed_gives_the_same_counterexample():
    """Constructions take all their randomness from the seed."""
    given, (kind, *sides), _, _ = STATEMENTS["the reverse order for orthogonal projections"]
    first, second = (refute(kind(*sides, given=given), seed=3).counterexample for _ in range(2))
    assert first.values == second.values


def test_raw_and_named_projections_have_the_same_smallest_counterexample():
    """What is smallest does not depend on how a hypothesis is typed."""
    named = [projection(P, Q), symmetric(P, Q)]
    raw, spelled = (refute(Commute(P, Q, given=given)).counterexample for given in (PROJECTIONS, named))
    assert raw.minimal
    assert spelled.minimal
    assert level_of(raw.values) == level_of(spelled.values)


def test_narrower_choices_of_larger_sizes_are_tried_too():
    """What is narrower in total than 3x3 counts, 4x1 and 1x4 too."""
    tall = symbols("k", integer=True, positive=True)
    claim = RankAtMost(matmul(2, MatrixSymbol("B", tall, n)), 2)
    search = CounterexampleSearch(claim)
    assert search.run(20).counterexample.sizes == {tall: 3, n: 3}
    assert {tall: 1, n: 4} in [choice.sizes for choice in search.choices]
    assert all(choice.swept >= 6 for choice in search.choices if choice.total < 6)


def test_contradictory_hypotheses_refute_nothing():
    """No square matrix is both nilpotent and an involution, so that nothing is false of it."""
    assert refute(Zero(J, given=[*INVOLUTION, Zero(power(J, 3))]), seconds=0.3).word == "undecided"
