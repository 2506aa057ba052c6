"""If a layer reached its target, would the output reach its own?"""

from tptheory import (
    DeepLinearNetwork,
    Equal,
    Pinv,
    TargetProp,
    alpha,
    full_row_rank,
    matadd,
    matmul,
    theorem,
)

net = DeepLinearNetwork(depth=3)
rule = TargetProp()


def moved_output(l):
    """The change of the output when x_l moves to its target t_l."""
    return matmul(net.product(3, l + 1), matadd(rule.target(net, l), matmul(-1, net.activation(l))))


@theorem("A hidden target moves the output by -alpha P_l e, where P_l = W_L ... W_{l+1} W_{l+1}+ ... W_L+")
def targets_move_the_output():
    """Substitute t_l - x_l = -alpha W_{l+1}+ ... W_L+ e."""
    return [
        Equal(moved_output(l), matmul(-alpha, net.product(3, l + 1), rule.backward(net, l), net.error)) for l in (1, 2)
    ]


@theorem("Pseudo-inverse targets reach the output target when every weight above has full row rank")
def targets_reach_the_output():
    """W W+ = I for the highest weight, then for the next: P_l telescopes to the identity."""
    full = full_row_rank(net.weight(2), net.weight(3))
    return [Equal(moved_output(l), matmul(-alpha, net.error), given=[full]) for l in (1, 2)]


@theorem("P_1 is the identity when the weights above have full row rank")
def output_moves_survive():
    """The innermost product W_2 W_2+ is the identity, and then W_3 W_3+ is."""
    W2, W3 = net.weight(2), net.weight(3)
    P = matmul(W3, W2, Pinv(W2), Pinv(W3))
    return Equal(matmul(P, net.error), net.error, given=[full_row_rank(W2, W3)])
