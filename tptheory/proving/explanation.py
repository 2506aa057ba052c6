"""A certificate as a chain of equations: each line is the one before with a hypothesis used, in text and in LaTeX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tptheory.proving.notation import Term, Written, formula, inline, joined, name_latex, polynomial, prose, width
from tptheory.proving.ordering import Step as Use
from tptheory.proving.ordering import ordered
from tptheory.proving.reading import Monomial, Polynomial, Reader
from tptheory.proving.wording import kind, labels, reason

COLUMNS = 88
"""How long a sum may be in a line of plain text."""

POINTS, INDENT, GAP = 340.0, 18.0, 24.0
"""How wide a display is in an article of 11 point type, the room for ``=``, and that before the reasons."""

ROWS = 20
"""How many rows a display may have that does not break across pages."""

NOTHING = Written("", "")


@dataclass(frozen=True)
class Step:
    """One line of a chain: what it reads, which cofactors led to it, and why."""

    terms: dict[Monomial, Fraction]
    uses: tuple[int, ...]
    body: tuple[Term, ...]
    reason: Written


@dataclass(frozen=True)
class Chain:
    """A proof of one statement, from its first line to its last."""

    theorem: str
    introduction: Written
    steps: tuple[Step, ...]
    conclusion: Written

    def text(self) -> str:
        """Return the chain in plain text under its statement, reasons in a column of their own."""
        return "\n".join(filter(None, [self.theorem, self._text(again=False)]))

    def latex(self) -> str:
        """Return the chain as an ``align*`` environment of amsmath, between its opening and its closing sentence."""
        return self._latex(again=False)

    def _text(self, again: bool) -> str:
        rows: list[tuple[str, str]] = []
        for i, step in enumerate(() if again else self.steps):
            first, *more = _broken(step.body, 0, len, COLUMNS)
            whole = [f"  = {first}" if i else f"  {first}", *(f"      {row}" for row in more)]
            rows += [(row, "") for row in whole[:-1]] + [(whole[-1], step.reason.text)]
        column = max((len(row) for row, _ in rows), default=0)
        lines = [f"{row:{column}}  {why}".rstrip() for row, why in rows]
        return "\n".join(filter(None, ["" if again else self.introduction.text, *lines, self.conclusion.text]))

    def _latex(self, again: bool) -> str:
        if again:
            return self.conclusion.latex
        widths = [width(" ".join(f.latex for f in term.factors)) for step in self.steps for term in step.body]
        reasons = max(_text_width(step.reason.text) for step in self.steps)
        room = POINTS - INDENT - (reasons + GAP if reasons else 0)
        rows = self._rows(POINTS - INDENT, beside=False)
        if max(widths, default=0) <= room and len(narrow := self._rows(room, beside=True)) <= len(rows):
            rows = narrow
        display = "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
        if len(rows) > ROWS:
            display = f"{{\\allowdisplaybreaks\n{display}\n}}"
        return "\n".join(filter(None, [self.introduction.latex, display, self.conclusion.latex]))

    def _rows(self, room: float, beside: bool) -> list[str]:
        """Return the rows of the display, with each reason beside its line or on a row below."""
        rows: list[str] = []
        for i, step in enumerate(self.steps):
            first, *more = _broken(step.body, 1, width, room)
            rows += [f"  ={{}} & {first}" if i else f"  & {first}", *(rf"  & \quad {row}" for row in more)]
            if step.reason.text and beside:
                rows[-1] += rf" && \text{{{step.reason.latex}}}"
            elif step.reason.text:
                rows.append(rf"  & \qquad \text{{({step.reason.latex})}}")
        return rows


def explained(chains: list[Chain]) -> str:
    """Return a proof in plain text: parts are numbered under one statement, and a line is not shown twice."""
    if len(chains) == 1:
        return chains[0].text()
    numbered = [f"({number})\n{part}" for number, part in enumerate(_parts(chains, Chain._text), 1)]
    return "\n\n".join([chains[0].theorem, *numbered]).strip()


def typeset(chains: list[Chain]) -> str:
    """Return a proof in LaTeX: parts are numbered paragraphs, and a line is not shown twice."""
    parts = _parts(chains, Chain._latex)
    return parts[0] if len(parts) == 1 else "\n\n".join(f"({number}) {part}" for number, part in enumerate(parts, 1))


def _parts(chains: list[Chain], say: Callable[[Chain, bool], str]) -> list[str]:
    """Say each chain; one with the lines of the chain before adds its conclusion to it."""
    parts: list[str] = []
    said: set[Written] = set()
    for i, one in enumerate(chains):
        if not i or one.steps != chains[i - 1].steps or not one.conclusion.text:
            said = set()
            parts.append(say(one, False))
        elif one.conclusion not in said:
            parts[-1] += "\n" + say(one, True)
        said.add(one.conclusion)
    return parts


def chain(data: dict[str, Any]) -> Chain:
    """Return the chain of equations of one certificate, which must be one that the checker accepts."""
    checker = Reader(data)
    goal = checker.polynomial(data["goal"])
    parts = list(checker.parts(data))
    ends, cofactors = parts[: len(parts) - len(data["cofactors"])], parts[len(parts) - len(data["cofactors"]) :]
    first, last = goal, Counter[Monomial]()
    opening, closing = NOTHING, NOTHING
    for coefficient, (terms, _) in ends:
        for m, c in terms.items():
            last[m] += coefficient * c
    if data["method"] == "cancellation":
        first = checker.norm(goal)
        opening, closing = _cancelled(checker, data, polynomial(checker, goal))
    elif data["method"] == "identity":
        left = data.get("left", len(data["goal"]))
        first = checker.polynomial(data["goal"][:left]) if left else ({}, goal[1])
        last = Counter({m: first[0].get(m, 0) - goal[0].get(m, 0) for m in {*first[0], *goal[0]}})
        opening = (
            NOTHING if cofactors else prose("Multiplied out, without scalars that all terms share, both sides read")
        )
    else:
        rank = data["method"] == "rank"
        opening = NOTHING if rank else prose("The derivative reads")
        closing = _product(checker, data, goal[1]) if rank else _squares(checker, data)
    steps = _steps(checker, data, first, cofactors)
    if steps[-1].terms != _clean(last):
        raise AssertionError("the cofactors of a checked certificate do not lead from one side to the other")
    if place := data.get("place", ""):
        opening = prose(place) + (prose(" ") + opening if opening.text else NOTHING)
    return Chain(str(data.get("theorem", "")), opening, steps, closing)


def _steps(
    checker: Reader, data: dict[str, Any], first: Polynomial, cofactors: list[tuple[Fraction, Polynomial]]
) -> tuple[Step, ...]:
    """Put the cofactors in order, and word each line."""
    read = [checker.polynomial(h) for h in data["hypotheses"]]
    n = len(read)
    numbers = {k for _, _, k, *_ in data["cofactors"]}
    hypotheses = {k: polynomial(checker, read[k] if k < n else checker.adjoint(read[k - n])) for k in numbers}
    every = labels(data)
    used = [every[k] for _, _, k, *_ in data["cofactors"]]
    uses = [
        Use({m: coefficient * c for m, c in terms.items() if c}, kind(label))
        for (coefficient, (terms, _)), label in zip(cofactors, used, strict=True)
    ]
    terms, shape = _clean(first[0]), first[1]
    steps = [Step(terms, (), tuple(polynomial(checker, (terms, shape))), NOTHING)]
    for line, group in ordered(terms, uses):
        why = reason([used[i] for i in group], [hypotheses[data["cofactors"][i][2]] for i in group])
        steps.append(Step(line, group, tuple(polynomial(checker, (line, shape))), why))
    return tuple(steps)


def _cancelled(checker: Reader, data: dict[str, Any], difference: list[Term]) -> tuple[Written, Written]:
    """Open and close a proof that the difference of both sides vanishes because its squared norm does."""
    D, square = Written("D", "$D$"), Written("|D|^2", r"$\lVert D \rVert^{2}$")
    opening = prose("For the difference ") + D + prose(" of both sides, ") + inline(difference)
    opening += prose(", the squared norm ") + square + prose(" reads")
    first = _squares(checker, data) + prose(" ") if data.get("squares") else NOTHING
    return opening, first + prose("A real matrix ") + D + prose(" whose squared norm is not above zero is zero.")


def _product(checker: Reader, data: dict[str, Any], shape: tuple[str, str]) -> Written:
    """Say which product a rank certificate passes through, or that the bound is one of its own sizes."""
    factors, bound = [checker.polynomial(factor) for factor in data["factors"]], data["bound"]
    words = [polynomial(checker, p) for p in factors]
    telling = [i for i, p in enumerate(factors) if p[0] != {((), ()): 1}] or [0]
    if isinstance(bound, str):
        most = formula(bound)
        if len(telling) == 1 and bound in shape:
            return (
                prose("It has ")
                + most
                + prose(f" {'rows' if bound == shape[0] else 'columns'}, so its rank is at most ")
                + most
                + prose(".")
            )
        whole = _dotted([words[i] for i in telling])
        return prose("It is ") + whole + prose(", so its rank is at most ") + most + prose(".")
    most = inline(polynomial(checker, checker.polynomial(bound)))
    whole = _dotted([words[i] for i in telling])
    return prose("It is ") + whole + prose(", so its rank is at most that of ") + most + prose(".")


def _dotted(factors: list[list[Term]]) -> Written:
    """Write a product of polynomials, in brackets where they have more than a letter."""
    whole = NOTHING
    for terms in factors:
        single = len(terms) == 1 and terms[0].sign == "+" and len(terms[0].factors) == 1
        body = joined(terms) if single else Written("(", "(") + joined(terms) + Written(")", ")")
        whole = whole + Written(" · ", r" \cdot ") + body if whole.text else body
    return Written(whole.text, f"${whole.latex}$")


def _squares(checker: Reader, data: dict[str, Any]) -> Written:
    """Say which squares a descent certificate sums."""
    if not data["squares"]:
        return prose("It never rises.")
    sum_ = NOTHING
    for weight, Q in data["squares"]:
        norm = (
            Written("|", r"\lVert ")
            + joined(polynomial(checker, checker.polynomial(Q)))
            + Written("|^2", r" \rVert^{2}")
        )
        number = NOTHING if weight == "1" else Written(f"{weight} ", f"{name_latex(weight)} ")
        sum_ = sum_ + Written(" + ", " + ") + number + norm if sum_.text else number + norm
    return prose("That is ") + Written(f"-({sum_.text})", f"$-({sum_.latex})$") + prose(", which is never positive.")


def _broken(terms: tuple[Term, ...], form: int, measure: Callable[[str], float], room: float) -> list[str]:
    """Break a sum into rows at its signs, and a term that is too long for a row between its factors.

    Args:
        terms: the terms of the sum.
        form: 0 for plain text, 1 for LaTeX.
        measure: how wide a text is.
        room: how wide a row may be.
    """
    rows = [""]
    for term in terms:
        sign = term.sign if term.sign == "-" or rows != [""] else ""
        words = [factor[form] for factor in term.factors]
        words[0] = f"{sign} {words[0]}".strip()
        whole = " ".join(words)
        pieces = [whole] if measure(whole) <= room else words
        for n, piece in enumerate(pieces):
            if rows[-1] and measure(f"{rows[-1]} {piece}") > room:
                rows.append(piece if n == 0 or not form else rf"\cdot {piece}")
            else:
                rows[-1] = f"{rows[-1]} {piece}".strip()
    return rows if rows != [""] else ["0"]


def _text_width(text: str) -> float:
    """Estimate how wide words are, in points of an 11 point font."""
    return 5.4 * len(text)


def _clean(terms: Mapping[Monomial, Any]) -> dict[Monomial, Fraction]:
    return {m: Fraction(c) for m, c in terms.items() if c}
