"""What must be proved for a claim, in polynomials: one obligation for each equation, bound or rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sympy import MatrixExpr

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AnyOf
from tptheory.claims.motions import Nonincreasing
from tptheory.claims.vocabulary import RankAtMost
from tptheory.proving.equations import descent, equal
from tptheory.proving.ranks import rank_at_most
from tptheory.proving.searching import Attempt
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial
from tptheory.symbolic.layers import size_text


class Obligation(NamedTuple):
    """An equation of two sides, a matrix whose rank is bounded by a size or a matrix, or a rate that is not above 0."""

    left: Polynomial
    right: Polynomial | str | None = None
    bounded: bool = False

    def attempt(self) -> Attempt:
        """Return the way to prove it."""
        if self.right is None:
            return descent(self.left)
        if self.bounded or isinstance(self.right, str):
            return rank_at_most(self.left, self.right)
        return equal(self.left, self.right)


def obligations(claim: Claim, translator: Translator) -> Iterator[Obligation]:
    """Return what must be proved, one thing after the other."""
    if isinstance(claim, Nonincreasing):
        yield Obligation(translator(claim.rate_in_velocities()))
    elif isinstance(claim, RankAtMost):
        matrix = translator(claim.matrix)
        for bound in claim.bound:
            if isinstance(bound, MatrixExpr):
                through = translator(bound)
                is_identity = through.terms == {((), ""): 1}
                yield Obligation(matrix, through.rows if is_identity else through, bounded=True)
            else:
                yield Obligation(matrix, size_text(bound), bounded=True)
    else:
        for lhs, rhs in claim.equations():
            left = translator(lhs)
            yield Obligation(left, left.scale(0) if rhs == 0 else translator(rhs))


def translator_of(claim: Claim, transposes_last: bool) -> Translator:
    """Return a translator that knows the hypotheses of a claim, with one of the two term orders."""
    translator = Translator(not isinstance(claim, Nonincreasing), transposes_last)
    for symbol in claim.witnesses():
        translator.witness(symbol)
    for symbol, expression, reason in claim.definitions():
        translator.define(symbol, expression, reason)
    for hypothesis in claim.given:
        if isinstance(hypothesis, AnyOf):
            alternatives = [[translator(r) for r in residuals] for residuals in hypothesis.alternatives()]
            translator.assume_one_of(alternatives, [f"the case that {say}" for say in hypothesis.names()])
    for assumption, reason in claim.assumptions():
        translator.assume(translator(assumption), reason)
    return translator
