"""Determinants of products and sums.

``det RS = det R det S`` for square factors, and ``det A' = det A``. A matrix that kills a column other than 0 is
singular. The determinant of a sum is found by taking out an invertible letter, by Sylvester's identity (1851), or by
Newton's identities.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from operator import mul

from tptheory.proving.determinant_order import SAME, assume_order, equal_sums
from tptheory.proving.forms import assume_once_known, has_layers
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.letters import Size
from tptheory.proving.term_order import DEFINED, PLAIN, Monomial
from tptheory.proving.translating import Reason
from tptheory.proving.transposes import signs_of_transposes, without_transposes
from tptheory.proving.words import Alphabet, Polynomial, Rational, divide, rotations

KERNEL: Reason = ("definition", "a square matrix whose product with a matrix other than 0 is 0 is singular")
NILPOTENT: Reason = ("definition", "the square of what is added to the identity is zero")
SQUARE_ONE: Reason = ("definition", "the determinant of an orthogonal matrix, or of an involution, is 1 or -1")
REFLECTED: Reason = ("definition", "I + Q = Q (I + Q)' for an orthogonal Q")
FOUND_TWICE: Reason = ("definition", "a determinant that is found in two ways")
NEWTON: Reason = ("definition", "a determinant in traces of powers")
MOST_CUBED = 4
"""A matrix with more terms than this is not multiplied by itself."""
MOST_DYADS = 4
"""A sum of more columns times rows is not written as a determinant of numbers."""


def determinant(translator: Knowledge, A: Polynomial) -> Polynomial:
    """Return the determinant of a square polynomial."""
    n = A.rows
    if A.is_scalar:
        return translator.trace_of(A)
    if not A:
        return Polynomial.identity(A.alphabet, 1).scale(0)
    translator.conclude(("det", n), lambda zero: _equal_determinants(translator, zero, n))
    translator.conclude(("det", n, "kernel"), lambda zero: _singular(translator, zero, n))
    translator.conclude(("det", n, "order"), lambda zero: equal_sums(translator, zero, n))
    value = _of_sum(translator, A) if len(A.terms) > 1 else _of_term(translator, A)
    assume_order(translator, A, value)
    return value


def _of_term(translator: Knowledge, A: Polynomial) -> Polynomial:
    """Return the determinant of a term: a product of those of its square factors."""
    alphabet, n = A.alphabet, A.rows
    (((scalars, word), c),) = A.terms.items()
    number = Polynomial.number(alphabet, scalars, c)
    if not isinstance(n, int) and number != Polynomial.identity(alphabet, 1):
        return _letter(translator, A)
    outside = reduce(mul, [number] * n) if isinstance(n, int) else number
    return reduce(mul, [_of_word(translator, part) for part in _square_parts(alphabet, word, n)], outside)


def _of_sum(translator: Knowledge, A: Polynomial) -> Polynomial:
    """Return the determinant of a sum, as a letter if nothing else is known; the transposed sum has the same.

    ``det(R + B) = det R det(I + R^-1 B)`` for each letter ``R`` that has an inverse; ``det(I + BC) = det(I + CB)``,
    which is the number ``1 + CB`` where that has one row (Sylvester, 1851), and is a determinant of numbers where
    ``BC`` is a sum of columns times rows.
    """
    whole = Polynomial.identity(A.alphabet, A.rows)
    found = [] if ((), "") in A.terms else [*_with_letters_taken_out(translator, A)]
    for other in found[1:]:
        translator.assume(found[0] - other, FOUND_TWICE)
    if found:
        return found[0]
    dyads = _dyads(A - whole)
    if dyads:
        return _of_numbers(
            [[_entry(i == j, b * a) for j, (a, _) in enumerate(dyads)] for i, (_, b) in enumerate(dyads)]
        )
    if _is_nilpotent(translator, A - whole):
        value = _letter(translator, A)
        translator.assume(value - Polynomial.identity(A.alphabet, 1), NILPOTENT)
        return value
    turned = [*_rotated(A - whole)]
    sums = [A, A.transpose(), *(rest + Polynomial.identity(A.alphabet, rest.rows) for rest in turned)]
    value = _letter(translator, min(sums, key=_order_of_terms))
    signs = signs_of_transposes(translator)
    _assume_reflected(translator, A, value)
    assume_once_known(translator, ("det", A, "square one"), lambda: _with_square_one(translator, A, value))
    plain = min((without_transposes(p, signs) for p in (A, A.transpose())), key=_order_of_terms)
    if plain not in sums:
        translator.assume(value - _letter(translator, plain) if plain else value, SAME)
    return value


def _is_nilpotent(translator: Knowledge, N: Polynomial) -> bool:
    """Whether a hypothesis says ``M^2 = 0`` of the letter M of which a matrix is a multiple."""
    words = [word for _, word in N.terms]
    if [len(word) for word in words] != [1] or N.alphabet.has_layers(words[0]):
        return False
    return Polynomial.word(N.alphabet, words[0] * 2) in translator.known()


def _assume_reflected(translator: Knowledge, A: Polynomial, value: Polynomial) -> None:
    """Assume ``det A = det Q det A`` for ``A = a(I + Q)`` with ``Q'Q = I``.

    For ``A = a(I - Q)`` of a size ``n`` that is a number, the right side has the factor ``(-1)^n``.
    """
    first, *others = sorted(A.terms, key=lambda m: len(m[1]))
    if first != ((), "") or [(scalars, len(word)) for scalars, word in others] != [((), 1)]:
        return
    ((_, word),) = others
    if A.alphabet.has_layers(word):
        return
    Q, sign = Polynomial.word(A.alphabet, word), divide(A.terms[others[0]], A.terms[first])
    is_orthogonal = Q.transpose() * Q - Polynomial.identity(A.alphabet, A.rows) in translator.known()
    if is_orthogonal and (sign == 1 or (sign == -1 and isinstance(A.rows, int))):
        factor = (-1) ** A.rows if sign == -1 and isinstance(A.rows, int) else 1
        translator.assume(value - (determinant(translator, Q) * value).scale(factor), REFLECTED)


def _with_square_one(translator: Knowledge, A: Polynomial, value: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
    """Return ``(det A)^2 = 1`` if ``A A = I`` or ``A A' = I``, as of ``A = 2P - I`` for an idempotent ``P``."""
    if has_layers(A):
        return
    basis, whole = translator.short_completion(), Polynomial.identity(A.alphabet, A.rows)
    if any(basis.proves(A * B - whole) for B in (A, A.transpose())):
        yield value * value - Polynomial.identity(A.alphabet, 1), SQUARE_ONE


