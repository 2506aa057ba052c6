"""How many directions does one update have?

One for one sample; for a batch at most the ranks of its errors and inputs, and without biases at most the width of the
narrowest layer.
"""

from tptheory.preamble import *

two, three, four = (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3, 4))

LAYERWISE = (BP, TP, damped, FA, learned)


@theorem("At any depth, one sample's update has rank at most one, under every rule with a feedback operator")
def one_sample_updates_have_rank_one():
    """The update is an outer product: a column $d_l$ times a row $x_{l-1}'$ (Rumelhart, Hinton and Williams, 1986)."""
    return [at_every_layer(RankAtMost(rule.update(deep, l), 1)) for rule in (*LAYERWISE, GN, kaczmarz)]


@theorem("At depth up to 4, one sample changes each $W_l$ and each $P_l$ by rank at most one under RLS")
def recursive_least_squares_has_rank_one():
    """The gain is $x'P$ over a number, and $P$ changes by $P x x'P$ over that number (Haykin, 2002)."""
    rls, nets = RLS, [DeepLinearNetwork(depth=depth) for depth in (1, 2, 3, 4)]
    return [RankAtMost(change, 1) for net in nets for change in rls.step(net).values()]


@theorem(
    r"At any depth $\operatorname{rank} dW_l$ is at most $B$, $n_l$, $n_{l-1}$, $\operatorname{rank} D_L$, "
    r"$\operatorname{rank} X_{l-1}$ and the feedback's rank"
)
def rank_bound():
    """The update factors through each of them, with biases or without; the loss does not matter (folklore)."""
    own = [B, biased.widths[l], biased.widths[l - 1], biased.error, biased.activation(l - 1)]
    return [at_every_layer(RankAtMost(rule.update(biased, l), [*own, rule.backward(biased, l)])) for rule in LAYERWISE]


@theorem("Without biases, an update's rank is at most every width of the network, at depth up to 6")
def no_update_outgrows_the_narrowest_layer():
    """The feedback factors through the widths above, the activation through those below (folklore)."""
    return [
        RankAtMost(rule.update(net, k), [*net.widths, net.error, net.input])
        for rule in LAYERWISE
        for depth in (1, 2, 3, 4, 5, 6)
        for net in [DeepLinearNetwork(depth=depth, batch=B, loss="any")]
        for k in net.layers
    ]


@theorem("At depth up to 5, a layer of rank one makes the BP updates of all others have rank at most one")
def a_layer_of_rank_one():
    """$W_k = u v'$ stands in the feedback of every layer below, and in the input of every layer above (folklore)."""
    return [
        RankAtMost(BP.update(net, j), 1, given=rank_one(net.weight(k)))
        for depth in (2, 3, 4, 5)
        for net in [DeepLinearNetwork(depth=depth, batch=B, loss="any")]
        for k in net.layers
        for j in net.layers
        if j != k
    ]


@theorem("At depth 4, DFA, GN and Newton keep the bounds by $B$, the errors and the layer's own input")
def direct_rules_have_rank_at_most_the_batch():
    """One factor of each is $D_L$, one is $X_{l-1}$; what stands around them cannot raise a rank. We know no source."""
    return [
        RankAtMost(rule.update(four, k), [B, four.error, four.activation(k - 1)])
        for rule in (DFA, GN, newton)
        for k in four.layers
    ]


@theorem("At any depth an update stays within the image of the feedback and the span of the inputs")
def update_image():
    r"""$dW_l = -\eta (M_{l+1} \cdots M_L) (D_L X_{l-1}')$: its columns come from the left factor, its rows from
    $X_{l-1}$.

    We know no source.
    """
    return [
        at_every_layer(claim)
        for rule in (*LAYERWISE, GN)
        for claim in (
            ImageWithin(rule.update(batched, l), rule.backward(batched, l)),
            RowSpaceWithin(rule.update(batched, l), T(batched.activation(l - 1))),
        )
    ]


@theorem("At any depth, TP moves a hidden layer only within the row space of the next weight, as BP does")
def hidden_updates_stay_within_the_rows_above():
    """Both $W'$ and $W^+$ have the image of $W'$, so that $W^+W$ leaves both updates as they are (Penrose, 1955)."""
    above = batched.weight(l + 1)
    return [
        at_hidden_layers(Equal(matmul(Pinv(above), above, rule.descent(batched, l)), rule.descent(batched, l)))
        for rule in (BP, TP)
    ]


