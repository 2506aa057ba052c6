"""Is inverting layer by layer, as target propagation does, inverting the whole, as Gauss-Newton does?

Exactly where the pseudo-inverses obey the reverse-order law, as for invertible weights; full row rank is not enough,
and there TP never moves less than Gauss-Newton.
"""

from tptheory.preamble import *

two, net, deep = (DeepLinearNetwork(depth=depth, loss="any") for depth in (2, 3, L))
W2, W3 = net.weight(2), net.weight(3)
product = net.product(3, 2)


def agree(net=net, l=1, given=(), ours=TP):
    """The feedback W_{l+1}+ ... W_L+ of TP is the feedback (W_L ... W_{l+1})+ of GN."""
    return Equal(ours.backward(net, l), GN.backward(net, l), given=given)


def length_splits(net, l, given=()):
    """|d_l^TP|^2 = |d_l^GN|^2 + |d_l^TP - d_l^GN|^2."""
    ours, least = TP.error_signal(net, l), GN.error_signal(net, l)
    return Equal(squared_norm(ours), squared_norm(least) + squared_norm(minus(ours, least)), given=given)


above, by_layers, at_once = deep.product(L, l + 1), TP.backward(deep, l), GN.backward(deep, l)
full = from_the_second(full_row_rank, deep)


@theorem("At depth 3, TP has GN's feedback to layer 1 only under Greville's two conditions on $W_3$ and $W_2$")
def agreement_needs_grevilles_conditions():
    """$(W_3 W_2)^+ = W_2^+ W_3^+$ is the reverse order law for two factors (Greville, 1966)."""
    return [
        Equal(matmul(Pinv(W3), W3, W2, T(W2), T(W3)), matmul(W2, T(W2), T(W3)), given=agree()),
        Equal(matmul(W2, Pinv(W2), T(W3), W3, W2), matmul(T(W3), W3, W2), given=agree()),
    ]


@theorem("At depth 3 and full row rank, TP has GN's feedback exactly if $W_3^+ W_3$ commutes with $W_2 W_2'$")
def agreement_for_full_row_rank():
    """Greville's second condition is then trivial, the first says this (Greville, 1966; Bouldin, 1973)."""
    ranks, commute = full_row_rank(W2, W3), Commute(matmul(Pinv(W3), W3), matmul(W2, T(W2)))
    return [
        Commute(commute.first, commute.second, given=[agree(), ranks]),
        agree(given=[commute, ranks]),
    ]


@theorem(r"At any depth TP is GN in every layer if $W_2, \dots, W_L$ are invertible")
def agreement_for_invertible_weights():
    """The feedback is a left and a right inverse of the product above (Meulemans et al., 2020)."""
    given = from_the_second(invertible, deep)
    return [
        at_every_layer(Equal(matmul(above, by_layers), Identity(deep.widths[L])), given),
        at_every_layer(Equal(matmul(by_layers, above), Identity(deep.widths[l])), given),
        at_every_layer(agree(deep, l), given),
    ]


@theorem("At depth 3 to 6, TP is GN in a layer if the next weight has full row rank and those above are invertible")
def agreement_for_one_wide_layer():
    r"""$(W_L \cdots W_{l+2}) W_{l+1}$ is an invertible matrix times one of full row rank (Greville, 1966)."""
    return [
        agree(some, j, given=[full_row_rank(some.weight(j + 1)), invertible(*some.weights[j + 1 :])])
        for some in (DeepLinearNetwork(depth=depth) for depth in (3, 4, 5, 6))
        for j in range(1, some.depth - 1)
    ]


@theorem(r"At any depth TP is GN in every layer if $W_2, \dots, W_L$ have orthonormal rows")
def agreement_for_orthonormal_rows():
    """$W_l^+ = W_l'$, and the product has orthonormal rows too. New here as far as we know."""
    rows = [ForAll(Equal(matmul(deep.weight(k), T(deep.weight(k))), Identity(deep.widths[k])), (k, 2, L))]
    return [
        at_every_layer(Equal(matmul(above, T(above)), Identity(deep.widths[L])), rows),
        at_every_layer(Equal(by_layers, T(above)), rows),
        at_every_layer(agree(deep, l), rows),
    ]


@theorem("At depth 3, TP is GN in layer 1 if $W_2$ has orthonormal rows, or $W_3$ orthonormal columns")
def agreement_for_one_isometry():
    """One such factor may be moved out of a pseudo-inverse (Cline and Greville, 1970)."""
    return [
        agree(given=Equal(matmul(W2, T(W2)), Identity(W2.rows))),
        agree(given=Equal(matmul(T(W3), W3), Identity(W3.cols))),
    ]


@theorem("At depth 3, TP is GN in layer 1 if $W_2$ has full row rank and $W_3$ full column rank")
def agreement_below_a_bottleneck():
    """$W_2 W_2^+ = I$ and $W_3^+ W_3 = I$: the layer between is the narrowest (Greville, 1966)."""
    return agree(given=[full_row_rank(W2), full_column_rank(W3)])


@theorem(r"At any depth and full row rank of $W_2, \dots, W_L$, both feedbacks are right inverses of the layers above")
def both_are_right_inverses():
    """TP's telescopes, so that the product has full row rank, and then GN's is one (Meulemans et al., 2020)."""
    identity = Identity(deep.widths[L])
    return [at_every_layer(Equal(matmul(above, F), identity), full) for F in (by_layers, at_once)]


