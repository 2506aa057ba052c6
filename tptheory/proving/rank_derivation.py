"""From weighted relations between ranks to a proof: the lemmas that each relation rests on, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tptheory.proving.completion import Completion
from tptheory.proving.limits import Limits
from tptheory.proving.rank_lemmas import Conclusion, LemmaUse
from tptheory.proving.rank_pool import NAMED, RankPool
from tptheory.proving.rank_relations import GivenNumber, Relation
from tptheory.proving.rewriting import NO_COFACTORS, Cofactors, Combination
from tptheory.proving.searching import LemmaChain, Proof, combination_of
from tptheory.proving.term_order import order
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, Rational, divide, summed

Weighted = list[tuple[Rational, Relation | GivenNumber]]
"""Relations with weights that are not negative."""


class _RankSquare(NamedTuple):
    """A weighted squared norm that is a sum of ranks.

    Attributes:
        weight: the weight.
        matrix: the matrix whose squared norm it is; zero where a hypothesis says that the sum of ranks is 0.
        ranks: the sum of ranks.
        origin: the combination of hypotheses and lemmas that is the squared norm less the sum.
    """

    weight: Rational
    matrix: Polynomial
    ranks: Polynomial
    origin: Combination


class RankDerivation:
    """What sums of weighted relations rest on, as lemmas in the order in which they are shown.

    Args:
        translator: the translator with the hypotheses.
        pool: what names matrices and their pseudo-inverses.
        sums: the sums.
    """

    def __init__(self, translator: Translator, pool: RankPool, sums: Sequence[Weighted]) -> None:
        self.pool = pool
        known = len(translator.hypotheses)
        prepared = [[(w, self._prepared(relation)) for w, relation in weighted] for weighted in sums]
        plain = [
            h.polynomial if k < known or h.reason == NAMED else h.polynomial.scale(0)
            for k, h in enumerate(translator.hypotheses)
        ]
        self.basis = Completion(translator.alphabet, plain, Limits(effort=translator.effort))
        self.chain = LemmaChain(translator)
        self._places: dict[Polynomial, tuple[int, Rational]] = {}
        self._remember(0)
        self.squares = [
            [square for w, each in weighted for square in self._squares(w, each) if square.matrix or square.ranks]
            for weighted in prepared
        ]

    def _prepared(self, relation: Relation | GivenNumber) -> GivenNumber | list[tuple[LemmaUse, Conclusion]]:
        """Name all that a relation speaks of, before lemmas are numbered."""
        if isinstance(relation, GivenNumber):
            return relation
        return [(use, use.conclusion(self.pool.pinv)) for use in relation.uses(self.pool)]

    def _squares(self, weight: Rational, each: GivenNumber | list[tuple[LemmaUse, Conclusion]]) -> list[_RankSquare]:
        """Return the squared norms whose sum a relation is, after showing the lemmas that say so."""
        if isinstance(each, GivenNumber):
            root = each.root or each.number.scale(0)
            return [_RankSquare(weight, root, each.number, each.origin)]
        found = []
        for use, shown in each:
            origin: Combination = []
            if shown.zero:
                number, sign = self._add(shown.zero, Proof((shown.zero,), use.origin(self.pool.pinv, self._place)))
                origin = [(sign, NO_COFACTORS, number)]
            if shown.projection is not None:
                found.append(_RankSquare(weight, shown.projection, shown.projection.trace(), origin))
        return found

    def _remember(self, start: int) -> None:
        """Remember where to find the hypotheses from a number on."""
        for number, h in enumerate(self.chain.branch.hypotheses[start:], start):
            leading = _leading(h.polynomial)
            self._places.setdefault(h.polynomial.scale(divide(1, leading)), (number, leading))

    def _add(self, zero: Polynomial, proof: Proof) -> tuple[int, int]:
        """Add a lemma, and return its number and the sign with which it stands there."""
        start = len(self.chain.branch.hypotheses)
        found = self.chain.add(zero, proof)
        self._remember(start)
        return found

    def _place(self, zero: Polynomial) -> tuple[int, Rational]:
        """Return which multiple of which hypothesis a polynomial is; one that follows from them becomes a lemma."""
        leading = _leading(zero)
        one = zero.scale(divide(1, leading))
        if one not in self._places:
            self._add(zero, Proof((zero,), self._combined(zero)))
        number, multiple = self._places[one]
        return number, divide(leading, multiple)

    def _combined(self, zero: Polynomial) -> Combination:
        """Return the combination of the claim's hypotheses, and of what defines names, that a polynomial is."""
        return combination_of(self.basis, zero, whole=True).origin if zero else []

    def _added(self, number: Polynomial, squares: list[_RankSquare]) -> Combination:
        """Return the combination that a number plus squares is."""
        rest = sum((s.ranks.scale(s.weight) for s in squares), number)
        return [*self._combined(rest), *((c * s.weight, at, k) for s in squares for c, at, k in s.origin)]

    def descent(self, number: Polynomial) -> Proof:
        """Show that a number is at most 0; it is minus the sum of relations, of which there is one alone."""
        (squares,) = self.squares
        return self.chain.close(Proof((number,), self._added(number, squares), "descent", _data(squares)))

    def equation(self, left: Polynomial, right: Polynomial) -> Proof:
        """Show that two numbers are equal, from sums that show that each of them is at most the other."""
        below, above = self.squares
        zeros = self._vanishing([*below, *above])
        origin = self._added(left - right, below)
        for square, (number, sign) in zip(below, zeros, strict=False):
            origin += [
                (-square.weight * sign * c, Cofactors(scalars, word, "", ""), number)
                for (scalars, word), c in square.matrix.transpose().terms.items()
            ]
        return self.chain.close(Proof((left, right.scale(-1)), origin))

    def vanishing(self, left: Polynomial, right: Polynomial) -> Proof:
        """Show that two matrices are equal, from a sum of relations that is 0 and begins with the rank of ``D``.

        ``D`` is their difference, and the first square is the projection ``D D+``; where that is 0, so is ``D D+ D``.
        """
        (squares,) = self.squares
        D = self.pool.name(left - right)
        P = self.pool.pinv(D)
        ((number, sign), *_) = self._vanishing(squares)
        origin = self._combined(left - right - D)
        zero, factor = self._place(D * P * D - D)
        origin.append((-factor, NO_COFACTORS, zero))
        origin += [(sign * c, Cofactors(scalars, "", word), number) for (scalars, word), c in D.terms.items()]
        return self.chain.close(Proof((left, right.scale(-1)), origin))

    def _vanishing(self, squares: list[_RankSquare]) -> list[tuple[int, int]]:
        """Show that matrices vanish whose squared norms sum to 0; return the number and sign of each hypothesis."""
        if not any(s.matrix for s in squares):
            return [(0, 1)] * len(squares)
        whole = summed([(s.matrix.norm()).scale(s.weight) for s in squares])
        number, sign = self._add(whole, Proof((whole,), self._added(whole.scale(0), squares)))
        found = []
        for square in squares:
            others = [s._replace(weight=divide(s.weight, square.weight)) for s in squares if s is not square]
            origin: Combination = [(divide(sign, square.weight), NO_COFACTORS, number)]
            shown = Proof((square.matrix,), origin, "cancellation", _data(others))
            found.append(self._add(square.matrix, shown) if square.matrix else (0, 1))
        return found


def _data(squares: Sequence[_RankSquare]) -> dict[str, Any]:
    """Return weighted squares as a certificate writes them."""
    return {"squares": [[str(s.weight), s.matrix.data()] for s in squares if s.matrix]}


def _leading(p: Polynomial) -> Rational:
    """Return the coefficient of the greatest term."""
    return p.terms[max(p.terms, key=order)]
