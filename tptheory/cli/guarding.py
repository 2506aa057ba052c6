"""What a user's code must leave as it was, because the command goes on with it: its streams, and what it calls.

Files and functions of users are run in the process of the command. What they put in the place of a function of
tptheory, or of a module that tptheory uses, is taken out again; so is what they do to standard output and error.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any

from tptheory.cli.watching import CLOSED, CommandProgress

STREAMS = {1: "standard output", 2: "standard error"}
"""The descriptors through which a command tells what it found."""


class Guard:
    """The functions and streams of a command, as they are before a user's code is run."""

    def __init__(self) -> None:
        self._modules = {name: dict(vars(module)) for name, module in _used().items()}
        self._streams = {number: _identity(number) for number in STREAMS}
        self._copies = {number: os.dup(number) for number, there in self._streams.items() if there}

    def mended(self, progress: CommandProgress) -> str:
        """Put back what was replaced or closed, and say what that was; empty if nothing was.

        Where it cannot be put back, this process ends, and the command is begun again by the one that watches it.
        """
        changed = [*self._mended_streams(progress), *self._mended_modules()]
        return " and ".join(changed)

    def close(self) -> None:
        """Give up the copies of the streams."""
        for copy in self._copies.values():
            with suppress(OSError):
                os.close(copy)

    def _mended_streams(self, progress: CommandProgress) -> list[str]:
        closed = any(stream is not None and stream.closed for stream in (sys.stdout, sys.stderr))
        changed = [number for number, there in self._streams.items() if _identity(number) != there]
        try:
            for number in changed:
                os.dup2(self._copies[number], number)
        except (OSError, KeyError):
            closed = True
        if closed and progress.pipe is not None:
            os._exit(CLOSED)
        return [f"closed or replaced {STREAMS[number]}" for number in changed]

    def _mended_modules(self) -> list[str]:
        replaced = []
        for name, before in self._modules.items():
            now = vars(sys.modules[name]) if name in sys.modules else before
            if _are_same(now, before):
                continue
            others = [key for key, value in before.items() if callable(value) and now.get(key) is not value]
            now.update({key: before[key] for key in others})
            replaced += [f"replaced {name}.{key}" for key in others]
            self._modules[name] = dict(now)
        return replaced


def _are_same(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether two namespaces are equal: mostly they hold the same objects, which are compared first by identity."""
    try:
        return now == before
    except Exception:  # arrays, or a user's own objects, whose comparison may raise anything
        return False


def _used() -> dict[str, ModuleType]:
    """Return the modules of tptheory, and those that one of them imports as a whole."""
    own = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "tptheory"}
    found = dict(own)  # the hooks of sys are for everyone to replace
    for module in own.values():
        whole = [value for value in vars(module).values() if isinstance(value, ModuleType)]
        found |= {one.__name__: one for one in whole if sys.modules.get(one.__name__) is one}
    found.pop("sys", None)
    return found


def _identity(number: int) -> Any:
    """Return what a descriptor leads to; None if it is closed."""
    try:
        there = os.fstat(number)
    except OSError:
        return None
    return there.st_dev, there.st_ino, there.st_rdev
