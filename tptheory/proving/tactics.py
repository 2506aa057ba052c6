"""The ways to prove a claim: each turns it into identities that completion settles and the checker replays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from time import perf_counter
from typing import Any

from tptheory.checking import check_seconds
from tptheory.claims.claim import Claim
from tptheory.claims.compound import is_layered
from tptheory.claims.motions import Nonincreasing
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.certificate import certified, together
from tptheory.proving.equations import in_cases
from tptheory.proving.induction import prove_layers
from tptheory.proving.obligations import obligations, translator_of
from tptheory.proving.searching import StuckError
from tptheory.proving.verdicts import Proved, Undecided


def prove(claim: Claim | Theorem, seconds: float = 10.0) -> Proved | Undecided:
    """Search for a proof of a claim, and return it only if the checker accepts its certificate.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search.

    Returns:
        `Proved` with a certificate, or `Undecided` with how far the search got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> prove(Equal(A.T * A * Pinv(A), A.T)).proved
    True
    """
    title = claim.title if isinstance(claim, Theorem) else ""
    claim = as_claim(claim)
    check_seconds(seconds)
    started = perf_counter()
    title = title or claim.statement()
    parts: list[dict[str, Any]] = []
    try:
        for claims in grouped(claim):
            if is_layered(claims[0]):
                parts.append(prove_layers(claims, title, started + seconds))
            else:
                parts += _first_that_works(claims[0], title, started + seconds)
    except StuckError as stuck:
        return Undecided(claim, stuck.reason, stuck.evidence, perf_counter() - started)
    except UnsupportedExpressionError as error:
        return Undecided(claim, f"outside the language of the prover: {error}", {}, perf_counter() - started)
    certificate = together(parts, title)
    checked = certificate.check()
    if not checked:
        raise AssertionError(f"the checker refused a certificate that the prover made: {checked.reason}")
    return Proved(claim, certificate, perf_counter() - started)


def grouped(claim: Claim) -> Iterator[list[Claim]]:
    """Run through the conjuncts: those about any depth that share their hypotheses together, others one by one."""
    for (layered, _), same in groupby(claim.conjuncts(), lambda part: (is_layered(part), part.given)):
        claims = list(same)
        yield from [claims] if layered else [[part] for part in claims]


def _first_that_works(claim: Claim, title: str, deadline: float) -> list[dict[str, Any]]:
    """Try the two term orders one after the other, the first for half of the time."""
    first, second = (True, False) if isinstance(claim, Nonincreasing) else (False, True)
    try:
        return list(_certify(claim, title, perf_counter() + (deadline - perf_counter()) / 2, first))
    except StuckError as stuck:
        try:
            return list(_certify(claim, title, deadline, second))
        except StuckError:
            raise stuck from None


def _certify(claim: Claim, title: str, deadline: float, transposes_last: bool) -> Iterator[dict[str, Any]]:
    translator = translator_of(claim, transposes_last)
    for obligation in obligations(claim, translator):
        yield certified(translator, in_cases(obligation.attempt(), translator, deadline), title)
