"""The flow of a rule as a vector field on its parameters and states, evaluated on jets over a prime field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from flint import nmod, nmod_mat
from sympy import Basic, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.array_printer import ArrayPrinter
from tptheory.numeric.jets import Jet, JetArithmetic
from tptheory.numeric.matrix_fields import PrimeField
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule

Values = dict[Basic, Any]


class DataFields:
    """The vector fields ``v_{(x, d_L)}`` of a rule at fixed widths: for each datum the velocity of all that moves.

    Args:
        rule: a rule that has a flow.
        widths: ``(n_0, ..., n_L)``, positive integers.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one. Where the fields are linear in ``d_L x'`` those of a
            batch are sums of those of its samples.

    Raises:
        InvalidTypeError: if ``rule`` is no rule, or ``widths`` no sequence of integers.
        InvalidValueError: if a width is below 1, or the rule has no flow.
    """

    def __init__(self, rule: Rule, widths: Sequence[int], biases: bool = False, batch: int | None = None) -> None:
        if not isinstance(rule, Rule):
            raise InvalidTypeError(complain("rule", "a learning rule", rule, "Try TargetProp()."))
        self.net = DeepLinearNetwork(widths=widths, biases=biases, batch=batch, loss="any")
        if not all(n.is_Integer for n in self.net.widths):
            raise InvalidTypeError(complain("widths", "integers: what is counted depends on them", tuple(widths)))
        self.rule, self.flow = rule, rule.flow(self.net)
        self.moving = tuple(self.flow)
        """The symbols that move: the parameters of the network, and the states of the rule."""
        self.data = (self.net.input, self.net.error)

    @cached_property
    def velocities(self) -> list[Any]:
        """How each symbol moves, in the order of `moving`."""
        return [self.flow[symbol] for symbol in self.moving]

    @cached_property
    def constants(self) -> list[Basic]:
        """What the rule holds fixed, such as ``B_l`` and lambda, ordered by name."""
        symbols = set().union(*(velocity.free_symbols for velocity in self.velocities))
        return sorted(symbols - set(self.moving) - set(self.data), key=str)

    @property
    def dimension(self) -> int:
        """The number of entries of all that moves."""
        return sum(int(W.rows * W.cols) for W in self.moving)

    def random(self, symbols: Sequence[Basic], field: PrimeField, random: np.random.Generator) -> Values:
        """Return an `nmod_mat` for each matrix symbol, and for each scalar a residue other than 0."""
        return {
            s: field.random(s.shape, random)
            if isinstance(s, MatrixSymbol)
            else field.scalar(str(s), int(random.integers(1, field.prime)))
            for s in symbols
        }

    def at(self, kind: JetArithmetic, values: Mapping[Basic, Any]) -> list[Jet]:
        """Return the velocity of each symbol that moves where the symbols have these values: jets, or constants.

        Raises:
            InvalidValueError: if the rule inverts a matrix that is singular at random weights of these widths.
        """
        try:
            printer = ArrayPrinter(kind, as_jets(kind, values), {})
            return [printer.doprint(velocity) for velocity in self.velocities]
        except InvalidValueError as error:
            expected = f"a rule that is defined at random weights of widths {tuple(map(int, self.net.widths))}"
            raise InvalidValueError(
                complain("rule", expected, self.rule, f"It fails there: {error} Give other widths, or a larger batch.")
            ) from error


def as_jets(kind: JetArithmetic, values: Mapping[Basic, Any]) -> Values:
    """Return every value as a jet; residues and their matrices stand still."""
    return {s: value if isinstance(value, Jet) else kind.jet([value]) for s, value in values.items()}


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
