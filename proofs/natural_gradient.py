"""What does it change to divide the gradient by its curvature?

The gradient of one layer then decays at one rate in all directions, if nothing is damped; layer by layer in a deeper
network it does not.
"""

from tptheory.preamble import *

one, two = (DeepLinearNetwork(depth=depth, batch=B) for depth in (1, 2))
sample = {depth: DeepLinearNetwork(depth=depth) for depth in (1, 2)}
natural, undamped = NaturalGradient(), NaturalGradient(damping=0)
G = BP.descent(one, 1)


def seen(net, l):
    """The projection X' (X X')^-1 X onto the rows of X = X_{l-1}."""
    return matmul(newton.presynaptic(net, l), net.activation(l - 1))


@theorem(
    "Along the flow of Newton, and of the undamped natural gradient, the gradient of one layer decays at the rate 1"
)
def gradients_decay_at_one_rate():
    """Curvature cancels: every direction converges alike (Amari, 1998)."""
    return [Decays(G, along=rule.flow(one), rate=1) for rule in (newton, undamped)]


@theorem("The undamped natural gradient is Newton's update layer by layer, at depth 2")
def undamped_is_newton():
    """The Fisher matrix of a Gaussian output is the Hessian in one layer (Amari, 1998)."""
    return [Equal(undamped.update(two, l), newton.update(two, l)) for l in (1, 2)]


@theorem("The damped natural gradient of one layer obeys $(1 + \\lambda) \\dot W (X X' + \\lambda I) = -E X'$")
def damped_normal_equations():
    """The damped Fisher matrix times the velocity is minus the gradient (Amari, 1998; Martens and Grosse, 2015)."""
    X = one.input
    gram = matadd(matmul(X, T(X)), matmul(natural.damping, Identity(X.rows)))
    return Equal(matmul(1 + natural.damping, natural.flow(one)[one.weight(1)], gram), matmul(-1, G))


@theorem(
    r"Natural-gradient flow lowers one layer's loss at a rate $r$ with $(1 + \lambda) r = |E N X|^2 + \lambda |E N|^2$"
)
def natural_gradient_descends():
    r"""$N X = N (X X' + \lambda I) N'$ for $N = X' (X X' + \lambda I)^{-1}$: the loss falls (Amari, 1998)."""
    N, rate = natural.presynaptic(one, 1), natural.flow(one).derivative(one.loss)
    squares = squared_norm(matmul(one.error, N, one.input)) + natural.damping * squared_norm(matmul(one.error, N))
    return Equal((1 + natural.damping) * rate, -squares)


@theorem(
    r"A natural-gradient step of one layer lowers the loss by $\tfrac{r}{2} ((2 - r) |E N X|^2 + 2 \lambda |E N|^2)$, "
    r"$r (1 + \lambda) = \eta$"
)
def natural_steps_descend():
    r"""So it descends if $\eta \le 2 + 2 \lambda$, whatever the data. New here as far as we know."""
    N, E, lam = natural.presynaptic(one, 1), one.error, natural.damping
    r = eta / (1 + lam)
    gain = r / 2 * ((2 - r) * squared_norm(matmul(E, N, one.input)) + 2 * lam * squared_norm(matmul(E, N)))
    return Equal(one.loss - natural.step(one).after(one.loss), gain)


@theorem(
    "Newton's flow, layer by layer, lowers the loss at the squares of what each layer can reach, at depths 1 and 2"
)
def newton_descends():
    r"""$A (A'A)^{-1} A'$ and $X' (X X')^{-1} X$ are orthogonal projections (Nocedal and Wright, 2006, for Newton)."""
    claims = []
    for net in (one, two):
        reached = [
            matmul(net.product(net.depth, l + 1), newton.backward(net, l), net.error, seen(net, l)) for l in net.layers
        ]
        claims.append(Equal(newton.flow(net).derivative(net.loss), -sum(map(squared_norm, reached))))
    return claims


@conjecture("Along the flow of the damped natural gradient the gradient of one layer decays at the rate 1")
def damped_gradients_decay():
    """False: damping slows down what has little curvature."""
    return Decays(BP.descent(sample[1], 1), along=natural.flow(sample[1]), rate=1)


@conjecture("Along Newton's flow, layer by layer, the gradient of $W_1$ decays at the rate 1, at depth 2")
def gradients_decay_layer_by_layer():
    """False: the layers move each other's gradient, and together reach twice as far."""
    net = DeepLinearNetwork(widths=(1, 1, 1))
    return Decays(BP.descent(net, 1), along=newton.flow(net), rate=1)


@conjecture(r"A BP step does not raise the loss of one layer if $\eta \le 2$, whatever the data")
def plain_steps_descend():
    """False: without the curvature the input bounds the step."""
    return Nonincreasing(sample[1].loss, along=BP.step(sample[1]), given=[at_most(eta, 2)])
