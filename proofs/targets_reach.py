"""If a layer reached its target, would the output reach its own?

Yes where every weight above has full row rank; at depth 2 exactly if the error lies in the image of the weight, and
full row rank of the product alone is not enough.
"""

from tptheory.preamble import *

W2, W3, V = three.weight(2), three.weight(3), two.weight(2)


def moved_output(l, net=three, rule=TP):
    """The change of the output when x_l moves to its target t_l."""
    return matmul(net.product(net.depth, l + 1), minus(rule.target(net, l), net.activation(l)))


def reached(l, net=three, rule=TP, given=()):
    return Equal(moved_output(l, net, rule), matmul(-alpha, net.error), given=given)


def survival(net, l):
    """P_l = W_L ... W_{l+1} W_{l+1}+ ... W_L+: how much of a proposed move of the output survives."""
    return matmul(net.product(net.depth, l + 1), TP.backward(net, l))


def survives(l, net=three, rule=TP, given=()):
    """The proposed move of the output survives: P_l e = e, which is to reach for every alpha."""
    moved = matmul(net.product(net.depth, l + 1), rule.error_signal(net, l))
    return Equal(moved, net.error, given=given)


def full(net):
    return from_the_second(full_row_rank, net)


@theorem(
    r"At any depth a target of layer $l$ moves the output by $-\alpha P_l e$, $P_l = W_L \cdots W_{l+1} W_{l+1}^+ "
    r"\cdots W_L^+$"
)
def targets_move_the_output():
    r"""Substitute $t_l - x_l = -\alpha W_{l+1}^+ \cdots W_L^+ e$; the loss and biases do not matter (Meulemans et al.,
    2020).
    """
    return at_every_layer(
        Equal(moved_output(l, biased), matmul(-alpha, biased.product(L, l + 1), TP.backward(biased, l), biased.error))
    )


@theorem("Pseudo-inverse targets reach the output target when every weight above has full row rank")
def targets_reach_the_output():
    """$W W^+ = I$ for the highest weight, then for the next: $P_l$ telescopes to $I$ (Meulemans et al., 2020)."""
    full = full_row_rank(three.weight(2), three.weight(3))
    return [Equal(moved_output(l), matmul(-alpha, three.error), given=[full]) for l in (1, 2)]


@theorem(r"At any depth, any batch, loss and biases, full row rank of $W_2, \dots, W_L$ lets all targets reach")
def targets_reach_at_any_depth():
    """Induction from the output down: $W_{l+1} W_{l+1}^+ = I$ stands in the middle of $P_l$ (Meulemans et
    al., 2020).
    """
    return at_every_layer(reached(l, biased), given=full(biased))


@theorem("At any depth TP's feedback is a right inverse of the layers above if these have full row rank: $P_l = I$")
def output_moves_survive():
    """The innermost product $W_{l+1} W_{l+1}^+$ is the identity, and then the next is (Meulemans et al., 2020)."""
    above = matmul(deep.product(L, l + 1), TP.backward(deep, l))
    return at_every_layer(Equal(above, Identity(deep.widths[L])), given=full(deep))


@theorem("At depth 2 the target of layer 1 reaches exactly if the error lies in the image of $W_2$")
def exact_condition_at_depth_two():
    """$P_1 = W_2 W_2^+$ is the orthogonal projection on that image (Penrose, 1955)."""
    free = DeepLinearNetwork(depth=2, loss="any")
    within = ImageWithin(free.error, free.weight(2))
    return [ImageWithin(free.error, free.weight(2), given=survives(1, free)), survives(1, free, given=within)]


@theorem("At depth 3, if TP's target of layer 1 reaches, so does that of layer 2, and so does GN's of layer 1")
def who_reaches_below_reaches_above():
    """$e$ lies in the image of $W_3 W_2$, and so of $W_3$: enough for layer 2 and for GN. New here as far
    as we know.
    """
    free = DeepLinearNetwork(depth=3, loss="any")
    return [survives(2, free, given=survives(1, free)), survives(1, free, GN, given=survives(1, free))]


@theorem("At depth 3, GN's target of layer 1 reaches exactly if the error lies in the image of $W_3 W_2$")
def gauss_newton_reaches_what_can_be_reached():
    """$W_3 W_2 (W_3 W_2)^+$ is the orthogonal projection on that image (Meulemans et al., 2020)."""
    free = DeepLinearNetwork(depth=3, loss="any")
    within = ImageWithin(free.error, free.product(3, 2))
    return [
        survives(1, free, GN, given=within),
        ImageWithin(free.error, free.product(3, 2), given=survives(1, free, GN)),
    ]


@theorem("At depth 3, $P_1 = I$ only if $W_3$ and $W_3 W_2$ have full row rank")
def necessary_ranks():
    """$P_1 = I$ factors through $W_3$ and through $W_3 W_2$. New here as far as we know."""
    one = Equal(survival(three, 1), Identity(W3.rows))
    return [Equal(matmul(W, Pinv(W)), Identity(W3.rows), given=one) for W in (W3, matmul(W3, W2))]


@theorem("At depth 2, a target of layer 1 moves the output to the nearest point that $W_2$ can reach")
def targets_move_as_far_as_they_can():
    """$|P_1 e|^2 + |e - P_1 e|^2 = |e|^2$, for the orthogonal projection $P_1$ (Penrose, 1956)."""
    moved = matmul(survival(two, 1), two.error)
    rest = squared_norm(minus(two.error, moved))
    return Equal(squared_norm(two.error), squared_norm(moved) + rest)


