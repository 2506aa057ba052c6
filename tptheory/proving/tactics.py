"""From a claim to a certificate: the claim is split into what is proved alone, and each part is searched for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from time import perf_counter
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, AnyOf, ForAll, Holds
from tptheory.claims.goals import RankAtMost, Vanishes
from tptheory.claims.ranges import VACUOUS, at_small_depths, is_layered
from tptheory.claims.tacit import Tacit, existence_premises
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.alternatives import has_signs
from tptheory.proving.certificate import Certificate, together
from tptheory.proving.induction import LayerSearch
from tptheory.proving.proof_search import ClaimSearch, ProofSearch
from tptheory.proving.searching import StuckError

EFFORTS = tuple(100_000 * 4**k for k in range(12))
"""How much work each completion may do, from round to round; in each round everything is tried.

The last rounds are never reached: the deadline comes first.
"""


class Prover:
    """A search for a proof of a claim, which goes on where it was left each time it runs.

    Args:
        claim: the claim.
        title: the title of the certificate; the statement of the claim unless given.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> Prover(Equal(A.T * A * Pinv(A), A.T)).run(seconds=10).check().accepted
    True
    """

    def __init__(self, claim: Claim, title: str = "") -> None:
        self.claim, self.title = claim, title or claim.statement()
        self._groups = [*grouped(claim)]
        self._begun: list[list[list[ProofSearch]]] = []

    def run(self, seconds: float, efforts: Sequence[int] = EFFORTS) -> Certificate:
        """Search on for some seconds, and return a proof that the checker accepts.

        Args:
            seconds: how long to search.
            efforts: how much work each completion may do, from round to round.

        Raises:
            StuckError: if no proof is found; a RefusedError, if one was found that the checker refuses.
            UnsupportedExpressionError: if the claim is outside the language of the prover.
        """
        deadline = perf_counter() + seconds
        parts: list[dict[str, Any]] = []
        for number, claims in enumerate(self._groups):
            if number == len(self._begun):
                self._begun.append(_strategies(claims, self.title))
            parts += _proved(self._begun[number], efforts, deadline)
        found = together(parts, self.title)
        granted = list(self.claim.granted())
        return found.with_remark("assumptions", granted) if granted else found


def _proved(strategies: list[list[ProofSearch]], efforts: Sequence[int], deadline: float) -> list[dict[str, Any]]:
    """Return the proofs that one of several strategies finds: all strategies are tried with one effort after the other.

    The effort is counted in steps and not in seconds, so that the proof is the same in every run unless time is short.

    Args:
        strategies: for each strategy, the searches that all have to succeed.
        efforts: how much work each completion may do, from round to round.
        deadline: when to end.
    """
    for effort in efforts:
        for searches in strategies:
            if all(search.run(effort, deadline) for search in searches):
                return [data for search in searches for data in search.found]
        if perf_counter() > deadline or _have_ended(strategies):
            break
    raise _first_error(strategies)


def _have_ended(strategies: list[list[ProofSearch]]) -> bool:
    """Whether each strategy has a search that would find no more with more effort."""
    return all(any(search.ended for search in searches) for searches in strategies)


def _first_error(strategies: list[list[ProofSearch]]) -> StuckError:
    """Return why no strategy led to a proof: that the checker refused one, else why the first search was stuck."""
    tried = [search for searches in strategies for search in searches]
    errors = [*(search.refused for search in tried), *(search.stuck for search in tried)]
    error = next(filter(None, errors), StuckError("the time was up"))
    error.final = _have_ended(strategies)
    return error


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

    In the place of a conjunct about no layer stands one that says nothing.
    A hypothesis that inverts a matrix in one of its alternatives is left out: that inverse exists in the alternative
    only, while the prover's letters exist everywhere. A claim that is proved without a hypothesis holds with it, too.
    """
    for conjunct in claim.conjuncts():
        for part in _parts_of(conjunct) or [VACUOUS]:
            given = tuple(h for h in part.given if not (isinstance(h, AnyOf) and _inverts(h, part)))
            yield part if given == part.given else part.under(given)


def _parts_of(conjunct: Claim) -> list[Claim]:
    """Return a conjunct about any depth as it is, unless its range is short, and any other one at each number."""
    if isinstance(conjunct, ForAll) and conjunct.is_empty:
        return []
    if not is_layered(conjunct):
        return [*at_small_depths(conjunct)]
    return conjunct.at_each_layer() if isinstance(conjunct, ForAll) else [conjunct]


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
            nested = any(isinstance(c, AllOf | ForAll) for c in inside.claims)
            if nested or not _are_equations(inside.claims) or _inverts(inside, claim):
                raise UnsupportedExpressionError("cases among the layers must be equations that invert nothing")


def _strategies(claims: list[Claim], title: str) -> list[list[ProofSearch]]:
    """Return the strategies for a group of claims, each as the searches that all have to succeed.

    Raises:
        UnsupportedExpressionError: if the claims are outside the language of the prover.
    """
    first = claims[0]
    if is_layered(first):
        _refuse_alternatives(claims)
        bounded = any(isinstance(goal, RankAtMost) for claim in claims for goal in claim.goals())
        return [[LayerSearch(claims, title, in_numbers)] for in_numbers in ((False, True) if bounded else (False,))]
    sufficient = _sufficient(first) if isinstance(first, AnyOf) else [[first]]
    return [[ClaimSearch(each, title) for each in conjuncts] for conjuncts in sufficient]


def _sufficient(claim: AnyOf) -> list[list[Claim]]:
    """Return what it suffices to prove: all alternatives together, or one of them whose inverses always exist.

    Raises:
        UnsupportedExpressionError: if every alternative inverts something that may exist in that alternative only.
    """
    certain = _inverted_in(claim.certain())
    alone = [c if isinstance(c, Claim) else Holds(c) for c in claim.claims]
    existing = [c for c in alone if _inverted_in(c.expressions()) <= certain]
    compared = all(map(has_signs, claim.goals()))
    whole: list[list[Claim]] = [[claim]] if existing == alone and (compared or _are_equations(alone)) else []
    found = [_conjuncts_under(c, claim.given) for c in existing if not isinstance(c, AnyOf)]
    if not (whole or found):
        raise UnsupportedExpressionError("what an alternative inverts exists there only")
    return [*whole, *found]


def _conjuncts_under(claim: Claim, given: Any) -> list[Claim]:
    """Return the conjuncts of a claim under the hypotheses of another one."""
    return [part.under(given) for part in claim.conjuncts()]


def _are_equations(claims: Iterable[Any]) -> bool:
    """Whether all goals of some claims are equations."""
    return all(isinstance(goal, Vanishes) for claim in claims for goal in claim.goals())


def _inverted_in(expressions: Iterable[Any]) -> set[Tacit]:
    """Return what must exist for all of some expressions to have a value."""
    return {each for e in expressions for each in existence_premises(e)}
