"""The code of NumPy that SymPy's ``lambdify`` makes of a pseudo-inverse, a rank and a pseudo-determinant."""

from __future__ import annotations

from typing import Any

CODE = {
    "Pinv": "{pinv}({A})",
    "Rank": "{matrix_rank}({A})",
    "LogPdet": "{sum}({log}({svd}({A}, compute_uv=False)[: {matrix_rank}({A})]))",
}
"""What to write for a node of each class, with its matrix ``A``."""
HOMES = {"pinv": "numpy.linalg", "matrix_rank": "numpy.linalg", "svd": "numpy.linalg", "log": "numpy", "sum": "numpy"}
"""The module of each function."""


def numpy_code(node: Any, printer: Any) -> str:
    """Return the code of a node; SymPy calls this as a method of the node, with its printer for NumPy or SciPy."""
    functions = {name: printer._module_format(f"{home}.{name}") for name, home in HOMES.items()}
    return CODE[type(node).__name__].format(A=printer._print(node.arg), **functions)
