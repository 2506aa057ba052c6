"""Words for certificates of format 2 that tests write by hand."""

import copy
from typing import Any

FORMAT = "tptheory-certificate/2"


def t(letter: Any) -> dict[str, Any]:
    """Return a letter, transposed."""
    return {"T": letter}


def tr(*letters: Any) -> dict[str, Any]:
    """Return the trace of a product."""
    return {"tr": [*letters]}


def at(name: str, offset: int = 0, base: str = "k") -> list[Any]:
    """Return a letter or a size at the index ``base + offset``."""
    return [name, base, offset]


def put(data: Any, *path: Any, to: Any) -> Any:
    """Return a copy of nested data with another entry at the end of a path of keys."""
    data = copy.deepcopy(data)
    *way, last = path
    inner = data
    for step in way:
        inner = inner[step]
    inner[last] = to
    return data
