"""Sums, inverses and products of positive semidefinite matrices: each true claim beside a false one."""

from proving.pairs import check_proved, check_refuted, each_false, each_true
from sympy import BlockMatrix, Determinant, HadamardProduct, Inverse, KroneckerProduct, MatrixSymbol, OneMatrix, symbols

from tptheory import (
    AtMost,
    DeepLinearNetwork,
    Equal,
    NonNegative,
    Pinv,
    PredictiveCoding,
    Rank,
    RankAtMost,
    Zero,
    at_most,
    inner,
    positive_definite,
    positive_semidefinite,
    projection,
    squared_norm,
    symmetric,
    trace,
)
from tptheory.preamble import Identity, Symbol

n, m = symbols("n m", integer=True, positive=True)
R, S, X, Y = (MatrixSymbol(name, n, n) for name in "RSXY")
A, V, y = MatrixSymbol("A", m, n), MatrixSymbol("V", m, m), MatrixSymbol("y", m, 1)
I, forms, symmetric_both = Identity(n), [positive_semidefinite(R), positive_semidefinite(S)], [symmetric(R, S)]
parallel = R * Pinv(R + S) * S
a, b = Symbol("a", positive=True), Symbol("b", positive=True)
net = DeepLinearNetwork(depth=2)
(W_1, W_2), N = net.weights, Identity(net.widths[1])
energy = PredictiveCoding().energy(net)
ones = OneMatrix(n, n) / n


def ridge(penalty):
    """Return the map of ridge regression."""
    return Inverse(A.T * A + penalty * I) * A.T


