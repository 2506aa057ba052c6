"""The square that the inequality of Cauchy and Schwarz completes: ``b A - (t k) b B`` for ``t = tr(A'B)``.

With ``b^2 = |B|^2`` and ``k = 1 / |B|^2`` its squared norm is ``|A|^2 |B|^2 - t^2``; where ``B = 0`` there is nothing
to show. Here ``B`` may be an identity, so that ``tr(A)^2 <= n |A|^2``; and ``A`` and ``B`` may end with the root of a
positive semidefinite matrix ``S = R R'``, so that ``(x'S y)^2 <= x'S x y'S y``. A rank is the squared norm of a
projection, so that ``tr(A)^2 <= rank(A) |A|^2``. Where the size of A is a number, ``A - tr(A) I / n`` needs no root;
nor does ``A - (t k) B`` where the claim is divided by ``|B|^2``, as in ``tr(A)^2 / n <= |A|^2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, permutations, product
from typing import NamedTuple

from tptheory.proving.completion import Completion
from tptheory.proving.knowledge import ROOT
from tptheory.proving.letters import Size
from tptheory.proving.rewriting import without
from tptheory.proving.searching import common_scalars, divided
from tptheory.proving.square_roots import assume_root, root_of_norm, root_of_scalar
from tptheory.proving.square_words import SquareCandidate
from tptheory.proving.translation import Translator
from tptheory.proving.transposes import plain_word, signs_of_transposes
from tptheory.proving.words import Polynomial, rotations


class _Factor(NamedTuple):
    """A squared norm that is a factor of a term: the word of what is squared, or an identity of some size."""

    norm: Polynomial
    word: str
    size: Size


def completed_squares(number: Polynomial, translator: Translator) -> list[SquareCandidate]:
    """Return what the square of a trace in a number is completed with, and assume what defines its letters.

    Args:
        number: what is to be shown not to be above 0.
        translator: the translator, which learns the letters ``b`` and ``k``, and the roots of what all terms share.
    """
    shared = common_scalars(number)
    roots = [root_of_scalar(translator, s) for s in shared]
    if shared and None not in roots:
        inside = completed_squares(divided(number, shared), translator)
        return [c._replace(roots=tuple(sorted((*c.roots, *filter(None, roots))))) for c in inside]
    products = list(_traces_and_norms(number, translator))
    quotients = list(_quotients(number, translator))
    if not products and not quotients:
        return _matrices_and_means(number)
    basis = translator.short_completion()
    of_quotients = (_completed_quotient(each, translator, basis) for each in quotients)
    of_products = (_completed_product(*each, translator, basis) for each in products)
    return next(filter(None, chain(of_quotients, of_products)), [])


def _matrices_and_means(number: Polynomial) -> list[SquareCandidate]:
    """Return ``A`` and ``tr(A) I`` for the squares of traces in a number, where the size of ``A`` is a number."""
    alphabet = number.alphabet
    squared = {scalars[0] for scalars, _ in number.terms if len(scalars) == 2 and scalars[0] == scalars[1]}
    candidates = []
    for t in sorted(filter(alphabet.is_trace, squared)):
        size = alphabet.shape(t)[0]
        if isinstance(size, int) and size > 1:
            candidates += [SquareCandidate((), (), t), SquareCandidate((), (t,), "", size)]
    return candidates


def _traces_and_norms(number: Polynomial, translator: Translator) -> Iterator[tuple[list[str], _Factor, _Factor]]:
    """Run through the traces whose squares stand in a number, each with both factors of a term ``-|A|^2 |B|^2``.

    A trace that is known to be 1 is given as no trace.
    """
    norms = _negative_products_of_two(number)
    squared = sorted({s for scalars, _ in number.terms for s in scalars if scalars == (s, s)}) if norms else []
    if not squared and number.terms.get(((), "")) != 1:
        return
    for t, scalars in product([*([s] for s in squared), []], norms):
        for first, second in permutations(scalars):
            for A, B in product(_factors(first, translator), _factors(second, translator)):
                yield t, A, B


class _Quotient(NamedTuple):
    """A trace ``t`` whose square is divided by ``|B|^2``, by the letter ``k`` of its reciprocal, beside ``-|A|^2``."""

    t: str
    k: str
    A: _Factor
    B: _Factor


def _quotients(number: Polynomial, translator: Translator) -> Iterator[_Quotient]:
    """Run through the terms ``k t^2`` of a number, each beside the terms ``-|A|^2``."""
    alone = [scalars[0] for (scalars, _), c in number.terms.items() if c < 0 and len(scalars) == 1]
    for t, k, norm in _divided_squares(number, translator):
        for one in alone:
            for A, B in product(_factors(one, translator), _factors_of(norm, translator)):
                yield _Quotient(t, k, A, B)


def _divided_squares(number: Polynomial, translator: Translator) -> Iterator[tuple[str, str, str]]:
    """Run through the letters ``t`` and ``k`` of the terms ``k t^2``, each with the letter of what ``k`` inverts."""
    pairs = [pair for pair in translator.inverse_pairs() if all(map(_is_one_scalar, pair))]
    norms = {_letter(K): _letter(N) for N, K in pairs}
    for (scalars, _), c in number.terms.items():
        for k, norm in norms.items():
            rest = without(scalars, [k])
            if c > 0 and rest and len(rest) == 2 and rest[0] == rest[1]:
                yield rest[0], k, norm


def _is_one_scalar(p: Polynomial) -> bool:
    """Whether a polynomial is one letter of a number, or one trace."""
    return p.is_scalar and len(p.terms) == 1 and all(len(scalars) == 1 and not word for scalars, word in p.terms)


def _completed_quotient(found: _Quotient, translator: Translator, basis: Completion) -> list[SquareCandidate]:
    """Return the two candidates of the square of ``A - (t k) B``, if the trace of ``A B'`` is ``t``."""
    for word in (found.A.word, translator.alphabet.transpose(found.A.word)):
        if _has_trace(word, found.B, [found.t], translator, basis):
            scaled = SquareCandidate((), tuple(sorted((found.k, found.t))), found.B.word, found.B.size)
            return [SquareCandidate((), (), word), scaled]
    return []


