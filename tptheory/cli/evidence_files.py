"""The files that certificates lie in, as the commands that read them share it: check, and export coq."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tptheory.cli.shell import WRONG_INPUT, tell_fault
from tptheory.errors import InvalidFileError

if TYPE_CHECKING:
    from tptheory.proving.certificate import Certificate


def loaded(paths: Sequence[Path]) -> dict[Path, Certificate]:
    """Return what the files hold, counterexamples too, by path.

    A file that cannot be read, or that holds no JSON object, is told in one line and left out; the command then ends
    with the status of wrong input.

    Raises:
        Exit: if nothing is left.
    """
    from tptheory.proving.certificate import Certificate

    found: dict[Path, Certificate] = {}
    for path in paths:
        try:
            found[path] = Certificate.load(path)
        except InvalidFileError as error:
            tell_fault(str(error))
    if paths and not found:
        raise typer.Exit(WRONG_INPUT)
    return found


def is_counterexample(found: Certificate) -> bool:
    """Whether a file holds a counterexample, which `prove --store` keeps beside certificates, and no certificate."""
    from tptheory.deciding.stored_verdicts import FORMAT

    return found.data.get("format") == FORMAT
