r"""Which claims of the seed hold, the two notebooks that this project grew from, and what do their programs do?

Its targets and gradients are right; that updates are constant, that a batch has rank one and that TP is BP at rank one
are not, and its step counts $\alpha$ twice.
"""

from tptheory.preamble import *

batch, pair = DeepLinearNetwork(depth=2, batch=B), DeepLinearNetwork(depth=1, batch=2)
W, V = two.weight(2), learned.feedback(two, 2)
u, v = MatrixSymbol("u", W.rows, 1), MatrixSymbol("v", W.cols, 1)


def unit_rank_one(net):
    """W_2 = u v' with unit vectors, as the seed draws it."""
    units = [Equal(matmul(T(w), w), Identity(1)) for w in (u, v)]
    return [Equal(net.weight(2), matmul(u, T(v))), *units]


def moved_output(rule, net):
    """How far the output moves when the hidden layer moves to its target."""
    return matmul(net.weight(2), minus(rule.target(net, 1), net.activation(1)))


@theorem(r"The seed's targets, $x_l - W_{l+1}^+ x_{l+1} + W_{l+1}^+ t_{l+1}$, are $x_l - \alpha d_l$ at any depth")
def seed_targets():
    """The difference $t - x$ passes down by $W^+$ alone, as the error signal does (Lee et al., 2015)."""
    step = lambda k, t: matadd(deep.activation(k), matmul(Pinv(deep.weight(k + 1)), minus(t, deep.activation(k + 1))))  # noqa: E731
    t = Recursion("t", 0, L, TP.target(deep, L), step, lambda k: (deep.widths[k], 1), downward=True)
    return ForAll(Equal(t(l), TP.target(deep, l)), (l, 0, L))


@theorem(r"The seed's TP step, $-\alpha (x_l - t_l) x_{l-1}'$, is $-\alpha^2 G_l$ at any depth: $\alpha$ counts twice")
def alpha_counts_twice():
    r"""$x_l - t_l = \alpha d_l$ already (found in the seed's `train_weights_targ`). We know no source."""
    step = matmul(-alpha, minus(deep.activation(l), TP.target(deep, l)), T(deep.activation(l - 1)))
    return at_every_layer(Equal(step, matmul(-(alpha**2), TP.descent(deep, l))))


@theorem(
    "The seed's $dL/dW$, the outer product of $d_l$ and $x_{l-1}$, is the gradient of the loss under BP, at depth 2"
)
def outer_products_are_gradients():
    """Reverse differentiation of the loss itself (Rumelhart, Hinton and Williams, 1986)."""
    return [Equal(gradient(batch.loss, batch.weight(l)), BP.descent(batch, l)) for l in (1, 2)]


@theorem("With the seed's weights, $W_2 = u v'$ for unit vectors $u$ and $v$, the first TP update is the BP update")
def the_seed_cannot_tell_tp_from_bp():
    """$u v'$ is a partial isometry, so that $W_2^+ = W_2'$ (we know no source)."""
    return Equal(TP.update(two, 1), BP.update(two, 1), given=unit_rank_one(two))


@theorem("With the seed's weights, $W_2 = u v'$ for unit vectors, the hidden target moves the output along $u$ only")
def seed_targets_move_along_one_direction():
    """$W_2 W_2^+ = u u'$: the rest of the output's error is out of reach (we know no source)."""
    return Equal(moved_output(TP, batch), matmul(-alpha, u, T(u), batch.error), given=unit_rank_one(batch))


@theorem("BP's error may stand in for TP's after a step, as in the seed, if $W_2$ is a partial isometry, at depth 2")
def borrowed_errors_at_a_partial_isometry():
    """The two steps agree then, and so do the outputs after them (we know no source)."""
    return Equal(TP.step(two).after(two.error), BP.step(two).after(two.error), given=[partial_isometry(W)])


