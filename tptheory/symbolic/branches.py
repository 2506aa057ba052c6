"""At which numbers may a Python function branch? At those that stand in its code, or near them.

Calling a function at some layers does not show that it has one formula for all. But a function that treats the
twentieth layer differently has a 20 somewhere, in its code or in what the code refers to: as a number, as numbers that
give 20 together, as a power of 20, or as a position in a list. A branch that is hidden better than that is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from types import CodeType, FunctionType, MethodType
from typing import Any

LARGEST_LAYER = 2000
"""The largest layer at which functions are tried."""
MOST_COMBINED = 12
"""The numbers of a function's code are combined with each other only if there are at most so many."""
KNOWN = ("sympy", "tptheory", "builtins", "numpy")
"""Packages whose functions do not branch on the layer of a user's network."""


def suspects(function: Callable[..., Any]) -> set[int]:
    """Return the non-negative numbers at which a function might branch: those of its code, and combinations of them.

    Of ``lambda k: k == 20`` these are 19, 20 and 21, and what 20 gives with itself: 0, 1, 40 and 400.
    """
    found = {root for n in _numbers(function, set()) for root in _roots(abs(n)) if root <= LARGEST_LAYER}
    near = {n + d for n in found for d in (-1, 0, 1)}
    if len(found) <= MOST_COMBINED:
        for a, b in product(found, repeat=2):
            near |= {a + b, a - b, a * b, a // b if b else 0}
    return {n for n in near if 0 <= n <= LARGEST_LAYER}


def _roots(n: int) -> Iterator[int]:
    """Return a number, and the integers of which it is a power: ``k**2 == 81`` branches at 9."""
    yield n
    if n > 1:
        for power in range(2, n.bit_length()):
            root = round(n ** (1 / power))
            if root**power == n:
                yield root


def _numbers(item: Any, seen: set[int]) -> Iterator[int]:
    """Run through the integers in a function's code, and in what it refers to."""
    if isinstance(item, int | str) or item is None:
        yield from _number_in(item)
    elif id(item) not in seen:
        seen.add(id(item))
        yield from _numbers_inside(item, seen)


def _number_in(item: int | str | None) -> list[int]:
    """Return the integer that a constant is or that its text writes, if there is one."""
    if isinstance(item, str):
        return [int(item)] if item.isdecimal() and len(item) < 9 else []
    return [] if item is None or isinstance(item, bool) else [int(item)]


def _numbers_inside(item: Any, seen: set[int]) -> Iterator[int]:
    """Run through the integers in a collection, in code, or in what a function or an object refers to."""
    if isinstance(item, Mapping):
        yield from _numbers([*item.keys(), *item.values()], seen)
    elif isinstance(item, list | tuple | set | frozenset | range):
        parts = list(item)[:LARGEST_LAYER]
        yield from (position for position in range(1, len(parts)) if parts[position] is not parts[position - 1])
        for part in parts:
            yield from _numbers(part, seen)
    elif isinstance(item, CodeType):
        yield from _numbers(item.co_consts, seen)
    elif isinstance(item, MethodType):
        yield from _numbers([item.__func__, item.__self__], seen)
    elif isinstance(item, FunctionType):
        yield from _of_function(item, seen)
    elif type(item).__module__.split(".")[0] not in KNOWN:
        yield from _numbers([v for v in getattr(item, "__dict__", {}).values() if not callable(v)], seen)


def _of_function(function: FunctionType, seen: set[int]) -> Iterator[int]:
    own = (function.__module__ or "").split(".")[0] not in KNOWN
    cells = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    yield from _numbers(cells, seen)
    if own:
        named = (function.__globals__.get(name) for name in function.__code__.co_names)
        yield from _numbers(
            [function.__code__, *(function.__defaults__ or ()), *(v for v in named if _is_plain(v))], seen
        )


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that is defined later
        return False


def _is_plain(value: Any) -> bool:
    """Whether a global is a number, a collection or a function of the user's."""
    return isinstance(value, int | str | Mapping | list | tuple | set | frozenset | range | FunctionType)
