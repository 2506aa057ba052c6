"""What do rules conserve that nobody had classified?

Fixed feedback leaves alone what it does not reach, and wide hidden layers keep a space and a volume, each under a
condition on ranks without which it fails.

Found by `conservation_laws`, which also counts: at the widths that a reason names, these laws and those of the other
files are all that there are.
"""

from tptheory.preamble import *

two, three = DeepLinearNetwork(depth=2, batch=B, loss="any"), DeepLinearNetwork(depth=3, batch=B, loss="any")
SEEING = (BP, TP, damped, GN)
"""Rules whose hidden errors lie among the rows of the weight above, at depth 2."""


def beyond(F, A):
    """(I - F F+) A: the part of A outside the image of F."""
    return minus(A, matmul(F, Pinv(F), A))


def logdets(net, high, low):
    """log pdet W_high - log pdet W_low."""
    return LogPdet(net.weight(high)) - LogPdet(net.weight(low))


def alignment(net, l, C):
    """C W_{l+1} + W_{l+1}' C' - W_l W_l'."""
    seen = matmul(C, net.weight(l + 1))
    return minus(matadd(seen, T(seen)), matmul(net.weight(l), T(net.weight(l))))


def untouched(rule):
    """What a rule never moves: the part of W_l, and of b_l, beyond the image of the feedback to layer l."""
    return [
        at_hidden_layers(Conserved(beyond(rule.feedback(biased, l + 1), part(l)), along=rule.flow(biased)))
        for part in (biased.weight, biased.bias)
    ]


@theorem(
    "At any depth FA leaves alone what its feedback does not reach: $(I - B_{l+1} B_{l+1}^+) W_l$, and so for biases"
)
def fa_beyond_the_feedback():
    """Every $d_l$ lies in the image of $B_{l+1}$. Widths 2-3-2 have 7 laws: 6 of alignment and one of
    these. New here.
    """
    return untouched(FA)


@theorem(
    "At any depth DFA leaves alone what its direct feedback does not reach: $(I - B_l B_l^+) W_l$, and so for biases"
)
def dfa_beyond_the_feedback():
    """$d_l = B_l d_L$ lies in the image of $B_l$, which has at most as many dimensions as the output. New here."""
    return untouched(DFA)


@theorem(
    "At any depth learned inverses that stand still leave alone what they do not reach: $(I - V_{l+1} V_{l+1}^+) W_l$"
)
def learned_inverses_beyond_their_image():
    """They are feedback matrices; here they do not learn. New here."""
    return untouched(LearnedInverse(rate=0))


@theorem("At any depth FA ties each bias to the next: $b_l - B_{l+1} b_{l+1}$ is conserved")
def fa_biases():
    """$b_l$ moves by $-d_l$, summed over the batch, and $d_l = B_{l+1} d_{l+1}$. New here as far as we know."""
    tied = minus(biased.bias(l), matmul(FA.feedback(biased, l + 1), biased.bias(l + 1)))
    return at_hidden_layers(Conserved(tied, along=FA.flow(biased)))


@theorem("With biases FA conserves $B W_{l+1} + W_{l+1}' B' - W_l W_l' - b_l b_l'$ at any depth")
def fa_alignment_with_biases():
    """A bias is a weight on an input that is always 1 (compare Robertson and Koyejo, 2023, for weights)."""
    law = minus(alignment(biased, l, FA.feedback(biased, l + 1)), matmul(biased.bias(l), T(biased.bias(l))))
    return at_hidden_layers(Conserved(law, along=FA.flow(biased)))


@conjecture("BP ties each bias to the next by its weight: $b_1 - W_2' b_2$ is conserved, at depth 2")
def bp_biases():
    """The weight moves too."""
    some = DeepLinearNetwork(depth=2, biases=True)
    tied = minus(some.bias(1), matmul(T(some.weight(2)), some.bias(2)))
    return Conserved(tied, along=BP.flow(some))


@theorem("DFA aligns $W_2$ with $B_1 B_2^+$ if the feedback $B_2$ has full column rank, at depth 3")
def dfa_alignment_at_full_column_rank():
    """$B_2^+ B_2 = I$, so that $B_1 B_2^+$ takes $d_2$ to $d_1$. Widths 2-2-2-2 have 6 laws, 3 of each
    layer. New here.
    """
    B1, B2 = DFA.feedback(three, 2), DFA.feedback(three, 3)
    return Conserved(alignment(three, 1, matmul(B1, Pinv(B2))), along=DFA.flow(three), given=[full_column_rank(B2)])


