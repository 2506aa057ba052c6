"""What a claim about any depth says and rests on, at the index ``k``: letters, laws with their ranges, goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import S

from tptheory.claims import goals
from tptheory.claims.claim import Claim
from tptheory.claims.compound import AnyOf, ForAll
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.ranges import depth_symbols
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.certificate import at_index
from tptheory.proving.indexed import Catalogue, End, IndexedTranslator
from tptheory.proving.letters import Index, Letter
from tptheory.proving.obligations import assumed_of
from tptheory.proving.translation import INDEX, Reason
from tptheory.proving.words import Polynomial
from tptheory.symbolic.layers import layer_symbols


class Law(NamedTuple):
    """What vanishes for every index ``k`` from first to last, why, and the letter that it defines, if it does."""

    terms: list[Any]
    first: End
    last: End
    reason: Reason
    defines: Letter | None = None

    def data(self) -> dict[str, Any]:
        """Return the law as a certificate writes it."""
        return {"zero": self.terms, "from": end_data(self.first), "to": end_data(self.last)}


class Goal(NamedTuple):
    """What to show for every ``k`` from first to last, as a certificate states it; ``left`` terms are the left side."""

    data: dict[str, Any]
    first: End
    last: End
    left: int

    @property
    def kind(self) -> str:
        """``zero``, ``rank`` or ``nonpositive``."""
        return "rank" if "rank" in self.data else next(iter(self.data))

    @property
    def terms(self) -> list[Any]:
        """The polynomial of which something is to be shown."""
        return self.data[self.kind]

    def at(self, index: Index) -> Goal:
        """Return the goal with an index in the place of ``k``."""
        return self._replace(data=at_index(self.data, index))

    def law(self) -> Law | None:
        """Return what may be used once the goal is shown: that its polynomial is zero, where it says so."""
        return Law(self.terms, self.first, self.last, ("shown",)) if self.kind == "zero" else None


@dataclass
class Theory:
    """Everything at the index ``k``: the letters, the laws, and what is proved so far, each with its cases."""

    schema: IndexedTranslator
    laws: list[Law] = field(default_factory=list)
    proved: list[tuple[Goal, list[dict[str, Any]]]] = field(default_factory=list)

    def add(self, law: Law) -> None:
        """Add a law, once."""
        if law.terms and law not in self.laws:
            self.laws.append(law)

    def catalogue(self) -> Catalogue:
        """Return what is known of the letters by now."""
        return Catalogue(self.schema)


def end_data(end: End) -> list[Any] | None:
    """Return an end of a range as a certificate writes it."""
    return None if end is None else list(end)


def theory_of(claims: Sequence[Claim]) -> tuple[Theory, list[Goal]]:
    """Translate the claims, and gather the laws that they rest on."""
    theory = Theory(IndexedTranslator())
    depths = {s for claim in claims for s in depth_symbols(claim)}
    if len(depths) > 1:
        raise UnsupportedExpressionError(f"claims must speak of one depth (got {sorted(map(str, depths))})")
    theory.schema.bases = dict.fromkeys(depths, "L")
    reader = _Reader(theory)
    for claim in claims:
        for h in claim.given:
            reader.hypothesis(h)
    found = [goal for claim in claims for goal in reader.goals(claim)]
    for terms, reason, first, last in theory.schema.defining:
        theory.add(Law(terms, first, last, reason))
    if INDEX in theory.schema.alphabet.named.names:
        name = theory.schema.alphabet.named(INDEX)
        here, before, origin = [name, "k", 0], [name, "k", -1], [name, "", 0]
        counting: Reason = ("definition", "counting layers")
        theory.add(Law([["1", [here], 1], ["-1", [before], 1], ["-1", [], 1]], None, None, counting))
        theory.add(Law([["1", [origin], 1]], None, None, counting))
    for h in theory.schema.hypotheses:
        if h.reason[0] == "size" and h.transposes is None:
            theory.add(Law(h.polynomial.data(), None, None, h.reason))
    return theory, found


class _Reader:
    """Translate hypotheses, goals and the definitions of the sequences that they speak of."""

    def __init__(self, theory: Theory) -> None:
        self.theory, self.schema = theory, theory.schema
        self._known: set[Any] = set()

    def translated(self, expression: Any) -> Polynomial:
        """Translate an expression, after the definitions of what it is made of."""
        for symbol in layer_symbols(expression):
            self.sequence(symbol.sequence)
        return self.schema(expression)

    def sequence(self, sequence: Any) -> None:
        """Add the laws that define the members of a sequence."""
        if sequence in self._known:
            return
        self._known.add(sequence)
        laws = sequence.laws()
        with self.schema.binding_index(sequence.index, None, None):
            if not laws:
                return
            self.schema(sequence.member(sequence.index))
        for law in laws:
            first, last = self.schema.index(law.first), self.schema.index(law.last)
            with self.schema.binding_index(law.index, first, last):
                difference = self.translated(goals.minus(law.lhs, law.rhs))
                (member,) = layer_symbols(law.lhs)
                letter = self.schema._letter_of(member)
            ends = (first, last) if letter.at is not None and letter.at[0] == "k" else (None, None)
            if difference:
                self.theory.add(Law(difference.data(), ends[0], ends[1], ("definition", law.reason), letter))

    def limits(self, item: Any) -> tuple[Any, End, End]:
        """Return the index that a claim or hypothesis binds, and its range."""
        if not isinstance(item, ForAll):
            return None, None, None
        l, first, last = item.limits
        return l, self.schema.index(S(first)), self.schema.index(S(last))

    def hypothesis(self, h: Any) -> None:
        """Add a hypothesis as a law."""
        index, first, last = self.limits(h)
        inside = h.claim if isinstance(h, ForAll) else h
        if isinstance(inside, AnyOf):
            raise UnsupportedExpressionError("cases among the layers are not split")
        if index is not None and isinstance(inside, Hypothesis) and inside.owners():
            raise UnsupportedExpressionError(
                "what a hypothesis says exists is another matrix at each layer: give it as a member of a sequence"
            )
        with self.schema.binding_index(index, first, last):
            for expression, reason in assumed_of(inside, self.translated):
                polynomial = self.translated(expression)
                if polynomial:
                    self.theory.add(Law(polynomial.data(), first, last, reason))

    def goals(self, claim: Claim) -> Iterator[Goal]:
        """Run through what a claim says, as a certificate states it."""
        index, first, last = self.limits(claim)
        with self.schema.binding_index(index, first, last):
            for goal in claim.goals():
                yield from (Goal(data, first, last, left) for data, left in self.goal(goal))

    def goal(self, goal: Any) -> Iterator[tuple[dict[str, Any], int]]:
        """Translate a goal; a rank has one for each of its bounds."""
        if isinstance(goal, goals.NonNegative):
            terms = self.translated(goals.symbolic(goal.expression)).scale(-1).data()
            yield {"nonpositive": terms}, len(terms)
        elif isinstance(goal, goals.RankAtMost):
            matrix = self.translated(goal.expression).data()
            for bound in goal.bounds:
                size = not hasattr(bound, "shape")
                limit = self.schema.alphabet.named.item(self.schema.size(bound)) if size else None
                yield (
                    {"rank": matrix, "at most": limit if size else {"rank": self.translated(bound).data()}},
                    len(matrix),
                )
        elif isinstance(goal, goals.Vanishes):
            sides = (goal.left, goal.right)
            left, right = (
                (goal.residual(), S.Zero) if any(isinstance(s, goals.Rate | goals.Change) for s in sides) else sides
            )
            polynomial = self.translated(left)
            other = None if right == 0 else self.translated(right)
            terms = (
                [*polynomial.data(), *(other.scale(-1).data() if other else [])]
                if polynomial or not other
                else (other.scale(-1).data())
            )
            yield {"zero": terms}, len(polynomial.data()) if polynomial else 0
        else:
            raise UnsupportedExpressionError("cases among the layers are not split")
