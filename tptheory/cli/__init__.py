"""The command line: a thin skin over the API, with one module for each command. Only this room prints or exits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tptheory.lazy import importing
from tptheory.signals import let_interrupts_end_quietly, status_of

if TYPE_CHECKING:
    from tptheory.cli.commands import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line on the arguments of this process, and exit with its status.

    The commands are imported here, so that Ctrl-C while Python still imports ends as quietly as it does later.
    """
    let_interrupts_end_quietly()  # until the command begins: no signal finds the way there half gone
    try:
        from tptheory.cli.commands import run_app

        run_app()
    except KeyboardInterrupt as stop:
        sys.stderr.write("error: interrupted\n")
        sys.exit(status_of(stop))


if not TYPE_CHECKING:  # the application brings all commands, and is imported when it is asked for
    __getattr__ = importing("tptheory.cli", {"app": "tptheory.cli.commands"})
