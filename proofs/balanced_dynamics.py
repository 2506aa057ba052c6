"""How does the end-to-end map move if neighbouring weights are balanced?

At balanced weights the map obeys an equation of its own, which keeps its rank; it does not follow its own gradient,
and TP moves it otherwise than BP.
"""

from tptheory.preamble import *

two, three, four = (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3, 4))
single = DeepLinearNetwork(widths=(n, m, 1), batch=B, loss="any")


def balanced(net):
    """The hypotheses W_{l+1}' W_{l+1} = W_l W_l'."""
    return [Equal(matmul(T(W), W), matmul(V, T(V))) for V, W in zip(net.weights, net.weights[1:], strict=False)]


def velocity(net):
    """The velocity of A = W_L ... W_1 along the BP flow."""
    return BP.flow(net).derivative(net.whole_product)


def gradient_of_the_map(net):
    """G = D_L X', the gradient of the loss in A = W_L ... W_1."""
    return matmul(net.error, T(net.input))


def normal_part(net, of):
    """(I - A A+) of (I - A+ A): what leaves the tangent space at A of the matrices of its rank."""
    A = net.whole_product
    left, right = minus(Identity(A.rows), matmul(A, Pinv(A))), minus(Identity(A.cols), matmul(Pinv(A), A))
    return matmul(left, of, right)


@theorem(r"At balanced weights of depth 2 to 4, $\dot A = -\sum_k S^{L-k} G R^{k-1}$ with $S^L = A A'$, $R^L = A'A$")
def balanced_map_moves_by_itself():
    r"""$S = W_L W_L'$ and $R = W_1' W_1$ are the roots: no other weight counts (Arora, Cohen and Hazan, 2018)."""
    claims = []
    for net in (two, three, four):
        A, depth, first, last = net.whole_product, net.depth, net.weight(1), net.weight(net.depth)
        S, R, G, given = matmul(last, T(last)), matmul(T(first), first), gradient_of_the_map(net), balanced(net)
        terms = [matmul(-1, *[S] * (depth - k), G, *[R] * (k - 1)) for k in range(1, depth + 1)]
        claims += [
            Equal(velocity(net), matadd(*terms), given=given),
            Equal(matmul(*[S] * depth), matmul(A, T(A)), given=given),
            Equal(matmul(*[R] * depth), matmul(T(A), A), given=given),
        ]
    return claims


@theorem("No balanced weight has a rank above the width of the input or of the output, at any depth")
def balanced_weights_have_the_rank_of_the_ends():
    r"""$W_{l+1}' W_{l+1} = W_l W_l'$ gives neighbours one rank (Ji and Telgarsky, 2019, on balanced weights)."""
    W, V, ends = deep.weight(k), deep.weight(k + 1), (deep.widths[0], deep.widths[L])
    given = ForAll(Equal(matmul(T(V), V), matmul(W, T(W))), (k, 1, L - 1))
    return [ForAll(RankAtMost(deep.weight(l), end), (l, 1, L), given=[given]) for end in ends]


@theorem("The map $A$ of balanced weights of depth 2 has the image of $W_2$ and the rows of $W_1$")
def balanced_map_has_the_image_of_the_last_weight():
    """$A A' = (W_2 W_2')^2$ and $A'A = (W_1' W_1)^2$, and no Gram matrix loses rank by squaring (Bah et al., 2022)."""
    (W1, W2), A, given = two.weights, two.whole_product, balanced(two)
    return [
        Equal(matmul(A, Pinv(A)), matmul(W2, Pinv(W2)), given=given),
        Equal(matmul(Pinv(A), A), matmul(Pinv(W1), W1), given=given),
    ]


