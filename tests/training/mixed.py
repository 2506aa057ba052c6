"""A rule of one's own with a parameter, which tests of training share."""

from typing import Any

from sympy import MatrixExpr

from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule


class Mixed(Rule):
    """``s`` times the transpose and ``1 - s`` times the pseudo-inverse."""

    def __init__(self, s: Any) -> None:
        self.s = s

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the mixture."""
        W = net.weight(l)
        return matadd(matmul(self.s, transpose(W)), matmul(1 - self.s, Pinv(W)))
