"""Locks on open files and folders: the system releases them when the process ends, however it ends."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from types import ModuleType

_TAKEN = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}


def _flock_module() -> ModuleType | None:
    """Return the module that locks files, where the system has one."""
    try:
        return import_module("fcntl")
    except ImportError:
        return None


def try_lock(descriptor: int) -> bool:
    """Lock an open file or folder for this process alone; return False if another process has locked it.

    Where the system or the file system has no such locks nothing is locked, and the answer is True.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     try_lock(file.fileno())
    True
    """
    fcntl = _flock_module()
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _TAKEN
    return True


def lock_at(descriptor: int, path: str | os.PathLike[str]) -> bool:
    """Lock an open file or folder, if it is still the one of that name; return whether it is locked and in its place.

    Between opening and locking, another process may have removed it, or put another there.
    """
    if not try_lock(descriptor):
        return False
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