@theorem("A learned inverse reaches the output's target if it is a right inverse, $W_2 V_2 = I$, at depth 2")
def right_inverses_reach():
    """$W_2 V_2 e = e$ (compare Lee et al., 2015)."""
    return Equal(moved_output(learned, two), matmul(-alpha, two.error), given=[Equal(matmul(W, V), Identity(V.cols))])


@theorem(
    r"The gradient of the reconstruction loss $\tfrac{1}{2} |V W_2 X_1 - X_1|^2$ in $V$ is $(V W_2 - I) X_1 X_1' W_2'$"
)
def reconstruction_gradient():
    """It is $W_2^+$ that makes it vanish for white $X_1$, $X_1 X_1' = I$, at any shape of $W_2$ (we know no source)."""
    X, U = batch.activation(1), batch.weight(2)
    V = MatrixSymbol("V", U.cols, U.rows)
    slope = gradient(squared_norm(minus(matmul(V, U, X), X)) / 2, V)
    formula = matmul(minus(matmul(V, U), Identity(U.cols)), X, T(X), T(U))
    white = Equal(matmul(X, T(X)), Identity(U.cols))
    return [Equal(slope, formula), Zero(formula, given=[Equal(V, Pinv(U)), white])]


@conjecture(r"$x_l + \alpha dL/dx_l = x_l + \alpha x_{l-1}$, where the widths agree")
def gradients_are_previous_activations():
    """False: $dL/dx_l$ is $d_l$. It is $dL/dW_l$ that has $x_{l-1}$ in it, beside $d_l$."""
    n = Symbol("n", integer=True, positive=True)
    square = DeepLinearNetwork(widths=(n, n, n))
    x = square.activation
    claimed = matadd(x(1), matmul(alpha, x(0)))
    return Equal(matadd(x(1), matmul(alpha, BP.error_signal(square, 1))), claimed)


@conjecture("$x_L - y$ is the negative gradient of the squared error")
def error_is_the_negative_gradient():
    """False by the sign: it is the gradient, as the seed's steps need it in spite of its comment."""
    output = MatrixSymbol("z", *two.target.shape)
    error = minus(output, two.target)
    return Equal(matmul(-1, gradient(squared_norm(error) / 2, output)), error)


@conjecture("$dL/dW$ has rank one for a batch")
def batch_gradients_have_rank_one():
    """False: one sample gives rank one, two give two."""
    return RankAtMost(BP.update(pair, 1), 1)


@conjecture("$dL/dW$ does not change over training steps of BP, at depth 2")
def gradients_are_constant():
    """False: in the seed every entry of a list was one and the same list, overwritten by the last step."""
    return Conserved(BP.update(two, 1), along=BP.step(two))


@conjecture("BP's error may stand in for TP's after a step, as in the seed, at depth 2")
def borrowed_errors():
    """False in general: the two networks have different weights after one step."""
    return Equal(TP.step(two).after(two.error), BP.step(two).after(two.error))


@conjecture("TP is BP for every $W_2$ of rank one, at depth 2")
def tp_is_bp_at_rank_one():
    """False: the length of the one singular value counts, and the seed's is 1."""
    return Equal(TP.update(two, 1), BP.update(two, 1), given=[rank_one(W)])


@conjecture("With the seed's weights, $W_2 = u v'$ for unit vectors, TP and BP make the same second update of $W_1$")
def the_seed_cannot_tell_them_apart_later():
    """False: the first step leaves the partial isometries."""
    after_tp, after_bp = (rule.step(two).after(rule.update(two, 1)) for rule in (TP, BP))
    return Equal(after_tp, after_bp, given=unit_rank_one(two))


@conjecture("A learned inverse that reconstructs the hidden layer exactly, $V_2 W_2 = I$, reaches the output's target")
def reconstruction_is_enough():
    """False for a narrow hidden layer: reconstruction trains a left inverse, targets need a right one."""
    return Equal(moved_output(learned, two), matmul(-alpha, two.error), given=[Equal(matmul(V, W), Identity(V.rows))])
