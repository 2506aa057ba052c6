"""The search for a counterexample: sizes from small to large, small entries first, everything exact.

At each choice of sizes all integer instances are run through in the order of the sum of their absolute entries, and
others are drawn that meet the hypotheses by construction: rationals, low ranks, repeated columns. Each round allows
more of both, at all sizes. What breaks the claim is made smaller entry by entry, and then everything that would be
smaller still is run through, as far as a fixed number of instances goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice, product
from time import perf_counter
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import at_small_depths
from tptheory.errors import UnsupportedExpressionError
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.measuring.properties import admits, has_property
from tptheory.measuring.random_matrices import builder_for, degenerate, entries
from tptheory.refuting.breaking import Breaker
from tptheory.refuting.counterexample import Counterexample
from tptheory.refuting.enumeration import Grid, cost, level_of

LARGEST_SIZE = 3
ROUNDS = (60, 600, 6000, 60_000)
"""How many instances are tried at each choice of sizes, from round to round."""
SETTLING = 15_000
"""How many instances may be tried to make sure that nothing smaller breaks the claim."""
FAR = 6
"""Narrower instances are tried up to this sum of absolute entries, or that of what was found if that is more."""
DRAWN = 3000
"""How many instances are drawn at narrower sizes, together, for the same."""
EVERYTHING = 700
"""Up to how many matrices of one shape are listed to draw from; beyond that they are drawn themselves."""
BUILT = 150
"""How many matrices are constructed where small integers rarely have the properties asked for."""


@dataclass(frozen=True)
class Searched:
    """What came out of a search: a counterexample; or none, why, and how far the search got."""

    counterexample: Counterexample | None
    reason: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


def search_counterexample(claim: Claim, seconds: float = 10.0, seed: int = 0) -> Searched:
    """Search for the smallest exact counterexample to a claim; whether it is one is for others to confirm.

    Smallest means: least sum of symbolic sizes, then least sum of absolute entries. How far that was made sure of, the
    counterexample says.

    Args:
        claim: the claim.
        seconds: how long to search.
        seed: the seed of the random part of the search; the same seed gives the same answer, time permitting.
    """
    search = _Search(claim, seed, perf_counter() + seconds)
    try:
        found = search.run()
    except UnsupportedExpressionError as error:
        return search.ended(f"outside exact arithmetic: {error}")
    if found is not None:
        return Searched(found)
    late = perf_counter() > search.deadline
    return search.ended("the time was up" if late else f"no counterexample with sizes up to {LARGEST_SIZE}")


class _OutOfTimeError(Exception):
    """The time is up."""


class _Place:
    """One choice of sizes: what was tried there, and what comes next."""

    def __init__(self, part: Claim, source: Instances, breaks: Breaker, sizes: dict[Any, int], seed: list[int]) -> None:
        self.part, self.source, self.breaks, self.sizes = part, source, breaks, sizes
        self.total = sum(sizes.values())
        self.swept = -1
        """The sum of absolute entries up to which all integer instances were tried."""
        self.sweep, self.draws = self._sweep(), self._draws(np.random.default_rng(seed))
        self._seed = seed

    @cached_property
    def domains(self) -> dict[Any, list[Any]]:
        """What each symbol is drawn from, cheapest first."""
        rng = np.random.default_rng([*self._seed, 0])
        domains = {A: _candidates(self.source, A, self.sizes, rng) for A in self.source.matrices}
        return domains | {s: _numbers(s) for s in self.source.scalars}

    @cached_property
    def grid(self) -> Grid:
        """The integer instances."""
        return Grid(self.source, self.sizes)

    def _sweep(self) -> Iterator[Instance | None]:
        """Run through the integer instances, and None for each dead end."""
        while self.grid.possible and self.grid.reaches(self.swept + 1):
            yield from self.grid.level(self.swept + 1)
            self.swept += 1
            yield None

    def _draws(self, rng: np.random.Generator) -> Iterator[Instance | None]:
        """Draw instances that meet the hypotheses, cheap ones more often, and None where that failed."""
        if not self.grid.possible:
            return
        if not all(self.domains.values()):
            return
        while True:
            values = {s: d[int(len(d) * rng.random() ** 2)] for s, d in self.domains.items()} | self.sizes
            if self.source.ties.matrices:
                values = self.source.ties.meet(rng, values)
            yield values if self.source.holds(values) else None


class _Search:
    """One search, round by round over all places; and then the making sure that nothing smaller was missed."""

    def __init__(self, claim: Claim, seed: int, deadline: float) -> None:
        self.claim, self.deadline = claim, deadline
        self.tried = self.largest = 0
        self.found: tuple[_Place, Instance] | None = None
        self.places: list[_Place] = []
        for part in at_small_depths(claim):
            source = Instances(part)
            breaks = Breaker(part, source)
            for choice in product(*(source.admitted(n, LARGEST_SIZE) for n in source.sizes)):
                sizes = dict(zip(source.sizes, choice, strict=True))
                if not source.fits(sizes):
                    continue
                self.places.append(_Place(part, source, breaks, sizes, [seed, *choice]))
        self.places.sort(key=lambda place: place.total)

    def run(self) -> Counterexample | None:
        """Return the smallest counterexample that the time allows to find."""
        minimal = False
        try:
            self._find()
            minimal = self.found is not None and self._settle()
        except _OutOfTimeError:
            pass
        if self.found is None:
            return None
        place, values = self.found
        narrower = [p.swept for p in self.places if p.total < place.total and p.grid.possible]
        values = {s: values[s] for s in (*place.sizes, *place.source.matrices, *place.source.scalars)}
        return Counterexample(place.part, values, minimal, min(narrower, default=None))

    def _find(self) -> None:
        for tries in ROUNDS:
            for place in self.places:
                self.largest = max(self.largest, place.total)
                for values in chain(islice(place.sweep, tries), islice(place.draws, tries)):
                    if self._is_found(place, values):
                        return

    def _is_found(self, place: _Place, values: Instance | None) -> bool:
        """Whether an instance breaks the claim; if so, it is what is found by now."""
        if perf_counter() > self.deadline:
            raise _OutOfTimeError
        if values is None:
            return False
        self.tried += 1
        if not place.breaks(values):
            return False
        self.found = place, values
        return True

    def _settle(self) -> bool:
        """Make what was found smaller; tell whether every integer instance that would be smaller still was tried."""
        place, values = self._shrunk()
        narrower = [p for p in self.places if p.total < place.total]
        for p in narrower:
            if any(self._is_found(p, trial) for trial in islice(p.draws, DRAWN // len(narrower))):
                place, values = self._shrunk()
                break
        level, left = 0, SETTLING
        while level <= (far := max(level_of(values), FAR)):
            other = self._unswept(level, place.total, level_of(values), far)
            if other is None:
                level += 1
                continue
            left -= 1
            if not (left and other.grid.reaches(other.swept + 1)):
                return level > level_of(values)
            if self._is_found(other, next(other.sweep)):
                place, values = self._shrunk()
        return True

    def _unswept(self, level: int, total: int, least: int, far: int) -> _Place | None:
        """Return where not all integer instances of this sum were tried, though they would be smaller."""
        for place in self.places:
            if place.total > total:
                break
            if level < (least if place.total == total else far + 1) and place.swept < level and place.grid.possible:
                return place
        return None

    def _shrunk(self) -> tuple[_Place, Instance]:
        """Make what was found narrower, and its entries smaller, one at a time, as long as the claim stays broken."""
        if self.found is None:
            raise AssertionError("nothing was found that could be made smaller")
        place, values = self.found
        smaller = True
        while smaller:
            smaller = False
            for other, trial in chain(self._narrowed(place, values), _smaller(place, values)):
                if self._is_found(other, trial if other.source.holds(trial) else None):
                    place, values, smaller = other, trial, True
                    break
        return place, values

    def _narrowed(self, place: _Place, values: Instance) -> Iterator[tuple[_Place, Instance]]:
        """Run through what is left if one index of one symbolic size is left out."""
        for size, n in place.sizes.items():
            if n > 1:
                sizes = {**place.sizes, size: n - 1}
                other = next((p for p in self.places if p.part is place.part and p.sizes == sizes), None)
                if other is None:  # the size must not be that
                    continue
                for i in range(n):
                    rest = {s: _without(v, s, size, i) if s in place.grid.shapes else v for s, v in values.items()}
                    yield other, rest | sizes

    def ended(self, reason: str) -> Searched:
        """Say how far the search got."""
        swept = min((place.swept for place in self.places if place.grid.possible), default=-1)
        evidence = {"instances tried": self.tried, "largest sum of sizes": self.largest}
        if swept >= 0:
            evidence["sum of absolute entries up to which all integers were tried"] = swept
        return Searched(None, reason, evidence)


def _numbers(symbol: Any) -> list[fmpq]:
    likely = [fmpq(1), fmpq(2), fmpq(1, 2)] if symbol.is_positive else [fmpq(1), fmpq(0), fmpq(-1), fmpq(2)]
    return [value for value in likely if admits(symbol, value)]


def _candidates(source: Instances, A: MatrixSymbol, sizes: dict[Any, int], rng: np.random.Generator) -> list[fmpq_mat]:
    """Return matrices that meet the hypotheses about one symbol, cheapest first."""
    rows, columns = source.shape(A, sizes)
    properties = source.properties[A]
    bound = next((b for b in (3, 2, 1) if (2 * b + 1) ** (rows * columns) <= EVERYTHING), 0)
    if bound:
        numbers = product(range(-bound, bound + 1), repeat=rows * columns)
        found = [fmpq_mat(rows, columns, list(e)) for e in numbers]
    else:
        found = [entries(rng, rows, columns, bound=2) for _ in range(60)]
        found += [degenerate(rng, rows, columns) for _ in range(40)]
        found += [_sparse(rng, rows, columns) for _ in range(120)]
    found = [M for M in found if all(has_property(name, M) for name in properties)]
    if properties and len(found) < BUILT:
        built = [builder_for(properties)(rng, rows, columns) for _ in range(BUILT)]
        found += [M for M in built if all(has_property(name, M) for name in properties)]
    return sorted(found, key=cost)


def _sparse(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    kept = rng.random(rows * columns) < 0.4
    numbers = rng.choice([1, 1, 1, -1, -1, 2], size=rows * columns)
    return fmpq_mat(rows, columns, [int(k) for k in kept * numbers])


def _without(A: fmpq_mat, symbol: MatrixSymbol, size: Any, index: int) -> fmpq_mat:
    """Return a matrix without the row and the column of this index, where they run over ``size``."""
    rows = [row for i, row in enumerate(A.tolist()) if symbol.rows != size or i != index]
    return fmpq_mat([[x for j, x in enumerate(row) if symbol.cols != size or j != index] for row in rows])


def _smaller(place: _Place, values: Instance) -> Iterator[tuple[_Place, Instance]]:
    """Run through values with one symbol cheaper: zeroed, one entry smaller, made positive, or another candidate.

    Where an equation ties other symbols to it, one of them is solved for anew, if all becomes cheaper by that.
    """
    source, total = place.source, _total_cost(values)
    for symbol in (*source.matrices, *source.scalars):
        old = values[symbol]
        special = place.domains[symbol] if source.properties.get(symbol) else ()
        for new in (*_cheaper(old), *special):
            if cost(new) >= cost(old) or (symbol in source.scalars and not admits(symbol, new)):
                continue
            trial = {**values, symbol: new}
            yield place, trial
            for other, system in source.ties.systems.items():
                if other != symbol and (solution := system.solve(trial)) is not None:
                    solved = {**trial, other: solution}
                    if _total_cost(solved) < total:
                        yield place, solved


def _total_cost(values: Instance) -> tuple[int, ...]:
    costs = (cost(value) for value in values.values() if not isinstance(value, int))
    return tuple(map(sum, zip((0, 0, 0), *costs, strict=True)))


def _cheaper(value: Any) -> Iterator[Any]:
    if not isinstance(value, fmpq_mat):
        yield from (fmpq(1), fmpq(0), fmpq(2), -value)
        return
    rows, columns = value.nrows(), value.ncols()
    yield fmpq_mat(rows, columns)
    yield -value
    numbers = value.entries()
    for i, x in enumerate(numbers):
        for y in (fmpq(0), fmpq(1), fmpq(-1), abs(x), x - 1 if x > 0 else x + 1, fmpq(int(x.p) // int(x.q))):
            yield fmpq_mat(rows, columns, [*numbers[:i], y, *numbers[i + 1 :]])
