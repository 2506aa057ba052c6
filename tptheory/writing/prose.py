"""Plain text as HTML and as LaTeX: everything is escaped, and the symbols that a docstring spells out are typeset.

A title such as ``TP flow conserves log pdet W_{l+1} - 1/2 |W_l|^2`` is plain text; here ``W_{l+1}`` becomes a symbol.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from markupsafe import Markup
from sympy.printing.pretty.pretty_symbology import greek_unicode

GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "eta", "kappa", "lambda", "mu", "rho", "sigma", "tau", "theta")
"""The letters that docstrings spell out."""

_MARKS = r"(?:_\{[^{}]{1,20}\}|_[A-Za-z0-9]|\^\{[^{}]{1,20}\}|\^-?[A-Za-z0-9]|'(?!s\b)|\+(?=[\s,.;:)=|']|$))"
_MARKED = re.compile(
    rf"(?<![A-Za-z0-9\\_])(?<![\s(=]')(?P<base>d?[A-Za-z]|[A-Z]{{2,4}}|{'|'.join(GREEK)})(?P<marks>{_MARKS}+)"
    rf"|(?P<fence>[)|])(?P<raised>\^-?[A-Za-z0-9]|(?<=\))'|(?<=\))\+(?=[\s,.;:)=|]|$))"
)
_WORD = re.compile(r"(?<![A-Za-z0-9\\_'\u2019/])(?:(?P<rate>d[A-Za-z]?)/dt|[A-Za-z]+)(?![A-Za-z0-9_])|(?<=^/)dt\b")
_CODE = re.compile(r"`([^`]+)`")
_MARK = re.compile(_MARKS)
_BRACKETED = re.compile(r"<([^<>]{1,40}, [^<>]{1,40})>")
_UNARY = re.compile(r"(?<![^\s(=])-(?=[A-Za-z0-9(|])")
_ONE = re.compile(r"<math [^>]*>(?:(?!</math>).)*</math>")
_TOUCHING = re.compile(r"[^\s<>]*(?:(?:<math [^>]*>.*?</math>|<sup>.*?</sup>)[^\s<>]*)+")
_QUOTES = (
    (re.compile(r"(?<=[a-z])'(?=[st]\b)"), "\u2019"),
    (re.compile(r'(?:(?<=^)|(?<=[\s(]))"(?=\S)'), "\u201c"),
    (re.compile(r'"'), "\u201d"),
)
_SPELT = {"...": "…", "<=": "≤", ">=": "≥", " - ": " − "}


@dataclass(frozen=True)
class _Code:
    """What docstrings put between backticks, as it stands."""

    text: str


@dataclass(frozen=True)
class _Symbol:
    """Letters, of which the last carries what stands below and above it."""

    letters: str
    below: str = ""
    above: str = ""


def prose_html(text: str) -> Markup:
    """Return text for HTML, escaped, its symbols as MathML."""
    return Markup(glued("".join(_html(piece) for piece in _pieces(text))))  # noqa: S704  every piece is escaped below


def prose_tex(text: str) -> str:
    """Return text for LaTeX's text mode, escaped, its symbols in math mode."""
    return "".join(_tex(piece) for piece in _pieces(text))


