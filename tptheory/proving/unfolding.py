"""How a consequence follows from hypotheses: the steps that made it, written out as one combination, or with lemmas."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import NamedTuple

from tptheory.proving.rewriting import Basis, Cofactors, Combination, Element
from tptheory.proving.words import Polynomial, Rational

LONG_PROOF = 400
"""A combination with more entries than this is written with lemmas instead, if it is shorter that way."""
LONGEST_PROOF = 20_000
"""How many entries may be held while a combination is written out without lemmas."""
SHORT_PROOF = 4
"""A consequence that is a combination of fewer entries than this becomes no lemma."""


class Membership(NamedTuple):
    """How a polynomial follows from hypotheses.

    Attributes:
        origin: the combination: each entry is (coefficient, place, number of the hypothesis, or of a lemma after them).
        lemmas: polynomials with their own combinations of hypotheses and of the lemmas before.
    """

    origin: Combination
    lemmas: tuple[tuple[Polynomial, Combination], ...] = ()

    @property
    def cofactors(self) -> int:
        """How many entries all combinations have together."""
        return len(self.origin) + sum(len(origin) for _, origin in self.lemmas)


class Unfolding:
    """Write combinations of the elements of a basis as combinations of hypotheses.

    Args:
        basis: the elements, each of which remembers the one step that made it.
        hypotheses: how many of them, the first ones, are the hypotheses.
    """

    def __init__(self, basis: Basis, hypotheses: int) -> None:
        self.basis, self.hypotheses = basis, hypotheses

    def membership(self, origin: Combination, without_lemmas: bool = False) -> Membership | None:
        """Write a combination of elements as one of hypotheses; None if the budget is used up.

        Where it has too many entries that way, the elements that are used several times become lemmas.
        """
        whole = self._expanded(origin, {}, min(LONGEST_PROOF, self.basis.budget.limits.terms))
        if without_lemmas or (whole is not None and len(whole) <= LONG_PROOF):
            return None if whole is None else Membership(whole)
        found = self._with_lemmas(origin)
        if whole is not None and (found is None or len(whole) <= found.cofactors):
            return Membership(whole)
        return found

    def _with_lemmas(self, origin: Combination) -> Membership | None:
        """Write a combination of elements with those as lemmas that are shared; None if the budget is used up."""
        lemmas = self._shared(origin)
        numbers = {element: self.hypotheses + i for i, element in enumerate(lemmas)}
        shown: list[tuple[Polynomial, Combination]] = []
        for element in lemmas:
            made = self._expanded(self.basis.elements[element].origin, numbers)
            if made is None:
                return None
            shown.append((self.basis.polynomial(element), made))
        last = self._expanded(origin, numbers)
        return None if last is None else Membership(last, tuple(shown))

    def _shared(self, origin: Combination) -> list[int]:
        """Return the elements, oldest first, that a combination uses more than once and that are made in many steps."""
        elements, first = self.basis.elements, self.hypotheses
        uses: Counter[int] = Counter(i for _, _, i in origin)
        for number in range(len(elements) - 1, first - 1, -1):
            if uses[number]:
                uses.update(i for _, _, i in elements[number].origin)
        sizes: dict[int, int] = {}
        shared = []
        for number in sorted(k for k in uses if k >= first):
            sizes[number] = sum(sizes.get(i, 1) for _, _, i in elements[number].origin)
            if uses[number] > 1 and sizes[number] >= SHORT_PROOF:
                shared.append(number)
                sizes[number] = 1
        return shared

    def _expanded(self, origin: Combination, lemmas: dict[int, int], most: int | None = None) -> Combination | None:
        """Write a combination of elements as one of hypotheses and lemmas, newest element first.

        Args:
            origin: the combination.
            lemmas: the numbers of those elements that are lemmas, as the result names them.
            most: how many entries may be held at once; None for as many as the budget allows.
        """
        elements, budget = self.basis.elements, self.basis.budget
        waiting = _PartlyUnfolded(origin, self.hypotheses, lemmas)
        held = len(origin)
        while (number := waiting.latest()) is not None:
            element, places = elements[number], waiting.taken(number)
            made = element.origin
            held -= len(places)
            for place, c in places.items():
                if not c:
                    continue
                held += len(made)
                budget.work -= 1 + len(made)
                if (most is not None and held > most) or (budget.work < 0 and budget.exceeded(held)):
                    return None
                for d, inner, i in made:
                    where, factor = self._compose(place, inner, element)
                    waiting.add(i, where, c * d * factor)
        return waiting.origin()

    def _compose(self, place: Cofactors, inner: Cofactors, element: Element) -> tuple[Cofactors, int]:
        """Compose two places: return where a polynomial stands that is at ``inner`` inside an element at ``place``."""
        scalars, left, right, outer = place
        is_number = element.rows == element.columns == 1
        if not is_number and not scalars and not inner.scalars and outer is inner.outer is None:
            return Cofactors((), left + inner.left, inner.right + right), 1
        scalars = tuple(sorted(scalars + inner.scalars))
        if is_number and not self._joins(left, right):
            return self._beside(scalars, inner, left + right, outer)
        if inner.outer is None:
            return Cofactors(scalars, left + inner.left, inner.right + right, outer), 1
        if outer is None:
            return Cofactors(scalars, inner.left, inner.right, left + inner.outer + right), 1
        (scalars, _), factor = self.basis.alphabet.traced(scalars, left + inner.outer + right, element.rows)
        return Cofactors(scalars, inner.left, inner.right, outer), factor

    def _beside(
        self, scalars: tuple[str, ...], inner: Cofactors, word: str, outer: str | None
    ) -> tuple[Cofactors, int]:
        """Return where a polynomial stands in a number, its own trace, that multiplies a word, or a word's trace."""
        alphabet, factor = self.basis.alphabet, 1
        if inner.outer:
            (scalars, _), _ = alphabet.traced(scalars, inner.outer, 1)
        if outer is not None and word:
            (scalars, _), factor = alphabet.traced(scalars, word, 1)
        return Cofactors(scalars, inner.left, inner.right, word if outer is None else outer), factor

    def _joins(self, left: str, right: str) -> bool:
        """Whether what is of shape 1x1 may stand between two words as a matrix."""
        shapes = self.basis.alphabet.shapes
        before, after = shapes[left[-1]] if left else None, shapes[right[0]] if right else None
        return (before is None or before[1] == 1) and (after is None or after[0] == 1)


