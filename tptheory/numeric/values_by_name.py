"""Values that a user gives by the names of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Basic

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.numeric.constants import name_of_constant


def values_by_symbol(values: Mapping[Any, Any], symbols: Iterable[Basic]) -> dict[Any, Any]:
    """Return values in which each name is replaced by the symbol that has it; all other keys stay as they are.

    >>> from sympy import Symbol
    >>> values_by_symbol({"s": 1}, [Symbol("s")])
    {s: 1}

    Raises:
        InvalidValueError: if a symbol is given by its name and by itself, or two symbols share a name that is given.
        UnknownNameError: if no symbol has a name; the nearest is suggested.
    """
    known: dict[str, list[Basic]] = {}
    for symbol in sorted(symbols, key=str):
        known.setdefault(str(symbol), []).append(symbol)
    found: dict[Any, Any] = {}
    for key, value in values.items():
        symbol = key
        if isinstance(key, str):
            name = key if key in known else name_of_constant(key)
            if name not in known:
                raise unknown_name("values", name, known)
            symbol, *others = known[name]
            if others:
                mend = "Give them by the symbols themselves."
                raise InvalidValueError(
                    complain("values", "names that one symbol has", f"{name}, of two symbols", mend)
                )
        if symbol in found:
            raise InvalidValueError(complain("values", f"a mapping that gives {symbol} once", list(values)))
        found[symbol] = value
    return found
