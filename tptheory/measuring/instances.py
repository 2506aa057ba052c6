"""Random instances of a claim: sizes, matrices and scalars that meet its hypotheses, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import Identity, Integer, MatrixSymbol, OneMatrix, Rational, Symbol, ZeroMatrix, exp, log, sympify

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, AnyOf, Holds
from tptheory.claims.hypotheses import Hypothesis
from tptheory.errors import InvalidValueError
from tptheory.measuring.random_matrices import (
    Random,
    builder_for,
    degenerate,
    entries,
    eye,
    full_rank,
    is_possible,
    partial_isometry,
)
from tptheory.numeric.affine_equations import AffineSystem, is_affine
from tptheory.numeric.evaluation import compile_expression, evaluate
from tptheory.symbolic.expressions import LogPdet, Pinv, matadd, matmul, size_symbols, transpose

Instance = dict[Any, Any]
Fill = Callable[[Any, tuple[int, int]], Any]

LARGEST_SIZE = 8
"""Up to which size one is looked for that a symbol admits."""


class Condition:
    """One hypothesis, by its meaning rather than by the prover's equations: compiled once, decided exactly."""

    def __init__(self, name: str, expression: Any, source: Instances) -> None:
        """Take the name of a property, or "zero" for an equation, and what there is to give values to."""
        self.name = name
        wanted = expression.free_symbols
        known = {n for A in wanted if isinstance(A, MatrixSymbol) for n in A.shape}
        sizes = {n for A in source.matrices for n in A.shape} - set(source.loose)
        holders = {next(A for A in source.matrices if n in A.shape) for n in (wanted & sizes) - known}
        self.symbols = tuple(sorted((wanted - sizes) | holders, key=str))
        self.value = compile_expression(expression, self.symbols, arithmetic="exact")

    def holds(self, values: Instance) -> bool:
        """Whether it holds; it does not where something to be inverted is singular."""
        try:
            return has_property(self.name, self.value(*(values[s] for s in self.symbols)))
        except InvalidValueError:
            return False


class OneOfSeveral:
    """A hypothesis that one of several alternatives holds, each of them all of its conditions."""

    def __init__(self, alternatives: Sequence[Sequence[Condition]]) -> None:
        self.alternatives = alternatives
        self.symbols = tuple(sorted({s for cs in alternatives for c in cs for s in c.symbols}, key=str))

    def holds(self, values: Instance) -> bool:
        """Whether every condition of one alternative holds."""
        return any(all(c.holds(values) for c in conditions) for conditions in self.alternatives)


