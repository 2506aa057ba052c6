"""When does a feedback turn no update against the gradient, so that the loss falls?

It is enough that the feedback followed by the weights has a positive semidefinite symmetric part; a positive trace is
not enough, and TP has it at full row rank but not at every rank.
"""

from tptheory.preamble import *

two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (2, 3))
sample, narrow = DeepLinearNetwork(depth=2), DeepLinearNetwork(widths=(1, 1, 2, 2), loss="any")
mirrored = LearnedInverse(rate=0)


def acute(operator):
    """The hypothesis that x' operator x is never negative."""
    return positive_semidefinite(matadd(operator, T(operator)))


def along(rule, net, l):
    """The inner product of the rule's update of W_l with BP's."""
    return inner(rule.descent(net, l), BP.descent(net, l))


@theorem("FA turns no update against the gradient if $W_2 B_2$ has a positive semidefinite symmetric part, at depth 2")
def fa_is_acute():
    r"""The inner product of the updates is $\langle E X', W_2 B_2 E X'\rangle$ (Lillicrap et al., 2016)."""
    return AtMost(0, along(FA, two, 1), given=[acute(matmul(two.weight(2), FA.feedback(two, 2)))])


@theorem("FA's loss never rises where $W_2 B_2$ has a positive semidefinite symmetric part, at depth 2")
def fa_descends_at_an_acute_feedback():
    """The angle between update and gradient is below 90 degrees (Lillicrap et al., 2016)."""
    acute_feedback = acute(matmul(two.weight(2), FA.feedback(two, 2)))
    return Nonincreasing(two.loss, along=FA.flow(two), given=[acute_feedback])


@theorem(
    "FA's loss never rises where $W_3 B_3$ and $W_3 W_2 B_2 B_3$ have positive semidefinite symmetric parts, at depth 3"
)
def fa_descends_at_acute_feedbacks():
    """One condition for each layer below the output (Lillicrap et al., 2016, at depth 2)."""
    (_, W2, W3), (B2, B3) = three.weights, (FA.feedback(three, k) for k in (2, 3))
    given = [acute(matmul(W3, B3)), acute(matmul(W3, W2, B2, B3))]
    return Nonincreasing(three.loss, along=FA.flow(three), given=given)


@theorem(
    "DFA's loss never rises where $W_3 B_2$ and $W_3 W_2 B_1$ have positive semidefinite symmetric parts, at depth 3"
)
def dfa_descends_at_acute_feedbacks():
    """One condition for each direct feedback, on the layers that it skips (Nøkland, 2016)."""
    (_, W2, W3), (B1, B2) = three.weights, (DFA.feedback(three, k) for k in (2, 3))
    given = [acute(matmul(W3, B2)), acute(matmul(W3, W2, B1))]
    return Nonincreasing(three.loss, along=DFA.flow(three), given=given)


@theorem("Where FA leaves $W_1$ at rest, BP's gradients vanish if the feedback has full column rank, at depth 2")
def fa_stops_only_at_solutions():
    """$B_2 E X' = 0$ leaves $E X' = 0$: no saddle stops FA's first layer. New here as far as we know."""
    at_rest = [full_column_rank(FA.feedback(two, 2)), Zero(FA.descent(two, 1))]
    return [Zero(matmul(two.error, T(two.input)), given=at_rest)] + [
        Zero(BP.descent(two, k), given=at_rest) for k in (1, 2)
    ]


@theorem("FA's error signal is $s$ times TP's if $W_2 B_2 = s I$ and $B_2$ lies in the rows of $W_2$, at depth 2")
def fa_is_tp_in_steady_state():
    """$B_2 = W_2^+ W_2 B_2 = s W_2^+$: alignment makes the feedback a pseudo-inverse (Lillicrap et al., 2016)."""
    W, F, s = two.weight(2), FA.feedback(two, 2), Symbol("s", real=True)
    aligned = [Equal(matmul(W, F), matmul(s, Identity(W.rows))), Equal(matmul(Pinv(W), W, F), F)]
    return Equal(FA.error_signal(two, 1), matmul(s, TP.error_signal(two, 1)), given=aligned)


@theorem("A learned inverse lowers the loss as Gauss-Newton does if it is a right inverse, $W_2 V_2 = I$, at depth 2")
def right_inverse_descends():
    """Then $W_2 V_2 E X' = E X'$, and the rate is $-|E X_1'|^2 - |E X'|^2$ (Meulemans et al., 2020)."""
    W, V, E = two.weight(2), mirrored.feedback(two, 2), two.error
    squares = squared_norm(matmul(E, T(two.activation(1)))) + squared_norm(matmul(E, T(two.input)))
    right_inverse = Equal(matmul(W, V), Identity(W.rows))
    return Equal(mirrored.flow(two).derivative(two.loss), -squares, given=[right_inverse])


