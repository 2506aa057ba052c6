"""Shorter certificates: the same goal from the same hypotheses, with fewer cofactors.

Every place where a hypothesis fits into a monomial of the present proof is a candidate. That the candidates, each with
a rational coefficient, sum to the goal is a sparse linear system. Coefficients of least absolute sum come from linear
programming, and few of them are not zero (Hofstadler and Verron, Short proofs of ideal membership, 2023). Floats only
say which candidates to use: the coefficients are solved for exactly, and the checker has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import process_time
from typing import Any, NamedTuple

from flint import fmpq, fmpq_mat

from tptheory.certificates import checker
from tptheory.certificates.checker import ONE, Shape, Size, Word
from tptheory.certificates.reading import (
    Monomial,
    Polynomial,
    Reader,
    Terms,
    accepted,
    letter_count,
    raw,
)

PLACES = 20_000
"""How many places are tried for each second of the search. They take less than a second, so that the result seldom
depends on the clock; that is the clock of the process, so that other work of the machine does not matter."""

CALLS_PER_READING = 64
"""How often it is asked whether the time is up for each reading of that clock, which takes longer than a place."""

ROUNDS = 3
"""How many rounds to search: first within the monomials of the proof, then each time also with those that fitting
places have brought in."""

UNIT: Monomial = ((), ())
"""The empty product, which stands beside a hypothesis that is not multiplied on that side."""


class CofactorPlace(NamedTuple):
    """Where a hypothesis stands: a cofactor without its coefficient."""

    left: Monomial
    hypothesis: int
    right: Monomial
    outer: Monomial | None = None


Cofactors = list[tuple[Fraction, CofactorPlace]]


def shortened(data: dict[str, Any], seconds: float = 1.0, *, keep_hypotheses: bool = False) -> dict[str, Any]:
    """Return a certificate of the same goal with as few cofactors as are found, or ``data`` if none has fewer.

    Args:
        data: a plain certificate that the checker accepts, or a case of another that was made to look like it.
        seconds: how long to search.
        keep_hypotheses: whether to keep hypotheses that the shorter proof does not use, so that all keep their numbers.
    """
    if data.get("method") not in checker.SUMMANDS or len(data["cofactors"]) < 2:
        return data
    import scipy.optimize  # noqa: F401  loaded when needed, and not at the expense of the search

    search = _Shortening(data, seconds)
    start = search.start()
    best = search.fewest(start)
    if len(best) == len(start):
        return data
    shorter = search.certificate(best, keep_hypotheses)
    return shorter if accepted(shorter) else data


class _Shortening:
    """The search in one certificate: where its hypotheses and their transposes fit, and what they expand to there."""

    def __init__(self, data: dict[str, Any], seconds: float) -> None:
        self.deadline, self._places_left = process_time() + seconds, int(PLACES * seconds)
        self._asked, self._late = 0, False
        self._data, self._reader = data, Reader(data)
        read = self._reader.hypotheses()
        self._polynomials = [*read, *map(self._reader.transpose, read)]
        self._longest = [max(map(letter_count, terms), default=0) for terms, _ in self._polynomials]
        self._thin = any(1 in shape[:2] for shape in self._reader.names.letters.values())
        self._expanded: dict[CofactorPlace, Polynomial] = {}

    def over(self) -> bool:
        """Whether no more places may be looked at."""
        if self._asked % CALLS_PER_READING == 0:
            self._late = process_time() > self.deadline
        self._asked += 1
        return self._late or self._places_left < 0

    def start(self) -> Cofactors:
        """Return the cofactors that the certificate has."""
        read = self._monomial
        return [
            (Fraction(c), CofactorPlace(read(u), k, read(v), *map(read, outer)))
            for c, u, k, v, *outer in self._data["cofactors"]
        ]

    def _monomial(self, items: list[Any]) -> Monomial:
        ((_, scalars, word),), _ = self._reader.algebra.beside(items)
        return tuple(scalars), word

    def _beside(self, monomial: Monomial) -> checker.Polynomial:
        """Return a monomial beside a hypothesis as a polynomial of the checker; a product of shape 1x1 is a number."""
        scalars, word = monomial
        shape = (self._reader.shape(word[0])[0], self._reader.shape(word[-1])[1]) if word else ONE
        both = ([*scalars, word], ()) if word and shape == ONE else ([*scalars], word)
        return [(Fraction(1), *both)], shape

    def expand(self, place: CofactorPlace) -> Polynomial:
        """Return the polynomial of a hypothesis that is multiplied into its place."""
        if place not in self._expanded:
            self._places_left -= 1
            self._expanded[place] = self._joined(place) or self._multiplied(place)
        return self._expanded[place]

    def _joined(self, place: CofactorPlace) -> Polynomial | None:
        """Expand by joining words; None if a number, a trace or a size 1 is involved, so that scalars may come out."""
        (scalars, left), k, (others, right), outer = place
        if scalars or others or outer is not None or self._thin:
            return None
        terms, (rows, columns) = self._polynomials[k]
        shape = self._reader.shape
        ends = (shape(left[0])[0] if left else rows, shape(right[-1])[1] if right else columns)
        return {(s, left + word + right): c for (s, word), c in terms.items()}, ends

    def _multiplied(self, place: CofactorPlace) -> Polynomial:
        """Expand as the checker does."""
        product = self._reader.algebra.product
        p = product(self._beside(place.left), raw(self._polynomials[place.hypothesis]))
        p = product(p, self._beside(place.right))
        if place.outer is not None:
            p = product(self._beside(place.outer), self._reader.algebra.trace(p))
        return self._reader.normal(p)

    def candidates(self, used: list[CofactorPlace], rounds: int) -> dict[CofactorPlace, Terms]:
        """Return the places that need no other monomials than the used ones do.

        In each of so many rounds, the monomials of all places that fit are allowed, too.
        """
        shape = self.expand(used[0])[1]
        found: dict[CofactorPlace, Terms] = {}
        seen: set[tuple[Any, ...]] = set()

        def add(place: CofactorPlace, terms: Terms) -> None:
            if not terms:
                return
            ordered = sorted(terms.items())
            key = tuple((m, c / ordered[0][1]) for m, c in ordered)
            if key not in seen:
                seen.add(key)
                found[place] = terms

        for place in used:
            add(place, self.expand(place)[0])
        known = {m for terms in found.values() for m in terms}
        longest = max(map(letter_count, known), default=0)
        for last in (*[False] * rounds, True):
            fresh: set[Monomial] = set()
            met: set[CofactorPlace] = set()
            for m in sorted(known, key=lambda m: (letter_count(m), m)):
                for place in self._places(m, shape[0], longest):
                    if self.over():
                        return found
                    if place in met:
                        continue
                    met.add(place)
                    terms, _ = self.expand(place)
                    if terms.keys() <= known:
                        add(place, terms)
                    elif not last and max(map(letter_count, terms)) <= longest:
                        fresh.update(terms)
            known |= fresh
        return found

    def _places(self, monomial: Monomial, rows: Size, longest: int) -> Iterator[CofactorPlace]:
        """Run through the places where one term of a hypothesis gives a monomial, and no other gives one too long."""
        readings = list(self._readings(monomial))
        room = longest - letter_count(monomial)
        for k, (terms, shape) in enumerate(self._polynomials):
            for scalars, word in terms:
                if self._longest[k] - letter_count((scalars, word)) > room:
                    continue
                for rest, whole in readings:
                    for s in scalars:
                        if s not in rest:
                            break
                        rest = _without(rest, s)
                    else:
                        yield from self._fits(rest, whole, word, shape, k, rows)

    def _readings(self, monomial: Monomial) -> Iterator[Monomial]:
        """Read a monomial as it is, and with one 1x1 product put back between two sizes 1."""
        scalars, word = monomial
        yield monomial
        ends = [i for i in range(len(word) + 1) if self._size(word, i, 1) == 1]
        for s in dict.fromkeys(scalars):
            if not self._reader.is_matrix(s[0]):
                continue
            for turned in self._reader.turns(s):
                if self._reader.shape(turned[0])[0] == 1:
                    for i in ends:
                        yield _without(scalars, s), word[:i] + turned + word[i:]

    def _size(self, word: Word, i: int, empty: Size) -> Size:
        """Return the size at a place between the letters of a word."""
        shape = self._reader.shape
        return shape(word[i])[0] if i < len(word) else shape(word[-1])[1] if word else empty

    def _fits(
        self, rest: tuple[Word, ...], whole: Word, word: Word, shape: Shape, k: int, rows: Size
    ) -> Iterator[CofactorPlace]:
        """Run through the places of a word of a hypothesis in a word, and in the traces beside it."""
        n = len(word)
        if shape == ONE and not word:
            yield CofactorPlace((rest, whole), k, UNIT)
            return
        for i in range(len(whole) - n + 1):
            if whole[i : i + n] == word if word else self._size(whole, i, rows) == shape[0]:
                yield CofactorPlace((rest, whole[:i]), k, ((), whole[i + n :]))
        for s in dict.fromkeys(rest):
            if not self._reader.is_matrix(s[0]):
                continue
            for turned in self._reader.turns(s):
                if turned[:n] == word if word else self._reader.shape(turned[0])[0] == shape[0]:
                    yield CofactorPlace(UNIT, k, ((), turned[n:]), (_without(rest, s), whole))

    def fewest(self, start: Cofactors) -> Cofactors:
        """Return the fewest cofactors found that add up to the same goal as those of ``start``."""
        goal: Terms = {}
        for coefficient, place in start:
            for m, c in self.expand(place)[0].items():
                goal[m] = goal.get(m, Fraction(0)) + coefficient * c
        goal = {m: c for m, c in goal.items() if c}
        best = start
        for rounds in range(ROUNDS):
            candidates = self.candidates([place for _, place in best], rounds)
            try:
                found = _few(goal, candidates, self.deadline)
            except OverflowError:  # a coefficient is beyond floating numbers
                break
            if found and len(found) < len(best):
                best = found
            if self.over():
                break
        return best

    def certificate(self, cofactors: Cofactors, keep_hypotheses: bool) -> dict[str, Any]:
        """Write a certificate with these cofactors, and with all hypotheses or only those that the cofactors use."""
        count = len(self._data["hypotheses"])
        used = sorted({place.hypothesis % count for _, place in cofactors})
        kept = list(range(count)) if keep_hypotheses else used
        written = []
        for coefficient, (left, k, right, outer) in cofactors:
            number = kept.index(k % count) + len(kept) * (k >= count)
            beside = [] if outer is None else [self._items(outer)]
            written.append([str(coefficient), self._items(left), number, self._items(right), *beside])
        shorter = {**self._data, "hypotheses": [self._data["hypotheses"][k] for k in kept], "cofactors": written}
        reasons = self._data.get("reasons")
        if isinstance(reasons, list) and len(reasons) == count:
            shorter["reasons"] = [reasons[k] for k in kept]
        return shorter

    def _items(self, monomial: Monomial) -> list[Any]:
        """Return scalars and a product as certificates write them."""
        item, scalars, word = self._reader.item, *monomial
        beside = [{"tr": [item(a) for a in s]} if self._reader.is_matrix(s[0]) else item(s[0]) for s in scalars]
        return beside + [item(a) for a in word]


def _few(goal: Terms, candidates: dict[CofactorPlace, Terms], deadline: float) -> Cofactors | None:
    """Write a goal as a combination of few candidates."""
    seconds = deadline - process_time()
    if seconds <= 0 or not candidates:
        return None
    places, expansions = list(candidates), list(candidates.values())
    size = _sparse_solution(goal, expansions, seconds)
    if size is None:
        return None
    used = [k for k in range(len(places)) if abs(size[k]) > 1e-6]
    return _exactly(goal, [(places[k], expansions[k]) for k in used])


def _sparse_solution(goal: Terms, expansions: list[Terms], seconds: float) -> Any:
    """Return floating multiples of expansions that add up to a goal, with a small sum of their absolute values."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csc_array, hstack

    rows = {m: i for i, m in enumerate(sorted({m for terms in expansions for m in terms}))}
    entries = [(float(c), rows[m], j) for j, terms in enumerate(expansions) for m, c in terms.items()]
    values, i, j = zip(*entries, strict=True)
    table = csc_array((values, (i, j)), shape=(len(rows), len(expansions)))
    right = np.zeros(len(rows))
    for m, c in goal.items():
        right[rows[m]] = float(c)
    cost = [1 + sum(map(letter_count, terms)) / 1000 for terms in expansions]  # of two that are as few, the shorter
    found = linprog(
        [*cost, *cost], A_eq=hstack([table, -table]), b_eq=right, method="highs-ds", options={"time_limit": seconds}
    )
    return None if found.x is None else found.x[: len(expansions)] - found.x[len(expansions) :]


def _exactly(goal: Terms, used: list[tuple[CofactorPlace, Terms]]) -> Cofactors | None:
    """Solve for the coefficients of some candidates."""
    columns = [*(terms for _, terms in used), goal]
    rows = sorted({m for terms in columns for m in terms})
    numbers = [terms.get(m, Fraction(0)) for m in rows for terms in columns]
    table = fmpq_mat(len(rows), len(columns), [fmpq(x.numerator, x.denominator) for x in numbers])
    reduced, rank = table.rref()
    cofactors = []
    for row in range(rank):
        pivot = next(k for k in range(len(columns)) if reduced[row, k] != 0)
        if pivot == len(used):
            return None
        coefficient = reduced[row, len(used)]
        if coefficient != 0:
            cofactors.append((Fraction(int(coefficient.p), int(coefficient.q)), used[pivot][0]))
    return cofactors


def _without(scalars: tuple[Word, ...], scalar: Word) -> tuple[Word, ...]:
    i = scalars.index(scalar)
    return scalars[:i] + scalars[i + 1 :]
