"""On which path does target propagation take the error to zero?

On a straight line if the weights from the second on have full row rank, for one sample and steps of any size; not at
every rank, not for a batch, and not under BP.
"""

from tptheory.preamble import *

batch = DeepLinearNetwork(depth=L, batch=B)
flow, step, x, X = TP.flow(deep), TP.step(deep), deep.activation, batch.activation
full = from_the_second(full_row_rank, deep)


def d(l):
    """TP's error signal of one sample."""
    return TP.error_signal(deep, l)


S = squared_lengths_below(deep)
c = Recursion("c", 0, L, 0, lambda k, c: c + eta * (squared_norm(x(k - 1)) - c * inner(x(k - 1), d(k - 1))))


@theorem(
    r"If $W_l$ has full row rank for $l \ge 2$, a TP step of any size moves every activation to $x_l - c_l d_l$, at "
    "any depth"
)
def activations_step_along_their_signals():
    r"""$W_l W_l^+ = I$ turns what moves $x_{l-1}$ into what moves $x_l$. New here as far as we know.

    $c_0 = 0$ and $c_l = c_{l-1} + \eta (|x_{l-1}|^2 - c_{l-1} x_{l-1}' d_{l-1})$.
    """
    return at_every_layer(Equal(step.after(x(l)), matadd(x(l), matmul(-c(l), d(l)))), given=full)


@theorem(r"If $W_l$ has full row rank for $l \ge 2$, a TP step of any size scales the error by $1 - c_L$, at any depth")
def error_steps_along_a_ray():
    """The output's signal is the error itself; so the loss is scaled by $(1 - c_L)^2$. New here as far as we know."""
    return [
        at_every_layer(Equal(step.after(x(l)), matadd(x(l), matmul(-c(l), d(l)))), given=full),
        Equal(step.after(deep.error), matmul(1 - c(L), deep.error), given=full),
        Equal(step.after(deep.loss), (1 - c(L)) ** 2 * deep.loss, given=full),
    ]


@theorem(
    r"If $W_l$ has full row rank for $l \ge 2$, along the TP flow every activation moves by $-S_l d_l$, at any depth"
)
def activations_flow_along_their_signals():
    """$S_l$ is the sum of $|x_k|^2$ over $k < l$; each layer adds its input's square. New here as far as we know."""
    return at_every_layer(Equal(flow.derivative(x(l)), matmul(-S(l), d(l))), given=full)


@theorem(r"If $W_l$ has full row rank for $l \ge 2$, along the TP flow the error shrinks on a ray, at the rate $S_L$")
def error_flows_along_a_ray():
    r"""$\dot e = -S_L e$, so $|e|^2$ falls at $2 S_L |e|^2$, $S_L$ at least $|x_0|^2$: no plateau. New here as far as
    we know.
    """
    return [
        at_every_layer(Equal(flow.derivative(x(l)), matmul(-S(l), d(l))), given=full),
        Equal(flow.derivative(deep.error), matmul(-S(L), deep.error), given=full),
        Equal(flow.derivative(deep.loss), -2 * S(L) * deep.loss, given=full),
    ]


@theorem(
    r"If $W_l$ has full row rank for $l \ge 2$, along the TP flow a batch of errors moves by $\dot E = -E K$, at any "
    "depth"
)
def batch_kernel():
    """$K$ is the sum of $X_k' X_k$ over $k < L$: as for one layer, with all layers' inputs. New here as far
    as we know.
    """
    ranks = from_the_second(full_row_rank, batch)
    K = grams_below(batch)
    velocity = TP.flow(batch).derivative
    return [
        at_every_layer(Equal(velocity(X(l)), matmul(-1, TP.error_signal(batch, l), K(l))), given=ranks),
        Equal(velocity(batch.error), matmul(-1, batch.error, K(L)), given=ranks),
    ]


@theorem(
    "If $W_2$ and $W_3$ have full row rank, the flow of Gauss-Newton targets keeps the direction of the error, at "
    "depth 3"
)
def gn_error_ray():
    """Any feedback that is a right inverse of the product above does: the layers add $|x_k|^2$ each. No
    source known.
    """
    three, gn = DeepLinearNetwork(depth=3), GN
    S_3 = sum(squared_norm(three.activation(k)) for k in range(3))
    full = [full_row_rank(*three.weights[1:])]
    return Equal(gn.flow(three).derivative(three.error), matmul(-S_3, three.error), given=full)


@conjecture("A TP step keeps the direction of the error at depth 2, at any rank of $W_2$")
def error_ray_at_any_rank():
    """False: what lies outside the image of $W_2$ is reached through $W_2$ alone, the rest through both layers."""
    return Parallel(TP.step(two).after(two.error), two.error)


@conjecture("The BP flow keeps the direction of the error at depth 2 if $W_2$ has full row rank")
def bp_error_ray():
    """False: $W_2 W_2'$ stretches the error more in some directions than in others."""
    return Parallel(BP.flow(two).derivative(two.error), two.error, given=[full_row_rank(two.weight(2))])


@conjecture("The flow of one layer keeps the direction of the error of a batch")
def batch_error_ray():
    r"""False: correlated inputs mix the errors of the samples, $\dot E = -E X'X$."""
    pair = DeepLinearNetwork(depth=1, batch=2)
    return Parallel(TP.flow(pair).derivative(pair.error), pair.error)
