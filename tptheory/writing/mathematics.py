r"""Expressions as LaTeX and as MathML: SymPy's printers, with the notation of this field.

Transposes are ``W^{\top}``, pseudo-inverses ``W^{+}``, identities ``I``; matrix sums keep the order in which they were
built. The MathML is MathML Core, which browsers draw without a library, and its text is escaped.
"""

from __future__ import annotations

import html
import re
from typing import Any
from xml.dom.minidom import Document, Element

from sympy import (
    Add,
    Expr,
    Identity,
    MatAdd,
    MatMul,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    S,
    Trace,
    ZeroMatrix,
    sympify,
)
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pretty.pretty_symbology import greek_unicode

from tptheory.symbolic.expressions import LogPdet, Pinv, UnspecifiedLoss, matmul
from tptheory.symbolic.layers import WIDTH, LayerScalar, LayerSymbol, index_text
from tptheory.symbolic.spelling import PRODUCTS, spelling
from tptheory.writing.breaking import (
    FUNCTION_APPLICATION,
    INVISIBLE_TIMES,
    broken,
    element,
    is_function,
    pieces,
)
from tptheory.writing.prose import tex_escaped

BREAKABLE = 8
"""The most pieces of an expression that stay on one line of a page."""

_OWN = (Pinv, LogPdet, UnspecifiedLoss)
_FUNCTIONS = (LogPdet, Trace)
_LETTERS = (MatrixSymbol, MatrixBase, OneMatrix, Identity, ZeroMatrix)
_MINUS = "\u2212"
_OUTSIDE_A_NAME = re.compile(r"[\\{}%#$&~]")


def latex_of(expression: Any, *, breakable: bool = False) -> str:
    r"""Return LaTeX for math mode; with ``breakable``, lines may break between factors and inside parentheses.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 4)
    >>> latex_of(Pinv(A * B))
    '\\left(A B\\right)^{+}'
    """
    text = _Latex({"breakable": breakable}).doprint(sympify(expression))
    if breakable and r"\frac" not in text and r"\begin" not in text:  # SymPy puts brackets of its own around scalars
        text = text.replace(r"\left(", "(").replace(r"\right)", ")")
    return text


def mathml_of(expression: Any, *, breakable: bool = False) -> str:
    """Return one ``<math>`` element; with ``breakable``, a long expression is several, between which a line may break.

    >>> from sympy import MatrixSymbol
    >>> mathml_of(MatrixSymbol("W_2", 2, 3))
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><msub><mi>W</mi><mn>2</mn></msub></math>'
    """
    printer = _MathML()
    printed = printer._print(sympify(expression))
    if not breakable:
        return element([printed])
    if sum(isinstance(piece, Element) for piece in pieces(printed)) <= BREAKABLE:
        return element([printed])
    return broken(printed)


def _negative(expression: Any) -> bool:
    """Tell whether a minus sign stands before the matrix; ``(1 - eta) W`` has none."""
    return isinstance(expression, MatMul) and bool(expression.as_coeff_matrices()[0].as_coeff_Mul()[0].is_negative)


def _opposite(matrix: MatrixExpr) -> MatrixExpr:
    """Change the sign, without SymPy's simplification of matrix products."""
    return matmul(-1, matrix)


def _is_sum(expression: Any) -> bool:
    return isinstance(expression, Add | MatAdd)


def _fraction_first(expression: Mul) -> tuple[Expr, Expr] | None:
    """Split ``tr(A) / 2`` into ``1/2`` and ``tr(A)``, where only a number stands below."""
    number, rest = expression.as_coeff_Mul()
    if number.is_Rational and number.q != 1 and rest.is_commutative and rest.as_numer_denom()[1] == 1:
        return number, rest
    return None


