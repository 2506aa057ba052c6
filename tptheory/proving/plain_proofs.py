"""The plain proofs that a certificate reduces to: its parts, cases, lemmas, and the bases and steps of an induction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tptheory.certificates import checker
from tptheory.certificates.reading import BOUND_INDEX, Reader
from tptheory.proving.certificate_terms import goal_at, moved_reason, moved_terms
from tptheory.proving.translation import CASE
from tptheory.typesetting.names import BLANK, Written, prose
from tptheory.typesetting.polynomials import Notation
from tptheory.typesetting.prose import written_prose
from tptheory.typesetting.reasons import case_opening, lemma_place


def plain_proofs(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the plain proofs that a certificate reduces to; the field "place" of a case says which one it is.

    Each is a statement with its proof. The hypotheses of a base or step of an induction are the laws that it uses,
    each at the index at which it uses the law.
    """
    waiting = [data]
    while waiting:
        first = waiting.pop(0)
        if first.get("method") in _REDUCED:
            waiting = [*_REDUCED[first["method"]](first), *waiting]
        else:
            yield first


def _of_cases(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the cases of a proof; each has the assumption of its case among its hypotheses."""
    shared = {key: value for key, value in data.items() if key not in ("method", "cofactors", "split", "parts")}
    reader = Reader(data)
    notation = Notation(reader, data.get("meanings"))
    around = _place_of(data)
    for case, part in zip(data["split"], data["parts"], strict=True):
        own = part.get("reasons", [list(CASE)] * len(case))
        said = case_opening(notation, [reader.polynomial(p) for p in case])
        yield {
            **shared,
            **part,
            "hypotheses": [*data["hypotheses"], *({"zero": p} for p in case)],
            "reasons": [*data.get("reasons", []), *own],
            "place": _inside(around, said),
        }


def _place_of(data: dict[str, Any]) -> Written:
    """Return which part of a proof this one is."""
    place = data.get("place", BLANK)
    return prose(place) if isinstance(place, str) else place


def _inside(around: Written, said: Written) -> Written:
    """Say which part of a proof something is that is a part of a part itself."""
    return around + prose(" ") + said if around.text else said


def _of_lemmas(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the proofs of the lemmas and of the goal; each has the lemmas before it among its hypotheses."""
    shared = {key: value for key, value in data.items() if key not in ("method", "lemmas", "proof", "left", "place")}
    notation = Notation(Reader(data), data.get("meanings"))
    hypotheses, reasons = [*data["hypotheses"]], [*data.get("reasons", [])]
    reasons += [None] * (len(hypotheses) - len(reasons))
    around = _place_of(data)
    for number, lemma in enumerate(data["lemmas"], 1):
        terms = lemma["zero"]
        said = lemma_place(notation, number, notation.reader.polynomial(terms))
        yield {
            **shared,
            **lemma["proof"],
            "goal": {"zero": terms},
            "hypotheses": [*hypotheses],
            "reasons": [*reasons],
            "place": _inside(around, said) if number == 1 else said,
        }
        hypotheses.append({"zero": terms})
        reasons.append(["lemma", number])
    left = {"left": data["left"]} if "left" in data else {}
    last = {**shared, **left, **data["proof"], "hypotheses": hypotheses, "reasons": reasons}
    yield {**last, "place": prose("With this:" if len(data["lemmas"]) == 1 else "With these:")}


def _of_induction(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run through the bases and steps of an induction, each with the laws that it uses at their indices."""
    shared: dict[str, Any] = {
        key: data[key] for key in ("sizes", "letters", "indexed", "meanings", "title") if key in data
    }
    laws = [law["zero"] for law in data["hypotheses"]]
    reasons = list(data.get("reasons", []))
    for theorem in data["theorems"]:
        goal = theorem["goal"]
        for case in theorem["cases"]:
            at, after = case["at"], case["after"]
            known = [*laws, goal.get("zero")]
            why = [*reasons, ["before"]]
            yield {
                **shared,
                **{key: value for key, value in case.items() if key not in ("at", "after", "uses")},
                "goal": goal_at(goal, tuple(at)),
                "hypotheses": [{"zero": moved_terms(known[j], BOUND_INDEX, tuple(i))} for j, i in case["uses"]],
                "reasons": [moved_reason(why[j], tuple(i)) for j, i in case["uses"] if j < len(why)],
                "place": _place(theorem, at, after),
            }
        laws.append(goal.get("zero"))
        reasons.append(["shown"])


_REDUCED = {"all": lambda data: data["parts"], "cases": _of_cases, "lemmas": _of_lemmas, "induction": _of_induction}


def _place(theorem: dict[str, Any], at: list[Any], after: list[Any] | None) -> Written:
    """Say which base or step of an induction this is, or of how deep networks a proof about named layers speaks."""
    if after is not None:
        return written_prose(f"From ${checker.index_text(*after)}$ to ${checker.index_text(*at)}$:")
    if at != ["l", 0]:
        return written_prose(f"For $l = {checker.index_text(*at)}$:")
    ends = [theorem["from"], theorem["to"]]
    if not _speaks_of_any_layer(theorem["goal"]):
        return BLANK if None in ends else written_prose(rf"For $L \ge {checker.index_text(*ends[0])}$:")
    if None in ends:
        return written_prose("For every $l$:")
    return written_prose(rf"For $l = {checker.index_text(*ends[0])}, \dots, {checker.index_text(*ends[1])}$:")


def _speaks_of_any_layer(goal: dict[str, Any]) -> bool:
    """Whether a goal speaks of the layer that may be any of a range, and not of named ones alone."""
    return goal_at(goal, ("L", 0)) != goal
