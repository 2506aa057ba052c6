"""The claim that a rule has exactly so many conserved quantities at given widths, and how it is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NoReturn

from flint import fmpq_mat
from sympy import MatrixSymbol

from tptheory.checking import checked_integer, widths_text
from tptheory.claims.claim import Claim
from tptheory.deciding.answers import REPORT
from tptheory.deciding.verdicts import Cause, Proved, RefutedCount, Undecided
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.invariants.counting import count_laws
from tptheory.invariants.discovery import found_laws, restated_laws
from tptheory.invariants.fields import DataFields
from tptheory.invariants.law_certificates import Point, Program, bounds, point_of
from tptheory.invariants.near_a_point import NearPoint, differentials
from tptheory.invariants.results import CountedLaws, Law
from tptheory.proving.certificate import LawCountCertificate

_DEGREE = 2
_POINTS = 3
"""At how many points the laws are tried: their differentials may be dependent at one of them."""


def _whole_or_none(name: str, value: Any) -> int | None:
    return None if value is None else checked_integer(name, value, lowest=0)


@dataclass(frozen=True)
class LawCount(Claim):
    """A rule conserves so many independent quantities, exactly or at most, near almost every point of its weights.

    Conserved means: along the flow, for all data and any loss. That there are no more is proved by a certificate of its
    own, which `certificates/law_counts.py` checks; it holds on every open set of weights where the matrices under a
    pseudo-inverse have full rank. That there are as many is proved by laws with certificates, whose differentials are
    independent at a rational point, near which all of their hypotheses hold. States of the rule are counted with the
    weights. Matrices that it holds fixed, such as ``B_l``, are part of the point, and the statement says so. A scalar
    parameter of the rule, such as ``lambda``, is not: the count may differ from one number to another, so that each
    parameter needs its number in ``constants``. The claim is then about the rule at these numbers. It is decided alone,
    and not within `AllOf`.

    Args:
        rule: a rule that has a flow, or its name.
        widths: ``(n_0, ..., n_L)``.
        number: how many independent quantities are conserved exactly; leave it out where a bound is claimed.
        at_most: how many are conserved at most.
        constants: by symbol or name, an integer or a fraction for each scalar parameter of the rule.

    >>> from tptheory import Backprop, DampedTargetProp, TargetProp, decide
    >>> decide(LawCount(Backprop(), (2, 2, 1), number=3)).word, decide(LawCount(TargetProp(), (2, 2, 1), number=2)).word
    ('proved', 'refuted')
    >>> LawCount(DampedTargetProp(), (2, 2, 1), number=1, constants={"lambda": 1}).rule
    DampedTargetProp() at lambda = 1

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or a constant is a matrix.
        InvalidValueError: if a width is below 1, the number is negative, the rule has no flow, hypotheses are given, or
            a scalar parameter has no number, or one that it may not have.
        UnknownNameError: if ``rule`` or a constant is not known.
    """

    rule: Any
    widths: Any
    number: Any = None
    given: Any = ()
    constants: Any = None
    at_most: Any = None

    decides_itself = True
    readers = (("number", _whole_or_none), ("at_most", _whole_or_none))

    def check(self) -> None:
        """Check rule and widths together, that every parameter is a number, and that nothing is assumed."""
        if (self.number is None) is (self.at_most is None):
            came = f"number={self.number} and at_most={self.at_most}"
            raise InvalidValueError(complain("number", "given where 'at_most' is not", came, "Give one of the two."))
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

    @property
    def counted(self) -> str:
        """The claimed number in words: ``exactly 2``, or ``at most 2``."""
        return f"exactly {self.number}" if self.at_most is None else f"at most {self.at_most}"

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``the flow of the rule has exactly k independent conserved quantities``, and where."""
        fields = DataFields(self.rule, self.widths)
        one = 1 in (self.number, self.at_most)
        quantities = f"{self.counted} independent conserved {'quantity' if one else 'quantities'}"
        flow, widths = f"the flow of {self.rule.full_phrase}", widths_text(self.widths)
        moving = "weights" if fields.moving == fields.net.weights else "weights and states"
        fixed = ", ".join(map(str, fields.constants))
        point = "point" if moving == "weights" and not fixed else f"point of its {moving}"
        point += f" and fixed matrices {fixed}" if fixed else ""
        return f"{flow} has {quantities} near almost every {point} at widths {widths}"

    def own_verdict(self, seconds: float, seed: int) -> Proved | RefutedCount | Undecided:
        """Return `Proved`, `RefutedCount` or `Undecided`; ``seconds`` bound the search for the proof of each law."""
        started = perf_counter()
        fields = DataFields(self.rule, self.widths)
        try:
            Program(fields, {s: _ones(s) for s in fields.constants})
        except UnsupportedExpressionError as error:
            return Undecided(self, str(error), {}, perf_counter() - started)
        counted = count_laws(fields, seed)
        proof = self._bound(fields, counted, seed)
        if proof is None:
            proof = self._counted(fields, counted, seconds, seed)
        took = perf_counter() - started
        if proof is None:
            return Undecided(self, "no certificate of a bound was found at small integer points", {}, took)
        if not (checked := proof.check()):
            evidence = {"certificate": proof.data, "report": REPORT}
            return Undecided(self, f"the checker refuses what was found: {checked.reason}", evidence, took, Cause.FAULT)
        return self.verdict_of(proof, took, len(counted.primes))

    def verdict_of(
        self, proof: LawCountCertificate, seconds: float = 0.0, confirmed: int = 0
    ) -> Proved | RefutedCount | Undecided:
        """Return what a certificate that was checked, of laws that hold near its point, says of the claim."""
        at_most, at_least = proof.data["number"], len(proof.data["differentials"])
        low, high = (0, self.at_most) if self.number is None else (self.number, self.number)
        if low <= at_least and at_most <= high:
            return Proved(self, proof, seconds, confirmed)
        if at_most < low or high < at_least:
            return RefutedCount(self, proof, seconds)
        reason = f"there are at most {at_most}, which is certified, but {at_least} were found"
        return Undecided(self, reason, {"certificate": proof.data}, seconds)

    def recalled_verdict(self, stored: dict[str, Any], seconds: float) -> Proved | RefutedCount | None:
        """Return what a stored certificate says of the claim; None if it is about another rule, or says too little.

        The bound and the laws are checked, and no proof is searched for but that the laws hold near the point.
        """
        proof = LawCountCertificate(stored)
        fields = DataFields(self.rule, self.widths)
        point = point_of(stored, fields) if proof.check() else None
        if point is None:
            return None
        laws = [*restated_laws(fields, proof.laws, _DEGREE)] if proof.laws else []
        near = _near(point, fields, seconds)
        again = _with_laws(self, stored, [law for law in laws if law in near], fields, point, known=True)
        if again.data["differentials"] != stored["differentials"]:
            return None
        verdict = self.verdict_of(again)
        return None if isinstance(verdict, Undecided) else verdict

    def _bound(self, fields: DataFields, counted: CountedLaws, seed: int) -> LawCountCertificate | None:
        """Return the first certificate of the bound alone, where that is what is claimed, and it is reached."""
        if self.at_most is None or counted.count > self.at_most:
            return None
        found = next(bounds(fields, counted, seed), None)
        return None if found is None else _with_laws(self, found[0], [], fields, found[1])

    def _counted(
        self, fields: DataFields, counted: CountedLaws, seconds: float, seed: int
    ) -> LawCountCertificate | None:
        """Return the certificate with the most laws, of those at the first points; None if there is none."""
        laws = [law for law in found_laws(fields, _DEGREE, seed, seconds) if law.verdict.proved]
        best: LawCountCertificate | None = None
        for tried, (data, point) in enumerate(bounds(fields, counted, seed)):
            near = _near(point, fields, seconds)
            proof = _with_laws(self, data, [law for law in laws if law in near], fields, point)
            if best is None or len(proof.data["differentials"]) > len(best.data["differentials"]):
                best = proof
            if len(best.data["differentials"]) == counted.count or tried + 1 == _POINTS:
                break
        return best


