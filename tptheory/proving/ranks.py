"""Bounds on ranks: the rank of a product is at most any size between its factors, and the rank of any factor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from itertools import chain, count, product
from operator import mul
from typing import Any

from tptheory.proving.auxiliary_letters import plain_number, replaced
from tptheory.proving.completion import Completion
from tptheory.proving.equations import equation
from tptheory.proving.letters import Family, Letter, Size, item_text, size_value
from tptheory.proving.rewriting import NO_COFACTORS
from tptheory.proving.searching import (
    LemmaChain,
    Proof,
    StuckError,
    common_scalars,
    completion,
    divided,
    times,
)
from tptheory.proving.term_order import AUXILIARY, Monomial
from tptheory.proving.translation import Translator
from tptheory.proving.words import Alphabet, Polynomial, Rational, Terms, divide

MOST_BLOCK_TERMS = 5
"""A polynomial with more terms than this is not cut into blocks."""


def rank_at_most(matrix: Polynomial, middle: Polynomial | Size, translator: Translator, deadline: float) -> Proof:
    """Bound the rank of a matrix by ``middle``: write it as a product with that size, or that matrix, in the middle."""
    scalars = common_scalars(matrix)
    core = divided(matrix, scalars)
    forms = _Forms(translator, core, deadline)
    if isinstance(middle, Polynomial):
        bound, through = {"rank": middle.data()}, repr(middle)
        found = _through_polynomial(translator, core, middle, forms)
    else:
        bound = translator.alphabet.named.item(middle)
        through = f"the size {item_text(bound)}"
        found = chain(_through_size(translator, core, middle, forms), _through_blocks(translator, core, middle))
    for first, *others in found:
        try:
            return _factored(translator, matrix, [times(first, scalars), *others], bound, deadline)
        except StuckError:
            continue
    raise StuckError(f"no factorisation through {through} was found", matrix=repr(matrix))


def _factored(
    translator: Translator, matrix: Polynomial, factors: list[Polynomial], bound: Any, deadline: float
) -> Proof:
    """Show that a matrix is a product, whose rank has a bound."""
    fields = {"factors": [factor.data() for factor in factors]}
    difference = matrix - reduce(mul, factors)
    shown = equation(difference, difference.scale(0), translator, deadline)
    if shown.method == "identity":
        return Proof((matrix,), shown.origin, "rank", fields, bound=bound)
    lemmas = LemmaChain(translator)
    number, sign = lemmas.add(difference, shown)
    return lemmas.close(Proof((matrix,), [(sign, NO_COFACTORS, number)], "rank", fields, bound=bound))


def factorisations(A: Polynomial) -> Iterator[Polynomial]:
    """Return polynomials of several terms of which a polynomial is a multiple, by a factor at its left or right end."""
    for k, first in product((1, 2), (True, False)):
        if any(len(word) < k for _, word in A.terms):
            continue
        cuts = {m: k if first else len(m[1]) - k for m in A.terms}
        split = {m: ((m[0], m[1][:c]), m[1][c:]) for m, c in cuts.items()}
        sizes = {_size_at(A.alphabet, m[1], c) for m, c in cuts.items()}
        if len(sizes) == 1 and (factors := _rank_one(A, split, *sizes, *sizes)):
            yield from (factor for factor in factors if 1 < len(factor.terms) < len(A.terms))


def _size_at(alphabet: Alphabet, word: str, cut: int) -> Size:
    """Return the size between the two parts of a word that is cut at a position."""
    return alphabet.shape(word)[0] if cut == 0 else alphabet.shape(word[:cut])[1]


def _through_size(translator: Translator, A: Polynomial, size: Size, forms: _Forms) -> Iterator[list[Polynomial]]:
    """Find ``A = L R`` with ``size`` between the factors."""
    identity_of = Polynomial.identity
    if size == A.rows:
        yield [identity_of(translator.alphabet, size), A]
    if size == A.columns:
        yield [A, identity_of(translator.alphabet, size)]
    for candidate in forms:
        yield from _cut_at_size(candidate, candidate.terms, size)


def _through_matrix(translator: Translator, F: Polynomial, forms: _Forms) -> Iterator[list[Polynomial]]:
    """Find ``A = L F R``: name ``F`` by a letter, rewrite ``A`` with it, and cut there."""
    alphabet = translator.alphabet
    letter = alphabet.matrix(Letter(Family("auxiliary", F, f"[{F!r}]")), F.rows, F.columns, level=AUXILIARY)
    definition = F - Polynomial.word(alphabet, letter)
    named = Completion(alphabet, [definition, definition.transpose()])
    for candidate in forms:
        rewritten = named.rewritten(candidate)
        places = {m: [i for i, a in enumerate(m[1]) if a == letter] for m in rewritten.terms}
        for cut in _cuts(places):
            split = {m: ((m[0], m[1][:at]), m[1][at + 1 :]) for m, at in cut.items()}
            factors = _rank_one(rewritten, split, F.rows, F.columns)
            if factors and not any(_stands_in_a_trace(factor, letter) for factor in factors):
                left, right = (replaced(factor, letter, F) for factor in factors)
                yield [left, F, right]


def _through_polynomial(
    translator: Translator, A: Polynomial, F: Polynomial, forms: _Forms
) -> Iterator[list[Polynomial]]:
    """Find ``A = L F R``, or the same with ``F'``."""
    for through in (F, F.transpose()):
        yield from _through_matrix(translator, through, forms)
    P = translator.known_pinv(F)
    if P is None:
        return
    for through in (P, P.transpose()):
        for left, *_, right in _through_matrix(translator, through, forms):
            yield [left * through, F if through is P else F.transpose(), through * right]
    for through, inverse in ((F, P), (F.transpose(), P.transpose())):
        if A.columns == through.columns:  # where its rows span those of A
            yield [A * inverse, through]
        if A.rows == through.rows:  # where its columns span those of A
            yield [through, inverse * A]


