"""Sums of squares: write a scalar as ``sum of weight * tr(Q Q')``, with weights found exactly.

Each term of the scalar is a number times a trace. Where a trace reads ``tr(u m u')`` with nothing in the middle, or
with a symmetric projection there, ``u m`` is a candidate for a part of some ``Q``; so are the velocities that stand in
the scalar, what they are multiplied by, and more words, which are tried later. The unknown is then the Gram matrix of
the candidates: its entries solve linear equations over the rationals, and where it is positive semidefinite, its LDL'
decomposition gives the squares.

A number in front of a trace needs a square root, since ``s |Q|^2 = |r Q|^2`` for ``s = r^2``. An even power has one,
and a symbol that is declared to be nonnegative has a letter for its root.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import NamedTuple

from tptheory.proving.letters import Size, item_text
from tptheory.proving.semidefinite import FEW, FREE, Square, flint_rational, positive_semidefinite, solutions
from tptheory.proving.words import Alphabet, Monomial, Polynomial, Terms

Reduce = Callable[[Polynomial], Polynomial]
WeightedSquare = tuple[Fraction, Polynomial]

MOST = 48
"""A set of more candidates than this is not tried."""
POWERS = 3
"""Numbers stand in candidates up to this power of their square roots, less one."""


class HalfTrace(NamedTuple):
    """A word, times numbers, times the square roots of other numbers, each of which stands once."""

    roots: tuple[str, ...]
    scalars: tuple[str, ...]
    word: str


@dataclass(frozen=True)
class Known:
    """What a search for squares may use.

    Attributes:
        reduce: brings a polynomial to normal form modulo the hypotheses.
        roots: the letter of the square root of each number that is declared to have one.
        velocities: the letters that stand for velocities.
        equations: the hypotheses of the claim, which may be used in both directions.
        thorough: whether candidates are tried that take more time.
    """

    reduce: Reduce
    roots: Mapping[str, str]
    velocities: Sequence[str] = ()
    equations: Sequence[Polynomial] = ()
    thorough: bool = True


def squares_of(scalar: Polynomial, known: Known) -> list[WeightedSquare] | None:
    """Return weights and polynomials with ``scalar = sum of weight * tr(Q Q')`` modulo what is known.

    Returns:
        The squares, with positive weights; an empty list for zero; None if none were found.
    """
    reduced = known.reduce(scalar)
    if not reduced:
        return []
    tried: list[list[HalfTrace]] = []
    for candidates in _candidate_sets(scalar, reduced, known):
        candidates = list(dict.fromkeys(candidates))
        if not 0 < len(candidates) <= MOST or candidates in tried:
            continue
        tried.append(candidates)
        found = _solve(reduced, candidates, known)
        if found is not None:
            return found
    return None


def _candidate_sets(scalar: Polynomial, reduced: Polynomial, known: Known) -> Iterator[list[HalfTrace]]:
    """Return sets of candidates to try, from the likeliest to the largest.

    First come halves of as few shapes as possible that cover all terms, then all halves. Then come the halves of
    hypotheses that are scalars: adding such a scalar may turn a term that looks negative into squares. Then the
    velocities alone, and at last all of these with what stands beside a velocity, with halves of terms that hypotheses
    turn into others, and with powers of the numbers.
    """
    words = _Words(known, scalar.alphabet)
    groups = words.halves_by_shape(reduced)
    yield _of_few_shapes(scalar.alphabet, groups)
    everything = sorted({half for halves in groups.values() for found in halves.values() for half in found})
    yield everything
    squares = [p.trace() for p in known.equations if p.rows == p.columns]
    yield sorted({half for p in squares for half in words.halves(p)} - {*everything})
    if known.thorough:
        yield from _thorough_sets(words, scalar, reduced, everything)


def _thorough_sets(
    words: _Words, scalar: Polynomial, reduced: Polynomial, everything: list[HalfTrace]
) -> Iterator[list[HalfTrace]]:
    """Return the sets of candidates that take more time, given all halves of the terms of the scalar."""
    known = words.known
    weights = sorted({(roots, scalars) for roots, scalars, _ in _parts(reduced, known.roots)})
    yield [HalfTrace(*weight, v) for weight in weights for v in known.velocities]
    beside = sorted(words.beside_velocities(scalar))
    yield [*beside, *everything]
    others = sorted(words.by_equations(reduced))
    yield [*everything, *others]
    middles = sorted(words.around_symmetric_middles(reduced))
    more = [*map(words.turned, [*everything, *middles, *beside, *others])]
    yield more
    plain = list(dict.fromkeys(c.word for c in more))
    yield [HalfTrace(*weight, word) for word in plain for weight in _powers(reduced, known.roots)]


Groups = dict[tuple[Size, Size], dict[tuple[str, ...], set[HalfTrace]]]
"""The halves of the terms of a scalar: by their shape, and then by the term."""


def _of_few_shapes(alphabet: Alphabet, groups: Groups) -> list[HalfTrace]:
    """Return halves of every term that has any, from as few shapes as possible: the shape of most terms is first."""
    chosen: list[HalfTrace] = []
    covered: set[tuple[str, ...]] = set()
    for _, halves in sorted(groups.items(), key=lambda group: (-len(group[1]), shape_text(alphabet, group[0]))):
        fresh = halves.keys() - covered
        chosen += [half for term in sorted(fresh) for half in sorted(halves[term])]
        covered |= fresh
    return chosen


def shape_text(alphabet: Alphabet, shape: tuple[Size, Size]) -> str:
    """Write a shape, so that shapes have an order."""
    return " ".join(item_text(alphabet.named.item(size)) for size in shape)


Part = tuple[tuple[str, ...], tuple[str, ...], str]
"""A term as the square roots and the numbers of a candidate, both of which are squared, and a trace beside them."""


def _parts(scalar: Polynomial, roots: Mapping[str, str]) -> Iterator[Part]:
    """Split each term into a trace and numbers that have square roots, in every way; without a trace it is empty."""
    for scalars, _ in scalar.terms:
        yield from _parts_of(scalar.alphabet, scalars, roots)


def _parts_of(alphabet: Alphabet, scalars: tuple[str, ...], roots: Mapping[str, str]) -> Iterator[Part]:
    cycles = sorted({s for s in scalars if alphabet.is_trace(s)})
    for cycle in ["", *cycles]:
        counted = Counter(scalars)
        if cycle:
            counted[cycle] -= 1
        if all(power % 2 == 0 or s in roots for s, power in counted.items()):
            yield *_halved(sorted(counted.items())), cycle


def _halved(powers: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a product of powers of numbers as square roots and numbers, both of which are squared."""
    odd = tuple(s for s, power in powers if power % 2)
    return odd, tuple(s for s, power in powers for _ in range(power // 2))


def _powers(scalar: Polynomial, roots: Mapping[str, str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return all products of powers of the numbers in a scalar, as square roots and numbers."""
    numbers = sorted({s for scalars, _ in scalar.terms for s in scalars if not scalar.alphabet.is_trace(s)})
    most = {s: max(POWERS, *(scalars.count(s) + 1 for scalars, _ in scalar.terms)) for s in numbers}
    found = []
    for powers in product(*(range(0, most[s], 1 if s in roots else 2) for s in numbers)):
        found.append(_halved(list(zip(numbers, powers, strict=True))))
    return found


@dataclass(frozen=True)
class _Words:
    """Finds words that may stand in squares."""

    known: Known
    alphabet: Alphabet
    _vanishing: dict[Polynomial, bool] = field(default_factory=dict)

    def halves_by_shape(self, scalar: Polynomial) -> Groups:
        """Return the halves of the terms of a scalar."""
        groups: Groups = {}
        for scalars, _ in scalar.terms:
            for half in self._halves_of_term(scalars):
                shape = self.alphabet.shape(half.word) if half.word else (1, 1)
                groups.setdefault(shape, {}).setdefault(scalars, set()).add(half)
        return groups

    def turned(self, candidate: HalfTrace) -> HalfTrace:
        """Return a candidate or its transpose, whose norm is the same: of two shapes the one that comes first."""
        rows, columns = self.alphabet.shape(candidate.word) if candidate.word else (1, 1)
        if shape_text(self.alphabet, (rows, columns)) <= shape_text(self.alphabet, (columns, rows)):
            return candidate
        return candidate._replace(word=self.alphabet.transpose(candidate.word))

    def halves(self, scalar: Polynomial) -> Iterator[HalfTrace]:
        """Return the halves of the terms of a scalar in a row."""
        for scalars, _ in scalar.terms:
            yield from self._halves_of_term(scalars)

    def _halves_of_term(self, scalars: tuple[str, ...]) -> Iterator[HalfTrace]:
        for roots, numbers, cycle in _parts_of(self.alphabet, scalars, self.known.roots):
            for word in self._halves_of_cycle(cycle) if cycle else [""]:
                yield HalfTrace(roots, numbers, word)

    def _halves_of_cycle(self, cycle: str) -> Iterator[str]:
        """Find ``u m`` for every way to turn the trace into ``tr(u m u')``, with nothing or a projection for ``m``."""
        for u, m in self._symmetric_turns(cycle):
            if not m or self._is_projection(m):
                yield u + m

    def _symmetric_turns(self, cycle: str) -> Iterator[tuple[str, str]]:
        """Find ``u`` and ``m`` for every way to turn the trace into ``tr(u m u')``, where ``m`` may be anything."""
        transpose = self.alphabet.transpose
        seen = set()
        for i in range(len(cycle)):
            turned = cycle[i:] + cycle[:i]
            for h in range(len(cycle) // 2 + 1):
                u, m, v = turned[:h], turned[h : len(cycle) - h], turned[len(cycle) - h :]
                if v == transpose(u) and (m or u) and (u, m) not in seen:
                    seen.add((u, m))
                    yield u, m

    def _is_projection(self, word: str) -> bool:
        m = self._polynomial(word)
        return m.rows == m.columns and self._vanishes(m * m.transpose() - m)

    def _is_symmetric(self, word: str) -> bool:
        m = self._polynomial(word)
        return m.rows == m.columns and self._vanishes(m - m.transpose())

    def _vanishes(self, p: Polynomial) -> bool:
        """Whether a polynomial is 0 modulo what is known; the answer is kept, for the same words are met often."""
        if p not in self._vanishing:
            self._vanishing[p] = not self.known.reduce(p)
        return self._vanishing[p]

    def _polynomial(self, word: str) -> Polynomial:
        return Polynomial.word(self.alphabet, word)

    def around_symmetric_middles(self, scalar: Polynomial) -> Iterator[HalfTrace]:
        """Return ``u`` and ``u m`` for every way to turn a trace into ``tr(u m u')`` with a symmetric letter ``m``."""
        for roots, numbers, cycle in _parts(scalar, self.known.roots):
            for u, m in self._symmetric_turns(cycle):
                if u and len(m) == 1 and self._is_symmetric(m):
                    yield from (HalfTrace(roots, numbers, u), HalfTrace(roots, numbers, u + m))

    def beside_velocities(self, scalar: Polynomial) -> Iterator[HalfTrace]:
        """Return the words of the velocities, and of what each is multiplied by, in the scalar as it was typed."""
        for scalars, _ in scalar.terms:
            for s in scalars:
                for i, character in enumerate(s):
                    for v in (character, self.alphabet.adjoints.get(character, "")):
                        if v not in self.known.velocities:
                            continue
                        rest = s[i + 1 :] + s[:i]
                        beside = self._polynomial(self.alphabet.transpose(rest) if v == character else rest)
                        for p in (self._polynomial(v), beside):
                            for numbers, word in self.known.reduce(p).terms:
                                yield HalfTrace((), numbers, word)

    def by_equations(self, scalar: Polynomial) -> Iterator[HalfTrace]:
        """Return the halves of terms in which a word of a hypothesis is replaced by another, whatever their numbers."""
        for roots, numbers, cycle in _parts(scalar, self.known.roots):
            for p in self.known.equations:
                words = sorted({word for _, word in p.terms})
                for word, other in product(words, words):
                    for turned in self._replaced(cycle, word, other, p.rows) if word != other else ():
                        yield from (HalfTrace(roots, numbers, half) for half in self._halves_of_cycle(turned))

    def _replaced(self, cycle: str, word: str, other: str, rows: Size) -> Iterator[str]:
        """Replace a word in a trace wherever it stands; an empty word, which is an identity, stands at a size."""
        for i in range(len(cycle)):
            turned = cycle[i:] + cycle[:i]
            if (
                turned.startswith(word)
                and self.alphabet.shape(turned)[0] == rows
                and len(turned) + len(other) > len(word)
            ):
                yield other + turned[len(word) :]


@dataclass(frozen=True)
class _Products:
    """The products of candidates of one shape and with the same square roots: the terms of each, in normal form."""

    candidates: list[HalfTrace]
    pairs: list[tuple[int, int]]
    values: list[Polynomial]

    def without(self, gone: set[int]) -> _Products:
        """Return the products in which no candidate of these numbers takes part; the others are numbered anew."""
        kept = [k for k in range(len(self.candidates)) if k not in gone]
        number = {old: new for new, old in enumerate(kept)}
        left = _Products([self.candidates[k] for k in kept], [], [])
        for (i, j), value in zip(self.pairs, self.values, strict=True):
            if i in number and j in number:
                left.pairs.append((number[i], number[j]))
                left.values.append(value)
        return left


def _solve(scalar: Polynomial, candidates: list[HalfTrace], known: Known) -> list[WeightedSquare] | None:
    """Solve for the Gram matrix of the candidates, and decompose it."""
    products = _pruned(scalar, _products(scalar.alphabet, candidates, known))
    monomials = sorted({m for p in products.values for m in p.terms})
    if not products.pairs or not scalar.terms.keys() <= {*monomials}:
        return None
    columns = [[flint_rational(p.terms.get(m, 0)) for m in monomials] for p in products.values]
    space = solutions(columns, [flint_rational(scalar.terms.get(m, 0)) for m in monomials])
    if space is None:
        return None

    def proceed() -> None:
        known.reduce(scalar.scale(0))  # which raises an error where the time is up

    free = FREE if known.thorough else FEW
    squares = positive_semidefinite(len(products.candidates), products.pairs, space, proceed, free)
    return None if squares is None else [_combined(scalar.alphabet, products.candidates, s, known) for s in squares]


def _products(alphabet: Alphabet, candidates: list[HalfTrace], known: Known) -> _Products:
    polynomials = [_polynomial(alphabet, c.scalars, c.word) for c in candidates]
    kinds = [(c.roots, p.rows, p.columns) for c, p in zip(candidates, polynomials, strict=True)]
    pairs = [(i, j) for i, j in combinations_with_replacement(range(len(candidates)), 2) if kinds[i] == kinds[j]]
    values = []
    for i, j in pairs:
        weight = _polynomial(alphabet, candidates[i].roots, "")
        norm = weight * (polynomials[i] * polynomials[j].transpose()).trace()
        values.append(known.reduce(norm).scale(1 if i == j else 2))
    return _Products(candidates, pairs, values)


def _pruned(scalar: Polynomial, products: _Products) -> _Products:
    """Leave out candidates whose squares have a term that no other product, nor the scalar, could cancel."""
    while hopeless := _hopeless(scalar, products):
        products = products.without(hopeless)
    return products


def _hopeless(scalar: Polynomial, products: _Products) -> set[int]:
    """Return the numbers of the candidates whose squares have a term that nothing could cancel."""
    signs = _signs(products)
    lonely = {m for m, found in signs.items() if found in ({1}, {-1}) and m not in scalar.terms}
    paired = zip(products.pairs, products.values, strict=True)
    return {i for (i, j), p in paired if i == j and lonely & p.terms.keys()}


def _signs(products: _Products) -> dict[Monomial, set[int]]:
    """Return the signs of each term: 1 or -1 in a square, and 0 in a product of two, which may have any weight."""
    signs: dict[Monomial, set[int]] = {}
    for (i, j), p in zip(products.pairs, products.values, strict=True):
        for m, c in p.terms.items():
            sign = 1 if c > 0 else -1
            signs.setdefault(m, set()).add(sign if i == j else 0)
    return signs


def _combined(alphabet: Alphabet, candidates: list[HalfTrace], square: Square, known: Known) -> WeightedSquare:
    """Return a square as a weight and a polynomial."""
    parts = [
        _polynomial(alphabet, (*(known.roots[s] for s in c.roots), *c.scalars), c.word).scale(coefficient)
        for c, coefficient in zip(candidates, square.coefficients, strict=True)
        if coefficient
    ]
    return square.weight, sum(parts[1:], parts[0])


def _polynomial(alphabet: Alphabet, scalars: tuple[str, ...], word: str) -> Polynomial:
    terms: Terms = {alphabet.monomial(tuple(sorted(scalars)), word): 1}
    rows, columns = alphabet.shape(word) if word else (1, 1)
    return Polynomial(alphabet, rows, columns, terms)
