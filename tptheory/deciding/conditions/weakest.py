"""The search for the weakest sets of hypotheses under which a claim is proved.

Sets of candidates are tried from small to large. What an instance that breaks the claim meets is kept: each set of
candidates that it meets is refuted with it, so one instance ends many sets, and a set that is left hits each instance
with a hypothesis that it does not meet (Reiter, 1987). What follows from what is proved, candidate by candidate, orders
the candidates: a set is passed over if a set that is proved follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from time import perf_counter
from typing import Any

from sympy import S

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import Numbers
from tptheory.deciding.answers import prove, refute
from tptheory.deciding.conditions.candidates import Candidate
from tptheory.deciding.conditions.equations import MissingEquation
from tptheory.deciding.conditions.implications import IMPLICATION_SECONDS, LOOK_SECONDS, Implications, Members
from tptheory.deciding.conditions.sizes import EqualSizes, at_sizes, unified
from tptheory.deciding.verdicts import Proved, Refuted, Undecided
from tptheory.errors import InvalidValueError, TptheoryError
from tptheory.measuring.premises import Instance
from tptheory.refuting.search import CounterexampleSearch

LARGEST_SET = 3
"""How many candidates a set has at most."""
SHARE_OF_IMPLICATIONS = 0.25
"""What part of the time the search for what follows from what may take."""
FIRST, SECOND = (LOOK_SECONDS, 0.4), (0.5, 2.0)
"""The seconds for a counterexample and for a proof of a set: at first, and once more where that left it undecided."""
SHARE_OF_CLAIM = 0.15
"""What part of the time the search for a counterexample to the claim itself may take: it breaks many sets at once."""
NECESSITY_SECONDS = 6.0
"""The seconds, for all candidates together, for a second search for proofs that they follow from the claim."""
FOLLOWS_FROM_FACTOR = 1.15
"""The search for what follows from a set ends after so many times the time of the search for sets."""
BELOW_SECONDS = 2.0
"""The seconds for the smallest counterexample to a set that is just below a proved one."""

Progress = Callable[[str, float], None]
"""Told what is being tried, and what share of the time is used up."""


def assume(claim: Claim, candidates: Sequence[Candidate]) -> Claim:
    """Return a claim under further hypotheses, and at the sizes that are among them.

    Raises:
        InvalidValueError: if no sizes meet all that is said of them, or if sizes are among them and the claim is
            about a flow or a step.
    """
    sizes = unified(candidate.item for candidate in candidates if isinstance(candidate.item, EqualSizes))
    if sizes is None:
        raise InvalidValueError(f"'among' must not be {' and '.join(map(str, candidates))} at once: no sizes are so.")
    added = [candidate.item for candidate in candidates if not isinstance(candidate.item, EqualSizes)]
    stronger = claim.assuming(added) if added else claim
    return at_sizes(stronger, sizes) if sizes else stronger


@dataclass
class WeakestSets:
    """The state of a search.

    Args:
        claim: the claim, whose own hypotheses always hold.
        candidates: what may be assumed.
        deadline: when to end.
        equation: an equation that is known to be necessary; what follows from it is so, too.
        progress: told of each set that is tried.
        seed: the seed of all that is drawn.

    Attributes:
        proved: the sets that have a proof.
        undecided: the sets that have neither a proof nor a counterexample.
        refuted: the sets of candidates that instances meet which break the claim; the largest only.
        exact: the set that has a proof and follows from the claim, or from the claim for all data, so that no set is
            weaker, with the proof of each candidate in it; None if none was found.
        complete: whether every set of at most `LARGEST_SET` candidates is settled or listed as undecided, or need not
            be: the exact set would follow from it, or no instance meets the claim's own hypotheses.
    """

    claim: Claim
    candidates: list[Candidate]
    deadline: float
    equation: MissingEquation | None = None
    progress: Progress | None = None
    seed: int = 0
    proved: dict[Members, Proved] = field(default_factory=dict)
    undecided: dict[Members, Undecided] = field(default_factory=dict)
    refuted: list[Members] = field(default_factory=list)
    exact: tuple[Members, tuple[Proved, ...]] | None = None
    complete: bool = False
    _necessary: dict[int, Proved | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Prepare a test of each candidate, and find out which follow from which."""
        self._started = perf_counter()
        self._implications = Implications(self.claim, self.candidates, self.seed)
        ends = self._started + SHARE_OF_IMPLICATIONS * (self.deadline - self._started)
        self.follows = self._implications.proved_arrows(ends, self.deadline)

    def run(self) -> None:
        """Settle the sets, small ones first, until all are settled or the time is up."""
        for attempt in (FIRST, SECOND):
            waiting = self._sets() if attempt is FIRST else iter(list(self.undecided))
            for members in waiting:
                if perf_counter() > self.deadline:
                    return
                if not self.is_settled(members):
                    for_instance, for_proof = attempt
                    if attempt is FIRST and not members:
                        for_instance = max(for_instance, SHARE_OF_CLAIM * (self.deadline - self._started))
                    self._settle(members, for_instance, for_proof)
                if self._is_answered or self.nothing_meets_the_hypotheses:
                    break
            if attempt is FIRST:
                self._retry_necessity()
        self.complete = True

    @property
    def free_data(self) -> frozenset[Any]:
        """The data for all of which the exact set is necessary; none if it is so for any data."""
        if self.exact is None or self.equation is None:
            return frozenset()
        assumed = [hypothesis for verdict in self.exact[1] for hypothesis in verdict.claim.given]
        return frozenset(self.equation.for_all if self.equation.equation in assumed else ())

    @property
    def _is_answered(self) -> bool:
        """Whether a set is known that is necessary for any data."""
        return self.exact is not None and not self.free_data

    def exact_follows(self, members: Members) -> bool:
        """Whether the exact set follows from any set that suffices and speaks of what this one speaks of.

        Where it is necessary for the claim to hold for all data only, a set that speaks of the data may be weaker.
        """
        data = self.free_data
        return self.exact is not None and all(data.isdisjoint(self.candidates[i].symbols) for i in members)

    @property
    def nothing_meets_the_hypotheses(self) -> bool:
        """Whether no instance was found that meets the claim's own hypotheses."""
        bare = self.undecided.get(frozenset())
        return bare is not None and bare.cause.is_vacuous

    def speaks_of_sizes(self, members: Members) -> bool:
        """Whether a set has a candidate about sizes."""
        return any(self.candidates[i].speaks_of_sizes for i in members)

    def closure(self, members: Members) -> Members:
        """Return the candidates that follow from one of these."""
        return frozenset().union(*(self.follows[i] for i in members)) if members else members

    def just_below(self, members: Members) -> list[Members]:
        """Return the sets that are weaker than a set by one candidate, and by those that say the same.

        What follows from that candidate, and does not give it back, may stay.
        """
        closure = self.closure(members)
        return [self._strongest(frozenset(j for j in closure if i not in self.follows[j])) for i in sorted(members)]

    def is_refuted(self, members: Members) -> bool:
        """Whether an instance is known that meets these candidates and breaks the claim."""
        return any(members <= met for met in self.refuted)

    def claim_under(self, members: Members) -> Claim:
        """Return the claim under these candidates."""
        return assume(self.claim, [self.candidates[i] for i in sorted(members)])

    def smallest_counterexample(self, members: Members) -> Refuted | None:
        """Return the smallest counterexample to the claim under these candidates, confirmed; None if none is found."""
        found = refute(self.claim_under(members), BELOW_SECONDS, self.seed)
        return found if isinstance(found, Refuted) else None

    def _strongest(self, members: Members) -> Members:
        """Return the candidates of a set that do not follow from another one of it."""
        return frozenset(
            i for i in members if not any(j != i and i in self.follows[j] and not self._same(i, j) for j in members)
        )

    def _same(self, i: int, j: int) -> bool:
        """Whether two candidates follow from each other, and the first comes first."""
        return j in self.follows[i] and i < j

    def _sets(self) -> Iterator[Members]:
        """Run through the sets in which no candidate follows from another, small and weak ones first."""
        for size in range(min(LARGEST_SET, len(self.candidates)) + 1):
            sets = [
                frozenset(chosen)
                for chosen in combinations(range(len(self.candidates)), size)
                if not any(i in self.follows[j] or j in self.follows[i] for i, j in combinations(chosen, 2))
                and unified(self._sizes_among(chosen)) is not None
            ]
            yield from sorted(sets, key=lambda members: (len(self.closure(members)), sorted(members)))

    def _sizes_among(self, members: Iterable[int]) -> Iterator[EqualSizes]:
        """Run through the candidates of a set that are about sizes."""
        items = (self.candidates[i].item for i in members)
        return (item for item in items if isinstance(item, EqualSizes))

    def is_settled(self, members: Members) -> bool:
        """Whether an instance that is known breaks a set, or a proved set, or the exact one, follows from it."""
        closure = self.closure(members)
        known = any(other <= closure for other in self.proved)
        return known or self.is_refuted(closure) or self.exact_follows(members)

    def _settle(self, members: Members, for_instance: float, for_proof: float) -> None:
        """Look for an instance that breaks the claim under a set, and for a proof."""
        if self.progress is not None:
            share = (perf_counter() - self._started) / max(self.deadline - self._started, 1e-9)
            said = " and ".join(str(self.candidates[i]) for i in sorted(members)) or "no further hypothesis"
            self.progress(said, min(share, 1.0))
        self.undecided.pop(members, None)
        try:
            claim = self.claim_under(members)
            broken = CounterexampleSearch(claim, self.seed).first(for_instance)
            if broken is not None:
                self._note(*broken, members)
                return
            verdict = prove(claim, for_proof)
        except TptheoryError as error:  # the candidate does not fit the claim, for one at these sizes
            self.undecided[members] = Undecided(self.claim, str(error))
            return
        if isinstance(verdict, Proved):
            self._keep(members, verdict)
        else:
            self.undecided[members] = verdict

    def _keep(self, members: Members, verdict: Proved) -> None:
        """Keep a proved set, after one candidate after the other was left out or weakened where a proof stays."""
        for below in self.just_below(members):
            if below not in self.proved and not self.is_refuted(self.closure(below)):
                smaller = prove(self.claim_under(below), SECOND[1])
                if isinstance(smaller, Proved):
                    self._keep(below, smaller)
                    return
        self.proved[members] = verdict
        self._note_necessity(members)

    def _note_necessity(self, members: Members) -> None:
        """Keep a proved set as the exact one if all of it follows from the claim."""
        necessary = self._necessity(members)
        if necessary is not None:
            self.exact = members, necessary

    def _necessity(self, members: Members) -> tuple[Proved, ...] | None:
        """Return a proof of each candidate of a set from the claim; None where one is missing."""
        found = []
        for i in sorted(members):
            if i not in self._necessary:
                self._necessary[i] = self._follows_from_claim(self.candidates[i], SECOND[1])
            verdict = self._necessary[i]
            if verdict is None:
                return None
            found.append(verdict)
        return tuple(found) if members else None

    def _follows_from_claim(self, candidate: Candidate, seconds: float) -> Proved | None:
        """Return a proof of a candidate from the claim, or from the necessary equation; None if none is found."""
        if candidate.claim is None:
            return None
        assumed = [self.claim.under(())] if self.claim.is_hypothesis else []
        for_all = set(self.equation.for_all) if self.equation is not None else set()
        if self.equation is not None and for_all.isdisjoint(candidate.symbols):
            assumed.append(self.equation.equation)
        proofs = (self._proof_of(candidate.claim.under([*self.claim.given, item]), seconds) for item in assumed)
        return next((proof for proof in proofs if proof is not None), None)

    def _proof_of(self, claim: Claim, seconds: float) -> Proved | None:
        """Return a proof of a claim that no instance breaks at once; None if none is found.

        A proof that needs something to exist of which no hypothesis speaks does not count.
        """
        if (
            not self._implications.is_granted(claim)
            or CounterexampleSearch(claim, self.seed).first(FIRST[0]) is not None
        ):
            return None
        verdict = prove(claim, seconds)
        return verdict if isinstance(verdict, Proved) else None

    def _retry_necessity(self) -> None:
        """Try once more, and longer, to prove that the candidates of a set follow from the claim."""
        left = NECESSITY_SECONDS
        for members in list(self.proved):
            if self.exact is not None:
                return
            for i in sorted(members):
                now = perf_counter()
                seconds = min(left, self.deadline - now)
                if self._necessary.get(i) is None and seconds > FIRST[1]:
                    self._necessary[i] = self._follows_from_claim(self.candidates[i], seconds)
                    left -= perf_counter() - now
            self._note_necessity(members)

    def follows_from(self, weaker: Members, stronger: Members) -> bool:
        """Whether each candidate of a set is proved to follow from another set, at the sizes that this speaks of."""
        if weaker <= self.closure(stronger):
            return True
        sizes = unified(self._sizes_among(stronger))
        ends = self._started + FOLLOWS_FROM_FACTOR * (self.deadline - self._started)
        if sizes is None or perf_counter() > ends or not self._sizes_hold(weaker, sizes):
            return False
        assumed = [self.candidates[i].item for i in sorted(stronger) if not self.candidates[i].speaks_of_sizes]
        wanted = {i: claim for i in sorted(weaker) if (claim := self.candidates[i].claim) is not None}
        if not sizes and not self._implications.met_by_samples(wanted, assumed):
            return False
        given = [*self.claim.given, *assumed]
        return all(self._is_proved_at(claim.under(given), sizes) for claim in wanted.values())

    def _sizes_hold(self, members: Members, sizes: dict[Any, Any]) -> bool:
        """Whether the equalities of sizes in a set hold once some sizes are replaced by others."""
        items = self._sizes_among(members)
        return all(S(item.size).xreplace(sizes) == S(item.value).xreplace(sizes) for item in items)

    def _is_proved_at(self, claim: Claim, sizes: dict[Any, Any]) -> bool:
        """Whether a claim is proved once some sizes are replaced by others."""
        try:
            return self._proof_of(at_sizes(claim, sizes) if sizes else claim, IMPLICATION_SECONDS) is not None
        except TptheoryError:  # at these sizes it is no hypothesis of its kind
            return False

    def _note(self, values: Instance, numbers: Numbers, members: Members) -> None:
        """Keep which candidates an instance meets that breaks the claim, unless another one meets them all."""
        met = self.closure(members) | self._implications.met(values, numbers)
        if not any(met <= other for other in self.refuted):
            self.refuted = [*(other for other in self.refuted if not other <= met), met]
