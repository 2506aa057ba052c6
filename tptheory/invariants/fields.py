"""The flow of a rule as a vector field on its parameters and states, evaluated on jets over a prime field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq_mat, nmod, nmod_mat
from sympy import Basic, MatrixSymbol

from tptheory.checking import checked_integer
from tptheory.clock import require_time
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.arithmetic import SingularMatrixError
from tptheory.numeric.array_printer import ArrayPrinter
from tptheory.numeric.constants import Constants
from tptheory.numeric.jets import Jet, JetArithmetic
from tptheory.numeric.matrix_fields import PrimeField
from tptheory.numeric.rationals import ExactArithmetic, fraction, rational
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_at_numbers import RuleAtNumbers
from tptheory.symbolic.rules import as_rule

Values = dict[Basic, Any]
LARGEST_BATCH = 10**6
"""The most samples of a datum."""


class DataFields:
    """The vector fields ``v_{(x, d_L)}`` of a rule at fixed widths: for each datum the velocity of all that moves.

    Args:
        rule: a rule that has a flow, or its name.
        widths: ``(n_0, ..., n_L)``, positive integers.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one. Where the fields are linear in ``d_L x'`` those of a
            batch are sums of those of its samples.
        given: by symbol or name, rational values of what the rule holds fixed; the rest is random.

    Attributes:
        rule: the rule, at the numbers that are given.
        moving: the symbols that move: the parameters of the network, and the states of the rule.
        held: by symbol, the matrices that are given.
        given: what is given, as pairs of a name and a value in words.

    Raises:
        InvalidTypeError: if ``rule`` is no rule, ``widths`` no sequence of integers, or a value is not rational.
        InvalidValueError: if a width is below 1, the rule has no flow, or a parameter may not have its value.
        UnknownNameError: if the rule has no such constant.
    """

    def __init__(
        self,
        rule: str | Rule,
        widths: Sequence[int],
        biases: bool = False,
        batch: int | None = None,
        given: Mapping[Any, Any] | None = None,
    ) -> None:
        self.rule = as_rule(rule)
        self.net = DeepLinearNetwork(widths=widths, biases=biases, batch=batch, loss="any")
        if not all(n.is_Integer for n in self.net.widths):
            raise InvalidTypeError(complain("widths", "integers: what is counted depends on them", tuple(widths)))
        if batch is not None:
            checked_integer("batch", batch, limit=LARGEST_BATCH)
        self.flow = self.rule.flow(self.net)
        self.moving = tuple(self.flow)
        self.data = (self.net.input, self.net.error)
        self.held: dict[Basic, fmpq_mat] = {}
        self.given: tuple[tuple[str, str], ...] = ()
        if given:
            self._hold(given)

    def _hold(self, given: Mapping[Any, Any]) -> None:
        """Put the given numbers in the place of parameters, and note the given matrices."""
        values, exact = Constants(given, self.constants, repr(self.rule)), ExactArithmetic()
        named = [symbol for symbol in self.constants if symbol in values]
        matrices = [symbol for symbol in named if isinstance(symbol, MatrixSymbol)]
        self.held = {B: values.matrix(B, exact, None) for B in matrices}
        numbers = {s: values.number(s, exact) for s in named if s not in self.held}
        self.given = tuple((str(s), str(numbers.get(s, values.given(s)))) for s in named)
        if numbers:
            self.rule = RuleAtNumbers(self.rule, {s: rational(q) for s, q in numbers.items()})
            self.flow = self.rule.flow(self.net)
            del self.constants

    @cached_property
    def velocities(self) -> list[Any]:
        """How each symbol moves, in the order of `moving`."""
        return [self.flow[symbol] for symbol in self.moving]

    @cached_property
    def constants(self) -> list[Basic]:
        """What the rule holds fixed, such as ``B_l`` and lambda, ordered by name."""
        symbols = set().union(*(self.flow[symbol].free_symbols for symbol in self.moving))
        return sorted(symbols - set(self.moving) - set(self.data), key=str)

    @property
    def dimension(self) -> int:
        """The number of entries of all that moves."""
        return sum(int(W.rows * W.cols) for W in self.moving)

    def random(self, symbols: Sequence[Basic], field: PrimeField, random: np.random.Generator) -> Values:
        """Return an `nmod_mat` for each matrix symbol, and for each scalar a residue other than 0."""

        def value(symbol: Basic) -> Any:
            if symbol in self.held:
                return modulo(self.held[symbol], field)
            if isinstance(symbol, MatrixSymbol):
                return field.random(symbol.shape, random)
            return field.scalar(str(symbol), int(random.integers(1, field.prime)))

        return {symbol: value(symbol) for symbol in symbols}

    def at(self, kind: JetArithmetic, values: Mapping[Basic, Any]) -> list[Jet]:
        """Return the velocity of each symbol that moves where the symbols have these values: jets, or constants.

        Raises:
            InvalidValueError: if the rule inverts a matrix that is singular at random weights of these widths.
        """
        require_time()
        try:
            printer = ArrayPrinter(kind, as_jets(kind, values), {})
            return [printer.doprint(velocity) for velocity in self.velocities]
        except InvalidValueError as error:
            expected = f"a rule that is defined at random weights of widths {tuple(map(int, self.net.widths))}"
            why = f"It fails there: {error}"
            if isinstance(error, SingularMatrixError):
                why = f"It inverts {error.matrix} there."
            raise InvalidValueError(
                complain("rule", expected, self.rule, f"{why} Give other widths, or a larger batch.")
            ) from error


def as_jets(kind: JetArithmetic, values: Mapping[Basic, Any]) -> Values:
    """Return every value as a jet; residues and their matrices stand still."""
    return {s: value if isinstance(value, Jet) else kind.jet([value]) for s, value in values.items()}


def modulo(A: fmpq_mat, field: PrimeField) -> nmod_mat:
    """Return a rational matrix modulo the prime of a field."""
    rows = [[field.scalar("constants", fraction(q)) for q in row] for row in A.tolist()]
    return field.matrix(rows)


def entries_of(matrices: Sequence[nmod_mat]) -> list[nmod]:
    """Return the entries of matrices, one after the other."""
    return [entry for matrix in matrices for entry in matrix.entries()]


def unit_matrices(symbols: Sequence[MatrixSymbol], field: PrimeField) -> list[tuple[MatrixSymbol, nmod_mat]]:
    """Return each direction of the space of symbols: a symbol, and the matrix with a single 1 by which it moves."""
    directions = []
    for symbol in symbols:
        rows, columns = map(int, symbol.shape)
        for place in range(rows * columns):
            entries = [int(i == place) for i in range(rows * columns)]
            directions.append((symbol, nmod_mat(rows, columns, entries, field.prime)))
    return directions
