"""The ways to prove a claim: each turns the claim into identities, which completion proves and the checker replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from time import perf_counter
from typing import Any

from sympy import MatrixSymbol, S

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, AnyOf, ForAll, Holds
from tptheory.claims.goals import NonNegative, Vanishes, nonnegative
from tptheory.claims.ranges import VACUOUS, at_small_depths, is_layered
from tptheory.claims.tacit import Tacit, existence_premises
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.cancellation import by_cancellation
from tptheory.proving.certificate import Certificate, together
from tptheory.proving.equations import either, in_cases
from tptheory.proving.induction import prove_layers
from tptheory.proving.obligations import Obligation, SearchSetting, defined_symbols, speaks_of_ranks, translated
from tptheory.proving.proof_data import certified
from tptheory.proving.searching import LEAST_SECONDS, Proof, StuckError
from tptheory.proving.translation import Translator

EFFORTS = (100_000, 400_000, None)
"""How much work each completion may do when all settings are tried once, twice, and for as long as there is time."""


def search_proof(
    claim: Claim, seconds: float = 10.0, title: str = "", efforts: Sequence[int | None] = EFFORTS
) -> Certificate:
    """Search for a proof of a claim; whether the certificate that comes out holds is for the checker to say.

    Args:
        claim: the claim.
        seconds: how long to search.
        title: the title of the certificate; the statement of the claim unless given.
        efforts: how much work each completion may do, from round to round; None for as much as the time allows.

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
            parts += _one_of_several(claims[0], title, started + seconds, efforts)
        else:
            parts += _first_that_works(claims[0], title, started + seconds, efforts)
    found = together(parts or _first_that_works(VACUOUS, title, started + seconds, efforts), title)
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


def _one_of_several(claim: AnyOf, title: str, deadline: float, efforts: Sequence[int | None]) -> list[dict[str, Any]]:
    """Prove that a product vanishes, or else one of the alternatives."""
    ways = _ways(claim)
    stuck: list[StuckError] = []
    for parts in ways:
        end = perf_counter() + (deadline - perf_counter()) / (len(ways) - len(stuck))
        try:
            return [data for part in parts for data in _first_that_works(part, title, end, efforts)]
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
    equations = existing == alone and _are_equations(alone)
    ways: list[list[Claim]] = [[claim]] if equations else []
    ways += [[part.under(claim.given) for part in c.conjuncts()] for c in existing if not isinstance(c, AnyOf)]
    if not ways:
        raise UnsupportedExpressionError("what an alternative inverts exists there only")
    return ways


def _are_equations(claims: Sequence[Claim]) -> bool:
    """Whether all goals of some claims are equations."""
    return all(isinstance(goal, Vanishes) for claim in claims for goal in claim.goals())


def _inverted_in(expressions: Iterable[Any]) -> set[Tacit]:
    """Return what must exist for all of some expressions to have a value."""
    return {each for e in expressions for each in existence_premises(e)}


def settings_for(claim: Claim) -> list[SearchSetting]:
    """Return the ways to put a claim to the search, in the order in which they are tried.

    In a descent, 1 is first a size like any other: the squares are found among matrices, and hold for one sample too.
    """
    if any(isinstance(goal, NonNegative) for goal in claim.goals()):
        if speaks_of_ranks(claim):
            return [SearchSetting(thin=False), SearchSetting(thin=False, named=True, inverses=True)]
        plain = [SearchSetting(thin=False, transposes_last=True), SearchSetting(thin=False)]
        wide = [*plain, SearchSetting(thin=False, named=True), SearchSetting(thin=False, named=True, inverses=True)]
        narrow = [SearchSetting()] if _has_vectors(claim) else []
        compared = any(nonnegative(h.goals()) for h in claim.given)  # which may compare the norm of a column
        return [*wide[:1], *narrow, *wide[1:]] if compared else [*wide, *narrow]
    plain = [SearchSetting(), SearchSetting(transposes_last=True)]
    wide = [SearchSetting(thin=False, opened=True)] if _has_vectors(claim) else []
    defined = [SearchSetting(eliminated=True)] if any(defined_symbols(claim)) else []
    chained = [replace(s, chained=True) for s in (*plain[:1], *defined, *wide, SearchSetting(named=True))]
    return [*plain, *wide, *chained, *(replace(s, inverses=True) for s in chained)]


def _has_vectors(claim: Claim) -> bool:
    """Whether a matrix of a claim has one row or one column."""
    return any(1 in A.shape for e in claim.expressions() for A in S(e).atoms(MatrixSymbol))


def _first_that_works(claim: Claim, title: str, deadline: float, efforts: Sequence[int | None]) -> list[dict[str, Any]]:
    """Try one setting after the other, first all of them with little effort, and then with more.

    The effort is counted in steps, not in seconds, so that the proof is the same in every run unless time is short. A
    setting in which the search came to its end without a proof is not tried again.
    """
    settings = settings_for(claim)
    first: StuckError | None = None
    for effort in efforts:
        for number, setting in enumerate(left := [*settings]):
            now = perf_counter()
            until = deadline if effort else now + max(deadline - now, LEAST_SECONDS) / (len(left) - number)
            translator, found = translated(claim, setting)
            translator.effort = effort
            try:
                return [certified(translator, _shown(each, translator, setting, until), title) for each in found]
            except StuckError as stuck:
                first = first or stuck
            if not any(search.cut for search in translator.searches):
                settings.remove(setting)
            if perf_counter() > deadline:
                raise first
    first = first or StuckError("the time was up")
    first.final = not settings
    raise first


def _shown(obligation: Obligation, translator: Translator, setting: SearchSetting, deadline: float) -> Proof:
    attempt = obligation.attempt()
    if setting.chained:
        known = not (setting.named or setting.inverses or setting.eliminated)  # without lemmas it was tried before
        attempt = by_cancellation(attempt) if known else either(attempt, by_cancellation(attempt))
    return in_cases(attempt, translator, deadline)
