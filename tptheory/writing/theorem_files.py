"""What a reader of a theorem file is told of an error in it: the import that it lacks, or the line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from sysconfig import get_paths
from traceback import extract_tb
from types import TracebackType
from typing import Any

_PACKAGE = Path(__file__).parent.parent


def told(error: BaseException) -> str:
    """Return the words of an error; where a user's file raised it, with the import that it lacks, or the line.

    >>> told(NameError("No name Pinv.", name="Pinv"))
    "No name Pinv. 'Pinv' is a word of the preamble: begin the file with from tptheory.preamble import *."
    """
    return " ".join(filter(None, [str(error), hint_of(error)]))


def hint_of(error: BaseException) -> str:
    """Say which import a file lacks, or else in which line of it the error was raised; empty if neither is known."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, NameError) and (mend := _import_of(cause.name)):
            return mend
    if len(chain) > 1 and (place := _place_of(chain[-1].__traceback__)):
        return f"That is {place}."
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, the error that it was raised from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def _import_of(name: Any) -> str:
    """Say which import brings a name of tptheory; empty if there is no such name."""
    from tptheory import preamble

    public = sys.modules["tptheory"].__all__  # it is loaded; no room imports the package, which imports all of them
    if not isinstance(name, str) or name.startswith("_"):
        return ""
    if hasattr(preamble, name):
        return f"{name!r} is a word of the preamble: begin the file with from tptheory.preamble import *."
    if name in public:
        return f"{name!r} is a name of tptheory: begin the file with from tptheory import {name}."
    return ""


def _place_of(traceback: TracebackType | None) -> str:
    """Return the last line of a user's file that a traceback names; empty if it names none."""
    frames = [frame for frame in extract_tb(traceback) if _is_users(frame.filename)]
    return f"line {frames[-1].lineno} of {Path(frames[-1].filename).name}" if frames else ""


def _is_users(filename: str) -> bool:
    """Whether a frame of a traceback is of a file outside of tptheory and of Python's libraries."""
    path = Path(filename)
    libraries = {_PACKAGE, *(Path(get_paths()[name]).resolve() for name in ("stdlib", "purelib", "platlib"))}
    return path.is_file() and not libraries & {*path.resolve().parents}
