"""Orthonormal frames, rotations and vectors of a given length whose entries are small rationals."""

from __future__ import annotations

from itertools import product
from math import isqrt

from flint import fmpq, fmpq_mat

from tptheory.measuring.random_matrices import Random, cayley, entries, eye, one_of

PYTHAGOREAN = ((3, 4, 5), (4, 3, 5), (5, 12, 13), (8, 15, 17))
"""Legs and hypotenuses of right-angled triangles: the cosines and sines of rational rotations."""
MOST_SQUARES = 4
"""Every natural number is a sum of so many squares (Lagrange)."""


def orthogonal_frame(rng: Random, n: int) -> fmpq_mat:
    """Return an orthogonal matrix with small entries: signs and swaps, a rotation of a plane, or a reflection."""
    kind = int(rng.integers(0, 4))
    if kind == 0 or n == 1:
        return signed_permutation(rng, n)
    if kind == 1:
        return plane_rotation(rng, n)
    if kind == 2:
        return reflection(rng, n) * signed_permutation(rng, n)
    return cayley(entries(rng, n, n, bound=1))


def signed_permutation(rng: Random, n: int) -> fmpq_mat:
    """Return a matrix with one 1 or -1 in each row and each column."""
    order = shuffled(rng, list(range(n)))
    signs = [1 - 2 * int(rng.integers(0, 2)) for _ in range(n)]
    return fmpq_mat(n, n, [signs[i] if order[i] == j else 0 for i in range(n) for j in range(n)])


def plane_rotation(rng: Random, n: int) -> fmpq_mat:
    """Return a rotation of the plane of two coordinates, by an angle whose cosine and sine are rational."""
    a, b, c = one_of(rng, PYTHAGOREAN)
    i, j = shuffled(rng, list(range(n)))[:2]
    turned = eye(n)
    turned[i, i], turned[i, j], turned[j, i], turned[j, j] = fmpq(a, c), fmpq(-b, c), fmpq(b, c), fmpq(a, c)
    return turned


def reflection(rng: Random, n: int) -> fmpq_mat:
    """Return Householder's ``I - 2 v v' / v'v`` of a small integer vector ``v``."""
    v = entries(rng, n, 1, bound=2)
    length = (v.transpose() * v)[0, 0]
    return eye(n) if length == 0 else eye(n) - v * v.transpose() * (fmpq(2) / length)


def orthogonal_basis(rng: Random, n: int) -> fmpq_mat:
    """Return a matrix of orthogonal columns whose lengths may be irrational: Gram and Schmidt's of small integers.

    A diagonal matrix in such a basis is symmetric, as ``[[1, 1], [1, 1]] / 2`` is.
    """
    kept: list[fmpq_mat] = []
    candidates = [entries(rng, n, 1, bound=1) for _ in range(n)]
    for v in (*candidates, *(columns_of(eye(n), i, i + 1) for i in range(n))):
        for u in kept:
            v = v - u * ((u.transpose() * v)[0, 0] / (u.transpose() * u)[0, 0])
        if len(kept) < n and v != fmpq_mat(n, 1):
            kept.append(v)
    return fmpq_mat([v.entries() for v in kept]).transpose()


def shuffled(rng: Random, items: list[int]) -> list[int]:
    """Return the items in a random order."""
    order = list(items)
    for i in range(len(order) - 1, 0, -1):
        j = int(rng.integers(0, i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def columns_of(A: fmpq_mat, first: int, last: int) -> fmpq_mat:
    """Return the columns ``first``, ..., ``last - 1``."""
    return fmpq_mat([row[first:last] for row in A.tolist()])


def two_squares(c: fmpq) -> list[tuple[fmpq, fmpq]]:
    """Return pairs ``(a, b)`` with ``a^2 + b^2 = c`` and small numerators, simple ones first; ``b`` is not 0.

    >>> two_squares(fmpq(1))[:3]
    [(0, 1), (3/5, 4/5), (4/5, 3/5)]
    """
    found: list[tuple[fmpq, fmpq]] = []
    for scale in (1, 2, 3, 5, 10, 13):
        target = c * scale * scale
        if target.q != 1 or target < 1:
            continue
        for a in range(isqrt(int(target.p)) + 1):
            b = isqrt(int(target.p) - a * a)
            pair = (fmpq(a, scale), fmpq(b, scale))
            if b and a * a + b * b == target and pair not in found:
                found.append(pair)
    return found


def vector_of_length(rng: Random, n: int, squared: fmpq) -> list[fmpq] | None:
    """Return ``n`` rationals whose squares add up to a given number; None if none are found."""
    start = _squares(n, squared)
    if start is None:
        return None
    order = shuffled(rng, list(range(n)))
    point = [start[order[i]] * (1 - 2 * int(rng.integers(0, 2))) for i in range(n)]
    turned = shuffled(rng, list(range(n)))[: min(n, 4)]
    if len(turned) > 1:
        moved = orthogonal_frame(rng, len(turned)) * fmpq_mat(len(turned), 1, [point[i] for i in turned])
        for i, x in zip(turned, moved.entries(), strict=True):
            point[i] = x
    return point


def _squares(n: int, squared: fmpq) -> list[fmpq] | None:
    """Return ``n`` rationals, at most four of them not 0, whose squares add up to a given number."""
    few = min(n, MOST_SQUARES)
    for scale in (1, 2, 3, 5):
        target = squared * scale * scale
        if target < 0 or target.q != 1 or isqrt(int(target.p)) ** (few - 1) > 10_000:
            continue
        for first in product(range(isqrt(int(target.p)) + 1), repeat=few - 1):
            left = int(target.p) - sum(a * a for a in first)
            if left >= 0 and isqrt(left) ** 2 == left:
                return [fmpq(a, scale) for a in (*first, isqrt(left))] + [fmpq(0)] * (n - few)
    return None
