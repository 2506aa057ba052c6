"""Names that are imported when they are first asked for, so that importing a module takes no time (PEP 562)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
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


def lazy_exports(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package that imports its public names for type checkers.

    What stands under its ``if TYPE_CHECKING`` is read from its source; nothing of it is imported before it is asked
    for. A module that the package imports from itself is public as a whole, and not part of ``__all__``.
    """
    package = sys.modules[module]
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    [block] = [n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    home_of = {alias.name: str(n.module) for n in block.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    modules = [name for name, home in home_of.items() if home == module]
    public = sorted(home_of.keys() - set(modules))
    homes: dict[str, str] = {}
    for name in public:
        home = home_of[name].removeprefix("tptheory.")
        homes[home] = f"{homes.get(home, '')} {name}"

    def listed() -> list[str]:
        return sorted({*home_of, *(name for name in vars(package) if name.startswith("__"))})

    return importing(module, homes, modules), listed, public
