"""How far can the flow of target propagation be integrated, if hidden layers are wide?

At full row rank three laws integrate the last hidden layer; two of them fail for the layer below it at depth 3.
"""

from tptheory.preamble import *


def hidden(net, l):
    """What W_{l+1} does not see of x_l: (I - W+ W) x_l."""
    W = net.weight(l + 1)
    unseen = matadd(Identity(W.cols), matmul(-1, Pinv(W), W))
    return matmul(unseen, net.activation(l))


def full(net):
    """Full row rank of every weight from the second on."""
    return [full_row_rank(*net.weights[1:])]


def seen_across(net, l):
    """The equation that |W+ W x_l|^2 - (x_l . d_l)^2 / |d_l|^2 is conserved, times |d_l|^4."""
    velocity, x, d = TP.flow(net).derivative, net.activation(l), TP.error_signal(net, l)
    a, D, seen = inner(x, d), squared_norm(d), squared_norm(x) - squared_norm(hidden(net, l))
    return Equal(D**2 * velocity(seen) - 2 * a * D * velocity(a) + a**2 * velocity(D), 0, given=full(net))


def signal_against_next(net, l, S):
    """The equation (log |d_l|^2)' + |x_l|^2' / S = (log |d_{l+1}|^2)', times S |d_l|^2 |d_{l+1}|^2."""
    velocity, N = TP.flow(net).derivative, squared_norm(net.activation(l))
    D, above = (squared_norm(TP.error_signal(net, k)) for k in (l, l + 1))
    return Equal(S * velocity(D) * above + D * above * velocity(N), S * D * velocity(above), given=full(net))


@theorem(
    r"At full row rank the part of $x_l$ hidden from $W_{l+1}$ obeys $\tfrac{d}{dt} \log \rho_l = -\tfrac{d}{dt} "
    "|x_l|^2 / S_l$ under TP, at any depth"
)
def what_is_hidden_grows_as_the_activation_shrinks():
    r"""$\tfrac{d}{dt} \rho_l = 2 (x_l \cdot d_l) \rho_l$, and $\tfrac{d}{dt} |x_l|^2 = -2 S_l (x_l \cdot d_l)$. New
    here as far as we know.

    $\rho_l = |(I - W^+ W) x_l|^2$ for $W = W_{l+1}$, and $S_l$ is the sum of $|x_k|^2$ over $k < l$. $S_1$ is constant,
    so that $\rho_1 \exp(|x_1|^2 / |x_0|^2)$ is conserved.
    """
    S = squared_lengths_below(deep)
    x, velocity = deep.activation, TP.flow(deep).derivative
    ranks, rho = from_the_second(full_row_rank, deep), squared_norm(hidden(deep, l))
    return [
        at_every_layer(Equal(velocity(x(l)), matmul(-S(l), TP.error_signal(deep, l))), given=ranks),
        at_hidden_layers(Equal(S(l) * velocity(rho), -rho * velocity(squared_norm(x(l)))), given=ranks),
    ]


@theorem(
    "The part $R$ of a batch's $X_1' X_1$ that is hidden from $W_2$ moves by $R M + M' R$, $M = D_1' X_1$, under TP "
    "at depth 2"
)
def what_is_hidden_of_a_batch():
    """$W_2^+ W_2$ turns by $-(I - W_2^+ W_2) X_1 D_1'$ and its transpose. New here as far as we know.

    $R = X_1' (I - W_2^+ W_2) X_1$, at any rank of $W_2$ that stays as it is.
    """
    net = DeepLinearNetwork(depth=2, batch=B)
    R = matmul(T(net.activation(1)), hidden(net, 1))
    M = matmul(T(TP.error_signal(net, 1)), net.activation(1))
    return Equal(TP.flow(net).derivative(R), matadd(matmul(R, M), matmul(T(M), R)))


@theorem(
    "At full row rank TP conserves the part of $x_{L-1}$ that the output layer sees across $d_{L-1}$, at depths 2 and 3"
)
def what_the_output_layer_sees_across_its_signal():
    r"""$|W_L^+ W_L x|^2 - (x \cdot d)^2 / |d|^2$: within what $W_L$ sees, $x$ moves along $d$. New here as far as we
    know.
    """
    return [seen_across(two, 1), seen_across(three, 2)]


@theorem(
    r"At full row rank $\tfrac{d}{dt} \log (|d_l|^2 / |e|^2) = -\tfrac{d}{dt} |x_l|^2 / S_l$ under TP for $l = L - "
    "1$, at depths 2 and 3"
)
def the_last_hidden_signal_follows_the_activation():
    r"""Both fall at $2 S_L$, but $d_l$ also grows by $2 x_l \cdot d_l$, as $|x_l|^2$ shrinks. New here as far as we
    know.
    """
    x = [squared_norm(three.activation(k)) for k in (0, 1)]
    return [signal_against_next(two, 1, squared_norm(two.input)), signal_against_next(three, 2, x[0] + x[1])]


@conjecture("At full row rank, TP conserves the part of $x_1$ that $W_2$ sees across $d_1$, at depth 3")
def what_lower_layers_see_across_their_signals():
    """False for wide layers: $d_2$ turns, and takes the row space of $W_2$ elsewhere."""
    return seen_across(three, 1)


@conjecture(
    r"At full row rank $\tfrac{d}{dt} \log (|d_1|^2 / |d_2|^2) = -\tfrac{d}{dt} |x_1|^2 / S_1$ under TP, at depth 3"
)
def lower_signals_follow_their_activations():
    """False for wide layers: the law needs the signal above to keep its direction."""
    return signal_against_next(three, 1, squared_norm(three.input))
