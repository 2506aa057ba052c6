"""How the members of sequences are written in LaTeX, and the titles of rules within a sentence."""

from __future__ import annotations

from typing import Any, NamedTuple

from sympy import Symbol, latex

PRODUCTS = ("Up", "Down")
"""The names of the products of the weights up to a layer, and from the last layer down to one."""


EPONYMS = ("Kaczmarz", "Newton,")
"""The first words of titles that are names of people."""


class Spelling(NamedTuple):
    """A name such as ``M_tp_dot``, taken apart: its letter, its superscript, and whether it is a velocity."""

    letter: str
    above: str
    dotted: bool


def spelling(name: str) -> Spelling:
    """Take a name apart for display; the superscript keeps only letters, digits, spaces and hyphens."""
    letter, *marks = name.split("_")
    kept = ("".join(c for c in mark if c.isalnum() or c in " -") for mark in marks if mark != "dot")
    return Spelling(letter, ", ".join(kept), "dot" in marks)


def index_text(base: str, offset: int) -> str:
    """Write an index: ``l``, ``l+1``, ``0``."""
    return f"{base}{offset:+d}" if base and offset else base or str(offset)


def member_latex(name: str, index: str, top: str = "L") -> str:
    r"""Return the LaTeX of a member of a sequence; the products of a network are written out, down from ``top``.

    Args:
        name: the name of the sequence.
        index: the LaTeX of the index.
        top: the LaTeX of the last index.

    >>> member_latex("M_tp", "l"), member_latex("x_dot", "l-1"), member_latex("Up", "l")
    ('M^{\\mathrm{tp}}_{l}', '\\dot{x}_{l-1}', '(W_{l} \\cdots W_{1})')
    """
    letter, above, dotted = spelling(name)
    raised = rf"\mathrm{{{above}}}" if above.isalnum() else rf"\text{{{above}}}" if above else ""
    if letter in PRODUCTS:
        ends = (index, "1") if letter == "Up" else (top, index)
        marks = (r"\cdot" if dotted else "") + (f"\\,{raised}" if dotted and raised else raised)
        return rf"(W_{{{ends[0]}}} \cdots W_{{{ends[1]}}})" + (f"^{{{marks}}}" if marks else "")
    body = str(latex(Symbol(letter)))
    body = rf"\dot{{{body}}}" if dotted else body
    return body + (f"^{{{raised}}}" if raised else "") + f"_{{{index}}}"


def within_sentence(title: str) -> str:
    """Return a title as it stands within a sentence: names of people keep their capital, and so do ``XY`` and ``X-Y``.

    >>> within_sentence("Target propagation"), within_sentence("Gauss-Newton targets"), within_sentence("Kaczmarz")
    ('target propagation', 'Gauss-Newton targets', 'Kaczmarz')
    """
    first = title.split(" ")[0]
    named = first in EPONYMS or sum(c.isupper() for c in first) > 1
    return title if named else title[:1].lower() + title[1:]


def one_line(expression: Any) -> str:
    r"""Return an expression as text, or a text, without the line breaks that SymPy puts between rows of numbers.

    >>> from sympy import Matrix
    >>> one_line(Matrix([1, 0]))
    'Matrix([[1], [0]])'
    """
    return str(expression).replace("[\n", "[").replace(",\n", ", ")
