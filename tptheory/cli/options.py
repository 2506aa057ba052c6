"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tptheory.errors import InvalidValueError, complain

if TYPE_CHECKING:
    from tptheory.numeric.constants import Settings

TARGET = typer.Argument(metavar="TARGET", help="A folder, file.py, or file.py::name.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
OutFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of printing.")]
RuleName = Annotated[
    str,
    typer.Option("--rule", help="The rule: bp, tp, damped-tp, fa ..., or a class or an instance, FILE.py::NAME."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter or a fixed matrix of the rule, such as s=0.3, s=1/3, B_2=[[1,2],[3,4]] or B_2=file.npy (or "
        ".json); repeatable.",
    ),
]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search for each proof.")]
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


def read_widths(text: str) -> tuple[int, ...]:
    """Read widths, integers with commas between them, such as 4,3,2.

    Raises:
        InvalidValueError: if there is anything else.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidValueError(complain("widths", "integers with commas between", text, "Try 4,3,2.")) from None


def check_folder_of(out: Path | None) -> None:
    """Refuse a file whose folder does not exist, before the work is done that would go there.

    Raises:
        InvalidValueError: if it does not.
    """
    if out is not None and not out.parent.is_dir():
        raise InvalidValueError(complain("out", "a file in a folder that exists", str(out), f"Make {out.parent}."))
