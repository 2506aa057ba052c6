"""A loss that is left open, but for the name of its gradient at the output."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr

from tptheory.typesetting.expressions import node_latex


class UnspecifiedLoss(Expr):
    """A loss of which only the gradient ``d_L = dLoss/dx_L`` is named: ``dLoss = <d_L, dx_L>``."""

    is_commutative = True

    def __new__(cls, output: MatrixExpr, error: MatrixExpr) -> Any:
        """Build the node from the output ``x_L`` and the symbol ``d_L``."""
        return Expr.__new__(cls, output, error)

    def _latex(self, printer: Any, *_: Any) -> str:
        return node_latex(self)
