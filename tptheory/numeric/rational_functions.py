"""Rational functions of some numbers through given values, with few terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement
from math import prod
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Expr, Integer, Symbol, cancel

from tptheory.numeric.matrix_fields import kernel
from tptheory.numeric.rationals import rational

Point = tuple[fmpq, ...]

DEGREES, LARGEST_DEGREE = (0, 1, 2), 3
"""The degrees of numerators and denominators that are tried, and of polynomials and their inverses."""
FEW = 2
"""Functions of so many of the variables are tried before functions of all."""
SPARE = 2
"""How many more points a function has to meet than it has coefficients."""


def points_needed(variables: int) -> int:
    """Return how many points are enough to tell a function of so many variables from all others that are tried."""
    return 2 * len(_monomials(variables, DEGREES[-1])) + SPARE


def rational_function(symbols: Sequence[Symbol], points: Sequence[Point], values: Sequence[fmpq]) -> Expr | None:
    """Return the simplest function that has these values at these points: of few variables, and of low degree.

    It is a quotient of polynomials of degree at most 2, or a polynomial of degree at most 3, or 1 over one. None if
    none has these values, or if the points are too few to tell it from others. Points that differ only in variables
    that a function does not have count once.

    Args:
        symbols: the variables.
        points: the points, each with a number for each variable.
        values: the value at each point.

    >>> from sympy import symbols
    >>> s, t = symbols("s t")
    >>> grid = [(fmpq(i), fmpq(j)) for i in range(1, 6) for j in range(1, 6)]
    >>> rational_function([s, t], grid, [i / (1 + j) for i, j in grid])
    s/(t + 1)
    >>> rational_function([s], [(fmpq(i),) for i in range(1, 7)], [fmpq(i**3) for i in range(1, 7)])
    s**3
    """
    for chosen in _few_and_all(len(symbols)):
        table: dict[Point, fmpq] = {}
        for point, value in zip(points, values, strict=True):
            if table.setdefault(tuple(point[i] for i in chosen), value) != value:
                break
        else:
            found = _of_these(len(chosen), list(table), list(table.values()))
            if found is not None:
                numerator, denominator = (_polynomial([symbols[i] for i in chosen], side) for side in found)
                return cancel(numerator / denominator)
    return None


Terms = list[tuple[tuple[int, ...], fmpq]]
"""The terms of a polynomial: a monomial, as the numbers of its variables, and its coefficient."""


def _few_and_all(variables: int) -> list[tuple[int, ...]]:
    """Return the choices of no, one, and a few of so many variables, and of all of them."""
    few = [chosen for size in range(min(FEW, variables) + 1) for chosen in combinations(range(variables), size)]
    return few if variables <= FEW else [*few, tuple(range(variables))]


def _of_these(variables: int, points: Sequence[Point], values: Sequence[fmpq]) -> tuple[Terms, Terms] | None:
    """Return the numerator and the denominator of the simplest function of all of these variables."""
    one: list[tuple[int, ...]] = [()]
    for degree in range(LARGEST_DEGREE + 1 if variables else 1):
        monomials = _monomials(variables, degree)
        shapes = [(monomials, one), (one, monomials), (monomials, monomials)]
        for above, below in shapes[: 3 if degree in DEGREES[1:] else 2 if degree else 1]:
            if len(points) >= len(above) + len(below) - 1 + SPARE or not degree:
                found = _fitted(above, below, points, values)
                if found is not None:
                    return found
    return None


def _monomials(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Return the monomials of at most this degree, each as the numbers of its variables, the shortest first."""
    return [chosen for d in range(degree + 1) for chosen in combinations_with_replacement(range(variables), d)]


def _fitted(
    above: list[tuple[int, ...]], below: list[tuple[int, ...]], points: Sequence[Point], values: Sequence[fmpq]
) -> tuple[Terms, Terms] | None:
    """Return a numerator of some monomials and a denominator of others that has no zero at a point."""
    powers, others = ([_powers(point, monomials) for point in points] for monomials in (above, below))
    rows = [[*row, *(-value * p for p in other)] for row, other, value in zip(powers, others, values, strict=True)]
    for vector in reversed(kernel(fmpq_mat(rows))):
        numerator, denominator = vector[: len(above)], vector[len(above) :]
        if all(sum((c * p for c, p in zip(denominator, row, strict=True)), fmpq(0)) for row in others):
            return list(zip(above, numerator, strict=True)), list(zip(below, denominator, strict=True))
    return None


def _powers(point: Point, monomials: list[tuple[int, ...]]) -> list[fmpq]:
    return [prod((point[i] for i in chosen), start=fmpq(1)) for chosen in monomials]


def _polynomial(symbols: Sequence[Symbol], terms: Terms) -> Any:
    products = (rational(c) * prod((symbols[i] for i in chosen), start=Integer(1)) for chosen, c in terms)
    return sum(products, Integer(0))
