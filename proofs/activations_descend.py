"""Weights move to reduce the error; do the hidden activations move downhill too?

Under BP they do, summed over a batch, though neither straight down nor for each sample by itself; under TP they do at
full row rank, and under feedback alignment they need not.
"""

from tptheory.preamble import *

batch = DeepLinearNetwork(depth=L, batch=B)


def descent_rate(rule, net, l):
    """<x_l', -d_l>, summed over the samples, where d_l is the gradient of the loss at x_l."""
    return inner(rule.flow(net).derivative(net.activation(l)), matmul(-1, BP.error_signal(net, l)))


def gradients(net):
    """The sum of |G_k|^2 over the layers up to k, G_k the gradient of the loss at W_k."""
    return Recursion("Q", 0, L, 0, lambda k, Q: Q + squared_norm(BP.descent(net, k)))


@theorem("Along the BP flow every layer's activations move downhill, summed over a batch, at any depth")
def activations_descend():
    r"""The rate is the sum of $|G_k|^2$ over $k \le l$: $d_l$ reaches $W_k$ as the gradient $G_k$ (we know
    no source).
    """
    Q = gradients(batch)
    return ForAll(Equal(descent_rate(BP, batch, l), Q(l)), (l, 0, L))


@theorem(
    "One sample's activation moves downhill at the rate $|x_{l-1}|^2 |d_l|^2$ and more, by the squares of layers below"
)
def activations_descend_at_a_rate():
    """$G_l = d_l x_{l-1}'$ has the squared norm $|d_l|^2 |x_{l-1}|^2$ (we know no source)."""
    Q = gradients(deep)
    own = squared_norm(deep.activation(l - 1)) * squared_norm(BP.error_signal(deep, l))
    return [
        ForAll(Equal(descent_rate(BP, deep, l), Q(l)), (l, 0, L)),
        at_every_layer(Equal(descent_rate(BP, deep, l), own + Q(l - 1))),
    ]


@theorem(
    "Along the TP flow $x_l$ moves downhill at the rate $S_l |e|^2$ if the weights from the second on have full row "
    "rank"
)
def tp_activations_descend():
    r"""$\dot x_l = -S_l d_l$, and BP's signal times TP's is $e' W_L \cdots W_{l+1} W_{l+1}^+ \cdots W_L^+ e = |e|^2$.

    No source known. $S_l$ is the sum of $|x_k|^2$ over $k < l$.
    """
    full = from_the_second(full_row_rank, deep)
    S = squared_lengths_below(deep)
    velocity = TP.flow(deep).derivative(deep.activation(l))
    signals = inner(BP.error_signal(deep, l), TP.error_signal(deep, l))
    return [
        at_every_layer(Equal(velocity, matmul(-S(l), TP.error_signal(deep, l))), given=full),
        at_every_layer(Equal(signals, squared_norm(deep.error)), given=full),
        at_every_layer(Equal(descent_rate(TP, deep, l), S(l) * squared_norm(deep.error)), given=full),
    ]


@conjecture("Along the BP flow a hidden activation moves straight down its own gradient")
def activations_descend_straight():
    """False: the layers below add $W_l x_{l-1}'$, which turns it; at depth 3 the second layer already does."""
    return Parallel(BP.flow(three).derivative(three.activation(2)), BP.error_signal(three, 2))


@conjecture("Along the BP flow the output of each sample of a batch moves downhill")
def each_sample_descends():
    """False even for one layer of width 1: the second sample pulls harder at the one weight than the first."""
    lone = DeepLinearNetwork(widths=(1, 1), batch=2)
    first = ImmutableMatrix([1, 0])
    return Nonincreasing(squared_norm(matmul(lone.error, first)) / 2, along=BP.flow(lone))


@conjecture("Along the TP flow $x_1$ moves downhill at the rate $|x_0|^2 |e|^2$, at any rank of the weights")
def tp_activations_descend_at_any_rank():
    """False: what the weights above do not let through is lost, all of it if they vanish."""
    return Equal(descent_rate(TP, three, 1), squared_norm(three.input) * squared_norm(three.error))


@conjecture("Along the flow of feedback alignment the hidden layer's activation moves downhill, at depth 2")
def fa_activations_descend():
    """False: a fixed feedback of the wrong sign sends it uphill."""
    two = DeepLinearNetwork(depth=2)
    frozen = MatrixSymbol("w", *two.weight(2).shape)
    output = matmul(frozen, two.activation(1))
    return Nonincreasing(
        squared_norm(output - two.target) / 2, along=FA.flow(two), given=[Equal(frozen, two.weight(2))]
    )
