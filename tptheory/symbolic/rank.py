"""The rank of a matrix as a number, so that sums of ranks can be said: ``rank A + rank B <= rank AB + n``."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Identity, Integer, MatrixExpr, S, ZeroMatrix

from tptheory.symbolic.expressions import Pinv, as_matrix, evaluated
from tptheory.symbolic.numpy_code import numpy_code
from tptheory.typesetting.expressions import node_latex


class Rank(Expr):
    """The rank of a matrix of any shape: an integer, which is not negative.

    It is the trace of the projection ``A A+`` on the image of ``A``; proofs use it in this form.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import evaluate
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> str(Rank(A) + 1), int(evaluate(Rank(A), {A: [[1, 2], [2, 4]]}, arithmetic="exact"))
    ('rank(A) + 1', 1)
    """

    is_commutative = True
    is_integer = True
    is_nonnegative = True

    def __new__(cls, argument: Any) -> Any:
        """Build the node; the ranks of an identity and of a zero matrix are known, and ``A+`` has the rank of ``A``."""
        argument = as_matrix("argument", argument)
        if isinstance(argument, Pinv):
            argument = argument.arg
        if isinstance(argument, Identity):
            return argument.rows
        if isinstance(argument, ZeroMatrix):
            return S.Zero
        return Expr.__new__(cls, argument)

    @property
    def arg(self) -> MatrixExpr:
        """The matrix whose rank this is."""
        return self.args[0]

    def doit(self, **hints: Any) -> Any:
        """Evaluate the argument, and the rank of a matrix of numbers; one with symbols stays inside the node."""
        A, known = evaluated(self.arg, hints)
        return Integer(A.rank()) if known else Rank(A)

    _numpycode = _scipycode = numpy_code

    def _sympystr(self, printer: Any) -> str:
        return f"rank({printer._print(self.arg)})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return node_latex(self, exp)
