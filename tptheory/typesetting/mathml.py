r"""Expressions and LaTeX as MathML Core, which browsers draw without a library, and where a long formula may break.

latex2mathml translates. This module sets what latex2mathml leaves to the renderer: space around the names of functions,
no space around signs within an index, and accents that sit on their letter.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.inline_math import NotMathematics

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
"""The XML namespace that a ``<math>`` element must name; nothing is fetched from this address."""

FEW = 4
"""The most pieces of a formula that stay on one line of a page."""
TOGETHER = 8
"""Brackets with at most so many places to cut are not cut, so that they move to the next line as a whole."""

_CUT = re.compile(r"\\[^A-Za-z]|[{}()]| \\allowbreak |(?<=\S) (?:[-+=]|\\(?:le|ge|subseteq|perp|parallel)) ")
_THIN = "0.17em"
_OPENING, _RELATIONS = "([|‖,", "=≤≥<>≠⊆⟂∥"
_SCRIPTS = ("msub", "msup", "msubsup")
_BOLD_DIGITS = {48 + digit: 0x1D7CE + digit for digit in range(10)}
_HIDDEN = 0xE000
"""The first of the private characters that stand in for the characters of a name, on which LaTeX might act."""


def mathml_of(expression: Any, *, breakable: bool = False) -> str:
    """Return one ``<math>`` element; with ``breakable``, a long expression gives several, and a line may break between.

    >>> from sympy import MatrixSymbol
    >>> mathml_of(MatrixSymbol("W_2", 2, 3))
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><msub><mi>W</mi><mn>2</mn></msub></math>'
    """
    return mathml(latex_of(expression, breakable=True, escape=_hidden), breakable=breakable)


@lru_cache(maxsize=4096)
def mathml(code: str, *, breakable: bool = False) -> str:
    r"""Return the MathML of LaTeX for math mode; translations are cached.

    Raises:
        NotMathematics: if it cannot be read.

    >>> mathml(r"\alpha")
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>α</mi></math>'
    """
    pieces = _pieces(code) if breakable else []
    return "<wbr/>".join(map(_element, pieces if len(pieces) > FEW else [code]))


def _hidden(name: str) -> str:
    """Return a name with its characters replaced by private ones, on which no translator acts."""
    return "".join(chr(_HIDDEN + ord(c)) if c.isascii() else c for c in name)


def _unhidden(text: str | None) -> str:
    """Return the text of a leaf, with entities and private characters replaced by what they stand for."""
    return "".join(chr(ord(c) - _HIDDEN) if _HIDDEN <= ord(c) < _HIDDEN + 128 else c for c in html.unescape(text or ""))


def _pieces(code: str) -> list[str]:
    """Cut a formula after its signs and between its factors, but not within braces, nor within short brackets."""
    if r"\left" in code or r"\begin" in code:
        return [code]
    cuts = _cuts(code)
    ends = [cut.start() if "allowbreak" in cut[0] else cut.end() for cut in cuts]
    return [code[i:j] for i, j in zip([0, *(cut.end() for cut in cuts)], [*ends, len(code)], strict=True)]


def _cuts(code: str) -> list[re.Match[str]]:
    """Return where a formula may be cut."""
    cuts: list[re.Match[str]] = []
    opened: list[int] = []
    braces = 0
    for found in _CUT.finditer(code):
        mark = found[0]
        braces += (mark == "{") - (mark == "}")
        if mark == "(":
            opened.append(len(cuts))
        elif mark == ")" and opened:
            before = opened.pop()
            if len(cuts) - before <= TOGETHER:
                del cuts[before:]
        elif mark[0] == " " and not braces:
            cuts.append(found)
    return cuts


def _element(code: str) -> str:
    """Return one ``<math>`` element."""
    from latex2mathml.converter import convert_to_element  # a sixth of a second, which few processes need

    whole = Element("math", xmlns=NAMESPACE)
    try:
        (inside,) = convert_to_element(code.replace(r" \allowbreak ", " "))
    except Exception as error:  # the library has an exception of its own for each mistake, and no name for them all
        raise NotMathematics(code) from error
    simplified = _simplified(inside)
    whole.extend(simplified if simplified.tag == "mrow" else [simplified])
    if len(whole) > 1 and whole[-1].tag == "mo" and _is_sign(whole[-1]):
        whole[-1].set("form", "infix")
    return ElementTree.tostring(whole, encoding="unicode")


def _is_sign(leaf: Element) -> bool:
    return _operator(leaf) in "+−" + _RELATIONS


def _simplified(node: Element, script: bool = False) -> Element:
    """Return a node without rows around single nodes, its leaves as characters, and its signs spaced.

    Args:
        node: what latex2mathml returned.
        script: whether it stands below or above a letter, where no space is around a sign.
    """
    if not len(node):
        return _leaf(node)
    children = [_simplified(child, script or (node.tag in _SCRIPTS and i > 0)) for i, child in enumerate(node)]
    if node.tag == "mstyle":  # \tfrac: all of a line is small anyway
        return children[0]
    if node.tag == "mrow" and (only := _sole_node(children)) is not None:
        return only
    for before, child, after in zip([None, *children], children, [*children[1:], None], strict=False):
        _set_spacing(child, _operator(before), _operator(after), script)
    made = _new_element(node.tag, None, **({"accent": "true"} if node.tag == "mover" else node.attrib))
    made.extend(children)
    return made


def _sole_node(children: list[Element]) -> Element | None:
    """Return the one node that a row needs: its only child, or a word of its upright letters."""
    if len(children) == 1:
        return children[0]
    if all(child.get("mathvariant") == "normal" for child in children):
        return _new_element("mi", "".join(child.text or "" for child in children))
    return None


def _operator(node: Element | None) -> str:
    """Return the sign that a node is, ``(`` for the ends of a row, or nothing."""
    return "(" if node is None else (node.text or "") if node.tag == "mo" else ""


def _set_spacing(node: Element, before: str, after: str, script: bool) -> None:
    """Set the space around a sign that does not stand between two terms, and around the name of a function."""
    if node.tag != "mo":
        return
    if node.get("lspace") == _THIN:
        node.set("lspace", "0" if before and before in _OPENING + _RELATIONS + "+−" else _THIN)
        node.set("rspace", "0" if after == "(" else _THIN)
    elif script or _operator(node) in "|‖" or (_operator(node) in "+−" and before and before in _OPENING + _RELATIONS):
        node.attrib |= {"lspace": "0", "rspace": "0"}


def _leaf(node: Element) -> Element:
    """Return a leaf: the name of a function has a thin space before it."""
    text = _unhidden(node.text)
    if node.tag in ("mi", "mo") and len(text) > 1 and text.isalpha():
        return _new_element("mo", text, form="prefix", lspace=_THIN, rspace="0")
    if node.get("mathvariant") == "bold" and text.isdigit():
        return _new_element(node.tag, text.translate(_BOLD_DIGITS))
    return _new_element(node.tag, text, **node.attrib)


def _new_element(tag: str, text: str | None, **attributes: str) -> Element:
    element = Element(tag, attributes)
    element.text = text
    return element
