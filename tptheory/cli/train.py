"""The command that trains a net: train."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import Field, asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from tptheory.checking import read_integer, read_widths, widths_text
from tptheory.cli.options import WIDTHS, Json, RuleName, Set, complete_data, values_of
from tptheory.cli.shell import STYLES, advice_when_stopped, app, console, print_json, progress_bar, screen_for_progress
from tptheory.training.settings import INVERSE_OPTIONS, InverseSettings, TrainSettings, doc_of, named_settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from tptheory.training.loop import LogLine
    from tptheory.training.trainer import TrainingRun

FRAMES = 200
"""How often the progress bar moves."""


def _option(name: str, declared: Field[Any], annotation: Any, metavar: str | None = None) -> inspect.Parameter:
    """Return a setting as an option, with dashes in its name; default and help are those of the setting."""
    flag = f"--{name.replace('_', '-')}"
    default = str(declared.default) if annotation is str else declared.default
    option = typer.Option(flag, metavar=metavar, help=re.sub('[`"]', "", doc_of(declared)))
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, option]
    )


def _options() -> Iterator[inspect.Parameter]:
    """Yield an option for each setting."""
    written: dict[str, tuple[Any, str]] = {"widths": (str | None, WIDTHS), "batch": (str, "B")}
    written |= {"checkpoint": (Path | None, "FILE"), "metrics": (Path | None, "FILE")}
    written |= {"tensorboard": (Path | None, "FOLDER")}
    for name, declared, annotation in named_settings():
        yield _option(name, declared, *written.get(name, (annotation,)))


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes settings as ``**options`` one option for each."""
    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    command.__signature__ = signature.replace(parameters=[*own, *_options()])  # type: ignore[attr-defined]
    return command


@app.command()
@_with_settings
def train(
    *,
    rule: RuleName = "bp",
    data: Annotated[
        str,
        typer.Option(
            metavar="DATA",
            autocompletion=complete_data,
            help="digits, rings, mnist (fetched once), or a folder with MNIST's four files.",
        ),
    ] = "digits",
    settings: Set = None,
    as_json: Json = False,
    **options: Any,
) -> None:
    """Train a deep linear net on handwritten digits by plain SGD.

    A run that diverges stops and says so, and how to mend it; it is a result and no failure of the command.
    """
    from tptheory.claims.rule_files import rule_from
    from tptheory.training.data_sets import load_data_set
    from tptheory.training.loop import format_log_line
    from tptheory.training.trainer import train as fit

    out = console()
    progress_screen = screen_for_progress(out, as_json)
    log_screen = progress_screen if as_json else out
    samples, chosen = load_data_set(data), rule_from(rule)
    constants, how = values_of(settings), _settings(chosen.name, options)
    if how.resume and how.checkpoint is not None and not Path(how.checkpoint).exists():
        log_screen.print(Text(f"no checkpoint {how.checkpoint} yet: starting at step 0"))
    with progress_bar(progress_screen) as progress:
        bar = _Bar(progress, f"{chosen.name} on {samples.name}", how.steps)

        def show(line: LogLine) -> None:
            log_screen.print(format_log_line(line))
            bar.show(line)

        with advice_when_stopped(lambda: _how_to_go_on(how)):
            run = fit(chosen, data=samples, constants=constants, settings=how, on_log=show, on_step=bar.move)
    _print_result(run, out, as_json)


def _print_result(run: TrainingRun, out: Console, as_json: bool) -> None:
    """Print what came of a run: as JSON, or in words."""
    if as_json:
        print_json(_facts(run))
        return
    for text in _outcome(run):
        out.print(text)


def _how_to_go_on(how: TrainSettings) -> str:
    """Say what is left of a run that was interrupted, and how to go on with it."""
    if how.checkpoint is None:
        return "nothing is kept of the run; with --checkpoint FILE it could be resumed"
    if not Path(how.checkpoint).is_file():
        return "no checkpoint was written yet"
    return f"{how.checkpoint} holds the last checkpoint; add --resume to the command to go on from there"


def _settings(rule: str, options: dict[str, Any]) -> TrainSettings:
    """Read the settings from the options; for another rule than dtp, settings of inverses are refused by `train`."""
    inverses = InverseSettings.asked(rule, {name: options.pop(name) for name in INVERSE_OPTIONS})
    if options["widths"] is not None:
        options["widths"] = read_widths("widths", options["widths"])
    options["batch"] = _batch(options["batch"])
    return TrainSettings(**options, inverses=inverses)


def _facts(run: TrainingRun) -> dict[str, Any]:
    """Return a run as JSON, without its parameters."""
    left_out = ("weights", "biases", "log", "readings")
    facts = {f.name: getattr(run, f.name) for f in fields(run) if f.name not in left_out}
    readings = [asdict(reading) | {"theorem": reading.theorem} for reading in run.readings]
    return {**facts, "log": list(map(asdict, run.log)), "readings": readings}


def _batch(text: str) -> int | Literal["all"]:
    """Read how many samples an update takes."""
    return "all" if text == "all" else read_integer("batch", text, "a positive integer, or all")


class _Bar:
    """The progress bar of a run, with the last loss and accuracy; it moves `FRAMES` times."""

    def __init__(self, progress: Progress, title: str, steps: int) -> None:
        self._progress, self._title = progress, title
        self._every = max(1, steps // FRAMES)
        self._task = progress.add_task(title, total=steps)

    def move(self, step: int) -> None:
        """Show how many updates were made."""
        if step % self._every == 0:
            self._progress.update(self._task, completed=step)

    def show(self, line: LogLine) -> None:
        """Show what the last line says."""
        said = f"{self._title}: loss {line.loss:.4f}, accuracy {line.accuracy:.4f}"
        self._progress.update(self._task, completed=line.step, description=said)


def _outcome(run: TrainingRun) -> list[Text]:
    """Return the lines that are printed at the end: status, losses, accuracies, ranks, and the worst of each probe."""
    from tptheory.training.theorem_probes import BOUNDS, worst

    lines = [
        Text(run.status, STYLES[run.status]).append(f": {run.message}", "default"),
        Text(f"{run.data}, widths {widths_text(run.widths)}, {run.rule}, {run.loss}"),
        Text(f"train  loss {run.train_loss:.4f}  accuracy {run.train_accuracy:.4f}"),
        Text(f"test   loss {run.test_loss:.4f}  accuracy {run.test_accuracy:.4f}"),
        Text(f"largest rank of the logged updates, W_1 to W_{len(run.ranks)}: {', '.join(map(str, run.ranks))}"),
    ]
    found = worst(run.readings)
    if found:
        lines.append(Text("probes, the worst reading of each:"))
    for name, r in found.items():
        relation = "no claim" if r.claimed is None else f"{'at most' if name in BOUNDS else 'claimed'} {r.claimed:.6g}"
        off = "" if r.claimed is None else f", off by {r.off:.1e}"
        lines.append(
            Text(f"  {name:<13} {r.measured:.6g}, {relation}{off} (layer {r.layer}, step {r.step}; {r.theorem})")
        )
    return lines
