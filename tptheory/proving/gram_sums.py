"""Lemmas on sums of Gram matrices, such as ``G G' + H H'``: what the sum kills, each of its parts kills.

For real matrices ``S N = 0`` and ``S = G G' + H H'`` give ``|G'N|^2 + |H'N|^2 = tr(N'S N) = 0``. So the image of a sum
of Gram matrices holds that of each of them, and where one of them is a positive multiple of the identity, N is 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import NamedTuple

from tptheory.proving.cancellation import LemmaCandidate, vanishing_candidate
from tptheory.proving.completion import Completion
from tptheory.proving.equations import membership
from tptheory.proving.nonnegative import half_of, squares_of_letters
from tptheory.proving.norms import VanishingSum, with_squares
from tptheory.proving.searching import Attempt, LemmaChain, Proof, StuckError, completion
from tptheory.proving.square_roots import root_of_norm, root_of_scalar
from tptheory.proving.squares import WeightedSquare
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, divide

GROWTH = 60
"""Up to how many elements the basis grows where it does not show at once that a part vanishes."""


class _Killed(NamedTuple):
    """A sum of matrices, and what it kills: ``S N = 0``."""

    S: Polynomial
    N: Polynomial


def with_lemmas_on_sums(attempt: Attempt, translator: Translator, deadline: float) -> Proof:
    """Prove with lemmas on each sum that is inverted, and each matrix of which a hypothesis says it is a sum.

    The inverse of what is symmetric is symmetric, too.
    """
    killed = [] if translator.maybe_nonreal is not None else [*_killed(translator)]
    if not killed:
        return attempt(translator, deadline)
    basis = completion(translator, deadline)
    open_yet = [each for each in killed if not basis.vanishes(each.N)]
    known = len(translator.hypotheses)
    parts = [found for each in open_yet if (found := _parts(translator, each))]
    if len(translator.hypotheses) > known:  # letters of roots are defined
        basis = completion(translator, deadline)
    lemmas = LemmaChain(translator)
    _add_symmetries(lemmas, basis, deadline)
    _add_lemmas(lemmas, basis, [each for found in parts for each in _each_beside_the_others(found)])
    return lemmas.close(attempt(lemmas.branch, deadline))


def _add_symmetries(lemmas: LemmaChain, basis: Completion, deadline: float) -> None:
    """Add that the inverse of a symmetric sum is symmetric."""
    for A, P in _inverted_sums(lemmas.translator):
        turned = P.transpose()
        if turned != P and basis.vanishes(A - A.transpose()):
            with suppress(StuckError):
                lemmas.add(P - turned, membership(P, turned, lemmas.translator, deadline))


def _add_lemmas(lemmas: LemmaChain, basis: Completion, candidates: list[LemmaCandidate]) -> None:
    """Add the candidates that vanish as lemmas: those that the basis shows at once, else those that follow from it."""
    waiting = [each for each in candidates if not basis.vanishes(each.polynomial)]
    shown = [vanishing_candidate(basis, each) for each in waiting]
    if waiting and not any(shown):
        basis.grow(GROWTH)
        shown = [_following(basis, each) for each in waiting]
    for each, vanishing in zip(waiting, shown, strict=True):
        if vanishing is not None:
            lemmas.add(each.polynomial, vanishing.cancellation(lemmas.translator, each.polynomial))


def _following(basis: Completion, candidate: LemmaCandidate) -> VanishingSum | None:
    """Show that the squared norm of a candidate, plus the squares, follows from a basis; None if it is not shown."""
    found = basis.prove(with_squares(candidate.polynomial.norm(), candidate.squares))
    return None if found is None else VanishingSum(found, candidate.squares)


def _inverted_sums(translator: Translator) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Run through the square matrices that are, or equal, sums, with their inverses or pseudo-inverses."""
    for A, P in translator.inverse_pairs():
        if A.rows == A.columns and (len(A.terms) > 1 or any(_equal_sums(translator, A))):
            yield A, P


def _killed(translator: Translator) -> Iterator[_Killed]:
    """Run through the sums that a matrix, or its Gram matrix, is or equals, and the complements of its projections."""
    for A, P in _inverted_sums(translator):
        for S in (A,) if len(A.terms) > 1 else _equal_sums(translator, A):
            for image in (A * P, P * A):
                yield _Killed(S, Polynomial.identity(A.alphabet, A.rows) - image)
    for A, P in list(translator.inverse_pairs()):
        if not A.is_scalar and len(A.terms) == 1:
            for gram, image in ((A.transpose() * A, P * A), (A * A.transpose(), A * P)):
                for S in _equal_sums(translator, gram):
                    yield _Killed(S, Polynomial.identity(A.alphabet, gram.rows) - image)


def _equal_sums(translator: Translator, A: Polynomial) -> Iterator[Polynomial]:
    """Run through the sums that hypotheses equate with a term: ``S + Q Q'`` where they say that ``R - S = Q Q'``."""
    if len(A.terms) == 1:
        (letter,) = A.terms
        for h in translator.known():
            if len(h.terms) > 2 and letter in h.terms and (h.rows, h.columns) == (A.rows, A.columns):
                yield A - h.scale(divide(A.terms[letter], h.terms[letter]))


def _parts(translator: Translator, killed: _Killed) -> list[WeightedSquare]:
    """Return weights and ``G'N, H'N, ...`` for ``S = G G' + H H' + ...``; nothing if S is not seen to be such a sum.

    A term may be a letter of which hypotheses say that it is ``G G'``, or that it is a projection.
    """
    S, squares = killed.S, squares_of_letters(translator)
    parts: list[WeightedSquare] = []
    for (scalars, word), c in S.terms.items():
        half = half_of(S.alphabet, [word, squares.get(word, "")])
        G = _rooted(translator, scalars, half, S) if c > 0 and (half or not word) else None
        if G is None:
            return []
        parts.append((Fraction(c), G.transpose() * killed.N))
    return parts


def _rooted(translator: Translator, scalars: tuple[str, ...], half: str, S: Polynomial) -> Polynomial | None:
    """Return ``r s G`` for a term ``r^2 s^2 G G'`` of a sum, where no word G is the identity.

    The scalars are squared norms and numbers that are not negative, whose roots get letters; None if one is neither.
    """
    alphabet, roots = S.alphabet, [root_of_scalar(translator, s) for s in scalars]
    if None in roots:
        return None
    G = Polynomial.word(alphabet, half) if half else Polynomial.identity(alphabet, S.rows)
    if G.rows != S.rows:  # a number that is written as a product of a row and a column, beside an identity
        roots, G = [*roots, root_of_norm(translator, half)], Polynomial.identity(alphabet, S.rows)
    return reduce(mul, [Polynomial.number(alphabet, (root,)) for root in roots if root], G)


def _each_beside_the_others(parts: list[WeightedSquare]) -> Iterator[LemmaCandidate]:
    """Run through the parts, each with the squares of the others."""
    for k, (weight, part) in enumerate(parts):
        yield LemmaCandidate(part, [(w / weight, other) for j, (w, other) in enumerate(parts) if j != k])
