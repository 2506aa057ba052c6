"""Which facts about the Moore-Penrose inverse does target propagation rest on?

On Penrose's four equations, of which every one is needed: each fact below follows from them, and each shortcut beside
it fails for matrices of a few entries.
"""

from tptheory.preamble import *

X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)
U, V = MatrixSymbol("U", n, p), MatrixSymbol("V", n, p)
C, F = MatrixSymbol("C", q, p), MatrixSymbol("F", m, p)


def penrose(A, X):
    """The four equations that make X the pseudo-inverse of A (Penrose, 1955)."""
    AX, XA = matmul(A, X), matmul(X, A)
    return [Equal(A * X * A, A), Equal(X * A * X, X), Equal(T(AX), AX), Equal(T(XA), XA)]


FIRST, SECOND, THIRD, FOURTH = penrose(A, X)


@theorem("The pseudo-inverse is unique")
def pinv_is_unique():
    r"""$X = XAX = X X'A' = X X'A'Y'A' = XAY = A'X'Y'Y \cdots = Y$ (Penrose, 1955)."""
    return Equal(X, Y, given=[*penrose(A, X), *penrose(A, Y)])


@theorem("$A^+ = A'$ exactly for partial isometries: one direction")
def pinv_of_a_partial_isometry():
    """$A'$ satisfies the four Penrose equations (Erdelyi, 1966)."""
    return Equal(Pinv(A), T(A), given=[partial_isometry(A)])


@theorem("$A^+ = A'$ exactly for partial isometries: the other direction")
def partial_isometry_from_pinv():
    """$A A' A = A A^+ A = A$ (Erdelyi, 1966)."""
    return Equal(matmul(A, T(A), A), A, given=[Equal(Pinv(A), T(A))])


@theorem("$A' = A' A A^+ = A^+ A A'$")
def adjoint_absorbs_the_pinv():
    """$A' = (A A^+ A)' = A' (A A^+)'$ and $A A^+$ is symmetric (Penrose, 1955)."""
    return [
        Equal(matmul(T(A), A, Pinv(A)), T(A)),
        Equal(matmul(Pinv(A), A, T(A)), T(A)),
    ]


@theorem("Push-through: $(I + A'A)^{-1} A' = A' (I + AA')^{-1}$")
def push_through():
    """Multiply $A' (I + AA') = (I + A'A) A'$ by both inverses (Henderson and Searle, 1981)."""
    left = Inverse(Identity(n) + matmul(T(A), A))
    right = Inverse(Identity(m) + matmul(A, T(A)))
    return Equal(matmul(left, T(A)), matmul(T(A), right))


@theorem("Push-through holds for pseudo-inverses too: $A^+ = (A'A)^+ A' = A' (AA')^+$")
def pinv_through_gram_matrices():
    """Both sides satisfy Penrose's equations, since $A'A A^+ = A'$ (Penrose, 1955)."""
    return [
        Equal(Pinv(A), matmul(Pinv(matmul(T(A), A)), T(A))),
        Equal(Pinv(A), matmul(T(A), Pinv(matmul(A, T(A))))),
    ]


@theorem(
    r"The pseudo-inverse of a Gram matrix is a Gram matrix: $(A'A)^+ = A^+ A^{+\top}$, and $(AA')^+ = A^{+\top} A^+$"
)
def pinv_of_gram_matrices():
    r"""$A^+ A^{+\top}$ satisfies Penrose's equations for $A'A$: both products are $A^+ A$ (Penrose, 1955)."""
    P = Pinv(A)
    return [Equal(Pinv(matmul(T(A), A)), matmul(P, T(P))), Equal(Pinv(matmul(A, T(A))), matmul(T(P), P))]


@theorem("$A^+ = A' Z A'$ for every {1}-inverse $Z$ of $A' A A'$")
def zlobecs_formula():
    r"""Multiply $A'AA' Z A'AA' = A'AA'$ by $A^{+\top}A^+$ from both sides (Zlobec, 1970)."""
    Z, cube = MatrixSymbol("Z", m, n), matmul(T(A), A, T(A))
    return Equal(Pinv(A), matmul(T(A), Z, T(A)), given=[Equal(matmul(cube, Z, cube), cube)])


@theorem("$(A')^+ = (A^+)'$")
def pinv_of_the_transpose():
    """The transposes of Penrose's equations are Penrose's equations for $A'$ (Penrose, 1955)."""
    return Equal(Pinv(T(A)), T(Pinv(A)))


@theorem("A matrix of full column rank has $A^+ = (A'A)^{-1} A'$")
def pinv_of_full_column_rank():
    """$(A'A)^{-1} A'$ is a left inverse of $A$, and $A (A'A)^{-1} A'$ is symmetric (Moore, 1920; Penrose, 1955)."""
    return Equal(Pinv(A), matmul(Inverse(matmul(T(A), A)), T(A)), given=[full_column_rank(A)])


