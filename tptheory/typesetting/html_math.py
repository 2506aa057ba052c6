r"""LaTeX for math mode as plain HTML, which every browser shows without a library: ``W_2`` is ``<i>W</i>₂``.

A letter is italic, an index is lowered and a mark is raised, each behind the other; a fraction stands in one line. That
takes a third of the characters of MathML, and its letters are those of the text around it. Formulas break between
terms and between factors; a short one is never broken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from html import escape
from typing import Any, NamedTuple

from tptheory.typesetting.escaping import GREEK_CAPITALS, tex_unescaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.inline_math import GREEK, NotMathematics

SHORT = 14
"""A formula with at most so many characters is kept on one line."""

_BREAK, _NO_BREAK, _HAIR, _TIE = " ", "\u00a0", "\u200a", "\u2060"
"""A space where a line may break, one where it may not, one between factors, and no space where none may break."""

_LEXEME = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|\d+|.", re.DOTALL)

_BRACKETED = re.compile(r"\[(<table.*?</table>)\]")
"""A matrix in the brackets that SymPy prints; the page draws lines beside it."""
_DOLLAR = re.compile(r"(?<!\\)\$")

_RELATIONS = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "subseteq": "⊆", "perp": "⟂",
    "parallel": "∥", "in": "∈", "notin": "∉", "to": "→", "equiv": "≡", "propto": "∝", "sim": "∼", "mapsto": "↦",
    "Rightarrow": "⇒", "Leftrightarrow": "⇔", "succeq": "⪰", "preceq": "⪯",
}  # fmt: skip
_BINARY = {"times": "×", "cdot": "·", "pm": "±", "circ": "∘", "oplus": "⊕", "otimes": "⊗"}
_SIGNS = {
    "dots": "…", "ldots": "…", "cdots": "⋯", "infty": "∞", "top": "⊤", "prime": "′", "partial": "∂", "nabla": "∇",
    "ell": "ℓ", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "|": "‖", "{": "{", "}": "}", "%": "%",
    "#": "#", "&": "&amp;", "_": "_", "sum": "∑", "prod": "∏", "langle": "⟨", "rangle": "⟩", "forall": "∀",
    "emptyset": "∅", "cap": "∩", "cup": "∪", "$": "$", "dagger": "†", "ast": "∗",
}  # fmt: skip
_SPACES = {",": _HAIR, ";": _NO_BREAK, " ": _NO_BREAK, "quad": _NO_BREAK * 2, "qquad": _NO_BREAK * 4, "!": "", ":": ""}
_IGNORED = {"left", "right", "displaystyle", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "limits", "nolimits"}
_ACCENTS = {
    "dot": "\u0307", "ddot": "\u0308", "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7",
    "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
_ALPHABETS = {"mathbb": "DOUBLE-STRUCK CAPITAL", "mathcal": "SCRIPT CAPITAL"}
_FRACTIONS = {
    ("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾", ("1", "8"): "⅛",
    ("3", "8"): "⅜", ("5", "8"): "⅝", ("7", "8"): "⅞", ("1", "5"): "⅕", ("1", "6"): "⅙",
}  # fmt: skip
_RAISED = {"⊤": "ᵀ", "+": "⁺", "+⊤": "⁺ᵀ", "2": "²", "3": "³", "−1": "⁻¹"}
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
"""Raised signs, and lowered digits, that have a character of their own, which takes a fifth of the bytes."""
_PRIVATE = 0xE000
"""The first of the private characters that stand in for those of a name."""
_OPENING, _CLOSING = "([⟨{", ")]⟩}"


def html_words(code: str) -> str:
    r"""Return LaTeX for text mode as HTML: words as `tex_escaped` writes them, and mathematics between dollars.

    >>> html_words(r"by 50\% of $W_{2}$")
    'by 50% of <i>W</i>₂'
    """
    pieces = _DOLLAR.split(code)
    return "".join(html_math(p) if i % 2 else escape(tex_unescaped(p), quote=False) for i, p in enumerate(pieces))


class Piece(NamedTuple):
    """A piece of a formula: its HTML, and how it stands beside others."""

    html: str
    kind: str = "letter"
    """``letter``, ``function``, ``sign`` (binary), ``relation``, ``opening``, ``closing``, ``comma``, ``bar``,
    ``space``, or ``gap`` for a space that is shown between factors alone."""


def html_of(expression: Any) -> str:
    """Return an expression as HTML.

    >>> from sympy import MatrixSymbol
    >>> html_of(MatrixSymbol("W_2", 2, 3))
    '<i>W</i>₂'
    """
    return html_math(latex_of(expression, breakable=True, escape=_hidden))


@lru_cache(maxsize=1 << 15)
def html_math(code: str) -> str:
    r"""Return LaTeX for math mode as HTML.

    Raises:
        NotMathematics: if a brace has no pair, or a command lacks an argument. A command that is not known is shown by
            its name, as that of a function is.

    >>> html_math(r"\alpha \le \tfrac{1}{2}")
    '<i>α</i>\xa0≤\xa0½'
    """
    reader = _Reader(_LEXEME.findall(code), code)
    html = _BRACKETED.sub(r"\1", _joined(reader.pieces(None), script=False))
    if len(re.sub(r"<[^>]*>|&\w+;", "-", html).replace("-", "")) <= SHORT:
        html = html.replace(_BREAK, _NO_BREAK).replace(_HAIR, "")
    return html


def _hidden(name: str) -> str:
    """Return a name with its characters replaced by private ones, on which no reader of LaTeX acts."""
    return "".join(chr(_PRIVATE + ord(c)) if c.isascii() else c for c in name)


def _unhidden(text: str) -> str:
    """Return words with each private character replaced by what it stands for, escaped for HTML."""
    shown = "".join(chr(ord(c) - _PRIVATE) if _PRIVATE <= ord(c) < _PRIVATE + 128 else c for c in text)
    return escape(shown, quote=False)


class _Reader:
    """Reads the lexemes of a formula from left to right."""

    def __init__(self, lexemes: list[str], code: str) -> None:
        self.lexemes, self.code, self.at = lexemes, code, 0

    def pieces(self, end: str | None) -> list[Piece]:
        """Read up to the lexeme ``end``, or to the end of the formula."""
        found: list[Piece] = []
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            if lexeme == end:
                self.at += 1
                return found
            if lexeme == "}":
                raise NotMathematics(self.code)
            if lexeme in "^_":
                if not found:
                    found.append(Piece(""))
                found[-1] = self._with_scripts(found[-1])
                continue
            self.at += 1
            found += self._read(lexeme)
        if end is not None:
            raise NotMathematics(self.code)
        return found

    def _with_scripts(self, base: Piece) -> Piece:
        """Read what stands below and above a piece: the index comes first."""
        below = above = ""
        passed: set[str] = set()
        while self.at < len(self.lexemes) and self.lexemes[self.at] in "^_":
            mark = self.lexemes[self.at]
            if mark in passed:
                raise NotMathematics(self.code)
            passed.add(mark)
            self.at += 1
            text = _joined(self._argument(), script=True)
            below, above = (below + text, above) if mark == "_" else (below, above + text)
        raised = _RAISED.get(above, f"<sup>{above}</sup>" if above else "")
        lowered = below.translate(_LOWERED) if below.isdigit() else f"<sub>{below}</sub>" if below else ""
        joined = _TIE if base.kind == "bar" else ""  # a line may break behind a bar
        html = base.html + joined + lowered + raised
        return Piece(html.replace("</sub><sub>", "").replace("</sup><sup>", ""), base.kind)

    def _argument(self) -> list[Piece]:
        """Read one argument: a group in braces, or a single lexeme."""
        while self.at < len(self.lexemes) and self.lexemes[self.at].isspace():
            self.at += 1
        if self.at == len(self.lexemes):
            raise NotMathematics(self.code)
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme == "{":
            return self.pieces("}")
        if lexeme.isdigit() and len(lexeme) > 1:  # of two digits only the first is an argument
            self.lexemes[self.at - 1] = lexeme[1:]
            self.at -= 1
        return self._read(lexeme[:1] if lexeme.isdigit() else lexeme)

    def _words(self) -> str:
        """Read the argument of a command for text as it is typed, and return the text that it shows."""
        if self.at == len(self.lexemes) or self.lexemes[self.at] != "{":
            raise NotMathematics(self.code)
        depth, first = 0, self.at + 1
        while self.at < len(self.lexemes):
            depth += {"{": 1, "}": -1}.get(self.lexemes[self.at], 0)
            self.at += 1
            if not depth:
                return tex_unescaped("".join(self.lexemes[first : self.at - 1]))
        raise NotMathematics(self.code)

    def _read(self, lexeme: str) -> list[Piece]:
        """Return what a lexeme begins."""
        if lexeme[0] == "\\":
            return self._command(lexeme[1:])
        if lexeme == "{":
            return [Piece(_joined(self.pieces("}"), script=False))]
        if lexeme.isspace():
            return [Piece(_HAIR, "gap")]
        return [_character(lexeme)]

    def _command(self, name: str) -> list[Piece]:
        """Return what a command stands for."""
        for kind, table in (("relation", _RELATIONS), ("sign", _BINARY), ("space", _SPACES)):
            if name in table:
                return [Piece(table[name], kind)]
        if name in _SIGNS:
            return [_character(_SIGNS[name])]
        if name in _IGNORED:
            return [Piece("", "space")] if self._skips_a_dot() else []
        if name == "allowbreak":
            return [Piece(_HAIR, "gap")]
        if name in GREEK_CAPITALS:
            return [Piece(unicodedata.lookup(f"GREEK CAPITAL LETTER {_unicode_name(name)}"))]
        if name in GREEK:
            return [_italic(unicodedata.lookup(f"GREEK SMALL LETTER {_unicode_name(name)}"))]
        if name in _COMMANDS:
            return _COMMANDS[name](self)
        return [Piece(escape(name, quote=False), "function")]

    def _skips_a_dot(self) -> bool:
        """Pass the dot that LaTeX asks for where one of two brackets is not shown."""
        skipped = self.at < len(self.lexemes) and self.lexemes[self.at] == "."
        self.at += skipped
        return skipped

    def fraction(self) -> list[Piece]:
        """Read a fraction, and write it in one line."""
        above, below = (_joined(self._argument(), script=False) for _ in range(2))
        if (above, below) in _FRACTIONS:
            return [Piece(_FRACTIONS[above, below])]
        if above.isdigit() and below.isdigit():
            return [Piece(f"<sup>{above}</sup>⁄<sub>{below}</sub>")]
        return [Piece(f"{_closed(above)}/{_closed(below)}")]

    def root(self) -> list[Piece]:
        """Read a square root, and draw a line above what stands under it."""
        return [Piece(f"√<u>{_joined(self._argument(), script=False)}</u>")]

    def upright(self) -> list[Piece]:
        """Read the name of a function, or of something else that is not a product of letters."""
        return [Piece(_unhidden(self._words()), "function")]

    def text(self) -> list[Piece]:
        """Read words."""
        return [Piece(_unhidden(self._words()))]

    def bold(self) -> list[Piece]:
        """Read a bold letter or digit."""
        return [Piece(f"<b>{_unhidden(self._words())}</b>")]

    def letter_of(self, alphabet: str) -> list[Piece]:
        """Read letters, and return those of another alphabet."""
        words = self._words()
        return [Piece("".join(_of_alphabet(alphabet, c) for c in words))]

    def accented(self, accent: str) -> list[Piece]:
        """Read what stands under an accent."""
        html = _joined(self._argument(), script=False)
        found = re.fullmatch(r"(<i>)?(\w)(</i>)?(.*)", html)
        if found is None:
            return [Piece(f"{html}<sup>{accent}</sup>")]
        return [Piece((found[1] or "") + unicodedata.normalize("NFC", found[2] + accent) + (found[3] or "") + found[4])]

    def rows(self) -> list[Piece]:
        """Read a matrix: rows that end with two backslashes, of entries that ``&`` divides."""
        kind = self._words()
        if kind not in ("matrix", "pmatrix", "bmatrix"):
            raise NotMathematics(self.code)
        cells: list[list[list[Piece]]] = [[[]]]
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            self.at += 1
            if lexeme == "\\end":
                self._words()
                if len(cells) == len(cells[0]) == 1:  # a matrix of one entry is shown as that
                    return [Piece(_joined(cells[0][0], script=False))]
                written = ("<tr>" + "".join(f"<td>{_joined(c, script=True)}" for c in row) for row in cells)
                return [Piece(f"<table>{''.join(written)}</table>")]
            if lexeme == "&":
                cells[-1].append([])
            elif lexeme == "\\\\":
                cells.append([[]])
            elif lexeme in "^_":
                self.at -= 1
                cells[-1][-1][-1:] = [self._with_scripts(cells[-1][-1][-1])]
            else:
                cells[-1][-1] += self._read(lexeme)
        raise NotMathematics(self.code)


_COMMANDS: dict[str, Callable[[_Reader], list[Piece]]] = {
    **dict.fromkeys(("frac", "tfrac", "dfrac"), _Reader.fraction),
    **dict.fromkeys(("mathrm", "operatorname"), _Reader.upright),
    **dict.fromkeys(("mathbf", "boldsymbol"), _Reader.bold),
    **{name: partial(_Reader.accented, accent=mark) for name, mark in _ACCENTS.items()},
    **{name: partial(_Reader.letter_of, alphabet=name) for name in _ALPHABETS},
    "sqrt": _Reader.root,
    "text": _Reader.text,
    "begin": _Reader.rows,
}
"""The commands that take arguments."""


def _unicode_name(command: str) -> str:
    r"""Return what Unicode calls a Greek letter; ``\varepsilon`` is an epsilon too."""
    name = command.upper().removeprefix("VAR")
    return {"LAMBDA": "LAMDA"}.get(name, name)


def _of_alphabet(alphabet: str, c: str) -> str:
    try:
        return unicodedata.lookup(f"{_ALPHABETS[alphabet]} {c.upper()}")
    except KeyError:
        kind = "MATHEMATICAL " + _ALPHABETS[alphabet]
        try:
            return unicodedata.lookup(f"{kind} {c.upper()}")
        except KeyError:
            return escape(c, quote=False)


def _italic(letter: str) -> Piece:
    return Piece(f"<i>{letter}</i>")


def _character(c: str) -> Piece:
    """Return a character as a piece of a formula."""
    if len(c) == 1 and c.isalpha() and (c.isascii() or c in "ℓ"):
        return _italic(c)
    if c in _OPENING:
        return Piece(c, "opening")
    if c in _CLOSING:
        return Piece(c, "closing")
    if c in "|‖":
        return Piece(c, "bar")
    if c in "=<>":
        return Piece(escape(c), "relation")
    if c in "+-−*":
        return Piece({"-": "−", "*": "∗"}.get(c, c), "sign")
    if c in ",;":
        return Piece(c, "comma")
    return Piece(c if c.startswith("&") else escape(c, quote=False))


def _closed(html: str) -> str:
    """Put a sum or a product in brackets, as it stands beside a fraction's stroke."""
    plain = re.sub(r"<(su[bp])>.*?</\1>|<[^>]*>", "", html)
    return html if len(plain) <= 1 or plain.isdigit() else f"({html})"


