"""The operator facts of THEORY 8 as claims: what the benchmark times, and what a test proves and measures."""

from __future__ import annotations

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol, symbols

from tptheory import Equal, Pinv, matadd, matmul, transpose

m, n, p, q = symbols("m n p q", integer=True, positive=True)
A, B, C = MatrixSymbol("A", m, n), MatrixSymbol("B", n, p), MatrixSymbol("C", p, q)
D, E = MatrixSymbol("D", m, n), MatrixSymbol("E", m, n)
X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)
T = transpose


def penrose(M: MatrixExpr, Z: MatrixExpr, equations: str) -> list[Equal]:
    """Return those of the four equations of Penrose (1955) that make ``Z`` an inverse such as ``M{1,3}``."""
    every = {
        "1": Equal(matmul(M, Z, M), M),
        "2": Equal(matmul(Z, M, Z), Z),
        "3": symmetric(matmul(M, Z)),
        "4": symmetric(matmul(Z, M)),
    }
    return [every[number] for number in equations]


def symmetric(M: MatrixExpr) -> Equal:
    """Say that a product is its own transpose."""
    return Equal(T(M), M)


def below(M: MatrixExpr, N: MatrixExpr) -> list[Equal]:
    """Say that ``M`` is below ``N`` in the star order (Drazin, 1978): ``M'M = M'N`` and ``MM' = NM'``."""
    return [Equal(matmul(T(M), M), matmul(T(M), N)), Equal(matmul(M, T(M)), matmul(N, T(M)))]


def hartwig(P: MatrixExpr, Q: MatrixExpr) -> list[Equal]:
    """Return Hartwig's conditions (1986) for the triple reverse order law."""
    return [
        Equal(matmul(P, Q, P), P),
        Equal(matmul(Q, P, Q), Q),
        symmetric(matmul(T(A), A, P, Q)),
        symmetric(matmul(Q, P, C, T(C))),
    ]


def known(*matrices: MatrixExpr) -> list[Equal]:
    """Bring the pseudo-inverses of matrices in: true of every matrix, and a step that the equations do not name."""
    return [Equal(matmul(M, Pinv(M), M), M) for M in matrices]


GREVILLE = [
    Equal(matmul(Pinv(A), A, B, T(B), T(A)), matmul(B, T(B), T(A))),
    Equal(matmul(B, Pinv(B), T(A), A, B), matmul(T(A), A, B)),
]
P, Q = MatrixSymbol("P", n, p), MatrixSymbol("Q", p, n)
P_WRITTEN_OUT = matmul(Pinv(A), A, B, C, Pinv(C))
Q_WRITTEN_OUT = matmul(C, Pinv(C), Pinv(B), Pinv(A), A)
TRIPLE = Pinv(matmul(A, B, C)), matmul(Pinv(C), Pinv(B), Pinv(A))
PUSHED = matmul(Inverse(matadd(Identity(n), matmul(T(A), A))), T(A))
ORTHOGONAL = [Equal(matmul(T(A), D), 0), Equal(matmul(A, T(D)), 0)]

FACTS: dict[str, Equal] = {
    "the pseudo-inverse is unique": Equal(X, Y, given=[*penrose(A, X, "1234"), *penrose(A, Y, "1234")]),
    "Greville: (AB)+ = B+ A+": Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)), given=GREVILLE),
    "Hartwig: (ABC)+ = C+ B+ A+": Equal(*TRIPLE, given=hartwig(P_WRITTEN_OUT, Q_WRITTEN_OUT)),
    "Hartwig, P and Q named": Equal(*TRIPLE, given=[*hartwig(P, Q), Equal(P, P_WRITTEN_OUT), Equal(Q, Q_WRITTEN_OUT)]),
    "push-through": Equal(PUSHED, matmul(T(A), Inverse(matadd(Identity(m), matmul(A, T(A)))))),
    "{1,3}: AX = AA+": Equal(matmul(A, X), matmul(A, Pinv(A)), given=penrose(A, X, "13")),
    "{1,4}: XA = A+A": Equal(matmul(X, A), matmul(Pinv(A), A), given=penrose(A, X, "14")),
    "Urquhart: {1,4} A {1,3} = A+": Equal(matmul(Y, A, X), Pinv(A), given=[*penrose(A, X, "13"), *penrose(A, Y, "14")]),
    "Gram: (A'A)+ = A+ A'+": Equal(Pinv(matmul(T(A), A)), matmul(Pinv(A), Pinv(T(A)))),
    "Gram: A+ = (A'A)+ A'": Equal(Pinv(A), matmul(Pinv(matmul(T(A), A)), T(A))),
    "Gram: A+ = A' (AA')+": Equal(Pinv(A), matmul(T(A), Pinv(matmul(A, T(A))))),
    "A' = A'AA+": Equal(T(A), matmul(T(A), A, Pinv(A))),
    "A' = A+AA'": Equal(T(A), matmul(Pinv(A), A, T(A))),
    "star order: AA+D = A": Equal(matmul(A, Pinv(A), D), A, given=below(A, D)),
    "star order: DA+A = A": Equal(matmul(D, Pinv(A), A), A, given=below(A, D)),
    "star order: A+DA+ = A+": Equal(matmul(Pinv(A), D, Pinv(A)), Pinv(A), given=below(A, D)),
    "star order is antisymmetric": Equal(A, D, given=[*below(A, D), *below(D, A), *known(A, D)]),
    "star order is transitive, A'A = A'E": Equal(
        matmul(T(A), A), matmul(T(A), E), given=[*below(A, D), *below(D, E), *known(A)]
    ),
    "star order is transitive, AA' = EA'": Equal(
        matmul(A, T(A)), matmul(E, T(A)), given=[*below(A, D), *below(D, E), *known(A)]
    ),
    "sum: (A+D)+ = A+ + D+": Equal(Pinv(matadd(A, D)), matadd(Pinv(A), Pinv(D)), given=ORTHOGONAL),
}
