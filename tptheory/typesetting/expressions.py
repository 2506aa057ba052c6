r"""Expressions as LaTeX: SymPy's printer, with the notation of this field.

Transposes are ``W^{\top}``, pseudo-inverses ``W^{+}``, identities ``I``, and time derivatives have a dot. Matrix sums
keep the order in which they were built. The nodes of this project print themselves by this printer, so that SymPy's
``latex`` gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

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
    Rational,
    Trace,
    ZeroMatrix,
    sympify,
)
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from tptheory.certificates.checker import index_text
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.spelling import member_latex

_OWN = ("Chain", "LayerScalar", "LayerSymbol", "LogPdet", "Pinv", "Rank", "UnspecifiedLoss")
"""The names of the node classes that call this printer when SymPy's printer meets them."""
_FUNCTIONS = ("LogPdet", "Rank", "Trace")
_LETTERS = (MatrixSymbol, MatrixBase, OneMatrix, Identity, ZeroMatrix)
_OUTSIDE_A_NAME = re.compile(r"[\\{}%#$&~]")


def latex_of(expression: Any, *, breakable: bool = False, escape: Callable[[str], str] = tex_escaped) -> str:
    r"""Return LaTeX for math mode.

    Args:
        expression: anything that ``sympify`` accepts.
        breakable: whether lines may break between factors and inside parentheses.
        escape: how the characters of a name that is no LaTeX are written, within ``\text``.

    >>> from sympy import MatrixSymbol, Transpose
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 4)
    >>> latex_of(Transpose(A * B))
    '\\left(A B\\right)^{\\top}'
    """
    text = _Latex({"breakable": breakable, "escape": escape}).doprint(sympify(expression))
    if breakable and r"\frac" not in text and r"\begin" not in text:  # SymPy puts brackets of its own around scalars
        text = text.replace(r"\left(", "(").replace(r"\right)", ")")
    return text


def latex_in_words(expression: Any) -> str:
    """Return LaTeX of an expression as it stands within words."""
    return f"${latex_of(expression)}$"


def node_latex(node: Any, exponent: str | None = None) -> str:
    """Return the LaTeX of a node of this project for SymPy's printer, with the exponent that the printer may give.

    Transposes are written as that printer writes them beside the node.
    """
    text = _Latex({"transpose": "T"}).doprint(node)
    return text if exponent is None else rf"\left({text}\right)^{{{exponent}}}"


def value_latex(value: Any) -> str:
    """Return a number, or a matrix as rows in brackets: anything with ``p`` and ``q``, ``latex`` or ``tolist``."""
    if hasattr(value, "latex"):
        return value.latex()
    if not hasattr(value, "tolist"):
        return latex_of(Rational(int(value.p), int(value.q)))
    rows = (" & ".join(map(value_latex, row)) for row in value.tolist())
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _is_sum(expression: Any) -> bool:
    return isinstance(expression, Add | MatAdd)


def _fraction_first(expression: Mul) -> tuple[Expr, Expr] | None:
    """Split ``tr(A) / 2`` into ``1/2`` and ``tr(A)``, where only a number stands below."""
    number, rest = expression.as_coeff_Mul()
    if number.is_Rational and number.q != 1 and rest.is_commutative and rest.as_numer_denom()[1] == 1:
        return number, rest
    return None


def _signed(expression: Any) -> tuple[bool, Any, list[Any]]:
    """Return whether a minus sign stands before a product, its scalar without the sign, and its matrices.

    ``(1 - eta) W`` has no sign.
    """
    scalar, matrices = expression.as_coeff_matrices() if isinstance(expression, MatMul) else (1, [expression])
    negative = bool(sympify(scalar).as_coeff_Mul()[0].is_negative)
    return negative, -scalar if negative else scalar, list(matrices)