@theorem("All gradients of a linear network of any depth come from one matrix, the error times the input")
def collapsed_gradient():
    r"""$G_l = (M_{l+1} \cdots M_L) (D_L X_0') (W_{l-1} \cdots W_1)'$: every layer multiplies the same $n_L$ by $n_0$
    matrix.

    We know no source.
    """
    collapsed, below = matmul(batched.error, T(batched.input)), batched.product(l - 1, 1)
    return [
        at_every_layer(Equal(batched.activation(l - 1), matmul(below, batched.input))),
        *(
            at_every_layer(Equal(rule.descent(batched, l), matmul(rule.backward(batched, l), collapsed, T(below))))
            for rule in (*LAYERWISE, GN)
        ),
    ]


@theorem("The end-to-end map moves by a preconditioned gradient at depth 2, 3 and 4")
def end_to_end_motion():
    """Differentiate the product: each layer adds $A_l A_l' (D X_0') B_l' B_l$ (Arora, Cohen and Hazan, 2018)."""
    claims = []
    for net in (two, three, four):
        whole, terms = net.product(net.depth, 1), []
        for k in net.layers:
            above, below = net.product(net.depth, k + 1), net.product(k - 1, 1)
            G = matmul(net.error, T(net.input))
            terms.append(matmul(above, T(above), G, T(below), below))
        claims.append(Equal(BP.flow(net).derivative(whole), matmul(-1, matadd(*terms))))
    return claims


@theorem("At any depth $W_1 N$ stands still, in every step, for directions $N$ orthogonal to all inputs")
def unseen_directions_stand_still():
    """Every update of $W_1$ ends in $X_0'$, and $X_0' N = 0$; the rule does not matter (folklore)."""
    N = MatrixSymbol("N", batched.widths[0], Symbol("p", integer=True, positive=True))
    unseen, given = matmul(batched.weight(1), N), [OrthogonalImages(batched.input, N)]
    return [Conserved(unseen, along=rule.step(batched), given=given) for rule in LAYERWISE]


@conjecture("A batch's update has rank at most one")
def batches_have_rank_one():
    """It is a sum of $B$ outer products: two samples are enough."""
    return RankAtMost(BP.update(DeepLinearNetwork(depth=1, batch=2, loss="any"), 1), 1)


@conjecture("With biases, a single input unit still makes every update have rank at most one")
def a_narrow_layer_below_a_bias():
    """An affine image of $n_0$ dimensions has rank up to $n_0 + 1$: the bias adds a direction of its own."""
    net = DeepLinearNetwork(widths=(1, *two.widths[1:]), batch=2, biases=True, loss="any")
    return RankAtMost(BP.update(net, 2), 1)


@conjecture("Under DFA a single hidden unit above bounds the rank of an update")
def direct_feedback_and_a_narrow_layer():
    """The fixed $B_1$ takes the output error round the layer between."""
    net = DeepLinearNetwork(widths=(*three.widths[:2], 1, three.widths[3]), batch=2, loss="any")
    return RankAtMost(DFA.update(net, 1), 1)


@conjecture("Under FA a layer of rank one makes the updates below it have rank at most one")
def feedback_alignment_and_a_layer_of_rank_one():
    """The fixed $B_2$ does not know the rank of $W_2$."""
    net = DeepLinearNetwork(depth=2, batch=2)
    return RankAtMost(FA.update(net, 1), 1, given=rank_one(net.weight(2)))


@conjecture("TP's update never has a larger rank than BP's")
def the_ranks_of_tp_and_bp():
    """$W_3' e$ may be orthogonal to the image of $W_2$ where $W_3^+ e$ is not."""
    return RankAtMost(TP.update(three, 1), BP.update(three, 1))


@conjecture("GN's update never has a larger rank than TP's")
def the_ranks_of_gn_and_tp():
    """$W_2^+ W_3^+ e$ may vanish where $(W_3 W_2)^+ e$ does not."""
    return RankAtMost(GN.update(three, 1), TP.update(three, 1))


@conjecture("One step on one sample changes the end-to-end map by a matrix of rank at most one")
def the_step_of_the_end_to_end_map():
    r"""Two layers move in their own directions: $e_2 (\dots)' + W_2 W_2' e_2 x'$ has rank two."""
    net = DeepLinearNetwork(depth=2)
    whole = net.product(2, 1)
    return RankAtMost(minus(BP.step(net).after(whole), whole), 1)


@conjecture("DFA moves a hidden layer only within the row space of the next weight")
def direct_feedback_within_the_rows_above():
    """The image of a fixed $B_1$ has nothing to do with $W_2$."""
    return ImageWithin(DFA.update(two, 1), T(two.weight(2)))


@conjecture("With biases, the first layer's bias keeps to the span of the inputs")
def biases_leave_the_span_of_the_inputs():
    """The bias moves by the sum of the errors, in which no input stands."""
    net = DeepLinearNetwork(widths=(two.widths[0], two.widths[0]), batch=B, biases=True, loss="any")
    return ImageWithin(BP.bias_update(net, 1), net.input)
