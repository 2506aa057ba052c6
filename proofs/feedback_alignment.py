"""What does a fixed random feedback keep, and when does it still go downhill?

It keeps $W_l W_l'$ less the symmetric part of feedback and next weight; from zero weights it goes downhill if the
feedback has orthonormal columns, and with other feedback it need not.
"""

from tptheory.preamble import *

two, three = DeepLinearNetwork(depth=2, batch=B), DeepLinearNetwork(depth=3, batch=B, loss="any")


def alignment(net, l, B):
    """W_l W_l' - B W_{l+1} - W_{l+1}' B'."""
    W, BW = net.weight(l), matmul(B, net.weight(l + 1))
    return matadd(matmul(W, T(W)), matmul(-1, BW), matmul(-1, T(BW)))


def family(net):
    """W_1 = B C and W_2 = F B' with F + F' = C C': where FA arrives from zero weights."""
    (W1, W2), B = net.weights, FA.feedback(net, 2)
    C, F = MatrixSymbol("C", W2.rows, W1.cols), MatrixSymbol("F", W2.rows, W2.rows)
    law = Equal(matadd(F, T(F)), matmul(C, T(C)))
    return C, F, [Equal(W1, matmul(B, C)), Equal(W2, matmul(F, T(B))), law]


@theorem(
    "Feedback alignment conserves $W_l W_l' - B_{l+1} W_{l+1} - W_{l+1}' B_{l+1}'$, for any batch and loss, at depth 3"
)
def fa_alignment_law():
    """$B d_{l+1} x_l' = d_l x_{l-1}' W_l'$: the weights above grow towards the feedback (Lillicrap et al., 2016)."""
    return [Conserved(alignment(three, l, FA.feedback(three, l + 1)), along=FA.flow(three)) for l in (1, 2)]


@theorem(
    "Direct feedback alignment conserves $W_2 W_2' - B_2 W_3 - W_3' B_2'$, and $W_1 W_1' - C W_2 - W_2' C'$ if $B_1 "
    "= C B_2$"
)
def dfa_alignment_law():
    """The direct feedback is then a chain of feedbacks. New here as far as we know, for $C$; depth 3, any loss."""
    B1, B2 = DFA.feedback(three, 2), DFA.feedback(three, 3)
    C = MatrixSymbol("C", B1.rows, B2.rows)
    return [
        Conserved(alignment(three, 2, B2), along=DFA.flow(three)),
        Conserved(alignment(three, 1, C), along=DFA.flow(three), given=[Equal(B1, matmul(C, B2))]),
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
    B, dC = FA.feedback(two, 2), matmul(-1, two.error, T(two.input))
    dF = matmul(dC, T(C))
    flow = FA.flow(two)
    return [
        Equal(flow[W1], matmul(B, dC), given=inside),
        Equal(flow[W2], matmul(dF, T(B)), given=inside),
        Equal(matadd(dF, T(dF)), matadd(matmul(dC, T(C)), matmul(C, T(dC))), given=inside),
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
    B, E = FA.feedback(two, 2), two.error
    squares = squared_norm(matmul(E, T(two.activation(1))))
    squares += squared_norm(matmul(T(C), E, T(two.input))) / 2
    orthonormal = Equal(matmul(T(B), B), Identity(B.cols))
    return Equal(FA.flow(two).derivative(two.loss), -squares, given=[*inside, orthonormal])


@conjecture(
    "Where FA arrives from zero weights, $W_1 = B C$, $W_2 = F B'$, $F + F' = C C'$, its loss never rises, at depth 2"
)
def fa_descends_with_any_feedback():
    """False at widths 1-1-2: $W_2 B = F B' B$, and $B' B$ weights what $F$ mixes. In simulations runs from zero rise
    too.
    """
    net = DeepLinearNetwork(widths=(1, 1, 2))
    _, _, inside = family(net)
    return Nonincreasing(net.loss, along=FA.flow(net), given=inside)


@conjecture("The flow of feedback alignment conserves $W_1 W_1' - 2 B_2 W_2$, at depth 2")
def fa_law_without_the_transpose():
    """False: only the symmetric part of $B_2 W_2$ is tied to $W_1 W_1'$."""
    W1, W2 = two.weights
    return Conserved(matadd(matmul(W1, T(W1)), matmul(-2, FA.feedback(two, 2), W2)), along=FA.flow(two))
