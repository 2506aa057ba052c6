"""Whether a certificate states a claim: what was proved before need not be searched for again.

Only what the checker reads is compared: goals, hypotheses, ranges, and the declarations of letters and sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.ranges import is_layered
from tptheory.errors import TptheoryError
from tptheory.proving.certificate import Certificate, declared, goal_data
from tptheory.proving.induction import declared as declared_at_layers
from tptheory.proving.letters import Named
from tptheory.proving.obligations import Obligation, obligations, translator_of
from tptheory.proving.tactics import grouped
from tptheory.proving.theory import as_end, theory_of
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

PLAIN = {"identity", "rank", "descent", "cancellation", "cases"}


def restates(claim: Claim, certificate: Certificate) -> bool:
    """Whether the statement of a certificate, as the checker reads it, is that of a claim, translated afresh.

    Whether the certificate holds is for its `check` to say.
    """
    data = certificate.data
    try:
        parts = iter(data["parts"] if data["method"] == "all" else [data])
        for claims in grouped(claim):
            if is_layered(claims[0]):
                if not _restates_layers(claims, next(parts)):
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
    if part["method"] not in PLAIN:
        return False
    known = [{"zero": h.polynomial.data()} for h in translator.hypotheses]
    names = list(translator.alphabet.named.families)
    if not _declares(part, declared(translator.alphabet, names), translator.alphabet.named):
        return False
    return all(h in known for h in part["hypotheses"]) and part["goal"] in _goals(obligation, translator)


def _declares(part: dict[str, Any], fresh: dict[str, Any], named: Named) -> bool:
    """Whether sizes and letters are declared as the claim has them; a size may be spoken of by the proof alone."""
    sizes = {*fresh["sizes"], *(named(family) for family in named.sizes)}
    return set(part["sizes"]) <= sizes and all(
        name in fresh["letters"] and fresh["letters"][name] == shape for name, shape in part["letters"].items()
    )


def _goals(obligation: Obligation, translator: Translator) -> list[Any]:
    """Return how a certificate may write what is to be proved: an equation as it stands, or transposed."""
    left, right = obligation.left, obligation.right
    if right is None:
        return [{"nonpositive": left.data()}]
    if obligation.bounded or not isinstance(right, Polynomial):
        bound = {"rank": right.data()} if isinstance(right, Polynomial) else translator.alphabet.named.item(right)
        return [{"rank": left.data(), "at most": bound}]
    sides = ((left, right), (left.transpose(), right.transpose()))
    return [{"zero": goal_data((L, R.scale(-1)))} for L, R in sides]


def _restates_layers(claims: Sequence[Claim], data: dict[str, Any]) -> bool:
    """Whether the laws, declarations and theorems of an induction are those of claims about any depth."""
    theory, goals = theory_of(claims)
    laws = [law.data() for law in theory.laws]
    named = theory.schema.alphabet.named
    fresh = declared_at_layers(theory, list(named.families))
    stated = [{key: law[key] for key in ("zero", "from", "to")} for law in data["hypotheses"]]
    if data["method"] != "induction" or not all(law in laws for law in stated):
        return False
    if not (_declares(data, fresh, named) and set(data["indexed"]) <= set(fresh["indexed"])):
        return False
    shown = [(t["goal"], t["from"], t["to"]) for t in data["theorems"]]
    return all((goal.data, as_end(goal.first), as_end(goal.last)) in shown for goal in goals)