@theorem(
    "DFA conserves $C W_1 W_1' C' - W_2 C' - C W_2'$ for $C = B_2 B_1^+$ if the feedback $B_1$ has full column rank"
)
def dfa_alignment_seen_from_above():
    """$C$ takes $d_1$ to $d_2$: for a hidden layer that is narrower than the output. Widths 2-3-2-3 have 6 laws. New
    here.
    """
    B1, B2 = DFA.feedback(three, 2), DFA.feedback(three, 3)
    C, (W1, W2, _) = matmul(B2, Pinv(B1)), three.weights
    seen = matmul(W2, T(C))
    law = minus(matmul(C, W1, T(W1), T(C)), matadd(seen, T(seen)))
    return Conserved(law, along=DFA.flow(three), given=[full_column_rank(B1)])


@theorem(
    "GN keeps TP's law of $W_2$ if $W_2$ has full row rank and what is above it full column rank, at depth 3 and 4"
)
def gn_logdet_at_full_ranks():
    """Then $(A W_2)^+ = W_2^+ A^+$, so that $W_2^+$ takes $d_2$ to $d_1$. Without it GN has fewer laws than TP. New
    here.

    At widths 2-3-3-2 it has one, of the output weight, and TP two.
    """
    nets = [DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (3, 4)]
    return [
        Conserved(
            log_determinant(some, 1),
            along=GN.flow(some),
            given=[full_row_rank(some.weight(2)), full_column_rank(some.product(some.depth, 3))],
        )
        for some in nets
    ]


@theorem(
    r"Kaczmarz conserves $\log\operatorname{pdet} W_2 - \log\operatorname{pdet} W_1$ if $W_1$ has full column rank "
    "and the batch full row rank, depth 2"
)
def kaczmarz_logdets():
    r"""$\operatorname{tr}(W_1^+ d_1 X^+) = \operatorname{tr}(W_2^+ d_2 X_1^+)$. At widths 2-2-2 and two samples it is
    the only law. New here.

    A single sample of two inputs breaks it, and leaves no law at all: its block step is another rule.
    """
    given = [full_column_rank(two.weight(1)), full_row_rank(two.input)]
    return Conserved(logdets(two, 2, 1), along=kaczmarz.flow(two), given=given)


@theorem(
    r"Newton's flow, layer by layer, conserves $\log\operatorname{pdet} W_2 - \log\operatorname{pdet} W_1$ if $W_1$ "
    "has full column rank, at depth 2"
)
def newton_logdets():
    """As for Kaczmarz, to which its step is equal where both are defined. Widths 2-2-2, two samples. New here."""
    return Conserved(logdets(two, 2, 1), along=newton.flow(two), given=full_column_rank(two.weight(1)))


@theorem(
    "A direction that neither $W_1$ nor $W_2$ sees stays unseen: $Z W_1 = 0$ and $Z W_2' = 0$ are kept, at depth 2"
)
def the_unseen_stays_unseen():
    """Hidden errors lie among the rows of $W_2$, hidden activations among the columns of $W_1$. New here for TP.

    A hidden layer wider than input and output together, $n_1 > n_0 + n_2$, has such directions.
    """
    Z = MatrixSymbol("Z", Symbol("m", integer=True, positive=True), two.weight(1).rows)
    unseen = [matmul(Z, two.weight(1)), matmul(Z, T(two.weight(2)))]
    given = [Zero(quantity) for quantity in unseen]
    return [Conserved(quantity, along=rule.flow(two), given=given) for rule in SEEING for quantity in unseen]


@theorem("The columns of $W_1$ and the rows of $W_2$ span a fixed space, at depth 2: its projection is conserved")
def the_hidden_space_is_fixed():
    """The image of $G = W_1 W_1' + W_2' W_2$, with the projection $G G^+$: three laws at widths 1-4-2. New here.

    That both lie in the image of $G$ is true of all matrices: see `columns_lie_in_the_image_of_a_sum`.
    """
    W1, W2 = two.weights
    G = joint_gram(two, 1)
    within = [ImageWithin(W1, G), ImageWithin(T(W2), G)]
    return [Conserved(matmul(G, Pinv(G)), along=rule.flow(two), given=within) for rule in SEEING]


