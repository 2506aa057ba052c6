"""Matrices of zeros and ones that pick an entry or a block: the gradients of entries and of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import BlockMatrix, Expr, Identity, ImmutableMatrix, MatMul, MatrixExpr, S, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import UnsupportedExpressionError
from tptheory.symbolic.expressions import matmul, transpose


def unit_matrix(entry: MatrixElement) -> MatrixExpr:
    """Return the gradient of an entry by its matrix: 1 at its place, and 0 everywhere else.

    >>> from sympy import MatrixSymbol, Symbol
    >>> unit_matrix(MatrixSymbol("A", 2, 2)[0, 1])
    Matrix([
    [0, 1],
    [0, 0]])

    Raises:
        UnsupportedExpressionError: if its place is no number.
    """
    rows, columns = entry.parent.shape
    if (rows, columns) == (1, 1):
        return Identity(1)
    if not (entry.i.is_Integer and entry.j.is_Integer):
        raise UnsupportedExpressionError(
            f"'expression' must have entries at numbers, to be differentiated by a matrix (got {entry}). "
            "Take its derivative in a direction: derivative(f, W, V)."
        )
    if rows.is_Integer and columns.is_Integer:
        place = (int(entry.i), int(entry.j))
        return ImmutableMatrix(int(rows), int(columns), lambda i, j: int((i, j) == place))
    return matmul(_unit_column(rows, entry.i), transpose(_unit_column(columns, entry.j)))


def with_entries_gathered(terms: Sequence[MatrixExpr]) -> list[MatrixExpr]:
    """Return terms of a sum, of which those that are numbers times explicit matrices are added up to one matrix."""
    gathered, others = None, []
    for term in terms:
        scalar, factors = term.as_coeff_matrices() if isinstance(term, MatMul) else (S.One, [term])
        if len(factors) == 1 and isinstance(factors[0], ImmutableMatrix):
            part = factors[0].applyfunc(lambda entry, scalar=scalar: scalar * entry)
            gathered = part if gathered is None else gathered + part
        else:
            others.append(term)
    return others if gathered is None else [gathered, *others]


def _unit_column(size: Expr, place: Expr) -> MatrixExpr:
    """Return the column with 1 at a place, and 0 everywhere else; what is beside the place has a size above 0."""
    if size == 1:
        return Identity(1)
    sizes = [part for part in (place, Identity(1).rows, size - place - 1) if part != 0]
    return embeddings(sizes)[0 if place == 0 else 1]


def embeddings(sizes: Sequence[Expr]) -> list[MatrixExpr]:
    """Return the matrices ``E_i`` whose columns are those of an identity that meet the i-th block."""
    return [
        transpose(BlockMatrix([[Identity(n) if i == j else ZeroMatrix(n, m) for j, m in enumerate(sizes)]]))
        for i, n in enumerate(sizes)
    ]
