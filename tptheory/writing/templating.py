"""The templates of HTML and LaTeX. A value is escaped where it is inserted, unless it is marked as markup."""

from __future__ import annotations

import math
import re
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tptheory.training.trainer import LogLine, TrainingRun, format_log_line
from tptheory.typesetting.claims import long_expression_html, long_expression_tex
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.prose import code_tex, paragraphs, prose_html, prose_tex, prose_text
from tptheory.writing.appendix import statement_lines
from tptheory.writing.quantities import quantities

SHOWN_LINES = 11
"""The most lines of a training log that a document shows."""


MEASURED = 4
"""The digits of a number that was measured; a residual has two."""


def _scientific(number: float, digits: int) -> tuple[str, str]:
    """Split ``1.7e-09`` into ``1.7`` and ``-9``; the second part is empty where no power of ten is needed."""
    if not math.isfinite(number):
        return str(number), ""
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")  # it is rounded before its size is asked for
    return (
        (f"{number:.{digits}g}", "") if number == 0 or -2 <= int(exponent) < digits else (mantissa, str(int(exponent)))
    )


def _number_html(number: float | None, digits: int = MEASURED) -> Markup:
    """Return a number in HTML, of any size in one notation; a dash for None."""
    if number is None:
        return Markup("–")
    mantissa, exponent = (part.replace("-", "−") for part in _scientific(number, digits))
    return Markup("{} × 10<sup>{}</sup>").format(mantissa, exponent) if exponent else Markup.escape(mantissa)


class Tex(str):
    """Text that is LaTeX already; any other text is escaped where it is inserted."""

    __slots__ = ()


def _number_tex(number: float | None, digits: int = MEASURED) -> Tex:
    """Return a number in LaTeX, of any size in one notation; a dash for None."""
    if number is None:
        return Tex("--")
    mantissa, exponent = _scientific(number, digits)
    return Tex(rf"${mantissa}\times 10^{{{exponent}}}$" if exponent else f"${mantissa}$")


def _environment(**options: Any) -> Environment:
    """Return an environment that finds the templates and has the filters that both kinds need."""
    folder = Path(__file__).parent / "templates"
    environment = Environment(  # noqa: S701  HTML is autoescaped, and LaTeX by `finalize`; the callers say which
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    environment.filters |= {"paragraphs": paragraphs, "shown_lines": shown_lines}
    return environment


def _formula_html(expression: Any) -> Markup:
    """Return a formula, and behind it what the letters mean that make it short."""
    shown, where = long_expression_html(expression, quantities)
    return Markup(f"{shown}, where {where}" if where else shown)  # noqa: S704  it escapes


def _formula_tex(expression: Any) -> Tex:
    """Return a formula in LaTeX for text mode, and behind it what the letters mean that make it short."""
    shown, where = long_expression_tex(expression, quantities)
    return Tex(f"{shown}, where {where}" if where else shown)


@cache
def html_environment() -> Environment:
    """Return the environment of HTML templates."""
    environment = _environment(autoescape=True)
    environment.filters |= {
        "prose": prose_html,
        "mathematics": _formula_html,
        "number": _number_html,
        "residual": partial(_number_html, digits=2),
        "svg": lambda i: Markup(i.svg),  # noqa: S704  `inline_svg` escapes
    }
    return environment


@cache
def tex_environment() -> Environment:
    """Return the environment of LaTeX templates, whose tags are ``<% %>`` and ``<< >>``."""
    environment = _environment(
        autoescape=False,
        finalize=lambda value: value if isinstance(value, Tex) else tex_escaped(str(value)),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters |= {
        "prose": lambda text: Tex(prose_tex(text)),
        "mathematics": _formula_tex,
        "meant": Tex,
        "code": lambda text: Tex(code_tex(text)),
        "statement_lines": lambda claimed: [Tex(line) for line in statement_lines(claimed)],
        "number": _number_tex,
        "residual": partial(_number_tex, digits=2),
        "lines": lambda text: [
            Tex(r"\ " * (len(line) - len(line.lstrip())) + tex_escaped(line.strip())) for line in text.splitlines()
        ],
    }
    return environment


def heading(text: str) -> Tex:
    """Return a heading in LaTeX, and without its symbols for the bookmarks of a PDF."""
    return Tex(rf"\texorpdfstring{{{prose_tex(text)}}}{{{re.sub(r'[^A-Za-z0-9 .,?:()-]', '', prose_text(text))}}}")


def shown_lines(run: TrainingRun) -> list[str]:
    """Return at most about `SHOWN_LINES` lines of a training log: the first, the last and some between."""
    log: tuple[LogLine, ...] = run.log
    every = max(1, math.ceil((len(log) - 1) / (SHOWN_LINES - 1)))
    kept = [*log[:-1:every], *log[-1:]]
    return [format_log_line(line) for line in kept]
