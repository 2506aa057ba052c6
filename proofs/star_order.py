"""When does the pseudo-inverse of a sum split, and what lies below a matrix in the star order?

It splits for star-orthogonal matrices, $A' D = 0$ and $A D' = 0$, of which neither may be left out; below a partial
isometry or a projection lie only such.
"""

from tptheory.preamble import *

E = MatrixSymbol("E", m, n)


def below(A, D):
    """A <= D in the star order: A'A = A'D and AA' = DA' (Drazin, 1978)."""
    return [Equal(matmul(T(A), A), matmul(T(A), D)), Equal(matmul(A, T(A)), matmul(D, T(A)))]


def follows(claims, *given):
    return [Equal(claim.lhs, claim.rhs, given=given) for claim in claims]


apart = [OrthogonalImages(A, D), OrthogonalImages(T(A), T(D))]
total = matadd(A, D)


@theorem("$(A + D)^+ = A^+ + D^+$ if $A'D = 0$ and $AD' = 0$")
def sums_of_star_orthogonal_matrices():
    """$A^+D = 0$ and $AD^+ = 0$ too: the mixed terms of the four equations vanish (Penrose, 1955; Hestenes, 1961)."""
    return Equal(Pinv(total), matadd(Pinv(A), Pinv(D)), given=apart)


@theorem("$A'D = 0$ exactly if $A^+D = 0$, and $AD' = 0$ exactly if $AD^+ = 0$")
def orthogonality_through_the_pinv():
    r"""$A^+ = A^+ A^{+\top} A'$ and $A' = A'A A^+$ (Penrose, 1955)."""
    return [
        Zero(matmul(Pinv(A), D), given=[Zero(matmul(T(A), D))]),
        Zero(matmul(T(A), D), given=[Zero(matmul(Pinv(A), D))]),
        Zero(matmul(A, Pinv(D)), given=[Zero(matmul(A, T(D)))]),
        Zero(matmul(A, T(D)), given=[Zero(matmul(A, Pinv(D)))]),
    ]


@theorem("A matrix that is orthogonal to another keeps its length in the sum: $|A + D|^2 = |A|^2 + |D|^2$ if $A'D = 0$")
def pythagoras():
    """The mixed terms are traces of $A'D$: folklore."""
    return Equal(squared_norm(total), squared_norm(A) + squared_norm(D), given=[apart[0]])


@theorem("A sum of star-orthogonal partial isometries is a partial isometry")
def sums_of_partial_isometries():
    """$(A + D)^+ = A^+ + D^+ = A' + D'$ (Hestenes, 1961)."""
    return Equal(matmul(total, T(total), total), total, given=[*apart, partial_isometry(A, D)])


@theorem("A sum of two projections is a projection exactly if their products vanish")
def sums_of_projections():
    r"""$RS + SR = 0$ gives $RS = -SR = R SR R \cdots = 0$; no symmetry is used (Halmos, 1958)."""
    return [
        Zero(matmul(R, S), given=[projection(R, S), projection(matadd(R, S))]),
        Equal(
            matmul(matadd(R, S), matadd(R, S)),
            matadd(R, S),
            given=[projection(R, S), Zero(matmul(R, S)), Zero(matmul(S, R))],
        ),
    ]


@theorem("The star order is antisymmetric")
def star_order_is_antisymmetric():
    """$(A - D)'(A - D) = 0$ (Drazin, 1978)."""
    return Equal(A, D, given=[*below(A, D), *below(D, A)])


@theorem("The star order is transitive")
def star_order_is_transitive():
    r"""$A = A A^+ D$ and $A'A = A'D = (A'A A^+ D)' \cdots$: $A'D = A'A A^+ D = A'A A^+ E = A'E$ (Drazin, 1978)."""
    return follows(below(A, E), *below(A, D), *below(D, E))


@theorem(r"$A \le D$ in the star order exactly if $A^+A = A^+D$ and $AA^+ = DA^+$")
def star_order_through_the_pinv():
    r"""$A^+ = A^+ A^{+\top} A'$ turns $A'A = A'D$ into $A^+A = A^+D$, and $A' = A'A A^+$ turns it back
    (Drazin, 1978).
    """
    through = [Equal(matmul(Pinv(A), A), matmul(Pinv(A), D)), Equal(matmul(A, Pinv(A)), matmul(D, Pinv(A)))]
    return [*follows(through, *below(A, D)), *follows(below(A, D), *through)]


@theorem(r"$A \le D$ in the star order exactly if $A$ and $D - A$ are star-orthogonal")
def star_order_is_orthogonality():
    """$A'(D - A) = 0$ and $A (D - A)' = 0$ are the definition, written otherwise (Hestenes, 1961)."""
    rest = minus(D, A)
    return [
        Equal(Pinv(D), matadd(Pinv(A), Pinv(rest)), given=below(A, D)),
        *follows(below(rest, D), *below(A, D)),
    ]


