"""What does momentum leave unchanged, and what falls along its path?

An angular momentum between neighbouring layers is kept without friction and decays at its rate with it; the loss plus
the kinetic energy falls, and the balance of BP is lost.

Nesterov's step has no such law. Let Q be conserved by it for all data, or up to a factor, when log |Q| takes its place.
Write theta = W - m eta V for the weights, p = eta V and m = 1 - eta mu. Without an error the step is the linear map T:
p <- m p, theta <- theta + p; a small error adds (-g, -g), where g = eta^2 G, to both, and k further steps without one
carry that along. So dQ vanishes on the fields T^k (-g, -g), with g taken k + 1 steps before, and on their brackets. At
widths 1-1-1, 1-1-1-1, 2-1-1 and 2-2-1 these have full rank at a rational point, for m = 1/2 and hence for almost every
m, so that nothing is conserved near almost every point (a test computes the ranks).
"""

from tptheory.preamble import *

two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (2, 3))
sample = {depth: DeepLinearNetwork(depth=depth) for depth in (1, 2)}
heavy, nesterov, frictionless = Momentum(), Nesterov(), Momentum(mu=0)
mu, c = heavy.mu, WeightDecay().decay
coupled, decoupled = Momentum(WeightDecay()), WeightDecay(Momentum())


def turned(C, D):
    """C D' - D C'."""
    return minus(matmul(C, T(D)), matmul(D, T(C)))


def rotation(net, l, rule=heavy):
    """W_l V_l' - V_l W_l' + W_{l+1}' V_{l+1} - V_{l+1}' W_{l+1}: the angular momentum of hidden layer l."""
    W, V = net.weight, lambda k: rule.momentum(net, k)
    return matadd(turned(W(l), V(l)), turned(T(W(l + 1)), T(V(l + 1))))


def feedback_rotation(net, l, rule):
    """W_l V_l' - V_l W_l' + B V_{l+1} - V_{l+1}' B', for the fixed feedback B of FA."""
    return matadd(
        turned(net.weight(l), rule.momentum(net, l)), turned(rule.feedback(net, l + 1), T(rule.momentum(net, l + 1)))
    )


def kinetic(net, rule=heavy):
    """Half the sum of all |V_l|^2."""
    return sum(squared_norm(rule.momentum(net, l)) for l in net.layers) / 2


@theorem(
    r"The heavy ball's $W_l V_l' - V_l W_l' + W_{l+1}' V_{l+1} - V_{l+1}' W_{l+1}$ decays at the rate $\mu$ of its "
    "friction, at any depth"
)
def heavy_ball_rotation_decays():
    """It is a hidden layer's angular momentum, which no loss changes (Marcotte et al., 2024)."""
    return at_hidden_layers(Decays(rotation(batched, l), along=heavy.flow(batched), rate=mu))


@theorem(
    "Without friction momentum conserves $W_l V_l' - V_l W_l' + W_{l+1}' V_{l+1} - V_{l+1}' W_{l+1}$, at any depth"
)
def frictionless_rotation_is_conserved():
    """The law of a symmetry: the loss does not notice rotations of a hidden layer (Noether, 1918)."""
    law = Conserved(rotation(batched, l, frictionless), along=frictionless.flow(batched))
    return at_hidden_layers(law)


@theorem(r"A heavy-ball step multiplies the angular momentum of a hidden layer by exactly $1 - \eta\mu$, at any depth")
def heavy_ball_rotation_in_a_step():
    r"""The step is semi-implicit: $V V'$ and the gradients drop out. New here as far as we know.

    So without friction the step conserves it exactly.
    """
    Q = rotation(batched, l)
    return at_hidden_layers(Equal(heavy.step(batched).after(Q), matmul(1 - eta * mu, Q)))


@theorem(
    r"Under momentum the balance's rate $R$ moves by $\dot R = -\mu R + 2 (V_{l+1}' V_{l+1} - V_l V_l')$, at any depth"
)
def balance_under_momentum():
    """The gradients drop out of the second derivative, and kinetic terms are left (compare Tanaka and Kunin, 2021)."""
    velocity, V = heavy.flow(batched).derivative, lambda k: heavy.momentum(batched, k)
    R = velocity(balance(batched, l))
    moved = matmul(2, minus(matmul(T(V(l + 1)), V(l + 1)), matmul(V(l), T(V(l)))))
    return at_hidden_layers(Equal(velocity(R), matadd(matmul(-mu, R), moved)))


