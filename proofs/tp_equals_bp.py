"""When does target propagation make the same updates as backpropagation, or parallel ones?

Equal if the weights above the first are partial isometries, which at depth 2 is necessary for all data and from depth
3 on is not; parallel if these are scaled.
"""

from tptheory.preamble import *

c = Symbol("c")
W2, W3 = three.weight(2), three.weight(3)
V = two.weight(2)


def isometries(net):
    return from_the_second(partial_isometry, net)


def scaled_isometry(W, ratio=c):
    """W W'W = c W: all nonzero singular values of W are equal."""
    return Equal(matmul(W, T(W), W), matmul(ratio, W))


@theorem("TP is BP when every weight above the first is a partial isometry")
def tp_equals_bp():
    """$W W' W = W$ makes $W'$ satisfy the four Penrose equations, so that $W^+ = W'$. New here as far as we know."""
    isometries = partial_isometry(three.weight(2), three.weight(3))
    return [Equal(TP.update(three, l), BP.update(three, l), given=[isometries]) for l in (1, 2, 3)]


@theorem(r"TP is BP at any depth, for any batch and loss and with biases, if $W_2, \dots, W_L$ are partial isometries")
def tp_equals_bp_at_any_depth():
    """$W_l^+ = W_l'$, from the output down, and the feedback agrees; $W_1$ does not matter. New here as far
    as we know.
    """
    pairs = [(TP.backward, BP.backward), (TP.update, BP.update), (TP.bias_update, BP.bias_update)]
    return [
        at_every_layer(Equal(ours(biased, l), theirs(biased, l)), given=isometries(biased)) for ours, theirs in pairs
    ]


@theorem(r"TP is BP at any depth if $W_2, \dots, W_L$ are orthogonal")
def tp_equals_bp_for_orthogonal_weights():
    """$W'W = I$ and $WW' = I$ make $W'$ the inverse (Ahmad, van Gerven and Ambrogioni, 2020, for orthogonal
    weights).
    """
    given = from_the_second(orthogonal, deep)
    return at_every_layer(Equal(TP.update(deep, l), BP.update(deep, l)), given=given)


@theorem("At depth 2, TP has BP's feedback exactly if $W_2$ is a partial isometry")
def isometry_is_necessary_at_depth_two():
    """$W_2 = W_2 W_2^+ W_2 = W_2 W_2' W_2$ (Erdelyi, 1966, on matrices); as a statement on TP new as far as we know."""
    same = Equal(TP.backward(two, 1), BP.backward(two, 1))
    return [
        Equal(matmul(V, T(V), V), V, given=same),
        Equal(*same.equations()[0], given=partial_isometry(V)),
    ]


@theorem("At depth 2, equal updates of $W_1$ on independent inputs whose errors span all make $W_2$ a partial isometry")
def equal_updates_force_an_isometry():
    """Cancel the inputs and the errors in $W_2^+ D X' = W_2' D X'$. New here as far as we know."""
    net = DeepLinearNetwork(depth=2, batch=B, loss="any")
    W, spanning = net.weight(2), [full_column_rank(net.input), full_row_rank(net.error)]
    return Equal(matmul(W, T(W), W), W, given=[Equal(TP.descent(net, 1), BP.descent(net, 1)), *spanning])


@theorem("At depth 2, updates of $W_1$ in a fixed ratio $c$ on such data give $W_2 W_2'W_2 = c W_2$")
def proportional_updates_force_a_scaled_isometry():
    """The same, with $c W_2^+ = W_2'$ in the end. New here as far as we know."""
    net = DeepLinearNetwork(depth=2, batch=B, loss="any")
    W, spanning = net.weight(2), [full_column_rank(net.input), full_row_rank(net.error)]
    ratio = Equal(matmul(c, TP.descent(net, 1)), BP.descent(net, 1))
    return Equal(matmul(W, T(W), W), matmul(c, W), given=[ratio, *spanning])


@theorem("At depth 3, TP is BP at a layer exactly where their feedback products agree, whatever the single weights are")
def exact_condition():
    """$W_2^+ W_3^+ = W_2' W_3'$ is all that the update of $W_1$ asks for, and $W_3^+ = W_3'$ all that $W_2$'s does.

    We know no source.
    """
    return [
        Equal(TP.update(three, l), BP.update(three, l), given=Equal(TP.backward(three, l), BP.backward(three, l)))
        for l in (1, 2)
    ]