@theorem(
    "Columns of $A$ and $D$ lie in the image of $A A' + D D'$: their parts beyond it have Gram matrices that sum to 0"
)
def columns_lie_in_the_image_of_a_sum():
    """Gram matrices that sum to 0 vanish (`sums_of_gram_matrices_vanish_only_at_zero`); folklore."""
    m, n, p = symbols("m n p", integer=True, positive=True)
    A, D = MatrixSymbol("A", m, n), MatrixSymbol("D", m, p)
    G = matadd(matmul(A, T(A)), matmul(D, T(D)))
    E, F = beyond(G, A), beyond(G, D)
    return Zero(matadd(matmul(E, T(E)), matmul(F, T(F))))


@theorem(
    r"If no column of $W_1$ is a combination of rows of $W_2$, $\log\operatorname{pdet}(W_1 W_1' + W_2' W_2)$ is "
    "conserved at depth 2"
)
def the_hidden_volume_is_fixed():
    r"""The volume that these columns and rows span: each moves along the others. New here as far as we know.

    As soon as $n_1 \ge n_0 + n_2$, first at widths 1-3-2, TP has this law beside its $L - 1$ log-determinants.
    """
    return [Conserved(LogPdet(joint_gram(two, 1)), along=rule.flow(two), given=apart(two, 1)) for rule in SEEING]


@theorem(
    r"At full row rank of $W_2$ TP conserves $\log\operatorname{pdet}(A A' + W_3' W_3)$, $A = W_2 W_1$, if $A$ and "
    "$W_3'$ are apart, depth 3"
)
def the_volume_above():
    """$W_2 d_1 = d_2$, so that the columns of $W_2 W_1$ move along $d_2$: at widths 2-3-3-1 it is the third law. New
    here.
    """
    W1, W2, W3 = three.weights
    A = matmul(W2, W1)
    G = matadd(matmul(A, T(A)), matmul(T(W3), W3))
    apart_above = Zero(matmul(T(A), Pinv(G), T(W3)))
    return Conserved(LogPdet(G), along=TP.flow(three), given=[full_row_rank(W2), apart_above])


@conjecture("GN keeps TP's law of $W_2$ if only the weight above $W_2$ has full column rank, at depth 3")
def gn_logdet_without_full_row_rank():
    """$W_2$ must have full row rank as well."""
    some = DeepLinearNetwork(depth=3)
    return Conserved(log_determinant(some, 1), along=GN.flow(some), given=[full_column_rank(some.weight(3))])


@conjecture(
    r"Kaczmarz conserves $\log\operatorname{pdet} W_2 - \log\operatorname{pdet} W_1$ for every sample, at depth 2"
)
def kaczmarz_logdets_of_every_sample():
    """The pseudo-inverse of the hidden activation is not that of the input times $W_1^+$."""
    some = DeepLinearNetwork(depth=2)
    return Conserved(logdets(some, 2, 1), along=kaczmarz.flow(some), given=full_column_rank(some.weight(1)))


@conjecture(r"TP conserves $\log\operatorname{pdet}(W_1 W_1' + W_2' W_2)$ at depth 2")
def the_hidden_volume_is_fixed_always():
    """Not where columns and rows depend on each other, as they do in every narrow layer."""
    some = DeepLinearNetwork(depth=2)
    return Conserved(LogPdet(joint_gram(some, 1)), along=TP.flow(some))


@conjecture("FA conserves $(I - B W_2) W_1$ at depth 2")
def fa_beyond_the_weight():
    """The feedback is not the pseudo-inverse of the weight; $B B^+$ must stand there."""
    some = DeepLinearNetwork(depth=2)
    W1, W2 = some.weights
    law = minus(W1, matmul(FA.feedback(some, 2), W2, W1))
    return Conserved(law, along=FA.flow(some))


@conjecture("DFA aligns $W_2$ with $B_1 B_2^+$ whatever the rank of $B_2$, at depth 3")
def dfa_alignment_at_any_rank():
    """$B_1 B_2^+ B_2$ is $B_1$ only on the rows of $B_2$."""
    some = DeepLinearNetwork(depth=3)
    B1, B2 = DFA.feedback(some, 2), DFA.feedback(some, 3)
    return Conserved(alignment(some, 1, matmul(B1, Pinv(B2))), along=DFA.flow(some))
