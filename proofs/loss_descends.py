"""Which rules never let the loss rise?

BP and Gauss-Newton targets always, TP with two layers or where the ranks and images above fit; from three layers on
TP, damped or not, can raise the loss.
"""

from tptheory.preamble import *

deep = DeepLinearNetwork(depth=L, batch=B)
one, two, three, four = (DeepLinearNetwork(depth=depth, batch=B) for depth in (1, 2, 3, 4))
sample = {depth: DeepLinearNetwork(depth=depth) for depth in (2, 3)}
W2, W3 = three.weight(2), three.weight(3)


def rate(rule, net):
    """The derivative of the loss along the rule's flow."""
    return rule.flow(net).derivative(net.loss)


def seen(operator, net, l):
    """|operator E X_{l-1}'|^2."""
    return squared_norm(matmul(operator, net.error, T(net.activation(l - 1))))


@theorem("Along the BP flow the loss falls at the rate of the squared gradients of all layers, at any depth")
def bp_rate():
    r"""The loss moves by $\langle E, \dot X_L\rangle$, and the outputs descend by the sum of $|G_k|^2$: gradient flow
    (Cauchy, 1847).
    """
    Q = Recursion("Q", 0, L, 0, lambda k, Q: Q + squared_norm(BP.descent(deep, k)))
    descends = inner(BP.flow(deep).derivative(deep.activation(l)), matmul(-1, BP.error_signal(deep, l)))
    return [ForAll(Equal(descends, Q(l)), (l, 0, L)), Equal(rate(BP, deep), -Q(L))]


@theorem("Along the BP flow the loss never rises, at depths 1 to 4")
def bp_descends():
    """Minus its rate is a sum of squares (Cauchy, 1847)."""
    return [Nonincreasing(net.loss, along=BP.flow(net)) for net in (one, two, three, four)]


@theorem(
    r"Along the TP flow the loss changes at the rate $-\sum_k \operatorname{tr}(E' P_k E X_{k-1}' X_{k-1})$, at depth "
    "3 and any rank"
)
def tp_rate():
    r"""Layer $k$ moves $E$ by $-P_k E X_{k-1}' X_{k-1}$, $P_k = W_L \cdots W_{k+1} W_{k+1}^+ \cdots W_L^+$ (no source
    known).
    """
    E, X = three.error, three.activation
    P = {1: matmul(W3, W2, Pinv(W2), Pinv(W3)), 2: matmul(W3, Pinv(W3)), 3: Identity(W3.rows)}
    terms = [trace(matmul(T(E), P[k], E, T(X(k - 1)), X(k - 1))) for k in (1, 2, 3)]
    return Equal(rate(TP, three), -sum(terms))


@theorem("Along the TP flow of a network with two layers the loss never rises, at any rank")
def tp_descends_at_depth_two():
    """$P_1 = W_2 W_2^+$ is an orthogonal projection: the rate is $-|E X_1'|^2 - |P_1 E X_0'|^2$ (we know no source)."""
    P = matmul(two.weight(2), Pinv(two.weight(2)))
    return [
        Equal(rate(TP, two), -seen(Identity(P.rows), two, 2) - seen(P, two, 1)),
        Nonincreasing(two.loss, along=TP.flow(two)),
    ]


@theorem(
    r"Along the TP flow the error moves as $\dot E = -E K$ if the weights from the second on have full row rank, at "
    "any depth"
)
def tp_rate_at_full_rank():
    r"""$K$ is the sum of $X_k' X_k$, $k < L$; so the loss falls at the rate $\sum_k |E X_{k-1}'|^2$ (we know no
    source).
    """
    full, X = from_the_second(full_row_rank, deep), deep.activation
    K = grams_below(deep)
    R = Recursion("R", 0, L, 0, lambda k, R: R + squared_norm(matmul(deep.error, T(X(k - 1)))))
    velocity = TP.flow(deep).derivative
    return [
        at_every_layer(Equal(velocity(X(l)), matmul(-1, TP.error_signal(deep, l), K(l))), given=full),
        Equal(velocity(deep.output), matmul(-1, deep.error, K(L)), given=full),
        ForAll(Equal(trace(matmul(deep.error, K(l), T(deep.error))), R(l)), (l, 0, L), given=full),
        Equal(rate(TP, deep), -R(L), given=full),
    ]


@theorem("At depths 3 and 4 TP's loss never rises if all weights but the first and the last have full row rank")
def tp_descends_below_an_output_of_any_rank():
    """The inner weights drop out of $P_k$ and leave the projection $W_L W_L^+$. New here as far as we know."""
    return [
        Nonincreasing(net.loss, along=TP.flow(net), given=[full_row_rank(*net.weights[1:-1])]) for net in (three, four)
    ]


