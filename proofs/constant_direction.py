"""Why do the updates of target propagation look constant?

With invertible weights every error signal keeps its direction along the flow, though not its length; with wide layers,
under BP, and in finite steps the directions turn.
"""

from tptheory.preamble import *

W = two.weight(2)
flow, step = TP.flow(two), TP.step(two)
d1, x1 = TP.error_signal(two, 1), two.activation(1)


@theorem(
    r"If $W_l$ is invertible for $l \ge 2$, along the TP flow every error signal keeps its direction, and moves by "
    "$-s_l d_l$"
)
def error_signals_keep_their_direction():
    r"""$\dot W_l = -d_l x_{l-1}'$ makes $W_l^{-1} d_l$ turn by $(x_{l-1} \cdot d_{l-1}) d_{l-1}$ only. New here as far
    as we know.

    At any depth, for one sample: $s_L = S_L$, the sum of $|x_k|^2$ over $k < L$, and $s_l = s_{l+1} - x_l \cdot d_l$.
    """
    x, d = deep.activation, lambda l: TP.error_signal(deep, l)
    S = squared_lengths_below(deep)
    s = Recursion("s", 0, L, S(L), lambda k, s: s - inner(x(k), d(k)), downward=True)
    inverse, velocity = from_the_second(invertible, deep), TP.flow(deep).derivative
    return [
        at_every_layer(Equal(velocity(x(l)), matmul(-S(l), d(l))), given=inverse),
        Equal(velocity(deep.error), matmul(-S(L), deep.error), given=inverse),
        at_every_layer(Equal(velocity(d(l)), matmul(-s(l), d(l))), given=inverse),
    ]


@theorem(
    "If $W_2$ and $W_3$ are invertible, along the TP flow every weight accelerates within the image of its update, "
    "rank one"
)
def weights_stay_in_a_family_of_rank_one():
    r"""$\ddot W_l$ is a column $d_l$ times a row, as $\dot W_l$ is: $W_l - W_l(0)$ keeps rank one. New here as far as
    we know.
    """
    flow = TP.flow(three)
    return [
        ImageWithin(
            flow.derivative(flow[three.weight(l)]), TP.error_signal(three, l), given=[invertible(*three.weights[1:])]
        )
        for l in (1, 2, 3)
    ]


@theorem("If $W_2$ is invertible, along the TP flow the update of $W_1$ keeps its direction altogether, at depth 2")
def first_update_keeps_its_direction():
    """$d_1$ keeps its direction, and $x_0$ does not move. New here as far as we know."""
    return Parallel(flow.derivative(TP.update(two, 1)), TP.update(two, 1), given=[invertible(W)])


@theorem(
    "After a TP step from $W_2$ of full row rank the new $W_2$ takes $d_1$ to a multiple of the new error, at depth 2"
)
def finite_steps_keep_the_direction():
    r"""$(W_2 - \eta e x_1') d_1 = (1 - \eta x_1 \cdot d_1) e$, and $e$ stays on its ray. New here as far as we know.

    So if the new $W_2$ is invertible, the new $d_1$ is parallel to the old one.
    """
    c = eta * (squared_norm(two.input) + squared_norm(x1) - eta * squared_norm(two.input) * inner(x1, d1))
    return [
        Equal(matmul(step.after(W), d1), matmul(1 - eta * inner(x1, d1), two.error), given=[full_row_rank(W)]),
        Equal(step.after(two.error), matmul(1 - c, two.error), given=[full_row_rank(W)]),
    ]


@conjecture("If $W_2$ has full row rank, along the TP flow $d_1$ keeps its direction, at depth 2")
def wide_layers_keep_the_direction():
    """False for a wide hidden layer: $x_1$ has a part in the kernel of $W_2$, towards which $W_2^+$ turns."""
    return Parallel(flow.derivative(d1), d1, given=[full_row_rank(W)])


@conjecture("If $W_2$ is invertible, along the BP flow $d_1$ keeps its direction, at depth 2")
def bp_keeps_the_direction():
    """False: $W_2'$ changes by $-x_1 e'$, which adds a multiple of $x_1$ to $d_1$."""
    signal = BP.error_signal(two, 1)
    return Parallel(BP.flow(two).derivative(signal), signal, given=[invertible(W)])


@conjecture("If $W_2$ is invertible, a TP step keeps the direction of $d_1$, at depth 2")
def steps_from_invertible_weights_keep_the_direction():
    """False: one step can make $W_2$ singular, and the pseudo-inverse of that is another."""
    return Parallel(step.after(d1), d1, given=[invertible(W)])


@conjecture("If $W_2$ is invertible, along the TP flow the update of $W_1$ is constant, at depth 2")
def updates_are_constant():
    """False even there: its direction is constant, its length is not. In the seed all steps shared one list."""
    return Conserved(TP.update(two, 1), along=flow, given=[invertible(W)])


@conjecture("If $W_2$ is invertible, along the TP flow the update of $W_2$ keeps its direction, at depth 2")
def upper_updates_keep_their_direction():
    """False: its columns do, along the error, but its rows turn with $x_1$, which moves along $d_1$."""
    return Parallel(flow.derivative(TP.update(two, 2)), TP.update(two, 2), given=[invertible(W)])
