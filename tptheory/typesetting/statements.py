"""What a certificate states, as the checker reads it: what is assumed, and what is shown.

A certificate may come from anybody. So fields that the checker does not check are not shown here: no title, no reason,
and no remark about what a letter stands for. Names are those of the certificate, and no two of them look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tptheory.certificates.checker import Goal, Index, Name, as_end, as_goal, index_text
from tptheory.certificates.reading import BOUND_INDEX, Reader
from tptheory.typesetting.names import Symbol, Written
from tptheory.typesetting.polynomials import Notation, equation, joined

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*[+*]?", re.ASCII)
"""The pattern of names that cannot be mistaken for anything else; other names stand in quotation marks."""

RESERVED = ("I", "tr", "rank")
"""Words of the notation itself; a letter with such a name stands in quotation marks."""


class ExactNotation(Notation):
    """A notation in plain text that writes letters by their names alone, so that no two look alike."""

    def symbol(self, key: Name) -> Symbol:
        """Write a name as it is spelled, in quotation marks if it looks like something else."""
        name = key[0] if PLAIN.fullmatch(key[0]) and key[0] not in RESERVED else json.dumps(key[0])
        text = f"{name}[{index_text(*key[1:])}]" if len(key) == 3 else name
        return Symbol(Written(text, text))


def statement_text(data: dict[str, Any]) -> str:
    """Return in plain text what a certificate states; the checker must have accepted it.

    Raises:
        Refused: if it cannot be read.
    """
    parts = data["parts"] if data["method"] == "all" else [data]
    said = list(map(_statement, parts))
    return said[0] if len(said) == 1 else "\n\n".join(f"({n})\n{one}" for n, one in enumerate(said, 1))


def _statement(part: dict[str, Any]) -> str:
    """Write the statement of one part: its letters with their shapes, what is assumed of them, and what is shown."""
    notation = ExactNotation(Reader(part))
    reader, induction = notation.reader, part["method"] == "induction"
    assumed = []
    for law in part["hypotheses"]:
        at, where = _range(law) if induction else (None, "")
        assumed.append(equation(notation.terms(reader.polynomial(law["zero"], at))).text + where)
    shown = []
    for theorem in part["theorems"] if induction else [part]:
        at, where = _range(theorem) if induction else (None, "")
        shown.append(_goal(notation, as_goal(theorem["goal"], reader.algebra, at, "L")) + where)
    letters = ", ".join(_letters(notation))
    opening = "For every depth L, all sizes" if induction else "For all sizes"
    lines = [f"{opening} and all real {letters}:" if letters else f"{opening}:"]
    if assumed:
        lines += ["if", *_numbered(assumed), "then"]
    return "\n".join([*lines, *(_numbered(shown) if len(shown) > 1 else [f"  {shown[0]}"])])


def _numbered(items: list[str]) -> list[str]:
    return [f"  ({n}) {item}" for n, item in enumerate(items, 1)]


def _goal(notation: Notation, goal: Goal) -> str:
    """Write the goal of a statement."""
    terms = notation.terms(notation.reader.normal(goal.polynomial))
    if goal.kind == "zero":
        return equation(terms).text if terms else f"{equation(terms).text}, for all terms of the goal cancel"
    body = joined(terms).text
    if goal.kind == "nonpositive":
        return f"{body} <= 0"
    if isinstance(goal.bound, int) or isinstance(goal.bound[0], str):
        return f"rank({body}) <= {notation.size(goal.bound).text}"
    return f"rank({body}) <= rank({joined(notation.terms(notation.reader.normal(goal.bound))).text})"


def _range(law: dict[str, Any]) -> tuple[Index, str]:
    """Return the index at which to read a law, and the words for its range; a range of one index needs no words."""
    first, last = as_end(law["from"]), as_end(law["to"])
    if first is not None and first == last:
        return first, ""
    ends = [f" {word} {index_text(*end)}" for word, end in (("from", first), ("to", last)) if end is not None]
    return BOUND_INDEX, "".join([", for every k", *ends])


def _letters(notation: Notation) -> Iterator[str]:
    """Write the letters that stand somewhere in a statement, with their shapes, in the order of their declaration."""
    reader = notation.reader
    used = {key[0] for key, _ in reader.algebra.numbers}
    for text, shape in reader.names.letters.items():
        if text not in used:
            continue
        at = BOUND_INDEX if text in reader.names.indexed else None
        letter = notation.symbol((text, *at) if at else (text,)).written().text
        if not shape:
            yield f"{letter} (a number)"
            continue
        rows, columns = (notation.size(reader.names.size(size, at, "L")).text for size in shape[:2])
        yield f"{letter} ({rows} x {columns}{', symmetric' if len(shape) == 3 else ''})"
