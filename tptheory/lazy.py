"""Names that are imported when they are first asked for, so that importing a module takes no time (PEP 562)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def importing(module: str, home_of: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module whose names live elsewhere.

    Args:
        module: the name of the module.
        home_of: by name, the module that defines it; for a module of the package ``module``, that package.

    >>> importing("tptheory", {"complain": "tptheory.errors"})("complain")("n", "a number", "x")
    "'n' must be a number (got 'x')."
    """

    def found(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules.get(module))
        if home_of[name] == module:
            return import_module(f"{module}.{name}")
        value = getattr(import_module(home_of[name]), name)
        vars(sys.modules[module])[name] = value
        return value

    return found


def lazy_exports(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package that imports its public names for type checkers.

    What stands under its ``if TYPE_CHECKING`` is read from its source; nothing of it is imported before it is asked
    for. A module that the package imports from itself is public as a whole, and not part of ``__all__``.
    """
    package = sys.modules[module]
    with open(str(package.__file__), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    [block] = [n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    home_of = {alias.name: str(n.module) for n in block.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    public = sorted(name for name, home in home_of.items() if home != module)

    def listed() -> list[str]:
        return sorted({*home_of, *(name for name in vars(package) if name.startswith("__"))})

    return importing(module, home_of), listed, public
