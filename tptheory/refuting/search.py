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
from sympy import MatrixSymbol

from tptheory.claims.theorem import Theorem
from tptheory.claims.vocabulary import Claim, Conserved, Nonincreasing
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.constructions import builder_for, entries, of_rank_at_most
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.instances import Instance, Instances, has_property
from tptheory.proving.verdicts import Undecided
from tptheory.refuting.counterexample import Counterexample, Refuted, violation
from tptheory.symbolic.expressions import LogPdet, Pinv

LARGEST_SIZE = 3
COMBINATIONS = 3000
"""How many instances are tried at one choice of sizes."""


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
    claim = claim.claim if isinstance(claim, Theorem) else claim
    if not isinstance(claim, Claim):
        raise InvalidTypeError(complain("claim", "a claim such as Equal(A, B), or a theorem", claim))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise InvalidValueError(complain("seconds", "a positive number", seconds))
    started = perf_counter()
    deadline = started + seconds
    tried, largest = 0, 0
    try:
        parts = [(part, Instances(part)) for part in claim.conjuncts()]
        for total in range(1, LARGEST_SIZE * max(len(source.sizes) for _, source in parts) + 1):
            for part, source in parts:
                for sizes in _sizes(source, total):
                    largest = max(largest, total)
                    for values in _instances(source, sizes, np.random.default_rng([seed, total])):
                        tried += 1
                        if _breaks(part, source, values):
                            smallest = _shrink(part, source, values, deadline)
                            found = Counterexample(part, smallest)
                            if not found.check():
                                raise AssertionError(f"a counterexample does not survive a second look: {found}")
                            return Refuted(claim, found, perf_counter() - started)
                        if perf_counter() > deadline:
                            return _undecided(claim, "the time was up", tried, largest, started)
    except UnsupportedExpressionError as error:
        return _undecided(claim, f"outside exact arithmetic: {error}", tried, largest, started)
    return _undecided(claim, f"no counterexample with sizes up to {LARGEST_SIZE}", tried, largest, started)


def _undecided(claim: Claim, reason: str, tried: int, largest: int, started: float) -> Undecided:
    evidence = {"instances tried": tried, "largest sum of sizes": largest}
    return Undecided(claim, reason, evidence, perf_counter() - started)


def _sizes(source: Instances, total: int) -> Iterator[dict[Any, int]]:
    """Run through the choices of symbolic sizes with this sum; a claim of fixed sizes has one, at sum 1."""
    if not source.sizes:
        if total == 1:
            yield {}
        return
    for sizes in product(range(1, LARGEST_SIZE + 1), repeat=len(source.sizes)):
        if sum(sizes) == total:
            yield dict(zip(source.sizes, sizes, strict=True))


def _instances(source: Instances, sizes: dict[Any, int], rng: np.random.Generator) -> Iterator[Instance]:
    """Run through instances at these sizes that meet the hypotheses, cheap ones first."""
    domains: dict[Any, list[Any]] = {}
    bound = 3
    while True:
        domains = {A: _candidates(source, A, sizes, bound, rng) for A in source.matrices}
        domains |= {s: _numbers(s) for s in source.scalars}
        if any(not domain for domain in domains.values()):
            return
        combinations = math.prod(len(d) for d in domains.values())
        if combinations <= COMBINATIONS or bound == 1:
            break
        bound -= 1
    symbols = list(domains)
    if combinations <= COMBINATIONS:
        ranked = sorted(product(*(enumerate(domains[s]) for s in symbols)), key=lambda c: sum(i for i, _ in c))
        chosen: Iterator[Any] = (tuple(v for _, v in combination) for combination in ranked)
    else:
        chosen = islice(_draws(domains, symbols, rng), COMBINATIONS)
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
    positive = [fmpq(1), fmpq(2), fmpq(1, 2)]
    return positive if symbol.is_positive else [fmpq(1), fmpq(0), fmpq(-1), fmpq(2)]


