"""Where a run's numbers go besides its result: a file of JSON lines, and TensorBoard."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tptheory.errors import InvalidFileError, InvalidTypeError, InvalidValueError, complain
from tptheory.extras import optional_library
from tptheory.files import cannot_write, check_folder, is_stream, naming, open_locked, open_stream

_CHUNK = 2**20


class MetricsFile:
    """A file of strict JSON, one object a line; a number that is not finite becomes null.

    `position` tells how much of the file is on the disk, so that a resumed run can cut off what was written later.

    Args:
        path: a file that does not exist yet; for a resumed run, the file that it has begun.
        position: what `position` returned when the run was interrupted; None for a new run.

    Raises:
        InvalidValueError: if the file of a new run exists and is not empty, or if the file cannot be written.
        InvalidFileError: if the file of a resumed run does not begin with what that run has written into it.
    """

    def __init__(self, path: str | os.PathLike[str], position: Mapping[str, Any] | None = None) -> None:
        self.path = Path(path)
        self._digest = hashlib.sha256()
        self._size = 0
        self._file: BinaryIO
        try:
            if position is None:
                refuse_existing("metrics", self.path)
                self._file = _opened(self.path, os.O_CREAT)
            else:
                self._file = _opened(self.path, 0)
                self._go_on(position)
        except OSError as error:
            raise cannot_write("metrics", self.path, error) from error

    def _go_on(self, position: Mapping[str, Any]) -> None:
        """Cut off what the run wrote after ``position``; refuse a file that begins with anything else than its own."""
        left = position["bytes"]
        while left and (piece := self._file.read(min(_CHUNK, left))):
            self._digest.update(piece)
            left -= len(piece)
        if left or self._digest.hexdigest() != position["sha256"]:
            self._file.close()
            expected = f"the metrics of this run, whose first {position['bytes']} bytes are known"
            mend = "Put the file back, or train anew."
            raise InvalidFileError(complain(self.path.name, expected, "other content", mend))
        self._size = position["bytes"]
        self._file.truncate(self._size)
        self._file.seek(self._size)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append one object."""
        text = (json.dumps(_strict(line), allow_nan=False) + "\n").encode()
        with self._naming():
            self._file.write(text)
            self._file.flush()
        self._digest.update(text)
        self._size += len(text)

    def position(self) -> dict[str, Any]:
        """Force what was written to the disk, and return its length in bytes and its SHA-256."""
        with self._naming():
            if not is_stream(self.path):
                os.fsync(self._file.fileno())
        return {"bytes": self._size, "sha256": self._digest.hexdigest()}

    def close(self) -> None:
        """Close the file."""
        with self._naming():
            self._file.close()

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Let an error of the system name the file."""
        try:
            yield
        except OSError as error:
            raise naming(error, self.path) from error


def _opened(path: Path, flags: int) -> BinaryIO:
    """Open a file of metrics, or a stream such as ``/dev/stdout``, and lock it against other runs.

    Raises:
        OSError: if it cannot be opened, or is neither.
        InvalidValueError: if another run writes it.
    """
    stream = open_stream(path)
    if stream is not None:
        return os.fdopen(stream, "wb")
    file = open_locked(path, flags)
    if file is None:
        mend = "Another run is writing it: wait until it has ended, or name another file."
        raise InvalidValueError(complain("metrics", "a file that no other run uses", str(path), mend))
    return os.fdopen(file, "r+b")


class TensorBoard:
    """Scalars for TensorBoard: a file of events in a folder. It needs the extra ``tensorboard``.

    Args:
        folder: where the events go.
        start: the step from which the run is resumed; TensorBoard hides older events of later steps.

    Raises:
        MissingLibraryError: if tensorboardX is not installed.
        InvalidValueError: if the folder cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], start: int = 0) -> None:
        check_folder("tensorboard", folder)
        library = optional_library("tensorboardX", "tensorboard", str(folder), "tensorboard")
        try:
            self._writer = library.SummaryWriter(os.fspath(folder), purge_step=start or None)
        except OSError as error:
            raise cannot_write("tensorboard", folder, error, "folder") from error

    def write(self, line: Mapping[str, Any]) -> None:
        """Add every number of ``line`` at its step."""
        for name, value in line.items():
            if name != "step" and isinstance(value, int | float) and not isinstance(value, bool):
                self._writer.add_scalar(name, value, line["step"])
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


def refuse_existing(argument: str, path: str | os.PathLike[str]) -> None:
    """Refuse to write over a file.

    Raises:
        InvalidTypeError: if ``path`` is no path.
        InvalidValueError: if there is a file that is not empty.
    """
    if not isinstance(path, str | os.PathLike):
        raise InvalidTypeError(complain(argument, "the path of a file", path))
    path = Path(path)
    if path.is_dir() or not path.name:
        raise InvalidValueError(complain(argument, "the path of a file", str(path), "This is a folder."))
    if path.is_file() and path.stat().st_size:
        mend = "To go on with its run, resume from the checkpoint; to begin anew, remove it."
        raise InvalidValueError(complain(argument, "a file that does not exist yet", str(path), mend))


def _strict(value: Any) -> Any:
    """Return ``value`` with None in the place of each number that is not finite, which strict JSON lacks."""
    if isinstance(value, Mapping):
        return {name: _strict(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