@theorem("A symmetric matrix commutes with its pseudo-inverse")
def symmetric_matrices_are_range_symmetric():
    r"""$S S^+ = (S S^+)' = S^{+\top} S' = S^+ S$, since $S^+$ is symmetric as $S$ is (Penrose, 1955)."""
    return Commute(S, Pinv(S), given=[symmetric(S)])


@theorem("An orthogonal projection is its own pseudo-inverse, and a symmetric idempotent $A^+$ makes $A$ one")
def projections_are_their_own_pinv():
    """$P P P = P$ and $P = P'$; the other way $A = (A^+)^+ = A^+$ (Ben-Israel and Greville, 2003)."""
    return [
        Equal(Pinv(R), R, given=[projection(R), symmetric(R)]),
        Equal(matmul(R, R), R, given=[projection(Pinv(R)), symmetric(Pinv(R))]),
    ]


@theorem("Gram matrices cancel: if $A'AU = A'AV$ then $AU = AV$")
def gram_matrices_cancel():
    r"""The columns of $A (U - V)$ lie in the image of $A$ and in its complement; multiply by $A^{+\top}$ (Penrose,
    1955).
    """
    gram = matmul(T(A), A)
    return Equal(matmul(A, U), matmul(A, V), given=[Equal(matmul(gram, U), matmul(gram, V))])


@theorem("A Gram matrix vanishes only with its factor, and so does a sum of two")
def sums_of_gram_matrices_vanish_only_at_zero():
    """The trace of $A'A + D'D$ is $|A|^2 + |D|^2$, a sum of squares (Penrose, 1955, for one)."""
    return [
        Zero(A, given=[Equal(matadd(matmul(T(A), A), matmul(T(D), D)), 0)]),
        Zero(D, given=[Equal(matadd(matmul(T(A), A), matmul(T(D), D)), 0)]),
    ]


@theorem("Exactly the {1,3}-inverses $X$ of $A$ have $A X = A A^+$")
def least_squares_inverses():
    """$A X = A A^+ A X = (A X A A^+)' = A A^+$: all least-squares solutions fit alike (Penrose, 1956)."""
    fits = Equal(matmul(A, X), matmul(A, Pinv(A)))
    return [
        Equal(*fits.equations()[0], given=[FIRST, THIRD]),
        Equal(matmul(A, X, A), A, given=[fits]),
        Equal(T(matmul(A, X)), matmul(A, X), given=[fits]),
    ]


@theorem("Exactly the {1,4}-inverses $X$ of $A$ have $X A = A^+ A$")
def least_norm_inverses():
    """The transpose of the statement about {1,3}-inverses (Penrose, 1956)."""
    same = Equal(matmul(X, A), matmul(Pinv(A), A))
    return [
        Equal(*same.equations()[0], given=[FIRST, FOURTH]),
        Equal(matmul(A, X, A), A, given=[same]),
        Equal(T(matmul(X, A)), matmul(X, A), given=[same]),
    ]


@theorem("$A^+ = Y A X$ for any {1,4}-inverse $Y$ and any {1,3}-inverse $X$ of $A$")
def urquharts_formula():
    """$Y A X = A^+ A X = A^+ A A^+ = A^+$ (Urquhart, 1968)."""
    of_Y = penrose(A, Y)
    return Equal(Pinv(A), matmul(Y, A, X), given=[FIRST, THIRD, of_Y[0], of_Y[3]])


@theorem("$A U C = F$ has a solution exactly if $A A^+ F C^+ C = F$, and then $A^+ F C^+$ is one")
def solvable_equations():
    """$A A^+ (A U C) C^+ C = A U C$; the other way put $U = A^+ F C^+$ (Penrose, 1955)."""
    solved = matmul(A, Pinv(A), F, Pinv(C), C)
    AUC = matmul(A, MatrixSymbol("U", n, q), C)
    return Equal(solved, F, given=[Equal(AUC, F)])


@theorem("Every {1}-inverse solves what can be solved: if $A U = F$ and $A X A = A$ then $A X F = F$")
def any_inner_inverse_solves():
    """$A X F = A X A U = A U = F$ (Rao, 1962)."""
    return Equal(matmul(A, X, F), F, given=[FIRST, Equal(matmul(A, U), F)])


@theorem("$A^+ F$ is the least-squares solution of $A U = F$, and the shortest: two laws of Pythagoras")
def least_squares_and_least_norm():
    r"""$A U - A A^+ F$ lies in $\operatorname{im} A$, $F - A A^+ F$ does not; $A^+ F$ lies in the rows of $A$, $U - A^+
    F$ need not (Penrose, 1956).
    """
    best, P = matmul(Pinv(A), F), matmul(A, Pinv(A))
    fitted, rest = minus(matmul(A, U), matmul(P, F)), minus(F, matmul(P, F))
    return [
        Equal(squared_norm(minus(matmul(A, U), F)), squared_norm(fitted) + squared_norm(rest)),
        Equal(
            squared_norm(U),
            squared_norm(best) + squared_norm(minus(U, best)),
            given=[Equal(matmul(T(A), A, U), matmul(T(A), F))],
        ),
    ]