class _Latex(LatexPrinter):
    """SymPy's LaTeX printer with this field's notation."""

    _default_settings = LatexPrinter._default_settings | {
        "breakable": False,
        "escape": tex_escaped,
        "transpose": r"\top",
    }

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if type(expr).__name__ in _OWN:  # SymPy would ask the node first, which would ask this printer
            return getattr(self, f"_print_{type(expr).__name__}")(expr, **kwargs)
        return super()._print(expr, **kwargs)

    def _add_parens(self, s: str) -> str:
        flat = self._settings["breakable"] and r"\frac" not in s and r"\begin" not in s
        return f"({s})" if flat else rf"\left({s}\right)"

    def parenthesize(self, item: Any, level: int, is_neg: bool = False, strict: bool = False) -> str:
        if type(item).__name__ in _FUNCTIONS and level >= PRECEDENCE["Pow"]:
            return self._add_parens(self._print(item))
        return super().parenthesize(item, level, is_neg=is_neg, strict=strict)

    def _deal_with_super_sub(self, string: str, style: str = "plain") -> str:
        if _OUTSIDE_A_NAME.search(string):
            return rf"\text{{{self._settings['escape'](string)}}}"
        return super()._deal_with_super_sub(string, style)

    def _base(self, matrix: MatrixExpr) -> str:
        """Print a matrix so that a superscript can follow it."""
        text = self._print(matrix)
        if type(matrix).__name__ == "LayerSymbol":
            return f"{{{text}}}" if "^" in text else text
        return text if isinstance(matrix, _LETTERS) and "^" not in text else self._add_parens(text)

    def _print_Pinv(self, expr: Any) -> str:
        return f"{self._base(expr.arg)}^{{+}}"

    def _print_Transpose(self, expr: Any) -> str:
        if isinstance(expr.arg, OneMatrix):
            return self._print_OneMatrix(OneMatrix(expr.rows, expr.cols))
        return f"{self._base(expr.arg)}^{{{self._settings['transpose']}}}"

    def _print_Adjoint(self, expr: Any) -> str:
        return self._print_Transpose(expr)

    def _print_MatPow(self, expr: Any) -> str:
        return f"{self._base(expr.base)}^{{{self._print(expr.exp)}}}"

    def _print_LogPdet(self, expr: Any, exp: str | None = None) -> str:
        return self._function_of_a_matrix(r"\log\operatorname{pdet}", expr, exp)

    def _print_Trace(self, expr: Trace, exp: str | None = None) -> str:
        return self._function_of_a_matrix(r"\operatorname{tr}", expr, exp)

    def _print_Rank(self, expr: Any, exp: str | None = None) -> str:
        return self._function_of_a_matrix(r"\operatorname{rank}", expr, exp)

    def _function_of_a_matrix(self, name: str, expr: Any, exp: str | None) -> str:
        text = name + self._add_parens(self._print(expr.arg))
        return text if exp is None else f"{self._add_parens(text)}^{{{exp}}}"

    def _print_UnspecifiedLoss(self, expr: Any) -> str:
        return rf"\mathcal{{L}}{self._add_parens(self._print(expr.args[0]))}"

    def _print_Function(self, expr: Any, exp: str | None = None) -> str:
        if expr.func.__name__ != "n" or not expr.is_integer:
            return super()._print_Function(expr, exp)
        return f"n_{{{self._index(expr.args[0])}}}" + (f"^{{{exp}}}" if exp else "")  # the width of a layer

    def _index(self, index: Any) -> str:
        """Print the index of a layer, such as ``l-1``."""
        offset, base = sympify(index).as_coeff_Add()
        return index_text(self._print(base) if base != 0 else "", int(offset))

    def _print_LayerSymbol(self, expr: Any) -> str:
        sequence = expr.sequence
        top = self._index(sequence.last - 1) if sequence.name.startswith("Down") else "L"
        return member_latex(sequence.name, self._index(expr.index), top, self._settings["escape"])

    def _print_LayerScalar(self, expr: Any, exp: str | None = None) -> str:
        text = self._print_LayerSymbol(expr)
        text = f"{{{text}}}" if "^" in text else text
        return text if exp is None else f"{text}^{{{exp}}}"

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_OneMatrix(self, expr: OneMatrix) -> str:
        """Print a column of ones as ``1``, a row as its transpose, and any other matrix of ones as column times row."""
        column, row = r"\mathbf{1}", rf"\mathbf{{1}}^{{{self._settings['transpose']}}}"
        return column if expr.cols == 1 else row if expr.rows == 1 else f"{column} {row}"

    def _print_MatAdd(self, expr: MatAdd) -> str:
        first, *rest = expr.args
        text = self._print(first)
        for term in rest:
            negative, scalar, matrices = _signed(term)
            text += f" - {self._product(scalar, matrices)}" if negative else f" + {self._print(term)}"
        return text

    def _print_MatMul(self, expr: MatMul) -> str:
        negative, scalar, matrices = _signed(expr)
        return "- " * negative + self._product(scalar, matrices)

    def _print_Chain(self, expr: Any) -> str:
        return self._print_MatMul(expr)

    def _product(self, scalar: Any, matrices: list[MatrixExpr]) -> str:
        """Print a scalar, unless it is 1, and the matrices after it, with sums in parentheses."""
        summed = _is_sum(scalar) or getattr(scalar, "precedence", None) == PRECEDENCE["Add"]
        texts = [] if scalar == 1 else [self._add_parens(s) if summed else s for s in [self._print(scalar)]]
        texts += [self.parenthesize(M, PRECEDENCE["Mul"]) for M in matrices]
        return (r" \allowbreak " if self._settings["breakable"] else " ").join(texts)

    def _print_Rational(self, expr: Any) -> str:
        if expr.q == 1:
            return super()._print_Rational(expr)
        return rf"{'- ' if expr.p < 0 else ''}\tfrac{{{abs(expr.p)}}}{{{expr.q}}}"

    def _print_Mul(self, expr: Mul) -> str:
        split = _fraction_first(expr)
        if split is None:
            return super()._print_Mul(expr)
        number, rest = split
        sign = "- " if number < 0 else ""
        factor = self._add_parens(self._print(rest)) if _is_sum(rest) else self._print(rest)
        return rf"{sign}\tfrac{{{abs(number.p)}}}{{{number.q}}} {factor}"
