"""Search an ansatz for conserved quantities, by exact linear algebra over a prime field."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from sympy import Identity, MatrixExpr, MatrixSymbol, Rational, S, Symbol

from tptheory.clock import in_time, require_time
from tptheory.errors import InvalidValueError, TptheoryError, complain
from tptheory.invariants.ansatz import (
    Candidate,
    Word,
    check_words,
    combination,
    cyclic_words,
    letters_of,
    log_candidates,
    matrix_groups,
    projections,
    values_of,
    word_candidate,
    words,
)
from tptheory.invariants.fields import DataFields, Values, as_jets, unit_matrices
from tptheory.invariants.orbits import Progress, random_field
from tptheory.numeric.array_printer import ArrayPrinter
from tptheory.numeric.jets import Jet, JetArithmetic
from tptheory.numeric.matrix_fields import LinearRelations, reduced_rows
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.penrose_words import words_of
from tptheory.symbolic.rebuilding import rebuild

LARGEST_CANDIDATES = 3000
"""More words than this in one ansatz are refused: their linear algebra takes minutes."""
_LARGEST_COEFFICIENT = 1000
_SURPLUS = 12


def general_flow(fields: DataFields) -> Flow:
    """Return the flow with symbolic widths, or with the given widths if a user's rule needs numbers."""
    net = fields.net
    twin = DeepLinearNetwork(net.depth, batch=net.batch, biases=net.biases, loss="any")
    try:
        return fields.rule.flow(twin)
    except (TptheoryError, TypeError, ValueError):
        return fields.flow


