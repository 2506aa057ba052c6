"""The libraries that only extras bring."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from tptheory.errors import MissingLibraryError, complain


def optional_library(name: str, argument: str, value: object, extra: str) -> ModuleType:
    """Import a module of a library that ``extra`` brings, for the sake of an argument and its value.

    >>> optional_library("json", "out", "a.json", "test").dumps([1])
    '[1]'

    Raises:
        MissingLibraryError: if it is not installed; the error says how to install it.
    """
    try:
        return import_module(name)
    except ImportError:
        expected = f"used only where {name.partition('.')[0]} is installed"
        mend = f"Run python -m pip install 'tptheory[{extra}]'."
        raise MissingLibraryError(complain(argument, expected, value, mend), name=name) from None


def data_frame(columns: Mapping[str, Any], method: str, holder: str) -> Any:
    """Return columns as a pandas DataFrame, for the method of that name of what holds them.

    Raises:
        MissingLibraryError: if pandas is not installed; the error says how to install it.
    """
    return optional_library("pandas", method, holder, "frames").DataFrame(dict(columns))
