"""What is asked for often is worked out once, where the answer depends on what is asked of alone.

A rule of a user's may read a global, an attribute of its class or a list, which no comparison of rules sees: what it
says is worked out each time, so that no verdict rests on what it said before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers its results.

    It works them out each time for arguments without a hash, and for what a user defined.

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
        return known(*arguments) if all(map(_depends_on_itself, arguments)) else function(*arguments)

    return recalled


OWN = ("tptheory", "sympy", "builtins", "flint")
"""The packages whose objects say the same for as long as they compare equal."""


def _depends_on_itself(item: Any) -> bool:
    """Whether what is asked of an object depends on nothing but itself: its class is known, and its rules' classes."""
    if type(item).__module__.partition(".")[0] not in OWN:
        return False
    parts = vars(item).values() if hasattr(item, "feedback") else [getattr(item, "rule", None)]
    return all(part is None or _depends_on_itself(part) for part in parts)
