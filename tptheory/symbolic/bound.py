"""Bound indices and bound members: inside a definition they stand for any layer, and for the member before it.

The definition ``S[k] = S[k-1] + k`` binds ``k`` and ``S[k-1]``, as SymPy's `Lambda` binds its variables. Each is
told apart by its class and its level, not by a name: no symbol of a user's equals it, whatever that symbol is called.
The level of a definition is higher than that of every definition inside it, so nested ones never meet.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixSymbol, Symbol, sympify
from sympy.core.basic import Basic

from tptheory.symbolic.expressions import size_symbols


class BoundIndex(Symbol):
    """The index that a definition binds; printed as ``k``, and equal to no symbol but the index of its level.

    >>> BoundIndex(1) == BoundIndex(1), BoundIndex(1) == BoundIndex(2), BoundIndex(1) == Symbol("k", integer=True)
    (True, False, False)
    """

    __slots__ = ("level",)
    level: int

    def __new__(cls, level: int) -> Any:
        """Make the index of a level."""
        index = Symbol.__xnew__(cls, f"k{level}", integer=True)
        index.level = int(level)
        return index

    def __getnewargs_ex__(self) -> tuple[tuple[int], dict[str, Any]]:
        """Return what `__new__` is called with when the index is copied or unpickled."""
        return (self.level,), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.level,)

    def _sympystr(self, printer: Any) -> str:
        return "k"

    def _latex(self, printer: Any) -> str:
        return "k"

    def _pretty(self, printer: Any) -> Any:
        return printer._print(Symbol("k"))


class BoundMatrix(MatrixSymbol):
    """The neighbour that a recursion of matrices binds: ``M[k-1]``, or ``M[k+1]`` of a downward recursion."""

    def __new__(cls, index: Any, rows: Any, columns: Any) -> Any:
        """Make the neighbour that goes with a bound index."""
        return Basic.__new__(cls, index, sympify(rows), sympify(columns))

    @property
    def name(self) -> str:
        """The name under which the neighbour is printed."""
        return "M"

    @property
    def free_symbols(self) -> set[Any]:
        """Return the bound index that the neighbour goes with, and the symbols that its sizes depend on."""
        return set().union(*(part.free_symbols for part in self.args))


class BoundScalar(Expr):
    """The neighbour that a recursion of numbers binds: ``S[k-1]``, or ``S[k+1]`` of a downward recursion."""

    is_commutative = True
    is_real = True
    is_symbol = True

    def __new__(cls, index: Any) -> Any:
        """Make the neighbour that goes with a bound index."""
        return Expr.__new__(cls, index)

    def doit(self, **hints: Any) -> Any:
        """Return the same: there is nothing to evaluate."""
        return self

    def _sympystr(self, printer: Any) -> str:
        return "S"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return "S" if exp is None else f"S^{{{exp}}}"


def free_symbols(expression: Any) -> set[Any]:
    """Return the free symbols of an expression and of the sizes of its matrices; anything but a SymPy node has none."""
    if not isinstance(expression, Basic):
        return set()
    found = set(expression.free_symbols)
    for symbol in [s for s in found if isinstance(s, MatrixSymbol)]:
        found |= size_symbols(symbol)
    return found


def own_level(highest_inside: int, around: set[Any]) -> int:
    """Return the level of a definition: the least that is above all levels inside it and that no index around it has.

    Args:
        highest_inside: the highest level of a definition that stands inside; 0 where there is none.
        around: the free symbols of the definition.
    """
    taken = {symbol.level for symbol in around if isinstance(symbol, BoundIndex)}
    level = highest_inside + 1
    while level in taken:
        level += 1
    return level
