"""Certificates as one Coq file: theorems about matrices that `coqc` closes with a checker of its own, proved sound."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from tptheory.certificates import checker, law_counts
from tptheory.errors import InvalidFileError, UnsupportedExpressionError
from tptheory.exporting.coq.induction import Induction
from tptheory.exporting.coq.reading import CertificateReading, CoqStatement, comment, remarks
from tptheory.exporting.coq.section import Section


def library() -> str:
    """Return the reflexive checker and the proof that it is sound, as Coq text.

    >>> "Theorem follows_sound" in library(), "Admitted" in library()
    (True, False)
    """
    return files(__package__).joinpath("reflection.v").read_text(encoding="utf-8")


def refusal(data: Any) -> str:
    """Return the reason why a certificate cannot be exported; empty if it can.

    Args:
        data: the certificate, as JSON has it.

    Raises:
        InvalidFileError: if the certificate is malformed, or of another format.
    """
    try:
        translated(data, "theorem")
    except UnsupportedExpressionError as error:
        return str(error)
    return ""


def exported(certificates: Mapping[str, Any], left_out: Mapping[str, str] | None = None) -> str:
    """Return one Coq file that proves what the certificates say.

    Its theorems are numbered, as are the letters in each; comments say what they are called elsewhere.

    Args:
        certificates: what to prove, by name, as JSON has it.
        left_out: what a comment says is not in the file, and why.

    Raises:
        UnsupportedExpressionError: if a certificate says what this export has no theorem for.
        InvalidFileError: if a certificate is malformed; whether one holds is for Coq to say.
    """
    lines, theorems = [library()], []
    for name, reason in (left_out or {}).items():
        lines.append(f"(* Not in this file: {comment(name)}: {comment(reason)} *)")
    for number, (name, data) in enumerate(certificates.items(), 1):
        title = data.get("title") if isinstance(data, dict) else None
        lines.append(f"(* {comment(name)}{f': {comment(title)}' if isinstance(title, str) else ''} *)")
        text, shown = translated(data, f"theorem{number}")
        lines += text
        theorems += shown
    uses = [f"  let _ := @{theorem} in" for theorem in theorems]
    end = ["Definition everything : True :=", *uses, "  I.", "Print Assumptions everything.", ""]
    return "\n".join([*lines, *end])


def translated(data: Any, name: str) -> tuple[list[str], list[str]]:
    """Return the Coq text of a certificate, and the names of its theorems; the last says all that it says."""
    if isinstance(data, dict) and data.get("format") == law_counts.FORMAT:
        raise UnsupportedExpressionError("A count of laws rests on ranks modulo a prime, which Coq is not given.")
    try:
        if not isinstance(data, dict) or data.get("method") != "all":
            return translated_part(data, name), [name]
        parts = checker.as_list(checker.as_fields(data, "a certificate", checker.ALL)["parts"], "parts")
        checker.require(data["format"] == checker.FORMAT, f"the format must be {checker.FORMAT}")
        checker.require(parts, "there is nothing to check")
        names = [f"{name}_part{i}" for i, _ in enumerate(parts, 1)]
        lines = [line for part, label in zip(parts, names, strict=True) for line in translated_part(part, label)]
        return [*lines, f"Definition {name} := {balanced([f'(@{label})' for label in names])}."], [*names, name]
    except UnsupportedExpressionError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise InvalidFileError(f"The certificate is malformed ({type(error).__name__}: {str(error)[:200]}).") from None


def translated_part(data: Any, name: str) -> list[str]:
    """Return the Coq text of a certificate without parts, or of a part of several."""
    checker.require(isinstance(data, dict), "a certificate must be an object")
    checker.require(data.get("method") != "all", "a part cannot have parts")
    checker.require(data.get("format") == checker.FORMAT, f"the format must be {checker.FORMAT}")
    method = data.get("method")
    if method == "induction":
        return Induction(data, name).lines()
    checker.require(isinstance(method, str) and method in checker.PROOFS, f"the method {str(method)[:40]!r} is unknown")
    fields = checker.PROOFS[str(method)]
    checker.as_fields(data, "a certificate", checker.STATEMENT | fields)
    reading = CertificateReading(checker.Names(data, checker.Work()))
    for letter in reading.names.letters:
        reading.letter(letter, None, "")
    hypotheses = [checker.as_zero(h, reading) for h in checker.as_list(data["hypotheses"], "hypotheses")]
    goal = checker.as_goal(data["goal"], reading)
    statement = CoqStatement(hypotheses, goal, remarks(data, len(hypotheses)))
    return Section(reading, statement, {key: data[key] for key in fields}, name).lines()


def balanced(proofs: list[str]) -> str:
    """Return the proof of a conjunction as a balanced tree, because Coq takes minutes for many nested ones.

    >>> balanced(["(g1)", "(g2)", "(g3)", "(g4)"])
    '(conj (conj (g1) (g2)) (conj (g3) (g4)))'
    """
    middle = len(proofs) // 2
    return f"(conj {balanced(proofs[:middle])} {balanced(proofs[middle:])})" if middle else proofs[0]
