"""Records as a folder of Parquet files, each whole; those that wait for a file to be full are kept beside them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tptheory.errors import InvalidFileError
from tptheory.extras import optional_library
from tptheory.files import in_utf8, read_whole, write_whole
from tptheory.locks import try_lock
from tptheory.sweeping.json_lines import JsonLines
from tptheory.sweeping.records import KEY, Record, RecordKeys, has_failed, in_use, not_records
from tptheory.writing.plain import plain

ROWS = 1000
"""How many records a Parquet file holds."""
MOST_BYTES = 1 << 30
"""The most bytes of one file: 1 GiB."""
PART = re.compile(r"part-(\d{6,12})\.parquet")
"""The names of the files."""
WAITING = "_waiting.jsonl"
"""The file of the records that wait; readers of Parquet pass over names that begin so."""
NOT_FINITE = {"inf", "-inf", "nan"}
"""The words for numbers that are not finite, which records hold as JSON does."""
KINDS = ("bool", "int", "float", "text")
"""The kinds of columns; numbers of one kind can be written as the next, and all values as text."""


class Parquet:
    """A folder of Parquet files of up to `ROWS` records, one row a record, locked as long as it is open.

    The columns are those of the record with dots between names: ``cell.seed``, ``result.loss``. A column whose values
    are all numbers holds numbers, those that are not finite too; where texts, lists, or integers that are too large for
    the others stand among them, it holds text.

    Raises:
        InvalidValueError: if another sweep writes there.
        InvalidFileError: if a file of the folder is no Parquet file of records.
        MissingLibraryError: if pyarrow is not installed.
        OSError: if the folder cannot be made or opened.
    """

    def __init__(self, path: Path) -> None:
        self._arrow, self._parquet = (
            optional_library(name, "out", str(path), "dask") for name in ("pyarrow", "pyarrow.parquet")
        )
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._folder = os.open(path, os.O_RDONLY) if os.name == "posix" else None  # Windows cannot open a folder
        try:
            if self._folder is not None and not try_lock(self._folder):
                raise in_use(path)
            parts = _parts(path)
            self._next, self._kinds = 1 + max(parts, default=-1), dict[str, str]()
            in_parts = [found for part in parts.values() for found in self._read(part)]
            self._journal = JsonLines(path / WAITING)
            keys = {key for key, _ in in_parts}
            self._waiting = [record for record in self._journal.read() if record["key"] not in keys]
            waiting = [(record["key"], has_failed(record)) for record in self._waiting]
            self.recorded = RecordKeys([*in_parts, *waiting])
        except BaseException:
            self._unlock()
            raise

    def _read(self, part: Path) -> Iterator[tuple[str, bool]]:
        """Yield the key of each row of a file, and whether it failed; remember of which kinds its columns are."""
        mend = "Move it, or choose another folder."
        try:
            data = self._arrow.BufferReader(read_whole(part, MOST_BYTES, "out", "Parquet file"))
            file = self._parquet.ParquetFile(data)
            names = [name for name in ("key", "error", "result.passed") if name in file.schema_arrow.names]
            rows = file.read(names).to_pylist()
            self._remember(file.schema_arrow)
        except InvalidFileError:
            raise
        except Exception as error:  # pyarrow has no one error for files that are no Parquet
            raise not_records(f"{part}: {str(error)[:80]}", mend, "a folder of Parquet files") from None
        for row in rows:
            key = row.get("key")
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise not_records(str(part), mend, "a folder of Parquet files of records")
            yield key, row.get("error") is not None or row.get("result.passed") is False

    def _remember(self, schema: Any) -> None:
        """Let columns be at least as wide as those of the files that are there."""
        types = self._arrow.types
        for field in schema:
            if types.is_null(field.type):
                continue
            tests = {"bool": types.is_boolean, "int": types.is_integer, "float": types.is_floating}
            kind = next((kind for kind, holds in tests.items() if holds(field.type)), "text")
            self._kinds[field.name] = _wider(kind, self._kinds.get(field.name))

    def append(self, records: Iterable[Record]) -> None:
        """Keep records in the file of those that wait; when they fill a Parquet file, write it."""
        left = [plain(record) for record in records]
        while left:
            new, left = left[: ROWS - len(self._waiting)], left[ROWS - len(self._waiting) :]
            self._journal.append(new)
            self._waiting += new
            if len(self._waiting) >= ROWS:
                self._write()

    def close(self) -> None:
        """Write the records that wait, and give the lock back."""
        try:
            if self._waiting:
                self._write()
            self._journal.close()
            (self.path / WAITING).unlink(missing_ok=True)
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self._folder is not None:
            os.close(self._folder)

    def _write(self) -> None:
        """Write a file of the records that wait, and only then forget them."""
        rows = [flat(record) for record in self._waiting]
        names = dict.fromkeys([*(name for row in rows for name in row), "error"])
        columns = {name: self._column(name, [row.get(name) for row in rows]) for name in names}
        stream = self._arrow.BufferOutputStream()
        self._parquet.write_table(self._arrow.table(columns), stream)
        write_whole(self.path / f"part-{self._next:06}.parquet", stream.getvalue().to_pybytes())
        self._next += 1
        self._journal.clear()
        self._waiting = []

    def _column(self, name: str, values: Sequence[Any]) -> Any:
        """Return the values of a column, all of one kind."""
        arrow, kind = self._arrow, self._kinds.get(name)
        there = [value for value in values if value is not None]
        if there or name == "error":
            kind = self._kinds[name] = _wider("text" if name == "error" else _kind(there), kind)
        if kind is None:
            return arrow.nulls(len(values))
        types = {"bool": arrow.bool_(), "int": arrow.int64(), "float": arrow.float64(), "text": arrow.string()}
        written = [None if value is None else _as_kind(kind, value) for value in values]
        return arrow.array(written, types[kind])


def _parts(folder: Path) -> dict[int, Path]:
    """Return the Parquet files of a folder by their numbers.

    Raises:
        InvalidFileError: if one has a name that no sweep gives.
    """
    parts = {}
    for path in sorted(folder.glob("*.parquet")):
        found = PART.fullmatch(path.name)
        if found is None:
            mend = "Move it, or choose another folder."
            raise not_records(str(path), mend, "a folder of files part-000000.parquet, part-000001.parquet, ...")
        parts[int(found[1])] = path
    return parts


def flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a record as a row: names within names are joined by a dot, what is nested deeper becomes JSON."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping) and not prefix:
            row |= flat(value, f"{_text(name)}.")
        else:
            row[prefix + _text(name)] = json.dumps(value) if isinstance(value, Mapping | list) else value
    return row


def _kind(values: Sequence[Any]) -> str:
    """Return the kind of a column that holds these values and no others."""
    if all(isinstance(value, bool) for value in values):
        return "bool"
    if any(isinstance(value, bool) for value in values):
        return "text"
    if all(isinstance(value, int) and -(1 << 63) <= value < 1 << 63 for value in values):
        return "int"
    numbers = all(isinstance(value, float) or value in NOT_FINITE or _is_a_float(value) for value in values)
    return "float" if numbers else "text"


def _is_a_float(value: Any) -> bool:
    """Whether an integer is a float too, without loss."""
    return isinstance(value, int) and abs(value) <= 1 << 53


def _wider(kind: str, other: str | None) -> str:
    """Return the first kind that holds the values of both."""
    if other is None or kind == other:
        return kind
    return "text" if "bool" in (kind, other) else max(kind, other, key=KINDS.index)


def _as_kind(kind: str, value: Any) -> Any:
    """Return a value as a column of that kind holds it."""
    if kind == "float":
        return float(value)
    return _text(value) if kind == "text" else value


def _text(value: Any) -> str:
    """Return a value as text that UTF-8 can hold."""
    text = value if isinstance(value, str) else json.dumps(value)
    return in_utf8(text).decode()
