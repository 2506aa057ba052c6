"""Write the certificate that a rule has at most so many conserved quantities; `certificates/FORMAT.md` describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
from sympy import Identity, Inverse, MatAdd, MatMul, MatPow, MatrixExpr, Transpose, ZeroMatrix

from tptheory.certificates import law_counts
from tptheory.errors import UnsupportedExpressionError
from tptheory.invariants.fields import DataFields, entries_of, modulo
from tptheory.invariants.results import CountedLaws
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.matrix_fields import PrimeField
from tptheory.symbolic.expressions import Pinv

_ATTEMPTS = 12
_LARGEST = 5

Entries = list[list[int]]
Point = dict[Any, Entries]
"""An integer matrix for each matrix that moves and each that the rule holds fixed. The rule has no other symbols."""


class Program:
    """The program of a certificate: how the velocities of a rule are computed, step by step, each step once.

    Args:
        fields: the vector fields of the rule, which has no scalar parameters.
        fixed: an integer matrix for each matrix that the rule holds fixed.

    Attributes:
        steps: the steps, as a certificate writes them.
        velocities: the numbers of the velocities.

    Raises:
        UnsupportedExpressionError: if a velocity is not made of sums, products, transposes and inverses of matrices.
    """

    def __init__(self, fields: DataFields, fixed: Mapping[Any, Entries]) -> None:
        self.steps: list[list[Any]] = []
        self._fixed = fixed
        inputs = [*fields.moving, *fields.data]
        self._numbers: dict[Any, int] = {symbol: number for number, symbol in enumerate(inputs)}
        self._inputs = len(inputs)
        self.velocities = [self._number(velocity) for velocity in fields.velocities]

    def _step(self, *step: Any) -> int:
        """Return the number of a step, which is added if it is new."""
        key = repr(step)
        if key not in self._numbers:
            self._numbers[key] = self._inputs + len(self.steps)
            self.steps.append([*step])
        return self._numbers[key]

    def _number(self, e: Any) -> int:
        """Return the number of the step that computes an expression; constants are written out."""
        if e in self._numbers:
            return self._numbers[e]
        if e in self._fixed:
            return self._step("matrix", self._fixed[e])
        if isinstance(e, Identity):
            return self._multiple(1, e.rows)
        if isinstance(e, ZeroMatrix):
            return self._step("matrix", [[0] * int(e.cols)] * int(e.rows))
        if isinstance(e, Transpose):
            return self._step("transpose", self._number(e.arg))
        if isinstance(e, Inverse):
            return self._step("inverse", self._number(e.arg))
        if isinstance(e, Pinv):
            return self._pinv(e.arg)
        if isinstance(e, MatAdd):
            return self._folded("sum", [self._number(part) for part in e.args])
        if isinstance(e, MatPow) and e.exp.is_Integer and e.exp > 0:
            return self._folded("product", [self._number(e.base)] * int(e.exp))
        if isinstance(e, MatMul):
            value, factors = e.as_coeff_matrices()
            if value.is_Rational:
                return self._folded("product", [*self._scaling(value, e.rows), *map(self._number, factors)])
        raise UnsupportedExpressionError(
            f"'rule' must move matrices by sums, products, transposes, inverses and Pinv of weights and constants, for "
            f"its laws to be counted with a certificate (got {type(e).__name__}: {e})."
        )

    def _folded(self, operation: str, numbers: Sequence[int]) -> int:
        """Combine two after two, from the left."""
        return reduce(lambda first, second: self._step(operation, first, second), numbers)

    def _pinv(self, A: Any) -> int:
        """Return the pseudo-inverse as it is where the rank is full: ``A'(A A')^-1`` of a wide matrix."""
        number = self._number(A)
        turned = self._step("transpose", number)
        if A.rows <= A.cols:
            return self._step("product", turned, self._step("inverse", self._step("product", number, turned)))
        return self._step("product", self._step("inverse", self._step("product", turned, number)), turned)

    def _scaling(self, value: Any, size: Any) -> list[int]:
        """Return the factors that multiply by a rational: of its denominator, the inverse."""
        factors = [self._multiple(value.p, size)] if value.p != 1 else []
        return factors if value.q == 1 else [*factors, self._step("inverse", self._multiple(value.q, size))]

    def _multiple(self, value: Any, size: Any) -> int:
        """Write a multiple of an identity out."""
        return self._step("matrix", [[int(value) if i == j else 0 for j in range(int(size))] for i in range(int(size))])


def bounds(fields: DataFields, counted: CountedLaws, seed: int) -> Iterator[tuple[dict[str, Any], Point]]:
    """Run through certificates that there are at most as many laws as were counted, each with its point.

    Points and data are small random integers; those at which a rank comes out too small are left out. The data that do
    not move are units, whose velocities span those of all data where they are bilinear; if that does not lead to the
    end, random data join them.

    Raises:
        UnsupportedExpressionError: as `Program` does.
    """
    order, ends = counted.ranks.index(counted.rank) + 1, fields.data
    units = [[_unit(i, ends[0]), _unit(j, ends[1])] for i, j in product(*(range(x.rows) for x in ends))]
    for attempt in range(_ATTEMPTS):
        random = np.random.default_rng([seed, attempt])
        point = {s: _drawn(random, s) for s in (*fields.moving, *fields.constants)}
        fixed = {s: point[s] for s in fields.constants}
        others = 0 if attempt < _ATTEMPTS // 2 else fields.dimension
        program = Program(fields, fixed)
        data = {
            "format": law_counts.FORMAT,
            "program": program.steps,
            "velocities": program.velocities,
            "point": [point[W] for W in fields.moving],
            "curve": [[_drawn(random, end) for end in ends] for _ in range(order)],
            "fields": [*units, *([_drawn(random, end) for end in ends] for _ in range(others))],
            "differentials": [],
            "number": counted.count,
        }
        if fixed:
            data["fixed"] = {str(symbol): entries for symbol, entries in fixed.items()}
        try:
            law_counts.check(data)
        except law_counts.Refused:
            continue
        _check_velocities(fields, data, point)
        yield data, point


def point_of(data: dict[str, Any], fields: DataFields) -> Point | None:
    """Return the point of a certificate that was checked; None if it is not about these fields.

    It is about them if its program is theirs at the fixed matrices that it names, and all of its shapes are theirs.
    """
    fixed = data.get("fixed", {})
    if not isinstance(fixed, dict) or fixed.keys() != {*map(str, fields.constants)}:
        return None
    symbols = [*fields.constants, *fields.moving, *fields.data]
    matrices = [*(fixed[str(symbol)] for symbol in fields.constants), *data["point"], *data["curve"][0]]
    if len(matrices) != len(symbols):
        return None
    for symbol, entries in zip(symbols, matrices, strict=True):
        try:
            read = law_counts.read(entries)
        except law_counts.Refused:
            return None
        if law_counts.shape(read) != tuple(map(int, symbol.shape)):
            return None
    point = dict(zip([*fields.constants, *fields.moving], matrices, strict=False))
    program = Program(fields, {symbol: point[symbol] for symbol in fields.constants})
    same = (program.steps, program.velocities) == (data["program"], data["velocities"])
    return point if same else None


def _check_velocities(fields: DataFields, data: dict[str, Any], point: Point) -> None:
    """Compare the velocities that the checker computes with those of the rule's flow, evaluated by another path.

    They differ only by an error of tptheory.
    """
    values: dict[Any, Any] = {**point, **dict(zip(fields.data, data["curve"][0], strict=True))}
    known = [[[law_counts.read(values[symbol])] for symbol in symbols] for symbols in (fields.moving, fields.data)]
    claimed = [a for v in law_counts.velocities(data, *known) for row in v[0] for a in row]
    velocities = [evaluate(fields.flow[W], values, arithmetic="exact") for W in fields.moving]
    field = PrimeField(law_counts.PRIME)
    found = [int(a) for a in entries_of([modulo(V, field) for V in velocities])]
    if claimed != found:
        raise AssertionError(f"the checker moves weights otherwise than {fields.rule!r} does: {claimed} and {found}")


def _drawn(random: np.random.Generator, symbol: Any) -> Entries:
    """Return a matrix of small integers other than 0."""
    rows, columns = map(int, symbol.shape)
    drawn: Entries = (random.integers(1, _LARGEST, (rows, columns)) * random.choice([-1, 1], (rows, columns))).tolist()
    return drawn


def _unit(i: int, column: MatrixExpr) -> Entries:
    return [[int(k == i)] for k in range(int(column.rows))]
