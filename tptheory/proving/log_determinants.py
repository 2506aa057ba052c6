"""Pseudo-determinants of products, powers and sums, as logarithms.

``pdet AB = pdet A pdet B`` where the row space of ``A`` is the image of ``B``, so that ``A+A = BB+``, as where A has
full column rank and B full row rank: there ``A+A = I = BB+``. ``pdet (A + D) = pdet A pdet D`` where ``A'D = 0`` and
``A D' = 0``, and a part that is an orthogonal projection counts as 1; ``pdet A' = pdet A``, and it is
``pdet A+ = 1 / pdet A``. For a rational ``s`` other than 0, and for positive symbols and their reciprocals, it is
``pdet sA = |s|^r pdet A``, where ``r`` is the rank.

Of a positive semidefinite ``A``, ``log pdet A <= tr A - rank A``, as ``log x <= x - 1`` for each eigenvalue that is not
0. So ``log det A <= log det B + tr B^-1 (A - B)`` for positive definite ``A`` and ``B``: the logarithm is concave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from sympy import S, log

from tptheory.proving.determinants import full_ranks
from tptheory.proving.forms import Forms, assume_once_known, has_layers
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.letters import Letter
from tptheory.proving.translating import Reason
from tptheory.proving.transposes import plain_word, signs_of_transposes
from tptheory.proving.words import Alphabet, Polynomial, summed

FULL_RANK: Reason = ("definition", "the left factor has full column rank and the right one full row rank")
ONE_SPACE: Reason = ("definition", "the row space of each factor is the image of the next")
APART: Reason = ("definition", "a sum of two parts with orthogonal images and orthogonal row spaces")
SAME_UP_TO_SIGN: Reason = ("definition", "matrices that are equal up to sign have equal pseudo-determinants")
BELOW_TRACE: Reason = ("definition", "log pdet A is at most tr A - rank A for semidefinite A")
CONCAVE: Reason = ("definition", "log det is below its tangents for positive definite matrices")
MOST_PARTS = 4
"""A sum of more terms is not cut into parts."""


def log_pdet(translator: Knowledge, A: Polynomial, text: str = "") -> Polynomial:
    """Return the logarithm of the pseudo-determinant: a sum over factors where hypotheses give them full rank.

    Args:
        translator: the translator.
        A: the matrix.
        text: what a letter is called that stands for the whole.
    """
    none = Polynomial.zero(translator.alphabet, 1, 1)
    if not A:
        return none
    translator.conclude(("log pdet",), lambda zero: _equal_log_pdets(translator, zero))
    if len(A.terms) > 1:
        return _log_pdet_of_sum(translator, A, text)
    (((scalars, word), c),) = A.terms.items()
    if not scalars and c in (1, -1):
        return _log_pdet_of_word(translator, word, text) if word else none
    logarithms = [_logarithm(translator, scalar) for scalar in scalars]
    if None in logarithms:
        return _letter(translator, A, text)
    number = [*filter(None, logarithms), translator(log(abs(S(c))))]
    return _log_pdet_of_multiple(translator, summed(number), A.with_terms({((), word): 1}))


def assume_log_order(translator: Knowledge, A: Polynomial, value: Polynomial) -> None:
    """Assume what the logarithm of the pseudo-determinant of a positive semidefinite matrix is not above.

    Args:
        translator: the translator, which learns the roots of the differences.
        A: the matrix.
        value: the logarithm.
    """
    if A and not A.is_scalar:
        assume_once_known(translator, ("log pdet", A, "trace"), lambda: _below_trace(translator, A, value))
        assume_once_known(translator, ("log pdet", A, "tangents"), lambda: _below_tangents(translator, A, value))


def _below_trace(translator: Knowledge, A: Polynomial, value: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
    """Return that the logarithm is at most the trace less the rank if a matrix is positive semidefinite."""
    if Forms(translator).is_form(A):
        yield translator.root_defect(A.trace() - (A * translator.pinv(A)).trace() - value), BELOW_TRACE


def _below_tangents(translator: Knowledge, A: Polynomial, value: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
    """Return that the logarithm is below its tangents at others of its size if all these are positive definite."""
    definite = _definite_matrices(translator)
    for B in definite if A in definite else ():
        if B != A and B.rows == A.rows:
            tangent = (translator.inverse(B) * A - Polynomial.identity(A.alphabet, A.rows)).trace()
            yield translator.root_defect(tangent + _letter(translator, B, "") - value), CONCAVE


def _definite_matrices(translator: Knowledge) -> list[Polynomial]:
    """Return the matrices of which a logarithm has been asked for, and that are known to be positive definite.

    Each of their terms is a positive semidefinite letter that has an inverse, times a rational number: a symbol before
    it may be 0.
    """
    of_columns, of_rows = full_ranks(translator)
    invertible = {((), letter) for letter in of_columns & of_rows}
    families = [letter.family for letter, _ in translator.alphabet.letters.values()]
    asked = [family.subject for family in families if family.kind == "log pdet"]  # at a layer, it is no polynomial
    forms = Forms(translator)
    alone = [A for A in asked if isinstance(A, Polynomial)]
    return [A for A in alone if A.terms.keys() <= invertible and forms.is_form(A)]


def _letter(translator: Knowledge, A: Polynomial, text: str) -> Polynomial:
    """Return the letter of the logarithm for a matrix and its transpose."""
    A = min(A, A.transpose(), key=lambda p: sorted(p.terms))
    return translator.number("log pdet", A, text or f"LogPdet({A!r})")


def _log_pdet_of_sum(translator: Knowledge, A: Polynomial, text: str) -> Polynomial:
    """Return the logarithm of the pseudo-determinant of a sum, of its parts if they have nothing in common."""
    whole = _letter(translator, A, text)
    parts = [] if has_layers(A) else _parts_apart(translator, A)
    if parts:
        found = [log_pdet(translator, p) for p in parts if not _is_projection(translator, p)]
        translator.assume(sum((p.scale(-1) for p in found), whole), APART)
    return whole


def _log_pdet_of_word(translator: Knowledge, word: str, text: str) -> Polynomial:
    """Return the logarithm of the pseudo-determinant of a product, of parts or of equal factors where it has them."""
    alphabet = translator.alphabet
    signs = signs_of_transposes(translator)
    part, times = _turned_power(alphabet, word, lambda word: plain_word(alphabet, word, signs))
    if times > 1:
        return log_pdet(translator, Polynomial.word(alphabet, part)).scale(times)
    whole = _log_of_word(translator, word, text)
    parts = _full_rank_parts(word, *full_ranks(translator))
    if len(parts) > 1:
        translator.assume(whole - summed([_log_of_word(translator, part, "") for part in parts]), FULL_RANK)
    elif _is_of_one_space(translator, word):
        translator.assume(whole - summed([_log_of_word(translator, letter, "") for letter in word]), ONE_SPACE)
    return whole


def _is_of_one_space(translator: Knowledge, word: str) -> bool:
    """Whether the row space of each letter of a product is the image of the next; their pseudo-inverses get names.

    Products with inverses are not looked at: those have pseudo-inverses too, and so on without end.
    """
    inverse = any(translator.alphabet.letters[a][0].family.kind in ("pinv", "inverse") for a in word)
    if len(word) < 2 or inverse or translator.alphabet.has_layers(word):
        return False
    letters = [(A, translator.pinv(A)) for A in (Polynomial.word(translator.alphabet, a) for a in word)]
    return translator.short_completion().proves(*(P * A - B * Q for (A, P), (B, Q) in pairwise(letters)))


def _parts_apart(translator: Knowledge, A: Polynomial) -> list[Polynomial]:
    """Write a sum as two parts ``p`` and ``q`` with ``p'q = 0`` and ``p q' = 0``; return nothing if none are found."""
    first, *others = A.terms
    basis = translator.short_completion()
    for number in range(len(others)) if len(others) < MOST_PARTS else ():
        for chosen in combinations(others, number):
            p = A.with_terms({m: A.terms[m] for m in (first, *chosen)})
            q = A - p
            if basis.proves(p.transpose() * q, p * q.transpose()):
                return [p, q]
    return []


def _is_projection(translator: Knowledge, p: Polynomial) -> bool:
    """Whether a matrix is an orthogonal projection."""
    return p.rows == p.columns and translator.short_completion().proves(p - p.transpose(), p * p - p)


def _log_pdet_of_multiple(translator: Knowledge, logarithm: Polynomial, A: Polynomial) -> Polynomial:
    """Return ``log pdet sA = rank(A) log |s| + log pdet A``, given ``log |s|``."""
    return logarithm * (A * translator.pinv(A)).trace() + log_pdet(translator, A)


def _logarithm(translator: Knowledge, scalar: str) -> Polynomial | None:
    """Return ``log s`` for a symbol ``s`` that is declared to be positive, or ``-log s`` for its reciprocal."""
    alphabet = translator.alphabet
    if alphabet.is_trace(scalar):
        return None
    letter, _ = alphabet.letters[scalar]
    if _is_positive(letter):
        return translator(log(letter.family.subject))
    one_letter = {Polynomial.scalar(alphabet, own): own for own, _ in alphabet.letters.values() if _is_positive(own)}
    inverse = Polynomial.scalar(alphabet, letter)
    inside = [one_letter[A] for A, K in translator.inverse_pairs() if inverse == K and A in one_letter]
    return translator(log(inside[0].family.subject)).scale(-1) if inside else None


def _is_positive(letter: Letter) -> bool:
    """Whether a letter is a symbol that is declared to be positive."""
    return letter.family.kind == "number" and bool(letter.family.subject.is_positive)


def _turned_power(alphabet: Alphabet, word: str, plain: Callable[[str], str]) -> tuple[str, int]:
    """Write a word as ``A``, ``A A'``, ``A A' A``, ...: its singular values are powers of those of ``A``."""
    for length in range(1, len(word)):
        part, times = word[:length], len(word) // length
        turned = (part + alphabet.transpose(part)) * times
        if len(word) == length * times and plain(word) == plain(turned[: len(word)]):
            return part, times
    return word, 1


def _equal_log_pdets(translator: Knowledge, zero: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``A = B``, or from ``A = -B``, that ``log pdet A = log pdet B``, if both sides are words."""
    if len(zero.terms) != 2 or zero.is_scalar or has_layers(zero):
        return
    (left, c), (right, d) = zero.terms.items()
    if abs(c) == abs(d) and not left[0] and not right[0]:
        A, B = (zero.with_terms({m: 1}) for m in (left, right))
        yield log_pdet(translator, A) - log_pdet(translator, B), SAME_UP_TO_SIGN


def _log_of_word(translator: Knowledge, word: str, text: str) -> Polynomial:
    alphabet = translator.alphabet
    if len(word) == 1:
        for kind in ("pinv", "inverse"):
            inside = translator.inverted_by(kind, word)
            if inside is not None:
                return log_pdet(translator, inside).scale(-1)
    return _letter(translator, Polynomial.word(alphabet, word), text)


def _full_rank_parts(word: str, of_columns: set[str], of_rows: set[str]) -> list[str]:
    """Cut a word where all letters before have full column rank, and all after it full row rank, as often as may be."""
    for cut in range(1, len(word)):
        left, right = word[:cut], word[cut:]
        if of_columns.issuperset(left) and of_rows.issuperset(right):
            return [*_full_rank_parts(left, of_columns, of_rows), *_full_rank_parts(right, of_columns, of_rows)]
    return [word]
