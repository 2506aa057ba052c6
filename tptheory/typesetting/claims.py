"""Write what a claim says, in words and mathematics, for a web page or for LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any, Protocol

from markupsafe import Markup
from sympy import Symbol

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.mathml import NAMESPACE, mathml_of
from tptheory.typesetting.prose import glued
from tptheory.typesetting.spelling import PRODUCTS, spelling

_SIGNS = "=≤⊆⟂∥"
_OPEN, _CLOSE = "\ue000", "\ue001"


Say = Callable[[Any], str]
"""Turns an expression into text."""


class Sayable(Protocol):
    """What this module asks of a claim: it says each of its parts, and calls ``say`` for each expression in it."""

    given: tuple[Any, ...]

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


class Writer(Protocol):
    """How a page writes words and mathematics."""

    def words(self, text: str) -> str:
        """Return plain words, escaped."""

    def mathematics(self, expression: Any) -> str:
        """Return an expression."""


class HtmlWriter:
    """Write HTML with MathML; long expressions may break over lines."""

    def words(self, text: str) -> str:
        """Return words, escaped, with signs such as ``=`` as operators."""
        escaped = escape(text, quote=False)
        return re.sub(f"[{_SIGNS}]", rf'<math xmlns="{NAMESPACE}"><mo>\g<0></mo></math>', escaped)

    def mathematics(self, expression: Any) -> str:
        """Return MathML."""
        return mathml_of(expression, breakable=True)


@dataclass(frozen=True)
class TexWriter:
    """Write LaTeX for text mode; long expressions may break over lines if ``breakable``."""

    breakable: bool = True

    def words(self, text: str) -> str:
        """Return words, escaped, with signs such as ``=`` in math mode."""
        return tex_escaped(text).replace("=", "$=$")

    def mathematics(self, expression: Any) -> str:
        """Return inline mathematics."""
        return f"${latex_of(expression, breakable=self.breakable)}$"


def statements_html(claim: Sayable) -> tuple[ClaimSentences, ...]:
    """Return what a claim says in HTML; each text is safe to put on a page."""
    return _statements(claim, HtmlWriter(), _finished_html)


def statements_tex(claim: Sayable) -> tuple[ClaimSentences, ...]:
    """Return what a claim says in LaTeX for text mode."""
    return _statements(claim, TexWriter(), _finished_tex)


def sentence_tex(claim: Sayable) -> str:
    """Return what a claim says as one sentence in LaTeX for text mode."""
    writer = TexWriter(breakable=False)
    conclusion, assumed = _woven(claim.said, writer), "; ".join(_given(claim, writer))
    return _finished_tex(f"If {assumed}, then {conclusion}." if assumed else f"{conclusion}.")


def definitions_html(claim: Sayable) -> tuple[str, ...]:
    """Return the definitions of the sequences that a claim speaks of in HTML, one text for each sequence."""
    return tuple(_finished_html(text) for text in _definitions(claim, HtmlWriter()))


def definitions_tex(claim: Sayable) -> tuple[str, ...]:
    """Return the definitions of the sequences that a claim speaks of in LaTeX for text mode, one text for each."""
    return tuple(_finished_tex(text) for text in _definitions(claim, TexWriter()))


def _finished_html(text: str) -> Markup:
    return Markup(glued(text))  # noqa: S704  `HtmlWriter` escapes


def _finished_tex(text: str) -> str:
    return re.sub(r"\$ \$(=|\\[a-z]+)\$ \$", r" \g<1> ", text)


def _definitions(claim: Sayable, writer: Writer) -> Iterator[str]:
    """Say how each sequence begins and goes on; products of weights are written out, and need no definition."""
    for laws in claim.definitions():
        if spelling(laws[0].lhs.sequence.name)[0] not in PRODUCTS:
            yield " and ".join(_woven(lambda say, law=law: _said(law, say), writer) for law in laws)  # type: ignore[misc]


def _said(law: Any, say: Callable[[Any], str]) -> str:
    """Say the equation of a definition at the index ``k``, and for which ``k`` it holds."""
    at = {law.index: Symbol("k", integer=True)}
    law = law._replace(lhs=law.lhs.xreplace(at), rhs=law.rhs.xreplace(at))
    equation = f"{say(law.lhs)} = {say(law.rhs)}"
    if law.first == law.last:
        return equation
    return f"{equation} for {say(at[law.index])} = {say(law.first)}, ..., {say(law.last)}"


def _statements(claim: Sayable, writer: Writer, finish: Callable[[str], str]) -> tuple[ClaimSentences, ...]:
    """Gather neighbouring conjuncts that share their hypotheses, and say once what all of them take for granted."""
    groups = groupby(claim.conjuncts(), key=lambda part: _given(part, writer))
    return tuple(_statement(given, list(parts), writer, finish) for given, parts in groups)


def _statement(
    given: tuple[str, ...], parts: list[Sayable], writer: Writer, finish: Callable[[str], str]
) -> ClaimSentences:
    tacit = [_tacit(part, writer) for part in parts]
    shared = tacit[0] if len(parts) > 1 and all(each == tacit[0] for each in tacit) else ()
    conclusions = [_woven(part.conclusion if shared else part.said, writer) for part in parts]
    assumed = ", ".join([*given, *shared])
    opening = f"If {assumed}, then" if given else f"{assumed[:1].upper()}{assumed[1:]}," if assumed else ""
    return ClaimSentences(finish(opening), tuple(dict.fromkeys(map(finish, conclusions))))


def _given(claim: Sayable, writer: Writer) -> tuple[str, ...]:
    """Say the hypotheses of a claim."""
    return tuple(_woven(lambda say, i=i: claim.hypotheses(say)[i], writer) for i in range(len(claim.given)))  # type: ignore[misc]


def _tacit(claim: Sayable, writer: Writer) -> tuple[str, ...]:
    """Say what a claim takes for granted beside its hypotheses."""
    count = len(claim.taken_for_granted(str))
    return tuple(_woven(lambda say, i=i: claim.taken_for_granted(say)[i], writer) for i in range(count))  # type: ignore[misc]


def _woven(conclusion: Callable[[Callable[[Any], str]], str], writer: Writer) -> str:
    """Let a claim put marks for its expressions, then write the words as words, and each mark as its formula."""
    said: dict[str, int] = {}

    def say(expression: Any) -> str:
        number = said.setdefault(writer.mathematics(expression), len(said))  # alike in words if alike to the eye
        return f"{_OPEN}{number}{_CLOSE}"

    pieces = re.split(f"{_OPEN}([0-9]+){_CLOSE}", conclusion(say))
    written = list(said)
    return "".join(written[int(piece)] if i % 2 else writer.words(piece) for i, piece in enumerate(pieces))