@theorem("At depth 3 TP's loss falls as a sum of squares if $W_3$ is a partial isometry, at any rank of $W_2$")
def tp_descends_below_an_isometry():
    """$P_1 = W_3 W_2 W_2^+ W_3'$ is positive semidefinite. New here as far as we know."""
    squares = (
        seen(Identity(W3.rows), three, 3)
        + seen(matmul(W3, Pinv(W3)), three, 2)
        + seen(matmul(W2, Pinv(W2), T(W3)), three, 1)
    )
    return Equal(rate(TP, three), -squares, given=[partial_isometry(W3)])


@theorem("At depth 3 TP's loss never rises if the projection $W_2 W_2^+$ commutes with $W_3' W_3$")
def tp_descends_if_images_are_aligned():
    """Then $P_1$ is an orthogonal projection; at the counterexample it is an oblique one. New here as far
    as we know.
    """
    aligned = Commute(matmul(W2, Pinv(W2)), matmul(T(W3), W3))
    return Nonincreasing(three.loss, along=TP.flow(three), given=[aligned])


@theorem(
    "At depth 3 with $W_3$ invertible, $P_1 + P_1'$ is positive semidefinite only if $W_2 W_2^+$ commutes with $W_3' "
    "W_3$"
)
def alignment_is_necessary():
    """A projection $P$ with $P + P' = R R'$ has $R' (I - P) = 0$, hence $P' (I - P) = 0$. New here as far as we know.

    So if the alignment fails, some data make the loss rise.
    """
    Q, identity = matmul(W2, Pinv(W2)), Identity(W3.rows)
    P, R = matmul(W3, Q, Pinv(W3)), MatrixSymbol("R", W3.rows, W3.rows)
    positive = [invertible(W3), Equal(matadd(P, T(P)), matmul(R, T(R)))]
    lemma = Zero(matmul(T(R), matadd(identity, matmul(-1, P))), given=positive)
    return [
        lemma,
        Equal(P, T(P), given=[*positive, Zero(lemma.expression)]),
        Commute(Q, matmul(T(W3), W3), given=[invertible(W3), Equal(P, T(P))]),
    ]


@theorem("At depth 3 the losses of TP and damped TP fall as sums of squares at balanced weights, $W_3' W_3 = W_2 W_2'$")
def tp_descends_at_balanced_weights():
    """Balance aligns them: $P_1$ is the projection $W_3 W_3^+$, and $Z^2$ under damping. New here as far as we know.

    $Z = W_3 M_3$ for the damped feedback $M_3$.
    """
    balanced = [Equal(matmul(T(W3), W3), matmul(W2, T(W2)))]
    P, M, all_of_it = matmul(W3, Pinv(W3)), damped.feedback(three, 3), seen(Identity(W3.rows), three, 3)
    Z = matmul(W3, M)
    damped_squares = seen(Z, three, 2) + damping * seen(M, three, 2) + seen(Z, three, 1)
    return [
        Equal(rate(TP, three), -all_of_it - seen(P, three, 2) - seen(P, three, 1), given=balanced),
        Equal(rate(damped, three), -all_of_it - damped_squares, given=balanced),
    ]


@theorem("At depth 3 with one output TP's loss falls at every rank of $W_2$, if $W_3$ does not vanish")
def tp_descends_with_one_output():
    """$P_1$ is the number $|W_2 W_2^+ W_3'|^2 / |W_3|^2$. New here as far as we know."""
    net = DeepLinearNetwork(widths=(*three.widths[:3], 1))
    V2, w, e, x = net.weight(2), net.weight(3), squared_norm(net.error), net.activation
    upper = squared_norm(w) * e * (squared_norm(x(2)) + squared_norm(x(1)))
    lowest = e * squared_norm(x(0)) * squared_norm(matmul(w, V2, Pinv(V2)))
    return Equal(squared_norm(w) * rate(TP, net), -upper - lowest, given=[full_row_rank(w)])


