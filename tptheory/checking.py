"""Check the numbers that a function is given."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

from tptheory.errors import InvalidTypeError, InvalidValueError, complain

DIGITS = 1000
"""How many digits an integer may have."""
MOST_STEPS = 10**12
"""The most steps, or other things that are done one after the other: more than a machine does in a month."""
INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
"""An integer as people type it."""
WIDTHS = re.compile(r"[0-9]+(-[0-9]+)*|[0-9]+(,[0-9]+)*")
"""Widths as people type them."""


def read_widths(argument: str, text: str) -> tuple[int, ...]:
    """Read widths as people type them: integers with dashes between them, or with commas.

    >>> read_widths("widths", "4-3-2"), read_widths("widths", "4,3,2")
    ((4, 3, 2), (4, 3, 2))

    Raises:
        InvalidValueError: if there is anything else.
    """
    if not WIDTHS.fullmatch(text):
        raise InvalidValueError(complain(argument, "widths such as 4-3-2", text, "4,3,2 is understood too."))
    return tuple(read_integer(argument, part, "widths such as 4-3-2", text) for part in re.split("[-,]", text))


def widths_text(widths: Iterable[int]) -> str:
    """Return widths as they are shown: ``4-3-2``."""
    return "-".join(map(str, widths))


def counted(count: int, noun: str) -> str:
    """Return a number of things in words; the noun is one that takes an s.

    >>> counted(1, "column"), counted(2, "column"), counted(0, "column")
    ('1 column', '2 columns', '0 columns')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def checked_integer(
    argument: str, value: Any, lowest: int = 1, highest: int | None = None, limit: int = 10**DIGITS - 1
) -> int:
    """Return ``value`` as an int in ``lowest..highest``, or without ``highest`` from ``lowest`` on.

    None may be larger than ``limit``, which is what the machine or the file can hold.

    >>> checked_integer("steps", 3)
    3

    Raises:
        InvalidTypeError: if it is not an integer.
        InvalidValueError: if it is out of range.
    """
    expected = f"an integer in {lowest}..{highest}"
    if highest is None:
        expected = "a positive integer" if lowest == 1 else f"an integer, {lowest} or more"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InvalidTypeError(complain(argument, expected, value))
    number = int(value)
    if number > limit:
        most = f"of at most {DIGITS} digits" if limit >= 10**DIGITS - 1 else f"up to {limit}"
        raise InvalidValueError(complain(argument, f"{expected} {most}", value))
    if number < lowest or (highest is not None and number > highest):
        raise InvalidValueError(complain(argument, expected, value))
    return number


def read_integer(argument: str, text: str, expected: str = "an integer", shown: str | None = None) -> int:
    """Read an integer that was typed, of at most `DIGITS` characters.

    >>> read_integer("seed", "-3")
    -3

    Args:
        argument: the name of the argument, for the error.
        text: what was typed.
        expected: what it should be, in words.
        shown: the whole of what was typed, where ``text`` is a part of it.

    Raises:
        InvalidValueError: if it is none, or longer.
    """
    if not INTEGER.fullmatch(text):
        raise InvalidValueError(complain(argument, expected, text if shown is None else shown))
    if len(text) > DIGITS:
        came = f"{text[:10]}... of {len(text)} digits"
        raise InvalidValueError(complain(argument, f"{expected} of at most {DIGITS} digits", came))
    return int(text)


def finite(argument: str, value: Any, expected: str = "a finite number", lowest: float = -math.inf) -> float:
    """Return ``value`` as a finite float of at least ``lowest``.

    >>> finite("bias", 1)
    1.0

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is not finite, or too low.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidTypeError(complain(argument, expected, value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < lowest:
        raise InvalidValueError(complain(argument, expected, value))
    return number


def positive(argument: str, value: Any) -> float:
    """Return ``value`` as a finite float above 0.

    >>> positive("lr", 0.1)
    0.1

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is not positive and finite.
    """
    return finite(argument, value, "a positive finite number", lowest=math.ulp(0.0))  # the least float above 0


def positive_or_zero(argument: str, value: Any) -> float:
    """Return ``value`` as a finite float of at least 0.

    >>> positive_or_zero("noise", 0)
    0.0

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is negative or not finite.
    """
    return finite(argument, value, "a finite number, 0 or more", lowest=0)


def memory() -> int:
    """Return how many bytes of memory this machine has; where it does not tell, 16 GiB.

    >>> memory() > 2**20
    True
    """
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 1 << 34


def check_memory(argument: str, value: Any, needed: int, mend: str) -> None:
    """Refuse a value for which more memory would be needed than there is, before any of it is taken.

    Args:
        argument: the name of the argument.
        value: its value.
        needed: how many bytes it would take.
        mend: what to give instead.

    Raises:
        InvalidValueError: if there are not so many; the error says how many are needed and how many there are.
    """
    there = memory()
    if needed > there:
        expected = f"so small that what it needs, {in_units(needed)}, fits into the memory of {in_units(there)}"
        raise InvalidValueError(complain(argument, expected, value, mend))


def in_units(size: int) -> str:
    """Return a number of bytes in words.

    >>> in_units(3 * 2**30), in_units(10**400)
    ('3.0 GiB', 'more than 1,000 PiB')
    """
    for power, unit in enumerate(("KiB", "MiB", "GiB", "TiB", "PiB"), start=1):
        if size < 1000 * 1024**power:
            return f"{size / 1024**power:.1f} {unit}"
    return "more than 1,000 PiB"


def check_seconds(seconds: Any) -> None:
    """Refuse what is no time to search for.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive, finite number.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise InvalidValueError(complain("seconds", "a positive number", seconds))
