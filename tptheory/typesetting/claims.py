"""Write what a claim says, in words and mathematics, for a web page or for LaTeX."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import groupby
from typing import Any, Protocol

from markupsafe import Markup
from sympy import Symbol

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.mathml import NAMESPACE, mathml_of
from tptheory.typesetting.prose import glued
from tptheory.typesetting.spelling import PRODUCTS, split_name

_SIGNS = "=≤⊆⟂∥"
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


class ClaimWriter(ABC):
    """Writes what a claim says for one kind of page: the claim puts marks for its expressions between its words."""

    @abstractmethod
    def plain_text(self, text: str) -> str:
        """Return plain words, escaped."""

    @abstractmethod
    def mathematics(self, expression: Any) -> str:
        """Return an expression as mathematics within text."""

    @abstractmethod
    def finished(self, text: str) -> str:
        """Return a text of which every piece is written, ready for the page."""

    def statements(self, claim: Sayable) -> tuple[ClaimSentences, ...]:
        """Return what a claim says; neighbouring conjuncts that share their hypotheses are said together."""
        groups = groupby(claim.conjuncts(), key=self.hypotheses)
        return tuple(self._statement(given, list(parts)) for given, parts in groups)

    def _statement(self, given: tuple[str, ...], parts: list[Sayable]) -> ClaimSentences:
        """Say once what all parts take for granted, if they take the same; else with each part what it does."""
        tacit = [self._sentences(part.taken_for_granted) for part in parts]
        shared = tacit[0] if len(parts) > 1 and all(each == tacit[0] for each in tacit) else ()
        conclusions = [self.sentence(part.conclusion if shared else part.said) for part in parts]
        assumed = ", ".join([*given, *shared])
        opening = f"If {assumed}, then" if given else f"{assumed[:1].upper()}{assumed[1:]}," if assumed else ""
        return ClaimSentences(self.finished(opening), tuple(dict.fromkeys(map(self.finished, conclusions))))

    def definitions(self, claim: Sayable) -> tuple[str, ...]:
        """Say how each sequence begins and goes on; products of weights are written out, and need no definition."""
        return tuple(
            self.finished(" and ".join(self.sentence(partial(_equation, law)) for law in laws))
            for laws in claim.definitions()
            if split_name(laws[0].lhs.sequence.name)[0] not in PRODUCTS
        )

    def hypotheses(self, claim: Sayable) -> tuple[str, ...]:
        """Say the hypotheses of a claim."""
        return self._sentences(claim.hypotheses)

    def _sentences(self, sentences: Callable[[Say], Sequence[str]]) -> tuple[str, ...]:
        """Return each of several sentences, written for the page."""
        return tuple(self.sentence(lambda say, i=i: sentences(say)[i]) for i in range(len(sentences(str))))  # type: ignore[misc]

    def sentence(self, sentence: Callable[[Say], str]) -> str:
        """Return a sentence for the page, given a function that says it.

        The function is called with a ``say`` that returns a mark for each expression. Then the words between the marks
        are written as words, and each mark as the formula for which it stands.
        """
        said: dict[str, int] = {}

        def say(expression: Any) -> str:
            number = said.setdefault(self.mathematics(expression), len(said))  # alike in words if alike to the eye
            return f"{_OPEN}{number}{_CLOSE}"

        pieces = re.split(f"{_OPEN}([0-9]+){_CLOSE}", sentence(say))
        written = list(said)
        return "".join(written[int(piece)] if i % 2 else self.plain_text(piece) for i, piece in enumerate(pieces))


class HtmlWriter(ClaimWriter):
    """Write HTML with MathML, safe to put on a page; long expressions may break over lines."""

    def plain_text(self, text: str) -> str:
        """Return words, escaped, with signs such as ``=`` as operators."""
        escaped = escape(text, quote=False)
        return re.sub(f"[{_SIGNS}]", rf'<math xmlns="{NAMESPACE}"><mo>\g<0></mo></math>', escaped)

    def mathematics(self, expression: Any) -> str:
        """Return MathML."""
        return mathml_of(expression, breakable=True)

    def finished(self, text: str) -> Markup:
        """Keep text on one line with the mathematics that it touches."""
        return Markup(glued(text))  # noqa: S704  `plain_text` escapes


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


statements_html, definitions_html = HtmlWriter().statements, HtmlWriter().definitions
"""What a claim says, and the definitions of the sequences that it speaks of, in HTML."""

statements_tex, definitions_tex = TexWriter().statements, TexWriter().definitions
"""What a claim says, and the definitions of the sequences that it speaks of, in LaTeX for text mode."""


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


def _equation(law: Any, say: Say) -> str:
    """Say the equation of a definition at the index ``k``, and for which ``k`` it holds."""
    at = {law.index: Symbol("k", integer=True)}
    equation = f"{say(law.lhs.xreplace(at))} = {say(law.rhs.xreplace(at))}"
    if law.first == law.last:
        return equation
    return f"{equation} for {say(at[law.index])} = {say(law.first)}, ..., {say(law.last)}"
