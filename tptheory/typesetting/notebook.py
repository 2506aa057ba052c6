r"""What a notebook shows as a page that is offline: the LaTeX that an object gives for it, as plain HTML.

An exported page has no MathJax offline, and no style of ours; so the mathematics is letters, and the
brackets of a matrix are its own borders.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from tptheory.typesetting.html_math import html_math, html_words
from tptheory.typesetting.inline_math import NotMathematics

_MATRIX = (
    '<table style="display:inline-table;width:auto;margin:0 0.2em;vertical-align:middle;border-collapse:collapse;'
    'border-left:1px solid;border-right:1px solid">'
)
_ALIGNED = re.compile(r"^\\displaystyle \\begin\{aligned\} (.*) \\end\{aligned\}$", re.DOTALL)
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def notebook_html(code: str) -> str:
    r"""Return what a notebook shows as Markdown with ``$mathematics$``, as HTML: bold words, paragraphs, mathematics.

    >>> notebook_html(r"**Proved:** $W_{2} = 0$.")
    '<p><b>Proved:</b> <i>W</i>₂\xa0=\xa00.</p>'
    """
    if code.startswith("$") and (rows := _ALIGNED.match(code.strip("$"))):
        lines = (line.split("&") for line in rows[1].split(r" \\ "))
        return "".join(f"<p>{' '.join(html_math(cell.strip()) for cell in line if cell.strip())}</p>" for line in lines)
    return "".join(f"<p>{_paragraph(block)}</p>" for block in code.split("\n\n"))


def _paragraph(block: str) -> str:
    """Return one paragraph; what is no mathematics after all is shown as it is written."""
    try:
        pieces = (html_words(piece) for piece in _BOLD.split(block))
        html = "".join(f"<b>{piece}</b>" if i % 2 else piece for i, piece in enumerate(pieces))
    except NotMathematics:
        return f"<code>{escape(block)}</code>"
    return html.replace("<table>", _MATRIX)


def math_mode(code: str) -> str:
    r"""Return what a notebook shows as Markdown or LaTeX, with ``$mathematics$`` in it, as LaTeX for math mode.

    >>> math_mode("$x = y$"), math_mode("If $x = y$, **then** $y = x$.")
    ('x = y', '\\text{If $x = y$, \\textbf{then} $y = x$.}')
    """
    if code.startswith("$") and code.endswith("$") and code.count("$") == 2:
        return code.strip("$").removeprefix(r"\displaystyle ")
    bold = _BOLD.sub(r"\\textbf{\1}", code)
    lines = [rf"\text{{{block}}}" for block in bold.split("\n\n")]
    rows = r" \\ ".join(lines)
    return rows if len(lines) == 1 else rf"\begin{{gathered}} {rows} \end{{gathered}}"


class ShownAsMathematics:
    """Show an object as HTML in a notebook, and in LaTeX by SymPy's ``latex``, from its own Markdown or LaTeX."""

    def _latex(self, printer: Any, **settings: Any) -> str:
        """Return the object for SymPy's LaTeX printer, in math mode; one that shows no mathematics by its code."""
        code = self._shown_code()
        return str(printer.emptyPrinter(self)) if code is None else math_mode(code)

    def _shown_code(self) -> str | None:
        """Return what a notebook shows, as Markdown, or else as LaTeX; None if there is neither."""
        names = [name for name in ("_repr_markdown_", "_repr_latex_") if hasattr(self, name)]
        return getattr(self, names[0])() if names else None

    def _repr_html_(self) -> str | None:
        code = self._shown_code()
        return None if code is None else notebook_html(code)
