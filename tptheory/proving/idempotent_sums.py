"""Lemmas on idempotents that add up to the identity: the product of any two of them is 0 (Cochran, 1934).

The rank of an idempotent is its trace, so the ranks add up to the size of the identity. Let ``T`` be the sum of
two of them. The ranks of ``T`` and ``I - T`` then add up to that size at most: so ``T T = T``. The rest is algebra.
An idempotent sum ``Z`` of idempotents adds up to the identity together with ``I - Z``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from itertools import combinations
from operator import add, sub

from tptheory.proving.completion import Completion
from tptheory.proving.equations import equation
from tptheory.proving.rank_pool import RankPool
from tptheory.proving.rank_relations import Coprime, Summed
from tptheory.proving.rank_sums import vanishing_by
from tptheory.proving.searching import Attempt, LemmaChain, Proof, StuckError, completion, refuse_when_late
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

MOST_SUMMANDS = 6
"""Sums of more letters are left alone."""


def with_idempotent_sums(attempt: Attempt, translator: Translator, deadline: float) -> Proof:
    """Prove with the lemmas on idempotents of which hypotheses say what they add up to."""
    chain = LemmaChain(translator)
    for summands in _sums_to_identity(translator, completion(translator, deadline)):
        with suppress(StuckError):
            _add_lemmas(chain, summands, deadline)
    if not chain.lemmas:
        raise StuckError("no idempotents add up to an idempotent by the hypotheses")
    return chain.close(attempt(chain.branch, deadline))


def _sums_to_identity(translator: Translator, basis: Completion) -> Iterator[list[Polynomial]]:
    """Run through idempotents that add up to the identity; of three, algebra alone shows that the products vanish."""
    for h in (h.polynomial for h in translator.hypotheses if h.transposes is None):
        letters = _summed_letters(h)
        if letters:
            rest = Polynomial.identity(h.alphabet, h.rows) - reduce(add, letters)
            summands = letters if basis.vanishes(rest) else [*letters, rest]
            if len(summands) > 3 and all(basis.vanishes(E * E - E) for E in summands):
                yield summands


def _summed_letters(h: Polynomial) -> list[Polynomial]:
    """Return the square letters that a hypothesis adds up, beside other terms: few, all with one coefficient."""
    linear = {word: c for (scalars, word), c in h.terms.items() if not scalars and len(word) == 1}
    alike = h.rows == h.columns and len({*linear.values()}) == 1 and len(linear) in range(3, MOST_SUMMANDS + 1)
    return [Polynomial.word(h.alphabet, word) for word in linear] if alike else []


def _add_lemmas(chain: LemmaChain, summands: list[Polynomial], deadline: float) -> None:
    """Show that the ranks add up as the traces do, and that the sum of any two summands is idempotent.

    Raises:
        StuckError: if that is not shown.
    """
    one = Polynomial.identity(chain.translator.alphabet, summands[0].rows)
    pool = RankPool(chain.branch, completion(chain.branch, deadline))
    defect = reduce(sub, [(pool.name(E) * pool.pinv(E)).trace() for E in summands], one.trace())
    chain.add(defect, equation(defect, defect.scale(0), chain.branch, deadline))
    for pair in combinations(summands, 2):
        refuse_when_late(deadline)
        others = [E for E in summands if E not in pair]
        pool = RankPool(chain.branch, completion(chain.branch, deadline))
        T, C = _summed(pool, [*pair]), _summed(pool, others)
        product = pool.note(T * C)
        if product:
            pool.add(Coprime(T, one, T, C, product, one, one))
            chain.add(product, vanishing_by(pool, product, one.scale(0)))


def _summed(pool: RankPool, parts: list[Polynomial]) -> Polynomial:
    """Compare the rank of a sum with those of its parts; return the sum."""
    whole, *others = map(pool.name, parts)
    for part in others:
        more = pool.note(whole + part)
        pool.add(Summed(more, whole, part))
        whole = more
    return whole
