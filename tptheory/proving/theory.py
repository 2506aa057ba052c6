"""A claim about any depth, translated at the index ``k``: its letters, the laws that it rests on, and its goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sympy import MatrixExpr, S, Symbol

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.claims.claim import Claim
from tptheory.claims.compound import AnyOf, ForAll
from tptheory.claims.goals import (
    Change,
    NonNegative,
    RankAtMost,
    Rate,
    Vanishes,
    minus,
    nonnegative,
    ranks_in_numbers,
    symbolic,
)
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.ranges import depth_symbols, least_depth
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.certificate_terms import goal_at
from tptheory.proving.depth_lemmas import LossLemmas, Strategy, falling_losses, loss_lemmas
from tptheory.proving.indexed import Catalogue, End, IndexedTranslator, LayerLaw
from tptheory.proving.letters import Index, Letter
from tptheory.proving.limits import Statistics
from tptheory.proving.obligations import assumed_of, quadratic_form
from tptheory.proving.square_roots import assume_roots, equation_of_root, root_equation, root_of
from tptheory.proving.translation import INDEX, Reason
from tptheory.proving.words import Polynomial
from tptheory.symbolic.layers import LayerSymbol, index_parts, layer_symbols
from tptheory.symbolic.members import occurrences


class LayerGoal(NamedTuple):
    """What to show of a polynomial for every ``k`` from first to last.

    Attributes:
        kind: whether the polynomial is to be zero, or not positive, or to have a bounded rank.
        terms: the terms of the polynomial, as a certificate writes them.
        first: where the range begins; None where it has no end.
        last: where the range ends.
        left: how many of the terms are the left side of the goal.
        bound: the bound of the rank, as a certificate writes it.
    """

    kind: Literal["zero", "nonpositive", "rank"]
    terms: list[Any]
    first: End
    last: End
    left: int
    bound: Any = None

    @property
    def data(self) -> dict[str, Any]:
        """The goal as a certificate states it."""
        return {self.kind: self.terms} | ({"at most": self.bound} if self.kind == "rank" else {})

    def at(self, index: Index) -> LayerGoal:
        """Return the goal with ``k`` replaced by an index."""
        moved = goal_at(self.data, index)
        return self._replace(terms=moved[self.kind], bound=moved.get("at most"))

    def law(self) -> LayerLaw | None:
        """Return the law that later proofs may use once the goal is shown; None if the goal is not an equation."""
        return LayerLaw(self.terms, self.first, self.last, ("shown",)) if self.kind == "zero" else None


class LayerLemma(NamedTuple):
    """A goal that is tried on the way to another, with the strategy by which it is tried."""

    goal: LayerGoal
    strategy: Strategy


@dataclass
class Theory:
    """Everything at the index ``k``: the letters, the laws, and what is proved so far, each with its cases.

    Attributes:
        schema: the translator, which knows the letters.
        laws: what is assumed.
        proved: what is proved, with the cases of each proof.
        lemmas: lists of lemmas, which are not known to hold: a search may try to prove those of a list in their order,
            and then use them.
        effort: how much work each completion may do.
        searches: what each completion did.
        recursions_related: whether what relates two recursions has been looked for.
    """

    schema: IndexedTranslator
    laws: list[LayerLaw] = field(default_factory=list)
    proved: list[tuple[LayerGoal, list[dict[str, Any]]]] = field(default_factory=list)
    lemmas: list[list[LayerLemma]] = field(default_factory=list)
    effort: int = 0
    searches: list[Statistics] = field(default_factory=list)
    recursions_related: bool = False

    def add(self, law: LayerLaw) -> None:
        """Add a law, unless it is there already or says nothing."""
        if law.terms and law not in self.laws:
            self.laws.append(law)

    def bring_in_inverses(self) -> None:
        """Add the laws of the pseudo-inverses of all members of sequences; they exist, whatever a claim says."""
        alphabet = self.schema.alphabet
        for character, (letter, turned) in list(alphabet.letters.items()):
            is_member = letter.family.kind == "sequence" and letter.at is not None and letter.at[0] == BOUND_INDEX[0]
            if is_member and not turned and alphabet.shapes[character] is not None:
                self.schema.bring_in_inverse(Polynomial.word(alphabet, character))
        self.extend(self.schema.defining)

    def inverse_item(self, letter: Letter) -> Any:
        """Return the pseudo-inverse of a member of a sequence at ``k``, as a certificate writes it."""
        (character,) = (c for c, known in self.schema.alphabet.letters.items() if known == (letter, False))
        inverse = self.schema.known_pinv(Polynomial.word(self.schema.alphabet, character))
        ((_, word),) = inverse.terms if inverse is not None else [((), character)]
        return self.schema.alphabet.item(word)

    def extend(self, laws: Sequence[LayerLaw]) -> None:
        """Add laws that are not there yet; proofs number what is proved after the laws, so that these numbers grow."""
        fresh, total = [law for law in laws if law not in self.laws], len(self.laws)
        self.laws += fresh
        for _, cases in self.proved:
            for case in cases:
                case["uses"] = [[k + len(fresh) if k >= total else k, index] for k, index in case["uses"]]

    def catalogue(self) -> Catalogue:
        """Return a catalogue of the letters that have been met so far."""
        return Catalogue(self.schema)


def theory_of(claims: Sequence[Claim], in_numbers: bool = False) -> tuple[Theory, list[LayerGoal]]:
    """Translate the claims, and gather the laws that they rest on.

    Args:
        claims: the claims.
        in_numbers: whether ``rank A <= r`` is stated as ``r - rank A >= 0``.
    """
    theory = Theory(IndexedTranslator())
    theory.schema.bases = dict.fromkeys(_depths(claims), "L")
    reader = _Reader(theory, in_numbers)
    for claim in claims:
        for h in claim.given:
            reader.hypothesis(h)
    theory.schema.bring_in_reciprocals()
    found = [goal for claim in claims for goal in reader.goals_of(claim)]
    for rate in falling_losses(claims):
        for proposed in loss_lemmas(rate.flow, rate.quantity):
            reader.propose(proposed)
    if any(goal.kind == "nonpositive" for goal in found):
        assume_roots(theory.schema)
    for law in _defining_laws(theory.schema):
        theory.add(law)
    return theory, found


def _depths(claims: Sequence[Claim]) -> set[Symbol]:
    """Return the symbol of the depth that claims speak of, as the only element, or nothing if they speak of none.

    Raises:
        UnsupportedExpressionError: if there are several.
    """
    depths = {s for claim in claims for s in depth_symbols(claim)}
    if len(depths) > 1:
        members = (node for claim in claims for e in claim.expressions() for node in occurrences(e, LayerSymbol))
        layers = depths - {index_parts(member.sequence.last)[0] for member in members}
        named, bound = (" and ".join(sorted(map(str, symbols))) for symbols in (depths, layers))
        mend = f": let ForAll bind {bound}, as in ForAll(claim, (l, 1, L))" if layers else ""
        raise UnsupportedExpressionError(f"claims must speak of one depth (got {named}){mend}")
    return depths


def _defining_laws(schema: IndexedTranslator) -> Iterator[LayerLaw]:
    """Run through the laws of those inverses, indices (as numbers) and sizes that the translation has met."""
    yield from schema.defining
    if INDEX in schema.alphabet.named.names:
        name = schema.alphabet.named(INDEX)
        here, before, origin = [name, "k", 0], [name, "k", -1], [name, "", 0]
        counting: Reason = ("definition", "counting layers")
        yield LayerLaw([["1", [here], 1], ["-1", [before], 1], ["-1", [], 1]], None, None, counting)
        yield LayerLaw([["1", [origin], 1]], None, None, counting)
    for h in schema.hypotheses:
        if h.reason[0] in ("size", "nonnegative") and h.transposes is None:
            yield LayerLaw(h.polynomial.data(), None, None, h.reason)


class _Reader:
    """Translate hypotheses, goals and the definitions of the sequences that they speak of."""

    def __init__(self, theory: Theory, in_numbers: bool) -> None:
        self.theory, self.schema, self.in_numbers = theory, theory.schema, in_numbers
        self._known: set[Any] = set()

    def translated(self, expression: Any) -> Polynomial:
        """Translate an expression, after the definitions of the sequences in it."""
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

    def propose(self, proposed: LossLemmas) -> None:
        """Read lemmas, and give the sum of squares of which they speak a square root at every index."""
        total = proposed.total
        self.theory.lemmas.append(
            [LayerLemma(goal, lemma.strategy) for lemma in proposed.lemmas for goal in self.goals_of(lemma.claim)]
        )
        with self.schema.binding_index(total.index, None, None):
            member = self.translated(total(total.index))
            ((((character,), _), _),) = member.terms.items()
            letter, _ = self.schema.alphabet.letters[character]
            self.schema.shapes[root_of(letter.family, member.data())] = None
            equation = root_equation(self.schema.alphabet, letter)
            first, last = self.schema.index(total.first), self.schema.index(total.last)
        self.theory.add(LayerLaw(equation.data(), first, last, ("nonnegative", member.data())))

    def range_of(self, item: Any) -> tuple[Any, End, End]:
        """Return the index that a claim or hypothesis binds, and its range."""
        if not isinstance(item, ForAll):
            return None, None, None
        l, first, last = item.limits
        return l, self.schema.index(S(first)), self.schema.index(S(last))

    def hypothesis(self, h: Any) -> None:
        """Add a hypothesis as a law."""
        index, first, last = self.range_of(h)
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
            for expression in nonnegative(h.goals()):
                equation, reason = equation_of_root(self.schema, self.translated(expression))
                self.theory.add(LayerLaw(equation.data(), first, last, reason))

    def goals_of(self, claim: Claim) -> Iterator[LayerGoal]:
        """Run through the goals of a claim, as a certificate states them.

        A claim about layers that are named, such as layer 2, holds in networks that have them. Its range, from the
        smallest depth of these to ``L``, is empty for all other depths.
        """
        index, first, last = self.range_of(claim)
        with self.schema.binding_index(index, first, last):
            if index is None and (least := least_depth(claim)) > 1:
                first, last = ("", least), ("L", 0)
            for goal in ranks_in_numbers(claim.goals()) if self.in_numbers else claim.goals():
                yield from self._goals(goal, first, last)

    def _goals(self, goal: Any, first: End, last: End) -> Iterator[LayerGoal]:
        """Translate a goal; a bound on a rank becomes one goal for each of its bounds."""
        if isinstance(goal, NonNegative):
            expression = self.translated(symbolic(goal.expression))
            if not expression.is_scalar:
                skew = expression - expression.transpose()
                yield LayerGoal("zero", skew.data(), first, last, len(expression.terms) if skew else 0)
            terms = quadratic_form(expression, self.schema).scale(-1).data()
            yield LayerGoal("nonpositive", terms, first, last, len(terms))
        elif isinstance(goal, RankAtMost):
            matrix = self.translated(goal.expression).data()
            for bound in goal.bounds:
                yield LayerGoal("rank", matrix, first, last, len(matrix), self._rank_bound(bound))
        elif isinstance(goal, Vanishes):
            terms, left = self._equation(goal)
            yield LayerGoal("zero", terms, first, last, left)
        else:
            raise UnsupportedExpressionError("cases among the layers are not split")

    def _rank_bound(self, bound: Any) -> Any:
        """Return the bound of a rank as a certificate states it: a size, or a matrix whose rank is the bound."""
        if isinstance(bound, MatrixExpr):
            return {"rank": self.translated(bound).data()}
        return self.schema.alphabet.named.item(self.schema.size(bound))

    def _equation(self, goal: Vanishes) -> tuple[list[Any], int]:
        """Return the terms of left side minus right side, and how many of them belong to the left side."""
        sides = (goal.left, goal.right)
        moves = any(isinstance(side, Rate | Change) for side in sides)
        left, right = (goal.residual(), S.Zero) if moves else sides
        polynomial = self.translated(left)
        other = self.translated(right).scale(-1) if right != 0 else None
        if not other:
            return polynomial.data(), len(polynomial.data()) if polynomial else 0
        before = polynomial.data() if polynomial else []
        return [*before, *other.data()], len(before)
