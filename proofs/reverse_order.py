"""When is the pseudo-inverse of a product the product of the pseudo-inverses, in reverse order?

Exactly under Greville's two conditions, which hold for a factor with orthonormal columns or rows and for full column
rank before full row rank; invertibility of one factor is not enough.
"""

from tptheory.preamble import *

k = Symbol("k", integer=True, positive=True)
B, C = MatrixSymbol("B", n, p), MatrixSymbol("C", p, q)
P, Q = MatrixSymbol("P", n, n), MatrixSymbol("Q", n, n)

AB, ABC = matmul(A, B), matmul(A, B, C)
rows, columns = matmul(Pinv(A), A), matmul(B, Pinv(B))
law = Equal(Pinv(AB), matmul(Pinv(B), Pinv(A)))
triple_law = Equal(Pinv(ABC), matmul(Pinv(C), Pinv(B), Pinv(A)))


def under(law, *given):
    return Equal(law.lhs, law.rhs, given=given)


greville = [
    Equal(matmul(rows, B, T(B), T(A)), matmul(B, T(B), T(A))),
    Equal(matmul(columns, T(A), A, B), matmul(T(A), A, B)),
]
M, N = matmul(rows, B, C, Pinv(C)), matmul(C, Pinv(C), Pinv(B), rows)
hartwig = {
    "MNM = M": Equal(matmul(M, N, M), M),
    "NMN = N": Equal(matmul(N, M, N), N),
    "A'AMN symmetric": symmetric(matmul(T(A), A, M, N)),
    "NMCC' symmetric": symmetric(matmul(N, M, C, T(C))),
}


def all_but(name):
    return [condition for key, condition in hartwig.items() if key != name]


@theorem("$(AB)^+ = B^+ A^+$ if $A^+A BB'A' = BB'A'$ and $BB^+ A'AB = A'AB$")
def greville_suffices():
    """The conditions make $A B B^+ A^+$ and $B^+ A^+ A B$ symmetric, and Penrose's equations hold (Greville, 1966)."""
    return under(law, *greville)


@theorem("If $(AB)^+ = B^+ A^+$ then $A^+A BB'A' = BB'A'$ and $BB^+ A'AB = A'AB$")
def greville_is_necessary():
    """$(AB)' = B^+ A^+ A B (AB)'$; multiply by $A A'B BB'$, and use that $X'X = 0$ only for $X = 0$
    (Greville, 1966).
    """
    return [under(condition, law) for condition in greville]


@theorem("Greville's conditions say that $A^+A$ commutes with $BB'$, and $BB^+$ with $A'A$")
def greville_as_commuting():
    """$A^+A BB'A' = BB'A'$ says $A^+A BB' A^+A = BB' A^+A$, and the left side is symmetric (Bouldin, 1973)."""
    first, second = Commute(rows, matmul(B, T(B))), Commute(columns, matmul(T(A), A))
    return [
        Commute(rows, matmul(B, T(B)), given=greville[0]),
        Commute(columns, matmul(T(A), A), given=greville[1]),
        under(greville[0], first),
        under(greville[1], second),
    ]


@theorem("$(AB)^+ = B^+ A^+$ if $A$ has full column rank and $B$ full row rank")
def full_ranks_suffice():
    """$A^+A = I$ and $BB^+ = I$: both of Greville's conditions are trivial (Greville, 1966)."""
    return under(law, full_column_rank(A), full_row_rank(B))


@theorem("$(AB)^+ = B^+ A^+$ if the columns of $A$ are orthonormal, or the rows of $B$ are")
def isometries_suffice():
    """With $A'A = I$ both of Greville's conditions hold; transpose for the other (Cline and Greville, 1970)."""
    return [
        under(law, Equal(matmul(T(A), A), Identity(n))),
        under(law, Equal(matmul(B, T(B)), Identity(n))),
    ]


@theorem("A singular value decomposition yields the pseudo-inverse: $(U S V')^+ = V S^+ U'$ for isometries $U$, $V$")
def pinv_of_a_singular_value_decomposition():
    """$U$ and $V$ with orthonormal columns may be moved out of the pseudo-inverse (Penrose, 1955)."""
    U, V = MatrixSymbol("U", m, n), MatrixSymbol("V", k, n)
    orthonormal = [Equal(matmul(T(U), U), Identity(n)), Equal(matmul(T(V), V), Identity(n))]
    return Equal(Pinv(matmul(U, S, T(V))), matmul(V, Pinv(S), T(U)), given=orthonormal)


@theorem("A full-rank factorisation yields the pseudo-inverse: $(AB)^+ = B'(BB')^+ (A'A)^+ A'$")
def full_rank_factorisation():
    """$A^+ = (A'A)^+ A'$ and $B^+ = B'(BB')^+$, and the reverse order law holds for these ranks (Greville, 1960)."""
    factored = matmul(T(B), Pinv(matmul(B, T(B))), Pinv(matmul(T(A), A)), T(A))
    return Equal(Pinv(AB), factored, given=[full_column_rank(A), full_row_rank(B)])


@theorem("$(AB)^+ = B_1^+ A_1^+$ always, for $B_1 = A^+AB$ and $A_1 = A B_1 B_1^+$")
def clines_formula():
    """$AB = A_1 B_1$, and this factorisation satisfies both of Greville's conditions (Cline, 1964)."""
    B1 = matmul(rows, B)
    A1 = matmul(A, B1, Pinv(B1))
    return Equal(Pinv(AB), matmul(Pinv(B1), Pinv(A1)))


