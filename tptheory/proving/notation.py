"""How words, polynomials and reasons of a certificate are written, in plain text and in LaTeX."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from sympy import Symbol, latex

from tptheory.proving.reading import Letters, Monomial, Polynomial, Reader
from tptheory.symbolic.spelling import member_latex


class Written(NamedTuple):
    """The same in plain text and in LaTeX."""

    text: str
    latex: str

    def __add__(self, other: Written) -> Written:  # type: ignore[override]
        """Write one after the other."""
        return Written(self.text + other.text, self.latex + other.latex)


class Term(NamedTuple):
    """A term of a sum: its sign, and its factors without the sign."""

    sign: str
    factors: tuple[Written, ...]


def prose(text: str) -> Written:
    """Write words."""
    return Written(text, text_latex(text))


def formula(text: str) -> Written:
    """Write a sum of products of symbols as mathematics within words."""
    return Written(text, f"${expression_latex(text)}$")


def inline(terms: list[Term]) -> Written:
    """Write a polynomial as mathematics within words."""
    whole = joined(terms)
    return Written(whole.text, f"${whole.latex}$")


def joined(terms: list[Term]) -> Written:
    """Write the terms of a sum in one line; no terms are 0."""
    text, code = "", ""
    for term in terms:
        space = " " if text else ""
        sign = term.sign if term.sign == "-" or text else ""
        text += f"{space}{sign} " * bool(sign) + " ".join(f.text for f in term.factors)
        code += f"{space}{sign} " * bool(sign) + " ".join(f.latex for f in term.factors)
    return Written(text or "0", code or "0")


def polynomial(checker: Reader, p: Polynomial) -> list[Term]:
    """Write the terms of a polynomial in their order, but a positive one first."""
    terms, (rows, _) = p
    written = [_term(checker, m, c, rows) for m, c in terms.items() if c]
    first = next((i for i, term in enumerate(written) if term.sign == "+"), 0)
    return written[first : first + 1] + written[:first] + written[first + 1 :]


def _term(checker: Reader, monomial: Monomial, coefficient: Fraction, rows: str) -> Term:
    scalars, word = monomial
    factors = [_letter(a) for a in word]
    if not word and rows != "1":
        factors.append(Written("I", "I"))
    powers = sorted(Counter(scalars).items(), key=lambda item: (bool(checker.shapes[item[0][0]]), item[0]))
    alone = not factors and len(scalars) == 1
    factors = [f for s, power in powers for f in _scalar(checker, s, power, alone)] + factors
    number = Fraction(abs(coefficient))
    if number != 1 or not factors:
        factors.insert(0, Written(str(number), _number(str(number))))
    return Term("-" if coefficient < 0 else "+", tuple(factors))


def _scalar(checker: Reader, scalar: Letters, power: int, alone: bool) -> list[Written]:
    shapes = checker.shapes
    if not shapes[scalar[0]]:
        body = _letter(scalar[0])
        closed = not re.search(r"[\^']", body.latex)
    else:
        starts = [i for i, a in enumerate(scalar) if shapes[a][0] == "1"]
        if starts:
            both = scalar, tuple(checker.adjoints[a] for a in reversed(scalar))
            turns = [q[i:] + q[:i] for q in both for i in range(len(q)) if shapes[q[i]][0] == "1"]
            scalar = min(turns, key=lambda q: [(a.endswith("'"), a) for a in reversed(q)])
        letters = [_letter(a) for a in scalar]
        if starts and alone:
            return letters
        body = Written(f"({' '.join(a.text for a in letters)})", f"({' '.join(a.latex for a in letters)})")
        if not starts:
            body = Written("tr", r"\operatorname{tr}") + body
        closed = bool(starts)
    if power == 1:
        return [body]
    if not closed:
        body = Written("(", r"\left(") + body + Written(")", r"\right)")
    return [body + Written(f"^{power}", f"^{{{power}}}")]


def _letter(name: str) -> Written:
    return Written(re.sub(r"^(d.+/dt)'$", r"(\1)'", name), name_latex(name))


FUNCTIONS = {name: rf"\operatorname{{{name}}}" for name in ("tr", "im", "row", "rank")}
FUNCTIONS |= {"LogPdet": r"\log\operatorname{pdet}", "Determinant": r"\det"}
RELATIONS = {"⊆": r"\subseteq", "⟂": r"\perp", "∥": r"\parallel", "≤": r"\le", "=": "="}
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u20d7",
        ["grave", "acute", "hat", "tilde", "bar", "breve", "dot", "ddot", "check", "vec"],
        strict=True,
    )
)
SPECIAL = {"^": r"\wedge ", "~": r"\sim ", "\\": r"\backslash ", " ": r"\ ", '"': r"''", "`": r"\grave{\ }"}
SPECIAL |= {c: f"\\{c}" for c in "#$%&{}_"}
MARK = re.compile(r"(?:'|\+|\*|\^-?\d+)$")


@lru_cache(maxsize=4096)
def name_latex(name: str) -> str:
    r"""Return the LaTeX of a symbol of a certificate; of any name it is LaTeX that compiles.

    >>> name_latex("W_2+'"), name_latex("(A' B)+"), name_latex("eta")
    ('W_{2}^{+\\top}', '(A^{\\top} B)^{+}', '\\eta')
    >>> name_latex("(1/2 (x' x) + lambda)^-1"), name_latex("dW_2/dt'"), name_latex("u[A*B]")
    ('(\\tfrac{1}{2} (x^{\\top} x) + \\lambda)^{-1}', '\\dot{W}_{2}^{\\top}', 'u_{A B}')
    """
    if match := re.fullmatch(r"(\w+)(\+|\^-1)\[([^\]]*)\]('?)", name):
        name = f"{match[1]}[{match[3]}]{match[2]}{match[4]}"
    marks, base = "", name
    while not re.fullmatch(r"1/\|.+\|\^2", base) and (match := MARK.search(base)) and match.start():
        mark = {"'": r"\top", "+": "+", "*": r"\ast"}.get(match[0], match[0].removeprefix("^"))
        base, marks = base[: match.start()], mark + (" " if mark[0] == "\\" and marks[:1].isalpha() else "") + marks
    body = _base(base)
    if not marks:
        return body
    if "^" in re.sub(r"\{[^{}]*\}$", "", body) and not body.startswith("("):
        body = f"{{{body}}}"
    return rf"{body}^{{{marks}}}"


def _base(base: str) -> str:
    if base.startswith("(") and _closes(base) == len(base) - 1:
        inner = base[1:-1]
        doubled = inner.startswith("(") and _closes(inner) == len(inner) - 1
        return _base(inner) if doubled else f"({expression_latex(inner)})"
    if (match := re.fullmatch(r"(\w+)\((.*)\)", base)) and match[1] in FUNCTIONS:
        return f"{FUNCTIONS[match[1]]}({expression_latex(match[2])})"
    if match := re.fullmatch(r"1/\|(.+)\|\^2", base):
        return rf"\lvert {expression_latex(match[1])} \rvert^{{-2}}"
    if match := re.fullmatch(r"d(.+)/dt", base):
        letter, mark, index = name_latex(match[1]).partition("_")
        return rf"\dot{{{letter}}}{mark}{index}"
    if re.fullmatch(r"[klL][+-]\d+", base):
        return base
    if match := re.fullmatch(r"([A-Za-z][\w-]*)\[(.+)\]", base, re.ASCII):
        return member_latex(match[1], expression_latex(match[2]))
    if match := re.fullmatch(r"ones_(\w+)", base):
        return rf"\mathbf{{1}}_{{{name_latex(match[1])}}}"
    if re.fullmatch(r"\d+(/\d+)?", base):
        return _number(base)
    return _plain(base)


def _plain(name: str) -> str:
    """Return the LaTeX of a name without structure: SymPy's where it is a word of ASCII, else letter by letter."""
    spelled = ""
    for c in unicodedata.normalize("NFC", name):
        kind = unicodedata.name(c, "")
        if match := GREEK.fullmatch(kind):
            letter = match[2].lower().replace("lamda", "lambda")
            spelled += letter if match[1] == "SMALL" else letter.capitalize()
        elif kind.startswith("SUBSCRIPT"):
            spelled += ("" if "_" in spelled else "_") + unicodedata.normalize("NFKD", c)
        else:
            spelled += c
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", spelled, re.ASCII):
        return str(latex(Symbol(spelled)))
    letter, _, index = spelled.partition("_")
    body = "".join(map(_character, re.findall(r".[\u0300-\u036f\u20d7]*", unicodedata.normalize("NFD", letter), re.S)))
    index = "".join(map(_character, index))
    return (rf"\mathrm{{{body}}}" if len(letter) > 1 else body or "{}") + (rf"_{{\mathrm{{{index}}}}}" if index else "")


