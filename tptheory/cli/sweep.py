"""The command that runs one task on every cell of a grid: sweep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tptheory.cli.options import Json, Set, values_of
from tptheory.cli.shell import PROVED, REFUTED, advice_when_stopped, app, console, print_json, printable, progress_bar

if TYPE_CHECKING:
    from tptheory.sweeping.grid import Grid
    from tptheory.sweeping.running import Summary

SHOWN = 5
"""How many failures are shown."""


@app.command()
def sweep(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="trajectory, crosscheck, refutation, training, or FILE.py::FUNCTION.")
    ],
    grid: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUES", help="Such as rule=bp,tp or seed=0..999.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the records go: a file .jsonl, or a folder .parquet.")] = Path(
        "sweep.jsonl"
    ),
    workers: Annotated[
        int | None, typer.Option(help="How many processes work; one for each core unless given.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Instead, a Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Run a task for every combination of values; what OUT holds already is not done again.

    Every NAME is a parameter of the task: rule, widths (4-4-2), init, lr, steps, seed ... What is not named keeps its
    default. Any other NAME is a parameter of the rule, such as s=0,0.5,1; --set s=0.3 gives it one value in all cells.
    A rule may be your own, FILE.py::NAME. So may a TASK: a function that returns a dict of results. Its parameters'
    annotations say how values are read, as in def f(lr: float, seed: int = 0), or else their defaults do, as in def
    f(lr=0.1, seed=0). A sweep that was stopped goes on where it was when the same command is given again. A cell that
    fails, by an error or by a check that is not passed, is recorded, and the exit status is then 1, when the command is
    given again too. FILE.py is Python and is run: name only files that you trust.
    """
    from rich.progress import TimeRemainingColumn

    from tptheory.sweeping.records import has_failed
    from tptheory.sweeping.running import sweep as run_sweep

    cells, failures = _cells(task, grid or [], settings or []), list[str]()
    with progress_bar(console(stderr=True), TimeRemainingColumn()) as progress:
        bar = progress.add_task("left", total=len(cells))

        def show(record: Any) -> None:
            progress.advance(bar)
            if has_failed(record) and len(failures) < SHOWN:
                failures.append(_failure(record))

        with advice_when_stopped(lambda: f"what is done is in {out}; the same command goes on from there"):
            known = partial(progress.advance, bar)
            found = run_sweep(task, cells, out, workers=workers, scheduler=scheduler, on_record=show, on_known=known)
    _print_result(task, found, failures, out, as_json)
    raise typer.Exit(REFUTED if found.failed or found.failed_before else PROVED)


def _cells(task: str, grid: Sequence[str], settings: Sequence[str]) -> Grid:
    """Read the cells of a grid, and what holds in all of them; refuse rules and parameters that no cell could have."""
    from tptheory.sweeping.grid import own_parameters, parse_grid
    from tptheory.sweeping.swept_rules import check_rules
    from tptheory.sweeping.tasks import task_named

    function, fixed = task_named(task), [setting.strip() for setting in settings]
    names = list(values_of(fixed))
    cells = parse_grid(grid, function, fixed)
    check_rules(task, cells.axes, own_parameters(function), names)
    return cells


def _failure(record: Any) -> str:
    """Say which cell failed, and why."""
    cell = " ".join(f"{name}={value}" for name, value in record["cell"].items())
    return f"{cell}: {record.get('error', 'not passed')}"


def _print_result(task: str, found: Summary, failures: list[str], out: Path, as_json: bool) -> None:
    """Print how many cells were done, skipped and failed: as JSON, or in words after the first failures."""
    if not as_json:
        _print_summary(found, failures, out)
        return
    facts = {"task": task, "cells": found.cells, "new": found.new, "recorded_before": found.recorded_before}
    failed = {"failed": found.failed, "failed_before": found.failed_before}
    print_json({**facts, **failed, "seconds": found.seconds, "out": str(out)})


def _print_summary(found: Summary, failures: list[str], out: Path) -> None:
    """Print the first failures, and how many cells were done, skipped and failed."""
    lines = console()
    for failure in failures:
        lines.print(printable(f"failed: {failure}"))
    rate = f", {found.new / found.seconds:.0f} a second" if found.new else ""
    before = f", {found.recorded_before} recorded before" if found.recorded_before else ""
    before += f" ({found.failed_before} of them failed)" if found.failed_before else ""
    done = f"{found.new} cell{'' if found.new == 1 else 's'}"
    lines.print(f"{done} in {found.seconds:.1f} s{rate}{before}; {found.failed} failed; records in {out}")
