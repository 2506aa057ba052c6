"""Discover conserved quantities: from candidates, by exact linear algebra, to certificates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from flint import nmod_mat
from sympy import Identity, MatrixSymbol, Rational, Symbol

from tptheory.claims.claim import Claim
from tptheory.claims.vocabulary import Conserved
from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError, check_seconds, complain
from tptheory.invariants.ansatz import (
    Candidate,
    Conjectured,
    Word,
    combination,
    cyclic_words,
    generic_ranks,
    letters_of,
    log_candidates,
    matrix_groups,
    projections,
    values_of,
    word_candidate,
    words,
)
from tptheory.invariants.counting import LawCount, check_cost, check_seed, count_conservation_laws, random_prime
from tptheory.invariants.fields import DataFields, Values, as_jets, units
from tptheory.numeric.evaluation import ArrayPrinter
from tptheory.numeric.jets import Jet, JetArithmetic
from tptheory.proving.tactics import prove
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.expressions import LogPdet, rebuild
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule

LARGEST_CANDIDATES = 3000
"""More words than this in one ansatz are refused: their linear algebra takes minutes."""
_LARGEST_COEFFICIENT = 1000
_SURPLUS = 12


@dataclass(frozen=True)
class Law:
    """A conserved quantity.

    Attributes:
        quantity: a scalar or matrix expression at the widths that were asked for.
        general: the same with symbolic widths.
        independent: how many of its entries are functionally independent of each other and of the laws before it.
        given: what is needed for the proof; it holds at random weights of these widths.
        verdict: what the prover says of ``general`` (of ``quantity``, where the general law was not proved).
    """

    quantity: Any
    general: Any
    independent: int
    given: tuple[Claim, ...]
    verdict: Proved | Undecided


@dataclass(frozen=True)
class ConservationLaws:
    """The conserved quantities that were found, independent of each other, and how many there are.

    Attributes:
        found: the laws, simplest first.
        counted: the count of all laws, which bounds the laws found from above.
        degree: the longest words that were tried.
    """

    rule: Rule
    widths: tuple[int, ...]
    biases: bool
    degree: int
    found: tuple[Law, ...]
    counted: LawCount

    @property
    def laws(self) -> tuple[Any, ...]:
        """The conserved quantities: SymPy expressions, scalars and matrices."""
        return tuple(law.quantity for law in self.found)

    @property
    def count(self) -> int:
        """How many independent numbers the laws conserve: independent entries, for laws that are matrices."""
        return sum(law.independent for law in self.found)

    @property
    def certified(self) -> bool:
        """Whether every law is proved, with a certificate that the checker accepts."""
        return all(law.verdict.proved for law in self.found)

    @property
    def certificates(self) -> tuple[Any, ...]:
        """The certificates of the laws that are proved."""
        return tuple(law.verdict.certificate for law in self.found if isinstance(law.verdict, Proved))

    @property
    def matched(self) -> bool:
        """Whether the laws found are all that there are."""
        return self.count == self.counted.count

    @property
    def agreement(self) -> str:
        """Whether the laws found and the count agree, in words."""
        if self.matched:
            return "which is all there are"
        missing = self.counted.count - self.count
        return f"but there are {self.counted.count}: {missing} {'lies' if missing == 1 else 'lie'} outside the ansatz"

    def __repr__(self) -> str:
        """Show what was found, what was proved, and whether it is all."""
        proved = sum(law.verdict.proved for law in self.found)
        listed = "; ".join(str(law.general) for law in self.found)
        return (
            f"<{self.count} independent conserved quantities of {self.rule!r} at widths {self.widths}, {self.agreement}: "
            f"{listed} ({proved} of {len(self.found)} proved)>"
        )


def conservation_laws(
    rule: Rule,
    widths: Sequence[int],
    *,
    degree: int = 2,
    biases: bool = False,
    batch: int | None = None,
    seed: int = 0,
    seconds: float = 10.0,
    progress: Callable[[str], Any] = lambda _: None,
) -> ConservationLaws:
    """Find quantities that the flow of a rule conserves for all data and any loss, and prove them.

    A candidate is a linear combination of words of one shape in the weights, biases and constant matrices, or of traces
    of words and log-determinants. Its coefficients solve a linear system over F_p: the derivatives along the flow vanish
    at random points and data. What is found is certified with symbolic widths, and an independent set is kept: the
    differentials at a random point are linearly independent.

    Args:
        rule: a rule that has a flow.
        widths: ``(n_0, ..., n_L)``.
        degree: how many letters a word has at most.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one.
        seed: of the primes, points and data.
        seconds: how long to search for each proof.
        progress: is called with a text whenever a part begins.

    >>> from tptheory.symbolic.rules import Backprop, TargetProp
    >>> laws = conservation_laws(TargetProp(), (2, 2, 1))
    >>> laws.count, laws.certified, laws.matched, laws.laws
    (1, True, True, (LogPdet(W_2) - Trace(W_1*W_1.T)/2,))
    >>> [str(law.general) for law in conservation_laws(Backprop(), (2, 2, 1)).found]
    ['W_2.T*W_2 + -W_1*W_1.T']

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if widths or degree are too large, or the rule has no flow.
    """
    _check_degree(degree)
    check_seed(seed)
    check_seconds(seconds)
    fields = DataFields(rule, widths, biases, batch)
    check_cost(fields)
    counted = count_conservation_laws(rule, widths, biases=biases, batch=batch, seed=seed, progress=progress)
    search = _Search(fields, Random(seed))
    found = search.independent(search.candidates(degree, progress))
    laws = []
    for law, independent in found:
        progress(f"proving that {law.quantity} is conserved")
        laws.append(search.certified(law, independent, seconds))
    result = ConservationLaws(rule, counted.widths, biases, degree, tuple(laws), counted)
    object.__setattr__(counted, "found", result)
    return result


def _check_degree(degree: Any) -> None:
    if isinstance(degree, bool) or not isinstance(degree, int):
        raise InvalidTypeError(complain("degree", "a positive integer", degree))
    if degree < 1:
        raise InvalidValueError(complain("degree", "a positive integer", degree, "Try 2."))


class _Search:
    """The candidates of a rule, written with symbolic widths and evaluated at given ones over one prime field."""

    def __init__(self, fields: DataFields, random: Random) -> None:
        self.fields, self.random = fields, random
        self.kind = JetArithmetic(random_prime(random), order=2)
        net = fields.net
        self.flow: Flow = fields.flow
        try:
            twin = DeepLinearNetwork(net.depth, batch=net.batch, biases=net.biases, loss="any")
            flow = fields.rule.flow(twin)
            {symbol: flow[symbol] for symbol in twin.parameters}
            self.flow = flow
        except TptheoryError:  # a rule of one's own that asks for numbers
            pass
        self.sizes = dict(zip(self.flow.net.widths, net.widths, strict=True))
        symbols = set().union(*(v.free_symbols for v in self.flow.values())) - {
            *self.flow,
            self.flow.net.input,
            self.flow.net.error,
        }
        self.constants = sorted((s for s in symbols if isinstance(s, MatrixSymbol)), key=str)

    def candidates(self, degree: int, progress: Callable[[str], Any]) -> list[Conjectured]:
        """Return every conserved combination, matrices before scalars, short ones before long ones."""
        letters = letters_of(self.flow, self.constants)
        progress(f"words of up to {degree} letters")
        self._check_words(len(letters), degree)
        found = words(letters, frozenset(self.flow), degree)
        others, laws = projections(self.flow), []
        for group in matrix_groups(found):
            progress(f"{len(group)} words of shape {group[0][0].rows} by {group[0][-1].cols}")
            same_shape = [c for c in others if c.quantity.shape == (group[0][0].rows, group[0][-1].cols)]
            laws += self._combinations(group, same_shape)
        logs = log_candidates(self.flow)
        traces = cyclic_words(found)
        progress(f"{len(traces)} traces and {len(logs)} log-determinants")
        matrices = sorted(laws, key=lambda law: law.letters)
        return matrices + sorted(self._combinations(traces, logs, traces=True), key=lambda law: law.letters)

    def _check_words(self, letters: int, degree: int) -> None:
        """Refuse an ansatz that is too large, before it is written down."""
        reach = max(1, letters // max(1, len(self.flow.net.widths)))
        count = letters * reach ** (degree - 1)
        if count > 20 * LARGEST_CANDIDATES:
            mend = f"about {count:,} words would be tried."
            raise InvalidValueError(complain("degree", "smaller for this rule", degree, mend))

    def _combinations(
        self, group: Sequence[Word], others: Sequence[Candidate], traces: bool = False
    ) -> list[Conjectured]:
        """Return the conserved combinations of words of one shape, or of their traces, and of other candidates."""
        candidates = [*(word_candidate(word, traces) for word in group), *others]
        if len(candidates) > LARGEST_CANDIDATES:
            came = f"one at which {len(candidates):,} words have one shape"
            expected = f"one with at most {LARGEST_CANDIDATES:,} words of a shape"
            raise InvalidValueError(complain("degree", expected, came))
        values: list[list[int]] = [[] for _ in candidates]
        rates: list[list[int]] = [[] for _ in candidates]
        while len(values[0]) < len(candidates) + _SURPLUS:
            for place, jet in enumerate(self._moving(group, others, traces)):
                values[place] += _entries(jet.coefficient(0))
                rates[place] += _entries(jet.coefficient(1))
        for place, candidate in enumerate(candidates):
            if isinstance(candidate.quantity, LogPdet):  # a number of its own, that F_p does not have
                values[place] = [self.random.randrange(self.kind.prime) for _ in values[place]]
        distinct = _independent_rows(values, self.kind.prime)
        laws = []
        for relation in _relations([rates[place] for place in distinct], self.kind.prime):
            coefficients = [_small_rational(c, self.kind.prime) for c in relation]
            if None not in coefficients:
                terms = [(c, candidates[place]) for c, place in zip(coefficients, distinct, strict=True) if c][::-1]
                laws.append(combination(terms))
        return laws

    def _moving(self, group: Sequence[Word], others: Sequence[Candidate], traces: bool) -> list[Jet]:
        """Return the value and the derivative of each candidate at a random point, for random data."""
        point = self._point()
        velocities = self.fields.at(JetArithmetic(self.kind.prime), point)
        for symbol, velocity in zip(self.fields.parameters, velocities, strict=True):
            point[symbol] = Jet(self.kind, [point[symbol], velocity.coefficient(0)])
        printer = self._printer(point)
        letters = {letter: printer.doprint(letter) for word in group for letter in word}
        found = values_of(group, letters)
        jets = [self.kind.trace(found[word]) if traces else found[word] for word in group]
        return jets + [printer.doprint(candidate.quantity) for candidate in others]

    def _point(self) -> Values:
        fields = self.fields
        return fields.random([*fields.parameters, *fields.constants, *fields.data], self.kind.prime, self.random)

    def _printer(self, point: Values) -> ArrayPrinter:
        """Return a printer that knows the symbols with symbolic widths, by their names."""
        named = {str(symbol): value for symbol, value in as_jets(self.kind, point).items()}
        symbols = {*self.flow, *self.constants, *(s for s in self.fields.constants if isinstance(s, Symbol))}
        return ArrayPrinter(self.kind, {symbol: named[str(symbol)] for symbol in symbols}, self.sizes)

    def independent(self, laws: Sequence[Conjectured]) -> list[tuple[Conjectured, int]]:
        """Keep the laws that are independent of those before them, by their differentials at a random point."""
        point = self._point()
        moved = []
        for place, direction in units(self.fields.parameters, self.kind.prime):
            symbol = self.fields.parameters[place]
            moved.append(self._printer(point | {symbol: Jet(self.kind, [point[symbol], direction])}))
        kept: list[tuple[Conjectured, int]] = []
        rows: list[list[int]] = []
        for law in laws:
            columns = [_entries(printer.doprint(law.quantity).coefficient(1)) for printer in moved]
            more = rows + [list(row) for row in zip(*columns, strict=True)]
            echelon, rank = nmod_mat(len(more), len(columns), [e for row in more for e in row], self.kind.prime).rref()
            if rank > len(rows):
                kept.append((law, rank - len(rows)))
                rows = [[int(e) for e in row] for row in echelon.tolist()[:rank]]
        return kept

    def certified(self, law: Conjectured, independent: int, seconds: float) -> Law:
        """Return the law with a proof, if there is one: for all weights, or for those of the ranks that are usual."""
        general, here = law.quantity, self._at_widths(law.quantity)
        verdict = prove(Conserved(general, along=self.flow, given=law.given), seconds)
        if verdict.proved:
            return Law(here, general, independent, law.given, verdict)
        usual = (*law.given, *generic_ranks([*self.flow.net.weights, *self.constants, self.flow.net.input], self.sizes))
        at_ranks = prove(Conserved(general, along=self.flow, given=usual), seconds)
        if at_ranks.proved:
            given, at_ranks = _fewest(usual, at_ranks, seconds)
            return Law(here, general, independent, given, at_ranks)
        if not law.given:
            ranks = generic_ranks([*self.fields.net.weights, self.fields.net.input], {})
            at_widths = prove(Conserved(here, along=self.fields.flow, given=ranks), seconds)
            if at_widths.proved:
                given, at_widths = _fewest(ranks, at_widths, seconds)
                return Law(here, general, independent, given, at_widths)
        return Law(here, general, independent, law.given, verdict)

    def _at_widths(self, expression: Any) -> Any:
        def leaf(part: Any) -> Any:
            if isinstance(part, MatrixSymbol):
                return MatrixSymbol(part.name, *(n.xreplace(self.sizes) for n in part.shape))
            return Identity(part.rows.xreplace(self.sizes)) if isinstance(part, Identity) else part

        return rebuild(expression, leaf)


def _fewest(given: tuple[Claim, ...], verdict: Proved, seconds: float) -> tuple[tuple[Claim, ...], Proved]:
    """Leave out the hypotheses, one after the other, without which the proof is found too."""
    for hypothesis in given:
        fewer = tuple(h for h in verdict.claim.given if h != hypothesis)
        attempt = prove(replace(verdict.claim, given=fewer), seconds)
        verdict = attempt if attempt.proved else verdict
    return verdict.claim.given, verdict


def _entries(value: Any) -> list[int]:
    return [int(e) for e in (value.entries() if hasattr(value, "entries") else [value])]


def _independent_rows(rows: Sequence[Sequence[int]], prime: int) -> list[int]:
    """Return the places of the first rows that are linearly independent."""
    matrix = nmod_mat(len(rows), len(rows[0]), [e for row in rows for e in row], prime).transpose()
    echelon, rank = matrix.rref()
    return [next(j for j in range(len(rows)) if int(echelon[i, j])) for i in range(rank)]


def _relations(rows: Sequence[Sequence[int]], prime: int) -> list[list[int]]:
    """Return a basis of the linear relations between rows: each gives one row in terms of those before it."""
    matrix = nmod_mat(len(rows), len(rows[0]), [e for row in rows for e in row], prime).transpose()
    echelon, rank = matrix.rref()
    pivots = [next(j for j in range(len(rows)) if int(echelon[i, j])) for i in range(rank)]
    relations = []
    for free in sorted(set(range(len(rows))) - set(pivots)):
        relation = [0] * len(rows)
        relation[free] = 1
        for i, pivot in enumerate(pivots):
            relation[pivot] = -int(echelon[i, free]) % prime
        relations.append(relation)
    return relations


def _small_rational(residue: int, prime: int) -> Rational | None:
    """Return the fraction with a small numerator and denominator that the residue stands for, if there is one."""
    for denominator in range(1, _LARGEST_COEFFICIENT + 1):
        numerator = residue * denominator % prime
        numerator = numerator - prime if numerator > prime // 2 else numerator
        if abs(numerator) <= _LARGEST_COEFFICIENT:
            return Rational(numerator, denominator)
    return None


__all__ = ["ConservationLaws", "Law", "conservation_laws"]
