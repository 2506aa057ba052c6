"""The command that looks for counterexamples: refute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.options import TARGET, Json, Seed, seconds_for
from tptheory.cli.shell import STYLES, app, console, print_json, printable, progress_over, screen_for_progress
from tptheory.cli.theorems import VERDICTS, VerdictTable, collected, facts_of, in_brief, settled_status
from tptheory.errors import TptheoryError

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.verdicts import Proved, Refuted, Undecided, Verdict

STORED = "its stored proof was checked again, and nothing searched: --fresh searches"
"""What is said of a theorem whose proof is stored."""


@app.command()
def refute(
    targets: Annotated[list[str] | None, TARGET] = None,
    seconds: Annotated[float, seconds_for("each counterexample")] = 10.0,
    seed: Seed = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Search every theorem, whatever proofs are stored beside them.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print every counterexample in LaTeX as well.")] = False,
    snippet: Annotated[
        bool, typer.Option("--snippet", help="Print Python that evaluates every counterexample as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Search for the smallest exact counterexamples; without a TARGET, to the theorems that `prove` takes.

    A theorem whose proof is stored beside it, as prove --store leaves it, is not searched: the proof is checked again,
    unless --fresh is given. Any other true theorem takes all of the SECONDS, and stays undecided: ask `prove`. Theorem
    files are Python and are run: name only files that you trust.

    Exit status: 0 all proved; 1 a counterexample was found; 3 none was found.
    """
    from tptheory.deciding.answers import refute as search

    theorems = collected(targets)
    for theorem in theorems.values():
        _ = theorem.claim  # a broken theorem is told before the first search begins
    proofs = _stored_proofs({} if fresh else theorems, seconds)
    out = console()
    if not as_json:
        _tell_what_is_searched(len(theorems) - len(proofs), seconds)
    table = None if as_json else VerdictTable(out, list(theorems), {"width": ">5", "minimal": ">7"})
    results: dict[str, dict[str, Any]] = {}
    with progress_over(theorems, screen_for_progress(out, as_json)) as nodes:
        for node in nodes:
            verdict = proofs[node] if node in proofs else search(theorems[node], seconds, seed)
            results[node] = _facts(theorems[node].plain_title, verdict)
            if table is not None:
                _print_verdict(table, node, results[node], verdict)
                _print_forms(table, results[node], latex, snippet)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(row["verdict"] for row in results.values())
    _print_end(table, results, counts)
    raise typer.Exit(settled_status(("proved", row["verdict"]) for row in results.values()))


def _print_end(table: VerdictTable | None, results: Mapping[str, dict[str, Any]], counts: Mapping[str, int]) -> None:
    """Print how many verdicts there are of each word below the table; where there is none, print all as JSON."""
    if table is None:
        print_json({"theorems": [{"node": node, **facts} for node, facts in results.items()], "summary": counts})
        return
    if counts["refuted"]:
        table.print_legend("width", "minimal")
    table.out.print(_summary(counts, sum(row["seconds"] for row in results.values())))


def _tell_what_is_searched(number: int, seconds: float) -> None:
    """Say to how many theorems counterexamples are looked for, and how long that may take."""
    if number:
        said = f"looking for counterexamples to {number} theorem{'s' * (number > 1)}, for up to {seconds:g} s each"
        console(stderr=True).print(Text(said, "dim"))


def _stored_proofs(theorems: Mapping[str, Theorem], seconds: float) -> dict[str, Proved]:
    """Return by node the proofs that are stored beside theorems, and that pass their checks in so many seconds."""
    from tptheory.checking import check_seconds
    from tptheory.clock import TimeUpError, time_limit
    from tptheory.deciding.library import stored_path
    from tptheory.deciding.stored_verdicts import recalled
    from tptheory.deciding.verdicts import Proved
    from tptheory.proving.certificate import Certificate

    check_seconds(seconds)
    found = {}
    for node, theorem in theorems.items():
        try:
            with time_limit(seconds):
                verdict = recalled(theorem, Certificate.load(stored_path(theorem)).data)
        except (TptheoryError, TimeUpError, LookupError, TypeError, ValueError, ArithmeticError):
            continue  # nothing is stored, or what a stranger stored is no proof: it is searched
        if isinstance(verdict, Proved):
            found[node] = verdict
    return found


def _facts(title: str, verdict: Proved | Refuted | Undecided) -> dict[str, Any]:
    """Return a verdict as data; the counterexample also in LaTeX and as Python."""
    from tptheory.deciding.verdicts import Refuted

    facts = {"title": title, **facts_of(verdict)}
    if isinstance(verdict, Refuted):
        found = verdict.counterexample
        facts["counterexample"] = found.to_json() | {"latex": found.latex(), "snippet": found.snippet()}
    return facts


def _print_verdict(table: VerdictTable, node: str, facts: dict[str, Any], verdict: Verdict) -> None:
    """Print the row of a verdict, and below it the counterexample, or why there is none."""
    found = facts.get("counterexample")
    width = found["total_width"] if found else None
    minimal = ("yes" if found["minimal"] else "no") if found else None
    table.print(node, facts | {"width": width, "minimal": minimal})
    said = STORED if verdict.proved else in_brief(verdict, table.out.width - 4)
    table.print_below(said, cut=found is None)


def _print_forms(table: VerdictTable, facts: dict[str, Any], latex: bool, snippet: bool) -> None:
    """Print a counterexample in the forms that were asked for."""
    found = facts.get("counterexample")
    if found and latex:
        table.out.print(f"\n${printable(found['latex'])}$")
    if found and snippet:
        table.out.print(f"\n{found['snippet']}")


def _summary(counts: Mapping[str, int], seconds: float) -> Text:
    """Say how many verdicts there are of each word, and how long they took."""
    words = [word for word in VERDICTS if counts[word] or word == "proved"]
    said = Text(", ").join(Text(f"{counts[word]} {word}", STYLES[word]) for word in words)
    return said.append(f" in {seconds:.1f} s")
