"""What does weight decay do to what plain descent conserves, and what does it lower?

BP's balance then decays at twice its rate and the penalised loss falls; the laws of TP and of feedback alignment do
not decay at one rate.
"""

from tptheory.preamble import *

one, two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (1, 2, 3))
sample = {depth: DeepLinearNetwork(depth=depth) for depth in (1, 2)}
decayed, c = WeightDecay(), WeightDecay().decay


def log_law(net, l):
    """TP's law log pdet W_{l+1} - 1/2 |W_l|^2."""
    return LogPdet(net.weight(l + 1)) - squared_norm(net.weight(l)) / 2


def alignment(net, l):
    """B W_{l+1} + W_{l+1}' B' - W_l W_l', for the fixed feedback B of FA."""
    seen = matmul(FA.feedback(net, l + 1), net.weight(l + 1))
    return minus(matadd(seen, T(seen)), matmul(net.weight(l), T(net.weight(l))))


@theorem("With weight decay $c$ BP's balance $W_{l+1}' W_{l+1} - W_l W_l'$ decays at the rate $2 c$, at any depth")
def balance_decays():
    """What BP conserves the decay shrinks: runs end balanced (Kunin et al., 2021; Arora, Cohen and Hazan, 2018)."""
    return at_hidden_layers(Decays(balance(batched, l), along=decayed.flow(batched), rate=2 * c))


@theorem("With weight decay $c$ BP's $|W_{l+1}|^2 - |W_l|^2$ decays at the rate $2 c$, at any depth")
def norm_difference_decays():
    """The trace of the balance (Kunin et al., 2021)."""
    upper, lower = squared_norm(batched.weight(l + 1)), squared_norm(batched.weight(l))
    return at_hidden_layers(Decays(upper - lower, along=decayed.flow(batched), rate=2 * c))


@theorem(
    "With weight decay $c$ the squared norm of BP's balance decays at the rate $4 c$, and so never rises, at any depth"
)
def squared_balance_decays():
    """The chain rule (Kunin et al., 2021, for the balance)."""
    return at_hidden_layers(Decays(squared_norm(balance(batched, l)), along=decayed.flow(batched), rate=4 * c))


@theorem(
    r"With weight decay a BP step takes the balance to $(1 - \eta c)^2$ times it plus "
    r"$\eta^2 (G_{l+1}' G_{l+1} - G_l G_l')$"
)
def balance_in_a_step():
    """The terms of first order are those of the flow; at any depth. New here as far as we know."""
    Q, upper, lower = balance(batched, l), BP.descent(batched, l + 1), BP.descent(batched, l)
    second = minus(matmul(T(upper), upper), matmul(lower, T(lower)))
    after = matadd(matmul((1 - eta * c) ** 2, Q), matmul(eta**2, second))
    return at_hidden_layers(Equal(decayed.step(batched).after(Q), after))


@theorem("Where BP with weight decay stands still, $c W_l = -G_l$, neighbouring weights are balanced, at any depth")
def critical_points_are_balanced():
    """$c W_{l+1}' W_{l+1} = -W_{l+1}' G_{l+1} = -G_l W_l' = c W_l W_l'$ (Kunin et al., 2019, at depth 2)."""
    still = [ForAll(Equal(batched.weight(k), matmul(-1 / c, BP.descent(batched, k))), (k, 1, L))]
    return at_hidden_layers(Zero(balance(batched, l)), given=still)


@theorem("Step by step: a linear autoencoder with weight decay $s^2$ stands still only where $W_1 = W_2'$")
def critical_autoencoders_are_symmetric():
    r"""First $X - W_2 W_1 X = s^2 X K$ for $K = (s^2 I + X' W_1' W_1 X)^{-1}$; then $W_1 = W_2' S$, $W_2 = S W_1'$.

    So $D = W_1 - W_2'$ has $D (I + P P' + Q Q') = 0$ with $P = s X K$, $Q = S W_1'$, $S = X K X'$; whatever $P$ and
    $Q$, it vanishes then (Kunin et al., 2019).
    """
    s, net = Symbol("s", positive=True), DeepLinearNetwork(widths=(n, m, n), batch=B)
    rule, X, (W1, W2) = WeightDecay(decay=s**2), net.input, net.weights
    same, at_rest = Equal(net.target, X), [Zero(rule.descent(net, k)) for k in (1, 2)]
    K = Inverse(matadd(matmul(s**2, Identity(B)), matmul(T(X), T(W1), W1, X)))
    S, D = matmul(X, K, T(X)), minus(W1, T(W2))
    missed = Equal(minus(X, matmul(W2, W1, X)), matmul(s**2, X, K))
    factors = [Equal(W1, matmul(T(W2), S)), Equal(W2, matmul(S, T(W1)))]

    def alike(P, Q):
        return Zero(matadd(D, matmul(D, P, T(P)), matmul(D, Q, T(Q))))

    steps = [(missed, [same, *at_rest])]
    steps += [(factor, [same, rest, missed]) for factor, rest in zip(factors, at_rest, strict=True)]
    return [
        *(Equal(step.lhs, step.rhs, given=given) for step, given in steps),
        Zero(alike(matmul(s, X, K), matmul(S, T(W1))).expression, given=factors),
        Equal(W1, T(W2), given=[alike(MatrixSymbol("P", n, B), MatrixSymbol("Q", n, m))]),
    ]