@theorem(
    "At depth 3, $P_1 = W_3 W_2 (W_3 W_2)'$ if $W_2$ and $W_3$ are partial isometries: symmetric, but no projection"
)
def survival_for_isometries():
    """$W_l^+ = W_l'$. New here as far as we know."""
    product = matmul(W3, W2)
    return Equal(survival(three, 1), matmul(product, T(product)), given=partial_isometry(W2, W3))


@theorem(r"At any depth BP's targets reach too if $W_2, \dots, W_L$ have orthonormal rows")
def targets_of_backprop_reach():
    """$W W' = I$ takes the place of $W W^+ = I$ (Ahmad, van Gerven and Ambrogioni, 2020, for orthogonal weights)."""
    rows = Equal(matmul(deep.weight(k), T(deep.weight(k))), Identity(deep.widths[k]))
    return at_every_layer(reached(l, deep, BP), given=ForAll(rows, (k, 2, L)))


@theorem("At depth 2, 3 and 4, learned inverses make targets reach if each is a right inverse of its weight")
def learned_right_inverses_reach():
    """Only $W V = I$ is asked for; $V$ need not be the pseudo-inverse (Lee et al., 2015)."""
    claims = []
    for some in (DeepLinearNetwork(depth=depth) for depth in (2, 3, 4)):
        layers = range(2, some.depth + 1)
        products = [(matmul(some.weight(j), learned.feedback(some, j)), Identity(some.widths[j])) for j in layers]
        claims.append(reached(1, some, learned, given=[Equal(*pair) for pair in products]))
    return claims


@theorem(
    r"At depth 2, damping leaves the fraction $\lambda (W W' + \lambda I)^{-1}$ of the error, $W = W_2$, unreached"
)
def damped_targets_fall_short():
    r"""$W W' = (W W' + \lambda I) - \lambda I$ (Meulemans et al., 2020)."""
    gram = matadd(matmul(V, T(V)), matmul(damping, Identity(V.rows)))
    short = matmul(alpha * damping, Inverse(gram), two.error)
    return Equal(moved_output(1, two, damped), matadd(matmul(-alpha, two.error), short))


@conjecture("Targets reach at depth 2 without a condition")
def targets_always_reach():
    """$W_2 = 0$, or $(1, 0)'$: the error has a part that $W_2$ cannot produce."""
    return reached(1, two)


@conjecture("Targets reach at depth 2 if $W_2$ has full column rank")
def full_column_rank_suffices():
    """$W_2 = (1, 0)'$ has it."""
    return reached(1, two, given=full_column_rank(V))


@conjecture("At depth 3 the target of layer 1 reaches if $W_3 W_2$ has full row rank")
def full_row_rank_of_the_product_suffices():
    r"""$W_3 = (1, 1)$, $W_2 = \operatorname{diag}(1, 0)$: $W_3^+$ proposes $(1/2, 1/2)'$, and $W_2$ makes
    half of that.
    """
    return reached(1, given=full_row_rank(matmul(W3, W2)))


@conjecture("At depth 3, $P_1 = I$ only if $W_2$ has full row rank")
def full_row_rank_is_necessary():
    r"""$W_3 = (1, 0)$, $W_2 = \operatorname{diag}(1, 0)$: $W_2$ lacks only what $W_3$ never asks for."""
    return Equal(matmul(W2, Pinv(W2)), Identity(W2.rows), given=Equal(survival(three, 1), Identity(W3.rows)))


@conjecture("At depth 3 the target of layer 1 reaches if that of layer 2 does")
def who_reaches_above_reaches_below():
    """$W_2$ may still be zero."""
    return reached(1, given=survives(2))


@conjecture("$P_1$ is symmetric at depth 3, as it is at depth 2")
def survival_is_symmetric():
    """$W_3$ may be skew to the projection $W_2 W_2^+$."""
    return Equal(T(survival(three, 1)), survival(three, 1))


@conjecture("$P_1$ is a projection at depth 3, as it is at depth 2")
def survival_is_a_projection():
    r"""$P_1 = \tfrac{1}{2}$ for $W_3 = (1, 1)$, $W_2 = \operatorname{diag}(1, 0)$."""
    return Equal(matmul(survival(three, 1), survival(three, 1)), survival(three, 1))


@conjecture("BP's target of layer 1 reaches at depth 2 if $W_2$ has full row rank")
def targets_of_backprop_reach_for_full_row_rank():
    """$W_2 W_2' = I$ is asked for."""
    return reached(1, two, BP, given=full_row_rank(V))


@conjecture("Damped targets reach at depth 2 if $W_2$ is invertible")
def damped_targets_reach():
    """The damping takes its share."""
    square = DeepLinearNetwork(widths=(V.cols, V.cols, V.cols))
    return reached(1, square, damped, given=invertible(square.weight(2)))


@conjecture("If a target reaches at depth 2 for full row rank, TP's feedback is a left inverse of $W_2$ as well")
def the_right_inverse_is_a_left_inverse():
    """$W_2^+ W_2$ projects on the rows: activations are not recovered, only moved by the least amount."""
    return Equal(matmul(Pinv(V), V), Identity(V.cols), given=full_row_rank(V))
