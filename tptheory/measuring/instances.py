"""Random instances of a claim: sizes, matrices and scalars that meet its hypotheses, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import Integer, MatrixSymbol, NumberSymbol, Pow, Symbol, sympify
from sympy.core.function import Function

from tptheory.claims.claim import Claim
from tptheory.claims.vacuity import is_oversized
from tptheory.clock import require_time
from tptheory.errors import ShapeError, complain
from tptheory.measuring.inequality_repair import Inequalities
from tptheory.measuring.joint_matrices import joint_builders
from tptheory.measuring.polynomial_systems import PolynomialSystem
from tptheory.measuring.premises import Instance, Premises, Unknowns
from tptheory.measuring.properties import has_property
from tptheory.measuring.random_matrices import (
    BUILDERS,
    Random,
    builder_for,
    degenerate,
    entries,
    is_possible,
    one_of,
    partial_isometry,
)
from tptheory.measuring.structured_matrices import has_structure, structured_matrix
from tptheory.measuring.structures import Structure, structure_of
from tptheory.measuring.ties import Ties
from tptheory.measuring.word_sums import WordSum, word_sum
from tptheory.numeric.assumptions import admits
from tptheory.numeric.constants import Constants, name_of_constant
from tptheory.numeric.rationals import ExactArithmetic
from tptheory.symbolic.expressions import LogPdet
from tptheory.symbolic.rule_scalars import eta

Fill = Callable[[Any, tuple[int, int]], Any]
"""Takes a symbol and its shape; returns a matrix or a number for it, or None to leave it to the hypotheses."""

FILLINGS = 6
"""How often an instance is filled anew until it meets the hypotheses."""

LARGEST_SIZE = 8
"""The largest number that is tried as the value of a symbolic size."""


class Instances:
    """A source of instances of one claim that speaks of no range.

    Hypotheses about a single symbol are met by construction, named ones and equations alike. Equations between several
    symbols are met by constructions for all of them together where one is known, and else in the way that `Ties`
    describes. Whether an instance then meets all hypotheses is decided exactly.

    Attributes:
        spoken: all expressions of the claim and of its hypotheses.
        matrices: the matrix symbols, by name.
        scalars: the scalar symbols that are no sizes, by name.
        sizes: the symbols of sizes.
        loose: the sizes that no matrix has as its number of rows or columns.
        symbols: the symbols whose values a compiled expression takes as arguments.
        properties: by matrix symbol, the names of the properties that it is assumed to have.
        conditions: the other hypotheses, which an instance is tested for.
        alone: by matrix symbol, those of the conditions that speak of this symbol only.
        structures: by matrix symbol, what its properties and those conditions say, for matrices to be built from.
        joint: the builders of symbols that equations tie to each other such that they are built together.
        ties: the equations that tie symbols to others.
        inequalities: the hypotheses that are inequalities.
        system: all equations, to be solved entry by entry where nothing else meets them.
    """

    def __init__(self, claim: Claim, constants: Mapping[Any, Any] | None = None) -> None:
        premises = Premises.of(claim)
        unknowns = Unknowns.of(premises.expressions)
        self.spoken = premises.expressions
        self.matrices, self.scalars, self.sizes = unknowns.matrices, unknowns.scalars, unknowns.sizes
        self.loose, self.symbols = unknowns.loose, unknowns.symbols
        self.properties = {A: premises.properties_of(A) for A in self.matrices}
        self.conditions = premises.conditions(unknowns)
        self.alone = {A: [c for c in self.conditions if c.symbols == (A,)] for A in self.matrices}
        equations = [words for words in map(word_sum, premises.all_equations()) if words is not None]
        self.structures = {A: self._structure(A, equations) for A in self.matrices}
        self.joint = joint_builders(equations, self.structures)
        built = {A for A in self.matrices if self.alone[A] and not self.structures[A].is_plain}
        self.ties = Ties(premises, unknowns, self.properties, built, self.fits_alone)
        self.inequalities = Inequalities(premises, unknowns)
        self.system = PolynomialSystem(premises.all_equations(), [*self.matrices, *self.scalars])
        self.held = self._held(constants)

    def _held(self, constants: Mapping[Any, Any] | None) -> Instance:
        """Return the values that every instance that is drawn has: those of the given constants, and their sizes.

        A constant that the claim does not speak of is passed over: another part of the claim does.

        Raises:
            InvalidTypeError: if a value is not rational.
            InvalidValueError: if a number is not admitted.
            ShapeError: if a matrix does not have the shape of its symbol, or two give one size two values.
        """
        names = {str(symbol) for symbol in (*self.matrices, *self.scalars)}
        spoken = {k: value for k, value in (constants or {}).items() if names & {str(k), name_of_constant(k)}}
        given, exact = Constants(spoken, [*self.matrices, *self.scalars], "the claim"), ExactArithmetic()
        held: Instance = {s: given.number(s, exact) for s in self.scalars if s in given}
        for A in self.matrices:
            if A in given:
                held[A] = exact.read(f"constants[{A}]", given.given(A), column=A.cols == 1)
                _hold_sizes(A, exact.shape(held[A]), held)
        return held

    def _structure(self, A: MatrixSymbol, equations: Sequence[WordSum]) -> Structure:
        """Return what the properties of a symbol, and the equations about it alone, say of its matrix."""
        about = [words for words in equations if words.symbols == {A}]
        return structure_of(A, self.properties[A], about)

    @cached_property
    def is_constructed(self) -> bool:
        """Whether equations are met by constructions."""
        raw = any(self.alone[A] and not self.structures[A].is_plain for A in self.matrices)
        return raw or bool(self.joint)

    def is_restricted(self, A: MatrixSymbol) -> bool:
        """Whether a hypothesis speaks of this symbol only."""
        return bool(self.properties[A] or self.alone[A])

    def fits_alone(self, A: MatrixSymbol, value: fmpq_mat) -> bool:
        """Whether a value meets the hypotheses that speak of this symbol only."""
        require_time()
        if not has_structure(self.structures[A], value):  # much faster than the hypotheses, which say at least as much
            return False
        if not all(has_property(name, value) for name in self.properties[A]):
            return False
        return all(condition.holds({A: value}) for condition in self.alone[A])

    def _suits(self, A: MatrixSymbol, value: fmpq_mat) -> bool:
        """Whether a value meets the hypotheses about this symbol only, those apart that are left to be solved for."""
        if self.structures[A].is_plain:
            return all(has_property(name, value) for name in self.properties[A])
        return self.fits_alone(A, value)

    def built(self, rng: Random, A: MatrixSymbol, rows: int, columns: int) -> fmpq_mat:
        """Return a matrix that has, if a construction for it is known, what is assumed of this symbol only."""
        require_time()
        names = self.properties[A]
        if (self.alone[A] or names not in BUILDERS) and not self.structures[A].is_plain:
            found = structured_matrix(self.structures[A], rng, rows, columns)
            if found is not None:
                return found
        return builder_for(names)(rng, rows, columns)

    def meet(self, rng: Random, values: Instance) -> Instance:
        """Bring symbols to meet the equations and inequalities that tie them to each other."""
        require_time()
        return self.inequalities.repaired(rng, self._tied(rng, values))

    def _tied(self, rng: Random, values: Instance) -> Instance:
        """Bring symbols that equations tie to each other to meet them: built together, guessed, or solved for."""
        if not self.ties.matrices:
            return values
        if not self.joint or not rng.integers(0, 4):
            return self.ties.meet(rng, values)
        together: Instance = {}
        for build in self.joint:
            together |= build(rng, values | together) or {}
        return self.ties.solved(rng, values | together, together)

    def admitted(self, size: Symbol, largest: int) -> list[int]:
        """Return the numbers up to ``largest`` that the assumptions of a size admit; if none, the least admitted."""
        found = [n for n in range(1, LARGEST_SIZE + 1) if admits(size, fmpq(n))]
        return [n for n in found if n <= largest] or found[:1]

    def fits(self, sizes: dict[Any, int]) -> bool:
        """Whether every matrix has a row and a column at these sizes, and its hypotheses leave one possible."""
        require_time()
        shapes = ((self.properties[A], *self.shape(A, sizes)) for A in self.matrices)
        return all(
            rows > 0 and columns > 0 and is_possible(names, rows, columns) and not is_oversized(rows, columns)
            for names, rows, columns in shapes
        )

    def draw(self, rng: Random, *, largest: int = 4, plain: bool = True, tries: int = 200) -> Instance | None:
        """Return an instance, or None if none that meets the hypotheses was found.

        Args:
            rng: where all randomness comes from.
            largest: the largest size drawn for a symbolic width.
            plain: generic matrices; otherwise zeros, low ranks and repeated columns as well.
            tries: how many attempts to make.
        """
        choices = {n: [self.held[n]] if n in self.held else self.admitted(n, largest) for n in self.sizes}
        if not all(choices.values()):
            return None
        for _ in range(tries):
            sizes = {n: one_of(rng, numbers) for n, numbers in choices.items()}
            values = self._matrices(rng, sizes, plain)
            if values is not None and self._keeps_held(values) and self.holds(values):
                return values
        return None

    def _keeps_held(self, values: Instance) -> bool:
        """Whether nothing that is held was changed to meet an equation."""
        return all(values[symbol] == value for symbol, value in self.held.items())

    def filled(self, rng: Random, sizes: dict[Any, int], fill: Fill) -> Instance | None:
        """Return an instance at these sizes with what ``fill`` gives for a symbol, where its hypotheses admit that.

        Args:
            rng: where all randomness comes from.
            sizes: the sizes.
            fill: given a symbol and its shape, a matrix or a number; or None to leave it to the hypotheses.
        """
        if not self.fits(sizes):
            return None
        values: Instance | None = None
        for _ in range(FILLINGS):
            values = self._filled(rng, sizes, fill)
            if values is None:
                return None
            values = self.meet(rng, values)
            if self.holds(values):
                return values
        solved = None if values is None else self.system.solved(rng, values)
        return solved if solved is not None and self.holds(solved) else None

    def _filled(self, rng: Random, sizes: dict[Any, int], fill: Fill) -> Instance | None:
        """Fill symbols by ``fill``, or else with the properties they must have; None if no number suits a scalar."""
        values: Instance = {**sizes}
        for A in self.matrices:
            shape = self.shape(A, sizes)
            wish = fill(A, shape)
            values[A] = wish if wish is not None and self._suits(A, wish) else self.built(rng, A, *shape)
        for s in self.scalars:
            wish = fill(s, (1, 1))
            value = wish if wish is not None and admits(s, wish) else self.number(rng, s)
            if value is None:
                return None
            values[s] = value
        return values

    def shape(self, A: MatrixSymbol, sizes: dict[Any, int]) -> tuple[int, int]:
        """Return the shape of a symbol at these sizes."""
        rows, columns = (sizes[n] if n in sizes else _size(n, sizes) for n in A.shape)
        return rows, columns

    def _matrices(self, rng: Random, sizes: dict[Any, int], plain: bool) -> Instance | None:
        if not self.fits(sizes):
            return None
        values: Instance = {**sizes}
        for A in self.matrices:
            drawn = self._matrix(rng, A, *self.shape(A, sizes), plain)
            values[A] = self.held.get(A, drawn)
        for s in self.scalars:
            value = self.held.get(s, self.number(rng, s))
            if value is None:
                return None
            values[s] = value
        return self.meet(rng, values)

    def number(self, rng: Random, s: Symbol) -> fmpq | None:
        """Return a number that a scalar may be; None if none is found."""
        k = int(rng.integers(1, 17))
        likely = (fmpq(k, 8) if s.is_positive else fmpq(k - 8, 4), fmpq(-k, 8), fmpq(k), fmpq(-k), fmpq(0))
        return next((v for v in likely if admits(s, v)), None)

    def _matrix(self, rng: Random, A: MatrixSymbol, rows: int, columns: int, plain: bool) -> fmpq_mat:
        if not plain and not self.is_restricted(A) and rng.integers(0, 2):
            return degenerate(rng, rows, columns)
        if A in self.ties.matrices and self.structures[A].is_plain and not self.properties[A]:
            return entries(rng, rows, columns, bound=1) if rng.integers(0, 2) else partial_isometry(rng, rows, columns)
        return self.built(rng, A, rows, columns)

    def holds(self, values: Instance) -> bool:
        """Whether the hypotheses hold, exactly and by their meaning rather than by the prover's equations."""
        require_time()
        if not all(admits(s, fmpq(values[s])) for s in (*self.scalars, *self.sizes)):
            return False
        properties = ((name, values[A]) for A, names in self.properties.items() for name in names)
        return all(has_property(*p) for p in properties) and all(c.holds(values) for c in self.conditions)


