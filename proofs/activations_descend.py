"""Weights move to reduce the error; do the hidden activations move downhill too?  (seed question 1)"""

from sympy import ImmutableMatrix, MatrixSymbol, Symbol

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    FeedbackAlignment,
    ForAll,
    Nonincreasing,
    Parallel,
    Recursion,
    TargetProp,
    conjecture,
    full_row_rank,
    inner,
    matmul,
    squared_norm,
    theorem,
)

B, (L, k, l) = Symbol("B", integer=True, positive=True), (Symbol(name, integer=True) for name in "Lkl")
bp, tp = Backprop(), TargetProp()
deep, batch = DeepLinearNetwork(depth=L), DeepLinearNetwork(depth=L, batch=B)
net = DeepLinearNetwork(depth=3)


def descent_rate(rule, net, l):
    """<x_l', -d_l>, summed over the samples, where d_l is the gradient of the loss at x_l."""
    return inner(rule.flow(net).derivative(net.activation(l)), matmul(-1, bp.error_signal(net, l)))


def gradients(net):
    """The sum of |G_k|^2 over the layers up to k, G_k the gradient of the loss at W_k."""
    return Recursion("Q", 0, L, 0, lambda k, Q: Q + squared_norm(bp.descent(net, k)))


@theorem("Along the BP flow every layer's activations move downhill, summed over a batch, at any depth")
def activations_descend():
    r"""The rate is the sum of $|G_k|^2$ over $k \le l$: $d_l$ reaches $W_k$ as the gradient $G_k$ (we know
    no source).
    """
    Q = gradients(batch)
    return ForAll(Equal(descent_rate(bp, batch, l), Q(l)), (l, 0, L))


@theorem(
    "One sample's activation moves downhill at the rate $|x_{l-1}|^2 |d_l|^2$ and more, by the squares of layers below"
)
def activations_descend_at_a_rate():
    """$G_l = d_l x_{l-1}'$ has the squared norm $|d_l|^2 |x_{l-1}|^2$ (we know no source)."""
    Q = gradients(deep)
    own = squared_norm(deep.activation(l - 1)) * squared_norm(bp.error_signal(deep, l))
    return [
        ForAll(Equal(descent_rate(bp, deep, l), Q(l)), (l, 0, L)),
        ForAll(Equal(descent_rate(bp, deep, l), own + Q(l - 1)), (l, 1, L)),
    ]


@theorem(
    "Along the TP flow $x_l$ moves downhill at the rate $S_l |e|^2$ if the weights from the second on have full row "
    "rank"
)
def tp_activations_descend():
    r"""$\dot x_l = -S_l d_l$, and BP's signal times TP's is $e' W_L \cdots W_{l+1} W_{l+1}^+ \cdots W_L^+ e = |e|^2$.

    No source known. $S_l$ is the sum of $|x_k|^2$ over $k < l$.
    """
    full = [ForAll(full_row_rank(deep.weight(k)), (k, 2, L))]
    S = Recursion("S", 0, L, 0, lambda k, S: S + squared_norm(deep.activation(k - 1)))
    velocity = tp.flow(deep).derivative(deep.activation(l))
    signals = inner(bp.error_signal(deep, l), tp.error_signal(deep, l))
    return [
        ForAll(Equal(velocity, matmul(-S(l), tp.error_signal(deep, l))), (l, 1, L), given=full),
        ForAll(Equal(signals, squared_norm(deep.error)), (l, 1, L), given=full),
        ForAll(Equal(descent_rate(tp, deep, l), S(l) * squared_norm(deep.error)), (l, 1, L), given=full),
    ]


@conjecture("Along the BP flow a hidden activation moves straight down its own gradient")
def activations_descend_straight():
    """False: the layers below add $W_l x_{l-1}'$, which turns it; at depth 3 the second layer already does."""
    return Parallel(bp.flow(net).derivative(net.activation(2)), bp.error_signal(net, 2))


@conjecture("Along the BP flow the output of each sample of a batch moves downhill")
def each_sample_descends():
    """False even for one layer of width 1: the second sample pulls harder at the one weight than the first."""
    lone = DeepLinearNetwork(widths=(1, 1), batch=2)
    first = ImmutableMatrix([1, 0])
    return Nonincreasing(squared_norm(matmul(lone.error, first)) / 2, along=bp.flow(lone))


@conjecture("Along the TP flow $x_1$ moves downhill at the rate $|x_0|^2 |e|^2$, at any rank of the weights")
def tp_activations_descend_at_any_rank():
    """False: what the weights above do not let through is lost, all of it if they vanish."""
    return Equal(descent_rate(tp, net, 1), squared_norm(net.input) * squared_norm(net.error))


@conjecture("Along the flow of feedback alignment the hidden layer's activation moves downhill, at depth 2")
def fa_activations_descend():
    """False: a fixed feedback of the wrong sign sends it uphill."""
    two = DeepLinearNetwork(depth=2)
    frozen = MatrixSymbol("w", *two.weight(2).shape)
    output = matmul(frozen, two.activation(1))
    return Nonincreasing(
        squared_norm(output - two.target) / 2, along=FeedbackAlignment().flow(two), given=[Equal(frozen, two.weight(2))]
    )
