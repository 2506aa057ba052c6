"""Write what a claim says, in words and mathematics, for a web page or for LaTeX."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from itertools import groupby
from typing import Any, Protocol, Self

from markupsafe import Markup
from sympy import Symbol

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.folding import NOTHING_FOLDED, Folded, Naming, folded
from tptheory.typesetting.html_math import html_of
from tptheory.typesetting.spelling import PRODUCTS, one_line, split_name

_OPEN, _CLOSE = "\ue000", "\ue001"

Say = Callable[[Any], str]
"""Turns an expression into text."""


class Sayable(Protocol):
    """What this module asks of a claim: it says each of its parts, and calls ``say`` for each expression in it."""

    def conjuncts(self) -> Iterable[Sayable]:
        """Return the claims that this claim is made of."""

    def hypotheses(self, say: Say) -> tuple[str, ...]:
        """Say each hypothesis."""

    def conclusion(self, say: Say) -> str:
        """Say what is claimed."""

    def said(self, say: Say) -> str:
        """Say what is claimed, and what the claim takes for granted."""

    def taken_for_granted(self, say: Say) -> list[str]:
        """Say what the claim takes for granted beside its hypotheses."""

    def definitions(self) -> Iterable[tuple[Any, ...]]:
        """Return the definitions of each sequence that the claim mentions."""


Know = Callable[[list[Any]], Sequence[Naming]]
"""Returns the names of quantities that a reader knows, such as activations, for the expressions of a claim."""


@dataclass(frozen=True)
class ClaimStatement:
    """What a claim says, ready to be put on a page.

    Attributes:
        sentences: hypotheses and conclusions.
        where: what the letters mean that the sentences have beside the symbols of the claim, and the definitions of
            the sequences that they speak of.
    """

    sentences: tuple[ClaimSentences, ...]
    where: tuple[str, ...]

    def split(self, most: int) -> tuple[tuple[ClaimSentences, ...], tuple[ClaimSentences, ...]]:
        """Return the sentences with the first conclusions, ``most`` together, and those with all others."""
        first: list[ClaimSentences] = []
        rest: list[ClaimSentences] = []
        for one in self.sentences:
            room = max(most - sum(other.number for other in first), 0)
            for kept, conclusions in ((first, one.conclusions[:room]), (rest, one.conclusions[room:])):
                if conclusions:
                    kept.append(replace(one, conclusions=conclusions))
        return tuple(first), tuple(rest)

    def __str__(self) -> str:
        """Return the sentences, without what the letters mean."""
        said = (" ".join(filter(None, [one.opening, ", and ".join(one.conclusions)])) for one in self.sentences)
        return "; ".join(said)


@dataclass(frozen=True)
class ClaimSentences:
    """Conclusions that share their hypotheses, each ready to be put on a page.

    Attributes:
        opening: ``If ..., then``, with the hypotheses and what all conclusions take for granted beside them; empty if
            there is neither.
        conclusions: what is claimed, each with what it takes for granted unless all conclusions do.
    """

    opening: str
    conclusions: tuple[str, ...]

    @property
    def number(self) -> int:
        """The number of conclusions."""
        return len(self.conclusions)


@dataclass(frozen=True)
class ClaimWriter(ABC):
    """Writes what a claim says for one kind of page: the claim puts marks for its expressions between its words.

    Attributes:
        fold: puts names for long parts into the expressions of one claim.
        written: the expressions that were written before, since claims say each of theirs several times.
    """

    fold: Folded = NOTHING_FOLDED
    written: dict[Any, str] = field(default_factory=dict, compare=False, repr=False)

    @abstractmethod
    def plain_text(self, text: str) -> str:
        """Return plain words, escaped."""

    @abstractmethod
    def mathematics(self, expression: Any) -> str:
        """Return an expression as mathematics within text."""

    @abstractmethod
    def finished(self, text: str) -> str:
        """Return a text of which every piece is written, ready for the page."""

    def statement(self, claim: Sayable, know: Know = lambda _: ()) -> ClaimStatement:
        """Return what a claim says; neighbouring conjuncts that share their hypotheses are said together.

        Args:
            claim: the claim.
            know: gives the names of quantities that may stand for what a long statement writes out.
        """
        (found,) = statements(claim, know, self)
        return found

    def with_names(self, fold: Folded) -> Self:
        """Return the same writer for one claim, whose long parts have names."""
        return replace(self, fold=fold, written={})

    def whole(self, parts: list[Sayable], laws: list[tuple[Any, ...]]) -> ClaimStatement:
        """Return what the parts of a claim say, and what the letters mean."""
        groups = groupby(parts, key=self.hypotheses)
        sentences = tuple(self._statement(given, list(some)) for given, some in groups)
        named = (self.sentence(partial(_meaning, one)) for one in self.fold.names)
        defined = (" and ".join(self.sentence(partial(_equation, law)) for law in some) for some in laws)
        return ClaimStatement(sentences, tuple(map(self.finished, (*named, *defined))))

    def _statement(self, given: tuple[str, ...], parts: list[Sayable]) -> ClaimSentences:
        """Say once what all parts take for granted, if they take the same; else with each part what it does."""
        tacit = [self._sentences(part.taken_for_granted) for part in parts]
        shared = tacit[0] if len(parts) > 1 and all(each == tacit[0] for each in tacit) else ()
        conclusions = [self.sentence(part.conclusion if shared else part.said) for part in parts]
        assumed = ", ".join([*given, *shared])
        opening = f"If {assumed}, then" if given else f"{assumed[:1].upper()}{assumed[1:]}," if assumed else ""
        return ClaimSentences(self.finished(opening), tuple(dict.fromkeys(map(self.finished, conclusions))))

    def long_expression(self, expression: Any, know: Know) -> tuple[str, str]:
        """Return an expression with names for its long parts, and the list of these."""
        fold = folded([expression], know([expression]))
        writer = self.with_names(fold)
        named = ", ".join(writer.sentence(partial(_meaning, one)) for one in fold.names)
        return writer.sentence(lambda say: say(expression)), named

    def hypotheses(self, claim: Sayable) -> tuple[str, ...]:
        """Say the hypotheses of a claim."""
        return self._sentences(claim.hypotheses)

    def sentence(self, sentence: Callable[[Say], str]) -> str:
        """Return a sentence for the page, given a function that says it."""
        (written,) = self._sentences(lambda say: (sentence(say),))
        return written

    def _sentences(self, sentences: Callable[[Say], Sequence[str]]) -> tuple[str, ...]:
        """Return sentences for the page, given a function that says them.

        The function is called with a ``say`` that returns a mark for each expression. Then the words between the marks
        are written as words, and each mark as the formula for which it stands.
        """
        said: dict[str, int] = {}

        def say(expression: Any) -> str:
            if expression not in self.written:
                self.written[expression] = self.mathematics(self.fold(expression))
            number = said.setdefault(self.written[expression], len(said))  # alike in words if alike to the eye
            return f"{_OPEN}{number}{_CLOSE}"

        marked = [re.split(f"{_OPEN}([0-9]+){_CLOSE}", text) for text in sentences(say)]
        written = list(said)
        return tuple(
            "".join(written[int(piece)] if i % 2 else self.plain_text(piece) for i, piece in enumerate(pieces))
            for pieces in marked
        )


@dataclass(frozen=True)
class TextWriter(ClaimWriter):
    """Write plain text."""

    def plain_text(self, text: str) -> str:
        """Return the words."""
        return text

    def mathematics(self, expression: Any) -> str:
        """Return an expression as text."""
        return one_line(expression)

    def finished(self, text: str) -> str:
        """Return the text."""
        return text


@dataclass(frozen=True)
class HtmlWriter(ClaimWriter):
    """Write HTML, safe to put on a page; long expressions may break over lines."""

    def plain_text(self, text: str) -> str:
        """Return words, escaped."""
        return escape(text, quote=False)

    def mathematics(self, expression: Any) -> str:
        """Return an expression as HTML."""
        return html_of(expression)

    def finished(self, text: str) -> Markup:
        """Return the text as markup."""
        return Markup(text)  # noqa: S704  `plain_text` escapes


@dataclass(frozen=True)
class TexWriter(ClaimWriter):
    """Write LaTeX for text mode; long expressions may break over lines if ``breakable``."""

    breakable: bool = True

    def plain_text(self, text: str) -> str:
        """Return words, escaped, with signs such as ``=`` in math mode."""
        return tex_escaped(text).replace("=", "$=$")

    def mathematics(self, expression: Any) -> str:
        """Return inline mathematics."""
        return f"${latex_of(expression, breakable=self.breakable)}$"

    def finished(self, text: str) -> str:
        """Join formulas on both sides of a sign to one formula."""
        return re.sub(r"\$ \$(=|\\[a-z]+)\$ \$", r" \g<1> ", text)


def statements(claim: Sayable, know: Know, *writers: ClaimWriter) -> tuple[ClaimStatement, ...]:
    """Return what a claim says for each of several kinds of page, with the same names for its long parts.

    Args:
        claim: the claim.
        know: gives the names of quantities that may stand for what a long statement writes out.
        *writers: one for each kind of page.
    """
    spoken: dict[Any, None] = {}

    def hear(expression: Any) -> str:
        spoken[expression] = None
        return ""

    parts = list(claim.conjuncts())
    laws = _laws(claim)
    for part in parts:
        part.hypotheses(hear)
        part.said(hear)
    for law in (law for some in laws for law in some):
        _equation(law, hear)
    fold = folded(spoken, know(list(spoken)))
    return tuple(writer.with_names(fold).whole(parts, laws) for writer in writers)


def _laws(claim: Sayable) -> list[tuple[Any, ...]]:
    """Return the definitions of the sequences of a claim, without those of products, which are written out."""
    return [laws for laws in claim.definitions() if split_name(laws[0].lhs.sequence.name)[0] not in PRODUCTS]


def definitions_text(claim: Sayable) -> str:
    """Return in plain text what the sequences of a claim at any depth stand for, as one sentence; empty without any.

    >>> from tptheory import Backprop, DeepLinearNetwork, Zero
    >>> from sympy import Symbol
    >>> L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    >>> print(definitions_text(Zero(Backprop().error_signal(DeepLinearNetwork(depth=L), l))))
    Here M_bp[L] = I and M_bp[k] = W[k+1].T*M_bp[k+1] for k = 0, ..., L - 1; x[0] = x and x[k] = W[k]*x[k-1] \
