"""The axes of a space: how far they reach, what they are called, and their equal scales."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from matplotlib.axes import Axes

from tptheory.checking import positive
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.writing.figures.style import axes_or_new

LIMIT = 2.0
"""How far the axes of a space reach, as in the seed notebook, unless something that is drawn lies further out."""
ROOM = 1.05
"""How far the axes reach beyond the furthest point, so that its marker is whole."""
FURTHEST = 1e100
"""How far a point may lie that the axes reach to: the squares of losses that have contours there are floats yet."""
AXIS_NAMES = ("first entry", "second entry", "third entry")
"""The names of the axes of a space: entries of a vector, which have no unit."""


def reach(limit: float | None, *points: np.ndarray) -> float:
    """Return how far axes reach: as far as is told, or else so far that every point has a place on them.

    That is `LIMIT`, or a round number beyond the points; those of a run that diverged to infinity do not count.

    Args:
        limit: what the user says; None to reach as far as the points.
        points: arrays of entries that are drawn.

    Raises:
        InvalidTypeError: if ``limit`` is no number.
        InvalidValueError: if it is not positive and finite.

    >>> reach(None), reach(None, np.array([[0.5, -2.1]])), reach(None, np.array([7.3, np.inf])), reach(0.5)
    (2.0, 2.5, 8.0, 0.5)
    """
    if limit is not None:
        return positive("limit", limit)
    entries = np.abs(np.concatenate([np.ravel(some) for some in (*points, np.zeros(1))]).astype(float))
    furthest = ROOM * float(entries[entries <= FURTHEST].max())
    if furthest <= LIMIT:
        return LIMIT
    half = 10.0 ** np.floor(np.log10(furthest)) / 2
    return float(half * np.ceil(furthest / half))


def axes_of_space(ax: Axes | None, size: int) -> Any:
    """Return axes for a space of that dimension.

    Raises:
        ShapeError: if the space cannot be drawn.
        InvalidValueError: if the axes have another dimension.
    """
    if size not in (2, 3):
        raise ShapeError(complain("the space", "of dimension 2 or 3", size, "Draw a projection to two coordinates."))
    wanted = "3d" if size == 3 else "rectilinear"
    if isinstance(ax, Axes) and ax.name != wanted:
        raise InvalidValueError(complain("ax", f"axes with projection={wanted!r}", ax.name))
    return axes_or_new(ax, "3d" if size == 3 else None)


def finished_space(ax: Any, limit: float = LIMIT, heading: str = "") -> Axes:
    """Give a space axes of equal scale that are centred at the origin and named, and a legend with a heading."""
    ax.set_xlim(-limit, limit)
    ax.set_ylim(-limit, limit)
    ticks = [-limit, 0, limit] if ax.name != "3d" else [-limit / 2, 0, limit / 2]  # in space, corners would collide
    ax.set_xticks(ticks)
    ax.set_yticks(ticks)
    ax.set_xlabel(AXIS_NAMES[0])
    ax.set_ylabel(AXIS_NAMES[1])
    if ax.name == "3d":
        ax.set_zlim(-limit, limit)
        ax.set_zticks(ticks)
        for axis, name in zip((ax.xaxis, ax.yaxis, ax.zaxis), AXIS_NAMES, strict=True):
            axis.set_rotate_label(False)
            axis.set_label_text(name.replace(" ", "\n"), fontsize="small", rotation=0)
            axis.labelpad = 12
        ax.set_box_aspect((1, 1, 1), zoom=0.8)  # the names of the axes stand outside
    else:
        ax.set_aspect(1)
        for line in ("right", "top"):
            ax.spines[line].set_visible(True)
    if ax.get_legend_handles_labels()[1]:
        look = {"fontsize": "small", "columnspacing": 1.0, "handlelength": 1.6, "ncols": 3}
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), title=heading or None, **look)
    return cast(Axes, ax)
