"""The leading term of a rational function of one variable, exactly, from its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_poly

from tptheory.numeric.rationals import fraction

POINTS = (6, 12, 24, 48)
"""The numbers of values to interpolate, tried in this order until the result also holds at `CHECKS` more points."""
CHECKS = 3


@dataclass(frozen=True)
class LeadingTerm:
    """The term of lowest order ``coefficient * eta^power`` of a function at 0.

    Attributes:
        power: the lowest power of an entry; infinite for the zero function.
        coefficient: an array of `Fraction` of the function's shape, of no dimension for a scalar; floats if estimated.
        exact: whether it is exact, and not estimated.
    """

    power: float
    coefficient: np.ndarray
    exact: bool = True


def leading_term(function: Callable[[fmpq], Any]) -> LeadingTerm | None:
    """Return the leading term at 0 of a function whose entries are rational in its argument, and exact.

    Each entry is found as ``N / D`` from its values, by the extended Euclidean algorithm on the interpolating
    polynomial (von zur Gathen and Gerhard, Modern Computer Algebra, section 5.7), and must give the values at further
    points. If a function has too high a degree for the number of values, or is not rational, None is returned.

    >>> leading_term(lambda x: x**2 / (2 + x)).power
    2

    Raises:
        InvalidValueError: if the function is not defined at the points that are tried.
    """
    points: list[fmpq] = []
    values: list[np.ndarray] = []
    for wanted in (n + CHECKS for n in POINTS):
        for point in islice(_sample_points(len(points)), wanted - len(points)):
            points.append(point)
            values.append(_entries(function(point)))
        shape = values[0].shape
        fits = [_fitted(points, [value.flat[i] for value in values]) for i in range(values[0].size)]
        if None not in fits:
            return _lowest([_expanded(*fit) for fit in fits if fit is not None], shape)
    return None


def _sample_points(start: int) -> Iterator[fmpq]:
    """Run through points at which no coincidences are likely, as they are at small fractions."""
    return (fmpq(2 * k + 1, 1009) for k in count(start))


def _entries(value: Any) -> np.ndarray:
    return np.array(value.tolist() if isinstance(value, fmpq_mat) else fmpq(value), dtype=object)


def _fitted(points: list[fmpq], values: list[fmpq]) -> tuple[fmpq_poly, fmpq_poly] | None:
    """Return ``N`` and ``D`` in lowest terms, or None if they do not give the last `CHECKS` values."""
    known, checks = (
        list(zip(points, values, strict=True))[:-CHECKS],
        zip(points[-CHECKS:], values[-CHECKS:], strict=True),
    )
    modulus, interpolant = fmpq_poly([1]), fmpq_poly([])
    for point, value in known:  # Newton's form
        interpolant += modulus * ((value - interpolant(point)) / modulus(point))
        modulus *= fmpq_poly([-point, 1])
    rest, following = modulus, interpolant
    factor, following_factor = fmpq_poly([]), fmpq_poly([1])
    while following.degree() >= (len(known) + 1) // 2:
        quotient, remainder = divmod(rest, following)
        rest, following = following, remainder
        factor, following_factor = following_factor, factor - quotient * following_factor
    numerator, denominator = following, following_factor
    if any(numerator(point) != value * denominator(point) for point, value in checks):
        return None
    return numerator, denominator


def _expanded(numerator: fmpq_poly, denominator: fmpq_poly) -> tuple[float, Fraction]:
    """Return power and coefficient of the leading term of ``N / D``."""
    if numerator == 0:
        return math.inf, Fraction(0)
    above, below = (next((k, c) for k, c in enumerate(p.coeffs()) if c != 0) for p in (numerator, denominator))
    ratio = above[1] / below[1]
    return above[0] - below[0], fraction(ratio)


def _lowest(terms: list[tuple[float, Fraction]], shape: tuple[int, ...]) -> LeadingTerm:
    power = min((power for power, _ in terms), default=math.inf)
    coefficient = np.empty(len(terms), dtype=object)
    coefficient[:] = [c if p == power else Fraction(0) for p, c in terms]
    return LeadingTerm(power, coefficient.reshape(shape))
