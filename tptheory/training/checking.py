"""Check the widths that a training run is given."""

from __future__ import annotations

from collections.abc import Sequence

from tptheory.checking import whole
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
