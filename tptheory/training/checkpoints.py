"""Checkpoints: files from which a run is resumed bit for bit.

The file is a safetensors file: arrays by name, no code. One of them, ``facts``, is JSON in UTF-8; another, ``sha256``,
is the digest of all the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tptheory.errors import InvalidFileError, complain
from tptheory.files import read_whole, write_named
from tptheory.training.data import Array

FORMAT = "tptheory-checkpoint/1"
"""The name of the format, which every checkpoint holds."""
MOST_BYTES = 2**30
"""The most bytes that a checkpoint may have: 1 GiB."""

_MEND = "Name another file, or train anew without it."


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The description of a run (``config``) and how far it is (``progress``), both JSON, and its arrays by name."""

    config: dict[str, Any]
    progress: dict[str, Any]
    arrays: dict[str, Array]


def write_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Write a checkpoint atomically: at every moment ``path`` holds the old checkpoint or the new one, as a whole.

    Raises:
        InvalidValueError: if the file cannot be written.
    """
    from safetensors.numpy import save

    path = Path(path)
    facts = {"format": FORMAT, "config": checkpoint.config, "progress": checkpoint.progress}
    arrays = {f"array_{name}": np.array(array, order="C") for name, array in checkpoint.arrays.items()}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    arrays["sha256"] = np.frombuffer(_digest(arrays), np.uint8)
    write_named("checkpoint", path, save(arrays))


def read_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Return what `write_checkpoint` wrote; the file is left as it is.

    Raises:
        InvalidFileError: if the file is no checkpoint, torn, changed, or larger than `MOST_BYTES`.
    """
    path = Path(path)
    arrays = _arrays(path)
    facts, digest = (arrays.pop(name, np.zeros(0)) for name in ("facts", "sha256"))
    if facts.dtype != np.uint8 or digest.dtype != np.uint8 or digest.tobytes() != _digest(arrays | {"facts": facts}):
        raise InvalidFileError(complain(path.name, "a whole checkpoint", "one whose SHA-256 does not match", _MEND))
    content = _content(path.name, facts.tobytes())
    named = {name.removeprefix("array_"): array for name, array in arrays.items()}
    return Checkpoint(content["config"], content["progress"], named)


def _content(name: str, facts: bytes) -> dict[str, Any]:
    """Read the JSON of a checkpoint, which must hold a config and how far the run is."""
    try:
        content = json.loads(facts)
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(complain(name, "a checkpoint with JSON facts", str(error), _MEND)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        came = content.get("format") if isinstance(content, dict) else content
        raise InvalidFileError(complain(name, f"a checkpoint of format {FORMAT}", came, _MEND))
    if not all(isinstance(content.get(key), dict) for key in ("config", "progress")):
        raise InvalidFileError(complain(name, "a checkpoint with config and progress", sorted(content), _MEND))
    return content


def check_same_run(path: str | os.PathLike[str], checkpoint: Checkpoint, config: Mapping[str, Any]) -> None:
    """Refuse a checkpoint of another run.

    Raises:
        InvalidFileError: if its config differs from ``config``; the error says where.
    """
    theirs = checkpoint.config
    differing = [key for key in {**config, **theirs} if theirs.get(key) != config.get(key)]
    if differing:
        came = ", ".join(f"{key} {theirs.get(key)!r} for {config.get(key)!r}" for key in differing[:4])
        mend = "Give the options that it was made with, or name another file."
        raise InvalidFileError(complain(Path(path).name, "a checkpoint of this run", came, mend))


def check_arrays(path: str | os.PathLike[str], checkpoint: Checkpoint, expected: Mapping[str, Array]) -> None:
    """Refuse a checkpoint whose arrays are not named and shaped as ``expected``.

    Raises:
        InvalidFileError: if a name, a shape or a dtype differs.
    """
    theirs, ours = ({k: (A.shape, str(A.dtype)) for k, A in d.items()} for d in (checkpoint.arrays, expected))
    wrong = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
    if wrong:
        came = f"{wrong[0]} is {theirs.get(wrong[0], 'missing')} for {ours.get(wrong[0], 'nothing')}"
        raise InvalidFileError(complain(Path(path).name, "a checkpoint of this net", came, _MEND))


def _arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of a safetensors file, by name."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = read_whole(path, MOST_BYTES, argument="checkpoint", what="checkpoint")
    try:
        return {name: array.copy() for name, array in load(data).items()}
    except (SafetensorError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidFileError(complain(path.name, "a whole checkpoint", str(error)[:200], _MEND)) from error


def _digest(arrays: Mapping[str, Array]) -> bytes:
    """Return the SHA-256 of names, dtypes, shapes and bytes, in the order of names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.digest()
