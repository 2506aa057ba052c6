"""Completion: which polynomials follow from hypotheses, and by which combination of them.

This is Buchberger's algorithm for typed words (Bergman, 1978; Mora, 1986), the Knuth-Bendix completion of the rules
that rewrite leading terms. Where two leading words overlap, they rewrite the overlap in two ways; the difference, the
S-polynomial of this critical pair, joins the basis unless the basis rewrites it to 0.

Cofactors are not carried along: each element
remembers the one step that made it, and only for the goal is this unfolded into a combination of the hypotheses.
Scalars and traces are rewritten too; for these the search is sound, but not complete.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tptheory.proving.letters import Size
from tptheory.proving.limits import Budget, Limits, Statistics
from tptheory.proving.rewriting import NO_COFACTORS, Basis, Cofactors, Combination, Element, without
from tptheory.proving.traces import Traces
from tptheory.proving.unfolding import Membership, Unfolding
from tptheory.proving.words import Alphabet, Polynomial, Terms, divide


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
        self._budget = Budget(self.limits)
        self._basis = Basis(self.alphabet, self._budget)
        self._queue: list[tuple[int, int, int, int, int]] = []
        self._heads: dict[str, list[int]] = {}
        self._tails: dict[str, list[int]] = {}
        self._traces = Traces(self._basis, self._insert)
        self._basis.elements += [Element(p.rows, p.columns, (), "", [], [], active=False) for p in self.hypotheses]
        key = self._basis.keys.__getitem__
        leads = [max(map(key, p.terms), default=(0, 0, "", (), 0, ())) for p in self.hypotheses]
        for k in sorted(range(len(leads)), key=leads.__getitem__):
            p = self.hypotheses[k]
            self._insert(dict(p.terms), p.rows, p.columns, [(1, NO_COFACTORS, k)])
            if self._is_exhausted():
                break

    def prove(self, goal: Polynomial, whole: bool = False) -> Membership | None:
        """Return the goal as a combination of hypotheses, or None when the limits are reached or nothing is left.

        Args:
            goal: the polynomial.
            whole: whether to write the combination out without lemmas, however long it is.
        """
        self._budget.allow()
        rest, origin = self._basis.reduce(goal.terms, goal.rows)
        rotated = self._traces.close_under_rotation
        while rest and (rotated(rest) or self._grow() or rotated(rest, again=True)):
            if any(self._basis.rewrite(monomial, goal.rows) for monomial in rest):
                rest, more = self._basis.reduce(rest, goal.rows)
                origin += more
        proof = None if rest else self._unfolded(origin, whole)
        self._note_what_stopped()
        self.statistics.elements = len(self._basis.active)
        self.remainder = goal.with_terms(rest)
        return proof

    def proves(self, *goals: Polynomial) -> bool:
        """Whether each goal is found to be a combination of the hypotheses."""
        return all(self.prove(goal) is not None for goal in goals)

    def _unfolded(self, origin: Combination, whole: bool) -> Membership | None:
        self._budget.allow()
        return Unfolding(self._basis, len(self.hypotheses)).membership(origin, whole)

    def grow(self, elements: int) -> None:
        """Process overlaps until the basis has so many active elements, no overlap is left, or a limit is reached."""
        self._budget.allow()
        while len(self._basis.active) < elements and self._grow():
            pass
        self._note_what_stopped()

    def _note_what_stopped(self) -> None:
        """Note what stopped the last call; what stopped one before it stands until then."""
        self.statistics.stopped = self._budget.stopped or self.statistics.stopped

    def consequences(self) -> list[Polynomial]:
        """Return the elements of the basis, the shortest first: polynomials that vanish where the hypotheses do."""
        found = [self._basis.polynomial(i) for i in self._basis.active]
        return sorted(found, key=lambda p: (len(p.terms), max(len(word) for _, word in p.terms)))

    def reduce(self, p: Polynomial) -> tuple[Polynomial, Combination]:
        """Rewrite a polynomial as far as the basis as it is allows; return what is left, and what was subtracted.

        If the time is up, what is left may still be reducible.
        """
        self._budget.allow()
        rest, origin = self._basis.reduce(p.terms, p.rows)
        self._note_what_stopped()
        return p.with_terms(rest), origin

    def rewritten(self, p: Polynomial) -> Polynomial:
        """Return what the basis as it is makes of a polynomial."""
        return self.reduce(p)[0]

    def vanishes(self, p: Polynomial) -> bool:
        """Whether the basis as it is rewrites a polynomial to 0."""
        return not self.rewritten(p)

    def rewrites(self, p: Polynomial) -> bool:
        """Whether the basis as it is rewrites a term of a polynomial."""
        return any(self._basis.rewrite(monomial, p.rows) for monomial in p.terms)

    def _grow(self) -> bool:
        """Process overlaps until the basis has one more element; False if no overlap is left or a limit is reached."""
        basis, queue = self._basis, self._queue
        elements = basis.elements
        if not self._budget.stopped and self._budget.late:
            self._budget.stopped = "time"
        while queue:
            length, _, i, j, k = queue[0]
            if self._at_limit(length):
                return False
            heapq.heappop(queue)
            self._budget.work -= 1
            a, b = elements[i], elements[j]
            if not (a.active and b.active) or (k > 0 and self._is_redundant(a.word + b.word[k:])):
                continue
            self.statistics.overlaps += 1
            self.statistics.longest = max(self.statistics.longest, length)
            new = self._s_polynomial(a, b, i, j, k) if k >= 0 else self._extension(a, i, basis.of_size_one[-1 - k])
            if self._insert(*new):
                return True
        return False

    def _at_limit(self, length: int) -> bool:
        """Whether a limit ends the search at an overlap of this length, the shortest left; the statistics say which."""
        if self._is_exhausted():
            return True
        elements, terms = len(self._basis.elements), self._basis.terms + len(self._queue)
        if length > self.limits.length:
            self.statistics.stopped = "length"
        elif elements > self.limits.elements or terms > self.limits.terms:
            self.statistics.stopped = "elements"
        else:
            return False
        return True

    def _is_redundant(self, word: str) -> bool:
        """Whether a leading word stands strictly inside an overlap, which then splits into two shorter ones.

        The consequence of the overlap follows from those of the two, and both are shorter, so that the argument ends
        (Mora, 1994). It does not hold where sizes 1 break words into scalars.
        """
        return not self._basis.of_size_one and self._basis.rewrite(((), word[1:-1])) is not None

    def _extension(self, e: Element, i: int, letter: str) -> tuple[Terms, Size, Size, Combination]:
        """Multiply an element by a row from the left or a column from the right: scalars then come out of its words."""
        rows, _ = self.alphabet.shapes[letter] or (None, None)
        place = Cofactors((), letter, "") if rows == 1 else Cofactors((), "", letter)
        terms: Terms = {}
        for monomial, c in [((e.scalars, e.word), 1), *e.tail]:
            new, number = self._basis.placed(place, monomial, e.rows)
            terms[new] = terms.get(new, 0) + c * number
        return terms, *((1, e.columns) if rows == 1 else (e.rows, 1)), [(1, place, i)]

    def _s_polynomial(self, a: Element, b: Element, i: int, j: int, k: int) -> tuple[Terms, Size, Size, Combination]:
        """Return the S-polynomial of two elements: their overlap rewritten by ``b``, less that by ``a``."""
        more, less = _without_common(b.scalars, a.scalars)
        first, second = Cofactors(more, "", b.word[k:]), Cofactors(less, a.word[: len(a.word) - k], "")
        terms: Terms = {}
        for element, place, sign in ((a, first, 1), (b, second, -1)):
            for monomial, c in element.tail:
                new, number = self._basis.placed(place, monomial, element.rows)
                terms[new] = terms.get(new, 0) + sign * c * number
        rows, columns = (a.rows, b.columns) if a.rows != 1 or a.word else (b.rows, b.columns)
        if not b.word and b.rows == 1:
            rows, columns = a.rows, a.columns
        return terms, rows, columns, [(1, first, i), (-1, second, j)]

    def _insert(self, terms: Terms, rows: Size, columns: Size, origin: Combination) -> bool:
        """Reduce a consequence and add what is left; False if nothing is left."""
        basis = self._basis
        pending = [(terms, rows, columns, origin)]
        grown = False
        while pending:
            terms, rows, columns, origin = pending.pop()
            rest, steps = basis.reduce(terms, rows)
            if self._is_exhausted():
                return grown
            if not rest:
                continue
            grown = True
            lead = max(rest, key=basis.keys.__getitem__)
            scale = rest.pop(lead)
            tail = [(m, divide(c, scale)) for m, c in rest.items()]
            made = [(divide(c, scale), place, i) for c, place, i in origin]
            made += [(divide(-c, scale), place, i) for c, place, i in steps]
            for i in basis.divided(lead):
                old = basis.retire(i)
                whole: Terms = {(old.scalars, old.word): 1, **dict(old.tail)}
                pending.append((whole, old.rows, old.columns, [(1, NO_COFACTORS, i)]))
            self._queue_overlaps(basis.add(Element(rows, columns, *lead, tail, made)))
        return grown

    def _queue_overlaps(self, new: int) -> None:
        """Queue the overlaps of a new element with every active one, shortest first."""
        self._queue_rows_and_columns(new)
        if self._queue_words(new):
            self._queue_scalars(new)

    def _queue_rows_and_columns(self, new: int) -> None:
        """Queue the products of an element with those rows and columns that turn parts of its words into scalars."""
        e, shapes = self._basis.elements[new], self.alphabet.shapes
        if not self._basis.of_size_one or all((shapes[a] or (None,))[0] != 1 for a in e.word[1:]):
            return
        for number, letter in enumerate(self._basis.of_size_one):
            rows, columns = shapes[letter] or (None, None)
            if (rows == 1 and columns == e.rows) or (columns == 1 and rows == e.columns):
                heapq.heappush(self._queue, (len(e.word) + len(e.scalars) + 1, new, new, new, -1 - number))

    def _queue_words(self, new: int) -> bool:
        """Queue the overlaps of an element's word with the words of others, at either end; False if the time is up."""
        elements = self._basis.elements
        word = elements[new].word
        for k in range(1, len(word)):
            self._heads.setdefault(word[:k], []).append(new)
            self._tails.setdefault(word[-k:], []).append(new)
        for k in range(1, len(word)):
            for i in self._heads.get(word[-k:], ()):
                if elements[i].active:
                    self._push(new, i, k)
            for i in self._tails.get(word[:k], ()):
                if elements[i].active and i != new:
                    self._push(i, new, k)
            if self._is_exhausted():
                return False
        return True

    def _queue_scalars(self, new: int) -> None:
        """Queue the elements that share a scalar with the new one, if one of the two has no word to overlap with."""
        elements = self._basis.elements
        e = elements[new]
        if not e.scalars:
            return
        for i in self._basis.wordless if e.word else self._basis.active:
            if i != new and set(elements[i].scalars) & set(e.scalars) and _may_multiply(elements[i], e):
                self._push(i, new, 0)

    def _is_exhausted(self) -> bool:
        """Whether the time is up, or the basis and its overlaps have grown too large."""
        budget = self._budget
        return bool(budget.stopped) or (budget.work < 0 and budget.exceeded(self._basis.terms + len(self._queue)))

    def _push(self, i: int, j: int, k: int) -> None:
        a, b = self._basis.elements[i], self._basis.elements[j]
        length = len(a.word) + len(b.word) - k + len(a.scalars) + len(b.scalars)
        self._budget.work -= 1
        heapq.heappush(self._queue, (length, max(i, j), i, j, k))


def _without_common(more: tuple[str, ...], less: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return two products of scalars without their common factors."""
    if not more or not less:
        return more, less
    common = tuple((Counter(more) & Counter(less)).elements())
    return without(more, common) or (), without(less, common) or ()


def _may_multiply(a: Element, b: Element) -> bool:
    """Whether the sizes admit the product ``a b`` of two elements, at least one a multiple of an identity."""
    scalars = (not a.word and a.rows == 1) or (not b.word and b.rows == 1)
    return scalars or a.columns == b.rows
