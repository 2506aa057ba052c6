"""Random instances of a claim: sizes, matrices and scalars that meet its hypotheses, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol, Rational, Symbol, ZeroMatrix, exp, log, sympify

from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.vocabulary import Claim
from tptheory.errors import InvalidValueError
from tptheory.numeric.constructions import (
    Random,
    builder_for,
    degenerate,
    entries,
    eye,
    full_rank,
    is_possible,
    partial_isometry,
)
from tptheory.numeric.evaluation import compile_expression, evaluate
from tptheory.numeric.solving import AffineSystem, is_affine
from tptheory.symbolic.expressions import LogPdet, Pinv, matadd, matmul, transpose

Instance = dict[Any, Any]


class Condition:
    """One hypothesis, by its meaning rather than by the prover's equations: compiled once, decided exactly."""

    def __init__(self, name: str, expression: Any, matrices: Sequence[MatrixSymbol]) -> None:
        """Take the name of a property, or "zero" for an equation, and all matrix symbols of the claim."""
        self.name = name
        wanted = expression.free_symbols
        known = {n for A in wanted if isinstance(A, MatrixSymbol) for n in A.shape}
        sizes = {n for A in matrices for n in A.shape}
        holders = {next(A for A in matrices if n in A.shape) for n in (wanted & sizes) - known}
        self.symbols = tuple(sorted((wanted - sizes) | holders, key=str))
        self.value = compile_expression(expression, self.symbols, arithmetic="exact")

    def holds(self, values: Instance) -> bool:
        """Whether it holds; it does not where something to be inverted is singular."""
        try:
            return has_property(self.name, self.value(*(values[s] for s in self.symbols)))
        except InvalidValueError:
            return False


class Instances:
    """A source of instances of one claim.

    Hypotheses about a symbol are met by construction. An equation that is affine in a symbol is solved for it; any
    other is met by trying matrices that have a chance: zeros, identities, transposes, pseudo-inverses.
    """

    def __init__(self, claim: Claim) -> None:
        hypotheses = [h for h in claim.given if isinstance(h, Hypothesis)]
        self.equations = [r for h in claim.given if isinstance(h, Claim) for r in h.residuals()]
        spoken = [*claim.expressions(), *self.equations, *(A for h in hypotheses for A in h.matrices)]
        self.spoken = [sympify(e) for e in spoken]
        atoms = {s for e in self.spoken for s in e.atoms(MatrixSymbol, Symbol)}
        self.matrices: list[MatrixSymbol] = sorted(
            (a for a in atoms if isinstance(a, MatrixSymbol)), key=lambda A: A.name
        )
        sizes = {s for A in self.matrices for n in A.shape for s in n.free_symbols}
        self.sizes = sorted(sizes, key=str)
        self.scalars = sorted((a for a in atoms if isinstance(a, Symbol) and a not in sizes), key=lambda s: s.name)
        self.properties = {A: frozenset(h.name for h in hypotheses if A in h.matrices) for A in self.matrices}
        self.tied = sorted({A for e in self.equations for A in e.atoms(MatrixSymbol)}, key=lambda A: A.name)
        about = [(h.name, A) for h in hypotheses for A in h.matrices if A not in self.matrices]
        about += [("zero", e) for e in self.equations if not isinstance(e, ZeroMatrix)]
        self.conditions = [Condition(name, e, self.matrices) for name, e in about]
        self.systems = {A: system for A in self.tied if (system := self._system(A)) is not None}

    def _system(self, A: MatrixSymbol) -> AffineSystem | None:
        """Return the equations that can be solved for a symbol."""
        affine = [e for e in self.equations if e.has(A) and is_affine(e, A)]
        if affine and "symmetric" in self.properties[A]:
            affine.append(matadd(A, matmul(-1, transpose(A))))
        return AffineSystem(A, affine, [*self.matrices, *self.scalars]) if affine else None

    def draw(self, rng: Random, *, largest: int = 4, plain: bool = True, tries: int = 200) -> Instance | None:
        """Return an instance, or None if none that meets the hypotheses was found.

        Args:
            rng: where all randomness comes from.
            largest: the largest size drawn for a symbolic width.
            plain: generic matrices; otherwise zeros, low ranks and repeated columns as well.
            tries: how many attempts to make.
        """
        for _ in range(tries):
            sizes = {n: int(rng.integers(1, largest + 1)) for n in self.sizes}
            values = self._matrices(rng, sizes, plain)
            if values is not None and self.holds(values):
                return values
        return None

    def shape(self, A: MatrixSymbol, sizes: dict[Any, int]) -> tuple[int, int]:
        """Return the shape of a symbol at these sizes."""
        rows, columns = (int(n.subs(sizes)) if not n.is_number else int(n) for n in A.shape)
        return rows, columns

    def _matrices(self, rng: Random, sizes: dict[Any, int], plain: bool) -> Instance | None:
        values: Instance = {**sizes}
        for A in self.matrices:
            rows, columns = self.shape(A, sizes)
            if not is_possible(self.properties[A], rows, columns):
                return None
            values[A] = self._matrix(rng, A, rows, columns, plain)
        for s in self.scalars:
            k = int(rng.integers(1, 17))
            likely = (fmpq(k, 8) if s.is_positive else fmpq(k - 8, 4), fmpq(-k, 8), fmpq(k), fmpq(-k), fmpq(0))
            value = next((v for v in likely if admits(s, v)), None)
            if value is None:
                return None
            values[s] = value
        return self.tie(rng, values)

    def tie(self, rng: Random, values: Instance) -> Instance:
        """Replace, at random, symbols that an equation ties to others: by a guess, and by solving for them."""
        values = dict(values)
        for A in self.tied:
            if (guess := self._guess(rng, A, values)) is not None:
                values[A] = guess
        waiting = [A for A in self.systems if rng.integers(0, 4)]
        while waiting:
            A = waiting.pop(int(rng.integers(0, len(waiting))))
            if (solution := self.systems[A].solve(values)) is not None:
                values[A] = solution
        return values

    def _matrix(self, rng: Random, A: MatrixSymbol, rows: int, columns: int, plain: bool) -> fmpq_mat:
        if not plain and not self.properties[A] and rng.integers(0, 2):
            return degenerate(rng, rows, columns)
        if A in self.tied and not self.properties[A]:
            return entries(rng, rows, columns, bound=1) if rng.integers(0, 2) else partial_isometry(rng, rows, columns)
        return builder_for(self.properties[A])(rng, rows, columns)

    def _guess(self, rng: Random, A: MatrixSymbol, values: Instance) -> fmpq_mat | None:
        """Return what an equation may want of a symbol: the transpose or the pseudo-inverse of another, or zero."""
        rows, columns = values[A].nrows(), values[A].ncols()
        choice = int(rng.integers(0, 6))
        if choice < 2:
            turned = [B for B in self.tied if B != A and (values[B].ncols(), values[B].nrows()) == (rows, columns)]
            if turned:
                other = turned[int(rng.integers(0, len(turned)))]
                return evaluate((Pinv(other), transpose(other))[choice], values, arithmetic="exact")
        if choice == 2:
            return fmpq_mat(rows, columns)
        if choice == 3:
            return full_rank(rng, rows, columns)
        return None

    def holds(self, values: Instance) -> bool:
        """Whether the hypotheses hold, exactly and by their meaning rather than by the prover's equations."""
        if not all(admits(s, values[s]) for s in self.scalars):
            return False
        properties = ((name, values[A]) for A, names in self.properties.items() for name in names)
        return all(has_property(*p) for p in properties) and all(c.holds(values) for c in self.conditions)


