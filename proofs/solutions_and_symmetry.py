"""Which weights are solutions, and which changes of coordinates does learning not notice?

Those with the output of least squares; the flows do not notice rotations of the hidden coordinates, and TP's hidden
targets notice no invertible change where the next weight has full column rank.
"""

from tptheory.preamble import *

three = DeepLinearNetwork(depth=3, batch=B)
best = matmul(three.target, Pinv(three.input), three.input)
n, (W1, W2) = deep.widths, two.weights
g, h = (MatrixSymbol(name, W1.rows, W1.rows) for name in "gh")
inverses = [Equal(matmul(g, h), Identity(g.rows)), Equal(matmul(h, g), Identity(g.rows))]


def recoordinated(expression, back=h):
    """The expression at the weights g W_1, W_2 h: the hidden layer in other coordinates, h the inverse of g."""
    return substitute(expression, {W1: matmul(g, W1), W2: matmul(W2, back)})


@theorem(
    "The squared error is $|Y X^+ X - Y|^2$, the same for all weights, plus the squared distance of output and $Y "
    "X^+ X$"
)
def minimisers_have_the_output_of_least_squares():
    """$E$ splits along the row space of $X$, at depth 3: $Y X^+ X$ is best, where the widths admit it
    (Penrose, 1956).
    """
    rest, distance = minus(best, three.target), minus(three.output, best)
    return Equal(squared_norm(three.error), squared_norm(rest) + squared_norm(distance))


@theorem("Where the output is $Y X^+ X$, the flows of BP and TP stand still, at depth 3")
def minimisers_are_fixed_points():
    """The error $Y (X^+ X - I)$ annihilates $X'$, which every update ends with (Penrose, 1956)."""
    return [Zero(rule.descent(three, l), given=[Equal(three.output, best)]) for rule in (BP, TP) for l in (1, 2, 3)]


@theorem(
    "Where $W_1$ stands still and $W_2$, $W_3$ have full row rank, the output is $Y X^+ X$, for BP and TP at depth 3"
)
def fixed_points_are_minimisers():
    """The feedback can be undone, so that $E X' = 0$: no bad critical points there (compare Kawaguchi, 2016)."""
    ranks = full_row_rank(*three.weights[1:])
    return [Equal(three.output, best, given=[Zero(rule.descent(three, 1)), ranks]) for rule in (BP, TP)]


@theorem(
    "Weights $g_l W_l g_{l-1}^{-1}$ give the activations $g_l x_l$, and the same output if $g_0 = g_L = I$, at any "
    "depth"
)
def change_of_coordinates():
    """Neighbouring factors cancel (we know no first source)."""
    g, h = (Sequence(name, lambda k: (n[k], n[k]), 0, L) for name in "gh")
    z = Recursion("z", 0, L, deep.input, lambda k, z: matmul(g(k), deep.weight(k), h(k - 1), z), lambda k: (n[k], 1))
    ends = [Equal(g(0), Identity(n[0])), Equal(g(L), Identity(n[L]))]
    given = [ForAll(Equal(matmul(h(k), g(k)), Identity(n[k])), (k, 0, L)), *ends]
    return [
        ForAll(Equal(z(l), matmul(g(l), deep.activation(l))), (l, 0, L), given=given),
        Equal(z(L), deep.output, given=given),
    ]


@theorem("The flows of BP, TP and damped TP respect orthogonal changes of the hidden coordinates, at depth 2")
def flows_respect_rotations():
    """Transposes and pseudo-inverses of $W_2 g'$ are $g$ times those of $W_2$. New here as far as we know,
    but for BP.
    """
    return [
        Equal(recoordinated(rule.descent(two, l), T(g)), moved, given=[orthogonal(g)])
        for rule in (BP, TP, damped)
        for l, moved in ((1, matmul(g, rule.descent(two, 1))), (2, matmul(rule.descent(two, 2), T(g))))
    ]


@theorem(
    "TP's hidden target and update of $W_1$ respect every invertible change if $W_2$ has full column rank, at depth 2"
)
def tp_targets_respect_all_coordinates():
    """$(W_2 h)^+ = g W_2^+$ then, a left inverse being one in any coordinates. New here as far as we know."""
    given = [*inverses, full_column_rank(W2)]
    return [
        Equal(recoordinated(TP.target(two, 1)), matmul(g, TP.target(two, 1)), given=given),
        Equal(recoordinated(TP.descent(two, 1)), matmul(g, TP.descent(two, 1)), given=given),
    ]