@theorem(
    r"At depth 3 TP always lowers $|d_2|^2 \operatorname{pdet}(W_3)^2$, also while the loss rises, if $W_3$ has full "
    "row rank"
)
def tp_descends_in_another_norm():
    """$d_2 = W_3^+ e$ measures the error so that $P_1$ is orthogonal. New here as far as we know.

    The logarithm falls at $2 |x_2|^2 + 2 |x_1|^2 + 2 |x_0|^2 |W_2 W_2^+ d_2|^2 / |d_2|^2$.
    """
    net = sample[3]
    d2, x = TP.error_signal(net, 2), [squared_norm(net.activation(k)) for k in range(3)]
    V, V2, velocity = squared_norm(d2), net.weight(2), TP.flow(net).derivative
    falls = 2 * (x[2] + x[1]) * V + 2 * x[0] * squared_norm(matmul(V2, Pinv(V2), d2))
    return Equal(velocity(V) + 2 * V * velocity(LogPdet(net.weight(3))), -falls, given=[full_row_rank(net.weight(3))])


@theorem("Along the flow of Gauss-Newton targets the loss never rises, at any depth and rank")
def gn_descends():
    r"""$A A^+$ for $A = W_L \cdots W_{k+1}$ is an orthogonal projection whatever the ranks (compare Meulemans et al.,
    2020).
    """
    return Nonincreasing(deep.loss, along=GN.flow(deep))


@theorem("Damped TP's loss falls as a sum of squares at depth 2, for every damping and at any rank")
def damped_descends_at_depth_two():
    r"""$W M = W M (W M)' + \lambda M'M$ for $M = W' (W W' + \lambda I)^{-1}$. New here as far as we know."""
    W, M = two.weight(2), damped.feedback(two, 2)
    squares = seen(Identity(W.rows), two, 2) + damping * seen(M, two, 1) + seen(matmul(W, M), two, 1)
    return Equal(rate(damped, two), -squares)


@conjecture("TP's loss never rises at depth 3")
def tp_descends_at_depth_three():
    """False where $W_2 W_2^+$ is a projection askew to $W_3$: $P_1$ then is an oblique projection, which
    may lengthen.
    """
    return Nonincreasing(sample[3].loss, along=TP.flow(sample[3]))


@conjecture("Damped TP's loss never rises at depth 3")
def damped_descends_at_depth_three():
    """False for small damping, where TP's loss rises."""
    return Nonincreasing(sample[3].loss, along=damped.flow(sample[3]))


@conjecture("TP's loss never rises at depth 3 if the last weight has full row rank")
def tp_descends_below_full_row_rank():
    """False: only the rank of the weights between the first and the last counts, or their alignment with $W_3$."""
    W = sample[3].weight(3)
    return Nonincreasing(sample[3].loss, along=TP.flow(sample[3]), given=[full_row_rank(W)])


@conjecture("Along the flow of feedback alignment the loss never rises, at depth 2")
def fa_descends():
    """False: a feedback of the wrong sign drives the first layer uphill, until the weights have aligned."""
    return Nonincreasing(sample[2].loss, along=FA.flow(sample[2]))


@conjecture("Along the flow of direct feedback alignment the loss never rises, at depth 2")
def dfa_descends():
    """False for the same reason: at depth 2 it is feedback alignment."""
    return Nonincreasing(sample[2].loss, along=DFA.flow(sample[2]))


@conjecture("TP's loss never rises at depth 3 if the product $W_3 W_2$ has full row rank")
def tp_descends_if_the_product_has_full_row_rank():
    """False at widths 1-2-3-2: $W_2 W_2^+$ need not be the identity, and $P_1$ can still be oblique."""
    net = DeepLinearNetwork(widths=(1, 2, 3, 2))
    W1, W2, W3 = net.weights
    return Nonincreasing(net.loss, along=TP.flow(net), given=[full_row_rank(matmul(W3, W2)), Zero(W1)])


@conjecture("TP's loss never rises with one output, at depth 4")
def tp_descends_with_one_output_at_depth_four():
    """False at widths 1-1-2-2-1: the oblique projection sits one layer lower."""
    net = DeepLinearNetwork(widths=(1, 1, 2, 2, 1))
    return Nonincreasing(net.loss, along=TP.flow(net))


@conjecture("TP's loss never rises at depth 4 if each $W_l W_l^+$ commutes with $W_{l+1}' W_{l+1}$, for $l = 2, 3$")
def tp_descends_if_neighbours_are_aligned():
    """False: $W_3$ carries the image of $W_2$ to where it is askew to $W_4$."""
    net = DeepLinearNetwork(widths=(1, 1, 2, 2, 2))
    W1, W2, W3, W4 = net.weights
    aligned = [Commute(matmul(V, Pinv(V)), matmul(T(W), W)) for V, W in ((W2, W3), (W3, W4))]
    return Nonincreasing(net.loss, along=TP.flow(net), given=[*aligned, Zero(W1)])