class _Latex(LatexPrinter):
    """SymPy's LaTeX printer with this field's notation."""

    _default_settings = LatexPrinter._default_settings | {"breakable": False}

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, _OWN):  # these bring a `_latex` of their own for SymPy's printer, which would go first
            return getattr(self, f"_print_{type(expr).__name__}")(expr, **kwargs)
        return super()._print(expr, **kwargs)

    def _add_parens(self, s: str) -> str:
        flat = self._settings["breakable"] and r"\frac" not in s and r"\begin" not in s
        return f"({s})" if flat else rf"\left({s}\right)"

    def parenthesize(self, item: Any, level: int, is_neg: bool = False, strict: bool = False) -> str:
        if isinstance(item, _FUNCTIONS) and level >= PRECEDENCE["Pow"]:
            return self._add_parens(self._print(item))
        return super().parenthesize(item, level, is_neg=is_neg, strict=strict)

    def _deal_with_super_sub(self, string: str, style: str = "plain") -> str:
        if _OUTSIDE_A_NAME.search(string):
            return rf"\text{{{tex_escaped(string)}}}"
        return super()._deal_with_super_sub(string, style)

    def _base(self, matrix: MatrixExpr) -> str:
        """Print what a superscript is put on."""
        text = self._print(matrix)
        if isinstance(matrix, LayerSymbol):
            return f"{{{text}}}" if "^" in text else text
        return text if isinstance(matrix, _LETTERS) and "^" not in text else self._add_parens(text)

    def _print_Pinv(self, expr: Pinv) -> str:
        return f"{self._base(expr.arg)}^{{+}}"

    def _print_Transpose(self, expr: Any) -> str:
        return rf"{self._base(expr.arg)}^{{\top}}"

    def _print_MatPow(self, expr: Any) -> str:
        return f"{self._base(expr.base)}^{{{self._print(expr.exp)}}}"

    def _print_LogPdet(self, expr: LogPdet, exp: str | None = None) -> str:
        text = rf"\log\operatorname{{pdet}}{self._add_parens(self._print(expr.arg))}"
        return text if exp is None else f"{self._add_parens(text)}^{{{exp}}}"

    def _print_Trace(self, expr: Trace, exp: str | None = None) -> str:
        text = rf"\operatorname{{tr}}{self._add_parens(self._print(expr.arg))}"
        return text if exp is None else f"{self._add_parens(text)}^{{{exp}}}"

    def _print_UnspecifiedLoss(self, expr: UnspecifiedLoss) -> str:
        return rf"\mathcal{{L}}{self._add_parens(self._print(expr.args[0]))}"

    def _print_Function(self, expr: Any, exp: str | None = None) -> str:
        if expr.func != WIDTH:
            return super()._print_Function(expr, exp)
        return f"n_{{{index_text(expr.args[0])}}}" + (f"^{{{exp}}}" if exp else "")

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_OneMatrix(self, expr: Any) -> str:
        return r"\mathbf{1}"

    def _print_MatAdd(self, expr: MatAdd) -> str:
        first, *rest = expr.args
        text = self._print(first)
        for term in rest:
            text += f" - {self._print(_opposite(term))}" if _negative(term) else f" + {self._print(term)}"
        return text

    def _print_MatMul(self, expr: MatMul) -> str:
        sign, expr = ("- ", _opposite(expr)) if _negative(expr) else ("", expr)
        if not isinstance(expr, MatMul):
            return sign + (self._add_parens(self._print(expr)) if _is_sum(expr) else self._print(expr))
        scalar, matrices = expr.as_coeff_matrices()
        texts = [] if scalar == 1 else [self._add_parens(s) if _is_sum(scalar) else s for s in [self._print(scalar)]]
        texts += [self.parenthesize(M, PRECEDENCE["Mul"]) for M in matrices]
        return sign + (r" \allowbreak " if self._settings["breakable"] else " ").join(texts)

    def _print_Mul(self, expr: Mul) -> str:
        split = _fraction_first(expr)
        if split is None:
            return super()._print_Mul(expr)
        number, rest = split
        sign = "- " if number < 0 else ""
        factor = self._add_parens(self._print(rest)) if _is_sum(rest) else self._print(rest)
        return rf"{sign}\tfrac{{{abs(number.p)}}}{{{number.q}}} {factor}"


