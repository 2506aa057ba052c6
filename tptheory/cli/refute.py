"""The command that looks for counterexamples: refute."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.options import TARGET, Json, Seed, seconds_for
from tptheory.cli.shell import STYLES, app, console, print_json, printable, progress_over, screen_for_progress
from tptheory.cli.theorems import VERDICTS, VerdictTable, collected, facts_of, in_brief, settled_status

if TYPE_CHECKING:
    from tptheory.deciding.verdicts import Refuted, Undecided


@app.command()
def refute(
    targets: Annotated[list[str] | None, TARGET] = None,
    seconds: Annotated[float, seconds_for("each counterexample")] = 10.0,
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

    theorems = collected(targets)
    for theorem in theorems.values():
        _ = theorem.claim  # a broken theorem is told before the first search begins
    out = console()
    table = None if as_json else VerdictTable(out, list(theorems), {"width": ">5", "minimal": ">7"})
    results: dict[str, dict[str, Any]] = {}
    with progress_over(theorems, screen_for_progress(out, as_json)) as nodes:
        for node in nodes:
            verdict = search(theorems[node], seconds, seed)
            results[node] = _facts(theorems[node].plain_title, verdict)
            if table is not None:
                _print_verdict(table, node, results[node], verdict)
                _print_forms(table, results[node], latex, snippet)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(row["verdict"] for row in results.values())
    if as_json:
        print_json({"theorems": [{"node": node, **facts} for node, facts in results.items()], "summary": counts})
    else:
        out.print(_summary(counts, sum(row["seconds"] for row in results.values())))
    raise typer.Exit(settled_status(("proved", row["verdict"]) for row in results.values()))


def _facts(title: str, verdict: Refuted | Undecided) -> dict[str, Any]:
    """Return a verdict as data; the counterexample also in LaTeX and as Python."""
    from tptheory.deciding.verdicts import Refuted

    facts = {"title": title, **facts_of(verdict)}
    if isinstance(verdict, Refuted):
        found = verdict.counterexample
        facts["counterexample"] = found.to_json() | {"latex": found.latex(), "snippet": found.snippet()}
    return facts


def _print_verdict(table: VerdictTable, node: str, facts: dict[str, Any], verdict: Refuted | Undecided) -> None:
    """Print the row of a verdict, and below it the counterexample, or how far the search got."""
    found = facts.get("counterexample")
    width = found["total_width"] if found else None
    minimal = ("yes" if found["minimal"] else "no") if found else None
    table.print(node, facts | {"width": width, "minimal": minimal})
    table.print_below(in_brief(verdict, table.out.width - 4), cut=found is None)


def _print_forms(table: VerdictTable, facts: dict[str, Any], latex: bool, snippet: bool) -> None:
    """Print a counterexample in the forms that were asked for."""
    found = facts.get("counterexample")
    if found and latex:
        table.out.print(f"\n${printable(found['latex'])}$")
    if found and snippet:
        table.out.print(f"\n{found['snippet']}")


def _summary(counts: dict[str, int], seconds: float) -> Text:
    """Say how many verdicts there are of each word, and how long they took."""
    words = [word for word in VERDICTS if counts[word] or word == "proved"]
    said = Text(", ").join(Text(f"{counts[word]} {word}", STYLES[word]) for word in words)
    return said.append(f" in {seconds:.1f} s")
