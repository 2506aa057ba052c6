"""A statement of the literature, true or false, as the benchmark keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tptheory.claims.claim import Claim


@dataclass(frozen=True)
class Statement:
    """A claim, and whether it is true.

    Attributes:
        name: the statement in short, with ``'`` for the transpose and ``+`` for the pseudo-inverse.
        claim: builds the claim.
        source: of what is true a reason or where it stands, of what is false a counterexample.
        area: the kind of statement.
        true: whether the claim holds for all matrices that meet its hypotheses, of all sizes that it leaves open.
    """

    name: str
    claim: Callable[[], Claim]
    source: str
    area: str
    true: bool
