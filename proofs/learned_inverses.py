"""What does an inverse settle on that learns to reconstruct the layer below?

Where inputs or noise show every direction of the weight it settles on a right inverse, and on noise alone on the
pseudo-inverse as far as the layer reaches; the loss can rise while it learns.
"""

from tptheory.preamble import *

two = DeepLinearNetwork(depth=2, batch=B)
narrow = DeepLinearNetwork(widths=(1, 1, 1))
learner, noiseless, noise = LearnedInverse(), LearnedInverse(noise=0), LearnedInverse().noise
W, V = two.weight(2), learner.feedback(two, 2)


def reconstruction(net, rule):
    """1/(2B) |V_2 X_2 - X_1|^2 + 1/2 sigma^2 |V_2 W_2 - I|^2, what V_2 descends."""
    V, seen = rule.feedback(net, 2), net.activation(1)
    missed = minus(matmul(V, net.weight(2)), Identity(V.rows))
    clean = squared_norm(minus(matmul(V, net.activation(2)), seen)) / net.samples
    return (clean + rule.noise**2 * squared_norm(missed)) / 2


def covariance(net):
    """C = X_1 X_1' / B + sigma^2 I, the second moments of the noisy hidden layer."""
    X = net.activation(1)
    return matadd(matmul(1 / net.samples, X, T(X)), matmul(noise**2, Identity(X.rows)))


def settled(C):
    """The hypothesis V_2 W_2 C W_2' = C W_2', under which the inverse stands still."""
    return Equal(matmul(V, W, C, T(W)), matmul(C, T(W)))


@theorem(
    r"Where the error vanishes, a learned inverse lowers its reconstruction loss at the rate $|\dot V_2|^2$, at depth 2"
)
def reconstruction_improves():
    """The weights rest, and the inverse descends (Lee et al., 2015)."""
    flow = learner.flow(two)
    rate = flow.derivative(reconstruction(two, learner))
    return Equal(rate, -squared_norm(flow[V]), given=[Zero(two.error)])


@theorem(
    r"A learned inverse moves by $\dot V_2 = C W_2' - V_2 W_2 C W_2'$ for $C = \tfrac{1}{B} X_1 X_1' + \sigma^2 I$"
)
def inverse_regresses():
    """The normal equations of a regression on what the layer makes of noisy inputs (Meulemans et al., 2020)."""
    C = covariance(two)
    return Equal(learner.flow(two)[V], minus(matmul(C, T(W)), matmul(V, W, C, T(W))))


@theorem(
    "An inverse that has settled is a right inverse, $W_2 V_2 = I$, if $W_2 C W_2'$ is invertible, for any moments $C$"
)
def settled_inverse_is_a_right_inverse():
    r"""$W V (W C W') = W C W'$, so its targets reach (compare Meulemans et al., 2020, for $C = I$)."""
    C = MatrixSymbol("C", W.cols, W.cols)
    return Equal(matmul(W, V), Identity(W.rows), given=[settled(C), invertible(matmul(W, C, T(W)))])


@theorem(
    "An inverse that has settled on noise alone, $V_2 W_2 W_2' = W_2'$, is the pseudo-inverse on the image of $W_2$"
)
def noise_teaches_the_pseudo_inverse():
    r"""$V W = W^+ W$; so TP's feedback is learned if $W_2$ has full row rank (Meulemans et al., 2020)."""
    given = [settled(Identity(W.cols))]
    return [
        Equal(matmul(V, W), matmul(Pinv(W), W), given=given),
        Equal(V, Pinv(W), given=[*given, full_row_rank(W)]),
    ]


@theorem("What a learned inverse makes of the errors that $W_2$ cannot reach stays as it was while the weights rest")
def unreached_errors_are_not_learned():
    """Each update of $V$ has the factor $W'$ on the right: $V (I - W W^+)$ stands still. No source known."""
    outside = minus(Identity(W.rows), matmul(W, Pinv(W)))
    return Conserved(matmul(V, outside), along=learner.flow(two), given=[Zero(two.error)])


@theorem("Where the inverse is exact, $V_2 W_2 = I$, it stands still, at depth 2")
def exact_inverses_rest():
    """It reconstructs everything, noise too (Lee et al., 2015)."""
    return Zero(learner.flow(two)[V], given=[Equal(matmul(V, W), Identity(V.rows))])


@conjecture("The reconstruction loss of a learned inverse never rises while the weights learn, at widths 1-1-1")
def reconstruction_always_improves():
    """False: the layer runs away from its inverse."""
    return Nonincreasing(reconstruction(narrow, learner), along=learner.flow(narrow))


@conjecture("Without noise an inverse that has settled is a right inverse if $W_2$ has full row rank, at depth 2")
def settled_without_noise_is_a_right_inverse():
    """False: what the data do not show is not learned."""
    still = Zero(noiseless.flow(narrow)[noiseless.feedback(narrow, 2)])
    product = matmul(narrow.weight(2), noiseless.feedback(narrow, 2))
    return Equal(product, Identity(1), given=[still, full_row_rank(narrow.weight(2))])


@conjecture("An inverse that has settled on noise alone is the pseudo-inverse, at any rank of $W_2$")
def noise_teaches_the_pseudo_inverse_at_any_rank():
    """False: what it makes of errors that $W_2$ cannot reach is left from the start."""
    return Equal(V, Pinv(W), given=[settled(Identity(W.cols))])


@conjecture("The loss never rises along the flow of a learned inverse, at widths 1-1-1")
def learned_inverse_descends():
    """False before it has learned."""
    return Nonincreasing(narrow.loss, along=learner.flow(narrow))
