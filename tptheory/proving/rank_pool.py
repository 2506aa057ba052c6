"""The matrices whose ranks an inequality speaks of, with their names, and the relations between these ranks."""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement
from typing import NamedTuple

from tptheory.proving.completion import Completion
from tptheory.proving.knowledge import ROOT
from tptheory.proving.rank_lemmas import Namer
from tptheory.proving.rank_relations import (
    Contained,
    Frobenius,
    GivenNumber,
    Relation,
    no_less_than_zero,
    product_of_given,
)
from tptheory.proving.rewriting import NO_COFACTORS
from tptheory.proving.searching import common_scalars, divided
from tptheory.proving.term_order import DEFINED, Monomial, order
from tptheory.proving.translating import Reason
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, Rational, divide

NAMED: Reason = ("definition", "the name of a matrix whose rank is compared")
MOST_MULTIPLIED = 6
"""Of so many numbers that are not negative, the products of two are compared with sums of ranks."""
RankKey = int | Monomial
"""A rank, by the number of its matrix, or a monomial of other numbers, such as sizes."""
RankForm = dict[RankKey, Rational]
"""A linear combination of ranks and of other numbers."""


class _Canonical(NamedTuple):
    """A matrix that stands for ``M``, which is ``factor * matrix``, or the transpose of that if it is turned."""

    matrix: Polynomial
    factor: Rational
    turned: bool


def canonical(M: Polynomial) -> _Canonical:
    """Return the one among the rational multiples of a matrix, and of its transpose, that stands for all of them."""
    found = []
    for turned, p in ((False, M), (True, M.transpose())):
        leading = p.terms[max(p.terms, key=order)]
        one = p.scale(divide(1, leading))
        found.append((sorted((order(m), c) for m, c in one.terms.items()), turned, one, leading))
    _, turned, one, leading = min(found, key=lambda each: each[:2])
    return _Canonical(one, leading, turned)


def is_multiple_of_identity(M: Polynomial) -> bool:
    return M.terms.keys() == {((), "")}


