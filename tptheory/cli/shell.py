"""What every command shares: the application, its exit statuses, its consoles and its JSON."""

from __future__ import annotations

import errno
import json
import os
import re
import select
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from tptheory import __version__
from tptheory.cli.watching import CommandProgress, watched
from tptheory.errors import TptheoryError, raised
from tptheory.files import in_utf8, is_stream, reason, write_whole
from tptheory.signals import end_by_exceptions, status_of, was_sent, with_advice
from tptheory.writing.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

PROVED, REFUTED, WRONG_INPUT, UNDECIDED, UNREAD = 0, 1, 2, 3, 141
"""The exit statuses; of several verdicts the worst counts: refuted, then undecided, then proved.

A command whose output nobody reads any more, as after ``| head``, ends with that of a program that SIGPIPE ends.
"""

FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EBADF") if hasattr(errno, name)}
"""The numbers of the errors with which the system refuses what is written to a file that is open."""

STYLES = dict.fromkeys(("proved", "accepted", "completed"), "green")
STYLES |= dict.fromkeys(("refuted", "refused", "diverged"), "bold red") | {"undecided": "yellow"}


_PROGRESS: ContextVar[CommandProgress] = ContextVar("the progress of the command that runs")
OF_THEOREMS = {"prove", "refute", "simplify", "when", "latex", "export", "report"}
"""The commands that run theorem files, which may end the process."""
ORDER = (
    "derive",
    "prove",
    "refute",
    "check",
    "simplify",
    "when",
    "invariants",
    "simulate",
    "train",
    "sweep",
    "latex",
    "export",
    "report",
)
"""The order in which the help lists the commands: from one rule to the page about everything."""


class _Group(TyperGroup):
    """A group of commands, each of which ends with one line on stderr and a status when it goes wrong."""

    def __init__(self, **options: Any) -> None:
        """Join the lines of each paragraph of a help text: typer would break them where the source does."""
        super().__init__(**options)
        for command in self.commands.values():
            command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(command.help or ""))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in their order."""
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def invoke(self, ctx: Any) -> Any:
        """Run a command; an error that tptheory raises on purpose, or that the system raises, counts as wrong input.

        So does a file or theorem that was told of and left out.
        """
        progress = ctx.find_object(CommandProgress) or CommandProgress()
        token = _PROGRESS.set(progress)
        try:
            if ctx.obj is not None:  # this process is the command's own
                end_by_exceptions()
            return super().invoke(ctx)
        except typer.Exit as end:
            raise typer.Exit(WRONG_INPUT if progress.left_out else end.exit_code) from None
        except (KeyboardInterrupt, MemoryError, TptheoryError, OSError) as error:
            raise _end_by(error) from None
        finally:
            _PROGRESS.reset(token)


def current_progress() -> CommandProgress:
    """Return the progress of the command that runs."""
    return _PROGRESS.get()


def tell_fault(message: str) -> None:
    """Print why a file or theorem is left out; the command then ends with the status of wrong input."""
    _PROGRESS.get().left_out = True
    _stop(message)


def _end_by(error: BaseException) -> typer.Exit:
    """Print why a command ends by an error, and return what ends it; nothing is printed that nobody would read."""
    if isinstance(error, KeyboardInterrupt):
        if was_sent(error):
            return _stop(": ".join(["interrupted", *error.args]), status_of(error))
        return _stop(f"a file that was named raised {raised(error)}. Take that out of it.")
    if isinstance(error, BrokenPipeError) and _nobody_reads():
        return typer.Exit(UNREAD)
    if isinstance(error, MemoryError):
        return _stop(f"not enough memory: {error or 'try something smaller'}")
    if isinstance(error, OSError):
        return _stop(_of_the_system(error))
    return _stop(words_of(error))


def words_of(error: BaseException) -> str:
    """Return the words of an error; where a user's file raised it, with the import that it lacks, or the line."""
    from tptheory.claims.file_hints import told
    from tptheory.import_advice import import_of

    return told(error, import_of)


