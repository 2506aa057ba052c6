"""What a method of a rule returns at a layer, part by part: a matrix, or states, which are names and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Basic, MatrixBase

from tptheory.symbolic.states import State

ENDS = 3
"""How many layers from either end are compared in a network of fixed depth."""


def layers_at_the_ends(lowest: int, depth: int) -> list[int]:
    """Return the first and the last layers of a network of fixed depth, at which what a method returns is compared."""
    return [l for l in range(lowest, depth + 1) if l < lowest + ENDS or l > depth - ENDS]


def parts_of(said: Any) -> Any:
    """Return what a method returned, with each state as a tuple of its parts; matrices are returned unchanged."""
    if isinstance(said, tuple | list):
        return tuple(map(parts_of, said))
    return said.parts() if isinstance(said, State) else said


def changed(parts: Any, change: Callable[[Any], Any]) -> Any:
    """Change every expression among parts; anything else, such as a name, is returned as it is."""
    if isinstance(parts, tuple):
        return tuple(changed(part, change) for part in parts)
    return change(parts) if isinstance(parts, Basic | MatrixBase) else parts
