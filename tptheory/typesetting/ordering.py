"""Choose the order in which a chain uses the cofactors of a certificate, and which of them it uses in one line.

Each line of a chain is the line before minus some cofactors, so that a line depends on which cofactors were used, not
on their order. The search for an order with short lines keeps, for each number of used cofactors, the best few paths to
use so many. Up to a dozen cofactors it keeps all paths, and so finds the shortest chain.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm
from typing import Any, NamedTuple

from tptheory.certificates.reading import Monomial, Terms, letter_count

LINE, TERM, DETOUR = 10, 3, 1000
"""The cost of a line is LINE, plus TERM for each of its terms, plus 1 for each of their letters. A cofactor that
removes no whole term of the line before costs DETOUR more."""

ALL, KEPT = 12, 30
"""The largest number of cofactors for which all paths are kept, and how many paths are kept if there are more."""

LONG = 100
"""With more cofactors than this, fewer paths are kept, so that the time grows at most with the square of the number."""


class Subtraction(NamedTuple):
    """A cofactor times its coefficient, which is subtracted in a line; subtractions of one kind may share a line."""

    terms: Terms
    kind: str


Line = dict[int, int]
"""A line, or a subtraction, during the search: the coefficient, times a common denominator, by monomial number."""


class _Path(NamedTuple):
    """A choice of steps for the first lines of a chain: the steps of its last line, and the path and line before it."""

    cost: int
    group: tuple[int, ...]
    parent: _Path | None
    before: Line
    size: int


def ordered(first: Terms, steps: Sequence[Subtraction]) -> list[tuple[Terms, tuple[int, ...]]]:
    """Return the lines after the first one, each with the steps that lead to it."""
    lines, line = [], first
    for group in _Search(first, steps).groups():
        subtracted = [steps[i].terms for i in group]
        line = _subtracted_in_place(line, subtracted)
        lines.append((line, group))
    return lines


class _Search:
    """The search for the order whose lines are shortest in total."""

    def __init__(self, first: Terms, steps: Sequence[Subtraction]) -> None:
        every = [first, *(step.terms for step in steps)]
        numbers: dict[Monomial, int] = {}
        for terms in every:
            for m in terms:
                numbers.setdefault(m, len(numbers))
        common = lcm(*(c.denominator for terms in every for c in terms.values()))
        self._sizes = [TERM + letter_count(m) for m in numbers]
        self._first, *self._steps = (
            {numbers[m]: c.numerator * (common // c.denominator) for m, c in terms.items()} for terms in every
        )
        self._kinds = [step.kind for step in steps]

    def groups(self) -> list[tuple[int, ...]]:
        """Return the steps of each line after the first."""
        best: list[dict[int, _Path]] = [{} for _ in range(len(self._steps) + 1)]
        best[0][0] = _Path(0, (), None, self._first, sum(self._sizes[m] for m in self._first))
        for count in range(len(self._steps)):
            for used, path in _cheapest(best[count], len(self._steps)):
                for now, longer in self._longer(used, path):
                    old = best[count + len(longer.group)].get(now)
                    if old is None or longer.cost < old.cost:
                        best[count + len(longer.group)][now] = longer
            best[count].clear()
        (last,) = best[-1].values()
        found, path = [], last
        while path.parent is not None:
            found.append(path.group)
            path = path.parent
        return found[::-1]

    def _longer(self, used: int, path: _Path) -> Iterator[tuple[int, _Path]]:
        """Run through the paths with one more line, each with the steps that it has used, as bits."""
        line = _subtracted(path.before, [self._steps[i] for i in path.group])
        effects = {i: self._effect(line, step) for i, step in enumerate(self._steps) if not used >> i & 1}
        for group in self._next_groups(effects):
            size = path.size + sum(effects[i][0] for i in group)
            cost = path.cost + LINE + size + sum(DETOUR for i in group if not effects[i][1])
            yield used | sum(1 << i for i in group), _Path(cost, group, path, line, size)

    def _effect(self, line: Line, step: Line) -> tuple[int, bool]:
        """Return by how much a line grows when a step is subtracted from it, and whether that removes a whole term."""
        growth, removes_a_term = 0, False
        for m, c in step.items():
            there = line.get(m)
            if there is None:
                growth += self._sizes[m]
            elif there == c:
                growth -= self._sizes[m]
                removes_a_term = True
        return growth, removes_a_term

    def _next_groups(self, effects: dict[int, tuple[int, bool]]) -> Iterator[tuple[int, ...]]:
        """Run through the steps that may come next: each alone, and those of one kind that share no monomial."""
        together: dict[str, list[int]] = {}
        for i, (_, removes_a_term) in effects.items():
            yield (i,)
            if removes_a_term:
                group = together.setdefault(self._kinds[i], [])
                if all(self._steps[i].keys().isdisjoint(self._steps[j]) for j in group):
                    group.append(i)
        yield from (tuple(group) for group in together.values() if len(group) > 1)


def _cheapest(paths: dict[int, _Path], steps: int) -> list[tuple[int, _Path]]:
    """Return the paths that the search continues: the cheapest, or all if there are few steps."""
    if steps <= ALL:
        return sorted(paths.items(), key=lambda item: item[1].cost)
    kept = KEPT if steps <= LONG else max(1, KEPT * LONG**2 // steps**2)
    return heapq.nsmallest(kept, paths.items(), key=lambda item: item[1].cost)


def _subtracted(line: dict[Any, Any], subtracted: Iterable[Mapping[Any, Any]]) -> dict[Any, Any]:
    """Return a line after some subtractions; its coefficients are integers or fractions."""
    new = dict(line)
    for terms in subtracted:
        for m, c in terms.items():
            new[m] = new.get(m, 0) - c
            if not new[m]:
                del new[m]
    return new


def _subtracted_in_place(old: Terms, subtracted: list[Terms]) -> Terms:
    """Subtract steps from a line; old terms keep their order, and new ones stand where they replace an old one."""
    new = _subtracted(old, subtracted)
    line: Terms = {}
    for m in old:
        for terms in subtracted:
            if m in terms:
                line |= {fresh: new[fresh] for fresh in terms if fresh in new and fresh not in old}
        if m in new:
            line[m] = new[m]
    return line | new
