"""Names that are imported when they are first asked for, so that importing a module takes no time (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def importing(module: str, homes: Mapping[str, str], modules: Iterable[str] = ()) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module whose names live elsewhere.

    Args:
        module: the name of the module.
        homes: by home, a module below the package ``tptheory``, the names that it defines, with spaces between.
        modules: modules of the package ``module`` that are found as attributes of it.

    >>> importing("tptheory", {"errors": "complain TptheoryError"})("complain")("n", "a number", "x")
    "'n' must be a number (got 'x')."
    """
    owner = {name: home for home, names in homes.items() for name in names.split()}
    known = frozenset(modules)

    def found(name: str) -> Any:
        if name in known:
            return import_module(f"{module}.{name}")
        if name not in owner:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules.get(module))
        value = getattr(import_module(f"tptheory.{owner[name]}"), name)
        vars(sys.modules[module])[name] = value
        return value

    return found
