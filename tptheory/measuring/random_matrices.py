"""Random exact matrices with a property by construction: rank, orthogonality, isometry, symmetry, projection.

All entries are rationals of python-flint, so that the property holds exactly; floating-point instances are made from
them by rounding once. The randomness is a stream of integers: NumPy's, or what Hypothesis draws and shrinks
(`tptheory.strategies`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Protocol, TypeVar

from flint import fmpq, fmpq_mat, nmod_mat

from tptheory.clock import in_time
from tptheory.numeric.rationals import inverse_of

Item = TypeVar("Item")
PRIME = (1 << 61) - 1
"""The prime modulo which rows are found independent; a row that is dependent modulo it alone is merely passed over."""


class Random(Protocol):
    """Where integers come from: ``numpy.random.Generator`` is one."""

    def integers(self, low: int, high: int, size: int | None = None) -> Any:
        """Return an integer ``low <= k < high``, or ``size`` of them."""


def one_of(rng: Random, items: Sequence[Item]) -> Item:
    """Return one of several items, each as likely as any other."""
    return items[int(rng.integers(0, len(items)))]


Builder = Callable[[Random, int, int], fmpq_mat]


def unit(rows: int, columns: int, rank: int) -> fmpq_mat:
    """Return ``[I_r 0; 0 0]``."""
    return fmpq_mat(rows, columns, [int(i == j < rank) for i in range(rows) for j in range(columns)])


def eye(n: int) -> fmpq_mat:
    """Return the identity of size ``n``."""
    return unit(n, n, n)


def entries(rng: Random, rows: int, columns: int, bound: int = 3, denominator: int = 1) -> fmpq_mat:
    """Return a matrix of independent entries ``k / denominator`` with ``|k| <= bound``."""
    numbers = rng.integers(-bound, bound + 1, size=rows * columns)
    return fmpq_mat(rows, columns, [fmpq(int(k), denominator) for k in numbers])


def generic(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return a matrix without any property: entries in [-2, 2] with denominator 16."""
    return entries(rng, rows, columns, bound=32, denominator=16)


def of_rank_at_most(rng: Random, rows: int, columns: int, rank: int) -> fmpq_mat:
    """Return a product of small factors with ``rank`` between them."""
    if rank == 0:
        return fmpq_mat(rows, columns)
    return entries(rng, rows, rank) * entries(rng, rank, columns)