def _near(point: Point, fields: DataFields, seconds: float) -> NearPoint:
    return NearPoint(point | {fields.net.input: _ones(fields.net.input)}, seconds)


def _ones(symbol: Any) -> list[list[int]]:
    rows, columns = map(int, symbol.shape)
    return [[1] * columns for _ in range(rows)]


def _with_laws(
    claim: LawCount,
    data: dict[str, Any],
    laws: Sequence[Law],
    fields: DataFields,
    point: Point,
    known: bool = False,
) -> LawCountCertificate:
    """Return the certificate with the independent differentials of laws at its point, in integers.

    Those that are known already, and are compared with them afterwards, are worked out in one way only.
    """
    rows: list[list[Any]] = []
    used: list[Any] = []
    for law in laws:
        before = len(rows)
        for row in differentials(law.quantity, fields, point, once=known):
            if fmpq_mat([*rows, row]).rank() > len(rows):
                rows.append(row)
        if len(rows) > before and isinstance(law.verdict, Proved):
            used.append({**law.verdict.certificate.data, "title": f"{law.general} is conserved"})
    whole = [fmpq_mat([row]).numer_denom()[0].entries() for row in rows]
    certified = {"differentials": [[int(a) for a in row] for row in whole], "laws": used}
    return LawCountCertificate({**data, "title": claim.statement(), **certified})
