"""What all ways to prove share: the search for a goal among the consequences of hypotheses, and the data of a proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_
from time import perf_counter
from typing import Any

from tptheory.proving.completion import Completion, Limits, Origin, without
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


class StuckError(Exception):
    """Raised when no proof is found; it says how far the search got."""

    def __init__(self, reason: str, **evidence: Any) -> None:
        super().__init__(reason)
        self.reason, self.evidence = reason, evidence


@dataclass(frozen=True)
class Branch:
    """One case of a proof: the translator with its hypotheses, the numbers of those that the case adds, the proof."""

    translator: Translator
    added: tuple[int, ...]
    proof: Proof


@dataclass(frozen=True)
class Proof:
    """How a goal, left side minus right side, follows from the hypotheses of a translator."""

    goal: tuple[Polynomial, ...]
    origin: Origin
    method: str = "identity"
    fields: dict[str, Any] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    bound: Any = None
    """In a proof about a rank, the bound of the rank, as a certificate writes it."""


Attempt = Callable[[Translator, float], Proof]
"""An attempt to prove something: it takes the hypotheses and a deadline, and returns a proof or raises StuckError."""


LEAST_SECONDS = 0.01
"""How many seconds an attempt gets at least: a proof that is found at once is found however little time is left."""


def refuse_when_late(deadline: float) -> None:
    """Raise StuckError if a deadline is over: no further attempt is begun."""
    if perf_counter() > deadline:
        raise StuckError("the time was up")


def search(translator: Translator, goal: Polynomial, deadline: float) -> Origin:
    """Return the goal as a combination of the hypotheses.

    Raises:
        StuckError: if none is found.
    """
    return member(completion(translator, deadline), goal)


def completion(translator: Translator, deadline: float) -> Completion:
    """Return a completion of the hypotheses that ends by the deadline, or after `LEAST_SECONDS`."""
    limits = Limits(seconds=max(deadline - perf_counter(), LEAST_SECONDS))
    return Completion(translator.alphabet, [h.polynomial for h in translator.hypotheses], limits)


def member(completion: Completion, goal: Polynomial) -> Origin:
    """Return the goal as a combination of the hypotheses of a completion.

    Raises:
        StuckError: if it is not found to be one.
    """
    origin = completion.prove(goal)
    if origin is None:
        statistics = completion.statistics
        reason = {
            "": "the goal does not follow from the hypotheses by algebra alone",
            "time": "the time was up",
            "length": f"words grew longer than {completion.limits.length} letters",
            "elements": f"the basis grew beyond {completion.limits.elements} elements",
        }[statistics.stopped]
        raise StuckError(
            reason,
            remainder=repr(completion.remainder),
            basis=statistics.elements,
            overlaps=statistics.overlaps,
            longest_overlap=statistics.longest,
        )
    return origin


def common_scalars(*polynomials: Polynomial) -> list[str]:
    """Return the scalars that stand in every term, such as ``eta``."""
    every = [scalars for p in polynomials for scalars, _ in p.terms]
    return list(reduce(and_, map(Counter, every)).elements()) if every else []


def divided(p: Polynomial, scalars: Sequence[str]) -> Polynomial:
    """Divide a polynomial by scalars that stand in every term."""
    terms = {(without(s, scalars) or (), word): c for (s, word), c in p.terms.items()}
    return Polynomial(p.alphabet, p.rows, p.columns, terms)


def times(p: Polynomial, scalars: Sequence[str]) -> Polynomial:
    """Multiply a polynomial by scalars."""
    terms = {(tuple(sorted((*s, *scalars))), word): c for (s, word), c in p.terms.items()}
    return Polynomial(p.alphabet, p.rows, p.columns, terms)


def multiplied(proof: Proof, scalars: Sequence[str]) -> Proof:
    """Return the proof of a goal times scalars: each cofactor is multiplied by them, or by their squares.

    Their squares are needed in a proof by ``|D|^2 = 0``, which the method ``cancellation`` is.
    """
    if proof.method not in ("identity", "cancellation") or proof.fields.get("squares"):
        raise StuckError(f"a proof by {proof.method} is not multiplied by scalars")
    more = [*scalars] * (2 if proof.method == "cancellation" else 1)
    origin = [(c, place._replace(scalars=tuple(sorted((*place.scalars, *more)))), k) for c, place, k in proof.origin]
    return replace(proof, goal=tuple(times(p, scalars) for p in proof.goal), origin=origin)
