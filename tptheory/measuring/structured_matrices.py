"""Random exact matrices of a given structure: direct sums of small blocks in a suitable basis.

A matrix that a polynomial annihilates is similar to a direct sum of companion matrices of divisors of the polynomial.
A normal one is a direct sum of numbers and scaled rotations of planes in an orthonormal basis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flint import fmpq, fmpq_mat, fmpq_poly

from tptheory.measuring.random_matrices import Random, entries, eye, one_of, unit
from tptheory.measuring.rational_frames import (
    columns_of,
    orthogonal_basis,
    orthogonal_frame,
    signed_permutation,
    two_squares,
    vector_of_length,
)
from tptheory.measuring.structures import Structure
from tptheory.numeric.rationals import inverse_of, rational_root

LARGEST_BLOCK = 4
"""Direct sums are made of blocks up to this size."""
SMALL = (fmpq(0), fmpq(1), fmpq(-1), fmpq(2))
"""The numbers of which blocks are made where anything may be chosen."""


def structured_matrix(structure: Structure, rng: Random, rows: int, columns: int) -> fmpq_mat | None:
    """Return a random matrix of a structure; None if none is found. The caller checks that it has the structure."""
    if structure.is_square and rows != columns:
        return None
    if structure.squared_length is not None:
        point = vector_of_length(rng, rows * columns, structure.squared_length)
        return None if point is None else fmpq_mat(rows, columns, point)
    if structure.annihilator or structure.is_diagonal_in_a_frame:
        block = direct_sum(rng, blocks_of(structure), rows)
        return None if block is None else in_a_basis(structure, rng, block)
    if structure.partial_isometry:
        return _partial_isometry(rng, rows, columns)
    if structure.columns is not None:
        return _scaled_frame(rng, rows, columns, structure.columns)
    if structure.rows is not None:
        turned = _scaled_frame(rng, columns, rows, structure.rows)
        return None if turned is None else turned.transpose()
    return None


def in_a_basis(structure: Structure, rng: Random, block: fmpq_mat) -> fmpq_mat:
    """Return a block in another basis: an orthonormal one if the structure speaks of transposes."""
    orthogonal = structure.is_diagonal_in_a_frame or structure.partial_isometry
    G = random_basis(rng, block.nrows(), orthogonal, is_diagonal(block))
    return G * block * inverse_of(G)


def random_basis(rng: Random, n: int, orthogonal: bool, diagonal: bool) -> fmpq_mat:
    """Return a basis, in columns, for a matrix to be written in.

    Args:
        rng: where all randomness comes from.
        n: the dimension.
        orthogonal: whether the columns must be orthogonal.
        diagonal: whether the matrix is diagonal, so that orthogonal columns may have lengths other than 1.
    """
    if not orthogonal:
        return unimodular(rng, n)
    if diagonal and rng.integers(0, 2):
        return orthogonal_basis(rng, n)
    return orthogonal_frame(rng, n)


def is_diagonal(A: fmpq_mat) -> bool:
    """Whether all entries off the diagonal are 0."""
    return all(x == 0 for i, row in enumerate(A.tolist()) for j, x in enumerate(row) if i != j)


def _partial_isometry(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return ``Q [I_r 0; 0 0] V'`` with orthogonal ``Q`` and ``V``, or an isometry times an orthogonal projection."""
    if rows < columns:
        return _partial_isometry(rng, columns, rows).transpose()
    rank = int(rng.integers(0, columns + 1))
    if rng.integers(0, 2):
        return orthogonal_frame(rng, rows) * unit(rows, columns, rank) * orthogonal_frame(rng, columns)
    G = orthogonal_basis(rng, columns)
    return orthogonal_frame(rng, rows) * unit(rows, columns, columns) * G * unit(columns, columns, rank) * inverse_of(G)


def unimodular(rng: Random, n: int) -> fmpq_mat:
    """Return an invertible matrix: of integers with determinant 1 or -1, for the inverse is of small integers too."""
    G = signed_permutation(rng, n)
    for _ in range(int(rng.integers(0, n + 1))):
        i, j = int(rng.integers(0, n)), int(rng.integers(0, n))
        if i != j:
            shear = eye(n)
            shear[i, j] = fmpq(1 - 2 * int(rng.integers(0, 2)))
            G = G * shear
    return G


def direct_sum(rng: Random, blocks: Sequence[fmpq_mat], n: int) -> fmpq_mat | None:
    """Return a direct sum of size ``n`` of blocks chosen at random; None if no choice has that size."""
    parts = partition(rng, blocks, n)
    return None if parts is None else put_together(parts)


def partition(rng: Random, blocks: Sequence[fmpq_mat], n: int) -> list[fmpq_mat] | None:
    """Return blocks chosen at random whose sizes add up to ``n``; None if no choice does."""
    reachable = {0}
    for size in range(1, n + 1):
        if any(size - block.nrows() in reachable for block in blocks):
            reachable.add(size)
    if n not in reachable:
        return None
    parts: list[fmpq_mat] = []
    left = n
    while left:
        sizes = sorted({b.nrows() for b in blocks if b.nrows() <= left and left - b.nrows() in reachable})
        size = one_of(rng, sizes)
        parts.append(one_of(rng, [b for b in blocks if b.nrows() == size]))
        left -= size
    return parts


def put_together(parts: Sequence[fmpq_mat]) -> fmpq_mat:
    """Return the block-diagonal matrix of some square matrices."""
    n, start = sum(part.nrows() for part in parts), 0
    total = fmpq_mat(n, n)
    for part in parts:
        for i, row in enumerate(part.tolist()):
            for j, x in enumerate(row):
                total[start + i, start + j] = x
        start += part.nrows()
    return total


