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
from flint import nmod, nmod_mat
from sympy import nextprime

from tptheory.invariants.fields import DataFields, Values, as_jets, flat, from_rows, random_matrix, units
from tptheory.numeric.jets import Jet, JetArithmetic

ROUNDS_BEYOND = 2
"""How many further orders must add nothing."""
_FIRST_ORDER = 6

Progress = Callable[[str], Any]
"""A function that is called with a text whenever a part of the work begins."""


def random_prime(random: np.random.Generator) -> int:
    """Return a prime between 2^60 and 2^61."""
    return int(nextprime(2**60 + int(random.integers(2**60 - 2**20))))


def orbit_ranks(
    fields: DataFields, prime: int, random: np.random.Generator, progress: Progress = lambda _: None
) -> list[int]:
    """Return the rank of all brackets of at most ``k + 1`` fields at a random point, for ``k = 0, 1, ...``.

    The list ends with `ROUNDS_BEYOND` orders that add nothing.
    """
    start = fields.random([*fields.parameters, *fields.constants], prime, random)
    seed, order = int(random.integers(2**32)), _FIRST_ORDER
    while True:
        progress(f"brackets of up to {order} fields modulo {prime}")
        ranks = _ranks(fields, start, JetArithmetic(prime, order), np.random.default_rng(seed))
        last = ranks.index(ranks[-1])
        if order - 1 - last >= ROUNDS_BEYOND:
            return ranks[: last + ROUNDS_BEYOND + 1]
        order *= 2


def _ranks(fields: DataFields, start: Values, kind: JetArithmetic, random: np.random.Generator) -> list[int]:
    curve = _curve(fields, start, kind, random)
    back = _flow_back(_jacobian(fields, curve, kind), kind)
    moved = _several_fields(fields, curve, kind, random)
    columns: list[list[Any]] = []
    ranks = []
    for k in range(kind.order):
        block = sum((back[i] * moved[k - i] for i in range(1, k + 1)), back[0] * moved[k])
        columns += block.transpose().tolist()
        echelon, rank = from_rows([[int(e) for e in column] for column in columns], kind.prime).rref()
        columns = echelon.tolist()[:rank]
        ranks.append(rank)
    return ranks


def _curve(fields: DataFields, start: Values, kind: JetArithmetic, random: np.random.Generator) -> Values:
    """Solve the flow on data that move: the coefficient of ``t^k`` of a velocity gives that of ``t^(k+1)``."""
    data = {symbol: [random_matrix(symbol, kind.prime, random) for _ in range(kind.order)] for symbol in fields.data}
    path = {symbol: [start[symbol]] for symbol in fields.parameters}
    for k in range(kind.order - 1):
        shorter = JetArithmetic(kind.prime, k + 1)
        moving = {symbol: Jet(shorter, parts[: k + 1]) for symbol, parts in [*path.items(), *data.items()]}
        for parts, velocity in zip(path.values(), fields.at(shorter, start | moving), strict=True):
            parts.append(velocity.coefficient(k) * (nmod(1, kind.prime) / nmod(k + 1, kind.prime)))
    return start | {symbol: Jet(kind, parts) for symbol, parts in [*path.items(), *data.items()]}


def _several_fields(
    fields: DataFields, curve: Values, kind: JetArithmetic, random: np.random.Generator
) -> list[nmod_mat]:
    """Return the coefficients of the fields of random data along the curve, in columns; enough data to span all."""
    columns: list[list[list[int]]] = []
    still = rank = 0
    while still < ROUNDS_BEYOND:
        velocities = fields.at(kind, curve | fields.random(fields.data, kind.prime, random))
        columns.append([flat([v.coefficient(k) for v in velocities]) for k in range(kind.order)])
        grown = from_rows([column[0] for column in columns], kind.prime).rank()
        still, rank = (still + 1 if grown == rank else 0), grown
    return [from_rows([column[k] for column in columns], kind.prime).transpose() for k in range(kind.order)]


def _jacobian(fields: DataFields, curve: Values, kind: JetArithmetic) -> list[nmod_mat]:
    """Return the coefficients of the Jacobian of the field along the curve, one column for each direction."""
    dual = JetArithmetic(kind.prime, kind.order, tangent=True)
    still = [None] * kind.order
    along = {s: Jet(dual, [*v.parts, *still]) if isinstance(v, Jet) else v for s, v in curve.items()}
    along = as_jets(dual, along)
    rows: list[list[int]] = [[] for _ in range(kind.order)]
    for place, direction in units(fields.parameters, kind.prime):
        symbol = fields.parameters[place]
        moved = Jet(dual, [*along[symbol].parts[: kind.order], direction, *still[1:]])
        tangents = [velocity.tangent for velocity in fields.at(dual, along | {symbol: moved})]
        for k in range(kind.order):
            rows[k] += flat([tangent[k] for tangent in tangents])
    size = fields.dimension
    return [nmod_mat(size, size, entries, kind.prime).transpose() for entries in rows]


def _flow_back(jacobian: list[nmod_mat], kind: JetArithmetic) -> list[nmod_mat]:
    """Return the coefficients of ``Psi``: ``Psi' = -Psi A``, ``Psi(0) = I``."""
    size = jacobian[0].nrows()
    back = [nmod_mat(size, size, [int(i == j) for i in range(size) for j in range(size)], kind.prime)]
    for k in range(kind.order - 1):
        total = sum((back[i] * jacobian[k - i] for i in range(1, k + 1)), back[0] * jacobian[k])
        back.append(total * (nmod(-1, kind.prime) / nmod(k + 1, kind.prime)))
    return back
