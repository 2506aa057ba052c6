"""Positive semidefinite matrices with rational entries among those that solve linear equations.

The entries are those of the Gram matrix of a sum of squares. First the free entries are set to 0. Failing that,
``G(t) = G_0 + sum of t_i N_i`` is moved by Newton's method along the central path of the semidefinite program "maximise
s such that ``G(t) - s I`` is positive semidefinite" (Vandenberghe and Boyd, Semidefinite programming, SIAM Review 38,
1996). A point with ``s > 0`` may be rounded to rationals (Peyrl and Parrilo, 2008). Where s tends to 0 every solution
has a kernel: it is read off the end of the path and rounded, ``G v = 0`` is added to the equations, and the search goes
on in the smaller space (Borwein and Wolkowicz, Facial reduction for a cone-convex programming problem, 1981).

Floating-point numbers propose; each matrix that is returned was tested exactly, by its LDL' decomposition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat

from tptheory.clock import in_time

Array = Any
Pair = tuple[int, int]

FREE, FEW = 150, 15
"""With more free entries than this no semidefinite program is solved; and in a search that is to be short."""
ROUNDS = 4
"""How often the space of solutions is made smaller."""
STAGES = tuple(10.0**k for k in range(9))
"""The weights of the objective against the barrier, along the central path."""
NEWTON_STEPS = 25
"""How many Newton steps are taken for each weight at most."""
DENOMINATORS = (1, 2, 4, 12, 100, 10_000)
"""The largest denominators to which free entries are rounded, in the order in which they are tried."""
KERNEL = 1e-4
"""At the end of the path an eigenvalue below this is taken for 0; and so exact must be the rounding of a kernel."""
SMALL = 30
"""The largest denominator of an entry of a kernel."""


@dataclass(frozen=True)
class AffineSpace:
    """The solutions of linear equations: a point, plus any combination of directions."""

    point: list[fmpq]
    directions: list[list[fmpq]]

    def at(self, steps: Sequence[fmpq]) -> list[fmpq]:
        """Return the point plus so much of each direction."""
        found = list(self.point)
        for step, direction in zip(steps, self.directions, strict=True):
            if step != 0:
                found = [a + step * b for a, b in zip(found, direction, strict=True)]
        return found


def solutions(columns: Sequence[Sequence[fmpq]], target: Sequence[fmpq]) -> AffineSpace | None:
    """Return all coefficients with which columns add up to a target; None if there are none."""
    unknowns = len(columns)
    every = [*columns, target]
    table = fmpq_mat(len(target), unknowns + 1, [column[row] for row in range(len(target)) for column in every])
    reduced, rank = table.rref()
    pivots = [next(k for k in range(unknowns + 1) if reduced[row, k] != 0) for row in range(rank)]
    if unknowns in pivots:
        return None
    point = [fmpq(0)] * unknowns
    for row, pivot in enumerate(pivots):
        point[pivot] = reduced[row, unknowns]
    directions = []
    for free in sorted({*range(unknowns)} - {*pivots}):
        direction = [fmpq(0)] * unknowns
        direction[free] = fmpq(1)
        for row, pivot in enumerate(pivots):
            direction[pivot] = -reduced[row, free]
        directions.append(direction)
    return AffineSpace(point, directions)


class Square(NamedTuple):
    """A pivot of an LDL' decomposition, and the row of coefficients that belongs to it."""

    weight: Fraction
    coefficients: list[Fraction]


def decomposed(gram: fmpq_mat) -> list[Square] | None:
    """Return the squares of the LDL' decomposition of a symmetric matrix; None if it has a negative direction."""
    n = gram.nrows()
    gram = fmpq_mat(gram)
    squares = []
    for k in in_time(range(n)):
        pivot = gram[k, k]
        if pivot < 0 or (pivot == 0 and any(gram[k, j] != 0 for j in range(k + 1, n))):
            return None
        if pivot == 0:
            continue
        row = [gram[k, j] / pivot if j >= k else fmpq(0) for j in range(n)]
        squares.append(Square(_fraction(pivot), [_fraction(c) for c in row]))
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                gram[i, j] = gram[i, j] - pivot * row[i] * row[j]
    return squares


