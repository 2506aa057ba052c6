"""The command that looks for counterexamples: refute."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tptheory.cli.shell import Json, Seed, app, console, print_json, printable, progress_bar
from tptheory.cli.theorems import VERDICTS, Rows, collected, facts_of, in_brief, summary, worst_status

if TYPE_CHECKING:
    from tptheory.refuting.counterexample import Counterexample


@app.command()
def refute(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="TARGET", help="A folder, file.py, or file.py::name.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="How long to search for each counterexample.")] = 10.0,
    seed: Seed = 0,
    latex: Annotated[bool, typer.Option("--latex", help="Print every counterexample in LaTeX as well.")] = False,
    snippet: Annotated[
        bool, typer.Option("--snippet", help="Print Python that evaluates every counterexample as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Search for the smallest exact counterexamples; without a TARGET, to the theorems that `prove` takes.

    A theorem of which none is found stays undecided: ask `prove`. Theorem files are Python and are run: name only
    files that you trust.
    """
    from tptheory.deciding.answers import refute as search
    from tptheory.deciding.verdicts import Refuted

    theorems = collected(targets)
    for theorem in theorems.values():
        _ = theorem.claim  # a broken theorem is told before the first search begins
    out, err = console(), console(stderr=True)
    rows = None if as_json else Rows(out, list(theorems), {"width": ">5", "minimal": ">7"})
    results: dict[str, dict[str, Any]] = {}
    with progress_bar(err if as_json or not out.is_terminal else out) as progress:
        task = progress.add_task("", total=len(theorems))
        for node, theorem in theorems.items():
            progress.update(task, description=node)
            verdict = search(theorem, seconds, seed)
            found = verdict.counterexample if isinstance(verdict, Refuted) else None
            results[node] = {"title": theorem.plain_title, **facts_of(verdict), **_facts(found)}
            if rows is not None:
                rows.print(node, results[node] | _columns(found))
                rows.print_below(in_brief(verdict, out.width - 4), cut=found is None)
                for text in _asked_for(found, latex, snippet):
                    out.print(f"\n{text}")
            progress.advance(task)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(row["verdict"] for row in results.values())
    if as_json:
        print_json({"theorems": [{"node": node, **facts} for node, facts in results.items()], "summary": counts})
    else:
        out.print(summary(counts, sum(row["seconds"] for row in results.values())))
    raise typer.Exit(worst_status(counts))


def _facts(found: Counterexample | None) -> dict[str, Any]:
    """Return a counterexample as data, in LaTeX and as Python."""
    if found is None:
        return {}
    return {"counterexample": found.to_json() | {"latex": found.latex(), "snippet": found.snippet()}}


def _columns(found: Counterexample | None) -> dict[str, Any]:
    """Return what the table says of a counterexample."""
    if found is None:
        return {"width": None, "minimal": None}
    return {"width": found.total_width, "minimal": "yes" if found.minimal else "no"}


def _asked_for(found: Counterexample | None, latex: bool, snippet: bool) -> list[str]:
    """Return a counterexample in the forms that were asked for."""
    if found is None:
        return []
    return [*([f"${printable(found.latex())}$"] if latex else []), *([found.snippet()] if snippet else [])]
