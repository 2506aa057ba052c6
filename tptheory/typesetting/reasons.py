"""Word the reason of a step as a person would: from the remark about a hypothesis, or from the hypothesis itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from tptheory.certificates.reading import BOUND_INDEX, MALFORMED, Polynomial
from tptheory.typesetting.names import BLANK, Written, prose
from tptheory.typesetting.polynomials import Notation, equation, inline, is_small, joined

LONG = 48
"""An equation with more characters than this is too long to serve as a reason; it is only called a hypothesis."""

TIMES = {1: "", 2: ", twice", 3: ", three times", 4: ", four times"}


class Reason(NamedTuple):
    """The words for a step: an opening that neighbouring reasons may share, then the rest."""

    opening: Written
    rest: Written

    def written(self) -> Written:
        """Return the opening and the rest together."""
        return self.opening + self.rest


class ReasonContext(NamedTuple):
    """What a reason is worded from: a hypothesis, whether it is transposed, and the notation for its letters."""

    notation: Notation
    hypothesis: Polynomial
    transposed: bool


class Reasons:
    """The reasons of the hypotheses of one certificate.

    Args:
        notation: how its letters are written.
        reasons: remarks, one for each hypothesis: any JSON. A hypothesis whose reason cannot be read gets a number.
        hypotheses: the polynomials that are assumed to vanish.
    """

    def __init__(self, notation: Notation, reasons: Any, hypotheses: list[Polynomial]) -> None:
        self._notation, self._hypotheses = notation, hypotheses
        self._remarks = reasons if isinstance(reasons, list) else []
        self._worded: dict[int, Reason] = {}

    def line_key(self, k: int) -> str:
        """Return a text that is the same for steps that may share a line; ``k`` counts hypotheses as cofactors do."""
        k %= len(self._hypotheses)
        remark = self._remarks[k] if k < len(self._remarks) else None
        if remark in (["given"], ["case"], ["otherwise"]):  # their words are equations, which differ by a transposition
            return f"{k}"
        return self.reason(k).written().text

    def reason(self, k: int) -> Reason:
        """Word the reason of one hypothesis, or of its transpose; ``k`` counts hypotheses as cofactors do."""
        if k not in self._worded:
            self._worded[k] = self._worded_reason(*divmod(k, len(self._hypotheses)))
        return self._worded[k]

    def _worded_reason(self, transposed: int, number: int) -> Reason:
        remark = self._remarks[number] if number < len(self._remarks) else None
        found = None
        if isinstance(remark, list) and remark and isinstance(remark[0], str) and is_small(remark):
            hypothesis = self._hypotheses[number]
            hypothesis = self._notation.reader.transpose(hypothesis) if transposed else hypothesis
            kind, *fields = remark
            with suppress(*MALFORMED):
                found = REASON_WRITERS[kind](ReasonContext(self._notation, hypothesis, bool(transposed)), *fields)
        return found or _plain(f"hypothesis {number + 1}")

    def of_line(self, numbers: list[int]) -> Written:
        """Word the reason of a line: what each of its hypotheses says, and how often it is used."""
        counted = Counter(map(self.reason, numbers))
        pieces, before = [], None
        for reason, times in counted.items():
            words = reason.rest if before == reason.opening else reason.written()
            before = reason.opening
            pieces.append(words + prose(TIMES.get(times, f", {times} times")))
        return prose(" and ").between(pieces)


def _plain(text: str) -> Reason:
    return Reason(BLANK, prose(text))


def _quoted(_: ReasonContext, text: Any) -> Reason | None:
    """Repeat the words that a remark brings."""
    return _plain(text.strip()) if isinstance(text, str) and text.strip() else None


def _matrix(context: ReasonContext, terms: Any) -> Polynomial:
    return context.notation.reader.polynomial(terms, BOUND_INDEX)


def _shown(context: ReasonContext, terms: Any) -> Written:
    """Write the matrix, or the number, that a remark is about."""
    return joined(context.notation.terms(_matrix(context, terms)))


def _penrose(context: ReasonContext, number: Any, terms: Any) -> Reason | None:
    """Say which of Penrose's equations a hypothesis is.

    The first two, transposed, are those of the transposed matrix. The last two say that a product is symmetric, and
    their transposes say the same.
    """
    if type(number) is not int or not 1 <= number <= 4:
        return None
    p = _matrix(context, terms)
    p = context.notation.reader.transpose(p) if context.transposed and number <= 2 else p
    return Reason(prose(f"Penrose {number} "), prose("for ") + inline(context.notation.terms(p)))


def _inverse(context: ReasonContext, terms: Any) -> Reason:
    """Say that a matrix has an inverse."""
    return Reason(BLANK, _shown(context, terms).within_words() + prose(" is invertible"))


def _nonnegative(context: ReasonContext, terms: Any) -> Reason:
    """Say that a number is not below 0, which is why it has a square root."""
    return Reason(BLANK, (_shown(context, terms) + Written(" >= 0", r" \ge 0")).within_words())


def _property(context: ReasonContext, name: Any, terms: Any) -> Reason | None:
    """Say that a matrix has a property by its name in the vocabulary of claims."""
    if name not in PROPERTIES:
        return None
    verb = "has" if name.startswith(("full", "rank")) else "is"
    return Reason(BLANK, _shown(context, terms).within_words() + prose(f" {verb} {PROPERTIES[name]}"))


def _commute(context: ReasonContext, first: Any, second: Any) -> Reason:
    """Say that two matrices commute."""
    both = [_shown(context, terms).within_words() for terms in (first, second)]
    return Reason(BLANK, prose(" and ").between(both) + prose(" commute"))


def _assumption(context: ReasonContext, *words: Any, opening: str, otherwise: str) -> Reason | None:
    """Repeat an assumption in the words that its remark brings, or as an equation after an opening.

    Where the equation is too long, only ``otherwise`` is said.
    """
    if words:
        return _quoted(context, *words)
    said = equation(context.notation.terms(context.hypothesis))
    return Reason(BLANK, prose(opening) + said) if len(opening + said.text) <= LONG else _plain(otherwise)


def _lemma(context: ReasonContext, number: Any) -> Reason | None:
    """Refer to a lemma that was shown before."""
    if type(number) is not int:
        return None
    said = equation(context.notation.terms(context.hypothesis))
    name = f"lemma {number}"
    return Reason(prose(f"{name}, "), said) if len(said.text) <= LONG - len(name) else _plain(name)


REASON_WRITERS: dict[str, Callable[..., Reason | None]] = {
    "penrose": _penrose,
    "inverse": _inverse,
    "nonnegative": _nonnegative,
    "property": _property,
    "commute": _commute,
    "given": partial(_assumption, opening="", otherwise="by hypothesis"),
    "case": partial(_assumption, opening="the case ", otherwise="in this case"),
    "otherwise": partial(_assumption, opening="or else ", otherwise="where the other alternatives fail"),
    "lemma": _lemma,
    "definition": _quoted,
    "motion": _quoted,
    "size": _quoted,
    "shown": lambda _: _plain("shown above"),
    "before": lambda _: _plain("shown for the layer before"),
}
"""The functions that word a reason, by the first entry of its remark; they take its other entries."""

PROPERTIES = {
    "full_row_rank": "full row rank",
    "full_column_rank": "full column rank",
    "invertible": "invertible",
    "orthogonal": "orthogonal",
    "partial_isometry": "a partial isometry",
    "symmetric": "symmetric",
    "projection": "a projection",
    "positive_semidefinite": "positive semidefinite",
    "positive_definite": "positive definite",
    "rank_one": "rank at most one",
    "nonzero": "nonzero",
}
"""The properties of matrices that a hypothesis can name, in words."""


def case_opening(notation: Notation, polynomials: list[Polynomial]) -> Written:
    """Word what a case assumes: the equations that hold in it, or only ``In this case`` if they are long."""
    said = [equation(notation.terms(p)) for p in polynomials]
    if sum(len(s.text) for s in said) > 2 * LONG:
        return prose("In this case:")
    return prose("In the case ") + prose(" and ").between(said) + prose(":")


def lemma_place(notation: Notation, number: int, polynomial: Polynomial) -> Written:
    """Say which lemma is shown next: its number, and what it says unless that is long."""
    said = equation(notation.terms(polynomial))
    name = prose(f"Lemma {number}")
    return name + prose(": ") + said + prose(".") if len(said.text) <= 2 * LONG else name + prose(".")