def _character(c: str) -> str:
    base, accents = c[0], c[1:]
    code = SPECIAL.get(base, base) if base.isascii() and base.isprintable() else rf"\mathrm{{U{ord(base):04X}}}"
    for accent in accents:
        code = rf"\{ACCENTS.get(accent, 'underline')}{{{code}}}"
    return code


def _number(text: str) -> str:
    numerator, _, denominator = text.partition("/")
    return rf"\tfrac{{{numerator}}}{{{denominator}}}" if denominator else text


def expression_latex(text: str) -> str:
    """Return the LaTeX of a sum of products, written as certificates name them or as SymPy prints them."""
    return " ".join(
        RELATIONS[t]
        if t in RELATIONS
        else t
        if t in ("+", "-", "I")
        else name_latex(t.strip(",")) + "," * t.endswith(",")
        for t in _tokens(plain(text))
    )


def _tokens(text: str) -> Iterator[str]:
    """Cut at spaces outside of brackets, and before a bracket that opens."""
    start = depth = 0
    bars = False
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        bars ^= c == "|"
        if c == " " and depth <= 0 and not bars:
            yield from [text[start:i]] if i > start else []
            start = i + 1
    yield from [text[start:]] if len(text) > start else []


def _closes(text: str) -> int:
    """Return where the bracket closes that a text opens with; -1 if it does not."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if not depth:
            return i
    return -1


def plain(text: str) -> str:
    """Return what SymPy prints in the notation of certificates.

    >>> plain("Pinv(W_3*W_2)*W_3.T + 2*Pinv(A)")
    "(W_3 W_2)+ W_3' + 2 A+"
    """
    while (at := text.find("Pinv(")) >= 0:
        end = at + 4 + _closes(text[at + 4 :])
        if end < at + 4:
            break
        inner = text[at + 5 : end]
        text = text[:at] + (f"{inner}+" if re.fullmatch(r"[\w.]+", inner) else f"({inner})+") + text[end + 1 :]
    return text.replace("**", "^").replace("*", " ").replace(".T", "'")


TEXT = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
TEXT |= {c: f"\\{c}" for c in "#$%&{}_"} | {c: f"${c}$" for c in "<>|"}


def text_latex(text: str) -> str:
    """Return words as LaTeX text; what is not ASCII is set as a symbol."""
    return "".join(TEXT.get(c) or (c if c.isascii() else f"${RELATIONS.get(c) or _plain(c)}$") for c in text)


SIZES: Mapping[str, float] = {"W": 10.5, "+": 13, "-": 13, "=": 15, "(": 4.5, ")": 4.5, " ": 0, "I": 5, r"\top": 9.5}
SILENT = {r"\operatorname", r"\mathbf", r"\mathrm", r"\dot", r"\hat", r"\bar", r"\tfrac", r"\left", r"\right"}


def width(code: str) -> float:
    """Estimate how wide LaTeX mathematics is, in points of an 11 point font."""
    total, depth = 0.0, 0
    raised: list[int] = []
    for piece in re.findall(r"\\[a-zA-Z]+|\\.|.", code):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth -= 1
            raised = [d for d in raised if d <= depth]
        elif piece in "^_":
            raised.append(depth + 1)
        elif piece not in SILENT:
            size = SIZES.get(piece, 9.5 if piece.isupper() else 6)
            total += min(size, 9.5) * 0.74 if raised else size
    return total
