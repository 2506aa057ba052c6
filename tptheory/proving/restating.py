"""Whether a stored certificate states a claim, so that its proof need not be searched for again.

Only fields that the checker reads are compared: goals, hypotheses, ranges, and the declarations of letters and sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from tptheory.certificates import checker
from tptheory.claims.claim import Claim
from tptheory.claims.ranges import is_layered
from tptheory.errors import TptheoryError
from tptheory.proving.certificate import Certificate, together
from tptheory.proving.indexed import end_data
from tptheory.proving.induction import layer_declarations
from tptheory.proving.layer_sums import bring_in_sums
from tptheory.proving.letters import Named
from tptheory.proving.obligations import Obligation, translated
from tptheory.proving.proof_data import goal_data, letter_declarations
from tptheory.proving.proof_search import settings_for
from tptheory.proving.stored_definitions import bring_in_definitions
from tptheory.proving.tactics import grouped
from tptheory.proving.theory import LayerGoal, Theory, theory_of
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

READING_ERRORS = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    StopIteration,
    TptheoryError,
)
"""What reading a stranger's file may raise, in which anything may stand in the place of a remark."""


def restated(claim: Claim, certificate: Certificate, title: str = "") -> Certificate | None:
    """Return a certificate of a claim with fresh remarks; None if the certificate states something else.

    The stored titles, reasons and meanings prove nothing, and are not shown: those of the claim take their place.
    Whether the certificate holds is for its `check` to say.
    """
    data = certificate.data
    try:
        parts = iter(data["parts"] if data["method"] == "all" else [data])
        found: list[dict[str, Any]] = []
        for claims in grouped(claim):
            if is_layered(claims[0]):
                found.append(_restated_induction(claims, next(parts), title))
            else:
                found += _restated_parts(claims[0], parts, title)
        if next(parts, None) is not None:
            return None
    except READING_ERRORS:
        return None
    whole, granted = together(found, title), list(claim.granted())
    return whole.with_remark("assumptions", granted) if granted else whole


class _AnotherError(ValueError):
    """Raised when a certificate states something else than the claim."""


def _restated_parts(claim: Claim, parts: Iterator[dict[str, Any]], title: str) -> list[dict[str, Any]]:
    """Take one part for each obligation, and compare each with its obligation, in one of the translations."""
    taken: list[dict[str, Any]] = []
    for setting in dict.fromkeys(setting.for_translation for setting in settings_for(claim)):
        translator, found = translated(claim, setting)
        taken = taken or [next(parts) for _ in found]
        try:
            return [_restated_part(part, each, translator, title) for part, each in zip(taken, found, strict=True)]
        except _AnotherError:
            continue
    raise _AnotherError


def _restated_part(part: dict[str, Any], obligation: Obligation, translator: Translator, title: str) -> dict[str, Any]:
    """Return a part that states an obligation, with fresh remarks."""
    bring_in_definitions(part, translator)
    known = [{"zero": h.polynomial.data()} for h in translator.hypotheses]
    fresh = letter_declarations(translator.alphabet, list(translator.alphabet.named.families))
    states = (
        part["method"] in checker.PROOFS
        and _declares(part, fresh, translator.alphabet.named)
        and all(h in known for h in part["hypotheses"])
        and part["goal"] in _goals(obligation, translator)
    )
    if not states:
        raise _AnotherError
    remarks = {
        "title": title,
        "meanings": _meanings(part, fresh),
        "reasons": [list(translator.hypotheses[known.index(h)].reason) for h in part["hypotheses"]],
        "left": len(obligation.left.terms),
    }
    return _remarked(part, remarks)


def _remarked(data: dict[str, Any], remarks: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate, or a proof, with its remarks replaced by others."""
    bare = {key: value for key, value in data.items() if key not in checker.REMARKS}
    if bare.get("method") == "cases":
        bare["parts"] = [_remarked(part, {}) for part in bare["parts"]]
    elif bare.get("method") == "lemmas":
        bare["lemmas"] = [{"zero": each["zero"], "proof": _remarked(each["proof"], {})} for each in bare["lemmas"]]
        bare["proof"] = _remarked(bare["proof"], {})
    first = {key: value for key, value in bare.items() if key == "format"}
    return {**first, **{key: value for key, value in remarks.items() if value != {}}, **bare}


def _meanings(part: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """Return what the letters and sizes of a certificate mean."""
    named = {*part["sizes"], *part["letters"]}
    return {name: meaning for name, meaning in fresh.get("meanings", {}).items() if name in named}


def _declares(part: dict[str, Any], fresh: dict[str, Any], named: Named) -> bool:
    """Whether a part declares sizes and letters as the claim does; it may declare a size that only the proof uses."""
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


def _restated_induction(claims: Sequence[Claim], data: dict[str, Any], title: str) -> dict[str, Any]:
    """Return an induction whose laws, declarations and theorems are those of claims, with fresh remarks."""
    for in_numbers in (False, True):
        with suppress(_AnotherError):
            return _restated_theory(*theory_of(claims, in_numbers), data, title)
    raise _AnotherError


def _restated_theory(theory: Theory, goals: Sequence[LayerGoal], data: dict[str, Any], title: str) -> dict[str, Any]:
    """Return an induction whose laws, declarations and theorems are those of a theory, with fresh remarks."""
    theory.bring_in_inverses()
    bring_in_sums(theory, data.get("meanings", {}))
    laws = [law.data() for law in theory.laws]
    named = theory.schema.alphabet.named
    fresh = layer_declarations(theory, list(named.families))
    stated = [{key: law[key] for key in ("zero", "from", "to")} for law in data["hypotheses"]]
    states = (
        data["method"] == "induction"
        and all(law in laws for law in stated)
        and _declares(data, fresh, named)
        and set(data["indexed"]) <= set(fresh["indexed"])
        and _shows(data["theorems"], goals)
    )
    if not states:
        raise _AnotherError
    remarks = {
        "title": title,
        "meanings": _meanings(data, fresh),
        "reasons": [list(theory.laws[laws.index(law)].reason) for law in stated],
    }
    theorems = [_remarked_theorem(theorem, goals) for theorem in data["theorems"]]
    return {**_remarked(data, remarks), "hypotheses": stated, "theorems": theorems}


def _shows(theorems: Sequence[dict[str, Any]], goals: Sequence[LayerGoal]) -> bool:
    """Whether all goals are among the theorems of an induction, each with its range."""
    shown = [(theorem["goal"], theorem["from"], theorem["to"]) for theorem in theorems]
    return all((goal.data, end_data(goal.first), end_data(goal.last)) in shown for goal in goals)


def _remarked_theorem(theorem: dict[str, Any], goals: Sequence[LayerGoal]) -> dict[str, Any]:
    """Return a theorem of an induction with a fresh remark, which is the number of terms of its left side."""
    lefts = [goal.left for goal in goals if goal.data == theorem["goal"]]
    said = {"left": lefts[0] if lefts else len(next(iter(theorem["goal"].values())))}
    return {**_remarked(theorem, said), "cases": [_remarked(case, said) for case in theorem["cases"]]}