def _negative_products_of_two(number: Polynomial) -> list[tuple[str, ...]]:
    """Return both scalars of each term that has two and a negative coefficient, as ``-|A|^2 |B|^2`` has."""
    return [scalars for (scalars, _), c in number.terms.items() if c < 0 and len(scalars) == 2]


def completed_square(t: str, A: str, B: str, translator: Translator) -> list[SquareCandidate]:
    """Return the two candidates of the square of ``b A - (t k) b B``, if the trace of ``A B'`` is ``t``.

    Here ``b^2 = |B|^2`` and ``k = 1 / |B|^2``.
    """
    basis = translator.short_completion()
    return _completed([t], A, _Factor(Polynomial.word(translator.alphabet, B).norm(), B, 1), translator, basis)


def _completed(t: list[str], A: str, B: _Factor, translator: Translator, basis: Completion) -> list[SquareCandidate]:
    """Return the two candidates of one square, if the trace of ``A B'`` is the number ``t``, or 1."""
    if not _has_trace(A, B, t, translator, basis):
        return []
    b, k = _root_and_reciprocal(B, translator)
    return [SquareCandidate((b,), (), A), SquareCandidate((b,), tuple(sorted((k, *t))), B.word, B.size)]


def _completed_product(
    t: list[str], A: _Factor, B: _Factor, translator: Translator, basis: Completion
) -> list[SquareCandidate]:
    """Return the two candidates of one square, if the trace of ``A B'``, or of ``A'B'``, is ``t``."""
    words = (A.word, translator.alphabet.transpose(A.word))
    return next(filter(None, (_completed(t, word, B, translator, basis) for word in words)), [])


def _has_trace(A: str, B: _Factor, t: list[str], translator: Translator, basis: Completion) -> bool:
    """Whether the trace of ``A B'`` is the number ``t``, or 1 where there is no number."""
    alphabet = translator.alphabet
    left = Polynomial.word(alphabet, A) if A else None
    if left is None or (left.rows, left.columns) != (alphabet.shape(B.word) if B.word else (B.size, B.size)):
        return False
    whole = left * Polynomial.word(alphabet, B.word).transpose() if B.word else left
    return basis.prove(whole.trace() - Polynomial.number(alphabet, tuple(t))) is not None