@theorem("The map $A$ has the image of $W_3$ if $A A' = (W_3 W_3')^3$, and the rows of $W_1$ if $A'A = (W_1' W_1)^3$")
def balanced_map_of_depth_three_has_the_image_of_the_last_weight():
    """Balanced weights of depth 3 have these Gram matrices (Bah et al., 2022)."""
    (W1, _, W3), A = three.weights, three.whole_product
    left = Equal(matmul(A, T(A)), matmul(*[W3, T(W3)] * 3))
    right = Equal(matmul(T(A), A), matmul(*[T(W1), W1] * 3))
    return [
        Equal(matmul(A, Pinv(A), W3), W3, given=[left]),
        Equal(matmul(W1, Pinv(A), A), W1, given=[right]),
    ]


@theorem(
    r"The map keeps its rank, $(I - A A^+) \dot A (I - A^+ A) = 0$, if it has the image of $W_L$ and the rows of $W_1$"
)
def balanced_map_keeps_its_rank():
    """Its velocity lies in that image or in those rows; so do balanced weights of depth 2 and 3 (Bah et al., 2022)."""
    claims = []
    for net in (two, three):
        A, first, last = net.whole_product, net.weight(1), net.weight(net.depth)
        given = [Equal(matmul(A, Pinv(A), last), last), Equal(matmul(first, Pinv(A), A), first)]
        claims.append(Zero(normal_part(net, velocity(net)), given=given))
    return claims


@theorem("With one output and balanced weights of depth 2, $|W_2|^2 W_1' W_1 = A'A$ and $|W_2|^4 = |A|^2$")
def one_output_balanced():
    """$W_1 W_1' = W_2' W_2$ has rank one, so $W_1$ has it too (Arora, Cohen and Hazan, 2018)."""
    W1, W2 = single.weights
    A, length, given = single.whole_product, squared_norm(W2), balanced(single)
    return [
        Equal(matmul(length, T(W1), W1), matmul(T(A), A), given=given),
        Equal(length**2, squared_norm(A), given=given),
    ]


@theorem(r"With one output and balanced weights of depth 2, $|W_2|^2 \dot A = -|W_2|^4 G - G A'A$")
def one_output_accelerates():
    r"""$\dot A = -|A| (G + G A'A / |A|^2)$: faster along the map than across (Arora, Cohen and Hazan, 2018)."""
    A, G, length = single.whole_product, gradient_of_the_map(single), squared_norm(single.weight(2))
    moves = matadd(matmul(-(length**2), G), matmul(-1, G, T(A), A))
    return Equal(matmul(length, velocity(single)), moves, given=balanced(single))


@conjecture(r"At any weights of depth 2 the map keeps to its rank: $(I - A A^+) \dot A (I - A^+ A) = 0$")
def every_map_keeps_its_rank():
    """False: $W_2$ may have an image that $A$ lacks, in which the rank of $A$ grows."""
    net = DeepLinearNetwork(depth=2, loss="any")
    return Zero(normal_part(net, velocity(net)))


@conjecture("At balanced weights of depth 2 the TP flow moves the map as the BP flow does")
def tp_moves_a_balanced_map_as_bp():
    """False: balance makes the weights alike, and not orthogonal."""
    net = DeepLinearNetwork(depth=2, loss="any")
    return Equal(TP.flow(net).derivative(net.whole_product), velocity(net), given=balanced(net))


@conjecture(r"At balanced weights of depth 2 the map moves straight down its own gradient, $\dot A \parallel -G$")
def balanced_map_follows_the_gradient():
    """False: the roots of $A A'$ and $A'A$ stretch the step."""
    net = DeepLinearNetwork(depth=2, loss="any")
    return Parallel(velocity(net), gradient_of_the_map(net), given=balanced(net))


@conjecture("A BP step keeps balanced weights balanced, at depth 2")
def a_step_keeps_balance():
    r"""False at widths 2-1-1: it leaves $\eta^2 (G_2' G_2 - G_1 G_1')$."""
    net = DeepLinearNetwork(widths=(2, 1, 1))
    return Zero(BP.step(net).after(balance(net, 1)), given=[Zero(balance(net, 1))])
