r"""What does target propagation leave unchanged?

At constant rank its flow keeps $\log\operatorname{pdet} W_{l+1} - \tfrac{1}{2} |W_l|^2 - \tfrac{1}{2} |b_l|^2$, at any
depth and for any batch and loss.

Pseudo-inverses and pseudo-determinants are differentiated at constant rank: the conservation laws speak of times at
which no rank changes. Where one does (W_2 = 0, W_1 = 1, x = 1, e = -1) the law of TP breaks down, and no counterexample
to it is counted there; the trace identity holds at every rank.
"""

from tptheory.preamble import *

half = Rational(1, 2)


@theorem(
    r"At any depth TP flow conserves $\log\operatorname{pdet} W_{l+1} - \tfrac{1}{2} |W_l|^2 - \tfrac{1}{2} |b_l|^2$ "
    "at constant rank"
)
def tp_logdet():
    r"""$d \log\operatorname{pdet} W_{l+1} = \langle W_{l+1}^{+\top}, dW_{l+1}\rangle$, and $W_{l+1}^+ d_{l+1} = d_l$.
    New here as far as we know.
    """
    return at_hidden_layers(Conserved(log_determinant(biased, l), along=TP.flow(biased)))


@theorem(
    r"Without biases, at any depth, TP flow conserves $\log\operatorname{pdet} W_{l+1} - \tfrac{1}{2} |W_l|^2$ at "
    "constant rank"
)
def tp_logdet_without_biases():
    """The same, for any batch and any loss, wide or tall. New here as far as we know."""
    return at_hidden_layers(Conserved(log_determinant(batched, l), along=TP.flow(batched)))


@theorem(
    r"At any depth $\operatorname{tr}(W_{l+1}^+ G_{l+1}) = \langle W_l, G_l\rangle + \langle b_l, g_l\rangle$ under "
    "TP, at every rank"
)
def tp_trace_identity():
    """$G_{l+1} = d_{l+1} x_l'$, and $x_l = W_l x_{l-1} + b_l$ splits the trace of $d_l x_l'$. New here as far as we
    know.
    """
    return at_hidden_layers(
        Equal(
            inner(Pinv(biased.weight(l + 1)).T, TP.descent(biased, l + 1)),
            inner(biased.weight(l), TP.descent(biased, l)) + inner(biased.bias(l), TP.bias_descent(biased, l)),
        )
    )


@theorem(
    r"At any depth $\operatorname{tr}(M_{l+1} G_{l+1}) = \langle W_l, G_l\rangle + \langle b_l, g_l\rangle$ for every "
    "rule that feeds errors back by $M_{l+1}$"
)
def trace_identity_of_any_rule():
    """Only $M_{l+1} d_{l+1} = d_l$ is used: BP, FA, damped TP and learned inverses. New here as far as we know."""
    return [
        at_hidden_layers(
            Equal(
                inner(T(rule.feedback(biased, l + 1)), rule.descent(biased, l + 1)),
                inner(biased.weight(l), rule.descent(biased, l)) + inner(biased.bias(l), rule.bias_descent(biased, l)),
            )
        )
        for rule in (BP, FA, damped, learned)
    ]


@theorem(r"At depth 2 damped TP's flow conserves $\tfrac{1}{2} \log\det(W_2 W_2' + \lambda I) - \tfrac{1}{2} |W_1|^2$")
def damped_tp_logdet():
    r"""Half the log-determinant changes by $\langle (W W' + \lambda I)^{-1} W, dW\rangle$. New here as far
    as we know.
    """
    some = DeepLinearNetwork(depth=2, batch=B, loss="any")
    W = some.weight(2)
    gram = matadd(matmul(W, T(W)), matmul(damping, Identity(W.rows)))
    return Conserved(half * LogPdet(gram) - half * squared_norm(some.weight(1)), along=damped.flow(some))


@theorem(
    r"At any depth FA's flow conserves $\operatorname{tr}(B W_{l+1}) - \tfrac{1}{2} |W_l|^2$, with its fixed feedback "
    "$B$ in $W_{l+1}^+$'s place"
)
def fa_trace():
    """The trace of its matrix law (Lillicrap et al., 2016)."""
    linear = inner(T(FA.feedback(batched, l + 1)), batched.weight(l + 1))
    return at_hidden_layers(Conserved(linear - half * squared_norm(batched.weight(l)), along=FA.flow(batched)))


