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
    stored = set() if fresh else _with_a_stored_proof(theorems)
    out = console()
    if not as_json:
        _tell_what_is_searched(len(theorems) - len(stored), seconds)
    table = None if as_json else VerdictTable(out, list(theorems), {"width": ">5", "minimal": ">7"})
    results: dict[str, dict[str, Any]] = {}
    with progress_over(theorems, screen_for_progress(out, as_json)) as nodes:
        for node in nodes:
            proof, distrusted = _stored_proof(theorems[node], seconds) if node in stored else (None, "")
            verdict = search(theorems[node], seconds, seed) if proof is None else proof
            results[node] = _facts(theorems[node].plain_title, verdict, distrusted)
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


def _with_a_stored_proof(theorems: Mapping[str, Theorem]) -> set[str]:
    """Return the nodes beside which a verdict is stored that may be a proof; what is false has a counterexample."""
    from tptheory.deciding.library import stored_path

    return {node for node, one in theorems.items() if one.expected != "refuted" and stored_path(one).exists()}


def _stored_proof(theorem: Theorem, seconds: float) -> tuple[Proved | None, str]:
    """Return the proof that is stored beside a theorem, if it passes its checks; or None, and why it is not used."""
    from tptheory.deciding.library import stored_verdict
    from tptheory.deciding.verdicts import Proved

    verdict, distrusted = stored_verdict(theorem, seconds)
    return verdict if isinstance(verdict, Proved) else None, distrusted


def _facts(title: str, verdict: Proved | Refuted | Undecided, distrusted: str) -> dict[str, Any]:
    """Return a verdict as data, with why a stored proof is not used; the counterexample also in LaTeX and as Python."""
    from tptheory.deciding.verdicts import Refuted

    facts = {"title": title, **facts_of(verdict)} | ({"distrusted": distrusted} if distrusted else {})
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
    table.print_distrusted(facts)
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
