"""What candidates follow from which others: each such arrow has a proof, or an instance that ends it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import permutations
from time import perf_counter
from typing import Any

from sympy import S

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import Numbers
from tptheory.claims.vocabulary import Zero
from tptheory.deciding.answers import prove
from tptheory.deciding.conditions.candidates import Candidate
from tptheory.deciding.conditions.meeting import MeetingTest, instances_of
from tptheory.deciding.verdicts import Proved
from tptheory.measuring.premises import Instance
from tptheory.refuting.search import CounterexampleSearch

IMPLICATION_SECONDS = 0.3
"""The seconds for a proof that one candidate follows from another."""
LOOK_SECONDS = 0.1
"""The seconds for a first look for an instance that shows that something does not follow."""

Members = frozenset[int]
"""A set of candidates, by their numbers."""


class Implications:
    """What follows from what among the candidates of a claim.

    Args:
        claim: the claim, whose own hypotheses always hold.
        candidates: what may be assumed.
        seed: the seed of all that is drawn.
    """

    def __init__(self, claim: Claim, candidates: Sequence[Candidate], seed: int) -> None:
        self.claim, self.candidates, self.seed = claim, candidates, seed
        self._tests = [MeetingTest(candidate) for candidate in candidates]

    def proved_arrows(self, ends: float, deadline: float) -> list[Members]:
        """Return for each candidate those that follow from it, itself among them: each arrow has a proof.

        An instance that meets one candidate and not another one ends every arrow between two such.

        Args:
            ends: when to end the search for arrows.
            deadline: when to end the drawing of instances.
        """
        follows = [{i} for i in range(len(self.candidates))]
        seen = list(self._seen_in_samples(deadline))
        for i, j, arrow in self._arrows():
            if perf_counter() > ends:
                break
            if any(i in met and j in missed for met, missed in seen):
                continue
            broken = CounterexampleSearch(arrow, self.seed).first(LOOK_SECONDS)
            if broken is not None:
                seen.append(self._met_and_missed(*broken))
            elif self.is_granted(arrow) and isinstance(prove(arrow, IMPLICATION_SECONDS), Proved):
                follows[i].add(j)
        return _transitive([frozenset(members) for members in follows])

    def is_granted(self, claim: Claim) -> bool:
        """Whether what a claim takes for granted is granted by its own hypotheses or by the claim in question.

        A candidate such as ``A^-1 B = 0`` says that A has an inverse, too, which must not be granted where it follows.
        """
        granted = {*Zero(S.Zero, claim.given).tacit(), *(t for part in self.claim.conjuncts() for t in part.tacit())}
        return all(granted.issuperset(part.tacit()) for part in claim.conjuncts())

    def met(self, values: Instance, numbers: Numbers) -> Members:
        """Return the candidates that an instance meets."""
        return frozenset(i for i, test in enumerate(self._tests) if test(values, numbers))

    def met_by_samples(self, wanted: Collection[int], assumed: Sequence[Any]) -> bool:
        """Whether each of a few drawn instances that meet what is assumed meets all that is wanted, too."""
        return all(self._tests[i](*drawn) for drawn in self._samples(assumed) for i in wanted)

    def _arrows(self) -> Iterator[tuple[int, int, Claim]]:
        """Run through the pairs of candidates of which one may follow from the other, with the claim that it does."""
        for (i, candidate), (j, other) in permutations(enumerate(self.candidates), 2):
            if candidate.claim is not None and other.claim is not None and other.symbols <= candidate.symbols:
                yield i, j, other.claim.under([*self.claim.given, candidate.item])

    def _seen_in_samples(self, deadline: float) -> Iterator[tuple[Members, Members]]:
        """Run through what instances that meet one candidate meet and miss, for one candidate after the other."""
        for candidate in self.candidates:
            if candidate.claim is not None and perf_counter() <= deadline:
                yield from (self._met_and_missed(*drawn) for drawn in self._samples([candidate.item]))

    def _samples(self, added: Sequence[Any]) -> Iterator[tuple[Instance, Numbers]]:
        """Run through some instances of all matrices of the claim, under further hypotheses, degenerate ones too."""
        return instances_of(self.claim.assuming(added), self.seed)

    def _met_and_missed(self, values: Instance, numbers: Numbers) -> tuple[Members, Members]:
        """Return the candidates that an instance meets, and those that it does not; others speak of more matrices."""
        known = [i for i, test in enumerate(self._tests) if test.is_decided_by(values, numbers)]
        met = frozenset(i for i in known if self._tests[i](values, numbers))
        return met, frozenset(known) - met


def _transitive(follows: list[Members]) -> list[Members]:
    """Return the arrows with all that are made of two, until there are no more."""
    while True:
        longer = [frozenset().union(*(follows[j] for j in members)) for members in follows]
        if longer == follows:
            return follows
        follows = longer