@theorem("At any depth and full row rank, GN takes of TP's error signal the part in the rows of the layers above")
def gauss_newton_projects_target_propagation():
    """$(A^+ A) R = A^+$ for every right inverse $R$ of $A$. New here as far as we know."""
    return [
        at_every_layer(Equal(matmul(above, by_layers), Identity(deep.widths[L])), full),
        at_every_layer(Equal(matmul(at_once, above, by_layers), at_once), full),
    ]


@theorem(
    r"At depth 2 to 6 and full row rank, $|d_l^{\mathrm{TP}}|^2 = |d_l^{\mathrm{GN}}|^2 + |d_l^{\mathrm{TP}} - "
    r"d_l^{\mathrm{GN}}|^2$: TP never moves less"
)
def target_propagation_never_moves_less():
    """The difference lies in the kernel of the layers above, GN's signal in their rows (Penrose, 1956)."""
    return [
        length_splits(some, j, given=full_row_rank(*some.weights[1:]))
        for some in (DeepLinearNetwork(depth=depth, loss="any") for depth in (2, 3, 4, 5, 6))
        for j in range(1, some.depth)
    ]


@theorem(
    r"At depth 3, of all right inverses $R$ of $W_3 W_2$ GN's moves layer 1 least: $|R e|^2 = |d^{\mathrm{GN}}|^2 + "
    r"|R e - d^{\mathrm{GN}}|^2$"
)
def gauss_newton_moves_least():
    """$R e - A^+ e$ lies in the kernel of $A$ (Penrose, 1956)."""
    R = MatrixSymbol("R", product.cols, product.rows)
    moved, least = matmul(R, net.error), GN.error_signal(net, 1)
    splits = squared_norm(least) + squared_norm(minus(moved, least))
    return Equal(squared_norm(moved), splits, given=Equal(matmul(product, R), Identity(product.rows)))


@theorem(
    r"At depth 3, GN preconditions BP: $(A'A)^+ G^{\mathrm{BP}} = G^{\mathrm{GN}}$ with $A = W_3 W_2$, and $A'A "
    r"G^{\mathrm{GN}} = G^{\mathrm{BP}}$, at any rank"
)
def gauss_newton_preconditions_bp():
    """$A^+ = (A'A)^+ A'$ and $A' = A'A A^+$ (Penrose, 1955); TP does not, unless it is GN."""
    gram, ours, theirs = matmul(T(product), product), GN.descent(net, 1), BP.descent(net, 1)
    return [Equal(ours, matmul(Pinv(gram), theirs)), Equal(theirs, matmul(gram, ours))]


@conjecture("TP is GN at depth 3 if $W_2$ and $W_3$ have full row rank")
def agreement_for_full_row_ranks():
    """$W_3 = (1, 0)$, $W_2 = [[1, 1], [0, 1]]$: $(1/2, 1/2)'$ against $(1, 0)'$."""
    return agree(given=full_row_rank(W2, W3))


@conjecture("TP is GN at depth 3 if $W_2$ and $W_3$ have full column rank")
def agreement_for_full_column_ranks():
    """The transposed example."""
    return agree(given=full_column_rank(W2, W3))


@conjecture("TP is GN in layer 1 at depth 3 if $W_3$ is invertible, whatever the rank of $W_2$")
def agreement_below_an_invertible_layer():
    """$W_3$ turns the image of $W_2 = (0, 1)'$ out of its place; $W_2$ must have full row rank."""
    return agree(given=invertible(W3))


@conjecture("TP is GN in layer 1 at depth 3 if $W_2$ is invertible and $W_3$ has full row rank")
def agreement_above_an_invertible_layer():
    """$W_2 = [[1, 1], [0, 1]]$ is invertible in the example for full row ranks."""
    return agree(given=[invertible(W2), full_row_rank(W3)])


@conjecture("TP is GN at depth 3 if $W_2$ and $W_3$ are partial isometries")
def agreement_for_partial_isometries():
    """TP is then BP, and the product of partial isometries need not be one."""
    return agree(given=partial_isometry(W2, W3))


@conjecture("TP's and GN's error signals are parallel at depth 3 for full row rank")
def signals_are_parallel():
    """They differ by what the layers above do not see."""
    return Parallel(TP.error_signal(net, 1), GN.error_signal(net, 1), given=full_row_rank(W2, W3))


@conjecture("TP's error signal is as long as GN's at depth 3 for full row rank")
def signals_have_one_length():
    """It is longer by the part in the kernel."""
    given = full_row_rank(W2, W3)
    return Equal(squared_norm(TP.error_signal(net, 1)), squared_norm(GN.error_signal(net, 1)), given=given)


@conjecture(
    r"$|d^{\mathrm{TP}}|^2 = |d^{\mathrm{GN}}|^2 + |d^{\mathrm{TP}} - d^{\mathrm{GN}}|^2$ at depth 3 at any rank"
)
def length_splits_at_any_rank():
    r"""$W_2 = \operatorname{diag}(1, 0)$ cuts TP's signal where GN's is whole: TP may move less."""
    return length_splits(net, 1)


@conjecture(r"Damping layer by layer is damping the whole: $M_2 M_3 = A' (A A' + \lambda I)^{-1}$ for $A = W_3 W_2$")
def damping_by_layers_is_damping_at_once():
    r"""Already for numbers: $(1 + \lambda)^2$ is not $1 + \lambda$."""
    gram = matadd(matmul(product, T(product)), matmul(damping, Identity(product.rows)))
    return Equal(damped.backward(net, 1), matmul(T(product), Inverse(gram)))
