"""What does a feedback loop that inverts a layer keep, and which other rule does it become?

It keeps a log-determinant of the loop, is damped TP if its feedback is the transpose, and need not lower the loss.
"""

from tptheory.preamble import *

two, three = (DeepLinearNetwork(depth=depth, batch=B, loss="any") for depth in (2, 3))
sample, narrow = DeepLinearNetwork(depth=2), DeepLinearNetwork(widths=(1, 1, 1))
loop, leakless = DynamicInversion(), DynamicInversion(leak=0)
leak = loop.leak


def fixed(net, l):
    """The fixed feedback B_l of the loop, which feedback alignment has too."""
    return FA.feedback(net, l)


def loop_matrix(net, l):
    """a I + B_l W_l."""
    seen = matmul(fixed(net, l), net.weight(l))
    return matadd(matmul(leak, Identity(seen.rows)), seen)


@theorem(
    r"Dynamic inversion conserves $\log\operatorname{pdet}(a I + B_{l+1} W_{l+1}) - \tfrac{1}{2} |W_l|^2$, at depth 3"
)
def di_law():
    """The loop's matrix in place of TP's weight, whatever the fixed feedback. New here as far as we know."""
    claims = []
    for layer in (1, 2):
        M = loop_matrix(three, layer + 1)
        law = LogPdet(M) - squared_norm(three.weight(layer)) / 2
        claims.append(Conserved(law, along=loop.flow(three), given=[invertible(M)]))
    return claims


@theorem("Dynamic inversion is damped TP if the feedback is the transpose, $B_l = W_l'$, at depth 3")
def di_is_damped_tp():
    """The identity of push-through (Henderson and Searle, 1981); the loop of Podlaski and Machens, 2020."""
    given = [Equal(fixed(three, l), T(three.weight(l))) for l in (2, 3)]
    return [Equal(loop.error_signal(three, l), damped.error_signal(three, l), given=given) for l in (1, 2)]


@theorem("Without a leak dynamic inversion is TP if $B_2 W_2$ is invertible and $W_2$ square, at depth 2")
def leakless_loop_is_tp():
    """Then $(B W)^{-1} B = W^{-1}$ (Podlaski and Machens, 2020)."""
    W, F = two.weight(2), fixed(two, 2)
    return Equal(
        leakless.error_signal(two, 1), TP.error_signal(two, 1), given=[invertible(matmul(F, W)), full_row_rank(W)]
    )


@theorem("Without a leak dynamic inversion undoes the layer, $M_2 W_2 = I$, if $B_2 W_2$ is invertible, at depth 2")
def leakless_loop_is_a_left_inverse():
    """$(B W)^{-1} B W = I$ (Podlaski and Machens, 2020)."""
    W, F = two.weight(2), fixed(two, 2)
    return Equal(matmul(leakless.feedback(two, 2), W), Identity(W.cols), given=[invertible(matmul(F, W))])


@theorem(r"Dynamic inversion leaves the fraction $a (W_2 B_2 + a I)^{-1}$ of the error unreached, at depth 2")
def leak_falls_short():
    r"""$I - W M = a (W B + a I)^{-1}$, by push-through (compare Podlaski and Machens, 2020)."""
    W, F, e = two.weight(2), fixed(two, 2), two.error
    outer = matadd(matmul(W, F), matmul(leak, Identity(W.rows)))
    unreached = minus(e, matmul(W, loop.error_signal(two, 1)))
    return Equal(matmul(outer, unreached), matmul(leak, e))


@theorem(
    "FA's error signal is the loop's matrix times dynamic inversion's, $B_2 d_2 = (a I + B_2 W_2) d_1$, at depth 2"
)
def loop_settles():
    r"""The steady state of $\dot u = B (d_2 - W u) - a u$ (Podlaski and Machens, 2020)."""
    return Equal(matmul(loop_matrix(two, 2), loop.error_signal(two, 1)), FA.error_signal(two, 1))


@conjecture("Dynamic inversion conserves FA's $W_1 W_1' - B_2 W_2 - W_2' B_2'$, at widths 1-1-1")
def di_keeps_the_law_of_fa():
    """False: the loop divides the signal by its matrix, and the law takes a logarithm."""
    (W1, W2), F = narrow.weights, fixed(narrow, 2)
    seen = matmul(F, W2)
    return Conserved(minus(matmul(W1, T(W1)), matadd(seen, T(seen))), along=loop.flow(narrow))


@conjecture("Along the flow of dynamic inversion the loss never rises, at widths 1-1-1")
def di_descends():
    """False for a feedback of the wrong sign, whose loop is not stable or points uphill."""
    return Nonincreasing(narrow.loss, along=loop.flow(narrow))


@conjecture("Without a leak dynamic inversion is TP if $B_2 W_2$ is invertible, at depth 2")
def leakless_loop_is_always_tp():
    """False: of the left inverses of a tall $W_2$ the feedback chooses another."""
    net = DeepLinearNetwork(widths=(1, 1, 2), loss="any")
    seen = matmul(fixed(net, 2), net.weight(2))
    return Equal(leakless.error_signal(net, 1), TP.error_signal(net, 1), given=[invertible(seen)])
