"""The natural gradient, one layer at a time: the gradient times the inverse of a damped Fisher matrix."""

from __future__ import annotations

from typing import Any

from sympy import Identity, Inverse, MatrixExpr

from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import damping


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
