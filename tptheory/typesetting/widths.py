"""Estimate how wide text and mathematics are, and break a sum that is too wide for one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tptheory.typesetting.polynomials import Term

SIZES: Mapping[str, float] = {"W": 10.5, "+": 13, "-": 13, "=": 15, "(": 4.5, ")": 4.5, " ": 0, "I": 5, r"\top": 9.5}
SILENT = {r"\operatorname", r"\mathbf", r"\mathrm", r"\dot", r"\hat", r"\bar", r"\tfrac", r"\left", r"\right"}


def width(code: str) -> float:
    """Estimate how wide LaTeX mathematics is, in points of an 11 point font."""
    total, depth = 0.0, 0
    raised: list[int] = []
    for piece in re.findall(r"\\[a-zA-Z]+|\\.|.", code):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth -= 1
            raised = [d for d in raised if d <= depth]
        elif piece in "^_":
            raised.append(depth + 1)
        elif piece not in SILENT:
            size = SIZES.get(piece, 9.5 if piece.isupper() else 6)
            total += min(size, 9.5) * 0.74 if raised else size
    return total


def broken_into_rows(terms: tuple[Term, ...], form: int, measure: Callable[[str], float], room: float) -> list[str]:
    """Break a sum into rows at its signs, and a term that is too long for a row between its factors.

    Args:
        terms: the terms of the sum.
        form: 0 for plain text, 1 for LaTeX.
        measure: how wide a text is.
        room: how wide a row may be.
    """
    rows = [""]
    for term in terms:
        sign = term.sign if term.sign == "-" or rows != [""] else ""
        words = [factor[form] for factor in term.factors]
        words[0] = f"{sign} {words[0]}".strip()
        whole = " ".join(words)
        pieces = [whole] if measure(whole) <= room else words
        for n, piece in enumerate(pieces):
            if rows[-1] and measure(f"{rows[-1]} {piece}") > room:
                rows.append(piece if n == 0 or not form else rf"\cdot {piece}")
            else:
                rows[-1] = f"{rows[-1]} {piece}".strip()
    return rows if rows != [""] else ["0"]
