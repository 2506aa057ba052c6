"""The main job: one report of all that is derived, proved and measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from tptheory.checking import checked_integer
from tptheory.cli.options import Json, Seconds, Seed
from tptheory.cli.shell import REFUTED, app, console, print_json, progress_bar, screen_for_progress
from tptheory.cli.theorems import collected, settled_status, settled_summary

if TYPE_CHECKING:
    from tptheory.writing.gathering import Progress

FEWEST = 10
"""On how many instances each claim is cross-checked at least."""

_STAGES = {
    "prove": "settling and cross-checking",
    "simulate": "simulating",
    "train": "training on digits",
    "study": "asking digits of theorems",
    "write": "checking certificates and writing",
}


@app.command()
def report(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("report"),
    theorems: Annotated[
        str | None, typer.Option(metavar="TARGET", help="A folder or file of theorems; proofs unless given.")
    ] = None,
    seconds: Seconds = 10.0,
    trials: Annotated[
        int, typer.Option(help="The random instances on which each claim is cross-checked, 10 or more.")
    ] = FEWEST,
    steps: Annotated[int, typer.Option(help="How long to train each rule on digits; 0 leaves training out.")] = 1000,
    seed: Seed = 0,
    paper: Annotated[bool, typer.Option("--paper", help="Write a paper in LaTeX too, with every proof.")] = False,
    as_json: Json = False,
) -> None:
    """Derive every rule, settle every theorem and conjecture, cross-check, simulate and train; write one page.

    FOLDER gets report.html, report.tex and report.json, the same bytes each time, and times.json, with certificates,
    counterexamples and figures beside them; with --paper also the folder paper: pdflatex paper, bibtex paper, and
    pdflatex paper twice.
    Theorem files are Python and are run: name only files that you trust.
    """
    from tptheory.writing.gathering import ReportSettings
    from tptheory.writing.report import build_report, check_places

    out_screen = console()
    checked_integer("trials", trials, lowest=FEWEST)
    settings = ReportSettings(seed, trials, seconds, steps, paper)
    check_places(out, paper)
    found = list(collected(theorems and [theorems]).values())
    with _progress(screen_for_progress(out_screen, as_json)) as show:
        paths = build_report(out, found, settings, progress=show)
    facts = json.loads(paths.json.read_text(encoding="utf-8"))["summary"]
    pairs = [(result.theorem.expected, result.word) for result in paths.data.theorems]
    wrong = facts["contradicted"] or facts["certificates_accepted"] < facts["certificates"]
    if as_json:
        files = {"page": str(paths.html), "latex": str(paths.tex), "data": str(paths.json)}
        files |= {"paper": str(paths.inside("paper")[0])} if paper else {}
        print_json({**files, "seconds": paths.data.seconds, "summary": facts})
    else:
        for line in _headlines(facts, pairs, paths.data.seconds):
            out_screen.print(line)
        for path in (paths.html, *paths.inside("paper")[:1]):
            out_screen.print(Text(str(path), "bold"))
    raise typer.Exit(REFUTED if wrong else settled_status(pairs))


@contextmanager
def _progress(screen: Console) -> Iterator[Progress]:
    """Give a function that shows how much of each stage is done: bars on a terminal, and a line for each part else."""
    if not screen.is_terminal:
        yield _ProgressLines(screen)
        return
    with progress_bar(screen) as progress:
        tasks = {stage: progress.add_task(title, total=None, start=False) for stage, title in _STAGES.items()}

        def show(stage: str, done: int, total: int) -> None:
            if not done:
                progress.start_task(tasks[stage])
            progress.update(tasks[stage], completed=done, total=total)

        yield show


class _ProgressLines:
    """Prints a line when a stage begins, at each quarter of it, and when it ends."""

    def __init__(self, screen: Console) -> None:
        self.screen, self.started = screen, perf_counter()
        self.said: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say how much of a stage is done, unless as much was said before."""
        quarter = 4 * done // max(total, 1)
        if self.said.get(stage) != quarter:
            self.said[stage] = quarter
            self.screen.print(f"{perf_counter() - self.started:6.1f} s  {_STAGES[stage]}: {done} of {total}")


def _headlines(facts: dict[str, Any], pairs: list[tuple[str, str]], seconds: float) -> list[Text]:
    """Return the lines that a reader sees first: the verdicts, the checker, the residual and the accuracies."""
    lines = [
        settled_summary(pairs, seconds),
        Text(f"{facts['certificates_accepted']} of {facts['certificates']} certificates accepted by the lone checker"),
    ]
    if facts["worst_residual"] is not None:
        lines.append(
            Text(
                f"largest relative residual of the theorems {facts['worst_residual']:.1e} on {facts['instances']:,} "
                f"random instances, {facts['exact_instances']:,} computed exactly too"
            )
        )
    if facts["test_accuracy"]:
        accuracies = ", ".join(f"{rule} {accuracy:.1%}" for rule, accuracy in facts["test_accuracy"].items())
        lines.append(Text(f"test accuracy on digits: {accuracies}"))
    if facts["contradicted"]:
        lines.append(Text(f"proved, yet broken on numbers (a bug): {', '.join(facts['contradicted'])}", "bold red"))
    return lines
