"""Show ``$mathematics$`` on the site as HTML, by the functions that write it for the report: no page needs a network.

mkdocs calls the two functions whose names begin with ``on_``.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from tptheory.typesetting.html_math import html_math
from tptheory.typesetting.inline_math import NotMathematics, as_latex

BETWEEN_DOLLARS = r"(?<![\\$])\$(?![\s$])((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)"
"""A formula, as Jupyter and Markdown know it."""
BEHIND_CODE = 185
"""Where Markdown reads formulas: after code, which has 190, and before backslashes, which have 180."""
LITERAL = re.compile(r"<(pre|code|script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""What a page shows as it is typed, and its tags."""

log = logging.getLogger("mkdocs.hooks.mathematics")


def shown(code: str) -> str:
    """Return a formula as HTML; matrices have a class, by which the style of the site knows them.

    Raises:
        NotMathematics: if it cannot be read.
    """
    return html_math(as_latex(" ".join(code.split()))).replace("<table>", '<table class="matrix">')


def left(page: str) -> list[str]:
    """Return the formulas that a page shows with their dollars."""
    return [found[0] for found in re.finditer(BETWEEN_DOLLARS, LITERAL.sub("", page), re.DOTALL)]


def on_config(config: Any) -> Any:
    """Let Markdown read formulas, on pages and in docstrings."""
    from markdown.extensions import Extension
    from markdown.inlinepatterns import InlineProcessor

    class Formulas(InlineProcessor):
        """Replaces each formula by its HTML; one that cannot be read stays, which `on_post_page` then tells."""

        def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int | None, int | None]:
            try:
                return self.md.htmlStash.store(shown(m[1])), m.start(0), m.end(0)
            except NotMathematics:
                return None, None, None

    class Mathematics(Extension):
        """Brings them to a reader of Markdown."""

        def extendMarkdown(self, md: Any) -> None:
            md.inlinePatterns.register(Formulas(BETWEEN_DOLLARS, md), "mathematics", BEHIND_CODE)

    config.markdown_extensions.append(Mathematics())
    return config


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001
    """Warn of formulas that are left as they are typed: in a strict build that is an error."""
    for formula in left(output):
        log.warning("%s shows %s", page.file.src_uri, formula)
    return output
