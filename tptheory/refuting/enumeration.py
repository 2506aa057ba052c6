"""All integer instances of a claim at fixed sizes, in the order of the sum of their absolute entries.

There are finitely many instances of each sum, so that all instances up to a sum can be tried. If a claim does not
speak of coordinates, a signed permutation of the indices of a symbolic width turns an instance into one that breaks
the claim exactly if the first does. It is then enough to try one instance of each such class.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from itertools import combinations, product
from math import comb
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import (
    Add,
    Determinant,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    Mul,
    Number,
    Pow,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.symbol import Str

from tptheory.clock import require_time
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.numeric.assumptions import admits
from tptheory.numeric.rationals import numbers_in
from tptheory.symbolic.expressions import LogPdet, Pinv

LONGEST_LEVEL = 12_000
"""A sum is not run through if one symbol's shape has more integer matrices of that sum than this."""

SYMMETRIES = 100
"""How many symmetries of a matrix are used, simple ones first; it is sound to use only some of them."""

SIEVED_AT_ONCE = 20
"""As many matrices that do not meet their hypotheses count as one dead end."""

Entries = tuple[int, ...]
Symmetry = tuple[tuple[int, int], ...]
"""For each entry of the image: the position in the original that it comes from, and a sign."""


class IntegerInstances:
    """All integer instances at one choice of sizes that meet the hypotheses."""

    def __init__(self, source: Instances, sizes: dict[Any, int]) -> None:
        self.source, self.sizes = source, sizes
        self.shapes = {A: source.shape(A, sizes) for A in source.matrices}
        self.most = {A: source.structures[A].largest_norm(*shape) for A, shape in self.shapes.items()}
        """A bound of the sum of absolute entries, where the hypotheses about a symbol bound it."""
        self.symbols = _ordered(source, self.shapes)
        self.least = [int(not isinstance(s, MatrixSymbol) and bool(s.is_positive)) for s in self.symbols]
        self.possible = source.fits(sizes) and self._sizes_meet_conditions()
        self.ready = self._decided_conditions()
        """For each symbol, the conditions that an instance is tested for once the symbol has a value."""
        self.sieved = 0
        """How many matrices were left out when candidates were last collected: they do not meet their hypotheses."""
        self._candidates: dict[tuple[int, int], list[Any]] = {}

    def _sizes_meet_conditions(self) -> bool:
        """Whether those conditions hold that speak only of sizes which no matrix has."""
        loose = set(self.source.loose)
        return all(c.holds(self.sizes) for c in self.source.conditions if loose.issuperset(c.symbols))

    def _decided_conditions(self) -> list[list[Any]]:
        """Return for each symbol the conditions that its value decides, except those that speak of it alone."""
        known: set[Any] = set(self.source.loose)
        found: list[list[Any]] = []
        for s in self.symbols:
            known.add(s)
            decided = [c for c in self.source.conditions if s in c.symbols and known.issuperset(c.symbols)]
            found.append([c for c in decided if c not in self.source.alone.get(s, ())])
        return found

    def reaches(self, level: int) -> bool:
        """Whether the instances whose absolute entries sum to ``level`` are few enough to be run through."""
        for A, (rows, columns) in self.shapes.items():
            bound = self.most[A]
            if _count(rows * columns, level if bound is None else min(level, int(bound.floor()))) > LONGEST_LEVEL:
                return False
        return True

    def level(self, level: int) -> Iterator[Instance | None]:
        """Run through the instances whose absolute entries sum to ``level``, and None for each dead end."""
        if not self.possible or (not self.symbols and level):
            return
        yield from self._fill(0, level, {**self.sizes})

    def _fill(self, i: int, left: int, values: Instance) -> Iterator[Instance | None]:
        if i == len(self.symbols):
            yield dict(values)
            return
        most = left - sum(self.least[i + 1 :])
        symbol = self.symbols[i]
        last = i + 1 == len(self.symbols)
        for part in range(max(most, self.least[i]) if last else self.least[i], most + 1):
            fresh = (i, part) not in self._candidates
            found = self.candidates(i, part)
            if fresh and self.source.is_constructed:
                yield from [None] * (self.sieved // SIEVED_AT_ONCE)
            for value in found:
                values[symbol] = value
                if all(condition.holds(values) for condition in self.ready[i]):
                    yield from self._fill(i + 1, left - part, values)
                else:
                    yield None

    def candidates(self, i: int, part: int) -> list[Any]:
        """Return the values of the ``i``-th symbol whose absolute entries sum to ``part``."""
        if (i, part) not in self._candidates:
            symbol = self.symbols[i]
            self._candidates[i, part] = (
                self._matrices(i, part) if isinstance(symbol, MatrixSymbol) else _numbers(symbol, part)
            )
        return self._candidates[i, part]

    def _matrices(self, i: int, part: int) -> list[fmpq_mat]:
        symbol = self.symbols[i]
        rows, columns = self.shapes[symbol]
        self.sieved, bound = 0, self.most[symbol]
        if bound is not None and part > bound:
            return []
        symmetries = self._symmetries_of(i)
        first = (e for e in _integers(rows * columns, part) if _is_first(e, symmetries))
        found = [fmpq_mat(rows, columns, list(e)) for e in first]
        fitting = [M for M in found if self.source.fits_alone(symbol, M)]
        self.sieved = len(found) - len(fitting)
        return fitting

    def _symmetries_of(self, i: int) -> tuple[Symmetry, ...]:
        """Return the symmetries of the ``i``-th symbol: those of its widths that no symbol before it has."""
        symbol = self.symbols[i]
        met = {n for s in self.symbols[:i] if isinstance(s, MatrixSymbol) for n in s.shape}
        turn_rows, turn_columns = (n in self.free and n not in met for n in symbol.shape)
        return _symmetries(*self.shapes[symbol], turn_rows, turn_columns, symbol.rows == symbol.cols)

    @cached_property
    def free(self) -> frozenset[Any]:
        """The symbolic widths, if an orthogonal change of basis preserves what the claim says; otherwise none."""
        return frozenset(self.source.sizes if all(map(_is_natural, self.source.spoken)) else ())


_NATURAL = (
    *(Add, Mul, Pow, Number, Symbol, Str, MatrixSymbol, MatAdd, MatMul, MatPow, Transpose, Inverse, Pinv),
    *(Trace, Determinant, LogPdet, Identity, ZeroMatrix),
)


def _is_natural(expression: Any) -> bool:
    return isinstance(expression, _NATURAL) and all(map(_is_natural, expression.args))


def _ordered(source: Instances, shapes: dict[Any, tuple[int, int]]) -> list[Any]:
    """Order the symbols so that hypotheses are decided early, and large matrices stand first."""
    rest = [*sorted(source.matrices, key=lambda A: (-shapes[A][0] * shapes[A][1], str(A))), *source.scalars]
    ordered: list[Any] = []
    for condition in sorted(source.conditions, key=lambda c: len(c.symbols)):
        ordered += [s for s in rest if s in condition.symbols and s not in ordered]
    return ordered + [s for s in rest if s not in ordered]


def _numbers(symbol: Any, part: int) -> list[fmpq]:
    """Return the scalars of this cost: an integer and its negative, and halves, which cost two more."""
    found = [fmpq(part), fmpq(part - 2, 2)] if part > 2 and part % 2 else [fmpq(part)]
    signed = [x * sign for x in found for sign in (1, -1)] if part else found
    return [x for x in signed if admits(symbol, x)]


@cache
def _count(places: int, total: int) -> int:
    """Count the integer points with this sum of absolute coordinates."""
    return sum(2**k * comb(places, k) * comb(total - 1, k - 1) for k in range(1, total + 1)) if total else 1


def _integers(places: int, total: int) -> Iterator[Entries]:
    """Run through the integer points with this sum of absolute coordinates: few nonzero ones first."""
    if not total:
        yield (0,) * places
    for k in range(1, min(places, total) + 1):
        for where in combinations(range(places), k):
            for cuts in combinations(range(1, total), k - 1):
                sizes = [b - a for a, b in zip((0, *cuts), (*cuts, total), strict=True)]
                require_time()
                for signs in product((1, -1), repeat=k):
                    point = [0] * places
                    for place, size, sign in zip(where, sizes, signs, strict=True):
                        point[place] = sign * size
                    yield tuple(point)


def _is_first(point: Entries, symmetries: tuple[Symmetry, ...]) -> bool:
    """Whether no symmetry makes the point larger in lexicographic order; one point of each class passes them all."""
    require_time()
    return all(tuple([point[place] * sign for place, sign in symmetry]) <= point for symmetry in symmetries)


@cache
def _symmetries(rows: int, columns: int, turn_rows: bool, turn_columns: bool, together: bool) -> tuple[Symmetry, ...]:
    """Return signed permutations of rows and columns as maps of the entries, breadth-first from the simplest ones.

    Where rows and columns have the same width, both are permuted alike (``together``).
    """
    still_rows, still_columns = (tuple((i, 1) for i in range(n)) for n in (rows, columns))
    by_rows = _generators(rows) if turn_rows else []
    by_columns = _generators(columns) if turn_columns else []
    if together:
        moves = [(g, g) for g in by_rows]
    else:
        moves = [*((g, still_columns) for g in by_rows), *((still_rows, g) for g in by_columns)]
    return _generated([_on_entries(left, right) for left, right in moves])


def _generated(simple: list[Symmetry]) -> tuple[Symmetry, ...]:
    """Return symmetries and compositions of them, breadth-first, up to a fixed number."""
    known = dict.fromkeys(simple)
    for symmetry in (waiting := [*simple]):
        require_time()
        for g in simple:
            composed = tuple((symmetry[place][0], symmetry[place][1] * sign) for place, sign in g)
            if len(known) < SYMMETRIES and composed not in known:
                known[composed] = None
                waiting.append(composed)
    return tuple(known)


def _on_entries(left: Symmetry, right: Symmetry) -> Symmetry:
    """Return a signed permutation of the rows and one of the columns as one of the entries, row by row."""
    require_time()
    return tuple((i * len(right) + j, s * t) for i, s in left for j, t in right)


def _generators(n: int) -> list[Symmetry]:
    """Return the changes of one sign, and the swaps of two neighbours, among ``n`` places."""
    flips = [tuple((i, -1 if i == k else 1) for i in range(n)) for k in range(n)]
    swaps = [tuple((k + 1 if i == k else k if i == k + 1 else i, 1) for i in range(n)) for k in range(n - 1)]
    return flips + swaps


def cost(value: Any) -> tuple[int, int, int]:
    """Order exact values: sum of absolute numerators and denominators, then nonzero entries, then negative ones."""
    require_time()
    numbers = numbers_in(value)
    size = sum(int(abs(x.p)) + (int(x.q) - 1) * 2 for x in numbers)
    return size, sum(x != 0 for x in numbers), sum(x < 0 for x in numbers)


def level_of(values: Instance) -> int:
    """Return the sum of absolute entries of an instance; a denominator ``q`` counts ``2 (q - 1)`` besides."""
    return sum(cost(value)[0] for value in values.values() if not isinstance(value, int))
