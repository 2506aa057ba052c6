r"""Mathematics as people write it between dollars: LaTeX of a few commands, in which a prime is a transpose.

This module turns it into LaTeX with ``^{\top}``, and into plain notation for a terminal: ``W_l'``, ``W_l+``, ``alpha``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sympy.core.alphabets import greeks

from tptheory.typesetting.escaping import GREEK_CAPITALS

GREEK = [*(name.replace("lamda", "lambda") for name in greeks), *GREEK_CAPITALS]
FUNCTIONS = ["log", "det", "exp", "min", "max", "sin", "cos", "ker", "dim", "sum", "prod", "sqrt"]
SIGNS = {
    "le": "<=", "ge": ">=", "leq": "<=", "geq": ">=", "ne": "!=", "neq": "!=", "to": "->", "in": "in",
    "approx": "~", "subseteq": "⊆", "perp": "⟂", "parallel": "∥", "times": "x", "cdot": ".", "pm": "+-",
    "dots": "...", "ldots": "...", "cdots": "...", "langle": "<", "rangle": ">", "infty": "infinity", "circ": "o",
    "top": "'", "prime": "'", "lVert": "|", "rVert": "|", "lvert": "|", "rvert": "|", "|": "|", "partial": "d",
    "nabla": "grad", "ell": "l", "left": "", "right": "", ",": " ", ";": " ", " ": " ", "quad": "  ", "{": "{",
    "}": "}", "%": "%", "#": "#", "&": "&", "_": "_",
}  # fmt: skip
"""How a command without an argument reads in plain notation."""
STYLES = ["mathrm", "mathbf", "mathcal", "mathbb", "operatorname", "text", "hat", "bar", "tilde", "boldsymbol"]
"""Commands whose argument alone is read in plain notation."""

_ARGUMENT = r"\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\\[A-Za-z]+|[^\s\\{}]))"
_SUBSCRIPT = r"(_(?:\{[^{}]*\}|\w))?"
_FRACTION = re.compile(rf"\\[td]?frac(?![A-Za-z]){_ARGUMENT}{_ARGUMENT}")
_STYLE = re.compile(rf"\\(?:{'|'.join(STYLES)})(?![A-Za-z]){_ARGUMENT}")
_DOTTED = re.compile(rf"\\(d?)dot(?![A-Za-z]){_ARGUMENT}{_SUBSCRIPT}")
_RAISED = re.compile(rf"\^{_ARGUMENT}")
_PRIMES = re.compile(r"(?:\^(\{[^{}]*\}|[^\s\\{}]))?('+)")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)\s*")


_FORBIDDEN = re.compile(r"(?<!\\)[%#&~$]|\n\s*\n")


class NotMathematics(ValueError):  # noqa: N818  it is a verdict on a text, which its caller acts on
    """Raised when the text between two dollars is not mathematics that this module can write."""


def as_latex(code: str) -> str:
    r"""Return LaTeX for math mode: each prime is a transpose.

    >>> as_latex("W_l' (A^+)' A^+'")
    'W_l^{\\top} (A^+)^{\\top} A^{+\\top}'
    """
    return _PRIMES.sub(_transposed, code)


def as_text(code: str) -> str:
    r"""Return plain notation.

    >>> as_text(r"\dot W_l = -d_l x_{l-1}', \quad |W_l^{+\top}|^2 \le \tfrac{1}{2} \log\operatorname{pdet} A^{-1}")
    "dW_l/dt = -d_l x_{l-1}',   |W_l+'|^2 <= 1/2 log pdet A^-1"

    Raises:
        NotMathematics: if there is a command or a character that has no plain notation, or a brace without its pair.
    """
    if not code.isascii() or _FORBIDDEN.search(code):
        raise NotMathematics(code)
    for pattern, write in _STEPS:
        code = pattern.sub(write, code)
    text = _COMMAND.sub(_command, code)
    if re.search(r"(?<![_^])\{", text) or text.count("{") != text.count("}"):
        raise NotMathematics(text)
    return text


def _transposed(found: re.Match[str]) -> str:
    """Write primes, and the superscript before them, as one superscript."""
    raised = (found[1] or "").strip("{}") + r"\top" * len(found[2])
    return f"^{{{raised}}}"


def _argument(found: re.Match[str], number: int = 1) -> str:
    """Return an argument, which stands in braces or is a single character or command."""
    return found[2 * number - 1] or found[2 * number] or ""


def _fraction(found: re.Match[str]) -> str:
    parts = (_argument(found), _argument(found, 2))
    return "/".join(f"({part})" if re.search(r"[-+ ]", part) else part for part in parts)


def _style(found: re.Match[str]) -> str:
    """Return the argument of a style command, with a space if a word stands directly before it."""
    apart = " " if re.search(r"\\?[A-Za-z]$", found.string[: found.start()]) else ""
    return apart + _argument(found)


def _dotted(found: re.Match[str]) -> str:
    """Write a time derivative: ``dW_l/dt``, or ``d^2W_l/dt^2``."""
    power = "^2" if found[1] else ""
    return f"d{power}{found[2] or found[3]}{found[4] or ''}/dt{power}"


def _raised(found: re.Match[str]) -> str:
    """Write a superscript: marks follow their letter as they are, and a longer exponent is in braces."""
    raised = _argument(found)
    marks = raised.replace(r"\top", "'").replace(r"\prime", "'").replace(" ", "")
    if set(marks) <= set("+'*"):
        return marks
    return f"^{raised}" if re.fullmatch(r"-?\w+", raised) else f"^{{{raised}}}"


_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_FRACTION, _fraction),
    (_DOTTED, _dotted),
    (_STYLE, _style),
    (_RAISED, _raised),
)


def _command(found: re.Match[str]) -> str:
    """Write a command without an argument, with a space around it where words would touch."""
    name, spaced = found[1], found[0][-1].isspace()
    before, after = found.string[: found.start()], found.string[found.end() :]
    if name in SIGNS:
        return SIGNS[name] + " " * (spaced and name not in ("langle", "left", "right", ",", ";", " ", "quad"))
    if name not in GREEK and name not in FUNCTIONS:
        raise NotMathematics(found.string)
    opening = " " if re.search(r"[A-Za-z0-9)]$", before) else ""
    closing = " " if spaced or re.match(r"\\?[A-Za-z0-9]", after) else ""
    return opening + name + closing
