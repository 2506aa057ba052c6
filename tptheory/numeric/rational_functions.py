"""Rational functions of some numbers through given values, with few terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import prod
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Expr, Integer, Rational, Symbol, cancel

from tptheory.numeric.matrix_fields import reduced_rows

Point = tuple[fmpq, ...]

DEGREES = (0, 1, 2)
"""The degrees of numerators and denominators that are tried, from simple to less simple."""
SPARE = 2
"""How many more points a function has to meet than it has coefficients."""


def points_needed(variables: int) -> int:
    """Return how many points are enough to tell a function of so many variables from all others that are tried."""
    return 2 * len(_monomials(variables, DEGREES[-1])) + SPARE


def rational_function(symbols: Sequence[Symbol], points: Sequence[Point], values: Sequence[fmpq]) -> Expr | None:
    """Return the rational function of least degree, at most 2, that has these values at these points.

    None if none has, or if the points are too few to tell it from others.

    Args:
        symbols: the variables.
        points: the points, each with a number for each variable.
        values: the value at each point.

    >>> from sympy import symbols
    >>> s, t = symbols("s t")
    >>> grid = [(fmpq(i), fmpq(j)) for i in range(1, 6) for j in range(1, 6)]
    >>> rational_function([s, t], grid, [i / (1 + j) for i, j in grid])
    s/(t + 1)
    """
    for degree in DEGREES:
        monomials = _monomials(len(symbols), degree)
        if len(points) < 2 * len(monomials) + SPARE and degree:
            return None
        found = _fitted(monomials, points, values)
        if found is not None:
            numerator, denominator = (_polynomial(symbols, monomials, coefficients) for coefficients in found)
            return cancel(numerator / denominator)
    return None


def kernel(A: fmpq_mat) -> list[list[fmpq]]:
    """Return a basis of the vectors that a matrix maps to 0, each with a 1 where the others have a 0."""
    rows, pivots = reduced_rows(A)
    basis = []
    for free in [j for j in range(A.ncols()) if j not in pivots]:
        vector = [fmpq(0)] * A.ncols()
        vector[free] = fmpq(1)
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def _monomials(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Return the monomials of at most this degree, each as the numbers of its variables, the shortest first."""
    return [chosen for d in range(degree + 1) for chosen in combinations_with_replacement(range(variables), d)]


def _fitted(
    monomials: list[tuple[int, ...]], points: Sequence[Point], values: Sequence[fmpq]
) -> tuple[list[fmpq], list[fmpq]] | None:
    """Return the coefficients of a numerator and a denominator that has no zero at a point."""
    rows = []
    for point, value in zip(points, values, strict=True):
        powers = [prod((point[i] for i in chosen), start=fmpq(1)) for chosen in monomials]
        rows.append([*powers, *(-value * power for power in powers)])
    size = len(monomials)
    for vector in reversed(kernel(fmpq_mat(len(rows), 2 * size, [x for row in rows for x in row]))):
        numerator, denominator = vector[:size], vector[size:]
        at_points = [sum((c * p for c, p in zip(denominator, row, strict=False)), fmpq(0)) for row in rows]
        if all(at_points):
            return numerator, denominator
    return None


def _polynomial(symbols: Sequence[Symbol], monomials: list[tuple[int, ...]], coefficients: list[fmpq]) -> Any:
    terms = (
        Rational(int(c.p), int(c.q)) * prod((symbols[i] for i in chosen), start=Integer(1))
        for chosen, c in zip(monomials, coefficients, strict=True)
    )
    return sum(terms, Integer(0))
