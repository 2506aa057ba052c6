"""The quantities that the flows of BP and TP conserve, layer by layer."""

from __future__ import annotations

from sympy import Expr, MatrixExpr

from tptheory.symbolic.expressions import LogPdet, matadd, matmul, squared_norm, transpose
from tptheory.symbolic.network import DeepLinearNetwork


def balance(net: DeepLinearNetwork, l: int) -> MatrixExpr:
    """Return ``W_{l+1}' W_{l+1} - W_l W_l'``, with biases less ``b_l b_l'``, which BP's flow conserves.

    The shape is ``(n_l, n_l)``, for ``l = 1..L-1``.

    Raises:
        InvalidValueError: if layer ``l`` or ``l + 1`` does not exist.
    """
    lower, upper = net.weight(l), net.weight(l + 1)
    law = matadd(matmul(transpose(upper), upper), matmul(-1, lower, transpose(lower)))
    return matadd(law, matmul(-1, net.bias(l), transpose(net.bias(l)))) if net.biases else law


def log_determinant(net: DeepLinearNetwork, l: int) -> Expr:
    """Return ``log pdet W_{l+1} - 1/2 |W_l|^2``, with biases less ``1/2 |b_l|^2``, which TP's flow conserves.

    For ``l = 1..L-1``, at constant rank of ``W_{l+1}``.

    Raises:
        InvalidValueError: if layer ``l`` or ``l + 1`` does not exist.
    """
    lower, upper = net.weight(l), net.weight(l + 1)
    law = LogPdet(upper) - squared_norm(lower) / 2
    return law - squared_norm(net.bias(l)) / 2 if net.biases else law