def positive_semidefinite(
    size: int, pairs: Sequence[Pair], space: AffineSpace, proceed: Callable[[], None], free: int = FREE
) -> list[Square] | None:
    """Return the squares of a positive semidefinite matrix whose entries solve the equations; None if none is found.

    Args:
        size: the number of rows.
        pairs: the row and column of each unknown; all other entries of the upper triangle are 0.
        space: the solutions of the equations.
        proceed: is called now and then; it raises an error where the time is up.
        free: with more free entries than this no semidefinite program is solved.
    """
    found = decomposed(_matrix(size, pairs, space.point))
    left = [*range(size)]
    for _ in range(ROUNDS):
        if found is not None or not space.directions or len(space.directions) > free:
            return found
        steps, values, kernel = _central_path(left, size, pairs, space, proceed)
        if steps is None:
            return None
        found = _rounded(size, pairs, space, steps)
        if found is not None or values.min() > KERNEL:
            return found
        smaller = _smaller(kernel, left, size, pairs, space)
        if smaller is None:
            return None
        space, left = smaller
        found = decomposed(_matrix(size, pairs, space.point))
    return found


def _matrix(size: int, pairs: Sequence[Pair], entries: Sequence[fmpq]) -> fmpq_mat:
    gram = fmpq_mat(size, size)
    for (i, j), entry in zip(pairs, entries, strict=True):
        gram[i, j] = gram[j, i] = entry
    return gram


def _floating(left: list[int], size: int, pairs: Sequence[Pair], entries: Sequence[fmpq]) -> Array:
    """Return the rows and columns that are left of a matrix, in floating-point numbers."""
    gram = np.zeros((size, size))
    for (i, j), entry in zip(pairs, entries, strict=True):
        gram[i, j] = gram[j, i] = float(Fraction(int(entry.p), int(entry.q)))
    return gram[np.ix_(left, left)]


def _central_path(
    left: list[int], size: int, pairs: Sequence[Pair], space: AffineSpace, proceed: Callable[[], None]
) -> tuple[Array, Array, Array]:
    """Follow the central path; return the free entries at its end, the eigenvalues there, and the kernel as columns.

    The free entries are None where no solution is positive semidefinite.
    """
    start = _floating(left, size, pairs, space.point)
    n, free = len(left), len(space.directions)
    moves = np.stack([*(_floating(left, size, pairs, d) for d in space.directions), -np.eye(n)])
    z = np.zeros(free + 1)
    z[-1] = np.linalg.eigvalsh(start).min() - 1
    for weight in STAGES:
        proceed()
        z = _centred(start, moves, z, weight)
        gap = (n + 1) / weight
        if z[-1] + 2 * gap < 0:
            return None, None, None
        if z[-1] > KERNEL:
            break
    values, vectors = np.linalg.eigh(start + np.tensordot(z[:-1], moves[:-1], 1))
    return z[:-1], values, vectors[:, values < KERNEL]


def _centred(start: Array, moves: Array, z: Array, weight: float) -> Array:
    """Maximise ``weight s + log det(G(t) - s I) + log(1 - s) - |t|^2 / 10^6`` by damped Newton steps."""
    small = 1e-6

    def value(z: Array) -> float:
        if z[-1] >= 1:
            return np.inf
        try:
            factor = np.linalg.cholesky(start + np.tensordot(z, moves, 1))
        except np.linalg.LinAlgError:
            return np.inf
        logs = 2 * np.log(np.diag(factor)).sum() + np.log(1 - z[-1])
        return float(small * z[:-1] @ z[:-1] - weight * z[-1] - logs)

    for _ in range(NEWTON_STEPS):
        inverse = np.linalg.inv(start + np.tensordot(z, moves, 1))
        scaled = inverse @ moves
        gradient = -np.trace(scaled, axis1=1, axis2=2)
        hessian = np.einsum("aij,bji->ab", scaled, scaled)
        gradient[:-1] += 2 * small * z[:-1]
        gradient[-1] += 1 / (1 - z[-1]) - weight
        hessian += np.diag([*(2 * small for _ in z[:-1]), 1 / (1 - z[-1]) ** 2])
        step = -np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        decrement = -gradient @ step
        if not decrement > 1e-9:
            break
        here, size = value(z), 1.0
        while size > 1e-8 and not value(z + size * step) < here - size * decrement / 4:
            size /= 2
        if size <= 1e-8:
            break
        z = z + size * step
    return z


