"""What every command shares: the application, its exit statuses, its consoles and its JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from tptheory import __version__
from tptheory.errors import InvalidValueError, TptheoryError, complain
from tptheory.files import write_whole
from tptheory.writing.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

PROVED, REFUTED, WRONG_INPUT, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit statuses; of several verdicts the worst counts: refuted, then undecided, then proved."""

STYLES = dict.fromkeys(("proved", "accepted", "completed"), "green")
STYLES |= dict.fromkeys(("refuted", "refused", "diverged"), "bold red") | {"undecided": "yellow"}


ORDER = ("derive", "prove", "refute", "check", "invariants", "simulate", "train", "sweep", "latex", "export", "report")
"""The commands as a reader meets them: from a rule to the page about everything."""


class _Group(TyperGroup):
    """End every command that went wrong in one line on stderr and a status."""

    def __init__(self, **options: Any) -> None:
        """Let the paragraphs of every help text flow: typer would break them where the source does."""
        super().__init__(**options)
        for command in self.commands.values():
            command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(command.help or ""))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in their order."""
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what it raises on purpose, and what the system refuses, is wrong input."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _stop("interrupted", INTERRUPTED) from None
        except BrokenPipeError:
            raise
        except MemoryError as error:
            raise _stop(f"not enough memory: {error or 'try something smaller'}") from None
        except (TptheoryError, OSError) as error:
            raise _stop(str(error)) from None


def _stop(message: str, status: int = WRONG_INPUT) -> typer.Exit:
    console(stderr=True).print(Text("error: ", style="bold red").append(printable(message), style="default"))
    return typer.Exit(status)


app = typer.Typer(
    cls=_Group,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 as expected or done, 1 refuted or refused, 2 wrong input, 3 undecided.",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
RuleName = Annotated[
    str, typer.Option("--rule", help="The learning rule: bp, tp, damped-tp, fa, dfa, gn ..., or FILE.py::CLASS.")
]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search for each proof.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="What all random numbers start from.")]


def main() -> None:
    """Run the command line on the arguments of this process, and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a sign shows its code
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        console().print(f"tptheory {__version__}")
        raise typer.Exit


@app.callback()
def tptheory(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Derive learning rules of deep linear networks, state conjectures, get certificates."""


@contextmanager
def progress_bar(screen: Console, *more: ProgressColumn) -> Iterator[Progress]:
    """Show progress bars where someone is looking, and leave no trace of them; after the texts ``more`` columns."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, *more, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        yield progress


def console(stderr: bool = False) -> Console:
    """Return a console on what stdout, or stderr, is now: plain text where nobody is looking, and nothing cut."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def printable(text: str) -> str:
    """Show what a stranger's file says without obeying it: control characters become spaces."""
    return "".join(c if c.isprintable() else " " for c in text)


def whole_numbers(argument: str, text: str) -> tuple[int, ...]:
    """Read integers with commas between them, such as 4,3,2.

    Raises:
        InvalidValueError: if there is anything else.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidValueError(complain(argument, "integers with commas between", text, "Try 4,3,2.")) from None


def check_folder_of(out: Path | None) -> None:
    """Refuse a file whose folder does not exist, before the work is done that would go there.

    Raises:
        InvalidValueError: if it does not.
    """
    if out is not None and not out.parent.is_dir():
        raise InvalidValueError(complain("out", "a file in a folder that exists", str(out), f"Make {out.parent}."))


def print_or_write(text: str, out: Path | None) -> None:
    """Print a text as it is, or write it to a file and print where."""
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode())
        console().print(str(out))


def print_json(data: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(plain(data), indent=2, allow_nan=False))
