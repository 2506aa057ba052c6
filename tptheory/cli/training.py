"""The command that trains: on digits, MNIST or rings, with probes, checkpoints and metrics."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from tptheory.cli.rules import chosen_rule
from tptheory.cli.shell import STYLES, Json, RuleName, Seed, app, console, print_json, progress_bar, whole_numbers
from tptheory.errors import InvalidValueError, complain

if TYPE_CHECKING:
    from rich.progress import Progress

    from tptheory.training.data import DataSet
    from tptheory.training.fitting import LogLine
    from tptheory.training.inverses import InverseSettings
    from tptheory.training.probes import Reading
    from tptheory.training.trainer import TrainingRun

FRAMES = 200
"""How often the progress bar moves."""


@app.command()
def train(
    rule: RuleName = "bp",
    data: Annotated[
        str, typer.Option(metavar="DATA", help="digits, rings, or a folder with MNIST's four IDX files.")
    ] = "digits",
    widths: Annotated[str | None, typer.Option(help="The widths, such as 784,100,10.")] = None,
    steps: Annotated[int, typer.Option(help="How many updates to make.")] = 1000,
    batch: Annotated[str, typer.Option(metavar="B", help="Samples an update, or all.")] = "100",
    lr: Annotated[float, typer.Option(help="The step size eta.")] = 0.1,
    loss: Annotated[str, typer.Option(help="cross-entropy or squared.")] = "cross-entropy",
    init: Annotated[str, typer.Option(help="orthogonal, normal, balanced or scaled.")] = "orthogonal",
    std: Annotated[float | None, typer.Option(help="The size of the start; 0.01 for normal unless given.")] = None,
    bias: Annotated[float, typer.Option(help="Where every bias starts.")] = 0.1,
    damping: Annotated[float, typer.Option(help="The lambda of damped-tp.")] = 0.1,
    inverse: Annotated[str, typer.Option(help="The inverse that dtp learns: linear or sigmoid.")] = "linear",
    noise: Annotated[float, typer.Option(help="The noise in which it learns, at step 0.")] = 10.0,
    inverse_lr: Annotated[float, typer.Option(help="The step size with which it learns.")] = 0.5,
    alpha: Annotated[float, typer.Option(help="The size of dtp's top target.")] = 1.0,
    penultimate: Annotated[
        bool, typer.Option("--penultimate", help="Give dtp's penultimate layer the true gradient.")
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            help="collapsed (fast, for bp and tp), native (needs the extra fast), moments (for --loss squared "
            "--batch all), layerwise, or auto."
        ),
    ] = "auto",
    dtype: Annotated[str, typer.Option(help="float32 or float64.")] = "float32",
    seed: Seed = 0,
    log_every: Annotated[int, typer.Option(help="How many updates from one line to the next.")] = 100,
    probes: Annotated[bool, typer.Option("--probes", help="Measure what theorems say of the run.")] = False,
    checkpoint: Annotated[Path | None, typer.Option(metavar="FILE", help="Write checkpoints here, atomically.")] = None,
    checkpoint_every: Annotated[int, typer.Option(help="How many updates from one to the next.")] = 1000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint, bit for bit.")] = False,
    metrics: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JSON lines here.")] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write TensorBoard's events here; needs the extra.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a deep linear net on handwritten digits by plain SGD.

    A run that diverges stops and says so, and how to mend it; it is a result and no failure of the command.
    """
    from tptheory.training.fitting import format_log_line
    from tptheory.training.trainer import train as fit

    out, err = console(), console(stderr=True)
    logs = err if as_json else out
    samples = _samples(data)
    chosen = chosen_rule(rule)
    settings = _inverses(chosen.name, kind=inverse, noise=noise, lr=inverse_lr, alpha=alpha, penultimate=penultimate)
    if resume and checkpoint is not None and not checkpoint.exists():
        logs.print(Text(f"no checkpoint {checkpoint} yet: starting at step 0"))
    with progress_bar(logs if logs.is_terminal else err) as progress:
        bar = _Bar(progress, f"{chosen.name} on {samples.name}", steps)

        def show(line: LogLine) -> None:
            logs.print(format_log_line(line))
            bar.show(line)

        run = fit(
            chosen,
            data=samples,
            widths=None if widths is None else whole_numbers("widths", widths),
            steps=steps,
            batch=_batch(batch),
            lr=lr,
            loss=loss,
            init=init,
            std=std,
            bias=bias,
            damping=damping,
            inverses=settings,
            engine=engine,
            dtype=dtype,
            seed=seed,
            log_every=log_every,
            probes=probes,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            resume=resume,
            metrics=metrics,
            tensorboard=tensorboard,
            on_log=show,
            on_step=bar.move,
        )
    if as_json:
        left_out = ("weights", "biases", "log", "readings")
        facts = {f.name: getattr(run, f.name) for f in fields(run) if f.name not in left_out}
        print_json({**facts, "log": list(map(asdict, run.log)), "readings": list(map(_reading, run.readings))})
        return
    for text in _outcome(run):
        out.print(text)


def _samples(data: str) -> DataSet:
    """Load the data of that name; any other name is a folder."""
    from tptheory.training.data import load_digits, load_mnist, load_rings

    bundled = {"digits": load_digits, "rings": load_rings}
    if data not in bundled and not Path(data).is_dir():
        raise InvalidValueError(complain("data", "digits, rings, or a folder that holds the four MNIST files", data))
    return bundled[data]() if data in bundled else load_mnist(data)


def _batch(text: str) -> int | Literal["all"]:
    """Read how many samples an update takes."""
    try:
        return "all" if text == "all" else int(text)
    except ValueError:
        raise InvalidValueError(complain("batch", "a positive integer, or all", text)) from None


def _inverses(rule: str, **asked: Any) -> InverseSettings | None:
    """Return how dtp's inverses are to learn; for another rule, None, and whatever was asked for is refused."""
    from tptheory.training.inverses import InverseSettings

    settings = InverseSettings(**asked)
    return None if rule != "dtp" and settings == InverseSettings() else settings


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


def _reading(reading: Reading) -> dict[str, Any]:
    return asdict(reading) | {"theorem": reading.theorem}


def _outcome(run: TrainingRun) -> list[Text]:
    """Return what a reader wants to know at the end."""
    from tptheory.training.probes import BOUNDS, worst

    lines = [
        Text(run.status, STYLES[run.status]).append(f": {run.message}", "default"),
        Text(f"{run.data}, widths {'-'.join(map(str, run.widths))}, {run.rule}, {run.loss}"),
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
