"""The command that runs a rule on one random net."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.checking import check_memory, read_widths, widths_text
from tptheory.cli.options import WIDTHS, Json, RuleName, Seed, Set, said_values, values_of
from tptheory.cli.shell import app, console, print_json, progress_bar
from tptheory.errors import InvalidValueError, complain

if TYPE_CHECKING:
    from numpy.random import Generator

    from tptheory.numeric.constants import Settings
    from tptheory.simulation.trajectories import Run

ROWS = 10
"""How many times the table shows after the start."""


@app.command()
def simulate(
    rule: RuleName = "tp",
    widths: Annotated[str, typer.Option(metavar=WIDTHS, help="The widths, from input to output.")] = "4-4-4",
    lr: Annotated[str | None, typer.Option(help="The step size eta, such as 0.01 or 1/3; 0.01 unless given.")] = None,
    steps: Annotated[int | None, typer.Option(help="How many steps to take; 200 unless given.")] = None,
    time: Annotated[float | None, typer.Option(help="Follow the flow up to this time, instead of steps.")] = None,
    dtype: Annotated[str, typer.Option(help="float64, float32, mp50 (any number of digits) or exact.")] = "float64",
    batch: Annotated[int | None, typer.Option(help="The number of samples; one without.")] = None,
    biases: Annotated[bool, typer.Option("--biases", help="Give every layer a bias, 0 at first.")] = False,
    loss: Annotated[str, typer.Option(help="squared, or cross-entropy.")] = "squared",
    settings: Set = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Run a rule on a random net and sample; show the loss and what becomes of two conserved quantities.

    |e| is the norm of the output error. The drifts are the largest changes, over the hidden layers, of two quantities
    since the start: of W_{l+1}' W_{l+1} - W_l W_l' (less b_l b_l'), which BP's flow conserves, in Frobenius norm; and
    of log pdet W_{l+1} - 1/2 |W_l|^2 (less 1/2 |b_l|^2), which TP's flow conserves. With --dtype exact the net is made
    of eighths.
    """
    import numpy as np

    from tptheory.claims.rule_files import rule_from
    from tptheory.simulation.runs import simulate as run_rule

    chosen, constants = rule_from(rule), values_of(settings)
    sizes = _network_widths(widths, batch)
    for_net, for_rule = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    options: dict[str, Any] = {"lr": _step_size(lr), "steps": steps, "dtype": dtype, "loss": loss, "seed": for_rule}
    options |= {"constants": constants, "times": _flow_times(time)}
    weights, x, y = _drawn(for_net, sizes, batch, loss, exact=dtype == "exact")
    options["biases"] = [np.zeros((n, 1), dtype=int) for n in sizes[1:]] if biases else None
    with progress_bar(console(stderr=True)) as progress:
        task = progress.add_task(f"simulating {rule}", total=100)

        def show(done: float) -> None:
            progress.update(task, completed=int(100 * done))

        run = run_rule(chosen, weights, x, y, on_progress=show, **options)
    given = {"time": time, "dtype": dtype, "batch": batch, "biases": biases, "loss": loss, "seed": seed}
    if as_json:
        print_json(_facts(run, given, constants))
    else:
        _print_run(run, given, constants)


def _network_widths(widths: str, batch: int | None) -> tuple[int, ...]:
    """Read the widths, and refuse those and batches that are no network, or one whose numbers take too much memory."""
    from tptheory.symbolic.network import DeepLinearNetwork

    sizes = read_widths("widths", widths)
    DeepLinearNetwork(widths=sizes, batch=batch)
    numbers = sum(n * m for m, n in pairwise(sizes)) + (batch or 1) * (sizes[0] + sizes[-1])
    check_memory("batch" if batch else "widths", batch or widths, 8 * numbers, "Take less.")
    return sizes


