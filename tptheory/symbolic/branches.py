"""At which numbers may a Python function branch? At those that stand in its code, or near them.

A function that treats the twentieth layer differently compares the layer with 20, which `Watch` sees. If it does so
only where the layer is no symbol, a 20 still stands somewhere, in its code or in what the code refers to: as a number,
in a text such as ``"W_20"``, as numbers that give 20 together, as a power of 20, or as a position in a list. A branch
that is hidden better than that is not found.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from itertools import islice, product
from numbers import Number
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from sympy import Basic

from tptheory.symbolic.frames import is_users_code
from tptheory.symbolic.remembering import stands_in_a_package

WRAPPERS = (MethodType, staticmethod, classmethod, property, partial, cached_property, type(lru_cache(len)))
WRAPPED = ("__func__", "__self__", "__wrapped__", "fget", "func", "args", "keywords")
"""Methods, properties, partial functions and caches, and the attributes in which they keep what they were made of."""
LARGEST_LAYER = 2000
"""The largest number of a function's code that is tried as a layer."""
MOST_LOOKED_AT = 2000
"""So many objects are looked at to which a function refers, directly or through others."""
LARGEST_NUMBER = 10**9
"""Larger numbers are no layers and no sizes."""
MOST_NUMBERS, MOST_PLACES = 40, 8
"""So many numbers are tried, the first that are found; collections of more entries are not read, and places at which
the entries of a list change are not tried if there are more."""
MOST_COMBINED = 12
"""The numbers of a function's code are combined with each other only if there are at most so many."""


def suspects(function: Callable[..., Any]) -> set[int]:
    """Return the numbers of a function's code, those beside them, and what any two of them give together.

    Of ``lambda k: k == 20`` these are 19, 20 and 21, and what 20 gives with itself: 0, 1, 40 and 400.
    """
    found = numbers_of(function)
    near = {n + d for n in found for d in (-1, 0, 1)} | combined(found)
    return {n for n in near if 0 <= n <= LARGEST_LAYER}


def combined(numbers: Collection[int]) -> set[int]:
    """Return what any two of some numbers give together: sums, differences, products and quotients, if they are few."""
    if len(numbers) > MOST_COMBINED:
        return set()
    return {n for a, b in product(numbers, repeat=2) for n in (a + b, a - b, a * b, a // b if b else 0)}


def numbers_of(function: Callable[..., Any]) -> list[int]:
    """Return the integers of a function's code, and of what it refers to, without their signs, and their roots."""
    numbers = islice(_numbers(function, set()), MOST_NUMBERS)
    roots = dict.fromkeys(root for n in numbers for root in _roots(abs(n)))
    return [n for n in roots if n <= LARGEST_LAYER]


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
    if isinstance(item, Number | str | bytes) or item is None:
        yield from _numbers_in(item)
    elif id(item) not in seen and len(seen) < MOST_LOOKED_AT:
        seen.add(id(item))
        yield from _places(item)
        for part in _parts(item):
            yield from _numbers(part, seen)


def _numbers_in(item: Any) -> list[int]:
    """Return the integer that a constant is, or those that its text writes, such as 20 of ``"W_20"``."""
    if isinstance(item, str | bytes):
        return [int(digits) for digits in re.findall("[0-9]+", str(item)) if len(digits) < 9]
    if item is None or isinstance(item, bool | complex) or not abs(item) < LARGEST_NUMBER or item != int(item):
        return []
    return [int(item)]


def _places(item: Any) -> list[int]:
    """Return the places at which the entries of a list change, if these are few."""
    if not isinstance(item, list | tuple):
        return []
    places = [i for i in range(1, min(len(item), LARGEST_LAYER)) if item[i] is not item[i - 1]]
    return places if len(places) <= MOST_PLACES else []


def _parts(item: Any) -> Iterator[Any]:
    """Run through what a collection, a function, a class or an object of a user's is made of, or refers to."""
    if isinstance(item, Mapping):
        yield from (*item.keys(), *item.values())
    elif isinstance(item, list | tuple | set | frozenset | range | deque | np.ndarray):
        entries = item.flat if isinstance(item, np.ndarray) else item
        yield from entries if len(entries) <= MOST_NUMBERS else ()  # a longer one is data, or a record of what was
    elif isinstance(item, FunctionType):
        yield from _parts_of_function(item)
    elif isinstance(item, type):
        yield from (*vars(item).values(), *item.__bases__) if _is_users_class(item) else ()
    elif not isinstance(item, ModuleType | Basic):
        yield from _parts_of_object(item)


def _parts_of_object(item: Any) -> Iterator[Any]:
    """Run through what an object was made of, as a method or a cache is; of a user's, its attributes and its class."""
    slots: list[str] = []
    if isinstance(item, SimpleNamespace) or _is_users_class(type(item)):
        slots = [name for cls in type(item).__mro__ for name in getattr(cls, "__slots__", ())]
        yield from (*getattr(item, "__dict__", {}).values(), type(item))
    names = (*WRAPPED, *slots) if isinstance(item, WRAPPERS) else slots
    yield from (getattr(item, name) for name in names if hasattr(item, name))


def _parts_of_function(function: FunctionType) -> Iterator[Any]:
    """Run through the code of a user's function, its defaults and the globals that it names; of any, its closure."""
    yield from (cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell))
    if is_users_code(function.__code__):
        yield from (function.__defaults__, function.__kwdefaults__)
        for code in _codes(function.__code__):
            yield from (c for c in code.co_consts if c != function.__doc__ and not isinstance(c, CodeType))
            yield from _values_named(function.__globals__, code.co_names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Run through a piece of code, and those of the functions and comprehensions inside it."""
    yield code
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            yield from _codes(inside)


def _values_named(scope: Mapping[str, Any], names: Collection[str]) -> Iterator[Any]:
    """Run through what has one of some names in a scope, and in the modules that have one."""
    named = [scope[name] for name in names if name in scope]
    scopes = [vars(value) for value in named if isinstance(value, ModuleType)]
    yield from (*named, *(inside[name] for inside in scopes for name in names if name in inside))


def _is_users_class(cls: Any) -> bool:
    """Whether a class is none of Python's, and of no package whose objects are what they compare equal to."""
    return not stands_in_a_package(cls) and cls.__module__.partition(".")[0] not in sys.stdlib_module_names


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that is defined later
        return False
