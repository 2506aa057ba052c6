"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tptheory.claims.python_files import run_file
from tptheory.errors import InvalidValueError, complain, unknown_name

if TYPE_CHECKING:
    from tptheory.symbolic.rules import Rule

TARGET = typer.Argument(metavar="TARGET", help="A folder, file.py, or file.py::name.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
OutFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of printing.")]
RuleName = Annotated[
    str, typer.Option("--rule", help="The learning rule: bp, tp, damped-tp, fa, dfa, gn ..., or FILE.py::CLASS.")
]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search for each proof.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="What all random numbers start from.")]


def chosen_rule(name: str) -> Rule:
    """Return the rule of that name, or the one that ``FILE.py::CLASS`` defines; the file is run.

    Raises:
        UnknownNameError: if there is no such rule.
        InvalidValueError: if a file is named without a class in it.
        InvalidFileError: if the file does not import.
    """
    from tptheory.symbolic.rules import Rule, rule_named

    path, colons, wanted = name.partition("::")
    if not colons and not path.endswith(".py"):
        return rule_named(name)
    defined = run_file("rule", Path(path))
    rules = {key: value for key, value in defined.items() if isinstance(value, type) and issubclass(value, Rule)}
    rules.pop("Rule", None)
    if not wanted:
        own = next((key for key, rule in rules.items() if rule.__module__ == defined.get("__name__")), "Name")
        raise InvalidValueError(complain("rule", "a class in a file", name, f"Name the class: {path}::{own}."))
    if wanted not in rules:
        raise unknown_name("rule", wanted, rules)
    return rules[wanted]()


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
