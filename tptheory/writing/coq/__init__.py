"""Certificates as one Coq file: theorems about matrices that `coqc` closes with a checker of its own, proved sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from tptheory.errors import InvalidFileError, UnsupportedExpressionError
from tptheory.proving.certificate import Certificate
from tptheory.writing.coq.induction import Induction
from tptheory.writing.coq.reading import comment, named
from tptheory.writing.coq.section import Section
from tptheory.writing.coq.text import halved

SCOPE = "Local Open Scope ring_scope."


def library() -> str:
    """Return the reflexive checker and the proof that it is sound, as Coq text.

    >>> "Theorem follows_sound" in library(), "Admitted" in library()
    (True, False)
    """
    return files(__package__).joinpath("reflection.v").read_text(encoding="utf-8")


def refusal(certificate: Certificate) -> str:
    """Return why a certificate is not exported, or nothing if it is.

    Raises:
        InvalidFileError: if the certificate is malformed.
    """
    try:
        for part in alone(certificate.data):
            translated(part, "theorem", frozenset())
    except UnsupportedExpressionError as error:
        return str(error)
    return ""


def exported(certificates: Mapping[str, Certificate], left_out: Mapping[str, str] | None = None) -> str:
    """Return one Coq file that proves what the certificates say, by their names.

    Args:
        certificates: what to prove.
        left_out: what a comment says is not in the file, and why.

    Raises:
        UnsupportedExpressionError: if a certificate says what this export has no theorem for.
        InvalidFileError: if a certificate is malformed; whether one holds is for Coq to say.
    """
    text = library()
    said = [f"(* Not in this file: {comment(name)}: {comment(reason)} *)" for name, reason in (left_out or {}).items()]
    taken = frozenset(re.findall(r"\w+", text)) - frozenset("ABZnmpqstuvwxyzabcefghij")
    lines, theorems = [text, *said], []
    for certificate, name in zip(certificates.values(), named(certificates, taken).values(), strict=True):
        lines.append(f"(* {comment(certificate.theorem)} *)")
        for number, part in enumerate(alone(certificate.data), 1):
            title = f"{name}_{number}"
            lines += translated(part, title, taken)
            theorems.append(title)
        if number > 1:
            parts = [f"(@{name}_{i})" for i in range(1, number + 1)]
            lines.append(f"Definition {name}_all := {halved(parts)}.")
            theorems.append(f"{name}_all")
    uses = [f"  let _ := @{theorem} in" for theorem in theorems]
    end = ["Definition everything : True :=", *uses, "  I.", "Print Assumptions everything.", ""]
    return "\n".join([*lines, *end])


def translated(part: dict[str, Any], title: str, taken: frozenset[str]) -> list[str]:
    """Return the Coq section of a part."""
    try:
        return (Induction if part["method"] == "induction" else Section)(part, title, taken).lines()
    except UnsupportedExpressionError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise InvalidFileError(f"The certificate is malformed ({type(error).__name__}: {error}).") from None


def alone(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the parts of "all"."""
    if data.get("method") == "all":
        for part in data["parts"]:
            yield from alone(part)
    else:
        yield data
