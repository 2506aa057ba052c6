"""The command that replays certificates: check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from tptheory.cli.evidence_files import is_counterexample, loaded
from tptheory.cli.options import Json
from tptheory.cli.shell import PROVED, REFUTED, STYLES, app, console, print_json, printable
from tptheory.errors import InvalidFileError, complain

if TYPE_CHECKING:
    from tptheory.proving.certificate import Certificate


@app.command()
def check(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERT.json", help="Certificate files.")],
    as_json: Json = False,
) -> None:
    """Let the checker replay certificates, and print what it read in them: what is assumed, and what is shown.

    Counterexamples, which `prove --store` keeps in the same folder, are passed over, and counted. A file that cannot be
    read is told of and left out; the exit status is then 2.
    """
    out = console()
    proofs, passed_over = _proofs(certificates)
    rows = []
    for path, certificate in proofs.items():
        rows.append(_replayed(path, certificate))
        if not as_json:
            _print_replayed(out, rows[-1])
    refused = sum(row["verdict"] == "refused" for row in rows)
    if as_json:
        counts = {"accepted": len(rows) - refused, "refused": refused, "counterexamples": passed_over}
        print_json({"certificates": rows, "summary": counts})
    elif passed_over:
        files = "file holds a counterexample" if passed_over == 1 else "files hold counterexamples"
        out.print(f"{passed_over} {files}, and no certificate: tptheory prove evaluates them again")
    raise typer.Exit(REFUTED if refused else PROVED)


def _proofs(paths: list[Path]) -> tuple[dict[Path, Certificate], int]:
    """Return the certificates among the files, and how many of the files hold counterexamples instead.

    Raises:
        InvalidFileError: if there is no certificate among them.
        Exit: if none of them can be read.
    """
    found = loaded(paths)
    proofs = {path: one for path, one in found.items() if not is_counterexample(one)}
    if not proofs:
        mend = "A counterexample has none: tptheory prove evaluates it again."
        raise InvalidFileError(complain("certificates", "certificates", [str(path) for path in found], mend))
    return proofs, len(found) - len(proofs)


def _replayed(path: Path, certificate: Certificate) -> dict[str, str]:
    """Let the checker replay a certificate; return what it read, or why it refuses."""
    result = certificate.check()
    return {
        "path": str(path),
        "verdict": "accepted" if result else "refused",
        "reason": result.reason,
        "statement": certificate.statement() if result else "",
        "method": certificate.method if result else str(certificate.data.get("method", "")),
    }


def _print_replayed(out: Console, row: Mapping[str, str]) -> None:
    """Print the outcome, and below it the statement that was read, or the reason why it is refused."""
    word = row["verdict"]
    out.print(Text(f"{word}  ", style=STYLES[word]).append(printable(row["path"]), style="default"))
    for line in row["statement"].splitlines():
        out.print(Text(f"  {printable(line)}", style="dim"))
    if word == "refused":
        out.print(Text(f"  {printable(row['reason'])}", style="red"))