@theorem(
    "At depth 3 with invertible $W_2$ and $W_3$, TP has BP's feedback to layer 1 exactly if $W_3 W_2$ is orthogonal"
)
def invertible_weights():
    """The one is the inverse of the product, the other its transpose; single weights need not be orthogonal.

    We know no source.
    """
    product, inverses = matmul(W3, W2), invertible(W2, W3)
    same = Equal(TP.backward(three, 1), BP.backward(three, 1))
    return [
        Equal(matmul(product, T(product)), Identity(W3.rows), given=[same, inverses]),
        Equal(*same.equations()[0], given=[Equal(matmul(product, T(product)), Identity(W3.rows)), inverses]),
    ]


@theorem("At depth 2, $c$ times TP's update of $W_1$ is BP's if $W_2 W_2'W_2 = c W_2$, and the two are parallel")
def parallel_for_scaled_isometries():
    """Then $c W_2^+ = W_2'$. New here as far as we know."""
    ours, theirs = TP.update(two, 1), BP.update(two, 1)
    return [
        Equal(matmul(c, ours), theirs, given=scaled_isometry(V)),
        Parallel(ours, theirs, given=scaled_isometry(V)),
    ]


@theorem(
    "At depth 3, 4 and 5, BP's update of $W_1$ is the product of all $c_l$ times TP's if each $W_l W_l'W_l = c_l W_l$"
)
def parallel_at_fixed_depth():
    """$c_l W_l^+ = W_l'$, layer by layer. New here as far as we know."""
    claims = []
    for depth in (3, 4, 5):
        net, ratios = DeepLinearNetwork(depth=depth), symbols(f"c_2:{depth + 1}")
        given = [scaled_isometry(W, ratio) for W, ratio in zip(net.weights[1:], ratios, strict=True)]
        claims.append(Equal(matmul(*ratios, TP.update(net, 1)), BP.update(net, 1), given=given))
    return claims


@theorem("A matrix of rank at most one is a scaled partial isometry: $W W'W = |W|^2 W$")
def rank_one_is_a_scaled_isometry():
    """For $W = u v'$ both sides are $|u|^2 |v|^2 u v'$: folklore."""
    return Equal(matmul(V, T(V), V), matmul(squared_norm(V), V), given=rank_one(V))


@theorem("At depth 2, BP's update of $W_1$ is $|W_2|^2$ times TP's if $W_2$ has rank one, as it has with one output")
def parallel_for_rank_one():
    """$W_2 W_2'W_2 = |W_2|^2 W_2$, the seed's case. New here as far as we know."""
    return Equal(matmul(squared_norm(V), TP.update(two, 1)), BP.update(two, 1), given=rank_one(V))


@theorem("Above a layer of rank one it does not matter what feedback arrives: $W_2^+ p$ and $W_2' q$ are parallel")
def parallel_right_above_rank_one():
    """$|W_2|^2 W_2^+ = W_2'$, and $W_2' p$ and $W_2' q$ are multiples of $v$, for $W_2 = u v'$. New here as far as we
    know.
    """
    P, Q = MatrixSymbol("p", V.rows, 1), MatrixSymbol("q", V.rows, 1)
    return [
        Equal(matmul(squared_norm(V), Pinv(V)), T(V), given=rank_one(V)),
        Parallel(matmul(T(V), P), matmul(T(V), Q), given=rank_one(V)),
    ]


@theorem(
    r"At depth 2 to 6, TP preconditions BP in the last hidden layer: $G^{\mathrm{TP}} = (W_L'W_L)^+ G^{\mathrm{BP}}$"
)
def tp_preconditions_bp():
    """$W^+ = (W'W)^+ W'$, and back $W' = W'W W^+$: a Gauss-Newton step in that layer (Meulemans et al., 2020)."""
    claims = []
    for net in (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3, 4, 5, 6)):
        W, last = net.weight(net.depth), net.depth - 1
        ours, theirs, gram = TP.descent(net, last), BP.descent(net, last), matmul(T(W), W)
        claims += [Equal(ours, matmul(Pinv(gram), theirs)), Equal(theirs, matmul(gram, ours))]
    return claims