def refuse_unknown(
    constants: Mapping[Any, Any] | None, sources: Iterable[Instances], others: Iterable[Any] = ()
) -> None:
    """Refuse a constant that neither these claims nor other expressions speak of; the step size is no constant.

    Raises:
        UnknownNameError: if there is one; the nearest name is suggested.
        InvalidTypeError: if a number that stands in the other expressions alone is not rational.
        InvalidValueError: if there is one, and nothing has a symbol to give a value; or if a number is not admitted.
    """
    spoken = [symbol for source in sources for symbol in (*source.matrices, *source.scalars)]
    beside = Unknowns.of(list(others))
    known = [symbol for symbol in (*spoken, *beside.matrices, *beside.scalars) if symbol != eta]
    values = Constants(constants, dict.fromkeys(known), "the claim")
    for symbol in beside.scalars:
        if symbol in values and symbol not in spoken:
            values.number(symbol, ExactArithmetic())


def _hold_sizes(A: MatrixSymbol, shape: tuple[int, int], held: Instance) -> None:
    """Note the sizes that a matrix of this shape gives to the symbols in the shape of its symbol.

    Raises:
        ShapeError: if the symbol cannot have the shape.
    """
    for size, number in zip(A.shape, shape, strict=True):
        known = held.setdefault(size, number) if isinstance(size, Symbol) else size
        if known != number:
            raise ShapeError(complain(f"constants[{A}]", f"of shape {A.shape} with {size} = {known}", shape))


def _size(n: Any, sizes: dict[Any, int]) -> int:
    """Return a size that is a number, or made of symbols."""
    return int(n if n.is_number else n.xreplace({s: Integer(k) for s, k in sizes.items()}))


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
    expression = sympify(expression)
    rooted = any(power.exp.is_integer is False for power in expression.atoms(Pow))
    return not (rooted or expression.has(LogPdet, Function, NumberSymbol))
