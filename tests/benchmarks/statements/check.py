"""Hold the truth of every statement against numbers.

    python -m tests.benchmarks.statements.check [--area WORD] [--only WORD] [--seconds 10]

Random matrices are moved by least squares until they meet the hypotheses. A true statement should hold on each of them,
and a false one should fail on one of them; `violation` of `reading` tells. The exit status is 1 if a statement that is
listed as true fails. A false statement may hold on all that are found, if few matrices break it: then the
counterexample in its source has to do. Statements on networks of any depth are not read here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
from scipy.optimize import least_squares
from sympy import MatrixExpr, MatrixSymbol, Symbol

from tests.benchmarks.statements.hundred import EVERY
from tests.benchmarks.statements.reading import MARGIN, AmbiguousError, Array, Reading, residual, violation
from tests.benchmarks.statements.statement import Statement
from tptheory import AllOf, Equal, TptheoryError
from tptheory.claims.compound import ForAll

MEETS, HOLDS, FAILS = 1e-10, 2e-2, 5e-2
"""Residuals of hypotheses below the first count as met; a conclusion holds below the second, and fails above the third.

Where an equation has double roots the floats that meet it are far from its solutions, by a root of the first.
"""
LARGEST = 50.0
WANTED = {True: 30, False: 300}


def parts(claim: Any) -> Iterator[Any]:
    """Run through the expressions of a claim and of its hypotheses."""
    for name in ("lhs", "rhs", "lesser", "greater", "expression", "first", "second", "matrix", "space", "quantity"):
        if hasattr(claim, name):
            yield getattr(claim, name)
    yield from getattr(claim, "bound", ())
    yield from getattr(claim, "matrices", ())
    for parameter in getattr(claim, "along", ()):
        yield from (parameter, claim.along[parameter])
    for inner in (*getattr(claim, "claims", ()), *getattr(claim, "given", ())):
        yield from parts(inner)


def start(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Return a random matrix of one of many kinds, degenerate ones among them."""
    kind, small = int(rng.integers(0, 9)), min(rows, columns)
    if kind <= 1:
        return rng.standard_normal((rows, columns))
    if kind == 2:
        return rng.integers(-2, 3, (rows, columns)).astype(float)
    if kind == 3:
        inner = int(rng.integers(0, small + 1))
        return (rng.integers(-1, 2, (rows, inner)) @ rng.integers(-1, 2, (inner, columns))).astype(float)
    turned = np.linalg.qr(rng.standard_normal((max(rows, columns),) * 2))[0]
    if rows != columns or kind == 4:
        return turned[:rows, :columns]
    some = np.diag(rng.choice([0.0, 1.0, -1.0] if kind == 5 else [0.0, 1.0], rows))
    skewed = np.triu(rng.integers(-1, 2, (rows, rows)), 1).astype(float)
    if kind == 6:
        return skewed
    if kind == 7:
        return (np.eye(rows) + skewed) @ some @ np.linalg.inv(np.eye(rows) + skewed)
    return turned @ some @ turned.T


