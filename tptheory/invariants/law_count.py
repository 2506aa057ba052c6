"""The claim that a rule has exactly so many conserved quantities at given widths, and how it is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NoReturn

from flint import fmpq_mat
from sympy import MatrixSymbol

from tptheory.checking import whole, widths_text
from tptheory.claims.claim import Claim
from tptheory.deciding.answers import REPORT
from tptheory.deciding.verdicts import Proved, RefutedCount, Undecided
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.invariants.discovery import conservation_laws
from tptheory.invariants.fields import DataFields
from tptheory.invariants.law_certificates import Point, backward_operators, bounds
from tptheory.invariants.near_a_point import NearPoint, differentials
from tptheory.invariants.results import ConservationLaws, Law
from tptheory.proving.certificate import LawCountCertificate

_DEGREE = 2
_POINTS = 3
"""At how many points the laws are tried: their differentials may be dependent at one of them."""


@dataclass(frozen=True)
class LawCount(Claim):
    """A rule conserves exactly so many independent quantities near almost every point of its weights.

    Conserved means: along the flow, for all data and any loss. That there are no more is proved by a certificate of its
    own, which `certificates/law_counts.py` checks; it holds on every open set of weights where the matrices under a
    pseudo-inverse have full rank. That there are as many is proved by laws with certificates, whose differentials are
    independent at a rational point, near which all of their hypotheses hold. Matrices that a rule holds fixed, such as
    ``B_l``, are part of the point, and the statement says so. A scalar parameter of the rule, such as ``lambda``, is
    not: the count may differ from one number to another, so that each parameter needs its number in ``constants``. The
    claim is then about the rule at these numbers. It is decided alone, and not within `AllOf`.

    Args:
        rule: a rule that has a flow, or its name.
        widths: ``(n_0, ..., n_L)``.
        number: how many independent quantities are conserved.
        constants: by symbol or name, an integer or a fraction for each scalar parameter of the rule.

    >>> from tptheory import Backprop, DampedTargetProp, TargetProp, decide
    >>> decide(LawCount(Backprop(), (2, 2, 1), number=3)).word, decide(LawCount(TargetProp(), (2, 2, 1), number=2)).word
    ('proved', 'refuted')
    >>> LawCount(DampedTargetProp(), (2, 2, 1), number=1, constants={"lambda": 1}).rule
    RuleAtNumbers(DampedTargetProp(), lambda=1)

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or a constant is a matrix.
        InvalidValueError: if a width is below 1, the number is negative, the rule has no flow, hypotheses are given, or
            a scalar parameter has no number, or one that it may not have.
        UnknownNameError: if ``rule`` or a constant is not known.
    """

    rule: Any
    widths: Any
    number: Any
    given: Any = ()
    constants: Any = None

    readers = (("number", lambda name, value: whole(name, value, lowest=0)),)

    def check(self) -> None:
        """Check rule and widths together, that every parameter is a number, and that nothing is assumed."""
        fields = DataFields(self.rule, self.widths, given=self.constants)
        if fields.held:
            B = min(map(str, fields.held))
            mend = f"Leave {B} out: fixed matrices are part of the point."
            raise InvalidTypeError(complain("constants", "numbers for scalar parameters", f"a matrix for {B}", mend))
        parameters = [str(s) for s in fields.constants if not isinstance(s, MatrixSymbol)]
        if parameters:
            expected = f"given with a number for {', '.join(parameters)}, on which the number of laws may depend"
            mend = f"Give constants={{'{parameters[0]}': 1}}, or write numbers into the rule."
            raise InvalidValueError(complain("constants", expected, self.constants, mend))
        object.__setattr__(self, "rule", fields.rule)
        object.__setattr__(self, "widths", tuple(map(int, fields.net.widths)))
        object.__setattr__(self, "constants", None)  # the rule holds the numbers now
        if self.given:
            raise InvalidValueError(complain("given", "left out: laws are counted near almost every point", self.given))

    def goals(self) -> NoReturn:
        """Raise an error: a count of laws cannot be split into goals.

        Raises:
            UnsupportedExpressionError: always.
        """
        raise UnsupportedExpressionError(
            f"'claim' must be a set of goals (got {self.conclusion(str)}, which is none). Decide it alone."
        )

    def tacit(self) -> tuple[Any, ...]:
        """Return nothing: a count of laws has no tacit premises."""
        return ()

    def expressions(self) -> tuple[Any, ...]:
        """Return nothing: a count of laws holds no expression."""
        return ()

    def certain(self) -> tuple[Any, ...]:
        """Return nothing: a count of laws holds no expression."""
        return ()

    def symbols(self) -> set[Any]:
        """Return nothing: a count of laws holds no symbol."""
        return set()

    def _refuse_taken_symbols(self) -> None:
        """Check nothing: a count of laws holds no symbol that could clash."""

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``the flow of the rule has exactly k independent conserved quantities``, and where."""
        quantities = f"{self.number} independent conserved {'quantity' if self.number == 1 else 'quantities'}"
        flow, widths = f"the flow of {self.rule.phrase}", widths_text(self.widths)
        fixed = DataFields(self.rule, self.widths).constants
        point = f"point of its weights and fixed matrices {', '.join(map(str, fixed))}" if fixed else "point"
        return f"{flow} has exactly {quantities} near almost every {point} at widths {widths}"

    def own_verdict(self, seconds: float, seed: int) -> Proved | RefutedCount | Undecided:
        """Return `Proved`, `RefutedCount` or `Undecided`; ``seconds`` bound the search for the proof of each law."""
        started = perf_counter()
        fields = DataFields(self.rule, self.widths)
        try:
            backward_operators(fields, {s: _ones(s) for s in fields.constants})
        except UnsupportedExpressionError as error:
            return Undecided(self, str(error), {}, perf_counter() - started)
        laws = conservation_laws(self.rule, self.widths, degree=_DEGREE, seed=seed, seconds=seconds)
        proof = _found(self, fields, laws, seconds, seed)
        took = perf_counter() - started
        if proof is None:
            return Undecided(self, "no certificate of a bound was found at small integer points", {}, took)
        if not (checked := proof.check()):
            evidence = {"certificate": proof.data, "report": REPORT}
            return Undecided(self, f"the checker refuses what was found: {checked.reason}", evidence, took)
        at_most, at_least = proof.data["number"], len(proof.data["differentials"])
        if not at_least <= self.number <= at_most:
            return RefutedCount(self, proof, took)
        if at_least < at_most:
            reason = f"there are at most {at_most}, which is certified, but {at_least} were found"
            return Undecided(self, reason, {"certificate": proof.data}, took)
        return Proved(self, proof, took, confirmed=len(laws.counted.primes))