@theorem(
    r"At depth 2 to 5 GN's flow conserves TP's law of the output weight, $\log\operatorname{pdet} W_L - \tfrac{1}{2} "
    "|W_{L-1}|^2$"
)
def gn_logdet_of_the_output_weight():
    """There $(W_L)^+$ is TP's feedback too. New here as far as we know."""
    nets = [DeepLinearNetwork(depth=depth, batch=B, biases=True, loss="any") for depth in (2, 3, 4, 5)]
    return [Conserved(log_determinant(some, some.depth - 1), along=GN.flow(some)) for some in nets]


@theorem(
    r"At any depth and full row rank of $W_2, \dots, W_L$, a TP step takes $W_{l+1}$ to $W_{l+1} (I - \eta d_l x_l')$"
)
def tp_step_is_multiplicative():
    r"""$d_{l+1} = W_{l+1} d_l$; of one sample the factor has determinant $1 - \eta x_l \cdot d_l$. New here as far as
    we know.
    """
    W, ranks = batched.weight(l + 1), from_the_second(full_row_rank, batched)
    factor = minus(Identity(batched.widths[l]), matmul(eta, TP.error_signal(batched, l), T(batched.activation(l))))
    return at_hidden_layers(Equal(TP.step(batched).after(W), matmul(W, factor)), given=ranks)


@theorem(
    r"At depth 2 with one output, a TP step multiplies $|W_2|^2$ by $(1 - \eta x \cdot d)^2 + \eta^2 |d|^2 |x - W_2^+ "
    "W_2 x|^2$"
)
def tp_step_of_one_row():
    """$x$ and $d = W_2^+ e$ belong to layer 1; $|W_2|$ is the pseudo-determinant of a row. New here as far
    as we know.
    """
    some = DeepLinearNetwork(widths=(*two.widths[:2], 1), loss="any")
    W, x, d = some.weight(2), some.activation(1), TP.error_signal(some, 1)
    unseen = minus(x, matmul(Pinv(W), W, x))
    factor = (1 - eta * inner(x, d)) ** 2 + eta**2 * squared_norm(d) * squared_norm(unseen)
    return Equal(squared_norm(TP.step(some).after(W)), squared_norm(W) * factor, given=nonzero(W))


@conjecture(r"TP's flow conserves $\log\operatorname{pdet} W_2 - |W_1|^2$ at depth 2, without the half")
def without_the_half():
    """The derivative of $|W_1|^2$ is twice an inner product."""
    return Conserved(LogPdet(two.weight(2)) - squared_norm(two.weight(1)), along=TP.flow(two))


@conjecture(r"BP's flow conserves $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$ at depth 2")
def bp_conserves_the_logdet():
    """It conserves $|W_2|^2 - |W_1|^2$."""
    return Conserved(log_determinant(two, 1), along=BP.flow(two))


@conjecture(r"With biases TP's flow still conserves $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$ at depth 2")
def biases_do_not_count():
    """The bias takes its part."""
    some = DeepLinearNetwork(depth=2, biases=True)
    weight = half * squared_norm(some.weight(1))
    return Conserved(LogPdet(some.weight(2)) - weight, along=TP.flow(some))


@conjecture(r"Damped TP's flow conserves TP's $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$ at depth 2")
def damped_tp_conserves_the_logdet():
    """It conserves a damped log-determinant instead."""
    return Conserved(log_determinant(two, 1), along=damped.flow(two))


@conjecture(r"FA's flow conserves $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$ at depth 2")
def fa_conserves_the_logdet():
    r"""It conserves $\operatorname{tr}(B W_2)$ in place of the log-determinant."""
    return Conserved(log_determinant(two, 1), along=FA.flow(two))


@conjecture(r"GN's flow conserves TP's law of $W_2$, $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$, at depth 3")
def gn_conserves_the_logdet_below():
    """Its feedback to layer 1 is $(W_3 W_2)^+$, not $W_2^+$ after $W_3^+$."""
    return Conserved(log_determinant(three, 1), along=GN.flow(three))
