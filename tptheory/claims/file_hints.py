"""What a reader is told of an error in a file of theirs: the import that it lacks, or the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

ImportOf = Callable[[str], str]
"""A function that says which import brings a name; empty if none does."""


def told(error: BaseException, import_of: ImportOf) -> str:
    """Return the words of an error; where a user's file raised it, with the import that it lacks, or the line.

    >>> told(NameError("No name Pinv.", name="Pinv"), lambda name: f"Import {name}.")
    'No name Pinv. Import Pinv.'
    """
    return " ".join(filter(None, [str(error), hint_of(error, import_of)]))


def hint_of(error: BaseException, import_of: ImportOf) -> str:
    """Say which import a file lacks, or else in which line of it the error was raised; empty if neither is known."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, NameError) and isinstance(cause.name, str) and (mend := import_of(cause.name)):
            return mend
    if len(chain) > 1 and (place := _place_of(chain[-1].__traceback__)):
        return f"That is {place}."
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, the error that it was raised from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def _place_of(traceback: TracebackType | None) -> str:
    """Return the last line of a user's file that a traceback names; empty if it names none."""
    from tptheory.symbolic.frames import is_users_file

    frames = [frame for frame in extract_tb(traceback) if is_users_file(frame.filename)]
    return f"line {frames[-1].lineno} of {Path(frames[-1].filename).name}" if frames else ""
