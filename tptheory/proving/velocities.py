"""Symbols for the velocities of matrices that a flow moves."""

from __future__ import annotations

from typing import Any

from sympy import MatrixSymbol
from sympy.core.basic import Basic


class Velocity(MatrixSymbol):
    """The velocity of a symbol along a flow; it equals no symbol of a user's, whatever that symbol is called."""

    def __new__(cls, moving: MatrixSymbol) -> Any:
        """Make the velocity, which has the shape of the symbol that moves."""
        return Basic.__new__(cls, moving, *moving.shape)

    @property
    def name(self) -> str:
        """The name under which the velocity is printed."""
        return f"d{self.args[0]}/dt"
