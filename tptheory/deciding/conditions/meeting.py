"""Draw instances of a claim, and test which candidates they meet; of claims at any depth, at small depths."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sympy import S

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import Numbers, at_numbers, depth_symbols, is_layered, numbered_parts
from tptheory.claims.vocabulary import Zero
from tptheory.deciding.conditions.candidates import Candidate
from tptheory.deciding.conditions.sizes import EqualSizes
from tptheory.errors import TptheoryError, UnsupportedExpressionError
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance

SAMPLES = 6
"""How many instances are tried for of a claim of one part; of a claim of several, two of each."""
LARGEST_SIZE, TRIES = 3, 20
"""The largest size of these, and how often one is tried for."""


class MeetingTest:
    """A test whether an instance is known to meet a candidate, at the depth and the indices that it has.

    Args:
        candidate: the candidate.
    """

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self._sources: dict[tuple[tuple[str, int], ...], list[Instances]] = {}

    def __call__(self, values: Instance, numbers: Numbers) -> bool:
        """Whether the instance meets the candidate; not if it lacks a matrix that the candidate speaks of."""
        if isinstance(self.candidate.item, EqualSizes):
            return self.candidate.item.holds(values)
        try:
            return all(source.holds(values) for source in self._at(numbers))
        except (TptheoryError, KeyError):
            return False

    def is_decided_by(self, values: Instance, numbers: Numbers) -> bool:
        """Whether the instance has every matrix, or size, that the candidate speaks of."""
        if isinstance(self.candidate.item, EqualSizes):
            return self.candidate.symbols <= values.keys()
        try:
            return all(values.keys() >= {*source.matrices} for source in self._at(numbers))
        except TptheoryError:
            return False

    def _at(self, numbers: Numbers) -> list[Instances]:
        """Return what tells whether the candidate holds at a depth and indices, compiled once for each.

        Raises:
            UnsupportedExpressionError: if the candidate speaks of a depth, and the instance has none.
        """
        key = tuple(sorted((str(symbol), number) for symbol, number in numbers.items()))
        if key not in self._sources:
            claim = Zero(S.Zero, [self.candidate.item])
            if not depth_symbols(claim) <= numbers.keys():
                raise UnsupportedExpressionError(f"'{self.candidate}' speaks of a depth, and the instance has none.")
            self._sources[key] = [Instances(part) for part, _ in at_numbers(claim, numbers)]
        return self._sources[key]


def instances_of(claim: Claim, seed: int) -> Iterator[tuple[Instance, Numbers]]:
    """Run through some instances that meet the hypotheses of a claim, with their depths: degenerate ones, too."""
    parts = list(numbered_parts(claim)) if is_layered(claim) else [(claim, {})]
    for part, numbers in parts:
        source, rng = Instances(part), np.random.default_rng(seed)
        for number in range(SAMPLES if len(parts) == 1 else 2):
            values = source.draw(rng, largest=LARGEST_SIZE, plain=number % 2 == 0, tries=TRIES)
            if values is not None:
                yield values, numbers
