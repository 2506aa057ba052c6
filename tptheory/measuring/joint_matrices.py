"""Several matrices that equations tie to each other, built together: generalised inverses, frames, one shared basis.

Equations are recognised in canonical form, and values are built for their symbols that meet these equations exactly.
Whether an instance then meets all hypotheses of the claim is for the caller to test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import MatrixSymbol

from tptheory.measuring.generalised_inverses import generalised_inverses
from tptheory.measuring.orthogonal_frames import orthogonal_frames
from tptheory.measuring.premises import JointBuilder
from tptheory.measuring.shared_bases import shared_bases
from tptheory.measuring.structures import Structure
from tptheory.measuring.word_sums import WordSum


def joint_builders(equations: Sequence[WordSum], structures: Mapping[MatrixSymbol, Structure]) -> list[JointBuilder]:
    """Return a builder for each group of symbols that equations tie to each other in a way that is recognised."""
    tied = [words for words in equations if len(words.symbols & structures.keys()) > 1]
    return [*generalised_inverses(tied), *orthogonal_frames(tied, structures), *shared_bases(tied, structures)]