def _factors(s: str, translator: Translator) -> Iterator[_Factor]:
    """Run through what a number, or one that a hypothesis says it equals, is the squared norm of."""
    yield from _factors_of(s, translator)
    for p in translator.known():
        numbers = [scalars for scalars, word in p.terms if not word and len(scalars) == 1]
        if p.is_scalar and len(numbers) == len(p.terms) == 2 and sum(p.terms.values()) == 0 and (s,) in numbers:
            yield from (factor for (other,) in numbers if other != s for factor in _factors_of(other, translator))


def _factors_of(s: str, translator: Translator) -> Iterator[_Factor]:
    """Run through what a number is the squared norm of: ``A`` for ``tr(A A')``, an identity for its size."""
    alphabet = translator.alphabet
    number = Polynomial.number(alphabet, (s,))
    if not alphabet.is_trace(s):
        letter, _ = alphabet.letters[s]
        if letter.family in alphabet.named.sizes:
            yield _Factor(number, "", letter)
        return
    for A, inverse in translator.inverse_pairs():  # a rank is the squared norm of a projection
        if (A * inverse).trace() == number:
            ((_, word),) = (A * inverse).terms
            yield _Factor(number, word, 1)
    roots = _roots(translator)
    for i in range(-1, len(s)):
        word = s if i < 0 else s[:i] + roots[s[i]] + s[i + 1 :] if s[i] in roots else ""
        half = _half(word, translator)
        if half:
            yield _Factor(number, half, 1)


def _half(cycle: str, translator: Translator) -> str:
    """Return ``A`` for a trace ``tr(A A')``, where letters may be known to be symmetric; else nothing."""
    alphabet = translator.alphabet
    symmetric = {a for a, sign in signs_of_transposes(translator).items() if sign == 1}
    symmetric |= {alphabet.adjoints[a] for a in _roots(translator) if len(a) == 1}
    for word in rotations(cycle):
        half, rest = word[: len(word) // 2], word[len(word) // 2 :]
        if plain_word(alphabet, alphabet.transpose(half), symmetric) == plain_word(alphabet, rest, symmetric):
            return half
    return ""


def _roots(translator: Translator) -> dict[str, str]:
    """Return, by the letter of a matrix with a root, the word ``R R'`` of its root."""
    alphabet = translator.alphabet
    found = {}
    for character, (letter, turned) in alphabet.letters.items():
        subject = letter.family.subject
        if letter.family.kind == ROOT and not turned and isinstance(subject, Polynomial) and len(subject.terms) == 1:
            ((scalars, word),) = subject.terms
            if not scalars and len(word) == 1:
                found[word] = character + alphabet.adjoints[character]
    for inside, square in list(found.items()):
        for inverse in _inverses_of(inside, translator):
            found[inverse] = inverse + square + inverse
    return found


def _inverses_of(letter: str, translator: Translator) -> Iterator[str]:
    """Run through the letters that are the inverse or the pseudo-inverse of a letter."""
    for A, inverse in translator.inverse_pairs():
        if Polynomial.word(translator.alphabet, letter) == A and len(inverse.terms) == 1:
            ((_, word),) = inverse.terms
            yield word


def _root_and_reciprocal(B: _Factor, translator: Translator) -> tuple[str, str]:
    """Name ``b`` with ``b^2 = |B|^2`` and ``k``, the pseudo-inverse of ``|B|^2`` or the inverse of a size."""
    alphabet = translator.alphabet
    if isinstance(B.size, int):
        b = root_of_norm(translator, B.word)
        return b, _letter(translator.pinv(Polynomial.word(alphabet, B.word).norm()))
    equation = assume_root(translator, B.size)
    (root,) = {s for scalars, _ in equation.terms for s in scalars} - {*_scalars(B.norm)}
    return root, _letter(translator.inverse(B.norm))


def _scalars(p: Polynomial) -> tuple[str, ...]:
    ((scalars, _),) = p.terms
    return scalars


def _letter(p: Polynomial) -> str:
    (letter,) = _scalars(p)
    return letter
