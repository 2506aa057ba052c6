"""Several matrices that equations tie to each other, built together: generalised inverses, frames, one shared basis.

Each group recognises its equations in canonical form, and builds values for its symbols that meet these equations
exactly. Whether an instance then meets all hypotheses of the claim is for the caller to test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sympy import MatrixSymbol

from tptheory.measuring.generalised_inverses import generalised_inverses
from tptheory.measuring.orthogonal_frames import orthogonal_frames
from tptheory.measuring.premises import Instance
from tptheory.measuring.random_matrices import Random
from tptheory.measuring.shared_bases import shared_bases
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import WordSum


class Group(Protocol):
    """Symbols whose values are built together."""

    def build(self, rng: Random, values: Instance) -> Instance | None:
        """Return values for the symbols of the group, of the shapes that ``values`` has; None if none are found."""


def groups_of(equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]) -> list[Group]:
    """Return the groups of symbols that equations tie to each other in a way that is recognised."""
    tied = [words for words in equations if len(words.symbols & structures.keys()) > 1]
    return [*generalised_inverses(tied), *orthogonal_frames(tied, structures), *shared_bases(tied, structures)]
