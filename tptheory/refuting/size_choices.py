"""One choice of sizes in the search for a counterexample: its integer instances in order, and random ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import Numbers
from tptheory.clock import in_time
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.measuring.properties import has_property
from tptheory.measuring.random_matrices import degenerate, entries
from tptheory.numeric.assumptions import admits
from tptheory.refuting.enumeration import IntegerInstances, cost
from tptheory.refuting.violations import ViolationTest

EVERYTHING = 700
"""If a shape has at most so many matrices of small integers, all of them are candidates; else random ones are."""
BUILT = 150
"""How many matrices are constructed where small integers rarely have the properties asked for."""

SOLVED_OF, SOLVED_AT_FIRST = 12, 3
"""One in so many instances that do not meet the equations is solved for entry by entry; more until one does."""
ENOUGH = 200
"""So many instances that are built to meet equations are drawn at a narrower choice of sizes."""
MOST_ENTRIES, FEWEST = 20_000, 3
"""Matrices of one kind have no more entries than this together, unless there are so few of them."""


class ClaimPart(NamedTuple):
    """A part of a claim, and what tells whether an instance breaks it.

    Attributes:
        claim: the part, which speaks of no layers.
        source: the source of its instances.
        breaks: the test whether an instance breaks it.
        indices: the depth and the indices at which it stands.
    """

    claim: Claim
    source: Instances
    breaks: ViolationTest
    indices: Numbers


class SizeChoice:
    """One choice of sizes, with a record of the instances that were tried there and the source of the next ones."""

    def __init__(self, part: ClaimPart, sizes: dict[Any, int], seed: list[int]) -> None:
        self.part, self.source, self.sizes = part, part.source, sizes
        self.total = sum(sizes.values())
        self.swept = -1
        """The sum of absolute entries up to which all integer instances were tried."""
        self.sweep, self.draws = self._sweep(), self._draws(np.random.default_rng(seed))
        self._seed = seed

    @cached_property
    def domains(self) -> dict[Any, list[Any]]:
        """The values from which each symbol is drawn, cheapest first."""
        rng = np.random.default_rng([*self._seed, 0])
        domains = {A: _candidates(self.source, A, self.sizes, rng) for A in self.source.matrices}
        return domains | {s: _numbers(s) for s in self.source.scalars}

    @cached_property
    def grid(self) -> IntegerInstances:
        """The integer instances."""
        return IntegerInstances(self.source, self.sizes)

    @property
    def is_known_to_be_impossible(self) -> bool:
        """Whether no integers fit these sizes, as far as that was looked for: nothing is built here."""
        return "grid" in vars(self) and not self.grid.possible

    def _sweep(self) -> Iterator[Instance | None]:
        """Run through the integer instances, and None for each dead end."""
        while self.grid.possible and self.grid.reaches(self.swept + 1):
            yield from self.grid.level(self.swept + 1)
            self.swept += 1
            yield None

    def _draws(self, rng: np.random.Generator) -> Iterator[Instance | None]:
        """Draw instances that meet the hypotheses, cheap ones more often, and None where that failed.

        Now and then, where it failed, the equations among the hypotheses are solved entry by entry.
        """
        if not self.grid.possible:
            return
        if not all(self.domains.values()):
            return
        failed, solving, one_in = 0, np.random.default_rng([*self._seed, 1]), SOLVED_AT_FIRST
        while True:
            values = {s: d[int(len(d) * rng.random() ** 2)] for s, d in self.domains.items()} | self.sizes
            values = self.source.meet(rng, values)
            if self.source.holds(values):
                one_in = SOLVED_OF
                yield values
                continue
            failed += 1
            solved = self.source.system.solved(solving, values) if failed % one_in == 1 else None
            yield solved if solved is not None and self.source.holds(solved) else None

    def trials(self, most: int) -> Iterator[Instance | None]:
        """Run through all combinations of the values drawn from, if they are few, and through drawn instances.

        Where constructions meet the hypotheses, a few hundred instances are enough; where the symbols are drawn
        independently of each other, none are drawn beside all combinations.
        """
        if not self.grid.possible:
            return
        few = prod(map(len, self.domains.values())) <= most
        if few:
            for numbers in product(*self.domains.values()):
                values = dict(zip(self.domains, numbers, strict=True)) | self.sizes
                yield values if self.source.holds(values) else None
        if few and not self.source.ties.matrices:
            return
        met = 0
        for drawn in islice(self.draws, most // 10 if few else most):
            yield drawn
            met += drawn is not None
            if self.source.is_constructed and met >= ENOUGH:
                return


def _numbers(symbol: Any) -> list[fmpq]:
    likely = [fmpq(1), fmpq(2), fmpq(1, 2)] if symbol.is_positive else [fmpq(1), fmpq(0), fmpq(-1), fmpq(2)]
    return [value for value in likely if admits(symbol, value)]


def _candidates(source: Instances, A: MatrixSymbol, sizes: dict[Any, int], rng: np.random.Generator) -> list[fmpq_mat]:
    """Return matrices that meet the hypotheses about one symbol, cheapest first."""
    rows, columns = source.shape(A, sizes)
    plain = _every_small_matrix(rows, columns) or _some_matrices(rng, rows, columns)
    found = _fitting(source, A, plain)
    if source.is_restricted(A) and len(found) < BUILT:
        found += _fitting(source, A, _built(source, A, sizes, rng))
        found = sorted([M for i, M in enumerate(in_time(found)) if M not in found[:i]], key=cost)
    if not found and source.alone[A]:  # equations that no construction meets are left to be solved
        found = [M for M in plain if all(has_property(name, M) for name in source.properties[A])]
    return found


def _fitting(source: Instances, A: MatrixSymbol, matrices: Sequence[fmpq_mat]) -> list[fmpq_mat]:
    """Return the matrices that meet the hypotheses about one symbol."""
    return [M for M in in_time(matrices) if source.fits_alone(A, M)]


def _built(source: Instances, A: MatrixSymbol, sizes: dict[Any, int], rng: np.random.Generator) -> list[fmpq_mat]:
    """Return matrices that are built to have the properties of a symbol, and changed to meet its inequalities."""
    rows, columns = source.shape(A, sizes)
    built = [source.built(rng, A, rows, columns) for _ in in_time(range(_afforded(BUILT, rows, columns)))]
    return [source.inequalities.repaired(rng, {**sizes, A: M})[A] for M in built]


@lru_cache(maxsize=64)
def _every_small_matrix(rows: int, columns: int) -> tuple[fmpq_mat, ...]:
    """Return all matrices of small integers, cheapest first, where they are few; else none. Nobody writes to them."""
    bound = next((b for b in (3, 2, 1) if (2 * b + 1) ** (rows * columns) <= EVERYTHING), 0)
    numbers = product(range(-bound, bound + 1), repeat=rows * columns) if bound else ()
    return tuple(sorted((fmpq_mat(rows, columns, list(e)) for e in numbers), key=cost))


def _some_matrices(rng: np.random.Generator, rows: int, columns: int) -> list[fmpq_mat]:
    """Return some matrices of small integers, sparse ones and ones of low rank too, cheapest first."""
    found = [entries(rng, rows, columns, bound=2) for _ in in_time(range(_afforded(60, rows, columns)))]
    found += [degenerate(rng, rows, columns) for _ in in_time(range(_afforded(40, rows, columns)))]
    found += [_sparse(rng, rows, columns) for _ in in_time(range(_afforded(120, rows, columns)))]
    return sorted(found, key=cost)


def _afforded(number: int, rows: int, columns: int) -> int:
    """Return how many matrices of a shape are made where so many are asked for: of large ones only a few."""
    return min(number, max(FEWEST, MOST_ENTRIES // (rows * columns)))


def _sparse(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    kept = rng.random(rows * columns) < 0.4
    numbers = rng.choice([1, 1, 1, -1, -1, 2], size=rows * columns)
    return fmpq_mat(rows, columns, [int(k) for k in kept * numbers])
