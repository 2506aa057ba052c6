"""Whether a number meets what SymPy was told of a symbol: its sign, that it is an integer, and whatever else."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from numbers import Rational as RationalNumber
from typing import Any

from flint import fmpq
from sympy import Rational, Symbol


def admits(symbol: Symbol, value: Any) -> bool:
    """Whether a scalar symbol may have a value: a rational number, or a finite number of floating point.

    >>> admits(Symbol("s", positive=True), -1), admits(Symbol("k", integer=True), 2.0)
    (False, True)
    """
    return _admits(symbol, *_ratio(value))


def _ratio(value: Any) -> tuple[int, int]:
    """Return the numerator and the denominator; a number too small for a float counts as a small one of its sign."""
    if isinstance(value, fmpq):
        return int(value.p), int(value.q)
    if isinstance(value, RationalNumber):
        return int(value.numerator), int(value.denominator)
    number = float(value)
    if number == 0 and value != 0:
        number = math.copysign(math.ulp(0.0), 1 if value > 0 else -1)
    return Fraction(number).as_integer_ratio()


@lru_cache(maxsize=4096)
def _admits(symbol: Symbol, p: int, q: int) -> bool:
    number = Rational(p, q)
    return all(getattr(number, f"is_{name}") in (told, None) for name, told in symbol.assumptions0.items())