@theorem("BP with weight decay lowers the penalised loss at the rate of its squared gradients, at depths 1, 2 and 3")
def penalised_loss_falls():
    r"""It descends the loss plus $\tfrac{c}{2} \sum_l |W_l|^2$ (Krogh and Hertz, 1992)."""
    claims = []
    for net in (one, two, three):
        loss, flow = net.penalised_loss(c), decayed.flow(net)
        squares = sum(squared_norm(decayed.descent(net, l)) for l in net.layers)
        claims += [Equal(flow.derivative(loss), -squares), Nonincreasing(loss, along=flow)]
    return claims


@theorem("With weight decay a network forgets what no input shows: $W_1 N$ decays at the rate $c$ if $X' N = 0$")
def unseen_directions_are_forgotten():
    """Gradients of $W_1$ lie in the span of the inputs; at any depth (Krogh and Hertz, 1992)."""
    N = MatrixSymbol("N", batched.widths[0], p)
    unseen = Zero(matmul(T(batched.input), N))
    return Decays(matmul(batched.weight(1), N), along=decayed.flow(batched), rate=c, given=[unseen])


@theorem(
    r"With weight decay TP's law moves by $\tfrac{d}{dt} (\log\operatorname{pdet} W_{l+1} - \tfrac{1}{2} |W_l|^2) = "
    r"c\, (|W_l|^2 - \operatorname{tr} W_{l+1}^+ W_{l+1})$"
)
def tp_law_with_decay():
    """Decay moves the logarithm by $-c$ times the rank; at depth 3, any batch and loss. New here as far as we know."""
    net, rule = DeepLinearNetwork(depth=3, batch=B, loss="any"), WeightDecay(TP)
    claims = []
    for layer in (1, 2):
        W, V = net.weight(layer), net.weight(layer + 1)
        moves = c * (squared_norm(W) - trace(matmul(Pinv(V), V)))
        claims.append(Equal(rule.flow(net).derivative(log_law(net, layer)), moves))
    return claims


@theorem(
    "With weight decay FA's law $Q = B W_{l+1} + W_{l+1}' B' - W_l W_l'$ moves by $-c Q + c W_l W_l'$, at any depth"
)
def fa_law_with_decay():
    """The two terms decay at the rates $c$ and $2 c$. New here as far as we know."""
    W, Q = batched.weight(l), alignment(batched, l)
    moves = matadd(matmul(-c, Q), matmul(c, W, T(W)))
    return at_hidden_layers(Equal(WeightDecay(FA).flow(batched).derivative(Q), moves))


@theorem("A small step of weight decay alone never raises $|W|^2$: if $\\eta c \\le 2$ and the error vanishes")
def decay_shrinks_the_weights():
    r"""It multiplies $W$ by $1 - \eta c$; with one layer (Krogh and Hertz, 1992)."""
    short = at_most(eta * c, 2)
    return Nonincreasing(squared_norm(one.weight(1)), along=decayed.step(one), given=[Zero(one.error), short])


@conjecture("A linear autoencoder without weight decay stands still only where $W_1 = W_2'$")
def plain_autoencoders_are_symmetric():
    """False: $W_1$ may be scaled up and $W_2$ down (Kunin et al., 2019)."""
    net = DeepLinearNetwork(widths=(1, 1, 1))
    still = [Equal(net.target, net.input), *(Zero(BP.descent(net, k)) for k in (1, 2))]
    return Equal(net.weight(1), T(net.weight(2)), given=still)


@conjecture("With weight decay the loss itself never rises along the BP flow, with one layer")
def loss_falls_with_decay():
    """False: at a solution the decay alone acts, and moves away."""
    return Nonincreasing(sample[1].loss, along=decayed.flow(sample[1]))


@conjecture("With weight decay $c$ BP's balance decays at the rate $c$, as the weights do, at depth 2")
def balance_decays_as_the_weights():
    """False: it is quadratic in the weights."""
    return Decays(balance(sample[2], 1), along=decayed.flow(sample[2]), rate=c)


@conjecture("With weight decay and biases BP's $W_2' W_2 - W_1 W_1' - b_1 b_1'$ decays at the rate $2 c$, at depth 2")
def balance_with_biases_decays():
    """False: biases do not decay."""
    net = DeepLinearNetwork(depth=2, biases=True)
    W1, W2 = net.weights
    held = minus(minus(matmul(T(W2), W2), matmul(W1, T(W1))), matmul(net.bias(1), T(net.bias(1))))
    return Decays(held, along=decayed.flow(net), rate=2 * c)


@conjecture(
    r"With weight decay TP's flow still conserves $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$, at depth 2"
)
def tp_law_survives_decay():
    """False unless $|W_1|^2$ is the rank of $W_2$."""
    return Conserved(log_law(sample[2], 1), along=WeightDecay(TP).flow(sample[2]))


@conjecture(
    r"With weight decay TP's $\log\operatorname{pdet} W_2 - \tfrac{1}{2} |W_1|^2$ decays at the rate $2 c$, at depth 2"
)
def tp_law_decays():
    """False: the logarithm falls by the rank, whatever its value."""
    return Decays(log_law(sample[2], 1), along=WeightDecay(TP).flow(sample[2]), rate=2 * c)


@conjecture("With weight decay FA's law $B W_2 + W_2' B' - W_1 W_1'$ decays at the rate $2 c$, at depth 2")
def fa_law_decays():
    """False: the part with the feedback is linear in the weights."""
    return Decays(alignment(sample[2], 1), along=WeightDecay(FA).flow(sample[2]), rate=2 * c)


@conjecture("With weight decay the BP flow never raises $|W|^2$, with one layer")
def weights_shrink():
    """False: the gradient may make them grow faster than they decay."""
    return Nonincreasing(squared_norm(sample[1].weight(1)), along=decayed.flow(sample[1]))