for k = 1, ..., L.
    """
    sentence = TextWriter().sentence
    said = [" and ".join(sentence(partial(_equation, law)) for law in some) for some in _laws(claim)]
    return f"Here {'; '.join(said)}." if said else ""


statement_html, statement_tex = HtmlWriter().statement, TexWriter().statement
"""What a claim says in HTML, and in LaTeX for text mode."""


def long_expression_html(expression: Any, know: Know) -> tuple[str, str]:
    """Return an expression in HTML, and what the letters mean that make it short; the second is empty if none do."""
    return HtmlWriter().long_expression(expression, know)


def long_expression_tex(expression: Any, know: Know) -> tuple[str, str]:
    """Return an expression in LaTeX for text mode, and what the letters mean that make it short."""
    return TexWriter().long_expression(expression, know)


def sentence_tex(claim: Sayable) -> str:
    """Return what a claim says as one sentence in LaTeX for text mode."""
    writer = TexWriter(breakable=False)
    conclusion, assumed = writer.sentence(claim.said), "; ".join(writer.hypotheses(claim))
    return writer.finished(f"If {assumed}, then {conclusion}." if assumed else f"{conclusion}.")


def words_tex(sentence: Callable[[Say], str]) -> str:
    """Return words with mathematics in them in LaTeX for text mode, given a function that says them."""
    writer = TexWriter(breakable=False)
    return writer.finished(writer.sentence(sentence))


def words_html(sentence: Callable[[Say], str]) -> str:
    """Return words with mathematics in them in HTML, given a function that says them."""
    writer = HtmlWriter()
    return writer.finished(writer.sentence(sentence))


def _meaning(one: Naming, say: Say) -> str:
    """Say what a name stands for."""
    return f"{say(one.name)} = {say(one.meaning)}"


def _equation(law: Any, say: Say) -> str:
    """Say the equation of a definition at the index ``k``, and for which ``k`` it holds."""
    at = {law.index: Symbol("k", integer=True)}
    equation = f"{say(law.lhs.xreplace(at))} = {say(law.rhs.xreplace(at))}"
    if law.first == law.last:
        return equation
    return f"{equation} for {say(at[law.index])} = {say(law.first)}, ..., {say(law.last)}"
