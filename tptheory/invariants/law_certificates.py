"""Write the certificate that a rule has at most so many conserved quantities; `certificates/FORMAT.md` describes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from sympy import Identity, Inverse, MatAdd, MatMul, MatPow, MatrixExpr, MatrixSymbol, Transpose, ZeroMatrix

from tptheory.certificates import law_counts
from tptheory.errors import UnsupportedExpressionError
from tptheory.invariants.fields import DataFields, entries_of, modulo
from tptheory.invariants.results import CountedLaws
from tptheory.numeric.evaluation import evaluate
from tptheory.numeric.matrix_fields import PrimeField
from tptheory.proving.certificate import TimedCountWork
from tptheory.symbolic.expressions import Pinv, matmul, transpose

_ATTEMPTS = 12
_LARGEST = 5

Entries = list[list[int]]
Point = dict[Any, Entries]
"""An integer matrix for each weight and each fixed matrix of the rule. The rule has no other symbols."""


def backward_operators(fields: DataFields, constants: Point) -> list[Any]:
    """Return ``M_{l+1} ... M_L`` for ``l = 1..L-1``, each as data of a certificate.

    Raises:
        UnsupportedExpressionError: if the rule does not move ``W_l`` by ``-d_l x_{l-1}'`` with such a ``d_l``, or keeps
            a state, or the format cannot say its operators.
    """
    net, rule = fields.net, fields.rule
    if fields.moving != net.weights:
        raise _refusal(rule, "moves more than the weights: biases, or states of its own")
    for l in net.layers:
        expected = matmul(-1, rule.backward(net, l), net.error, transpose(net.activation(l - 1)))
        if fields.flow[net.weight(l)] != expected:
            raise _refusal(rule, f"moves W_{l} by {fields.flow[net.weight(l)]}, and not by {expected}")
    return [_data(rule.backward(net, l), net.weights, constants) for l in net.layers[:-1]]


def _refusal(rule: Any, why: str) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        f"'rule' must move weights by -d_l x_(l-1)', d_l linear in the error, for its laws to be counted with a "
        f"certificate (got {rule!r}, which {why})."
    )


def _data(e: Any, weights: Sequence[MatrixSymbol], constants: Point) -> list[Any]:
    """Return an expression as data of a certificate; constants are written out."""
    if e in weights:
        return ["W", list(weights).index(e) + 1]
    if isinstance(e, MatrixSymbol):
        return ["matrix", written(constants[e])]
    if isinstance(e, Identity):
        return ["matrix", written(_multiple(1, int(e.rows)))]
    if isinstance(e, ZeroMatrix):
        return ["matrix", written([[0] * int(e.cols)] * int(e.rows))]
    kinds = {Transpose: "transpose", Pinv: "pinv", Inverse: "inverse"}
    for node, kind in kinds.items():
        if isinstance(e, node):
            return [kind, _data(e.arg, weights, constants)]
    if isinstance(e, MatAdd):
        return ["sum", *(_data(part, weights, constants) for part in e.args)]
    if isinstance(e, MatPow) and e.exp.is_Integer and e.exp > 0:
        return ["product", *[_data(e.base, weights, constants)] * int(e.exp)]
    if isinstance(e, MatMul):
        value, factors = e.as_coeff_matrices()
        if value.is_Rational:
            multiple = [] if value == 1 else [["matrix", written(_multiple(value, int(e.rows)))]]
            return ["product", *multiple, *(_data(factor, weights, constants) for factor in factors)]
    raise UnsupportedExpressionError(
        f"'rule' must have feedback that is made of sums, products, transposes, inverses and Pinv of weights and "
        f"constants (got {type(e).__name__}: {e})."
    )


def _multiple(value: Any, size: int) -> list[list[Any]]:
    """Return a multiple of the identity."""
    return [[value if i == j else 0 for j in range(size)] for i in range(size)]


def written(entries: Any) -> list[list[str]]:
    """Return a rational matrix as the strings of a certificate."""
    return [[str(entry) for entry in row] for row in entries]


def bounds(fields: DataFields, counted: CountedLaws, seed: int) -> Iterator[tuple[dict[str, Any], Point]]:
    """Run through certificates that there are at most as many laws as were counted, each with its point.

    Points and data are small random integers; those at which a rank comes out too small are left out.

    Raises:
        UnsupportedExpressionError: as `backward_operators` does.
    """
    order, net = counted.ranks.index(counted.rank) + 1, fields.net
    for attempt in range(_ATTEMPTS):
        random = np.random.default_rng([seed, attempt])
        point = {s: _drawn(random, s) for s in (*fields.moving, *fields.constants)}
        ends = (net.input, net.error)
        data = {
            "format": law_counts.FORMAT,
            "widths": list(counted.widths),
            "backward": backward_operators(fields, point),
            "point": [written(point[W]) for W in net.weights],
            "curve": [[[str(row[0]) for row in _drawn(random, end)] for end in ends] for _ in range(order)],
            "fields": [[_unit(i, ends[0]), _unit(j, ends[1])] for i, j in product(*(range(x.rows) for x in ends))],
            "differentials": [],
            "number": counted.count,
        }
        try:
            law_counts.check(data, TimedCountWork())
        except law_counts.Refused:
            continue
        _check_velocities(fields, data, point)
        yield data, point


def _check_velocities(fields: DataFields, data: dict[str, Any], point: Point) -> None:
    """Compare the velocities that the checker computes with those of the rule's flow, evaluated by another path.

    They differ only by an error of tptheory.
    """
    ring, net = law_counts.Ring(1, 1, law_counts.Work()), fields.net
    columns = [[[int(entry)] for entry in v] for v in data["curve"][0]]
    datum = [ring.read(written(v), len(v), 1) for v in columns]
    weights = [ring.read(written(point[W]), *map(int, W.shape)) for W in net.weights]
    claimed = [v.parts[0] for v in law_counts.velocities(data, weights, datum, ring)]
    values: dict[Any, Any] = {**point, **dict(zip((net.input, net.error), columns, strict=True))}
    velocities = [evaluate(fields.flow[W], values, arithmetic="exact") for W in net.weights]
    field = PrimeField(law_counts.PRIME)
    found = [int(a) for a in entries_of([modulo(V, field) for V in velocities])]
    if claimed != found:
        raise AssertionError(f"the checker moves weights otherwise than {fields.rule!r} does: {claimed} and {found}")


def _drawn(random: np.random.Generator, symbol: Any) -> Entries:
    """Return a matrix of small integers other than 0."""
    rows, columns = map(int, symbol.shape)
    drawn: Entries = (random.integers(1, _LARGEST, (rows, columns)) * random.choice([-1, 1], (rows, columns))).tolist()
    return drawn


def _unit(i: int, column: MatrixExpr) -> list[str]:
    return [str(int(k == i)) for k in range(int(column.rows))]
