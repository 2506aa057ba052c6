"""Run a command in a process of its own: a theorem file may end that process, or never return, and is told of.

The command says which file or theorem it is about to run. If its process ends there, or does not go on within
`LONGEST_SECONDS` seconds, the command is begun again in a new process, and passes over what ended the one before.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from select import select
from time import monotonic, sleep
from types import FrameType
from typing import Any

from tptheory.processes import END_POLL_SECONDS, LONGEST_SECONDS, end_with_the_parent, how_ended, stopped_after
from tptheory.signals import ENDING

CLOSED = 120
"""The exit status of a process in which a user's code closed what the command tells its progress and results by."""
CLOSED_SECONDS = 5.0
"""For how many seconds the end of a process is waited for that has closed its pipe."""
LOST = 2
"""The exit status of a command whose process was ended after all files and theorems were read: that of wrong input."""


@dataclass
class CommandProgress:
    """What a command tells of its progress, and what it passes over.

    Attributes:
        faults: by file or theorem, why it is passed over.
        pipe: where progress is written; None where nobody watches.
        left_out: whether the command left out a file or theorem.
    """

    faults: dict[str, str] = field(default_factory=dict)
    pipe: int | None = None
    left_out: bool = False

    def begin(self, name: str) -> None:
        """Say that a file or theorem is about to run."""
        self._tell("begin", name)

    def finish(self) -> None:
        """Say that all files and theorems have run: from now on nothing of the user's is waited for."""
        self._tell("finish", "")

    def end(self, status: int) -> None:
        """Say that the command ends with this status."""
        self._tell("end", status)

    def _tell(self, what: str, said: Any) -> None:
        if self.pipe is None:
            return
        try:
            os.write(self.pipe, json.dumps([what, said]).encode() + b"\n")
        except OSError:
            os._exit(CLOSED)


def watched(run: Callable[[CommandProgress], int]) -> int:
    """Run a command until it ends by itself, and return its exit status; where no process can be forked, run it here.

    Args:
        run: the command; it returns its exit status.
    """
    if not hasattr(os, "fork"):
        return run(CommandProgress())
    faults: dict[str, str] = {}
    while True:
        read, write = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        parent, child = os.getpid(), os.fork()
        if not child:
            os.setpgid(0, 0)  # an interrupt of the terminal comes to the process that waits, which hands it on
            os.close(read)
            end_with_the_parent(parent)
            _command(run, CommandProgress(faults, write))
        os.close(write)
        try:
            with _endings_handed_to(child) as handed:
                said, name = _followed(child, read)
        finally:
            os.close(read)
        if isinstance(said, int):
            return said
        if handed:
            sys.stderr.write("error: interrupted\n")
            return 128 + handed[-1]
        if not name:
            sys.stderr.write(f"error: the command {said} while it searched\n")
            return LOST
        faults = faults | {name: said}


@contextmanager
def _endings_handed_to(child: int) -> Iterator[list[int]]:
    """Hand the signals that end this process to the command, for which it waits; those that are ignored stay so.

    The list that is given gets the numbers of those that were handed on.
    """
    before, handed = {number: signal.getsignal(number) for number in ENDING}, list[int]()

    def hand_on(number: int, _: FrameType | None) -> None:
        handed.append(number)
        os.kill(child, number)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, hand_on)
    try:
        yield handed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _command(run: Callable[[CommandProgress], int], progress: CommandProgress) -> None:
    """Run the command, and end this process: threads that a theorem file has started are not waited for."""
    status = LOST
    try:
        status = run(progress)
    except BaseException:  # what no command turns into a line of its own is a fault of tptheory, and is not lost
        traceback.print_exc()
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            with suppress(OSError, ValueError):  # it is full, or closed; what did not fit was told when it was printed
                if stream is not None:
                    stream.flush()
        progress.end(status)
        os._exit(status)


def _followed(child: int, read: int) -> tuple[int | str, str]:
    """Wait for a command; return its exit status, or how it was ended and the name of what it was running then."""
    name, since, text = "", monotonic(), b""
    while True:
        waited = max(0.0, since + LONGEST_SECONDS - monotonic()) if name else None
        if not select([read], [], [], waited)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return stopped_after(LONGEST_SECONDS), name
        more = os.read(read, 1 << 16)
        if not more:
            return _end_of(child), name
        *lines, text = (text + more).split(b"\n")
        for what, said in map(json.loads, lines):
            if what == "end":
                os.waitpid(child, 0)
                return int(said), ""
            name, since = said, monotonic()


def _end_of(child: int) -> str:
    """Say how a process ended that has closed its pipe; it is ended if it goes on without it."""
    deadline = monotonic() + CLOSED_SECONDS
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and monotonic() < deadline:
        sleep(END_POLL_SECONDS)
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status) if ended else CLOSED
    return "closed the files of the command" if code == CLOSED else how_ended(code)
