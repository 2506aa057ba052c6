r"""How small must a step be to descend, and how fast does the loss fall?

In one layer every step with $\eta X X' \le 2 I$ descends, and the data give the rate; in two layers they give none to
BP, but one to TP at full row rank.
"""

from tptheory.preamble import *

one, two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (1, 2, 3))
sample = {depth: DeepLinearNetwork(depth=depth) for depth in (1, 2)}
c, s = Symbol("c", positive=True), Symbol("s", positive=True)


def gram(net):
    """X' X, of shape (B, B)."""
    return matmul(T(net.input), net.input)


def falls(rule, net):
    """The rate at which the loss falls along the rule's flow."""
    return -rule.flow(net).derivative(net.loss)


@theorem(r"A BP step does not raise the loss of one layer if $\eta X X' \le 2 I$")
def short_steps_descend():
    r"""$X X'$ is the Hessian, and its largest eigenvalue bounds the step (Nesterov, 2004)."""
    short = at_most(matmul(eta, one.input, T(one.input)), matmul(2, Identity(one.input.rows)))
    return Nonincreasing(one.loss, along=BP.step(one), given=[short])


@theorem(
    r"If $X' X \ge c I$ and $\eta X X' \le I$, a BP step leaves $\mathcal{L} - \tfrac{\eta}{2} |G_1|^2 \le "
    r"(1 - \eta c) \mathcal{L}$ of one layer's loss at most"
)
def linear_convergence():
    r"""A step gains $\tfrac{\eta}{2} |G|^2$, and $|G|^2 = |E X'|^2 \ge c |E|^2$: linear convergence (Polyak, 1963)."""
    K, short = gram(one), at_most(matmul(eta, one.input, T(one.input)), Identity(one.input.rows))
    left = one.loss - eta * squared_norm(BP.descent(one, 1)) / 2
    return [
        AtMost(BP.step(one).after(one.loss), left, given=[short]),
        AtMost(left, (1 - eta * c) * one.loss, given=[at_least(K, matmul(c, Identity(K.rows)))]),
    ]


@theorem("If $X' X \\ge c I$, along the BP flow the loss of one layer falls at the rate $2 c$ at least")
def gradients_dominate():
    r"""$|E X'|^2 \ge c |E|^2$: the inequality of Polyak and of Łojasiewicz (Polyak, 1963)."""
    K = gram(one)
    return AtMost(2 * c * one.loss, falls(BP, one), given=[at_least(K, matmul(c, Identity(K.rows)))])


@theorem("If $X' X \\le c I$, along the BP flow the loss of one layer falls at the rate $2 c$ at most")
def gradients_are_bounded():
    r"""$|E X'|^2 \le c |E|^2$: no run is faster than the largest eigenvalue (Nesterov, 2004)."""
    K = gram(one)
    return AtMost(falls(BP, one), 2 * c * one.loss, given=[at_most(K, matmul(c, Identity(K.rows)))])


@theorem(
    "At depth 2 the BP flow lowers the loss at the rate $2 c s$ at least where $W_2 W_2' \\ge c I$ and $X' X \\ge s I$"
)
def bp_falls_at_a_rate():
    r"""$|W_2' E X'|^2 \ge c |E X'|^2 \ge c s |E|^2$; while the bounds hold, convergence is linear (Polyak, 1963)."""
    W, K = two.weight(2), gram(two)
    given = [at_least(matmul(W, T(W)), matmul(c, Identity(W.rows))), at_least(K, matmul(s, Identity(K.rows)))]
    return AtMost(2 * c * s * two.loss, falls(BP, two), given=given)


@theorem(
    "At full row rank above the first layer TP lowers any loss at the rate $c |D_L|^2$ at least if $X' X \\ge c I$"
)
def tp_falls_at_a_rate():
    r"""It falls at $\sum_k |D_L X_{k-1}'|^2$: no plateau; at depths 2 and 3. New here as far as we know."""
    claims = []
    for net in (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3)):
        K = gram(net)
        given = [full_row_rank(*net.weights[1:]), at_least(K, matmul(c, Identity(K.rows)))]
        claims.append(AtMost(c * squared_norm(net.error), falls(TP, net), given=given))
    return claims