def _order_of_terms(p: Polynomial) -> list[tuple[Monomial, Rational]]:
    return sorted(p.terms.items())


def _with_letters_taken_out(translator: Knowledge, A: Polynomial) -> Iterator[Polynomial]:
    """Run through ``det R det(I + R^-1 B)`` for the letters ``R`` of a sum ``R + B`` that have an inverse."""
    whole = Polynomial.identity(A.alphabet, A.rows)
    for (scalars, word), c in sorted(A.terms.items()):
        if c != 1 or scalars or len(word) != 1 or A.alphabet.has_layers(word):
            continue
        R = Polynomial.word(A.alphabet, word)
        inverse = translator.known_inverse(R)
        if inverse is not None:
            yield determinant(translator, R) * determinant(translator, whole + inverse * (A - R))


def _dyads(A: Polynomial) -> list[tuple[Polynomial, Polynomial]]:
    """Write a matrix as a sum of few columns times rows, cut where words pass through a size 1; else return nothing."""
    found = []
    for (scalars, word), c in A.terms.items():
        at = next((i for i in range(1, len(word)) if (A.alphabet.shapes[word[i]] or (None,))[0] == 1), None)
        if at is None or len(A.terms) > MOST_DYADS:
            return []
        number = Polynomial.number(A.alphabet, scalars, c)
        found.append((number * Polynomial.word(A.alphabet, word[:at]), Polynomial.word(A.alphabet, word[at:])))
    return found


def _entry(diagonal: bool, number: Polynomial) -> Polynomial:
    """Return an entry of ``I + C B``, whose product is a number."""
    return number.trace() + Polynomial.identity(number.alphabet, 1) if diagonal else number.trace()


def _of_numbers(rows: list[list[Polynomial]]) -> Polynomial:
    """Return the determinant of a matrix of numbers, by its first row."""
    (first, *rest), one = rows, Polynomial.identity(rows[0][0].alphabet, 1)
    total = one.scale(0)
    for j, entry in enumerate(first):
        minor = _of_numbers([row[:j] + row[j + 1 :] for row in rest]) if rest else one
        total = total + (entry * minor).scale((-1) ** j)
    return total


def _rotated(product: Polynomial) -> Iterator[Polynomial]:
    """Run through the products ``CB`` for every way to cut a word ``BC`` in two, and through their transposes."""
    if len(product.terms) != 1 or any(not word for _, word in product.terms):
        return
    (((scalars, word), c),) = product.terms.items()
    for turned in rotations(word):
        one = Polynomial.number(product.alphabet, scalars, c) * Polynomial.word(product.alphabet, turned)
        yield from (one, one.transpose())


