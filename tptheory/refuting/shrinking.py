"""Make a counterexample smaller, one change at a time, as long as the claim stays broken.

The shrinker knows which instances break the claim and which of two is smaller; it knows nothing of the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.measuring.premises import Instance
from tptheory.numeric.assumptions import admits
from tptheory.refuting.enumeration import cost
from tptheory.refuting.size_choices import SizeChoice

Found = tuple[SizeChoice, Instance]
"""A choice of sizes, and an instance of these sizes that breaks the claim."""


def shrunk(
    found: Found,
    choices: Sequence[SizeChoice],
    breaks: Callable[[SizeChoice, Instance], bool],
    proceed: Callable[[], None],
) -> Found:
    """Return an instance that breaks the claim and that no single change turns into a smaller one that does.

    Args:
        found: where to begin.
        choices: the sizes that the claim admits.
        breaks: whether an instance meets the hypotheses and breaks the claim.
        proceed: is called for each change; it raises an error where the time is up.
    """
    while True:
        trials = chain(_narrower(*found, choices), _cheaper_by_one(*found, proceed))
        better = next((trial for trial in trials if breaks(*trial)), None)
        if better is None:
            return found
        found = better


def _narrower(choice: SizeChoice, values: Instance, choices: Sequence[SizeChoice]) -> Iterator[Found]:
    """Run through the instances that remain when one index of one symbolic size is removed."""
    for size, n in choice.sizes.items():
        sizes = {**choice.sizes, size: n - 1}
        other = next((c for c in choices if c.part is choice.part and c.sizes == sizes), None)
        if other is None:  # the size must not be that
            continue
        for i in range(n):
            rest = {s: _without(v, s, size, i) if s in choice.grid.shapes else v for s, v in values.items()}
            yield other, rest | sizes


def _without(A: fmpq_mat, symbol: MatrixSymbol, size: Any, index: int) -> fmpq_mat:
    """Return a matrix without the row and the column of this index, where they run over ``size``."""
    rows = [row for i, row in enumerate(A.tolist()) if symbol.rows != size or i != index]
    return fmpq_mat([[x for j, x in enumerate(row) if symbol.cols != size or j != index] for row in rows])


def _cheaper_by_one(choice: SizeChoice, values: Instance, proceed: Callable[[], None]) -> Iterator[Found]:
    """Run through values with one symbol cheaper: zeroed, one entry smaller, made positive, or another candidate.

    Where an equation ties other symbols to the changed one, one of them is solved for again, if the total then becomes
    cheaper.
    """
    source, total = choice.source, _total_cost(values)
    for symbol in (*source.matrices, *source.scalars):
        old = values[symbol]
        special = choice.domains[symbol] if symbol in source.matrices and source.is_restricted(symbol) else ()
        known = cost(old)
        for new in chain(_cheaper(old), special):
            proceed()
            if cost(new) >= known or (symbol in source.scalars and not admits(symbol, new)):
                continue
            trial = {**values, symbol: new}
            yield choice, trial
            for other, system in source.ties.systems.items():
                if other != symbol and (solution := system.solve(trial)) is not None:
                    solved = {**trial, other: solution}
                    if _total_cost(solved) < total:
                        yield choice, solved


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
