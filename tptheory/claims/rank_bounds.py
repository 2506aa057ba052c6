"""Bounds of ranks as goals: by sizes and other ranks directly, by any other number as its difference with the rank."""

from __future__ import annotations

from typing import Any

from sympy import MatrixExpr, S

from tptheory.claims.goals import Goal, NonNegative, RankAtMost
from tptheory.symbolic.expressions import size_symbols
from tptheory.symbolic.layers import WIDTH, occurrences
from tptheory.symbolic.rank import Rank


def rank_goals(matrix: Any, bounds: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Goal, ...]:
    """Return what it means that a rank is at most each of some bounds.

    Args:
        matrix: the matrix.
        bounds: sizes, other numbers, and matrices whose ranks are meant.
        given: the hypotheses, whose matrices tell, too, which symbols are sizes.
    """
    spoken = [matrix, *(b for b in bounds if isinstance(b, MatrixExpr)), *(e for h in given for e in h.expressions())]
    direct = tuple(b for b in bounds if isinstance(b, MatrixExpr) or _is_size(b, spoken))
    others = [NonNegative(b - Rank(matrix)) for b in bounds if b not in direct]
    return (*((RankAtMost(matrix, direct),) if direct else ()), *others)


def _is_size(number: Any, expressions: list[Any]) -> bool:
    """Whether a number is an integer that is not negative, or a polynomial in the sizes of the matrices spoken of."""
    number = S(number)
    if number.is_number:
        return bool(number.is_Integer and number >= 0)
    matrices = {A for e in expressions for A in occurrences(e, MatrixExpr)}
    sizes = {symbol for A in matrices for symbol in size_symbols(A)}
    plain = number.replace(WIDTH, lambda _: S.One)
    return bool(plain.free_symbols <= sizes and not plain.atoms(MatrixExpr) and plain.is_polynomial(*sizes))
