"""The ways to prove a claim: each turns it into identities that completion settles and the checker replays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from time import perf_counter
from typing import Any

from sympy import MatrixExpr

from tptheory.claims.compound import AnyOf, is_layered
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vocabulary import Claim, Nonincreasing, RankAtMost
from tptheory.errors import UnsupportedExpressionError, check_seconds
from tptheory.proving.certificate import certified, together
from tptheory.proving.equations import descent, equal, in_cases
from tptheory.proving.induction import prove_layers
from tptheory.proving.ranks import rank_at_most
from tptheory.proving.searching import Attempt, StuckError, without_common_scalars
from tptheory.proving.translation import Translator
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.symbolic.layers import size_text


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
        for _, same in groupby(claim.conjuncts(), lambda part: part.given):
            claims = list(same)
            if any(map(is_layered, claims)):
                parts.append(prove_layers(claims, title, started + seconds))
            else:
                parts += [data for part in claims for data in _first_that_works(part, title, started + seconds)]
    except StuckError as stuck:
        return Undecided(claim, stuck.reason, stuck.evidence, perf_counter() - started)
    except UnsupportedExpressionError as error:
        return Undecided(claim, f"outside the language of the prover: {error}", {}, perf_counter() - started)
    certificate = together(parts, title)
    checked = certificate.check()
    if not checked:
        raise AssertionError(f"the checker refused a certificate that the prover made: {checked.reason}")
    return Proved(claim, certificate, perf_counter() - started)


def _first_that_works(claim: Claim, title: str, deadline: float) -> list[dict[str, Any]]:
    """Try the term orders one after the other, the first for half of the time; keep the shorter proof."""
    orders = (True, False) if isinstance(claim, Nonincreasing) else (False, True)
    started = perf_counter()
    try:
        first = list(_certify(claim, title, started + (deadline - started) / 2, orders[0]))
    except StuckError as stuck:
        try:
            return list(_certify(claim, title, deadline, orders[1]))
        except StuckError:
            raise stuck from None
    if _length(first) <= SHORT:
        return first
    again = perf_counter() + 2 * (perf_counter() - started)
    try:
        return min(first, list(_certify(claim, title, min(again, deadline), orders[1])), key=_length)
    except StuckError:
        return first


SHORT = 12
"""A proof with more cofactors than this is searched for in the other term order too, and the shorter one kept."""


def _length(parts: list[dict[str, Any]]) -> int:
    return sum(len(part["cofactors"]) for part in parts)


def _certify(claim: Claim, title: str, deadline: float, transposes_last: bool) -> Iterator[dict[str, Any]]:
    translator = translator_of(claim, not isinstance(claim, Nonincreasing), transposes_last)
    for attempt in _attempts(claim, translator):
        yield certified(translator, in_cases(attempt, translator, deadline), title)


def _attempts(claim: Claim, translator: Translator) -> Iterator[Attempt]:
    """Return what must be proved, one thing after the other."""
    if isinstance(claim, Nonincreasing):
        yield descent(translator(claim.rate_in_velocities()))
    elif isinstance(claim, RankAtMost):
        (matrix,) = without_common_scalars(translator(claim.matrix))
        for bound in claim.bound:
            if not isinstance(bound, MatrixExpr):
                yield rank_at_most(matrix, size_text(bound))
                continue
            through = translator(bound)
            yield rank_at_most(matrix, through.rows if through.terms == {((), ""): 1} else through)
    else:
        for lhs, rhs in claim.equations():
            left = translator(lhs)
            right = left.scale(0) if rhs == 0 else translator(rhs)
            yield equal(left, right)


def translator_of(claim: Claim, thin: bool, transposes_last: bool) -> Translator:
    """Return a translator that knows the hypotheses of a claim."""
    translator = Translator(thin, transposes_last)
    for symbol in claim.witnesses():
        translator.witness(symbol)
    for symbol, expression, reason in claim.definitions():
        translator.define(symbol, expression, reason)
    for hypothesis in claim.given:
        if isinstance(hypothesis, AnyOf):
            alternatives = [[translator(r) for r in residuals] for residuals in hypothesis.alternatives()]
            translator.assume_one_of(alternatives, [f"the case that {say}" for say in hypothesis.names()])
    for assumption, reason in claim.assumptions():
        translator.assume(translator(assumption), reason)
    return translator
