"""What do the equilibria of predictive coding and of equilibrium propagation learn, and how far are they from BP?

They lower an energy below the loss with signals that never oppose those of BP, and learn as BP where the nudging or
the upper weight vanishes; the loss itself can rise.
"""

from tptheory.preamble import *

one, two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (1, 2, 3))
narrow = DeepLinearNetwork(widths=(1, 1, 1))
PC, EP = PredictiveCoding(), EquilibriumPropagation()
beta = EP.beta


def spread(net):
    """S = I + W_2 W_2', the covariance of the output under unit noise at every layer, at depth 2."""
    W = net.weight(2)
    return matadd(Identity(W.rows), matmul(W, T(W)))


@theorem(
    "The predictive-coding flow lowers the energy at equilibrium at the rate of its squared updates, at depths 1 and 2"
)
def pc_energy_falls():
    r"""Its updates are the gradient of the energy (Whittington and Bogacz, 2017; Innocenti et al., 2024)."""
    claims = []
    for net in (one, two):
        energy, flow = PC.energy(net), PC.flow(net)
        squares = sum(squared_norm(PC.descent(net, l)) for l in net.layers)
        claims += [Equal(flow.derivative(energy), -squares), Nonincreasing(energy, along=flow)]
    return claims


@theorem("At depth 2 twice the loss exceeds twice predictive coding's energy at equilibrium by $|D_1|^2 + |W_2 D_1|^2$")
def pc_energy_is_below_the_loss():
    """The forward pass is one choice of activities, and costs the loss (Innocenti et al., 2024, for the energy)."""
    D = PC.error_signal(two, 1)
    return Equal(two.loss - PC.energy(two), squared_norm(D) / 2 + squared_norm(matmul(two.weight(2), D)) / 2)


@theorem("BP's update of $W_1$ is $I + W_2' W_2$ times predictive coding's, at depth 2, so that both vanish together")
def pc_preconditions_bp():
    """$W_2' = (I + W_2' W_2) W_2' S^{-1}$ pushes through (compare Innocenti et al., 2024)."""
    W = two.weight(2)
    metric, updates = matadd(Identity(W.cols), matmul(T(W), W)), (PC.descent(two, 1), BP.descent(two, 1))
    return [
        Equal(matmul(metric, updates[0]), updates[1]),
        Zero(updates[0], given=[Zero(updates[1])]),
    ]


@theorem("Predictive coding learns as BP where $W_2 = 0$, at depth 2, and everywhere in one layer")
def pc_is_bp_at_zero():
    """Nothing then pulls the hidden activities away from the forward pass (Whittington and Bogacz, 2017)."""
    at_zero = [Zero(two.weight(2))]
    return [Equal(PC.flow(two)[W], BP.flow(two)[W], given=at_zero) for W in two.weights] + [
        Equal(PC.descent(one, 1), BP.descent(one, 1))
    ]


@theorem("Predictive coding stands still where the error vanishes, at depths 2 and 3")
def pc_stops_at_solutions():
    """The forward pass is the equilibrium then (Whittington and Bogacz, 2017)."""
    return [Zero(PC.descent(net, l), given=[Zero(net.error)]) for net in (two, three) for l in net.layers]


@theorem("Predictive coding's error signals are no longer than BP's, at depth 2")
def pc_signals_are_shorter():
    """The error is shared out among the layers. No source known."""
    return [AtMost(squared_norm(PC.error_signal(two, l)), squared_norm(BP.error_signal(two, l))) for l in (1, 2)]


@theorem("Predictive coding's hidden error signal is at most half as long as the error, whatever $W_2$, at depth 2")
def pc_signals_are_bounded():
    """No singular value $s / (1 + s^2)$ exceeds a half. New here as far as we know."""
    return AtMost(4 * squared_norm(PC.error_signal(two, 1)), squared_norm(two.error))


@theorem(
    r"The inner product of predictive coding's hidden error signal with BP's is $|D_1|^2 + |W_2 D_1|^2$, at depth 2"
)
def pc_is_acute():
    """BP's signal is $(I + W_2' W_2) D_1$: the angle is below 90 degrees. New here as far as we know."""
    D = PC.error_signal(two, 1)
    return Equal(inner(D, BP.error_signal(two, 1)), squared_norm(D) + squared_norm(matmul(two.weight(2), D)))


