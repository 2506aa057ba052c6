"""Write a file so that at every moment the old one or the new one is there, whole."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from tptheory.errors import InvalidValueError, complain

MODE = 0o644
"""Who may read a file: a temporary one is private, what it becomes is for everybody."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, force it to the disk, and move it there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a"), b"whole")
    ...     [(path.name, path.read_bytes()) for path in Path(folder).iterdir()]
    [('a', b'whole')]

    Raises:
        OSError: if it cannot be written; an older file is then left as it was, and nothing beside it.
    """
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.chmod(file.name, MODE)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    _sync_folder(path.parent)


def cannot_write(argument: str, path: str | os.PathLike[str], error: OSError, kind: str = "file") -> InvalidValueError:
    """Word the error for a path that cannot be written, for the reason that the system gives.

    >>> str(cannot_write("out", "a/b", OSError(2, "No such file")))
    "'out' must be a file that can be written (got 'a/b'). No such file."
    """
    expected = f"a {kind} that can be written"
    return InvalidValueError(complain(argument, expected, os.fspath(path), f"{error.strerror or error}."))


def _sync_folder(folder: Path) -> None:
    """Force to the disk that a file was moved; where folders cannot be opened, there is no such thing."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
