"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tptheory.checking import read_integer
from tptheory.errors import InvalidValueError, complain
from tptheory.files import check_writable

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
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the rule, such as s=0.3 or s=1/3; repeatable."),
]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search for each proof.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="What all random numbers start from.")]


def numbers_of(settings: Sequence[str] | None) -> Settings:
    """Read the values of ``--set NAME=VALUE``, by name; they are numbers and never evaluated.

    Raises:
        InvalidValueError: if a setting is malformed, a value is no rational number, or a name is given twice.
    """
    from tptheory.numeric.constants import Settings, read_number

    numbers = Settings()
    for setting in settings or ():
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not name:
            raise InvalidValueError(complain("set", "settings such as s=0.3 or s=1/3", setting))
        if name in numbers:
            raise InvalidValueError(complain("set", f"one setting of {name}", setting, "Give it once."))
        numbers[name] = read_number(f"set {name}", text)
    return numbers


def said_numbers(numbers: Mapping[str, Fraction]) -> str:
    """Say what parameters were set to, after a comma; nothing if none was set.

    >>> said_numbers({"s": Fraction(1, 3)})
    ', s = 1/3'
    """
    return "".join(f", {name} = {value}" for name, value in numbers.items())


def read_widths(text: str) -> tuple[int, ...]:
    """Read widths, integers with commas between them, such as 4,3,2.

    Raises:
        InvalidValueError: if there is anything else.
    """
    return tuple(read_integer("widths", part, "integers with commas between", text) for part in text.split(","))


def check_out(out: Path | None) -> None:
    """Refuse a file that cannot be written, before the work is done that would go there.

    Raises:
        InvalidValueError: if its folder does not exist, or it is no regular file and no stream.
    """
    if out is not None:
        check_writable("out", out)
