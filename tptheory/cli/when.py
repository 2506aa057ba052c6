"""The command that asks when a claim is true: when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.options import Json, Seed, seconds_for
from tptheory.cli.shell import PROVED, UNDECIDED, app, console, print_json, printable, progress_bar, screen_for_progress
from tptheory.cli.theorems import collected

if TYPE_CHECKING:
    from tptheory.deciding.conditions.answer import Conditions


@app.command()
def when(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET", help="FILE.py::NAME; several are answered in turn.")
    ],
    seconds: Annotated[float, seconds_for("each claim")] = 30.0,
    seed: Seed = 0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the proofs, and what breaks the claim just below each set.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Print the weakest hypotheses under which a claim is proved.

    What is tried: the usual properties of each matrix, what neighbours in a product may have to do with each other, and
    sizes that are 1 or equal, up to three at once. The status is 3 if nothing was found for a claim. Theorem files are
    Python and are run: name only files that you trust.
    """
    from tptheory.deciding.conditions.answer import when as search

    theorems = collected(targets)
    out = console()
    answers: dict[str, Conditions] = {}
    with progress_bar(screen_for_progress(out, as_json)) as progress:
        for node, theorem in theorems.items():
            task = progress.add_task(node, total=1.0)

            def tell(said: str, share: float, task: Any = task, node: str = node) -> None:
                progress.update(task, completed=share, description=f"{node}: {said}")

            answers[node] = search(theorem, seconds=seconds, seed=seed, progress=tell)
            progress.remove_task(task)
            if not as_json:
                _print(node, answers[node], explain, latex)
    if as_json:
        print_json({"claims": [{"node": node, **found.to_json()} for node, found in answers.items()]})
    raise typer.Exit(PROVED if all(found.sets or found.equation for found in answers.values()) else UNDECIDED)


def _print(node: str, found: Conditions, explain: bool, latex: bool) -> None:
    """Print one answer."""
    from tptheory.typesetting.claims import definitions_text

    out = console()
    out.print(Text(node, style="bold"))
    if latex:
        out.print(found.latex())
        return
    for line in [*(found.explain() if explain else str(found)).splitlines(), definitions_text(found.claim)]:
        if line:
            out.print("  " + printable(line))
