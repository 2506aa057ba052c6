"""The learning rules by name; each is a choice of feedback operator, from which `Rule` derives all else.

>>> list(RULES)[:3], eta, alpha, damping
(['bp', 'tp', 'damped-tp'], eta, alpha, lambda)
"""

from __future__ import annotations

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol

from tptheory.errors import InvalidTypeError, complain, unknown_name
from tptheory.symbolic.equilibrium_rules import DynamicInversion, EquilibriumPropagation, PredictiveCoding
from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.natural_gradient import NaturalGradient
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import alpha, damping, eta

__all__ = [
    "RULES",
    "Backprop",
    "DampedTargetProp",
    "DirectFeedbackAlignment",
    "DynamicInversion",
    "EquilibriumPropagation",
    "FeedbackAlignment",
    "GaussNewton",
    "Kaczmarz",
    "LearnedInverse",
    "NaturalGradient",
    "Newton",
    "PredictiveCoding",
    "RecursiveLeastSquares",
    "Rule",
    "TargetProp",
    "alpha",
    "damping",
    "eta",
    "rule_named",
]


class Backprop(Rule):
    """Backpropagation: $M_l = W_l'$, so that $G_l$ is the gradient (Rumelhart, Hinton and Williams, 1986).

    >>> from tptheory import DeepLinearNetwork
    >>> Backprop().feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T
    """

    name, title = "bp", "Backpropagation"

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

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_l``."""
        net.check_layer(l)
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))


class LearnedInverse(Rule):
    """Difference target propagation with a learned inverse $V_l$ of shape $(n_{l-1}, n_l)$ (Lee et al., 2015).

    ``V_l`` stands still along `flow` and in `step`: how it is trained is the trainer's business.

    >>> from tptheory import DeepLinearNetwork
    >>> LearnedInverse().feedback(DeepLinearNetwork(depth=2), 2).shape
    (n_1, n_2)
    """

    name, title = "dtp", "Learned-inverse target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``V_l``."""
        net.check_layer(l)
        return net.layer_matrix("V", l, lambda k: (net.widths[k - 1], net.widths[k]))


class DirectFeedbackAlignment(Rule):
    """Direct feedback alignment: $d_l = B_l d_L$ with fixed $B_l$ of shape $(n_l, n_L)$ (Nøkland, 2016).

    >>> from tptheory import DeepLinearNetwork
    >>> DirectFeedbackAlignment().error_signal(DeepLinearNetwork(depth=3), 1).shape
    (n_1, 1)
    >>> DirectFeedbackAlignment().feedback(DeepLinearNetwork(depth=3), 2).shape
    (n_1, n_3)
    """

    name, title, direct = "dfa", "Direct feedback alignment", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_{l-1}``, which takes ``d_L`` to ``d_{l-1}``."""
        net.check_layer(l)
        return net.layer_matrix("B", l - 1, lambda k: (net.widths[k], net.widths[net.depth]))


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


class Kaczmarz(GaussNewton):
    """The Kaczmarz step: the least change of one layer that removes the error (Kaczmarz, 1937; NLMS for one layer).

    ``dW_l = -eta (W_L ... W_{l+1})+ d_L x_{l-1}+``, where ``x+ = x' / |x|^2``; a batch gives the block step.

    >>> from tptheory import DeepLinearNetwork
    >>> Kaczmarz().update(DeepLinearNetwork(depth=1), 1)
    -eta*(W_1*x - y)*Pinv(x)
    """

    name, title = "kaczmarz", "Kaczmarz"

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``x_{l-1}+``."""
        return Pinv(net.activation(l - 1))


class Newton(Rule):
    """Newton's step in one layer at a time: gradient times inverse Hessian, block by block.

    For the squared error the Hessian in ``W_l`` is ``(X_{l-1} X_{l-1}') (x) (A'A)``, ``A = W_L ... W_{l+1}``, so that
    ``dW_l = -eta (A'A)^-1 A' E X_{l-1}' (X_{l-1} X_{l-1}')^-1``; both Gram matrices must be invertible.

    >>> from tptheory import DeepLinearNetwork
    >>> Newton().update(DeepLinearNetwork(depth=1, batch=5), 1)
    -eta*(W_1*X - Y)*X.T*(X*X.T)**(-1)
    """

    name, title, direct = "newton", "Newton, layer by layer", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(A'A)^-1 A'`` for ``A = W_L ... W_l``."""
        net.check_layer(l)
        A = net.product(net.depth, l)
        return matmul(Inverse(matmul(transpose(A), A)), transpose(A))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``X_{l-1}' (X_{l-1} X_{l-1}')^-1``."""
        X = net.activation(l - 1)
        return matmul(transpose(X), Inverse(matmul(X, transpose(X))))


class RecursiveLeastSquares(Backprop):
    """Recursive least squares, or FORCE (Haykin, 2002; Sussillo and Abbott, 2009), on errors that BP carries down.

    Each layer keeps ``P_l``, symmetric, the running inverse correlation of its input, of shape ``(n_{l-1}, n_{l-1})``.
    With the gain ``K_l = (I + X'P_l X)^-1 X'P_l``: ``dW_l = -eta d_l K_l`` and ``dP_l = -P_l X K_l``, ``X = X_{l-1}``.

    >>> from tptheory import DeepLinearNetwork
    >>> RecursiveLeastSquares().state_changes(DeepLinearNetwork(depth=1))
    {P_1: -P_1*x*(I + x.T*P_1*x)**(-1)*x.T*P_1}
    """

    name, title = "rls", "Recursive least squares"

    def state(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return the symbol ``P_l`` of shape ``(n_{l-1}, n_{l-1})``."""
        net.check_layer(l)
        return net.layer_matrix("P", l, lambda k: (net.widths[k - 1], net.widths[k - 1]))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the gain ``K_l`` of shape ``(B, n_{l-1})``."""
        X, P = net.activation(l - 1), self.state(net, l)
        innovation = matadd(Identity(X.cols), matmul(transpose(X), P, X))
        return matmul(Inverse(innovation), transpose(X), P)

    def state_changes(self, net: DeepLinearNetwork) -> dict[MatrixSymbol, MatrixExpr]:
        """Return ``dP_l = -P_l X_{l-1} K_l`` for every layer."""
        return {
            self.state(net, l): matmul(-1, self.state(net, l), net.activation(l - 1), self.presynaptic(net, l))
            for l in net.layers
        }


RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        Backprop,
        TargetProp,
        DampedTargetProp,
        FeedbackAlignment,
        DirectFeedbackAlignment,
        LearnedInverse,
        GaussNewton,
        Kaczmarz,
        Newton,
        RecursiveLeastSquares,
        NaturalGradient,
        PredictiveCoding,
        EquilibriumPropagation,
        DynamicInversion,
    )
}
"""Every rule by the name that the command line gives it."""


def rule_named(name: str) -> Rule:
    """Return the rule of that name.

    >>> rule_named("tp")
    TargetProp()

    Raises:
        InvalidTypeError: if ``name`` is not a string.
        UnknownNameError: if there is no such rule; the message suggests the nearest.
    """
    if not isinstance(name, str):
        raise InvalidTypeError(complain("rule", "a string such as 'tp'", name))
    if name not in RULES:
        raise unknown_name("rule", name, RULES)
    return RULES[name]()
