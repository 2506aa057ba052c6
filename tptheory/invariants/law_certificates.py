"""Write the certificate that a rule has at most so many conserved quantities; `certificates/FORMAT.md` describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import count, product, repeat
from typing import Any

import numpy as np
from sympy import Identity, Inverse, MatAdd, MatMul, MatPow, MatrixExpr, Rational, Transpose, ZeroMatrix

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

Multiple = tuple[int, int]
"""An integer times a number of the program: ``(c, i)`` stands for ``c x_i``, and ``(c, 0)`` for ``c``."""

_Multiples = list[list[Multiple]]


class Program:
    """The program of a certificate: how the velocities of a rule are computed, number by number, each once.

    Args:
        fields: the vector fields of the rule, which has no scalar parameters.
        fixed: an integer matrix for each matrix that the rule holds fixed.

    Attributes:
        steps: the steps, as a certificate writes them; the last ones are the velocities.

    Raises:
        UnsupportedExpressionError: if a velocity is not made of sums, products, powers, transposes, inverses and
            pseudo-inverses of matrices.
    """

    def __init__(self, fields: DataFields, fixed: Mapping[Any, Entries]) -> None:
        self.steps: list[list[list[int]]] = []
        self._numbers: dict[str, int] = {}
        self._matrices: dict[Any, _Multiples] = {s: [[(a, 0) for a in row] for row in A] for s, A in fixed.items()}
        inputs = zip(repeat(1), numbers := count(1))
        self._matrices |= _filled((*fields.moving, *fields.data), inputs)
        self._first = next(numbers)
        velocities = [self._matrix(velocity) for velocity in fields.velocities]
        self.steps += [[[c, i, 0]] if c else [] for V in velocities for row in V for c, i in row]

    def _matrix(self, e: Any) -> _Multiples:
        """Return the entries of an expression, which is worked out once."""
        if e not in self._matrices:
            self._matrices[e] = self._computed(e)
        return self._matrices[e]

    def _computed(self, e: Any) -> _Multiples:
        """Work out the entries of an expression."""
        if isinstance(e, Identity):
            return _identity(int(e.rows))
        if isinstance(e, ZeroMatrix):
            return [[(0, 0)] * int(e.cols)] * int(e.rows)
        if isinstance(e, Transpose):
            return _transposed(self._matrix(e.arg))
        if isinstance(e, Inverse):
            return self._inverse(self._matrix(e.arg))
        if isinstance(e, Pinv):
            return self._pinv(e.arg)
        if isinstance(e, MatAdd):
            return reduce(self._plus, map(self._matrix, e.args))
        if isinstance(e, MatPow) and e.exp.is_Integer and e.exp > 0:
            return reduce(self._product, [self._matrix(e.base)] * int(e.exp))
        if isinstance(e, MatMul):
            value, factors = e.as_coeff_matrices()
            if value.is_Rational:
                return self._times(self._rational(value), reduce(self._product, map(self._matrix, factors)))
        raise UnsupportedExpressionError(
            f"'rule' must move matrices by sums, products, transposes, inverses and Pinv of weights and constants, for "
            f"its laws to be counted with a certificate (got {type(e).__name__}: {e})."
        )

    def _sum(self, terms: Iterable[tuple[int, int, int]]) -> Multiple:
        """Return a sum of ``c x_i x_j``; a step is added if it is new, and no multiple of a number."""
        step = [[c, i, j] for c, i, j in terms if c]
        if not step:
            return 0, 0
        if len(step) == 1 and 0 in step[0]:
            return step[0][0], step[0][1] + step[0][2]
        if all(i == j == 0 for _, i, j in step):
            return sum(c for c, _, _ in step), 0
        return 1, self._step(step)

    def _step(self, step: list[list[int]]) -> int:
        """Return the number of a step, which is added if it is new."""
        key = repr(step)
        if key not in self._numbers:
            self._numbers[key] = self._first + len(self.steps)
            self.steps.append(step)
        return self._numbers[key]

    def _plus(self, A: _Multiples, B: _Multiples) -> _Multiples:
        pairs = [zip(*rows, strict=True) for rows in zip(A, B, strict=True)]
        return [[self._sum([(c, i, 0), (d, j, 0)]) for (c, i), (d, j) in pair] for pair in pairs]

    def _dot(self, row: Sequence[Multiple], column: Sequence[Multiple]) -> Multiple:
        return self._sum((c * d, i, j) for (c, i), (d, j) in zip(row, column, strict=True))

    def _product(self, A: _Multiples, B: _Multiples) -> _Multiples:
        return [[self._dot(row, column) for column in _transposed(B)] for row in A]

    def _times(self, factor: Multiple, A: _Multiples) -> _Multiples:
        return [[self._dot([factor], [a]) for a in row] for row in A]

    def _rational(self, value: Any) -> Multiple:
        """Return a rational number: a multiple of the reciprocal of its denominator."""
        return (int(value.p), 0) if value.q == 1 else (int(value.p), self._reciprocal((int(value.q), 0))[1])

    def _reciprocal(self, a: Multiple) -> Multiple:
        c, i = a
        return (c, -i) if abs(c) == 1 else (1, -self._step([[c, i, 0]]))

    def _inverse(self, A: _Multiples) -> _Multiples:
        """Return the adjugate divided by the determinant, by the recursion of Faddeev and Le Verrier.

        All that it divides by is the determinant and integers.
        """
        n = len(A)
        M = _identity(n)
        for k in range(1, n):
            M = self._product(A, M)
            total = self._sum((*M[i][i], 0) for i in range(n))
            shift = self._dot([self._rational(Rational(-1, k))], [total])
            M = self._plus(M, self._times(shift, _identity(n)))
        return self._times(self._reciprocal(self._dot(A[0], [row[0] for row in M])), M)

    def _pinv(self, A: Any) -> _Multiples:
        """Return the pseudo-inverse as it is where the rank is full: ``A'(A A')^-1`` of a wide matrix."""
        M = self._matrix(A)
        turned = _transposed(M)
        if A.rows <= A.cols:
            return self._product(turned, self._inverse(self._product(M, turned)))
        return self._product(self._inverse(self._product(turned, M)), turned)


def _identity(n: int) -> _Multiples:
    return [[(int(i == j), 0) for j in range(n)] for i in range(n)]


def _transposed(A: _Multiples) -> _Multiples:
    return [list(column) for column in zip(*A, strict=True)]


def bounds(fields: DataFields, counted: CountedLaws, seed: int) -> Iterator[tuple[dict[str, Any], Point]]:
    """Run through certificates that there are at most as many laws as were counted, each with its point.

    Points and data are small random integers; those at which a rank comes out too small are left out. The data that do
    not move are units, whose velocities span those of all data where they are bilinear; if that does not lead to the
    end, random data join them.

    Raises:
        UnsupportedExpressionError: as `Program` does.
    """
    for attempt in range(_ATTEMPTS):
        random = np.random.default_rng([seed, attempt])
        others = 0 if attempt < _ATTEMPTS // 2 else fields.dimension
        data, point = _drawn_certificate(fields, counted, random, others)
        if _is_accepted(data):
            _check_velocities(fields, data, point)
            yield data, point


def _drawn_certificate(
    fields: DataFields, counted: CountedLaws, random: np.random.Generator, others: int
) -> tuple[dict[str, Any], Point]:
    """Return a certificate at a drawn point, true if the ranks there are as large as they should be, and the point.

    Args:
        fields: the velocities.
        counted: the laws that were counted.
        random: what draws.
        others: how many random data join the units.
    """
    order, ends = counted.ranks.index(counted.rank) + 1, fields.data
    point = {s: _drawn(random, s) for s in (*fields.moving, *fields.constants)}
    fixed = {s: point[s] for s in fields.constants}
    data = {
        "format": law_counts.FORMAT,
        "program": Program(fields, fixed).steps,
        "point": _flat(point[W] for W in fields.moving),
        "curve": [_flat(_drawn(random, end) for end in ends) for _ in range(order)],
        "fields": [*_units(ends), *(_flat(_drawn(random, end) for end in ends) for _ in range(others))],
        "differentials": [],
        "number": counted.count,
    }
    if fixed:
        data["fixed"] = {str(symbol): entries for symbol, entries in fixed.items()}
    return data, point


def _units(ends: Sequence[MatrixExpr]) -> list[list[int]]:
    """Return the data, input and target, in which each is a column of the identity."""
    return [_flat([_unit(i, ends[0]), _unit(j, ends[1])]) for i, j in product(*(range(x.rows) for x in ends))]


def _is_accepted(data: dict[str, Any]) -> bool:
    """Whether the checker accepts a certificate: at the point of one that it refuses, a rank is too small."""
    try:
        law_counts.check(data)
    except law_counts.Refused:
        return False
    return True


def point_of(data: dict[str, Any], fields: DataFields) -> Point | None:
    """Return the point of a certificate that was checked; None if it is not about these fields.

    It is about them if its program is theirs at the fixed matrices that it names, and it has as many numbers.
    """
    fixed = data.get("fixed", {})
    if not isinstance(fixed, dict) or fixed.keys() != {*map(str, fields.constants)}:
        return None
    point = {symbol: fixed[str(symbol)] for symbol in fields.constants}
    if not all(_has_shape(entries, symbol) for symbol, entries in point.items()):
        return None
    sizes = fields.dimension, sum(int(end.rows * end.cols) for end in fields.data)
    if (len(data["point"]), len(data["curve"][0])) != sizes or Program(fields, point).steps != data["program"]:
        return None
    return point | _filled(fields.moving, data["point"])


def _has_shape(entries: Any, symbol: Any) -> bool:
    """Whether these are the rows of integers of a matrix of this shape."""
    rows = isinstance(entries, list) and len(entries) == symbol.rows and all(isinstance(row, list) for row in entries)
    return rows and all(len(row) == symbol.cols and all(type(a) is int for a in row) for row in entries)


def _check_velocities(fields: DataFields, data: dict[str, Any], point: Point) -> None:
    """Compare the velocities that the checker computes with those of the rule's flow, evaluated by another path.

    They differ only by an error of tptheory.
    """
    field = PrimeField(law_counts.PRIME)
    known = [[[a % law_counts.PRIME] for a in numbers] for numbers in (data["point"], data["curve"][0])]
    claimed = [series[0] for series in law_counts.velocities(data, *known)]
    datum = _filled(fields.data, data["curve"][0])
    velocities = [evaluate(fields.flow[W], {**point, **datum}, arithmetic="exact") for W in fields.moving]
    found = [int(a) for a in entries_of([modulo(V, field) for V in velocities])]
    if claimed != found:
        raise AssertionError(f"the checker moves weights otherwise than {fields.rule!r} does: {claimed} and {found}")


def _filled(symbols: Iterable[Any], numbers: Iterable[Any]) -> dict[Any, Any]:
    """Return a matrix for each symbol, whose entries are taken row by row: `_flat` turned round."""
    left = iter(numbers)
    return {A: [[next(left) for _ in range(A.cols)] for _ in range(A.rows)] for A in symbols}


def _flat(matrices: Iterable[Entries]) -> list[int]:
    """Return the entries of matrices, row by row, one after the other."""
    return [a for A in matrices for row in A for a in row]


def _drawn(random: np.random.Generator, symbol: Any) -> Entries:
    """Return a matrix of small integers other than 0."""
    rows, columns = map(int, symbol.shape)
    drawn: Entries = (random.integers(1, _LARGEST, (rows, columns)) * random.choice([-1, 1], (rows, columns))).tolist()
    return drawn


def _unit(i: int, column: MatrixExpr) -> Entries:
    return [[int(k == i)] for k in range(int(column.rows))]