@theorem(
    "At full row rank above, TP lowers any loss at the rate $|x|^2 |d_L|^2$ at least on one sample, at depths 2 and 3"
)
def tp_falls_at_a_rate_on_one_sample():
    r"""It falls at $(|x|^2 + |x_1|^2 + \cdots) |d_L|^2$. New here as far as we know."""
    nets = (DeepLinearNetwork(depth=depth, loss="any") for depth in (2, 3))
    return [
        AtMost(
            squared_norm(net.input) * squared_norm(net.error), falls(TP, net), given=[full_row_rank(*net.weights[1:])]
        )
        for net in nets
    ]


@theorem(
    r"At depth 2 and full row rank a TP step on one sample multiplies the loss by $(1 - c_2)^2$, at most 1 for "
    r"$0 \le c_2 \le 2$"
)
def tp_steps_descend():
    r"""The error stays on a ray: $c_2 = \eta (|x|^2 + |x_1|^2 - \eta |x|^2 x_1' d_1)$. New here as far as we know."""
    net, r = DeepLinearNetwork(depth=2), Symbol("r", real=True)
    x, x1 = net.input, net.activation(1)
    c2 = eta * (squared_norm(x) + squared_norm(x1) - eta * squared_norm(x) * inner(x1, TP.error_signal(net, 1)))
    return [
        Equal(TP.step(net).after(net.loss), (1 - c2) ** 2 * net.loss, given=[full_row_rank(net.weight(2))]),
        AtMost((1 - r) ** 2 * net.loss, net.loss, given=[at_least(r, 0), at_most(r, 2)]),
    ]


@theorem(r"A Kaczmarz step of relaxation $\eta \le 2$ does not raise the loss of one layer, whatever the batch")
def relaxed_kaczmarz_descends():
    r"""It moves the error to $E - \eta E X^+ X$, and $X^+ X$ is a projection (Kaczmarz, 1937; for $\eta = 1$)."""
    return Nonincreasing(one.loss, along=kaczmarz.step(one), given=[at_most(eta, 2)])


@conjecture(r"A BP step does not raise the loss of one layer if $\eta X X' \le 3 I$")
def longer_steps_descend():
    """False: beyond 2 the step lands higher on the other side."""
    net = sample[1]
    short = at_most(matmul(eta, net.input, T(net.input)), matmul(3, Identity(net.input.rows)))
    return Nonincreasing(net.loss, along=BP.step(net), given=[short])


@conjecture(r"At depth 2 a BP step does not raise the loss if $\eta X X' \le I$")
def input_bounds_deep_steps():
    """False: the weights bound the step as well as the input does."""
    net = sample[2]
    short = at_most(matmul(eta, net.input, T(net.input)), Identity(net.input.rows))
    return Nonincreasing(net.loss, along=BP.step(net), given=[short])


@conjecture("At depth 2 the BP flow lowers the loss at the rate $2 c$ at least if $X' X \\ge c I$")
def bp_has_no_plateau():
    """False near $W_2 = 0$, where BP waits and TP does not."""
    net = sample[2]
    return AtMost(2 * c * net.loss, falls(BP, net), given=[at_least(gram(net), matmul(c, Identity(1)))])


@conjecture("At depth 2 the TP flow lowers the loss at the rate $2 |x|^2$ at least on one sample, at any rank of $W_2$")
def tp_has_no_plateau_at_any_rank():
    """False: errors that $W_2$ does not reach move by its own update alone."""
    net = sample[2]
    return AtMost(2 * squared_norm(net.input) * net.loss, falls(TP, net))


@conjecture(r"At depth 2 with full row rank a TP step on one sample does not raise the loss if $\eta |x|^2 \le 1$")
def input_bounds_tp_steps():
    """False: the hidden activation counts too."""
    net = sample[2]
    given = [full_row_rank(net.weight(2)), at_most(eta * squared_norm(net.input), 1)]
    return Nonincreasing(net.loss, along=TP.step(net), given=given)