class Instances:
    """A source of instances of one claim that speaks of no range.

    Hypotheses about a symbol are met by construction. An equation that is affine in a symbol is solved for it; any
    other is met by trying matrices that have a chance: zeros, identities, transposes, pseudo-inverses. Of a hypothesis
    with several alternatives one is chosen at random, and met likewise.
    """

    def __init__(self, claim: Claim) -> None:
        given = [h for item in claim.given for h in _taken_apart(item)]
        hypotheses = [h for h in given if isinstance(h, Hypothesis)]
        self.cases = [[list(_taken_apart(c)) for c in h.claims] for h in given if isinstance(h, AnyOf)]
        self.equations = [r for h in given if isinstance(h, Claim) and not isinstance(h, AnyOf) for r in h.residuals()]
        spoken = [*claim.expressions(), *(e for h in given for e in h.expressions())]
        self.spoken = [sympify(e) for e in spoken]
        atoms = {s for e in self.spoken for s in e.atoms(MatrixSymbol, Symbol)}
        self.matrices: list[MatrixSymbol] = sorted(
            (a for a in atoms if isinstance(a, MatrixSymbol)), key=lambda A: A.name
        )
        shaped = [*self.matrices, *(c for e in self.spoken for c in e.atoms(Identity, ZeroMatrix, OneMatrix))]
        sizes = {s for A in shaped for s in size_symbols(A)}
        self.sizes = sorted(sizes, key=str)
        self.loose = [s for s in self.sizes if not any(s in A.shape for A in self.matrices)]
        """The sizes that no matrix has as its number of rows or columns."""
        self.scalars = sorted((a for a in atoms if isinstance(a, Symbol) and a not in sizes), key=lambda s: s.name)
        self.symbols = [*self.matrices, *self.scalars, *self.loose]
        """What a compiled expression takes the values of."""
        self.properties = {A: frozenset(h.name for h in hypotheses if A in h.matrices) for A in self.matrices}
        tied = [*self.equations, *(r for case in self.cases for c in case for h in c for r in _residuals(h))]
        self.tied = sorted({A for e in tied for A in e.atoms(MatrixSymbol) if A in self.properties}, key=str)
        about = [(h.name, A) for h in hypotheses for A in h.matrices if A not in self.matrices]
        about += [("zero", e) for e in self.equations if not isinstance(e, ZeroMatrix)]
        self.conditions: list[Condition | OneOfSeveral] = [Condition(name, e, self) for name, e in about]
        self.conditions += [OneOfSeveral([self._conditions(c) for c in case]) for case in self.cases]
        self.systems = self._systems(self.equations)
        self.case_systems = [
            [self._systems([r for h in c for r in _residuals(h)]) for c in case] for case in self.cases
        ]

    def _conditions(self, hypotheses: Sequence[Any]) -> list[Condition]:
        """Return the conditions of one alternative."""
        found = [Condition(h.name, A, self) for h in hypotheses if isinstance(h, Hypothesis) for A in h.matrices]
        equations = [r for h in hypotheses if isinstance(h, Claim) for r in h.residuals()]
        return found + [Condition("zero", e, self) for e in equations if not isinstance(e, ZeroMatrix)]

    def _systems(self, equations: Sequence[Any]) -> dict[Any, AffineSystem]:
        """Return the equations that can be solved for a symbol, by symbol."""
        found = {A: self._system(A, equations) for A in self.tied}
        return {A: system for A, system in found.items() if system is not None}

    def _system(self, A: MatrixSymbol, equations: Sequence[Any]) -> AffineSystem | None:
        affine = [e for e in equations if e.has(A) and is_affine(e, A)]
        if affine and "symmetric" in self.properties[A]:
            affine.append(matadd(A, matmul(-1, transpose(A))))
        return AffineSystem(A, affine, self.symbols) if affine else None

    def admitted(self, size: Symbol, largest: int) -> list[int]:
        """Return the numbers up to ``largest`` that a size may be, by what SymPy was told of it; the least if none."""
        found = [n for n in range(1, LARGEST_SIZE + 1) if admits(size, fmpq(n))]
        return [n for n in found if n <= largest] or found[:1]

    def fits(self, sizes: dict[Any, int]) -> bool:
        """Whether every matrix has a row and a column at these sizes, and its hypotheses leave one possible."""
        shapes = ((self.properties[A], *self.shape(A, sizes)) for A in self.matrices)
        return all(rows > 0 and columns > 0 and is_possible(names, rows, columns) for names, rows, columns in shapes)

    def draw(self, rng: Random, *, largest: int = 4, plain: bool = True, tries: int = 200) -> Instance | None:
        """Return an instance, or None if none that meets the hypotheses was found.

        Args:
            rng: where all randomness comes from.
            largest: the largest size drawn for a symbolic width.
            plain: generic matrices; otherwise zeros, low ranks and repeated columns as well.
            tries: how many attempts to make.
        """
        choices = {n: self.admitted(n, largest) for n in self.sizes}
        if not all(choices.values()):
            return None
        for _ in range(tries):
            sizes = {n: numbers[int(rng.integers(0, len(numbers)))] for n, numbers in choices.items()}
            values = self._matrices(rng, sizes, plain)
            if values is not None and self.holds(values):
                return values
        return None

    def filled(self, rng: Random, sizes: dict[Any, int], fill: Fill, tries: int = 6) -> Instance | None:
        """Return an instance at these sizes with what ``fill`` gives for a symbol, where its hypotheses admit that.

        Args:
            rng: where all randomness comes from.
            sizes: the sizes.
            fill: given a symbol and its shape, a matrix or a number; or None to leave it to the hypotheses.
            tries: how many attempts to make.
        """
        if not self.fits(sizes):
            return None
        for _ in range(tries):
            values: Instance = {**sizes}
            for A in self.matrices:
                shape = self.shape(A, sizes)
                wish = fill(A, shape)
                fine = wish is not None and all(has_property(name, wish) for name in self.properties[A])
                values[A] = wish if fine else builder_for(self.properties[A])(rng, *shape)
            for s in self.scalars:
                wish = fill(s, (1, 1))
                value = wish if wish is not None and admits(s, wish) else self._number(rng, s)
                if value is None:
                    return None
                values[s] = value
            values = self.tie(rng, values)
            if self.holds(values):
                return values
        return None

    def shape(self, A: MatrixSymbol, sizes: dict[Any, int]) -> tuple[int, int]:
        """Return the shape of a symbol at these sizes."""
        rows, columns = (sizes[n] if n in sizes else _size(n, sizes) for n in A.shape)
        return rows, columns

    def _matrices(self, rng: Random, sizes: dict[Any, int], plain: bool) -> Instance | None:
        if not self.fits(sizes):
            return None
        values: Instance = {**sizes}
        for A in self.matrices:
            values[A] = self._matrix(rng, A, *self.shape(A, sizes), plain)
        for s in self.scalars:
            value = self._number(rng, s)
            if value is None:
                return None
            values[s] = value
        return self.tie(rng, values)

    def _number(self, rng: Random, s: Symbol) -> fmpq | None:
        """Return a number that a scalar may be; None if none is found."""
        k = int(rng.integers(1, 17))
        likely = (fmpq(k, 8) if s.is_positive else fmpq(k - 8, 4), fmpq(-k, 8), fmpq(k), fmpq(-k), fmpq(0))
        return next((v for v in likely if admits(s, v)), None)

    def tie(self, rng: Random, values: Instance) -> Instance:
        """Replace, at random, symbols that an equation ties to others: by a guess, and by solving for them."""
        values = dict(values)
        for A in self.tied:
            if (guess := self._guess(rng, A, values)) is not None:
                values[A] = guess
        waiting = [item for item in self.systems.items() if rng.integers(0, 4)]
        for alternatives in self.case_systems:
            waiting += alternatives[int(rng.integers(0, len(alternatives)))].items()
        while waiting:
            A, system = waiting.pop(int(rng.integers(0, len(waiting))))
            if (solution := system.solve(values)) is not None:
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
        if not all(admits(s, fmpq(values[s])) for s in (*self.scalars, *self.sizes)):
            return False
        properties = ((name, values[A]) for A, names in self.properties.items() for name in names)
        return all(has_property(*p) for p in properties) and all(c.holds(values) for c in self.conditions)


def _size(n: Any, sizes: dict[Any, int]) -> int:
    """Return a size that is a number, or made of symbols."""
    return int(n if n.is_number else n.xreplace({s: Integer(k) for s, k in sizes.items()}))


def _taken_apart(hypothesis: Any) -> Iterator[Any]:
    """Run through the hypotheses that make up one."""
    if isinstance(hypothesis, AllOf):
        for part in hypothesis.claims:
            yield from _taken_apart(part)
    else:
        yield hypothesis.hypothesis if isinstance(hypothesis, Holds) else hypothesis


def _residuals(hypothesis: Any) -> tuple[Any, ...]:
    """Return the equations of an alternative, but not those that bring in witnesses."""
    return () if getattr(hypothesis, "witnesses", ()) else hypothesis.residuals()


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
