"""Curves of runs, of the weights within them, and of sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.invariants.laws import balance, drift, log_determinant
from tptheory.simulation.trajectories import Ensemble, Run
from tptheory.training.trainer import TrainingRun
from tptheory.writing.figures.numbers import run_of, weights_at
from tptheory.writing.figures.style import ABOVE, HOLLOW, MARKS, axes_or_new, labelled

LAWS = {"BP's balance": (balance, "-"), "TP's log-determinant": (log_determinant, "--")}
"""The laws whose drift is drawn, and the line of each."""
POINTS = 40
"""At how many times a drift is evaluated, and how many markers a curve has at most."""
MARKED = 12
"""About how many values of a parameter bear a marker, where there are many."""
WIDE_RANGE = 30
"""From which ratio of the largest to the smallest on, values of a parameter are drawn on a logarithmic scale."""
HUGE_RANGE = 10_000
"""From which ratio of the largest to the smallest on, results are drawn on a logarithmic scale."""
QUANTILES = (0.1, 0.5, 0.9)
"""The members of an ensemble between which its band lies, and the one that is its line."""


def loss_curves(
    runs: Mapping[str, Any] | Run | Ensemble | TrainingRun, ax: Axes | None = None, *, against: str = "step"
) -> Axes:
    """Draw the loss of each run over steps, or over time, on a logarithmic scale, which leaves zeros out.

    Of an ensemble the median is drawn, and a band from the tenth to the ninetieth percentile of its members. Of a
    training run the loss of the logged batches is drawn; it is in nats, where it is a cross-entropy.

    Args:
        runs: by name, runs, ensembles or training runs; or one of them.
        ax: where to draw; a new figure unless given.
        against: ``"step"`` or ``"time"``; training runs have steps alone.

    Raises:
        InvalidTypeError: if one of them is no run.
        InvalidValueError: if there is none, or a flow is drawn against steps beside runs in steps.
        UnknownNameError: for another ``against``.

    >>> from tptheory import simulate
    >>> run = simulate("tp", [[[1.0]], [[2.0]]], [1.0], [1.0], steps=20)
    >>> loss_curves({"mine": run}).get_legend().get_texts()[0].get_text()
    'mine'
    """
    if against not in ("step", "time"):
        raise unknown_name("against", str(against), ("step", "time"))
    named = runs if isinstance(runs, Mapping) else {_title(runs): runs}
    if not named:
        raise InvalidValueError(complain("runs", "at least one run", runs))
    ax = axes_or_new(ax)
    losses = {name: _losses(name, run, against) for name, run in named.items()}
    if any(np.max(middle) > 0 for _, _, middle, _ in losses.values()):
        ax.set_yscale("log", nonpositive="mask")
    for k, (name, (at, low, middle, high)) in enumerate(losses.items()):
        look = MARKS[k % len(MARKS)] | HOLLOW
        ax.plot(at, middle, **look, markevery=max(1, len(at) // 8), linewidth=1.4, label=name)
        if low is not None:
            _draw_band(ax, at, low, high, look["color"])
    nats = all(isinstance(run, TrainingRun) and run.loss == "cross-entropy" for run in named.values())
    return labelled(ax, against, "loss of a batch (nats)" if nats else "loss")


def _title(run: Any) -> str:
    return run.rule.full_title if isinstance(run, Run | Ensemble) else str(getattr(run, "rule", "run"))


def _losses(name: str, run: Any, against: str) -> tuple[Any, Any, Any, Any]:
    """Return where the losses of a run lie, the lower end of its band, its line, and the upper end."""
    if isinstance(run, TrainingRun):
        if against == "time":
            raise InvalidValueError(complain("against", "'step' for a training run", against))
        return [line.step for line in run.log], None, [line.loss for line in run.log], None
    if not isinstance(run, Run | Ensemble):
        raise InvalidTypeError(complain(f"runs[{name!r}]", "a run, an ensemble or a training run", run))
    loss = run.loss.astype(float)
    at = run.times.astype(float) if against == "time" or run.lr is None else np.arange(len(loss))
    if isinstance(run, Run):
        return at, None, loss, None
    return at, *np.quantile(loss, QUANTILES, axis=1)


def law_drift(runs: Mapping[str, Run] | Run, ax: Axes | None = None) -> Axes:
    """Draw how far two laws have drifted since the start of each run: BP's balance and TP's log-determinant.

    A drift is the largest change over the hidden layers, in Frobenius norm. BP's flow conserves the balance
    ``W_{l+1}' W_{l+1} - W_l W_l'``, and TP's ``log pdet W_{l+1} - 1/2 |W_l|^2``; steps let them drift by the order of
    ``eta``. A law that does not drift at all has no point on the logarithmic scale.

    Args:
        runs: by name, runs; or one run.
        ax: where to draw; a new figure unless given.

    >>> from tptheory import simulate
    >>> run = simulate("tp", [[[1.0]], [[2.0]]], [1.0], [0.0], steps=20)
    >>> law_drift(run).get_ylabel()
    'drift of a law since the start'
    """
    named = runs if isinstance(runs, Mapping) else {run_of(runs).rule.full_title: runs}
    ax = axes_or_new(ax)
    for k, (name, run) in enumerate(named.items()):
        count = len(run_of(run).times)
        kept = np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(int))
        at = run.times.astype(float)[kept] if run.lr is None else kept
        for law, (quantity, line) in LAWS.items():
            look = MARKS[k % len(MARKS)] | HOLLOW | {"linestyle": line}
            changes = [drift(quantity, run, int(t)) for t in kept]
            ax.plot(at, changes, **look, markevery=max(1, len(kept) // 6), linewidth=1.3, label=f"{name}: {law}")
    ax.set_yscale("log", nonpositive="mask")
    flows = {run.lr is None for run in named.values()}
    return labelled(ax, "time" if flows == {True} else "step", "drift of a law since the start", **ABOVE)


def spectrum(net: Run | Sequence[Any], ax: Axes | None = None, *, step: int = 0) -> Axes:
    """Draw the singular values of every weight, the largest first, on a logarithmic scale; zeros are left out.

    Args:
        net: a run, or ``[W_1, ..., W_L]``.
        ax: where to draw; a new figure unless given.
        step: of a run: the weights after that many steps; -1 for the last.

    >>> spectrum([[[2.0, 0.0], [0.0, 1.0]]]).get_ylabel()
    'singular value'
    """
    ax = axes_or_new(ax)
    for l, W in enumerate(weights_at(net, step), start=1):
        values = np.linalg.svd(W, compute_uv=False)
        kept = values > 1e-14 * max(values.max(initial=0.0), 1e-300)
        ax.plot(np.flatnonzero(kept) + 1, values[kept], **MARKS[(l - 1) % len(MARKS)] | HOLLOW, label=f"$W_{{{l}}}$")
    ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return labelled(ax, "number of the singular value", "singular value")


def sweep_curves(table: Any, x: str, y: str, ax: Axes | None = None, *, by: str | None = None) -> Axes:
    """Draw a result of a sweep against a parameter: the median over all other parameters, and the range as a band.

    Args:
        table: what `sweep_frame` or `sweep_columns` returned; rows without a result are left out.
        x: the column of the parameter; text, such as widths, is drawn in the order in which it comes. Positive numbers
            that are at least `WIDE_RANGE` apart as a ratio, such as step sizes, stand on a logarithmic scale.
        y: the column of the result; results that are not negative, and at least `HUGE_RANGE` apart as a ratio, such as
            losses of which one diverges, stand on a logarithmic scale, which leaves zeros out.
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
    _draw_band(ax, list(results), low, high, look["color"])


def _draw_band(ax: Axes, at: Sequence[Any], low: Any, high: Any, color: str) -> None:
    """Draw a band; on a logarithmic scale one that reaches down to 0 ends at its smallest positive number."""
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if ax.get_yscale() == "log":
        positive = np.concatenate([low, high])
        low = np.maximum(low, np.min(positive, initial=np.inf, where=positive > 0))
    ax.fill_between(at, low, high, where=list(low <= high), color=color, alpha=0.16, linewidth=0)


def _set_scales(ax: Axes, rows: Sequence[_SweptRow], of_text: bool) -> None:
    """Set logarithmic scales where the values of the parameter, or the results, are far apart."""
    if not of_text and _spans([row.at for row in rows], WIDE_RANGE):
        ax.set_xscale("log")
    results = [row.result for row in rows]
    if min(results) >= 0 and _spans([result for result in results if result], HUGE_RANGE):
        ax.set_yscale("log", nonpositive="mask")


def _spans(values: Sequence[Any], ratio: float) -> bool:
    """Whether there are values, all positive, and the largest is at least so many times the smallest."""
    return bool(values) and min(values) > 0 and max(values) >= ratio * min(values)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(float(value)))