@theorem("Damped TP turns no update against the gradient, at depth 2, for every damping and rank")
def damped_is_acute():
    r"""$W M = W M (W M)' + \lambda M'M$, so that the inner product is a sum of squares. New here as far as we know."""
    W, M, seen = two.weight(2), damped.feedback(two, 2), matmul(two.error, T(two.input))
    squares = squared_norm(matmul(W, M, seen)) + damping * squared_norm(matmul(M, seen))
    return Equal(along(damped, two, 1), squares)


@theorem("At depth 3 TP turns no update against the gradient if $W_2$ has full row rank, at any rank of $W_3$")
def tp_is_acute_at_depth_three():
    r"""$\langle G_1^{\mathrm{TP}}, G_1^{\mathrm{BP}}\rangle = |W_3 W_3^+ E X'|^2$. New here as far as we know."""
    given = [full_row_rank(three.weight(2))]
    return [AtMost(0, along(TP, three, k), given=given) for k in (1, 2)]


@theorem(
    r"At full row rank above, $\langle G_l^{\mathrm{TP}}, G_l^{\mathrm{BP}}\rangle = |D_L X_{l-1}'|^2$ at any depth"
)
def tp_is_acute_at_any_depth():
    """TP's feedback is a right inverse of the layers above, whose transpose BP takes. New here as far as we know."""
    full, seen = (
        from_the_second(full_row_rank, batched),
        squared_norm(matmul(batched.error, T(batched.activation(l - 1)))),
    )
    inverse = Equal(matmul(T(BP.backward(batched, l)), TP.backward(batched, l)), Identity(batched.widths[L]))
    return [at_every_layer(inverse, given=full), at_every_layer(Equal(along(TP, batched, l), seen), given=full)]


@theorem("Gauss-Newton turns no update against the gradient, at depths 2, 3 and 4 and any rank")
def gn_is_acute():
    r"""$\langle A^+ E X', A' E X'\rangle = |A A^+ E X'|^2$ for the product $A$ (compare Meulemans et al., 2020)."""
    nets = (DeepLinearNetwork(depth=depth, batch=B) for depth in (2, 3, 4))
    return [AtMost(0, along(GN, net, k)) for net in nets for k in net.layers]


@conjecture("FA turns no update against the gradient, at depth 2")
def fa_is_always_acute():
    """False: a random feedback is as often wrong as right."""
    return AtMost(0, along(FA, sample, 1))


@conjecture("FA's loss never rises where $W_2 B_2$ has a positive trace, at depth 2")
def a_positive_trace_suffices():
    """False at widths 1-1-2: some direction of the error may still be sent back with the wrong sign."""
    net = DeepLinearNetwork(widths=(1, 1, 2))
    seen = trace(matmul(net.weight(2), FA.feedback(net, 2)))
    return Nonincreasing(net.loss, along=FA.flow(net), given=[at_least(seen, 1)])


@conjecture(
    "FA turns no update against the gradient where $W_3 B_3$ has a positive semidefinite symmetric part and "
    "$B_2 = W_2'$, at depth 3"
)
def acute_layers_suffice():
    """False at widths 1-1-2-1: two turns by less than 90 degrees may add up to more."""
    net = DeepLinearNetwork(widths=(1, 1, 2, 1), loss="any")
    (_, W2, W3), (B2, B3) = net.weights, (FA.feedback(net, k) for k in (2, 3))
    return AtMost(0, along(FA, net, 1), given=[acute(matmul(W3, B3)), Equal(B2, T(W2))])


@conjecture("TP turns no update against the gradient, at depth 3")
def tp_is_acute():
    """False where $W_2 W_2^+$ is askew to $W_3$, as it can be at widths 1-1-2-2."""
    return AtMost(0, along(TP, narrow, 1))


@conjecture("At depth 3 TP turns no update against the gradient if $W_3$ has full row rank")
def tp_is_acute_below_full_row_rank():
    """False: it is the rank of $W_2$ that counts."""
    return AtMost(0, along(TP, narrow, 1), given=[full_row_rank(narrow.weight(3))])


@conjecture("A learned inverse lowers the loss at once if it reconstructs the hidden layer, $V_2 W_2 = I$, at depth 2")
def left_inverse_descends():
    """False at widths 1-1-2: what $V_2$ does to errors that $W_2$ does not reach is left open."""
    net = DeepLinearNetwork(widths=(1, 1, 2))
    W, V = net.weight(2), mirrored.feedback(net, 2)
    exact = [Equal(matmul(V, W), Identity(W.cols)), Zero(net.weight(1))]
    return Nonincreasing(net.loss, along=mirrored.flow(net), given=exact)


@conjecture("Where FA leaves both weights at rest, BP's gradients vanish too, at depth 2")
def fa_stops_only_at_critical_points():
    """False if the feedback does not see the error, $B_2 e = 0$."""
    net = sample
    return Zero(BP.descent(net, 1), given=[Zero(FA.descent(net, k)) for k in (1, 2)])