@theorem(r"If $A \le D$ in the star order then $A^+ \le D^+$")
def star_order_of_the_pinv():
    r"""$A^{+\top}A^+ = A^{+\top}D^+$ since $D^+ = A^+ + (D - A)^+$, and the two parts stay orthogonal (Hartwig and
    Styan, 1986).
    """
    return follows(below(Pinv(A), Pinv(D)), *below(A, D))


@theorem(r"If $A \le D$ in the star order then $(D - A)^+ = D^+ - A^+$")
def pinv_of_a_difference():
    """$A$ and $D - A$ are star-orthogonal with sum $D$ (Hartwig and Styan, 1986)."""
    return Equal(Pinv(minus(D, A)), minus(Pinv(D), Pinv(A)), given=below(A, D))


@theorem("The star order implies the minus order: $A = A D^+ A = D D^+ A = A D^+ D$, and $A D^+ = A A^+$")
def star_implies_minus():
    """$A$ is $D$ restricted to the rows and columns of $A$ (Hartwig, 1980; Hartwig and Styan, 1986)."""
    P = Pinv(D)
    claims = [(matmul(A, P, A), A), (matmul(D, P, A), A), (matmul(A, P, D), A), (matmul(A, P), matmul(A, Pinv(A)))]
    return follows([Equal(*pair) for pair in claims], *below(A, D))


@theorem("In the star order the projections of $A$ lie below those of $D$")
def star_order_of_projections():
    """$D D^+ A A^+ = A A^+$, since $A = D A^+ A$ (Hartwig and Styan, 1986)."""
    AP, DP = matmul(A, Pinv(A)), matmul(D, Pinv(D))
    return [Equal(matmul(DP, AP), AP, given=below(A, D)), Equal(matmul(AP, DP), AP, given=below(A, D))]


@theorem("What lies below a partial isometry in the star order is a partial isometry")
def below_a_partial_isometry():
    r"""$A^+ \le D^+ = D'$ and $A' \le D'$ are both $D'$ cut to the same rows (Hestenes, 1961)."""
    return Equal(matmul(A, T(A), A), A, given=[*below(A, D), partial_isometry(D)])


@theorem("What lies below an orthogonal projection $S$ in the star order is one: $R = R^+R$, and $R = RR^+$")
def below_an_orthogonal_projection():
    """$R = S R^+R$, and $R'R = R'S$ and $RR' = SR'$ cut $S$ to the rows and columns of $R$ (Hartwig and
    Styan, 1986).
    """
    given = [*below(R, S), projection(S), symmetric(S)]
    return follows([Equal(R, matmul(Pinv(R), R)), Equal(R, matmul(R, Pinv(R)))], *given)


@theorem(r"If $A \le D$ in the star order then $|D|^2 = |A|^2 + |D - A|^2$")
def length_in_the_star_order():
    """$A$ and $D - A$ are orthogonal (Hestenes, 1961)."""
    return Equal(squared_norm(D), squared_norm(A) + squared_norm(minus(D, A)), given=below(A, D))


@conjecture("$(A + D)^+ = A^+ + D^+$ if $A'D = 0$")
def one_orthogonality_suffices():
    """Columns that are orthogonal may have rows that are not: $A = (1, 0)'$, $D = (0, 1)'$."""
    return Equal(Pinv(total), matadd(Pinv(A), Pinv(D)), given=[apart[0]])


@conjecture("$(R + S)^+ = R^+ + S^+$ for all square matrices")
def pinv_is_additive():
    """$1/(1 + 1)$ is not 2."""
    return Equal(Pinv(matadd(R, S)), matadd(Pinv(R), Pinv(S)))


@conjecture("$A'A = A'D$ alone gives the star order")
def left_star_gives_star():
    """Half of the definition does not give the other half."""
    return follows([below(A, D)[1]], below(A, D)[0])[0]


@conjecture("$A = A D^+ A$, which is the minus order, gives the star order")
def minus_gives_star():
    """The minus order knows no angles: an oblique projection lies below the identity."""
    return follows([below(A, D)[0]], Equal(matmul(A, Pinv(D), A), A))[0]


@conjecture(r"If $R \le S$ in the star order then $R R \le S S$")
def star_order_of_squares():
    """$R$ may mix its columns with rows of $S$ that are not its own."""
    return follows([below(matmul(R, R), matmul(S, S))[0]], *below(R, S))[0]


@conjecture("A sum of two orthogonal projections is a projection")
def sums_of_any_projections():
    """$1 + 1 = 2$ is no projection."""
    return Equal(matmul(matadd(R, S), matadd(R, S)), matadd(R, S), given=[projection(R, S), symmetric(R, S)])


@conjecture(
    r"Matrices that the star order compares have one rank: $\operatorname{rank} D \le \operatorname{rank} A$ if $A "
    r"\le D$"
)
def star_order_keeps_the_rank():
    """It is the other way: 0 lies below every matrix."""
    return RankAtMost(D, A, given=below(A, D))
