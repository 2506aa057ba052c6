"""What the pseudo-inverse, the rank and the pseudo-determinant share: they are nodes of SymPy with one matrix."""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import MatrixExpr
from sympy.core.basic import Basic

from tptheory.typesetting.expressions import node_latex

HOMES = {"pinv": "numpy.linalg", "matrix_rank": "numpy.linalg", "svd": "numpy.linalg", "log": "numpy", "sum": "numpy"}
"""The module of each function that stands in the code of a node."""


class OfOneMatrix(Basic):
    """A node of one matrix: it knows its matrix, its LaTeX, and the code that SymPy's ``lambdify`` makes of it."""

    code: ClassVar[str]
    """What to write for the node in NumPy, with its matrix ``{A}`` and functions by the names in `HOMES`."""

    @property
    def arg(self) -> MatrixExpr:
        """The matrix."""
        return self.args[0]

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return node_latex(self, exp)

    def _numpycode(self, printer: Any) -> str:
        functions = {name: printer._module_format(f"{home}.{name}") for name, home in HOMES.items()}
        return self.code.format(A=printer._print(self.arg), **functions)

    _scipycode = _numpycode
