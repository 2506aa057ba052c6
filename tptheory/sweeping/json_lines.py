"""Records as JSON lines: a file that grows by whole lines, one record a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tptheory.files import naming, open_locked, write_all
from tptheory.sweeping.records import Record, RecordKeys, has_failed, in_use, is_record, not_records
from tptheory.writing.plain import plain

LONGEST_LINE = 1 << 26
"""The most bytes of a line: 64 MiB."""
BEGINNING = b'{"task": "'
"""How every record begins: what a kill or a full disk left of one begins so too."""


class JsonLines:
    """A file with one record a line, locked against other sweeps as long as it is open.

    A last line that is no whole record and begins as one is what a kill left: it is cut off, after all the others were
    found to be records. Any other content is refused, and left as it is.

    Raises:
        InvalidValueError: if another sweep writes the file.
        InvalidFileError: if it holds something else than records.
        OSError: if it cannot be opened, or is no regular file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._new = not path.exists()
        file = open_locked(path, os.O_CREAT | os.O_APPEND)
        if file is None:
            raise in_use(path)
        self._file = file
        try:
            self._end, self._torn = 0, b""
            self.recorded = RecordKeys((record["key"], has_failed(record)) for record in self.read())
            self._mend_tail()
        except BaseException:
            os.close(self._file)
            raise

    def read(self) -> Iterator[dict[str, Any]]:
        """Yield the records from the first on; a torn last line is kept aside."""
        self._end, self._torn = 0, b""
        with open(os.dup(self._file), "rb") as file:
            file.seek(0)
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1):
                record = _record(line)
                if record is None and not line.endswith(b"\n") and self._is_torn(line):
                    self._torn = line
                    return
                if record is None:
                    raise not_records(f"{self.path}, line {number}")
                self._end += len(line)
                self._torn = b"" if line.endswith(b"\n") else line
                yield record

    def _is_torn(self, line: bytes) -> bool:
        """Whether a line without an end is what is left of a record; the first of all must have its whole beginning."""
        return len(line) <= LONGEST_LINE and (
            line.startswith(BEGINNING) or (self._end > 0 and BEGINNING.startswith(line))
        )

    def _mend_tail(self) -> None:
        """Cut off a torn record; give a whole one that lacks it the end of its line."""
        if self._torn and os.fstat(self._file).st_size == self._end:
            write_all(self._file, b"\n")
        elif self._torn:
            os.ftruncate(self._file, self._end)

    def append(self, records: Iterable[Record]) -> None:
        """Write whole lines with one call, and wait until the disk has them."""
        data = "".join(json.dumps(plain(record), allow_nan=False) + "\n" for record in records).encode()
        size = os.fstat(self._file).st_size
        try:
            write_all(self._file, data)
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, size)
            raise naming(error, self.path) from error

    def clear(self) -> None:
        """Remove all records."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file, and give the lock back; a new file that got no record is removed."""
        if self._new and os.fstat(self._file).st_size == 0:
            self.path.unlink(missing_ok=True)
        os.close(self._file)


def _record(line: bytes) -> dict[str, Any] | None:
    """Return the record that a line holds; None if it holds none."""
    try:
        record = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    return record if is_record(record) else None
