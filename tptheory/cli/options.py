"""The options that several commands share, and how their values are read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tptheory.checking import check_seconds
from tptheory.errors import InvalidValueError, complain
from tptheory.files import check_writable

if TYPE_CHECKING:
    from tptheory.numeric.constants import Settings

THEOREM = re.compile(r"^@(?:theorem|conjecture)\(.*?^def (\w+)\(", re.MULTILINE | re.DOTALL)
"""A theorem in the text of a file."""


def complete_target(incomplete: str) -> list[str]:
    """Return what a shell may complete a target to: folders, Python files, and the theorems of a file.

    Files are read as text, and not run.
    """
    path, colons, start = incomplete.partition("::")
    if colons:
        try:
            names = THEOREM.findall(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeError):
            return []
        return [f"{path}::{name}" for name in names if name.startswith(start)]
    folder = Path(path if path.endswith("/") else os.path.dirname(path))
    found = [f"{entry}/" if entry.is_dir() else str(entry) for entry in sorted(folder.glob("[!._]*"))]
    return [text for text in found if text.startswith(path) and text.endswith(("/", ".py"))]


def complete_data(incomplete: str) -> list[str]:
    """Return what a shell may complete the name of data to: names that are known, and folders."""
    folders = [text for text in complete_target(incomplete) if text.endswith("/")]
    return [name for name in ("digits", "rings", "mnist") if name.startswith(incomplete)] + folders


TARGET = typer.Argument(metavar="TARGET", help="A folder, file.py, or file.py::name.", autocompletion=complete_target)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
OutFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of printing.")]
RuleName = Annotated[
    str,
    typer.Option("--rule", help="The rule: bp, tp, damped-tp, fa ..., or a class or an instance, FILE.py::NAME."),
]
WIDTHS = "N-N-..."
"""How the help of a command writes widths."""
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter or a fixed matrix of the rule, such as s=0.3, s=1/3, B_2=[[1,2],[3,4]] or B_2=file.npy (or "
        ".json); repeatable.",
    ),
]


def checked_seconds(seconds: float) -> float:
    """Return the time to search for, as it is read: nothing is loaded for the sake of one that is refused.

    Raises:
        InvalidValueError: if it is not a positive, finite number.
    """
    check_seconds(seconds)
    return seconds


def seconds_for(what: str) -> Any:
    """Return the option that says how long to search for something."""
    return typer.Option("--seconds", callback=checked_seconds, help=f"How long to search for {what}.")


Seconds = Annotated[float, seconds_for("each proof")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="What all random numbers start from.")]


def values_of(settings: Sequence[str] | None) -> Settings:
    """Read the values of ``--set NAME=VALUE``, by name: numbers and matrices, which are never evaluated.

    Raises:
        InvalidFileError: if a file that a value names cannot be read.
        InvalidValueError: if a setting is malformed, a value is neither a rational number nor a matrix of such, or a
            name is given twice.
    """
    from tptheory.numeric.constants import Settings, read_value

    values = Settings()
    for setting in settings or ():
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not name:
            raise InvalidValueError(complain("set", "settings such as s=0.3 or s=1/3", setting))
        if name in values:
            raise InvalidValueError(complain("set", f"one setting of {name}", setting, "Give it once."))
        values[name] = read_value(f"set {name}", text)
    return values


def said_values(values: Settings) -> str:
    """Say what parameters and matrices were set to, after a comma; nothing if none was set.

    >>> from fractions import Fraction
    >>> from tptheory.numeric.constants import Settings
    >>> said_values(Settings(s=Fraction(1, 3), B_2=[[Fraction(1), Fraction(2)]]))
    ', s = 1/3, B_2 = [[1, 2]]'
    """
    return "".join(f", {name} = {_said(value)}" for name, value in values.items())


def _said(value: Any) -> str:
    return f"[{', '.join(map(_said, value))}]" if isinstance(value, list) else str(value)


def check_out(out: Path | None) -> None:
    """Refuse a file that cannot be written, before the work is done that would go there.

    Raises:
        InvalidValueError: if its folder does not exist, or it is no regular file and no stream.
    """
    if out is not None:
        check_writable("out", out)
