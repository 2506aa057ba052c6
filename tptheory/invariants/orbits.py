"""The dimension of the orbits of the fields that the data span, over a prime field.

The orbit through a point ``p`` is all that training can reach from there, data chosen at will; its tangent space is the
value at ``p`` of the Lie algebra that the fields generate (Nagano, 1966; Sussmann, 1973). Instead of bracket by
bracket it is found along one curve. Train on data that move with time, ``(x(t), d_L(t))`` random power series; let
``A(t)`` be the Jacobian of the field along the curve ``p(t)``, ``B(t)`` the fields of several data there, and ``Psi``
the flow back to the start, ``Psi' = -Psi A``, ``Psi(0) = I``. The coefficient of ``t^k`` in ``Psi B`` is a sum of
brackets of at most ``k + 1`` fields at ``p``, and

- some curve reaches the whole tangent space, since compositions of flows do (Sussmann's orbit theorem) and power series
  approximate data that jump; hence so does a random one (Sontag, 1992, calls such inputs universal);
- an order that adds nothing is the last: over the field of rational functions of the point and of the coefficients of
  the data, ``B_{k+1} = B_k' - A B_k`` is then a combination of ``B_0, ..., B_k``, and so are all that follow.

Over F_p at random points a rank can only come out too small, with a chance of about its degree over p.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import nmod_mat
from sympy import nextprime

from tptheory.invariants.fields import DataFields, Values, as_jets, entries_of, unit_matrices
from tptheory.numeric.jets import Jet, JetArithmetic
from tptheory.numeric.matrix_fields import PrimeField, reduced_rows

ROUNDS_BEYOND = 2
"""How many further orders must add nothing."""
_FIRST_ORDER = 6

Progress = Callable[[str], Any]
"""A function that is called with a text whenever a part of the work begins."""


def random_field(random: np.random.Generator) -> PrimeField:
    """Return the integers modulo a prime between 2^60 and 2^61."""
    return PrimeField(int(nextprime(2**60 + int(random.integers(2**60 - 2**20)))))


def orbit_ranks(
    fields: DataFields, field: PrimeField, random: np.random.Generator, progress: Progress = lambda _: None
) -> list[int]:
    """Return the rank of all brackets of at most ``k + 1`` fields at a random point, for ``k = 0, 1, ...``.

    The list ends with `ROUNDS_BEYOND` orders that add nothing.
    """
    start = fields.random([*fields.moving, *fields.constants], field, random)
    seed, order = int(random.integers(2**32)), _FIRST_ORDER
    while True:
        progress(f"brackets of up to {order} fields modulo {field.prime}")
        ranks = _ranks(fields, field, order, start, np.random.default_rng(seed))
        last = ranks.index(ranks[-1])
        if order - 1 - last >= ROUNDS_BEYOND:
            return ranks[: last + ROUNDS_BEYOND + 1]
        order *= 2


def _ranks(fields: DataFields, field: PrimeField, order: int, start: Values, random: np.random.Generator) -> list[int]:
    """Return the rank of the first coefficients of ``Psi B``, for each number of them up to the order."""
    curve = _curve(fields, field, order, start, random)
    back = _flow_back(_jacobian(fields, field, order, curve), field)
    moved = _several_fields(fields, field, order, curve, random)
    columns: list[list[Any]] = []
    ranks = []
    for k in range(order):
        block = sum((back[i] * moved[k - i] for i in range(1, k + 1)), back[0] * moved[k])
        columns, _ = reduced_rows(field.matrix([*columns, *block.transpose().tolist()]))
        ranks.append(len(columns))
    return ranks


def _curve(fields: DataFields, field: PrimeField, order: int, start: Values, random: np.random.Generator) -> Values:
    """Solve the flow on data that move: the coefficient of ``t^k`` of a velocity gives that of ``t^(k+1)``."""
    data = {s: [field.random(s.shape, random) for _ in range(order)] for s in fields.data}
    path = {symbol: [start[symbol]] for symbol in fields.moving}
    for k in range(order - 1):
        moving = {symbol: Jet(parts[: k + 1]) for symbol, parts in [*path.items(), *data.items()]}
        velocities = fields.at(JetArithmetic(field, k + 1), start | moving)
        for parts, velocity in zip(path.values(), velocities, strict=True):
            parts.append(velocity.coefficient(k) / (k + 1))
    return start | {symbol: Jet(parts) for symbol, parts in [*path.items(), *data.items()]}


def _several_fields(
    fields: DataFields, field: PrimeField, order: int, curve: Values, random: np.random.Generator
) -> list[nmod_mat]:
    """Return the coefficients of the fields of random data along the curve, in columns; enough data to span all."""
    kind = JetArithmetic(field, order)
    columns: list[list[Any]] = []
    still = rank = 0
    while still < ROUNDS_BEYOND:
        velocities = fields.at(kind, curve | fields.random(fields.data, field, random))
        columns.append([entries_of([v.coefficient(k) for v in velocities]) for k in range(order)])
        grown = field.matrix([column[0] for column in columns]).rank()
        still, rank = (still + 1 if grown == rank else 0), grown
    return [field.matrix([column[k] for column in columns]).transpose() for k in range(order)]


def _jacobian(fields: DataFields, field: PrimeField, order: int, curve: Values) -> list[nmod_mat]:
    """Return the coefficients of the Jacobian of the field along the curve, one column for each direction."""
    kind = JetArithmetic(field, order, tangent=True)
    along = as_jets(kind, {s: kind.jet(v.parts) if isinstance(v, Jet) else v for s, v in curve.items()})
    columns: list[list[Any]] = [[] for _ in range(order)]
    for symbol, direction in unit_matrices(fields.moving, field):
        moved = kind.jet([*curve[symbol].parts, direction])
        tangents = [velocity.tangent for velocity in fields.at(kind, along | {symbol: moved})]
        for k in range(order):
            columns[k].append(entries_of([tangent[k] for tangent in tangents]))
    return [field.matrix(coefficient).transpose() for coefficient in columns]


def _flow_back(jacobian: list[nmod_mat], field: PrimeField) -> list[nmod_mat]:
    """Return the Taylor coefficients of the flow back to the start: ``Psi' = -Psi A`` with ``Psi(0) = I``."""
    size = jacobian[0].nrows()
    back = [field.full(size, size, 1, 0)]
    for k in range(len(jacobian) - 1):
        total = sum((back[i] * jacobian[k - i] for i in range(1, k + 1)), back[0] * jacobian[k])
        back.append(total * -1 / (k + 1))
    return back
