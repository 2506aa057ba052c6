"""Which facts about the Moore-Penrose inverse does target propagation rest on?"""

from sympy import Identity, Inverse, MatrixSymbol, symbols

from tptheory import Equal, Pinv, matmul, partial_isometry, theorem, transpose

m, n = symbols("m n", integer=True, positive=True)
A = MatrixSymbol("A", m, n)
X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)


def penrose(A, X):
    """The four equations that make X the pseudo-inverse of A (Penrose, 1955)."""
    AX, XA = matmul(A, X), matmul(X, A)
    return [Equal(A * X * A, A), Equal(X * A * X, X), Equal(transpose(AX), AX), Equal(transpose(XA), XA)]


@theorem("The pseudo-inverse is unique")
def pinv_is_unique():
    """X = XAX = X X'A' = X X'A'Y'A' = XAY = A'X'Y'Y ... = Y (Penrose, 1955)."""
    return Equal(X, Y, given=[*penrose(A, X), *penrose(A, Y)])


@theorem("A+ = A' exactly for partial isometries: one direction")
def pinv_of_a_partial_isometry():
    """A' satisfies the four Penrose equations."""
    return Equal(Pinv(A), transpose(A), given=[partial_isometry(A)])


@theorem("A+ = A' exactly for partial isometries: the other direction")
def partial_isometry_from_pinv():
    """A A' A = A A+ A = A."""
    return Equal(matmul(A, transpose(A), A), A, given=[Equal(Pinv(A), transpose(A))])


@theorem("A' = A' A A+ = A+ A A'")
def adjoint_absorbs_the_pinv():
    """A' = (A A+ A)' = A' (A A+)' and A A+ is symmetric."""
    return [
        Equal(matmul(transpose(A), A, Pinv(A)), transpose(A)),
        Equal(matmul(Pinv(A), A, transpose(A)), transpose(A)),
    ]


@theorem("Push-through: (I + A'A)^-1 A' = A' (I + AA')^-1")
def push_through():
    """Multiply A' (I + AA') = (I + A'A) A' by both inverses."""
    left = Inverse(Identity(n) + matmul(transpose(A), A))
    right = Inverse(Identity(m) + matmul(A, transpose(A)))
    return Equal(matmul(left, transpose(A)), matmul(transpose(A), right))
