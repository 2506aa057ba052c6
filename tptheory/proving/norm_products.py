"""The squares by which the norm of a product is at most the product of the norms: ``|A B|^2 <= |A|^2 |B|^2``.

Let ``x`` be a column of length 1 for which ``A x`` is longest. Then ``|A x|^2 I - A'A`` is positive semidefinite, and
so it is ``R R'`` for some ``R``. With ``b^2 = |B|^2``

    |A|^2 |B|^2 - |A B|^2 = |b A - b A x x'|^2 + |R'B|^2.

The square of ``tr(A B)`` is at most ``|A|^2 |B|^2`` by `cauchy_schwarz`, where ``B`` may be a product. Where there are
more factors than two, ``A`` is the first and ``B`` is the product of the others, which is compared in the same way. A
positive semidefinite matrix is written as its root times the transpose of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations, product

from tptheory.proving.cauchy_schwarz import completed_square
from tptheory.proving.nonnegative import half_of, squares_of_letters
from tptheory.proving.square_roots import root_of_norm
from tptheory.proving.square_words import SquareCandidate
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, rotations

MOST_NORMS = 4
"""Products of more norms are not compared with the norm of a product."""


def norms_of_products(number: Polynomial, translator: Translator) -> list[SquareCandidate]:
    """Return candidates for the squares by which a product of norms exceeds the norm, or squared trace, of a product.

    Args:
        number: what is to be shown not to be above 0.
        translator: the translator, which learns the letters ``x``, ``R`` and ``b``.
    """
    found: dict[SquareCandidate, None] = {}
    for (larger, _), c in number.terms.items():
        for (smaller, _), d in number.terms.items():
            if c < 0 < d:
                for factors, others in _factorisations(smaller, larger, translator):
                    found |= dict.fromkeys(_candidates(factors, others, translator))
                for trace, factors in _traces(smaller, larger, translator):
                    found |= dict.fromkeys(_of_trace(trace, factors, translator))
    return [*found]


def _factorisations(
    smaller: tuple[str, ...], larger: tuple[str, ...], translator: Translator
) -> Iterator[tuple[list[str], list[str]]]:
    """Write a norm among the scalars of one term as that of a product of matrices whose norms the other has instead.

    Yields:
        The words of the matrices, and those of which both terms have the norms.
    """
    for s in dict.fromkeys(smaller):
        common = Counter(smaller) - Counter([s])
        others = [_half(each, translator) for each in common.elements()]
        whole = _half(s, translator)
        if whole and all(others):
            words = (whole, translator.alphabet.transpose(whole))
            yield from ((factors, others) for factors in _products(words, Counter(larger) - common, translator))


def _traces(
    smaller: tuple[str, ...], larger: tuple[str, ...], translator: Translator
) -> Iterator[tuple[str, list[str]]]:
    """Write a trace as that of a product of three or more matrices, if its square is one term.

    The squared norms of these matrices are the scalars of the other term. One such product is found at most.
    """
    t = smaller[0] if smaller else ""
    if smaller == (t, t) and translator.alphabet.is_trace(t):
        words = [*rotations(t), *rotations(translator.alphabet.transpose(t))]
        for factors in _products(words, Counter(larger), translator):
            if len(factors) > 2:
                yield t, factors
                return


def _products(words: Sequence[str], norms: Counter[str], translator: Translator) -> Iterator[list[str]]:
    """Write one of several words as a product of all matrices that have these squared norms, or of their transposes."""
    halves = [_half(each, translator) for each in norms.elements()]
    if 2 <= len(halves) <= MOST_NORMS and all(halves):
        for chosen in dict.fromkeys(permutations(halves)):
            for factors in product(*((w, translator.alphabet.transpose(w)) for w in chosen)):
                if "".join(factors) in words:
                    yield [*factors]


def _half(s: str, translator: Translator) -> str:
    """Return ``A`` for the squared norm ``tr(A A')``, with Gram matrices written as such; of other scalars nothing."""
    alphabet = translator.alphabet
    if not alphabet.is_trace(s):
        return ""
    squares = squares_of_letters(translator)
    return half_of(alphabet, rotations("".join(squares.get(letter, letter) for letter in s)))


def _candidates(factors: list[str], others: list[str], translator: Translator) -> Iterator[SquareCandidate]:
    """Return the squares that compare the norm of a product with those of its factors, one factor after the other."""
    before = [root_of_norm(translator, word) for word in others]
    for at in range(len(factors) - 1):
        A, B = factors[at], "".join(factors[at + 1 :])
        x, R = translator.bring_in_longest_image(Polynomial.word(translator.alphabet, A))
        with_b = tuple(sorted([*before, root_of_norm(translator, B)]))
        line = x + translator.alphabet.adjoints[x]
        yield SquareCandidate(with_b, (), A)
        yield SquareCandidate(with_b, (), A + line)
        yield SquareCandidate(tuple(sorted(before)), (), translator.alphabet.adjoints[R] + B)
        before.append(root_of_norm(translator, A))


def _of_trace(t: str, factors: list[str], translator: Translator) -> Iterator[SquareCandidate]:
    """Return the squares by which the square of ``tr(A B)`` is at most ``|A|^2 |B|^2``, and those for a product B."""
    A, *rest = factors
    B = translator.alphabet.transpose("".join(rest))
    yield from completed_square(t, A, B, translator)
    yield from _candidates(rest, [A], translator)
