"""What commands about theorems share, and the one that replays certificates: check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    app,
    console,
    print_json,
    printable,
)
from tptheory.errors import InvalidFileError, complain

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.verdicts import Verdict
    from tptheory.proving.certificate import Certificate

"""What the theorem folder is called, on the command line and on disk."""
VERDICTS = ("proved", "refuted", "undecided")


@app.command()
def check(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERT.json", help="Certificate files.")],
    as_json: Json = False,
) -> None:
    """Let the checker replay certificates, and print what it read in them: what is assumed, and what is shown.

    Counterexamples, which `prove --store` keeps in the same folder, are passed over, and counted.
    """
    from tptheory.deciding.stored_verdicts import FORMAT as COUNTEREXAMPLE
    from tptheory.proving.certificate import Certificate

    out = console()
    loaded = {path: Certificate.load(path) for path in certificates}
    passed_over = [path for path, found in loaded.items() if found.data.get("format") == COUNTEREXAMPLE]
    if len(passed_over) == len(loaded):
        mend = "A counterexample has none: tptheory prove evaluates it again."
        raise InvalidFileError(complain("certificates", "certificates", [str(path) for path in passed_over], mend))
    rows = []
    for path, certificate in loaded.items():
        if path not in passed_over:
            rows.append(_replayed(path, certificate))
            if not as_json:
                _print_replayed(out, rows[-1])
    refused = sum(row["verdict"] == "refused" for row in rows)
    if as_json:
        counts = {"accepted": len(rows) - refused, "refused": refused, "counterexamples": len(passed_over)}
        print_json({"certificates": rows, "summary": counts})
    elif passed_over:
        files = "file holds a counterexample" if len(passed_over) == 1 else "files hold counterexamples"
        out.print(f"{len(passed_over)} {files}, and no certificate: tptheory prove evaluates them again")
    raise typer.Exit(REFUTED if refused else PROVED)


def _replayed(path: Path, certificate: Certificate) -> dict[str, str]:
    """Let the checker replay a certificate; return what it read, or why it refuses."""
    from tptheory.typesetting.statements import statement_text

    result = certificate.check()
    return {
        "path": str(path),
        "verdict": "accepted" if result else "refused",
        "reason": result.reason,
        "statement": statement_text(certificate.data) if result else "",
        "method": certificate.method if result else str(certificate.data.get("method", "")),
    }


def _print_replayed(out: Console, row: Mapping[str, str]) -> None:
    word = row["verdict"]
    out.print(Text(f"{word}  ", style=STYLES[word]).append(printable(row["path"]), style="default"))
    for line in row["statement"].splitlines():
        out.print(Text(f"  {printable(line)}", style="dim"))
    if word == "refused":
        out.print(Text(f"  {printable(row['reason'])}", style="red"))


def collected(targets: Sequence[str] | None) -> dict[str, Theorem]:
    """Return the theorems that the targets name, by the node that names each on the command line."""
    from tptheory.claims.theorem import THEOREMS, collect

    theorems: dict[str, Theorem] = {}
    for target in targets or (THEOREMS,):
        path = Path(target.partition("::")[0])
        for theorem in collect(target if targets else None):
            shown = path if path.suffix == ".py" else path / theorem.path.name
            theorems.setdefault(f"{shown}::{theorem.name}", theorem)
    return theorems


class Rows:
    """The table of verdicts, printed as they come: nodes in full where they fit, else names under their file.

    A name that is too long for its column has a line of its own.
    """

    def __init__(self, out: Console, nodes: Sequence[str], columns: Mapping[str, str]) -> None:
        """Take where to print, all nodes, and the facts between verdict and time, each with how it is aligned."""
        self.out, self.file, self.columns = out, "", columns
        self.width = 0
        room = out.width - len(self._row("", "", [""] * len(columns), ""))
        self.grouped = max(map(len, nodes)) > room
        self.width = min(max(len(self._label(node)) for node in nodes), max(room, len("theorem")))
        self.head = self._row("theorem", "verdict", list(columns), "ms")

    def _label(self, node: str) -> str:
        return f"  {node.partition('::')[2]}" if self.grouped else node

    def _row(self, label: str, verdict: str, values: Sequence[Any], time: str) -> str:
        cells = "".join(f"  {v:{align}}" for v, align in zip(values, self.columns.values(), strict=True))
        return f"{label:{self.width}}  {verdict:9}{cells}  {time:>7}"

    def print(self, node: str, facts: Mapping[str, Any], mark: Text | None = None) -> None:
        """Print one row, with a mark at its end."""
        if self.head:
            self.out.print(Text(self.head, "dim"))
        self.head = ""
        file = node.partition("::")[0]
        if self.grouped and file != self.file:
            self.out.print(file)
        self.file = file
        values = ["-" if facts[key] is None else facts[key] for key in self.columns]
        verdict = facts["verdict"]
        label = self._label(node)
        if len(label) > self.width:
            self.out.print(label)
            label = ""
        row = Text(self._row(label, verdict, values, f"{1000 * facts['seconds']:,.0f}"))
        row.stylize(facts.get("style", STYLES[verdict]), self.width, self.width + 2 + len(verdict))
        self.out.print(row.append_text(mark) if mark else row)

    def print_below(self, text: str, cut: bool) -> None:
        """Print text under a row, its lines cut to the screen or whole."""
        for line in text.splitlines():
            self.out.print("    " + (shorten(printable(line), self.out.width - 4) if cut else printable(line)))


OUTCOMES = {
    ("proved", "proved"): ("proved", "green", PROVED),
    ("refuted", "refuted"): ("refuted as expected", "green", PROVED),
    ("undecided", "undecided"): ("open", "yellow", PROVED),
    ("proved", "refuted"): ("refuted unexpectedly", "bold red", REFUTED),
    ("undecided", "refuted"): ("refuted unexpectedly", "bold red", REFUTED),
    ("refuted", "proved"): ("proved unexpectedly", "bold red", REFUTED),
    ("undecided", "proved"): ("proved unexpectedly", "bold red", REFUTED),
    ("proved", "undecided"): ("undecided", "yellow", UNDECIDED),
    ("refuted", "undecided"): ("undecided", "yellow", UNDECIDED),
}
"""By what was expected and what was found: what to call it, in which style, and the exit status."""


def settled_summary(pairs: Sequence[tuple[str, str]], seconds: float) -> Text:
    """Say how many verdicts there are of each kind, given what was expected and found, and how long they took."""
    counts: dict[tuple[str, str], int] = {}
    for pair in pairs:
        counts[OUTCOMES[pair][:2]] = counts.get(OUTCOMES[pair][:2], 0) + 1
    kinds = dict.fromkeys(outcome[:2] for outcome in OUTCOMES.values())
    said = [Text(f"{counts[kind]} {kind[0]}", kind[1]) for kind in kinds if kind in counts]
    return Text(", ").join(said or [Text("0 proved")]).append(f" in {seconds:.1f} s")


def settled_status(pairs: Iterable[tuple[str, str]]) -> int:
    """Return the exit status of several verdicts, given what was expected and found: the worst of theirs."""
    found = {OUTCOMES[pair][2] for pair in pairs}
    return REFUTED if REFUTED in found else UNDECIDED if UNDECIDED in found else PROVED


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """Return what a verdict says, as data."""
    from tptheory.deciding.verdicts import Proved, Undecided

    facts: dict[str, Any] = {
        "verdict": verdict.word,
        "statement": verdict.claim.statement(),
        "assumptions": list(verdict.assumptions),
        "method": None,
        "cofactors": None,
        "seconds": getattr(verdict, "seconds", 0.0),
    }
    if isinstance(verdict, Proved):
        return facts | {"method": verdict.method, "cofactors": verdict.certificate.cofactors}
    if isinstance(verdict, Undecided):
        return facts | {"reason": verdict.reason, "evidence": verdict.evidence}
    return facts


def in_brief(verdict: Verdict, width: int) -> str:
    """Explain a verdict; of a refuted one say what is false, where, and in which sense nothing smaller breaks it."""
    from tptheory.deciding.verdicts import Refuted

    if not isinstance(verdict, Refuted):
        return verdict.explain()
    found = verdict.counterexample
    return f"{shorten(f'Counterexample to: {found.claim.statement()}', width)}\n{found.text(width)}\n{found.smallness}"


def worst_status(counts: Mapping[str, int]) -> int:
    """Return the exit status of several verdicts, counted by their words: the worst of theirs."""
    return REFUTED if counts["refuted"] else UNDECIDED if counts["undecided"] else PROVED


def summary(counts: Mapping[str, int], seconds: float) -> Text:
    """Say how many verdicts there are of each word, and how long they took."""
    words = [word for word in VERDICTS if counts[word] or word == "proved"]
    return (
        Text(", ").join(Text(f"{counts[word]} {word}", STYLES[word]) for word in words).append(f" in {seconds:.1f} s")
    )
