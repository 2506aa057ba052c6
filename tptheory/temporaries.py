"""Files and folders that wait beside their place until they are whole, and what is left of those of ended processes.

Each is locked while its process works on it. One that is there and not locked was left by a process that was killed;
whoever writes in the same folder next removes it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tptheory.locks import lock_at

NAME = re.compile(r"\.tptheory-[0-9a-f]{16}\.tmp")
"""The names of temporary files and folders; they are short, for the name of the file itself may be as long as any."""


def _name() -> str:
    return f".tptheory-{secrets.token_hex(8)}.tmp"


def remove_stale(folder: Path) -> None:
    """Remove the temporary files and folders that ended processes left in a folder; those in use are locked."""
    with suppress(OSError):
        for path in folder.iterdir():
            if NAME.fullmatch(path.name) and not path.is_symlink() and (path.is_file() or path.is_dir()):
                with suppress(OSError):
                    _remove_if_stale(path)


def _remove_if_stale(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if lock_at(descriptor, path):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        os.close(descriptor)


def new_file(folder: Path) -> tuple[int, Path]:
    """Make a temporary file in a folder; return it open and locked, and its path. Its mode is what the umask leaves.

    Raises:
        OSError: if the folder cannot be written.
    """
    remove_stale(folder)
    while True:
        path = folder / _name()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        if lock_at(descriptor, path):
            return descriptor, path
        os.close(descriptor)  # another process took it for a stale one before it was locked


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Make a temporary folder inside a folder, and remove it in the end.

    Raises:
        OSError: if the folder cannot be written.
    """
    remove_stale(folder)
    path, descriptor = _locked_folder(folder)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _locked_folder(folder: Path) -> tuple[Path, int | None]:
    """Make a folder and lock it, where folders can be opened and locked."""
    while True:
        path = folder / _name()
        path.mkdir()
        if os.name != "posix":
            return path, None
        descriptor = os.open(path, os.O_RDONLY)
        if lock_at(descriptor, path):
            return path, descriptor
        os.close(descriptor)  # another process took it for a stale one before it was locked
