"""Whether a certificate states a claim: what was proved before need not be searched for again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import is_layered
from tptheory.errors import TptheoryError
from tptheory.proving.certificate import Certificate, goal_data
from tptheory.proving.induction import SHOWN_BY, restates_layers
from tptheory.proving.obligations import Obligation, obligations, translator_of
from tptheory.proving.tactics import grouped
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


def restates(claim: Claim, certificate: Certificate) -> bool:
    """Whether goals, hypotheses, symbols and bounds of a certificate are those of a claim, translated afresh.

    Whether the certificate holds is for its `check` to say.
    """
    data = certificate.data
    try:
        parts = iter(data["parts"] if data["method"] == "all" else [data])
        for claims in grouped(claim):
            if is_layered(claims[0]):
                if not restates_layers(claims, next(parts)):
                    return False
            elif not _restates(claims[0], parts):
                return False
        return next(parts, None) is None
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration, TptheoryError):
        return False


def _restates(claim: Claim, parts: Iterator[dict[str, Any]]) -> bool:
    """Take as many parts as there are obligations, and compare one with the other, in one of the two term orders."""
    translators = [translator_of(claim, last) for last in (False, True)]
    both = [list(obligations(claim, translator)) for translator in translators]
    taken = [next(parts) for _ in both[0]]
    return any(
        all(_says(part, obligation, translator) for part, obligation in zip(taken, found, strict=True))
        for translator, found in zip(translators, both, strict=True)
    )


def _says(part: dict[str, Any], obligation: Obligation, translator: Translator) -> bool:
    alphabet = translator.alphabet
    sizes = {n for shape in alphabet.shapes.values() for n in shape or ()}
    for name, shape in part["symbols"].items():
        if name in sizes and not shape:  # a size that only the proof speaks of, as the trace of an identity
            continue
        if name not in alphabet.names.values() or list(alphabet.shapes[alphabet.letter(name)] or ()) != shape:
            return False
    for pair in part["adjoints"]:
        if alphabet.names[alphabet.adjoints[alphabet.letter(pair[0])]] != pair[1]:
            return False
    known = [h.polynomial.data() for h in translator.hypotheses]
    return all(h in known for h in part["hypotheses"]) and _goal(part, obligation)


def _goal(part: dict[str, Any], obligation: Obligation) -> bool:
    leaves = list(Certificate(part).parts())
    methods = {leaf["method"] for leaf in leaves}
    left, right = obligation.left, obligation.right
    if right is None:
        return part["goal"] == left.data() and methods == SHOWN_BY["descent"]
    if obligation.bounded or isinstance(right, str):
        bounds = [right] if isinstance(right, str) else [right.data(), right.transpose().data()]
        return (
            part["goal"] == left.data()
            and methods == SHOWN_BY["rank"]
            and all(leaf["bound"] in bounds for leaf in leaves)
        )
    return part["goal"] in _written(left, right) and methods <= SHOWN_BY["equation"]


def _written(left: Polynomial, right: Polynomial) -> list[list[Any]]:
    """Return how a certificate may write an equation: as it stands, or transposed."""
    return [goal_data((L, R.scale(-1))) for L, R in ((left, right), (left.transpose(), right.transpose()))]
