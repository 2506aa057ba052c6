"""One problem for both sides: the same polynomials, over the same letters, up to the same length of words."""

from __future__ import annotations

from typing import NamedTuple

from tptheory import Equal
from tptheory.proving.completion import Completion
from tptheory.proving.letters import Family, Letter
from tptheory.proving.limits import Limits
from tptheory.proving.obligations import assumed_of
from tptheory.proving.translation import Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Alphabet, Polynomial

SECONDS = 60.0


class Problem(NamedTuple):
    """Whether the goal is a combination of the hypotheses, as polynomials in words."""

    alphabet: Alphabet
    hypotheses: list[Polynomial]
    goal: Polynomial

    @property
    def degree(self) -> int:
        """The length of the longest word that is given."""
        return max(len(word) for p in (*self.hypotheses, self.goal) for _, word in p.terms)

    def solve(self, bound: int) -> Membership | None:
        """Return the goal as a combination of hypotheses: the cofactors, all of them within the bound."""
        return self._completion(bound).prove(self.goal)

    def member(self, bound: int) -> bool:
        """Complete the basis up to the bound without a look at the goal, then reduce the goal: no cofactors."""
        completion = self._completion(bound)
        letter = Letter(Family("auxiliary", "elsewhere", "elsewhere"))
        elsewhere = Polynomial.word(self.alphabet, self.alphabet.matrix(letter, self.goal.rows, self.goal.columns))
        completion.prove(elsewhere)
        return completion.vanishes(self.goal)

    def _completion(self, bound: int) -> Completion:
        return Completion(self.alphabet, self.hypotheses, Limits(seconds=SECONDS, length=bound))


def problem_of(claim: Equal) -> Problem:
    """Translate a claim as the prover does, in the term order that it tries first."""
    translator = Translator()
    for hypothesis in claim.given:
        for equation, reason in assumed_of(hypothesis, translator):
            translator.assume(translator(equation), reason)
    goal = translator(claim.lhs) - translator(claim.rhs)
    return Problem(translator.alphabet, [h.polynomial for h in translator.hypotheses], goal)