def admits(symbol: Symbol, value: fmpq) -> bool:
    """Whether a scalar symbol may have a value: its sign, and whatever else SymPy was told of it."""
    return _admits(symbol, int(value.p), int(value.q))


@lru_cache(maxsize=4096)
def _admits(symbol: Symbol, p: int, q: int) -> bool:
    number = Rational(p, q)
    return all(getattr(number, f"is_{name}") in (told, None) for name, told in symbol.assumptions0.items())


def is_zero(value: Any) -> bool:
    """Whether an exact matrix or scalar vanishes."""
    if isinstance(value, fmpq_mat):
        return value == fmpq_mat(value.nrows(), value.ncols())
    return value == 0


def has_property(name: str, A: Any) -> bool:
    """Whether an exact matrix has the property of a hypothesis; a scalar may be "zero"."""
    if name == "zero":
        return is_zero(A)
    rows, columns = A.nrows(), A.ncols()
    T = A.transpose()
    match name:
        case "full_row_rank":
            return A.rank() == rows
        case "full_column_rank":
            return A.rank() == columns
        case "invertible":
            return rows == columns == A.rank()
        case "orthogonal":
            return rows == columns and eye(rows) == A * T
        case "partial_isometry":
            return A * T * A == A
        case "symmetric":
            return A == T
        case "projection":
            return A * A == A
        case "rank_one":
            return A.rank() <= 1
        case "nonzero":
            return not is_zero(A)
    raise AssertionError(f"no meaning is given to the hypothesis {name}")


def as_floats(values: Instance) -> Instance:
    """Round an exact instance to float64, once."""
    return {symbol: to_float(value) for symbol, value in values.items()}


def to_float(value: Any) -> Any:
    """Round an exact matrix or scalar to float64; integers stay what they are."""
    if isinstance(value, fmpq_mat):
        numbers = [int(x.p) / int(x.q) for x in value.entries()]
        return np.array(numbers, dtype=np.float64).reshape(value.nrows(), value.ncols())
    return int(value.p) / int(value.q) if isinstance(value, fmpq) else value


def is_exact(expression: Any) -> bool:
    """Whether an expression has rational values on rational matrices."""
    return not sympify(expression).has(LogPdet, log, exp)