@theorem(
    "TP's $d_1$ does not notice an invertible change at layer 2 if $W_2$ has full row rank and $W_3$ full column rank"
)
def tp_errors_ignore_coordinates_above():
    """$(g W_2)^+ = W_2^+ h$ and $(W_3 h)^+ = g W_3^+$, and $h g = I$, at depth 3. New here as far as we know."""
    V2, V3 = three.weight(2), three.weight(3)
    g, h = (MatrixSymbol(name, V2.rows, V2.rows) for name in "gh")
    signal, identity = TP.error_signal(three, 1), Identity(V2.rows)
    given = [full_row_rank(V2), full_column_rank(V3), Equal(matmul(g, h), identity), Equal(matmul(h, g), identity)]
    return Equal(substitute(signal, {V2: matmul(g, V2), V3: matmul(V3, h)}), signal, given=given)


@theorem("Consistent activations, $s_l = W_l s_{l-1}$ at every layer of any depth, are determined by $s_0$")
def global_sections():
    r"""$s_l = W_l \cdots W_1 s_0$: the global sections of the sheaf of layers, a space of dimension $n_0$ (no known
    source).
    """
    s = Sequence("s", lambda k: (n[k], 1), 0, L)
    consistent = ForAll(Equal(s(k), matmul(deep.weight(k), s(k - 1))), (k, 1, L))
    return ForAll(Equal(s(l), matmul(deep.product(l, 1), s(0))), (l, 0, L), given=[consistent])


@theorem("The inputs $v$ whose output is $y$ are $P^+ y$ plus the kernel of the product $P$ of the weights, at depth 3")
def sections_with_a_clamped_output():
    """$v - P^+ y$ is $(I - P^+ P) v$, and every $P^+ y + (I - P^+ P) u$ has the output $y$ again (Penrose, 1956)."""
    net = DeepLinearNetwork(depth=3)
    P, y = net.product(3, 1), net.target
    u, v = (MatrixSymbol(name, *net.input.shape) for name in "uv")
    solution = lambda w: matadd(matmul(Pinv(P), y), w, matmul(-1, Pinv(P), P, w))  # noqa: E731
    clamped = [Equal(matmul(P, v), y)]
    return [Equal(v, solution(v), given=clamped), Equal(matmul(P, solution(u)), y, given=clamped)]


@theorem(
    r"The loss pulled back to layer $l$, $\tfrac{1}{2} |W_L \cdots W_{l+1} v - Y|^2$, has BP's error signal as its "
    "gradient at $x_l$"
)
def pulled_back_loss():
    """The seed's contours at each layer: BP's arrows are normal to its contours (Rumelhart et al., 1986). Depth 3."""
    claims = []
    for l in (1, 2):
        v = MatrixSymbol("v", *three.activation(l).shape)
        pulled_back = squared_norm(minus(matmul(three.product(3, l + 1), v), three.target)) / 2
        at_the_activation = [Equal(v, three.activation(l))]
        claims.append(Equal(gradient(pulled_back, v), BP.error_signal(three, l), given=at_the_activation))
    return claims


@conjecture("Where both weights of a network of two layers stand still under BP, the output is $Y X^+ X$")
def all_fixed_points_are_minimisers():
    """False at zero weights, a saddle."""
    output = matmul(two.target, Pinv(two.input), two.input)
    return Equal(two.output, output, given=[Zero(BP.descent(two, 1)), Zero(BP.descent(two, 2))])


@conjecture("The BP flow of $W_1$ respects every invertible change of the hidden coordinates, at depth 2")
def bp_respects_all_coordinates():
    """False: $W_2'$ becomes $h' W_2'$, and $h'$ is $g$ for orthogonal $g$ only."""
    return Equal(recoordinated(BP.descent(two, 1)), matmul(g, BP.descent(two, 1)), given=inverses)


@conjecture(
    "The TP flow of $W_1$ respects every invertible change of the hidden coordinates if $W_2$ has full row rank"
)
def tp_respects_all_coordinates_of_wide_layers():
    """False for a wide hidden layer: the least-norm preimage depends on what is called orthogonal to the kernel."""
    return Equal(recoordinated(TP.descent(two, 1)), matmul(g, TP.descent(two, 1)), given=[*inverses, full_row_rank(W2)])


@conjecture("The TP flow of $W_2$ respects every invertible change of the hidden coordinates if $W_2$ is invertible")
def tp_update_of_the_output_respects_all_coordinates():
    """False: the update $e x_1'$ ends with a transpose, whatever the feedback, and that asks for an orthogonal $g$."""
    return Equal(recoordinated(TP.descent(two, 2)), matmul(TP.descent(two, 2), h), given=[*inverses, invertible(W2)])
