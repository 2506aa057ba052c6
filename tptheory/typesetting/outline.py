"""A long proof in outline: the first and the last line of each part, and between them what it follows from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from tptheory.certificates.reading import Polynomial
from tptheory.checking import counted
from tptheory.typesetting.explanation import Chain, ChainFrame, ChainStep, framed, numbered, paragraph
from tptheory.typesetting.html_math import html_math, html_words
from tptheory.typesetting.names import BLANK, Written, prose
from tptheory.typesetting.polynomials import Notation, Term, joined

LONGEST_SUM = 60
"""About the most characters that a sum may have in an outline: it is cut behind the term that passes them."""
MOST_REASONS = 4
"""The most reasons that an outline names for one part."""
LONGEST_REASONS = 60
"""About how many characters the reasons may have that stand in one line of an outline in LaTeX."""
LONGEST_CONCLUSION = 3_000
"""The most characters of LaTeX of a conclusion, such as a sum of squares, that an outline in LaTeX writes out."""
MOST_PARTS_IN_TEXT = 12
"""How many parts of a proof are outlined in text and in LaTeX."""
MOST_PARTS_ON_PAGE = 3
"""How many parts of a proof are outlined on a page; if one more is left it is shown as well, and not left out."""


class AbridgedNotation(Notation):
    """A notation in which a long sum has its first terms, and says how many others there are."""

    abridged = True

    def terms(self, p: Polynomial) -> list[Term]:
        """Return the first terms of a polynomial as they are written, and one that counts the rest."""
        terms = super().terms(p)
        lengths = accumulate(sum(len(factor.text) + 1 for factor in term.factors) for term in terms)
        kept = 1 + sum(length < LONGEST_SUM for length in lengths)
        left = len(terms) - kept
        if left < 2:
            return terms
        said = f"{left} more terms"
        return [*terms[:kept], Term("+", (Written(f"({said})", rf"\text{{({said})}}"),))]


def outlined(parts: Sequence[dict[str, Any]]) -> list[Chain]:
    """Return plain proofs in outline, as chains of three lines each: the first, the steps in between, the last.

    What is concluded from the lines, such as that they are minus a sum of squares, is written out. Of a proof in very
    many parts the first ones and the last are returned.

    Args:
        parts: the plain proofs, as `Certificate.parts` gives them; the checker must have accepted their certificate.
    """
    shown = parts if len(parts) <= MOST_PARTS_IN_TEXT else [*parts[: MOST_PARTS_IN_TEXT - 1], parts[-1]]
    return [_outlined(part) for part in shown]


def _outlined(data: dict[str, Any]) -> Chain:
    """Return the outline of one plain proof as a chain."""
    frame = framed(data, AbridgedNotation)
    first, last = (_line(frame, end) for end in _ends(frame))
    steps = [first]
    numbers = [k for _, _, k, *_ in data["cofactors"]]
    if numbers:
        between = (Term("+", (Written("...", r"\cdots"),)),)
        steps.append(ChainStep(first.terms, (), between, _short_reasons(_counted_reasons(frame, numbers))))
    if numbers or frame.first[0] != frame.last[0]:
        steps.append(last)
    whole = framed(data).conclusion
    said = whole if len(whole.latex) <= LONGEST_CONCLUSION else frame.conclusion
    ragged = rf"{{\raggedright {said.latex}\par}}" if said.latex else ""  # a square may be as long as a line
    conclusion = Written(said.text, ragged)
    return Chain("", frame.introduction, tuple(steps), conclusion, frame.notation.reader)


def _line(frame: ChainFrame, end: Polynomial) -> ChainStep:
    """Return one end of a chain as a line of it, without a reason."""
    terms, _ = end
    return ChainStep(terms, (), tuple(frame.notation.terms(end)), BLANK)


def _short_reasons(reasons: Counter[Written]) -> Written:
    """Return how many steps there are, and as many of their reasons as one line in LaTeX holds."""
    steps = counted(reasons.total(), "step")
    why = prose(steps)
    for most in range(1, MOST_REASONS + 1):
        said, others = _reasons(reasons, most)
        longer = prose(f"{steps}: ") + said + prose(others)
        why = longer if len(longer.text) <= LONGEST_REASONS else why
    return why


def outline_html(parts: Sequence[dict[str, Any]]) -> str:
    """Return plain proofs in outline, as HTML that is safe to put on a page.

    Args:
        parts: the plain proofs, as `Certificate.parts` gives them; the checker must have accepted their certificate.
    """
    left_out = len(parts) - MOST_PARTS_ON_PAGE
    if left_out < 2:
        shown = list(enumerate(parts, 1))
    else:
        shown = [*enumerate(parts[: MOST_PARTS_ON_PAGE - 1], 1), (len(parts), parts[-1])]
    written = [_part(part) if len(parts) == 1 else numbered(_part(part), number) for number, part in shown]
    if left_out > 1:
        written.insert(-1, f"<p>The {left_out} parts between are proved in the same way.")
    return "".join(written)


def _part(data: dict[str, Any]) -> str:
    """Return the outline of one plain proof."""
    frame = framed(data, AbridgedNotation)
    first, last = (html_math(joined(frame.notation.terms(end)).latex) for end in _ends(frame))
    lines = [f"<p class=l>{first}"]
    numbers = [k for _, _, k, *_ in data["cofactors"]]
    if numbers:
        said, more = _reasons(_counted_reasons(frame, numbers), MOST_REASONS)
        lines.append(f"<p class=l>= ⋯ <small>{counted(len(numbers), 'step')}: {html_words(said.latex)}{more}</small>")
    if numbers or frame.first[0] != frame.last[0]:
        lines.append(f"<p class=l>= {last}")
    return "".join([*paragraph(frame.introduction), *lines, *paragraph(frame.conclusion)])


def _ends(frame: ChainFrame) -> tuple[Polynomial, Polynomial]:
    """Return both ends of a chain, in each the terms first that do not stand at the other."""
    return _changed_first(frame.first, frame.last), _changed_first(frame.last, frame.first)


def _counted_reasons(frame: ChainFrame, numbers: Sequence[int]) -> Counter[Written]:
    """Return the reasons of the steps that use these hypotheses, with how often each stands."""
    return Counter(frame.reasons.reason(k).written() for k in numbers)


def _reasons(reasons: Counter[Written], most: int) -> tuple[Written, str]:
    """Return the most frequent reasons in words, and how many others there are."""
    said = prose(", ").between([why + prose(_times(n)) for why, n in reasons.most_common(most)])
    others = len(reasons) - most
    return said, f", and {counted(others, 'other reason')}" if others > 0 else ""


def _changed_first(end: Polynomial, other: Polynomial) -> Polynomial:
    """Return one end of a chain with the terms first that do not stand at the other end."""
    terms, shape = end
    return dict(sorted(terms.items(), key=lambda item: other[0].get(item[0]) == item[1])), shape


def _times(number: int) -> str:
    return f" ({number} times)" if number > 1 else ""
