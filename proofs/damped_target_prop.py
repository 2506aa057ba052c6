"""What does damping keep of target propagation, and what does it add?

The trace identity holds at every rank, and a damped log-determinant takes the place of TP's, which damping breaks.
"""

from tptheory.preamble import *

net = DeepLinearNetwork(depth=3, loss="any")


def damped_gram(net, l):
    """W_l W_l' + lambda I."""
    W = net.weight(l)
    return matadd(matmul(W, T(W)), matmul(damping, Identity(W.rows)))


@theorem(
    r"$\operatorname{tr}(M_{l+1} G_{l+1}) = \langle W_l, G_l\rangle$ for the damped feedback $M$, at every rank and "
    "depth 3"
)
def damped_trace_identity():
    """$M_{l+1} d_{l+1} = d_l$, and $x_l = W_l x_{l-1}$: it holds of every feedback (we know no source)."""
    return [
        Equal(
            inner(T(damped.feedback(net, l + 1)), damped.descent(net, l + 1)),
            inner(net.weight(l), damped.descent(net, l)),
        )
        for l in (1, 2)
    ]


@theorem(r"Damped TP conserves $\log\det (W_{l+1} W_{l+1}' + \lambda I) - |W_l|^2$, at every rank and depth 3")
def damped_log_determinant():
    r"""The damped feedback is half the gradient of that $\log\det$. It holds for any loss. New here as far as we know.

    TP's law breaks where a rank changes; $\lambda > 0$ makes the Gram matrix invertible at every rank.
    """
    return [
        Conserved(
            LogPdet(damped_gram(net, l + 1)) - squared_norm(net.weight(l)),
            along=damped.flow(net),
            given=[invertible(damped_gram(net, l + 1))],
        )
        for l in (1, 2)
    ]


@theorem(
    r"Damped feedback is pseudo-inverse feedback less what damping takes: $M = W^+ - \lambda W^+ (W W' + \lambda "
    "I)^{-1}$"
)
def damped_feedback_against_pinv():
    r"""$W^+ (W W' + \lambda I) = W' + \lambda W^+$ (we know no source)."""
    W, M = two.weight(2), damped.feedback(two, 2)
    return Equal(M, matadd(Pinv(W), matmul(-damping, Pinv(W), Inverse(damped_gram(two, 2)))))


@conjecture(r"Damped TP conserves the law of TP, $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$, at depth 2")
def damped_keeps_the_law_of_tp():
    """False: its log-determinant is the damped one."""
    quantity = LogPdet(two.weight(2)) - squared_norm(two.weight(1)) / 2
    return Conserved(quantity, along=damped.flow(two), given=[invertible(two.weight(2))])
