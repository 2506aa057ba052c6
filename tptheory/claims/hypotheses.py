"""What a claim may assume: each hypothesis is a set of matrix equations and signs, with a name that samplers know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Identity, Integer, MatrixExpr, MatrixSymbol

from tptheory.claims.goals import Goal, NonNegative, RankAtMost, Vanishes, minus
from tptheory.errors import InvalidTypeError, ShapeError, TruthValueError, complain
from tptheory.symbolic.expressions import Pinv, as_matrix, matmul, squared_norm, transpose
from tptheory.typesetting.claims import words_tex
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.reasons import PROPERTIES
from tptheory.typesetting.spelling import text_of

DEFINITE = ("positive_semidefinite", "positive_definite")
"""The properties that are more than equations: ``x' A x`` is never below 0."""


@dataclass(frozen=True, repr=False)
class Hypothesis(ShownAsMathematics):
    """Matrices that share a property, and the expressions that vanish because of it."""

    name: str
    matrices: tuple[MatrixExpr, ...]
    equations: tuple[Any, ...]
    witnesses: tuple[MatrixSymbol, ...] = ()
    """Symbols that the equations say exist, such as ``u`` and ``v`` of ``A = u v'``."""

    def __bool__(self) -> bool:
        """Refuse to be a truth value: whether matrices have a property is what `decide` answers.

        Raises:
            TruthValueError: always.
        """
        raise TruthValueError(f"a hypothesis is no truth value: ask decide({self.name}(...)).proved")

    def statement(self) -> str:
        """Say it in words: ``W_2, W_3 have full row rank``."""
        return self.conclusion(text_of)

    def goals(self) -> tuple[Goal, ...]:
        """Return what the hypothesis says as goals without witnesses, for where it is claimed instead of assumed."""
        if self.name == "rank_one":
            return tuple(RankAtMost(A, (Integer(1),)) for A in self.matrices)
        definite = self.matrices if self.name in DEFINITE else ()
        return (*map(NonNegative, definite), *(Vanishes(equation) for equation in self.equations))

    def __repr__(self) -> str:
        """Show the call that makes the hypothesis."""
        return f"{self.name}({', '.join(map(text_of, self.matrices))})"

    def latex(self) -> str:
        """Return the hypothesis in words, in LaTeX text mode."""
        return words_tex(self.conclusion)

    def _repr_markdown_(self) -> str:
        return self.latex()

    def owners(self) -> tuple[tuple[MatrixSymbol, MatrixExpr], ...]:
        """Return the witnesses, each with the matrix that it belongs to."""
        each = len(self.witnesses) // len(self.matrices)
        return tuple((witness, self.matrices[i // each]) for i, witness in enumerate(self.witnesses))

    def expressions(self) -> tuple[Any, ...]:
        """Return the matrices that the hypothesis speaks of, without the witnesses that it brings in."""
        return self.matrices

    def residuals(self) -> tuple[Any, ...]:
        """Return the expressions that vanish under the hypothesis, in the symbols of its matrices and witnesses."""
        return self.equations

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Say it in words, with ``say`` turning each matrix into text."""
        names = [say(A) for A in self.matrices]
        many = len(names) > 1
        verb = "has" if self.name.startswith(("full", "rank")) else "is"
        verb = {"has": "have", "is": "are"}[verb] if many else verb
        what = PROPERTIES[self.name]
        if many:
            what = what.replace("a partial isometry", "partial isometries").replace("a projection", "projections")
        return f"{', '.join(names)} {verb} {what}"


def _hypothesis(name: str, matrices: tuple[Any, ...], equations: Any, square: bool = False) -> Hypothesis:
    if not matrices:
        raise InvalidTypeError(complain("matrices", "at least one matrix expression", matrices))
    found = tuple(as_matrix("matrices", A) for A in matrices)
    for A in found:
        if square and A.rows != A.cols:
            raise ShapeError(
                f"'matrices' must be square to be {PROPERTIES[name].removeprefix('a ')} (got {A} of shape {A.shape})."
            )
    return Hypothesis(name, found, tuple(equation for A in found for equation in equations(A)))


def _inverse_equations(A: MatrixExpr, P: MatrixExpr) -> list[MatrixExpr]:
    """Return what vanishes if ``P`` is the inverse of ``A`` on both sides."""
    return [minus(matmul(A, P), Identity(A.rows)), minus(matmul(P, A), Identity(A.cols))]


def full_row_rank(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A A+ = I``: the rows of each ``A`` are independent.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide, matmul
    >>> A, B = MatrixSymbol("A", *symbols("m n")), MatrixSymbol("B", *symbols("m k"))
    >>> decide(Equal(matmul(A, Pinv(A), B), B, given=[full_row_rank(A)])).proved
    True
    """
    return _hypothesis("full_row_rank", matrices, lambda A: [minus(matmul(A, Pinv(A)), Identity(A.rows))])


def full_column_rank(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A+ A = I``: the columns of each ``A`` are independent.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide, matmul
    >>> A, B = MatrixSymbol("A", *symbols("m n")), MatrixSymbol("B", *symbols("n k"))
    >>> decide(Equal(matmul(Pinv(A), A, B), B, given=[full_column_rank(A)])).proved
    True
    """
    return _hypothesis("full_column_rank", matrices, lambda A: [minus(matmul(Pinv(A), A), Identity(A.cols))])


def invertible(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A A+ = I`` and ``A+ A = I``: each ``A`` is square and has an inverse, which is its ``A+``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide, matmul
    >>> n = symbols("n", integer=True, positive=True)
    >>> A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
    >>> decide(Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)), given=[invertible(A), invertible(B)])).proved
    True
    """
    return _hypothesis("invertible", matrices, lambda A: _inverse_equations(A, Pinv(A)))


def orthogonal(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A A' = I`` and ``A' A = I``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide
    >>> n = symbols("n", integer=True, positive=True)
    >>> A = MatrixSymbol("A", n, n)
    >>> decide(Equal(Pinv(A), A.T, given=[orthogonal(A)])).proved
    True
    """
    return _hypothesis("orthogonal", matrices, lambda A: _inverse_equations(A, transpose(A)))


def partial_isometry(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A A' A = A``: every singular value is 0 or 1; the same as ``A+ = A'``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(Equal(Pinv(A), A.T, given=[partial_isometry(A)])).proved
    True
    """
    return _hypothesis("partial_isometry", matrices, lambda A: [minus(matmul(A, transpose(A), A), A)])


def symmetric(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A' = A``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Commute, Pinv, decide
    >>> n = symbols("n", integer=True, positive=True)
    >>> A = MatrixSymbol("A", n, n)
    >>> decide(Commute(A, Pinv(A), given=[symmetric(A)])).proved
    True
    """
    return _hypothesis("symmetric", matrices, lambda A: [minus(transpose(A), A)], square=True)


def positive_semidefinite(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A' = A``, and ``x' A x >= 0`` for every ``x``.

    >>> from sympy import MatrixSymbol, Trace, symbols
    >>> from tptheory import NonNegative, decide
    >>> n = symbols("n", integer=True, positive=True)
    >>> S, T = MatrixSymbol("S", n, n), MatrixSymbol("T", n, n)
    >>> decide(NonNegative(Trace(S * T), given=[positive_semidefinite(S, T)])).proved
    True
    """
    return _hypothesis("positive_semidefinite", matrices, lambda A: [minus(transpose(A), A)], square=True)


def positive_definite(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A' = A``, and ``x' A x > 0`` for every ``x`` but 0: ``A`` is positive semidefinite and invertible.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Zero, decide
    >>> n = symbols("n", integer=True, positive=True)
    >>> S, x = MatrixSymbol("S", n, n), MatrixSymbol("x", n, 1)
    >>> decide(Zero(x, given=[positive_definite(S), Zero(x.T * S * x)])).proved
    True
    """
    return _hypothesis(
        "positive_definite", matrices, lambda A: [minus(transpose(A), A), *_inverse_equations(A, Pinv(A))], square=True
    )


def projection(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A A = A``; an orthogonal projection is symmetric besides.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv, decide, symmetric
    >>> n = symbols("n", integer=True, positive=True)
    >>> P = MatrixSymbol("P", n, n)
    >>> decide(Equal(Pinv(P), P, given=[projection(P)])).refuted
    True
    >>> decide(Equal(Pinv(P), P, given=[projection(P), symmetric(P)])).proved
    True
    """
    return _hypothesis("projection", matrices, lambda A: [minus(matmul(A, A), A)], square=True)


def rank_one(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A = u v'`` for some columns ``u``, ``v``: the rank of ``A`` is at most one.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import RankAtMost, decide
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(RankAtMost(A, 1, given=[rank_one(A)])).proved
    True
    """

    def factors(A: MatrixExpr) -> tuple[MatrixSymbol, MatrixSymbol]:
        return MatrixSymbol(f"u[{A}]", A.rows, 1), MatrixSymbol(f"v[{A}]", A.cols, 1)

    def equations(A: MatrixExpr) -> list[MatrixExpr]:
        u, v = factors(A)
        return [minus(A, matmul(u, transpose(v)))]

    found = _hypothesis("rank_one", matrices, equations)
    return replace(found, witnesses=tuple(symbol for A in found.matrices for symbol in factors(A)))


def nonzero(*matrices: MatrixExpr) -> Hypothesis:
    """Assume ``A`` is not the zero matrix: ``x+ x = 1`` for a column; else ``p p+ = 1`` for the 1x1 matrix ``|A|^2``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Zero, decide, matmul
    >>> u, v = MatrixSymbol("u", symbols("m"), 1), MatrixSymbol("v", symbols("n"), 1)
    >>> decide(Zero(u, given=[Equal(matmul(u, v.T), 0)])).refuted
    True
    >>> decide(Zero(u, given=[Equal(matmul(u, v.T), 0), nonzero(v)])).proved
    True
    """

    def equations(A: MatrixExpr) -> list[Any]:
        if A.cols == 1:
            return [minus(matmul(Pinv(A), A), Identity(1))]
        if A.rows == 1:
            return [minus(matmul(A, Pinv(A)), Identity(1))]
        p = matmul(squared_norm(A), Identity(1))
        return [minus(matmul(p, Pinv(p)), Identity(1))]

    for number in (A for A in matrices if isinstance(A, Expr) and not isinstance(A, MatrixExpr)):
        mend = "Declare a number so: Symbol('s', real=True, nonzero=True)."
        raise InvalidTypeError(complain("matrices", "matrices, not numbers", number, mend))
    return _hypothesis("nonzero", matrices, equations)