def _through_blocks(translator: Translator, A: Polynomial, size: Size) -> Iterator[list[Polynomial]]:
    """Write ``A = L1 R1 + L2 R2`` as ``[L1 L2]`` times ``[R1; R2]``, where the sizes in the middle sum to a size."""
    for parts in blocks(A, size):
        coordinates = translator.known_coordinates([left.columns for left, _ in parts], size)
        if coordinates is None:
            continue
        left = Polynomial.zero(A.alphabet, A.rows, size)
        right = Polynomial.zero(A.alphabet, size, A.columns)
        for (first, second), E in zip(parts, coordinates, strict=True):
            left, right = left + first * E.transpose(), right + E * second
        yield [left, right]


Parts = list[list[Polynomial]]
"""Pairs of factors whose products sum to a polynomial."""


def blocks(A: Polynomial, size: Size) -> Iterator[Parts]:
    """Write a polynomial as a sum of products of two factors, where the sizes between the factors sum to a size."""
    if len(A.terms) > MOST_BLOCK_TERMS:
        return
    for groups in _partitions(list(A.terms)):
        if len(groups) > 1:
            for parts in product(*(list(_two_factors(A, group)) for group in groups)):
                if sum(size_value(left.columns) for left, _ in parts) == size_value(size):
                    yield list(parts)


def _two_factors(A: Polynomial, group: list[Monomial]) -> Iterator[list[Polynomial]]:
    """Write some terms of a polynomial as a product of two factors, cut at a size that all their words pass through."""
    sizes = {A.alphabet.shape(a)[0] for _, word in group for a in word[1:]}
    for size in sorted(sizes, key=str):
        yield from _cut_at_size(A, group, size)


def _cut_at_size(A: Polynomial, monomials: Iterable[Monomial], size: Size) -> Iterator[list[Polynomial]]:
    """Write some terms of a polynomial as products of two factors with a size between them."""
    shape = A.alphabet.shape
    places = {m: [i for i in range(1, len(m[1])) if shape(m[1][i])[0] == size] for m in monomials}
    for cut in _cuts(places):
        split = {m: ((m[0], m[1][:at]), m[1][at:]) for m, at in cut.items()}
        if factors := _rank_one(A, split, size, size):
            yield factors


def _partitions(items: list[Monomial]) -> Iterator[list[list[Monomial]]]:
    """Run through the ways to put items into groups."""
    if not items:
        yield []
        return
    first, *rest = items
    for groups in _partitions(rest):
        yield [[first], *groups]
        for i, group in enumerate(groups):
            yield [*groups[:i], [first, *group], *groups[i + 1 :]]


