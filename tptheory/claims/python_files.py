"""Python files that a user names: theorems, tasks and rules. They are run: name only those you trust."""

from __future__ import annotations

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from tptheory.errors import InvalidFileError, complain


def run_file(argument: str, path: Path) -> dict[str, Any]:
    """Run a Python file, and return what it defines, by name.

    Args:
        argument: the name of the argument that gave the file, for the error.
        path: the file.

    Raises:
        InvalidFileError: if it is no Python file, or does not import.
    """
    name = f"tptheory_file_{path.stem}_{sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise InvalidFileError(complain(argument, "a Python file (*.py)", str(path)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the file's own fault, whatever it is
        raise InvalidFileError(
            f"{argument!r} must be a file that Python can import (got {str(path)!r}, "
            f"which raised {type(error).__name__}: {error}). Run python {path.name} to see where."
        ) from error
    finally:
        sys.modules.pop(name, None)
    return vars(module)
