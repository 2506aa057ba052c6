"""Indices of layers: an integer, a symbol, or a symbol plus an integer; and the widths that they give layers."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, S, Symbol, sympify

from tptheory.certificates.checker import index_text as spelled
from tptheory.errors import InvalidTypeError, complain

WIDTH = Function("n", integer=True, positive=True)
"""The width of a layer of a network of any depth: ``n(l)``."""


def index_parts(index: Any, argument: str = "l") -> tuple[Symbol | None, int]:
    """Return the symbol of an index, or None, and the integer that is added to it.

    Raises:
        InvalidTypeError: if the index is not an integer, a symbol, or a symbol plus an integer.
    """
    if isinstance(index, int | Expr) and not isinstance(index, bool):
        offset, base = sympify(index).as_coeff_Add()
        if offset.is_Integer and (isinstance(base, Symbol) or base is S.Zero):
            return (None if base is S.Zero else base), int(offset)
    raise InvalidTypeError(complain(argument, "a layer: an integer, a symbol, or a symbol plus an integer", index))


def index_text(index: Any) -> str:
    """Write an index: ``l``, ``l+1``, ``0``."""
    base, offset = index_parts(index)
    return spelled("" if base is None else str(base), offset)