@theorem("$A^+$ has the image of $A'$ and the row space of $A'$")
def image_of_the_pinv():
    r"""$A^+ = A' A^{+\top} A^+$ and $A' = A^+ A A'$; the same on the right (Penrose, 1955)."""
    P = Pinv(A)
    return [ImageWithin(P, T(A)), ImageWithin(T(A), P), RowSpaceWithin(P, T(A)), RowSpaceWithin(T(A), P)]


@theorem(r"The idempotents $A A^+$ and $A^+ A$ have one trace, $\langle A, A^{+\top}\rangle$, the rank of $A$")
def traces_of_the_two_projections():
    """The trace is cyclic; the trace of an idempotent is its rank (Ben-Israel and Greville, 2003)."""
    return [
        Equal(trace(matmul(A, Pinv(A))), trace(matmul(Pinv(A), A))),
        Equal(squared_norm(matmul(A, Pinv(A))), trace(matmul(Pinv(A), A))),
    ]


@theorem("What $A^+ A$ misses is orthogonal to the rows of $A$, and what $A A^+$ misses to its columns")
def residuals_are_orthogonal():
    """$A' (I - A A^+) = 0$, and $A (I - A^+ A) = 0$ (Penrose, 1955)."""
    return [
        OrthogonalImages(A, minus(Identity(m), matmul(A, Pinv(A)))),
        OrthogonalImages(T(A), minus(Identity(n), matmul(Pinv(A), A))),
    ]


@conjecture("Every {1,3}-inverse is the pseudo-inverse")
def least_squares_inverses_are_unique():
    r"""Only $A X$ is determined; on the complement of $\operatorname{im} A$ the inverse is free."""
    return Equal(X, Pinv(A), given=[FIRST, THIRD])


@conjecture("Every {1,4}-inverse is the pseudo-inverse")
def least_norm_inverses_are_unique():
    """Only $X A$ is determined."""
    return Equal(X, Pinv(A), given=[FIRST, FOURTH])


@conjecture("Every {1,2,3}-inverse is the pseudo-inverse")
def reflexive_least_squares_inverses_are_unique():
    """The row $(1, 0)$ has the {1,2,3}-inverses $(1, c)'$, for every $c$."""
    return Equal(X, Pinv(A), given=[FIRST, SECOND, THIRD])


@conjecture("Every {2,3,4}-inverse is the pseudo-inverse")
def outer_inverses_are_unique():
    """Zero is one of every matrix: without $A X A = A$ the inverse may be too small."""
    return Equal(X, Pinv(A), given=[SECOND, THIRD, FOURTH])


@conjecture("Every matrix commutes with its pseudo-inverse")
def all_matrices_are_range_symmetric():
    """$R R^+$ projects on the columns, $R^+ R$ on the rows; a nilpotent matrix tells them apart."""
    return Commute(R, Pinv(R))


@conjecture("$(R R)^+ = R^+ R^+$ for every square $R$")
def pinv_of_a_square():
    """$R R$ may vanish, or nearly, where $R^+ R^+$ does not."""
    return Equal(Pinv(matmul(R, R)), matmul(Pinv(R), Pinv(R)))


@conjecture(r"$(R'R)^+ = R^{+\top} R^+$ for every square $R$")
def pinv_of_a_gram_matrix_in_the_wrong_order():
    """That is the pseudo-inverse of $R R'$."""
    return Equal(Pinv(matmul(T(R), R)), matmul(T(Pinv(R)), Pinv(R)))


@conjecture("A projection is its own pseudo-inverse")
def oblique_projections_are_their_own_pinv():
    """Only an orthogonal one: the pseudo-inverse of $[[1, 1], [0, 0]]$ is half its transpose."""
    return Equal(Pinv(R), R, given=[projection(R)])


@conjecture("Equal products cancel: if $A U = A V$ then $U = V$")
def products_cancel():
    """What $A$ sends to zero stays unknown."""
    return Equal(U, V, given=[Equal(matmul(A, U), matmul(A, V))])


@conjecture("A square matrix whose square vanishes is zero")
def nilpotents_vanish():
    """$R'R = 0$ does so, $R R = 0$ does not."""
    return Zero(R, given=[Zero(matmul(R, R))])


@conjecture("A partial isometry is an orthogonal matrix if it is square")
def square_partial_isometries_are_orthogonal():
    """It is zero on the complement of its row space, which need not be all: 0 is a partial isometry."""
    return Equal(matmul(T(R), R), Identity(n), given=[partial_isometry(R)])


@conjecture("$A A^+ = I$ for every matrix")
def pinv_is_a_right_inverse():
    """Only if $A$ has full row rank."""
    return Equal(matmul(A, Pinv(A)), Identity(m))