@lru_cache(maxsize=256)
def blocks_of(structure: Structure) -> list[fmpq_mat]:
    """Return small blocks of which matrices of a square structure are direct sums, numbers first."""
    if structure.annihilator:
        blocks = _annihilated(structure)
    elif structure.columns is not None:
        blocks = _of_length(structure.columns)
    elif structure.partial_isometry:
        blocks = [fmpq_mat(1, 1, [x]) for x in SMALL[:3]] + [_rotation(a, b) for a, b in two_squares(fmpq(1))]
    else:
        blocks = [fmpq_mat(1, 1, [x]) for x in SMALL]
        blocks += [_rotation(a, b) for a in SMALL for b in SMALL if b > 0]
    return [block for block in blocks if has_structure(structure, block)]


def _of_length(c: fmpq) -> list[fmpq_mat]:
    """Return the blocks ``B`` with ``B'B = c I``: two numbers, or scaled rotations and reflections of a plane."""
    root = rational_root(c)
    blocks = [] if root is None else [fmpq_mat(1, 1, [root]), fmpq_mat(1, 1, [-root])]
    return blocks + [block for a, b in two_squares(c) for block in (_rotation(a, b), fmpq_mat([[a, b], [b, -a]]))]


def _annihilated(structure: Structure) -> list[fmpq_mat]:
    """Return companion matrices of divisors of the annihilator; rotations besides where a quadratic divides it.

    Divisors of several factors are among them: the companion matrix of ``t^3 - 1`` is a permutation, and so normal.
    """
    polynomial = structure.polynomial
    if polynomial.degree() < 1:
        return []
    divisors, rotations = [fmpq_poly([1])], []
    for factor, power in polynomial.factor()[1]:
        powers = [factor**k for k in range(power + 1)]
        products = [divisor * each for divisor in divisors for each in powers]
        divisors = [product for product in products if product.degree() <= LARGEST_BLOCK]
        if factor.degree() == 2:
            rotations += _rotation_with_roots(factor)
    blocks = [companion(divisor) for divisor in divisors if divisor.degree() > 0]
    return sorted(blocks + rotations, key=lambda block: block.nrows())


def companion(polynomial: fmpq_poly) -> fmpq_mat:
    """Return the companion matrix, whose minimal polynomial is the given one.

    >>> companion(fmpq_poly([-1, 0, 1]))
    [0, 1]
    [1, 0]
    """
    coefficients, n = polynomial.coeffs(), polynomial.degree()
    found = fmpq_mat(n, n)
    for i in range(1, n):
        found[i, i - 1] = fmpq(1)
    for i in range(n):
        found[i, n - 1] = -coefficients[i] / coefficients[n]
    return found


def _rotation(a: fmpq, b: fmpq) -> fmpq_mat:
    return fmpq_mat([[a, -b], [b, a]])


def _rotation_with_roots(quadratic: fmpq_poly) -> list[fmpq_mat]:
    """Return ``[[a, -b], [b, a]]`` for a quadratic with the roots ``a + bi`` and ``a - bi``, if these are rational."""
    constant, linear, leading = quadratic.coeffs()
    a = -linear / (2 * leading)
    b = rational_root(constant / leading - a * a)
    return [] if b is None or b == 0 else [_rotation(a, b)]


def value_at(coefficients: Sequence[fmpq], A: fmpq_mat) -> fmpq_mat:
    """Return the value of a polynomial, given by its coefficients, constant first, at a square matrix."""
    one = eye(A.nrows())
    total = one * fmpq(0)
    for c in reversed(coefficients):
        total = total * A + one * c
    return total


def has_structure(structure: Structure, A: fmpq_mat) -> bool:
    """Whether a matrix is as a structure says."""
    return (not structure.is_square or A.nrows() == A.ncols()) and all(_statements_hold(structure, A))


def _statements_hold(structure: Structure, A: fmpq_mat) -> Iterator[bool]:
    """Yield for each thing that a structure says, the cheapest first, whether it is true of a matrix."""
    T = A.transpose()
    if structure.symmetric:
        yield A == T
    if structure.skew:
        yield A == -T
    if structure.columns is not None:
        yield eye(A.ncols()) * structure.columns == T * A
    if structure.rows is not None:
        yield eye(A.nrows()) * structure.rows == A * T
    if structure.annihilator:
        yield value_at(structure.annihilator, A) == fmpq_mat(A.nrows(), A.nrows())
    if structure.normal:
        yield A * T == T * A
    if structure.partial_isometry:
        yield A * T * A == A
    if structure.squared_length is not None:
        yield sum(x * x for x in A.entries()) == structure.squared_length


def _scaled_frame(rng: Random, rows: int, columns: int, c: fmpq) -> fmpq_mat | None:
    """Return a matrix ``F`` with ``F'F = c I``; None if there is none, or none is found."""
    if columns > rows:
        return None
    root = rational_root(c)
    if root is not None:
        return columns_of(orthogonal_frame(rng, rows), 0, columns) * root
    if columns == 1:
        point = vector_of_length(rng, rows, c)
        return None if point is None else fmpq_mat(rows, 1, point)
    square = direct_sum(rng, _of_length(c), rows)
    return None if square is None else columns_of(orthogonal_frame(rng, rows) * square, 0, columns)


def polynomial_in(rng: Random, A: fmpq_mat) -> fmpq_mat:
    """Return a random polynomial of degree at most 2 in a matrix, with small coefficients."""
    a, b, c = entries(rng, 1, 3, bound=1).entries()
    return eye(A.nrows()) * a + A * b + A * A * c