@theorem("$(AB)^+ = (A^+AB)^+ (ABB^+)^+$ always")
def symmetric_form_of_clines_formula():
    """Only $B$ within the rows of $A$ counts, and $A$ on the columns of $B$; known, we cannot name a first source."""
    return Equal(Pinv(AB), matmul(Pinv(matmul(rows, B)), Pinv(matmul(A, columns))))


@theorem("$B^+ A^+$ is a {1}-inverse of $AB$ exactly if $A^+A$ and $BB^+$ commute")
def inner_inverse_of_a_product():
    """$A^+A BB^+$ is then idempotent, which a product of orthogonal projections is only if they commute
    (Tian, 2017).
    """
    inner = Equal(matmul(AB, Pinv(B), Pinv(A), AB), AB)
    return [Commute(rows, columns, given=inner), under(inner, Commute(rows, columns))]


@theorem("A product of two orthogonal projections is idempotent exactly if they commute")
def idempotent_products_of_projections():
    """With $PQPQ = PQ$ the matrix $X = PQ - QP$ has $X'X = 0$ (Baksalary, 1987)."""
    projections = [projection(P, Q), symmetric(P, Q)]
    PQ = matmul(P, Q)
    return [
        Commute(P, Q, given=[*projections, projection(PQ)]),
        Equal(matmul(PQ, PQ), PQ, given=[*projections, Commute(P, Q)]),
    ]


@theorem("$(ABC)^+ = C^+ B^+ A^+$ under Hartwig's four conditions")
def hartwigs_triple_law():
    """$M = A^+ABCC^+$ and $N = CC^+B^+A^+A$: $MNM = M$, $NMN = N$, $A'AMN$ and $NMCC'$ symmetric (Hartwig, 1986)."""
    return under(triple_law, *hartwig.values())


@theorem("Under the triple law Hartwig's four conditions hold")
def hartwigs_conditions_are_necessary():
    """Each is one of Penrose's equations for $ABC$, multiplied from both sides (Hartwig, 1986)."""
    claims = [Equal(*(hartwig[name].equations()[0]), given=[triple_law]) for name in ("MNM = M", "NMN = N")]
    return [
        *claims,
        Equal(T(matmul(T(A), A, M, N)), matmul(T(A), A, M, N), given=[triple_law]),
        Equal(T(matmul(N, M, C, T(C))), matmul(N, M, C, T(C)), given=[triple_law]),
    ]


@conjecture("$(AB)^+ = B^+ A^+$ under Greville's first condition alone")
def first_condition_suffices():
    """It makes $B^+A^+AB$ symmetric, and says nothing of $ABB^+A^+$."""
    return under(law, greville[0])


@conjecture("$(AB)^+ = B^+ A^+$ under Greville's second condition alone")
def second_condition_suffices():
    """The transpose of the first."""
    return under(law, greville[1])


@conjecture("$(AB)^+ = B^+ A^+$ if $A$ and $B$ have full row rank")
def full_row_ranks_suffice():
    """$(1, 0)$ times $[[1, 1], [0, 1]]$ has pseudo-inverse $(1/2, 1/2)'$, the reverse product is $(1, 0)'$."""
    return under(law, full_row_rank(A, B))


@conjecture("$(AB)^+ = B^+ A^+$ if $B$ is invertible")
def an_invertible_factor_suffices():
    """A shear $B$ turns the row space of $A$ out of its place."""
    return Equal(Pinv(matmul(A, S)), matmul(Pinv(S), Pinv(A)), given=[invertible(S)])


@conjecture("$(AB)^+ = B^+ A^+$ if $A^+A$ and $BB^+$ commute")
def commuting_projections_suffice():
    """They make $B^+A^+$ a {1,2}-inverse of $AB$ and no more: the Gram matrices must commute with them too."""
    return under(law, Commute(rows, columns))


@conjecture("A product of partial isometries is a partial isometry")
def products_of_partial_isometries():
    """$(AB)^+ = B'A'$ fails for two orthogonal projections at an angle."""
    return Equal(matmul(AB, T(AB), AB), AB, given=[partial_isometry(A, B)])


@conjecture("$(ABC)^+ = C^+ B^+ A^+$ if both $(AB)^+ = B^+ A^+$ and $(BC)^+ = C^+ B^+$")
def neighbours_suffice():
    """$B = 0$ between, or any $B$ that hides how the row space of $A$ lies to $C$, says nothing of the whole."""
    BC = matmul(B, C)
    return under(triple_law, law, Equal(Pinv(BC), matmul(Pinv(C), Pinv(B))))


@conjecture("The triple law holds without Hartwig's $MNM = M$")
def triple_law_without_inner():
    """$A^+A$ and $CC^+$ must not hide what $B$ does between them."""
    return under(triple_law, *all_but("MNM = M"))


@conjecture("The triple law holds without Hartwig's $A'AMN$ symmetric")
def triple_law_without_symmetry():
    """It is what makes $ABC C^+B^+A^+$ symmetric."""
    return under(triple_law, *all_but("A'AMN symmetric"))
