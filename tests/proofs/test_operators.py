"""What SymPy's own ``*``, ``+`` and ``.T`` build means what `matmul`, `matadd` and `transpose` build."""

from dataclasses import fields, is_dataclass
from functools import cache, reduce
from operator import mul

import numpy as np
import pytest
from oracles.theorems import counts_of_laws, everything
from sympy import Add, Inverse, MatAdd, MatMul, MatPow, MatrixBase, Mul, Trace, Transpose
from sympy.core.basic import Basic

from tptheory import AllOf, AnyOf, evaluate, matadd, matmul
from tptheory.claims.ranges import at_small_depths
from tptheory.errors import InvalidValueError, ShapeError
from tptheory.measuring.instances import Instances, as_floats, is_exact

LIBRARY = [theorem for theorem in everything() if theorem not in counts_of_laws()]
"""The theorems that hold expressions: a count of laws has none."""


@cache
def operated(expression):
    """Build an expression again with SymPy's operators; what holds an inverse, which SymPy may cancel, stays."""
    if not expression.args or expression.is_symbol or isinstance(expression, MatrixBase):
        return expression
    parts = [operated(part) for part in expression.args]
    if isinstance(expression, MatMul | MatAdd) and expression.has(Inverse, MatPow):
        return (matmul if isinstance(expression, MatMul) else matadd)(*parts)
    if isinstance(expression, Transpose):
        return parts[0].T
    if isinstance(expression, MatMul | Mul):
        return reduce(mul, parts)
    if isinstance(expression, MatAdd | Add):
        return added(parts)
    if isinstance(expression, Trace):
        return Trace(parts[0])
    return expression.func(*parts)


def added(parts):
    """Add by halves: SymPy goes through the whole sum at every plus."""
    half = len(parts) // 2
    return added(parts[:half]) + added(parts[half:]) if half else parts[0]


def again(item):
    """Build a claim again with SymPy's operators."""
    if isinstance(item, Basic):
        return operated(item) if hasattr(item, "is_symbol") else item
    if isinstance(item, tuple):
        return tuple(map(again, item))
    if isinstance(item, AllOf):
        return AllOf(*map(again, item.claims))
    if isinstance(item, AnyOf):
        return AnyOf(*map(again, item.claims), given=again(item.given))
    if is_dataclass(item) and hasattr(item, "given"):
        return type(item)(**{field.name: again(getattr(item, field.name)) for field in fields(item)})
    return item


EVERY_THIRD = [pytest.param(t, marks=[pytest.mark.slow] if k % 3 else [], id=t.node) for k, t in enumerate(LIBRARY)]
"""All theorems; most are tried by the slow suite alone, since SymPy takes long and they are built in few ways."""


@pytest.mark.parametrize("theorem", EVERY_THIRD)
def test_a_claim_in_sympys_operators_has_the_same_values(theorem):
    """Built with ``*`` and ``+`` alone, each claim is built, and its expressions have the values of the original."""
    rng = np.random.default_rng(0)
    for part, other in zip(at_small_depths(theorem.claim), at_small_depths(again(theorem.claim)), strict=True):
        values = Instances(part).draw(rng, largest=2, tries=20)
        if values is None:
            continue
        for one, two in zip(part.expressions(), other.expressions(), strict=True):
            exact = is_exact(one)
            given, arithmetic = (values, "exact") if exact else (as_floats(values), "float")
            try:
                first, second = (evaluate(e, given, arithmetic=arithmetic) for e in (one, two))
            except (InvalidValueError, ShapeError):  # something to be inverted is singular, or a size is nobody's
                continue
            if exact:
                assert first == second
            else:
                np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9)
