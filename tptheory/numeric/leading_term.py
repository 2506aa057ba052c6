"""The leading term of an expression that is rational in one variable, exactly, from its Taylor coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import Basic

from tptheory.errors import InvalidValueError
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.numeric.evaluation import evaluate_with
from tptheory.numeric.jets import JetArithmetic
from tptheory.numeric.rationals import ExactArithmetic

ORDERS = (4, 8, 16, 32, 64)
"""The numbers of Taylor coefficients to compute, tried in this order until one of them is not 0."""
ELSEWHERE = fmpq(911, 3571)
"""The point at which an expression must vanish too before it counts as zero."""


@dataclass(frozen=True, eq=False)
class LeadingTerm(ComparedByValues):
    """The term of lowest order ``coefficient * eta^power`` of a function at 0.

    Attributes:
        power: the lowest power of an entry; infinite for the zero function.
        coefficient: an array of `Fraction` of the function's shape, of no dimension for a scalar; floats if estimated.
        exact: whether it is exact, and not estimated.
    """

    power: float
    coefficient: np.ndarray
    exact: bool = True


def leading_term(expression: Any, values: Mapping[Basic, Any], variable: Basic) -> LeadingTerm | None:
    """Return the leading term of an expression at ``variable = 0``; None if it is not found exactly.

    The expression is evaluated on jets, in which the variable is the time. None is returned where it has a pole at 0,
    where something to be inverted is singular there, and where the order is above the last of `ORDERS`.

    Args:
        expression: a SymPy expression that is rational in its symbols.
        values: exact matrices and numbers for the other symbols.
        variable: the symbol that tends to 0.

    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> leading_term(x**2 / (2 + x), {}, x)
    LeadingTerm(power=2, coefficient=array(Fraction(1, 2), dtype=object), exact=True)
    """
    exact = ExactArithmetic()
    for order in ORDERS:
        kind = JetArithmetic(exact, order)
        still = {s: kind.jet([v]) if isinstance(v, fmpq_mat) else v for s, v in values.items()}
        try:
            series = evaluate_with(kind, expression, still | {variable: kind.jet([fmpq(0), fmpq(1)])})
        except InvalidValueError:
            return None
        for power in range(order):
            coefficient = exact.entries(series.coefficient(power))
            if coefficient.any():
                return LeadingTerm(power, coefficient)
        if not exact.entries(evaluate_with(exact, expression, {**values, variable: ELSEWHERE})).any():
            return LeadingTerm(math.inf, coefficient)
    return None
