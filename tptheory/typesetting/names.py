r"""Names, indices and words in plain text and in LaTeX.

A name is taken as its author spelled it. ``W_2`` is set as ``W_{2}`` and ``lambda`` as ``\lambda``, but that is only
how they look: no code concludes anything from it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from sympy import Symbol as SympySymbol
from sympy import latex

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.spelling import member_latex


class Written(NamedTuple):
    """A piece of writing, both in plain text and in LaTeX."""

    text: str
    latex: str

    def __add__(self, other: Written) -> Written:  # type: ignore[override]
        """Write one after the other."""
        return Written(self.text + other.text, self.latex + other.latex)


BLANK = Written("", "")


class Symbol(NamedTuple):
    """A letter as it is shown: its name, and the marks above it, such as those of a transposed inverse."""

    body: Written
    marks: Written = BLANK
    raised: bool = False
    """Whether the body already has a superscript in LaTeX."""
    solid: bool = True
    """Whether a mark can follow the body without brackets around it."""

    def marked(self, text: str, code: str) -> Symbol:
        """Add a mark."""
        return self._replace(marks=self.marks + Written(text, code))

    @property
    def simple(self) -> bool:
        """Whether a power can follow without brackets."""
        return self.solid and not self.raised and not self.marks.text

    def written(self) -> Written:
        """Write the body with its marks."""
        if not self.marks.text:
            return self.body
        text = self.body.text if self.solid else f"({self.body.text})"
        code = grouped(self.body.latex) if self.raised else self.body.latex
        return Written(text + self.marks.text, f"{code}^{{{self.marks.latex}}}")


def grouped(code: str) -> str:
    """Put LaTeX into a group; an empty group is added after an accented letter, since TeX would open the group."""
    return f"{{{code}{{}}}}" if code.startswith("\\") else f"{{{code}}}"


GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", re.ASCII)
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u20d7",
        ["grave", "acute", "hat", "tilde", "bar", "breve", "dot", "ddot", "check", "vec"],
        strict=True,
    )
)


def visible(text: str) -> str:
    r"""Return text in which nothing is hidden: control characters and line breaks are written out as codes.

    >>> visible("A\nB")
    'A\\nB'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def prose(text: str) -> Written:
    """Write words."""
    text = visible(text)
    return Written(text, tex_escaped(text))


def number(text: str) -> Written:
    """Write a rational that is not negative."""
    numerator, _, denominator = text.partition("/")
    return Written(text, rf"\tfrac{{{numerator}}}{{{denominator}}}" if denominator else text)


def name(text: str, index: str = "") -> Symbol:
    r"""Write a name, with its index where it has one.

    >>> name("W_2").written(), name("W", "l+1").written()
    (Written(text='W_2', latex='W_{2}'), Written(text='W[l+1]', latex='W_{l+1}'))
    """
    shown = visible(text)
    if not index:
        code = name_latex(text)
        return Symbol(Written(shown, code), raised="^" in code)
    if WORD.fullmatch(text):
        code = member_latex(text, index)
        return Symbol(Written(f"{shown}[{index}]", code), raised="^" in code and not code.startswith("("))
    code = name_latex(text)
    return Symbol(Written(f"{shown}[{index}]", f"{grouped(code)}_{{{index}}}"), raised="^" in code)


def dotted(text: str, index: str = "") -> Symbol:
    r"""Write the time derivative of a name.

    >>> dotted("W_1").marked("'", r"\top").written()
    Written(text="(dW_1/dt)'", latex='\\dot{W}_{1}^{\\top}')
    """
    plain = name(text, index)
    if index and WORD.fullmatch(text):
        code = member_latex(f"{text}_dot", index)
    else:
        letter, below, rest = plain.body.latex.partition("_")
        code = rf"\dot{{{letter}}}{below}{rest}" if WORD.fullmatch(text) else rf"\dot{{({plain.body.latex})}}"
    return Symbol(Written(f"d{plain.body.text}/dt", code), raised="^" in code, solid=False)


@lru_cache(maxsize=4096)
def name_latex(text: str) -> str:
    r"""Return the LaTeX of a name: SymPy's where it is a word, else its letters as text; it always compiles.

    Greek letters, accents and lowered digits are replaced by SymPy's names for them.

    >>> name_latex("λ₁"), name_latex("Ŵ_2"), name_latex("A+")
    ('\\lambda_{1}', '\\hat{W}_{2}', '\\text{A+}')
    """
    spelled = ""
    for c in unicodedata.normalize("NFD", text):
        kind = unicodedata.name(c, "")
        spelled += "_" if kind.startswith("SUBSCRIPT") and "_" not in spelled else ""
        spelled += _spelled(c, kind)
    if WORD.fullmatch(spelled):
        return str(latex(SympySymbol(spelled)))
    letter, _, below = text.partition("_")
    return _as_text(letter) + (f"_{{{_as_text(below)}}}" if below else "")


def _spelled(c: str, kind: str) -> str:
    """Return how SymPy spells a character in a name, by what Unicode calls it."""
    if match := GREEK.fullmatch(kind):
        letter = match[2].lower().replace("lamda", "lambda")
        return letter if match[1] == "SMALL" else letter.capitalize()
    return unicodedata.normalize("NFKD", c) if kind.startswith("SUBSCRIPT") else ACCENTS.get(c, c)


def _as_text(text: str) -> str:
    return rf"\text{{{tex_escaped(text)}}}" if text else "{}"


def expression_of_sizes(text: str) -> Written:
    """Write an expression of sizes such as ``2*n``: names are set as names, all else character by character."""
    shown = visible(text)
    pieces = re.findall(r"[A-Za-z]\w*|.", shown.replace("*", " "), re.ASCII)
    code = "".join(p if p.isdecimal() or p in "+-()/" else r"\," if p == " " else name_latex(p) for p in pieces)
    return Written(shown.replace("*", " "), code)
