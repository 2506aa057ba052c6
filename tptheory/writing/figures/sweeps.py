"""Curves of sweeps: a result against a parameter, by medians and ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.keywords import known_keywords
from tptheory.writing.figures.scales import draw_band, end_at_zero, set_logarithmic
from tptheory.writing.figures.style import HOLLOW, MARKS, axes_or_new, labelled

MARKED = 12
"""About how many values of a parameter bear a marker, where there are many."""
WIDE_RANGE = 30
"""From which ratio of the largest to the smallest on, values of a parameter are drawn on a logarithmic scale."""
HUGE_RANGE = 10_000
"""From which ratio of the largest to the smallest on, results are drawn on a logarithmic scale."""


@known_keywords
def sweep_curves(table: Any, x: str, y: str, ax: Axes | None = None, *, by: str | None = None) -> Axes:
    """Draw a result of a sweep against a parameter: the median over all other parameters, and the range as a band.

    Args:
        table: what `sweep_frame` or `sweep_columns` returned; rows without a result are left out.
        x: the column of the parameter; text, such as widths, is drawn in the order in which it comes. Positive numbers
            that are at least `WIDE_RANGE` apart as a ratio, such as step sizes, stand on a logarithmic scale.
        y: the column of the result; results that are not negative, and at least `HUGE_RANGE` apart as a ratio, such as
            losses of which one diverges, stand on a logarithmic scale; a result of 0 stands below the others, at a line
            that is labelled 0, and a band that reaches 0 ends there.
        ax: where to draw; a new figure unless given.
        by: a column: one curve for each of its values.

    Raises:
        InvalidTypeError: if ``table`` is no table.
        InvalidValueError: if no row has both.
        UnknownNameError: if there is no such column; the nearest is suggested.

    >>> table = {"rule": ["bp", "bp", "tp", "tp"], "lr": [0.1, 0.2, 0.1, 0.2], "last_loss": [4.0, 3.0, 2.0, 1.0]}
    >>> len(sweep_curves(table, "lr", "last_loss", by="rule").lines)
    2
    """
    _check_columns(table, x=x, y=y, by=by)
    rows = _rows_with_results(table, x, y, by)
    if not rows:
        raise InvalidValueError(complain("y", "a column of numbers", y))
    labels = _labels_of_text(rows)
    if labels:
        rows = [row._replace(at=labels.index(str(row.at))) for row in rows]
    ax = axes_or_new(ax)
    _set_scales(ax, rows, bool(labels))
    for k, curve in enumerate(dict.fromkeys(row.curve for row in rows)):
        look = MARKS[k % len(MARKS)] | HOLLOW | {"label": str(curve)}
        _draw_median_and_range(ax, [row for row in rows if row.curve == curve], look)
    if labels:
        ax.set_xticks(range(len(labels)), labels)
    end_at_zero(ax)
    return labelled(ax, x, y)


class _SweptRow(NamedTuple):
    """A row of a sweep: the curve that it belongs to, the value of the parameter, and the result."""

    curve: Any
    at: Any
    result: Any


def _check_columns(table: Any, **columns: str | None) -> None:
    """Refuse an argument that names no column of a table.

    Raises:
        InvalidTypeError: if the table is none.
        UnknownNameError: if there is no such column; the nearest is suggested.
    """
    if not isinstance(table, Iterable) or isinstance(table, str):
        expected = "a table of columns, such as sweep_frame and sweep_columns return"
        raise InvalidTypeError(complain("table", expected, table, "Try sweep_frame('records.jsonl')."))
    for argument, name in columns.items():
        if name is not None and name not in list(table):
            raise unknown_name(argument, str(name), map(str, table))


def _rows_with_results(table: Any, x: str, y: str, by: str | None) -> list[_SweptRow]:
    """Return the rows of a table that have both a value of the parameter and a number for the result."""
    curves = list(table[by]) if by is not None else [y] * len(list(table[y]))
    rows = map(_SweptRow, curves, table[x], table[y])
    return [row for row in rows if _is_number(row.result) and row.at is not None]


def _labels_of_text(rows: Sequence[_SweptRow]) -> list[str]:
    """Return all values of a parameter as text, in the order in which they come, if any is text; else none."""
    return [] if all(_is_number(row.at) for row in rows) else list(dict.fromkeys(str(row.at) for row in rows))


def _draw_median_and_range(ax: Axes, rows: Sequence[_SweptRow], look: Mapping[str, Any]) -> None:
    """Draw the median of the results at each value of the parameter, and their range as a band."""
    results: dict[Any, list[float]] = {at: [] for at in sorted({row.at for row in rows})}
    for row in rows:
        results[row.at].append(float(row.result))
    spaced = max(1, len(results) // MARKED)
    ax.plot(list(results), list(map(np.median, results.values())), **look, markevery=spaced)
    low, high = ([end(found) for found in results.values()] for end in (min, max))
    draw_band(ax, list(results), low, high, look["color"])


def _set_scales(ax: Axes, rows: Sequence[_SweptRow], of_text: bool) -> None:
    """Set logarithmic scales where the values of the parameter, or the results, are far apart."""
    if not of_text and _spans([row.at for row in rows], WIDE_RANGE):
        ax.set_xscale("log")
    results = [row.result for row in rows]
    if min(results) >= 0 and _spans([result for result in results if result], HUGE_RANGE):
        set_logarithmic(ax, results)


def _spans(values: Sequence[Any], ratio: float) -> bool:
    """Whether there are values, all positive, and the largest is at least so many times the smallest."""
    return bool(values) and min(values) > 0 and max(values) >= ratio * min(values)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(float(value)))
