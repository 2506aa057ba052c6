"""What a claim about any depth says and rests on, at the index ``k``: letters, laws with their ranges, goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import MatrixExpr, S

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AnyOf, ForAll
from tptheory.claims.goals import Change, NonNegative, RankAtMost, Rate, Vanishes, minus, symbolic
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


class LayerLaw(NamedTuple):
    """What vanishes for every index ``k`` from first to last, why, and the letter that it defines, if it does."""

    terms: list[Any]
    first: End
    last: End
    reason: Reason
    defines: Letter | None = None

    def data(self) -> dict[str, Any]:
        """Return the law as a certificate writes it."""
        return {"zero": self.terms, "from": end_data(self.first), "to": end_data(self.last)}


class LayerGoal(NamedTuple):
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

    def at(self, index: Index) -> LayerGoal:
        """Return the goal with an index in the place of ``k``."""
        return self._replace(data=at_index(self.data, index))

    def law(self) -> LayerLaw | None:
        """Return what may be used once the goal is shown: that its polynomial is zero, where it says so."""
        return LayerLaw(self.terms, self.first, self.last, ("shown",)) if self.kind == "zero" else None


@dataclass
class Theory:
    """Everything at the index ``k``: the letters, the laws, and what is proved so far, each with its cases."""

    schema: IndexedTranslator
    laws: list[LayerLaw] = field(default_factory=list)
    proved: list[tuple[LayerGoal, list[dict[str, Any]]]] = field(default_factory=list)

    def add(self, law: LayerLaw) -> None:
        """Add a law, once."""
        if law.terms and law not in self.laws:
            self.laws.append(law)

    def catalogue(self) -> Catalogue:
        """Return what is known of the letters by now."""
        return Catalogue(self.schema)


def end_data(end: End) -> list[Any] | None:
    """Return an end of a range as a certificate writes it."""
    return None if end is None else list(end)


def theory_of(claims: Sequence[Claim]) -> tuple[Theory, list[LayerGoal]]:
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
    found = [goal for claim in claims for goal in reader.goals_of(claim)]
    for law in _defining_laws(theory.schema):
        theory.add(law)
    return theory, found


def _defining_laws(schema: IndexedTranslator) -> Iterator[LayerLaw]:
    """Run through the laws of inverses, of the indices as numbers, and of sizes, where these were spoken of."""
    for terms, reason, first, last in schema.defining:
        yield LayerLaw(terms, first, last, reason)
    if INDEX in schema.alphabet.named.names:
        name = schema.alphabet.named(INDEX)
        here, before, origin = [name, "k", 0], [name, "k", -1], [name, "", 0]
        counting: Reason = ("definition", "counting layers")
        yield LayerLaw([["1", [here], 1], ["-1", [before], 1], ["-1", [], 1]], None, None, counting)
        yield LayerLaw([["1", [origin], 1]], None, None, counting)
    for h in schema.hypotheses:
        if h.reason[0] == "size" and h.transposes is None:
            yield LayerLaw(h.polynomial.data(), None, None, h.reason)


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
                difference = self.translated(minus(law.lhs, law.rhs))
                (member,) = layer_symbols(law.lhs)
                letter = self.schema.letter_of(member)
            ends = (first, last) if letter.at is not None and letter.at[0] == "k" else (None, None)
            if difference:
                self.theory.add(LayerLaw(difference.data(), ends[0], ends[1], ("definition", law.reason), letter))

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
                    self.theory.add(LayerLaw(polynomial.data(), first, last, reason))

    def goals_of(self, claim: Claim) -> Iterator[LayerGoal]:
        """Run through what a claim says, as a certificate states it."""
        index, first, last = self.limits(claim)
        with self.schema.binding_index(index, first, last):
            for goal in claim.goals():
                yield from (LayerGoal(data, first, last, left) for data, left in self.goal(goal))

    def goal(self, goal: Any) -> Iterator[tuple[dict[str, Any], int]]:
        """Translate a goal; a rank has one for each of its bounds."""
        if isinstance(goal, NonNegative):
            terms = self.translated(symbolic(goal.expression)).scale(-1).data()
            yield {"nonpositive": terms}, len(terms)
        elif isinstance(goal, RankAtMost):
            matrix = self.translated(goal.expression).data()
            for bound in goal.bounds:
                yield {"rank": matrix, "at most": self._limit(bound)}, len(matrix)
        elif isinstance(goal, Vanishes):
            yield self._equation(goal)
        else:
            raise UnsupportedExpressionError("cases among the layers are not split")

    def _limit(self, bound: Any) -> Any:
        """Return what bounds a rank as a certificate states it: a size, or the matrix whose rank does."""
        if isinstance(bound, MatrixExpr):
            return {"rank": self.translated(bound).data()}
        return self.schema.alphabet.named.item(self.schema.size(bound))

    def _equation(self, goal: Vanishes) -> tuple[dict[str, Any], int]:
        """Return an equation as it stands, and how many of its terms are those of the left side."""
        sides = (goal.left, goal.right)
        moves = any(isinstance(side, Rate | Change) for side in sides)
        left, right = (goal.residual(), S.Zero) if moves else sides
        polynomial = self.translated(left)
        other = self.translated(right).scale(-1) if right != 0 else None
        if not other:
            return {"zero": polynomial.data()}, len(polynomial.data()) if polynomial else 0
        before = polynomial.data() if polynomial else []
        return {"zero": [*before, *other.data()]}, len(before)
