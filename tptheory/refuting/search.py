"""The search for a counterexample: sizes from small to large, small entries first, everything exact.

At each choice of sizes every matrix has a list of candidates that meet its own hypotheses, cheapest first. Where all
combinations are few they are all tried, in the order of their cost; otherwise cheap ones are drawn at random. What
breaks the claim is then made smaller, entry by entry, as long as it still meets the hypotheses and breaks the claim.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice, product
from time import perf_counter
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixExpr, MatrixSymbol, ZeroMatrix

from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vocabulary import Claim, Conserved, Nonincreasing, RankAtMost
from tptheory.errors import InvalidValueError, UnsupportedExpressionError, check_seconds
from tptheory.numeric.constructions import builder_for, entries, is_possible, of_rank_at_most, unit
from tptheory.numeric.evaluation import compile_expression
from tptheory.numeric.instances import Instance, Instances, admits, has_property, is_zero
from tptheory.proving.verdicts import Undecided
from tptheory.refuting.counterexample import Counterexample, Refuted
from tptheory.symbolic.expressions import LogPdet, Pinv

LARGEST_SIZE = 3
QUICK, COMBINATIONS = 80, 3000
"""How many instances are tried at one choice of sizes, at the first look and at the second."""


def refute(claim: Claim | Theorem, seconds: float = 10.0, seed: int = 0) -> Refuted | Undecided:
    """Search for the smallest exact counterexample to a claim.

    Smallest means: least sum of symbolic sizes, then least sum of absolute entries (by descent from what is found).

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search.
        seed: the seed of the random part of the search; the same seed gives the same answer, time permitting.

    Returns:
        `Refuted` with a counterexample that was evaluated twice, or `Undecided` with how far the search got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.
    """
    claim = as_claim(claim)
    check_seconds(seconds)
    search = _Search(claim, seed, perf_counter() + seconds)
    try:
        found = search.run()
    except UnsupportedExpressionError as error:
        return search.undecided(f"outside exact arithmetic: {error}")
    if found is None:
        late = perf_counter() > search.deadline
        return search.undecided("the time was up" if late else f"no counterexample with sizes up to {LARGEST_SIZE}")
    counterexample = Counterexample(*found)
    if not counterexample.check():
        raise AssertionError(f"a counterexample does not survive a second look: {counterexample}")
    return Refuted(claim, counterexample, perf_counter() - search.started)


EVERYTHING = 700
"""Up to how many matrices of one shape are listed; beyond that they are drawn."""

Found = tuple[Claim, Instance]


class _Search:
    """One search: a quick look at all sizes, then a thorough one at those that are not larger than what was found."""

    def __init__(self, claim: Claim, seed: int, deadline: float) -> None:
        self.claim, self.seed, self.deadline = claim, seed, deadline
        self.started = perf_counter()
        self.tried = self.largest = 0
        sources = [(part, Instances(part)) for part in claim.conjuncts()]
        self.parts = [(part, source, Breaker(part, source)) for part, source in sources]
        self.most = LARGEST_SIZE * max(len(source.sizes) for _, source, _ in self.parts) or 1

    def run(self) -> Found | None:
        """Return the smallest counterexample that the time allows to find."""
        found = self._look(self.most, QUICK)
        if perf_counter() < self.deadline:
            total = sum(n for n in found[1].values() if isinstance(n, int)) if found else self.most
            found = self._look(total or 1, COMBINATIONS) or found
        if found is None:
            return None
        part, values = found
        source, breaks = next((s, b) for p, s, b in self.parts if p is part)
        return part, _shrink(source, breaks, values, self.deadline)

    def _look(self, most: int, combinations: int) -> Found | None:
        for total in range(1, most + 1):
            for part, source, breaks in self.parts:
                for sizes in _sizes(source, total):
                    self.largest = max(self.largest, total)
                    for values in _instances(source, sizes, np.random.default_rng([self.seed, total]), combinations):
                        self.tried += 1
                        if breaks(values):
                            return part, values
                        if perf_counter() > self.deadline:
                            return None
        return None

    def undecided(self, reason: str) -> Undecided:
        """Say how far the search got."""
        evidence = {"instances tried": self.tried, "largest sum of sizes": self.largest}
        return Undecided(self.claim, reason, evidence, perf_counter() - self.started)


class Breaker:
    """Tell, exactly and fast, whether an instance breaks a claim: its expressions are compiled once."""

    def __init__(self, claim: Claim, source: Instances) -> None:
        self.claim = claim
        self.symbols = [*source.matrices, *source.scalars]
        self.steady = [
            self._compiled(node.arg)
            for node in (claim.quantity.atoms(Pinv, LogPdet) if isinstance(claim, Conserved | Nonincreasing) else ())
        ]
        if isinstance(claim, RankAtMost):
            self.expressions = [self._compiled(claim.matrix)]
            self.bounds = [self._compiled(b) if isinstance(b, MatrixExpr) else b for b in claim.bound]
        else:
            residuals = [claim.rate()] if isinstance(claim, Nonincreasing) else claim.residuals()
            self.expressions = [self._compiled(r) for r in residuals if not isinstance(r, ZeroMatrix)]

    def _compiled(self, expression: Any) -> Any:
        return compile_expression(expression, self.symbols, arithmetic="exact")

    def __call__(self, values: Instance) -> bool:
        """Whether the claim fails at these values, and pseudo-inverses that a flow moves cannot jump there."""
        arrays = [values[s] for s in self.symbols]
        try:
            if any(_is_deficient(argument(*arrays)) for argument in self.steady):
                return False
            if isinstance(self.claim, RankAtMost):
                rank = self.expressions[0](*arrays).rank()
                sizes = {s: n for s, n in values.items() if isinstance(n, int)}
                return rank > min(b(*arrays).rank() if callable(b) else int(b.subs(sizes)) for b in self.bounds)
            if isinstance(self.claim, Nonincreasing):
                return bool(self.expressions[0](*arrays) > 0)
            return any(not is_zero(expression(*arrays)) for expression in self.expressions)
        except InvalidValueError:  # what the claim inverts is singular here: it says nothing of this instance
            return False


def _is_deficient(A: fmpq_mat) -> bool:
    return A.rank() < min(A.nrows(), A.ncols())


def _sizes(source: Instances, total: int) -> Iterator[dict[Any, int]]:
    """Run through the choices of symbolic sizes with this sum; a claim of fixed sizes has one, at sum 1."""
    if not source.sizes:
        if total == 1:
            yield {}
        return
    for sizes in product(range(1, LARGEST_SIZE + 1), repeat=len(source.sizes)):
        if sum(sizes) == total:
            yield dict(zip(source.sizes, sizes, strict=True))


def _instances(source: Instances, sizes: dict[Any, int], rng: np.random.Generator, most: int) -> Iterator[Instance]:
    """Run through instances at these sizes that meet the hypotheses, cheap ones first."""
    domains = {A: _candidates(source, A, sizes, rng) for A in source.matrices}
    domains |= {s: _numbers(s) for s in source.scalars}
    if any(not domain for domain in domains.values()):
        return
    symbols = list(domains)
    if math.prod(len(d) for d in domains.values()) <= most:
        ranked = sorted(product(*(enumerate(domains[s]) for s in symbols)), key=lambda c: sum(i for i, _ in c))
        chosen: Iterator[Any] = (tuple(v for _, v in combination) for combination in ranked)
    else:
        chosen = islice(_draws(domains, symbols, rng), most)
    for combination in chosen:
        values = {**sizes, **dict(zip(symbols, combination, strict=True))}
        if source.equations:
            values = source.tie(rng, values)
        if source.holds(values):
            yield values


def _draws(domains: dict[Any, list[Any]], symbols: list[Any], rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    while True:
        yield tuple(domains[s][int(len(domains[s]) * rng.random() ** 2)] for s in symbols)


def _numbers(symbol: Any) -> list[fmpq]:
    likely = [fmpq(1), fmpq(2), fmpq(1, 2)] if symbol.is_positive else [fmpq(1), fmpq(0), fmpq(-1), fmpq(2)]
    return [value for value in likely if admits(symbol, value)]


def _candidates(source: Instances, A: MatrixSymbol, sizes: dict[Any, int], rng: np.random.Generator) -> list[fmpq_mat]:
    """Return matrices that meet the hypotheses about one symbol, cheapest first."""
    rows, columns = source.shape(A, sizes)
    properties = source.properties[A]
    bound = next((b for b in (3, 2, 1) if (2 * b + 1) ** (rows * columns) <= EVERYTHING), 0)
    if bound:
        everything = (
            fmpq_mat(rows, columns, list(e)) for e in product(range(-bound, bound + 1), repeat=rows * columns)
        )
        found = [M for M in everything if all(has_property(name, M) for name in properties)]
    else:
        drawn = [entries(rng, rows, columns, bound=2) for _ in range(60)]
        drawn += [of_rank_at_most(rng, rows, columns, 1) for _ in range(20)]
        drawn += [_sparse(rng, rows, columns) for _ in range(120)]
        drawn += [unit(rows, columns, k) for k in range(min(rows, columns) + 1)]
        found = [M for M in drawn if all(has_property(name, M) for name in properties)]
    if properties and len(found) < 20:
        tries = 10 if is_possible(properties, rows, columns) else 0
        built = (builder_for(properties)(rng, rows, columns) for _ in range(tries))
        found += [M for M in built if all(has_property(name, M) for name in properties)]
    return sorted(found, key=cost)


def _sparse(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    kept = rng.random(rows * columns) < 0.4
    numbers = rng.choice([1, 1, 1, -1, -1, 2], size=rows * columns)
    return fmpq_mat(rows, columns, [int(k) for k in kept * numbers])


def cost(value: Any) -> tuple[int, int, int]:
    """Order exact values: sum of absolute numerators and denominators, then nonzero entries, then negative ones."""
    numbers = value.entries() if isinstance(value, fmpq_mat) else [value]
    size = sum(int(abs(x.p)) + (int(x.q) - 1) * 2 for x in numbers)
    return size, sum(x != 0 for x in numbers), sum(x < 0 for x in numbers)


def _shrink(source: Instances, breaks: Breaker, values: Instance, deadline: float) -> Instance:
    """Make entries smaller, one matrix at a time, as long as the claim stays broken."""
    smaller = True
    while smaller and perf_counter() < deadline:
        smaller = False
        for trial in _smaller(source, values):
            if source.holds(trial) and breaks(trial):
                values, smaller = trial, True
                break
    return values


def _smaller(source: Instances, values: Instance) -> Iterator[Instance]:
    """Run through values with one matrix cheaper: zeroed, one entry smaller, or made positive."""
    for symbol in (*source.matrices, *source.scalars):
        old = values[symbol]
        for new in _cheaper(old):
            if cost(new) < cost(old):
                yield {**values, symbol: new}


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
