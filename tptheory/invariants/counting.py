"""How many conserved quantities a learning rule has at given widths: the exact count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from sympy import nextprime

from tptheory.checking import whole
from tptheory.errors import InvalidValueError, complain
from tptheory.invariants.fields import DataFields
from tptheory.invariants.orbits import Progress, orbit_ranks
from tptheory.symbolic.rules import Rule

if TYPE_CHECKING:
    from tptheory.invariants.discovery import ConservationLaws

LARGEST_DIMENSION = 200
"""The count is refused above this many parameters; a count near it takes 10 to 60 seconds."""
_MINUTES_AT_LARGEST = 0.2  # measured: widths (10, 10, 10) take 11 s on one core
_ATTEMPTS = 8


@dataclass(frozen=True)
class LawCount:
    """How many independent conserved quantities a rule has near almost every point of its parameter space.

    Attributes:
        count: ``dimension - rank``. A rank modulo a prime is at most the true one, so that this bounds the number of
            laws from above in any case; that no rank came out too small is certain but for a chance of about 2^-50.
        dimension: the number of parameters.
        rank: the dimension of the Lie algebra that the data span, at a random point: that of the orbits.
        ranks: of brackets of at most 1, 2, 3, ... fields; the last two orders add nothing.
        primes: two primes that agree on the ranks' limit.
        found: the laws that `conservation_laws` finds, if they were asked for.
    """

    rule: Rule
    widths: tuple[int, ...]
    biases: bool
    batch: int | None
    count: int
    dimension: int
    rank: int
    ranks: tuple[int, ...]
    primes: tuple[int, int]
    seed: int
    found: ConservationLaws | None = field(default=None, compare=False)

    @property
    def matched(self) -> bool | None:
        """Whether as many laws were found as there are; None if none were looked for."""
        return None if self.found is None else self.found.count == self.count

    def __repr__(self) -> str:
        """Show the count, and where it comes from."""
        options = (" with biases" if self.biases else "") + (f", batches of {self.batch}" if self.batch else "")
        noun = "conservation law" if self.count == 1 else "conservation laws"
        saturating = " -> ".join(map(str, self.ranks))
        found = "" if self.found is None else f"; {self.found.count} found, {self.found.agreement}"
        return (
            f"<{self.count} {noun} of {self.rule!r} at widths {self.widths}{options}: "
            f"dimension {self.dimension} - rank {self.rank} (ranks {saturating}){found}>"
        )


def count_conservation_laws(
    rule: Rule,
    widths: Sequence[int],
    *,
    biases: bool = False,
    batch: int | None = None,
    seed: int = 0,
    degree: int | None = None,
    progress: Progress = lambda _: None,
) -> LawCount:
    """Count the independent quantities that the flow of a rule conserves for all data and any loss.

    ``dim(parameters) - dim Lie{v_(x, d_L)}`` at a random point, exactly, over two prime fields; see
    `tptheory.invariants.orbits` for the method. By Frobenius that many functions, and no more, are conserved near
    almost every point (Marcotte, Gribonval and Peyré, 2023, count in this way for BP).

    Args:
        rule: a rule that has a flow; what it holds fixed (``B_l``, lambda) is random.
        widths: ``(n_0, ..., n_L)``.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one, which is enough unless the rule mixes samples.
        seed: of the primes, the point and the data.
        degree: if given, also look for the laws, up to this degree, as `conservation_laws` does.
        progress: is called with a text whenever a part begins.

    >>> from tptheory.symbolic.rules import Backprop, TargetProp
    >>> count_conservation_laws(Backprop(), (2, 2, 1))
    <3 conservation laws of Backprop() at widths (2, 2, 1): dimension 6 - rank 3 (ranks 2 -> 3 -> 3 -> 3)>
    >>> count_conservation_laws(TargetProp(), (2, 2, 1)).count
    1

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if the widths are too large, the rule has no flow, or it is nowhere defined at these widths.
    """
    seed = whole("seed", seed, lowest=0)
    fields = DataFields(rule, widths, biases, batch)
    check_cost(fields)
    if degree is not None:
        from tptheory.invariants.discovery import conservation_laws

        found = conservation_laws(rule, widths, degree=degree, biases=biases, batch=batch, seed=seed, progress=progress)
        return replace(found.counted, found=found)
    ranks, primes = _agreed_ranks(fields, np.random.default_rng(seed), progress)
    return LawCount(
        rule=rule,
        widths=tuple(map(int, fields.net.widths)),
        biases=biases,
        batch=batch,
        count=fields.dimension - ranks[-1],
        dimension=fields.dimension,
        rank=ranks[-1],
        ranks=tuple(ranks),
        primes=primes,
        seed=seed,
    )


def _agreed_ranks(
    fields: DataFields, random: np.random.Generator, progress: Progress
) -> tuple[list[int], tuple[int, int]]:
    """Return the ranks, and two primes that agree on their limit, the largest that was seen."""
    runs: list[tuple[int, list[int]]] = []
    for _ in range(_ATTEMPTS):
        prime = random_prime(random)
        runs.append((prime, orbit_ranks(fields, prime, random, progress)))
        rank = max(ranks[-1] for _, ranks in runs)
        agreeing = [(prime, ranks) for prime, ranks in runs if ranks[-1] == rank]
        if len(agreeing) == 2:
            (first, ranks), (second, _) = agreeing
            return ranks, (first, second)
    raise AssertionError(f"no two of {_ATTEMPTS} primes agree on the rank: {runs}")


def random_prime(random: np.random.Generator) -> int:
    """Return a prime between 2^60 and 2^61."""
    return int(nextprime(2**60 + int(random.integers(2**60 - 2**20))))


def check_cost(fields: DataFields) -> None:
    """Refuse widths at which the count would take too long.

    Raises:
        InvalidValueError: if there are more than `LARGEST_DIMENSION` parameters; it says how long they take.
    """
    n = fields.dimension
    if n > LARGEST_DIMENSION:
        minutes = _MINUTES_AT_LARGEST * (n / LARGEST_DIMENSION) ** 3
        came = (
            f"{n:,} parameters at widths {tuple(map(int, fields.net.widths))}, at least {minutes:,.0f} minutes of work"
        )
        mend = "Give smaller widths; laws found there are proved for all widths."
        raise InvalidValueError(complain("widths", f"widths with at most {LARGEST_DIMENSION} parameters", came, mend))