@theorem(
    r"At depth 2, $\langle G_1^{\mathrm{TP}}, G_1^{\mathrm{BP}}\rangle = |W_2 W_2^+ D X'|^2$: TP never turns $W_1$ "
    "against the gradient"
)
def tp_and_bp_at_an_acute_angle():
    """The trace is cyclic, and $W_2 W_2^+$ a symmetric idempotent. New here as far as we know."""
    net = DeepLinearNetwork(depth=2, batch=B, loss="any")
    W = net.weight(2)
    seen = matmul(W, Pinv(W), net.error, T(net.input))
    return Equal(inner(TP.descent(net, 1), BP.descent(net, 1)), squared_norm(seen))


@theorem(r"At depth 2, damped TP is BP over $1 + \lambda$ if $W_2$ is a partial isometry")
def damped_tp_for_isometries():
    r"""$(W W' + \lambda I)^{-1}$ divides by $1 + \lambda$ on the image of $W$. New here as far as we know."""
    return Equal(matmul(1 + damping, damped.update(two, 1)), BP.update(two, 1), given=partial_isometry(V))


@conjecture("TP is BP at depth 2")
def tp_is_bp():
    """The smallest counterexample is a number other than -1, 0 and 1."""
    return Equal(TP.update(two, 1), BP.update(two, 1))


@conjecture("TP is BP at depth 3 if $W_2$ alone is a partial isometry")
def one_isometry_suffices():
    """The feedback passes through $W_3$ first."""
    return Equal(TP.update(three, 1), BP.update(three, 1), given=partial_isometry(W2))


@conjecture("Equal updates of $W_1$ at depth 2 force a partial isometry on one sample too")
def one_sample_forces_an_isometry():
    """The error may vanish, or lie where $W_2$ happens to keep lengths."""
    return Equal(matmul(V, T(V), V), V, given=Equal(TP.update(two, 1), BP.update(two, 1)))


@conjecture("TP is BP at depth 3 only if $W_2$ is a partial isometry")
def isometry_is_necessary_at_depth_three():
    """All widths 1 and weights 1, 2, 0: the zero above hides the 2."""
    same = [Equal(TP.backward(three, l), BP.backward(three, l)) for l in (1, 2)]
    return Equal(matmul(W2, T(W2), W2), W2, given=same)


@conjecture("TP is BP at depth 3 only if $W_2$ is a partial isometry, or $W_3$ vanishes")
def isometry_is_necessary_unless_the_error_is_cut():
    r"""$W_2 = \operatorname{diag}(1, 2)$ and $W_3 = (1, 0)$: what comes down never meets the 2."""
    same = [Equal(TP.backward(three, l), BP.backward(three, l)) for l in (1, 2)]
    return Equal(matmul(W2, T(W2), W2), W2, given=[*same, nonzero(W3)])


@conjecture("Equal feedback at depth 3 forces $W_2$ to be a scaled isometry at least")
def scaled_isometry_is_necessary_at_depth_three():
    r"""The same $W_2 = \operatorname{diag}(1, 2)$: parallel updates say nothing of singular values that the error does
    not meet.
    """
    same = [Equal(TP.backward(three, l), BP.backward(three, l)) for l in (1, 2)]
    return Parallel(matmul(W2, T(W2), W2), W2, given=[*same, nonzero(W3)])


@conjecture("TP's update of $W_1$ is parallel to BP's at depth 2")
def parallel_always():
    """Two different singular values turn the error."""
    return Parallel(TP.update(two, 1), BP.update(two, 1))


@conjecture("TP's update of $W_1$ is parallel to BP's at depth 3 if $W_3$ has rank one")
def parallel_below_rank_one():
    """$W_3$ sends the same direction down under both rules, and then $W_2$ turns it under each in its own way."""
    return Parallel(TP.update(three, 1), BP.update(three, 1), given=rank_one(W3))


@conjecture("Damped TP's update is parallel to BP's at depth 2")
def damped_tp_is_parallel():
    """Damping divides each singular value by another number."""
    return Parallel(damped.update(two, 1), BP.update(two, 1))


@conjecture("TP has BP's feedback at depth 3 if $W_3 W_2$ has orthonormal rows")
def orthonormal_product_suffices():
    """Only with invertible weights: otherwise $W_2^+ W_3^+$ need not be the inverse of the product."""
    rows = Equal(matmul(W3, W2, T(W2), T(W3)), Identity(W3.rows))
    return Equal(TP.backward(three, 1), BP.backward(three, 1), given=rows)
