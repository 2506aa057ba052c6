"""The two doors to files: one reads a regular file up to a limit, the other writes one whole or not at all.

Links are followed. What is neither a file nor a stream that takes bytes, such as a folder or a named pipe, is refused,
and never waited for.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.locks import lock_at, try_lock
from tptheory.temporaries import new_file

_STREAM = re.compile(r"/dev/fd/\d+|/proc/(?:self|\d+)/fd/\d+")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a disk",
    stat.S_IFCHR: "a device",
}
_NONBLOCKING_BINARY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""The flags with which a pipe is not waited for, and bytes are not translated, where a system has these flags."""
_MOST_LINKS = 40
"""How many links a path may lead through: as many as Linux follows."""

Named = str | os.PathLike[str]


def read_whole(path: Named, limit: int, argument: str = "path", what: str = "file") -> bytes:
    """Return the bytes of a regular file of at most ``limit`` bytes.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     read_whole(file.name, 10)
    b''

    Args:
        path: the file.
        limit: how many bytes it may have; no more than one above it is ever read.
        argument: the name of the argument that gave the path, for the error.
        what: what the file should be, such as ``"certificate"``.

    Raises:
        InvalidFileError: if it cannot be read, is no regular file, or is larger.
    """
    expected, shown = f"a readable {what}", os.fspath(path)
    try:
        with open_regular(path) as descriptor:
            parts, left = [], limit + 1
            while left and (part := os.read(descriptor, min(left, 1 << 20))):
                parts.append(part)
                left -= len(part)
    except (OSError, ValueError) as error:  # a path with a NUL byte is a ValueError
        raise InvalidFileError(complain(argument, expected, shown, f"{reason(error)}.")) from None
    if not left:
        raise InvalidFileError(complain(argument, f"a {what} of at most {limit} bytes", shown, "It is larger."))
    return b"".join(parts)


@contextmanager
def open_regular(path: Named) -> Iterator[int]:
    """Open a regular file to be read; a pipe without a writer is not waited for.

    Raises:
        OSError: if it cannot be opened, or is no regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | _NONBLOCKING_BINARY)
    try:
        refuse_irregular(os.fstat(descriptor), path)
        yield descriptor
    finally:
        os.close(descriptor)


def open_locked(path: Named, flags: int) -> int | None:
    """Open a regular file to be read and written, and lock it; None if another process has locked it.

    Args:
        path: the file.
        flags: those of ``os.open`` beside ``os.O_RDWR``, such as ``os.O_CREAT``.

    Raises:
        OSError: if it cannot be opened, or is no regular file.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | flags | _NONBLOCKING_BINARY, 0o666)
        try:
            refuse_irregular(os.fstat(descriptor), path)
            if not try_lock(descriptor):
                os.close(descriptor)
                return None
            if lock_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # it was removed before it was locked


