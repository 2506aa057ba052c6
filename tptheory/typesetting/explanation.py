"""A certificate as a chain of equations in text, LaTeX and HTML: each line follows from the last by hypotheses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tptheory.certificates.checker import ONE
from tptheory.certificates.reading import Polynomial, Reader, Terms
from tptheory.typesetting.brought_in import letters_brought_in, weighted_squares
from tptheory.typesetting.html_math import html_math, html_words
from tptheory.typesetting.names import BLANK, Written, prose, visible
from tptheory.typesetting.ordering import Subtraction, ordered
from tptheory.typesetting.polynomials import Notation, Term, bracketed, inline, joined
from tptheory.typesetting.reasons import Reasons
from tptheory.typesetting.widths import broken_into_rows, width

COLUMNS = 88
"""How many characters a sum may have in one line of plain text."""

POINTS, INDENT, GAP, CHARACTER = 340.0, 18.0, 24.0, 5.4
"""Widths in points, in an article of 11 point type: of a display, of the ``=``, of the gap before the reasons, and of
a character in words."""

LONGEST_SQUARES = 120
"""In an outline a sum of squares with more characters than this is only counted."""

ROWS = 20
"""A display with more rows than this may break across pages."""


@dataclass(frozen=True)
class ChainStep:
    """One line of a chain: its terms, the cofactors that led to it, the terms as written, and the reason."""

    terms: Terms
    uses: tuple[int, ...]
    body: tuple[Term, ...]
    reason: Written


@dataclass(frozen=True)
class Chain:
    """A proof of one statement, from its first line to its last."""

    theorem: str
    introduction: Written
    steps: tuple[ChainStep, ...]
    conclusion: Written
    reader: Reader = field(repr=False, compare=False)
    """The reader of the certificate, which knows what the numbers in the terms of the steps stand for."""

    def text(self) -> str:
        """Return the chain in plain text under its statement."""
        return "\n".join(filter(None, [self.theorem, self.text_of_lines()]))

    def text_of_lines(self) -> str:
        """Return the chain in plain text without its statement, reasons in a column of their own."""
        rows: list[tuple[str, str]] = []
        for i, step in enumerate(self.steps):
            first, *more = broken_into_rows(step.body, 0, len, COLUMNS)
            whole = [f"  = {first}" if i else f"  {first}", *(f"      {row}" for row in more)]
            rows += [(row, "") for row in whole[:-1]] + [(whole[-1], step.reason.text)]
        column = max(len(row) for row, _ in rows)
        lines = [f"{row:{column}}  {why}".rstrip() for row, why in rows]
        return "\n".join(filter(None, [self.introduction.text, *lines, self.conclusion.text]))

    def latex(self) -> str:
        """Return the chain as an ``align*`` environment of amsmath, between its opening and its closing sentence."""
        widths = [width(" ".join(f.latex for f in term.factors)) for step in self.steps for term in step.body]
        reasons = CHARACTER * max(len(step.reason.text) for step in self.steps)
        room = POINTS - INDENT - (reasons + GAP if reasons else 0)
        rows = self._rows(POINTS - INDENT, beside=False)
        if max(widths, default=0) <= room and len(narrow := self._rows(room, beside=True)) <= len(rows):
            rows = narrow
        display = "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
        if len(rows) > ROWS:
            display = f"{{\\allowdisplaybreaks\n{display}\n}}"
        return "\n".join(filter(None, [self.introduction.latex, display, self.conclusion.latex]))

    def html(self) -> str:
        """Return the chain as paragraphs of HTML, one for each line, between its opening and its closing sentence.

        Terms that stand in every line share one letter.
        """
        shared = self._shared()
        kept = [[term for term in step.body if term not in shared] for step in self.steps]
        letter = self._letter() if shared else BLANK
        named = [Term("+", (letter,))] if shared else []
        lines = [
            f"<p class=l>{'= ' if i else ''}{html_math(joined([*body, *named]).latex)}"
            + (f" <small>{html_words(step.reason.latex)}</small>" if step.reason.latex else "")
            for i, (step, body) in enumerate(zip(self.steps, kept, strict=True))
        ]
        meant = prose("where ") + letter.within_words() + prose(" stands for ") + inline(shared) if shared else BLANK
        return "".join([*paragraph(self.introduction), *lines, *paragraph(meant), *paragraph(self.conclusion)])

    def _shared(self) -> list[Term]:
        """Return the terms that stand in every line, if it is worth a letter to write them once."""
        inside = [set(step.body) for step in self.steps]
        shared = [term for term in self.steps[0].body if all(term in terms for terms in inside)]
        return shared if len(shared) > 1 and len(self.steps) > 2 else []

    def _letter(self) -> Written:
        """Return a letter for a matrix or a number that stands nowhere in the chain."""
        said = " ".join([joined(list(step.body)).text + step.reason.text for step in self.steps])
        used = {*re.findall("[A-Za-z]+", said + self.introduction.text + self.conclusion.text)}
        pool = "rsuvwzpq" if self.reader.ends()[0][1] == ONE else "RSTUVQZN"
        letter = next((one for one in pool if one not in used), f"{pool[0]}{pool[0]}")
        return Written(letter, letter)

    def _rows(self, room: float, beside: bool) -> list[str]:
        """Return the rows of the display, with each reason beside its line or on a row below."""
        rows: list[str] = []
        for i, step in enumerate(self.steps):
            first, *more = broken_into_rows(step.body, 1, width, room)
            rows += [f"  ={{}} & {first}" if i else f"  & {first}", *(rf"  & \quad {row}" for row in more)]
            if step.reason.text and beside:
                rows[-1] += rf" && \text{{{step.reason.latex}}}"
            elif step.reason.text:
                rows.append(rf"  & \qquad \text{{({step.reason.latex})}}")
        return rows


def proof_text(chains: list[Chain]) -> str:
    """Return a proof in plain text: its parts are numbered under one statement, and no line is shown twice."""
    if len(chains) == 1:
        return chains[0].text()
    numbered = [
        f"({number})\n{part}"
        for number, part in enumerate(_parts(chains, Chain.text_of_lines, lambda said: f"\n{said.text}"), 1)
    ]
    return "\n\n".join([chains[0].theorem, *numbered]).strip()


def proof_latex(chains: list[Chain]) -> str:
    """Return a proof in LaTeX: parts are numbered paragraphs, and a line is not shown twice."""
    parts = _parts(chains, Chain.latex, lambda said: f"\n{said.latex}")
    return parts[0] if len(parts) == 1 else "\n\n".join(f"({number}) {part}" for number, part in enumerate(parts, 1))


def proof_html(chains: list[Chain]) -> str:
    """Return a proof in HTML, safe to put on a page: parts are numbered, and a line is not shown twice."""
    parts = _parts(chains, Chain.html, lambda said: "".join(paragraph(said)))
    return parts[0] if len(parts) == 1 else "".join(numbered(part, n) for n, part in enumerate(parts, 1))


def numbered(part: str, number: int) -> str:
    """Return a part of a proof in HTML with its number, before its first sentence or on a line of its own."""
    return f"<p>({number}) {part.removeprefix('<p>')}" if part.startswith("<p>") else f"<p>({number}){part}"


def paragraph(said: Written) -> list[str]:
    """Return a sentence as a paragraph of HTML, and nothing if there is none."""
    return [f"<p>{html_words(said.latex)}"] if said.latex.strip() else []


def _parts(chains: list[Chain], write: Callable[[Chain], str], conclude: Callable[[Written], str]) -> list[str]:
    """Write each chain; a chain with the same lines as the one before only adds its conclusion to that one.

    Args:
        chains: the chains of a proof.
        write: writes a whole chain.
        conclude: writes a conclusion behind a part.
    """
    parts: list[str] = []
    said: set[Written] = set()
    for i, one in enumerate(chains):
        if not i or not _same_lines(one, chains[i - 1]) or not one.conclusion.text:
            said = set()
            parts.append(write(one))
        elif one.conclusion not in said:
            parts[-1] += conclude(one.conclusion)
        said.add(one.conclusion)
    return parts


def _same_lines(one: Chain, other: Chain) -> bool:
    """Tell whether two chains read alike but for their conclusions."""
    lines = [[(step.body, step.reason) for step in chain.steps] for chain in (one, other)]
    return one.introduction == other.introduction and lines[0] == lines[1]


@dataclass(frozen=True)
class ChainFrame:
    """What stands around the lines of a chain, and its two ends."""

    notation: Notation
    reasons: Reasons
    hypotheses: list[Polynomial]
    introduction: Written
    conclusion: Written
    first: Polynomial
    last: Polynomial


def chain(data: dict[str, Any]) -> Chain:
    """Return the chain of equations of one plain certificate, which must be one that the checker accepts.

    Args:
        data: a certificate without parts, or a case of another that was made to look like one; then "place", words or
            `Written`, says which case it is. The remarks "title", "meanings", "reasons" and "left" may be missing;
            those that cannot be read are ignored.
    """
    frame = framed(data)
    steps = _steps(frame.notation, frame.reasons, frame.hypotheses, frame.first)
    if steps[-1].terms != frame.last[0]:
        raise AssertionError("the cofactors of a checked certificate do not lead from one side to the other")
    return Chain(_title(data), frame.introduction, steps, frame.conclusion, frame.notation.reader)


def framed(data: dict[str, Any], notation: Callable[[Reader, Any], Notation] = Notation) -> ChainFrame:
    """Return what stands around the lines of the chain of a plain certificate, in a notation, and its two ends."""
    reader = Reader(data)
    shown = notation(reader, data.get("meanings"))
    hypotheses = reader.hypotheses()
    first, last = reader.ends()
    if data["method"] not in ("cancellation", "rank", "descent"):
        first, last = _sides(reader, data.get("left"))
    opening, closing = _sentences_around(shown, first, last)
    opening = _place_before(data.get("place"), opening)
    letters = letters_brought_in(shown, data.get("meanings"))
    closing = prose(" ").between([closing, letters]) if closing.text and letters.text else closing + letters
    reasons = Reasons(shown, data.get("reasons"), hypotheses)
    return ChainFrame(shown, reasons, hypotheses, opening, closing, first, last)


def _sentences_around(notation: Notation, first: Polynomial, last: Polynomial) -> tuple[Written, Written]:
    """Return what a proof says before the lines of its chain, and what it concludes from them."""
    data = notation.reader.data
    match data["method"]:
        case "cancellation":
            return _cancellation_sentences(notation, notation.reader.goal())
        case "rank":
            return BLANK, _rank_sentence(notation)
        case "descent":
            return _opening_of_descent(data), _sum_of_squares_sentence(notation)
    return _opening_of_equation(notation.reader, first, last), BLANK


def _opening_of_descent(data: dict[str, Any]) -> Written:
    """Say what the number is that is not above zero: a derivative, where something moves."""
    moves = any(isinstance(reason, list) and reason[:1] == ["motion"] for reason in _listed(data.get("reasons")))
    return prose(f"{'The derivative' if moves else 'What must not be above zero'} reads")


def _opening_of_equation(reader: Reader, first: Polynomial, last: Polynomial) -> Written:
    """Say that two sides are transposes of each other, or alike once they are multiplied out; else nothing."""
    if last[0] and last[0] == reader.transpose(first)[0] and first[1] != ONE:
        return prose("It is symmetric: it equals its transpose")
    if not reader.data["cofactors"]:
        divided = "" if _share_a_scalar(first) else ", without scalars that all terms share"
        return prose(f"Multiplied out{divided}, both sides read")
    return BLANK


def _share_a_scalar(p: Polynomial) -> bool:
    """Whether a scalar stands in every term: then no scalars were divided out."""
    terms, _ = p
    return bool(terms) and bool(set.intersection(*({*scalars} for scalars, _ in terms)))


def _place_before(place: Any, opening: Written) -> Written:
    """Put the words that say which case a chain is before its opening."""
    if not place:
        return opening
    said = place if isinstance(place, Written) else prose(str(place))
    return said + (prose(" ") + opening if opening.text else BLANK)


def _listed(remark: Any) -> list[Any]:
    """Return a remark that is a list; any other is ignored."""
    return remark if isinstance(remark, list) else []


def _title(data: dict[str, Any]) -> str:
    """Return the title of a certificate, line by line, with control characters written out."""
    title = data.get("title")
    return "\n".join(map(visible, title.splitlines())) if isinstance(title, str) else ""


def _sides(reader: Reader, left: Any) -> tuple[Polynomial, Polynomial]:
    """Return both sides of an equation, whose left side has the first terms of the goal.

    If ``left`` is not a valid number of terms, the left side has all terms, and the right side is 0.
    """
    goal, terms = reader.goal(), reader.goal_terms()
    count = left if type(left) is int and 0 <= left < len(terms) else len(terms)
    first = reader.polynomial(terms[:count]) if count else ({}, goal[1])
    rest = reader.polynomial(terms[count:])[0] if count < len(terms) else {}
    return first, ({m: -c for m, c in rest.items()}, goal[1])


def _steps(
    notation: Notation, reasons: Reasons, hypotheses: list[Polynomial], first: Polynomial
) -> tuple[ChainStep, ...]:
    """Put the cofactors in order, and write each line with its reason."""
    reader = notation.reader
    numbers = [k for _, _, k, *_ in reader.data["cofactors"]]
    cofactors = reader.cofactors(hypotheses)
    uses = [Subtraction(terms, reasons.line_key(k)) for (terms, _), k in zip(cofactors, numbers, strict=True)]
    terms, shape = first
    steps = [ChainStep(terms, (), tuple(notation.terms(first)), BLANK)]
    for line, group in ordered(terms, uses):
        why = reasons.of_line([numbers[i] for i in group])
        steps.append(ChainStep(line, group, tuple(notation.terms((line, shape))), why))
    return tuple(steps)


def _cancellation_sentences(notation: Notation, difference: Polynomial) -> tuple[Written, Written]:
    """Return the opening and closing sentence of a proof that a difference vanishes because its squared norm does."""
    D = Written("D", "D").within_words()
    square = Written("|D|^2", r"\lvert D \rvert^{2}").within_words()
    opening = prose("For the difference ") + D + prose(" of both sides, ") + inline(notation.terms(difference))
    opening += prose(", the squared norm ") + square + prose(" reads")
    first = _sum_of_squares_sentence(notation) + prose(" ") if notation.reader.data["squares"] else BLANK
    return opening, first + prose("A real matrix ") + D + prose(" whose squared norm is not above zero is zero.")


def _rank_sentence(notation: Notation) -> Written:
    """Say through which product a certificate bounds a rank, or that the bound is one of the matrix's own sizes."""
    reader, data = notation.reader, notation.reader.data
    factors, bound = [reader.polynomial(factor) for factor in data["factors"]], data["goal"]["at most"]
    telling = [p for p in factors if p[0] != {((), ()): 1}] or factors[:1]
    whole = _product_of_polynomials([notation.terms(p) for p in telling])
    if isinstance(bound, dict):
        most = inline(notation.terms(reader.polynomial(bound["rank"])))
        return prose("It is ") + whole + prose(", so its rank is at most that of ") + most + prose(".")
    size = reader.names.size(bound, None, reader.algebra.own)
    most, shape = notation.size(size).within_words(), reader.goal()[1]
    if len(telling) > 1 or size not in shape:
        return prose("It is ") + whole + prose(", so its rank is at most ") + most + prose(".")
    sides = "row" if size == shape[0] else "column"
    has = prose("It has ") + most + prose(f" {sides if size == 1 else sides + 's'}, so its rank is at most ")
    return has + most + prose(".")


def _product_of_polynomials(factors: list[list[Term]]) -> Written:
    """Write a product of polynomials; one that is more than a letter stands in brackets."""
    bodies = []
    for terms in factors:
        single = len(terms) == 1 and terms[0].sign == "+" and len(terms[0].factors) == 1
        bodies.append(joined(terms) if single else bracketed(joined(terms)))
    return Written(" · ", r" \cdot ").between(bodies).within_words()


def _sum_of_squares_sentence(notation: Notation) -> Written:
    """Say which squares a descent certificate sums."""
    squares = weighted_squares(notation, notation.reader.data["squares"])
    if not squares:
        return prose("It is never positive.")
    if notation.abridged and sum(len(square.text) for square in squares) > LONGEST_SQUARES:
        count = f"a sum of {len(squares)} squares" if len(squares) > 1 else "a square"
        return prose(f"That is minus {count}, which is never positive.")
    total = Written("-", "-") + bracketed(Written(" + ", " + ").between(squares))
    return prose("That is ") + total.within_words() + prose(", which is never positive.")
