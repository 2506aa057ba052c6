"""The rules that are a feedback operator and nothing else: backpropagation, target propagation, feedback alignment."""

from __future__ import annotations

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol

from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import damping


def feedback_matrix(name: str, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
    """Return a feedback matrix of shape ``(n_{l-1}, n_l)``, that of the transposed weight."""
    net.check_layer(l)
    return net.layer_matrix(name, l, lambda k: (net.widths[k - 1], net.widths[k]))


class Backprop(Rule):
    """Backpropagation: $M_l = W_l'$, so that $G_l$ is the gradient (Rumelhart, Hinton and Williams, 1986).

    >>> from tptheory import DeepLinearNetwork
    >>> Backprop().feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T
    """

    name, title = "bp", "Backpropagation"
    phrase = "backpropagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l'``."""
        return transpose(net.weight(l))


class TargetProp(Rule):
    """Difference target propagation with exact pseudo-inverses: $M_l = W_l^+$ (Lee et al., 2015; Bengio, 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> TargetProp().feedback(DeepLinearNetwork(depth=2), 2)
    Pinv(W_2)
    """

    name, title = "tp", "Target propagation"
    phrase = "target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l+``."""
        return Pinv(net.weight(l))


class DampedTargetProp(Rule):
    r"""Target propagation with a damped inverse: $M_l = W_l' (W_l W_l' + \lambda I)^{-1}$ (Meulemans et al., 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> DampedTargetProp().feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T*(lambda*I + W_2*W_2.T)**(-1)
    """

    name, title = "damped-tp", "Damped target propagation"
    phrase = "damped target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l' (W_l W_l' + lambda I)^-1``: TP as lambda tends to 0, BP over lambda as it grows."""
        W = net.weight(l)
        gram = matadd(matmul(W, transpose(W)), matmul(damping, Identity(W.rows)))
        return matmul(transpose(W), Inverse(gram))


class FeedbackAlignment(Rule):
    """Feedback alignment: $M_l = B_l$, a fixed matrix of shape $(n_{l-1}, n_l)$ (Lillicrap et al., 2016).

    >>> from tptheory import DeepLinearNetwork
    >>> FeedbackAlignment().feedback(DeepLinearNetwork(depth=2), 2)
    B_2
    """

    name, title = "fa", "Feedback alignment"
    phrase = "feedback alignment"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_l``."""
        return feedback_matrix("B", net, l)


class DirectFeedbackAlignment(Rule):
    """Direct feedback alignment: $d_l = B_l d_L$ with fixed $B_l$ of shape $(n_l, n_L)$ (Nøkland, 2016).

    >>> from tptheory import DeepLinearNetwork
    >>> DirectFeedbackAlignment().error_signal(DeepLinearNetwork(depth=3), 1).shape
    (n_1, 1)
    >>> DirectFeedbackAlignment().feedback(DeepLinearNetwork(depth=3), 2).shape
    (n_1, n_3)
    """

    name, title, direct = "dfa", "Direct feedback alignment", True
    phrase = "direct feedback alignment"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_{l-1}``, which takes ``d_L`` to ``d_{l-1}``."""
        net.check_layer(l)
        return net.layer_matrix("B", l - 1, lambda k: (net.widths[k], net.widths[net.depth]), first=0)


class GaussNewton(Rule):
    r"""Gauss-Newton targets: $d_l = (W_L \cdots W_{l+1})^+ d_L$, the least-norm move (Meulemans et al., 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> GaussNewton().error_signal(DeepLinearNetwork(depth=3), 1)
    Pinv(W_3*W_2)*(W_3*W_2*W_1*x - y)
    """

    name, title, direct = "gn", "Gauss-Newton targets", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(W_L ... W_l)+``."""
        net.check_layer(l)
        return Pinv(net.product(net.depth, l))
