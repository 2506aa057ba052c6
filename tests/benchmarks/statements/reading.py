"""A second reading of a claim: its value at matrices of floats, by NumPy alone.

Nothing here is shared with the evaluation of tptheory: only the claim objects are read. Floats do not tell a rank, and
with it a pseudo-inverse, where a singular value is neither clearly zero nor clearly not: strict readings refuse such
matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import (
    Add,
    BlockMatrix,
    Determinant,
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    Number,
    OneMatrix,
    Pow,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    log,
)

from tptheory import (
    AllOf,
    AnyOf,
    AtMost,
    Commute,
    Conserved,
    Decays,
    Equal,
    ImageWithin,
    LogPdet,
    Nonincreasing,
    NonNegative,
    Parallel,
    Pinv,
    Rank,
    RankAtMost,
    RowSpaceWithin,
    Zero,
)
from tptheory.claims.goals import minus
from tptheory.claims.hypotheses import Hypothesis
from tptheory.symbolic.dynamics import Step

Array = NDArray[np.float64]
ZERO, FAR_FROM_ZERO, BETWEEN = 1e-9, 5e-3, 1e-5
MARGIN = 0.05
"""How far from 0 a positive number is, and the least eigenvalue of a positive definite matrix."""
STEP = 1e-5
"""By how much of its velocity a weight is moved where a rate is measured."""


class AmbiguousError(ValueError):
    """Raised where a matrix is too close to one of smaller rank."""


@dataclass(frozen=True)
class Reading:
    """What symbols stand for: matrices and scalars by their names, sizes by their symbols."""

    values: dict[str, Any]
    sizes: dict[Symbol, int]
    strict: bool = True

    def size(self, size: Any) -> int:
        """Return a size as a number."""
        return int(Integer(size) if isinstance(size, int) else size.subs(self.sizes))

    def singular_values(self, A: Array) -> Array:
        """Return the singular values that are not zero."""
        found = np.linalg.svd(A, compute_uv=False)
        if self.strict and ((found > ZERO) & (found < FAR_FROM_ZERO)).any():
            raise AmbiguousError
        return found[found > BETWEEN]

    def pinv(self, A: Array) -> Array:
        """Return the pseudo-inverse."""
        self.singular_values(A)
        left, values, right = np.linalg.svd(A, full_matrices=False)
        kept = values > BETWEEN
        return (right[kept].T / values[kept]) @ left[:, kept].T

    def inverse(self, A: Array) -> Array:
        """Return the inverse; a matrix without one is no instance of what is written with its inverse."""
        if len(self.singular_values(A)) < len(A):
            raise AmbiguousError
        return np.linalg.inv(A)

    def product(self, factors: list[Any]) -> Any:
        """Return a product of matrices and scalars."""
        value: Any = 1.0
        for factor in factors:
            value = value @ factor if np.ndim(value) == np.ndim(factor) == 2 else value * factor
        return value

    def of(self, expression: Any) -> Any:
        """Return the value of an expression: an array, or a float."""
        for kind, read in READERS.items():
            if isinstance(expression, kind):
                return read(self, expression)
        raise TypeError(type(expression))


READERS: dict[type, Callable[[Reading, Any], Any]] = {
    Pinv: lambda r, e: r.pinv(r.of(e.arg)),
    Rank: lambda r, e: float(len(r.singular_values(r.of(e.arg)))),
    BlockMatrix: lambda r, e: np.block([[r.of(block) for block in row] for row in e.blocks.tolist()]),
    LogPdet: lambda r, e: float(np.log(r.singular_values(r.of(e.args[0]))).sum()),
    MatrixSymbol: lambda r, e: r.values[e.name],
    Identity: lambda r, e: np.eye(r.size(e.rows)),
    ZeroMatrix: lambda r, e: np.zeros((r.size(e.rows), r.size(e.cols))),
    OneMatrix: lambda r, e: np.ones((r.size(e.rows), r.size(e.cols))),
    MatAdd: lambda r, e: sum(r.of(part) for part in e.args),
    MatMul: lambda r, e: r.product([r.of(part) for part in e.args]),
    Inverse: lambda r, e: r.inverse(r.of(e.arg)),
    MatPow: lambda r, e: np.linalg.matrix_power(r.of(e.base), int(e.exp)),
    Transpose: lambda r, e: r.of(e.arg).T,
    Trace: lambda r, e: float(np.trace(r.of(e.arg))),
    Determinant: lambda r, e: float(np.linalg.det(r.of(e.arg))),
    Number: lambda r, e: float(e),
    Symbol: lambda r, e: r.values[e.name] if e.name in r.values else float(r.sizes[e]),
    Add: lambda r, e: sum(r.of(part) for part in e.args),
    Mul: lambda r, e: r.product([r.of(part) for part in e.args]),
    Pow: lambda r, e: r.of(e.base) ** r.of(e.exp),
    log: lambda r, e: math.log(r.of(e.args[0])),
}


def residual(claim: Any, reading: Reading) -> Array:
    """Return numbers that vanish where an equation or a hypothesis holds."""
    of, pinv = reading.of, reading.pinv
    match claim:
        case Hypothesis():
            parts = [of_hypothesis(claim.name, of(A), reading) for A in claim.matrices]
            return np.concatenate(parts)
        case Equal():
            difference = of(claim.lhs) - np.asarray(of(claim.rhs))
        case Zero():
            difference = of(claim.expression)
        case Commute():
            first, second = of(claim.first), of(claim.second)
            difference = first @ second - second @ first
        case ImageWithin():
            matrix, space = of(claim.matrix), of(claim.space)
            difference = space @ pinv(space) @ matrix - matrix
        case RowSpaceWithin():
            matrix, space = of(claim.matrix), of(claim.space)
            difference = matrix @ pinv(space) @ space - matrix
        case AtMost() | NonNegative():
            difference = violation(claim, reading)
        case Parallel():
            first, second = of(claim.first), of(claim.second)
            difference = (second**2).sum() * first - (first * second).sum() * second
        case _:
            raise TypeError(type(claim))
    return np.atleast_1d(np.asarray(difference, dtype=float)).ravel()


def of_hypothesis(name: str, A: Array, reading: Reading) -> Array:
    """Return numbers that vanish where a matrix has the property of that name."""
    if name == "nonzero":
        return np.array([float(np.abs(A).max() < FAR_FROM_ZERO)])
    if name == "positive_semidefinite":
        return np.array([indefiniteness(A)])
    if name == "positive_definite":
        return np.array([indefiniteness(A - MARGIN * np.eye(len(A)))])
    if name in ("symmetric", "orthogonal", "projection", "partial_isometry"):
        wanted = {"symmetric": A.T, "orthogonal": np.eye(len(A)) + A - A @ A.T, "projection": A @ A}
        return np.ravel(A - wanted.get(name, A @ A.T @ A))
    rows, columns = np.eye(A.shape[0]) - A @ reading.pinv(A), np.eye(A.shape[1]) - reading.pinv(A) @ A
    parts = {"full_row_rank": [rows], "full_column_rank": [columns], "invertible": [rows, columns]}[name]
    return np.concatenate([part.ravel() for part in parts])


def violation(claim: Any, reading: Reading) -> float:
    """Return by how much the conclusion of a claim fails: 0 where it holds."""
    match claim:
        case AllOf():
            return max(violation(part, reading) for part in claim.claims)
        case RankAtMost():
            bounds = [rank(b, reading) if isinstance(b, MatrixExpr) else reading.size(b) for b in claim.bound]
            return float(max(0, rank(claim.matrix, reading) - min(bounds)))
        case AnyOf():
            return min(violation(part, reading) for part in claim.claims)
        case AtMost() | NonNegative():
            expression = claim.expression if isinstance(claim, NonNegative) else minus(claim.greater, claim.lesser)
            return indefiniteness(np.atleast_2d(reading.of(expression)))
        case Conserved() | Nonincreasing():
            rate = change(claim, reading)
            return float(max(0.0, rate.max())) if isinstance(claim, Nonincreasing) else float(np.abs(rate).max())
        case Decays():
            lost = reading.of(claim.rate) * np.asarray(reading.of(claim.quantity), dtype=float)
            return float(np.abs(change(claim, reading) + lost).max())
    return float(np.abs(residual(claim, reading)).max(initial=0))


def indefiniteness(A: Array) -> float:
    """Return by how much a matrix is not symmetric and positive semidefinite; a number is a matrix here."""
    return float(max(0.0, -np.linalg.eigvalsh((A + A.T) / 2).min(), np.abs(A - A.T).max()))


def rank(A: Any, reading: Reading) -> int:
    """Return the rank of the value of an expression."""
    return len(reading.singular_values(reading.of(A)))


def change(claim: Any, reading: Reading) -> Array:
    """Return the change of a quantity in a step, or its rate along a flow as a central difference."""
    velocities = {W.name: reading.of(claim.along[W]) for W in claim.along}

    def quantity(time: float) -> Array:
        moved = {name: reading.values[name] + time * velocity for name, velocity in velocities.items()}
        there = Reading({**reading.values, **moved}, reading.sizes, strict=False)
        return np.atleast_1d(np.asarray(there.of(claim.quantity), dtype=float))

    if isinstance(claim.along, Step):
        return quantity(1.0) - quantity(0.0)
    return (quantity(STEP) - quantity(-STEP)) / (2 * STEP)
