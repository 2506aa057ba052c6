"""The search for a counterexample: sizes from small to large, small entries first, everything exact.

At each choice of sizes all integer instances are run through in the order of the sum of their absolute entries, and
others are drawn that meet the hypotheses by construction, however these are typed: rationals, low ranks, repeated
columns. Each round allows more of both, at all sizes, and larger sizes come after all smaller ones. An instance that
breaks the claim is made smaller entry by entry. Then all instances that would be smaller still are tried, up to a fixed
number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from time import perf_counter
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import Numbers, numbered_parts
from tptheory.clock import TimeUpError, require_time
from tptheory.errors import UnsupportedExpressionError
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.refuting.counterexample import Counterexample
from tptheory.refuting.enumeration import level_of
from tptheory.refuting.shrinking import Found, shrunk
from tptheory.refuting.size_choices import ClaimPart, SizeChoice
from tptheory.refuting.violations import ViolationTest

LARGEST_SIZE = 3
"""The largest size in the first rounds."""
LARGER_SIZE = 4
"""The largest size in later rounds, which come after all choices of smaller sizes."""
ROUNDS = (60, 600, 6000, 60_000)
"""How many instances are tried at each choice of sizes, from round to round."""
LARGER_FROM, LARGER_FROM_WHERE_BUILT = 2, 0
"""The rounds from which on larger sizes are tried; earlier where few sizes are symbolic and instances are built."""
MOST_CHOICES = 20_000
"""Where there are more choices of sizes than this, only those with the smallest sums are made."""
FEW_SIZES = 2
"""So many symbolic sizes are few."""
MOST_SMALLER = 15_000
"""How many instances may be tried to make sure that nothing smaller breaks the claim."""
FAR = 6
"""Narrower instances are tried up to this sum of absolute entries, or that of the counterexample if it is larger."""
DRAWN = 3000
"""How many random instances are drawn at all narrower sizes together, to look for a smaller counterexample."""

CHEAP, DRAWN_ALIKE = 12, 300
"""If matrices that are built together have a larger sum than this, so many others of the same sizes are drawn."""


@dataclass(frozen=True)
class Searched:
    """The result of a search: a counterexample, or the reason why there is none and how far the search got."""

    counterexample: Counterexample | None
    reason: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


def _largest_sum(admitted: list[list[int]]) -> int | None:
    """Return the largest sum of sizes up to which there are at most `MOST_CHOICES` choices; None if all are so few."""
    counts = Counter({0: 1})
    for numbers in admitted:
        counts = sum((Counter({total + n: c for total, c in counts.items()}) for n in numbers), Counter())
    if counts.total() <= MOST_CHOICES:
        return None
    totals = sorted(counts)
    upto = accumulate(counts[total] for total in totals)
    return max((total for total, c in zip(totals, upto, strict=True) if c <= MOST_CHOICES), default=totals[0])


def _numbers_of_sizes(admitted: list[list[int]], most: int | None) -> Iterator[tuple[int, ...]]:
    """Run through the choices of one number from each list, with at most a given sum."""
    if not admitted:
        yield ()
        return
    first, *others = admitted
    least = sum(min(numbers, default=0) for numbers in others)
    for n in first:
        if most is None or n + least <= most:
            for rest in _numbers_of_sizes(others, None if most is None else most - n):
                yield (n, *rest)


class CounterexampleSearch:
    """A search for the smallest exact counterexample to a claim, which goes on where it was left each time it runs.

    Smallest means: least sum of symbolic sizes, then least sum of absolute entries. The search takes rounds over all
    choices of sizes; once a counterexample is found, it checks that no smaller one was missed. The counterexample says
    how far that was verified; to confirm it is for the caller.

    Args:
        claim: the claim.
        seed: the seed of the random part of the search; the same seed gives the same answer, time permitting.
    """

    def __init__(self, claim: Claim, seed: int = 0) -> None:
        self.claim, self.deadline = claim, 0.0
        self.tried = self.largest = 0
        self.interrupted = ""
        """Why the search was ended within a step, so that it cannot go on; empty if it was not."""
        self.found: Found | None = None
        self.seed = seed
        self.made: set[tuple[int, tuple[int, ...]]] = set()
        """The choices of sizes that were made: the number of the part of the claim, and the sizes."""
        self.parts: list[ClaimPart] = []
        for part, indices in numbered_parts(claim):
            source = Instances(part)
            self.parts.append(ClaimPart(part, source, ViolationTest(part, source), indices))
        self.cut = False
        """Whether there are too many choices of sizes for all of them to be made."""
        self.choices = self._choices(0, LARGEST_SIZE)
        self.larger: list[SizeChoice] = []
        self._trials = self._rounds()

    def _choices(self, above: int, largest: int, most: int | None = None) -> list[SizeChoice]:
        """Return the choices of sizes up to ``largest`` that were not made yet.

        Args:
            above: a number that one of the sizes has to exceed; 0 if any sizes will do.
            largest: the largest size, where a symbol admits it.
            most: the largest sum of sizes; None if any sum will do.
        """
        found: list[SizeChoice] = []
        for number, part in enumerate(self.parts):
            source = part.source
            admitted = [source.admitted(n, largest) for n in source.sizes]
            sums = [total for total in (most, _largest_sum(admitted)) if total is not None]
            self.cut = self.cut or len(sums) > (most is not None)
            for numbers in _numbers_of_sizes(admitted, min(sums, default=None)):
                require_time()
                sizes = dict(zip(source.sizes, numbers, strict=True))
                fine = (not above or max(numbers, default=0) > above) and (number, numbers) not in self.made
                if fine and source.fits(sizes):
                    self.made.add((number, numbers))
                    found.append(SizeChoice(part, sizes, [self.seed, *numbers]))
        return sorted(found, key=lambda choice: choice.total)

    def run(self, seconds: float) -> Searched:
        """Search on for some seconds; return the smallest counterexample that this time allows to find."""
        self.deadline = perf_counter() + seconds
        try:
            while self.found is None and not self.interrupted and next(self._trials, False):
                if perf_counter() > self.deadline:
                    return self._ended("the time was up")
        except TimeUpError as late:
            self.interrupted = late.reason
        except UnsupportedExpressionError as error:
            return self._ended(f"outside exact arithmetic: {error}")
        if self.interrupted:
            return self._ended(self.interrupted)
        if self.found is None:
            reached = LARGER_SIZE if self.larger else LARGEST_SIZE
            some = f"some of the sizes up to {reached}, which are too many" if self.cut else f"sizes up to {reached}"
            return self._ended(f"no counterexample with {some}")
        return Searched(self._smallest(self.found[0]))

    def first(self, seconds: float) -> tuple[Instance, Numbers] | None:
        """Return the first instance that breaks the claim, as it was found, with its depth and indices.

        None if there is none in this time.
        """
        self.deadline = perf_counter() + seconds
        try:
            while self.found is None and next(self._trials, False) and perf_counter() < self.deadline:
                pass
        except UnsupportedExpressionError:
            return None
        return None if self.found is None else (self.found[1], self.found[0].part.indices)

    def _smallest(self, first: SizeChoice) -> Counterexample:
        """Return the counterexample that was found, as small as the time allows, with how far that was shown."""
        self._add_narrower(first)
        try:
            minimal = self._made_smallest() and not self.cut
        except TimeUpError:
            minimal = False
        choice, values = self._recorded()
        narrower = [p.swept for p in self.choices if p.total < choice.total and p.grid.possible]
        narrower += [-1] if self.cut else []
        values = {s: values[s] for s in (*choice.sizes, *choice.source.matrices, *choice.source.scalars)}
        part, swept = choice.part, min(narrower, default=None)
        return Counterexample(part.claim, values, minimal, swept, indices=part.indices, typed=self.claim)

    @property
    def constructs(self) -> bool:
        """Whether instances of a part are built to meet its hypotheses, and not only drawn."""
        return any(part.source.is_constructed for part in self.parts)

    def instances(self) -> Iterator[tuple[Claim, Instance | None]]:
        """Run through parts of the claim with instances that meet its hypotheses, in the order of the search.

        Where none was drawn or built at some sizes, None stands in its place.
        """
        return ((choice.part.claim, values) for choice, values in self._drawn_in_rounds())

    def _rounds(self) -> Iterator[bool]:
        """Try one instance after the other, and say so after each; what breaks the claim is noted."""
        for choice, values in self._drawn_in_rounds():
            self._breaks_here(choice, values)
            yield True

    def _drawn_in_rounds(self) -> Iterator[tuple[SizeChoice, Instance | None]]:
        """Run through choices of sizes and instances, in rounds; the choices lie in `choices` and in `larger`."""
        early = self.constructs and all(len(part.source.sizes) <= FEW_SIZES for part in self.parts)
        for number, tries in enumerate(ROUNDS):
            if number == (LARGER_FROM_WHERE_BUILT if early else LARGER_FROM):
                self.larger = self._choices(LARGEST_SIZE, LARGER_SIZE)
            for choice in [*self.choices, *self.larger]:
                self.largest = max(self.largest, choice.total)
                for values in chain(islice(choice.sweep, tries), islice(choice.draws, tries)):
                    yield choice, values

    def _add_narrower(self, found: SizeChoice) -> None:
        """Add the choices of larger sizes that are narrower in total than the one found, and that one itself."""
        known = [choice for choice in self.larger if choice.total < found.total or choice is found]
        others = self._choices(LARGEST_SIZE, found.total, found.total - 1)
        self.choices = sorted([*self.choices, *known, *others], key=lambda choice: choice.total)

    def _check_time(self) -> None:
        if perf_counter() > self.deadline:
            raise TimeUpError

    def _is_found(self, choice: SizeChoice, values: Instance | None) -> bool:
        """Whether an instance breaks the claim; if it does, it is recorded as the one found."""
        self._check_time()
        return self._breaks_here(choice, values)

    def _breaks_here(self, choice: SizeChoice, values: Instance | None) -> bool:
        if values is None:
            return False
        self.tried += 1
        if not choice.part.breaks(values):
            return False
        self.found = choice, values
        return True

    def _recorded(self) -> Found:
        """Return the instance that was found last."""
        if self.found is None:
            raise AssertionError("nothing was found that could be made smaller")
        return self.found

    def _shrunk(self) -> Found:
        """Return the instance that was found, made as small as single changes can make it."""
        return shrunk(self._recorded(), self.choices, self._breaks, self._check_time)

    def _breaks(self, choice: SizeChoice, values: Instance) -> bool:
        """Whether an instance meets the hypotheses and breaks the claim."""
        self._check_time()
        return choice.source.holds(values) and self._is_found(choice, values)

    def _made_smallest(self) -> bool:
        """Make the counterexample smaller; return whether every integer instance that is smaller still was tried."""
        choice, values = self._shrunk()
        if choice.source.is_constructed and level_of(values) > CHEAP:
            choice, values = self._cheaper()
        if self._is_found_narrower(choice.total):
            choice, values = self._shrunk()
        level, left, least = 0, MOST_SMALLER, level_of(values)
        while level <= (far := max(least, FAR)):
            other = self._unswept(level, choice.total, least, far)
            if other is None:
                level += 1
                continue
            left -= 1
            if not (left and other.grid.reaches(other.swept + 1)):
                return level > least
            if self._is_found(other, next(other.sweep)):
                choice, values = self._shrunk()
                least = level_of(values)
        return True

    def _is_found_narrower(self, total: int) -> bool:
        """Whether an instance that is drawn at sizes with a smaller sum breaks the claim; it is recorded then."""
        narrower = [choice for choice in self.choices if choice.total < total]
        for choice in narrower:
            if any(self._is_found(choice, trial) for trial in choice.trials(DRAWN // len(narrower))):
                return True
        return False

    def _cheaper(self) -> Found:
        """Return the cheapest of some instances that are drawn at the sizes that were found, made smaller.

        Matrices that are tied to each other can seldom be made smaller one at a time.
        """
        choice, values = found = self._shrunk()
        for trial in islice(choice.draws, DRAWN_ALIKE):
            if trial is not None and level_of(trial) < level_of(values) and self._is_found(choice, trial):
                values = trial
        self.found = min(found, self._shrunk(), key=lambda each: level_of(each[1]))
        return self.found

    def _unswept(self, level: int, total: int, least: int, far: int) -> SizeChoice | None:
        """Return a choice of sizes at which integer instances of this sum are smaller, but were not all tried."""
        for choice in self.choices:
            if choice.total > total:
                break
            if level < (least if choice.total == total else far + 1) and choice.swept < level and choice.grid.possible:
                return choice
        return None

    def _ended(self, reason: str) -> Searched:
        """Say how far the search got."""
        return Searched(None, reason, self.evidence())

    def evidence(self) -> dict[str, int]:
        """Return how many instances were tried, of which sizes, and up to which entries all integers were."""
        swept = min((choice.swept for choice in self.choices if not choice.is_known_to_be_impossible), default=-1)
        evidence = {"instances tried": self.tried, "largest sum of sizes": self.largest}
        if swept >= 0:
            evidence["sum of absolute entries up to which all integers were tried"] = swept
        return evidence
