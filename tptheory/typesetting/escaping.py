"""Write text as LaTeX that shows it and executes none of it.

Here is the only table of the characters that LaTeX acts on, or that its fonts lack.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from sympy.printing.pretty.pretty_symbology import greek_unicode

_TEX: dict[str, str] = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": "$|$",
    "\u00a0": "~",
    "\u2009": r"\,",
    "\u2018": "`",
    "\u2019": "'",
    "\u201c": "``",
    "\u201d": r"\textquotedblright{}",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "′": r"$'$",
    "§": r"\S{}",
    "Ø": r"\O{}",
    "ø": r"\o{}",
    "Æ": r"\AE{}",
    "æ": r"\ae{}",
    "Œ": r"\OE{}",
    "œ": r"\oe{}",
    "ß": r"\ss{}",
    "Ł": r"\L{}",
    "ł": r"\l{}",
    "ı": r"\i{}",
}
_MATH = {
    "≤": "le", "≥": "ge", "≠": "ne", "≈": "approx", "≡": "equiv", "∝": "propto", "⊆": "subseteq", "⊂": "subset",
    "⊇": "supseteq", "∈": "in", "∉": "notin", "∅": "emptyset", "∩": "cap", "∪": "cup", "⟂": "perp", "⊥": "bot",
    "⊤": "top", "∥": "parallel", "‖": "|", "×": "times", "·": "cdot", "∘": "circ", "⊗": "otimes", "⊕": "oplus",
    "±": "pm", "→": "to", "←": "leftarrow", "↦": "mapsto", "⇒": "Rightarrow", "⇔": "Leftrightarrow", "∞": "infty",
    "∑": "sum", "∏": "prod", "∫": "int", "√": "surd", "∂": "partial", "∇": "nabla", "∀": "forall", "∃": "exists",
    "¬": "neg", "∧": "wedge", "∨": "vee", "⟨": "langle", "⟩": "rangle", "ℓ": "ell", "†": "dagger",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip
GREEK_CAPITALS = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
"""The capitals that LaTeX has commands for; the others look like Latin ones."""
_LIGATURES = re.compile(r"(?<=-)(?=-)|(?<=,)(?=,)|(?<=')(?=')")


def tex_escaped(text: str) -> str:
    r"""Return LaTeX for text mode that shows ``text`` as it is and executes none of it.

    Characters that pdfLaTeX's standard fonts lack are shown as their number, ``[U+4E2D]``.

    >>> tex_escaped(r"50% of A_1 & \input{x}")
    '50\\% of A\\_1 \\& \\textbackslash{}input\\{x\\}'
    """
    broken = _LIGATURES.sub("\u200b", unicodedata.normalize("NFC", text))
    return "".join(map(_character, broken))


def tex_unescaped(code: str) -> str:
    r"""Return the text that `tex_escaped` made LaTeX of; characters that it showed as their number are not found again.

    >>> tex_unescaped(tex_escaped(r"50% of A_1 & \input{x} ≤ α"))
    '50% of A_1 & \\input{x} ≤ α'
    """
    shown = _shown()
    escaped = sorted(map(re.escape, shown), key=len, reverse=True)
    return re.sub("|".join(escaped), lambda found: shown[found[0]], code).replace("{}", "")


@cache
def _shown() -> dict[str, str]:
    """Return the characters that have a command in LaTeX, by that command."""
    greek = [chr(code) for code in range(0x391, 0x3CA)]
    return {code: c for c in (*_TEX, *_MATH, *greek) if (code := _character(c))[:1] in ("\\", "$")}


def _character(c: str) -> str:
    if c == "\u200b":
        return "{}"
    if c in _TEX:
        return _TEX[c]
    if c.isspace():
        return " "
    if " " < c <= "~":
        return c
    for look_up in (_math_character, _accented):
        found = look_up(c)
        if found:
            return found
    return "" if unicodedata.category(c).startswith("C") else rf"{{\ttfamily [U+{ord(c):04X}]}}"


def _math_character(c: str) -> str:
    if c == "−":
        return "$-$"
    if c in _MATH:
        return rf"$\{_MATH[c]}$"
    name = unicodedata.name(c, "")
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)", name)
    if greek and greek[2].lower() in greek_unicode:
        return _greek(greek[2].lower(), capital=greek[1] == "CAPITAL")
    script = re.fullmatch(r"<(super|sub)> ([0-9A-F]{4})", unicodedata.decomposition(c))
    if script:
        raised = chr(int(script[2], 16)).replace("\u2212", "-")
        return f"${'^' if script[1] == 'super' else '_'}{{{raised}}}$" if raised.isascii() else ""
    double = re.fullmatch("DOUBLE-STRUCK CAPITAL ([A-Z])", name)
    return rf"$\mathbb{{{double[1]}}}$" if double else ""


def _greek(letter: str, capital: bool) -> str:
    name = {"lamda": "lambda"}.get(letter, letter)
    name = name.capitalize() if capital else name
    if letter == "omicron" or (capital and name not in GREEK_CAPITALS):
        return rf"$\mathrm{{{_LATIN_TWINS[letter]}}}$" if capital else "$o$"
    return rf"$\{name}$"


_LATIN_TWINS = {
    "alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K", "mu": "M",
    "nu": "N", "omicron": "O", "rho": "P", "tau": "T", "chi": "X",
}  # fmt: skip


def _accented(c: str) -> str:
    letter, *accents = list(unicodedata.normalize("NFD", c))
    if not (letter.isascii() and letter.isalpha() and len(accents) == 1 and accents[0] in _ACCENTS):
        return ""
    return rf"\{_ACCENTS[accents[0]]}{{{letter}}}"
