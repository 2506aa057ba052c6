"""What a certificate states, as the checker reads it: what is assumed, and what is shown.

A certificate may come from anybody. So fields that the checker does not check are not shown here: no title, no reason,
and no remark about what a letter stands for. Names are those of the certificate, and no two of them look alike.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tptheory.certificates.checker import Goal, Index, Name, as_end, as_goal
from tptheory.certificates.reading import BOUND_INDEX, Reader
from tptheory.typesetting.names import BLANK, Symbol, Written, prose
from tptheory.typesetting.polynomials import Notation, equation, joined
from tptheory.typesetting.spelling import index_text, name_latex

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*[+*]?", re.ASCII)
"""The pattern of names that cannot be mistaken for anything else; other names stand in quotation marks."""

RESERVED = ("I", "tr", "rank")
"""Words of the notation itself; a letter with such a name stands in quotation marks."""


class ExactNotation(Notation):
    """A notation that writes letters by their names alone, so that no two look alike."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._codes = Counter(name_latex(text) for text in (*reader.names.letters, *reader.names.sizes))

    def symbol(self, key: Name) -> Symbol:
        """Write a name as it is spelled, in quotation marks if it looks like something else."""
        text, index = key[0], f"[{index_text(*key[1:])}]" if len(key) == 3 else ""
        plain = PLAIN.fullmatch(text) and text not in RESERVED
        shown = text if plain else json.dumps(text)
        if plain and self._codes[name_latex(text)] == 1:
            return Symbol(Written(shown + index, name_latex(text) + index))
        return Symbol(Written(shown + index, rf"\texttt{{{prose(json.dumps(text)).latex}}}" + index))


class Statement(NamedTuple):
    """What a certificate says: its letters with their shapes, what is assumed of them, and what is shown."""

    letters: list[Written]
    assumed: list[Written]
    shown: list[Written]
    depth: bool
    """Whether the statement is about networks of any depth L."""


def statement_text(data: dict[str, Any]) -> str:
    """Return in plain text what a certificate states; the checker must have accepted it.

    Raises:
        Refused: if it cannot be read.
    """
    said = []
    for statement in _statements(data):
        lines = [f"{_opening(statement).text}:"]
        if statement.assumed:
            lines += ["if", *_numbered(statement.assumed), "then"]
        shown = statement.shown
        said.append("\n".join([*lines, *(_numbered(shown) if len(shown) > 1 else [f"  {shown[0].text}"])]))
    return said[0] if len(said) == 1 else "\n\n".join(f"({n})\n{one}" for n, one in enumerate(said, 1))


def statement_latex(data: dict[str, Any]) -> str:
    """Return in LaTeX text mode what a certificate states; the checker must have accepted it.

    Raises:
        Refused: if it cannot be read.
    """
    said = []
    for statement in _statements(data):
        given = f" if {_listed(statement.assumed)}, then" if statement.assumed else ""
        said.append(f"{_opening(statement).latex}:{given} {_listed(statement.shown)}.")
    return said[0] if len(said) == 1 else "\n\n".join(f"({n}) {one}" for n, one in enumerate(said, 1))


def _numbered(items: list[Written]) -> list[str]:
    return [f"  ({n}) {item.text}" for n, item in enumerate(items, 1)]


def _listed(items: list[Written]) -> str:
    *most, last = [item.latex for item in items]
    return f"{'; '.join(most)}; and {last}" if most else last


def _opening(statement: Statement) -> Written:
    """Write the opening words of a statement, which name its letters: ``For all sizes and all real ...``."""
    letters = BLANK
    for n, letter in enumerate(statement.letters):
        letters += prose(", " if n else "") + letter
    whole = prose("For every depth ") + _mathematics("L", "L") + prose(", all") if statement.depth else prose("For all")
    return whole + prose(" sizes and all real ") + letters if statement.letters else whole + prose(" sizes")


def _mathematics(text: str, code: str) -> Written:
    return Written(text, f"${code}$")


def _statements(data: dict[str, Any]) -> Iterator[Statement]:
    """Run through the statements of a certificate, one for each part."""
    for part in data["parts"] if data["method"] == "all" else [data]:
        reader = Reader(part)
        notation = ExactNotation(reader)
        induction = part["method"] == "induction"
        assumed = []
        for law in part["hypotheses"]:
            at, where = _range(law) if induction else (None, BLANK)
            assumed.append(equation(notation.terms(reader.polynomial(law["zero"], at))) + where)
        shown = []
        for theorem in part["theorems"] if induction else [part]:
            at, where = _range(theorem) if induction else (None, BLANK)
            shown.append(_goal(notation, as_goal(theorem["goal"], reader.algebra, at, "L")) + where)
        yield Statement(list(_letters(notation)), assumed, shown, induction)


def _goal(notation: Notation, goal: Goal) -> Written:
    """Write the goal of a statement."""
    terms = notation.terms(notation.reader.normal(goal.polynomial))
    if goal.kind == "zero":
        return equation(terms) if terms else equation(terms) + prose(", for all terms of the goal cancel")
    body = joined(terms)
    if goal.kind == "nonpositive":
        return _mathematics(f"{body.text} <= 0", rf"{body.latex} \le 0")
    rank = Written(f"rank({body.text})", rf"\operatorname{{rank}}({body.latex})")
    if isinstance(goal.bound, int) or isinstance(goal.bound[0], str):
        bound = notation.size(goal.bound)
    else:
        inner = joined(notation.terms(notation.reader.normal(goal.bound)))
        bound = Written(f"rank({inner.text})", rf"\operatorname{{rank}}({inner.latex})")
    return _mathematics(f"{rank.text} <= {bound.text}", rf"{rank.latex} \le {bound.latex}")


def _range(law: dict[str, Any]) -> tuple[Index, Written]:
    """Return the index at which to read a law, and the words for its range; a range of one index needs no words."""
    first, last = as_end(law["from"]), as_end(law["to"])
    if first is not None and first == last:
        return first, BLANK
    whole = prose(", for every ") + _mathematics("k", "k")
    for word, end in ((" from ", first), (" to ", last)):
        if end is not None:
            whole += prose(word) + _mathematics(index_text(*end), index_text(*end))
    return BOUND_INDEX, whole


def _letters(notation: Notation) -> Iterator[Written]:
    """Write the letters that stand somewhere in a statement, with their shapes, in the order of their declaration."""
    reader = notation.reader
    used = {key[0] for key, _ in reader.algebra.numbers}
    for text, shape in reader.names.letters.items():
        if text not in used:
            continue
        at = BOUND_INDEX if text in reader.names.indexed else None
        letter = notation.symbol((text, *at) if at else (text,)).written()
        if not shape:
            yield _mathematics(*letter) + prose(" (a number)")
            continue
        rows, columns = (notation.size(reader.names.size(size, at, "L")) for size in shape[:2])
        yield (
            _mathematics(*letter)
            + prose(" (")
            + _mathematics(f"{rows.text} x {columns.text}", rf"{rows.latex} \times {columns.latex}")
            + prose(", symmetric)" if len(shape) == 3 else ")")
        )