class RankPool(Namer):
    """Matrices and the relations between their ranks.

    Args:
        translator: the translator with the hypotheses.
        basis: what rewrites matrices by the hypotheses.

    Attributes:
        compared: the matrices whose ranks the goal or a hypothesis speaks of.
        noted: the matrices that the search has met, each of which stands for its multiples and its transpose.
        relations: the relations that have been found, by the sums of ranks that are not negative.
    """

    def __init__(self, translator: Translator, basis: Completion) -> None:
        self.translator, self.basis, self.alphabet = translator, basis, translator.alphabet
        self._numbers: dict[Polynomial, int] = {}
        self.canonical_of = cache(canonical)  # of the matrices of one pool, which are forgotten with it
        self._inverses: dict[Polynomial, Polynomial] = {}
        self._names: dict[Polynomial, Polynomial] = {}
        self._orthonormal: dict[Polynomial, bool] = {}
        self.pairs = [
            (A, P)
            for A, P in translator.inverse_pairs()
            if translator.known_pinv(A) == P and any(word for _, word in P.terms)
        ]
        """The matrices with named pseudo-inverses, and these."""
        for A, P in self.pairs:
            one, factor, turned = self.canonical_of(A)
            self._inverses.setdefault(one, (P.transpose() if turned else P).scale(factor))
        self.compared: list[Polynomial] = []
        self.noted: dict[Polynomial, None] = {}
        self.relations: dict[frozenset[tuple[RankKey, Rational]], Relation | GivenNumber] = {}
        self.add(no_less_than_zero(Polynomial.identity(self.alphabet, 1)))
        self._read_hypotheses()

    def name(self, M: Polynomial) -> Polynomial:
        """Return a multiple of a letter in the place of a matrix that is a sum; any other stands for itself."""
        if len(M.terms) < 2:
            return M
        one, factor, turned = self.canonical_of(M)
        if one not in self._names:
            self._names[one] = self.translator.name(one, NAMED, DEFINED)
            if one in self._inverses:
                self._inverses[self._names[one]] = self._inverses[one]
        found = self._names[one].scale(factor)
        return found.transpose() if turned else found

    def pinv(self, M: Polynomial) -> Polynomial:
        """Return the pseudo-inverse of a matrix, which gets a name if it has none."""
        if not M:
            return M.transpose()
        if is_multiple_of_identity(M):
            return M.scale(divide(1, M.terms[(), ""] ** 2))
        one, factor, turned = self.canonical_of(self.name(M))
        if one not in self._inverses:
            self._inverses[one] = self.translator.pinv(one)
        found = self._inverses[one].scale(divide(1, factor))
        return found.transpose() if turned else found

    def form(self, M: Polynomial) -> RankForm:
        """Return the rank of a matrix; that of an identity is its size, and that of zero is 0."""
        if not M:
            return {}
        if is_multiple_of_identity(M):
            return self._sizes(Polynomial.identity(self.alphabet, M.rows).trace())
        return {self._numbers.setdefault(self.canonical_of(M).matrix, len(self._numbers)): 1}

    def _sizes(self, number: Polynomial) -> RankForm:
        return dict(self.basis.rewritten(number).terms.items())

    def read(self, number: Polynomial) -> RankForm:
        """Write a number as a linear combination of ranks and other numbers; the matrices join those compared."""
        form: RankForm = {}
        for A, P in self.pairs:
            rank = (A * P).trace()
            own = next((m for m in rank.terms if m in number.terms), None)
            if own is not None:
                c = divide(number.terms[own], rank.terms[own])
                number = number - rank.scale(c)
                form = added(form, self.form(A), c)
                self.compared += [] if A in self.compared else [A]
        return added(form, self._sizes(number), 1)

    def _read_hypotheses(self) -> None:
        """Read the hypotheses that compare ranks or other numbers, and the products of two that are not negative."""
        given = []
        for number, h in enumerate(self.translator.hypotheses):
            if h.polynomial.is_scalar and h.transposes is None:
                given += _given(number, h.polynomial)
        rooted = [each for each in given if each.root is not None][:MOST_MULTIPLIED]
        given += [product_of_given(x, y) for x, y in combinations_with_replacement(rooted, 2)]
        for each in given:
            form = self.read(each.number)
            if each.root is not None or any(isinstance(key, int) for key in form):
                self.relations.setdefault(frozenset(form.items()), each)

    def _has_orthonormal_rows(self, letter: Polynomial) -> bool:
        """Whether ``A A' = I`` is known of a letter."""
        if letter not in self._orthonormal:
            square = self.basis.rewritten(letter * letter.transpose())
            self._orthonormal[letter] = square == Polynomial.identity(self.alphabet, letter.rows)
        return self._orthonormal[letter]

    def add(self, *relations: Relation) -> None:
        for relation in relations:
            form: RankForm = {}
            for c, M in relation.ranks:
                form = added(form, self.form(M), c)
            if form:
                self.relations.setdefault(frozenset(form.items()), relation)

    def note(self, M: Polynomial) -> Polynomial:
        """Rewrite a matrix by the hypotheses, bound its rank, and return it as it is rewritten.

        The rank is at least 0, and at most each size. Where a last letter, a first letter or numbers stand in all its
        terms, it is at most the rank of the letter, and that of the same matrix without them.
        """
        M = self.basis.rewritten(M)
        if not M or is_multiple_of_identity(M):
            return M
        one = self.canonical_of(M).matrix
        if one in self.noted:
            return M
        self.noted[one] = None
        self.add(no_less_than_zero(M))
        for p in (M, M.transpose()):
            self.add(Contained(Polynomial.identity(self.alphabet, p.rows), p, p))
            self._note_without_last_letter(p)
        if scalars := common_scalars(M):
            number = Polynomial.number(self.alphabet, tuple(sorted(scalars)))
            rest = self.note(divided(M, scalars))
            self.add(Contained(rest, number * Polynomial.identity(self.alphabet, M.columns), M))
        return M

    def frobenius(self, A: Polynomial, B: Polynomial, C: Polynomial) -> None:
        """Compare the ranks in a product of three: ``rank AB + rank BC <= rank B + rank ABC``."""
        B, F, G, H = (self.note(p) for p in (B, A * B, B * C, A * B * C))
        self.add(
            Frobenius(A, B, C, F, G, H), Contained(F, C, H), Contained(G.transpose(), A.transpose(), H.transpose())
        )

    def _note_without_last_letter(self, M: Polynomial) -> None:
        """Compare a matrix with its last letter and with what stands before that, which may have the same rank."""
        if parts := without_last_letter(M):
            rest, last = self.note(parts[0]), parts[1]
            self.add(Contained(rest, last, M), Contained(last.transpose(), rest.transpose(), M.transpose()))
            if self._has_orthonormal_rows(last):
                self.add(Contained(M, last.transpose(), rest))


def without_last_letter(M: Polynomial) -> tuple[Polynomial, Polynomial] | None:
    """Write a matrix as a product with a last letter, if all its words end with that and it is more than that."""
    words = [word for _, word in M.terms]
    if not all(words) or len({word[-1] for word in words}) > 1 or words == [words[0][-1]]:
        return None
    last = Polynomial.word(M.alphabet, words[0][-1])
    terms = {(s, word[:-1]): c for (s, word), c in M.terms.items()}
    return Polynomial(M.alphabet, M.rows, last.rows, terms), last


def added(form: RankForm, more: RankForm, factor: Rational) -> RankForm:
    """Add a multiple of a linear combination to another."""
    whole = dict(form)
    for key, c in more.items():
        whole[key] = whole.get(key, 0) + factor * c
    return {key: c for key, c in whole.items() if c}


def _given(number: int, zero: Polynomial) -> list[GivenNumber]:
    """Return what a hypothesis says of a number: it is not negative if its root stands in it, else it is 0."""
    square, root = _root_in(zero)
    if root is not None:
        return [GivenNumber(root * root - zero.scale(square), root, [(square, NO_COFACTORS, number)])]
    return [GivenNumber(zero.scale(sign), None, [(-sign, NO_COFACTORS, number)]) for sign in (1, -1)]


def _root_in(number: Polynomial) -> tuple[int, Polynomial | None]:
    """Return the sign with which the square of a root stands in a number, and the root; 0 and None if there is none."""
    for (scalars, _), c in number.terms.items():
        if len(scalars) == 2 and scalars[0] == scalars[1] and abs(c) == 1:
            letter, _ = number.alphabet.letters[scalars[0][0]]
            if letter.family.kind == ROOT:
                return int(c), Polynomial.number(number.alphabet, scalars[:1])
    return 0, None
