"""Proofs for readers: a verdict in words, a certificate as chains of equations unless they are too long to read."""

from __future__ import annotations

from tptheory.proving.certificate import Certificate
from tptheory.proving.explanation import Chain, chain, explained
from tptheory.proving.shortening import shortened
from tptheory.proving.verdicts import Proved, Verdict

MOST = 100
"""The most cofactors of one chain: nobody reads more, and to order them takes time and memory without bound."""


def chains_of(certificate: Certificate) -> list[Chain] | None:
    """Return the chain of each part of a certificate, with as few cofactors as are found; None if one is too long."""
    parts = list(certificate.parts())
    short = [shortened(part, 1 / len(parts)) for part in parts]
    return [chain(part) for part in short] if all(len(part["cofactors"]) <= MOST for part in short) else None


def in_words(verdict: Verdict) -> str:
    """Return what `explain` does; of a proof that is too long to read, how long it is."""
    if not isinstance(verdict, Proved):
        return verdict.explain()
    chains = chains_of(verdict.certificate)
    return explained(chains) if chains is not None else f"{verdict.certificate.theorem}\n{too_long(verdict)}"


def too_long(verdict: Proved) -> str:
    """Say that a proof is too long to be written out."""
    count = verdict.certificate.cofactors
    many = f"adds up {count} multiples of hypotheses" if count > MOST else "speaks of long expressions"
    return f"The certificate {many}: the chain of equations is too long to be read here."
