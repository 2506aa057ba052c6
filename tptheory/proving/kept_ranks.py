"""Lemmas where a product keeps a rank: ``rank UX = rank U`` gives ``U = L L+ U`` for ``L = U X``.

The image of ``L`` lies in that of ``U``, and is all of it where the ranks are equal. The ranks are compared by what the
hypotheses say: with ``S X S = S`` and ``X = S X^2``, which define the core inverse of ``S``, the ranks of ``S``, ``X``
and ``X S`` are equal, so that the three have one image (Baksalary and Trenkler, 2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tptheory.proving.nonnegative import half_of
from tptheory.proving.rank_derivation import Weighted
from tptheory.proving.rank_pool import RankPool
from tptheory.proving.rank_relations import Contained, Joined
from tptheory.proving.rank_sums import sums_of_relations, vanishing_in
from tptheory.proving.searching import Attempt, LemmaChain, Proof, StuckError, completion, refuse_when_late
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

MOST_PRODUCTS = 24
"""So many products are compared with their first factors."""


class _Product(NamedTuple):
    """A matrix ``U``, and ``L = U X``, which is written as a letter or as a word."""

    U: Polynomial
    L: Polynomial


def with_kept_ranks(attempt: Attempt, translator: Translator, deadline: float) -> Proof:
    """Prove with the lemmas on products that have the rank of their first factors by the hypotheses."""
    chain = LemmaChain(translator)
    for each in _keeping(translator, deadline):
        refuse_when_late(deadline)
        with suppress(StuckError):
            _add_lemma(chain, each, deadline)
    if not chain.lemmas:
        raise StuckError("no product keeps a rank by the hypotheses")
    return chain.close(attempt(chain.branch, deadline))


def _keeping(translator: Translator, deadline: float) -> list[_Product]:
    """Return the products that have the rank of their first factors, where no hypothesis says ``U = L Y``."""
    pool = RankPool(translator, completion(translator, deadline))
    products = [*dict.fromkeys(_products(pool))][:MOST_PRODUCTS]
    if not products:
        return []
    pool.compared += [M for each in products for M in each]
    forms = [{**pool.form(U), **{key: -c for key, c in pool.form(L).items()}} for U, L in products]
    found = sums_of_relations(pool, forms, deadline)
    return [each for each, weighted in zip(products, found, strict=True) if weighted and not _is_direct(weighted)]


def _is_direct(weighted: Weighted) -> bool:
    """Whether the ranks compare because a hypothesis says ``U = L Y``."""
    return len(weighted) == 1 and isinstance(weighted[0][1], Contained)


def _products(pool: RankPool) -> Iterator[_Product]:
    """Run through letters that the hypotheses write as words, and words of two letters, beside their first factors.

    The words of two letters are parts of those whose ranks hypotheses compare, or, where they compare none but write
    letters as words, of those that stand in the hypotheses.
    """
    written = [*_written(pool)]
    yield from written
    compared = [p for M in pool.compared for p in (M, M.transpose())]
    stated = [h.polynomial for h in pool.translator.hypotheses] if written else []
    words = {word for p in compared or stated for _, word in p.terms}
    for pair in sorted(_pairs_of_letters(pool, words)):
        yield _Product(Polynomial.word(pool.alphabet, pair[0]), Polynomial.word(pool.alphabet, pair))


def _pairs_of_letters(pool: RankPool, words: set[str]) -> set[str]:
    """Return the parts of two letters of words, but for products that keep ranks anyway.

    Those are the products of a matrix with its pseudo-inverse, or with its transpose.
    """
    inverses = {letter for _, P in pool.pairs for p in (P, P.transpose()) for _, word in p.terms for letter in word}
    pairs = {word[k : k + 2] for word in words for k in range(len(word) - 1)}
    return {pair for pair in pairs if inverses.isdisjoint(pair) and pool.alphabet.adjoints[pair[0]] != pair[1]}


def _written(pool: RankPool) -> Iterator[_Product]:
    """Run through the letters ``L`` of which a hypothesis says ``L = U X``, for another letter ``U``.

    That ``S = R R'`` says no more than that R has the image of S.
    """
    for h in pool.translator.hypotheses:
        words = [word for scalars, word in h.polynomial.terms if not scalars]
        if len(words) == len(h.polynomial.terms) == 2:
            letter, word = sorted(words, key=len)
            if len(letter) == 1 < len(word) and word[0] != letter and not half_of(pool.alphabet, [word]):
                yield _Product(Polynomial.word(pool.alphabet, word[0]), Polynomial.word(pool.alphabet, letter))


def _add_lemma(chain: LemmaChain, each: _Product, deadline: float) -> None:
    """Show that ``U = L L+ U``.

    Raises:
        StuckError: if the rank of the difference is not shown to be at most ``rank U - rank L``, and that to be 0.
    """
    U, L = each
    pool = RankPool(chain.branch, completion(chain.branch, deadline))
    outside_image = U - L * pool.pinv(L) * U
    if not pool.basis.vanishes(outside_image):
        pool.compared += [U, L]
        pool.pinv(U)  # so that what it satisfies is known when the image of L is found to be within that of U
        pool.add(Joined(U, L, L.scale(0), outside_image))
        chain.add(outside_image, vanishing_in(pool, U, U - outside_image, deadline))
