"""The shapes of matrices, whose sizes may be symbols: when two of them are one shape, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sympy import (
    Determinant,
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    ZeroMatrix,
    expand,
    sympify,
)


def same_shape(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two shapes are equal as expressions, so for all values of the symbols in their sizes.

    >>> from sympy import symbols
    >>> n, m = symbols("n m", integer=True, positive=True)
    >>> same_shape((n + m, 1), (m + n, 1)), same_shape((n, m), (m, n)), same_shape((2, 2), (2, 3))
    (True, False, False)
    """
    return len(a) == len(b) and all(n == m or expand(sympify(n) - sympify(m)) == 0 for n, m in zip(a, b, strict=True))


SQUARE = {Trace: "traces", Determinant: "determinants", Inverse: "inverses", MatPow: "powers"}
"""What there is of square matrices only, by the class of its node."""


def fault_of_shapes(node: Any) -> str:
    """Say what is wrong with the shapes in a node of an expression; nothing if they fit.

    >>> from sympy import MatrixSymbol, symbols
    >>> print(fault_of_shapes(Trace(MatrixSymbol("A", *symbols("n m")))))
    'expression' must have traces of square matrices only (got A of shape (n, m)). Give its symbols shapes that fit.
    """
    if isinstance(node, MatrixSymbol | Identity | ZeroMatrix | OneMatrix) and 0 in node.shape:
        came = f"{node} of shape {node.shape}"
        return f"'expression' must have matrices of one row and one column or more (got {came}). Leave it out."
    if isinstance(node, MatAdd | HadamardProduct | MatMul):
        return _fault_of_neighbours(node)
    whose = _asks_for_a_square(node)
    if not whose or _compose(node.args[0], node.args[0]):
        return ""
    came = f"{node.args[0]} of shape {node.args[0].shape}"
    return f"'expression' must have {whose} of square matrices only (got {came}). Give its symbols shapes that fit."


def _fault_of_neighbours(node: MatAdd | HadamardProduct | MatMul) -> str:
    """Say which terms of a sum, or factors of a product, do not fit; nothing if all do."""
    if not isinstance(node, MatMul):
        first, *others = node.args
        return _told("terms of one shape", ((first, M) for M in others if not same_shape(first.shape, M.shape)))
    pairs = pairwise(M for M in node.args if M.is_Matrix)
    return _told("factors of shapes that compose", (p for p in pairs if not _compose(*p)))


def _asks_for_a_square(node: Any) -> str:
    """Return what a node takes of a square matrix; nothing for other nodes."""
    return next((word for kind, word in SQUARE.items() if isinstance(node, kind)), "")


def _compose(left: Any, right: Any) -> bool:
    """Whether a matrix has as many columns as the next one has rows."""
    return same_shape(left.shape[1:], right.shape[:1])


def _told(expected: str, wrong: Iterator[tuple[Any, Any]]) -> str:
    """Say what is wrong with the first of two matrices that do not fit; nothing if there are none."""
    for left, right in wrong:
        came = f"{left} of shape {left.shape} beside {right} of shape {right.shape}"
        return f"'expression' must have {expected} (got {came}). Give their symbols shapes that fit."
    return ""