def degenerate(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return a zero matrix, one of low rank, one with repeated columns, or a truncated identity."""
    kind = rng.integers(0, 4)
    if kind == 0:
        return fmpq_mat(rows, columns)
    if kind == 1:
        return of_rank_at_most(rng, rows, columns, int(rng.integers(0, max(1, min(rows, columns)))))
    if kind == 2:
        column = entries(rng, rows, 1)
        return column * fmpq_mat(1, columns, [1] * columns)
    return unit(rows, columns, min(rows, columns))


def full_rank(rng: Random, rows: int, columns: int, fill: Builder = generic) -> fmpq_mat:
    """Return a matrix of rank ``min(rows, columns)``: what ``fill`` gives, with unit rows for dependent rows."""
    if rows > columns:
        return full_rank(rng, columns, rows, fill).transpose()
    candidates = [*fill(rng, rows, columns).tolist(), *eye(columns).tolist()]
    return fmpq_mat([candidates[i] for i in islice(_independent(candidates), rows)])


def _independent(rows: Sequence[Sequence[fmpq]]) -> Iterator[int]:
    """Run through the numbers of rows that depend on none before them, modulo a prime: so they are independent."""
    across = [
        [int(x.p) if x.q == 1 else int(x.p) * pow(int(x.q), -1, PRIME) for x in column]
        for column in in_time(zip(*rows, strict=True))
    ]
    reduced, rank = nmod_mat(len(across), len(rows), [*chain.from_iterable(across)], PRIME).rref()
    for i in range(rank):
        yield next(j for j in range(len(rows)) if int(reduced[i, j]))


def orthogonal(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return an orthogonal matrix: one of Cayley's, with signs."""
    n = min(rows, columns)
    rotation = cayley(entries(rng, n, n, bound=4, denominator=4))
    flips = rng.integers(0, 2, size=n)
    signs = fmpq_mat(n, n, [1 - 2 * int(flips[i]) if i == j else 0 for i in range(n) for j in range(n)])
    return rotation * signs


def cayley(A: fmpq_mat) -> fmpq_mat:
    """Return Cayley's orthogonal matrix ``(I - S)(I + S)^-1`` for the skew ``S = A - A'`` of a square ``A``."""
    one, S = eye(A.nrows()), A - A.transpose()
    return (one - S) * inverse_of(one + S)


def partial_isometry(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return ``U [I_r 0; 0 0] V'`` with orthogonal ``U``, ``V`` and a random rank ``r``."""
    rank = int(rng.integers(0, min(rows, columns) + 1))
    return orthogonal(rng, rows, rows) * unit(rows, columns, rank) * orthogonal(rng, columns, columns)


def symmetric(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return ``A + A'``."""
    A = generic(rng, rows, columns)
    return A + A.transpose()


def orthogonal_projection(rng: Random, rows: int, _columns: int) -> fmpq_mat:
    """Return ``A (A'A)^-1 A'``, the projection on the columns of ``A``."""
    rank = int(rng.integers(0, rows + 1))
    if not rank:
        return fmpq_mat(rows, rows)
    A = full_rank(rng, rows, rank, entries)
    return A * inverse_of(A.transpose() * A) * A.transpose()


def projection(rng: Random, rows: int, _columns: int) -> fmpq_mat:
    """Return ``G [I_r 0; 0 0] G^-1``, which is oblique in general."""
    rank = int(rng.integers(0, rows + 1))
    G = full_rank(rng, rows, rows, entries)
    return G * unit(rows, rows, rank) * inverse_of(G)


def rank_one(rng: Random, rows: int, columns: int) -> fmpq_mat:
    """Return ``u v'``."""
    return entries(rng, rows, 1) * entries(rng, 1, columns)


def gram(rng: Random, rows: int, _columns: int) -> fmpq_mat:
    """Return ``A A'``, of any rank."""
    A = entries(rng, rows, int(rng.integers(1, rows + 1)))
    return A * A.transpose()


def definite_gram(rng: Random, rows: int, _columns: int) -> fmpq_mat:
    """Return ``A A'`` with an invertible ``A``."""
    A = full_rank(rng, rows, rows, entries)
    return A * A.transpose()


BUILDERS: dict[frozenset[str], Builder] = {
    frozenset({"orthogonal"}): orthogonal,
    frozenset({"symmetric", "projection"}): orthogonal_projection,
    frozenset({"positive_semidefinite", "projection"}): orthogonal_projection,
    frozenset({"partial_isometry"}): partial_isometry,
    frozenset({"projection"}): projection,
    frozenset({"rank_one"}): rank_one,
    frozenset({"positive_definite"}): definite_gram,
    frozenset({"positive_semidefinite", "invertible"}): definite_gram,
    frozenset({"positive_semidefinite", "full_row_rank"}): definite_gram,
    frozenset({"positive_semidefinite", "full_column_rank"}): definite_gram,
    frozenset({"positive_semidefinite"}): gram,
    frozenset({"symmetric"}): symmetric,
    frozenset({"invertible"}): full_rank,
    frozenset({"full_row_rank"}): full_rank,
    frozenset({"full_column_rank"}): full_rank,
}
"""Which construction meets which hypotheses, the most special first."""


SQUARE = frozenset(
    {"invertible", "orthogonal", "symmetric", "projection", "positive_semidefinite", "positive_definite"}
)
"""The properties of square matrices only."""


def is_possible(properties: frozenset[str], rows: int, columns: int) -> bool:
    """Whether any matrix of this shape has these properties."""
    if ("full_row_rank" in properties and rows > columns) or ("full_column_rank" in properties and columns > rows):
        return False
    return rows == columns or not properties & SQUARE


def builder_for(properties: frozenset[str]) -> Builder:
    """Return the most special construction for these properties; the caller checks the rest."""
    for names, builder in BUILDERS.items():
        if names <= properties:
            return builder
    return generic
