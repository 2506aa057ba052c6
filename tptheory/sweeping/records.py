"""The records of a sweep, in a file that grows by whole records: JSON lines, or a folder of Parquet files."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.extras import optional_library
from tptheory.files import write_whole
from tptheory.writing.plain import plain

Record = Mapping[str, Any]

ROWS = 1000
"""How many records a Parquet file holds."""


class Records(Protocol):
    """A file or a folder that holds records, and takes more."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records that were there when the file was opened."""

    def append(self, records: Iterable[Record]) -> None:
        """Add records; each of them is written as a whole or not at all."""

    def close(self) -> None:
        """Write the records that wait in memory, and close."""


class JsonLines:
    """A file with one JSON object a line. An incomplete last line, which a kill leaves behind, is cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._start = _end_of_last_line(self._file)
        os.ftruncate(self._file, self._start)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records that were there when the file was opened."""
        left = self._start
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if left <= 0:
                    return
                left -= len(line)
                try:
                    record = json.loads(line)
                except ValueError:
                    record = None
                if not isinstance(record, dict):
                    mend = "Choose another file."
                    raise InvalidFileError(complain("out", "a file of records", f"{self.path}, line {number}", mend))
                yield record

    def append(self, records: Iterable[Record]) -> None:
        """Write whole lines with one call, and wait until the disk has them."""
        data = "".join(json.dumps(plain(record), allow_nan=False) + "\n" for record in records).encode()
        size = os.fstat(self._file).st_size
        try:
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, size)
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _end_of_last_line(file: int) -> int:
    """Return the number of bytes up to the end of the last complete line."""
    end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - (1 << 16))
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


class Parquet:
    """A folder of Parquet files of up to `ROWS` records, each whole; one row a record.

    The columns are those of the record with dots between names: ``cell.seed``, ``result.loss``.
    """

    def __init__(self, path: Path) -> None:
        self._arrow, self._parquet = (
            optional_library(name, "out", str(path), "dask") for name in ("pyarrow", "pyarrow.parquet")
        )
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._there = sorted(path.glob("part-*.parquet"))
        self._next = 1 + max((int(part.stem.removeprefix("part-")) for part in self._there), default=-1)
        self._waiting: list[dict[str, Any]] = []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that were there when the folder was opened: task, key, and whether each failed."""
        for part in self._there:
            try:
                rows = self._parquet.read_table(part).to_pylist()
            except (self._arrow.ArrowException, OSError):
                mend = "Remove it, or choose another folder."
                raise InvalidFileError(complain("out", "a folder of Parquet files", str(part), mend)) from None
            for row in rows:
                record = {
                    "task": row.get("task"),
                    "key": row.get("key"),
                    "result": {"passed": row.get("result.passed")},
                }
                yield record if row.get("error") is None else {**record, "error": row["error"]}

    def append(self, records: Iterable[Record]) -> None:
        """Keep records until a file is full, and write it."""
        self._waiting += (flat(plain(record)) for record in records)
        while len(self._waiting) >= ROWS:
            self._write(self._waiting[:ROWS])
            del self._waiting[:ROWS]

    def close(self) -> None:
        """Write the records that wait."""
        if self._waiting:
            self._write(self._waiting)
            self._waiting = []

    def _write(self, rows: list[dict[str, Any]]) -> None:
        names = dict.fromkeys(name for row in rows for name in row)
        table = self._arrow.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
        stream = self._arrow.BufferOutputStream()
        self._parquet.write_table(table, stream)
        write_whole(self.path / f"part-{self._next:06}.parquet", stream.getvalue().to_pybytes())
        self._next += 1


def flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a record as a row: names within names are joined by a dot, what is nested deeper becomes JSON."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping) and not prefix:
            row |= flat(value, f"{name}.")
        else:
            row[prefix + name] = json.dumps(value) if isinstance(value, Mapping | list) else value
    return row


def records_at(path: str | Path) -> Records:
    """Open a file ``.jsonl`` of JSON lines, or a folder ``.parquet`` of Parquet files, which is made if it is missing.

    Raises:
        InvalidValueError: if the name has another ending.
        MissingLibraryError: if Parquet is asked for, and pyarrow is not installed.
        OSError: if the file cannot be opened.
    """
    path = Path(path)
    kinds: dict[str, Any] = {".jsonl": JsonLines, ".parquet": Parquet}
    if path.suffix not in kinds:
        raise InvalidValueError(complain("out", "a name that ends in .jsonl or .parquet", str(path)))
    return kinds[path.suffix](path)


def key_of(task: str, cell: Mapping[str, Any], content: str = "") -> str:
    """Return the key of a cell of a task: sixteen hexadecimal digits, which do not depend on the order of its names.

    ``content`` is a digest of what the cell names, such as the statement of a theorem. When that changes, so does the
    key.
    """
    text = json.dumps([task, plain(cell), *([content] if content else [])], sort_keys=True)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def has_failed(record: Mapping[str, Any]) -> bool:
    """Return whether a record holds an error, or the result of a check that did not pass."""
    result = record.get("result")
    return "error" in record or (isinstance(result, Mapping) and result.get("passed") is False)


class RecordKeys:
    """The keys of recorded cells, in eight bytes each, and those among them that failed."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        found = array("Q")
        self.failed: set[str] = set()
        for record in records:
            try:
                found.append(int(record["key"], 16))
                if has_failed(record):
                    self.failed.add(str(record["key"]))
            except (KeyError, TypeError, ValueError, OverflowError):
                mend = "Choose another file."
                raise InvalidFileError(complain("out", "a file of records with keys", str(record)[:80], mend)) from None
        self._sorted = np.sort(np.frombuffer(found, dtype=np.uint64)) if found else np.empty(0, dtype=np.uint64)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._sorted)

    def __contains__(self, key: str) -> bool:
        """Look a key up by bisection."""
        number = np.uint64(int(key, 16))
        i = int(np.searchsorted(self._sorted, number))
        return i < len(self._sorted) and bool(self._sorted[i] == number)