PAIRS = {
    "semidefinite roots are unique": (
        Equal(S, R, given=[*forms, Equal(S**2, R**2)]),
        Equal(S, R, given=[*symmetric_both, Equal(S**2, R**2)]),
    ),
    "symmetric roots of a cube are unique": (
        Equal(S, R, given=[*symmetric_both, Equal(S**3, R**3)]),
        Equal(S, R, given=[symmetric(R), Equal(S**3, R**3)]),
    ),
    "what commutes with the square of a form": (
        Equal(S * X, X * S, given=[positive_semidefinite(S), Equal(S**2 * X, X * S**2)]),
        Equal(S * X, X * S, given=[symmetric(S), Equal(S**2 * X, X * S**2)]),
    ),
    "what commutes with the cube of a symmetric matrix": (
        Equal(S * X, X * S, given=[symmetric(S), Equal(S**3 * X, X * S**3)]),
        Equal(S * X, X * S, given=[symmetric(X), Equal(S**3 * X, X * S**3)]),
    ),
    "an equation of Sylvester": (
        Zero(X, given=[positive_definite(R, S), Zero(R * X + X * S)]),
        Zero(X, given=[positive_semidefinite(R, S), Zero(R * X + X * S)]),
    ),
    "a Gram matrix above a multiple of the identity": (
        Equal(Pinv(A) * A, I, given=[Equal(A.T * A, X * X.T + a * I)]),
        Equal(Pinv(A) * A, I, given=[Equal(A.T * A, X * X.T + (a - b) * I)]),
    ),
    "balanced weights, but for a multiple of the identity (Domine et al.)": (
        Equal(Pinv(W_2) * W_2, N, given=[Equal(W_2.T * W_2, W_1 * W_1.T + a * N)]),
        Equal(W_1 * Pinv(W_1), N, given=[Equal(W_2.T * W_2, W_1 * W_1.T + a * N)]),
    ),
    "harmonic and arithmetic means": (
        AtMost(4 * parallel, R + S, given=forms),
        AtMost(4 * parallel, R + S, given=symmetric_both),
    ),
    "a parallel sum is least": (
        AtMost(X.T * parallel * X, Y.T * R * Y + (X - Y).T * S * (X - Y), given=forms),
        AtMost(Y.T * R * Y + (X - Y).T * S * (X - Y), X.T * parallel * X, given=forms),
    ),
    "the inverse of a sum": (NonNegative(Pinv(R + S), given=forms), NonNegative(Pinv(R + S), given=symmetric_both)),
    "beside a product that is idempotent": (
        AtMost(1, Determinant(I + A.T * A), given=[Equal(X * Y * X * Y, X * Y)]),
        AtMost(2, Determinant(I + A.T * A), given=[Equal(X * Y * X * Y, X * Y)]),
    ),
    "ridge regression shrinks": (
        AtMost(squared_norm(ridge(b) * y), squared_norm(ridge(a) * y), given=[at_most(a, b)]),
        AtMost(squared_norm(ridge(a) * y), squared_norm(ridge(b) * y), given=[at_most(a, b)]),
    ),
    "its degrees of freedom": (
        AtMost(trace(A * ridge(a)), Rank(A)),
        AtMost(Rank(A), trace(A * ridge(a))),
    ),
    "a form of a difference that is 0": (
        Equal(X, Y, given=[Zero(inner(X - Y, S * (X - Y))), positive_definite(S)]),
        Equal(X, Y, given=[Zero(inner(X - Y, S * (X - Y))), positive_semidefinite(S)]),
    ),
    "predictive coding without energy": (
        Zero(net.error, given=[Zero(energy)]),
        Zero(net.activation(1), given=[Zero(energy)]),
    ),
    "a Kronecker product": (
        NonNegative(KroneckerProduct(R, V), given=[*forms, positive_semidefinite(V)]),
        NonNegative(KroneckerProduct(R, V), given=[*forms, symmetric(V)]),
    ),
    "an entrywise product": (
        NonNegative(HadamardProduct(R, S), given=forms),
        NonNegative(HadamardProduct(R, S), given=symmetric_both),
    ),
    "the rank of a Kronecker product": (
        Equal(Rank(KroneckerProduct(A, V)), Rank(A) * Rank(V)),
        Equal(Rank(KroneckerProduct(A, V)), Rank(A) + Rank(V)),
    ),
    "its determinant": (
        Equal(Determinant(KroneckerProduct(R, V)), Determinant(R) ** m * Determinant(V) ** n),
        Equal(Determinant(KroneckerProduct(R, V)), Determinant(R) ** n * Determinant(V) ** m),
    ),
    "centering": (Equal((I - ones) * (I - ones), I - ones), Equal((I - n * ones) * (I - n * ones), I - n * ones)),
    "the determinant of blocks": (
        AtMost(
            Determinant(BlockMatrix([[R, X], [X.T, S]])),
            Determinant(R) * Determinant(S),
            given=[positive_semidefinite(BlockMatrix([[R, X], [X.T, S]]))],
        ),
        AtMost(
            Determinant(BlockMatrix([[R, X], [X.T, S]])),
            Determinant(R) * Determinant(S),
            given=[symmetric(R, S)],
        ),
    ),
    "complex blocks": (
        NonNegative(Determinant(BlockMatrix([[R, S], [-S, R]]))),
        NonNegative(Determinant(BlockMatrix([[R, S], [S, R]]))),
    ),
    "minors": (
        AtMost(
            Determinant(A.T * MatrixSymbol("B", m, n)) ** 2,
            Determinant(A.T * A) * Determinant(MatrixSymbol("B", m, n).T * MatrixSymbol("B", m, n)),
        ),
        AtMost(Determinant(A.T * MatrixSymbol("B", m, n)) ** 2, Determinant(A.T * A)),
    ),
    "a determinant above a trace": (
        AtMost(1 + trace(R), Determinant(I + R), given=forms),
        AtMost(1 + trace(R), Determinant(I + R), given=[symmetric(R)]),
    ),
    "a determinant of rank one": (
        Equal(Determinant(I + R), 1 + trace(R), given=[RankAtMost(R, 1)]),
        Equal(Determinant(I + R), 1 + trace(R), given=[RankAtMost(R, 2)]),
    ),
}


@each_true(PAIRS)
def test_what_holds_of_forms_is_proved(claim):
    """The checker accepts the proof, and the exact evaluation of the claim as typed agrees."""
    check_proved(claim)


@each_false(PAIRS)
def test_its_neighbour_is_refuted(claim):
    """With symmetric matrices only, or the other way round, it is false."""
    check_refuted(claim)


def test_projections_have_a_form_below_both():
    """``2 P (P + Q)+ Q`` is symmetric, a projection, and within the image of both (Anderson and Duffin, 1969)."""
    P, Q = MatrixSymbol("P", n, n), MatrixSymbol("Q", n, n)
    meet = 2 * P * Pinv(P + Q) * Q
    check_proved(Equal(meet, meet.T, given=[projection(P, Q), symmetric(P, Q)]))
    check_proved(Equal(P * meet, meet, given=[projection(P, Q), symmetric(P, Q)]))
    check_proved(Equal(meet * meet, meet, given=[projection(P, Q), symmetric(P, Q)]))
    check_refuted(Equal(meet, P, given=[projection(P, Q), symmetric(P, Q)]))