class _PartlyUnfolded:
    """A combination of elements, in which elements that are not hypotheses are replaced by what they were made of.

    Args:
        origin: the combination.
        hypotheses: how many hypotheses there are; their numbers come first.
        lemmas: the elements that are not replaced, each with the number that it gets.
    """

    def __init__(self, origin: Combination, hypotheses: int, lemmas: dict[int, int]) -> None:
        self._hypotheses, self._lemmas = hypotheses, lemmas
        self._places: dict[int, dict[Cofactors, Rational]] = {}
        self._shown: dict[int, dict[Cofactors, Rational]] = {}
        self._made: list[int] = []
        """The numbers, times -1, of the elements that are to be replaced: a heap with the newest one first."""
        for c, place, i in origin:
            self.add(i, place, c)

    def add(self, number: int, place: Cofactors, coefficient: Rational) -> None:
        """Add a multiple of an element."""
        if number in self._lemmas:
            places = self._shown.setdefault(self._lemmas[number], {})
        elif number < self._hypotheses:
            places = self._shown.setdefault(number, {})
        else:
            if number not in self._places:
                heapq.heappush(self._made, -number)
            places = self._places.setdefault(number, {})
        places[place] = places.get(place, 0) + coefficient

    def latest(self) -> int | None:
        """Return the number of the element that was made last; None if only hypotheses and lemmas are left."""
        return -self._made[0] if self._made else None

    def taken(self, number: int) -> dict[Cofactors, Rational]:
        """Take the newest element out of the combination, and return its places with their coefficients."""
        heapq.heappop(self._made)
        return self._places.pop(number)

    def origin(self) -> Combination:
        """Return the combination as a list, in the order of the hypotheses, and lemmas after them."""
        return [(c, place, i) for i in sorted(self._shown) for place, c in self._shown[i].items() if c]
