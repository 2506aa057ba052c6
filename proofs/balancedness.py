r"""What does backpropagation leave unchanged?

Its flow keeps the balance $W_{l+1}' W_{l+1} - W_l W_l'$ of neighbouring weights; a finite step moves it by exactly
$\eta^2$ times the difference of two squares, and TP, damped TP, Gauss-Newton targets and feedback alignment do not
keep it.
"""

from tptheory.preamble import *


def balance(net, l, weight=None):
    """W_{l+1}' W_{l+1} - W_l W_l', of shape (n_l, n_l)."""
    weight = weight or net.weight
    return minus(matmul(T(weight(l + 1)), weight(l + 1)), matmul(weight(l), T(weight(l))))


def balance_with_bias(net, l, weight=None, bias=None):
    """W_{l+1}' W_{l+1} - W_l W_l' - b_l b_l'."""
    bias = bias or net.bias
    return minus(balance(net, l, weight), matmul(bias(l), T(bias(l))))


def alignment(net, l):
    """B W_{l+1} + W_{l+1}' B' - W_l W_l', for the fixed feedback B of FA."""
    seen = matmul(FA.feedback(net, l + 1), net.weight(l + 1))
    return minus(matadd(seen, T(seen)), matmul(net.weight(l), T(net.weight(l))))


def change(step, quantity):
    return minus(step.after(quantity), quantity)


@theorem("The BP flow conserves the balance of neighbouring weights, at any depth, for any batch and any loss")
def bp_balance():
    """$W_{l+1}' G_{l+1} = d_l x_l' = G_l W_l'$: what one layer gains, the other gains too (Arora, Cohen,
    Hazan, 2018).
    """
    return at_hidden_layers(Conserved(balance(batched, l), along=BP.flow(batched)))


@theorem("With biases the BP flow conserves $W_{l+1}' W_{l+1} - W_l W_l' - b_l b_l'$ at any depth")
def bp_balance_with_biases():
    """A bias is a weight on an input that is always 1 (Du, Hu and Lee, 2018, for weights)."""
    return at_hidden_layers(Conserved(balance_with_bias(biased, l), along=BP.flow(biased)))


@theorem("The BP flow conserves $|W_{l+1}|^2 - |W_l|^2$ at any depth")
def bp_norms():
    """The trace of the balance (Du, Hu and Lee, 2018)."""
    upper, lower = squared_norm(batched.weight(l + 1)), squared_norm(batched.weight(l))
    return at_hidden_layers(Conserved(upper - lower, along=BP.flow(batched)))


@theorem(r"At any depth one BP step changes the balance by exactly $\eta^2 (G_{l+1}' G_{l+1} - G_l G_l')$")
def bp_balance_step():
    r"""The terms of first order in $\eta$ are those of the flow, and cancel. New here as far as we know."""
    gradients = balance(batched, l, lambda k: BP.descent(batched, k))
    return at_hidden_layers(Equal(change(BP.step(batched), balance(batched, l)), matmul(eta**2, gradients)))


@theorem(r"With biases one BP step changes the balance by exactly $\eta^2 (G_{l+1}' G_{l+1} - G_l G_l' - g_l g_l')$")
def bp_balance_step_with_biases():
    """The same formula in the gradients as in the parameters. New here as far as we know."""
    gradients = balance_with_bias(biased, l, lambda k: BP.descent(biased, k), lambda k: BP.bias_descent(biased, k))
    return at_hidden_layers(Equal(change(BP.step(biased), balance_with_bias(biased, l)), matmul(eta**2, gradients)))


@theorem("At depth 2 to 5, the end-to-end map $A$ of balanced weights has $A'A = (W_1'W_1)^L$ and $AA' = (W_L W_L')^L$")
def balanced_weights_share_singular_values():
    """Replace $W_{l+1}' W_{l+1}$ by $W_l W_l'$, from the middle outwards (Arora, Cohen and Hazan, 2018)."""
    claims = []
    for some in (DeepLinearNetwork(depth=depth) for depth in (2, 3, 4, 5)):
        A, first, last = some.product(some.depth, 1), some.weight(1), some.weight(some.depth)
        given = [Zero(balance(some, k)) for k in range(1, some.depth)]
        claims += [
            Equal(matmul(T(A), A), matmul(*[T(first), first] * some.depth), given=given),
            Equal(matmul(A, T(A)), matmul(*[last, T(last)] * some.depth), given=given),
        ]
    return claims


@theorem("The FA flow conserves $B W_{l+1} + W_{l+1}' B' - W_l W_l'$ at any depth: weights align with their feedback")
def fa_alignment():
    """$B G_{l+1} = d_l x_l' = G_l W_l'$, by $B$ (Lillicrap et al., 2016; Robertson and Koyejo, 2023)."""
    return at_hidden_layers(Conserved(alignment(batched, l), along=FA.flow(batched)))


@theorem(r"At any depth one FA step changes $B W_{l+1} + W_{l+1}' B' - W_l W_l'$ by exactly $-\eta^2 G_l G_l'$")
def fa_alignment_step():
    """Two terms are linear in the weights, and only the last has a second order. New here as far as we know."""
    G = FA.descent(batched, l)
    return at_hidden_layers(Equal(change(FA.step(batched), alignment(batched, l)), matmul(-(eta**2), G, T(G))))


@conjecture("TP's flow conserves the balance at depth 2")
def tp_conserves_the_balance():
    """It conserves a logarithm of the upper weight in place of its square."""
    return Conserved(balance(two, 1), along=TP.flow(two))


@conjecture("FA's flow conserves the balance at depth 2")
def fa_conserves_the_balance():
    """It conserves $B W_2 + W_2' B' - W_1 W_1'$, with the feedback in place of the weight."""
    return Conserved(balance(two, 1), along=FA.flow(two))


@conjecture("FA's flow conserves $B W_2 - W_1 W_1'$ at depth 2")
def fa_conserves_one_half_of_the_law():
    """The derivative of $W_1 W_1'$ is symmetric, that of $B W_2$ is not."""
    half = minus(matmul(FA.feedback(two, 2), two.weight(2)), matmul(two.weight(1), T(two.weight(1))))
    return Conserved(half, along=FA.flow(two))


@conjecture("Damped TP's flow conserves the balance at depth 2")
def damped_tp_conserves_the_balance():
    """Only in the limit of much damping, in which it is BP."""
    return Conserved(balance(two, 1), along=damped.flow(two))


@conjecture("GN's flow conserves the balance at depth 2")
def gn_conserves_the_balance():
    """At depth 2 it is TP."""
    return Conserved(balance(two, 1), along=GN.flow(two))


@conjecture("A finite step of BP conserves the balance at depth 2")
def a_step_conserves_the_balance():
    r"""It changes it by $\eta^2 (G_2' G_2 - G_1 G_1')$."""
    return Conserved(balance(two, 1), along=BP.step(two))


@conjecture("With biases BP's flow still conserves $W_2' W_2 - W_1 W_1'$ at depth 2")
def biases_do_not_count():
    """The bias takes its part of what $W_2$ gains."""
    some = DeepLinearNetwork(depth=2, biases=True)
    return Conserved(balance(some, 1), along=BP.flow(some))


@conjecture("TP's flow conserves $|W_2|^2 - |W_1|^2$ at depth 2")
def tp_conserves_norms():
    """Not even the trace of the balance is left."""
    return Conserved(squared_norm(two.weight(2)) - squared_norm(two.weight(1)), along=TP.flow(two))
