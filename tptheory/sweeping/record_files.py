"""The places that hold the records of a sweep: a file of JSON lines, or a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.files import cannot_write, check_folder
from tptheory.sweeping.json_lines import JsonLines
from tptheory.sweeping.parquet import Parquet
from tptheory.sweeping.records import Record, RecordKeys


class Records(Protocol):
    """A file or a folder that holds records, and takes more. It is locked: no other sweep can write there."""

    recorded: RecordKeys
    """The keys of the records that were there when it was opened, all of which were read and found whole."""

    def append(self, records: Iterable[Record]) -> None:
        """Add records; each of them is written as a whole or not at all, and is on the disk afterwards."""

    def close(self) -> None:
        """Close, and give the lock back."""


def records_at(path: str | Path) -> Records:
    """Open a file ``.jsonl`` of JSON lines, or a folder ``.parquet`` of Parquet files, which is made if it is missing.

    All that is there is read before anything is written.

    Raises:
        InvalidTypeError: if it is no path.
        InvalidValueError: if the name has another ending, it cannot be written, or another sweep writes there.
        InvalidFileError: if it holds something else than records.
        MissingLibraryError: if Parquet is asked for, and pyarrow is not installed.
    """
    path = Path(path)
    kinds: dict[str, Any] = {".jsonl": JsonLines, ".parquet": Parquet}
    if path.suffix not in kinds:
        raise InvalidValueError(complain("out", "a name that ends in .jsonl or .parquet", str(path)))
    if path.suffix == ".parquet" or not path.exists():
        check_folder("out", path if path.suffix == ".parquet" else path.parent)
    try:
        return kinds[path.suffix](path)
    except (InvalidFileError, InvalidValueError):
        raise
    except (OSError, ValueError) as error:  # a path with a NUL byte is a ValueError
        raise cannot_write("out", path, error) from error