def _rounded(size: int, pairs: Sequence[Pair], space: AffineSpace, steps: Array) -> list[Square] | None:
    """Round the free entries to rationals with ever larger denominators until the matrix is positive semidefinite."""
    for denominator in DENOMINATORS:
        nearby = [flint_rational(Fraction(float(step)).limit_denominator(denominator)) for step in steps]
        found = decomposed(_matrix(size, pairs, space.at(nearby)))
        if found is not None:
            return found
    return None


def _rational_kernel(kernel: Array, left: list[int], size: int) -> list[list[fmpq]] | None:
    """Bring the columns of a kernel to reduced row echelon form, and round the rows; None if they are not rational."""
    rows = kernel.T.copy()
    found: list[list[fmpq]] = []
    used: list[int] = []
    for k in range(len(rows)):
        # the first column that still has a large entry, so that the echelon form is the exact one
        tails = np.abs(rows[k:]).max(axis=0)
        column = int(np.argmax(tails > 1e-2)) if (tails > 1e-2).any() else -1
        if column < 0:
            return None
        best = k + int(np.argmax(np.abs(rows[k:, column])))
        rows[[k, best]] = rows[[best, k]]
        rows[k] /= rows[k, column]
        for other in range(len(rows)):
            if other != k:
                rows[other] -= rows[other, column] * rows[k]
        used.append(column)
    for row in rows:
        vector = [fmpq(0)] * size
        for place, entry in zip(left, row, strict=True):
            nearby = Fraction(float(entry)).limit_denominator(SMALL)
            if abs(float(nearby) - entry) > 1e-2:
                return None
            vector[place] = flint_rational(nearby)
        found.append(vector)
    return found


def _smaller(
    kernel: Array, left: list[int], size: int, pairs: Sequence[Pair], space: AffineSpace
) -> tuple[AffineSpace, list[int]] | None:
    """Add to the equations that a kernel is annihilated; return their solutions, and the rows that are left then.

    A positive semidefinite matrix that annihilates vectors is determined by the other rows and columns than one for
    each of them. The result is None if the kernel is not rational, or if no solution annihilates it.
    """
    vectors = _rational_kernel(kernel, left, size)
    smaller = None if vectors is None else _annihilating(vectors, size, pairs, space)
    if vectors is None or smaller is None:
        return None
    leading = {next(j for j, c in enumerate(v) if c != 0) for v in vectors}
    return smaller, [k for k in left if k not in leading]


def _annihilating(
    vectors: list[list[fmpq]], size: int, pairs: Sequence[Pair], space: AffineSpace
) -> AffineSpace | None:
    """Return the solutions whose matrices annihilate some vectors; None if there are none."""

    def images(entries: Sequence[fmpq]) -> list[fmpq]:
        gram = _matrix(size, pairs, entries)
        return [sum((gram[i, j] * v[j] for j in range(size)), fmpq(0)) for v in vectors for i in range(size)]

    steps = solutions([images(d) for d in space.directions], [-c for c in images(space.point)])
    if steps is None:
        return None
    origin = AffineSpace([fmpq(0)] * len(space.point), space.directions)
    return AffineSpace(space.at(steps.point), [origin.at(d) for d in steps.directions])


def _fraction(number: fmpq) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def flint_rational(number: int | Fraction) -> fmpq:
    """Return a rational number as python-flint has it."""
    return fmpq(number.numerator, number.denominator)