def _stands_in_a_trace(p: Polynomial, letter: str) -> bool:
    """Whether a letter, or its transpose, stands inside a trace of a polynomial."""
    found = {letter, p.alphabet.adjoints[letter]}
    return any(not found.isdisjoint(s) for scalars, _ in p.terms for s in scalars)


class _Forms:
    """The forms of a polynomial: unchanged, rewritten by the hypotheses, or with a part replaced.

    The part is a term, or a letter, of which a hypothesis says what it equals. Forms are made when they are first asked
    for, and then kept.
    """

    def __init__(self, translator: Translator, A: Polynomial, deadline: float) -> None:
        self._rest, self._made = _forms(translator, A, deadline), list[Polynomial]()

    def __iter__(self) -> Iterator[Polynomial]:
        """Run through the forms."""
        for number in count():
            if number == len(self._made):
                form = next(self._rest, None)
                if form is None:
                    return
                self._made.append(form)
            yield self._made[number]


def _forms(translator: Translator, A: Polynomial, deadline: float) -> Iterator[Polynomial]:
    """Return the polynomial unchanged, rewritten by the hypotheses, and with a term or a letter replaced by one."""
    yield A
    if translator.hypotheses:
        yield completion(translator, deadline).rewritten(A)
    for h in (h.polynomial for h in translator.hypotheses):
        if (h.rows, h.columns) == (A.rows, A.columns):
            for m in sorted(A.terms.keys() & h.terms.keys()):
                yield A - h.scale(divide(A.terms[m], h.terms[m]))
    yield from _with_a_letter_replaced(translator, A)


def _with_a_letter_replaced(translator: Translator, A: Polynomial) -> Iterator[Polynomial]:
    """Return a polynomial with a letter replaced by the other terms of a hypothesis: ``A = A X A`` used backwards.

    The letter may have numbers before it that have a reciprocal, as in ``s A = B C``.
    """
    letters, reciprocals = {a for _, word in A.terms for a in word}, _reciprocals(translator)
    for h in (h.polynomial for h in translator.hypotheses if h.transposes is None):
        for scalars, word in h.terms:
            is_letter = len(word) == 1 and not letters.isdisjoint((word, A.alphabet.adjoints[word]))
            if is_letter and reciprocals.keys() >= set(scalars):
                yield replaced(A, word, _solved_for(h, (scalars, word), reciprocals))


def _solved_for(h: Polynomial, term: Monomial, reciprocals: Mapping[str, str]) -> Polynomial:
    """Return what the letter of a term of a hypothesis equals, by the other terms."""
    others = h.with_terms({m: c for m, c in h.terms.items() if m != term})
    number = tuple(reciprocals[s] for s in term[0])
    return Polynomial.number(h.alphabet, number, divide(-1, h.terms[term])) * others


def _reciprocals(translator: Translator) -> dict[str, str]:
    """Return the letter of the reciprocal of each number that has one, by the letter of the number."""
    letters = [(plain_number(number), plain_number(k)) for number, k in translator.inverse_pairs()]
    return {s: k for s, k in letters if s is not None and k is not None}


def _cuts(places: dict[Monomial, list[int]]) -> Iterator[dict[Monomial, int]]:
    """Choose one position in every word: the k-th from the left in all words, or the k-th from the right in all."""
    most = min(map(len, places.values()), default=0)
    for k in range(most):
        yield {m: at[k] for m, at in places.items()}
        yield {m: at[-1 - k] for m, at in places.items()}


def _rank_one(
    A: Polynomial, split: dict[Monomial, tuple[Monomial, str]], rows: Size, columns: Size
) -> list[Polynomial]:
    """Write the sum of ``c * left * right`` as (sum of lefts) times (sum of rights), if its coefficients allow it."""
    table: dict[Monomial, dict[str, Rational]] = {}
    for m, (left, right) in split.items():
        table.setdefault(left, {})[right] = A.terms[m]
    first = next(iter(table.values()))
    pivot = next(iter(first))
    lefts: Terms = {}
    for left, row in table.items():
        if row.keys() != first.keys():
            return []
        ratio = divide(row[pivot], first[pivot])
        if any(row[r] != ratio * first[r] for r in row):
            return []
        lefts[left] = ratio
    rights: Terms = {((), right): c for right, c in first.items()}
    return [
        Polynomial(A.alphabet, A.rows, rows, lefts),
        Polynomial(A.alphabet, columns, A.columns, rights),
    ]
