"""The rules that rescale a step by the curvature of the loss: Kaczmarz, Newton, recursive least squares."""

from __future__ import annotations

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol

from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.feedback_rules import Backprop, GaussNewton
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
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
