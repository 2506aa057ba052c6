"""How many laws are there, and is there a closed form for wide deep nets?

The laws below are certified and the numbers of laws are bounded at given widths; for all widths both numbers, and a
closed form for wide networks of three layers, are open.

What THEORY leaves open, what is known of it, and what was measured: `count_conservation_laws` gives the number of
independent conserved quantities at given widths. That a rule has exactly so many is a claim too, `LawCount(TP, (1, 3,
2), number=2)`, and a theorem at 39 choices of widths (`law_counts.py`). The questions here ask for all widths.

Question 1. Has TP exactly L - 1 laws if n_0 n_L >= 2? No. It has at least L - 1: a log-determinant for each hidden
layer (`log_determinant.py`), with independent differentials (`tp_laws_are_independent`). It has more where a hidden
layer is wide: at depth 2 the volume that the columns of W_1 and the rows of W_2 span is conserved as soon as they are
independent, n_1 >= s = n_0 + n_2, and the s-dimensional space itself beyond that (`discovered_laws.py`). The smallest
failure is 1-3-2, which has two. Every count at depth 2 agrees with 1 + (1 + s (n_1 - s) if n_1 >= s else 0): the
log-determinant, and the minors of (W_1, W_2') of size s, of which 1 + s (n_1 - s) are independent. That there are no
others is proved at all widths with n_1 < s, where the log-determinant is the only law (`narrow_target_prop.py`), and
elsewhere at some widths; it was measured at 48 nets, all with n_0, n_2 <= 3 and n_1 <= 6 but n_0 = n_2 = 1. At all
widths with n_1 >= s it is open. Where one field is all there is, n_0 = n_L = 1, every orbit is a curve, and there are
more: one less than there are weights.

Still open for L >= 3: TP has exactly L - 1 laws if every hidden layer is narrower than the narrowest layer before it
and the narrowest after it together, n_l < min(n_0, ..., n_{l-1}) + min(n_{l+1}, ..., n_L). It was found true of all
such nets of depth 3 with widths up to 4, and of depth 4 with widths up to 3. It is sufficient only: 1-2-3-2 is not
such a net, and has two.

Question 2. How many laws has BP when hidden layers are wider than their neighbours? The balances are conserved
(`balancedness.py`); their differentials are dependent exactly by symmetric S_l with W_{l+1} S_l = S_{l+1} W_{l+1},
S_0 and S_L being 0 (`bp_relations`). At generic weights these are the S_l on the k_l = max(0, n_l - n_{l-1} -
n_{l+1}) dimensions that W_l and W_{l+1} do not see, so that the balances give sum n_l (n_l + 1) / 2 - k_l (k_l + 1) /
2 numbers. At depth 2 there are no others (Marcotte, Gribonval and Peyré, 2023), unless there is one field only.
Between two layers of width 1 there always is: the weights between them move along one curve, and have all their
number less one as laws. So cut the net at its layers of width 1; add what the balances give within the first piece
and the last, the number of weights less one of every piece between, and one for each hidden layer of width 1. The
count was this number at all 688 nets of depth 2 with widths up to 5, depth 3 up to 4, depth 4 up to 3 and depth 5 up
to 2. The first at which the balances are not all, though n_0 n_L >= 2, is 1-2-2-1-2. That the number is right at all
widths is open.

Question 3. A closed form for TP's flow at wide layers and L >= 3. Square layers have one (`closed_form.py`). A wide
net of depth 3 that is narrow as above has two laws of its weights, whatever the data; what one sample conserves
besides is not known. Open.
"""

from tptheory.preamble import *

DEPTHS = (2, 3, 4, 5)


@theorem("At depth 2 to 5 TP's laws are independent: $W_l$ enters first in law $l$, and has the gradient $-W_l$ there")
def tp_laws_are_independent():
    """A combination of the gradients that vanishes has no first law, unless some $W_l$ is 0, $l < L$. New here.

    In $W_1$ only the first law has a gradient, so that its coefficient is 0; then in $W_2$ only the second; and so on.
    """
    claims = []
    for net in (DeepLinearNetwork(depth=depth) for depth in DEPTHS):
        for l in range(1, net.depth):
            W = net.weight(l)
            claims.append(Equal(gradient(log_determinant(net, l), W), matmul(-1, W)))
            claims += [Zero(gradient(log_determinant(net, k), W)) for k in range(l + 1, net.depth)]
    return claims


@theorem(
    r"At depth 2 to 5 $\sum_l \langle S_l, \mathrm{balance}_l\rangle$ has the gradient $2 (W_l S_{l-1} - S_l W_l)$ in "
    "$W_l$, $S_l$ symmetric"
)
def bp_relations():
    """So that the balances' differentials are dependent exactly where $W_l S_{l-1} = S_l W_l$ for all $l$, $S_0 = S_L =
    0$.

    At depth 2: where the columns of $S$ are seen by neither $W_1'$ nor $W_2$. New here for $L > 2$ as far as we know.
    """
    claims = []
    for net in (DeepLinearNetwork(depth=depth) for depth in DEPTHS):
        S = {l: MatrixSymbol(f"S_{l}", net.widths[l], net.widths[l]) for l in range(1, net.depth)}
        total = sum(trace(matmul(S[l], balance(net, l))) for l in S)
        for l in net.layers:
            W = net.weight(l)
            terms = [matmul(2, W, S[l - 1])] if l > 1 else []
            terms += [matmul(-2, S[l], W)] if l < net.depth else []
            claims.append(Equal(gradient(total, W), matadd(*terms), given=symmetric(*S.values())))
    return claims


@conjecture(
    "At depth 3 TP conserves the volume of the columns of $W_2 W_1$ and the rows of $W_3$ wherever they are apart"
)
def the_volume_above_at_any_rank():
    """False: an error that $W_2$ cannot send on in full moves $W_2 W_1$ out of their span."""
    net = DeepLinearNetwork(depth=3)
    A, G = volume(net)
    return Conserved(LogPdet(G), TP.flow(net), given=Zero(matmul(T(A), Pinv(G), T(net.weight(3)))))


def volume(net):
    """A = W_2 W_1, and A A' + W_3' W_3."""
    A, W3 = net.product(2, 1), net.weight(3)
    return A, matadd(matmul(A, T(A)), matmul(T(W3), W3))