def _letter(translator: Knowledge, A: Polynomial) -> Polynomial:
    """Return the letter of a determinant; that of size 2 or 3 is made of the traces of powers (Newton)."""
    by_traces = A.rows in (2, 3) and len(A.terms) <= MOST_CUBED
    found = translator.number("det", A, f"det({A!r})", DEFINED if by_traces else PLAIN)
    if by_traces:
        powers = [A, A * A, A * A * A] if A.rows == 3 else [A, A * A]
        first, second, *third = (power.trace() for power in powers)
        twice = first * first - second
        rest = (first * twice - first * second.scale(2)).scale(Fraction(1, 6)) if third else twice.scale(Fraction(1, 2))
        translator.assume(found - sum((p.scale(Fraction(1, 3)) for p in third), rest), NEWTON)
    return found


def _square_parts(alphabet: Alphabet, word: str, n: Size) -> Iterator[str]:
    """Cut a word into its shortest square factors of size ``n``."""
    start = 0
    for end in range(1, len(word) + 1):
        if (alphabet.shapes[word[end - 1]] or (None, None))[1] == n:
            yield word[start:end]
            start = end


def _of_word(translator: Knowledge, word: str) -> Polynomial:
    """Return the determinant of a word without square parts as a letter, or as one divided by the letter."""
    alphabet = translator.alphabet
    inside = translator.inverted_by("inverse", word) if len(word) == 1 else None
    if inside is not None and not alphabet.has_layers(word):
        return translator.inverse(determinant(translator, inside))
    A = Polynomial.word(alphabet, min(word, alphabet.transpose(word)))
    return _letter(translator, A)


def _singular(translator: Knowledge, zero: Polynomial, n: Size) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude ``det R = 0`` from ``R X = 0`` for a square letter R and a product X that is known not to be 0."""
    for p in (zero, zero.transpose()):
        ((scalars, word), *others) = p.terms
        if others or scalars or len(word) < 2 or zero.alphabet.has_layers(word):
            continue
        R = Polynomial.word(zero.alphabet, word[0])
        if R.rows == R.columns == n and _is_known_nonzero(translator, word[1:]):
            yield determinant(translator, R), KERNEL


def _is_known_nonzero(translator: Knowledge, word: str) -> bool:
    """Whether hypotheses say that a product is not 0, or that it is a letter of full rank."""
    if word in set().union(*full_ranks(translator)):
        return True
    return translator.known_inverse(Polynomial.word(translator.alphabet, word).norm()) is not None


def _equal_determinants(translator: Knowledge, zero: Polynomial, n: Size) -> Iterator[tuple[Polynomial, Reason]]:
    """Conclude from ``A = B`` that ``det A = det B``, if both sides are words."""
    if (zero.rows, zero.columns) != (n, n) or len(zero.terms) > 2 or zero.is_scalar or has_layers(zero):
        return
    (left, c), *others = zero.terms.items()
    if c not in (1, -1):
        return
    A, B = zero.with_terms({left: 1}), zero.with_terms(dict(others)).scale(-c)
    yield determinant(translator, A) - determinant(translator, B), SAME


def full_ranks(translator: Knowledge) -> tuple[set[str], set[str]]:
    """Return the letters that have full column rank, and those of full row rank, by a hypothesis ``w = I``.

    The last letter of the word ``w`` has full column rank, and the first one full row rank; a square letter has both.
    The transpose of a letter has the other.
    """
    alphabet = translator.alphabet
    of_columns: set[str] = set()
    of_rows: set[str] = set()
    for word in filter(None, map(_word_equal_to_one, translator.known())):
        if not alphabet.has_layers(word):
            of_columns |= {word[-1], alphabet.adjoints[word[0]]}
            of_rows |= {word[0], alphabet.adjoints[word[-1]]}
    square = {a for a in of_columns | of_rows if _is_square(alphabet, a)}
    return of_columns | square, of_rows | square


def _word_equal_to_one(p: Polynomial) -> str:
    """Return the word that is an identity, or the number 1, where a polynomial vanishes; nothing for any other one."""
    if len(p.terms) != 2 or sum(p.terms.values()) != 0 or ((), "") not in p.terms:
        return ""
    ((scalars, word),) = (m for m in p.terms if m != ((), ""))
    if word or len(scalars) != 1 or not p.alphabet.is_trace(scalars[0]):
        return "" if scalars else word
    cycle = p.alphabet.from_size_one(scalars[0])
    return cycle if (p.alphabet.shapes[cycle[0]] or (None,))[0] == 1 else ""


def _is_square(alphabet: Alphabet, character: str) -> bool:
    """Whether a letter stands for a square matrix."""
    shape = alphabet.shapes[character]
    return shape is not None and shape[0] == shape[1]
