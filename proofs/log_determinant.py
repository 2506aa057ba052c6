"""What does target propagation leave unchanged?"""

from sympy import Rational, Symbol

from tptheory import Conserved, DeepLinearNetwork, Equal, LogPdet, Pinv, TargetProp, inner, squared_norm, theorem

B = Symbol("B", integer=True, positive=True)
net = DeepLinearNetwork(depth=3, batch=B, biases=True, loss="any")
rule = TargetProp()


@theorem("TP flow conserves log pdet W_{l+1} - 1/2 |W_l|^2 - 1/2 |b_l|^2 at constant rank")
def tp_logdet():
    """d log pdet W_{l+1} = <W_{l+1}+', dW_{l+1}>, and W_{l+1}+ d_{l+1} = d_l makes it <W_l, dW_l> + <b_l, db_l>."""
    half = Rational(1, 2)
    return [
        Conserved(
            LogPdet(net.weight(l + 1)) - half * squared_norm(net.weight(l)) - half * squared_norm(net.bias(l)),
            along=rule.flow(net),
        )
        for l in (1, 2)
    ]


@theorem("tr(W_{l+1}+ G_{l+1}) = <W_l, G_l> + <b_l, g_l>, at every rank")
def tp_trace_identity():
    """G_{l+1} = d_{l+1} x_l', and x_l = W_l x_{l-1} + b_l splits the trace of d_l x_l' in two."""
    return [
        Equal(
            inner(Pinv(net.weight(l + 1)).T, rule.descent(net, l + 1)),
            inner(net.weight(l), rule.descent(net, l)) + inner(net.bias(l), rule.bias_descent(net, l)),
        )
        for l in (1, 2)
    ]