def _candidates(
    source: Instances, A: MatrixSymbol, sizes: dict[Any, int], bound: int, rng: np.random.Generator
) -> list[fmpq_mat]:
    """Return matrices that meet the hypotheses about one symbol, cheapest first."""
    rows, columns = source.shape(A, sizes)
    properties = source.properties[A]
    numbers = sorted(range(-bound, bound + 1), key=lambda k: (abs(k), -k))
    if len(numbers) ** (rows * columns) <= COMBINATIONS:
        everything = (fmpq_mat(rows, columns, list(e)) for e in product(numbers, repeat=rows * columns))
        found = [M for M in everything if all(has_property(name, M) for name in properties)]
    else:
        drawn = [entries(rng, rows, columns, bound=bound) for _ in range(60)]
        drawn += [of_rank_at_most(rng, rows, columns, 1) for _ in range(20)]
        drawn += [_sparse(rng, rows, columns) for _ in range(120)]
        drawn += [_unit(rows, columns, k) for k in range(min(rows, columns) + 1)]
        found = [M for M in drawn if all(has_property(name, M) for name in properties)]
    if properties and len(found) < 20:
        built = (
            (builder_for(properties)(rng, rows, columns) for _ in range(10))
            if _possible(properties, rows, columns)
            else ()
        )
        found += [M for M in built if all(has_property(name, M) for name in properties)]
    return sorted(found, key=cost)


def _possible(properties: frozenset[str], rows: int, columns: int) -> bool:
    return rows == columns or not properties & {"invertible", "orthogonal", "symmetric", "projection"}


def _sparse(rng: np.random.Generator, rows: int, columns: int) -> fmpq_mat:
    kept = rng.random(rows * columns) < 0.4
    numbers = rng.choice([1, 1, 1, -1, -1, 2], size=rows * columns)
    return fmpq_mat(rows, columns, [int(k) for k in kept * numbers])


def _unit(rows: int, columns: int, rank: int) -> fmpq_mat:
    return fmpq_mat(rows, columns, [int(i == j < rank) for i in range(rows) for j in range(columns)])


def cost(value: Any) -> tuple[int, int, int]:
    """Order exact values: sum of absolute numerators and denominators, then nonzero entries, then negative ones."""
    numbers = value.entries() if isinstance(value, fmpq_mat) else [value]
    size = sum(int(abs(x.p)) + (int(x.q) - 1) * 2 for x in numbers)
    return size, sum(x != 0 for x in numbers), sum(x < 0 for x in numbers)


def _breaks(claim: Claim, source: Instances, values: Instance) -> bool:
    try:
        return _rank_is_steady(claim, values) and violation(claim, values) is not None
    except InvalidValueError:  # what the claim inverts is singular here: it says nothing of this instance
        return False


def _rank_is_steady(claim: Claim, values: Instance) -> bool:
    """Whether pseudo-inverses that a flow moves have full rank, so that their rank cannot jump at this instance."""
    if not isinstance(claim, Conserved | Nonincreasing):
        return True
    for node in claim.quantity.atoms(Pinv, LogPdet):
        A = evaluate(node.arg, values, arithmetic="exact")
        if A.rank() < min(A.nrows(), A.ncols()):
            return False
    return True


def _shrink(claim: Claim, source: Instances, values: Instance, deadline: float) -> Instance:
    """Make entries smaller, one or two at a time, as long as the claim stays broken."""
    smaller = True
    while smaller and perf_counter() < deadline:
        smaller = False
        for trial in _smaller(source, values):
            if source.holds(trial) and _breaks(claim, source, trial):
                values, smaller = trial, True
                break
    return values


def _smaller(source: Instances, values: Instance) -> Iterator[Instance]:
    """Run through values with one matrix cheaper: zeroed, one entry smaller, or made positive."""
    for symbol in (*source.matrices, *source.scalars):
        old = values[symbol]
        for new in _cheaper(old):
            if cost(new) < cost(old) and not (symbol in source.scalars and symbol.is_positive and new <= 0):
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
