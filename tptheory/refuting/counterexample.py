"""Counterexamples: small exact matrices that meet the hypotheses of a claim and break its conclusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import shorten
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import ImmutableMatrix, Integer, MatrixSymbol, Rational, Symbol
from sympy.printing.str import StrPrinter

from tptheory.claims.claim import Claim
from tptheory.claims.compound import ForAll
from tptheory.claims.goals import OneOf, Vanishes, symbolic
from tptheory.errors import TptheoryError
from tptheory.measuring.goal_values import Violation
from tptheory.measuring.instances import is_exact
from tptheory.measuring.premises import Instance
from tptheory.numeric.rationals import rational
from tptheory.refuting.violations import second_look
from tptheory.symbolic.depths import at_depth
from tptheory.symbolic.expressions import LogPdet, Pinv
from tptheory.symbolic.rank import Rank
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_in_words, latex_of, value_latex
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import one_line


@dataclass(frozen=True, repr=False)
class Counterexample(ShownAsMathematics):
    """Exact values of every symbol of a claim; the hypotheses hold there and the conclusion does not.

    Attributes:
        claim: the claim that is broken: one conjunct, if the claim was made of several.
        values: the values, by symbol.
        minimal: whether the search tried all integer instances that are smaller. These are the instances of less total
            width whose absolute values have at most the sum of this one's, and those of the same total width with a
            smaller sum; a denominator ``q`` adds ``2 (q - 1)`` to a sum. If not, descent made the counterexample small.
        swept: the sum up to which all integer values of less total width were tried; None if nothing is narrower.
        indices: the depth and the indices at which the claim is broken, if it speaks of any.
        stored: whether it was read from a file. That a stored one breaks the claim is evaluated again; that it is the
            smallest is not searched again.
        typed: the whole claim as it was typed, in which what has a number at those indices still has its name; None if
            it is not known.

    >>> from tptheory import DeepLinearNetwork, Zero, refute
    >>> found = refute(Zero(DeepLinearNetwork(depth=1).error)).counterexample
    >>> print(found)
    W_1 = [[0]]
    x = [[0]]
    y = [[1]]
    W_1*x - y = [[-1]], not 0
    >>> isinstance(found, Counterexample), found.check(), found.minimal
    (True, True, True)
    """

    claim: Claim
    values: Instance = field(hash=False)
    minimal: bool = field(default=False, compare=False)
    swept: int | None = field(default=None, compare=False)
    stored: bool = field(default=False, compare=False)
    indices: Mapping[Symbol, int] = field(default_factory=dict, compare=False)
    typed: Claim | None = field(default=None, compare=False)

    @cached_property
    def matrices(self) -> dict[MatrixSymbol, ImmutableMatrix]:
        """The matrices, by symbol, as exact matrices of SymPy.

        >>> from sympy import MatrixSymbol
        >>> from tptheory import Equal, Pinv, evaluate, refute
        >>> A = MatrixSymbol("A", 2, 1)
        >>> found = refute(Equal(Pinv(A), A.T)).counterexample.matrices
        >>> found[A].T, evaluate(Pinv(A), found)
        (Matrix([[2, 0]]), array([[0.5, 0. ]]))
        """
        exact = {s: v.tolist() for s, v in self.values.items() if isinstance(v, fmpq_mat)}
        return {s: ImmutableMatrix([[rational(x) for x in row] for row in rows]) for s, rows in exact.items()}

    @cached_property
    def scalars(self) -> dict[Symbol, Rational]:
        """The scalars that are not sizes, by symbol, as rational numbers of SymPy."""
        return {s: rational(v) for s, v in self.values.items() if isinstance(v, fmpq)}

    @cached_property
    def _exact(self) -> dict[Any, fmpq | fmpq_mat]:
        """The matrices and then the scalars, in the numbers that the search works with."""
        matrices = {s: v for s, v in self.values.items() if isinstance(v, fmpq_mat)}
        return matrices | {s: v for s, v in self.values.items() if isinstance(v, fmpq)}

    @cached_property
    def sizes(self) -> dict[Symbol, int]:
        """The symbolic sizes."""
        return {s: v for s, v in self.values.items() if isinstance(v, int)}

    @property
    def total_width(self) -> int:
        """The sum of all symbolic sizes, which the search makes smallest before anything else."""
        return sum(self.sizes.values())

    @property
    def smallness(self) -> str:
        """Say in which sense the counterexample is smallest."""
        if not self.minimal:
            return "Made small by descent; a smaller one may exist."
        if self.stored:
            return "It was stored as the smallest; whether a smaller one exists was not searched again."
        if self.swept is None:
            return "Smallest: no integers with a smaller absolute sum break it, and no sizes are smaller."
        return (
            "Smallest: no integers with a smaller absolute sum break it at this total width, "
            f"nor any with a sum up to {self.swept} at a smaller one."
        )

    def violation(self) -> Violation | None:
        """Evaluate the claim as typed and its hypotheses again, exactly; return what is broken, or None."""
        return second_look(self.claim, self.values)

    def check(self) -> bool:
        """Whether the hypotheses hold here and the conclusion of the claim as typed does not.

        It is evaluated from scratch, without anything that the search had compiled.
        """
        return self.violation() is not None

    def __str__(self) -> str:
        """Show the matrices and the broken value."""
        return self.text()

    def text(self, width: int | None = None) -> str:
        """Return the matrices and the broken value, one line each; ``width`` cuts long expressions, but no values."""
        lines = [f"{s} = {_rows(v)}" for s, v in self._exact.items()]
        if self.indices:
            lines.insert(0, f"at {', '.join(f'{s} = {n}' for s, n in self.indices.items())}")
        broken = self.violation()
        if broken is not None:
            outcome = f" = {_rows(broken.value)}, not {broken.told(one_line)}"
            expression = one_line(self._as_typed(broken.expression))
            if width is not None:
                expression = shorten(expression, max(width - len(outcome), 20), placeholder=" ...")
            lines.append(expression + outcome)
        return "\n".join(lines)

    def _as_typed(self, broken: Any) -> Any:
        """Return the expression that is broken; of one that came to a number, the one that was typed, at the indices.

        So ``S[L] - L`` is shown as ``S[1] - 1`` at ``L = 1``, and not as its value. Of a claim with several goals the
        value does not tell which is broken, and is shown as it is.
        """
        if self.typed is None or not getattr(broken, "is_number", False):
            return broken
        bodies = [each.claim if isinstance(each, ForAll) else each for each in self.typed.conjuncts()]
        goals = [goal for body in bodies for goal in body.goals()]
        if len(goals) != 1 or isinstance(goals[0], OneOf):
            return broken
        meant = goals[0].residual() if isinstance(goals[0], Vanishes) else symbolic(next(iter(goals[0].terms())))
        with suppress(TptheoryError):  # it may stand at other indices
            if at_depth(meant, self.indices) == broken:
                return meant.xreplace({symbol: Integer(n) for symbol, n in self.indices.items()})
        return broken

    def __repr__(self) -> str:
        """Show the depth, the indices and the values in one line."""
        given = {**self.indices, **self._exact}
        return f"Counterexample({', '.join(f'{s}={_rows(v)}' for s, v in given.items())})"

    def latex(self) -> str:
        """Return the values and the broken statement in LaTeX, for math mode."""
        parts = self.values_latex()
        broken = self.violation()
        if broken is not None:
            told = broken.told(latex_in_words)
            relation = r"\neq 0" if told == "0" else rf"\text{{, not {told}}}"
            parts.append(rf"{latex_of(self._as_typed(broken.expression))} = {value_latex(broken.value)} {relation}")
        return r",\quad ".join(parts)

    def values_latex(self) -> list[str]:
        """Return an equation in LaTeX for each matrix and number."""
        given: dict[Any, Any] = {**self.indices, **self._exact}
        return [rf"{latex_of(s)} = {n if isinstance(n, int) else value_latex(n)}" for s, n in given.items()]

    def _repr_markdown_(self) -> str:
        """Return the values and the broken value, without the expression that has this value."""
        values = ", ".join(f"${value}$" for value in self.values_latex())
        broken = self.violation()
        if broken is None:
            return f"Counterexample: {values}."
        told, value = broken.told(latex_in_words), value_latex(broken.value)
        return f"Counterexample: {values}: what should be {told} is ${value}$."

    def snippet(self) -> str:
        """Return Python that evaluates both sides exactly, or to 50 digits where they are irrational."""
        broken = self.violation()
        expression = substitute(broken.expression if broken else 0, {})
        names = sorted(expression.atoms(MatrixSymbol, Symbol) - set(self.sizes), key=str)
        nodes = ", ".join(kind.__name__ for kind in (LogPdet, Pinv, Rank) if expression.has(kind) or kind is Pinv)
        lines = ["from sympy import *", f"from tptheory import {nodes}, evaluate", ""]
        for s in names:
            if isinstance(s, MatrixSymbol):
                value = self.values[s]
                lines.append(f'{_name(s)} = MatrixSymbol("{s}", {value.nrows()}, {value.ncols()})')
            else:
                lines.append(f'{_name(s)} = Symbol("{s}")')
        pairs = ", ".join(f"{_name(s)}: {_rows(self.values[s], _python)}" for s in names)
        printer = _PythonPrinter(self.sizes)
        lines += [f"values = {{{pairs}}}", f"found = {printer.doprint(expression)}"]
        arithmetic = "exact" if is_exact(expression) else "mp50"
        lines += [
            f'print(evaluate(found, values, arithmetic="{arithmetic}"))  # not {broken.told(one_line) if broken else 0}'
        ]
        return "\n".join(lines) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return the values as plain data: numbers are strings such as "-3/2"."""
        return {
            "total_width": self.total_width,
            "minimal": self.minimal,
            "swept": self.swept,
            "sizes": {str(s): n for s, n in self.sizes.items()},
            "matrices": {str(s): [[str(x) for x in row] for row in M.tolist()] for s, M in self.matrices.items()},
            "scalars": {str(s): str(number) for s, number in self.scalars.items()},
        }


