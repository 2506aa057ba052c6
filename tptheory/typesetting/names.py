r"""Names, indices and words in plain text and in LaTeX.

A name is taken as its author spelled it. ``W_2`` is set as ``W_{2}`` and ``lambda`` as ``\lambda``, but that is only
how they look: no code concludes anything from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.spelling import WORD, grouped, member_latex, name_latex


class Written(NamedTuple):
    """A piece of writing in both of its forms: plain text, and LaTeX."""

    text: str
    latex: str

    def __add__(self, other: Written) -> Written:  # type: ignore[override]
        """Return the two pieces, one after the other."""
        return Written(self.text + other.text, self.latex + other.latex)

    def between(self, pieces: Iterable[Written]) -> Written:
        """Return several pieces with this one between each two of them, as ``str.join`` does; there is one at least."""
        texts, codes = zip(*pieces, strict=True)
        return Written(self.text.join(texts), self.latex.join(codes))

    def within_words(self) -> Written:
        """Return mathematics as it stands within words, where LaTeX has it between dollars."""
        return Written(self.text, f"${self.latex}$")


BLANK = Written("", "")


class Symbol(NamedTuple):
    """A letter as it is shown: its name, and the marks above it, such as those of a transposed inverse."""

    body: Written
    marks: Written = BLANK
    raised: bool = False
    """Whether the body already has a superscript in LaTeX."""
    solid: bool = True
    """Whether a mark can follow the body without brackets around it."""

    def with_mark(self, text: str, code: str) -> Symbol:
        """Return the letter with one more mark above it, such as a prime for a transpose."""
        return self._replace(marks=self.marks + Written(text, code))

    @property
    def simple(self) -> bool:
        """Whether a power can follow without brackets."""
        return self.solid and not self.raised and not self.marks.text

    def written(self) -> Written:
        """Return the body followed by its marks."""
        if not self.marks.text:
            return self.body
        text = self.body.text if self.solid else f"({self.body.text})"
        code = grouped(self.body.latex) if self.raised else self.body.latex
        return Written(text + self.marks.text, f"{code}^{{{self.marks.latex}}}")


def visible(text: str) -> str:
    r"""Return text in which nothing is hidden: control characters and line breaks are written out as codes.

    >>> visible("A\nB")
    'A\\nB'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def prose(text: str) -> Written:
    """Return words, escaped for LaTeX, with control characters written out."""
    text = visible(text)
    return Written(text, tex_escaped(text))


def number(text: str) -> Written:
    """Return a rational that is not negative, such as ``3/2``."""
    numerator, _, denominator = text.partition("/")
    return Written(text, rf"\tfrac{{{numerator}}}{{{denominator}}}" if denominator else text)


def name(text: str, index: str = "") -> Symbol:
    r"""Write a name, with its index where it has one.

    >>> name("W_2").written(), name("W", "l+1").written()
    (Written(text='W_2', latex='W_{2}'), Written(text='W[l+1]', latex='W_{l+1}'))
    """
    if not index:
        return Symbol(Written(visible(text), name_latex(text)), raised="^" in name_latex(text))
    code = member_latex(text, index) if WORD.fullmatch(text) else f"{grouped(name_latex(text))}_{{{index}}}"
    return Symbol(Written(f"{visible(text)}[{index}]", code), raised="^" in code and not code.startswith("("))


def dotted(text: str, index: str = "") -> Symbol:
    r"""Write the time derivative of a name.

    >>> dotted("W_1").with_mark("'", r"\top").written()
    Written(text="(dW_1/dt)'", latex='\\dot{W}_{1}^{\\top}')
    """
    plain = name(text, index)
    if index and WORD.fullmatch(text):
        code = member_latex(f"{text}_dot", index)
    else:
        letter, below, rest = plain.body.latex.partition("_")
        code = rf"\dot{{{letter}}}{below}{rest}" if WORD.fullmatch(text) else rf"\dot{{({plain.body.latex})}}"
    return Symbol(Written(f"d{plain.body.text}/dt", code), raised="^" in code, solid=False)


def expression_of_sizes(text: str) -> Written:
    """Write an expression of sizes such as ``2*n``: names are set as names, all else character by character."""
    shown = visible(text)
    pieces = re.findall(r"[A-Za-z]\w*|.", shown.replace("*", " "), re.ASCII)
    code = "".join(p if p.isdecimal() or p in "+-()/" else r"\," if p == " " else name_latex(p) for p in pieces)
    return Written(shown.replace("*", " "), code)
