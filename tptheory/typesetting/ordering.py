"""In which order to use the cofactors of a certificate, and which of them at once.

Each line of a chain is the one before less some cofactors, so that a line depends on which were used, not on their
order. Of all orders, the one whose lines are shortest in total is found by a search that keeps the best few ways to
have used so many; up to a dozen cofactors it keeps them all.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from tptheory.certificates.reading import Monomial, Terms, letter_count

LINE, TERM, DETOUR = 10, 3, 1000
"""The cost of a line is LINE, and TERM for each of its terms, and 1 for each of their letters. A step costs DETOUR more
if it takes away no whole term of the line before."""

ALL, KEPT = 12, 30
"""Up to how many cofactors all ways are kept, and how many ways are kept for more."""

LONG = 100
"""From how many cofactors on fewer ways are kept, so that the time grows with their square at most."""


class Step(NamedTuple):
    """A cofactor times its coefficient; steps of one kind may share a line."""

    terms: Terms
    kind: str


class _Way(NamedTuple):
    cost: int
    groups: tuple[tuple[int, ...], ...]
    before: Terms
    size: int

    def line(self, steps: Sequence[Step]) -> Terms:
        return _after(self.before, steps, self.groups[-1]) if self.groups else self.before


def ordered(first: Terms, steps: Sequence[Step]) -> list[tuple[Terms, tuple[int, ...]]]:
    """Return the lines after the first one, each with the steps that lead to it."""
    best: list[dict[int, _Way]] = [{} for _ in range(len(steps) + 1)]
    best[0][0] = _Way(0, (), first, sum(map(_size, first)))
    for count in range(len(steps)):
        for used, way in _cheapest(best[count], len(steps)):
            line = way.line(steps)
            for group in _groups(line, steps, used):
                size = way.size + sum(_growth(line, steps[i].terms) for i in group)
                cost = way.cost + LINE + size
                cost += sum(DETOUR for i in group if not _called_for(line, steps[i].terms))
                new = _Way(cost, (*way.groups, group), line, size)
                now = used | sum(1 << i for i in group)
                old = best[count + len(group)].get(now)
                if old is None or new[:2] < old[:2]:
                    best[count + len(group)][now] = new
        best[count].clear()
    (way,) = best[-1].values()
    lines, line = [], first
    for group in way.groups:
        line = _in_place(line, _after(line, steps, group), [steps[i].terms for i in group])
        lines.append((line, group))
    return lines


def _cheapest(ways: dict[int, _Way], steps: int) -> list[tuple[int, _Way]]:
    """Return the ways that are worth going on with: all, if there are few steps."""
    if steps <= ALL:
        return sorted(ways.items(), key=lambda item: item[1][:2])
    kept = KEPT if steps <= LONG else max(1, KEPT * LONG**2 // steps**2)
    return heapq.nsmallest(kept, ways.items(), key=lambda item: item[1][:2])


def _growth(line: Terms, terms: Terms) -> int:
    """Return by how much a line grows when a step is subtracted from it."""
    return sum(_size(m) if m not in line else -_size(m) if line[m] == c else 0 for m, c in terms.items())


def _size(monomial: Monomial) -> int:
    return TERM + letter_count(monomial)


def _groups(line: Terms, steps: Sequence[Step], used: int) -> Iterator[tuple[int, ...]]:
    """Run through the steps that may come next: each alone, and those of a kind that do not meet."""
    waiting = [i for i in range(len(steps)) if not used >> i & 1]
    together: dict[str, list[int]] = {}
    for i in waiting:
        yield (i,)
        if _called_for(line, steps[i].terms):
            group = together.setdefault(steps[i].kind, [])
            if all(steps[i].terms.keys().isdisjoint(steps[j].terms) for j in group):
                group.append(i)
    yield from (tuple(group) for group in together.values() if len(group) > 1)


def _called_for(line: Terms, terms: Terms) -> bool:
    """Whether a step takes away a whole term of a line."""
    return any(line.get(m) == c for m, c in terms.items())


def _after(line: Terms, steps: Sequence[Step], group: tuple[int, ...]) -> Terms:
    new = dict(line)
    for i in group:
        for m, c in steps[i].terms.items():
            new[m] = new.get(m, Fraction(0)) - c
            if not new[m]:
                del new[m]
    return new


def _in_place(old: Terms, new: Terms, subtracted: list[Terms]) -> Terms:
    """Order the terms of a line as those of the line before: what is new stands where it came from."""
    line: Terms = {}
    for m in old:
        for terms in subtracted:
            if m in terms:
                line |= {fresh: new[fresh] for fresh in terms if fresh in new and fresh not in old}
        if m in new:
            line[m] = new[m]
    return line | new
