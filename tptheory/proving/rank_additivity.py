"""Lemmas where ranks add up: ``rank Z = rank A + rank (Z - A)`` gives ``Z Z+ A = A = A Z+ Z`` and ``A Z+ A = A``.

The image of ``Z`` lies in the sum of the images of ``A`` and ``B = Z - A``, and fills it where the ranks add up. So the
image of A lies in that of Z, and the images of A and B have only 0 in common (Marsaglia and Styan, 1974). Where ``Z``
is the identity, A is idempotent (Cochran, 1934).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import NamedTuple

from tptheory.proving.rank_pool import RankForm, RankPool
from tptheory.proving.rank_relations import Contained, GivenNumber
from tptheory.proving.rank_search import RelationSearch
from tptheory.proving.rank_sums import vanishing_in
from tptheory.proving.searching import Attempt, LemmaChain, Proof, StuckError, completion
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, Rational


class _Part(NamedTuple):
    """Two matrices of one shape, where the rank of ``Z`` may be the sum of those of ``A`` and of ``Z - A``."""

    Z: Polynomial
    A: Polynomial

    @property
    def is_trivial(self) -> bool:
        """Whether one of the three matrices is 0."""
        return not (self.Z and self.A and self.Z - self.A)


def with_additive_ranks(attempt: Attempt, translator: Translator, deadline: float) -> Proof:
    """Prove with the lemmas on matrices of which hypotheses say that their ranks add up."""
    chain = LemmaChain(translator)
    for part in dict.fromkeys(_parts(RankPool(translator, completion(translator, deadline)))):
        with suppress(StuckError):  # the ranks need not add up
            _add_lemmas(chain, part, deadline)
    if not chain.lemmas:
        raise StuckError("no ranks add up by the hypotheses")
    return chain.close(attempt(chain.branch, deadline))


def _parts(pool: RankPool) -> Iterator[_Part]:
    """Run through the matrices with ranks on different sides of an equation; a size is the rank of an identity."""
    for relation, given in pool.relations.items():
        if isinstance(given, GivenNumber) and given.root is None:
            signs = {A: _sign(pool, dict(relation), A) for A in [*pool.compared, *_identities(pool)]}
            larger, smaller = ([A for A, sign in signs.items() if sign == side] for side in (1, -1))
            for Z, A in product(larger, smaller):
                yield from _parts_of(pool, Z, A, [B for B in smaller if B is not A])


def _parts_of(pool: RankPool, Z: Polynomial, A: Polynomial, others: list[Polynomial]) -> Iterator[_Part]:
    """Run through a matrix and multiples of a smaller one, turned so that the rest may be made of other matrices."""
    for whole in (Z, Z.transpose()):
        if (whole.rows, whole.columns) == (A.rows, A.columns):
            for factor in (1,) if len(others) > 1 else _factors(pool, whole, A, *others):
                part = _Part(whole, A.scale(factor))
                if not part.is_trivial:
                    yield part


def _factors(pool: RankPool, Z: Polynomial, A: Polynomial, B: Polynomial | None = None) -> Iterator[Rational]:
    """Run through the numbers ``a`` with ``Z = a A + b B``, or with ``Z = a A + b B'``, for a number ``b``."""
    search = RelationSearch(pool)
    for other in [] if B is None else dict.fromkeys((B, B.transpose())):
        if (other.rows, other.columns) == (A.rows, A.columns):
            numbers = search.combination(Z, [A, other])
            if numbers is not None:
                yield numbers[0]


def _sign(pool: RankPool, form: RankForm, A: Polynomial) -> int:
    """Return 1 or -1 if the rank of a matrix stands in a sum of ranks with that sign, else 0."""
    signs = {form.get(key, 0) for key in pool.form(A)}
    return 0 if not signs else 1 if min(signs) > 0 else -1 if max(signs) < 0 else 0


def _identities(pool: RankPool) -> list[Polynomial]:
    """Return the identities of the sizes of the square matrices that are compared."""
    sizes = dict.fromkeys(A.rows for A in pool.compared if A.rows == A.columns)
    return [Polynomial.identity(pool.alphabet, size) for size in sizes]


def _add_lemmas(chain: LemmaChain, part: _Part, deadline: float) -> None:
    """Show the lemmas on a matrix and a part of it, one after the other.

    Raises:
        StuckError: if the ranks are not known to add up.
    """
    Z, A = part
    _add_image(chain, part, deadline)
    _add_image(chain, _Part(Z.transpose(), A.transpose()), deadline)
    translator = chain.branch
    pool = RankPool(translator, completion(translator, deadline))
    X, B, outside_A = pool.pinv(Z) * A, Z - A, _compare(pool, part)
    pool.frobenius(outside_A, B, X)
    chain.add(A - A * X, vanishing_in(pool, A, A * X, deadline))


def _add_image(chain: LemmaChain, part: _Part, deadline: float) -> None:
    """Show that ``Z Z+ A = A``: the rank of the difference is at most ``rank A + rank (Z - A) - rank Z``."""
    translator, (Z, A) = chain.branch, part
    pool = RankPool(translator, completion(translator, deadline))
    _compare(pool, part)
    image = Z * pool.pinv(Z) * A
    if not pool.basis.vanishes(A - image):
        chain.add(A - image, vanishing_in(pool, A, image, deadline))


def _compare(pool: RankPool, part: _Part) -> Polynomial:
    """Compare what two matrices have outside of each other's images; return ``I - A A+``."""
    Z, A = part
    D = RelationSearch(pool).joined(A, Z)
    outside_A = Polynomial.identity(A.alphabet, A.rows) - A * pool.pinv(A)
    pool.add(Contained((Z - A).transpose(), outside_A.transpose(), D.transpose()))
    pool.compared.append(Z - A)  # whose rank is at most that of its parts
    return outside_A
