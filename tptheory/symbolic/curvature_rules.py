"""The rules that rescale a step by the curvature of the loss: Kaczmarz, Newton, natural gradient, least squares."""

from __future__ import annotations

from typing import Any

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol

from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.feedback_rules import Backprop, GaussNewton
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import damping
from tptheory.symbolic.states import State


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


class NaturalGradient(Rule):
    r"""The natural gradient of the squared error, layer by layer, with a damped Fisher matrix (Amari, 1998).

    If the outputs are ``y ~ N(x_L, I)``, the squared error is their negative log-likelihood, and the Fisher information
    of a batch about ``W_l`` is ``F_l = (X_{l-1} X_{l-1}') (x) (A'A)`` with ``A = W_L ... W_{l+1}``: the block of layer
    ``l`` of the Fisher matrix. It is the Hessian in ``W_l`` too, so that without damping the step is that of `Newton`.
    In deep linear nets the whole Fisher matrix can be inverted too, with the blocks between layers, which are left out
    here (Bernacchia, Lengyel and Hennequin, 2018). Each factor is damped by itself, as ``F_l + lambda I`` is no
    Kronecker product (Martens and Grosse, 2015):

    ``dW_l = -eta (A'A + lambda I)^-1 A' E X_{l-1}' (X_{l-1} X_{l-1}' + lambda I)^-1``.

    ``F_l`` sums over the batch: where the loss is a mean, as in `train`, a step is shorter by the size of the batch.

    Args:
        damping: what is added to both factors; the symbol ``lambda`` unless given.

    >>> from tptheory import DeepLinearNetwork
    >>> NaturalGradient().error_signal(DeepLinearNetwork(depth=2), 1)
    (lambda*I + W_2.T*W_2)**(-1)*W_2.T*(W_2*W_1*x - y)
    """

    name, title, direct = "ng", "Natural gradient, layer by layer", True
    phrase = "natural gradient, layer by layer"

    def __init__(self, damping: Any = damping) -> None:
        self.damping = damping

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(A'A + lambda I)^-1 A'`` for ``A = W_L ... W_l``."""
        net.check_layer(l)
        return self.backward(net, l - 1)

    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(A'A + lambda I)^-1 A'`` for ``A = W_L ... W_{l+1}``; ``A = I`` at the output."""
        net.check_layer(l, lowest=0)
        A = net.product(net.depth, l + 1)
        return matmul(Inverse(self._damped(matmul(transpose(A), A))), transpose(A))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``X_{l-1}' (X_{l-1} X_{l-1}' + lambda I)^-1``."""
        X = net.activation(l - 1)
        return matmul(transpose(X), Inverse(self._damped(matmul(X, transpose(X)))))

    def _damped(self, gram: MatrixExpr) -> MatrixExpr:
        """Return a Gram matrix plus ``lambda I``."""
        return matadd(gram, matmul(self.damping, Identity(gram.rows)))


class RecursiveLeastSquares(Backprop):
    """Recursive least squares, or FORCE (Haykin, 2002; Sussillo and Abbott, 2009), on errors that BP carries down.

    Each layer keeps ``P_l``, symmetric, the running inverse correlation of its input, of shape ``(n_{l-1}, n_{l-1})``.
    With the gain ``K_l = (I + X'P_l X)^-1 X'P_l``: ``dW_l = -eta d_l K_l`` and ``dP_l = -P_l X K_l``, ``X = X_{l-1}``.

    >>> from tptheory import DeepLinearNetwork
    >>> [state] = RecursiveLeastSquares().states(DeepLinearNetwork(depth=1), 1)
    >>> state.symbol, state.change
    (P_1, -P_1*x*(I + x.T*P_1*x)**(-1)*x.T*P_1)
    """

    name, title = "rls", "Recursive least squares"
    phrase = "recursive least squares"

    def state(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return the symbol ``P_l`` of shape ``(n_{l-1}, n_{l-1})``."""
        net.check_layer(l)
        return net.layer_matrix("P", l, lambda k: (net.widths[k - 1], net.widths[k - 1]))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the gain ``K_l`` of shape ``(B, n_{l-1})``."""
        X, P = net.activation(l - 1), self.state(net, l)
        innovation = matadd(Identity(X.cols), matmul(transpose(X), P, X))
        return matmul(Inverse(innovation), transpose(X), P)

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``P_l``, from the identity on, with ``dP_l = -P_l X_{l-1} K_l``; it moves in steps only."""
        P = self.state(net, l)
        return (State(P, change=matmul(-1, P, net.activation(l - 1), self.presynaptic(net, l)), start="identity"),)
