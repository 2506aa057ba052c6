"""What an older report in the same folder says that it wrote: the evidence that a newer one may remove."""

from __future__ import annotations

import json
from pathlib import Path

from tptheory.errors import InvalidFileError
from tptheory.files import read_whole

LARGEST = 2**26
"""The most bytes of an older ``report.json`` that are read: 64 MiB."""
_FIELDS = {"certificate": "certificates", "counterexample_file": "counterexamples"}
"""By the field of a theorem in ``report.json``, the folder of the file that it names."""


def listed_evidence(folder: Path) -> list[Path]:
    """Return the certificates and counterexamples that the report in a folder lists, relative to that folder.

    Nothing is returned where there is no report, or one that cannot be read: all files are then strangers'.
    """
    try:
        theorems = json.loads(read_whole(folder / "report.json", LARGEST))["theorems"]
        named = [(kind, theorem.get(field)) for theorem in theorems for field, kind in _FIELDS.items()]
    except (InvalidFileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    paths = [Path(name) for kind, name in named if isinstance(name, str) and name.startswith(f"{kind}/")]
    return [path for path in paths if len(path.parts) == 2 and ".." not in path.parts]
