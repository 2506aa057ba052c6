"""What a claim says, woven from plain words and mathematics, for a page or for LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from markupsafe import Markup

from tptheory.claims.vocabulary import Claim
from tptheory.writing.breaking import NAMESPACE
from tptheory.writing.mathematics import latex_of, mathml_of
from tptheory.writing.prose import glued, tex_escaped

_SIGNS = "=≤⊆⟂∥"
_OPEN, _CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class Statement:
    """Conclusions that share their hypotheses, each ready to be put on a page."""

    given: tuple[str, ...]
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


class TexWriter:
    """Write LaTeX for text mode; long expressions may break over lines."""

    def words(self, text: str) -> str:
        """Return words, escaped, with signs such as ``=`` in math mode."""
        return tex_escaped(text).replace("=", "$=$")

    def mathematics(self, expression: Any) -> str:
        """Return inline mathematics."""
        return f"${latex_of(expression, breakable=True)}$"


def statements_html(claim: Claim) -> tuple[Statement, ...]:
    """Return what a claim says in HTML; each text is safe to put on a page."""
    writer = HtmlWriter()
    return _statements(claim, writer, lambda text: Markup(glued(text)))  # noqa: S704  `HtmlWriter` escapes


def statements_tex(claim: Claim) -> tuple[Statement, ...]:
    """Return what a claim says in LaTeX for text mode."""
    return _statements(claim, TexWriter(), lambda text: re.sub(r"\$ \$(=|\\[a-z]+)\$ \$", r" \g<1> ", text))


def _statements(claim: Claim, writer: Writer, finish: Callable[[str], str]) -> tuple[Statement, ...]:
    """Gather neighbouring conjuncts with the same hypotheses."""
    groups: list[tuple[tuple[str, ...], list[str]]] = []
    for part in claim.conjuncts():
        given, said = (tuple(finish(text) for text in texts) for texts in _parts(part, writer))
        if groups and groups[-1][0] == given:
            groups[-1][1].extend(said)
        else:
            groups.append((given, [*said]))
    return tuple(Statement(given, tuple(dict.fromkeys(said))) for given, said in groups)


def _parts(claim: Claim, writer: Writer) -> tuple[list[str], list[str]]:
    """Return the hypotheses of a claim, and its conclusion with what it takes for granted."""
    given = [_woven(lambda say, i=i: claim.hypotheses(say)[i], writer) for i in range(len(claim.given))]  # type: ignore[misc]
    return given, [_woven(claim.said, writer)]


def _woven(conclusion: Callable[[Callable[[Any], str]], str], writer: Writer) -> str:
    """Let a claim speak with marks for its expressions, then write the words and the expressions each in their way."""
    said: list[str] = []

    def say(expression: Any) -> str:
        said.append(writer.mathematics(expression))
        return f"{_OPEN}{len(said) - 1}{_CLOSE}"

    pieces = re.split(f"{_OPEN}([0-9]+){_CLOSE}", conclusion(say))
    return "".join(said[int(piece)] if i % 2 else writer.words(piece) for i, piece in enumerate(pieces))
