"""How long are the error signals, and so the target's moves, of different rules?

Contractions of full row rank shrink BP's signals and lengthen TP's, damping bounds them whatever the weights, and at
full row rank Gauss-Newton's are the shortest.
"""

from tptheory.preamble import *

two, three = (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3))
narrow = DeepLinearNetwork(widths=(1, 1, 2, 1), loss="any")
c = Symbol("c", positive=True)


def length(rule, net, l):
    """|d_l|^2, the squared length of the rule's error signal."""
    return squared_norm(rule.error_signal(net, l))


def contraction(W):
    """The hypothesis W W' <= I."""
    return at_most(matmul(W, T(W)), Identity(W.rows))


@theorem(r"BP's error signals are no longer than the output's if $W_l W_l' \le I$ for $l \ge 2$, at any depth")
def bp_signals_of_contractions_shrink():
    """A contraction's transpose is one (Saxe, McClelland and Ganguli, 2014, on orthogonal weights)."""
    given = ForAll(contraction(batched.weight(k)), (k, 2, L))
    return ForAll(AtMost(length(BP, batched, l), squared_norm(batched.error)), (l, 1, L), given=[given])


@theorem("TP's error signal is no shorter than the output's if $W_2 W_2' \\le I$ has full row rank, at depth 2")
def tp_signals_of_contractions_grow():
    """Where the forward pass shrinks, the inverse stretches. New here as far as we know."""
    W = two.weight(2)
    return AtMost(squared_norm(two.error), length(TP, two, 1), given=[contraction(W), full_row_rank(W)])


@theorem(r"TP's error signal has $c |d_1|^2 \le |d_2|^2$ if $W_2' W_2 \ge c I$, at depth 2")
def tp_signals_are_bounded():
    r"""$|W_2 d_1|^2 \ge c |d_1|^2$, and $W_2 d_1$ is a projection of $d_2$ (Penrose, 1956, for the solution)."""
    W = two.weight(2)
    given = at_least(matmul(T(W), W), matmul(c, Identity(W.cols)))
    return AtMost(c * length(TP, two, 1), squared_norm(two.error), given=[given])


@theorem(r"At full row rank TP's error signal has $c |d_1|^2 \le |d_2|^2$ if $W_2' W_2 \ge c W_2^+ W_2$, at depth 2")
def tp_signals_are_bounded_at_full_row_rank():
    r"""No eigenvalue of $W_2' W_2$ other than 0 is below $c$ (Penrose, 1956, for the solution)."""
    W = two.weight(2)
    given = [at_least(matmul(T(W), W), matmul(c, Pinv(W), W)), full_row_rank(W)]
    return AtMost(c * length(TP, two, 1), squared_norm(two.error), given=given)


@theorem(r"Damped TP's error signal has $4 \lambda |d_1|^2 \le |d_2|^2$, whatever $W_2$, at depth 2")
def damped_signals_are_bounded():
    r"""$I - 4 \lambda M'M = Z'Z$ for $Z = (W W' + \lambda I)^{-1} (W W' - \lambda I)$. New here as far as we know."""
    W, D = two.weight(2), two.error
    S, identity = matmul(W, T(W)), Identity(W.rows)
    residual = matmul(Inverse(matadd(S, matmul(damping, identity))), minus(S, matmul(damping, identity)), D)
    return [
        Equal(squared_norm(D) - 4 * damping * length(damped, two, 1), squared_norm(residual)),
        AtMost(4 * damping * length(damped, two, 1), squared_norm(D)),
    ]


@theorem("Damped TP's error signal is no longer than TP's, by two squares, at depth 2 and any rank")
def damped_signals_are_shorter():
    r"""$|d^{\mathrm{TP}}|^2 - |d|^2 = 2 \lambda |K W_2 W_2^+ e|^2 + \lambda^2 |W_2^+ K e|^2$ for
    $K = (W_2 W_2' + \lambda I)^{-1}$. New here as far as we know.
    """
    W, D = two.weight(2), two.error
    K = Inverse(matadd(matmul(W, T(W)), matmul(damping, Identity(W.rows))))
    squares = 2 * damping * squared_norm(matmul(K, W, Pinv(W), D)) + damping**2 * squared_norm(matmul(Pinv(W), K, D))
    return Equal(length(TP, two, 1) - length(damped, two, 1), squares)


@theorem("GN's error signal is no longer than TP's if the weights above the first have full row rank, at depth 3")
def gn_signals_are_shortest():
    """Both solve $A v = e$ for the layers above, and GN takes the shortest solution (Penrose, 1956)."""
    return AtMost(length(GN, three, 1), length(TP, three, 1), given=[full_row_rank(*three.weights[1:])])


@theorem("The output moves of TP's hidden target are no longer than the target's own, at depth 2 and any rank")
def tp_moves_no_farther_than_the_target():
    """$W_2 W_2^+$ is an orthogonal projection (Penrose, 1956)."""
    W = two.weight(2)
    return AtMost(squared_norm(matmul(W, TP.error_signal(two, 1))), squared_norm(two.error))


@theorem(
    r"On one sample $|W_2 W_2^+ d_2|^2 \le |d_1^{\mathrm{TP}}| |d_1^{\mathrm{BP}}|$ at depth 2: if one is short, the "
    "other is long"
)
def signals_are_dual():
    """Their inner product is $|W_2 W_2^+ e|^2$, and no product exceeds that of the lengths. No source known."""
    net = DeepLinearNetwork(depth=2, loss="any")
    W = net.weight(2)
    reached = squared_norm(matmul(W, Pinv(W), net.error))
    return AtMost(reached**2, length(TP, net, 1) * length(BP, net, 1))


@conjecture("GN's error signal is no longer than TP's at any rank, at depth 3")
def gn_signals_are_always_shortest():
    """False at widths 1-1-2-1: where TP's target does not reach, its signal may be too short."""
    return AtMost(length(GN, narrow, 1), length(TP, narrow, 1))


@conjecture("TP's error signal is no shorter than the output's if $W_2 W_2' \\le I$, at any rank and depth 2")
def tp_signals_always_grow():
    """False: what $W_2$ cannot reach is dropped."""
    net = DeepLinearNetwork(depth=2, loss="any")
    return AtMost(squared_norm(net.error), length(TP, net, 1), given=[contraction(net.weight(2))])


@conjecture("TP's error signal is no longer than BP's, at depth 2")
def tp_signals_are_shorter():
    """False for small weights, which TP inverts."""
    net = DeepLinearNetwork(depth=2, loss="any")
    return AtMost(length(TP, net, 1), length(BP, net, 1))


@conjecture("The output moves of TP's hidden target are no longer than the target's own, at depth 3")
def tp_moves_no_farther_at_depth_three():
    """False: $P_1$ is an oblique projection then, which may lengthen."""
    net = DeepLinearNetwork(widths=(1, 1, 2, 2), loss="any")
    return AtMost(squared_norm(matmul(net.product(3, 2), TP.error_signal(net, 1))), squared_norm(net.error))
