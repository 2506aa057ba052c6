"""A small table, which shows itself as text, as HTML, and as LaTeX; whatever it holds is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from numbers import Integral, Real
from typing import Any, NamedTuple

from sympy import Basic

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.html_math import html_of
from tptheory.typesetting.names import visible
from tptheory.typesetting.spelling import one_line

STYLE = "border-collapse:collapse"
CAPTION = "text-align:left;font-weight:bold;width:max-content;max-width:50em"
CELL = "text-align:left;padding:0.15em 0.8em 0.15em 0"
"""The styles of a table, of its caption, which may be wider, and of its cells; no page around them changes them."""
A_FEW = 6
"""How many of many rows are shown."""


class Sentence(NamedTuple):
    """Words with mathematics in them, which were written, and escaped, for each kind of page."""

    text: str
    html: str
    latex: str


@dataclass(frozen=True)
class Table:
    """Rows of cells under a caption.

    A cell is text, a number, true or false, a SymPy expression, a `Sentence`, or None where there is nothing to say.

    >>> print(Table("two numbers", [("a", 1 / 3), ("b", None)]).text())
    two numbers
      a  0.333333
      b  -
    """

    caption: str
    rows: Sequence[Sequence[Any]]
    header: Sequence[str] = ()

    def text(self) -> str:
        """Return lines of text, the columns aligned."""
        rows = [self.header, *self.rows] if self.header else self.rows
        lines = [[visible(_text(cell)) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in lines)
        return "\n".join([visible(self.caption), *(f"  {line}".rstrip() for line in aligned)])

    def html(self) -> str:
        """Return a ``<table>`` that fetches nothing and runs nothing."""
        head = "".join(f'<th style="{CELL}">{escape(text)}</th>' for text in self.header)
        body = ["".join(f'<td style="{CELL}">{_html(cell)}</td>' for cell in row) for row in self.rows]
        rows = "".join(f"<tr>{cells}</tr>" for cells in ([head] if head else []) + body)
        caption = f'<caption style="{CAPTION}">{escape(self.caption)}</caption>'
        return f'<table style="{STYLE}">{caption}<tbody>{rows}</tbody></table>'

    def latex(self) -> str:
        """Return a ``tabular`` under the caption, in LaTeX for text mode."""
        rows = [[tex_escaped(text) for text in self.header]] if self.header else []
        rows += [list(map(_latex, row)) for row in self.rows]
        columns = "l" * max(map(len, rows), default=1)
        lines = "".join(f"{' & '.join(row)} \\\\\n" for row in rows)
        return f"{tex_escaped(self.caption)}\n\n\\begin{{tabular}}{{{columns}}}\n{lines}\\end{{tabular}}"


def _text(cell: Any) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Sentence):
        return cell.text
    if isinstance(cell, Basic):
        return one_line(cell)
    if isinstance(cell, Real) and not isinstance(cell, Integral | Fraction):
        return f"{float(cell):.6g}"
    return str(cell)


def _html(cell: Any) -> str:
    if isinstance(cell, Sentence):
        return cell.html
    return html_of(cell) if isinstance(cell, Basic) else escape(visible(_text(cell)))


def _latex(cell: Any) -> str:
    if isinstance(cell, Basic):
        return f"${latex_of(cell)}$"
    return cell.latex if isinstance(cell, Sentence) else tex_escaped(_text(cell))


class ShownAsTable:
    """Show an object as the small table that it gives: printed, and in a notebook; its ``repr`` stays one line."""

    def table(self) -> Table:
        """Return the table."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Return the table as text."""
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()

    def _repr_latex_(self) -> str | None:
        return self.table().latex()


def a_few(count: int) -> list[int]:
    """Return at most `A_FEW` of the numbers ``0..count - 1``, evenly spaced, the first and the last among them.

    >>> a_few(3), a_few(101)
    ([0, 1, 2], [0, 20, 40, 60, 80, 100])
    """
    return sorted({round(i * (count - 1) / (A_FEW - 1)) for i in range(A_FEW)}) if count else []
