"""Whether a proved law holds near a rational point, and its differential there.

A full rank, an inverse and a number other than 0 are there in a neighbourhood, if they are there at the point. The
data are part of the point: a law that holds for almost all data holds for all, since velocities are polynomials in
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flint import fmpq_mat
from sympy import BlockMatrix, ImmutableMatrix, MatrixExpr, MatrixSymbol, sympify

from tptheory.claims.claim import Claim
from tptheory.claims.hypotheses import Hypothesis, full_column_rank, full_row_rank
from tptheory.claims.tacit import AtLeastOne, ConstantRank, Exists, NotZero
from tptheory.deciding.answers import prove
from tptheory.invariants.fields import DataFields
from tptheory.invariants.law_certificates import Entries, Point
from tptheory.invariants.results import Law
from tptheory.numeric.evaluation import evaluate, evaluate_with
from tptheory.numeric.jets import JetArithmetic
from tptheory.numeric.rationals import ExactArithmetic, numbers_in
from tptheory.symbolic.derivatives import derivative
from tptheory.symbolic.expressions import transpose
from tptheory.symbolic.penrose_words import words_of

_OPEN = {"full_row_rank", "full_column_rank", "invertible", "nonzero"}
"""Open conditions: hypotheses that, where they hold at a point, hold in a neighbourhood of it."""


class NearPoint:
    """What holds in a neighbourhood of a point, for symbols of any sizes that bear the names of those of the point."""

    def __init__(self, point: Point, seconds: float) -> None:
        self.named = {str(symbol): entries for symbol, entries in point.items()}
        self.seconds = seconds

    def __contains__(self, law: Law) -> bool:
        """Whether a law holds near the point: its hypotheses, and all that its proof takes for granted."""
        claim = law.verdict.claim
        return all(self._hypothesis(h, claim) for h in claim.given) and all(map(self._tacit, claim.tacit()))

    def _hypothesis(self, h: Any, claim: Claim) -> bool:
        """Whether a hypothesis holds near the point, or follows from full ranks there."""
        if isinstance(h, Hypothesis) and h.name in _OPEN:
            return all(self._is_full(A, h.name) for A in h.matrices)
        if not isinstance(h, Claim):
            return False
        return prove(h.under(tuple(self._full_ranks(claim))), self.seconds).proved

    def _is_full(self, A: MatrixExpr, name: str) -> bool:
        value = self.value(A)
        rank, rows, columns = value.rank(), value.nrows(), value.ncols()
        wanted = {"full_row_rank": rows, "full_column_rank": columns, "invertible": max(rows, columns), "nonzero": 1}
        return bool(rank >= wanted[name])

    def _full_ranks(self, claim: Claim) -> Iterator[Hypothesis]:
        """Run through the matrices of full rank among the weights, and the blocks of a layer's columns and rows."""
        weights = claim.along.net.weights  # type: ignore[attr-defined]
        blocks = [BlockMatrix([[W, transpose(V)]]) for W, V in pairwise(weights)]
        for A in (*weights, *blocks):
            for hypothesis in (full_row_rank(A), full_column_rank(A)):
                if self._is_full(A, hypothesis.name):
                    yield hypothesis

    def _tacit(self, tacit: Any) -> bool:
        """Whether what is taken for granted holds near the point; a rank cannot change where it is the highest."""
        if isinstance(tacit, AtLeastOne):
            return True
        if tacit.limits is not None:
            return False
        value = self.value(tacit.subject)
        if isinstance(tacit, ConstantRank):
            return bool(value.rank() == self._highest_rank(tacit.subject))
        if isinstance(tacit, Exists):
            return bool(value.rank() == value.nrows())
        return bool(value != 0) if isinstance(tacit, NotZero) else bool(value > 0)

    def _highest_rank(self, A: MatrixExpr) -> int:
        """Return a bound on the rank at these sizes: the sum of the narrowest widths of the products in the matrix."""
        whole = self.value(A)
        words = [word for _, word in words_of(A)]
        narrowest = [min(min(self._shape(letter)) for letter in word) if word else whole.nrows() for word in words]
        return min(sum(narrowest), whole.nrows(), whole.ncols())

    def _shape(self, letter: MatrixExpr) -> tuple[int, int]:
        value = self.value(letter)
        return value.nrows(), value.ncols()

    def value(self, expression: Any) -> Any:
        """Return the exact value of an expression at the point."""
        symbols = sympify(expression).atoms(MatrixSymbol)
        values = {s: self.named[str(s)] for s in symbols if str(s) in self.named}
        return evaluate(expression, values, arithmetic="exact")


def differentials(quantity: Any, fields: DataFields, point: Point, once: bool = False) -> list[list[Any]]:
    """Return the differential of each entry of a quantity at a point, by the weights' entries row by row: exact jets.

    The symbolic derivative gives the same, or this is an error of tptheory; it is left out where they are worked out
    once only.
    """
    kind = JetArithmetic(ExactArithmetic(), order=2)
    values = {s: fmpq_mat(A) for s, A in point.items()}
    still = {s: kind.jet([M]) for s, M in values.items()}
    columns = []
    for W in fields.moving:
        for i, j in ((i, j) for i in range(W.rows) for j in range(W.cols)):
            unit = _unit(W, i, j)
            jet = evaluate_with(kind, quantity, still | {W: kind.jet([values[W], fmpq_mat(unit)])})
            rate = jet.coefficient(1)
            column = rate.entries() if isinstance(rate, fmpq_mat) else [rate]
            if not once:
                _check_symbolic(quantity, W, unit, point, column)
            columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def _check_symbolic(quantity: Any, W: MatrixSymbol, unit: list[list[int]], point: Point, expected: list[Any]) -> None:
    rate = derivative(quantity, W, ImmutableMatrix(unit))
    value = evaluate(rate, point, arithmetic="exact")
    found = numbers_in(value)
    if found != expected:
        raise AssertionError(f"two derivatives of {quantity} by {W} disagree: {found} and {expected}")


def _unit(W: MatrixSymbol, i: int, j: int) -> Entries:
    return [[int(i == k and j == l) for l in range(W.cols)] for k in range(W.rows)]