class Search:
    """The candidates of a rule, written with symbolic widths and evaluated at given ones over one prime field."""

    def __init__(self, fields: DataFields, random: np.random.Generator) -> None:
        self.fields, self.random = fields, random
        self.field = random_field(random)
        self.kind = JetArithmetic(self.field, order=2)
        self.flow = general_flow(fields)
        net = self.flow.net
        self.sizes = dict(zip(net.widths, fields.net.widths, strict=True))
        symbols = set().union(*(velocity.free_symbols for velocity in self.flow.values()))
        symbols -= {*self.flow, net.input, net.error}
        self.constants = sorted((s for s in symbols if isinstance(s, MatrixSymbol)), key=str)

    def rates(self, degree: int) -> list[Any]:
        """Return the rates at which words may decay.

        Those are the first multiples of each scalar constant of the rule, and of each number at which a matrix decays
        by itself, such as 1/10 in ``-1/10 W_1``; of several such numbers, up to ``degree``, the sums too.
        """
        scalars = [s for s in self.fields.constants if isinstance(s, Symbol)]
        found = [multiple * s for s in scalars for multiple in range(1, degree + 1)]
        numbers = dict.fromkeys(rate for symbol, velocity in self.flow.items() for rate in _own_rates(symbol, velocity))
        for count in range(1, degree + 1):
            found += sorted({sum(chosen) for chosen in combinations_with_replacement(numbers, count)})
        return list(dict.fromkeys(found))

    def vanishes(self, quantity: Any) -> bool:
        """Whether a quantity is 0 at a random point."""
        return not any(_entries(self._printer(self._point()).doprint(quantity).value))

    def candidates(self, degree: int, progress: Progress, rate: Any = S.Zero) -> list[Candidate]:
        """Return every combination that decays at the rate, at 0 those that are conserved: matrices before scalars.

        Of a logarithm only the derivative is known here, so that none is tried at another rate than 0.
        """
        letters = letters_of(self.flow, self.constants)
        progress(f"words of up to {degree} letters")
        check_words(letters, degree)
        found = words(letters, frozenset(self.flow), degree)
        others, laws = projections(self.flow), []
        for group in matrix_groups(found):
            progress(f"{len(group)} words of shape {group[0][0].rows} by {group[0][-1].cols}")
            same_shape = [c for c in others if c.quantity.shape == (group[0][0].rows, group[0][-1].cols)]
            laws += self._combinations(group, same_shape, rate)
        logs = log_candidates(self.flow) if rate == 0 else []
        traces = cyclic_words(found)
        progress(f"{len(traces)} traces and {len(logs)} log-determinants")
        matrices = sorted(laws, key=lambda law: law.letters)
        return matrices + sorted(self._combinations(traces, logs, rate, traces=True), key=lambda law: law.letters)

    def _combinations(
        self, group: Sequence[Word], others: Sequence[Candidate], rate: Any, traces: bool = False
    ) -> list[Candidate]:
        """Return the combinations of words of one shape, or of their traces, and others, that decay at the rate."""
        candidates = [*(word_candidate(word, traces) for word in group), *others]
        if len(candidates) > LARGEST_CANDIDATES:
            came = f"one at which {len(candidates):,} words have one shape"
            expected = f"one with at most {LARGEST_CANDIDATES:,} words of a shape"
            raise InvalidValueError(complain("degree", expected, came))
        relations = LinearRelations(len(candidates), self.field.matrix)
        rows: list[list[Any]] = []
        while len(rows) < len(candidates) + _SURPLUS:
            require_time()
            point = self._point()
            factor = self._printer(point).doprint(rate).value
            changes = [(jet.coefficient(1), jet.value) for jet in self._moving(point, group, others, traces)]
            defects = [_entries(change + value * factor if rate != 0 else change) for change, value in changes]
            rows += map(list, zip(*defects, strict=True))
        relations.add(rows)
        laws = []
        for relation in in_time(relations.basis()):
            coefficients = [_small_rational(int(c), self.field.prime) for c in relation]
            if None not in coefficients:
                terms = [(c, candidate) for c, candidate in zip(coefficients, candidates, strict=True) if c][::-1]
                laws.append(combination(terms)._replace(rate=rate))
        return laws

    def _moving(self, at: Values, group: Sequence[Word], others: Sequence[Candidate], traces: bool) -> list[Jet]:
        """Return each candidate with its derivative along the flow, at a point and for its data."""
        point = dict(at)
        velocities = self.fields.at(JetArithmetic(self.field), point)
        for symbol, velocity in zip(self.fields.moving, velocities, strict=True):
            point[symbol] = Jet([point[symbol], velocity.value])
        printer = self._printer(point)
        letters = {letter: printer.doprint(letter) for word in group for letter in word}
        found = values_of(group, letters)
        jets = [self.kind.trace(found[word]) if traces else found[word] for word in group]
        return jets + [printer.doprint(candidate.quantity) for candidate in others]

    def _point(self) -> Values:
        fields = self.fields
        return fields.random([*fields.moving, *fields.constants, *fields.data], self.field, self.random)

    def _printer(self, point: Values) -> ArrayPrinter:
        """Return a printer that knows the symbols with symbolic widths, by their names."""
        named = {str(symbol): value for symbol, value in as_jets(self.kind, point).items()}
        symbols = {*self.flow, *self.constants, *(s for s in self.fields.constants if isinstance(s, Symbol))}
        return ArrayPrinter(self.kind, {symbol: named[str(symbol)] for symbol in symbols}, self.sizes)

    def independent(self, laws: Sequence[Candidate]) -> list[tuple[Candidate, int]]:
        """Keep the laws that are independent of those before them, by their differentials at a random point."""
        point = self._point()
        moved = [
            self._printer(point | {symbol: Jet([point[symbol], direction])})
            for symbol, direction in unit_matrices(self.fields.moving, self.field)
        ]
        kept: list[tuple[Candidate, int]] = []
        rows: list[list[Any]] = []
        for law in laws:
            columns = [_entries(printer.doprint(law.quantity).coefficient(1)) for printer in moved]
            more, _ = reduced_rows(self.field.matrix([*rows, *zip(*columns, strict=True)]))
            if len(more) > len(rows):
                kept.append((law, len(more) - len(rows)))
                rows = more
        return kept

    def at_widths(self, expression: Any) -> Any:
        """Return an expression with its symbolic widths replaced by the given ones."""

        def leaf(part: Any) -> Any:
            if isinstance(part, MatrixSymbol):
                return MatrixSymbol(part.name, *(n.xreplace(self.sizes) for n in part.shape))
            return Identity(part.rows.xreplace(self.sizes)) if isinstance(part, Identity) else part

        return rebuild(expression, leaf)


def _own_rates(symbol: MatrixSymbol, velocity: MatrixExpr) -> list[Rational]:
    """Return the number ``r`` of a term ``-r W`` in the velocity of ``W``, if it has one."""
    terms = words_of(velocity, multiply_out=False)
    return [-c for c, factors in terms if factors == (symbol,) and c.is_Rational and c < 0]


def _entries(value: Any) -> list[Any]:
    """Return the entries of a matrix, or the one of a scalar."""
    return value.entries() if hasattr(value, "entries") else [value]


def _small_rational(residue: int, prime: int) -> Rational | None:
    """Return the fraction with a small numerator and denominator that the residue stands for, if there is one."""
    for denominator in range(1, _LARGEST_COEFFICIENT + 1):
        numerator = residue * denominator % prime
        numerator = numerator - prime if numerator > prime // 2 else numerator
        if abs(numerator) <= _LARGEST_COEFFICIENT:
            return Rational(numerator, denominator)
    return None
