"""The command that looks for counterexamples: refute."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tptheory.cli.shell import Json, Seed, app, console, print_json, printable, progress_bar
from tptheory.cli.theorems import VERDICTS, Rows, collected, facts_of, in_brief, summary, worst_status

if TYPE_CHECKING:
    pass


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
            results[node] = {"title": theorem.plain_title, **facts_of(verdict)}
            found = verdict.counterexample if isinstance(verdict, Refuted) else None
            if found is not None:
                results[node]["counterexample"] = found.to_json() | {"latex": found.latex(), "snippet": found.snippet()}
            if rows is not None:
                width, minimal = (found.total_width, "yes" if found.minimal else "no") if found else (None, None)
                rows.print(node, {**results[node], "width": width, "minimal": minimal})
                rows.print_below(in_brief(verdict, out.width - 4), cut=found is None)
                if found and latex:
                    out.print(f"\n${printable(found.latex())}$")
                if found and snippet:
                    out.print(f"\n{found.snippet()}")
            progress.advance(task)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(row["verdict"] for row in results.values())
    if as_json:
        print_json({"theorems": [{"node": node, **facts} for node, facts in results.items()], "summary": counts})
    else:
        out.print(summary(counts, sum(row["seconds"] for row in results.values())))
    raise typer.Exit(worst_status(counts))