@theorem(
    "The predictive-coding flow moves BP's balance $W_2' W_2 - W_1 W_1'$ by $2 D_1 D_1'$, at depth 2: it never falls"
)
def pc_balance_grows():
    """$W_2' G_2 = D_1 Z_1'$ and $G_1 W_1' = D_1 X_1'$, and $Z_1 = X_1 - D_1$. New here as far as we know."""
    D, rate = PC.error_signal(two, 1), PC.flow(two).derivative(balance(two, 1))
    return [Equal(rate, matmul(2, D, T(D))), NonNegative(rate)]


@theorem(
    "Equilibrium propagation lowers its energy, at any nudging $\\beta$ and depth 2, at the rate of its squared updates"
)
def ep_energy_falls():
    """Contrasting two equilibria is a gradient (Scellier and Bengio, 2017), here of the energy of prediction errors."""
    energy, flow = EP.energy(two), EP.flow(two)
    return Equal(flow.derivative(energy), -sum(squared_norm(EP.descent(two, l)) for l in two.layers))


@theorem(r"Equilibrium propagation's update is BP's over $1 + \beta$ in one layer")
def ep_in_one_layer():
    """The nudged output goes part of the way to the target (compare Scellier and Bengio, 2017)."""
    return Equal(matmul(1 + beta, EP.descent(one, 1)), BP.descent(one, 1))


@theorem(r"BP's hidden error signal less equilibrium propagation's is $\beta W_2' (I + \beta S)^{-1} S E$, at depth 2")
def ep_is_bp_to_first_order():
    r"""Exactly, at any $\beta$: of first order as $\beta$ tends to 0 (Scellier and Bengio, 2017)."""
    S = spread(two)
    settled = Inverse(matadd(Identity(S.rows), matmul(beta, S)))
    difference = minus(BP.error_signal(two, 1), EP.error_signal(two, 1))
    return Equal(difference, matmul(beta, T(two.weight(2)), settled, S, two.error))


@theorem(
    r"Equilibrium propagation's hidden signal has the inner product $(1 + \beta) |D_1|^2 + \beta |W_2 D_1|^2$ with BP's"
)
def ep_is_acute():
    r"""BP's signal is $((1 + \beta) I + \beta W_2' W_2) D_1$; at depth 2. New here as far as we know."""
    D = EP.error_signal(two, 1)
    squares = (1 + beta) * squared_norm(D) + beta * squared_norm(matmul(two.weight(2), D))
    return Equal(inner(D, BP.error_signal(two, 1)), squares)


@theorem(r"Equilibrium propagation moves BP's balance $W_2' W_2 - W_1 W_1'$ by $2 \beta D_1 D_1'$, at depth 2")
def ep_balance_grows():
    r"""The nudged activity below is $X_1 - \beta D_1$. New here as far as we know."""
    D = EP.error_signal(two, 1)
    return Equal(EP.flow(two).derivative(balance(two, 1)), matmul(2 * beta, D, T(D)))


@conjecture("The predictive-coding flow conserves BP's balance $W_2' W_2 - W_1 W_1'$, at widths 1-1-1")
def pc_conserves_the_balance():
    """False even from $W_1 = 0$: it grows by the squares of the hidden error signal."""
    return Conserved(balance(narrow, 1), along=PC.flow(narrow), given=[Zero(narrow.weight(1))])


@conjecture("Along the predictive-coding flow the loss never rises, at widths 1-1-1")
def pc_descends():
    """False: it is the energy that falls."""
    return Nonincreasing(narrow.loss, along=PC.flow(narrow))


@conjecture("Along the BP flow the energy of predictive coding never rises, at widths 1-1-1")
def bp_lowers_the_energy():
    """False: where $W_2$ shrinks, the same error costs more energy."""
    return Nonincreasing(PC.energy(narrow), along=BP.flow(narrow))


@conjecture("Predictive coding makes BP's update of $W_1$, at widths 1-1-1")
def pc_is_bp():
    """False: only to first order in $W_2$."""
    return Equal(PC.descent(narrow, 1), BP.descent(narrow, 1))


@conjecture("Equilibrium propagation conserves BP's balance at any nudging, at widths 1-1-1")
def ep_conserves_the_balance():
    r"""False even from $W_1 = 0$: only as $\beta$ tends to 0."""
    return Conserved(balance(narrow, 1), along=EP.flow(narrow), given=[Zero(narrow.weight(1))])
