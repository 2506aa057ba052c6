"""The rank of a matrix as a number, so that sums of ranks can be said: ``rank A + rank B <= rank AB + n``."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Identity, Integer, S, ZeroMatrix

from tptheory.symbolic.expressions import Pinv, as_matrix, evaluated
from tptheory.symbolic.of_one_matrix import OfOneMatrix


class Rank(OfOneMatrix, Expr):
    """The rank of a matrix of any shape: an integer, which is not negative.

    It is the trace of the projection ``A A+`` on the image of ``A``; proofs use it in this form.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import evaluate
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> str(Rank(A) + 1), int(evaluate(Rank(A), {A: [[1, 2], [2, 4]]}, arithmetic="exact"))
    ('rank(A) + 1', 1)
    """

    code = "{matrix_rank}({A})"
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

    def doit(self, **hints: Any) -> Any:
        """Evaluate the argument, and the rank of a matrix of numbers; one with symbols stays inside the node."""
        A, known = evaluated(self.arg, hints)
        return Integer(A.rank()) if known else Rank(A)

    def _sympystr(self, printer: Any) -> str:
        return f"rank({printer._print(self.arg)})"
