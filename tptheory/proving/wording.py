"""How a person would word the reason of a step: from the label of a hypothesis, or from the hypothesis itself."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tptheory.claims.hypotheses import WORDS
from tptheory.proving.notation import RELATIONS, Term, Written, formula, inline, plain, prose

LONG = 48
"""An equation with more characters than this is no reason but a burden; it is called a hypothesis."""

TIMES = {1: "", 2: ", twice", 3: ", three times", 4: ", four times"}

TRANSPOSED = ", transposed"
"""How the label of a hypothesis ends that is the transpose of another."""

_PENROSE = re.compile(r"(Penrose [1-4] for )(.+)")
_SAYS = "|".join([*WORDS.values(), "partial isometries", "projections"])
_PROPERTY = re.compile(rf"(.+?)( (?:has|have|is|are) (?:{_SAYS}))")
_COMMUTE = re.compile(r"(?!the )(.+?) and (.+)( commute)")


def labels(data: dict[str, Any]) -> list[str]:
    """Return the labels of the hypotheses of a certificate, then of their transposes; numbers where it has no names."""
    named = data.get("reasons") or [f"hypothesis {k}" for k in range(1, len(data["hypotheses"]) + 1)]
    return [*named, *map(transposed_label, named)]


def transposed_label(label: str) -> str:
    """Return the label of a transpose: Penrose's equations for ``A``, transposed, are those for ``A'``."""
    if label.endswith(TRANSPOSED):
        return label.removesuffix(TRANSPOSED)
    if (match := _PENROSE.fullmatch(label)) and not {"+", "-"} & set(match[2].split()):
        return match[1] + " ".join(a.removesuffix("'") if a.endswith("'") else f"{a}'" for a in match[2].split()[::-1])
    return label + TRANSPOSED


def kind(label: str) -> str:
    """Return what the steps that may share a line have in common: the hypothesis, transposed or not."""
    return min(label, transposed_label(label))


def reason(labels: list[str], hypotheses: list[list[Term]]) -> Written:
    """Return the reason of a line.

    Args:
        labels: the label of each hypothesis that leads to the line.
        hypotheses: the terms of each.
    """
    counted = Counter(_one(label, terms) for label, terms in zip(labels, hypotheses, strict=True))
    said: list[Written] = []
    for words, times in counted.items():
        if said and (match := _PENROSE.fullmatch(words.text)):
            shared = len(match[1]) - len("for ")
            words = Written(words.text[shared:], words.latex[shared:])
        said.append(words + prose(TIMES.get(times, f", {times} times")))
    whole = said[0]
    for words in said[1:]:
        whole += prose(" and ") + words
    return whole


def _one(label: str, hypothesis: list[Term]) -> Written:
    bare = label.removesuffix(TRANSPOSED)
    if match := _PENROSE.fullmatch(bare):
        return prose(match[1]) + formula(match[2]) + prose(label.removeprefix(bare))
    if match := _PROPERTY.fullmatch(bare):
        names = plain(match[1])
        return Written(names, formula(names).latex) + prose(match[2])
    if match := _COMMUTE.fullmatch(bare):
        first, second = (Written(plain(name), formula(name).latex) for name in match.groups()[:2])
        return first + prose(" and ") + second + prose(match[3])
    if " = " in bare:
        equation = _equation(hypothesis)
        return equation if len(equation.text) <= LONG else prose("by hypothesis")
    if any(relation in bare for relation in RELATIONS):
        return Written(plain(bare), formula(bare).latex)
    return prose(bare)


def _equation(hypothesis: list[Term]) -> Written:
    """Write a polynomial that is zero as an equation of its first term with the others."""
    first, *rest = hypothesis
    other = {"+": "-", "-": "+"} if first.sign == "+" else {"+": "+", "-": "-"}
    left, right = inline([Term("+", first.factors)]), inline([Term(other[t.sign], t.factors) for t in rest])
    return Written(f"{left.text} = {right.text}", f"{left.latex[:-1]} = {right.latex[1:]}")
