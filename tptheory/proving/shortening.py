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

from tptheory.certificates.checker import Refused, check
from tptheory.proving.ordering import letters
from tptheory.proving.reading import Letters, Monomial, Polynomial, Reader

PLACES = 20_000
"""How many places are looked at in a second's time. They take less, so that what is found seldom depends on the clock;
it is the clock of the process, so that it does not depend on what else the machine does."""


ROUNDS = 3
"""How often to search: within the monomials of the proof, then with what fits there, then with what fits to that."""

Items = tuple[Any, ...]
"""A word as certificates write it, with tuples for traces."""


class Place(NamedTuple):
    """Where a hypothesis stands: a cofactor without its coefficient."""

    left: Items
    hypothesis: int
    right: Items
    outer: Items | None = None


Terms = dict[Monomial, Fraction]
Cofactors = list[tuple[Fraction, Place]]


def shortened(data: dict[str, Any], seconds: float = 1.0) -> dict[str, Any]:
    """Return a certificate of the same goal with as few cofactors as are found, or ``data`` if none has fewer.

    Args:
        data: a certificate that the checker accepts, of any method but ``all``.
        seconds: how long to search.
    """
    if len(data["cofactors"]) < 2:
        return data
    import scipy.optimize  # noqa: F401  loaded when needed, and not at the expense of the search

    search = _Search(data, seconds)
    start = [
        (Fraction(c), Place(_items(u), k, _items(v), *map(_items, outer))) for c, u, k, v, *outer in data["cofactors"]
    ]
    goal: Terms = {}
    for coefficient, place in start:
        for m, c in search.expand(place)[0].items():
            goal[m] = goal.get(m, 0) + coefficient * c
    goal = {m: c for m, c in goal.items() if c}
    best = start
    for rounds in range(ROUNDS):
        found = _few(goal, search.candidates([place for _, place in best], rounds), search.deadline)
        if found and len(found) < len(best):
            best = found
        if search.over():
            break
    shorter = search.certificate(best)
    return shorter if len(best) < len(start) and _accepted(shorter) else data


class _Search:
    """What the hypotheses of one certificate, and their transposes, expand to wherever they fit."""

    def __init__(self, data: dict[str, Any], seconds: float) -> None:
        self.deadline, self._places_left = process_time() + seconds, int(PLACES * seconds)
        self._data, self._checker = data, Reader(data)
        read = [_clean(self._checker.polynomial(h)) for h in data["hypotheses"]]
        self._polynomials = [*read, *map(self._transposed, read)]
        self._thin = any("1" in size for size in self._checker.shapes.values())
        self._longest = [max(map(letters, terms), default=0) for terms, _ in self._polynomials]
        self._expanded: dict[Place, Polynomial] = {}

    def over(self) -> bool:
        """Whether no more places may be looked at."""
        return self._places_left < 0 or process_time() > self.deadline

    def _transposed(self, p: Polynomial) -> Polynomial:
        """Return the transpose; nothing, where a letter has none."""
        known = self._checker.adjoints
        return self._checker.adjoint(p) if all(a in known for _, word in p[0] for a in word) else ({}, p[1])

    def _items(self, scalars: tuple[Letters, ...]) -> Items:
        return tuple(s if self._checker.shapes[s[0]] else s[0] for s in scalars)

    def expand(self, place: Place) -> Polynomial:
        """Return what a hypothesis reads in its place."""
        if place not in self._expanded:
            self._places_left -= 1
            self._expanded[place] = self._plain(place) or self._multiplied(place)
        return self._expanded[place]

    def _plain(self, place: Place) -> Polynomial | None:
        """Expand where nothing can come out of a word: no scalar, no trace and no size 1 is about."""
        left, k, right, outer = place
        shapes = self._checker.shapes
        if self._thin or outer is not None or not all(isinstance(a, str) and shapes[a] for a in left + right):
            return None
        terms, (rows, columns) = self._polynomials[k]
        shape = (shapes[left[0]][0] if left else rows, shapes[right[-1]][1] if right else columns)
        return {(s, left + word + right): c for (s, word), c in terms.items()}, shape

    def _multiplied(self, place: Place) -> Polynomial:
        """Expand as the checker does."""
        read = self._checker.polynomial
        left, right = read([["1", place.left]], "1"), read([["1", place.right]], "1")
        p = self._checker.product(self._checker.product(left, self._polynomials[place.hypothesis]), right)
        if place.outer is not None:
            p = self._checker.product(read([["1", place.outer]], "1"), self._checker.closed(p))
        return _clean(p)

    def candidates(self, used: list[Place], rounds: int) -> dict[Place, Terms]:
        """Return the places that make do with the monomials of some, and with what fits there so many times over."""
        shape = self.expand(used[0])[1]
        found: dict[Place, Terms] = {}
        seen: set[tuple[Any, ...]] = set()

        def add(place: Place, terms: Terms) -> None:
            ordered = sorted(terms.items())
            key = tuple((m, c / ordered[0][1]) for m, c in ordered)
            if key not in seen:
                seen.add(key)
                found[place] = terms

        for place in used:
            add(place, self.expand(place)[0])
        known = {m for terms in found.values() for m in terms}
        longest = max(map(letters, known))
        for last in (*[False] * rounds, True):
            fresh: set[Monomial] = set()
            met: set[Place] = set()
            for m in sorted(known, key=lambda m: (letters(m), m)):
                for place in self._places(m, shape[0], longest):
                    if self.over():
                        return found
                    if place in met:
                        continue
                    met.add(place)
                    terms, _ = self.expand(place)
                    if terms.keys() <= known:
                        if terms:
                            add(place, terms)
                    elif not last and max(map(letters, terms)) <= longest:
                        fresh.update(terms)
            known |= fresh
        return found

    def _places(self, monomial: Monomial, rows: str, longest: int) -> Iterator[Place]:
        """Run through the places where a term of a hypothesis makes a monomial, and no other makes too long a one."""
        readings = list(self._readings(monomial))
        room = longest - letters(monomial)
        for k, (terms, shape) in enumerate(self._polynomials):
            for scalars, word in terms:
                if self._longest[k] - letters((scalars, word)) > room:
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
        ends = [i for i in range(len(word) + 1) if self._size(word, i, "1") == "1"]
        for s in dict.fromkeys(scalars):
            for turned in self._turns(s):
                if self._checker.shapes[turned[0]][0] == "1":
                    for i in ends:
                        yield _without(scalars, s), word[:i] + turned + word[i:]

    def _turns(self, scalar: Letters) -> Iterator[Letters]:
        """Run through all that a trace may be called."""
        if self._checker.shapes[scalar[0]]:
            for s in (scalar, tuple(self._checker.adjoints[a] for a in reversed(scalar))):
                for i in range(len(s)):
                    yield s[i:] + s[:i]

    def _size(self, word: Letters, i: int, empty: str) -> str:
        """Return the size at a place between the letters of a word."""
        shapes = self._checker.shapes
        return shapes[word[i]][0] if i < len(word) else shapes[word[-1]][1] if word else empty

    def _fits(
        self, rest: tuple[Letters, ...], whole: Letters, word: Letters, shape: tuple[str, str], k: int, rows: str
    ) -> Iterator[Place]:
        """Run through the places of a word of a hypothesis in a word, and in the traces beside it."""
        items, n = self._items(rest), len(word)
        if shape == ("1", "1") and not word:
            yield Place(items + whole, k, ())
            return
        for i in range(len(whole) - n + 1):
            if whole[i : i + n] == word if word else self._size(whole, i, rows) == shape[0]:
                yield Place(items + whole[:i], k, whole[i + n :])
        for s in dict.fromkeys(rest):
            for turned in self._turns(s):
                if turned[:n] == word if word else self._checker.shapes[turned[0]][0] == shape[0]:
                    yield Place((), k, turned[n:], self._items(_without(rest, s)) + whole)

    def certificate(self, cofactors: Cofactors) -> dict[str, Any]:
        """Write a certificate with these cofactors, and the hypotheses that they use."""
        count = len(self._data["hypotheses"])
        kept = sorted({place.hypothesis % count for _, place in cofactors})
        written = []
        for coefficient, (left, k, right, outer) in cofactors:
            sides = [_lists(left), kept.index(k % count) + len(kept) * (k >= count), _lists(right)]
            written.append([str(coefficient), *sides, *([] if outer is None else [_lists(outer)])])
        changed: dict[str, Any] = {
            key: [self._data[key][k] for k in kept] for key in ("hypotheses", "reasons") if key in self._data
        }
        return {**self._data, **changed, "cofactors": written}


