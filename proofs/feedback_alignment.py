"""What does a fixed random feedback keep, and when does it still go downhill?"""

from sympy import Identity, MatrixSymbol, Symbol

from tptheory import (
    Conserved,
    DeepLinearNetwork,
    DirectFeedbackAlignment,
    Equal,
    FeedbackAlignment,
    Nonincreasing,
    conjecture,
    matadd,
    matmul,
    squared_norm,
    theorem,
    transpose,
)

n = Symbol("B", integer=True, positive=True)
fa, dfa = FeedbackAlignment(), DirectFeedbackAlignment()
two, three = DeepLinearNetwork(depth=2, batch=n), DeepLinearNetwork(depth=3, batch=n, loss="any")


def alignment(net, l, B):
    """W_l W_l' - B W_{l+1} - W_{l+1}' B'."""
    W, BW = net.weight(l), matmul(B, net.weight(l + 1))
    return matadd(matmul(W, transpose(W)), matmul(-1, BW), matmul(-1, transpose(BW)))


def family(net):
    """W_1 = B C and W_2 = F B' with F + F' = C C': where FA arrives from zero weights."""
    (W1, W2), B = net.weights, fa.feedback(net, 2)
    C, F = MatrixSymbol("C", W2.rows, W1.cols), MatrixSymbol("F", W2.rows, W2.rows)
    law = Equal(matadd(F, transpose(F)), matmul(C, transpose(C)))
    return C, F, [Equal(W1, matmul(B, C)), Equal(W2, matmul(F, transpose(B))), law]


@theorem(
    "Feedback alignment conserves $W_l W_l' - B_{l+1} W_{l+1} - W_{l+1}' B_{l+1}'$, for any batch and loss, at depth 3"
)
def fa_alignment_law():
    """$B d_{l+1} x_l' = d_l x_{l-1}' W_l'$: the weights above grow towards the feedback (Lillicrap et al., 2016)."""
    return [Conserved(alignment(three, l, fa.feedback(three, l + 1)), along=fa.flow(three)) for l in (1, 2)]


@theorem(
    "Direct feedback alignment conserves $W_2 W_2' - B_2 W_3 - W_3' B_2'$, and $W_1 W_1' - C W_2 - W_2' C'$ if $B_1 "
    "= C B_2$"
)
def dfa_alignment_law():
    """The direct feedback is then a chain of feedbacks. New here as far as we know, for $C$; depth 3, any loss."""
    B1, B2 = dfa.feedback(three, 2), dfa.feedback(three, 3)
    C = MatrixSymbol("C", B1.rows, B2.rows)
    return [
        Conserved(alignment(three, 2, B2), along=dfa.flow(three)),
        Conserved(alignment(three, 1, C), along=dfa.flow(three), given=[Equal(B1, matmul(C, B2))]),
    ]


@theorem(
    r"From zero weights at depth 2 FA stays among $W_1 = B C$, $W_2 = F B'$, $F + F' = C C'$, for $\dot C = -E X'$, "
    r"$\dot F = -E X' C'$"
)
def fa_family_from_zero():
    """Each velocity has the form again, and the law of $F$ is kept: $F + F'$ and $C C'$ move alike (Lillicrap et al.,
    2016).

    $C$ moves by $-E X'$, and $F$ by that times $C'$.
    """
    C, _, inside = family(two)
    W1, W2 = two.weights
    B, dC = fa.feedback(two, 2), matmul(-1, two.error, transpose(two.input))
    dF = matmul(dC, transpose(C))
    flow = fa.flow(two)
    return [
        Equal(flow[W1], matmul(B, dC), given=inside),
        Equal(flow[W2], matmul(dF, transpose(B)), given=inside),
        Equal(matadd(dF, transpose(dF)), matadd(matmul(dC, transpose(C)), matmul(C, transpose(dC))), given=inside),
    ]


@theorem(
    "From zero weights at depth 2 FA's loss falls as a sum of squares if the feedback has orthonormal columns, $B' B "
    "= I$"
)
def fa_descends_with_orthonormal_feedback():
    """$W_2 B = F$, of which only $F + F' = C C'$ counts: $-|E X_1'|^2 - |C' E X'|^2 / 2$. New here as far
    as we know.
    """
    C, _, inside = family(two)
    B, E = fa.feedback(two, 2), two.error
    squares = squared_norm(matmul(E, transpose(two.activation(1))))
    squares += squared_norm(matmul(transpose(C), E, transpose(two.input))) / 2
    orthonormal = Equal(matmul(transpose(B), B), Identity(B.cols))
    return Equal(fa.flow(two).derivative(two.loss), -squares, given=[*inside, orthonormal])


@conjecture(
    "Where FA arrives from zero weights, $W_1 = B C$, $W_2 = F B'$, $F + F' = C C'$, its loss never rises, at depth 2"
)
def fa_descends_with_any_feedback():
    """False at widths 1-1-2: $W_2 B = F B' B$, and $B' B$ weights what $F$ mixes. In simulations runs from zero rise
    too.
    """
    net = DeepLinearNetwork(widths=(1, 1, 2))
    _, _, inside = family(net)
    return Nonincreasing(net.loss, along=fa.flow(net), given=inside)


@conjecture("The flow of feedback alignment conserves $W_1 W_1' - 2 B_2 W_2$, at depth 2")
def fa_law_without_the_transpose():
    """False: only the symmetric part of $B_2 W_2$ is tied to $W_1 W_1'$."""
    W1, W2 = two.weights
    return Conserved(matadd(matmul(W1, transpose(W1)), matmul(-2, fa.feedback(two, 2), W2)), along=fa.flow(two))
