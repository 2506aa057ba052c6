"""What a checkpoint says of the progress of its run, field by field: everything is checked before any of it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tptheory.errors import InvalidFileError, complain
from tptheory.training.theorem_probes import THEOREMS

Check = Callable[[str, Any], None]
"""A function of the name of a field and its value, which raises `_WrongField` if the value is none of its kind."""
LONGEST_TEXT = 200
"""The most characters of a text."""


def check_progress(name: str, progress: Any, expected: Check) -> None:
    """Refuse the progress of a checkpoint that does not say how far this run is.

    Args:
        name: the name of the file, for the error.
        progress: what the file says.
        expected: what `progress_of_run` expects of the run.

    Raises:
        InvalidFileError: if a field is missing, unknown, of another type or out of range; the error names the field.
    """
    try:
        expected("progress", progress)
    except _WrongField as wrong:
        field, fitting, came = wrong.args
        mend = "Name another file, or train anew without it."
        raise InvalidFileError(complain(name, f"a checkpoint whose {field} is {fitting}", came, mend)) from None


class _WrongField(Exception):  # noqa: N818  it is turned into an error of ours
    """Raised with the name of a field, what was expected of it, and what came."""


def progress_of_run(
    *, steps: int, layers: int, widest: int, samples: int, batch: int, streams: Iterable[str], metrics: bool
) -> Check:
    """Expect the progress of a run of which this is known.

    Args:
        steps: how many updates the run makes.
        layers: how many layers the net has.
        widest: its largest width.
        samples: how many samples there are, of which each update takes ``batch``.
        batch: how many samples an update takes.
        streams: the names of the random streams whose states are kept.
        metrics: whether the run writes metrics.
    """
    step = _integer(0, steps)
    line = _fields(step=step, loss=_number, accuracy=_number)
    reading = _fields(
        step=step,
        probe=_one_of(THEOREMS),
        layer=_integer(0, layers),
        measured=_number,
        claimed=_optional(_number),
        off=_number,
    )
    fit = _fields(
        steps=step,
        first_loss=_number,
        last_loss=_number,
        ranks=_list(_integer(0, widest), layers),
        log=_list(line),
        readings=_list(reading),
        largest_update=_number,
        largest_at=_text,
    )
    position = _fields(bytes=_integer(0, 1 << 60), sha256=_matching(r"[0-9a-f]{64}", "a SHA-256"))
    return _fields(
        step=step,
        fit=fit,
        batches=_fields(stream=_stream, dealt=_multiple(batch, samples)),
        streams=_fields(**dict.fromkeys(streams, _stream)),
        metrics=position if metrics else _one_of((None,)),
    )


def _fields(**checks: Check) -> Check:
    """Expect an object with exactly these fields."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, dict) or value.keys() != checks.keys():
            came = sorted(value) if isinstance(value, dict) else value
            raise _WrongField(field, f"an object with the fields {', '.join(checks)}", came)
        for name, part in checks.items():
            part(f"{field}.{name}", value[name])

    return check


def _list(item: Check, length: int | None = None) -> Check:
    """Expect a list, of a length if one is given."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, list) or length not in (None, len(value)):
            raise _WrongField(field, "a list" if length is None else f"a list of {length}", value)
        for i, part in enumerate(value):
            item(f"{field}[{i}]", part)

    return check


def _integer(lowest: int, highest: int) -> Check:
    """Expect an integer in a range."""

    def check(field: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise _WrongField(field, f"an integer in {lowest}..{highest}", value)

    return check


def _multiple(part: int, highest: int) -> Check:
    """Expect a multiple of a number, up to another."""
    within = _integer(0, highest)

    def check(field: str, value: Any) -> None:
        within(field, value)
        if value % part:
            raise _WrongField(field, f"a multiple of {part}", value)

    return check


def _number(field: str, value: Any) -> None:
    """Expect a number, which need not be finite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, int) and abs(value) >> 63):
        raise _WrongField(field, "a number", value)


def _optional(other: Check) -> Check:
    """Expect null, or something else."""
    return lambda field, value: None if value is None else other(field, value)


def _one_of(known: Iterable[Any]) -> Check:
    """Expect one of some values."""
    listed = list(known)

    def check(field: str, value: Any) -> None:
        if value not in listed:
            raise _WrongField(field, f"one of {', '.join(map(str, listed))}", value)

    return check


def _text(field: str, value: Any) -> None:
    """Expect a short text."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _WrongField(field, f"a text of at most {LONGEST_TEXT} characters", value)


def _matching(pattern: str, expected: str) -> Check:
    """Expect a text of a form."""

    def check(field: str, value: Any) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise _WrongField(field, expected, value)

    return check


_stream = _fields(
    bit_generator=_one_of(("PCG64",)),
    state=_fields(state=_integer(0, (1 << 128) - 1), inc=_integer(0, (1 << 128) - 1)),
    has_uint32=_integer(0, 1),
    uinteger=_integer(0, (1 << 32) - 1),
)
"""The state of NumPy's PCG64."""
