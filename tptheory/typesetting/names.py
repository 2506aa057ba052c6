r"""Names, indices and words in plain text and in LaTeX.

A name is taken as its author spelled it. That ``W_2`` is set as ``W_{2}`` and ``lambda`` as ``\lambda`` is how it
looks; nothing is concluded from it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from sympy import Symbol as SympySymbol
from sympy import latex

from tptheory.symbolic.spelling import member_latex


class Written(NamedTuple):
    """The same in plain text and in LaTeX."""

    text: str
    latex: str

    def __add__(self, other: Written) -> Written:  # type: ignore[override]
        """Write one after the other."""
        return Written(self.text + other.text, self.latex + other.latex)


BLANK = Written("", "")


class Symbol(NamedTuple):
    """A letter as it is shown: what it is called, and the marks above it, such as those of a transposed inverse."""

    body: Written
    marks: Written = BLANK
    raised: bool = False
    """Whether something stands above the body in LaTeX already."""
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
    """Put LaTeX into a group; TeX opens one that holds an accented letter alone, so that such a letter has company."""
    return f"{{{code}{{}}}}" if code.startswith("\\") else f"{{{code}}}"


RELATIONS = {"⊆": r"\subseteq", "⟂": r"\perp", "∥": r"\parallel", "≤": r"\le", "≥": r"\ge", "∈": r"\in"}
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", re.ASCII)
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u20d7",
        ["grave", "acute", "hat", "tilde", "bar", "breve", "dot", "ddot", "check", "vec"],
        strict=True,
    )
)
SPECIAL = {"^": r"\wedge ", "~": r"\sim ", "\\": r"\backslash ", " ": r"\ ", '"': r"''", "`": r"\grave{\ }"}
SPECIAL |= {"'": r"\text{'}"} | {c: f"\\{c}" for c in "#$%&{}_"}
TEXT = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
TEXT |= {c: f"\\{c}" for c in "#$%&{}_"} | {c: f"${c}$" for c in "<>|"}


def visible(text: str) -> str:
    r"""Return text in which nothing is hidden: control characters, line breaks too, are written out as codes.

    >>> visible("A\nB")
    'A\\nB'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def prose(text: str) -> Written:
    """Write words; in LaTeX what is not ASCII is set as a symbol."""
    text = visible(text)
    code = "".join(TEXT.get(c) or (c if c.isascii() else f"${RELATIONS.get(c) or name_latex(c)}$") for c in text)
    return Written(text, code)


def number(text: str) -> Written:
    """Write a rational that is not negative."""
    numerator, _, denominator = text.partition("/")
    return Written(text, rf"\tfrac{{{numerator}}}{{{denominator}}}" if denominator else text)


def index_text(base: str, offset: int) -> str:
    """Write an index: ``l``, ``l+1``, ``0``."""
    return f"{base}{offset:+d}" if base and offset else base or str(offset)


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
    """Return the LaTeX of a name: SymPy's where it is a word of ASCII, else letter by letter; it always compiles."""
    spelled = ""
    for c in unicodedata.normalize("NFC", text):
        kind = unicodedata.name(c, "")
        if match := GREEK.fullmatch(kind):
            letter = match[2].lower().replace("lamda", "lambda")
            spelled += letter if match[1] == "SMALL" else letter.capitalize()
        elif kind.startswith("SUBSCRIPT"):
            spelled += ("" if "_" in spelled else "_") + unicodedata.normalize("NFKD", c)
        else:
            spelled += c
    if WORD.fullmatch(spelled):
        return str(latex(SympySymbol(spelled)))
    letter, _, below = spelled.partition("_")
    body = "".join(map(_character, re.findall(r".[\u0300-\u036f\u20d7]*", unicodedata.normalize("NFD", letter), re.S)))
    below = "".join(map(_character, below))
    return (rf"\mathrm{{{body}}}" if len(letter) > 1 else body or "{}") + (rf"_{{\mathrm{{{below}}}}}" if below else "")


def _character(c: str) -> str:
    base, accents = c[0], c[1:]
    code = SPECIAL.get(base, base) if base.isascii() and base.isprintable() else rf"\mathrm{{U{ord(base):04X}}}"
    for accent in accents:
        code = rf"\{ACCENTS.get(accent, 'underline')}{{{code}}}"
    return code


def expression_of_sizes(text: str) -> Written:
    """Write an expression of sizes such as ``2*n``: names are set as names, all else character by character."""
    shown = visible(text)
    pieces = re.findall(r"[A-Za-z]\w*|.", shown.replace("*", " "), re.ASCII)
    code = "".join(p if p.isdecimal() or p in "+-()/" else r"\," if p == " " else name_latex(p) for p in pieces)
    return Written(shown.replace("*", " "), code)