class _MathML(MathMLPresentationPrinter):
    """SymPy's MathML printer with this field's notation, restricted to MathML Core, its text escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.dom.createTextNode = lambda text: Document.createTextNode(self.dom, _plain(text))

    def _made(self, tag: str, *children: Any, **attributes: str) -> Element:
        element = self.dom.createElement(tag)
        for child in children:
            element.appendChild(self.dom.createTextNode(child) if isinstance(child, str) else child)
        for name, value in attributes.items():
            element.setAttribute(name, value)
        return element

    def _row(self, *children: Any) -> Element:
        return children[0] if len(children) == 1 else self._made("mrow", *children)

    def _l_paren(self) -> Element:
        return self._made("mo", "(", lspace="0", rspace="0", stretchy="false")

    def _r_paren(self) -> Element:
        return self._made("mo", ")", lspace="0", rspace="0", stretchy="false")

    def _fenced(self, content: Element) -> Element:
        return self._made("mrow", self._l_paren(), content, self._r_paren())

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> Element:
        if isinstance(item, _FUNCTIONS) and level >= PRECEDENCE["Pow"]:
            return self._fenced(self._print(item))
        return super().parenthesize(item, level, strict=strict)

    def _superscript(self, base: Any, mark: Element) -> Element:
        printed = self._print(base)
        if printed.tagName == "msub":
            letter, below = list(printed.childNodes)
            return self._made("msubsup", letter, below, mark)
        return self._made("msup", printed if isinstance(base, _LETTERS) else self._fenced(printed), mark)

    def _function(self, *names: str, of: Any) -> Element:
        words: list[Any] = []
        for name in names:
            words += [self._made("mi", name), self._made("mspace", width="0.17em")]
        return self._made("mrow", *words[:-1], self._made("mo", FUNCTION_APPLICATION), self._fenced(self._print(of)))

    def _print_Symbol(self, sym: Any, style: str = "plain") -> Element:
        name, above, below = self._split_super_sub(sym.name)
        base, below, above = self._letter(name), [self._letter(b) for b in below], [self._letter(a) for a in above]
        if below and above:
            return self._made("msubsup", base, self._row(*below), self._row(*above))
        if below or above:
            return self._made("msub" if below else "msup", base, self._row(*(below or above)))
        return base

    def _print_LayerSymbol(self, expr: LayerSymbol | LayerScalar) -> Element:
        letter, above, dotted = spelling(expr.sequence.name)
        index = self._index(index_text(expr.index))
        raised = [self._made("mtext", above)] if above else []
        if letter in PRODUCTS:
            ends = (index, self._made("mn", "1"))
            if letter == "Down":
                ends = (self._index(index_text(expr.sequence.last - 1)), index)
            first, last = (self._made("msub", self._made("mi", "W"), end) for end in ends)
            product = self._fenced(self._made("mrow", first, self._made("mi", "⋯"), last))
            marks = [self._made("mo", "·")] * dotted + raised
            return self._made("msup", product, self._row(*marks)) if marks else product
        body = self._letter(letter)
        body = self._made("mover", body, self._made("mo", "˙"), accent="true") if dotted else body
        return self._made("msubsup", body, index, *raised) if raised else self._made("msub", body, index)

    def _print_LayerScalar(self, expr: LayerScalar) -> Element:
        return self._print_LayerSymbol(expr)

    def _index(self, text: str) -> Element:
        """Print the index of a layer, such as ``l-1``."""
        tokens = re.findall(r"[+-]|[^+-]+", text)
        parts = [
            self._made("mo", _MINUS if t == "-" else t, lspace="0", rspace="0") if t in "+-" else self._letter(t)
            for t in tokens
        ]
        return self._row(*parts)

    def _print_Function(self, expr: Any) -> Element:
        if expr.func != WIDTH:
            return super()._print_Function(expr)
        return self._made("msub", self._made("mi", "n"), self._index(index_text(expr.args[0])))

    def _letter(self, text: str) -> Element:
        return self._made("mn" if text.isdigit() else "mi", greek_unicode.get(text, text))

    def _print_Pinv(self, expr: Pinv) -> Element:
        return self._superscript(expr.arg, self._made("mo", "+"))

    def _print_Transpose(self, expr: Any) -> Element:
        return self._superscript(expr.arg, self._made("mo", "\u22a4"))

    def _print_Inverse(self, expr: Any) -> Element:
        return self._superscript(expr.arg, self._made("mn", f"{_MINUS}1"))

    def _print_LogPdet(self, expr: LogPdet) -> Element:
        return self._function("log", "pdet", of=expr.arg)

    def _print_Trace(self, expr: Trace) -> Element:
        return self._function("tr", of=expr.arg)

    def _print_UnspecifiedLoss(self, expr: UnspecifiedLoss) -> Element:
        return self._function("\u2112", of=expr.args[0])

    def _print_Identity(self, expr: Any) -> Element:
        return self._made("mi", "I")

    def _print_OneMatrix(self, expr: Any) -> Element:
        return self._made("mn", "\U0001d7cf")

    def _print_ZeroMatrix(self, expr: Any) -> Element:
        return self._made("mn", "0")

    def _print_MatAdd(self, expr: MatAdd) -> Element:
        first, *rest = expr.args
        parts = [self._print(first)]
        for term in rest:
            negative = _negative(term)
            parts.append(self._made("mo", _MINUS if negative else "+"))
            parts.append(self._print(_opposite(term) if negative else term))
        return self._made("mrow", *parts)

    def _print_MatMul(self, expr: MatMul) -> Element:
        parts = []
        if _negative(expr):
            parts.append(self._made("mo", _MINUS, form="prefix"))
            expr = _opposite(expr)
        scalar, matrices = expr.as_coeff_matrices() if isinstance(expr, MatMul) else (S.One, [expr])
        factors = [] if scalar == 1 else [self._fenced(s) if _is_sum(scalar) else s for s in [self._print(scalar)]]
        factors += [
            self.parenthesize(M, PRECEDENCE["Mul"]) if len(matrices) > 1 or factors or parts else self._print(M)
            for M in matrices
        ]
        parts += self._multiplied(factors)
        return self._row(*parts)

    def _multiplied(self, factors: list[Element]) -> list[Element]:
        product = factors[:1]
        for factor in factors[1:]:
            space = [self._made("mspace", width="0.17em")] if is_function(factor) else []
            product += [self._made("mo", INVISIBLE_TIMES), *space, factor]
        return product

    def _print_Mul(self, expr: Mul) -> Element:
        split = _fraction_first(expr)
        if split is None:
            return super()._print_Mul(expr)
        number, rest = split
        sign = [self._made("mo", _MINUS, form="prefix")] if number < 0 else []
        fraction = self._made("mfrac", self._made("mn", str(abs(number.p))), self._made("mn", str(number.q)))
        factor = self._fenced(self._print(rest)) if _is_sum(rest) else self._print(rest)
        return self._made("mrow", *sign, *self._multiplied([fraction, factor]))


def _plain(text: str) -> str:
    """Turn SymPy's raw entities into characters, and a leading hyphen into a minus sign."""
    text = html.unescape(text)
    return _MINUS + text[1:] if text.startswith("-") else text
