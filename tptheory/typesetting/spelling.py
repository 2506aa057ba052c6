"""How expressions are written as text, and how names and the members of sequences are written in LaTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sympy import Basic, MatMul, MatrixExpr, Symbol, latex
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from tptheory.typesetting.escaping import tex_escaped

GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", re.ASCII)
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u20d7",
        ["grave", "acute", "hat", "tilde", "bar", "breve", "dot", "ddot", "check", "vec"],
        strict=True,
    )
)

PRODUCTS = ("Up", "Down")
"""The names of the products of the weights up to a layer, and from the last layer down to one."""


def split_name(name: str) -> tuple[str, str, bool]:
    """Take a name such as ``M_tp_dot`` apart: its letter, its superscript, and whether it is a time derivative.

    >>> split_name("M_tp_dot")
    ('M', 'tp', True)
    """
    letter, *marks = name.split("_")
    return letter, ", ".join(mark for mark in marks if mark != "dot"), "dot" in marks


@lru_cache(maxsize=4096)
def name_latex(text: str, escape: Callable[[str], str] = tex_escaped) -> str:
    r"""Return the LaTeX of a name: SymPy's where it is a word, else its letters as text; it always compiles.

    Greek letters, accents and lowered digits are replaced by SymPy's names for them.

    Args:
        text: the name.
        escape: how the characters of a name that is no word are written, within ``\text``.

    >>> name_latex("λ₁"), name_latex("Ŵ_2"), name_latex("A+")
    ('\\lambda_{1}', '\\hat{W}_{2}', '\\text{A+}')
    """
    spelled = ""
    for c in unicodedata.normalize("NFD", text):
        kind = unicodedata.name(c, "")
        spelled += "_" if kind.startswith("SUBSCRIPT") and "_" not in spelled else ""
        spelled += _spelled(c, kind)
    if WORD.fullmatch(spelled):
        return str(latex(Symbol(spelled)))
    letter, _, below = text.partition("_")
    code = rf"\text{{{escape(letter)}}}" if letter else "{}"
    return code + (rf"_{{\text{{{escape(below)}}}}}" if below else "")


def _spelled(c: str, kind: str) -> str:
    """Return how SymPy spells a character in a name, by what Unicode calls it."""
    if match := GREEK.fullmatch(kind):
        letter = match[2].lower().replace("lamda", "lambda")
        return letter if match[1] == "SMALL" else letter.capitalize()
    return unicodedata.normalize("NFKD", c) if kind.startswith("SUBSCRIPT") else ACCENTS.get(c, c)


def grouped(code: str) -> str:
    """Put LaTeX into a group; an empty group is added after an accented letter, since TeX would open the group."""
    return f"{{{code}{{}}}}" if code.startswith("\\") else f"{{{code}}}"


def member_latex(name: str, index: str, top: str = "L", escape: Callable[[str], str] = tex_escaped) -> str:
    r"""Return the LaTeX of a member of a sequence; the products of a network are written out, down from ``top``.

    Args:
        name: the name of the sequence.
        index: the LaTeX of the index.
        top: the LaTeX of the last index.
        escape: how characters that are no LaTeX are written, within ``\text``.

    >>> member_latex("M_tp", "l"), member_latex("x_dot", "l-1"), member_latex("Up", "l")
    ('M^{\\mathrm{tp}}_{l}', '\\dot{x}_{l-1}', '(W_{l} \\cdots W_{1})')
    """
    letter, above, dotted = split_name(name)
    plain = above.isascii() and above.isalnum()
    raised = rf"\mathrm{{{above}}}" if plain else rf"\text{{{escape(above)}}}" if above else ""
    if letter in PRODUCTS:
        first, last = (index, "1") if letter == "Up" else (top, index)
        marks = r"\,".join([*([r"\cdot"] if dotted else []), *([raised] if raised else [])])
        return rf"(W_{{{first}}} \cdots W_{{{last}}})" + _superscript(marks)
    body = name_latex(letter, escape)
    body = rf"\dot{{{body}}}" if dotted else grouped(body) if "_" in body else body
    return body + _superscript(raised) + f"_{{{index}}}"


def _superscript(code: str) -> str:
    return f"^{{{code}}}" if code else ""


class _TextPrinter(StrPrinter):
    """Print as SymPy does, but a matrix of ones as one, and not as the number 1, and long products quickly."""

    def _print_MatMul(self, product: MatMul) -> str:
        return product_text(product, self)

    def _print_OneMatrix(self, M: Any) -> str:
        return f"ones({self._print(M.rows)}, {self._print(M.cols)})"


def product_text(product: MatMul, printer: Any) -> str:
    """Return the text of a product of matrices, in time proportional to its length.

    SymPy asks once for each factor whether a minus sign can be extracted, and rebuilds the product each time; here the
    coefficient alone answers.
    """
    first, *others = product.args
    minus = not isinstance(first, MatrixExpr) and first.could_extract_minus_sign()
    first = -first if minus else first
    factors = others if first == 1 else [first, *others]
    return ("-" if minus else "") + "*".join(printer.parenthesize(factor, PRECEDENCE["Mul"]) for factor in factors)


def text_of(expression: Any) -> str:
    """Return an expression as text.

    >>> from sympy import MatrixSymbol, OneMatrix
    >>> text_of(OneMatrix(2, 3) * MatrixSymbol("A", 3, 3))
    'ones(2, 3)*A'
    """
    return _TextPrinter({"order": None}).doprint(expression) if isinstance(expression, Basic) else str(expression)


def one_line(expression: Any) -> str:
    r"""Return an expression as text, or a text, without the line breaks that SymPy puts between rows of numbers.

    >>> from sympy import Matrix
    >>> one_line(Matrix([1, 0]))
    'Matrix([[1], [0]])'
    """
    return text_of(expression).replace("[\n", "[").replace(",\n", ", ")