def _flow_times(end: float | None) -> Any:
    """Return the times at which a flow is shown until it ends; None for steps."""
    import numpy as np

    if end is None:
        return None
    if not 0 < end < math.inf:
        raise InvalidValueError(complain("time", "a positive, finite number", end))
    return np.linspace(0.0, end, ROWS + 1)


def _facts(run: Run, given: Mapping[str, Any], constants: Settings) -> dict[str, Any]:
    """Return a run as data: what was given, how it ended, where the rank of a matrix changed, and rows of the table."""
    facts = {"rule": run.rule.name, "widths": run.net.widths, "lr": _number(run.lr), **given, "steps": run.steps}
    facts |= {"constants": {name: _floats(value) for name, value in constants.items()}}
    changes = [change._asdict() for change in run.rank_changes]
    return {**facts, "status": run.status, "message": run.message, "rank_changes": changes, "rows": _trajectory(run)}


def _print_run(run: Run, given: Mapping[str, Any], constants: Settings) -> None:
    """Print a heading, the table, with the steps or the times as its first column, and how the run ended."""
    time, out = given["time"], console()
    pace = f"lr {_number(run.lr):g}" if time is None else f"flow to time {time:g}"
    how = f"{pace}, {given['dtype']}, seed {given['seed']}{said_values(constants)}"
    out.print(Text(f"{run.rule.full_title}, widths {widths_text(run.net.widths)}, {how}", style="bold"))
    first = "step" if time is None else "time"
    out.print(f"{first:>7}  {'loss':>12}  {'|e|':>12}  {'balance drift':>13}  {'log-det drift':>13}")
    for row in _trajectory(run):
        cells = "{loss:>12.6g}  {error:>12.6g}  {balance_drift:>13.6g}  {logdet_drift:>13.6g}".format(**row)
        out.print(f"{row[first]:>7.6g}  {cells}")
    out.print(run.message)


def _step_size(text: str | None) -> Any:
    """Read a step size as the fraction that it says; what is no positive number is left to be refused."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,30}/[0-9]{1,30}", text) and int(text.partition("/")[2]):
        return Fraction(text)
    try:
        size = float(text)
    except ValueError:
        raise InvalidValueError(complain("lr", "a positive number such as 0.01 or 1/3", text)) from None
    return Fraction(text) if 0 < size < math.inf else size


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _floats(value: Any) -> Any:
    """Return a number, or the rows of a matrix, in floating point."""
    return [_floats(part) for part in value] if isinstance(value, list) else float(value)


def _drawn(
    rng: Generator, sizes: tuple[int, ...], batch: int | None, loss: str, exact: bool
) -> tuple[list[Any], Any, Any]:
    """Draw weights, inputs and targets; one-hot targets for cross-entropy, eighths where it must be exact."""
    import numpy as np

    shape = () if batch is None else (batch,)
    weights = [rng.standard_normal((n, m)) / math.sqrt(m) for m, n in pairwise(sizes)]
    x, y = rng.standard_normal((sizes[0], *shape)), rng.standard_normal((sizes[-1], *shape))
    if loss == "cross-entropy":
        y = (y == y.max(axis=0)).astype(int)
    if exact:
        eighths = np.frompyfunc(lambda entry: Fraction(round(8 * entry), 8), 1, 1)
        weights, x, y = [eighths(W) for W in weights], eighths(x), eighths(y)
    return weights, x, y


def _trajectory(run: Run) -> list[dict[str, Any]]:
    """Return some ten rows of a run: when, the loss, the norm of the error, and how far two laws have drifted."""
    import numpy as np

    from tptheory.invariants.laws import balance, drift, log_determinant

    return [
        {
            "step": t,
            "time": float(run.times[t]),
            "loss": float(run.loss[t]),
            "error": float(np.linalg.norm(run.errors[t].astype(np.float64))),
            "balance_drift": drift(balance, run, t),
            "logdet_drift": drift(log_determinant, run, t),
        }
        for t in sorted({round(i * run.steps / ROWS) for i in range(ROWS + 1)})
    ]
