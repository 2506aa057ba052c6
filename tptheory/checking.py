"""Check the numbers that a function is given."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

from tptheory.errors import InvalidTypeError, InvalidValueError, complain

WIDTHS = re.compile(r"[0-9]{1,9}(-[0-9]{1,9})*|[0-9]{1,9}(,[0-9]{1,9})*")


def read_widths(argument: str, text: str) -> tuple[int, ...]:
    """Read widths as people type them: integers with dashes between them, or with commas.

    >>> read_widths("widths", "4-3-2"), read_widths("widths", "4,3,2")
    ((4, 3, 2), (4, 3, 2))

    Raises:
        InvalidValueError: if there is anything else.
    """
    if not WIDTHS.fullmatch(text):
        raise InvalidValueError(complain(argument, "widths such as 4-3-2", text, "4,3,2 is understood too."))
    return tuple(map(int, re.split("[-,]", text)))


def widths_text(widths: Iterable[int]) -> str:
    """Return widths as they are shown: ``4-3-2``."""
    return "-".join(map(str, widths))


def whole(argument: str, value: Any, lowest: int = 1, highest: int | None = None) -> int:
    """Return ``value`` as an int in ``lowest..highest``; without ``highest`` there is no end.

    >>> whole("steps", 3)
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
    if number < lowest or (highest is not None and number > highest):
        raise InvalidValueError(complain(argument, expected, value))
    return number


def finite(argument: str, value: Any, expected: str = "a finite number") -> float:
    """Return ``value`` as a finite float.

    >>> finite("bias", 1)
    1.0

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidTypeError(complain(argument, expected, value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
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
    expected = "a positive finite number"
    number = finite(argument, value, expected)
    if number <= 0:
        raise InvalidValueError(complain(argument, expected, value))
    return number


def positive_or_zero(argument: str, value: Any) -> float:
    """Return ``value`` as a finite float of at least 0.

    >>> positive_or_zero("noise", 0)
    0.0

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is negative or not finite.
    """
    expected = "a finite number, 0 or more"
    number = finite(argument, value, expected)
    if number < 0:
        raise InvalidValueError(complain(argument, expected, value))
    return number


def check_seconds(seconds: Any) -> None:
    """Refuse what is no time to search for.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive, finite number.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise InvalidValueError(complain("seconds", "a positive number", seconds))
