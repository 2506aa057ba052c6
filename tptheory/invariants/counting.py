"""How many conserved quantities a learning rule has at given widths: the exact count."""

from __future__ import annotations

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.invariants.fields import DataFields
from tptheory.invariants.orbits import Progress, orbit_ranks, random_field
from tptheory.invariants.results import CountedLaws

LARGEST_DIMENSION = 200
"""The count is refused above this many parameters; a count near it takes 10 to 60 seconds."""
_MINUTES_AT_LARGEST = 0.2  # measured: widths (10, 10, 10) take 11 s on one core
_MANY = 10**9  # above it a number of minutes says nothing
_ATTEMPTS = 8


def count_laws(fields: DataFields, seed: int, progress: Progress = lambda _: None) -> CountedLaws:
    """Count the quantities that a rule conserves, from the vector fields of its data.

    Raises:
        InvalidValueError: if there are more than `LARGEST_DIMENSION` parameters; it says how long a count would take.
    """
    widths, n = tuple(map(int, fields.net.widths)), fields.dimension
    if n > LARGEST_DIMENSION:
        minutes = _MINUTES_AT_LARGEST * (min(n, _MANY) / LARGEST_DIMENSION) ** 3
        many = f"{n:,}" if n < _MANY else "too many"
        came = f"{many} parameters at widths {widths}, at least {minutes:,.0f} minutes of work"
        mend = "Give smaller widths; laws found there are proved for all widths."
        raise InvalidValueError(complain("widths", f"widths with at most {LARGEST_DIMENSION} parameters", came, mend))
    ranks, primes = _agreed_ranks(fields, np.random.default_rng(seed), progress)
    return CountedLaws(
        rule=fields.rule,
        widths=widths,
        biases=fields.net.biases,
        batch=None if fields.net.batch is None else int(fields.net.batch),
        dimension=n,
        ranks=tuple(ranks),
        primes=primes,
        seed=seed,
        constants=fields.given,
        drawn=tuple(str(symbol) for symbol in fields.constants if symbol not in fields.held),
    )


def _agreed_ranks(
    fields: DataFields, random: np.random.Generator, progress: Progress
) -> tuple[list[int], tuple[int, int]]:
    """Return the ranks, and two primes that agree on their limit, the largest that was seen."""
    runs: list[tuple[int, list[int]]] = []
    for _ in range(_ATTEMPTS):
        field = random_field(random)
        runs.append((field.prime, orbit_ranks(fields, field, random, progress)))
        rank = max(ranks[-1] for _, ranks in runs)
        agreeing = [(prime, ranks) for prime, ranks in runs if ranks[-1] == rank]
        if len(agreeing) == 2:
            (first, ranks), (second, _) = agreeing
            return ranks, (first, second)
    raise AssertionError(f"no two of {_ATTEMPTS} primes agree on the rank: {runs}")
