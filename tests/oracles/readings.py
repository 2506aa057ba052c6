"""What a random claim says at numbers: whether its hypotheses hold, and its conclusion.

It shares no code with tptheory; the values come from `oracles.evaluating`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from flint import fmpq_mat
from oracles import duals
from oracles.duals import Undefined, is_zero, plus, rank, sign
from oracles.evaluating import Evaluation
from oracles.terms import Term, is_matrix


class Outcome(Enum):
    """What came out of a claim at some values."""

    HOLDS = "the conclusion holds"
    FAILS = "the hypotheses hold and the conclusion fails"
    PARTLY = "the conclusion fails, and elsewhere in the claim something has no value"
    MOOT = "something in the conclusion has no value, and nothing fails"
    VACUOUS = "a hypothesis does not hold, or a range is empty"


class Reading(Evaluation):
    """Read claims at values, as `Evaluation` reads terms."""

    def truth(self, claim: Term) -> bool:
        """Tell whether a conclusion, or a hypothesis, holds.

        Raises:
            Undefined: where it says nothing.
        """

        def value(e: Term) -> Any:
            return self(e)[0]

        match claim:
            case ("Hyp", name, matrices):
                return all(has(name, value(A)) for A in matrices)
            case ("Equal", lhs, rhs, _):
                left, right = value(lhs), value(rhs)
                if isinstance(left, fmpq_mat) != isinstance(right, fmpq_mat):  # the number 0 is a zero matrix
                    return is_zero(left) and is_zero(right)
                return is_zero(plus((left, None), duals.negative((right, None)))[0])
            case ("Zero", e, _):
                return is_zero(value(e))
            case ("RankAtMost", A, bounds, _):
                return rank(value(A)) <= min(rank(value(b)) if is_matrix(b) else self.count(b) for b in bounds)
            case ("ImageWithin", A, C, _):
                return rank(duals.beside(value(C), value(A))) == rank(value(C))
            case ("RowSpaceWithin", A, C, _):
                return rank(duals.beside(value(C).transpose(), value(A).transpose())) == rank(value(C))
            case ("OrthogonalImages", A, B, _):
                return is_zero(value(A).transpose() * value(B))
            case ("Parallel", A, B, _):
                return rank(duals.beside(duals.column(value(A)), duals.column(value(B)))) <= 1
            case ("Conserved", q, ("flow", *_) as motion, _):
                return is_zero(self.derivative(motion, q))
            case ("Conserved", q, motion, _):
                now, then = value(q), self.after(motion)(q)[0]
                return is_zero(plus((then, None), duals.negative((now, None)))[0])
            case ("Nonincreasing", q, motion, _):
                return sign(self.derivative(motion, q)) <= 0
            case ("Commute", ("step", *_) as one, other, _):
                return self.steps_commute(one, other)
            case ("Commute", A, B, _):
                return is_zero(value(A) * value(B) - value(B) * value(A))
            case ("AnyOf", claims, _):
                return self.some(claims)
            case ("ForAll", inside, (name, first, last), _):
                return all(self.at(**{name: i}).truth(inside) for i in self.range(first, last))
            case ("AllOf", claims):
                return all(self.truth(part) for part in claims)
        raise NotImplementedError(claim)

    def range(self, first: Term, last: Term) -> range:
        """Return what an index runs through: nothing where it ends before it begins."""
        return range(self.index(first), self.index(last) + 1)

    def some(self, claims: tuple[Term, ...]) -> bool:
        """Tell whether one of several claims holds; one without a value does not."""
        undefined = False
        for part in claims:
            try:
                if self.truth(part):
                    return True
            except Undefined:
                undefined = True
        if undefined:
            raise Undefined("an alternative without a value")
        return False

    def steps_commute(self, one: Term, other: Term) -> bool:
        """Tell whether all parameters are the same after two steps in either order."""
        ends = []
        for first, second in ((one, other), (other, one)):
            there = self.after(first).after(second).values
            ends.append({**there.values.matrices, **there.matrices})  # type: ignore[attr-defined]
        return ends[0] == ends[1]

    def meets(self, given: tuple[Term, ...]) -> bool:
        """Tell whether every hypothesis holds; one that has no value does not."""
        try:
            return all(self.truth(h) for h in given)
        except Undefined:
            return False

    def results(self, claim: Term) -> Iterator[bool | None]:
        """Run through what comes out of every part of a claim whose hypotheses hold: None for no value."""
        if claim[0] != "AllOf" and claim[0] != "Hyp" and not self.meets(claim[-1]):
            return
        if claim[0] == "AllOf":
            for part in claim[1]:
                yield from self.results(part)
        elif claim[0] == "ForAll":
            for i in self.range(*claim[2][1:]):
                yield from self.at(**{claim[2][0]: i}).results(claim[1])
        else:
            try:
                yield self.truth(claim)
            except Undefined:
                yield None

    def outcome(self, claim: Term) -> Outcome:
        """Return what comes out of a claim here."""
        found = set(self.results(claim))
        if False in found:
            return Outcome.PARTLY if None in found else Outcome.FAILS
        if None in found:
            return Outcome.MOOT
        return Outcome.HOLDS if found else Outcome.VACUOUS


def has(name: str, A: fmpq_mat) -> bool:
    """Tell whether a matrix has the property that a hypothesis names."""
    rows, columns, T = A.nrows(), A.ncols(), A.transpose()
    return {
        "full_row_rank": lambda: rank(A) == rows,
        "full_column_rank": lambda: rank(A) == columns,
        "invertible": lambda: rows == columns == rank(A),
        "orthogonal": lambda: rows == columns and (T * A - duals.identity(rows)).rank() == 0,
        "partial_isometry": lambda: A * T * A == A,
        "symmetric": lambda: rows == columns and T == A,
        "projection": lambda: rows == columns and A * A == A,
        "rank_one": lambda: rank(A) <= 1,
        "nonzero": lambda: not is_zero(A),
    }[name]()
