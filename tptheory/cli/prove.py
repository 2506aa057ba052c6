"""The command that settles theorems and conjectures: prove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from tptheory.cli.options import TARGET, Json, Seconds
from tptheory.cli.shell import app, console, print_json, progress_over, screen_for_progress
from tptheory.cli.theorems import (
    VERDICTS,
    VerdictTable,
    collected,
    facts_of,
    in_brief,
    settled_status,
    settled_summary,
    style_of,
)
from tptheory.deciding.outcomes import OUTCOMES
from tptheory.files import check_folder, check_writable, write_whole

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.library import Settled


def _writable(folder: Path | None) -> Path | None:
    """Return the folder for certificates, as it is read: no theorem is run for the sake of one that is refused."""
    if folder is not None:
        check_folder("write_certificates", folder)
    return folder


CERTIFICATES = typer.Option(
    metavar="DIR", callback=_writable, help="Write the certificates there, one JSON file a theorem."
)


@app.command()
def prove(
    targets: Annotated[list[str] | None, TARGET] = None,
    seconds: Seconds = 10.0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Search for every verdict, whatever is stored beside the theorems.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Store certificates and counterexamples beside the theorems.")
    ] = False,
    write_certificates: Annotated[Path | None, CERTIFICATES] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every proof and counterexample, or how far the search got.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Settle theorems and conjectures; without a TARGET, those in ./proofs, or else those that come with tptheory.

    A theorem is to be proved and a conjecture to be refuted, unless it is an open one; what comes out otherwise is
    marked. The size of a proof is its number of cofactors, the multiples of hypotheses that it adds up; that of a
    counterexample is its width, the sum of its sizes. Verdicts that are stored in FOLDER/certificates are checked
    again, which is quick, and are searched for only where they do not hold; an open conjecture is then looked at only
    briefly. Theorem files are Python and are run: name only files that you trust.

    An open conjecture that is settled is told, and no failure: turn it into a theorem.

    Exit status: 0 all as expected, or an open conjecture settled; 1 a theorem refuted, or a conjecture proved that is
    not an open one; 3 undecided.
    """
    from tptheory.deciding.library import settling
    from tptheory.writing.chains import in_words

    started = perf_counter()
    theorems = collected(targets)
    _check_stored(theorems if store else {})
    out = console()
    table = None if as_json else VerdictTable(out, list(theorems), {"method": "<12", "cofactors": ">9"})
    results: dict[str, dict[str, Any]] = {}
    with settling(list(theorems.values()), seconds, fresh=fresh, say=in_words if explain else None) as settled:
        files = _certificate_files(write_certificates, theorems)
        with progress_over(theorems, screen_for_progress(out, as_json)) as nodes:
            for node, one in zip(nodes, settled, strict=True):
                results[node] = _facts(one, explain) | _written(one, store, files.get(node))
                if table is not None:
                    _print_settled(table, node, results[node], one, explain)
    pairs = [(row["expected"], row["found"]) for row in results.values()]
    if as_json:
        print_json(_document(results, pairs, perf_counter() - started))
    else:
        _print_legend(table, results.values())
        out.print(settled_summary(pairs, perf_counter() - started))
        if files:
            out.print(f"certificates: {write_certificates}")
    raise typer.Exit(settled_status(pairs))


def _document(results: Mapping[str, dict[str, Any]], pairs: list[tuple[str, str]], seconds: float) -> dict[str, Any]:
    """Return all results as one document, with a count of the verdicts."""
    return {
        "theorems": [{"node": node, **facts} for node, facts in results.items()],
        "summary": {word: sum(found == word for _, found in pairs) for word in VERDICTS},
        "as_expected": not any(OUTCOMES[pair].is_surprise for pair in pairs),
        "seconds": seconds,
    }


def _facts(settled: Settled, explain: bool) -> dict[str, Any]:
    """Return what is known of a theorem, as data."""
    from tptheory.deciding.verdicts import Refuted

    verdict, theorem = settled.verdict, settled.theorem
    facts = {"title": theorem.plain_title, "expected": theorem.expected, "found": verdict.word, **facts_of(verdict)}
    facts |= {"seconds": settled.seconds, "recalled": settled.recalled}
    if settled.distrusted:
        facts["distrusted"] = settled.distrusted
    if isinstance(verdict, Refuted):
        facts["counterexample"] = verdict.counterexample.to_json()
    if explain:
        facts["explanation"] = settled.said
    return facts


def _written(settled: Settled, store: bool, file: Path | None) -> dict[str, str]:
    """Write the certificate and store the verdict where that was asked for, and return where they are."""
    from tptheory.deciding import library
    from tptheory.deciding.verdicts import Proved

    paths = {}
    if file is not None and isinstance(settled.verdict, Proved):
        write_whole(file, settled.verdict.certificate.to_json().encode())
        paths["certificate"] = str(file)
    if store and not settled.is_surprise and not settled.recalled:
        path = library.store(settled.theorem, settled.verdict)
        paths |= {} if path is None else {"stored": str(path)}
    return paths


def _print_settled(table: VerdictTable, node: str, facts: Mapping[str, Any], settled: Settled, explain: bool) -> None:
    """Print a row; a verdict that was not expected is marked, and explained below the row."""
    style = style_of(facts["expected"], facts["found"])
    said = f"expected: {facts['expected']}" if settled.is_surprise else settled.news
    mark = Text(f"  {said}", style) if said else None
    size = f"width {facts['counterexample']['total_width']}" if "counterexample" in facts else facts["cofactors"]
    table.print(node, {**facts, "cofactors": size, "style": style}, mark)
    table.print_distrusted(facts)
    if explain or settled.is_surprise:
        said = settled.said or in_brief(settled.verdict, table.out.width - 4)
        table.print_below(said, cut=not explain)


def _print_legend(table: VerdictTable | None, rows: Iterable[Mapping[str, Any]]) -> None:
    """Say what the words mean that stand in the rows of the table."""
    shown = list(rows)
    used = {"cofactors": any(row["cofactors"] for row in shown), "width": any("counterexample" in row for row in shown)}
    if table is not None:
        table.print_legend(*(key for key, there in used.items() if there))


def _check_stored(theorems: Mapping[str, Theorem]) -> None:
    """Refuse, before the first search, a place beside a theorem to which its verdict could not be written."""
    from tptheory.deciding.library import stored_path

    for path in map(stored_path, theorems.values()):
        check_folder("store", path.parent)
        if path.parent.is_dir():
            check_writable("store", path)


def _certificate_files(folder: Path | None, theorems: Mapping[str, Theorem]) -> dict[str, Path]:
    """Make the folder, and return by node where each certificate goes."""
    if folder is None:
        return {}
    from tptheory.writing.gathering import certificate_names

    folder.mkdir(parents=True, exist_ok=True)
    names = certificate_names(list(theorems.values()))
    for name in names:
        check_writable("write_certificates", folder / name)
    return {node: folder / name for node, name in zip(theorems, names, strict=True)}
