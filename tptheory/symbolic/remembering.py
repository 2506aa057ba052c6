"""What is asked for often, of the same rule and network, is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers its results; for arguments without a hash it works them out each time.

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
        return known(*arguments)

    return recalled
