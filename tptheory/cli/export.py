"""The commands that hand proofs to other systems: export coq."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer

from tptheory.certificates import checker, law_counts
from tptheory.cli.evidence_files import is_counterexample, loaded
from tptheory.cli.options import OutFile, Seconds, check_out
from tptheory.cli.shell import PROVED, UNDECIDED, app, console, print_or_write, printable, tell_fault
from tptheory.cli.theorems import collected
from tptheory.errors import InvalidFileError, UnsupportedExpressionError, complain

export = typer.Typer(no_args_is_help=True, help="Hand proofs to other systems.")
app.add_typer(export, name="export")

CERTIFICATES = (checker.FORMAT, law_counts.FORMAT)
"""The formats of certificates."""


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
    stderr and in the file, as is a count of laws; a counterexample is named on stderr, and left out. Verdicts that are
    stored beside theorems are checked again, others are searched for. Theorem files are Python and are run: name only
    files that you trust.

    Exit status: 0 everything is in the file; 2 a file that is no certificate was named; 3 something is not in the file,
    and was named.
    """
    from tptheory.exporting.coq import exported, refusal

    check_out(out)
    named: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for where, stem, data in _certificates(targets, seconds):
        name = _unlike(stem, named.keys() | left_out.keys())
        try:
            why = refusal(data)
        except InvalidFileError as error:
            tell_fault(f"{where!r} is not exported: {error}")
            continue
        if why:
            left_out[name] = why
            console(stderr=True).print(f"not exported: {printable(where)}: {printable(why)}")
        else:
            named[name] = data
    if not named:
        raise UnsupportedExpressionError("There is nothing here that can be exported to Coq.")
    print_or_write(exported(named, left_out), out)
    raise typer.Exit(UNDECIDED if left_out else PROVED)


def _unlike(stem: str, taken: Collection[str]) -> str:
    """Return a name for a certificate, with a number where several have one.

    >>> _unlike("a", {"a", "a_2"})
    'a_3'
    """
    return next(name for n in count(1) if (name := stem if n == 1 else f"{stem}_{n}") not in taken)


def _certificates(targets: Sequence[str], seconds: float) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield where each certificate is, its name, and its JSON; of theorems, those that are proved."""
    from tptheory.deciding.library import settling
    from tptheory.deciding.verdicts import Proved

    files = [target for target in targets if target.endswith(".json")]
    for path, found in loaded([Path(target) for target in files]).items():
        if is_counterexample(found):
            console(stderr=True).print(f"skipped: {printable(str(path))}: it is a counterexample, and proves nothing")
        elif found.data.get("format") not in CERTIFICATES:
            tell_fault(complain(str(path), f"a certificate, of the format {CERTIFICATES[0]}", found.data.get("format")))
        else:
            yield str(path), path.stem, found.data
    others = [target for target in targets if target not in files]
    theorems = collected(others) if others else {}
    with settling(list(theorems.values()), seconds) as results:
        for node, one in zip(theorems, results, strict=True):
            if isinstance(one.verdict, Proved):
                yield node, f"{one.theorem.path.stem}.{one.theorem.name}", one.verdict.certificate.data
            else:
                console(stderr=True).print(f"skipped: {printable(node)}: it is {one.verdict.word}")