def _ones(symbol: Any) -> list[list[int]]:
    rows, columns = map(int, symbol.shape)
    return [[1] * columns for _ in range(rows)]


def _found(
    claim: LawCount, fields: DataFields, laws: ConservationLaws, seconds: float, seed: int
) -> LawCountCertificate | None:
    """Return the certificate with the most laws, of those at the first points; None if there is none."""
    best: LawCountCertificate | None = None
    for tried, (data, point) in enumerate(bounds(fields, laws.counted, seed)):
        near = NearPoint(point | {fields.net.input: _ones(fields.net.input)}, seconds)
        holding = [law for law in laws.found if law.verdict.proved and law in near]
        proof = _with_laws(claim, data, holding, fields, point)
        if best is None or len(proof.data["differentials"]) > len(best.data["differentials"]):
            best = proof
        if len(best.data["differentials"]) == laws.counted.count or tried + 1 == _POINTS:
            break
    return best


def _with_laws(
    claim: LawCount, data: dict[str, Any], laws: Sequence[Law], fields: DataFields, point: Point
) -> LawCountCertificate:
    """Return the certificate with the independent differentials of laws at its point."""
    rows: list[list[Any]] = []
    used: list[Any] = []
    for law in laws:
        before = len(rows)
        for row in differentials(law.quantity, fields, point):
            if fmpq_mat([*rows, row]).rank() > len(rows):
                rows.append(row)
        if len(rows) > before and isinstance(law.verdict, Proved):
            used.append(law.verdict.certificate)
    title = claim.statement()
    full = data | {"title": title, "differentials": [[str(a) for a in row] for row in rows]}
    return LawCountCertificate(full, tuple(used))
