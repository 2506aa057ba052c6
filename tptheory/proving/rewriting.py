"""Rewriting: the elements of a basis, and what is left of a polynomial when their leading terms are rewritten.

Every rewriting is recorded, so that what is left and what was subtracted always sum to the polynomial. A reduction
that ends early because its budget is used up is therefore incomplete, but not wrong.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tptheory.clock import require_time
from tptheory.proving.letters import Size
from tptheory.proving.limits import Budget
from tptheory.proving.term_order import Key, Monomial, order
from tptheory.proving.words import Alphabet, Polynomial, Rational, Terms


class Cofactors(NamedTuple):
    """Where a polynomial ``h`` stands: ``scalars * left h right``, or ``scalars * outer * tr(left h right)``."""

    scalars: tuple[str, ...]
    left: str
    right: str
    outer: str | None = None


NO_COFACTORS = Cofactors((), "", "")
Combination = list[tuple[Rational, Cofactors, int]]


@dataclass(slots=True)
class Element:
    """A polynomial with leading coefficient 1, ready for rewriting ``lead -> -tail``."""

    rows: Size
    columns: Size
    scalars: tuple[str, ...]
    word: str
    tail: list[tuple[Monomial, Rational]]
    origin: Combination
    active: bool = True


class Keys(dict[Monomial, Key]):
    """The sort key of each monomial, worked out once."""

    def __missing__(self, monomial: Monomial) -> Key:
        """Work the key out, if there is time: a long sum has its terms sorted before any of them is rewritten."""
        require_time()
        key = self[monomial] = order(monomial)
        return key


class Basis:
    """The elements of a basis, by number; only active elements are used to rewrite.

    Attributes:
        elements: all elements, in the order in which they were made.
        active: the numbers of those that rewrite.
        terms: how many terms all elements and their cofactors have.
        keys: the sort key of each monomial.
        of_size_one: the letters with one row or one column.
        wordless: the numbers of the active elements whose leading monomial is a product of scalars.

    Args:
        alphabet: the letters of every polynomial.
        budget: the time and terms that a reduction may use; when they are used up, it ends with what it has.
    """

    REMEMBERED = 200_000
    """How many sort keys and found rewritings are cached at once."""

    def __init__(self, alphabet: Alphabet, budget: Budget) -> None:
        self.alphabet, self.budget = alphabet, budget
        self.elements: list[Element] = []
        self.active: list[int] = []
        self.terms = 0
        self.keys = Keys()
        self.of_size_one = [a for a, shape in alphabet.shapes.items() if shape and 1 in shape]
        self.wordless: list[int] = []
        self._leads: dict[str, int] = {}
        self._lengths: list[int] = []
        self._found: dict[str, tuple[Cofactors, int]] = {}
        self._compared: dict[str, int] = {}

    def add(self, element: Element) -> int:
        """Make an element active, and return its number."""
        number = len(self.elements)
        self.elements.append(element)
        self.active.append(number)
        self.terms += 1 + len(element.tail) + len(element.origin)
        if not element.word:
            self.wordless.append(number)
        elif not element.scalars:
            self._leads[element.word] = number
            if len(element.word) not in self._lengths:
                insort(self._lengths, len(element.word))
        return number

    def polynomial(self, number: int) -> Polynomial:
        """Return an element as a polynomial."""
        e = self.elements[number]
        return Polynomial(self.alphabet, e.rows, e.columns, {(e.scalars, e.word): 1, **dict(e.tail)})

    def retire(self, number: int) -> Element:
        """Make an element inactive, and return it."""
        element = self.elements[number]
        element.active = False
        self.active.remove(number)
        if not element.word:
            self.wordless.remove(number)
        elif not element.scalars:
            del self._leads[element.word]
        return element

    def divided(self, lead: Monomial) -> list[int]:
        """Return the active elements whose leading term contains ``lead``, and can be rewritten by it."""
        scalars, word = lead
        elements = self.elements
        self.budget.work -= len(self.active)
        if scalars:
            return [
                i for i in self.active if word in elements[i].word and without(elements[i].scalars, scalars) is not None
            ]
        return [i for i in self.active if _contains(elements[i], word)] if word else []

    def reduce(self, terms: Terms, size: Size | None = None) -> tuple[Terms, Combination]:
        """Rewrite terms as far as possible, the greatest monomial first; return what is left, and what was subtracted.

        A multiple of an identity rewrites an empty word only where its ``size`` is known to be the same.
        """
        keys, elements, budget = self.keys, self.elements, self.budget
        if len(keys) + len(self._found) > self.REMEMBERED:
            keys.clear()
            self._found.clear()
            self._compared.clear()
        todo = dict(terms)
        done: Terms = {}
        waiting = sorted(map(keys.__getitem__, todo))
        origin: Combination = []
        while waiting:
            key = waiting.pop()
            monomial = (key[5], key[2])
            coefficient = todo.pop(monomial)
            if not coefficient:
                continue
            found = None if budget.stopped else self.rewrite(monomial, size)
            if budget.work < 0:
                budget.exceeded(len(todo) + len(done) + len(origin))
            if found is None:
                done[monomial] = done.get(monomial, 0) + coefficient
                continue
            place, number = found
            origin.append((coefficient, place, number))
            for new, c in self._placed_tail(elements[number], place):
                if new in todo:
                    todo[new] -= coefficient * c
                else:
                    todo[new] = -coefficient * c
                    insort(waiting, keys[new])
        return {m: c for m, c in done.items() if c}, origin

    def _placed_tail(self, element: Element, place: Cofactors) -> list[tuple[Monomial, Rational]]:
        """Return the tail of an element at a place: minus the terms that replace its leading term there."""
        self.budget.work -= 1 + len(element.tail)
        scalars, left, right, outer = place
        if not self.of_size_one and not scalars and outer is None:
            return [((other[0], left + other[1] + right), c) for other, c in element.tail]
        placed = [(self.placed(place, other, element.rows), c) for other, c in element.tail]
        return [(new, c * factor) for (new, factor), c in placed]

    def rewrite(self, monomial: Monomial, size: Size | None = None) -> tuple[Cofactors, int] | None:
        """Find the oldest active element whose leading term stands inside a monomial; return its place and number."""
        scalars, word = monomial
        if scalars or self.wordless:
            return self._rewrite_with_scalars(scalars, word, size)
        found = self._found.get(word)
        if found is None or not self.elements[found[1]].active:
            since = self._compared.get(word, 0) if found is None else 0
            if since == len(self.elements):
                return None
            found = self._search(word, since)
            if found is None:
                self._found.pop(word, None)
                self._compared[word] = len(self.elements)
            else:
                self._found[word] = found
        return found

    def _search(self, word: str, since: int) -> tuple[Cofactors, int] | None:
        """Find a leading word inside a word: try the elements from number ``since`` on, or look up every subword."""
        elements, oldest, end = self.elements, len(self.elements), 0
        parts = len(word) * len(self._lengths)
        if oldest - since < parts:
            self.budget.work -= (oldest - since) // 8
            for i in range(since, oldest):
                e = elements[i]
                if e.active and e.word in word and not e.scalars:
                    oldest, end = i, word.find(e.word) + len(e.word)
                    break
        else:
            self.budget.work -= parts // 8
            for length in self._lengths:
                for at in range(len(word) - length + 1):
                    i = self._leads.get(word[at : at + length], oldest)
                    if i < oldest:
                        oldest, end = i, at + length
        if oldest == len(elements):
            return None
        return Cofactors((), word[: end - len(elements[oldest].word)], word[end:]), oldest

    def _rewrite_with_scalars(
        self, scalars: tuple[str, ...], word: str, size: Size | None
    ) -> tuple[Cofactors, int] | None:
        """Find a leading term where it may share scalars, or stand inside a trace."""
        self.budget.work -= len(self.active) * (1 + len(scalars)) // 4
        elements = self.elements
        anywhere = "".join([word, *(cycle + cycle for cycle in scalars)])
        for i in self.active:
            e = elements[i]
            if e.word not in anywhere:
                continue
            rest = without(scalars, e.scalars) if e.scalars else scalars
            if rest is None:
                continue
            if not e.word:
                if (place := self._in_a_gap(e, rest, word, size)) is not None:
                    return place, i
                continue
            at = word.find(e.word)
            if at >= 0:
                return Cofactors(rest, word[:at], word[at + len(e.word) :]), i
            place = self._in_a_trace(e, rest, (scalars, word))
            if place is not None:
                return place, i
        return None

    def _in_a_trace(self, e: Element, scalars: tuple[str, ...], old: Monomial) -> Cofactors | None:
        """Return where the leading word of an element stands in a trace among scalars, if the whole term shrinks."""
        for j, cycle in enumerate(scalars):
            if len(e.word) > len(cycle):
                continue
            twice = cycle + cycle
            at = twice.find(e.word)
            if at >= 0:
                around = twice[at + len(e.word) : at + len(cycle)]
                place = Cofactors(scalars[:j] + scalars[j + 1 :], "", around, old[1])
                if self._shrinks(e, place, old):
                    return place
        return None

    def _in_a_gap(self, e: Element, rest: tuple[str, ...], word: str, own: Size | None) -> Cofactors | None:
        """Return where an element that is led by an identity fits into a word; None if it does nowhere.

        One of size 1 is a scalar, which fits the end; but where words are not cut at a size 1, a word of shape 1x1 that
        the element has beside its leading term fits there only if the size is 1. Where an identity of another size is
        rewritten, the place is marked as a matrix (``outer=""``), for its trace is that size and not 1.
        """
        size = e.rows
        if size == 1 and (self.alphabet.cuts or not any(inside for (_, inside), _ in e.tail)):
            return Cofactors(rest, word, "", None if word or own in (None, 1) else "")
        shapes = [self.alphabet.shapes[letter] or (None, None) for letter in word]
        sizes = [rows for rows, _ in shapes] + [shapes[-1][1] if shapes else own]
        if size not in sizes:
            return None
        at = sizes.index(size)
        return Cofactors(rest, word[:at], word[at:])

    def _shrinks(self, e: Element, place: Cofactors, old: Monomial) -> bool:
        """Whether rewriting inside a trace makes the whole term smaller; otherwise it could go round in a circle."""
        return all(self.keys[self.placed(place, m, e.rows)[0]] < self.keys[old] for m, _ in e.tail)

    def placed(self, place: Cofactors, monomial: Monomial, size: Size) -> tuple[Monomial, int]:
        """Return a monomial multiplied into a place, and a numeric factor: that of the trace of an identity, or 1."""
        around, left, right, outer = place
        inside, word = monomial
        scalars = tuple(sorted(around + inside)) if around and inside else around or inside
        word = left + word + right
        if outer is not None:
            (scalars, _), number = self.alphabet.traced(scalars, word, size)
            return (scalars, outer), number
        return self.alphabet.monomial(scalars, word) if self.of_size_one else (scalars, word), 1


def _contains(e: Element, word: str) -> bool:
    """Whether the leading term of an element contains a word, in its own word or in a trace."""
    return word in e.word or any(len(word) <= len(s) and word in s + s for s in e.scalars)


def traced_cofactors(alphabet: Alphabet, place: Cofactors, size: Size) -> tuple[Cofactors, int]:
    """Return where a polynomial stands in the trace of what it stands in, and a numeric factor, which is mostly 1."""
    scalars, left, right, outer = place
    if outer is None:
        return Cofactors(scalars, left, right, ""), 1
    (scalars, _), number = alphabet.traced(scalars, outer, size)
    return Cofactors(scalars, left, right, ""), number


def without(scalars: tuple[str, ...], some: Iterable[str]) -> tuple[str, ...] | None:
    """Return scalars with some of them removed, each once; None if one of those is missing."""
    rest = list(scalars)
    for s in some:
        if s not in rest:
            return None
        rest.remove(s)
    return tuple(rest)
