"""The letters that a proof has beside those of its claim, in words: columns, roots, and sums over the layers."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

from tptheory.certificates.checker import Index
from tptheory.certificates.reading import MALFORMED
from tptheory.typesetting.names import BLANK, Written, number, prose
from tptheory.typesetting.polynomials import Notation, Remark, joined


def letters_brought_in(notation: Notation, meanings: Any) -> Written:
    """Say what the letters are that a proof has beside those of its claim.

    They are any column, roots of matrices, and roots of sums of squares over the layers.
    """
    names, said = notation.reader.names, []
    for name, remark in sorted(meanings.items()) if isinstance(meanings, dict) else ():
        if not isinstance(remark, dict) or name not in names.letters:
            continue
        if "sum of squares" in remark:
            with suppress(*MALFORMED):
                said += _sum_over_layers(notation, name, *remark["sum of squares"])
        if not names.letters[name] or name in names.indexed:
            continue
        symbol = notation.symbol((name,)).written()
        with suppress(*MALFORMED):
            if "direction" in remark:
                said.append(symbol.within_words() + prose(" is any column"))
            elif "principal root" in remark:
                whole = Remark(notation, (name,), remark).written("principal root")
                said.append(symbol.within_words() + prose(" is the symmetric root of ") + whole.within_words())
            elif "root" in remark:
                square = Written(f"{symbol.text} {symbol.text}'", rf"{symbol.latex} {symbol.latex}^{{\top}}")
                whole = Remark(notation, (name,), remark).written("root")
                said.append(square.within_words() + prose(" is ") + whole.within_words())
    return prose("Here ") + prose(", and ").between(said) + prose(".") if said else BLANK


def _sum_over_layers(
    notation: Notation, name: str, direction: str, first: list[Any], last: list[Any], begins: Any, adds: Any
) -> list[Written]:
    """Say of which squares a letter is the root: where their sum begins, and what each layer adds to it."""

    def square_at(base: str, offset: int) -> Written:
        symbol = notation.symbol((name, base, offset)).written()
        return Written(f"{symbol.text}^2", f"{symbol.latex}^{{2}}")

    def equals(square: Written, parts: list[Written]) -> Written:
        return (square + Written(" = ", " = ") + Written(" + ", " + ").between(parts or [number("0")])).within_words()

    start, before = (first, -1) if direction == "up" else (last, 1)
    beginning = equals(square_at(*start), weighted_squares(notation, begins))
    return [beginning, equals(square_at("l", 0), [square_at("l", before), *weighted_squares(notation, adds, ("l", 0))])]


def weighted_squares(notation: Notation, squares: list[Any], at: Index | None = None) -> list[Written]:
    """Write squared norms with their weights, of polynomials at an index where one is given."""
    written = []
    for weight, Q in squares:
        body = joined(notation.terms(notation.reader.polynomial(Q, at)))
        norm = Written(f"|{body.text}|^2", rf"\lvert {body.latex} \rvert^{{2}}")
        factor = BLANK if Fraction(weight) == 1 else number(str(Fraction(weight))) + Written(" ", " ")
        written.append(factor + norm)
    return written