class Unknowns:
    """The symbols of a claim, its hypotheses, and what hypotheses such as ``S = G G'`` define in other symbols."""

    def __init__(self, claim: Any) -> None:
        expressions = [e for e in parts(claim) if hasattr(e, "free_symbols")]
        found = [M for e in expressions for M in e.atoms(MatrixSymbol)]
        self.matrices = {M.name: M for M in sorted(found, key=str)}
        self.sizes = sorted({s for M in found for size in M.shape for s in size.free_symbols}, key=str)
        symbols = {s for e in expressions for s in e.free_symbols if isinstance(s, Symbol)}
        self.scalars = sorted((s for s in symbols if s not in self.sizes), key=str)
        claims = claim.claims if isinstance(claim, AllOf) else [claim]
        self.hypotheses = [h for c in claims for h in c.given]
        self.defined: dict[str, MatrixExpr] = {}
        for hypothesis in list(self.hypotheses):
            if isinstance(hypothesis, Equal) and self._defines(hypothesis):
                self.defined[hypothesis.lhs.name] = hypothesis.rhs
                self.hypotheses.remove(hypothesis)
        self.free = [name for name in self.matrices if name not in self.defined]

    def _defines(self, hypothesis: Equal) -> bool:
        lhs, rhs = hypothesis.lhs, hypothesis.rhs
        used = {M.name for M in rhs.atoms(MatrixSymbol)}
        return isinstance(lhs, MatrixSymbol) and not used & {lhs.name, *self.defined} and lhs.name not in self.defined

    def reading(self, numbers: Array, sizes: dict[Symbol, int], strict: bool) -> Reading:
        """Return what the symbols stand for, from the numbers in a row."""
        reading, at = Reading({}, sizes, strict), 0
        for name in self.free:
            rows, columns = (reading.size(size) for size in self.matrices[name].shape)
            reading.values[name] = numbers[at : at + rows * columns].reshape(rows, columns)
            at += rows * columns
        for symbol, number in zip(self.scalars, numbers[at:], strict=True):
            reading.values[symbol.name] = float(number)
        for name, expression in self.defined.items():
            reading.values[name] = reading.of(expression)
        return reading

    def draw(self, rng: np.random.Generator) -> Reading | None:
        """Return random matrices that meet the hypotheses, or nothing."""
        sizes = {symbol: int(rng.integers(1, 5)) for symbol in self.sizes}
        size = Reading({}, sizes).size
        first = [start(rng, *map(size, self.matrices[name].shape)).ravel() for name in self.free]
        scalars = [float(abs(rng.standard_normal()) + 0.3) for _ in self.scalars]
        numbers = np.concatenate([*first, scalars])

        def residuals(numbers: Array) -> Array:
            reading = self.reading(numbers, sizes, strict=False)
            return np.concatenate([residual(h, reading) for h in self.hypotheses])

        if self.hypotheses and np.abs(residuals(numbers)).max(initial=0) > MEETS:
            tolerances = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 60}
            numbers = least_squares(residuals, numbers + 0.1 * rng.standard_normal(numbers.shape), **tolerances).x
        reading = self.reading(numbers, sizes, strict=True)
        for value in reading.values.values():
            reading.singular_values(np.atleast_2d(value))
        met = all(np.abs(residual(h, reading)).max(initial=0) <= MEETS for h in self.hypotheses)
        positive = all(reading.values[s.name] > MARGIN for s in self.scalars if s.is_positive)
        return reading if met and positive and np.abs(numbers).max(initial=0) < LARGEST else None


def judge(statement: Statement, seconds: float, seed: int = 0) -> tuple[bool, str]:
    """Return whether numbers contradict a statement that is listed as true, and a remark."""
    rng, claim = np.random.default_rng(seed), statement.claim()
    unknowns, met, until = Unknowns(claim), 0, perf_counter() + seconds
    while met < WANTED[statement.true] and perf_counter() < until:
        try:
            reading = unknowns.draw(rng)
            failure = violation(claim, reading) if reading else None
        except (AmbiguousError, np.linalg.LinAlgError, ValueError):
            continue
        if failure is None:
            continue
        met += 1
        if failure > (HOLDS if statement.true else FAILS):
            return statement.true, f"fails by {failure:.2g}, on instance {met}"
    return False, f"holds on {met} instances"


def main() -> int:
    """Check the statements that are asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description="Statements against numbers.")
    parser.add_argument("--area", default="", help="only areas with this in their name")
    parser.add_argument("--only", default="", help="only statements with this in their name")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to look for instances of one statement")
    arguments = parser.parse_args()
    contradicted = 0
    for statement in EVERY:
        if arguments.area not in statement.area or arguments.only not in statement.name:
            continue
        try:
            if isinstance(statement.claim(), ForAll) or statement.area == "networks of any depth":
                continue
            wrong, remark = judge(statement, arguments.seconds)
        except TptheoryError as error:
            wrong, remark = False, f"refused: {error}"
        contradicted += wrong
        truth = "true " if statement.true else "false"
        print(f"{'WRONG' if wrong else 'ok':6}{truth}  {statement.name}: {remark}", flush=True)  # noqa: T201
    return int(contradicted > 0)


if __name__ == "__main__":
    sys.exit(main())
