"""Both sides at once: a proof, or the smallest counterexample."""

from __future__ import annotations

from time import perf_counter

from tptheory.checking import check_seconds
from tptheory.claims.theorem import Theorem
from tptheory.claims.vocabulary import Claim
from tptheory.proving.tactics import prove
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.refuting.counterexample import Refuted
from tptheory.refuting.search import refute

FIRST_LOOK = 0.02
"""The part of the time that each side gets before the other is asked: most claims need no more."""


def decide(claim: Claim | Theorem, seconds: float = 10.0, seed: int = 0) -> Proved | Refuted | Undecided:
    """Answer a claim with a machine-checked proof, or with the smallest exact counterexample.

    Each side gets a short first look, and then half of the time that is left; a prover that came to an end in its first
    look leaves all of it to the search for counterexamples.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search on both sides together.
        seed: the seed of the search for counterexamples.

    Returns:
        `Proved`, `Refuted`, or `Undecided`, which says how far each side got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(Equal(Pinv(A), A.T))
    Refuted('Pinv(A) = A.T', Counterexample(A=[[2]]))
    """
    check_seconds(seconds)
    started = perf_counter()
    proof: Proved | Undecided = prove(claim, FIRST_LOOK * seconds)
    if proof.proved:
        return proof
    ended = proof.seconds < FIRST_LOOK * seconds / 4  # one that is cut short has used about half, or more
    left = max(seconds - (perf_counter() - started), FIRST_LOOK)
    search: Refuted | Undecided = refute(claim, left if ended else left / 2, seed)
    if search.refuted:
        return search
    if not ended:
        proof = prove(claim, max(seconds - (perf_counter() - started), FIRST_LOOK))
    if isinstance(proof, Proved) or isinstance(search, Refuted):
        return proof
    evidence = {"proof": proof.reason, **proof.evidence, "counterexample": search.reason, **search.evidence}
    reason = "neither a proof nor a counterexample was found"
    return Undecided(proof.claim, reason, evidence, perf_counter() - started)