def _joined(pieces: list[Piece], script: bool) -> str:
    """Write pieces one after another, with the space that belongs around signs; there is none in a script."""
    if script:
        return "".join(piece.html for piece in pieces if piece.kind != "gap")
    written: list[str] = []
    shown = _with_bars([piece for piece in pieces if piece.kind != "gap"])
    gaps = _gaps(pieces)
    for i, piece in enumerate(shown):
        before = shown[i - 1].kind if i else "opening"
        after = shown[i + 1].kind if i + 1 < len(shown) else "closing"
        if i in gaps and before in ("letter", "closing") and piece.kind in ("letter", "opening", "function"):
            written.append(_HAIR)
        written.append(_spaced(piece, before, after))
    return re.sub(f"</i>({_HAIR}?)<i>", r"\1", "".join(written))


def _with_bars(pieces: list[Piece]) -> list[Piece]:
    """Return pieces in which bars are brackets: each second one closes what the one before it opens."""
    opened, found = False, []
    for piece in pieces:
        if piece.kind == "bar":
            opened = not opened
            piece = Piece(piece.html, "opening" if opened else "closing")
        found.append(piece)
    return found


def _gaps(pieces: list[Piece]) -> set[int]:
    """Return before which of the pieces that are no gaps a gap stands."""
    found, number = set(), 0
    for piece in pieces:
        if piece.kind == "gap":
            found.add(number)
        else:
            number += 1
    return found


def _spaced(piece: Piece, before: str, after: str) -> str:
    """Return a piece with the space around it: a sign before a single term has none behind it."""
    alone = before in ("opening", "relation", "sign", "comma", "space")
    if piece.kind == "relation":
        return f"{'' if before == 'opening' else _NO_BREAK}{piece.html}{'' if after == 'closing' else _BREAK}"
    if piece.kind == "sign":
        return piece.html if alone and piece.html in "+−" else f"{_BREAK}{piece.html}{_NO_BREAK}"
    if piece.kind == "function":
        return piece.html + ("" if after in ("opening", "closing", "comma") else _NO_BREAK)
    return piece.html + (_BREAK if piece.kind == "comma" and after != "closing" else "")