def _nobody_reads() -> bool:
    """Whether standard output or error is a pipe that nobody reads; what is left in them is then dropped."""
    broken = [stream for stream in (sys.stdout, sys.stderr) if _is_broken(stream)]
    for stream in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return bool(broken)


def _is_broken(stream: TextIO) -> bool:
    """Whether a stream is a pipe without a reader."""
    try:
        stream.flush()
    except BrokenPipeError:
        return True
    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(stream.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0))


def _of_the_system(error: OSError) -> str:
    """Say what the system could not do, with which file, and what to do about it."""
    if error.filename is None and error.errno in FULL:  # all files are named, but not the streams
        return f"standard output cannot be written: {reason(error)}. Send it elsewhere, or free some room."
    if error.filename is None:
        return f"the system refuses what the command needs: {reason(error)}. Free some of it, and try again."
    return f"the file {os.fsdecode(error.filename)!r} cannot be used: {reason(error)}. Name another, or free this one."


def _stop(message: str, status: int = WRONG_INPUT) -> typer.Exit:
    """Print why a command ends, and return what ends it."""
    console(stderr=True).print(Text("error: ", style="bold red").append(printable(message), style="default"))
    return typer.Exit(status)


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 as expected or done, 1 refuted or refused, 2 wrong input, 3 undecided.",
)


def run_app() -> None:
    """Run the command line on the arguments of this process, and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a sign shows its code
    if not set(sys.argv[1:2]) & OF_THEOREMS:
        app(obj=CommandProgress())
    raise SystemExit(watched(_status_of))


def _status_of(progress: CommandProgress) -> int:
    """Run the command line on the arguments of this process, and return its exit status."""
    try:
        app(obj=progress)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return PROVED


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


def screen_for_progress(out: Console, as_json: bool) -> Console:
    """Return where a command shows its progress: among its output on a terminal, or else on stderr."""
    return console(stderr=True) if as_json or not out.is_terminal else out


@contextmanager
def progress_over(names: Iterable[str], screen: Console) -> Iterator[Iterator[str]]:
    """Give names one after another, and show in a progress bar which one is worked on."""
    listed = list(names)
    with progress_bar(screen) as progress:
        task = progress.add_task("", total=len(listed))

        def in_turn() -> Iterator[str]:
            for name in listed:
                progress.update(task, description=name)
                yield name
                progress.advance(task)

        yield in_turn()


@contextmanager
def progress_bar(screen: Console, *more: ProgressColumn) -> Iterator[Progress]:
    """Show progress bars on a terminal, and leave no trace of them; ``more`` columns stand after the texts."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    shown = screen.is_terminal
    progress = Progress(*columns, *more, console=screen, transient=True, disable=not shown)
    with progress if shown else nullcontext():  # older rich prints an empty line when it stops, for one not shown too
        yield progress


def console(stderr: bool = False) -> Console:
    """Return a console on the current stdout or stderr: colours on a terminal only, and no line is cut."""
    return _Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


class _Console(Console):
    """A console that leaves it to the command to end when nobody reads its output."""

    def on_broken_pipe(self) -> None:
        """Raise the error again; rich itself would exit with status 1, which means refuted here."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


@contextmanager
def advice_when_stopped(advice: Callable[[], str]) -> Iterator[None]:
    """Add a sentence to what is said when the block is interrupted: how to go on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise with_advice(stop, advice()) from None


def printable(text: str) -> str:
    """Return text from a stranger's file without its control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def print_or_write(text: str, out: Path | None) -> None:
    """Print a text, or write it to a file and print where; to a stream such as /dev/stdout goes the text alone."""
    if out is None:
        typer.echo(text, nl=False)
        return
    write_whole(out, in_utf8(text))
    if not is_stream(out):
        console().print(str(out))


def alignment(lines: Iterable[str]) -> str:
    """Return equations in LaTeX, one a line, aligned at their ``&``."""
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align*}"


def print_json(data: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(plain(data), indent=2, allow_nan=False))
