"""The ways to prove a claim: each turns the claim into identities, which completion proves and the checker replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from time import perf_counter
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, AnyOf, ForAll, Holds
from tptheory.claims.goals import NonNegative, Vanishes
from tptheory.claims.ranges import VACUOUS, at_small_depths, is_layered
from tptheory.claims.tacit import Tacit, existence_premises
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.certificate import Certificate, together
from tptheory.proving.equations import in_cases
from tptheory.proving.induction import prove_layers
from tptheory.proving.obligations import obligations, translator_of
from tptheory.proving.proof_data import certified
from tptheory.proving.searching import StuckError


def search_proof(claim: Claim, seconds: float = 10.0, title: str = "") -> Certificate:
    """Search for a proof of a claim; whether the certificate that comes out holds is for the checker to say.

    Args:
        claim: the claim.
        seconds: how long to search.
        title: the title of the certificate; the statement of the claim unless given.

    Raises:
        StuckError: if no proof is found.
        UnsupportedExpressionError: if the claim is outside the language of the prover.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> search_proof(Equal(A.T * A * Pinv(A), A.T)).check().accepted
    True
    """
    started = perf_counter()
    title = title or claim.statement()
    parts: list[dict[str, Any]] = []
    for claims in grouped(claim):
        if is_layered(claims[0]):
            _refuse_alternatives(claims)
            parts.append(prove_layers(claims, title, started + seconds))
        elif isinstance(claims[0], AnyOf):
            parts += _one_of_several(claims[0], title, started + seconds)
        else:
            parts += _first_that_works(claims[0], title, started + seconds)
    found = together(parts or _first_that_works(VACUOUS, title, started + seconds), title)
    granted = list(claim.granted())
    return found.with_remark("assumptions", granted) if granted else found


def grouped(claim: Claim) -> Iterator[list[Claim]]:
    """Run through the groups of conjuncts that are proved together.

    Conjuncts about any depth that share their hypotheses form a group; every other conjunct is a group by itself. A
    range between numbers is written out, so that it means the same to the prover as to the rest of the code.
    """

    def together_with(part: Claim) -> tuple[Any, ...]:
        # what one conjunct takes for granted, such as an inverse that exists, another must not use
        return is_layered(part), part.given, frozenset(part.tacit())

    for (layered, *_), same in groupby(_plain(claim), together_with):
        claims = list(same)
        yield from [claims] if layered else [[part] for part in claims]


def _plain(claim: Claim) -> Iterator[Claim]:
    """Run through conjuncts without ranges between numbers, and without hypotheses that the prover cannot assume.

    A hypothesis that inverts a matrix in one of its alternatives is left out: that inverse exists in the alternative
    only, while the prover's letters exist everywhere. A claim that is proved without a hypothesis holds with it, too.
    """
    for conjunct in claim.conjuncts():
        for part in [conjunct] if is_layered(conjunct) else at_small_depths(conjunct):
            given = tuple(h for h in part.given if not (isinstance(h, AnyOf) and _inverts(h, part)))
            yield part if given == part.given else part.under(given)


def _inverts(several: AnyOf, claim: Claim) -> bool:
    """Whether an alternative inverts something that the claim does not invert outside of alternatives."""
    return not _inverted_in(several.expressions()) <= _inverted_in(claim.certain())


def _refuse_alternatives(claims: list[Claim]) -> None:
    """Refuse claims about any depth with alternatives that are no equations, have ranges, or invert something.

    Raises:
        UnsupportedExpressionError: if there is such an alternative.
    """
    for claim in claims:
        for item in (claim, *claim.given):
            inside = item.claim if isinstance(item, ForAll) else item
            if not isinstance(inside, AnyOf):
                continue
            plain = all(isinstance(goal, Vanishes) for c in inside.claims for goal in c.goals())
            if not plain or _inverts(inside, claim) or any(isinstance(c, AllOf | ForAll) for c in inside.claims):
                raise UnsupportedExpressionError("cases among the layers must be equations that invert nothing")


def _one_of_several(claim: AnyOf, title: str, deadline: float) -> list[dict[str, Any]]:
    """Prove that a product vanishes, or else one of the alternatives."""
    ways = _ways(claim)
    stuck: list[StuckError] = []
    for parts in ways:
        end = perf_counter() + (deadline - perf_counter()) / (len(ways) - len(stuck))
        try:
            return [data for part in parts for data in _first_that_works(part, title, end)]
        except StuckError as error:
            stuck.append(error)
    raise stuck[0]


def _ways(claim: AnyOf) -> list[list[Claim]]:
    """Return what it suffices to prove: that the product vanishes, or one alternative whose inverses always exist.

    Raises:
        UnsupportedExpressionError: if every alternative inverts something that may exist in that alternative only.
    """
    certain = _inverted_in(claim.certain())
    alone = [c if isinstance(c, Claim) else Holds(c) for c in claim.claims]
    existing = [c for c in alone if _inverted_in(c.expressions()) <= certain]
    equations = existing == alone and all(isinstance(goal, Vanishes) for c in alone for goal in c.goals())
    ways: list[list[Claim]] = [[claim]] if equations else []
    ways += [[part.under(claim.given) for part in c.conjuncts()] for c in existing if not isinstance(c, AnyOf)]
    if not ways:
        raise UnsupportedExpressionError("what an alternative inverts exists there only")
    return ways


def _inverted_in(expressions: Iterable[Any]) -> set[Tacit]:
    """Return what must exist for all of some expressions to have a value."""
    return {each for e in expressions for each in existence_premises(e)}


def _first_that_works(claim: Claim, title: str, deadline: float) -> list[dict[str, Any]]:
    """Try the two term orders one after the other, the first one for half of the time."""
    first, second = (True, False) if isinstance(claim.goals()[0], NonNegative) else (False, True)
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
