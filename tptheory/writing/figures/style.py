"""How figures look and how they are saved. Nothing here changes Matplotlib's settings for longer than a figure takes.

Curves differ by colour (Okabe and Ito, 2008, who chose colours that the colour-blind can tell apart), by marker and by
line, so that a figure can be read in grey too.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.files import write_named
from tptheory.keywords import known_keywords

INK = "#1a1a1b"
"""The colour of text and lines; on a page it becomes the colour of the text around the figure."""
MARKS: tuple[dict[str, Any], ...] = (
    {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    {"color": "#009E73", "marker": "^", "linestyle": "-."},
    {"color": "#CC79A7", "marker": "D", "linestyle": ":"},
    {"color": "#56B4E9", "marker": "v", "linestyle": (0, (6, 1))},
    {"color": "#E69F00", "marker": "P", "linestyle": (0, (3, 1, 1, 1, 1, 1))},
    {"color": "#5B5B5F", "marker": "X", "linestyle": (0, (1, 2))},
    {"color": INK, "marker": "*", "linestyle": (0, (8, 2, 2, 2))},
)
"""A colour, a marker and a line style for each of up to eight curves."""

HOLLOW: dict[str, Any] = {"markerfacecolor": "none", "markersize": 4.5}
"""Markers that let a line behind them be seen."""

GAP = 0.15
"""How wide the gap at the left side of axes is before a layout is made, as a part of their width."""
FEWEST_LETTERS = 12
"""How many letters a line of a legend has at least."""
MOST_INSIDE = 3
"""Of how many curves at most the legend stands within the axes."""

ABOVE: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2, "columnspacing": 1.0}
"""Where the legend stands of curves with long names: above the axes."""
NARROWER: tuple[dict[str, Any], ...] = (
    {"ncols": 2},
    {"ncols": 1},
    {"ncols": 1, "fontsize": "small", "handlelength": 1.6},
)
"""How such a legend is laid out, where the one before is wider than the axes."""

Style = Callable[[], AbstractContextManager[None]]

_PAGE: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 10,
    "legend.frameon": False,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
_PAPER: Any = _PAGE | {
    "axes.formatter.use_mathtext": True,
    "font.family": ["cmr10", "STIXGeneral"],
    "mathtext.fontset": "cm",
    "pdf.fonttype": 42,
}
_LATEX: Any = {
    "font.family": ["serif"],
    "font.serif": ["Latin Modern Roman"],
    "text.latex.preamble": r"\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{amsmath,amssymb}",
    "text.usetex": True,
}
_UNDATED: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "svg": {"Creator": None, "Date": None, "Format": None, "Type": None},
}


@contextmanager
def page_style() -> Iterator[None]:
    """Draw as on the report's page; Matplotlib's settings are afterwards what they were."""
    with mpl.rc_context(_PAGE):
        yield


@known_keywords
@contextmanager
def paper_style(*, latex: bool = False) -> Iterator[None]:
    """Draw and save in the letters of a LaTeX document; Matplotlib's settings are afterwards what they were.

    Args:
        latex: whether LaTeX sets the text, in Latin Modern; it must be installed. Else Matplotlib does, in Computer
            Modern.

    >>> before = mpl.rcParams["mathtext.fontset"]
    >>> with paper_style():
    ...     print(mpl.rcParams["mathtext.fontset"])
    cm
    >>> mpl.rcParams["mathtext.fontset"] == before
    True
    """
    with mpl.rc_context(_PAPER | (_LATEX if latex else {})):
        yield


def axes_or_new(ax: Axes | None, projection: str | None = None) -> Axes:
    """Return the axes that were given, or the axes of a new figure, which a notebook then shows.

    Raises:
        InvalidTypeError: if what was given are no axes.
    """
    if ax is not None:
        if not isinstance(ax, Axes):
            raise InvalidTypeError(complain("ax", "axes of Matplotlib, or None", ax, "Try ax=plt.subplots()[1]."))
        return ax
    import matplotlib.pyplot as plt

    return plt.figure(layout="constrained").add_subplot(projection=projection)


def dots(k: int) -> dict[str, Any]:
    """Return how the ``k``-th of several things is drawn by hollow markers alone."""
    return MARKS[k % len(MARKS)] | {"linestyle": "none"} | HOLLOW


def labelled(ax: Axes, x: str, y: str, **legend: Any) -> Axes:
    """Name both axes, add a legend, and return the axes.

    A legend of many curves would cover some of them: it stands beside the axes, unless ``legend`` says where.
    """
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if len(ax.get_legend_handles_labels()[1]) > MOST_INSIDE and "loc" not in legend:
        legend |= {"loc": "upper left", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
    ax.legend(**legend)
    return ax


def labelled_above(ax: Axes, x: str, y: str) -> Axes:
    """Name both axes, add a legend above them that is no wider than they are, and return the axes.

    It has two columns, or one where these are too wide; then its letters are small, and last its labels are broken into
    lines, but for those with mathematics.
    """
    width = _width_beside_labels(ax, y)
    for layout in NARROWER:
        legend: Any = labelled(ax, x, y, **ABOVE | layout).get_legend()
        if legend.get_window_extent().width <= width:
            return ax
    texts = [text for text in legend.get_texts() if "$" not in text.get_text()]
    longest = max((len(text.get_text()) for text in texts), default=0)
    for most in range(longest - 1, FEWEST_LETTERS, -2):
        for text in texts:
            text.set_text("\n".join(wrap(text.get_text().replace("\n", " "), most, break_on_hyphens=False)))
        if legend.get_window_extent().width <= width:
            break
    return ax


def _width_beside_labels(ax: Axes, y: str) -> float:
    """Return how wide axes will be, in pixels, once a layout has made room for the labels at their left side."""
    ax.set_ylabel(y)
    width, labels = ax.get_window_extent().width, ax.yaxis.get_tightbbox()
    return float(width - max(0.0, (labels.width if labels else 0.0) - GAP * width))


def draw(
    function: Callable[..., Axes],
    *arguments: Any,
    size: tuple[float, float] = (6.4, 3.9),
    style: Style = page_style,
    **options: Any,
) -> Figure:
    """Return a new figure, in inches, with what ``function`` draws on its axes.

    >>> from tptheory.writing.figures import kernel_and_coimage
    >>> draw(kernel_and_coimage, [[1, 2], [0, 0]], size=(3, 3)).axes[0].get_aspect()
    1.0
    """
    with style():
        figure = Figure(figsize=size, layout="constrained")
        function(*arguments, ax=figure.add_subplot(), **options)
        FigureCanvasSVG(figure).draw()
        figure.set_layout_engine("none")  # else each file that it is saved to would find the same layout once more
    return figure


@known_keywords
def save(figure: Any, path: str | Path, *, style: Style = page_style) -> tuple[Path, Path]:
    """Write a figure as PDF and as PNG, the same bytes each time, and return both paths.

    Args:
        figure: what a function of `figures` returned: axes, or several of one figure; or a Matplotlib figure.
        path: where to write; its ending is replaced by each of theirs.
        style: how it is drawn.

    Raises:
        InvalidTypeError: if ``figure`` is neither a figure nor axes of one.
        InvalidValueError: if ``path`` names no file, or one that cannot be written.
    """
    figure, path = _figure_of(figure), Path(path)
    if not path.name:
        raise InvalidValueError(complain("path", "the path of a file", str(path), "Try 'figure.pdf'."))
    paths = path.with_suffix(".pdf"), path.with_suffix(".png")
    with style(), _quiet("fontTools"):
        for target in paths:
            kind = target.suffix[1:]
            drawn = io.BytesIO()
            figure.savefig(drawn, format=kind, dpi=200, metadata=_UNDATED[kind])
            write_named("path", target, drawn.getvalue())
    return paths


def _figure_of(drawn: Any) -> Figure:
    """Return the figure that was given, or that of the axes that were given."""
    found = {getattr(one, "figure", None) for one in np.ravel(np.asarray(drawn, dtype=object))}
    figures = {getattr(one, "figure", None) for one in found}  # a part of a figure has one too, a figure itself
    whole = figures.pop() if len(figures) == 1 else None
    if not isinstance(whole, Figure):
        raise InvalidTypeError(complain("figure", "a figure, or axes of one figure", drawn))
    return whole


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Silence a library's warnings: fontTools warns about dates in the files of Computer Modern."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


_SHORTER = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"> <"), "><"),
    (re.compile(r'<style type="text/css">.*?</style>'), ""),
    (re.compile(r'<g id="[^"]*">'), "<g>"),
    (re.compile(r"font-family: [^;\"]*;? ?"), ""),
    (re.compile(r' transform="rotate\(-0 [^)]*\)"'), ""),
    (re.compile(r"<defs></defs>"), ""),
    (re.compile(r"(?<=[:;]) "), ""),
    (re.compile(r'(<use [^>]*) style="fill:currentColor;stroke:currentColor;stroke-width:[\d.]+"'), r"\1"),
    (re.compile(r'(<use [^>]*style="[^";]*);stroke:[^"]*"'), r'\1"'),
)
"""What is taken out of a picture within a page: its font, which is that of the page, names that nothing uses, and what
the marks on the axes and the curves say again of the stroke that their shape has."""


def inline_svg(figure: Figure, name: str, title: str) -> str:
    """Return the figure as an ``<svg>`` element for a page, the same text each time.

    Its lines take the colour of the text around it, its ids begin with ``name``, and screen readers say ``title``.
    Numbers have two decimals, a hundredth of a point, and letters are text.
    """
    stream = io.StringIO()
    with mpl.rc_context(_PAGE | {"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", transparent=True, metadata=_UNDATED["svg"])
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), svg)
    for pattern, put in _SHORTER:
        svg = pattern.sub(put, svg)
    width, height = (f"{72 * inches:g}" for inches in figure.get_size_inches())
    opening = f'<svg role="img" aria-label="{escape(title)}" stroke-linejoin="round" viewBox="0 0 {width} {height}"'
    return re.sub(r"<svg [^>]*>", f'{opening} xmlns="http://www.w3.org/2000/svg">', svg, count=1).replace(
        "xlink:href", "href"
    )
