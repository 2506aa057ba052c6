"""A cache for functions that are called often, used only where the result depends on the arguments alone.

A user's rule may read a global, an attribute of its class or a list, and no comparison of rules sees these change.
Results that depend on such a rule are remembered within one question alone, such as one call of `decide`, so that no
verdict rests on what the rule said before it was asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from inspect import unwrap
from types import FunctionType
from typing import Any

from tptheory.symbolic.frames import is_users_code

_within_this_question: ContextVar[dict[Any, Any] | None] = ContextVar("within_this_question", default=None)
"""What is remembered of users' rules until the question is answered that is being asked; None outside of any."""


@contextmanager
def one_question() -> Iterator[None]:
    """Within the block, or the function that this decorates, ask a user's rule for each thing once.

    A question within another one is a part of it.
    """
    if _within_this_question.get() is not None:
        yield
        return
    token = _within_this_question.set({})
    try:
        yield
    finally:
        _within_this_question.reset(token)


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers its results.

    It computes the result anew for arguments that have no hash. For arguments whose class a user defined it does so
    once in each question, and outside of any at each call.

    >>> remembered(len)([1, 2]), remembered(len)((1, 2))
    (2, 2)
    """
    known = lru_cache(maxsize=1024, typed=True)(function)

    @wraps(function)
    def recalled(*arguments: Any) -> Any:
        try:
            hash(arguments)
        except TypeError:
            return function(*arguments)
        if all(map(depends_on_itself, arguments)):
            return known(*arguments)
        found = _within_this_question.get()
        if found is None:
            return function(*arguments)
        if (function, arguments) not in found:
            found[function, arguments] = function(*arguments)
        return found[function, arguments]

    return recalled


OWN = ("tptheory", "sympy", "builtins", "flint")
"""The packages whose objects give the same results as long as they compare equal."""


HEAP_TYPE_FLAG = 1 << 9
"""The flag of a class that a class statement made, called ``Py_TPFLAGS_HEAPTYPE`` in Python's own source."""


@lru_cache(maxsize=4096)
def stands_in_a_package(named: Any) -> bool:
    """Whether a class or a function is one of a package in `OWN`: found where it says it is, its code no user's.

    What ``exec`` defines says that it is of ``builtins``, and is not found there.
    """
    module = named.__module__ or ""
    if module.partition(".")[0] not in OWN:
        return False
    if isinstance(named, type) and not named.__flags__ & HEAP_TYPE_FLAG:
        return True
    found: Any = sys.modules.get(module)
    for name in named.__qualname__.split("."):
        found = getattr(found, name, None)
    is_made_elsewhere = isinstance(named, FunctionType) and is_users_code(named.__code__)  # as by a user's decorator
    return unwrap(found) is unwrap(named) and not is_made_elsewhere


def depends_on_itself(item: Any) -> bool:
    """Whether results depend on an object alone: its class, and those of its parts, come from the packages in `OWN`.

    A function, or a class, has to come from them itself.
    """
    if not stands_in_a_package(item if isinstance(item, FunctionType | type) else type(item)):
        return False
    if isinstance(item, tuple | frozenset):
        return all(map(depends_on_itself, item))
    parts = vars(item).values() if hasattr(item, "feedback") else [getattr(item, "rule", None)]
    return all(part is None or depends_on_itself(part) for part in parts)