def paragraphs(text: str) -> list[str]:
    """Split at blank lines, and join the lines of each paragraph."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]


def _pieces(text: str) -> Iterator[str | _Symbol | _Code]:
    """Cut text into plain pieces, symbols, and what stands between backticks."""
    for i, part in enumerate(_CODE.split(text)):
        if i % 2:
            yield _Code(" ".join(part.split()))
        else:
            yield from _symbols(part)


def _symbols(text: str) -> Iterator[str | _Symbol]:
    """Cut text into plain pieces and symbols; a letter is one wherever it stands alone, unless it is an article."""
    ends = " " * text[:1].isspace(), " " * text[-1:].isspace()
    text = _UNARY.sub("−", ends[0] + " ".join(text.split()) + ends[1] if text.strip() else ends[0])
    text = _BRACKETED.sub(r"⟨\1⟩", text)
    for pattern, character in _QUOTES:
        text = pattern.sub(character, text)
    known = {m["base"] for m in _MARKED.finditer(text) if m["base"] and len(m["base"]) == 1} | {"I", "e"}
    at = 0
    for match in _MARKED.finditer(text):
        yield from _lone(text[at : match.start()], known)
        if match["base"]:
            yield _marked(match["base"], match["marks"])
        else:
            yield match["fence"]
            yield _marked("", match["raised"])
        at = match.end()
    yield from _lone(text[at:], known)


def _lone(text: str, known: set[str]) -> Iterator[str | _Symbol]:
    at = 0
    for match in _WORD.finditer(text):
        word = match.group()
        letter = word in GREEK or word in known or word == "dt" or (len(word) == 1 and word not in "aA")
        if not (letter or match["rate"] or (2 <= len(word) <= 4 and set(word) <= known)):
            continue
        yield _spelt(text[at : match.start()])
        if match["rate"]:
            yield _Symbol(match["rate"])
            yield "/"
            yield _Symbol("dt")
        else:
            yield _Symbol(word)
        at = match.end()
    yield _spelt(text[at:])


def _spelt(text: str) -> str:
    for ascii_form, character in _SPELT.items():
        text = text.replace(ascii_form, character)
    return text


def _marked(letters: str, marks: str) -> _Symbol:
    below = above = ""
    for mark in _MARK.findall(marks):
        content = mark[1:].strip("{}") if mark[0] in "_^" else mark
        if mark[0] == "_":
            below += content
        else:
            above += content
    return _Symbol(letters, below, above)


def _html(piece: str | _Symbol | _Code) -> str:
    if isinstance(piece, _Code):
        return f"<code>{escape(piece.text)}</code>"
    if isinstance(piece, str):
        return escape(piece)
    if not piece.letters:
        return f"<sup>{escape(_raised(piece.above))}</sup>"
    *before, last = [piece.letters] if piece.letters in GREEK else list(piece.letters)
    scripts = [_row(_raised(script)) for script in (piece.below, piece.above) if script]
    tag = {(True, True): "msubsup", (True, False): "msub", (False, True): "msup"}.get(
        (bool(piece.below), bool(piece.above))
    )
    letter = f"<mi>{greek_unicode.get(last, last)}</mi>"
    body = "".join(f"<mi>{b}</mi>" for b in before) + (f"<{tag}>{letter}{''.join(scripts)}</{tag}>" if tag else letter)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{body}</math>'


def glued(html: str) -> str:
    """Keep words from being torn off the mathematics that they touch: ``rank(`` and ``)`` stay with what is between."""
    return _TOUCHING.sub(
        lambda run: f'<span class="whole">{run[0]}</span>' if _ONE.fullmatch(run[0]) is None else run[0], html
    )


def _raised(text: str) -> str:
    return text.replace("'", "′").replace("-", "−")


def _row(script: str) -> str:
    """Return a subscript or superscript in MathML: letters, numbers, and the rest as operators."""
    parts = []
    for token in re.findall(r"[A-Za-z]+|[0-9]+|\S", script):
        tag = "mi" if token.isalpha() else "mn" if token.isdigit() else "mo"
        tight = ' lspace="0" rspace="0"' if tag == "mo" else ""
        parts.append(f"<{tag}{tight}>{escape(greek_unicode.get(token, token))}</{tag}>")
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _tex(piece: str | _Symbol | _Code) -> str:
    if isinstance(piece, _Code):
        broken = tex_escaped(piece.text).replace(r"\_", r"\_\allowbreak{}")
        return rf"\texttt{{{broken}}}"
    if isinstance(piece, str):
        return tex_escaped(piece)
    letters = rf"\{piece.letters}" if piece.letters in GREEK else piece.letters
    below = f"_{{{_math_escaped(piece.below)}}}" if piece.below else ""
    above = f"^{{{_math_escaped(piece.above)}}}" if piece.above else ""
    return f"${letters}{below}{above}$"


def _math_escaped(script: str) -> str:
    """Escape a short subscript or superscript for math mode."""
    script = re.sub(r"[^A-Za-z0-9+\-*/=,.()' ]", "", script)
    return script.replace("'", r"\prime ")


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
    '"': r"\textquotedbl{}",
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
    "Đ": r"\DJ{}",
    "đ": r"\dj{}",
    "ð": r"\dh{}",
    "þ": r"\th{}",
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
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
_LIGATURES = re.compile(r"(?<=-)(?=-)|(?<=,)(?=,)|(?<=')(?=')")


def tex_escaped(text: str) -> str:
    r"""Return LaTeX for text mode that shows ``text`` as it is and runs none of it.

    Characters that pdfLaTeX's standard fonts lack are shown as their number, ``[U+4E2D]``.

    >>> tex_escaped(r"50% of A_1 & \input{x}")
    '50\\% of A\\_1 \\& \\textbackslash{}input\\{x\\}'
    """
    broken = _LIGATURES.sub("\u200b", unicodedata.normalize("NFC", text))
    return "".join(map(_character, broken))


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
    drawn = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
    name = {"lamda": "lambda"}.get(letter, letter)
    name = name.capitalize() if capital else name
    if letter == "omicron" or (capital and name not in drawn):
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
