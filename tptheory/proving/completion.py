"""Completion: which polynomials follow from hypotheses, and by which combination of them.

Buchberger's algorithm for typed words (Bergman, 1978; Mora, 1986). Cofactors are not carried along: each element
remembers the one step that made it, and the combination of hypotheses is unfolded once, for the goal alone.
Scalars and traces are rewritten too; there the search is sound and makes no claim to be complete.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

from tptheory.proving.words import Alphabet, Monomial, Polynomial, Rational, Terms, divide, order


class Place(NamedTuple):
    """Where a polynomial ``h`` stands: ``scalars * left h right``, or ``scalars * outer * tr(left h right)``."""

    scalars: tuple[str, ...]
    left: str
    right: str
    outer: str | None = None


AT_LEAST = 1000
"""How many rewriting steps are taken before the clock is looked at."""

HERE = Place((), "", "")
Origin = list[tuple[Rational, Place, int]]


@dataclass(slots=True)
class Element:
    """A polynomial with leading coefficient 1, ready for rewriting ``lead -> -tail``."""

    rows: str
    columns: str
    scalars: tuple[str, ...]
    word: str
    tail: list[tuple[Monomial, Rational]]
    origin: Origin
    active: bool = True


@dataclass(frozen=True)
class Limits:
    """When to stop: seconds, length of an overlap, number of elements."""

    seconds: float = 10.0
    length: int = 40
    elements: int = 4000


@dataclass
class Statistics:
    """What a completion did."""

    elements: int = 0
    overlaps: int = 0
    seconds: float = 0.0
    stopped: str = ""
    longest: int = 0


@dataclass
class Completion:
    """A growing basis of the consequences of hypotheses.

    Args:
        alphabet: the letters of the hypotheses and of every goal.
        hypotheses: polynomials that are zero, closed under transposition.
        limits: when to stop.
    """

    alphabet: Alphabet
    hypotheses: Sequence[Polynomial]
    limits: Limits = field(default_factory=Limits)
    statistics: Statistics = field(default_factory=Statistics)

    def __post_init__(self) -> None:
        """Seed the basis with the hypotheses, shortest first."""
        self._started = perf_counter()
        self._active: list[int] = []
        self._queue: list[tuple[int, int, int, int, int]] = []
        self._thin = [a for a, shape in self.alphabet.shapes.items() if shape and "1" in shape]
        self._elements = [Element(p.rows, p.columns, (), "", [], [], active=False) for p in self.hypotheses]
        leads = [max(map(order, p.terms), default=(0, 0, "", (), 0, ())) for p in self.hypotheses]
        for k in sorted(range(len(leads)), key=leads.__getitem__):
            p = self.hypotheses[k]
            self._insert(dict(p.terms), p.rows, p.columns, [(1, HERE, k)])

    def prove(self, goal: Polynomial) -> Origin | None:
        """Return the goal as a combination of hypotheses, or None when the limits are reached or nothing is left.

        Each entry is (coefficient, place, index of the hypothesis).
        """
        rest, origin = self.reduce(goal.terms)
        while rest and self._grow():
            if any(self._rewrite(monomial) for monomial in rest):
                rest, more = self.reduce(rest)
                origin += more
        self.statistics.seconds = perf_counter() - self._started
        self.statistics.elements = len(self._active)
        self.remainder = Polynomial(self.alphabet, goal.rows, goal.columns, rest)
        return None if rest else self._unfold(origin)

    def reduce(self, terms: Terms) -> tuple[Terms, Origin]:
        """Rewrite as far as the basis and the time go; return what is left, and what was subtracted.

        Traces can turn in a circle, because their order is none of products: the time ends that too.
        """
        todo = dict(terms)
        done: Terms = {}
        origin: Origin = []
        while todo:
            if len(origin) > AT_LEAST and perf_counter() - self._started > self.limits.seconds:
                self.statistics.stopped = "time"
                return {m: c for m, c in (*done.items(), *todo.items()) if c}, origin
            monomial = max(todo, key=order) if len(todo) > 1 else next(iter(todo))
            coefficient = todo.pop(monomial)
            if not coefficient:
                continue
            found = self._rewrite(monomial)
            if found is None:
                done[monomial] = coefficient
                continue
            place, index = found
            origin.append((coefficient, place, index))
            for other, c in self._elements[index].tail:
                new, number = self._put(place, other, self._elements[index].rows)
                todo[new] = todo.get(new, 0) - coefficient * c * number
        return done, origin

    def _rewrite(self, monomial: Monomial) -> tuple[Place, int] | None:
        """Find a leading term inside a monomial."""
        scalars, word = monomial
        elements = self._elements
        for i in self._active:
            e = elements[i]
            if e.scalars:
                rest = without(scalars, e.scalars)
                if rest is None:
                    continue
                if not e.word:
                    return Place(rest, word, ""), i
            else:
                rest = scalars
            at = word.find(e.word)
            if at >= 0:
                return Place(rest, word[:at], word[at + len(e.word) :]), i
            for j, cycle in enumerate(rest):
                if len(e.word) <= len(cycle):
                    at = (cycle + cycle).find(e.word)
                    if at >= 0 and self._shrinks(e, cycle, at, (rest[:j] + rest[j + 1 :], word)):
                        around = (cycle + cycle)[at + len(e.word) : at + len(cycle)]
                        return Place(rest[:j] + rest[j + 1 :], "", around, word), i
        return None

    def _shrinks(self, e: Element, cycle: str, at: int, around: Monomial) -> bool:
        """Whether rewriting inside a trace makes it smaller; a trace that turns could run in a circle."""
        right = (cycle + cycle)[at + len(e.word) : at + len(cycle)]
        place = Place((), "", right, "")
        old = order(((cycle,), ""))
        return all(order(self._put(place, m, e.rows)[0]) < old for m, _ in e.tail)

    def _put(self, place: Place, monomial: Monomial, size: str) -> tuple[Monomial, int]:
        """Put a monomial in its place; a number comes out where a trace of an identity is one."""
        scalars = place.scalars + monomial[0] if place.scalars and monomial[0] else place.scalars or monomial[0]
        word = place.left + monomial[1] + place.right
        if place.outer is not None:
            (scalars, _), number = self.alphabet.traced(scalars, word, size)
            return (scalars, place.outer), number
        return self.alphabet.monomial(tuple(sorted(scalars)) if len(scalars) > 1 else scalars, word), 1

    def _grow(self) -> bool:
        """Work off overlaps until the basis has one element more; False when none is left or a limit is reached."""
        while self._queue:
            if perf_counter() - self._started > self.limits.seconds:
                self.statistics.stopped = "time"
                return False
            length, _, i, j, k = heapq.heappop(self._queue)
            if length > self.limits.length:
                self.statistics.stopped = "length"
                return False
            if len(self._elements) > self.limits.elements:
                self.statistics.stopped = "elements"
                return False
            a, b = self._elements[i], self._elements[j]
            if not (a.active and b.active):
                continue
            self.statistics.overlaps += 1
            self.statistics.longest = max(self.statistics.longest, length)
            if self._insert(*(self._overlap(a, b, i, j, k) if k >= 0 else self._extension(a, i, self._thin[-1 - k]))):
                return True
        return False

    def _extension(self, e: Element, i: int, letter: str) -> tuple[Terms, str, str, Origin]:
        """Multiply an element by a row from the left, or by a column from the right: scalars come out of its words."""
        rows, _ = self.alphabet.shapes[letter] or ("", "")
        place = Place((), letter, "") if rows == "1" else Place((), "", letter)
        terms: Terms = {}
        for monomial, c in [((e.scalars, e.word), 1), *e.tail]:
            new, number = self._put(place, monomial, e.rows)
            terms[new] = terms.get(new, 0) + c * number
        return terms, *(("1", e.columns) if rows == "1" else (e.rows, "1")), [(1, place, i)]

    def _overlap(self, a: Element, b: Element, i: int, j: int, k: int) -> tuple[Terms, str, str, Origin]:
        """Return the difference of the two ways to rewrite a word that ends as ``a`` and begins as ``b``."""
        common = tuple(s for s in a.scalars if s in b.scalars)
        first = Place(without(b.scalars, common) or (), "", b.word[k:])
        second = Place(without(a.scalars, common) or (), a.word[: len(a.word) - k], "")
        terms: Terms = {}
        for element, place, sign in ((a, first, 1), (b, second, -1)):
            for monomial, c in element.tail:
                new, number = self._put(place, monomial, element.rows)
                terms[new] = terms.get(new, 0) + sign * c * number
        rows = a.rows if a.word or not b.word else b.rows
        columns = b.columns if b.word or not a.word else a.columns
        return terms, rows, columns, [(1, first, i), (-1, second, j)]

    def _insert(self, terms: Terms, rows: str, columns: str, origin: Origin) -> bool:
        """Reduce a consequence and add what is left; False if nothing is left."""
        pending = [(terms, rows, columns, origin)]
        grown = False
        while pending:
            terms, rows, columns, origin = pending.pop()
            rest, steps = self.reduce(terms)
            if not rest:
                continue
            grown = True
            lead = max(rest, key=order)
            scale = rest.pop(lead)
            tail = [(m, divide(c, scale)) for m, c in rest.items()]
            made = [(divide(c, scale), place, i) for c, place, i in origin]
            made += [(divide(-c, scale), place, i) for c, place, i in steps]
            new = len(self._elements)
            self._elements.append(Element(rows, columns, *lead, tail, made))
            for i in [i for i in self._active if self._divides(lead, i)]:
                old = self._elements[i]
                old.active = False
                self._active.remove(i)
                whole: Terms = {(old.scalars, old.word): 1, **dict(old.tail)}
                pending.append((whole, old.rows, old.columns, [(1, HERE, i)]))
            self._active.append(new)
            self._meet(new)
        return grown

    def _divides(self, lead: Monomial, i: int) -> bool:
        """Whether a new leading term stands inside an older one, which it then replaces."""
        old = self._elements[i]
        if without(old.scalars, lead[0]) is None:
            return False
        return lead[1] in old.word and (bool(lead[1]) or bool(lead[0]))

    def _meet(self, new: int) -> None:
        """Queue the overlaps of a new element with every active one, shortest first."""
        e = self._elements[new]
        if any((self.alphabet.shapes[a] or ("",))[0] == "1" for a in e.word[1:]):
            for number, letter in enumerate(self._thin):
                rows, columns = self.alphabet.shapes[letter] or ("", "")
                if (rows == "1" and columns == e.rows) or (columns == "1" and rows == e.columns):
                    heapq.heappush(self._queue, (len(e.word) + len(e.scalars) + 1, new, new, new, -1 - number))
        for i in self._active:
            for a, b in {(i, new), (new, i)}:
                u, v = self._elements[a], self._elements[b]
                for k in range(1, min(len(u.word), len(v.word))):
                    if u.word.endswith(v.word[:k]):
                        self._push(a, b, k)
            u, v = self._elements[i], self._elements[new]
            if i != new and not (u.word and v.word) and set(u.scalars) & set(v.scalars):
                self._push(i, new, 0)

    def _push(self, i: int, j: int, k: int) -> None:
        a, b = self._elements[i], self._elements[j]
        length = len(a.word) + len(b.word) - k + len(a.scalars) + len(b.scalars)
        heapq.heappush(self._queue, (length, max(i, j), i, j, k))

    def _unfold(self, origin: Origin) -> Origin:
        """Write a combination of elements as one of hypotheses, latest element first."""
        waiting: dict[int, dict[Place, Rational]] = {}
        for c, place, i in origin:
            _collect(waiting.setdefault(i, {}), place, c)
        while (latest := max(waiting, default=-1)) >= len(self.hypotheses):
            for place, c in waiting.pop(latest).items():
                for d, inner, i in self._elements[latest].origin if c else ():
                    where, number = self._compose(place, inner, self._elements[i])
                    _collect(waiting.setdefault(i, {}), where, c * d * number)
        return [(c, place, i) for i in sorted(waiting) for place, c in waiting[i].items() if c]

    def _compose(self, place: Place, inner: Place, element: Element) -> tuple[Place, int]:
        """Return the place of what stands at ``inner`` inside what stands at ``place``."""
        scalars, left, right, outer = place
        scalars = tuple(sorted(scalars + inner.scalars))
        if inner.outer is None:
            return Place(scalars, left + inner.left, inner.right + right, outer), 1
        if outer is None:
            return Place(scalars, inner.left, inner.right, left + inner.outer + right), 1
        (scalars, _), number = self.alphabet.traced(scalars, left + inner.outer + right, element.rows)
        return Place(scalars, inner.left, inner.right, outer), number


def _collect(total: dict[Place, Rational], place: Place, coefficient: Rational) -> None:
    total[place] = total.get(place, 0) + coefficient


def without(scalars: tuple[str, ...], some: Iterable[str]) -> tuple[str, ...] | None:
    """Take scalars away, each once; return None if one is not there."""
    rest = list(scalars)
    for s in some:
        if s not in rest:
            return None
        rest.remove(s)
    return tuple(rest)
