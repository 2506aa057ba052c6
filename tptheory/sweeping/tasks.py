"""The tasks of sweeps: functions of keyword parameters that return results by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tptheory.claims.python_files import run_file
from tptheory.errors import InvalidFileError, InvalidTypeError, complain, unknown_name
from tptheory.sweeping.records import digest_of
from tptheory.sweeping.swept_rules import ABOUT_RULES, digest_of_rule, numbers_of, swept_rule
from tptheory.training.settings import InverseSettings, TrainSettings, named_settings
from tptheory.training.task import HIDDEN_WIDTHS

if TYPE_CHECKING:
    from tptheory.training.data import DataSet

SweepTask = Callable[..., Mapping[str, Any]]
SETTINGS = ("init", "std", "bias", "lr", "loss", "batch", "steps", "dtype", "seed")
"""The settings of a training run that a cell may name."""
SETTINGS_OF_INVERSES = ("inverse", "noise", "inverse_lr")
"""The settings of learned inverses that a cell may name."""


def trajectory(
    *,
    rule: str = "tp",
    widths: tuple[int, ...] = (4, 4, 4),
    init: str = "orthogonal",
    std: float | None = None,
    lr: float = 0.01,
    steps: int = 200,
    dtype: str = "float64",
    seed: int = 0,
    curve: bool = False,
    **constants: float | str,
) -> dict[str, Any]:
    """Simulate a rule on a random net and sample; return how the run ended, and how far two laws drifted (`drift`).

    With ``curve``, the loss after every step is kept too.
    ``balance_drift`` is that of ``W_{l+1}' W_{l+1} - W_l W_l'``, ``logdet_drift`` that of
    ``log pdet W_{l+1} - 1/2 |W_l|^2``, from the first step to the last. ``constants`` are the parameters of the rule.
    """
    import numpy as np

    from tptheory.invariants.laws import balance, drift, log_determinant
    from tptheory.simulation.runs import simulate
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.training.initial import draw_matrix

    DeepLinearNetwork(widths=widths)  # refuses widths that are no network
    for_net, for_rule = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    weights = [draw_matrix(n, m, init, std, for_net, dtype) for m, n in pairwise(widths)]
    x, y = for_net.standard_normal(widths[0]), for_net.standard_normal(widths[-1])
    numbers, chosen = numbers_of(constants), swept_rule(rule)
    run = simulate(chosen, weights, x, y, lr=lr, steps=steps, dtype=dtype, constants=numbers, seed=for_rule)
    losses = {"curve": {"step": list(range(len(run.loss))), "loss": run.loss.astype(float).tolist()}} if curve else {}
    return losses | {
        "status": run.status,
        "steps": run.steps,
        "first_loss": float(run.loss[0]),
        "last_loss": float(run.loss[-1]),
        "balance_drift": drift(balance, run),
        "logdet_drift": drift(log_determinant, run),
    }


def check(*, theorem: str, trials: int = 200, seed: int = 0) -> dict[str, Any]:
    """Measure a theorem, ``FILE.py::NAME``, on random instances; see `crosscheck`. The file is run."""
    from tptheory.measuring.crosscheck import crosscheck

    found = crosscheck(_theorem(theorem), trials=trials, seed=seed)
    return {
        "passed": found.passed,
        "residual": found.residual,
        "trials": found.trials,
        "exact_trials": found.exact_trials,
        "exact_failures": found.exact_failures,
        "skipped": found.skipped,
        "evaluated": list(found.evaluated),
    }


def refutation(*, theorem: str, seconds: float = 10.0, seed: int = 0) -> dict[str, Any]:
    """Look for the smallest counterexample to ``FILE.py::NAME``; see `refute`. The file is run.

    A search that runs out of time may end otherwise on a faster machine.
    """
    from tptheory.deciding.answers import refute
    from tptheory.deciding.verdicts import Refuted

    verdict = refute(_theorem(theorem), seconds, seed)
    found = verdict.counterexample if isinstance(verdict, Refuted) else None
    return {
        "verdict": verdict.word,
        "width": found.total_width if found else None,
        "minimal": found.minimal if found else None,
        "counterexample": found.to_json() if found else None,
    }


def _with_settings(task: SweepTask) -> SweepTask:
    """Give a task that takes settings as ``**options`` a parameter for each, with its declared type and default."""
    signature = inspect.signature(task)
    *own, options = signature.parameters.values()
    settings = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=declared.default, annotation=annotation)
        for name, declared, annotation in named_settings()
        if name in (*SETTINGS, *SETTINGS_OF_INVERSES)
    ]
    task.__signature__ = signature.replace(parameters=[*own, *settings, options])  # type: ignore[attr-defined]
    task.__annotations__ |= {parameter.name: parameter.annotation for parameter in settings}
    return task


@_with_settings
def training(
    *,
    rule: str = "bp",
    data: str = "digits",
    hidden: tuple[int, ...] = HIDDEN_WIDTHS,
    curve: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """Train on ``data``: digits, rings, mnist, or a folder with MNIST's files; see `train`.

    With ``curve``, the lines of the log are kept too. The settings of a run have the meanings and defaults of
    `TrainSettings`; ``inverse``, ``noise`` and ``inverse_lr`` are of the rule dtp alone. What is no setting is a
    parameter of the rule.
    """
    from tptheory.training.trainer import train

    samples = _samples(data)
    widths = (samples.x_train.shape[0], *hidden, samples.targets.shape[0])
    settings = TrainSettings(widths=widths, **_taken(SETTINGS, options))
    inverses = InverseSettings.asked(rule, _taken(SETTINGS_OF_INVERSES, options))
    constants = numbers_of(options)  # what is left
    run = train(swept_rule(rule), data=samples, constants=constants, settings=settings, inverses=inverses)
    names = ("status", "steps", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "largest_update")
    return {name: getattr(run, name) for name in names} | ({"curve": run.columns()} if curve else {})


def _taken(names: Sequence[str], options: dict[str, Any]) -> dict[str, Any]:
    """Take the options of these names out of all options, and return them."""
    return {name: options.pop(name) for name in names if name in options}


@lru_cache(maxsize=1)
def _samples(name: str) -> DataSet:
    """Return the data of that name, which many cells in a row share."""
    from tptheory.training.data_sets import load_data_set

    return load_data_set(name)


TASKS: dict[str, SweepTask] = {
    "trajectory": trajectory,
    "crosscheck": check,
    "refutation": refutation,
    "training": training,
}
"""The tasks, by their names on the command line."""


ABOUT_THEOREMS = {"crosscheck", "refutation"}
"""The tasks whose cells name a theorem."""


def content_of(task: str, cell: Mapping[str, Any]) -> str:
    """Return a digest of the theorem, or of the user's own rule, that a cell names; empty if it names none that exists.

    A statement about any depth is digested as what it states at small depths, where recursions are multiplied out. Of a
    rule, the formulas are digested: a cell is run again when they change.
    """
    if task in ABOUT_THEOREMS:
        return _content(cell["theorem"]) if isinstance(cell.get("theorem"), str) else ""
    return digest_of_rule(task, cell) if task in ABOUT_RULES else ""


@lru_cache(maxsize=256)
def _content(node: str) -> str:
    """Return the digest of the statement of a theorem; an empty text if there is no such theorem."""
    from tptheory.claims.ranges import at_small_depths
    from tptheory.errors import TptheoryError

    try:
        claim = _theorem(node).claim
        said = [
            claim.statement(),
            *(f"{part.given} {part.goals()} {part.expressions()}" for part in at_small_depths(claim)),
        ]
    except TptheoryError:  # the task will say so itself
        return ""
    return digest_of("\n".join(said))


@lru_cache(maxsize=256)
def _theorem(node: str) -> Any:
    """Return the theorem of that node; the file is run."""
    from tptheory.claims.theorem import collect

    theorems = collect(node)
    if len(theorems) != 1:
        raise InvalidFileError(complain("theorem", "one theorem, FILE.py::NAME", node))
    return theorems[0]


@lru_cache(maxsize=16)
def task_named(name: str) -> SweepTask:
    """Return a task of that name, or the function of ``FILE.py::NAME``, which is Python and is run.

    >>> task_named("trajectory").__name__
    'trajectory'

    Raises:
        InvalidTypeError: if ``name`` is no string.
        UnknownNameError: if there is no such task, or no such function in the file.
        InvalidFileError: if the file cannot be run.
    """
    if not isinstance(name, str):
        raise InvalidTypeError(complain("task", "a name such as 'trajectory'", name))
    path_text, colons, function = name.partition("::")
    if not colons:
        if name not in TASKS:
            raise unknown_name("task", name, TASKS)
        return TASKS[name]
    defined = run_file("task", Path(path_text))
    functions = {key: value for key, value in defined.items() if callable(value) and key[0] != "_"}
    if function not in functions:
        raise unknown_name("task", function, functions)
    return functions[function]