def _rows(value: Any, number: Callable[[Any], str] = str) -> str:
    """Write a matrix row by row, or a number, each number in the given way."""
    if not hasattr(value, "tolist"):
        return number(value)
    rows = [", ".join(map(number, row)) for row in value.tolist()]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


def _name(symbol: Any) -> str:
    return "".join(c if c.isalnum() else "_" for c in str(symbol)).replace("lambda", "lambda_")


def _python(x: fmpq) -> str:
    return str(x.p) if x.q == 1 else f"Rational({x.p}, {x.q})"


class _PythonPrinter(StrPrinter):
    """Print an expression as Python that builds it, at fixed sizes."""

    def __init__(self, sizes: dict[Symbol, int]) -> None:
        super().__init__()
        self._sizes = sizes

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, Rank):  # which prints itself as mathematics has it
            return f"Rank({self._print(expr.arg)})"
        return str(super()._print(expr, **kwargs))

    def _size(self, n: Any) -> int:
        return int(n.subs(self._sizes))

    def _print_Rational(self, expr: Any) -> str:
        return f"Rational({expr.p}, {expr.q})"  # 1/2 would be a float

    def _print_Identity(self, expr: Any) -> str:
        return f"Identity({self._size(expr.rows)})"

    def _print_ZeroMatrix(self, expr: Any) -> str:
        return f"ZeroMatrix({self._size(expr.rows)}, {self._size(expr.cols)})"

    def _print_OneMatrix(self, expr: Any) -> str:
        return f"OneMatrix({self._size(expr.rows)}, {self._size(expr.cols)})"

    def _print_MatrixSymbol(self, expr: Any) -> str:
        return _name(expr)

    def _print_Symbol(self, expr: Any) -> str:
        return _name(expr)