@theorem(
    r"Along the heavy ball's path the loss plus $\tfrac{1}{2} \sum_l |V_l|^2$ falls at the rate $\mu \sum_l |V_l|^2$"
)
def heavy_ball_energy():
    """Friction takes what it takes, and the gradients do work on the momentum; at depths 2 and 3 (Polyak, 1964)."""
    claims = []
    for net in (two, three):
        energy, flow = net.loss + kinetic(net), heavy.flow(net)
        claims += [Equal(flow.derivative(energy), -2 * mu * kinetic(net)), Nonincreasing(energy, along=flow)]
    return claims


@theorem("With momentum FA's $W_l V_l' - V_l W_l' + B V_{l+1} - V_{l+1}' B'$ decays at the rate $\\mu$, at any depth")
def fa_rotation_decays():
    """$B G_{l+1} = G_l W_l'$, of which the antisymmetric part counts. New here as far as we know."""
    rule = Momentum(FA)
    return at_hidden_layers(Decays(feedback_rotation(batched, l, rule), along=rule.flow(batched), rate=mu))


@theorem("With momentum FA's $v_l - B_{l+1} v_{l+1}$, of the biases' momenta, decays at the rate $\\mu$, at any depth")
def fa_bias_momentum_decays():
    """FA ties each bias to the next: $g_l = B_{l+1} g_{l+1}$. New here as far as we know."""
    rule = Momentum(FA)
    v = lambda k: rule.bias_momentum(biased, k)  # noqa: E731
    tied = minus(v(l), matmul(rule.feedback(biased, l + 1), v(l + 1)))
    return at_hidden_layers(Decays(tied, along=rule.flow(biased), rate=mu))


@theorem(r"Decay that enters the momentum leaves the angular momentum its rate $\mu$, at any depth")
def coupled_decay_does_not_turn():
    """The penalty is as symmetric as the loss (coupled decay: Loshchilov and Hutter, 2019). The law is new here as far
    as we know.
    """
    return at_hidden_layers(Decays(rotation(batched, l), along=coupled.flow(batched), rate=mu))


@theorem(r"Decay past the momentum makes the angular momentum decay at the rate $\mu + c$, at any depth")
def decoupled_decay_shrinks_the_rotation():
    """The weights in it shrink by themselves (decoupled decay: Loshchilov and Hutter, 2019). The law is new here as far
    as we know.
    """
    return at_hidden_layers(Decays(rotation(batched, l), along=decoupled.flow(batched), rate=mu + c))


@theorem(r"With decay in the momentum the penalised loss plus $\tfrac{1}{2} \sum_l |V_l|^2$ never rises, at depth 2")
def coupled_energy():
    """It is the energy of the heavy ball on the penalised loss (Polyak, 1964)."""
    return Nonincreasing(two.penalised_loss(c) + kinetic(two), along=coupled.flow(two))


@theorem(r"A heavy-ball step makes $p_l = \eta V_l$ into $(1 - \eta\mu) p_l - \eta^2 G_l$, and adds that to $W_l$")
def classical_heavy_ball():
    """The momentum is the last change of the weights; at any depth (Polyak, 1964)."""
    after, V = heavy.step(batched).after, heavy.momentum(batched, l)
    moved = matadd(matmul(eta * (1 - eta * mu), V), matmul(-(eta**2), BP.descent(batched, l)))
    return [
        at_every_layer(Equal(after(matmul(eta, V)), moved)),
        at_every_layer(Equal(after(batched.weight(l)), matadd(batched.weight(l), moved))),
    ]


@theorem(
    r"Nesterov's step and the heavy ball's differ by $-\eta^2 (\mu V_l^+ + G_l)$ in the weights, $V_l^+$ the new "
    "momentum, which they share"
)
def nesterov_against_heavy_ball():
    r"""The second order in $\eta$ alone; at any depth, batch and loss (Sutskever et al., 2013, compare the two)."""
    ball, other, W, V = heavy.step(batched), nesterov.step(batched), batched.weight(l), heavy.momentum(batched, l)
    difference = matmul(-(eta**2), matadd(matmul(mu, ball.after(V)), BP.descent(batched, l)))
    return [
        at_every_layer(Equal(minus(other.after(W), ball.after(W)), difference)),
        at_every_layer(Equal(other.after(V), ball.after(V))),
    ]


