"""The commands that hand proofs to other systems: export coq."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tptheory.cli.options import OutFile, Seconds, check_out
from tptheory.cli.shell import PROVED, UNDECIDED, app, console, print_or_write, printable
from tptheory.cli.theorems import collected
from tptheory.errors import UnsupportedExpressionError

export = typer.Typer(no_args_is_help=True, help="Hand proofs to other systems.")
app.add_typer(export, name="export")


@export.command()
def coq(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET", help="A certificate.json, a folder, file.py, or file.py::name.")
    ],
    out: OutFile = None,
    seconds: Seconds = 10.0,
) -> None:
    """Write one Coq file that proves what certificates say, for coqc with MathComp's algebra.

    The file holds a checker of its own, proved sound over every real field and for all sizes, and the theorems about
    matrices that it closes; of an induction over layers, about families of matrices. A tampered certificate is written
    as it stands, and coqc refuses it. What Coq cannot be given, such as a number of more than four digits, is named on
    stderr and in the file; a counterexample is named on stderr, and left out. Verdicts that are stored beside theorems
    are checked again, others are searched for. Theorem files are Python and are run: name only files that you trust.

    Exit status: 0 everything is in the file; 3 something is not, and was named.
    """
    from tptheory.exporting.coq import exported, refusal

    check_out(out)
    found = dict(_certificates(targets, seconds))
    left_out = {name: reason for name, data in found.items() if (reason := refusal(data))}
    named = {name: data for name, data in found.items() if name not in left_out}
    for name, reason in left_out.items():
        console(stderr=True).print(f"not exported: {printable(name)}: {printable(reason)}")
    if not named:
        raise UnsupportedExpressionError("There is nothing here that can be exported to Coq.")
    print_or_write(exported(named, left_out), out)
    raise typer.Exit(UNDECIDED if left_out else PROVED)


def _certificates(targets: Sequence[str], seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the JSON of each certificate that the targets name; of theorems, those that are proved."""
    from tptheory.deciding.library import settling
    from tptheory.deciding.verdicts import Proved
    from tptheory.proving.certificate import Certificate

    files = [target for target in targets if target.endswith(".json")]
    for target in files:
        data = Certificate.load(target).data
        if "method" in data:
            yield Path(target).stem, data
        else:
            console(stderr=True).print(f"skipped: {printable(target)}: it is a counterexample, and proves nothing")
    others = [target for target in targets if target not in files]
    theorems = collected(others) if others else {}
    with settling(list(theorems.values()), seconds) as results:
        for one in results:
            if isinstance(one.verdict, Proved):
                yield f"{one.theorem.path.stem}.{one.theorem.name}", one.verdict.certificate.data
            else:
                console(stderr=True).print(f"skipped: {printable(one.theorem.node)}: it is {one.verdict.word}")
