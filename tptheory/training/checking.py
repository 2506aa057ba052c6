"""Check the numbers that a training run is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.training.data import DataSet

HIDDEN_WIDTHS = (32, 32)
"""The hidden layers where no widths are given."""


def checked_widths(widths: Sequence[int] | None, data: DataSet) -> tuple[int, ...]:
    """Return ``(n_0, ..., n_L)``: those given if they fit the data, or the data's own with `HIDDEN_WIDTHS` between."""
    first, last = data.x_train.shape[0], data.targets.shape[0]
    if widths is None:
        return (first, *HIDDEN_WIDTHS, last)
    if isinstance(widths, str | bytes) or not isinstance(widths, Sequence):
        raise InvalidTypeError(complain("widths", "a sequence such as (64, 32, 10)", widths))
    checked = tuple(whole("widths", n) for n in widths)
    if len(checked) < 2 or (checked[0], checked[-1]) != (first, last):
        raise InvalidValueError(
            complain(
                "widths",
                f"from {first} pixels to {last} classes, as the data {data.name!r}",
                checked,
                f"Try ({first}, 32, {last}).",
            )
        )
    return checked


def whole(argument: str, value: Any, lowest: int = 1, highest: int | None = None) -> int:
    """Return ``value`` as an int in ``lowest..highest``."""
    expected = f"an integer of at least {lowest}" if highest is None else f"an integer in {lowest}..{highest}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InvalidTypeError(complain(argument, expected, value))
    number = int(value)
    if number < lowest or (highest is not None and number > highest):
        raise InvalidValueError(complain(argument, expected, value))
    return number


def finite(argument: str, value: Any, expected: str = "a finite number") -> float:
    """Return ``value`` as a finite float."""
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
    """Return ``value`` as a finite float above 0."""
    expected = "a finite number above 0"
    number = finite(argument, value, expected)
    if number <= 0:
        raise InvalidValueError(complain(argument, expected, value))
    return number


def positive_or_zero(argument: str, value: Any) -> float:
    """Return ``value`` as a finite float of at least 0."""
    expected = "a finite number of at least 0"
    number = finite(argument, value, expected)
    if number < 0:
        raise InvalidValueError(complain(argument, expected, value))
    return number