@theorem(
    r"Nesterov's step makes the angular momentum $Q_l$ into $(1 - \eta\mu)(Q_l + \eta^2 R_l)$, where $R_l$ is that of "
    "$V$ and $G$, at any depth"
)
def nesterov_turns():
    r"""$R_l = V_l G_l' - G_l V_l' + V_{l+1}' G_{l+1} - G_{l+1}' V_{l+1}$ is seldom 0: this is no law. New here."""
    V, G, after = lambda k: heavy.momentum(batched, k), lambda k: BP.descent(batched, k), nesterov.step(batched).after
    beside = matadd(turned(V(l), G(l)), turned(T(V(l + 1)), T(G(l + 1))))
    moved = matmul(1 - eta * mu, matadd(rotation(batched, l), matmul(eta**2, beside)))
    return at_hidden_layers(Equal(after(rotation(batched, l)), moved))


@theorem(r"Nesterov's step keeps a vector orthogonal to the columns of $W_1$, $V_1$, $W_2'$ and $V_2'$ so, at depth 2")
def nesterov_keeps_the_span():
    """The gradients lie in their span, which is a law where $n_1 > 2 (n_0 + n_2)$; at small widths there is none.

    New here.
    """
    net = DeepLinearNetwork(depth=2, batch=B)
    after, u = nesterov.step(net).after, MatrixSymbol("u", net.widths[1], 1)
    columns = [A for W, k in zip(net.weights, (1, 2), strict=True) for A in (W, heavy.momentum(net, k))]
    columns = [*columns[:2], *map(T, columns[2:])]
    given = [Zero(matmul(T(u), A)) for A in columns]
    return [Zero(matmul(T(u), after(A)), given=given) for A in columns]


@conjecture(r"The heavy ball's $W_1 V_1' - V_1 W_1' + V_2' W_2 - W_2' V_2$ decays at the rate $\mu$, at widths 1-2-1")
def rotation_with_the_wrong_sign():
    """False even at rest, $V_l = 0$: rotating a hidden layer turns $W_1$ one way and $W_2$ the other."""
    net = DeepLinearNetwork(widths=(1, 2, 1))
    (W1, W2), (V1, V2) = net.weights, (heavy.momentum(net, k) for k in (1, 2))
    wrong = minus(turned(W1, V1), turned(T(W2), T(V2)))
    return Decays(wrong, along=heavy.flow(net), rate=mu, given=[Zero(V1), Zero(V2)])


@conjecture("With momentum the balance $W_2' W_2 - W_1 W_1'$ is conserved, at depth 2")
def momentum_conserves_the_balance():
    """False: only a flow of first order follows the gradient at once (Marcotte et al., 2024)."""
    return Conserved(balance(sample[2], 1), along=heavy.flow(sample[2]))


@conjecture("With momentum the norms' difference $|W_2|^2 - |W_1|^2$ is conserved, at depth 2")
def momentum_conserves_norms():
    """False: not even the trace of the balance is left."""
    W1, W2 = sample[2].weights
    return Conserved(squared_norm(W2) - squared_norm(W1), along=heavy.flow(sample[2]))


@conjecture("Along the heavy ball's path the loss never rises, with one layer")
def heavy_ball_descends():
    """False: the ball rolls up the other side of the valley."""
    return Nonincreasing(sample[1].loss, along=heavy.flow(sample[1]))


@conjecture(r"Under TP with momentum the loss plus $\tfrac{1}{2} \sum_l |V_l|^2$ never rises, at depth 2")
def tp_energy_with_momentum():
    """False: TP's updates are no gradient, and do work on the momentum that the loss does not pay for."""
    rule, net = Momentum(TP), sample[2]
    return Nonincreasing(net.loss + kinetic(net, rule), along=rule.flow(net))


@conjecture(
    r"Nesterov's step multiplies the angular momentum of the hidden layer by $1 - \eta\mu$ too, at widths 1-2-1"
)
def nesterov_rotation_in_a_step():
    """False even from $W_1 = 0$ and $V_2 = 0$: the gradient beside the momentum leaves $G_l V_l'$."""
    net = DeepLinearNetwork(widths=(1, 2, 1))
    Q = rotation(net, 1)
    from_here = [Zero(net.weight(1)), Zero(heavy.momentum(net, 2))]
    return Equal(nesterov.step(net).after(Q), matmul(1 - eta * mu, Q), given=from_here)


@conjecture(
    r"With decay past the momentum the penalised loss plus $\tfrac{1}{2} \sum_l |V_l|^2$ never rises, one layer"
)
def decoupled_energy():
    """False: decoupled decay does not descend the penalised loss."""
    return Nonincreasing(sample[1].penalised_loss(c) + kinetic(sample[1]), along=decoupled.flow(sample[1]))