def _few(goal: Terms, candidates: dict[Place, Terms], deadline: float) -> Cofactors | None:
    """Write a goal as a combination of few candidates."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csc_array, hstack

    seconds = deadline - process_time()
    if seconds <= 0:
        return None
    places, expansions = list(candidates), list(candidates.values())
    rows = {m: i for i, m in enumerate(sorted({m for terms in expansions for m in terms}))}
    entries = [(float(c), rows[m], j) for j, terms in enumerate(expansions) for m, c in terms.items()]
    values, i, j = zip(*entries, strict=True)
    table = csc_array((values, (i, j)), shape=(len(rows), len(places)))
    right = np.zeros(len(rows))
    for m, c in goal.items():
        right[rows[m]] = float(c)
    cost = [1 + sum(map(letters, terms)) / 1000 for terms in expansions]  # of two that are as few, the shorter
    found = linprog(
        [*cost, *cost], A_eq=hstack([table, -table]), b_eq=right, method="highs-ds", options={"time_limit": seconds}
    )
    if found.x is None:
        return None
    size = found.x[: len(places)] - found.x[len(places) :]
    used = [k for k in range(len(places)) if abs(size[k]) > 1e-6]
    return _exactly(goal, [(places[k], expansions[k]) for k in used])


def _exactly(goal: Terms, used: list[tuple[Place, Terms]]) -> Cofactors | None:
    """Solve for the coefficients of some candidates."""
    columns = [*(terms for _, terms in used), goal]
    rows = sorted({m for terms in columns for m in terms})
    numbers = [Fraction(terms.get(m, 0)) for m in rows for terms in columns]
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


def _accepted(data: dict[str, Any]) -> bool:
    try:
        check(data)
    except Refused:
        return False
    return True


def _clean(p: Polynomial) -> Polynomial:
    return {m: Fraction(c) for m, c in p[0].items() if c}, p[1]


def _without(scalars: tuple[Letters, ...], scalar: Letters) -> tuple[Letters, ...]:
    i = scalars.index(scalar)
    return scalars[:i] + scalars[i + 1 :]


def _items(word: list[Any]) -> Items:
    return tuple(a if isinstance(a, str) else tuple(a) for a in word)


def _lists(word: Items) -> list[Any]:
    return [a if isinstance(a, str) else list(a) for a in word]
