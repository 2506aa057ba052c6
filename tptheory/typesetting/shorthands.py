"""Shorthands for what statements are full of: squared norms, and products of a row and a column, which are numbers.

``tr(A'A)`` is shown as ``|A|^2``, the trace of a product of size 1 as that product, and ``tr(A'B) + tr(B'A)`` as
``2 tr(A'B)``. The trace of a zero matrix is left out. All of it is only how an expression is shown.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatAdd, MatMul, MatrixExpr, S, Trace, Transpose
from sympy.printing.precedence import PRECEDENCE


class SquaredNorm(Expr):
    """The sum of the squares of a matrix's entries, ``tr(A'A)``."""

    is_commutative = True
    precedence = PRECEDENCE["Mul"]

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        norm = rf"\lvert {printer._print(self.args[0])} \rvert^{{2}}"
        return norm if exp is None else rf"({norm})^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"|{printer._print(self.args[0])}|^2"


class ProductAsNumber(Expr):
    """A product of a row and a column: the number that is its only entry."""

    is_commutative = True
    precedence = PRECEDENCE["Add"]

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        product = printer._print(self.args[0])
        return product if exp is None else rf"({product})^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.args[0]))


def transposed(node: Any) -> Any:
    """Return the transpose, pushed down to the letters and the inverses."""
    if isinstance(node, Transpose):
        return node.arg
    if isinstance(node, MatMul):
        scalar, factors = node.as_coeff_matrices()
        return product(scalar, tuple(transposed(f) for f in reversed(factors)))
    if isinstance(node, MatAdd):
        return MatAdd(*map(transposed, node.args), evaluate=False)
    return node if getattr(node, "is_Identity", False) else Transpose(node)


def product(scalar: Any, factors: tuple[Any, ...]) -> Any:
    """Return a product of matrices as it is written."""
    if len(factors) == 1 and scalar == 1:
        return factors[0]
    return MatMul(*(() if scalar == 1 else (scalar,)), *factors, evaluate=False)


def with_shorthands(expression: Any) -> Any:
    """Return an expression with its traces as they are shown.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)
    >>> with_shorthands(Trace(A.T * A) + Trace(A.T * B) + Trace(B.T * A))
    |A|^2 + 2*Trace(A.T*B)
    """
    known: dict[Any, Any] = {}
    done: dict[Any, Any] = {}

    def shown(node: Any) -> Any:
        if not getattr(node, "args", ()) or node.is_symbol:
            return node
        if node not in done:
            args = tuple(map(shown, node.args))
            made = node if args == node.args else rebuilt(node, args)
            done[node] = _shown_trace(made, known) if isinstance(made, Trace) else made
        return done[node]

    return shown(expression)


def rebuilt(node: Any, args: tuple[Any, ...]) -> Any:
    """Return a node with other arguments; products and sums of matrices are not simplified."""
    if args == node.args:
        return node
    if isinstance(node, SquaredNorm):
        return SquaredNorm(least_marked(args[0]))
    return node.func(*args, evaluate=False) if isinstance(node, MatAdd | MatMul) else node.func(*args)


def _shown_trace(trace: Any, known: dict[Any, Any]) -> Any:
    """Return a trace as it is shown; ``known`` holds the traces that were met before, by what is under them."""
    under = trace.arg
    if under.is_ZeroMatrix:
        return S.Zero
    scalar, factors = under.as_coeff_matrices() if isinstance(under, MatMul) else (S.One, [under])
    half, odd = divmod(len(factors), 2)
    if not odd and same(product(S.One, tuple(factors[:half])), transposed(product(S.One, tuple(factors[half:])))):
        behind = product(S.One, tuple(factors[half:]))
        return scalar * SquaredNorm(least_marked(behind))
    core = product(S.One, _rotated(tuple(factors)))
    turned = known.get(key(transposed(core)))
    core = known.setdefault(key(core), core) if turned is None else turned
    return scalar * (ProductAsNumber(core) if core.shape == (1, 1) and len(factors) > 1 else Trace(core))


def _rotated(factors: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn a product round, which changes no trace, so that it begins with a row if it has one."""
    first = next((i for i, factor in enumerate(factors) if factor.shape[0] == 1), 0)
    return factors[first:] + factors[:first]


def least_marked(matrix: Any) -> Any:
    """Return a matrix or its transpose: the one with fewer transposed factors, or else the column."""
    return min(matrix, transposed(matrix), key=lambda one: (len(one.atoms(Transpose)), one.shape[1] != 1))


def upright(meaning: Any) -> Any:
    """Return a matrix or its transpose: the one that is a column, or else has fewer transposed factors."""
    return min(meaning, transposed(meaning), key=lambda one: (one.shape[1] != 1, len(one.atoms(Transpose))))


def key(node: Any) -> Any:
    """Return what is the same for sums of the same terms in another order, and for products of such sums."""
    if isinstance(node, MatAdd):
        return frozenset(map(key, node.args))
    if isinstance(node, MatMul):
        return tuple(map(key, node.args))
    return node


def same(one: MatrixExpr, other: MatrixExpr) -> bool:
    """Tell whether two matrices are the same but for the order of the terms in sums."""
    return bool(key(one) == key(other))
