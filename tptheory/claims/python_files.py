"""Python files that a user names: theorems, tasks and rules. They are run: name only those you trust."""

from __future__ import annotations

import ast
import builtins
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from hashlib import sha256
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any, cast

from tptheory.clock import TimeUpError
from tptheory.errors import InvalidFileError, complain, raised

MOST_OUTPUT = 10_000
"""How many characters a user's code may print while it is run."""


class _Printed(io.StringIO):
    """What a user's code prints, up to a limit."""

    def write(self, text: str) -> int:
        """Keep a text.

        Raises:
            InvalidFileError: if too much is printed.
        """
        if self.tell() + len(text) > MOST_OUTPUT:
            raise InvalidFileError(f"it prints more than {MOST_OUTPUT:,} characters")
        return super().write(text)

    def close(self) -> None:
        """Stay open: the code that prints here may close what it takes for the terminal."""


@contextmanager
def users_code(what: str, mend: str) -> Iterator[None]:
    """Run a user's code, whose errors become one line, and which leaves the streams and the builtins as they were.

    What it prints goes to stderr, so that it stands in no output that another program reads.

    Args:
        what: what must not raise, as the error begins.
        mend: how to find out more.

    Raises:
        InvalidFileError: if the code raises whatever it may raise, prints too much, or replaces a builtin.
    """
    before, printed = dict(vars(builtins)), _Printed()
    streams = sys.stdout, sys.stderr
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield
    except (KeyboardInterrupt, TimeUpError):
        raise
    except BaseException as error:  # the file's own fault, whatever it is
        _restored(before)
        raise InvalidFileError(f"{what} (it raised {raised(error)}). {mend}") from error
    finally:
        replaced = _restored(before)
        sys.stdout, sys.stderr = streams
        sys.stderr.write(printed.getvalue())
    if replaced:
        raise InvalidFileError(f"{what} (it replaced the builtin {', '.join(replaced)}). {mend}")


def _restored(before: dict[str, Any]) -> list[str]:
    """Give the builtins back what they were, and return the names of those that were replaced."""
    now = vars(builtins)
    replaced = [name for name, value in before.items() if now.get(name) is not value and name != "_"]
    now.update({name: before[name] for name in replaced})
    return sorted(replaced)


class _AsWritten(SourceFileLoader):
    """Loads a file as it is written now, and keeps no bytecode.

    Python takes bytecode that is kept for the text if size and whole second of change are the same: a theorem that was
    changed so would be decided as it was before.
    """

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text of the file."""
        return self.source_to_code(self.get_data(self.path), self.path)


def run_file(argument: str, path: Path) -> dict[str, Any]:
    """Run a Python file, and return what it defines, by name.

    Args:
        argument: the name of the argument that gave the file, for the error.
        path: the file.

    Raises:
        InvalidFileError: if it is no Python file, or does not import, whatever it raises.
    """
    name = f"tptheory_file_{path.stem}_{sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    if not path.is_file() or path.suffix != ".py":
        raise InvalidFileError(complain(argument, "a Python file (*.py)", str(path)))
    loader = _AsWritten(name, str(path))
    module = module_from_spec(cast(ModuleSpec, spec_from_file_location(name, path, loader=loader)))
    sys.modules[name] = module
    what = f"{argument!r} must be a file that Python can import: {str(path)!r} is none"
    try:
        with users_code(what, f"Run python {path.name} to see where."):
            loader.exec_module(module)
    finally:
        sys.modules.pop(name, None)
    return vars(module)


def written_in(path: Path) -> set[str]:
    """Return the names that a Python file, which was run before, defines itself and does not import."""
    found: set[str] = set()
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found |= {
                name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
    return found
