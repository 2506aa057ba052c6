"""The commands about theorems and their proofs: prove, check; and what commands about theorems share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from tptheory.cli.shell import (
    PROVED,
    REFUTED,
    STYLES,
    UNDECIDED,
    Json,
    Seconds,
    app,
    console,
    print_json,
    printable,
    progress_bar,
)
from tptheory.errors import InvalidFileError, complain

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.proving.verdicts import Verdict

THEOREMS = "proofs"
"""What the theorem folder is called, on the command line and on disk."""
VERDICTS = ("proved", "refuted", "undecided")


@app.command()
def prove(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="TARGET", help="A folder, file.py, or file.py::name.")
    ] = None,
    seconds: Seconds = 10.0,
    write_certificates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the certificates there, one JSON file a theorem.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Print every proof, or how far the search got.")] = False,
    as_json: Json = False,
) -> None:
    """Prove theorems; without a TARGET, those in ./proofs, or else those that come with tptheory.

    Theorem files are Python and are run: name only files that you trust.
    """
    from tptheory.proving.tactics import prove as search
    from tptheory.proving.verdicts import Proved

    theorems = collected(targets)
    for theorem in theorems.values():
        _ = theorem.claim  # a broken theorem is told before the first search begins
    files = _certificate_files(write_certificates, theorems)
    out, err = console(), console(stderr=True)
    rows = None if as_json else Rows(out, list(theorems), {"method": "<9", "cofactors": ">9"})
    results: dict[str, dict[str, Any]] = {}
    with progress_bar(err if as_json or not out.is_terminal else out) as progress:
        task = progress.add_task("", total=len(theorems))
        for node, theorem in theorems.items():
            progress.update(task, description=node)
            verdict = search(theorem, seconds)
            results[node] = {"title": theorem.title, **facts_of(verdict)}
            if explain:
                results[node]["explanation"] = verdict.explain()
            if node in files and isinstance(verdict, Proved):
                files[node].write_text(verdict.certificate.to_json(), encoding="utf-8")
                results[node]["certificate"] = str(files[node])
            if rows is not None:
                rows.print(node, results[node])
                if explain or not verdict.proved:
                    rows.print_below(verdict.explain(), cut=not explain)
            progress.advance(task)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(row["verdict"] for row in results.values())
    if as_json:
        print_json({"theorems": [{"node": node, **facts} for node, facts in results.items()], "summary": counts})
    else:
        out.print(summary(counts, sum(row["seconds"] for row in results.values())))
        if files:
            out.print(f"certificates: {write_certificates}")
    raise typer.Exit(worst_status(counts))


@app.command()
def check(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERT.json", help="Certificate files.")],
    as_json: Json = False,
) -> None:
    """Let the checker replay certificates; it trusts nothing that they say."""
    from tptheory.proving.certificate import Certificate

    out = console()
    rows = []
    for path, certificate in [(path, Certificate.load(path)) for path in certificates]:
        result = certificate.check()
        word = "accepted" if result else "refused"
        method = certificate.method if result else str(certificate.data.get("method", ""))
        rows.append(
            {
                "path": str(path),
                "verdict": word,
                "reason": result.reason,
                "theorem": certificate.theorem,
                "method": method,
            }
        )
        if not as_json:
            out.print(Text(f"{word}  ", style=STYLES[word]).append(printable(str(path)), style="default"))
            out.print(Text(f"  {printable(certificate.theorem)}  ({printable(method)})", style="dim"))
            if not result:
                out.print(Text(f"  {printable(result.reason)}", style="red"))
    refused = sum(row["verdict"] == "refused" for row in rows)
    if as_json:
        print_json({"certificates": rows, "summary": {"accepted": len(rows) - refused, "refused": refused}})
    raise typer.Exit(REFUTED if refused else PROVED)


def collected(targets: Sequence[str] | None) -> dict[str, Theorem]:
    """Return the theorems that the targets name, by the node that names each on the command line."""
    from tptheory.claims.theorem import collect

    theorems: dict[str, Theorem] = {}
    for target in targets or (THEOREMS,):
        path, separator, name = target.partition("::")
        place = _found(path) if targets else theorem_folder()
        for theorem in collect(f"{place}{separator}{name}"):
            shown = Path(path) / theorem.path.name if place.is_dir() else Path(path)
            theorems.setdefault(f"{shown}::{theorem.name}", theorem)
    return theorems


def _found(path: str) -> Path:
    """Return the path; one that does not exist and begins with ``proofs`` is meant in the default folder."""
    first, *rest = Path(path).parts or ("",)
    return theorem_folder().joinpath(*rest) if first == THEOREMS and not Path(path).exists() else Path(path)


def theorem_folder() -> Path:
    """Return ``./proofs`` if it holds theorem files, else the folder in the installed package, else the checkout's.

    Raises:
        InvalidFileError: if none of them does.
    """
    package = Path(__file__).parent.parent
    for folder in (Path(THEOREMS), package / THEOREMS, package.parent / THEOREMS):
        if any("@theorem" in file.read_text(encoding="utf-8", errors="replace") for file in folder.glob("*.py")):
            return folder
    raise InvalidFileError(complain("target", "a folder with theorem files (*.py)", THEOREMS, "Name one."))


def _certificate_files(folder: Path | None, theorems: Mapping[str, Theorem]) -> dict[str, Path]:
    """Make the folder, and return by node where each certificate goes."""
    if folder is None:
        return {}
    from tptheory.writing.gathering import certificate_names

    folder.mkdir(parents=True, exist_ok=True)
    names = certificate_names(list(theorems.values()))
    return {node: folder / name for node, name in zip(theorems, names, strict=True)}


class Rows:
    """The table of verdicts, printed as they come: nodes in full where they fit, else names under their file."""

    def __init__(self, out: Console, nodes: Sequence[str], columns: Mapping[str, str]) -> None:
        """Take where to print, all nodes, and the facts between verdict and time, each with how it is aligned."""
        self.out, self.file, self.columns = out, "", columns
        self.width = 0
        self.grouped = max(map(len, nodes)) + len(self._row("", "", [""] * len(columns), "")) > out.width
        self.width = max(len(self._label(node)) for node in nodes)
        self.head = self._row("theorem", "verdict", list(columns), "ms")

    def _label(self, node: str) -> str:
        return f"  {node.partition('::')[2]}" if self.grouped else node

    def _row(self, label: str, verdict: str, values: Sequence[Any], time: str) -> str:
        cells = "".join(f"  {v:{align}}" for v, align in zip(values, self.columns.values(), strict=True))
        return f"{label:{self.width}}  {verdict:9}{cells}  {time:>7}"

    def print(self, node: str, facts: Mapping[str, Any]) -> None:
        """Print one row."""
        if self.head:
            self.out.print(Text(self.head, "dim"))
        self.head = ""
        file = node.partition("::")[0]
        if self.grouped and file != self.file:
            self.out.print(file)
        self.file = file
        values = ["-" if facts[key] is None else facts[key] for key in self.columns]
        verdict = facts["verdict"]
        row = Text(self._row(self._label(node), verdict, values, f"{1000 * facts['seconds']:,.0f}"))
        row.stylize(STYLES[verdict], self.width, self.width + 2 + len(verdict))
        self.out.print(row)

    def print_below(self, text: str, cut: bool) -> None:
        """Print text under a row, its lines cut to the screen or whole."""
        for line in text.splitlines():
            self.out.print("    " + (shorten(printable(line), self.out.width - 4) if cut else printable(line)))


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """Return what a verdict says, as data."""
    from tptheory.proving.verdicts import Proved, Undecided

    facts: dict[str, Any] = {
        "verdict": verdict.word,
        "statement": verdict.claim.statement(),
        "method": None,
        "cofactors": None,
        "seconds": getattr(verdict, "seconds", 0.0),
    }
    if isinstance(verdict, Proved):
        return facts | {"method": verdict.method, "cofactors": verdict.certificate.cofactors}
    if isinstance(verdict, Undecided):
        return facts | {"reason": verdict.reason, "evidence": verdict.evidence}
    return facts


def worst_status(counts: Mapping[str, int]) -> int:
    """Return the exit status of several verdicts, counted by their words: the worst of theirs."""
    return REFUTED if counts["refuted"] else UNDECIDED if counts["undecided"] else PROVED


def summary(counts: Mapping[str, int], seconds: float) -> Text:
    """Say how many verdicts there are of each word, and how long they took."""
    words = [word for word in VERDICTS if counts[word] or word == "proved"]
    return (
        Text(", ").join(Text(f"{counts[word]} {word}", STYLES[word]) for word in words).append(f" in {seconds:.1f} s")
    )
