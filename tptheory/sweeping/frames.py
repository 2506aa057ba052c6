"""The records of a sweep as one table: a row for each cell, with a column for each parameter and each result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tptheory.checking import widths_text
from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.extras import data_frame, optional_library
from tptheory.keywords import known_keywords
from tptheory.sweeping.parquet import WAITING, flat

CURVE = "curve"
"""The name of a result that is a whole curve: lists of one length, such as ``{"step": [...], "loss": [...]}``."""


@known_keywords
def sweep_frame(path: str | Path, *, curves: bool = False) -> Any:
    """Return the records of a sweep as a pandas DataFrame, tidy: a row for each cell, and a column for each scalar.

    Parameters and results have the names that the task gives them; a result with the name of a parameter is called
    ``result.steps``. A cell that failed has its error in the column ``error``, and no results. Widths are text, such as
    ``4-4-2``.

    Args:
        path: the file ``.jsonl``, or the folder ``.parquet``. It is only read; a line that is still being written is
            left out.
        curves: whether to give a row to each point of the curves that the tasks trajectory and training record with
            ``curve=true``, instead of one to each cell.

    >>> sweep_frame("no/runs.jsonl")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tptheory.errors.InvalidValueError: 'path' must be a file .jsonl, or a folder .parquet, ...

    Raises:
        InvalidFileError: if the file holds something else than records, or none of them has a curve.
        InvalidValueError: if there is no such file, or the name has another ending.
        MissingLibraryError: if pandas is not installed, or of a folder pyarrow.
    """
    return data_frame(sweep_columns(path, curves=curves), "sweep_frame", str(path))


def sweep_columns(path: str | Path, *, curves: bool = False) -> dict[str, list[Any]]:
    """Return the columns of `sweep_frame`, without pandas.

    >>> import tempfile
    >>> from tptheory.sweeping.running import sweep
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sweep("trajectory", [{"rule": "tp", "steps": 2}], f"{folder}/runs.jsonl", workers=1)
    ...     list(sweep_columns(f"{folder}/runs.jsonl"))[:3]
    ['rule', 'steps', 'status']
    """
    rows = list(_rows(Path(path)))
    parameters = {name for row in rows for name in row if name.startswith("cell.")}
    table: list[dict[str, Any]] = []
    for row in rows:
        scalars = {_column(name, parameters): _scalar(value) for name, value in row.items() if _is_told(name)}
        table += _points(_parsed(row.get(f"result.{CURVE}")), scalars) if curves else [scalars]
    if curves and not table:
        mend = "Sweep with curve=true."
        raise InvalidFileError(complain("path", "records with curves", str(path), mend))
    return _columns(table)


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of rows; where a row lacks a name, the column holds None."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _points(curve: Any, scalars: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each point of the curve that a record holds, if it holds one, with the scalars of the record."""
    if isinstance(curve, Mapping):
        names = [_free(name, scalars) for name in curve]
        for point in zip(*curve.values(), strict=True):
            yield {**scalars, **dict(zip(names, point, strict=True))}


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the records, flat: ``cell.seed``, ``result.loss``.

    Raises:
        InvalidFileError: if there is something else.
        InvalidValueError: if there is no such file.
    """
    if path.suffix not in (".jsonl", ".parquet") or not path.exists():
        expected = "a file .jsonl, or a folder .parquet, of records that exists"
        raise InvalidValueError(complain("path", expected, str(path), "tptheory sweep writes one."))
    if path.suffix == ".parquet":
        parquet = optional_library("pyarrow.parquet", "path", str(path), "dask")
        for part in sorted(path.glob("part-*.parquet")):
            yield from parquet.read_table(part).to_pylist()
        path = path / WAITING  # what an interrupted sweep had not yet put into a file
        if not path.exists():
            return
    yield from _lines(path)


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a file, but for a line that is still being written.

    Raises:
        InvalidFileError: if a line is no record.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            record = _parsed(line)
            if not isinstance(record, dict) or not isinstance(record.get("cell"), dict):
                raise InvalidFileError(complain("path", "a file of records", f"{path}, line {number}"))
            yield flat(record)


def _is_told(name: str) -> bool:
    """Whether a field of a record becomes a column; the key only finds a record again, and a curve is no scalar."""
    return name == "error" or (name.startswith(("cell.", "result.")) and name != f"result.{CURVE}")


def _column(name: str, parameters: set[str]) -> str:
    """Return the name of a column: that of the parameter or result, unless both have it."""
    kind, _, own = name.partition(".")
    return name if kind == "result" and f"cell.{own}" in parameters else own or name


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return the name of a column of a curve, which a parameter may have too."""
    return f"{CURVE}.{name}" if name in taken else name


def _scalar(value: Any) -> Any:
    """Return a value as a scalar: widths as text, and what is nested as JSON."""
    found = _parsed(value) if isinstance(value, str) and value[:1] in "[{" else value
    if isinstance(found, Sequence) and not isinstance(found, str) and all(type(n) is int for n in found):
        return widths_text(found)
    return value


def _parsed(text: Any) -> Any:
    """Return what JSON text says; None if it is no JSON."""
    try:
        return json.loads(text) if isinstance(text, str | bytes) else None
    except ValueError:
        return None
