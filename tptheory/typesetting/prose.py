"""Prose that marks its mathematics with ``$...$``, as titles and reasons of theorems do: as text, HTML and LaTeX.

Between the dollars stands LaTeX in which a prime is a transpose, such as ``$W_l^+ = W_l'$``. All else is plain text,
but for code between backticks; it is escaped.
"""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.html_math import html_math
from tptheory.typesetting.inline_math import NotMathematics, as_latex, as_text
from tptheory.typesetting.names import Written

LONG = 32
"""A formula with at most so many characters of LaTeX never breaks between its factors."""

_FACTORS = re.compile(r"\\[A-Za-z]+(?: |\{[^{}]*\} ?)?|\{[^{}]*\}|,? [-+=<>] |, | (?=[A-Za-z(|])")


def _reader(**options: bool) -> MarkdownIt:
    """Return a reader of Markdown that knows code and mathematics within a line, and nothing else."""
    reader = MarkdownIt("zero", options).enable(["backticks", "smartquotes"])
    return reader.use(dollarmath_plugin, allow_space=False)


_AS_TYPED, _WITH_QUOTES = _reader(), _reader(typographer=True)


def prose_text(text: str) -> str:
    r"""Return prose with its mathematics in plain notation.

    >>> prose_text(r"$W_l^+ = W_l'$ for every $\alpha \le 1$")
    "W_l+ = W_l' for every alpha <= 1"
    """
    if "$" not in text:
        return text
    shown = {"math_inline": as_text, "code_inline": "`{}`".format}
    return "".join(shown.get(token.type, str)(token.content) for token in _tokens(text, _AS_TYPED))


def written_prose(text: str) -> Written:
    r"""Write prose as text and as LaTeX.

    >>> written_prose(r"For $l = 1, \dots, L-1$:")
    Written(text='For l = 1, ..., L-1:', latex='For $l = 1, \\dots, L-1$:')
    """
    return Written(prose_text(text), prose_tex(text))


def prose_html(text: str) -> Markup:
    """Return prose for HTML."""
    shown = {"math_inline": _mathematics_html, "code_inline": lambda code: f"<code>{escape(code)}</code>"}
    pieces = (shown.get(token.type, escape)(token.content) for token in _tokens(_in_one_line(text), _WITH_QUOTES))
    return Markup("".join(pieces))  # noqa: S704  every piece is escaped or mathematics of our own


def prose_tex(text: str) -> str:
    """Return prose for LaTeX's text mode."""
    shown = {"math_inline": _mathematics_tex, "code_inline": code_tex}
    tokens = _tokens(_in_one_line(text), _WITH_QUOTES)
    return "".join(shown.get(token.type, tex_escaped)(token.content) for token in tokens)


def prose_markdown(text: str) -> str:
    r"""Return prose for a notebook: its mathematics in LaTeX, and nothing else that Markdown would act on.

    >>> print(prose_markdown("a_b for $W' W$"))
    a\_b for $W^{\top} W$
    """
    shown = {"math_inline": lambda code: f"${as_latex(code)}$", "code_inline": "`{}`".format}
    tokens = _tokens(_in_one_line(text), _AS_TYPED)
    return "".join(shown.get(token.type, _markdown_escaped)(token.content) for token in tokens)


def paragraphs(text: str) -> list[str]:
    """Split at blank lines, and join the lines of each paragraph."""
    return [_in_one_line(block) for block in re.split(r"\n\s*\n", text) if block.strip()]


def _in_one_line(text: str) -> str:
    """Join the lines of a paragraph."""
    return " ".join(text.split())


def _tokens(text: str, reader: MarkdownIt) -> list[Token]:
    """Cut prose into text, code and mathematics; mathematics with an unknown command stays text, with its dollars."""
    tokens = reader.parseInline(text)[0].children or []
    return [_checked(token) for token in tokens]


def _checked(token: Token) -> Token:
    """Return mathematics that every output can show; else text."""
    if token.type == "math_inline":
        try:
            as_text(token.content)
            _mathematics_html(token.content)
        except NotMathematics:
            return Token("text", "", 0, content=f"${token.content}$")
    return token


def _markdown_escaped(text: str) -> str:
    return re.sub(r"([\\*_<>|^$`\[\]])", r"\\\1", text)


def _mathematics_html(code: str) -> str:
    return html_math(as_latex(code))


def _mathematics_tex(code: str) -> str:
    """Return inline mathematics; a long formula may break between its factors, where it cannot after a sign."""
    code = as_latex(code)
    if len(code) > LONG:
        code = _FACTORS.sub(lambda found: r" \penalty700 " if found[0] == " " else found[0], code)
    return f"${code}$"


def code_tex(code: str) -> str:
    r"""Return code in LaTeX's typewriter letters, in which a line may break after an underscore, a colon or a slash.

    >>> code_tex("a_b")
    '\\texttt{a\\_\\allowbreak{}b}'
    """
    broken = re.sub(r"(\\_|:+|/)", r"\1\\allowbreak{}", tex_escaped(code))
    return rf"\texttt{{{broken}}}"
