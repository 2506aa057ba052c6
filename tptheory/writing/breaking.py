"""MathML on a page: where a long formula may break over lines."""

from __future__ import annotations

from collections.abc import Iterator
from xml.dom.minidom import Element, Text

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
"""What a ``<math>`` element must name to be mathematics; nothing is fetched from there."""
FUNCTION_APPLICATION = "\u2061"
INVISIBLE_TIMES = "\u2062"

TOGETHER = 30
"""The most pieces in brackets that move to the next line as one; longer brackets break where they stand."""

_TALL = ("mtable", "mfrac", "msqrt", "mroot", "munder", "munderover")


def is_function(printed: Element) -> bool:
    """Whether what was printed is a function and its argument."""
    return any(isinstance(child, Element) and _text(child) == FUNCTION_APPLICATION for child in printed.childNodes)


def element(children: list[Element]) -> str:
    """Return one ``<math>`` element."""
    return f'<math xmlns="{NAMESPACE}">{"".join(child.toxml() for child in children)}</math>'


def broken(printed: Element) -> str:
    """Return several ``<math>`` elements, so that a line may break after an operator, or else within parentheses."""
    text = ""
    group: list[Element] = []

    def flush() -> str:
        found = element(group) if group else ""
        group.clear()
        return found

    for piece in pieces(printed):
        if isinstance(piece, str):
            text += flush() + piece
            continue
        mark = _text(piece)
        if mark != INVISIBLE_TIMES:
            group.append(piece)
        if piece.getAttribute("form") == "infix" or mark == INVISIBLE_TIMES:
            text += flush() + "<wbr/>"
    return text + flush()


def pieces(node: Element) -> Iterator[Element | str]:
    """Run through what stands in rows within rows, with a span around what belongs together.

    Each operator is told its form, which its place no longer shows.
    """
    if node.tagName != "mrow" or any(node.getElementsByTagName(tag) for tag in _TALL):
        yield node
        return
    children = [child for child in node.childNodes if isinstance(child, Element)]
    inside: list[Element | str] = []
    for i, child in enumerate(children):
        if child.tagName == "mo" and not child.hasAttribute("form") and _text(child) != FUNCTION_APPLICATION:
            opens = i == 0 and len(children) > 1
            closes = i == len(children) - 1 and len(children) > 1
            child.setAttribute("form", "prefix" if opens else "postfix" if closes else "infix")
        inside += pieces(child)
    fenced = _text(children[0]) == "(" or is_function(node)
    if fenced and sum(isinstance(piece, Element) for piece in inside) <= TOGETHER:
        inside = ['<span class="together">', *inside, "</span>"]
    yield from inside


def _text(node: Element) -> str:
    inside = node.firstChild
    return inside.data if node.tagName == "mo" and isinstance(inside, Text) else ""
