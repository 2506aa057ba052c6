"""Whether the hypotheses of a claim are shown to contradict each other, where no instance was found that meets them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import perf_counter

from sympy import Identity, MatrixSymbol, S, ZeroMatrix

from tptheory.claims.claim import Claim
from tptheory.claims.inequalities import AtMost
from tptheory.claims.vocabulary import Equal
from tptheory.clock import TimeUpError
from tptheory.deciding.verdicts import Cause, Undecided
from tptheory.proving.tactics import EFFORTS, Prover

NO_INSTANCE = "no instance that meets the hypotheses"
"""The words of a verdict where no hypotheses were met: the claim may say nothing."""


def unless_absurd(found: Undecided, seconds: float) -> Undecided:
    """Return a verdict that says that nothing was found that meets the hypotheses; say so if nothing can meet them."""
    if not _is_absurd(found.claim, seconds):
        return found
    reason = f"{NO_INSTANCE} exists: it is proved that they contradict each other"
    return replace(found, reason=reason, cause=Cause.CONTRADICTION)


def _is_absurd(claim: Claim, seconds: float) -> bool:
    """Whether it is shown with little effort that the hypotheses of a claim contradict each other.

    Then 1 = 0 follows, or 1 <= 0, or that an identity vanishes, whose size is at least 1. Whatever else happens leaves
    the verdict as it was: a hypothesis at a layer cannot stand without its range.
    """
    end, matrices = perf_counter() + seconds, (A for A in claim.symbols() if isinstance(A, MatrixSymbol))
    sizes = dict.fromkeys(size for A in matrices for size in A.shape)
    one, zero = S.One, S.Zero
    for absurd in (Equal(one, zero), *(Equal(Identity(n), ZeroMatrix(n, n)) for n in sizes), AtMost(one, zero)):
        with suppress(TimeUpError, Exception):
            if Prover(absurd.under(claim.given)).run(end - perf_counter(), EFFORTS[:1]).check():
                return True
    return False
