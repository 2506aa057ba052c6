"""The command that asks when a claim is true: when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.options import Json, Seed, seconds_for
from tptheory.cli.shell import PROVED, UNDECIDED, app, console, print_json, printable, progress_bar, screen_for_progress
from tptheory.cli.theorems import collected
from tptheory.errors import unknown_name

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.conditions.answer import Conditions


Among = Annotated[
    list[str] | None,
    typer.Option(
        "--among",
        metavar="NAME",
        help="What may be assumed, by its name in the theorem's file: that of a hypothesis such as wide = "
        "full_row_rank(A), or of a list of these; repeatable.",
    ),
]


@app.command()
def when(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET", help="FILE.py::NAME; several are answered in turn.")
    ],
    among: Among = None,
    seconds: Annotated[float, seconds_for("each claim")] = 30.0,
    seed: Seed = 0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the proofs, and what breaks the claim just below each set.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """Print the weakest hypotheses under which a claim is proved.

    What is tried, unless it is named: the usual properties of each matrix, what neighbours in a product may have to do
    with each other, and sizes that are 1 or equal, up to three at once. The status is 3 if nothing was found for a
    claim. Theorem files are Python and are run: name only files that you trust.
    """
    from tptheory.deciding.conditions.answer import when as search

    theorems = collected(targets)
    assumed = {node: _named(theorem, among) for node, theorem in theorems.items()}
    out = console()
    answers: dict[str, Conditions] = {}
    with progress_bar(screen_for_progress(out, as_json)) as progress:
        for node, theorem in theorems.items():
            task = progress.add_task(node, total=1.0)

            def tell(said: str, share: float, task: Any = task, node: str = node) -> None:
                progress.update(task, completed=share, description=f"{node}: {said}")

            answers[node] = search(theorem, assumed[node], seconds=seconds, seed=seed, progress=tell)
            progress.remove_task(task)
            if not as_json:
                _print(node, answers[node], explain, latex)
    if as_json:
        print_json({"claims": [{"node": node, **found.to_json()} for node, found in answers.items()]})
    raise typer.Exit(PROVED if all(found.sets or found.equation for found in answers.values()) else UNDECIDED)


def _named(theorem: Theorem, names: list[str] | None) -> list[Any] | None:
    """Return what the file of a theorem calls by these names; None if none is given. No text is evaluated.

    Raises:
        UnknownNameError: if the file defines no hypothesis of a name; those that it defines are told.
    """
    from tptheory.claims.python_files import written_in

    if not names:
        return None
    defined = theorem.function.__globals__
    known = {name: defined[name] for name in written_in(theorem.path) if _may_be_assumed(defined.get(name))}
    for name in names:
        if name not in known:
            raise unknown_name("among", name, sorted(known))
    return [known[name] for name in names]


def _may_be_assumed(value: Any) -> bool:
    """Whether a value is a hypothesis, a claim, an equality of sizes, or a list of these."""
    from sympy import Eq

    from tptheory.claims.claim import Claim
    from tptheory.claims.hypotheses import Hypothesis

    if isinstance(value, list | tuple):
        return bool(value) and all(map(_may_be_assumed, value))
    return isinstance(value, Hypothesis | Claim | Eq)


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
