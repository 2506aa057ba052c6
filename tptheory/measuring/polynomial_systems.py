"""Equations that no construction meets, solved entry by entry: the general road for polynomial hypotheses.

The entries of all matrices in the equations, and the scalars, are unknowns. The shortest equation is looked at first.
If it has one unknown, this is set to a rational root; if it is linear in an unknown, that is eliminated; else an
unknown is set to a small rational. What is found is a solution, because every step is exact; often none is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.clock import require_time
from tptheory.errors import TptheoryError
from tptheory.measuring.premises import Instance
from tptheory.measuring.random_matrices import Random, one_of
from tptheory.numeric.assumptions import admits
from tptheory.numeric.evaluation import evaluate_with
from tptheory.numeric.polynomial_matrices import PolynomialArithmetic, PolynomialMatrix, constant_value

MOST_UNKNOWNS = 36
"""Systems with more unknowns are given up."""
LONGEST = 60
"""A polynomial with more terms than this is never put in place of an unknown."""
RESTARTS = 4
"""How often a solution is looked for in one call."""
GUESSES = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 1), (-1, 1), (3, 5), (4, 5), (1, 2), (2, 1), (-3, 5), (-2, 1)))
"""What an unknown is set to where nothing says more: the first ones more often."""

Polynomial = Any
"""A polynomial of python-flint, `fmpq_mpoly`."""
Place = tuple[Any, int, int]
"""Where an unknown stands: a symbol, a row and a column."""


class PolynomialSystem:
    """Equations in matrices and scalars, solved exactly for all of their entries.

    Args:
        equations: the expressions that have to vanish.
        symbols: the matrices and scalars that get values; sizes keep theirs, for which other matrices were made.
    """

    def __init__(self, equations: Sequence[Any], symbols: Sequence[Any]) -> None:
        self.equations = list(equations)
        spoken_of = set().union(*(e.free_symbols for e in self.equations))
        self.symbols = [s for s in symbols if s in spoken_of]
        self._systems: dict[Any, _Unknowns | None] = {}

    def solved(self, rng: Random, values: Instance) -> Instance | None:
        """Return an instance with values that solve the equations; None if none are found.

        Args:
            rng: where all randomness comes from.
            values: the sizes and shapes, and the values of what is left open by the equations.
        """
        shapes = tuple(_shape(values[s]) for s in self.symbols)
        sizes = {s: n for s, n in values.items() if isinstance(n, int)}
        key = shapes, frozenset(sizes.items())
        if key not in self._systems:
            self._systems[key] = self._unknowns(sizes, shapes)
        system = self._systems[key]
        if system is None:
            return None
        for _ in range(RESTARTS):
            found = system.solution(rng, values)
            if found is not None:
                return {**values, **found}
        return None

    def _unknowns(self, sizes: Mapping[Any, int], shapes: tuple[tuple[int, int], ...]) -> _Unknowns | None:
        """Return the polynomials at these sizes and shapes; None if they are none, or have too many unknowns."""
        places = self._places(shapes)
        if not self.symbols or len(places) > MOST_UNKNOWNS:
            return None
        kind = PolynomialArithmetic([f"t{k}" for k in range(len(places))])
        unknowns = self._matrices_of_unknowns(shapes, dict(zip(places, kind.unknowns, strict=True)))
        try:
            found = [evaluate_with(kind, e, {**sizes, **unknowns}) for e in self.equations]
        except TptheoryError:
            return None
        polynomials = [p for value in found for p in _entries_of(value)]
        return _Unknowns(kind, places, [p for p in polynomials if not p.is_zero()])

    def _places(self, shapes: tuple[tuple[int, int], ...]) -> list[Place]:
        """Return the place of every unknown: symbol by symbol, row by row."""
        places: list[Place] = []
        for symbol, (rows, columns) in zip(self.symbols, shapes, strict=True):
            places += [(symbol, i, j) for i, j in product(range(rows), range(columns))]
        return places

    def _matrices_of_unknowns(
        self, shapes: tuple[tuple[int, int], ...], unknown: Mapping[Place, Polynomial]
    ) -> dict[Any, Any]:
        """Return the value of each symbol, with unknowns as entries; a scalar is one unknown."""
        found: dict[Any, Any] = {}
        for symbol, (m, n) in zip(self.symbols, shapes, strict=True):
            rows = [[unknown[symbol, i, j] for j in range(n)] for i in range(m)]
            found[symbol] = PolynomialMatrix(rows) if isinstance(symbol, MatrixSymbol) else rows[0][0]
        return found


class _Unknowns:
    """The polynomials that have to vanish at fixed shapes, and the place of each unknown."""

    def __init__(self, kind: PolynomialArithmetic, places: Sequence[Place], polynomials: list[Polynomial]) -> None:
        self.kind, self.places, self.polynomials = kind, list(places), polynomials

    def solution(self, rng: Random, values: Instance) -> Instance | None:
        """Look once for a solution; unknowns that are left open keep the values that they have."""
        left, steps = list(self.polynomials), []
        while left:
            require_time()
            shortest = min(left, key=lambda p: (len(_unknowns_of(p)), len(p)))
            step = self._step(rng, shortest)
            if step is None:
                return None
            steps.append(step)
            replaced = [self._with(p, *step) for p in left]
            left = [p for p in replaced if not p.is_zero()]
        numbers = [self.kind.ring.constant(self._now(values, place)) for place in self.places]
        for k, value in reversed(steps):
            numbers[k] = value.compose(*numbers, ctx=self.kind.ring)
        return self._filled(list(map(constant_value, numbers)), values)

    def _step(self, rng: Random, p: Polynomial) -> tuple[int, Polynomial] | None:
        """Return an unknown of a polynomial, and what it is to be; None if the polynomial cannot vanish."""
        unknowns = _unknowns_of(p)
        if not unknowns:
            return None
        constant = self.kind.ring.constant
        if len(unknowns) == 1:
            (k,) = unknowns
            symbol = self.places[k][0]
            fine = [x for x in _roots(p) if isinstance(symbol, MatrixSymbol) or admits(symbol, x)]
            return (k, constant(one_of(rng, fine))) if fine else None
        linear = [k for k in unknowns if p.derivative(k).is_constant()]
        if linear and len(p) <= LONGEST:
            k = one_of(rng, linear)
            slope = fmpq(p.derivative(k).leading_coefficient())
            return k, self.kind.unknowns[k] - p * (1 / slope)
        k = one_of(rng, unknowns)
        most = int(rng.integers(1, len(GUESSES) + 1))
        return k, constant(GUESSES[int(rng.integers(0, most))])

    def _with(self, p: Polynomial, k: int, value: Polynomial) -> Polynomial:
        """Return a polynomial with an unknown replaced."""
        if k not in _unknowns_of(p):
            return p
        if value.is_constant():
            return p.subs({k: constant_value(value)})
        others = list(self.kind.unknowns)
        others[k] = value
        return p.compose(*others, ctx=self.kind.ring)

    @staticmethod
    def _now(values: Instance, place: Place) -> fmpq:
        symbol, i, j = place
        return values[symbol][i, j] if isinstance(symbol, MatrixSymbol) else fmpq(values[symbol])

    def _filled(self, numbers: list[fmpq], values: Instance) -> Instance | None:
        """Return the numbers as values of the symbols; None if a scalar symbol may not have its value."""
        found: Instance = {}
        for (symbol, i, j), x in zip(self.places, numbers, strict=True):
            if isinstance(symbol, MatrixSymbol):
                if symbol not in found:
                    found[symbol] = fmpq_mat(*_shape(values[symbol]))
                found[symbol][i, j] = x
            elif admits(symbol, x):
                found[symbol] = x
            else:
                return None
        return found


def _shape(value: Any) -> tuple[int, int]:
    return (value.nrows(), value.ncols()) if isinstance(value, fmpq_mat) else (1, 1)


def _entries_of(value: PolynomialMatrix | Polynomial) -> list[Polynomial]:
    """Return the entries of a matrix row by row, or a scalar as the only entry."""
    return [p for row in value.rows for p in row] if isinstance(value, PolynomialMatrix) else [value]


def _unknowns_of(p: Polynomial) -> list[int]:
    """Return the positions of the unknowns that a polynomial has."""
    return [k for k, degree in enumerate(p.degrees()) if degree]


def _roots(p: Polynomial) -> list[fmpq]:
    """Return the rational roots of a polynomial in one unknown."""
    found = []
    for factor, _ in p.factor()[1]:
        if factor.total_degree() == 1:
            terms = {sum(powers): fmpq(c) for powers, c in factor.to_dict().items()}
            found.append(-terms.get(0, fmpq(0)) / terms[1])
    return found
