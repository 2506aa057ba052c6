"""A method of a rule, and what it returns at a layer: a matrix, or of each state its symbol, motion and start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MethodType
from typing import Any

from sympy import Basic, MatrixBase

from tptheory.symbolic.branches import combined, numbers_of
from tptheory.symbolic.remembering import depends_on_itself
from tptheory.symbolic.states import State
from tptheory.symbolic.watching import Watch

Method = Callable[[Any, Any, Any], Any]
DEEPEST_ALONE, DEEPEST_TOGETHER = 24, 12
"""The largest depth that is tried because a number in a method's code is near it, or two numbers give it together."""
LOWEST = {"feedback": 2, "backward": 0, "error_signal": 0, "target": 0}
"""The first layer at which a method is defined, where that is not 1."""


@dataclass(frozen=True)
class MethodOfRule:
    """A method ``(rule, net, l)`` of a rule.

    Args:
        function: the method as its class defines it.
        name: its name.
        rule: the rule.
    """

    function: Method
    name: str
    rule: Any

    @property
    def lowest(self) -> int:
        """The first layer at which it is defined."""
        return LOWEST.get(self.name, 1)

    @property
    def depends_on_a_user(self) -> bool:
        """Whether what it says depends on what a user defined."""
        return not depends_on_itself(self.rule)

    def at(self, net: Any, l: Any, watch: Watch | None = None) -> Any:
        """Return the parts of what it says of a layer, while what a user's code learns is watched.

        Raises:
            InvalidValueError: if the code learns something of what is watched.
        """
        said = self._said(net, l, watch)
        if watch is not None:
            watch.refuse_lessons(self.name)
        return said

    def _said(self, net: Any, l: Any, watch: Watch | None) -> Any:
        """Return the parts of what it says, and let what a user's code learns be recorded."""
        if watch is None or not self.depends_on_a_user:
            return parts_of(self.function(self.rule, net, l))
        return parts_of(watch.call(self.function, self.rule, net, l))

    def at_or_none(self, net: Any, l: Any, watch: Watch | None = None) -> Any:
        """Return the parts of what it says of a layer; None if it raises, as at a layer that its user never asks for.

        Raises:
            InvalidValueError: if a user's code learns something of what is watched.
        """
        try:
            said = self._said(net, l, watch)
        except Exception:  # a user's own code may raise anything; where it is asked for, that is told
            said = None
        if watch is not None:
            watch.refuse_lessons(self.name)
        return said

    def numbers(self) -> list[int]:
        """Return the numbers at which it may branch, those of its code and of what the rule holds."""
        return numbers_of(MethodType(self.function, self.rule))

    def suspects(self) -> set[int]:
        """Return depths to try: small ones of these numbers, those beside them, and what two of them give together."""
        found = self.numbers()
        beside = {n + d for n in found for d in (-1, 0, 1)}
        return {n for n in beside if n <= DEEPEST_ALONE} | {n for n in combined(found) if n <= DEEPEST_TOGETHER}


def parts_of(said: Any) -> Any:
    """Return what a method returned, with each state as a tuple of its parts; matrices are returned unchanged."""
    if isinstance(said, tuple | list):
        return tuple(map(parts_of, said))
    return said.parts() if isinstance(said, State) else said


def with_parts_changed(parts: Any, change: Callable[[Any], Any]) -> Any:
    """Change every expression among parts; anything else, such as a name, is returned as it is."""
    if isinstance(parts, tuple):
        return tuple(with_parts_changed(part, change) for part in parts)
    return change(parts) if isinstance(parts, Basic | MatrixBase) else parts
