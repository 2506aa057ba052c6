"""Solve equations that are affine in one matrix exactly, by row reduction over the rationals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Add, MatAdd, MatMul, MatrixSymbol, Mul, Trace, Transpose

from tptheory.errors import InvalidValueError
from tptheory.numeric.evaluation import compile_expression
from tptheory.numeric.matrix_fields import reduced_rows
from tptheory.numeric.rationals import numbers_in


def is_affine(expression: Any, X: MatrixSymbol) -> bool:
    """Tell whether an expression is a constant plus something linear in ``X``, by its form.

    >>> from sympy import MatrixSymbol
    >>> A, X = MatrixSymbol("A", 2, 2), MatrixSymbol("X", 2, 2)
    >>> is_affine(A * X * A - A, X), is_affine(X * A * X - X, X)
    (True, False)
    """
    if not expression.has(X) or expression == X:
        return True
    if isinstance(expression, MatAdd | Add | Transpose | Trace):
        return all(is_affine(part, X) for part in expression.args)
    if isinstance(expression, MatMul | Mul):
        moving = [part for part in expression.args if part.has(X)]
        return len(moving) == 1 and is_affine(moving[0], X)
    return False


class AffineSystem:
    """Equations that are affine in one matrix ``X``: ``residual = 0`` for each."""

    def __init__(self, X: MatrixSymbol, residuals: Sequence[Any], symbols: Sequence[Any]) -> None:
        """Compile the residuals as functions of ``symbols``, of which ``X`` is one."""
        self.X, self.symbols = X, list(symbols)
        self.residuals = [compile_expression(r, self.symbols, arithmetic="exact") for r in residuals]

    def solve(self, values: dict[Any, Any]) -> fmpq_mat | None:
        """Return the solution that keeps the free entries of ``X`` as they are; None if there is none.

        An ``X`` that already solves the equations is returned unchanged.
        """
        X = values[self.X]
        rows, columns = X.nrows(), X.ncols()
        try:
            here = self._residual(values, X)
            if not any(here):
                return X
            moved = [self._residual(values, X + _unit(rows, columns, k)) for k in range(rows * columns)]
        except InvalidValueError:  # something to be inverted is singular here
            return None
        change = _solution([[m[i] - h for m in moved] + [-h] for i, h in enumerate(here)])
        return None if change is None else X + fmpq_mat(rows, columns, change)

    def _residual(self, values: dict[Any, Any], X: fmpq_mat) -> list[fmpq]:
        arrays = [X if s == self.X else values[s] for s in self.symbols]
        return [x for residual in self.residuals for x in numbers_in(residual(*arrays))]


def _unit(rows: int, columns: int, place: int) -> fmpq_mat:
    return fmpq_mat(rows, columns, [int(k == place) for k in range(rows * columns)])


def _solution(augmented: list[list[fmpq]]) -> list[fmpq] | None:
    """Solve the linear system ``[M | b]`` with zeros for the free unknowns."""
    unknowns = len(augmented[0]) - 1
    solution = [fmpq(0)] * unknowns
    for row, pivot in zip(*reduced_rows(fmpq_mat(augmented)), strict=True):
        if pivot == unknowns:
            return None
        solution[pivot] = row[-1]
    return solution
