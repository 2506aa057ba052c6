"""The records of a sweep: what one is, and the keys by which cells are known."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.writing.plain import plain

Record = Mapping[str, Any]

KEY = re.compile(r"[0-9a-f]{16}")
"""The keys of cells."""
ANOTHER = "Choose another file."
"""What to do about a file that holds something else."""


def digest_of(text: str) -> str:
    """Return sixteen hexadecimal digits that stand for a text."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def key_of(task: str, cell: Mapping[str, Any], content: str = "") -> str:
    """Return the key of a cell of a task, a digest which does not depend on the order of its names.

    ``content`` is a digest of what the cell names, such as the statement of a theorem. When that changes, so does the
    key.
    """
    return digest_of(json.dumps([task, plain(cell), *([content] if content else [])], sort_keys=True))


def has_failed(record: Mapping[str, Any]) -> bool:
    """Return whether a record holds an error, or the result of a check that did not pass."""
    result = record.get("result")
    return "error" in record or (isinstance(result, Mapping) and result.get("passed") is False)


def is_record(value: Any) -> bool:
    """Return whether a value read from a file is a record: task, key and cell, and a result or an error.

    >>> is_record({"task": "t", "key": "0" * 16, "cell": {}, "result": {}}), is_record({"key": "0" * 16})
    (True, False)
    """
    kinds = {"task": str, "key": str, "cell": dict, "result": dict, "error": str}
    return (
        isinstance(value, dict)
        and value.keys() in ({"task", "key", "cell", "result"}, {"task", "key", "cell", "error"})
        and all(isinstance(part, kinds[name]) for name, part in value.items())
        and KEY.fullmatch(value["key"]) is not None
    )


class RecordKeys:
    """The keys of recorded cells, in eight bytes each, and those among them that failed.

    Args:
        found: the key of each record, and whether it failed.
    """

    def __init__(self, found: Iterable[tuple[str, bool]]) -> None:
        numbers = array("Q")
        self.failed: set[str] = set()
        for key, failed in found:
            numbers.append(int(key, 16))
            if failed:
                self.failed.add(key)
        empty = np.empty(0, dtype=np.uint64)
        self._sorted = np.unique(np.frombuffer(numbers, dtype=np.uint64)) if numbers else empty

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._sorted)

    def __contains__(self, key: str) -> bool:
        """Look a key up by bisection."""
        number = np.uint64(int(key, 16))
        i = int(np.searchsorted(self._sorted, number))
        return i < len(self._sorted) and bool(self._sorted[i] == number)


def in_use(path: Path) -> InvalidValueError:
    """Return the error for records that another sweep is writing."""
    mend = "Another sweep is writing there: wait until it has ended, or choose another file."
    return InvalidValueError(complain("out", "a place that no other sweep uses", str(path), mend))


def not_records(where: str, mend: str = ANOTHER, kind: str = "a file of records") -> InvalidFileError:
    """Return the error for a file that holds something else than records."""
    return InvalidFileError(complain("out", kind, where, mend))