def write_whole(path: Named, data: bytes) -> None:
    """Write a file beside its place, force it to the disk, and move it there; a stream is written to as it is.

    A link is followed to the file that it names. A file that is there keeps its mode, a new one gets what the umask
    leaves. Streams are ``/dev/stdout``, ``/dev/stderr``, ``/dev/fd/N``, and devices such as ``/dev/null``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a"), b"whole")
    ...     [(path.name, path.read_bytes()) for path in Path(folder).iterdir()]
    [('a', b'whole')]

    Raises:
        OSError: if it cannot be written, or is neither a file nor a stream; an older file is then left as it was, and
            nothing beside it. The error names the path.
    """
    descriptor = open_stream(path)
    if descriptor is not None:
        try:
            write_all(descriptor, data)
        except OSError as error:
            raise naming(error, path) from error
        finally:
            os.close(descriptor)
        return
    target = _writable_target(path)
    try:
        descriptor, temporary = new_file(target.parent)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
            _replace(descriptor, temporary, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        finally:
            os.close(descriptor)
        _sync_folder(target.parent)
    except OSError as error:
        raise naming(error, path) from error


def write_named(argument: str, path: Named, data: bytes) -> None:
    """Write a file as `write_whole` does, and word what goes wrong in the name of the argument that gave the path.

    Raises:
        InvalidValueError: if it cannot be written; a folder that does not exist is named, so that it can be made.
    """
    check_writable(argument, path)
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise cannot_write(argument, path, error) from error


def in_utf8(text: str) -> bytes:
    r"""Return a text as files hold it; half of a surrogate pair, which UTF-8 has no bytes for, is written as its code.

    In JSON that is an escape for the same.

    >>> in_utf8("half: \ud800")
    b'half: \\ud800'
    """
    return text.encode(errors="backslashreplace")


def move_whole(source: Path, path: Path) -> None:
    """Move a finished file to its place as `write_whole` writes one: links are followed, and modes kept.

    Raises:
        OSError: if it cannot be moved there.
    """
    with open_regular(source) as descriptor:
        if not is_stream(path):
            target = _writable_target(path)
            if os.lstat(source).st_dev == os.stat(target.parent).st_dev:
                _replace(descriptor, source, target)
                return
    write_whole(path, source.read_bytes())


def open_stream(path: Named) -> int | None:
    """Open a stream to be written to: an open descriptor such as ``/dev/stdout``, or a device; None for a file.

    Raises:
        OSError: if it cannot be opened.
    """
    name = os.path.abspath(os.fspath(path))
    for _ in range(_MOST_LINKS):
        number = _STREAMS.get(name)
        if number is None and _STREAM.fullmatch(name):
            number = int(name.rpartition("/")[2])
        if number is not None:
            sys.stdout.flush()
            return os.dup(number)
        if not os.path.islink(name):
            break
        name = os.path.abspath(os.path.join(os.path.dirname(name), os.readlink(name)))
    with suppress(OSError, ValueError):
        if stat.S_ISCHR(os.stat(name).st_mode):
            return os.open(name, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    return None


def is_stream(path: Named) -> bool:
    """Whether a path names a stream: an open descriptor such as ``/dev/stdout``, or a device such as ``/dev/null``.

    >>> is_stream("/dev/null"), is_stream("file")
    (True, False)
    """
    try:
        descriptor = open_stream(path)
    except OSError:
        return False
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def check_writable(argument: str, path: Named) -> None:
    """Refuse a path to which no file can be written, before the work is done that would go there.

    Raises:
        InvalidValueError: if it is a folder or a named pipe, or its folder does not exist or cannot be written.
    """
    try:
        if is_stream(path):
            return
        folder = _writable_target(path).parent
        if not folder.is_dir():
            mend = f"Make {folder if os.path.islink(path) else Path(path).parent}."
            raise InvalidValueError(complain(argument, "a file in a folder that exists", str(path), mend))
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "The folder cannot be written")
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise cannot_write(argument, path, error) from error


def check_folder(argument: str, path: Named) -> None:
    """Refuse a path at which there is no folder, and none can be made, before the work is done that would go there.

    >>> check_folder("out", "/dev/null/report")
    Traceback (most recent call last):
    ...
    tptheory.errors.InvalidValueError: 'out' must be a folder that can be written (got '/dev/null/report'). \
/dev/null is a device. Name another, or free this one.

    Raises:
        InvalidValueError: if something else is there, or in the way, or the folder cannot be written.
    """
    try:
        if "\0" in os.fspath(path):
            raise ValueError("a path holds no null byte")
        place = next(place for place in (Path(path), *Path(os.path.abspath(path)).parents) if os.path.lexists(place))
        kind = _what_is_at(place)
        if kind:
            mend = f"{place} is {kind}. Name another, or free this one."
            raise InvalidValueError(complain(argument, "a folder that can be written", os.fspath(path), mend))
        if not os.access(place, os.W_OK):
            raise PermissionError(13, "The folder cannot be written")
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise cannot_write(argument, path, error, "folder") from error


def _what_is_at(place: Path) -> str:
    """Say what is at a place instead of a folder; empty if a folder is there."""
    if not os.path.exists(place) and os.path.islink(place):
        return "a link that leads nowhere"
    kind = stat.S_IFMT(os.stat(place).st_mode)
    return "" if kind == stat.S_IFDIR else _KINDS.get(kind, "a file")


def cannot_write(argument: str, path: Named, error: Exception, kind: str = "file") -> InvalidValueError:
    """Word the error for a path that cannot be written, for the reason that the system gives.

    >>> str(cannot_write("out", "a/b", OSError(2, "No such file")))
    "'out' must be a file that can be written (got 'a/b'). No such file."
    """
    return InvalidValueError(complain(argument, f"a {kind} that can be written", os.fspath(path), f"{reason(error)}."))


def reason(error: Exception) -> str:
    """Return the reason that the system gives, without the number of the error and the name of the file."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")


def refuse_irregular(found: os.stat_result, path: Named) -> None:
    """Refuse what ``os.stat`` found to be no regular file.

    Raises:
        OSError: if it is none; the error names the path and what is there.
    """
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
        raise OSError(22, f"It is {kind}, and no regular file; name a file", os.fspath(path))


def _writable_target(path: Named) -> Path:
    """Return where a path leads through its links; what is there must be a regular file, or nothing."""
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        refuse_irregular(os.stat(target), path)
    return target


def _replace(descriptor: int, temporary: Path, target: Path) -> None:
    """Give a file the mode and the owner of the one that it replaces, and move it there."""
    with suppress(FileNotFoundError):
        old = os.stat(target)
        if hasattr(os, "fchown") and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(OSError):  # only a superuser may give files away
                os.fchown(descriptor, old.st_uid, old.st_gid)
        os.chmod(temporary, stat.S_IMODE(old.st_mode))
    os.replace(temporary, target)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes to an open file, in as many calls as it takes."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def naming(error: OSError, path: Named) -> OSError:
    """Return an error of the system that names the file that was asked for, and no temporary one."""
    return type(error)(error.errno, reason(error), os.fspath(path)) if error.errno is not None else error


def _sync_folder(folder: Path) -> None:
    """Force to the disk that a file was moved; where folders cannot be opened, there is no such thing."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
