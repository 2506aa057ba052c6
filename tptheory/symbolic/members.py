"""The members of sequences: a matrix, or a number, that carries its sequence and its index as arguments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sympy import Expr, MatrixSymbol, S, Symbol, sympify
from sympy.core.basic import Basic

from tptheory.errors import InvalidValueError, complain
from tptheory.symbolic.expressions import matmul
from tptheory.symbolic.indices import index_parts, index_text
from tptheory.symbolic.walking import nodes_in
from tptheory.typesetting.expressions import node_latex


class _AtIndex:
    """What a matrix and a number at an index share: their arguments are a sequence and the index."""

    is_Atom = True  # noqa: N815

    def __new__(cls, sequence: Any, index: Any) -> Any:
        """Build the member; call the sequence with an index instead."""
        index_parts(index)
        return Basic.__new__(cls, sequence, sympify(index))

    sequence = property(lambda self: self.args[0], doc="The sequence that it is a member of.")
    index = property(lambda self: self.args[1], doc="Its index.")
    name = property(
        lambda self: f"{self.sequence.name}[{index_text(self.index)}]", doc="How it is written: ``W[l+1]``."
    )
    free_symbols = property(
        lambda self: self.sequence.free_symbols | self.index.free_symbols,
        doc="The symbols of the index and of the definition.",
    )

    def doit(self, **hints: Any) -> Any:
        """Return the same: there is nothing to evaluate."""
        return self


class LayerSymbol(_AtIndex, MatrixSymbol):
    """The matrix of a sequence at an index."""

    _op_priority = 12.0

    def __mul__(self, other: Any) -> Any:
        """Multiply from the right, and simplify nothing: SymPy would cancel an inverse that may not exist."""
        return matmul(self, other)

    def __rmul__(self, other: Any) -> Any:
        """Multiply from the left, and simplify nothing."""
        return matmul(other, self)

    @cached_property
    def shape(self) -> tuple[Any, Any]:
        """Its shape, at its index."""
        return self.sequence.shape(self.index)

    def _latex(self, printer: Any, *_: Any) -> str:
        return node_latex(self)


class LayerScalar(_AtIndex, Expr):
    """The number of a sequence at an index."""

    is_commutative = True
    is_real = True
    is_symbol = True

    def _eval_derivative(self, symbol: Any) -> Any:
        if symbol in self.free_symbols:
            raise InvalidValueError(complain("symbol", f"one that {self.sequence} does not depend on", symbol))
        return S.Zero

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _pretty(self, printer: Any) -> Any:
        return printer._print(Symbol(self.name))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = node_latex(self)
        return text if exp is None else f"{{{text}}}^{{{exp}}}"


Member = LayerSymbol | LayerScalar


def occurrences(expression: Any, *types: Any) -> Iterator[Any]:
    """Run through the nodes of some types in an expression, without those inside the definitions of its sequences."""
    for node in nodes_in(expression, opens=lambda node: not isinstance(node, Member)):
        if isinstance(node, types):
            yield node
        if isinstance(node, Member):
            yield from (symbol for symbol in node.index.free_symbols if isinstance(symbol, types))


def layer_symbols(expression: Any) -> list[Any]:
    """Return the members of sequences that stand in an expression, matrices and numbers, ordered by their names."""
    return sorted(
        set(occurrences(expression, LayerSymbol, LayerScalar)), key=lambda member: (member.name, str(type(member)))
    )
